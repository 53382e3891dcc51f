//! The words of `save`, `apply` and `diff`: a configuration as a file.

use std::ffi::OsString;
use std::mem;

use crate::cli;

use super::Error;
use super::arguments::Arguments;
use super::grammar::{Command, Object, Word, Words, file, operand, switch};

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
    /// Keep running, and apply it again when the host changes.
    pub follow: bool,
    /// With `follow`: retry paths that connections lack.
    pub retry: bool,
    /// On exit, remove what the file names.
    pub until_exit: bool,
}

/// The object `save`, which is a command by itself.
pub const SAVE: Object = Object {
    name: "save",
    shortest: "sa",
    of_ip: false,
    answers: false,
    about: "print the configuration as a file of commands",
    commands: &[],
    default: Some(&Command {
        name: "",
        shortest: "",
        about: "Print limits and endpoints as a file of commands",
        synopsis: "",
        example: "\
mptcp save >office.conf
    keep what is set now, for \"mptcp apply\" or \"mptcp -batch\"",
        syntax: &Words::<()> {
            words: || {
                let refuse = |_: &mut (), word: &_| {
                    let reason = "the configuration goes to standard output: mptcp save >FILE";
                    Err(Error::argument(word, reason))
                };
                vec![operand("word", "WORD", "", refuse).hidden()]
            },
            request: |()| Ok(cli::Request::Config(Request::Save)),
        },
    }),
};

/// The object `apply`, which is a command by itself.
pub const APPLY: Object = Object {
    name: "apply",
    shortest: "ap",
    of_ip: false,
    answers: false,
    about: "configure this host from a file, changing only what differs",
    commands: &[],
    default: Some(&Command {
        name: "",
        shortest: "",
        about: "Set limits and endpoints as a file says, with as few commands as possible",
        synopsis: "FILE [ only ] [ follow [ retry ] [ until-exit ] ]",
        example: "\
mptcp apply office.conf
    change what differs from the file; paths that stay are not touched
mptcp apply /etc/mptcp/laptop.conf only follow
    keep it so, whatever address a device gets, with no other endpoints
mptcp apply /etc/mptcp/laptop.conf follow retry
    bring lost paths of connections back, too",
        syntax: &Words {
            words: || {
                let mut words = words();
                words.push(switch(
                    "follow",
                    "keep running, and update as addresses and devices come and go",
                    |file| &mut file.follow,
                ));
                let retry = switch(
                    "retry",
                    "with follow: have the kernel retry the paths that connections lack",
                    |file: &mut File| &mut file.retry,
                );
                words.push(retry.requires("follow"));
                let until_exit = switch(
                    "until-exit",
                    "with follow: on exit, remove the endpoints that the file names",
                    |file: &mut File| &mut file.until_exit,
                );
                words.push(until_exit.requires("follow"));
                words
            },
            request: |file| {
                if file.follow && file.path == "-" {
                    let reason = "follow reads the file again, which takes a name";
                    return Err(Error::argument("-", reason));
                }
                Ok(cli::Request::Config(Request::Apply(mem::take(file))))
            },
        },
    }),
};

/// The object `diff`, which is a command by itself.
pub const DIFF: Object = Object {
    name: "diff",
    shortest: "di",
    of_ip: false,
    answers: false,
    about: "print what apply would do",
    commands: &[],
    default: Some(&Command {
        name: "",
        shortest: "",
        about: "Print what apply would do, and change nothing",
        synopsis: "FILE [ only ]",
        example: "\
mptcp diff office.conf
    the commands that are missing; status 1 if there are any",
        syntax: &Words {
            words,
            request: |file| Ok(cli::Request::Config(Request::Diff(mem::take(file)))),
        },
    }),
};

fn words() -> Vec<Word<File>> {
    vec![
        file(
            "a file of \"limits set\" and \"endpoint add\" lines; - is standard input",
            |file: &mut File, word| {
                file.path = word.to_owned();
                Ok(())
            },
        ),
        switch(
            "only",
            "remove the endpoints that the file does not name",
            |file| &mut file.only,
        ),
    ]
}

impl Arguments for File {}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

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
            ..File::default()
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
            ("apply a retry", "follow"),
            ("apply - follow", "name"),
            ("diff a follow", "one file"),
            ("save a", "mptcp save >FILE"),
        ] {
            let error = parse(line).expect_err(line);
            assert!(error.contains(says), "{line}: {error}");
        }
    }
}
