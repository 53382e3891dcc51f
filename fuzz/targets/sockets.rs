//! A message of either dump of sockets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::diag::socket::{Protocol, Socket};

fuzz_target!(|message: &[u8]| {
    for protocol in [Protocol::Tcp, Protocol::Mptcp] {
        let _ = Socket::decode(message, protocol);
    }
});
