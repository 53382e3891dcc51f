//! `check to … data`: which further subflows come, and why not.

use super::*;

trials! {
    both_families_join, a_peer_whose_limit_is_reached, a_reset_to_the_path,
    a_firewall_that_refuses_joins, a_firewall_that_drops_joins,
    the_limit_of_this_host, a_peer_that_denies_joins_to_its_first_address,
    a_peer_that_ends_at_once, a_peer_that_answers_and_closes, a_peer_that_resets, a_host_without_endpoints, user_space_manages_the_paths,
}

fn ready(ns: &Sandbox) -> (Netns, TcpListener) {
    let server = two_paths(ns);
    let listener = server.run(|| mptcp_listen("[::]:80"));
    (server, listener)
}

const DATA: &str = "check to 10.0.1.2 port 80 data";

fn both_families_join(ns: &mut Sandbox) {
    let _ready = ready(ns);
    for to in ["10.0.1.2", "fd01::2"] {
        let text = mptcp(&format!("check to {to} port 80 data")).ok().text();
        assert!(text.contains("joined the connection"), "{text}");
        assert!(!text.contains("FAIL"), "{text}");
    }
}

fn a_peer_whose_limit_is_reached(ns: &mut Sandbox) {
    let (server, _listener) = ready(ns);
    server.run(|| mptcp("limits set subflows 0").ok());
    assert_eq!(found(DATA), (ids(&["peer-limit"]), 1));
    // What it proposes is to be done there.
    server.run(|| mptcp("limits set subflows 1").ok());
    assert_eq!(found(DATA), (ids(&[]), 0));
}

fn a_reset_to_the_path(ns: &mut Sandbox) {
    let (server, _listener) = ready(ns);
    filter(
        &server,
        "iifname far1 meta l4proto tcp reject with tcp reset",
    );
    // Why there is no subflow, too.
    assert_eq!(found(DATA), (ids(&["refused"]), 1));
}

/// MP_JOIN of the second link, and nothing else.
const JOINS: &str = "iifname far1 tcp option mptcp subtype 1";

fn a_firewall_that_refuses_joins(ns: &mut Sandbox) {
    let (server, _listener) = ready(ns);
    filter(&server, &format!("{JOINS} reject with tcp reset"));
    assert_eq!(found(DATA), (ids(&["join-refused"]), 1));
}

fn a_firewall_that_drops_joins(ns: &mut Sandbox) {
    let (server, _listener) = ready(ns);
    filter(&server, &format!("{JOINS} drop"));
    assert_eq!(found(DATA), (ids(&["join-unanswered"]), 1));
}

fn the_limit_of_this_host(ns: &mut Sandbox) {
    let _ready = ready(ns);
    mptcp("limits set subflows 0").ok();
    assert_eq!(found(DATA), (ids(&["subflow-limit"]), 1));
    mptcp("limits set subflows 1").ok();
    assert_eq!(found(DATA), (ids(&[]), 0));
}

fn a_peer_that_denies_joins_to_its_first_address(ns: &mut Sandbox) {
    let (server, _listener) = ready(ns);
    server.run(|| sysctl_write("net.mptcp.allow_join_initial_addr_port", "0"));
    assert_eq!(found(DATA), (ids(&["deny-join-id0"]), 0));
}

/// It takes what comes, and closes.
fn a_peer_that_ends_at_once(ns: &mut Sandbox) {
    let (server, listener) = ready(ns);
    server.run(|| sysctl_write("net.mptcp.allow_join_initial_addr_port", "0"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream);
        }
    });
    assert_eq!(found(DATA), (ids(&[]), 0));
    let text = mptcp(&format!("{DATA} all")).ok().text();
    assert!(!text.contains("deny-join-id0"), "{text}");
}

/// What the server does with each connection, until the test ends.
fn serve(listener: TcpListener, each: fn(std::net::TcpStream)) {
    std::thread::spawn(move || listener.incoming().flatten().for_each(each));
}

fn a_peer_that_answers_and_closes(ns: &mut Sandbox) {
    use std::io::{Read, Write};
    let (_server, listener) = ready(ns);
    serve(listener, |mut stream| {
        let _ = stream.read(&mut [0; 64]);
        let _ = stream.write(b"answer");
    });
    for _ in 0..10 {
        let (found, status) = found(DATA);
        assert_eq!((found, status), (ids(&[]), 0));
    }
    // What was left by these is no evidence about later connections.
    mptcp("check").prints("no problem found\n");
}

fn a_peer_that_resets(ns: &mut Sandbox) {
    use std::io::Read;
    let (_server, listener) = ready(ns);
    serve(listener, |mut stream| {
        let _ = stream.read(&mut [0; 64]);
        let linger = Some(std::time::Duration::ZERO);
        let _ = socket2::SockRef::from(&stream).set_linger(linger);
    });
    for _ in 0..10 {
        assert_eq!(found(DATA).0, ids(&[]));
    }
}

fn a_host_without_endpoints(ns: &mut Sandbox) {
    let _ready = ready(ns);
    mptcp("endpoint flush").ok();
    let text = mptcp(DATA).ok().text();
    assert!(text.contains("there is nothing to open"), "{text}");
}

fn user_space_manages_the_paths(ns: &mut Sandbox) {
    let _ready = ready(ns);
    use_userspace_path_manager();
    assert_eq!(found(DATA), (ids(&["userspace-pm"]), 0));
}
