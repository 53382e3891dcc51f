use super::*;

fn redactor() -> Redactor {
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    Redactor::new([(ip("10.7.1.9"), 16), (ip("fd07:1:2:3::9"), 64)])
}

#[test]
fn addresses_are_replaced_wherever_they_stand() {
    let mut redactor = redactor();
    let cases = [
        ("10.7.1.9 id 1", "192.0.2.1 id 1"),
        ("10.7.200.1:8080,", "192.0.2.2:8080,"),
        ("\"address\":\"10.7.1.9\"", "\"address\":\"192.0.2.1\""),
        ("10.7.0.0/16 dev eth0", "192.0.2.0/16 dev eth0"),
        ("to 172.20.1.5.", "to 198.51.100.1."),
        ("[fd07:1:2:3::9]:80", "[2001:db8::1]:80"),
        ("fe80::1a2b:3c4d%eth0", "fe80::1%eth0"),
        ("::ffff:10.7.1.9", "::ffff:192.0.2.1"),
        ("2a00:1450:4001::7 x", "2001:db8:0:1::1 x"),
        (
            "127.0.0.1 ::1 0.0.0.0 :: 255.255.255.255",
            "127.0.0.1 ::1 0.0.0.0 :: 255.255.255.255",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(redactor.redact(text), expected);
    }
}

#[test]
fn what_is_no_address_stays() {
    let text = "Linux 6.18.44 at 12:42:36.000123, rtt 0.4ms face beef 1.2.3 eth0.10 10.7.1.999";
    assert_eq!(redactor().redact(text), text);
}

#[test]
fn a_network_stays_a_network() {
    let mut redactor = redactor();
    let network = |text: &str| text.rsplit_once('.').map(|(network, _)| network.to_owned());
    let same = [redactor.redact("10.7.1.1"), redactor.redact("10.7.255.2")];
    assert_eq!(network(&same[0]), network(&same[1]));
    let mut seen = std::collections::BTreeSet::new();
    for third in 0..=255 {
        let other = redactor.redact(&format!("192.168.{third}.7"));
        assert!(seen.insert(network(&other)), "{other}");
        assert_ne!(network(&other), network(&same[0]));
    }
}

#[test]
fn no_two_hosts_become_one() {
    let mut redactor = redactor();
    let mut seen = std::collections::BTreeSet::new();
    for host in 1..2000 {
        let [high, low] = u16::to_be_bytes(host);
        let other = redactor.redact(&format!("10.7.{high}.{low} fd07:1:2:3::{host:x}"));
        assert!(
            other.split(' ').all(|ip| seen.insert(ip.to_owned())),
            "{other}"
        );
    }
}

#[test]
fn tokens_are_numbered() {
    let mut redactor = redactor();
    let cases = [
        ("token 6638e54f local", "token 00000001 local"),
        ("\"token\":\"0x6638e54f\"", "\"token\":\"0x1\""),
        ("mptcp check token deadbeef", "mptcp check token 00000002"),
        ("remote_token deadbeef", "remote_token 00000002"),
        ("token_remote 0a344cf0", "token_remote 00000003"),
        ("tokens deadbeef", "tokens deadbeef"),
    ];
    for (text, expected) in cases {
        assert_eq!(redactor.redact(text), expected);
    }
}

#[test]
fn link_layer_addresses_are_replaced() {
    let mut redactor = redactor();
    assert_eq!(
        redactor.redact("lladdr 02:ab:CD:00:11:22 REACHABLE"),
        "lladdr 00:00:5e:00:53:00 REACHABLE"
    );
    assert_eq!(redactor.redact("02:ab:cd:00:11:22"), "00:00:5e:00:53:00");
}

#[test]
fn any_text_is_taken() {
    for text in [
        "",
        ":",
        "::::::",
        "token",
        "token token token ffffffffff",
        "…10.7.1.9…",
        "1.2.3.4.5.6",
    ] {
        redactor().redact(text);
    }
}
