//! The command line: its words become a [`Request`].

pub mod address;
pub mod arguments;
pub mod check;
pub mod complete;
pub mod config;
pub mod connection;
pub mod counters;
pub mod endpoint;
pub mod error;
pub mod grammar;
pub mod help;
pub mod limits;
pub mod monitor;
pub mod objects;
pub mod options;
pub mod report;
pub mod run;
pub mod selector;
pub mod status;
pub mod subflow;
mod suggest;
#[cfg(test)]
mod tests;
pub mod value;
pub mod watch;
pub mod word;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;

pub use error::{Error, Rejected};
pub use options::{ColorChoice, CommandLine, Next, Options, Scale, Timestamp};
pub use suggest::{AddressFault, Hint, Which};
pub use value::DeviceName;

use grammar::{Command, Declaration, Object};
use objects::OBJECTS;

/// What a command line requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Endpoints.
    Endpoint(endpoint::Request),
    /// Limits.
    Limits(limits::Request),
    /// Events.
    Monitor(Box<monitor::Monitor>),
    /// The addresses of one connection.
    Address(address::Request),
    /// The subflows of one connection.
    Subflow(subflow::Request),
    /// A configuration.
    Config(config::Request),
    /// What is wrong with MPTCP here.
    Check(check::Check),
    /// Counters.
    Counters(counters::Request),
    /// Connections.
    Connection(Box<connection::Show>),
    /// What connections carry, periodically.
    Watch(Box<watch::Watch>),
    /// A program with its arguments.
    Run(Vec<OsString>),
    /// The state of this host.
    Status,
    /// All that a bug report needs.
    Report(report::Report),
}

/// What the words from the object on mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// Something to do.
    Request(Request),
    /// Help was requested: a text for stdout.
    Help(String),
    /// `help`, or nothing at all: the usage, for stderr and as an error.
    Usage(String),
}

/// Reads command lines. It declares each command once.
#[derive(Default)]
pub struct Parser {
    /// The commands that were needed so far, with the names of object and command.
    declared: Vec<(&'static str, &'static str, Box<dyn Declaration>)>,
}

impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser").finish_non_exhaustive()
    }
}

impl Parser {
    /// Reads the words from the object on.
    ///
    /// # Errors
    /// The first thing that is wrong with them, from left to right.
    pub fn parse(&mut self, words: &[&OsStr]) -> Result<Parsed, Rejected> {
        let [name, words @ ..] = words else {
            return Ok(Parsed::Usage(help::usage()));
        };
        if *name == "--help" {
            return Ok(Parsed::Help(help::OVERVIEW.to_owned()));
        }
        let object = find_object(name).ok_or_else(|| unknown_object(name, words).after(""))?;
        if let ([name, ..], false) = (words, object.commands.is_empty())
            && *name == "--help"
        {
            return Ok(Parsed::Help(help::object(object)));
        }
        let resolved = object.resolve(words);
        let (command, words) = match resolved.map_err(|error| error.after(object.name))? {
            (Some(command), words) => (command, words),
            (None, _) if object.commands.is_empty() => return Ok(Parsed::Usage(help::guide())),
            (None, _) => return Ok(Parsed::Usage(help::object_usage(object))),
        };
        let read = match words {
            [] if !command.requires_words() => {
                let request = command.syntax.without_words();
                request.map(Some).map_err(Rejected::from)
            }
            words => self.declared(object, command).read(words),
        };
        match read {
            Ok(Some(request)) => Ok(Parsed::Request(request)),
            Ok(None) => Ok(Parsed::Help(help::command(object, command))),
            Err(Rejected { mut error, devices }) => {
                if object.of_ip && object.commands.is_empty() {
                    error = error.into_command(&command.declare());
                }
                let error = error.or_near(object.commands.iter().map(|command| command.name));
                let place = format!("{} {}", object.name, command.name);
                let error = error.after(place.trim_end());
                Err(Rejected { error, devices })
            }
        }
    }

    fn declared(&mut self, object: &'static Object, command: &'static Command) -> &dyn Declaration {
        let names = (object.name, command.name);
        let known = self.declared.iter();
        let mut places = known.map(|(object, command, _)| (*object, *command));
        let at = places.position(|known| known == names).unwrap_or_else(|| {
            let declared = (object.name, command.name, command.syntax.declare());
            self.declared.push(declared);
            self.declared.len() - 1
        });
        &*self.declared[at].2
    }
}

/// Whether the word is the object `mptcp` of `ip`, which has other objects that
/// begin with an `m`.
pub fn is_mptcp(word: &OsStr) -> bool {
    let word = word.as_bytes();
    word.len() >= 2 && b"mptcp".starts_with(word)
}

/// Whether the exit status of a command line, from the object on, is an answer.
pub fn answers(words: &[&OsStr]) -> bool {
    let object = words.first().and_then(|word| find_object(word));
    object.is_some_and(|object| object.answers)
}

/// How to get help, if the last word of a command line, from the object on, is
/// `help`. It may also be a name that somebody chose.
pub fn asks_for_help(words: &[&OsStr]) -> Option<Hint> {
    let [name, rest @ .., last] = words else {
        return None;
    };
    let object = find_object(name).filter(|_| *last == "help")?;
    let command = rest
        .first()
        .and_then(|word| find_command(object, word).ok());
    let command = command.map_or(String::new(), |command| format!(" {}", command.name));
    Some(Hint::help(format_args!(
        "mptcp {}{command} --help",
        object.name
    )))
}

/// The object of that name, else the first that the word abbreviates.
pub fn find_object(word: &OsStr) -> Option<&'static Object> {
    let is_meant =
        |object: &&Object| abbreviates(word, object.name) && word.len() >= object.shortest.len();
    let exact = OBJECTS.iter().find(|object| word == object.name);
    exact.or_else(|| OBJECTS.iter().find(is_meant))
}

/// A word that is no object, before these.
fn unknown_object(word: &OsStr, rest: &[&OsStr]) -> Error {
    Error::Command {
        hint: Some(suggest::object(word, rest)),
        word: word.to_owned(),
    }
}

/// The command of that name, else the first that the word abbreviates.
///
/// # Errors
/// The object has no such command.
pub fn find_command(object: &Object, word: &OsStr) -> Result<&'static Command, Error> {
    let commands = object.commands.iter();
    let exact = commands.clone().find(|command| word == command.name);
    let is_meant = |command: &&Command| {
        abbreviates(word, command.name) && word.len() >= command.shortest.len()
    };
    let found = exact.or_else(|| commands.clone().find(is_meant));
    found.ok_or_else(|| unknown(word, object.commands.iter().map(|command| command.name)))
}

fn abbreviates(word: &OsStr, name: &str) -> bool {
    !word.is_empty() && name.as_bytes().starts_with(word.as_bytes())
}

fn unknown(word: &OsStr, names: impl Iterator<Item = &'static str> + Clone) -> Error {
    Error::Command {
        hint: Some(suggest::command(word, names)),
        word: word.to_owned(),
    }
}
