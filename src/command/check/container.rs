//! Whether this is a container, where some facts are the host's.

use std::path::Path;

/// What is not the container's own.
pub const NOTE: &str = "in a container: the kernel and its version are the host's; sysctls, \
                        endpoints, limits and counters are those of this network namespace, \
                        and what it is connected to is set up outside of it";

/// Whether one of the usual signs is there.
pub fn inside() -> bool {
    let files = [
        "/run/.containerenv",
        "/.dockerenv",
        "/run/systemd/container",
    ];
    files.iter().any(|file| Path::new(file).exists())
}
