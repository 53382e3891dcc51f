//! The subflows that close when an endpoint is deleted.

use crate::diag::select::Selector;
use crate::diag::socket::{End, State};
use crate::kernel::sockets;
use crate::pm::Endpoint;

use super::super::Session;

/// Live connections that use MPTCP.
#[derive(Debug, Default)]
pub struct Live {
    /// The local ends of the established subflows of each.
    connections: Vec<Vec<End>>,
    /// The list is complete.
    complete: bool,
}

impl Live {
    /// Lists connections, as far as the kernel reports them.
    pub fn list(session: &mut Session) -> Self {
        let mut live = Live::default();
        let Ok(sockets) = session.kernel.sockets() else {
            return live;
        };
        // What was listed before an error is as good as it was.
        let listed = sockets.connections::<sockets::Error>(&Selector::default(), |connection| {
            // A connection that is plain TCP has no use for an endpoint.
            if connection.fallback.is_none() {
                let subflows = connection.subflows.iter();
                let established = subflows.filter(|subflow| subflow.state == State::Established);
                live.connections
                    .push(established.map(|subflow| subflow.local).collect());
            }
            Ok(())
        });
        live.complete = listed.is_ok();
        live
    }

    /// Whether a connection would have no path without these endpoints, of which
    /// this is one. Where connections cannot be listed, it might.
    pub fn ends_without(&self, endpoint: &Endpoint, all: &[Endpoint]) -> bool {
        let is_last = |ends: &&Vec<End>| {
            let begins = |end: &End| all.iter().any(|endpoint| begins_at(end, endpoint));
            ends.iter().all(begins)
        };
        let mut last = self.connections.iter().filter(is_last).flatten();
        !self.complete || last.any(|end| begins_at(end, endpoint))
    }

    /// How many subflows begin at the endpoint.
    pub fn count(&self, endpoint: &Endpoint) -> usize {
        let ends = self.connections.iter().flatten();
        ends.filter(|end| begins_at(end, endpoint)).count()
    }
}

fn begins_at(end: &End, endpoint: &Endpoint) -> bool {
    let port = endpoint.port;
    endpoint.ip() == end.address && port.is_none_or(|port| port == end.port)
}
