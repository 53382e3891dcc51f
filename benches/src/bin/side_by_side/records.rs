//! What each record of a list takes, and each interface that has none.

use crate::table::{Table, Target, Values};
use crate::{Bench, Result, growth, tools};

const MARKS: [Target; 2] = [Target::Ratio(1.0); 2];

/// How a list is asked for.
const LISTS: [(&str, &str); 2] = [("text", "endpoint show"), ("JSON", "-json endpoint show")];

impl Bench {
    /// The growth with the number of endpoints.
    pub fn records(&self, table: &mut Table) -> Result<()> {
        self.enter_new(2)?;
        table.title("user instructions a record, 1 to 8 endpoints");
        let instructions = || -> Result<[Values; 2]> {
            let [text, json] = LISTS.map(|(_, command)| {
                self.each(|program| tools::instructions(&program.line(command)))
            });
            Ok([text?, json?])
        };
        self.add_endpoints(1..=1)?;
        let few = instructions()?;
        self.add_endpoints(2..=8)?;
        let many = instructions()?;
        for (of, (name, _)) in LISTS.into_iter().enumerate() {
            table.row(name, 0, MARKS, growth(few[of], many[of], 7.0));
        }
        table.title("the same, 8 to 255 endpoints of a played kernel");
        let library = ["cc", "-O2", "-shared", "-fPIC"];
        let source = include_str!("../../../played.c");
        let Some(played) = self.compiled("played.c", source, &library)? else {
            table.note("cc makes no library: no played kernel");
            return Ok(());
        };
        for (name, command) in LISTS {
            let among = |count| {
                let variables = [("LD_PRELOAD", played.as_str()), ("ENDPOINTS", count)];
                // It cannot be loaded into the static build.
                let [_, plain, ip] = &self.programs;
                let [plain, ip] = [plain, ip]
                    .map(|program| tools::instructions_in(&variables, &program.line(command)));
                anyhow::Ok([None, plain?, ip?])
            };
            table.row(name, 0, MARKS, growth(among("8")?, among("255")?, 247.0));
        }
        Ok(())
    }

    /// The same command among few and among many interfaces.
    pub fn interfaces(&self, table: &mut Table) -> Result<()> {
        table.title("user instructions of endpoint show");
        let mut counts = Vec::new();
        for (name, interfaces) in [("among 2 interfaces", 2), ("among 2,000 interfaces", 2000)] {
            self.enter_new(interfaces)?;
            self.add_endpoints(1..=8)?;
            let values = self.each(|it| tools::instructions(&it.line("endpoint show")))?;
            let marks = [Target::Ratio(0.11), Target::Ratio(0.23)];
            table.row(name, 0, marks, values);
            counts.push(values);
        }
        let more = std::array::from_fn(|of| Some(counts[1][of]? / counts[0][of]?));
        table.row("  the one over the other", 2, [Target::Most(1.1); 2], more);
        Ok(())
    }
}
