//! Connections over time: a table for people.

mod row;
mod screen;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use crate::cli::Scale;
use crate::watch::{Change, Watched};

use super::connection::with_rates;
use super::line::Line;
use super::time::Stamp;
use super::{Field, Format, Palette, Printer, Shape, Source, Value, digits};

pub use screen::screen;

/// The appearance of the table.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The colours.
    pub palette: Palette,
    /// How rates stand there.
    pub scale: Scale,
    /// Bars are made of block elements, which take a terminal with UTF-8.
    pub blocks: bool,
    /// A connection and its subflows stand on one line of text.
    pub oneline: bool,
}

/// What is shown of one sample.
#[derive(Clone, Copy)]
pub struct Snapshot<'a> {
    /// The connections, busiest first.
    pub watched: &'a [Watched<'a>],
    /// The time between two samples.
    pub every: Duration,
    /// When this one was.
    pub time: SystemTime,
    /// The same as it is to be shown, where that is asked for.
    pub stamp: Option<&'a Stamp>,
}

/// Writes a sample as a block of text, after an empty line unless it is the
/// first.
pub fn block(
    out: &mut impl Write,
    snapshot: Snapshot,
    style: Style,
    is_first: bool,
    source: &mut impl Source,
) -> io::Result<()> {
    if !is_first {
        out.write_all(b"\n")?;
    }
    if let Some(stamp) = snapshot.stamp {
        stamp.field().write_text(out, || style.palette)?;
    }
    let lines = [
        snapshot.title(),
        row::header(style.scale, usize::MAX).trim_end().to_owned(),
    ];
    for line in lines {
        writeln!(out, "{line}")?;
    }
    for watched in snapshot.watched {
        let rows = row::rows(watched, source, style, usize::MAX);
        let between = if style.oneline { "\\" } else { "\n" };
        let rows: Vec<_> = rows.iter().map(Line::text).collect();
        writeln!(out, "{}", rows.join(between))?;
    }
    Ok(())
}

/// Writes a sample as one line of JSON: the connections that are there, as
/// `connection show` has them, with their rates. It is a document of its own,
/// since there is no end to them.
pub fn sample(
    out: &mut impl Write,
    snapshot: Snapshot,
    shape: &Shape,
    source: &mut impl Source,
) -> io::Result<()> {
    let mut printer = Printer::new(out, Format::Json { pretty: false });
    printer.begin_record()?;
    printer.field(Field::spaced("time", Value::Time(snapshot.time)))?;
    if let Some(stamp) = snapshot.stamp {
        printer.field(stamp.field())?;
    }
    printer.begin_nested("connections")?;
    for watched in snapshot
        .watched
        .iter()
        .filter(|watched| watched.change != Change::Went)
    {
        let subflows = watched.subflows.iter();
        let subflows = subflows.filter(|subflow| subflow.change != Change::Went);
        let subflows = subflows.map(|subflow| (subflow.subflow, subflow.rates));
        with_rates(
            &mut printer,
            (watched.connection, watched.rates),
            subflows,
            shape,
            source,
        )?;
    }
    printer.end_nested()?;
    printer.end_record()?;
    printer.raw("\n")
}

impl Snapshot<'_> {
    /// What there is, in one line.
    fn title(&self) -> String {
        let present = self.watched.iter();
        let present = present.filter(|watched| watched.change != Change::Went);
        let subflows = present.clone().flat_map(|watched| &watched.subflows);
        let subflows = subflows
            .filter(|subflow| subflow.change != Change::Went)
            .count();
        let connections = present.count();
        format!(
            "{}, {}, bytes per second, every {} s",
            counted(connections, "connection"),
            counted(subflows, "subflow"),
            seconds(self.every)
        )
    }
}

/// A time, to the millisecond.
fn seconds(time: Duration) -> String {
    let mut text = Vec::new();
    // Memory takes everything.
    let _ = digits::thousandths(
        &mut text,
        u32::try_from(time.as_millis()).unwrap_or(u32::MAX),
    );
    String::from_utf8(text).unwrap_or_default()
}

/// A number of things.
fn counted(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    match number {
        0 => format!("no {thing}{plural}"),
        number => format!("{number} {thing}{plural}"),
    }
}

impl Stamp {
    /// The time alone.
    fn bare(&self) -> &str {
        match self.field().value {
            Value::Text(text) => std::str::from_utf8(text).unwrap_or_default(),
            _ => "",
        }
    }
}
