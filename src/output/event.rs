//! One event, as `monitor` prints it.

use std::io::{self, Write};

use crate::events::Explained;
use crate::pm::{DENY_JOIN_ID0, Event, SERVER_SIDE};

use super::time::Stamp;
use super::{Field, Printer, Value};

/// What stands before a name, which is aligned to the right.
const LEAD: &str = "[                ";

/// What is printed in addition to the fields of the event.
#[derive(Debug, Default, Clone, Copy)]
pub struct Beside<'a> {
    /// Its name where it is no event of the kernel.
    pub name: Option<&'static str>,
    /// When it happened.
    pub stamp: Option<&'a Stamp>,
    /// The name of its network device.
    pub device: Option<&'a [u8]>,
    /// What it means.
    pub explained: Option<&'a Explained>,
}

/// Writes one record: what the event has, in the order of `ip mptcp monitor`.
pub fn event<W: Write>(printer: &mut Printer<W>, event: &Event, beside: Beside) -> io::Result<()> {
    let device = beside.device;
    printer.begin_record()?;
    if let Some(stamp) = beside.stamp {
        printer.field(stamp.field())?;
    }
    let Some(name) = beside.name.or_else(|| event.name()) else {
        // What its attributes mean is not known either.
        let name = format!("UNKNOWN {}", event.command);
        printer.field(title("[", &name))?;
        return printer.end_record();
    };
    let blanks = LEAD.len().saturating_sub(name.len()).max(1);
    printer.field(title(&LEAD[..blanks], name))?;
    let mut put = |key, value: Option<Value>| match value {
        Some(value) => printer.field(Field::assigned(key, value)),
        None => Ok(()),
    };
    put("token", event.token.map(Value::Token))?;
    put("remid", number(event.remote_id))?;
    put("locid", number(event.local_id))?;
    put("saddr4", event.local4.map(Value::Address))?;
    put("daddr4", event.remote4.map(Value::Address))?;
    put("saddr6", event.local6.map(Value::Address))?;
    put("daddr6", event.remote6.map(Value::Address))?;
    put("sport", number(event.local_port))?;
    put("dport", number(event.remote_port))?;
    put("backup", number(event.backup))?;
    put("error", number(event.error))?;
    put("timeout", number(event.timeout))?;
    put("ifindex", number(event.device))?;
    put("dev", device.map(Value::Device))?;
    put("reset_reason", number(event.reset_reason))?;
    put("reset_flags", event.reset_flags.map(Value::Bits))?;
    let flags = event.flags.unwrap_or_default();
    let server_side = flags & SERVER_SIDE != 0 || event.server_side.is_some_and(|side| side != 0);
    mark(printer, "server_side", server_side)?;
    mark(printer, "deny_join_id0", flags & DENY_JOIN_ID0 != 0)?;
    let unnamed = flags & !(SERVER_SIDE | DENY_JOIN_ID0);
    if unnamed != 0 {
        printer.field(Field::assigned("flags", Value::Bits(unnamed.into())))?;
    }
    if let Some(explained) = beside.explained {
        explain(printer, explained)?;
    }
    printer.end_record()
}

/// In text, the explanation has the name of the error already.
fn explain<W: Write>(printer: &mut Printer<W>, explained: &Explained) -> io::Result<()> {
    if let Some(name) = &explained.error_name
        && !printer.is_text()
    {
        let name = Value::Text(name.as_bytes());
        printer.field(Field::assigned("error_name", name))?;
    }
    match explained.text.as_str() {
        "" => Ok(()),
        text => {
            let text = Value::Text(text.as_bytes());
            printer.field(Field::between("explain", " (", text, ")"))
        }
    }
}

fn title<'a>(lead: &'static str, name: &'a str) -> Field<'a> {
    Field::between("event", lead, Value::Text(name.as_bytes()), "]")
}

fn number<'a>(number: Option<impl Into<i64>>) -> Option<Value<'a>> {
    number.map(|number| Value::Number(number.into()))
}

fn mark<W: Write>(printer: &mut Printer<W>, name: &str, is_set: bool) -> io::Result<()> {
    if is_set {
        printer.field(Field::between(name, " ", Value::Set(name), ""))
    } else {
        Ok(())
    }
}
