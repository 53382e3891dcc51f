//! Connections that are there, beside `ss`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use crate::Result;
use crate::namespace::enter_new;
use crate::program::start;
use crate::stages::{Bench, pair};
use crate::table::{Table, Target};
use crate::tools;

/// Connections, of two subflows each, whose both ends are on this host.
const MANY: usize = 5_000;

/// As many for valgrind, where each instruction counts the same.
const SOME: usize = 500;

/// Subflows of a connection, at both of its ends.
const SUBFLOWS: f64 = 4.0;

impl Bench {
    /// What it takes to show them; `ss` needs two runs, of which neither tells
    /// what belongs together.
    pub fn sockets(&self, table: &mut Table) -> Result<()> {
        table.title(format!("connection, {MANY} of 2 subflows, beside ss"));
        let text = self.mptcp.line("connection");
        let json = self.mptcp.with(&["-json", "connection"]);
        let ss = [self.ss("-Mni"), self.ss("-tnie")];
        let target = Target::Ratio(0.50);
        self.among(SOME, || {
            let mut both = Some(0.0);
            for line in &ss {
                both = both
                    .zip(tools::instructions(line)?)
                    .map(|(sum, of)| sum + of);
            }
            let a_subflow = |count: Option<f64>| Some(count? / (SOME as f64 * SUBFLOWS));
            for (name, line) in [
                ("user instructions a subflow", &text),
                ("  with -json", &json),
            ] {
                let ours = a_subflow(tools::instructions(line)?);
                table.row(pair(name, target, 0, ours, a_subflow(both)));
            }
            Ok(())
        })?;
        self.among(MANY, || {
            let [one, other] = &ss;
            let lines = [text.clone(), json.clone(), one.clone(), other.clone()];
            let [ours, with_json, one, other] = tools::cpu(&lines)?[..] else {
                return Err("a time is missing".into());
            };
            let theirs = Some((one + other) / 1e3);
            for (name, cpu) in [("processor time, ms", ours), ("  with -json", with_json)] {
                table.row(pair(name, target, 1, Some(cpu / 1e3), theirs));
            }
            // The larger of the two runs.
            let mut most: Option<f64> = None;
            for line in &ss {
                let memory = tools::peak_memory(&self.scratch, line)?;
                most = memory.map(|memory| memory.max(most.unwrap_or_default()));
            }
            let memory = tools::peak_memory(&self.scratch, &text)?;
            table.row(pair(
                "peak memory, KiB",
                Target::Ratio(1.0),
                0,
                memory,
                most,
            ));
            Ok(())
        })
    }

    /// The `ss` that is beside the `ip`.
    fn ss(&self, option: &str) -> Vec<String> {
        let mut line = self.ip.with(&[]);
        if let Some(program) = line.last_mut() {
            *program = Path::new(program)
                .with_file_name("ss")
                .display()
                .to_string();
        }
        line.push(option.to_owned());
        line
    }

    /// Measures while so many connections are held, in a namespace of its own.
    fn among(&self, count: usize, measure: impl FnOnce() -> Result<()>) -> Result<()> {
        enter_new(&self.ip, 2)?;
        for command in ["limits set subflows 1", "endpoint add 127.0.0.2 subflow"] {
            start(&self.mptcp.line(command)).status()?;
        }
        let generator = Path::new(&self.connections).with_file_name("held");
        let line = [generator.display().to_string(), count.to_string()];
        let mut held = start(&line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut ready = String::new();
        if let Some(stdout) = held.stdout.take() {
            BufReader::new(stdout).read_line(&mut ready)?;
        }
        let measured = match ready.is_empty() {
            true => Err("the generator of connections failed".into()),
            false => measure(),
        };
        // It ends when nothing more can come.
        drop(held.stdin.take());
        held.wait()?;
        measured
    }
}
