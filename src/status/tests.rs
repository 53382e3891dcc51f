use super::*;
use crate::diag::connection::Fallback;
use crate::diag::info::TcpInfo;
use crate::pm::Flags;
use crate::watch::synthetic::{connection, subflow};

fn endpoint(ip: &str, port: Option<u16>) -> Endpoint {
    Endpoint {
        address: ip.parse().unwrap(),
        id: 1,
        port,
        flags: Flags::default(),
        device: None,
    }
}

fn carrying(local: &str, acked: u64, received: u64) -> Subflow {
    Subflow {
        tcp: Some(TcpInfo {
            bytes_acked: acked,
            bytes_received: received,
            ..TcpInfo::default()
        }),
        ..subflow(local, 0, 0)
    }
}

#[test]
fn an_endpoint_carries_what_its_established_subflows_do() {
    let closing = Subflow {
        state: State::FinWait1,
        ..carrying("10.0.2.1", 1000, 1000)
    };
    let connections = [
        connection(
            1,
            vec![carrying("10.0.1.1", 600, 0), carrying("10.0.2.1", 100, 50)],
        ),
        connection(
            2,
            vec![
                carrying("10.0.2.1", 0, 50),
                carrying("10.0.2.1", 100, 100),
                closing,
            ],
        ),
    ];
    let endpoints = [
        endpoint("10.0.2.1", Some(7000)),
        endpoint("10.0.2.1", None),
        endpoint("10.0.9.1", None),
    ];
    let found = usage(&endpoints, &connections);
    let expected = Usage {
        connections: 2,
        stalled: 0,
        bytes_acked: 200,
        bytes_received: 200,
        share: Some(400),
    };
    assert_eq!(found[1], expected);
    let none = Usage {
        share: Some(0),
        ..Usage::default()
    };
    assert_eq!([&found[0], &found[2]], [&none, &none]);
    assert_eq!(usage(&endpoints, &[])[1], Usage::default());
}

#[test]
fn connections_are_counted_by_their_paths() {
    let fallen_back = Connection {
        fallback: Some(Fallback::SynDropped),
        ..connection(0, vec![subflow("10.0.1.1", 0, 0)])
    };
    let two = || vec![subflow("10.0.1.1", 0, 0), subflow("10.0.2.1", 0, 0)];
    let connecting = Connection {
        state: State::SynSent,
        ..connection(4, vec![])
    };
    let connections = [
        connection(1, two()),
        connection(2, two()),
        fallen_back,
        connecting,
    ];
    let expected = Counts {
        total: 4,
        by_paths: [(2, 2)].into(),
        fallback: [("syn-dropped", 1)].into(),
        stalled: 0,
    };
    assert_eq!(count(&connections), expected);
}

#[test]
fn what_was_set_or_is_not_known_is_unusual() {
    assert!(!is_unusual("close_timeout", "60"));
    assert!(is_unusual("close_timeout", "61"));
    assert!(is_unusual("of_a_newer_kernel", "0"));
    // It has a row of its own.
    assert!(!is_unusual("enabled", "0"));
}
