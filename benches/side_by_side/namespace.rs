//! Network namespaces, which go away with the last process in them.

use nix::sched::{CloneFlags, unshare};

use crate::Result;
use crate::program::Program;

/// Leaves the network namespace for a new one with this many interfaces, `lo`
/// among them.
pub fn enter_new(ip: &Program, interfaces: usize) -> Result<()> {
    unshare(CloneFlags::CLONE_NEWNET)
        .map_err(|errno| format!("no network namespace ({errno}): root can, or unshare -Urn"))?;
    ip.run(&["link", "set", "lo", "up"])?;
    for number in 1..interfaces {
        ip.run(&["link", "add", &format!("b{number}"), "type", "bridge"])?;
    }
    Ok(())
}
