//! Whether the kernel tries MPTCP now.

use std::net::{Ipv4Addr, SocketAddr};

use nix::libc::ENETUNREACH;

use crate::check::Facts;
use crate::diag::connection::{Connection, Fallback};
use crate::kernel::counters::Counters;
use crate::kernel::probe::{Attempt, Origin, Outcome, Speech};

/// How often connections were opened without MPTCP, as it was switched off.
const DISABLED: &str = "MPCapableSYNTXDisabled";

/// No TCP connection leads there: the kernel refuses to send anything, but
/// decides before that whether it would try MPTCP, and counts it.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::BROADCAST), 1);

/// Asks the kernel, where anything says that MPTCP was ever switched off.
/// `None`: nothing does, or it could not be asked.
pub fn tries_mptcp(facts: &Facts) -> Option<bool> {
    let counted = ["Blackhole", DISABLED].map(|name| facts.counter(name));
    let untried = |of: &Connection| of.fallback == Some(Fallback::NotTried);
    if counted == [0, 0] && !facts.opened().any(untried) {
        return None;
    }
    let count = || Counters::read().ok()?.mptcp(DISABLED);
    let before = count()?;
    let attempt = Attempt::begin(&Origin::default(), NOWHERE, Speech::Mptcp);
    // Nothing was decided where there could be no such socket.
    match attempt.outcome() {
        Outcome::Failed(ENETUNREACH, _) => Some(count()? == before),
        _ => None,
    }
}
