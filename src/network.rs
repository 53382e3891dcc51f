//! Links, addresses, routes and neighbours of a host as plain types, as
//! rtnetlink(7) reports them. Pure: `kernel::network` decodes them, and
//! whoever judges, plans or prints shares them.

use std::net::IpAddr;

pub use netlink_packet_route::address::AddressScope as Scope;
pub use netlink_packet_route::neighbour::NeighbourState;

use crate::ip;

/// A network device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Its number in this namespace.
    pub index: u32,
    /// Its name, which need not be UTF-8.
    pub name: Vec<u8>,
    /// `IFF_UP`: it was set up.
    pub up: bool,
    /// `IFF_LOWER_UP`: there is a carrier.
    pub carrier: bool,
    /// `IFF_LOOPBACK`.
    pub loopback: bool,
    /// `IFF_POINTOPOINT`: it has one peer, and no neighbours to resolve.
    pub point_to_point: bool,
    /// The index of the bridge, bond or VRF that it is a port of.
    pub master: Option<u32>,
    /// Its driver's kind: `dummy`, `bridge`, `bond`, `veth`, …; empty for most
    /// hardware.
    pub kind: String,
    /// The longest packet, in bytes.
    pub mtu: Option<u32>,
}

/// An address of this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The index of its device.
    pub device: u32,
    /// The address.
    pub ip: IpAddr,
    /// The length of its network's prefix, in bits.
    pub prefix: u8,
    /// How far it is valid.
    pub scope: Scope,
    /// `IFA_F_TENTATIVE`: duplicate address detection is not finished, and
    /// nothing can be sent from it.
    pub tentative: bool,
    /// `IFA_F_DADFAILED`: another host has it.
    pub duplicate: bool,
    /// `IFA_F_DEPRECATED`: not for new connections.
    pub deprecated: bool,
    /// `IFA_F_TEMPORARY` of IPv6: for privacy, and replaced in time.
    pub temporary: bool,
}

/// The packets that a route is looked up for, as `ip route get TO from FROM
/// oif DEVICE` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookup {
    /// Their destination.
    pub to: IpAddr,
    /// Their source, where the sender chose one. It must be of the same family.
    pub from: Option<IpAddr>,
    /// The index of the device that the sender is bound to.
    pub device: Option<u32>,
}

/// The result of a [`Lookup`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextHop {
    /// The index of the device that the packets leave through.
    pub device: u32,
    /// The router; `None`: the destination is on-link.
    pub gateway: Option<IpAddr>,
    /// The source address that the kernel would choose.
    pub source: Option<IpAddr>,
    /// A route matches (`RTM_F_FIB_MATCH`, Linux 4.13). Otherwise IPv4 only
    /// assumes that the destination is on-link, as the sender is bound to a
    /// device.
    pub routed: bool,
}

/// A default route of the main table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultRoute {
    /// The index of its device.
    pub device: u32,
    /// Its gateway, which can be of the other family.
    pub gateway: Option<IpAddr>,
    /// The metric: lower is preferred; 0 if it has none.
    pub metric: u32,
}

/// An address and how many of its bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix(pub IpAddr, pub u8);

/// A route of any table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRoute {
    /// Whether it is of IPv6.
    pub ipv6: bool,
    /// `unicast`, `blackhole`, `unreachable`, …
    pub kind: String,
    /// Where it leads; `None`: anywhere, it is a default route.
    pub to: Option<Prefix>,
    /// Its gateway, which can be of the other family.
    pub gateway: Option<IpAddr>,
    /// The index of its device; 0 if it has none.
    pub device: u32,
    /// The source address, unless the sender chooses one.
    pub source: Option<IpAddr>,
    /// The metric: lower is preferred; 0 if it has none.
    pub metric: u32,
    /// The number of its table; 254 is `main`.
    pub table: u32,
}

/// A rule that chooses a routing table (ip-rule(8)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Whether it is of IPv6.
    pub ipv6: bool,
    /// Lower ones apply first.
    pub priority: u32,
    /// The source addresses that it is for.
    pub from: Option<Prefix>,
    /// The destination addresses that it is for.
    pub to: Option<Prefix>,
    /// The device that packets come in by.
    pub iif: Option<Vec<u8>>,
    /// The device that the sender is bound to.
    pub oif: Option<Vec<u8>>,
    /// The firewall mark that it is for.
    pub mark: Option<u32>,
    /// The first and the last user that it is for.
    pub uids: Option<(u32, u32)>,
    /// `lookup`, `unreachable`, …
    pub action: String,
    /// The number of the table to look in.
    pub table: u32,
}

/// A host on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// The index of the device that leads to it.
    pub device: u32,
    /// Its address.
    pub ip: IpAddr,
    /// Whether its link-layer address is known.
    pub state: NeighbourState,
}

impl Link {
    /// Its name as text: bytes that are not UTF-8 are replaced.
    pub fn label(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// Whether any device reaches its addresses: `lo` and `dummy`.
    pub fn is_internal(&self) -> bool {
        self.loopback || self.kind == "dummy"
    }

    /// Whether it was set up and has a carrier.
    pub fn is_usable(&self) -> bool {
        self.up && self.carrier
    }
}

impl Address {
    /// An address of the whole internet that does not expire.
    pub fn new(ip: IpAddr, prefix: u8, device: u32) -> Self {
        Address {
            device,
            ip,
            prefix,
            scope: Scope::Universe,
            tentative: false,
            duplicate: false,
            deprecated: false,
            temporary: false,
        }
    }

    /// Whether new connections to any destination can begin from it for a
    /// while.
    pub fn is_lasting(&self) -> bool {
        let local = ip::is_link_local(self.ip) || self.ip.is_loopback();
        let unusable = self.tentative || self.duplicate;
        let passing = self.deprecated || self.temporary;
        self.scope == Scope::Universe && !local && !unusable && !passing
    }
}

impl Neighbour {
    /// Whether it was asked for its link-layer address and did not answer
    /// (yet).
    pub fn is_silent(&self) -> bool {
        matches!(
            self.state,
            NeighbourState::Incomplete | NeighbourState::Failed
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(ip: &str) -> Address {
        Address::new(ip.parse().unwrap(), 24, 2)
    }

    #[test]
    fn addresses_that_expire_or_are_local_are_not_lasting() {
        assert!(address("10.0.0.2").is_lasting());
        assert!(address("fd00::2").is_lasting());
        for ip in ["169.254.0.1", "127.0.0.2", "fe80::1", "::1"] {
            assert!(!address(ip).is_lasting(), "{ip}");
        }
        let spoilt: [fn(&mut Address); 5] = [
            |address| address.scope = Scope::Link,
            |address| address.tentative = true,
            |address| address.duplicate = true,
            |address| address.deprecated = true,
            |address| address.temporary = true,
        ];
        for spoil in spoilt {
            let mut address = address("fd00::2");
            spoil(&mut address);
            assert!(!address.is_lasting(), "{address:?}");
        }
    }
}
