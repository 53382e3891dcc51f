//! What handshakes show, made up: which id speaks, and which must not.

mod joins;
mod paths;

use std::time::Duration;

use super::*;
use crate::check::finding::Place;

const LOCAL: &str = "10.0.1.1";
const SECOND: &str = "10.0.2.1";
const QUICK: Answer = Answer::After(Duration::from_micros(1500));

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A path from the second address that answers with MPTCP.
fn path() -> Path {
    Path {
        endpoint: Some(1),
        from: Some(ip(SECOND)),
        device: Some("eth1".to_owned()),
        tcp: QUICK,
        mptcp: QUICK,
        speaks: Speaks::Mptcp,
        silent_neighbour: None,
    }
}

/// Nothing but this path was probed.
fn probed(path: Path) -> Probed {
    Probed {
        to: "192.0.2.7:443".parse().unwrap(),
        paths: vec![path],
        patience: Duration::from_millis(2500),
        not_tried: 0,
        blackhole_timeout: Some(3600),
        data: None,
    }
}

/// Ids and levels, the worst first.
fn told(probed: &Probed) -> Vec<(&'static str, Level)> {
    let findings = judge(probed).findings;
    findings.iter().map(|of| (of.check, of.level)).collect()
}

/// The finding with this id; there is one.
fn the(check: &str, probed: &Probed) -> Finding {
    let found = judge(probed).findings.into_iter();
    let mut found = found.filter(|finding| finding.check == check);
    let one = found.next().unwrap();
    assert_eq!(found.next(), None);
    one
}

#[test]
fn paths_are_named_by_where_they_start() {
    let names = |from: Option<&str>, device: Option<&str>, endpoint| {
        let (from, device) = (from.map(ip), device.map(str::to_owned));
        let path = Path {
            endpoint,
            from,
            device,
            ..path()
        };
        path.to_string()
    };
    assert_eq!(names(None, None, None), "where the route leads");
    assert_eq!(names(Some(LOCAL), None, None), "from 10.0.1.1");
    assert_eq!(names(None, Some("eth1"), None), "by eth1");
    assert_eq!(path().to_string(), "from 10.0.2.1 by eth1 (endpoint 1)");
}

#[test]
fn answers_are_times_or_reasons() {
    assert_eq!(QUICK.to_string(), "1.5ms");
    assert_eq!(Answer::Silent.to_string(), "silent");
    let refused = Answer::Error(nix::libc::ECONNREFUSED).to_string();
    assert_eq!(refused, "Connection refused");
}

#[test]
fn what_is_worst_comes_first() {
    let mut probed = probed(path());
    probed.paths.push(Path {
        mptcp: Answer::Silent,
        speaks: Speaks::Unknown,
        ..path()
    });
    assert_eq!(
        told(&probed),
        [("syn-dropped", Level::Fail), ("path", Level::Ok)]
    );
}
