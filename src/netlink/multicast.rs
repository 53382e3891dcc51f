//! Multicast messages, as they come.

use std::io::ErrorKind;
use std::os::fd::{AsFd, BorrowedFd};

use super::datagram::Messages;
use super::transport::take;
use super::{Connection, Error, Incoming, Socket, Transport};

/// A subscription to one multicast group.
#[derive(Debug)]
pub struct Multicast<T = Socket> {
    transport: T,
    buffer: Vec<u8>,
}

impl Connection {
    /// Joins a multicast group, with a receive buffer of so many bytes. The
    /// conversation ends with it: from now on the socket carries what is sent
    /// to the group, and does not block. Returns the size of the buffer, too,
    /// which is less where the privilege is missing (`net.core.rmem_max`).
    ///
    /// # Errors
    /// [`Error::Join`] where the privilege is missing, [`Error::Open`].
    pub fn subscribe(self, group: u32, buffer: usize) -> Result<(Multicast, usize), Error> {
        let socket = self.into_transport();
        let given = socket.set_receive_buffer(buffer).map_err(Error::Open)?;
        socket.join(group).map_err(Error::Join)?;
        socket.set_non_blocking().map_err(Error::Open)?;
        Ok((Multicast::over(socket), given))
    }
}

impl Multicast {
    /// Joins another group.
    ///
    /// # Errors
    /// [`Error::Join`].
    pub fn join(&self, group: u32) -> Result<(), Error> {
        self.transport.join(group).map_err(Error::Join)
    }
}

impl<T: AsFd> AsFd for Multicast<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.transport.as_fd()
    }
}

impl<T: Transport> Multicast<T> {
    /// What comes over a transport that has joined its group.
    pub fn over(transport: T) -> Self {
        Multicast {
            transport,
            buffer: Vec::new(),
        }
    }

    /// Receives a datagram, if one waits, and passes each of its messages to
    /// `each`; false when none is waiting. What is not from the kernel is
    /// skipped.
    ///
    /// # Errors
    /// [`Error::Overrun`] when the kernel had to drop messages, after which the
    /// next call goes on with those it kept; [`Error::Malformed`] and
    /// [`Error::Cut`], after which it goes on with the next datagram.
    pub fn receive<E: From<Error>>(
        &mut self,
        mut each: impl FnMut(Incoming) -> Result<(), E>,
    ) -> Result<bool, E> {
        let from_kernel = match take(&mut self.transport, &mut self.buffer) {
            Err(Error::Receive(error)) if error.kind() == ErrorKind::WouldBlock => {
                return Ok(false);
            }
            taken => taken?,
        };
        if from_kernel {
            for message in Messages::new(&self.buffer) {
                each(Incoming::new(&message?))?;
            }
        }
        Ok(true)
    }
}
