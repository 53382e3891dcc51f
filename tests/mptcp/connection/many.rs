//! Many connections, and none.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::hosts::*;

trials! {
    three_hundred_connections_are_all_told, where_there_is_none_nothing_is_told,
    connections_that_come_and_go_have_their_subflows,
}

fn three_hundred_connections_are_all_told(ns: &mut Sandbox) {
    const MANY: usize = 300;
    let hosts = Hosts::new(ns, V4);
    mptcp(&format!("endpoint add {} subflow", V4.near[1])).ok();
    let listener = hosts.listen();
    let pairs: Vec<Pair> = (0..MANY).map(|_| hosts.connect(&listener)).collect();
    let mut both = hosts.both("");
    wait_until("two subflows each", || {
        both = hosts.both("");
        let complete = both.iter().flatten().filter(|one| established(one) == 2);
        complete.count() == 2 * MANY
    });
    for list in &both {
        let tokens: BTreeSet<String> = list.iter().map(token).collect();
        assert_eq!(tokens.len(), MANY);
    }
    let port = |pair: &Pair| u64::from(pair.client.local_addr().expect("an address").port());
    let expected: BTreeSet<u64> = pairs.iter().map(port).collect();
    let [client, server] = both;
    let told = |list: &[Value], key: &str| -> BTreeSet<u64> {
        list.iter().filter_map(|one| one[key].as_u64()).collect()
    };
    assert_eq!(told(&client, "sport"), expected);
    assert_eq!(told(&server, "dport"), expected);
    // A subflow is with the connection that it belongs to on both hosts.
    let ends = |of: &Value, keys: [&str; 2]| keys.map(|key| of[key].to_string());
    let joins = |list: &[Value], first: &str, keys: [&str; 2]| -> BTreeSet<(u64, [String; 2])> {
        let of_one = |one: &Value| {
            let first = one[first].as_u64().expect("a port");
            let subflows = subflows(one).to_vec();
            subflows.into_iter().map(move |of| (first, ends(&of, keys)))
        };
        list.iter().flat_map(of_one).collect()
    };
    let ours = joins(&client, "sport", ["saddr4", "sport"]);
    assert_eq!(ours, joins(&server, "dport", ["daddr4", "dport"]));
    assert_eq!(ours.len(), 2 * MANY);
    let text = mptcp("-oneline connection").ok().text();
    assert_eq!(text.lines().count(), MANY);
}

fn where_there_is_none_nothing_is_told(_: &mut Sandbox) {
    mptcp("connection").prints("");
    mptcp("-json connection").prints("[]\n");
    mptcp("connection state fallback state listening").prints("");
}

/// The dumps are of different moments: a connection that came between them has
/// its subflows, and one that ended is not shown.
fn connections_that_come_and_go_have_their_subflows(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    let _kept: Vec<Pair> = (0..200).map(|_| hosts.connect(&listener)).collect();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    drop(mptcp_connect(&hosts.remote(&listener)));
                    drop(accept(&listener));
                }
            });
        }
        let (mut shown, mut wrong) = (0, 0);
        for _ in 0..60 {
            for (at, list) in hosts.both("state established").iter().enumerate() {
                shown += list.len();
                let without = list.iter().filter(|one| subflows(one).is_empty());
                // One that is about to end can truly have none; what it has at
                // a second look, it had at the first.
                wrong += without.filter(|one| has_subflows(&hosts, at, one)).count();
            }
        }
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(wrong, 0, "of {shown}");
        assert!(shown >= 60 * 2 * 200, "{shown}");
    });
}

/// Whether the connection has subflows now: of the client, or of the server.
fn has_subflows(hosts: &Hosts, at: usize, one: &Value) -> bool {
    let line = format!("-json connection token {}", token(one));
    let output = match at {
        0 => mptcp(&line),
        _ => hosts.server.run(|| mptcp(&line)),
    };
    let found = match output.status {
        0 => json(&output.text()),
        // It has ended.
        _ => return false,
    };
    let found = found.as_array().expect("an array").iter();
    found.map(|one| subflows(one).len()).sum::<usize>() > 0
}
