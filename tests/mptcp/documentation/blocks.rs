//! The blocks of commands in the documentation.

use std::fs;
use std::path::{Path, PathBuf};

/// A heading and the blocks of commands below it.
#[derive(Debug)]
pub struct Section {
    /// The file, from the top directory.
    pub document: String,
    pub title: String,
    pub blocks: Vec<Block>,
}

/// What is typed in one go on one host.
#[derive(Debug, Default)]
pub struct Block {
    pub commands: Vec<Command>,
}

/// A command line and the output that the documentation shows.
#[derive(Debug)]
pub struct Command {
    pub line: String,
    pub output: Vec<String>,
}

/// The manual page.
pub const MANUAL: &str = "man/mptcp.8";

/// All sections that have blocks, of all documents.
pub fn sections() -> Vec<Section> {
    let mut documents = vec!["README.md".to_owned()];
    documents.extend(guides());
    let markdown = documents.iter().map(|document| of_markdown(document));
    markdown.chain([of_manual()]).flatten().collect()
}

/// The files in docs/.
pub fn guides() -> Vec<String> {
    let directory = top().join("docs");
    let entries = fs::read_dir(directory).expect("docs/");
    let names = entries.map(|entry| entry.expect("a file").file_name());
    let mut guides: Vec<_> = names
        .filter_map(|name| Some(format!("docs/{}", name.to_str()?)))
        .filter(|path| path.ends_with(".md"))
        .collect();
    guides.sort();
    assert!(!guides.is_empty(), "no guides");
    guides
}

pub fn read(document: &str) -> String {
    fs::read_to_string(top().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn of_markdown(document: &str) -> Vec<Section> {
    let text = read(document);
    let mut sections = Sections::new(document);
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), fence) {
            (Some(language), None) => {
                assert!(
                    ["console", "sh", "text"].contains(&language),
                    "{document}: a fence {language:?}: console is run, sh and text are not"
                );
                if language == "console" {
                    sections.begin_block();
                }
                fence = Some(language);
            }
            (Some(_), Some(_)) => fence = None,
            (None, Some("console")) => {
                let prompt = line.strip_prefix("# ").or_else(|| line.strip_prefix("$ "));
                match prompt {
                    Some(command) => sections.command(command),
                    None => sections.output(line),
                }
            }
            (None, None) => {
                if let Some((_, title)) = line
                    .starts_with('#')
                    .then(|| line.split_once(' '))
                    .flatten()
                {
                    sections.begin(title);
                }
            }
            (None, Some(_)) => {}
        }
    }
    assert!(fence.is_none(), "{document}: a fence is open");
    sections.found
}

/// The manual page has no prompts: each line of a literal display is a command,
/// unless the display begins with a bracket. It is then a line that the last
/// command printed, broken to fit.
fn of_manual() -> Vec<Section> {
    let text = read(MANUAL);
    let mut sections = Sections::new(MANUAL);
    let mut inside = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(title) = line
            .strip_prefix(".Ss ")
            .or_else(|| line.strip_prefix(".Sh "))
        {
            sections.begin(title);
        } else if line.starts_with(".Bd -literal") {
            if lines.peek().is_some_and(|first| first.starts_with('[')) {
                let parts = lines.by_ref().take_while(|line| *line != ".Ed");
                sections.output(&parts.collect::<Vec<_>>().join(" "));
            } else {
                sections.begin_block();
                inside = true;
            }
        } else if line == ".Ed" {
            inside = false;
        } else if inside {
            // \e is a backslash.
            sections.command(&line.replace("\\e", "\\"));
        }
    }
    sections.found
}

/// The sections of a document so far.
struct Sections<'a> {
    document: &'a str,
    title: String,
    found: Vec<Section>,
}

impl<'a> Sections<'a> {
    fn new(document: &'a str) -> Self {
        Sections {
            document,
            title: String::new(),
            found: Vec::new(),
        }
    }

    fn begin(&mut self, title: &str) {
        title.clone_into(&mut self.title);
    }

    fn begin_block(&mut self) {
        let (document, title) = (self.document.to_owned(), self.title.clone());
        if self.found.last().is_none_or(|last| last.title != title) {
            self.found.push(Section {
                document,
                title,
                blocks: Vec::new(),
            });
        }
        self.blocks().push(Block::default());
    }

    /// A command, or what continues the one before.
    fn command(&mut self, line: &str) {
        let commands = self.commands();
        let before = commands.last_mut().filter(|last| last.line.ends_with('\\'));
        match before {
            Some(before) => {
                before.line.pop();
                before.line.push_str(line.trim_start());
            }
            None => commands.push(Command {
                line: line.to_owned(),
                output: Vec::new(),
            }),
        }
    }

    /// A line of output, or of a command that its line continues. What comes
    /// before the first command is printed by one of an earlier block.
    fn output(&mut self, line: &str) {
        let commands = self.commands();
        let continued = commands
            .last()
            .is_some_and(|last| last.line.ends_with('\\'));
        if continued || commands.is_empty() {
            self.command(if continued { line } else { "" });
        }
        if !continued {
            let last = self.commands().last_mut().expect("a command");
            last.output.push(line.to_owned());
        }
    }

    fn commands(&mut self) -> &mut Vec<Command> {
        let block = self.blocks().last_mut().expect("a block was begun");
        &mut block.commands
    }

    fn blocks(&mut self) -> &mut Vec<Block> {
        &mut self.found.last_mut().expect("a section was begun").blocks
    }
}
