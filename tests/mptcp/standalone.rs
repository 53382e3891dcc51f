//! The static program in a root file system that holds nothing else. It is
//! built by `make static`, and MPTCP_STATIC says where it is.

use std::path::PathBuf;
use std::{env, fs};

use crate::support::*;

const PROGRAM: &str = "MPTCP_STATIC";

trials! {
    it_works_in_an_empty_root, it_reads_batches_in_an_empty_root,
    it_fails_with_words_in_an_empty_root, a_limit_of_descriptors_is_no_closed_stream,
}

/// An empty root with the program in it, in this sandbox only.
struct Root(PathBuf);

impl Root {
    fn new(sandbox: &Sandbox) -> Self {
        let root = env::temp_dir();
        let binary = fs::read(program()).expect("the static program");
        sandbox.hide(&root);
        let copy = root.join("mptcp");
        write_program(&copy, binary);
        let content: Vec<_> = fs::read_dir(&root).expect("the root").collect();
        assert_eq!(content.len(), 1, "nothing else is there");
        Root(root)
    }

    fn mptcp(&self, line: &str) -> Program {
        let program = Program::new("chroot").arg(&self.0).arg("/mptcp").line(line);
        // Whoever debugs has this set; it must not need what is left out.
        program.env("RUST_BACKTRACE", "1")
    }
}

fn program() -> PathBuf {
    let program = env::var_os(PROGRAM).map(PathBuf::from);
    program.unwrap_or_else(|| {
        left_out(format!(
            "no static program (make static, and {PROGRAM}=/path/to/it)"
        ))
    })
}

fn it_works_in_an_empty_root(sandbox: &mut Sandbox) {
    let root = Root::new(sandbox);
    root.mptcp("endpoint add 127.0.0.2 dev lo subflow")
        .run()
        .ok();
    let shown = "127.0.0.2 id 1 subflow dev lo \n";
    root.mptcp("endpoint show").run().prints(shown);
    // No resolver is here to ask, which is said.
    let unresolved = root.mptcp("-resolve endpoint show").run();
    unresolved.ends(0, shown).says("getent");
    root.mptcp("limits set subflows 1").run().ok();
    let limits = root.mptcp("-json limits show").run().ok().text();
    assert_eq!(json(&limits)[0]["subflows"], 1, "{limits}");
    let version = root.mptcp("--version").run().ok().text();
    assert!(version.starts_with("mptcp "), "{version}");
}

fn it_reads_batches_in_an_empty_root(sandbox: &mut Sandbox) {
    let root = Root::new(sandbox);
    let lines = "endpoint add 10.0.0.2 id 9 signal\nendpoint show\n";
    let shown = "10.0.0.2 id 9 signal \n";
    root.mptcp("-batch -").stdin(lines).run().prints(shown);
}

fn it_fails_with_words_in_an_empty_root(sandbox: &mut Sandbox) {
    let root = Root::new(sandbox);
    root.mptcp("endpoint show id 200")
        .run()
        .fails(2, "not found");
    root.mptcp("-netns blue limits")
        .run()
        .fails(255, "No such file or directory");
}

/// Where a shared library cannot be opened, the program does not even start.
fn a_limit_of_descriptors_is_no_closed_stream(_ns: &mut Sandbox) {
    let program = program();
    for limit in 0..4 {
        let script = format!("ulimit -n {limit} && exec \"$0\" -json endpoint");
        let shell = Program::new("/bin/sh").args(["-c", &script]).arg(&program);
        let output = shell.run().fails(1, "Too many open files");
        output
            .says("cannot open a netlink socket")
            .says("Hint: \"ulimit -n\" in the shell limits");
    }
}
