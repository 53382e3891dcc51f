//! The words of `status`, which has none.

use super::Request;
use super::grammar::{Command, Object, Words};

/// The object `status`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "status",
    shortest: "st",
    of_ip: false,
    answers: false,
    about: "the state of this host: settings, endpoints, connections, problems",
    commands: &[],
    default: Some(&STATUS),
};

const STATUS: Command = Command {
    name: "",
    shortest: "",
    about: "Show the state of this host on one screen",
    synopsis: "",
    example: "\
mptcp status
    settings, endpoints and what they carry, connections, and check's verdict
mptcp -json status
    the same for a script

It sends nothing and requires no privilege. Sizes are sums over the subflows
that are established now.",
    syntax: &Words {
        words: Vec::new,
        request: |(): &mut ()| Ok(Request::Status),
    },
};
