//! What can go wrong between a request and its reply.

use std::io;

use netlink_packet_core::DecodeError;

use super::Refusal;
use crate::errno;

/// The failure of a netlink exchange.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The socket could not be opened or set up.
    #[error("cannot open a netlink socket: {}", errno::text_of(.0))]
    Open(io::Error),
    /// The request could not be handed to the kernel.
    #[error("cannot send to the kernel: {}", errno::text_of(.0))]
    Send(io::Error),
    /// The reply could not be read.
    #[error("cannot receive from the kernel: {}", errno::text_of(.0))]
    Receive(io::Error),
    /// The receive buffer overflowed (`ENOBUFS`): messages are lost.
    #[error("the kernel dropped messages: the receive buffer was full")]
    Overrun,
    /// The kernel knows no generic-netlink family of that name.
    #[error("the kernel has no generic netlink family {0:?}")]
    NoFamily(&'static str),
    /// The family has no multicast group of that name.
    #[error("the generic netlink family has no multicast group {0:?}")]
    NoGroup(&'static str),
    /// The kernel refused the request (`NLMSG_ERROR` with a code).
    #[error("{0}")]
    Refused(Refusal),
    /// The kernel refused a dump, or broke it off (`NLMSG_ERROR` instead of
    /// `NLMSG_DONE`).
    #[error("{0}")]
    DumpRefused(Refusal),
    /// The kernel would not let this process join the multicast group.
    #[error("cannot join the multicast group: {}", errno::text_of(.0))]
    Join(io::Error),
    /// A message from the kernel is not what the protocol allows.
    #[error("malformed reply from the kernel: {0}")]
    Malformed(String),
    /// A message has a sequence number that was not used yet.
    #[error("reply out of sequence: expected number {expected}, got {got}")]
    Sequence {
        /// The number of the current request.
        expected: u32,
        /// The number in the message.
        got: u32,
    },
    /// More stray messages arrived than are plausible.
    #[error("gave up after {0} messages that are no reply to the request")]
    Strays(usize),
    /// A dump did not end.
    #[error("gave up on a dump after {0} entries")]
    Endless(usize),
    /// A list changed each time it was requested (`NLM_F_DUMP_INTR`).
    #[error("the kernel's list kept changing while it was read.")]
    Unsettled,
    /// The reply ended without the requested object.
    #[error("the kernel acknowledged the request, but sent no reply to it")]
    NoReply,
    /// A datagram of this many bytes did not fit in the buffer and was
    /// truncated.
    #[error("a message of {0} bytes from the kernel did not fit")]
    Cut(usize),
    /// The kernel is too old for the request.
    #[error("this kernel is too old to {what}.")]
    TooOld {
        /// What it cannot do, as an infinitive.
        what: &'static str,
        /// The first version of Linux that can.
        since: &'static str,
    },
    /// A message of this type does not belong in the exchange.
    #[error("unexpected message of type {0} from the kernel")]
    Type(u16),
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Error::Malformed(error.to_string())
    }
}
