//! What these trials share.

use std::path::Path;

pub use crate::support::*;

/// `mptcp apply FILE` with these words behind it.
#[must_use = "whether it succeeded"]
pub fn apply(file: &Path, words: &str) -> Output {
    let program = Program::mptcp().arg("apply").arg(file);
    program.line(words).run()
}

/// `mptcp apply -`, with this as the file.
#[must_use = "whether it succeeded"]
pub fn apply_text(text: &str, words: &str) -> Output {
    let program = Program::mptcp().line("apply -").line(words);
    program.stdin(text).run()
}

/// What `endpoint show` prints, without the blanks at the ends of lines.
pub fn endpoints() -> String {
    let shown = mptcp("endpoint show").ok().text();
    shown
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

/// A follower of the file, which has made its first pass.
pub fn follow(file: &Path, words: &str) -> Running {
    let program = Program::mptcp().line("-tshort apply").arg(file);
    let follower = program.line("follow").line(words).start();
    follower.wait_subscribed();
    follower
}

/// Waits until the endpoints are these.
#[track_caller]
pub fn wait_for_endpoints(expected: &str) {
    let mut seen = String::new();
    let what = format!("no endpoints {expected:?}");
    wait_until(&what, || {
        seen = endpoints();
        seen == expected
    });
}

/// The command of a line that begins with a time.
pub fn without_time(line: &str) -> &str {
    let behind = line.split_once("] ").filter(|_| line.starts_with('['));
    behind.map_or(line, |(_, command)| command)
}
