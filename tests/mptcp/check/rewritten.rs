//! Causes on the path, which rewrites what passes.

use super::lab::*;
use crate::support::*;

trials! { data_loses_mptcp, answers_to_joins_are_changed }

/// Lets the server do this with what it sends.
fn rewrite(lab: &Lab, rule: &str) {
    lab.on_server("nft add table inet t");
    lab.on_server("nft add chain inet t c { type filter hook output priority 0 ; }");
    lab.on_server(&format!("nft add rule inet t c {rule}"));
}

fn data_loses_mptcp(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    rewrite(
        &lab,
        "ip daddr 10.0.1.1 tcp flags & syn == 0 reset tcp option mptcp",
    );
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to("fallback-later", "warn");
    assert_eq!(found["where"], "path");
    assert_eq!(fix(&found), [""; 0]);
}

fn answers_to_joins_are_changed(ns: &mut Sandbox) {
    let lab = Lab::new(ns);
    // In the SYN/ACK, the HMAC is 44 bytes behind the beginning of the header.
    rewrite(
        &lab,
        "ip daddr 10.0.2.1 tcp flags & ( syn | ack ) == ( syn | ack ) @th,352,32 set 0x01020304",
    );
    let listener = lab.listen();
    let _pair = connect(&listener);
    let found = comes_to("join-hmac", "warn");
    assert_eq!(found["where"], "path");
}
