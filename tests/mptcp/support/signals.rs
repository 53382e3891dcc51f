//! Signals as a program finds them that a terminal's shell starts.

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

const MARK: &str = "MPTCP_TEST_SIGNALS";

/// Starts the tests anew if signals that they send are ignored, as under `nohup`
/// or behind `&` in a script: every program that they start would ignore them.
/// Must come before any thread.
pub fn heed_signals() {
    if env::var_os(MARK).is_some() || !are_ignored() {
        return;
    }
    let this = env::current_exe().expect("the path of this program");
    let mut env = Command::new("env");
    env.arg("--default-signal=HUP,INT,QUIT").arg(this);
    let error = env.args(env::args_os().skip(1)).env(MARK, "1").exec();
    eprintln!("warning: SIGHUP, SIGINT or SIGQUIT is ignored, so their tests fail; env: {error}");
}

/// Whether SIGHUP, SIGINT or SIGQUIT is (`SigIgn` of proc(5)).
fn are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 0b111 != 0)
}
