//! What the targets share: a kernel that says what the fuzzer made up.

use std::io;

use mptcp_cli::netlink::{Datagram, Error, Transport};
use mptcp_cli::output::{Format, Palette, Printer};

/// Says the input as one datagram, and nothing after that. Its port is that
/// in the first header, so that a recorded reply is one to this socket.
pub struct Said<'a> {
    rest: Option<&'a [u8]>,
    port: u32,
}

impl<'a> Said<'a> {
    pub fn new(datagram: &'a [u8]) -> Self {
        let port = datagram.get(12..16).and_then(|bytes| bytes.try_into().ok());
        Said {
            rest: Some(datagram),
            port: port.map_or(0, u32::from_ne_bytes),
        }
    }
}

/// The type of the first message: of a recorded reply, the family.
pub fn family(datagram: &[u8]) -> u16 {
    let kind = datagram.get(4..6).and_then(|bytes| bytes.try_into().ok());
    kind.map_or(0, u16::from_ne_bytes)
}

impl Transport for Said<'_> {
    fn port(&self) -> u32 {
        self.port
    }

    fn send(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Error> {
        let Some(said) = self.rest.take() else {
            return Err(Error::Receive(io::ErrorKind::WouldBlock.into()));
        };
        buffer.clear();
        buffer.extend_from_slice(said);
        let size = said.len();
        let from_kernel = true;
        Ok(Datagram { from_kernel, size })
    }
}

/// Prints in both forms, to nowhere.
pub fn print(mut write: impl FnMut(&mut Printer<io::Sink>) -> io::Result<()>) {
    for json in [false, true] {
        let format = Format {
            json,
            pretty: json,
            oneline: false,
            palette: Palette::Dark,
        };
        write(&mut Printer::new(io::sink(), format)).expect("a sink takes all");
    }
}
