//! The words of `counters`.

use std::ffi::{OsStr, OsString};
use std::mem;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use super::arguments::Arguments;
use super::grammar::{Command, Object, Words, flag, keyword, operand, switch};
use super::{Error, value};
use crate::cli;

/// The request about counters.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Request {
    /// Those that are 0 as well.
    pub all: bool,
    /// Print by how much they grew, at this interval.
    pub every: Option<Duration>,
    /// Only those whose names begin like this, in upper or lower case.
    pub names: Vec<OsString>,
}

/// The object `counters`, which is a command by itself: names may follow it
/// directly, which `find_command` would take for commands.
pub const OBJECT: Object = Object {
    name: "counters",
    shortest: "cou",
    of_ip: false,
    answers: false,
    about: "the kernel's MPTCP counters, and what each one means",
    commands: &[],
    default: Some(&COUNTERS),
};

const COUNTERS: Command = Command {
    name: "",
    shortest: "",
    about: "Show the kernel's MPTCP counters since the namespace was created",
    synopsis: "[ show ] [ all ] [ every SECONDS ] [ NAME ... ]",
    example: "\
mptcp counters
    the counters that are not 0, and what each means
mptcp counters mpjoin
    those of joins, those that are 0 included
mptcp -tshort counters every 1
    what grew, every second, until it is interrupted",
    syntax: &Words {
        words: || {
            vec![
                flag("show", "accepted, but not needed", |_, _| Ok(())),
                switch("all", "also those that are 0", |request: &mut Request| {
                    &mut request.all
                }),
                keyword(
                    "every",
                    "SECONDS",
                    "print by how much they grew, at this interval",
                    |request, word| seconds(word).map(|every| request.every = Some(every)),
                ),
                operand(
                    "name",
                    "NAME",
                    "those whose name begins like this, in upper or lower case",
                    name,
                ),
            ]
        },
        request: |request| Ok(cli::Request::Counters(mem::take(request))),
    },
};

impl Arguments for Request {}

fn name(request: &mut Request, word: &OsStr) -> Result<(), Error> {
    if word.is_empty() {
        return Err(Error::argument(word, "the name of a counter is not empty"));
    }
    request.names.push(word.to_owned());
    Ok(())
}

/// An interval.
fn seconds(word: &OsStr) -> Result<Duration, Error> {
    let rule = "a time is a number of seconds from 0.1 to 86400";
    value::interval(word).ok_or_else(|| Error::argument(word, rule))
}

/// Whether a name is chosen by a beginning, in either case.
pub fn is_meant(typed: &OsStr, name: &str) -> bool {
    let (typed, name) = (typed.as_bytes(), name.as_bytes());
    let beginning = name.get(..typed.len());
    beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_of_seconds() {
        let read = |word: &str| seconds(OsStr::new(word)).ok();
        assert_eq!(read("1"), Some(Duration::from_secs(1)));
        assert_eq!(read("0.25"), Some(Duration::from_millis(250)));
        assert_eq!(read("86400"), Some(Duration::from_secs(86_400)));
        for word in [
            "", "0", "0.01", "-1", "1s", "1e3", "inf", "nan", "86401", ".", "1.2.3",
        ] {
            assert_eq!(read(word), None, "{word:?}");
        }
    }

    #[test]
    fn a_name_is_chosen_by_its_beginning_in_either_case() {
        let meant = |typed| is_meant(OsStr::new(typed), "MPJoinSynTx");
        assert!(meant("mpjoin") && meant("MPJOINSYNTX") && meant("M"));
        assert!(!meant("join") && !meant("MPJoinSynTxX"));
    }
}
