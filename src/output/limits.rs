//! The limits, as `limits show` prints them.

use std::io::{self, Write};

use crate::pm::Limits;

use super::{Field, Printer, Value};

/// Writes one record with the limits that there are.
pub fn limits<W: Write>(printer: &mut Printer<W>, limits: &Limits) -> io::Result<()> {
    printer.begin_record()?;
    fields(printer, limits)?;
    printer.end_record()
}

/// Writes what is in the record.
pub(super) fn fields<W: Write>(printer: &mut Printer<W>, limits: &Limits) -> io::Result<()> {
    let fields = [
        ("add_addr_accepted", limits.add_addr_accepted),
        ("subflows", limits.subflows),
    ];
    for (key, limit) in fields {
        if let Some(limit) = limit {
            printer.field(Field::spaced(key, Value::Number(limit.into())))?;
        }
    }
    Ok(())
}
