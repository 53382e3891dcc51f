//! Signals at any time.

use std::io::{Read, Write};
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::{add_endpoints, output_of, wait_full, watching};
use crate::support::*;

trials! {
    a_run_is_done_or_ended_by_the_signal, a_stopped_batch_goes_on,
    a_monitor_ends_in_whole_json_at_any_time, a_monitor_whose_reader_sleeps_can_be_ended,
}

fn a_run_is_done_or_ended_by_the_signal(_ns: &mut Sandbox) {
    add_endpoints(5);
    for step in 0..60 {
        let running = Program::mptcp().line("endpoint show").start();
        sleep(Duration::from_micros(100 * step));
        // It may have ended already, which its number outlives until it is
        // waited for.
        running.signal(Signal::SIGTERM);
        let output = running.finish();
        match output.status {
            0 => assert_eq!(output.text().lines().count(), 5, "{output}"),
            // All at once is printed, or nothing.
            143 => assert!([0, 5].contains(&output.text().lines().count()), "{output}"),
            _ => panic!("{output}"),
        }
    }
}

/// Stops it, lets it go on, and sends what most programs have no use for.
fn interrupt_briefly(running: &Running) {
    running.stop();
    for signal in [Signal::SIGWINCH, Signal::SIGCHLD, Signal::SIGCONT] {
        running.signal(signal);
    }
}

fn a_stopped_batch_goes_on(_ns: &mut Sandbox) {
    // While it waits for a line.
    let (mut batch, mut input) = Program::mptcp().line("-batch -").start_fed();
    for _ in 0..5 {
        batch.wait_asleep();
        interrupt_briefly(&batch);
        input.write_all(b"limits\n").expect("it reads on");
        let line = batch.next_line(SOON);
        assert_eq!(line.as_deref(), Some("add_addr_accepted 0 subflows 2 "));
    }
    drop(input);
    batch.finish().ok();

    // While it waits for its reader: a write that is interrupted writes a part.
    let shown = "add_addr_accepted 0 subflows 2 \n".repeat(5000);
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let program = Program::mptcp().line("-batch -").stdout(writer);
    let batch = program.stdin("limits\n".repeat(5000)).start_with_stdin();
    let mut text = String::new();
    for _ in 0..4 {
        wait_full(&batch);
        batch.wait_asleep();
        interrupt_briefly(&batch);
        // It is full again after each part: there is more than twice as much.
        let part = &mut (&reader).take(16 * 1024);
        part.read_to_string(&mut text).expect("it prints on");
    }
    reader.read_to_string(&mut text).expect("it prints on");
    assert!(text == shown, "{} of {} bytes", text.len(), shown.len());
    batch.finish().ok();
}

fn a_monitor_ends_in_whole_json_at_any_time(_ns: &mut Sandbox) {
    for step in 0..40 {
        let monitor = Program::mptcp().line("-json monitor").start();
        sleep(Duration::from_micros(200 * step));
        drop(mptcp_listen("127.0.0.1:0"));
        // A shell in the background lets its programs ignore SIGINT.
        monitor.signal(Signal::SIGTERM);
        let output = monitor.finish();
        match output.status {
            0 => assert!(json(&output.text()).is_array(), "{output}"),
            // The signal came before the monitor was there.
            143 => assert!(output.stdout.is_empty(), "{output}"),
            _ => panic!("{output}"),
        }
    }
}

fn a_monitor_whose_reader_sleeps_can_be_ended(_ns: &mut Sandbox) {
    // They stay, so that no monitor is told of their end.
    let mut listeners = Vec::new();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let (monitor, mut reader) = watching();
        let mut pipe = output_of(&monitor);
        while pipe.write(b"full\n").is_ok() {}
        drop(pipe);
        listeners.push(mptcp_listen("127.0.0.2:0"));
        // What it reads it prints before it looks for a signal.
        wait_until("the event is read", || waiting_bytes() == [0]);
        monitor.signal(signal);
        // The event is lost, so that this is no success.
        let says = "Error: cannot write to standard output: a signal came while nobody read it\n";
        monitor.finish().ends(1, "").says_only(says);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("what was printed");
        assert!(text.lines().all(|line| line == "full"), "{text}");
    }
}
