//! Notifications that devices, addresses or routes changed.

use std::os::fd::{AsFd, BorrowedFd};

use netlink_sys::protocols::NETLINK_ROUTE;

use crate::netlink::{Connection, Error, Multicast};

/// The multicast groups `RTNLGRP_LINK`, `RTNLGRP_IPV4_IFADDR` and
/// `RTNLGRP_IPV6_IFADDR` of `linux/rtnetlink.h`.
const LINK: u32 = 1;
const IPV4_IFADDR: u32 = 5;
const IPV6_IFADDR: u32 = 9;

/// `RTNLGRP_NEIGH`, `RTNLGRP_IPV4_ROUTE`, `RTNLGRP_IPV4_RULE`,
/// `RTNLGRP_IPV6_ROUTE` and `RTNLGRP_IPV6_RULE`.
const NEIGH: u32 = 3;
const IPV4_ROUTE: u32 = 7;
const IPV4_RULE: u32 = 8;
const IPV6_ROUTE: u32 = 11;
const IPV6_RULE: u32 = 19;

/// The receive buffer, in bytes. After a change, everything is read again, so
/// an overflow loses nothing.
const BUFFER: usize = 256 * 1024;

/// Notifications: that something changed, not what.
#[derive(Debug)]
pub struct Changes(Multicast);

impl Changes {
    /// Subscribes to changes of devices and addresses from now on. No privilege
    /// is needed.
    ///
    /// # Errors
    /// [`Error::Open`], [`Error::Join`].
    pub fn open() -> Result<Self, Error> {
        Self::subscribe(LINK, &[IPV4_IFADDR, IPV6_IFADDR])
    }

    /// The same for routes, routing rules and neighbours.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn of_routes() -> Result<Self, Error> {
        Self::subscribe(NEIGH, &[IPV4_ROUTE, IPV4_RULE, IPV6_ROUTE, IPV6_RULE])
    }

    fn subscribe(first: u32, others: &[u32]) -> Result<Self, Error> {
        let (changes, _) = Connection::open(NETLINK_ROUTE)?.subscribe(first, BUFFER)?;
        for group in others {
            changes.join(*group)?;
        }
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
