//! Many lines in one run.

use std::fs;

use crate::table::{Table, Target};
use crate::{Bench, Result, growth, tools};

const LIMITS: &str = "mptcp limits set subflows 3\n";

/// The forms of a line, of which each costs no more than it costs ip.
const FORMS: [(&str, &str); 6] = [
    ("limits set, one keyword", LIMITS),
    (
        "limits set, two keywords",
        "mptcp limits set subflows 3 add_addr_accepted 2\n",
    ),
    (
        "endpoint add, and delete",
        "mptcp endpoint add 10.0.0.9 id 9\nmptcp endpoint delete id 9\n",
    ),
    (
        "  the same with dev",
        "mptcp endpoint add 10.0.0.9 id 9 dev lo\nmptcp endpoint delete id 9\n",
    ),
    ("endpoint change", "mptcp endpoint change id 1 backup\n"),
    ("endpoint show id", "mptcp endpoint show id 1\n"),
];

const MARKS: [Target; 2] = [Target::Ratio(1.0); 2];
const NONE: [Target; 2] = [Target::None; 2];

impl Bench {
    /// What each line takes.
    pub fn batch(&self, table: &mut Table) -> Result<()> {
        self.enter_new(2)?;
        self.add_endpoints(1..=1)?;
        table.title("user instructions a line of a batch, 1 to 501 lines");
        for (name, line) in FORMS {
            let (one, some) = (self.lines(line, 1)?, self.lines(line, 501)?);
            let [one, some] = [one, some]
                .map(|file| self.each(|it| tools::instructions(&it.with(&file.words()))));
            table.row(name, 0, MARKS, growth(one?, some?, 500.0));
        }
        table.title("system calls a line, 1 to 501 lines");
        for (name, line) in FORMS {
            let (one, some) = (self.lines(line, 1)?, self.lines(line, 501)?);
            let [one, some] = [one, some].map(|file| {
                self.each(|it| tools::system_calls(&self.scratch, &it.with(&file.words())))
            });
            table.row(name, 2, MARKS, growth(one?, some?, 500.0));
        }
        table.title("limits set, one keyword, 1,000 to 100,000 lines");
        let [few, many] = [self.lines(LIMITS, 1_000)?, self.lines(LIMITS, 100_000)?];
        let counts =
            [&few, &many].map(|file| self.each(|it| tools::instructions(&it.with(&file.words()))));
        let [of_few, of_many] = counts;
        let values = growth(of_few?, of_many?, 99_000.0);
        table.row("user instructions a line", 0, MARKS, values);
        let lines = self.programs.each_ref().map(|it| it.with(&many.words()));
        let cpu = tools::cpu(&lines)?;
        let a_line = std::array::from_fn(|of| Some(cpu[of] / 100_000.0));
        table.row("processor time a line, µs", 2, NONE, a_line);
        let [of_few, of_many] = [&few, &many]
            .map(|file| self.each(|it| tools::peak_memory(&self.scratch, &it.with(&file.words()))));
        let (of_few, of_many) = (of_few?, of_many?);
        table.row("peak memory, KiB", 0, NONE, of_many);
        let more = std::array::from_fn(|of| Some(of_many[of]? / of_few[of]?));
        // What the dynamic loader maps differs from run to run.
        let marks = [Target::Most(1.05), Target::None];
        table.row("  over that of 1,000 lines", 2, marks, more);
        Ok(())
    }

    /// A batch of so many times these lines.
    fn lines(&self, lines: &str, count: usize) -> Result<File> {
        let file = self.scratch.file(&format!("batch.{count}"));
        fs::write(&file, lines.repeat(count))?;
        Ok(File(file.to_string_lossy().into_owned()))
    }
}

/// The file of a batch.
struct File(String);

impl File {
    fn words(&self) -> [&str; 2] {
        ["-batch", &self.0]
    }
}
