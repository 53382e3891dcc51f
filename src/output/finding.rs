//! Findings of `check`.

use std::io::{self, Write};
use std::time::Duration;

use crate::check::finding::{Finding, Level, Piece, Place, Seen};

use crate::shell::{Command, Namespace};
use crate::visible::{self, Visible};

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
        Form::Text { .. } => {
            printer.out.write_all(&visible::lines(text.as_bytes()))?;
            printer.out.write_all(b"\n")
        }
        Form::Json(_) => Ok(()),
    }
}

/// Writes one finding of the list, with commands for that namespace.
pub fn finding<W: Write>(
    printer: &mut Printer<W>,
    finding: &Finding,
    namespace: &Namespace,
) -> io::Result<()> {
    let Printer { form, out, .. } = printer;
    match form {
        Form::Text { end, palette } => {
            for (at, line) in lines(finding, **palette, namespace).iter().enumerate() {
                if at > 0 {
                    out.write_all(end)?;
                    out.write_all(INDENT.as_bytes())?;
                }
                out.write_all(line.as_bytes())?;
            }
            out.write_all(b"\n")
        }
        Form::Json(layout) => record(layout, out, finding, namespace),
    }
}

fn lines(finding: &Finding, palette: Palette, namespace: &Namespace) -> Vec<String> {
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
    let mut first = (*check).to_owned();
    if !subject.is_empty() {
        first = first + ": " + subject;
    }
    let mut lines = if finding.seen.is_empty() && subject.is_empty() {
        vec![first + ": " + message]
    } else {
        let mut lines = vec![first, message.clone()];
        lines.extend(seen(finding, namespace));
        lines.extend(fix(finding, namespace));
        lines
    };
    for line in &mut lines {
        *line = Visible(line.as_bytes()).to_string();
    }
    if let Some(first) = lines.first_mut() {
        // The ids are in one column, in colour too.
        *first = format!("{escape}{word}{reset}{:1$}{first}", "", 5 - word.len());
    }
    lines
}

/// The line that the reader can check.
fn seen(finding: &Finding, namespace: &Namespace) -> Option<String> {
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
    let commands = finding.shown_by.iter();
    let commands: Vec<_> = commands.map(|words| typed(words, namespace)).collect();
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
fn fix(finding: &Finding, namespace: &Namespace) -> Vec<String> {
    let commands = finding.fix.iter();
    let commands: Vec<_> = commands.map(|words| typed(words, namespace)).collect();
    let advice = finding.advice_text(|part| piece(part, namespace));
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

fn piece(piece: &Piece, namespace: &Namespace) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Command(words) => typed(words, namespace),
        Piece::Remote(words) => typed(words, &Namespace::Own),
    }
}

/// A command as it is pasted.
fn typed(words: &[String], namespace: &Namespace) -> String {
    command(words, namespace).to_string()
}

fn command(words: &[String], namespace: &Namespace) -> Command {
    namespace.command(words.iter().cloned().collect())
}

fn record(
    layout: &mut Layout,
    out: &mut impl Write,
    finding: &Finding,
    namespace: &Namespace,
) -> io::Result<()> {
    layout.open(out, b'{')?;
    let words = [
        ("check", finding.check),
        ("level", finding.level.name()),
        ("subject", &finding.subject),
    ];
    for (name, value) in words {
        layout.name(out, name)?;
        json::foreign(out, value.as_bytes())?;
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
            Seen::Text(text) => json::foreign(out, text.as_bytes())?,
            Seen::Time(time) => write!(out, "{}", time.as_micros())?,
            Seen::Flag => out.write_all(b"true")?,
        }
    }
    layout.close(out, b'}')?;
    layout.name(out, "fix")?;
    layout.nest(out, b'[', false)?;
    for (at, words) in finding.fix.iter().enumerate() {
        layout.nest(out, b'[', at > 0)?;
        for (at, word) in command(words, namespace).words().iter().enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            json::foreign(out, word)?;
        }
        layout.close(out, b']')?;
    }
    layout.close(out, b']')?;
    let mut message = finding.message.clone();
    if finding.fix.is_empty() && !finding.advice.is_empty() {
        message = message + "; " + &finding.advice_text(|part| piece(part, namespace));
    }
    let words = [("where", finding.place.name()), ("says", &message)];
    for (name, value) in words {
        layout.name(out, name)?;
        json::foreign(out, value.as_bytes())?;
    }
    layout.close(out, b'}')
}
