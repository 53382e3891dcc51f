use super::*;
use crate::check::paths;

/// What `check token` says of paths: id, level, subject.
fn told(facts: &Facts) -> Vec<(&'static str, Level, String)> {
    let mut report = judge(facts, false);
    report.findings.extend(paths(facts, &report.findings));
    let found = report.findings.into_iter();
    found.map(|of| (of.check, of.level, of.subject)).collect()
}

fn path(check: &'static str, level: Level, from: &str) -> (&'static str, Level, String) {
    (check, level, format!("path {from} to {PEER} port 443"))
}

#[test]
fn each_path_is_told_once() {
    let mut facts = with_both_paths();
    facts.focus = Some(7);
    let initial = path("path", Level::Ok, "10.0.0.1");
    let joined = path("path", Level::Ok, "10.1.0.1");
    assert_eq!(told(&facts), [initial.clone(), joined]);
    facts.connections[0].subflows[1].tcp = Some(TcpInfo::default());
    let idle = path("path-idle", Level::Ok, "10.1.0.1");
    assert_eq!(told(&facts), [idle, initial]);
}

#[test]
fn a_path_that_was_warned_about_is_not_called_ok() {
    let mut facts = with_an_attempt(0);
    facts.focus = Some(7);
    let initial = path("path", Level::Ok, "10.0.0.1");
    let waits = path("path", Level::Unknown, "10.1.0.1");
    assert_eq!(told(&facts), [initial.clone(), waits]);
    let attempt = facts.connections[0].subflows[1].tcp.as_mut().unwrap();
    attempt.total_retrans = 2;
    let unanswered = path("join-unanswered", Level::Warn, "10.1.0.1");
    assert_eq!(told(&facts), [unanswered, initial]);
}

#[test]
fn a_path_that_only_receives_is_not_idle() {
    let mut facts = with_both_paths();
    facts.focus = Some(7);
    facts.connections[0].subflows[1].tcp = Some(TcpInfo {
        bytes_received: 1,
        ..TcpInfo::default()
    });
    assert!(told(&facts).iter().all(|(check, ..)| *check == "path"));
}
