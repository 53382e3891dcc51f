//! Input that is odd: bytes, lengths, numbers of words, files.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStringExt;

use super::shell;
use crate::support::*;

trials! {
    arguments_of_any_bytes_are_refused_or_taken, arguments_of_100_kib_are_refused_at_once,
    thousands_of_words_are_read_at_once, no_argument_at_all_is_the_usage,
    devices_have_names_of_any_bytes, a_line_of_a_gibibyte_is_refused_in_little_memory,
    a_batch_without_an_end_of_line_is_run, a_binary_batch_is_refused_line_by_line,
    a_batch_that_is_no_file_is_told,
}

fn words(line: &[&[u8]]) -> Vec<OsString> {
    line.iter()
        .map(|word| OsString::from_vec(word.to_vec()))
        .collect()
}

fn arguments_of_any_bytes_are_refused_or_taken(_ns: &mut Sandbox) {
    for word in [
        &b"\xff"[..],
        b"\xc3",
        b"\x01\x02",
        b"\x80\xfe\xff",
        b"e\xcc",
    ] {
        for (line, status) in [
            (vec![word], 255),
            (vec![b"-j", word], 255),
            (vec![&[b"-", word].concat()], 255),
            (vec![b"endpoint", word], 255),
            (vec![b"endpoint", b"add", word], 1),
            (vec![b"endpoint", b"show", b"id", word], 255),
            (vec![b"endpoint", b"add", b"10.0.0.1", b"dev", word], 255),
            (vec![b"limits", b"set", word], 255),
            (vec![b"-netns", word, b"limits"], 255),
            (vec![b"-batch", word], 1),
            (vec![b"-family", word], 255),
            (vec![b"-color=\xff".as_slice(), word], 255),
        ] {
            mptcp_words(words(&line)).fails(status, "");
        }
        let flush = mptcp_words(words(&[b"endpoint", b"flush", word]));
        flush.ok();
    }
}

/// Runs the program, which a signal ends after 10 seconds of processor time: what
/// else the machine does takes none of it.
fn mptcp_at_once<'a>(words: impl IntoIterator<Item = &'a str>) -> Output {
    let limited = shell("ulimit -t 10 && exec \"$MPTCP\" \"$@\"").arg("sh");
    limited.args(words).run()
}

fn arguments_of_100_kib_are_refused_at_once(_ns: &mut Sandbox) {
    let long = "x".repeat(100 * 1024);
    for (line, status) in [
        (vec![long.as_str()], 255),
        (vec!["endpoint", &long], 255),
        (vec!["endpoint", "add", &long], 1),
        (vec!["endpoint", "add", "dev", &long], 255),
        (vec!["endpoint", "show", "id", &long], 255),
        (vec!["limits", "set", "subflows", &long], 255),
        (vec!["-netns", &long, "limits"], 255),
        (vec!["-batch", &long], 1),
        (vec!["-family", &long], 255),
        (vec![&format!("-{long}")], 255),
        (vec![&format!("-color={long}")], 255),
    ] {
        let output = mptcp_at_once(line);
        assert_eq!(output.status, status);
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
    let zeros = "0".repeat(100 * 1024) + "5";
    mptcp_at_once(["limits", "set", "subflows", &zeros]).ok();
}

fn thousands_of_words_are_read_at_once(_ns: &mut Sandbox) {
    for (word, status) in [("signal", 0), ("backup", 0), ("id", 255), ("fullmesh", 255)] {
        let line = ["endpoint", "add", "10.0.0.1", "signal"].into_iter();
        let output = mptcp_at_once(line.chain(std::iter::repeat_n(word, 60_000)));
        assert_eq!(output.status, status, "{word}: {}", output.errors());
        mptcp("endpoint flush").ok();
    }
    let options = std::iter::repeat_n("-json", 60_000).chain(["limits"]);
    assert_eq!(mptcp_at_once(options).status, 0);
    let unknown = std::iter::repeat_n("unknown", 60_000);
    mptcp_at_once(["endpoint", "flush"].into_iter().chain(unknown)).ok();
}

fn no_argument_at_all_is_the_usage(_ns: &mut Sandbox) {
    mptcp_words([""; 0]).fails(255, "Usage: ");
    mptcp_words([""]).fails(255, "is unknown");
    mptcp_words(["", ""]).fails(255, "is unknown");
    mptcp_words(["endpoint", "add", ""]).fails(1, "any valid address");
    mptcp_words(["endpoint", "show", "id", ""]).fails(255, "");
    mptcp_words(["-"]).fails(255, "");
}

fn devices_have_names_of_any_bytes(_ns: &mut Sandbox) {
    for (name, json) in [
        ("é", "é"),
        ("\u{1}\u{7f}", "\\u0001\\u007f"),
        ("a\"b\\c", "a\\\"b\\\\c"),
        ("-x", "-x"),
        ("\u{1b}[31mred", "\\u001b[31mred"),
        ("$(reboot)", "$(reboot)"),
        ("signal", "signal"),
    ] {
        add_device(name);
        mptcp_words(["endpoint", "add", "10.0.0.1", "dev", name]).ok();
        mptcp("endpoint").prints(&format!("10.0.0.1 id 1 dev {name} \n"));
        mptcp("-json endpoint").prints(&format!(
            "[{{\"address\":\"10.0.0.1\",\"id\":1,\"dev\":\"{json}\"}}]\n"
        ));
        mptcp("endpoint flush").ok();
        delete_link(name);
    }
}

/// A file that says it has so many bytes, all of them zero, but takes no room.
fn sparse(path: &str, length: u64, end: &[u8]) {
    let mut file = File::create(path).expect("a file");
    file.write_all(b"limits\n").expect("a line");
    file.seek(SeekFrom::Start(length)).expect("a hole");
    file.write_all(end).expect("an end");
}

fn a_line_of_a_gibibyte_is_refused_in_little_memory(ns: &mut Sandbox) {
    ns.hide("/mnt");
    sparse("/mnt/batch", 1 << 30, b"\nlimits\n");
    let shown = "add_addr_accepted 0 subflows 2 \n";
    // 64 MiB of memory for all, libraries included.
    let script = "ulimit -v 65536 && exec $MPTCP -force -batch /mnt/batch";
    let output = shell(script).run().ends(1, &shown.repeat(2));
    output
        .says("longer than 131072 bytes")
        .says_last("Command failed /mnt/batch:2\n");
}

fn a_batch_without_an_end_of_line_is_run(_ns: &mut Sandbox) {
    let shown = "add_addr_accepted 0 subflows 2 \n";
    for batch in [
        "limits",
        "limits\n# x",
        "\r\nlimits\r",
        "limits#",
        "lim\\\nits",
    ] {
        let output = Program::mptcp().line("-b -").stdin(batch).run();
        output.prints(shown);
    }
    let program = Program::mptcp().line("-b -").stdin("limits\nlimits\\\n");
    program.run().ends(1, shown).says("Command failed -:2");
}

fn a_binary_batch_is_refused_line_by_line(_ns: &mut Sandbox) {
    let some = Random(1).bytes(40_000);
    let output = Program::mptcp().line("-b -").stdin(some.clone()).run();
    output.ends(1, "").says("Command failed -:1");
    let lines = some.iter().filter(|byte| **byte == b'\n').count();
    let output = Program::mptcp().line("-force -b -").stdin(some).run();
    let output = output.ends(1, "");
    let failed = output.errors().matches("Command failed -:").count();
    assert!(
        lines / 3 < failed && failed <= lines + 1,
        "{failed} of {lines}"
    );
}

fn a_batch_that_is_no_file_is_told(_ns: &mut Sandbox) {
    for (file, words) in [
        ("/", "Cannot read file \"/\" at line 1: Is a directory"),
        (
            "/nowhere",
            "Cannot open file \"/nowhere\" for reading: No such file",
        ),
        ("", "Cannot open file \"\" for reading: No such file"),
        ("/proc/self/mem", "Cannot read file \"/proc/self/mem\""),
    ] {
        mptcp_words(["-batch", file]).fails(1, words);
    }
    mptcp("-batch /dev/null").prints("");
}
