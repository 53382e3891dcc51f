//! `check to`: whether another host answers with MPTCP.

use std::net::TcpListener;

use crate::support::*;

trials! {
    a_host_that_answers_is_no_finding, plain_tcp_is_a_fallback,
    a_closed_port_refuses, a_path_that_drops_mptcp_leaves_no_blackhole,
    a_silent_host_is_unreachable, the_words_are_checked,
}

/// The ids that are found, and the status.
fn found(line: &str) -> (Vec<String>, i32) {
    let output = mptcp(&format!("-json {line}"));
    let findings = json(&output.text());
    let findings = findings.as_array().expect("an array").iter();
    let id = |finding: &serde_json::Value| finding["check"].as_str().expect("an id").to_owned();
    (findings.map(id).collect(), output.status)
}

fn two_paths(ns: &Sandbox) -> Netns {
    let server = server_on_three_links(ns);
    let limits = || mptcp("limits set subflows 4").ok();
    limits();
    server.run(limits);
    mptcp("endpoint add 10.0.2.1 dev near1 subflow").ok();
    mptcp("endpoint add fd02::1 dev near1 subflow").ok();
    add_route("::/0", Some("fd02::2"), "near1");
    server
}

/// Lets the server drop what comes in by `far1`.
fn drop_at(server: &Netns, what: &str) {
    need_tool("/usr/sbin/nft");
    let rules = format!(
        "table inet t {{\n chain c {{\n type filter hook input priority 0;\n \
         iifname far1 {what} drop\n }}\n}}\n"
    );
    server.run(|| {
        Program::new("/usr/sbin/nft")
            .args(["-f", "-"])
            .stdin(rules.as_str())
            .run()
            .ok()
    });
}

fn a_host_that_answers_is_no_finding(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listeners = server.run(|| [mptcp_listen("0.0.0.0:80"), mptcp_listen("[fd01::2]:80")]);
    for to in ["10.0.1.2", "fd01::2"] {
        assert_eq!(
            found(&format!("check to {to} port 80")),
            (vec![], 0),
            "{to}"
        );
    }
    let text = mptcp("check to 10.0.1.2 port 80 data").ok().text();
    assert!(text.starts_with("no problem found\n"), "{text}");
    assert!(text.contains("joined the connection"), "{text}");
}

fn plain_tcp_is_a_fallback(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| TcpListener::bind("0.0.0.0:80").expect("a listener"));
    let (ids, status) = found("check to 10.0.1.2 port 80 dev near0");
    assert_eq!((ids, status), (vec!["fallback".to_owned()], 1));
}

fn a_closed_port_refuses(ns: &mut Sandbox) {
    let _server = two_paths(ns);
    let (ids, status) = found("check to 10.0.1.2 port 80 from 10.0.1.1");
    assert_eq!((ids, status), (vec!["refused".to_owned()], 1));
}

fn a_path_that_drops_mptcp_leaves_no_blackhole(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listener = server.run(|| mptcp_listen("0.0.0.0:80"));
    drop_at(&server, "tcp option mptcp exists");
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        found("check to 10.0.1.2 port 80"),
        (ids(&["syn-dropped"]), 1)
    );
    let tried = mptcp_counter("MPCapableSYNTX");
    let expected = ids(&["syn-dropped", "join-unanswered"]);
    assert_eq!(found("check to 10.0.1.2 port 80 data"), (expected, 1));
    assert!(mptcp_counter("MPCapableSYNTX") > tried);
    assert_eq!(mptcp_counter("Blackhole"), 0);
    assert_eq!(mptcp_counter("MPCapableSYNTXDisabled"), 0);
}

fn a_silent_host_is_unreachable(ns: &mut Sandbox) {
    let _server = two_paths(ns);
    let (ids, status) = found("check to 10.0.1.77 port 80 dev near0");
    assert_eq!((ids, status), (vec!["unreachable".to_owned()], 1));
    let (ids, _) = found("check to 192.0.2.1 port 80 from 10.0.1.1");
    assert_eq!(ids, ["unreachable"]);
}

fn the_words_are_checked(_ns: &mut Sandbox) {
    for line in [
        "check to 10.0.1.2",
        "check port 80",
        "check to 10.0.1.2 port 0",
        "check to 10.0.1.2 port 80 from ::1",
        "check to 10.0.1.2 port 80 token 1",
        "check to 10.0.1.2 port 80 dev nodev",
    ] {
        assert_eq!(mptcp(line).status, 255, "{line}");
    }
    assert_eq!(mptcp("check to example.com port 80").status, 2);
}
