//! `address`: the addresses that one connection announces.

use crate::cli::address::Address as Asked;
use crate::failure::Failure;
use crate::netlink::Error;
use crate::pm::Announcement;

use super::{Session, endpoint, session::tell};

/// Does what was asked about the addresses of one connection.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    match asked {
        Asked::Announce(asked) => {
            let announcement = Announcement {
                token: asked.token,
                address: asked.address,
                id: asked.id,
                port: asked.port,
                device: session.device(&asked.devices)?,
            };
            tell(session.kernel.path_manager()?.announce(&announcement)?);
        }
        Asked::Remove { token, id } => tell(session.kernel.path_manager()?.remove(token, id)?),
        Asked::Show { token, id: None } => match session.kernel.path_manager()?.addresses(token) {
            Err(error @ (Error::TooOld { .. } | Error::NoFamily(_))) => return Err(error.into()),
            dump => endpoint::show_all(session, dump)?,
        },
        Asked::Show {
            token,
            id: Some(id),
        } => {
            let address = session.kernel.path_manager()?.address(token, id)?;
            endpoint::show(session, address)?;
        }
    }
    Ok(())
}
