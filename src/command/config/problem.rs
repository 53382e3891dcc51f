//! Reports on stderr about lines that are not, or not yet, in force.

use crate::cli::config::File;
use crate::config::{Absence, Absent, Conflict, Host, Undone};
use crate::failure::Failure;
use crate::ip::Shown;
use crate::netlink;
use crate::pm::Endpoint;
use crate::report::{self, error_line, hint_line, warning_line};
use crate::retry;
use crate::visible::{Visible, of_os};

use super::act::typed;

/// How many problems are reported at once.
const MOST: usize = 20;

/// Some lines for stderr.
pub type Problem = Vec<Vec<u8>>;

/// The line that names the place, as that of a batch.
pub fn failed(file: &File, line: usize) -> Vec<u8> {
    format!("Command failed {}:{line}", of_os(&file.path)).into_bytes()
}

/// A line asks for what does not exist; `yet` if it is waited for.
pub fn absent(file: &File, absent: &Absent, yet: bool) -> Problem {
    if yet {
        return warning(file, absent.line, &reason(absent));
    }
    vec![
        error_line(reason(absent)).into_bytes(),
        failed(file, absent.line),
    ]
}

/// The kernel set something else than a line asks for, without an error.
pub fn altered(file: &File, line: usize) -> Problem {
    let why = "this kernel does not know all that the line asks for, and left some of it out.";
    warning(file, line, why)
}

/// An endpoint of a device without a carrier is the only path of connections.
pub fn held(endpoint: &Endpoint) -> Problem {
    let subject = retry::subject(endpoint);
    let why = "it is the only path of a connection, which deleting it would end";
    vec![warning_line(format_args!("{subject} stays: {why}.")).into_bytes()]
}

fn warning(file: &File, line: usize, why: &str) -> Problem {
    let file = of_os(&file.path);
    vec![warning_line(format_args!("{file}:{line}: {why}")).into_bytes()]
}

fn reason(absent: &Absent) -> String {
    let device = Visible(&absent.device);
    match absent.absence {
        Absence::Device => format!("there is no device \"{device}\"."),
        Absence::Carrier => format!("the device \"{device}\" is down or has no carrier now."),
        Absence::Address => format!("the device \"{device}\" has no global address now."),
        Absence::Several(count) => format!(
            "the device \"{device}\" has {count} addresses, and an id or a port is for one."
        ),
    }
}

/// A line asks for an id that another endpoint has.
pub fn conflict(file: &File, conflict: &Conflict) -> Problem {
    let (id, holder) = (conflict.holder.id, Shown(conflict.holder.address));
    let why = format!("the id {id} is that of {holder}, which the file does not name.");
    let hint = hint_line("\"only\" removes what the file does not name");
    vec![
        error_line(why).into_bytes(),
        hint.into(),
        failed(file, conflict.line),
    ]
}

/// The kernel refused a step; those that require it are not done, either.
pub fn undone(file: &File, undone: Undone<netlink::Error>, host: &Host) -> Problem {
    let failure = Failure::from(undone.refusal);
    let mut lines = vec![failure.message().into_bytes()];
    let hint = failure.hint().map(hint_line);
    lines.extend(hint.map(String::into_bytes));
    lines.extend(undone.task.line.map(|line| failed(file, line)));
    let left = undone.task.steps.iter();
    lines.extend(left.map(|step| format!("Left undone: {}", typed(step, host)).into_bytes()));
    lines
}

/// Reports problems, the first of very many.
pub fn report<'a>(problems: impl Iterator<Item = &'a Problem>) {
    let mut more = 0;
    for (at, problem) in problems.enumerate() {
        if at < MOST {
            problem.iter().for_each(report::line);
        } else {
            more += 1;
        }
    }
    report::more(more);
}
