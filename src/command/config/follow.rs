//! `apply FILE follow`: keeps the host in line with the file.

use std::io::ErrorKind;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

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
use super::reconcile::Reconciler;

/// How long it has to be quiet after a change, so that a burst has one pass.
const QUIET: Duration = Duration::from_millis(100);

/// How long a burst is waited for.
const LONGEST: Duration = Duration::from_millis(500);

/// Applies the file and keeps it so, until SIGTERM or SIGINT comes.
///
/// # Errors
/// The file is wrong at the start; or the kernel cannot be asked any more, lets
/// this process change nothing, or standard output fails.
pub fn run(session: &mut Session, file: &File) -> Result<(), Failure> {
    let signals = Signals::take_with(&[Signal::SIGHUP])?;
    let ended = endless::run(session, &signals, |session| begin(session, file, &signals));
    match ended {
        // A signal came while nobody read the output.
        Err(error) if is_output(&error, ErrorKind::Interrupted) => Ok(()),
        ended => ended,
    }
}

fn begin(session: &mut Session, file: &File, signals: &Signals) -> Result<(), Failure> {
    let notify = Notify::of_environment();
    let config = load(session, file)?;
    // From here on nothing is missed, and then all is looked at.
    let changes = Changes::open()?;
    let mut reconciler = Reconciler::new(file, config);
    session.print(|printer| printer.begin_list())?;
    let status = reconciler.start(session)?;
    notify.ready(&status);
    let mut follower = Follower {
        session,
        file,
        reconciler,
        notify,
        changes,
        burst: None,
    };
    let followed = follower.follow(signals);
    follower.notify.stopping();
    // However it ends, what is here until then goes.
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
    /// When they are looked at.
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
}

impl Follower<'_> {
    /// Keeps the file in force until a signal arrives.
    fn follow(&mut self, signals: &Signals) -> Result<(), Failure> {
        loop {
            let input = Some(self.changes.as_fd());
            match signals.or_input_until(input, self.burst.map(Burst::end))? {
                Wakened::Input => self.take_changes()?,
                Wakened::Time => {}
                Wakened::Signal(Signal::SIGHUP) => self.reload()?,
                Wakened::Signal(_) => return Ok(()),
                Wakened::ReaderLeft => {
                    return Err(output::Error(ErrorKind::BrokenPipe.into()).into());
                }
            }
            // Changes that keep coming are no reason to put it off for ever.
            if self
                .burst
                .is_some_and(|burst| burst.end() <= Instant::now())
            {
                self.burst = None;
                match self.reconciler.reconcile(self.session) {
                    Ok(status) => self.notify.status(&status),
                    // More changes than one pass can look at: one comes after.
                    Err(Failure::Netlink(netlink::Error::Unsettled)) => self.look_again(),
                    Err(failure) => return Err(failure),
                }
            }
        }
    }

    fn take_changes(&mut self) -> Result<(), Failure> {
        if self.changes.take()? {
            self.look_again();
        }
        Ok(())
    }

    /// There is to be a pass, when it has become quiet.
    fn look_again(&mut self) {
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
                self.reconciler.reconcile(self.session)?
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
