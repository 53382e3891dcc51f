//! What holds for any input: encoded is decoded to the same, any bytes end in
//! a value or an error, any arguments in 0, 1, 2 or 255.

#[macro_use]
mod support;

#[path = "properties/arguments.rs"]
mod arguments;
#[path = "properties/corpus.rs"]
mod corpus;
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
        ("any_time_zone_has_a_time", decoders::zone),
        ("a_batch_file_ends", decoders::batch),
        ("arguments_end_in_a_request_or_an_error", arguments::parsed),
        (
            "every_corpus_of_a_fuzz_target_is_read",
            corpus::all_are_read,
        ),
        ("arguments_of_the_corpus_are_read", corpus::arguments),
        ("batches_of_the_corpus_are_read", corpus::batches),
    ];
    let recorded = [
        ("recorded_replies_are_understood", corpus::replies as fn()),
        ("recorded_refusals_are_understood", corpus::acks),
        ("recorded_families_are_understood", corpus::families),
        ("recorded_events_are_understood", corpus::events),
    ];
    let mut trials: Vec<_> = pure
        .into_iter()
        .map(|(name, body)| support::pure(name, body))
        .collect();
    let recorded = recorded.map(|(name, body)| support::pure(name, body));
    trials.extend(recorded.map(|trial| trial.unless(other_byte_order())));
    trials.extend(trials![runs_end_in_0_1_2_or_255]);
    support::main(trials)
}

fn runs_end_in_0_1_2_or_255(ns: &mut Sandbox) {
    arguments::run(ns);
}
