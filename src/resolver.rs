//! Host names, from the system's resolver.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::process::{Command, Stdio};

/// The C library's own program that asks the resolver.
///
/// It is asked, and not a function, since a static program can't load the
/// system's name services (`nsswitch.conf`): a program that is part of the
/// system can, with whatever C library that has.
const GETENT: [&str; 2] = ["/usr/bin/getent", "/bin/getent"];

/// The system has no program to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "Warning: -resolve needs the program getent, which is not here: addresses are shown instead"
)]
pub struct Missing;

/// The name of the host that has an address, if the resolver knows one. An
/// IPv4-mapped address is looked up as the IPv4 address that it holds.
///
/// # Errors
/// There is no resolver to ask.
pub fn host(ip: IpAddr) -> Result<Option<String>, Missing> {
    let address = ip.to_canonical().to_string();
    for program in GETENT {
        let mut getent = Command::new(program);
        getent.args(["hosts", &address]).env_clear();
        getent.stdin(Stdio::null()).stderr(Stdio::null());
        match getent.output() {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(_) => return Ok(None),
            Ok(output) => return Ok(name(&output.stdout)),
        }
    }
    Err(Missing)
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
