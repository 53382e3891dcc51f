//! Replies of the path manager: one, a list, an acknowledgement.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mptcp_cli::kernel::PathManager;
use mptcp_cli::output::{self, Names};
use mptcp_cli::pm::AddressAttributes;
use mptcp_fuzz::{Said, print};

fuzz_target!(|datagram: &[u8]| {
    let path_manager = || PathManager::over(Said::by_path_manager(datagram));
    let dump = path_manager().endpoints();
    for endpoint in dump.into_iter().flat_map(|dump| dump.entries) {
        print(|printer| output::endpoint(printer, &endpoint, &Names::default()));
    }
    if let Ok(limits) = path_manager().limits() {
        print(|printer| output::limits(printer, &limits));
    }
    let _ = path_manager().endpoint(&AddressAttributes::default());
    let _ = path_manager().addresses(1);
    let _ = path_manager().flush();
});
