//! Host names, from the system's resolver.

use std::io::{self, ErrorKind, Read};
use std::net::IpAddr;
use std::process::{Command, Stdio};

/// The C library's own program that asks the resolver.
///
/// It is asked, and not a function, since a static program cannot load the
/// system's name services (`nsswitch.conf`): a program that is part of the
/// system can, with whatever C library that has.
const GETENT: [&str; 2] = ["/usr/bin/getent", "/bin/getent"];

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
        match output(Command::new(program).args(["hosts", &address])) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::Run(error)),
            Ok(output) => return Ok(name(&output)),
        }
    }
    Err(Error::Missing)
}

/// What a program prints that is run without environment and input.
fn output(program: &mut Command) -> io::Result<Vec<u8>> {
    let program = program.env_clear().stdin(Stdio::null());
    let mut child = program
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut text = Vec::new();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_end(&mut text)?;
    }
    // Where dead children are nobody's business (SIGCHLD ignored), there is none
    // to wait for, and what it printed counts all the same.
    let _ = child.wait();
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
