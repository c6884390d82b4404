//! PostgreSQL: a few threads, each with a connection, that take transactions from one queue.
//!
//! Writes are serialisable and run again when PostgreSQL says that another came in between. A connection
//! that breaks is replaced; only if it broke while a commit was under way is the caller told so, because
//! then nobody knows whether the commit arrived.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::queue::Queue;
use super::{
    Columns, Connection, Failed, Failure, Job, Next, Row, Settings, Shared, Stopped, Tx, Value, ValueRef,
    migrate, on_own_thread,
};
use crate::clock::random_bytes;
use crate::{Error, Result};

/// So often a transaction is tried before its caller is told that the database is busy.
const ATTEMPTS_MAX: u32 = 10;
/// Who has lost so often writes alone, instead of trying its luck: where many want to write the same, luck leaves
/// somebody out.
const LOSSES_MAX: u32 = 3;
/// The longest pause between two attempts; each is a random part of it, and the first ones are shorter.
const PAUSE_MILLIS_MAX: u64 = 100;
/// Prepared statements kept per connection; all are dropped when there are more.
const STATEMENTS_MAX: usize = 512;
/// How long to wait for a connection, if the address does not say.
const CONNECT_SECONDS: u64 = 5;
/// How long a server may say nothing before its connection counts as broken, if the address does not say.
const SILENT_SECONDS: u64 = 30;
/// The longest a statement runs, in milliseconds, if the server does not say. Migrations take the time they need.
const STATEMENT_MILLIS: u32 = 60_000;

pub(super) struct Postgres {
    queue: Arc<Queue<Work>>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

struct Work {
    kind: Kind,
    job: Job,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Read,
    Write,
}

impl Postgres {
    pub(super) fn open(url: &str, settings: &Settings, shared: &Arc<Shared>) -> Result<Postgres> {
        let server = Arc::new(Server::parse(url)?);
        migrate::postgres(&mut server.connect()?, settings, shared.clock.machine_now())?;
        let queue = Arc::new(Queue::new(settings.waiting_jobs_max));
        let spawn = |number: usize| {
            let worker = Worker {
                server: server.clone(),
                shared: shared.clone(),
                queue: queue.clone(),
                tx: None,
                is_alone: false,
            };
            std::thread::Builder::new()
                .name(format!("cairn-db-{number}"))
                .spawn(move || worker.run())
                .map_err(|error| Error::caused("starting a thread", error))
        };
        let threads = (0..settings.postgres_connections).map(spawn).collect::<Result<_>>()?;
        Ok(Postgres { queue, threads: Arc::new(Mutex::new(threads)) })
    }

    pub(super) fn read(&self, job: Job) -> Result<()> {
        self.queue.push(Work { kind: Kind::Read, job })
    }

    pub(super) fn write(&self, job: Job) -> Result<()> {
        self.queue.push(Work { kind: Kind::Write, job })
    }

    pub(super) async fn close(&self) {
        self.queue.close();
        let threads = self.threads.clone();
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

impl Drop for Postgres {
    fn drop(&mut self) {
        // The threads finish what was accepted and end by themselves.
        self.queue.close();
    }
}

/// Where and how to connect.
struct Server {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Server {
    fn parse(url: &str) -> Result<Server> {
        let mut config =
            Config::from_str(url).map_err(|error| Error::caused("the address of the database", error))?;
        config.application_name("cairn");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(CONNECT_SECONDS));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(SILENT_SECONDS));
        }
        if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
            config.keepalives_idle(Duration::from_secs(SILENT_SECONDS));
        }
        let tls = (config.get_ssl_mode() == SslMode::Require).then(tls).transpose()?;
        Ok(Server { config, tls })
    }

    fn connect(&self) -> Result<Client> {
        let connected = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        let prepare = |mut client: Client| {
            // A server that is set to answer before a commit is on disk is not to do so here.
            client.batch_execute(
                "SELECT set_config('synchronous_commit', 'on', false)
                WHERE current_setting('synchronous_commit') = 'off' AND current_setting('fsync') = 'on'",
            )?;
            Ok(client)
        };
        connected.and_then(prepare).map_err(|error| Error::caused("connecting to PostgreSQL", error))
    }
}

/// Sees to it that no statement holds a thread for good.
fn bounded(mut client: Client) -> Result<Client> {
    let sql = format!(
        "SELECT set_config('statement_timeout', '{STATEMENT_MILLIS}', false)
         WHERE current_setting('statement_timeout') = '0'"
    );
    client.batch_execute(&sql).map_err(|error| Error::caused("connecting to PostgreSQL", error))?;
    Ok(client)
}

/// TLS that trusts what the system trusts (or the file that `SSL_CERT_FILE` names).
fn tls() -> Result<MakeRustlsConnect> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::caused("setting up TLS", error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

struct Worker {
    server: Arc<Server>,
    shared: Arc<Shared>,
    queue: Arc<Queue<Work>>,
    /// None before the first transaction and after the connection broke.
    tx: Option<Tx>,
    /// Whether this connection is the only one that writes.
    is_alone: bool,
}

/// How one attempt at a transaction ended.
enum Ended {
    /// The caller is told this.
    With(Result<()>),
    /// Nothing was kept, and it may be tried again.
    Again(Again),
}

enum Again {
    Conflict,
    Duplicate(Error),
    Lost(Error),
}

impl Worker {
    fn run(mut self) {
        while let Some(Work { kind, mut job }) = self.queue.pop() {
            let outcome = self.settle(kind, &mut job);
            job.answer(outcome);
        }
    }

    fn settle(&mut self, kind: Kind, job: &mut Job) -> Result<()> {
        let outcome = self.try_until_settled(kind, job);
        self.let_others_write();
        outcome
    }

    fn try_until_settled(&mut self, kind: Kind, job: &mut Job) -> Result<()> {
        let mut duplicates = 0;
        let mut losses = 0;
        let mut last = None;
        for attempt in 0..ATTEMPTS_MAX {
            if losses >= LOSSES_MAX {
                self.write_alone();
            }
            if attempt > 0 && !self.is_alone {
                pause(attempt);
            }
            match self.attempt(kind, job) {
                Ended::With(outcome) => return outcome,
                Ended::Again(Again::Conflict) => {
                    losses += 1;
                    last = None;
                }
                Ended::Again(Again::Lost(error)) => {
                    self.drop_connection();
                    last = Some(error);
                }
                // A serialisation conflict can show itself so; a second time it is what it seems to be.
                Ended::Again(Again::Duplicate(error)) => {
                    duplicates += 1;
                    if duplicates > 1 {
                        return Err(error);
                    }
                }
            }
        }
        Err(last.unwrap_or(Error::Busy("other transactions kept coming in between")))
    }

    /// Waits until all who write now are done, in whatever program, and keeps others from beginning: what this one then
    /// reads nobody changes. The lock is taken before the transaction begins, and ends with the connection.
    fn write_alone(&mut self) {
        let Some(tx) = self.tx.as_mut().filter(|_| !self.is_alone) else { return };
        self.is_alone = frame(tx, WRITE_ALONE).is_ok();
        // Without it there is still luck.
        if !self.is_alone && frame(tx, "ROLLBACK").is_err() {
            self.drop_connection();
        }
    }

    fn let_others_write(&mut self) {
        if !std::mem::take(&mut self.is_alone) {
            return;
        }
        let ended = self.tx.as_mut().map(|tx| frame(tx, LET_OTHERS_WRITE));
        if !matches!(ended, Some(Ok(()))) {
            self.drop_connection();
        }
    }

    fn drop_connection(&mut self) {
        self.tx = None;
        self.is_alone = false;
    }

    fn attempt(&mut self, kind: Kind, job: &mut Job) -> Ended {
        if self.tx.is_none() {
            match self.server.connect().and_then(bounded) {
                Ok(client) => {
                    let session = Session { client, statements: HashMap::new() };
                    self.tx = Some(Tx::new(Connection::Postgres(Box::new(session)), self.shared.clone()));
                }
                Err(error) => return Ended::Again(Again::Lost(error)),
            }
        }
        let tx = self.tx.as_mut().expect("connected above");
        if kind == Kind::Write && self.shared.rehearse {
            let begun = frame(tx, BEGIN_WRITE);
            let rehearsed = begun.map(|()| drop(job.attempt(tx))).and_then(|()| frame(tx, "ROLLBACK"));
            if let Err(error) = rehearsed {
                return Ended::Again(Again::Lost(Error::caused("rehearsing", error)));
            }
        }
        let begin = if kind == Kind::Write { BEGIN_WRITE } else { BEGIN_READ };
        if let Err(error) = frame(tx, begin) {
            return Ended::Again(Again::Lost(Error::caused("beginning a transaction", error)));
        }
        let outcome = job.attempt(tx);
        if outcome.is_ok() {
            return commit(tx, kind);
        }
        let undone = frame(tx, "ROLLBACK");
        let Err(error) = outcome else { unreachable!("success was committed") };
        match tx.failure {
            Some(Failure::Conflict) if undone.is_ok() => Ended::Again(Again::Conflict),
            Some(Failure::Duplicate) if undone.is_ok() => Ended::Again(Again::Duplicate(error)),
            Some(Failure::Lost) => Ended::Again(Again::Lost(error)),
            _ => {
                if undone.is_err() {
                    self.drop_connection();
                }
                Ended::With(Err(error))
            }
        }
    }
}

/// All who write share an advisory lock (its number is "writing" in ASCII), which one may have alone.
const BEGIN_WRITE: &str =
    "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT pg_advisory_xact_lock_shared(33621319478767207)";
/// A transaction that takes long must not keep all others waiting behind whoever waits for it.
const WRITE_ALONE: &str =
    "BEGIN; SET LOCAL lock_timeout = '1s'; SELECT pg_advisory_lock(33621319478767207); COMMIT";
const LET_OTHERS_WRITE: &str = "SELECT pg_advisory_unlock(33621319478767207)";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

fn commit(tx: &mut Tx, kind: Kind) -> Ended {
    // The server takes COMMIT for ROLLBACK if a statement failed and nobody noticed; one that is refused then tells.
    let Err(error) = frame(tx, "SELECT 1; COMMIT") else { return Ended::With(Ok(())) };
    match failure_of(&error, &session(tx).client) {
        // What was read was read; a connection that cannot end the transaction shows it at the next one.
        _ if kind == Kind::Read => {
            let _ = frame(tx, "ROLLBACK");
            Ended::With(Ok(()))
        }
        // What had failed unnoticed is still open.
        Failure::Conflict => match frame(tx, "ROLLBACK") {
            Ok(()) => Ended::Again(Again::Conflict),
            Err(error) => Ended::Again(Again::Lost(Error::caused("rolling back", error))),
        },
        Failure::Lost => Ended::With(Err(Error::InDoubt { why: error.to_string() })),
        _ => Ended::With(Err(Error::NotCommitted { why: error.to_string() })),
    }
}

/// A random part of a time that doubles with each attempt, so that those who collided part.
fn pause(attempt: u32) {
    let most = PAUSE_MILLIS_MAX.min(1 << attempt);
    let micros = u64::from_ne_bytes(random_bytes()) % (most * 1_000);
    std::thread::park_timeout(Duration::from_micros(micros));
}

/// A connection, and the statements it has prepared.
pub(super) struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
}

fn session(tx: &mut Tx) -> &mut Session {
    match &mut tx.connection {
        Connection::Postgres(session) => session,
        Connection::Sqlite(_) => unreachable!("a transaction of this file has a connection of this file"),
    }
}

/// Runs one of the few statements that frame a transaction.
fn frame(tx: &mut Tx, sql: &str) -> Result<(), postgres::Error> {
    session(tx).client.batch_execute(sql)
}

impl Session {
    pub(super) fn exec(&mut self, sql: &str, args: &[Value]) -> Result<u64, Failed> {
        let done = self.prepare(sql).and_then(|statement| {
            let rows = self.client.query_raw(&statement, args)?;
            let mut rows = rows;
            while rows.next()?.is_some() {}
            Ok(rows.rows_affected().unwrap_or(0))
        });
        done.map_err(|error| self.failed(error))
    }

    pub(super) fn query(
        &mut self,
        sql: &str,
        args: &[Value],
        read: &mut dyn FnMut(&Row<'_>) -> Result<Next>,
    ) -> Result<(), Stopped> {
        let mut stopped = None;
        let done = self.prepare(sql).and_then(|statement| {
            let mut rows = self.client.query_raw(&statement, args)?;
            while let Some(row) = rows.next()? {
                match read(&Row(Columns::Postgres(&row))) {
                    Ok(Next::Row) => {}
                    // The rest is taken in all the same: an error may follow the rows.
                    Ok(Next::Stop) => {
                        while rows.next()?.is_some() {}
                        break;
                    }
                    Err(error) => {
                        stopped = Some(error);
                        break;
                    }
                }
            }
            Ok(())
        });
        done.map_err(|error| Stopped::Failed(self.failed(error)))?;
        stopped.map_or(Ok(()), |error| Err(Stopped::ByReader(error)))
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        if self.statements.len() == STATEMENTS_MAX {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn failed(&self, error: postgres::Error) -> Failed {
        Failed { failure: failure_of(&error, &self.client), source: without_values(error) }
    }
}

/// What the server said, without its DETAIL: that repeats the values of a row, and logs are not their place (rule D4).
fn without_values(error: postgres::Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error.as_db_error() {
        Some(said) => {
            let constraint = said.constraint().map(|name| format!(", constraint {name}")).unwrap_or_default();
            format!("{} ({}{constraint})", said.message(), said.code().code()).into()
        }
        None => error.into(),
    }
}

fn failure_of(error: &postgres::Error, client: &Client) -> Failure {
    match error.code() {
        Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE => Failure::Conflict,
        Some(code) if *code == SqlState::T_R_DEADLOCK_DETECTED => Failure::Conflict,
        // An earlier statement failed after its rows were read: what it was is not known, and another try tells.
        Some(code) if *code == SqlState::IN_FAILED_SQL_TRANSACTION => Failure::Conflict,
        Some(code) if *code == SqlState::UNIQUE_VIOLATION => Failure::Duplicate,
        // The server says why it hangs up: class 57 of its codes, and 08.
        Some(code) if *code == SqlState::ADMIN_SHUTDOWN || *code == SqlState::CRASH_SHUTDOWN => Failure::Lost,
        Some(code) if code.code().starts_with("08") => Failure::Lost,
        _ if client.is_closed() || error.is_closed() => Failure::Lost,
        Some(_) => Failure::Other,
        None => match std::error::Error::source(error) {
            Some(source) if source.is::<std::io::Error>() => Failure::Lost,
            _ => Failure::Other,
        },
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, wanted) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(n), &Type::INT8) => n.to_sql(wanted, out),
            (Value::Int(n), &Type::INT4) => i32::try_from(*n)?.to_sql(wanted, out),
            (Value::Int(n), &Type::INT2) => i16::try_from(*n)?.to_sql(wanted, out),
            (Value::Bool(b), &Type::BOOL) => b.to_sql(wanted, out),
            (Value::Text(s), &Type::TEXT | &Type::VARCHAR | &Type::NAME | &Type::UNKNOWN) => {
                s.to_sql(&Type::TEXT, out)
            }
            (Value::Bytes(b), &Type::BYTEA) => b.to_sql(wanted, out),
            (given, wanted) => {
                let given = match given {
                    Value::Null => "NULL",
                    Value::Int(_) => "a number",
                    Value::Bool(_) => "a flag",
                    Value::Text(_) => "a text",
                    Value::Bytes(_) => "bytes",
                };
                Err(format!("{given} for a parameter of type {wanted}: a CAST may be missing").into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

pub(super) fn column(
    row: &postgres::Row,
    index: usize,
) -> Result<ValueRef<'_>, Box<dyn std::error::Error + Send + Sync>> {
    let Some(column) = row.columns().get(index) else { return Err("there is no such column".into()) };
    Ok(match *column.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map_or(ValueRef::Null, ValueRef::Int),
        Type::INT4 => {
            row.try_get::<_, Option<i32>>(index)?.map_or(ValueRef::Null, |n| ValueRef::Int(n.into()))
        }
        Type::INT2 => {
            row.try_get::<_, Option<i16>>(index)?.map_or(ValueRef::Null, |n| ValueRef::Int(n.into()))
        }
        Type::BOOL => row.try_get::<_, Option<bool>>(index)?.map_or(ValueRef::Null, ValueRef::Bool),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR => {
            row.try_get::<_, Option<&str>>(index)?.map_or(ValueRef::Null, ValueRef::Text)
        }
        Type::BYTEA => row.try_get::<_, Option<&[u8]>>(index)?.map_or(ValueRef::Null, ValueRef::Bytes),
        ref other => return Err(format!("a value of type {other}, which SQLite does not have").into()),
    })
}
