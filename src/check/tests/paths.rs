use super::*;
use crate::diag::info::Idle;

/// The findings of `check token`: id, level, subject.
fn listed(facts: &Facts) -> Vec<(&'static str, Level, String)> {
    let found = judge(facts, false).findings.into_iter();
    found.map(|of| (of.check, of.level, of.subject)).collect()
}

fn path(check: &'static str, level: Level, from: &str) -> (&'static str, Level, String) {
    (check, level, format!("{from} to {PEER} port 443"))
}

#[test]
fn each_path_is_listed_once() {
    let mut facts = with_both_paths();
    facts.focus = Some(7);
    let initial = path("path", Level::Ok, "10.0.0.1");
    let joined = path("path", Level::Ok, "10.1.0.1");
    assert_eq!(listed(&facts), [initial.clone(), joined]);
    facts.connections[0].subflows[1].tcp = Some(TcpInfo::default());
    let idle = path("path-idle", Level::Ok, "10.1.0.1");
    assert_eq!(listed(&facts), [idle, initial]);
}

#[test]
fn a_path_that_was_warned_about_is_not_called_ok() {
    let mut facts = with_an_attempt(0);
    facts.focus = Some(7);
    let initial = path("path", Level::Ok, "10.0.0.1");
    let waits = path("path", Level::Unknown, "10.1.0.1");
    assert_eq!(listed(&facts), [initial.clone(), waits]);
    let attempt = facts.connections[0].subflows[1].tcp.as_mut().unwrap();
    attempt.total_retrans = 2;
    let unanswered = path("join-unanswered", Level::Warn, "10.1.0.1");
    assert_eq!(listed(&facts), [unanswered, initial]);
}

#[test]
fn a_path_that_only_receives_is_not_idle() {
    let mut facts = with_both_paths();
    facts.focus = Some(7);
    facts.connections[0].subflows[1].tcp = Some(TcpInfo {
        bytes_received: 1,
        ..TcpInfo::default()
    });
    assert!(listed(&facts).iter().all(|(check, ..)| *check == "path"));
}

/// The second path sends, and nothing comes back.
fn stalled(facts: &mut Facts, subflow: usize) {
    let subflow = &mut facts.connections[0].subflows[subflow];
    subflow.tcp = Some(TcpInfo {
        unacked: 5,
        backoff: 5,
        retransmits: 5,
        rto_us: 6_400_000,
        idle: Idle {
            last_ack_recv_ms: 8000,
            last_data_sent_ms: 2000,
            ..Idle::default()
        },
        ..TcpInfo::default()
    });
}

#[test]
fn a_path_carries_nothing_any_more() {
    let mut facts = with_both_paths();
    facts.links[2].mtu = Some(1500);
    stalled(&mut facts, 1);
    let found = finds(&facts, "path-stalled WARN");
    let text = advice(&found);
    for part in [
        "ip route get 10.9.0.9 from 10.1.0.1",
        "ping -c 3 -M do -s 1472 -I 10.1.0.1 10.9.0.9",
        "once the path works again: mptcp endpoint retry id 1 force",
    ] {
        assert!(text.contains(part), "{text}");
    }
    // No path of the connection works.
    stalled(&mut facts, 0);
    let report = judge(&facts, false);
    let levels: Vec<_> = report.findings.iter().map(|of| of.level).collect();
    assert_eq!(levels, [Level::Fail, Level::Fail]);
    // A server sees it as well.
    facts.connections[0].server_side = Some(true);
    assert_eq!(judge(&facts, false).findings.len(), 2);
}

#[test]
fn a_link_that_is_down_explains_a_stalled_path() {
    let mut facts = with_both_paths();
    stalled(&mut facts, 1);
    facts.links[2].carrier = false;
    finds(&facts, "link-down FAIL");
    // The device of the first path has no endpoint.
    stalled(&mut facts, 0);
    facts.links[1].up = false;
    assert_eq!(found(&facts), ["link-down FAIL", "link-down FAIL"]);
    facts.links[2].carrier = true;
    assert_eq!(found(&facts), ["link-down FAIL", "path-stalled FAIL"]);
}
