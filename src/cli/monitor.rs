//! The words of `monitor`.

use std::ffi::OsStr;
use std::mem;
use std::os::unix::ffi::OsStrExt;

use clap::Arg;

use crate::events;

use super::arguments::{self, Arguments};
use super::grammar::{Command, Object, flag, keyword};
use super::selector::{self, Selector};
use super::value::DeviceName;
use super::{Error, Hint, Rejected, Request, suggest};

/// What is asked of the monitor. Nothing is what `ip` has.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// The connections whose events are printed.
    pub selector: Selector,
    /// The names of the events that are printed; all where empty.
    pub events: Vec<&'static str>,
    /// First what is there.
    pub existing: bool,
    /// JSON Lines instead of an array.
    pub lines: bool,
    /// What numbers mean.
    pub explain: bool,
}

/// The object `monitor`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "monitor",
    shortest: "m",
    of_ip: true,
    about: "events of connections, addresses and subflows",
    commands: &[],
    default: Some(&MONITOR),
};

const MONITOR: Command = Command {
    name: "",
    shortest: "",
    about: "Print events of connections, addresses and subflows",
    synopsis: "[ token TOKEN ] [ event EVENTS ] [ local PREFIX ] [ remote PREFIX ] [ sport NR ] \
               [ dport NR ] [ dev NAME ] [ existing ] [ lines ] [ explain ]",
    words,
    example: include_str!("monitor.txt"),
    read: |command, words| {
        let read = arguments::read(command, words, |monitor: &mut Monitor| {
            Ok(Request::Monitor(mem::take(monitor)))
        });
        read.map_err(as_of_ip)
    },
};

/// The words, declared. A monitor has no use for the state of a connection.
fn words() -> Vec<Arg> {
    let (mut words, mut others) = (Vec::new(), Vec::new());
    for word in selector::words() {
        match word.get_id().as_str() {
            "token" => words.push(word),
            "state" => {}
            _ => others.push(word),
        }
    }
    words.push(keyword(
        "event",
        "EVENTS",
        "only these events, separated by commas",
    ));
    words.append(&mut others);
    words.push(flag(
        "existing",
        "first list existing connections and subflows",
    ));
    words.push(flag(
        "lines",
        "with -json: one object per line, without an array",
    ));
    words.push(flag("explain", "explain errors, reset reasons and flags"));
    words
}

/// Their names.
const NAMES: [&str; 10] = [
    "token", "event", "local", "remote", "sport", "dev", "dport", "existing", "lines", "explain",
];

/// `ip` takes no words here, and has a sentence for each of them.
fn as_of_ip(rejected: Rejected) -> Rejected {
    let Rejected { error, devices } = rejected;
    let error = match error {
        Error::Word { word, hint } => Error::Command {
            word,
            hint: hint.or_else(|| Some(Hint::OneOf(NAMES.to_vec()))),
        },
        error => error,
    };
    Rejected { error, devices }
}

impl Arguments for Monitor {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        match name {
            "event" => self.events.append(&mut events(value)?),
            "existing" => self.existing = true,
            "lines" => self.lines = true,
            "explain" => self.explain = true,
            _ => {
                self.selector.take(name, value)?;
            }
        }
        Ok(())
    }

    fn devices(&self) -> &[DeviceName] {
        &self.selector.devices
    }
}

/// The names of events, with commas between them.
fn events(word: &OsStr) -> Result<Vec<&'static str>, Error> {
    let names = word.as_bytes().split(|byte| *byte == b',');
    names.map(|name| event(OsStr::from_bytes(name))).collect()
}

/// The event of that name, or the only one whose name begins like this, in
/// upper or lower case.
fn event(word: &OsStr) -> Result<&'static str, Error> {
    let typed = word.as_bytes();
    let begins = |name: &&str| {
        let beginning = name.as_bytes().get(..typed.len());
        !typed.is_empty() && beginning.is_some_and(|of| of.eq_ignore_ascii_case(typed))
    };
    let exact = events::names().find(|name| word.eq_ignore_ascii_case(name));
    let mut meant = events::names().filter(begins);
    match (exact, meant.next(), meant.next()) {
        (Some(name), ..) | (None, Some(name), None) => Ok(name),
        (None, Some(one), Some(other)) => {
            let more: Vec<&str> = [one, other].into_iter().chain(meant).collect();
            let rule = format!("this abbreviates {}", more.join(" and "));
            Err(Error::argument(word, rule))
        }
        (None, None, _) => {
            let rule = match suggest::nearest(word, events::names()) {
                Some(near) => format!("no event has this name, did you mean {near}?"),
                None => {
                    let all: Vec<&str> = events::names().collect();
                    format!("an event is one of {}", all.join(", "))
                }
            };
            Err(Error::argument(word, rule))
        }
    }
}

/// What may come of names that are typed in part: the last one in full.
pub fn completed(typed: &str) -> impl Iterator<Item = String> {
    let (before, last) = typed.split_at(typed.rfind(',').map_or(0, |comma| comma + 1));
    let small = last.bytes().any(|byte| byte.is_ascii_lowercase());
    events::names().map(move |name| match small {
        true => format!("{before}{}", name.to_ascii_lowercase()),
        false => format!("{before}{name}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> Result<Vec<&'static str>, String> {
        events(OsStr::new(word)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_names_are_those_of_the_words() {
        let declared = words();
        let names: Vec<&str> = declared.iter().map(|word| word.get_id().as_str()).collect();
        assert_eq!(names, NAMES);
    }

    #[test]
    fn events_may_be_shortened_where_one_is_meant() {
        for (word, names) in [
            ("CREATED", &["CREATED"][..]),
            ("created,Closed", &["CREATED", "CLOSED"]),
            ("e,an,r", &["ESTABLISHED", "ANNOUNCED", "REMOVED"]),
            ("sf_c", &["SF_CLOSED"]),
            ("co,su", &["CONNECTION", "SUBFLOW"]),
            ("listi", &["LISTING"]),
        ] {
            assert_eq!(read(word).as_deref(), Ok(names), "{word}");
        }
    }

    #[test]
    fn what_is_no_event_or_more_than_one_is_refused() {
        for (word, says) in [
            ("c", "this abbreviates CREATED and CLOSED and CONNECTION"),
            (
                "LISTENER",
                "this abbreviates LISTENER_CREATED and LISTENER_CLOSED",
            ),
            ("SF_CLOSD", "did you mean SF_CLOSED?"),
            ("xyz", "an event is one of CREATED, "),
            ("", "an event is one of "),
            ("CREATED,", "an event is one of "),
            ("CREATED,,CLOSED", "an event is one of "),
        ] {
            let refused = read(word).expect_err(word);
            assert!(refused.contains(says), "{word}: {refused}");
        }
    }
}
