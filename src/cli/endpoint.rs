//! The words of `endpoint`.

use clap::ArgMatches;

use crate::pm::{Address, Flags};

use super::grammar::{Command, Kind, Object, Value, Word, flag, keyword, operand};
use super::value::{self, DeviceName};
use super::{Error, Request, words};

/// What is asked about endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// Add one.
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
}

/// What the words say of an endpoint.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Spec {
    /// The address.
    pub address: Option<Address>,
    /// The id.
    pub id: Option<u8>,
    /// The port, 1 to 65535.
    pub port: Option<u16>,
    /// All flags together; `None` if there is none.
    pub flags: Option<Flags>,
    /// The devices named, of which the last one counts.
    pub devices: Vec<DeviceName>,
}

/// The object `endpoint`.
pub const OBJECT: Object = Object {
    name: "endpoint",
    about: "the addresses that connections may use",
    commands: &[ADD, CHANGE, DELETE, SHOW, FLUSH],
    default: Some(&SHOW),
};

const ADDRESS: Word = operand(
    "address",
    Value::Address,
    "an IPv4 or IPv6 address of this host",
);

/// The words of any endpoint, for commands that heed only some of them.
const TOLERATED: &[Word] = &[
    flag("signal", ""),
    flag("subflow", ""),
    flag("laminar", ""),
    flag("backup", ""),
    flag("fullmesh", ""),
    flag("implicit", ""),
    flag("nobackup", ""),
    flag("nofullmesh", ""),
    keyword("dev", Value::Device, ""),
    keyword("port", Value::Port, ""),
    operand("address", Value::Address, ""),
];

const ADD: Command = Command {
    name: "add",
    about: "Let connections use an address",
    synopsis: "ADDRESS [ id ID ] [ dev NAME ] [ port NR ] [ signal ] [ subflow ] [ laminar ] [ backup ] [ fullmesh ]",
    words: &[
        Word {
            name: "signal",
            kind: Kind::FlagAgainst("fullmesh"),
            help: "announce the address to peers, so that they connect to it",
        },
        flag("subflow", "open subflows from the address"),
        flag(
            "laminar",
            "answer an address that a peer announced from this one (Linux 6.18)",
        ),
        flag("backup", "its subflows carry data only while no other can"),
        Word {
            name: "fullmesh",
            kind: Kind::FlagAgainst("signal"),
            help: "with subflow: open a subflow to every address of the peer",
        },
        keyword(
            "id",
            Value::EndpointId,
            "the number it has on the wire, 1 to 255; else the kernel picks one",
        ),
        keyword(
            "dev",
            Value::Device,
            "the device that its subflows go out by",
        ),
        keyword(
            "port",
            Value::Port,
            "with signal: announce this port too, and listen on it",
        ),
        ADDRESS,
    ],
    tolerated: TOLERATED,
    lenient: false,
    example: "\
mptcp endpoint add 10.0.0.2 subflow
    open a second path from 10.0.0.2 on each connection
mptcp endpoint add 2001:db8::2 dev eth1 subflow backup
    the same over eth1, kept in reserve
mptcp endpoint add 192.0.2.1 id 5 signal
    tell clients that this server can be reached at 192.0.2.1 too",
    lower: add,
};

const fn not_in_change(name: &'static str) -> Word {
    let kind = Kind::Refused("only backup and fullmesh can be changed");
    Word {
        name,
        kind,
        help: "",
    }
}

const CHANGE: Command = Command {
    name: "change",
    about: "Change the flags of an endpoint, and of the subflows it has",
    synopsis: "{ id ID | ADDRESS [ port NR ] } [ backup | nobackup ] [ fullmesh | nofullmesh ]",
    words: &[
        flag("backup", "its subflows carry data only while no other can"),
        flag(
            "nobackup",
            "they carry data like any other; so it is without the word backup, too",
        ),
        flag("fullmesh", "open a subflow to every address of the peer"),
        flag(
            "nofullmesh",
            "no further subflow is opened; so it is without the word fullmesh, too",
        ),
        keyword("id", Value::EndpointId, "the endpoint with this id"),
        keyword(
            "port",
            Value::Port,
            "with an address: the one that has this port",
        ),
        ADDRESS,
    ],
    tolerated: &[
        not_in_change("signal"),
        not_in_change("subflow"),
        not_in_change("laminar"),
        not_in_change("implicit"),
        keyword("dev", Value::Device, ""),
    ],
    lenient: false,
    example: "\
mptcp endpoint change id 2 backup
    from now on, endpoint 2 is a reserve
mptcp endpoint change 10.0.0.2 nobackup
    and 10.0.0.2 is not",
    lower: change,
};

const DELETE: Command = Command {
    name: "delete",
    about: "Remove an endpoint, and close the subflows it has",
    synopsis: "id ID [ ADDRESS ]",
    words: &[
        keyword(
            "id",
            Value::Id,
            "the id that \"mptcp endpoint show\" prints",
        ),
        operand(
            "address",
            Value::Address,
            "with id 0 only: the address that connections began with",
        ),
    ],
    tolerated: TOLERATED,
    lenient: false,
    example: "\
mptcp endpoint delete id 2
    10.0.0.2 is used no more, if that is endpoint 2
mptcp endpoint delete id 0 10.0.0.1
    close the first subflow of connections that began at 10.0.0.1",
    lower: delete,
};

const SHOW: Command = Command {
    name: "show",
    about: "Show the endpoints, or one of them",
    synopsis: "[ id ID ]",
    words: &[keyword(
        "id",
        Value::EndpointId,
        "the endpoint with this id only",
    )],
    tolerated: TOLERATED,
    lenient: false,
    example: "\
mptcp endpoint show
    all endpoints, one on a line
mptcp -json endpoint show id 2
    endpoint 2 for a script",
    lower: show,
};

const FLUSH: Command = Command {
    name: "flush",
    about: "Remove all endpoints",
    synopsis: "",
    words: &[],
    tolerated: &[],
    lenient: true,
    example: "\
mptcp endpoint flush
    connections use no further address",
    lower: |_| Ok(Request::Endpoint(Endpoint::Flush)),
};

fn add(matches: &ArgMatches) -> Result<Request, Error> {
    let spec = spec(matches)?;
    if spec.address.is_none() {
        return Err(Error::Required("ADDRESS"));
    }
    nonzero_id(&spec)?;
    let signal = spec
        .flags
        .is_some_and(|flags| flags.contains(Flags::SIGNAL));
    if spec.port.is_some() && !signal {
        let reason = "only an endpoint with the flag signal can have a port";
        return Err(Error::argument("port", reason));
    }
    Ok(Request::Endpoint(Endpoint::Add(spec)))
}

fn change(matches: &ArgMatches) -> Result<Request, Error> {
    let spec = spec(matches)?;
    nonzero_id(&spec)?;
    if spec.port.is_some() && spec.id.is_some() {
        let reason = "the id names the endpoint already, a port can't be given with it";
        return Err(Error::argument("port", reason));
    }
    Ok(Request::Endpoint(Endpoint::Change(spec)))
}

fn delete(matches: &ArgMatches) -> Result<Request, Error> {
    let spec = spec(matches)?;
    match (spec.id, spec.address) {
        (None, _) => Err(Error::Required("ID")),
        (Some(0), None) => {
            let reason = "id 0 stands for many endpoints, an address must say which";
            Err(Error::argument("ID", reason))
        }
        (Some(1..), Some(_)) => {
            let reason = "an address goes with id 0 only";
            Err(Error::argument("ADDRESS", reason))
        }
        _ => Ok(Request::Endpoint(Endpoint::Delete(spec))),
    }
}

fn show(matches: &ArgMatches) -> Result<Request, Error> {
    if !matches.args_present() {
        return Ok(Request::Endpoint(Endpoint::ShowAll));
    }
    let spec = spec(matches)?;
    nonzero_id(&spec)?;
    Ok(Request::Endpoint(Endpoint::ShowOne(spec)))
}

fn nonzero_id(spec: &Spec) -> Result<(), Error> {
    match spec.id {
        Some(0) => Err(Error::argument("ID", value::ENDPOINT_ID)),
        _ => Ok(()),
    }
}

fn spec(matches: &ArgMatches) -> Result<Spec, Error> {
    let mut flags = Flags::default();
    for word in words::flags(matches) {
        // The words nobackup and nofullmesh ask for what is so anyway.
        let named = Flags::NAMED.iter().find(|(name, _)| *name == word);
        flags |= named.map(|(_, flag)| *flag).unwrap_or_default();
    }
    Ok(Spec {
        address: words::last(matches, "address"),
        id: words::last(matches, "id"),
        port: words::last(matches, "port").filter(|port| *port != 0),
        flags: Some(flags).filter(|flags| *flags != Flags::default()),
        devices: words::all(matches, "dev"),
    })
}
