//! The table of all objects: the front door of the grammar.

use std::ffi::OsStr;

use super::grammar::{Command, Object};
use super::{
    Request, address, check, config, connection, counters, endpoint, limits, monitor, subflow,
};

/// The objects, in the order in which an abbreviation is tried. New ones come
/// last, so that no abbreviation changes its meaning.
pub static OBJECTS: [Object; 13] = [
    HELP,
    endpoint::OBJECT,
    limits::OBJECT,
    monitor::OBJECT,
    address::OBJECT,
    subflow::OBJECT,
    connection::OBJECT,
    check::OBJECT,
    counters::OBJECT,
    COMPLETION,
    config::SAVE,
    config::APPLY,
    config::DIFF,
];

const HELP: Object = Object {
    name: "help",
    shortest: "h",
    about: "this overview, on stderr and as an error",
    commands: &[],
    default: None,
};

/// The hidden object `complete`, which is a command by itself.
const COMPLETION: Object = Object {
    name: "complete",
    shortest: "complete",
    about: "",
    commands: &[],
    default: Some(&COMPLETE),
};

const COMPLETE: Command = Command {
    name: "",
    about: "Print what may come at the end of a command line, for a shell",
    synopsis: "",
    words: Vec::new,
    example: "\
mptcp complete -- mptcp endpoint add dev e
    the devices whose name begins with an e, one on a line",
    read: |_, words| {
        let words = words.strip_prefix(&[OsStr::new("--")]).unwrap_or(words);
        let words = words.iter().map(|&word| word.to_owned());
        Ok(Some(Request::Complete(words.collect())))
    },
};

/// The objects that people type.
pub fn typed() -> impl Iterator<Item = &'static Object> + Clone {
    OBJECTS.iter().filter(|object| !object.about.is_empty())
}

/// Every command that people type with its object, in the order of the tables.
pub fn commands() -> impl Iterator<Item = (&'static Object, &'static Command)> {
    typed().flat_map(|object| {
        let alone = object.default.filter(|_| object.commands.is_empty());
        let commands = object.commands.iter().chain(alone);
        commands.map(move |command| (object, command))
    })
}
