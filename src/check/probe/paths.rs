//! One path: whether it reaches the other host, and with which protocol.

use std::net::IpAddr;

use nix::libc::{
    EADDRNOTAVAIL, ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ENODEV, ENOPROTOOPT,
    EPROTONOSUPPORT, EPROTOTYPE,
};

use super::{Answer, Path, Probed, Speaks, tenths};
use crate::check::finding::{Finding, Level, Place, Scope};
use crate::check::rules::{endpoint, host, route};
use crate::diag::connection::Fallback;
use crate::network::Link;

/// The findings about a path.
pub(super) fn judge(probed: &Probed, path: &Path) -> Finding {
    let (check, finding) = match (path.tcp, path.mptcp) {
        (_, Answer::After(_)) => answered(probed, path),
        (_, Answer::Error(ENOPROTOOPT)) => return whole("disabled", host::switched_off(), path),
        (_, Answer::Error(EPROTONOSUPPORT | EPROTOTYPE)) => {
            return whole("kernel", host::no_kernel(), path);
        }
        (Answer::After(_), silent) => ("syn-dropped", syn_dropped(probed, silent)),
        (Answer::Error(ECONNREFUSED | ECONNRESET), _)
        | (_, Answer::Error(ECONNREFUSED | ECONNRESET)) => ("refused", refused(probed)),
        (tcp, _) => match link(probed, path).filter(|link| !(link.up && link.carrier)) {
            Some(link) => ("link-down", endpoint::of_link(link, "")),
            None => ("unreachable", unreachable(probed, path, tcp)),
        },
    };
    let mut finding = finding.seen("tcp", path.tcp).seen("mptcp", path.mptcp);
    if let Some(id) = path.endpoint {
        finding = finding.concerning(Scope::Endpoint(id));
    }
    finding.check = check;
    finding.subject = path.to_string();
    finding
}

/// What has nothing to do with the path.
fn whole(check: &'static str, finding: Finding, path: &Path) -> Finding {
    Finding {
        check,
        ..finding.seen("mptcp", path.mptcp)
    }
}

/// The device that a path leaves by: the one that it is bound to, or that has
/// its address, as far as one alone will do.
fn link<'a>(probed: &'a Probed, path: &Path) -> Option<&'a Link> {
    let here = &probed.here;
    let named = path.device.as_ref();
    let link = match named {
        Some(name) => here.links.iter().find(|link| link.label() == *name),
        None => here.link(here.host_address(path.from?)?.device),
    };
    link.filter(|link| !here.is_anywhere(link.index) && link.master.is_none())
}

fn answered(probed: &Probed, path: &Path) -> (&'static str, Finding) {
    match path.speaks {
        Speaks::Mptcp => ("path", of(Level::Ok, "answers with MPTCP")),
        Speaks::Unknown => (
            "path",
            of(
                Level::Unknown,
                "answers, but this kernel does not tell whether with MPTCP \
                 (CONFIG_INET_MPTCP_DIAG)",
            ),
        ),
        Speaks::Tcp(Fallback::NotTried) => (
            "path",
            of(
                Level::Unknown,
                "answers TCP; MPTCP was not tried: see blackhole",
            ),
        ),
        Speaks::Tcp(why) => {
            let message = format!(
                "answers without MPTCP: the host has none on this port, or the path strips it; \
                 another port tells which: mptcp check to {} port NR",
                probed.to.ip()
            );
            let advice = "turn MPTCP on (sysctl -w net.mptcp.enabled=1), \
                        and let the SERVER ask for it";
            let finding = of(Level::Fail, message).seen("fallback", why.name());
            ("fallback", finding.advice(advice).at(Place::Peer))
        }
    }
}

fn syn_dropped(probed: &Probed, answer: Answer) -> Finding {
    let message = match answer {
        Answer::Silent => format!(
            "answers TCP, but no SYN that asks for MPTCP; given up after {} s, \
             before the kernel would switch MPTCP off",
            tenths(probed.patience.as_millis(), 1000)
        ),
        _ => "answers TCP, but refuses a SYN that asks for MPTCP".to_owned(),
    };
    of(Level::Fail, message)
        .advice("on the path: let TCP option 30 through the firewall")
        .at(Place::Path)
}

fn refused(probed: &Probed) -> Finding {
    let message = format!(
        "refused: nothing listens on port {} there",
        probed.to.port()
    );
    let message = message + ", or a firewall answers in its place";
    of(Level::Fail, message)
        .advice("start the SERVER, or name the port that it listens on")
        .at(Place::Peer)
}

fn unreachable(probed: &Probed, path: &Path, answer: Answer) -> Finding {
    let to = probed.to.ip();
    let mut lookup = format!("ip route get {to}");
    if let Some(from) = path.from {
        lookup = lookup + " from " + &from.to_string();
    }
    if let Some(device) = &path.device {
        lookup = lookup + " oif " + device;
    }
    let here = |message: String, advice: String| {
        of(Level::Fail, message)
            .advice(advice)
            .shown_by(lookup.clone())
    };
    match (answer, path.silent_neighbour) {
        (Answer::Error(EADDRNOTAVAIL), _) => here(
            match path.from {
                Some(_) => "nothing can be sent: the address is not on this host, or not yet",
                None => "nothing can be sent: no address here is of use for it",
            }
            .to_owned(),
            "add the address: ip address add ADDRESS/LENGTH dev DEV; \"mptcp check\" tells more"
                .to_owned(),
        ),
        (Answer::Error(ENODEV), _) => here(
            "nothing can be sent: there is no such device".to_owned(),
            "name another DEV: ip link shows them".to_owned(),
        ),
        (_, Some(neighbour)) if neighbour == to => here(
            "the host does not answer on its link, not even with its link-layer address".to_owned(),
            "start the HOST, connect it, or name another ADDRESS".to_owned(),
        )
        .seen("neighbour", neighbour.to_string())
        .shown_by(format!("ip neighbour show {neighbour}")),
        (_, Some(neighbour)) => here(
            format!("nothing answers, not even the next hop {neighbour}"),
            format!(
                "connect the next hop, or name the right gateway: {}",
                new_route(probed, path, to)
            ),
        )
        .seen("neighbour", neighbour.to_string())
        .shown_by(format!("ip neighbour show {neighbour}")),
        (Answer::Error(ENETUNREACH | EHOSTUNREACH), _) => here(
            "there is no route, here or at a router on the path".to_owned(),
            new_route(probed, path, to),
        ),
        (Answer::Error(errno), _) => here(
            format!("nothing can be sent: {}", crate::errno::text(errno)),
            "choose another ADDRESS to start from, or another DEV".to_owned(),
        ),
        _ => of(
            Level::Fail,
            format!(
                "nothing answers, to TCP neither; given up after {} s, \
                 before the kernel would switch MPTCP off",
                tenths(probed.patience.as_millis(), 1000)
            ),
        )
        .advice(
            "on the path: let the firewall pass, and let the way back lead here \
             (for rp-filter, see \"mptcp check\")",
        )
        .shown_by(lookup)
        .at(Place::Path),
    }
}

/// The route that is missing, as far as it is known.
fn new_route(probed: &Probed, path: &Path, to: IpAddr) -> String {
    let device = link(probed, path).map_or_else(|| "DEV".to_owned(), Link::label);
    format!(
        "{} route add default via GATEWAY dev {device} metric NR",
        route::ip_command(to)
    )
}

fn of(level: Level, message: impl Into<String>) -> Finding {
    Finding::new(level, "", message)
}
