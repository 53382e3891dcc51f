//! How a run ends: what is said on stderr, and the exit status.
//!
//! Each layer has an error type of its own; this is the one place where it is
//! turned into a status, and the one place where it is turned into words.

use crate::command::full_stop;
use crate::kernel::devices;
use crate::netlink::{Error as Netlink, Refusal};
use crate::stdio::warn;
use crate::{cli, errno, handover, hint, netns};

/// The exit statuses, those of `ip mptcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// All was done.
    Done = 0,
    /// A bad address, a batch that failed, output that could not be written,
    /// a kernel without a path manager.
    Failed = 1,
    /// The kernel refused, or could not be understood.
    Refused = 2,
    /// The command line was not right; a namespace could not be entered;
    /// events may not be watched.
    Usage = 255,
}

/// The exit status that an error leads to.
pub fn status(error: &anyhow::Error) -> Status {
    if let Some(error) = error.downcast_ref::<cli::Error>() {
        return match error {
            cli::Error::Help(_) => Status::Done,
            cli::Error::Address { .. } => Status::Failed,
            _ => Status::Usage,
        };
    }
    if let Some(error) = error.downcast_ref::<Netlink>() {
        return match error {
            Netlink::NoFamily(_) | Netlink::Open(_) => Status::Failed,
            Netlink::Join(_) => Status::Usage,
            _ => Status::Refused,
        };
    }
    let unusable =
        error.is::<devices::Error>() || error.is::<netns::Error>() || error.is::<handover::Error>();
    match unusable {
        true => Status::Usage,
        // Output that failed, and batches.
        false => Status::Failed,
    }
}

/// Says on stderr what went wrong, and what to do where that is known.
pub fn tell(error: &anyhow::Error) {
    let message = message(error);
    if !message.is_empty() {
        warn(&message);
    }
    if let Some(hint) = hint::of(error) {
        warn(format!("Hint: {hint}"));
    }
}

/// What went wrong. The words for a refusal are those of `ip`.
fn message(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Netlink>() {
        Some(Netlink::Refused(refusal)) => refused(refusal),
        Some(Netlink::DumpRefused(refusal)) => {
            let why = errno::text(refusal.errno);
            format!("RTNETLINK answers: {why}\nDump terminated")
        }
        Some(Netlink::NoFamily(_)) => {
            "Error: this kernel has no MPTCP path manager (CONFIG_MPTCP).".to_owned()
        }
        Some(Netlink::Join(error)) => {
            let why = errno::text_of(error);
            format!("can't subscribe to mptcp events: {why}")
        }
        Some(error) => format!("Error: {error}"),
        None => error.to_string(),
    }
}

fn refused(refusal: &Refusal) -> String {
    match &refusal.message {
        Some(text) if !text.is_empty() => format!("Error: {text}{}", full_stop(text)),
        _ => format!("RTNETLINK answers: {}", errno::text(refusal.errno)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_too_old_has_refused() {
        let (what, since) = ("show", "6.9");
        let error = anyhow::Error::from(Netlink::TooOld { what, since });
        assert_eq!(status(&error), Status::Refused);
        assert_eq!(message(&error), "Error: this kernel is too old to show.");
    }
}
