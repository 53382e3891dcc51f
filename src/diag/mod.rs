//! `sock_diag` as Rust types: requests for MPTCP connections, and their answers.
//! Pure: bytes in, bytes out.
//!
//! The kernel keeps an MPTCP connection and its subflows in different tables
//! and dumps them apart. [`Socket`] is one socket of either dump, [`Tree`]
//! joins them to [`Connection`]s, and [`Selector`]s choose among these.
//!
//! Sources: `linux/sock_diag.h`, `linux/inet_diag.h`, `linux/mptcp.h`,
//! `linux/tcp.h`.
//!
//! [`Socket`]: socket::Socket
//! [`Tree`]: tree::Tree
//! [`Connection`]: connection::Connection
//! [`Selector`]: select::Selector

pub mod connection;
mod fields;
mod index;
pub mod info;
mod listeners;
pub mod process;
pub mod request;
pub mod select;
pub mod socket;
mod stalled;
pub mod subflow;
pub mod tree;

#[cfg(test)]
mod tests;
