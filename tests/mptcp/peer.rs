//! A kernel that misbehaves, played by a peer at the level of datagrams. Each
//! fault ends in a value or in an error that names it, in bounded time.

mod events;
mod exchange;
pub mod script;
mod sockets;
mod values;
pub mod wire;

trials! {; events::trials(), exchange::trials(), sockets::trials(), values::trials() }
