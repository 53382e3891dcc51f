//! How an endpoint stands with the live connections.

use std::net::IpAddr;

use crate::diag::connection::{Connection, Subflow};
use crate::diag::socket::State;
use crate::pm::Endpoint;

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

impl Standing {
    /// How the endpoint stands with these connections.
    pub fn new(endpoint: &Endpoint, connections: &[Connection]) -> Self {
        let mut standing = Standing::default();
        let own = endpoint.ip();
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
