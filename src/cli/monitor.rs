//! The words of `monitor`.

use super::grammar::{Command, Object};
use super::{Request, words};

/// The object `monitor`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "monitor",
    shortest: "m",
    of_ip: true,
    about: "connections, addresses and subflows, as they come and go",
    commands: &[],
    default: Some(&MONITOR),
};

const MONITOR: Command = Command {
    name: "",
    about: "Print connections, addresses and subflows as they come and go",
    synopsis: "",
    words: Vec::new,
    example: "\
mptcp -tshort monitor
    each event with its time, until it is interrupted
mptcp -json monitor
    the same for a program to read",
    read: |command, words| words::read(command, words, |_: &mut ()| Ok(Request::Monitor)),
};
