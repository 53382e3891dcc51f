//! Messages as a kernel would put them together, or would not.

/// Types of control messages (`linux/netlink.h`).
pub const NOOP: u16 = 1;
pub const ERROR: u16 = 2;
pub const DONE: u16 = 3;
pub const OVERRUN: u16 = 4;

/// Flags of a message.
pub const MULTI: u16 = 0x02;
pub const DUMP_INTR: u16 = 0x10;
pub const CAPPED: u16 = 0x100;
pub const ACK_TLVS: u16 = 0x200;

/// The family id that the peer gives to the path manager.
pub const FAMILY: u16 = 0x1f;

/// The port of the socket that the peer talks to.
pub const PORT: u32 = 4711;

/// One message; `length` is what its header claims, the true one if `None`.
#[derive(Debug, Clone)]
pub struct Raw {
    pub kind: u16,
    pub flags: u16,
    pub sequence: u32,
    pub port: u32,
    pub payload: Vec<u8>,
    pub length: Option<u32>,
}

impl Raw {
    /// An answer to the request with that number.
    pub fn new(kind: u16, sequence: u32, payload: Vec<u8>) -> Self {
        Raw {
            kind,
            flags: 0,
            sequence,
            port: PORT,
            payload,
            length: None,
        }
    }

    pub fn flags(mut self, flags: u16) -> Self {
        self.flags = flags;
        self
    }

    pub fn length(mut self, length: u32) -> Self {
        self.length = Some(length);
        self
    }

    pub fn port(mut self, port: u32) -> Self {
        self.port = port;
        self
    }

    /// Its bytes, padded to four.
    pub fn bytes(&self) -> Vec<u8> {
        let true_length = 16 + self.payload.len() as u32;
        let mut bytes = Vec::new();
        bytes.extend(self.length.unwrap_or(true_length).to_ne_bytes());
        bytes.extend(self.kind.to_ne_bytes());
        bytes.extend(self.flags.to_ne_bytes());
        bytes.extend(self.sequence.to_ne_bytes());
        bytes.extend(self.port.to_ne_bytes());
        bytes.extend(&self.payload);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }
}

/// An attribute with its padding.
pub fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    claiming(value.len() as u16 + 4, kind, value)
}

/// An attribute whose header claims that length.
pub fn claiming(length: u16, kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(length.to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// A generic-netlink payload: header and attributes.
pub fn generic(attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![3, 1, 0, 0];
    bytes.extend(attributes.concat());
    bytes
}

/// The attributes of an endpoint 10.0.0.`last`.
pub fn endpoint(last: u8) -> Vec<u8> {
    let nested = [
        attribute(1, &2u16.to_ne_bytes()),
        attribute(2, &[last]),
        attribute(3, &[10, 0, 0, last]),
        attribute(6, &2u32.to_ne_bytes()),
    ];
    attribute(0x8000 | 1, &nested.concat())
}

/// An entry of a dump, or the reply to a request for one.
pub fn entry(sequence: u32, last: u8) -> Raw {
    Raw::new(FAMILY, sequence, generic(&[endpoint(last)])).flags(MULTI)
}

/// An acknowledgement: the code, the header of the request, attributes.
pub fn acknowledgement(sequence: u32, code: i32, attributes: &[Vec<u8>]) -> Raw {
    let mut payload = code.to_ne_bytes().to_vec();
    payload.extend(Raw::new(FAMILY, sequence, Vec::new()).bytes());
    payload.extend(attributes.concat());
    Raw::new(ERROR, sequence, payload).flags(CAPPED | ACK_TLVS)
}

/// The end of a dump.
pub fn done(sequence: u32, code: i32) -> Raw {
    Raw::new(DONE, sequence, code.to_ne_bytes().to_vec()).flags(MULTI)
}
