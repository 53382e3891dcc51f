//! One path: whether the other host is reached, and by what.

use nix::libc::{
    EADDRNOTAVAIL, ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ENODEV, ENOPROTOOPT,
    EPROTONOSUPPORT, EPROTOTYPE,
};

use super::{Answer, Path, Probed, Speaks, tenths};
use crate::check::finding::{Finding, Level, Of, Place};
use crate::diag::connection::Fallback;

/// What there is to say of a path.
pub(super) fn judge(probed: &Probed, path: &Path) -> Finding {
    let (check, finding) = match (path.tcp, path.mptcp) {
        (_, Answer::After(_)) => answered(path),
        (_, Answer::Error(ENOPROTOOPT)) => ("disabled", disabled()),
        (_, Answer::Error(EPROTONOSUPPORT | EPROTOTYPE)) => ("kernel", no_mptcp()),
        (Answer::After(_), silent) => ("syn-dropped", syn_dropped(probed, silent)),
        (Answer::Error(ECONNREFUSED | ECONNRESET), _)
        | (_, Answer::Error(ECONNREFUSED | ECONNRESET)) => ("refused", refused(probed)),
        (tcp, _) => ("unreachable", unreachable(probed, path, tcp)),
    };
    let mut finding = finding
        .seen("tcp", path.tcp.to_string())
        .seen("mptcp", path.mptcp.to_string());
    if let Some(id) = path.endpoint {
        finding = finding.of(Of::Endpoint(id));
    }
    finding.check = check;
    finding.subject = path.to_string();
    finding
}

fn answered(path: &Path) -> (&'static str, Finding) {
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
        Speaks::Tcp(_) => {
            let says = "answers without MPTCP: the host has none on this port, \
                        or the path strips it";
            let form = "another port or path tells which; MPTCP has to be on there, and \
                        the server to ask for it";
            ("fallback", of(Level::Fail, says).form(form).at(Place::Peer))
        }
    }
}

fn disabled() -> Finding {
    of(Level::Fail, "MPTCP is off on this host").fix("sysctl net.mptcp.enabled=1")
}

fn no_mptcp() -> Finding {
    of(Level::Fail, "this kernel has no MPTCP").form("a kernel with CONFIG_MPTCP")
}

fn syn_dropped(probed: &Probed, answer: Answer) -> Finding {
    let says = match answer {
        Answer::Silent => format!(
            "answers TCP, but no SYN that asks for MPTCP; given up after {} s, \
             before the kernel would switch MPTCP off",
            tenths(probed.patience.as_millis(), 1000)
        ),
        _ => "answers TCP, but refuses a SYN that asks for MPTCP".to_owned(),
    };
    of(Level::Fail, says)
        .form("let TCP option 30 through the firewall on the path")
        .at(Place::Path)
}

fn refused(probed: &Probed) -> Finding {
    let says = format!(
        "refused: nothing listens on port {} there",
        probed.to.port()
    );
    let says = says + ", or a firewall answers in its place";
    of(Level::Fail, says)
        .form("the port that the server listens on")
        .at(Place::Peer)
}

fn unreachable(probed: &Probed, path: &Path, answer: Answer) -> Finding {
    let mut lookup = format!("ip route get {}", probed.to.ip());
    if let Some(from) = path.from {
        lookup = lookup + " from " + &from.to_string();
    }
    if let Some(device) = &path.device {
        lookup = lookup + " oif " + device;
    }
    let here = |says: &str, form: &str| of(Level::Fail, says).form(form).shown_by(&lookup);
    match (answer, path.silent_neighbour) {
        (Answer::Error(EADDRNOTAVAIL), _) => here(
            "nothing can be sent: the address is not on this host, or not yet",
            "the address; \"mptcp check\" tells more",
        ),
        (Answer::Error(ENODEV), _) => here(
            "nothing can be sent: there is no such device",
            "the name of a device; \"ip link\" shows them",
        ),
        (Answer::Error(ENETUNREACH | EHOSTUNREACH), _) => here(
            "there is no route, here or at a router on the path",
            "ip route add default via GATEWAY dev DEV metric N",
        ),
        (_, Some(neighbour)) => here(
            &format!("nothing answers, not even the next hop {neighbour}"),
            "the right gateway: ip route add default via GATEWAY dev DEV metric N",
        )
        .seen("neighbour", neighbour.to_string()),
        _ => of(
            Level::Fail,
            format!(
                "nothing answers, to TCP neither; given up after {} s, \
                 before the kernel would switch MPTCP off",
                tenths(probed.patience.as_millis(), 1000)
            ),
        )
        .form("the host, a firewall, the way back; see \"mptcp check\" for rp-filter")
        .shown_by(lookup)
        .at(Place::Path),
    }
}

fn of(level: Level, says: impl Into<String>) -> Finding {
    Finding::new(level, "", says)
}
