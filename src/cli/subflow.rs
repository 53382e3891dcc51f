//! The words of `subflow`.

use std::ffi::OsStr;
use std::mem;

use clap::Arg;

use crate::pm::{Address, Path, Subflow};

use super::Error;
use super::address::token;
use super::arguments::{self, Arguments};
use super::grammar::{Command, Object, flag, keyword};
use super::value::{self, DeviceName};
use crate::cli;

/// The requests about the subflows of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Open one, through the last of these devices.
    Create(Subflow, Vec<DeviceName>),
    /// Close one.
    Destroy(Path),
    /// Tell the peer whether it is to carry data only while no other can.
    Change(Path, bool),
}

/// The object `subflow`.
pub const OBJECT: Object = Object {
    name: "subflow",
    shortest: "su",
    of_ip: false,
    about: "the subflows of one connection, managed by hand",
    commands: &[CREATE, DESTROY, CHANGE],
    default: None,
};

/// From the token of a connection to a new subflow of it.
pub(super) const EXAMPLE: &str = "\
sysctl -w net.mptcp.path_manager=userspace
    from now on, new connections are managed by you and not by the kernel
    (before Linux 6.15: sysctl -w net.mptcp.pm_type=1)
mptcp monitor
    leave it running; when the application connects, it prints the token:
    [     ESTABLISHED] token=0521dc47 remid=0 locid=0 saddr4=10.0.1.1 ...
mptcp subflow create token 0521dc47 local 10.0.2.1 id 5 \\
                     remote 10.0.1.2 dport 7000
    open a second path, from 10.0.2.1; the monitor prints:
    [  SF_ESTABLISHED] token=0521dc47 remid=0 locid=5 saddr4=10.0.2.1 ...

The peer's application must listen on the remote address and port with an
MPTCP socket, even if the peer announced them (ANNOUNCED). If nothing listens
there, the monitor prints SF_CLOSED with error=111.";

fn local() -> Arg {
    keyword(
        "local",
        "ADDRESS",
        "the address of this host; the monitor calls it saddr",
    )
}

fn sport(help: &'static str) -> Arg {
    keyword("sport", "NR", help)
}

fn remote() -> Arg {
    keyword(
        "remote",
        "ADDRESS",
        "the address of the peer; the monitor calls it daddr",
    )
}

fn dport() -> Arg {
    keyword("dport", "NR", "the port of the peer")
}

fn backup() -> Arg {
    flag("backup", "it carries data only while no other can")
}

const CREATE: Command = Command {
    name: "create",
    shortest: "",
    about: "Open a subflow of one connection",
    synopsis: "token TOKEN local ADDRESS id ID [ dev NAME ] [ backup ] remote ADDRESS dport NR",
    words: || {
        vec![
            token(),
            local(),
            keyword(
                "id",
                "ID",
                "the number of the local address in this connection, 1 to 255",
            ),
            // Before dport, so that d means what it means to `endpoint`.
            keyword("dev", "NAME", "the device that it goes out through"),
            backup(),
            remote(),
            dport(),
        ]
    },
    example: EXAMPLE,
    read: |command, words| arguments::read(command, words, create),
};

const DESTROY: Command = Command {
    name: "destroy",
    shortest: "",
    about: "Close a subflow of one connection",
    synopsis: "token TOKEN local ADDRESS sport NR remote ADDRESS dport NR",
    words: || {
        vec![
            token(),
            local(),
            sport("the port of this host"),
            remote(),
            dport(),
        ]
    },
    example: "\
mptcp subflow destroy token 0521dc47 local 10.0.2.1 sport 42395 \\
                      remote 10.0.1.2 dport 7000
    both monitors print SF_CLOSED

The kernel also forgets the local address, even if it was announced or has
other subflows. To withdraw an address, use \"mptcp address remove\" instead,
which closes all its subflows.",
    read: |command, words| arguments::read(command, words, destroy),
};

const CHANGE: Command = Command {
    name: "change",
    shortest: "",
    about: "Tell the peer whether a subflow of one connection is a backup",
    synopsis: "token TOKEN local ADDRESS [ sport NR ] remote ADDRESS dport NR { backup | nobackup }",
    words: || {
        vec![
            token(),
            local(),
            sport("the port of this host; without it, the first subflow that matches"),
            remote(),
            dport(),
            backup().conflicts_with("nobackup"),
            flag("nobackup", "it carries data like any other").conflicts_with("backup"),
        ]
    },
    example: "\
mptcp subflow change token 0521dc47 local 10.0.2.1 remote 10.0.1.2 \\
                     dport 7000 backup
    the peer's monitor prints SF_PRIO with backup=1",
    read: |command, words| arguments::read(command, words, change),
};

/// What the words say of a subflow.
#[derive(Default)]
struct Spec {
    token: Option<u32>,
    local: Option<Address>,
    sport: Option<u16>,
    remote: Option<Address>,
    dport: Option<u16>,
    id: Option<u8>,
    backup: Option<bool>,
    devices: Vec<DeviceName>,
}

impl Arguments for Spec {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        match name {
            "token" => self.token = Some(value::token(value)?),
            "local" => self.local = Some(value::address(value)?),
            "sport" => self.sport = Some(value::port(value)?),
            "remote" => self.remote = Some(value::address(value)?),
            "dport" => self.dport = Some(value::port(value)?),
            "id" => self.id = Some(value::id(value)?),
            "dev" => self.devices.push(value::device(value)?),
            flag => self.backup = Some(flag == "backup"),
        }
        Ok(())
    }

    fn devices(&self) -> &[DeviceName] {
        &self.devices
    }
}

impl Spec {
    /// The ends, of which the local port alone may be left out.
    fn path(&self) -> Result<Path, Error> {
        Ok(Path {
            token: self.token.ok_or(Error::Required("token"))?,
            local: self.local.ok_or(Error::Required("local"))?,
            sport: self.sport.map(|port| nonzero("sport", port)).transpose()?,
            remote: self.remote.ok_or(Error::Required("remote"))?,
            dport: nonzero("dport", self.dport.ok_or(Error::Required("dport"))?)?,
        })
    }
}

/// To port 0 the kernel connects in vain, and reads it as any port elsewhere.
fn nonzero(keyword: &'static str, port: u16) -> Result<u16, Error> {
    match port {
        0 => Err(Error::argument(keyword, "it cannot be 0")),
        port => Ok(port),
    }
}

fn create(spec: &mut Spec) -> Result<cli::Request, Error> {
    let subflow = Subflow {
        path: spec.path()?,
        id: value::nonzero_id(spec.id.ok_or(Error::Required("id"))?)?,
        backup: spec.backup.unwrap_or_default(),
        device: None,
    };
    let devices = mem::take(&mut spec.devices);
    Ok(cli::Request::Subflow(Request::Create(subflow, devices)))
}

fn destroy(spec: &mut Spec) -> Result<cli::Request, Error> {
    let path = spec.path()?;
    match path.sport {
        Some(_) => Ok(cli::Request::Subflow(Request::Destroy(path))),
        None => Err(Error::Required("sport")),
    }
}

fn change(spec: &mut Spec) -> Result<cli::Request, Error> {
    let path = spec.path()?;
    let backup = spec.backup.ok_or(Error::Required("backup or nobackup"))?;
    Ok(cli::Request::Subflow(Request::Change(path, backup)))
}
