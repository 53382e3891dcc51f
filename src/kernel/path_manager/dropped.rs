//! What a kernel silently ignores in a command.

use crate::netlink::{Error, Transport};
use crate::pm::{Address, AddressAttributes, EVENTS, Endpoint, Flags, Subflow};

use super::PathManager;

/// A word that had no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// The word.
    pub word: &'static str,
    /// The first version of Linux that supports it.
    pub since: &'static str,
}

impl<T: Transport> PathManager<T> {
    /// What is missing of an endpoint that was just added. The kernel is asked
    /// only for words that are rare, or if it is old: nobody else pays for the
    /// question. If it does not answer, nothing is reported as missing.
    pub fn dropped(&mut self, requested: &AddressAttributes) -> Vec<Dropped> {
        // Kernels with events use ids and ports.
        let is_old = (requested.id.is_some() || requested.port.is_some())
            && self
                .family()
                .is_ok_and(|family| family.group(EVENTS).is_err());
        let is_laminar = |flags: Flags| flags.contains(Flags::LAMINAR);
        let wants_laminar = is_laminar(requested.flags.unwrap_or_default());
        if !wants_laminar && !is_old {
            return Vec::new();
        }
        let entries = self.endpoints().map(|dump| dump.entries);
        let mut entries = entries.unwrap_or_default();
        entries.retain(|kept| Some(Address::Ip(kept.address)) == requested.address);
        // Another program may have removed it again.
        if entries.is_empty() {
            return Vec::new();
        }
        let (id, port) = (requested.id, requested.port);
        let none = |has: &dyn Fn(&Endpoint) -> bool| !entries.iter().any(has);
        let words = [
            (
                "laminar",
                "6.18",
                wants_laminar && none(&|kept| is_laminar(kept.flags)),
            ),
            (
                "port",
                "5.13",
                port.is_some() && none(&|kept| kept.port == port),
            ),
            (
                "id",
                "5.13",
                id.is_some() && none(&|kept| Some(kept.id) == id),
            ),
        ];
        let dropped = words.into_iter().filter(|(.., is_dropped)| *is_dropped);
        dropped
            .map(|(word, since, _)| Dropped { word, since })
            .collect()
    }

    /// What the kernel passed over when it opened a subflow. Before Linux 6.9
    /// it read only the address and its id. That version also began to use
    /// tokens when addresses are requested, which identifies it.
    pub fn dropped_of_subflow(&mut self, requested: &Subflow) -> Vec<Dropped> {
        let words = [
            ("dev", requested.device.is_some()),
            ("backup", requested.backup),
        ];
        let mut words = words
            .into_iter()
            .filter(|(_, is_asked)| *is_asked)
            .peekable();
        if words.peek().is_none() || !matches!(self.require_tokens(), Err(Error::TooOld { .. })) {
            return Vec::new();
        }
        words
            .map(|(word, _)| Dropped { word, since: "6.9" })
            .collect()
    }
}
