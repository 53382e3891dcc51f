//! The words of `limits`.

use clap::ArgMatches;

use super::grammar::{Command, Object, Value, keyword};
use super::{Error, Request, words};

/// What is asked about limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limits {
    /// Set those that are given.
    Set {
        /// How many announced addresses a connection accepts.
        add_addr_accepted: Option<u32>,
        /// How many additional subflows a connection may have.
        subflows: Option<u32>,
    },
    /// Show them.
    Show,
}

/// The object `limits`.
pub const OBJECT: Object = Object {
    name: "limits",
    about: "how many addresses and subflows a connection may have",
    commands: &[SET, SHOW],
    default: Some(&SHOW),
};

const SET: Command = Command {
    name: "set",
    about: "Set the limits for each connection of this host",
    synopsis: "[ subflows NR ] [ add_addr_accepted NR ]",
    words: &[
        keyword(
            "subflows",
            Value::Limit,
            "additional subflows, those that the peer opens included",
        ),
        keyword(
            "add_addr_accepted",
            Value::Limit,
            "announced addresses that a subflow is opened to",
        ),
    ],
    tolerated: &[],
    lenient: false,
    example: "\
mptcp limits set subflows 2 add_addr_accepted 2
    up to two more paths, also to addresses that the server announces",
    lower: |matches| {
        Ok(Request::Limits(Limits::Set {
            add_addr_accepted: words::last(matches, "add_addr_accepted"),
            subflows: words::last(matches, "subflows"),
        }))
    },
};

const SHOW: Command = Command {
    name: "show",
    about: "Show the limits",
    synopsis: "",
    words: &[],
    tolerated: SET.words,
    lenient: false,
    example: "\
mptcp limits show
    the limits in force",
    lower: |_: &ArgMatches| -> Result<Request, Error> { Ok(Request::Limits(Limits::Show)) },
};
