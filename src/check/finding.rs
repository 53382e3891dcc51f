//! What a rule finds.

use std::mem;
use std::net::IpAddr;
use std::time::Duration;

use crate::shell::{Command, Namespace};

/// How bad it is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// It cannot work like this.
    #[default]
    Fail,
    /// It may not work as intended.
    Warn,
    /// It is fine; reported only with `all`.
    Ok,
    /// It was not checked; also reported only with `all`.
    Unknown,
}

/// Where it can be fixed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Place {
    /// This host.
    #[default]
    Here,
    /// The other end of the connection.
    Peer,
    /// The network between the two.
    Path,
}

/// What a finding is of. A rule that comes later says nothing of what an
/// earlier one found broken.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Scope {
    /// The whole host.
    #[default]
    Host,
    /// An endpoint, by its id.
    Endpoint(u8),
    /// A connection, by its token.
    Connection(u32),
    /// The connections to a host.
    Peer(IpAddr),
}

/// A value that was seen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Seen {
    Number(u64),
    Text(String),
    /// In JSON a number of microseconds, and `_us` behind its name.
    Time(Duration),
    /// It is set; one that is not is left out.
    Flag,
}

/// One problem, the evidence for it, and how to fix it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Finding {
    /// The rule that found it.
    pub check: &'static str,
    pub level: Level,
    pub scope: Scope,
    /// What else has the same cause; see [`merge`].
    pub also: Vec<Scope>,
    /// The endpoint, device, setting or connection, in words.
    pub subject: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The values that show it, by their names.
    pub seen: Vec<(String, Seen)>,
    /// The commands of the system that show these values.
    pub shown_by: Vec<Command>,
    /// Commands that fix it, in this order.
    pub fix: Vec<Command>,
    /// Other ways to fix it, or the only ones if no exact command can be given:
    /// the reader fills in the words in capitals.
    pub advice: String,
    pub place: Place,
}

impl Level {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Fail => "fail",
            Level::Warn => "warn",
            Level::Ok => "ok",
            Level::Unknown => "unknown",
        }
    }
}

impl Place {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Place::Here => "here",
            Place::Peer => "peer",
            Place::Path => "path",
        }
    }
}

impl Finding {
    /// Something is wrong with the subject.
    pub fn new(level: Level, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Finding {
            level,
            subject: subject.into(),
            message: message.into(),
            ..Finding::default()
        }
    }

    /// What it is of.
    pub fn concerning(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Whether it is of that, too.
    pub fn concerns(&self, of: Scope) -> bool {
        self.scope == of || self.also.contains(&of)
    }

    /// A value that shows it.
    pub fn seen(mut self, name: impl Into<String>, value: impl Into<Seen>) -> Self {
        self.seen.push((name.into(), value.into()));
        self
    }

    /// A flag, if it is set.
    pub fn flag(self, name: &str, set: bool) -> Self {
        match set {
            true => self.seen(name, Seen::Flag),
            false => self,
        }
    }

    /// A command that shows these values. In text, single blanks separate its words.
    pub fn shown_by(mut self, command: impl Into<Command>) -> Self {
        self.shown_by = vec![command.into()];
        self
    }

    /// Another command that shows them.
    pub fn also_shown_by(mut self, command: impl Into<Command>) -> Self {
        self.shown_by.push(command.into());
        self
    }

    /// A command that fixes it. In text, single blanks separate its words.
    pub fn fix(mut self, command: impl Into<Command>) -> Self {
        self.fix.push(command.into());
        self
    }

    /// The finding with commands for that namespace.
    pub fn in_namespace(mut self, namespace: &Namespace) -> Self {
        for command in self.shown_by.iter_mut().chain(&mut self.fix) {
            *command = namespace.command(mem::take(command));
        }
        // The namespace means nothing on another host.
        if self.place != Place::Peer && !self.advice.starts_with("on the peer") {
            self.advice = namespace.sentence(&self.advice);
        }
        self
    }

    /// Another way to fix it.
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }

    /// Where it can be fixed, if not on this host.
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }
}

/// Tells each cause once: findings of one rule with the same words and the same
/// remedy become one, which names all subjects. Of times it has the longest;
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
        let cause = |of: &Finding| (of.check, of.level, of.place);
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
        let (_, again) = other.iter().find(|(of, _)| of == name)?;
        let value = match (value, again) {
            (Seen::Time(time), Seen::Time(again)) => Seen::Time(*time.max(again)),
            _ if value == again => value.clone(),
            _ => return None,
        };
        Some((name.clone(), value))
    });
    common.collect()
}

impl From<u64> for Seen {
    fn from(number: u64) -> Self {
        Seen::Number(number)
    }
}

impl From<u32> for Seen {
    fn from(number: u32) -> Self {
        Seen::Number(number.into())
    }
}

impl From<usize> for Seen {
    fn from(number: usize) -> Self {
        Seen::Number(number as u64)
    }
}

impl From<String> for Seen {
    fn from(text: String) -> Self {
        Seen::Text(text)
    }
}

impl From<&str> for Seen {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Duration> for Seen {
    fn from(time: Duration) -> Self {
        Seen::Time(time)
    }
}
