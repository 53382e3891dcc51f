//! The subflows that close when an endpoint is deleted.

use crate::diag::select::Selector;
use crate::diag::socket::{End, State};
use crate::kernel::sockets;
use crate::pm::{Address, Endpoint};

use super::super::Session;

/// The local ends of the established subflows of each connection.
#[derive(Debug, Default)]
pub struct Live(Vec<Vec<End>>);

impl Live {
    /// Lists connections, as far as the kernel reports them.
    pub fn list(session: &mut Session) -> Self {
        let mut live = Live::default();
        let Ok(sockets) = session.kernel.sockets() else {
            return live;
        };
        // What was listed before an error is as good as it was.
        let _ = sockets.connections::<sockets::Error>(&Selector::default(), |connection| {
            // A connection that is plain TCP has no use for an endpoint.
            if connection.fallback.is_none() {
                let subflows = connection.subflows.iter();
                let established = subflows.filter(|subflow| subflow.state == State::Established);
                live.0
                    .push(established.map(|subflow| subflow.local).collect());
            }
            Ok(())
        });
        live
    }

    /// How many subflows begin at the endpoint.
    pub fn count(&self, endpoint: &Endpoint) -> usize {
        let ends = self.0.iter().flatten();
        ends.filter(|end| begins_at(end, endpoint)).count()
    }
}

fn begins_at(end: &End, endpoint: &Endpoint) -> bool {
    let port = endpoint.port.filter(|port| *port != 0);
    match endpoint.address {
        Some(Address::Ip(ip)) => {
            ip.to_canonical() == end.address && port.is_none_or(|port| port == end.port)
        }
        Some(Address::Any) | None => false,
    }
}
