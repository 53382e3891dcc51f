//! The commands that findings propose or refer to, and sentences that several
//! rules share: each in one place.

use std::net::IpAddr;

use super::finding::{Command, Piece, words};
use crate::ip::Shown;
use crate::network::DefaultRoute;
use crate::pm::{AddressAttributes, Endpoint, Flags};
use crate::shell;

/// The causes of an RST in answer to a SYN, which look the same from here.
pub const RESET: &str =
    "no socket listens there, a firewall rejects it, or the peer's limit is reached";

/// What passes a firewall that drops MPTCP.
pub const OPTION: &str = "on the path: let TCP option 30 through firewalls and NAT";

/// Removes an endpoint.
pub fn delete(endpoint: &Endpoint) -> Command {
    words!["mptcp", "endpoint", "delete", "id", endpoint.id]
}

/// Adds an endpoint again, with that device and these flags.
pub fn add(endpoint: &Endpoint, device: Option<&str>, flags: Flags) -> Command {
    let again = AddressAttributes {
        address: Some(endpoint.ip().into()),
        flags: Some(flags),
        ..endpoint.into()
    };
    let device = device.map(|name| name.as_bytes().to_vec());
    let add = shell::Command::new("mptcp endpoint add").endpoint(&again, device);
    let words = add.words().iter();
    words
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect()
}

/// Adds an endpoint that opens paths.
pub fn add_subflow(address: impl ToString, device: &str) -> Command {
    words![
        "mptcp", "endpoint", "add", address, "dev", device, "subflow"
    ]
}

/// Has live connections try an endpoint again.
pub fn retry(id: u8) -> Command {
    words!["mptcp", "endpoint", "retry", "id", id]
}

/// The same, where that closes subflows of the endpoint for a moment.
pub fn retry_force(id: u8) -> Command {
    words!["mptcp", "endpoint", "retry", "id", id, "force"]
}

/// Has live connections try these endpoints again.
pub fn retries(ids: &[u8]) -> Option<Command> {
    match ids {
        [] => None,
        [id] => Some(retry(*id)),
        _ => Some(words!["mptcp", "endpoint", "retry", "all"]),
    }
}

/// Sets the limit of further subflows.
pub fn limit_subflows(limit: impl ToString) -> Command {
    words!["mptcp", "limits", "set", "subflows", limit]
}

/// Sets a sysctl.
pub fn sysctl(name: &str, value: &str) -> Command {
    words!["sysctl", "-w", format!("{name}={value}")]
}

/// Shows a sysctl.
pub fn show_sysctl(name: &str) -> Command {
    words!["sysctl", name]
}

/// Shows counters of MPTCP.
pub fn counters(names: &[&str]) -> Command {
    let mut command = words!["nstat", "-asz"];
    command.extend(names.iter().map(|name| format!("MPTcpExt{name}")));
    command
}

/// Shows the endpoints.
pub fn show_endpoints() -> Command {
    words!["mptcp", "endpoint", "show"]
}

/// Shows the limits.
pub fn show_limits() -> Command {
    words!["mptcp", "limits", "show"]
}

/// Shows the next hop's entry in the neighbour table.
pub fn show_neighbour(ip: IpAddr, device: &str) -> Command {
    words!["ip", "neighbour", "show", ip, "dev", device]
}

/// `ip` for that family.
fn ip_for(family: IpAddr) -> Command {
    if family.is_ipv4() {
        words!["ip"]
    } else {
        words!["ip", "-6"]
    }
}

/// A command of `ip` for that family.
pub fn ip_route(family: IpAddr, rest: Command) -> Command {
    let mut command = ip_for(family);
    command.extend(rest);
    command
}

/// Adds a default route of that family by a device. The reader replaces
/// `GATEWAY`.
pub fn add_default_route(family: IpAddr, device: &str, metric: impl ToString) -> Command {
    let rest = words![
        "route", "add", "default", "via", "GATEWAY", "dev", device, "metric", metric
    ];
    ip_route(family, rest)
}

/// Names another gateway: replaces the default route that has the wrong one.
/// Without its metric, another link's default route would be replaced.
pub fn replace_gateway(gateway: IpAddr, device: &str, known: Option<&DefaultRoute>) -> Vec<Piece> {
    match known {
        Some(route) => {
            let rest = words![
                "route",
                "replace",
                "default",
                "via",
                "GATEWAY",
                "dev",
                device,
                "metric",
                route.metric
            ];
            vec![ip_route(gateway, rest).into()]
        }
        None => {
            let show = ip_route(gateway, words!["route", "show", "dev", device]);
            vec!["correct what this shows: ".into(), show.into()]
        }
    }
}

/// `check to`, to be completed by the reader where there is no port.
pub fn check_to(address: IpAddr, port: Option<u16>) -> Command {
    let port = port.map_or_else(|| "NR".to_owned(), |port| port.to_string());
    words!["mptcp", "check", "to", Shown(address), "port", port]
}
