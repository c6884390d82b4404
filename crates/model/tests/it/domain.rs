//! The domain's shape: statuses, whose time it is, pods and journeys.

use jiff::SignedDuration;
use model::db::Db;
use model::session::{self, STATUS_SQL};
use model::world::{ADA, ADA_BEN, BEN, FINN, World};
use model::{Error, Tx, args, coach};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rules::attendance::Outcome;
use rules::ids::{AttendanceId, SessionId};
use rules::refusal::Refusal;
use rules::session::{Cause, Minutes, Place, PlaceKind, SessionKind};
use rules::time::Instant;

/// How many random histories each engine is asked about.
const HISTORIES: usize = 400;

/// One history, as the columns that hold it.
#[derive(Clone, Debug)]
struct History {
    starts: bool,
    ended_early: bool,
    cancelled: Option<Cause>,
    outcome: Option<Outcome>,
    left: bool,
    greyed_out: bool,
    contested: bool,
}

fn histories() -> Vec<History> {
    let causes = prop::option::of(prop::sample::select(Cause::ALL));
    let outcomes = prop::option::of(prop::sample::select(Outcome::ALL));
    let any = (any::<bool>(), any::<bool>(), causes, outcomes, any::<bool>(), any::<bool>(), any::<bool>());
    let any = any.prop_map(|(starts, ended, cancelled, outcome, left, greyed_out, contested)| History {
        starts,
        ended_early: starts && ended,
        cancelled,
        outcome,
        left,
        greyed_out,
        contested,
    });
    let mut runner = TestRunner::deterministic();
    (0..HISTORIES).map(|_| any.new_tree(&mut runner).expect("a history").current()).collect()
}

fn one_to_one() -> session::Plan {
    session::Plan {
        kind: SessionKind::OneToOne,
        minutes: Minutes::new(60).expect("a length"),
        place: Place { kind: PlaceKind::Room, detail: String::new() },
        pod: None,
        coaches: vec![ADA],
    }
}

fn write_history(tx: &mut Tx, history: &History) -> model::Result<AttendanceId> {
    let now = tx.now();
    let session = session::plan(tx, &one_to_one())?;
    let attendance = session::attend(tx, session, BEN, None)?;
    let when = |is: bool| is.then_some(now);
    tx.exec(
        "UPDATE session SET starts_at = $2, booked_at = $2, set_at = $2, wall_time = $3, zone = $3, zone_data = $3,
             ended_early_at = $4, cancelled_at = $5, cancelled_cause = $6 WHERE id = $1",
        args![
            session,
            when(history.starts),
            history.starts.then_some("UTC"),
            when(history.ended_early),
            when(history.cancelled.is_some()),
            history.cancelled.map(Cause::code)
        ],
    )?;
    tx.exec(
        "UPDATE attendance SET outcome = $2, outcome_by = $3, outcome_at = $4, left_at = $5, left_notice = $6,
             greyed_out_at = $7, greyed_out_by = $8, contested_at = $9 WHERE id = $1",
        args![
            attendance,
            history.outcome.map(Outcome::code),
            history.outcome.map(|_| ADA),
            when(history.outcome.is_some()),
            when(history.left),
            history.left.then_some(1_i64),
            when(history.greyed_out),
            history.greyed_out.then_some(ADA),
            when(history.contested)
        ],
    )?;
    Ok(attendance)
}

fn start() -> Instant {
    "2026-03-10T10:00:00Z".parse().expect("a time")
}

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

async fn planned(db: &Db) -> SessionId {
    db.write(|tx| session::plan(tx, &one_to_one())).await.expect("planning a session")
}

async fn claim(db: &Db, session: SessionId, from: Instant, length: i64) -> model::Result<()> {
    db.write(move |tx| coach::claim(tx, ADA, session, from, from + minutes(length))).await
}

async fn owned(db: &Db, session: SessionId) -> i64 {
    let sql = "SELECT COUNT(*) FROM coach_time WHERE session_id = $1";
    db.read(move |tx| tx.one(sql, args![session], |row| row.get(0))).await.expect("counting quanta")
}

fn is_taken(outcome: &model::Result<()>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::Taken { .. })))
}

model::on_both! {
    // Rule S2
    async fn the_status_in_sql_is_the_status_of_the_rules(world: World) {
        let histories = histories();
        for portion in histories.chunks(100) {
            let portion = portion.to_vec();
            world.db.write(move |tx| {
                for history in &portion {
                    write_history(tx, history)?;
                }
                Ok(())
            }).await.expect("writing histories");
        }
        let sql = format!("SELECT s.id, a.id, {STATUS_SQL} FROM attendance a JOIN session s ON s.id = a.session_id");
        let seen = world.db.read(move |tx| {
            let rows = tx.all(&sql, args![], |row| {
                Ok((row.get::<SessionId>(0)?, row.get::<AttendanceId>(1)?, row.get::<String>(2)?))
            })?;
            let mut seen = Vec::new();
            for (session, attendance, in_sql) in rows {
                let session = session::get(tx, session)?;
                let places = session::attendances(tx, session.id)?;
                let place = places.iter().find(|place| place.id == attendance).expect("the place of the row");
                seen.push((place.status(&session).code(), in_sql));
            }
            Ok(seen)
        }).await.expect("reading statuses");
        assert!(seen.len() > HISTORIES, "the histories and the small world's own sessions");
        for (in_rules, in_sql) in &seen {
            assert_eq!(in_rules, in_sql);
        }
        for status in rules::attendance::Status::ALL {
            assert!(seen.iter().any(|(code, _)| *code == status.code()), "no history came to {status}");
        }
    }

    // Rule S2
    async fn the_database_refuses_facts_that_cannot_be(world: World) {
        for broken in [
            "UPDATE attendance SET outcome = 'completed'",
            "UPDATE attendance SET outcome = 'came', outcome_by = 3, outcome_at = 0",
            "UPDATE attendance SET outcome_at = 0",
            "UPDATE attendance SET left_at = 0",
            "UPDATE attendance SET greyed_out_at = 0",
            "UPDATE attendance SET greyed_out_by = 1",
            "UPDATE attendance SET settled_at = 0",
            "UPDATE attendance SET settled_by = 1",
            "UPDATE attendance SET step_id = 1",
            "UPDATE attendance SET price = 1",
            "UPDATE attendance SET keep_late = 101, price = 1, currency = 'EUR'",
            "UPDATE session SET starts_at = NULL",
            "UPDATE session SET starts_at = starts_at + 1",
            "UPDATE session SET ended_early_at = starts_at - 1",
            "UPDATE session SET cancelled_at = 0",
            "UPDATE session SET cancelled_cause = 'client'",
            "UPDATE session SET minutes = 47",
            "UPDATE session SET kind = 'webinar'",
            "UPDATE session_coach SET coach_id = 4",
        ] {
            let outcome = world.db.write(move |tx| tx.exec(broken, args![])).await;
            assert!(matches!(outcome, Err(Error::Database { .. })), "{broken}: {outcome:?}");
        }
    }

    // Rules A4, A7
    async fn of_fifty_claims_to_the_same_time_one_succeeds(world: World) {
        let mut sessions = Vec::new();
        for _ in 0..50 {
            sessions.push(planned(&world.db).await);
        }
        // Each overlaps each other, none starts where its neighbour does.
        let claims = sessions.iter().enumerate().map(|(place, session)| {
            let (db, session) = (world.db.clone(), *session);
            let from = start() + minutes(5 * (place as i64 % 11));
            tokio::spawn(async move { claim(&db, session, from, 60).await })
        });
        let claims: Vec<_> = claims.collect();
        let mut won = 0;
        for claim in claims {
            match claim.await.expect("no claim panics") {
                Ok(()) => won += 1,
                outcome => assert!(is_taken(&outcome), "{outcome:?}"),
            }
        }
        assert_eq!(won, 1);
        let sql = "SELECT COUNT(*), COUNT(DISTINCT session_id) FROM coach_time WHERE quantum BETWEEN $1 AND $2";
        let first = rules::time::Quantum::of(start()).raw();
        let owners = world.db.read(move |tx| tx.one(sql, args![first, first + 40], |row| {
            Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
        })).await.expect("counting");
        assert_eq!(owners, (12, 1), "twelve quanta of one session");
    }

    // Rule A4
    async fn a_session_may_overlap_itself_and_nobody_else(world: World) {
        let db = &world.db;
        let (mine, other) = (planned(db).await, planned(db).await);
        claim(db, mine, start(), 60).await.expect("the time is free");
        assert!(is_taken(&claim(db, other, start() + minutes(55), 30).await), "one quantum is shared");
        assert_eq!(owned(db, other).await, 0, "a refused claim leaves nothing");
        claim(db, other, start() + minutes(60), 30).await.expect("it begins where the first ends");
        claim(db, mine, start() - minutes(30), 60).await.expect("half of it is its own already");
        assert_eq!(owned(db, mine).await, 18);
        db.write(move |tx| coach::release_outside(tx, mine, start() - minutes(30), start() + minutes(30)))
            .await
            .expect("giving back");
        assert_eq!(owned(db, mine).await, 12);
        claim(db, other, start() + minutes(30), 60).await.expect("what was given back is free");
        // Another coach's time is another thing.
        db.write(move |tx| coach::claim(tx, FINN, other, start(), start() + minutes(60))).await.expect("Finn is free");
        db.write(move |tx| coach::release(tx, other)).await.expect("giving back");
        assert_eq!(owned(db, other).await, 0);
        assert_eq!(owned(db, mine).await, 12);
        // Nothing asked for is nothing taken; the longest session is one statement like any other.
        claim(db, other, start(), 0).await.expect("no time at all");
        claim(db, other, start() + minutes(30), 480).await.expect("eight hours");
        assert_eq!(owned(db, other).await, 96);
    }

    async fn the_small_world_stands(world: World) {
        let (session, places) = world.db.read(|tx| {
            Ok((session::get(tx, ADA_BEN)?, session::attendances(tx, ADA_BEN)?))
        }).await.expect("Ada's session with Ben");
        assert_eq!(session.coaches, [ADA]);
        assert_eq!(places.iter().map(|place| (place.client, place.status(&session).code())).collect::<Vec<_>>(),
            [(BEN, "booked")]);
        let absent = SessionId::from_raw(99);
        let missing = world.db.read(move |tx| session::get(tx, absent)).await;
        assert!(matches!(missing, Err(Error::Refused(Refusal::NotFound))));
        assert_eq!(owned(&world.db, ADA_BEN).await, 12);
    }
}
