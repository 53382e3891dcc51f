//! MPTCP sockets: listen, connect, and the pair of both.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};

/// An MPTCP socket of the address's family, not bound yet, in the calling
/// thread's namespace.
pub fn mptcp_socket(address: SocketAddr) -> io::Result<Socket> {
    let domain = Domain::for_address(address);
    Socket::new(domain, Type::STREAM, Some(Protocol::MPTCP))
}

/// An MPTCP listener on `address`, such as `10.0.0.1:0` (port 0: any).
pub fn mptcp_listen(address: &str) -> TcpListener {
    let address = parse(address);
    let listen = || {
        let socket = mptcp_socket(address)?;
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(4096)?;
        Ok::<_, io::Error>(socket.into())
    };
    let late = Instant::now() + super::SOON;
    loop {
        match listen() {
            Ok(listener) => return listener,
            // One that was closed a moment ago may still be going.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && Instant::now() < late => {
                sleep(Duration::from_millis(1));
            }
            Err(error) => panic!("MPTCP listener on {address}: {error}"),
        }
    }
}

/// An MPTCP connection to `remote`, from the local address the kernel
/// chooses.
pub fn mptcp_connect(remote: &str) -> TcpStream {
    mptcp_connect_from(None, remote)
}

/// An MPTCP connection to `remote`, from `local` (`ADDRESS:PORT`, 0 for any
/// port) if given.
pub fn mptcp_connect_from(local: Option<&str>, remote: &str) -> TcpStream {
    let remote = parse(remote);
    let connect = || {
        let socket = mptcp_socket(remote)?;
        if let Some(local) = local {
            socket.bind(&parse(local).into())?;
        }
        socket.connect_timeout(&remote.into(), super::SOON)?;
        Ok::<TcpStream, io::Error>(socket.into())
    };
    let stream = connect().unwrap_or_else(|error| panic!("MPTCP connection to {remote}: {error}"));
    be_patient(&stream);
    stream
}

/// Takes the next connection of a listener.
pub fn accept(listener: &TcpListener) -> TcpStream {
    let (stream, _) = listener.accept().expect("accept a connection");
    be_patient(&stream);
    stream
}

/// Sends a few bytes both ways and receives them. Only after that is an MPTCP
/// connection fully established, and may further subflows join.
pub fn exchange(client: &mut TcpStream, server: &mut TcpStream) {
    let mut buffer = [0; 4];
    client.write_all(b"ping").expect("the client sends");
    server.read_exact(&mut buffer).expect("the server receives");
    assert_eq!(&buffer, b"ping");
    server.write_all(b"pong").expect("the server sends");
    client.read_exact(&mut buffer).expect("the client receives");
    assert_eq!(&buffer, b"pong");
}

/// Without it a peer that fails would hang the test.
fn be_patient(stream: &TcpStream) {
    stream
        .set_read_timeout(Some(super::SOON))
        .expect("a timeout");
}

fn parse(address: &str) -> SocketAddr {
    let error = |error| panic!("{address} is not ADDRESS:PORT: {error}");
    address.parse().unwrap_or_else(error)
}

/// How many bytes wait to be read in the sockets of this namespace that are
/// subscribed to something.
pub fn waiting_bytes() -> Vec<u64> {
    let table = fs::read_to_string("/proc/thread-self/net/netlink").expect("netlink");
    let rows = table.lines().skip(1).filter_map(|row| {
        let columns: Vec<&str> = row.split_whitespace().collect();
        let (groups, waiting) = (columns.get(3)?, columns.get(4)?);
        let subscribed = groups.bytes().any(|digit| digit != b'0');
        subscribed.then(|| waiting.parse().expect("a number of bytes"))
    });
    rows.collect()
}
