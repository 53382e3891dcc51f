//! Text, JSON and colour: how typed values are written. Asks the kernel nothing.
//!
//! A [`Printer`] writes records, each a row of fields, in the form that
//! the options ask for. What a record says is said once, for text and JSON.

mod address;
mod color;
mod endpoint;
mod event;
mod field;
mod json;
mod limits;
mod stdout;
mod time;

use std::io::{self, Write};

pub use color::{Color, Palette, Surroundings};
pub use endpoint::{Names, endpoint};
pub use event::event;
pub use limits::limits;
pub use stdout::{Error, Stdout};
pub use time::{Clock, Stamp};

use field::{Field, Value};

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// JSON instead of text.
    pub json: bool,
    /// JSON on several lines, indented.
    pub pretty: bool,
    /// Text records end in a backslash instead of a line feed.
    pub oneline: bool,
    /// The colours of text.
    pub palette: Palette,
}

/// Writes records in one form.
#[derive(Debug)]
pub struct Printer<W> {
    format: Format,
    json: json::Layout,
    out: W,
}

impl<W: Write> Printer<W> {
    /// A printer of that form.
    pub fn new(out: W, format: Format) -> Self {
        let json = json::Layout::new(format.pretty);
        Printer { format, json, out }
    }

    /// What it writes to.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Opens a list of records, which JSON has as an array.
    pub fn begin_list(&mut self) -> io::Result<()> {
        match self.format.json {
            true => self.json.open(&mut self.out, b'['),
            false => Ok(()),
        }
    }

    /// Closes the list.
    pub fn end_list(&mut self) -> io::Result<()> {
        match self.format.json {
            true => {
                self.json.close(&mut self.out, b']')?;
                self.out.write_all(b"\n")
            }
            false => Ok(()),
        }
    }

    /// Opens a record of the list.
    pub fn begin_record(&mut self) -> io::Result<()> {
        match self.format.json {
            true => self.json.open(&mut self.out, b'{'),
            false => Ok(()),
        }
    }

    /// Closes the record.
    pub fn end_record(&mut self) -> io::Result<()> {
        match (self.format.json, self.format.oneline) {
            (true, _) => self.json.close(&mut self.out, b'}'),
            (false, true) => self.out.write_all(b"\\"),
            (false, false) => self.out.write_all(b"\n"),
        }
    }

    /// Writes one value of the record.
    fn field(&mut self, field: Field) -> io::Result<()> {
        if !self.format.json {
            return field.write_text(&mut self.out, self.format.palette);
        }
        self.json.name(&mut self.out, field.key)?;
        field.value.write_json(&mut self.out)
    }

    /// Writes something that is no record, as it is.
    pub fn raw(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Hands over to the reader what was written so far.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
