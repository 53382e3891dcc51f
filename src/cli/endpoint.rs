//! The words of `endpoint`.

mod retry;
mod spec;

use std::mem;

use crate::cli;
use crate::pm::Flags;

use super::grammar::{Command, Object, Words, operand, refused};
use super::{Error, value};

use retry::RETRY;
pub use retry::{Retry, Target};
pub use spec::Spec;
use spec::{address, dev, flag, id, inet, inet6, port, with_others};

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

/// The object `endpoint`.
pub const OBJECT: Object = Object {
    name: "endpoint",
    shortest: "e",
    of_ip: true,
    answers: false,
    about: "the addresses that connections may use",
    commands: &[ADD, CHANGE, DELETE, SHOW, FLUSH, RETRY],
    default: Some(&SHOW),
};

const ADD: Command = Command {
    name: "add",
    shortest: "",
    about: "Let connections use an address",
    synopsis: "[ ADDRESS | inet | inet6 ] [ id ID ] [ dev NAME ] [ port NR ] [ signal ] [ subflow ] [ laminar ] [ backup ] [ fullmesh ]",
    example: "\
mptcp endpoint add 10.0.0.2 subflow
    open a second path from 10.0.0.2 on each connection
mptcp endpoint add 2001:db8::2 dev eth1 subflow backup
    the same over IPv6 and eth1, as a backup
mptcp endpoint add dev wwan0 subflow
    a path from each global address that wwan0 has now
mptcp endpoint add 192.0.2.1 id 5 signal
    tell clients that this server can be reached at 192.0.2.1 too",
    syntax: &Words {
        words: || {
            with_others(vec![
                flag(
                    "signal",
                    "announce the address to peers, so that they can connect to it",
                )
                .excludes("fullmesh"),
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
                .excludes("signal"),
                id("the number of the endpoint, 1 to 255; by default, the kernel picks one"),
                dev(
                    "send its subflows out through this device; without ADDRESS: use each of the device's addresses",
                ),
                inet("without ADDRESS: only the IPv4 addresses").excludes("inet6"),
                inet6("without ADDRESS: only the IPv6 addresses").excludes("inet"),
                port("with signal: also announce this port, and listen on it"),
                address("an IPv4 or IPv6 address of this host"),
            ])
        },
        request: add,
    },
};

const NOT_IN_CHANGE: &str = "only backup and fullmesh can be changed";

const CHANGE: Command = Command {
    name: "change",
    shortest: "",
    about: "Change the flags of an endpoint and of its subflows",
    synopsis: "{ id ID | ADDRESS [ port NR ] } [ backup | nobackup ] [ fullmesh | nofullmesh ]",
    example: "\
mptcp endpoint change id 2 backup
    from now on, endpoint 2 is a backup
mptcp endpoint change 10.0.0.2 nobackup
    use the endpoint 10.0.0.2 like any other path",
    syntax: &Words {
        words: || {
            let mut words = vec![
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
                id("the endpoint with this id"),
                port("with ADDRESS: the endpoint with this port"),
                address("an IPv4 or IPv6 address of this host"),
            ];
            let fixed = Flags::NAMED.iter().filter(|(_, flag)| !flag.can_change());
            words.extend(fixed.map(|(name, _)| refused(name, NOT_IN_CHANGE)));
            with_others(words)
        },
        request: change,
    },
};

const DELETE: Command = Command {
    name: "delete",
    shortest: "",
    about: "Remove an endpoint and close its subflows",
    synopsis: "id ID [ ADDRESS ]",
    example: "\
mptcp endpoint delete id 2
    remove endpoint 2
mptcp endpoint delete id 0 10.0.0.1
    close the first subflow of connections that began at 10.0.0.1",
    syntax: &Words {
        words: || {
            with_others(vec![
                id("the id that \"mptcp endpoint show\" prints"),
                address("with id 0 only: the address that connections began with"),
            ])
        },
        request: delete,
    },
};

const SHOW: Command = Command {
    name: "show",
    shortest: "",
    about: "Show the endpoints, or one of them",
    synopsis: "[ id ID ]",
    example: "\
mptcp endpoint show
    all endpoints, one on a line
mptcp -json endpoint show id 2
    endpoint 2 for a script",
    syntax: &Words {
        words: || with_others(vec![id("only the endpoint with this id")]),
        request: show,
    },
};

const FLUSH: Command = Command {
    name: "flush",
    shortest: "",
    about: "Remove all endpoints",
    synopsis: "",
    example: "\
mptcp endpoint flush
    connections use only the address that they began with",
    // As with `ip`, any words may follow.
    syntax: &Words::<()> {
        words: || vec![operand("word", "WORD", "", |_, _| Ok(())).hidden()],
        request: |()| Ok(cli::Request::Endpoint(Request::Flush)),
    },
};

fn add(spec: &mut Spec) -> Result<cli::Request, Error> {
    match (spec.endpoint.address, spec.family) {
        (None, _) if spec.devices.is_empty() => return Err(Error::Required("ADDRESS".to_owned())),
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
