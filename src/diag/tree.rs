//! The join of the dumps.

use super::connection::{Connection, Fallback, Subflow};
use super::index::Index;
use super::info::{MptcpInfo, TcpInfo};
use super::listeners::Listeners;
use super::socket::{End, Header, Info, Socket, State};
use super::subflow::SubflowInfo;

/// Joins MPTCP sockets and TCP sockets to connections.
///
/// [`add`](Self::add) takes the MPTCP sockets that listen, then the TCP sockets,
/// of both families each; [`connection`](Self::connection) gives each other
/// MPTCP socket its subflows, and [`rest`](Self::rest) what the MPTCP dumps left
/// out. So no more is held at a time than the subflows, of which there may be
/// tens of thousands.
///
/// The dumps are not of one moment: subflows without their connection make one
/// of their own, and a connection that came after the dumps of TCP sockets lacks
/// its subflows, which a [`later`](Self::later) dump has.
#[derive(Debug, Default)]
pub struct Tree {
    listening: Vec<Connection>,
    listeners: Listeners,
    /// In the kernel's order, until their connection takes them.
    subflows: Vec<Option<Subflow>>,
    by_token: Index,
    /// As long as no TCP socket names its connection: the kernel may hide it.
    by_inode: Index,
    /// Of these, the ones without an inode, by both ports.
    by_ports: Index,
    /// Whether a TCP socket names its connection.
    has_subflow_info: bool,
    hidden: bool,
}

impl Tree {
    /// Takes an MPTCP socket that listens, or a TCP socket.
    pub fn add(&mut self, socket: Socket) {
        let Socket { header, info } = socket;
        match info {
            Info::Mptcp(info) => {
                self.listeners.add(&header);
                self.listening.push(Connection::new(&header, info));
            }
            Info::Tcp { tcp, subflow } if header.state.is_shown() => match subflow {
                Some(mptcp) => self.add_subflow(&header, tcp, mptcp),
                None => self.add_plain(&header, tcp),
            },
            // The MPTCP dump has those that listen, and the rest is over.
            Info::Tcp { .. } => {}
        }
    }

    /// The sockets that listen, which have no subflows.
    pub fn listening(&self) -> &[Connection] {
        &self.listening
    }

    /// The connection of a socket of the MPTCP dump.
    pub fn connection(&mut self, socket: Socket) -> Connection {
        let Socket { header, info } = socket;
        let info = match info {
            Info::Mptcp(info) => info,
            Info::Tcp { .. } => None,
        };
        self.complete(Connection::new(&header, info))
    }

    /// A tree for dumps of TCP sockets that are taken after the others.
    pub fn later(&self) -> Self {
        Tree {
            listeners: self.listeners.clone(),
            ..Tree::default()
        }
    }

    /// The connection with its subflows, which it lacks so far.
    pub fn complete(&mut self, mut connection: Connection) -> Connection {
        let Connection { local, remote, .. } = connection;
        let inode = connection.inode;
        let places = match connection.token {
            Some(token) if self.has_subflow_info => self.by_token.find(token),
            Some(_) if inode == 0 => self.by_ports.find(ports(local, remote)),
            Some(_) => self.by_inode.find(inode),
            None => &[],
        };
        connection.subflows.reserve_exact(places.len());
        let sure = self.has_subflow_info || inode != 0;
        for (_, place) in places {
            let slot = self.subflows.get_mut(*place);
            // Ports alone are no proof, but the first subflow's ends are.
            let ours =
                |subflow: &mut Subflow| sure || (subflow.local, subflow.remote) == (local, remote);
            if let Some(subflow) = slot.and_then(|slot| slot.take_if(ours)) {
                self.hidden |= subflow.mptcp.is_none();
                connection.push(subflow);
            }
        }
        connection.conclude(&self.listeners);
        connection
    }

    /// Whether the kernel keeps the subflows' MPTCP part from this user, as
    /// Linux before 6.15 does without CAP_NET_ADMIN: ids, backup flags and
    /// more are missing, and so are joins to connections that no process
    /// accepted yet, and connections for which MPTCP was not tried. To be
    /// asked after the last [`connection`](Self::connection).
    pub fn subflows_hidden(&self) -> bool {
        self.hidden
    }

    /// The connections that only the TCP dumps have, in their order.
    pub fn rest(mut self) -> impl Iterator<Item = Connection> {
        (0..self.subflows.len()).filter_map(move |place| self.left_out(place))
    }

    fn add_subflow(&mut self, header: &Header, tcp: Option<TcpInfo>, mptcp: SubflowInfo) {
        if !self.has_subflow_info {
            self.has_subflow_info = true;
            let listeners = &self.listeners;
            let kept = |subflow: &Subflow| listeners.accept(subflow.local, subflow.device);
            self.subflows
                .retain(|subflow| subflow.as_ref().is_some_and(kept));
        }
        self.by_token.add(mptcp.token_loc, self.subflows.len());
        self.subflows
            .push(Some(Subflow::new(header, tcp, Some(mptcp))));
    }

    fn add_plain(&mut self, header: &Header, tcp: Option<TcpInfo>) {
        if self.has_subflow_info {
            if !self.listeners.accept(header.local, header.device) {
                return;
            }
        } else if header.inode == 0 {
            let ports = ports(header.local, header.remote);
            self.by_ports.add(ports, self.subflows.len());
        } else {
            self.by_inode.add(header.inode, self.subflows.len());
        }
        self.subflows.push(Some(Subflow::new(header, tcp, None)));
    }

    /// The connection of a subflow that was not taken, if it is one to show.
    fn left_out(&mut self, place: usize) -> Option<Connection> {
        let subflow = self.subflows.get_mut(place)?.take()?;
        let mut connection = Connection::from_subflow(&subflow);
        match subflow.mptcp.as_ref().map(|info| info.token_loc) {
            Some(0) => connection.fallback = Some(Fallback::NotTried),
            Some(token) => connection.token = Some(token),
            None if !self.came_without(&subflow) => return None,
            None => connection.fallback = Some(Fallback::ClientWithoutMptcp),
        }
        connection.push(subflow);
        let others = match connection.token {
            Some(token) => self.by_token.find(token),
            None => &[],
        };
        for (_, place) in others {
            if let Some(other) = self.subflows.get_mut(*place).and_then(Option::take) {
                connection.push(other);
            }
        }
        connection.conclude(&self.listeners);
        Some(connection)
    }

    /// Whether a plain TCP socket is that of a client without MPTCP.
    fn came_without(&self, subflow: &Subflow) -> bool {
        // A request for a connection does not show whether it has MPTCP.
        subflow.state != State::SynReceived
            // It may be a join to a connection that no process accepted yet.
            && (subflow.inode != 0 || !self.hidden)
            && self.listeners.accept(subflow.local, subflow.device)
    }
}

fn ports(local: End, remote: End) -> u32 {
    u32::from(local.port) << 16 | u32::from(remote.port)
}

impl Connection {
    fn new(header: &Header, info: Option<MptcpInfo>) -> Self {
        let token = info.as_ref().map(|info| info.token);
        Self {
            token: token.filter(|token| *token != 0),
            state: header.state,
            family: header.family,
            local: header.local,
            remote: header.remote,
            server_side: None,
            fallback: None,
            info,
            inode: header.inode,
            uid: header.uid,
            device: header.device,
            subflows: Vec::new(),
        }
    }

    /// The connection that one of its subflows stands for.
    fn from_subflow(subflow: &Subflow) -> Self {
        Self {
            token: None,
            state: subflow.state,
            family: subflow.family,
            local: subflow.local,
            remote: subflow.remote,
            server_side: None,
            fallback: None,
            info: None,
            inode: subflow.inode,
            uid: subflow.uid,
            device: subflow.device,
            subflows: Vec::new(),
        }
    }

    /// Adds a subflow; the first one of the connection goes in front.
    fn push(&mut self, mut subflow: Subflow) {
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

    /// Derives the side and the fallback from all subflows.
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
            // The first subflow is gone.
            _ => self.subflows.iter().find_map(|join| self.side_by(join)),
        };
    }

    /// Whether this host accepted the connection, as far as one of its joins
    /// shows. Only a client joins the server's port, and only a server accepts
    /// joins at its own; one that was announced with a port can be either's.
    fn side_by(&self, join: &Subflow) -> Option<bool> {
        let flags = join.mptcp.as_ref()?.flags;
        let (ours, theirs) = (
            join.local.port == self.local.port,
            join.remote.port == self.remote.port,
        );
        match flags.mp_join_requested() {
            _ if !flags.mp_join() => None,
            true => theirs.then_some(false),
            false => ours.then_some(true),
        }
    }
}

impl Subflow {
    fn new(header: &Header, tcp: Option<TcpInfo>, mptcp: Option<SubflowInfo>) -> Self {
        Self {
            state: header.state,
            family: header.family,
            local: header.local,
            remote: header.remote,
            device: header.device,
            inode: header.inode,
            uid: header.uid,
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
