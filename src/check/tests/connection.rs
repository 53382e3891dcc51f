use super::*;
use crate::check::facts::PlainTcp;
use crate::check::finding::Place;

#[test]
fn mptcp_is_not_tried() {
    let mut facts = healthy();
    facts.connections.push(fallen_back(Fallback::NotTried));
    facts.tried_now = Some(false);
    let found = finds(&facts, "blackhole FAIL");
    assert_eq!(
        found.fix,
        [["sysctl", "-w", "net.mptcp.blackhole_timeout=3600"]]
    );
    assert!(
        advice(&found).ends_with("mptcp check to 10.9.0.9 port 443"),
        "{found:?}"
    );
    // Where the kernel cannot be asked, the connection may be an old one.
    facts.tried_now = None;
    finds(&facts, "blackhole WARN");
    // Without any, the namespace is cut off all the same.
    facts.connections.clear();
    facts.tried_now = Some(false);
    let found = finds(&facts, "blackhole FAIL");
    assert!(advice(&found).ends_with("port NR"), "{found:?}");
    // The one that found it is no second cause.
    facts.connections.push(fallen_back(Fallback::SynDropped));
    let found = finds(&facts, "blackhole FAIL");
    assert!(advice(&found).ends_with("mptcp check to 10.9.0.9 port 443"));
}

#[test]
fn a_blackhole_that_was_mended_is_over() {
    let mut facts = healthy();
    facts.connections.push(fallen_back(Fallback::NotTried));
    facts.tried_now = Some(true);
    for name in ["Blackhole", "MPCapableSYNTXDisabled"] {
        count(&mut facts, name, 3);
    }
    quiet(&facts);
    let all = judge(&facts, true).findings;
    let told = all.iter().find(|of| of.check == "blackhole").unwrap();
    assert_eq!(told.level, Level::Ok);
    assert!(told.message.contains("stay plain TCP"), "{told:?}");
}

#[test]
fn old_counters_alone_are_no_failure() {
    let mut facts = healthy();
    count(&mut facts, "Blackhole", 1);
    quiet(&facts);
    facts.tried_now = Some(true);
    quiet(&facts);
    let mut works = with_both_paths();
    for name in [
        "Blackhole",
        "MPRstTx",
        "MPJoinSynTx",
        "AddAddr",
        "DSSCorruptionFallback",
        "IPReversePathFilter",
    ] {
        count(&mut works, name, 9);
    }
    quiet(&works);
}

#[test]
fn connections_that_fell_back_are_told_by_peer() {
    let mut facts = healthy();
    facts.connections = vec![fallen_back(Fallback::PeerOrPath); 3];
    let found = finds(&facts, "fallback WARN");
    assert_eq!(found.place, Place::Peer);
    assert!(advice(&found).starts_with("on the peer: "), "{found:?}");
    assert!(advice(&found).ends_with("mptcp check to 10.9.0.9 port NR"));
    facts.connections = vec![fallen_back(Fallback::SynDropped)];
    assert_eq!(finds(&facts, "fallback WARN").place, Place::Path);
    // One that ends is no reason to worry any more.
    facts.connections[0].state = State::FinWait2;
    quiet(&facts);
    // A server takes clients as they come.
    facts.connections = vec![server(fallen_back(Fallback::ClientWithoutMptcp))];
    quiet(&facts);
}

#[test]
fn something_on_the_way_takes_mptcp_away() {
    for why in [Fallback::Later, Fallback::AfterHandshake] {
        for connection in [fallen_back(why), server(fallen_back(why))] {
            let mut facts = healthy();
            facts.connections.push(connection);
            finds(&facts, "fallback-later WARN");
        }
    }
}

#[test]
fn no_application_uses_mptcp() {
    let mut facts = healthy();
    facts.plain.push(PlainTcp {
        local: end("10.0.0.1", 40000),
        remote: end(PEER, 443),
    });
    finds(&facts, "plain-tcp WARN");
    let with = |change: fn(&mut Facts)| {
        let mut facts = facts.clone();
        change(&mut facts);
        quiet(&facts);
    };
    with(|facts| facts.endpoints.clear());
    with(|facts| count(facts, "MPCapableSYNTX", 1));
    with(|facts| facts.listeners.push(listener("0.0.0.0")));
    with(|facts| facts.plain.clear());
}

#[test]
fn endpoints_are_of_another_family() {
    let mut facts = with_one_path();
    facts.connections[0].local.address = ip("2001:db8::1");
    facts.connections[0].remote.address = ip("2001:db8::9");
    finds(&facts, "family WARN");
    let mut both = facts.clone();
    both.connections.push(connection());
    both.connections[1]
        .subflows
        .push(subflow("10.1.0.1", false, State::Established));
    quiet(&both);
    facts.connections[0].server_side = Some(true);
    quiet(&facts);
}

#[test]
fn idle_paths_are_told_of_where_all_is() {
    let mut facts = with_both_paths();
    let idle = &mut facts.connections[0].subflows[1];
    idle.tcp.as_mut().unwrap().bytes_sent = 0;
    idle.mptcp.as_mut().unwrap().flags.0 |= 1 << 5;
    quiet(&facts);
    let all = judge(&facts, true).findings;
    let found = all.iter().find(|of| of.check == "path-idle").unwrap();
    assert_eq!(
        found.fix[0].join(" "),
        "mptcp endpoint change id 1 nobackup"
    );
}
