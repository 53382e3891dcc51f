//! The words of `check`.

use std::ffi::OsStr;

use super::arguments::{self, Arguments};
use super::grammar::{Command, Object, flag, keyword};
use super::to::{self, To};
use super::value;
use super::{DeviceName, Error, Request};

/// What to check.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Check {
    /// One connection, by its local token; else this host.
    pub token: Option<u32>,
    /// Also report what is fine and what was not checked.
    pub all: bool,
    /// Another host, to try handshakes with.
    pub to: Option<To>,
}

/// The words, as far as they are given.
#[derive(Debug, Default)]
struct Given {
    token: Option<u32>,
    all: bool,
    to: to::Given,
}

/// The object `check`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "check",
    shortest: "che",
    of_ip: false,
    about: "why MPTCP does not work here, and how to fix it",
    commands: &[],
    default: Some(&CHECK),
};

const CHECK: Command = Command {
    name: "",
    shortest: "",
    about: "Find out why MPTCP does not work here, or why a connection has the paths it has",
    synopsis: "[ all ] [ token TOKEN | to ADDRESS port NR [ from ADDRESS ] [ dev NAME ] [ data ] ]",
    words: || {
        let mut words = vec![
            flag("all", "also what is fine, and what was not checked"),
            keyword(
                "token",
                "TOKEN",
                "one connection: its paths, and why an endpoint gave it none",
            ),
        ];
        words.extend(to::words());
        words
    },
    example: "\
mptcp check
    what is wrong here, the evidence, and how to fix it
mptcp check token 6638e54f
    why this connection has the paths that it has
mptcp check to 192.0.2.1 port 443
    whether this host answers with MPTCP, from each endpoint
mptcp -json check all
    each check with its result, for a program to read

It changes nothing, and sends packets only with to. The exit status is 0 if
there is no problem (warnings do not count), 1 if there is one, and 2 if the
check could not be completed.",
    read: |command, words| {
        arguments::read(command, words, |given: &mut Given| {
            let to = given.to.request()?;
            if to.is_some() && given.token.is_some() {
                let reason = "to and token exclude each other";
                return Err(Error::argument("token", reason));
            }
            Ok(Request::Check(Check {
                token: given.token,
                all: given.all,
                to,
            }))
        })
    },
};

impl Arguments for Given {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        match name {
            "all" => self.all = true,
            "token" => self.token = Some(value::token(value)?),
            _ => self.to.take(name, value)?,
        }
        Ok(())
    }

    fn devices(&self) -> &[DeviceName] {
        self.to.devices()
    }
}
