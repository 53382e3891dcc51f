//! The completions, in the shells that they are for: the committed scripts
//! are those of today's grammar, and offer what may come next.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use crate::support::*;

/// The system's completions for bash, those of `ip` among them.
const BASH_COMPLETION: &str = "/usr/share/bash-completion/bash_completion";

trials! {
    bash_completes_ip_by_itself, bash_completes_addresses,
    bash_keeps_the_completion_of_ip, fish_completes_mptcp_of_ip_and_keeps_the_rest;
    [Shell::Bash, Shell::Zsh, Shell::Fish].into_iter().flat_map(|shell| {
        let name = shell.name();
        [
            trial!(&format!("{name}_offers_words"), move |_: &mut Sandbox| words_are_offered(shell)),
            trial!(&format!("{name}_offers_live_values"), move |ns: &mut Sandbox| {
                live_values_are_offered(shell, ns);
            }),
            trial!(&format!("{name}_offers_what_subflows_have"), move |ns: &mut Sandbox| {
                subflows_are_offered(shell, ns);
            }),
        ]
    })
}

#[derive(Clone, Copy)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    fn name(self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Zsh => "zsh",
            Shell::Fish => "fish",
        }
    }

    fn script(self) -> PathBuf {
        source(match self {
            Shell::Bash => "completions/mptcp.bash",
            Shell::Zsh => "completions/_mptcp",
            Shell::Fish => "completions/mptcp.fish",
        })
    }

    /// What Tab offers at the end of a command line.
    fn offers(self, line: &str) -> BTreeSet<String> {
        let scratch = Scratch::new();
        let offers = match self {
            Shell::Bash => bash(line, None),
            Shell::Zsh => Program::new("zsh")
                .args(["-f", "tests/shells/complete.zsh", line])
                .env("COMPLETION", source("completions"))
                .env("SCRATCH", &*scratch),
            Shell::Fish => Program::new("fish")
                .args(["--no-config", "-c"])
                .arg(format!(
                    "source {}; complete -C '{line}'",
                    self.script().display()
                )),
        };
        let output = with_mptcp(offers).run().ok().text();
        output
            .lines()
            .filter_map(|line| line.split('\t').next())
            .map(|word| word.trim_end().to_owned())
            .collect()
    }
}

fn bash(line: &str, system: Option<&str>) -> Program {
    Program::new("bash")
        .args(["--norc", "--noprofile", "tests/shells/complete.bash", line])
        .env("COMPLETION", Shell::Bash.script())
        .env("SYSTEM", system.unwrap_or_default())
}

/// What bash offers, as it would be inserted.
pub fn bash_offers(line: &str) -> Vec<String> {
    let output = with_mptcp(bash(line, None)).run().ok().says_only("");
    output.text().lines().map(str::to_owned).collect()
}

/// The binary under test is the `mptcp` that the shell finds.
fn with_mptcp(program: Program) -> Program {
    let built = Path::new(MPTCP).parent();
    let mut path = built.expect("a directory").as_os_str().to_owned();
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    program
        .env("PATH", path)
        .directory(env!("CARGO_MANIFEST_DIR"))
}

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[track_caller]
fn offered(shell: Shell, line: &str, words: &[&str]) {
    let offers = shell.offers(line);
    let missing: Vec<_> = words
        .iter()
        .filter(|word| !offers.contains(**word))
        .collect();
    assert!(missing.is_empty(), "{line:?}: no {missing:?} in {offers:?}");
}

#[track_caller]
fn offered_only(shell: Shell, line: &str, words: &[&str]) {
    let words: BTreeSet<String> = words.iter().map(|word| (*word).to_owned()).collect();
    assert_eq!(shell.offers(line), words, "{line:?}");
}

/// Behind a token, what its subflows have: a subflow is named with Tab alone.
fn subflows_are_offered(shell: Shell, ns: &mut Sandbox) {
    need_tool(shell.name());
    let server = server_on_three_links(ns);
    mptcp("limits set subflows 2").ok();
    mptcp("endpoint add 10.0.2.1 id 7 subflow").ok();
    let listener = server.run(|| mptcp_listen("0.0.0.0:7000"));
    let mut client = mptcp_connect("10.0.1.2:7000");
    let mut accepted = accept(&listener);
    exchange(&mut client, &mut accepted);
    let told = || json(&mptcp("-json connection state established").ok().text());
    wait_until("a second subflow", || {
        let second = &told()[0]["subflows"][1];
        second["state"] == "established"
    });
    let told = told();
    let token = told[0]["token"].as_str().expect("a token").to_owned();
    let token = format!("{:0>8}", token.trim_start_matches("0x"));
    let sport = told[0]["subflows"][1]["sport"].to_string();
    for object in ["connection", "subflow destroy", "address show"] {
        offered_only(shell, &format!("mptcp {object} token "), &[&token]);
    }
    let destroy = format!("mptcp subflow destroy token {token}");
    offered_only(
        shell,
        &format!("{destroy} local 10.0."),
        &["10.0.1.1", "10.0.2.1"],
    );
    let destroy = format!("{destroy} local 10.0.2.1");
    offered_only(shell, &format!("{destroy} sport "), &[&sport]);
    let destroy = format!("{destroy} sport {sport}");
    offered_only(shell, &format!("{destroy} remote "), &["10.0.1.2"]);
    offered_only(shell, &format!("{destroy} dport "), &["7000"]);
    let ids = format!("mptcp address remove token {token} id ");
    offered_only(shell, &ids, &["0", "7"]);
    let states = [
        "established",
        "fallback",
        "single",
        "pending",
        "listening",
        "stalled",
    ];
    offered_only(shell, "mptcp connection state ", &states);
}

fn words_are_offered(shell: Shell) {
    need_tool(shell.name());
    offered(shell, "mptcp ", &["endpoint", "limits", "monitor"]);
    offered_only(shell, "mptcp end", &["endpoint"]);
    let commands = ["add", "change", "delete", "show", "flush", "retry"];
    offered_only(shell, "mptcp endpoint ", &commands);
    // Abbreviations and options on the way are understood as the program does.
    offered_only(shell, "mptcp -ts -rc 5 --netns x e ", &commands);
    offered_only(shell, "mptcp endpoint retry ", &["all", "force", "id"]);
    let words = ["signal", "subflow", "backup", "id", "dev", "port"];
    offered(shell, "mptcp endpoint add ", &words);
    let left = shell.offers("mptcp endpoint add 10.0.0.2 d lo subflow ");
    assert!(left.contains("backup") && left.contains("port"), "{left:?}");
    assert!(
        !left.contains("subflow") && !left.contains("dev"),
        "{left:?}"
    );
    offered_only(shell, "mptcp limits set s", &["subflows"]);
    for line in ["mptcp run unshar", "mptcp -n x run -- unshar"] {
        offered_only(shell, line, &["unshare"]);
    }
    offered(shell, "mptcp run cat Cargo.t", &["Cargo.toml"]);
    offered_only(shell, "mptcp run cat --he", &[]);
    offered(shell, "mptcp apply Cargo.t", &["Cargo.toml"]);
    offered(
        shell,
        "mptcp apply Cargo.toml ",
        &["only", "follow", "until-exit"],
    );
    offered_only(
        shell,
        "mptcp limits set subflows 2 ",
        &["add_addr_accepted"],
    );
    offered_only(shell, "mptcp limits set subflows ", &[]);
    offered(
        shell,
        "mptcp subflow create ",
        &["token", "local", "remote", "dport"],
    );
    offered_only(shell, "mptcp nonsense ", &[]);
    let words = [
        "token", "event", "local", "remote", "sport", "dport", "dev", "existing", "lines",
        "explain",
    ];
    offered_only(shell, "mptcp monitor ", &words);
    offered_only(shell, "mptcp monitor event CRE", &["CREATED"]);
    offered_only(shell, "mptcp monitor event sf_e", &["sf_established"]);
    offered_only(
        shell,
        "mptcp monitor event CREATED,LISTI",
        &["CREATED,LISTING"],
    );
    offered_only(shell, "mptcp monitor sta", &[]);
    offered(
        shell,
        "mptcp -",
        &["-json", "-netns", "-batch", "-color=auto", "--help"],
    );
    offered_only(shell, "mptcp -js", &["-json"]);
    offered(shell, "mptcp endpoint add --h", &["--help"]);
    offered(shell, "mptcp -batch ", &["Cargo.toml"]);
    offered_only(shell, "mptcp -family inet", &["inet", "inet6"]);
}

fn live_values_are_offered(shell: Shell, sandbox: &mut Sandbox) {
    need_tool(shell.name());
    add_devices(["wlan0", "wlan1"]);
    mptcp("endpoint add 10.0.0.2 id 7 subflow").ok();
    mptcp("endpoint add 2001:db8::2 id 42 signal").ok();
    offered_only(shell, "mptcp endpoint add dev ", &["lo", "wlan0", "wlan1"]);
    offered_only(shell, "mptcp e a 10.0.0.3 de w", &["wlan0", "wlan1"]);
    offered_only(shell, "mptcp endpoint delete id ", &["7", "42"]);
    offered_only(shell, "mptcp -j endpoint show id 4", &["42"]);
    // A new endpoint needs an id that no other one has.
    offered_only(shell, "mptcp endpoint add id ", &[]);
    offered_only(shell, "mptcp endpoint change 10", &["10.0.0.2"]);

    let listener = mptcp_listen("127.0.0.1:7000");
    let _both = (mptcp_connect("127.0.0.1:7000"), accept(&listener));
    let tokens = shell.offers("mptcp monitor existing token ");
    let is_token = |word: &String| word.len() == 8 && u32::from_str_radix(word, 16).is_ok();
    assert!(
        tokens.len() == 2 && tokens.iter().all(is_token),
        "{tokens:?}"
    );
    offered(shell, "mptcp monitor dport ", &["7000"]);

    let other = sandbox.second_host();
    other.run(|| {
        add_device("eth7");
        mptcp("endpoint add 10.0.0.9 id 99").ok();
    });
    sandbox.name_netns("blue", &other);
    offered_only(shell, "mptcp -netns ", &["blue"]);
    offered_only(shell, "mptcp -n b", &["blue"]);
    offered_only(shell, "mptcp -n blue endpoint delete id ", &["99"]);
    offered_only(shell, "mptcp -n blue endpoint add dev e", &["eth7"]);
}

fn bash_completes_addresses(_ns: &mut Sandbox) {
    need_tool("bash");
    mptcp("endpoint add 2001:db8::2 id 42 signal").ok();
    // Readline replaces what is behind the last colon.
    offered_only(Shell::Bash, "mptcp endpoint change 2001:db", &["db8::2"]);
    offered_only(Shell::Bash, "mptcp endpoint change 2001:db8::2 i", &["id"]);
    offered_only(Shell::Bash, "mptcp -color=au", &["auto"]);
}

/// What bash offers for a command line of ip. The system's completions say
/// something on stderr at times, where they miss a terminal.
fn ip_offers(line: &str, system: Option<&str>) -> BTreeSet<String> {
    let output = with_mptcp(bash(line, system)).run();
    assert!(output.status <= 1, "{output}");
    output
        .text()
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

fn bash_completes_ip_by_itself(_ns: &mut Sandbox) {
    need_tool("bash");
    let offers = |line| ip_offers(line, None).into_iter().collect::<Vec<_>>();
    assert_eq!(offers("ip mp"), ["mptcp"]);
    assert_eq!(offers("ip -j mptcp lim"), ["limits"]);
    assert_eq!(
        offers("ip mp e "),
        ["add", "change", "delete", "flush", "show"]
    );
    assert_eq!(offers("ip mptcp endpoint add dev "), ["lo"]);
    assert!(offers("ip mptcp monitor ").is_empty());
    assert!(offers("ip mptcp endpoint delete id ").is_empty());
    // The system's ip has no object of ours.
    assert!(!offers("ip mptcp ").contains(&"subflow".to_owned()));
    // m is another object of ip.
    assert_eq!(offers("ip m e "), ["a file"]);
    assert_eq!(offers("ip link "), ["a file"]);
}

fn bash_keeps_the_completion_of_ip(_ns: &mut Sandbox) {
    need_tool(BASH_COMPLETION);
    let system = Some(BASH_COMPLETION);
    let objects = ip_offers("ip ", system);
    let mine = ["link", "route", "mptcp"];
    assert!(
        mine.iter().all(|word| objects.contains(*word)),
        "{objects:?}"
    );
    assert!(ip_offers("ip mptcp endpoint ", system).contains("flush"));

    let scratch = Scratch::new();
    let only_ip = format!("_completion_loader ip; . {BASH_COMPLETION}\n");
    let nothing = scratch.file("nothing", only_ip);
    for line in [
        "ip link ",
        "ip -4 addr sh",
        "ip ro",
        "ip link set dev ",
        "ip netns ",
    ] {
        let alone = with_mptcp(bash(line, system).env("COMPLETION", &nothing)).run();
        let alone: BTreeSet<_> = alone
            .text()
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        assert_eq!(ip_offers(line, system), alone, "{line:?}");
        assert!(!alone.is_empty(), "{line:?}");
    }
}

fn fish_completes_mptcp_of_ip_and_keeps_the_rest(_ns: &mut Sandbox) {
    need_tool("fish");
    let offers = |line: &str, script: &str| -> BTreeSet<String> {
        let complete = format!("{script}; complete -C '{line}'");
        let fish = Program::new("fish").args(["--no-config", "-c"]);
        let output = with_mptcp(fish.arg(complete)).run().ok().text();
        let words = output.lines().filter_map(|line| line.split('\t').next());
        words.map(str::to_owned).collect()
    };
    let ours = format!("source {}", source("completions/ip.fish").display());
    let of_ip = |line: &str| offers(line, &ours).into_iter().collect::<Vec<_>>();
    assert_eq!(
        of_ip("ip mptcp "),
        ["endpoint", "help", "limits", "monitor"]
    );
    assert_eq!(of_ip("ip -j mptcp limits "), ["set", "show"]);
    assert_eq!(of_ip("ip mptcp endpoint delete id "), [""; 0]);
    assert!(of_ip("ip m").contains(&"mptcp".to_owned()));
    for line in ["ip link ", "ip ro", "ip -4 addr sh", "ip link set dev "] {
        let alone = offers(line, "source $__fish_data_dir/completions/ip.fish");
        assert_eq!(offers(line, &ours), alone, "{line:?}");
        assert!(!alone.is_empty(), "{line:?}");
    }
}
