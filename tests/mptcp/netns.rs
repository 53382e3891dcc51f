//! `-netns`: in another network namespace, and in nothing else of another.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use crate::support::*;

trials! {
    by_name, by_path, by_a_path_relative_to_where_one_is, by_process,
    a_name_goes_before_a_process_and_a_path, several_are_entered_in_turn, a_missing_one,
    what_is_no_network_namespace, nothing_else_of_it_is_entered,
    it_takes_the_right_to_enter_and_no_other, a_process_takes_the_right_to_look_at_it,
}

/// What `limits show` prints in a [`marked`] namespace.
const THERE: &str = "add_addr_accepted 3 subflows 4 \n";
/// And what in another one.
const HERE: &str = "add_addr_accepted 0 subflows 2 \n";

/// Another namespace, to be told by its limits.
fn marked(ns: &Sandbox) -> Netns {
    let other = ns.second_host();
    other.run(|| mptcp("limits set add_addr_accepted 3 subflows 4").prints(""));
    other
}

/// Asks for the limits in a namespace.
fn limits_in(namespace: &str) -> Output {
    mptcp_words(["-n", namespace, "limits"])
}

fn by_name(ns: &mut Sandbox) {
    let other = marked(ns);
    ns.name_netns("other", &other);
    ns.name_netns("with blank", &other);
    limits_in("other").prints(THERE);
    limits_in("with blank").prints(THERE);
    for option in ["-n", "-net", "-netns", "--netns"] {
        mptcp(&format!("{option} other limits")).prints(THERE);
    }
    mptcp("-netns other endpoint add 10.0.0.2").prints("");
    other.run(|| mptcp("endpoint").prints("10.0.0.2 id 1 \n"));
    mptcp("endpoint").prints("");
    mptcp("limits").prints(HERE);
}

fn by_path(ns: &mut Sandbox) {
    let other = marked(ns);
    ns.name_netns("other", &other);
    // The test's own descriptor, and one of /run/netns.
    let descriptor = format!("/proc/{}/fd/{}", std::process::id(), other.fd());
    for path in [
        descriptor.as_str(),
        "/run/netns/other",
        "//run/netns/../netns/other",
    ] {
        limits_in(path).prints(THERE);
    }
    // As ip has it: behind /run/netns, whatever it begins with.
    for path in ["/other", "./other", "../netns/other"] {
        limits_in(path).prints(THERE);
    }
}

fn by_a_path_relative_to_where_one_is(ns: &mut Sandbox) {
    let other = marked(ns);
    let descriptors = format!("/proc/{}/fd", std::process::id());
    let number = other.fd();
    let run = |path: String| {
        let program = Program::mptcp().directory(&descriptors);
        program.args(["-n", &path, "limits"]).run()
    };
    run(format!("./{number}")).prints(THERE);
    run(format!("../fd/{number}")).prints(THERE);
    // Without a slash it is no path.
    let scratch = Scratch::new();
    scratch.file("here", "");
    let program = Program::mptcp().directory(&*scratch);
    let output = program.line("-n here limits").run();
    output.fails(255, "No such file or directory");
}

/// Runs `body` with the number of a process that does nothing, in the calling
/// thread's namespace.
fn beside_a_process<T>(body: impl FnOnce(&str) -> T) -> T {
    let (idle, _stdin) = Program::new("cat").start_fed();
    body(&idle.pid().to_string())
}

fn by_process(ns: &mut Sandbox) {
    let other = marked(ns);
    let ended = other.run(|| {
        beside_a_process(|number| {
            ns.net.run(|| {
                limits_in(number).prints(THERE);
                let batch = Program::mptcp().args(["-n", number, "-batch", "-"]);
                let batch = batch.stdin("limits\nlimits\n").run();
                batch.prints(&THERE.repeat(2));
            });
            number.to_owned()
        })
    });
    limits_in(&ended).fails(
        255,
        &format!("Cannot open network namespace \"{ended}\": No such file or directory\n"),
    );
}

fn a_name_goes_before_a_process_and_a_path(ns: &mut Sandbox) {
    let other = marked(ns);
    beside_a_process(|number| {
        limits_in(number).prints(HERE);
        ns.name_netns(number, &other);
        limits_in(number).prints(THERE);
    });
}

fn several_are_entered_in_turn(ns: &mut Sandbox) {
    let (first, second) = (ns.second_host(), marked(ns));
    ns.name_netns("first", &first);
    ns.name_netns("second", &second);
    mptcp("-n first -n second limits").prints(THERE);
    mptcp("-n second -j -n first limits").ok();
    mptcp("-n second -n first limits").prints(HERE);
    mptcp("-n nowhere -n second limits").fails(255, "\"nowhere\"");
}

fn a_missing_one(ns: &mut Sandbox) {
    let missing = |name: &str| {
        let says = format!("Cannot open network namespace \"{name}\": No such file or directory\n");
        let output = limits_in(name).ends(255, "").says_first(&says);
        output.says("\nHint: \"ip netns\" lists");
    };
    let names = [
        "nowhere",
        "/proc/self/ns/nowhere",
        "./nowhere",
        "0",
        "4194305",
        "-1",
        "1x",
        "0x1",
    ];
    names.iter().for_each(|name| missing(name));
    // There is none at all, or there are others.
    let other = marked(ns);
    ns.name_netns("other", &other);
    names.iter().for_each(|name| missing(name));
    missing("nowhere -n");
    // Behind a name there is nothing, and the file is not beside it either.
    missing("other/nowhere");
    mptcp("limits set subflows 3 -n nowhere").fails(255, "argument");
    mptcp("-n nowhere limits set subflows 3").fails(255, "nowhere");
    mptcp("limits").prints(HERE);
}

fn what_is_no_network_namespace(ns: &mut Sandbox) {
    let other = marked(ns);
    ns.name_netns("other", &other);
    File::create_new("/run/netns/file").unwrap();
    let lines = "file||.|..|/|/proc/self/ns/mnt|/proc/self/ns/user|/dev/null";
    for name in lines.split('|') {
        let says = format!("setting the network namespace \"{name}\" failed: Invalid argument\n");
        let output = limits_in(name).ends(255, "").says_first(&says);
        output.says_last("Hint: this is not a network namespace\n");
    }
}

fn nothing_else_of_it_is_entered(ns: &mut Sandbox) {
    let other = marked(ns);
    ns.name_netns("other", &other);
    let program = Program::mptcp().line("-n other -batch -");
    let (mut running, mut lines) = program.start_fed();
    writeln!(lines, "limits").unwrap();
    running.wait_for("subflows 4");
    let namespace = |process: &str, kind: &str| {
        fs::read_link(format!("/proc/{process}/ns/{kind}")).expect("a namespace")
    };
    let its = running.pid().to_string();
    for kind in ["mnt", "user", "uts", "ipc", "pid", "cgroup"] {
        assert_eq!(
            namespace(&its, kind),
            namespace("thread-self", kind),
            "{kind}"
        );
    }
    assert_ne!(namespace(&its, "net"), namespace("thread-self", "net"));
    let mounts = |process: &str| fs::read_to_string(format!("/proc/{process}/mountinfo")).unwrap();
    assert_eq!(mounts(&its), mounts("thread-self"));
    // Nothing is kept open that would keep the namespace alive.
    let kept = fs::read_dir(format!("/proc/{its}/fd")).unwrap();
    let kept: Vec<PathBuf> = kept
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .filter(|file| *file == namespace(&its, "net"))
        .collect();
    assert!(kept.is_empty(), "{kept:?}");
    drop(lines);
    running.finish().ok();
}

fn it_takes_the_right_to_enter_and_no_other(ns: &mut Sandbox) {
    let other = marked(ns);
    ns.name_netns("other", &other);
    without_net_admin(|| limits_in("other")).prints(THERE);
    let output = without_sys_admin(|| limits_in("other"));
    let says = "setting the network namespace \"other\" failed: Operation not permitted\n";
    output
        .fails(255, says)
        .fails(255, "Hint: it requires the capability CAP_SYS_ADMIN");
}

fn a_process_takes_the_right_to_look_at_it(_ns: &mut Sandbox) {
    beside_a_process(|process| {
        // The process has a right that the program has not.
        let output = without_sys_ptrace(|| limits_in(process));
        output.fails(
            255,
            "Hint: for a process of another user or with more privileges, it requires the capability CAP_SYS_PTRACE",
        );
    });
}
