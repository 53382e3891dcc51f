//! When a path counts as stalled.

use std::time::Duration;

use crate::diag::connection::Subflow;
use crate::diag::info::{Idle, TcpInfo};
use crate::diag::socket::State;
use crate::watch::synthetic::{connection, subflow};

/// Silent loss after ten idle seconds: the segment was sent again 0.2, 0.6,
/// 1.4 and 3 seconds later, the last time 100 ms ago.
fn lost() -> TcpInfo {
    TcpInfo {
        unacked: 5,
        retransmits: 4,
        backoff: 4,
        rto_us: 200_000 << 4,
        idle: Idle {
            last_data_sent_ms: 100,
            last_data_recv_ms: 13_100,
            last_ack_recv_ms: 13_100,
        },
        ..TcpInfo::default()
    }
}

fn with(tcp: TcpInfo) -> Subflow {
    Subflow {
        tcp: Some(tcp),
        ..subflow("10.0.1.1", 0, 0)
    }
}

fn changed(change: fn(&mut TcpInfo)) -> Option<Duration> {
    let mut tcp = lost();
    change(&mut tcp);
    with(tcp).stalled()
}

#[test]
fn lost_segments_stall_a_path_since_they_were_first_sent() {
    assert_eq!(with(lost()).stalled(), Some(Duration::from_millis(3_100)));
    // Not before two seconds and three timeouts.
    let early = |tcp: &mut TcpInfo| (tcp.backoff, tcp.rto_us) = (3, 200_000 << 3);
    assert_eq!(changed(early), None);
    let slow = |tcp: &mut TcpInfo| (tcp.backoff, tcp.rto_us) = (1, 2 * 2_000_000);
    assert_eq!(changed(slow), None);
    // Timeouts that are not doubled, as those of thin streams.
    let linear = |tcp: &mut TcpInfo| {
        (tcp.backoff, tcp.rto_us) = (0, 200_000);
        tcp.idle.last_data_sent_ms = 2_500;
    };
    assert_eq!(changed(linear), Some(Duration::from_millis(2_500)));
    // A timeout has a maximum, from which the first one cannot be told.
    let long = |tcp: &mut TcpInfo| (tcp.backoff, tcp.rto_us) = (12, 120_000_000);
    assert_eq!(changed(long), Some(Duration::from_millis(13_100)));
}

#[test]
fn idle_slow_and_new_paths_are_not_stalled() {
    assert_eq!(changed(|tcp| tcp.unacked = 0), None);
    assert_eq!(changed(|tcp| (tcp.backoff, tcp.retransmits) = (0, 1)), None);
    // A closed window: its probes are acknowledged.
    assert_eq!(changed(|tcp| tcp.idle.last_ack_recv_ms = 900), None);
    for state in [State::SynSent, State::FinWait1, State::TimeWait] {
        let subflow = Subflow {
            state,
            ..with(lost())
        };
        assert_eq!(subflow.stalled(), None, "{state:?}");
    }
}

#[test]
fn a_connection_is_stalled_if_each_path_is() {
    let stalled = || with(lost());
    let worse = || {
        let mut tcp = lost();
        tcp.idle.last_data_sent_ms = 5_000;
        with(tcp)
    };
    let fine = || with(TcpInfo::default());
    let of = |subflows| connection(1, subflows).stalled();
    assert_eq!(of(vec![worse(), stalled()]), stalled().stalled());
    assert_eq!(of(vec![stalled(), fine()]), None);
    assert_eq!(of(vec![]), None);
    let connecting = Subflow {
        state: State::SynSent,
        ..fine()
    };
    assert_eq!(of(vec![connecting, stalled()]), stalled().stalled());
}
