//! What an endpoint is for (`MPTCP_PM_ADDR_FLAG_*`).

use std::ops::{BitOr, BitOrAssign};

/// The flags of an endpoint, a set of bits.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Flags(pub u32);

impl Flags {
    /// The address is announced to peers (ADD_ADDR).
    pub const SIGNAL: Flags = Flags(0x01);
    /// Subflows are opened from the address.
    pub const SUBFLOW: Flags = Flags(0x02);
    /// Its subflows carry data only while no other can (MP_PRIO, bit B).
    pub const BACKUP: Flags = Flags(0x04);
    /// A subflow is opened to each address the peer announced.
    pub const FULLMESH: Flags = Flags(0x08);
    /// Made by the kernel for an address that a connection came to use.
    pub const IMPLICIT: Flags = Flags(0x10);
    /// Used to answer announced addresses (since Linux 6.18).
    pub const LAMINAR: Flags = Flags(0x20);

    /// The flags with a name, in the order in which they are shown.
    pub const NAMED: [(&'static str, Flags); 6] = [
        ("signal", Flags::SIGNAL),
        ("subflow", Flags::SUBFLOW),
        ("backup", Flags::BACKUP),
        ("fullmesh", Flags::FULLMESH),
        ("implicit", Flags::IMPLICIT),
        ("laminar", Flags::LAMINAR),
    ];

    /// Those that can be changed in place. An endpoint has to be replaced to
    /// change any other.
    pub const CHANGEABLE: Flags = Flags(Flags::BACKUP.0 | Flags::FULLMESH.0);

    /// Those that a user sets and that cannot be changed in place: all others with
    /// a name but `implicit`, which the kernel sets.
    pub const FIXED: Flags = {
        let (mut fixed, mut at) = (0, 0);
        while at < Flags::NAMED.len() {
            fixed |= Flags::NAMED[at].1.0;
            at += 1;
        }
        Flags(fixed & !(Flags::CHANGEABLE.0 | Flags::IMPLICIT.0))
    };

    /// Whether all of these can be changed in place.
    pub fn can_change(self) -> bool {
        Flags::CHANGEABLE.contains(self)
    }

    /// Whether all bits of `other` are set.
    pub fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// The bits that have no name here.
    pub fn unnamed(self) -> u32 {
        Flags::NAMED
            .iter()
            .fold(self.0, |rest, (_, flag)| rest & !flag.0)
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Flags) {
        *self = *self | other;
    }
}
