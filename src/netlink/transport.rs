//! Whole netlink datagrams, to the kernel and back.
//!
//! [`Transport`] is the seam where a test can play the kernel: what stands on
//! either side of it is a complete datagram, not a socket's state.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use netlink_sys::SocketAddr;
use nix::libc::{ENOBUFS, MSG_TRUNC};
use nix::sys::socket::{getsockopt, setsockopt, sockopt};

use super::Error;

/// What [`Transport::receive`] reports of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram {
    /// Whether the kernel sent it, and no other process.
    pub from_kernel: bool,
    /// Its length in bytes. If that is more than the buffer now holds, the end
    /// was cut off, and the next receive has room for as much.
    pub size: usize,
}

/// Carries datagrams between a [`Connection`](super::Connection) and the kernel.
pub trait Transport {
    /// Hands one datagram to the kernel.
    fn send(&mut self, datagram: &[u8]) -> io::Result<()>;

    /// Takes one datagram into `buffer`, in place of what is there.
    ///
    /// # Errors
    /// [`Error::Overrun`] for `ENOBUFS`, else [`Error::Receive`].
    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Error>;
}

/// Takes a whole datagram into `buffer`. Says whether the kernel sent it.
///
/// # Errors
/// As for [`Transport::receive`], and [`Error::Cut`].
pub(super) fn take(transport: &mut impl Transport, buffer: &mut Vec<u8>) -> Result<bool, Error> {
    let Datagram { from_kernel, size } = transport.receive(buffer)?;
    if from_kernel && size > buffer.len() {
        return Err(Error::Cut(size));
    }
    Ok(from_kernel)
}

/// The largest datagram that the kernel makes of its own: a dump's datagrams
/// are no longer than 32 KiB, everything else fits in a page.
const ROOM: usize = 32 * 1024;

/// A netlink socket, bound to a port that the kernel chose and connected to the
/// kernel, which then refuses what other processes send. Earlier messages, and
/// those to a group, are checked by their sender.
#[derive(Debug)]
pub struct Socket {
    socket: netlink_sys::Socket,
    room: usize,
}

impl Socket {
    /// Opens a socket of a netlink protocol (`NETLINK_GENERIC` and others of
    /// `linux/netlink.h`), and asks for extended acknowledgements.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn open(protocol: isize) -> Result<Self, Error> {
        let socket = netlink_sys::Socket::new(protocol).map_err(Error::Open)?;
        let socket = Socket::connect(socket)?;
        // A kernel before 4.12 has none to give: its refusals are bare numbers.
        let _ = socket.socket.set_ext_ack(true);
        Ok(socket)
    }

    /// Connects a socket to the kernel, which binds it to a port as well. Which
    /// one is of no interest: what the kernel sends to another does not arrive
    /// here, and a request is found again by its number.
    fn connect(socket: netlink_sys::Socket) -> Result<Self, Error> {
        socket
            .connect(&SocketAddr::new(0, 0))
            .map_err(Error::Open)?;
        Ok(Socket { socket, room: ROOM })
    }

    /// Joins a multicast group, whose messages then arrive here.
    pub fn join(&self, group: u32) -> io::Result<()> {
        self.socket.add_membership(group)
    }

    /// Sets the size of the receive buffer, in bytes; returns the size that the
    /// kernel gave. Without CAP_NET_ADMIN in the first user namespace it gives
    /// no more than `net.core.rmem_max`.
    pub fn set_receive_buffer(&self, bytes: usize) -> io::Result<usize> {
        // The kernel takes a C int and keeps twice as much, for its own records.
        const MOST: usize = (i32::MAX / 2) as usize;
        let bytes = bytes.min(MOST);
        if setsockopt(self, sockopt::RcvBufForce, &bytes).is_err() {
            setsockopt(self, sockopt::RcvBuf, &bytes)?;
        }
        Ok(getsockopt(self, sockopt::RcvBuf)? / 2)
    }

    /// From now on [`Transport::receive`] fails with `WouldBlock` instead of waiting.
    pub fn set_non_blocking(&self) -> io::Result<()> {
        self.socket.set_non_blocking(true)
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Transport for Socket {
    fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        retry(|| self.socket.send(datagram, 0)).map(drop)
    }

    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Error> {
        buffer.clear();
        buffer.reserve(self.room);
        // With MSG_TRUNC the kernel reports the whole length of a datagram that
        // it cuts. To peek at each first would cost a system call for every
        // datagram, and none that the kernel makes is longer than ROOM.
        let received = retry(|| self.socket.recv_from(buffer, MSG_TRUNC));
        let (size, sender) = received.map_err(failure)?;
        self.room = self.room.max(size);
        let from_kernel = sender.port_number() == 0;
        Ok(Datagram { from_kernel, size })
    }
}

/// What a failed receive means.
fn failure(error: io::Error) -> Error {
    match error.raw_os_error() {
        Some(ENOBUFS) => Error::Overrun,
        _ => Error::Receive(error),
    }
}

/// Repeats a system call that a signal interrupted.
fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netlink_sys::protocols::NETLINK_USERSOCK;

    fn unconnected() -> (netlink_sys::Socket, SocketAddr) {
        let mut socket = netlink_sys::Socket::new(NETLINK_USERSOCK).unwrap();
        let address = socket.bind_auto().unwrap();
        (socket, address)
    }

    #[test]
    fn a_datagram_larger_than_the_buffer_is_told_and_the_next_one_fits() {
        let (receiver, address) = unconnected();
        let large = vec![7; ROOM + 1000];
        for _ in 0..2 {
            unconnected().0.send_to(&large, &address, 0).unwrap();
        }
        let mut receiver = Socket::connect(receiver).unwrap();
        let mut buffer = Vec::new();
        for expected in [ROOM, large.len()] {
            let datagram = receiver.receive(&mut buffer).unwrap();
            assert_eq!(datagram.size, large.len());
            assert_eq!(buffer.len(), expected);
        }
    }

    #[test]
    fn another_process_is_told_from_the_kernel_and_cannot_send_later() {
        let (receiver, address) = unconnected();
        let (other, _) = unconnected();
        for _ in 0..2 {
            other.send_to(b"forged", &address, 0).unwrap();
        }
        let mut receiver = Socket::connect(receiver).unwrap();
        let refused = other.send_to(b"forged", &address, 0).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);

        let size = b"forged".len();
        let forged = Datagram {
            from_kernel: false,
            size,
        };
        assert_eq!(receiver.receive(&mut Vec::new()).unwrap(), forged);
    }

    #[test]
    fn an_interrupted_call_is_repeated() {
        let mut calls = 0;
        let result = retry(|| {
            calls += 1;
            match calls {
                1 | 2 => Err(io::Error::from(io::ErrorKind::Interrupted)),
                _ => Ok(calls),
            }
        });
        assert_eq!(result.unwrap(), 3);
    }
}
