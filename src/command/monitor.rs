//! `monitor`: events, as they happen.

use std::io::ErrorKind;
use std::mem;
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use crate::device::Names;
use crate::failure::Failure;
use crate::netlink::{Connection, Error as Netlink, Events};
use crate::output::{self, Clock};
use crate::pm::{EVENTS, Event};
use crate::signals::{Signals, Wakened};

use crate::report::{self, line as warn};

use super::Session;

/// The receive buffer if none is asked for, in bytes. `ip` has 1 MiB; the
/// kernel takes no memory before events wait.
const BUFFER: usize = 16 * 1024 * 1024;

/// How long the events of a stream may gather before they are printed. An event
/// that comes alone is printed at once.
const MOMENT: Duration = Duration::from_millis(1);

/// How often events are taken between two looks at the signals.
const AT_A_TIME: usize = 16;

/// Prints events until SIGINT or SIGTERM comes or the reader leaves.
///
/// # Errors
/// The privilege is missing, the output fails, the socket fails. Of events
/// that were dropped or malformed stderr tells, and it goes on.
pub fn run(session: &mut Session) -> Result<(), Failure> {
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

fn print_events(session: &mut Session, signals: &Signals) -> Result<(), Failure> {
    let (connection, family) = session.connection()?;
    let given = size_buffer(session, &connection)?;
    let mut events = connection.subscribe(&family, EVENTS)?;
    tell_buffer(session, given);
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

/// Gives the socket the receive buffer that was asked for, and returns its
/// size.
fn size_buffer(session: &Session, connection: &Connection) -> Result<usize, Netlink> {
    let asked = session.options.rcvbuf.map(|size| size as usize);
    connection.set_receive_buffer(asked.unwrap_or(BUFFER))
}

/// Says so where the buffer is smaller than what was asked for.
fn tell_buffer(session: &Session, given: usize) {
    if let Some(asked) = session.options.rcvbuf
        && given < asked as usize
    {
        report::warning(format!(
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
            Wakened::Input => {}
            Wakened::Signal => return Ok(()),
            Wakened::ReaderLeft => {
                return Err(output::Error(ErrorKind::BrokenPipe.into()).into());
            }
        }
        streaming = waiting.elapsed() < MOMENT;
    }
}

/// Takes and prints some events; false when no further one waits.
fn take(session: &mut Session, events: &mut Events, losses: &mut Losses) -> Result<bool, Failure> {
    // A name is asked for after the events came, and remembered for no other
    // than these: a device may be renamed at any time.
    let mut names = Names::default();
    let received = events.receive(|event: Event| show(session, &event, &mut names));
    received.or_else(|error| {
        let line = match error {
            Failure::Netlink(Netlink::Overrun) => losses.next(),
            Failure::Netlink(error @ (Netlink::Malformed(_) | Netlink::Cut(_))) => {
                format!("Error: {error}")
            }
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

fn show(session: &mut Session, event: &Event, names: &mut Names) -> Result<(), Failure> {
    let stamp = session.clock.as_ref().map(Clock::now);
    let index = event.device.filter(|index| *index != 0);
    let device = index.map(|index| names.of(index));
    session.print(|printer| output::event(printer, event, stamp.as_ref(), device))?;
    Ok(())
}

fn is_output(error: &Failure, kind: ErrorKind) -> bool {
    matches!(error, Failure::Output(error) if error.0.kind() == kind)
}
