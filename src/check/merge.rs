//! Findings of one cause, as one.

use super::finding::{Finding, Level, Seen};

/// Reports each cause once: findings of one rule with the same message and the
/// same fix become one, which names all subjects. It has the longest of times;
/// other values that differ among them are left out.
pub fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        let mut known = merged.iter_mut();
        match known.find(|known| known.has_cause_of(&finding)) {
            Some(known) => known.join(finding),
            None => merged.push(finding),
        }
    }
    merged
}

impl Finding {
    fn has_cause_of(&self, other: &Finding) -> bool {
        let cause = |finding: &Finding| (finding.check, finding.level, finding.place);
        self.level <= Level::Warn
            && cause(self) == cause(other)
            && (&self.message, &self.fix, &self.advice)
                == (&other.message, &other.fix, &other.advice)
    }

    fn join(&mut self, other: Finding) {
        if self.subject != other.subject {
            self.subject = format!("{}, {}", self.subject, other.subject);
        }
        self.also.push(other.scope);
        self.also.extend(other.also);
        self.seen = in_both(&self.seen, &other.seen);
        for command in other.shown_by {
            if !self.shown_by.contains(&command) {
                self.shown_by.push(command);
            }
        }
    }
}

/// The values that two findings of one cause have in common.
fn in_both(one: &[(String, Seen)], other: &[(String, Seen)]) -> Vec<(String, Seen)> {
    let common = one.iter().filter_map(|(name, value)| {
        let (_, again) = other.iter().find(|(same, _)| same == name)?;
        let value = match (value, again) {
            (Seen::Time(time), Seen::Time(again)) => Seen::Time(*time.max(again)),
            _ if value == again => value.clone(),
            _ => return None,
        };
        Some((name.clone(), value))
    });
    common.collect()
}
