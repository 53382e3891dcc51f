//! The table of all objects: the front door of the grammar.

use super::grammar::{Command, Object};
use super::{
    address, check, config, connection, counters, endpoint, limits, monitor, report, run, status,
    subflow,
};

/// The objects, in the order in which an abbreviation is tried. New ones come
/// last, so that no abbreviation changes its meaning.
pub static OBJECTS: &[Object] = &[
    HELP,
    endpoint::OBJECT,
    limits::OBJECT,
    monitor::OBJECT,
    address::OBJECT,
    subflow::OBJECT,
    connection::OBJECT,
    check::OBJECT,
    counters::OBJECT,
    config::SAVE,
    config::APPLY,
    config::DIFF,
    run::OBJECT,
    status::OBJECT,
    report::OBJECT,
];

const HELP: Object = Object {
    name: "help",
    shortest: "h",
    of_ip: true,
    answers: false,
    about: "print the usage on standard error, and fail",
    commands: &[],
    default: None,
};

/// Every command with its object, in the order of the tables.
pub fn commands() -> impl Iterator<Item = (&'static Object, &'static Command)> {
    OBJECTS.iter().flat_map(|object| {
        let alone = object.default.filter(|_| object.commands.is_empty());
        let commands = object.commands.iter().chain(alone);
        commands.map(move |command| (object, command))
    })
}
