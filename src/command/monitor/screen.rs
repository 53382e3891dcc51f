//! Prints events.

use std::os::fd::OwnedFd;

use crate::diag::select::Selector;
use crate::events::{Filter, explain};
use crate::failure::Failure;
use crate::kernel::devices;
use crate::output::{self, Beside, Clock, Printer, Stdout};
use crate::pm::Event;

/// Where events are printed, and which of them.
pub(super) struct Screen<'a> {
    printer: &'a mut Printer<Stdout>,
    clock: Option<&'a Clock>,
    /// It looks up devices.
    socket: OwnedFd,
    filter: Option<Filter>,
}

impl<'a> Screen<'a> {
    pub(super) fn new(
        printer: &'a mut Printer<Stdout>,
        clock: Option<&'a Clock>,
        socket: OwnedFd,
    ) -> Self {
        Screen {
            printer,
            clock,
            socket,
            filter: None,
        }
    }

    /// Prints only events of these connections with these names; no name stands
    /// for all.
    pub(super) fn choose(&mut self, selector: Selector, names: &[&'static str]) {
        // A family is asked for of connections only.
        let family = None;
        let selector = Selector { family, ..selector };
        if selector != Selector::default() || !names.is_empty() {
            self.filter = Some(Filter::new(selector, names.to_vec()));
        }
    }

    pub(super) fn begin(&mut self) -> Result<(), Failure> {
        Ok(self.printer.begin_list().map_err(output::Error)?)
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.printer.flush().map_err(output::Error)?)
    }

    /// Prints an event, if it is chosen, under this name or its own; explained,
    /// where it is known whether its connection was never met.
    pub(super) fn show(
        &mut self,
        name: Option<&'static str>,
        event: &Event,
        is_lone: Option<bool>,
    ) -> Result<(), Failure> {
        if let Some(filter) = &mut self.filter
            && !filter.passes(name.or_else(|| event.name()), event)
        {
            return Ok(());
        }
        let stamp = self.clock.map(Clock::now);
        // It is asked for after the event came, and not remembered for another:
        // a device may be renamed at any time.
        let device = event.device.filter(|index| *index != 0);
        let device = device.map(|index| devices::name(&self.socket, index));
        let explained = is_lone.map(|is_lone| explain(event, is_lone));
        let beside = Beside {
            name,
            stamp: stamp.as_ref(),
            device: device.as_deref(),
            explained: explained.as_ref(),
        };
        Ok(output::event(self.printer, event, beside).map_err(output::Error)?)
    }
}
