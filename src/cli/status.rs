//! The words of `status`, which has none.

use super::Request;
use super::arguments;
use super::grammar::{Command, Object};

/// The object `status`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "status",
    shortest: "st",
    of_ip: false,
    about: "how this host is: endpoints, what they carry, connections, problems",
    commands: &[],
    default: Some(&STATUS),
};

const STATUS: Command = Command {
    name: "",
    about: "Show how this host is, on one screen",
    synopsis: "",
    words: Vec::new,
    example: "\
mptcp status
    settings, endpoints with what they carry, connections, and check's verdict
mptcp -json status
    the same for a script

It sends nothing and requires no privilege. The sizes are sums over the
subflows that are established now; a rate is of subflows that sent data in the
last second.",
    read: |command, words| arguments::read(command, words, |_: &mut ()| Ok(Request::Status)),
};
