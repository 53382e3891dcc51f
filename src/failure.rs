//! How a run ends. Each layer has an error type of its own; only here does each
//! get its exit status, its message and its hint.

mod hint;

pub(crate) use hint::NO_SUBFLOW;
pub(crate) use hint::launch_hint;

use std::ffi::OsString;
use std::io;

use nix::errno::Errno;
use nix::libc::ENOENT;

use crate::kernel::{counters, devices, sockets};
use crate::netlink::{self, Refusal};
use crate::report::{self, error_line, sentence};
use crate::visible::of_os;
use crate::{batch, cli, errno, handover, launch, netns, output, retry, signals};

/// The exit statuses, those of `ip mptcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Success.
    Done = 0,
    /// A bad address, a batch that failed, output that could not be written,
    /// a kernel without a path manager.
    Failed = 1,
    /// The kernel refused the request, or its reply could not be understood.
    Refused = 2,
    /// A program that was to be run cannot be executed, as for env(1).
    NotExecutable = 126,
    /// A program that was to be run is not there.
    NotFound = 127,
    /// The command line is wrong, a namespace could not be entered, or events
    /// cannot be monitored.
    Usage = 255,
}

/// Why a run, or a line of a batch, did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The usage was requested, which `ip` treats as a failure, or no object
    /// was given.
    #[error("{0}")]
    Usage(String),
    /// The command line is wrong.
    #[error(transparent)]
    Arguments(#[from] cli::Error),
    /// A device does not exist, or could not be looked up.
    #[error(transparent)]
    Device(#[from] devices::Error),
    /// The kernel refused, or could not be asked.
    #[error(transparent)]
    Netlink(#[from] netlink::Error),
    /// Connections cannot be shown.
    #[error(transparent)]
    Sockets(sockets::Error),
    /// Counters are not available.
    #[error(transparent)]
    Counters(#[from] counters::Error),
    /// Standard output did not take the result.
    #[error(transparent)]
    Output(#[from] output::Error),
    /// Signals cannot be received.
    #[error(transparent)]
    Signals(#[from] signals::Error),
    /// A standard stream is closed, and nothing can be put in its place.
    #[error("a standard stream is closed: {}", errno::text_of(.0))]
    Streams(io::Error),
    /// A network namespace cannot be entered.
    #[error(transparent)]
    Namespace(#[from] netns::Error),
    /// Called as `ip`: no other `ip` could be run.
    #[error(transparent)]
    HandOver(#[from] handover::Error),
    /// A command that does not end by itself, in a batch.
    #[error("\"{0}\" runs until it is interrupted: it cannot be in a batch.")]
    Endless(&'static str),
    /// A batch failed.
    #[error(transparent)]
    Batch(#[from] batch::Error),
    /// A device has no address that could become an endpoint.
    #[error("the device \"{}\" has no global address now.", of_os(.0))]
    NoAddress(OsString),
    /// A program was not run.
    #[error(transparent)]
    Launch(#[from] launch::Error),
    /// An endpoint is not retried.
    #[error(transparent)]
    Retry(#[from] retry::Error),
    /// The error was already reported when it happened.
    #[error("")]
    AlreadyReported(Status),
    /// A failure with a hint that is more specific than its own.
    #[error("{0}")]
    Advised(Box<Failure>, String),
    /// A check could not be completed.
    #[error(transparent)]
    NoAnswer(Box<Failure>),
}

impl From<sockets::Error> for Failure {
    fn from(error: sockets::Error) -> Self {
        match error {
            sockets::Error::Netlink(error) => Failure::Netlink(error),
            error => Failure::Sockets(error),
        }
    }
}

impl Failure {
    /// The same failure with this hint.
    pub fn advised(self, hint: impl Into<String>) -> Self {
        Failure::Advised(Box::new(self), hint.into())
    }

    /// The exit status that it leads to.
    pub fn status(&self) -> Status {
        match self {
            Failure::Advised(failure, _) => failure.status(),
            Failure::Arguments(cli::Error::Address { .. })
            | Failure::Netlink(netlink::Error::NoFamily(_) | netlink::Error::Open(_))
            | Failure::Sockets(sockets::Error::NoSockDiag | sockets::Error::NoMptcpDiag)
            | Failure::Counters(counters::Error::NoMptcp)
            | Failure::Output(_)
            | Failure::Signals(_)
            | Failure::Streams(_)
            | Failure::Batch(_) => Status::Failed,
            Failure::Launch(launch::Error::Exec {
                errno: Errno::ENOENT,
                ..
            }) => Status::NotFound,
            Failure::Launch(_) => Status::NotExecutable,
            Failure::AlreadyReported(status) => *status,
            // Of a check, status 1 is an answer.
            Failure::NoAnswer(why) => match why.status() {
                Status::Failed => Status::Refused,
                status => status,
            },
            Failure::Usage(_)
            | Failure::Arguments(_)
            | Failure::Netlink(netlink::Error::Join(_) | netlink::Error::NoGroup(_))
            | Failure::Device(_)
            | Failure::Namespace(_)
            | Failure::Endless(_)
            | Failure::HandOver(_) => Status::Usage,
            Failure::Netlink(
                netlink::Error::Send(_)
                | netlink::Error::Receive(_)
                | netlink::Error::Overrun
                | netlink::Error::Refused(_)
                | netlink::Error::DumpRefused(_)
                | netlink::Error::Malformed(_)
                | netlink::Error::Sequence { .. }
                | netlink::Error::Strays(_)
                | netlink::Error::Endless(_)
                | netlink::Error::Unsettled
                | netlink::Error::NoReply
                | netlink::Error::Cut(_)
                | netlink::Error::TooOld { .. }
                | netlink::Error::Type(_),
            )
            | Failure::Sockets(_)
            | Failure::Counters(_)
            | Failure::NoAddress(_)
            | Failure::Retry(_) => Status::Refused,
        }
    }

    /// The error message; empty if it was already reported. A refusal by the
    /// kernel is worded as `ip` does.
    pub fn message(&self) -> String {
        match self {
            Failure::Advised(failure, _) => failure.message(),
            Failure::Arguments(error) => arguments_message(error),
            Failure::Netlink(error) => netlink_message(error),
            Failure::Device(_)
            | Failure::Sockets(_)
            | Failure::Counters(_)
            | Failure::Output(_)
            | Failure::Signals(_)
            | Failure::Streams(_)
            | Failure::Endless(_)
            | Failure::HandOver(_)
            | Failure::NoAddress(_)
            | Failure::Retry(_)
            | Failure::Launch(_)
            | Failure::Batch(batch::Error::Malformed(_) | batch::Error::NotRegular(_)) => {
                error_line(self)
            }
            Failure::NoAnswer(why) => why.message(),
            Failure::Usage(_)
            | Failure::Namespace(_)
            | Failure::Batch(_)
            | Failure::AlreadyReported(_) => self.to_string(),
        }
    }

    /// What to do about it, one sentence, if the message does not show that.
    pub fn hint(&self) -> Option<String> {
        match self {
            Failure::Advised(_, hint) => Some(hint.clone()),
            Failure::Arguments(error) => error.hint().map(ToString::to_string),
            Failure::Netlink(error) => hint::netlink_hint(error),
            Failure::Sockets(error) => hint::sockets_hint(error),
            Failure::Namespace(error) => hint::namespace_hint(error),
            Failure::Retry(error) => hint::retry_hint(error),
            Failure::HandOver(handover::Error::Missing) => {
                Some("the packages iproute2 and busybox contain one".to_owned())
            }
            Failure::NoAnswer(why) => why.hint(),
            Failure::Device(devices::Error::Missing(_)) => {
                Some("\"ip link\" shows the devices".to_owned())
            }
            Failure::Usage(_)
            | Failure::Device(_)
            | Failure::Counters(_)
            | Failure::Output(_)
            | Failure::Signals(_)
            | Failure::Streams(_)
            | Failure::Endless(_)
            | Failure::HandOver(_)
            | Failure::AlreadyReported(_)
            | Failure::Launch(_)
            | Failure::Batch(_) => None,
            Failure::NoAddress(_) => Some(hint::NO_ADDRESS.to_owned()),
        }
    }

    /// Prints the message on stderr, and the hint if there is one.
    pub fn report(&self) {
        let message = self.message();
        if !message.is_empty() {
            report::line(message);
        }
        if let Some(hint) = self.hint() {
            report::hint(hint);
        }
    }
}

/// `ip` begins some of these lines without `Error: `.
fn arguments_message(error: &cli::Error) -> String {
    match error {
        cli::Error::Argument { .. }
        | cli::Error::Required(_)
        | cli::Error::NoId(_)
        | cli::Error::Address { .. }
        | cli::Error::Word { .. } => error_line(error),
        cli::Error::Incomplete(_) | cli::Error::Command { .. } | cli::Error::Option { .. } => {
            error.to_string()
        }
    }
}

fn netlink_message(error: &netlink::Error) -> String {
    match error {
        netlink::Error::Refused(refusal) => refused(refusal),
        netlink::Error::DumpRefused(refusal) => {
            let why = errno::text(refusal.errno);
            format!("RTNETLINK answers: {why}\nDump terminated")
        }
        netlink::Error::NoFamily(_) => {
            error_line("this kernel has no MPTCP path manager (CONFIG_MPTCP).")
        }
        netlink::Error::Join(error) => {
            let why = errno::text_of(error);
            format!("can't subscribe to mptcp events: {why}")
        }
        netlink::Error::NoGroup(_) => {
            let why = errno::text(ENOENT);
            format!("can't subscribe to mptcp events: {why}")
        }
        error => error_line(error),
    }
}

fn refused(refusal: &Refusal) -> String {
    match &refusal.message {
        Some(text) if !text.is_empty() => error_line(sentence(text)),
        _ => format!("RTNETLINK answers: {}", errno::text(refusal.errno)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_without_events_is_reported_as_ip_does() {
        let failure = Failure::from(netlink::Error::NoGroup("mptcp_pm_events"));
        assert_eq!(failure.status(), Status::Usage);
        let theirs = "can't subscribe to mptcp events: No such file or directory";
        assert_eq!(failure.message(), theirs);
        assert!(failure.hint().is_some_and(|hint| hint.contains("5.13")));
    }

    #[test]
    fn a_kernel_too_old_has_refused() {
        let failure = Failure::from(netlink::Error::TooOld {
            what: "do this",
            since: "6.9",
        });
        assert_eq!(failure.status(), Status::Refused);
        assert!(failure.message().contains("too old"));
        assert!(failure.hint().is_some_and(|hint| hint.contains("6.9")));
    }
}
