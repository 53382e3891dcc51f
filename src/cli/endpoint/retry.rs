//! The words of `endpoint retry`.

use std::ffi::OsStr;
use std::fmt;

use crate::cli::arguments::Arguments;
use crate::cli::grammar::{Command, Words, flag, keyword, operand, switch};
use crate::cli::{self, Error, value};
use crate::pm::Address;

/// Which endpoints are retried, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// The endpoints.
    pub target: Target,
    /// Even if that closes live subflows for a moment.
    pub force: bool,
}

/// Endpoints that a command names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The one with this id.
    Id(u8),
    /// The one with this address.
    Address(Address),
    /// All with the flag `subflow`.
    All,
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Target::Id(id) => write!(out, "with id {id}"),
            Target::Address(Address::Ip(ip)) => write!(out, "with address {ip}"),
            Target::Address(Address::Any) | Target::All => out.write_str("at all"),
        }
    }
}

pub(super) const RETRY: Command = Command {
    name: "retry",
    shortest: "ret",
    about: "Bring back the path of an endpoint on connections that lack it",
    synopsis: "{ id ID | ADDRESS | all } [ force ]",
    example: "\
mptcp endpoint retry all
    connections try again every path that they lack; no subflow is closed
mptcp endpoint retry id 2 force
    the same for endpoint 2, whose live subflows close and come back

The kernel tries an endpoint once on each connection. The exit status is 1 if
a connection still lacks the path, 2 if it takes force.",
    syntax: &Words {
        words: || {
            vec![
                flag(
                    "all",
                    "every endpoint with the flag subflow",
                    |given: &mut Given, word| given.set(word, Target::All),
                ),
                switch(
                    "force",
                    "even if that closes its live subflows for a moment",
                    |given: &mut Given| &mut given.force,
                ),
                keyword("id", "ID", "the endpoint with this id", |given, word| {
                    given.set(word, Target::Id(value::endpoint_id(word)?))
                }),
                operand(
                    "address",
                    "ADDRESS",
                    "the endpoint with this address",
                    |given, word| given.set(word, Target::Address(value::address(word)?)),
                ),
            ]
        },
        request: |given| {
            let required = || Error::Required("id ID, ADDRESS or all".to_owned());
            let retry = Retry {
                target: given.target.ok_or_else(required)?,
                force: given.force,
            };
            Ok(cli::Request::Endpoint(super::Request::Retry(retry)))
        },
    },
};

#[derive(Debug, Default)]
struct Given {
    target: Option<Target>,
    force: bool,
}

impl Arguments for Given {}

impl Given {
    fn set(&mut self, word: &OsStr, target: Target) -> Result<(), Error> {
        let before = self.target.replace(target);
        if before.is_some_and(|before| before != target) {
            let reason = "one endpoint is named by its id or its ADDRESS, or \"all\"";
            return Err(Error::argument(word, reason));
        }
        Ok(())
    }
}
