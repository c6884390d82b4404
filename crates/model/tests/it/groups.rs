//! SQLite's groups: what one member does to its neighbours.

use std::time::Duration;

use model::db::{Db, Place, Settings};
use model::testing::{Engine, Store};
use model::{Error, Result, args};
use rules::refusal::Refusal;

use crate::support::{Gate, insert, kept, numbers_with, queued};

/// Long enough for every member of a test's group to be in it.
fn one_group(settings: &mut Settings) {
    settings.group_time_max = Duration::from_secs(3600);
    settings.lock_wait = Duration::from_millis(100);
}

type Member = Box<dyn Fn(&mut model::Tx) -> Result<u64> + Send>;

/// Runs these in one group, in this order: they gather while the first of the group is held.
async fn together(db: &Db, members: Vec<Member>) -> Vec<Result<u64>> {
    let (gate, held) = Gate::new();
    let first = queued(db.write(move |tx| {
        held.wait();
        insert(tx, 1_000)
    }))
    .await;
    gate.wait_until_held();
    let mut waiting = Vec::new();
    for member in members {
        waiting.push(queued(db.write(member)).await);
    }
    gate.open();
    let mut outcomes = vec![first.await];
    for member in waiting {
        outcomes.push(member.await);
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_a_refusal_and_a_wrong_statement_leave_their_neighbours_alone() {
    let store = Store::empty(Engine::Sqlite);
    let db = numbers_with(&store, one_group).await;
    let outcomes = together(
        &db,
        vec![
            Box::new(|tx| insert(tx, 1)),
            Box::new(|tx| {
                insert(tx, 2)?;
                panic!("on purpose")
            }),
            Box::new(|tx| insert(tx, 3)),
            Box::new(|tx| {
                insert(tx, 4)?;
                Err(Refusal::NotFound.into())
            }),
            Box::new(|tx| {
                insert(tx, 5)?;
                tx.exec("INSERT INTO number (n, note) VALUES ($1, NULL)", args![6])
            }),
            Box::new(|tx| insert(tx, 7)),
        ],
    )
    .await;
    let [Ok(1), Ok(1), Err(panicked), Ok(1), Err(refused), Err(wrong), Ok(1)] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert!(matches!(panicked, Error::Panicked { message } if message == "on purpose"));
    assert!(matches!(refused, Error::Refused(Refusal::NotFound)));
    assert!(matches!(wrong, Error::Database { .. }));
    assert_eq!(kept(&db).await, [1, 3, 7, 1_000]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_in_mid_group_is_told_to_every_member() {
    let store = Store::empty(Engine::Sqlite);
    let db = numbers_with(&store, one_group).await;
    db.write(|tx| insert(tx, 500)).await.unwrap();
    let pages: i64 = db.write(|tx| tx.one("PRAGMA page_count", args![], |row| row.get(0))).await.unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages + 20);
    db.write(move |tx| tx.one(&limit, args![], |row| row.get::<i64>(0))).await.unwrap();
    let outcomes = together(
        &db,
        vec![
            Box::new(|tx| insert(tx, 1)),
            // Refused because of what its neighbour wrote: void as well when that is.
            Box::new(|tx| match tx.exists("SELECT 1 FROM number WHERE n = 1", args![])? {
                true => Err(Refusal::NotFound.into()),
                false => Ok(0),
            }),
            Box::new(|tx| {
                let long = "x".repeat(200_000);
                tx.exec("INSERT INTO number (n, note) VALUES (2, $1)", args![long])
            }),
            Box::new(|tx| insert(tx, 3)),
        ],
    )
    .await;
    let [first, one, refused, full, after] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert!(matches!(full, Err(Error::Database { .. })), "{outcomes:?}");
    let not_committed = |outcome: &Result<u64>| matches!(outcome, Err(Error::NotCommitted { .. }));
    if not_committed(first) {
        // SQLite took the whole group back: all who were in it are told; who came after is in the next.
        assert!(not_committed(one) && not_committed(refused), "{outcomes:?}");
        assert!(matches!(after, Ok(1)), "{outcomes:?}");
        assert_eq!(kept(&db).await, [3, 500]);
    } else {
        assert!(matches!((first, one, after), (Ok(1), Ok(1), Ok(1))), "{outcomes:?}");
        assert!(matches!(refused, Err(Error::Refused(_))), "{outcomes:?}");
        assert_eq!(kept(&db).await, [1, 3, 500, 1_000]);
    }
    // There is room again.
    db.write(|tx| tx.one("PRAGMA max_page_count = 1000000", args![], |row| row.get::<i64>(0))).await.unwrap();
    db.write(|tx| insert(tx, 9)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_rolled_back_under_its_members_is_told_to_all_of_them() {
    let store = Store::empty(Engine::Sqlite);
    let db = numbers_with(&store, one_group).await;
    let outcomes = together(
        &db,
        vec![
            Box::new(|tx| insert(tx, 1)),
            // What SQLite does by itself on some failures of the disk.
            Box::new(|tx| {
                insert(tx, 2)?;
                tx.exec("INSERT OR ROLLBACK INTO number (n, note) VALUES (2, 'again')", args![])
            }),
            Box::new(|tx| insert(tx, 3)),
        ],
    )
    .await;
    let [
        Err(Error::NotCommitted { .. }),
        Err(Error::NotCommitted { .. }),
        Err(Error::Database { .. }),
        Ok(1),
    ] = &outcomes[..]
    else {
        panic!("{outcomes:?}")
    };
    assert_eq!(kept(&db).await, [3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_database_in_mid_group_fails_only_who_met_it() {
    let store = Store::empty(Engine::Sqlite);
    let db = numbers_with(&store, one_group).await;
    let Place::Sqlite(path) = store.place() else { unreachable!("made above") };
    let other_path = path.with_file_name("other.db");
    let other = rusqlite::Connection::open(&other_path).unwrap();
    other.execute_batch("CREATE TABLE elsewhere (n INTEGER)").unwrap();
    let attach = format!("ATTACH '{}' AS other", other_path.display());
    db.write(move |tx| tx.exec(&attach, args![])).await.unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let outcomes = together(
        &db,
        vec![
            Box::new(|tx| insert(tx, 1)),
            Box::new(|tx| {
                insert(tx, 2)?;
                tx.exec("INSERT INTO other.elsewhere (n) VALUES (1)", args![])
            }),
            Box::new(|tx| insert(tx, 3)),
        ],
    )
    .await;
    let [Ok(1), Ok(1), Err(busy), Ok(1)] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert!(matches!(busy, Error::Database { .. }), "{busy}");
    assert_eq!(kept(&db).await, [1, 3, 1_000]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_held_elsewhere_is_told_to_everybody_who_waits_for_it() {
    let store = Store::empty(Engine::Sqlite);
    let db = numbers_with(&store, one_group).await;
    let Place::Sqlite(path) = store.place() else { unreachable!("made above") };
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting = Vec::new();
    for n in 0..5 {
        waiting.push(queued(db.write(move |tx| insert(tx, n))).await);
    }
    for write in waiting {
        let outcome = write.await;
        assert!(matches!(outcome, Err(Error::Busy(_))), "{outcome:?}");
    }
    // Reading goes on meanwhile, and writing afterwards.
    assert_eq!(kept(&db).await, [0; 0]);
    other.execute_batch("ROLLBACK").unwrap();
    db.write(|tx| insert(tx, 6)).await.unwrap();
    assert_eq!(kept(&db).await, [6]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_live_connections_are_set_to_keep_what_they_acknowledge() {
    let store = Store::empty(Engine::Sqlite);
    let db = numbers_with(&store, |_| {}).await;
    let ask = |pragma: &'static str| {
        let db = db.clone();
        async move {
            let write = db.write(move |tx| tx.one(pragma, args![], |row| row.get::<i64>(0))).await.unwrap();
            let read = db.read(move |tx| tx.one(pragma, args![], |row| row.get::<i64>(0))).await.unwrap();
            (write, read)
        }
    };
    // 2 is FULL.
    assert_eq!(ask("PRAGMA synchronous").await, (2, 2));
    assert_eq!(ask("PRAGMA foreign_keys").await, (1, 1));
    assert_eq!(ask("PRAGMA wal_autocheckpoint").await, (0, 0));
    assert_eq!(ask("PRAGMA query_only").await, (0, 1));
    let mode: String = db.write(|tx| tx.one("PRAGMA journal_mode", args![], |row| row.get(0))).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_runtime_of_one_thread_reads_and_writes_too() {
    let store = Store::empty(Engine::Sqlite);
    let db = numbers_with(&store, |_| {}).await;
    db.write(|tx| insert(tx, 1)).await.unwrap();
    assert_eq!(kept(&db).await, [1]);
    db.close().await;
    assert!(matches!(db.read(|_| Ok(())).await, Err(Error::Closed)));
    assert!(matches!(db.write(|_| Ok(())).await, Err(Error::Closed)));
}

/// The log does not grow for ever under load, and nothing is lost when it is cut.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_copied_back_under_load() {
    let store = Store::empty(Engine::Sqlite);
    let db = numbers_with(&store, |_| {}).await;
    let Place::Sqlite(path) = store.place() else { unreachable!("made above") };
    for n in 0..120 {
        db.write(move |tx| {
            let long = "y".repeat(1_000_000);
            tx.exec("INSERT INTO number (n, note) VALUES ($1, $2)", args![n, long])
        })
        .await
        .unwrap();
    }
    let log = std::fs::metadata(path.with_file_name("cairn.db-wal")).unwrap().len();
    assert!(log < 100_000_000, "the log has {log} bytes after 120 million written");
    assert_eq!(kept(&db).await.len(), 120);
}
