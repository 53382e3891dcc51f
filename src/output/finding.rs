//! Findings of `check`.

use std::io::{self, Write};
use std::time::Duration;

use crate::check::finding::{Finding, Level, Piece, Place, Seen};

use super::json::{self, Layout};
use super::{Color, Form, Palette, Printer};

/// What begins each line of a finding but the first.
const INDENT: &str = "     ";

/// Writes the summary, in text alone: JSON has the list.
pub fn verdict<W: Write>(printer: &mut Printer<W>, verdict: &str) -> io::Result<()> {
    aside(printer, verdict)
}

/// Writes a line that is no finding, in text alone.
pub fn aside<W: Write>(printer: &mut Printer<W>, text: &str) -> io::Result<()> {
    match printer.form {
        Form::Text { .. } => writeln!(printer.out, "{text}"),
        Form::Json(_) => Ok(()),
    }
}

/// Writes one finding of the list.
pub fn finding<W: Write>(printer: &mut Printer<W>, finding: &Finding) -> io::Result<()> {
    let Printer { form, out } = printer;
    match form {
        Form::Text { end, palette } => {
            for (at, line) in lines(finding, **palette).iter().enumerate() {
                if at > 0 {
                    out.write_all(end)?;
                    out.write_all(INDENT.as_bytes())?;
                }
                out.write_all(line.as_bytes())?;
            }
            out.write_all(b"\n")
        }
        Form::Json(layout) => record(layout, out, finding),
    }
}

fn lines(finding: &Finding, palette: Palette) -> Vec<String> {
    let Finding {
        check,
        level,
        subject,
        message,
        ..
    } = finding;
    let (word, color) = match level {
        Level::Fail => ("FAIL", Some(Color::Down)),
        Level::Warn => ("WARN", Some(Color::Warn)),
        Level::Ok => ("ok", Some(Color::Up)),
        Level::Unknown => ("--", None),
    };
    let escape = color.and_then(|color| palette.escape(color));
    let (escape, reset) = escape.map_or(("", ""), |escape| (escape, Palette::RESET));
    // The ids are in one column, in colour too.
    let mut first = format!("{escape}{word}{reset}{:1$}{check}", "", 5 - word.len());
    if !subject.is_empty() {
        first = first + ": " + subject;
    }
    if finding.seen.is_empty() && subject.is_empty() {
        return vec![first + ": " + message];
    }
    let mut lines = vec![first, message.clone()];
    lines.extend(seen(finding));
    lines.extend(fix(finding));
    lines
}

/// The line that the reader can check.
fn seen(finding: &Finding) -> Option<String> {
    let values = finding.seen.iter().map(|(name, value)| match value {
        Seen::Number(number) => format!("{name}={number}"),
        Seen::Text(text) if text.contains(' ') => format!("{name}=\"{text}\""),
        Seen::Text(text) => format!("{name}={text}"),
        Seen::Time(time) => format!("{name}={}", duration(*time)),
        Seen::Flag => name.clone(),
    });
    let values: Vec<_> = values.collect();
    if values.is_empty() {
        return None;
    }
    let commands: Vec<_> = finding.shown_by.iter().map(|words| typed(words)).collect();
    let by = if commands.is_empty() {
        String::new()
    } else {
        format!(" ({})", commands.join("; "))
    };
    Some(format!("seen: {}{by}", values.join(" ")))
}

/// A time in milliseconds; from ten seconds on, in seconds.
fn duration(time: Duration) -> String {
    if time >= Duration::from_secs(10) {
        return format!("{}s", time.as_secs());
    }
    let tenths = (time.as_micros() + 50) / 100;
    format!("{}.{}ms", tenths / 10, tenths % 10)
}

/// The line to be pasted, and other advice.
fn fix(finding: &Finding) -> Vec<String> {
    let commands: Vec<_> = finding.fix.iter().map(|words| typed(words)).collect();
    let advice = finding.advice_text(piece);
    let place = match finding.place {
        Place::Here | Place::Path => "",
        Place::Peer if advice.starts_with("on the peer") => "",
        Place::Peer => "on the peer: ",
    };
    match (commands.is_empty(), advice.is_empty()) {
        (true, true) => Vec::new(),
        (true, false) => vec![format!("fix: {place}{advice}")],
        (false, true) => vec![format!("fix: {}", commands.join(" && "))],
        (false, false) => vec![
            format!("fix: {}", commands.join(" && ")),
            format!("{INDENT}{advice}"),
        ],
    }
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Command(words) | Piece::Remote(words) => typed(words),
    }
}

/// A command as it is typed.
fn typed(words: &[String]) -> String {
    words.join(" ")
}

fn record(layout: &mut Layout, out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    layout.open(out, b'{')?;
    let words = [
        ("check", finding.check),
        ("level", finding.level.name()),
        ("subject", &finding.subject),
    ];
    for (name, value) in words {
        layout.name(out, name)?;
        json::string(out, value.as_bytes())?;
    }
    layout.name(out, "seen")?;
    layout.nest(out, b'{', false)?;
    for (name, value) in &finding.seen {
        match value {
            Seen::Time(_) => layout.name(out, &format!("{name}_us"))?,
            _ => layout.name(out, name)?,
        }
        match value {
            Seen::Number(number) => write!(out, "{number}")?,
            Seen::Text(text) => json::string(out, text.as_bytes())?,
            Seen::Time(time) => write!(out, "{}", time.as_micros())?,
            Seen::Flag => out.write_all(b"true")?,
        }
    }
    layout.close(out, b'}')?;
    layout.name(out, "fix")?;
    layout.nest(out, b'[', false)?;
    for (at, command) in finding.fix.iter().enumerate() {
        layout.nest(out, b'[', at > 0)?;
        for (at, word) in command.iter().enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            json::string(out, word.as_bytes())?;
        }
        layout.close(out, b']')?;
    }
    layout.close(out, b']')?;
    let mut message = finding.message.clone();
    if finding.fix.is_empty() && !finding.advice.is_empty() {
        message = message + "; " + &finding.advice_text(piece);
    }
    let words = [("where", finding.place.name()), ("says", &message)];
    for (name, value) in words {
        layout.name(out, name)?;
        json::string(out, value.as_bytes())?;
    }
    layout.close(out, b'}')
}
