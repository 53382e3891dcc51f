//! Findings: what a rule reports.

use std::net::IpAddr;
use std::time::Duration;

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

/// What a finding concerns. A later rule is silent about what an earlier one
/// found broken.
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

/// A command as its words, without quotes and without a namespace: whoever
/// prints it adds these.
pub type Command = Vec<String>;

/// A [`Command`] of these words, each anything that can be displayed.
macro_rules! words {
    ($($word:expr),* $(,)?) => { vec![$($word.to_string()),*] };
}
pub(crate) use words;

/// A part of an advice.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Piece {
    Text(String),
    /// A command for this host.
    Command(Command),
    /// A command for the peer.
    Remote(Command),
}

/// A value that was seen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Seen {
    Number(u64),
    Text(String),
    /// In JSON a number of microseconds, and `_us` after its name.
    Time(Duration),
    /// It is set; one that is not is left out.
    Flag,
}

/// One problem, the evidence for it, and how to fix it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Finding {
    /// The id that it is reported under.
    pub check: &'static str,
    /// The rule that found it.
    pub rule: &'static str,
    pub level: Level,
    pub scope: Scope,
    /// What else has the same cause; see [`merge`](super::merge::merge).
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
    /// Another fix, or the only one if no exact command can be given: the
    /// reader replaces the words in capitals.
    pub advice: Vec<Piece>,
    pub place: Place,
    /// What was asked for could not be determined.
    pub unanswered: bool,
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

    /// Whether it concerns that, too.
    pub fn concerns(&self, scope: Scope) -> bool {
        self.scope == scope || self.also.contains(&scope)
    }

    /// The rule that it is reported under, if not the one that returns it.
    pub fn id(mut self, id: &'static str) -> Self {
        self.check = id;
        self
    }

    /// A value that shows it.
    pub fn seen(mut self, name: impl Into<String>, value: impl Into<Seen>) -> Self {
        self.seen.push((name.into(), value.into()));
        self
    }

    /// A flag, if it is set.
    pub fn flag(self, name: &str, set: bool) -> Self {
        if set {
            self.seen(name, Seen::Flag)
        } else {
            self
        }
    }

    /// A command that shows these values.
    pub fn shown_by(mut self, command: Command) -> Self {
        self.shown_by.push(command);
        self
    }

    /// A command that fixes it, after those before.
    pub fn fix(mut self, command: Command) -> Self {
        self.fix.push(command);
        self
    }

    /// Commands that fix it, after those before.
    pub fn fixes(mut self, commands: impl IntoIterator<Item = Command>) -> Self {
        self.fix.extend(commands);
        self
    }

    /// A further part of the advice.
    pub fn advice(mut self, piece: impl Into<Piece>) -> Self {
        self.advice.push(piece.into());
        self
    }

    /// The advice as text, with each command written by `show`.
    pub fn advice_text(&self, show: impl Fn(&Piece) -> String) -> String {
        let pieces = self.advice.iter();
        pieces.map(show).collect()
    }

    /// What was asked for could not be determined.
    pub fn unanswered(mut self) -> Self {
        self.unanswered = true;
        self
    }

    /// Where it can be fixed, if not on this host.
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }
}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Piece::Text(text.to_owned())
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Piece::Text(text)
    }
}

impl From<Command> for Piece {
    fn from(command: Command) -> Self {
        Piece::Command(command)
    }
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
