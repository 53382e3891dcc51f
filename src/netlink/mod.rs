//! A generic-netlink connection: requests, acknowledgements, dumps, multicast
//! events, extended errors and the family lookup. It knows nothing of MPTCP.
//!
//! The payload of a family is a type that implements the traits of
//! `netlink-packet-core` and `netlink-packet-generic` ([`Request`] to be sent,
//! [`Reply`] to be received); [`Connection`] carries it there and back.

mod ack;
mod connection;
mod datagram;
mod error;
mod events;
mod family;
mod inbox;
mod transport;

pub use ack::{Extended, Refusal};
pub use connection::{Connection, Dump, Request};
pub use error::Error;
pub use events::Events;
pub use family::Family;
pub use inbox::Inbox;
pub use transport::{Datagram, Socket, Transport};

use netlink_packet_core::ParseableParametrized;
use netlink_packet_generic::GenlHeader;

/// What a family's messages from the kernel are decoded into.
pub trait Reply: ParseableParametrized<[u8], GenlHeader> + std::fmt::Debug {}

impl<T: ParseableParametrized<[u8], GenlHeader> + std::fmt::Debug> Reply for T {}
