//! The words of `address`.

use clap::ArgMatches;

use crate::pm;

use super::grammar::{Command, Object, Value, Word, keyword, operand};
use super::value::DeviceName;
use super::{Error, Request, words};

/// What is asked about the addresses of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Tell the peer of one.
    Announce(Announcement),
    /// Take one back, and close the subflows it has.
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

/// An address that a peer is to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The connection, by its local token.
    pub token: u32,
    /// The address.
    pub address: pm::Address,
    /// The number it has on the wire. The kernel takes 1 to 255.
    pub id: u8,
    /// The port, 1 to 65535, if not that of the connection.
    pub port: Option<u16>,
    /// The devices named, of which the last one counts.
    pub devices: Vec<DeviceName>,
}

/// The object `address`.
pub const OBJECT: Object = Object {
    name: "address",
    about: "the addresses that one connection announces",
    commands: &[ANNOUNCE, REMOVE, SHOW],
    default: None,
};

/// The word that says which connection is meant.
pub(super) const TOKEN: Word = keyword(
    "token",
    Value::Token,
    "the connection, as \"mptcp monitor\" and \"ss -Mi\" print it",
);

const ANNOUNCE: Command = Command {
    name: "announce",
    about: "Tell the peer of one connection of a further address of this host",
    synopsis: "ADDRESS token TOKEN id ID [ port NR ] [ dev NAME ]",
    words: &[
        // In the order of `endpoint add`, so that i, d and p mean the same.
        keyword("id", Value::Id, "the number it has on the wire, 1 to 255"),
        keyword(
            "dev",
            Value::Device,
            "a device to note with it, which \"address show\" prints",
        ),
        keyword(
            "port",
            Value::Port,
            "announce this port too, else the peer takes the connection's",
        ),
        TOKEN,
        operand(
            "address",
            Value::Address,
            "an IPv4 or IPv6 address of this host",
        ),
    ],
    tolerated: &[],
    lenient: false,
    example: "\
mptcp address announce 10.0.2.2 token 6638e54f id 3
    the peer's monitor prints ANNOUNCED, and it may connect to 10.0.2.2
mptcp address announce 192.0.2.2 token 6638e54f id 4 port 8443
    the same with a port of its own

The kernel opens no port for it: the application must listen on the announced
address and port with an MPTCP socket, or else the peer's subflow is refused
(SF_CLOSED with error=111). Without a port, that is the port of the connection.
An IPv6 address with a port has no room in a packet that carries timestamps: it
is never announced unless net.ipv4.tcp_timestamps is 0 when the connection is
made.",
    lower: announce,
};

const REMOVE: Command = Command {
    name: "remove",
    about: "Withdraw an address from one connection, and close its subflows",
    synopsis: "token TOKEN id ID",
    words: &[
        keyword(
            "id",
            Value::Id,
            "the id of the address; 0 is the one the connection began with",
        ),
        TOKEN,
    ],
    tolerated: &[],
    lenient: false,
    example: "\
mptcp address remove token 6638e54f id 3
    the peer's monitor prints REMOVED",
    lower: |matches| {
        Ok(Request::Address(Address::Remove {
            token: words::required(matches, "token")?,
            id: words::required(matches, "id")?,
        }))
    },
};

const SHOW: Command = Command {
    name: "show",
    about: "Show the addresses that one connection announced or has subflows from",
    synopsis: "token TOKEN [ id ID ]",
    words: &[
        keyword("id", Value::Id, "the address with this id only"),
        TOKEN,
    ],
    tolerated: &[],
    lenient: false,
    example: "\
mptcp address show token 6638e54f
    one on a line: signal was announced, subflow was created from
mptcp -json address show token 6638e54f id 3
    one of them for a script",
    lower: |matches| {
        Ok(Request::Address(Address::Show {
            token: words::required(matches, "token")?,
            id: words::last(matches, "id"),
        }))
    },
};

fn announce(matches: &ArgMatches) -> Result<Request, Error> {
    let Some(address) = words::last(matches, "address") else {
        return Err(Error::Required("ADDRESS"));
    };
    Ok(Request::Address(Address::Announce(Announcement {
        address,
        token: words::required(matches, "token")?,
        id: words::required(matches, "id")?,
        port: words::last(matches, "port").filter(|port| *port != 0),
        devices: words::all(matches, "dev"),
    })))
}
