//! Host names, from the system's resolver.

use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::process::{Command, Stdio};

/// The C library's own program that asks the resolver.
///
/// It is asked, and not a function, since a static program can't load the
/// system's name services (`nsswitch.conf`): a program that is part of the
/// system can, with whatever C library that has.
const GETENT: [&str; 2] = ["/usr/bin/getent", "/bin/getent"];

/// The resolver cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system has no program to ask.
    #[error("Warning: -resolve needs the program getent, which is not here: addresses are shown")]
    Missing,
    /// It does not start.
    #[error("Warning: -resolve cannot run getent: {}: addresses are shown", crate::errno::text_of(.0))]
    Run(io::Error),
}

/// The name of the host that has an address, if the resolver knows one. An
/// IPv4-mapped address is looked up as the IPv4 address that it holds.
///
/// # Errors
/// The resolver cannot be asked, now or later.
pub fn host(ip: IpAddr) -> Result<Option<String>, Error> {
    let address = ip.to_canonical().to_string();
    for program in GETENT {
        let mut getent = Command::new(program);
        getent.args(["hosts", &address]).env_clear();
        getent.stdin(Stdio::null()).stderr(Stdio::null());
        match getent.output() {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::Run(error)),
            Ok(output) => return Ok(name(&output.stdout)),
        }
    }
    Err(Error::Missing)
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
