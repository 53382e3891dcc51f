//! Recorded, made-up and broken messages.

mod decode;
mod fallback;
mod recorded;
mod request;
mod select;
mod stalled;
mod tree;

use std::net::IpAddr;

use super::connection::Connection;
use super::info::{MptcpInfo, TcpInfo};
use super::socket::Protocol;
use super::socket::{End, Family, Header, Info, Socket, State};
use super::subflow::{SubflowFlags, SubflowInfo};
use super::tree::Tree;

/// The payloads of the messages of a dump.
fn messages(dump: &[u8]) -> Vec<&[u8]> {
    let mut rest = dump;
    let mut messages = Vec::new();
    while let Some(len) = rest.first_chunk() {
        let (message, behind) = rest.split_at(u32::from_ne_bytes(*len) as usize);
        messages.push(&message[16..]);
        rest = behind;
    }
    messages
}

fn sockets(dump: &[u8], protocol: Protocol) -> Vec<Socket> {
    let decoded = messages(dump).into_iter();
    let decoded = decoded.map(|message| Socket::decode(message, protocol).expect("a socket"));
    decoded.collect()
}

/// Joins the sockets of all dumps, whatever their order. The sockets that
/// listen are in front.
fn join(sockets: impl IntoIterator<Item = Socket>) -> (Vec<Connection>, bool) {
    let (mptcp, tcp): (Vec<_>, Vec<_>) = sockets
        .into_iter()
        .partition(|of| matches!(of.info, Info::Mptcp(_)));
    let (listening, mptcp): (Vec<_>, Vec<_>) = mptcp
        .into_iter()
        .partition(|of| of.header.state == State::Listen);
    let mut tree = Tree::default();
    for socket in listening.into_iter().chain(tcp) {
        tree.add(socket);
    }
    let mut connections = tree.listening().to_vec();
    connections.extend(mptcp.into_iter().map(|socket| tree.connection(socket)));
    let hidden = tree.subflows_hidden();
    connections.extend(tree.rest());
    (connections, hidden)
}

fn end(address: &str, port: u16) -> End {
    End {
        address: address.parse().expect("an address"),
        port,
    }
}

/// An established socket from 10.0.0.1:port to 10.0.0.2:80.
fn header(port: u16, inode: u32) -> Header {
    Header {
        family: Family::V4,
        state: State::Established,
        v6only: false,
        local: end("10.0.0.1", port),
        remote: end("10.0.0.2", 80),
        device: 0,
        inode,
        uid: 0,
        rqueue: 0,
        wqueue: 0,
    }
}

fn mptcp(header: Header, token: u32, flags: u32) -> Socket {
    let info = MptcpInfo {
        token,
        flags,
        ..MptcpInfo::default()
    };
    Socket {
        header,
        info: Info::Mptcp(Some(info)),
    }
}

/// A socket that listens on a port, with MPTCP.
fn listener(family: Family, address: &str, port: u16) -> Socket {
    let listening = Header {
        family,
        state: State::Listen,
        local: end(address, port),
        remote: end("0.0.0.0", 0),
        ..header(0, 1)
    };
    mptcp(listening, 0, 0)
}

fn subflow(header: Header, token: u32, flags: u32) -> Socket {
    let info = SubflowInfo {
        token_loc: token,
        flags: SubflowFlags(flags),
        ..SubflowInfo::default()
    };
    Socket {
        header,
        info: Info::Tcp {
            tcp: Some(TcpInfo::default()),
            subflow: Some(info),
        },
    }
}

/// As the kernel shows it to who may not see more.
fn plain(header: Header) -> Socket {
    Socket {
        header,
        info: Info::Tcp {
            tcp: Some(TcpInfo::default()),
            subflow: None,
        },
    }
}

fn ip(address: &str) -> IpAddr {
    address.parse().expect("an address")
}

/// Flags of subflows, by the letters of `ss`.
fn flags(letters: &str) -> u32 {
    let bit = |letter| "MmJjBbecv".find(letter).expect("a flag");
    letters.chars().map(|letter| 1 << bit(letter)).sum()
}
