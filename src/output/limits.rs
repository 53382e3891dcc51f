//! The limits, as `limits show` prints them.

use std::io::{self, Write};

use crate::pm::Message;

use super::Printer;
use super::endpoint::number;

/// Writes one record with the limits that the reply has.
pub fn limits<W: Write>(printer: &mut Printer<W>, reply: &Message) -> io::Result<()> {
    printer.begin_record()?;
    if let Some(limit) = reply.add_addr_accepted {
        number(
            printer,
            "add_addr_accepted",
            "add_addr_accepted ",
            limit.into(),
        )?;
    }
    if let Some(limit) = reply.subflows {
        number(printer, "subflows", "subflows ", limit.into())?;
    }
    printer.end_record()
}
