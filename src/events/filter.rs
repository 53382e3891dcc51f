//! Which events to print.

use std::net::IpAddr;

use crate::diag::select::{Device, Prefix, Selector};
use crate::pm::event::{CLOSED, CREATED, Event};

use super::LISTING;
use super::tokens::Tokens;

/// Chooses events: by name, and by what `connection` chooses by. All kinds of
/// criteria must match; of one kind, any value.
///
/// Many events have few fields: CLOSED has only its token. One that lacks a
/// requested field is chosen if an earlier event of its connection was.
#[derive(Debug, Default)]
pub struct Filter {
    selector: Selector,
    /// Where empty, all.
    names: Vec<&'static str>,
    chosen: Tokens,
}

/// How an event relates to the filter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Fits,
    Lacks,
    Differs,
}

impl Filter {
    /// A filter by these connections, whatever their state, and these names.
    pub fn new(selector: Selector, names: Vec<&'static str>) -> Self {
        Filter {
            selector,
            names,
            chosen: Tokens::default(),
        }
    }

    /// Whether to print the event, which has this name if it has any. Call it
    /// for each event, in order.
    pub fn passes(&mut self, name: Option<&str>, event: &Event) -> bool {
        if name == Some(LISTING) {
            return true;
        }
        let is_chosen = match self.fit(event) {
            Fit::Fits => true,
            Fit::Differs => false,
            Fit::Lacks => event.token.is_some_and(|token| self.chosen.knows(token)),
        };
        if let Some(token) = event.token
            && is_chosen
        {
            match event.command {
                CREATED => self.chosen.create(token),
                CLOSED => self.chosen.close(token),
                _ => self.chosen.open(token),
            }
        }
        is_chosen && self.is_named(name)
    }

    fn is_named(&self, name: Option<&str>) -> bool {
        self.names.is_empty() || name.is_some_and(|name| self.names.contains(&name))
    }

    fn fit(&self, event: &Event) -> Fit {
        let selector = &self.selector;
        let (local, remote) = (canonical(event.local()), canonical(event.remote()));
        [
            fit(&selector.tokens, event.token, |wanted, token| {
                *wanted == token
            }),
            fit(&selector.locals, local, Prefix::contains),
            fit(&selector.remotes, remote, Prefix::contains),
            fit(&selector.sports, event.local_port, |wanted, port| {
                *wanted == port
            }),
            fit(&selector.dports, event.remote_port, |wanted, port| {
                *wanted == port
            }),
            self.fit_device(event.device, local),
        ]
        .into_iter()
        .fold(Fit::Fits, |all, one| match (all, one) {
            (Fit::Differs, _) | (_, Fit::Differs) => Fit::Differs,
            (Fit::Lacks, _) | (_, Fit::Lacks) => Fit::Lacks,
            (Fit::Fits, Fit::Fits) => Fit::Fits,
        })
    }

    /// Whether the event names the device or has one of its addresses.
    fn fit_device(&self, index: Option<u32>, local: Option<IpAddr>) -> Fit {
        let devices = &self.selector.devices;
        let fits = |device: &Device, ()| {
            index == Some(device.index) || local.is_some_and(|ip| device.addresses.contains(&ip))
        };
        let value = (index.is_some() || local.is_some()).then_some(());
        fit(devices, value, fits)
    }
}

fn fit<A, B: Copy>(wanted: &[A], value: Option<B>, fits: impl Fn(&A, B) -> bool) -> Fit {
    match value {
        _ if wanted.is_empty() => Fit::Fits,
        None => Fit::Lacks,
        Some(value) if wanted.iter().any(|wanted| fits(wanted, value)) => Fit::Fits,
        Some(_) => Fit::Differs,
    }
}

/// An IPv4-mapped address is the IPv4 address that it is.
fn canonical(ip: Option<IpAddr>) -> Option<IpAddr> {
    ip.map(|ip| ip.to_canonical())
}

#[cfg(test)]
#[path = "tests/filter.rs"]
mod tests;
