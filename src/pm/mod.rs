//! The MPTCP path manager's protocol as Rust types: commands, attributes and
//! events, encoded and decoded. No I/O and no printing.
//!
//! Sources: `include/uapi/linux/mptcp.h`, `include/uapi/linux/mptcp_pm.h` and
//! `Documentation/netlink/specs/mptcp_pm.yaml` of Linux. Integers are in host
//! byte order except where said.

mod address;
mod endpoint;
mod event;
mod flags;
mod message;
mod wire;

pub use address::Address;
pub use endpoint::Endpoint;
pub use event::{DENY_JOIN_ID0, EVENTS, Event, SERVER_SIDE};
pub use flags::Flags;
pub use message::{Command, Message, Request};

/// The name of the generic-netlink family.
pub const FAMILY: &str = "mptcp_pm";

/// The version of the family's messages.
pub const VERSION: u8 = 1;
