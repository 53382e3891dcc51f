//! What is printed, and what a file may say.

use super::setup::*;

trials! {
    what_was_saved_gives_the_same_again, what_differs_is_done_and_nothing_else, a_mistake_changes_nothing,
    the_words_of_json, a_device_stands_for_its_addresses, a_batch_may_apply, statuses_of_diff,
    a_name_with_a_number_sign, a_mapped_address_is_replaced, very_many_mistakes_are_counted,
}

fn what_was_saved_gives_the_same_again(_ns: &mut Sandbox) {
    add_device("eth0");
    mptcp("limits set subflows 3 add_addr_accepted 1").ok();
    mptcp("endpoint add 10.0.0.2 id 9 dev eth0 subflow backup").ok();
    mptcp("endpoint add fc00::2 signal").ok();
    let saved = "mptcp endpoint flush\n\
                 mptcp limits set subflows 3 add_addr_accepted 1\n\
                 mptcp endpoint add 10.0.0.2 dev eth0 id 9 subflow backup\n\
                 mptcp endpoint add fc00::2 id 10 signal\n";
    mptcp("save").prints(saved);
    mptcp("-oneline -color save").prints(saved);
    let scratch = Scratch::new();
    let file = scratch.file("saved", saved);
    apply(&file, "").prints("");
    let before = endpoints();
    for program in [
        Program::new(MPTCP).args(["-batch"]),
        Program::new(MPTCP).args(["apply"]),
    ] {
        mptcp("endpoint flush").ok();
        mptcp("limits set subflows 0 add_addr_accepted 0").ok();
        let output = program.arg(&file).run();
        assert_eq!(output.status, 0, "{output}");
        assert_eq!(endpoints(), before);
        mptcp("limits").prints("add_addr_accepted 1 subflows 3 \n");
    }
    if let Some(ip) = twin() {
        mptcp("endpoint flush").ok();
        Program::new(ip).arg("-batch").arg(&file).run().ok();
        assert_eq!(endpoints(), before);
    }
    mptcp("save saved").fails(255, "mptcp save >FILE");
}

fn what_differs_is_done_and_nothing_else(_ns: &mut Sandbox) {
    mptcp("endpoint add 10.0.0.2 id 4 subflow").ok();
    mptcp("endpoint add 10.0.0.3 id 5 subflow backup").ok();
    mptcp("endpoint add 10.0.0.4 id 6 signal").ok();
    let scratch = Scratch::new();
    let file = scratch.file(
        "only",
        "limits set subflows 4 # more\n\
         endpoint add 10.0.0.2 subflow\n\
         endpoint add 10.0.0.3 \\\n subflow fullmesh\n\
         endpoint add 10.0.0.5 id 8 subflow\n",
    );
    let all = "mptcp limits set subflows 4\n\
               mptcp endpoint add 10.0.0.5 id 8 subflow\n\
               mptcp endpoint change 10.0.0.3 nobackup fullmesh\n";
    let diff = Program::mptcp().arg("diff").arg(&file).run();
    diff.ends(1, all).says_only("");
    apply(&file, "").prints(all);
    apply(&file, "").prints("");
    apply(&file, "only").prints("mptcp endpoint delete id 6\n");
    apply(&file, "only").prints("");
    let expected = "10.0.0.2 id 4 subflow\n10.0.0.3 id 5 subflow fullmesh\n10.0.0.5 id 8 subflow\n";
    assert_eq!(endpoints(), expected);
    let directory = Program::mptcp().directory(&*scratch);
    directory.line("apply only only").run().prints("");
}

fn a_mistake_changes_nothing(_ns: &mut Sandbox) {
    for (line, says) in [
        ("endpoint add 10.0.0.4 sublow", "sublow"),
        ("endpoint show", "limits set"),
        ("endpoint add 10.0.0.2 signal", "line 1"),
        ("endpoint flush", "before the first"),
        ("endpoint add 10.0.0.5 dev nodev0", "no device"),
        ("endpoint add 10.0.0.5 '", "quoted"),
        ("endpoint add 10.0.0.5 port 5", "signal"),
        ("monitor", "limits set"),
    ] {
        let text = format!("endpoint add 10.0.0.2\n\n{line}\n");
        let applied = apply_text(&text, "").fails(1, says);
        assert!(
            applied.errors().contains("Command failed -:3\n"),
            "{applied}"
        );
        let diff = Program::mptcp().line("diff -").stdin(text).run();
        assert_eq!(diff.status, 2, "{diff}");
    }
    mptcp("apply /nowhere").fails(1, "/nowhere");
    mptcp("diff /nowhere").fails(2, "/nowhere");
    mptcp("apply").fails(255, "FILE");
    mptcp("endpoint show").prints("");
}

fn the_words_of_json(_ns: &mut Sandbox) {
    let program = Program::mptcp().line("-json apply -");
    program
        .stdin("endpoint add 10.0.0.2 subflow")
        .run()
        .prints("[{\"command\":[\"mptcp\",\"endpoint\",\"add\",\"10.0.0.2\",\"subflow\"]}]\n");
    let program = Program::mptcp().line("-json diff -");
    program
        .stdin("endpoint add 10.0.0.2 subflow")
        .run()
        .prints("[]\n");
    let saved = json(&mptcp("-json -pretty save").ok().text());
    assert_eq!(saved[2]["command"][3], "10.0.0.2");
}

fn a_device_stands_for_its_addresses(_ns: &mut Sandbox) {
    add_devices(["eth0", "eth1"]);
    mptcp("endpoint add dev eth0 subflow").fails(2, "no global address");
    apply_text("endpoint add dev eth0 subflow\nendpoint add 10.0.0.9\n", "")
        .ends(2, "mptcp endpoint add 10.0.0.9\n")
        .says("Command failed -:1");
    mptcp("endpoint flush").ok();
    add_address("eth0", "10.0.0.2/24");
    add_address("eth0", "169.254.0.2/16");
    add_address("eth0", "fd00::2/64");
    add_address("eth1", "10.0.1.2/24");
    mptcp("endpoint add dev eth0 id 3 subflow").fails(255, "id");
    mptcp("endpoint add dev eth0 inet id 3 subflow").ok();
    mptcp("endpoint add dev eth0 inet6 signal").ok();
    mptcp("endpoint add dev eth0 inet inet6").fails(255, "inet");
    mptcp("endpoint add 10.0.0.2 dev eth0 inet").fails(255, "ADDRESS");
    mptcp("endpoint add inet").fails(255, "ADDRESS");
    assert_eq!(
        endpoints(),
        "10.0.0.2 id 3 subflow dev eth0\nfd00::2 id 4 signal dev eth0\n"
    );
    // The second line has a line of its own; the device owns the rest.
    let text = "endpoint add dev eth0 subflow\nendpoint add fd00::2 dev eth0 signal\n";
    apply_text(text, "").prints("");
    let text = "endpoint add dev eth0 inet6 signal\nendpoint add dev eth1 subflow\n";
    apply_text(text, "").prints("mptcp endpoint add 10.0.1.2 dev eth1 subflow\n");
    mptcp("endpoint add 10.0.1.7 dev eth1 subflow").ok();
    apply_text(text, "").prints("mptcp endpoint delete id 6\n");
}

fn a_batch_may_apply(_ns: &mut Sandbox) {
    let scratch = Scratch::new();
    let file = scratch.file("conf", "endpoint add 10.0.0.2\n");
    let file = file.display();
    let batch = |lines: String| Program::mptcp().line("-batch -").stdin(lines).run();
    let add = "mptcp endpoint add 10.0.0.2\n";
    // A difference is a result, no failed line.
    batch(format!("diff {file}\napply {file}\nmptcp save\n")).ends(
        0,
        &format!(
            "{add}{add}mptcp endpoint flush\n\
             mptcp limits set subflows 2 add_addr_accepted 0\n\
             mptcp endpoint add 10.0.0.2 id 1\n"
        ),
    );
    batch(format!("apply {file} follow\n")).fails(1, "follow");
    batch("apply -\n".to_owned()).fails(1, "standard input");
}

fn statuses_of_diff(_ns: &mut Sandbox) {
    let diff = |text: &str| Program::mptcp().line("diff -").stdin(text).run();
    diff("").prints("");
    diff("endpoint add 10.0.0.2\n").ends(1, "mptcp endpoint add 10.0.0.2\n");
    diff("sense less\n").fails(2, "-:1");
    mptcp("endpoint show").prints("");
}

fn a_name_with_a_number_sign(_ns: &mut Sandbox) {
    add_device("a#b");
    mptcp_words(["endpoint", "add", "10.0.0.2", "dev", "a#b"]).ok();
    let saved = mptcp("save").ok().text();
    let index = link_index("a#b");
    assert!(saved.contains(&format!(" dev if{index} ")), "{saved}");
    apply_text(&saved, "").prints("");
}

fn a_mapped_address_is_replaced(_ns: &mut Sandbox) {
    mptcp("endpoint add ::ffff:10.1.0.3 id 5 subflow").ok();
    let file = "endpoint add 10.1.0.3 subflow\n";
    let steps = "mptcp endpoint delete id 5\nmptcp endpoint add 10.1.0.3 subflow\n";
    apply_text(file, "").prints(steps);
    apply_text(file, "").prints("");
    assert_eq!(endpoints(), "10.1.0.3 id 5 subflow\n");
}

fn very_many_mistakes_are_counted(_ns: &mut Sandbox) {
    let applied = apply_text(&"sense less\n".repeat(1000), "").fails(1, "-:20\nand 980 more\n");
    assert!(!applied.errors().contains("-:21"), "{applied}");
    let text: String = (0..1000)
        .map(|at| format!("endpoint add dev none{at}\n"))
        .collect();
    let diff = Program::mptcp().line("diff -").stdin(text).run();
    diff.fails(1, "-:20\nand 980 more\n");
}
