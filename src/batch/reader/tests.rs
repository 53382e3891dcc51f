//! Batch files, and what their lines come to.

use super::*;

type Read = Result<Vec<String>, Malformed>;

fn read(file: impl AsRef<[u8]>) -> Vec<(usize, Read)> {
    let mut reader = Reader::new(file.as_ref());
    let (mut command, mut lines) = (Vec::new(), Vec::new());
    loop {
        let read = match reader.next_line(&mut command).unwrap() {
            Line::End => return lines,
            Line::Words(words) => Ok(words
                .iter()
                .map(|word| word.display().to_string())
                .collect()),
            Line::Bad(malformed) => Err(malformed),
        };
        lines.push((reader.number(), read));
    }
}

fn line(words: &[&str]) -> Read {
    Ok(words.iter().map(|&word| word.to_owned()).collect())
}

#[test]
fn words_stand_between_blanks() {
    assert_eq!(
        read("a b\tc\r\n d\n"),
        [(1, line(&["a", "b", "c"])), (2, line(&["d"]))]
    );
    assert_eq!(read("a"), [(1, line(&["a"]))]);
    assert_eq!(read(""), []);
    assert_eq!(read("a\x0bb"), [(1, line(&["a\x0bb"]))]);
}

#[test]
fn a_comment_begins_anywhere_and_continues_nothing() {
    assert_eq!(
        read("# x\\\na#b\nc 'd#e'\n"),
        [
            (1, line(&[])),
            (2, line(&["a"])),
            (3, Err(Malformed::Quote('\''))),
        ]
    );
    assert_eq!(
        read("a \\#\nb"),
        [(1, line(&["a", "\\"])), (2, line(&["b"]))]
    );
}

#[test]
fn a_backslash_before_the_line_feed_joins_without_a_blank() {
    assert_eq!(
        read("lim\\\nits\nx"),
        [(2, line(&["limits"])), (3, line(&["x"]))]
    );
    assert_eq!(read("a \\\n\\\n b"), [(3, line(&["a", "b"]))]);
    assert_eq!(
        read("a \\ \nb"),
        [(1, line(&["a", "\\"])), (2, line(&["b"]))]
    );
    assert_eq!(read("a\\\\\n\nb"), [(3, line(&["ab"]))]);
    assert_eq!(read("a \\"), [(1, line(&["a", "\\"]))]);
    assert_eq!(
        read("a\nb \\\n"),
        [(1, line(&["a"])), (2, Err(Malformed::Continuation))]
    );
}

#[test]
fn a_quote_counts_at_the_beginning_of_a_word() {
    assert_eq!(
        read("'a b'c \"d'\" '' e'f'"),
        [(1, line(&["a b", "c", "d'", "", "e'f'"]))]
    );
    assert_eq!(read("\"a"), [(1, Err(Malformed::Quote('"')))]);
    assert_eq!(read("'a \\\n b'"), [(2, line(&["a  b"]))]);
}

#[test]
fn bytes_that_are_no_text_are_taken_but_no_nul() {
    assert_eq!(
        read(b"a\xff\nb\0\nc"),
        [
            (1, line(&["a\u{fffd}"])),
            (2, Err(Malformed::Nul)),
            (3, line(&["c"])),
        ]
    );
}

#[test]
fn a_line_too_long_is_refused_and_the_next_one_is_read() {
    let long = "x".repeat(MAX_COMMAND + 1) + "\ny";
    assert_eq!(
        read(&long),
        [(1, Err(Malformed::Length)), (2, line(&["y"]))]
    );
    let most = "x".repeat(MAX_COMMAND);
    assert_eq!(read(&most), [(1, line(&[&most]))]);
    // What continues it is no command of its own, wherever it was cut.
    for length in MAX_COMMAND - 1..MAX_COMMAND + 3 {
        for end in ["\\ y\\\nflush\nz", "\\ y\\\n\nz"] {
            assert_eq!(
                read("x".repeat(length) + end),
                [(2, Err(Malformed::Length)), (3, line(&["z"]))]
            );
        }
    }
    // A comment is never too long.
    assert_eq!(
        read(format!("#{long}")),
        [(1, line(&[])), (2, line(&["y"]))]
    );
}
