//! The kit of the other tests, tested itself: what it promises about
//! namespaces, devices and connections holds on this machine.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use crate::support::*;
use nix::sys::signal::Signal;

trials! {
    namespaces_are_separate, programs_run_in_the_namespace, sysctls_stay_in_the_namespace,
    a_named_namespace_is_seen_in_the_sandbox_only, two_hosts_speak_mptcp_over_ipv4,
    two_hosts_speak_mptcp_over_ipv6, a_route_leads_over_a_gateway,
    links_are_renamed_set_down_and_deleted, many_devices_are_made,
    a_running_program_is_read_and_signalled, what_a_program_said_is_told,
    a_privilege_is_given_up_for_one_program, no_test_has_an_attribute,
}

fn namespaces_are_separate(ns: &mut Sandbox) {
    add_device("eth0");
    let second = ns.second_host();
    assert!(device("eth0").exists());
    second.run(|| {
        assert!(!device("eth0").exists());
        assert!(device("lo").exists());
    });
    assert!(device("eth0").exists(), "back after run");
    let main_thread = fs::read_link("/proc/self/ns/net").expect("a namespace");
    assert_ne!(main_thread, here());
}

fn programs_run_in_the_namespace(_ns: &mut Sandbox) {
    Program::new("readlink")
        .arg("/proc/self/ns/net")
        .run()
        .prints(&format!("{}\n", here().display()));
    Program::new("cat").stdin("words").run().prints("words");
}

fn sysctls_stay_in_the_namespace(ns: &mut Sandbox) {
    let second = ns.second_host();
    sysctl_write("net.mptcp.add_addr_timeout", "77");
    assert_eq!(sysctl_read("net.mptcp.add_addr_timeout").expect("it"), "77");
    let other = second.run(|| sysctl_read("net.mptcp.add_addr_timeout").expect("it"));
    assert_ne!(other, "77");
    second.run(use_userspace_path_manager);
    assert_eq!(sysctl_read("net.mptcp.pm_type").expect("it"), "0");
    assert_eq!(
        second.run(|| sysctl_read("net.mptcp.pm_type").expect("it")),
        "1"
    );
}

fn a_named_namespace_is_seen_in_the_sandbox_only(ns: &mut Sandbox) {
    let (left, right) = (ns.second_host(), ns.second_host());
    ns.name_netns("left", &left);
    ns.name_netns("right", &right);
    for (name, namespace) in [("left", &left), ("right", &right)] {
        let file = fs::File::open(format!("/var/run/netns/{name}")).expect("the name");
        nix::sched::setns(file, nix::sched::CloneFlags::CLONE_NEWNET).expect("enter it");
        let by_name = here();
        ns.net.enter();
        assert_eq!(by_name, namespace.run(here));
    }
    // The main thread has the host's mounts.
    let host = Path::new("/proc/self/root");
    assert!(!host.join("run/netns/left").exists());
}

fn two_hosts_speak_mptcp_over_ipv4(ns: &mut Sandbox) {
    let server = two_hosts(ns, "10.0.0.1/24", "10.0.0.2/24");
    speak_mptcp(&server, "10.0.0.1:0", "10.0.0.2:8080");
}

fn two_hosts_speak_mptcp_over_ipv6(ns: &mut Sandbox) {
    let server = two_hosts(ns, "fc00::1/64", "fc00::2/64");
    speak_mptcp(&server, "[fc00::1]:0", "[fc00::2]:8080");
}

fn a_route_leads_over_a_gateway(ns: &mut Sandbox) {
    let server = two_hosts(ns, "10.0.0.1/24", "10.0.0.2/24");
    server.run(|| {
        add_device("far");
        add_address("far", "10.9.0.1/24");
    });
    add_route("10.9.0.0/24", Some("10.0.0.2"), "veth0");
    let listener = server.run(|| mptcp_listen("10.9.0.1:0"));
    mptcp_connect(&listener.local_addr().expect("its address").to_string());
}

fn links_are_renamed_set_down_and_deleted(_ns: &mut Sandbox) {
    add_device("before");
    let index = link_index("before");
    rename_link("before", "after");
    assert_eq!(link_index("after"), index);
    let flags = || fs::read_to_string("/proc/thread-self/net/route").expect("routes");
    add_address("after", "10.5.0.1/24");
    assert!(flags().contains("after"));
    set_down("after");
    assert!(!flags().contains("after"));
    delete_link("after");
    assert!(!device("after").exists());
}

fn many_devices_are_made(_ns: &mut Sandbox) {
    add_devices((0..2000).map(|number| format!("d{number}")));
    let missing: Vec<_> = (0..2000)
        .filter(|number| !device(&format!("d{number}")).exists())
        .collect();
    assert_eq!(missing, [0; 0]);
}

fn a_running_program_is_read_and_signalled(_ns: &mut Sandbox) {
    let script = "trap 'echo end; exit 3' INT; echo one; echo two >&2; printf 'no line'; \
                  while :; do read line; done";
    // A shell traps no signal that was ignored when it began, as SIGINT is where
    // the tests run in the background of a script.
    let program = Program::new("env").args(["--default-signal=INT", "sh", "-c", script]);
    let (mut running, _input) = program.start_fed();
    assert_eq!(running.next_line(SOON).as_deref(), Some("one"));
    assert_eq!(running.wait_for("line"), "no line");
    running.wait_for_error("two");
    // All it prints is there, and that is no line.
    assert_eq!(running.next_line(Duration::ZERO), None);
    let output = running.interrupt();
    output.ends(3, "one\nno lineend\n");

    let running = Program::new("sleep").arg("60").start();
    running.signal(Signal::SIGTERM);
    assert_eq!(running.finish().status, 128 + 15);
}

fn what_a_program_said_is_told(_ns: &mut Sandbox) {
    let script = "echo out; echo err >&2; exit 7";
    let output = Program::new("sh").args(["-c", script]).run();
    output.ends(7, "out\n").says_only("err\n");
}

fn a_privilege_is_given_up_for_one_program(_ns: &mut Sandbox) {
    let grep = || Program::new("grep").args(["CapEff", "/proc/self/status"]);
    let holds = |output: Output| {
        let text = output.ok().text();
        let set = text.split_whitespace().last().expect("a set").to_owned();
        // CAP_NET_ADMIN is bit 12.
        u64::from_str_radix(&set, 16).expect("a set") & (1 << 12) != 0
    };
    assert!(holds(grep().run()));
    assert!(!without_net_admin(|| holds(grep().run())));
    assert!(holds(grep().run()), "others keep it");
}

/// The compiler drops them without a word, as Rust's own harness is not there. (A
/// test that no list has is dead code, of which it tells.)
fn no_test_has_an_attribute() {
    let attribute = concat!("#[", "test]");
    let sources = sources("tests/mptcp");
    assert!(sources.iter().any(|source| source.ends_with("kit.rs")));
    for source in sources {
        let text = fs::read_to_string(&source).expect("a source");
        assert!(!text.contains(attribute), "{}", source.display());
    }
}

/// A second host at the other end of a veth pair, `veth0` here and there.
fn two_hosts(ns: &Sandbox, ours: &str, theirs: &str) -> Netns {
    let other = ns.second_host();
    add_veth("veth0", "veth0", &other);
    add_address("veth0", ours);
    other.run(|| add_address("veth0", theirs));
    other
}

fn speak_mptcp(server: &Netns, local: &str, remote: &str) {
    let listener = server.run(|| mptcp_listen(remote));
    let mut client: TcpStream = mptcp_connect_from(Some(local), remote);
    let mut accepted = accept(&listener);
    exchange(&mut client, &mut accepted);
    assert_eq!(
        mptcp_counter("MPCapableSYNACKRX"),
        1,
        "it is MPTCP, not TCP"
    );
    assert_eq!(server.run(|| mptcp_counter("MPCapableACKRX")), 1);
}

/// A device's directory that exists in the thread's own namespace only.
fn device(name: &str) -> std::path::PathBuf {
    Path::new("/proc/sys/net/ipv4/conf").join(name)
}

fn here() -> std::path::PathBuf {
    fs::read_link("/proc/thread-self/ns/net").expect("a namespace")
}
