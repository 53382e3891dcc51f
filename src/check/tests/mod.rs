//! Each rule with synthetic facts: when it reports and when it does not.
//!
//! The host has `eth0` with 10.0.0.1 and the default route, and `eth1` with
//! 10.1.0.1 and a further endpoint.

mod connection;
mod endpoint;
mod host;
mod join;
mod limit;
mod paths;
mod probe;
mod route;
mod table;

use std::net::IpAddr;

use super::facts::{Facts, Listener, Route};
use super::finding::{Finding, Level, Piece};
use super::judge::judge;
use crate::diag::connection::{Connection, Fallback, Subflow};
use crate::diag::info::{MptcpInfo, TcpInfo};
use crate::diag::socket::{End, Family, State};
use crate::diag::subflow::{SubflowFlags, SubflowInfo};
use crate::network::{Address, Link, Lookup, NextHop};
use crate::pm::{Endpoint, Flags, Limits};

const PEER: &str = "10.9.0.9";
const FAR4: &str = "128.0.0.1";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn link(index: u32, name: &str) -> Link {
    Link {
        index,
        name: name.into(),
        up: true,
        carrier: true,
        ..Link::default()
    }
}

fn address(text: &str, device: u32) -> Address {
    Address::new(ip(text), 24, device)
}

fn endpoint(id: u8, address: &str, device: u32, flags: Flags) -> Endpoint {
    Endpoint {
        address: ip(address),
        id,
        port: None,
        flags,
        device: Some(device).filter(|index| *index != 0),
    }
}

/// A route as the tables have it, via a gateway of the device's network.
fn route(from: Option<&str>, by: Option<u32>, to: &str, device: u32) -> Route {
    let own = if device == 2 { "10.0.0.1" } else { "10.1.0.1" };
    let gateway = if device == 2 {
        "10.0.0.254"
    } else {
        "10.1.0.254"
    };
    Route {
        lookup: Lookup {
            to: ip(to),
            from: from.map(ip),
            device: by,
        },
        next_hop: Some(NextHop {
            device,
            gateway: Some(ip(gateway)),
            source: Some(ip(own)),
            routed: true,
        }),
    }
}

/// A host that is set up, and has no connection yet.
fn healthy() -> Facts {
    let mut facts = Facts {
        mptcp: true,
        endpoints: vec![endpoint(1, "10.1.0.1", 3, Flags::SUBFLOW)],
        limits: Limits {
            subflows: Some(2),
            add_addr_accepted: Some(0),
        },
        links: vec![
            Link {
                loopback: true,
                ..link(1, "lo")
            },
            link(2, "eth0"),
            link(3, "eth1"),
        ],
        addresses: vec![
            address("127.0.0.1", 1),
            address("10.0.0.1", 2),
            address("10.1.0.1", 3),
        ],
        ..Facts::default()
    };
    for (name, value) in [
        ("net.mptcp.enabled", "1"),
        ("net.mptcp.path_manager", "kernel"),
        ("net.mptcp.blackhole_timeout", "3600"),
        ("net.ipv4.conf.all.rp_filter", "0"),
        ("net.ipv4.conf.eth1.rp_filter", "0"),
    ] {
        facts.sysctls.insert(name.to_owned(), value.to_owned());
    }
    for to in [FAR4, PEER] {
        facts.routes.push(route(None, None, to, 2));
        facts.routes.push(route(Some("10.1.0.1"), Some(3), to, 3));
        facts.routes.push(route(Some("10.1.0.1"), None, to, 2));
    }
    facts
}

fn end(address: &str, port: u16) -> End {
    End {
        address: ip(address),
        port,
    }
}

fn subflow(local: &str, initial: bool, state: State) -> Subflow {
    let flags = if initial { 0x2 | 0x1 } else { 0x8 | 0x4 };
    Subflow {
        state,
        family: Family::V4,
        local: end(local, 40000),
        remote: end(PEER, 443),
        device: 0,
        inode: 1,
        uid: 0,
        initial,
        tcp: Some(TcpInfo {
            bytes_sent: 1000,
            ..TcpInfo::default()
        }),
        mptcp: Some(SubflowInfo {
            flags: SubflowFlags(flags),
            ..SubflowInfo::default()
        }),
    }
}

/// One that this host opened, with one path.
fn connection() -> Connection {
    Connection {
        token: Some(7),
        state: State::Established,
        family: Family::V4,
        local: end("10.0.0.1", 40000),
        remote: end(PEER, 443),
        server_side: Some(false),
        fallback: None,
        info: Some(MptcpInfo {
            token: 7,
            local_addr_used: Some(0),
            subflows_max: 2,
            ..MptcpInfo::default()
        }),
        inode: 1,
        uid: 0,
        device: 0,
        subflows: vec![subflow("10.0.0.1", true, State::Established)],
    }
}

fn fallen_back(why: Fallback) -> Connection {
    Connection {
        fallback: Some(why),
        ..connection()
    }
}

/// Both paths work.
fn with_both_paths() -> Facts {
    let mut facts = healthy();
    let mut connection = connection();
    connection
        .subflows
        .push(subflow("10.1.0.1", false, State::Established));
    facts.connections.push(connection);
    facts.counters.insert("MPCapableSYNTX".to_owned(), 1);
    facts.counters.insert("MPJoinSynTx".to_owned(), 1);
    facts.counters.insert("MPJoinSynAckRx".to_owned(), 1);
    facts
}

/// The second path did not come about.
fn with_one_path() -> Facts {
    let mut facts = with_both_paths();
    facts.connections[0].subflows.truncate(1);
    facts
}

/// The second path is being opened, and its SYN was sent again so often.
fn with_an_attempt(retransmits: u32) -> Facts {
    let mut facts = with_one_path();
    let mut attempt = subflow("10.1.0.1", false, State::SynSent);
    attempt.tcp.as_mut().unwrap().total_retrans = retransmits;
    facts.connections[0].subflows.push(attempt);
    facts
}

fn server(mut connection: Connection) -> Connection {
    connection.server_side = Some(true);
    connection.local.port = 443;
    connection
}

fn listener(address: &str) -> Listener {
    Listener {
        local: end(address, 443),
        mptcp: true,
    }
}

fn count(facts: &mut Facts, name: &str, value: u64) {
    facts.counters.insert(name.to_owned(), value);
}

fn set(facts: &mut Facts, name: &str, value: &str) {
    facts.sysctls.insert(name.to_owned(), value.to_owned());
}

/// What is found, as `id level`.
fn found(facts: &Facts) -> Vec<String> {
    let found = judge(facts, false).findings;
    let level = |of: &Finding| match of.level {
        Level::Fail => "FAIL",
        _ => "WARN",
    };
    found
        .iter()
        .map(|of| format!("{} {}", of.check, level(of)))
        .collect()
}

#[track_caller]
fn finds(facts: &Facts, wanted: &str) -> Finding {
    assert_eq!(found(facts), [wanted]);
    judge(facts, false).findings.remove(0)
}

#[track_caller]
fn quiet(facts: &Facts) {
    assert_eq!(found(facts), [""; 0]);
}

/// The advice as text.
fn advice(finding: &Finding) -> String {
    finding.advice_text(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Command(words) | Piece::Remote(words) => words.join(" "),
    })
}

/// The commands that show the evidence.
fn shown(finding: &Finding) -> String {
    let commands: Vec<_> = finding.shown_by.iter().map(|of| of.join(" ")).collect();
    commands.join("; ")
}

/// The commands that fix it.
fn fixes(finding: &Finding) -> Vec<String> {
    finding.fix.iter().map(|words| words.join(" ")).collect()
}

#[test]
fn what_works_is_not_reported() {
    quiet(&Facts {
        mptcp: true,
        ..Facts::default()
    });
    quiet(&healthy());
    quiet(&with_both_paths());
    let mut serves = healthy();
    serves.endpoints.clear();
    serves.listeners.push(listener("0.0.0.0"));
    serves.connections = vec![server(connection()); 3];
    quiet(&serves);
}
