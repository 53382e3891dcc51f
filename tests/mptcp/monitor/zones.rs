//! The variable TZ, and a reader that leaves.

use crate::support::*;

trials! {
    a_zone_that_is_not_known_is_told_once, a_zone_without_rules_is_that_of_the_c_library,
    readers_that_leave_end_it_with_0,
}

fn in_zone(zone: &str) -> Output {
    let watch = Program::mptcp().line("-ts monitor").env("TZ", zone).start();
    watch.wait_subscribed();
    let listeners = [6000, 6001].map(|port| mptcp_listen(&format!("127.0.0.1:{port}")));
    wait_until("events", || watch.text().contains("6001"));
    drop(listeners);
    watch.interrupt()
}

fn a_zone_that_is_not_known_is_told_once(_ns: &mut Sandbox) {
    for zone in ["Nowhere/Atall", "AB3", "/dev/zero"] {
        let output = in_zone(zone);
        assert_eq!(output.status, 0, "{output}");
        assert_eq!(
            output.errors().matches("times are UTC").count(),
            1,
            "{output}"
        );
    }
    // Whatever else prints times.
    for line in ["counters", "connection watch count 1"] {
        let program = Program::mptcp().line(&format!("-ts {line}"));
        let output = program.env("TZ", "Nowhere/Atall").run();
        assert_eq!(output.status, 0, "{output}");
        assert!(output.errors().contains("times are UTC"), "{output}");
    }
}

fn a_zone_without_rules_is_that_of_the_c_library(_ns: &mut Sandbox) {
    for zone in [
        "CET-1CEST",
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
        "Longer_no",
        "",
    ] {
        let output = in_zone(zone);
        let errors = output.errors();
        assert_eq!(errors.is_empty(), zone != "Longer_no", "{output}");
    }
    in_zone("ABCDEFGHIJKLM-3").ok();
}

fn readers_that_leave_end_it_with_0(_ns: &mut Sandbox) {
    let listener = mptcp_listen("127.0.0.1:7000");
    let script = "{ \"$0\" $1 monitor $2; echo status $? >&2; } | $3";
    for run in 0..10 {
        for (options, words, reader) in [
            ("", "", "head -n 20"),
            ("-j", "", "true"),
            ("-j", "existing lines explain", "head -n 20"),
            ("-j", "existing", "true"),
        ] {
            let command = Program::new("sh").args(["-c", script]);
            let shell = command.args([MPTCP, options, words, reader]).start();
            while !shell.has_ended() {
                let client = mptcp_connect("127.0.0.1:7000");
                drop((client, accept(&listener)));
            }
            let output = shell.finish();
            assert_eq!(output.errors(), "status 0\n", "{run}: {output}");
        }
    }
}
