//! What MPTCP knows about a subflow.

use netlink_packet_core::DecodeError;

use super::fields::Fields;
use crate::netlink::wire;

/// A subflow as MPTCP sees it: `MPTCP_SUBFLOW_ATTR_*` of `linux/mptcp.h`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SubflowInfo {
    /// The peer's token, set on joins that this host made, else 0.
    pub token_rem: u32,
    /// The token of the subflow's connection; 0 where MPTCP was not tried.
    pub token_loc: u32,
    /// See [`SubflowFlags`].
    pub flags: SubflowFlags,
    /// The peer's address id (RFC 8684, section 3.2).
    pub id_rem: u8,
    /// Our address id.
    pub id_loc: u8,
    /// Reported only with CAP_NET_ADMIN.
    pub sequence: Option<Sequence>,
}

/// Where a subflow stands, and how its bytes map to the connection's
/// (RFC 8684, section 3.3.1).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Sequence {
    /// The next byte to send, counted from the subflow's first one.
    pub relwrite_seq: u32,
    /// Where the mapping of received data starts in the connection.
    pub map_seq: u64,
    /// Where it starts in the subflow.
    pub map_sfseq: u32,
    /// The subflow's first sequence number after its handshake.
    pub ssn_offset: u32,
    /// How many bytes it covers.
    pub map_datalen: u16,
}

/// `MPTCP_SUBFLOW_FLAG_*` of `linux/mptcp.h`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SubflowFlags(pub u32);

impl SubflowInfo {
    /// Reads the attributes in `INET_ULP_INFO_MPTCP`. Those that are missing
    /// are 0.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut info = Self::default();
        let mut sequence = Sequence::default();
        let mut privileged = false;
        for attribute in wire::attributes(bytes, "INET_ULP_INFO_MPTCP") {
            let (kind, value) = attribute?;
            let value = |name| Fields::new(value, name);
            privileged |= (3..=7).contains(&kind);
            match kind {
                1 => info.token_rem = value("MPTCP_SUBFLOW_ATTR_TOKEN_REM").u32(0)?,
                2 => info.token_loc = value("MPTCP_SUBFLOW_ATTR_TOKEN_LOC").u32(0)?,
                3 => sequence.relwrite_seq = value("MPTCP_SUBFLOW_ATTR_RELWRITE_SEQ").u32(0)?,
                4 => sequence.map_seq = value("MPTCP_SUBFLOW_ATTR_MAP_SEQ").u64(0)?,
                5 => sequence.map_sfseq = value("MPTCP_SUBFLOW_ATTR_MAP_SFSEQ").u32(0)?,
                6 => sequence.ssn_offset = value("MPTCP_SUBFLOW_ATTR_SSN_OFFSET").u32(0)?,
                7 => sequence.map_datalen = value("MPTCP_SUBFLOW_ATTR_MAP_DATALEN").u16(0)?,
                8 => info.flags.0 = value("MPTCP_SUBFLOW_ATTR_FLAGS").u32(0)?,
                9 => info.id_rem = value("MPTCP_SUBFLOW_ATTR_ID_REM").u8(0)?,
                10 => info.id_loc = value("MPTCP_SUBFLOW_ATTR_ID_LOC").u8(0)?,
                _ => {}
            }
        }
        info.sequence = privileged.then_some(sequence);
        Ok(info)
    }
}

impl SubflowFlags {
    /// The handshake agreed on MP_CAPABLE, which makes a new connection.
    pub const fn mp_capable(self) -> bool {
        self.0 & 1 != 0
    }

    /// This host asked for MP_CAPABLE.
    pub const fn mp_capable_requested(self) -> bool {
        self.0 & 1 << 1 != 0
    }

    /// The handshake agreed on MP_JOIN, which adds to a connection.
    pub const fn mp_join(self) -> bool {
        self.0 & 1 << 2 != 0
    }

    /// This host asked for MP_JOIN.
    pub const fn mp_join_requested(self) -> bool {
        self.0 & 1 << 3 != 0
    }

    /// Whether the subflow joined, or tries to join, a connection.
    pub const fn is_join(self) -> bool {
        self.mp_join() || self.mp_join_requested()
    }

    /// The peer wants it used as a backup only.
    pub const fn backup_rem(self) -> bool {
        self.0 & 1 << 4 != 0
    }

    /// This host wants it used as a backup only.
    pub const fn backup_loc(self) -> bool {
        self.0 & 1 << 5 != 0
    }

    /// The peer showed that it knows of the subflow's end of the handshake
    /// (RFC 8684, section 3.1).
    pub const fn fully_established(self) -> bool {
        self.0 & 1 << 6 != 0
    }

    /// The current mapping is in use.
    pub const fn map_valid(self) -> bool {
        self.0 & 1 << 8 != 0
    }
}
