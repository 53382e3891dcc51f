//! The words of `run`: all of them are the program's.

use std::ffi::{OsStr, OsString};
use std::mem;

use super::Request;
use super::arguments::{self, Arguments};
use super::grammar::{Command, Object, rest};
use super::{Error, Rejected};

/// The object `run`, which is a command by itself.
pub const OBJECT: Object = Object {
    name: "run",
    shortest: "ru",
    of_ip: false,
    about: "run any program with MPTCP in place of TCP",
    commands: &[],
    default: Some(&RUN),
};

const RUN: Command = Command {
    name: "",
    shortest: "",
    about: "Run a program whose TCP connections use MPTCP",
    synopsis: "PROGRAM ...",
    words: || {
        let help = "the program, which is looked for in PATH, and its arguments; \"--\" may stand before it";
        vec![rest("program", "PROGRAM", help)]
    },
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
    read,
};

/// The words so far.
#[derive(Debug, Default)]
struct Program(Vec<OsString>);

impl Arguments for Program {
    fn take(&mut self, _: &str, value: &OsStr) -> Result<(), Error> {
        self.0.push(value.to_owned());
        Ok(())
    }
}

fn read(command: &clap::Command, words: &[&OsStr]) -> Result<Option<Request>, Rejected> {
    let words = match words {
        [dashes, words @ ..] if *dashes == "--" => words,
        [help] if *help == "--help" => return Ok(None),
        words => words,
    };
    arguments::read(command, words, |program: &mut Program| {
        match program.0.is_empty() {
            true => Err(Error::Required("PROGRAM")),
            false => Ok(Request::Run(mem::take(&mut program.0))),
        }
    })
}
