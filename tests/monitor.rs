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

use std::time::Duration;

use support::*;

/// How long to wait for what must come.
const SOON: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    privilege::become_the_program();
    if modes::twin().is_none() {
        eprintln!("warning: MPTCP_TWIN names no ip: monitors are NOT compared with iproute2's");
    }
    let mut trials = decode::trials();
    trials.extend(scenario::trials());
    trials.extend(stream::trials());
    trials.extend(devices::trials());
    trials.extend(loss::trials());
    trials.extend(privilege::trials());
    support::main(trials)
}
