//! Reads the words behind a command, each once and from left to right.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use clap::{Arg, Id};

use super::grammar::{Kind, kind, significant};
use super::value::DeviceName;
use super::{AddressFault, Error, Hint, Rejected, Request, suggest, value};

/// What words say, as typed values.
pub trait Arguments: Default {
    /// Takes in a declared word: its name, and its value (of a flag, the word
    /// itself). The last value of a word that is repeated counts.
    ///
    /// # Errors
    /// The rule that the value breaks.
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error>;

    /// The devices named so far.
    fn devices(&self) -> &[DeviceName] {
        &[]
    }
}

/// No word says anything.
impl Arguments for () {
    fn take(&mut self, _: &str, _: &OsStr) -> Result<(), Error> {
        Ok(())
    }
}

/// Reads the words behind `command`, of which `request` makes what they ask
/// for together. `None`: `--help` is among them.
///
/// # Errors
/// The first thing that is wrong with the words, from left to right; then what
/// `request` misses.
pub fn read<W: Arguments>(
    command: &clap::Command,
    words: &[&OsStr],
    request: fn(&mut W) -> Result<Request, Error>,
) -> Result<Option<Request>, Rejected> {
    read_on(W::default(), command, words, request)
}

/// The same, where some words were taken in already.
///
/// # Errors
/// As for [`read`].
pub fn read_on<W: Arguments>(
    mut taken: W,
    command: &clap::Command,
    words: &[&OsStr],
    request: fn(&mut W) -> Result<Request, Error>,
) -> Result<Option<Request>, Rejected> {
    let read = take_all(command, words, &mut |name, value| taken.take(name, value));
    let request = match read {
        Ok(true) => request(&mut taken).map(Some),
        Ok(false) => Ok(None),
        Err(error) => Err(error),
    };
    request.map_err(|error| Rejected {
        devices: taken.devices().to_vec(),
        error,
    })
}

/// Takes in each word; false where one of them is `--help`.
fn take_all(
    command: &clap::Command,
    words: &[&OsStr],
    take: &mut dyn FnMut(&str, &OsStr) -> Result<(), Error>,
) -> Result<bool, Error> {
    let mut words = words.iter().copied();
    // The flags so far, each once.
    let mut flags = Vec::new();
    let is_rest = command.get_arguments().any(|word| kind(word) == Kind::Rest);
    while let Some(word) = words.next() {
        if word == "--help" && !is_rest {
            return Ok(false);
        }
        let Some(known) = find(command, word) else {
            return Err(unknown(command, word));
        };
        let name = known.get_id().as_str();
        let value = match kind(known) {
            Kind::Operand | Kind::Rest => word,
            Kind::Keyword => {
                let value = words.next();
                value.ok_or_else(|| Error::Incomplete(name.to_owned()))?
            }
            Kind::Flag => {
                if !flags.contains(&known.get_id()) {
                    excluded(command, known, &flags)?;
                    flags.push(known.get_id());
                }
                word
            }
            Kind::Refused => {
                let reason = known.get_help().map(ToString::to_string);
                return Err(Error::argument(word, reason.unwrap_or_default()));
            }
        };
        take(name, value).map_err(|error| with_hint(command, error))?;
    }
    Ok(true)
}

/// Refuses a flag that does not go with one that came before.
fn excluded(command: &clap::Command, flag: &Arg, before: &[&Id]) -> Result<(), Error> {
    let mut others = command.get_arg_conflicts_with(flag).into_iter();
    match others.find(|other| before.contains(&other.get_id())) {
        None => Ok(()),
        Some(other) => {
            let reason = format!(
                "{} and {} exclude each other",
                flag.get_id(),
                other.get_id()
            );
            Err(Error::argument(flag.get_id().as_str(), reason))
        }
    }
}

/// What a word is: the one of that name, else the first keyword that begins so,
/// else the operand.
pub fn find<'a>(command: &'a clap::Command, word: &OsStr) -> Option<&'a Arg> {
    let typed = word.as_bytes();
    let (mut keyword, mut operand) = (None, None);
    for known in command.get_arguments() {
        let name = known.get_id().as_str().as_bytes();
        match kind(known) {
            Kind::Operand | Kind::Rest => operand = operand.or(Some(known)),
            _ if name == typed => return Some(known),
            Kind::Keyword if !typed.is_empty() && name.starts_with(typed) => {
                keyword = keyword.or(Some(known));
            }
            _ => {}
        }
    }
    keyword.or(operand)
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
fn with_hint(command: &clap::Command, error: Error) -> Error {
    match error {
        Error::Address { word, hint: fault } => {
            let named = || match fault {
                Some(Hint::Address(AddressFault::Name)) if may_be_device(command, &word) => {
                    Some(Hint::Device(word.display().to_string()))
                }
                fault => fault,
            };
            let hint = hint(command, &word).or_else(named);
            Error::Address { word, hint }
        }
        error => error,
    }
}

/// Whether the command takes a device, and a device can have that name.
fn may_be_device(command: &clap::Command, word: &OsStr) -> bool {
    significant(command).any(|known| known.get_id() == "dev") && value::device(word).is_ok()
}

/// Help from the words of the command.
fn hint(command: &clap::Command, word: &OsStr) -> Option<Hint> {
    let words =
        significant(command).filter(|word| !matches!(kind(word), Kind::Operand | Kind::Rest));
    let names: Vec<&str> = words.map(|word| word.get_id().as_str()).collect();
    next_word(command, word).or_else(|| suggest::word(word, names.into_iter()))
}

/// A keyword with its value behind an equals sign, as two words.
fn next_word(command: &clap::Command, word: &OsStr) -> Option<Hint> {
    let (name, value) = word.to_str()?.split_once('=')?;
    let is_keyword = |known: &&Arg| kind(known) == Kind::Keyword;
    let name = match suggest::is_device_word(OsStr::new(name)) {
        true => "dev",
        false => name,
    };
    let known = significant(command).filter(is_keyword);
    let mut meant = known.filter(|known| known.get_id() == name);
    meant.next()?;
    Some(Hint::NextWord(format!("{name} {value}")))
}
