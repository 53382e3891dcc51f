//! What an ordinary user sees.

use super::hosts::*;

trials! {
    an_ordinary_user_sees_connections, nobody_else_s_owners_are_seen,
    what_of_proc_cannot_be_read_is_named,
}

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

/// Whichever file fails to open: no connection is said to be nobody's, and no
/// process to have an empty name.
fn what_of_proc_cannot_be_read_is_named(ns: &mut Sandbox) {
    need_tool("strace");
    let hosts = Hosts::new(ns, V4);
    let listener = hosts.listen();
    let _pair = hosts.connect(&listener);
    let (mut named, mut whole) = (0, 0);
    for at in (1..40).chain((40..).step_by(40)) {
        let inject = format!("inject=openat:error=EMFILE:when={at}");
        let strace = ["-f", "-o", "/dev/null", "-e", "trace=openat", "-e", &inject];
        let program = Program::new("strace").args(strace).arg(MPTCP);
        let output = program.line("-json connection process").run();
        let said = output.errors();
        if !said.contains("Warning: some processes are not known: cannot read /proc") {
            // It did not come to that, or all could be read.
            whole += i32::from(output.status == 0);
            if output.status == 0 && said.is_empty() && at > 40 {
                break;
            }
            continue;
        }
        assert!(said.contains("Too many open files"), "{output}");
        named += 1;
        let one = &json(&output.text())[0];
        if let Some(processes) = one["processes"].as_array() {
            assert!(!processes.is_empty(), "{one}");
            let empty = processes.iter().any(|of| of["comm"] == "");
            assert!(!empty, "{one}");
        }
    }
    assert!(named > 0 && whole > 0, "{named} {whole}");
}
