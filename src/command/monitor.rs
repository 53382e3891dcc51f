//! `monitor`: events, as they happen.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::device;
use crate::netlink::{Error as Netlink, Events};
use crate::output::{self, Clock};
use crate::pm::{EVENTS, Event};

use super::{Session, warn};

/// The receive buffer if none is asked for, in bytes: as large as that of `ip`.
const BUFFER: usize = 1024 * 1024;

/// How many datagrams are taken between two looks at the signals.
const AT_A_TIME: usize = 256;

/// Prints events until SIGINT or SIGTERM comes or the reader leaves.
///
/// # Errors
/// The privilege is missing, the output fails, the socket fails. Of events
/// that were dropped or malformed stderr tells, and it goes on.
pub fn run(session: &mut Session) -> anyhow::Result<()> {
    let signals = take_signals()?;
    let heeded = signals.as_fd().try_clone_to_owned()?;
    session.printer.get_mut().heed(heeded);
    let (connection, family) = session.connection()?;
    let mut events = connection.subscribe(&family, EVENTS)?;
    size_buffer(session, &events)?;
    let ended = session
        .print(|printer| printer.begin_list())
        .map_err(anyhow::Error::from)
        .and_then(|()| watch(session, &mut events, &signals));
    match ended {
        // Whoever read this has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        ended => {
            session.print(|printer| printer.end_list())?;
            session.flush()?;
            ended
        }
    }
}

/// From now on, SIGINT and SIGTERM are something to read, not to die of.
fn take_signals() -> anyhow::Result<SignalFd> {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    signals.add(Signal::SIGTERM);
    signals.thread_block()?;
    let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
    Ok(SignalFd::with_flags(&signals, flags)?)
}

/// Gives the socket the receive buffer that was asked for.
fn size_buffer(session: &Session, events: &Events) -> Result<(), Netlink> {
    let asked = session.options.rcvbuf.map(|size| size as usize);
    let given = events.set_receive_buffer(asked.unwrap_or(BUFFER))?;
    match asked {
        Some(asked) if given < asked => warn(&format!(
            "Warning: the receive buffer has {given} bytes instead of {asked}: \
             without CAP_NET_ADMIN on this host, net.core.rmem_max is the most"
        )),
        _ => {}
    }
    Ok(())
}

/// Prints events until the end. Output is handed on when no event waits.
fn watch(session: &mut Session, events: &mut Events, signals: &SignalFd) -> anyhow::Result<()> {
    loop {
        // Names are remembered while events wait and asked for anew after
        // that: a device may have been renamed meanwhile.
        let mut names = HashMap::new();
        loop {
            let more = take(session, events, &mut names)?;
            if signals.read_signal()?.is_some() {
                return Ok(());
            }
            if !more {
                break;
            }
        }
        session.flush()?;
        if wait(events, signals)? == Wakened::ReaderLeft {
            return Err(output::Error(ErrorKind::BrokenPipe.into()).into());
        }
    }
}

/// Takes and prints some events; false when no further one waits.
fn take(
    session: &mut Session,
    events: &mut Events,
    names: &mut HashMap<i32, Vec<u8>>,
) -> anyhow::Result<bool> {
    for _ in 0..AT_A_TIME {
        let received = events.receive(|event: Event| show(session, &event, names));
        match received {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(error) => match error.downcast_ref::<Netlink>() {
                Some(Netlink::Overrun) => tell_loss(session, LOST)?,
                Some(error @ (Netlink::Malformed(_) | Netlink::Cut(_))) => {
                    tell_loss(session, &format!("Error: {error}"))?;
                }
                _ => return Err(error),
            },
        }
    }
    Ok(true)
}

const LOST: &str = "Error: events were lost, the kernel makes them faster than they are read.\n\
                    Hint: a larger buffer helps, \"mptcp -rcvbuf 16777216 monitor\"";

/// Says on stderr that something is missing after what was printed so far.
fn tell_loss(session: &mut Session, line: &str) -> Result<(), output::Error> {
    session.flush()?;
    warn(line);
    Ok(())
}

fn show(
    session: &mut Session,
    event: &Event,
    names: &mut HashMap<i32, Vec<u8>>,
) -> anyhow::Result<()> {
    let stamp = session.clock.as_ref().map(Clock::now);
    let index = event.device.filter(|index| *index != 0);
    let device = index.map(|index| {
        let name = names.entry(index).or_insert_with(|| device::name(index));
        name.as_slice()
    });
    session.print(|printer| output::event(printer, event, stamp.as_ref(), device))?;
    Ok(())
}

/// What ended the waiting.
#[derive(PartialEq, Eq)]
enum Wakened {
    /// An event or a signal came.
    SomethingCame,
    /// Nobody reads the output any more.
    ReaderLeft,
}

fn wait(events: &Events, signals: &SignalFd) -> Result<Wakened, Errno> {
    let stdout = io::stdout();
    let mut sources = [
        PollFd::new(events.as_fd(), PollFlags::POLLIN),
        PollFd::new(signals.as_fd(), PollFlags::POLLIN),
        // Nothing is asked for: the kernel tells of an error unasked.
        PollFd::new(stdout.as_fd(), PollFlags::empty()),
    ];
    match poll(&mut sources, PollTimeout::NONE) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(errno) => return Err(errno),
    }
    let left = sources[2].revents().unwrap_or(PollFlags::empty());
    Ok(match left.contains(PollFlags::POLLERR) {
        true => Wakened::ReaderLeft,
        false => Wakened::SomethingCame,
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let output = error.downcast_ref::<output::Error>();
    output.is_some_and(|error| error.0.kind() == ErrorKind::BrokenPipe)
}
