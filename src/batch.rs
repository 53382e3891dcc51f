//! Commands from a file, one on a line.

mod reader;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::ops::ControlFlow;

use crate::command::{self, Session};
use crate::{exit, output};

pub use reader::{Line, Reader};

/// A batch that did not go through.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened.
    #[error("Cannot open file \"{}\" for reading: {}", .file.display(), crate::netlink::strerror_of(.source))]
    Open {
        /// The file.
        file: OsString,
        /// Why not.
        source: io::Error,
    },
    /// The file cannot be read on.
    #[error("Cannot read file \"{}\" after line {line}: {}", .file.display(), crate::netlink::strerror_of(.source))]
    Read {
        /// The file.
        file: OsString,
        /// The last line that was read.
        line: usize,
        /// Why not.
        source: io::Error,
    },
    /// A line failed, which was said already when it did.
    #[error("")]
    Line,
}

/// Runs the commands of a file; `-` is standard input.
///
/// # Errors
/// The file cannot be read, or a command failed: the first one ends the batch,
/// but under `-force` the other lines are run all the same.
pub fn run(session: &mut Session, file: &OsStr) -> anyhow::Result<()> {
    match file == "-" {
        true => run_lines(session, file, io::stdin().lock()),
        false => {
            let opened = File::open(file).map_err(|source| Error::Open {
                file: file.to_owned(),
                source,
            })?;
            run_lines(session, file, BufReader::new(opened))
        }
    }
}

fn run_lines(session: &mut Session, file: &OsStr, input: impl BufRead) -> anyhow::Result<()> {
    let mut reader = Reader::new(input);
    let mut failed = false;
    loop {
        let line = reader.next_line().map_err(|source| Error::Read {
            file: file.to_owned(),
            line: reader.number(),
            source,
        })?;
        let done = match line {
            Line::End => break,
            Line::Words(words) if words.is_empty() => continue,
            Line::Words(words) => session.execute(without_object(&words)),
            Line::Bad(reason) => Err(reason.into()),
        };
        match done {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => break,
            Err(error) => {
                session.flush()?;
                exit::tell(&error);
                let number = reader.number();
                command::warn(&format!("Command failed {}:{number}", file.display()));
                failed = true;
                // Without output there is no point in going on.
                if !session.options.force || error.is::<output::Error>() {
                    break;
                }
            }
        }
    }
    session.flush()?;
    match failed {
        true => Err(Error::Line.into()),
        false => Ok(()),
    }
}

/// The words from the object on: `mptcp`, which each line of `ip -batch`
/// begins with, is left out. `ip` takes it shortened to `mp` at least.
fn without_object(words: &[OsString]) -> &[OsString] {
    match words {
        [first, rest @ ..] if matches!(first.to_str(), Some("mp" | "mpt" | "mptc" | "mptcp")) => {
            rest
        }
        words => words,
    }
}
