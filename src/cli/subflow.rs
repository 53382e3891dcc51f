//! The words of `subflow`.

use clap::ArgMatches;

use crate::pm::Address;

use super::address::TOKEN;
use super::grammar::{Command, Kind, Object, Value, Word, flag, keyword};
use super::value::DeviceName;
use super::{Error, Request, words};

/// What is asked about the subflows of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subflow {
    /// Open one.
    Create {
        /// Its ends; the kernel picks the local port.
        path: Path,
        /// The number that the local address has on the wire, 0 to 255.
        id: u8,
        /// Whether it carries data only while no other can.
        backup: bool,
        /// The devices named, of which the last one counts.
        devices: Vec<DeviceName>,
    },
    /// Close one.
    Destroy(Path),
    /// Tell the peer whether to use it.
    Change {
        /// Its ends.
        path: Path,
        /// Whether it is to carry data only while no other can.
        backup: bool,
    },
}

/// The two ends of a subflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The connection, by its local token.
    pub token: u32,
    /// The address of this host.
    pub local: Address,
    /// The port of this host, 1 to 65535.
    pub sport: Option<u16>,
    /// The peer's address.
    pub remote: Address,
    /// The peer's port, 1 to 65535.
    pub dport: u16,
}

/// The object `subflow`.
pub const OBJECT: Object = Object {
    name: "subflow",
    about: "the paths that one connection takes",
    commands: &[CREATE, DESTROY, CHANGE],
    default: None,
};

/// From the token of a connection to a new subflow of it.
pub(super) const EXAMPLE: &str = "\
sysctl net.mptcp.path_manager=userspace
    from now on, new connections are managed by you and not by the kernel
    (before Linux 6.15: sysctl net.mptcp.pm_type=1)
mptcp monitor
    leave it running; when the application connects, it prints the token:
    [     ESTABLISHED] token=0521dc47 remid=0 locid=0 saddr4=10.0.1.1 ...
mptcp subflow create token 0521dc47 local 10.0.2.1 id 5 \\
                     remote 10.0.1.2 dport 7000
    open a second path, from 10.0.2.1; the monitor shows it when it is established:
    [  SF_ESTABLISHED] token=0521dc47 remid=0 locid=5 saddr4=10.0.2.1 ...

The peer's application must listen on the remote address and port with an
MPTCP socket, also where the peer announced them (ANNOUNCED). Where none
listens, the monitor shows SF_CLOSED with error=111.";

const LOCAL: Word = keyword(
    "local",
    Value::Address,
    "the address of this host; the monitor calls it saddr",
);
const SPORT: Word = keyword("sport", Value::Port, "the port of this host");
const REMOTE: Word = keyword(
    "remote",
    Value::Address,
    "the address of the peer; the monitor calls it daddr",
);
const DPORT: Word = keyword("dport", Value::Port, "the port of the peer");

const CREATE: Command = Command {
    name: "create",
    about: "Open a subflow of one connection",
    synopsis: "token TOKEN local ADDRESS id ID [ dev NAME ] [ backup ] remote ADDRESS dport NR",
    words: &[
        TOKEN,
        LOCAL,
        keyword(
            "id",
            Value::Id,
            "a number for the local address, 1 to 255; the first address has 0",
        ),
        // Before dport, so that d means what it means to `endpoint`.
        keyword("dev", Value::Device, "the device that it goes out by"),
        flag("backup", "it carries data only while no other can"),
        REMOTE,
        DPORT,
    ],
    tolerated: &[],
    lenient: false,
    example: EXAMPLE,
    lower: create,
};

const DESTROY: Command = Command {
    name: "destroy",
    about: "Close a subflow of one connection",
    synopsis: "token TOKEN local ADDRESS sport NR remote ADDRESS dport NR",
    words: &[TOKEN, LOCAL, SPORT, REMOTE, DPORT],
    tolerated: &[],
    lenient: false,
    example: "\
mptcp subflow destroy token 0521dc47 local 10.0.2.1 sport 42395 \\
                      remote 10.0.1.2 dport 7000
    both monitors print SF_CLOSED

The kernel forgets the local address along with it, also an announced one or one
with more subflows. To withdraw it, use \"mptcp address remove\" instead: that
closes its subflows, too.",
    lower: destroy,
};

const CHANGE: Command = Command {
    name: "change",
    about: "Tell the peer whether a subflow of one connection is a reserve",
    synopsis: "token TOKEN local ADDRESS [ sport NR ] remote ADDRESS dport NR { backup | nobackup }",
    words: &[
        TOKEN,
        LOCAL,
        Word {
            help: "the port of this host; else the first subflow that fits is it",
            ..SPORT
        },
        REMOTE,
        DPORT,
        Word {
            name: "backup",
            kind: Kind::FlagAgainst("nobackup"),
            help: "it carries data only while no other can",
        },
        Word {
            name: "nobackup",
            kind: Kind::FlagAgainst("backup"),
            help: "it carries data like any other",
        },
    ],
    tolerated: &[],
    lenient: false,
    example: "\
mptcp subflow change token 0521dc47 local 10.0.2.1 remote 10.0.1.2 dport 7000 \\
                     backup
    the peer's monitor prints SF_PRIO with backup=1",
    lower: change,
};

fn create(matches: &ArgMatches) -> Result<Request, Error> {
    Ok(Request::Subflow(Subflow::Create {
        path: path(matches)?,
        id: words::required(matches, "id")?,
        backup: words::flags(matches).any(|flag| flag == "backup"),
        devices: words::all(matches, "dev"),
    }))
}

fn destroy(matches: &ArgMatches) -> Result<Request, Error> {
    let path = path(matches)?;
    match path.sport {
        Some(_) => Ok(Request::Subflow(Subflow::Destroy(path))),
        None => Err(Error::Required("sport")),
    }
}

fn change(matches: &ArgMatches) -> Result<Request, Error> {
    let path = path(matches)?;
    let Some(flag) = words::flags(matches).last() else {
        return Err(Error::Required("backup or nobackup"));
    };
    let backup = flag == "backup";
    Ok(Request::Subflow(Subflow::Change { path, backup }))
}

/// The ends, of which the local port alone may be left out.
fn path(matches: &ArgMatches) -> Result<Path, Error> {
    Ok(Path {
        token: words::required(matches, "token")?,
        local: words::required(matches, "local")?,
        sport: words::last(matches, "sport")
            .map(|port| nonzero("sport", port))
            .transpose()?,
        remote: words::required(matches, "remote")?,
        dport: nonzero("dport", words::required(matches, "dport")?)?,
    })
}

/// To port 0 the kernel connects in vain, and reads it as any port elsewhere.
fn nonzero(keyword: &'static str, port: u16) -> Result<u16, Error> {
    match port {
        0 => Err(Error::argument(keyword, "it can't be 0")),
        port => Ok(port),
    }
}
