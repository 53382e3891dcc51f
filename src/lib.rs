//! The library behind `mptcp`, the command line to the Linux kernel's
//! Multipath TCP path manager.
//!
//! A command goes through it once, in one direction: words are read by
//! [`cli`], [`command`] asks what they mean of the [`kernel`], whose questions
//! [`pm`] encodes and [`netlink`] carries; answers are decoded by [`pm`] and
//! written by [`output`].
#![forbid(unsafe_code)]

pub mod batch;
pub mod cli;
pub mod command;
pub mod errno;
pub mod exit;
pub mod handover;
pub mod hint;
pub mod kernel;
pub mod netlink;
pub mod netns;
pub mod output;
pub mod pm;
pub mod resolver;
pub mod signals;
pub mod stdio;

use std::env;
use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};

use cli::{Next, Options};
use command::Session;
use exit::Status;
use handover::Call;
use output::{Clock, Format, Palette, Printer, Stdout, Surroundings};

/// Runs the program, which is this `file` (`AT_EXECFN`), under this name
/// (`argv[0]`) with the words behind it. Failures are reported on stderr.
pub fn run(file: &OsStr, name: &OsStr, words: &[&OsStr]) -> Status {
    let call = Call::of(name, words);
    let no_other_ip = match call {
        Call::Ip { .. } => Some(handover::hand_over(file, name, words)),
        Call::Mptcp | Call::IpMptcp => None,
    };
    let stdin_closed = match stdio::occupy() {
        Ok(closed) => closed,
        Err(error) => {
            let why = errno::text_of(&error);
            stdio::warn(format!("Error: a standard stream is closed: {why}"));
            return Status::Failed;
        }
    };
    signals::survive_file_limits();
    let result = match (call, no_other_ip) {
        (Call::Ip { batch: true }, Some(handover::Error::Missing)) | (_, None) => {
            try_run(call, words, stdin_closed)
        }
        // What is wrong with the options is not the missing ip's to say.
        (_, Some(error)) => match cli::options::parse(&mut { words }) {
            Err(wrong) if error == handover::Error::Missing => Err(wrong.into()),
            _ => Err(error.into()),
        },
    };
    match result {
        Ok(()) => Status::Done,
        Err(error) => {
            exit::tell(&error);
            exit::status(&error)
        }
    }
}

fn try_run(call: Call, mut words: &[&OsStr], stdin_closed: bool) -> anyhow::Result<()> {
    let mut stdout = Stdout::default();
    let (options, next) = cli::options::parse(&mut words)?;
    if let (Call::IpMptcp, [_mptcp, behind @ ..]) = (call, words) {
        words = behind;
    }
    for name in &options.netns {
        netns::enter(name)?;
    }
    match next {
        Next::Usage => return Err(cli::Error::Usage(cli::help::usage()).into()),
        Next::Help => return print(&mut stdout, &cli::help::overview()),
        Next::Version => {
            return print(
                &mut stdout,
                concat!("mptcp ", env!("CARGO_PKG_VERSION"), "\n"),
            );
        }
        Next::Command => {}
    }
    let printer = Printer::new(stdout, format(&options));
    let batch = options.batch.clone();
    let clock = options
        .timestamp
        .map(|form| Clock::new(form, env::var("TZ").ok().as_deref()));
    let mut session = Session::new(options, printer, clock);
    if let Some(file) = batch {
        let lines = match call {
            Call::Ip { .. } => batch::Lines::OfIp,
            Call::Mptcp | Call::IpMptcp => batch::Lines::OfMptcp,
        };
        return batch::run(&mut session, &file, stdin_closed, lines);
    }
    let result = session.execute(words).map(drop);
    // What was printed before a failure is shown all the same.
    session.flush()?;
    result
}

fn print(stdout: &mut Stdout, text: &str) -> anyhow::Result<()> {
    let written = stdout.write_all(text.as_bytes());
    written
        .and_then(|()| stdout.flush())
        .map_err(output::Error)?;
    Ok(())
}

fn format(options: &Options) -> Format {
    let palette = Palette::choose(options.color, || Surroundings {
        terminal: io::stdout().is_terminal(),
        no_color: env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
        colorfgbg: env::var("COLORFGBG").unwrap_or_default(),
    });
    Format {
        json: options.json,
        pretty: options.pretty,
        oneline: options.oneline,
        palette,
    }
}
