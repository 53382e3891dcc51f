//! `subflow`: the paths that one connection takes.

use crate::cli::subflow::{Path as Ends, Subflow as Asked};
use crate::failure::Failure;
use crate::pm::{Path, Subflow};

use super::{Session, session::tell};

/// Does what was asked about the subflows of one connection.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    let device = match &asked {
        Asked::Create { devices, .. } => session.device(devices)?,
        _ => None,
    };
    let path_manager = session.kernel.path_manager()?;
    tell(match asked {
        Asked::Create {
            path, id, backup, ..
        } => path_manager.create_subflow(&Subflow {
            path: ends(path),
            id,
            backup,
            device,
        }),
        Asked::Destroy(path) => path_manager.destroy_subflow(&ends(path)),
        Asked::Change { path, backup } => path_manager.set_backup(&ends(path), backup),
    }?);
    Ok(())
}

fn ends(words: Ends) -> Path {
    Path {
        token: words.token,
        local: words.local,
        sport: words.sport,
        remote: words.remote,
        dport: words.dport,
    }
}
