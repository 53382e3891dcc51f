//! Reads the words after a command, each once and from left to right.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use clap::Arg;

use crate::visible::of_os;

use super::grammar::{Declaration, Kind, Word, kind, significant};
use super::value::DeviceName;
use super::word::{Known, Take};
use super::{AddressFault, Error, Hint, Rejected, Request, suggest, value};

/// What the words of a command are read into. If a word is repeated, its last
/// value counts, unless the type collects them.
pub trait Arguments: Default {
    /// The devices named so far.
    fn devices(&self) -> &[DeviceName] {
        &[]
    }
}

/// No word has an effect.
impl Arguments for () {}

/// The declared words of a command.
pub(super) struct Declared<T> {
    words: Vec<Known>,
    /// What takes the value of each.
    take: Vec<Take<T>>,
    request: fn(&mut T) -> Result<Request, Error>,
}

impl<T> Declared<T> {
    pub(super) fn new(words: Vec<Word<T>>, request: fn(&mut T) -> Result<Request, Error>) -> Self {
        let words = words.into_iter();
        let (words, take) = words.map(|word| (word.known, word.take)).unzip();
        Declared {
            words,
            take,
            request,
        }
    }
}

impl<T: Arguments> Declaration for Declared<T> {
    fn clap(&self) -> clap::Command {
        to_clap(&self.words)
    }

    fn read(&self, words: &[&OsStr]) -> Result<Option<Request>, Rejected> {
        let mut taken = T::default();
        let read = take_all(&self.words, words, &mut |at, value| {
            let take = self.take.get(at);
            take.map_or(Ok(()), |take| take.take(&mut taken, value))
        });
        let request = match read {
            Ok(true) => (self.request)(&mut taken).map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(error),
        };
        request.map_err(|error| Rejected {
            devices: taken.devices().to_vec(),
            error,
        })
    }
}

fn to_clap(words: &[Known]) -> clap::Command {
    clap::Command::new("")
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args(words.iter().map(|word| word.arg.clone()))
}

/// Passes the value of each word to `take`, with the place of its declaration.
/// False: one of them is `--help`.
fn take_all(
    known: &[Known],
    words: &[&OsStr],
    take: &mut dyn FnMut(usize, &OsStr) -> Result<(), Error>,
) -> Result<bool, Error> {
    let mut given = Given(0);
    let mut words = words.iter().copied();
    let mut first = known.first().filter(|word| word.kind == Kind::First);
    while let Some(typed) = words.next() {
        if typed == "--help" {
            return Ok(false);
        }
        let is_first = first.take().is_some();
        let at = if is_first {
            Some(0)
        } else {
            position(known.iter().map(Known::as_typed), typed)
        };
        let Some((at, word)) = at.and_then(|at| Some((at, known.get(at)?))) else {
            return Err(unknown(&to_clap(known), typed));
        };
        let mut value = typed;
        match word.kind {
            Kind::Keyword => {
                let next = words.next();
                value = next.ok_or_else(|| Error::Incomplete(word.name().to_owned()))?;
            }
            Kind::Refused => {
                let reason = word.arg.get_help().map(ToString::to_string);
                return Err(Error::argument(typed, reason.unwrap_or_default()));
            }
            Kind::First if !is_first => {
                let reason = format!("there is one {}, the first word", word.name());
                return Err(Error::argument(typed, reason));
            }
            Kind::Flag | Kind::Operand | Kind::First | Kind::Rest => {}
        }
        excluded(known, word, given)?;
        given.add(at);
        take(at, value).map_err(|error| with_hint(|| to_clap(known), error))?;
        if word.kind == Kind::Rest {
            words.by_ref().try_for_each(|value| take(at, value))?;
        }
    }
    missing(known, given)?;
    Ok(true)
}

/// Refuses a word that excludes one that came before.
fn excluded(known: &[Known], word: &Known, given: Given) -> Result<(), Error> {
    match word.excludes {
        Some(other) if given.has_name(known, other) => {
            let reason = format!("{} and {other} exclude each other", word.name());
            Err(Error::argument(word.name(), reason))
        }
        _ => Ok(()),
    }
}

/// Refuses a command line that lacks a word which another word or the command
/// requires.
fn missing(known: &[Known], given: Given) -> Result<(), Error> {
    for (at, word) in known.iter().enumerate() {
        let is_given = given.has(at);
        if let Some(other) = word.requires
            && is_given
            && !given.has_name(known, other)
        {
            let reason = format!("it requires {other}");
            return Err(Error::argument(word.name(), reason));
        }
        if word.arg.is_required_set() && !is_given {
            return Err(Error::Required(word.shown().to_owned()));
        }
    }
    Ok(())
}

/// Which of the declared words were given, by their places.
#[derive(Clone, Copy)]
struct Given(u64);

impl Given {
    fn add(&mut self, at: usize) {
        self.0 |= 1 << (at % 64);
    }

    fn has(self, at: usize) -> bool {
        self.0 & (1 << (at % 64)) != 0
    }

    fn has_name(self, known: &[Known], name: &str) -> bool {
        let at = known.iter().position(|word| word.name() == name);
        at.is_some_and(|at| self.has(at))
    }
}

/// The place of the word that is meant: the one of that name, else the first
/// keyword that begins so, else the operand.
fn position<'a>(words: impl Iterator<Item = (&'a str, Kind)>, typed: &OsStr) -> Option<usize> {
    let typed = typed.as_bytes();
    let (mut keyword, mut operand) = (None, None);
    for (at, (name, kind)) in words.enumerate() {
        let name = name.as_bytes();
        if kind.is_operand() {
            operand = operand.or(Some(at));
        } else if name == typed {
            return Some(at);
        } else if kind == Kind::Keyword && !typed.is_empty() && name.starts_with(typed) {
            keyword = keyword.or(Some(at));
        }
    }
    keyword.or(operand)
}

/// The declared word that is meant.
pub fn find<'a>(command: &'a clap::Command, typed: &OsStr) -> Option<&'a Arg> {
    let known = |word: &'a Arg| (word.get_id().as_str(), kind(word));
    let at = position(command.get_arguments().map(known), typed)?;
    command.get_arguments().nth(at)
}

fn unknown(command: &clap::Command, word: &OsStr) -> Error {
    let (word, hint) = (word.to_owned(), hint(command, word));
    match command.get_arguments().next() {
        None => Error::Command { word, hint },
        Some(_) => Error::Word { word, hint },
    }
}

/// A word that is no address may be a misspelt word of the command, or the
/// name of a device.
fn with_hint(command: impl FnOnce() -> clap::Command, error: Error) -> Error {
    let Error::Address { word, hint: fault } = error else {
        return error;
    };
    let command = command();
    let named = || match fault {
        Some(Hint::Address(AddressFault::Name)) if may_be_device(&command, &word) => {
            let name = of_os(&word);
            Some(Hint::Text(format!(
                "host names are not accepted; for a device, use: dev {name}"
            )))
        }
        fault => fault,
    };
    let hint = hint(&command, &word).or_else(named);
    Error::Address { word, hint }
}

/// Whether the command takes a device, and a device can have that name.
fn may_be_device(command: &clap::Command, word: &OsStr) -> bool {
    significant(command).any(|known| known.get_id() == "dev") && value::device(word).is_ok()
}

/// Help from the words of the command.
fn hint(command: &clap::Command, word: &OsStr) -> Option<Hint> {
    let words = significant(command).filter(|word| !kind(word).is_operand());
    let names: Vec<&str> = words.map(|word| word.get_id().as_str()).collect();
    next_word(command, word).or_else(|| suggest::word(word, names.into_iter()))
}

/// A keyword and its value, joined by an equals sign, as two words.
fn next_word(command: &clap::Command, word: &OsStr) -> Option<Hint> {
    let (name, value) = word.to_str()?.split_once('=')?;
    let name = if suggest::is_device_word(OsStr::new(name)) {
        "dev"
    } else {
        name
    };
    let mut known = significant(command).filter(|word| kind(word) == Kind::Keyword);
    known.find(|word| word.get_id() == name)?;
    Some(Hint::next_word(format_args!("{name} {value}")))
}

#[cfg(test)]
mod tests;
