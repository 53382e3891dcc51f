//! Programs of other people that some tests need: shells, formatters of
//! manual pages.

use std::env;
use std::path::Path;

/// Set to `required` to have tests fail whose tools are missing, instead of
/// being left out.
pub const TOOLS: &str = "MPTCP_TEST_TOOLS";

/// Whether the tests that need this tool, a program in PATH or a file, are to
/// be run. Where it is missing, a line says which tests are not.
pub fn has_tool(tool: &str, tests: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let there = env::split_paths(&path).any(|directory| directory.join(tool).is_file());
    let required = env::var_os(TOOLS).is_some_and(|value| value == "required");
    if !there && !required {
        let name = Path::new(tool).display();
        eprintln!("warning: {name} is missing: {tests} NOT tested ({TOOLS}=required to fail)");
    }
    there || required
}
