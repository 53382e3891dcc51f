//! Which paths have stalled: they are established, and nothing gets through.
//!
//! The kernel does not report its own view (`stale`,
//! `net.mptcp.stale_loss_cnt`); the retransmissions of TCP show it.

use std::time::Duration;

use super::connection::{Connection, Subflow};
use super::info::TcpInfo;
use super::socket::State;

/// How often the oldest unacknowledged segment was sent again, at least.
const RETRANSMISSIONS: u8 = 2;
/// For how long it has been waiting for its acknowledgement, at least: this,
/// and so many retransmission timeouts.
const WAITED: Duration = Duration::from_secs(2);
const TIMEOUTS: u32 = 3;
/// Up to this backoff, no timeout has reached its maximum of 120 s.
const UNCAPPED: u8 = 8;

impl Subflow {
    /// For how long it has been stalled; `None`: it is not.
    ///
    /// It has unacknowledged data that timed out at least twice in a row, for
    /// at least two seconds and three retransmission timeouts. A peer that does
    /// not read is no reason: it acknowledges the probes of its closed window.
    pub fn stalled(&self) -> Option<Duration> {
        let tcp = self.tcp.as_ref()?;
        let carries_data = matches!(self.state, State::Established | State::CloseWait);
        let repeated = tcp.backoff.max(tcp.retransmits) >= RETRANSMISSIONS;
        let waited = waited(tcp);
        let long = waited >= WAITED.max(initial_timeout(tcp) * TIMEOUTS);
        (carries_data && tcp.unacked > 0 && repeated && long).then_some(waited)
    }
}

impl Connection {
    /// For how long all its subflows have been stalled; `None`: one of them is
    /// not, or there is none.
    pub fn stalled(&self) -> Option<Duration> {
        let established =
            |subflow: &&Subflow| matches!(subflow.state, State::Established | State::CloseWait);
        let subflows = self.subflows.iter().filter(established);
        let stalled: Option<Vec<Duration>> = subflows.map(Subflow::stalled).collect();
        stalled?.into_iter().min()
    }
}

/// For how long the oldest segment has been waiting: each timeout is twice the
/// one before. The last acknowledgement can be older, where the path was idle.
fn waited(tcp: &TcpInfo) -> Duration {
    let since_acknowledged = Duration::from_millis(tcp.idle.last_ack_recv_ms.into());
    if tcp.backoff > UNCAPPED {
        return since_acknowledged;
    }
    let timed_out = initial_timeout(tcp) * ((1 << tcp.backoff) - 1);
    let since_sent = Duration::from_millis(tcp.idle.last_data_sent_ms.into());
    since_acknowledged.min(timed_out + since_sent)
}

/// The retransmission timeout before it was doubled.
fn initial_timeout(tcp: &TcpInfo) -> Duration {
    let doubled = tcp.backoff.min(UNCAPPED);
    Duration::from_micros((tcp.rto_us >> doubled).into())
}
