//! A connection over several paths, while its configuration changes.

use super::setup::*;

trials! {
    paths_that_stay_are_not_touched, a_changed_address_is_followed, diff_says_what_it_breaks,
}

const TWO: &str = "endpoint flush\n\
                   limits set subflows 1\n\
                   endpoint add 10.0.2.1 dev near1 subflow\n";

const THREE: &str = "endpoint flush\n\
                     limits set subflows 2\n\
                     endpoint add 10.0.2.1 dev near1 subflow\n\
                     endpoint add 10.0.3.1 dev near2 subflow\n";

fn paths_that_stay_are_not_touched(ns: &mut Sandbox) {
    let (server, mut theirs) = hosts(ns, TWO);
    let mut live = Live::new(&server);
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.1");
    apply_text(THREE, "").prints(
        "mptcp limits set subflows 2\n\
         mptcp endpoint add 10.0.3.1 dev near2 subflow\n",
    );
    live.talk();
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.3.1");
    live.talk();
    assert!(!theirs.text().contains("SF_CLOSED"), "{}", theirs.text());

    // Side by side: what scripts do today.
    let scratch = Scratch::new();
    let file = scratch.file("batch", THREE);
    Program::mptcp().arg("-batch").arg(file).run().ok();
    for address in ["10.0.2.1", "10.0.3.1"] {
        let closed = || has_event(&theirs.text(), "SF_CLOSED", address);
        wait_until("flush and add break the paths", closed);
    }
}

fn a_changed_address_is_followed(ns: &mut Sandbox) {
    let (server, mut theirs) = hosts(ns, "");
    let scratch = Scratch::new();
    let text = "limits set subflows 4\nendpoint add dev near1 inet subflow\n\
                endpoint add 10.0.3.1 dev near2 subflow\n";
    let mut follower = follow(&scratch.file("conf", text), "");
    follower.line_with("10.0.2.1");
    follower.line_with("10.0.3.1");
    let mut live = Live::new(&server);
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.1");
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.3.1");
    let index = endpoints();
    remove_address("near1", "10.0.2.1/24");
    add_address("near1", "10.0.2.7/24");
    let added = follower.line_with("endpoint add");
    assert_eq!(
        without_time(&added),
        "mptcp endpoint add 10.0.2.7 dev near1 subflow"
    );
    follower.line_with("mptcp endpoint delete id 1");
    live.talk();
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.7");
    let other = |shown: &str| -> Vec<String> {
        let lines = shown.lines().filter(|line| line.contains("near2"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(other(&endpoints()), other(&index));
    assert!(!has_event(&theirs.text(), "SF_CLOSED", "10.0.3.1"));
    let ended = follower.interrupt();
    assert_eq!(ended.status, 0, "{ended}");
}

fn diff_says_what_it_breaks(ns: &mut Sandbox) {
    let (server, mut theirs) = hosts(ns, TWO);
    let _live = Live::new(&server);
    wait_for_event(&mut theirs, "SF_ESTABLISHED", "10.0.2.1");
    mptcp("endpoint add 10.0.2.9 subflow").ok();
    let diff = Program::mptcp()
        .line("diff - only")
        .stdin("limits set subflows 1\n");
    diff.run().ends(
        1,
        "mptcp endpoint delete id 1 # closes 1 subflow\nmptcp endpoint delete id 2\n",
    );
}
