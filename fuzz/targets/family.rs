//! The lookup of the family and of its groups.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::netlink::{Connection, generic};
use mptcp_cli::pm::{EVENTS, FAMILY};
use mptcp_fuzz::Said;

fuzz_target!(|datagram: &[u8]| {
    let family = generic::family(&mut Connection::over(Said::new(datagram)), FAMILY);
    let _ = family.and_then(|family| family.group(EVENTS));
});
