//! The state of a host in figures: what its endpoints carry, and how its
//! connections are. Pure.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use crate::diag::connection::{Connection, Subflow};
use crate::diag::socket::State;
use crate::pm::{Endpoint, Limits};

/// The sysctls of `net.mptcp` with their defaults; those without are in rows of
/// their own. Others are of a newer kernel.
const KNOWN: [(&str, Option<&str>); 14] = [
    ("add_addr_timeout", Some("120")),
    ("add_addr_v6_port_drop_ts", Some("0")),
    ("allow_join_initial_addr_port", Some("1")),
    ("available_path_managers", None),
    ("available_schedulers", None),
    ("blackhole_timeout", Some("3600")),
    ("checksum_enabled", Some("0")),
    ("close_timeout", Some("60")),
    ("enabled", None),
    ("path_manager", None),
    ("pm_type", None),
    ("scheduler", None),
    ("stale_loss_cnt", Some("4")),
    ("syn_retrans_before_tcp_fallback", Some("2")),
];

/// How a host is: what its administrator set, what its endpoints carry, how its
/// connections are, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// The release of the kernel, as `uname -r` prints it.
    pub kernel: String,
    /// Whether MPTCP sockets can be made; `None`: the kernel has no MPTCP, or
    /// does not show it.
    pub enabled: Option<bool>,
    /// What manages the paths.
    pub path_manager: Choice,
    /// What chooses the subflow for data.
    pub scheduler: Choice,
    /// The sysctls of `net.mptcp` that this program has no other use for, with
    /// their names.
    pub sysctls: Vec<(String, String)>,
    /// The limits.
    pub limits: Limits,
    /// The endpoints, in the kernel's order.
    pub endpoints: Vec<EndpointStatus>,
    /// The connections; `None`: they cannot be seen.
    pub connections: Option<Counts>,
    /// Other programs that manage endpoints and run here.
    pub managers: Vec<String>,
    /// How many findings of `check` are problems.
    pub problems: usize,
    /// How many are warnings.
    pub warnings: usize,
    /// What they come to, in a line.
    pub verdict: String,
}

/// A setting that names one of several things.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Choice {
    /// The one in force.
    pub current: Option<String>,
    /// Those that the kernel has now.
    pub available: Vec<String>,
}

/// An endpoint with its device and what it carries.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointStatus {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The name of the device that it is bound to, as `endpoint show` has it.
    pub bound: Option<Vec<u8>>,
    /// The device that its subflows leave by; `None`: no device has its address.
    pub device: Option<Device>,
    /// What it carries.
    pub usage: Usage,
}

/// The device of an endpoint.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Device {
    /// Its name, which is any bytes.
    pub name: Vec<u8>,
    /// It is set up (IFF_UP).
    pub up: bool,
    /// It has a carrier (IFF_LOWER_UP).
    pub carrier: bool,
    /// The gateway of its default route of the endpoint's family.
    pub gateway: Option<IpAddr>,
}

/// What the established subflows from an endpoint's address carried, sums over
/// all connections.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// How many connections have such a subflow.
    pub connections: usize,
    /// How many of these subflows are stalled.
    pub stalled: usize,
    /// Payload bytes that peers acknowledged.
    pub bytes_acked: u64,
    /// Payload bytes received in order.
    pub bytes_received: u64,
    /// Its part of what all established subflows carried in both directions,
    /// in thousandths; absent where nothing was carried.
    pub share: Option<u16>,
}

/// The connections, counted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// All of them: established, connecting and closing.
    pub total: usize,
    /// Of those that use MPTCP, how many have that many established subflows.
    pub by_paths: BTreeMap<usize, usize>,
    /// Of those that are plain TCP, how many for what reason.
    pub fallback: BTreeMap<&'static str, usize>,
    /// Those whose subflows are all stalled.
    pub stalled: usize,
}

/// Whether a sysctl of `net.mptcp` is not known here, or was set to another value
/// than its default.
pub fn is_unusual(name: &str, value: &str) -> bool {
    let known = KNOWN.iter().find(|(known, _)| *known == name);
    known.is_none_or(|(_, default)| default.is_some_and(|default| default != value))
}

/// What each endpoint carries, in the order of the endpoints.
pub fn usage(endpoints: &[Endpoint], connections: &[Connection]) -> Vec<Usage> {
    let mut usage = vec![Usage::default(); endpoints.len()];
    let mut at = HashMap::new();
    for (index, endpoint) in endpoints.iter().enumerate() {
        let ip = endpoint.ip();
        // Of several with the same address, those without a port open subflows.
        if endpoint.port.is_none() || !at.contains_key(&ip) {
            at.insert(ip, index);
        }
    }
    let mut all: u64 = 0;
    for connection in connections {
        let mut counted: Vec<usize> = Vec::new();
        for subflow in established(connection) {
            let (acked, received) = carried(subflow);
            all = all.saturating_add(acked).saturating_add(received);
            let Some(&index) = at.get(&subflow.local.address) else {
                continue;
            };
            let Some(usage) = usage.get_mut(index) else {
                continue;
            };
            if !counted.contains(&index) {
                counted.push(index);
                usage.connections += 1;
            }
            usage.stalled += usize::from(subflow.stalled().is_some());
            usage.bytes_acked = usage.bytes_acked.saturating_add(acked);
            usage.bytes_received = usage.bytes_received.saturating_add(received);
        }
    }
    for usage in &mut usage {
        let own = u128::from(usage.bytes_acked) + u128::from(usage.bytes_received);
        let share = (own * 1000).checked_div(all.into());
        usage.share = share.and_then(|share| u16::try_from(share).ok());
    }
    usage
}

/// Counts the connections.
pub fn count(connections: &[Connection]) -> Counts {
    let mut counts = Counts::default();
    for connection in connections {
        counts.total += 1;
        match connection.fallback {
            Some(reason) => *counts.fallback.entry(reason.name()).or_default() += 1,
            None if connection.state == State::Established => {
                *counts.by_paths.entry(connection.established()).or_default() += 1;
            }
            None => {}
        }
        counts.stalled += usize::from(connection.stalled().is_some());
    }
    counts
}

fn established(connection: &Connection) -> impl Iterator<Item = &Subflow> {
    let subflows = connection.subflows.iter();
    subflows.filter(|subflow| subflow.state == State::Established)
}

fn carried(subflow: &Subflow) -> (u64, u64) {
    let tcp = subflow.tcp.as_ref();
    tcp.map_or((0, 0), |tcp| (tcp.bytes_acked, tcp.bytes_received))
}
