//! The grammar: from the words of a command line to what they ask for.

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
pub mod selector;
pub mod status;
pub mod subflow;
mod suggest;
#[cfg(test)]
mod tests;
pub mod to;
pub mod value;
pub mod watch;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

pub use error::{Error, Rejected};
pub use options::{ColorChoice, CommandLine, Next, Options, Scale, Timestamp};
pub use suggest::{AddressFault, Hint, Which};
pub use value::DeviceName;

use grammar::{Command, Object};
use objects::OBJECTS;

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Endpoints.
    Endpoint(endpoint::Request),
    /// Limits.
    Limits(limits::Request),
    /// Events.
    Monitor(monitor::Monitor),
    /// The addresses of one connection.
    Address(address::Request),
    /// The subflows of one connection.
    Subflow(subflow::Request),
    /// A configuration.
    Config(config::Request),
    /// Why MPTCP does not work here.
    Check(check::Check),
    /// Counters.
    Counters(counters::Request),
    /// Connections.
    Connection(connection::Show),
    /// What connections carry, as it changes.
    Watch(watch::Watch),
    /// How this host is.
    Status,
}

/// What the words from the object on come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// Something to do.
    Request(Request),
    /// Help was requested: a text for stdout.
    Help(String),
    /// `help`, or nothing at all: the usage, for stderr and as an error.
    Usage(String),
}

/// Reads command lines. What it declares for one of them serves for the next
/// ones.
#[derive(Debug, Default)]
pub struct Parser {
    /// The commands that were needed so far, with the names that they go by.
    declared: Vec<(&'static str, &'static str, clap::Command)>,
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
        let object = find_object(name).ok_or_else(|| unknown_object(name, words).behind(""))?;
        if let ([name, ..], false) = (words, object.commands.is_empty())
            && *name == "--help"
        {
            return Ok(Parsed::Help(help::object(object)));
        }
        let resolved = object.resolve(words);
        let (command, words) = match resolved.map_err(|error| error.behind(object.name))? {
            (Some(command), words) => (command, words),
            (None, _) if object.commands.is_empty() => return Ok(Parsed::Usage(help::guide())),
            (None, _) => return Ok(Parsed::Usage(help::object_usage(object))),
        };
        let nothing = clap::Command::new("");
        let declared = match words {
            // There is nothing to be read against the declaration.
            [] => &nothing,
            _ => self.declared(object, command),
        };
        match (command.read)(declared, words) {
            Ok(Some(request)) => Ok(Parsed::Request(request)),
            Ok(None) => Ok(Parsed::Help(help::command(object, command))),
            Err(Rejected { error, devices }) => {
                let error = error.or_near(object.commands.iter().map(|command| command.name));
                let place = format!("{} {}", object.name, command.name);
                let error = error.behind(place.trim_end());
                Err(Rejected { error, devices })
            }
        }
    }

    fn declared(&mut self, object: &'static Object, command: &'static Command) -> &clap::Command {
        let names = (object.name, command.name);
        let known = self.declared.iter();
        let mut places = known.map(|(object, command, _)| (*object, *command));
        let at = places.position(|known| known == names).unwrap_or_else(|| {
            let declared = (object.name, command.name, command.declare());
            self.declared.push(declared);
            self.declared.len() - 1
        });
        &self.declared[at].2
    }
}

/// Whether the word is the object `mptcp` of `ip`, which has other objects that
/// begin with an `m`.
pub fn is_mptcp(word: &OsStr) -> bool {
    let word = word.as_bytes();
    word.len() >= 2 && b"mptcp".starts_with(word)
}

/// Whether a command line, from the object on, is a question whose answer is
/// the exit status.
pub fn asks(words: &[&OsStr]) -> bool {
    let object = words.first().and_then(|word| find_object(word));
    object.is_some_and(|object| object.name == check::OBJECT.name)
}

/// How to get the help that the last word of a command line, from the object
/// on, seems to ask for. It may also be a name that somebody chose.
pub fn asks_for_help(words: &[&OsStr]) -> Option<Hint> {
    let [name, behind @ .., last] = words else {
        return None;
    };
    let object = find_object(name).filter(|_| *last == "help")?;
    let command = behind
        .first()
        .and_then(|word| find_command(object, word).ok());
    let command = command.map_or(String::new(), |command| format!(" {}", command.name));
    Some(Hint::Help(format!("mptcp {}{command} --help", object.name)))
}

/// The object of that name, else the first that the word abbreviates.
pub fn find_object(word: &OsStr) -> Option<&'static Object> {
    let is_meant =
        |object: &&Object| abbreviates(word, object.name) && word.len() >= object.shortest.len();
    let exact = OBJECTS.iter().find(|object| word == object.name);
    exact.or_else(|| OBJECTS.iter().find(is_meant))
}

/// A word that is no object, before these.
fn unknown_object(word: &OsStr, behind: &[&OsStr]) -> Error {
    Error::Command {
        hint: Some(suggest::object(word, behind)),
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
    let found = exact.or_else(|| commands.clone().find(|of| abbreviates(word, of.name)));
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
