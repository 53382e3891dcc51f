//! Applies the rules, and leaves out what follows from earlier findings.

use super::facts::{Facts, Unavailable};
use super::finding::{Finding, Level, Scope, merge};
use super::rules::{RULES, Rule};

/// What the rules found, in their order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    pub findings: Vec<Finding>,
}

/// Applies all rules. `all`: also report what is fine and what was not checked.
pub fn judge(facts: &Facts, all: bool) -> Report {
    judge_by(facts, |_| true, all)
}

/// Applies some of the rules.
pub fn judge_by(facts: &Facts, wanted: impl Fn(&Rule) -> bool, all: bool) -> Report {
    let mut report = Report::default();
    for rule in RULES.iter().filter(|rule| wanted(rule)) {
        let missing = facts
            .unavailable
            .iter()
            .find(|of| rule.needs.contains(&of.what));
        let found = match missing {
            // A kernel without MPTCP has nothing else to show.
            Some(_) if !facts.mptcp => Vec::new(),
            Some(missing) => {
                report.note(rule, Level::Unknown, unavailable_message(missing), all);
                continue;
            }
            None => (rule.judge)(facts),
        };
        let whole = report.whole_host(rule);
        let found: Vec<_> = found
            .into_iter()
            .filter(|finding| whole.is_none() && !report.explains(rule, finding.scope))
            .filter(|finding| all || finding.level <= Level::Warn || facts.focus.is_some())
            .collect();
        match whole {
            Some(cause) => {
                let message = format!("not checked: {cause} comes first");
                report.note(rule, Level::Unknown, message, all);
            }
            None if found.is_empty() => {
                report.note(rule, Level::Ok, rule.fine.to_owned(), all);
            }
            None => {}
        }
        let named = found.into_iter().map(|finding| Finding {
            check: rule.id,
            ..finding
        });
        report.findings.extend(merge(named.collect()));
    }
    report
}

/// What could not be determined, and why.
pub fn unavailable_message(missing: &Unavailable) -> String {
    format!("{} could not be seen: {}", missing.what.name(), missing.why)
}

impl Report {
    /// What it comes to, in a line: how much is wrong, and what was not seen.
    pub fn verdict(&self, unavailable: &[Unavailable]) -> String {
        let count = |level, one: &str| match self.count(level) {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {one}s")),
        };
        let counts = [count(Level::Fail, "problem"), count(Level::Warn, "warning")];
        let counts: Vec<_> = counts.into_iter().flatten().collect();
        let mut verdict = match counts.is_empty() {
            true => "no problem found".to_owned(),
            false => counts.join(", "),
        };
        for missing in unavailable {
            verdict += "; ";
            verdict += &unavailable_message(missing);
        }
        verdict
    }

    /// How many findings have this level.
    pub fn count(&self, level: Level) -> usize {
        let of_level = |finding: &&Finding| finding.level == level;
        self.findings.iter().filter(of_level).count()
    }

    /// The rule before this one that found the whole host at fault.
    fn whole_host(&self, rule: &Rule) -> Option<&'static str> {
        self.before(rule)
            .find(|finding| finding.scope == Scope::Host)
            .map(|finding| finding.check)
    }

    fn explains(&self, rule: &Rule, of: Scope) -> bool {
        self.before(rule).any(|finding| finding.concerns(of))
    }

    /// What the rules before this one found, and those before them.
    fn before<'a>(&'a self, rule: &Rule) -> impl Iterator<Item = &'a Finding> {
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
        let is_bad = |finding: &&Finding| finding.level <= Level::Warn;
        self.findings
            .iter()
            .filter(is_bad)
            .filter(move |finding| before.contains(&finding.check))
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
