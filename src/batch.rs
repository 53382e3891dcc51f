//! Commands from a file, one on a line.

mod reader;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::os::fd::AsFd;

use nix::errno::Errno;

use crate::command::Session;
use crate::{cli, exit, output, stdio};

pub use reader::{Line, Reader};

/// A batch that did not go through.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened.
    #[error("Cannot open file \"{}\" for reading: {}", .file.display(), crate::errno::text_of(.source))]
    Open {
        /// The file.
        file: OsString,
        /// Why not.
        source: io::Error,
    },
    /// The file cannot be read on.
    #[error("Cannot read file \"{}\" at line {line}: {}", .file.display(), crate::errno::text_of(.source))]
    Read {
        /// The file.
        file: OsString,
        /// The line, from 1.
        line: usize,
        /// Why not.
        source: io::Error,
    },
    /// A line failed, which was said already when it did.
    #[error("")]
    Line,
}

/// Runs the commands of a file; `-` is standard input, which may have been
/// closed before the program began.
///
/// # Errors
/// The file cannot be read, or a command failed: the first one ends the batch,
/// but under `-force` the other lines are run all the same.
pub fn run(session: &mut Session, file: &OsStr, stdin_closed: bool) -> anyhow::Result<()> {
    let opened = match file == "-" {
        true if stdin_closed => Err(Errno::EBADF.into()),
        true => io::stdin().as_fd().try_clone_to_owned().map(File::from),
        false => File::open(file),
    };
    let input = opened.map_err(|source| Error::Open {
        file: file.to_owned(),
        source,
    })?;
    let result = run_lines(session, file, Reader::new(input));
    // What was printed before a failure is shown all the same.
    session.flush()?;
    result
}

fn run_lines(session: &mut Session, file: &OsStr, mut reader: Reader<File>) -> anyhow::Result<()> {
    let mut failed = false;
    let mut command = Vec::new();
    loop {
        // Whoever writes the next line may want to see first what came of
        // those before.
        if reader.may_wait() {
            session.flush()?;
        }
        let line = reader
            .next_line(&mut command)
            .map_err(|source| Error::Read {
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
                let flushed = session.flush();
                exit::tell(&error);
                let number = reader.number();
                stdio::warn(&format!("Command failed {}:{number}", file.display()));
                failed = true;
                flushed?;
                // Without output there is no point in going on.
                if !session.options.force || error.is::<output::Error>() {
                    break;
                }
            }
        }
    }
    match failed {
        true => Err(Error::Line.into()),
        false => Ok(()),
    }
}

/// The words from the object on: `mptcp`, which each line of `ip -batch`
/// begins with, is left out. `ip` takes it shortened to `mp` at least.
fn without_object<'a, 'b>(words: &'a [&'b OsStr]) -> &'a [&'b OsStr] {
    match words {
        [first, rest @ ..] if cli::is_mptcp(first) => rest,
        words => words,
    }
}
