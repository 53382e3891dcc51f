//! Lost races: what is asked about changes or goes away meanwhile.

use std::fs;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::mount::{MntFlags, umount2};

use super::add_endpoints;
use crate::support::*;

trials! {
    endpoints_change_during_a_dump, endpoints_change_during_a_batch,
    a_device_goes_away_after_its_endpoint_was_made, devices_come_and_go_during_a_dump,
    a_namespace_loses_its_name_during_a_batch, namespaces_come_and_go,
}

/// Does one thing over and over, in the same namespaces, while another is done.
fn beside(disturb: impl Fn() + Sync, body: impl FnOnce()) {
    /// Ends the disturbance also where the test fails.
    struct Done<'a>(&'a AtomicBool);
    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        // Threads of a scope begin in the namespaces of the one that starts them.
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                disturb();
            }
        });
        let _done = Done(&done);
        body();
    });
}

fn churn() {
    let batch = "endpoint add 10.0.0.6 subflow\nendpoint flush\n\
                 endpoint add 10.0.0.7 signal\nendpoint add fd00::7 backup\n";
    let output = Program::mptcp()
        .line("-force -b -")
        .stdin(batch.repeat(20))
        .run();
    assert!([0, 1].contains(&output.status), "{output}");
}

fn endpoints_change_during_a_dump(_ns: &mut Sandbox) {
    add_endpoints(5);
    beside(churn, || {
        for _ in 0..100 {
            let text = mptcp("endpoint show").ok().text();
            for line in text.lines() {
                let whole = line.contains(" id ") && line.ends_with(' ');
                assert!(whole, "{text:?}");
            }
            let list = json(&mptcp("-json endpoint show").ok().text());
            let endpoints = list.as_array().expect("a list");
            assert!(endpoints.iter().all(|one| one["id"].is_u64()), "{list}");
            let one = mptcp("endpoint show id 1");
            assert!([0, 2].contains(&one.status), "{one}");
        }
    });
}

fn endpoints_change_during_a_batch(_ns: &mut Sandbox) {
    let batch = "endpoint add 10.0.0.1 id 1\nendpoint change id 1 backup\n\
                 endpoint show id 1\nendpoint delete id 1\n";
    beside(churn, || {
        let batch = batch.repeat(100);
        let output = Program::mptcp().line("-force -b -").stdin(batch).run();
        assert!([0, 1].contains(&output.status), "{output}");
        for line in output.text().lines() {
            assert!(line.contains(" id 1 "), "{line}");
        }
        let errors = output.errors();
        for line in errors.lines() {
            let frame = ["Error: ", "RTNETLINK ", "Command failed -:", "Hint: "];
            assert!(frame.iter().any(|frame| line.starts_with(frame)), "{line}");
        }
    });
}

fn a_device_goes_away_after_its_endpoint_was_made(_ns: &mut Sandbox) {
    add_device("eth0");
    let index = link_index("eth0");
    mptcp("endpoint add 10.0.0.1 dev eth0").ok();
    delete_link("eth0");
    mptcp("endpoint").prints(&format!("10.0.0.1 id 1 dev if{index} \n"));
    mptcp("endpoint add 10.0.0.2 dev eth0").fails(255, "device does not exist");
}

fn devices_come_and_go_during_a_dump(_ns: &mut Sandbox) {
    add_device("eth0");
    let index = link_index("eth0");
    mptcp("endpoint add 10.0.0.1 dev eth0").ok();
    let names = ["eth0".to_owned(), "eth1".to_owned(), format!("if{index}")];
    let rename = || {
        rename_link("eth0", "eth1");
        rename_link("eth1", "eth0");
    };
    beside(rename, || {
        for _ in 0..100 {
            let text = mptcp("endpoint").ok().text();
            let known = |name: &String| text == format!("10.0.0.1 id 1 dev {name} \n");
            assert!(names.iter().any(known), "{text:?}");
            // There is one of this address already, if the device is there.
            let add = mptcp("endpoint add 10.0.0.1 dev eth0");
            assert!([2, 255].contains(&add.status), "{add}");
        }
    });
}

fn a_namespace_loses_its_name_during_a_batch(ns: &mut Sandbox) {
    let other = ns.second_host();
    ns.name_netns("other", &other);
    let (batch, mut input) = Program::mptcp().line("-netns other -batch -").start_fed();
    writeln!(input, "endpoint add 10.0.0.1").expect("the batch reads");
    let entered = format!("/proc/{}/ns/net", batch.pid());
    let own = fs::read_link("/proc/thread-self/ns/net").expect("a namespace");
    while fs::read_link(&entered).is_ok_and(|entered| entered == own) {
        thread::yield_now();
    }
    umount2("/run/netns/other", MntFlags::MNT_DETACH).expect("the name goes");
    drop(other);
    writeln!(input, "endpoint show").expect("the batch reads");
    drop(input);
    batch.finish().prints("10.0.0.1 id 1 \n");
    mptcp("-netns other limits").fails(255, "network namespace \"other\"");
}

fn namespaces_come_and_go(ns: &mut Sandbox) {
    for number in 0..20 {
        let name = format!("ns{number}");
        let path = format!("/run/netns/{name}");
        let other = ns.second_host();
        ns.name_netns(&name, &other);
        drop(other);
        thread::scope(|scope| {
            let words = format!("-netns {name} limits show");
            let run = scope.spawn(move || mptcp(&words));
            umount2(path.as_str(), MntFlags::MNT_DETACH).expect("the name goes");
            let output = run.join().expect("the run");
            assert!([0, 255].contains(&output.status), "{output}");
        });
    }
}
