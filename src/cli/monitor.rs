//! The words of `monitor`.

use std::ffi::OsStr;
use std::mem;
use std::os::unix::ffi::OsStrExt;

use crate::events;

use super::arguments::Arguments;
use super::grammar::{Command, Object, Word, Words, keyword, switch};
use super::selector;
use super::value::DeviceName;
use super::{Error, Request, suggest};

/// Which events to print, and how. The default is what `ip` does.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// The connections whose events are printed.
    pub which: selector::Words,
    /// The names of the events that are printed; all where empty.
    pub events: Vec<&'static str>,
    /// First list what exists.
    pub existing: bool,
    /// JSON Lines instead of an array.
    pub lines: bool,
    /// Explain numbers.
    pub explain: bool,
}

/// The object `monitor`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "monitor",
    shortest: "m",
    of_ip: true,
    answers: false,
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
    example: include_str!("monitor.txt"),
    syntax: &Words {
        words,
        request: |monitor| Ok(Request::Monitor(Box::new(mem::take(monitor)))),
    },
};

/// The words, declared. A monitor has no use for the state of a connection.
fn words() -> Vec<Word<Monitor>> {
    let others = selector::words();
    let mut others = others.into_iter().filter(|word| word.name() != "state");
    let mut words: Vec<_> = others.next().into_iter().collect();
    words.push(keyword(
        "event",
        "EVENTS",
        "only these events, separated by commas",
        |monitor: &mut Monitor, word| {
            events(word).map(|mut names| monitor.events.append(&mut names))
        },
    ));
    words.extend(others);
    words.extend([
        switch(
            "existing",
            "first list existing connections and subflows",
            |monitor: &mut Monitor| &mut monitor.existing,
        ),
        switch(
            "lines",
            "with -json: one object per line, without an array",
            |monitor: &mut Monitor| &mut monitor.lines,
        ),
        switch(
            "explain",
            "explain errors, reset reasons and flags",
            |monitor: &mut Monitor| &mut monitor.explain,
        ),
    ]);
    words
}

impl Arguments for Monitor {
    fn devices(&self) -> &[DeviceName] {
        &self.which.devices
    }
}

impl AsMut<selector::Words> for Monitor {
    fn as_mut(&mut self) -> &mut selector::Words {
        &mut self.which
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
        !typed.is_empty()
            && beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(typed))
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

/// Completions of a list of names whose last one is typed in part.
pub fn completed(typed: &str) -> impl Iterator<Item = String> {
    let (before, last) = typed.split_at(typed.rfind(',').map_or(0, |comma| comma + 1));
    let small = last.bytes().any(|byte| byte.is_ascii_lowercase());
    events::names().map(move |name| {
        if small {
            format!("{before}{}", name.to_ascii_lowercase())
        } else {
            format!("{before}{name}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> Result<Vec<&'static str>, String> {
        events(OsStr::new(word)).map_err(|error| error.to_string())
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
