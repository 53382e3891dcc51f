//! The names the program goes by: `ip`, `ipmptcp`, and any other.

use std::path::Path;

use crate::support::*;

trials! {
    ip_mptcp_is_served, ip_mptcp_in_a_namespace, ip_mptcp_speaks_as_mptcp, through_a_chain_of_links,
    with_the_link_first_in_path, ipmptcp_is_mptcp, any_other_name_is_mptcp, the_machines_own_ip,
    a_script_ends_the_same_with_the_link_first_in_path,
}

fn ip_mptcp_is_served(ns: &mut Sandbox) {
    let machine = Machine::with_ip(ns);
    for _ in ["with the real one", "without"] {
        machine.ip("mptcp endpoint add 10.0.0.2 subflow").prints("");
        let endpoint = "10.0.0.2 id 1 subflow \n";
        machine.ip("mptcp endpoint").prints(endpoint);
        machine.ip("mp e").prints(endpoint);
        machine.ip("mpt e s id 1").prints(endpoint);
        machine
            .ip("-o -4 -f inet -- mptc l")
            .prints("add_addr_accepted 0 subflows 2 \\");
        machine
            .ip("-j mptcp endpoint")
            .prints("[{\"address\":\"10.0.0.2\",\"id\":1,\"subflow\":true}]\n");
        machine.ip("mptcp endpoint flush").prints("");
        mptcp("endpoint").prints("");
        machine.clear();
    }
}

fn ip_mptcp_in_a_namespace(ns: &mut Sandbox) {
    let other = ns.second_host();
    ns.name_netns("other", &other);
    // A namespace may be called like the object.
    ns.name_netns("mptcp", &other);
    let machine = Machine::with_ip(ns);
    machine
        .ip("-n other mptcp endpoint add 10.0.0.2")
        .prints("");
    let list = "[{\"address\":\"10.0.0.2\",\"id\":1}]\n";
    machine.ip("-j -n other mptcp endpoint").prints(list);
    machine.ip("-n other -j mp e").prints(list);
    machine
        .ip("-netns mptcp --json mptcp endpoint show")
        .prints(list);
    mptcp("endpoint").prints("");
    machine.ip("-n nowhere mptcp endpoint").fails(
        255,
        "Cannot open network namespace \"nowhere\": No such file or directory\n",
    );
    is_handed_over(machine.ip("-n mptcp"), "-n mptcp");
    is_handed_over(machine.ip("-n nowhere link"), "-n nowhere link");
}

fn ip_mptcp_speaks_as_mptcp(ns: &mut Sandbox) {
    let machine = Machine::with_ip(ns);
    let lines = "endpoint delete id 9|endpoint add 10.0.0.300|endpoint nonsense|nonsense|\
        endpoint add id|mptcp|help||--help|endpoint add --help";
    for line in lines.split('|') {
        let (ip, ours) = (machine.ip(&format!("mptcp {line}")), mptcp(line));
        ip.equals(&ours);
    }
}

fn through_a_chain_of_links(ns: &mut Sandbox) {
    let machine = Machine::with_ip(ns);
    machine.link("one/some-name");
    machine.link_to("../one/some-name", "two/another");
    machine.link_to("../two/another", "three/ip");
    let last = machine.link_to("three", "four").join("ip");
    let run = |line: &str| Program::new(&last).line(line).run();
    run("mptcp limits").prints("add_addr_accepted 0 subflows 2 \n");
    is_handed_over(run("link show"), "link show");
}

fn with_the_link_first_in_path(ns: &mut Sandbox) {
    let machine = Machine::with_ip(ns);
    let directory = machine.anywhere();
    let directory = directory.parent().unwrap().display();
    for path in [
        format!("{directory}:/usr/sbin:/usr/bin"),
        format!("/nonexistent:{directory}"),
    ] {
        let script = "ip mptcp limits; ip link set lo up; echo $?; command ip mp limits";
        let shell = Program::new(machine.shell()).args(["-c", script]);
        shell.env("PATH", path).run().prints(
            "add_addr_accepted 0 subflows 2 \n\
             real <link> <set> <lo> <up>\n7\n\
             add_addr_accepted 0 subflows 2 \n",
        );
    }
}

fn the_machines_own_ip(_ns: &mut Sandbox) {
    let (machine, real) = Machine::with_its_own_ip();
    add_device("eth0");
    let lines = "link show lo|-j addr show lo|-br -4 address show dev lo|-V||help|m|nonsense|\
        -nonsense|link set nosuch up|-n nowhere link|-batch /nonexistent|route add nonsense";
    for line in lines.split('|') {
        let (ours, theirs) = (machine.ip(line), Program::new(real).line(line).run());
        ours.equals(&theirs);
    }
    machine.ip("link set lo down").ok();
    machine.ip("link set eth0 name eth1").ok();
    link_index("eth1");
}

fn ipmptcp_is_mptcp(ns: &mut Sandbox) {
    let machine = Machine::with_ip(ns);
    let link = machine.link("bin/ipmptcp");
    let run = |line: &str| Program::new(&link).line(line).run();
    run("limits").prints("add_addr_accepted 0 subflows 2 \n");
    run("-j e").prints("[]\n");
    run("link").fails(255, "Command \"link\" is unknown");
    run("mptcp limits").fails(255, "Command \"mptcp\" is unknown");
    run("").fails(255, "Usage: mptcp ");
    let batch = Program::new(&link)
        .line("-b -")
        .stdin("mptcp limits\nlimits");
    batch
        .run()
        .prints(&"add_addr_accepted 0 subflows 2 \n".repeat(2));
    assert_eq!(run("-V").ok().text(), mptcp("-V").ok().text());
}

fn any_other_name_is_mptcp(ns: &mut Sandbox) {
    let machine = Machine::with_ip(ns);
    for name in ["mptcp-0.1", "ipx", "IP", "i", "ip.real"] {
        let link = machine.link(&format!("bin/{name}"));
        Program::new(&link).arg("limits").run().ok();
        let output = Program::new(&link).arg("link").run();
        output.fails(255, "Command \"link\" is unknown");
    }
}

fn a_script_ends_the_same_with_the_link_first_in_path(ns: &mut Sandbox) {
    let (machine, ip) = Machine::with_its_own_ip();
    let twin = twin().unwrap_or_else(|| ip.to_owned());
    let usage = Program::new(&twin).args(["mptcp", "help"]).run();
    if !usage.errors().contains("endpoint") {
        left_out(format!(
            "{} knows no mptcp; {TWIN} may name another ip",
            twin.display()
        ));
    }
    let real = machine.link_to(twin, "real/ip");
    ns.hide("/run");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/script/path-manager.sh");
    let path = std::env::var("PATH").unwrap();
    let run = |ip: &Path| {
        let directory = ip.parent().unwrap().display();
        let shell = Program::new("sh").arg(script);
        let output = shell.env("PATH", format!("{directory}:{path}")).run();
        // Our own advice is the one thing added.
        let lines = output.text();
        let lines = lines.lines().filter(|line| !line.starts_with("Hint: "));
        (lines.map(str::to_owned).collect::<Vec<_>>(), output)
    };
    let (theirs, output) = run(&real);
    assert!(output.text().ends_with("the end\n"), "{output}");
    let (ours, output) = run(&machine.anywhere());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.len(), theirs.len());
    output.ok();
}
