//! The program as it is served: the release binary on one core, the load on another, over HTTP, with durable settings
//! and a database with a few hundred practices in it.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::SignedDuration;
use model::clock::Stopwatch;
use model::event::{Actor, Proof, Via};
use model::offering::{self, Draft};
use model::organisation::{self, Mode};
use model::person::{self, New, Person};
use model::{Clock, Db, Place, Result, Tx, args, booking, coach, sign_in, token};
use rules::ids::{BusyId, OfferingId, PersonId};
use rules::money::{Currency, Money};
use rules::permission::{Role, Roles};
use rules::person::{MailAddress, PersonName};
use rules::session::SessionKind;
use rules::time::{Instant, Span, Zone};

use crate::Plan;
use crate::load::{Answer, Asking, Outcome, at_once, at_rate};
use crate::report::{Report, say};

const ON: &str = "HTTP, SQLite";

pub(crate) const START: &str = "start to the first page, existing database";
pub(crate) const IDLE: &str = "memory, idle";
const LOADED: &str = "memory, after all of this";
pub(crate) const SIZE: &str = "program size";
const FIRST_VIEW: &str = "public booking page, first view, compressed, without fonts";
pub(crate) const WITH_FONTS: &str = "public booking page, first view, compressed, with fonts";
pub(crate) const SEARCH: &str = "slot search over HTTP, 28 days, 300 busy spans, at 2,000/s, p99";
const SEARCH_MOST: &str = "slot search over HTTP, most with p99 under 5 ms";
pub(crate) const BOOKING: &str = "booking over HTTP, durable, most with p99 under 50 ms";
const CROWD: &str = "1,000 clients on one slot, all answered";
const PAGE: &str = "public coach page, compressed, most with p99 under 10 ms";
pub(crate) const SIGNED_IN: &str = "signed-in page with real queries, compressed, most with p99 under 10 ms";
const NOTHING: &str = "a page without queries (liveness), most with p99 under 10 ms";
const ALL: [&str; 13] = [
    START,
    IDLE,
    LOADED,
    SIZE,
    FIRST_VIEW,
    WITH_FONTS,
    SEARCH,
    SEARCH_MOST,
    BOOKING,
    CROWD,
    PAGE,
    SIGNED_IN,
    NOTHING,
];

/// Practices in the database.
const COACHES: usize = 400;
/// Their clients, each with a token.
const CLIENTS: usize = 1_000;
/// Busy spans of the one coach who is searched.
const BUSY: i64 = 300;
/// Below so many requests a second none is looked for.
const LEAST_RATE: f64 = 20.0;
/// Connections that requests take in turn.
const CONNECTIONS: usize = 64;
/// How nice whoever is measured is to the others on the machine: not at all.
const FIRST: &str = "-20";
/// The program is asked so often whether it answers, in milliseconds.
const ASK_EVERY: Duration = Duration::from_millis(1);
/// It must within this.
const PATIENCE: Duration = Duration::from_secs(30);

/// Adds the rows to the report.
pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    if !ALL.iter().any(|what| plan.wants(what, ON)) {
        return;
    }
    let Some(program) = program() else { return };
    let folder = tempfile::TempDir::new().expect("a folder for the database");
    say("making a database to serve");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let world = runtime.block_on(build(folder.path())).expect("making the database");
    drop(runtime);
    let server = Server::on(program, folder.path());
    report.on(server.cores.describe());
    Bench { plan, report, server, world, process: 0 }.run();
}

/// The program beside this one.
pub(crate) fn program() -> Option<PathBuf> {
    let program = std::env::current_exe().expect("this program has a path").with_file_name("cairn");
    if !program.exists() {
        say(&format!("{} is not there, so that nothing is measured over HTTP", program.display()));
        return None;
    }
    Some(program)
}

/// What is asked for.
struct World {
    /// The address of the coach who is searched, and what is searched.
    slug: String,
    searched: OfferingId,
    /// Starts of one offering each, all of which can be booked.
    starts: Vec<(String, OfferingId, Instant)>,
    /// What clients show.
    tokens: Vec<String>,
    cookie: String,
    now: Instant,
}

async fn build(data: &Path) -> Result<World> {
    let db = Db::open(&Place::Sqlite(data.join("cairn.db")), Clock::machine()).await?;
    db.write(|tx| organisation::open(tx, Mode::Serve).map(drop)).await?;
    let mut coaches = Vec::new();
    for portion in 0..COACHES / 50 {
        let made = db.write(move |tx| {
            (portion * 50..portion * 50 + 50).map(|n| practice(tx, n)).collect::<Result<Vec<_>>>()
        });
        coaches.extend(made.await?);
    }
    let (searched, slug, offering) = coaches[0].clone();
    db.write(move |tx| make_busy(tx, searched)).await?;
    let mut tokens = Vec::new();
    for portion in 0..CLIENTS / 100 {
        let made = db.write(move |tx| {
            (portion * 100..portion * 100 + 100)
                .map(|n| {
                    let client = somebody(tx, &format!("Client {n}"), Role::Client, "Europe/London")?;
                    let scopes = "sessions:read sessions:write".parse().expect("scopes");
                    Ok(token::create(tx, &Actor::Program, client.id, "bench", scopes, token::LIFE_MAX)?.1)
                })
                .collect::<Result<Vec<_>>>()
        });
        tokens.extend(made.await?);
    }
    let mut starts = Vec::new();
    for (_, slug, offering) in coaches[2..].iter().cloned() {
        let found = db.read(move |tx| {
            let within = Span::of(tx.now(), SignedDuration::from_hours(24 * 70));
            booking::slots(tx, offering, within)
        });
        let found = found.await?;
        // Apart by the session and its buffer, so that no booking stands in the way of another.
        let mut last = None;
        for start in found {
            if last.is_none_or(|last: Instant| start.since(last) >= SignedDuration::from_mins(45)) {
                starts.push((slug.clone(), offering, start));
                last = Some(start);
            }
        }
    }
    // Coach after coach is asked for, not one of them emptied after the other.
    let count = starts.len();
    let starts = (0..count).map(|n| starts[n * 7_919 % count].clone()).collect();
    let second = coaches[1].2;
    let cookie = db.write(move |tx| signed_in_client(tx, second)).await?;
    // Letters to invented people are not what is measured.
    db.write(|tx| tx.exec("UPDATE mail SET state = 'dropped' WHERE state = 'queued'", args![]).map(drop))
        .await?;
    let now = db.clock().now();
    db.close().await;
    Ok(World { slug, searched: offering, starts, tokens, cookie, now })
}

fn somebody(tx: &mut Tx, name: &str, role: Role, zone: &str) -> Result<Person> {
    let mail = format!("{}@bench.example", name.to_lowercase().replace(' ', "-"));
    let new = New {
        name: PersonName::parse(name).expect("a name"),
        mail: MailAddress::parse(&mail).expect("an address"),
        roles: Roles::from(role),
        zone: Some(Zone::parse(zone).expect("a zone")),
        zone_known: true,
        language: None,
        slug: None,
    };
    person::add(tx, &Actor::Operator, &new)
}

/// A coach whose half hours can be booked.
fn practice(tx: &mut Tx, n: usize) -> Result<(PersonId, String, OfferingId)> {
    let zones = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney"];
    let person = somebody(tx, &format!("Coach {n}"), Role::Coach, zones[n % zones.len()])?;
    let by = Actor::Person { who: person.who(), via: Via::Page, proof: None::<Proof> };
    let mut half_hour = None;
    for offering in offering::of_coach(tx, person.id)? {
        if offering.kind == SessionKind::Intro {
            continue;
        }
        let minutes = i64::from(offering.policy.minutes.get());
        let price = Money::new(200 * minutes, Currency::EUR);
        offering::change(tx, &by, offering.id, &Draft { price, active: true, ..Draft::of(&offering) })?;
        if minutes == 30 {
            half_hour = Some(offering.id);
        }
    }
    let says =
        "UPDATE coach SET headline = 'Half hours', about = 'For whoever measures.' WHERE person_id = $1";
    tx.exec(says, args![person.id])?;
    let profile = coach::list(tx, &by)?;
    Ok((person.id, profile.slug, half_hour.expect("a practice begins with one of half an hour")))
}

/// Busy spans all over the four weeks ahead, as an outside calendar would tell them.
fn make_busy(tx: &mut Tx, coach: PersonId) -> Result<()> {
    let now = tx.now();
    let step = 28 * 24 * 60 / BUSY;
    for n in 0..BUSY {
        let id: BusyId = tx.new_id();
        let start = now + SignedDuration::from_mins(n * step);
        tx.exec(
            "INSERT INTO busy (id, coach_id, source, starts_at, ends_at) VALUES ($1, $2, 'bench', $3, $4)",
            args![id, coach, start, start + SignedDuration::from_mins(20 + n % 5 * 5)],
        )?;
    }
    Ok(())
}

/// A client with sessions ahead, at a browser.
fn signed_in_client(tx: &mut Tx, offering: OfferingId) -> Result<String> {
    let person = somebody(tx, "Ben Bench", Role::Client, "Europe/London")?;
    let by = Actor::Person { who: person.who(), via: Via::Page, proof: None::<Proof> };
    let within = Span::of(tx.now(), SignedDuration::from_hours(24 * 30));
    let free = booking::slots(tx, offering, within)?;
    for start in free.into_iter().step_by(40).take(8) {
        let wish = booking::Wish { overlap_known: true, ..booking::Wish::plain(offering, start) };
        booking::book(tx, &by, &wish)?;
    }
    Ok(sign_in::begin(tx, &person, "bench", "bench")?.token.reveal().to_owned())
}

/// Who runs where.
enum Cores {
    /// The program on the first, the load on the second; if the system allows it, ahead of all else that runs there.
    Apart { is_first: bool },
    /// There is one only, or no way to tell them apart.
    Together,
}

impl Cores {
    fn share() -> Cores {
        let several = std::thread::available_parallelism().is_ok_and(|count| count.get() > 1);
        let me = std::process::id().to_string();
        let told = Command::new("taskset")
            .args(["-acp", "1", &me])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !(several && told.is_ok_and(|status| status.success())) {
            return Cores::Together;
        }
        // The program will inherit it.
        let raised = Command::new("renice")
            .args(["-n", FIRST, "-p", &me])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        Cores::Apart { is_first: raised.is_ok_and(|status| status.success()) }
    }

    fn describe(&self) -> String {
        match self {
            Cores::Apart { is_first } => {
                let ahead = if *is_first { ", each ahead of all else that runs there" } else { "" };
                format!("over HTTP: the program has one core, the load another{ahead}")
            }
            Cores::Together => {
                "over HTTP: program and load share all cores, so that both are slower".to_owned()
            }
        }
    }
}

/// How the program is started.
pub(crate) struct Server {
    program: PathBuf,
    data: PathBuf,
    port: u16,
    cores: Cores,
}

/// A running program. Dropping it ends it.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// On this data, at a port that is free.
    pub(crate) fn on(program: PathBuf, data: &Path) -> Server {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
        let port = free.expect("a port").port();
        Server { program, data: data.to_owned(), port, cores: Cores::share() }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    pub(crate) fn start(&self) -> Running {
        let mut command = match self.cores {
            Cores::Apart { .. } => {
                let mut command = Command::new("taskset");
                command.args(["-c", "0"]).arg(&self.program);
                command
            }
            Cores::Together => Command::new(&self.program),
        };
        let data = self.data.display().to_string();
        command.env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        let child = command
            .args(["serve", "--data", &data, "--listen", &format!("127.0.0.1:{}", self.port)])
            .env("CAIRN_PUBLIC_URL", format!("http://localhost:{}", self.port))
            .env("CAIRN_LOG_LEVEL", "warn")
            .env("CAIRN_LIMITS_LETTERS_TO_PERSON", "1000000")
            .env("CAIRN_LIMITS_LETTERS_BY_PERSON", "1000000")
            .env("CAIRN_LIMITS_BOOKINGS_BY_PERSON", "1000000")
            .current_dir(&self.data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn();
        Running(child.expect("the program starts"))
    }

    /// Asks once, on a connection of its own; none if nobody answers.
    pub(crate) fn ask(&self, path: &str, headers: &str) -> Option<Whole> {
        let mut stream = TcpStream::connect(self.address()).ok()?;
        let request = self.get(path, &format!("Connection: close\r\n{headers}"));
        stream.write_all(&request).ok()?;
        let mut received = Vec::new();
        stream.read_to_end(&mut received).ok()?;
        Whole::of(received)
    }

    fn get(&self, path: &str, headers: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n{headers}\r\n", self.port).into_bytes()
    }

    pub(crate) fn wait_until_it_answers(&self, path: &str) -> Duration {
        let watch = Stopwatch::start();
        loop {
            if self.ask(path, "").is_some_and(|answer| answer.status == 200) {
                return watch.elapsed();
            }
            assert!(watch.elapsed() < PATIENCE, "the program does not answer");
            std::thread::park_timeout(ASK_EVERY);
        }
    }
}

/// An answer from a connection that was closed after it.
pub(crate) struct Whole {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Whole {
    fn of(received: Vec<u8>) -> Option<Whole> {
        let head = received.windows(4).position(|four| four == b"\r\n\r\n")?;
        let lines = String::from_utf8_lossy(&received[..head]).to_ascii_lowercase();
        let status = lines.get(9..12)?.parse().ok()?;
        let mut body = received[head + 4..].to_vec();
        if lines.contains("transfer-encoding: chunked") {
            body = joined(&body)?;
        }
        Some(Whole { status, body })
    }
}

/// A body without the marks of its pieces.
fn joined(mut pieces: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = pieces.windows(2).position(|two| two == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&pieces[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(pieces.get(end + 2..end + 2 + length)?);
        pieces = pieces.get(end + 2 + length + 2..)?;
    }
}

struct Bench<'a> {
    plan: &'a Plan,
    report: &'a mut Report,
    server: Server,
    world: World,
    /// The program's process.
    process: u32,
}

impl Bench<'_> {
    /// What the program has used of processors so far, its own time and the system's for it.
    fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process)).unwrap_or_default();
        // After the name, which may have spaces in it; in hundredths of a second.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Duration::from_millis(10 * (ticks(11) + ticks(12)))
    }

    fn run(mut self) {
        self.size();
        self.start();
        let running = self.server.start();
        self.server.wait_until_it_answers("/healthz");
        self.process = running.0.id();
        self.memory(IDLE, &running);
        self.first_view();
        self.search();
        self.most(SEARCH_MOST, 5_000.0, 1_000.0, &self.search_request(), is_a_list_of_slots);
        self.most(NOTHING, 10_000.0, 5_000.0, &self.server.get("/healthz", ""), is_ok);
        let page = self.server.get(&format!("/coaches/{}", self.world.slug), "Accept-Encoding: br, gzip\r\n");
        self.most(PAGE, 10_000.0, 500.0, &page, is_ok);
        let cookie = format!(
            "Cookie: cairn-{}={}\r\nAccept-Encoding: br, gzip\r\n",
            self.server.port, self.world.cookie
        );
        self.most(SIGNED_IN, 10_000.0, 500.0, &self.server.get("/", &cookie), is_ok);
        self.crowd();
        self.bookings();
        self.memory(LOADED, &running);
    }

    fn wants(&self, what: &str) -> bool {
        self.plan.wants(what, ON)
    }

    fn size(&mut self) {
        if self.wants(SIZE) {
            let bytes = File::open(&self.server.program)
                .and_then(|file| file.metadata())
                .map_or(0, |about| about.len());
            self.report.row(SIZE, "", "MB", vec![bytes as f64 / 1e6], String::new());
        }
    }

    fn start(&mut self) {
        if !self.wants(START) {
            return;
        }
        let page = format!("/coaches/{}", self.world.slug);
        let rounds = (0..self.plan.rounds).map(|_| {
            let watch = Stopwatch::start();
            let running = self.server.start();
            self.server.wait_until_it_answers(&page);
            let took = watch.elapsed();
            drop(running);
            took.as_secs_f64() * 1e3
        });
        let rounds = rounds.collect();
        self.report.row(
            START,
            ON,
            "ms",
            rounds,
            "from starting the process; asked every millisecond".to_owned(),
        );
    }

    fn memory(&mut self, what: &'static str, running: &Running) {
        if !self.wants(what) {
            return;
        }
        std::thread::park_timeout(Duration::from_secs(3));
        // `taskset` becomes the program, so that the number is the program's own.
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes =
            line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<f64>().ok()).unwrap_or(0.0);
        self.report.row(what, ON, "MB", vec![kilobytes / 1e3], String::new());
    }

    /// What a browser fetches to show the page for the first time: the page, styles, scripts, pictures; then fonts.
    fn first_view(&mut self) {
        if !self.wants(FIRST_VIEW) && !self.wants(WITH_FONTS) {
            return;
        }
        let fetch = |path: &str, headers: &str| self.server.ask(path, headers).expect("an answer").body;
        let small = "Accept-Encoding: br, gzip\r\n";
        let address = format!("/coaches/{}", self.world.slug);
        let page = String::from_utf8_lossy(&fetch(&address, "")).into_owned();
        let mut parts = vec![("page".to_owned(), fetch(&address, small).len())];
        let mut fonts = 0;
        let (mut seen, mut left) = (Vec::new(), assets(&page));
        while let Some(asset) = left.pop() {
            if seen.contains(&asset) {
                continue;
            }
            let length = fetch(&asset, small).len();
            if asset.ends_with(".woff2") {
                fonts += length;
            } else {
                parts.push((asset.trim_start_matches("/assets/").to_owned(), length));
            }
            if asset.ends_with(".css") {
                let sheet = String::from_utf8_lossy(&fetch(&asset, "")).into_owned();
                let (faces, rest) = faces_and_rest(&sheet);
                left.extend(assets(&rest));
                let used = faces.into_iter().filter(|face| page.chars().any(|sign| has_sign(face, sign)));
                left.extend(used.flat_map(assets));
            }
            seen.push(asset);
        }
        let bytes: usize = parts.iter().map(|(_, length)| length).sum();
        let told = parts.iter().map(|(name, length)| format!("{name} {length}"));
        let told = format!("bytes: {}", told.collect::<Vec<_>>().join(", "));
        self.report.row(FIRST_VIEW, "HTTP", "KB", vec![bytes as f64 / 1e3], told);
        let remark =
            "the faces whose ranges hold a character of the page, as a browser fetches them".to_owned();
        self.report.row(WITH_FONTS, "HTTP", "KB", vec![(bytes + fonts) as f64 / 1e3], remark);
    }

    fn search_request(&self) -> Vec<u8> {
        let World { slug, searched, now, .. } = &self.world;
        let until = *now + SignedDuration::from_hours(24 * 28);
        let path = format!(
            "/api/v1/coaches/{slug}/slots?offering={searched}&from={now}&to={until}&zone=America/New_York"
        );
        self.server.get(&path, "")
    }

    fn search(&mut self) {
        if !self.wants(SEARCH) {
            return;
        }
        let request = self.search_request();
        let (mut p99, mut p50, mut failed, mut answered) = (Vec::new(), 0.0, 0, 0);
        let before = self.processor_time();
        for _ in 0..self.plan.rounds {
            let outcome = self.repeat(2_000.0, self.plan.round, &request, is_a_list_of_slots);
            p99.push(outcome.within(0.99) / 1e3);
            p50 = outcome.within(0.5) / 1e3;
            failed += outcome.failed;
            answered += outcome.micros.len();
        }
        let used = self.processor_time().saturating_sub(before).as_secs_f64() * 1e6 / answered.max(1) as f64;
        let remark = format!("median {p50:.2} ms, {failed} failed; {used:.0} µs of processor time each");
        self.report.row(SEARCH, ON, "ms", p99, remark);
    }

    fn repeat(
        &self,
        rate: f64,
        length: Duration,
        request: &[u8],
        is_good: fn(&Answer<'_>) -> bool,
    ) -> Outcome {
        let mut asking =
            Asking { request: &mut |_| request.to_vec(), is_good: &mut |_, answer| is_good(answer) };
        at_rate(self.server.address(), rate, length, CONNECTIONS, &mut asking)
    }

    /// Finds the highest rate at which nothing fails and 99 of 100 are answered within `micros`, and measures there.
    fn most(
        &mut self,
        what: &'static str,
        micros: f64,
        first: f64,
        request: &[u8],
        is_good: fn(&Answer<'_>) -> bool,
    ) {
        if !self.wants(what) {
            return;
        }
        let found = self
            .highest(what, micros, first, |bench, rate, length| bench.repeat(rate, length, request, is_good));
        self.tell(what, found);
    }

    fn tell(&mut self, what: &'static str, found: Highest) {
        let Highest { per_second, p99, p50, processor } = found;
        let remark = if per_second.is_empty() {
            "no rate held, however low".to_owned()
        } else {
            let (p99, p50) = (p99 / 1e3, p50 / 1e3);
            format!("p99 {p99:.1} ms, median {p50:.2} ms; {processor:.0} µs of processor time each")
        };
        let per_second = if per_second.is_empty() { vec![0.0] } else { per_second };
        self.report.row(what, ON, "/s", per_second, remark);
    }

    fn highest(
        &mut self,
        what: &str,
        micros: f64,
        first: f64,
        mut load: impl FnMut(&mut Self, f64, Duration) -> Outcome,
    ) -> Highest {
        let (micros, share) = (micros * self.plan.slack, 1.0 - 0.03 * self.plan.slack.min(10.0));
        let holds = |outcome: &Outcome, rate: f64| {
            outcome.failed == 0 && outcome.within(0.99) <= micros && outcome.per_second() >= share * rate
        };
        let short = self.plan.round.min(Duration::from_secs(2));
        let (mut held, mut rate) = (0.0, first);
        let mut lost = f64::MAX;
        // Up in large steps, then between the last that held and the first that did not.
        while lost > held * 1.08 {
            // A hiccup of the machine is no bound of the program: what fails is tried once more.
            if (0..2).any(|_| holds(&load(self, rate, short), rate)) {
                held = rate;
            } else {
                lost = rate;
            }
            rate = if lost == f64::MAX { held * 1.5 } else { (held + lost) / 2.0 };
            if lost < LEAST_RATE {
                return Highest::default();
            }
        }
        // Where it held for a moment it may not hold for long.
        loop {
            say(&format!("{what}: measuring at {held:.0}/s"));
            let mut found = Highest::default();
            let mut lasting = 0;
            let before = self.processor_time();
            let mut all = Outcome::default();
            for _ in 0..self.plan.rounds {
                let outcome = load(self, held, self.plan.round);
                lasting += usize::from(holds(&outcome, held));
                found.per_second.push(outcome.per_second());
                all.micros.extend(outcome.micros);
            }
            let used = self.processor_time().saturating_sub(before);
            found.processor = used.as_secs_f64() * 1e6 / all.micros.len().max(1) as f64;
            (found.p99, found.p50) = (all.within(0.99), all.within(0.5));
            if lasting * 2 > self.plan.rounds {
                return found;
            }
            if held < LEAST_RATE {
                return Highest::default();
            }
            held *= 0.9;
        }
    }

    fn booking(&self, turn: usize, start: usize) -> Vec<u8> {
        let World { starts, tokens, .. } = &self.world;
        let (slug, offering, at) = &starts[start % starts.len()];
        self.post(turn, slug, *offering, *at, &tokens[turn % tokens.len()])
    }

    fn post(&self, turn: usize, slug: &str, offering: OfferingId, at: Instant, token: &str) -> Vec<u8> {
        let body = format!(
            r#"{{"coach":"{slug}","offering":"{offering}","starts_at":"{at}","overlap_known":true,"note":"Turn {turn}"}}"#
        );
        format!(
            "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.server.port,
            body.len()
        )
        .into_bytes()
    }

    /// Each books a time that nobody else wants.
    fn bookings(&mut self) {
        if !self.wants(BOOKING) {
            return;
        }
        let mut used = 0;
        let left = self.world.starts.len();
        let mut found = self.highest(BOOKING, 50_000.0, 300.0, |bench, rate, length| {
            let first = used;
            used += (rate * length.as_secs_f64()) as usize;
            assert!(used < left, "all {left} free times are booked: the database of the bench is too small");
            let mut asking = Asking {
                request: &mut |turn| bench.booking(turn as usize, first + turn as usize),
                is_good: &mut |_, answer| answer.status == 201,
            };
            at_rate(bench.server.address(), rate, length, CONNECTIONS, &mut asking)
        });
        found.per_second.iter_mut().for_each(|rate| *rate = rate.round());
        self.tell(BOOKING, found);
    }

    /// All clients want the same time at the same moment, each on an open connection.
    fn crowd(&mut self) {
        if !self.wants(CROWD) {
            return;
        }
        let (mut rounds, mut median, mut wrong) = (Vec::new(), 0.0, 0);
        let before = self.processor_time();
        for round in 0..self.plan.rounds {
            let last = self.world.starts.len() - 1 - round;
            let mut won = 0;
            let outcome = {
                let mut asking = Asking {
                    request: &mut |turn| self.booking(turn as usize, last),
                    is_good: &mut |_, answer| {
                        won += u32::from(answer.status == 201);
                        let body = String::from_utf8_lossy(answer.body);
                        answer.status == 201
                            || answer.status == 409
                                && body.contains("\"taken\"")
                                && body.contains("\"alternatives\":[\"")
                    },
                };
                at_once(self.server.address(), CLIENTS as u64, &mut asking)
            };
            wrong += outcome.failed + u64::from(won != 1);
            rounds.push(outcome.within(0.99) / 1e3);
            median = outcome.within(0.5) / 1e3;
        }
        let used = self.processor_time().saturating_sub(before).as_secs_f64() * 1e6;
        let used = used / (CLIENTS * self.plan.rounds) as f64;
        let remark = format!(
            "p99; median {median:.0} ms; {used:.0} µs of processor time each; {wrong} rounds or answers other than one success and 999 refusals with alternatives"
        );
        self.report.row(CROWD, ON, "ms", rounds, remark);
    }
}

/// What was found at the highest rate.
#[derive(Default)]
struct Highest {
    per_second: Vec<f64>,
    p99: f64,
    p50: f64,
    /// For each request, in microseconds.
    processor: f64,
}

fn is_ok(answer: &Answer<'_>) -> bool {
    answer.status == 200
}

fn is_a_list_of_slots(answer: &Answer<'_>) -> bool {
    answer.status == 200 && answer.body.len() > 1_000
}

/// The `@font-face` blocks of a style sheet, and all else of it.
fn faces_and_rest(sheet: &str) -> (Vec<&str>, String) {
    let mut parts = sheet.split("@font-face");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    let mut faces = Vec::new();
    for part in parts {
        let (face, after) = part.split_once('}').unwrap_or((part, ""));
        faces.push(face);
        rest.push_str(after);
    }
    (faces, rest)
}

/// Whether a face is for this character: `unicode-range` (CSS Fonts 4, section 4.5), and all without one.
fn has_sign(face: &str, sign: char) -> bool {
    let Some((_, ranges)) = face.split_once("unicode-range:") else { return true };
    let ranges = ranges.split(';').next().unwrap_or_default();
    ranges.split(',').any(|range| {
        let range = range.trim().trim_start_matches("U+");
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let code = |text: &str| u32::from_str_radix(text, 16);
        matches!((code(first), code(last)), (Ok(first), Ok(last)) if (first..=last).contains(&u32::from(sign)))
    })
}

/// The addresses of assets in a text.
fn assets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("/assets/") {
        let rest = &text[at..];
        let end = rest.find(['"', '\'', ')', ' ', '#', '?', '>']).unwrap_or(rest.len());
        found.push(rest[..end].to_owned());
    }
    found.sort();
    found.dedup();
    found
}
