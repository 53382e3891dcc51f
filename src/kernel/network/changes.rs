//! Notifications that devices or addresses changed.

use std::os::fd::{AsFd, BorrowedFd};

use netlink_sys::protocols::NETLINK_ROUTE;

use crate::netlink::{Connection, Error, Multicast};

/// The multicast groups `RTNLGRP_LINK`, `RTNLGRP_IPV4_IFADDR` and
/// `RTNLGRP_IPV6_IFADDR` of `linux/rtnetlink.h`.
const LINK: u32 = 1;
const IPV4_IFADDR: u32 = 5;
const IPV6_IFADDR: u32 = 9;

/// The receive buffer, in bytes. After a change, everything is read again, so
/// an overflow loses nothing.
const BUFFER: usize = 256 * 1024;

/// Notifications about devices and addresses: that something changed, not what.
#[derive(Debug)]
pub struct Changes(Multicast);

impl Changes {
    /// Subscribes to changes from now on. No privilege is needed.
    ///
    /// # Errors
    /// [`Error::Open`], [`Error::Join`].
    pub fn open() -> Result<Self, Error> {
        let (changes, _) = Connection::open(NETLINK_ROUTE)?.subscribe(LINK, BUFFER)?;
        changes.join(IPV4_IFADDR)?;
        changes.join(IPV6_IFADDR)?;
        Ok(Changes(changes))
    }

    /// Receives all waiting notifications, and returns whether there were any.
    /// Lost ones count, too.
    ///
    /// # Errors
    /// Reading from the socket failed.
    pub fn take(&mut self) -> Result<bool, Error> {
        let mut any = false;
        loop {
            match self.0.receive(|_| Ok::<(), Error>(())) {
                Ok(false) => return Ok(any),
                Ok(true) | Err(Error::Overrun | Error::Malformed(_) | Error::Cut(_)) => any = true,
                Err(error) => return Err(error),
            }
        }
    }
}

impl AsFd for Changes {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
