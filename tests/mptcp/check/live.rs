//! Causes that connections show.

use std::net::{TcpListener, TcpStream};

use super::lab::*;
use crate::support::*;

trials! {
    no_endpoint, only_signal_at_the_client, announced_addresses_are_ignored, the_peer_refuses,
    nobody_listens_there, joins_are_dropped, attempts_take_all_places, the_peer_has_no_mptcp,
    syns_are_dropped, the_blackhole, applications_without_mptcp, the_family_is_another,
    the_gateway_is_dead, the_wrong_device_of_a_live_connection, a_server_that_listens_elsewhere,
    one_connection, a_private_address_for_a_public_peer, a_port_and_a_subflow,
}

fn no_endpoint(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint flush").ok();
    quiet();
    let listener = lab.listen();
    let pair = connect(&listener);
    let found = finds("no-endpoint", "warn");
    assert_eq!(
        fix(&found),
        ["mptcp endpoint add 10.0.2.1 dev near1 subflow"]
    );
    apply(&found);
    drop(pair);
    let _pair = connect(&listener);
    wait_until("the second path", || super::lab::found("check").is_empty());
    quiet();
}

fn only_signal_at_the_client(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 dev near1 signal").ok();
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = finds("no-endpoint", "warn");
    apply(&found);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
}

fn announced_addresses_are_ignored(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint flush").ok();
    mptcp("limits set subflows 2 add_addr_accepted 2").ok();
    lab.on_server("mptcp endpoint add 10.0.2.2 signal");
    let listener = lab.listen();
    let pair = connect(&listener);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
    drop(pair);
    mptcp("limits set add_addr_accepted 0").ok();
    let pair = connect(&listener);
    let found = comes_to("add-addr-limit", "warn");
    // The connection still has one path, as it is older than the limit.
    mend(&found);
    drop(pair);
    let _pair = connect(&listener);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 2);
    quiet();
}

fn the_peer_refuses(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = lab.listen();
    let pair = connect(&listener);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
    drop(pair);
    lab.on_server("mptcp limits set subflows 0");
    let _pair = connect(&listener);
    // A path that was reset later is the same, seen from here.
    let found = comes_to("path-lost", "warn");
    assert!(message(&found).contains("peer's limit"));
}

fn nobody_listens_there(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = lab.listen();
    // A server that closes its listening socket takes no joins.
    let client = mptcp_connect("10.0.1.2:8080");
    let server = accept(&listener);
    drop(listener);
    let mut pair = Pair { client, server };
    exchange(&mut pair.client, &mut pair.server);
    let found = comes_to("join-refused", "warn");
    assert_eq!(found["where"], "peer");
}

fn joins_are_dropped(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    lab.on_server("ip route add blackhole 10.0.2.1/32");
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to("join-unanswered", "warn");
    assert_eq!(found["where"], "path");
}

fn attempts_take_all_places(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("limits set subflows 1 add_addr_accepted 1").ok();
    lab.on_server("ip route add blackhole 10.0.2.1/32");
    let listener = lab.listen();
    let _pair = connect(&listener);
    comes_to("join-unanswered", "warn");
    lab.on_server("mptcp endpoint add 10.0.3.2 signal");
    wait_until("both", || {
        let checks: Vec<_> = found("check").into_iter().map(|(check, _)| check).collect();
        checks == ["join-unanswered", "limit-used-up"]
    });
}

fn the_peer_has_no_mptcp(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = lab
        .server
        .run(|| TcpListener::bind("0.0.0.0:8080"))
        .expect("a listener");
    let mut client = mptcp_connect("10.0.1.2:8080");
    let mut server = accept(&listener);
    exchange(&mut client, &mut server);
    let found = finds("fallback", "warn");
    assert_eq!(found["seen"]["fallback"], "peer-or-path");
    assert!(message(&found).contains("mptcp check to 10.0.1.2 port NR"));
}

/// Drops what has MPTCP in its SYN, on the server.
fn drop_mptcp(lab: &Lab) {
    lab.on_server("nft add table inet t");
    lab.on_server("nft add chain inet t c { type filter hook input priority 0 ; }");
    lab.on_server(
        "nft add rule inet t c tcp flags & ( syn | ack ) == syn tcp option 30 exists drop",
    );
}

fn syns_are_dropped(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    drop_mptcp(&lab);
    // So that it is not taken for a blackhole.
    sysctl_write("net.mptcp.blackhole_timeout", "0");
    let listener = lab.listen();
    let _client = mptcp_connect("10.0.1.2:8080");
    let _server = accept(&listener);
    let found = finds("fallback", "warn");
    assert_eq!(found["seen"]["fallback"], "syn-dropped");
    assert_eq!(found["where"], "path");
}

fn the_blackhole(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    drop_mptcp(&lab);
    let listener = lab.listen();
    let first = mptcp_connect("10.0.1.2:8080");
    let accepted = accept(&listener);
    wait_until("the blackhole", || mptcp_counter("Blackhole") > 0);
    drop((first, accepted));
    lab.on_server("nft flush ruleset");
    let found = finds("blackhole", "fail");
    let untried = mptcp_connect("10.0.1.2:8080");
    let accepted = accept(&listener);
    let says = finds("blackhole", "fail")["says"].to_string();
    assert!(!says.contains("ADDRESS"), "{says}");
    let text = mptcp("check").text();
    assert!(
        text.contains("mptcp check to 10.0.1.2 port 8080\n"),
        "{text}"
    );
    // What was opened before stays as it is; that is no problem any more.
    mend(&found);
    let tried = mptcp_counter("MPCapableSYNTX");
    quiet();
    assert_eq!(
        mptcp_counter("MPCapableSYNTX"),
        tried + 2,
        "it asks the kernel"
    );
    let text = mptcp("check all").text();
    assert!(text.contains("MPTCP is tried again"), "{text}");
    drop((untried, accepted));
    quiet();
    let _pair = connect(&listener);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
}

fn applications_without_mptcp(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = lab.listen();
    let client = TcpStream::connect("10.0.1.2:8080").expect("a connection");
    let server = accept(&listener);
    finds("plain-tcp", "warn");
    drop((client, server));
    let _pair = connect(&listener);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
}

fn the_family_is_another(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = lab.listen_on("[::]:8080");
    let _pair = connect_to(&listener, "[fd01::2]:8080");
    finds("family", "warn");
}

fn the_gateway_is_dead(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    run("ip route add 10.0.1.2/32 via 10.0.2.99 dev near1 metric 200");
    run("ip route add 10.0.1.2/32 dev near0 metric 100");
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to("endpoint-route", "fail");
    assert_eq!(found["seen"]["neighbour"], "10.0.2.99");
    run("ip route delete 10.0.1.2/32 via 10.0.2.99 dev near1 metric 200");
}

fn the_wrong_device_of_a_live_connection(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    let listener = lab.listen();
    let pair = connect(&listener);
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
    drop(pair);
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 subflow").ok();
    let _pair = connect(&listener);
    mend(&comes_to("wrong-device", "warn"));
}

fn a_server_that_listens_elsewhere(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    lab.on_server("mptcp endpoint add 10.0.2.2 signal");
    let listener = lab.listen();
    lab.server.run(quiet);
    drop(listener);
    let _listener = lab.listen_on("10.0.1.2:8080");
    lab.server.run(|| finds("endpoint-flags", "warn"));
}

fn one_connection(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint add 10.0.3.1 dev near2 subflow backup").ok();
    let listener = lab.listen();
    let _pair = connect(&listener);
    wait_until("both paths", || mptcp_counter("MPJoinSynAckRx") == 2);
    let connections = mptcp("-json connection").ok();
    let connections = json(&connections.text());
    let token = connections[0]["token"].as_str().expect("a token");
    let text = mptcp(&format!("check token {token}")).ok().text();
    for words in [
        "no problem found\n",
        "the initial path of the connection\n",
        "opened from endpoint 10.0.2.1 id 1 dev near1; it is established, but the scheduler",
        "opened from endpoint 10.0.3.1 id 2 dev near2; it is a backup and carries nothing\n",
        "path-idle: 10.0.3.1 to 10.0.1.2 port 8080\n",
    ] {
        assert!(text.contains(words), "no {words:?}: {text}");
    }
    mptcp("endpoint add 10.9.9.9 subflow").ok();
    let output = mptcp(&format!("check token {token}"));
    assert_eq!(output.status, 1);
    assert!(
        output
            .text()
            .contains("FAIL endpoint-address: endpoint 10.9.9.9 id 3\n"),
        "{output}"
    );
    mptcp("check token 1").fails(2, "no connection has the token 00000001");
}

fn a_private_address_for_a_public_peer(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    // Nothing of it leaves these two namespaces.
    add_address("near0", "9.9.9.1/24");
    lab.server.run(|| {
        add_address("far0", "9.9.9.2/24");
        mptcp("endpoint add 10.0.2.2 signal").ok();
    });
    let listener = lab.listen();
    let pair = connect(&listener);
    lab.server.run(quiet);
    drop(pair);
    let _pair = connect_to(&listener, "9.9.9.2:8080");
    lab.server.run(|| mend(&finds("private-announced", "warn")));
}

/// The kernel has no endpoint that announces a port and opens paths too.
fn a_port_and_a_subflow(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    mptcp("endpoint delete id 1").ok();
    mptcp("endpoint add 10.0.2.1 id 7 dev near1 port 4000 signal").ok();
    let listener = lab.listen();
    let _pair = connect(&listener);
    apply(&finds("no-endpoint", "warn"));
    wait_until("the second path", || mptcp_counter("MPJoinSynAckRx") == 1);
    quiet();
}
