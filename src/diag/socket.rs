//! One socket, as either dump describes it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netlink_packet_core::DecodeError;

use super::fields::Fields;
use super::info::{MptcpInfo, TcpInfo};
use super::subflow::SubflowInfo;
use crate::netlink::wire;

/// Which table to dump.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Protocol {
    /// Subflows, and all other TCP sockets.
    Tcp,
    /// Connections, and sockets that listen for them.
    Mptcp,
}

/// Bytes of `struct inet_diag_msg`, which is before the attributes.
const HEADER: usize = 72;
const INET_DIAG_INFO: u16 = 2;
const INET_DIAG_SKV6ONLY: u16 = 11;
const INET_DIAG_ULP_INFO: u16 = 19;
const INET_ULP_INFO_NAME: u16 = 1;
const INET_ULP_INFO_MPTCP: u16 = 3;

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

/// A socket of a dump.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Socket {
    pub header: Header,
    pub info: Info,
}

/// What every dump reports of a socket: `struct inet_diag_msg`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
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
}

/// The attributes, which depend on the dump.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Info {
    /// Of the dump of MPTCP sockets.
    Mptcp(Option<MptcpInfo>),
    /// Of the dump of TCP sockets.
    Tcp {
        tcp: Option<TcpInfo>,
        /// Present on a subflow: its upper layer is MPTCP. Before Linux 6.15
        /// the kernel reports that only with CAP_NET_ADMIN.
        subflow: Option<SubflowInfo>,
    },
}

/// The families that there are dumps of.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum Family {
    V4 = 2,
    V6 = 10,
}

impl Family {
    /// Whether the address is one of the family.
    pub fn has(self, ip: IpAddr) -> bool {
        match self {
            Self::V4 => ip.is_ipv4(),
            Self::V6 => ip.is_ipv6(),
        }
    }
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

    /// Whether the three-way handshake is not complete.
    pub const fn is_connecting(self) -> bool {
        matches!(self, Self::SynSent | Self::SynReceived)
    }
}

impl From<u8> for State {
    /// The kernel's number of it, as in `netinet/tcp.h`.
    fn from(number: u8) -> Self {
        match number {
            1 => Self::Established,
            2 => Self::SynSent,
            // The kernel distinguishes sockets from requests for one.
            3 | 12 => Self::SynReceived,
            4 => Self::FinWait1,
            5 => Self::FinWait2,
            6 => Self::TimeWait,
            8 => Self::CloseWait,
            9 => Self::LastAck,
            10 => Self::Listen,
            11 => Self::Closing,
            _ => Self::Closed,
        }
    }
}

impl Socket {
    /// Reads a message of the dump of `protocol`: what follows its
    /// `struct nlmsghdr`.
    ///
    /// # Errors
    ///
    /// Names the structure or attribute that is cut off.
    pub fn decode(message: &[u8], protocol: Protocol) -> Result<Self, DecodeError> {
        let fields = Fields::new(message, "inet_diag_msg");
        let mut socket = Self {
            header: Header::decode(fields)?,
            info: match protocol {
                Protocol::Mptcp => Info::Mptcp(None),
                Protocol::Tcp => Info::Tcp {
                    tcp: None,
                    subflow: None,
                },
            },
        };
        for attribute in wire::attributes(fields.rest(HEADER)?, "inet_diag_msg") {
            let (kind, value) = attribute?;
            socket.take(kind, value)?;
        }
        Ok(socket)
    }

    fn take(&mut self, kind: u16, value: &[u8]) -> Result<(), DecodeError> {
        match (kind, &mut self.info) {
            (INET_DIAG_SKV6ONLY, _) => {
                self.header.v6only = Fields::new(value, "INET_DIAG_SKV6ONLY").u8(0)? != 0;
            }
            (INET_DIAG_INFO, Info::Mptcp(info)) => *info = Some(MptcpInfo::decode(value)?),
            (INET_DIAG_INFO, Info::Tcp { tcp, .. }) => *tcp = Some(TcpInfo::decode(value)?),
            (INET_DIAG_ULP_INFO, Info::Tcp { subflow, .. }) => *subflow = upper_layer(value)?,
            _ => {}
        }
        Ok(())
    }
}

impl Header {
    fn decode(fields: Fields) -> Result<Self, DecodeError> {
        let family = match fields.u8(0)? {
            2 => Family::V4,
            10 => Family::V6,
            other => return Err(format!("inet_diag_msg has the family {other}").into()),
        };
        let end = |port, address| {
            Ok::<_, DecodeError>(End {
                port: fields.be16(port)?,
                address: match family {
                    Family::V4 => Ipv4Addr::from(fields.array(address)?).into(),
                    Family::V6 => Ipv6Addr::from(fields.array(address)?).to_canonical(),
                },
            })
        };
        Ok(Self {
            family,
            state: fields.u8(1)?.into(),
            v6only: false,
            local: end(4, 8)?,
            remote: end(6, 24)?,
            device: fields.u32(40)?,
            rqueue: fields.u32(56)?,
            wqueue: fields.u32(60)?,
            uid: fields.u32(64)?,
            inode: fields.u32(68)?,
        })
    }
}

/// A TCP socket's upper layer, if that is MPTCP.
fn upper_layer(attributes: &[u8]) -> Result<Option<SubflowInfo>, DecodeError> {
    let mut mptcp = false;
    let mut subflow = None;
    for attribute in wire::attributes(attributes, "INET_DIAG_ULP_INFO") {
        match attribute? {
            (INET_ULP_INFO_NAME, value) => mptcp = value == b"mptcp\0",
            (INET_ULP_INFO_MPTCP, value) => subflow = Some(SubflowInfo::decode(value)?),
            _ => {}
        }
    }
    // A listening one has the name alone.
    Ok(mptcp.then(|| subflow.unwrap_or_default()))
}
