//! What the targets share: a kernel that says what the fuzzer made up.

use std::io;

use mptcp_cli::netlink::{Datagram, Error, Transport};
use mptcp_cli::output::{Format, Palette, Printer};

/// Answers with the input as one datagram, and with nothing after that.
pub struct Said<'a> {
    rest: Option<&'a [u8]>,
    /// The number of the family, until it is asked for.
    family: Option<u16>,
    /// The number of the request.
    sequence: [u8; 4],
}

impl<'a> Said<'a> {
    pub fn new(datagram: &'a [u8]) -> Self {
        Said {
            rest: Some(datagram),
            family: None,
            sequence: [0; 4],
        }
    }

    /// Tells first what number the path manager has, as a kernel does.
    pub fn by_path_manager(datagram: &'a [u8]) -> Self {
        let family = Some(family(datagram));
        Said {
            family,
            ..Said::new(datagram)
        }
    }
}

/// The type of the first message, if it can be that of a family.
pub fn family(datagram: &[u8]) -> u16 {
    let kind = datagram.get(4..6).and_then(|bytes| bytes.try_into().ok());
    let kind = kind.map(u16::from_ne_bytes);
    kind.filter(|kind| *kind >= 0x10).unwrap_or(0x1f)
}

impl Transport for Said<'_> {
    fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        let number = datagram.get(8..12).and_then(|bytes| bytes.try_into().ok());
        self.sequence = number.expect("a request has a header");
        Ok(())
    }

    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Error> {
        buffer.clear();
        if let Some(family) = self.family.take() {
            buffer.extend(28u32.to_ne_bytes());
            buffer.extend([0x10u16.to_ne_bytes(), [0; 2]].concat());
            buffer.extend([&self.sequence[..], &[0; 4], &[1, 2, 0, 0]].concat());
            let [header, kind, number] = [6, 1, family].map(u16::to_ne_bytes);
            buffer.extend([header, kind, number, [0; 2]].concat());
        } else if let Some(said) = self.rest.take() {
            buffer.extend_from_slice(said);
            renumber(buffer, self.sequence);
        } else {
            return Err(Error::Receive(io::ErrorKind::WouldBlock.into()));
        }
        let (from_kernel, size) = (true, buffer.len());
        Ok(Datagram { from_kernel, size })
    }
}

/// Answers requests for dumps of sockets. The input begins with the length of
/// the messages of the TCP dump, two bytes, little-endian; those of the MPTCP
/// dump are behind them.
pub struct Dumps<'a> {
    tcp: &'a [u8],
    mptcp: &'a [u8],
    answer: Vec<u8>,
}

impl<'a> Dumps<'a> {
    pub fn new(input: &'a [u8]) -> Self {
        let (length, rest) = input.split_first_chunk().unwrap_or((&[0; 2], &[]));
        let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
        let (tcp, mptcp) = rest.split_at(length);
        let answer = Vec::new();
        Dumps { tcp, mptcp, answer }
    }
}

impl Transport for Dumps<'_> {
    fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        // Behind the header: the family and the protocol of inet_diag_req_v2.
        let number = datagram.get(8..12).and_then(|bytes| bytes.try_into().ok());
        let number = number.expect("a request has a header");
        let said = match datagram.get(16..18) {
            Some([2, 6]) => self.tcp,
            Some([2, _]) => self.mptcp,
            _ => &[],
        };
        self.answer = said.to_vec();
        renumber(&mut self.answer, number);
        let [length, kind] = [20u32.to_ne_bytes(), 3u32.to_ne_bytes()];
        let done = [length, kind, number, [0; 4], [0; 4]];
        self.answer.extend(done.concat());
        Ok(())
    }

    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Error> {
        if self.answer.is_empty() {
            return Err(Error::Receive(io::ErrorKind::WouldBlock.into()));
        }
        *buffer = std::mem::take(&mut self.answer);
        let (from_kernel, size) = (true, buffer.len());
        Ok(Datagram { from_kernel, size })
    }
}

/// Gives the messages with the number 1, as recorded replies have it, that of
/// the request.
fn renumber(mut messages: &mut [u8], number: [u8; 4]) {
    while let Some(header) = messages.first_chunk_mut::<16>() {
        let [l0, l1, l2, l3, _, _, _, _, sequence @ .., _, _, _, _] = header;
        let length = u32::from_ne_bytes([*l0, *l1, *l2, *l3]) as usize;
        if *sequence == 1u32.to_ne_bytes() {
            *sequence = number;
        }
        let next = length.next_multiple_of(4).max(16);
        messages = messages.get_mut(next..).unwrap_or_default();
    }
}

/// Prints in both forms, to nowhere.
pub fn print(mut write: impl FnMut(&mut Printer<io::Sink>) -> io::Result<()>) {
    for json in [false, true] {
        let format = match json {
            true => Format::Json { pretty: true },
            false => Format::Text {
                oneline: false,
                palette: Palette::Dark,
            },
        };
        write(&mut Printer::new(io::sink(), format)).expect("a sink takes all");
    }
}
