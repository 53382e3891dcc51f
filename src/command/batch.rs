//! `-batch`: commands from a file.

use std::ffi::OsStr;

use crate::batch::{self, Error, Line, Reader};
use crate::failure::{Failure, Status};
use crate::stdio::Patient;
use crate::visible::of_os;
use crate::{cli, handover, report};

use super::Session;

/// Whose lines they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Those of `mptcp -batch`: `mptcp` may be left out.
    OfMptcp,
    /// Those of `ip -batch`, where no other `ip` is to take them: without
    /// `mptcp`, a word means an object of `ip`.
    OfIp,
}

/// Runs the commands of a file; `-` is standard input.
///
/// # Errors
/// The file cannot be read, or a command failed: the first one ends the batch,
/// but under `-force` the other lines are run all the same.
pub fn run(session: &mut Session, file: &OsStr, lines: Lines) -> Result<(), Failure> {
    let mut reader = batch::open(file)?;
    let result = run_lines(session, file, &mut reader, lines);
    reader.put_back();
    // Flush what was printed before the failure.
    session.flush()?;
    result
}

fn run_lines(
    session: &mut Session,
    file: &OsStr,
    reader: &mut Reader<Patient>,
    lines: Lines,
) -> Result<(), Failure> {
    let mut failed = false;
    let mut command = Vec::new();
    loop {
        // The writer of a pipe may wait for the result of a line before it
        // writes the next one.
        if reader.may_wait() {
            session.flush()?;
        }
        // A line may have changed how names are shown.
        session.printer.escape_devices(false);
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
            Line::Words(words) => match without_object(&words, lines) {
                Ok(words) => session.execute(words),
                Err(error) => Err(error.into()),
            },
            Line::Bad(reason) => Err(Error::from(reason).into()),
        };
        match done {
            Ok(_) => {}
            Err(failure) => {
                let flushed = session.flush();
                failure.report();
                let number = reader.number();
                report::line(format!("Command failed {}:{number}", of_os(file)));
                failed = true;
                flushed?;
                // Without output there is no point in going on.
                if !session.options.force || matches!(failure, Failure::Output(_)) {
                    break;
                }
            }
        }
    }
    if failed {
        return Err(Failure::AlreadyReported(Status::Failed));
    }
    Ok(())
}

/// The words after `mptcp`, which `ip` takes shortened to `mp` at least.
///
/// # Errors
/// It is missing where it has to be.
fn without_object<'a, 'b>(
    words: &'a [&'b OsStr],
    lines: Lines,
) -> Result<&'a [&'b OsStr], handover::Error> {
    match (words, lines) {
        ([object, rest @ ..], _) if cli::is_mptcp(object) => Ok(rest),
        (words, Lines::OfMptcp) => Ok(words),
        (_, Lines::OfIp) => Err(handover::Error::Missing),
    }
}
