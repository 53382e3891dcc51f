//! One connection with its subflows, as `connection` prints it.

mod detail;

use std::io::{self, Write};
use std::net::IpAddr;
use std::time::Duration;

use crate::cli::Scale;
use crate::diag::connection::{Connection, Subflow};
use crate::diag::process::Process;
use crate::diag::socket::{End, State};
use crate::visible::is_visible;
use crate::watch::Rates;

use super::{Field, Printer, Value};

/// The lines below a connection, and those below a subflow.
const BELOW: &str = "    ";
const FURTHER_BELOW: &str = "        ";

/// How much of a connection to show.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// With what was carried.
    pub stats: bool,
    /// With limits and sequence numbers.
    pub details: bool,
    /// Rates and sizes in text.
    pub scale: Scale,
}

/// What the kernel's answer lacks of a connection.
pub trait Source {
    /// The name of a device.
    fn device(&mut self, index: u32) -> &[u8];

    /// The host name to be printed in place of an address.
    fn host(&mut self, ip: IpAddr) -> Option<&str>;

    /// Who holds the socket with that inode, if requested and known.
    fn processes(&mut self, inode: u32) -> Option<&[Process]>;
}

/// Writes one record, to which the subflows belong: in text, they are indented
/// below the connection.
pub fn connection<W: Write>(
    printer: &mut Printer<W>,
    connection: &Connection,
    shape: &Shape,
    source: &mut impl Source,
) -> io::Result<()> {
    let subflows = connection.subflows.iter().map(|subflow| (subflow, None));
    with_rates(printer, (connection, None), subflows, shape, source)
}

/// The same, with measured rates if there are any.
pub(super) fn with_rates<'a, W: Write>(
    printer: &mut Printer<W>,
    (connection, measured): (&Connection, Option<Rates>),
    subflows: impl Iterator<Item = (&'a Subflow, Option<Rates>)>,
    shape: &Shape,
    source: &mut impl Source,
) -> io::Result<()> {
    printer.begin_record()?;
    match connection.token {
        Some(token) => printer.field(Field::spaced("token", Value::Token(token)))?,
        None if connection.state == State::Listen => {}
        None => printer.text("token none ")?,
    }
    printer.field(Field::spaced("state", Value::State(connection.state)))?;
    stalled(printer, connection.stalled())?;
    ends(printer, connection.local, connection.remote, source)?;
    device(printer, connection.device, source)?;
    match connection.server_side {
        Some(true) => printer.field(set("server_side", "server"))?,
        Some(false) => printer.text("client ")?,
        None => {}
    }
    count(printer, connection)?;
    processes(printer, connection.inode, source)?;
    if let Some(why) = connection.fallback {
        printer.joint(BELOW)?;
        let name = Value::Text(why.name().as_bytes());
        printer.field(Field::between("fallback", "fallback ", name, ": "))?;
        printer.text(why.meaning())?;
        printer.text(" ")?;
    }
    rates(printer, measured, shape)?;
    detail::connection(printer, connection, shape)?;
    printer.begin_nested("subflows")?;
    for each in subflows {
        subflow(printer, each, shape, source)?;
    }
    printer.end_nested()?;
    printer.end_lines()
}

fn subflow<W: Write>(
    printer: &mut Printer<W>,
    (subflow, measured): (&Subflow, Option<Rates>),
    shape: &Shape,
    source: &mut impl Source,
) -> io::Result<()> {
    printer.begin_inner()?;
    printer.joint(BELOW)?;
    let id = |id: u8| Value::Count(id.into());
    optional(printer, "locid", subflow.local_id().map(id))?;
    optional(printer, "remid", subflow.remote_id().map(id))?;
    ends(printer, subflow.local, subflow.remote, source)?;
    device(printer, subflow.device, source)?;
    printer.field(Field::spaced("state", Value::State(subflow.state)))?;
    stalled(printer, subflow.stalled())?;
    for (key, holds) in [
        ("initial", subflow.initial),
        ("backup", subflow.backup()),
        ("backup_remote", subflow.backup_remote()),
    ] {
        if holds {
            printer.field(set(key, key))?;
        }
    }
    if let Some(rtt @ 1..) = subflow.tcp.as_ref().map(|tcp| tcp.rtt_us) {
        let rtt = Value::Micros(rtt);
        printer.field(Field::between("rtt_us", "rtt ", rtt, " "))?;
    }
    rates(printer, measured, shape)?;
    detail::subflow(printer, subflow, shape)?;
    printer.end_inner()
}

fn stalled<W: Write>(printer: &mut Printer<W>, time: Option<Duration>) -> io::Result<()> {
    match time {
        Some(time) => printer.field(Field::between("stalled_ms", "", Value::Stalled(time), " ")),
        None => Ok(()),
    }
}

fn rates<W: Write>(
    printer: &mut Printer<W>,
    measured: Option<Rates>,
    shape: &Shape,
) -> io::Result<()> {
    let Some(Rates { sent, received }) = measured else {
        return Ok(());
    };
    for (key, rate) in [("rate_sent", sent), ("rate_received", received)] {
        printer.field(Field::spaced(key, Value::Rate(rate, shape.scale)))?;
    }
    Ok(())
}

/// Both ends, as `subflow destroy` takes them.
fn ends<W: Write>(
    printer: &mut Printer<W>,
    local: End,
    remote: End,
    source: &mut impl Source,
) -> io::Result<()> {
    end(printer, local, ["saddr4", "saddr6"], "local ", source)?;
    printer.field(port("sport", local.port))?;
    // A socket that listens has no peer.
    if remote.port != 0 {
        end(printer, remote, ["daddr4", "daddr6"], "remote ", source)?;
        printer.field(port("dport", remote.port))?;
    }
    Ok(())
}

fn end<W: Write>(
    printer: &mut Printer<W>,
    end: End,
    [key4, key6]: [&'static str; 2],
    lead: &'static str,
    source: &mut impl Source,
) -> io::Result<()> {
    let key = match end.address {
        IpAddr::V4(_) => key4,
        IpAddr::V6(_) => key6,
    };
    // Whoever owns the address chooses its name.
    let host = source.host(end.address);
    let shown = match host.filter(|name| name.chars().all(is_visible)) {
        Some(name) => Value::Host(name, end.address),
        None => Value::Address(end.address),
    };
    printer.field(Field::between(key, lead, shown, " "))
}

fn port(key: &'static str, port: u16) -> Field<'static> {
    Field::spaced(key, Value::Count(port.into()))
}

fn device<W: Write>(
    printer: &mut Printer<W>,
    index: u32,
    source: &mut impl Source,
) -> io::Result<()> {
    match index {
        0 => Ok(()),
        index => printer.field(Field::spaced("dev", Value::Interface(source.device(index)))),
    }
}

/// How many subflows there are, which JSON has as a list.
fn count<W: Write>(printer: &mut Printer<W>, connection: &Connection) -> io::Result<()> {
    if connection.state == State::Listen || !printer.is_text() {
        return Ok(());
    }
    let field = |key, number| Field::spaced(key, Value::Count(number as u64));
    printer.field(field("subflows", connection.established()))?;
    match connection.connecting() {
        0 => Ok(()),
        number => printer.field(field("connecting", number)),
    }
}

fn processes<W: Write>(
    printer: &mut Printer<W>,
    inode: u32,
    source: &mut impl Source,
) -> io::Result<()> {
    let Some(processes) = source.processes(inode) else {
        return Ok(());
    };
    printer.begin_nested("processes")?;
    for process in processes {
        printer.begin_inner()?;
        printer.field(Field::spaced("pid", Value::Count(process.pid.into())))?;
        if let Some(comm) = &process.comm {
            printer.field(Field::spaced("comm", Value::Foreign(comm)))?;
        }
        printer.field(Field::spaced("fd", Value::Count(process.fd.into())))?;
        printer.end_inner()?;
    }
    printer.end_nested()
}

fn optional<W: Write>(printer: &mut Printer<W>, key: &str, value: Option<Value>) -> io::Result<()> {
    match value {
        Some(value) => printer.field(Field::spaced(key, value)),
        None => Ok(()),
    }
}

fn set(key: &'static str, word: &'static str) -> Field<'static> {
    Field::between(key, "", Value::Set(word), " ")
}
