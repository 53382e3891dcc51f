//! What a file may say.

use super::*;

#[test]
fn what_a_batch_takes_is_a_configuration() {
    let config = config(
        "# a comment\n\
         mptcp limits set subflows 4 \\\n  add_addr_accepted 1\n\
         l s subf 5 # the last one counts\n\n\
         endpoint flush\n\
         mp e a 10.0.0.2 id 7 dev 'eth0' subflow\n\
         endpoint add dev eth1 inet6 signal\n",
    );
    assert!(config.only);
    assert_eq!(config.limits.subflows, Some(5));
    assert_eq!(config.limits.add_addr_accepted, Some(1));
    assert_eq!(config.limits_line, 4);
    let numbers: Vec<_> = config.lines.iter().map(|line| line.number).collect();
    assert_eq!(numbers, [7, 8]);
    assert_eq!(config.lines[0].device(), Some(&b"eth0"[..]));
    assert_eq!(config.lines[1].ip(), None);
}

#[test]
fn everything_that_is_wrong_is_told_with_its_line() {
    let found = faults(
        "endpoint show\n\
         endpoint add 10.0.0.2 sublow\n\
         endpoint add 10.0.0.2 id 1\n\
         endpoint add 10.0.0.3 id 1\n\
         endpoint add ::ffff:10.0.0.2\n\
         endpoint add any\n\
         endpoint flush\n\
         endpoint add dev eth0\n\
         endpoint add dev eth0 inet\n\
         endpoint add '10.0.0.4\n\
         limits\n\
         --help\n\
         endpoint add 10.0.0.5 \\",
    );
    let lines: Vec<_> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13]);
    assert!(found[2].1.contains("line 3"), "{found:?}");
    assert!(found[3].1.contains("line 3"), "{found:?}");
}

#[test]
fn of_very_many_faults_some_are_kept() {
    let text = "endpoint add 10.0.0.2\n".repeat(100);
    let faults = read(&mut Parser::default(), Reader::new(text.as_bytes())).expect_err("faults");
    assert_eq!((faults.first.len(), faults.more), (20, 79));
    assert!(matches!(faults.first[19].mistake, Mistake::Address(1)));
}

/// The earliest line, whatever it has that this one wants.
#[test]
fn a_clash_is_with_the_first_line() {
    let found = faults(
        "endpoint add dev eth0 inet6\n\
         endpoint add dev eth0 inet port 5 signal\n\
         endpoint add dev eth0 inet id 7\n\
         endpoint add dev eth0\n\
         endpoint add 10.0.0.2\n\
         endpoint add 10.0.0.2 id 7\n",
    );
    let expected = [
        (4, "line 1 stands for the addresses of this device already"),
        (6, "line 3 has this id already"),
    ];
    assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn families_apart_and_ports_apart_are_no_clash() {
    config(
        "endpoint add dev eth0 inet subflow\n\
         endpoint add dev eth0 inet6 signal\n\
         endpoint add 10.0.0.2 subflow\n\
         endpoint add 10.0.0.2 port 5 signal\n",
    );
}
