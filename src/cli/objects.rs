//! The table of all objects: the front door of the grammar.

use super::grammar::{Command, Object};
use super::{address, complete, config, counters, endpoint, limits, monitor, subflow};

/// The objects, in the order in which an abbreviation is tried. New ones come
/// last, so that no abbreviation changes its meaning.
pub static OBJECTS: [Object; 11] = [
    HELP,
    endpoint::OBJECT,
    limits::OBJECT,
    monitor::OBJECT,
    address::OBJECT,
    subflow::OBJECT,
    complete::OBJECT,
    config::SAVE,
    config::APPLY,
    config::DIFF,
    counters::OBJECT,
];

const HELP: Object = Object {
    name: "help",
    shortest: "h",
    about: "this overview, on stderr and as an error",
    commands: &[],
    default: None,
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
