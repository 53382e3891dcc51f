//! Events that the kernel had to drop, and the buffer that prevents it.

use std::net::{Ipv4Addr, SocketAddrV4};

use nix::sys::signal::Signal;
use nix::sys::socket::{getsockopt, sockopt};

use crate::support::*;

trials! {
    lost_events_are_told_once_per_loss, lost_events_leave_json_whole,
    the_default_buffer_is_no_smaller_than_that_of_ip, many_events_at_once_are_all_kept,
}

const LOST: &str = "Error: events were lost";

fn lost_events_are_told_once_per_loss(_ns: &mut Sandbox) {
    let mut watch = monitor("-rcvbuf 20000 monitor");
    for losses in [1, 2] {
        lose_events(&watch);
        let listener = mptcp_listen("127.0.0.1:0");
        let port = listener.local_addr().expect("its address").port();
        let mut client = mptcp_connect(&format!("127.0.0.1:{port}"));
        exchange(&mut client, &mut accept(&listener));
        watch.line_with(&format!("[LISTENER_CREATED] saddr4=127.0.0.1 sport={port}"));
        let mut told = [0; 4];
        while told != [1; 4] {
            let line = watch.line_with(&format!("port={port}"));
            let kinds = ["  CREATED] ", "  ESTABLISHED] "];
            let ends = [format!(" dport={port}"), " server_side".to_owned()];
            for (place, kind) in kinds.iter().enumerate() {
                for (end, sign) in ends.iter().enumerate() {
                    let it_is = line.contains(kind) && line.ends_with(sign);
                    told[2 * place + end] += usize::from(it_is);
                }
            }
        }
        let lost = || watch.errors().matches(LOST).count();
        wait_until("the loss is told", || lost() >= losses);
        assert_eq!(lost(), losses, "{}", watch.errors());
    }
    let output = watch.interrupt();
    assert_eq!(output.status, 0, "{output}");
    let hints = output.errors().matches("Hint: ").count();
    assert_eq!(hints, 1, "{output}");
}

/// Stops the monitor, whose buffer is small, during 1,500 connections; when
/// this returns it has read what was kept.
fn lose_events(watch: &Running) {
    watch.stop();
    connect_to_itself(1500);
    watch.signal(Signal::SIGCONT);
    wait_until("what was kept is read", || waiting_bytes() == [0]);
}

fn lost_events_leave_json_whole(_ns: &mut Sandbox) {
    let mut watch = monitor("-json -rcvbuf 20000 monitor");
    lose_events(&watch);
    watch.wait_for_error(LOST);
    let _listener = mptcp_listen("127.0.0.1:6003");
    watch.wait_for("\"sport\":6003}");
    let output = watch.interrupt();
    let text = output.text();
    assert_eq!(output.status, 0, "{output}");
    assert!(text.ends_with("]\n") && text.lines().count() == 1, "{text}");
    let list = json(&text);
    let records = list.as_array().expect("a list");
    assert!(records.len() > 1, "{text}");
    for record in records {
        assert!(record["event"].is_string(), "{record}");
    }
}

fn the_default_buffer_is_no_smaller_than_that_of_ip(_ns: &mut Sandbox) {
    let watch = monitor("monitor");
    let most: usize = std::fs::read_to_string("/proc/sys/net/core/rmem_max")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .expect("rmem_max");
    let size = receive_buffer(&watch);
    assert!(size >= most.min(1024 * 1024), "{size} bytes");
    watch.interrupt().prints("");
}

fn many_events_at_once_are_all_kept(_ns: &mut Sandbox) {
    let watch = monitor("monitor");
    let count = match receive_buffer(&watch) {
        0x100_0000.. => 3000,
        size => {
            eprintln!("note: a buffer of {size} bytes only: 50 connections instead of 3,000");
            50
        }
    };
    watch.stop();
    connect_to_itself(count);
    watch.signal(Signal::SIGCONT);
    // Each end says that it is closed.
    let closed = || watch.text().matches("[          CLOSED]").count();
    wait_until("all events", || closed() == 2 * count);
    watch.interrupt().ok();
}

/// Makes connections over loopback: six events each.
fn connect_to_itself(count: usize) {
    let listener = mptcp_listen("0.0.0.0:6000");
    for number in 0..count {
        // Each address has local ports of its own.
        let last = u8::try_from(number % 250 + 1).expect("a byte");
        let address = SocketAddrV4::new(Ipv4Addr::new(127, 0, 1, last), 6000);
        let client = mptcp_connect(&address.to_string());
        let server = accept(&listener);
        drop((client, server));
    }
}

/// The size of the monitor's receive buffer, in bytes, as it was asked for:
/// the kernel keeps twice as much.
pub fn receive_buffer(monitor: &Running) -> usize {
    let socket = monitor.subscribed_socket();
    getsockopt(&socket, sockopt::RcvBuf).expect("its size") / 2
}
