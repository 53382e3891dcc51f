//! The handshakes of one path.

use nix::libc::{
    EADDRNOTAVAIL, ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ENODEV, ENOPROTOOPT,
    EPROTONOSUPPORT, EPROTOTYPE,
};

use super::*;

/// The two answers, and what the second one came to.
fn answered(tcp: Answer, mptcp: Answer, speaks: Speaks) -> Facts {
    probed(Path {
        tcp,
        mptcp,
        speaks,
        ..path()
    })
}

/// The same where no MPTCP connection came about.
fn unanswered(tcp: Answer, mptcp: Answer) -> Facts {
    answered(tcp, mptcp, Speaks::Unknown)
}

/// The one finding there is.
fn only(check: &str, probed: &Facts) -> Finding {
    assert_eq!(found(probed), [(check, Level::Fail)]);
    the(check, probed)
}

#[test]
fn a_path_that_works_is_ok_with_its_times() {
    let probed = probed(path());
    assert_eq!(found(&probed), [("path", Level::Ok)]);
    let seen = the("path", &probed).seen;
    let seen: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(seen, ["tcp", "mptcp"]);
}

#[test]
fn a_kernel_that_does_not_tell_is_no_fallback() {
    let probed = answered(QUICK, QUICK, Speaks::Unknown);
    assert_eq!(found(&probed), [("path", Level::Unknown)]);
}

#[test]
fn an_answer_without_mptcp_is_a_fallback_whatever_tcp_got() {
    for tcp in [QUICK, Answer::Silent, Answer::Error(ECONNREFUSED)] {
        for why in [
            Fallback::PeerOrPath,
            Fallback::SynDropped,
            Fallback::AfterHandshake,
            Fallback::Later,
        ] {
            let probed = answered(tcp, QUICK, Speaks::Tcp(why));
            let finding = only("fallback", &probed);
            assert_eq!(finding.place, Place::Peer);
            assert_eq!(finding.fix, [[""; 0]; 0]);
            let advice = advice(&finding);
            assert!(
                advice.ends_with("mptcp check to 192.0.2.7 port NR"),
                "{advice}"
            );
        }
    }
}

#[test]
fn a_host_that_falls_back_everywhere_is_one_finding() {
    let tcp = || Speaks::Tcp(Fallback::PeerOrPath);
    let mut probed = answered(QUICK, QUICK, tcp());
    for (from, speaks) in [(LOCAL, tcp()), ("10.0.3.1", tcp())] {
        handshakes(&mut probed).paths.push(Path {
            endpoint: None,
            from: Some(ip(from)),
            device: None,
            mptcp: Answer::After(Duration::from_millis(9)),
            speaks,
            ..path()
        });
    }
    let finding = only("fallback", &probed);
    let subject = "from 10.0.2.1 by eth1 (endpoint 1), from 10.0.1.1, from 10.0.3.1";
    assert_eq!(finding.subject, subject);
    let longest = Duration::from_millis(9);
    let seen = [
        ("fallback".to_owned(), "peer-or-path".into()),
        ("tcp".to_owned(), QUICK.into()),
        ("mptcp".to_owned(), longest.into()),
    ];
    assert_eq!(finding.seen, seen);
    // A path that works, or is dropped, is told of by itself.
    handshakes(&mut probed).paths[1].speaks = Speaks::Mptcp;
    handshakes(&mut probed).paths[2].mptcp = Answer::Silent;
    let expected = [
        ("fallback", Level::Fail),
        ("syn-dropped", Level::Fail),
        ("path", Level::Ok),
    ];
    assert_eq!(found(&probed), expected);
}

#[test]
fn a_syn_that_only_mptcp_lost_was_dropped() {
    let finding = only("syn-dropped", &unanswered(QUICK, Answer::Silent));
    assert_eq!(finding.place, Place::Path);
    assert!(
        finding.message.contains("given up after 2.5 s"),
        "{finding:?}"
    );
    // A firewall that resets what it does not know.
    for errno in [ECONNREFUSED, ECONNRESET] {
        let finding = only("syn-dropped", &unanswered(QUICK, Answer::Error(errno)));
        assert!(finding.message.contains("refuses"), "{finding:?}");
    }
}

#[test]
fn a_reset_is_a_refusal_unless_tcp_is_answered() {
    for errno in [ECONNREFUSED, ECONNRESET] {
        let reset = Answer::Error(errno);
        for (tcp, mptcp) in [
            (reset, reset),
            (reset, Answer::Silent),
            (Answer::Silent, reset),
        ] {
            let finding = only("refused", &unanswered(tcp, mptcp));
            assert!(finding.message.contains("port 443"), "{finding:?}");
            assert_eq!(finding.place, Place::Peer);
        }
    }
}

#[test]
fn silence_to_both_is_unreachable_somewhere_on_the_path() {
    let finding = only("unreachable", &unanswered(Answer::Silent, Answer::Silent));
    assert_eq!(finding.place, Place::Path);
    assert_eq!(
        shown(&finding),
        "ip route get 192.0.2.7 from 10.0.2.1 oif eth1"
    );
}

#[test]
fn a_next_hop_that_is_silent_is_named_and_is_ours_to_mend() {
    let mut probed = unanswered(Answer::Silent, Answer::Silent);
    handshakes(&mut probed).paths[0].silent_neighbour = Some(ip("10.0.2.254"));
    let finding = only("unreachable", &probed);
    assert!(finding.message.contains("10.0.2.254"), "{finding:?}");
    assert_eq!(shown(&finding), "ip neighbour show 10.0.2.254 dev eth1");
    assert_eq!(finding.place, Place::Here);
}

#[test]
fn a_host_that_is_not_on_its_link_lacks_no_route() {
    for answer in [Answer::Silent, Answer::Error(EHOSTUNREACH)] {
        let mut probed = unanswered(answer, answer);
        handshakes(&mut probed).paths[0].silent_neighbour = Some(ip("192.0.2.7"));
        let finding = only("unreachable", &probed);
        assert!(finding.message.contains("on its link"), "{finding:?}");
        assert!(!advice(&finding).contains("route"), "{finding:?}");
    }
}

#[test]
fn what_is_wrong_with_the_whole_host_is_told_once() {
    for errno in [ENOPROTOOPT, EPROTONOSUPPORT] {
        let mut probed = unanswered(QUICK, Answer::Error(errno));
        let other = Path {
            endpoint: None,
            from: None,
            device: None,
            ..handshakes(&mut probed).paths[0].clone()
        };
        handshakes(&mut probed).paths.push(other);
        assert_eq!(judge(&probed, false).findings.len(), 1, "{errno}");
    }
}

#[test]
fn a_link_that_is_down_is_the_cause() {
    let error = Answer::Error(ENETUNREACH);
    let mut probed = unanswered(error, error);
    probed.links[1].up = false;
    let finding = only("link-down", &probed);
    assert_eq!(finding.subject, "endpoint 10.0.2.1 id 1 dev eth1");
    assert_eq!(finding.fix, [["ip", "link", "set", "eth1", "up"]]);
    // An endpoint without dev has the device of its address.
    handshakes(&mut probed).paths[0].device = None;
    only("link-down", &probed);
    probed.links[1] = Link {
        up: true,
        carrier: false,
        ..probed.links[1].clone()
    };
    assert_eq!(only("link-down", &probed).fix, [[""; 0]; 0]);
    // A dummy reaches nobody, whatever its state.
    probed.links[1].kind = "dummy".to_owned();
    only("unreachable", &probed);
}

#[test]
fn the_route_that_is_missing_has_its_device_and_family() {
    let error = Answer::Error(ENETUNREACH);
    let mut probed = unanswered(error, error);
    let text = advice(&only("unreachable", &probed));
    assert_eq!(text, "ip route add default via GATEWAY dev eth1 metric NR");
    handshakes(&mut probed).to = "[2001:db8::7]:443".parse().unwrap();
    handshakes(&mut probed).paths[0].from = None;
    handshakes(&mut probed).paths[0].device = None;
    let text = advice(&only("unreachable", &probed));
    assert_eq!(
        text,
        "ip -6 route add default via GATEWAY dev DEV metric NR"
    );
}

#[test]
fn an_error_that_is_none_of_these_is_told_by_its_name() {
    let error = Answer::Error(nix::libc::EINVAL);
    let finding = only("unreachable", &unanswered(error, error));
    assert!(finding.message.ends_with("Invalid argument"), "{finding:?}");
    assert_eq!(finding.place, Place::Here);
}

#[test]
fn what_cannot_be_sent_is_unreachable_from_here() {
    for (errno, word) in [
        (EADDRNOTAVAIL, "not on this host"),
        (ENODEV, "no such device"),
        (ENETUNREACH, "no route"),
        (EHOSTUNREACH, "no route"),
    ] {
        let error = Answer::Error(errno);
        let finding = only("unreachable", &unanswered(error, error));
        assert!(finding.message.contains(word), "{errno}: {finding:?}");
        assert_eq!(finding.place, Place::Here);
    }
}

#[test]
fn the_lookup_has_no_more_words_than_the_probe() {
    let mut probed = unanswered(Answer::Silent, Answer::Silent);
    handshakes(&mut probed).paths[0].from = None;
    handshakes(&mut probed).paths[0].device = None;
    handshakes(&mut probed).paths[0].endpoint = None;
    let finding = only("unreachable", &probed);
    assert_eq!(shown(&finding), "ip route get 192.0.2.7");
}

#[test]
fn a_host_without_mptcp_is_not_the_peers_fault() {
    let finding = only("disabled", &unanswered(QUICK, Answer::Error(ENOPROTOOPT)));
    assert_eq!(finding.fix, [["sysctl", "-w", "net.mptcp.enabled=1"]]);
    for errno in [EPROTONOSUPPORT, EPROTOTYPE] {
        let finding = only("kernel", &unanswered(QUICK, Answer::Error(errno)));
        assert_eq!(finding.place, Place::Here);
    }
}

#[test]
fn mptcp_that_is_not_tried_is_a_blackhole_and_says_nothing_of_the_path() {
    let mut probed = answered(QUICK, QUICK, Speaks::Tcp(Fallback::NotTried));
    let expected = [("blackhole", Level::Fail), ("path", Level::Unknown)];
    assert_eq!(found(&probed), expected);
    // The kernel that does not tell of connections counts them.
    handshakes(&mut probed).not_tried = 1;
    handshakes(&mut probed).paths[0].speaks = Speaks::Unknown;
    assert_eq!(found(&probed), expected);
    let fix = the("blackhole", &probed).fix;
    assert_eq!(fix, [["sysctl", "-w", "net.mptcp.blackhole_timeout=3600"]]);
    probed.sysctls.clear();
    assert!(the("blackhole", &probed).fix.is_empty());
}

#[test]
fn a_path_that_drops_mptcp_now_is_no_blackhole_from_before() {
    for probed in [
        probed(path()),
        unanswered(QUICK, Answer::Silent),
        answered(QUICK, QUICK, Speaks::Tcp(Fallback::SynDropped)),
    ] {
        assert!(
            found(&probed)
                .iter()
                .all(|(check, _)| *check != "blackhole")
        );
    }
}

#[test]
fn what_is_wrong_here_explains_the_path() {
    let mut probed = unanswered(Answer::Silent, Answer::Silent);
    probed.endpoints[0].device = Some(2);
    let finding = only("endpoint-device", &probed);
    assert_eq!(finding.place, Place::Here);
    // A warning is a problem where the path fails.
    probed.endpoints[0].device = Some(3);
    probed.addresses[1].tentative = true;
    only("endpoint-address", &probed);
    // What works has no cause.
    handshakes(&mut probed).paths[0].tcp = QUICK;
    handshakes(&mut probed).paths[0].mptcp = QUICK;
    handshakes(&mut probed).paths[0].speaks = Speaks::Mptcp;
    let expected = [("endpoint-address", Level::Warn), ("path", Level::Ok)];
    assert_eq!(found(&probed), expected);
}

#[test]
fn a_port_that_another_path_reaches_is_open() {
    let reset = Answer::Error(ECONNREFUSED);
    let mut probed = unanswered(reset, reset);
    handshakes(&mut probed).paths.push(Path {
        endpoint: None,
        from: None,
        device: None,
        ..path()
    });
    let finding = the("refused", &probed);
    assert_eq!(finding.place, Place::Path);
    assert!(finding.message.contains("is open"), "{finding:?}");
}

#[test]
fn an_answer_that_was_not_had_makes_the_check_incomplete() {
    for speaks in [Speaks::Unknown, Speaks::Ended] {
        let report = judge(&answered(QUICK, QUICK, speaks), false);
        assert!(report.is_incomplete());
        assert!(report.verdict(&[]).contains("not complete"), "{report:?}");
    }
    assert!(!judge(&probed(path()), false).is_incomplete());
    let mut no_data = probed(path());
    handshakes(&mut no_data).data = Some(Data::default());
    assert!(judge(&no_data, false).is_incomplete());
}
