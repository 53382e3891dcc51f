//! Requests and their answers over a [`Transport`].

use std::os::fd::{AsFd, BorrowedFd};

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, NLMSG_NOOP,
    NLMSG_OVERRUN, NetlinkBuffer,
};

use super::datagram::Messages;
use super::transport::take;
use super::{Error, Incoming, Message, Socket, Transport, ack};

/// Messages that may arrive between a request and its answer without being
/// part of it: what an earlier request left, or another process sent.
const MAX_STRAYS: usize = 1024;

/// The number of entries beyond which a list is considered endless.
const MAX_ENTRIES: usize = 65_536;

/// How often to request a list that the kernel could not make consistent.
const MAX_DUMPS: usize = 8;

/// A whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump<R> {
    /// The entries, in the kernel's order.
    pub entries: Vec<R>,
    /// The list changed under each attempt (`NLM_F_DUMP_INTR`): an entry may
    /// be missing or stand twice.
    pub interrupted: bool,
}

impl<R> Dump<R> {
    /// The entries, where something is to be decided by what is not among them.
    ///
    /// # Errors
    /// [`Error::Unsettled`] if the list changed under each attempt.
    pub fn settled(self) -> Result<Vec<R>, Error> {
        if self.interrupted {
            return Err(Error::Unsettled);
        }
        Ok(self.entries)
    }
}

/// A conversation with the kernel, one request at a time.
#[derive(Debug)]
pub struct Connection<T = Socket> {
    transport: T,
    sequence: u32,
    /// The datagram that was received last.
    buffer: Vec<u8>,
}

/// An answer, besides its entries.
struct Answer {
    interrupted: bool,
    warning: Option<String>,
}

/// Where the entries of an answer go.
type Each<'a, E> = &'a mut dyn FnMut(Incoming) -> Result<(), E>;

impl Connection {
    /// Opens a socket of a netlink protocol.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn open(protocol: isize) -> Result<Self, Error> {
        Ok(Connection::over(Socket::open(protocol)?))
    }
}

impl<T: AsFd> AsFd for Connection<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.transport.as_fd()
    }
}

impl<T: Transport> Connection<T> {
    /// A conversation over a transport that is ready.
    pub fn over(transport: T) -> Self {
        Connection {
            transport,
            sequence: 0,
            buffer: Vec::new(),
        }
    }

    /// Ends the conversation; the transport can serve for something else.
    pub fn into_transport(self) -> T {
        self.transport
    }

    /// Sends a request that changes something and waits until it is done.
    /// Returns the kernel's warning, if any.
    ///
    /// # Errors
    /// [`Error::Refused`] when the kernel refuses it.
    pub fn change(&mut self, mut message: Message) -> Result<Option<String>, Error> {
        let mut no_object = |entry: Incoming| Err::<(), Error>(Error::Type(entry.kind));
        let answer = self.exchange(&mut message, NLM_F_ACK, &mut no_object)?;
        Ok(answer.warning)
    }

    /// Requests one object.
    ///
    /// # Errors
    /// [`Error::Refused`] when the kernel refuses, [`Error::NoReply`] when it
    /// acknowledges without an object.
    pub fn get<R>(
        &mut self,
        mut message: Message,
        mut decode: impl FnMut(Incoming) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut reply = None;
        let mut keep = |entry: Incoming| {
            reply = Some(decode(entry)?);
            Ok::<(), Error>(())
        };
        match self.exchange(&mut message, 0, &mut keep) {
            // The buffer was too small, and is not any more.
            Err(Error::Cut(_)) => self.exchange(&mut message, 0, &mut keep)?,
            answer => answer?,
        };
        reply.ok_or(Error::NoReply)
    }

    /// Requests all objects and passes each to `each` as it arrives, however
    /// many there are. Says whether they changed meanwhile (`NLM_F_DUMP_INTR`):
    /// one may have been missing or have come twice.
    ///
    /// # Errors
    /// [`Error::DumpRefused`] when the kernel refuses, also in the middle; the
    /// first error of `each`, which ends it.
    pub fn dump<E: From<Error>>(
        &mut self,
        message: &mut Message,
        mut each: impl FnMut(Incoming) -> Result<(), E>,
    ) -> Result<bool, E> {
        let answer = self.exchange(message, NLM_F_DUMP, &mut each)?;
        Ok(answer.interrupted)
    }

    /// Requests all objects, again while the kernel reports that they changed
    /// meanwhile, but not endlessly. What decodes to `None` is left out.
    ///
    /// # Errors
    /// As for [`Connection::dump`]; [`Error::Endless`] where there is no end.
    pub fn list<R>(
        &mut self,
        mut message: Message,
        mut decode: impl FnMut(Incoming) -> Result<Option<R>, Error>,
    ) -> Result<Dump<R>, Error> {
        let (mut attempts, mut was_cut) = (1, false);
        loop {
            let (mut entries, mut count) = (Vec::new(), 0);
            let dumped: Result<bool, Error> = self.dump(&mut message, |entry| {
                entries.extend(decode(entry)?);
                count += 1;
                if count < MAX_ENTRIES {
                    Ok(())
                } else {
                    Err(Error::Endless(count))
                }
            });
            match dumped {
                Err(Error::Cut(_)) if !was_cut => was_cut = true,
                Ok(true) if attempts < MAX_DUMPS => attempts += 1,
                dumped => {
                    let interrupted = dumped?;
                    return Ok(Dump {
                        entries,
                        interrupted,
                    });
                }
            }
        }
    }

    /// Sends the request and receives the answer.
    fn exchange<E: From<Error>>(
        &mut self,
        message: &mut Message,
        flags: u16,
        each: Each<E>,
    ) -> Result<Answer, E> {
        self.sequence = self.sequence.wrapping_add(1);
        let request = message.finish(NLM_F_REQUEST | flags, self.sequence);
        self.transport.send(request).map_err(Error::Send)?;
        let (mut interrupted, mut strays) = (false, 0);
        loop {
            if !take(&mut self.transport, &mut self.buffer)? {
                stray(&mut strays)?;
                continue;
            }
            if self.buffer.is_empty() {
                return Err(Error::Malformed("an empty datagram".to_owned()).into());
            }
            for message in Messages::new(&self.buffer) {
                let message = message?;
                let expected = is_expected(self.sequence, message.sequence_number())?;
                if !expected || message.message_type() == NLMSG_NOOP {
                    stray(&mut strays)?;
                    continue;
                }
                interrupted |= message.flags() & NLM_F_DUMP_INTR != 0;
                if let Some(warning) = end(&message, flags, each)? {
                    return Ok(Answer {
                        interrupted,
                        warning,
                    });
                }
            }
        }
    }
}

/// The end of an answer, which is a message by itself: perhaps with a warning.
/// What is no end goes to `each`, and is one where a single object is awaited.
fn end<E: From<Error>>(
    message: &NetlinkBuffer<&[u8]>,
    flags: u16,
    each: Each<E>,
) -> Result<Option<Option<String>>, E> {
    match message.message_type() {
        NLMSG_OVERRUN => Err(Error::Overrun.into()),
        NLMSG_DONE => Ok(Some(ack::of_done(message.payload(), message.flags())?)),
        NLMSG_ERROR => match ack::of_error(message.payload(), message.flags()) {
            Err(Error::Refused(refusal)) if flags & NLM_F_DUMP != 0 => {
                Err(Error::DumpRefused(refusal).into())
            }
            acknowledged => Ok(Some(acknowledged?)),
        },
        _ => {
            each(Incoming::new(message))?;
            let one_object = flags & (NLM_F_ACK | NLM_F_DUMP) == 0;
            Ok(one_object.then_some(None))
        }
    }
}

/// Whether a message answers the request with the number `expected`. One with
/// an older number is what an earlier request that failed midway left.
fn is_expected(expected: u32, got: u32) -> Result<bool, Error> {
    match expected.wrapping_sub(got) {
        0 => Ok(true),
        age if age < u32::MAX / 2 => Ok(false),
        _ => Err(Error::Sequence { expected, got }),
    }
}

fn stray(count: &mut usize) -> Result<(), Error> {
    *count += 1;
    if *count < MAX_STRAYS {
        Ok(())
    } else {
        Err(Error::Strays(*count))
    }
}

#[cfg(test)]
mod tests {
    use netlink_sys::protocols::{NETLINK_ROUTE, NETLINK_SOCK_DIAG};
    use nix::libc::ENOENT;

    use super::*;

    #[test]
    fn another_protocol_is_spoken_by_the_same_verbs() {
        const RTM_NEWLINK: u16 = 16;
        const RTM_GETLINK: u16 = 18;
        let mut links = Message::new(RTM_GETLINK);
        links.push(&[0; 16]);
        let mut count = 0;
        let mut route = Connection::open(NETLINK_ROUTE).unwrap();
        let dumped: Result<bool, Error> = route.dump(&mut links, |link| {
            assert_eq!(link.kind, RTM_NEWLINK);
            count += 1;
            Ok(())
        });
        dumped.unwrap();
        assert!(count > 0, "lo is everywhere");
    }

    #[test]
    fn a_single_socket_is_asked_for() {
        const SOCK_DIAG_BY_FAMILY: u16 = 20;
        const TCP: [u8; 4] = [2, 6, 0, 0];
        let mut none = Message::new(SOCK_DIAG_BY_FAMILY);
        none.push(&[&TCP[..], &[0; 44], &[0xff; 8]].concat());
        let mut sockets = Connection::open(NETLINK_SOCK_DIAG).unwrap();
        match sockets.get(none, |_| Ok(())) {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.errno, ENOENT),
            other => panic!("{other:?}"),
        }
    }
}
