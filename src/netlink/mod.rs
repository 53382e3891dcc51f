//! Netlink of any protocol: requests, acknowledgements, dumps, multicast and
//! extended errors. It knows no family but the one that lists the others, in
//! [`generic`].
//!
//! A caller writes a [`Message`], a [`Connection`] carries it to the kernel and
//! passes the answer, without a copy, to the caller's closure.

mod ack;
mod connection;
mod datagram;
mod error;
pub mod generic;
mod message;
mod multicast;
mod transport;
pub mod wire;

pub use ack::Refusal;
pub use connection::{Connection, Dump};
pub use datagram::Incoming;
pub use error::Error;
pub use message::Message;
pub use multicast::Multicast;
pub use transport::{Datagram, Socket, Transport};
