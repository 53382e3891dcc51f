//! Under the name `ip`: everything but `ip mptcp` goes to the real `ip`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::*;

trials! {
    the_rest_is_handed_over_untouched, the_real_ip_finds_the_surroundings_as_they_were,
    with_the_link_in_a_place_of_the_real_one, the_name_it_was_called_by_is_handed_over_too,
    the_first_of_the_places_is_the_real_one, links_hard_links_and_copies_of_itself_never_loop,
    without_proc, what_does_not_start_is_passed_over, without_a_real_ip,
    without_a_real_ip_a_batch_is_run_here,
}

fn the_rest_is_handed_over_untouched(ns: &mut Sandbox) {
    let machine = Machine::with_ip(ns);
    let lines = "|link|m|ma|mptcpx|-j addr show dev lo|-n other link|-V|-Version mptcp|help|-h|\
        -help mptcp|--help|--version|-nonsense mptcp endpoint|-c always mptcp|\
        netns exec other mptcp endpoint|-batch /nonexistent|-force -b - mptcp endpoint|\
        -all netns";
    for line in lines.split('|') {
        is_handed_over(machine.ip(line), line);
    }
    let words: [&[u8]; 6] = [b"link", b"", b"a b", b"\xff\xfe", b"*", b"--"];
    let program = Program::new(machine.anywhere()).args(words.map(OsStr::from_bytes));
    let output = program.run();
    assert_eq!(
        output.stdout, b"real <link> <> <a b> <\xff\xfe> <*> <-->\n",
        "{output}"
    );
}

fn the_real_ip_finds_the_surroundings_as_they_were(ns: &mut Sandbox) {
    let machine = Machine::without_ip(ns);
    machine.script(
        "/usr/bin/ip",
        r#"
read -r line
echo "$line, $HELLO, $(pwd)"
for number in 1 2; do
    # A closed descriptor is still closed: it can't be duplicated.
    (eval ": 3>&$number") 2>/dev/null || echo "$number closed" >>"$LOG"
done
echo /proc/self/fd/* >>"$LOG"
while read -r name values; do
    case $name in SigBlk:|SigIgn:) echo "$name $values" >>"$LOG" ;; esac
done </proc/self/status
"#,
    );
    let log = machine.scratch.join("log");
    // What a program of the same shell sees without us in between.
    let direct = machine.scratch.join("direct");
    copy_program("/usr/bin/ip", &direct);
    let run = |program: &Path, redirected: &str| {
        let _ = fs::remove_file(&log);
        let script = format!("trap '' PIPE USR1; exec \"$0\" link {redirected}");
        let shell = Program::new(machine.shell());
        let shell = shell.args(["-c", &script]).arg(program);
        let shell = shell.env("HELLO", "hello").env("LOG", &log);
        let output = shell.directory("/proc").stdin("input\n").run();
        (output.text(), fs::read_to_string(&log).unwrap())
    };
    for redirected in ["", ">&-", ">&- 2>&-"] {
        let ours = run(&machine.anywhere(), redirected);
        assert_eq!(ours, run(&direct, redirected), "{redirected}");
        assert_eq!(ours.1.contains("1 closed"), redirected.contains(">&-"));
        if redirected.is_empty() {
            assert_eq!(ours.0, "input, hello, /proc\n");
        }
    }
}

fn with_the_link_in_a_place_of_the_real_one(ns: &mut Sandbox) {
    let machine = Machine::without_ip(ns);
    let directories = directories();
    for ours in &directories {
        for real in directories.iter().filter(|directory| *directory != ours) {
            machine.clear();
            symlink(MPTCP, ours.join("ip")).unwrap();
            machine.script(real.join("ip"), STAND_IN);
            let run = |line: &str| Program::new(ours.join("ip")).line(line).run();
            run("mptcp limits").prints("add_addr_accepted 0 subflows 2 \n");
            is_handed_over(run("link"), "link");
            // As a shell writes it: "$ROOT/sbin/ip".
            let twice = format!("/{}/ip", ours.display());
            is_handed_over(Program::new(twice).line("link").run(), "link");
        }
    }
}

fn the_name_it_was_called_by_is_handed_over_too(ns: &mut Sandbox) {
    let machine = Machine::without_ip(ns);
    copy_program(machine.shell(), "/usr/bin/ip");
    let name = machine.anywhere();
    let tells = Program::new(&name).args(["-c", "echo \"$0\""]);
    tells.run().prints(&format!("{}\n", name.display()));
}

fn the_first_of_the_places_is_the_real_one(ns: &mut Sandbox) {
    let machine = Machine::with_ip(ns);
    machine.script("/usr/sbin/ip", "echo first; exit 3");
    machine.ip("link").ends(3, "first\n");
}

fn links_hard_links_and_copies_of_itself_never_loop(ns: &mut Sandbox) {
    let says = "no other ip is in /usr/sbin, /usr/bin, /sbin or /bin\n";
    let directories = directories();
    let machine = Machine::without_ip(ns);
    let hard_link = machine.scratch.join("ip");
    fs::hard_link(MPTCP, &hard_link).unwrap();
    let in_all = |make: &dyn Fn(&Path)| {
        for directory in &directories {
            let place = directory.join("ip");
            let _ = fs::remove_file(&place);
            make(&place);
        }
    };
    let run_all = || {
        let places = PLACES.map(PathBuf::from).into_iter();
        let callers = places.chain([machine.anywhere(), hard_link.clone()]);
        for caller in callers {
            let run = |line: &str| Program::new(&caller).line(line).run();
            run("mptcp limits").prints("add_addr_accepted 0 subflows 2 \n");
            run("link").fails(255, says);
            let batch = Program::new(&caller).line("-batch -");
            let batch = batch.stdin("mptcp limits\n");
            batch.run().prints("add_addr_accepted 0 subflows 2 \n");
        }
    };
    in_all(&|place| symlink(MPTCP, place).unwrap());
    run_all();
    in_all(&|place| symlink(&hard_link, place).unwrap());
    run_all();
    in_all(&|place| copy_program(MPTCP, place));
    run_all();
    // Behind a copy, the real one is found.
    if let [first, .., last] = directories.iter().collect::<Vec<_>>()[..] {
        for (copy, real) in [(first, last), (last, first)] {
            copy_program(MPTCP, copy.join("ip"));
            machine.script(real.join("ip"), STAND_IN);
            is_handed_over(machine.ip("link"), "link");
        }
    }
}

fn without_proc(ns: &mut Sandbox) {
    let machine = Machine::with_ip(ns);
    let directories = directories();
    ns.hide("/proc");
    machine
        .ip("mptcp limits")
        .prints("add_addr_accepted 0 subflows 2 \n");
    is_handed_over(machine.ip("link"), "link");
    for directory in directories {
        let _ = fs::remove_file(directory.join("ip"));
        symlink(MPTCP, directory.join("ip")).unwrap();
    }
    machine.ip("link").fails(255, "no other ip is in");
}

/// What is said without another `ip`.
const NO_OTHER: &str = "Error: this \"ip\" is mptcp, which handles only \"ip mptcp\", \
                        and no other ip is in /usr/sbin, /usr/bin, /sbin or /bin\n";

fn what_does_not_start_is_passed_over(ns: &mut Sandbox) {
    let machine = Machine::without_ip(ns);
    let broken = directories()
        .into_iter()
        .next()
        .expect("a directory")
        .join("ip");
    let place = broken.to_str().unwrap();
    // Not executable, not a program, a directory, a link to nothing, an
    // interpreter that is missing.
    let empty = || fs::write(place, "").unwrap();
    let executable = || fs::set_permissions(place, fs::Permissions::from_mode(0o755)).unwrap();
    let directory = || {
        fs::remove_file(place).unwrap();
        fs::create_dir(place).unwrap();
    };
    let link = || {
        fs::remove_dir(place).unwrap();
        symlink("/nowhere", place).unwrap();
    };
    let script = || {
        fs::remove_file(place).unwrap();
        write_program(place, "#!/nowhere\n");
    };
    let broken: [(&dyn Fn(), &str); 5] = [
        (&empty, NO_OTHER),
        (&executable, "Exec format"),
        (&directory, NO_OTHER),
        (&link, NO_OTHER),
        (&script, "No such file or directory"),
    ];
    for (break_it, says) in broken {
        break_it();
        machine.ip("link").fails(255, says);
        // What may not be executed is no ip that a batch could be left to.
        let batch = Program::new(machine.anywhere()).line("-batch -");
        let batch = batch.stdin("mptcp limits\n").run();
        match says {
            NO_OTHER => batch.prints("add_addr_accepted 0 subflows 2 \n"),
            says => batch.fails(255, says),
        };
        machine
            .ip("mptcp limits")
            .prints("add_addr_accepted 0 subflows 2 \n");
        if let Some(directory) = directories().into_iter().nth(1) {
            machine.script(directory.join("ip"), STAND_IN);
            is_handed_over(machine.ip("link"), "link");
            fs::remove_file(directory.join("ip")).unwrap();
        }
    }
}

fn without_a_real_ip(ns: &mut Sandbox) {
    let machine = Machine::without_ip(ns);
    for line in ["", "link", "m", "-V", "help", "-n other link"] {
        let output = machine.ip(line).fails(255, NO_OTHER);
        assert!(!output.errors().contains("\n\n"), "{output}");
    }
    for (line, says) in [
        ("-nonsense mptcp", "Option \"-nonsense\" is unknown"),
        ("-n", "argument \"netns name\" is required"),
        ("-batch", "argument \"batch file\" is required"),
    ] {
        machine.ip(line).fails(255, says);
    }
    machine
        .ip("mptcp limits")
        .prints("add_addr_accepted 0 subflows 2 \n");
}

fn without_a_real_ip_a_batch_is_run_here(ns: &mut Sandbox) {
    let other = ns.second_host();
    ns.name_netns("other", &other);
    let machine = Machine::without_ip(ns);
    let run = |options: &str, lines: &str| {
        let program = Program::new(machine.anywhere()).line(options);
        program.stdin(lines).run()
    };
    run("-batch -", "mptcp limits set subflows 4\nmp limits\n")
        .prints("add_addr_accepted 0 subflows 4 \n");
    run("-j -n other -batch - mptcp endpoint", "mptcp endpoint\n").prints("[]\n");
    // Without mptcp, they are objects of ip, also those that begin as ours do.
    let output = run("-b - -force", "link\nl\nm\naddr\nmptcp limits\nlimits\n");
    let output = output.ends(1, "add_addr_accepted 0 subflows 4 \n");
    let told = output.errors();
    for line in [1, 2, 3, 4, 6] {
        let at = format!("Command failed -:{line}\n");
        assert!(told.contains(&at), "{output}");
    }
    assert_eq!(told.matches(NO_OTHER).count(), 5, "{output}");
}
