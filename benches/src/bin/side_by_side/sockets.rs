//! Connections that are there, beside `ss`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{anyhow, bail};

use crate::program::start;
use crate::table::{Table, Target, Values};
use crate::{Bench, Result, growth, tools};

/// Connections, of two subflows each, whose both ends are on this host.
const MANY: usize = 5_000;

/// As many for valgrind, where each instruction counts the same.
const SOME: [usize; 2] = [50, 500];

/// Subflows of a connection, at both of its ends.
const SUBFLOWS: f64 = 4.0;

const COMMANDS: [(&str, &str); 2] = [
    ("user instructions a subflow", "connection"),
    ("  with -json", "-json connection"),
];

impl Bench {
    /// What it takes to show them; `ss` needs two runs, of which neither tells
    /// what belongs together.
    pub fn sockets(&self, table: &mut Table) -> Result<()> {
        table.title(format!("connection, {MANY} of 2 subflows, beside ss"));
        let ss = [self.ss("-Mni"), self.ss("-tnie")];
        let [of_static, plain, _] = &self.programs;
        let lines = COMMANDS.map(|(_, command)| [of_static, plain].map(|it| it.line(command)));
        let target = [Target::Ratio(0.50); 2];
        let [few, some] = SOME.map(|count| {
            let mut counts = [[None; 3]; 2];
            self.among(count, || {
                let both = tools::instructions(&ss[0])?.zip(tools::instructions(&ss[1])?);
                let both = both.map(|(one, other)| one + other);
                for (values, [of_static, plain]) in counts.iter_mut().zip(&lines) {
                    let ours = [tools::instructions(of_static)?, tools::instructions(plain)?];
                    *values = [ours[0], ours[1], both];
                }
                Ok(())
            })?;
            anyhow::Ok(counts)
        });
        let (few, some) = (few?, some?);
        let more = (SOME[1] - SOME[0]) as f64 * SUBFLOWS;
        for (of, (name, _)) in COMMANDS.into_iter().enumerate() {
            table.row(name, 0, target, growth(few[of], some[of], more));
        }
        self.among(MANY, || {
            let all: Vec<_> = lines.iter().flatten().chain(&ss).cloned().collect();
            let cpu = tools::cpu(&all)?;
            let [text, plain_text, json, plain_json, one, other] = cpu[..] else {
                bail!("a time is missing");
            };
            let ms = |[of_static, plain]: [f64; 2]| -> Values {
                [of_static, plain, one + other].map(|cpu| Some(cpu / 1e3))
            };
            for (name, cpu) in [
                ("processor time, ms", [text, plain_text]),
                ("  with -json", [json, plain_json]),
            ] {
                table.row(name, 1, [Target::None; 2], ms(cpu));
            }
            let memory = |line: &[String]| tools::peak_memory(&self.scratch, line);
            let [of_static, plain] = &lines[0];
            // The larger of the two runs.
            let most = memory(&ss[0])?.zip(memory(&ss[1])?);
            let most = most.map(|(one, other)| one.max(other));
            let values = [memory(of_static)?, memory(plain)?, most];
            table.row("peak memory, KiB", 0, [Target::Ratio(1.0); 2], values);
            Ok(())
        })
    }

    /// The `ss` that is beside the `ip`.
    fn ss(&self, option: &str) -> Vec<String> {
        let mut line = self.ip().with(&[]);
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
        self.enter_new(2)?;
        for command in ["limits set subflows 1", "endpoint add 127.0.0.2 subflow"] {
            self.mptcp(command)?;
        }
        let generator = self.generators.join("held");
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
            true => Err(anyhow!("the generator of connections failed")),
            false => measure(),
        };
        // It ends when nothing more can come.
        drop(held.stdin.take());
        held.wait()?;
        measured
    }
}
