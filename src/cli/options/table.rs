//! The table of all options.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::diag::socket::Family;

use super::super::{Error, value as values};
use super::{ColorChoice, Options, Timestamp};

/// An option.
pub struct Entry {
    /// Its names without the dash, the longest last.
    pub names: &'static [&'static str],
    /// One line for `--help`; none if it means nothing to MPTCP.
    pub about: Option<&'static str>,
    abbreviates: bool,
    pub(super) effect: Effect,
}

pub(super) enum Effect {
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
    /// May have `=WHEN` after its name.
    Color,
    /// Prints the usage on stderr and fails, as `ip` does.
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

    pub(super) fn is_called(&self, name: &[u8]) -> bool {
        self.names.iter().any(|full| {
            if self.abbreviates {
                full.as_bytes().starts_with(name)
            } else {
                full.as_bytes() == name
            }
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

/// A family that no connection has: `ip` takes it, and forgets another one.
const NO_FAMILY: Effect = Effect::Set(|options| options.family = None);

/// The protocol families that `ip` knows.
pub const FAMILIES: [&str; 5] = ["inet", "inet6", "link", "bridge", "mpls"];

/// All options, in the order in which an abbreviation is tried.
pub static TABLE: [Entry; 28] = [
    entry(&["loops"], value("NR", "loop count", |_, _| Ok(()))),
    entry(&["family"], value("NAME", "family type", family)),
    entry(
        &["4"],
        Effect::Set(|options| options.family = Some(Family::V4)),
    )
    .in_full()
    .about("connection, check: only IPv4"),
    entry(
        &["6"],
        Effect::Set(|options| options.family = Some(Family::V6)),
    )
    .in_full()
    .about("connection, check: only IPv6"),
    entry(&["0"], NO_FAMILY).in_full(),
    entry(&["M"], NO_FAMILY).in_full(),
    entry(&["B"], NO_FAMILY).in_full(),
    entry(
        &["human", "human-readable"],
        Effect::Set(|options| options.scale.human = true),
    )
    .about("connection: sizes and rates such as 1.25M"),
    entry(
        &["stats", "statistics"],
        Effect::Set(|options| options.stats = true),
    )
    .about("connection: what each path carried, and how fast"),
    entry(&["details"], Effect::Set(|options| options.details = true))
        .about("connection: limits and sequence numbers; check: all details"),
    entry(&["resolve"], Effect::Set(|options| options.resolve = true))
        .about("endpoint, connection: host names instead of addresses"),
    entry(&["oneline"], Effect::Set(|options| options.oneline = true))
        .about("end a record with \\ instead of a line feed"),
    entry(
        &["timestamp"],
        // After -tshort it changes nothing, as in `ip`.
        Effect::Set(|options| {
            options.timestamp.get_or_insert(Timestamp::Long);
        }),
    )
    .about("monitor, watch, every: the time on a line of its own"),
    entry(
        &["tshort"],
        Effect::Set(|options| options.timestamp = Some(Timestamp::Short)),
    )
    .about("monitor, watch, every: the time at the start of the line"),
    entry(&["Version"], Effect::Version).about("print the version"),
    entry(&["force"], Effect::Set(|options| options.force = true))
        .about("with -batch: continue after a command that failed"),
    entry(&["batch"], value("FILE", "batch file", batch))
        .about("run the commands in FILE, or - for standard input"),
    entry(&["brief"], NOTHING),
    entry(&["json"], Effect::Set(|options| options.json = true)).about("print JSON"),
    entry(&["color"], Effect::Color)
        .about("colour output: always (the default WHEN), auto or never"),
    entry(&["help"], Effect::Usage),
    entry(&["rcvbuf"], value("SIZE", "rcvbuf size", rcvbuf))
        .about("monitor: the size of the buffer for events, in bytes"),
    entry(&["iec"], Effect::Set(|options| options.scale.iec = true))
        .about("with -human: powers of 1024, such as 1.25Mi"),
    entry(&["netns"], value("NAME", "netns name", netns))
        .about("work in a network namespace: a name, path or process ID"),
    entry(&["Numeric"], NOTHING),
    entry(&["all"], NOTHING),
    entry(&["pretty"], Effect::Set(|options| options.pretty = true))
        .about("with -json: indent the output"),
    entry(&["echo"], NOTHING).in_full(),
];

/// The first entry of the table that the name abbreviates, and its `=WHEN`.
pub(super) fn find(name: &[u8]) -> Option<(&'static Entry, ColorChoice)> {
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

fn family(options: &mut Options, word: &OsStr) -> Result<(), Error> {
    let rule = "a protocol family is inet, inet6, link, bridge or mpls";
    let known = FAMILIES.iter().copied().find(|family| word == *family);
    options.family = match known.ok_or_else(|| Error::argument(word, rule))? {
        "inet" => Some(Family::V4),
        "inet6" => Some(Family::V6),
        _ => None,
    };
    Ok(())
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
    let rule = "the size of a buffer is a number of bytes from 0 to 4294967295";
    options.rcvbuf = Some(size.ok_or_else(|| Error::argument(word, rule))?);
    Ok(())
}
