//! What holds for any input: encoded is decoded to the same, any bytes end in
//! a value or an error, any arguments in 0, 1, 2 or 255.

#[macro_use]
mod support;

#[path = "properties/arguments.rs"]
mod arguments;
#[path = "properties/decoders.rs"]
mod decoders;
#[path = "properties/roundtrip.rs"]
mod roundtrip;
#[allow(dead_code, reason = "made for the tests of the peer")]
#[path = "peer/script.rs"]
mod script;
#[allow(dead_code, reason = "made for the tests of the peer")]
#[path = "peer/wire.rs"]
mod wire;

use proptest::prelude::ProptestConfig;
use support::*;

fn main() -> ExitCode {
    let pure = [
        ("encoded_is_decoded_to_the_same", roundtrip::message as fn()),
        ("a_printed_address_is_read_as_itself", roundtrip::address),
        ("a_number_is_read_in_every_base", roundtrip::number),
        ("bytes_end_in_a_value_or_an_error", decoders::bytes),
        (
            "attributes_end_in_a_value_or_an_error",
            decoders::attributes,
        ),
        ("a_dialogue_ends_in_a_value_or_an_error", decoders::dialogue),
        ("recorded_replies_are_understood", decoders::corpus_is_read),
        ("any_time_zone_has_a_time", decoders::zone),
        ("a_batch_file_ends", decoders::batch),
        ("arguments_end_in_a_request_or_an_error", arguments::parsed),
    ];
    let mut trials: Vec<_> = pure
        .into_iter()
        .map(|(name, body)| support::pure(name, body))
        .collect();
    trials.extend(trials![runs_end_in_0_1_2_or_255]);
    support::main(trials)
}

fn runs_end_in_0_1_2_or_255(ns: &mut Sandbox) {
    arguments::run(ns);
}

/// So many cases, and no file for those that fail: they are printed.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        // What is left out is no failure of the run.
        max_global_rejects: cases.max(1024),
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}
