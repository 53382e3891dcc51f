//! The lookup of a generic-netlink family (`nlctrl`, `CTRL_CMD_GETFAMILY`).

use netlink_packet_core::{
    DecodeError, ErrorContext, NlasIterator, ParseableParametrized, parse_u16, parse_u32,
};
use netlink_packet_generic::GenlHeader;
use netlink_packet_generic::constants::{
    CTRL_ATTR_FAMILY_ID, CTRL_ATTR_MCAST_GROUPS, CTRL_ATTR_MCAST_GRP_ID, CTRL_ATTR_MCAST_GRP_NAME,
    GENL_ID_CTRL,
};
use netlink_packet_generic::ctrl::{GenlCtrl, GenlCtrlCmd, nlas::GenlCtrlAttrs};
use nix::libc::ENOENT;

use super::{Connection, Error, Transport};

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

impl<T: Transport> Connection<T> {
    /// Asks the kernel for a family by name.
    ///
    /// # Errors
    /// [`Error::NoFamily`] when the kernel has none of that name.
    pub fn family(&mut self, name: &'static str) -> Result<Family, Error> {
        let request = GenlCtrl {
            cmd: GenlCtrlCmd::GetFamily,
            nlas: vec![GenlCtrlAttrs::FamilyName(name.to_owned())],
        };
        match self.get(GENL_ID_CTRL, request) {
            Err(Error::Refused(refusal)) if refusal.errno == ENOENT => Err(Error::NoFamily(name)),
            reply => reply,
        }
    }
}

/// The reply is decoded here rather than as the crate's `GenlCtrl`, which
/// fails on attributes that it does not know and panics on some short ones.
impl ParseableParametrized<[u8], GenlHeader> for Family {
    fn parse_with_param(attributes: &[u8], _: GenlHeader) -> Result<Self, DecodeError> {
        let (mut id, mut groups) = (None, Vec::new());
        for attribute in NlasIterator::new(attributes) {
            let attribute = attribute.context("family attributes")?;
            match attribute.kind() {
                CTRL_ATTR_FAMILY_ID => {
                    id = Some(decode_id(attribute.value()).context("family id")?);
                }
                CTRL_ATTR_MCAST_GROUPS => {
                    for group in NlasIterator::new(attribute.value()) {
                        let group = group.context("multicast groups")?;
                        groups.extend(decode_group(group.value())?);
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
    for attribute in NlasIterator::new(attributes) {
        let attribute = attribute.context("multicast group")?;
        let value = attribute.value();
        match attribute.kind() {
            CTRL_ATTR_MCAST_GRP_NAME => {
                name = Some(value.strip_suffix(&[0]).unwrap_or(value).to_vec());
            }
            CTRL_ATTR_MCAST_GRP_ID => id = Some(parse_u32(value).context("group id")?),
            _ => {}
        }
    }
    Ok(name.zip(id))
}
