use super::*;
use crate::diag::info::{Idle, MptcpInfo, TcpInfo};
use crate::diag::socket::State;
use crate::watch::synthetic;

fn endpoint(ip: &str, flags: Flags) -> Endpoint {
    Endpoint {
        address: ip.parse().unwrap(),
        id: 1,
        port: None,
        flags,
        device: None,
    }
}

fn opened(token: u32, locals: &[&str]) -> Connection {
    let subflows = locals.iter().map(|local| synthetic::subflow(local, 0, 0));
    Connection {
        server_side: Some(false),
        info: Some(MptcpInfo {
            subflows: u8::try_from(locals.len()).unwrap() - 1,
            subflows_max: 2,
            ..MptcpInfo::default()
        }),
        ..synthetic::connection(token, subflows.collect())
    }
}

#[test]
fn each_connection_stands_somewhere() {
    let second = "10.0.2.1";
    let accepted = Connection {
        server_side: Some(true),
        ..opened(5, &["10.0.1.1", second])
    };
    let mut connecting = opened(4, &["10.0.1.1", second]);
    connecting.subflows[1].state = State::SynSent;
    let mut stalled = opened(9, &["10.0.1.1", second]);
    stalled.subflows[1].tcp = Some(TcpInfo {
        retransmits: 5,
        backoff: 5,
        rto_us: 200_000 << 5,
        unacked: 1,
        idle: Idle {
            last_ack_recv_ms: 8_000,
            ..Idle::default()
        },
        ..TcpInfo::default()
    });
    let connections = [
        opened(1, &["10.0.1.1", second]),
        opened(2, &["10.0.1.1"]),
        opened(3, &["10.0.1.1", "10.0.3.1", "10.0.4.1"]),
        connecting,
        accepted,
        // Its first subflow has the address, or had it.
        opened(6, &[second]),
        Connection {
            local: opened(0, &[second]).local,
            ..opened(7, &["10.0.1.1"])
        },
        Connection {
            server_side: None,
            subflows: Vec::new(),
            ..opened(8, &["10.0.1.1"])
        },
        stalled,
    ];
    let standing = Standing::new(&endpoint(second, Flags::SUBFLOW), &connections);
    let expected = Standing {
        connected: vec![1, 6],
        stalled: vec![9],
        connecting: vec![4],
        lacking: vec![2, 7, 8],
        full: vec![3],
        subflows: 4,
        connections: 4,
    };
    assert_eq!(standing, expected);
    let of_ipv6 = Standing::new(&endpoint("fd00::1", Flags::SUBFLOW), &connections);
    assert_eq!(of_ipv6, Standing::default());
}

#[test]
fn only_endpoints_that_open_subflows_are_retried() {
    assert!(is_eligible(&endpoint(
        "10.0.2.1",
        Flags::SUBFLOW | Flags::BACKUP
    )));
    for flags in [
        Flags::SIGNAL,
        Flags::IMPLICIT,
        Flags::IMPLICIT | Flags::SUBFLOW,
    ] {
        assert!(!is_eligible(&endpoint("10.0.2.1", flags)), "{flags:?}");
    }
}

/// What came of an attempt, in which these states were seen one after the
/// other on a connection that lacked the path.
fn came_of(seen: &[&[Connection]]) -> (usize, Vec<(u32, Lack)>) {
    let endpoint = endpoint("10.0.2.1", Flags::SUBFLOW);
    let mut attempt = Attempt::new(endpoint.clone(), &[opened(1, &["10.0.1.1"])]);
    assert!(!attempt.is_empty() && !attempt.is_attempted());
    for connections in seen {
        attempt.observe(&Standing::new(&endpoint, connections));
    }
    let last = seen.last().copied().unwrap_or_default();
    let outcome = attempt.outcome(last);
    (outcome.connected, outcome.lacking)
}

#[test]
fn the_reason_is_what_was_seen() {
    let lacks = [opened(1, &["10.0.1.1"])];
    let has = [opened(1, &["10.0.1.1", "10.0.2.1"])];
    let mut connecting = has.clone();
    connecting[0].subflows[1].state = State::SynSent;
    let full = [opened(1, &["10.0.1.1", "10.0.3.1", "10.0.4.1"])];
    assert_eq!(came_of(&[&connecting, &has]), (1, vec![]));
    for (seen, reason) in [
        (vec![&lacks], Lack::NotOpened),
        (vec![&lacks, &connecting], Lack::Unanswered),
        (vec![&connecting, &lacks], Lack::Refused),
        (vec![&connecting, &has, &lacks], Lack::Lost),
        (vec![&full], Lack::Limit),
    ] {
        let seen: Vec<&[Connection]> = seen.into_iter().map(|one| &one[..]).collect();
        assert_eq!(came_of(&seen), (0, vec![(1, reason)]), "{reason:?}");
    }
    assert_eq!(came_of(&[&has, &[]]), (0, vec![]), "it has ended");
}

#[test]
fn an_attempt_is_settled_when_each_has_ended() {
    let endpoint = endpoint("10.0.2.1", Flags::SUBFLOW);
    let lack = [opened(1, &["10.0.1.1"]), opened(2, &["10.0.1.1"])];
    let mut attempt = Attempt::new(endpoint.clone(), &lack);
    let mut half = lack.clone();
    half[0] = opened(1, &["10.0.1.1", "10.0.2.1"]);
    let standing = Standing::new(&endpoint, &half);
    attempt.observe(&standing);
    assert!(!attempt.is_attempted() && !attempt.is_settled(&standing));
    half[1] = opened(2, &["10.0.1.1", "10.0.2.1"]);
    half[1].subflows[1].state = State::SynSent;
    let standing = Standing::new(&endpoint, &half);
    attempt.observe(&standing);
    assert!(attempt.is_attempted() && !attempt.is_settled(&standing));
    half[1] = opened(2, &["10.0.1.1"]);
    assert!(
        attempt.is_settled(&Standing::new(&endpoint, &half)),
        "refused"
    );
    attempt.renew(&[3]);
    assert!(!attempt.is_attempted());
}

#[test]
fn a_nudge_takes_what_is_free() {
    let taken = |id| Endpoint {
        id,
        ..endpoint("10.0.2.1", Flags::SUBFLOW)
    };
    let found = nudge(&[taken(255), taken(253)]).unwrap();
    assert_eq!(found.id, 254);
    assert!(is_leftover(&found) && !is_leftover(&taken(1)));
    let all: Vec<_> = (1..=255).map(taken).collect();
    assert_eq!(nudge(&all), None);
}
