//! Programs as people run them.

use std::io::{Read, Write};

use super::*;

trials! {
    curl_fetches_with_it, nginx_passes_requests_on_as_another_user, nothing_else_changes,
    five_hundred_children_get_sockets, gdb_does_not_mind,
}

const ANSWER: &str = "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";

/// Answers one request of HTTP.
fn answer(listener: &std::net::TcpListener) {
    let mut stream = accept(listener);
    let mut request = [0; 1024];
    let length = stream.read(&mut request).expect("a request");
    assert!(request[..length].starts_with(b"GET "));
    stream.write_all(ANSWER.as_bytes()).expect("written");
}

fn curl_fetches_with_it(ns: &mut Sandbox) {
    need_tool("curl");
    let server = server_on_three_links(ns);
    let listener = server.run(|| mptcp_listen("10.0.1.2:8080"));
    let words = ["run", "curl", "-sS", "http://10.0.1.2:8080/"];
    let program = Program::mptcp().args(words).start();
    answer(&listener);
    assert_eq!(program.finish().ok().text(), "hello\n");
    assert_eq!(mptcp_counter("MPCapableSYNACKRX"), 1);
}

/// The worker is not dumpable, and root has no CAP_SYS_PTRACE in containers.
fn nginx_passes_requests_on_as_another_user(ns: &mut Sandbox) {
    const NGINX: &str = "/usr/sbin/nginx";
    need_tool(NGINX);
    let can_change = Program::new("setpriv").args(["--reuid", "65534", "true"]);
    if can_change.run().status != 0 {
        left_out("no other user can be had here: run the tests as root");
    }
    let server = server_on_three_links(ns);
    let listener = server.run(|| mptcp_listen("10.0.1.2:8080"));
    let scratch = Scratch::new();
    let place = scratch.display();
    let config = format!(
        "user nobody nogroup; daemon off; pid {place}/pid; error_log stderr; worker_processes 1;
         events {{}}
         http {{
             access_log off;
             client_body_temp_path {place}/a; proxy_temp_path {place}/b;
             fastcgi_temp_path {place}/c; uwsgi_temp_path {place}/d; scgi_temp_path {place}/e;
             server {{ listen 127.0.0.1:8000; location / {{ proxy_pass http://10.0.1.2:8080; }} }}
         }}"
    );
    let config = scratch.file("nginx.conf", config);
    let program = Program::mptcp()
        .args(["run", NGINX, "-e", "stderr", "-c"])
        .arg(config);
    let program = without_sys_ptrace(|| program.start());
    let nginx = program.pid();
    wait_until("nginx listens", || {
        std::net::TcpStream::connect("127.0.0.1:8000").is_ok()
    });
    let mut client = mptcp_connect("127.0.0.1:8000");
    client
        .write_all(b"GET / HTTP/1.0\r\n\r\n")
        .expect("written");
    answer(&listener);
    let mut text = String::new();
    client.read_to_string(&mut text).expect("an answer");
    assert!(text.ends_with("\r\n\r\nhello\n"), "{text}");
    assert_eq!(
        mptcp_counter("MPCapableSYNACKRX"),
        2,
        "both to nginx and from it"
    );
    // What stops a service is sent to all of its processes.
    for supervisor in supervisors(&nginx.to_string()) {
        kill(supervisor, Signal::SIGTERM).expect("sent");
    }
    program.signal(Signal::SIGTERM);
    assert_eq!(program.finish().status, 0);
    wait_until("the supervisor has ended", || {
        supervisors(&nginx.to_string()).is_empty()
    });
}

fn nothing_else_changes(_ns: &mut Sandbox) {
    for line in [
        "ssh -V",
        "ls -l /etc/passwd",
        "ls /no/such/place",
        "busybox uname -s",
        "env -u _",
        "cat /proc/self/limits",
        "sh -c ulimit\\ -a",
        "grep Cap /proc/self/status",
    ] {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| word.replace('\\', " "))
            .collect();
        need_tool(&words[0]);
        let without = Program::new(&words[0]).args(&words[1..]).run();
        Program::mptcp()
            .arg("run")
            .args(&words)
            .run()
            .equals(&without);
    }
}

fn five_hundred_children_get_sockets(_ns: &mut Sandbox) {
    let code = "
import os, socket
reader, writer = os.pipe()
for _ in range(500):
    if os.fork() == 0:
        one = socket.socket()
        os.write(writer, b'm' if one.getsockopt(socket.SOL_SOCKET, 38) == 262 else b't')
        os._exit(0)
try:
    while True: os.wait()
except ChildProcessError: pass
print(os.read(reader, 1000).decode())
";
    python(code).ends(0, &format!("{}\n", "m".repeat(500)));
}

fn gdb_does_not_mind(_ns: &mut Sandbox) {
    need_tool("gdb");
    need_tool(PYTHON);
    let commands = ["-nx", "-batch", "-ex", "run", "--args"];
    let program = [PYTHON, "-c", PROTOCOL];
    for words in [
        // It runs with MPTCP, and what it debugs does.
        [&["gdb"], &commands[..], &program[..]].concat(),
        [&commands[..], &[crate::support::MPTCP, "run"], &program[..]].concat(),
    ] {
        let output = match words[0] {
            "gdb" => run(&words),
            _ => Program::new("gdb").args(words).run(),
        };
        let text = output.text();
        assert!(text.lines().any(|line| line == MPTCP), "{output}");
        assert!(text.contains("exited normally"), "{output}");
    }
}
