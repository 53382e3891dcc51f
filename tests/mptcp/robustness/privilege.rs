//! What a privileged run trusts: its arguments, and little else.

use std::collections::BTreeSet;
use std::fs;

use nix::libc::O_CLOEXEC;

use super::{add_endpoints, shell};
use crate::support::*;

trials! {
    the_environment_changes_nothing, descriptors_are_closed_on_exec, no_file_is_written,
    getent_is_run_from_the_system_and_without_environment,
    a_name_is_had_where_dead_children_are_ignored, getent_has_the_signals_of_a_new_program,
    a_system_without_getent_shows_addresses,
    the_environment_is_read_for_colours_the_terminal_and_the_time_only,
}

/// Variables that other programs heed.
const HOSTILE: &str = "BATCH=/etc/passwd CLICOLOR=1 CLICOLOR_FORCE=1 COLORTERM=truecolor COLUMNS=1 FORCE_COLOR=1 \
    HOME=/nowhere HOSTALIASES=/etc/passwd IFS=0 IPROUTE2_CONFDIR=/nowhere LANG=de_DE.UTF-8 \
    LANGUAGE=de LC_ALL=tr_TR.UTF-8 MPTCP_NETNS=1 NETNS=1 PAGER=/bin/false PATH=/nowhere \
    RUST_BACKTRACE=full RUST_LOG=trace SHELL=/bin/false TERM=xterm-256color TMPDIR=/nowhere";

fn the_environment_changes_nothing(_ns: &mut Sandbox) {
    add_endpoints(3);
    for line in [
        "endpoint show",
        "-json endpoint",
        "limits",
        "endpoint show id 9",
        "endpoint add 10.0.0.x",
        "help",
        "--help",
    ] {
        let mut bare = Program::mptcp().line(line);
        bare.command().env_clear();
        let mut full = Program::mptcp().line(line);
        let hostile = HOSTILE.split(' ').filter_map(|pair| pair.split_once('='));
        full.command().envs(hostile);
        bare.run().equals(&full.run());
    }
}

/// The names behind `env::var` in the sources.
fn the_environment_is_read_for_colours_the_terminal_and_the_time_only() {
    let mut names = BTreeSet::new();
    for path in sources("src") {
        if path.ends_with("tests.rs") {
            continue;
        }
        let source = fs::read_to_string(&path).expect("a source");
        for part in source.split("env::var").skip(1) {
            let name = part.split('"').nth(1).unwrap_or(part);
            names.insert(name.to_owned());
        }
        for word in ["getenv", "temp_dir", "home_dir", "set_var"] {
            assert!(!source.contains(word), "{word} in {}", path.display());
        }
    }
    let known = [
        "COLORFGBG",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "NOTIFY_SOCKET",
        "NO_COLOR",
        // The names of programs are completed.
        "PATH",
        "TERM",
        "TZ",
    ];
    assert_eq!(names, BTreeSet::from(known.map(str::to_owned)));
}

fn descriptors_are_closed_on_exec(_ns: &mut Sandbox) {
    let monitor = Program::mptcp().line("monitor").start();
    monitor.wait_subscribed();
    let (own, kept) = descriptors(&monitor.pid().to_string());
    assert!(own.len() >= 2, "a socket and a signalfd: {own:?}");
    // What is not closed on exec came from whoever started it.
    let mut inherited = descriptors("self").1;
    inherited.extend(["0", "1", "2"].map(str::to_owned));
    assert!(kept.is_subset(&inherited), "{kept:?} {inherited:?}");
    monitor.interrupt().ok();
}

/// The descriptors of a process: those that are closed on exec, and the others.
fn descriptors(process: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let directory = fs::read_dir(format!("/proc/{process}/fdinfo")).expect("the descriptors");
    let numbers = directory.map(|entry| entry.expect("an entry").path());
    let told = numbers.filter_map(|path| {
        let number = path.file_name()?.to_str()?.to_owned();
        let info = fs::read_to_string(&path).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
        let flags = u32::from_str_radix(flags.trim(), 8).ok()?;
        Some((number, flags & O_CLOEXEC.cast_unsigned() != 0))
    });
    let (closed, kept): (Vec<_>, Vec<_>) = told.partition(|(_, closed)| *closed);
    let names = |row: Vec<(String, bool)>| row.into_iter().map(|(number, _)| number).collect();
    (names(closed), names(kept))
}

/// A file of any length at all would end the program with SIGXFSZ.
fn no_file_is_written(ns: &mut Sandbox) {
    ns.hide("/mnt");
    for line in [
        "endpoint add 10.0.0.1 subflow",
        "endpoint show",
        "-json endpoint show",
        "limits set subflows 1",
        "limits show",
        "-resolve endpoint show",
        "--help",
    ] {
        let script = format!("cd /mnt && ulimit -f 0 && exec $MPTCP {line}");
        let run = shell(&script).env("HOME", "/mnt").env("TMPDIR", "/mnt");
        run.run().ok();
        let left = fs::read_dir("/mnt").expect("the directory").count();
        assert_eq!(left, 0, "{line} leaves something");
    }
}

/// Puts a program in place of another one, for this test only. It complains,
/// and prints an address and a name, as getent does, if it has neither input
/// nor variables.
fn stand_in(ns: &Sandbox, target: &str, name: &str) {
    let path = format!("/mnt/{name}");
    let given = "$(cat)$HOSTALIASES$LD_PRELOAD";
    let line = format!("echo no >&2; [ -z \"{given}\" ] && echo $2 {name}");
    write_program(&path, format!("#!/bin/sh\n{line}\n"));
    if !target.is_empty() {
        ns.bind(&path, target);
    }
}

fn getent_is_run_from_the_system_and_without_environment(ns: &mut Sandbox) {
    ns.hide("/mnt");
    stand_in(ns, "/usr/bin/getent", "trusted");
    stand_in(ns, "", "getent");
    mptcp("endpoint add 10.0.0.1").ok();
    let resolve = Program::mptcp()
        .line("-resolve endpoint")
        .env("PATH", "/mnt");
    let resolve = resolve.env("HOSTALIASES", "/mnt/aliases").directory("/mnt");
    resolve.stdin("input").run().prints("trusted id 1 \n");
}

fn a_name_is_had_where_dead_children_are_ignored(ns: &mut Sandbox) {
    ns.hide("/mnt");
    stand_in(ns, "/usr/bin/getent", "trusted");
    mptcp("endpoint add 10.0.0.1").ok();
    let resolve = shell("exec env --ignore-signal=CHLD $MPTCP -resolve endpoint");
    resolve.run().prints("trusted id 1 \n");
}

fn getent_has_the_signals_of_a_new_program(ns: &mut Sandbox) {
    ns.hide("/mnt");
    let line = "kill -PIPE $$; echo $2 trusted";
    write_program("/mnt/getent", format!("#!/bin/sh\n{line}\n"));
    ns.bind("/mnt/getent", "/usr/bin/getent");
    mptcp("endpoint add 10.0.0.1").ok();
    // The signal is ignored here, and ends what is started all the same.
    let resolve = shell("trap '' PIPE; exec $MPTCP -resolve endpoint");
    resolve.run().prints("10.0.0.1 id 1 \n");
}

fn a_system_without_getent_shows_addresses(ns: &mut Sandbox) {
    add_endpoints(2);
    for directory in ["/usr/bin", "/bin"] {
        ns.hide(directory);
    }
    let shown = "10.0.0.1 id 1 subflow \n10.0.0.2 id 2 subflow \n";
    let output = mptcp("-resolve endpoint").ends(0, shown);
    // It is said once, and is no failure.
    assert_eq!(output.errors().lines().count(), 1, "{output}");
    output.says_first("Warning: -resolve needs");
}
