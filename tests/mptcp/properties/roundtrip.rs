//! What is written is read as the same.

use std::ffi::OsStr;
use std::net::IpAddr;

use mptcp_cli::cli::value;
use mptcp_cli::netlink::Message;
use mptcp_cli::output::{self, Format, Names, Palette, Printer};
use mptcp_cli::pm::{Address, AddressAttributes, Endpoint, Flags, Limits};
use proptest::option;
use proptest::prelude::*;

use crate::support::cases;

trials! {
    encoded_is_decoded_to_the_same, a_printed_address_is_read_as_itself,
    a_number_is_read_in_every_base,
}

fn ip() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<[u8; 4]>().prop_map(IpAddr::from),
        any::<[u8; 16]>().prop_map(IpAddr::from),
        // Addresses with runs of zeros are those with several spellings.
        prop::array::uniform8(prop_oneof![Just(0u16), Just(0xffff), any::<u16>()])
            .prop_map(IpAddr::from),
    ]
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    let parts = (
        ip(),
        any::<u8>(),
        option::of(1..=u16::MAX),
        any::<u32>(),
        option::of(1..=u32::MAX),
    );
    parts.prop_map(|(address, id, port, flags, device)| Endpoint {
        address,
        id,
        port,
        flags: Flags(flags),
        device,
    })
}

fn encoded_is_decoded_to_the_same() {
    let limits = (option::of(any::<u32>()), option::of(any::<u32>()));
    proptest!(cases(4000), |(endpoint in endpoint(), limits in limits)| {
        let (add_addr_accepted, subflows) = limits;
        let limits = Limits { add_addr_accepted, subflows };
        let mut message = Message::new(0x1f);
        AddressAttributes::from(&endpoint).write(&mut message);
        limits.write(&mut message);
        prop_assert_eq!(Endpoint::read(message.body()).unwrap(), Some(endpoint));
        prop_assert_eq!(Limits::read(message.body()).unwrap(), limits);
    });
}

fn a_printed_address_is_read_as_itself() {
    proptest!(cases(4000), |(ip in ip())| {
        let format = Format::Text { oneline: false, palette: Palette::None };
        let mut printed = Vec::new();
        let endpoint = Endpoint { address: ip, id: 1, port: None, flags: Flags::default(), device: None };
        output::endpoint(&mut Printer::new(&mut printed, format), &endpoint, &Names::default())?;
        let text = String::from_utf8(printed).unwrap();
        let (word, _) = text.split_once(' ').unwrap();
        prop_assert_eq!(value::address(OsStr::new(word)), Ok(Address::Ip(ip)));
    });
}

fn a_number_is_read_in_every_base() {
    proptest!(cases(2000), |(number: u64, blanks in "[ \t]{0,3}")| {
        for word in [
            format!("{blanks}{number}"),
            format!("{blanks}+{number}"),
            format!("{blanks}-{}", number.wrapping_neg()),
            format!("{blanks}0x{number:x}"),
            format!("{blanks}0X{number:X}"),
            format!("{blanks}0{number:o}"),
            format!("{blanks}0b{number:b}"),
        ] {
            prop_assert_eq!(value::number(word.as_bytes()), Some(number), "{}", word);
            let longer = format!("{word} ");
            prop_assert_eq!(value::number(longer.as_bytes()), None, "{}", longer);
        }
    });
}
