//! `-batch`: how it runs, reads and writes, and what it uses.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::net::UdpSocket;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;

use crate::support::*;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc::{SYS_sendto, SYS_socket};

trials! {
    results_are_there_before_the_next_line_is_asked_for, a_device_is_looked_up_for_each_line,
    output_that_fails_ends_it, in_a_namespace, without_privilege_the_kernel_refuses_line_by_line,
    one_socket_and_one_lookup_serve_all_lines, memory_does_not_grow_with_the_file,
    a_file_that_cannot_be_read, a_file_that_cannot_be_read_on, a_file_that_cannot_be_opened,
    a_file_whose_name_is_no_text, what_is_not_read_is_left_to_the_next_reader,
    an_input_that_does_not_block_is_waited_for, a_device_is_looked_up_without_a_descriptor_of_its_own,
}

/// Runs the lines from standard input with these options.
fn batch(options: &str, lines: impl Into<Vec<u8>>) -> Output {
    let program = Program::mptcp().line(options).line("-batch -");
    program.stdin(lines).run()
}

fn results_are_there_before_the_next_line_is_asked_for(_ns: &mut Sandbox) {
    let (mut running, mut lines) = Program::mptcp().line("-batch - -force").start_fed();
    for id in 1..4 {
        writeln!(
            lines,
            "endpoint add 10.0.0.{id} id {id}\nendpoint show id {id}"
        )
        .unwrap();
        let line = running.next_line(SOON);
        assert_eq!(line, Some(format!("10.0.0.{id} id {id} ")));
    }
    // The half of a line does not hold back what the line before it printed.
    write!(lines, "limits\nendp").unwrap();
    let line = running.next_line(SOON);
    assert_eq!(line.as_deref(), Some("add_addr_accepted 0 subflows 2 "));
    writeln!(lines, "oint flush\nlimits show nonsense").unwrap();
    running.wait_for_error("Command failed -:9\n");
    drop(lines);
    assert_eq!(running.finish().status, 1);
    mptcp("endpoint").prints("");
}

fn a_device_is_looked_up_for_each_line(_ns: &mut Sandbox) {
    add_device("eth7");
    let index = link_index("eth7");
    let (mut running, mut lines) = Program::mptcp().line("-batch - -force").start_fed();
    let mut add = |id: u8, device: &str, running: &mut Running| {
        let line = format!("endpoint add 10.0.0.{id} id {id} dev {device}");
        writeln!(lines, "{line}\nendpoint show id {id}").unwrap();
        running.next_line(SOON).unwrap_or_default()
    };
    assert_eq!(add(1, "eth7", &mut running), "10.0.0.1 id 1 dev eth7 ");
    // Another device takes the name.
    rename_link("eth7", "eth8");
    add_device("eth7");
    assert_ne!(link_index("eth7"), index);
    assert_eq!(add(2, "eth7", &mut running), "10.0.0.2 id 2 dev eth7 ");
    assert_eq!(add(3, "eth8", &mut running), "10.0.0.3 id 3 dev eth8 ");
    // The name goes away.
    delete_link("eth7");
    writeln!(lines, "endpoint add 10.0.0.4 id 4 dev eth7").unwrap();
    running.wait_for_error("Command failed -:7\n");
    drop(lines);
    running.finish().says("argument \"eth7\" is wrong");
    let shown = mptcp("endpoint").ok().text();
    assert!(shown.starts_with("10.0.0.1 id 1 dev eth8 \n"), "{shown}");
    assert!(shown.ends_with("10.0.0.3 id 3 dev eth8 \n"), "{shown}");
}

fn output_that_fails_ends_it(_ns: &mut Sandbox) {
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let program = Program::mptcp().line("-force -batch -").stdout(full());
    let output = program.stdin("limits\n").run();
    let says = "cannot write to standard output: No space left on device";
    output.fails(1, says);
    // More than is kept back: the rest of the file is not run.
    let lines = "limits\n".repeat(20_000) + "limits set subflows 4\n";
    let program = Program::mptcp().line("-force -batch -").stdout(full());
    program.stdin(lines).run().fails(1, says);
    mptcp("limits").prints("add_addr_accepted 0 subflows 2 \n");
    // Nothing to print, nothing to fail.
    let program = Program::mptcp().line("-batch -").stdout(full());
    program.stdin("limits set subflows 4\n").run().ok();
}

fn in_a_namespace(ns: &mut Sandbox) {
    let other = ns.second_host();
    ns.name_netns("other", &other);
    let lines = "limits set subflows 4\nlimits\n";
    for options in ["-n other", "-n nowhere -n other"] {
        let output = batch(options, lines);
        match options {
            "-n other" => output.prints("add_addr_accepted 0 subflows 4 \n"),
            _ => output.fails(255, "Cannot open network namespace \"nowhere\""),
        };
    }
    let behind = Program::mptcp().line("-batch - -n other").stdin("limits");
    behind.run().prints("add_addr_accepted 0 subflows 4 \n");
    mptcp("limits").prints("add_addr_accepted 0 subflows 2 \n");
}

fn without_privilege_the_kernel_refuses_line_by_line(_ns: &mut Sandbox) {
    let lines = "limits\nlimits set subflows 4\nlimits\n";
    let limits = "add_addr_accepted 0 subflows 2 \n";
    without_net_admin(|| batch("-force", lines))
        .ends(1, &limits.repeat(2))
        .says_first("RTNETLINK answers: Operation not permitted\n")
        .says_last("Command failed -:2\n");
}

fn one_socket_and_one_lookup_serve_all_lines(_ns: &mut Sandbox) {
    let lines = "limits set subflows 3\nendpoint\n# nothing to send\n\nlimits\n".repeat(50);
    let program = Program::mptcp().line("-batch -");
    let [sockets, sent] = program.count_calls(lines.as_bytes(), [SYS_socket, SYS_sendto]);
    // One message a command, and the one that asks for the family.
    assert_eq!((sockets, sent), (1, 151));
}

fn memory_does_not_grow_with_the_file(_ns: &mut Sandbox) {
    let few = peak_memory(10);
    let many = peak_memory(100_000);
    // Pages are touched at will, lines would take megabytes.
    assert!(many <= few + 512, "{many} kB instead of {few} kB");
}

/// The most memory, in kB, that a batch of so many lines took. It is asked for
/// while the program waits for more.
fn peak_memory(lines: usize) -> u64 {
    let (mut running, mut input) = Program::mptcp().line("-batch -").start_fed();
    let half = "mptcp limits set subflows 3 # and a few words more\n".repeat(lines / 2);
    let other = "limits\n".repeat(lines / 2);
    input.write_all(half.as_bytes()).unwrap();
    input.write_all(other.as_bytes()).unwrap();
    input
        .write_all(b"mptcp limits set subflows 4\nlimits\n")
        .unwrap();
    running.wait_for("subflows 4");
    let status = fs::read_to_string(format!("/proc/{}/status", running.pid())).unwrap();
    drop(input);
    running.finish().ok();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.split_whitespace().next());
    peak.and_then(|peak| peak.parse().ok())
        .expect("VmHWM in kB")
}

fn a_file_that_cannot_be_read(_ns: &mut Sandbox) {
    for options in ["", "-force"] {
        let program = Program::mptcp().line(options).line("-batch /");
        let output = program.run();
        output.fails(1, "Cannot read file \"/\" at line 1: Is a directory\n");
    }
}

fn a_file_that_cannot_be_read_on(_ns: &mut Sandbox) {
    // Of files, a socket is one whose reader a test can give an error.
    let socket = |port| UdpSocket::bind(("127.0.0.1", port)).expect("a socket");
    let (from, to) = (socket(0), socket(0));
    from.connect(to.local_addr().unwrap()).unwrap();
    to.connect(from.local_addr().unwrap()).unwrap();
    let stdin = OwnedFd::from(to.try_clone().unwrap());
    let mut running = Program::mptcp().line("-batch -").start_reading(stdin);
    from.send(b"limits set subflows 4\nlimits\n").unwrap();
    assert!(running.next_line(SOON).is_some());
    from.send(b"limits\nlimits set subf").unwrap();
    assert!(running.next_line(SOON).is_some());
    let port = from.local_addr().unwrap();
    alone(|| drop(from));
    // A program that was just started may still have it.
    let is_free = || alone(|| UdpSocket::bind(port).is_ok());
    wait_until("the port is in use", is_free);
    // The answer that nobody is there is an error of the socket, which whoever
    // uses it next is given: the program, which waits for more.
    to.send(b"nobody is there").unwrap();
    let output = running.finish();
    let output = output.ends(1, &"add_addr_accepted 0 subflows 4 \n".repeat(2));
    output.says_only("Cannot read file \"-\" at line 4: Connection refused\n");
    mptcp("limits").prints("add_addr_accepted 0 subflows 4 \n");
}

fn a_file_that_cannot_be_opened(_ns: &mut Sandbox) {
    for options in ["", "-force"] {
        for name in ["/nonexistent/file", ""] {
            let program = Program::mptcp().line(options).arg("-batch").arg(name);
            let says =
                format!("Cannot open file \"{name}\" for reading: No such file or directory\n");
            program.run().ends(1, "").says_only(&says);
        }
    }
    mptcp("-batch").fails(255, "Error: argument \"batch file\" is required");
}

fn a_file_whose_name_is_no_text(_ns: &mut Sandbox) {
    let name = OsStr::from_bytes(b"caf\xe9.batch");
    let scratch = Scratch::new();
    scratch.file(name, "limits nonsense\n");
    let program = Program::mptcp().directory(&*scratch);
    let output = program.arg("-batch").arg(name).run();
    output.says_last("Command failed caf\\xe9.batch:1\n");
}

fn what_is_not_read_is_left_to_the_next_reader(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let lines = "limits set subflows 3\nlimits nonsense\nrest\n";
    let path = scratch.file("shared", lines);
    let script = "\"$0\" -batch -; cat";
    let shell = Program::new("/bin/sh").args(["-c", script]);
    let shell = shell.arg(MPTCP);
    let stdin = fs::File::open(&path).unwrap();
    let output = shell.start_reading(stdin).finish();
    output.ends(0, "rest\n").says_last("Command failed -:2\n");
}

fn an_input_that_does_not_block_is_waited_for(_ns: &mut Sandbox) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    let mut running = Program::mptcp().line("-batch -").start_reading(reader);
    for _ in 0..3 {
        writeln!(writer, "limits").unwrap();
        let line = running.next_line(SOON);
        assert_eq!(line.as_deref(), Some("add_addr_accepted 0 subflows 2 "));
    }
    drop(writer);
    running.finish().ok();
}

fn a_device_is_looked_up_without_a_descriptor_of_its_own(_ns: &mut Sandbox) {
    // Two beside the standard streams: the batch, and the netlink socket.
    let shell = Program::new("/bin/sh").args(["-c", "ulimit -n 5; exec \"$0\" -batch -"]);
    let shell = shell.arg(MPTCP);
    let lines = "endpoint add 127.0.0.1 dev lo\nendpoint show\n";
    let output = shell.stdin(lines).run();
    assert_eq!(output.text(), "127.0.0.1 id 1 dev lo \n", "{output}");
}
