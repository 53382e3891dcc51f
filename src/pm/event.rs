//! Events: what happens to connections (multicast group `mptcp_pm_events`).
//!
//! Source: `enum mptcp_event_type` and `enum mptcp_event_attr` of
//! `include/uapi/linux/mptcp.h`.

use std::net::IpAddr;

use netlink_packet_core::DecodeError;

use crate::netlink::wire;

/// The multicast group of the events.
pub const EVENTS: &str = "mptcp_pm_events";

/// `enum mptcp_event_attr`.
mod kind {
    pub const TOKEN: u16 = 1;
    pub const LOC_ID: u16 = 3;
    pub const REM_ID: u16 = 4;
    pub const SADDR4: u16 = 5;
    pub const SADDR6: u16 = 6;
    pub const DADDR4: u16 = 7;
    pub const DADDR6: u16 = 8;
    pub const SPORT: u16 = 9;
    pub const DPORT: u16 = 10;
    pub const BACKUP: u16 = 11;
    pub const ERROR: u16 = 12;
    pub const FLAGS: u16 = 13;
    pub const TIMEOUT: u16 = 14;
    pub const IF_IDX: u16 = 15;
    pub const RESET_REASON: u16 = 16;
    pub const RESET_FLAGS: u16 = 17;
    pub const SERVER_SIDE: u16 = 18;
}

/// The peer refuses additional subflows to its initial address.
pub const DENY_JOIN_ID0: u16 = 0x1;
/// This host accepted the connection.
pub const SERVER_SIDE: u16 = 0x2;

/// Nothing (`MPTCP_EVENT_UNSPEC`).
pub const UNSPEC: u8 = 0;
/// A connection was opened.
pub const CREATED: u8 = 1;
/// It can have additional subflows from now on.
pub const ESTABLISHED: u8 = 2;
/// A connection was closed.
pub const CLOSED: u8 = 3;
/// An additional subflow was established.
pub const SF_ESTABLISHED: u8 = 10;
/// A subflow was closed.
pub const SF_CLOSED: u8 = 11;

/// The event types, with the names that are printed.
pub const NAMES: [(u8, &str); 10] = [
    (CREATED, "CREATED"),
    (ESTABLISHED, "ESTABLISHED"),
    (CLOSED, "CLOSED"),
    (6, "ANNOUNCED"),
    (7, "REMOVED"),
    (SF_ESTABLISHED, "SF_ESTABLISHED"),
    (SF_CLOSED, "SF_CLOSED"),
    (13, "SF_PRIO"),
    (15, "LISTENER_CREATED"),
    (16, "LISTENER_CLOSED"),
];

/// One event. Which values it has depends on what happened; what is `None` was
/// not in the message.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened: the command of the message.
    pub command: u8,
    /// The connection, by its local token.
    pub token: Option<u32>,
    /// Address id of the remote end.
    pub remote_id: Option<u8>,
    /// Address id of the local end.
    pub local_id: Option<u8>,
    /// The local IPv4 address.
    pub local4: Option<IpAddr>,
    /// The remote IPv4 address.
    pub remote4: Option<IpAddr>,
    /// The local IPv6 address.
    pub local6: Option<IpAddr>,
    /// The remote IPv6 address.
    pub remote6: Option<IpAddr>,
    /// The local port; big-endian on the wire.
    pub local_port: Option<u16>,
    /// The remote port; big-endian on the wire.
    pub remote_port: Option<u16>,
    /// Whether the subflow is a backup, 0 or 1.
    pub backup: Option<u8>,
    /// Why the subflow was closed, an error number of `errno.h`.
    pub error: Option<u8>,
    /// [`DENY_JOIN_ID0`] and [`SERVER_SIDE`].
    pub flags: Option<u16>,
    /// A time in milliseconds; not sent by any kernel so far.
    pub timeout: Option<u32>,
    /// Index of the network device of the subflow.
    pub device: Option<u32>,
    /// The reason in MP_TCPRST (RFC 8684, section 3.6).
    pub reset_reason: Option<u32>,
    /// The flags in MP_TCPRST.
    pub reset_flags: Option<u32>,
    /// What older kernels send in place of [`SERVER_SIDE`]: 1 if so.
    pub server_side: Option<u8>,
}

/// Fills a field with the first attribute of its kind.
macro_rules! first {
    ($field:expr, $value:expr) => {
        if $field.is_none() {
            $field = Some($value);
        }
    };
}

impl Event {
    /// Decodes an event, skipping attributes it does not know. Of an attribute
    /// that stands twice the first counts, as in `ip mptcp monitor`.
    ///
    /// # Errors
    /// Names the attribute that is malformed.
    pub fn read(command: u8, attributes: &[u8]) -> Result<Self, DecodeError> {
        let mut event = Event {
            command,
            ..Event::default()
        };
        let e = &mut event;
        for attribute in wire::attributes(attributes, "event attributes") {
            let (kind, value) = attribute?;
            match kind {
                kind::TOKEN => first!(e.token, wire::u32(value, "token")?),
                kind::LOC_ID => first!(e.local_id, wire::u8(value, "loc-id")?),
                kind::REM_ID => first!(e.remote_id, wire::u8(value, "rem-id")?),
                kind::SADDR4 => first!(e.local4, wire::ipv4(value, "saddr4")?),
                kind::SADDR6 => first!(e.local6, wire::ipv6(value, "saddr6")?),
                kind::DADDR4 => first!(e.remote4, wire::ipv4(value, "daddr4")?),
                kind::DADDR6 => first!(e.remote6, wire::ipv6(value, "daddr6")?),
                kind::SPORT => first!(e.local_port, wire::be16(value, "sport")?),
                kind::DPORT => first!(e.remote_port, wire::be16(value, "dport")?),
                kind::BACKUP => first!(e.backup, wire::u8(value, "backup")?),
                kind::ERROR => first!(e.error, wire::u8(value, "error")?),
                kind::FLAGS => first!(e.flags, wire::u16(value, "flags")?),
                kind::TIMEOUT => first!(e.timeout, wire::u32(value, "timeout")?),
                kind::IF_IDX => first!(e.device, wire::u32(value, "if-idx")?),
                kind::RESET_REASON => first!(e.reset_reason, wire::u32(value, "reset-reason")?),
                kind::RESET_FLAGS => first!(e.reset_flags, wire::u32(value, "reset-flags")?),
                kind::SERVER_SIDE => first!(e.server_side, wire::u8(value, "server-side")?),
                _ => {}
            }
        }
        Ok(event)
    }

    /// The name of what happened, if it has one.
    pub fn name(&self) -> Option<&'static str> {
        let named = NAMES.iter().find(|(command, _)| *command == self.command);
        named.map(|(_, name)| *name)
    }

    /// The local address, of whichever family.
    pub fn local(&self) -> Option<IpAddr> {
        self.local4.or(self.local6)
    }

    /// The remote address, of whichever family.
    pub fn remote(&self) -> Option<IpAddr> {
        self.remote4.or(self.remote6)
    }
}
