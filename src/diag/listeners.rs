//! Which connections come from a socket that listens with MPTCP.

use std::collections::HashMap;
use std::net::IpAddr;

use super::socket::{End, Family, Header};

/// The listening sockets of the MPTCP dumps, by their port.
#[derive(Clone, Debug, Default)]
pub(super) struct Listeners(HashMap<u16, Vec<Listener>>);

#[derive(Clone, Debug)]
struct Listener {
    address: IpAddr,
    /// Without an address of its own, it takes all of these families.
    ipv4: bool,
    ipv6: bool,
    /// The device that it is bound to, or 0.
    device: u32,
}

impl Listeners {
    pub(super) fn add(&mut self, socket: &Header) {
        let End { address, port } = socket.local;
        self.0.entry(port).or_default().push(Listener {
            address,
            ipv4: socket.family == Family::V4 || !socket.v6only,
            ipv6: socket.family == Family::V6,
            device: socket.device,
        });
    }

    /// Whether one of them accepts connections to this address and port. What
    /// it accepts is bound to the device that it is bound to itself.
    pub(super) fn accept(&self, local: End, device: u32) -> bool {
        let at_port = self.0.get(&local.port);
        at_port.is_some_and(|listeners| {
            let mut listeners = listeners.iter();
            listeners.any(|listener| listener.accepts(local.address, device))
        })
    }
}

impl Listener {
    fn accepts(&self, local: IpAddr, device: u32) -> bool {
        let any = if local.is_ipv4() {
            self.ipv4
        } else {
            self.ipv6
        };
        let fits = self.address == local || self.address.is_unspecified() && any;
        fits && (self.device == 0 || self.device == device)
    }
}
