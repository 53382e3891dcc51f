use super::{messages, sockets};
use crate::diag::info::{Idle, MptcpInfo};
use crate::diag::socket::Protocol;
use crate::diag::socket::{Family, Info, Socket, State};
use crate::diag::subflow::SubflowInfo;

const CLIENT_MPTCP: &[u8] = include_bytes!("../fixtures/client-mptcp.dump");
const CLIENT_TCP: &[u8] = include_bytes!("../fixtures/client-tcp.dump");
const SERVER_MPTCP: &[u8] = include_bytes!("../fixtures/server-mptcp.dump");
const SERVER_TCP: &[u8] = include_bytes!("../fixtures/server-tcp.dump");

const DUMPS: [(&[u8], Protocol); 4] = [
    (CLIENT_MPTCP, Protocol::Mptcp),
    (CLIENT_TCP, Protocol::Tcp),
    (SERVER_MPTCP, Protocol::Mptcp),
    (SERVER_TCP, Protocol::Tcp),
];

/// An `mptcp_info` whose bytes are their own offsets.
fn info(len: u8) -> MptcpInfo {
    let bytes: Vec<u8> = (0..len).collect();
    MptcpInfo::decode(&bytes).expect("long enough")
}

#[test]
fn mptcp_info_of_linux_5_9_is_the_shortest() {
    let error = MptcpInfo::decode(&[0; 39]).unwrap_err().to_string();
    assert_eq!(error, "INET_DIAG_INFO of an MPTCP socket has only 39 bytes");
    for len in 40..48 {
        let info = info(len);
        assert_eq!((info.subflows, info.add_addr_accepted_max), (0, 5));
        assert_eq!(info.token, u32::from_ne_bytes([12, 13, 14, 15]));
        assert_eq!(info.rcv_nxt.to_ne_bytes()[0], 32);
        assert_eq!(info.local_addr_used, None);
        assert_eq!(info.csum_enabled, None);
        assert_eq!(info.traffic, None);
    }
}

#[test]
fn mptcp_info_of_linux_5_12_counts_local_addresses() {
    for len in 48..80 {
        let info = info(len);
        assert_eq!(
            (info.local_addr_used, info.local_addr_max),
            (Some(40), Some(41))
        );
        assert_eq!(info.csum_enabled, Some(true));
        assert_eq!(info.traffic, None, "the retransmits are padding yet");
    }
}

#[test]
fn mptcp_info_of_linux_6_5_counts_bytes() {
    for len in 80..88 {
        let info = info(len);
        let traffic = info.traffic.expect("traffic");
        assert_eq!(traffic.retransmits.to_ne_bytes(), [44, 45, 46, 47]);
        assert_eq!(traffic.bytes_retrans.to_ne_bytes()[0], 48);
        assert_eq!(traffic.bytes_sent.to_ne_bytes()[0], 56);
        assert_eq!(traffic.bytes_received.to_ne_bytes()[0], 64);
        assert_eq!(traffic.bytes_acked.to_ne_bytes()[7], 79);
        assert_eq!(info.subflows_total, None);
    }
}

#[test]
fn mptcp_info_of_linux_6_8_counts_all_subflows() {
    for len in 88..96 {
        let info = info(len);
        assert_eq!(info.subflows_total, Some(80));
        assert_eq!((info.idle, info.endp_laminar_max), (None, None));
    }
}

#[test]
fn mptcp_info_of_linux_6_10_and_later_has_times() {
    for len in [96, 97, 104, 200] {
        let info = info(len);
        let idle = Idle {
            last_data_sent_ms: u32::from_ne_bytes([84, 85, 86, 87]),
            last_data_recv_ms: u32::from_ne_bytes([88, 89, 90, 91]),
            last_ack_recv_ms: u32::from_ne_bytes([92, 93, 94, 95]),
        };
        assert_eq!(info.idle, Some(idle));
        assert_eq!(
            (info.endp_laminar_max, info.endp_fullmesh_max),
            (Some(81), Some(82))
        );
    }
}

#[test]
fn a_mapped_address_is_the_ipv4_address_that_it_is() {
    let sockets = sockets(SERVER_MPTCP, Protocol::Mptcp);
    let mapped = sockets.iter().filter(|socket| {
        let header = &socket.header;
        header.family == Family::V6 && header.local.address.is_ipv4()
    });
    assert_eq!(mapped.count(), 3);
}

#[test]
fn a_listening_subflow_has_no_more_than_a_name() {
    let sockets = sockets(SERVER_TCP, Protocol::Tcp);
    let listening = sockets.iter().filter(|of| of.header.state == State::Listen);
    let mptcp = listening.filter(|of| {
        matches!(
            of.info,
            Info::Tcp {
                subflow: Some(_),
                ..
            }
        )
    });
    let ports: Vec<_> = mptcp.map(|of| of.header.local.port).collect();
    assert_eq!(ports, [8080]);
}

#[test]
fn what_is_cut_off_is_named() {
    let [message, ..] = messages(CLIENT_MPTCP)[..] else {
        panic!("no message");
    };
    let error = |bytes: &[u8]| {
        Socket::decode(bytes, Protocol::Mptcp)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(error(&message[..71]), "inet_diag_msg has only 71 bytes");
    assert_eq!(error(&[1; 72]), "inet_diag_msg has the family 1");
    assert!(error(&message[..74]).starts_with("in inet_diag_msg: "));
    let short = [&message[..72], &[8, 0, 2, 0, 1, 2, 3, 4]].concat();
    assert_eq!(
        error(&short),
        "INET_DIAG_INFO of an MPTCP socket has only 4 bytes"
    );
}

#[test]
fn what_is_unknown_is_skipped() {
    let unknown = [&messages(CLIENT_TCP)[0][..72], &[8, 0, 99, 0, 1, 2, 3, 4]].concat();
    let socket = Socket::decode(&unknown, Protocol::Tcp).expect("a socket");
    let nothing = Info::Tcp {
        tcp: None,
        subflow: None,
    };
    assert_eq!(socket.info, nothing);
}

#[test]
fn a_cut_anywhere_is_no_panic() {
    for (dump, protocol) in DUMPS {
        for message in messages(dump) {
            for len in 0..message.len() {
                let _ = Socket::decode(&message[..len], protocol);
            }
        }
    }
}

#[test]
fn noise_is_no_panic() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut noise = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..2_000 {
        for (dump, protocol) in DUMPS {
            let all = messages(dump);
            let mut message = all[noise() as usize % all.len()].to_vec();
            for _ in 0..1 + noise() % 8 {
                let place = noise() as usize % message.len();
                message[place] = noise() as u8;
            }
            let _ = Socket::decode(&message, protocol);
        }
    }
}

/// An attribute of four bytes.
fn attribute(kind: u16, value: u32) -> Vec<u8> {
    let head = [8_u16.to_ne_bytes(), kind.to_ne_bytes()].concat();
    [head, value.to_ne_bytes().to_vec()].concat()
}

#[test]
fn sequence_numbers_are_for_the_privileged() {
    let seen_by_all = [attribute(2, 0xa), attribute(8, 0xc1)].concat();
    let info = SubflowInfo::decode(&seen_by_all).expect("a subflow");
    assert_eq!((info.token_loc, info.flags.0), (0xa, 0xc1));
    assert_eq!(info.sequence, None);
    let more = [seen_by_all, attribute(6, 0xb)].concat();
    let info = SubflowInfo::decode(&more).expect("a subflow");
    assert_eq!(info.sequence.map(|of| of.ssn_offset), Some(0xb));
}

#[test]
fn a_subflow_attribute_that_is_too_short_is_named() {
    let error = SubflowInfo::decode(&[5, 0, 2, 0, 1, 0, 0, 0]).unwrap_err();
    let named = "MPTCP_SUBFLOW_ATTR_TOKEN_LOC has only 1 bytes";
    assert_eq!(error.to_string(), named);
}
