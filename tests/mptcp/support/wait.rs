//! Waiting for what must come.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long to wait for what must come. It is long, as tests run beside
/// compilers; whoever waits goes on as soon as it is there.
pub const SOON: Duration = Duration::from_secs(120);

/// Tries until it is so.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + SOON;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        sleep(Duration::from_millis(2));
    }
}
