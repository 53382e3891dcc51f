//! Host names, from the system's resolver.

use std::net::IpAddr;

/// The name of the host that has an address, if the resolver knows one. An
/// IPv4-mapped address is looked up as the IPv4 address that it holds.
pub fn host(ip: IpAddr) -> Option<String> {
    dns_lookup::lookup_addr(&ip.to_canonical()).ok()
}
