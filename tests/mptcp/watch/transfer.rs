//! A transfer over two links, of which one is cut.

use serde_json::Value;

use super::Two;
use crate::support::*;

trials! { the_rate_moves_within_two_samples }

/// The address that each subflow sends from, and how fast.
fn rates(line: &str) -> Vec<(String, u64)> {
    let document = json(line);
    let subflows = document["connections"][0]["subflows"].as_array();
    let rate = |of: &Value| {
        let address = of["saddr4"].as_str().expect("an address").to_owned();
        (address, of["rate_sent"].as_u64().unwrap_or_default())
    };
    subflows
        .map(|of| of.iter().map(rate).collect())
        .unwrap_or_default()
}

fn the_rate_moves_within_two_samples(ns: &mut Sandbox) {
    let transfer = Two::new(ns).transfer(50_000);
    let mut watch = Program::mptcp().line("-json connection watch").start();
    let mut sample = || rates(&watch.next_line(SOON).expect("a sample"));
    sample();
    let before = sample();
    // The busiest is first.
    let (cut, rate) = before[0].clone();
    assert!(rate > 100_000, "{before:?}");
    set_down(if cut == V4.near[0] { "near0" } else { "near1" });
    let after = [sample(), sample()];
    let moved = |of: &Vec<(String, u64)>| {
        let fast = of.iter().find(|(address, _)| *address != cut);
        fast.is_some_and(|(_, rate)| *rate > 100_000)
            && of
                .iter()
                .all(|(address, rate)| *address != cut || *rate < 100_000)
    };
    assert!(after.iter().any(moved), "{before:?}, then {after:?}");
    drop(transfer);
    watch.interrupt().ok();
}
