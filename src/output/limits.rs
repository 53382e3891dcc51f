//! The limits, as `limits show` prints them.

use std::io::{self, Write};

use crate::pm::Message;

use super::{Field, Printer, Value};

/// Writes one record with the limits that the reply has.
pub fn limits<W: Write>(printer: &mut Printer<W>, reply: &Message) -> io::Result<()> {
    printer.begin_record()?;
    let limits = [
        ("add_addr_accepted", reply.add_addr_accepted),
        ("subflows", reply.subflows),
    ];
    for (key, limit) in limits {
        if let Some(limit) = limit {
            printer.field(Field::spaced(key, Value::Number(limit.into())))?;
        }
    }
    printer.end_record()
}
