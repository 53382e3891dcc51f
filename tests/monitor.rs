//! `mptcp monitor` on the real kernel: real connections between two hosts.
//!
//! With `MPTCP_TWIN=/path/to/ip` an iproute2 monitor runs beside each of ours
//! and must print the same. Without it the forms of the output are checked by
//! the rules in `monitor/modes.rs` alone.

#[macro_use]
mod support;
#[path = "monitor/decode.rs"]
mod decode;
#[path = "monitor/devices.rs"]
mod devices;
#[path = "monitor/lab.rs"]
mod lab;
#[path = "monitor/loss.rs"]
mod loss;
#[path = "monitor/modes.rs"]
mod modes;
#[path = "monitor/privilege.rs"]
mod privilege;
#[path = "monitor/scenario.rs"]
mod scenario;
#[path = "monitor/stream.rs"]
mod stream;

use support::*;

fn main() -> ExitCode {
    privilege::become_the_program();
    let mut trials = decode::trials();
    trials.extend(scenario::trials());
    trials.extend(stream::trials());
    trials.extend(devices::trials());
    trials.extend(loss::trials());
    trials.extend(privilege::trials());
    if modes::twin().is_none() {
        // With one, it is held beside ours in the trials of the scenario.
        let why = "MPTCP_TWIN names no ip to compare with";
        trials.push(ignored("all_modes_print_what_iproute2_prints", why));
    }
    support::main(trials)
}
