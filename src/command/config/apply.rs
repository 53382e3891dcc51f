//! `apply`: this host becomes what a file says.

use nix::libc::{EINVAL, EPERM, ERANGE};

use crate::cli::config::File;
use crate::config::{self, Desired, Host, Outcome, Plan, Step, Typed, Undone, plan};
use crate::failure::{Failure, Status};
use crate::kernel::PathManager;
use crate::netlink::{Error, Refusal};
use crate::output::Clock;
use crate::pm::{Endpoint, Flags};
use crate::report;

use super::super::Session;
use super::super::session::report_warning;
use super::host::observe;
use super::load::load;
use super::problem::{self, Problem};
use super::{cannot_begin, show};

/// Applies a file.
pub fn run(session: &mut Session, file: &File) -> Result<(), Failure> {
    let config = load(session, file)?;
    let host = observe(session)?;
    let desired = Desired::new(&config, &host);
    let absent = desired.absent.iter();
    let absent: Vec<Problem> = absent.map(|of| problem::absent(file, of)).collect();
    if cannot_begin(&desired) {
        report_all(absent);
        return Err(Failure::AlreadyReported(Status::Failed));
    }
    let (plan, conflicts) = plan(&config, &desired, &host, file.only);
    if !conflicts.is_empty() {
        report_all(conflicts.iter().map(|of| problem::conflict(file, of)));
        return Err(Failure::AlreadyReported(Status::Refused));
    }
    let complete = absent.is_empty();
    report_all(absent);
    session.print(|printer| printer.begin_list())?;
    let undone = carry_out(session, plan, &host, false);
    session.print(|printer| printer.end_list())?;
    session.flush()?;
    let undone = undone?;
    match undone.is_empty() && complete {
        true => Ok(()),
        false => {
            report_all(undone_problems(file, undone, &host));
            Err(Failure::AlreadyReported(Status::Refused))
        }
    }
}

pub fn report_all(problems: impl IntoIterator<Item = Problem>) {
    for line in problems.into_iter().flatten() {
        report::line(line);
    }
}

/// Reports the steps that were not carried out.
pub fn undone_problems(
    file: &File,
    undone: Vec<Undone<Error>>,
    host: &Host,
) -> impl Iterator<Item = Problem> {
    undone.into_iter().map(move |undone| {
        let left = undone.steps.iter();
        let left: Vec<_> = left.map(|step| typed(step, host).text()).collect();
        problem::undone(file, undone, &left)
    })
}

/// Carries a plan out. Each command is shown once it is done, with the time
/// where that is wanted.
///
/// # Errors
/// The kernel cannot be asked any more, or lets this process change nothing.
pub fn carry_out(
    session: &mut Session,
    plan: Plan,
    host: &Host,
    stamped: bool,
) -> Result<Vec<Undone<Error>>, Failure> {
    config::run(plan, &mut |step| {
        let path_manager = session.kernel.path_manager()?;
        match act(path_manager, step) {
            Ok(warning) => {
                report_warning(warning);
                let clock = session.clock.as_ref().filter(|_| stamped);
                let stamp = clock.map(Clock::now);
                show(session, &typed(step, host), stamp.as_ref(), 0)?;
                Ok(Outcome::Done)
            }
            Err(Error::Refused(refusal)) => match refusal.errno {
                EPERM => Err(Error::Refused(refusal).into()),
                _ if is_full(&refusal) => Ok(Outcome::NoRoom(Error::Refused(refusal))),
                _ => Ok(Outcome::Refused(Error::Refused(refusal))),
            },
            Err(error) => Err(error.into()),
        }
    })
}

fn act(path_manager: &mut PathManager, step: &Step) -> Result<Option<String>, Error> {
    match step {
        Step::Limits(limits) => path_manager.set_limits(limits),
        Step::Add(endpoint) => path_manager.add(endpoint),
        Step::Delete(endpoint) => path_manager.delete(&Endpoint {
            id: endpoint.id,
            ..Endpoint::default()
        }),
        Step::Change { which, flags } => path_manager.set_flags(&Endpoint {
            flags: Some(*flags).filter(|flags| *flags != Flags(0)),
            ..which.clone()
        }),
    }
}

/// Whether there are as many endpoints as the kernel takes. Before Linux 6.2
/// it gives one number for several reasons.
fn is_full(refusal: &Refusal) -> bool {
    let text = refusal.message.as_deref().unwrap_or_default();
    match refusal.errno {
        ERANGE => true,
        EINVAL => text.starts_with("too many addresses"),
        _ => false,
    }
}

/// The command that does a step.
pub fn typed(step: &Step, host: &Host) -> Typed {
    let mut name = |index| {
        let mut devices = host.devices.iter().chain(&host.gone);
        let found = devices.find(|device| device.index.cast_signed() == index);
        found.map_or_else(
            || format!("if{index}").into_bytes(),
            |device| device.name.clone(),
        )
    };
    Typed::of(step, &mut name)
}
