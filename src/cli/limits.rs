//! The words of `limits`.

use crate::cli;
use crate::pm::Limits;

use super::arguments::Arguments;
use super::grammar::{Command, Object, Word, Words, keyword};
use super::value;

/// The requests about limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Set those that are given.
    Set(Limits),
    /// Show them.
    Show,
}

/// The object `limits`.
pub const OBJECT: Object = Object {
    name: "limits",
    shortest: "l",
    of_ip: true,
    answers: false,
    about: "how many addresses and subflows a connection may have",
    commands: &[SET, SHOW],
    default: Some(&SHOW),
};

const SET: Command = Command {
    name: "set",
    shortest: "",
    about: "Set the limits for each connection of this host",
    synopsis: "[ subflows NR ] [ add_addr_accepted NR ]",
    example: "\
mptcp limits set subflows 2 add_addr_accepted 2
    up to two more paths, also to addresses that the server announces",
    syntax: &Words {
        words,
        request: |limits| Ok(cli::Request::Limits(Request::Set(*limits))),
    },
};

const SHOW: Command = Command {
    name: "show",
    shortest: "",
    about: "Show the limits",
    synopsis: "",
    example: "\
mptcp limits show
    the limits in force",
    // As with `ip`, these words have no effect.
    syntax: &Words {
        words: || words().into_iter().map(Word::hidden).collect(),
        request: |_| Ok(cli::Request::Limits(Request::Show)),
    },
};

fn words() -> Vec<Word<Limits>> {
    vec![
        keyword(
            "subflows",
            "NR",
            "additional subflows, including those that the peer opens",
            |limits: &mut Limits, word| {
                value::limit(word).map(|limit| limits.subflows = Some(limit))
            },
        ),
        keyword(
            "add_addr_accepted",
            "NR",
            "announced addresses that a subflow is opened to",
            |limits, word| value::limit(word).map(|limit| limits.add_addr_accepted = Some(limit)),
        ),
    ]
}

impl Arguments for Limits {}
