//! The further subflows of a connection with data.

use super::*;

fn join(endpoint: u8, state: Joined) -> Join {
    Join {
        endpoint,
        from: ip("10.0.2.1"),
        state,
    }
}

/// An open connection of a host that allows four further subflows.
fn data(joins: impl Into<Vec<Join>>) -> Data {
    Data {
        local: Some(ip(LOCAL)),
        limit: Some(4),
        joins: joins.into(),
        ..Data::default()
    }
}

/// The findings about the subflows.
fn findings(data: Data) -> Vec<Finding> {
    let mut probed = probed(path());
    joins_of(&mut probed, data)
}

/// The only finding.
fn only(check: &str, level: Level, data: Data) -> Finding {
    let findings = findings(data);
    let found: Vec<_> = findings.iter().map(|of| (of.check, of.level)).collect();
    assert_eq!(found, [(check, level)], "{findings:?}");
    findings.into_iter().next().unwrap()
}

#[test]
fn a_subflow_that_came_is_ok() {
    let finding = only(
        "path",
        Level::Ok,
        Data {
            begun: 1,
            answered: 1,
            ..data([join(1, Joined::Established)])
        },
    );
    assert_eq!(finding.subject, "from 10.0.2.1 (endpoint 1)");
}

#[test]
fn it_stands_beside_what_the_handshakes_showed() {
    let mut probed = probed(path());
    handshakes(&mut probed).data = Some(data([join(1, Joined::Unanswered)]));
    let expected = [("join-unanswered", Level::Fail), ("path", Level::Ok)];
    assert_eq!(found(&probed), expected);
}

#[test]
fn a_path_that_fails_is_why_its_endpoint_does_not_join() {
    let mut probed = probed(path());
    handshakes(&mut probed).paths[0].mptcp = Answer::Silent;
    handshakes(&mut probed).data = Some(data([
        join(1, Joined::Unanswered),
        join(2, Joined::Unanswered),
    ]));
    let expected = [
        ("syn-dropped", Level::Fail),
        ("join-unanswered", Level::Fail),
    ];
    assert_eq!(found(&probed), expected);
    let finding = the("join-unanswered", &probed);
    assert_eq!(finding.subject, "from 10.0.2.1 (endpoint 2)");
}

#[test]
fn without_a_connection_or_an_endpoint_nothing_was_to_come() {
    let finding = only("path", Level::Unknown, Data::default());
    assert!(
        finding.message.contains("no MPTCP connection"),
        "{finding:?}"
    );
    let finding = only("path", Level::Unknown, data([]));
    assert!(finding.message.contains(LOCAL), "{finding:?}");
}

#[test]
fn what_user_space_manages_is_not_the_peers_fault() {
    let mut probed = probed(path());
    let joins = [join(1, Joined::Gone), join(2, Joined::Gone)];
    probed
        .sysctls
        .insert(MANAGER.to_owned(), "userspace".to_owned());
    let findings = joins_of(&mut probed, data(joins));
    let found: Vec<_> = findings.iter().map(|of| (of.check, of.level)).collect();
    assert_eq!(found, [("userspace-pm", Level::Warn)]);
    assert_eq!(findings[0].place, Place::Here);
}

#[test]
fn a_join_in_syn_sent_is_unanswered_on_the_path() {
    let finding = only(
        "join-unanswered",
        Level::Fail,
        Data {
            begun: 1,
            ..data([join(1, Joined::Unanswered)])
        },
    );
    assert_eq!(finding.place, Place::Path);
    assert!(
        shown(&finding).ends_with("src 10.0.2.1 dst 192.0.2.7"),
        "{finding:?}"
    );
}

#[test]
fn a_join_that_was_answered_and_went_is_the_peers_limit() {
    let finding = only(
        "peer-limit",
        Level::Fail,
        Data {
            begun: 1,
            answered: 1,
            ..data([join(1, Joined::Gone)])
        },
    );
    assert_eq!(finding.place, Place::Peer);
    assert!(finding.fix.is_empty(), "not to be run here: {finding:?}");
}

#[test]
fn an_answer_that_another_subflow_got_is_no_peer_limit() {
    // One answer, and one subflow: from an endpoint, or otherwise.
    let findings = findings(Data {
        begun: 2,
        answered: 1,
        ..data([join(1, Joined::Established), join(2, Joined::Gone)])
    });
    let found: Vec<_> = findings.iter().map(|of| of.check).collect();
    assert_eq!(found, ["join-refused", "path"]);
    only(
        "join-refused",
        Level::Fail,
        Data {
            begun: 2,
            answered: 1,
            others: 1,
            ..data([join(2, Joined::Gone)])
        },
    );
}

#[test]
fn a_join_without_an_answer_that_went_was_refused() {
    let finding = only(
        "join-refused",
        Level::Fail,
        Data {
            begun: 1,
            ..data([join(1, Joined::Gone)])
        },
    );
    assert_eq!(finding.place, Place::Peer);
}

#[test]
fn a_join_that_still_waits_is_none_that_was_refused() {
    let findings = findings(Data {
        begun: 1,
        limit: Some(1),
        ..data([join(1, Joined::Unanswered), join(2, Joined::Gone)])
    });
    let found: Vec<_> = findings.iter().map(|of| of.check).collect();
    assert_eq!(found, ["join-unanswered", "subflow-limit"]);
}

#[test]
fn a_join_that_could_not_be_sent_is_for_check_to_explain() {
    let finding = only(
        "endpoint-route",
        Level::Fail,
        Data {
            unsent: 1,
            ..data([join(1, Joined::Gone)])
        },
    );
    assert!(advice(&finding).contains("mptcp check"), "{finding:?}");
}

#[test]
fn the_own_limit_is_raised_to_what_the_endpoints_need() {
    let finding = only(
        "subflow-limit",
        Level::Fail,
        Data {
            limit: Some(0),
            ..data([join(1, Joined::Gone)])
        },
    );
    assert_eq!(finding.fix, [["mptcp", "limits", "set", "subflows", "1"]]);
    assert_eq!(finding.place, Place::Here);
    // One place, which one took that the peer had announced.
    let finding = only(
        "subflow-limit",
        Level::Fail,
        Data {
            limit: Some(1),
            others: 1,
            begun: 1,
            answered: 1,
            ..data([join(1, Joined::Gone)])
        },
    );
    assert_eq!(finding.fix, [["mptcp", "limits", "set", "subflows", "2"]]);
    assert!(advice(&finding).contains("no higher limit"), "{finding:?}");
}

#[test]
fn a_limit_that_is_not_reached_or_not_known_is_not_to_blame() {
    for limit in [Some(1), Some(8), None] {
        only(
            "deny-join-id0",
            Level::Warn,
            Data {
                limit,
                ..data([join(1, Joined::Gone)])
            },
        );
    }
}

#[test]
fn a_join_that_was_tried_is_not_denied() {
    let denied = data([join(1, Joined::Gone)]);
    let finding = only("deny-join-id0", Level::Warn, denied.clone());
    assert_eq!(finding.place, Place::Peer);
    for (begun, answered, unsent) in [(1, 0, 0), (1, 1, 0), (0, 0, 1)] {
        let findings = findings(Data {
            begun,
            answered,
            unsent,
            ..denied.clone()
        });
        assert!(findings.iter().all(|of| of.check != "deny-join-id0"));
    }
}

#[test]
fn a_connection_that_the_peer_ended_denies_nothing() {
    let finding = only(
        "path",
        Level::Unknown,
        Data {
            ended: true,
            ..data([join(1, Joined::Gone)])
        },
    );
    assert!(
        finding.message.contains("closed the connection"),
        "{finding:?}"
    );
}
