//! The product clock: one row that everybody agrees on, and sleepers that hear of its moves.

use std::time::Duration;

use jiff::SignedDuration;
use model::db::Settings;
use model::testing::{self, Engine, START, Store};
use model::{Clock, Db};
use rules::ids::PersonId;

use crate::support::NUMBERS;

model::on_both! {
    // Rule T4
    async fn the_offset_of_the_clock_is_a_row(db: Db) {
        assert_eq!(db.clock().now(), START);
        db.advance_clock(SignedDuration::from_hours(18)).await.unwrap();
        let now = db.advance_clock(SignedDuration::from_hours(6)).await.unwrap();
        assert_eq!(now, START + SignedDuration::from_hours(24));
        assert_eq!(db.write(|tx| Ok((tx.now(), tx.machine_now()))).await.unwrap(), (now, START));
        // It goes forward only.
        assert!(!db.start_clock_at(START).await.unwrap());
        assert_eq!(db.clock().now(), now);
        assert!(db.start_clock_at(now + SignedDuration::from_secs(1)).await.unwrap());
        assert_eq!(db.clock().now(), now + SignedDuration::from_secs(1));
    }

    // Rule T4
    async fn a_new_clock_starts_where_it_is_told(db: Db) {
        let early = START - SignedDuration::from_hours(1_000);
        assert!(db.start_clock_at(early).await.unwrap());
        assert_eq!(db.clock().now(), early);
    }
}

// Rule T4
async fn two_programs_agree_on_the_clock(engine: Engine) {
    let store = Store::empty(engine);
    let settings = || Settings { postgres_connections: 1, ..testing::settings(NUMBERS) };
    let open = || async { Db::open_with(store.place(), Clock::manual(START), settings()).await.unwrap() };
    let (one, two) = (open().await, open().await);
    one.advance_clock(SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(two.clock().now(), START);
    two.reload_clock().await.unwrap();
    assert_eq!(two.clock().now(), one.clock().now());
    assert_eq!(open().await.clock().now(), one.clock().now());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_agree_on_the_clock_sqlite() {
    two_programs_agree_on_the_clock(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_agree_on_the_clock_postgres() {
    two_programs_agree_on_the_clock(Engine::Postgres).await;
}

// Rule T4
#[tokio::test]
async fn a_sleeper_is_woken_by_a_move() {
    let clock = Clock::manual(START);
    let until = START + SignedDuration::from_hours(3);
    let sleeper = tokio::spawn({
        let clock = clock.clone();
        async move { clock.sleep_until(until).await }
    });
    clock.advance(SignedDuration::from_hours(2));
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!sleeper.is_finished());
    clock.advance(SignedDuration::from_hours(1));
    tokio::time::timeout(Duration::from_secs(10), sleeper).await.expect("woken").unwrap();
    // What is past is not waited for.
    clock.sleep_until(START).await;
}

#[tokio::test]
async fn the_machine_clock_runs_by_itself() {
    let clock = Clock::machine();
    let before = clock.now();
    clock.sleep_until(before + SignedDuration::from_millis(30)).await;
    assert!(clock.now() >= before + SignedDuration::from_millis(30));
}

#[test]
fn ids_rise_and_do_not_repeat() {
    let clocks = [Clock::machine(), Clock::machine()];
    let made: Vec<Vec<PersonId>> = std::thread::scope(|scope| {
        let makers = (0..4).map(|n| {
            let clock = &clocks[n % 2];
            scope.spawn(move || (0..20_000).map(|_| clock.new_id()).collect::<Vec<PersonId>>())
        });
        let makers: Vec<_> = makers.collect();
        makers.into_iter().map(|maker| maker.join().unwrap()).collect()
    });
    assert!(made.iter().all(|ids| ids.is_sorted_by(|a, b| a < b)));
    let mut all: Vec<PersonId> = made.concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 80_000);
}
