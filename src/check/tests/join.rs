use super::*;
use crate::check::finding::Place;
use crate::diag::info::Traffic;

/// The endpoint was used, and gave no path.
fn tried(sent: u64, answered: u64) -> Facts {
    let mut facts = with_one_path();
    let info = facts.connections[0].info.as_mut().unwrap();
    info.local_addr_used = Some(1);
    count(&mut facts, "MPJoinSynTx", sent);
    count(&mut facts, "MPJoinSynAckRx", answered);
    facts
}

#[test]
fn a_join_is_not_answered() {
    // It may be on its way.
    quiet(&with_an_attempt(0));
    let mut facts = with_an_attempt(2);
    let found = finds(&facts, "join-unanswered WARN");
    assert_eq!(found.place, Place::Path);
    // That is why.
    facts.links[2].carrier = false;
    finds(&facts, "link-down FAIL");
}

#[test]
fn a_join_is_refused() {
    let found = finds(&tried(1, 0), "join-refused WARN");
    assert_eq!(found.place, Place::Peer);
    let last = "then here: mptcp endpoint retry id 1";
    assert!(advice(&found).ends_with(last), "{found:?}");
    // The path that lives accounts for the answer.
    let mut facts = tried(2, 1);
    let lives = with_both_paths().connections.remove(0);
    facts.connections.push(lives);
    finds(&facts, "join-refused WARN");
    // It was answered and ended, or refused: which of them, no counter shows.
    finds(&tried(2, 1), "path-lost WARN");
}

#[test]
fn a_path_was_lost() {
    let mut facts = tried(1, 1);
    let found = finds(&facts, "path-lost WARN");
    assert_eq!(fixes(&found), ["mptcp endpoint retry id 1"]);
    assert!(found.message.contains("peer's limit"), "{found:?}");
    // Another path does not replace it.
    facts
        .endpoints
        .push(endpoint(2, "10.2.0.1", 4, Flags::SUBFLOW));
    facts.links.push(link(4, "eth2"));
    facts.addresses.push(address("10.2.0.1", 4));
    facts.connections[0]
        .subflows
        .push(subflow("10.2.0.1", false, State::Established));
    count(&mut facts, "MPJoinSynTx", 2);
    count(&mut facts, "MPJoinSynAckRx", 2);
    facts.connections[0].info.as_mut().unwrap().local_addr_used = Some(2);
    finds(&facts, "path-lost WARN");
    facts.connections[0].server_side = Some(true);
    quiet(&facts);
}

#[test]
fn an_attempt_without_a_route_is_no_refusal() {
    let mut facts = tried(0, 0);
    count(&mut facts, "MPJoinSynTxConnectErr", 1);
    let found = finds(&facts, "path-not-tried WARN");
    assert!(found.message.contains("no route"), "{found:?}");
    assert_eq!(fixes(&found), ["mptcp endpoint retry id 1"]);
    // Another attempt was sent, and refused.
    count(&mut facts, "MPJoinSynTx", 1);
    finds(&facts, "join-refused WARN");
}

#[test]
fn an_endpoint_came_too_late() {
    let mut facts = with_one_path();
    count(&mut facts, "MPJoinSynTx", 0);
    count(&mut facts, "MPJoinSynAckRx", 0);
    // No data was acknowledged: the kernel may still try it.
    quiet(&facts);
    let info = facts.connections[0].info.as_mut().unwrap();
    info.traffic = Some(Traffic {
        bytes_acked: 1,
        ..Traffic::default()
    });
    let found = finds(&facts, "path-not-tried WARN");
    assert_eq!(fixes(&found), ["mptcp endpoint retry id 1"]);
    let with = |change: fn(&mut Facts)| {
        let mut facts = facts.clone();
        change(&mut facts);
        found_only(&facts, "path-not-tried");
    };
    // There is no room, which others explain.
    with(|facts| facts.connections[0].info.as_mut().unwrap().subflows = 2);
    with(|facts| facts.limits.subflows = Some(0));
    with(|facts| facts.connections[0].server_side = Some(true));
    with(|facts| facts.connections[0].state = State::FinWait1);
}

/// Everything but that id may be reported.
#[track_caller]
fn found_only(facts: &Facts, absent: &str) {
    let found = found(facts);
    assert!(found.iter().all(|of| !of.starts_with(absent)), "{found:?}");
}

#[test]
fn a_connection_of_another_path_manager_keeps_it() {
    let mut facts = with_one_path();
    facts.connections[0].info.as_mut().unwrap().subflows_max = 0;
    let found = finds(&facts, "path-not-tried WARN");
    assert!(found.message.contains("user space"), "{found:?}");
    assert!(found.fix.is_empty(), "{found:?}");
}

#[test]
fn the_peer_forbids_joins_to_its_first_address() {
    let facts = tried(0, 0);
    let found = finds(&facts, "deny-join-id0 WARN");
    assert_eq!(found.place, Place::Peer);
    // A kernel without these counters shows less.
    let mut facts = tried(0, 0);
    facts.counters.clear();
    finds(&facts, "path-lost WARN");
}

#[test]
fn another_host_answers() {
    let mut facts = tried(1, 1);
    count(&mut facts, "MPRstTx", 1);
    count(&mut facts, "MPJoinSynAckHMacFailure", 1);
    finds(&facts, "join-hmac WARN");
    let mut works = with_both_paths();
    count(&mut works, "MPJoinSynAckHMacFailure", 1);
    quiet(&works);
}

#[test]
fn what_was_not_tried_is_not_blamed_on_anybody() {
    let mut facts = with_one_path();
    count(&mut facts, "MPRstTx", 1);
    quiet(&facts);
}
