//! The table of results.

use std::fmt;

/// One measure of both programs.
pub struct Row {
    /// What was measured, with its unit.
    pub name: &'static str,
    /// Of `mptcp`.
    pub mptcp: Option<f64>,
    /// Of `ip`.
    pub ip: Option<f64>,
    /// What `mptcp` is to keep to.
    pub target: Target,
    /// Of an empty static program, in C and in Rust.
    pub floor: [Option<f64>; 2],
    /// Digits behind the point.
    pub digits: usize,
}

/// What `mptcp` is to keep to.
#[derive(Clone, Copy)]
pub enum Target {
    /// Nothing.
    None,
    /// Its ratio to `ip`.
    Ratio(f64),
    /// Its own measure.
    Most(f64),
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        Some(self.mptcp? / self.ip?)
    }

    /// Whether the target was reached; nothing if there is none, or no measure.
    fn reached(&self) -> Option<bool> {
        match self.target {
            Target::None => None,
            Target::Ratio(most) => Some(self.ratio()? <= most),
            Target::Most(most) => Some(self.mptcp? <= most),
        }
    }
}

enum Line {
    Title(String),
    Row(Row),
    Note(String),
}

/// Titles, rows and notes, in the order in which they came.
#[derive(Default)]
pub struct Table(Vec<Line>);

impl Table {
    /// Begins a group of rows.
    pub fn title(&mut self, title: impl Into<String>) {
        let title = title.into();
        eprintln!("{title} ...");
        self.0.push(Line::Title(title));
    }

    /// Adds a row.
    pub fn row(&mut self, row: Row) {
        self.0.push(Line::Row(row));
    }

    /// Adds a remark.
    pub fn note(&mut self, note: impl Into<String>) {
        self.0.push(Line::Note(note.into()));
    }

    /// How many targets were missed.
    pub fn missed(&self) -> usize {
        let missed = |line: &&Line| matches!(line, Line::Row(row) if row.reached() == Some(false));
        self.0.iter().filter(missed).count()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = [
            "mptcp",
            "ip",
            "ratio",
            "at most",
            "",
            "empty C",
            "empty Rust",
        ];
        let [mptcp, ip, ratio, most, mark, c, rust] = heads;
        let name = "";
        writeln!(
            f,
            "{name:<32}{mptcp:>11}{ip:>12}{ratio:>8}{most:>11}{mark:>8}{c:>11}{rust:>12}"
        )?;
        for line in &self.0 {
            match line {
                Line::Title(title) => writeln!(f, "\n{title}")?,
                Line::Note(note) => writeln!(f, "{note}")?,
                Line::Row(row) => row.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cell = |value: Option<f64>| match value {
            Some(value) => format!("{value:.*}", self.digits),
            None => "-".to_owned(),
        };
        let (name, mptcp, ip) = (self.name, cell(self.mptcp), cell(self.ip));
        let ratio = self.ratio().map_or("-".to_owned(), |it| format!("{it:.2}"));
        let most = match self.target {
            Target::None => String::new(),
            Target::Ratio(most) => format!("{most:.2}"),
            Target::Most(most) => cell(Some(most)),
        };
        let mark = match self.reached() {
            Some(true) => "yes",
            Some(false) => "MISSED",
            None => "",
        };
        let [c, rust] = self.floor.map(|floor| floor.map(|floor| cell(Some(floor))));
        let (c, rust) = (c.unwrap_or_default(), rust.unwrap_or_default());
        writeln!(
            f,
            "  {name:<30}{mptcp:>11}{ip:>12}{ratio:>8}{most:>11}{mark:>8}{c:>11}{rust:>12}"
        )
    }
}
