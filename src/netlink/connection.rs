//! Requests and their answers over a [`Transport`].

use netlink_packet_core::{
    DecodeError, Emitable, NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NLMSG_DONE,
    NLMSG_ERROR, NLMSG_NOOP, NLMSG_OVERRUN, NetlinkBuffer, NetlinkHeader, NetlinkMessage,
    NetlinkPayload, ParseableParametrized,
};
use netlink_packet_generic::{GenlFamily, GenlHeader, GenlMessage};

use super::datagram::Messages;
use super::{Error, Extended, Reply, Socket, Transport, ack};

/// Messages that may arrive between a request and its answer without being
/// part of it: what an earlier request left behind, or another process sent.
const MAX_STRAYS: usize = 1024;

/// Entries of a dump, beyond which it is taken for endless.
const MAX_ENTRIES: usize = 65_536;

/// How often a dump is asked for that the kernel could not make consistent.
const MAX_DUMPS: usize = 8;

/// What can be sent to a family.
pub trait Request: GenlFamily + Emitable + std::fmt::Debug {}

impl<T: GenlFamily + Emitable + std::fmt::Debug> Request for T {}

/// A whole dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump<R> {
    /// The entries, in the kernel's order.
    pub entries: Vec<R>,
    /// The list changed under each attempt (`NLM_F_DUMP_INTR`): an entry may
    /// be missing or stand twice.
    pub interrupted: bool,
}

/// One generic-netlink conversation with the kernel, one request at a time.
#[derive(Debug)]
pub struct Connection<T = Socket> {
    transport: T,
    sequence: u32,
    /// The request under way, or the last one.
    request: Vec<u8>,
    /// The datagram that was received last.
    buffer: Vec<u8>,
}

/// All that the kernel said to one request.
struct Answer {
    entries: Vec<Entry>,
    interrupted: bool,
    extended: Extended,
}

impl Connection {
    /// Opens a socket to the kernel.
    pub fn open() -> Result<Self, Error> {
        Ok(Connection::over(Socket::open()?))
    }

    /// Sets the size of the receive buffer, in bytes, beyond the limit of
    /// unprivileged users (`net.core.rmem_max`) where the privilege is there.
    /// Returns the size that the kernel gave.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn set_receive_buffer(&self, bytes: usize) -> Result<usize, Error> {
        self.transport
            .set_receive_buffer(bytes)
            .map_err(Error::Open)
    }
}

impl<T: Transport> Connection<T> {
    /// A conversation over a transport that is ready.
    pub fn over(transport: T) -> Self {
        Connection {
            transport,
            sequence: 0,
            request: Vec::new(),
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
    pub fn change(&mut self, family: u16, request: impl Request) -> Result<Extended, Error> {
        self.encode(family, NLM_F_ACK, request);
        let answer = self.exchange()?;
        Ok(answer.extended)
    }

    /// Asks for one object.
    ///
    /// # Errors
    /// [`Error::Refused`] when the kernel refuses, [`Error::NoReply`] when it
    /// acknowledges without an object.
    pub fn get<R: Reply>(&mut self, family: u16, request: impl Request) -> Result<R, Error> {
        self.encode(family, 0, request);
        let answer = self.read()?;
        let entry = answer.entries.first().ok_or(Error::NoReply)?;
        entry.decode()
    }

    /// Asks for all objects, anew while the kernel says that they changed
    /// meanwhile, but not for ever.
    ///
    /// # Errors
    /// [`Error::Refused`] when the kernel refuses, also in the middle.
    pub fn dump<R: Reply>(&mut self, family: u16, request: impl Request) -> Result<Dump<R>, Error> {
        self.encode(family, NLM_F_DUMP, request);
        let mut answer = self.read()?;
        for _ in 1..MAX_DUMPS {
            if !answer.interrupted {
                break;
            }
            answer = self.read()?;
        }
        let entries = answer.entries.iter().map(Entry::decode);
        Ok(Dump {
            entries: entries.collect::<Result<_, _>>()?,
            interrupted: answer.interrupted,
        })
    }

    /// An exchange that changes nothing, so that an answer for which the
    /// buffer was too small is asked for once more.
    fn read(&mut self) -> Result<Answer, Error> {
        match self.exchange() {
            Err(Error::Cut(_)) => self.exchange(),
            answer => answer,
        }
    }

    /// Makes the request for the next exchanges, whole but for its number,
    /// which it gets when it is sent.
    fn encode(&mut self, family: u16, flags: u16, request: impl Request) {
        let mut payload = GenlMessage::from_payload(request);
        payload.set_resolved_family_id(family);
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | flags;
        let mut message = NetlinkMessage::new(header, NetlinkPayload::from(payload));
        message.finalize();
        // All of it is zero again, the padding of attributes too.
        self.request.clear();
        self.request.resize(message.buffer_len(), 0);
        message.serialize(&mut self.request);
    }

    /// Sends the request and takes the answer.
    fn exchange(&mut self) -> Result<Answer, Error> {
        self.sequence = self.sequence.wrapping_add(1);
        let mut request = NetlinkBuffer::new(&mut self.request);
        request.set_sequence_number(self.sequence);
        let (family, flags) = (request.message_type(), request.flags());
        self.transport.send(&self.request).map_err(Error::Send)?;
        let one_entry_ends_it = flags & (NLM_F_ACK | NLM_F_DUMP) == 0;
        let mut answer = Answer {
            entries: Vec::new(),
            interrupted: false,
            extended: Extended::default(),
        };
        let mut strays = 0;
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
                let (header, bytes) = message?;
                if !self.is_expected(&header)? {
                    stray(&mut strays)?;
                    continue;
                }
                answer.interrupted |= header.flags & NLM_F_DUMP_INTR != 0;
                match decode(family, &header, bytes)? {
                    NetlinkPayload::Error(error) => {
                        answer.extended = ack::of_error(&error, header.flags)
                            .map_err(|error| of_dump(error, flags))?;
                        return Ok(answer);
                    }
                    NetlinkPayload::Done(done) => {
                        answer.extended = ack::of_done(&done, header.flags)?;
                        return Ok(answer);
                    }
                    NetlinkPayload::InnerMessage(message) => {
                        answer.entries.push(message.payload);
                        if one_entry_ends_it {
                            return Ok(answer);
                        }
                        if answer.entries.len() >= MAX_ENTRIES {
                            return Err(Error::Endless(answer.entries.len()));
                        }
                    }
                    NetlinkPayload::Overrun(_) => return Err(Error::Overrun),
                    _ => stray(&mut strays)?,
                }
            }
        }
    }

    /// Whether a message answers the request under way. One with an older
    /// number is what an earlier request that failed midway left behind.
    fn is_expected(&self, header: &NetlinkHeader) -> Result<bool, Error> {
        let (expected, got) = (self.sequence, header.sequence_number);
        match expected.wrapping_sub(got) {
            0 => {}
            age if age < u32::MAX / 2 => return Ok(false),
            _ => return Err(Error::Sequence { expected, got }),
        }
        let (expected, got) = (self.transport.port(), header.port_number);
        match expected == got {
            true => Ok(true),
            false => Err(Error::Port { expected, got }),
        }
    }
}

/// A dump that is refused is an error of its own.
fn of_dump(error: Error, flags: u16) -> Error {
    match error {
        Error::Refused(refusal) if flags & NLM_F_DUMP != 0 => Error::DumpRefused(refusal),
        error => error,
    }
}

/// Takes a message apart, if its type has a place in the exchange.
fn decode(
    family: u16,
    header: &NetlinkHeader,
    bytes: &[u8],
) -> Result<NetlinkPayload<GenlMessage<Entry>>, Error> {
    match header.message_type {
        kind if kind == family => {}
        NLMSG_NOOP | NLMSG_ERROR | NLMSG_DONE | NLMSG_OVERRUN => {}
        kind => return Err(Error::Type(kind)),
    }
    Ok(NetlinkMessage::<GenlMessage<Entry>>::deserialize(bytes)?.payload)
}

fn stray(count: &mut usize) -> Result<(), Error> {
    *count += 1;
    match *count < MAX_STRAYS {
        true => Ok(()),
        false => Err(Error::Strays(*count)),
    }
}

/// The payload of any family's message, not decoded: the exchange is the same
/// for all of them.
#[derive(Debug)]
struct Entry {
    header: GenlHeader,
    attributes: Vec<u8>,
}

impl Entry {
    fn decode<R: Reply>(&self) -> Result<R, Error> {
        Ok(R::parse_with_param(&self.attributes, self.header)?)
    }
}

impl ParseableParametrized<[u8], GenlHeader> for Entry {
    fn parse_with_param(attributes: &[u8], header: GenlHeader) -> Result<Self, DecodeError> {
        let attributes = attributes.to_vec();
        Ok(Entry { header, attributes })
    }
}
