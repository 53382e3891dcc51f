//! The words of `save`, `apply` and `diff`: a configuration as a file.

use std::ffi::{OsStr, OsString};
use std::mem;

use clap::Arg;

use super::arguments::{self, Arguments};
use super::grammar::{Command, Object, flag, operand};
use super::{Error, Rejected};
use crate::cli;

/// The requests about configurations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Print the current one.
    Save,
    /// Configure this host from a file.
    Apply(File),
    /// Print what `apply` would do.
    Diff(File),
}

/// A file, and how to apply it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct File {
    /// The file, `-` for standard input.
    pub path: OsString,
    /// Remove what it does not name.
    pub only: bool,
    /// Keep running, and keep it in force.
    pub follow: bool,
    /// On exit, remove what the file names.
    pub until_exit: bool,
}

/// The object `save`, which is a command by itself.
pub const SAVE: Object = Object {
    name: "save",
    shortest: "sa",
    of_ip: false,
    about: "print the configuration as a file of commands",
    commands: &[],
    default: Some(&Command {
        name: "",
        shortest: "",
        about: "Print limits and endpoints as a file of commands",
        synopsis: "",
        words: || vec![operand("word", "WORD", "").hide(true)],
        example: "\
mptcp save >office.conf
    keep what is set now, for \"mptcp apply\" or \"mptcp -batch\"",
        read: |command, words| {
            arguments::read(command, words, |_: &mut Nothing| {
                Ok(cli::Request::Config(Request::Save))
            })
        },
    }),
};

/// The object `apply`, which is a command by itself.
pub const APPLY: Object = Object {
    name: "apply",
    shortest: "ap",
    of_ip: false,
    about: "configure this host from a file, changing only what differs",
    commands: &[],
    default: Some(&Command {
        name: "",
        shortest: "",
        about: "Set limits and endpoints as a file says, with as few commands as possible",
        synopsis: "FILE [ only ] [ follow [ until-exit ] ]",
        words: || {
            let mut words = file();
            words.push(flag(
                "follow",
                "keep running, and update as addresses and devices come and go",
            ));
            words.push(flag(
                "until-exit",
                "with follow: on exit, remove the endpoints that the file names",
            ));
            words
        },
        example: "\
mptcp apply office.conf
    change what differs from the file; paths that stay are not touched
mptcp apply /etc/mptcp/laptop.conf only follow
    keep it so, whatever address a device gets, with no other endpoints",
        read: |command, words| {
            read(command, words, |file| {
                let reason = "it requires follow";
                match (file.until_exit, file.follow) {
                    (true, false) => Err(Error::argument("until-exit", reason)),
                    (_, true) if file.path == "-" => {
                        let reason = "follow reads the file again, which takes a name";
                        Err(Error::argument("-", reason))
                    }
                    _ => Ok(cli::Request::Config(Request::Apply(mem::take(file)))),
                }
            })
        },
    }),
};

/// The object `diff`, which is a command by itself.
pub const DIFF: Object = Object {
    name: "diff",
    shortest: "di",
    of_ip: false,
    about: "print what apply would do",
    commands: &[],
    default: Some(&Command {
        name: "",
        shortest: "",
        about: "Print what apply would do, and change nothing",
        synopsis: "FILE [ only ]",
        words: file,
        example: "\
mptcp diff office.conf
    the commands that are missing; status 1 if there are any",
        read: |command, words| {
            read(command, words, |file| {
                Ok(cli::Request::Config(Request::Diff(mem::take(file))))
            })
        },
    }),
};

fn file() -> Vec<Arg> {
    let help = "a file of \"limits set\" and \"endpoint add\" lines; - is standard input";
    let only = "remove the endpoints that the file does not name";
    vec![operand("file", "FILE", help), flag("only", only)]
}

/// Reads the words behind a file. It is the first word, whatever that is: a
/// file may be called `only`.
fn read(
    command: &clap::Command,
    words: &[&OsStr],
    request: fn(&mut File) -> Result<cli::Request, Error>,
) -> Result<Option<cli::Request>, Rejected> {
    match words {
        [] => Err(Error::Required("FILE").into()),
        [help, ..] if *help == "--help" => Ok(None),
        [path, ..] => {
            let start = File {
                path: (*path).to_owned(),
                ..File::default()
            };
            let rest = words.get(1..).unwrap_or_default();
            arguments::read_on(start, command, rest, request)
        }
    }
}

impl Arguments for File {
    fn take(&mut self, name: &str, value: &OsStr) -> Result<(), Error> {
        match name {
            "only" => self.only = true,
            "follow" => self.follow = true,
            "until-exit" => self.until_exit = true,
            _ => return Err(Error::argument(value, "there is one file, the first word")),
        }
        Ok(())
    }
}

/// Refuses any further word.
#[derive(Default)]
struct Nothing;

impl Arguments for Nothing {
    fn take(&mut self, _: &str, value: &OsStr) -> Result<(), Error> {
        let reason = "the configuration goes to standard output: mptcp save >FILE";
        Err(Error::argument(value, reason))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Parsed, Parser};
    use super::*;

    fn parse(line: &str) -> Result<Parsed, String> {
        let words: Vec<_> = line.split(' ').map(OsStr::new).collect();
        let parsed = Parser::default().parse(&words);
        parsed.map_err(|rejected| rejected.error.to_string())
    }

    #[test]
    fn the_file_is_the_first_word_whatever_it_is() {
        let file = File {
            path: "only".into(),
            only: true,
            follow: true,
            until_exit: false,
        };
        let request = Parsed::Request(cli::Request::Config(Request::Apply(file)));
        assert_eq!(parse("ap only follow only"), Ok(request));
    }

    #[test]
    fn words_that_do_not_go_together_are_refused() {
        for (line, says) in [
            ("apply", "FILE"),
            ("apply a b", "one file"),
            ("apply a until-exit", "follow"),
            ("apply - follow", "name"),
            ("diff a follow", "one file"),
            ("save a", "mptcp save >FILE"),
        ] {
            let error = parse(line).expect_err(line);
            assert!(error.contains(says), "{line}: {error}");
        }
    }
}
