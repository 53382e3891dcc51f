//! The words of `check`.

use std::ffi::OsStr;

use super::grammar::{Command, Object, flag, keyword};
use super::value;
use super::words::{self, Words};
use super::{Error, Request};

/// What is to be checked.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Check {
    /// One connection, by its local token; else this host.
    pub token: Option<u32>,
    /// What is fine and what was not checked is told as well.
    pub all: bool,
}

/// The object `check`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "check",
    shortest: "che",
    about: "why MPTCP does not work here, and what mends it",
    commands: &[],
    default: Some(&CHECK),
};

const CHECK: Command = Command {
    name: "",
    about: "Find out why MPTCP does not work here, or why a connection has the paths it has",
    synopsis: "[ all ] [ token TOKEN ]",
    words: || {
        vec![
            flag("all", "also what is fine, and what was not checked"),
            keyword(
                "token",
                "TOKEN",
                "one connection: its paths, and why an endpoint gave it none",
            ),
        ]
    },
    example: "\
mptcp check
    what is wrong here, what shows it, and what mends it
mptcp check token 6638e54f
    why this connection has the paths that it has
mptcp -json check all
    each check with its result, for a program to read

It changes nothing and sends nothing. The exit status is 0 if nothing is wrong
but for warnings, 1 if something is, and 2 if that cannot be told.",
    read: |command, words| {
        words::read(command, words, |check: &mut Check| {
            Ok(Request::Check(check.clone()))
        })
    },
};

impl Words for Check {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        match name {
            "all" => self.all = true,
            _ => self.token = Some(value::token(value)?),
        }
        Ok(())
    }
}
