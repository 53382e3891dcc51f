//! The options before the object, by the rules of `ip`.
//!
//! One dash or two, and any initial part of a name: the first entry of
//! the table that begins with it wins.

mod hints;
mod table;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::diag::socket::Family;

use super::Error;
pub(super) use hints::misplaced;
use table::{Effect, find};
pub use table::{Entry, FAMILIES, TABLE};

/// The settings that the options make.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Options {
    /// `-json`: JSON instead of text.
    pub json: bool,
    /// `-pretty`: JSON laid out for people.
    pub pretty: bool,
    /// `-oneline`: a record ends in a backslash instead of a line feed.
    pub oneline: bool,
    /// `-color`.
    pub color: ColorChoice,
    /// `-4`, `-6` and `-family`: connections of that family only. Of several,
    /// the last one counts.
    pub family: Option<Family>,
    /// `-stats`: what was carried.
    pub stats: bool,
    /// `-details`: all that there is.
    pub details: bool,
    /// `-human` and `-iec`: how rates and sizes stand in text.
    pub scale: Scale,
    /// `-resolve`: host names instead of addresses.
    pub resolve: bool,
    /// `-timestamp` and `-tshort`, for `monitor`.
    pub timestamp: Option<Timestamp>,
    /// `-rcvbuf`, in bytes, for `monitor`.
    pub rcvbuf: Option<u32>,
    /// `-netns`, each to be entered in turn.
    pub netns: Vec<OsString>,
    /// `-batch`: the file, or `-`.
    pub batch: Option<OsString>,
    /// `-force`: a batch goes on after a failed line.
    pub force: bool,
}

/// When output is coloured.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum ColorChoice {
    /// Not given: as [`ColorChoice::Auto`], but NO_COLOR applies.
    #[default]
    Unsaid,
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How rates and sizes are printed in text.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// `-human`: short, with a letter for what they are multiplied by.
    pub human: bool,
    /// `-iec`: by powers of 1024 and not of 1000.
    pub iec: bool,
}

/// How `monitor` prints the time of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timestamp {
    /// A line of its own before the event.
    Long,
    /// In brackets at the beginning of the event's line.
    Short,
}

/// What the options lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The words that follow are a command, or a batch is to be run.
    Command,
    /// `--help`.
    Help,
    /// `-help`, which `ip` takes for an error.
    Usage,
    /// `-Version` or `--version`.
    Version,
}

/// A command line, its options read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine<'a> {
    /// What the options ask for.
    pub options: Options,
    /// What they lead to.
    pub next: Next,
    /// The words after them.
    pub words: &'a [&'a OsStr],
}

/// Reads the options at the front of `words`.
///
/// # Errors
/// An unknown option, or one whose value is missing or wrong.
pub fn parse<'a>(words: &'a [&'a OsStr]) -> Result<CommandLine<'a>, Error> {
    let mut options = Options::default();
    let mut words = words;
    let next = next(&mut options, &mut words)?;
    Ok(CommandLine {
        options,
        next,
        words,
    })
}

fn next(options: &mut Options, words: &mut &[&OsStr]) -> Result<Next, Error> {
    while let [word, rest @ ..] = *words {
        let Some(name) = word.as_bytes().strip_prefix(b"-") else {
            break;
        };
        *words = rest;
        match word.as_bytes() {
            b"--" => break,
            b"--help" => return Ok(Next::Help),
            b"--version" => return Ok(Next::Version),
            _ => {}
        }
        let name = name.strip_prefix(b"-").unwrap_or(name);
        let Some((entry, when)) = find(name) else {
            let (hint, word) = (hints::unknown(word), (*word).to_owned());
            return Err(Error::Option { word, hint });
        };
        match &entry.effect {
            Effect::Set(set) => set(options),
            Effect::Value { set, what, .. } => {
                let [value, rest @ ..] = rest else {
                    return Err(Error::Required((*what).to_owned()));
                };
                *words = rest;
                set(options, value)?;
            }
            Effect::Color => options.color = when,
            Effect::Usage => return Ok(Next::Usage),
            Effect::Version => return Ok(Next::Version),
        }
    }
    Ok(Next::Command)
}

/// The option that a word with its dashes abbreviates.
pub fn named(word: &OsStr) -> Option<&'static Entry> {
    let name = word.as_bytes().strip_prefix(b"-")?;
    find(name.strip_prefix(b"-").unwrap_or(name)).map(|(entry, _)| entry)
}
