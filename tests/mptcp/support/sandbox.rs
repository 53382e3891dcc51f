//! The namespaces one trial runs in.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use super::netns::{self, Netns};

/// A network and a mount namespace for the calling thread alone. It ends with
/// the thread.
pub struct Sandbox {
    /// The trial's own network namespace; the thread is in it.
    pub net: Netns,
    named: bool,
}

impl Sandbox {
    /// Moves the calling thread into fresh namespaces, with `lo` up.
    ///
    /// # Errors
    /// One line saying what the system does not offer.
    pub(super) fn enter() -> Result<Self> {
        unshare(CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS)
            .context("cannot create a network and a mount namespace: unshare")?;
        // Without this a mount made here could show up on the host.
        mount_at(
            "none",
            Path::new("/"),
            None,
            MsFlags::MS_REC | MsFlags::MS_PRIVATE,
        )
        .context("cannot make the mounts private")?;
        let value = super::sysctl_read("net.mptcp.enabled").context("this kernel has no MPTCP")?;
        ensure!(
            value == "1",
            "net.mptcp.enabled is {value} in a new namespace"
        );
        super::mptcp_socket("127.0.0.1:0".parse()?)
            .context("this kernel makes no MPTCP sockets")?;
        super::link::set_up("lo");
        Ok(Sandbox {
            net: Netns::current(),
            named: false,
        })
    }

    /// A further network namespace, for a second host.
    pub fn second_host(&self) -> Netns {
        Netns::new()
    }

    /// Gives a namespace the name that `-netns NAME` looks for, visible in
    /// this sandbox only.
    pub fn name_netns(&mut self, name: &str, namespace: &Netns) {
        if !self.named {
            for directory in run_directories() {
                hide(&directory);
                fs::create_dir_all(directory.join("netns")).expect("create netns");
            }
            self.named = true;
        }
        for directory in run_directories() {
            let file = directory.join("netns").join(name);
            File::create_new(&file).expect("a file to mount a namespace on");
            namespace.run(|| {
                mount_at(netns::CURRENT, &file, None, MsFlags::MS_BIND).expect("name a namespace");
            });
        }
    }

    /// Hides the directory's content, in this sandbox only, behind an empty
    /// file system.
    pub fn hide(&self, directory: impl AsRef<Path>) {
        hide(directory.as_ref());
    }

    /// Lets `source`, a file or directory, appear at `target`, which must
    /// exist, in this sandbox only.
    pub fn bind(&self, source: impl AsRef<Path>, target: impl AsRef<Path>) {
        let source = source.as_ref().to_str().expect("a path in UTF-8");
        mount_at(source, target.as_ref(), None, MsFlags::MS_BIND).expect("bind mount");
    }
}

/// Where `ip netns` keeps names: /var/run is a link to /run on most systems,
/// and a directory of its own on the others.
fn run_directories() -> BTreeSet<PathBuf> {
    ["/run", "/var/run"]
        .iter()
        .filter_map(|directory| fs::canonicalize(directory).ok())
        .collect()
}

fn hide(directory: &Path) {
    mount_at("tmpfs", directory, Some("tmpfs"), MsFlags::empty()).expect("mount a tmpfs");
}

fn mount_at(source: &str, target: &Path, kind: Option<&str>, flags: MsFlags) -> nix::Result<()> {
    mount(Some(source), target, kind, flags, None::<&str>)
}
