//! What the commands of one run share: the options, the kernel, the output.

use std::env;
use std::io::{self, IsTerminal};

use crate::cli::{DeviceName, Options, Parser};
use crate::failure::Failure;
use crate::kernel::{Dropped, Kernel, devices};
use crate::launch::Supervise;
use crate::output::{self, Clock, Environment, Format, Palette, Printer, Stdout};
use crate::report;

/// One run of the program, whose sockets serve all commands of a batch.
#[derive(Debug)]
pub struct Session {
    /// What the options ask for.
    pub options: Options,
    /// Where results go.
    pub printer: Printer<Stdout>,
    /// Tells the time of events, where `-timestamp` or `-tshort` is given.
    pub clock: Option<Clock>,
    /// Whether stderr is a terminal, whose reader is to be told what cannot
    /// work; asked when it is first of interest, and false once it was told.
    pub(super) notes: Option<bool>,
    /// How programs that are run get sockets of MPTCP.
    pub(super) supervise: Supervise,
    pub(super) parser: Parser,
    pub(super) kernel: Kernel,
}

impl Session {
    /// A run with these options, whose results go to standard output.
    pub fn new(options: Options, supervise: Supervise) -> Self {
        let zone = || env::var_os("TZ").map(|zone| zone.to_string_lossy().into_owned());
        let form = options.timestamp;
        Session {
            printer: printer(&options),
            clock: form.map(|form| Clock::new(form, zone().as_deref())),
            options,
            notes: None,
            supervise,
            parser: Parser::default(),
            kernel: Kernel::default(),
        }
    }

    /// The index of the last of the devices named, if any is.
    pub(super) fn device(&mut self, names: &[DeviceName]) -> Result<Option<u32>, Failure> {
        let socket = self.kernel.path_manager()?;
        let names = names.iter().map(|name| name.0.as_os_str());
        Ok(devices::last_index(socket, names)?)
    }

    /// Warns if the printed times are not those of the requested zone.
    pub(super) fn tell_zone(&self) {
        if self.clock.as_ref().is_some_and(|clock| !clock.has_zone()) {
            report::warning("the time zone is not known (TZ, /etc/localtime): times are UTC");
        }
    }

    /// Writes with the printer, and converts its error.
    pub fn print(
        &mut self,
        write: impl FnOnce(&mut Printer<Stdout>) -> io::Result<()>,
    ) -> Result<(), output::Error> {
        write(&mut self.printer).map_err(output::Error)
    }

    /// Flushes what was printed so far.
    pub fn flush(&mut self) -> Result<(), output::Error> {
        self.printer.flush().map_err(output::Error)
    }
}

fn printer(options: &Options) -> Printer<Stdout> {
    let out = Stdout::default();
    if options.json {
        let pretty = options.pretty;
        return Printer::new(out, Format::Json { pretty });
    }
    let color = options.color;
    let palette = move || {
        Palette::choose(color, || Environment {
            terminal: io::stdout().is_terminal(),
            no_color: env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            colorfgbg: env::var("COLORFGBG").unwrap_or_default(),
        })
    };
    Printer::text_in(out, options.oneline, palette)
}

/// Passes on the kernel's warning, if it gave one.
pub(super) fn report_warning(warning: Option<String>) {
    if let Some(warning) = warning {
        report::warning(report::sentence(&warning));
    }
}

/// Warns about what an older kernel silently ignored.
pub(super) fn report_dropped(dropped: Vec<Dropped>) {
    for Dropped { word, since } in dropped {
        report::warning(format_args!(
            "this kernel ignores {word}, which requires Linux {since} or later."
        ));
    }
}
