//! What a kernel leaves out of an endpoint without a word.

use crate::netlink::Transport;
use crate::pm::{Endpoint, Flags};

use super::PathManager;

/// What was asked of an endpoint that was added, and is not there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// The flag laminar, before Linux 6.18.
    pub laminar: bool,
    /// The port, before Linux 5.13.
    pub port: bool,
}

impl<T: Transport> PathManager<T> {
    /// What is missing of an endpoint that was just added. The kernel is asked
    /// only for words that are rare: whoever does not use them does not pay for
    /// the question. Where it does not tell, nothing is missing.
    pub fn dropped(&mut self, asked: &Endpoint) -> Dropped {
        if !is_laminar(asked) && asked.port.is_none() {
            return Dropped::default();
        }
        let entries = self.endpoints().map(|dump| dump.entries);
        let mut entries = entries.unwrap_or_default();
        // Another program may have removed it again.
        entries.retain(|kept| kept.address == asked.address);
        let lost = !entries.is_empty();
        Dropped {
            laminar: lost && is_laminar(asked) && !entries.iter().any(is_laminar),
            port: lost
                && asked.port.is_some()
                && !entries.iter().any(|kept| kept.port == asked.port),
        }
    }
}

fn is_laminar(endpoint: &Endpoint) -> bool {
    let flags = endpoint.flags.unwrap_or_default();
    flags.contains(Flags::LAMINAR)
}
