//! Multicast messages of a family, as they come.

use std::io::ErrorKind;
use std::os::fd::{AsFd, BorrowedFd};

use netlink_packet_core::{NetlinkMessage, NetlinkPayload};
use netlink_packet_generic::GenlMessage;

use super::datagram::Messages;
use super::{Connection, Error, Family, Inbox, Reply, Socket, Transport};

/// A subscription to one multicast group.
#[derive(Debug)]
pub struct Events<T = Socket> {
    transport: T,
    family: u16,
    inbox: Inbox,
    /// The place of the next datagram in the inbox.
    next: usize,
    /// Whether more may be waiting than what was taken.
    more: bool,
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
            inbox: Inbox::new(),
            next: 0,
            more: true,
        }
    }

    /// Hands each event that waits to `each`, as far as they are taken at
    /// once; false when no further one is waiting. What is not from the
    /// kernel, or of another family, is skipped.
    ///
    /// # Errors
    /// [`Error::Overrun`] when the kernel had to drop events, after which the
    /// next call goes on with those it kept; [`Error::Malformed`] and
    /// [`Error::Cut`], after which it goes on with the next datagram.
    pub fn receive<R: Reply, E: From<Error>>(
        &mut self,
        mut each: impl FnMut(R) -> Result<(), E>,
    ) -> Result<bool, E> {
        // After an error some that were taken are still there.
        if self.inbox.get(self.next).is_none() {
            self.next = 0;
            self.inbox.hold(Vec::new());
            self.more = match self.transport.receive_waiting(&mut self.inbox) {
                Err(Error::Receive(error)) if error.kind() == ErrorKind::WouldBlock => false,
                received => received?,
            };
        }
        while let Some((datagram, bytes)) = self.inbox.get(self.next) {
            self.next += 1;
            if !datagram.from_kernel {
                continue;
            }
            if datagram.size > bytes.len() {
                return Err(Error::Cut(datagram.size).into());
            }
            for message in Messages::new(bytes) {
                let (header, bytes) = message?;
                if header.message_type != self.family {
                    continue;
                }
                let message = NetlinkMessage::<GenlMessage<R>>::deserialize(bytes);
                if let NetlinkPayload::InnerMessage(event) = message.map_err(Error::from)?.payload {
                    each(event.payload)?;
                }
            }
        }
        Ok(self.more)
    }
}
