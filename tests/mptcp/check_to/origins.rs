//! Where `check to` starts from.

use super::*;

trials! {
    one_address_or_device_alone_is_probed, an_address_that_is_not_here,
    without_a_route_nothing_is_sent, an_ipv6_port_that_is_closed,
    an_endpoint_of_the_other_family_is_left_out, mptcp_that_is_off, a_link_that_is_down,
    the_wrong_device, a_strict_filter_here, a_carrier_that_is_lost, a_wrong_gateway,
    a_path_that_rejects,
}

/// What is said of each place, with `all`.
fn subjects(line: &str) -> Vec<String> {
    let findings = json(&mptcp(&format!("-json check all {line}")).text());
    let findings = findings.as_array().expect("an array").iter();
    let subject = |of: &serde_json::Value| of["subject"].as_str().expect("a text").to_owned();
    findings.map(subject).collect()
}

fn one_address_or_device_alone_is_probed(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    for (words, subject) in [
        ("from 10.0.2.1 dev near1", "from 10.0.2.1 by near1"),
        ("from 10.0.1.1", "from 10.0.1.1"),
        ("dev near1", "by near1"),
    ] {
        let line = format!("to 10.0.1.2 port 80 {words}");
        assert_eq!(found(&format!("check {line}")), (ids(&[]), 0), "{words}");
        assert_eq!(subjects(&line), [subject], "{words}");
    }
    let both = [
        "where the route leads",
        "from 10.0.2.1 by near1 (endpoint 1)",
    ];
    assert_eq!(subjects("to 10.0.1.2 port 80"), both);
}

fn an_address_that_is_not_here(ns: &mut Sandbox) {
    let _server = two_paths(ns);
    let output = mptcp("check to 10.0.1.2 port 80 from 10.0.1.77");
    assert_eq!(output.status, 1, "{output}");
    assert!(output.text().contains("unreachable"), "{output}");
    assert!(output.text().contains("is not on this host"), "{output}");
}

fn without_a_route_nothing_is_sent(_ns: &mut Sandbox) {
    for to in ["192.0.2.1", "2001:db8::1"] {
        let output = mptcp(&format!("check to {to} port 80"));
        assert_eq!(output.status, 1, "{output}");
        assert!(output.text().contains("FAIL unreachable"), "{output}");
        assert!(output.text().contains("there is no route"), "{output}");
        let command = format!("ip route get {to}");
        assert!(output.text().contains(&command), "{output}");
    }
}

fn an_ipv6_port_that_is_closed(ns: &mut Sandbox) {
    let _server = two_paths(ns);
    assert_eq!(found("check to fd01::2 port 80"), (ids(&["refused"]), 1));
    let both = "where the route leads, from fd02::1 by near1 (endpoint 2)";
    assert_eq!(subjects("to fd01::2 port 80"), [both]);
}

fn an_endpoint_of_the_other_family_is_left_out(ns: &mut Sandbox) {
    let _server = two_paths(ns);
    mptcp("endpoint delete id 2").ok();
    assert_eq!(subjects("to fd01::2 port 80"), ["where the route leads"]);
}

fn mptcp_that_is_off(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    sysctl_write("net.mptcp.enabled", "0");
    // However many paths there are.
    for words in ["", " dev near0"] {
        let found = found(&format!("check to 10.0.1.2 port 80{words}"));
        assert_eq!(found, (ids(&["disabled"]), 1));
    }
}

fn a_link_that_is_down(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    set_down("near1");
    for words in ["", " dev near1"] {
        let line = format!("check to 10.0.1.2 port 80{words}");
        assert_eq!(found(&line), (ids(&["link-down"]), 1));
        let text = mptcp(&line).text();
        assert!(text.contains("fix: ip link set near1 up\n"), "{text}");
    }
}

/// The one problem that is found, as JSON.
fn problem(line: &str) -> serde_json::Value {
    let output = mptcp(&format!("-json {line}"));
    let mut findings = json(&output.text());
    let findings = findings.as_array_mut().expect("an array");
    assert_eq!((findings.len(), output.status), (1, 1), "{output}");
    findings.remove(0)
}

const CHECK: &str = "check to 10.0.1.2 port 80";

fn the_wrong_device(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    mptcp("endpoint flush").ok();
    mptcp("endpoint add 10.0.2.1 dev near2 subflow").ok();
    let found = problem(CHECK);
    assert_eq!(
        (&found["check"], &found["where"]),
        (&"endpoint-device".into(), &"here".into())
    );
}

fn a_strict_filter_here(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    sysctl_write("net.ipv4.conf.near1.rp_filter", "1");
    let found = problem(CHECK);
    assert_eq!(
        (&found["check"], &found["where"]),
        (&"rp-filter".into(), &"here".into())
    );
    sysctl_write("net.ipv4.conf.near1.rp_filter", "2");
    assert_eq!(self::found(CHECK), (ids(&[]), 0));
}

fn a_carrier_that_is_lost(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    server.run(|| set_down("far1"));
    assert_eq!(problem(CHECK)["check"], "link-down");
    server.run(|| {
        add_address("far0", "10.0.9.2/24");
        set_down("far0");
    });
    // The route's own device, which has no endpoint.
    let (found, _) = found("check to 10.0.1.2 port 80 dev near0");
    assert_eq!(found, ["link-down"]);
}

fn a_wrong_gateway(ns: &mut Sandbox) {
    let server = two_paths(ns);
    server.run(|| add_address("lo", "10.9.0.1/32"));
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    for route in [
        "default via 10.0.1.2 dev near0",
        "default via 10.0.2.99 dev near1 metric 2000",
    ] {
        ip(&format!("route add {route}"));
    }
    let found = problem("check to 10.9.0.1 port 80");
    assert_eq!(found["check"], "endpoint-route");
    assert_eq!(found["seen"]["neighbour"], "10.0.2.99");
    let says = found["says"].as_str().expect("words");
    let command = "route replace default via GATEWAY dev near1 metric 2000";
    assert!(says.ends_with(&format!("ip {command}")), "{says}");
    ip(&command.replace("GATEWAY", "10.0.2.2"));
    assert_eq!(self::found("check to 10.9.0.1 port 80"), (ids(&[]), 0));
}

fn ip(line: &str) {
    need_tool("ip");
    Program::new("ip").args(line.split(' ')).run().ok();
}

/// A router on the second path answers with a reset.
fn a_path_that_rejects(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    filter(
        &server,
        "iifname far1 meta l4proto tcp reject with tcp reset",
    );
    let found = problem(CHECK);
    assert_eq!(
        (&found["check"], &found["where"]),
        (&"refused".into(), &"path".into())
    );
    // Without another path that is open, three causes look the same.
    let found = problem("check to 10.0.1.2 port 81 dev near0");
    let says = found["says"].as_str().expect("words");
    for cause in ["no socket listens", "firewall", "peer's limit"] {
        assert!(says.contains(cause), "{says}");
    }
}
