//! The options before the object, by the rules of `ip`.
//!
//! One dash or two, and any initial part of a name: the first entry of
//! the table that begins with it wins.

mod hints;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::{Error, value};
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

enum Effect {
    /// Takes no value.
    Set(fn(&mut Options)),
    /// Takes the next word as its value.
    Value(fn(&mut Options, &OsStr) -> Result<(), Error>, &'static str),
    /// May have `=WHEN` behind its name.
    Color,
    /// Prints the usage and ends, as `ip` has it: on stderr, as an error.
    Usage,
    Version,
}

/// One option: its names (the second a longer form), the help it gets in
/// `--help` (none for those that mean nothing to MPTCP), and what it does.
struct Entry {
    names: &'static [&'static str],
    abbreviates: bool,
    help: Option<&'static str>,
    effect: Effect,
}

const fn entry(names: &'static [&'static str], effect: Effect) -> Entry {
    Entry {
        names,
        abbreviates: true,
        help: None,
        effect,
    }
}

impl Entry {
    const fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
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
}

/// An option that is accepted because `ip` has it, and changes nothing here.
const NOTHING: Effect = Effect::Set(|_| {});

const FAMILIES: [&[u8]; 5] = [b"inet", b"inet6", b"link", b"bridge", b"mpls"];

static TABLE: [Entry; 28] = [
    entry(&["loops"], Effect::Value(|_, _| Ok(()), "loop count")),
    entry(&["family"], Effect::Value(family, "family type")),
    entry(&["4"], NOTHING).in_full(),
    entry(&["6"], NOTHING).in_full(),
    entry(&["0"], NOTHING).in_full(),
    entry(&["M"], NOTHING).in_full(),
    entry(&["B"], NOTHING).in_full(),
    entry(&["human", "human-readable"], NOTHING),
    entry(&["stats", "statistics"], NOTHING),
    entry(&["details"], NOTHING),
    entry(&["resolve"], Effect::Set(|options| options.resolve = true))
        .help("-r[esolve]       endpoint show: host names instead of addresses"),
    entry(&["oneline"], Effect::Set(|options| options.oneline = true))
        .help("-o[neline]       end a record with \\ instead of a line feed"),
    entry(
        &["timestamp"],
        Effect::Set(|options| options.timestamp = Some(Timestamp::Long)),
    )
    .help("-t[imestamp]     monitor: a line with the time before each event"),
    entry(
        &["tshort"],
        Effect::Set(|options| options.timestamp = Some(Timestamp::Short)),
    )
    .help("-ts[hort]        monitor: the time at the beginning of each line"),
    entry(&["Version"], Effect::Version).help("-V[ersion]       print the version"),
    entry(&["force"], Effect::Set(|options| options.force = true))
        .help("-fo[rce]         batch: go on after a line that failed"),
    entry(&["batch"], Effect::Value(batch, "batch file"))
        .help("-b[atch] FILE    run the commands in FILE, - is standard input"),
    entry(&["brief"], NOTHING),
    entry(&["json"], Effect::Set(|options| options.json = true))
        .help("-j[son]          print JSON"),
    entry(&["color"], Effect::Color)
        .help("-c[olor][=WHEN]  WHEN is always (if left out), auto or never"),
    entry(&["help"], Effect::Usage),
    entry(&["rcvbuf"], Effect::Value(rcvbuf, "rcvbuf size"))
        .help("-rc[vbuf] SIZE   monitor: room for waiting events, in bytes"),
    entry(&["iec"], NOTHING),
    entry(&["netns"], Effect::Value(netns, "netns name"))
        .help("-n[etns] NAME    in that network namespace: a name, path or process"),
    entry(&["Numeric"], NOTHING),
    entry(&["all"], NOTHING),
    entry(&["pretty"], Effect::Set(|options| options.pretty = true))
        .help("-p[retty]        with -json: laid out for reading"),
    entry(&["echo"], NOTHING).in_full(),
];

/// The lines of `--help` about the options.
pub fn help() -> impl Iterator<Item = &'static str> {
    TABLE.iter().filter_map(|entry| entry.help)
}

/// The longest name of each option, without its dash.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    TABLE.iter().filter_map(|entry| entry.names.last().copied())
}

/// An option, for what is made from the table besides the help.
#[derive(Debug, Clone, Copy)]
pub struct Described {
    /// Its names without the dash, the longest last.
    pub names: &'static [&'static str],
    /// What its value is called, if it takes one.
    pub value: Option<&'static str>,
    /// Its line in `--help`; none if it means nothing to MPTCP.
    pub help: Option<&'static str>,
}

/// All options, in the order in which an abbreviation is tried.
pub fn described() -> impl Iterator<Item = Described> {
    TABLE.iter().map(|entry| Described {
        names: entry.names,
        value: match entry.effect {
            Effect::Value(_, value) => Some(value),
            _ => None,
        },
        help: entry.help,
    })
}

/// Reads the options at the front of `words`, which are left with what follows.
///
/// # Errors
/// An unknown option, or one whose value is missing or wrong.
pub fn parse(words: &mut &[&OsStr]) -> Result<(Options, Next), Error> {
    let mut options = Options::default();
    while let [word, rest @ ..] = *words {
        let Some(name) = word.as_bytes().strip_prefix(b"-") else {
            break;
        };
        *words = rest;
        match word.as_bytes() {
            b"--" => break,
            b"--help" => return Ok((options, Next::Help)),
            b"--version" => return Ok((options, Next::Version)),
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
            Effect::Set(set) => set(&mut options),
            Effect::Value(set, what) => {
                let [value, rest @ ..] = rest else {
                    return Err(Error::Required(what));
                };
                *words = rest;
                set(&mut options, value)?;
            }
            Effect::Color => options.color = when,
            Effect::Usage => return Ok((options, Next::Usage)),
            Effect::Version => return Ok((options, Next::Version)),
        }
    }
    Ok((options, Next::Command))
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
        name if FAMILIES.contains(&name) => Ok(()),
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
    let size = value::number(word.as_bytes()).and_then(|size| u32::try_from(size).ok());
    let rule = "a buffer's size is a number of bytes from 0 to 4294967295";
    options.rcvbuf = Some(size.ok_or_else(|| Error::argument(word, rule))?);
    Ok(())
}
