//! Messages on stderr. The prefixes of these lines are defined only here.

use std::fmt::Display;
use std::io::{self, IsTerminal};

use crate::stdio;

/// A line as it is. It may hold bytes that are not text, such as the name of a
/// file. Where stderr takes nothing, there is nobody to tell.
pub fn line(line: impl AsRef<[u8]>) {
    let _ = stdio::write_all(io::stderr(), &[line.as_ref(), b"\n"].concat());
}

/// Something failed, and the program continues.
pub fn error(text: impl Display) {
    line(error_line(text));
}

/// Something may not work as intended.
pub fn warning(text: impl Display) {
    line(format!("Warning: {text}"));
}

/// A command succeeded but may not have the effect that it seems to have.
/// Printed only on a terminal, not in scripts.
pub fn note(text: impl Display) {
    if io::stderr().is_terminal() {
        line(format!("Note: {text}"));
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
    line(format!("Hint: {text}"));
}

/// How an error is printed.
pub fn error_line(text: impl Display) -> String {
    format!("Error: {text}")
}

/// A sentence of the kernel with the full stop that it may lack.
pub fn sentence(text: &str) -> String {
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{text}{stop}")
}
