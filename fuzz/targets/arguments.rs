//! The argument grammar: words with NUL bytes between them.
#![no_main]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use libfuzzer_sys::fuzz_target;
use mptcp_cli::cli::{Parser, options};

fuzz_target!(|input: &[u8]| {
    let words = input.split(|byte| *byte == 0);
    let words: Vec<_> = words.map(OsStr::from_bytes).collect();
    let mut rest = words.as_slice();
    if let Err(error) = options::parse(&mut rest) {
        let _ = error.to_string();
    }
    if let Err(rejected) = Parser::default().parse(rest) {
        let _ = rejected.error.to_string();
    }
});
