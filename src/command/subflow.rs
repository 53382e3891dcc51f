//! `subflow`: the paths that one connection takes.

use crate::cli::subflow::{Path, Subflow as Asked};
use crate::device;
use crate::failure::Failure;
use crate::pm::{Command, Endpoint, Flags, Message, Request};

use super::Session;

/// Does what was asked about the subflows of one connection.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    match asked {
        Asked::Create {
            path,
            id,
            backup,
            devices,
        } => {
            let local = Endpoint {
                id: Some(id),
                flags: backup.then_some(Flags::BACKUP),
                device: device::last_index(&devices)?,
                ..local(&path)
            };
            session.change(request(Command::SubflowCreate, local, &path))
        }
        Asked::Destroy(path) => {
            session.change(request(Command::SubflowDestroy, local(&path), &path))
        }
        Asked::Change { path, backup } => session.change(change(&path, backup)),
    }
}

fn change(path: &Path, backup: bool) -> Request {
    let flags = if backup {
        Flags::BACKUP
    } else {
        Flags::default()
    };
    let local = Endpoint {
        // "Not a reserve" is said by a zero, and not by silence.
        flags: Some(flags),
        ..local(path)
    };
    request(Command::SetFlags, local, path)
}

/// This host's end of a path.
fn local(path: &Path) -> Endpoint {
    Endpoint {
        address: Some(path.local),
        port: path.sport,
        ..Endpoint::default()
    }
}

fn request(command: Command, local: Endpoint, path: &Path) -> Request {
    let remote = Endpoint {
        address: Some(path.remote),
        port: Some(path.dport),
        ..Endpoint::default()
    };
    let message = Message {
        token: Some(path.token),
        local: Some(local),
        remote: Some(remote),
        ..Message::default()
    };
    Request::new(command, &message)
}

#[cfg(test)]
mod tests {
    use netlink_packet_core::Emitable;

    use super::*;
    use crate::pm::Address;

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
        let request = change(&path, false);
        let mut bytes = vec![0; request.buffer_len()];
        request.emit(&mut bytes);
        let short = |number: u16| number.to_ne_bytes();
        let flags = [short(8), short(6), short(0), short(0)].concat();
        // TOKEN takes eight bytes, and the header of ADDR four.
        assert_eq!(bytes[12..20], flags);
    }
}
