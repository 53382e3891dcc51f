//! Carries a plan out.

use nix::libc::EPERM;

use crate::config::{self, Host, Plan, Step, Undone};
use crate::failure::Failure;
use crate::kernel::PathManager;
use crate::netlink::Error;
use crate::netns;
use crate::output::{self, Clock, Stamp};
use crate::pm::{AddressAttributes, Flags};
use crate::shell::Command;

use super::super::Session;
use super::super::session::report_warning;
use super::closing::Live;

/// Carries a plan out. Each command is printed once it is done, with the time
/// if `stamped`.
///
/// # Errors
/// The kernel cannot be asked any more, or lets this process change nothing;
/// the output fails.
pub fn carry_out(
    session: &mut Session,
    plan: Plan,
    host: &Host,
    stamped: bool,
) -> Result<Vec<Undone<Error>>, Failure> {
    plan.run(
        |step: &Step| match act(session.kernel.path_manager()?, step) {
            Ok(warning) => {
                report_warning(warning);
                let clock = session.clock.as_ref().filter(|_| stamped);
                let stamp = clock.map(Clock::now);
                print(session, &typed(step, host), stamp.as_ref(), 0)?;
                Ok(Ok(()))
            }
            Err(Error::Refused(refusal)) if refusal.errno != EPERM => {
                Ok(Err(Error::Refused(refusal)))
            }
            Err(error) => Err(error.into()),
        },
    )
}

fn act(path_manager: &mut PathManager, step: &Step) -> Result<Option<String>, Error> {
    match step {
        Step::Limits(limits) => path_manager.set_limits(limits),
        Step::Add(endpoint) => path_manager.add(endpoint),
        Step::Delete(endpoint) => path_manager.delete(&endpoint.which()),
        Step::Change { which, flags } => path_manager.set_flags(&AddressAttributes {
            flags: Some(*flags).filter(|flags| *flags != Flags(0)),
            ..which.clone()
        }),
    }
}

/// The command that does a step.
pub fn typed(step: &Step, host: &Host) -> Command {
    netns::entered().command(config::typed(step, &mut |index| host.name(index)))
}

/// Prints a command that was done, or would be; it closes so many subflows.
fn print(
    session: &mut Session,
    command: &Command,
    stamp: Option<&Stamp>,
    closes: usize,
) -> Result<(), output::Error> {
    session.print(|printer| output::command(printer, command, stamp, closes))
}

/// Prints what would be done.
pub fn print_plan(session: &mut Session, plan: &Plan, host: &Host) -> Result<(), Failure> {
    let mut live = None;
    for step in plan.steps() {
        let closes = match step {
            Step::Delete(endpoint) => {
                let live = live.get_or_insert_with(|| Live::list(session));
                live.count(endpoint)
            }
            _ => 0,
        };
        print(session, &typed(step, host), None, closes)?;
    }
    Ok(())
}
