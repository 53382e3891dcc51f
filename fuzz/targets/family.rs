//! The lookup of the family and of its groups.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::netlink::Connection;
use mptcp_cli::pm::{EVENTS, FAMILY};
use mptcp_fuzz::Said;

fuzz_target!(|datagram: &[u8]| {
    let family = Connection::over(Said::new(datagram)).family(FAMILY);
    let _ = family.and_then(|family| family.group(EVENTS));
});
