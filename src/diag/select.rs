//! Which connections to show.

use std::net::IpAddr;

use super::connection::{Connection, Subflow};
use super::socket::{End, Family, State};

/// An address, or all that begin with the same bits. An IPv4-mapped one has
/// to be given as the IPv4 address that it is.
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
    /// Its state is that, fallen back or not.
    Established,
    /// It is plain TCP.
    Fallback,
    /// MPTCP is in use, on one established subflow.
    Single,
    /// Nothing gets through, on one of its subflows at least.
    Stalled,
    /// The handshake is not complete.
    Pending,
    /// It waits for clients.
    Listening,
}

/// Chooses whole connections: a connection matches if it or one of its subflows
/// does. All kinds of criteria must match; of one kind, any value.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Selector {
    pub tokens: Vec<u32>,
    /// The family of the addresses, not of the sockets.
    pub family: Option<Family>,
    pub locals: Vec<Prefix>,
    pub remotes: Vec<Prefix>,
    pub sports: Vec<u16>,
    pub dports: Vec<u16>,
    pub devices: Vec<Device>,
    /// Where empty, all match that neither listen nor are closed.
    pub conditions: Vec<Condition>,
}

impl Selector {
    /// Whether to show the connection.
    pub fn matches(&self, connection: &Connection) -> bool {
        self.matches_token(connection)
            && self.matches_state(connection)
            && (self.matches_path(&Path::from(connection))
                || connection
                    .subflows
                    .iter()
                    .any(|subflow| self.matches_path(&subflow.into())))
    }

    /// Whether a subflow matches all criteria for a path.
    pub fn matches_subflow(&self, subflow: &Subflow) -> bool {
        self.matches_path(&subflow.into())
    }

    fn matches_token(&self, connection: &Connection) -> bool {
        self.tokens.is_empty()
            || connection
                .token
                .is_some_and(|token| self.tokens.contains(&token))
    }

    fn matches_state(&self, connection: &Connection) -> bool {
        if self.conditions.is_empty() {
            return !matches!(connection.state, State::Listen | State::Closed);
        }
        self.conditions
            .iter()
            .any(|condition| condition.holds(connection))
    }

    fn matches_family(&self, path: &Path) -> bool {
        match self.family {
            Some(Family::V4) => path.local.address.is_ipv4(),
            Some(Family::V6) => path.local.address.is_ipv6(),
            None => true,
        }
    }

    /// One path has to match them all, so that an address and a port are found
    /// together.
    fn matches_path(&self, path: &Path) -> bool {
        self.matches_family(path)
            && any(&self.locals, |prefix| prefix.contains(path.local.address))
            && any(&self.remotes, |prefix| prefix.contains(path.remote.address))
            && any(&self.sports, |port| *port == path.local.port)
            && any(&self.dports, |port| *port == path.remote.port)
            && any(&self.devices, |device| device.has(path))
    }
}

/// Whether one of the values matches, or none is given.
fn any<T>(values: &[T], fits: impl Fn(&T) -> bool) -> bool {
    values.is_empty() || values.iter().any(fits)
}

/// What a connection and a subflow have in common.
struct Path {
    local: End,
    remote: End,
    device: u32,
}

impl From<&Connection> for Path {
    fn from(connection: &Connection) -> Self {
        Self {
            local: connection.local,
            remote: connection.remote,
            device: connection.device,
        }
    }
}

impl From<&Subflow> for Path {
    fn from(subflow: &Subflow) -> Self {
        Self {
            local: subflow.local,
            remote: subflow.remote,
            device: subflow.device,
        }
    }
}

impl Device {
    /// Whether the path is bound to it or has one of its addresses.
    fn has(&self, path: &Path) -> bool {
        self.index == path.device || self.addresses.contains(&path.local.address)
    }
}

impl Prefix {
    /// Whether an address begins as this one does. One of another family does
    /// not.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (ours, theirs, width) = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (ours.to_bits().into(), theirs.to_bits().into(), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits(), theirs.to_bits(), 128),
            _ => return false,
        };
        let differing: u128 = ours ^ theirs;
        let free = width - u32::from(self.len).min(width);
        differing.checked_shr(free).unwrap_or(0) == 0
    }
}

impl Condition {
    fn holds(self, connection: &Connection) -> bool {
        match self {
            Self::Established => connection.state == State::Established,
            Self::Fallback => connection.fallback.is_some(),
            Self::Single => connection.fallback.is_none() && connection.established() == 1,
            Self::Stalled => connection
                .subflows
                .iter()
                .any(|subflow| subflow.stalled().is_some()),
            Self::Pending => connection.state.is_connecting(),
            Self::Listening => connection.state == State::Listen,
        }
    }
}
