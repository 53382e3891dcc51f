//! Programs of other people that some tests need: shells, formatters of
//! manual pages, an `ip`.

use std::env;
use std::path::PathBuf;

use super::trial::left_out;

/// Set to `required` to have tests fail whose tools are missing, instead of
/// being left out.
const TOOLS: &str = "MPTCP_TEST_TOOLS";

/// Names an iproute2 `ip` to compare with.
pub const TWIN: &str = "MPTCP_TWIN";

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
