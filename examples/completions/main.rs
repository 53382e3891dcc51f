//! Writes the completion script for a shell, made from the grammar's tables:
//!
//! ```sh
//! cargo run --example completions -- bash > completions/mptcp.bash
//! ```
//!
//! clap_complete would not do: to it a word is a subcommand, a long option or
//! a positional one, while here keywords without dashes come in any order, may
//! be shortened, and are followed by values that the running kernel knows.
//! Each shell has a template that walks a command line by the rules of
//! `mptcp_cli::cli`; the tables go in where it says `@TABLES@`.

mod script;
mod tables;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let shell = std::env::args().nth(1).unwrap_or_default();
    let Some(script) = script::of(&shell) else {
        eprintln!("Usage: completions {{ bash | zsh | fish }}");
        return ExitCode::FAILURE;
    };
    match std::io::stdout().write_all(script.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("completions: {error}");
            ExitCode::FAILURE
        }
    }
}
