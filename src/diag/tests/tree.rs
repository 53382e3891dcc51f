use super::{end, flags, header, join, listener, mptcp, plain, subflow};
use crate::diag::socket::{Family, Header, State};

fn with_state(state: State, of: Header) -> Header {
    Header { state, ..of }
}

#[test]
fn subflows_go_to_their_connection_by_token() {
    let (connections, hidden) = join([
        mptcp(header(1, 7), 0xa, 2),
        mptcp(header(2, 8), 0xb, 2),
        subflow(header(3, 8), 0xb, flags("Jjec")),
        subflow(with_state(State::SynSent, header(4, 8)), 0xb, flags("j")),
        subflow(header(1, 7), 0xa, flags("Mec")),
        subflow(header(2, 8), 0xb, flags("Mmec")),
    ]);
    assert!(!hidden);
    let ports = |index: usize| -> Vec<u16> {
        let subflows = connections[index].subflows.iter();
        subflows.map(|of| of.local.port).collect()
    };
    assert_eq!(connections.len(), 2);
    assert_eq!(ports(0), [1]);
    assert_eq!(ports(1), [2, 3, 4], "the first one in front");
    assert_eq!(
        (connections[1].established(), connections[1].connecting()),
        (2, 1)
    );
    let initial: Vec<_> = connections[1]
        .subflows
        .iter()
        .map(|of| of.initial)
        .collect();
    assert_eq!(initial, [true, false, false]);
    let sides: Vec<_> = connections.iter().map(|of| of.server_side).collect();
    assert_eq!(sides, [Some(true), Some(false)]);
}

#[test]
fn a_subflow_without_its_connection_is_shown_for_itself() {
    let (connections, _) = join([
        mptcp(header(1, 7), 0xa, 2),
        subflow(header(2, 8), 0xb, flags("Jec")),
        subflow(header(3, 8), 0xb, flags("Mec")),
    ]);
    let [alone, orphan] = &connections[..] else {
        panic!("{connections:?}");
    };
    assert!(alone.subflows.is_empty());
    assert_eq!((orphan.token, &orphan.info), (Some(0xb), &None));
    assert_eq!(
        orphan.subflows.len(),
        2,
        "both of them are one connection's"
    );
    assert_eq!(orphan.server_side, Some(true));
}

/// The side of a connection from port 1000 to port 80 with this join alone.
fn side(local: u16, remote: u16, letters: &str) -> Option<bool> {
    let ends = Header {
        local: end("10.0.2.1", local),
        remote: end("10.0.0.2", remote),
        ..header(0, 7)
    };
    let (connections, _) = join([
        mptcp(header(1000, 7), 0xa, 2),
        subflow(ends, 0xa, flags(letters)),
    ]);
    assert_eq!(connections[0].subflows.len(), 1);
    connections[0].server_side
}

#[test]
fn a_join_shows_the_side_where_the_first_subflow_is_gone() {
    assert_eq!(side(2000, 80, "Jjec"), Some(false), "it joins the server");
    assert_eq!(side(1000, 2000, "Jec"), Some(true), "it was accepted");
    assert_eq!(side(2000, 80, "j"), None, "it is not established");
    // Addresses are announced with a port by either side.
    assert_eq!(side(2000, 90, "Jjec"), None);
    assert_eq!(side(90, 2000, "Jec"), None);
}

#[test]
fn what_is_hidden_is_joined_by_inode() {
    let (connections, hidden) = join([
        listener(Family::V4, "0.0.0.0", 80),
        mptcp(header(1000, 7), 0xa, 2),
        mptcp(header(80, 0), 0xb, 2),
        plain(header(1001, 7)),
        plain(header(1000, 7)),
        plain(header(80, 0)),
        // A join to a connection that no process accepted yet.
        plain(Header {
            local: end("10.0.0.5", 80),
            ..header(80, 0)
        }),
        // It came without MPTCP.
        plain(Header {
            remote: end("10.0.0.6", 5000),
            ..header(80, 9)
        }),
        // It has nothing to do with MPTCP.
        plain(header(1002, 10)),
    ]);
    assert!(hidden);
    let found: Vec<_> = connections
        .iter()
        .map(|of| (of.inode, of.subflows.len()))
        .collect();
    assert_eq!(found, [(1, 0), (7, 2), (0, 1), (9, 1)]);
    assert!(connections[1].subflows[0].initial);
    assert_eq!(connections[1].subflows[0].local.port, 1000);
    assert_eq!(connections[1].subflows[0].local_id(), None);
    assert_eq!(connections[1].server_side, None);
    assert_eq!(
        connections[2].server_side,
        Some(true),
        "its port is a listener's"
    );
}

#[test]
fn plain_tcp_hides_nothing() {
    let (connections, hidden) = join([
        mptcp(header(1, 7), 0xa, 2),
        plain(header(4, 7)),
        plain(header(80, 5)),
        subflow(header(1, 7), 0xa, flags("Mmec")),
        plain(header(2, 8)),
        plain(header(3, 0)),
        listener(Family::V4, "0.0.0.0", 80),
    ]);
    assert!(!hidden);
    let found: Vec<_> = connections
        .iter()
        .map(|of| (of.local.port, of.subflows.len()))
        .collect();
    assert_eq!(found, [(80, 0), (1, 1), (80, 1)]);
}

#[test]
fn what_listens_or_is_over_is_no_subflow() {
    let (connections, _) = join([
        subflow(with_state(State::Listen, header(80, 1)), 0, 0),
        plain(with_state(State::TimeWait, header(2, 0))),
    ]);
    assert!(connections.is_empty());
}

#[test]
fn thousands_of_connections_are_joined_at_once() {
    let ends = |index: u32| Header {
        remote: end(&format!("10.1.{}.{}", index >> 8, index & 0xff), 80),
        ..header(1000, index + 1)
    };
    let connections = (0..10_000).map(|index| mptcp(ends(index), index + 1, 2));
    let first = (0..10_000).map(|index| subflow(ends(index), index + 1, flags("Mmec")));
    let joins = (0..10_000).rev();
    let joins = joins.map(|index| subflow(ends(index), index + 1, flags("Jjec")));
    let (connections, _) = join(connections.chain(first).chain(joins));
    assert_eq!(connections.len(), 10_000);
    assert!(connections.iter().all(|of| of.established() == 2));
    assert!(connections.is_sorted_by_key(|of| of.token));
}
