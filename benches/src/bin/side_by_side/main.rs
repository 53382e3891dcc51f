//! Measures `mptcp` and an `ip` side by side: instructions, system calls, time,
//! memory and size, in network namespaces of its own. README.md has the how
//! and the why.
//!
//! `side_by_side CONNECTIONS MPTCP IP...`: the generator of connections, the
//! program, and the `ip` to hold it against, with words before its arguments
//! where it takes some.

mod monitor;
mod namespace;
mod program;
mod sockets;
mod stages;
mod table;
mod tools;

use std::error::Error;
use std::process::ExitCode;

use program::Program;
use stages::Bench;
use table::Table;

/// What can go wrong while measuring; a tool that is not there does not.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    // Cargo adds this when it runs a benchmark.
    let words = std::env::args().skip(1).filter(|word| word != "--bench");
    match measure(words.collect()) {
        Ok(table) => {
            print!("{table}");
            match table.missed() {
                0 => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure(words: Vec<String>) -> Result<Table> {
    let [connections, mptcp, ip @ ..] = words.as_slice() else {
        return Err("usage: side_by_side CONNECTIONS MPTCP IP...".into());
    };
    let ip: &[String] = match ip {
        [] => &["ip".to_owned()],
        ip => ip,
    };
    let bench = Bench {
        mptcp: Program::mptcp(mptcp),
        ip: Program::ip(ip),
        connections: connections.clone(),
        scratch: program::Scratch::new()?,
    };
    let mut table = Table::default();
    bench.size(&mut table)?;
    bench.one_shot(&mut table)?;
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
