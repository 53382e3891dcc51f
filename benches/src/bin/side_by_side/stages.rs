//! What is measured, one stage after the other.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::Result;
use crate::namespace::enter_new;
use crate::program::{Program, Scratch, start};
use crate::table::{Row, Table, Target};
use crate::tools;

/// The programs, and where files in between are kept.
pub struct Bench {
    /// The program.
    pub mptcp: Program,
    /// What it is held against.
    pub ip: Program,
    /// The generator of connections.
    pub connections: String,
    /// For files.
    pub scratch: Scratch,
}

/// Lines of the batch.
const LINES: usize = 20_000;

/// Other lines, of which each costs no more than it costs ip.
const FORMS: [(&str, &str); 4] = [
    (
        "  with two keywords",
        "mptcp limits set subflows 3 add_addr_accepted 2\n",
    ),
    (
        "  add … dev, and delete",
        "mptcp endpoint add 10.0.0.9 id 9 dev lo\nmptcp endpoint delete id 9\n",
    ),
    ("  endpoint change", "mptcp endpoint change id 1 backup\n"),
    ("  endpoint show id", "mptcp endpoint show id 1\n"),
];

const LINE: &str = "mptcp limits set subflows 3\n";

impl Bench {
    /// The commands that run once, and the floor below them.
    pub fn one_shot(&self, table: &mut Table) -> Result<()> {
        enter_new(&self.ip, 2)?;
        let floors = self.floors(table)?;
        table.title("endpoint add");
        let add = "endpoint add 10.0.0.8 id 8 subflow";
        self.one_shot_rows(table, add, Some("endpoint flush"), &floors)?;
        let add = "endpoint add 10.0.0.8 id 8 subflow dev lo";
        table.title("endpoint add, with dev");
        self.one_shot_rows(table, add, Some("endpoint flush"), &floors)?;
        self.add_endpoints()?;
        for (title, command) in [
            ("endpoint show, 8 endpoints", "endpoint show"),
            ("the same in JSON", "-json endpoint show"),
            ("limits show", "limits show"),
            ("a bad argument", "endpoint add 10.0.0.300"),
            ("--version", "--version"),
            ("help", "--help"),
        ] {
            table.title(title);
            self.one_shot_rows(table, command, None, &floors)?;
        }
        Ok(())
    }

    /// As many as some kernels have room for, each with a device.
    fn add_endpoints(&self) -> Result<()> {
        for id in 1..=8 {
            let endpoint = format!("endpoint add 10.0.0.{id} id {id} subflow dev lo");
            start(&self.mptcp.line(&endpoint)).status()?;
        }
        Ok(())
    }

    fn one_shot_rows(
        &self,
        table: &mut Table,
        command: &str,
        before: Option<&str>,
        floors: &[Option<Program>; 2],
    ) -> Result<()> {
        let before = before.map(|command| self.mptcp.line(command));
        let mut lines = vec![self.mptcp.line(command), self.ip.line(command)];
        lines.extend(floors.iter().flatten().map(|floor| floor.with(&[])));
        type Measure<'a> = &'a dyn Fn(&[String]) -> Result<Option<f64>>;
        let rows: [(_, _, Measure); 3] = [
            ("user instructions", 0.20, &|line| tools::instructions(line)),
            ("system calls", 0.30, &|line| {
                tools::system_calls(&self.scratch, line)
            }),
            ("peak memory, KiB", 0.60, &|line| {
                tools::peak_memory(&self.scratch, line)
            }),
        ];
        for (name, most, measure) in rows {
            let mut values = Vec::new();
            for line in &lines {
                if let Some(before) = &before {
                    start(before).status()?;
                }
                values.push(measure(line)?);
            }
            table.row(row(name, most, 0, &values, floors));
        }
        let values = tools::wall(&self.scratch, &lines, before.as_deref())?;
        table.row(row("wall time, ms", 0.70, 3, &values, floors));
        Ok(())
    }

    /// Empty static programs, made on the spot.
    fn floors(&self, table: &mut Table) -> Result<[Option<Program>; 2]> {
        let c = "int main(void) { return 0; }\n";
        let rust = "fn main() {}\n";
        let mut build = |name: &str, source: &str, compiler: &[&str]| -> Result<Option<Program>> {
            let (file, out) = (
                self.scratch.file(name),
                self.scratch.file(&format!("{name}.out")),
            );
            fs::write(&file, source)?;
            let words = compiler.iter().map(|&word| word.to_owned());
            let mut line: Vec<_> = words.collect();
            line.extend(["-o".to_owned(), text(&out), text(&file)]);
            let mut command = start(&line);
            // The compilers need more of the environment than PATH.
            let built = command
                .envs(std::env::vars_os())
                .stderr(Stdio::inherit())
                .status();
            Ok(match built {
                Ok(status) if status.success() => Some(Program::floor(&out)),
                _ => {
                    let compiler = compiler[0];
                    table.note(format!("{compiler} makes no static program: no floor"));
                    None
                }
            })
        };
        let static_rust = [
            "rustc",
            "-Copt-level=s",
            "-Cpanic=abort",
            "-Cstrip=symbols",
            "-Ctarget-feature=+crt-static",
            "-Crelocation-model=static",
        ];
        let floors = [
            build("floor.c", c, &["cc", "-O2", "-s", "-static"])?,
            build("floor.rs", rust, &static_rust)?,
        ];
        table.title("empty static programs");
        let [c, rust] = &floors;
        let size = |floor: &Option<Program>| floor.as_ref().map(Program::size).transpose();
        table.row(Row {
            name: "bytes on disk",
            mptcp: None,
            ip: None,
            target: Target::None,
            floor: [size(c)?, size(rust)?],
            digits: 0,
        });
        Ok(floors)
    }

    /// What is on disk.
    pub fn size(&self, table: &mut Table) -> Result<()> {
        table.title("size, with all shared libraries");
        table.row(Row {
            name: "bytes on disk",
            mptcp: Some(self.mptcp.size()?),
            ip: Some(self.ip.size()?),
            target: Target::Most(1.5 * 1024.0 * 1024.0),
            floor: [None; 2],
            digits: 0,
        });
        Ok(())
    }

    /// The same command among few and among many interfaces.
    pub fn interfaces(&self, table: &mut Table) -> Result<()> {
        table.title("endpoint show, among interfaces");
        let lines = [
            self.mptcp.line("endpoint show"),
            self.ip.line("endpoint show"),
        ];
        let mut times = Vec::new();
        for (name, interfaces, target) in [
            ("wall time among 2, ms", 2, Target::None),
            ("wall time among 2,000, ms", 2000, Target::Ratio(0.25)),
        ] {
            enter_new(&self.ip, interfaces)?;
            self.add_endpoints()?;
            let values = tools::wall(&self.scratch, &lines, None)?;
            table.row(pair(name, target, 3, values[0], values[1]));
            times.push(values);
        }
        let more = |program: usize| Some(times[1][program]? / times[0][program]?);
        let target = Target::Most(1.1);
        table.row(pair(
            "among 2,000 over among 2",
            target,
            2,
            more(0),
            more(1),
        ));
        Ok(())
    }

    /// Many lines in one run.
    pub fn batch(&self, table: &mut Table) -> Result<()> {
        table.title(format!("batch of {LINES} limits set lines"));
        enter_new(&self.ip, 2)?;
        let batch = |lines: usize| -> Result<[Vec<String>; 2]> {
            let file = self.scratch.file(&format!("batch.{lines}"));
            fs::write(&file, LINE.repeat(lines))?;
            let file = text(&file);
            let arguments = ["-batch", &file];
            Ok([self.mptcp.with(&arguments), self.ip.with(&arguments)])
        };
        let (one, some, all) = (batch(1)?, batch(1001)?, batch(LINES)?);
        let cpu = tools::cpu(&all)?;
        let [mptcp, ip] = [cpu[0], cpu[1]].map(|cpu| Some(cpu / LINES as f64));
        let target = Target::Ratio(1.0);
        table.row(pair("processor time a line, µs", target, 2, mptcp, ip));
        let difference = |measure: &dyn Fn(&[String]) -> Result<Option<f64>>| -> Result<_> {
            let mut values = [None; 2];
            for (value, (one, some)) in values.iter_mut().zip(one.iter().zip(&some)) {
                let (one, some) = (measure(one)?, measure(some)?);
                *value = some.zip(one).map(|(some, one)| (some - one) / 1000.0);
            }
            Ok(values)
        };
        let [mptcp, ip] = difference(&|line| tools::instructions(line))?;
        table.row(pair(
            "user instructions a line",
            Target::Ratio(1.0),
            0,
            mptcp,
            ip,
        ));
        for (name, line) in FORMS {
            let batch = |lines: usize| -> Result<[Vec<String>; 2]> {
                let file = self.scratch.file(&format!("form.{lines}"));
                fs::write(&file, line.repeat(lines))?;
                let file = text(&file);
                let arguments = ["-batch", &file];
                Ok([self.mptcp.with(&arguments), self.ip.with(&arguments)])
            };
            let (one, some) = (batch(1)?, batch(501)?);
            let more = |program: usize| -> Result<_> {
                let [one, some] = [&one, &some].map(|of| tools::instructions(&of[program]));
                Ok(some?.zip(one?).map(|(some, one)| (some - one) / 500.0))
            };
            start(&self.mptcp.line("endpoint add 10.0.0.1 id 1")).status()?;
            table.row(pair(name, Target::Ratio(1.0), 0, more(0)?, more(1)?));
        }
        let [mptcp, ip] = difference(&|line| tools::system_calls(&self.scratch, line))?;
        table.row(pair("system calls a line", Target::None, 2, mptcp, ip));
        let memory = |lines: &[Vec<String>; 2]| -> Result<[Option<f64>; 2]> {
            let peak = |line: &Vec<String>| tools::peak_memory(&self.scratch, line);
            Ok([peak(&lines[0])?, peak(&lines[1])?])
        };
        let (small, large) = (memory(&one)?, memory(&all)?);
        table.row(pair(
            "peak memory, KiB",
            Target::None,
            0,
            large[0],
            large[1],
        ));
        let more = |program: usize| Some(large[program]? / small[program]?);
        let target = Target::Most(1.05);
        table.row(pair("  over that of one line", target, 2, more(0), more(1)));
        Ok(())
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A row of both programs and both floors, of which either may be missing.
fn row(
    name: &'static str,
    most: f64,
    digits: usize,
    values: &[Option<f64>],
    floors: &[Option<Program>; 2],
) -> Row {
    let mut values = values.iter().copied();
    let mut next = || values.next().flatten();
    let (mptcp, ip) = (next(), next());
    let floor = floors
        .each_ref()
        .map(|floor| floor.as_ref().and_then(|_| next()));
    Row {
        name,
        mptcp,
        ip,
        target: Target::Ratio(most),
        floor,
        digits,
    }
}

/// A row of both programs alone.
pub fn pair(
    name: &'static str,
    target: Target,
    digits: usize,
    mptcp: Option<f64>,
    ip: Option<f64>,
) -> Row {
    Row {
        name,
        mptcp,
        ip,
        target,
        floor: [None; 2],
        digits,
    }
}
