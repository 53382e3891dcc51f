//! A command line of a session, read as a shell would, as far as needed.

use anyhow::{Context, Result, bail};

/// One command, without its expected outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Command {
    /// Variables set for this command: `NO_COLOR=1 mptcp …`.
    pub environment: Vec<(String, String)>,
    /// The words; the first is `mptcp`, or `cat` for a file to be written.
    pub words: Vec<String>,
    /// Where the standard output goes: `> FILE`.
    pub output: Option<String>,
    /// The word that ends the standard input: `<< WORD`.
    pub input_end: Option<String>,
}

impl Command {
    /// Reads a command line: words with `'…'` or `"…"` around what is taken
    /// as it is, `NAME=VALUE` before, `> FILE` and `<< WORD` after.
    ///
    /// # Errors
    /// What is wrong with the line.
    pub fn read(line: &str) -> Result<Self> {
        let mut command = Command::default();
        let mut tokens = split(line)?.into_iter();
        while let Some(token) = tokens.next() {
            let mut target = || {
                let token = tokens.next().context("no word after > or <<")?;
                anyhow::Ok(token.text)
            };
            match (token.quoted, token.text.as_str()) {
                (false, ">") => command.output = Some(target()?),
                (false, "<<") => command.input_end = Some(target()?),
                (false, text) if command.words.is_empty() && text.contains('=') => {
                    let (name, value) = text.split_once('=').expect("it has one");
                    command.environment.push((name.into(), value.into()));
                }
                _ => command.words.push(token.text),
            }
        }
        match command.words.first().map(String::as_str) {
            Some("mptcp") => Ok(command),
            Some("cat") if command.output.is_some() && command.input_end.is_some() => Ok(command),
            _ => bail!("only `mptcp …` and `cat > FILE << END` are known"),
        }
    }

    /// The arguments for `ip`, in which `mptcp` comes after the options and
    /// not at all with a batch file.
    pub fn for_ip(&self) -> Vec<String> {
        let mut arguments = self.words[1..].to_vec();
        let mut place = 0;
        while let Some(option) = arguments.get(place).filter(|word| is_option(word)) {
            let takes = takes_value(option);
            let last = option == "--";
            if takes == Some("batch") {
                return arguments;
            }
            place += 1 + usize::from(takes.is_some());
            if last {
                break;
            }
        }
        if place <= arguments.len() {
            arguments.insert(place, "mptcp".into());
        }
        arguments
    }
}

fn is_option(word: &str) -> bool {
    word.starts_with('-')
}

/// The full name of an option that takes the next word as its value, by ip's
/// abbreviations.
fn takes_value(option: &str) -> Option<&'static str> {
    let name = option
        .strip_prefix("--")
        .or_else(|| option.strip_prefix('-'))?;
    // -r is -resolve, so -rcvbuf needs two letters; a lone dash is -loops.
    let least = |full| match full {
        "rcvbuf" => 2,
        "loops" => usize::from(option == "--"),
        _ => 1,
    };
    ["netns", "batch", "loops", "family", "rcvbuf"]
        .into_iter()
        .find(|full| name.len() >= least(*full) && full.starts_with(name))
}

struct Token {
    text: String,
    quoted: bool,
}

fn split(line: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut current: Option<Token> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' => tokens.extend(current.take()),
            _ => {
                let token = current.get_or_insert(Token {
                    text: String::new(),
                    quoted: false,
                });
                if character == '\'' || character == '"' {
                    // A value such as A='b c' begins without a quote.
                    token.quoted |= token.text.is_empty();
                    loop {
                        match characters.next().context("a quote is not closed")? {
                            end if end == character => break,
                            inside => token.text.push(inside),
                        }
                    }
                } else {
                    token.text.push(character);
                }
            }
        }
    }
    tokens.extend(current);
    Ok(tokens)
}
