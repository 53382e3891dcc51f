//! Sysctls and counters of the calling thread's network namespace.

use std::fs;
use std::io;
use std::path::PathBuf;

/// The file of a sysctl such as `net.mptcp.enabled`. What /proc/sys/net shows
/// belongs to the thread that opens it.
fn file(name: &str) -> PathBuf {
    PathBuf::from("/proc/sys").join(name.replace('.', "/"))
}

/// The value of a sysctl, without the line feed.
///
/// # Errors
/// Those of reading the file: a kernel may not have it.
pub fn sysctl_read(name: &str) -> io::Result<String> {
    Ok(fs::read_to_string(file(name))?.trim_end().to_owned())
}

/// Sets a sysctl, in the calling thread's network namespace for `net.…`.
pub fn sysctl_write(name: &str, value: &str) {
    fs::write(file(name), value).unwrap_or_else(|error| panic!("sysctl {name}={value}: {error}"));
}

/// Hands the connections made from now on to user space
/// (`net.mptcp.path_manager=userspace`, `net.mptcp.pm_type=1` before Linux 6.15).
pub fn use_userspace_path_manager() {
    if sysctl_read("net.mptcp.path_manager").is_ok() {
        sysctl_write("net.mptcp.path_manager", "userspace");
    } else {
        sysctl_write("net.mptcp.pm_type", "1");
    }
}

/// A counter of this namespace from the `MPTcpExt` table, for instance
/// `MPCapableSYNACKRX` (connections that became MPTCP on the client's side).
pub fn mptcp_counter(name: &str) -> u64 {
    // /proc/net would be the namespace of the process's main thread.
    let table = fs::read_to_string("/proc/thread-self/net/netstat").expect("netstat");
    let mut rows = table
        .lines()
        .filter_map(|row| row.strip_prefix("MPTcpExt:"));
    let (names, values) = rows.next().zip(rows.next()).expect("the MPTcpExt table");
    names
        .split_whitespace()
        .zip(values.split_whitespace())
        .find_map(|(key, value)| (key == name).then(|| value.parse().expect("a counter")))
        .unwrap_or_else(|| panic!("no counter {name}"))
}

/// Whether the kernel is older than this version of Linux.
pub fn before_linux(major: u32, minor: u32) -> bool {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").expect("the release");
    let mut numbers = release.split(|of: char| !of.is_ascii_digit());
    let mut next = || numbers.next().and_then(|number| number.parse::<u32>().ok());
    (next(), next()) < (Some(major), Some(minor))
}
