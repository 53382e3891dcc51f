//! The options before the object, by the rules of `ip`.
//!
//! One dash or two, and any initial part of a name: the first entry of
//! the table that begins with it wins.

mod hints;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::{Error, value as values};
pub(super) use hints::misplaced;

/// What the options ask for.
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
    /// Nothing was said: as [`ColorChoice::Auto`], but NO_COLOR is heeded.
    #[default]
    Unsaid,
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How `monitor` tells the time of an event.
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
    /// What stands behind them.
    pub words: &'a [&'a OsStr],
}

/// An option.
pub struct Entry {
    /// Its names without the dash, the longest last.
    pub names: &'static [&'static str],
    /// One line for `--help`; none if it means nothing to MPTCP.
    pub about: Option<&'static str>,
    abbreviates: bool,
    effect: Effect,
}

enum Effect {
    /// Takes no value.
    Set(fn(&mut Options)),
    /// Takes the next word as its value.
    Value {
        set: fn(&mut Options, &OsStr) -> Result<(), Error>,
        /// What `--help` calls the value.
        name: &'static str,
        /// What it is called where it is missing.
        what: &'static str,
    },
    /// May have `=WHEN` behind its name.
    Color,
    /// Prints the usage and ends, as `ip` has it: on stderr, as an error.
    Usage,
    Version,
}

const fn entry(names: &'static [&'static str], effect: Effect) -> Entry {
    Entry {
        names,
        abbreviates: true,
        about: None,
        effect,
    }
}

const fn value(
    name: &'static str,
    what: &'static str,
    set: fn(&mut Options, &OsStr) -> Result<(), Error>,
) -> Effect {
    Effect::Value { set, name, what }
}

impl Entry {
    const fn about(mut self, about: &'static str) -> Self {
        self.about = Some(about);
        self
    }

    const fn in_full(mut self) -> Self {
        self.abbreviates = false;
        self
    }

    fn is_called(&self, name: &[u8]) -> bool {
        self.names.iter().any(|full| match self.abbreviates {
            true => full.as_bytes().starts_with(name),
            false => full.as_bytes() == name,
        })
    }

    /// What `--help` calls its value; none if it takes no further word.
    pub fn value(&self) -> Option<&'static str> {
        match self.effect {
            Effect::Value { name, .. } => Some(name),
            _ => None,
        }
    }

    /// How it is typed: what may be left out is in brackets.
    pub fn shown(&self) -> String {
        let name = self.names.first().copied().unwrap_or_default();
        let is_meant = |length: &usize| {
            let found = find(&name.as_bytes()[..*length]);
            found.is_some_and(|(entry, _)| entry.names == self.names)
        };
        let shortest = (1..name.len()).find(is_meant).unwrap_or(name.len());
        let (shortest, rest) = name.split_at(shortest);
        let value = match self.effect {
            Effect::Value { name, .. } => format!(" {name}"),
            Effect::Color => "[=WHEN]".to_owned(),
            _ => String::new(),
        };
        match rest {
            "" => format!("-{shortest}{value}"),
            rest => format!("-{shortest}[{rest}]{value}"),
        }
    }
}

/// An option that is accepted because `ip` has it, and changes nothing here.
const NOTHING: Effect = Effect::Set(|_| {});

/// The protocol families that `ip` knows.
pub const FAMILIES: [&str; 5] = ["inet", "inet6", "link", "bridge", "mpls"];

/// All options, in the order in which an abbreviation is tried.
pub static TABLE: [Entry; 28] = [
    entry(&["loops"], value("NR", "loop count", |_, _| Ok(()))),
    entry(&["family"], value("NAME", "family type", family)),
    entry(&["4"], NOTHING).in_full(),
    entry(&["6"], NOTHING).in_full(),
    entry(&["0"], NOTHING).in_full(),
    entry(&["M"], NOTHING).in_full(),
    entry(&["B"], NOTHING).in_full(),
    entry(&["human", "human-readable"], NOTHING),
    entry(&["stats", "statistics"], NOTHING),
    entry(&["details"], NOTHING),
    entry(&["resolve"], Effect::Set(|options| options.resolve = true))
        .about("endpoint show: host names instead of addresses"),
    entry(&["oneline"], Effect::Set(|options| options.oneline = true))
        .about("end a record with \\ instead of a line feed"),
    entry(
        &["timestamp"],
        Effect::Set(|options| options.timestamp = Some(Timestamp::Long)),
    )
    .about("monitor: a line with the time before each event"),
    entry(
        &["tshort"],
        Effect::Set(|options| options.timestamp = Some(Timestamp::Short)),
    )
    .about("monitor: the time at the beginning of each line"),
    entry(&["Version"], Effect::Version).about("print the version"),
    entry(&["force"], Effect::Set(|options| options.force = true))
        .about("batch: go on after a line that failed"),
    entry(&["batch"], value("FILE", "batch file", batch))
        .about("run the commands in FILE, - is standard input"),
    entry(&["brief"], NOTHING),
    entry(&["json"], Effect::Set(|options| options.json = true)).about("print JSON"),
    entry(&["color"], Effect::Color).about("WHEN is always (if left out), auto or never"),
    entry(&["help"], Effect::Usage),
    entry(&["rcvbuf"], value("SIZE", "rcvbuf size", rcvbuf))
        .about("monitor: room for waiting events, in bytes"),
    entry(&["iec"], NOTHING),
    entry(&["netns"], value("NAME", "netns name", netns))
        .about("in that network namespace: a name, path or process"),
    entry(&["Numeric"], NOTHING),
    entry(&["all"], NOTHING),
    entry(&["pretty"], Effect::Set(|options| options.pretty = true))
        .about("with -json: laid out for reading"),
    entry(&["echo"], NOTHING).in_full(),
];

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
            let hint = hints::unknown(word);
            let name = OsStr::from_bytes(name);
            let word = [OsStr::new("-"), name].into_iter().collect::<OsString>();
            return Err(Error::Option { word, hint });
        };
        match &entry.effect {
            Effect::Set(set) => set(options),
            Effect::Value { set, what, .. } => {
                let [value, rest @ ..] = rest else {
                    return Err(Error::Required(what));
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

/// The first entry of the table that the name abbreviates, and the `=WHEN`
/// behind it.
fn find(name: &[u8]) -> Option<(&'static Entry, ColorChoice)> {
    let (stem, when) = match name.iter().position(|&byte| byte == b'=') {
        Some(at) => (&name[..at], Some(&name[at + 1..])),
        None => (name, None),
    };
    let choice = match when {
        None | Some(b"" | b"always") => Some(ColorChoice::Always),
        Some(b"auto") => Some(ColorChoice::Auto),
        Some(b"never") => Some(ColorChoice::Never),
        Some(_) => None,
    }?;
    let entry = TABLE.iter().find(|entry| {
        let takes_it = when.is_none() || matches!(entry.effect, Effect::Color);
        takes_it && entry.is_called(stem)
    })?;
    Some((entry, choice))
}

fn family(_: &mut Options, word: &OsStr) -> Result<(), Error> {
    match word.as_bytes() {
        name if FAMILIES.iter().any(|family| family.as_bytes() == name) => Ok(()),
        _ => Err(Error::argument(
            word,
            "a protocol family is inet, inet6, link, bridge or mpls",
        )),
    }
}

fn batch(options: &mut Options, word: &OsStr) -> Result<(), Error> {
    options.batch = Some(word.to_owned());
    Ok(())
}

fn netns(options: &mut Options, word: &OsStr) -> Result<(), Error> {
    options.netns.push(word.to_owned());
    Ok(())
}

fn rcvbuf(options: &mut Options, word: &OsStr) -> Result<(), Error> {
    let size = values::number(word.as_bytes()).and_then(|size| u32::try_from(size).ok());
    let rule = "a buffer's size is a number of bytes from 0 to 4294967295";
    options.rcvbuf = Some(size.ok_or_else(|| Error::argument(word, rule))?);
    Ok(())
}
