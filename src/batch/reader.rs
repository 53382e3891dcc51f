//! From the bytes of a batch file to the words of its commands.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;

/// Bytes of a command, continuation lines included, that are kept in memory:
/// no less than the longest word that Linux hands to a program.
const MAX_COMMAND: usize = 128 * 1024;

/// How many words there is room for at first: few commands have more.
const USUAL_WORDS: usize = 16;

/// One command of the file.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its words; none if the line is blank or a comment.
    Words(Vec<&'a OsStr>),
    /// A line that is not a command.
    Bad(Malformed),
    /// There is no further line.
    End,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A quote is opened and not closed.
    #[error("unterminated quoted string, the line ends before the closing {0}")]
    Quote(char),
    /// The last line ends in a backslash.
    #[error("missing continuation line, the file ends after a backslash")]
    Continuation,
    /// A byte that no argument can hold.
    #[error("the line has a NUL byte in it")]
    Nul,
    /// Too long to be intended.
    #[error("the line is longer than {MAX_COMMAND} bytes")]
    Length,
}

/// Reads a batch file command by command.
///
/// `#` begins a comment wherever it stands, in quotes too; a backslash right
/// before the line feed joins the next line; a word that begins with ' or "
/// reaches to the next of the same, without escapes. A carriage return is a
/// blank.
#[derive(Debug)]
pub struct Reader<R> {
    input: BufReader<R>,
    number: usize,
}

/// How a physical line ended.
enum End {
    /// And the command with it.
    Whole,
    /// With a backslash and the line feed.
    Continued,
    /// It did not even begin: the file is at its end.
    Nothing,
}

impl<R: Read + Seek> Reader<R> {
    /// Leaves what was not read to whoever reads the same input next, if it can
    /// be put back: a file can, a pipe can't.
    pub fn put_back(self) {
        // Not more than the buffer holds.
        let unread = self.input.buffer().len() as i64;
        let _ = self.input.into_inner().seek(SeekFrom::Current(-unread));
    }
}

impl<R: Read> Reader<R> {
    /// A reader at the beginning of the file.
    pub fn new(input: R) -> Self {
        let input = BufReader::new(input);
        Reader { input, number: 0 }
    }

    /// Whether the next line is still to come from where the input comes from.
    pub fn may_wait(&self) -> bool {
        !self.input.buffer().contains(&b'\n')
    }

    /// The number of the line that was read last, or could not be read, counted
    /// from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Reads the next command with all its continuation lines into `command`,
    /// in place of what is there.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn next_line<'a>(&mut self, command: &'a mut Vec<u8>) -> io::Result<Line<'a>> {
        command.clear();
        let mut continued = false;
        loop {
            match self.physical_line(command)? {
                End::Nothing if continued => return Ok(Line::Bad(Malformed::Continuation)),
                End::Nothing => return Ok(Line::End),
                End::Continued => continued = true,
                End::Whole => break,
            }
        }
        Ok(match words(command) {
            Ok(words) => Line::Words(words),
            Err(malformed) => Line::Bad(malformed),
        })
    }

    /// Appends the next line, without its comment and its line feed.
    fn physical_line(&mut self, command: &mut Vec<u8>) -> io::Result<End> {
        let mut begun = false;
        // Nothing follows a backslash that the line before ended in: it joins
        // one more.
        let whole = command.len() <= MAX_COMMAND;
        let mut last = command.last().copied().filter(|_| whole);
        self.number += 1;
        loop {
            let bytes = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            if bytes.is_empty() {
                if begun {
                    return Ok(End::Whole);
                }
                self.number -= 1;
                return Ok(End::Nothing);
            }
            begun = true;
            let stop = bytes.iter().position(|byte| matches!(byte, b'\n' | b'#'));
            let text = &bytes[..stop.unwrap_or(bytes.len())];
            let stop = stop.map(|at| bytes[at]);
            last = text.last().copied().or(last);
            // One byte too many is kept, as a sign of what was left out.
            let room = (MAX_COMMAND + 1).saturating_sub(command.len());
            command.extend_from_slice(&text[..text.len().min(room)]);
            let used = text.len() + usize::from(stop.is_some());
            self.input.consume(used);
            match stop {
                None => {}
                Some(b'#') => {
                    self.input.skip_until(b'\n')?;
                    return Ok(End::Whole);
                }
                Some(_) if last == Some(b'\\') => {
                    // Of a command too long, the mark of that is kept.
                    if command.len() <= MAX_COMMAND {
                        command.pop();
                    }
                    return Ok(End::Continued);
                }
                Some(_) => return Ok(End::Whole),
            }
        }
    }
}

/// Splits a command into its words.
fn words(command: &[u8]) -> Result<Vec<&OsStr>, Malformed> {
    if command.len() > MAX_COMMAND {
        return Err(Malformed::Length);
    }
    if command.contains(&0) {
        return Err(Malformed::Nul);
    }
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let mut words = Vec::new();
    let mut rest = command;
    loop {
        let blanks = rest.iter().take_while(|byte| is_blank(byte)).count();
        rest = &rest[blanks..];
        let (word, after) = match rest {
            [] => return Ok(words),
            [quote @ (b'\'' | b'"'), quoted @ ..] => {
                let mut parts = quoted.splitn(2, |byte| byte == quote);
                let word = parts.next().unwrap_or_default();
                let after = parts.next();
                (word, after.ok_or(Malformed::Quote(char::from(*quote)))?)
            }
            _ => rest.split_at(rest.iter().position(is_blank).unwrap_or(rest.len())),
        };
        if words.is_empty() {
            // To grow on the way would cost each line 500 instructions.
            words.reserve(USUAL_WORDS);
        }
        words.push(OsStr::from_bytes(word));
        rest = after;
    }
}

#[cfg(test)]
mod tests;
