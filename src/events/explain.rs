//! What the numbers in events mean. It explains only what the attributes hold.

use nix::errno::Errno;
use nix::libc;

use crate::diag::connection::Connection;
use crate::errno;
use crate::pm::event::{CLOSED, CREATED, DENY_JOIN_ID0, Event};

use super::tokens::Tokens;

/// What an event means, in words.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The name of the error, such as `ECONNREFUSED`.
    pub error_name: Option<String>,
    /// The explanation; empty if there is none.
    pub text: String,
}

/// Follows connections, to identify those that never came to MPTCP.
#[derive(Debug, Default)]
pub struct Explainer {
    met: Tokens,
    /// Whether a connection that was not met is not older than the first event.
    met_all: bool,
}

impl Explainer {
    /// Events were missed, or are not followed yet: call [`knows`](Self::knows)
    /// with the existing connections.
    pub fn begin(&mut self) {
        *self = Explainer::default();
    }

    /// Takes in a connection that is there already. One that was never MPTCP
    /// has no key of its peer.
    pub fn knows(&mut self, connection: &Connection) {
        let info = connection.info.as_ref();
        if let Some(token) = connection.token
            && info.is_some_and(|info| info.has_remote_key())
        {
            self.met.create(token);
        }
    }

    /// From now on, all connections that are older than the events are known.
    pub fn caught_up(&mut self) {
        self.met_all = true;
    }

    /// Follows an event, to be called for each of them in their order. Says
    /// whether it is the end of a connection that was never met.
    pub fn follow(&mut self, event: &Event) -> bool {
        let Some(token) = event.token else {
            return false;
        };
        let is_met = self.met.knows(token);
        match event.command {
            CREATED => self.met.create(token),
            CLOSED => self.met.close(token),
            _ => self.met.open(token),
        }
        event.command == CLOSED && !is_met && self.met_all
    }
}

/// Explains an event, which may be the end of a connection that was never met.
pub fn explain(event: &Event, is_lone: bool) -> Explained {
    if event.name().is_none() {
        return Explained::default();
    }
    let error = event.error.filter(|error| *error != 0).map(i32::from);
    let mut parts: Vec<String> = error.map(of_error).into_iter().collect();
    if let Some(reason) = event.reset_reason {
        parts.push(of_reset(reason, event.reset_flags));
    }
    if event.flags.unwrap_or_default() & DENY_JOIN_ID0 != 0 {
        parts.push(DENIED.to_owned());
    }
    if is_lone {
        parts.push(LONE.to_owned());
    }
    Explained {
        error_name: error.map(name_of),
        text: parts.join("; "),
    }
}

const LONE: &str = "never established as MPTCP: refused, timed out, or fell back to TCP";

const DENIED: &str = "deny_join_id0: the peer refuses additional subflows to its initial address \
                      and port; it has to announce another address (on the peer: \
                      mptcp endpoint add ADDRESS signal)";

/// What errors mean for a subflow.
const ERRORS: [(i32, &str); 10] = [
    (libc::ECONNREFUSED, "nothing listens there"),
    (
        libc::ECONNRESET,
        "the peer, or something on the path, reset it",
    ),
    (libc::ECONNABORTED, "this host aborted it"),
    (libc::ETIMEDOUT, "no answer came in time"),
    (
        libc::EHOSTUNREACH,
        "no route to the host, or the next hop does not answer",
    ),
    (libc::ENETUNREACH, "no route to the network"),
    (libc::ENETDOWN, "the network device is down"),
    (libc::EPIPE, "the peer had already closed it"),
    (libc::EADDRNOTAVAIL, "the local address is not on this host"),
    (
        libc::EACCES,
        "a firewall rule on this host or on the path forbids it",
    ),
];

fn of_error(error: i32) -> String {
    let meaning = ERRORS.iter().find(|(number, _)| *number == error);
    let meaning = meaning.map_or_else(|| errno::text(error), |(_, words)| (*words).to_owned());
    format!("{}: {meaning}", name_of(error))
}

fn name_of(error: i32) -> String {
    match Errno::from_raw(error) {
        Errno::UnknownErrno => format!("error {error}"),
        known => format!("{known:?}"),
    }
}

/// The reasons of RFC 8684, section 3.6, by their numbers.
const REASONS: [&str; 7] = [
    "unspecified error; the subflow is no longer available",
    "MPTCP-specific error: an option or an answer was invalid",
    "lack of resources: the sender of the reset cannot keep the subflow",
    "administratively prohibited: its sender's policy forbids the subflow",
    "too much outstanding data, which other subflows have carried meanwhile",
    "unacceptable performance: the subflow was too slow",
    "middlebox interference: something on the path changes what MPTCP sends",
];

/// The T flag: what led to the reset is likely to pass.
const TRANSIENT: u32 = 0x1;

fn of_reset(reason: u32, flags: Option<u32>) -> String {
    let meaning = usize::try_from(reason).ok().and_then(|at| REASONS.get(at));
    let meaning = meaning.copied().unwrap_or("unknown reason");
    let transient = match flags {
        Some(flags) if flags & TRANSIENT != 0 => " (temporary: another attempt may succeed)",
        _ => "",
    };
    format!("reset reason {reason}: {meaning}{transient}")
}

#[cfg(test)]
#[path = "tests/explain.rs"]
mod tests;
