//! The schema's steps: translated, taken once, never backwards.

use std::path::PathBuf;

use model::db::Settings;
use model::db::migrate::{Migration, copy_path, to_postgres, to_sqlite};
use model::testing::{self, Engine, START, Store};
use model::{Clock, Db, Error, Place, Result, args};

use crate::support::{NUMBERS, insert, kept};

const MORE: &[Migration] = &[
    NUMBERS[0],
    Migration {
        version: 2,
        name: "more",
        sql: "CREATE TABLE more (a BIGINT NOT NULL REFERENCES number (n), b BOOLEAN NOT NULL, PRIMARY KEY (a, b));",
    },
];

async fn open(store: &Store, migrations: &'static [Migration]) -> Result<Db> {
    let settings = Settings { postgres_connections: 1, ..testing::settings(migrations) };
    Db::open_with(store.place(), Clock::manual(START), settings).await
}

fn path(store: &Store) -> PathBuf {
    let Place::Sqlite(path) = store.place() else { unreachable!("only used with SQLite") };
    path.clone()
}

async fn a_newer_database_is_refused(engine: Engine) {
    let store = Store::empty(engine);
    open(&store, MORE).await.unwrap().close().await;
    let refused = open(&store, NUMBERS).await.err().expect("refused");
    assert!(matches!(refused, Error::NewerDatabase { found: 2, known: 1 }), "{refused}");
    assert!(refused.to_string().contains("version 2"), "{refused}");
    // And is left as it was.
    open(&store, MORE).await.unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_database_is_refused_sqlite() {
    a_newer_database_is_refused(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_database_is_refused_postgres() {
    a_newer_database_is_refused(Engine::Postgres).await;
}

async fn only_who_serves_a_database_migrates_it(engine: Engine) {
    let store = Store::empty(engine);
    let look = async |migrations| {
        let settings = Settings { migrates_older: false, ..testing::settings(migrations) };
        Db::open_with(store.place(), Clock::manual(START), settings).await
    };
    // An empty one is filled by whoever comes first.
    look(NUMBERS).await.unwrap().close().await;
    let refused = look(MORE).await.err().expect("refused");
    assert!(matches!(refused, Error::OlderDatabase { found: 1, known: 2 }), "{refused}");
    // It is as it was: the older program still opens it.
    look(NUMBERS).await.unwrap().close().await;
    open(&store, MORE).await.unwrap().close().await;
    look(MORE).await.unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_serves_a_database_migrates_it_sqlite() {
    only_who_serves_a_database_migrates_it(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_serves_a_database_migrates_it_postgres() {
    only_who_serves_a_database_migrates_it(Engine::Postgres).await;
}

async fn a_rewritten_step_is_noticed(engine: Engine) {
    const REWRITTEN: &[Migration] =
        &[Migration { version: 1, name: "numbers", sql: "CREATE TABLE number (n BIGINT PRIMARY KEY);" }];
    let store = Store::empty(engine);
    open(&store, NUMBERS).await.unwrap().close().await;
    let refused = open(&store, REWRITTEN).await.err().expect("refused");
    assert!(refused.to_string().contains("development version"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rewritten_step_is_noticed_sqlite() {
    a_rewritten_step_is_noticed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rewritten_step_is_noticed_postgres() {
    a_rewritten_step_is_noticed(Engine::Postgres).await;
}

/// Several programs open the same database at the same moment: new, and one step behind.
async fn programs_that_start_at_once_do_not_meet(engine: Engine) {
    for round in 0..3 {
        let store = Store::empty(engine);
        for migrations in [NUMBERS, MORE] {
            let opening: Vec<_> = (0..6)
                .map(|_| {
                    let (place, settings) = (store.place().clone(), testing::settings(migrations));
                    let settings = Settings { postgres_connections: 1, ..settings };
                    tokio::spawn(async move { Db::open_with(&place, Clock::manual(START), settings).await })
                })
                .collect();
            for (n, opened) in opening.into_iter().enumerate() {
                let db = opened
                    .await
                    .unwrap()
                    .unwrap_or_else(|error| panic!("round {round}, program {n}: {error}"));
                let steps: i64 = db
                    .read(|tx| tx.one("SELECT count(*) FROM schema_version", args![], |row| row.get(0)))
                    .await
                    .unwrap();
                assert_eq!(usize::try_from(steps), Ok(migrations.len() + 1));
                db.close().await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_start_at_once_do_not_meet_sqlite() {
    programs_that_start_at_once_do_not_meet(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_start_at_once_do_not_meet_postgres() {
    programs_that_start_at_once_do_not_meet(Engine::Postgres).await;
}

async fn a_step_that_fails_leaves_the_database_as_it_was(engine: Engine) {
    const WRONG: &[Migration] = &[
        NUMBERS[0],
        Migration {
            version: 2,
            name: "wrong",
            sql: "CREATE TABLE half (n BIGINT PRIMARY KEY); CREATE TABLE number (n BIGINT PRIMARY KEY);",
        },
    ];
    let store = Store::empty(engine);
    open(&store, NUMBERS).await.unwrap().close().await;
    let failed = open(&store, WRONG).await.err().expect("failed");
    assert!(failed.to_string().contains("migration wrong"), "{failed}");
    let db = open(&store, NUMBERS).await.unwrap();
    assert!(db.read(|tx| tx.exists("SELECT 1 FROM half", args![])).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_fails_leaves_the_database_as_it_was_sqlite() {
    a_step_that_fails_leaves_the_database_as_it_was(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_fails_leaves_the_database_as_it_was_postgres() {
    a_step_that_fails_leaves_the_database_as_it_was(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_copied_before_it_is_migrated() {
    let store = Store::empty(Engine::Sqlite);
    let db = open(&store, NUMBERS).await.unwrap();
    let copy = copy_path(&path(&store), 1);
    assert!(!copy.exists(), "a new file has nothing to copy");
    db.write(|tx| insert(tx, 7)).await.unwrap();
    // Not closed in order: what is only in the log yet is in the copy too.
    drop(db);
    open(&store, MORE).await.unwrap().close().await;
    let folder = tempfile::TempDir::new().unwrap();
    let restored = folder.path().join("restored.db");
    std::fs::copy(&copy, &restored).unwrap();
    let settings = testing::settings(NUMBERS);
    let db = Db::open_with(&Place::Sqlite(restored), Clock::manual(START), settings).await.unwrap();
    assert_eq!(kept(&db).await, [7]);
    // Nothing to do: no other copy.
    std::fs::remove_file(&copy).unwrap();
    open(&store, MORE).await.unwrap().close().await;
    assert!(!copy.exists());
}

#[test]
fn a_step_is_translated_for_each_engine() {
    let step = "-- BIGINT here is a word; so is TEXT.
CREATE TABLE a (
    id BIGINT PRIMARY KEY,
    text TEXT NOT NULL DEFAULT 'TEXT; BOOLEAN',
    on_time BOOLEAN NOT NULL,
    key BLOB
);
CREATE TABLE b (a_id BIGINT REFERENCES a (id), no BIGINT CHECK (no > (1 + 2)), PRIMARY KEY (a_id, no));
CREATE INDEX b_no ON b (no) WHERE no > 3;
UPDATE a SET text = CAST(id AS TEXT), id = CAST(text AS BIGINT);";
    let sqlite = "-- BIGINT here is a word; so is TEXT.
CREATE TABLE a (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL DEFAULT 'TEXT; BOOLEAN',
    on_time INTEGER CHECK (on_time IN (0, 1)) NOT NULL,
    key BLOB
) STRICT;
CREATE TABLE b (a_id INTEGER REFERENCES a (id), no INTEGER CHECK (no > (1 + 2)), PRIMARY KEY (a_id, no)) STRICT, WITHOUT ROWID;
CREATE INDEX b_no ON b (no) WHERE no > 3;
UPDATE a SET text = CAST(id AS TEXT), id = CAST(text AS INTEGER);";
    let postgres = step.replace("text TEXT", "text TEXT COLLATE \"C\"").replace("key BLOB", "key BYTEA");
    assert_eq!(to_sqlite(step).unwrap(), sqlite);
    assert_eq!(to_postgres(step).unwrap(), postgres);
    assert!(to_sqlite("CREATE TABLE a (b BIGINT REFERENCES a (b) DEFERRABLE INITIALLY DEFERRED);").is_err());
    assert!(to_postgres("CREATE TABLE a (b TEXT DEFAULT 'x);").is_err());
}
