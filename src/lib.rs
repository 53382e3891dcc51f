//! The library behind `mptcp`, the command line to the Linux kernel's Multipath
//! TCP. It exists for the program, its tests and its fuzz targets; it is not a
//! stable API.
//!
//! A command passes through it in one direction: [`cli`] reads the words;
//! `command` asks the kernel through [`kernel`], which speaks [`pm`] over
//! [`netlink`]; [`output`] prints the reply. `ARCHITECTURE.md` describes the
//! modules.
#![forbid(unsafe_code)]

pub mod batch;
pub mod check;
pub mod cli;
mod command;
pub mod config;
pub mod diag;
mod errno;
mod events;
pub mod failure;
mod handover;
mod ip;
pub mod kernel;
pub mod launch;
pub mod netlink;
mod netns;
pub mod network;
mod notify;
pub mod output;
pub mod pm;
mod redact;
mod report;
mod resolver;
mod retry;
mod shell;
mod signals;
mod sorted;
mod status;
mod stdio;
pub mod terminal;
mod visible;
pub mod watch;

use std::env;
use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::mem;

use cli::{CommandLine, Next, Options, Parsed, Parser};
use command::{Lines, Session};
use failure::{Failure, Status};
use handover::Call;
use launch::Supervise;
use output::{Clock, Environment, Format, Palette, Printer, Stdout};

/// Runs the program: `file` is its executable (`AT_EXECFN`), followed by its
/// name (`argv[0]`) and its arguments; `supervise` is what the library cannot
/// do itself. Failures are reported on stderr.
pub fn run(file: &OsStr, name: &OsStr, words: &[&OsStr], supervise: Supervise) -> Status {
    let line = cli::options::parse(words);
    let call = Call::of(name, &line);
    // The other `ip` is to find everything as this program did: nothing has
    // been done yet.
    let no_other_ip = match call {
        Call::Ip { .. } => Some(handover::exec_other_ip(file, name, words)),
        Call::Mptcp | Call::IpMptcp => None,
    };
    match serve(call, line, no_other_ip, supervise) {
        Ok(status) => status,
        Err(failure) => {
            failure.report();
            failure.status()
        }
    }
}

fn serve(
    call: Call,
    line: Result<CommandLine, cli::Error>,
    no_other_ip: Option<handover::Error>,
    supervise: Supervise,
) -> Result<Status, Failure> {
    stdio::reserve_standard_streams().map_err(Failure::Streams)?;
    let line = match (call, no_other_ip) {
        (_, None) | (Call::Ip { batch: true }, Some(handover::Error::Missing)) => line?,
        // What is wrong with the options is told before the missing ip.
        (_, Some(error @ handover::Error::Missing)) => {
            return Err(line.err().map_or(error.into(), Failure::from));
        }
        (_, Some(error)) => return Err(error.into()),
    };
    for name in &line.options.netns {
        netns::enter(name)?;
    }
    let words = match call {
        Call::IpMptcp => line.words.get(1..).unwrap_or_default(),
        Call::Mptcp | Call::Ip { .. } => line.words,
    };
    match (line.next, line.options.batch.clone()) {
        (Next::Usage, _) => Err(Failure::Usage(cli::help::usage())),
        (Next::Help, _) => help(words),
        (Next::Version, _) => print(concat!("mptcp ", env!("CARGO_PKG_VERSION"), "\n")),
        (Next::Command, None) => match words {
            // It is for the shells' stubs, and no object that people type.
            [name, words @ ..] if *name == "complete" => {
                command::complete(&mut session(line.options, supervise), words)
            }
            words => command(line.options, words, supervise),
        },
        (Next::Command, Some(file)) => {
            let lines = match call {
                Call::Ip { .. } => Lines::OfIp,
                Call::Mptcp | Call::IpMptcp => Lines::OfMptcp,
            };
            command::run_batch(&mut session(line.options, supervise), &file, lines)?;
            Ok(Status::Done)
        }
    }
}

fn command(options: Options, words: &[&OsStr], supervise: Supervise) -> Result<Status, Failure> {
    let mut session = session(options, supervise);
    let result = session.execute(words);
    // What was printed before a failure is shown all the same.
    let flushed = session.flush().map_err(Failure::from);
    // The kernel takes back sockets and memory faster than they are given back.
    mem::forget(session);
    match flushed.and(result) {
        Err(failure) if cli::answers(words) => Err(Failure::NoAnswer(Box::new(failure))),
        result => result,
    }
}

/// `--help` before the words means what it means behind them.
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

fn session(options: Options, supervise: Supervise) -> Session {
    let printer = printer(&options);
    let zone = || env::var_os("TZ").map(|zone| zone.to_string_lossy().into_owned());
    let clock = options
        .timestamp
        .map(|form| Clock::new(form, zone().as_deref()));
    Session::new(options, printer, clock, supervise)
}

fn printer(options: &Options) -> Printer<Stdout> {
    let out = Stdout::default();
    if options.json {
        let pretty = options.pretty;
        return Printer::new(out, Format::Json { pretty });
    }
    let color = options.color;
    let palette = move || {
        Palette::choose(color, || Environment {
            terminal: io::stdout().is_terminal(),
            no_color: env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            colorfgbg: env::var("COLORFGBG").unwrap_or_default(),
        })
    };
    Printer::text_in(out, options.oneline, palette)
}
