//! `-batch`: what the lines of a file mean, and what of a line that fails.

use std::path::Path;

use crate::support::*;

trials! {
    lines_are_commands_with_or_without_mptcp, blanks_comments_quotes_and_continuations,
    a_failure_ends_it_and_what_was_done_stays, force_goes_on_after_every_kind_of_failure,
    the_number_equals_the_last_physical_line, a_quote_that_does_not_end_is_an_error_of_its_line,
    a_continuation_that_does_not_come_is_an_error_of_its_line,
    bytes_that_no_word_can_have_are_an_error_of_their_line, what_follows_the_option_is_ignored,
    the_last_file_counts, an_empty_file_is_done, each_json_command_prints_its_own_array,
    oneline_and_colour_hold_for_every_line, help_in_a_line,
}

/// Runs the lines from standard input with these options.
fn batch(options: &str, lines: impl Into<Vec<u8>>) -> Output {
    let program = Program::mptcp().line(options).line("-batch -");
    program.stdin(lines).run()
}

/// What is in the kernel: the endpoints, then the limits.
fn state() -> String {
    mptcp("endpoint").ok().text() + &mptcp("limits").ok().text()
}

/// Runs the lines of a file.
fn run(file: &Path) -> Output {
    Program::mptcp().arg("-batch").arg(file).run()
}

fn lines_are_commands_with_or_without_mptcp(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let file = scratch.file(
        "forms",
        "mptcp endpoint add 10.0.0.2 id 2 subflow\n\
         endpoint add 10.0.0.3 id 3\n\
         mp e a 10.0.0.4 id 4\n\
         e a 10.0.0.5 id 5\n\
         mptc limits set subflow 4\n\
         l s a 3\n\
         mpt e show id 4\n\
         limits",
    );
    run(&file).prints("10.0.0.4 id 4 \nadd_addr_accepted 3 subflows 4 \n");
    assert_eq!(
        state(),
        "10.0.0.2 id 2 subflow \n10.0.0.3 id 3 \n10.0.0.4 id 4 \n10.0.0.5 id 5 \n\
         add_addr_accepted 3 subflows 4 \n"
    );
}

fn blanks_comments_quotes_and_continuations(_ns: &mut Sandbox) {
    let lines = "\n   \t\r\n# endpoint add 10.9.9.9 \\\n\
                 \t endpoint\tadd  10.0.0.2 id 2\r\n\
                 endpoint add 10.0.0.3 id 3#4\n\
                 \"mptcp\" 'endpoint' add '10.0.0.4'id \"4\"\n\
                 endpoint add \\\n10.0.0.5\\\n id 5 # \\\n\
                 endpoint a\\\ndd 10.0.0.6 id 6 \\\n\\\n\n\
                 endpoint show id '\\\n6'";
    batch("", lines).prints("10.0.0.6 id 6 \n");
    mptcp("endpoint")
        .prints("10.0.0.2 id 2 \n10.0.0.3 id 3 \n10.0.0.4 id 4 \n10.0.0.5 id 5 \n10.0.0.6 id 6 \n");
}

fn a_failure_ends_it_and_what_was_done_stays(_ns: &mut Sandbox) {
    // What iproute2 does too: the kernel refuses, the object is unknown.
    for (line, says) in [
        ("endpoint delete id 9", "Error: address not found.\n"),
        ("link show", "\"link\" is unknown"),
        // What iproute2 exits of with another status, or without the number.
        ("endpoint add 10.0.0.300", "rather than \"10.0.0.300\".\n"),
        ("endpoint add 10.0.0.3 id 300", "argument \"300\" is wrong"),
        (
            "endpoint add dev nodev 10.0.0.3",
            "argument \"nodev\" is wrong",
        ),
        ("endpoint add 10.0.0.3 id", "Command line is not complete."),
        ("endpoint nonsense", "\"nonsense\" is unknown"),
        ("mptcp", "Usage: "),
        ("mptcp help", "Usage: "),
        ("-j endpoint", "\"-j\" is unknown"),
        ("mptcp mptcp limits", "\"mptcp\" is unknown"),
        ("''", "\"\" is unknown"),
    ] {
        let lines = format!("endpoint add 10.0.0.2 id 2\nendpoint\n\n{line}\nendpoint flush\n");
        let scratch = Scratch::new();
        let file = scratch.file("failure", lines);
        let failed = format!("Command failed {}:4\n", file.display());
        let output = run(&file).ends(1, "10.0.0.2 id 2 \n");
        output.says(says).says_last(&failed);
        assert_eq!(state(), "10.0.0.2 id 2 \nadd_addr_accepted 0 subflows 2 \n");
        mptcp("endpoint flush").ok();
    }
}

fn force_goes_on_after_every_kind_of_failure(_ns: &mut Sandbox) {
    let lines = b"endpoint add 10.0.0.2 id 2\n\
        endpoint delete id 9\n\
        endpoint add 10.0.0.300\n\
        endpoint add 10.0.0.3 id 300\n\
        endpoint add 10.0.0.3 dev nodev\n\
        endpoint add \"10.0.0.3\n\
        endpoint add 10.0.0.\xff\n\
        link\n\
        endpoint show id 9\n\
        limits set subflows 5\n\
        endpoint show id 2\n\
        endpoint delete id 9 \\\n";
    let output = batch("-force", lines).ends(1, "10.0.0.2 id 2 \n");
    let failed: Vec<String> = output
        .errors()
        .lines()
        .filter(|line| line.starts_with("Command failed "))
        .map(str::to_owned)
        .collect();
    let expected = [2, 3, 4, 5, 6, 7, 8, 9, 12].map(|line| format!("Command failed -:{line}"));
    assert_eq!(failed, expected, "{output}");
    assert_eq!(state(), "10.0.0.2 id 2 \nadd_addr_accepted 0 subflows 5 \n");
    // It may stand behind -batch too; nothing failed, nothing is said.
    let all_well = Program::mptcp().line("-b - -fo").stdin("endpoint flush");
    all_well.run().prints("");
}

fn the_number_equals_the_last_physical_line(_ns: &mut Sandbox) {
    let lines = "# 1\n\nlimits set \\\n  subflows \\\n  1000000 # 5\nlimits";
    batch("", lines)
        .fails(1, "Error: limit greater than maximum")
        .fails(1, "Command failed -:5\n");
}

fn a_quote_that_does_not_end_is_an_error_of_its_line(_ns: &mut Sandbox) {
    for line in ["endpoint add '10.0.0.3", "endpoint add \"10.0.0.3 '#\""] {
        let lines = format!("endpoint add 10.0.0.2 id 2\nlimits\n{line}\nendpoint flush\n");
        let output = batch("", lines).ends(1, "add_addr_accepted 0 subflows 2 \n");
        output
            .says("nterminated quoted string")
            .says_last("Command failed -:3\n");
        mptcp("endpoint").prints("10.0.0.2 id 2 \n");
        mptcp("endpoint flush").ok();
    }
}

fn a_continuation_that_does_not_come_is_an_error_of_its_line(_ns: &mut Sandbox) {
    let output = batch("", "limits set subflows 4\nlimits\nendpoint flush \\\n");
    let output = output.ends(1, "add_addr_accepted 0 subflows 4 \n");
    output
        .says("issing continuation line")
        .says_last("Command failed -:3\n");
    mptcp("limits").prints("add_addr_accepted 0 subflows 4 \n");
}

fn bytes_that_no_word_can_have_are_an_error_of_their_line(_ns: &mut Sandbox) {
    for (bad, says) in [
        (&b"limits set dev \xff"[..], "no such word"),
        (b"limits set subflows 5\0 add 3", "NUL"),
    ] {
        let lines = [
            b"limits set subflows 4\n# \xff\nlimits\n",
            bad,
            b"\nlimits\n",
        ]
        .concat();
        let output = batch("", lines).ends(1, "add_addr_accepted 0 subflows 4 \n");
        output.says(says).says_last("Command failed -:4\n");
        mptcp("limits").prints("add_addr_accepted 0 subflows 4 \n");
    }
}

fn what_follows_the_option_is_ignored(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let file = scratch.file("only", "limits set subflows 4\n");
    for behind in ["endpoint add 10.0.0.2", "nonsense", "limits -nonsense"] {
        let program = Program::mptcp().arg("-batch").arg(&file);
        program.line(behind).run().prints("");
        assert_eq!(state(), "add_addr_accepted 0 subflows 4 \n");
    }
    let program = Program::mptcp().arg("-batch").arg(&file);
    program.line("-nonsense").run().fails(255, "\"-nonsense\"");
}

fn the_last_file_counts(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let first = scratch.file("first", "limits set subflows 4\n");
    let second = scratch.file("second", "limits set add_addr_accepted 3\n");
    let options = [
        "-b".as_ref(),
        first.as_os_str(),
        "-b".as_ref(),
        second.as_os_str(),
    ];
    mptcp_words(options).prints("");
    mptcp("limits").prints("add_addr_accepted 3 subflows 2 \n");
}

fn an_empty_file_is_done(_ns: &mut Sandbox) {
    for lines in ["", "\n", "  \t ", "#", "# endpoint\n\n#", "\\\n\n"] {
        batch("", lines).prints("");
    }
    mptcp("-batch /dev/null").prints("");
}

fn each_json_command_prints_its_own_array(_ns: &mut Sandbox) {
    let lines = "endpoint add 10.0.0.2 id 2\n\
                 endpoint\n\
                 limits\n\
                 endpoint show id 9\n\
                 endpoint show id 2\n\
                 endpoint flush\n\
                 endpoint\n";
    let output = batch("-json -force", lines).ends(
        1,
        "[{\"address\":\"10.0.0.2\",\"id\":2}]\n\
         [{\"add_addr_accepted\":0,\"subflows\":2}]\n\
         [{\"address\":\"10.0.0.2\",\"id\":2}]\n\
         []\n",
    );
    let errors = output.errors();
    let said: Vec<_> = errors
        .lines()
        .filter(|line| !line.starts_with("Hint: "))
        .collect();
    assert_eq!(said, ["Error: address not found.", "Command failed -:4"]);
}

fn oneline_and_colour_hold_for_every_line(_ns: &mut Sandbox) {
    let lines = "endpoint add 10.0.0.2 id 2\nendpoint\nlimits\nendpoint\n";
    batch("-oneline -c=always", lines).prints(
        "\x1b[1;35m10.0.0.2 \x1b[0mid 2 \\\
         add_addr_accepted 0 subflows 2 \\\
         \x1b[1;35m10.0.0.2 \x1b[0mid 2 \\",
    );
}

fn help_in_a_line(_ns: &mut Sandbox) {
    let output = batch("", "endpoint add --help\nlimits\n").ok();
    assert!(
        output.text().contains("Usage: mptcp endpoint add"),
        "{output}"
    );
    assert!(
        output
            .text()
            .ends_with("\nadd_addr_accepted 0 subflows 2 \n")
    );
}
