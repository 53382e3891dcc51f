//! Connections for tests, as no kernel showed them.

use std::time::Duration;

use super::Sample;
use crate::diag::connection::{Connection, Subflow};
use crate::diag::info::{MptcpInfo, TcpInfo, Traffic};
use crate::diag::socket::{End, Family, State};
use crate::diag::subflow::SubflowInfo;

fn end(address: &str, port: u16) -> End {
    End {
        address: address.parse().expect("an address"),
        port,
    }
}

/// A subflow from this address, which has sent and received so many bytes.
pub fn subflow(local: &str, sent: u64, received: u64) -> Subflow {
    Subflow {
        state: State::Established,
        family: Family::V4,
        local: end(local, 40_000),
        remote: end("10.0.9.9", 80),
        device: 0,
        inode: 1,
        uid: 0,
        initial: false,
        tcp: Some(TcpInfo {
            bytes_sent: sent,
            bytes_received: received,
            rtt_us: 1_250,
            ..TcpInfo::default()
        }),
        mptcp: Some(SubflowInfo::default()),
    }
}

/// The connection of these subflows, without counters of its own.
pub fn connection(token: u32, subflows: Vec<Subflow>) -> Connection {
    let first = subflows
        .first()
        .map(|subflow| (subflow.local, subflow.remote));
    let (local, remote) = first.unwrap_or((end("10.0.0.1", 1), end("10.0.9.9", 80)));
    Connection {
        token: Some(token).filter(|token| *token != 0),
        state: State::Established,
        family: Family::V4,
        local,
        remote,
        server_side: None,
        fallback: None,
        info: None,
        inode: 1,
        uid: 0,
        device: 0,
        subflows,
    }
}

/// The same with counters of its own.
pub fn counted(connection: Connection, sent: u64, received: u64) -> Connection {
    let traffic = Traffic {
        bytes_sent: sent,
        bytes_received: received,
        ..Traffic::default()
    };
    Connection {
        info: Some(MptcpInfo {
            traffic: Some(traffic),
            ..MptcpInfo::default()
        }),
        ..connection
    }
}

/// What was seen after that many milliseconds.
pub fn sample(milliseconds: u64, connections: Vec<Connection>) -> Sample {
    Sample {
        at: Duration::from_millis(milliseconds),
        connections,
    }
}
