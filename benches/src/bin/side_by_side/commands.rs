//! Commands that run once, and what an empty program takes.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::program::{Program, start};
use crate::table::{Table, Target, Values};
use crate::{Bench, Result, tools};

/// What the static build and the plain one are to keep to.
type Marks = [Target; 2];

const INSTRUCTIONS: Marks = [Target::Ratio(0.11), Target::Ratio(0.23)];
const HELP: Marks = [Target::Most(40_000.0), Target::Ratio(0.23)];
const CALLS: Marks = [Target::Ratio(0.30), Target::Most(45.0)];
const CALLS_OF_ADD: Marks = [Target::Most(24.0), Target::Most(45.0)];
/// KiB: 1.4 MB.
const MEMORY: Marks = [Target::Ratio(0.60), Target::Most(1367.0)];
const NONE: Marks = [Target::None; 2];

/// Title, command, what goes ahead of each run, instructions and system calls.
const COMMANDS: [(&str, &str, Option<&str>, Marks, Marks); 8] = [
    (
        "endpoint add",
        "endpoint add 10.0.0.8 id 8 subflow",
        Some("endpoint flush"),
        INSTRUCTIONS,
        CALLS_OF_ADD,
    ),
    (
        "endpoint add, with dev",
        "endpoint add 10.0.0.8 id 8 subflow dev lo",
        Some("endpoint flush"),
        INSTRUCTIONS,
        CALLS_OF_ADD,
    ),
    (
        "endpoint show, 8 endpoints",
        "endpoint show",
        None,
        INSTRUCTIONS,
        CALLS,
    ),
    (
        "the same in JSON",
        "-json endpoint show",
        None,
        INSTRUCTIONS,
        CALLS,
    ),
    ("limits show", "limits show", None, INSTRUCTIONS, CALLS),
    (
        "a bad argument",
        "endpoint add 10.0.0.300",
        None,
        INSTRUCTIONS,
        CALLS,
    ),
    ("--version", "--version", None, INSTRUCTIONS, CALLS),
    ("--help", "--help", None, HELP, CALLS),
];

impl Bench {
    /// The commands that run once, and the floor below them.
    pub fn commands(&self, table: &mut Table) -> Result<()> {
        self.floors(table)?;
        self.enter_new(2)?;
        for (title, command, before, instructions, calls) in COMMANDS {
            table.title(title);
            if before.is_none() {
                self.mptcp("endpoint flush")?;
                self.add_endpoints(1..=8)?;
            }
            let lines = self.programs.each_ref().map(|it| it.line(command));
            self.rows(table, &lines, before, [instructions, calls, MEMORY])?;
        }
        Ok(())
    }

    /// The measures of a command that runs once.
    fn rows(
        &self,
        table: &mut Table,
        lines: &[Vec<String>],
        before: Option<&str>,
        [instructions, calls, memory]: [Marks; 3],
    ) -> Result<()> {
        type Measure<'a> = &'a dyn Fn(&[String]) -> Result<Option<f64>>;
        let scratch = &self.scratch;
        let rows: [(_, _, Measure); 3] = [
            ("user instructions", instructions, &tools::instructions),
            ("system calls", calls, &|line| {
                tools::system_calls(scratch, line)
            }),
            ("peak memory, KiB", memory, &|line| {
                tools::peak_memory(scratch, line)
            }),
        ];
        for (name, marks, measure) in rows {
            let mut values = [None; 3];
            for (line, value) in lines.iter().zip(&mut values) {
                if let Some(before) = before {
                    self.mptcp(before)?;
                }
                *value = measure(line)?;
            }
            table.row(name, 0, marks, values);
        }
        let before = before.map(|command| self.programs[0].line(command));
        let mut values = tools::wall(scratch, lines, before.as_deref())?;
        values.resize(3, None);
        let values = std::array::from_fn(|of| values[of]);
        table.row("wall time, ms", 3, NONE, values);
        Ok(())
    }

    /// Empty programs, made on the spot: static and dynamic.
    fn floors(&self, table: &mut Table) -> Result<()> {
        let c = ["cc", "-O2", "-s"];
        let rust = ["rustc", "-Copt-level=s", "-Cpanic=abort", "-Cstrip=symbols"];
        let fixed = "-Crelocation-model=static";
        let rust_static = [&rust[..], &["-Ctarget-feature=+crt-static", fixed]].concat();
        let floors: [(_, _, _, [&[&str]; 2]); 2] = [
            (
                "an empty C program",
                "c",
                "int main(void) { return 0; }\n",
                [&[&c[..], &["-static"]].concat(), &c],
            ),
            (
                "an empty Rust program",
                "rs",
                "fn main() {}\n",
                [&rust_static, &rust],
            ),
        ];
        for (title, kind, source, compilers) in floors {
            table.title(title);
            let mut lines = Vec::new();
            let mut sizes: Values = [None; 3];
            for (compiler, size) in compilers.into_iter().zip(&mut sizes) {
                let name = format!("floor{}.{kind}", lines.len());
                let Some(program) = self.compiled(&name, source, compiler)? else {
                    table.note(format!("{} makes no such program", compiler[0]));
                    return Ok(());
                };
                let program = Program::mptcp(&program);
                *size = Some(program.size()?);
                lines.push(program.with(&[]));
            }
            table.row("bytes on disk, with libraries", 0, NONE, sizes);
            self.rows(table, &lines, None, [NONE; 3])?;
        }
        Ok(())
    }

    /// A program of this source, or nothing if the compiler does not make it.
    pub fn compiled(&self, name: &str, source: &str, compiler: &[&str]) -> Result<Option<String>> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let file = text(&self.scratch.file(name));
        let out = format!("{file}.out");
        fs::write(&file, source)?;
        let mut line: Vec<_> = compiler.iter().map(|&word| word.to_owned()).collect();
        line.extend(["-o".to_owned(), out.clone(), file]);
        // The compilers need more of the environment than PATH.
        let mut command = start(&line);
        let built = command
            .envs(std::env::vars_os())
            .stderr(Stdio::inherit())
            .status();
        Ok(built.is_ok_and(|status| status.success()).then_some(out))
    }

    /// What is on disk.
    pub fn size(&self, table: &mut Table) -> Result<()> {
        table.title("size, with all shared libraries");
        let sizes = self.each(|program| program.size().map(Some))?;
        let marks = [Target::Most(1.5 * 1024.0 * 1024.0), Target::None];
        table.row("bytes on disk", 0, marks, sizes);
        Ok(())
    }
}
