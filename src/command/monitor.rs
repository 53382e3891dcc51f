//! `monitor`: events, as they happen.

use super::Session;

/// Prints events until a signal ends it.
pub fn run(_session: &mut Session) -> anyhow::Result<()> {
    anyhow::bail!("monitor is not there yet")
}
