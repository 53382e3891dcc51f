//! Causes on the path, which rewrites what passes.

use serde_json::Value;

use super::lab::*;
use crate::support::*;

trials! { data_loses_mptcp, answers_to_joins_are_changed }

/// What comes to be found on the path where the server does this with what it
/// sends.
fn finds_where(ns: &mut Sandbox, rule: &str, check: &str) -> Value {
    let lab = Lab::new(ns);
    lab.on_server("nft add table inet t");
    lab.on_server("nft add chain inet t c { type filter hook output priority 0 ; }");
    lab.on_server(&format!("nft add rule inet t c {rule}"));
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to(check, "warn");
    assert_eq!(found["where"], "path");
    found
}

fn data_loses_mptcp(ns: &mut Sandbox) {
    let found = finds_where(
        ns,
        "ip daddr 10.0.1.1 tcp flags & syn == 0 reset tcp option mptcp",
        "fallback-later",
    );
    assert_eq!(fix(&found), [""; 0]);
}

fn answers_to_joins_are_changed(ns: &mut Sandbox) {
    // In the SYN/ACK, the HMAC is 44 bytes behind the beginning of the header.
    finds_where(
        ns,
        "ip daddr 10.0.2.1 tcp flags & ( syn | ack ) == ( syn | ack ) @th,352,32 set 0x01020304",
        "join-hmac",
    );
}
