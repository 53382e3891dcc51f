//! What the kernel is asked: `struct inet_diag_req_v2` and its attributes.

use super::socket::Family;

/// Message type of requests and answers, `SOCK_DIAG_BY_FAMILY`.
pub const SOCK_DIAG_BY_FAMILY: u16 = 20;

/// Which table is dumped.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Protocol {
    Tcp,
    Mptcp,
}

/// A request for the sockets of one protocol and family.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    pub protocol: Protocol,
    pub family: Family,
    pub states: States,
}

/// A set of socket states.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct States(u32);
