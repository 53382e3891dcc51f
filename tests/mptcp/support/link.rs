//! Devices, addresses and routes of the calling thread's network namespace,
//! over rtnetlink.

use std::cell::Cell;
use std::net::IpAddr;

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::address::{AddressAttribute, AddressFlags, AddressMessage};
use netlink_packet_route::link::{
    InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage,
};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use nix::net::if_::if_nametoindex;

use super::netns::Netns;
use super::sysctl::before_linux;

thread_local! {
    /// Where the other ends of [`add_devices`] are, out of sight, and how
    /// many they are.
    static BACKSTAGE: (Netns, Cell<usize>) = (Netns::new(), Cell::new(0));
}

/// Creates a device and sets it up; see [`add_devices`].
pub fn add_device(name: &str) {
    add_devices([name]);
}

/// Creates devices that lead nowhere, set up, in few system calls. They are
/// veth devices with their other end in a namespace of no further use, as not
/// every kernel has dummy devices, and veth is needed anyway.
pub fn add_devices<S: AsRef<str>>(names: impl IntoIterator<Item = S>) {
    BACKSTAGE.with(|(backstage, count)| {
        let (mut pairs, mut ends) = (Vec::new(), Vec::new());
        for name in names {
            let peer = format!("peer{}", count.replace(count.get() + 1));
            pairs.push(veth(name.as_ref(), &peer, backstage));
            ends.push(up(&peer));
        }
        request_all(&pairs, NLM_F_CREATE | NLM_F_EXCL);
        backstage.run(|| request_all(&ends, 0));
    });
}

/// Joins the calling thread's namespace (device `name`) with `peer_netns`
/// (device `peer`) by a veth pair; both ends are up.
pub fn add_veth(name: &str, peer: &str, peer_netns: &Netns) {
    let pair = veth(name, peer, peer_netns);
    request(pair, NLM_F_CREATE | NLM_F_EXCL);
    peer_netns.run(|| set_up(peer));
}

/// The near end comes up at once; the far one can only after the request.
fn veth(name: &str, peer: &str, peer_netns: &Netns) -> RouteNetlinkMessage {
    let mut other = LinkMessage::default();
    other.attributes = vec![
        LinkAttribute::IfName(peer.into()),
        LinkAttribute::NetNsFd(peer_netns.fd()),
    ];
    let mut link = LinkMessage::default();
    raise(&mut link);
    link.attributes = vec![
        LinkAttribute::IfName(name.into()),
        LinkAttribute::LinkInfo(vec![
            LinkInfo::Kind(InfoKind::Veth),
            LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(other))),
        ]),
    ];
    RouteNetlinkMessage::NewLink(link)
}

/// The kernel looks a device up by name where the index is 0.
fn up(name: &str) -> RouteNetlinkMessage {
    let mut link = LinkMessage::default();
    raise(&mut link);
    link.attributes = vec![LinkAttribute::IfName(name.into())];
    RouteNetlinkMessage::SetLink(link)
}

/// Sets a device up.
pub fn set_up(name: &str) {
    request(up(name), 0);
}

/// Sets a device down.
pub fn set_down(name: &str) {
    let mut link = existing(name);
    link.header.change_mask = LinkFlags::Up;
    request(RouteNetlinkMessage::SetLink(link), 0);
}

/// Gives a device another name; it may be up. Before Linux 6.2, it has to be
/// down for a moment, and loses its IPv6 addresses.
pub fn rename_link(name: &str, new_name: &str) {
    let mut link = existing(name);
    link.attributes = vec![LinkAttribute::IfName(new_name.into())];
    let rename = RouteNetlinkMessage::SetLink(link);
    if before_linux(6, 2) {
        set_down(name);
        request(rename, 0);
        set_up(new_name);
    } else {
        request(rename, 0);
    }
}

/// Deletes a device (a veth device takes its peer along).
pub fn delete_link(name: &str) {
    request(RouteNetlinkMessage::DelLink(existing(name)), 0);
}

/// The index of a device.
pub fn link_index(name: &str) -> u32 {
    if_nametoindex(name).unwrap_or_else(|error| panic!("device {name}: {error}"))
}

/// Adds an address such as `10.0.0.1/24` or `fc00::1/64` to a device. IPv6
/// addresses are usable at once (no duplicate address detection).
pub fn add_address(name: &str, address: &str) {
    let mut message = address_of(name, address);
    if message.header.family == AddressFamily::Inet6 {
        message
            .attributes
            .push(AddressAttribute::Flags(AddressFlags::Nodad));
    }
    request(
        RouteNetlinkMessage::NewAddress(message),
        NLM_F_CREATE | NLM_F_EXCL,
    );
}

/// The same for an IPv6 address that is tentative at first.
pub fn add_tentative_address(name: &str, address: &str) {
    let message = address_of(name, address);
    request(
        RouteNetlinkMessage::NewAddress(message),
        NLM_F_CREATE | NLM_F_EXCL,
    );
}

/// Takes an address from a device.
pub fn remove_address(name: &str, address: &str) {
    let message = address_of(name, address);
    request(RouteNetlinkMessage::DelAddress(message), 0);
}

fn address_of(name: &str, address: &str) -> AddressMessage {
    let (address, prefix_len) = prefix(address);
    let mut message = AddressMessage::default();
    message.header.family = family(address);
    message.header.prefix_len = prefix_len;
    message.header.index = link_index(name);
    message.attributes = vec![
        AddressAttribute::Local(address),
        AddressAttribute::Address(address),
    ];
    message
}

/// Adds a route to a destination such as `10.1.0.0/24` or `::/0`, via a
/// gateway if given, over a device.
pub fn add_route(destination: &str, gateway: Option<&str>, device: &str) {
    let (address, prefix_len) = prefix(destination);
    let route_address = |address| match address {
        IpAddr::V4(address) => RouteAddress::Inet(address),
        IpAddr::V6(address) => RouteAddress::Inet6(address),
    };
    let mut message = RouteMessage::default();
    message.header.address_family = family(address);
    message.header.destination_prefix_length = prefix_len;
    message.header.table = RouteHeader::RT_TABLE_MAIN;
    message.header.protocol = RouteProtocol::Static;
    message.header.kind = RouteType::Unicast;
    message.header.scope = match gateway {
        Some(_) => RouteScope::Universe,
        None => RouteScope::Link,
    };
    message.attributes = vec![RouteAttribute::Oif(link_index(device))];
    if prefix_len > 0 {
        let destination = RouteAttribute::Destination(route_address(address));
        message.attributes.push(destination);
    }
    if let Some(gateway) = gateway {
        let gateway = route_address(gateway.parse().expect("the gateway's address"));
        message.attributes.push(RouteAttribute::Gateway(gateway));
    }
    request(
        RouteNetlinkMessage::NewRoute(message),
        NLM_F_CREATE | NLM_F_EXCL,
    );
}

fn existing(name: &str) -> LinkMessage {
    let mut link = LinkMessage::default();
    link.header.index = link_index(name);
    link
}

fn raise(link: &mut LinkMessage) {
    link.header.flags = LinkFlags::Up;
    link.header.change_mask = LinkFlags::Up;
}

fn family(address: IpAddr) -> AddressFamily {
    match address {
        IpAddr::V4(_) => AddressFamily::Inet,
        IpAddr::V6(_) => AddressFamily::Inet6,
    }
}

fn prefix(text: &str) -> (IpAddr, u8) {
    text.split_once('/')
        .and_then(|(address, length)| Some((address.parse().ok()?, length.parse().ok()?)))
        .unwrap_or_else(|| panic!("{text} is not ADDRESS/LENGTH"))
}

fn request(message: RouteNetlinkMessage, flags: u16) {
    request_all(&[message], flags);
}

/// Sends the requests, many in a datagram, and reads an acknowledgement of
/// each.
fn request_all(messages: &[RouteNetlinkMessage], flags: u16) {
    let mut socket = Socket::new(NETLINK_ROUTE).expect("a netlink socket");
    socket.bind_auto().expect("bind a netlink socket");
    for group in messages.chunks(100) {
        let mut datagram = Vec::new();
        for message in group {
            let mut message = NetlinkMessage::from(message.clone());
            message.header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
            message.finalize();
            let start = datagram.len();
            datagram.resize(start + message.buffer_len().next_multiple_of(4), 0);
            message.serialize(&mut datagram[start..]);
        }
        socket
            .send_to(&datagram, &SocketAddr::new(0, 0), 0)
            .expect("send to netlink");
        let mut acknowledged = 0;
        while acknowledged < group.len() {
            let (reply, _) = socket.recv_from_full().expect("receive from netlink");
            let reply =
                NetlinkMessage::<RouteNetlinkMessage>::deserialize(&reply).expect("a reply");
            if let NetlinkPayload::Error(error) = reply.payload {
                let request = &group[acknowledged];
                assert!(error.code.is_none(), "{}: {request:?}", error.to_io());
                acknowledged += 1;
            }
        }
    }
}
