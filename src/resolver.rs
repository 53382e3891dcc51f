//! Host names, from the system's resolver.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::{self, Read};
use std::net::IpAddr;
use std::os::fd::AsRawFd;

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::wait::waitpid;

/// The C library's own program that asks the resolver.
///
/// It is asked, and not a function, since a static program cannot load the
/// system's name services (`nsswitch.conf`): a program that is part of the
/// system can, with whatever C library that has.
const GETENT: [&CStr; 2] = [c"/usr/bin/getent", c"/bin/getent"];

/// The resolver cannot be queried.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system has no `getent`.
    #[error("-resolve needs the program getent, which is not here: addresses are shown")]
    Missing,
    /// It cannot be executed.
    #[error("-resolve cannot run getent: {}: addresses are shown", crate::errno::text_of(.0))]
    Run(io::Error),
}

/// The name of the host that has an address, if the resolver knows one. An
/// IPv4-mapped address is looked up as the IPv4 address that it holds.
///
/// # Errors
/// The resolver cannot be queried, now or later.
pub fn host(ip: IpAddr) -> Result<Option<String>, Error> {
    let address = ip.to_canonical().to_string();
    for program in GETENT {
        match output(program, &address) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::Run(error)),
            Ok(output) => return Ok(name(&output)),
        }
    }
    Err(Error::Missing)
}

/// What the program prints, without environment and input, about an address.
///
/// `std::process` does much more, of which the C library's part alone makes the
/// loader's work at each start longer by a tenth.
fn output(program: &CStr, address: &str) -> io::Result<Vec<u8>> {
    let nowhere = File::options().read(true).write(true).open("/dev/null")?;
    let (mut output, input) = io::pipe()?;
    let mut streams = PosixSpawnFileActions::init()?;
    streams.add_dup2(nowhere.as_raw_fd(), 0)?;
    streams.add_dup2(input.as_raw_fd(), 1)?;
    streams.add_dup2(nowhere.as_raw_fd(), 2)?;
    let words = [program, c"hosts", &CString::new(address)?];
    // Signals are as for a program that a shell starts, whatever we do of them.
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_sigmask(&SigSet::empty())?;
    attributes.set_sigdefault(&SigSet::from(Signal::SIGPIPE))?;
    let flags = PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF;
    attributes.set_flags(flags)?;
    let no_variable: [&CStr; 0] = [];
    let child = posix_spawn(program, &streams, &attributes, &words, &no_variable)?;
    // The output ends when the child has the last end of the pipe.
    drop(input);
    let mut text = Vec::new();
    output.read_to_end(&mut text)?;
    // Where dead children are nobody's business (SIGCHLD ignored), there is none
    // to wait for, and what it printed counts all the same.
    let _ = waitpid(child, None);
    Ok(text)
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
