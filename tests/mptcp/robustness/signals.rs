//! Signals at any time.

use std::io::Read;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::{add_endpoints, shell, wait_full, watching};
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

fn a_stopped_batch_goes_on(_ns: &mut Sandbox) {
    let script = "yes 'endpoint show id 1' | head -2000 | $MPTCP -force -b - & \
                  wait $!; echo status $?";
    let batch = shell(script).start();
    for signal in [Signal::SIGWINCH, Signal::SIGCHLD, Signal::SIGCONT].repeat(5) {
        batch.signal(signal);
        sleep(Duration::from_millis(5));
    }
    let output = batch.finish();
    assert!(output.text().ends_with("status 1\n"), "{output}");
    assert_eq!(output.errors().matches("Command failed").count(), 2000);
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
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let (monitor, mut reader) = watching();
        // More than the pipe takes.
        for _ in 0..1000 {
            drop(mptcp_listen("127.0.0.2:0"));
        }
        wait_full(&monitor);
        monitor.signal(signal);
        // Events are lost, so that this is no success.
        let output = monitor.finish();
        assert_ne!(output.status, 0, "{output}");
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("what was printed");
    }
}
