//! What stderr says about a line that is not, or not yet, in force.

use std::os::unix::ffi::OsStrExt;

use crate::cli::config::File;
use crate::config::{Absence, Absent, Conflict, Undone};
use crate::failure::Failure;
use crate::ip::Shown;
use crate::netlink;
use crate::pm::Address;
use crate::report::error_line;

/// Some lines for stderr.
pub type Problem = Vec<Vec<u8>>;

/// The line that names the place, as that of a batch.
pub fn failed(file: &File, line: usize) -> Vec<u8> {
    let place = format!(":{line}");
    [b"Command failed ", file.path.as_bytes(), place.as_bytes()].concat()
}

/// What a line asks for is not there.
pub fn absent(file: &File, absent: &Absent) -> Problem {
    vec![
        error_line(reason(absent)).into_bytes(),
        failed(file, absent.line),
    ]
}

/// What a line asks for is not there yet.
pub fn waiting(file: &File, absent: &Absent) -> Problem {
    warning(file, absent.line, &reason(absent))
}

/// The kernel set something else than a line asks for, and said nothing.
pub fn altered(file: &File, line: usize) -> Problem {
    let why = "this kernel does not know all that the line asks for, and left some of it out.";
    warning(file, line, why)
}

fn warning(file: &File, line: usize, why: &str) -> Problem {
    let place = format!(":{line}: ");
    let parts = [
        b"Warning: ",
        file.path.as_bytes(),
        place.as_bytes(),
        why.as_bytes(),
    ];
    vec![parts.concat()]
}

fn reason(absent: &Absent) -> String {
    let device = String::from_utf8_lossy(&absent.device);
    match absent.absence {
        Absence::Device => format!("there is no device \"{device}\"."),
        Absence::Address => format!("the device \"{device}\" has no global address now."),
        Absence::Several(count) => format!(
            "the device \"{device}\" has {count} addresses, and an id or a port is for one."
        ),
    }
}

/// A line asks for an id that another endpoint has.
pub fn conflict(file: &File, conflict: &Conflict) -> Problem {
    let id = conflict.holder.id.unwrap_or_default();
    let holder = match conflict.holder.address {
        Some(Address::Ip(ip)) => Shown(ip).to_string(),
        Some(Address::Any) | None => "another endpoint".to_owned(),
    };
    let why = format!("the id {id} is that of {holder}, which the file does not name.");
    let hint = "Hint: \"only\" removes what the file does not name";
    vec![
        error_line(why).into_bytes(),
        hint.into(),
        failed(file, conflict.line),
    ]
}

/// The kernel refused a step; `left` are the commands that were not done.
pub fn undone(file: &File, undone: Undone<netlink::Error>, left: &[Vec<u8>]) -> Problem {
    let failure = Failure::from(undone.refusal);
    let mut lines = vec![failure.message().into_bytes()];
    lines.extend(
        failure
            .hint()
            .map(|hint| format!("Hint: {hint}").into_bytes()),
    );
    lines.extend(undone.line.map(|line| failed(file, line)));
    let left = left
        .iter()
        .map(|left| [b"Left undone: ", &left[..]].concat());
    lines.extend(left);
    lines
}
