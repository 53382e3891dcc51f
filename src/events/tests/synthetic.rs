//! Connections as a listing shows them.

use crate::diag::connection::{Connection, Subflow};
use crate::diag::info::MptcpInfo;
use crate::diag::socket::{End, Family, State};
use crate::diag::subflow::{SubflowFlags, SubflowInfo};

pub fn end(text: &str) -> End {
    let socket: std::net::SocketAddr = text.parse().expect("ADDRESS:PORT");
    End {
        address: socket.ip(),
        port: socket.port(),
    }
}

/// A connection in use, from port 5000 of this host to port 80.
pub fn connection(token: u32) -> Connection {
    let (local, remote) = (end("10.0.1.1:5000"), end("10.0.1.2:80"));
    Connection {
        token: Some(token),
        state: State::Established,
        family: Family::V4,
        local,
        remote,
        server_side: Some(false),
        fallback: None,
        info: Some(MptcpInfo {
            token,
            flags: 2,
            ..MptcpInfo::default()
        }),
        inode: 1,
        uid: 0,
        device: 0,
        subflows: vec![subflow("10.0.1.1:5000", "10.0.1.2:80", true)],
    }
}

pub fn subflow(local: &str, remote: &str, initial: bool) -> Subflow {
    Subflow {
        state: State::Established,
        family: Family::V4,
        local: end(local),
        remote: end(remote),
        device: 0,
        inode: 1,
        uid: 0,
        initial,
        tcp: None,
        mptcp: Some(SubflowInfo {
            id_loc: 1,
            id_rem: 2,
            flags: SubflowFlags(1 << 4),
            ..SubflowInfo::default()
        }),
    }
}
