//! The batch reader, and the grammar behind it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::batch::{Line, Reader};
use mptcp_cli::cli::Parser;

fuzz_target!(|file: &[u8]| {
    let mut parser = Parser::default();
    let mut reader = Reader::new(file);
    let mut command = Vec::new();
    let feeds = file.iter().filter(|byte| **byte == b'\n').count();
    loop {
        match reader
            .next_line(&mut command)
            .expect("bytes in memory can be read")
        {
            Line::End => break,
            Line::Words(words) => drop(parser.parse(&words)),
            Line::Bad(malformed) => drop(malformed.to_string()),
        }
        assert!(reader.number() <= feeds + 1);
    }
});
