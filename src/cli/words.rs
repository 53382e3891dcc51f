//! From the words of a command to what clap reads.
//!
//! `ip`'s words come in any order, without dashes; keywords may be
//! abbreviated, and what is no word of the command is its operand. Here each
//! is turned into a long option (`id 5` into `--id=5`), in the order in which
//! it came, and clap does the rest: it reads the values and keeps the last.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use clap::builder::{OsStringValueParser, TypedValueParser, ValueParser};
use clap::{Arg, ArgAction, ArgMatches};

use super::grammar::{Command, Kind, Value, Word};
use super::value::{self, DeviceName};
use super::{Error, Hint, Rejected, suggest};

/// The name under which clap has the flags, all of them.
const FLAGS: &str = "flag";

/// The clap commands that were needed so far, at most one for each command.
#[derive(Debug, Default)]
pub struct Readers(Vec<(&'static Command, clap::Command)>);

impl Readers {
    /// Reads the words that follow a command.
    ///
    /// # Errors
    /// The first thing that is wrong, from left to right.
    pub fn parse(
        &mut self,
        command: &'static Command,
        words: &[&OsStr],
    ) -> Result<ArgMatches, Rejected> {
        let (arguments, end) = translate(command, words);
        let read = self.reader(command).try_get_matches_from_mut(arguments);
        // clap has taken the arguments; a fault is looked for in them again.
        let arguments = || translate(command, words).0;
        match (read, end) {
            (Ok(matches), Ok(())) => Ok(matches),
            (Ok(_), Err(error)) => Err(Rejected {
                devices: devices(arguments().iter()),
                error,
            }),
            (Err(error), _) => Err(rejected(&error, command, &arguments())),
        }
    }

    fn reader(&mut self, command: &'static Command) -> &mut clap::Command {
        let known = self
            .0
            .iter()
            .position(|(known, _)| std::ptr::eq(*known, command));
        let at = known.unwrap_or_else(|| {
            self.0.push((command, clap_command(command)));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

/// The flags among the words, in their order.
pub fn flags(matches: &ArgMatches) -> impl Iterator<Item = &str> {
    let flags = matches.try_get_many::<String>(FLAGS).ok().flatten();
    let flags = flags.unwrap_or_default();
    flags.map(String::as_str)
}

/// The last value of a keyword or operand.
pub fn last<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Option<T> {
    let mut values = matches.try_get_many::<T>(name).ok().flatten()?;
    values.next_back().cloned()
}

/// The last value of a keyword that the command cannot do without.
///
/// # Errors
/// The keyword, if it is not there.
pub fn required<T: Clone + Send + Sync + 'static>(
    matches: &ArgMatches,
    name: &'static str,
) -> Result<T, Error> {
    last(matches, name).ok_or(Error::Required(name))
}

/// All values of a keyword, in their order.
pub fn all<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Vec<T> {
    let values = matches.try_get_many::<T>(name).ok().flatten();
    values.unwrap_or_default().cloned().collect()
}

/// Turns words into clap's arguments, up to the first that is out of place,
/// and says what is wrong with that.
fn translate(command: &Command, words: &[&OsStr]) -> (Vec<OsString>, Result<(), Error>) {
    let mut arguments = Vec::with_capacity(words.len());
    let end = translate_to(&mut arguments, command, words);
    (arguments, end)
}

fn translate_to(
    arguments: &mut Vec<OsString>,
    command: &Command,
    words: &[&OsStr],
) -> Result<(), Error> {
    let mut words = words.iter().copied();
    // The flags so far, each once.
    let mut flags = Vec::new();
    while let Some(word) = words.next() {
        if word == "--help" {
            return Err(Error::HelpWord);
        }
        let Some(known) = find(command, word) else {
            if command.lenient {
                continue;
            }
            let (word, hint) = (word.to_owned(), hint(command, word));
            return Err(match known(command).next() {
                None => Error::Command { word, hint },
                Some(_) => Error::Word { word, hint },
            });
        };
        let (name, value) = match known.kind {
            Kind::Flag => (FLAGS, word),
            Kind::FlagAgainst(other) => {
                if flags.contains(&other) {
                    let reason = format!("{} and {other} exclude each other", known.name);
                    return Err(Error::argument(word, reason));
                }
                (FLAGS, word)
            }
            Kind::Refused(reason) => return Err(Error::argument(word, reason)),
            Kind::Keyword(_) => {
                let value = words.next();
                let incomplete = Error::Incomplete(known.name);
                (known.name, value.ok_or(incomplete)?)
            }
            Kind::Operand(_) => (known.name, word),
        };
        if name == FLAGS && !flags.contains(&known.name) {
            flags.push(known.name);
        }
        arguments.push(argument(name, value));
    }
    Ok(())
}

/// What a word is: a flag in full, else a keyword from its beginning, else
/// the operand.
fn find(command: &Command, word: &OsStr) -> Option<&'static Word> {
    let typed = word.as_bytes();
    let named = |known: &&Word| match known.kind {
        Kind::Flag | Kind::FlagAgainst(_) | Kind::Refused(_) => known.name.as_bytes() == typed,
        Kind::Keyword(_) => !typed.is_empty() && known.name.as_bytes().starts_with(typed),
        Kind::Operand(_) => false,
    };
    let operand = |known: &&Word| matches!(known.kind, Kind::Operand(_));
    known(command)
        .find(named)
        .or_else(|| known(command).find(operand))
}

/// All words that a command takes; one of its own stands before a tolerated
/// one of the same name.
fn known(command: &Command) -> impl Iterator<Item = &'static Word> {
    command.words.iter().chain(command.tolerated)
}

/// The clap command that reads the translated words.
fn clap_command(command: &'static Command) -> clap::Command {
    let is_flag = |word: &Word| matches!(word.kind, Kind::Flag | Kind::FlagAgainst(_));
    let flags = known(command)
        .any(is_flag)
        .then(|| Arg::new(FLAGS).long(FLAGS).action(ArgAction::Append));
    let own = |word: &Word| command.words.iter().any(|own| own.name == word.name);
    let others = command.tolerated.iter().filter(|word| !own(word));
    let values = command
        .words
        .iter()
        .chain(others)
        .filter_map(|word| match word.kind {
            Kind::Keyword(value) | Kind::Operand(value) => Some(
                Arg::new(word.name)
                    .long(word.name)
                    .action(ArgAction::Append)
                    .value_parser(reader(word, value)),
            ),
            _ => None,
        });
    clap::Command::new(command.name)
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args(flags)
        .args(values)
}

/// Reads the values of a word.
fn reader(word: &'static Word, value: Value) -> ValueParser {
    match value {
        Value::Id => reading(word, value::id),
        Value::EndpointId => reading(word, value::endpoint_id),
        Value::Port => reading(word, value::port),
        Value::Limit => reading(word, value::limit),
        Value::Device => reading(word, value::device),
        Value::Address => reading(word, value::address),
        Value::Token => reading(word, value::token),
    }
}

fn reading<T: Clone + Send + Sync + 'static>(
    word: &'static Word,
    read: fn(&OsStr) -> Result<T, Error>,
) -> ValueParser {
    let name = word.name;
    let read = move |typed: OsString| read(&typed).map_err(|error| Fault { name, error });
    OsStringValueParser::new().try_map(read).into()
}

/// A value that its reader refuses, which clap carries as the source of an
/// error of its own.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
struct Fault {
    /// The word it is for.
    name: &'static str,
    error: Error,
}

/// `--NAME=VALUE`.
fn argument(name: &str, value: &OsStr) -> OsString {
    let mut argument = OsString::with_capacity(name.len() + value.len() + 3);
    argument.push("--");
    argument.push(name);
    argument.push("=");
    argument.push(value);
    argument
}

/// The devices named in arguments.
fn devices<'a>(arguments: impl Iterator<Item = &'a OsString>) -> Vec<DeviceName> {
    let names = arguments.filter_map(|argument| argument.as_bytes().strip_prefix(b"--dev="));
    names
        .map(|name| DeviceName(OsStr::from_bytes(name).to_owned()))
        .collect()
}

/// What clap found wrong, with the devices named before it and the word that
/// may have been meant.
fn rejected(error: &clap::Error, command: &Command, arguments: &[OsString]) -> Rejected {
    let source = std::error::Error::source(error);
    let Some(Fault { name, error }) = source.and_then(|source| source.downcast_ref()) else {
        return Error::Other(error.to_string()).into();
    };
    let (Error::Argument { word, .. } | Error::Address { word, .. }) = error else {
        return error.clone().into();
    };
    let fault = argument(name, word);
    let before = arguments.iter().take_while(|argument| **argument != fault);
    Rejected {
        devices: devices(before),
        error: match error {
            Error::Address { word, hint: fault } => Error::Address {
                word: word.clone(),
                hint: hint(command, word).or_else(|| fault.clone()),
            },
            error => error.clone(),
        },
    }
}

/// Help from the words of the command.
fn hint(command: &Command, word: &OsStr) -> Option<Hint> {
    let words = command.words.iter();
    let names = words.filter(|word| !matches!(word.kind, Kind::Operand(_)));
    suggest::word(word, names.map(|word| word.name))
}
