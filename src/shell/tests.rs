//! Commands as a shell and our own batches read them.

use std::process::Command as Process;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::batch::{Line, Reader};

/// The words that a shell makes of a line.
fn read_by(shell: &str, line: &str) -> Option<Vec<Vec<u8>>> {
    let script = format!("printf '%s\\0' {line}");
    let output = Process::new(shell).arg("-c").arg(script).output().ok()?;
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{line}"
    );
    let mut words: Vec<_> = output.stdout.split(|&byte| byte == 0).collect();
    words.pop();
    Some(words.into_iter().map(<[u8]>::to_vec).collect())
}

#[test]
fn a_shell_reads_the_same_words() {
    let hostile = [
        "a b", "x;id", "$(id>&2)", "`id`", "it's", "a\"b", "*", "?", "~", "#x", "a#b", "!x",
        "a\\b", "{a,b}", "<x", "a&b", "", "-n", "d$HOME", "[a]", "dév", "%d", "a=b",
    ];
    let command = hostile
        .iter()
        .fold(Command::default(), |command, word| command.word(*word));
    let words = read_by("sh", &command.to_string()).expect("sh is there");
    assert_eq!(words, command.words());
    let line = command.to_string();
    let checked = Process::new("sh").args(["-n", "-c", &line]).status();
    let checked = checked.expect("sh is there");
    assert!(checked.success());
}

#[test]
fn controls_and_bytes_are_read_where_a_shell_knows_how() {
    let command = Command::new("ip")
        .word("a\x1b[2J")
        .word(&b"\xff'\\"[..])
        .word("\u{202e}x");
    let line = command.to_string();
    assert!(line.is_ascii() && !line.contains('\x1b'), "{line}");
    if let Some(words) = read_by("bash", &line) {
        assert_eq!(words, command.words());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read_back(words in vec("[ -~éß]{0,12}", 1..8)) {
        let command = words.iter().fold(Command::default(), |command, word| {
            command.word(word.as_str())
        });
        let read = read_by("sh", &command.to_string()).expect("sh is there");
        prop_assert_eq!(read, command.words());
    }

    /// What `save` prints is a file for `-batch`.
    #[test]
    fn a_batch_reads_what_has_no_apostrophe_and_no_comment(
        words in vec("[ !\"$-&(-~éß]{1,12}", 1..8)
    ) {
        let command = words.iter().fold(Command::default(), |command, word| {
            command.word(word.as_str())
        });
        let line = command.to_string() + "\n";
        let (mut reader, mut buffer) = (Reader::new(line.as_bytes()), Vec::new());
        let read = match reader.next_line(&mut buffer) {
            Ok(Line::Words(read)) => read.iter().map(|word| word.as_bytes().to_vec()).collect(),
            other => vec![format!("{other:?}").into_bytes()],
        };
        prop_assert_eq!(read, command.words());
    }
}

fn named() -> Namespace {
    Namespace::new(OsStr::new("my net"), None)
}

fn file() -> Namespace {
    Namespace::new(OsStr::new("17"), Some(OsStr::new("/proc/17/ns/net")))
}

#[test]
fn a_command_enters_the_namespace() {
    for (line, in_named, in_file) in [
        (
            "mptcp endpoint show",
            "mptcp -n 'my net' endpoint show",
            "mptcp -n 17 endpoint show",
        ),
        (
            "ip -6 route show",
            "ip -n 'my net' -6 route show",
            "nsenter --net=/proc/17/ns/net ip -6 route show",
        ),
        (
            "sysctl -w net.mptcp.enabled=1",
            "ip netns exec 'my net' sysctl -w net.mptcp.enabled=1",
            "nsenter --net=/proc/17/ns/net sysctl -w net.mptcp.enabled=1",
        ),
        (
            "ping -c 3 192.0.2.1",
            "ip netns exec 'my net' ping -c 3 192.0.2.1",
            "nsenter --net=/proc/17/ns/net ping -c 3 192.0.2.1",
        ),
        (
            "modprobe mptcp_diag",
            "modprobe mptcp_diag",
            "modprobe mptcp_diag",
        ),
    ] {
        let shown = |namespace: Namespace| namespace.command(Command::new(line)).to_string();
        assert_eq!(shown(Namespace::Own), line);
        assert_eq!(shown(named()), in_named);
        assert_eq!(shown(file()), in_file);
    }
}

#[test]
fn a_sentence_names_commands_for_the_namespace() {
    for (text, shown) in [
        (
            "\"mptcp connection\" lists all tokens, \"mptcp monitor\" prints new ones",
            "\"mptcp -n 'my net' connection\" lists all tokens, \"mptcp -n 'my net' monitor\" prints new ones",
        ),
        (
            "for help, run: mptcp endpoint --help",
            "for help, run: mptcp -n 'my net' endpoint --help",
        ),
        (
            "ip rule add x && ip route add y",
            "ip -n 'my net' rule add x && ip -n 'my net' route add y",
        ),
        (
            "run mptcp check, which",
            "run mptcp -n 'my net' check, which",
        ),
        ("MPTCP is an ip option", "MPTCP is an ip option"),
        (
            "as root: \"modprobe mptcp_diag\"",
            "as root: \"modprobe mptcp_diag\"",
        ),
    ] {
        assert_eq!(named().sentence(text), shown);
        assert_eq!(Namespace::Own.sentence(text), text);
    }
}
