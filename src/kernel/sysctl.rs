//! What the system administrator set, as `/proc/sys` has it for this network
//! namespace. What this kernel does not have, or does not show, is `None`.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// `net.mptcp.*` (`Documentation/networking/mptcp-sysctl.rst`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mptcp {
    /// `enabled`: MPTCP sockets can be made.
    pub enabled: Option<bool>,
    /// Who manages the paths: `path_manager` since Linux 6.15, before it
    /// `pm_type`, of which 0 is `kernel` and 1 `userspace`.
    pub path_manager: Option<String>,
    /// `blackhole_timeout`, in seconds: how long MPTCP is not tried after a
    /// path was found to drop it, the first time. 0: it is always tried. Since
    /// Linux 6.12.
    pub blackhole_timeout: Option<u32>,
    /// `syn_retrans_before_tcp_fallback`: how many SYNs are sent again with
    /// MPTCP before one goes without. 2 if it cannot be read; a sysctl since
    /// Linux 6.14.
    pub syn_retrans_before_tcp_fallback: Option<u32>,
    /// `allow_join_initial_addr_port`: the peer may join to the address and
    /// port of the first subflow.
    pub allow_join_initial_addr_port: Option<bool>,
    /// `checksum_enabled`.
    pub checksum_enabled: Option<bool>,
    /// `add_addr_timeout`, in seconds: when an announcement is sent again.
    pub add_addr_timeout: Option<u32>,
    /// `scheduler`: what chooses the subflow for data.
    pub scheduler: Option<String>,
}

impl Mptcp {
    /// Reads them. `None`: this kernel has no MPTCP.
    pub fn read() -> Option<Self> {
        Self::under(Path::new("/proc/sys/net/mptcp"))
    }

    fn under(directory: &Path) -> Option<Self> {
        if !directory.is_dir() {
            return None;
        }
        let text = |name: &str| value(&directory.join(name));
        let number = |name| text(name).and_then(|text| text.parse().ok());
        let switch = |name| number(name).map(|number: u32| number != 0);
        Some(Mptcp {
            enabled: switch("enabled"),
            path_manager: text("path_manager").or_else(|| {
                let name = match number("pm_type")? {
                    0 => "kernel",
                    _ => "userspace",
                };
                Some(name.to_owned())
            }),
            blackhole_timeout: number("blackhole_timeout"),
            syn_retrans_before_tcp_fallback: number("syn_retrans_before_tcp_fallback"),
            allow_join_initial_addr_port: switch("allow_join_initial_addr_port"),
            checksum_enabled: switch("checksum_enabled"),
            add_addr_timeout: number("add_addr_timeout"),
            scheduler: text("scheduler"),
        })
    }

    /// Whether user space has the connections, and endpoints have no effect.
    pub fn userspace(&self) -> bool {
        self.path_manager.as_deref() == Some("userspace")
    }
}

/// `net.ipv4.conf.DEVICE.NAME`.
pub fn ipv4_conf(device: &OsStr, name: &str) -> Option<u32> {
    let mut path = PathBuf::from("/proc/sys/net/ipv4/conf");
    path.push(device);
    path.push(name);
    value(&path)?.parse().ok()
}

/// All sysctls of `net.mptcp`, by their names there, in alphabetical order.
pub fn mptcp() -> impl Iterator<Item = (String, String)> {
    let files = fs::read_dir("/proc/sys/net/mptcp").into_iter();
    let mut files: Vec<PathBuf> = files.flatten().flatten().map(|file| file.path()).collect();
    files.sort();
    files.into_iter().filter_map(|file| {
        let name = file.file_name()?.to_string_lossy().into_owned();
        Some((name, value(&file)?))
    })
}

/// The value of a sysctl by its name, such as `net.mptcp.enabled`; `None`: this
/// kernel, or this namespace, does not have it.
///
/// # Errors
/// It is there and cannot be read.
pub fn read(name: &str) -> io::Result<Option<String>> {
    let file = Path::new("/proc/sys").join(name.replace('.', "/"));
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn value(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_none() {
        let mptcp = Mptcp::under(Path::new("/proc/self")).unwrap();
        assert_eq!(mptcp, Mptcp::default());
        assert!(!mptcp.userspace());
        assert_eq!(Mptcp::under(Path::new("/proc/self/none")), None);
        assert_eq!(ipv4_conf(OsStr::new("no such device"), "rp_filter"), None);
    }

    #[test]
    fn this_kernel_has_some() {
        assert!(ipv4_conf(OsStr::new("lo"), "rp_filter").is_some());
    }
}
