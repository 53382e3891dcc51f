//! Which live connections lack the path of an endpoint, and what makes the
//! kernel try again. Pure.
//!
//! A connection tries an endpoint once: whatever became of the attempt, it is
//! not repeated. Adding any endpoint makes every connection try the endpoints
//! that it has not tried yet (a *nudge*); deleting an endpoint and adding it
//! again makes it untried on all of them (a *renewal*), and closes its subflows.

mod schedule;
mod standing;
#[cfg(test)]
mod tests;

pub use schedule::{AT_ONCE, Path, Reach, Schedule};
pub use standing::Standing;

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::counted::counted;
use crate::diag::connection::Connection;
use crate::ip::Shown;
use crate::netlink;
use crate::pm::{Endpoint, Flags};

/// Why an endpoint is not retried.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path manager in user space decides which subflows there are.
    #[error("the path manager is \"userspace\", which opens subflows itself.")]
    Userspace,
    /// The kernel does not report whose subflows they are.
    #[error("the kernel hides which subflows connections have.")]
    Hidden,
    /// There is no such endpoint.
    #[error("there is no endpoint {0}.")]
    NoEndpoint(String),
    /// Connections open no subflows from it.
    #[error("{0} is not used for subflows: it lacks the flag \"subflow\", or is implicit.")]
    NotEligible(String),
    /// To try again would close live subflows.
    #[error(
        "{endpoint} was tried on all connections: to try again closes {} of {} for a moment.",
        counted(*.subflows, "live subflow"), counted(*.connections, "connection")
    )]
    Live {
        /// The endpoint, in words.
        endpoint: String,
        /// Its id.
        id: u8,
        /// How many subflows of it are live.
        subflows: usize,
        /// How many connections they belong to.
        connections: usize,
    },
    /// It was deleted, and the kernel refuses to add it again.
    #[error("{endpoint} was deleted and could not be added again: {source}")]
    NotRestored {
        /// The endpoint, in words.
        endpoint: String,
        /// The command that adds it.
        command: String,
        /// Why not.
        source: netlink::Error,
    },
}

/// What came of retrying an endpoint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// How many of the connections that this host opened have a subflow of it.
    pub connected: usize,
    /// The tokens of those that lack one, each with the reason.
    pub lacking: Vec<(u32, Lack)>,
}

/// Why a connection still lacks a path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lack {
    /// The SYN with MP_JOIN is not answered yet.
    Unanswered,
    /// The attempt ended before the subflow was established.
    Refused,
    /// The subflow was established and ended at once.
    Lost,
    /// It has as many subflows as it may have.
    Limit,
    /// No subflow was seen.
    NotOpened,
}

impl Lack {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Lack::Unanswered => "unanswered",
            Lack::Refused => "refused",
            Lack::Lost => "lost",
            Lack::Limit => "limit",
            Lack::NotOpened => "not-opened",
        }
    }

    /// The same as a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Lack::Unanswered => "no answer yet",
            Lack::Refused => "refused: nobody listens there, or a firewall",
            Lack::Lost => "established and closed at once: the limit of the peer, or a firewall",
            Lack::Limit => "it has as many subflows as the limits allow",
            Lack::NotOpened => "not opened: no route, no address, or refused at once",
        }
    }
}

/// An endpoint in words: `endpoint 10.0.2.1 id 2`.
pub fn subject(endpoint: &Endpoint) -> String {
    format!("endpoint {} id {}", Shown(endpoint.ip()), endpoint.id)
}

/// Whether connections are to open subflows from the endpoint: it has the flag
/// `subflow`, and the kernel did not make it by itself.
pub fn is_eligible(endpoint: &Endpoint) -> bool {
    let flags = endpoint.flags;
    flags.contains(Flags::SUBFLOW) && !flags.contains(Flags::IMPLICIT)
}

/// The endpoint to add and to delete for a nudge: without flags, no connection
/// uses it. Its address is the unspecified one, which no host has, with the
/// highest id that is free. `None`: all ids are taken.
pub fn nudge(endpoints: &[Endpoint]) -> Option<Endpoint> {
    let taken = |id: &u8| endpoints.iter().any(|endpoint| endpoint.id == *id);
    let id = (1..=u8::MAX).rev().find(|id| !taken(id))?;
    Some(Endpoint {
        address: UNSPECIFIED,
        id,
        port: None,
        flags: Flags::default(),
        device: None,
    })
}

const UNSPECIFIED: IpAddr = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);

/// Whether the endpoint was left by a nudge that did not come to its end.
pub fn is_leftover(endpoint: &Endpoint) -> bool {
    endpoint.address == UNSPECIFIED && endpoint.flags == Flags::default()
}

/// An endpoint that is being retried: on which connections it is to bring a
/// path, and what was seen there since.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The tokens of the connections that are to have a subflow of it.
    wanted: BTreeSet<u32>,
    /// Those of them that had one since, if only for a moment.
    established: BTreeSet<u32>,
    /// Those where one was connecting, or established.
    attempted: BTreeSet<u32>,
}

impl Attempt {
    /// To be made on the connections that lack the endpoint's path, or where it
    /// is stalled.
    pub fn new(endpoint: Endpoint, connections: &[Connection]) -> Self {
        let standing = Standing::new(&endpoint, connections);
        let wanted = standing.lacking.into_iter().chain(standing.stalled);
        Attempt {
            endpoint,
            wanted: wanted.collect(),
            established: BTreeSet::new(),
            attempted: BTreeSet::new(),
        }
    }

    /// Whether no connection lacks the path.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The endpoint is tried anew: what was seen so far does not count, and the
    /// subflows of these connections are to come back as well.
    pub fn renew(&mut self, tokens: &[u32]) {
        self.established.clear();
        self.attempted.clear();
        self.wanted.extend(tokens);
    }

    /// Takes in how the endpoint stands now.
    pub fn observe(&mut self, standing: &Standing) {
        self.established.extend(&standing.connected);
        let attempted = standing.connected.iter().chain(&standing.connecting);
        self.attempted.extend(attempted);
    }

    /// Whether each connection began to open a subflow.
    pub fn is_attempted(&self) -> bool {
        self.wanted.is_subset(&self.attempted)
    }

    /// Whether each connection has its subflow now, or its attempt has ended.
    pub fn is_settled(&self, standing: &Standing) -> bool {
        let is_connected = |token| standing.connected.contains(token);
        let is_over =
            |token| self.attempted.contains(token) && !standing.connecting.contains(token);
        let mut wanted = self.wanted.iter();
        wanted.all(|token| is_connected(token) || is_over(token))
    }

    /// What came of it. A connection that ended meanwhile is left out.
    pub fn outcome(self, connections: &[Connection]) -> Outcome {
        let standing = Standing::new(&self.endpoint, connections);
        let is_there = |token: &u32| connections.iter().any(|one| one.token == Some(*token));
        let mut lacking = self.wanted;
        lacking.extend(&standing.full);
        lacking.retain(|token| is_there(token) && !standing.connected.contains(token));
        let why = |token: &u32| {
            if standing.connecting.contains(token) {
                Lack::Unanswered
            } else if self.established.contains(token) {
                Lack::Lost
            } else if self.attempted.contains(token) {
                Lack::Refused
            } else if standing.full.contains(token) {
                Lack::Limit
            } else {
                Lack::NotOpened
            }
        };
        Outcome {
            connected: standing.connected.len(),
            lacking: lacking.iter().map(|token| (*token, why(token))).collect(),
            endpoint: self.endpoint,
        }
    }
}
