//! Names that mean something to a shell, a terminal or JSON.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::*;

trials! {
    what_is_pasted_is_quoted_and_enters_the_namespace, a_namespace_by_path_is_entered_as_well,
    hints_and_batches_name_the_namespace, plans_are_quoted_and_saved_files_read_back,
    every_command_prints_valid_json, nothing_from_outside_reaches_the_terminal_raw,
    bash_offers_words_that_it_does_not_run,
}

/// Names that a device can have.
const NAMES: [&str; 9] = [
    "d$(id>&2)",
    "d`id`",
    "x;id",
    "it's",
    "a\"b",
    "a\\b",
    "#x",
    "a\u{1b}[2J",
    "a\u{202e}\u{9b}b",
];

/// Devices with hostile names, each with an address and an endpoint; those with
/// the first three names are down.
fn make_hostile() {
    add_devices(NAMES);
    for (at, name) in NAMES.iter().enumerate() {
        let ip = format!("10.7.{at}.1");
        add_address(name, &format!("{ip}/24"));
        let added = mptcp_words(["endpoint", "add", &ip, "dev", name, "subflow"]);
        if at < 7 {
            added.ok();
        }
    }
    for name in &NAMES[..3] {
        set_down(name);
    }
    mptcp("limits set subflows 0").ok();
}

/// What a shell makes of a line that is pasted.
fn words_of(line: &str) -> Vec<String> {
    let checked = Program::new("sh").args(["-n", "-c", line]).run();
    checked.ok().says_only("");
    let script = format!("printf '%s\\0' {line}");
    let read = Program::new("bash").args(["-c", &script]).run().ok();
    let read = read.says_only("");
    let text = read.text();
    let words = text.split_terminator('\0').map(str::to_owned);
    words.collect()
}

/// The commands of a finding's `fix`, in JSON.
fn fixes(findings: &Value) -> Vec<Vec<String>> {
    let findings = findings.as_array().expect("a list");
    let fixes = findings
        .iter()
        .flat_map(|finding| finding["fix"].as_array().expect("a list"));
    let words = |command: &Value| {
        let words = command.as_array().expect("words").iter();
        words
            .map(|word| word.as_str().expect("a word").to_owned())
            .collect()
    };
    fixes.map(words).collect()
}

/// The same in text: the lines to paste.
fn pasted(text: &str) -> Vec<Vec<String>> {
    let lines = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("fix: "));
    let commands = lines.flat_map(|line| line.split(" && "));
    let commands = commands.filter(|line| {
        ["mptcp ", "ip ", "sysctl ", "nsenter "]
            .iter()
            .any(|begin| line.starts_with(begin))
    });
    let exact = commands.filter(|line| !line.contains("GATEWAY") && !line.contains("TABLE"));
    exact.map(words_of).collect()
}

fn what_is_pasted_is_quoted_and_enters_the_namespace(ns: &mut Sandbox) {
    need_tool("bash");
    let other = ns.second_host();
    ns.name_netns("my net", &other);
    other.run(make_hostile);
    let json = mptcp_words(["-n", "my net", "-json", "check"]).text();
    let fixes = fixes(&self::json(&json));
    let text = mptcp_words(["-n", "my net", "check"]).text();
    let pasted: BTreeSet<_> = pasted(&text).into_iter().collect();
    assert!(!fixes.is_empty());
    for fix in &fixes {
        assert!(pasted.contains(fix), "{fix:?} in {text}");
        let named = [
            &["mptcp", "-n", "my net"][..],
            &["ip", "-n", "my net"],
            &["ip", "netns", "exec", "my net"],
        ];
        assert!(
            named
                .iter()
                .any(|begin| fix.starts_with(&begin.map_owned())),
            "{fix:?}"
        );
    }
    for name in &NAMES[..3] {
        let up = ["ip", "-n", "my net", "link", "set", name, "up"];
        assert!(fixes.contains(&up.map_owned()), "{name} in {fixes:?}");
    }
    // One that is typed takes effect there, and not here.
    let raised = fixes.iter().find(|fix| fix.contains(&"limits".to_owned()));
    let raised = raised.expect("the limit is 0");
    let raised = Program::new(MPTCP).args(&raised[1..]).run();
    raised.ok();
    other.run(|| assert!(!mptcp("limits").text().contains("subflows 0 ")));
    let evidence = text
        .lines()
        .filter(|line| line.trim_start().starts_with("seen: "));
    for line in evidence.filter(|line| line.contains('(')) {
        let (_, commands) = line.split_once(" (").expect("a command");
        let commands = commands.trim_end_matches(')');
        for command in commands.split("; ") {
            let words = words_of(command);
            assert!(words.contains(&"my net".to_owned()), "{line}");
        }
    }
}

fn a_namespace_by_path_is_entered_as_well(ns: &mut Sandbox) {
    let other = ns.second_host();
    other.run(|| mptcp("limits set subflows 0").ok());
    other.run(|| mptcp("endpoint add 10.0.0.9 subflow").ok());
    let path = format!("/proc/{}/fd/{}", std::process::id(), other.fd());
    let json = mptcp_words(["-n", &path, "-json", "check"]).text();
    let fixes = fixes(&self::json(&json));
    let limits = ["mptcp", "-n", &path, "limits", "set", "subflows"].map_owned();
    assert!(
        fixes.iter().any(|fix| fix.starts_with(&limits)),
        "{fixes:?}"
    );
    let text = mptcp_words(["-n", &path, "check"]).text();
    let enter = format!("(nsenter --net={path} ip address show to 10.0.0.9)");
    assert!(text.contains(&enter), "{text}");
}

fn hints_and_batches_name_the_namespace(ns: &mut Sandbox) {
    let other = ns.second_host();
    ns.name_netns("other", &other);
    mptcp("-n other endpoint show id 9")
        .says("Hint: \"mptcp -n other endpoint show\" lists the endpoints");
    mptcp("-n other endpoint shwo").says("did you mean \"show\"?");
    mptcp("-n other endpoint add 10.0.0.1 dev none").says("\"ip -n other link\" shows");
    mptcp("endpoint show id 9").says("Hint: \"mptcp endpoint show\" lists the endpoints");
}

fn plans_are_quoted_and_saved_files_read_back(ns: &mut Sandbox) {
    need_tool("bash");
    let other = ns.second_host();
    ns.name_netns("other", &other);
    other.run(make_hostile);
    let saved = mptcp("-n other save").ok().text();
    // The file is for any namespace.
    assert!(!saved.contains("-n other"), "{saved}");
    assert!(saved.contains("dev 'd$(id>&2)'"), "{saved}");
    let scratch = Scratch::new();
    let file = scratch.file("saved", &saved).display().to_string();
    mptcp_words(["-n", "other", "diff", &file]).ends(0, "");
    mptcp("-n other endpoint flush").ok();
    let diff = mptcp_words(["-n", "other", "diff", &file]).text();
    let json = mptcp_words(["-n", "other", "-json", "diff", &file]).text();
    let json = self::json(&json);
    let commands = json.as_array().expect("a list").iter();
    for (line, command) in diff.lines().zip(commands) {
        let words = words_of(line);
        assert_eq!(serde_json::to_value(&words).unwrap(), command["command"]);
        assert!(
            words.starts_with(&["mptcp", "-n", "other"].map_owned()),
            "{line}"
        );
        Program::new(MPTCP).args(&words[1..]).run().ok();
    }
    mptcp_words(["-n", "other", "diff", &file]).ends(0, "");
    assert_eq!(mptcp("-n other save").text(), saved);
}

fn every_command_prints_valid_json(_ns: &mut Sandbox) {
    make_hostile();
    let scratch = Scratch::new();
    let file = scratch.file("file", "endpoint add 10.8.0.1 dev 'x;id' subflow\n");
    let file = file.display().to_string();
    for line in [
        "endpoint show",
        "limits show",
        "connection",
        "connection process",
        "counters",
        "counters all",
        "check",
        "check all",
        "-details check",
        "save",
        "connection watch count 1",
        "status",
    ] {
        for pretty in ["", "-pretty "] {
            let text = mptcp(&format!("-json {pretty}{line}")).text();
            for document in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
                assert!(document.is_ok(), "{line}: {document:?} in {text}");
            }
            assert!(!text.is_empty(), "{line}");
        }
    }
    for words in [["-json", "diff", &file], ["-json", "apply", &file]] {
        json(&mptcp_words(words).text());
    }
    let shown = json(&mptcp("-json endpoint show").text());
    let devices: BTreeSet<&str> = shown
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|of| of["dev"].as_str())
        .collect();
    for name in &NAMES[..7] {
        assert!(devices.contains(name), "{name} in {devices:?}");
    }
}

fn nothing_from_outside_reaches_the_terminal_raw(ns: &mut Sandbox) {
    make_hostile();
    let other = ns.second_host();
    ns.name_netns("n\u{1b}[2J", &other);
    let scratch = Scratch::new();
    let bad = "a\u{1b}[2J\r\u{9b}1m\u{202e}";
    let lines = format!("endpoint add {bad}\nendpoint add dev '{bad}'\nnonsense{bad}\n");
    let file = scratch
        .file("bad\u{1b}[31m\nfile", &lines)
        .display()
        .to_string();
    let broken = format!("{bad}\n{bad}");
    let outputs = [
        mptcp_words([bad]),
        mptcp_words([&broken]),
        mptcp_words(["endpoint", &broken]),
        mptcp_words(["endpoint", "add", &broken]),
        mptcp_words(["endpoint", "add", "10.0.0.1", &broken]),
        mptcp_words(["endpoint", "add", "10.0.0.1", "id", &broken]),
        mptcp_words(["endpoint", "add", "dev", &broken]),
        mptcp_words(["endpoint", "add", "dev", "a\u{1b}b"]),
        mptcp_words(["connection", "dev", "a\u{9b}b"]),
        mptcp_words(["check", "to", &broken, "port", "1"]),
        mptcp_words(["monitor", "event", &broken]),
        mptcp_words([&format!("-{broken}")]),
        mptcp_words(["-batch", &broken]),
        mptcp_words(["-batch", &file]),
        mptcp_words(["-force", "-batch", &file]),
        mptcp_words(["apply", &file]),
        mptcp_words(["diff", &broken]),
        mptcp_words(["-n", &broken, "limits"]),
        mptcp_words(["-n", "n\u{1b}[2J", "check"]),
        mptcp("check"),
        mptcp("check all"),
        mptcp("connection process"),
        mptcp("status"),
        mptcp("-json status"),
        mptcp("report"),
        mptcp("connection watch count 1"),
    ];
    for output in outputs {
        let text = output.text() + &output.errors();
        let is_raw = |character: char| {
            character != '\n'
                && (character.is_control() || ('\u{2028}'..='\u{202e}').contains(&character))
        };
        assert!(!text.contains(is_raw), "{text:?}");
        // Each line is one of ours: none begins with what the input has there.
        assert!(
            !text.lines().any(|line| line.starts_with("a\\x1b")),
            "{text}"
        );
    }
}

fn bash_offers_words_that_it_does_not_run(_ns: &mut Sandbox) {
    need_tool("bash");
    add_devices(["d$(id>&2)", "dx"]);
    for (typed, offers) in [
        ("d", &["d\\$\\(id\\>\\&2\\)", "dx"][..]),
        ("d\\$", &["d\\$\\(id\\>\\&2\\)"]),
    ] {
        let line = format!("mptcp endpoint add dev {typed}");
        let mut offered = crate::completions::bash_offers(&line);
        offered.sort_unstable();
        assert_eq!(offered, offers, "{line}");
    }
}

/// Words as a command of JSON has them.
trait MapOwned {
    fn map_owned(&self) -> Vec<String>;
}

impl MapOwned for [&str] {
    fn map_owned(&self) -> Vec<String> {
        self.iter().map(|word| (*word).to_owned()).collect()
    }
}
