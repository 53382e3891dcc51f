//! The results of handshakes with another host, and the findings from them.
//! Pure: `command/` fills in [`Probed`], and this judges it.

mod joins;
mod paths;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::Facts;
use super::finding::{Finding, Level, Scope, Seen, merge};
use super::judge::Report;
use crate::diag::connection::Fallback;
use crate::sorted;

/// Handshakes with one host, and perhaps one connection with data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Probed {
    pub to: SocketAddr,
    /// What is set up here, without connections.
    pub here: Facts,
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
    /// The id of the endpoint that it is of; `None`: where the route leads, or
    /// what the user named.
    pub endpoint: Option<u8>,
    /// The address that it started from, where one was given.
    pub from: Option<IpAddr>,
    /// The device that it was bound to.
    pub device: Option<String>,
    pub tcp: Answer,
    pub mptcp: Answer,
    /// What the second one came to, where it was answered.
    pub speaks: Speaks,
    /// The host to which packets go first, where it does not even say its
    /// link-layer address.
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

/// What a connection speaks that was to be MPTCP.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Speaks {
    Mptcp,
    /// Plain TCP, and why.
    Tcp(Fallback),
    /// The kernel does not say.
    #[default]
    Unknown,
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
    /// What became of each endpoint that should have given a subflow.
    pub joins: Vec<Join>,
    /// Subflows that came otherwise, to addresses that the peer announced.
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

/// What it all comes to. Paths that work are among it, as `ok`.
pub fn judge(probed: &Probed) -> Report {
    let mut findings: Vec<Finding> = blackhole(probed).into_iter().collect();
    findings.extend(probed.paths.iter().map(|path| paths::judge(probed, path)));
    if let Some(data) = &probed.data {
        // What is wrong with the path of an endpoint is why it does not join.
        let joins = joins::judge(probed, data).into_iter();
        let explained = |of: Scope| {
            let mut known = findings.iter();
            known.any(|known| known.level <= Level::Warn && known.concerns(of))
        };
        let found: Vec<_> = joins
            .filter(|join| matches!(join.scope, Scope::Host) || !explained(join.scope))
            .collect();
        findings.extend(found);
    }
    let mut findings = merge(findings);
    sorted::by_key(&mut findings, |finding| (finding.level as u64, 0));
    Report { findings }
}

/// The kernel does not try MPTCP at all: nothing is known about the paths.
fn blackhole(probed: &Probed) -> Option<Finding> {
    let is_not_tried = |path: &Path| path.speaks == Speaks::Tcp(Fallback::NotTried);
    if probed.not_tried == 0 && !probed.paths.iter().any(is_not_tried) {
        return None;
    }
    let message = "this host does not try MPTCP for a while, because a path dropped it before";
    let mut finding = Finding::new(Level::Fail, "this host", message)
        .seen("MPCapableSYNTXDisabled", probed.not_tried)
        .shown_by("mptcp counters MPCapableSYNTXDisabled");
    if let Some(timeout) = probed.here.sysctl("net.mptcp.blackhole_timeout") {
        finding = finding.fix(format!("sysctl -w net.mptcp.blackhole_timeout={timeout}"));
    }
    finding.check = "blackhole";
    Some(finding)
}

/// How many of a unit that is, with one digit behind the point.
fn tenths(number: u128, unit: u128) -> String {
    let tenths = (number * 10 + unit / 2) / unit;
    format!("{}.{}", tenths / 10, tenths % 10)
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
        match self.endpoint {
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
