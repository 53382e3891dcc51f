//! Makes MPTCP connections to itself, one after the other, as fast as the
//! kernel can: six events each for whoever monitors the network namespace.
//!
//! `connections COUNT`, in a namespace whose loopback device is up.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use socket2::{Domain, Protocol, Socket, Type};

fn main() -> io::Result<()> {
    let count = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let count: u32 = count.ok_or_else(|| io::Error::other("usage: connections COUNT"))?;
    let listener = mptcp()?;
    listener.bind(&SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0).into())?;
    listener.listen(16)?;
    let bound = listener.local_addr()?.as_socket_ipv4();
    let port = bound.ok_or(io::ErrorKind::AddrNotAvailable)?.port();
    for number in 0..count {
        // All of 127.0.0.0/8 is this host. With one address the local ports
        // would run out, each being out of use for a minute.
        let [_, b, c, _] = number.to_be_bytes();
        let address = Ipv4Addr::new(127, b, c, 1);
        let client = mptcp()?;
        client.connect(&SocketAddrV4::new(address, port).into())?;
        let (server, _) = listener.accept()?;
        drop((client, server));
    }
    Ok(())
}

fn mptcp() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::MPTCP))
}
