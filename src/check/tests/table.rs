use std::collections::BTreeSet;

use super::*;
use crate::check::facts::{Kind, Unseen};
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
    facts.unseen.push(Unseen {
        what: Kind::PathManager,
        why: "it takes CAP_NET_ADMIN".to_owned(),
    });
    let report = judge(&facts, false);
    assert_eq!(report.findings, []);
    let verdict =
        "no problem found; endpoints and limits could not be seen: it takes CAP_NET_ADMIN";
    assert_eq!(report.verdict(&facts.unseen), verdict);
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
fn no_rule_finds_worse_than_its_level() {
    let mut facts = with_one_path();
    facts.limits.subflows = Some(0);
    facts.links[2].up = false;
    for finding in judge(&facts, false).findings {
        let rule = RULES.iter().find(|rule| rule.id == finding.check).unwrap();
        assert!(finding.level >= rule.level, "{}", finding.check);
        assert!(!finding.seen.is_empty() && !finding.shown_by.is_empty());
        assert!(!finding.fix.is_empty() || !finding.form.is_empty());
    }
}
