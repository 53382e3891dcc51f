//! One socket, as either dump describes it.

use std::net::IpAddr;

use super::info::{MptcpInfo, SubflowInfo, TcpInfo};

/// One end of a connection or subflow.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct End {
    /// An IPv4-mapped address is the IPv4 address that it is.
    pub address: IpAddr,
    /// 0 where none is known, as at the far end of a listening socket.
    pub port: u16,
}

/// The states of RFC 9293, section 3.3.2, which MPTCP sockets have as well.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum State {
    Established = 1,
    SynSent = 2,
    SynReceived = 3,
    FinWait1 = 4,
    FinWait2 = 5,
    TimeWait = 6,
    /// Also what the kernel has names for and RFC 9293 has none.
    Closed = 7,
    CloseWait = 8,
    LastAck = 9,
    Listen = 10,
    Closing = 11,
}

/// A socket of a dump: `struct inet_diag_msg` and the attributes behind it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Socket {
    /// Of the socket, not of its addresses: an IPv6 socket may have IPv4 ends.
    pub family: Family,
    pub state: State,
    /// Only on an IPv6 socket: it takes no IPv4.
    pub v6only: bool,
    pub local: End,
    pub remote: End,
    /// The device that the socket is bound to, or 0.
    pub device: u32,
    /// 0 where no process holds the socket, as before `accept(2)`.
    pub inode: u32,
    /// The user that the socket belongs to.
    pub uid: u32,
    /// Bytes that wait to be read; of a listening socket: connections that
    /// wait to be accepted.
    pub rqueue: u32,
    /// Bytes that wait to be sent or acknowledged; of a listening socket: how
    /// many connections may wait.
    pub wqueue: u32,
    pub info: Info,
}

/// What follows the fixed part, which depends on the dump.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Info {
    /// Of the dump of MPTCP sockets.
    Mptcp(Option<MptcpInfo>),
    /// Of the dump of TCP sockets.
    Tcp {
        tcp: Option<TcpInfo>,
        /// Present on a subflow: its upper layer is MPTCP. Before Linux 6.15
        /// the kernel says so only to who has CAP_NET_ADMIN.
        subflow: Option<SubflowInfo>,
    },
}

/// The families that there are dumps of.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[repr(u8)]
pub enum Family {
    V4 = 2,
    V6 = 10,
}

impl State {
    /// Its name in RFC 9293, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Established => "established",
            Self::SynSent => "syn-sent",
            Self::SynReceived => "syn-received",
            Self::FinWait1 => "fin-wait-1",
            Self::FinWait2 => "fin-wait-2",
            Self::TimeWait => "time-wait",
            Self::Closed => "closed",
            Self::CloseWait => "close-wait",
            Self::LastAck => "last-ack",
            Self::Listen => "listen",
            Self::Closing => "closing",
        }
    }

    /// Whether the three-way handshake is under way.
    pub const fn is_connecting(self) -> bool {
        matches!(self, Self::SynSent | Self::SynReceived)
    }
}
