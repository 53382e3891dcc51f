//! Text, JSON and colour: how typed values are written. Asks the kernel nothing.
//!
//! A [`Printer`] writes records, each a row of fields, in the form that
//! the options ask for. A record is described once, for text and JSON.

mod color;
mod command;
mod connection;
mod counters;
mod digits;
mod endpoint;
mod event;
mod field;
mod finding;
mod json;
mod limits;
mod line;
mod network;
mod outcome;
mod status;
mod stdout;
mod time;
mod watch;
mod zone;

use std::cell::LazyCell;
use std::io::{self, Write};

pub use color::{Color, Environment, Palette};
pub use command::command;
pub use connection::{Shape, Source, connection};
pub use counters::{counters, growth, meaning};
pub use endpoint::{Names, endpoint};
pub use event::{Beside, event};
pub use finding::{aside, finding, verdict};
pub use limits::limits;
pub use network::{address, link, route, rule};
pub use outcome::outcome;
pub use status::status;
pub use stdout::{Error, Stdout};
pub use time::{Clock, Stamp};
pub use watch::{Snapshot, Style, block, sample, screen};

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
    /// Whether names of devices are escaped where `ip` writes them as they are.
    escapes: bool,
}

#[derive(Debug)]
enum Form {
    Text {
        end: &'static [u8],
        palette: LazyCell<Palette, Box<dyn FnOnce() -> Palette>>,
    },
    Json(json::Layout),
}

impl<W: Write> Printer<W> {
    /// A printer of that form.
    pub fn new(out: W, format: Format) -> Self {
        match format {
            Format::Text { oneline, palette } => Self::text_in(out, oneline, move || palette),
            Format::Json { pretty } => Printer {
                escapes: false,
                form: Form::Json(json::Layout::new(pretty)),
                out,
            },
        }
    }

    /// A printer of text, which asks for the colours when something of a colour
    /// is first written.
    pub fn text_in(out: W, oneline: bool, palette: impl FnOnce() -> Palette + 'static) -> Self {
        let form = Form::Text {
            end: if oneline { b"\\" } else { b"\n" },
            palette: LazyCell::new(Box::new(palette)),
        };
        let escapes = false;
        Printer { form, out, escapes }
    }

    /// What it writes to.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// From now on, JSON has each record on a line of its own instead of a list
    /// (JSON Lines).
    pub fn in_lines(&mut self) {
        if let Form::Json(layout) = &mut self.form {
            *layout = json::Layout::lines();
        }
    }

    /// Its colours; JSON has none.
    pub fn palette(&self) -> Palette {
        match &self.form {
            Form::Text { palette, .. } => **palette,
            Form::Json(_) => Palette::None,
        }
    }

    /// Opens a list of records, which JSON has as an array.
    pub fn begin_list(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => Ok(()),
            Form::Json(layout) => layout.begin(&mut self.out),
        }
    }

    /// Closes the list.
    pub fn end_list(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => Ok(()),
            Form::Json(layout) => layout.end(&mut self.out),
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

    /// Opens a list of records that is a value of the record. In text, they
    /// follow on what the record has so far: see [`Printer::joint`].
    fn begin_nested(&mut self, key: &str) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => Ok(()),
            Form::Json(layout) => {
                layout.name(&mut self.out, key)?;
                layout.open_value(&mut self.out)
            }
        }
    }

    /// Closes that list.
    fn end_nested(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => Ok(()),
            Form::Json(layout) => layout.close(&mut self.out, b']'),
        }
    }

    /// Opens an object that is a value of a record. Text has none.
    fn begin_object(&mut self, key: &str) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => Ok(()),
            Form::Json(layout) => {
                layout.name(&mut self.out, key)?;
                layout.nest(&mut self.out, b'{', false)
            }
        }
    }

    /// Closes it.
    fn end_object(&mut self) -> io::Result<()> {
        self.end_inner()
    }

    /// Opens a record of a nested list, which has no end of its own in text.
    fn begin_inner(&mut self) -> io::Result<()> {
        self.begin_record()
    }

    /// Closes it.
    fn end_inner(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => Ok(()),
            Form::Json(layout) => layout.close(&mut self.out, b'}'),
        }
    }

    /// Begins a further line of a record in text, indented by so many blanks;
    /// with -oneline, a backslash stands in place of the line feed.
    fn joint(&mut self, indent: &'static str) -> io::Result<()> {
        match &mut self.form {
            Form::Text { end, .. } => {
                self.out.write_all(end)?;
                self.out.write_all(indent.as_bytes())
            }
            Form::Json(_) => Ok(()),
        }
    }

    /// Ends a record of several lines, always with a line feed in text: with
    /// -oneline, a line is what a record can be found by.
    fn end_lines(&mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => self.out.write_all(b"\n"),
            Form::Json(layout) => layout.close(&mut self.out, b'}'),
        }
    }

    /// Writes words that JSON does not have.
    fn text(&mut self, words: &str) -> io::Result<()> {
        match &mut self.form {
            Form::Text { .. } => self.out.write_all(words.as_bytes()),
            Form::Json(_) => Ok(()),
        }
    }

    /// Whether it writes text.
    pub fn is_text(&self) -> bool {
        matches!(self.form, Form::Text { .. })
    }

    /// Writes one value of the record.
    fn field(&mut self, mut field: Field) -> io::Result<()> {
        if let Value::Device(name) = field.value
            && self.escapes
        {
            field.value = Value::Interface(name);
        }
        match &mut self.form {
            Form::Text { palette, .. } => field.write_text(&mut self.out, || **palette),
            Form::Json(layout) => {
                layout.name_before(&mut self.out, field.key, field.value.is_quoted())?;
                field.value.write_json(&mut self.out)
            }
        }
    }

    /// Whether names of devices are escaped from now on in records of `ip` too: those
    /// may be part of a command that `ip` does not have.
    pub fn escape_devices(&mut self, escapes: bool) {
        self.escapes = escapes;
    }

    /// Writes something that is no record, as it is.
    pub fn raw(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Flushes what was written so far.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
