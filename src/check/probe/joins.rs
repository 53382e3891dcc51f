//! The additional subflows of a connection with data.

use super::{Data, Join, Joined, Probed};
use crate::check::finding::{Finding, Level, Place, Scope};
use crate::check::rules::host;
use crate::check::rules::limit::AT_MOST;

/// What there is to say of each endpoint that should have given a subflow, and
/// of the connection where none should.
pub(super) fn judge(probed: &Probed, data: &Data) -> Vec<Finding> {
    let Some(local) = data.local else {
        let message = "no MPTCP connection could be opened, so no subflow was tried";
        let finding = Finding::new(Level::Unknown, "further subflows", message);
        return vec![with_check("path", finding)];
    };
    if data.joins.is_empty() {
        let message = format!(
            "no endpoint with the flag subflow has another address than {local}: \
             there is nothing to open ({} came by other means)",
            data.others
        );
        let finding = Finding::new(Level::Unknown, "further subflows", message);
        return vec![with_check("path", finding)];
    }
    // Endpoints give nothing to a program in user space.
    if let Some(finding) = host::userspace_pm(&probed.here).into_iter().next() {
        return vec![with_check("userspace-pm", finding)];
    }
    let joins = data.joins.iter();
    joins.map(|join| of_join(probed, data, join)).collect()
}

fn of_join(probed: &Probed, data: &Data, join: &Join) -> Finding {
    let to = probed.to;
    let (check, finding) = match join.state {
        Joined::Established => ("path", found(Level::Ok, "joined the connection")),
        Joined::Unanswered => {
            let message = "the request to join (MP_JOIN) is not answered: something on the way drops \
                        it, or the accept queue of the host is full";
            let advice = format!(
                "on the path: let TCP option 30 through firewalls and NAT, and look at rp_filter \
                 on either side; for the queue (Recv-Q), on the peer: ss -ltn sport = {}",
                to.port()
            );
            let finding = found(Level::Fail, message).advice(advice).at(Place::Path);
            let command = format!("ss -nt state syn-sent src {} dst {}", join.from, to.ip());
            (
                "join-unanswered",
                finding.seen("state", "syn-sent").shown_by(command),
            )
        }
        Joined::Gone => gone(data),
    };
    let subject = format!("from {} (endpoint {})", join.from, join.endpoint);
    let mut finding = finding.concerning(Scope::Endpoint(join.endpoint));
    finding.subject = subject;
    with_check(check, finding)
}

/// Why there is no subflow. The counters cover all joins together.
fn gone(data: &Data) -> (&'static str, Finding) {
    let came = data.joins.iter();
    let came = came.filter(|join| join.state == Joined::Established);
    let came = (came.count() + data.others) as u64;
    let pending = data.joins.iter();
    let pending = pending.filter(|join| join.state == Joined::Unanswered);
    let pending = pending.count() as u64;
    let answered_in_vain = data.answered.saturating_sub(came);
    let refused = data.begun.saturating_sub(data.answered + pending);
    let (check, finding) = if answered_in_vain > 0 {
        let message = "the host answered the request to join, and then refused it: \
                    its limit is reached";
        let advice = "mptcp limits set subflows NR";
        (
            "peer-limit",
            found(Level::Fail, message).advice(advice).at(Place::Peer),
        )
    } else if refused > 0 {
        let message = "the request to join was refused: nothing listens at that address and port";
        let advice = "let the SERVER listen on any address, or announce a port: \
                    mptcp endpoint add ADDRESS port NR signal";
        (
            "join-refused",
            found(Level::Fail, message).advice(advice).at(Place::Peer),
        )
    } else if data.unsent > 0 {
        let message = "the request to join could not be sent: no address, route or link";
        let advice = "run mptcp check, which tells which of them";
        ("endpoint-route", found(Level::Fail, message).advice(advice))
    } else if data
        .limit
        .is_some_and(|limit| came + pending >= limit.into())
    {
        let wanted = data.joins.len() + data.others;
        let message = "no additional subflow was tried: this host's own limit is reached";
        let finding =
            found(Level::Fail, message).fix(format!("mptcp limits set subflows {wanted}"));
        // There are never more endpoints than the limit can be; with what the
        // peer announces, there may be.
        let finding = match data.others {
            0 => finding,
            _ => finding.advice(AT_MOST),
        };
        (
            "subflow-limit",
            finding.seen("subflows", data.limit.unwrap_or_default()),
        )
    } else if data.ended {
        let message = "the host ended the connection before a subflow was tried";
        let advice = "try another port, whose server waits for more than a line feed";
        ("path", found(Level::Unknown, message).advice(advice))
    } else {
        let message = "no subflow was tried: the host may forbid joins to its first address";
        let advice = "announce another address: mptcp endpoint add ADDRESS signal; \
                    here, \"mptcp monitor\" shows deny_join_id0";
        (
            "deny-join-id0",
            found(Level::Warn, message).advice(advice).at(Place::Peer),
        )
    };
    let finding = finding
        .seen("MPJoinSynTx", data.begun)
        .seen("MPJoinSynAckRx", data.answered)
        .shown_by("mptcp counters MPJoin");
    (check, finding)
}

fn found(level: Level, message: &str) -> Finding {
    Finding::new(level, "", message)
}

fn with_check(check: &'static str, mut finding: Finding) -> Finding {
    finding.check = check;
    finding
}
