//! Kernels of other versions, played.

use std::io;

use super::*;
use crate::netlink::Datagram;

const FAMILY_ID: u16 = 0x1c;

/// A kernel that has the family and answers each dump with these messages,
/// of which there is a type and a payload.
struct Played {
    dump: Vec<(u16, Vec<u8>)>,
    request: Vec<u8>,
}

impl Transport for Played {
    fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        self.request = datagram.to_vec();
        Ok(())
    }

    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, Error> {
        // CTRL_CMD_NEWFAMILY; FAMILY_ID.
        let family = [1, 2, 0, 0, 6, 0, 1, 0, FAMILY_ID as u8, 0, 0, 0];
        let lookup = vec![(0x10, family.to_vec())];
        let answer = match self.request[4] {
            0x10 => &lookup,
            _ => &self.dump,
        };
        buffer.clear();
        for (kind, payload) in answer {
            buffer.extend((16 + payload.len() as u32).to_ne_bytes());
            buffer.extend([kind.to_ne_bytes(), 2u16.to_ne_bytes()].concat());
            buffer.extend(&self.request[8..16]);
            buffer.extend(payload);
        }
        let (from_kernel, size) = (true, buffer.len());
        Ok(Datagram { from_kernel, size })
    }
}

fn addresses(dump: Vec<(u16, Vec<u8>)>) -> Result<Dump<Endpoint>, Error> {
    let request = Vec::new();
    PathManager::over(Played { dump, request }).addresses(7)
}

#[test]
#[cfg(target_endian = "little")]
fn a_kernel_that_answers_for_any_token_is_too_old() {
    let done = |code: i32| (3, code.to_ne_bytes().to_vec());
    // Endpoint 7 of the host: GET_ADDR, version 1; ADDR { ID 7 }.
    let endpoint = vec![3, 1, 0, 0, 12, 0, 1, 0x80, 5, 0, 2, 0, 7, 0, 0, 0];
    for answer in [vec![(FAMILY_ID, endpoint), done(0)], vec![done(0)]] {
        assert!(matches!(addresses(answer), Err(Error::TooOld { .. })));
    }
    // Linux 6.8 knows the attribute, but refuses it here without a word; before
    // 5.19 it is not known at all.
    let invalid = vec![done(-22)];
    assert!(matches!(addresses(invalid), Err(Error::TooOld { .. })));
    let forbidden = vec![done(-1)];
    assert!(matches!(addresses(forbidden), Err(Error::Refused(_))));
}
