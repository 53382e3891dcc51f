//! Words that require, exclude and end others.

use super::super::grammar::{Word, file, flag, keyword, rest};
use super::*;
use crate::cli::config;

#[derive(Default)]
struct Taken(Vec<String>);

impl Arguments for Taken {}

fn add(taken: &mut Taken, word: &OsStr) -> Result<(), Error> {
    taken.0.push(word.display().to_string());
    Ok(())
}

/// The values in the order in which they are taken.
fn read(words: Vec<Word<Taken>>, line: &str) -> Result<String, String> {
    let typed: Vec<_> = line.split_whitespace().map(OsStr::new).collect();
    let declared = Declared::new(words, |taken: &mut Taken| {
        // A request that carries what was taken.
        let path = taken.0.join(",").into();
        let file = config::File {
            path,
            ..config::File::default()
        };
        Ok(Request::Config(config::Request::Diff(file)))
    });
    declared.clap().debug_assert();
    match declared.read(&typed) {
        Ok(Some(Request::Config(config::Request::Diff(file)))) => {
            Ok(file.path.display().to_string())
        }
        Ok(_) => Ok("help".to_owned()),
        Err(rejected) => Err(rejected.error.to_string()),
    }
}

#[test]
fn the_rest_of_the_line_is_taken_as_it_is() {
    let words = || {
        vec![
            keyword("dev", "NAME", "", add),
            flag("all", "", add),
            rest("command", "COMMAND", "", add).required(),
        ]
    };
    let read = |line| read(words(), line);
    assert_eq!(
        read("all curl --help all d"),
        Ok("all,curl,--help,all,d".to_owned())
    );
    assert_eq!(read("d lo sh -c dev"), Ok("lo,sh,-c,dev".to_owned()));
    assert_eq!(read("all --help curl"), Ok("help".to_owned()));
    assert_eq!(
        read("all"),
        Err("argument \"COMMAND\" is required".to_owned())
    );
}

#[test]
fn a_word_requires_and_excludes_others() {
    let words = || {
        vec![
            file("", add),
            keyword("to", "NAME", "", add)
                .requires("port")
                .excludes("all"),
            keyword("port", "NR", "", add),
            flag("all", "", add).excludes("to"),
        ]
    };
    let read = |line| read(words(), line);
    assert_eq!(read("all all"), Ok("all,all".to_owned()));
    assert_eq!(read("f to x port 1"), Ok("f,x,1".to_owned()));
    let wrong = |line| read(line).expect_err(line);
    assert!(wrong("f to x").ends_with("it requires port"));
    assert!(wrong("f all to x").ends_with("to and all exclude each other"));
    assert!(wrong("f g").ends_with("there is one file, the first word"));
    assert!(wrong("").ends_with("is required"));
}
