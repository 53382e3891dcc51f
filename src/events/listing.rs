//! Existing connections and subflows, as events.

use std::net::IpAddr;

use crate::diag::connection::{Connection, Subflow};
use crate::diag::socket::{End, Family, State};
use crate::pm::event::{Event, SERVER_SIDE, UNSPEC};

/// The connection as [`CONNECTION`](super::CONNECTION), with the keys that
/// ESTABLISHED has. None where no such event was sent, or its end was: it has
/// not come to MPTCP, fell back to TCP, or is being closed.
pub fn connection(connection: &Connection) -> Option<Event> {
    let in_use = connection.state == State::Established
        && connection.fallback.is_none()
        && connection.info.is_some();
    let token = connection.token.filter(|_| in_use)?;
    let flags = match connection.server_side {
        Some(true) => SERVER_SIDE,
        _ => 0,
    };
    Some(Event {
        // The first addresses have the id 0 (RFC 8684, section 3.4.1).
        local_id: Some(0),
        remote_id: Some(0),
        flags: Some(flags),
        ..event(
            token,
            connection.family,
            connection.local,
            connection.remote,
        )
    })
}

/// Its further subflows as [`SUBFLOW`](super::SUBFLOW), with the keys that
/// SF_ESTABLISHED has.
pub fn subflows(connection: &Connection) -> impl Iterator<Item = Event> {
    let joined = |subflow: &&Subflow| !subflow.initial && subflow.state == State::Established;
    let token = connection.token.unwrap_or_default();
    connection
        .subflows
        .iter()
        .filter(joined)
        .map(move |subflow| Event {
            local_id: subflow.local_id(),
            remote_id: subflow.remote_id(),
            backup: Some(subflow.backup_remote().into()),
            device: Some(subflow.device).filter(|index| *index != 0),
            ..event(token, subflow.family, subflow.local, subflow.remote)
        })
}

fn event(token: u32, family: Family, local: End, remote: End) -> Event {
    let mut event = Event {
        command: UNSPEC,
        token: Some(token),
        local_port: Some(local.port),
        remote_port: Some(remote.port),
        ..Event::default()
    };
    match family {
        Family::V4 => {
            event.local4 = Some(local.address);
            event.remote4 = Some(remote.address);
        }
        Family::V6 => {
            event.local6 = Some(as_ipv6(local.address));
            event.remote6 = Some(as_ipv6(remote.address));
        }
    }
    event
}

/// As the kernel has it in the events of an IPv6 socket.
fn as_ipv6(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().into(),
        ip => ip,
    }
}

#[cfg(test)]
#[path = "tests/listing.rs"]
mod tests;
