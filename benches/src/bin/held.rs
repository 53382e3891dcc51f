//! Makes MPTCP connections to itself and holds them until its standard input
//! ends: both ends of each, with data exchanged, so that further subflows join.
//! A line says that they are there.
//!
//! `held COUNT`, in a namespace whose loopback device is up.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::{Domain, Protocol, Socket, Type};

fn main() -> io::Result<()> {
    let count = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let count: u32 = count.ok_or_else(|| io::Error::other("usage: held COUNT"))?;
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    let listener = mptcp()?;
    listener.bind(&SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0).into())?;
    listener.listen(16)?;
    let bound = listener.local_addr()?.as_socket_ipv4();
    let port = bound.ok_or(io::ErrorKind::AddrNotAvailable)?.port();
    let mut held = Vec::new();
    for _ in 0..count {
        let mut client = mptcp()?;
        client.connect(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, port).into())?;
        let (mut server, _) = listener.accept()?;
        let mut byte = [1];
        client.write_all(&byte)?;
        server.read_exact(&mut byte)?;
        server.write_all(&byte)?;
        client.read_exact(&mut byte)?;
        held.push((client, server));
    }
    println!("{count}");
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn mptcp() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::MPTCP))
}
