//! The schema: one file per step for both engines, translated on the way and applied at start.
//!
//! A step is written in a small common language: `BIGINT`, `TEXT`, `BOOLEAN` and `BLOB` in capitals (a column
//! may be called `text`), keys, checks, references and indexes. All pending steps are one transaction under
//! a lock, so that two programs that start at once do not meet.

use std::path::{Path, PathBuf};
use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator;
use rules::time::Instant;
use rusqlite::ErrorCode;
use sha2::{Digest, Sha256};

use crate::clock::Stopwatch;
use crate::db::Settings;
use crate::{Error, Result};

/// How long to wait for another program that migrates the same database.
const LOCK_WAIT_SECONDS: u64 = 60;
/// The advisory lock of PostgreSQL under which a database is migrated: "cairn" in ASCII.
const POSTGRES_LOCK: i64 = 0x63_61_69_72_6e;

/// One step of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its place in the order; 0 is the store's own.
    pub version: i64,
    /// What it is about.
    pub name: &'static str,
    /// Its text.
    pub sql: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal)*) => {
        &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../../../migrations/", $name, ".sql")),
        }),*]
    };
}

const STORE: &[Migration] = migrations! { 0 "0000_store" };

/// The schema of this program.
pub const MIGRATIONS: &[Migration] = migrations! {
    1 "0001_people"
    2 "0002_mail"
    3 "0003_coaches"
    4 "0004_programs"
    5 "0005_sessions"
    6 "0006_messages"
};

fn steps(migrations: &'static [Migration]) -> impl Iterator<Item = &'static Migration> {
    STORE.iter().chain(migrations)
}

impl Migration {
    fn checksum(&self) -> String {
        let digest = Sha256::digest(self.sql.as_bytes());
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What a database has been through: version and checksum of each step, oldest first.
type Applied = Vec<(i64, String)>;

/// The steps that are still to be taken; an error if the database is none of this program's.
fn pending(applied: &Applied, settings: &Settings) -> Result<Vec<&'static Migration>> {
    let migrations = settings.migrations;
    let known = steps(migrations).map(|step| step.version).max().unwrap_or(0);
    if let Some((found, _)) = applied.iter().find(|(version, _)| *version > known) {
        return Err(Error::NewerDatabase { found: *found, known });
    }
    let mut pending = Vec::new();
    for step in steps(migrations) {
        match applied.iter().find(|(version, _)| *version == step.version) {
            None => pending.push(step),
            Some((_, checksum)) if *checksum == step.checksum() => {}
            Some(_) => {
                let name = step.name;
                return Err(Error::database(format!(
                    "the database was made by a development version whose step {name} was another; \
                     until 0.1 such a database has to be made anew"
                )));
            }
        }
    }
    match applied.last() {
        Some((found, _)) if !pending.is_empty() && !settings.migrates_older => {
            Err(Error::OlderDatabase { found: *found, known })
        }
        _ => Ok(pending),
    }
}

/// Migrates a SQLite file, after copying it beside itself if it holds anything.
pub(super) fn sqlite(path: &Path, settings: &Settings, machine_now: Instant) -> Result<()> {
    let context = |error| Error::caused(format!("migrating {}", path.display()), error);
    let connection = super::sqlite::connect(path, Duration::from_secs(LOCK_WAIT_SECONDS)).map_err(context)?;
    switch_to_wal(&connection).map_err(context)?;
    // A step may rebuild a table that others refer to: checked at the end instead.
    connection.pragma_update(None, "foreign_keys", false).map_err(context)?;
    connection.execute_batch("BEGIN IMMEDIATE").map_err(context)?;
    let applied = sqlite_applied(&connection).map_err(context)?;
    let pending = pending(&applied, settings)?;
    if pending.is_empty() {
        return Ok(());
    }
    if let Some((version, _)) = applied.last() {
        copy_beside(path, *version)?;
    }
    for step in pending {
        let sql = to_sqlite(step.sql)?;
        let context = |error| Error::caused(format!("migration {}", step.name), error);
        connection.execute_batch(&sql).map_err(context)?;
        let insert =
            "INSERT INTO schema_version (version, name, checksum, applied_machine) VALUES (?1, ?2, ?3, ?4)";
        let row = (step.version, step.name, step.checksum(), machine_now.millis());
        connection.execute(insert, row).map_err(context)?;
    }
    let broken = connection.prepare("PRAGMA foreign_key_check").and_then(|mut check| check.exists([]));
    if broken.map_err(context)? {
        return Err(Error::database("a migration left a reference to a row that is not there"));
    }
    connection.execute_batch("COMMIT").map_err(context)
}

/// SQLite gives up at once where two programs do this together, whatever its time limit for locks.
fn switch_to_wal(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    let watch = Stopwatch::start();
    loop {
        let switched =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match switched {
            Ok(mode) if mode == "wal" => return Ok(()),
            Err(error)
                if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy)
                    || watch.elapsed() > Duration::from_secs(LOCK_WAIT_SECONDS) =>
            {
                return Err(error);
            }
            Ok(mode) => return Err(rusqlite::Error::InvalidParameterName(format!("journal mode is {mode}"))),
            Err(_) => std::thread::park_timeout(Duration::from_millis(20)),
        }
    }
}

fn sqlite_applied(connection: &rusqlite::Connection) -> rusqlite::Result<Applied> {
    let exists = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'";
    if !connection.prepare(exists)?.exists([])? {
        return Ok(Vec::new());
    }
    let mut statement =
        connection.prepare("SELECT version, checksum FROM schema_version ORDER BY version")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Where the copy of a file is put before a database of this version is migrated.
pub fn copy_path(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-{:04}", version + 1));
    PathBuf::from(name)
}

/// Copies what is committed, through a second connection: the first one holds the lock meanwhile.
fn copy_beside(path: &Path, version: i64) -> Result<()> {
    let copy = copy_path(path, version);
    let context = |error| Error::caused(format!("copying the database to {}", copy.display()), error);
    let unfinished = copy.with_added_extension("part");
    let io =
        |error: std::io::Error| Error::caused(format!("copying the database to {}", copy.display()), error);
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
        _ => {}
    }
    let connection = super::sqlite::connect(path, Duration::from_secs(LOCK_WAIT_SECONDS)).map_err(context)?;
    connection.execute("VACUUM INTO ?1", [unfinished.to_string_lossy()]).map_err(context)?;
    std::fs::File::open(&unfinished).and_then(|file| file.sync_all()).map_err(io)?;
    std::fs::rename(&unfinished, &copy).map_err(io)
}

/// Migrates a PostgreSQL database.
pub(super) fn postgres(
    client: &mut postgres::Client,
    settings: &Settings,
    machine_now: Instant,
) -> Result<()> {
    let context = |error| Error::caused("migrating", error);
    let mut tx = client.transaction().map_err(context)?;
    tx.query_raw::<_, i64, _>("SELECT pg_advisory_xact_lock($1)", [POSTGRES_LOCK])
        .and_then(|rows| rows.count())
        .map_err(context)?;
    let applied = postgres_applied(&mut tx).map_err(context)?;
    for step in pending(&applied, settings)? {
        let sql = to_postgres(step.sql)?;
        let context = |error| Error::caused(format!("migration {}", step.name), error);
        tx.batch_execute(&sql).map_err(context)?;
        let insert =
            "INSERT INTO schema_version (version, name, checksum, applied_machine) VALUES ($1, $2, $3, $4)";
        tx.execute(insert, &[&step.version, &step.name, &step.checksum(), &machine_now.millis()])
            .map_err(context)?;
    }
    tx.commit().map_err(context)
}

fn postgres_applied(tx: &mut postgres::Transaction<'_>) -> Result<Applied, postgres::Error> {
    let exists = "SELECT 1 FROM pg_catalog.pg_class
        WHERE relname = 'schema_version' AND relnamespace = current_schema()::regnamespace";
    if tx.query_opt(exists, &[])?.is_none() {
        return Ok(Vec::new());
    }
    let rows = tx.query("SELECT version, checksum FROM schema_version ORDER BY version", &[])?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// The step in SQLite's words.
pub fn to_sqlite(sql: &str) -> Result<String> {
    let words = words(sql)?;
    let mut out = String::with_capacity(sql.len() + 256);
    let mut before = Before::default();
    // The table that is being made: how deep its brackets are, and whether its key has several columns.
    let mut table = None::<Table>;
    for (at, word) in words.iter().enumerate() {
        match *word {
            "TABLE" if before.last == "CREATE" => table = Some(Table::default()),
            "(" => {
                if let Some(table) = &mut table {
                    table.depth += 1;
                    table.composite_key |=
                        table.depth == 2 && before.last == "KEY" && before.last_but_one == "PRIMARY";
                }
            }
            ")" => {
                if let Some(table) = &mut table {
                    table.depth -= 1;
                }
            }
            ";" => {
                if let Some(table) = table.take() {
                    out.push_str(if table.composite_key { " STRICT, WITHOUT ROWID" } else { " STRICT" });
                }
            }
            _ => {}
        }
        match *word {
            "BIGINT" => out.push_str("INTEGER"),
            "BOOLEAN" if before.last == "AS" => out.push_str("INTEGER"),
            "BOOLEAN" => {
                let column = before.last;
                out.push_str(&format!("INTEGER CHECK ({column} IN (0, 1))"));
            }
            other => out.push_str(other),
        }
        before.see(&words, at);
    }
    Ok(out)
}

/// The step in PostgreSQL's words.
pub fn to_postgres(sql: &str) -> Result<String> {
    let words = words(sql)?;
    let mut out = String::with_capacity(sql.len() + 256);
    let mut before = Before::default();
    for (at, word) in words.iter().enumerate() {
        match *word {
            // Compared byte by byte, as SQLite does; each language's order is made in Rust.
            "TEXT" if before.last != "AS" => out.push_str("TEXT COLLATE \"C\""),
            "BLOB" => out.push_str("BYTEA"),
            other => out.push_str(other),
        }
        before.see(&words, at);
    }
    Ok(out)
}

#[derive(Default)]
struct Table {
    depth: usize,
    composite_key: bool,
}

/// The two words before this one, leaving out space and comments.
#[derive(Default)]
struct Before<'a> {
    last: &'a str,
    last_but_one: &'a str,
}

impl<'a> Before<'a> {
    fn see(&mut self, words: &[&'a str], at: usize) {
        let word = words[at];
        if !word.trim().is_empty() && !word.starts_with("--") {
            (self.last_but_one, self.last) = (self.last, word);
        }
    }
}

/// Splits SQL into words, texts in quotes, comments, runs of space, and single other characters.
fn words(sql: &str) -> Result<Vec<&str>> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let word_char = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            '\'' | '"' => rest[1..].find(first).map(|end| end + 2),
            '-' if rest.starts_with("--") => Some(rest.find('\n').unwrap_or(rest.len())),
            c if c.is_whitespace() => Some(rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len())),
            c if word_char(c) => Some(rest.find(|c| !word_char(c)).unwrap_or(rest.len())),
            c => Some(c.len_utf8()),
        };
        let Some(length) = length else {
            return Err(Error::database("a migration has a text without an end"));
        };
        let (word, after) = rest.split_at(length);
        // It would fail at COMMIT, and with it every neighbour in SQLite's group.
        if word == "DEFERRABLE" {
            return Err(Error::database("a migration has a DEFERRABLE constraint"));
        }
        words.push(word);
        rest = after;
    }
    Ok(words)
}
