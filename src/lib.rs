//! The library behind `mptcp`, the command line to the Linux kernel's Multipath
//! TCP. It exists for the program, its tests and its fuzz targets; it is not a
//! stable API.
//!
//! A command passes through it in one direction: [`cli`] reads the words;
//! `command` asks the kernel through [`kernel`], which speaks [`pm`] over
//! [`netlink`]; [`output`] prints the reply. `ARCHITECTURE.md` describes the
//! modules.
#![forbid(unsafe_code)]

// What tests and fuzz targets use is public.
pub mod batch;
pub mod cli;
pub mod config;
pub mod diag;
pub mod failure;
pub mod kernel;
pub mod launch;
pub mod netlink;
pub mod network;
pub mod output;
pub mod pm;
pub mod terminal;

mod check;
mod command;
mod counted;
mod errno;
mod events;
mod handover;
mod ip;
mod netns;
mod notify;
mod redact;
mod report;
mod resolver;
mod retry;
mod shell;
mod signals;
mod sorted;
mod status;
mod stdio;
mod visible;
mod watch;

use std::ffi::OsStr;
use std::io::Write;
use std::mem;

use cli::{CommandLine, Next, Parsed, Parser};
use command::{Lines, Session};
use failure::{Failure, Status};
use handover::Call;
use launch::Supervise;
use output::Stdout;

/// Runs the program: `file` is its executable (`AT_EXECFN`), followed by its
/// name (`argv[0]`) and its arguments; `supervise` is what the library cannot
/// do itself. Failures are reported on stderr.
pub fn run(file: &OsStr, name: &OsStr, words: &[&OsStr], supervise: Supervise) -> Status {
    start(file, name, words, supervise).unwrap_or_else(|failure| {
        failure.report();
        failure.status()
    })
}

/// Hands over to another `ip`, or serves the command line.
fn start(
    file: &OsStr,
    name: &OsStr,
    words: &[&OsStr],
    supervise: Supervise,
) -> Result<Status, Failure> {
    let line = cli::options::parse(words);
    let call = Call::detect(name, &line);
    // It comes first: the other `ip` must find everything as this program did.
    let handed_over = handover::hand_over(call, file, name, words);
    stdio::reserve_standard_streams().map_err(Failure::Streams)?;
    let line = handover::own(call, line, handed_over)?;
    for name in &line.options.netns {
        netns::enter(name)?;
    }
    serve(call, line, supervise)
}

fn serve(call: Call, line: CommandLine, supervise: Supervise) -> Result<Status, Failure> {
    let words = match call {
        Call::IpMptcp => line.words.get(1..).unwrap_or_default(),
        Call::Mptcp | Call::Ip { .. } => line.words,
    };
    match line.next {
        Next::Usage => return Err(Failure::Usage(cli::help::usage())),
        Next::Help => return help(words),
        Next::Version => return print(concat!("mptcp ", env!("CARGO_PKG_VERSION"), "\n")),
        Next::Command => {}
    }
    let batch = line.options.batch.clone();
    let mut session = Session::new(line.options, supervise);
    match (batch, words) {
        (Some(file), _) => {
            let lines = match call {
                Call::Ip { .. } => Lines::OfIp,
                Call::Mptcp | Call::IpMptcp => Lines::OfMptcp,
            };
            command::run_batch(&mut session, &file, lines)?;
            Ok(Status::Done)
        }
        // It is for the completions of shells, and no object that people type.
        (None, [name, words @ ..]) if *name == "complete" => command::complete(&mut session, words),
        (None, words) => execute(session, words),
    }
}

fn execute(mut session: Session, words: &[&OsStr]) -> Result<Status, Failure> {
    let result = session.execute(words);
    // Flush what was printed before a failure.
    let flushed = session.flush().map_err(Failure::from);
    // At exit, the kernel frees sockets and memory faster than this program.
    mem::forget(session);
    match flushed.and(result) {
        Err(failure) if cli::answers(words) => Err(Failure::NoAnswer(Box::new(failure))),
        result => result,
    }
}

/// `--help` before the words means the same as after them.
fn help(words: &[&OsStr]) -> Result<Status, Failure> {
    let words = [words, &[OsStr::new("--help")]].concat();
    match Parser::default().parse(&words) {
        Ok(Parsed::Help(text)) => print(&text),
        Ok(Parsed::Request(_) | Parsed::Usage(_)) => print(cli::help::OVERVIEW),
        Err(rejected) => Err(rejected.error.into()),
    }
}

fn print(text: &str) -> Result<Status, Failure> {
    let mut stdout = Stdout::default();
    let written = stdout.write_all(text.as_bytes());
    written
        .and_then(|()| stdout.flush())
        .map_err(output::Error)?;
    Ok(Status::Done)
}
