//! `subflow`: the subflows of one connection.

use nix::libc::EINVAL;

use crate::cli::subflow::Request;
use crate::failure::{Failure, NO_SUBFLOW};
use crate::netlink::Error;
use crate::pm::Subflow;

use super::Session;
use super::session::{report_dropped, report_warning};

/// Handles a request about the subflows of one connection.
pub fn run(session: &mut Session, request: Request) -> Result<(), Failure> {
    report_warning(match request {
        Request::Create(subflow, devices) => {
            let device = session.device(&devices)?;
            let subflow = Subflow { device, ..subflow };
            let path_manager = session.kernel.path_manager()?;
            let warning = path_manager.create_subflow(&subflow)?;
            report_dropped(path_manager.dropped_of_subflow(&subflow));
            warning
        }
        Request::Destroy(path) => {
            let destroyed = session.kernel.path_manager()?.destroy_subflow(&path);
            destroyed.map_err(advise)?
        }
        Request::Change(path, backup) => {
            let path_manager = session.kernel.path_manager()?;
            path_manager.set_backup(&path, backup).map_err(advise)?
        }
    });
    Ok(())
}

/// Up to Linux 6.12, a missing subflow is reported only by an error number.
fn advise(error: Error) -> Failure {
    match &error {
        Error::Refused(refusal) if refusal.errno == EINVAL && refusal.message.is_none() => {
            Failure::from(error).advised(NO_SUBFLOW)
        }
        _ => error.into(),
    }
}
