//! Commands that run until a signal or their reader ends them.

use std::io::ErrorKind;

use nix::sys::signal::SigSet;

use crate::failure::Failure;
use crate::signals::Signals;

use super::Session;

/// Runs `body`, the command called `name`, with SIGINT, SIGTERM and the `other`
/// signals as its events. It stops waiting for the reader of its output when a
/// signal comes, and ends with success when that reader leaves.
///
/// # Errors
/// It is in a batch; those of `body`.
pub fn run(
    session: &mut Session,
    name: &'static str,
    other: SigSet,
    body: impl FnOnce(&mut Session, &Signals) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if session.options.batch.is_some() {
        return Err(Failure::Endless(name));
    }
    let signals = Signals::take_with(other)?;
    session.tell_zone();
    session
        .printer
        .get_mut()
        .interrupt_by(Some(signals.descriptor()?));
    let ended = body(session, &signals);
    session.printer.get_mut().interrupt_by(None);
    match ended {
        Err(error) if is_output(&error, ErrorKind::BrokenPipe) => {
            // What is left has no reader.
            let _ = session.flush();
            Ok(())
        }
        Err(error) if is_output(&error, ErrorKind::Interrupted) => {
            // The signal has had its effect: it broke off the output.
            signals.forget();
            Err(error)
        }
        ended => ended,
    }
}

/// Whether the output failed in that way.
pub fn is_output(error: &Failure, kind: ErrorKind) -> bool {
    matches!(error, Failure::Output(error) if error.0.kind() == kind)
}
