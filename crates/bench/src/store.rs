//! Transactions per second, on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use model::clock::Stopwatch;
use model::db::Settings;
use model::db::migrate::Migration;
use model::testing::{Care, Postgres};
use model::{Clock, Db, Error, Place, Result, Tx, args};
use rules::ids::SessionId;

use crate::Plan;
use crate::report::Report;

/// Transactions at the same time.
const TASKS: i64 = 64;
/// Quanta of one session: an hour.
const QUANTA: i64 = 12;
/// Rows that are read from.
const SESSIONS: i64 = 20_000;

const CONTENDED: &str = "durable write, contended";
const SPREAD: &str = "durable write, spread";
const READ: &str = "read, five queries";

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "bench",
    sql: "CREATE TABLE coach (id BIGINT PRIMARY KEY, availability_version BIGINT NOT NULL);
        CREATE TABLE session (
            id BIGINT PRIMARY KEY,
            coach_id BIGINT NOT NULL REFERENCES coach (id),
            starts_at BIGINT NOT NULL,
            minutes BIGINT NOT NULL,
            place TEXT NOT NULL,
            made_at BIGINT NOT NULL
        );
        CREATE INDEX session_by_coach ON session (coach_id, starts_at);
        CREATE TABLE coach_time (
            coach_id BIGINT NOT NULL REFERENCES coach (id),
            quantum BIGINT NOT NULL,
            session_id BIGINT NOT NULL REFERENCES session (id),
            PRIMARY KEY (coach_id, quantum)
        );",
}];

/// Adds the rows of both engines to the report.
pub(crate) async fn measure(plan: &Plan, report: &mut Report) {
    let is_wanted = |engine| [CONTENDED, SPREAD, READ].iter().any(|what| plan.wants(what, engine));
    if is_wanted("SQLite") {
        let folder = tempfile::TempDir::new().expect("a folder for the database");
        measure_on(&Place::Sqlite(folder.path().join("bench.db")), plan, report).await;
    }
    if !is_wanted("PostgreSQL") {
        return;
    }
    let server = tokio::task::block_in_place(|| Postgres::start(Care::Durable));
    let name = tokio::task::block_in_place(|| server.create(None));
    measure_on(&Place::Postgres(server.url(&name)), plan, report).await;
    tokio::task::block_in_place(|| drop(server));
}

async fn measure_on(place: &Place, plan: &Plan, report: &mut Report) {
    let settings = Settings { migrations: SCHEMA, ..Settings::default() };
    let db = Db::open_with(place, Clock::machine(), settings).await.expect("opening the database");
    let engine = db.engine();
    let version = if engine == "SQLite" { "SELECT sqlite_version()" } else { "SHOW server_version" };
    let version: String =
        db.read(move |tx| tx.one(version, args![], |row| row.get(0))).await.expect("the engine's version");
    report.on(format!("{engine} {version}"));
    let ids = fill(&db).await.expect("filling the database");

    let next_hour = Arc::new(AtomicI64::new(1_000_000));
    for (what, coaches) in [(CONTENDED, 1), (SPREAD, TASKS)] {
        if !plan.wants(what, engine) {
            continue;
        }
        let attempts = Arc::new(AtomicU64::new(0));
        let (next_hour, counted) = (next_hour.clone(), attempts.clone());
        let result = run(plan, &db, move |db, task| {
            let (hour, attempts) = (next_hour.fetch_add(1, Ordering::Relaxed), counted.clone());
            async move {
                db.write(move |tx| {
                    attempts.fetch_add(1, Ordering::Relaxed);
                    book(tx, task % coaches, hour)
                })
                .await
            }
        })
        .await;
        report.row(
            what,
            engine,
            "tx/s",
            result.per_second.clone(),
            result.remark(attempts.load(Ordering::Relaxed)),
        );
    }
    if !plan.wants(READ, engine) {
        return db.close().await;
    }
    let turn = Arc::new(AtomicU64::new(0));
    let result = run(plan, &db, move |db, _| {
        // Spread over the rows without the cost of a random number.
        let n = turn.fetch_add(7_919, Ordering::Relaxed) as usize % ids.len();
        let id = ids[n];
        async move { db.read(move |tx| look(tx, id, n as i64)).await }
    })
    .await;
    report.row(READ, engine, "tx/s", result.per_second.clone(), result.remark(0));
    db.close().await;
}

async fn fill(db: &Db) -> Result<Vec<SessionId>> {
    db.write(|tx| {
        tx.insert_many(
            "INSERT INTO coach (id, availability_version)",
            (0..TASKS).map(|id| [id.into(), 0_i64.into()]),
            "",
        )
    })
    .await?;
    let mut ids = Vec::new();
    for portion in 0..SESSIONS / 1_000 {
        let made = db.write(move |tx| {
            let hours = portion * 1_000..(portion + 1) * 1_000;
            hours.map(|hour| book(tx, hour % TASKS, hour)).collect::<Result<Vec<_>>>()
        });
        ids.extend(made.await?);
    }
    Ok(ids)
}

/// What a booking writes.
fn book(tx: &mut Tx, coach: i64, hour: i64) -> Result<SessionId> {
    let id: SessionId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO session (id, coach_id, starts_at, minutes, place, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![id, coach, hour * 3_600_000, 60_i64, "room", now],
    )?;
    let quanta = (0..QUANTA).map(|n| [coach.into(), (hour * QUANTA + n).into(), id.into()]);
    let claimed = tx.insert_many(
        "INSERT INTO coach_time (coach_id, quantum, session_id)",
        quanta,
        "ON CONFLICT (coach_id, quantum) DO UPDATE SET session_id = excluded.session_id
            WHERE coach_time.session_id = excluded.session_id",
    )?;
    assert_eq!(claimed, QUANTA as u64, "no two sessions of this bench share an hour");
    tx.exec("UPDATE coach SET availability_version = availability_version + 1 WHERE id = $1", args![coach])?;
    Ok(id)
}

/// What a page reads: five queries by key.
fn look(tx: &mut Tx, id: SessionId, hour: i64) -> Result<i64> {
    let (coach, starts_at): (i64, i64) =
        tx.one("SELECT coach_id, starts_at FROM session WHERE id = $1", args![id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let version: i64 =
        tx.one("SELECT availability_version FROM coach WHERE id = $1", args![coach], |row| row.get(0))?;
    let place: String = tx.one("SELECT place FROM session WHERE id = $1", args![id], |row| row.get(0))?;
    let quantum = hour * QUANTA;
    let owner: SessionId = tx.one(
        "SELECT session_id FROM coach_time WHERE coach_id = $1 AND quantum = $2",
        args![coach, quantum],
        |row| row.get(0),
    )?;
    assert_eq!(owner, id, "whose hour it is");
    let next: Option<i64> = tx.opt(
        "SELECT starts_at FROM session WHERE coach_id = $1 AND starts_at > $2 ORDER BY starts_at LIMIT 1",
        args![coach, starts_at],
        |row| row.get(0),
    )?;
    Ok(version + place.len() as i64 + next.unwrap_or(0))
}

struct Measured {
    per_second: Vec<f64>,
    done: u64,
    busy: u64,
}

impl Measured {
    fn remark(&self, attempts: u64) -> String {
        let mut remarks = Vec::new();
        if attempts > self.done + self.done / 100 {
            remarks.push(format!("{:.1} attempts each", attempts as f64 / self.done as f64));
        }
        if self.busy > 0 {
            remarks.push(format!(
                "{:.1} % told to try later",
                100.0 * self.busy as f64 / (self.done + self.busy) as f64
            ));
        }
        remarks.join(", ")
    }
}

/// Runs many tasks that do the same thing again and again, and counts what is done in each round.
async fn run<T, F>(plan: &Plan, db: &Db, once: impl Fn(Db, i64) -> F + Send + Sync + 'static) -> Measured
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let once = Arc::new(once);
    let mut measured = Measured { per_second: Vec::new(), done: 0, busy: 0 };
    for _ in 0..plan.rounds {
        let stop = Arc::new(AtomicBool::new(false));
        let watch = Stopwatch::start();
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| tokio::spawn(repeat(db.clone(), task, once.clone(), stop.clone())))
            .collect();
        tokio::time::sleep(plan.round).await;
        stop.store(true, Ordering::Relaxed);
        let mut done = 0;
        for task in tasks {
            let (kept, busy) = task.await.expect("a task of the bench");
            done += kept;
            measured.busy += busy;
        }
        measured.per_second.push(done as f64 / watch.elapsed().as_secs_f64());
        measured.done += done;
    }
    measured
}

async fn repeat<T, F: Future<Output = Result<T>>>(
    db: Db,
    task: i64,
    once: Arc<impl Fn(Db, i64) -> F>,
    stop: Arc<AtomicBool>,
) -> (u64, u64) {
    let (mut done, mut busy) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        match once(db.clone(), task).await {
            Ok(_) => done += 1,
            Err(Error::Busy(_)) => busy += 1,
            Err(error) => panic!("{error}"),
        }
    }
    (done, busy)
}
