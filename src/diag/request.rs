//! What the kernel is asked: `struct inet_diag_req_v2` of `linux/inet_diag.h`.
//!
//! The kernel chooses by state alone. Its filters by address, port and device
//! (`INET_DIAG_REQ_BYTECODE`) judge one socket at a time: they would drop
//! subflows of a connection that another of its subflows brings in.

use super::socket::{Family, Protocol, State};

/// Type of the messages that ask and that answer.
pub const SOCK_DIAG_BY_FAMILY: u16 = 20;

/// In `idiag_ext`: answers come with `INET_DIAG_INFO`, and with it
/// `INET_DIAG_ULP_INFO`.
const WANT_INFO: u8 = 1 << (2 - 1);
/// Attribute for protocols whose number exceeds `sdiag_protocol`.
const INET_DIAG_REQ_PROTOCOL: u16 = 3;
const IPPROTO_TCP: u8 = 6;
const IPPROTO_MPTCP: u32 = 262;
/// The part of the cookie that is not compared.
const NO_COOKIE: u32 = u32::MAX;

/// A set of socket states.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct States(u32);

impl States {
    /// Connections from their beginning to the end of their last data, so
    /// neither listening, closed nor in TIME-WAIT.
    pub const LIVE: Self = Self::only(State::Established)
        .and(State::SynSent)
        .and(State::SynReceived)
        .and(State::FinWait1)
        .and(State::FinWait2)
        .and(State::CloseWait)
        .and(State::LastAck)
        .and(State::Closing);

    /// Only this state.
    pub const fn only(state: State) -> Self {
        Self(1 << state as u32)
    }

    /// This state as well.
    pub const fn and(self, state: State) -> Self {
        Self(self.0 | 1 << state as u32)
    }
}

/// A request for sockets of one protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Request {
    /// All sockets of a family in one of these states: to be sent with
    /// NLM_F_DUMP.
    Dump {
        protocol: Protocol,
        family: Family,
        states: States,
    },
    /// The connection with this token, of either family: to be sent without
    /// NLM_F_DUMP. The kernel answers ENOENT where there is none. Its subflows
    /// take the dumps of TCP sockets.
    Connection { token: u32 },
}

impl Request {
    /// The dumps of the sockets that listen with MPTCP. A
    /// [`Tree`](super::tree::Tree) takes them first: they show which plain TCP
    /// connections came without.
    pub const LISTENING: [Self; 2] = Self::both(Protocol::Mptcp, States::only(State::Listen));

    /// The dumps of all TCP sockets that listen. They take far less of the
    /// kernel's time than [`LISTENING`](Self::LISTENING), for which it walks
    /// through all connections. Those that listen with MPTCP are known by their
    /// upper layer, where the kernel shows it.
    pub const TCP_LISTENING: [Self; 2] = Self::both(Protocol::Tcp, States::only(State::Listen));

    /// The dumps of subflows, which it takes next.
    pub const SUBFLOWS: [Self; 2] = Self::both(Protocol::Tcp, States::LIVE);

    /// The dumps of connections, which it takes last.
    pub const CONNECTIONS: [Self; 2] = Self::both(Protocol::Mptcp, States::LIVE);

    const fn both(protocol: Protocol, states: States) -> [Self; 2] {
        [
            Self::dump(protocol, Family::V4, states),
            Self::dump(protocol, Family::V6, states),
        ]
    }

    const fn dump(protocol: Protocol, family: Family, states: States) -> Self {
        Self::Dump {
            protocol,
            family,
            states,
        }
    }

    /// Which sockets come back, to decode them by.
    pub const fn protocol(self) -> Protocol {
        match self {
            Self::Dump { protocol, .. } => protocol,
            Self::Connection { .. } => Protocol::Mptcp,
        }
    }

    /// The message's payload, after `struct nlmsghdr`.
    pub fn to_bytes(self) -> Vec<u8> {
        let (family, states, cookie) = match self {
            Self::Dump { family, states, .. } => (family, states, [0, 0]),
            Self::Connection { token } => (Family::V4, States(u32::MAX), [token, NO_COOKIE]),
        };
        let protocol = match self.protocol() {
            Protocol::Tcp => IPPROTO_TCP,
            // Too large for the field: it is in the attribute.
            Protocol::Mptcp => 0,
        };
        let mut bytes = Vec::with_capacity(64);
        bytes.extend([family as u8, protocol, WANT_INFO, 0]);
        bytes.extend(states.0.to_ne_bytes());
        // Ports, addresses and device: any.
        bytes.extend([0; 40]);
        bytes.extend(cookie.into_iter().flat_map(u32::to_ne_bytes));
        if self.protocol() == Protocol::Mptcp {
            bytes.extend(8_u16.to_ne_bytes());
            bytes.extend(INET_DIAG_REQ_PROTOCOL.to_ne_bytes());
            bytes.extend(IPPROTO_MPTCP.to_ne_bytes());
        }
        bytes
    }
}
