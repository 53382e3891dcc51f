//! Paths that are there, and nothing gets through.

use std::io::{self, Read, Write};
use std::thread::{self, sleep};
use std::time::Duration;

use serde_json::Value;

use super::hosts::*;

trials! {
    silent_loss_is_shown, a_connection_without_a_working_path_is_stalled,
    a_peer_that_does_not_read_is_no_stall,
}

/// A connection with two paths.
fn two_paths(ns: &Sandbox) -> (Hosts, Pair) {
    let hosts = Hosts::new(ns, V4);
    mptcp("endpoint add 10.0.2.1 dev near1 subflow").ok();
    let listener = hosts.listen();
    let pair = hosts.connect(&listener);
    hosts.only_with(2);
    (hosts, pair)
}

/// From now on, the server drops what comes in by these devices.
fn drop_from(hosts: &Hosts, devices: &[&str]) {
    need_tool("nft");
    hosts.server.run(|| {
        let nft = |line: &str| Program::new("nft").line(line).run().ok();
        nft("add table inet t");
        nft("add chain inet t c { type filter hook input priority 0 ; }");
        for device in devices {
            nft(&format!("add rule inet t c iif {device} drop"));
        }
    });
}

fn subflow_on(connection: &Value, local: &str) -> Value {
    let mut subflows = connection["subflows"].as_array().expect("subflows").iter();
    let found = subflows.find(|subflow| subflow["saddr4"] == local);
    found.expect("a subflow").clone()
}

fn silent_loss_is_shown(ns: &mut Sandbox) {
    let (hosts, mut pair) = two_paths(ns);
    assert!(connections("state stalled").is_empty());
    drop_from(&hosts, &["far1"]);
    // Enough at a time that both paths have a part in it.
    let mut server = pair.server.try_clone().expect("a descriptor");
    let reader = thread::spawn(move || io::copy(&mut server, &mut io::sink()));
    wait_until("the path is stalled", || {
        pair.client
            .write_all(&[0; 100_000])
            .expect("the other path carries it");
        !connections("state stalled").is_empty()
    });
    let [connection] = &connections("state stalled")[..] else {
        panic!("one connection");
    };
    let stalled = subflow_on(connection, "10.0.2.1")["stalled_ms"].as_u64();
    assert!(stalled.expect("a time") >= 2000, "{connection}");
    assert!(subflow_on(connection, "10.0.1.1")["stalled_ms"].is_null());
    assert!(connection["stalled_ms"].is_null());
    let text = mptcp("connection").ok().text();
    let line = text.lines().find(|line| line.contains("10.0.2.1"));
    assert!(
        line.expect("a line").contains("established stalled "),
        "{text}"
    );
    let watched = mptcp("connection watch count 1").ok().text();
    assert!(watched.contains(" stalled "), "{watched}");
    drop(pair);
    reader.join().expect("no panic").expect("all is read");
}

fn a_connection_without_a_working_path_is_stalled(ns: &mut Sandbox) {
    let (hosts, mut pair) = two_paths(ns);
    drop_from(&hosts, &["far0", "far1"]);
    pair.client.write_all(&[0; 20_000]).expect("written");
    wait_until("the connection is stalled", || {
        connections("")
            .iter()
            .any(|one| one["stalled_ms"].as_u64().is_some())
    });
}

fn a_peer_that_does_not_read_is_no_stall(ns: &mut Sandbox) {
    let (_hosts, mut pair) = two_paths(ns);
    pair.client.set_nonblocking(true).expect("set");
    // Until both buffers are full, and the peer's window is closed.
    wait_until("the window is closed", || {
        let full = pair.client.write(&[0; 65536]).is_err();
        sleep(Duration::from_millis(100));
        full && pair.client.write(&[0; 65536]).is_err()
    });
    // Longer than what counts for a stall.
    for _ in 0..35 {
        sleep(Duration::from_millis(100));
        let stalled = connections("state stalled");
        assert!(stalled.is_empty(), "{stalled:?}");
    }
    let mut read = [0; 1];
    pair.server.read_exact(&mut read).expect("there is data");
}
