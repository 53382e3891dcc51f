//! `run`: a program whose TCP connections use MPTCP.

use std::ffi::OsString;

use nix::sys::signal::SigSet;

use crate::cli::Error;
use crate::failure::{Failure, Status};
use crate::launch::{self, Refusal};
use crate::report;

use super::Session;

/// Becomes the program. It returns only where that fails.
pub fn run(session: &mut Session, words: &[OsString]) -> Result<Status, Failure> {
    if session.options.batch.is_some() {
        let reason = "it becomes the program: it cannot be in a batch";
        return Err(Error::argument("run", reason).into());
    }
    let signals = SigSet::thread_get_mask().unwrap_or_else(|_| SigSet::empty());
    match launch::prepare(session.supervise) {
        Ok(()) => {}
        Err(broken @ Refusal::Broken(_)) => return Err(launch::Error::Broken(broken).into()),
        Err(refusal) => {
            report::warning(format_args!("{refusal}: the program runs with TCP."));
            if let Some(hint) = crate::failure::launch_hint(&refusal) {
                report::hint(hint);
            }
        }
    }
    Err(launch::exec(words, &signals).into())
}
