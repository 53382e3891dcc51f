//! The grammar: from the words of a command line to what they ask for.

pub mod address;
pub mod endpoint;
pub mod error;
pub mod grammar;
pub mod help;
pub mod limits;
pub mod monitor;
pub mod objects;
pub mod options;
pub mod subflow;
mod suggest;
pub mod value;
pub mod words;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

pub use error::{Error, Rejected};
pub use options::{ColorChoice, Next, Options, Timestamp};
pub use suggest::{AddressFault, Hint};
pub use value::DeviceName;

use objects::OBJECTS;

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Endpoints.
    Endpoint(endpoint::Endpoint),
    /// Limits.
    Limits(limits::Limits),
    /// Events.
    Monitor,
    /// The addresses of one connection.
    Address(address::Address),
    /// The subflows of one connection.
    Subflow(subflow::Subflow),
}

/// Reads command lines. What it makes of the grammar for one of them serves
/// for the next ones.
#[derive(Debug, Default)]
pub struct Parser {
    readers: words::Readers,
}

impl Parser {
    /// Reads the words from the object on.
    ///
    /// # Errors
    /// The first thing that is wrong with them, from left to right. `help`,
    /// and no word at all, is an error too: the usage.
    pub fn parse(&mut self, words: &[&OsStr]) -> Result<Request, Rejected> {
        let [name, words @ ..] = words else {
            return Err(Error::Usage(help::usage()).into());
        };
        if *name == "--help" {
            return Err(Error::Help(help::overview()).into());
        }
        let object =
            find(name, &OBJECTS, |object| object.name).map_err(|error| error.behind(""))?;
        let (command, words) = match (words, object.default) {
            (_, None) if object.commands.is_empty() => {
                return Err(Error::Usage(help::guide()).into());
            }
            (words, Some(command)) if object.commands.is_empty() => (command, words),
            ([], Some(command)) => (command, words),
            ([], None) => return Err(Error::Usage(help::object_usage(object)).into()),
            ([name, ..], _) if *name == "--help" => {
                return Err(Error::Help(help::object(object)).into());
            }
            ([name, words @ ..], _) => {
                let found = find(name, object.commands, |command| command.name);
                (found.map_err(|error| error.behind(object.name))?, words)
            }
        };
        let read = self.readers.parse(command, words);
        let matches = read.map_err(|rejected| match rejected.error {
            Error::HelpWord => Error::Help(help::command(command)).into(),
            error => {
                let place = format!("{} {}", object.name, command.name);
                let (error, devices) = (error.behind(place.trim_end()), rejected.devices);
                Rejected { error, devices }
            }
        })?;
        (command.lower)(&matches).map_err(|error| Rejected {
            devices: words::all(&matches, "dev"),
            error,
        })
    }
}

/// Whether the word is the object `mptcp` of `ip`, which has other objects that
/// begin with an `m`.
pub fn is_mptcp(word: &OsStr) -> bool {
    let word = word.as_bytes();
    word.len() >= 2 && b"mptcp".starts_with(word)
}

/// The first entry of a table whose name begins with the word.
fn find<'a, T>(
    word: &OsStr,
    table: &'a [T],
    name: impl Fn(&T) -> &'static str,
) -> Result<&'a T, Error> {
    let abbreviates =
        |entry: &&T| !word.is_empty() && name(entry).as_bytes().starts_with(word.as_bytes());
    table
        .iter()
        .find(abbreviates)
        .ok_or_else(|| Error::Command {
            word: word.to_owned(),
            hint: Some(suggest::command(word, table.iter().map(&name))),
        })
}
