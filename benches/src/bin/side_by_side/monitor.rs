//! The monitor under many connections.

use std::fs::{self, File};
use std::path::Path;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Result;
use crate::namespace::enter_new;
use crate::program::{Program, start};
use crate::stages::{Bench, pair};
use crate::table::{Table, Target};

/// Connections, each of them six events.
const CONNECTIONS: usize = 20_000;

/// How often each monitor is measured; the best one counts.
const TURNS: usize = 3;

impl Bench {
    /// The processor time that each event takes.
    pub fn monitor(&self, table: &mut Table) -> Result<()> {
        table.title(format!("monitor under {CONNECTIONS} connections"));
        let mut best: [Option<(f64, f64)>; 2] = [None; 2];
        for _ in 0..TURNS {
            for (program, best) in [&self.mptcp, &self.ip].into_iter().zip(&mut best) {
                enter_new(&self.ip, 2)?;
                let (cpu, events) = self.watched(program)?;
                if best.is_none_or(|(least, _)| cpu < least) {
                    *best = Some((cpu, events));
                }
            }
        }
        let [mptcp, ip] = best.map(|best| best.map(|(cpu, _)| cpu));
        let target = Target::Ratio(0.50);
        table.row(pair("processor time an event, µs", target, 2, mptcp, ip));
        let [mptcp, ip] = best.map(|best| best.map(|(_, events)| events));
        table.row(pair("events printed", Target::None, 0, mptcp, ip));
        Ok(())
    }

    /// Runs one monitor: microseconds of processor time an event, and the
    /// number of events it printed.
    fn watched(&self, program: &Program) -> Result<(f64, f64)> {
        let file = self.scratch.file("events");
        let mut monitor = start(&program.line("monitor"))
            .stdout(File::create(&file)?)
            .spawn()?;
        let watched = self.connect(&file).and_then(|()| cpu(&monitor));
        // Its end is that of the measurement, however that went.
        kill(Pid::from_raw(monitor.id().cast_signed()), Signal::SIGTERM)?;
        monitor.wait()?;
        let events = fs::read_to_string(&file)?.lines().count() as f64;
        Ok((watched? / events, events))
    }

    /// Makes the connections, and waits until all that came of them is printed.
    fn connect(&self, file: &Path) -> Result<()> {
        let printed = || -> Result<u64> { Ok(fs::metadata(file)?.len()) };
        let connections = |count: usize| -> Result<()> {
            let line = [self.connections.clone(), count.to_string()];
            match start(&line).status()?.success() {
                true => Ok(()),
                false => Err("the generator of connections failed".into()),
            }
        };
        // The monitor listens when it prints something.
        for attempt in 0.. {
            connections(1)?;
            sleep(Duration::from_millis(50));
            match printed()? {
                0 if attempt == 100 => return Err("the monitor prints nothing".into()),
                0 => {}
                _ => break,
            }
        }
        connections(CONNECTIONS)?;
        let mut before = 0;
        while printed()? != before {
            before = printed()?;
            sleep(Duration::from_millis(300));
        }
        Ok(())
    }
}

/// The microseconds that a process has been on a processor
/// (Documentation/scheduler/sched-stats.rst of Linux).
fn cpu(process: &Child) -> Result<f64> {
    let file = format!("/proc/{}/schedstat", process.id());
    let text = fs::read_to_string(file)?;
    let nanoseconds = text.split_whitespace().next().ok_or("no schedstat")?;
    Ok(nanoseconds.parse::<f64>()? / 1e3)
}
