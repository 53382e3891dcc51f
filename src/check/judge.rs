//! Applies the rules, and leaves out what follows from earlier findings.

use super::facts::{Facts, Unavailable};
use super::finding::{Finding, Level, Scope};
use super::merge::merge;
use super::rules::{self, Of, RULES, Rule, id};
use crate::sorted;

/// What the rules found, in their order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    pub findings: Vec<Finding>,
}

/// Applies all rules. `all`: also report what is fine and what was not checked.
/// The paths of one connection or to another host are reported in any case.
pub fn judge(facts: &Facts, all: bool) -> Report {
    let mut report = judge_by(facts, |_| true, all);
    report
        .findings
        .extend(rules::listed(facts, &report.findings));
    if facts.probed.is_some() {
        sorted::by_key(&mut report.findings, |finding| (finding.level as u64, 0));
    }
    report
}

/// Applies some of the rules.
pub fn judge_by(facts: &Facts, wanted: impl Fn(&Rule) -> bool, all: bool) -> Report {
    let of = if facts.probed.is_some() {
        Of::Probe
    } else {
        Of::Host
    };
    // Of another host, only the paths are listed.
    let all = all && facts.probed.is_none();
    let is_meant = |rule: &&Rule| (rule.of == Of::Both || rule.of == of) && wanted(rule);
    let listed = all || facts.focus.is_some();
    let mut report = Report::default();
    for rule in RULES.iter().filter(is_meant) {
        let missing = facts
            .unavailable
            .iter()
            .find(|missing| rule.needs.contains(&missing.what));
        let found = match missing {
            // A kernel without MPTCP has nothing else to show.
            Some(_) if !facts.mptcp => Vec::new(),
            Some(missing) => {
                report.note(rule, Level::Unknown, unavailable_message(missing), all);
                continue;
            }
            None => (rule.judge)(facts),
        };
        if let Some(cause) = report.whole_host(rule) {
            let message = format!("not checked: {cause} comes first");
            report.note(rule, Level::Unknown, message, all);
            continue;
        }
        let mut kept = Vec::new();
        for finding in found {
            let shown = listed || finding.level <= Level::Warn || rule.of == Of::Probe;
            if !report.explains(rule, &finding) && shown {
                let check = if finding.check.is_empty() {
                    rule.id
                } else {
                    finding.check
                };
                let rule = rule.id;
                kept.push(Finding {
                    check,
                    rule,
                    ..finding
                });
            }
        }
        if kept.is_empty() {
            report.note(rule, Level::Ok, rule.fine.to_owned(), all);
        }
        report.findings.extend(merge(kept));
    }
    report
}

/// What could not be determined, and why.
pub fn unavailable_message(missing: &Unavailable) -> String {
    format!("{} could not be seen: {}", missing.what.name(), missing.why)
}

impl Report {
    /// A summary in a line: how much is wrong, and what was not seen.
    pub fn verdict(&self, unavailable: &[Unavailable]) -> String {
        let count = |level, one: &str| match self.count(level) {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {one}s")),
        };
        let counts = [count(Level::Fail, "problem"), count(Level::Warn, "warning")];
        let counts: Vec<_> = counts.into_iter().flatten().collect();
        let mut parts = if !counts.is_empty() {
            vec![counts.join(", ")]
        } else if unavailable.is_empty() && !self.is_incomplete() {
            vec!["no problem found".to_owned()]
        } else {
            vec!["no problem found so far, but the check is not complete".to_owned()]
        };
        parts.extend(unavailable.iter().map(unavailable_message));
        parts.join("; ")
    }

    /// How many findings have this level.
    pub fn count(&self, level: Level) -> usize {
        let of_level = |finding: &&Finding| finding.level == level;
        self.findings.iter().filter(of_level).count()
    }

    /// Whether the answer that was asked for is missing.
    pub fn is_incomplete(&self) -> bool {
        self.findings.iter().any(|finding| finding.unanswered)
    }

    /// The rule before this one that found the whole host at fault.
    fn whole_host(&self, rule: &Rule) -> Option<&'static str> {
        let before = before(rule);
        let mut found = self.bad_of(&before);
        found
            .find(|finding| finding.scope == Scope::Host)
            .map(|finding| finding.check)
    }

    /// Whether a rule before this one found what explains the finding. The
    /// cause is as bad as what it leads to on a path that was probed.
    fn explains(&mut self, rule: &Rule, found: &Finding) -> bool {
        let before = before(rule);
        let is_cause = |finding: &Finding| {
            finding.level <= Level::Warn
                && before.contains(&finding.rule)
                && finding.concerns(found.scope)
        };
        let Some(cause) = self.findings.iter_mut().find(|finding| is_cause(finding)) else {
            return false;
        };
        if rule.id == id::PATH && found.level == Level::Fail {
            cause.level = Level::Fail;
        }
        // What works is no consequence of it.
        found.level != Level::Ok || rule.of != Of::Probe
    }

    /// What rules found wrong.
    fn bad_of<'a>(&'a self, rules: &[&'static str]) -> impl Iterator<Item = &'a Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.level <= Level::Warn && rules.contains(&finding.rule))
    }

    fn note(&mut self, rule: &Rule, level: Level, message: String, all: bool) {
        if all {
            self.findings.push(Finding {
                check: rule.id,
                level,
                message,
                ..Finding::default()
            });
        }
    }
}

/// The rules that come before one, and those before them.
fn before(rule: &Rule) -> Vec<&'static str> {
    let mut before: Vec<&'static str> = rule.after.to_vec();
    let mut at = 0;
    while let Some(id) = before.get(at) {
        let known = RULES.iter().find(|rule| rule.id == *id);
        for id in known.map_or(&[][..], |rule| rule.after) {
            if !before.contains(id) {
                before.push(id);
            }
        }
        at += 1;
    }
    before
}
