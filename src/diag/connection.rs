//! The typed answer: connections and their subflows.

use super::info::{MptcpInfo, TcpInfo};
use super::socket::{End, Family, State};
use super::subflow::SubflowInfo;

/// A connection with its subflows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Connection {
    /// Absent where MPTCP was not tried, or the client came without it, and of
    /// a listening socket.
    pub token: Option<u32>,
    pub state: State,
    /// Of the socket, not of its addresses.
    pub family: Family,
    pub local: End,
    pub remote: End,
    /// Whether this host accepted the connection; `None` if nothing shows it.
    pub server_side: Option<bool>,
    /// Why it is plain TCP, if it is.
    pub fallback: Option<Fallback>,
    /// Absent where the dump of MPTCP sockets does not have the connection.
    pub info: Option<MptcpInfo>,
    /// 0 where no process holds the connection.
    pub inode: u32,
    pub uid: u32,
    /// The device that it is bound to, or 0.
    pub device: u32,
    /// In the order of the dump, the first one of the connection in front.
    pub subflows: Vec<Subflow>,
}

/// One TCP connection of an MPTCP connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subflow {
    pub state: State,
    /// Of the socket, not of its addresses.
    pub family: Family,
    pub local: End,
    pub remote: End,
    /// The device that it is bound to, or 0.
    pub device: u32,
    pub inode: u32,
    pub uid: u32,
    /// Whether it is the connection's first one, and no join.
    pub initial: bool,
    pub tcp: Option<TcpInfo>,
    /// Absent if the kernel does not report it, and without MPTCP.
    pub mptcp: Option<SubflowInfo>,
}

/// Why a connection is plain TCP. Each end has its own view: one may have
/// fallen back while the other one still sends MPTCP.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Fallback {
    /// The SYN/ACK came without MPTCP.
    PeerOrPath,
    /// SYNs were answered, or are tried, only without MPTCP.
    SynDropped,
    /// The kernel did not ask for MPTCP: blackhole detection
    /// (`net.mptcp.blackhole_timeout`).
    NotTried,
    /// What followed the handshake came without MPTCP.
    AfterHandshake,
    /// MPTCP was in use and was given up. Also if the first subflow, which would
    /// show the reason, is not known.
    Later,
    /// Plain TCP to a socket that listens with MPTCP: what is left, too, where
    /// only the handshake's last segment came without it.
    ClientWithoutMptcp,
}

impl Connection {
    /// How many subflows are established.
    pub fn established(&self) -> usize {
        self.subflows_in(|state| state == State::Established)
    }

    /// How many subflows have not completed their handshake.
    pub fn connecting(&self) -> usize {
        self.subflows_in(State::is_connecting)
    }

    fn subflows_in(&self, which: impl Fn(State) -> bool) -> usize {
        self.subflows
            .iter()
            .filter(|subflow| which(subflow.state))
            .count()
    }
}

impl Subflow {
    /// Our address id; `None` if the kernel does not report it.
    pub fn local_id(&self) -> Option<u8> {
        self.mptcp.as_ref().map(|info| info.id_loc)
    }

    /// The peer's address id; `None` if the kernel does not report it.
    pub fn remote_id(&self) -> Option<u8> {
        self.mptcp.as_ref().map(|info| info.id_rem)
    }

    /// Whether this host wants it used as a backup only.
    pub fn backup(&self) -> bool {
        let info = self.mptcp.as_ref();
        info.is_some_and(|info| info.flags.backup_loc())
    }

    /// Whether the peer wants it used as a backup only.
    pub fn backup_remote(&self) -> bool {
        let info = self.mptcp.as_ref();
        info.is_some_and(|info| info.flags.backup_rem())
    }
}

impl Fallback {
    /// Every one of them, in the order in which they happen.
    pub const ALL: [Self; 6] = [
        Self::PeerOrPath,
        Self::SynDropped,
        Self::NotTried,
        Self::AfterHandshake,
        Self::Later,
        Self::ClientWithoutMptcp,
    ];

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PeerOrPath => "peer-or-path",
            Self::SynDropped => "syn-dropped",
            Self::NotTried => "not-tried",
            Self::AfterHandshake => "after-handshake",
            Self::Later => "later",
            Self::ClientWithoutMptcp => "client-without-mptcp",
        }
    }

    /// What happened, to be printed.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::PeerOrPath => {
                "the peer answered without MPTCP, or something on the way removed it"
            }
            Self::SynDropped => "SYNs with MPTCP were not answered, so that a plain one was sent",
            Self::NotTried => "MPTCP was not tried, since earlier SYNs with it were not answered",
            Self::AfterHandshake => "something on the way removed MPTCP right after the handshake",
            Self::Later => "MPTCP worked at first and was given up later",
            Self::ClientWithoutMptcp => {
                "the client came without MPTCP, or something on the way removed it"
            }
        }
    }
}
