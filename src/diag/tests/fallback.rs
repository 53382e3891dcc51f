use super::{flags, header, join, listener, mptcp, plain, sockets, subflow};
use crate::diag::connection::{Connection, Fallback};
use crate::diag::socket::Protocol;
use crate::diag::socket::{Family, Header, State};

const FELL_BACK: u32 = 1;
const REMOTE_KEY: u32 = 2;

/// A connection of which `mptcp_info` has these flags, and its first subflow
/// those.
fn connection(info: u32, letters: &str) -> Connection {
    let connection = mptcp(header(1000, 7), 0xa, info);
    let first = subflow(header(1000, 7), 0xa, flags(letters));
    let (mut connections, _) = join([connection, first]);
    connections.remove(0)
}

#[test]
fn of_a_client() {
    let kind = |info, letters| {
        let connection = connection(info, letters);
        assert_eq!(connection.server_side, Some(false), "{letters}");
        connection.fallback
    };
    assert_eq!(kind(REMOTE_KEY, "Mmec"), None);
    assert_eq!(kind(FELL_BACK, "mc"), Some(Fallback::PeerOrPath));
    assert_eq!(kind(FELL_BACK, "c"), Some(Fallback::SynDropped));
    assert_eq!(
        kind(FELL_BACK | REMOTE_KEY, "mc"),
        Some(Fallback::AfterHandshake)
    );
    assert_eq!(kind(FELL_BACK | REMOTE_KEY, "Mmec"), Some(Fallback::Later));
}

#[test]
fn of_a_server() {
    let later = connection(FELL_BACK | REMOTE_KEY, "Mec");
    assert_eq!(later.fallback, Some(Fallback::Later));
    assert_eq!(later.server_side, Some(true));
    let after = connection(FELL_BACK | REMOTE_KEY, "c");
    assert_eq!(after.fallback, Some(Fallback::AfterHandshake));
    assert_eq!(after.server_side, None, "nothing tells");
}

#[test]
fn without_the_first_subflow() {
    let alone = |flags| {
        join([mptcp(header(1000, 7), 0xa, flags)])
            .0
            .remove(0)
            .fallback
    };
    assert_eq!(alone(FELL_BACK), Some(Fallback::PeerOrPath));
    assert_eq!(alone(FELL_BACK | REMOTE_KEY), Some(Fallback::Later));
}

#[test]
fn mptcp_was_not_tried() {
    let (connections, hidden) = join([subflow(header(1000, 7), 0, flags("c"))]);
    let [connection] = &connections[..] else {
        panic!("{connections:?}");
    };
    assert_eq!(connection.fallback, Some(Fallback::NotTried));
    assert_eq!(connection.token, None);
    assert_eq!(connection.server_side, Some(false));
    assert_eq!(connection.established(), 1);
    assert!(!hidden);
}

/// What becomes of a plain TCP socket beside an MPTCP listener.
fn beside(listening: (Family, &str), client: Header) -> Option<Fallback> {
    let (family, address) = listening;
    let (connections, _) = join([listener(family, address, 1000), plain(client)]);
    connections.get(1).and_then(|of| of.fallback)
}

#[test]
fn the_client_came_without() {
    let client = header(1000, 7);
    let found = Some(Fallback::ClientWithoutMptcp);
    assert_eq!(beside((Family::V4, "0.0.0.0"), client), found);
    assert_eq!(beside((Family::V4, "10.0.0.1"), client), found);
    assert_eq!(beside((Family::V6, "::"), client), found);
    assert_eq!(beside((Family::V4, "10.0.0.9"), client), None);
    assert_eq!(beside((Family::V4, "0.0.0.0"), header(1001, 7)), None);
    let request = Header {
        state: State::SynReceived,
        ..client
    };
    assert_eq!(beside((Family::V4, "0.0.0.0"), request), None);
}

#[test]
fn a_listener_that_takes_no_ipv4() {
    let mut only = listener(Family::V6, "::", 1000);
    only.header.v6only = true;
    let (connections, _) = join([only, plain(header(1000, 7))]);
    assert_eq!(connections.len(), 1);
}

#[test]
fn a_listener_on_a_device() {
    let mut bound = listener(Family::V4, "0.0.0.0", 1000);
    bound.header.device = 3;
    let here = Header {
        device: 3,
        ..header(1000, 7)
    };
    let (connections, _) = join([bound, plain(header(1000, 8)), plain(here)]);
    assert_eq!(connections.len(), 2);
    assert_eq!(connections[1].device, 3);
    assert_eq!(connections[1].server_side, Some(true));
}

#[test]
fn each_has_a_name_and_a_meaning_of_its_own() {
    for (index, one) in Fallback::ALL.into_iter().enumerate() {
        for other in &Fallback::ALL[..index] {
            assert_ne!(one.name(), other.name());
            assert_ne!(one.meaning(), other.meaning());
        }
    }
}

/// By the server's port, in order: who each one is, and what it came to.
fn recorded(mptcp: &[u8], tcp: &[u8]) -> Vec<(u16, Option<bool>, Option<Fallback>)> {
    let mut all = sockets(mptcp, Protocol::Mptcp);
    all.extend(sockets(tcp, Protocol::Tcp));
    let connections = join(all).0.into_iter();
    let connections = connections.filter(|of| of.state != State::Listen);
    let mut found: Vec<_> = connections
        .map(|of| {
            assert_eq!(of.subflows.len(), 1);
            let port = of.local.port.min(of.remote.port);
            (port, of.server_side, of.fallback)
        })
        .collect();
    found.sort_by_key(|(port, ..)| *port);
    found
}

#[test]
fn on_the_client_of_a_path_that_removes_options() {
    let found = recorded(
        include_bytes!("../fixtures/fallback-client-mptcp.dump"),
        include_bytes!("../fixtures/fallback-client-tcp.dump"),
    );
    let expected = [
        (9301, Some(Fallback::SynDropped)),
        (9301, Some(Fallback::NotTried)),
        (9302, Some(Fallback::AfterHandshake)),
        (9303, Some(Fallback::Later)),
        (9304, Some(Fallback::AfterHandshake)),
        (9305, Some(Fallback::AfterHandshake)),
        (9306, Some(Fallback::PeerOrPath)),
        (9307, Some(Fallback::PeerOrPath)),
        (9308, None),
    ];
    assert_eq!(found, expected.map(|(port, why)| (port, Some(false), why)));
}

#[test]
fn on_the_server_of_a_path_that_removes_options() {
    let found = recorded(
        include_bytes!("../fixtures/fallback-server-mptcp.dump"),
        include_bytes!("../fixtures/fallback-server-tcp.dump"),
    );
    let expected = [
        (9301, Some(Fallback::ClientWithoutMptcp)),
        (9301, Some(Fallback::ClientWithoutMptcp)),
        (9302, Some(Fallback::ClientWithoutMptcp)),
        (9303, Some(Fallback::Later)),
        // It does not know that its options were removed.
        (9304, None),
        (9305, Some(Fallback::ClientWithoutMptcp)),
        (9306, Some(Fallback::ClientWithoutMptcp)),
        (9307, Some(Fallback::ClientWithoutMptcp)),
        (9308, None),
    ];
    assert_eq!(found, expected.map(|(port, why)| (port, Some(true), why)));
}
