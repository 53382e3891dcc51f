//! One endpoint, as `endpoint show` and `address show` print it.

use std::io::{self, Write};

use crate::pm::{Address, Endpoint, Flags};

use super::{Color, Field, Json, Printer, address};

/// What the kernel's reply does not tell of an endpoint.
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
    if let Some(Address::Ip(ip)) = endpoint.address {
        let host = names.host.clone();
        let shown = host.unwrap_or_else(|| address::text(ip));
        let color = Some(address::color(ip));
        printer.field(word("address", "", shown.as_bytes(), color))?;
    }
    // The kernel sends port 0 for an endpoint that has none.
    if let Some(port @ 1..) = endpoint.port {
        number(printer, "port", "port ", port.into())?;
    }
    if let Some(id) = endpoint.id {
        number(printer, "id", "id ", id.into())?;
    }
    let flags = endpoint.flags.unwrap_or_default();
    for (name, flag) in Flags::NAMED {
        if flags.contains(flag) {
            let json = Json::True;
            printer.field(Field {
                json,
                ..word(name, "", name.as_bytes(), None)
            })?;
        }
    }
    if flags.unnamed() != 0 {
        let bits = format!("{:02x}", flags.unnamed());
        printer.field(word("rawflags", "rawflags ", bits.as_bytes(), None))?;
    }
    if let Some(device) = &names.device {
        printer.field(word("dev", "dev ", device, Some(Color::Device)))?;
    }
    printer.end_record()
}

/// A field of words with a blank behind it.
pub(super) fn word<'a>(
    key: &'a str,
    lead: &'a str,
    text: &'a [u8],
    color: Option<Color>,
) -> Field<'a> {
    Field {
        key,
        lead,
        text,
        trail: " ",
        color,
        json: Json::Text(text),
    }
}

pub(super) fn number<W: Write>(
    printer: &mut Printer<W>,
    key: &str,
    lead: &str,
    number: i64,
) -> io::Result<()> {
    let text = number.to_string();
    let json = Json::Number(number);
    printer.field(Field {
        json,
        ..word(key, lead, text.as_bytes(), None)
    })
}
