//! What the kernel did with an endpoint on a connection that has no path from
//! it.
//!
//! The kernel tries an endpoint once a connection. `local_addr_used` counts
//! those that were tried on one connection; what became of an attempt stands in
//! counters alone, which cover all connections of the namespace, past ones and
//! those of `check to … data` included. So a cause is named only as far as the
//! paths of live connections do not account for the counters.

use super::facts::Facts;
use super::inspect::joined;
use crate::diag::connection::{Connection, Subflow};
use crate::pm::Endpoint;

/// What became of an endpoint on a connection.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Attempt {
    /// It was not tried.
    None,
    /// It was tried without a route or an address, and nothing was sent.
    NotSent,
    /// It counts as tried, but there was no address of the peer to join to.
    Denied,
    /// Its join was refused, or abandoned without an answer.
    Refused,
    /// Its path was established and ended, or it may have been.
    Lost,
}

impl Facts {
    /// What became of an endpoint that a connection has no path from. `None`:
    /// it need not have one, or the kernel does not report it.
    pub fn attempt(&self, connection: &Connection) -> Option<Attempt> {
        let info = connection.info.as_ref()?;
        let used = usize::from(info.local_addr_used?);
        let (first, remote) = (connection.local.address, connection.remote.address);
        // An endpoint of the other family counts as tried at once.
        let accounted = |endpoint: &&Endpoint| {
            let own = endpoint.ip();
            let mut subflows = connection.subflows.iter();
            let mut has_subflow = || subflows.any(|of| of.local.address == own);
            own != first && (own.is_ipv4() != remote.is_ipv4() || has_subflow())
        };
        if used > self.opening().filter(accounted).count() {
            return Some(self.result());
        }
        let limit = self.limits.subflows?;
        let has_room = u32::from(info.subflows) < limit;
        (has_room && is_started(connection)).then_some(Attempt::None)
    }

    /// What the counters leave for joins that no live path accounts for.
    pub fn result(&self) -> Attempt {
        let Some(begun) = self.counters.get("MPJoinSynTx") else {
            return Attempt::Lost;
        };
        // MPJoinSynTx does not count these.
        let unsent = [
            "MPJoinSynTxConnectErr",
            "MPJoinSynTxBindErr",
            "MPJoinSynTxCreatSkErr",
        ];
        let unsent: u64 = unsent.iter().map(|name| self.counter(name)).sum();
        let answered = self.counter("MPJoinSynAckRx");
        let count = |which: fn(&&Subflow) -> bool| {
            let subflows = self.opened().flat_map(|of| &of.subflows);
            subflows.filter(which).count() as u64
        };
        let waiting = count(|of| !of.initial && of.state.is_connecting());
        let refused = begun.saturating_sub(waiting + answered);
        let ended = answered.saturating_sub(count(|of| joined(of) && is_ours(of)));
        match (refused, ended, unsent) {
            (0, 0, 0) => Attempt::Denied,
            (0, 0, _) => Attempt::NotSent,
            (_, 0, _) => Attempt::Refused,
            _ => Attempt::Lost,
        }
    }

    /// The endpoints that lack a path for this reason, with the number of
    /// connections that lack it.
    pub fn lacking(&self, wanted: impl Fn(Attempt) -> bool) -> Vec<(&Endpoint, usize)> {
        let mut lacking: Vec<(&Endpoint, usize)> = Vec::new();
        for connection in self.opened_mptcp().filter(|of| !self.is_by_hand(of)) {
            if !self.attempt(connection).is_some_and(&wanted) {
                continue;
            }
            for endpoint in self.without_subflow(connection) {
                let mut known = lacking.iter_mut();
                match known.find(|(known, _)| known.id == endpoint.id) {
                    Some((_, count)) => *count += 1,
                    None => lacking.push((endpoint, 1)),
                }
            }
        }
        lacking
    }
}

/// Whether this host opened it, and not the peer.
fn is_ours(subflow: &Subflow) -> bool {
    let flags = subflow.mptcp.as_ref().map(|info| info.flags);
    flags.is_none_or(|flags| flags.mp_join_requested() || !flags.mp_join())
}

/// Whether the peer acknowledged data, after which paths are opened.
pub fn is_started(connection: &Connection) -> bool {
    let traffic = connection.info.as_ref().and_then(|info| info.traffic);
    match traffic {
        Some(traffic) => traffic.bytes_acked > 0,
        // The handshake counts as one byte.
        None => {
            let mut subflows = connection.subflows.iter();
            subflows.any(|of| of.tcp.as_ref().is_some_and(|tcp| tcp.bytes_acked > 1))
        }
    }
}
