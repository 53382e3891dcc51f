//! The monitor under many connections.

use std::fs::{self, File};
use std::path::Path;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::program::start;
use crate::table::{Table, Target};
use crate::{Bench, Result, tools};

/// Connections, each of them six events.
const CONNECTIONS: usize = 10_000;

/// As many for valgrind, which is slower than the connections are.
const FEW: usize = 100;

/// How often each monitor is measured; the best one counts.
const TURNS: usize = 3;

impl Bench {
    /// What each event takes.
    pub fn monitor(&self, table: &mut Table) -> Result<()> {
        table.title(format!("monitor under {CONNECTIONS} connections"));
        let values = self.each(|program| {
            // Without valgrind, nothing could be started below.
            if tools::instructions(&program.line("--version"))?.is_none() {
                return Ok(None);
            }
            let line = tools::counted(&program.line("monitor"));
            let (none, few) = (self.watched(&line, 0)?, self.watched(&line, FEW)?);
            let more = tools::count(&few.errors)? - tools::count(&none.errors)?;
            Ok(Some(more / (few.events - none.events)))
        });
        let marks = [Target::Ratio(1.0); 2];
        table.row("user instructions an event", 0, marks, values?);
        let mut events = [None; 3];
        let mut best = [None; 3];
        for _ in 0..TURNS {
            for (of, program) in self.programs.iter().enumerate() {
                let watched = self.watched(&program.line("monitor"), CONNECTIONS)?;
                let cpu = watched.cpu / watched.events;
                best[of] = Some(best[of].map_or(cpu, |least: f64| least.min(cpu)));
                events[of] = Some(watched.events);
            }
        }
        let none = [Target::None; 2];
        table.row("processor time an event, µs", 2, none, best);
        table.row("events printed", 0, none, events);
        Ok(())
    }

    /// Runs one monitor in a namespace of its own, while connections are made.
    fn watched(&self, line: &[String], connections: usize) -> Result<Watched> {
        self.enter_new(2)?;
        let (file, errors) = (self.scratch.file("events"), self.scratch.file("errors"));
        let mut monitor = start(line)
            .stdout(File::create(&file)?)
            .stderr(File::create(&errors)?)
            .spawn()?;
        let watched = self
            .connect(&file, connections)
            .and_then(|()| cpu(&monitor));
        // Its end is that of the measurement, however that went.
        kill(Pid::from_raw(monitor.id().cast_signed()), Signal::SIGTERM)?;
        monitor.wait()?;
        Ok(Watched {
            cpu: watched?,
            events: fs::read_to_string(&file)?.lines().count() as f64,
            errors: fs::read_to_string(&errors)?,
        })
    }

    /// Makes the connections, and waits until all that came of them is printed.
    fn connect(&self, file: &Path, count: usize) -> Result<()> {
        let printed = || -> Result<u64> { Ok(fs::metadata(file)?.len()) };
        let connections = |count: usize| -> Result<()> {
            let generator = self.generators.join("connections");
            let line = [generator.display().to_string(), count.to_string()];
            let status = start(&line).status()?;
            ensure!(status.success(), "the generator of connections failed");
            Ok(())
        };
        // The monitor listens when it prints something.
        for attempt in 0.. {
            connections(1)?;
            sleep(Duration::from_millis(50));
            match printed()? {
                0 if attempt == 100 => bail!("the monitor prints nothing"),
                0 => {}
                _ => break,
            }
        }
        connections(count)?;
        let mut before = 0;
        while printed()? != before {
            before = printed()?;
            sleep(Duration::from_millis(300));
        }
        Ok(())
    }
}

/// What came of a monitor.
struct Watched {
    /// Microseconds on a processor.
    cpu: f64,
    events: f64,
    /// What was said on stderr.
    errors: String,
}

/// The microseconds that a process has been on a processor
/// (Documentation/scheduler/sched-stats.rst of Linux).
fn cpu(process: &Child) -> Result<f64> {
    let file = format!("/proc/{}/schedstat", process.id());
    let text = fs::read_to_string(file)?;
    let nanoseconds = text.split_whitespace().next().context("no schedstat")?;
    Ok(nanoseconds.parse::<f64>()? / 1e3)
}
