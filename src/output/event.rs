//! One event, as `monitor` prints it.

use std::io::{self, Write};
use std::net::IpAddr;

use crate::pm::{DENY_JOIN_ID0, Event, SERVER_SIDE};

use super::short::Short;
use super::time::Stamp;
use super::{Color, Field, Json, Printer, address};

/// Writes one record: what the event has, in the order of `ip mptcp monitor`.
///
/// `device` is the name of the event's network device.
pub fn event<W: Write>(
    printer: &mut Printer<W>,
    event: &Event,
    stamp: Option<&Stamp>,
    device: Option<&[u8]>,
) -> io::Result<()> {
    printer.begin_record()?;
    if let Some(stamp) = stamp {
        printer.field(stamp.field())?;
    }
    let Some(name) = event.name() else {
        // What its attributes mean is not known either.
        let name = Short::of(format_args!("UNKNOWN {}", event.command))?;
        title(printer, "[", name.bytes())?;
        return printer.end_record();
    };
    let lead = TITLE.get(..TITLE.len().saturating_sub(name.len()));
    title(printer, lead.unwrap_or("["), name.as_bytes())?;
    if let Some(token) = event.token {
        let text = Short::of(format_args!("{token:08x}"))?;
        let json = Json::Hexadecimal(token);
        printer.field(Field {
            json,
            ..pair("token", " token=", text.bytes())
        })?;
    }
    number(printer, "remid", " remid=", event.remote_id)?;
    number(printer, "locid", " locid=", event.local_id)?;
    ip(printer, "saddr4", " saddr4=", event.local4)?;
    ip(printer, "daddr4", " daddr4=", event.remote4)?;
    ip(printer, "saddr6", " saddr6=", event.local6)?;
    ip(printer, "daddr6", " daddr6=", event.remote6)?;
    number(printer, "sport", " sport=", event.local_port)?;
    number(printer, "dport", " dport=", event.remote_port)?;
    number(printer, "backup", " backup=", event.backup)?;
    number(printer, "error", " error=", event.error)?;
    number(printer, "timeout", " timeout=", event.timeout)?;
    number(printer, "ifindex", " ifindex=", event.device)?;
    if let Some(name) = device {
        let color = Some(Color::Device);
        printer.field(Field {
            color,
            ..pair("dev", " dev=", name)
        })?;
    }
    number(
        printer,
        "reset_reason",
        " reset_reason=",
        event.reset_reason,
    )?;
    bits(printer, "reset_flags", " reset_flags=", event.reset_flags)?;
    let flags = event.flags.unwrap_or_default();
    if flags & SERVER_SIDE != 0 || event.server_side.is_some_and(|side| side != 0) {
        mark(printer, "server_side")?;
    }
    if flags & DENY_JOIN_ID0 != 0 {
        mark(printer, "deny_join_id0")?;
    }
    let unnamed = flags & !(SERVER_SIDE | DENY_JOIN_ID0);
    let unnamed = Some(u32::from(unnamed)).filter(|unnamed| *unnamed != 0);
    bits(printer, "flags", " flags=", unnamed)?;
    printer.end_record()
}

/// What stands before a name, which is aligned to the right.
const TITLE: &str = "[                ";

/// What happened.
fn title<W: Write>(printer: &mut Printer<W>, lead: &str, name: &[u8]) -> io::Result<()> {
    printer.field(Field {
        trail: "]",
        ..pair("event", lead, name)
    })
}

fn pair<'a>(key: &'a str, lead: &'a str, text: &'a [u8]) -> Field<'a> {
    Field {
        key,
        lead,
        text,
        trail: "",
        color: None,
        json: Json::Text(text),
    }
}

fn number<W: Write>(
    printer: &mut Printer<W>,
    key: &str,
    lead: &str,
    number: Option<impl Into<i64>>,
) -> io::Result<()> {
    let Some(number) = number.map(Into::into) else {
        return Ok(());
    };
    let text = Short::of(number)?;
    let json = Json::Number(number);
    printer.field(Field {
        json,
        ..pair(key, lead, text.bytes())
    })
}

fn ip<W: Write>(
    printer: &mut Printer<W>,
    key: &str,
    lead: &str,
    ip: Option<IpAddr>,
) -> io::Result<()> {
    let Some(ip) = ip else {
        return Ok(());
    };
    let color = Some(address::color(ip));
    let text = Short::of(address::Shown(ip))?;
    printer.field(Field {
        color,
        ..pair(key, lead, text.bytes())
    })
}

fn bits<W: Write>(
    printer: &mut Printer<W>,
    key: &str,
    lead: &str,
    bits: Option<u32>,
) -> io::Result<()> {
    let Some(bits) = bits else {
        return Ok(());
    };
    let text = match bits {
        0 => Short::of(0)?,
        _ => Short::of(format_args!("{bits:#x}"))?,
    };
    let json = Json::Hexadecimal(bits);
    printer.field(Field {
        json,
        ..pair(key, lead, text.bytes())
    })
}

fn mark<W: Write>(printer: &mut Printer<W>, key: &str) -> io::Result<()> {
    let json = Json::True;
    printer.field(Field {
        json,
        ..pair(key, " ", key.as_bytes())
    })
}
