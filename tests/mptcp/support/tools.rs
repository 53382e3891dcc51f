//! Programs of other people that some tests need: shells, formatters of
//! manual pages, an `ip`.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use super::trial::left_out;

/// Set to `required` to have tests fail whose tools are missing, instead of
/// being left out.
const TOOLS: &str = "MPTCP_TEST_TOOLS";

/// Names an iproute2 `ip` to compare with.
pub const TWIN: &str = "MPTCP_TWIN";

/// Where tools of administrators are, which the PATH of a user may lack.
const SBIN: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// Starts the tests anew with these directories in PATH, if some are not, for the
/// tests and for all that they start. Must come before any thread.
pub fn look_for_tools_in_sbin() {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = env::split_paths(&path).collect();
    let missing = SBIN.map(PathBuf::from).into_iter();
    let missing: Vec<_> = missing.filter(|of| !directories.contains(of)).collect();
    if missing.is_empty() {
        return;
    }
    directories.extend(missing);
    let path = env::join_paths(directories).expect("they come of a PATH");
    let this = env::current_exe().expect("the path of this program");
    let mut again = Command::new(this);
    let error = again.args(env::args_os().skip(1)).env("PATH", path).exec();
    eprintln!("warning: PATH lacks the directories of tools for administrators: {error}");
}

/// Leaves the trial out where this tool, a program in PATH or a file, is missing.
pub fn need_tool(tool: &str) {
    let path = env::var_os("PATH").unwrap_or_default();
    let there = env::split_paths(&path).any(|directory| directory.join(tool).is_file());
    let required = env::var_os(TOOLS).is_some_and(|value| value == "required");
    if !there && !required {
        left_out(format!(
            "{tool} is not installed ({TOOLS}=required turns this into a failure)"
        ));
    }
}

/// An `ip` to compare with.
pub fn twin() -> Option<PathBuf> {
    env::var_os(TWIN).map(PathBuf::from)
}

/// The same; the trial is left out where there is none.
pub fn need_twin() -> PathBuf {
    twin().unwrap_or_else(|| left_out(format!("no iproute2 to compare with ({TWIN}=/path/to/ip)")))
}

/// Leaves the trial out where what a kernel was recorded to say means nothing.
pub fn need_little_endian() {
    if cfg!(target_endian = "big") {
        left_out("the recorded bytes are those of a little-endian kernel");
    }
}
