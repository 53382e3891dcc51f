//! What is said at once, on a terminal.

use crate::support::*;

trials! { where_stderr_is_no_terminal_nothing_is_said, on_a_terminal_it_is_said_once }

const ADD: &str = "endpoint add 10.0.9.1 subflow";

fn where_stderr_is_no_terminal_nothing_is_said(_ns: &mut Sandbox) {
    mptcp(ADD).ok();
    mptcp("limits set subflows 0").ok();
}

fn on_a_terminal_it_is_said_once(_ns: &mut Sandbox) {
    need_tool("script");
    let typed = |line: &str| {
        let line = format!("{MPTCP} {line}");
        let run = Program::new("script")
            .args(["-qec", &line, "/dev/null"])
            .run();
        assert_eq!(run.status, 0, "{run}");
        run.text()
    };
    let note = "Note: endpoint 10.0.9.1 id 1: no device of this host has this address; \
                run \"mptcp check\" for details\r\n";
    assert_eq!(typed(ADD), note);
    add_address("lo", "10.0.9.1/32");
    let limits = typed("limits set subflows 0");
    assert!(
        limits.starts_with("Note: limits: no connection may have an additional subflow"),
        "{limits}"
    );
    // What else is wrong is none of its business.
    assert!(typed("endpoint add 10.0.9.9 id 9").contains("has no flag"));
    let limits = typed("limits set subflows 0");
    assert!(limits.starts_with("Note: limits: "), "{limits}");
    assert_eq!(typed("limits set subflows 2"), "");
    let scratch = Scratch::new();
    let lines = "endpoint add 10.0.9.2 subflow\nendpoint add 10.0.9.3 subflow\n";
    let file = scratch.file("batch", lines);
    let batch = typed(&format!("-batch {}", file.display()));
    assert_eq!(batch.matches("Note: ").count(), 1, "{batch}");
}
