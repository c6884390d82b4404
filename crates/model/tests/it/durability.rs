//! What was acknowledged is there: after the program is killed, when the disk is full, and on the disk
//! itself before anybody is told.

use std::collections::HashMap;
use std::process::{Child, Stdio};
use std::time::Duration;

use model::Place;
use model::testing::{Care, Engine, Postgres, Store};

use crate::child::{self, Said};
use crate::support::{kept, numbers};

const ROUNDS: i64 = 20;
/// More than a child ever gets to.
const NUMBERS_PER_ROUND: i64 = 1_000_000;

/// A random moment soon after the first acknowledgement.
fn a_while() -> Duration {
    let [byte] = model::clock::random_bytes::<1>();
    Duration::from_micros(u64::from(byte) * 400)
}

fn killed_at_a_random_moment(place: &Place, round: i64) -> Said {
    let from = round * NUMBERS_PER_ROUND;
    let child = child::command(&[], place, from, from + NUMBERS_PER_ROUND).spawn().unwrap();
    child::listen(child, |child: &mut Child| {
        std::thread::park_timeout(a_while());
        child.kill().unwrap();
    })
}

fn check(round: i64, said: &Said, kept: &[i64]) {
    assert!(!said.acknowledged.is_empty(), "round {round}: {}", said.other);
    let lost: Vec<_> = said.acknowledged.iter().filter(|n| kept.binary_search(n).is_err()).collect();
    assert!(lost.is_empty(), "round {round}: {} acknowledged and lost, such as {lost:?}", lost.len());
    let ghosts: Vec<_> = said.not_committed.iter().filter(|n| kept.binary_search(n).is_ok()).collect();
    assert!(ghosts.is_empty(), "round {round}: refused and yet there: {ghosts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_program_is_killed_sqlite() {
    let store = Store::empty(Engine::Sqlite);
    for round in 0..ROUNDS {
        let said = killed_at_a_random_moment(store.place(), round);
        let db = numbers(&store).await;
        let from = round * NUMBERS_PER_ROUND;
        check(round, &said, &kept_since(&db, from).await);
        // Every second round leaves its log to the next.
        if round % 2 == 0 {
            db.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_program_or_the_server_is_killed_postgres() {
    let server = Postgres::start(Care::Durable);
    let place = Place::Postgres(server.url(&server.create(None)));
    for round in 0..ROUNDS {
        let from = round * NUMBERS_PER_ROUND;
        let said = if round % 5 == 4 {
            let child = child::command(&[], &place, from, from + NUMBERS_PER_ROUND).spawn().unwrap();
            child::listen(child, |child| {
                std::thread::park_timeout(a_while());
                server.kill_and_restart();
                // It would go on writing to the new server.
                child.kill().unwrap();
            })
        } else {
            killed_at_a_random_moment(&place, round)
        };
        let settings = model::testing::settings(crate::support::NUMBERS);
        let db = model::Db::open_with(&place, model::Clock::machine(), settings).await.unwrap();
        check(round, &said, &kept_since(&db, from).await);
        db.close().await;
    }
}

async fn kept_since(db: &model::Db, from: i64) -> Vec<i64> {
    let mut numbers = Vec::new();
    let sql = "SELECT n FROM number WHERE n >= $1 ORDER BY n";
    // More than a page would ever show.
    let read = db.read(move |tx| {
        let mut numbers = Vec::new();
        tx.each(sql, model::args![from], |row| {
            numbers.push(row.get(0)?);
            Ok(())
        })?;
        Ok(numbers)
    });
    numbers.extend::<Vec<i64>>(read.await.unwrap());
    numbers
}

/// The shell sets a limit to the size of files, which a log then meets like a full disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_nothing_acknowledged_is_lost() {
    let store = Store::empty(Engine::Sqlite);
    numbers(&store).await.close().await;
    // A signal would end it; ignored, the write fails as it does on a full disk.
    let limited = ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 1000; exec \"$0\" \"$@\""];
    let child = child::command(&limited, store.place(), 0, 5_000).spawn().unwrap();
    let said = child::listen(child, |_| {});
    assert!(!said.not_committed.is_empty(), "the disk was never full: {}", said.other);
    assert!(!said.other.contains("panicked"), "{}", said.other);
    check(0, &said, &kept(&numbers(&store).await).await);
}

/// Watches the system calls of a child: the row of every acknowledged write is in the log, and the log was
/// synced after that, before the child said so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_was_synced_before() {
    const WRITES: i64 = 300;
    let store = Store::empty(Engine::Sqlite);
    let Place::Sqlite(path) = store.place() else { unreachable!("made above") };
    let trace = path.with_file_name("trace");
    let trace_name = trace.to_str().unwrap();
    // -y names the file of each call; -s shows whole pages.
    let strace =
        ["strace", "-f", "-y", "-s", "5000", "-e", "trace=fdatasync,fsync,write,pwrite64", "-o", trace_name];
    let mut command = child::command(&strace, store.place(), 0, WRITES);
    let child = command.stdin(Stdio::null()).spawn();
    let child = child.expect("this test needs strace: install the package `strace`");
    let said = child::listen(child, |_| {});
    assert_eq!(said.acknowledged.len(), usize::try_from(WRITES).unwrap(), "{}", said.other);

    let calls = calls(&std::fs::read_to_string(&trace).unwrap());
    assert_eq!(unsynced(&calls), Vec::<String>::new());
    // The check sees what it claims to see: without the syncs, nothing is proven.
    let without: Vec<Call> = calls.into_iter().filter(|call| !call.text.contains("sync(")).collect();
    assert_eq!(unsynced(&without).len(), usize::try_from(WRITES).unwrap());
}

/// A system call, from the line where it began to the line where it returned.
struct Call {
    text: String,
    began: usize,
    ended: usize,
}

/// Puts calls together that other threads interrupted: `… <unfinished ...>` and `<... name resumed>…`.
fn calls(trace: &str) -> Vec<Call> {
    let mut unfinished: HashMap<&str, Call> = HashMap::new();
    let mut calls = Vec::new();
    for (number, line) in trace.lines().enumerate() {
        let Some((thread, text)) = line.split_once(' ') else { continue };
        let text = text.trim_start();
        if let Some(begin) = text.strip_suffix("<unfinished ...>") {
            unfinished.insert(thread, Call { text: begin.to_owned(), began: number, ended: usize::MAX });
        } else if text.starts_with("<...") {
            let Some(mut call) = unfinished.remove(thread) else { continue };
            call.text.push_str(text.split_once("resumed>").map_or("", |(_, rest)| rest));
            call.ended = number;
            calls.push(call);
        } else {
            calls.push(Call { text: text.to_owned(), began: number, ended: number });
        }
    }
    calls
}

/// Acknowledgements without a sync between the row's way into the log and the word to the parent.
fn unsynced(calls: &[Call]) -> Vec<String> {
    let in_log = |call: &&Call| call.text.contains("cairn.db-wal>");
    let writes: Vec<&Call> =
        calls.iter().filter(in_log).filter(|call| call.text.starts_with("pwrite64(")).collect();
    let syncs: Vec<&Call> = calls
        .iter()
        .filter(in_log)
        .filter(|call| call.text.contains("sync(") && call.text.ends_with("= 0"))
        .collect();
    let acknowledged = calls.iter().filter_map(|call| {
        let (_, n) = call.text.strip_prefix("write(1<")?.split_once("\"ack ")?;
        Some((n.split('\\').next()?.parse::<i64>().ok()?, call.began))
    });
    let is_synced = |n: i64, told: usize| {
        let mark = format!("mark-{n:08}");
        let Some(first) = writes.iter().position(|write| write.text.contains(&mark)) else { return false };
        // The commit's last page follows the row's within the same run of writes, and then the sync.
        syncs.iter().any(|sync| {
            let whole =
                !writes[first..].iter().any(|write| write.began < sync.began && write.ended > sync.began);
            writes[first].ended < sync.began && sync.ended < told && whole
        })
    };
    acknowledged.filter(|(n, told)| !is_synced(*n, *told)).map(|(n, _)| format!("{n}")).collect()
}
