//! Counters that grow, and how fast.

use std::time::Duration;

use crate::diag::connection::Connection;
use crate::diag::info::{TcpInfo, Traffic};

/// Bytes per second in each direction.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Rates {
    /// To the peer.
    pub sent: u64,
    /// From the peer.
    pub received: u64,
}

/// Retransmissions.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Retransmissions {
    /// In total.
    pub total: u32,
    /// Since the previous sample; 0 if there was none.
    pub new: u32,
}

/// What the kernel counts of a connection or subflow.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counters {
    sent: u64,
    received: u64,
    retransmissions: u32,
}

impl Rates {
    /// Both directions together.
    pub fn total(self) -> u64 {
        self.sent.saturating_add(self.received)
    }

    /// Of two subflows together.
    pub(super) fn add(self, other: Self) -> Self {
        Self {
            sent: self.sent.saturating_add(other.sent),
            received: self.received.saturating_add(other.received),
        }
    }

    /// Its part of a sum, in thousandths; of nothing there is none.
    pub(super) fn share(self, sum: Self) -> Option<u16> {
        let (part, sum) = (u128::from(self.total()), u128::from(sum.total()));
        let thousandths = (part * 1000 + sum / 2).checked_div(sum)?;
        u16::try_from(thousandths).ok()
    }
}

impl Counters {
    /// A connection's own, since Linux 6.5.
    pub(super) fn from_connection(connection: &Connection) -> Option<Self> {
        let traffic = connection.info.as_ref()?.traffic.as_ref()?;
        Some(traffic.into())
    }

    pub(super) fn rates_since(self, before: Self, between: Duration) -> Rates {
        Rates {
            sent: rate(before.sent, self.sent, between),
            received: rate(before.received, self.received, between),
        }
    }

    pub(super) fn retransmissions_since(self, before: Option<Self>) -> Retransmissions {
        let total = self.retransmissions;
        let earlier = before.map_or(total, |before| before.retransmissions);
        let new = total.saturating_sub(earlier);
        Retransmissions { total, new }
    }
}

impl From<&Traffic> for Counters {
    fn from(traffic: &Traffic) -> Self {
        Self {
            sent: traffic.bytes_sent,
            received: traffic.bytes_received,
            retransmissions: traffic.retransmits,
        }
    }
}

impl From<&TcpInfo> for Counters {
    fn from(tcp: &TcpInfo) -> Self {
        Self {
            sent: tcp.bytes_sent,
            received: tcp.bytes_received,
            retransmissions: tcp.total_retrans,
        }
    }
}

/// How fast a counter grew, in units a second. One that fell began anew.
fn rate(before: u64, now: u64, between: Duration) -> u64 {
    let grown = now.checked_sub(before).unwrap_or(now);
    let nanoseconds = between.as_nanos().max(1);
    let rate = u128::from(grown) * 1_000_000_000 / nanoseconds;
    u64::try_from(rate).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_bytes_a_second() {
        let second = Duration::from_secs(1);
        assert_eq!(rate(100, 350, second), 250);
        assert_eq!(rate(0, 50, second / 10), 500);
        assert_eq!(rate(7, 7, second), 0);
        assert_eq!(rate(1000, 40, second), 40, "began anew");
        assert_eq!(rate(0, u64::MAX, second / 10), u64::MAX);
        assert_eq!(rate(0, 1, Duration::ZERO), 1_000_000_000);
    }
}
