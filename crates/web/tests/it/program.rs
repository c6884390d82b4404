//! The program as its operator meets it: commands, a first start, a graceful stop, and data that is not confused.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use model::Place;
use model::clock::Stopwatch;
use model::testing::{Engine, Store};
use serde_json::{Value as Json, json};

/// How long anything here may take before it has failed, in seconds.
const PATIENCE_S: u64 = 60;

fn cairn(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cairn"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

fn run(folder: &Path, words: &[&str]) -> Output {
    cairn(folder).args(words).output().expect("the program starts")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A running program. Dropping it kills it.
struct Running {
    child: Child,
    port: u16,
    greeting: String,
}

impl Running {
    fn start(folder: &Path, words: &[&str]) -> Running {
        let mut running = Running::begin(folder, words, &[]);
        let output = running.child.stdout.take().expect("piped");
        let lines = if words == ["serve"] || words.contains(&"--trial") { 3 } else { 1 };
        let lines = BufReader::new(output).lines().take(lines);
        running.greeting = lines.collect::<Result<Vec<_>, _>>().expect("readable").join("\n");
        running.wait_until_ready();
        running
    }

    /// Starts it with more in its environment, and waits for nothing.
    fn begin(folder: &Path, words: &[&str], environment: &[(&str, &str)]) -> Running {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let listen = format!("127.0.0.1:{port}");
        let child = cairn(folder)
            .args(words)
            .args(["--listen", &listen])
            .env("CAIRN_PUBLIC_URL", format!("http://localhost:{port}"))
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Running { child, port, greeting: String::new() }
    }

    fn wait_until_ready(&self) {
        let watch = Stopwatch::start();
        while !self.ask("GET /readyz HTTP/1.1").starts_with("HTTP/1.1 200") {
            assert!(watch.elapsed() < Duration::from_secs(PATIENCE_S), "the program does not become ready");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    fn ask(&self, line: &str) -> String {
        let Ok(mut connection) = TcpStream::connect(("127.0.0.1", self.port)) else { return String::new() };
        let request = format!(
            "{line}\r\nHost: localhost:{}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            self.port
        );
        let mut answer = String::new();
        match connection.write_all(request.as_bytes()).and_then(|()| connection.read_to_string(&mut answer)) {
            Ok(_) => answer,
            Err(_) => String::new(),
        }
    }

    fn stop(mut self) -> bool {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill is there");
        assert!(told.success());
        self.child.wait().expect("it ends").success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

// Rules P6, D1, D4
#[test]
fn a_first_start_needs_no_settings_and_a_stop_is_graceful() {
    let folder = folder();
    let running = Running::start(folder.path(), &["serve"]);
    assert!(running.greeting.contains("/set-up/"), "{}", running.greeting);
    let link = running.greeting.rsplit('/').next().expect("a token").trim().to_owned();
    assert!(folder.path().join("cairn-data/cairn.db").exists());
    let data = std::fs::metadata(folder.path().join("cairn-data")).expect("a data folder");
    assert_eq!(data.permissions().mode() & 0o777, 0o700, "nobody else looks into it");
    assert!(running.ask(&format!("GET /set-up/{link} HTTP/1.1")).starts_with("HTTP/1.1 200"));
    assert!(running.ask("GET /set-up/nothing HTTP/1.1").starts_with("HTTP/1.1 410"));
    let at = format!("127.0.0.1:{}", running.port);
    let well = run(folder.path(), &["healthcheck", "--listen", &at]);
    assert!(well.status.success(), "{}", said(&well));
    let nowhere = run(folder.path(), &["healthcheck", "--listen", "127.0.0.1:9"]);
    assert!(!nowhere.status.success() && said(&nowhere).contains("127.0.0.1:9"), "{}", said(&nowhere));
    assert!(running.stop(), "a stop that was asked for is no failure");

    // The next start makes a new link, and the old one is gone.
    let again = Running::start(folder.path(), &["serve"]);
    assert!(again.ask(&format!("GET /set-up/{link} HTTP/1.1")).starts_with("HTTP/1.1 410"));
}

// Rules T4, M7
#[test]
fn only_a_demo_or_a_trial_shows_mails_and_moves_its_clock() {
    let (real, trial) = (folder(), folder());
    let serving = Running::start(real.path(), &["serve"]);
    for line in
        ["GET /mailbox HTTP/1.1", "POST /clock HTTP/1.1", "POST /api/v1/clock HTTP/1.1", "GET /demo HTTP/1.1"]
    {
        assert!(serving.ask(line).starts_with("HTTP/1.1 404"), "{line}: {}", serving.ask(line));
    }
    let trying = Running::start(trial.path(), &["serve", "--trial", "--clock", "2030-01-01T00:00:00Z"]);
    assert!(trying.ask("GET /mailbox HTTP/1.1").starts_with("HTTP/1.1 200"));
    assert!(trying.ask("GET /demo HTTP/1.1").starts_with("HTTP/1.1 404"));
    let refused = run(real.path(), &["serve", "--clock", "2030-01-01T00:00:00Z"]);
    assert!(!refused.status.success() && said(&refused).contains("trial"), "{}", said(&refused));
}

#[test]
fn a_demo_and_real_data_are_never_confused() {
    let folder = folder();
    Running::start(folder.path(), &["serve"]).stop();
    let demo = run(folder.path(), &["demo", "--data", "cairn-data"]);
    assert!(!demo.status.success() && said(&demo).contains("--data"), "{}", said(&demo));
    std::fs::create_dir(folder.path().join("photos")).expect("a folder");
    std::fs::write(folder.path().join("photos/holiday.jpg"), b"mine").expect("a file");
    let demo = run(folder.path(), &["demo", "--data", "photos"]);
    assert!(!demo.status.success() && said(&demo).contains("photos"), "{}", said(&demo));
    assert!(folder.path().join("photos/holiday.jpg").exists());

    Running::start(folder.path(), &["demo"]).stop();
    let serve = run(folder.path(), &["serve", "--data", "cairn-demo"]);
    assert!(!serve.status.success() && said(&serve).contains("demo"), "{}", said(&serve));
    // A demo begins anew each time.
    Running::start(folder.path(), &["demo"]).stop();
}

#[test]
fn an_operator_manages_people_and_tokens() {
    let folder = folder();
    let told = |words: &[&str]| {
        let output = run(folder.path(), words);
        assert!(output.status.success(), "{words:?}: {}", said(&output));
        said(&output)
    };
    let added = told(&["person", "add", "ada@cairn.example", "--name", "Ada Löwe", "--roles", "admin,coach"]);
    assert!(added.contains("per_") && added.contains("/sign-in/link/"), "{added}");
    assert!(told(&["person", "list"]).contains("Ada Löwe <ada@cairn.example>  admin,coach"));
    assert!(told(&["person", "list", "--role", "client"]).is_empty());
    assert!(told(&["person", "link", "ADA@cairn.example"]).contains("/sign-in/link/"));
    assert!(
        told(&["token", "create", "--person", "ada@cairn.example", "--scopes", "me:read"])
            .starts_with("cairn_")
    );
    assert!(
        told(&["token", "create", "--person", "ada@cairn.example", "--scopes", "all"]).starts_with("cairn_")
    );
    assert!(told(&["doctor"]).contains("SQLite"));
    let data = folder.path().join("cairn-data");
    assert!(!told(&["doctor"]).contains("chmod 700"));
    std::fs::set_permissions(&data, Permissions::from_mode(0o755)).expect("one's own folder");
    assert!(told(&["doctor"]).contains("others on this machine can look into it: chmod 700"));
    assert!(told(&["config", "example"]).contains("public_url"));
    assert!(told(&["config", "check"]).contains("in order"));

    let fails = |words: &[&str], why: &str| {
        let output = run(folder.path(), words);
        assert!(!output.status.success() && said(&output).contains(why), "{words:?}: {}", said(&output));
    };
    fails(&["person", "add", "ada@cairn.example", "--name", "Ada"], "mail: ");
    fails(&["person", "add", "nonsense", "--name", "Ada"], "no mail address");
    fails(&["person", "link", "nobody@cairn.example"], "Nobody here");
    fails(&["token", "create", "--person", "ada@cairn.example", "--scopes", "everything"], "scope");
    fails(&["mail", "test", "ada@cairn.example"], "smtp.host");
    std::fs::write(folder.path().join("cairn.toml"), "listn = \"x\"\nlog.level = \"loud\"\n")
        .expect("a file");
    fails(&["config", "check"], "listn");
    fails(&["config", "check"], "loud");
}

#[test]
fn a_command_that_only_looks_makes_nothing() {
    let folder = folder();
    for words in [
        ["person", "list"].as_slice(),
        &["person", "link", "ada@cairn.example"],
        &["token", "create", "--person", "ada@cairn.example", "--scopes", "me:read"],
    ] {
        let output = run(folder.path(), words);
        assert!(!output.status.success() && said(&output).contains("no database"), "{}", said(&output));
    }
    let looked = run(folder.path(), &["doctor"]);
    assert!(looked.status.success() && said(&looked).contains("there is none yet"), "{}", said(&looked));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

// Rule D6
#[test]
fn two_programs_that_start_at_once_on_one_database_both_serve_it() {
    let server = Store::empty(Engine::Postgres);
    let Place::Postgres(url) = server.place() else { unreachable!("it was asked for") };
    for environment in [[].as_slice(), &[("CAIRN_DATABASE_URL", url.as_str())]] {
        let folder = folder();
        let both = [(); 2].map(|()| Running::begin(folder.path(), &["serve"], environment));
        for running in &both {
            running.wait_until_ready();
            assert!(running.ask("GET /sign-in HTTP/1.1").starts_with("HTTP/1.1 200"));
        }
        for running in both {
            assert!(running.stop(), "it ends well");
        }
        let add = cairn(folder.path())
            .args(["person", "add", "ada@cairn.example", "--name", "Ada"])
            .envs(environment.iter().copied())
            .output()
            .expect("the program starts");
        assert!(add.status.success(), "{}", said(&add));
    }
}

// Rule D4
#[test]
fn a_stop_waits_no_longer_than_it_is_told() {
    let folder = folder();
    let running = Running::begin(folder.path(), &["serve"], &[("CAIRN_STOP_WITHIN_SECONDS", "1")]);
    running.wait_until_ready();
    // A form that never ends is something that has begun.
    let mut slow = TcpStream::connect(("127.0.0.1", running.port)).expect("a connection");
    let head = format!(
        "POST /sign-in/link HTTP/1.1\r\nHost: localhost:{}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nmail=",
        running.port
    );
    slow.write_all(head.as_bytes()).expect("it is sent");
    std::thread::park_timeout(Duration::from_millis(300));
    let watch = Stopwatch::start();
    assert!(running.stop(), "a stop that was asked for is no failure");
    let took = watch.elapsed();
    assert!(took >= Duration::from_millis(900) && took < Duration::from_secs(15), "{took:?}");
}

/// A file of this many people is large enough to be killed in the middle.
const MANY: usize = 8_000;
/// How long a large file may take here, in seconds.
const LONG_S: u64 = 600;

impl Running {
    /// Asks the JSON interface as the holder of a token.
    fn json(&self, token: &str, line: &str, body: &Json) -> Json {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        connection.write_all(request.as_bytes()).expect("it is sent");
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 20"), "{line}: {answer}");
        let start = body.find('{').expect("an object");
        let end = body.rfind('}').expect("an object");
        serde_json::from_str(&body[start..=end]).expect("JSON")
    }

    /// Asks for a file of people until this is so.
    fn until(&self, token: &str, import: &str, is_so: impl Fn(&Json) -> bool) -> Json {
        let watch = Stopwatch::start();
        loop {
            let seen = self.json(token, &format!("GET /api/v1/imports/{import}"), &Json::Null);
            if is_so(&seen) {
                return seen;
            }
            assert!(watch.elapsed() < Duration::from_secs(LONG_S), "{seen}");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

// Rules G2, D6
#[test]
fn a_file_whose_program_is_killed_at_line_7_000_leaves_nothing() {
    let server = Store::empty(Engine::Postgres);
    let Place::Postgres(url) = server.place() else { unreachable!("it was asked for") };
    for environment in [[].as_slice(), &[("CAIRN_DATABASE_URL", url.as_str())]] {
        let folder = folder();
        let told = |words: &[&str]| {
            let output = cairn(folder.path()).args(words).envs(environment.iter().copied()).output();
            let output = output.expect("the program starts");
            assert!(output.status.success(), "{words:?}: {}", said(&output));
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        told(&["person", "add", "otto@cairn.example", "--name", "Otto", "--roles", "admin"]);
        let scopes = "programs:read,programs:write";
        let token = told(&["token", "create", "--person", "otto@cairn.example", "--scopes", scopes]);
        let token = token.split_whitespace().next().expect("a token").to_owned();
        let running = Running::begin(folder.path(), &["serve"], environment);
        running.wait_until_ready();
        let made = |line: &str, body: Json| {
            running.json(&token, &format!("POST /api/v1/{line}"), &body)["id"]
                .as_str()
                .expect("an id")
                .to_owned()
        };
        let company = made("companies", json!({ "name": "Large" }));
        let project = made("projects", json!({ "company": company, "name": "All", "disclosure": "counts" }));
        let step = json!({ "name": "Hello", "kind": "one_to_one", "minutes": 30 });
        let pathway = made("pathways", json!({ "name": "Short", "order": "free", "steps": [step] }));
        let cohort =
            json!({ "project": project, "pathway": pathway, "name": "One", "starts_on": "2026-12-01" });
        let cohort = made("cohorts", cohort);
        let row = |n| format!("Person {n},p{n}@large.example,Large,All,One\n");
        let file = format!("name,e-mail,company,project,cohort\n{}", (0..MANY).map(row).collect::<String>());
        let import = made("imports", json!({ "csv": file, "commit": true }));
        let seen = running.until(&token, &import, |seen| {
            assert_ne!(seen["stage"], "done", "it was too fast to be killed");
            seen["stage"] == "committing" && seen["done"].as_u64() >= Some(7_000)
        });
        assert_eq!(seen["lines"], MANY);
        drop(running);
        assert_eq!(told(&["person", "list", "--role", "client"]), "", "nobody came in");

        // The file still waits: the next program here goes on with it at once, and need not wait for the lease to end.
        let again = Running::begin(folder.path(), &["serve"], environment);
        again.wait_until_ready();
        again.until(&token, &import, |seen| seen["stage"] == "done");
        let cohort = again.json(&token, &format!("GET /api/v1/cohorts/{cohort}"), &Json::Null);
        assert_eq!(cohort["standing"]["people"], MANY, "{cohort}");
    }
}
