//! `connection watch`: what connections carry, refreshed periodically.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::time::{Instant, SystemTime};

use nix::sys::signal::{SigSet, Signal};

use crate::cli::watch::Watch;
use crate::diag::select::Selector;
use crate::failure::Failure;
use crate::kernel::sockets;
use crate::output::{self, Clock, Snapshot, Stamp, Style};
use crate::signals::{Signals, Wakened};
use crate::terminal::{self, Key, Terminal};
use crate::watch::{Sample, Sampler};

use super::Session;
use super::connection::{self, Context};
use super::endless;

/// Shows connections until it is interrupted.
///
/// # Errors
/// It is in a batch; the kernel cannot be asked; the output fails; no
/// connection has the token at first.
pub fn run(session: &mut Session, watch: &Watch) -> Result<(), Failure> {
    let term = env::var("TERM").unwrap_or_default();
    let on_terminal = !session.options.json && terminal::is_there(&term);
    let other = if on_terminal {
        terminal::signals()
    } else {
        SigSet::empty()
    };
    endless::run(session, "connection watch", other, |session, signals| {
        let selector = connection::selector(session, &watch.which)?;
        let watching = Watching {
            style: style(session, on_terminal),
            terminal: None,
            sampler: Sampler::default(),
            time: SystemTime::UNIX_EPOCH,
            stamp: None,
            context: Context::new(session.options.resolve, false)?,
            session,
            selector,
            watch,
            signals,
        };
        watching.run(on_terminal)
    })
}

fn style(session: &Session, on_terminal: bool) -> Style {
    let options = &session.options;
    Style {
        palette: session.printer.palette(),
        scale: options.scale,
        blocks: on_terminal && is_utf8(),
        oneline: options.oneline,
    }
}

/// Whether the terminal shows UTF-8, according to the locale.
fn is_utf8() -> bool {
    let set = |value: Option<OsString>| value.filter(|value| !value.is_empty());
    let locale = set(env::var_os("LC_ALL"))
        .or_else(|| set(env::var_os("LC_CTYPE")))
        .or_else(|| set(env::var_os("LANG")))
        .unwrap_or_default();
    let locale = locale.to_string_lossy().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// A running watch.
struct Watching<'a> {
    session: &'a mut Session,
    selector: Selector,
    watch: &'a Watch,
    signals: &'a Signals,
    style: Style,
    terminal: Option<Terminal>,
    sampler: Sampler,
    /// The time of the last sample.
    time: SystemTime,
    stamp: Option<Stamp>,
    context: Context,
}

impl Watching<'_> {
    fn run(mut self, on_terminal: bool) -> Result<(), Failure> {
        let start = Instant::now();
        let mut due = start;
        let mut samples: u32 = 0;
        loop {
            self.sample(start)?;
            // Warnings of the first sample stand before the table.
            if on_terminal && self.terminal.is_none() {
                self.terminal = Some(Terminal::enter().map_err(output::Error)?);
            }
            self.show(samples == 0)?;
            samples = samples.saturating_add(1);
            let is_last = self.watch.count.is_some_and(|count| samples >= count);
            // What is drawn stays to be seen, the last time as well.
            if is_last && !on_terminal {
                return Ok(());
            }
            // After a stop there is nothing to catch up on.
            due = (due + self.watch.every).max(Instant::now());
            if !self.pause(due)? || is_last {
                return Ok(());
            }
        }
    }

    /// Asks the kernel.
    fn sample(&mut self, start: Instant) -> Result<(), Failure> {
        let is_first = self.sampler.is_empty();
        let mut connections = Vec::new();
        let at = start.elapsed();
        let sockets = self.session.kernel.sockets()?;
        let request = sockets.connections(&self.selector, |connection| {
            connections.push(connection);
            Ok::<(), sockets::Error>(())
        });
        match request {
            Ok(missing) if is_first => connection::report_missing(missing),
            Ok(_) => {}
            // It was there: that it is gone is what is watched for.
            Err(sockets::Error::NoConnection(_)) if !is_first => {}
            Err(error) => return Err(error.into()),
        }
        self.time = SystemTime::now();
        self.stamp = self.session.clock.as_ref().map(Clock::now);
        self.sampler.add(Sample { at, connections });
        Ok(())
    }

    /// Shows the last sample.
    fn show(&mut self, is_first: bool) -> Result<(), Failure> {
        let watched = self.sampler.watched();
        let snapshot = Snapshot {
            watched: &watched,
            every: self.watch.every,
            time: self.time,
            stamp: self.stamp.as_ref(),
        };
        let shape = connection::shape(&self.session.options);
        let json = self.session.options.json;
        let context = &mut self.context;
        context.forget_devices();
        let shown = match &self.terminal {
            Some(terminal) => {
                let screen = output::screen(snapshot, self.style, terminal.size(), context);
                terminal.draw(self.signals, &screen)
            }
            None if json => {
                let out = self.session.printer.get_mut();
                output::sample(out, snapshot, &shape, context)
            }
            None => {
                let out = self.session.printer.get_mut();
                output::block(out, snapshot, self.style, is_first, context)
            }
        };
        shown.map_err(output::Error)?;
        Ok(self.session.flush()?)
    }

    /// Waits for the next refresh; false if it is time to exit.
    fn pause(&mut self, due: Instant) -> Result<bool, Failure> {
        let keyboard = self.terminal.is_some() && terminal::has_keyboard();
        let stdin = io::stdin();
        loop {
            let input = keyboard.then(|| stdin.as_fd());
            match self.signals.or_input_until(input, Some(due))? {
                Wakened::Time => return Ok(true),
                Wakened::ReaderLeft | Wakened::Signal(Signal::SIGINT | Signal::SIGTERM) => {
                    return Ok(false);
                }
                Wakened::Input => {
                    let terminal = self.terminal.as_ref().filter(|_| keyboard);
                    if terminal.is_some_and(|terminal| terminal.keys() == Key::Quit) {
                        return Ok(false);
                    }
                }
                Wakened::Signal(signal) => self.handle(signal)?,
            }
        }
    }

    /// Does what a signal asks for, and draws everything anew.
    fn handle(&mut self, signal: Signal) -> Result<(), Failure> {
        if let Some(terminal) = &self.terminal {
            let entered = match signal {
                Signal::SIGWINCH => Ok(()),
                // Somebody else has had the terminal.
                Signal::SIGCONT => terminal.enter_again(),
                signal => {
                    terminal.leave();
                    self.signals.let_through(signal);
                    terminal.enter_again()
                }
            };
            entered.map_err(output::Error)?;
        }
        self.show(false)
    }
}
