//! Requests and their answers over a [`Transport`].

use std::os::fd::{AsFd, BorrowedFd};

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, NLMSG_NOOP,
    NLMSG_OVERRUN,
};

use super::datagram::Messages;
use super::{Error, Incoming, Message, Socket, Transport, ack};

/// Messages that may arrive between a request and its answer without being
/// part of it: what an earlier request left behind, or another process sent.
const MAX_STRAYS: usize = 1024;

/// Entries of a list, beyond which it is taken for endless.
const MAX_ENTRIES: usize = 65_536;

/// How often a list is asked for that the kernel could not make consistent.
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

/// A conversation with the kernel, one request at a time.
#[derive(Debug)]
pub struct Connection<T = Socket> {
    transport: T,
    sequence: u32,
    /// The datagram that was received last.
    buffer: Vec<u8>,
}

/// What the kernel said beside the entries.
struct Answer {
    interrupted: bool,
    warning: Option<String>,
}

/// Where the entries of an answer go.
type Each<'a> = &'a mut dyn FnMut(Incoming) -> Result<(), Error>;

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
    /// What the kernel had to say about it, a warning, is returned.
    ///
    /// # Errors
    /// [`Error::Refused`] when the kernel refuses it.
    pub fn change(&mut self, mut message: Message) -> Result<Option<String>, Error> {
        let mut no_object = |entry: Incoming| Err(Error::Type(entry.kind));
        let answer = self.exchange(&mut message, NLM_F_ACK, &mut no_object)?;
        Ok(answer.warning)
    }

    /// Asks for one object.
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
            Ok(())
        };
        match self.exchange(&mut message, 0, &mut keep) {
            // The buffer was too small, and is not any more.
            Err(Error::Cut(_)) => self.exchange(&mut message, 0, &mut keep)?,
            answer => answer?,
        };
        reply.ok_or(Error::NoReply)
    }

    /// Asks for all objects and lends each to `each`, as it comes and however
    /// many there are. Says whether they changed meanwhile
    /// (`NLM_F_DUMP_INTR`): one may have been missing or have come twice.
    ///
    /// # Errors
    /// [`Error::DumpRefused`] when the kernel refuses, also in the middle; the
    /// first error of `each`, which ends it.
    pub fn dump(
        &mut self,
        message: &mut Message,
        mut each: impl FnMut(Incoming) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let answer = self.exchange(message, NLM_F_DUMP, &mut each)?;
        Ok(answer.interrupted)
    }

    /// Asks for all objects, anew while the kernel says that they changed
    /// meanwhile, but not for ever. What decodes to `None` is left out.
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
            let dumped = self.dump(&mut message, |entry| {
                entries.extend(decode(entry)?);
                count += 1;
                match count < MAX_ENTRIES {
                    true => Ok(()),
                    false => Err(Error::Endless(count)),
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

    /// Sends the request and takes the answer.
    fn exchange(&mut self, message: &mut Message, flags: u16, each: Each) -> Result<Answer, Error> {
        self.sequence = self.sequence.wrapping_add(1);
        let request = message.finish(NLM_F_REQUEST | flags, self.sequence);
        self.transport.send(request).map_err(Error::Send)?;
        let one_entry_ends_it = flags & (NLM_F_ACK | NLM_F_DUMP) == 0;
        let (mut interrupted, mut strays) = (false, 0);
        loop {
            let datagram = self.transport.receive(&mut self.buffer)?;
            if !datagram.from_kernel {
                stray(&mut strays)?;
                continue;
            }
            if datagram.size > self.buffer.len() {
                return Err(Error::Cut(datagram.size));
            }
            if self.buffer.is_empty() {
                return Err(Error::Malformed("an empty datagram".to_owned()));
            }
            for message in Messages::new(&self.buffer) {
                let message = message?;
                if !is_expected(self.sequence, message.sequence_number())? {
                    stray(&mut strays)?;
                    continue;
                }
                interrupted |= message.flags() & NLM_F_DUMP_INTR != 0;
                let ended = match message.message_type() {
                    NLMSG_NOOP => {
                        stray(&mut strays)?;
                        continue;
                    }
                    NLMSG_OVERRUN => return Err(Error::Overrun),
                    NLMSG_ERROR => ack::of_error(message.payload(), message.flags())
                        .map_err(|error| of_dump(error, flags)),
                    NLMSG_DONE => ack::of_done(message.payload(), message.flags()),
                    _ => {
                        each(Incoming::of(&message))?;
                        match one_entry_ends_it {
                            true => Ok(None),
                            false => continue,
                        }
                    }
                };
                let warning = ended?;
                return Ok(Answer {
                    interrupted,
                    warning,
                });
            }
        }
    }
}

/// Whether a message answers the request with the number `expected`. One with
/// an older number is what an earlier request that failed midway left behind.
fn is_expected(expected: u32, got: u32) -> Result<bool, Error> {
    match expected.wrapping_sub(got) {
        0 => Ok(true),
        age if age < u32::MAX / 2 => Ok(false),
        _ => Err(Error::Sequence { expected, got }),
    }
}

/// A dump that is refused is an error of its own.
fn of_dump(error: Error, flags: u16) -> Error {
    match error {
        Error::Refused(refusal) if flags & NLM_F_DUMP != 0 => Error::DumpRefused(refusal),
        error => error,
    }
}

fn stray(count: &mut usize) -> Result<(), Error> {
    *count += 1;
    match *count < MAX_STRAYS {
        true => Ok(()),
        false => Err(Error::Strays(*count)),
    }
}
