//! What protects a program that may run with CAP_NET_ADMIN, as the linker notes it
//! down: distributions check the same.

use crate::support::*;

trials! {
    it_is_loaded_at_any_address, its_relocations_are_read_only, its_stack_is_not_executable,
}

/// What readelf says of the program, of the lines that have this word.
fn lines(option: &str, word: &str) -> String {
    if cfg!(target_feature = "crt-static") {
        left_out("the static program has a fixed address; this is about the plain one");
    }
    need_tool("readelf");
    let all = Program::new("readelf").args(["--wide", option, MPTCP]);
    let text = all.run().ok().text();
    let lines = text.lines().filter(|line| line.contains(word));
    lines.collect::<Vec<_>>().join("\n")
}

fn it_is_loaded_at_any_address() {
    let kind = lines("--file-header", "Type:");
    assert!(kind.contains(" DYN "), "no PIE: {kind}");
}

/// Those of functions as well, which are all looked up at the start.
fn its_relocations_are_read_only() {
    let segment = lines("--program-headers", "GNU_RELRO");
    assert!(!segment.is_empty(), "no RELRO");
    let flags = lines("--dynamic", "(FLAGS_1)");
    assert!(flags.contains(" NOW"), "only partial RELRO: {flags}");
}

fn its_stack_is_not_executable() {
    let segment = lines("--program-headers", "GNU_STACK");
    assert!(segment.contains(" RW "), "no NX: {segment}");
}
