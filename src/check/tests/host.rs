use super::*;
use crate::check::finding::Seen;

#[test]
fn a_kernel_without_mptcp_has_nothing_else_wrong() {
    let facts = Facts::default();
    finds(&facts, "kernel FAIL");
}

#[test]
fn mptcp_is_off() {
    let mut facts = with_one_path();
    set(&mut facts, "net.mptcp.enabled", "0");
    facts.limits.subflows = Some(0);
    let found = finds(&facts, "disabled FAIL");
    assert_eq!(found.fix, [["sysctl", "-w", "net.mptcp.enabled=1"]]);
}

#[test]
fn user_space_has_the_paths() {
    let mut facts = healthy();
    set(&mut facts, "net.mptcp.path_manager", "userspace");
    facts.endpoints[0].flags = Flags::default();
    let found = finds(&facts, "userspace-pm WARN");
    assert_eq!(
        found.fix,
        [["sysctl", "-w", "net.mptcp.path_manager=kernel"]]
    );
    facts.endpoints.clear();
    quiet(&facts);
}

#[test]
fn before_linux_6_15_it_has_a_number() {
    let mut facts = healthy();
    facts.sysctls.remove("net.mptcp.path_manager");
    set(&mut facts, "net.mptcp.pm_type", "0");
    quiet(&facts);
    set(&mut facts, "net.mptcp.pm_type", "1");
    let found = finds(&facts, "userspace-pm WARN");
    assert_eq!(found.fix, [["sysctl", "-w", "net.mptcp.pm_type=0"]]);
    let value = ("net.mptcp.pm_type".to_owned(), Seen::Number(1));
    assert_eq!(found.seen[0], value);
}

#[test]
fn other_managers_are_told_of_only_where_all_is() {
    let mut facts = healthy();
    facts.managers.push("mptcpd".to_owned());
    quiet(&facts);
    let all = judge(&facts, true).findings;
    let found = all.iter().find(|of| of.check == "other-manager").unwrap();
    assert_eq!((found.level, found.subject.as_str()), (Level::Ok, "mptcpd"));
}
