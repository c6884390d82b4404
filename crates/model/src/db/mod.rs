//! One store on two engines: SQLite inside the program, PostgreSQL beside it.
//!
//! A transaction is a closure over a [`Tx`]: `Ok` commits, `Err` rolls back, and nothing is awaited inside.
//! SQL is written once, with `$1` parameters, in the portion that both engines share. The files below this
//! one are the only ones that know which engine runs.

pub mod build;
pub mod migrate;
mod postgres;
mod queue;
mod sqlite;
mod value;

use std::any::{Any, TypeId};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use rules::ids::Id;
use rules::time::Instant;
use tokio::sync::{broadcast, oneshot};

pub use value::{FromValue, Value, ValueRef};

use crate::args;
use crate::attempt::LetterLimits;
use crate::clock::{self, Clock};
use crate::{Error, Result};
use migrate::Migration;

/// So many transactions may wait for a connection; the next one is refused with [`Error::Busy`].
pub const WAITING_JOBS_MAX: usize = 1024;
/// [`Tx::all`] gives at most this many rows; more is an error, because a page or a job reads by portions.
pub const ALL_ROWS_MAX: usize = 10_000;
/// [`Tx::insert_many`] sends at most this many rows in one statement.
pub const INSERT_ROWS_MAX: usize = 64;
/// A listener that is further behind than this many notices misses the oldest.
pub const NOTICES_MAX: usize = 1024;
/// Connections to PostgreSQL, each with a thread of its own; as many as the program's setting is by default.
pub const POSTGRES_CONNECTIONS: usize = 8;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file, made if it is not there. Its folder must be.
    Sqlite(PathBuf),
    /// A `postgres://` address. `sslmode=require` asks for TLS with a certificate that the system trusts;
    /// without it the connection is plain.
    Postgres(String),
}

/// How a store is opened; [`Db::open`] takes the defaults.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The schema, oldest step first.
    pub migrations: &'static [Migration],
    /// Whether a database of an older version is migrated, or refused as [`Error::OlderDatabase`]: only the program
    /// that serves a database changes its shape, a command that looks at it does not. An empty one is always filled.
    pub migrates_older: bool,
    /// See [`POSTGRES_CONNECTIONS`].
    pub postgres_connections: usize,
    /// See [`WAITING_JOBS_MAX`].
    pub waiting_jobs_max: usize,
    /// How long a transaction on SQLite waits for a lock that another program holds.
    pub lock_wait: Duration,
    /// A group of writes on SQLite that has run so long is committed, so that the first of it does not
    /// wait for the last.
    pub group_time_max: Duration,
    /// How many letters signed-in people may cause.
    pub letter_limits: LetterLimits,
    /// Runs every write twice and rolls the first back, which shows closures that do not bear it.
    pub rehearse: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            migrations: migrate::MIGRATIONS,
            migrates_older: true,
            postgres_connections: POSTGRES_CONNECTIONS,
            waiting_jobs_max: WAITING_JOBS_MAX,
            lock_wait: Duration::from_secs(5),
            group_time_max: Duration::from_millis(5),
            letter_limits: LetterLimits::default(),
            rehearse: false,
        }
    }
}

/// Told to every listener once the transaction that raised it is on disk. Heard within this program only,
/// and never in place of the row: a listener reads the database again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Notice {
    /// What kind of thing changed.
    pub topic: &'static str,
    /// Which one.
    pub id: i64,
}

/// The store. Clones are handles to the same one.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    engine: Engine,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// What transactions on every thread have in common.
struct Shared {
    clock: Clock,
    notices: broadcast::Sender<Notice>,
    letter_limits: LetterLimits,
    rehearse: bool,
}

impl Db {
    /// Opens the store: makes it if there is none, migrates it, and takes over its clock's offset.
    pub async fn open(place: &Place, clock: Clock) -> Result<Db> {
        Db::open_with(place, clock, Settings::default()).await
    }

    /// As [`Db::open`], with settings.
    pub async fn open_with(place: &Place, clock: Clock, settings: Settings) -> Result<Db> {
        let (notices, _) = broadcast::channel(NOTICES_MAX);
        let shared = Arc::new(Shared {
            clock,
            notices,
            letter_limits: settings.letter_limits,
            rehearse: settings.rehearse,
        });
        let place = place.clone();
        // A thread of its own: opening blocks, and a PostgreSQL connection must not be used on an async one.
        let inner = on_own_thread("cairn-db-open", move || {
            let engine = match &place {
                Place::Sqlite(path) => Engine::Sqlite(sqlite::Sqlite::open(path, &settings, &shared)?),
                Place::Postgres(url) => Engine::Postgres(postgres::Postgres::open(url, &settings, &shared)?),
            };
            Ok(Inner { shared, engine })
        })
        .await?;
        let db = Db(Arc::new(inner));
        db.reload_clock().await?;
        Ok(db)
    }

    /// Reads from one snapshot of the database. Writing fails.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => {
                let (kind, mut given) = (type_of(&f), None);
                let slot = &mut given;
                let mut run = move |tx: &mut Tx| {
                    *slot = Some(f(tx)?);
                    Ok(())
                };
                sqlite.read(kind, &mut run).await?;
                Ok(given.expect("a read that succeeded gave a value"))
            }
            Engine::Postgres(postgres) => {
                let (job, answer) = Job::of(f);
                postgres.read(job)?;
                answer.await.unwrap_or_else(|_| Err(Error::Closed)).map(taken)
            }
        }
    }

    /// Changes the database as if nobody else did so at the time. The closure may run more than once, so
    /// its only effects are those it has through the [`Tx`]. It is on disk when this returns `Ok`.
    ///
    /// Dropping the future does not stop the transaction.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (job, answer) = Job::of(f);
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.write(job)?,
            Engine::Postgres(postgres) => postgres.write(job)?,
        }
        let lost = || Error::InDoubt { why: "the thread that ran it ended".to_owned() };
        answer.await.unwrap_or_else(|_| Err(lost())).map(taken)
    }

    /// A handle that can only read.
    pub fn reader(&self) -> Reader {
        Reader(self.clone())
    }

    /// The clock that transactions take their now from.
    pub fn clock(&self) -> &Clock {
        &self.0.shared.clock
    }

    /// The engine's name, for people.
    pub fn engine(&self) -> &'static str {
        match &self.0.engine {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    /// Hears, from now on, what [`Tx::notify`] told.
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.0.shared.notices.subscribe()
    }

    /// Moves the product clock forward, in the database and here (rule T4). Gives the new now.
    ///
    /// # Panics
    /// If told to go back.
    pub async fn advance_clock(&self, by: SignedDuration) -> Result<Instant> {
        assert!(!by.is_negative(), "time only goes forward (rule T4)");
        let by = i64::try_from(by.as_millis()).map_err(|_| Error::database("more than all of time"))?;
        let offset = self
            .write(move |tx| {
                let sql = "INSERT INTO clock (id, offset_ms) VALUES (1, $1)
                    ON CONFLICT (id) DO UPDATE SET offset_ms = clock.offset_ms + excluded.offset_ms
                    RETURNING offset_ms";
                tx.one(sql, args![by], |row| row.get(0))
            })
            .await?;
        self.clock().set_offset(offset);
        Ok(self.clock().now())
    }

    /// Sets the product clock to `instant`. A clock that was moved before is not set back: then this gives
    /// false and changes nothing (rule T4).
    pub async fn start_clock_at(&self, instant: Instant) -> Result<bool> {
        let offset = self
            .write(move |tx| {
                let now = tx.machine_now();
                let wanted = i64::try_from(instant.since(now).as_millis()).unwrap_or(i64::MAX);
                let sql = "INSERT INTO clock (id, offset_ms) VALUES (1, $1)
                    ON CONFLICT (id) DO UPDATE SET offset_ms = excluded.offset_ms
                    WHERE clock.offset_ms <= excluded.offset_ms
                    RETURNING offset_ms";
                tx.opt(sql, args![wanted], |row| row.get(0))
            })
            .await?;
        if let Some(offset) = offset {
            self.clock().set_offset(offset);
        }
        Ok(offset.is_some())
    }

    /// Takes over the offset of the product clock from the database, where another program may have moved it.
    pub async fn reload_clock(&self) -> Result<()> {
        let sql = "SELECT offset_ms FROM clock WHERE id = 1";
        let offset = self.read(move |tx| tx.opt(sql, args![], |row| row.get(0))).await?;
        self.clock().set_offset(offset.unwrap_or(0));
        Ok(())
    }

    /// Takes nothing new, finishes and answers what was accepted, and ends all threads and connections.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
        }
    }
}

/// A store that can only be read: what a page that is merely looked at gets (rule P2).
#[derive(Clone)]
pub struct Reader(Db);

impl Reader {
    /// See [`Db::read`].
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.read(f).await
    }

    /// See [`Db::clock`].
    pub fn clock(&self) -> &Clock {
        self.0.clock()
    }

    /// See [`Db::notices`].
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.0.notices()
    }
}

/// One transaction: statements, and the time, ids and chance that belong to this attempt at it.
///
/// After a statement has failed, all later ones are refused and the transaction rolls back even if the
/// closure says `Ok`: PostgreSQL knows no other way, so SQLite does the same. An expected conflict is
/// therefore no error: write `ON CONFLICT` and look at the number of rows.
pub struct Tx {
    connection: Connection,
    shared: Arc<Shared>,
    now: Instant,
    failure: Option<Failure>,
    notices: Vec<Notice>,
}

enum Connection {
    Sqlite(sqlite::Session),
    Postgres(Box<postgres::Session>),
}

/// What kind of failure a statement met: what is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// Another transaction came in between: the closure may run again.
    Conflict,
    /// A unique key exists already.
    Duplicate,
    /// The connection is gone.
    Lost,
    /// Somebody else holds the database's lock.
    Locked,
    /// Anything else.
    Other,
}

/// What an engine says of a failed statement.
struct Failed {
    failure: Failure,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// How a query that hands its rows to a closure ended early.
enum Stopped {
    Failed(Failed),
    ByReader(Error),
}

/// What a reader of rows wants next.
#[derive(PartialEq, Eq)]
enum Next {
    Row,
    Stop,
}

impl Tx {
    fn new(connection: Connection, shared: Arc<Shared>) -> Tx {
        let now = shared.clock.now();
        Tx { connection, shared, now, failure: None, notices: Vec::new() }
    }

    /// The product clock at the start of this attempt.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The machine's clock, for what a move of the product clock must not touch.
    pub fn machine_now(&self) -> Instant {
        self.shared.clock.machine_now()
    }

    /// A new id, larger than all that this program made before.
    pub fn new_id<T: Id>(&self) -> T {
        self.shared.clock.new_id()
    }

    /// How many letters signed-in people may cause.
    pub fn letter_limits(&self) -> LetterLimits {
        self.shared.letter_limits
    }

    /// Unpredictable bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        clock::random_bytes()
    }

    /// Tells listeners of `Db::notices` once this transaction is on disk, and never if it is not.
    pub fn notify(&mut self, topic: &'static str, id: i64) {
        self.notices.push(Notice { topic, id });
    }

    /// Runs a statement that gives no rows; the number of rows that it changed.
    pub fn exec(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        self.check(sql, args)?;
        let done = match &mut self.connection {
            Connection::Sqlite(session) => session.exec(sql, args),
            Connection::Postgres(session) => session.exec(sql, args),
        };
        done.map_err(|failed| self.poison(sql, failed))
    }

    /// The one row there must be. None is [`Error::NoRow`]; two are an error as well.
    pub fn one<T>(
        &mut self,
        sql: &str,
        args: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.opt(sql, args, read)?.ok_or_else(|| Error::NoRow { sql: sql.to_owned() })
    }

    /// The one row there may be. Two are an error.
    pub fn opt<T>(
        &mut self,
        sql: &str,
        args: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut found = None;
        self.query(sql, args, &mut |row| {
            if found.is_some() {
                return Err(Error::database(format!("more than one row: {sql}")));
            }
            found = Some(read(row)?);
            Ok(Next::Row)
        })?;
        Ok(found)
    }

    /// All rows, of which there may be [`ALL_ROWS_MAX`].
    pub fn all<T>(
        &mut self,
        sql: &str,
        args: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.query(sql, args, &mut |row| {
            if rows.len() == ALL_ROWS_MAX {
                return Err(Error::database(format!("more than {ALL_ROWS_MAX} rows: {sql}")));
            }
            rows.push(read(row)?);
            Ok(Next::Row)
        })?;
        Ok(rows)
    }

    /// Hands each row to `read` without keeping them. Memory stays small; the snapshot stays open meanwhile.
    pub fn each(
        &mut self,
        sql: &str,
        args: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        self.query(sql, args, &mut |row| read(row).map(|()| Next::Row))
    }

    /// True if the query has a row.
    pub fn exists(&mut self, sql: &str, args: &[Value]) -> Result<bool> {
        let mut found = false;
        self.query(sql, args, &mut |_| {
            found = true;
            Ok(Next::Stop)
        })?;
        Ok(found)
    }

    /// Inserts many rows with few statements: `head` up to the word VALUES, the rows, and what follows them
    /// (`ON CONFLICT …`, or nothing). Gives the number of rows inserted or changed.
    ///
    /// ```ignore
    /// tx.insert_many("INSERT INTO person_role (person_id, role)", rows, "ON CONFLICT DO NOTHING")?;
    /// ```
    pub fn insert_many<const N: usize>(
        &mut self,
        head: &str,
        rows: impl IntoIterator<Item = [Value; N]>,
        tail: &str,
    ) -> Result<u64> {
        let mut changed = 0;
        let mut rows = rows.into_iter();
        loop {
            let args: Vec<Value> = rows.by_ref().take(INSERT_ROWS_MAX).flatten().collect();
            if args.is_empty() {
                return Ok(changed);
            }
            let sql = build::insert(head, args.len() / N, N, tail);
            changed += self.exec(&sql, &args)?;
        }
    }

    fn query(
        &mut self,
        sql: &str,
        args: &[Value],
        read: &mut dyn FnMut(&Row<'_>) -> Result<Next>,
    ) -> Result<()> {
        self.check(sql, args)?;
        let done = match &mut self.connection {
            Connection::Sqlite(session) => session.query(sql, args, read),
            Connection::Postgres(session) => session.query(sql, args, read),
        };
        done.map_err(|stopped| match stopped {
            Stopped::Failed(failed) => self.poison(sql, failed),
            Stopped::ByReader(error) => error,
        })
    }

    fn check(&self, sql: &str, args: &[Value]) -> Result<()> {
        if self.failure.is_some() {
            return Err(Error::database("an earlier statement of this transaction failed"));
        }
        // PostgreSQL stores none, so that SQLite must not either.
        if args.iter().any(|arg| matches!(arg, Value::Text(text) if text.as_bytes().contains(&0))) {
            return Err(Error::database(format!("a text with a NUL character: {sql}")));
        }
        Ok(())
    }

    fn poison(&mut self, sql: &str, failed: Failed) -> Error {
        self.failure = Some(failed.failure);
        Error::caused(sql, failed.source)
    }

    /// Runs a closure as one attempt at a transaction. What to commit or roll back is up to the caller.
    fn attempt(&mut self, f: &mut dyn FnMut(&mut Tx) -> Result<()>) -> Result<()> {
        self.now = self.shared.clock.now();
        self.failure = None;
        self.notices.clear();
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| f(self)));
        outcome.unwrap_or_else(|panic| Err(Error::Panicked { message: message_of(&*panic) }))?;
        match self.failure {
            None => Ok(()),
            Some(_) => Err(Error::database("a statement failed, and the transaction went on regardless")),
        }
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// One row of a result, valid while the closure that reads it runs.
pub struct Row<'a>(Columns<'a>);

enum Columns<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

impl Row<'_> {
    /// The column at `index`, counted from 0.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T> {
        let value = match self.0 {
            Columns::Sqlite(row) => sqlite::column(row, index),
            Columns::Postgres(row) => postgres::column(row, index),
        };
        let value = value.map_err(|source| Error::caused(format!("column {index}"), source))?;
        T::from_value(value).ok_or_else(|| {
            let wanted = std::any::type_name::<T>();
            // The value itself may be personal: its kind is enough to find the mistake.
            let found = match value {
                ValueRef::Null => "NULL",
                ValueRef::Int(_) => "a number",
                ValueRef::Bool(_) => "a flag",
                ValueRef::Text(_) => "a text",
                ValueRef::Bytes(_) => "bytes",
            };
            Error::database(format!("column {index} is {found}, which is no {wanted}"))
        })
    }

    /// The column at `index` as something that is stored by its text: a word of a closed set, a name.
    pub fn parse<T: std::str::FromStr>(&self, index: usize) -> Result<T> {
        parsed(index, &self.get::<String>(index)?)
    }

    /// The same where there may be nothing.
    pub fn parse_opt<T: std::str::FromStr>(&self, index: usize) -> Result<Option<T>> {
        self.get::<Option<String>>(index)?.map(|text| parsed(index, &text)).transpose()
    }
}

fn parsed<T: std::str::FromStr>(index: usize, text: &str) -> Result<T> {
    let wanted = std::any::type_name::<T>();
    text.parse().map_err(|_| Error::database(format!("the text of column {index} is no {wanted}")))
}

/// What a transaction gave. Its type is known to the caller only: there are hundreds of transactions, and what carries
/// them to a connection and back is compiled once.
type Given = Box<dyn Any + Send>;
type Transaction = Box<dyn Fn(&mut Tx) -> Result<Given> + Send>;

/// As it was before it travelled.
fn taken<T: 'static>(given: Given) -> T {
    *given.downcast().expect("a transaction gives what its caller waits for")
}

/// Tells kinds of read apart.
fn type_of<F: 'static>(_: &F) -> TypeId {
    TypeId::of::<F>()
}

/// A transaction that waits for its turn on another thread.
struct Job {
    f: Transaction,
    given: Option<Given>,
    notices: Vec<Notice>,
    listeners: Option<broadcast::Sender<Notice>>,
    caller: oneshot::Sender<Result<Given>>,
}

impl Job {
    fn of<T: Send + 'static>(
        f: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> (Job, oneshot::Receiver<Result<Given>>) {
        let (caller, answer) = oneshot::channel();
        let f = Box::new(move |tx: &mut Tx| Ok(Box::new(f(tx)?) as Given));
        (Job { f, given: None, notices: Vec::new(), listeners: None, caller }, answer)
    }

    /// Runs the closure and keeps what it gave.
    fn attempt(&mut self, tx: &mut Tx) -> Result<()> {
        let Job { f, given, .. } = self;
        *given = None;
        tx.attempt(&mut |tx| {
            *given = Some(f(tx)?);
            Ok(())
        })?;
        self.notices = std::mem::take(&mut tx.notices);
        if !self.notices.is_empty() {
            self.listeners = Some(tx.shared.notices.clone());
        }
        Ok(())
    }

    /// Tells the caller: what the closure gave, or why that is void.
    fn answer(self, outcome: Result<()>) {
        let Job { given, notices, listeners, caller, .. } = self;
        let outcome = outcome.map(|()| given.expect("a transaction that succeeded gave a value"));
        if let (Ok(_), Some(listeners)) = (&outcome, listeners) {
            for notice in notices {
                // Nobody may be listening.
                let _ = listeners.send(notice);
            }
        }
        // A caller that no longer waits does not need the answer.
        let _ = caller.send(outcome);
    }
}

async fn on_own_thread<T: Send + 'static>(
    name: &str,
    f: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (send, receive) = oneshot::channel();
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let _ = send.send(f());
        })
        .map_err(|error| Error::caused("starting a thread", error))?;
    receive.await.unwrap_or_else(|_| Err(Error::database("a thread of the store panicked")))
}
