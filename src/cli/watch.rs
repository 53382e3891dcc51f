//! The words of `connection watch`.

use std::ffi::OsStr;
use std::mem;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use clap::Arg;

use super::arguments::{self, Arguments};
use super::grammar::{Command, keyword};
use super::selector::{self, Selector};
use super::value::{self, DeviceName};
use super::{Error, Request};

/// What is to be watched, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Which connections.
    pub selector: Selector,
    /// The time between two looks, 0.1 seconds at least.
    pub every: Duration,
    /// How many looks; without a number, until it is ended.
    pub count: Option<u32>,
}

/// The command `connection watch`.
pub const WATCH: Command = Command {
    name: "watch",
    shortest: "",
    about: "Show what connections and their subflows carry, refreshed periodically",
    synopsis: "[ token TOKEN ] [ local PREFIX ] [ remote PREFIX ] [ sport NR ] [ dport NR ] \
               [ dev NAME ] [ state STATE ] [ every SECONDS ] [ count NR ]",
    words: watch,
    example: "\
mptcp connection watch
    a table, refreshed every second, until you press q
mptcp -human connection watch token c6523b84 every 0.5
    one connection, twice a second, with rates such as 1.25M
mptcp -json connection watch dport 443 count 10
    ten refreshes for a program to read, one line each",
    read: |command, words| {
        arguments::read(command, words, |watch: &mut Watch| {
            Ok(Request::Watch(mem::take(watch)))
        })
    },
};

fn watch() -> Vec<Arg> {
    let mut words = selector::words();
    words.extend([
        keyword(
            "every",
            "SECONDS",
            "the time between refreshes: at least 0.1, by default 1",
        ),
        keyword("count", "NR", "exit after this many refreshes"),
    ]);
    words
}

impl Default for Watch {
    fn default() -> Self {
        Watch {
            selector: Selector::default(),
            every: Duration::from_secs(1),
            count: None,
        }
    }
}

impl Arguments for Watch {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        match name {
            "every" => self.every = seconds(value)?,
            "count" => self.count = Some(count(value)?),
            _ => drop(self.selector.take(name, value)?),
        }
        Ok(())
    }

    fn devices(&self) -> &[DeviceName] {
        &self.selector.devices
    }
}

fn seconds(word: &OsStr) -> Result<Duration, Error> {
    let rule = "the time between refreshes is 0.1 to 86400 seconds";
    value::interval(word).ok_or_else(|| Error::argument(word, rule))
}

fn count(word: &OsStr) -> Result<u32, Error> {
    let number = value::number(word.as_bytes()).filter(|number| *number > 0);
    let number = number.and_then(|number| u32::try_from(number).ok());
    let rule = "the number of refreshes is from 1 to 4294967295";
    number.ok_or_else(|| Error::argument(word, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_fraction_if_any() {
        let read = [
            ("1", 1000),
            ("0.1", 100),
            (".5", 500),
            ("2.", 2000),
            ("86400", 86_400_000),
        ];
        for (word, milliseconds) in read {
            let read = seconds(OsStr::new(word));
            assert_eq!(read, Ok(Duration::from_millis(milliseconds)), "{word}");
        }
        for word in [
            "", ".", "0", "0.09", "86401", "-1", "1e3", "inf", "nan", "1s", "1,5", "1.2.3",
        ] {
            assert!(seconds(OsStr::new(word)).is_err(), "{word}");
        }
    }

    #[test]
    fn a_count_is_one_at_least() {
        assert_eq!(count(OsStr::new("3")), Ok(3));
        for word in ["0", "", "4294967296", "x"] {
            assert!(count(OsStr::new(word)).is_err(), "{word}");
        }
    }
}
