//! `monitor`: events, as they happen.

use std::io::ErrorKind;
use std::mem;
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use crate::kernel::{Events, devices};
use crate::netlink::Error as Netlink;
use crate::output::{self, Clock};
use crate::pm::Event;
use crate::signals::{Signals, Wakened};

use crate::stdio::warn;

use super::Session;

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
pub fn run(session: &mut Session) -> anyhow::Result<()> {
    let signals = Signals::take()?;
    session.printer.get_mut().heed(Some(signals.descriptor()?));
    let ended = print_events(session, &signals);
    session.printer.get_mut().heed(None);
    if let Err(error) = &ended
        && is_output(error, ErrorKind::Interrupted)
    {
        // The signal has had its effect: it broke off the output.
        signals.forget();
    }
    ended
}

fn print_events(session: &mut Session, signals: &Signals) -> anyhow::Result<()> {
    let asked = session.options.rcvbuf.map(|size| size as usize);
    let (mut events, given) = session.kernel.events(asked.unwrap_or(BUFFER))?;
    tell_buffer(asked, given);
    let ended = session
        .print(|printer| printer.begin_list())
        .map_err(anyhow::Error::from)
        .and_then(|()| watch(session, &mut events, signals));
    match ended {
        // Whoever read this has seen enough; what is left has no reader.
        Err(error) if is_output(&error, ErrorKind::BrokenPipe) => {
            let _ = session.flush();
            Ok(())
        }
        // Where a record failed, no bracket makes it whole.
        Err(error) if error.is::<output::Error>() => Err(error),
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
        warn(format!(
            "Warning: the receive buffer has {given} bytes instead of {asked}, the most that \
             the kernel gives (without CAP_NET_ADMIN on this host: net.core.rmem_max)"
        ));
    }
}

/// Prints events until the end. Output is handed on when no event waits.
fn watch(session: &mut Session, events: &mut Events, signals: &Signals) -> anyhow::Result<()> {
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
            Wakened::Input => {}
            Wakened::Signal => return Ok(()),
            Wakened::ReaderLeft => {
                return Err(output::Error(ErrorKind::BrokenPipe.into()).into());
            }
        }
        streaming = waiting.elapsed() < MOMENT;
    }
}

/// Takes and prints the events that came together; false when none waits.
fn take(session: &mut Session, events: &mut Events, losses: &mut Losses) -> anyhow::Result<bool> {
    let received = events.receive(|event| show(session, &event));
    received.or_else(|error| {
        let line = match error.downcast_ref::<Netlink>() {
            Some(Netlink::Overrun) => losses.next(),
            Some(error @ (Netlink::Malformed(_) | Netlink::Cut(_))) => format!("Error: {error}"),
            _ => return Err(error),
        };
        // It stands where the events are missing.
        session.flush()?;
        warn(&line);
        Ok(true)
    })
}

/// What is said when events were lost.
#[derive(Default)]
struct Losses {
    hinted: bool,
}

impl Losses {
    fn next(&mut self) -> String {
        let mut line = "Error: events were lost, they came faster than they were read.".to_owned();
        if !mem::replace(&mut self.hinted, true) {
            line += &format!(
                "\nHint: a larger buffer helps, \"mptcp -rcvbuf {} monitor\"",
                4 * BUFFER
            );
        }
        line
    }
}

fn show(session: &mut Session, event: &Event) -> anyhow::Result<()> {
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

fn is_output(error: &anyhow::Error, kind: ErrorKind) -> bool {
    let output = error.downcast_ref::<output::Error>();
    output.is_some_and(|error| error.0.kind() == kind)
}
