//! `monitor`: events, as they happen.

mod screen;

use std::io::ErrorKind;
use std::mem;
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::SigSet;

use crate::cli;
use crate::cli::monitor::Monitor;
use crate::diag::select::Selector;
use crate::events::{Account, CONNECTION, Explainer, LISTING, SUBFLOW};
use crate::failure::Failure;
use crate::kernel::{Events, Kernel};
use crate::netlink;
use crate::output;
use crate::pm::Event;
use crate::report;
use crate::signals::{Signals, Wakened};

use super::Session;
use super::connection;
use super::endless;
use screen::Screen;

/// The default receive buffer, in bytes. `ip` has 1 MiB; the kernel takes no
/// memory before events wait.
const BUFFER: usize = 16 * 1024 * 1024;

/// The largest buffer that a kernel gives, in bytes: half of an `int`.
const LARGEST: usize = 1 << 30;

/// How long the events of a stream may gather before they are printed. An event
/// that comes alone is printed at once.
const MOMENT: Duration = Duration::from_millis(1);

/// How many events are taken before signals are checked again, at most.
const AT_A_TIME: usize = 512;

/// Prints events until SIGINT or SIGTERM comes or the reader leaves.
///
/// # Errors
/// It is in a batch; the words do not fit the options; the privilege is
/// missing, the output fails, a socket fails. Dropped or malformed events are
/// reported on stderr, and it continues.
pub fn run(session: &mut Session, request: &Monitor) -> Result<(), Failure> {
    endless::run(session, "monitor", SigSet::empty(), |session, signals| {
        if request.lines {
            if !session.options.json || session.options.pretty {
                let rule = "it requires -json, without -pretty";
                return Err(cli::Error::argument("lines", rule).into());
            }
            session.printer.in_lines();
        }
        let selector = connection::selector(session, &request.which)?;
        print_events(session, signals, request, selector)
    })
}

fn print_events(
    session: &mut Session,
    signals: &Signals,
    request: &Monitor,
    selector: Selector,
) -> Result<(), Failure> {
    let size = session.options.rcvbuf.map(|size| size as usize);
    let (events, given) = session.kernel.events(size.unwrap_or(BUFFER))?;
    tell_buffer(size, given);
    let socket = events
        .as_fd()
        .try_clone_to_owned()
        .map_err(netlink::Error::Open)?;
    let mut screen = Screen::new(&mut session.printer, session.clock.as_ref(), socket);
    screen.choose(selector, &request.events);
    let watch = Watch {
        kernel: &mut session.kernel,
        events,
        account: request.existing.then(Account::default),
        explainer: request.explain.then(Explainer::default),
        catching_up: false,
        request: size.unwrap_or(BUFFER),
        given,
        hinted: false,
        screen,
    };
    match watch.run(signals) {
        // Where a record failed, no bracket makes it whole.
        Err(error @ Failure::Output(_)) => Err(error),
        ended => {
            session.print(|printer| printer.end_list())?;
            session.flush()?;
            ended
        }
    }
}

/// Warns if the buffer is smaller than requested.
fn tell_buffer(request: Option<usize>, given: usize) {
    if let Some(request) = request
        && given < request
    {
        report::warning(format_args!(
            "the receive buffer has {given} bytes instead of {request}; more than the sysctl \
             net.core.rmem_max requires the capability CAP_NET_ADMIN on the host itself"
        ));
    }
}

/// A monitor at work.
struct Watch<'a> {
    kernel: &'a mut Kernel,
    events: Events,
    screen: Screen<'a>,
    /// With `existing`.
    account: Option<Account>,
    /// With `explain`.
    explainer: Option<Explainer>,
    /// A listing was made, and events from before its end may wait.
    catching_up: bool,
    /// The requested size of the receive buffer, in bytes.
    request: usize,
    /// The size that it has.
    given: usize,
    /// A larger buffer was recommended.
    hinted: bool,
}

impl Watch<'_> {
    /// Prints events until the end. Output is handed on when no event waits.
    fn run(mut self, signals: &Signals) -> Result<(), Failure> {
        self.screen.begin()?;
        self.list()?;
        let mut streaming = false;
        loop {
            for _ in 0..AT_A_TIME {
                if !self.take()? {
                    self.catch_up();
                    break;
                }
            }
            self.screen.flush()?;
            // To be woken for each event of a stream costs more than to print
            // it: where one follows the other, they are left to gather for a
            // moment.
            if streaming {
                thread::sleep(MOMENT);
            }
            let waiting = Instant::now();
            match signals.or_input(self.events.as_fd())? {
                Wakened::Input | Wakened::Time => {}
                Wakened::Signal(_) => return Ok(()),
                Wakened::ReaderLeft => {
                    return Err(output::Error(ErrorKind::BrokenPipe.into()).into());
                }
            }
            streaming = waiting.elapsed() < MOMENT;
        }
    }

    /// Receives and prints the waiting events; false if none waits.
    fn take(&mut self) -> Result<bool, Failure> {
        let Watch {
            events,
            screen,
            account,
            explainer,
            ..
        } = self;
        let received = events.receive(|event| {
            let is_lone = explainer.as_mut().map(|explainer| explainer.follow(&event));
            match account
                .as_mut()
                .is_none_or(|account| account.admits(&event))
            {
                true => screen.show(None, &event, is_lone),
                false => Ok(()),
            }
        });
        received.or_else(|error| {
            // It stands where the events are missing.
            self.screen.flush()?;
            match error {
                Failure::Netlink(netlink::Error::Overrun) => self.lose()?,
                error if is_of_one(&error) => error.report(),
                error => return Err(error),
            }
            Ok(true)
        })
    }

    /// Reports that events were lost, and lists everything again.
    fn lose(&mut self) -> Result<(), Failure> {
        report::error("events were lost: they came faster than they were read.");
        let was_hinted = mem::replace(&mut self.hinted, true);
        if let Some(hint) = enlarge(self.request, self.given).filter(|_| !was_hinted) {
            report::hint(hint);
        }
        if self.account.is_some() {
            self.screen.show(Some(LISTING), &Event::default(), None)?;
        }
        if self.account.is_some() || self.explainer.is_some() {
            self.pass_over()?;
        }
        self.list()
    }

    /// Passes over what waits: it is older than what is lost, or than the
    /// listing that will follow.
    fn pass_over(&mut self) -> Result<(), Failure> {
        loop {
            match self.events.receive(|_| Ok::<(), Failure>(())) {
                Ok(true) | Err(Failure::Netlink(netlink::Error::Overrun)) => {}
                Ok(false) => return Ok(()),
                Err(error) if is_of_one(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads the existing connections, and prints them with `existing`. Events
    /// wait meanwhile.
    fn list(&mut self) -> Result<(), Failure> {
        let Watch {
            kernel,
            screen,
            account,
            explainer,
            ..
        } = self;
        if account.is_none() && explainer.is_none() {
            return Ok(());
        }
        if let Some(account) = account {
            account.begin();
        }
        if let Some(explainer) = explainer {
            explainer.begin();
        }
        let listed = kernel.sockets().map_err(Failure::from).and_then(|sockets| {
            sockets.connections(&Selector::default(), |connection| {
                if let Some(explainer) = explainer {
                    explainer.knows(&connection);
                }
                if let Some((event, subflows)) =
                    account.as_mut().and_then(|to| to.lists(&connection))
                {
                    screen.show(Some(CONNECTION), &event, None)?;
                    for event in subflows {
                        screen.show(Some(SUBFLOW), &event, None)?;
                    }
                }
                Ok(())
            })
        });
        match listed {
            Ok(missing) if account.is_some() => connection::report_missing(missing),
            Ok(_) => {}
            // Without a listing, less can be explained.
            Err(_) if account.is_none() => return Ok(()),
            Err(error) => return Err(error),
        }
        self.catching_up = true;
        Ok(())
    }

    /// No event waits that came before the end of the listing.
    fn catch_up(&mut self) {
        if !mem::replace(&mut self.catching_up, false) {
            return;
        }
        if let Some(account) = &mut self.account {
            account.caught_up();
        }
        if let Some(explainer) = &mut self.explainer {
            explainer.caught_up();
        }
    }
}

/// How to come by a larger buffer; none where no kernel gives more.
fn enlarge(request: usize, given: usize) -> Option<String> {
    let larger = given.saturating_mul(4);
    if given < request {
        Some(
            "a larger buffer requires the capability CAP_NET_ADMIN on the host itself, \
             or a higher sysctl net.core.rmem_max"
                .to_owned(),
        )
    } else if larger <= LARGEST {
        Some(format!(
            "try a larger buffer: mptcp -rcvbuf {larger} monitor"
        ))
    } else {
        None
    }
}

/// Whether one message is at fault, and the next one may be read.
fn is_of_one(error: &Failure) -> bool {
    use netlink::Error::{Cut, Malformed};
    matches!(error, Failure::Netlink(Malformed(_) | Cut(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_buffer_is_recommended_where_one_can_be_had() {
        let hint = |request, given| enlarge(request, given).unwrap_or_default();
        assert!(hint(BUFFER, BUFFER).contains("-rcvbuf 67108864 "));
        assert!(hint(20000, 20000).contains("-rcvbuf 80000 "));
        assert!(hint(BUFFER, 212_992).contains("rmem_max"));
        assert_eq!(enlarge(LARGEST, LARGEST), None);
    }
}
