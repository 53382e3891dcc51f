//! The filter: which system calls are passed to the supervisor.

use std::mem;

use nix::libc::{
    AF_INET, AF_INET6, IPPROTO_TCP, SECCOMP_RET_ALLOW, SECCOMP_RET_USER_NOTIF, SOCK_CLOEXEC,
    SOCK_NONBLOCK, SOCK_STREAM, SYS_socket, seccomp_data, sock_filter,
};
use nix::libc::{BPF_ABS, BPF_ALU, BPF_AND, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W};

/// What a native system call says its architecture is (linux/audit.h); `None`:
/// it is not known here. 32-bit programs on a 64-bit kernel are another one.
pub const ARCHITECTURE: Option<u32> = {
    #[cfg(target_arch = "x86_64")]
    let architecture = Some(linux_raw_sys::ptrace::AUDIT_ARCH_X86_64);
    #[cfg(target_arch = "aarch64")]
    let architecture = Some(linux_raw_sys::ptrace::AUDIT_ARCH_AARCH64);
    #[cfg(target_arch = "riscv64")]
    let architecture = Some(linux_raw_sys::ptrace::AUDIT_ARCH_RISCV64);
    #[cfg(target_arch = "s390x")]
    let architecture = Some(linux_raw_sys::ptrace::AUDIT_ARCH_S390X);
    #[cfg(all(target_arch = "powerpc64", target_endian = "little"))]
    let architecture = Some(linux_raw_sys::ptrace::AUDIT_ARCH_PPC64LE);
    #[cfg(target_arch = "loongarch64")]
    let architecture = Some(linux_raw_sys::ptrace::AUDIT_ARCH_LOONGARCH64);
    #[cfg(target_arch = "arm")]
    let architecture = Some(linux_raw_sys::ptrace::AUDIT_ARCH_ARM);
    #[cfg(not(any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64",
        target_arch = "s390x",
        all(target_arch = "powerpc64", target_endian = "little"),
        target_arch = "loongarch64",
        target_arch = "arm",
    )))]
    let architecture = None;
    architecture
};

/// All bits of a socket's type but the flags that the supervisor can set. With
/// any other flag, the call is the kernel's to refuse.
const TYPE: u32 = !(SOCK_CLOEXEC | SOCK_NONBLOCK) as u32;

/// The places of the results, behind all that decides.
const ALLOW: usize = 13;
const NOTIFY: usize = 14;

/// `socket(AF_INET or AF_INET6, SOCK_STREAM, 0 or IPPROTO_TCP)` is passed on;
/// all else goes its way at full speed. The arguments are numbers: nothing can
/// change them between this look at them and their use.
pub fn code(architecture: u32) -> [sock_filter; NOTIFY + 1] {
    [
        load(mem::offset_of!(seccomp_data, arch)),
        jump(1, architecture, 2, ALLOW),
        load(mem::offset_of!(seccomp_data, nr)),
        jump(3, SYS_socket as u32, 4, ALLOW),
        load(argument(0)),
        jump(5, AF_INET as u32, 7, 6),
        jump(6, AF_INET6 as u32, 7, ALLOW),
        load(argument(1)),
        statement(BPF_ALU | BPF_AND | BPF_K, TYPE),
        jump(9, SOCK_STREAM as u32, 10, ALLOW),
        load(argument(2)),
        jump(11, 0, NOTIFY, 12),
        jump(12, IPPROTO_TCP as u32, NOTIFY, ALLOW),
        statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        statement(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
    ]
}

/// Where the lower half of an argument is: the kernel takes an `int` of it.
fn argument(index: usize) -> usize {
    let half = if cfg!(target_endian = "big") { 4 } else { 0 };
    mem::offset_of!(seccomp_data, args) + 8 * index + half
}

fn load(offset: usize) -> sock_filter {
    statement(BPF_LD | BPF_W | BPF_ABS, offset as u32)
}

fn statement(code: u32, value: u32) -> sock_filter {
    sock_filter {
        code: code as u16,
        jt: 0,
        jf: 0,
        k: value,
    }
}

/// At the place `at`: goes on at `equal` if what was loaded is that value, else
/// at `other`.
fn jump(at: usize, value: u32, equal: usize, other: usize) -> sock_filter {
    sock_filter {
        code: (BPF_JMP | BPF_JEQ | BPF_K) as u16,
        jt: (equal - at - 1) as u8,
        jf: (other - at - 1) as u8,
        k: value,
    }
}
