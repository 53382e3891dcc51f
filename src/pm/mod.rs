//! The MPTCP path manager's protocol as Rust types: commands, attributes and
//! events, encoded and decoded. No I/O and no printing.
//!
//! Sources: `include/uapi/linux/mptcp.h`, `include/uapi/linux/mptcp_pm.h` and
//! `Documentation/netlink/specs/mptcp_pm.yaml` of Linux. Integers are in host
//! byte order unless noted.

mod address;
mod command;
mod endpoint;
pub mod event;
mod flags;
mod limits;
mod subflow;

pub use address::{Address, Announcement};
pub use command::Command;
pub use endpoint::{AddressAttributes, Endpoint};
pub use event::{DENY_JOIN_ID0, EVENTS, Event, SERVER_SIDE};
pub use flags::Flags;
pub use limits::Limits;
pub use subflow::{Path, Subflow};

/// The name of the generic-netlink family.
pub const FAMILY: &str = "mptcp_pm";

/// The version of the family's messages.
pub const VERSION: u8 = 1;

/// `enum mptcp_pm_attrs`: what a message consists of.
pub mod attribute {
    /// An endpoint, nested; of a subflow, its local end.
    pub const ADDR: u16 = 1;
    /// Limit: how many announced addresses a connection accepts, u32.
    pub const RCV_ADD_ADDRS: u16 = 2;
    /// Limit: how many additional subflows a connection may have, u32.
    pub const SUBFLOWS: u16 = 3;
    /// The local token of the connection, u32.
    pub const TOKEN: u16 = 4;
    /// The id of an announced address, u8.
    pub const LOC_ID: u16 = 5;
    /// The remote end of a subflow, nested.
    pub const ADDR_REMOTE: u16 = 6;
}
