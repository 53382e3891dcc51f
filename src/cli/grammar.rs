//! What a command line can say, as tables: objects have commands, commands
//! have words. Matching, usage, `--help`, completions and the check of the
//! manual page all come from here.

use clap::ArgMatches;

use super::{Error, Request};

/// An object of the path manager: the first word.
pub struct Object {
    /// The word.
    pub name: &'static str,
    /// One line for the usage.
    pub about: &'static str,
    /// Its commands, in the order in which an abbreviation is tried.
    pub commands: &'static [Command],
    /// The command that is meant when none is given; without one, the usage is
    /// shown.
    pub default: Option<&'static Command>,
}

/// A command of an object: the second word.
#[derive(Debug)]
pub struct Command {
    /// The word, empty where the object is the command.
    pub name: &'static str,
    /// What it does, one sentence.
    pub about: &'static str,
    /// What may follow, in the notation of manual pages.
    pub synopsis: &'static str,
    /// The words that may follow, in the order in which they are tried.
    pub words: &'static [Word],
    /// Further words that `ip` takes here, although they mean nothing.
    pub tolerated: &'static [Word],
    /// Whether words that it does not know are passed over.
    pub lenient: bool,
    /// Some lines to copy, and what they do.
    pub example: &'static str,
    /// Makes the request of what was read.
    pub lower: fn(&ArgMatches) -> Result<Request, Error>,
}

/// A word of a command.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// The word; of an operand, the name of its value.
    pub name: &'static str,
    /// How it is read.
    pub kind: Kind,
    /// One line for `--help`; empty for a word that is only tolerated.
    pub help: &'static str,
}

/// How a word is read.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Stands for itself, in full.
    Flag,
    /// A flag that may not come after another.
    FlagAgainst(&'static str),
    /// A flag that this command does not take, for this reason.
    Refused(&'static str),
    /// A value follows; the keyword may be abbreviated.
    Keyword(Value),
    /// A value without a keyword, whatever no other word is.
    Operand(Value),
}

/// What kind of value follows a keyword or stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// An address id.
    Id,
    /// The id of an endpoint, which is not 0.
    EndpointId,
    /// A port.
    Port,
    /// A limit.
    Limit,
    /// The name of a network device.
    Device,
    /// An IPv4 or IPv6 address.
    Address,
    /// The token of a connection.
    Token,
}

impl Value {
    /// How the synopsis names it.
    pub fn name(self) -> &'static str {
        match self {
            Value::Id | Value::EndpointId => "ID",
            Value::Port | Value::Limit => "NR",
            Value::Device => "NAME",
            Value::Address => "ADDRESS",
            Value::Token => "TOKEN",
        }
    }
}

/// A word that stands for itself.
pub const fn flag(name: &'static str, help: &'static str) -> Word {
    let kind = Kind::Flag;
    Word { name, kind, help }
}

/// A word that a value follows.
pub const fn keyword(name: &'static str, value: Value, help: &'static str) -> Word {
    let kind = Kind::Keyword(value);
    Word { name, kind, help }
}

/// A value without a keyword.
pub const fn operand(name: &'static str, value: Value, help: &'static str) -> Word {
    let kind = Kind::Operand(value);
    Word { name, kind, help }
}
