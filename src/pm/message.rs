//! The family's requests and their replies: a command and its attributes.

use netlink_packet_core::{
    DecodeError, Emitable, ErrorContext, Nla, NlasIterator, ParseableParametrized,
};
use netlink_packet_generic::{GenlFamily, GenlHeader};

use super::{Endpoint, FAMILY, VERSION, wire};

/// `enum mptcp_pm_attrs`.
mod kind {
    pub const ADDR: u16 = 1;
    pub const RCV_ADD_ADDRS: u16 = 2;
    pub const SUBFLOWS: u16 = 3;
    pub const TOKEN: u16 = 4;
    pub const LOC_ID: u16 = 5;
    pub const ADDR_REMOTE: u16 = 6;
}

/// `enum mptcp_pm_cmds`: what is asked of the path manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Command {
    /// Adds an endpoint.
    AddAddr = 1,
    /// Removes an endpoint.
    DelAddr = 2,
    /// Asks for one endpoint, or for all as a dump.
    GetAddr = 3,
    /// Removes all endpoints.
    FlushAddrs = 4,
    /// Sets the limits.
    SetLimits = 5,
    /// Asks for the limits.
    GetLimits = 6,
    /// Changes the flags of an endpoint, or the priority of a subflow.
    SetFlags = 7,
    /// Announces an address to the peer of one connection (since Linux 5.19).
    Announce = 8,
    /// Withdraws an announced address (since Linux 5.19).
    Remove = 9,
    /// Opens a subflow of one connection (since Linux 5.19).
    SubflowCreate = 10,
    /// Closes a subflow of one connection (since Linux 5.19).
    SubflowDestroy = 11,
}

/// A request to the path manager, or a reply to one: what is `None` is absent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Message {
    /// An endpoint; of a subflow, its local end.
    pub local: Option<Endpoint>,
    /// The remote end of a subflow.
    pub remote: Option<Endpoint>,
    /// Limit: how many announced addresses a connection accepts.
    pub add_addr_accepted: Option<u32>,
    /// Limit: how many additional subflows a connection may have.
    pub subflows: Option<u32>,
    /// The connection that is meant, by its local token (RFC 8684, section 3.2).
    pub token: Option<u32>,
    /// The id of an announced address.
    pub local_id: Option<u8>,
}

/// A message with the command that says what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The command.
    pub command: Command,
    attributes: Vec<Attribute>,
}

impl Request {
    /// A request of a command and what it is about.
    pub fn new(command: Command, message: &Message) -> Self {
        let number = |kind, value: Option<u32>| value.map(|value| Attribute::U32(kind, value));
        let nested = |kind, end: &Option<Endpoint>| {
            let encoded = end.as_ref().map(Endpoint::encode);
            encoded.map(|bytes| Attribute::Nested(kind, bytes))
        };
        let attributes = [
            number(kind::TOKEN, message.token),
            message.local_id.map(Attribute::LocId),
            nested(kind::ADDR, &message.local),
            nested(kind::ADDR_REMOTE, &message.remote),
            number(kind::RCV_ADD_ADDRS, message.add_addr_accepted),
            number(kind::SUBFLOWS, message.subflows),
        ];
        Request {
            command,
            attributes: attributes.into_iter().flatten().collect(),
        }
    }
}

impl GenlFamily for Request {
    fn family_name() -> &'static str {
        FAMILY
    }

    fn command(&self) -> u8 {
        self.command as u8
    }

    fn version(&self) -> u8 {
        VERSION
    }
}

impl Emitable for Request {
    fn buffer_len(&self) -> usize {
        self.attributes.as_slice().buffer_len()
    }

    fn emit(&self, buffer: &mut [u8]) {
        self.attributes.as_slice().emit(buffer);
    }
}

impl ParseableParametrized<[u8], GenlHeader> for Message {
    /// Decodes a reply, skipping attributes it does not know.
    fn parse_with_param(attributes: &[u8], _: GenlHeader) -> Result<Self, DecodeError> {
        let mut message = Message::default();
        for attribute in NlasIterator::new(attributes) {
            let attribute = attribute.context("path manager attributes")?;
            let value = attribute.value();
            match attribute.kind() {
                kind::ADDR => message.local = Some(Endpoint::decode(value)?),
                kind::ADDR_REMOTE => message.remote = Some(Endpoint::decode(value)?),
                kind::RCV_ADD_ADDRS => {
                    message.add_addr_accepted = Some(wire::u32(value, "rcv-add-addrs")?);
                }
                kind::SUBFLOWS => message.subflows = Some(wire::u32(value, "subflows")?),
                kind::TOKEN => message.token = Some(wire::u32(value, "token")?),
                kind::LOC_ID => {
                    message.local_id = Some(wire::u8(value, "loc-id")?);
                }
                _ => {}
            }
        }
        Ok(message)
    }
}

/// One top attribute to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Attribute {
    Nested(u16, Vec<u8>),
    U32(u16, u32),
    LocId(u8),
}

impl Nla for Attribute {
    fn value_len(&self) -> usize {
        match self {
            Attribute::Nested(_, bytes) => bytes.len(),
            Attribute::U32(..) => 4,
            Attribute::LocId(_) => 1,
        }
    }

    fn kind(&self) -> u16 {
        match self {
            Attribute::Nested(kind, _) | Attribute::U32(kind, _) => *kind,
            Attribute::LocId(_) => kind::LOC_ID,
        }
    }

    // `Nla::emit` masks the flag out of the kind and asks here for it.
    fn is_nested(&self) -> bool {
        matches!(self, Attribute::Nested(..))
    }

    fn emit_value(&self, buffer: &mut [u8]) {
        match self {
            Attribute::Nested(_, bytes) => buffer.copy_from_slice(bytes),
            Attribute::U32(_, number) => buffer.copy_from_slice(&number.to_ne_bytes()),
            Attribute::LocId(id) => buffer.fill(*id),
        }
    }
}
