//! What the replayer promises of its own parts.

use super::command::Command;
use super::escape;
use super::judge::{Measure, differences};
use super::pattern::matches;
use super::session::{Outcome, Session};

trials! {
    output_is_written_and_read_back, words_are_read_as_a_shell_does, mptcp_comes_after_the_options,
    placeholders_match_what_they_name, a_session_is_written_as_it_was_read,
    symbols_stand_for_control_characters, malformed_sessions_name_their_line,
    recording_keeps_placeholders, outcomes_are_judged, refusals_are_judged_by_their_frame,
}

fn output_is_written_and_read_back() {
    let cases = [
        ("plain\n", vec!["plain"]),
        ("blank \n", vec!["blank |"]),
        ("no end", vec!["no end%"]),
        ("oneline \\", vec!["oneline \\%"]),
        ("\n\n", vec!["|", "|"]),
        ("50%\nbar|\n", vec!["50%|", "bar||"]),
        ("50%", vec!["50%%"]),
        ("\u{1b}[1m\ta\n", vec!["␛[1m␉a"]),
        ("", vec![]),
    ];
    for (text, lines) in cases {
        assert_eq!(escape::write(text.as_bytes()), lines);
        let read: String = lines.iter().map(|line| escape::read_line(line)).collect();
        assert_eq!(read, text);
    }
}

fn words_are_read_as_a_shell_does() {
    let command =
        Command::read("A=1 B='x y' mptcp  '' \"a b\" c'd' '>' A=1 > f << END").expect("it");
    assert_eq!(command.words, ["mptcp", "", "a b", "cd", ">", "A=1"]);
    let environment = [("A", "1"), ("B", "x y")].map(|(name, value)| (name.into(), value.into()));
    assert_eq!(command.environment, environment);
    assert_eq!(command.output.as_deref(), Some("f"));
    assert_eq!(command.input_end.as_deref(), Some("END"));
    let error = Command::read("mptcp 'a").expect_err("a quote");
    assert_eq!(error.to_string(), "a quote is not closed");
    assert!(Command::read("mptcp >").is_err());
    assert!(Command::read("rm x").is_err());
}

fn mptcp_comes_after_the_options() {
    let cases = [
        ("mptcp endpoint show", "mptcp endpoint show"),
        ("mptcp -j -p endpoint", "-j -p mptcp endpoint"),
        ("mptcp -n left endpoint", "-n left mptcp endpoint"),
        (
            "mptcp -N -r -rc 9 -- endpoint",
            "-N -r -rc 9 -- mptcp endpoint",
        ),
        (
            "mptcp --netns left -br endpoint",
            "--netns left -br mptcp endpoint",
        ),
        ("mptcp", "mptcp"),
        ("mptcp -n", "-n"),
        ("mptcp - 3 endpoint", "- 3 mptcp endpoint"),
        ("mptcp -force -batch -", "-force -batch -"),
        ("mptcp -b f", "-b f"),
        ("mptcp endpoint show -j", "mptcp endpoint show -j"),
    ];
    for (ours, theirs) in cases {
        assert_eq!(Command::read(ours).expect("it").for_ip().join(" "), theirs);
    }
}

fn placeholders_match_what_they_name() {
    assert!(matches("a\n", "a\n") && !matches("a\n", "a") && !matches("a", "ab"));
    assert!(matches("max <N>.\n", "max 64.\n") && !matches("max <N>.\n", "max .\n"));
    assert!(matches("<N> of <N>", "8 of 255") && !matches("<N> of <N>", "8 of x"));
    assert!(matches("a <...> z\n<...>", "a b\nc z\nrest") && !matches("a <...> z", "a b"));
    assert!(matches("a <b> <N>", "a <b> 3") && !matches("a <b>", "a <c>"));
    assert!(matches("", "") && !matches("", "x") && !matches("x", ""));
}

const SESSION: &str = "\
# A session.
#! device eth0 eth1

$ mptcp endpoint show
10.0.0.2 id 1 subflow |
$ mptcp -j endpoint
[ ]
$ mptcp -b - << END
> endpoint show |
>
> END
1> [2]
1> $ x
1> # y
2> Error: no.
[2]
";

fn a_session_is_written_as_it_was_read() {
    let session = Session::read(SESSION).expect("a session");
    assert_eq!(session.write(), SESSION);
    let entries: Vec<_> = session.commands().collect();
    let outcomes: Vec<_> = entries.iter().map(|entry| &entry.outcome).collect();
    assert_eq!(outcomes[0].stdout, "10.0.0.2 id 1 subflow \n");
    assert_eq!(outcomes[1].stdout, "[ ]\n");
    assert_eq!(entries[2].stdin(), "endpoint show \n\n");
    let last = outcome("[2]\n$ x\n# y\n", "Error: no.\n", 2);
    assert_eq!((outcomes[2], entries[2].number), (&last, 8));
}

fn symbols_stand_for_control_characters() {
    let text = "#! device ␁\n$ mptcp '␉7'\n";
    let session = Session::read(text).expect("a session");
    assert_eq!(
        session.commands().next().expect("one").command.words[1],
        "\t7"
    );
    assert_eq!(session.write(), text);
}

fn malformed_sessions_name_their_line() {
    for (text, wrong) in [
        ("\nwords", "line 2: neither a comment"),
        ("#! devise eth0\n", "line 1: unknown directive"),
        ("$ mptcp -b - << END\n> x\n", "line 1: its input has no end"),
        ("#\n$ ls\n", "line 2: only `mptcp"),
    ] {
        let error = format!("{:#}", Session::read(text).expect_err(text));
        assert!(error.starts_with(wrong), "{error}");
    }
}

fn recording_keeps_placeholders() {
    let text = "$ mptcp limits\nfirst\nmax <N> |\n2> <...>\n[255]\n";
    let mut session = Session::read(text).expect("a session");
    let record = |session: &mut Session, new| {
        let Some(super::session::Item::Entry(entry)) = session.0.first_mut() else {
            panic!("an entry");
        };
        entry.record(new);
        session.write()
    };
    let same = record(&mut session, outcome("first\nmax 64 \n", "a\nb\n", 255));
    assert_eq!(same, text);
    let other = record(&mut session, outcome("1st\nmax 8 \n", "", 0));
    assert_eq!(other, "$ mptcp limits\n1st\nmax <N> |\n");
}

fn outcomes_are_judged() {
    let refused = outcome("", "Error: no.\n", 2);
    let hinted = outcome("", "Error: no.\nHint: do.\n", 2);
    for measure in [Measure::Same, Measure::SameButHints, Measure::Compatible] {
        assert!(differences(&refused, &refused, measure).is_empty());
        for other in [
            outcome("", "Error: no.\n", 1),
            outcome("x", "Error: no.\n", 2),
            outcome("", "Error: yes.\n", 2),
        ] {
            assert_eq!(differences(&refused, &other, measure).len(), 1);
        }
        let hint = differences(&refused, &hinted, measure);
        assert_eq!(hint.is_empty(), measure != Measure::Same);
    }
    let nothing = outcome("", "", 0);
    let warned = outcome("", "Warning: w.\n", 0);
    assert_eq!(differences(&nothing, &warned, Measure::Compatible).len(), 1);
}

fn refusals_are_judged_by_their_frame() {
    let compatible = |expected: &str, given: &str| {
        let (expected, given) = (outcome("", expected, 255), outcome("", given, 255));
        differences(&expected, &given, Measure::Compatible).is_empty()
    };
    let wrong = "Error: argument \"x\" is wrong: invalid\n";
    let required = "Error: argument \"ADDRESS\" is required\n";
    for (expected, given) in [
        (
            wrong,
            "Error: argument \"x\" is wrong: not a number\nHint: so\n",
        ),
        ("Object unknown\n", "what?\n"),
        ("Object unknown\n", wrong),
        (wrong, &format!("{wrong}Command failed -:2\n")),
        ("Usage: a\n\nb\n", "Usage: c\n\nd\n"),
        (
            required,
            "Error: argument \"ADDRESS\" is required: add one\n",
        ),
    ] {
        assert!(compatible(expected, given), "{expected} {given}");
    }
    for (expected, given) in [
        (wrong, "Error: argument \"y\" is wrong: invalid\n"),
        (wrong, "Error: argument \"x\" is required\n"),
        (wrong, "Error: x\n"),
        // A blank line.
        (wrong, &format!("{wrong}\n")),
        (wrong, ""),
        (wrong, wrong.trim_end()),
        (
            wrong,
            &format!("Error: argument \"y\" is wrong: no\n{wrong}"),
        ),
        ("", "what?\n"),
        ("x\nCommand failed -:2\n", "x\nCommand failed -:3\n"),
    ] {
        assert!(!compatible(expected, given), "{expected} {given}");
    }
}

fn outcome(stdout: &str, stderr: &str, status: i32) -> Outcome {
    Outcome {
        stdout: stdout.into(),
        stderr: stderr.into(),
        status,
    }
}
