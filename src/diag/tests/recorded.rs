use super::{join, sockets};
use crate::diag::connection::{Connection, Fallback, Subflow};
use crate::diag::socket::Protocol;
use crate::diag::socket::{End, Info, Socket};

fn host(mptcp: &[u8], tcp: &[u8]) -> Vec<Socket> {
    let mut all = sockets(mptcp, Protocol::Mptcp);
    all.extend(sockets(tcp, Protocol::Tcp));
    all
}

fn client() -> Vec<Socket> {
    host(
        include_bytes!("../fixtures/client-mptcp.dump"),
        include_bytes!("../fixtures/client-tcp.dump"),
    )
}

fn server() -> Vec<Socket> {
    host(
        include_bytes!("../fixtures/server-mptcp.dump"),
        include_bytes!("../fixtures/server-tcp.dump"),
    )
}

/// A line for each connection, and one for each subflow. Ports that the kernel
/// chose are left out.
fn describe(connections: &[Connection]) -> Vec<String> {
    let mut lines = Vec::new();
    for of in connections {
        let side = match of.server_side {
            Some(true) => "server",
            Some(false) => "client",
            None => "?",
        };
        let (local, remote) = (chosen(of.local), chosen(of.remote));
        let (state, fallback) = (of.state.name(), of.fallback.map_or("", Fallback::name));
        let line = format!("{local} {remote} {side} {state} {fallback}");
        lines.push(line.trim_end().to_owned());
        lines.extend(of.subflows.iter().map(tell_subflow));
    }
    lines
}

fn tell_subflow(of: &Subflow) -> String {
    let id = |id: Option<u8>| id.map_or("?".to_owned(), |id| id.to_string());
    format!(
        "  {} {}:{} {}{}{}{}",
        of.local.address,
        id(of.local_id()),
        id(of.remote_id()),
        of.state.name(),
        if of.initial { " initial" } else { "" },
        if of.backup() { " backup" } else { "" },
        if of.backup_remote() {
            " backup_remote"
        } else {
            ""
        },
    )
}

fn chosen(end: End) -> String {
    match end.port {
        10_000.. => end.address.to_string(),
        port => format!("{}:{port}", end.address),
    }
}

#[test]
fn the_client() {
    let (connections, hidden) = join(client());
    assert!(!hidden);
    let expected = [
        "10.0.2.1 10.0.2.77:7000 client syn-sent",
        "  10.0.2.1 0:0 syn-sent initial",
        "10.0.1.1 10.0.1.2:9090 client established peer-or-path",
        "  10.0.1.1 0:0 established initial",
        "10.0.2.1 10.0.2.2:8080 client established",
        "  10.0.2.1 0:0 established initial",
        "10.0.1.1 10.0.1.2:8080 client established",
        "  10.0.1.1 0:0 established initial backup",
        "  10.0.2.1 5:0 established",
        "  10.0.3.1 9:0 syn-sent",
        "2001:db8:1::1 2001:db8:1::2:8080 client established",
        "  2001:db8:1::1 0:0 established initial",
        "10.0.1.1 10.0.1.2:8080 client established",
        "  10.0.1.1 0:0 established initial backup",
        "  10.0.2.1 5:0 established",
        "  10.0.3.1 9:0 syn-sent",
    ];
    assert_eq!(describe(&connections), expected);
}

#[test]
fn the_server() {
    let (connections, hidden) = join(server());
    assert!(!hidden);
    let expected = [
        ":::8080 :::0 ? listen",
        "10.0.1.2:8080 10.0.1.1 server established",
        "  10.0.1.2 0:0 established initial backup_remote",
        "  10.0.1.2 0:5 established",
        "10.0.2.2:8080 10.0.2.1 server established",
        "  10.0.2.2 0:0 established initial",
        "10.0.1.2:8080 10.0.1.1 server established",
        "  10.0.1.2 0:0 established initial backup_remote",
        "  10.0.1.2 0:5 established",
        "2001:db8:1::2:8080 2001:db8:1::1 server established",
        "  2001:db8:1::2 0:0 established initial",
        "10.0.1.2:8080 10.0.1.1 server established client-without-mptcp",
        "  10.0.1.2 ?:? established initial",
    ];
    assert_eq!(describe(&connections), expected);
}

/// What an older kernel shows without CAP_NET_ADMIN.
fn hide(mut sockets: Vec<Socket>) -> Vec<Socket> {
    for socket in &mut sockets {
        if let Info::Tcp { subflow, .. } = &mut socket.info {
            *subflow = None;
        }
    }
    sockets
}

#[test]
fn what_is_hidden_is_all_that_is_missing() {
    for host in [client(), server()] {
        let (full, _) = join(host.clone());
        let (partial, hidden) = join(hide(host));
        assert!(hidden);
        assert_eq!(full.len(), partial.len());
        for (full, partial) in full.iter().zip(&partial) {
            assert_eq!((full.token, full.local), (partial.token, partial.local));
            assert_eq!(full.fallback, partial.fallback);
            let subflows = full.subflows.iter().zip(&partial.subflows);
            assert!(
                subflows
                    .clone()
                    .all(|(full, partial)| full.initial == partial.initial)
            );
            assert!(
                subflows
                    .clone()
                    .all(|(full, partial)| full.local == partial.local)
            );
            assert_eq!(full.subflows.len(), partial.subflows.len());
        }
    }
}

#[test]
fn what_was_carried() {
    let (connections, _) = join(client());
    let busy = connections.iter().find(|of| of.subflows.len() == 3);
    let busy = busy.expect("a connection with two joins");
    let info = busy.info.as_ref().expect("mptcp_info");
    let traffic = info.traffic.expect("Linux 6.18 counts");
    assert_eq!((traffic.bytes_sent, traffic.bytes_received), (1_000, 50));
    assert_eq!((traffic.bytes_acked, traffic.bytes_retrans), (1_000, 0));
    assert_eq!(
        info.subflows, 2,
        "the one in SYN-SENT counts, the first does not"
    );
    let tcp = |index: usize| busy.subflows[index].tcp.as_ref().expect("tcp_info");
    // TCP counts the SYN among what is acknowledged.
    assert_eq!((tcp(0).bytes_sent, tcp(0).bytes_acked), (1_000, 1_001));
    assert_eq!((tcp(0).snd_mss, tcp(0).snd_cwnd), (1_448, 11));
    assert_eq!((tcp(1).bytes_sent, tcp(1).bytes_received), (0, 0));
    assert_eq!(tcp(2).rtt_us, 0);
    let join = busy.subflows[1].mptcp.as_ref().expect("a subflow");
    assert_ne!(
        join.token_rem, 0,
        "the client's joins know the peer's token"
    );
    assert!(join.sequence.is_some(), "recorded by root");
}
