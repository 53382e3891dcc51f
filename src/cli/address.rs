//! The words of `address`.

use std::mem;

use crate::cli;
use crate::pm::Announcement;

use super::arguments::Arguments;
use super::grammar::{Command, Object, Word, Words, keyword, operand};
use super::value::{self, DeviceName};

/// The requests about the addresses of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Announce one to the peer, and record the last of these devices with it.
    Announce(Announcement, Vec<DeviceName>),
    /// Withdraw one, and close its subflows.
    Remove {
        /// The connection, by its local token.
        token: u32,
        /// The id of the address, 0 to 255.
        id: u8,
    },
    /// Show those that were announced, or that subflows were created from.
    Show {
        /// The connection, by its local token.
        token: u32,
        /// The one to show, 0 to 255; else all.
        id: Option<u8>,
    },
}

/// The object `address`.
pub const OBJECT: Object = Object {
    name: "address",
    shortest: "addr",
    of_ip: false,
    answers: false,
    about: "the addresses that one connection announces, by hand",
    commands: &[ANNOUNCE, REMOVE, SHOW],
    default: None,
};

/// The keyword for the connection.
pub(super) fn token<T>(set: super::grammar::Set<T>) -> Word<T> {
    let help = "the connection, as \"mptcp monitor\" and \"ss -Mi\" print it";
    keyword("token", "TOKEN", help, set).required()
}

const ANNOUNCE: Command = Command {
    name: "announce",
    shortest: "",
    about: "Announce another address of this host to the peer of one connection",
    synopsis: "ADDRESS token TOKEN id ID [ port NR ] [ dev NAME ]",
    example: "\
mptcp address announce 10.0.2.2 token 6638e54f id 3
    the peer's monitor prints ANNOUNCED, and it may connect to 10.0.2.2
mptcp address announce 192.0.2.2 token 6638e54f id 4 port 8443
    the same with a port of its own

The kernel does not listen there: the application must, with an MPTCP socket.
Otherwise the peer's subflow is refused (SF_CLOSED with error=111). An IPv6
address with a port does not fit into a packet with a TCP timestamp: it is
never announced unless net.ipv4.tcp_timestamps was 0 when the connection was
opened.",
    syntax: &Words {
        words: || {
            vec![
                operand(
                    "address",
                    "ADDRESS",
                    "an IPv4 or IPv6 address of this host",
                    |spec: &mut Announce, word| {
                        value::address(word).map(|address| spec.0.address = address)
                    },
                )
                .required(),
                token(|spec, word| value::token(word).map(|token| spec.0.token = token)),
                // In the order of `endpoint add`, so that i, d and p mean the same.
                keyword(
                    "id",
                    "ID",
                    "the number of the address in this connection, 1 to 255",
                    |spec: &mut Announce, word| value::nonzero_id(word).map(|id| spec.0.id = id),
                )
                .required(),
                keyword(
                    "dev",
                    "NAME",
                    "a device to record with it; \"address show\" prints it",
                    |spec, word| value::device(word).map(|name| spec.1.push(name)),
                ),
                keyword(
                    "port",
                    "NR",
                    "announce this port; by default, it is the connection's",
                    |spec, word| value::port(word).map(|port| spec.0.port = value::nonzero(port)),
                ),
            ]
        },
        request: |Announce(announcement, devices)| {
            let request = Request::Announce(mem::take(announcement), mem::take(devices));
            Ok(cli::Request::Address(request))
        },
    },
};

const REMOVE: Command = Command {
    name: "remove",
    shortest: "",
    about: "Withdraw an address from one connection, and close the subflows from it",
    synopsis: "token TOKEN id ID",
    example: "\
mptcp address remove token 6638e54f id 3
    the peer's monitor prints REMOVED",
    syntax: &Words {
        words: || {
            let help = "the id of the address; 0 is the initial address";
            named(help, |id| id.required())
        },
        request: |&mut Named { token, id }| {
            let id = id.unwrap_or_default();
            Ok(cli::Request::Address(Request::Remove { token, id }))
        },
    },
};

const SHOW: Command = Command {
    name: "show",
    shortest: "",
    about: "Show the addresses that one connection announced or has subflows from",
    synopsis: "token TOKEN [ id ID ]",
    example: "\
mptcp address show token 6638e54f
    signal: it was announced; subflow: subflows were created from it
mptcp -json address show token 6638e54f id 3
    one of them, for a script",
    syntax: &Words {
        words: || named("only the address with this id", |id| id),
        request: |&mut Named { token, id }| Ok(cli::Request::Address(Request::Show { token, id })),
    },
};

/// An address to announce, and the devices named.
#[derive(Default)]
struct Announce(Announcement, Vec<DeviceName>);

impl Arguments for Announce {
    fn devices(&self) -> &[DeviceName] {
        &self.1
    }
}

/// An address of a connection.
#[derive(Default)]
struct Named {
    token: u32,
    id: Option<u8>,
}

impl Arguments for Named {}

fn named(help: &'static str, with: fn(Word<Named>) -> Word<Named>) -> Vec<Word<Named>> {
    let id = keyword("id", "ID", help, |named: &mut Named, word| {
        value::id(word).map(|id| named.id = Some(id))
    });
    let token =
        token(|named: &mut Named, word| value::token(word).map(|token| named.token = token));
    vec![with(id), token]
}
