//! Measures both builds of `mptcp` and an `ip` side by side: instructions,
//! system calls, time, memory and size, in network namespaces of its own.
//! README.md has the how and the why.
//!
//! `side_by_side GENERATORS STATIC PLAIN IP...`: the directory of what makes
//! connections, the two builds, and the `ip` to hold them against, with words
//! before its arguments where it takes some.

mod batch;
mod commands;
mod monitor;
mod namespace;
mod program;
mod records;
mod sockets;
mod table;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use program::{Program, Scratch, start};
use table::{Table, Values};

/// The programs, and where files in between are kept.
struct Bench {
    /// The static build, the plain one, and what they are held against.
    programs: [Program; 3],
    /// The directory of what makes connections.
    generators: PathBuf,
    scratch: Scratch,
}

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    match measure(&words) {
        Ok(table) => {
            print!("{table}");
            match table.missed() {
                0 => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn measure(words: &[String]) -> Result<Table> {
    let [generators, of_static, plain, ip @ ..] = words else {
        bail!("usage: side_by_side GENERATORS STATIC PLAIN IP...");
    };
    let ip = match ip {
        [] => Program::ip(&["ip".to_owned()]),
        ip => Program::ip(ip),
    };
    let mut table = Table::default();
    if ip.by_loader() {
        table.note("ip is started by its loader: 12 or 13 of its system calls come of that");
    }
    let bench = Bench {
        programs: [Program::mptcp(of_static), Program::mptcp(plain), ip],
        generators: generators.into(),
        scratch: Scratch::new()?,
    };
    bench.size(&mut table)?;
    bench.commands(&mut table)?;
    bench.records(&mut table)?;
    bench.batch(&mut table)?;
    bench.monitor(&mut table)?;
    bench.sockets(&mut table)?;
    // Last, since the kernel is busy for a while with taking them away.
    bench.interfaces(&mut table)?;
    for name in tools::missing() {
        table.note(format!(
            "\n{name} is not installed: what it measures is missing"
        ));
    }
    Ok(table)
}

impl Bench {
    /// The same measure of each program.
    fn each(&self, mut measure: impl FnMut(&Program) -> Result<Option<f64>>) -> Result<Values> {
        let [of_static, plain, ip] = &self.programs;
        Ok([measure(of_static)?, measure(plain)?, measure(ip)?])
    }

    /// `ip`, which also prepares the namespaces.
    fn ip(&self) -> &Program {
        &self.programs[2]
    }

    /// Leaves the namespace for a new one with this many interfaces.
    fn enter_new(&self, interfaces: usize) -> Result<()> {
        namespace::enter_new(self.ip(), interfaces)
    }

    /// Prepares something with `mptcp`.
    fn mptcp(&self, command: &str) -> Result<()> {
        let status = start(&self.programs[0].line(command)).status()?;
        ensure!(status.success(), "mptcp {command} failed");
        Ok(())
    }

    /// Adds endpoints with these identifiers, each with a device. Some kernels
    /// have room for 8.
    fn add_endpoints(&self, ids: std::ops::RangeInclusive<u8>) -> Result<()> {
        for id in ids {
            self.mptcp(&format!("endpoint add 10.0.0.{id} id {id} subflow dev lo"))?;
        }
        Ok(())
    }
}

/// What each of so many more takes.
fn growth(few: Values, many: Values, more: f64) -> Values {
    std::array::from_fn(|of| Some((many[of]? - few[of]?) / more))
}
