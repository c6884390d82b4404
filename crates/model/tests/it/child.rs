//! A process of its own that writes and says what was acknowledged, for tests that kill it or watch it.
//!
//! It is this test binary, started again for the one test below.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use model::db::Settings;
use model::testing;
use model::{Clock, Db, Error, Place};

use crate::support::{NUMBERS, insert};

const PLACE: &str = "CAIRN_TEST_CHILD_PLACE";
const FROM: &str = "CAIRN_TEST_CHILD_FROM";
const UNTIL: &str = "CAIRN_TEST_CHILD_UNTIL";
/// So many transactions at the same time.
const WRITERS: i64 = 16;

/// A child that inserts the numbers from one to another, many at a time.
pub(crate) fn command(program: &[&str], place: &Place, from: i64, until: i64) -> Command {
    command_of("child::writes", program, place, from, until)
}

/// A child that runs this ignored test, which finds its errand with [`errand`].
pub(crate) fn command_of(test: &str, program: &[&str], place: &Place, from: i64, until: i64) -> Command {
    let own = std::env::current_exe().unwrap();
    let mut words = program.iter().map(std::ffi::OsStr::new).chain([own.as_os_str()]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args([test, "--exact", "--ignored", "--nocapture"]);
    let place = match place {
        Place::Sqlite(path) => path.display().to_string(),
        Place::Postgres(url) => url.clone(),
    };
    command.env(PLACE, place).env(FROM, from.to_string()).env(UNTIL, until.to_string());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a child said: the numbers whose write was acknowledged, and those it was told are not there.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) acknowledged: Vec<i64>,
    pub(crate) not_committed: Vec<i64>,
    pub(crate) other: String,
}

/// Waits for the first acknowledgement, does something to the child, and reads the rest of what it says.
pub(crate) fn listen(mut child: Child, then: impl FnOnce(&mut Child)) -> Said {
    let mut said = Said::default();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut stderr = child.stderr.take().unwrap();
    let errors = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = stderr.read_to_string(&mut text);
        text
    });
    let mut then = Some(then);
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 {
        match line.trim_end().split_once(' ') {
            // A line that was cut off by the kill is nothing that was said.
            Some(("ack", n)) if line.ends_with('\n') => said.acknowledged.push(n.parse().unwrap()),
            Some(("not", n)) if line.ends_with('\n') => said.not_committed.push(n.parse().unwrap()),
            _ => said.other.push_str(&line),
        }
        line.clear();
        if !said.acknowledged.is_empty()
            && let Some(then) = then.take()
        {
            then(&mut child);
        }
    }
    child.wait().unwrap();
    said.other.push_str(&errors.join().unwrap());
    said
}

/// What this process was started for: where, and from which number to which; none if nobody started it.
pub(crate) fn errand() -> Option<(Place, i64, i64)> {
    let place = std::env::var(PLACE).ok()?;
    let number = |name: &str| std::env::var(name).unwrap().parse::<i64>().unwrap();
    let place =
        if place.starts_with("postgres:") { Place::Postgres(place) } else { Place::Sqlite(place.into()) };
    Some((place, number(FROM), number(UNTIL)))
}

/// Says something in one system call, so that it is out before anything else happens.
pub(crate) fn say(out: &Mutex<std::io::Stdout>, line: &str) {
    let mut out = out.lock().unwrap();
    out.write_all(line.as_bytes()).unwrap();
    out.flush().unwrap();
}

#[test]
#[ignore = "run by other tests, in a process of its own"]
fn writes() {
    let Some((place, from, until)) = errand() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let settings = Settings { rehearse: false, ..testing::settings(NUMBERS) };
        let db = Db::open_with(&place, Clock::machine(), settings).await.unwrap();
        let next = Arc::new(AtomicI64::new(from));
        let out = Arc::new(Mutex::new(std::io::stdout()));
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(write_and_say(db.clone(), next.clone(), until, out.clone())))
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        db.close().await;
    });
}

async fn write_and_say(db: Db, next: Arc<AtomicI64>, until: i64, out: Arc<Mutex<std::io::Stdout>>) {
    loop {
        let n = next.fetch_add(1, Ordering::SeqCst);
        if n >= until {
            return;
        }
        let said = match db.write(move |tx| insert(tx, n)).await {
            Ok(_) => format!("ack {n}\n"),
            Err(Error::NotCommitted { .. } | Error::Database { .. } | Error::Busy(_)) => format!("not {n}\n"),
            Err(other) => format!("doubt {n}: {other}\n"),
        };
        say(&out, &said);
    }
}
