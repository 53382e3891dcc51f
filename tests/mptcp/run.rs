//! `run`: programs as they are, whose TCP connections use MPTCP.

mod containers;
mod faults;
mod programs;

use std::fs;
use std::os::unix::fs::MetadataExt;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::*;

trials! {
    sockets_for_tcp_are_of_mptcp, other_sockets_stay, a_static_program_has_it_too,
    bash_connects_with_it, a_server_accepts_with_it, threads_and_many_sockets_get_theirs,
    children_have_it_and_leave_no_supervisor, the_program_keeps_its_process,
    the_status_and_signals_are_the_programs, the_supervisor_holds_nothing,
    signals_to_the_group_leave_the_supervisor, a_stopped_supervisor_is_waited_for,
    without_the_supervisor_there_are_no_sockets, a_program_in_another_namespace_has_tcp,
    nested_runs_do_it_once, an_ordinary_user_may, a_user_that_was_changed_to_owns_the_socket,
    no_new_privileges_are_no_hindrance, a_limit_of_descriptors_is_told_as_ever,
    closed_descriptors_stay_closed, signals_are_inherited_as_they_were,
    without_mptcp_it_runs_with_tcp, words_are_the_programs, what_cannot_be_run_is_told,
    a_batch_refuses_it, strace_does_not_mind;
    containers::trials(), faults::trials(), programs::trials()
}

const PYTHON: &str = "/usr/bin/python3";
/// What `SO_PROTOCOL` says of a socket.
const MPTCP: &str = "262";
const TCP: &str = "6";

/// Prints the protocol of a socket.
const PROTOCOL: &str =
    "import socket; s = socket.socket(); print(s.getsockopt(socket.SOL_SOCKET, 38))";

fn run(words: &[&str]) -> Output {
    Program::mptcp().arg("run").args(words).run()
}

fn python(code: &str) -> Output {
    need_tool(PYTHON);
    run(&[PYTHON, "-c", code])
}

fn shell(script: &str) -> Output {
    run(&["sh", "-c", script])
}

/// The supervisors of this process, by their numbers.
fn supervisors(of: &str) -> Vec<Pid> {
    let title = format!("mptcp run: supervising {of}");
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        if line.trim_end_matches('\0') == title {
            found.push(Pid::from_raw(pid));
        }
    }
    found
}

/// A shell that is run with MPTCP, and prints its number first.
fn numbered_shell(script: &str) -> Program {
    Program::mptcp()
        .args(["run", "sh", "-c"])
        .arg(format!("echo $$; {script}"))
}

/// A program that prints its number and waits; and its supervisor.
fn waiting(script: &str) -> (Running, Pid, Pid) {
    let mut program = numbered_shell(script).start();
    let pid = program.next_line(SOON).expect("a number");
    let supervisor = supervisors(&pid);
    let [supervisor] = supervisor[..] else {
        panic!("not one supervisor: {supervisor:?}");
    };
    (
        program,
        Pid::from_raw(pid.parse().expect("a number")),
        supervisor,
    )
}

#[track_caller]
fn ended(process: Pid) {
    wait_until("it has ended", || !is_there(process));
}

/// Whether the process runs, and is no zombie.
fn is_there(process: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    !status.is_empty() && !status.contains("State:\tZ")
}

fn sockets_for_tcp_are_of_mptcp(_ns: &mut Sandbox) {
    let code = "
import socket as s
for family in (s.AF_INET, s.AF_INET6):
    for protocol in (0, 6):
        for flags in (0, s.SOCK_NONBLOCK, s.SOCK_CLOEXEC):
            one = s.socket(family, s.SOCK_STREAM | flags, protocol)
            print(one.getsockopt(s.SOL_SOCKET, 38), one.getblocking() == (flags != s.SOCK_NONBLOCK))
";
    python(code).ends(0, &format!("{MPTCP} True\n").repeat(12));
    // What is close-on-exec is the program's affair.
    let code = "
import ctypes, fcntl
libc = ctypes.CDLL(None)
for flags in (0, 0o2000000):
    print(fcntl.fcntl(libc.socket(2, 1 | flags, 0), fcntl.F_GETFD))
";
    python(code).ends(0, "0\n1\n");
}

fn other_sockets_stay(_ns: &mut Sandbox) {
    let code = "
import socket as s
for family, kind, protocol in [(s.AF_INET, s.SOCK_DGRAM, 0), (s.AF_INET6, s.SOCK_DGRAM, 17),
                               (s.AF_UNIX, s.SOCK_STREAM, 0), (s.AF_INET, s.SOCK_STREAM, 132)]:
    try:
        print(s.socket(family, kind, protocol).getsockopt(s.SOL_SOCKET, 38))
    except OSError as error:
        print(error.strerror)
";
    let expected = Program::new(PYTHON).arg("-c").arg(code).run().ok().text();
    python(code).ends(0, &expected);
}

fn a_static_program_has_it_too(ns: &mut Sandbox) {
    need_tool("busybox");
    let server = server_on_three_links(ns);
    let listener = server.run(|| mptcp_listen("10.0.1.2:8080"));
    let script = "echo hello | busybox nc 10.0.1.2 8080";
    let program = Program::mptcp().args(["run", "sh", "-c", script]).start();
    let stream = accept(&listener);
    let mut text = [0; 6];
    std::io::Read::read_exact(&mut &stream, &mut text).expect("a line");
    assert_eq!(&text, b"hello\n");
    drop(stream);
    program.finish().ok();
    assert_eq!(mptcp_counter("MPCapableSYNTX"), 1);
    assert_eq!(mptcp_counter("MPCapableSYNACKRX"), 1);
}

fn bash_connects_with_it(ns: &mut Sandbox) {
    let server = server_on_three_links(ns);
    let listener = server.run(|| mptcp_listen("10.0.1.2:8080"));
    let script = "exec 3<>/dev/tcp/10.0.1.2/8080; read -r line <&3; echo \"$line\"";
    let program = Program::mptcp().args(["run", "bash", "-c", script]).start();
    let stream = accept(&listener);
    std::io::Write::write_all(&mut &stream, b"hello\n").expect("written");
    assert_eq!(program.finish().ok().text(), "hello\n");
    assert_eq!(mptcp_counter("MPCapableSYNACKRX"), 1);
}

fn a_server_accepts_with_it(ns: &mut Sandbox) {
    need_tool(PYTHON);
    let server = server_on_three_links(ns);
    let code = "
import socket
listener = socket.create_server(('10.0.1.2', 8080))
print('ready', flush=True)
stream, _ = listener.accept()
print(stream.recv(5).decode())
";
    let mut program = server.run(|| Program::mptcp().args(["run", PYTHON, "-c", code]).start());
    assert_eq!(program.next_line(SOON).as_deref(), Some("ready"));
    let client = mptcp_connect("10.0.1.2:8080");
    std::io::Write::write_all(&mut &client, b"hello").expect("written");
    assert_eq!(program.next_line(SOON).as_deref(), Some("hello"));
    program.finish().ok();
    assert_eq!(
        mptcp_counter("MPCapableSYNACKRX"),
        1,
        "the server answered with MPTCP"
    );
}

fn threads_and_many_sockets_get_theirs(_ns: &mut Sandbox) {
    let code = "
import socket, threading
found = []
def work():
    for _ in range(1250):
        with socket.socket() as one:
            found.append(one.getsockopt(socket.SOL_SOCKET, 38))
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), set(found))
";
    python(code).ends(0, "10000 {262}\n");
}

fn children_have_it_and_leave_no_supervisor(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    let script = format!(
        "i=0; while [ $i -lt 500 ]; do (exit 0) & i=$((i+1)); done; wait; {PYTHON} -c '{PROTOCOL}'; \
         echo $$"
    );
    let output = shell(&script).ok().text();
    let mut lines = output.lines();
    assert_eq!(lines.next(), Some(MPTCP));
    let pid = lines.next().expect("a number").to_owned();
    wait_until("the supervisor has ended", || supervisors(&pid).is_empty());
    // It stays for a daemon.
    let (program, pid, supervisor) = waiting("(sleep 1000 >/dev/null 2>&1 <&1 & echo $!)");
    let daemon = program.finish().ok().text();
    assert!(!is_there(pid) && is_there(supervisor));
    kill(
        Pid::from_raw(daemon.lines().last().unwrap().parse().unwrap()),
        Signal::SIGKILL,
    )
    .unwrap();
    ended(supervisor);
}

fn the_program_keeps_its_process(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    let code = "
import os
print(os.getpid(), os.getppid(), sorted(os.listdir('/proc/self/fd')), os.getcwd(),
      open('/proc/self/task/%d/children' % os.getpid()).read())
";
    let with = Program::mptcp().args(["run", PYTHON, "-c", code]).start();
    let pid = with.pid();
    let with = with.finish().ok().text();
    let without = Program::new(PYTHON).arg("-c").arg(code).run().ok().text();
    assert!(with.starts_with(&format!("{pid} ")), "{with}");
    let rest = |text: &str| text.split_once(' ').map(|(_, rest)| rest.to_owned());
    assert_eq!(rest(&with), rest(&without));
}

fn the_status_and_signals_are_the_programs(_ns: &mut Sandbox) {
    for status in [0, 1, 7, 255] {
        assert_eq!(shell(&format!("exit {status}")).status, status);
    }
    let (program, pid, supervisor) = waiting("exec sleep 1000");
    kill(pid, Signal::SIGTERM).expect("sent");
    let output = program.finish();
    assert_ne!(output.status, 0, "{output}");
    ended(supervisor);
}

fn the_supervisor_holds_nothing(_ns: &mut Sandbox) {
    let (program, _, supervisor) = waiting("exec sleep 1000");
    let link = |name: &str| {
        let path = format!("/proc/{supervisor}/{name}");
        fs::read_link(path).expect("a link").display().to_string()
    };
    assert_eq!(link("cwd"), "/");
    let expected = [
        "/dev/null",
        "/dev/null",
        "/dev/null",
        "anon_inode:seccomp notify",
    ];
    // It closes what it was started with after it said that it is ready.
    wait_until("it holds nothing else", || {
        let open = fs::read_dir(format!("/proc/{supervisor}/fd")).expect("descriptors");
        let open = open.flatten().map(|entry| fs::read_link(entry.path()));
        let mut open: Vec<String> = open
            .flatten()
            .map(|link| link.display().to_string())
            .collect();
        open.sort();
        open == expected
    });
    let stat = fs::read_to_string(format!("/proc/{supervisor}/stat")).expect("stat");
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    // Its parent, its session, its terminal.
    assert_eq!(fields[4], "0", "no terminal: {stat}");
    assert_ne!(fields[1], program.pid().to_string());
    assert!(stat.contains("(mptcp run)"), "{stat}");
    kill(program.pid(), Signal::SIGKILL).expect("sent");
    drop(program);
}

fn signals_to_the_group_leave_the_supervisor(_ns: &mut Sandbox) {
    let (program, pid, supervisor) = waiting("exec sleep 1000");
    let ending = [Signal::SIGKILL, Signal::SIGSTOP];
    for signal in Signal::iterator().filter(|signal| !ending.contains(signal)) {
        kill(supervisor, signal).expect("sent");
    }
    let status = fs::read_to_string(format!("/proc/{supervisor}/status")).expect("its status");
    assert!(status.contains("State:\tS"), "{status}");
    kill(pid, Signal::SIGKILL).expect("sent");
    drop(program);
    ended(supervisor);
}

fn a_stopped_supervisor_is_waited_for(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    let script = format!("read line; {PYTHON} -c '{PROTOCOL}'");
    let (mut program, mut input) = numbered_shell(&script).start_fed();
    let pid = program.next_line(SOON).expect("a number");
    let supervisor = supervisors(&pid)[0];
    kill(supervisor, Signal::SIGSTOP).expect("sent");
    std::io::Write::write_all(&mut input, b"\n").expect("written");
    drop(input);
    assert_eq!(
        program.next_line(std::time::Duration::from_millis(300)),
        None
    );
    kill(supervisor, Signal::SIGCONT).expect("sent");
    assert_eq!(program.next_line(SOON).as_deref(), Some(MPTCP));
    program.finish().ok();
}

fn without_the_supervisor_there_are_no_sockets(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    let script = format!("read line; {PYTHON} -c '{PROTOCOL}' 2>&1 | tail -n 1");
    let (mut program, mut input) = numbered_shell(&script).start_fed();
    let pid = program.next_line(SOON).expect("a number");
    kill(supervisors(&pid)[0], Signal::SIGKILL).expect("sent");
    std::io::Write::write_all(&mut input, b"\n").expect("written");
    drop(input);
    let line = program.next_line(SOON).expect("a line");
    assert!(line.contains("Function not implemented"), "{line}");
    program.finish().ok();
}

fn a_program_in_another_namespace_has_tcp(ns: &mut Sandbox) {
    need_tool(PYTHON);
    need_tool("unshare");
    run(&["unshare", "-n", PYTHON, "-c", PROTOCOL]).ends(0, &format!("{TCP}\n"));
    // That of the option is entered before.
    let other = ns.second_host();
    ns.name_netns("blue", &other);
    let code = "import os; print(os.stat('/proc/self/ns/net').st_ino)";
    let code = format!("{PROTOCOL}; {code}");
    let output = Program::mptcp()
        .args(["-n", "blue", "run", PYTHON, "-c", &code])
        .run();
    let inode = fs::metadata(format!("/proc/self/fd/{}", other.fd()))
        .expect("it")
        .ino();
    output.ends(0, &format!("{MPTCP}\n{inode}\n"));
}

fn nested_runs_do_it_once(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    let inner = format!("{} run {PYTHON} -c '{PROTOCOL}'", crate::support::MPTCP);
    shell(&inner).ends(0, &format!("{MPTCP}\n"));
}

fn an_ordinary_user_may(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    let output = without_sys_admin(|| {
        python(&format!(
            "{PROTOCOL}; print(open('/proc/self/status').read())"
        ))
    });
    let text = output.ok().text();
    assert!(text.starts_with("262\n"), "{text}");
    assert!(text.contains("NoNewPrivs:\t1"), "{text}");
    // With the capability, the program may gain privileges.
    let text = python("print(open('/proc/self/status').read())")
        .ok()
        .text();
    assert!(text.contains("NoNewPrivs:\t0"), "{text}");
}

fn a_user_that_was_changed_to_owns_the_socket(_ns: &mut Sandbox) {
    let code = "
import os, socket
os.setgid(0)
try:
    os.setuid(65534)
except OSError:
    print('skipped')
    raise SystemExit
one = socket.socket()
print(one.getsockopt(socket.SOL_SOCKET, 38), os.fstat(one.fileno()).st_uid)
";
    let text = python(code).ok().text();
    if text == "skipped\n" {
        left_out("no other user can be had here: run the tests as root");
    }
    assert_eq!(text, "262 65534\n");
}

fn no_new_privileges_are_no_hindrance(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    need_tool("setpriv");
    let words = [
        "--no-new-privs",
        crate::support::MPTCP,
        "run",
        PYTHON,
        "-c",
        PROTOCOL,
    ];
    Program::new("setpriv")
        .args(words)
        .run()
        .ends(0, &format!("{MPTCP}\n"));
}

fn a_limit_of_descriptors_is_told_as_ever(_ns: &mut Sandbox) {
    let code = "
import resource, socket
resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))
kept = []
try:
    while True: kept.append(socket.socket())
except OSError as error:
    print(len(kept), error.strerror, {one.getsockopt(socket.SOL_SOCKET, 38) for one in kept})
";
    let without = Program::new(PYTHON).arg("-c").arg(code).run().ok().text();
    assert!(without.contains("Too many open files"), "{without}");
    python(code).ends(0, &without.replace("{6}", "{262}"));
}

fn closed_descriptors_stay_closed(_ns: &mut Sandbox) {
    let mptcp = crate::support::MPTCP;
    for (redirection, fd) in [("<&-", 0), (">&-", 1), ("2>&-", 2)] {
        let script =
            format!("if [ -e /proc/$$/fd/{fd} ]; then echo open >&9; else echo closed >&9; fi");
        let line = format!("exec 9>&1; {mptcp} run sh -c '{script}' {redirection}");
        let output = Program::new("sh").arg("-c").arg(&line).run();
        assert!(output.text().contains("closed"), "{line}: {output}");
    }
}

fn signals_are_inherited_as_they_were(_ns: &mut Sandbox) {
    let script = "grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status";
    let mptcp = crate::support::MPTCP;
    for setup in ["", "trap '' PIPE XFSZ;", "trap '' INT;"] {
        // A warning is written before.
        sysctl_write("net.mptcp.enabled", "0");
        let with = format!("{setup} {mptcp} run {script}");
        let with = Program::new("sh").arg("-c").arg(with).run().text();
        let without = Program::new("sh")
            .arg("-c")
            .arg(format!("{setup} {script}"))
            .run()
            .text();
        assert_eq!(with, without, "{setup}");
    }
}

fn without_mptcp_it_runs_with_tcp(_ns: &mut Sandbox) {
    sysctl_write("net.mptcp.enabled", "0");
    let output = python(PROTOCOL).ends(0, &format!("{TCP}\n"));
    let output = output.says_first("Warning: MPTCP is off here");
    output.says("Hint: as root: sysctl -w net.mptcp.enabled=1");
    sysctl_write("net.mptcp.enabled", "1");
    // Switched off while it runs.
    let code =
        format!("{PROTOCOL}; open('/proc/sys/net/mptcp/enabled', 'w').write('0'); {PROTOCOL}");
    python(&code).ends(0, &format!("{MPTCP}\n{TCP}\n"));
}

fn words_are_the_programs(_ns: &mut Sandbox) {
    run(&["echo", "-n", "--help", "-h", "endpoint"]).ends(0, "--help -h endpoint");
    run(&["--", "echo", "--"]).ends(0, "--\n");
    run(&["echo"]).ends(0, "\n");
    run(&["--help"]).ends(0, &mptcp("run --help").ok().text());
    assert_eq!(run(&["--", "--help"]).status, 127);
    Program::mptcp()
        .args(["-j", "run", "echo", "x"])
        .run()
        .ends(0, "x\n");
}

fn what_cannot_be_run_is_told(_ns: &mut Sandbox) {
    run(&["no-such-program"]).fails(127, "cannot run \"no-such-program\": No such file");
    run(&["/etc/passwd"]).fails(126, "cannot run \"/etc/passwd\": Permission denied");
    run(&["/"]).fails(126, "cannot run \"/\"");
    run(&[]).fails(255, "PROGRAM");
    run(&["--"]).fails(255, "PROGRAM");
    // Nothing of it stays.
    wait_until("no supervisor", || {
        let ours = std::process::id().to_string();
        supervisors(&ours).is_empty()
    });
}

fn a_batch_refuses_it(_ns: &mut Sandbox) {
    let output = Program::mptcp().line("-batch -").stdin("run true\n").run();
    output.fails(1, "cannot be in a batch");
}

fn strace_does_not_mind(_ns: &mut Sandbox) {
    need_tool(PYTHON);
    need_tool("strace");
    let words = ["-f", "-o", "/dev/null", PYTHON, "-c", PROTOCOL];
    run(&[&["strace"], &words[..]].concat()).ends(0, &format!("{MPTCP}\n"));
    let mptcp = crate::support::MPTCP;
    let words = [
        "-f",
        "-o",
        "/dev/null",
        mptcp,
        "run",
        PYTHON,
        "-c",
        PROTOCOL,
    ];
    Program::new("strace")
        .args(words)
        .run()
        .ends(0, &format!("{MPTCP}\n"));
}
