//! `subflow`: the paths that one connection takes.

use crate::cli::subflow::Asked;
use crate::failure::Failure;
use crate::pm::Subflow;

use super::{Session, session::tell};

/// Does what was asked about the subflows of one connection.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    tell(match asked {
        Asked::Create(subflow, devices) => {
            let device = session.device(&devices)?;
            let subflow = Subflow { device, ..subflow };
            session.kernel.path_manager()?.create_subflow(&subflow)?
        }
        Asked::Destroy(path) => session.kernel.path_manager()?.destroy_subflow(&path)?,
        Asked::Change(path, backup) => {
            let path_manager = session.kernel.path_manager()?;
            path_manager.set_backup(&path, backup)?
        }
    });
    Ok(())
}
