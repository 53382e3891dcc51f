//! Host names, from the system's resolver.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::net::IpAddr;
use std::os::fd::AsRawFd;

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::wait::waitpid;

/// The C library's own program that asks the resolver.
///
/// It is asked, and not a function, since a static program can't load the
/// system's name services (`nsswitch.conf`): a program that is part of the
/// system can, with whatever C library that has.
const GETENT: [&CStr; 2] = [c"/usr/bin/getent", c"/bin/getent"];

/// The resolver cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system has no program to ask.
    #[error("-resolve needs the program getent, which is not here: addresses are shown")]
    Missing,
    /// It does not start.
    #[error("-resolve cannot run getent: {}: addresses are shown", crate::errno::text_of(.0))]
    Run(io::Error),
}

/// The name of the host that has an address, if the resolver knows one. An
/// IPv4-mapped address is looked up as the IPv4 address that it holds.
///
/// # Errors
/// The resolver cannot be asked, now or later.
pub fn host(ip: IpAddr) -> Result<Option<String>, Error> {
    let address = CString::new(ip.to_canonical().to_string());
    let address = address.map_err(|error| Error::Run(error.into()))?;
    for program in GETENT {
        match output(program, &[c"getent", c"hosts", &address]) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::Run(error)),
            Ok(output) => return Ok(name(&output)),
        }
    }
    Err(Error::Missing)
}

/// What a program prints that is run without environment and input. (Rust's
/// own way to run one makes the static program 35 kB larger.)
fn output(program: &CStr, arguments: &[&CStr]) -> io::Result<Vec<u8>> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    let (mut output, input) = io::pipe()?;
    let mut files = PosixSpawnFileActions::init()?;
    // None of these replaces another one: as long as this program runs, its own
    // standard streams are open.
    files.add_dup2(null.as_raw_fd(), 0)?;
    files.add_dup2(input.as_raw_fd(), 1)?;
    files.add_dup2(null.as_raw_fd(), 2)?;
    let environment: [&CStr; 0] = [];
    // Signals are as for a program that a shell starts, whatever we do of them.
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_sigmask(&SigSet::empty())?;
    attributes.set_sigdefault(&SigSet::from(Signal::SIGPIPE))?;
    let flags = PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF;
    attributes.set_flags(flags)?;
    let child = posix_spawn(program, &files, &attributes, arguments, &environment)?;
    drop(input);
    let mut text = Vec::new();
    let read = output.read_to_end(&mut text);
    // Where dead children are nobody's business (SIGCHLD ignored), there is none
    // to wait for, and what it printed counts all the same.
    let _ = waitpid(child, None);
    read.map(|_| text)
}

/// The name in `ADDRESS NAME ALIAS...`.
fn name(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line).ok()?;
    line.split_whitespace().nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_name_stands_behind_the_address() {
        let line = b"127.0.0.1       localhost alias\n";
        assert_eq!(name(line), Some("localhost".to_owned()));
        assert_eq!(name(b""), None);
        assert_eq!(name(b"\xff \xff"), None);
    }
}
