//! The words of `monitor`.

use super::Request;
use super::grammar::{Command, Object};

/// The object `monitor`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "monitor",
    about: "connections, addresses and subflows, as they come and go",
    commands: &[],
    default: Some(&MONITOR),
};

const MONITOR: Command = Command {
    name: "",
    about: "Print connections, addresses and subflows as they come and go",
    synopsis: "",
    words: &[],
    tolerated: &[],
    lenient: false,
    example: "\
mptcp -tshort monitor
    each event with its time, until it is interrupted
mptcp -json monitor
    the same for a program to read",
    lower: |_| Ok(Request::Monitor),
};
