//! `apply FILE follow`: keeps the host in line with the file.

use std::io::ErrorKind;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, Signal};

use crate::cli::config::File;
use crate::failure::Failure;
use crate::kernel::network::Changes;
use crate::netlink;
use crate::notify::Notify;
use crate::output;
use crate::report;
use crate::signals::{Signals, Wakened};

use super::super::Session;
use super::super::endless::{self, is_output};
use super::load::load;
use super::reconcile::{Purpose, Reconciler};
use super::revive::Retrier;

/// A pass follows when no further change came for so long.
const QUIET: Duration = Duration::from_millis(100);

/// A pass follows after so long, even if changes keep coming.
const LONGEST: Duration = Duration::from_millis(500);

/// Applies the file and keeps it in force, until SIGTERM or SIGINT comes.
///
/// # Errors
/// The file is wrong at the start; or the kernel cannot be asked any more, lets
/// this process change nothing, or standard output fails.
pub fn run(session: &mut Session, file: &File) -> Result<(), Failure> {
    let ended = endless::run(
        session,
        "apply FILE follow",
        SigSet::from(Signal::SIGHUP),
        |session, signals| {
            match begin(session, file, signals) {
                // The log is lost: unlike the reader of a monitor, that of a
                // service is to stay.
                Err(error) if is_output(&error, ErrorKind::BrokenPipe) => {
                    error.report();
                    Err(Failure::AlreadyReported(error.status()))
                }
                ended => ended,
            }
        },
    );
    match ended {
        // A signal came while nobody read the output.
        Err(error) if is_output(&error, ErrorKind::Interrupted) => Ok(()),
        ended => ended,
    }
}

fn begin(session: &mut Session, file: &File, signals: &Signals) -> Result<(), Failure> {
    let notify = Notify::of_environment();
    let config = load(session, file)?;
    // The first pass follows: no change is missed.
    let changes = Changes::open()?;
    let mut reconciler = Reconciler::new(file, config, Purpose::Follow);
    session.print(|printer| printer.begin_list())?;
    let mut retrier = None;
    if file.retry {
        retrier = Some(Retrier::open(session)?);
    }
    let pass = reconciler.pass(session)?;
    if let Some(status) = pass.obstacle {
        return Err(Failure::AlreadyReported(status));
    }
    notify.ready(&pass.summary);
    let mut follower = Follower {
        session,
        file,
        reconciler,
        notify,
        changes,
        burst: None,
        retrier,
    };
    follower.request_retry();
    let followed = follower.follow(signals);
    follower.notify.stopping();
    // However it ends, its endpoints go.
    if file.until_exit {
        follower.reconciler.clear(follower.session)?;
    }
    followed?;
    session.print(|printer| printer.end_list())?;
    Ok(session.flush()?)
}

/// Changes that came together.
#[derive(Clone, Copy)]
struct Burst {
    first: Instant,
    last: Instant,
}

impl Burst {
    /// When a pass follows.
    fn end(self) -> Instant {
        (self.last + QUIET).min(self.first + LONGEST)
    }
}

struct Follower<'a> {
    session: &'a mut Session,
    file: &'a File,
    reconciler: Reconciler<'a>,
    notify: Notify,
    changes: Changes,
    burst: Option<Burst>,
    /// With `retry`.
    retrier: Option<Retrier>,
}

impl Follower<'_> {
    /// Keeps the file in force until a signal arrives.
    fn follow(&mut self, signals: &Signals) -> Result<(), Failure> {
        loop {
            let retrier = self.retrier.as_ref();
            let inputs = retrier.into_iter().flat_map(Retrier::inputs);
            let inputs = inputs.chain([self.changes.as_fd()]);
            let retry_due = retrier.and_then(Retrier::due);
            let due = self.due().into_iter().chain(retry_due).min();
            match signals.or_input_until(inputs, due)? {
                Wakened::Input => self.take_changes()?,
                Wakened::Time => {}
                Wakened::Signal(Signal::SIGHUP) => self.reload()?,
                Wakened::Signal(_) => return Ok(()),
                Wakened::ReaderLeft => {
                    return Err(output::Error(ErrorKind::BrokenPipe.into()).into());
                }
            }
            if self.due().is_some_and(|due| due <= Instant::now()) {
                self.burst = None;
                match self.reconciler.pass(self.session) {
                    Ok(pass) => {
                        self.notify.status(&pass.summary);
                        self.request_retry();
                    }
                    // More changes than one pass can gather: another follows.
                    Err(Failure::Netlink(netlink::Error::Unsettled)) => self.schedule(),
                    Err(failure) => return Err(failure),
                }
            }
            if let Some(retrier) = &mut self.retrier
                && retrier.due().is_some_and(|due| due <= Instant::now())
            {
                retrier.run(self.session, self.reconciler.wanted())?;
            }
        }
    }

    /// Endpoints may have changed, and with them which paths are lacking.
    fn request_retry(&mut self) {
        if let Some(retrier) = &mut self.retrier {
            retrier.request();
        }
    }

    /// When the next pass is due.
    fn due(&self) -> Option<Instant> {
        let burst = self.burst.map(Burst::end);
        burst.into_iter().chain(self.reconciler.due()).min()
    }

    fn take_changes(&mut self) -> Result<(), Failure> {
        if self.changes.take()? {
            self.schedule();
        }
        if let Some(retrier) = &mut self.retrier {
            retrier.receive(self.reconciler.wanted())?;
        }
        Ok(())
    }

    /// Schedules a pass for when no more changes come.
    fn schedule(&mut self) {
        let last = Instant::now();
        let first = self.burst.map_or(last, |burst| burst.first);
        self.burst = Some(Burst { first, last });
    }

    /// Reloads the file. If it is wrong, nothing changes.
    fn reload(&mut self) -> Result<(), Failure> {
        self.notify.reloading();
        let status = match load(self.session, self.file) {
            Ok(config) => {
                self.reconciler.replace(config);
                let summary = self.reconciler.pass(self.session)?.summary;
                self.request_retry();
                summary
            }
            Err(failure) => {
                failure.report();
                report::warning("the configuration that was read before stays in force");
                "the file has a mistake, what was read before stays in force".to_owned()
            }
        };
        self.notify.ready(&status);
        Ok(())
    }
}
