//! Records replies and events of the running kernel, in a namespace that has
//! nothing yet: `unshare -rn cargo run --bin record`.

use std::error::Error;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use mptcp_cli::diag::request::{Request, SOCK_DIAG_BY_FAMILY};
use mptcp_cli::kernel::Network;
use mptcp_cli::netlink::generic::{self, Family};
use mptcp_cli::netlink::{self, Connection, Datagram, Message, Socket, Transport};
use mptcp_cli::network::Lookup;
use mptcp_cli::pm::{AddressAttributes, Command, EVENTS, FAMILY, Flags, Limits, VERSION};
use netlink_sys::protocols::{NETLINK_GENERIC, NETLINK_ROUTE, NETLINK_SOCK_DIAG};
use socket2::{Domain, Protocol, Type};

/// A socket that keeps all that comes out of it.
struct Recorder {
    socket: Socket,
    kept: Vec<u8>,
}

impl Transport for Recorder {
    fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        self.socket.send(datagram)
    }

    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, netlink::Error> {
        let datagram = self.socket.receive(buffer)?;
        self.kept.extend_from_slice(buffer);
        Ok(datagram)
    }
}

/// For what does not give its transport back.
impl Transport for &mut Recorder {
    fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        (**self).send(datagram)
    }

    fn receive(&mut self, buffer: &mut Vec<u8>) -> Result<Datagram, netlink::Error> {
        (**self).receive(buffer)
    }
}

type Done = Result<(), Box<dyn Error>>;

fn connection() -> Result<Connection<Recorder>, netlink::Error> {
    let socket = Socket::open(NETLINK_GENERIC)?;
    Ok(Connection::over(Recorder {
        socket,
        kept: Vec::new(),
    }))
}

fn reconcile(target: &str, name: &str, bytes: &[u8]) -> Done {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), bytes)?)
}

fn main() -> Done {
    let mut first = connection()?;
    let family = generic::family(&mut first, FAMILY)?;
    reconcile("family", "mptcp_pm", &first.into_transport().kept)?;
    let mut missing = connection()?;
    let _ = generic::family(&mut missing, "no_such_family");
    reconcile("family", "missing", &missing.into_transport().kept)?;
    replies(&family)?;
    events(&family)?;
    sockets()?;
    network()?;
    counters()
}

fn endpoint(address: &str, id: u8, flags: Flags) -> Result<AddressAttributes, Box<dyn Error>> {
    let address: IpAddr = address.parse()?;
    Ok(AddressAttributes {
        address: Some(address.into()),
        id: Some(id),
        flags: Some(flags),
        device: Some(1),
        ..AddressAttributes::default()
    })
}

fn replies(family: &Family) -> Done {
    let limits = |subflows| Limits {
        add_addr_accepted: Some(2),
        subflows: Some(subflows),
    };
    let v4 = &endpoint("127.0.0.2", 1, Flags::SIGNAL)?;
    let v6 = &endpoint("::2", 2, Flags::SUBFLOW | Flags::BACKUP)?;
    let id = |id, to: &mut Message| {
        AddressAttributes::of_id(id).write(to);
    };
    type Write<'a> = &'a dyn Fn(&mut Message);
    let requests: [(_, _, Write); 12] = [
        ("add", Command::AddAddr, &|to| v4.write(to)),
        ("add-v6", Command::AddAddr, &|to| v6.write(to)),
        ("add-twice", Command::AddAddr, &|to| v4.write(to)),
        ("add-nothing", Command::AddAddr, &|_| {}),
        ("set-limits", Command::SetLimits, &|to| limits(2).write(to)),
        ("set-limits-too-many", Command::SetLimits, &|to| {
            limits(u32::MAX).write(to);
        }),
        ("get", Command::GetAddr, &|to| id(1, to)),
        ("get-v6", Command::GetAddr, &|to| id(2, to)),
        ("get-missing", Command::GetAddr, &|to| id(9, to)),
        ("get-limits", Command::GetLimits, &|_| {}),
        ("delete-missing", Command::DelAddr, &|to| id(9, to)),
        ("dump", Command::GetAddr, &|_| {}),
    ];
    for (name, command, write) in requests {
        let mut connection = connection()?;
        let mut request = generic::message(family.id, command as u8, VERSION);
        write(&mut request);
        let refused = match (name, command) {
            ("dump", _) => connection
                .dump(&mut request, |_| Ok::<(), netlink::Error>(()))
                .map(drop),
            (_, Command::GetAddr | Command::GetLimits) => connection.get(request, |_| Ok(())),
            _ => connection.change(request).map(drop),
        };
        let kept = connection.into_transport().kept;
        reconcile("replies", name, &kept)?;
        // Flags and type of an acknowledgement, and what is behind its header.
        if let (Err(_), Some(flags), Some(payload)) = (refused, kept.get(6..8), kept.get(16..)) {
            reconcile("acks", name, &[flags, &[0], payload].concat())?;
        }
    }
    Ok(())
}

/// Listens, connects and closes on the loopback device, and keeps what the
/// kernel tells of it, a file for each event.
fn events(family: &Family) -> Done {
    let mut socket = Socket::open(NETLINK_GENERIC)?;
    socket.join(family.group(EVENTS)?)?;
    socket.set_non_blocking()?;
    let listener = mptcp("127.0.0.1:0".parse()?)?;
    listener.bind(&"127.0.0.1:0".parse::<SocketAddr>()?.into())?;
    listener.listen(1)?;
    let listener = TcpListener::from(listener);
    let address = listener.local_addr()?;
    let client = mptcp(address)?;
    client.connect(&address.into())?;
    let (mut client, mut server) = (TcpStream::from(client), listener.accept()?.0);
    for _ in 0..3 {
        client.write_all(b"ping")?;
        server.read_exact(&mut [0; 4])?;
        server.write_all(b"pong")?;
        client.read_exact(&mut [0; 4])?;
        sleep(Duration::from_millis(200));
    }
    drop((client, server, listener));
    sleep(Duration::from_millis(500));
    let (mut buffer, mut number) = (Vec::new(), 0);
    while socket.receive(&mut buffer).is_ok() {
        reconcile("events", &format!("{number:02}-{}", buffer[16]), &buffer)?;
        number += 1;
    }
    println!("{number} events");
    Ok(())
}

/// Connects with and without MPTCP, and keeps both dumps of it, and each of
/// their messages.
fn sockets() -> Done {
    let listener = mptcp("127.0.0.1:0".parse()?)?;
    listener.bind(&"127.0.0.1:0".parse::<SocketAddr>()?.into())?;
    listener.listen(2)?;
    let listener = TcpListener::from(listener);
    let address = listener.local_addr()?;
    let client = mptcp(address)?;
    client.connect(&address.into())?;
    let held = (client, listener.accept()?, TcpStream::connect(address)?);
    let dump = |request: Request| -> Result<Vec<u8>, Box<dyn Error>> {
        let socket = Socket::open(NETLINK_SOCK_DIAG)?;
        let kept = Vec::new();
        let mut connection = Connection::over(Recorder { socket, kept });
        let mut message = Message::new(SOCK_DIAG_BY_FAMILY);
        message.push(&request.to_bytes());
        let (mut number, mut written) = (0, Ok(()));
        connection.dump(&mut message, |entry| {
            let name = format!("{:?}-{number}", request.protocol()).to_lowercase();
            if written.is_ok() {
                written = reconcile("sockets", &name, entry.payload);
            }
            number += 1;
            Ok::<(), netlink::Error>(())
        })?;
        written?;
        // Without the message that ends it.
        let mut kept = connection.into_transport().kept;
        kept.truncate(kept.len().saturating_sub(20));
        Ok(kept)
    };
    let [tcp, mptcp] = [Request::SUBFLOWS, Request::CONNECTIONS].map(|[ipv4, _]| dump(ipv4));
    let (tcp, mptcp) = (tcp?, mptcp?);
    let length = u16::try_from(tcp.len())?.to_le_bytes();
    reconcile("dumps", "connected", &[&length[..], &tcp, &mptcp].concat())?;
    reconcile("dumps", "only-tcp", &[&length[..], &tcp].concat())?;
    reconcile("dumps", "only-mptcp", &[&[0; 2][..], &mptcp].concat())?;
    drop(held);
    Ok(())
}

/// Asks about a link with an address, a gateway and a default route.
fn network() -> Done {
    for line in [
        "link add near0 type veth peer far0",
        "address add 10.0.1.1/24 dev near0",
        "link set near0 up",
        "link set far0 up",
        "route add default via 10.0.1.2 metric 100",
        "neighbour add 10.0.1.2 lladdr 02:00:00:00:00:02 dev near0",
    ] {
        let done = process::Command::new("ip").args(line.split(' ')).status()?;
        assert!(done.success(), "ip {line}");
    }
    let gateway: IpAddr = "10.0.1.2".parse()?;
    let lookup = Lookup {
        to: gateway,
        from: None,
        device: None,
    };
    let mut device = 0;
    type Ask<'a> = &'a mut dyn FnMut(&mut Network<&mut Recorder>) -> Done;
    let asked: [(_, Ask); 6] = [
        ("links", &mut |network| {
            let links = network.links()?.entries;
            let near = links.iter().find(|link| link.name == b"near0");
            device = near.ok_or("no near0")?.index;
            Ok(())
        }),
        ("addresses", &mut |network| {
            network.addresses()?;
            Ok(())
        }),
        ("default-routes", &mut |network| {
            network.default_routes()?;
            Ok(())
        }),
        ("route", &mut |network| {
            network.route(&lookup)?;
            Ok(())
        }),
        ("no-route", &mut |network| {
            let to = "2001:db8::1".parse()?;
            network.route(&Lookup { to, ..lookup })?;
            Ok(())
        }),
        ("no-neighbour", &mut |network| {
            network.neighbour(1, gateway)?;
            Ok(())
        }),
    ];
    let record = |name: &str, ask: Ask| {
        let socket = Socket::open(NETLINK_ROUTE)?;
        let kept = Vec::new();
        let mut recorder = Recorder { socket, kept };
        ask(&mut Network::over(&mut recorder))?;
        reconcile("network", name, &recorder.kept)
    };
    for (name, ask) in asked {
        record(name, ask)?;
    }
    record("neighbour", &mut |network| {
        network.neighbour(device, gateway)?;
        Ok(())
    })
}

/// What was counted meanwhile.
fn counters() -> Done {
    for name in ["netstat", "snmp"] {
        let text = fs::read(Path::new("/proc/thread-self/net").join(name))?;
        reconcile("counters", name, &text)?;
    }
    Ok(())
}

fn mptcp(address: SocketAddr) -> io::Result<socket2::Socket> {
    socket2::Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::MPTCP),
    )
}
