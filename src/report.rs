//! Messages on stderr. All prefixes of these lines are defined here, and nothing
//! reaches the terminal that it would obey.

use std::fmt::Display;
use std::io::{self, IsTerminal};

use crate::{netns, stdio, visible};

/// A message without a prefix. It may have several lines, and bytes that are not
/// text, such as the name of a file. If stderr cannot be written, nobody can be
/// notified.
pub fn line(line: impl AsRef<[u8]>) {
    let shown = visible::lines(line.as_ref());
    let _ = stdio::write_all(io::stderr(), &[&*shown, b"\n"].concat());
}

/// Something failed, and the program continues.
pub fn error(text: impl Display) {
    line(error_line(text));
}

/// Something may not work as intended.
pub fn warning(text: impl Display) {
    line(warning_line(text));
}

/// A command succeeded but may not have the effect that it seems to have.
/// Printed only on a terminal, not in scripts.
pub fn note(text: impl Display) {
    if io::stderr().is_terminal() {
        line(format!("Note: {}", in_namespace(text)));
    }
}

/// So many more were found than are reported; nothing if none.
pub fn more(count: usize) {
    if count > 0 {
        line(format!("and {count} more"));
    }
}

/// What to do about the line before.
pub fn hint(text: impl Display) {
    line(hint_line(text));
}

/// The line of an error.
pub fn error_line(text: impl Display) -> String {
    format!("Error: {text}")
}

/// The line of a warning.
pub fn warning_line(text: impl Display) -> String {
    format!("Warning: {text}")
}

/// The line of a hint, whose commands are for the namespace of this process.
pub fn hint_line(text: impl Display) -> String {
    format!("Hint: {}", in_namespace(text))
}

fn in_namespace(text: impl Display) -> String {
    netns::entered().sentence(&text.to_string())
}

/// A sentence of the kernel with the full stop that it may lack.
pub fn sentence(text: &str) -> String {
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{text}{stop}")
}
