//! What the system administrator set, as `/proc/sys` has it for this network
//! namespace. What this kernel does not have, or does not show, is `None`.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What manages the paths: `net.mptcp.path_manager` since Linux 6.15, before it
/// `pm_type`, of which 0 is `kernel` and 1 `userspace`. `None`: neither can be
/// read.
pub fn path_manager() -> Option<String> {
    path_manager_of(|name| read(name).ok().flatten())
}

fn path_manager_of(value: impl Fn(&str) -> Option<String>) -> Option<String> {
    value("net.mptcp.path_manager").or_else(|| {
        let name = match value("net.mptcp.pm_type")?.as_str() {
            "0" => "kernel",
            _ => "userspace",
        };
        Some(name.to_owned())
    })
}

/// Whether a path manager in user space has the connections, so that endpoints
/// have no effect.
pub fn is_userspace() -> bool {
    path_manager().as_deref() == Some("userspace")
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
        assert!(matches!(read("net.mptcp.no_such_sysctl"), Ok(None)));
        assert_eq!(ipv4_conf(OsStr::new("no such device"), "rp_filter"), None);
    }

    #[test]
    fn the_path_manager_has_a_name_on_every_kernel() {
        let of = |known: &'static [(&str, &str)]| {
            path_manager_of(|name| {
                let found = known.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("net.mptcp.pm_type", "0")]).unwrap(), "kernel");
        assert_eq!(of(&[("net.mptcp.pm_type", "1")]).unwrap(), "userspace");
        let both = of(&[
            ("net.mptcp.pm_type", "2"),
            ("net.mptcp.path_manager", "bpf"),
        ]);
        assert_eq!(both.unwrap(), "bpf");
    }

    #[test]
    fn this_kernel_has_some() {
        assert!(ipv4_conf(OsStr::new("lo"), "rp_filter").is_some());
    }
}
