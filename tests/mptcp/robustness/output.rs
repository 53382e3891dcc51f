//! Output that fails: no loss is silent, no panic, no partial JSON without an
//! error status.

use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter, Read};
use std::os::fd::AsFd;
use std::path::Path;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::mount::{MsFlags, mount};
use nix::poll::PollFlags;
use nix::sys::signal::Signal;

use super::{add_endpoints, ready, shell, wait_full, watching};
use crate::support::*;

/// How long the next output of a monitor may take, in milliseconds.
const PATIENCE: u16 = 60_000;

trials! {
    a_full_device_is_an_error, a_closed_output_is_an_error, nothing_to_print_needs_no_output,
    a_closed_stderr_changes_no_status, no_socket_takes_the_place_of_a_closed_stream,
    a_stream_that_cannot_be_replaced_is_told, a_reader_that_leaves_ends_the_program,
    a_reader_that_leaves_is_an_error_where_the_signal_is_ignored, a_slow_reader_gets_everything,
    a_pipe_that_does_not_block_loses_nothing, stderr_that_does_not_block_loses_nothing,
    a_disk_that_fills_up_in_the_middle_is_an_error, a_monitor_tells_of_output_that_fails,
    a_monitor_ends_when_its_reader_leaves, a_slow_reader_of_a_monitor_gets_everything,
    a_monitor_tells_of_events_that_were_lost,
}

/// Commands that print something, text, JSON and help.
const PRINTING: [&str; 10] = [
    "endpoint show",
    "endpoint show id 1",
    "-oneline endpoint",
    "limits",
    "-json endpoint show",
    "-json -pretty endpoint show",
    "-json limits",
    "-Version",
    "--help",
    "endpoint add --help",
];

fn full() -> File {
    File::options()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full")
}

fn a_full_device_is_an_error(_ns: &mut Sandbox) {
    add_endpoints(2);
    let words = "cannot write to standard output: No space left on device";
    for line in PRINTING {
        Program::mptcp()
            .line(line)
            .stdout(full())
            .run()
            .fails(1, words);
    }
    let batch = "limits\nendpoint show\nlimits\n";
    for options in ["-b -", "-json -b -", "-force -b -"] {
        let program = Program::mptcp().line(options).stdin(batch);
        program.stdout(full()).run().fails(1, words);
    }
}

fn a_closed_output_is_an_error(_ns: &mut Sandbox) {
    add_endpoints(2);
    let words = "cannot write to standard output: Bad file descriptor";
    for line in PRINTING {
        shell(&format!("exec $MPTCP {line} >&-"))
            .run()
            .fails(1, words);
    }
    let batch = shell("exec $MPTCP -b - >&-").stdin("limits\nendpoint show\n");
    batch.run().fails(1, words);
}

fn nothing_to_print_needs_no_output(_ns: &mut Sandbox) {
    shell("exec $MPTCP endpoint add 10.0.0.1 >&-").run().ok();
    let add = Program::mptcp().line("endpoint add 10.0.0.2");
    add.stdout(full()).run().ok();
    mptcp("endpoint").prints("10.0.0.1 id 1 \n10.0.0.2 id 2 \n");
}

fn a_closed_stderr_changes_no_status(_ns: &mut Sandbox) {
    add_endpoints(1);
    for (line, status) in [
        ("endpoint add 10.0.0.9", 0),
        ("endpoint add 10.0.0.x", 1),
        ("endpoint delete id 77", 2),
        ("endpoint show id 77", 2),
        ("nothing", 255),
        ("help", 255),
    ] {
        let output = shell(&format!("exec $MPTCP {line} 2>&-")).run();
        output.ends(status, "");
    }
}

fn no_socket_takes_the_place_of_a_closed_stream(_ns: &mut Sandbox) {
    add_endpoints(1);
    for (closed, status) in [("<&- >&- 2>&-", 1), ("<&- 2>&-", 0), ("<&-", 0)] {
        let output = shell(&format!("exec $MPTCP endpoint show {closed}")).run();
        assert_eq!(output.status, status, "{output}");
    }
    let monitor = shell("exec $MPTCP monitor <&- 2>&-").start();
    monitor.wait_subscribed();
    for number in [0, 2] {
        let place = format!("/proc/{}/fd/{number}", monitor.pid());
        assert_eq!(fs::read_link(place).expect("a descriptor"), Path::new("/"));
    }
    assert_eq!(monitor.interrupt().status, 0);
    // A message to a closed stderr must not reach the kernel instead.
    let output = shell("exec $MPTCP endpoint delete id 99 <&- >&- 2>&-").run();
    assert_eq!(output.status, 2, "{output}");
    mptcp("endpoint").prints("10.0.0.1 id 1 subflow \n");
    let output = shell("exec $MPTCP -b - <&-").run();
    output.fails(1, "Cannot open file \"-\"");
}

/// One descriptor is all that may be open: the second closed stream has none.
fn a_stream_that_cannot_be_replaced_is_told(_ns: &mut Sandbox) {
    let output = shell("exec <&- >&- && ulimit -n 1 && exec $MPTCP limits").run();
    output.fails(1, "a standard stream is closed");
}

fn a_reader_that_leaves_ends_the_program(_ns: &mut Sandbox) {
    add_endpoints(1);
    for line in PRINTING {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        close_reader(reader, &writer);
        let output = Program::mptcp().line(line).stdout(writer).run();
        // Of SIGPIPE, as other programs do.
        output.ends(128 + 13, "").says_only("");
    }
}

fn a_reader_that_leaves_is_an_error_where_the_signal_is_ignored(_ns: &mut Sandbox) {
    add_endpoints(1);
    for line in PRINTING {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        close_reader(reader, &writer);
        let ignoring = shell(&format!("trap '' PIPE; exec $MPTCP {line}"));
        let output = ignoring.stdout(writer).run();
        output.fails(1, "cannot write to standard output: Broken pipe");
    }
}

/// A batch that prints far more than a pipe holds, and what it prints.
fn much() -> (String, String) {
    add_endpoints(8);
    let commands = "endpoint show\nlimits\n".repeat(350);
    let output = Program::mptcp().line("-b -").stdin(commands.clone()).run();
    let text = output.ok().text();
    assert!(text.len() > 70_000, "{} bytes", text.len());
    (commands, text)
}

/// Runs a batch with this pipe, read from slowly: only when the program waits
/// for that. Returns the status and what arrives.
fn slowly(mut reader: PipeReader, writer: PipeWriter, batch: Program) -> (i32, String) {
    let batch = batch.stdout(writer).start_with_stdin();
    let mut text = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        wait_until("it waits or ends", || batch.state() != Some('R'));
        match reader.read(&mut buffer).expect("the pipe") {
            0 => break,
            length => text.extend(&buffer[..length]),
        }
    }
    let text = String::from_utf8(text).expect("text");
    (batch.finish().status, text)
}

fn a_slow_reader_gets_everything(_ns: &mut Sandbox) {
    let (batch, text) = much();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let batch = Program::mptcp().line("-b -").stdin(batch);
    assert_eq!(slowly(reader, writer, batch), (0, text));
}

fn a_pipe_that_does_not_block_loses_nothing(_ns: &mut Sandbox) {
    let (batch, text) = much();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    do_not_block(&writer);
    let batch = Program::mptcp().line("-b -").stdin(batch);
    assert_eq!(slowly(reader, writer, batch), (0, text));
}

/// Makes a pipe small, and one that says so when it is full.
fn do_not_block(pipe: impl AsFd) {
    fcntl(&pipe, FcntlArg::F_SETPIPE_SZ(4096)).expect("a small pipe");
    fcntl(&pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("O_NONBLOCK");
}

fn stderr_that_does_not_block_loses_nothing(_ns: &mut Sandbox) {
    let lines = 2000;
    let (reader, writer) = std::io::pipe().expect("a pipe");
    do_not_block(&writer);
    let batch = "endpoint delete id 77\n".repeat(lines);
    // The kit reads stderr itself, so that the shell moves it aside.
    let program = shell("exec $MPTCP -force -b - 2>&1").stdin(batch);
    let (status, text) = slowly(reader, writer, program);
    assert_eq!(status, 1);
    // The error, a hint, and where it was.
    assert_eq!(text.lines().count(), 3 * lines);
    assert!(text.ends_with(&format!("Command failed -:{lines}\n")));
}

fn a_disk_that_fills_up_in_the_middle_is_an_error(_ns: &mut Sandbox) {
    let (batch, text) = much();
    let flags = MsFlags::empty();
    mount(
        Some("tmpfs"),
        "/mnt",
        Some("tmpfs"),
        flags,
        Some("size=16k"),
    )
    .expect("a tmpfs");
    for options in ["-b -", "-json -b -"] {
        let file = File::create("/mnt/file").expect("a file");
        let program = Program::mptcp().line(options).stdin(batch.clone());
        let output = program.stdout(file).run();
        output.fails(1, "No space left on device");
        let written = fs::read_to_string("/mnt/file").expect("the file");
        assert!(written.len() <= 16 * 1024, "{} bytes", written.len());
        assert!(options.contains("json") || text.starts_with(&written));
    }
}

fn a_monitor_tells_of_output_that_fails(_ns: &mut Sandbox) {
    let output = Program::mptcp().line("-json monitor").stdout(full()).run();
    output.fails(1, "No space left on device");
    let closed = shell("exec $MPTCP -json monitor >&-").run();
    closed.fails(1, "Bad file descriptor");
    let monitor = shell("exec $MPTCP monitor >/dev/full").start();
    monitor.wait_subscribed();
    drop(mptcp_listen("127.0.0.1:0"));
    monitor.finish().fails(1, "No space left on device");
}

fn a_monitor_ends_when_its_reader_leaves(_ns: &mut Sandbox) {
    for line in ["monitor", "-json monitor"] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        close_reader(reader, &writer);
        Program::mptcp().line(line).stdout(writer).run().prints("");

        let (reader, writer) = std::io::pipe().expect("a pipe");
        let monitor = Program::mptcp().line(line).stdout(writer).start();
        monitor.wait_subscribed();
        monitor.wait_asleep();
        drop(reader);
        monitor.finish().prints("");
    }
}

fn a_slow_reader_of_a_monitor_gets_everything(_ns: &mut Sandbox) {
    let (monitor, mut reader) = watching();
    for _ in 0..800 {
        drop(mptcp_listen("127.0.0.2:0"));
    }
    wait_full(&monitor);
    let mut text = String::new();
    while text.matches("127.0.0.2").count() < 1600 {
        let mut buffer = [0; 4096];
        assert!(ready(&reader, PollFlags::POLLIN, PATIENCE), "no more comes");
        let length = reader.read(&mut buffer).expect("the pipe");
        assert!(length > 0, "the monitor ended");
        text += str::from_utf8(&buffer[..length]).expect("text");
    }
    drop(reader);
    monitor.finish().ok();
}

fn a_monitor_tells_of_events_that_were_lost(_ns: &mut Sandbox) {
    let monitor = Program::mptcp().line("-rcvbuf 4096 monitor").start();
    monitor.wait_subscribed();
    monitor.stop();
    for _ in 0..200 {
        drop(mptcp_listen("127.0.0.2:0"));
    }
    monitor.signal(Signal::SIGCONT);
    monitor.wait_for_error("events were lost");
    // And it goes on; as long as its buffer is full, more is lost.
    wait_until("an event after the loss", || {
        drop(mptcp_listen("127.0.0.3:0"));
        monitor.text().contains("127.0.0.3")
    });
    let output = monitor.interrupt();
    assert_eq!(output.status, 0, "{output}");
    assert!(output.text().matches("127.0.0.2").count() < 400, "{output}");
}
