//! `diff`: what `apply` would do.

use std::net::IpAddr;

use crate::cli::config::File;
use crate::config::{Desired, Step, plan};
use crate::diag::select::Selector;
use crate::diag::socket::State;
use crate::failure::{Failure, Status};
use crate::kernel::sockets;
use crate::pm::{Address, Endpoint};

use super::super::Session;
use super::apply::{report_all, typed};
use super::host::observe;
use super::load::load;
use super::{cannot_begin, problem, show};

/// Prints the difference; the status is that of diff(1).
pub fn run(session: &mut Session, file: &File) -> Result<Status, Failure> {
    match differs(session, file) {
        Ok(false) => Ok(Status::Done),
        Ok(true) => Ok(Status::Failed),
        Err(failure) => {
            failure.report();
            Err(Failure::AlreadyReported(Status::Refused))
        }
    }
}

fn differs(session: &mut Session, file: &File) -> Result<bool, Failure> {
    let config = load(session, file)?;
    let host = observe(session)?;
    let desired = Desired::new(&config, &host);
    report_all(desired.absent.iter().map(|of| problem::absent(file, of)));
    let (plan, conflicts) = plan(&config, &desired, &host, file.only);
    report_all(conflicts.iter().map(|of| problem::conflict(file, of)));
    let steps = plan.steps();
    let deletes = steps.iter().any(|step| matches!(step, Step::Delete(_)));
    let paths = match deletes {
        true => paths(session),
        false => Vec::new(),
    };
    session.print(|printer| printer.begin_list())?;
    for step in &steps {
        let closes = match step {
            Step::Delete(endpoint) => paths.iter().filter(|path| uses(path, endpoint)).count(),
            _ => 0,
        };
        show(session, &typed(step, &host), None, closes)?;
    }
    session.print(|printer| printer.end_list())?;
    session.flush()?;
    if cannot_begin(&desired) || !conflicts.is_empty() {
        return Err(Failure::AlreadyReported(Status::Refused));
    }
    Ok(!steps.is_empty() || !desired.absent.is_empty())
}

/// Where the subflows of live connections begin. None where the kernel does
/// not tell of them.
fn paths(session: &mut Session) -> Vec<(IpAddr, u16)> {
    let mut paths = Vec::new();
    let Ok(sockets) = session.kernel.sockets() else {
        return paths;
    };
    let reported = sockets.connections::<sockets::Error>(&Selector::default(), |connection| {
        // A connection that is plain TCP has no use for an endpoint.
        if connection.fallback.is_none() {
            let live = connection.subflows.iter();
            let live = live.filter(|subflow| subflow.state == State::Established);
            paths.extend(live.map(|subflow| (subflow.local.address, subflow.local.port)));
        }
        Ok(())
    });
    // What was told before an error is as good as it was.
    drop(reported);
    paths
}

fn uses(path: &(IpAddr, u16), endpoint: &Endpoint) -> bool {
    let port = endpoint.port.filter(|port| *port != 0);
    match endpoint.address {
        Some(Address::Ip(ip)) => {
            ip.to_canonical() == path.0 && port.is_none_or(|port| port == path.1)
        }
        Some(Address::Any) | None => false,
    }
}
