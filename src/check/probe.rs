//! Handshakes with another host, and one connection with data: what `check to`
//! observes.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::finding::Seen;
use crate::diag::connection::Fallback;
use crate::network::NextHop;

/// Handshakes with one host, and perhaps one connection with data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Probed {
    pub to: SocketAddr,
    pub paths: Vec<Path>,
    /// How long it waited for an answer: less than it takes until the kernel
    /// would stop using MPTCP.
    pub patience: Duration,
    /// Connections that the kernel opened without MPTCP although it was asked
    /// for (`MPCapableSYNTXDisabled`), while these handshakes were under way.
    pub not_tried: u64,
    pub data: Option<Data>,
}

/// Two handshakes from one place of this host: a plain one, and one with MPTCP.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Path {
    /// The id of its endpoint; `None`: the route's choice, or the user's.
    pub endpoint: Option<u8>,
    /// The user chose it.
    pub named: bool,
    /// The address that it started from, where one was given.
    pub from: Option<IpAddr>,
    /// The device that it was bound to.
    pub device: Option<String>,
    pub tcp: Answer,
    pub mptcp: Answer,
    /// The protocol of the second one, where it was answered.
    pub speaks: Speaks,
    /// Where packets go first.
    pub next_hop: Option<NextHop>,
    /// The next hop, where it does not answer with its link-layer address.
    pub silent_neighbour: Option<IpAddr>,
}

/// The result of a handshake.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Answer {
    /// No answer.
    #[default]
    Silent,
    /// It was completed, after this time.
    After(Duration),
    /// An error number.
    Error(i32),
}

/// The protocol of a connection that was to be MPTCP.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Speaks {
    Mptcp,
    /// Plain TCP, and why.
    Tcp(Fallback),
    /// The kernel reports no MPTCP sockets (`CONFIG_INET_MPTCP_DIAG`).
    #[default]
    Unknown,
    /// The peer ended the connection before the kernel could be asked.
    Ended,
}

/// A connection over which a line feed was sent, so that additional subflows
/// can be opened.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Data {
    /// `None`: it was not opened as MPTCP.
    pub local: Option<IpAddr>,
    /// The peer ended it meanwhile.
    pub ended: bool,
    /// This host's limit of additional subflows.
    pub limit: Option<u32>,
    /// The endpoints that should each have given a subflow.
    pub joins: Vec<Join>,
    /// Other subflows, to addresses that the peer announced.
    pub others: usize,
    /// How much MPJoinSynTx grew: joins that were begun.
    pub begun: u64,
    /// How much MPJoinSynAckRx grew: joins that the peer answered.
    pub answered: u64,
    /// How much MPJoinSynTxBindErr and MPJoinSynTxConnectErr grew.
    pub unsent: u64,
}

/// An additional subflow that an endpoint should have provided.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Join {
    pub endpoint: u8,
    pub from: IpAddr,
    pub state: Joined,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Joined {
    Established,
    /// SYNs were sent, and not answered.
    Unanswered,
    /// There is no such subflow, or it is gone.
    Gone,
}

impl Path {
    /// Whether any handshake was answered.
    pub fn is_answered(&self) -> bool {
        matches!(self.tcp, Answer::After(_)) || matches!(self.mptcp, Answer::After(_))
    }
}

/// Where a path starts.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, &self.device) {
            (None, None) => f.write_str("where the route leads")?,
            (Some(from), None) => write!(f, "from {from}")?,
            (None, Some(device)) => write!(f, "by {device}")?,
            (Some(from), Some(device)) => write!(f, "from {from} by {device}")?,
        }
        match self.endpoint.filter(|_| !self.named) {
            Some(id) => write!(f, " (endpoint {id})"),
            None => Ok(()),
        }
    }
}

/// What a handshake showed.
impl From<Answer> for Seen {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Silent => "silent".into(),
            Answer::After(time) => time.into(),
            Answer::Error(errno) => crate::errno::text(errno).to_string().into(),
        }
    }
}
