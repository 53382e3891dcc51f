//! Programs of other people that some tests need: shells, formatters of
//! manual pages.

use std::env;

/// Set to `required` to have tests fail whose tools are missing, instead of
/// being left out.
pub const TOOLS: &str = "MPTCP_TEST_TOOLS";

/// Why the tests that need this tool, a program in PATH or a file, are not to
/// be run; `None` if they are.
pub fn missing_tool(tool: &str) -> Option<String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let there = env::split_paths(&path).any(|directory| directory.join(tool).is_file());
    let required = env::var_os(TOOLS).is_some_and(|value| value == "required");
    (!there && !required).then(|| format!("{tool} is missing ({TOOLS}=required to fail)"))
}
