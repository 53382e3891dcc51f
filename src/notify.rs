//! Reports to the service manager (`sd_notify(3)`, the protocol): datagrams to
//! the socket that `NOTIFY_SOCKET` names. Without it, nothing is sent.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use nix::time::{ClockId, clock_gettime};

/// Reports progress to the service manager.
#[derive(Debug, Default)]
pub struct Notify {
    to: Option<(UnixDatagram, SocketAddr)>,
}

impl Notify {
    /// The manager that started this program, if it listens for reports.
    pub fn of_environment() -> Self {
        let Some(name) = env::var_os("NOTIFY_SOCKET") else {
            return Notify::default();
        };
        // Where it is not to be reached, nobody is there to be told so.
        Notify {
            to: Self::open(&name).ok(),
        }
    }

    fn open(name: &OsStr) -> io::Result<(UnixDatagram, SocketAddr)> {
        let address = match name.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
            [b'/', ..] => SocketAddr::from_pathname(name)?,
            _ => return Err(io::ErrorKind::Unsupported.into()),
        };
        let socket = UnixDatagram::unbound()?;
        // A manager that does not read is not waited for.
        socket.set_nonblocking(true)?;
        Ok((socket, address))
    }

    /// The configuration is in force, as far as possible now; `status`
    /// describes it.
    pub fn ready(&self, status: &str) {
        self.send(&format!("READY=1\nSTATUS={status}"));
    }

    /// Describes the current state.
    pub fn status(&self, status: &str) {
        self.send(&format!("STATUS={status}"));
    }

    /// The configuration is being reloaded; [`ready`](Self::ready) reports when
    /// that is done.
    pub fn reloading(&self) {
        let now = clock_gettime(ClockId::CLOCK_MONOTONIC);
        let micros = now.map(|now| now.tv_sec() * 1_000_000 + now.tv_nsec() / 1000);
        let micros = micros.unwrap_or_default();
        self.send(&format!("RELOADING=1\nMONOTONIC_USEC={micros}"));
    }

    /// The program is about to exit.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    fn send(&self, text: &str) {
        if let Some((socket, address)) = &self.to {
            let _ = socket.send_to_addr(text.as_bytes(), address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(name: &OsStr, listener: &UnixDatagram, send: fn(&Notify)) -> String {
        let to = Notify::open(name).ok();
        send(&Notify { to });
        let mut buffer = [0; 200];
        let length = listener.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    #[test]
    fn a_socket_of_the_abstract_kind_is_reached() {
        let name = format!("mptcp-notify-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let listener = UnixDatagram::bind_addr(&address).unwrap();
        let name = format!("@{name}");
        let ready = received(name.as_ref(), &listener, |notify| notify.ready("well"));
        assert_eq!(ready, "READY=1\nSTATUS=well");
        let reloading = received(name.as_ref(), &listener, Notify::reloading);
        let micros = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=");
        assert!(micros.unwrap().parse::<u64>().unwrap() > 0);
    }

    #[test]
    fn where_nobody_listens_nothing_happens() {
        for name in ["", "vsock:2:1", "/nowhere/at/all"] {
            let to = Notify::open(name.as_ref()).ok();
            Notify { to }.stopping();
        }
    }
}
