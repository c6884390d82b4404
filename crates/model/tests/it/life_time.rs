//! What time does: reminders, prompts and ends, once each, however the clock goes and however often one looks.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::booking::{self, Wish};
use model::session::{self, kind};
use model::testing::START;
use model::world::{ADA, ADA_HOUR, BEN, GIL, World};
use model::{Db, args, mail};
use rules::ids::{MailId, PersonId};
use rules::marking::Mark;
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::time::Instant;

use crate::booking::{at, by, refused};
use crate::life_stage::{Stage, sweep};

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

fn mins(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

const MOMENT: SignedDuration = SignedDuration::from_millis(1);

/// Thursday of the second week, eleven on Ada's clock.
fn thursday() -> Instant {
    at("2026-03-12T10:00:00Z")
}

fn monday() -> Instant {
    at("2026-03-16T08:00:00Z")
}

const REMINDED: [(PersonId, &str); 2] = [(BEN, "reminder"), (ADA, "reminder_for_coach")];

/// All letters by what they tell of, and what became of all sessions.
async fn states(db: &Db) -> (BTreeMap<String, i64>, Vec<(Option<String>, i64)>) {
    let letters = db.read(|tx| {
        tx.all("SELECT letter, COUNT(*) FROM mail GROUP BY letter", args![], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    });
    let requests = db.read(|tx| {
        tx.all(
            "SELECT decided, COUNT(*) FROM move_request GROUP BY decided ORDER BY decided",
            args![],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    });
    (letters.await.expect("letters").into_iter().collect(), requests.await.expect("requests"))
}

model::on_both! {
    // Rules M1, T4
    async fn people_are_reminded_a_day_and_an_hour_before(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        for (moment, expect) in [
            (thursday() - hours(24) - MOMENT, &[][..]),
            (thursday() - hours(24), &REMINDED[..]),
            (thursday() - hours(1) - MOMENT, &[]),
            (thursday() - hours(1), &REMINDED),
            (thursday() - MOMENT, &[]),
            (thursday(), &[]),
        ] {
            stage.until(moment);
            // However often one looks.
            stage.sweep().await;
            stage.sweep().await;
            stage.told(expect).await;
        }
        let kinds = world.db.read(|tx| tx.all("SELECT kind FROM reminder ORDER BY kind", args![], |row| row.get::<String>(0)));
        assert_eq!(kinds.await.expect("reminders"), ["day", "hour"]);
    }

    // Rule M1
    async fn what_was_past_when_it_was_booked_or_moved_is_skipped(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        // Booked twenty hours before: an hour before, and no sooner.
        let soon = at("2026-03-10T09:00:00Z");
        stage.until(soon - hours(20));
        let late = Stage::booked(&world.db, soon).await;
        assert_eq!(late.ahead().await.0, Some(soon - hours(1)));
        stage.letters().await;
        stage.until(soon - hours(2));
        stage.sweep().await;
        stage.told(&[]).await;
        stage.until(soon - hours(1));
        stage.sweep().await;
        stage.told(&REMINDED).await;
        // Moved after its day: due anew for the new start.
        stage.until(thursday() - hours(24));
        stage.sweep().await;
        stage.letters().await;
        stage.moves(ADA, thursday() + hours(4)).await.expect("to move");
        stage.letters().await;
        stage.sweep().await;
        stage.told(&[]).await;
        stage.until(thursday() + hours(3));
        stage.sweep().await;
        stage.told(&REMINDED).await;
        // Moved half an hour before the new start: nothing is left to remind of.
        stage.moves(ADA, thursday() + mins(210)).await.expect("to move");
        stage.letters().await;
        assert_eq!(stage.ahead().await.0, None);
        stage.until(thursday() + hours(10));
        stage.write(|tx, id| tx.exec("UPDATE session SET prompt_at = NULL WHERE id = $1", args![id])).await.expect("quiet");
        let quiet = late.session;
        world.db.write(move |tx| tx.exec("UPDATE session SET prompt_at = NULL WHERE id = $1", args![quiet])).await.expect("quiet");
        stage.sweep().await;
        stage.told(&[]).await;
    }

    // Rule M1
    async fn one_that_is_not_sent_before_the_next_is_skipped(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - mins(40));
        stage.sweep().await;
        stage.told(&REMINDED).await;
        let kinds = world.db.read(|tx| tx.all("SELECT kind FROM reminder", args![], |row| row.get::<String>(0)));
        assert_eq!(kinds.await.expect("reminders"), ["hour"]);
        stage.until(thursday() - mins(30));
        stage.sweep().await;
        stage.told(&[]).await;
    }

    // Rules M1, R3
    async fn an_open_request_is_told_with_the_reminder_of_the_old_time(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(30));
        stage.moves(BEN, monday()).await.expect("a request");
        stage.letters().await;
        stage.until(thursday() - hours(24));
        let reminding = world.db.write(|tx| session::remind(tx, 10)).await.expect("a sweep");
        assert_eq!(reminding, 1);
        stage.told(&REMINDED).await;
        let (kind, facts, _) = stage.last().await;
        assert_eq!(kind, kind::REMINDED.0);
        assert_eq!(facts["start"].as_str(), Some(&*thursday().to_string()));
        assert_eq!(facts["asked"].as_str(), Some(&*monday().to_string()));
        // Approved, it is due anew.
        stage.approves(ADA).await.expect("an answer");
        assert_eq!(stage.ahead().await.0, Some(monday() - hours(24)));
    }

    // Rules M1, M2, T4
    async fn a_mail_server_that_was_away_gets_no_reminder_that_is_not_true(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(24));
        stage.sweep().await;
        stage.told(&REMINDED).await;
        let waiting = || async {
            let sql = "SELECT COUNT(*) FROM mail WHERE letter LIKE 'reminder%' AND state = 'queued'";
            world.db.read(move |tx| tx.one(sql, args![], |row| row.get::<i64>(0))).await.expect("counting")
        };
        // The server fails: it waits, and is tried again as what it is.
        let due: Vec<MailId> = world.db.read(mail::due).await.expect("what is due");
        assert!(!due.is_empty());
        for id in due {
            world.db.write(move |tx| mail::mark_failed(tx, id, "connect")).await.expect("a failure");
        }
        stage.sweep().await;
        stage.told(&[]).await;
        assert_eq!(waiting().await, 2);
        // The session moves meanwhile: nobody reads of a time that is not.
        stage.moves(ADA, monday()).await.expect("to move");
        assert_eq!(waiting().await, 0);
        // So it is if the client cancels late, and the hour is still his.
        stage.until(monday() - hours(1));
        stage.sweep().await;
        assert_eq!(waiting().await, 2);
        stage.calls_off(BEN, Cause::Client).await.expect("late");
        assert_eq!(waiting().await, 0);
    }

    // Rules M1, R10
    async fn what_is_cancelled_leaves_nothing(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.calls_off(BEN, Cause::Client).await.expect("early");
        stage.letters().await;
        stage.until(thursday() + hours(80));
        stage.sweep().await;
        stage.told(&[]).await;
        assert_eq!(stage.ahead().await, (None, None));
    }

    // Rules S7, S8
    async fn the_coach_is_asked_at_the_end_and_a_day_later(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        let end = thursday() + hours(1);
        stage.until(end - MOMENT);
        stage.sweep().await;
        stage.letters().await;
        let asked = [(ADA, "mark_wanted")];
        for (moment, expect) in [
            (end, &asked[..]), (end + hours(24) - MOMENT, &[]), (end + hours(24), &asked), (end + hours(72), &[]),
        ] {
            stage.until(moment);
            stage.sweep().await;
            stage.sweep().await;
            stage.told(expect).await;
        }
        assert_eq!(stage.status(BEN).await, rules::attendance::Status::Booked);
        // What is marked is not asked for.
        let marked = Stage::booked(&world.db, at("2026-03-18T09:00:00Z")).await;
        marked.until(at("2026-03-18T09:10:00Z"));
        marked.sweep().await;
        marked.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        marked.letters().await;
        marked.until(at("2026-03-20T12:00:00Z"));
        marked.sweep().await;
        marked.told(&[(BEN, "marked_missed")]).await;
    }

    // Rule R6
    async fn a_coach_is_reminded_of_a_request_at_half_time_and_before_its_end(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        // It ends twenty-nine hours later.
        let asked = thursday() - hours(30);
        stage.until(asked);
        stage.moves(BEN, monday()).await.expect("a request");
        stage.letters().await;
        let reminder = [(ADA, "move_undecided")];
        for (moment, expect) in [
            (asked + mins(29 * 30) - MOMENT, &[][..]),
            (asked + mins(29 * 30), &reminder[..]),
            (asked + hours(27) - MOMENT, &[]),
            (asked + hours(27), &reminder),
            (asked + hours(29) - MOMENT, &[]),
        ] {
            stage.until(moment);
            for _ in 0..2 {
                world.db.write(|tx| session::remind_of_requests(tx, 10)).await.expect("a sweep");
            }
            stage.told(expect).await;
        }
        // What is decided is not spoken of.
        let other = Stage::booked(&world.db, at("2026-03-19T09:00:00Z")).await;
        other.until(at("2026-03-17T12:00:00Z"));
        other.sweep().await;
        other.moves(BEN, at("2026-03-20T09:00:00Z")).await.expect("a request");
        other.rejects(ADA).await.expect("to reject");
        stage.letters().await;
        other.until(at("2026-03-18T09:59:00Z"));
        world.db.write(|tx| session::remind_of_requests(tx, 10)).await.expect("a sweep");
        stage.told(&[]).await;
    }

    // Rules R4, R5, T4, M3
    async fn a_request_expires_by_the_clock_and_not_by_a_sweep(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(30));
        stage.moves(BEN, monday()).await.expect("a request");
        let other = Stage::booked(&world.db, thursday() + mins(90)).await;
        other.moves(BEN, monday() + mins(90)).await.expect("a request");
        stage.letters().await;
        let end = thursday() - hours(1);
        // A second before it is decided; at its end nobody decides it, though no sweep ran.
        stage.until(end - SignedDuration::from_secs(1));
        let in_time = stage.write(|tx, id| {
            assert_eq!(session::approve_move(tx, &by(ADA), id, session::Knowing::No)?, monday());
            // It is undone here, so that its end can be seen too.
            Err::<(), _>(Refusal::NotFound.into())
        });
        assert_eq!(refused(in_time.await), Refusal::NotFound);
        stage.owns(&[thursday(), monday()]).await;
        stage.until(end);
        let over = Refusal::MoveExpired { at: end };
        assert_eq!(refused(stage.approves(ADA).await), over);
        assert_eq!(refused(stage.rejects(ADA).await), over);
        assert_eq!(refused(stage.withdraws(BEN).await), over);
        // Somebody else books the time that was held, before any sweep.
        let free = world.db.read(|tx| booking::slots(tx, ADA_HOUR, rules::time::Span::of(monday(), hours(1)))).await.expect("slots");
        assert!(free.contains(&monday()));
        let wish = Wish::plain(ADA_HOUR, monday());
        let taken = world.db.write(move |tx| booking::book(tx, &by(GIL), &wish)).await.expect("it is free");
        stage.owns(&[thursday()]).await;
        stage.letters().await;
        stage.sweep().await;
        stage.sweep().await;
        stage.told(&[
            (BEN, "move_expired"), (ADA, "move_expired_for_coach"),
            (BEN, "reminder"), (ADA, "reminder_for_coach"),
            // And of the other session, whose request still waits.
            (BEN, "reminder"), (ADA, "reminder_for_coach"), (ADA, "move_undecided"),
        ]).await;
        stage.owns(&[thursday()]).await;
        let taken = Stage::of(&world.db, taken).await;
        taken.owns(&[monday()]).await;
        // What the other one asked for is still held: it ends later.
        other.owns(&[thursday() + mins(90), monday() + mins(90)]).await;
        assert_eq!(other.approves(ADA).await.expect("in time"), monday() + mins(90));
    }

    // Rules R4, R5, M3
    async fn an_expired_request_is_told_by_whatever_comes_first(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() - hours(30));
        stage.moves(BEN, monday()).await.expect("a request");
        stage.letters().await;
        stage.until(thursday() - mins(59));
        // Ben cancels before the sweep: the notice is that of his request, and each is told of both, once.
        let quote = stage.calls_off(BEN, Cause::Client).await.expect("to cancel");
        assert_eq!(quote.ending, rules::cancelling::Ending::Cancelled);
        stage.told(&[
            (BEN, "move_expired"), (ADA, "move_expired_for_coach"), (BEN, "cancelled"), (ADA, "cancelled_for_coach"),
        ]).await;
        stage.sweep().await;
        stage.told(&[]).await;
        stage.owns(&[]).await;
        // After the start it is written down, and nothing goes out.
        let past = Stage::booked(&world.db, monday()).await;
        past.until(monday() - hours(30));
        past.moves(BEN, monday() + hours(24)).await.expect("a request");
        past.until(monday() + mins(10));
        past.letters().await;
        past.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        past.told(&[]).await;
        assert!(past.events().await.contains(&"move_expired".to_owned()));
        past.owns(&[monday()]).await;
    }
}

/// One history; the clock goes by steps, and after each everything is looked at.
async fn history(db: &Db, step: SignedDuration) {
    let stage = Stage::booked(db, thursday()).await;
    let other = Stage::booked(db, thursday() + mins(90)).await;
    let walk = async |until: Instant| {
        loop {
            let left = until.since(db.clock().now());
            if !left.is_positive() {
                break;
            }
            db.clock().advance(left.min(step));
            sweep(db).await;
        }
    };
    walk(thursday() - hours(30)).await;
    stage.moves(BEN, monday()).await.expect("a request");
    walk(thursday() + mins(10)).await;
    stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
    walk(thursday() + hours(200)).await;
    stage.owns(&[thursday()]).await;
    other.owns(&[thursday() + mins(90)]).await;
    assert_eq!(stage.status(BEN).await, rules::attendance::Status::Missed);
    assert_eq!(other.status(BEN).await, rules::attendance::Status::Booked);
    other.owes(&[("charge", 11_000)]).await;
    stage.owes(&[("charge", 11_000)]).await;
    assert_eq!(other.ahead().await, (None, None));
}

model::on_both! {
    // Rules T4, M1, R4, S10
    async fn jumps_end_in_the_same_states_as_ticking(world: World) {
        history(&world.db, mins(10)).await;
        let (letters, requests) = states(&world.db).await;
        assert_eq!(requests, [(Some("expired".to_owned()), 1)]);
        let count = |letter: &str| letters.get(letter).copied().unwrap_or(0);
        assert_eq!([count("reminder"), count("reminder_for_coach")], [4, 4], "two for each of two sessions");
        assert_eq!([count("mark_wanted"), count("marked_missed"), count("move_expired")], [2, 1, 1]);
        assert_eq!(count("move_undecided"), 2);
    }

    // Rules T4, M1, R4, S10
    async fn a_jump_of_three_days_ends_in_the_same_states(world: World) {
        history(&world.db, hours(72)).await;
        let (letters, requests) = states(&world.db).await;
        assert_eq!(requests, [(Some("expired".to_owned()), 1)]);
        // Of what was overtaken nothing is sent, least of all for a start that is past; the second session was still
        // eighty minutes away when one looked.
        let count = |letter: &str| letters.get(letter).copied().unwrap_or(0);
        assert_eq!([count("reminder"), count("reminder_for_coach"), count("move_undecided")], [1, 1, 0]);
        assert_eq!(count("marked_missed"), 1);
        assert_eq!(count("move_expired"), 0, "its start was past");
        assert!(START < thursday());
    }

    // Rules T4, M1, R4, S10
    async fn a_jump_of_an_hour_ends_in_the_same_states(world: World) {
        history(&world.db, hours(1)).await;
        let (letters, requests) = states(&world.db).await;
        assert_eq!(requests, [(Some("expired".to_owned()), 1)]);
        let count = |letter: &str| letters.get(letter).copied().unwrap_or(0);
        assert_eq!([count("reminder"), count("reminder_for_coach")], [4, 4]);
        assert_eq!([count("mark_wanted"), count("marked_missed"), count("move_undecided")], [2, 1, 2]);
    }
}
