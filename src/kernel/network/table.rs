//! Routing tables and rules, listed: what a report shows of them.

use netlink_packet_core::DecodeError;
use netlink_packet_route::AddressFamily;
use netlink_packet_route::route::{RouteFlags, RouteHeader};
use netlink_packet_route::rule::{RuleAction, RuleHeader};

use super::route::{self, RTA_DST};
use super::{FAMILIES, Network, after, ip, message, text};
use crate::netlink::{Error, Transport, wire};
use crate::network::{Prefix, Rule, TableRoute};

const RTM_GETRULE: u16 = 34;

const RTA_TABLE: u16 = 15;
/// The table of the addresses of this host.
const RT_TABLE_LOCAL: u32 = 255;

const FRA_DST: u16 = 1;
const FRA_SRC: u16 = 2;
const FRA_IIFNAME: u16 = 3;
const FRA_PRIORITY: u16 = 6;
const FRA_FWMARK: u16 = 10;
const FRA_TABLE: u16 = 15;
const FRA_OIFNAME: u16 = 17;
const FRA_UID_RANGE: u16 = 20;

impl<T: Transport> Network<T> {
    /// Lists the routes of all tables but `local`, which the kernel fills, of
    /// both families. One with several next hops is as many routes.
    pub fn table_routes(&mut self, mut each: impl FnMut(TableRoute)) -> Result<(), Error> {
        for family in FAMILIES {
            self.dump_routes(family, |payload| {
                read_route(payload)?.into_iter().for_each(&mut each);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Lists the rules of both families, in the order in which they apply.
    pub fn rules(&mut self) -> Result<Vec<Rule>, Error> {
        let mut rules = Vec::new();
        for family in FAMILIES {
            let header = RuleHeader {
                family,
                ..RuleHeader::default()
            };
            let mut all = message(RTM_GETRULE, &header);
            self.0.dump(&mut all, |entry| {
                rules.push(read_rule(entry.payload)?);
                Ok::<(), Error>(())
            })?;
        }
        Ok(rules)
    }
}

fn read_route(payload: &[u8]) -> Result<Vec<TableRoute>, DecodeError> {
    let header = RouteHeader::parse(payload)?;
    let (mut table, mut destination) = (header.table.into(), None);
    for attribute in wire::attributes(after(&header, payload), "RTM_NEWROUTE") {
        match attribute? {
            (RTA_TABLE, bytes) => table = wire::u32(bytes, "RTA_TABLE")?,
            (RTA_DST, bytes) => destination = Some(ip(bytes, "RTA_DST")?),
            _ => {}
        }
    }
    let is_cached = header.flags.contains(RouteFlags::Cloned);
    if is_cached || table == RT_TABLE_LOCAL {
        return Ok(Vec::new());
    }
    let routes = route::read(payload)?.into_iter().map(|route| TableRoute {
        ipv6: header.address_family == AddressFamily::Inet6,
        kind: format!("{:?}", header.kind).to_ascii_lowercase(),
        to: destination.map(|ip| Prefix(ip, header.destination_prefix_length)),
        gateway: route.gateway,
        device: route.device,
        source: route.source,
        metric: route.metric,
        table,
    });
    Ok(routes.collect())
}

fn read_rule(payload: &[u8]) -> Result<Rule, DecodeError> {
    let header = RuleHeader::parse(payload)?;
    let mut rule = Rule {
        ipv6: header.family == AddressFamily::Inet6,
        table: header.table.into(),
        action: match header.action {
            RuleAction::ToTable => "lookup".to_owned(),
            other => format!("{other:?}").to_ascii_lowercase(),
        },
        ..Rule::default()
    };
    for attribute in wire::attributes(after(&header, payload), "RTM_NEWRULE") {
        match attribute? {
            (FRA_SRC, bytes) => rule.from = Some(Prefix(ip(bytes, "FRA_SRC")?, header.src_len)),
            (FRA_DST, bytes) => rule.to = Some(Prefix(ip(bytes, "FRA_DST")?, header.dst_len)),
            (FRA_IIFNAME, name) => rule.iif = Some(text(name).to_vec()),
            (FRA_OIFNAME, name) => rule.oif = Some(text(name).to_vec()),
            (FRA_PRIORITY, bytes) => rule.priority = wire::u32(bytes, "FRA_PRIORITY")?,
            (FRA_FWMARK, bytes) => rule.mark = Some(wire::u32(bytes, "FRA_FWMARK")?),
            (FRA_TABLE, bytes) => rule.table = wire::u32(bytes, "FRA_TABLE")?,
            (FRA_UID_RANGE, bytes) => {
                let (first, last) = bytes.split_at_checked(4).unwrap_or_default();
                let number = |bytes| wire::u32(bytes, "FRA_UID_RANGE");
                rule.uids = Some((number(first)?, number(last)?));
            }
            _ => {}
        }
    }
    Ok(rule)
}
