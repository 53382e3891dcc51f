//! Which live connections lack the path of an endpoint, and what makes the
//! kernel try again. Pure.
//!
//! A connection tries an endpoint once: whatever became of the attempt, it is
//! not repeated. Adding any endpoint makes every connection try the endpoints
//! that it has not tried yet (a *nudge*); deleting an endpoint and adding it
//! again makes it untried on all of them (a *renewal*), and closes its subflows.

mod schedule;

pub use schedule::{AT_ONCE, Path, Reach, Schedule};

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::diag::connection::{Connection, Subflow};
use crate::diag::socket::State;
use crate::ip::Shown;
use crate::netlink;
use crate::pm::{Address, Endpoint, Flags};

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
        "{endpoint} was tried on all connections: to try again closes {subflows} live \
         subflow{} of {connections} connection{} for a moment.",
        plural(*.subflows), plural(*.connections)
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

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
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
    let address = ip(endpoint).map_or_else(String::new, |ip| format!(" {}", Shown(ip)));
    format!("endpoint{address} id {}", endpoint.id.unwrap_or_default())
}

/// How an endpoint stands with the live connections that this host opened.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Standing {
    /// The tokens of connections that have a subflow of it that works.
    pub connected: Vec<u32>,
    /// The tokens of connections whose subflows of it are stalled.
    pub stalled: Vec<u32>,
    /// The tokens of connections that have a subflow of it that is connecting.
    pub connecting: Vec<u32>,
    /// The tokens of connections that have none, and could have one.
    pub lacking: Vec<u32>,
    /// The tokens of connections that have none, and as many subflows as they
    /// may have.
    pub full: Vec<u32>,
    /// How many live subflows it has on all connections, accepted ones and
    /// first subflows included: those that a renewal closes.
    pub subflows: usize,
    /// How many connections these belong to.
    pub connections: usize,
}

/// Whether connections are to open subflows from the endpoint: it has the flag
/// `subflow`, and the kernel did not make it by itself.
pub fn is_eligible(endpoint: &Endpoint) -> bool {
    let flags = endpoint.flags.unwrap_or_default();
    flags.contains(Flags::SUBFLOW) && !flags.contains(Flags::IMPLICIT)
}

impl Standing {
    /// How the endpoint stands with these connections.
    pub fn new(endpoint: &Endpoint, connections: &[Connection]) -> Self {
        let mut standing = Standing::default();
        let Some(own) = ip(endpoint) else {
            return standing;
        };
        for connection in connections {
            let from_it = |subflow: &&Subflow| subflow.local.address == own;
            let subflows = connection.subflows.iter().filter(from_it);
            let live = subflows.clone().filter(|subflow| is_live(subflow)).count();
            standing.subflows += live;
            standing.connections += usize::from(live > 0);
            let Some(token) = connection.token.filter(|_| may_open(connection, own)) else {
                continue;
            };
            let is_connecting = |subflow: &Subflow| subflow.state.is_connecting();
            let works = |subflow: &Subflow| is_live(subflow) && subflow.stalled().is_none();
            if subflows.clone().any(works) {
                standing.connected.push(token);
            } else if live > 0 {
                standing.stalled.push(token);
            } else if subflows.clone().any(is_connecting) {
                standing.connecting.push(token);
            } else if is_full(connection) {
                standing.full.push(token);
            } else {
                standing.lacking.push(token);
            }
        }
        standing
    }
}

/// Whether the connection could open a subflow from this address: this host
/// opened it, it uses MPTCP, and the peer has an address of the same family.
/// Nothing shows the side of a connection that lost all of its subflows.
fn may_open(connection: &Connection, own: IpAddr) -> bool {
    connection.state == State::Established
        && connection.fallback.is_none()
        && connection.server_side != Some(true)
        && connection.remote.address.is_ipv4() == own.is_ipv4()
}

fn is_live(subflow: &Subflow) -> bool {
    matches!(subflow.state, State::Established | State::CloseWait)
}

/// Whether the connection has all the additional subflows that it may have.
fn is_full(connection: &Connection) -> bool {
    let info = connection.info.as_ref();
    info.is_some_and(|info| info.subflows >= info.subflows_max)
}

fn ip(endpoint: &Endpoint) -> Option<IpAddr> {
    match endpoint.address {
        Some(Address::Ip(ip)) => Some(ip.to_canonical()),
        Some(Address::Any) | None => None,
    }
}

/// The endpoint to add and to delete for a nudge: without flags, no connection
/// uses it. Its address is the unspecified one, which no host has, with the
/// highest id that is free. `None`: all ids are taken.
pub fn nudge(endpoints: &[Endpoint]) -> Option<Endpoint> {
    let taken = |id: &u8| endpoints.iter().any(|endpoint| endpoint.id == Some(*id));
    let id = (1..=u8::MAX).rev().find(|id| !taken(id))?;
    Some(Endpoint {
        address: Some(Address::Ip(UNSPECIFIED)),
        id: Some(id),
        ..Endpoint::default()
    })
}

const UNSPECIFIED: IpAddr = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);

/// Whether the endpoint was left by a nudge that did not come to its end.
pub fn is_leftover(endpoint: &Endpoint) -> bool {
    endpoint.address == Some(Address::Ip(UNSPECIFIED))
        && endpoint.flags.unwrap_or_default() == Flags::default()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::info::{Idle, MptcpInfo, TcpInfo};
    use crate::watch::synthetic;

    fn endpoint(ip: &str, flags: Flags) -> Endpoint {
        Endpoint {
            address: Some(Address::Ip(ip.parse().unwrap())),
            id: Some(1),
            flags: Some(flags),
            ..Endpoint::default()
        }
    }

    fn opened(token: u32, locals: &[&str]) -> Connection {
        let subflows = locals.iter().map(|local| synthetic::subflow(local, 0, 0));
        Connection {
            server_side: Some(false),
            info: Some(MptcpInfo {
                subflows: u8::try_from(locals.len()).unwrap() - 1,
                subflows_max: 2,
                ..MptcpInfo::default()
            }),
            ..synthetic::connection(token, subflows.collect())
        }
    }

    #[test]
    fn each_connection_stands_somewhere() {
        let second = "10.0.2.1";
        let accepted = Connection {
            server_side: Some(true),
            ..opened(5, &["10.0.1.1", second])
        };
        let mut connecting = opened(4, &["10.0.1.1", second]);
        connecting.subflows[1].state = State::SynSent;
        let mut stalled = opened(9, &["10.0.1.1", second]);
        stalled.subflows[1].tcp = Some(TcpInfo {
            retransmits: 5,
            backoff: 5,
            rto_us: 200_000 << 5,
            unacked: 1,
            idle: Idle {
                last_ack_recv_ms: 8_000,
                ..Idle::default()
            },
            ..TcpInfo::default()
        });
        let connections = [
            opened(1, &["10.0.1.1", second]),
            opened(2, &["10.0.1.1"]),
            opened(3, &["10.0.1.1", "10.0.3.1", "10.0.4.1"]),
            connecting,
            accepted,
            // Its first subflow has the address, or had it.
            opened(6, &[second]),
            Connection {
                local: opened(0, &[second]).local,
                ..opened(7, &["10.0.1.1"])
            },
            Connection {
                server_side: None,
                subflows: Vec::new(),
                ..opened(8, &["10.0.1.1"])
            },
            stalled,
        ];
        let standing = Standing::new(&endpoint(second, Flags::SUBFLOW), &connections);
        let expected = Standing {
            connected: vec![1, 6],
            stalled: vec![9],
            connecting: vec![4],
            lacking: vec![2, 7, 8],
            full: vec![3],
            subflows: 4,
            connections: 4,
        };
        assert_eq!(standing, expected);
        let of_ipv6 = Standing::new(&endpoint("fd00::1", Flags::SUBFLOW), &connections);
        assert_eq!(of_ipv6, Standing::default());
    }

    #[test]
    fn only_endpoints_that_open_subflows_are_retried() {
        assert!(is_eligible(&endpoint(
            "10.0.2.1",
            Flags::SUBFLOW | Flags::BACKUP
        )));
        for flags in [
            Flags::SIGNAL,
            Flags::IMPLICIT,
            Flags::IMPLICIT | Flags::SUBFLOW,
        ] {
            assert!(!is_eligible(&endpoint("10.0.2.1", flags)), "{flags:?}");
        }
    }

    /// What came of an attempt, in which these states were seen one after the
    /// other on a connection that lacked the path.
    fn came_of(seen: &[&[Connection]]) -> (usize, Vec<(u32, Lack)>) {
        let endpoint = endpoint("10.0.2.1", Flags::SUBFLOW);
        let mut attempt = Attempt::new(endpoint.clone(), &[opened(1, &["10.0.1.1"])]);
        assert!(!attempt.is_empty() && !attempt.is_attempted());
        for connections in seen {
            attempt.observe(&Standing::new(&endpoint, connections));
        }
        let last = seen.last().copied().unwrap_or_default();
        let outcome = attempt.outcome(last);
        (outcome.connected, outcome.lacking)
    }

    #[test]
    fn the_reason_is_what_was_seen() {
        let lacks = [opened(1, &["10.0.1.1"])];
        let has = [opened(1, &["10.0.1.1", "10.0.2.1"])];
        let mut connecting = has.clone();
        connecting[0].subflows[1].state = State::SynSent;
        let full = [opened(1, &["10.0.1.1", "10.0.3.1", "10.0.4.1"])];
        assert_eq!(came_of(&[&connecting, &has]), (1, vec![]));
        for (seen, reason) in [
            (vec![&lacks], Lack::NotOpened),
            (vec![&lacks, &connecting], Lack::Unanswered),
            (vec![&connecting, &lacks], Lack::Refused),
            (vec![&connecting, &has, &lacks], Lack::Lost),
            (vec![&full], Lack::Limit),
        ] {
            let seen: Vec<&[Connection]> = seen.into_iter().map(|one| &one[..]).collect();
            assert_eq!(came_of(&seen), (0, vec![(1, reason)]), "{reason:?}");
        }
        assert_eq!(came_of(&[&has, &[]]), (0, vec![]), "it has ended");
    }

    #[test]
    fn an_attempt_is_settled_when_each_has_ended() {
        let endpoint = endpoint("10.0.2.1", Flags::SUBFLOW);
        let lack = [opened(1, &["10.0.1.1"]), opened(2, &["10.0.1.1"])];
        let mut attempt = Attempt::new(endpoint.clone(), &lack);
        let mut half = lack.clone();
        half[0] = opened(1, &["10.0.1.1", "10.0.2.1"]);
        let standing = Standing::new(&endpoint, &half);
        attempt.observe(&standing);
        assert!(!attempt.is_attempted() && !attempt.is_settled(&standing));
        half[1] = opened(2, &["10.0.1.1", "10.0.2.1"]);
        half[1].subflows[1].state = State::SynSent;
        let standing = Standing::new(&endpoint, &half);
        attempt.observe(&standing);
        assert!(attempt.is_attempted() && !attempt.is_settled(&standing));
        half[1] = opened(2, &["10.0.1.1"]);
        assert!(
            attempt.is_settled(&Standing::new(&endpoint, &half)),
            "refused"
        );
        attempt.renew(&[3]);
        assert!(!attempt.is_attempted());
    }

    #[test]
    fn a_nudge_takes_what_is_free() {
        let taken = |id| Endpoint {
            id: Some(id),
            ..endpoint("10.0.2.1", Flags::SUBFLOW)
        };
        let found = nudge(&[taken(255), taken(253)]).unwrap();
        assert_eq!(found.id, Some(254));
        assert!(is_leftover(&found) && !is_leftover(&taken(1)));
        let all: Vec<_> = (1..=255).map(taken).collect();
        assert_eq!(nudge(&all), None);
    }
}
