use std::collections::BTreeSet;

use super::*;
use crate::check::facts::{Kind, Unavailable};
use crate::check::finding::words;
use crate::check::merge::merge;
use crate::check::rules::RULES;

#[test]
fn rules_have_ids_of_their_own_and_follow_what_explains_them() {
    let mut before = BTreeSet::new();
    for rule in &RULES {
        for id in rule.after {
            assert!(before.contains(id), "{} comes after {id}", rule.id);
        }
        assert!(before.insert(rule.id), "{} stands twice", rule.id);
    }
}

#[test]
fn what_was_not_seen_is_not_judged() {
    let mut facts = healthy();
    facts.limits.subflows = Some(0);
    facts.unavailable.push(Unavailable {
        what: Kind::PathManager,
        why: "it takes CAP_NET_ADMIN".to_owned(),
    });
    let report = judge(&facts, false);
    assert_eq!(report.findings, []);
    let verdict = "no problem found so far, but the check is not complete; \
                   endpoints and limits could not be seen: it takes CAP_NET_ADMIN";
    assert_eq!(report.verdict(&facts.unavailable), verdict);
    let all = judge(&facts, true).findings;
    assert!(
        all.iter()
            .any(|of| of.check == "subflow-limit" && of.level == Level::Unknown)
    );
}

#[test]
fn each_endpoint_has_its_first_cause() {
    let mut facts = healthy();
    facts
        .endpoints
        .push(endpoint(2, "10.7.0.1", 9, Flags::BACKUP));
    facts
        .endpoints
        .push(endpoint(3, "10.8.0.1", 9, Flags::SUBFLOW));
    facts.links[2].up = false;
    let wanted = [
        "endpoint-flags FAIL",
        "endpoint-address FAIL",
        "link-down FAIL",
    ];
    assert_eq!(found(&facts), wanted);
    assert_eq!(judge(&facts, false).verdict(&[]), "3 problems");
}

#[test]
fn a_cause_that_several_endpoints_have_is_told_once() {
    let mut facts = healthy();
    let more = [(2, "10.1.0.2"), (3, "10.1.0.3")];
    for (id, own) in more {
        facts.addresses.push(address(own, 3));
        facts.endpoints.push(endpoint(id, own, 3, Flags::SUBFLOW));
    }
    facts.limits.subflows = Some(3);
    quiet(&facts);
    facts.links[2].carrier = false;
    // None of them has a route either, which is not told.
    for own in ["10.1.0.1", "10.1.0.2", "10.1.0.3"] {
        let mut route = route(Some(own), Some(3), FAR4, 3);
        route.next_hop = None;
        facts.routes.push(route);
    }
    let found = finds(&facts, "link-down FAIL");
    let subject = "endpoint 10.1.0.1 id 1 dev eth1, endpoint 10.1.0.2 id 2 dev eth1, \
                   endpoint 10.1.0.3 id 3 dev eth1";
    assert_eq!(found.subject, subject);
    assert_eq!(shown(&found), "ip link show eth1");
    assert_eq!(judge(&facts, false).verdict(&[]), "1 problem");
    // Another device is another cause.
    facts.endpoints[1].device = Some(2);
    facts.addresses[3].device = 2;
    facts.links[1].up = false;
    let wanted = ["link-down FAIL", "link-down FAIL"];
    assert_eq!(super::found(&facts), wanted);
}

#[test]
fn values_that_differ_are_left_out_of_what_is_told_once() {
    let finding = |subject: &str, count: u32, fix: &str| {
        let finding = Finding::new(Level::Warn, subject, "says").fix(words![fix]);
        finding
            .seen("limit", 2_u32)
            .seen("count", count)
            .shown_by(words![subject])
    };
    let findings = [("a", 1, "x"), ("b", 2, "x"), ("c", 1, "y")];
    let findings = findings.map(|(subject, count, fix)| finding(subject, count, fix));
    let merged = merge(findings.to_vec());
    let subjects: Vec<_> = merged.iter().map(|of| of.subject.as_str()).collect();
    assert_eq!(subjects, ["a, b", "c"]);
    assert_eq!(merged[0].seen, [("limit".to_owned(), 2_u32.into())]);
    assert_eq!(shown(&merged[0]), "a; b");
    // What is fine is told of each.
    let fine = findings.map(|of| Finding {
        level: Level::Ok,
        ..of
    });
    assert_eq!(merge(fine.to_vec()).len(), 3);
}

/// Every id, found in the source that declares them.
fn ids() -> Vec<&'static str> {
    let source = include_str!("../rules/mod.rs");
    let (_, ids) = source.split_once("pub mod id {").unwrap();
    let (ids, _) = ids.split_once("\n}").unwrap();
    ids.split('"').skip(1).step_by(2).collect()
}

/// An id without a test fails here.
#[test]
fn each_id_is_expected_by_a_test() {
    let tests = [
        include_str!("connection.rs"),
        include_str!("endpoint.rs"),
        include_str!("host.rs"),
        include_str!("join.rs"),
        include_str!("limit.rs"),
        include_str!("paths.rs"),
        include_str!("route.rs"),
        include_str!("probe/joins.rs"),
        include_str!("probe/paths.rs"),
    ]
    .concat();
    assert_eq!(ids().len(), 35);
    for id in ids() {
        let expected = ["FAIL\"", "WARN\"", ""].map(|level| match level {
            "" => format!("\"{id}\""),
            level => format!("\"{id} {level}"),
        });
        assert!(
            expected.iter().any(|wanted| tests.contains(wanted)),
            "{id} is expected nowhere"
        );
    }
}

#[test]
fn each_finding_has_evidence_and_a_fix() {
    let mut facts = with_one_path();
    facts.limits.subflows = Some(0);
    facts.links[2].up = false;
    let findings = judge(&facts, false).findings;
    assert!(!findings.is_empty());
    for finding in findings {
        assert!(!finding.seen.is_empty() && !finding.shown_by.is_empty());
        assert!(!finding.fix.is_empty() || !finding.advice.is_empty());
    }
}
