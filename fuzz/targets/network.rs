//! Answers of rtnetlink: links, addresses, routes and neighbours.
#![no_main]

use std::net::{IpAddr, Ipv4Addr};

use libfuzzer_sys::fuzz_target;
use mptcp_cli::kernel::Network;
use mptcp_cli::network::Lookup;
use mptcp_fuzz::Said;

fuzz_target!(|datagram: &[u8]| {
    let network = || Network::over(Said::new(datagram));
    let to = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let lookup = Lookup {
        to,
        from: None,
        device: None,
    };
    for link in network().links().into_iter().flat_map(|dump| dump.entries) {
        let _ = link.is_internal();
    }
    let _ = network().addresses();
    let _ = network().default_routes();
    let _ = network().route(&lookup);
    if let Ok(Some(neighbour)) = network().neighbour(1, to) {
        let _ = neighbour.is_silent();
    }
});
