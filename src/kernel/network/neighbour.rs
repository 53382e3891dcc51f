//! Neighbours: the hosts on a link, as ARP and neighbour discovery found them.

use netlink_packet_core::DecodeError;
use netlink_packet_route::neighbour::NeighbourHeader;
pub use netlink_packet_route::neighbour::NeighbourState as State;

/// A neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// The index of the device that it is behind.
    pub device: u32,
    /// What is known of it.
    pub state: State,
}

impl Neighbour {
    /// Whether it was asked for and has not answered (yet).
    pub fn is_silent(&self) -> bool {
        matches!(self.state, State::Incomplete | State::Failed)
    }

    /// Reads an `RTM_NEWNEIGH`.
    pub(super) fn read(payload: &[u8]) -> Result<Option<Self>, DecodeError> {
        let header = NeighbourHeader::parse(payload)?;
        Ok(Some(Neighbour {
            device: header.ifindex,
            state: header.state,
        }))
    }
}
