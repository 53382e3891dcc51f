use super::*;
use crate::check::finding::Place;

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
    assert_eq!(finds(&tried(1, 0), "join-refused WARN").place, Place::Peer);
    assert_eq!(finds(&tried(2, 1), "join-refused WARN").place, Place::Peer);
}

#[test]
fn the_peer_has_a_limit() {
    let mut facts = tried(2, 2);
    quiet(&facts);
    count(&mut facts, "MPRstTx", 1);
    finds(&facts, "peer-limit WARN");
    facts.connections[0].server_side = Some(true);
    quiet(&facts);
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
