//! Values as they are typed.

use super::*;

#[test]
fn numbers_are_read_as_c_reads_them() {
    let read = [
        ("16", 16),
        ("0x10", 16),
        ("0X1f", 31),
        ("020", 16),
        ("0b11", 3),
        ("+16", 16),
        (" \t\n5", 5),
        ("0", 0),
        ("00", 0),
        ("-0", 0),
        ("-18446744073709551611", 5),
        ("18446744073709551615", u64::MAX),
    ];
    for (word, value) in read {
        assert_eq!(number(word.as_bytes()), Some(value), "{word:?}");
    }
    let refused = [
        "",
        " ",
        "5 ",
        "- 5",
        "0o3",
        "0x",
        "0b",
        "08",
        "1a",
        "+",
        "--1",
        "0x-1",
        "18446744073709551616",
    ];
    for word in refused {
        assert_eq!(number(word.as_bytes()), None, "{word:?}");
    }
}

#[test]
fn missing_parts_of_an_ipv4_address_are_zero_at_the_end() {
    assert_eq!(ipv4(b"10.1"), Some(Ipv4Addr::new(10, 1, 0, 0)));
    assert_eq!(ipv4(b"0xa"), Some(Ipv4Addr::new(10, 0, 0, 0)));
    assert_eq!(ipv4(b"10. 0.0.1"), Some(Ipv4Addr::new(10, 0, 0, 1)));
    for word in [
        "",
        ".",
        "10.",
        "10..1",
        ".1",
        "1.2.3.4.5",
        "1.2.3.4.",
        "256",
        "10.0 .0.1",
    ] {
        assert_eq!(ipv4(word.as_bytes()), None, "{word:?}");
    }
}

#[test]
fn a_bad_address_is_told_from_another() {
    use AddressFault::*;
    let faults = [
        ("10.0.0.1/24", Some(Prefix)),
        ("2001:db8::1/64", Some(Prefix)),
        ("fe80::1%eth0", Some(Zone)),
        ("[::1]", Some(Brackets)),
        ("10.0.0.1:80", Some(Port)),
        ("1::2::3", Some(Groups)),
        ("localhost", Some(Name)),
        ("1and1.com", Some(Name)),
        ("10.0.0.08", Some(Octal)),
        ("10.0.0.300", Some(Parts)),
        ("10.0.0.1.2", Some(Parts)),
        ("10.0.0.", Some(Parts)),
        ("10.0.0.1x", Some(Parts)),
        ("", None),
        ("-j", None),
    ];
    for (word, fault) in faults {
        let wrong = address(OsStr::new(word));
        let hint = wrong.expect_err(word).hint().cloned();
        assert_eq!(hint, fault.map(Hint::Address), "{word:?}");
    }
}

#[test]
fn an_id_too_large_is_refused_by_the_rule_of_its_command() {
    let rule = |wrong: Result<u8, Error>| wrong.expect_err("300").to_string();
    assert!(rule(id(OsStr::new("300"))).ends_with("from 0 to 255"));
    assert!(rule(endpoint_id(OsStr::new("300"))).ends_with("from 1 to 255"));
    assert_eq!(endpoint_id(OsStr::new("0")), Ok(0));
}

#[test]
fn device_names_are_what_the_kernel_takes() {
    for word in ["lo", "eth0", "a.b:c", "123456789012345", "...", "é"] {
        assert!(device(OsStr::new(word)).is_ok(), "{word:?}");
    }
    for word in [
        "",
        ".",
        "..",
        "a/b",
        "a b",
        "a\tb",
        "a\x0bb",
        "1234567890123456",
    ] {
        assert!(device(OsStr::new(word)).is_err(), "{word:?}");
    }
}
