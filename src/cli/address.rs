//! The words of `address`.

use std::ffi::OsStr;
use std::mem;

use clap::Arg;

use crate::pm::{Address, Announcement};

use super::Error;
use super::arguments::{self, Arguments};
use super::grammar::{Command, Object, keyword, operand};
use super::value::{self, DeviceName};
use crate::cli;

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
    about: "the addresses that one connection announces, by hand",
    commands: &[ANNOUNCE, REMOVE, SHOW],
    default: None,
};

/// The word that says which connection is meant.
pub(super) fn token() -> Arg {
    keyword(
        "token",
        "TOKEN",
        "the connection, as \"mptcp monitor\" and \"ss -Mi\" print it",
    )
}

const ANNOUNCE: Command = Command {
    name: "announce",
    shortest: "",
    about: "Announce another address of this host to the peer of one connection",
    synopsis: "ADDRESS token TOKEN id ID [ port NR ] [ dev NAME ]",
    words: || {
        vec![
            // In the order of `endpoint add`, so that i, d and p mean the same.
            keyword(
                "id",
                "ID",
                "the number of the address in this connection, 1 to 255",
            ),
            keyword(
                "dev",
                "NAME",
                "a device to record with it; \"address show\" prints it",
            ),
            keyword(
                "port",
                "NR",
                "announce this port; by default, it is the connection's",
            ),
            token(),
            operand("address", "ADDRESS", "an IPv4 or IPv6 address of this host"),
        ]
    },
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
    read: |command, words| arguments::read(command, words, announce),
};

const REMOVE: Command = Command {
    name: "remove",
    shortest: "",
    about: "Withdraw an address from one connection, and close the subflows from it",
    synopsis: "token TOKEN id ID",
    words: || {
        let help = "the id of the address; 0 is the initial address";
        vec![keyword("id", "ID", help), token()]
    },
    example: "\
mptcp address remove token 6638e54f id 3
    the peer's monitor prints REMOVED",
    read: |command, words| arguments::read(command, words, remove),
};

const SHOW: Command = Command {
    name: "show",
    shortest: "",
    about: "Show the addresses that one connection announced or has subflows from",
    synopsis: "token TOKEN [ id ID ]",
    words: || {
        let help = "only the address with this id";
        vec![keyword("id", "ID", help), token()]
    },
    example: "\
mptcp address show token 6638e54f
    signal: it was announced; subflow: subflows were created from it
mptcp -json address show token 6638e54f id 3
    one of them, for a script",
    read: |command, words| arguments::read(command, words, show),
};

/// What the words say of an address.
#[derive(Default)]
struct Spec {
    token: Option<u32>,
    address: Option<Address>,
    id: Option<u8>,
    port: Option<u16>,
    devices: Vec<DeviceName>,
}

impl Arguments for Spec {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        match name {
            "token" => self.token = Some(value::token(value)?),
            "id" => self.id = Some(value::id(value)?),
            // Port 0 is none.
            "port" => self.port = Some(value::port(value)?).filter(|port| *port != 0),
            "dev" => self.devices.push(value::device(value)?),
            "address" => self.address = Some(value::address(value)?),
            _ => {}
        }
        Ok(())
    }

    fn devices(&self) -> &[DeviceName] {
        &self.devices
    }
}

impl Spec {
    fn token(&self) -> Result<u32, Error> {
        self.token.ok_or(Error::Required("token"))
    }

    fn id(&self) -> Result<u8, Error> {
        self.id.ok_or(Error::Required("id"))
    }
}

fn announce(spec: &mut Spec) -> Result<cli::Request, Error> {
    let announcement = Announcement {
        address: spec.address.ok_or(Error::Required("ADDRESS"))?,
        token: spec.token()?,
        id: value::nonzero_id(spec.id()?)?,
        port: spec.port,
        device: None,
    };
    let devices = mem::take(&mut spec.devices);
    Ok(cli::Request::Address(Request::Announce(
        announcement,
        devices,
    )))
}

fn remove(spec: &mut Spec) -> Result<cli::Request, Error> {
    let (token, id) = (spec.token()?, spec.id()?);
    Ok(cli::Request::Address(Request::Remove { token, id }))
}

fn show(spec: &mut Spec) -> Result<cli::Request, Error> {
    let (token, id) = (spec.token()?, spec.id);
    Ok(cli::Request::Address(Request::Show { token, id }))
}
