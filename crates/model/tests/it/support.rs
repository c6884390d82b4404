//! What several of these tests need.

use std::pin::Pin;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use model::db::migrate::Migration;
use model::db::{Db, Settings};
use model::testing::{self, START, Store};
use model::{Clock, Result, Tx, args};

/// A table to write to.
pub(crate) const NUMBERS: &[Migration] = &[Migration {
    version: 1,
    name: "numbers",
    sql: "CREATE TABLE number (n BIGINT PRIMARY KEY, note TEXT NOT NULL);",
}];

/// A store with one table, `number`, whose writes run once: for tests that count attempts.
pub(crate) async fn numbers(store: &Store) -> Db {
    numbers_with(store, |_| {}).await
}

pub(crate) async fn numbers_with(store: &Store, set: impl Fn(&mut Settings)) -> Db {
    let mut settings = Settings { rehearse: false, ..testing::settings(NUMBERS) };
    set(&mut settings);
    Db::open_with(store.place(), Clock::manual(START), settings).await.unwrap()
}

pub(crate) fn insert(tx: &mut Tx, n: i64) -> Result<u64> {
    tx.exec("INSERT INTO number (n, note) VALUES ($1, $2)", args![n, format!("mark-{n:08}")])
}

pub(crate) async fn kept(db: &Db) -> Vec<i64> {
    db.read(|tx| tx.all("SELECT n FROM number ORDER BY n", args![], |row| row.get(0))).await.unwrap()
}

/// Gives a future its first turn, in which a write takes its place in the queue.
pub(crate) async fn queued<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    std::future::poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending(), "it waits for its turn");
        std::task::Poll::Ready(())
    })
    .await;
    future
}

/// Holds a transaction inside its closure until it is let go.
pub(crate) struct Gate {
    entered: Receiver<()>,
    go: Sender<()>,
}

/// The transaction's side of a [`Gate`].
pub(crate) struct Held {
    entered: Mutex<Sender<()>>,
    go: Mutex<Receiver<()>>,
}

impl Gate {
    pub(crate) fn new() -> (Gate, Held) {
        let ((tell, entered), (go, wait)) = (channel(), channel());
        (Gate { entered, go }, Held { entered: Mutex::new(tell), go: Mutex::new(wait) })
    }

    pub(crate) fn wait_until_held(&self) {
        self.entered.recv().unwrap();
    }

    pub(crate) fn open(&self) {
        self.go.send(()).unwrap();
    }
}

impl Held {
    pub(crate) fn wait(&self) {
        self.entered.lock().unwrap().send(()).unwrap();
        self.go.lock().unwrap().recv().unwrap();
    }
}
