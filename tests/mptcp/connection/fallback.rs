//! Each way of falling back to TCP, as paths and peers make it happen.

use std::net::{TcpListener, TcpStream};

use serde_json::Value;

use super::hosts::*;

trials! {
    a_peer_without_mptcp, a_client_without_mptcp, syns_with_mptcp_are_dropped,
    what_follows_the_handshake_is_stripped, what_follows_the_data_is_stripped,
}

/// Runs commands of nftables in the calling thread's namespace.
fn nft(commands: &str) {
    let ran = Program::new("nft").args(["-f", "-"]).stdin(commands).run();
    if ran.status != 0 {
        left_out("nftables does not know the option of MPTCP here");
    }
}

/// Takes MPTCP out of all but the segments that open a connection.
const STRIP: &str = "
table inet path {
    chain input {
        type filter hook input priority -150
        tcp flags & syn == 0 reset tcp option 30
    }
}";

const DROP: &str = "
table inet path {
    chain input {
        type filter hook input priority -150
        tcp flags & syn == syn tcp option 30 exists drop
    }
}";

#[track_caller]
fn the_only(list: Vec<Value>) -> Value {
    match <[Value; 1]>::try_from(list) {
        Ok([one]) => one,
        Err(list) => panic!("one connection is expected: {list:?}"),
    }
}

/// The connection is plain TCP for this reason, which text tells as well.
#[track_caller]
fn fell_back(one: &Value, why: &str, words: &str) {
    assert_eq!(one["fallback"], why, "{one}");
    assert_eq!(one["state"], "established", "{one}");
    assert_eq!(subflows(one).len(), 1, "{one}");
    let text = mptcp("connection state fallback").ok().text();
    let line = format!("    fallback {why}: ");
    let told = text
        .lines()
        .any(|of| of.starts_with(&line) && of.contains(words));
    assert!(told, "{text}");
    assert_eq!(connections("state single").len(), 0, "plain TCP");
}

fn a_peer_without_mptcp(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    let plain = hosts
        .server
        .run(|| TcpListener::bind("0.0.0.0:0").expect("a listener"));
    let pair = hosts.connect(&plain);
    let [client, server] = hosts.both("");
    let client = the_only(client);
    fell_back(&client, "peer-or-path", "answered without MPTCP");
    assert_eq!(client["server_side"], Value::Null);
    assert_eq!(server.len(), 0, "nothing of it is MPTCP");
    // It is asked for alone where it has a token.
    if client["token"].is_string() {
        assert_eq!(connections(&format!("token {}", token(&client))).len(), 1);
    }
    drop(pair);
}

fn a_client_without_mptcp(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    let client = TcpStream::connect(hosts.remote(&listener)).expect("a connection");
    let _pair = Pair {
        client,
        server: accept(&listener),
    };
    let [client, server] = hosts.both("");
    assert_eq!(client.len(), 0, "nothing of it is MPTCP");
    let server = the_only(server);
    assert_eq!(server["token"], Value::Null, "{server}");
    assert_eq!(server["server_side"], true, "{server}");
    let told = || fell_back(&server, "client-without-mptcp", "came without MPTCP");
    hosts.server.run(told);
}

/// The first connection finds out, the next ones do not try.
fn syns_with_mptcp_are_dropped(ns: &mut Sandbox) {
    need_tool("nft");
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    hosts.server.run(|| nft(DROP));
    let first = hosts.connect(&listener);
    let [client, server] = hosts.both("");
    fell_back(&the_only(client), "syn-dropped", "were not answered");
    let details = without_net_admin(|| mptcp("-details connection")).text();
    let is_blank = |line: &str| line.trim().is_empty();
    assert!(!details.lines().any(is_blank), "{details}");
    assert_eq!(the_only(server)["fallback"], "client-without-mptcp");
    drop(first);
    if sysctl_read("net.mptcp.blackhole_timeout").is_err() {
        return;
    }
    wait_until("the first one is over", || {
        connections("state established").is_empty()
    });
    let _second = hosts.connect(&listener);
    let [client, _] = hosts.both("state established");
    let client = the_only(client);
    fell_back(&client, "not-tried", "was not tried");
    assert_eq!(client["token"], Value::Null, "{client}");
    let text = mptcp("connection state established").ok().text();
    assert!(
        text.starts_with("token none state established local 10.0.1.1 "),
        "{text}"
    );
}

fn what_follows_the_handshake_is_stripped(ns: &mut Sandbox) {
    need_tool("nft");
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    nft(STRIP);
    hosts.server.run(|| nft(STRIP));
    let _pair = hosts.connect(&listener);
    let client = the_only(connections(""));
    fell_back(&client, "after-handshake", "right after the handshake");
}

fn what_follows_the_data_is_stripped(ns: &mut Sandbox) {
    need_tool("nft");
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    let mut pair = hosts.connect(&listener);
    hosts.server.run(|| nft(STRIP));
    nft(STRIP);
    pair.talk();
    let [client, server] = hosts.both("");
    fell_back(&the_only(client), "later", "given up later");
    let server = the_only(server);
    hosts
        .server
        .run(|| fell_back(&server, "later", "given up later"));
    assert_eq!(server["server_side"], true, "{server}");
}
