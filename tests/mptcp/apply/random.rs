//! From random states to random files.

use std::collections::BTreeMap;

use super::setup::*;

trials! { from_any_state_to_any_file }

const FLAGS: [&str; 7] = [
    "",
    "signal",
    "subflow",
    "subflow backup",
    "subflow fullmesh",
    "signal subflow",
    "subflow fullmesh backup",
];

/// Some `endpoint add` lines that go together.
fn lines(random: &mut Random, count: u64) -> Vec<String> {
    let mut pick = |count: u64| random.next() % count;
    let mut by_address = BTreeMap::new();
    for _ in 0..pick(count) {
        let address = format!("10.0.0.{}", 1 + pick(6));
        let id = match pick(3) {
            0 => String::new(),
            _ => format!("id {}", 1 + pick(12)),
        };
        let device = ["", "dev eth0", "dev eth1"][pick(3) as usize];
        let flags = FLAGS[pick(FLAGS.len() as u64) as usize];
        by_address.insert(address, (id, format!("{device} {flags}")));
    }
    let mut ids = Vec::new();
    let lines = by_address.into_iter().map(|(address, (mut id, rest))| {
        if ids.contains(&id) {
            id = String::new();
        }
        ids.push(id.clone());
        format!("endpoint add {address} {id} {rest}\n")
    });
    lines.collect()
}

/// The endpoints of the file, each with its id where one is given.
fn has_all(lines: &[String]) {
    let shown = endpoints();
    assert_eq!(shown.lines().count(), lines.len(), "{lines:?}\n{shown}");
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let begin = format!("{} ", words[2]);
        let found = shown.lines().find(|shown| shown.starts_with(&begin));
        let found = found.unwrap_or_else(|| panic!("{line}: {shown}"));
        let found: Vec<&str> = found.split(' ').collect();
        for word in &words[2..] {
            assert!(found.contains(word), "{line}: {found:?}");
        }
        let id = if line.contains(" id ") { 0 } else { 2 };
        assert_eq!(found.len(), words.len() - 2 + id, "{line}: {found:?}");
    }
}

fn from_any_state_to_any_file(_ns: &mut Sandbox) {
    add_devices(["eth0", "eth1"]);
    for seed in 0..60 {
        let random = &mut Random(seed);
        mptcp("endpoint flush").ok();
        for line in lines(random, 7) {
            // An id may be taken by then; any state will do.
            drop(mptcp(&line));
        }
        let wanted = lines(random, 7);
        let applied = apply_text(&wanted.concat(), "only");
        assert!(
            applied.status == 0 && applied.stderr.is_empty(),
            "seed {seed}: {applied}"
        );
        has_all(&wanted);
        apply_text(&wanted.concat(), "only").prints("");
        let (saved, before) = (mptcp("save").ok().text(), endpoints());
        apply_text(&saved, "").prints("");
        mptcp("endpoint flush").ok();
        apply_text(&saved, "").ok();
        assert_eq!(endpoints(), before, "seed {seed}");
    }
}
