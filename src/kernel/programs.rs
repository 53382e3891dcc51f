//! The programs that a shell finds.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs::{self, DirEntry};
use std::os::unix::fs::PermissionsExt;

/// The names of the programs in `PATH`. A directory that cannot be read has none.
pub fn names() -> BTreeSet<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let files = env::split_paths(&path).flat_map(fs::read_dir).flatten();
    let is_program = |file: &DirEntry| {
        let metadata = fs::metadata(file.path());
        metadata.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    let programs = files.flatten().filter(is_program);
    programs.map(|file| file.file_name()).collect()
}
