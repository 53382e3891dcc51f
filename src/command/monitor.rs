//! `monitor`: events, as they happen.

use std::io::ErrorKind;
use std::mem;
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::kernel::{Events, devices};
use crate::netlink;
use crate::output::{self, Clock};
use crate::pm::Event;
use crate::signals::{Signals, Wakened};

use crate::report;

use super::Session;
use super::endless::{self, is_output};

/// The receive buffer if none is asked for, in bytes. `ip` has 1 MiB; the
/// kernel takes no memory before events wait.
const BUFFER: usize = 16 * 1024 * 1024;

/// How long the events of a stream may gather before they are printed. An event
/// that comes alone is printed at once.
const MOMENT: Duration = Duration::from_millis(1);

/// How many events are taken between two looks at the signals, at most.
const AT_A_TIME: usize = 512;

/// Prints events until SIGINT or SIGTERM comes or the reader leaves.
///
/// # Errors
/// The privilege is missing, the output fails, the socket fails. Of events
/// that were dropped or malformed stderr tells, and it goes on.
pub fn run(session: &mut Session) -> Result<(), Failure> {
    let signals = Signals::take()?;
    endless::run(session, &signals, |session| print_events(session, &signals))
}

fn print_events(session: &mut Session, signals: &Signals) -> Result<(), Failure> {
    let asked = session.options.rcvbuf.map(|size| size as usize);
    let (mut events, given) = session.kernel.events(asked.unwrap_or(BUFFER))?;
    tell_buffer(asked, given);
    let ended = session
        .print(|printer| printer.begin_list())
        .map_err(Failure::from)
        .and_then(|()| watch(session, &mut events, signals));
    match ended {
        // Whoever read this has seen enough; what is left has no reader.
        Err(error) if is_output(&error, ErrorKind::BrokenPipe) => {
            let _ = session.flush();
            Ok(())
        }
        // Where a record failed, no bracket makes it whole.
        Err(error @ Failure::Output(_)) => Err(error),
        ended => {
            session.print(|printer| printer.end_list())?;
            session.flush()?;
            ended
        }
    }
}

/// Says so where the buffer is smaller than what was asked for.
fn tell_buffer(asked: Option<usize>, given: usize) {
    if let Some(asked) = asked
        && given < asked
    {
        report::warning(format_args!(
            "the receive buffer has {given} bytes instead of {asked}, the most that \
             the kernel gives (without CAP_NET_ADMIN on this host: net.core.rmem_max)"
        ));
    }
}

/// Prints events until the end. Output is handed on when no event waits.
fn watch(session: &mut Session, events: &mut Events, signals: &Signals) -> Result<(), Failure> {
    let mut losses = Losses::default();
    let mut streaming = false;
    loop {
        for _ in 0..AT_A_TIME {
            if !take(session, events, &mut losses)? {
                break;
            }
        }
        session.flush()?;
        // To be woken for each event of a stream costs more than to print it:
        // where one follows the other, they are left to gather for a moment.
        if streaming {
            thread::sleep(MOMENT);
        }
        let waiting = Instant::now();
        match signals.or_input(events.as_fd())? {
            Wakened::Input | Wakened::Time => {}
            Wakened::Signal(_) => return Ok(()),
            Wakened::ReaderLeft => {
                return Err(output::Error(ErrorKind::BrokenPipe.into()).into());
            }
        }
        streaming = waiting.elapsed() < MOMENT;
    }
}

/// Takes and prints the events that came together; false when none waits.
fn take(session: &mut Session, events: &mut Events, losses: &mut Losses) -> Result<bool, Failure> {
    let received = events.receive(|event| show(session, &event));
    received.or_else(|error| {
        // It stands where the events are missing.
        session.flush()?;
        match error {
            Failure::Netlink(netlink::Error::Overrun) => losses.tell(),
            Failure::Netlink(netlink::Error::Malformed(_) | netlink::Error::Cut(_)) => error.tell(),
            _ => return Err(error),
        }
        Ok(true)
    })
}

/// What is said when events were lost.
#[derive(Default)]
struct Losses {
    hinted: bool,
}

impl Losses {
    fn tell(&mut self) {
        report::error("events were lost, they came faster than they were read.");
        if !mem::replace(&mut self.hinted, true) {
            let larger = 4 * BUFFER;
            report::hint(format_args!(
                "a larger buffer helps, \"mptcp -rcvbuf {larger} monitor\""
            ));
        }
    }
}

fn show(session: &mut Session, event: &Event) -> Result<(), Failure> {
    let stamp = session.clock.as_ref().map(Clock::now);
    // It is asked for after the event came, and not remembered for another: a
    // device may be renamed at any time.
    let device = match event.device {
        None | Some(0) => None,
        Some(index) => Some(devices::name(session.kernel.path_manager()?, index)),
    };
    let device = device.as_deref();
    session.print(|printer| output::event(printer, event, stamp.as_ref(), device))?;
    Ok(())
}
