//! The words of `subflow`.

use std::ffi::OsStr;
use std::mem;

use crate::cli;
use crate::pm::{Path, Subflow};

use super::Error;
use super::address::token;
use super::arguments::Arguments;
use super::grammar::{Command, Object, Word, Words, flag, keyword};
use super::value::{self, DeviceName};

/// The requests about the subflows of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Open one, through the last of these devices.
    Create(Subflow, Vec<DeviceName>),
    /// Close one.
    Destroy(Path),
    /// Ask the peer to send data on it only while no other can, or not.
    Change(Path, bool),
}

/// The object `subflow`.
pub const OBJECT: Object = Object {
    name: "subflow",
    shortest: "su",
    of_ip: false,
    answers: false,
    about: "the subflows of one connection, managed by hand",
    commands: &[CREATE, DESTROY, CHANGE],
    default: None,
};

/// How to open a subflow, from the start.
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

const CREATE: Command = Command {
    name: "create",
    shortest: "",
    about: "Open a subflow of one connection",
    synopsis: "token TOKEN local ADDRESS id ID [ dev NAME ] [ backup ] remote ADDRESS dport NR",
    example: EXAMPLE,
    syntax: &Words {
        words: || {
            vec![
                connection(),
                local(),
                keyword(
                    "id",
                    "ID",
                    "the number of the local address in this connection, 1 to 255",
                    |spec: &mut Spec, word| value::nonzero_id(word).map(|id| spec.subflow.id = id),
                )
                .required(),
                // Before dport, so that d means what it means to `endpoint`.
                keyword(
                    "dev",
                    "NAME",
                    "the device that it goes out through",
                    |spec, word| value::device(word).map(|name| spec.devices.push(name)),
                ),
                backup(),
                remote(),
                dport(),
            ]
        },
        request: |spec| {
            let subflow = Subflow {
                backup: spec.backup.unwrap_or_default(),
                ..mem::take(&mut spec.subflow)
            };
            let devices = mem::take(&mut spec.devices);
            Ok(cli::Request::Subflow(Request::Create(subflow, devices)))
        },
    },
};

const DESTROY: Command = Command {
    name: "destroy",
    shortest: "",
    about: "Close a subflow of one connection",
    synopsis: "token TOKEN local ADDRESS sport NR remote ADDRESS dport NR",
    example: "\
mptcp subflow destroy token 0521dc47 local 10.0.2.1 sport 42395 \\
                      remote 10.0.1.2 dport 7000
    both monitors print SF_CLOSED

The kernel also forgets the local address, even if it was announced or has
other subflows. To withdraw an address, use \"mptcp address remove\" instead,
which closes all its subflows.",
    syntax: &Words {
        words: || {
            let sport = sport("the port of this host").required();
            vec![connection(), local(), sport, remote(), dport()]
        },
        request: |spec| {
            let path = mem::take(&mut spec.subflow.path);
            Ok(cli::Request::Subflow(Request::Destroy(path)))
        },
    },
};

const CHANGE: Command = Command {
    name: "change",
    shortest: "",
    about: "Tell the peer whether a subflow of one connection is a backup",
    synopsis: "token TOKEN local ADDRESS [ sport NR ] remote ADDRESS dport NR { backup | nobackup }",
    example: "\
mptcp subflow change token 0521dc47 local 10.0.2.1 remote 10.0.1.2 \\
                     dport 7000 backup
    the peer's monitor prints SF_PRIO with backup=1",
    syntax: &Words {
        words: || {
            let nobackup = flag(
                "nobackup",
                "it carries data like any other",
                |spec: &mut Spec, _| {
                    spec.backup = Some(false);
                    Ok(())
                },
            );
            vec![
                connection(),
                local(),
                sport("the port of this host; without it, the first subflow that matches"),
                remote(),
                dport(),
                backup().excludes("nobackup"),
                nobackup.excludes("backup"),
            ]
        },
        request: |spec| {
            let required = || Error::Required("backup or nobackup".to_owned());
            let backup = spec.backup.ok_or_else(required)?;
            let path = mem::take(&mut spec.subflow.path);
            Ok(cli::Request::Subflow(Request::Change(path, backup)))
        },
    },
};

/// A subflow, and the devices named.
#[derive(Default)]
struct Spec {
    subflow: Subflow,
    backup: Option<bool>,
    devices: Vec<DeviceName>,
}

impl Arguments for Spec {
    fn devices(&self) -> &[DeviceName] {
        &self.devices
    }
}

fn connection() -> Word<Spec> {
    token(|spec: &mut Spec, word| value::token(word).map(|token| spec.subflow.path.token = token))
}

fn local() -> Word<Spec> {
    let help = "the address of this host; the monitor calls it saddr";
    let local = keyword("local", "ADDRESS", help, |spec: &mut Spec, word| {
        value::address(word).map(|address| spec.subflow.path.local = address)
    });
    local.required()
}

fn sport(help: &'static str) -> Word<Spec> {
    keyword("sport", "NR", help, |spec: &mut Spec, word| {
        port("sport", word).map(|port| spec.subflow.path.sport = Some(port))
    })
}

fn remote() -> Word<Spec> {
    let help = "the address of the peer; the monitor calls it daddr";
    let remote = keyword("remote", "ADDRESS", help, |spec: &mut Spec, word| {
        value::address(word).map(|address| spec.subflow.path.remote = address)
    });
    remote.required()
}

fn dport() -> Word<Spec> {
    let help = "the port of the peer";
    let dport = keyword("dport", "NR", help, |spec: &mut Spec, word| {
        port("dport", word).map(|port| spec.subflow.path.dport = port)
    });
    dport.required()
}

fn backup() -> Word<Spec> {
    let help = "it carries data only while no other can";
    flag("backup", help, |spec: &mut Spec, _| {
        spec.backup = Some(true);
        Ok(())
    })
}

/// The kernel never connects to port 0, and takes it for any port elsewhere.
fn port(keyword: &'static str, word: &OsStr) -> Result<u16, Error> {
    let port = value::nonzero(value::port(word)?);
    port.ok_or_else(|| Error::argument(keyword, "it cannot be 0"))
}
