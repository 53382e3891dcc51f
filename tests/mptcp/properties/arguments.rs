//! Any argument vector ends in 0, 1, 2 or 255 and never in a panic.

use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;

use mptcp_cli::cli::objects::{self, OBJECTS};
use mptcp_cli::cli::{Next, Parsed, Parser, Request, options};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;

use crate::support::*;

trials! {
    arguments_end_in_a_request_or_an_error, runs_end_in_0_1_2_or_255,
}

/// How many vectors the binary is run with, a few hundred if not set.
const VECTORS: &str = "MPTCP_TEST_VECTORS";

/// The words that the grammar knows.
fn known() -> Vec<&'static str> {
    let objects = OBJECTS.iter().map(|object| object.name);
    let commands = objects::commands().map(|(_, command)| command.name);
    let words = objects::commands().flat_map(|(_, command)| {
        let declared = command.declare();
        let words = declared.get_arguments();
        words
            .map(|word| &*word.get_id().to_string().leak())
            .collect::<Vec<_>>()
    });
    let rest = ["any", "lo", "eth0", "if1", "--help", "help", "--", "-", ""];
    let words = objects.chain(commands).chain(words);
    words.chain(rest).collect()
}

fn any_word() -> impl Strategy<Value = OsString> {
    let text = prop_oneof![
        8 => select(known()).prop_map(str::to_owned),
        4 => shortened(select(known())),
        2 => (0..300u32).prop_map(|number| number.to_string()),
        1 => any::<i64>().prop_map(|number| format!("{number:#x}")),
        2 => any::<[u8; 4]>().prop_map(|ip| std::net::Ipv4Addr::from(ip).to_string()),
        1 => any::<[u8; 16]>().prop_map(|ip| std::net::Ipv6Addr::from(ip).to_string()),
        1 => "[0-9a-fx:.%/ +-]{0,20}",
        1 => "\\PC{0,20}",
    ];
    let bytes = vec(1..=255u8, 0..24).prop_map(OsString::from_vec);
    let long = (1..=255u8, 0..20_000usize)
        .prop_map(|(byte, length)| OsString::from_vec(vec![byte; length]));
    prop_oneof![30 => text.prop_map(OsString::from), 2 => bytes, 1 => long]
}

fn shortened(word: impl Strategy<Value = &'static str>) -> impl Strategy<Value = String> {
    (word, any::<Index>()).prop_map(|(word, end)| word[..end.index(word.len() + 1)].to_owned())
}

fn any_option() -> impl Strategy<Value = OsString> {
    let names = options::TABLE
        .iter()
        .filter_map(|option| option.names.last());
    let names: Vec<_> = names.copied().collect();
    let name = shortened(select(names));
    let when = prop_oneof![9 => Just(""), 1 => Just("=auto"), 1 => Just("=x")];
    (select(vec!["-", "--"]), name, when)
        .prop_map(|(dashes, name, when)| OsString::from(format!("{dashes}{name}{when}")))
}

/// Mostly something like a command, sometimes nothing like it.
fn any_vector() -> impl Strategy<Value = Vec<OsString>> {
    let objects: Vec<_> = OBJECTS.iter().map(|object| object.name).collect();
    let commands: Vec<_> = objects::commands()
        .map(|(_, command)| command.name)
        .collect();
    let command = (
        vec(any_option(), 0..3),
        shortened(select(objects)).prop_map(OsString::from),
        shortened(select(commands)).prop_map(OsString::from),
        vec(any_word(), 0..8),
    );
    let command = command.prop_map(|(options, object, command, words)| {
        let middle = [object, command].into_iter();
        options.into_iter().chain(middle).chain(words).collect()
    });
    prop_oneof![
        4 => command,
        1 => vec(prop_oneof![any_word(), any_option()], 0..12),
    ]
}

/// What the words ask for, as far as it can be told without the kernel.
struct Typed {
    netns: bool,
    /// It ends by a signal only, or is another program.
    endless: bool,
}

fn read(words: &[OsString]) -> Typed {
    let words: Vec<&OsStr> = words.iter().map(OsString::as_os_str).collect();
    let mut typed = Typed {
        netns: false,
        endless: false,
    };
    if let Ok(line) = options::parse(&words) {
        typed.netns = !line.options.netns.is_empty();
        let command = line.next == Next::Command && line.options.batch.is_none();
        let parsed = Parser::default().parse(line.words);
        let endless = match parsed {
            Ok(Parsed::Request(Request::Monitor(_) | Request::Watch(_) | Request::Run(_))) => true,
            Ok(Parsed::Request(Request::Counters(counters))) => counters.every.is_some(),
            _ => false,
        };
        typed.endless = command && endless;
    }
    typed
}

fn arguments_end_in_a_request_or_an_error() {
    proptest!(cases(2000), |(words in any_vector())| {
        read(&words);
    });
}

fn runs_end_in_0_1_2_or_255(ns: &mut Sandbox) {
    let count = env::var(VECTORS).ok().map(|count| count.parse());
    let count = count.unwrap_or(Ok(300)).expect("a number of vectors");
    // No namespace but this one can be entered, whatever -netns is given.
    for directory in ["/proc", "/run"] {
        ns.hide(directory);
    }
    let mut runner = TestRunner::new(cases(count));
    let result = runner.run(&any_vector(), |words| {
        let typed = read(&words);
        // Whoever names a namespace means another one.
        prop_assume!(!typed.endless && !typed.netns);
        let output = mptcp_words(&words);
        let errors = output.errors();
        prop_assert!(matches!(output.status, 0 | 1 | 2 | 255), "{}", output);
        prop_assert!(!errors.contains("panicked"), "{}", output);
        // The answer to a question, such as that of check, is a result.
        let told = !errors.is_empty() || !output.text().is_empty();
        prop_assert!(output.status == 0 || told, "{}", output);
        Ok(())
    });
    result.unwrap_or_else(|error| fail(&error.to_string()));
}
