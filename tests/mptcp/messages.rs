//! What users stumble over, and what they are told then.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::support::*;

trials! {
    the_line_that_was_meant_is_named, an_endpoint_is_named_by_its_id,
    a_device_is_named_by_its_word, options_behind_a_command_are_helped_with,
    a_limit_is_told_by_its_word, an_id_of_0_is_refused_before_the_kernel_is_asked,
    help_before_the_words_is_help_behind_them,
    what_counts_is_noted_on_a_terminal,
    a_batch_takes_a_device_whose_name_is_no_text,
}

/// The hint, which is the last line.
#[track_caller]
fn hints(line: &str, status: i32, hint: &str) {
    mptcp(line)
        .ends(status, "")
        .says_last(&format!("Hint: {hint}\n"));
}

fn the_line_that_was_meant_is_named(_ns: &mut Sandbox) {
    for (line, meant) in [
        ("add 10.0.0.2", "mptcp endpoint add 10.0.0.2"),
        ("show", "mptcp endpoint show"),
        ("list", "mptcp endpoint show"),
        ("ep", "mptcp endpoint"),
        ("mptcp endpoint show", "mptcp endpoint show"),
    ] {
        hints(line, 255, &format!("did you mean \"{meant}\"?"));
    }
    hints("endpoint help", 255, "for help, run: mptcp endpoint --help");
    let help = "for help, run: mptcp endpoint add --help";
    hints("endpoint add help", 1, help);
    for object in ["connection", "check", "save"] {
        let help = format!("for help, run: mptcp {object} --help");
        hints(&format!("{object} help"), 255, &help);
    }
    hints("counters help", 255, "for help, run: mptcp counters --help");
    hints("apply help", 1, "for help, run: mptcp apply --help");
    hints("diff help", 2, "for help, run: mptcp diff --help");
    mptcp("a").fails(255, "Hint: too short; the shortest forms are \"addr\"");
    mptcp("ch").fails(
        255,
        "Hint: too short; the shortest form is \"che\" for check",
    );
    let help = |command: &str| format!("Hint: for help, run: mptcp {command} --help");
    mptcp("connection list").fails(255, &help("connection show"));
    mptcp("limits show x").fails(255, &help("limits show"));
    mptcp("s").fails(255, "\"su\" for subflow");
}

fn an_endpoint_is_named_by_its_id(_ns: &mut Sandbox) {
    mptcp("endpoint add 10.0.0.2 id 3 subflow").ok();
    let required = "Error: argument \"ID\" is required\n";
    let has = "the word id is missing; the endpoint 10.0.0.2 has the id 3: mptcp endpoint";
    for (line, hint) in [
        ("endpoint delete 10.0.0.2", format!("{has} delete id 3")),
        (
            "endpoint delete 1",
            "the word id is missing: mptcp endpoint delete id 1".to_owned(),
        ),
        (
            "endpoint delete all",
            "to remove all endpoints, run: mptcp endpoint flush".to_owned(),
        ),
    ] {
        hints(line, 255, &hint);
        mptcp(line).says_first(required);
    }
    mptcp("endpoint change backup").fails(2, "Hint: say which endpoint, by \"id ID\"");
    for line in ["endpoint delete", "endpoint delete dev lo"] {
        let hint = "mptcp endpoint delete id ID\n";
        mptcp(line).fails(255, required).says_last(hint);
    }
    let nowhere = "no endpoint has the address 10.0.0.9";
    mptcp("endpoint delete 10.0.0.9").fails(255, nowhere);
    hints("endpoint show 10.0.0.2", 2, &format!("{has} show id 3"));
    let missing = "the word id is missing: mptcp endpoint";
    hints("endpoint show 1", 2, &format!("{missing} show id 1"));
    hints(
        "endpoint change 1 backup",
        2,
        &format!("{missing} change id 1"),
    );
}

fn a_device_is_named_by_its_word(_ns: &mut Sandbox) {
    let next = |words: &str| format!("the value is the next word: {words}");
    hints("endpoint show id=3", 1, &next("id 3"));
    hints("endpoint add 10.0.0.2 dev=lo", 1, &next("dev lo"));
    for word in ["device", "interface", "if"] {
        let line = format!("endpoint add 10.0.0.2 {word} lo");
        hints(&line, 1, "did you mean \"dev\"?");
    }
    mptcp("endpoint add 10.0.0.2 lo").fails(1, "for a device, use: dev lo\n");
}

fn options_behind_a_command_are_helped_with(_ns: &mut Sandbox) {
    for option in ["--hlep", "-x", "-?"] {
        let line = format!("endpoint show {option}");
        hints(&line, 1, "for help, run: mptcp endpoint show --help");
    }
    let apart = "options come before the object: mptcp -j -p endpoint show";
    hints("endpoint show -jp", 1, apart);
    hints(
        "-jp endpoint",
        255,
        "write each option as its own word: -j -p",
    );
    mptcp("--jsno endpoint").fails(255, "Option \"--jsno\" is unknown");
    mptcp("--netns=blue endpoint").fails(255, "Option \"--netns=blue\" is unknown");
}

fn a_limit_is_told_by_its_word(_ns: &mut Sandbox) {
    mptcp("limits set subflows two").fails(255, "from 0 to the kernel's maximum");
    let refused = mptcp("limits set add_addr_accepted 1 subflows 4000000000");
    refused.fails(2, "Hint: subflows 4000000000 is more than the ");
    let refused = mptcp("limits set add_addr_accepted 4000000000 subflows 1");
    refused.fails(2, "Hint: add_addr_accepted 4000000000 is more than the ");
}

fn an_id_of_0_is_refused_before_the_kernel_is_asked(_ns: &mut Sandbox) {
    for line in [
        "address announce 10.0.0.2 token 7 id 0",
        "subflow create token 7 local 10.0.0.2 id 0 remote 10.0.0.3 dport 80",
    ] {
        mptcp(line).fails(255, "the id is a number from 1 to 255");
    }
}

fn help_before_the_words_is_help_behind_them(_ns: &mut Sandbox) {
    for words in [
        "",
        "endpoint",
        "endpoint add",
        "endpoint add 10.0.0.2",
        "monitor",
    ] {
        let before = mptcp(&format!("--help {words}")).ok();
        before.ends(0, &mptcp(&format!("{words} --help")).ok().text());
    }
    mptcp("--help nothing").fails(255, "Command \"nothing\" is unknown");
}

fn what_counts_is_noted_on_a_terminal(_ns: &mut Sandbox) {
    need_tool("script");
    let on_terminal = |line: &str| {
        let command = format!("{MPTCP} {line}");
        let script = Program::new("script").args(["-qec", &command, "/dev/null"]);
        script.run().text()
    };
    let two = "endpoint add 10.0.0.2 10.0.0.3 id 1 id 2";
    mptcp(two).prints("");
    // What does not work, where it is known already, is noted as well.
    let told = on_terminal("endpoint delete id 1 id 2");
    assert_eq!(told, "Note: only the last id counts, 2\r\n");
    let told = on_terminal("endpoint add 10.0.0.2 10.0.0.3");
    assert!(
        told.contains("Note: only the last address counts, 10.0.0.3\r\n"),
        "{told}"
    );
    let told = on_terminal("endpoint add 10.0.0.4 10.0.0.4");
    assert!(!told.contains("the last"), "{told}");
}

fn a_batch_takes_a_device_whose_name_is_no_text(_ns: &mut Sandbox) {
    need_tool("ip");
    let name = OsStr::from_bytes(b"d\xff");
    let add = Program::new("ip").line("link add").arg(name);
    add.line("type veth peer name other").run().ok();
    let line = b"endpoint add 10.0.0.2 dev d\xff\nendpoint show\n".to_vec();
    let output = Program::mptcp().line("-batch -").stdin(line).run().ok();
    assert_eq!(output.stdout, b"10.0.0.2 id 1 dev d\xff \n");
}
