//! The words of `limits`.

use std::ffi::OsStr;

use crate::pm::Limits;

use super::arguments::{self, Arguments};
use super::grammar::{Command, Kind, Object, ignoring, keyword};
use super::{Error, value};
use crate::cli;

/// What is asked about limits.
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
    about: "how many addresses and subflows a connection may have",
    commands: &[SET, SHOW],
    default: Some(&SHOW),
};

const SET: Command = Command {
    name: "set",
    shortest: "",
    about: "Set the limits for each connection of this host",
    synopsis: "[ subflows NR ] [ add_addr_accepted NR ]",
    words: || {
        vec![
            keyword(
                "subflows",
                "NR",
                "additional subflows, including those that the peer opens",
            ),
            keyword(
                "add_addr_accepted",
                "NR",
                "announced addresses that a subflow is opened to",
            ),
        ]
    },
    example: "\
mptcp limits set subflows 2 add_addr_accepted 2
    up to two more paths, also to addresses that the server announces",
    read: |command, words| {
        arguments::read(command, words, |limits: &mut Limits| {
            Ok(cli::Request::Limits(Request::Set(*limits)))
        })
    },
};

const SHOW: Command = Command {
    name: "show",
    shortest: "",
    about: "Show the limits",
    synopsis: "",
    words: || {
        let limits = ["subflows", "add_addr_accepted"];
        ignoring(Vec::new(), &limits.map(|name| (Kind::Keyword, name, "NR")))
    },
    example: "\
mptcp limits show
    the limits in force",
    read: |command, words| {
        arguments::read(command, words, |_: &mut Limits| {
            Ok(cli::Request::Limits(Request::Show))
        })
    },
};

impl Arguments for Limits {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        let limit = Some(value::limit(value)?);
        match name {
            "subflows" => self.subflows = limit,
            _ => self.add_addr_accepted = limit,
        }
        Ok(())
    }
}
