//! The words of `endpoint`.

mod spec;

use std::ffi::OsStr;
use std::{fmt, mem};

use clap::Arg;

use crate::pm::{Address, Flags};

use super::arguments::{self, Arguments};
use super::grammar::{Command, Ignored, Kind, Object, flag, ignoring, keyword, operand, refused};
use super::{Error, value};
use crate::cli;

pub use spec::Spec;

/// The requests about endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Add one, or, without an address, one for each address of a device.
    Add(Spec),
    /// Change the flags of one.
    Change(Spec),
    /// Remove one.
    Delete(Spec),
    /// Show one.
    ShowOne(Spec),
    /// Show all.
    ShowAll,
    /// Remove all.
    Flush,
    /// Make connections try again that lack the path of one.
    Retry(Retry),
}

/// Which endpoints are retried, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// The endpoints.
    pub target: Target,
    /// Even if that closes live subflows for a moment.
    pub force: bool,
}

/// The endpoints that are meant.
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

/// The object `endpoint`.
pub const OBJECT: Object = Object {
    name: "endpoint",
    shortest: "e",
    of_ip: true,
    about: "the addresses that connections may use",
    commands: &[ADD, CHANGE, DELETE, SHOW, FLUSH, RETRY],
    default: Some(&SHOW),
};

/// The words of any endpoint, for commands that use only some of them.
const ANY_WORDS: [Ignored; 11] = [
    (Kind::Flag, "signal", ""),
    (Kind::Flag, "subflow", ""),
    (Kind::Flag, "laminar", ""),
    (Kind::Flag, "backup", ""),
    (Kind::Flag, "fullmesh", ""),
    (Kind::Flag, "implicit", ""),
    (Kind::Flag, "nobackup", ""),
    (Kind::Flag, "nofullmesh", ""),
    DEV,
    (Kind::Keyword, "port", "NR"),
    (Kind::Operand, "address", "ADDRESS"),
];
const DEV: Ignored = (Kind::Keyword, "dev", "NAME");

fn address() -> Arg {
    let help = "an IPv4 or IPv6 address of this host";
    operand("address", "ADDRESS", help)
}

const ADD: Command = Command {
    name: "add",
    shortest: "",
    about: "Let connections use an address",
    synopsis: "[ ADDRESS | inet | inet6 ] [ id ID ] [ dev NAME ] [ port NR ] [ signal ] [ subflow ] [ laminar ] [ backup ] [ fullmesh ]",
    words: || {
        let words = vec![
            flag(
                "signal",
                "announce the address to peers, so that they can connect to it",
            )
            .conflicts_with("fullmesh"),
            flag("subflow", "open subflows from the address"),
            flag(
                "laminar",
                "open a subflow to an address that a peer announced (Linux 6.18)",
            ),
            flag("backup", "its subflows carry data only while no other can"),
            flag(
                "fullmesh",
                "with subflow: open a subflow to every address of the peer",
            )
            .conflicts_with("signal"),
            keyword(
                "id",
                "ID",
                "the number of the endpoint, 1 to 255; by default, the kernel picks one",
            ),
            keyword(
                "dev",
                "NAME",
                "send its subflows out through this device; without ADDRESS: use each of the device's addresses",
            ),
            flag("inet", "without ADDRESS: only the IPv4 addresses").conflicts_with("inet6"),
            flag("inet6", "without ADDRESS: only the IPv6 addresses").conflicts_with("inet"),
            keyword(
                "port",
                "NR",
                "with signal: also announce this port, and listen on it",
            ),
            address(),
        ];
        ignoring(words, &ANY_WORDS)
    },
    example: "\
mptcp endpoint add 10.0.0.2 subflow
    open a second path from 10.0.0.2 on each connection
mptcp endpoint add 2001:db8::2 dev eth1 subflow backup
    the same over IPv6 and eth1, as a backup
mptcp endpoint add dev wwan0 subflow
    a path from each global address that wwan0 has now
mptcp endpoint add 192.0.2.1 id 5 signal
    tell clients that this server can be reached at 192.0.2.1 too",
    read: |command, words| arguments::read(command, words, add),
};

const NOT_IN_CHANGE: &str = "only backup and fullmesh can be changed";

const CHANGE: Command = Command {
    name: "change",
    shortest: "",
    about: "Change the flags of an endpoint and of its subflows",
    synopsis: "{ id ID | ADDRESS [ port NR ] } [ backup | nobackup ] [ fullmesh | nofullmesh ]",
    words: || {
        let words = vec![
            flag("backup", "its subflows carry data only while no other can"),
            flag(
                "nobackup",
                "its subflows carry data like any other: the default",
            ),
            flag("fullmesh", "open a subflow to every address of the peer"),
            flag(
                "nofullmesh",
                "open a subflow to only one address of the peer: the default",
            ),
            keyword("id", "ID", "the endpoint with this id"),
            keyword("port", "NR", "with ADDRESS: the endpoint with this port"),
            address(),
            refused("signal", NOT_IN_CHANGE),
            refused("subflow", NOT_IN_CHANGE),
            refused("laminar", NOT_IN_CHANGE),
            refused("implicit", NOT_IN_CHANGE),
        ];
        ignoring(words, &[DEV])
    },
    example: "\
mptcp endpoint change id 2 backup
    from now on, endpoint 2 is a backup
mptcp endpoint change 10.0.0.2 nobackup
    use the endpoint 10.0.0.2 like any other path",
    read: |command, words| arguments::read(command, words, change),
};

const DELETE: Command = Command {
    name: "delete",
    shortest: "",
    about: "Remove an endpoint and close its subflows",
    synopsis: "id ID [ ADDRESS ]",
    words: || {
        let words = vec![
            keyword("id", "ID", "the id that \"mptcp endpoint show\" prints"),
            operand(
                "address",
                "ADDRESS",
                "with id 0 only: the address that connections began with",
            ),
        ];
        ignoring(words, &ANY_WORDS)
    },
    example: "\
mptcp endpoint delete id 2
    remove endpoint 2
mptcp endpoint delete id 0 10.0.0.1
    close the first subflow of connections that began at 10.0.0.1",
    read: |command, words| arguments::read(command, words, delete),
};

const SHOW: Command = Command {
    name: "show",
    shortest: "",
    about: "Show the endpoints, or one of them",
    synopsis: "[ id ID ]",
    words: || {
        let words = vec![keyword("id", "ID", "only the endpoint with this id")];
        ignoring(words, &ANY_WORDS)
    },
    example: "\
mptcp endpoint show
    all endpoints, one on a line
mptcp -json endpoint show id 2
    endpoint 2 for a script",
    read: |command, words| arguments::read(command, words, show),
};

const FLUSH: Command = Command {
    name: "flush",
    shortest: "",
    about: "Remove all endpoints",
    synopsis: "",
    words: || ignoring(Vec::new(), &[(Kind::Operand, "word", "WORD")]),
    example: "\
mptcp endpoint flush
    connections use only the address that they began with",
    read: |command, words| {
        arguments::read(command, words, |_: &mut ()| {
            Ok(cli::Request::Endpoint(Request::Flush))
        })
    },
};

const RETRY: Command = Command {
    name: "retry",
    shortest: "ret",
    about: "Bring back the path of an endpoint on connections that lack it",
    synopsis: "{ id ID | ADDRESS | all } [ force ]",
    words: || {
        vec![
            flag("all", "every endpoint with the flag subflow"),
            flag(
                "force",
                "even if that closes its live subflows for a moment",
            ),
            keyword("id", "ID", "the endpoint with this id"),
            operand("address", "ADDRESS", "the endpoint with this address"),
        ]
    },
    example: "\
mptcp endpoint retry all
    connections try again every path that they lack; no subflow is closed
mptcp endpoint retry id 2 force
    the same for endpoint 2, whose live subflows close and come back

The kernel tries an endpoint once on each connection. The exit status is 1 if
a connection still lacks the path, 2 if it takes force.",
    read: |command, words| arguments::read(command, words, retry),
};

/// The words of `retry`, as far as they are given.
#[derive(Debug, Default)]
struct RetryArguments {
    target: Option<Target>,
    force: bool,
}

impl Arguments for RetryArguments {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        let target = match name {
            "force" => {
                self.force = true;
                return Ok(());
            }
            "all" => Target::All,
            "id" => Target::Id(value::endpoint_id(value)?),
            _ => Target::Address(value::address(value)?),
        };
        if self.target.is_some_and(|before| before != target) {
            let reason = "one endpoint is named by its id or its ADDRESS, or \"all\"";
            return Err(Error::argument(value, reason));
        }
        self.target = Some(target);
        Ok(())
    }
}

fn retry(words: &mut RetryArguments) -> Result<cli::Request, Error> {
    let target = words
        .target
        .ok_or(Error::Required("id ID, ADDRESS or all"))?;
    let force = words.force;
    Ok(cli::Request::Endpoint(Request::Retry(Retry {
        target,
        force,
    })))
}

fn add(spec: &mut Spec) -> Result<cli::Request, Error> {
    match (spec.endpoint.address, spec.family) {
        (None, _) if spec.devices.is_empty() => return Err(Error::Required("ADDRESS")),
        (Some(_), Some(_)) => {
            let reason = "inet and inet6 choose among the addresses of a device, without ADDRESS";
            return Err(Error::argument("ADDRESS", reason));
        }
        _ => nonzero_id(spec)?,
    }
    let signal = spec
        .endpoint
        .flags
        .is_some_and(|flags| flags.contains(Flags::SIGNAL));
    if spec.endpoint.port.is_some() && !signal {
        let reason = "only an endpoint with the flag signal can have a port";
        return Err(Error::argument("port", reason));
    }
    Ok(cli::Request::Endpoint(Request::Add(mem::take(spec))))
}

fn change(spec: &mut Spec) -> Result<cli::Request, Error> {
    nonzero_id(spec)?;
    if spec.endpoint.port.is_some() && spec.endpoint.id.is_some() {
        let reason = "the id names the endpoint already, a port cannot be given with it";
        return Err(Error::argument("port", reason));
    }
    Ok(cli::Request::Endpoint(Request::Change(mem::take(spec))))
}

fn delete(spec: &mut Spec) -> Result<cli::Request, Error> {
    match (spec.endpoint.id, spec.endpoint.address) {
        (None, _) => Err(Error::NoId(spec.which())),
        (Some(0), None) => {
            let reason = "id 0 is the initial address of a connection: say which ADDRESS";
            Err(Error::argument("ID", reason))
        }
        (Some(1..), Some(_)) => {
            let reason = "an address goes with id 0 only";
            Err(Error::argument("ADDRESS", reason))
        }
        _ => Ok(cli::Request::Endpoint(Request::Delete(mem::take(spec)))),
    }
}

fn show(spec: &mut Spec) -> Result<cli::Request, Error> {
    if !spec.any {
        return Ok(cli::Request::Endpoint(Request::ShowAll));
    }
    nonzero_id(spec)?;
    Ok(cli::Request::Endpoint(Request::ShowOne(mem::take(spec))))
}

fn nonzero_id(spec: &Spec) -> Result<(), Error> {
    match spec.endpoint.id {
        Some(0) => Err(Error::argument("ID", value::ENDPOINT_ID)),
        _ => Ok(()),
    }
}
