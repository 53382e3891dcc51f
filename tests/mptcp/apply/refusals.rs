//! What the kernel refuses, and what is done all the same.

use super::setup::*;

trials! {
    each_refusal_leaves_the_rest_done, a_full_table_is_made_room_in,
    what_diff_prints_runs_as_a_batch_in_a_full_table, ids_that_collide,
    a_device_in_the_way_is_told, without_the_privilege_it_ends,
}

fn each_refusal_leaves_the_rest_done(_ns: &mut Sandbox) {
    mptcp("endpoint add 10.0.0.9 subflow").ok();
    // Nobody has the address, so that the kernel cannot listen there.
    let text = "limits set subflows 1\n\
                endpoint add 10.0.0.2 signal port 5\n\
                endpoint add 10.0.0.3 subflow\n\
                limits set add_addr_accepted 4294967295\n\
                endpoint add 10.0.0.9 subflow backup\n";
    let applied = apply_text(text, "");
    let done = "mptcp endpoint add 10.0.0.3 subflow\n\
                mptcp endpoint change 10.0.0.9 backup nofullmesh\n\
                mptcp limits set subflows 1\n";
    applied
        .ends(2, done)
        .says("Command failed -:2\nLeft undone: mptcp endpoint add 10.0.0.2 port 5 signal\n")
        .says("Command failed -:4\nLeft undone: mptcp limits set add_addr_accepted 4294967295\n");
}

/// As many endpoints as the kernel takes.
fn fill() -> usize {
    let full = (1..=300).find(|last| {
        let (high, low) = (last / 250, last % 250);
        mptcp(&format!("endpoint add 10.1.{high}.{low} subflow")).status == 2
    });
    full.expect("an end") - 1
}

fn a_full_table_is_made_room_in(_ns: &mut Sandbox) {
    let room = fill();
    let others: String = (1..=room)
        .map(|last| format!("endpoint add 10.2.{}.{} subflow\n", last / 250, last % 250))
        .collect();
    apply_text(&others, "")
        .fails(2, "Left undone: mptcp endpoint add 10.2.0.1 subflow")
        .says("Command failed -:1");
    let applied = apply_text(&others, "only").ok().text();
    assert_eq!(applied.lines().count(), 2 * room);
    assert!(
        applied.starts_with("mptcp endpoint delete id "),
        "{applied}"
    );
    assert_eq!(endpoints().matches("10.2.").count(), room);
    apply_text(&others, "only").prints("");
}

fn what_diff_prints_runs_as_a_batch_in_a_full_table(_ns: &mut Sandbox) {
    let room = fill();
    let kept = (1..room).map(|last| format!("10.1.{}.{}", last / 250, last % 250));
    let mut file: String = kept
        .map(|address| format!("endpoint add {address} subflow\n"))
        .collect();
    file += "endpoint add 10.2.0.1 subflow\n";
    let diff = || Program::mptcp().line("diff - only").stdin(&*file).run();
    let steps = diff().text();
    assert_eq!(
        steps,
        format!("mptcp endpoint delete id {room}\nmptcp endpoint add 10.2.0.1 subflow\n")
    );
    Program::mptcp().line("-batch -").stdin(steps).run().ok();
    diff().prints("");
}

fn ids_that_collide(_ns: &mut Sandbox) {
    mptcp("endpoint add 10.0.0.9 id 5 subflow").ok();
    let text = "limits set subflows 4\nendpoint add 10.0.0.2 id 5 subflow\n";
    apply_text(text, "")
        .fails(2, "10.0.0.9")
        .says("Command failed -:2");
    mptcp("limits").prints("add_addr_accepted 0 subflows 2 \n");
    apply_text(text, "only").prints(
        "mptcp limits set subflows 4\n\
         mptcp endpoint delete id 5\n\
         mptcp endpoint add 10.0.0.2 id 5 subflow\n",
    );
    apply_text(
        "endpoint add 10.0.0.3 id 1\nendpoint add 10.0.0.4 id 1\n",
        "",
    )
    .fails(1, "-:2");
    // One that the file names moves: any other id will do for it.
    let text = "endpoint add 10.0.0.2 subflow\nendpoint add 10.0.0.3 id 5 subflow\n";
    apply_text(text, "").ok();
    assert!(endpoints().contains("10.0.0.3 id 5 subflow\n"));
    apply_text(text, "").prints("");
}

fn a_device_in_the_way_is_told(_ns: &mut Sandbox) {
    add_device("eth0");
    add_address("eth0", "10.0.0.2/24");
    add_address("eth0", "10.0.0.3/24");
    let text = "endpoint add 10.0.0.9\nendpoint add dev eth0 id 5 subflow\n";
    apply_text(text, "").fails(1, "2 addresses");
    mptcp("endpoint").prints("");
}

fn without_the_privilege_it_ends(_ns: &mut Sandbox) {
    let text = "endpoint add 10.0.0.2\nendpoint add 10.0.0.3\n";
    without_net_admin(|| {
        let refused = apply_text(text, "").fails(2, "CAP_NET_ADMIN");
        assert_eq!(
            refused.errors().matches("permitted").count(),
            1,
            "{refused}"
        );
        Program::mptcp().line("diff -").stdin(text).run().ends(
            1,
            "mptcp endpoint add 10.0.0.2\nmptcp endpoint add 10.0.0.3\n",
        );
    });
}
