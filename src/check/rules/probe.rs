//! Handshakes with another host: whether each path reaches it, with which
//! protocol, and which further subflows a connection gets.
//!
//! The rules of this host come first; the path and the peer are blamed only for
//! what they leave.

use std::net::IpAddr;
use std::time::Duration;

use nix::libc::{
    EADDRNOTAVAIL, ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ENODEV, ENOPROTOOPT,
    EPROTONOSUPPORT, EPROTOTYPE,
};

use super::{endpoint, host, id};
use crate::check::Facts;
use crate::check::finding::{Command, Finding, Level, Piece, Place, Scope, words};
use crate::check::probe::{Answer, Data, Join, Joined, Path, Probed, Speaks};
use crate::check::remedy::{self, OPTION, RESET};
use crate::diag::connection::Fallback;
use crate::ip::Shown;
use crate::network::Link;

/// Each path, those that work as `ok`.
pub fn paths(facts: &Facts) -> Vec<Finding> {
    let Some(probed) = &facts.probed else {
        return Vec::new();
    };
    let found = probed.paths.iter().map(|path| judge(facts, probed, path));
    blackhole(facts, probed).into_iter().chain(found).collect()
}

fn judge(facts: &Facts, probed: &Probed, path: &Path) -> Finding {
    let finding = match (path.tcp, path.mptcp) {
        (_, Answer::After(_)) => answered(probed, path),
        // Where the sysctls are hidden, only the socket reports it.
        (_, Answer::Error(ENOPROTOOPT)) => host::switched_off().id(id::DISABLED),
        (_, Answer::Error(EPROTONOSUPPORT | EPROTOTYPE)) => host::no_kernel().id(id::KERNEL),
        (Answer::After(_), answer) => syn_dropped(probed, answer),
        (Answer::Error(ECONNREFUSED | ECONNRESET), _)
        | (_, Answer::Error(ECONNREFUSED | ECONNRESET)) => refused(probed),
        (tcp, _) => match link(facts, path).filter(|link| !link.is_usable()) {
            Some(link) => endpoint::down(link, "").id(id::LINK_DOWN),
            None => unreachable(facts, probed, path, tcp).id(id::UNREACHABLE),
        },
    };
    if matches!(finding.check, id::DISABLED | id::KERNEL) {
        return finding.seen("mptcp", path.mptcp);
    }
    let mut finding = finding.seen("tcp", path.tcp).seen("mptcp", path.mptcp);
    finding.subject = path.to_string();
    match path.endpoint {
        Some(id) => finding.concerning(Scope::Endpoint(id)),
        None => finding,
    }
}

/// The device that a path leaves by: the one that it is bound to, that has its
/// address, or that the route leads to. `None` where one alone does not decide.
fn link<'a>(facts: &'a Facts, path: &Path) -> Option<&'a Link> {
    let link = match &path.device {
        Some(name) => facts.links.iter().find(|link| link.label() == *name),
        None => {
            let holder = path.from.and_then(|from| facts.host_address(from));
            let holder = holder.map(|address| address.device);
            facts.link(holder.or(path.next_hop.map(|hop| hop.device))?)
        }
    };
    link.filter(|link| !link.is_internal() && link.master.is_none())
}

fn answered(probed: &Probed, path: &Path) -> Finding {
    match path.speaks {
        Speaks::Mptcp => found(Level::Ok, "answers with MPTCP"),
        Speaks::Unknown => found(
            Level::Unknown,
            "answers, but this kernel does not report whether with MPTCP \
             (CONFIG_INET_MPTCP_DIAG)",
        )
        .unanswered(),
        Speaks::Ended => found(
            Level::Unknown,
            "answers, but ended the connection before this host saw whether it uses MPTCP",
        )
        .unanswered(),
        Speaks::Tcp(Fallback::NotTried) => found(
            Level::Unknown,
            "answers TCP; MPTCP was not tried: see blackhole",
        ),
        Speaks::Tcp(why) => found(
            Level::Fail,
            "answers without MPTCP: the host has none on this port, or the path strips it",
        )
        .id(id::FALLBACK)
        .seen("fallback", why.name())
        .advice("on the peer: ")
        .advice(Piece::Remote(remedy::sysctl(host::ENABLED, "1")))
        .advice(", and run a SERVER that uses MPTCP; another port shows which it is: ")
        .advice(remedy::check_to(probed.to.ip(), None))
        .at(Place::Peer),
    }
}

fn syn_dropped(probed: &Probed, answer: Answer) -> Finding {
    let message = match answer {
        Answer::Silent => format!(
            "answers TCP, but no SYN that asks for MPTCP; given up after {}, \
             before the kernel would switch MPTCP off",
            seconds(probed.patience)
        ),
        _ => "answers TCP, but refuses a SYN that asks for MPTCP".to_owned(),
    };
    found(Level::Fail, message)
        .id(id::SYN_DROPPED)
        .advice(OPTION)
        .at(Place::Path)
}

fn refused(probed: &Probed) -> Finding {
    let port = probed.to.port();
    let finding = |message: String, place| found(Level::Fail, message).id(id::REFUSED).at(place);
    if probed.paths.iter().any(Path::is_answered) {
        let message = format!(
            "refused on this path: port {port} is open, as another path shows, \
             so a firewall or router on this one rejects it"
        );
        return finding(message, Place::Path)
            .advice("on the path: allow the port in firewalls, also from this address");
    }
    finding(format!("port {port} is refused: {RESET}"), Place::Peer).advice(
        "on the peer: start the SERVER, or allow its port in the firewall; \
         here: name the port that it listens on",
    )
}

/// Nothing answers, or nothing can be sent.
fn unreachable(facts: &Facts, probed: &Probed, path: &Path, answer: Answer) -> Finding {
    let to = probed.to.ip();
    let lookup = lookup(to, path);
    let device = link(facts, path).map(Link::label);
    let device = device.unwrap_or_else(|| "DEV".to_owned());
    let here = |message: &str| found(Level::Fail, message);
    let new_route = || remedy::add_default_route(to, &device, "NR");
    match (answer, path.silent_neighbour) {
        (Answer::Error(EADDRNOTAVAIL), _) => {
            let message = if path.from.is_some() {
                "nothing can be sent: the address is not on this host, or not yet"
            } else {
                "nothing can be sent: this host has no address that can reach it"
            };
            let from = path
                .from
                .map_or_else(|| "ADDRESS".to_owned(), |from| from.to_string());
            let command = words![
                "ip",
                "address",
                "add",
                format!("{from}/LENGTH"),
                "dev",
                device
            ];
            here(message)
                .shown_by(lookup)
                .advice("add the address: ")
                .advice(command)
        }
        (Answer::Error(ENODEV), _) => here("nothing can be sent: there is no such device")
            .shown_by(lookup)
            .advice("name another DEV; this lists them: ")
            .advice(words!["ip", "link", "show"]),
        (_, Some(neighbour)) => {
            let hop = path.next_hop;
            let name = hop.map_or(device, |hop| facts.device_name(hop.device));
            let finding = if neighbour == to {
                here("the host does not answer on its link, not even with its link-layer address")
                    .advice("start the HOST, connect it, or name another ADDRESS")
            } else {
                let message = format!("no answer, not even from the gateway {neighbour}");
                let known = facts.default_route_by(hop.map(|hop| hop.device), neighbour);
                let pieces = remedy::replace_gateway(neighbour, &name, known);
                let advice = "connect the gateway, or name the right one: ";
                pieces
                    .into_iter()
                    .fold(here(&message).advice(advice), Finding::advice)
            };
            finding
                .seen("neighbour", neighbour.to_string())
                .shown_by(remedy::show_neighbour(neighbour, &name))
        }
        (Answer::Error(ENETUNREACH | EHOSTUNREACH), _) => {
            here("there is no route, here or at a router on the path")
                .shown_by(lookup)
                .advice(new_route())
        }
        (Answer::Error(errno), _) => {
            let message = format!("nothing can be sent: {}", crate::errno::text(errno));
            here(&message)
                .shown_by(lookup)
                .advice("choose another ADDRESS to start from, or another DEV")
        }
        _ => {
            let message = format!(
                "no answer, not even to plain TCP; given up after {}, \
                 before the kernel would switch MPTCP off",
                seconds(probed.patience)
            );
            here(&message)
                .shown_by(lookup)
                .advice(
                    "on the path: allow it in the firewall, and route replies back to \
                     this address",
                )
                .at(Place::Path)
        }
    }
}

fn lookup(to: IpAddr, path: &Path) -> Command {
    let mut command = words!["ip", "route", "get", Shown(to)];
    if let Some(from) = path.from {
        command.extend(words!["from", Shown(from)]);
    }
    if let Some(device) = &path.device {
        command.extend(words!["oif", device]);
    }
    command
}

/// The kernel does not try MPTCP at all: nothing is known about the paths.
fn blackhole(facts: &Facts, probed: &Probed) -> Option<Finding> {
    let is_not_tried = |path: &Path| path.speaks == Speaks::Tcp(Fallback::NotTried);
    if probed.not_tried == 0 && !probed.paths.iter().any(is_not_tried) {
        return None;
    }
    let message = "this host does not try MPTCP for a while, because a path dropped it before";
    let finding = Finding::new(Level::Fail, "this host", message)
        .id(id::BLACKHOLE)
        .seen("MPCapableSYNTXDisabled", probed.not_tried)
        .shown_by(remedy::counters(&["MPCapableSYNTXDisabled"]));
    Some(finding.fixes(host::try_again(facts)))
}

/// The further subflows of a connection with data: a finding for each endpoint
/// that should have given one, or one for the connection.
pub fn joins(facts: &Facts) -> Vec<Finding> {
    let Some((probed, data)) = facts
        .probed
        .as_ref()
        .and_then(|probed| Some((probed, probed.data.as_ref()?)))
    else {
        return Vec::new();
    };
    let unknown = |message: String| {
        let finding = Finding::new(Level::Unknown, "further subflows", message);
        vec![finding.id(id::PATH)]
    };
    let Some(local) = data.local else {
        let message = "no MPTCP connection could be opened, so no subflow was tried";
        let found = unknown(message.to_owned());
        return found.into_iter().map(Finding::unanswered).collect();
    };
    if data.joins.is_empty() {
        let beside = match data.others {
            0 => String::new(),
            count => format!(" (the peer announced addresses, which gave {count})"),
        };
        return unknown(format!(
            "no endpoint with the flag subflow has another address than {local}: \
             there is nothing to open{beside}"
        ));
    }
    // Endpoints have no effect under a program in user space.
    let by_hand = host::userspace_pm(facts);
    if !by_hand.is_empty() {
        return by_hand
            .into_iter()
            .map(|of| of.id(id::USERSPACE_PM))
            .collect();
    }
    let joins = data.joins.iter();
    joins.map(|join| judge_join(probed, data, join)).collect()
}

fn judge_join(probed: &Probed, data: &Data, join: &Join) -> Finding {
    let to = probed.to;
    let finding = match join.state {
        Joined::Established => found(Level::Ok, "joined the connection"),
        Joined::Unanswered => found(
            Level::Fail,
            "the request to join (MP_JOIN) is not answered: something on the path drops \
             it, or the accept queue of the host is full",
        )
        .id(id::JOIN_UNANSWERED)
        .seen("state", "syn-sent")
        .shown_by(words![
            "ss",
            "-nt",
            "state",
            "syn-sent",
            "src",
            Shown(join.from),
            "dst",
            Shown(to.ip())
        ])
        .advice(OPTION)
        .advice(", and check rp_filter on both hosts; for the queue (Recv-Q), on the peer: ")
        .advice(Piece::Remote(words!["ss", "-ltn", "sport", "=", to.port()]))
        .at(Place::Path),
        Joined::Gone => gone(data),
    };
    let mut finding = finding.concerning(Scope::Endpoint(join.endpoint));
    if finding.check.is_empty() {
        finding.check = id::PATH;
    }
    finding.subject = format!("from {} (endpoint {})", join.from, join.endpoint);
    finding
}

/// Why there is no subflow. The counters cover all joins together.
fn gone(data: &Data) -> Finding {
    let count = |state| data.joins.iter().filter(|join| join.state == state).count();
    let joined = (count(Joined::Established) + data.others) as u64;
    let pending = count(Joined::Unanswered) as u64;
    let reset = data.answered.saturating_sub(joined);
    let refused = data
        .begun
        .saturating_sub(data.answered + pending + data.unsent);
    let fail = |message: &str| found(Level::Fail, message);
    let finding = if data.ended {
        found(
            Level::Unknown,
            "the server closed the connection before further subflows could be opened",
        )
        .advice("name another port, whose server waits for more than a line feed")
    } else if reset > 0 {
        fail("the peer answered the request to join, and then refused it: its limit is reached")
            .id(id::PEER_LIMIT)
            .advice(Piece::Remote(remedy::limit_subflows("NR")))
            .at(Place::Peer)
    } else if refused > 0 {
        let message = format!("the request to join was refused: {RESET}");
        let finding = fail(&message).id(id::JOIN_REFUSED);
        listen(finding).at(Place::Peer)
    } else if data.unsent > 0 {
        fail("the request to join could not be sent: there was no address, route or link")
            .id(id::ENDPOINT_ROUTE)
            .advice("run this for details: ")
            .advice(words!["mptcp", "check"])
    } else if data
        .limit
        .is_some_and(|limit| joined + pending >= limit.into())
    {
        let wanted = data.joins.len() + data.others;
        let finding = fail("no additional subflow was tried: this host's own limit is reached")
            .id(id::SUBFLOW_LIMIT)
            .seen("subflows", data.limit.unwrap_or_default())
            .shown_by(remedy::show_limits())
            .fix(remedy::limit_subflows(wanted));
        // The table never holds more endpoints than the limit can be; with
        // what the peer announces, there may be more.
        if data.others == 0 {
            finding
        } else {
            super::limit::at_most(finding)
        }
    } else {
        super::limit::denied(found(
            Level::Warn,
            "no subflow was tried: the peer may forbid joins to its first address",
        ))
        .id(id::DENY_JOIN_ID0)
    };
    finding
        .seen("MPJoinSynTx", data.begun)
        .seen("MPJoinSynAckRx", data.answered)
        .shown_by(remedy::counters(&["MPJoinSynTx", "MPJoinSynAckRx"]))
}

/// What helps where joins are refused.
pub fn listen(finding: Finding) -> Finding {
    finding
        .advice("on the peer: keep the SERVER listening on 0.0.0.0 or [::], or announce a port: ")
        .advice(Piece::Remote(words![
            "mptcp", "endpoint", "add", "ADDRESS", "port", "NR", "signal"
        ]))
}

fn seconds(time: Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}

fn found(level: Level, message: impl Into<String>) -> Finding {
    Finding::new(level, "", message)
}
