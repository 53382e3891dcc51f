//! What `-stats` and `-details` add.

use std::io::{self, Write};

use crate::diag::connection::{Connection, Subflow};
use crate::diag::info::{Idle, MptcpInfo, TcpInfo, Traffic};
use crate::diag::subflow::{Sequence, SubflowInfo};

use super::super::{Field, Printer, Value};
use super::{BELOW, FURTHER_BELOW, Shape, optional, set};

/// Of a connection.
pub(super) fn connection<W: Write>(
    printer: &mut Printer<W>,
    connection: &Connection,
    shape: &Shape,
) -> io::Result<()> {
    let Some(info) = &connection.info else {
        return Ok(());
    };
    if shape.stats && (info.traffic.is_some() || info.idle.is_some()) {
        printer.joint(BELOW)?;
        if let Some(traffic) = &info.traffic {
            carried(printer, &Carried::from(traffic), shape)?;
        }
        if let Some(idle) = &info.idle {
            since(printer, idle)?;
        }
    }
    if shape.details {
        printer.joint(BELOW)?;
        limits(printer, info)?;
        printer.joint(BELOW)?;
        for (key, value) in [
            ("write_seq", info.write_seq),
            ("snd_una", info.snd_una),
            ("rcv_nxt", info.rcv_nxt),
            ("inode", connection.inode.into()),
            ("uid", connection.uid.into()),
        ] {
            printer.field(Field::spaced(key, Value::Count(value)))?;
        }
    }
    Ok(())
}

/// The limits of a connection, and how far each is used.
fn limits<W: Write>(printer: &mut Printer<W>, info: &MptcpInfo) -> io::Result<()> {
    for (key, number) in [
        ("subflows_total", info.subflows_total),
        ("subflows_added", Some(info.subflows)),
        ("subflows_max", Some(info.subflows_max)),
        ("add_addr_signal", Some(info.add_addr_signal)),
        ("add_addr_signal_max", Some(info.add_addr_signal_max)),
        ("add_addr_accepted", Some(info.add_addr_accepted)),
        ("add_addr_accepted_max", Some(info.add_addr_accepted_max)),
        ("local_addr_used", info.local_addr_used),
        ("local_addr_max", info.local_addr_max),
        ("endp_laminar_max", info.endp_laminar_max),
        ("endp_fullmesh_max", info.endp_fullmesh_max),
    ] {
        optional(
            printer,
            key,
            number.map(|number| Value::Count(number.into())),
        )?;
    }
    if info.csum_enabled == Some(true) {
        printer.field(set("checksum", "checksum"))?;
    }
    if info.has_remote_key() {
        printer.field(set("remote_key", "remote_key"))?;
    }
    Ok(())
}

/// Of a subflow.
pub(super) fn subflow<W: Write>(
    printer: &mut Printer<W>,
    subflow: &Subflow,
    shape: &Shape,
) -> io::Result<()> {
    if let Some(tcp) = &subflow.tcp
        && shape.stats
    {
        printer.joint(FURTHER_BELOW)?;
        carried(printer, &Carried::from(tcp), shape)?;
        printer.field(Field::spaced("cwnd", Value::Count(tcp.snd_cwnd.into())))?;
        let rate = Value::Rate(tcp.delivery_rate, shape.scale);
        printer.field(Field::spaced("delivery_rate", rate))?;
        // Before the handshake is over, the kernel counts from its own start.
        if !subflow.state.is_connecting() {
            since(printer, &tcp.idle)?;
        }
    }
    if shape.details {
        if let Some(tcp) = &subflow.tcp {
            printer.joint(FURTHER_BELOW)?;
            times(printer, tcp)?;
        }
        if let Some(info) = &subflow.mptcp
            && is_mapped(info)
        {
            printer.joint(FURTHER_BELOW)?;
            mapping(printer, info)?;
        }
    }
    Ok(())
}

fn times<W: Write>(printer: &mut Printer<W>, tcp: &TcpInfo) -> io::Result<()> {
    printer.field(Field::spaced("mss", Value::Count(tcp.snd_mss.into())))?;
    if tcp.rtt_us != 0 {
        let variation = Value::Micros(tcp.rttvar_us);
        printer.field(Field::between("rttvar_us", "rttvar ", variation, " "))?;
    }
    if tcp.min_rtt_us != u32::MAX {
        let least = Value::Micros(tcp.min_rtt_us);
        printer.field(Field::between("min_rtt_us", "min_rtt ", least, " "))?;
    }
    Ok(())
}

/// Whether [`mapping`] has anything to write, which it has not of a subflow that
/// fell back to TCP.
fn is_mapped(info: &SubflowInfo) -> bool {
    let flags = info.flags.fully_established() || info.flags.map_valid();
    info.token_rem != 0 || flags || info.sequence.is_some()
}

/// How far the handshake is, and how the bytes map to those of the connection.
fn mapping<W: Write>(printer: &mut Printer<W>, info: &SubflowInfo) -> io::Result<()> {
    if info.token_rem != 0 {
        printer.field(Field::spaced("token_remote", Value::Token(info.token_rem)))?;
    }
    for (key, holds) in [
        ("fully_established", info.flags.fully_established()),
        ("map_valid", info.flags.map_valid()),
    ] {
        if holds {
            printer.field(set(key, key))?;
        }
    }
    let Some(Sequence {
        relwrite_seq,
        map_seq,
        map_sfseq,
        ssn_offset,
        map_datalen,
    }) = info.sequence
    else {
        return Ok(());
    };
    for (key, value) in [
        ("relwrite_seq", relwrite_seq.into()),
        ("map_seq", map_seq),
        ("map_sfseq", map_sfseq.into()),
        ("ssn_offset", ssn_offset.into()),
        ("map_datalen", map_datalen.into()),
    ] {
        printer.field(Field::spaced(key, Value::Count(value)))?;
    }
    Ok(())
}

/// What a connection and a subflow have both carried.
struct Carried {
    sent: u64,
    received: u64,
    acked: u64,
    retrans: u64,
    retransmits: u32,
}

impl From<&Traffic> for Carried {
    fn from(traffic: &Traffic) -> Self {
        Carried {
            sent: traffic.bytes_sent,
            received: traffic.bytes_received,
            acked: traffic.bytes_acked,
            retrans: traffic.bytes_retrans,
            retransmits: traffic.retransmits,
        }
    }
}

impl From<&TcpInfo> for Carried {
    fn from(tcp: &TcpInfo) -> Self {
        Carried {
            sent: tcp.bytes_sent,
            received: tcp.bytes_received,
            acked: tcp.bytes_acked,
            retrans: tcp.bytes_retrans,
            retransmits: tcp.total_retrans,
        }
    }
}

fn carried<W: Write>(printer: &mut Printer<W>, carried: &Carried, shape: &Shape) -> io::Result<()> {
    for (key, bytes) in [
        ("bytes_sent", carried.sent),
        ("bytes_received", carried.received),
        ("bytes_acked", carried.acked),
        ("bytes_retrans", carried.retrans),
    ] {
        printer.field(Field::spaced(key, Value::Bytes(bytes, shape.scale)))?;
    }
    let retransmits = Value::Count(carried.retransmits.into());
    printer.field(Field::spaced("retransmits", retransmits))
}

fn since<W: Write>(printer: &mut Printer<W>, idle: &Idle) -> io::Result<()> {
    for (key, lead, time) in [
        (
            "last_data_sent_ms",
            "last_data_sent ",
            idle.last_data_sent_ms,
        ),
        (
            "last_data_recv_ms",
            "last_data_recv ",
            idle.last_data_recv_ms,
        ),
        ("last_ack_recv_ms", "last_ack_recv ", idle.last_ack_recv_ms),
    ] {
        printer.field(Field::between(key, lead, Value::Millis(time), " "))?;
    }
    Ok(())
}
