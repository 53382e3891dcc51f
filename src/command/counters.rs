//! `counters`: the kernel's MPTCP counters.

use std::time::{Duration, Instant};

use nix::sys::signal::SigSet;

use crate::cli;
use crate::cli::counters::{Request, is_meant};
use crate::failure::Failure;
use crate::kernel::counters::{Counters, MPTCP};
use crate::output::{self, Clock};
use crate::signals::{Signals, Wakened};

use super::{Session, endless};

/// Prints the counters, or how they grow until a signal ends it.
///
/// # Errors
/// They cannot be read, none has a requested name, or the output fails; in a
/// batch, `every` is used.
pub fn run(session: &mut Session, request: &Request) -> Result<(), Failure> {
    match request.every {
        Some(pause) => endless::run(
            session,
            "counters every",
            SigSet::empty(),
            |session, signals| watch(session, request, pause, signals),
        ),
        None => {
            let chosen = chosen(request)?;
            // One that is named is shown even if it is 0.
            let all = request.all || !request.names.is_empty();
            let listed = chosen.into_iter().filter(|(_, value)| all || *value != 0);
            let listed: Vec<_> = listed.collect();
            session.tell_zone();
            let stamp = session.clock.as_ref().map(Clock::now);
            session.print(|printer| output::counters(printer, stamp.as_ref(), &listed))?;
            Ok(())
        }
    }
}

/// The requested counters, as they are now.
fn chosen(request: &Request) -> Result<Vec<(String, u64)>, Failure> {
    let counters = Counters::read()?;
    let known: Vec<(&str, u64)> = counters.mptcp_table()?.collect();
    for typed in &request.names {
        if !known.iter().any(|(name, _)| is_meant(typed, name)) {
            let reason = "this kernel has no counter whose name begins like this: \
                          \"mptcp counters all\" shows all counters";
            let failure = Failure::from(cli::Error::argument(typed, reason));
            let help = || cli::Hint::help("mptcp counters --help").to_string();
            return Err(match typed == "help" {
                true => failure.advised(help()),
                false => failure,
            });
        }
    }
    let is_asked_for = |name: &str| {
        request.names.is_empty() || request.names.iter().any(|typed| is_meant(typed, name))
    };
    let chosen = known.into_iter().filter(|(name, _)| is_asked_for(name));
    Ok(chosen
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}

/// Prints what grew, periodically. It ends with success on a signal, or if the
/// reader goes away.
fn watch(
    session: &mut Session,
    request: &Request,
    pause: Duration,
    signals: &Signals,
) -> Result<(), Failure> {
    let mut before = chosen(request)?;
    let mut next = Instant::now() + pause;
    loop {
        match signals.or_input_until(None, Some(next))? {
            Wakened::Signal(_) | Wakened::ReaderLeft => return Ok(()),
            Wakened::Time => {}
            Wakened::Input => continue,
        }
        // However long a sample takes, samples stay so far apart; after a stop
        // there is nothing to catch up on.
        next = (next + pause).max(Instant::now());
        let now = chosen(request)?;
        let grown = growth(&before, &now).filter(|(_, by)| request.all || *by != 0);
        let grown: Vec<_> = grown.collect();
        let stamp = session.clock.as_ref().map(Clock::now);
        session.print(|printer| output::growth(printer, stamp.as_ref(), &grown))?;
        session.flush()?;
        before = now;
    }
}

/// By how much each counter grew; one, of what is there at present, may shrink.
fn growth<'a>(
    before: &'a [(String, u64)],
    now: &'a [(String, u64)],
) -> impl Iterator<Item = (&'a str, i64)> {
    now.iter().map(|(name, value)| {
        let mut before = before.iter();
        let old = before.find_map(|(known, value)| (known == name).then_some(*value));
        let by = value.wrapping_sub(old.unwrap_or_default());
        (name.as_str(), by.cast_signed())
    })
}

/// The names of the counters that this kernel has.
pub(super) fn names() -> Vec<String> {
    let counters = Counters::read().unwrap_or_default();
    let names = counters.table(MPTCP).map(|(name, _)| name.to_owned());
    names.collect()
}
