//! A session file: read, and written again to the byte but for what was
//! recorded anew.

use anyhow::{Context, Result, bail};

use super::command::Command;
use super::directive::Directive;
use super::escape;
use super::pattern;

/// A file of the corpus: its lines, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session(pub Vec<Item>);

/// A part of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A comment or an empty line.
    Prose(String),
    /// A `#!` line: its text, and what it means.
    Directive(String, Directive),
    /// A command and its expected outcome.
    Entry(Entry),
}

/// A command as a terminal shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its line in the file, from 1.
    pub number: usize,
    /// The line after `$ `.
    pub text: String,
    /// The same, read.
    pub command: Command,
    /// The lines of its standard input as written, without `> `.
    pub input: Vec<String>,
    /// What is expected.
    pub outcome: Outcome,
}

/// What a command prints and how it ends; with placeholders where expected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The standard output.
    pub stdout: String,
    /// The standard error.
    pub stderr: String,
    /// The exit status.
    pub status: i32,
}

impl Entry {
    /// The standard input.
    pub fn stdin(&self) -> String {
        self.input
            .iter()
            .map(|line| escape::read_line(line))
            .collect()
    }

    /// Takes a new outcome, but keeps a line with placeholders that still
    /// describes it. The text of the usage is iproute2's own and not copied.
    pub fn record(&mut self, mut new: Outcome) {
        if new.stderr.starts_with("Usage:") {
            new.stderr = "Usage:<...>\n".to_owned();
        }
        self.outcome = Outcome {
            stdout: keep_placeholders(&self.outcome.stdout, new.stdout),
            stderr: keep_placeholders(&self.outcome.stderr, new.stderr),
            status: new.status,
        };
    }
}

fn keep_placeholders(old: &str, new: String) -> String {
    if pattern::matches(old, &new) {
        return old.to_owned();
    }
    let mut old = old.split_inclusive('\n');
    new.split_inclusive('\n')
        .map(|line| match old.next() {
            Some(pattern) if pattern::matches(pattern, line) => pattern,
            _ => line,
        })
        .collect()
}

impl Session {
    /// Reads a file's text.
    ///
    /// # Errors
    /// The line's number and what is wrong there.
    pub fn read(text: &str) -> Result<Self> {
        let mut items = Vec::new();
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .peekable();
        while let Some((number, line)) = lines.next() {
            let place = || format!("line {number}");
            if let Some(text) = line.strip_prefix("#! ") {
                let directive = Directive::read(&escape::controls(text));
                let directive = directive.context("unknown directive").with_context(place)?;
                items.push(Item::Directive(text.into(), directive));
            } else if line.is_empty() || line.starts_with('#') {
                items.push(Item::Prose(line.into()));
            } else if let Some(text) = line.strip_prefix("$ ") {
                let command = Command::read(&escape::controls(text)).with_context(place)?;
                let mut input = Vec::new();
                if let Some(end) = &command.input_end {
                    loop {
                        let line = lines.next().and_then(|(_, line)| read_input(line));
                        let line = line.context("its input has no end").with_context(place)?;
                        if line == end {
                            break;
                        }
                        input.push(line.into());
                    }
                }
                let mut outcome = Outcome::default();
                while let Some((_, line)) = lines.next_if(|(_, line)| !starts_something(line)) {
                    read_outcome(line, &mut outcome);
                }
                items.push(Item::Entry(Entry {
                    number,
                    text: text.into(),
                    command,
                    input,
                    outcome,
                }));
            } else {
                bail!("line {number}: neither a comment nor a command, nor after one");
            }
        }
        Ok(Session(items))
    }

    /// The file's text.
    pub fn write(&self) -> String {
        let mut text = String::new();
        for item in &self.0 {
            match item {
                Item::Prose(line) => text += &format!("{line}\n"),
                Item::Directive(line, _) => text += &format!("#! {line}\n"),
                Item::Entry(entry) => text += &write_entry(entry),
            }
        }
        text
    }

    /// The commands of the program under test.
    pub fn commands(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter_map(|item| match item {
            Item::Entry(entry) if entry.command.words[0] == "mptcp" => Some(entry),
            _ => None,
        })
    }
}

fn read_input(line: &str) -> Option<&str> {
    let empty = (line == ">").then_some("");
    line.strip_prefix("> ").or(empty)
}

fn write_input(line: &str) -> String {
    format!("> {line}").trim_end().to_owned()
}

fn starts_something(line: &str) -> bool {
    line.is_empty() || line.starts_with("$ ") || line.starts_with('#')
}

fn status_of(line: &str) -> Option<i32> {
    line.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn read_outcome(line: &str, outcome: &mut Outcome) {
    if let Some(status) = status_of(line) {
        outcome.status = status;
    } else if let Some(line) = line.strip_prefix("2> ") {
        outcome.stderr += &escape::read_line(line);
    } else {
        // `1> ` is for a line that would read as something else.
        outcome.stdout += &escape::read_line(line.strip_prefix("1> ").unwrap_or(line));
    }
}

fn write_entry(entry: &Entry) -> String {
    let mut lines = vec![format!("$ {}", entry.text)];
    lines.extend(entry.input.iter().map(|line| write_input(line)));
    lines.extend(entry.command.input_end.iter().map(|end| format!("> {end}")));
    for line in escape::write(entry.outcome.stdout.as_bytes()) {
        let ambiguous = starts_something(&line)
            || status_of(&line).is_some()
            || line.starts_with("1> ")
            || line.starts_with("2> ");
        lines.push(if ambiguous {
            format!("1> {line}")
        } else {
            line
        });
    }
    for line in escape::write(entry.outcome.stderr.as_bytes()) {
        lines.push(format!("2> {line}"));
    }
    if entry.outcome.status != 0 {
        lines.push(format!("[{}]", entry.outcome.status));
    }
    lines.join("\n") + "\n"
}
