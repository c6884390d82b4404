//! SQLite: one writer thread that commits waiting writes as a group, and connections that only read.
//!
//! A write waits for nothing but the disk: the writer takes whatever is queued at that moment, runs each
//! job in a savepoint of its own, commits, and answers all of them once the commit is on disk. While the
//! disk works, the next group gathers by itself.

use std::any::TypeId;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::types::ToSqlOutput;
use rusqlite::{CachedStatement, ErrorCode, OpenFlags, ToSql};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;

use super::queue::Queue;
use super::{
    Columns, Connection, Failed, Failure, Job, Next, Row, Settings, Shared, Stopped, Tx, Value, ValueRef,
    migrate, on_own_thread,
};
use crate::clock::Stopwatch;
use crate::{Error, Result};

/// Reads that run at the same time.
const READERS: usize = 8;
/// A read that takes longer should not hold up the thread that it runs on.
const SLOW_READ_MICROS: u64 = 2_000;
/// One that takes so long does hold it up, whatever the reason: its kind is slow from then on.
const VERY_SLOW_READ_MICROS: u64 = 50_000;
/// A slow run weighs as much as so many fast ones: whoever is slow more seldom was only interrupted.
const SLOW_RUN_WEIGHS: u32 = 8;
/// A kind of read that weighs more is slow: it was so several times in short order.
const SLOW_FROM: u32 = 2 * SLOW_RUN_WEIGHS;
/// It weighs this at most, so that it counts as fast again after so many fast runs at the latest.
const WEIGHT_MAX: u32 = 8 * SLOW_RUN_WEIGHS;
/// A group that has so many jobs is committed.
const GROUP_JOBS_MAX: usize = 256;
/// Writes that come side by side, and are few yet, are waited for this long: committing them together costs hardly more
/// than committing one, because they change the same pages.
const GATHER_MILLIS: u64 = 2;
/// They come side by side if the last group was of several, and was committed no longer ago than this.
const SIDE_BY_SIDE_MILLIS: u64 = 10;
/// A group of so many jobs has gathered by itself.
const GATHERED_JOBS: usize = 16;
/// Prepared statements kept per connection.
const STATEMENTS_MAX: usize = 512;
/// Each time the log has grown by so many pages, they are copied back into the file beside the writer.
const CHECKPOINT_PAGES: i32 = 4_000;
/// Under steady load the copying never quite catches up: at so many pages the writer waits for it once, and
/// then begins the log anew.
const LOG_PAGES_MAX: i32 = 18_000;
/// If a long read is in the way, the writer tries again after so many more.
const LOG_PAGES_MORE: i32 = 1_000;
/// How long it waits for such a read.
const LOG_WAIT_MILLIS: u64 = 50;
/// The log is also copied back after so long without growing much.
const CHECKPOINT_SECONDS: u64 = 60;

pub(super) struct Sqlite {
    queue: Arc<Queue<Job>>,
    readers: Arc<Readers>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Sqlite {
    pub(super) fn open(path: &Path, settings: &Settings, shared: &Arc<Shared>) -> Result<Sqlite> {
        migrate::sqlite(path, settings, shared.clock.machine_now())?;
        let queue = Arc::new(Queue::new(settings.waiting_jobs_max));
        // One waiting call is enough: whoever is called copies everything there is.
        let (grown, woken) = sync_channel(1);
        let copying = Arc::new(Mutex::new(()));
        let log = Log { pages: Arc::new(AtomicI32::new(0)), grown, copying: copying.clone() };
        let writer = Writer {
            tx: new_tx(path, Access::Write(&log), settings, shared)?,
            path: path.to_owned(),
            settings: settings.clone(),
            queue: queue.clone(),
            log,
            log_pages_max: LOG_PAGES_MAX,
            shared: shared.clone(),
        };
        let readers = Readers::open(path, settings, shared)?;
        let checkpointer = open(path, Access::Checkpoint, settings)?;
        let threads = vec![
            spawn("cairn-db-write", move || writer.run())?,
            spawn("cairn-db-checkpoint", move || checkpoint_loop(&checkpointer, &woken, &copying))?,
        ];
        Ok(Sqlite { queue, readers: Arc::new(readers), threads: Arc::new(Mutex::new(threads)) })
    }

    pub(super) async fn read(&self, kind: TypeId, f: &mut Reads<'_>) -> Result<()> {
        self.readers.read(kind, f).await
    }

    pub(super) fn write(&self, job: Job) -> Result<()> {
        self.queue.push(job)
    }

    pub(super) async fn close(&self) {
        self.queue.close();
        self.readers.close().await;
        let threads = self.threads.clone();
        // Joining blocks. A thread that panicked has already answered nobody; there is nothing to add.
        let joined = on_own_thread("cairn-db-close", move || {
            let threads = std::mem::take(&mut *threads.lock().unwrap_or_else(PoisonError::into_inner));
            for thread in threads {
                let _ = thread.join();
            }
            Ok(())
        });
        if let Err(error) = joined.await {
            tracing::error!(%error, "closing the database");
        }
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // The threads finish what was accepted and end by themselves.
        self.queue.close();
    }
}

fn spawn(name: &str, f: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(f)
        .map_err(|error| Error::caused("starting a thread", error))
}

// Connections

enum Access<'a> {
    Read,
    Write(&'a Log),
    Checkpoint,
}

fn new_tx(path: &Path, access: Access<'_>, settings: &Settings, shared: &Arc<Shared>) -> Result<Tx> {
    Ok(Tx::new(Connection::Sqlite(Session { connection: open(path, access, settings)? }), shared.clone()))
}

fn open(path: &Path, access: Access<'_>, settings: &Settings) -> Result<rusqlite::Connection> {
    let prepare = || -> rusqlite::Result<rusqlite::Connection> {
        let mut connection = connect(path, settings.lock_wait)?;
        match access {
            Access::Read => connection.pragma_update(None, "query_only", true)?,
            Access::Write(log) => connection.wal_hook(Some(log.watcher()))?,
            Access::Checkpoint => {}
        }
        Ok(connection)
    };
    prepare().map_err(|error| Error::caused(format!("opening {}", path.display()), error))
}

/// A connection as every part of the store uses it.
pub(super) fn connect(path: &Path, lock_wait: Duration) -> rusqlite::Result<rusqlite::Connection> {
    // Each connection stays on one thread at a time, so that SQLite's own mutex is not needed.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = rusqlite::Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(lock_wait)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // FULL: a commit returns when it is on disk, not when the system says that it will be.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "mmap_size", 268_435_456)?;
    // Sorting in memory: a temporary file would be one more place where personal data lie.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    // A plan does not depend on the values: else a prepared statement is parsed again whenever they change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

// Reading

/// What reads, and keeps for its caller what it found.
type Reads<'a> = dyn FnMut(&mut Tx) -> Result<()> + Send + 'a;

struct Readers {
    permits: Semaphore,
    pool: Mutex<Pool>,
    waiting: AtomicUsize,
    waiting_max: usize,
}

struct Pool {
    idle: Vec<Tx>,
    /// How much the slow runs of each kind of read (its closure's type) weigh against its fast ones.
    slow: HashMap<TypeId, u32>,
}

impl Pool {
    fn is_slow(&self, kind: TypeId) -> bool {
        self.slow.get(&kind).is_some_and(|weight| *weight > SLOW_FROM)
    }

    fn note(&mut self, kind: TypeId, took: Duration) {
        if took > Duration::from_micros(SLOW_READ_MICROS) {
            let is_very = took > Duration::from_micros(VERY_SLOW_READ_MICROS);
            let weight = self.slow.entry(kind).or_default();
            *weight = if is_very { WEIGHT_MAX } else { (*weight + SLOW_RUN_WEIGHS).min(WEIGHT_MAX) };
        } else if let Some(weight) = self.slow.get_mut(&kind) {
            *weight -= 1;
            if *weight == 0 {
                self.slow.remove(&kind);
            }
        }
    }
}

impl Readers {
    fn open(path: &Path, settings: &Settings, shared: &Arc<Shared>) -> Result<Readers> {
        let idle =
            (0..READERS).map(|_| new_tx(path, Access::Read, settings, shared)).collect::<Result<_>>()?;
        Ok(Readers {
            permits: Semaphore::new(READERS),
            pool: Mutex::new(Pool { idle, slow: HashMap::new() }),
            waiting: AtomicUsize::new(0),
            waiting_max: settings.waiting_jobs_max,
        })
    }

    /// Runs on the caller's thread, because a hop to another costs more than most reads do. So does telling
    /// the runtime (`block_in_place`): only a kind of read that often takes long does that first. On a
    /// runtime of one thread, which only tests and commands use, there is nobody to tell.
    async fn read(&self, kind: TypeId, f: &mut Reads<'_>) -> Result<()> {
        let waits = Waits::enter(&self.waiting, self.waiting_max)?;
        let _permit = self.permits.acquire().await.map_err(|_| Error::Closed)?;
        drop(waits);
        let (mut tx, slow) = {
            let mut pool = self.pool();
            (pool.idle.pop().ok_or(Error::Closed)?, pool.is_slow(kind))
        };
        let watch = Stopwatch::start();
        let outcome = if slow && Handle::current().runtime_flavor() != RuntimeFlavor::CurrentThread {
            tokio::task::block_in_place(|| snapshot(&mut tx, f))
        } else {
            snapshot(&mut tx, f)
        };
        let took = watch.elapsed();
        let mut pool = self.pool();
        pool.idle.push(tx);
        pool.note(kind, took);
        outcome
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn close(&self) {
        // All permits back means that all reads are done.
        if let Ok(all) = self.permits.acquire_many(READERS as u32).await {
            all.forget();
        }
        self.permits.close();
        self.pool().idle.clear();
    }
}

fn snapshot(tx: &mut Tx, f: &mut Reads<'_>) -> Result<()> {
    run(tx, "BEGIN").map_err(|error| Error::caused("beginning to read", error))?;
    let outcome = tx.attempt(f);
    // Some failures have ended it already.
    if !session(tx).connection.is_autocommit()
        && let Err(error) = run(tx, "ROLLBACK")
    {
        tracing::error!(%error, "ending a read");
    }
    outcome
}

/// Counts one that waits, for as long as it does.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn enter(waiting: &'a AtomicUsize, max: usize) -> Result<Waits<'a>> {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let waits = Waits(waiting);
        if before >= max { Err(Error::Busy("too many reads are waiting")) } else { Ok(waits) }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

// Writing

struct Writer {
    tx: Tx,
    path: PathBuf,
    settings: Settings,
    queue: Arc<Queue<Job>>,
    log: Log,
    /// [`LOG_PAGES_MAX`], or later after a try in vain.
    log_pages_max: i32,
    shared: Arc<Shared>,
}

/// A job that ran, and what its closure said. Even a refusal is told after the commit only: it may have
/// been judged by what a neighbour wrote.
struct Member {
    job: Job,
    outcome: Result<()>,
}

impl Writer {
    fn run(mut self) {
        let (mut jobs, mut since) = (0, Stopwatch::start());
        while let Some(first) = self.queue.pop() {
            // Whoever writes alone is not kept waiting, nor are many who wait already.
            let come_side_by_side = (2..GATHERED_JOBS).contains(&jobs)
                && since.elapsed() < Duration::from_millis(SIDE_BY_SIDE_MILLIS);
            if come_side_by_side && self.queue.len() < GATHERED_JOBS {
                std::thread::park_timeout(Duration::from_millis(GATHER_MILLIS));
            }
            jobs = self.group(first);
            since = Stopwatch::start();
            self.shorten_log();
        }
        // The next start finds one file and no log.
        if let Err(error) = checkpoint(&session(&self.tx).connection, "TRUNCATE") {
            tracing::warn!(%error, "copying the log back at the end");
        }
    }

    /// Runs what waits, commits, and answers; how many they were.
    fn group(&mut self, first: Job) -> usize {
        if let Err(error) = run(&self.tx, "BEGIN IMMEDIATE") {
            self.refuse_all(first, &error);
            return 0;
        }
        let watch = Stopwatch::start();
        let mut members = Vec::new();
        let mut next = Some(first);
        while let Some(mut job) = next {
            let outcome = self.savepoint(&mut job);
            members.push(Member { job, outcome });
            if session(&self.tx).connection.is_autocommit() {
                // Some failures, a full disk among them, take the whole transaction with them.
                answer_void(members, || Error::NotCommitted {
                    why: "a neighbour's failure rolled the group back".to_owned(),
                });
                return 0;
            }
            let full = members.len() == GROUP_JOBS_MAX || watch.elapsed() >= self.settings.group_time_max;
            next = if full { None } else { self.queue.try_pop() };
        }
        let count = members.len();
        match run(&self.tx, "COMMIT") {
            Ok(()) => members.into_iter().for_each(|member| member.job.answer(member.outcome)),
            Err(error) => {
                tracing::error!(%error, "committing a group of {count} writes");
                self.recover();
                answer_void(members, || commit_failed(&error));
            }
        }
        count
    }

    /// Begins the log anew if it is too long. Only the writer can: anybody else would have to keep it out.
    fn shorten_log(&mut self) {
        let pages = self.log.pages.load(Ordering::Relaxed);
        if pages < self.log_pages_max {
            return;
        }
        // Two cannot copy at the same time, and the other one is about to be done.
        let _alone = self.log.copying.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = &session(&self.tx).connection;
        let patience = |wait| connection.busy_timeout(wait);
        let restarted = patience(Duration::from_millis(LOG_WAIT_MILLIS))
            .and_then(|()| checkpoint(connection, "RESTART"))
            .and_then(|done| patience(self.settings.lock_wait).map(|()| done));
        self.log_pages_max = if report(restarted) { LOG_PAGES_MAX } else { pages + LOG_PAGES_MORE };
        self.log.pages.store(0, Ordering::Relaxed);
    }

    fn savepoint(&mut self, job: &mut Job) -> Result<()> {
        let shared = self.shared.clone();
        let savepoint = |tx: &mut Tx, job: &mut Job, keep: bool| {
            run(tx, "SAVEPOINT job").map_err(|error| Error::caused("beginning a write", error))?;
            let outcome = job.attempt(tx);
            if session(tx).connection.is_autocommit() {
                return outcome;
            }
            let undo = if keep && outcome.is_ok() { Ok(()) } else { run(tx, "ROLLBACK TO job") };
            if let Err(error) = undo.and_then(|()| run(tx, "RELEASE job")) {
                // Without its savepoint nothing tells this job's changes from its neighbours': none may stay.
                let _ = run(tx, "ROLLBACK");
                return Err(Error::caused("ending a write", error));
            }
            outcome
        };
        if shared.rehearse {
            let _ = savepoint(&mut self.tx, job, false);
            if session(&self.tx).connection.is_autocommit() {
                return Err(Error::NotCommitted { why: "the rehearsal rolled the group back".to_owned() });
            }
        }
        savepoint(&mut self.tx, job, true)
    }

    /// The database cannot begin: everybody who waits is told now, instead of each after a wait of its own.
    fn refuse_all(&mut self, first: Job, error: &rusqlite::Error) {
        tracing::error!(%error, "beginning a group of writes");
        self.recover();
        let busy = failure_of(error) == Failure::Locked;
        // Those who come while these are told have not waited yet.
        let mut waiting = vec![first];
        while waiting.len() < GROUP_JOBS_MAX
            && let Some(job) = self.queue.try_pop()
        {
            waiting.push(job);
        }
        for job in waiting {
            job.answer(Err(match busy {
                true => Error::Busy("another program holds the database's lock"),
                false => Error::NotCommitted { why: error.to_string() },
            }));
        }
    }

    /// Makes sure that no transaction is open; with a new connection if nothing else helps.
    fn recover(&mut self) {
        if session(&self.tx).connection.is_autocommit() || run(&self.tx, "ROLLBACK").is_ok() {
            return;
        }
        match new_tx(&self.path, Access::Write(&self.log), &self.settings, &self.shared) {
            Ok(tx) => self.tx = tx,
            Err(error) => tracing::error!(%error, "opening the database again"),
        }
    }
}

fn answer_void(members: Vec<Member>, why: impl Fn() -> Error) {
    for member in members {
        // Whoever caused it learns what went wrong; the others, that nothing of theirs was kept.
        let own = match member.outcome {
            Err(error @ (Error::Database { .. } | Error::Panicked { .. })) => error,
            _ => why(),
        };
        member.job.answer(Err(own));
    }
}

fn commit_failed(error: &rusqlite::Error) -> Error {
    let why = error.to_string();
    let code = error.sqlite_error().map_or(0, |error| error.extended_code);
    match error.sqlite_error_code() {
        // The page that makes it a commit is written last, and a part of it is none.
        _ if code == rusqlite::ffi::SQLITE_IOERR_WRITE => Error::NotCommitted { why },
        // The log may hold the whole commit although syncing it failed: after a crash it could be found.
        Some(ErrorCode::SystemIoFailure) => Error::InDoubt { why },
        _ => Error::NotCommitted { why },
    }
}

// The log

/// How long the write-ahead log is, as the writer's connection tells after each commit.
struct Log {
    pages: Arc<AtomicI32>,
    grown: SyncSender<()>,
    /// Held by whoever copies it back.
    copying: Arc<Mutex<()>>,
}

impl Log {
    fn watcher(&self) -> impl FnMut(&mut Wal, i32) -> rusqlite::Result<()> + Send + 'static {
        let (pages_now, grown) = (self.pages.clone(), self.grown.clone());
        let mut told_at = 0;
        move |_, pages| {
            pages_now.store(pages, Ordering::Relaxed);
            if pages < told_at {
                told_at = 0;
            }
            if pages >= told_at + CHECKPOINT_PAGES {
                told_at = pages;
                let _ = grown.try_send(());
            }
            Ok(())
        }
    }
}

/// Copies the log back into the file whenever it has grown, and now and then besides. Ends when the writer
/// is gone.
fn checkpoint_loop(connection: &rusqlite::Connection, grown: &Receiver<()>, copying: &Mutex<()>) {
    while grown.recv_timeout(Duration::from_secs(CHECKPOINT_SECONDS)) != Err(RecvTimeoutError::Disconnected) {
        let _alone = copying.lock().unwrap_or_else(PoisonError::into_inner);
        report(checkpoint(connection, "PASSIVE"));
    }
}

/// Tells of an error; true if the log was copied.
fn report(done: rusqlite::Result<bool>) -> bool {
    done.unwrap_or_else(|error| {
        tracing::warn!(%error, "copying the log back");
        false
    })
}

/// True if the log was copied as wanted; false if a reader or writer was in the way.
fn checkpoint(connection: &rusqlite::Connection, how: &str) -> rusqlite::Result<bool> {
    connection
        .query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |row| row.get(0).map(|busy: i64| busy == 0))
}

// Statements

/// A connection, and the statements it has prepared.
pub(super) struct Session {
    connection: rusqlite::Connection,
}

fn session(tx: &Tx) -> &Session {
    match &tx.connection {
        Connection::Sqlite(session) => session,
        Connection::Postgres(_) => unreachable!("a transaction of this file has a connection of this file"),
    }
}

/// Runs one of the few statements that frame a transaction.
fn run(tx: &Tx, sql: &str) -> rusqlite::Result<()> {
    session(tx).connection.prepare_cached(sql)?.raw_execute().map(drop)
}

impl Session {
    pub(super) fn exec(&mut self, sql: &str, args: &[Value]) -> Result<u64, Failed> {
        let done = self.prepare(sql, args).and_then(|mut statement| statement.raw_execute());
        done.map(|changed| changed as u64).map_err(Failed::from)
    }

    pub(super) fn query(
        &mut self,
        sql: &str,
        args: &[Value],
        read: &mut dyn FnMut(&Row<'_>) -> Result<Next>,
    ) -> Result<(), Stopped> {
        let failed = |error| Stopped::Failed(Failed::from(error));
        let mut statement = self.prepare(sql, args).map_err(failed)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            if read(&Row(Columns::Sqlite(row))).map_err(Stopped::ByReader)? == Next::Stop {
                break;
            }
        }
        Ok(())
    }

    fn prepare(&self, sql: &str, args: &[Value]) -> rusqlite::Result<CachedStatement<'_>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        // To SQLite `$3` is a name, and names are numbered as they appear: what counts is the number in them.
        for index in 1..=statement.parameter_count() {
            let name = statement.parameter_name(index).unwrap_or("?");
            let number = name.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok());
            let arg = number.and_then(|number| args.get(number.checked_sub(1)?));
            let Some(arg) = arg else { return Err(rusqlite::Error::InvalidParameterName(name.to_owned())) };
            statement.raw_bind_parameter(index, arg)?;
        }
        if statement.parameter_count() != args.len() {
            return Err(rusqlite::Error::InvalidParameterCount(args.len(), statement.parameter_count()));
        }
        Ok(statement)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        use rusqlite::types::ValueRef as Sql;
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => Sql::Null,
            Value::Int(n) => Sql::Integer(*n),
            Value::Bool(b) => Sql::Integer((*b).into()),
            Value::Text(s) => Sql::Text(s.as_bytes()),
            Value::Bytes(b) => Sql::Blob(b),
        }))
    }
}

pub(super) fn column<'a>(
    row: &'a rusqlite::Row<'a>,
    index: usize,
) -> Result<ValueRef<'a>, Box<dyn std::error::Error + Send + Sync>> {
    use rusqlite::types::ValueRef as Sql;
    Ok(match row.get_ref(index)? {
        Sql::Null => ValueRef::Null,
        Sql::Integer(n) => ValueRef::Int(n),
        Sql::Text(s) => ValueRef::Text(std::str::from_utf8(s)?),
        Sql::Blob(b) => ValueRef::Bytes(b),
        Sql::Real(_) => return Err("a floating-point number, which PostgreSQL would not give".into()),
    })
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Failed {
        Failed { failure: failure_of(&error), source: error.into() }
    }
}

fn failure_of(error: &rusqlite::Error) -> Failure {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Failure::Locked,
        _ => Failure::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_read_is_slow_if_it_often_is_or_once_is_very() {
        let mut pool = Pool { idle: Vec::new(), slow: HashMap::new() };
        let kind = TypeId::of::<()>();
        let (fast, slow) = (Duration::from_micros(200), Duration::from_millis(3));
        for _ in 0..40 {
            pool.note(kind, slow);
            (0..SLOW_RUN_WEIGHS).for_each(|_| pool.note(kind, fast));
            assert!(!pool.is_slow(kind), "it was interrupted now and then");
        }
        (0..3).for_each(|_| pool.note(kind, slow));
        assert!(pool.is_slow(kind), "three times in short order");
        (0..WEIGHT_MAX).for_each(|_| pool.note(kind, fast));
        assert!(!pool.is_slow(kind) && pool.slow.is_empty(), "that is forgotten");
        pool.note(kind, Duration::from_secs(1));
        assert!(pool.is_slow(kind), "once is enough of that");
    }
}
