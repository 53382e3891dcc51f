//! The words of `connection`.

use std::mem;

use super::Request;
use super::arguments::Arguments;
use super::grammar::{Command, Object, Words, switch};
use super::selector;
use super::value::DeviceName;
use super::watch::WATCH;

/// Which connections are shown, and how.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Show {
    /// Which ones.
    pub which: selector::Words,
    /// Whether to look up the processes that hold them.
    pub process: bool,
}

/// The object `connection`.
pub const OBJECT: Object = Object {
    name: "connection",
    shortest: "co",
    of_ip: false,
    answers: false,
    about: "existing connections, and what each path does",
    commands: &[SHOW, WATCH],
    default: Some(&SHOW),
};

const SHOW: Command = Command {
    name: "show",
    shortest: "",
    about: "Show connections, each with its subflows",
    synopsis: "[ token TOKEN ] [ local PREFIX ] [ remote PREFIX ] [ sport NR ] [ dport NR ] \
               [ dev NAME ] [ state STATE ] [ process ]",
    example: "\
mptcp connection
    all connections, also those that fell back to TCP, and why they did
mptcp connection remote 10.0.1.0/24 dport 443
    those to an HTTPS server in that network; \"show\" is optional
mptcp -stats connection token 0521dc47
    one of them, with what each path carried
mptcp connection state single
    those that could use a second path and have none

A connection is shown, with all its subflows, if it or one of its subflows
matches. If a word is repeated, any of its values may match.",
    syntax: &Words {
        words: || {
            let mut words = selector::words();
            words.push(switch(
                "process",
                "name the processes that hold each connection; reads all of /proc",
                |show: &mut Show| &mut show.process,
            ));
            words
        },
        request: |show| Ok(Request::Connection(Box::new(mem::take(show)))),
    },
};

impl Arguments for Show {
    fn devices(&self) -> &[DeviceName] {
        &self.which.devices
    }
}

impl AsMut<selector::Words> for Show {
    fn as_mut(&mut self) -> &mut selector::Words {
        &mut self.which
    }
}
