//! Synthetic handshakes: which rule reports them, and which must not.

mod joins;
mod paths;

use std::time::Duration;

use super::{address, advice, endpoint, ip, link, shown};
use crate::check::Facts;
use crate::check::finding::{Finding, Level, Place, Seen};
use crate::check::judge::judge;
use crate::check::probe::{Answer, Data, Join, Joined, Path, Probed, Speaks};
use crate::diag::connection::Fallback;
use crate::network::Link;
use crate::pm::Flags;

const LOCAL: &str = "10.0.1.1";
const TIMEOUT: &str = "net.mptcp.blackhole_timeout";
const MANAGER: &str = "net.mptcp.path_manager";
const SECOND: &str = "10.0.2.1";
const QUICK: Answer = Answer::After(Duration::from_micros(1500));

/// A path from the second address that answers with MPTCP.
fn path() -> Path {
    Path {
        endpoint: Some(1),
        from: Some(ip(SECOND)),
        device: Some("eth1".to_owned()),
        tcp: QUICK,
        mptcp: QUICK,
        speaks: Speaks::Mptcp,
        ..Path::default()
    }
}

/// A host with two links, each with an address.
fn here() -> Facts {
    let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Facts {
        mptcp: true,
        links: vec![link(2, "eth0"), link(3, "eth1")],
        addresses: vec![address(LOCAL, 2), address(SECOND, 3)],
        sysctls: [setting(TIMEOUT, "3600"), setting(MANAGER, "kernel")].into(),
        endpoints: vec![endpoint(1, SECOND, 3, Flags::SUBFLOW)],
        ..Facts::default()
    }
}

/// Nothing but this path was probed.
fn probed(path: Path) -> Facts {
    Facts {
        probed: Some(Probed {
            to: "192.0.2.7:443".parse().unwrap(),
            paths: vec![path],
            patience: Duration::from_millis(2500),
            not_tried: 0,
            data: None,
        }),
        ..here()
    }
}

fn handshakes(facts: &mut Facts) -> &mut Probed {
    facts.probed.as_mut().unwrap()
}

/// The findings about the subflows of a connection with data.
fn joins_of(facts: &mut Facts, data: Data) -> Vec<Finding> {
    handshakes(facts).paths.clear();
    handshakes(facts).data = Some(data);
    judge(facts, false).findings
}

/// Ids and levels, the worst first.
fn found(probed: &Facts) -> Vec<(&'static str, Level)> {
    let findings = judge(probed, false).findings;
    findings.iter().map(|of| (of.check, of.level)).collect()
}

/// The finding with this id; there is one.
fn the(check: &str, probed: &Facts) -> Finding {
    let found = judge(probed, false).findings.into_iter();
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
    assert_eq!(Seen::from(QUICK), Seen::Time(Duration::from_micros(1500)));
    assert_eq!(Seen::from(Answer::Silent), "silent".into());
    let refused = Answer::Error(nix::libc::ECONNREFUSED);
    assert_eq!(Seen::from(refused), "Connection refused".into());
}

#[test]
fn what_is_worst_comes_first() {
    let mut probed = probed(path());
    handshakes(&mut probed).paths.push(Path {
        mptcp: Answer::Silent,
        speaks: Speaks::Unknown,
        ..path()
    });
    assert_eq!(
        found(&probed),
        [("syn-dropped", Level::Fail), ("path", Level::Ok)]
    );
}
