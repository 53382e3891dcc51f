//! `follow retry`: paths that connections lack come back by themselves.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::setup::*;

trials! {
    a_path_that_was_reset_comes_back, a_path_comes_with_its_route, a_path_comes_with_its_address,
    a_path_comes_back_with_the_carrier, a_device_made_anew_has_its_path,
    a_peer_that_refuses_is_left_alone, fifty_flaps_end_with_a_path,
    whatever_happens_no_other_path_is_closed, a_live_subflow_is_not_renewed,
    it_requires_follow_and_events,
}

const FILE: &str = "limits set subflows 4\n\
                    endpoint add dev near1 inet subflow\n\
                    endpoint add 10.0.3.1 dev near2 id 9 subflow\n";

/// Addresses of the client from which subflows are established, on each
/// connection.
fn locals() -> Vec<Vec<String>> {
    let connections = json(&mptcp("-json connection").ok().text());
    let established = |connection: &Value| {
        let subflows = connection["subflows"].as_array().expect("subflows");
        let live = subflows.iter().filter(|one| one["state"] == "established");
        live.map(|one| one["saddr4"].as_str().expect("an address").to_owned())
            .collect()
    };
    connections
        .as_array()
        .expect("a list")
        .iter()
        .map(established)
        .collect()
}

fn has_path(address: &str) -> bool {
    locals()
        .iter()
        .any(|connection| connection.iter().any(|local| local == address))
}

/// Waits for the path.
#[track_caller]
fn wait_for_path(address: &str) {
    wait_until(&format!("no path from {address}"), || has_path(address));
}

/// Waits for the path, which takes less than so many seconds.
#[track_caller]
fn path_comes_within(seconds: u64, address: &str) {
    let start = Instant::now();
    wait_for_path(address);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(seconds), "{took:?}");
}

/// Aborts the subflows from this address at the server.
fn reset(server: &Netns, address: &str) {
    need_tool("ss");
    let line = format!("-K dst {address}");
    // It complains about the MPTCP sockets, which it cannot close.
    server.run(|| drop(Program::new("ss").line(&line).run()));
    wait_until("the path is reset", || !has_path(address));
}

/// The file followed, and a connection with three paths; a monitor of the
/// server.
fn three_paths(ns: &Sandbox) -> (Netns, Running, Running, Live) {
    let (server, theirs) = hosts(ns, "");
    let scratch = Scratch::new();
    let follower = follow(&scratch.file("conf", FILE), "retry");
    let live = Live::new(&server);
    wait_for_path("10.0.2.1");
    wait_for_path("10.0.3.1");
    (server, theirs, follower, live)
}

/// Neither the first path nor the third one was closed, as the server saw it.
#[track_caller]
fn others_are_untouched(theirs: &Running) {
    for address in ["10.0.1.1", "10.0.3.1"] {
        let seen = theirs.text();
        assert!(!has_event(&seen, "SF_CLOSED", address), "{seen}");
    }
}

fn a_path_that_was_reset_comes_back(ns: &mut Sandbox) {
    let (server, theirs, mut follower, mut live) = three_paths(ns);
    for _ in 0..2 {
        reset(&server, "10.0.2.1");
        path_comes_within(12, "10.0.2.1");
        live.talk();
        // What is lost at once is no loss, but refused.
        std::thread::sleep(Duration::from_millis(1500));
    }
    let renewed = follower.line_with("dev near1 id ");
    assert!(renewed.starts_with('['), "{renewed}");
    others_are_untouched(&theirs);
    assert_eq!(follower.interrupt().status, 0);
}

/// The server's address is reached by routes alone.
fn a_path_comes_with_its_route(ns: &mut Sandbox) {
    let (server, _theirs) = hosts(ns, "");
    server.run(|| {
        for device in ["far0", "far1", "far2"] {
            sysctl_write(&format!("net.ipv4.conf.{device}.arp_ignore"), "1");
        }
        add_address("lo", "10.9.9.9/32");
    });
    add_route("10.9.9.0/24", Some("10.0.1.2"), "near0");
    remove_address("near1", "10.0.2.1/24");
    let scratch = Scratch::new();
    let mut follower = follow(&scratch.file("conf", FILE), "retry");
    let mut live = Live::to(&server, "10.9.9.9");
    add_address("near1", "10.0.2.1/24");
    wait_until("the endpoint is there", || endpoints().contains("10.0.2.1"));
    // The kernel has tried, in vain; without a route nothing is retried.
    live.talk();
    std::thread::sleep(Duration::from_secs(5));
    assert!(!has_path("10.0.2.1"));
    let before = follower.text();
    assert!(!before.contains("dev near1 id"), "{before}");
    add_route("0.0.0.0/0", Some("10.0.2.2"), "near1");
    path_comes_within(4, "10.0.2.1");
    follower.line_with("mptcp endpoint add 10.0.2.1 dev near1 id ");
}

fn a_path_comes_with_its_address(ns: &mut Sandbox) {
    let (_server, theirs, _follower, mut live) = three_paths(ns);
    remove_address("near1", "10.0.2.1/24");
    wait_until("the endpoint goes", || !endpoints().contains("10.0.2.1"));
    add_address("near1", "10.0.2.7/24");
    path_comes_within(4, "10.0.2.7");
    live.talk();
    others_are_untouched(&theirs);
}

fn a_path_comes_back_with_the_carrier(ns: &mut Sandbox) {
    let (server, theirs, _follower, mut live) = three_paths(ns);
    server.run(|| set_down("far1"));
    wait_until("the endpoint goes", || !endpoints().contains("10.0.2.1"));
    server.run(|| set_up("far1"));
    path_comes_within(4, "10.0.2.1");
    set_down("near1");
    wait_until("the endpoint goes", || !endpoints().contains("10.0.2.1"));
    set_up("near1");
    path_comes_within(4, "10.0.2.1");
    live.talk();
    others_are_untouched(&theirs);
}

fn a_device_made_anew_has_its_path(ns: &mut Sandbox) {
    let (server, theirs, _follower, mut live) = three_paths(ns);
    delete_link("near1");
    add_veth("near1", "far1", &server);
    server.run(|| add_address("far1", "10.0.2.2/24"));
    // The kernel drops the subflow of the old device by itself.
    add_address("near1", "10.0.2.8/24");
    path_comes_within(4, "10.0.2.8");
    live.talk();
    others_are_untouched(&theirs);
}

fn a_peer_that_refuses_is_left_alone(ns: &mut Sandbox) {
    let (server, _theirs) = hosts(ns, "");
    server.run(|| mptcp("limits set subflows 0").ok());
    let scratch = Scratch::new();
    let mut follower = follow(&scratch.file("conf", FILE), "retry");
    let mut live = Live::new(&server);
    follower.line_with("mptcp endpoint add 10.0.2.1 dev near1 id ");
    // With the usual pauses there would be two more by then.
    std::thread::sleep(Duration::from_secs(4));
    live.talk();
    let seen = follower.interrupt().text();
    assert_eq!(seen.matches("dev near1 id ").count(), 1, "{seen}");
    assert_eq!(seen.matches("dev near2 id ").count(), 2, "{seen}");
}

fn fifty_flaps_end_with_a_path(ns: &mut Sandbox) {
    let (server, theirs, follower, mut live) = three_paths(ns);
    for flap in 0..50 {
        server.run(|| set_down("far1"));
        if flap % 10 == 9 {
            std::thread::sleep(Duration::from_millis(1300));
        }
        server.run(|| set_up("far1"));
        live.talk();
    }
    path_comes_within(4, "10.0.2.1");
    others_are_untouched(&theirs);
    let seen = follower.interrupt().text();
    assert!(seen.lines().count() < 60, "{seen}");
}

fn whatever_happens_no_other_path_is_closed(ns: &mut Sandbox) {
    let (server, theirs, _follower, mut live) = three_paths(ns);
    let random = &mut Random(7);
    let _second = Live::new(&server);
    for _ in 0..40 {
        match random.next() % 6 {
            0 => server.run(|| set_down("far1")),
            1 => server.run(|| set_up("far1")),
            2 => {
                set_down("near1");
                set_up("near1");
            }
            3 => {
                need_tool("ss");
                server.run(|| drop(Program::new("ss").line("-K dst 10.0.2.1").run()));
            }
            4 => {
                remove_address("near1", "10.0.2.1/24");
                add_address("near1", "10.0.2.1/24");
            }
            _ => add_route(&format!("10.8.{}.0/24", random.next() % 250), None, "near1"),
        }
        std::thread::sleep(Duration::from_millis(random.next() % 300));
        live.talk();
    }
    server.run(|| set_up("far1"));
    wait_until("both connections have three paths", || {
        locals().iter().all(|paths| paths.len() == 3)
    });
    others_are_untouched(&theirs);
}

fn a_live_subflow_is_not_renewed(ns: &mut Sandbox) {
    let (server, mut theirs, follower, mut live) = three_paths(ns);
    let mut second = Live::new(&server);
    let is_complete = || locals().iter().all(|paths| paths.len() == 3);
    wait_until("both connections have three paths", is_complete);
    need_tool("ss");
    let port = second.port_from("10.0.2.1");
    let line = format!("-K dst 10.0.2.1 dport {port}");
    server.run(|| drop(Program::new("ss").line(&line).run()));
    wait_for_event(&mut theirs, "SF_CLOSED", "10.0.2.1");
    // The other connection's path is worth more than this one's.
    std::thread::sleep(Duration::from_secs(4));
    live.talk();
    second.talk();
    let closed = theirs.text().matches("SF_CLOSED").count();
    assert_eq!(closed, 1, "{}", theirs.text());
    // Once the other has none, both get theirs back.
    server.run(|| drop(Program::new("ss").line("-K dst 10.0.2.1").run()));
    wait_until("both connections have three paths", is_complete);
    others_are_untouched(&theirs);
    assert_eq!(follower.interrupt().status, 0);
}

fn it_requires_follow_and_events(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let file = scratch.file("conf", "endpoint add 10.0.0.2 subflow\n");
    apply(&file, "retry").fails(255, "follow");
    without_net_admin(|| apply(&file, "follow retry").fails(255, "CAP_NET_ADMIN"));
}
