//! Networks, and the documentation networks that stand for them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The documentation networks of RFC 5737, each a /24.
const V4: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];
/// How many hosts one of these has room for.
const HOSTS: u16 = 254;

/// A network: its address and the length of its prefix.
type Network = (IpAddr, u8);

/// Which networks were replaced, and the hosts in them.
#[derive(Debug, Default)]
pub(super) struct Networks {
    /// Those of this host, the longest prefix first.
    known: Vec<Network>,
    /// Their numbers, for each family from 0. A documentation network of IPv4
    /// has room for 254 hosts: further ones get one more.
    numbers: HashMap<(Network, u16), u16>,
    next_v4: u16,
    next_v6: u16,
    hosts: HashMap<IpAddr, IpAddr>,
    /// How many hosts a network has so far.
    counts: HashMap<Network, u16>,
}

impl Networks {
    pub(super) fn new(known: impl IntoIterator<Item = Network>) -> Self {
        let known = known.into_iter().filter(|(ip, prefix)| match ip {
            // A longer prefix names a host, a shorter one has hosts of many
            // networks.
            IpAddr::V4(_) => (8..31).contains(prefix),
            IpAddr::V6(_) => (32..127).contains(prefix),
        });
        let mut known: Vec<Network> = known
            .map(|(ip, prefix)| (masked(ip, prefix), prefix))
            .collect();
        known.sort_by_key(|(_, prefix)| std::cmp::Reverse(*prefix));
        Networks {
            known,
            ..Networks::default()
        }
    }

    /// The address that stands for this one.
    pub(super) fn replace(&mut self, ip: IpAddr) -> IpAddr {
        if is_common(ip) {
            return ip;
        }
        if let IpAddr::V6(v6) = ip
            && let Some(v4) = v6.to_ipv4_mapped()
        {
            return match self.replace(v4.into()) {
                IpAddr::V4(v4) => v4.to_ipv6_mapped().into(),
                v6 => v6,
            };
        }
        if let Some(known) = self.hosts.get(&ip) {
            return *known;
        }
        let network = self.network(ip);
        let count = self.counts.entry(network).or_default();
        let host = match ip == network.0 {
            true => 0,
            false => {
                *count += 1;
                *count
            }
        };
        let replacement = match ip {
            IpAddr::V4(_) => {
                let (block, host) = match host {
                    0 => (0, 0),
                    host => ((host - 1) / HOSTS, (host - 1) % HOSTS + 1),
                };
                v4(self.number(network, block), host)
            }
            IpAddr::V6(ip) if ip.is_unicast_link_local() => {
                Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, host).into()
            }
            IpAddr::V6(_) => {
                let number = self.number(network, 0);
                Ipv6Addr::new(0x2001, 0xdb8, 0, number, 0, 0, 0, host).into()
            }
        };
        self.hosts.insert(ip, replacement);
        replacement
    }

    fn network(&self, ip: IpAddr) -> Network {
        let mut known = self.known.iter();
        let known = known.find(|(network, prefix)| {
            network.is_ipv4() == ip.is_ipv4() && masked(ip, *prefix) == *network
        });
        known.copied().unwrap_or_else(|| {
            let prefix = if ip.is_ipv4() { 24 } else { 64 };
            (masked(ip, prefix), prefix)
        })
    }

    fn number(&mut self, network: Network, block: u16) -> u16 {
        let next = match network.0 {
            IpAddr::V4(_) => &mut self.next_v4,
            IpAddr::V6(_) => &mut self.next_v6,
        };
        *self.numbers.entry((network, block)).or_insert_with(|| {
            let number = *next;
            *next = next.saturating_add(1);
            number
        })
    }
}

/// What identifies no host: everybody has it, or nobody.
fn is_common(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_loopback() || ip.is_unspecified() || ip.is_broadcast() || ip.is_multicast()
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unspecified() || ip.is_multicast(),
    }
}

/// The host of that number in the network of that number. Three networks are
/// for documentation; further ones are in 240.0.0.0/4, which nobody has (RFC
/// 1112, section 4).
fn v4(number: u16, host: u16) -> IpAddr {
    let [_, host] = host.to_be_bytes();
    let [a, b, c] = match V4.get(usize::from(number)) {
        Some(network) => *network,
        None => {
            let [high, low] = number.to_be_bytes();
            [240, high, low]
        }
    };
    Ipv4Addr::new(a, b, c, host).into()
}

fn masked(ip: IpAddr, prefix: u8) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32)));
            Ipv4Addr::from(u32::from(ip) & mask.unwrap_or(0)).into()
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix.min(128)));
            Ipv6Addr::from(u128::from(ip) & mask.unwrap_or(0)).into()
        }
    }
}
