//! The join of the dumps.

use std::collections::HashMap;

use super::connection::{Connection, Fallback, Subflow};
use super::info::{MptcpInfo, SubflowInfo, TcpInfo};
use super::listeners::Listeners;
use super::socket::{End, Header, Info, Socket, State};

/// Joins MPTCP sockets and TCP sockets to connections.
///
/// Every socket of both families' MPTCP dumps goes in first, in the kernel's
/// order, listening ones included; then every one of both TCP dumps. The dumps
/// are not of one moment: a subflow whose connection is in none of them makes
/// one of its own, and a connection may be without subflows.
#[derive(Debug, Default)]
pub struct Tree {
    connections: Vec<Connection>,
    by_token: HashMap<u32, usize>,
    /// Made for the first TCP socket that does not say whose it is.
    by_inode: Option<HashMap<u32, usize>>,
    /// Connections that no process accepted yet, which have no inode, by the
    /// ends of their first subflow, which are theirs.
    by_ends: HashMap<(End, End), usize>,
    listeners: Listeners,
    hidden: bool,
}

impl Tree {
    /// Takes the next socket.
    pub fn add(&mut self, socket: Socket) {
        let Socket { header, info } = socket;
        match info {
            Info::Mptcp(info) => self.add_connection(&header, info),
            Info::Tcp { tcp, subflow } if header.state.is_shown() => {
                let found = match &subflow {
                    Some(info) => self.by_token.get(&info.token_loc).copied(),
                    None => self.owner(&header),
                };
                self.add_tcp(&header, tcp, subflow, found);
            }
            // The MPTCP dump has those that listen, and the rest is over.
            Info::Tcp { .. } => {}
        }
    }

    /// Whether the kernel keeps the subflows' MPTCP part from this user, as
    /// Linux before 6.15 does without CAP_NET_ADMIN: ids, backup flags and
    /// more are missing, and so are joins to connections that no process
    /// accepted yet, and connections for which MPTCP was not tried.
    pub fn subflows_hidden(&self) -> bool {
        self.hidden
    }

    /// The connections in the order of the MPTCP dumps, then those that only
    /// the TCP dumps have.
    pub fn into_connections(mut self) -> Vec<Connection> {
        if self.hidden {
            // Without an inode it may be such a join.
            self.connections
                .retain(|of| of.inode != 0 || of.fallback != Some(Fallback::ClientWithoutMptcp));
        }
        for connection in &mut self.connections {
            connection.conclude(&self.listeners);
        }
        self.connections
    }

    fn add_connection(&mut self, header: &Header, info: Option<MptcpInfo>) {
        let index = self.connections.len();
        let token = info.as_ref().map(|info| info.token);
        let token = token.filter(|token| *token != 0);
        if let Some(token) = token {
            self.by_token.insert(token, index);
        }
        if header.state == State::Listen {
            self.listeners.add(header);
        } else if header.inode == 0 {
            self.by_ends.insert((header.local, header.remote), index);
        }
        self.connections.push(Connection::new(header, token, info));
    }

    fn add_tcp(
        &mut self,
        header: &Header,
        tcp: Option<TcpInfo>,
        mptcp: Option<SubflowInfo>,
        found: Option<usize>,
    ) {
        let found = found.and_then(|index| self.connections.get_mut(index));
        if let Some(connection) = found {
            self.hidden |= mptcp.is_none();
            connection.push(Subflow::new(header, tcp, mptcp));
            return;
        }
        let Some(mut connection) = self.left_out(header, mptcp.as_ref()) else {
            return;
        };
        connection.push(Subflow::new(header, tcp, mptcp));
        if let Some(token) = connection.token {
            self.by_token.insert(token, self.connections.len());
        }
        self.connections.push(connection);
    }

    /// The connection of a socket that does not say so itself.
    fn owner(&mut self, header: &Header) -> Option<usize> {
        if header.inode == 0 {
            return self.by_ends.get(&(header.local, header.remote)).copied();
        }
        let by_inode = self.by_inode.get_or_insert_with(|| {
            let connections = self.connections.iter().enumerate();
            let held = connections.filter(|(_, of)| of.inode != 0 && of.token.is_some());
            held.map(|(index, of)| (of.inode, index)).collect()
        });
        by_inode.get(&header.inode).copied()
    }

    /// A connection that the MPTCP dumps do not have, for its one subflow.
    fn left_out(&self, header: &Header, mptcp: Option<&SubflowInfo>) -> Option<Connection> {
        let (token, fallback) = match mptcp.map(|info| info.token_loc) {
            Some(0) => (None, Some(Fallback::NotTried)),
            Some(token) => (Some(token), None),
            // A request for a connection does not say whether it has MPTCP.
            None if header.state == State::SynReceived => return None,
            None if self.listeners.accept(header.local, header.device) => {
                (None, Some(Fallback::ClientWithoutMptcp))
            }
            None => return None,
        };
        let mut connection = Connection::new(header, token, None);
        connection.fallback = fallback;
        Some(connection)
    }
}

impl Connection {
    fn new(header: &Header, token: Option<u32>, info: Option<MptcpInfo>) -> Self {
        Self {
            token,
            state: header.state,
            local: header.local,
            remote: header.remote,
            server_side: None,
            fallback: None,
            info,
            inode: header.inode,
            uid: header.uid,
            device: header.device,
            rqueue: header.rqueue,
            wqueue: header.wqueue,
            subflows: Vec::new(),
        }
    }

    /// Adds a subflow; the first one of the connection goes in front.
    fn push(&mut self, mut subflow: Subflow) {
        if self.subflows.is_empty() {
            // Most have one or two, and there may be thousands of connections.
            self.subflows.reserve_exact(2);
        }
        subflow.initial = match &subflow.mptcp {
            Some(info) => !info.flags.is_join(),
            None => (subflow.local, subflow.remote) == (self.local, self.remote),
        };
        let place = if subflow.initial {
            0
        } else {
            self.subflows.len()
        };
        self.subflows.insert(place, subflow);
    }

    /// Works out what all of its subflows together tell.
    fn conclude(&mut self, listeners: &Listeners) {
        if self.state == State::Listen {
            return;
        }
        let info = self.info.as_ref();
        let remote_key = info.is_some_and(MptcpInfo::has_remote_key);
        let initial = self.subflows.first().and_then(|first| first.mptcp.as_ref());
        let flags = initial
            .map(|info| info.flags)
            .filter(|flags| !flags.is_join());
        if info.is_some_and(MptcpInfo::fell_back) {
            self.fallback = Some(match (remote_key, flags) {
                (true, Some(flags)) if !flags.mp_capable() => Fallback::AfterHandshake,
                (true, _) => Fallback::Later,
                (false, Some(flags)) if !flags.mp_capable_requested() => Fallback::SynDropped,
                (false, _) => Fallback::PeerOrPath,
            });
        }
        self.server_side = match (self.fallback, flags) {
            (Some(Fallback::ClientWithoutMptcp), _) => Some(true),
            // A server has the key before it has the connection.
            (Some(Fallback::NotTried | Fallback::SynDropped | Fallback::PeerOrPath), _) => {
                Some(false)
            }
            (_, Some(flags)) if flags.mp_capable_requested() => Some(false),
            (_, Some(flags)) if flags.mp_capable() => Some(true),
            _ if listeners.accept(self.local, self.device) => Some(true),
            _ => None,
        };
    }
}

impl Subflow {
    fn new(header: &Header, tcp: Option<TcpInfo>, mptcp: Option<SubflowInfo>) -> Self {
        Self {
            state: header.state,
            local: header.local,
            remote: header.remote,
            device: header.device,
            inode: header.inode,
            initial: false,
            tcp,
            mptcp,
        }
    }
}

impl State {
    /// Whether a TCP socket in this state is one to show.
    fn is_shown(self) -> bool {
        !matches!(self, Self::Listen | Self::Closed | Self::TimeWait)
    }
}
