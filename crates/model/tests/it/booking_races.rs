//! Bookings at the same time: of all that cannot be together exactly as many succeed as the rules allow, the rest are
//! refused and offered what can really be booked, and each that succeeded is one event and one letter for each person.

use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;
use model::attempt::{LetterLimits, Limit};
use model::booking::{self, HOLD_FOR, HOLDS_MAX, Wish};
use model::db::Settings;
use model::event::{Actor, Via};
use model::person;
use model::testing::{self, Engine, START, Store};
use model::world::{self, ADA_HOUR, ADA_INTRO, ADA_SESSION, ADA_SHORT};
use model::{Clock, Db, Error, Result, Tx, args};
use rules::ids::{OfferingId, PersonId, SessionId};
use rules::permission::{Role, Roles, Who};
use rules::person::{MailAddress, PersonName};
use rules::refusal::Refusal;
use rules::series::Every;
use rules::time::{Instant, Span};

use crate::booking::{at, count, stranger, tuesday};

/// So many want something at the same time.
const CROWD: usize = 50;
/// So often each race is run, at another time of Ada's week.
const ROUNDS: i64 = 4;

fn mins(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

/// Tuesday to Friday, at ten on Ada's clock.
fn morning(round: i64) -> Instant {
    // She meets Ben on Thursday at eleven; a week later nobody is there yet.
    tuesday() + SignedDuration::from_hours(24 * (round % 4 + 7 * (1 + round / 4)))
}

/// Races bring more letters in an hour than people do.
const ANY_NUMBER: LetterLimits = {
    let any = Limit { tries: 1_000_000, window_s: 3600 };
    LetterLimits { to_one: any, by_one: any, bookings_by_one: any }
};

/// One or two programs on one database, taken in turn.
pub(crate) struct Programs {
    handles: Vec<Db>,
    next: AtomicI64,
}

impl Programs {
    pub(crate) fn db(&self) -> Db {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) as usize;
        self.handles[turn % self.handles.len()].clone()
    }

    pub(crate) fn first(&self) -> &Db {
        &self.handles[0]
    }

    /// A crowd of clients.
    async fn crowd(&self, many: usize) -> Vec<PersonId> {
        let made = self.first().write(move |tx| crowd_in(tx, many));
        made.await.expect("a crowd")
    }

    async fn number(&self, sql: &'static str) -> i64 {
        self.first().read(move |tx| count(tx, sql)).await.expect(sql)
    }

    async fn run(&self, sql: &'static str) {
        self.first().write(move |tx| tx.exec(sql, args![])).await.expect(sql);
    }

    /// What was refused is offered what is free: one of it is booked.
    async fn settle_for_less(&self, who: PersonId, offering: OfferingId, wanted: Instant) {
        let offered = self.db().read(move |tx| booking::alternatives(tx, offering, wanted, 6)).await;
        let offered = offered.expect("alternatives");
        assert!(!offered.is_empty(), "Ada is free somewhere");
        let instead = offered[0];
        assert_ne!(instead, wanted);
        book(self.db(), who, offering, instead).await.expect("what is offered can be booked");
    }
}

/// Nothing of it holds the same minute twice, and all that is booked is told of once.
pub(crate) async fn is_in_order(db: &Db) {
    let sessions = db.read(|tx| {
        let mut sessions: Vec<(PersonId, Instant, i32)> = Vec::new();
        let sql = "SELECT c.coach_id, s.starts_at, s.minutes FROM session s JOIN session_coach c ON c.session_id = s.id
             WHERE s.held_until IS NULL AND s.starts_at IS NOT NULL AND s.cancelled_at IS NULL
             ORDER BY c.coach_id, s.starts_at";
        tx.each(sql, args![], |row| {
            sessions.push((row.get(0)?, row.get(1)?, row.get(2)?));
            Ok(())
        })?;
        Ok(sessions)
    });
    for pair in sessions.await.expect("reading sessions").windows(2) {
        let ((coach, start, minutes), (next_coach, next, _)) = (pair[0], pair[1]);
        assert!(
            coach != next_coach || start + mins(1) * minutes <= next,
            "two sessions of one coach share {next}"
        );
    }
    for (wrong, sql) in WRONG {
        let found = db.read(move |tx| count(tx, sql)).await.expect(sql);
        assert_eq!(found, 0, "{wrong}");
    }
}

/// What must never be found.
const WRONG: [(&str, &str); 6] = [
    (
        "a booked session does not own all of its time",
        "SELECT COUNT(*) FROM session s WHERE s.held_until IS NULL AND s.booked_at IS NOT NULL
             AND s.minutes / 5 <> (SELECT COUNT(*) FROM coach_time t WHERE t.session_id = s.id)",
    ),
    (
        "a booked session has not exactly one client",
        "SELECT COUNT(*) FROM session s WHERE s.held_until IS NULL AND s.booked_at IS NOT NULL
             AND 1 <> (SELECT COUNT(*) FROM attendance a WHERE a.session_id = s.id)",
    ),
    (
        "a booking is not one event",
        "SELECT COUNT(*) FROM session s WHERE s.id > 2 AND s.held_until IS NULL AND s.series_id IS NULL
             AND 1 <> (SELECT COUNT(*) FROM event e WHERE e.kind = 'session_booked' AND e.subject_id = s.id)",
    ),
    (
        "a booking did not bring each of the two one letter",
        "SELECT COUNT(*) FROM event e WHERE e.kind IN ('session_booked', 'series_booked')
             AND 2 <> (SELECT COUNT(DISTINCT m.person_id) FROM mail m WHERE m.event_id = e.id)
             OR 2 < (SELECT COUNT(*) FROM mail m WHERE m.event_id = e.id)",
    ),
    (
        "what was refused left an event",
        "SELECT COUNT(*) FROM event e WHERE e.kind = 'session_booked'
             AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.session_id = e.subject_id)",
    ),
    (
        "a hold did not bring one letter",
        "SELECT COUNT(*) FROM event e WHERE e.kind = 'booking_held'
             AND 1 <> (SELECT COUNT(*) FROM mail m WHERE m.event_id = e.id)",
    ),
];

/// So many clients.
pub(crate) fn crowd_in(tx: &mut Tx, many: usize) -> Result<Vec<PersonId>> {
    let client = |n: usize| person::New {
        name: PersonName::parse(&format!("Client {n}")).expect("a name"),
        mail: MailAddress::parse(&format!("client-{n}@crowd.example")).expect("an address"),
        roles: Roles::from(Role::Client),
        zone: None,
        zone_known: true,
        language: None,
        slug: None,
    };
    (0..many).map(|n| person::add(tx, &Actor::Operator, &client(n)).map(|person| person.id)).collect()
}

fn actor(person: PersonId) -> Actor {
    Actor::Person { who: Who { person, roles: Role::Client.into() }, via: Via::Page, proof: None }
}

async fn book(db: Db, who: PersonId, offering: OfferingId, start: Instant) -> Result<SessionId> {
    db.write(move |tx| booking::book(tx, &actor(who), &Wish::plain(offering, start))).await
}

/// All at the same time; what each came to, in their order.
async fn together<T: Send + 'static>(
    all: impl IntoIterator<Item = impl Future<Output = Result<T>> + Send + 'static>,
) -> Vec<Result<T>> {
    let running: Vec<_> = all.into_iter().map(tokio::spawn).collect();
    let mut outcomes = Vec::with_capacity(running.len());
    for one in running {
        outcomes.push(one.await.expect("nobody panics"));
    }
    outcomes
}

/// How many succeeded; the others were refused, in a way that was meant.
fn won<T: std::fmt::Debug>(outcomes: &[Result<T>], meant: impl Fn(&Refusal) -> bool) -> usize {
    let lost = |outcome: &&Result<T>| match outcome {
        Ok(_) => false,
        Err(Error::Refused(refusal)) if meant(refusal) => true,
        Err(other) => panic!("neither booked nor refused as it should be: {other:?}"),
    };
    outcomes.len() - outcomes.iter().filter(lost).count()
}

fn is_taken(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Taken { .. })
}

/// Three stores for each test: SQLite, PostgreSQL, and PostgreSQL with two programs on it.
macro_rules! on_all {
    ($($(#[$meta:meta])* async fn $name:ident($programs:ident: &Programs) $body:block)*) => {
        $(mod $name {
            use super::*;
            async fn body($programs: &Programs) $body
            $(#[$meta])*
            #[test]
            fn sqlite() {
                race(Engine::Sqlite, 1, async |programs: &Programs| body(programs).await);
            }
            $(#[$meta])*
            #[test]
            fn postgres() {
                race(Engine::Postgres, 1, async |programs: &Programs| body(programs).await);
            }
            $(#[$meta])*
            #[test]
            fn two_programs_on_one_postgres() {
                race(Engine::Postgres, 2, async |programs: &Programs| body(programs).await);
            }
        })*
    };
}

fn race(engine: Engine, programs: usize, test: impl AsyncFn(&Programs)) {
    on_programs(engine, programs, async |programs: &Programs| {
        test(programs).await;
        is_in_order(programs.first()).await;
    });
}

/// Runs a test with so many programs on one store, with the small world in it.
pub(crate) fn on_programs(engine: Engine, programs: usize, test: impl AsyncFn(&Programs)) {
    let store = Store::new(engine);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let clock = Clock::manual(START);
        let mut handles = Vec::new();
        for _ in 0..programs {
            // As in real use: nothing is rehearsed, and there are as many connections.
            let settings = Settings {
                rehearse: false,
                postgres_connections: model::db::POSTGRES_CONNECTIONS,
                letter_limits: ANY_NUMBER,
                ..testing::settings(model::db::migrate::MIGRATIONS)
            };
            handles.push(Db::open_with(store.place(), clock.clone(), settings).await.expect("opening"));
        }
        handles[0].write(world::build).await.expect("building the small world");
        let programs = Programs { handles, next: AtomicI64::new(0) };
        test(&programs).await;
    });
    drop(runtime);
    drop(store);
}

on_all! {
    // Rules A4, A5, A7
    async fn of_fifty_bookings_of_one_slot_one_succeeds(programs: &Programs) {
        let crowd = programs.crowd(CROWD).await;
        for round in 0..ROUNDS {
            let start = morning(round);
            let outcomes = together(crowd.iter().map(|who| book(programs.db(), *who, ADA_HOUR, start))).await;
            assert_eq!(won(&outcomes, is_taken), 1, "round {round}");
            let loser = outcomes.iter().position(|outcome| outcome.is_err()).expect("there are many");
            programs.settle_for_less(crowd[loser], ADA_HOUR, start).await;
        }
    }

    // Rules A3, A4, A7
    async fn of_what_overlaps_or_stands_in_a_buffer_one_succeeds(programs: &Programs) {
        let crowd = programs.crowd(CROWD).await;
        // All within an hour, of three lengths, a quarter of an hour behind each kept free: no two fit together.
        let wishes = |start: Instant| (0..CROWD as i64).map(move |n| match n % 5 {
            0 => (ADA_HOUR, start),
            1 => (ADA_SESSION, start + mins(15)),
            2 => (ADA_SHORT, start + mins(30)),
            3 => (ADA_INTRO, start + mins(30)),
            _ => (ADA_HOUR, start - mins(15)),
        });
        for round in 0..ROUNDS {
            let start = morning(round);
            let all = crowd.iter().zip(wishes(start)).map(|(who, (offering, start))| book(programs.db(), *who, offering, start));
            let outcomes = together(all).await;
            let booked = won(&outcomes, |refusal| is_taken(refusal) || *refusal == Refusal::IntroUsed);
            assert!((1..=2).contains(&booked), "round {round}: {booked}");
            let lost = outcomes.iter().enumerate().find(|(n, outcome)| n % 5 == 0 && outcome.is_err());
            let (loser, _) = lost.expect("there are many");
            programs.settle_for_less(crowd[loser], ADA_HOUR, start).await;
        }
    }

    // Rule A7
    async fn fifty_bookings_of_fifty_times_all_succeed(programs: &Programs) {
        let crowd = programs.crowd(CROWD).await;
        // Half an hour and its quarter behind, ten a day.
        let all = crowd.iter().enumerate().map(|(n, who)| {
            let (day, time) = (n as i64 / 10, n as i32 % 10);
            book(programs.db(), *who, ADA_SHORT, morning(3 + day) - mins(60) + mins(45) * time)
        });
        let outcomes = together(all).await;
        assert_eq!(won(&outcomes, |_| false), CROWD, "nobody is told that the store is busy");
    }

    // Rules A3, A7
    async fn neighbours_inside_a_buffer_are_one_too_many(programs: &Programs) {
        let crowd = programs.crowd(CROWD).await;
        for round in 0..ROUNDS {
            let start = morning(round);
            // The second begins when the first ends: no minute is shared, but the buffer is.
            let all = crowd.iter().enumerate().map(|(n, who)| {
                book(programs.db(), *who, ADA_SHORT, if n % 2 == 0 { start } else { start + mins(30) })
            });
            assert_eq!(won(&together(all).await, is_taken), 1, "round {round}");
        }
        programs.run("UPDATE offering SET buffer_after_minutes = 0").await;
        for round in ROUNDS..2 * ROUNDS {
            let start = morning(round);
            let all = crowd.iter().enumerate().map(|(n, who)| {
                book(programs.db(), *who, ADA_SHORT, if n % 2 == 0 { start } else { start + mins(30) })
            });
            assert_eq!(won(&together(all).await, is_taken), 2, "round {round}: without a buffer both fit");
        }
    }

    // Rules A7, B6
    async fn a_series_and_single_bookings_never_share(programs: &Programs) {
        let crowd = programs.crowd(CROWD).await;
        let week = SignedDuration::from_hours(24 * 7);
        let first = at("2026-03-10T09:00:00Z");
        let starts: Vec<Instant> = (0..3).map(|n| first + week * n).collect();
        let all = crowd.iter().enumerate().map(|(n, who)| {
            let (db, who, starts) = (programs.db(), *who, starts.clone());
            async move {
                if n % 5 == 0 {
                    let wish = Wish::plain(ADA_HOUR, starts[0]);
                    db.write(move |tx| booking::book_series(tx, &actor(who), &wish, Every::Week, &starts)).await.map(|all| all.len())
                } else {
                    book(db, who, ADA_HOUR, starts[n % 3]).await.map(|_| 1)
                }
            }
        });
        let outcomes = together(all).await;
        won(&outcomes, is_taken);
        let sessions: usize = outcomes.iter().flatten().sum();
        assert_eq!(sessions, 3, "each of the three times is somebody's, once");
        assert_eq!(programs.number("SELECT COUNT(*) FROM attendance WHERE session_id > 2").await, 3);
        let halves = "SELECT COUNT(*) FROM series r WHERE 3 <> (SELECT COUNT(*) FROM session s WHERE s.series_id = r.id)";
        assert_eq!(programs.number(halves).await, 0, "a series is whole or not at all");
    }

    // Rule A7
    async fn a_daily_cap_of_five_holds_against_fifty(programs: &Programs) {
        programs.run("UPDATE hours SET from_minute = 0, to_minute = 1440 WHERE coach_id = 3").await;
        programs.run("UPDATE offering SET daily_cap = 5, buffer_after_minutes = 0, grid_minutes = 5 WHERE id = 2").await;
        let crowd = programs.crowd(CROWD).await;
        for round in 0..ROUNDS {
            let day = morning(round) - SignedDuration::from_hours(10);
            // Forty-eight half hours, and two of them twice.
            let all = crowd.iter().enumerate().map(|(n, who)| {
                book(programs.db(), *who, ADA_SHORT, day + mins(30) * (n as i32 % 46) + mins(60))
            });
            let outcomes = together(all).await;
            let meant = |refusal: &Refusal| is_taken(refusal) || matches!(refusal, Refusal::DayFull { .. });
            assert_eq!(won(&outcomes, meant), 5, "round {round}");
            // Once, and last: the nearest that is free is on another day, and would count there.
            if round == ROUNDS - 1 {
                let loser = outcomes.iter().position(|outcome| outcome.is_err()).expect("there are many");
                programs.settle_for_less(crowd[loser], ADA_SHORT, day + mins(60)).await;
            }
        }
    }

    // Rules C3, A7
    async fn one_client_gets_one_intro(programs: &Programs) {
        let crowd = programs.crowd(ROUNDS as usize).await;
        for (round, who) in crowd.iter().enumerate() {
            let start = morning(round as i64) - mins(60);
            let all = (0..CROWD as i32).map(|n| {
                let (db, who) = (programs.db(), *who);
                let wish = Wish { overlap_known: true, ..Wish::plain(ADA_INTRO, start + mins(30) * (n % 14)) };
                async move { db.write(move |tx| booking::book(tx, &actor(who), &wish)).await }
            });
            let meant = |refusal: &Refusal| is_taken(refusal) || *refusal == Refusal::IntroUsed;
            assert_eq!(won(&together(all).await, meant), 1, "round {round}");
        }
    }

    // Rules B7, A7
    async fn one_address_holds_two_times_and_the_newest_win(programs: &Programs) {
        for round in 0..ROUNDS {
            let start = morning(round) - mins(60);
            let all = (0..CROWD as i32).map(|n| {
                let db = programs.db();
                let wish = Wish::plain(ADA_INTRO, start + mins(30) * (n % 14));
                async move { db.write(move |tx| booking::hold(tx, &stranger("nils"), &wish)).await }
            });
            let outcomes = together(all).await;
            assert!(won(&outcomes, is_taken) >= HOLDS_MAX, "round {round}");
            let open: Vec<SessionId> = programs
                .first()
                .read(|tx| {
                    let now = tx.now();
                    tx.all("SELECT id FROM session WHERE held_until > $1", args![now], |row| row.get(0))
                })
                .await
                .expect("reading");
            assert_eq!(open.len(), HOLDS_MAX, "round {round}: never more, and nobody is kept out");
            for held in &open {
                let made = outcomes.iter().flatten().filter(|made| made.session == *held);
                assert_eq!(made.count(), 1, "round {round}");
            }
            let waiting = "SELECT COUNT(*) FROM mail WHERE letter = 'booking_link' AND state = 'queued'";
            assert_eq!(programs.number(waiting).await, HOLDS_MAX as i64, "round {round}: what was given back is not mailed");
            let owned = "SELECT COUNT(DISTINCT session_id) FROM coach_time WHERE session_id IN
                 (SELECT session_id FROM hold WHERE confirmed_at IS NULL)";
            assert_eq!(programs.number(owned).await, HOLDS_MAX as i64, "round {round}: and owns nothing");
            programs.first().clock().advance(HOLD_FOR);
            programs.run("DELETE FROM coach_time WHERE session_id IN (SELECT session_id FROM hold)").await;
            programs.run("UPDATE mail SET state = 'dropped'").await;
        }
    }

    // Rules B7, B5, M3
    async fn fifty_presses_of_one_button_book_once(programs: &Programs) {
        for round in 0..ROUNDS {
            let name = ["nils", "olga", "pia", "quin"][round as usize % 4];
            let wish = Wish::plain(ADA_INTRO, morning(round));
            let held = programs.db().write(move |tx| booking::hold(tx, &stranger(name), &wish)).await.expect("free");
            let link = programs.db().write(move |tx| booking::mint_link(tx, held.session)).await.expect("minting");
            let token = link.expect("open").0.reveal().to_owned();
            let all = (0..CROWD).map(|_| {
                let (db, token) = (programs.db(), token.clone());
                async move { db.write(move |tx| booking::confirm(tx, &token, booking::Press::default())).await }
            });
            let outcomes: Vec<_> = together(all).await.into_iter().map(|outcome| outcome.expect("all come to the same")).collect();
            assert_eq!(outcomes.iter().filter(|confirmed| confirmed.is_first).count(), 1, "round {round}");
            assert!(outcomes.iter().all(|confirmed| (confirmed.session, confirmed.person) == (held.session, outcomes[0].person)));
        }
        assert_eq!(programs.number("SELECT COUNT(*) FROM person WHERE folded_mail LIKE '%stranger%'").await, ROUNDS);
    }

    // Rules B7, A4, A7
    async fn a_button_and_a_booking_meet_at_the_end_of_a_hold(programs: &Programs) {
        let crowd = programs.crowd(CROWD).await;
        for (round, early) in [SignedDuration::from_millis(1), SignedDuration::ZERO].into_iter().cycle().take(2 * ROUNDS as usize).enumerate() {
            let start = morning(round as i64);
            let name = ["nils", "olga", "pia", "quin", "rolf", "sara", "tom", "uta"][round % 8];
            let held = programs.db().write(move |tx| booking::hold(tx, &stranger(name), &Wish::plain(ADA_INTRO, start))).await.expect("free");
            let link = programs.db().write(move |tx| booking::mint_link(tx, held.session)).await.expect("minting");
            let token = link.expect("open").0.reveal().to_owned();
            programs.first().clock().advance(HOLD_FOR - early);
            let all = crowd.iter().enumerate().map(|(n, who)| {
                let (db, who, token) = (programs.db(), *who, token.clone());
                async move {
                    if n % 10 == 0 {
                        db.write(move |tx| booking::confirm(tx, &token, booking::Press::default())).await.map(|confirmed| confirmed.session)
                    } else {
                        book(db, who, ADA_HOUR, start).await
                    }
                }
            });
            let outcomes = together(all).await;
            won(&outcomes, |refusal| is_taken(refusal) || *refusal == Refusal::HoldExpired);
            let (pressed, booked): (Vec<_>, Vec<_>) = outcomes.iter().enumerate().partition(|(n, _)| n % 10 == 0);
            let (pressed, booked) = (pressed.iter().filter(|(_, o)| o.is_ok()).count(), booked.iter().filter(|(_, o)| o.is_ok()).count());
            if early.is_zero() {
                assert_eq!((pressed, booked), (0, 1), "round {round}: it has ended");
            } else {
                assert_eq!((pressed, booked), (5, 0), "round {round}: it has not");
                programs.first().clock().advance(early);
            }
        }
    }

    // Rule A5
    async fn a_crowd_that_takes_what_is_offered_is_served(programs: &Programs) {
        let crowd = programs.crowd(24).await;
        let start = morning(0);
        let all = crowd.iter().map(|who| {
            let (who, reads, writes) = (*who, programs.db(), programs.db());
            async move {
                let mut wanted = start;
                for _ in 0..100 {
                    match book(writes.clone(), who, ADA_SHORT, wanted).await {
                        Ok(_) => return Ok(()),
                        Err(Error::Refused(Refusal::Taken { .. })) => {
                            let offered = reads.read(move |tx| booking::alternatives(tx, ADA_SHORT, wanted, 1)).await?;
                            wanted = offered[0];
                        }
                        Err(other) => return Err(other),
                    }
                }
                Err(Error::Refused(Refusal::ChangedMeanwhile))
            }
        });
        assert_eq!(won(&together(all).await, |_| false), crowd.len());
        let day = Span::of(start - mins(60), SignedDuration::from_hours(8));
        let left = programs.db().read(move |tx| booking::slots(tx, ADA_SHORT, day)).await.expect("reading");
        assert!(left.is_empty(), "they filled the day before they took another");
        assert_eq!(programs.number("SELECT COUNT(*) FROM session_coach WHERE coach_id = 3").await, 25);
    }
}
