//! `check to`: whether another host answers with MPTCP.

mod blackhole;
mod joins;
mod origins;

use std::net::TcpListener;

use crate::support::*;

trials! {
    a_host_that_answers_is_no_finding, plain_tcp_is_a_fallback,
    a_closed_port_refuses, a_silent_host_is_unreachable, a_host_is_absent_from_its_link, the_words_are_checked,
    no_connection_is_left_on_either_host;
    blackhole::trials(), joins::trials(), origins::trials()
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

/// Lets the server do this with what comes in.
fn filter(server: &Netns, rule: &str) {
    nft(
        server,
        &format!(
            "table inet t {{\n chain c {{\n type filter hook input priority 0;\n {rule}\n }}\n}}\n"
        ),
    );
}

/// Lets all in again.
fn unfilter(server: &Netns) {
    nft(server, "flush ruleset\n");
}

fn nft(server: &Netns, script: &str) {
    need_tool("nft");
    let nft = Program::new("nft").args(["-f", "-"]);
    server.run(|| nft.stdin(script).run().ok());
}

/// Some ids.
fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
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

fn a_silent_host_is_unreachable(ns: &mut Sandbox) {
    let _server = two_paths(ns);
    let (ids, status) = found("check to 10.0.1.77 port 80 dev near0");
    assert_eq!((ids, status), (vec!["unreachable".to_owned()], 1));
    let (ids, _) = found("check to 192.0.2.1 port 80 from 10.0.1.1");
    assert_eq!(ids, ["unreachable"]);
}

/// Long enough for the kernel to answer that there is no route.
fn a_host_is_absent_from_its_link(ns: &mut Sandbox) {
    let _server = two_paths(ns);
    for line in [
        "check to 10.0.1.77 port 80 from 10.0.1.1",
        "check to fd01::77 port 80 from fd01::1",
    ] {
        let text = mptcp(line);
        assert_eq!(text.status, 1, "{text}");
        assert!(text.text().contains("on its link"), "{text}");
    }
}

fn the_words_are_checked(_ns: &mut Sandbox) {
    for line in [
        "check to 10.0.1.2",
        "check port 80",
        "check to 10.0.1.2 port 0",
        "check to 10.0.1.2 port 80 from ::1",
        "check to 10.0.1.2 port 80 token 1",
        "check to 10.0.1.2 port 80 dev nodev",
        "check to fe80::1 port 80",
        "check to fd01::1 port 80 from fe80::1",
    ] {
        assert_eq!(mptcp(line).status, 255, "{line}");
    }
    let name = mptcp("check to server.invalid port 80");
    assert_eq!(name.status, 2);
    assert!(
        name.errors().contains("run: getent ahosts server.invalid"),
        "{name}"
    );
}

/// TCP sockets of the thread's namespace, those of IPv6 as well, but listeners.
fn sockets() -> Vec<String> {
    let tables = ["tcp", "tcp6"].map(|name| format!("/proc/thread-self/net/{name}"));
    let read = |path: &String| std::fs::read_to_string(path).expect("a table of sockets");
    let lines = tables.iter().map(read).collect::<String>();
    let is_socket = |line: &&str| !line.contains("local_address") && !line.contains(" 0A ");
    lines.lines().filter(is_socket).map(str::to_owned).collect()
}

fn no_connection_is_left_on_either_host(ns: &mut Sandbox) {
    let server = two_paths(ns);
    let _listeners = server.run(|| [mptcp_listen("0.0.0.0:80"), mptcp_listen("[fd01::2]:80")]);
    for to in ["10.0.1.2", "fd01::2"] {
        let (found, _) = found(&format!("check to {to} port 80 data"));
        assert_eq!(found, ids(&[]), "{to}");
        assert_eq!(sockets(), ids(&[]), "{to}");
        wait_until("the server has no socket", || {
            server.run(|| sockets().is_empty())
        });
        mptcp("connection").prints("");
        assert_eq!(mptcp_counter("MPCurrEstab"), 0, "{to}");
    }
}
