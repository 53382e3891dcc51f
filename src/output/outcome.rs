//! What came of `endpoint retry`.

use std::io::{self, Write};

use crate::retry::Outcome;

use super::{Field, Printer, Value};

/// Writes a record: in text a line for the endpoint, and one for each
/// connection that lacks its path.
pub fn outcome<W: Write>(printer: &mut Printer<W>, outcome: &Outcome) -> io::Result<()> {
    printer.begin_record()?;
    let endpoint = &outcome.endpoint;
    printer.text("endpoint ")?;
    let address = Value::Address(endpoint.address);
    printer.field(Field::between("address", "", address, " "))?;
    let id = Value::Number(endpoint.id.into());
    printer.field(Field::spaced("id", id))?;
    let all = outcome.connected + outcome.lacking.len();
    let connections = Value::Count(all as u64);
    let connected = Value::Count(outcome.connected as u64);
    printer.field(Field::between("connected", "on ", connected, " of "))?;
    let trail = if all == 1 {
        " connection"
    } else {
        " connections"
    };
    printer.field(Field::between("connections", "", connections, trail))?;
    printer.begin_nested("lacking")?;
    for (token, lack) in &outcome.lacking {
        printer.begin_inner()?;
        printer.joint("    ")?;
        printer.field(Field::spaced("token", Value::Token(*token)))?;
        let why = Value::Text(lack.name().as_bytes());
        if printer.is_text() {
            printer.text(lack.meaning())?;
        } else {
            printer.field(Field::spaced("reason", why))?;
        }
        printer.end_inner()?;
    }
    printer.end_nested()?;
    printer.end_lines()
}
