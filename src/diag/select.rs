//! Which connections to show.

use std::net::IpAddr;

/// An address, or all that begin with the same bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Prefix {
    pub address: IpAddr,
    /// How many leading bits count: up to 32, of IPv6 up to 128.
    pub len: u8,
}

/// A network device, and what belongs to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Device {
    /// Its interface index.
    pub index: u32,
    /// The addresses that it has.
    pub addresses: Vec<IpAddr>,
}

/// What `state` may name.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Condition {
    /// MPTCP is in use, and the handshake complete.
    Established,
    /// It is plain TCP.
    Fallback,
    /// MPTCP is in use, on one established subflow.
    Single,
    /// The handshake is not complete.
    Pending,
    /// It waits for clients.
    Listening,
}

/// Chooses connections, whole: a connection matches if it or one of its
/// subflows does. All kinds of what is given must match, any one of a kind.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Selector {
    pub tokens: Vec<u32>,
    pub locals: Vec<Prefix>,
    pub remotes: Vec<Prefix>,
    pub sports: Vec<u16>,
    pub dports: Vec<u16>,
    pub devices: Vec<Device>,
    /// Where empty, all match that neither listen nor are closed.
    pub conditions: Vec<Condition>,
}
