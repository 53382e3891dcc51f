//! The words of `run`: all of them are the program's.

use std::ffi::{OsStr, OsString};
use std::mem;

use super::arguments::Arguments;
use super::grammar::{Command, Object, Words, rest};
use super::{Error, Request};

/// The object `run`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "run",
    shortest: "ru",
    of_ip: false,
    answers: false,
    about: "run any program with MPTCP in place of TCP",
    commands: &[],
    default: Some(&RUN),
};

const RUN: Command = Command {
    name: "",
    shortest: "",
    about: "Run a program whose TCP connections use MPTCP",
    synopsis: "PROGRAM ...",
    example: "\
mptcp run curl https://example.org/
    curl, with MPTCP where the server has it
mptcp -n blue run ssh host
    the same in the network namespace blue
mptcp run -- ./server --port 80
    a server, whose clients can use MPTCP

It works for any program, also a static one. Options of mptcp stand before
\"run\", all words after it are the program's. Where MPTCP cannot be had, a
warning says why, and the program runs with TCP.",
    syntax: &Words {
        words: || {
            let help = "the program, which is looked for in PATH, and its arguments; \"--\" \
                        may stand before it";
            let add = |program: &mut Program, word: &OsStr| {
                program.0.push(word.to_owned());
                Ok(())
            };
            vec![rest("program", "PROGRAM", help, add).required()]
        },
        request: |program| {
            let mut words = mem::take(&mut program.0);
            if words.first().is_some_and(|word| word == "--") {
                words.remove(0);
            }
            if words.is_empty() {
                return Err(Error::Required("PROGRAM".to_owned()));
            }
            Ok(Request::Run(words))
        },
    },
};

/// The program and its arguments.
#[derive(Debug, Default)]
struct Program(Vec<OsString>);

impl Arguments for Program {}
