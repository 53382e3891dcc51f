//! Text, JSON and colour: how typed values are written. Asks the kernel nothing.
//!
//! A [`Printer`] writes records, each a row of fields, in the form that
//! the options ask for. What a record says is said once, for text and JSON.

mod address;
mod color;
mod command;
mod counters;
mod endpoint;
mod event;
mod field;
mod json;
mod limits;
mod stdout;
mod time;

use std::io::{self, Write};

pub use address::Shown;
pub use color::{Color, Palette, Surroundings};
pub use command::command;
pub use counters::{counters, growth, meaning};
pub use endpoint::{Names, endpoint};
pub use event::event;
pub use limits::limits;
pub use stdout::{Error, Stdout};
pub use time::{Clock, Stamp};

use field::{Field, Value};

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines of text.
    Text {
        /// A record ends in a backslash instead of a line feed.
        oneline: bool,
        /// The colours.
        palette: Palette,
    },
    /// An array of objects.
    Json {
        /// On several lines, indented.
        pretty: bool,
    },
}

/// Writes records in one form.
#[derive(Debug)]
pub struct Printer<W> {
    form: Form,
    out: W,
}

#[derive(Debug)]
enum Form {
    Text {
        end: &'static [u8],
        palette: Palette,
    },
    Json(json::Layout),
}

impl<W: Write> Printer<W> {
    /// A printer of that form.
    pub fn new(out: W, format: Format) -> Self {
        let form = match format {
            Format::Text { oneline, palette } => Form::Text {
                end: if oneline { b"\\" } else { b"\n" },
                palette,
            },
            Format::Json { pretty } => Form::Json(json::Layout::new(pretty)),
        };
        Printer { form, out }
    }

    /// What it writes to.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Opens a list of records, which JSON has as an array.
    pub fn begin_list(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => Ok(()),
            Form::Json(layout) => layout.open(&mut self.out, b'['),
        }
    }

    /// Closes the list.
    pub fn end_list(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => Ok(()),
            Form::Json(layout) => {
                layout.close(&mut self.out, b']')?;
                self.out.write_all(b"\n")
            }
        }
    }

    /// Opens a record of the list.
    pub fn begin_record(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => Ok(()),
            Form::Json(layout) => layout.open(&mut self.out, b'{'),
        }
    }

    /// Closes the record.
    pub fn end_record(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { end, .. } => self.out.write_all(end),
            Form::Json(layout) => layout.close(&mut self.out, b'}'),
        }
    }

    /// Closes a record that is a line of text whatever the options.
    fn end_line(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => self.out.write_all(b"\n"),
            Form::Json(layout) => layout.close(&mut self.out, b'}'),
        }
    }

    /// Writes one value of the record.
    fn field(&mut self, field: Field) -> io::Result<()> {
        match &mut self.form {
            Form::Text { palette, .. } => field.write_text(&mut self.out, *palette),
            Form::Json(layout) => {
                layout.name(&mut self.out, field.key)?;
                field.value.write_json(&mut self.out)
            }
        }
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
