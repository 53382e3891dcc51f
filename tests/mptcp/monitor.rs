//! `mptcp monitor` on the real kernel: real connections between two hosts.
//!
//! With `MPTCP_TWIN=/path/to/ip` an iproute2 monitor runs beside each of ours
//! and must print the same. Without it the forms of the output are checked by
//! the rules in `monitor/modes.rs` alone.

mod decode;
mod devices;
mod existing;
mod explain;
mod lab;
mod loss;
mod modes;
mod privilege;
mod scenario;
mod stream;
mod words;
mod zones;

use crate::support::*;

trials! { all_modes_print_what_iproute2_prints;
    decode::trials(), devices::trials(), existing::trials(), explain::trials(), loss::trials(),
    privilege::trials(), scenario::trials(), stream::trials(), words::trials(), zones::trials()
}

/// They are held side by side in the trials of the scenario.
fn all_modes_print_what_iproute2_prints() {
    need_twin();
}
