//! `limits`: how many addresses and subflows a connection may have.

use crate::cli::limits::Asked;
use crate::failure::Failure;
use crate::output;

use super::{Session, check, session::tell};

/// Does what was asked about limits.
pub fn run(session: &mut Session, asked: Asked) -> Result<(), Failure> {
    let path_manager = session.kernel.path_manager()?;
    match asked {
        Asked::Set(limits) => {
            tell(path_manager.set_limits(&limits)?);
            check::after_limits(session);
        }
        Asked::Show => {
            let limits = path_manager.limits()?;
            session.print(|printer| {
                printer.begin_list()?;
                output::limits(printer, &limits)?;
                printer.end_list()
            })?;
        }
    }
    Ok(())
}
