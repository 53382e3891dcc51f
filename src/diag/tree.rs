//! The join of both dumps.

use super::connection::Connection;
use super::socket::Socket;

/// Joins MPTCP sockets and TCP sockets to connections.
///
/// First every socket of both families' MPTCP dumps goes in, in the kernel's
/// order, then every one of both TCP dumps.
#[derive(Debug, Default)]
pub struct Tree {
    connections: Vec<Connection>,
}

impl Tree {
    /// Takes the next socket of a dump of either kind.
    pub fn add(&mut self, socket: Socket) {
        let _ = socket;
    }

    /// Whether the kernel kept the subflows' MPTCP part from this user: then
    /// the join is made by inode, and ids, flags and more are missing.
    pub fn subflows_hidden(&self) -> bool {
        false
    }

    /// The connections in the order of the MPTCP dumps, then those that only
    /// the TCP dumps have.
    pub fn into_connections(self) -> Vec<Connection> {
        self.connections
    }
}
