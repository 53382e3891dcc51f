//! `address` and `subflow` on live connections between two hosts, under the
//! userspace path manager: what the other host sees of each command, and how
//! each refusal is told.

mod live;
#[macro_use]
mod support;

use live::commands::*;
use live::refusals::*;
use live::words::*;
use live::{Plan, V4, V6};
use support::*;

/// A trial that is run over either version of IP.
type OverBoth = (&'static str, fn(&Sandbox, Plan));

fn main() -> ExitCode {
    let mut trials = trials![
        addresses_are_shown_like_endpoints,
        a_batch_tells_the_line_that_failed,
        mixed_families_are_refused,
        the_kernels_own_connections_are_left_alone,
        a_privilege_is_needed,
        words_come_in_any_order_and_short,
        new_objects_come_last,
        what_is_missing_is_named_before_anything_is_sent,
    ];
    let over_both: [OverBoth; 6] = [
        ("six_lines_drive_a_connection", six_lines_drive_a_connection),
        ("an_address_comes_and_goes", an_address_comes_and_goes),
        ("a_subflow_comes_and_goes", a_subflow_comes_and_goes),
        ("a_subflow_becomes_a_reserve", a_subflow_becomes_a_reserve),
        (
            "an_announced_port_needs_a_listener",
            an_announced_port_needs_a_listener,
        ),
        (
            "what_the_kernel_refuses_is_told",
            what_the_kernel_refuses_is_told,
        ),
    ];
    for (version, plan) in [("ipv4", V4), ("ipv6", V6)] {
        for (name, body) in over_both {
            trials.push(kernel(format!("{name}_{version}"), move |ns| {
                body(ns, plan)
            }));
        }
    }
    support::main(trials)
}
