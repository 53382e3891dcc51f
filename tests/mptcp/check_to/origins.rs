//! Where `check to` starts from.

use super::*;

trials! {
    one_address_or_device_alone_is_probed, an_address_that_is_not_here,
    without_a_route_nothing_is_sent, an_ipv6_port_that_is_closed,
    an_endpoint_of_the_other_family_is_left_out, mptcp_that_is_off, a_link_that_is_down,
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
