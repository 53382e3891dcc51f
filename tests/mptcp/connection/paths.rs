//! Connections with several paths, as both hosts see them.

use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};
use socket2::{Domain, Protocol, Socket, Type};

use super::hosts::*;

trials! {
    a_dual_stack_connection_has_subflows_of_both_families,
    an_ipv4_mapped_address_is_the_ipv4_address, a_subflow_that_is_not_answered_is_counted;
    [("ipv4", V4), ("ipv6", V6)].into_iter().map(|(version, plan)| {
        trial!(&format!("two_paths_and_a_backup_{version}"), move |ns: &mut Sandbox| {
            two_paths_and_a_backup(ns, plan);
        })
    })
}

fn two_paths_and_a_backup(ns: &mut Sandbox, plan: Plan) {
    let hosts = Hosts::new(ns, plan);
    let [near0, near1, near2] = plan.near;
    mptcp(&format!("endpoint add {near1} id 5 subflow dev near1")).ok();
    mptcp(&format!("endpoint add {near2} id 6 subflow backup")).ok();
    if plan.family == "6" {
        // What is bound to near1 has no other way to the server's first network.
        add_route("::/0", Some(plan.far[1]), "near1");
    }
    let listener = hosts.listen();
    let pair = hosts.connect(&listener);
    let [client, server] = hosts.only_with(3);

    let (saddr, daddr) = (
        format!("saddr{}", plan.family),
        format!("daddr{}", plan.family),
    );
    let port = u64::from(port(&listener));
    let sport = u64::from(pair.client.local_addr().expect("an address").port());
    for (key, value) in [
        ("state", json!("established")),
        (&saddr, json!(near0)),
        (&daddr, json!(plan.far[0])),
        ("sport", json!(sport)),
        ("dport", json!(port)),
        ("server_side", Value::Null),
        ("fallback", Value::Null),
    ] {
        assert_eq!(client[key], value, "{key} in {client}");
    }
    assert_eq!(server["server_side"], true, "{server}");
    assert_eq!(server["sport"], port, "{server}");
    assert_ne!(server["token"], client["token"]);
    // The first one is the connection's own.
    assert_eq!(subflows(&client)[0]["initial"], true, "{client}");
    assert_eq!(subflows(&server)[0]["initial"], true, "{server}");

    let told = |of: &Value| {
        let keys = [
            "locid",
            "remid",
            "dev",
            "initial",
            "backup",
            "backup_remote",
        ];
        keys.map(|key| of[key].clone())
    };
    let null = Value::Null;
    for (near, client_says, server_says) in [
        (
            near0,
            [
                json!(0),
                json!(0),
                null.clone(),
                json!(true),
                null.clone(),
                null.clone(),
            ],
            [
                json!(0),
                json!(0),
                null.clone(),
                json!(true),
                null.clone(),
                null.clone(),
            ],
        ),
        (
            near1,
            [
                json!(5),
                json!(0),
                json!("near1"),
                null.clone(),
                null.clone(),
                null.clone(),
            ],
            [
                json!(0),
                json!(5),
                null.clone(),
                null.clone(),
                null.clone(),
                null.clone(),
            ],
        ),
        (
            near2,
            [
                json!(6),
                json!(0),
                null.clone(),
                null.clone(),
                json!(true),
                null.clone(),
            ],
            [
                json!(0),
                json!(6),
                null.clone(),
                null.clone(),
                null.clone(),
                json!(true),
            ],
        ),
    ] {
        let (ours, theirs) = (subflow_at(&client, near), subflow_at(&server, near));
        assert_eq!(told(ours), client_says, "{near} in {client}");
        assert_eq!(told(theirs), server_says, "{near} in {server}");
        assert_eq!(ours["sport"], theirs["dport"], "{near}");
        assert!(ours["rtt_us"].as_u64() > Some(0), "{near} in {client}");
    }
}

/// A connection of IPv6, which an IPv4 subflow joins.
fn a_dual_stack_connection_has_subflows_of_both_families(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V6);
    let announce = format!("endpoint add {} signal", V4.far[1]);
    hosts.server.run(|| mptcp(&announce).ok());
    let listener = hosts.listen();
    let _pair = hosts.connect(&listener);
    let [client, server] = hosts.only_with(2);
    for one in [&client, &server] {
        let join = subflow_at(one, V4.far[1]);
        assert_eq!(join["initial"], Value::Null, "{one}");
        assert!(
            one["saddr6"].is_string() && one["saddr4"].is_null(),
            "{one}"
        );
    }
    for family in ["-4", "-6", "-family inet"] {
        let shown = list(&format!("{family} -json connection"));
        assert_eq!(shown.len(), 1, "{family}");
        assert_eq!(subflows(&shown[0]).len(), 2, "{family}");
    }
    for words in ["local 10.0.2.0/24", "remote fd01::/16", "dev near1"] {
        assert_eq!(connections(words).len(), 1, "{words}");
    }
    // Of one path, all must match.
    let words = format!("local {} remote fd01::/16", V4.near[1]);
    assert_eq!(connections(&words).len(), 0);
}

fn an_ipv4_mapped_address_is_the_ipv4_address(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    let any6 = hosts.server.run(|| mptcp_listen("[::]:0"));
    let mapped: SocketAddr = format!("[::ffff:10.0.1.2]:{}", port(&any6))
        .parse()
        .expect("an address");
    let socket = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::MPTCP)).expect("a socket");
    socket.connect(&mapped.into()).expect("a connection");
    let client = TcpStream::from(socket);
    let server = accept(&any6);
    let mut pair = Pair { client, server };
    pair.talk();
    let [client, server] = hosts.both("").map(|mut list| list.remove(0));
    for (one, local, remote) in [
        (client, "10.0.1.1", "10.0.1.2"),
        (server, "10.0.1.2", "10.0.1.1"),
    ] {
        assert_eq!(one["saddr4"], local, "{one}");
        assert_eq!(one["daddr4"], remote, "{one}");
        assert_eq!(subflow_at(&one, "10.0.1.1")["initial"], true, "{one}");
    }
    assert_eq!(list("-6 -json connection state established").len(), 0);
}

fn a_subflow_that_is_not_answered_is_counted(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    mptcp(&format!("endpoint add {} subflow", V4.near[1])).ok();
    // The answers do not find back.
    let lost = format!("{}/32", V4.near[1]);
    hosts.server.run(|| add_route(&lost, None, "lo"));
    let listener = hosts.listen();
    let _pair = hosts.connect(&listener);
    wait_until("a subflow that connects", || {
        let client = connections("");
        client.iter().any(|one| subflows(one).len() == 2)
    });
    let client = connections("").remove(0);
    let second = subflow_at(&client, V4.near[1]);
    assert_eq!(second["state"], "syn-sent", "{client}");
    assert_eq!(second["initial"], Value::Null, "{client}");
    assert_eq!(second["rtt_us"], Value::Null, "{client}");
    let text = mptcp("connection").ok().text();
    let first = text.lines().next().expect("a line");
    assert!(first.ends_with("client subflows 1 connecting 1 "), "{text}");
    assert_eq!(connections("state single").len(), 1);
    assert_eq!(connections("state pending").len(), 0);
}
