//! How the kernel was built, as distributions install it beside the kernel.

use std::{fs, io};

/// The file with the options of the kernel of that release.
pub fn file(release: &str) -> String {
    format!("/boot/config-{release}")
}

/// The options in it that matter to MPTCP, and to what is reported of it: lines
/// such as `CONFIG_MPTCP=y`.
///
/// # Errors
/// The file cannot be read.
pub fn options(file: &str) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(file)?;
    let matters = |line: &&str| line.contains("MPTCP") || line.contains("CONFIG_INET_DIAG");
    Ok(text.lines().filter(matters).map(str::to_owned).collect())
}
