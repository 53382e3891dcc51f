//! The argument grammar: words with NUL bytes between them.
#![no_main]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use libfuzzer_sys::fuzz_target;
use mptcp_cli::cli::complete::complete;
use mptcp_cli::cli::{Parser, options};

fuzz_target!(|input: &[u8]| {
    let words = input.split(|byte| *byte == 0);
    let words: Vec<_> = words.map(OsStr::from_bytes).collect();
    match options::parse(&words) {
        Err(error) => drop(error.to_string()),
        Ok(line) => {
            if let Err(rejected) = Parser::default().parse(line.words) {
                drop(rejected.error.to_string());
            }
        }
    }
    drop(complete(&words));
});
