//! What measures: valgrind, strace, hyperfine, time.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::process::Stdio;
use std::sync::Mutex;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::program::{Scratch, start};
use anyhow::{Context, Result};

static MISSING: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The tools that were needed and are not installed.
pub fn missing() -> Vec<String> {
    let missing = MISSING.lock().map(|names| names.iter().cloned().collect());
    missing.unwrap_or_default()
}

/// Runs a tool: what it said on stderr, or nothing if it is not installed.
fn tool(line: &[String]) -> Result<Option<String>> {
    tool_in(&[], line)
}

/// The same with variables in its environment.
fn tool_in(variables: &[(&str, &str)], line: &[String]) -> Result<Option<String>> {
    let mut command = start(line);
    command.envs(variables.iter().copied());
    match command.stderr(Stdio::piped()).output() {
        Ok(output) => Ok(Some(String::from_utf8_lossy(&output.stderr).into_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Ok(mut missing) = MISSING.lock() {
                missing.insert(line[0].clone());
            }
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn words(words: &[&str], line: &[String]) -> Vec<String> {
    let words = words.iter().map(|&word| word.to_owned());
    words.chain(line.iter().cloned()).collect()
}

/// A command that counts the instructions of another.
pub fn counted(line: &[String]) -> Vec<String> {
    let valgrind = [
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
    ];
    words(&valgrind, line)
}

/// What such a command counted, by what it says on stderr.
pub fn count(text: &str) -> Result<f64> {
    let collected = text
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, count) = collected.context("valgrind tells no count")?;
    Ok(count.trim().parse()?)
}

/// Instructions in user mode, the dynamic loader's included.
pub fn instructions(line: &[String]) -> Result<Option<f64>> {
    instructions_in(&[], line)
}

/// The same with variables in the environment.
pub fn instructions_in(variables: &[(&str, &str)], line: &[String]) -> Result<Option<f64>> {
    let text = tool_in(variables, &counted(line))?;
    text.as_deref().map(count).transpose()
}

/// System calls.
pub fn system_calls(scratch: &Scratch, line: &[String]) -> Result<Option<f64>> {
    let file = scratch.file("strace");
    let strace = ["strace", "-f", "-c", "-o", &file.to_string_lossy()];
    if tool(&words(&strace, line))?.is_none() {
        return Ok(None);
    }
    let text = fs::read_to_string(&file)?;
    let total = text.lines().find(|line| line.ends_with(" total"));
    let calls = total.and_then(|line| line.split_whitespace().nth(3));
    Ok(Some(calls.context("strace tells no total")?.parse()?))
}

/// Peak memory in KiB. What is below the need of `time` itself doesn't show:
/// its process is where the program begins.
pub fn peak_memory(scratch: &Scratch, line: &[String]) -> Result<Option<f64>> {
    let file = scratch.file("time");
    let time = ["time", "-q", "-f", "%M", "-o", &file.to_string_lossy()];
    if tool(&words(&time, line))?.is_none() {
        return Ok(None);
    }
    Ok(Some(fs::read_to_string(&file)?.trim().parse()?))
}

/// How often the programs take turns, so that what else the machine does meets
/// all of them; the fastest turn counts.
const TURNS: usize = 5;

/// Milliseconds that each of the commands takes. `before` is run ahead of each
/// run, unmeasured.
pub fn wall(
    scratch: &Scratch,
    lines: &[Vec<String>],
    before: Option<&[String]>,
) -> Result<Vec<Option<f64>>> {
    let file = scratch.file("hyperfine");
    let csv = file.to_string_lossy();
    let mut best = vec![None; lines.len()];
    for _ in 0..TURNS {
        for (line, best) in lines.iter().zip(&mut best) {
            let mut hyperfine = words(&["hyperfine", "-N", "-i", "--export-csv", &csv], &[]);
            hyperfine.extend(words(&["--warmup", "5", "--runs", "50"], &[]));
            if let Some(before) = before {
                hyperfine.extend(["--prepare".to_owned(), quoted(before)]);
            }
            hyperfine.push(quoted(line));
            let Some(errors) = tool(&hyperfine)? else {
                return Ok(vec![None; lines.len()]);
            };
            let text = fs::read_to_string(&file)?;
            let median = text.lines().nth(1).and_then(|row| row.rsplit(',').nth(4));
            let median = median.with_context(|| format!("hyperfine tells no time: {errors}"))?;
            let median: f64 = median.parse()?;
            *best = Some(best.map_or(median * 1e3, |best: f64| best.min(median * 1e3)));
        }
    }
    Ok(best)
}

fn quoted(line: &[String]) -> String {
    let words: Vec<_> = line.iter().map(|word| format!("'{word}'")).collect();
    words.join(" ")
}

/// Microseconds of processor time, user and system, that each of the commands
/// takes: the best of some turns.
pub fn cpu(lines: &[Vec<String>]) -> Result<Vec<f64>> {
    let mut best = vec![f64::MAX; lines.len()];
    for _ in 0..TURNS {
        for (line, best) in lines.iter().zip(&mut best) {
            let before = of_children()?;
            start(line).status()?;
            *best = best.min(of_children()? - before);
        }
    }
    Ok(best)
}

fn of_children() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let total = usage.user_time() + usage.system_time();
    Ok(total.num_microseconds() as f64)
}
