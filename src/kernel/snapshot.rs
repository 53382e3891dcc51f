//! What is set up on this host, gathered in one place for whoever judges,
//! plans or prints it.

use super::Kernel;
use crate::netlink::{Dump, Error};
use crate::network::{Address, Link};
use crate::pm::{Endpoint, Limits};

/// The configuration of a host at one time. Each part can fail for itself.
#[derive(Debug)]
pub struct Snapshot {
    /// The limits, and the endpoints.
    pub path_manager: Result<(Limits, Dump<Endpoint>), Error>,
    /// All devices.
    pub links: Result<Dump<Link>, Error>,
    /// All addresses of devices.
    pub addresses: Result<Dump<Address>, Error>,
}

impl Kernel {
    /// Gathers the configuration of this network namespace.
    pub fn snapshot(&mut self) -> Snapshot {
        let path_manager = self.path_manager();
        Snapshot {
            path_manager: path_manager
                .and_then(|manager| Ok((manager.limits()?, manager.endpoints()?))),
            links: self.network().and_then(|network| network.links()),
            addresses: self.network().and_then(|network| network.addresses()),
        }
    }
}
