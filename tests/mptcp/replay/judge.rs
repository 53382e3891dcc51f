//! Whether what a program did is what the corpus expects.

use super::pattern;
use super::session::Outcome;

/// How closely the standard error is compared. The standard output and the
/// exit status must always be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// To the byte: an `ip` of the version recorded.
    Same,
    /// To the byte, and lines beginning `Hint: ` may be added.
    SameButHints,
    /// By the kernel's refusals (status 2) and warnings (status 0) to the
    /// byte but for hints; else there must be something where iproute2 says
    /// something, and the frames of its messages must agree.
    Compatible,
}

/// What differs, in a few lines; nothing if the outcome is as expected.
pub fn differences(expected: &Outcome, given: &Outcome, measure: Measure) -> Vec<String> {
    let mut found = Vec::new();
    if expected.status != given.status {
        found.push(format!(
            "status {} instead of {}",
            given.status, expected.status
        ));
    }
    if !pattern::matches(&expected.stdout, &given.stdout) {
        found.push(format!(
            "stdout {:?} instead of {:?}",
            given.stdout, expected.stdout
        ));
    }
    if let Some(wrong) = stderr_wrong(expected, &given.stderr, measure) {
        found.push(format!(
            "stderr {:?} instead of {:?}: {wrong}",
            given.stderr, expected.stderr
        ));
    }
    found
}

fn stderr_wrong(expected: &Outcome, given: &str, measure: Measure) -> Option<&'static str> {
    let exact = match measure {
        Measure::Same => {
            return (!pattern::matches(&expected.stderr, given)).then_some("not the same");
        }
        Measure::SameButHints => true,
        Measure::Compatible => expected.status == 2 || expected.status == 0,
    };
    if exact {
        let words = without_hints(given);
        return (!pattern::matches(&expected.stderr, &words)).then_some("not the same words");
    }
    if expected.stderr.is_empty() != given.is_empty() {
        return Some("one says something, one nothing");
    }
    if !given.is_empty() && !given.ends_with('\n') {
        return Some("no line feed at its end");
    }
    let usage = expected.stderr.starts_with("Usage:");
    if !usage && given.lines().any(|line| line.trim().is_empty()) {
        return Some("a blank line");
    }
    let (expected, mut given) = (frames(&expected.stderr), frames(given));
    // A frame is welcome also where iproute2 has none.
    let framed = expected.iter().any(|frame| !frame.starts_with(FAILED));
    given.retain(|frame| expected.contains(frame) || framed && !frame.starts_with(FAILED));
    (expected != given).then_some("another frame")
}

const FAILED: &str = "Command failed ";

/// The text without the lines that we alone print.
fn without_hints(text: &str) -> String {
    text.split_inclusive('\n')
        .filter(|line| !line.starts_with("Hint: "))
        .collect()
}

/// What must be the same in the words of a refusal before the kernel.
fn frames(text: &str) -> Vec<&str> {
    text.lines().filter_map(frame).collect()
}

fn frame(line: &str) -> Option<&str> {
    if line.starts_with(FAILED) || line.starts_with("Error: any valid address ") {
        return Some(line);
    }
    let argument = line.strip_prefix("Error: argument \"")?;
    // The argument itself may hold these words, so the last ones count.
    ["\" is wrong:", "\" is required"]
        .iter()
        .filter_map(|end| Some(argument.rfind(end)? + end.len()))
        .max()
        .map(|end| &line[..line.len() - argument.len() + end])
}
