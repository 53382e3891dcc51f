//! Generic netlink: a protocol that carries families, whose numbers the kernel
//! finds by name (`nlctrl`, `CTRL_CMD_GETFAMILY`; `linux/genetlink.h`).

use netlink_packet_core::{DecodeError, ErrorContext, parse_u16, parse_u32};
use netlink_packet_generic::GenlHeader;
use netlink_packet_generic::constants::{
    CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS, CTRL_ATTR_MCAST_GRP_ID,
    CTRL_ATTR_MCAST_GRP_NAME, CTRL_CMD_GETFAMILY, GENL_ID_CTRL,
};
use nix::libc::ENOENT;

use super::{Connection, Error, Incoming, Message, Transport, wire};

/// The version of `nlctrl`.
const CTRL_VERSION: u8 = 2;

/// A family as the running kernel registered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The message type of the family; the kernel gives it out at boot.
    pub id: u16,
    /// Its multicast groups: name and number.
    groups: Vec<(Vec<u8>, u32)>,
}

impl Family {
    /// The number of a multicast group, to be joined by.
    ///
    /// # Errors
    /// [`Error::NoGroup`] when the family has none of that name.
    pub fn group(&self, name: &'static str) -> Result<u32, Error> {
        let named = |(group, _): &&(Vec<u8>, u32)| group == name.as_bytes();
        let found = self.groups.iter().find(named);
        found.map(|(_, id)| *id).ok_or(Error::NoGroup(name))
    }
}

/// A message of a family from the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body<'a> {
    /// The family's command.
    pub command: u8,
    /// What follows the header.
    pub attributes: &'a [u8],
}

/// An empty message to the family with that number.
pub fn message(family: u16, command: u8, version: u8) -> Message {
    let mut message = Message::new(family);
    message.push(&[command, version, 0, 0]);
    message
}

/// Takes a message of the family with that number apart.
///
/// # Errors
/// [`Error::Type`] if it is of another, [`Error::Malformed`].
pub fn body(family: u16, incoming: Incoming) -> Result<Body, Error> {
    if incoming.kind != family {
        return Err(Error::Type(incoming.kind));
    }
    let header = GenlHeader::parse(incoming.payload)?;
    Ok(Body {
        command: header.cmd,
        attributes: incoming.payload.get(4..).unwrap_or(&[]),
    })
}

/// Asks the kernel for a family by name.
///
/// # Errors
/// [`Error::NoFamily`] when the kernel has none of that name.
pub fn family<T: Transport>(
    connection: &mut Connection<T>,
    name: &'static str,
) -> Result<Family, Error> {
    let mut request = message(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_VERSION);
    request.put(
        CTRL_ATTR_FAMILY_NAME,
        Some([name.as_bytes(), &[0]].concat()),
    );
    let decode = |entry: Incoming| Ok(Family::read(body(GENL_ID_CTRL, entry)?.attributes)?);
    match connection.get(request, decode) {
        Err(Error::Refused(refusal)) if refusal.errno == ENOENT => Err(Error::NoFamily(name)),
        reply => reply,
    }
}

impl Family {
    /// Decodes a reply here rather than as the crate's `GenlCtrl`, which fails
    /// on attributes that it does not know and panics on some short ones.
    ///
    /// # Errors
    /// Names the attribute that is malformed.
    pub fn read(attributes: &[u8]) -> Result<Self, DecodeError> {
        let (mut id, mut groups) = (None, Vec::new());
        for attribute in wire::attributes(attributes, "family attributes") {
            let (kind, value) = attribute?;
            match kind {
                CTRL_ATTR_FAMILY_ID => {
                    id = Some(decode_id(value).context("family id")?);
                }
                CTRL_ATTR_MCAST_GROUPS => {
                    for group in wire::attributes(value, "multicast groups") {
                        let (_, group) = group?;
                        groups.extend(decode_group(group)?);
                    }
                }
                _ => {}
            }
        }
        let id = id.ok_or("a family without an id")?;
        Ok(Family { id, groups })
    }
}

/// Numbers below that of `nlctrl` are those of control messages.
fn decode_id(value: &[u8]) -> Result<u16, DecodeError> {
    match parse_u16(value)? {
        id if id < GENL_ID_CTRL => Err(format!("{id} is the number of no family").into()),
        id => Ok(id),
    }
}

fn decode_group(attributes: &[u8]) -> Result<Option<(Vec<u8>, u32)>, DecodeError> {
    let (mut name, mut id) = (None, None);
    for attribute in wire::attributes(attributes, "multicast group") {
        let (kind, value) = attribute?;
        match kind {
            CTRL_ATTR_MCAST_GRP_NAME => {
                name = Some(value.strip_suffix(&[0]).unwrap_or(value).to_vec());
            }
            CTRL_ATTR_MCAST_GRP_ID => id = Some(parse_u32(value).context("group id")?),
            _ => {}
        }
    }
    Ok(name.zip(id))
}
