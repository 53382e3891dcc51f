//! A peer that plays the kernel: for each request, what it is told to answer.

use std::collections::VecDeque;
use std::io;

use mptcp_cli::netlink::generic::{self, Body};
use mptcp_cli::netlink::{Connection, Datagram, Dump, Error, Incoming, Message, Transport};
use mptcp_cli::pm::{Command, Endpoint, Limits, VERSION};

use super::wire::{FAMILY, Raw};

/// What the peer does when the program wants to receive.
#[derive(Debug)]
pub enum Step {
    /// A datagram of the kernel's.
    Say(Vec<u8>),
    /// One of another process.
    Sneak(Vec<u8>),
    /// A datagram that is cut where the buffer ends, and its whole size.
    Cut(Vec<u8>, usize),
    /// The system call fails with this number.
    Fail(i32),
    /// `ENOBUFS`, as the socket tells it.
    Overrun,
}

/// One datagram of these messages.
pub fn say(messages: impl IntoIterator<Item = Raw>) -> Step {
    Step::Say(messages.into_iter().flat_map(|raw| raw.bytes()).collect())
}

type Answer = Box<dyn FnMut(u32) -> Vec<Step>>;

/// The script, and how much of it was taken.
pub struct Peer {
    answer: Answer,
    /// What is said again and again when nothing else is left.
    forever: Option<Box<dyn FnMut(u32) -> Step>>,
    waiting: VecDeque<Step>,
    sequence: u32,
    taken: usize,
    said: usize,
}

impl Peer {
    /// Answers each request, whose number it is given, with these steps.
    pub fn new(answer: impl FnMut(u32) -> Vec<Step> + 'static) -> Self {
        Peer {
            answer: Box::new(answer),
            forever: None,
            waiting: VecDeque::new(),
            sequence: 0,
            taken: 0,
            said: 0,
        }
    }

    /// Never stops saying this.
    pub fn forever(step: impl FnMut(u32) -> Step + 'static) -> Self {
        let mut peer = Peer::new(|_| Vec::new());
        peer.forever = Some(Box::new(step));
        peer
    }
}

impl Transport for Peer {
    fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        let number = datagram.get(8..12).and_then(|bytes| bytes.try_into().ok());
        self.sequence = u32::from_ne_bytes(number.expect("a whole header"));
        self.waiting.extend((self.answer)(self.sequence));
        Ok(())
    }

    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Error> {
        self.taken += 1;
        assert!(self.taken < 200_000, "the program takes no end");
        let step = self.waiting.pop_front();
        let step = step.or_else(|| Some(self.forever.as_mut()?(self.sequence)));
        let (from_kernel, bytes, size) = match step {
            None => panic!("the program waits for more than there is"),
            Some(Step::Say(bytes)) => (true, bytes, None),
            Some(Step::Sneak(bytes)) => (false, bytes, None),
            Some(Step::Cut(bytes, size)) => (true, bytes, Some(size)),
            Some(Step::Fail(errno)) => {
                return Err(Error::Receive(io::Error::from_raw_os_error(errno)));
            }
            Some(Step::Overrun) => return Err(Error::Overrun),
        };
        let size = size.unwrap_or(bytes.len());
        self.said += bytes.len();
        assert!(self.said < 10_000_000, "the program listens without end");
        *buffer = bytes;
        Ok(Datagram { from_kernel, size })
    }
}

/// A request to the family with that number.
pub fn request(family: u16, command: Command) -> Message {
    generic::message(family, command as u8, VERSION)
}

/// The endpoint in a message of that family.
pub fn endpoint(family: u16, entry: Incoming) -> Result<Option<Endpoint>, Error> {
    let Body { attributes, .. } = generic::body(family, entry)?;
    Ok(Endpoint::read(attributes)?)
}

/// Asks the peer for one object.
pub fn get(peer: Peer) -> Result<Option<Endpoint>, Error> {
    let request = request(FAMILY, Command::GetAddr);
    Connection::over(peer).get(request, |entry| endpoint(FAMILY, entry))
}

/// Asks the peer for all objects.
pub fn dump(peer: Peer) -> Result<Dump<Endpoint>, Error> {
    let request = request(FAMILY, Command::GetAddr);
    Connection::over(peer).list(request, |entry| endpoint(FAMILY, entry))
}

/// Asks the peer for the limits.
#[allow(dead_code, reason = "of the tests that share it, one does so")]
pub fn limits(peer: Peer) -> Result<Limits, Error> {
    let request = request(FAMILY, Command::GetLimits);
    Connection::over(peer).get(request, |entry| {
        Ok(Limits::read(generic::body(FAMILY, entry)?.attributes)?)
    })
}

/// Asks the peer for a change.
pub fn change(peer: Peer) -> Result<Option<String>, Error> {
    Connection::over(peer).change(request(FAMILY, Command::FlushAddrs))
}

/// Answers a request for one object with one datagram of these bytes.
pub fn get_bytes(bytes: Vec<u8>) -> Result<Option<Endpoint>, Error> {
    let mut bytes = Some(bytes);
    get(Peer::new(move |_| {
        bytes.take().map(Step::Say).into_iter().collect()
    }))
}

/// Answers a request for one object with a message of this payload.
pub fn get_payload(payload: Vec<u8>) -> Result<Option<Endpoint>, Error> {
    get(Peer::new(move |number| {
        vec![say([Raw::new(FAMILY, number, payload.clone())])]
    }))
}
