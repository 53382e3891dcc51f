//! The inputs that fuzzing of rtnetlink's answers and of counters starts from,
//! as `corpus` has the others.

use std::net::{IpAddr, Ipv4Addr};

use mptcp_cli::kernel::Network;
use mptcp_cli::kernel::counters::Counters;
use mptcp_cli::network::Lookup;

use super::corpus::corpus;
use crate::peer::script::{Peer, Step};
use crate::peer::wire::done;
use crate::support::need_little_endian;

trials! { recorded_answers_of_rtnetlink_are_understood, recorded_counters_are_understood }

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 1, 1));
const GATEWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 1, 2));

/// A link with an address, a gateway on it, and a default route by it.
fn recorded_answers_of_rtnetlink_are_understood() {
    need_little_endian();
    let recorded = corpus("network");
    assert_eq!(recorded.len(), 7);
    for (name, answer) in recorded {
        let mut said = Some(answer);
        let peer = Peer::new(move |number| {
            let answer = said.take();
            vec![Step::Say(answer.unwrap_or_else(|| done(number, 0).bytes()))]
        });
        let mut network = Network::over(peer);
        let lookup = Lookup {
            to: GATEWAY,
            from: None,
            device: None,
        };
        match name.as_str() {
            "links" => {
                let links = network.links().unwrap().entries;
                let near = links.iter().find(|link| link.name == b"near0").unwrap();
                assert_eq!((near.mtu, near.kind.as_str()), (Some(1500), "veth"));
                assert!(near.up && near.carrier && !near.is_internal());
            }
            "addresses" => {
                let addresses = network.addresses().unwrap().entries;
                let here = addresses.iter().find(|of| of.ip == HERE).unwrap();
                assert_eq!((here.prefix, here.tentative), (24, false));
            }
            "default-routes" => {
                let routes = network.default_routes().unwrap();
                let gateways: Vec<_> = routes.iter().map(|route| route.gateway).collect();
                assert_eq!(gateways, [Some(GATEWAY)]);
            }
            "route" => {
                let hop = network.route(&lookup).unwrap().unwrap();
                assert!(hop.device > 0 && hop.gateway.is_none() && hop.routed);
            }
            "no-route" => assert_eq!(network.route(&lookup).unwrap(), None),
            "neighbour" => {
                let neighbour = network.neighbour(1, GATEWAY).unwrap().unwrap();
                assert!(!neighbour.is_silent(), "{neighbour:?}");
            }
            "no-neighbour" => assert_eq!(network.neighbour(1, GATEWAY).unwrap(), None),
            _ => panic!("what is {name}?"),
        }
    }
}

/// Those that the other recordings caused.
fn recorded_counters_are_understood() {
    for (name, text) in corpus("counters") {
        let mut counters = Counters::default();
        counters.take(&text);
        match name.as_str() {
            "netstat" => assert!(counters.mptcp("MPCapableSYNTX").unwrap() > 0),
            "snmp" => assert!(counters.get("Tcp", "ActiveOpens").unwrap() > 0),
            _ => panic!("what is {name}?"),
        }
    }
}
