//! Everything that can happen to a request at the same moment, in all pairs and all at once: each time it comes to what
//! one after the other would have come to, and nothing is left behind.

use jiff::SignedDuration;
use model::booking::{self, Wish};
use model::session::{self, Knowing, MoveOutcome, PlannedWish};
use model::testing::Engine;
use model::world::{ADA, ADA_HOUR, BEN, BEN_AT_NORTHWIND, FINN, FINN_HOUR, GIL, LEA, OTTO};
use model::{Db, Error, Result, args};
use rules::ids::{PersonId, SessionId};
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::time::{Instant, Quantum, Span};

use crate::booking::by;
use crate::booking_races::{Programs, on_programs};
use crate::life_stage::{Stage, next_morning, off, reason, to};

/// So often each pair runs at the same time.
const ROUNDS: usize = 2;

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

fn quarter() -> SignedDuration {
    SignedDuration::from_mins(15)
}

/// What somebody, or time, does to a session with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rival {
    Approves,
    AdminApproves,
    Rejects,
    Withdraws,
    Expires,
    ClientCancels,
    CoachCallsOff,
    CoachMoves,
    CoachTakesWhatIsHeld,
    SomebodyBooksWhatIsHeld,
}

const RIVALS: [Rival; 10] = [
    Rival::Approves,
    Rival::AdminApproves,
    Rival::Rejects,
    Rival::Withdraws,
    Rival::Expires,
    Rival::ClientCancels,
    Rival::CoachCallsOff,
    Rival::CoachMoves,
    Rival::CoachTakesWhatIsHeld,
    Rival::SomebodyBooksWhatIsHeld,
];

/// When they meet: while the request is open, or at the very moment of its end.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Open,
    End,
}

/// One session of Ben's, with a request.
#[derive(Clone)]
struct Scene {
    stage: Stage,
    start: Instant,
    held: Instant,
}

impl Scene {
    async fn set(programs: &Programs, moment: Moment) -> Scene {
        let db = programs.first();
        let start = next_morning(db.clock().now() + hours(200));
        let held = next_morning(start + hours(12));
        let stage = Stage::booked(db, start).await;
        stage.until(start - hours(30));
        let asked = stage.moves(BEN, held).await.expect("a request");
        assert_eq!(asked, MoveOutcome::Asked { expires_at: start - hours(1) });
        if let Moment::End = moment {
            stage.until(start - hours(1));
        }
        stage.letters().await;
        Scene { stage, start, held }
    }

    /// What one of them does, through one of the programs; how it went.
    fn act(&self, db: Db, rival: Rival) -> impl Future<Output = &'static str> + Send + use<> {
        let (id, held) = (self.stage.session, self.held);
        async move {
            let outcome: Result<()> = match rival {
                Rival::Approves => approve(&db, ADA, id).await,
                Rival::AdminApproves => approve(&db, OTTO, id).await,
                Rival::Rejects => {
                    db.write(move |tx| session::reject_move(tx, &by(ADA), id, &reason("no"))).await
                }
                Rival::Withdraws => db.write(move |tx| session::withdraw_move(tx, &by(BEN), id)).await,
                Rival::Expires => db.write(move |tx| session::expire_requests(tx, 10).map(drop)).await,
                Rival::ClientCancels => call_off(&db, BEN, id, Cause::Client).await,
                Rival::CoachCallsOff => call_off(&db, ADA, id, Cause::Coach).await,
                Rival::CoachMoves => coach_moves(&db, id, held + hours(3)).await,
                Rival::CoachTakesWhatIsHeld => coach_moves(&db, id, held).await,
                Rival::SomebodyBooksWhatIsHeld => {
                    let wish = Wish::plain(ADA_HOUR, held);
                    db.write(move |tx| booking::book(tx, &by(GIL), &wish).map(drop)).await
                }
            };
            match outcome {
                Ok(()) => "done",
                Err(Error::Refused(refusal)) => refusal.code(),
                Err(other) => panic!("{rival:?} is neither done nor refused: {other:?}"),
            }
        }
    }

    /// All that it came to, with times told from the start.
    async fn came_to(&self, outcomes: &[&'static str]) -> String {
        let id = self.stage.session;
        let (start, cancelled): (Option<Instant>, Option<Instant>) =
            self.read(id, "SELECT starts_at, cancelled_at FROM session WHERE id = $1").await;
        let requests = self.stage.db.read(move |tx| {
            let sql = "SELECT to_at, decided FROM move_request WHERE session_id = $1 ORDER BY id";
            tx.all(sql, args![id], |row| Ok((row.get::<Instant>(0)?, row.get::<Option<String>>(1)?)))
        });
        let requests = requests.await.expect("reading requests");
        let mut expect = Vec::new();
        if let Some(start) = start.filter(|_| cancelled.is_none()) {
            expect.push(Span::of(start, hours(1)));
            expect.extend(
                requests.iter().filter(|(_, how)| how.is_none()).map(|(to, _)| Span::of(*to, hours(1))),
            );
        }
        let mut quanta: Vec<i64> = expect
            .iter()
            .flat_map(|span| Quantum::covering(span.from, span.until))
            .map(Quantum::raw)
            .collect();
        quanta.sort_unstable();
        quanta.dedup();
        let owned = self.stage.db.read(move |tx| {
            let sql = "SELECT quantum FROM coach_time WHERE session_id = $1 ORDER BY quantum";
            tx.all(sql, args![id], |row| row.get::<i64>(0))
        });
        let owned = owned.await.expect("reading time");
        // An undecided request that has ended may have lost what it held to somebody else.
        let has_ended = requests.iter().any(|(_, how)| how.is_none())
            && self.stage.db.clock().now() >= self.start - hours(1);
        if !has_ended {
            assert_eq!(owned, quanta, "its coach's time is exactly what its state owns");
        }
        let held = self.held;
        let guests = self.stage.db.read(move |tx| {
            let sql = "SELECT COUNT(*) FROM session s JOIN attendance a ON a.session_id = s.id
                 WHERE a.client_id = $1 AND s.starts_at = $2 AND s.cancelled_at IS NULL";
            tx.one(sql, args![GIL, held], |row| row.get::<i64>(0))
        });
        let guests = guests.await.expect("reading guests");
        let decided: Vec<_> = requests.iter().map(|(_, how)| how.as_deref().unwrap_or("open")).collect();
        let letters = self.stage.letters().await;
        let twice = self.stage.db.read(|tx| {
            let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM mail GROUP BY event_id, person_id HAVING COUNT(*) > 1) twice";
            tx.one(sql, args![], |row| row.get::<i64>(0))
        });
        assert_eq!(twice.await.expect("counting"), 0, "one act is one letter for each: {letters:?}");
        format!(
            "{outcomes:?}; at {:?}, cancelled {}, {decided:?}, guests {guests}, owed {:?}, told {letters:?}, owned {}",
            start.map(|start| start.since(self.start).as_hours().signum() * i64::from(start == self.held)
                + 2 * i64::from(start == self.held + hours(3))),
            cancelled.is_some(),
            self.stage.ledger().await,
            if has_ended { 0 } else { owned.len() },
        )
    }

    async fn read(&self, id: SessionId, sql: &'static str) -> (Option<Instant>, Option<Instant>) {
        let row = self.stage.db.read(move |tx| tx.one(sql, args![id], |row| Ok((row.get(0)?, row.get(1)?))));
        row.await.expect(sql)
    }
}

async fn approve(db: &Db, who: PersonId, id: SessionId) -> Result<()> {
    db.write(move |tx| session::approve_move(tx, &by(who), id, Knowing::No).map(drop)).await
}

async fn call_off(db: &Db, who: PersonId, id: SessionId, cause: Cause) -> Result<()> {
    db.write(move |tx| session::call_off(tx, &by(who), id, &off(cause)).map(drop)).await
}

async fn coach_moves(db: &Db, id: SessionId, start: Instant) -> Result<()> {
    db.write(move |tx| session::move_session(tx, &by(ADA), id, &to(start)).map(drop)).await
}

/// What two of them come to one after the other.
async fn in_turn(
    programs: &Programs,
    moment: Moment,
    first: Rival,
    second: Rival,
) -> (String, [&'static str; 2]) {
    let scene = Scene::set(programs, moment).await;
    let outcomes = [scene.act(programs.db(), first).await, scene.act(programs.db(), second).await];
    (scene.came_to(&[]).await, outcomes)
}

async fn all_pairs(programs: &Programs, moment: Moment) {
    for (n, first) in RIVALS.into_iter().enumerate() {
        for second in RIVALS.into_iter().skip(n) {
            let (one_way, [a, b]) = in_turn(programs, moment, first, second).await;
            let (other_way, [d, c]) = in_turn(programs, moment, second, first).await;
            let serial = [(one_way, [a, b]), (other_way, [c, d])];
            for _ in 0..ROUNDS {
                let scene = Scene::set(programs, moment).await;
                let (a, b) = (programs.db(), programs.db());
                let (a, b) = (tokio::spawn(scene.act(a, first)), tokio::spawn(scene.act(b, second)));
                let outcomes = [a.await.expect("nobody panics"), b.await.expect("nobody panics")];
                let together = (scene.came_to(&[]).await, outcomes);
                assert!(
                    serial.contains(&together),
                    "{first:?} with {second:?}: {together:#?}, in turn {serial:#?}"
                );
            }
        }
    }
}

/// All of them at once: one decision, one set of letters, one end.
async fn all_at_once(programs: &Programs) {
    for moment in [Moment::Open, Moment::End, Moment::Open, Moment::End] {
        let scene = Scene::set(programs, moment).await;
        let running: Vec<_> =
            RIVALS.into_iter().map(|rival| tokio::spawn(scene.act(programs.db(), rival))).collect();
        let mut outcomes = Vec::new();
        for one in running {
            outcomes.push(one.await.expect("nobody panics"));
        }
        let came_to = scene.came_to(&outcomes).await;
        let id = scene.stage.session;
        let undecided = scene.stage.db.read(move |tx| {
            let sql = "SELECT COUNT(*) FROM move_request WHERE session_id = $1 AND decided IS NULL";
            tx.one(sql, args![id], |row| row.get::<i64>(0))
        });
        assert_eq!(undecided.await.expect("counting"), 0, "{came_to}");
        let decided = RIVALS.iter().zip(&outcomes).filter(|(rival, outcome)| {
            use Rival::{AdminApproves, Approves, Rejects, Withdraws};
            matches!(rival, Approves | AdminApproves | Rejects | Withdraws) && **outcome == "done"
        });
        let most = if matches!(moment, Moment::Open) { 1 } else { 0 };
        assert!(decided.count() <= most, "{came_to}");
    }
}

macro_rules! on_each_store {
    ($($(#[$meta:meta])* async fn $name:ident($programs:ident: &Programs) $body:block)*) => {
        $(mod $name {
            use super::*;
            async fn body($programs: &Programs) $body
            $(#[$meta])*
            #[test]
            fn sqlite() {
                on_programs(Engine::Sqlite, 1, async |programs: &Programs| body(programs).await);
            }
            $(#[$meta])*
            #[test]
            fn postgres() {
                on_programs(Engine::Postgres, 1, async |programs: &Programs| body(programs).await);
            }
            $(#[$meta])*
            #[test]
            fn two_programs_on_one_postgres() {
                on_programs(Engine::Postgres, 2, async |programs: &Programs| body(programs).await);
            }
        })*
    };
}

/// Finn's hour is wanted at the same moment by somebody who books him, by a step of Ben's that he coaches too, and by who
/// names him for another: whoever comes first has it, and nobody owns a minute of a session that did not get it.
async fn second_coach(programs: &Programs) {
    let db = programs.first();
    crate::handover::finn_in_london(db).await;
    let journey = crate::programs::start(db, BEN_AT_NORTHWIND).await;
    let steps = crate::programs::places(db, journey).await;
    let (step, other) = (steps[0].0.id, steps[2].0.id);
    let named = db.write(move |tx| {
        tx.exec("UPDATE pathway SET ordered = $1", args![false])?;
        session::add_co_coach(tx, &by(LEA), step, FINN)
    });
    named.await.expect("two coaches");
    let mut start = next_morning(db.clock().now() + hours(200)) + hours(1);
    for _ in 0..3 {
        let at = PlannedWish::at(start);
        let (first, second, last) = (programs.db(), programs.db(), programs.db());
        let ours = first.write(move |tx| session::book_planned(tx, &by(BEN), step, &at));
        let theirs =
            second.write(move |tx| booking::book(tx, &by(GIL), &Wish::plain(FINN_HOUR, start)).map(drop));
        let third = last.write(move |tx| {
            let wish = PlannedWish { overlap_known: true, ..at };
            session::book_planned(tx, &by(LEA), other, &wish)?;
            session::add_co_coach(tx, &by(LEA), other, FINN)
        });
        let (ours, theirs, third) = tokio::join!(ours, theirs, third);
        let won = [ours.is_ok(), theirs.is_ok(), third.is_ok()];
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{ours:?} {theirs:?} {third:?}");
        for outcome in [ours, theirs, third] {
            match outcome {
                Ok(()) | Err(Error::Refused(_)) => {}
                Err(other) => panic!("neither done nor refused: {other:?}"),
            }
        }
        let sql = "SELECT COUNT(*), COUNT(DISTINCT session_id), COUNT(DISTINCT quantum) FROM coach_time
             WHERE coach_id = 6 AND quantum >= $1 AND quantum < $2";
        let (from, until) = (Quantum::of(start).raw(), Quantum::of(start + hours(1)).raw());
        let owned = db.read(move |tx| {
            tx.one(sql, args![from, until], |row| {
                Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?))
            })
        });
        assert_eq!(owned.await.expect("counting"), (12, 1, 12), "one owner for each five minutes");
        let left = "SELECT COUNT(*) FROM coach_time t JOIN session s ON s.id = t.session_id WHERE s.starts_at IS NULL";
        let left = db.read(move |tx| tx.one(left, args![], |row| row.get::<i64>(0))).await;
        assert_eq!(left.expect("counting"), 0, "nothing is owned by what has no time");
        // As before, on another day.
        for id in [step, other] {
            let off = off(Cause::Organisation);
            let _ = db.write(move |tx| session::call_off(tx, &by(OTTO), id, &off).map(drop)).await;
        }
        let gone = db.write(move |tx| match session::get(tx, other)?.coaches.len() {
            2 => session::remove_co_coach(tx, &by(LEA), other, FINN),
            _ => Ok(()),
        });
        gone.await.expect("alone again");
        start = next_morning(start + hours(15)) + hours(1);
    }
}

on_each_store! {
    // Rules R3, R5, A4, M3
    async fn of_two_who_decide_at_once_it_is_as_if_one_came_first(programs: &Programs) {
        all_pairs(programs, Moment::Open).await;
    }

    // Rules R3, R4, R5, A4, M3
    async fn at_its_end_a_request_has_ended_for_everybody(programs: &Programs) {
        all_pairs(programs, Moment::End).await;
    }

    // Rules R5, A4
    async fn of_all_at_once_one_decides(programs: &Programs) {
        all_at_once(programs).await;
    }

    // Rules G11, A4
    async fn of_two_who_want_the_hour_of_a_second_coach_one_has_it(programs: &Programs) {
        second_coach(programs).await;
    }

    // Rules A7, R3
    async fn of_five_requests_at_once_two_wait(programs: &Programs) {
        let db = programs.first();
        for _ in 0..3 {
            let morning = next_morning(db.clock().now() + hours(200));
            let mut stages = Vec::new();
            for n in 0..5 {
                stages.push(Stage::booked(db, morning + quarter() * (5 * n)).await);
            }
            stages[0].until(morning - hours(30));
            let held = next_morning(morning + hours(12));
            let asking: Vec<_> = stages.iter().zip(0..).map(|(stage, n)| {
                let (db, id, start) = (programs.db(), stage.session, held + quarter() * (5 * n));
                tokio::spawn(async move {
                    db.write(move |tx| session::move_session(tx, &by(BEN), id, &to(start))).await
                })
            }).collect();
            let mut waiting = 0;
            for one in asking {
                match one.await.expect("nobody panics") {
                    Ok(_) => waiting += 1,
                    Err(Error::Refused(refusal)) => assert_eq!(refusal, Refusal::TooManyPending { most: 2 }),
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert_eq!(waiting, 2);
        }
    }

    // Rules A7, R8
    async fn of_six_moves_at_once_three_are_made(programs: &Programs) {
        let db = programs.first();
        for _ in 0..3 {
            let start = next_morning(db.clock().now() + hours(200));
            let stage = Stage::booked(db, start).await;
            let moving: Vec<_> = (1..7).map(|n| {
                let (db, id, start) = (programs.db(), stage.session, start + quarter() * n);
                tokio::spawn(async move {
                    db.write(move |tx| session::move_session(tx, &by(BEN), id, &to(start))).await
                })
            }).collect();
            let mut made = 0;
            for one in moving {
                match one.await.expect("nobody panics") {
                    Ok(_) => made += 1,
                    Err(Error::Refused(refusal)) => assert_eq!(refusal, Refusal::TooManyChanges { most: 3 }),
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert_eq!(made, 3);
            let id = stage.session;
            let now = db.read(move |tx| session::get(tx, id)).await.expect("reading it");
            stage.owns(&[now.facts.time.expect("a time").starts_at]).await;
            stage.until(start + hours(10));
        }
    }

    // Rules M1, M2, S7, S10, R6, D6
    async fn two_programs_that_look_at_once_do_what_time_does_once(programs: &Programs) {
        let db = programs.first();
        for _ in 0..4 {
            let start = next_morning(db.clock().now() + hours(96));
            let stage = Stage::booked(db, start).await;
            stage.until(start - hours(30));
            stage.moves(BEN, start + hours(168)).await.expect("a request");
            stage.letters().await;
            for (moment, expect) in [
                (start - hours(24), &[(BEN, "reminder"), (ADA, "reminder_for_coach")][..]),
                (start - SignedDuration::from_mins(29 * 30 + 60), &[(ADA, "move_undecided")]),
                (start - hours(3), &[(ADA, "move_undecided")]),
                (start - hours(1), &[
                    (BEN, "move_expired"), (ADA, "move_expired_for_coach"), (BEN, "reminder"), (ADA, "reminder_for_coach"),
                ]),
                (start + hours(1), &[(ADA, "mark_wanted")]),
                (start + hours(25), &[(ADA, "mark_wanted")]),
            ] {
                stage.until(moment);
                look_at_once(programs).await;
                stage.told(expect).await;
            }
            stage.marks(ADA, BEN, rules::marking::Mark::NoShow).await.expect("a mark");
            stage.until(start + hours(26));
            look_at_once(programs).await;
            stage.told(&[(BEN, "marked_missed")]).await;
        }
    }
}

async fn look_at_once(programs: &Programs) {
    let looking: Vec<_> = (0..4)
        .map(|_| {
            let db = programs.db();
            tokio::spawn(async move { crate::life_stage::sweep(&db).await })
        })
        .collect();
    for one in looking {
        one.await.expect("nobody panics");
    }
}
