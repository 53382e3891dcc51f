//! One row of the table: columns of numbers, and after them, as long as it
//! may be, what they concern.

use std::net::IpAddr;
use std::time::Duration;

use crate::cli::Scale;
use crate::diag::connection::{Connection, Subflow};
use crate::diag::socket::{End, State};
use crate::ip::Shown;
use crate::output::field::{scaled, state_color};
use crate::output::line::{Line, Side};
use crate::output::{Color, Source};
use crate::watch::{Change, Rates, Retransmissions, Watched, WatchedSubflow};

use super::Style;

/// Widths of the columns. A bar of eight characters has 64 steps.
const BAR: usize = 8;
const RTT: usize = 8;
const RETRANSMISSIONS: usize = 7;
/// As wide as `syn-received`.
const STATE: usize = 12;

/// Where there are fewer columns, what a row is about is worth more than how
/// often it was sent again and its state.
const NARROW: usize = 110;

/// What a bar of block elements ends in, by eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// As wide as a rate may be: 80 Gbit/s has ten digits.
fn rate_width(scale: Scale) -> usize {
    if scale.human { 8 } else { 10 }
}

/// The names of the columns.
pub(super) fn header(scale: Scale, limit: usize) -> String {
    let rate = rate_width(scale);
    if limit < NARROW {
        return format!(
            " {:>rate$} {:>rate$} {:BAR$} {:>RTT$} {}",
            "SENT", "RECEIVED", "SHARE", "RTT", "CONNECTION, SUBFLOW"
        );
    }
    format!(
        " {:>rate$} {:>rate$} {:BAR$} {:>RTT$} {:>RETRANSMISSIONS$} {:STATE$} {}",
        "SENT", "RECEIVED", "SHARE", "RTT", "RETRANS", "STATE", "CONNECTION, SUBFLOW"
    )
}

/// The rows of a connection, its own one first.
pub(super) fn rows(
    watched: &Watched,
    source: &mut impl Source,
    style: Style,
    limit: usize,
) -> Vec<Line> {
    let mut rows = Vec::with_capacity(1 + watched.subflows.len());
    rows.push(of_connection(watched, source, style, limit));
    for subflow in &watched.subflows {
        rows.push(of_subflow(subflow, source, style, limit));
    }
    rows
}

/// The columns that both kinds of rows have.
struct Numbers {
    change: Change,
    rates: Option<Rates>,
    share: Option<u16>,
    rtt_us: u32,
    retransmissions: Option<Retransmissions>,
    state: State,
    stalled: Option<Duration>,
}

fn of_connection(watched: &Watched, source: &mut impl Source, style: Style, limit: usize) -> Line {
    let connection = watched.connection;
    let numbers = Numbers {
        change: watched.change,
        rates: watched.rates,
        share: None,
        rtt_us: 0,
        retransmissions: watched.retransmissions,
        state: connection.state,
        stalled: connection.stalled(),
    };
    let mut line = numbers.line(style, limit);
    line.put(&token(connection), None);
    ends(&mut line, connection.local, connection.remote, source);
    if let Some(fallback) = connection.fallback {
        line.put(&format!(" fallback {}", fallback.name()), None);
    }
    line
}

fn of_subflow(
    watched: &WatchedSubflow,
    source: &mut impl Source,
    style: Style,
    limit: usize,
) -> Line {
    let subflow = watched.subflow;
    let numbers = Numbers {
        change: watched.change,
        rates: watched.rates,
        share: watched.share,
        rtt_us: subflow.tcp.as_ref().map_or(0, |tcp| tcp.rtt_us),
        retransmissions: watched.retransmissions,
        state: subflow.state,
        stalled: subflow.stalled(),
    };
    let mut line = numbers.line(style, limit);
    line.put(&format!("  {}", ids(subflow)), None);
    ends(&mut line, subflow.local, subflow.remote, source);
    if subflow.device != 0 {
        let device = String::from_utf8_lossy(source.device(subflow.device));
        line.put(" ", None);
        line.put(&device, Some(Color::Device));
    }
    for (word, is_set) in [
        (" backup", subflow.backup()),
        (" backup_remote", subflow.backup_remote()),
    ] {
        line.put(if is_set { word } else { "" }, None);
    }
    line
}

impl Numbers {
    fn line(&self, style: Style, limit: usize) -> Line {
        let mut line = Line::new(limit, style.palette);
        line.put(
            match self.change {
                Change::None => " ",
                Change::Came => "+",
                Change::Went => "-",
            },
            None,
        );
        let rate = |direction: fn(Rates) -> u64| {
            self.rates
                .map(|rates| amount(direction(rates), style.scale))
        };
        for rate in [rate(|rates| rates.sent), rate(|rates| rates.received)] {
            let width = rate_width(style.scale);
            line.cell(width, Side::Right, &rate.unwrap_or_default(), None);
            line.blanks(1);
        }
        let bar = self.share.map(|share| bar(share, style.blocks));
        line.cell(BAR, Side::Left, &bar.unwrap_or_default(), None);
        line.blanks(1);
        line.cell(RTT, Side::Right, &milliseconds(self.rtt_us), None);
        line.blanks(1);
        let (state, color) = match self.stalled {
            Some(time) => (format!("stalled {}s", time.as_secs()), Some(Color::Down)),
            None => (self.state.name().to_owned(), state_color(self.state)),
        };
        if limit < NARROW {
            // That it is established goes without saying.
            if self.state != State::Established || self.stalled.is_some() {
                line.put(&state, color);
                line.blanks(1);
            }
            return line;
        }
        let retransmissions = self.retransmissions.map(retransmitted).unwrap_or_default();
        line.cell(RETRANSMISSIONS, Side::Right, &retransmissions, None);
        line.blanks(1);
        line.cell(STATE, Side::Left, &state, color);
        line.blanks(1);
        line
    }
}

fn amount(number: u64, scale: Scale) -> String {
    let mut text = Vec::new();
    // Memory takes everything.
    let _ = scaled(&mut text, number, scale);
    String::from_utf8(text).unwrap_or_default()
}

/// A share of 1000 thousandths fills the whole column.
fn bar(share: u16, blocks: bool) -> String {
    let steps = if blocks { 8 * BAR } else { BAR };
    let steps = (usize::from(share.min(1000)) * steps + 500) / 1000;
    if blocks {
        "█".repeat(steps / 8) + EIGHTHS[steps % 8]
    } else {
        "#".repeat(steps)
    }
}

/// Three digits at least, and no more decimals than are significant.
fn milliseconds(microseconds: u32) -> String {
    let rounded = |unit| microseconds.saturating_add(unit / 2) / unit;
    let tenths = rounded(100);
    match microseconds {
        0 => String::new(),
        1..10_000 => format!("{}.{:03}ms", microseconds / 1000, microseconds % 1000),
        10_000..1_000_000 => format!("{}.{}ms", tenths / 10, tenths % 10),
        _ => format!("{}ms", rounded(1000)),
    }
}

fn retransmitted(retransmissions: Retransmissions) -> String {
    match retransmissions {
        Retransmissions { total, new: 0 } => total.to_string(),
        Retransmissions { total, new } => format!("{total}+{new}"),
    }
}

fn token(connection: &Connection) -> String {
    let token = connection.token;
    token.map_or("--------".to_owned(), |token| format!("{token:08x}"))
}

/// The address ids, ours first.
fn ids(subflow: &Subflow) -> String {
    let id = |id: Option<u8>| id.map_or("-".to_owned(), |id| id.to_string());
    format!("{}/{}", id(subflow.local_id()), id(subflow.remote_id()))
}

fn ends(line: &mut Line, local: End, remote: End, source: &mut impl Source) {
    for end in [local, remote] {
        let color = match end.address {
            IpAddr::V4(_) => Color::Ipv4,
            IpAddr::V6(_) => Color::Ipv6,
        };
        let host = source.host(end.address).map(str::to_owned);
        let brackets = host.is_none() && end.address.is_ipv6();
        let (open, close) = if brackets { ("[", "]") } else { ("", "") };
        let host = host.unwrap_or_else(|| Shown(end.address).to_string());
        line.put(&format!(" {open}"), None);
        line.put(&host, Some(color));
        line.put(&format!("{close}:{}", end.port), None);
    }
}
