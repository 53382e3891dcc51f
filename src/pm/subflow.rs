//! Subflows of one connection.

use crate::netlink::Message;

use super::{Address, AddressAttributes, Flags, attribute};

/// The two ends of a subflow.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Path {
    /// The connection, by its local token (RFC 8684, section 3.2).
    pub token: u32,
    /// The address of this host.
    pub local: Address,
    /// The port of this host, 1 to 65535.
    pub sport: Option<u16>,
    /// The peer's address.
    pub remote: Address,
    /// The peer's port, 1 to 65535.
    pub dport: u16,
}

impl Path {
    /// Writes the ends, which identify the subflow.
    pub fn write(&self, message: &mut Message) {
        self.write_with(message, AddressAttributes::default());
    }

    /// Writes the ends, and whether it is to carry data only while no other
    /// can.
    pub fn write_backup(&self, message: &mut Message, backup: bool) {
        // "No backup" is a zero; without the flags, nothing changes.
        let flags = if backup {
            Flags::BACKUP
        } else {
            Flags::default()
        };
        let flags = Some(flags);
        self.write_with(
            message,
            AddressAttributes {
                flags,
                ..AddressAttributes::default()
            },
        );
    }

    /// Writes the ends, and further attributes of the local one.
    fn write_with(&self, message: &mut Message, local: AddressAttributes) {
        let local = AddressAttributes {
            address: Some(self.local),
            port: self.sport,
            ..local
        };
        let remote = AddressAttributes {
            address: Some(self.remote),
            port: Some(self.dport),
            ..AddressAttributes::default()
        };
        message.put(attribute::TOKEN, Some(self.token.to_ne_bytes()));
        local.write(message);
        message.nest(attribute::ADDR_REMOTE, |nested| remote.write_nested(nested));
    }
}

/// A subflow to be opened.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Subflow {
    /// Its ends; without a local port, the kernel picks one.
    pub path: Path,
    /// The address id of the local address, 1 to 255.
    pub id: u8,
    /// Whether it carries data only while no other can.
    pub backup: bool,
    /// Index of the network device that it goes out through.
    pub device: Option<u32>,
}

impl Subflow {
    /// Writes the subflow to be opened.
    pub fn write(&self, message: &mut Message) {
        let local = AddressAttributes {
            id: Some(self.id),
            flags: self.backup.then_some(Flags::BACKUP),
            device: self.device,
            ..AddressAttributes::default()
        };
        self.path.write_with(message, local);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_backup_is_a_flag_that_is_sent_as_zero() {
        let ip = |last| Address::Ip([10, 0, 0, last].into());
        let path = Path {
            token: 0x0abc,
            local: ip(1),
            sport: Some(1000),
            remote: ip(2),
            dport: 443,
        };
        let mut message = Message::new(0x1f);
        path.write_backup(&mut message, false);
        let short = |number: u16| number.to_ne_bytes();
        let flags = [short(8), short(6), short(0), short(0)].concat();
        // TOKEN takes eight bytes, and the header of ADDR four.
        assert_eq!(message.body()[12..20], flags);
    }
}
