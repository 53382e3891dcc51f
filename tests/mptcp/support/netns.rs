//! Network namespaces as values.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use nix::sched::{CloneFlags, setns, unshare};

/// The calling thread's network namespace, as a file.
pub const CURRENT: &str = "/proc/thread-self/ns/net";

/// A network namespace, alive as long as this value or a process in it.
pub struct Netns(File);

impl Netns {
    /// The namespace the calling thread is in.
    pub fn current() -> Self {
        Netns(File::open(CURRENT).expect("the namespace of this thread"))
    }

    /// A new namespace with its loopback device up; the calling thread stays
    /// where it is.
    pub fn new() -> Self {
        let home = Netns::current();
        unshare(CloneFlags::CLONE_NEWNET).expect("a further network namespace");
        let new = Netns::current();
        super::link::set_up("lo");
        home.enter();
        new
    }

    /// Runs `body` with the calling thread, and what it starts, inside this
    /// namespace, and goes back, also after a panic.
    pub fn run<T>(&self, body: impl FnOnce() -> T) -> T {
        struct Home(Netns);
        impl Drop for Home {
            fn drop(&mut self) {
                self.0.enter();
            }
        }
        let _home = Home(Netns::current());
        self.enter();
        body()
    }

    /// Moves the calling thread into this namespace for good.
    pub fn enter(&self) {
        setns(self.0.as_fd(), CloneFlags::CLONE_NEWNET).expect("enter a network namespace");
    }

    /// The descriptor's number, as netlink messages carry it.
    pub fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl AsFd for Netns {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
