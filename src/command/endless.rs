//! Commands that run until a signal or their reader ends them.

use std::io::ErrorKind;

use crate::failure::Failure;
use crate::signals::Signals;

use super::Session;

/// Runs `body`, whose output gives up waiting for its reader when a signal
/// comes, and whose times are those of a zone.
///
/// # Errors
/// Those of `body`.
pub fn run(
    session: &mut Session,
    signals: &Signals,
    body: impl FnOnce(&mut Session) -> Result<(), Failure>,
) -> Result<(), Failure> {
    session.tell_zone();
    session.printer.get_mut().heed(Some(signals.descriptor()?));
    let ended = body(session);
    session.printer.get_mut().heed(None);
    if let Err(error) = &ended
        && is_output(error, ErrorKind::Interrupted)
    {
        // The signal has had its effect: it broke off the output.
        signals.forget();
    }
    ended
}

/// Whether the output failed in that way.
pub fn is_output(error: &Failure, kind: ErrorKind) -> bool {
    matches!(error, Failure::Output(error) if error.0.kind() == kind)
}
