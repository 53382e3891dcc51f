//! Network namespaces, which go away with the last process in them.

use std::io::Write;
use std::process::Stdio;

use nix::sched::{CloneFlags, unshare};

use crate::program::{Program, start};
use anyhow::{Context, Result, ensure};

/// Leaves the network namespace for a new one with this many interfaces, `lo`
/// among them.
pub fn enter_new(ip: &Program, interfaces: usize) -> Result<()> {
    unshare(CloneFlags::CLONE_NEWNET)
        .context("no network namespace, which takes root or unshare -Urn")?;
    let mut batch = start(&ip.with(&["-batch", "-"]))
        .stdin(Stdio::piped())
        .spawn()?;
    let mut lines = batch.stdin.take().context("no way to ip")?;
    writeln!(lines, "link set lo up")?;
    for number in 1..interfaces {
        writeln!(lines, "link add b{number} type bridge")?;
    }
    drop(lines);
    ensure!(batch.wait()?.success(), "ip could not make the interfaces");
    Ok(())
}
