//! Events of the path manager.

use std::os::fd::{AsFd, BorrowedFd};

use crate::netlink::{Error, Multicast, Socket, Transport, generic};
use crate::pm::Event;

/// The stream of events of connections.
#[derive(Debug)]
pub struct Events<T = Socket> {
    multicast: Multicast<T>,
    family: u16,
}

impl<T: AsFd> AsFd for Events<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.multicast.as_fd()
    }
}

impl<T: Transport> Events<T> {
    /// Events of the family with that number, over a transport that has joined
    /// its group.
    pub fn over(transport: T, family: u16) -> Self {
        Events::new(Multicast::over(transport), family)
    }

    pub(super) fn new(multicast: Multicast<T>, family: u16) -> Self {
        Events { multicast, family }
    }

    /// Hands each event of a datagram to `each`, if one waits; false when none
    /// is waiting.
    ///
    /// # Errors
    /// As for [`Multicast::receive`]; and those of `each`.
    pub fn receive<E: From<Error>>(
        &mut self,
        mut each: impl FnMut(Event) -> Result<(), E>,
    ) -> Result<bool, E> {
        let family = self.family;
        self.multicast.receive(|incoming| {
            if incoming.kind != family {
                return Ok(());
            }
            let body = generic::body(family, incoming)?;
            each(Event::read(body.command, body.attributes).map_err(Error::from)?)
        })
    }
}
