//! The text of the kernel's counters, which are printed with what they mean.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::kernel::counters::Counters;
use mptcp_cli::output;
use mptcp_fuzz::print;

fuzz_target!(|text: &[u8]| {
    let mut counters = Counters::default();
    counters.take(text);
    let Ok(table) = counters.mptcp_table() else {
        return;
    };
    let table: Vec<(String, u64)> = table
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    print(|printer| output::counters(printer, None, &table));
    let grown: Vec<(&str, i64)> = table
        .iter()
        .map(|(name, value)| (name.as_str(), value.cast_signed()))
        .collect();
    print(|printer| output::growth(printer, None, &grown));
});
