//! The table of results.

use std::fmt;

/// A measure of the static build, of the plain one and of `ip`.
pub type Values = [Option<f64>; 3];

/// What a build of `mptcp` is to keep to.
#[derive(Clone, Copy)]
pub enum Target {
    /// Nothing.
    None,
    /// Its ratio to `ip`.
    Ratio(f64),
    /// Its own measure.
    Most(f64),
}

struct Row {
    name: String,
    /// Digits behind the point.
    digits: usize,
    targets: [Target; 2],
    values: Values,
}

impl Row {
    fn ratio(&self, build: usize) -> Option<f64> {
        Some(self.values[build]? / self.values[2]?)
    }

    /// Whether a build reached its target; nothing if there is none, or no
    /// measure.
    fn reached(&self, build: usize) -> Option<bool> {
        match self.targets[build] {
            Target::None => None,
            Target::Ratio(most) => Some(self.ratio(build)? <= most),
            Target::Most(most) => Some(self.values[build]? <= most),
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

    /// Adds a row: what was measured with its unit, digits behind the point,
    /// what both builds are to keep to, and the measures.
    pub fn row(&mut self, name: &str, digits: usize, targets: [Target; 2], values: Values) {
        let row = Row {
            name: name.to_owned(),
            digits,
            targets,
            values,
        };
        eprint!("{row}");
        self.0.push(Line::Row(row));
    }

    /// Adds a remark.
    pub fn note(&mut self, note: impl Into<String>) {
        self.0.push(Line::Note(note.into()));
    }

    /// How many targets were missed.
    pub fn missed(&self) -> usize {
        let missed = |line: &Line| match line {
            Line::Row(row) => (0..2).filter(|&it| row.reached(it) == Some(false)).count(),
            _ => 0,
        };
        self.0.iter().map(missed).sum()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = "";
        write!(f, "{name:<32}{:>10}{:>10}{:>10}", "static", "plain", "ip")?;
        writeln!(
            f,
            "{:>7}{:>9}{name:>7}{:>7}{:>9}",
            "static", "at most", "plain", "at most"
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
        let [of_static, plain, ip] = self.values.map(cell);
        let mut line = format!("  {:<30}{of_static:>10}{plain:>10}{ip:>10}", self.name);
        for (build, target) in self.targets.into_iter().enumerate() {
            let ratio = self.ratio(build).map(|it| format!("{it:.2}"));
            let most = match target {
                Target::None => String::new(),
                Target::Ratio(most) => format!("{most:.2}"),
                Target::Most(most) => cell(Some(most)),
            };
            let mark = match self.reached(build) {
                Some(true) => "yes",
                Some(false) => "MISSED",
                None => "",
            };
            line += &format!("{:>7}{most:>9}{mark:>7}", ratio.unwrap_or_default());
        }
        writeln!(f, "{}", line.trim_end())
    }
}
