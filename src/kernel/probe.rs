//! Handshakes with another host: whether it can be reached, by TCP and by
//! MPTCP, from some addresses and devices of this one. No data is sent.

use std::ffi::OsString;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::socket::{setsockopt, sockopt};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SendFlags, SocketFlags, SocketType, bind, connect, connect_unspec, getsockname,
    ipproto, send, socket_with, sockopt::socket_error,
};

use crate::stdio;

/// Where a probe starts. What is `None` is left to the routes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Origin {
    /// An address of this host.
    pub from: Option<IpAddr>,
    /// The name of a device that the socket is bound to.
    pub device: Option<OsString>,
}

/// What a socket speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// Plain TCP.
    Tcp,
    /// MPTCP, where the other end does.
    Mptcp,
}

/// The result of a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The connection was established, after this time.
    Connected(Duration),
    /// No answer came within this time, and it was abandoned.
    Silent(Duration),
    /// An error number, after this time: `ECONNREFUSED` of a reset, or why
    /// nothing could be sent.
    Failed(i32, Duration),
}

/// An attempt to connect. When it is dropped, the connection is reset and
/// leaves no trace on either host.
#[derive(Debug)]
pub struct Attempt {
    /// `None` if no socket could be created.
    socket: Option<OwnedFd>,
    began: Instant,
    outcome: Option<Outcome>,
}

impl Attempt {
    /// Starts a handshake.
    pub fn begin(origin: &Origin, to: SocketAddr, speech: Speech) -> Self {
        let began = Instant::now();
        let failed = |error: Errno| Outcome::Failed(error.raw_os_error(), began.elapsed());
        let socket = match socket(origin, to, speech) {
            Ok(socket) => socket,
            Err(error) => {
                return Attempt {
                    socket: None,
                    began,
                    outcome: Some(failed(error)),
                };
            }
        };
        let outcome = match connect(&socket, &to) {
            Ok(()) => Some(Outcome::Connected(began.elapsed())),
            Err(Errno::INPROGRESS) => None,
            Err(error) => Some(failed(error)),
        };
        Attempt {
            socket: Some(socket),
            began,
            outcome,
        }
    }

    /// What came of it; [`finish`] sees to it that something did.
    pub fn outcome(&self) -> Outcome {
        self.outcome
            .unwrap_or_else(|| Outcome::Silent(self.began.elapsed()))
    }

    /// The address and port that it started from, where the connection stands.
    pub fn local(&self) -> Option<SocketAddr> {
        let socket = self.socket.as_ref()?;
        matches!(self.outcome, Some(Outcome::Connected(_))).then_some(())?;
        getsockname(socket).ok()?.try_into().ok()
    }

    /// Sends a line feed.
    ///
    /// # Errors
    /// Those of `send`; `NotConnected` where there is no connection.
    pub fn send_line_feed(&self) -> io::Result<()> {
        let socket = self.socket.as_ref();
        let socket = socket.ok_or(io::ErrorKind::NotConnected)?;
        send(socket, b"\n", SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// Notes the present state of the socket.
    fn update(&mut self) {
        let Some(socket) = &self.socket else { return };
        let took = self.began.elapsed();
        self.outcome = Some(match socket_error(socket) {
            Ok(Ok(())) => Outcome::Connected(took),
            Ok(Err(error)) | Err(error) => Outcome::Failed(error.raw_os_error(), took),
        });
    }

    fn give_up(&mut self) {
        self.outcome = Some(Outcome::Silent(self.began.elapsed()));
        self.reset();
    }

    fn reset(&mut self) {
        if let Some(socket) = self.socket.take() {
            // To close it would leave it in FIN-WAIT. One that is not connected
            // has nothing to be reset.
            let _ = connect_unspec(&socket);
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.reset();
    }
}

/// Waits until each handshake has come to something, but for each no longer
/// than `patience`. One that is silent is given up then, at once: an MPTCP
/// socket that goes on would have MPTCP switched off for the whole namespace.
///
/// # Errors
/// `poll` failed.
pub fn finish(attempts: &mut [Attempt], patience: Duration) -> io::Result<()> {
    loop {
        let now = Instant::now();
        for attempt in attempts
            .iter_mut()
            .filter(|attempt| attempt.outcome.is_none())
        {
            if now >= attempt.began + patience {
                attempt.give_up();
            }
        }
        let under_way = attempts.iter().filter(|attempt| attempt.outcome.is_none());
        let Some(deadline) = under_way.map(|attempt| attempt.began + patience).min() else {
            return Ok(());
        };
        let ready = ready(attempts, deadline)?;
        for (attempt, ready) in attempts.iter_mut().zip(ready) {
            if ready {
                attempt.update();
            }
        }
    }
}

/// Which handshakes have come to something, at the deadline at last.
fn ready(attempts: &[Attempt], deadline: Instant) -> io::Result<Vec<bool>> {
    let waiting = |attempt: &&Attempt| attempt.outcome.is_none();
    let sockets = attempts.iter().filter(waiting);
    let mut polled: Vec<PollFd> = sockets
        .filter_map(|attempt| attempt.socket.as_ref())
        .map(|socket| PollFd::new(socket.as_fd(), PollFlags::POLLOUT))
        .collect();
    match poll(&mut polled, stdio::timeout(Some(deadline))) {
        Ok(_) | Err(nix::errno::Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut ready = polled
        .iter()
        .map(|attempt| attempt.any().unwrap_or_default());
    let ready = attempts.iter().map(|attempt| match attempt.outcome {
        None if attempt.socket.is_some() => ready.next().unwrap_or_default(),
        _ => false,
    });
    Ok(ready.collect())
}

fn socket(origin: &Origin, to: SocketAddr, speech: Speech) -> Result<OwnedFd, Errno> {
    let family = match to {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let protocol = match speech {
        Speech::Tcp => ipproto::TCP,
        Speech::Mptcp => ipproto::MPTCP,
    };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, Some(protocol))?;
    if let Some(device) = &origin.device {
        setsockopt(&socket, sockopt::BindToDevice, device)
            .map_err(|error| Errno::from_raw_os_error(error as i32))?;
    }
    if let Some(from) = origin.from {
        bind(&socket, &SocketAddr::new(from, 0))?;
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use nix::libc::{EADDRNOTAVAIL, ECONNREFUSED};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn tried(origin: &Origin, to: SocketAddr) -> Outcome {
        let mut attempts = [Attempt::begin(origin, to, Speech::Tcp)];
        finish(&mut attempts, PATIENCE).unwrap();
        attempts[0].outcome()
    }

    #[test]
    fn a_listener_is_reached_and_a_closed_port_refuses() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        let outcome = tried(&Origin::default(), to);
        assert!(matches!(outcome, Outcome::Connected(_)), "{outcome:?}");
        drop(listener);
        let outcome = tried(&Origin::default(), to);
        assert!(
            matches!(outcome, Outcome::Failed(ECONNREFUSED, _)),
            "{outcome:?}"
        );
    }

    #[test]
    fn an_address_of_another_host_is_no_origin() {
        let origin = Origin {
            from: Some([192, 0, 2, 77].into()),
            device: None,
        };
        let outcome = tried(&origin, ([127, 0, 0, 1], 9).into());
        assert!(
            matches!(outcome, Outcome::Failed(EADDRNOTAVAIL, _)),
            "{outcome:?}"
        );
    }

    #[test]
    fn what_is_silent_is_given_up() {
        // The queue of a listener that accepts nothing is full at some time.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        rustix::net::listen(&listener, 0).unwrap();
        let to = listener.local_addr().unwrap();
        let mut attempts: Vec<Attempt> = (0..4)
            .map(|_| Attempt::begin(&Origin::default(), to, Speech::Tcp))
            .collect();
        let patience = Duration::from_millis(50);
        let began = Instant::now();
        finish(&mut attempts, patience).unwrap();
        assert!(began.elapsed() >= patience);
        let silent = |of: &Attempt| matches!(of.outcome(), Outcome::Silent(_));
        assert!(attempts.iter().any(silent));
        assert!(attempts.iter().all(|of| silent(of) == of.local().is_none()));
    }
}
