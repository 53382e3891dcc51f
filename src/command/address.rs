//! `address`: the addresses that one connection announces.

use crate::cli::address::Request;
use crate::failure::Failure;
use crate::netlink::Error;
use crate::pm::Announcement;

use super::{Session, endpoint, session::report_warning};

/// Handles a request about the addresses of one connection.
pub fn run(session: &mut Session, request: Request) -> Result<(), Failure> {
    match request {
        Request::Announce(announcement, devices) => {
            let device = session.device(&devices)?;
            let announcement = Announcement {
                device,
                ..announcement
            };
            report_warning(session.kernel.path_manager()?.announce(&announcement)?);
        }
        Request::Remove { token, id } => {
            report_warning(session.kernel.path_manager()?.remove(token, id)?);
        }
        Request::Show { token, id: None } => {
            match session.kernel.path_manager()?.addresses(token) {
                Err(error @ (Error::TooOld { .. } | Error::NoFamily(_))) => {
                    return Err(error.into());
                }
                dump => endpoint::show_all(session, dump)?,
            }
        }
        Request::Show {
            token,
            id: Some(id),
        } => {
            let address = session.kernel.path_manager()?.address(token, id)?;
            endpoint::show(session, address)?;
        }
    }
    Ok(())
}
