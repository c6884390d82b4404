//! A session through its life, as its people live it: each act once, and what is then in the rows.

use jiff::SignedDuration;
use model::booking::{self, Wish};
use model::event::{Actor, Via};
use model::session::{self, CallOff, Expected, ExpectedEnding, Knowing, MoveOutcome, MoveWish, Reason};
use model::world::{ADA, ADA_HOUR, ADA_INTRO, BEN, CARA, FINN, FINN_HOUR, GIL, LEA, OTTO, World};
use model::{args, ledger};
use rules::attendance::Status;
use rules::cancelling::{Ending, Grounds};
use rules::ids::{LedgerId, PersonId};
use rules::ledger::LineKind;
use rules::marking::Mark;
use rules::meeting::Decision;
use rules::menu::Act;
use rules::money::{Currency, Money};
use rules::permission::{Action, Role, Roles, Who};
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use rules::time::{Instant, Span};

use crate::booking::{at, by, refused};
use crate::booking_races::crowd_in;
use crate::life_stage::{Stage, acting, next_morning, off, reason};

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

fn mins(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

/// Thursday of the second week, eleven on Ada's clock.
fn thursday() -> Instant {
    at("2026-03-12T10:00:00Z")
}

/// The Monday after, at nine of hers.
fn monday() -> Instant {
    at("2026-03-16T08:00:00Z")
}

const PRICE: i64 = 11_000;

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn is_asked(outcome: MoveOutcome) -> Instant {
    match outcome {
        MoveOutcome::Asked { expires_at } => expires_at,
        MoveOutcome::Moved => panic!("it moved at once"),
    }
}

model::on_both! {
    // Rules R2, R8, A4, M1, M3, P5
    async fn a_client_with_notice_moves_at_once(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        let (uid, sequence) = stage.identity().await;
        let later = thursday() + mins(30);
        assert_eq!(stage.moves(BEN, later).await.expect("a move"), MoveOutcome::Moved);
        stage.owns(&[later]).await;
        stage.told(&[(BEN, "moved"), (ADA, "moved_for_coach")]).await;
        assert_eq!(stage.identity().await, (uid, sequence + 1));
        assert_eq!(stage.ahead().await, (Some(later - hours(24)), Some(later + hours(1))));
        stage.owes(&[("charge", PRICE)]).await;
        let (kind, facts, _) = stage.last().await;
        assert_eq!(kind, "session_moved");
        assert_eq!((facts["how"].as_str(), facts["to"].as_str()), (Some("client"), Some(&*later.to_string())));
        assert_eq!(facts["from"].as_str(), Some(&*thursday().to_string()));
        // Twice more, then no more.
        stage.moves(BEN, monday()).await.expect("the second");
        stage.moves(BEN, thursday()).await.expect("the third");
        assert_eq!(refused(stage.moves(BEN, monday()).await), Refusal::TooManyChanges { most: 3 });
        assert_eq!(refused(stage.moves(ADA, thursday()).await), Refusal::NoChange);
        stage.owns(&[thursday()]).await;
    }

    // Rules R2, R3, R4, R5, R8, M3
    async fn a_request_holds_both_times_and_is_approved(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(30));
        let before = stage.identity().await;
        let ends = is_asked(stage.moves(BEN, monday()).await.expect("a request"));
        assert_eq!(ends, thursday() - hours(1));
        stage.owns(&[thursday(), monday()]).await;
        stage.told(&[(BEN, "move_asked"), (ADA, "move_asked_for_coach")]).await;
        assert_eq!(stage.identity().await, before, "nothing has moved yet");
        let waiting = world.db.read(|tx| session::asking(tx, &by(ADA))).await.expect("the list");
        assert_eq!(waiting.iter().map(|one| (one.session, one.request.to)).collect::<Vec<_>>(), [(stage.session, monday())]);
        assert_eq!(refused(stage.moves(BEN, monday() + hours(1)).await), Refusal::RequestPending { until: ends });
        // Nobody else gets that time.
        let wish = Wish::plain(ADA_HOUR, monday());
        let other = world.db.write(move |tx| booking::book(tx, &by(GIL), &wish)).await;
        assert!(matches!(refused(other), Refusal::Taken { .. }));
        assert_eq!(stage.approves(ADA).await.expect("an answer"), monday());
        stage.owns(&[monday()]).await;
        stage.told(&[(BEN, "moved"), (ADA, "moved_for_coach")]).await;
        let (kind, facts, _) = stage.last().await;
        assert_eq!((kind.as_str(), facts["how"].as_str()), ("session_moved", Some("approved")));
        assert_eq!(stage.number("SELECT changes FROM attendance WHERE session_id = $1").await, Some(1));
        assert_eq!(stage.identity().await, (before.0, before.1 + 1));
        // Whoever comes too late hears what became of it.
        for late in [stage.approves(ADA).await.map(drop), stage.withdraws(BEN).await] {
            assert!(matches!(refused(late), Refusal::RequestClosed { decision: Decision::Approved, .. }));
        }
        stage.owes(&[("charge", PRICE)]).await;
    }

    // Rules R5, R7, R8, M3
    async fn a_request_is_rejected_or_withdrawn_and_the_time_given_back(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(25));
        stage.moves(BEN, monday()).await.expect("a request");
        stage.told(&[(BEN, "move_asked"), (ADA, "move_asked_for_coach")]).await;
        stage.withdraws(BEN).await.expect("to withdraw");
        stage.owns(&[thursday()]).await;
        stage.told(&[(ADA, "move_withdrawn")]).await;
        stage.moves(BEN, monday()).await.expect("the second request");
        stage.letters().await;
        stage.until(thursday() - hours(23));
        stage.rejects(ADA).await.expect("to reject");
        stage.owns(&[thursday()]).await;
        stage.told(&[(BEN, "move_rejected")]).await;
        let (kind, facts, why) = stage.last().await;
        assert_eq!((kind.as_str(), why.as_deref()), ("move_rejected", Some("Not then")));
        assert_eq!(facts["asked"].as_str(), Some(&*monday().to_string()));
        assert_eq!(stage.number("SELECT changes FROM attendance WHERE session_id = $1").await, Some(0));
        let closed = Refusal::RequestClosed { decision: Decision::Rejected, at: thursday() - hours(23) };
        assert_eq!(refused(stage.approves(ADA).await), closed);
        // For two hours its notice is that of the request.
        stage.until(thursday() - hours(21) - SignedDuration::from_millis(1));
        let quote = world.db.read({
            let id = stage.session;
            move |tx| session::quote(tx, &by(BEN), id, None, Cause::Client)
        });
        let quote = quote.await.expect("a quote");
        assert_eq!((quote.ending, quote.grounds), (Ending::Cancelled, Grounds::Asked));
        assert_eq!(quote.kept.map(|kept| kept.minor), Some(PRICE / 2));
        stage.until(thursday() - hours(21));
        assert_eq!(stage.calls_off(BEN, Cause::Client).await.expect("late").ending, Ending::Missed);
    }

    // Rules R3, A7
    async fn two_requests_wait_for_one_coach_and_no_more(world: World) {
        let mut stages = Vec::new();
        for n in 0..3 {
            stages.push(Stage::booked(&world.db, thursday() + mins(75 * n)).await);
        }
        stages[0].until(thursday() - hours(30));
        for (n, stage) in stages.iter().enumerate() {
            let outcome = stage.moves(BEN, monday() + mins(75 * n as i64)).await;
            if n < 2 {
                is_asked(outcome.expect("a request"));
            } else {
                assert_eq!(refused(outcome), Refusal::TooManyPending { most: 2 });
            }
        }
        stages[0].withdraws(BEN).await.expect("to withdraw");
        is_asked(stages[2].moves(BEN, monday() + mins(150)).await.expect("there is room"));
        // Two for one start.
        is_asked({
            stages[1].withdraws(BEN).await.expect("to withdraw");
            stages[1].moves(BEN, monday()).await.expect("the second")
        });
        stages[1].withdraws(BEN).await.expect("to withdraw");
        assert_eq!(refused(stages[1].moves(BEN, monday()).await), Refusal::TooManyRequests { most: 2 });
    }

    // Rules R1, R2
    async fn what_is_free_to_move_to_can_be_moved_to(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(30));
        stage.moves(BEN, monday()).await.expect("a request");
        let free = |who: PersonId| {
            let (db, id) = (world.db.clone(), stage.session);
            async move {
                let ahead = Span { from: thursday() - hours(48), until: monday() + hours(2000) };
                db.read(move |tx| session::slots_to_move(tx, &by(who), id, ahead)).await.expect("slots")
            }
        };
        // What it owns itself counts as free; the start that it has is no choice.
        for who in [ADA, BEN] {
            let slots = free(who).await;
            assert!(slots.contains(&monday()) && slots.contains(&(thursday() + mins(15))), "{who}");
            assert!(!slots.contains(&thursday()), "{who}");
        }
        // Notice and window bind the client and not the coach; both only what is open.
        let (hers, his) = (free(ADA).await, free(BEN).await);
        let now = world.db.clock().now();
        assert!(hers.first().is_some_and(|first| first.since(now) < hours(12)));
        assert!(his.first().is_some_and(|first| first.since(now) >= hours(12)));
        assert!(hers.last() > his.last());
        assert!(his.iter().all(|start| hers.contains(start)));
        for start in [hers[0], hers[hers.len() - 1], monday()] {
            stage.moves(ADA, start).await.expect("what is offered");
            stage.owns(&[start]).await;
        }
        let closed = refused(stage.moves(ADA, at("2026-03-21T10:00:00Z")).await);
        assert!(matches!(closed, Refusal::OutsideHours { .. }), "{closed:?}");
    }

    // Rules R1, R5, R8, S13, M3
    async fn the_coach_moves_at_once_and_the_client_may_answer(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(30));
        stage.moves(BEN, monday()).await.expect("a request");
        stage.letters().await;
        // Over her own held time, nearer than the notice that binds clients.
        let soon = at("2026-03-11T13:00:00Z");
        stage.moves(ADA, soon).await.expect("a coach's move");
        stage.owns(&[soon]).await;
        stage.told(&[(BEN, "moved"), (ADA, "moved_for_coach")]).await;
        let (_, facts, _) = stage.last().await;
        assert_eq!(facts["superseded"].as_str(), Some(&*monday().to_string()));
        assert_eq!(stage.number("SELECT COUNT(*) FROM move_request WHERE session_id = $1 AND decided = 'superseded'").await, Some(1));
        // Nine hours before the new start he moves at once, and it does not count.
        assert_eq!(stage.moves(BEN, monday()).await.expect("his answer"), MoveOutcome::Moved);
        stage.owns(&[monday()]).await;
        assert_eq!(stage.number("SELECT changes FROM attendance WHERE session_id = $1").await, Some(0));
        // Or he calls it off, for nothing.
        stage.moves(ADA, monday() + hours(2)).await.expect("once more");
        let quote = stage.calls_off(BEN, Cause::Client).await.expect("his answer");
        assert_eq!((quote.ending, quote.grounds), (Ending::Cancelled, Grounds::MovedByCoach));
        stage.owes(&[("charge", PRICE), ("credit", PRICE)]).await;
        stage.owns(&[]).await;
    }

    // Rules R9, F3, S11, M1, M3
    async fn cancelling_costs_what_the_notice_says(world: World) {
        for (notice, ending, lines) in [
            (hours(48), Ending::Cancelled, vec![("charge", PRICE), ("credit", PRICE)]),
            (hours(48) - mins(1), Ending::Cancelled, vec![("charge", PRICE), ("credit", PRICE / 2)]),
            (hours(24), Ending::Cancelled, vec![("charge", PRICE), ("credit", PRICE / 2)]),
            (hours(24) - mins(1), Ending::Missed, vec![("charge", PRICE)]),
        ] {
            let now = world.db.clock().now();
            let start = next_morning(now + hours(96));
            let stage = Stage::booked(&world.db, start).await;
            let (uid, sequence) = stage.identity().await;
            stage.until(start - notice);
            assert_eq!(stage.calls_off(BEN, Cause::Client).await.expect("to cancel").ending, ending);
            stage.told(&[(BEN, "cancelled"), (ADA, "cancelled_for_coach")]).await;
            stage.owes(&lines).await;
            assert_eq!(stage.identity().await, (uid, sequence + 1), "calendars hear of its end");
            let (kind, facts, _) = stage.last().await;
            assert_eq!((kind.as_str(), facts["ending"].as_str()), ("session_cancelled", Some(ending.code())));
            if ending == Ending::Cancelled {
                stage.owns(&[]).await;
                assert_eq!((stage.status(BEN).await, stage.ahead().await), (Status::Cancelled, (None, None)));
            } else {
                stage.owns(&[start]).await;
                assert_eq!(stage.status(BEN).await, Status::Missed);
            }
            let again = refused(stage.calls_off(BEN, Cause::Client).await);
            assert!(matches!(again, Refusal::WrongStatus { .. }));
            // Nothing is said of it any more, whatever time does.
            stage.until(start + hours(50));
            stage.sweep().await;
            stage.told(&[]).await;
        }
    }

    // Rules C3, R9
    async fn an_intro_is_cancelled_for_nothing_and_can_be_had_again(world: World) {
        let start = thursday();
        let book = move |tx: &mut model::Tx| booking::book(tx, &by(GIL), &Wish::plain(ADA_INTRO, start));
        let id = world.db.write(book).await.expect("an intro");
        let stage = Stage::of(&world.db, id).await;
        stage.until(start - mins(30));
        let other = start - mins(15);
        assert_eq!(refused(stage.moves(GIL, other).await).code(), "too_soon", "bookable starts only");
        let quote = stage.calls_off(GIL, Cause::Client).await.expect("at any notice");
        assert_eq!((quote.ending, quote.grounds), (Ending::Cancelled, Grounds::Intro));
        let wish = Wish::plain(ADA_INTRO, monday());
        world.db.write(move |tx| booking::book(tx, &by(GIL), &wish)).await.expect("it was not used up");
    }

    // Rules R10, S6, M3
    async fn what_the_house_calls_off_costs_nothing(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(1));
        assert_eq!(refused(stage.calls_off(BEN, Cause::Coach).await), Refusal::MayNot { action: Action::DeleteBooking });
        let quote = stage.write(|tx, id| {
            let off = CallOff { reason: reason("Ada is ill"), ..off(Cause::Coach) };
            session::call_off(tx, &by(ADA), id, &off)
        });
        let quote = quote.await.expect("to call off");
        assert_eq!((quote.ending, quote.grounds), (Ending::Cancelled, Grounds::NotTheirs));
        stage.told(&[(BEN, "cancelled"), (ADA, "cancelled_for_coach")]).await;
        stage.owes(&[("charge", PRICE), ("credit", PRICE)]).await;
        stage.owns(&[]).await;
        assert_eq!(stage.last().await.2.as_deref(), Some("Ada is ill"));

        // After the start only what did not happen remains, and only for the coach and an admin.
        let stage = Stage::booked(&world.db, monday()).await;
        stage.until(monday() + mins(5));
        assert_eq!(refused(stage.calls_off(ADA, Cause::Organisation).await), Refusal::AlreadyStarted { start: monday() });
        assert_eq!(refused(stage.calls_off(ADA, Cause::Client).await), Refusal::AlreadyStarted { start: monday() });
        stage.calls_off(OTTO, Cause::Technical).await.expect("an admin");
        assert_eq!(stage.status(BEN).await, Status::Cancelled);
        stage.owes(&[("charge", PRICE), ("credit", PRICE)]).await;
    }

    // Rule R11
    async fn nothing_happens_that_was_not_shown(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(48));
        let expect = |expect| MoveWish { to: monday(), reason: Reason::default(), expect };
        let moving = expect(Some(Expected::Moved));
        let outcome = stage.write(move |tx, id| session::move_session(tx, &by(BEN), id, &moving)).await;
        assert_eq!(refused(outcome), Refusal::OutcomeChanged { outcome: "asked", kept_minor: None });
        for (ending, kept_minor) in [(Ending::Cancelled, Some(PRICE / 2)), (Ending::Missed, None), (Ending::Missed, Some(0))] {
            let off = CallOff { expect: Some(ExpectedEnding { ending, kept_minor }), ..off(Cause::Client) };
            let outcome = stage.write(move |tx, id| session::call_off(tx, &by(BEN), id, &off)).await;
            assert_eq!(refused(outcome), Refusal::OutcomeChanged { outcome: "cancelled", kept_minor: Some(0) });
        }
        stage.told(&[]).await;
        stage.owns(&[thursday()]).await;
        stage.owes(&[("charge", PRICE)]).await;
        let asking = expect(Some(Expected::Asked));
        stage.write(move |tx, id| session::move_session(tx, &by(BEN), id, &asking)).await.expect("as shown");
        let off = CallOff { expect: Some(ExpectedEnding { ending: Ending::Cancelled, kept_minor: Some(0) }), ..off(Cause::Client) };
        stage.write(move |tx, id| session::call_off(tx, &by(BEN), id, &off)).await.expect("as shown");
        stage.owns(&[]).await;
    }

    // Rules S3, S4, S10, F3, P5
    async fn a_mark_is_told_and_billed_after_a_quarter_of_an_hour(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        // Of a no-show half is kept.
        let sql = "UPDATE attendance SET keep_late = 50 WHERE session_id = $1";
        stage.write(move |tx, id| tx.exec(sql, args![id])).await.expect("other terms");
        stage.until(thursday() + mins(10));
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        let (kind, facts, _) = stage.last().await;
        assert_eq!((kind.as_str(), facts["from"].as_str(), facts["to"].as_str()), ("attendance_marked", Some("booked"), Some("missed")));
        // An undo inside says nothing, and costs nothing.
        stage.until(thursday() + mins(20));
        stage.unmarks(ADA, BEN).await.expect("to undo");
        // Nor does the client read of it afterwards; the coach does.
        assert_eq!((stage.marks_read_by(BEN).await, stage.marks_read_by(ADA).await), (0, 2));
        stage.until(thursday() + mins(59));
        stage.sweep().await;
        stage.told(&[]).await;
        stage.owes(&[("charge", PRICE)]).await;
        // What stays is told once.
        stage.until(thursday() + hours(1));
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        stage.until(thursday() + mins(75) - SignedDuration::from_millis(1));
        stage.sweep().await;
        stage.told(&[]).await;
        stage.until(thursday() + mins(75));
        stage.sweep().await;
        stage.sweep().await;
        stage.told(&[(BEN, "marked_missed")]).await;
        assert_eq!((stage.marks_read_by(BEN).await, stage.marks_read_by(ADA).await), (1, 3));
        stage.owes(&[("charge", PRICE), ("credit", PRICE / 2)]).await;
        // A correction after it is told once, with its money.
        stage.marks(ADA, BEN, Mark::Completed).await.expect("a correction");
        stage.until(thursday() + hours(2));
        stage.sweep().await;
        stage.told(&[(BEN, "mark_corrected")]).await;
        stage.owes(&[("charge", PRICE), ("credit", PRICE / 2), ("charge", PRICE / 2)]).await;
        // A week after the first mark the coach is done, an admin never.
        stage.until(thursday() + mins(10) + hours(7 * 24) + SignedDuration::from_millis(1));
        let since = thursday() + mins(10) + hours(7 * 24);
        assert_eq!(refused(stage.unmarks(ADA, BEN).await), Refusal::CorrectionOver { since });
        stage.unmarks(OTTO, BEN).await.expect("an admin");
        stage.until(thursday() + hours(8 * 24));
        stage.sweep().await;
        stage.told(&[(BEN, "mark_corrected"), (ADA, "mark_changed_for_coach")]).await;
        assert_eq!(stage.status(BEN).await, Status::Booked);
        assert_eq!(stage.marks_read_by(BEN).await, 3, "told, corrected and taken back");
    }

    // Rules S10, S6, F3
    async fn what_did_not_happen_is_not_billed_by_a_mark_that_was_undone(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() + mins(10));
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        stage.until(thursday() + hours(1));
        stage.sweep().await;
        stage.told(&[(BEN, "marked_missed")]).await;
        stage.unmarks(ADA, BEN).await.expect("to undo");
        stage.calls_off(ADA, Cause::Technical).await.expect("the line was dead");
        stage.told(&[(BEN, "cancelled"), (ADA, "cancelled_for_coach")]).await;
        stage.until(thursday() + hours(30));
        stage.sweep().await;
        stage.told(&[]).await;
        stage.owes(&[("charge", PRICE), ("credit", PRICE)]).await;
    }

    // Rules S2, F3, P8
    async fn a_missed_is_forgiven_with_a_reason(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(1));
        stage.calls_off(BEN, Cause::Client).await.expect("late");
        stage.letters().await;
        let forgive = |who: PersonId, why: &'static str| stage.write(move |tx, id| session::forgive(tx, &by(who), id, BEN, &reason(why)));
        assert_eq!(refused(forgive(ADA, "").await), Refusal::invalid("reason", Problem::Missing));
        assert_eq!(refused(forgive(BEN, "I was ill").await), Refusal::MayNot { action: Action::Forgive });
        forgive(ADA, "Ben was ill").await.expect("to forgive");
        assert_eq!(refused(forgive(ADA, "Ben was ill").await).code(), "wrong_status");
        stage.told(&[(BEN, "forgiven")]).await;
        stage.owes(&[("charge", PRICE), ("waiver", PRICE)]).await;
        stage.owns(&[]).await;
        assert_eq!(stage.status(BEN).await, Status::Cancelled);
        let (kind, _, why) = stage.last().await;
        assert_eq!((kind.as_str(), why.as_deref()), ("attendance_forgiven", Some("Ben was ill")));
    }

    // Rules S2, M3
    async fn a_coach_hears_that_somebody_else_forgave(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(1));
        stage.calls_off(BEN, Cause::Client).await.expect("late");
        stage.letters().await;
        stage.write(|tx, id| session::forgive(tx, &by(OTTO), id, BEN, &reason("A storm"))).await.expect("to forgive");
        stage.told(&[(BEN, "forgiven"), (ADA, "forgiven_for_coach")]).await;
    }

    // Rule S14
    async fn a_missed_is_contested_and_settled_by_somebody_else(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() + mins(10));
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        let contest = |who: PersonId, words: &'static str| stage.write(move |tx, id| session::contest(tx, &by(who), id, BEN, &reason(words)));
        assert_eq!(refused(contest(BEN, "").await), Refusal::invalid("words", Problem::Missing));
        assert_eq!(refused(contest(ADA, "He was there").await), Refusal::MayNot { action: Action::Contest });
        contest(BEN, "I was there").await.expect("in time");
        assert_eq!(refused(contest(BEN, "I was there").await), Refusal::AlreadyContested);
        stage.told(&[(ADA, "contested"), (OTTO, "contested")]).await;
        assert_eq!(stage.last().await.2.as_deref(), Some("I was there"));
        let uphold = |who: PersonId| stage.write(move |tx, id| session::uphold(tx, &by(who), id, BEN, &Reason::default()));
        assert_eq!(refused(uphold(ADA).await), Refusal::OwnMark);
        uphold(OTTO).await.expect("an admin");
        assert_eq!(refused(uphold(OTTO).await), Refusal::NotContested);
        stage.told(&[(BEN, "upheld"), (ADA, "upheld_for_coach")]).await;
        assert_eq!(stage.status(BEN).await, Status::Missed);
    }

    // Rule S14
    async fn what_an_admin_settled_does_not_come_alive_again(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() + mins(10));
        let open = || {
            let db = world.db.clone();
            async move { db.read(|tx| session::contests(tx, &by(OTTO))).await.expect("a list").len() }
        };
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        stage.write(|tx, id| session::contest(tx, &by(BEN), id, BEN, &reason("I was there"))).await.expect("in time");
        // Her own undo settles nothing.
        stage.unmarks(ADA, BEN).await.expect("to undo");
        assert_eq!(open().await, 0, "there is no mark to settle");
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("once more");
        assert_eq!(open().await, 1);
        stage.write(|tx, id| session::uphold(tx, &by(OTTO), id, BEN, &Reason::default())).await.expect("an admin");
        // What he has settled she neither undoes nor corrects, and an admin's undoing makes it no less settled.
        assert_eq!(refused(stage.unmarks(ADA, BEN).await), Refusal::ContestSettled);
        assert_eq!(refused(stage.marks(ADA, BEN, Mark::Completed).await), Refusal::ContestSettled);
        stage.unmarks(OTTO, BEN).await.expect("an admin");
        assert_eq!(refused(stage.marks(ADA, BEN, Mark::NoShow).await), Refusal::ContestSettled);
        stage.marks(OTTO, BEN, Mark::NoShow).await.expect("an admin");
        assert_eq!(open().await, 0, "it is settled for good");
        let settled_by = stage.number("SELECT settled_by FROM attendance WHERE session_id = $1").await;
        assert_eq!(settled_by, Some(OTTO.raw()));
    }

    // Rules P4, P8, S4, S14, R5
    async fn nobody_does_what_is_not_theirs(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(30));
        stage.moves(BEN, monday()).await.expect("a request");
        // To strangers it is not there: another coach and client, a sponsor, and a lead, for it is private.
        for who in [FINN, GIL, CARA, LEA] {
            assert_eq!(refused(stage.moves(who, monday()).await), Refusal::NotFound);
            assert_eq!(refused(stage.approves(who).await), Refusal::NotFound);
            assert_eq!(refused(stage.rejects(who).await), Refusal::NotFound);
            assert_eq!(refused(stage.withdraws(who).await), Refusal::NotFound);
            assert_eq!(refused(stage.calls_off(who, Cause::Client).await), Refusal::NotFound);
            assert_eq!(refused(stage.marks(who, BEN, Mark::NoShow).await), Refusal::NotFound);
            assert_eq!(refused(stage.unmarks(who, BEN).await), Refusal::NotFound);
            let acts = stage.write(move |tx, id| session::offers(tx, &by(who), id)).await;
            assert_eq!(refused(acts), Refusal::NotFound);
            let waive = stage.write(move |tx, id| ledger::waive(tx, &by(who), id, BEN, &reason("so"))).await;
            assert_eq!(refused(waive), Refusal::NotFound);
        }
        assert!(matches!(refused(stage.approves(BEN).await), Refusal::OwnAttendance { .. } | Refusal::MayNot { .. }));
        assert!(matches!(refused(stage.rejects(BEN).await), Refusal::OwnAttendance { .. } | Refusal::MayNot { .. }));
        assert_eq!(refused(stage.withdraws(ADA).await), Refusal::MayNot { action: Action::WithdrawRequest });
        assert!(stage.marks(BEN, BEN, Mark::Completed).await.is_err());
        let grey = stage.write(|tx, id| session::grey_out(tx, &by(ADA), id, BEN, &Reason::default())).await;
        assert_eq!(refused(grey), Refusal::MayNot { action: Action::GreyOut });

        // An admin who is the client is the client.
        let wish = Wish::plain(ADA_HOUR, thursday() + hours(3));
        let own = world.db.write(move |tx| booking::book(tx, &by(OTTO), &wish)).await;
        let own = Stage::of(&world.db, own.expect("Otto books")).await;
        is_asked(own.moves(OTTO, monday() + hours(2)).await.expect("by the bands"));
        assert_eq!(refused(own.approves(OTTO).await), Refusal::OwnAttendance { action: Action::DecideRequest });
        own.until(thursday() + hours(5));
        for outcome in [
            own.marks(OTTO, OTTO, Mark::Completed).await,
            own.unmarks(OTTO, OTTO).await,
            own.write(|tx, id| session::forgive(tx, &by(OTTO), id, OTTO, &reason("so"))).await,
            own.write(|tx, id| session::grey_out(tx, &by(OTTO), id, OTTO, &reason("so"))).await,
            own.write(|tx, id| session::uphold(tx, &by(OTTO), id, OTTO, &reason("so"))).await,
            own.write(|tx, id| ledger::waive(tx, &by(OTTO), id, OTTO, &reason("so")).map(drop)).await,
            own.write(|tx, id| ledger::mark_paid(tx, &by(OTTO), id, OTTO, None).map(drop)).await,
        ] {
            assert_eq!(refused(outcome).code(), "own_attendance");
        }
    }

    // Rules S3, S7
    async fn the_coach_ends_it_early_and_marks_it_then(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        let end = |who: PersonId| stage.write(move |tx, id| session::end_early(tx, &by(who), id));
        assert_eq!(refused(end(ADA).await), Refusal::NotStarted { start: thursday() });
        stage.until(thursday() + mins(20));
        assert!(end(BEN).await.is_err());
        assert_eq!(refused(stage.marks(ADA, BEN, Mark::Completed).await), Refusal::MarkTooEarly { opens: thursday() + hours(1) });
        end(ADA).await.expect("to end it");
        assert_eq!(stage.ahead().await.1, Some(thursday() + mins(20)));
        stage.marks(ADA, BEN, Mark::Completed).await.expect("it is over");
        stage.until(thursday() + mins(35));
        stage.sweep().await;
        stage.told(&[(BEN, "marked_completed")]).await;
        assert_eq!(stage.events().await, ["session_booked", "session_ended_early", "attendance_marked", "mark_told"]);
        stage.owes(&[("charge", PRICE)]).await;
    }

    // Rules F1, F3, M3
    async fn what_is_open_is_waived_or_paid(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        let pay = |amount| stage.write(move |tx, id| ledger::mark_paid(tx, &by(ADA), id, BEN, amount));
        let most = Refusal::invalid("minor", Problem::AmountOutOfRange { least: euros(1), most: euros(PRICE) });
        assert_eq!(refused(pay(Some(PRICE + 1)).await), most);
        assert_eq!(pay(Some(1_000)).await.expect("a part").0.minor, 1_000);
        let waive = |why: &'static str| stage.write(move |tx, id| ledger::waive(tx, &by(ADA), id, BEN, &reason(why)));
        assert_eq!(refused(waive("").await), Refusal::invalid("reason", Problem::Missing));
        assert_eq!(waive("A birthday").await.expect("the rest").minor, PRICE - 1_000);
        assert_eq!(refused(waive("Again").await), Refusal::NothingOwed);
        assert_eq!(refused(pay(None).await), Refusal::NothingOwed);
        stage.owes(&[("charge", PRICE), ("payment", 1_000), ("waiver", PRICE - 1_000)]).await;
        stage.told(&[(BEN, "receipt"), (BEN, "waived")]).await;
        let lines = world.db.read(|tx| ledger::list(tx, &by(BEN), &ledger::Filter::default(), 10)).await.expect("his lines");
        assert_eq!(lines.iter().map(|line| line.kind).collect::<Vec<_>>(), [LineKind::Waiver, LineKind::Payment, LineKind::Charge]);
        assert_eq!(world.db.read(|tx| ledger::list(tx, &by(GIL), &ledger::Filter::default(), 10)).await.expect("none"), []);
    }

    // Rules F3, S10
    async fn what_was_paid_and_is_not_owed_is_paid_back_and_no_more(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        let back = |who: PersonId, amount| stage.write(move |tx, id| ledger::refund(tx, &by(who), id, BEN, amount));
        // Nothing is paid, and then nothing is too much.
        assert_eq!(refused(back(ADA, None).await), Refusal::NothingToPayBack);
        stage.write(|tx, id| ledger::mark_paid(tx, &by(ADA), id, BEN, Some(PRICE - 500))).await.expect("nearly all");
        assert_eq!(refused(back(ADA, Some(1)).await), Refusal::NothingToPayBack);
        stage.until(thursday() - hours(30));
        stage.calls_off(BEN, Cause::Client).await.expect("half is kept");
        stage.letters().await;
        let too_much = PRICE / 2 - 500;
        let bounds = Refusal::invalid("minor", Problem::AmountOutOfRange { least: euros(1), most: euros(too_much) });
        for amount in [too_much + 1, 0, -1] {
            assert_eq!(refused(back(ADA, Some(amount)).await), bounds, "{amount}");
        }
        for who in [FINN, GIL, CARA, LEA] {
            assert_eq!(refused(back(who, None).await), Refusal::NotFound);
        }
        assert_eq!(refused(back(BEN, None).await), Refusal::MayNot { action: Action::MarkPaid });
        let (some, number) = back(ADA, Some(500)).await.expect("a part");
        assert_eq!((some.minor, number.ends_with("00002")), (500, true), "{number}");
        stage.told(&[(BEN, "refunded")]).await;
        let (kind, facts, _) = stage.last().await;
        assert_eq!((kind.as_str(), &facts["minor"], facts["reference"].as_str()), ("refund_recorded", &500.into(), Some(number.as_str())));
        let (rest, number) = back(OTTO, None).await.expect("the rest");
        assert_eq!((rest.minor, number.ends_with("00003")), (too_much - 500, true), "{number}");
        stage.told(&[(BEN, "refunded"), (ADA, "refunded_for_coach")]).await;
        assert_eq!(refused(back(ADA, None).await), Refusal::NothingToPayBack);
        stage.owes(&[("charge", PRICE), ("payment", PRICE - 500), ("credit", PRICE / 2), ("refund", 500), ("refund", too_much - 500)]).await;
        // What it brought in is what is kept, once its date has come, and nothing stands open.
        stage.until(thursday());
        let totals = world.db.read(|tx| ledger::totals(tx, &by(ADA), ledger::Debts::Of(BEN))).await.expect("sums");
        assert_eq!((totals[0].owed.minor, totals[0].earned.minor), (0, PRICE / 2));
        // Whoever is the client is no admin for that.
        let wish = Wish::plain(ADA_HOUR, monday());
        let own = world.db.write(move |tx| booking::book(tx, &by(OTTO), &wish)).await;
        let own = Stage::of(&world.db, own.expect("Otto books")).await;
        let refund = own.write(|tx, id| ledger::refund(tx, &by(OTTO), id, OTTO, None).map(drop)).await;
        assert_eq!(refused(refund).code(), "own_attendance");
    }

    // Rule F3
    async fn lines_are_listed_by_their_moment(world: World) {
        let first = Stage::booked(&world.db, thursday()).await;
        let second = Stage::booked(&world.db, monday()).await;
        // What was written down of an earlier day comes after what is newer, whatever their ids.
        let sql = "UPDATE ledger SET at = at - 1000 WHERE attendance_id IN (SELECT id FROM attendance WHERE session_id = $1)";
        let id = second.session;
        world.db.write(move |tx| tx.exec(sql, args![id])).await.expect("another moment");
        let page = |before| {
            let filter = ledger::Filter { before, ..ledger::Filter::default() };
            let db = world.db.clone();
            async move { db.read(move |tx| ledger::list(tx, &by(ADA), &filter, 1)).await.expect("a page") }
        };
        let newest = page(None).await;
        assert_eq!(newest.iter().map(|line| line.session).collect::<Vec<_>>(), [first.session]);
        let next = page(Some(newest[0].id)).await;
        assert_eq!(next.iter().map(|line| line.session).collect::<Vec<_>>(), [second.session]);
        assert_eq!(page(Some(next[0].id)).await, []);
    }

    // Rule P4
    async fn a_line_of_somebody_else_is_no_place_to_go_on_from(world: World) {
        let wish = Wish::plain(FINN_HOUR, at("2026-03-13T17:00:00Z"));
        world.db.write(move |tx| booking::book(tx, &by(GIL), &wish)).await.expect("Gil books Finn");
        Stage::booked(&world.db, thursday()).await;
        let page = |who: PersonId, before: Option<LedgerId>| {
            let filter = ledger::Filter { before, ..ledger::Filter::default() };
            let db = world.db.clone();
            async move { db.read(move |tx| ledger::list(tx, &by(who), &filter, 10)).await.expect("a page") }
        };
        let (of_ada, of_finn) = (page(ADA, None).await, page(FINN, None).await);
        assert_eq!((of_ada.len(), of_finn.len()), (1, 1));
        let absent = Some(LedgerId::from_raw(9_999));
        for who in [FINN, GIL] {
            assert_eq!(page(who, Some(of_ada[0].id)).await, page(who, absent).await);
        }
        // To whoever sees both it is a place.
        assert_eq!(page(OTTO, Some(of_ada[0].id)).await, of_finn);
    }

    // Rule S10
    async fn a_coach_hears_that_somebody_else_waived_or_was_paid(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.write(|tx, id| ledger::mark_paid(tx, &by(OTTO), id, BEN, Some(1_000))).await.expect("a part");
        stage.told(&[(BEN, "receipt"), (ADA, "paid_for_coach")]).await;
        stage.write(|tx, id| ledger::mark_paid(tx, &by(ADA), id, BEN, Some(1_000))).await.expect("a part");
        stage.told(&[(BEN, "receipt")]).await;
        stage.write(|tx, id| ledger::waive(tx, &by(OTTO), id, BEN, &reason("A storm"))).await.expect("the rest");
        stage.told(&[(BEN, "waived"), (ADA, "waived_for_coach")]).await;
        let shown = world.db.read(|tx| model::notification::list(tx, &by(ADA), None, 10)).await.expect("her notifications");
        let of_money = shown.iter().filter(|told| ["paid_for_coach", "waived_for_coach"].contains(&told.letter.code()));
        assert_eq!(of_money.count(), 2);
    }

    // Rules P8, S4
    async fn an_admin_who_coaches_corrects_as_an_admin(world: World) {
        let sql = "INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, 'admin', 0)";
        world.db.write(move |tx| tx.exec(sql, args![ADA])).await.expect("a further role");
        let both = || Actor::Person {
            who: Who { person: ADA, roles: Roles::only(Role::Coach).with(Role::Admin) },
            via: Via::Page,
            proof: None,
        };
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() + mins(10));
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        stage.until(thursday() + hours(9 * 24));
        let since = thursday() + mins(10) + hours(7 * 24);
        assert_eq!(refused(stage.marks(ADA, BEN, Mark::Completed).await), Refusal::CorrectionOver { since });
        let mark = stage.write(move |tx, id| session::mark(tx, &both(), id, BEN, Mark::Completed));
        mark.await.expect("rights add up");
    }

    // Rules R9, M3
    async fn nobody_is_kept_from_cancelling_by_the_letters_of_others(world: World) {
        let crowd = world.db.write(|tx| crowd_in(tx, 40)).await.expect("a crowd");
        let mut booked = Vec::new();
        let mut start = thursday();
        for (n, who) in crowd.into_iter().enumerate() {
            // Five a day.
            let at = start + mins(75 * (n as i64 % 5) - 90);
            let wish = Wish::plain(ADA_HOUR, at);
            let id = world.db.write(move |tx| booking::book(tx, &acting(who), &wish)).await.expect("booking");
            booked.push((who, id));
            if n % 5 == 4 {
                start = next_morning(start + hours(20)) + hours(1);
            }
        }
        for (who, id) in booked {
            let cancel = world.db.write(move |tx| session::call_off(tx, &acting(who), id, &off(Cause::Client)));
            cancel.await.expect("however many letters Ada gets");
        }
    }

    // Rules G3, S2
    async fn what_is_offered_is_what_is_allowed(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        let offers = |who: PersonId| {
            let id = stage.session;
            let db = world.db.clone();
            async move {
                let offers = db.read(move |tx| session::offers(tx, &acting(who), id)).await.expect("offers");
                let all = offers.into_iter().flat_map(|(_, offers)| offers);
                let possible = all.filter(|offer| offer.possible.is_ok()).map(|offer| offer.act);
                possible.collect::<Vec<_>>()
            }
        };
        assert_eq!(offers(BEN).await, [Act::Move, Act::Cancel]);
        assert_eq!(offers(ADA).await, [Act::Move, Act::Cancel]);
        stage.until(thursday() - hours(30));
        stage.moves(BEN, monday()).await.expect("a request");
        assert_eq!(offers(BEN).await, [Act::Withdraw, Act::Cancel]);
        assert_eq!(offers(ADA).await, [Act::Approve, Act::Reject, Act::Move, Act::Cancel]);
        stage.until(thursday() + mins(10));
        assert_eq!(offers(BEN).await, []);
        assert_eq!(offers(ADA).await, [Act::Move, Act::MarkNoShow, Act::CheckIn, Act::EndEarly, Act::DidNotHappen]);
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        assert_eq!(offers(BEN).await, [Act::Contest]);
        assert_eq!(offers(ADA).await, [Act::Unmark, Act::Forgive]);
    }

    // Rule R5
    async fn who_is_busy_elsewhere_approves_knowingly(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(30));
        stage.moves(BEN, monday()).await.expect("a request");
        let sql = "INSERT INTO busy (id, coach_id, source, starts_at, ends_at) VALUES (1, $1, 'outside', $2, $3)";
        let busy = world.db.write(move |tx| tx.exec(sql, args![ADA, monday(), monday() + mins(30)])).await;
        busy.expect("something else");
        assert_eq!(refused(stage.approves(ADA).await), Refusal::BusyThen { start: monday() });
        stage.owns(&[thursday(), monday()]).await;
        stage.write(|tx, id| session::approve_move(tx, &by(ADA), id, Knowing::Yes)).await.expect("knowingly");
        stage.owns(&[monday()]).await;
    }
}
