//! When output is written, and how it ends.

use std::fs::OpenOptions;
use std::io::{Read, pipe};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::signal::Signal::{self, SIGCONT, SIGINT, SIGTERM};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, recv, setsockopt, socketpair, sockopt,
};
use nix::sys::time::{TimeVal, TimeValLike};
use tz::UtcDateTime;

use crate::support::*;

trials! {
    a_signal_closes_the_list, a_signal_that_was_ignored_at_the_start_ends_it_too,
    other_signals_do_what_they_do, a_signal_comes_through_a_storm_of_events,
    each_event_is_visible_at_once, many_waiting_events_are_one_write,
    a_reader_that_leaves_ends_it_quietly, a_reader_that_leaves_ends_it_without_an_event,
    output_that_fails_is_told, times_are_those_of_the_zone, a_namespace_by_name,
}

const LISTEN: &str = "127.0.0.1:6000";
const EVENT: &str = "[LISTENER_CREATED] saddr4=127.0.0.1 sport=6000\n";
const RECORD: &str = r#"{"event":"LISTENER_CREATED","saddr4":"127.0.0.1","sport":6000}"#;
const PRETTY: &str = r#"{
        "event": "LISTENER_CREATED",
        "saddr4": "127.0.0.1",
        "sport": 6000
    }"#;

/// What is printed by a monitor that ends after no event and after one.
fn ends() -> Vec<(&'static str, &'static str, String)> {
    vec![
        ("", "", EVENT.to_owned()),
        ("-o", "", EVENT.replace('\n', "\\")),
        ("-j", "[]\n", format!("[{RECORD}]\n")),
        ("-j -p", "[ ]\n", format!("[ {PRETTY} ]\n")),
    ]
}

fn a_signal_closes_the_list(_ns: &mut Sandbox) {
    let mut observer = monitor("monitor");
    for (options, none, one) in ends() {
        for signal in [SIGINT, SIGTERM] {
            let watch = monitor(&format!("{options} monitor"));
            watch.signal(signal);
            watch.finish().prints(none);

            let mut watch = monitor(&format!("{options} monitor"));
            let listener = mptcp_listen(LISTEN);
            watch.wait_for("6000");
            watch.signal(signal);
            watch.finish().prints(&one);
            drop(listener);
            // The next one shall not see that.
            observer.line_with("[ LISTENER_CLOSED]");
        }
    }
}

fn a_signal_that_was_ignored_at_the_start_ends_it_too(_ns: &mut Sandbox) {
    for (name, signal) in [("INT", SIGINT), ("TERM", SIGTERM)] {
        let script = format!("trap '' {name}; exec \"$0\" -j monitor");
        let watch = Program::new("sh").arg("-c").arg(script);
        let watch = watch.arg(MPTCP).start();
        watch.wait_subscribed();
        watch.signal(signal);
        watch.finish().prints("[]\n");
    }
}

fn other_signals_do_what_they_do(_ns: &mut Sandbox) {
    for signal in [Signal::SIGHUP, Signal::SIGUSR1] {
        let watch = monitor("-j monitor");
        watch.signal(signal);
        assert_eq!(watch.finish().status, 128 + signal as i32);
    }
}

fn a_signal_comes_through_a_storm_of_events(_ns: &mut Sandbox) {
    let watch = monitor("-j monitor");
    let mut ended = None;
    let deadline = Instant::now() + SOON;
    while Instant::now() < deadline {
        drop(mptcp_listen("127.0.0.1:0"));
        if ended.is_none() && watch.text().len() > 10_000 {
            watch.signal(SIGTERM);
            ended = Some(());
        }
        if ended.is_some() && watch.has_ended() {
            let output = watch.finish().ok();
            assert!(json(&output.text()).is_array(), "{output}");
            return;
        }
    }
    panic!("it does not hear the signal");
}

fn each_event_is_visible_at_once(_ns: &mut Sandbox) {
    let mut text = monitor("monitor");
    let mut oneline = monitor("-o monitor");
    let mut json = monitor("-j monitor");
    let mut pretty = monitor("-j -p monitor");
    for _ in 0..10 {
        // Nothing more happens until all of this event has been read.
        let listener = mptcp_listen(LISTEN);
        assert_eq!(text.next_line(SOON).as_deref(), Some(EVENT.trim_end()));
        oneline.wait_for("sport=6000\\");
        json.wait_for(RECORD);
        pretty.wait_for(PRETTY);
        drop(listener);
        text.line_with("[ LISTENER_CLOSED]");
        oneline.wait_for("[ LISTENER_CLOSED] saddr4=127.0.0.1 sport=6000\\");
        json.wait_for("}");
        pretty.wait_for("}");
    }
}

/// With a socket of this type for standard output each write is a message.
fn many_waiting_events_are_one_write(_ns: &mut Sandbox) {
    let (here, there) = socketpair(
        AddressFamily::Unix,
        SockType::SeqPacket,
        None,
        SockFlag::SOCK_CLOEXEC,
    )
    .expect("a pair of sockets");
    let patience = TimeVal::seconds(SOON.as_secs().cast_signed());
    setsockopt(&here, sockopt::ReceiveTimeout, &patience).expect("a timeout");
    let watch = Program::mptcp().arg("monitor").stdout(there).start();
    watch.wait_subscribed();
    let written = || {
        let mut buffer = vec![0; 1 << 20];
        let size = recv(here.as_raw_fd(), &mut buffer, MsgFlags::empty()).expect("a message");
        String::from_utf8(buffer[..size].to_vec()).expect("text")
    };

    watch.stop();
    let listeners: Vec<_> = (0..50).map(|_| mptcp_listen("127.0.0.1:0")).collect();
    watch.signal(SIGCONT);
    assert_eq!(written().matches("[LISTENER_CREATED]").count(), 50);
    drop(listeners);

    // More than is written at a time: large pieces nevertheless, as large as a
    // pipe takes for certain.
    let mut closed = String::new();
    while closed.matches("CLOSED").count() < 50 {
        closed += &written();
    }
    watch.stop();
    for _ in 0..1000 {
        drop(mptcp_listen("127.0.0.1:0"));
    }
    watch.signal(SIGCONT);
    let (mut text, mut pieces) = (String::new(), 0);
    while text.matches("CLOSED").count() < 1000 {
        text += &written();
        pieces += 1;
    }
    assert_eq!(text.lines().count(), 2000);
    let least = text.len() / 4096;
    assert!(pieces <= least + 10, "2,000 events in {pieces} writes");
    watch.interrupt().ok();
}

fn a_reader_that_leaves_ends_it_quietly(_ns: &mut Sandbox) {
    for mode in ["", "-j"] {
        let script = "{ \"$0\" $1 monitor; echo status $? >&2; } | head -c 20";
        let mut command = Program::new("sh").args(["-c", script]);
        command = command.args([MPTCP, mode]);
        let shell = command.start();
        wait_until("a subscription", || !waiting_bytes().is_empty());
        let _listener = mptcp_listen(LISTEN);
        shell.finish().says_only("status 0\n");
    }
}

fn a_reader_that_leaves_ends_it_without_an_event(_ns: &mut Sandbox) {
    for line in ["monitor", "-j monitor"] {
        let (mut reader, writer) = pipe().expect("a pipe");
        let watch = Program::mptcp().line(line).stdout(writer).start();
        watch.wait_subscribed();
        let _listener = mptcp_listen(LISTEN);
        reader.read_exact(&mut [0; 20]).expect("an event");
        drop(reader);
        watch.finish().prints("");

        let (here, there) = std::os::unix::net::UnixStream::pair().expect("two sockets");
        let there = std::os::fd::OwnedFd::from(there);
        let watch = Program::mptcp().line(line).stdout(there).start();
        watch.wait_subscribed();
        drop(here);
        watch.finish().prints("");
    }
}

fn output_that_fails_is_told(_ns: &mut Sandbox) {
    for line in ["monitor", "-j monitor", "-j -p monitor"] {
        let full = OpenOptions::new().write(true).open("/dev/full");
        let watch = Program::mptcp().line(line).stdout(full.expect("it"));
        let watch = watch.start();
        if line == "monitor" {
            watch.wait_subscribed();
            drop(mptcp_listen(LISTEN));
        }
        let output = watch.finish();
        // Said once, and nothing is written after it.
        let message = "Error: cannot write to standard output: No space left on device\n";
        assert_eq!(output.status, 1, "{output}");
        output.says_only(message);
    }
}

fn times_are_those_of_the_zone(_ns: &mut Sandbox) {
    // POSIX has them the other way round: this is east of Greenwich.
    let (zone, offset) = ("EAST-5:30", Duration::from_secs(5 * 3600 + 30 * 60));
    let now = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        short(since.expect("a time after 1970") + offset)
    };
    let starts = ["-ts", "-t", "-j -ts", "-j -t"].map(|mode| {
        let program = Program::mptcp().line(mode).arg("monitor").env("TZ", zone);
        (mode, program.start())
    });
    for (_, watch) in &starts {
        watch.wait_subscribed();
    }
    let before = now();
    let _listener = mptcp_listen(LISTEN);
    for (mode, mut watch) in starts {
        let text = watch.wait_for("6000");
        let printed = match mode {
            "-ts" => text[1..27].to_owned(),
            "-j -ts" => after(&text, "\"timestamp_short\":\"")[..26].to_owned(),
            "-t" => from_long(after(&text, "Timestamp: ")),
            _ => from_long(after(&text, "\"timestamp\":\"")),
        };
        assert!(before <= printed && printed <= now(), "{mode}: {text}");
        watch.interrupt().ok();
    }
}

fn after<'a>(text: &'a str, word: &str) -> &'a str {
    let (_, rest) = text.split_once(word).unwrap_or_else(|| panic!("{text}"));
    rest
}

/// `2026-11-21T17:16:39.000042`, in which the order of text is that of time.
fn short(since_1970: Duration) -> String {
    let seconds = since_1970.as_secs().cast_signed();
    let time = UtcDateTime::from_timespec(seconds, since_1970.subsec_nanos()).expect("a date");
    let (year, month, day) = (time.year(), time.month(), time.month_day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let micros = time.nanoseconds() / 1000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}")
}

/// The same out of `Sat Nov 21 17:16:39 2026 42 usec`.
fn from_long(text: &str) -> String {
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, month, day, time, year, micros, "usec", ..] = words[..] else {
        // In JSON a quotation mark follows.
        return from_long(&text.replacen("usec\"", "usec ", 1));
    };
    let month = months.iter().position(|name| *name == month).expect(text) + 1;
    let (day, micros): (u8, u32) = (day.parse().expect(text), micros.parse().expect(text));
    format!("{year}-{month:02}-{day:02}T{time}.{micros:06}")
}

fn a_namespace_by_name(ns: &mut Sandbox) {
    let other = ns.second_host();
    ns.name_netns("other", &other);
    let mut watch = monitor("-n other monitor");
    let here = mptcp_listen("127.0.0.1:6001");
    let there = other.run(|| mptcp_listen(LISTEN));
    drop(here);
    drop(there);
    // What happened here came before the last event there.
    watch.line_with("[ LISTENER_CLOSED]");
    let closed = EVENT.replace("[LISTENER_CREATED]", "[ LISTENER_CLOSED]");
    watch.interrupt().prints(&format!("{EVENT}{closed}"));
}
