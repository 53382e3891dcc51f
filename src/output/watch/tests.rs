use std::net::IpAddr;

use super::*;
use crate::diag::connection::{Connection, Fallback};
use crate::diag::process::Process;
use crate::terminal::Size;
use crate::watch::Sampler;
use crate::watch::synthetic::{connection, sample, subflow};

struct NoNames;

impl Source for NoNames {
    fn device(&mut self, _: u32) -> &[u8] {
        b"dev\x1b7"
    }

    fn host(&mut self, ip: IpAddr) -> Option<&str> {
        (ip == IpAddr::from([10, 0, 3, 1])).then_some("third")
    }

    fn processes(&mut self, _: u32) -> Option<&[Process]> {
        None
    }
}

const PLAIN: Style = Style {
    palette: Palette::None,
    scale: Scale {
        human: false,
        iec: false,
    },
    blocks: false,
    oneline: false,
};

/// Two subflows that share the data by three to one; another connection is
/// plain TCP and idle.
fn sampler() -> Sampler {
    let mut sampler = Sampler::default();
    let of = |at: u64| {
        let mut second = subflow("fd02::1", at * 250, 0);
        second.device = 7;
        let first = subflow("10.0.1.1", at * 700, at * 50);
        let fallback = Some(Fallback::PeerOrPath);
        let idle = connection(0xb, vec![subflow("10.0.3.1", 5, 5)]);
        let idle = Connection { fallback, ..idle };
        sample(at, vec![idle, connection(0xa, vec![second, first])])
    };
    sampler.add(of(1000));
    sampler.add(of(2000));
    sampler
}

fn snapshot<'a>(watched: &'a [Watched<'a>]) -> Snapshot<'a> {
    Snapshot {
        watched,
        every: Duration::from_millis(500),
        time: SystemTime::UNIX_EPOCH,
        stamp: None,
    }
}

fn text(sampler: &Sampler, style: Style) -> String {
    let mut text = Vec::new();
    block(
        &mut text,
        snapshot(&sampler.watched()),
        style,
        true,
        &mut NoNames,
    )
    .expect("written");
    String::from_utf8(text).expect("text")
}

/// A screen as lines, without what moves the cursor.
fn lines(sampler: &Sampler, style: Style, rows: usize, columns: usize) -> Vec<String> {
    let size = Size { rows, columns };
    let screen = screen(snapshot(&sampler.watched()), style, size, &mut NoNames);
    let screen = String::from_utf8(screen).expect("text");
    let screen = screen.strip_prefix("\x1b[H").expect("the corner first");
    let screen = screen.strip_suffix("\r\n\x1b[J").unwrap_or(screen);
    let lines = screen.split("\r\n");
    let lines = lines.map(|line| line.strip_suffix("\x1b[K").unwrap_or(line).to_owned());
    lines.collect()
}

#[test]
fn a_block_is_a_table_with_the_busiest_first() {
    let expected = "\
2 connections, 3 subflows, bytes per second, every 0.5 s
       SENT   RECEIVED SHARE         RTT RETRANS STATE        CONNECTION, SUBFLOW
     950000      50000                           established  0000000a [fd02::1]:40000 10.0.9.9:80
     700000      50000 ######    1.250ms       0 established    0/0 10.0.1.1:40000 10.0.9.9:80
     250000          0 ##        1.250ms       0 established    0/0 [fd02::1]:40000 10.0.9.9:80 dev?7
          0          0                           established  0000000b third:40000 10.0.9.9:80 fallback peer-or-path
          0          0           1.250ms       0 established    0/0 third:40000 10.0.9.9:80
";
    assert_eq!(text(&sampler(), PLAIN), expected);
}

#[test]
fn with_oneline_a_connection_and_its_subflows_are_one_line() {
    let oneline = true;
    let text = text(&sampler(), Style { oneline, ..PLAIN });
    let found: Vec<_> = text
        .lines()
        .filter(|line| line.contains("0000000a"))
        .collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].matches('\\').count(), 2);
    assert!(found[0].contains("10.0.1.1") && found[0].contains("fd02::1"));
}

#[test]
fn bars_are_finer_where_the_terminal_has_blocks() {
    let blocks = true;
    let text = text(&sampler(), Style { blocks, ..PLAIN });
    assert!(text.contains(" ██████   "), "{text}");
    assert!(text.contains(" ██       "), "{text}");
}

#[test]
fn what_came_and_went_is_marked() {
    let mut sampler = sampler();
    let moved = vec![connection(0xa, vec![subflow("10.0.4.1", 1, 1)])];
    sampler.add(sample(3000, moved));
    let text = text(&sampler, PLAIN);
    let marks: Vec<_> = text.lines().skip(2).map(|line| &line[..1]).collect();
    assert_eq!(marks, [" ", "+", "-", "-", "-", "-"], "{text}");
    assert!(text.starts_with("1 connection, 1 subflow, "), "{text}");
}

#[test]
fn a_screen_too_small_says_how_many_rows_are_left_out() {
    let sampler = sampler();
    let whole = lines(&sampler, PLAIN, 7, 200);
    assert_eq!(whole.len(), 7);
    assert!(!whole.concat().contains("hidden"));
    let part = lines(&sampler, PLAIN, 6, 200);
    assert_eq!(part.len(), 6);
    assert_eq!(part[..5], whole[..5]);
    assert_eq!(part[5], "2 rows hidden");
    // Where there is no room for a row either, the heading goes.
    let two = lines(&sampler, PLAIN, 2, 200);
    assert_eq!(two, [whole[0].as_str(), "5 rows hidden"]);
    for rows in 0..4 {
        assert_eq!(lines(&sampler, PLAIN, rows, 200).len(), rows.max(1));
    }
}

#[test]
fn a_line_is_cut_where_the_screen_ends() {
    let sampler = sampler();
    for columns in [1, 2, 20, 63, 80, 81] {
        for line in lines(&sampler, PLAIN, 24, columns) {
            assert!(line.chars().count() <= columns, "{columns}: {line:?}");
        }
    }
    // What fills a line is not cleared away from under the cursor.
    let narrow = Size {
        rows: 7,
        columns: 20,
    };
    let screen = screen(snapshot(&sampler.watched()), PLAIN, narrow, &mut NoNames);
    assert!(!String::from_utf8_lossy(&screen).contains("\x1b[K"));
}

#[test]
fn a_screen_has_colours_where_it_may() {
    let palette = Palette::Light;
    let lines = lines(&sampler(), Style { palette, ..PLAIN }, 24, 90);
    assert!(lines[1].starts_with("\x1b[7m "), "{lines:?}");
    assert!(lines[2].contains("[\x1b[34mfd02::1\x1b[0m]:40000"));
}

#[test]
fn nothing_is_said_to_be_none() {
    let text = text(&Sampler::default(), PLAIN);
    assert!(text.starts_with("no connections, no subflows, "), "{text}");
}
