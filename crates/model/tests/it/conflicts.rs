//! PostgreSQL: transactions that meet, and connections that break.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;

use model::testing::{Engine, Store};
use model::{Error, Place, Result, Tx, args};

use crate::support::{insert, kept, numbers, numbers_with};

/// Counts how often a closure ran.
#[derive(Clone, Default)]
struct Attempts(Arc<AtomicU32>);

impl Attempts {
    /// The number of this attempt, from 1.
    fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn count(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

fn count(tx: &mut Tx) -> Result<i64> {
    tx.one("SELECT count(*) FROM number", args![], |row| row.get(0))
}

/// Does something as somebody else, on a connection of their own, in the middle of a transaction.
fn meanwhile(store: &Store, sql: &'static str) -> impl Fn() + Send + 'static {
    let Place::Postgres(url) = store.place().clone() else { unreachable!("only used with PostgreSQL") };
    move || {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
                client.batch_execute(sql).unwrap();
            });
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_decide_by_the_same_count_run_one_after_the_other() {
    let store = Store::empty(Engine::Postgres);
    let db = numbers(&store).await;
    let attempts = Attempts::default();
    let (arrive, arrived) = channel();
    let (go, going) = channel();
    let going = Arc::new(std::sync::Mutex::new(going));
    let book = |n: i64| {
        let (attempts, arrive, going) = (attempts.clone(), arrive.clone(), going.clone());
        db.write(move |tx| {
            let before = count(tx)?;
            // The first attempts of both have counted before either writes: neither sees the other's row.
            if attempts.next() <= 2 {
                arrive.send(()).unwrap();
                going.lock().unwrap().recv().unwrap();
            }
            insert(tx, n)?;
            Ok(before)
        })
    };
    let together = async { tokio::join!(book(1), book(2)) };
    let director = tokio::task::spawn_blocking(move || {
        for _ in 0..2 {
            arrived.recv().unwrap();
        }
        for _ in 0..2 {
            go.send(()).unwrap();
        }
    });
    let ((one, two), _) = tokio::join!(together, director);
    let mut seen = [one.unwrap(), two.unwrap()];
    seen.sort_unstable();
    assert_eq!(seen, [0, 1], "one of them saw what the other had written");
    assert!(attempts.count() >= 3, "one of them ran again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_always_collides_is_told_that_the_database_is_busy() {
    let store = Store::empty(Engine::Postgres);
    let db = numbers(&store).await;
    db.write(|tx| insert(tx, 1)).await.unwrap();
    let attempts = Attempts::default();
    let (counted, other) =
        (attempts.clone(), meanwhile(&store, "UPDATE number SET note = note || '.' WHERE n = 1"));
    let outcome = db
        .write(move |tx| {
            counted.next();
            count(tx)?;
            other();
            tx.exec("UPDATE number SET note = 'mine' WHERE n = 1", args![])
        })
        .await;
    assert!(matches!(outcome, Err(Error::Busy(_))), "{outcome:?}");
    assert_eq!(attempts.count(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_exists_is_tried_once_more() {
    let store = Store::empty(Engine::Postgres);
    let db = numbers(&store).await;
    db.write(|tx| insert(tx, 1)).await.unwrap();
    let attempts = Attempts::default();
    let counted = attempts.clone();
    let outcome = db
        .write(move |tx| {
            counted.next();
            insert(tx, 1)
        })
        .await;
    assert!(matches!(outcome, Err(Error::Database { .. })), "{outcome:?}");
    assert_eq!(attempts.count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_before_the_commit_is_replaced_and_the_work_done() {
    let store = Store::empty(Engine::Postgres);
    let db = numbers(&store).await;
    let attempts = Attempts::default();
    let counted = attempts.clone();
    db.write(move |tx| {
        insert(tx, 1)?;
        if counted.next() == 1 {
            tx.exec("SELECT pg_terminate_backend(pg_backend_pid())", args![])?;
        }
        insert(tx, 2)
    })
    .await
    .unwrap();
    assert_eq!((attempts.count(), kept(&db).await), (2, vec![1, 2]));
    // Cut while nobody uses it.
    meanwhile(
        &store,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )();
    for n in 3..12 {
        db.write(move |tx| insert(tx, n)).await.unwrap();
    }
    assert_eq!(kept(&db).await, (1..12).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_during_the_commit_leaves_doubt_and_says_so() {
    let store = Store::empty(Engine::Postgres);
    let db = numbers(&store).await;
    // Deferred to the commit, so that it is the commit that breaks.
    for sql in [
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER cut_at_commit AFTER INSERT ON number DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.n = 13) EXECUTE FUNCTION cut()",
    ] {
        db.write(move |tx| tx.exec(sql, args![])).await.unwrap();
    }
    let attempts = Attempts::default();
    let counted = attempts.clone();
    let outcome = db
        .write(move |tx| {
            counted.next();
            insert(tx, 13)
        })
        .await;
    assert!(matches!(outcome, Err(Error::InDoubt { .. })), "{outcome:?}");
    assert_eq!(attempts.count(), 1, "what may have been kept is not tried again");
    db.write(|tx| insert(tx, 14)).await.unwrap();
    assert_eq!(kept(&db).await, [14]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_an_error_and_not_a_wait() {
    let place = Place::Postgres("postgres://cairn@/nothing?host=/nonexistent".to_owned());
    let outcome = model::Db::open(&place, model::Clock::machine()).await;
    assert!(matches!(outcome, Err(Error::Database { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_sees_one_moment() {
    let store = Store::empty(Engine::Postgres);
    let db = numbers_with(&store, |_| {}).await;
    let other = meanwhile(&store, "INSERT INTO number (n, note) VALUES (1, 'x')");
    let counts = db
        .read(move |tx| {
            let before = count(tx)?;
            other();
            Ok((before, count(tx)?))
        })
        .await
        .unwrap();
    assert_eq!(counts, (0, 0));
    assert_eq!(kept(&db).await, [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_behind_the_row_that_was_wanted_is_noticed() {
    let store = Store::empty(Engine::Postgres);
    let db = numbers(&store).await;
    let late = "SELECT 1 / (2 - n) FROM generate_series(1, 2) AS n";
    let outcome = db
        .write(move |tx| {
            insert(tx, 1)?;
            tx.exists(late, args![])
        })
        .await;
    assert!(matches!(outcome, Err(Error::Database { .. })), "{outcome:?}");
    assert_eq!(kept(&db).await, [0_i64; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_runs_for_good() {
    let store = Store::empty(Engine::Postgres);
    let db = numbers(&store).await;
    let sql = "SELECT current_setting('statement_timeout')";
    let most = db.read(move |tx| tx.one(sql, args![], |row| row.get::<String>(0))).await.unwrap();
    assert_eq!(most, "1min");
}
