//! Multicast messages of a family, as they come.

use std::os::fd::{AsFd, BorrowedFd};

use netlink_packet_core::{NetlinkMessage, NetlinkPayload};
use netlink_packet_generic::GenlMessage;

use super::datagram::Messages;
use super::{Connection, Error, Family, Reply, Socket, Transport};

/// A subscription to one multicast group.
#[derive(Debug)]
pub struct Events<T = Socket> {
    transport: T,
    family: u16,
    buffer: Vec<u8>,
}

impl Connection {
    /// Joins a multicast group of a family. The conversation ends with it:
    /// from now on the socket carries events, and does not block.
    ///
    /// # Errors
    /// [`Error::NoGroup`], or [`Error::Join`] where the privilege is missing.
    pub fn subscribe(self, family: &Family, group: &'static str) -> Result<Events, Error> {
        let number = family.group(group)?;
        let socket = self.into_transport();
        socket.join(number).map_err(Error::Join)?;
        socket.set_non_blocking().map_err(Error::Open)?;
        Ok(Events::over(socket, family.id))
    }
}

impl Events {
    /// Sets the size of the receive buffer, in bytes, beyond the limit of
    /// unprivileged users (`net.core.rmem_max`) where the privilege is there.
    /// Returns the size that the kernel gave.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn set_receive_buffer(&self, bytes: usize) -> Result<usize, Error> {
        self.transport
            .set_receive_buffer(bytes)
            .map_err(Error::Open)
    }
}

impl AsFd for Events {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.transport.as_fd()
    }
}

impl<T: Transport> Events<T> {
    /// Events of a family, from a transport that has joined its group.
    pub fn over(transport: T, family: u16) -> Self {
        Events {
            transport,
            family,
            buffer: Vec::new(),
        }
    }

    /// Hands each event of the next datagram to `each`; false when none is
    /// waiting. What is not from the kernel, or of another family, is skipped.
    ///
    /// # Errors
    /// [`Error::Overrun`] when the kernel had to drop events, after which the
    /// next call goes on with those it kept; [`Error::Malformed`].
    pub fn receive<R: Reply, E: From<Error>>(
        &mut self,
        mut each: impl FnMut(R) -> Result<(), E>,
    ) -> Result<bool, E> {
        let datagram = match self.transport.receive(&mut self.buffer) {
            Err(Error::Receive(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                return Ok(false);
            }
            received => received?,
        };
        if datagram.sender != 0 {
            return Ok(true);
        }
        if datagram.size > self.buffer.len() {
            return Err(Error::Cut(datagram.size).into());
        }
        for message in Messages::new(&self.buffer) {
            let (header, bytes) = message?;
            if header.message_type != self.family {
                continue;
            }
            let message = NetlinkMessage::<GenlMessage<R>>::deserialize(bytes);
            if let NetlinkPayload::InnerMessage(event) = message.map_err(Error::from)?.payload {
                each(event.payload)?;
            }
        }
        Ok(true)
    }
}
