//! One endpoint, as `endpoint show` and `address show` print it.

use std::io::{self, Write};

use crate::pm::{Endpoint, Flags};

use super::{Field, Printer, Value};

/// What the kernel's reply lacks of an endpoint.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Names {
    /// The name of its device.
    pub device: Option<Vec<u8>>,
    /// The host name to be printed in place of its address.
    pub host: Option<String>,
}

/// Writes one record: what the endpoint has, in the order of `ip mptcp`.
pub fn endpoint<W: Write>(
    printer: &mut Printer<W>,
    endpoint: &Endpoint,
    names: &Names,
) -> io::Result<()> {
    printer.begin_record()?;
    fields(printer, endpoint, names)?;
    printer.end_record()
}

/// Writes what is in the record.
pub(super) fn fields<W: Write>(
    printer: &mut Printer<W>,
    endpoint: &Endpoint,
    names: &Names,
) -> io::Result<()> {
    let (ip, host) = (endpoint.address, names.host.as_deref());
    let shown = host.map_or(Value::Address(ip), |name| Value::Host(name, ip));
    printer.field(Field::between("address", "", shown, " "))?;
    if let Some(port) = endpoint.port {
        printer.field(Field::spaced("port", Value::Number(port.into())))?;
    }
    printer.field(Field::spaced("id", Value::Number(endpoint.id.into())))?;
    let flags = endpoint.flags;
    for (name, flag) in Flags::NAMED {
        if flags.contains(flag) {
            printer.field(Field::between(name, "", Value::Set(name), " "))?;
        }
    }
    if flags.unnamed() != 0 {
        printer.field(Field::spaced("rawflags", Value::RawFlags(flags.unnamed())))?;
    }
    if let Some(device) = &names.device {
        printer.field(Field::spaced("dev", Value::Device(device)))?;
    }
    Ok(())
}
