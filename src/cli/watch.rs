//! The words of `connection watch`.

use std::ffi::OsStr;
use std::mem;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use super::arguments::Arguments;
use super::grammar::{Command, Words, keyword};
use super::selector;
use super::value::{self, DeviceName};
use super::{Error, Request};

/// What to watch, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Which connections.
    pub which: selector::Words,
    /// The time between two samples, 0.1 seconds at least.
    pub every: Duration,
    /// How many samples; without a number, until it is interrupted.
    pub count: Option<u32>,
}

/// The command `connection watch`.
pub const WATCH: Command = Command {
    name: "watch",
    shortest: "",
    about: "Show what connections and their subflows carry, refreshed periodically",
    synopsis: "[ token TOKEN ] [ local PREFIX ] [ remote PREFIX ] [ sport NR ] [ dport NR ] \
               [ dev NAME ] [ state STATE ] [ every SECONDS ] [ count NR ]",
    example: "\
mptcp connection watch
    a table, refreshed every second, until you press q
mptcp -human connection watch token c6523b84 every 0.5
    one connection, twice a second, with rates such as 1.25M
mptcp -json connection watch dport 443 count 10
    ten refreshes for a program to read, one line each",
    syntax: &Words {
        words: || {
            let mut words = selector::words();
            words.extend([
                keyword(
                    "every",
                    "SECONDS",
                    "the time between refreshes: at least 0.1, by default 1",
                    |watch: &mut Watch, word| seconds(word).map(|every| watch.every = every),
                ),
                keyword(
                    "count",
                    "NR",
                    "exit after this many refreshes",
                    |watch, word| count(word).map(|count| watch.count = Some(count)),
                ),
            ]);
            words
        },
        request: |watch| Ok(Request::Watch(Box::new(mem::take(watch)))),
    },
};

impl Default for Watch {
    fn default() -> Self {
        Watch {
            which: selector::Words::default(),
            every: Duration::from_secs(1),
            count: None,
        }
    }
}

impl Arguments for Watch {
    fn devices(&self) -> &[DeviceName] {
        &self.which.devices
    }
}

impl AsMut<selector::Words> for Watch {
    fn as_mut(&mut self) -> &mut selector::Words {
        &mut self.which
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
