//! Acknowledgements with their extended part: two bytes of flags, the type
//! (error or done), and what is behind the header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::failure::Failure;
use mptcp_cli::kernel::PathManager;
use mptcp_fuzz::Said;

fuzz_target!(|input: &[u8]| {
    let [flags @ .., kind] = input.first_chunk::<3>().unwrap_or(&[0, 3, 2]);
    let payload = input.get(3..).unwrap_or(&[]);
    let mut datagram = Vec::new();
    datagram.extend((16 + payload.len() as u32).to_ne_bytes());
    datagram.extend((2 + u16::from(kind % 2)).to_ne_bytes());
    datagram.extend(u16::from_le_bytes(*flags).to_ne_bytes());
    datagram.extend(1u32.to_ne_bytes());
    datagram.extend(4711u32.to_ne_bytes());
    datagram.extend(payload);
    let path_manager = || PathManager::over(Said::by_path_manager(&datagram));
    let (change, dump) = (path_manager().flush(), path_manager().endpoints());
    for error in [change.map(drop), dump.map(drop)]
        .into_iter()
        .filter_map(Result::err)
    {
        let _ = Failure::from(error).status();
    }
});
