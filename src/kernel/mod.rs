//! Queries and commands to this host, with typed arguments and results. Nothing
//! here prints.

pub mod build;
pub mod counters;
pub mod devices;
pub mod network;
mod path_manager;
pub mod probe;
pub mod processes;
pub mod programs;
mod snapshot;
pub mod sockets;
pub mod sysctl;

pub use network::Network;
pub use path_manager::{Dropped, Events, PathManager};
pub use snapshot::Snapshot;
pub use sockets::Sockets;

use crate::netlink::Error;

/// The kernel of this network namespace. Each socket is opened when it is first
/// needed, and serves until the end.
#[derive(Debug, Default)]
pub struct Kernel {
    path_manager: Option<PathManager>,
    sockets: Option<Sockets>,
    network: Option<Network>,
}

impl Kernel {
    /// The path manager.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn path_manager(&mut self) -> Result<&mut PathManager, Error> {
        let path_manager = match self.path_manager.take() {
            Some(path_manager) => path_manager,
            None => PathManager::open()?,
        };
        Ok(self.path_manager.insert(path_manager))
    }

    /// Connections and subflows.
    ///
    /// # Errors
    /// As for [`Sockets::open`].
    pub fn sockets(&mut self) -> Result<&mut Sockets, sockets::Error> {
        let sockets = match self.sockets.take() {
            Some(sockets) => sockets,
            None => Sockets::open()?,
        };
        Ok(self.sockets.insert(sockets))
    }

    /// Links, addresses, routes and neighbours.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn network(&mut self) -> Result<&mut Network, Error> {
        let network = match self.network.take() {
            Some(network) => network,
            None => Network::open()?,
        };
        Ok(self.network.insert(network))
    }

    /// Events from now on; see [`PathManager::events`], whose socket it takes.
    ///
    /// # Errors
    /// As there, and [`Error::Open`].
    pub fn events(&mut self, buffer: usize) -> Result<(Events, usize), Error> {
        let path_manager = self.path_manager.take();
        path_manager
            .map_or_else(PathManager::open, Ok)?
            .events(buffer)
    }
}
