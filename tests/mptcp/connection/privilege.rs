//! What an ordinary user sees.

use super::hosts::*;

trials! { an_ordinary_user_sees_connections, nobody_else_s_owners_are_seen }

/// Since Linux 6.15 that is all but the sequence numbers. Before, the
/// subflows' MPTCP part is missing, which is said once.
fn an_ordinary_user_sees_connections(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    mptcp(&format!("endpoint add {} subflow backup", V4.near[1])).ok();
    let listener = hosts.listen();
    let _pair = hosts.connect(&listener);
    let [client, _] = hosts.only_with(2);
    let output = without_net_admin(|| mptcp("-json -details connection"));
    assert_eq!(output.status, 0, "{output}");
    let told = json(&output.text());
    let one = &told[0];
    assert_eq!(one["token"], client["token"], "{one}");
    assert_eq!(subflows(one).len(), 2, "{one}");
    match output.stderr.is_empty() {
        true => {
            let backup = subflow_at(one, V4.near[1]);
            assert_eq!(backup["backup"], true, "{one}");
            assert!(backup["map_seq"].is_null(), "{one}");
        }
        false => {
            let said = output.errors();
            assert_eq!(said.lines().count(), 2, "{said}");
            assert!(
                said.starts_with("Warning: ") && said.contains("CAP_NET_ADMIN"),
                "{said}"
            );
            assert!(
                subflows(one).iter().all(|of| of["locid"].is_null()),
                "{one}"
            );
        }
    }
    let privileged = list("-json -details connection").remove(0);
    assert!(
        subflow_at(&privileged, V4.near[0])["map_seq"].is_u64(),
        "{privileged}"
    );
}

fn nobody_else_s_owners_are_seen(ns: &mut Sandbox) {
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    let _pair = hosts.connect(&listener);
    // /proc is that of the machine, but another file system may be there.
    ns.hide("/proc");
    let output = mptcp("-json connection process");
    assert_eq!(output.status, 0, "{output}");
    // That nobody holds it would not be true.
    assert!(json(&output.text())[0]["processes"].is_null(), "{output}");
    let said = output.errors();
    let warned = said.starts_with("Warning: some connections belong to processes");
    assert!(warned && said.contains("CAP_SYS_PTRACE"), "{said}");
}
