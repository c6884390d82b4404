//! What a store does when there is too much to do, and when it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::testing::{Engine, Store};
use model::{Error, args};

use crate::support::{Gate, insert, kept, numbers, numbers_with, queued};

async fn a_full_queue_refuses(engine: Engine) {
    let store = Store::empty(engine);
    let db = numbers_with(&store, |settings| {
        settings.waiting_jobs_max = 4;
        settings.postgres_connections = 1;
    })
    .await;
    let (gate, held) = Gate::new();
    let first = queued(db.write(move |tx| {
        held.wait();
        insert(tx, 0)
    }))
    .await;
    gate.wait_until_held();
    let mut waiting = Vec::new();
    for n in 1..=4 {
        waiting.push(queued(db.write(move |tx| insert(tx, n))).await);
    }
    let refused = db.write(|tx| insert(tx, 5)).await;
    assert!(matches!(refused, Err(Error::Busy(_))), "{refused:?}");
    gate.open();
    first.await.unwrap();
    for write in waiting {
        write.await.unwrap();
    }
    assert_eq!(kept(&db).await, [0, 1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_sqlite() {
    a_full_queue_refuses(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_postgres() {
    a_full_queue_refuses(Engine::Postgres).await;
}

/// Many write while the store is closed: each is told either that its row is there, or that it is not.
async fn closing_answers_everyone(engine: Engine) {
    let store = Store::empty(engine);
    let db = numbers(&store).await;
    let enough = Arc::new(tokio::sync::Notify::new());
    let writers: Vec<_> = (0..64_i64)
        .map(|writer| {
            let (db, enough) = (db.clone(), enough.clone());
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for n in (0..).map(|round: i64| round * 64 + writer) {
                    match db.write(move |tx| insert(tx, n)).await {
                        Ok(_) => acknowledged.push(n),
                        Err(Error::Closed) => return acknowledged,
                        Err(other) => panic!("{other}"),
                    }
                    if n >= 64 * 5 {
                        enough.notify_one();
                    }
                }
                unreachable!("numbers do not end")
            })
        })
        .collect();
    enough.notified().await;
    db.close().await;
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    acknowledged.sort_unstable();
    assert!(matches!(db.read(|_| Ok(())).await, Err(Error::Closed)));
    assert_eq!(kept(&numbers(&store).await).await, acknowledged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_answers_everyone_sqlite() {
    closing_answers_everyone(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_answers_everyone_postgres() {
    closing_answers_everyone(Engine::Postgres).await;
}

/// A caller that gives up does not take its transaction along, and leaves nothing in the way.
async fn a_caller_may_go_away(engine: Engine) {
    let store = Store::empty(engine);
    let db = numbers(&store).await;
    let (gate, held) = Gate::new();
    let write = queued(db.write(move |tx| {
        held.wait();
        insert(tx, 1)
    }))
    .await;
    gate.wait_until_held();
    drop(write);
    gate.open();
    db.write(|tx| insert(tx, 2)).await.unwrap();
    db.close().await;
    assert_eq!(kept(&numbers(&store).await).await, [1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_may_go_away_sqlite() {
    a_caller_may_go_away(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_may_go_away_postgres() {
    a_caller_may_go_away(Engine::Postgres).await;
}

/// The harness shows closures that do not bear to run twice, and undoes the first time.
async fn a_rehearsed_write_runs_twice_and_counts_once(engine: Engine) {
    let store = Store::empty(engine);
    let db = numbers_with(&store, |settings| settings.rehearse = true).await;
    let ran_before = Arc::new(AtomicBool::new(false));
    let seen = ran_before.clone();
    let first = db
        .write(move |tx| {
            insert(tx, 1)?;
            Ok(!seen.swap(true, Ordering::SeqCst))
        })
        .await
        .unwrap();
    assert!(!first);
    let rows: i64 =
        db.read(|tx| tx.one("SELECT count(*) FROM number", args![], |row| row.get(0))).await.unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rehearsed_write_runs_twice_and_counts_once_sqlite() {
    a_rehearsed_write_runs_twice_and_counts_once(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rehearsed_write_runs_twice_and_counts_once_postgres() {
    a_rehearsed_write_runs_twice_and_counts_once(Engine::Postgres).await;
}
