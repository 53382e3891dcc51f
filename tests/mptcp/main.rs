//! The program as a user runs it, in network namespaces of its own, against the
//! real kernel.
//!
//! A trial is named by its module: `cargo test --test mptcp corpus::` runs those
//! of one. They are run by libtest-mimic instead of Rust's own harness, which
//! starts threads before an ordinary user could enter a user namespace, and knows
//! no trial that is made while it runs, as those of the corpus are.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

#[macro_use]
mod support;

mod apply;
mod batch;
mod batch_run;
mod check;
mod check_to;
mod completions;
mod connection;
mod corpus;
mod counters;
mod documentation;
mod handover;
mod hardening;
mod hostile;
mod kit;
mod man;
mod messages;
mod monitor;
mod names;
mod netns;
mod peer;
mod properties;
mod replay;
mod retry;
mod robustness;
mod run;
mod standalone;
mod status;
mod twins;
mod userspace;
mod watch;

trials! {;
    apply::trials(),
    batch::trials(), batch_run::trials(), check::trials(), check_to::trials(),
    completions::trials(), connection::trials(), corpus::trials(), counters::trials(),
    documentation::trials(), handover::trials(), hardening::trials(), hostile::trials(), kit::trials(), man::trials(), messages::trials(),
    monitor::trials(),
    names::trials(), netns::trials(), peer::trials(), properties::trials(), replay::trials(),
    retry::trials(), robustness::trials(), run::trials(), standalone::trials(), status::trials(), twins::trials(), userspace::trials(), watch::trials()
}

fn main() -> std::process::ExitCode {
    support::become_the_program();
    support::panic_if_asked();
    support::heed_signals();
    support::look_for_tools_in_sbin();
    support::main(trials())
}
