//! Letters of a session's life as they arrive: one for each person and act, with what was and what is now on their clock,
//! and a file that keeps their calendar right.

use std::collections::BTreeSet;

use calendar::testing::ReadEvent;
use jiff::SignedDuration;
use model::booking::{self, Wish};
use model::program::{self, Joining, NewPod};
use model::session::{self, CallOff, Knowing, MoveWish, Reason};
use model::testing::Engine;
use model::world::{ADA, ADA_HOUR, BEN, BEN_AT_NORTHWIND, LEA, NORTHWIND_COHORT, OTTO, POD_STEP, World};
use model::{Db, Tx, agreement, args, ledger};
use rules::ids::{PersonId, SessionId};
use rules::letters::Letter;
use rules::marking::Mark;
use rules::person::Language;
use rules::session::Cause;
use rules::time::Instant;

use super::bookings::{Arrived, SENDER, address, by, deliver, find, opens, plain, the, tuesday};

fn at(text: &str) -> Instant {
    text.parse().expect(text)
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

fn words(text: &str) -> Reason {
    Reason::parse(text).expect("a reason")
}

/// Time passes until then, and nobody works meanwhile.
fn wait_until(db: &Db, moment: Instant) {
    db.clock().advance(moment.since(db.clock().now()));
}

/// Ben's hour with Ada.
async fn booked(db: &Db, start: Instant) -> SessionId {
    let booked = db.write(move |tx| booking::book(tx, &by(BEN), &Wish::plain(ADA_HOUR, start))).await;
    booked.expect("a booking")
}

/// Does something, and gives the letters that it brought.
async fn letters_of<T: Send + 'static>(
    db: &Db,
    act: impl Fn(&mut Tx) -> model::Result<T> + Send + 'static,
) -> Vec<Arrived> {
    let before = deliver(db).await.len();
    db.write(act).await.expect("the act");
    deliver(db).await.split_off(before)
}

/// The letters that the time until then brings.
async fn letters_until(db: &Db, moment: Instant) -> Vec<Arrived> {
    let before = deliver(db).await.len();
    wait_until(db, moment);
    // What time does comes first, and then what is to be said of it.
    deliver(db).await;
    deliver(db).await.split_off(before)
}

async fn moving(
    db: &Db,
    who: PersonId,
    session: SessionId,
    to: Instant,
    reason: &'static str,
) -> Vec<Arrived> {
    let wish = MoveWish { to, reason: words(reason), expect: None };
    letters_of(db, move |tx| session::move_session(tx, &by(who), session, &wish)).await
}

async fn calling_off(
    db: &Db,
    who: PersonId,
    session: SessionId,
    client: Option<PersonId>,
    cause: Cause,
) -> Vec<Arrived> {
    let off = CallOff { client, cause, reason: words("A strike"), expect: None };
    letters_of(db, move |tx| session::call_off(tx, &by(who), session, &off)).await
}

/// Who got what, in the order in which it was queued.
fn kinds(letters: &[Arrived]) -> Vec<(PersonId, Letter)> {
    letters.iter().filter_map(|one| Some((one.to?, one.letter))).collect()
}

/// The one event of a letter's file.
fn event(letter: &Arrived, method: &str) -> ReadEvent {
    let mut read = letter.calendar(method);
    assert_eq!((read.method.as_str(), read.events.len()), (method, 1));
    read.events.remove(0)
}

/// Somebody else in Ben's cohort.
async fn kim(db: &Db) -> PersonId {
    db.write(|tx| {
        let (kim, now): (PersonId, Instant) = (tx.new_id(), tx.now());
        tx.exec(
            "INSERT INTO person (id, name, folded_name, mail, folded_mail, zone, zone_known, language, hour_style,
                 created_at)
             VALUES ($1, 'Kim Sato', 'kim sato', 'kim@northwind.example', 'kim@northwind.example', 'Asia/Tokyo', $2,
                 'en', 'h24', $3)",
            args![kim, true, now],
        )?;
        tx.exec("INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, 'client', $2)", args![kim, now])?;
        Ok(kim)
    })
    .await
    .expect("Kim comes")
}

/// Ben and Kim's pod, and its session at that time.
async fn pod(db: &Db, kim: PersonId, start: Instant) -> SessionId {
    db.write(move |tx| {
        let lea = by(LEA);
        let new = NewPod {
            cohort: NORTHWIND_COHORT,
            step: POD_STEP,
            name: "Tuesday circle".to_owned(),
            facilitator: ADA,
            min_members: 2,
            max_members: 5,
            joining: Joining::Closed,
        };
        let pod = program::add_pod(tx, &lea, &new)?;
        let kim = program::add_participant(tx, &lea, NORTHWIND_COHORT, kim, ADA)?;
        for member in [BEN_AT_NORTHWIND, kim] {
            program::join_pod(tx, &lea, pod, member)?;
            program::start_journey(tx, &lea, member)?;
        }
        let session = tx.one("SELECT id FROM session WHERE pod_id = $1", args![pod], |row| row.get(0))?;
        session::book_planned(tx, &by(ADA), session, &session::PlannedWish::at(start))?;
        Ok(session)
    })
    .await
    .expect("a pod")
}

model::on_both! {
    // Rules M3, T2, M8
    async fn a_move_tells_each_of_the_two_once_with_both_times_on_their_clock(world: World) {
        let db = &world.db;
        let session = booked(db, tuesday()).await;
        let first = find(db, session).await;
        let to = at("2026-03-05T13:00:00Z");
        let letters = moving(db, ADA, session, to, "The trains do not run").await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Moved), (ADA, Letter::MovedForCoach)]);
        let (bens, adas) = (&letters[0], &letters[1]);
        assert_eq!(bens.opened.subject, "Moved: Long session with Ada, Thu 5 Mar, 13:00");
        assert_eq!(adas.opened.subject, "Moved: Long session with Ben, Thu 5 Mar, 14:00");
        bens.says("Ada Lindholm has moved the session.");
        bens.says("Tuesday 3 March 2026, 09:00 (10:00 for Ada in Stockholm)");
        bens.says("Thursday 5 March 2026, 13:00 (14:00 for Ada in Stockholm)");
        bens.says("Ada Lindholm wrote: “The trains do not run”");
        bens.says("Until Tuesday 3 March 2026, 09:00 (time in London) you can therefore cancel at no cost");
        adas.says("You have moved the session.");
        adas.says("Tuesday 3 March 2026, 10:00 (09:00 for Ben in London)");
        adas.says("Thursday 5 March 2026, 14:00 (13:00 for Ben in London)");
        assert_eq!(bens.opened.reply_to.as_deref(), Some("Ada Lindholm <ada@cairn.example>"));
        assert_eq!(opens(db, bens.token("/manage/")).await, (session, BEN));
        assert!(!adas.message.contains("/manage/") && !adas.message.contains(address(BEN)));
        for (letter, reader) in [(bens, BEN), (adas, ADA)] {
            let event = event(letter, "REQUEST");
            assert_eq!((event.uid.as_str(), event.sequence), (first.uid.as_str(), first.sequence + 1));
            assert_eq!((event.starts_at, event.ends_at), (to, to + hours(1)));
            assert_eq!(event.attendees.iter().map(|one| one.1.clone()).collect::<Vec<_>>(), [format!("mailto:{}", address(reader))]);
        }

        // The client answers at once, and then does not come at all.
        let again = at("2026-03-06T09:00:00Z");
        let letters = moving(db, BEN, session, again, "").await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Moved), (ADA, Letter::MovedForCoach)]);
        letters[0].says("You have moved the session.");
        letters[1].says("Ben Orle has moved the session.");
        assert!(letters.iter().all(|one| !one.opened.text.contains("at no cost")), "they wished for it");
        assert_eq!(event(&letters[0], "REQUEST").sequence, 2);
        let letters = calling_off(db, BEN, session, None, Cause::Client).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Cancelled), (ADA, Letter::CancelledForCoach)]);
        letters[0].says("You have cancelled it.");
        letters[0].says("You wrote: “A strike”");
        letters[0].says("It costs you nothing.");
        letters[1].says("Ben Orle has cancelled it.");
        letters[1].says("Nothing is to be paid for it.");
        for letter in &letters {
            let event = event(letter, "CANCEL");
            assert_eq!((event.uid.as_str(), event.sequence), (first.uid.as_str(), 3));
            assert_eq!((event.status.as_str(), event.starts_at), ("CANCELLED", again));
            assert_eq!(event.organizer, ("Ada Lindholm".to_owned(), format!("mailto:{SENDER}")));
        }
    }

    // Rule M3
    async fn a_move_that_another_has_overtaken_says_so_and_leaves_the_calendar_alone(world: World) {
        let db = &world.db;
        let session = booked(db, tuesday()).await;
        let letters = letters_of(db, move |tx| {
            for to in ["2026-03-05T13:00:00Z", "2026-03-06T13:00:00Z"] {
                let wish = MoveWish { to: at(to), reason: Reason::default(), expect: None };
                session::move_session(tx, &by(ADA), session, &wish)?;
            }
            Ok(())
        }).await;
        let bens: Vec<&Arrived> = letters.iter().filter(|one| one.to == Some(BEN)).collect();
        assert_eq!(bens.len(), 2, "an act is a letter");
        bens[0].says("It has changed once more since then; another mail says how.");
        assert!(bens[0].opened.attachments.is_empty());
        let event = event(bens[1], "REQUEST");
        assert_eq!((event.sequence, event.starts_at), (2, at("2026-03-06T13:00:00Z")));
    }

    // Rules M1, M3, T2
    async fn a_request_is_followed_by_letters_to_whom_it_concerns(world: World) {
        let db = &world.db;
        // Thirty hours before, it has to be asked for.
        let start = at("2026-03-04T09:00:00Z");
        let session = booked(db, start).await;
        letters_until(db, start - hours(30)).await;
        let asked = at("2026-03-05T13:00:00Z");
        let letters = moving(db, BEN, session, asked, "A dentist").await;
        assert_eq!(kinds(&letters), [(BEN, Letter::MoveAsked), (ADA, Letter::MoveAskedForCoach)]);
        let (bens, adas) = (&letters[0], &letters[1]);
        bens.says("Ada Lindholm can decide until Wednesday 4 March 2026, 08:00 (time in London).");
        bens.says("Wednesday 4 March 2026, 09:00 (10:00 for Ada in Stockholm)");
        bens.says("Thursday 5 March 2026, 13:00 (14:00 for Ada in Stockholm)");
        adas.says("You can decide until Wednesday 4 March 2026, 09:00 (time in Stockholm), in 29 hours.");
        adas.says("Ben Orle wrote: “A dentist”");
        adas.says(&format!("https://cairn.example/sessions/{session}"));
        assert!(letters.iter().all(|one| one.opened.attachments.is_empty()), "nothing has moved yet");

        // The reminder is for the time at which it stands, and says so.
        let letters = letters_until(db, start - hours(24)).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Reminder), (ADA, Letter::ReminderForCoach)]);
        letters[0].says("It begins in 24 hours.");
        letters[0].says("You have asked to move it to Thursday 5 March 2026, 13:00 (14:00 for Ada in Stockholm), and Ada");
        letters[1].says("Ben Orle asks to move it to Thursday 5 March 2026, 14:00 (13:00 for Ben in London), and you have");
        let letters = letters_until(db, at("2026-03-03T17:30:00Z")).await;
        assert_eq!(kinds(&letters), [(ADA, Letter::MoveUndecided)]);
        letters[0].says("Ben Orle is waiting for your answer.");
        letters[0].says("in 15 hours.");

        let letters = letters_of(db, move |tx| session::reject_move(tx, &by(ADA), session, &words("Full that day"))).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::MoveRejected)], "she knows");
        letters[0].says("Your session stays at its time.");
        letters[0].says("Ada Lindholm has not agreed to Thursday 5 March 2026, 13:00 (14:00 for Ada in Stockholm).");
        letters[0].says("Ada Lindholm wrote: “Full that day”");
        letters[0].says("until Tuesday 3 March 2026, 19:30 (time in London) your notice counts from");
    }

    // Rule R5
    async fn whoever_is_not_agreed_with_reads_which_times_near_it_are_free(world: World) {
        let db = &world.db;
        let start = at("2026-03-06T09:00:00Z");
        let session = booked(db, start).await;
        letters_until(db, start - hours(30)).await;
        let asked = at("2026-03-09T13:00:00Z");
        moving(db, BEN, session, asked, "").await;
        let letters = letters_of(db, move |tx| session::reject_move(tx, &by(ADA), session, &words(""))).await;
        letters[0].says("These times near it are free. Nothing changes until you confirm one:");
        let text = &letters[0].opened.text;
        let offered: Vec<&str> = text.split("/move?at=").skip(1).map(|rest| &rest[..20]).collect();
        assert_eq!(offered.len(), 3, "{text}");
        assert!(!offered.contains(&"2026-03-09T13:00:00Z"), "it was declined: {offered:?}");
        for start in offered {
            let to = at(start);
            let outcome = db.read(move |tx| session::foresee_move(tx, &by(BEN), session, to)).await;
            outcome.unwrap_or_else(|refused| panic!("{start} can be had: {refused}"));
        }
    }

    // Rule M3
    async fn a_request_that_is_taken_back_agreed_to_or_forgotten_is_told_once(world: World) {
        let db = &world.db;
        let start = at("2026-03-06T09:00:00Z");
        let session = booked(db, start).await;
        letters_until(db, start - hours(30)).await;
        let asked = at("2026-03-09T13:00:00Z");
        moving(db, BEN, session, asked, "").await;
        let letters = letters_of(db, move |tx| session::withdraw_move(tx, &by(BEN), session)).await;
        assert_eq!(kinds(&letters), [(ADA, Letter::MoveWithdrawn)]);
        letters[0].says("Ben Orle does not ask for Monday 9 March 2026, 14:00 (13:00 for Ben in London) any more.");
        moving(db, BEN, session, asked, "").await;
        let letters = letters_of(db, move |tx| session::approve_move(tx, &by(ADA), session, Knowing::No)).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Moved), (ADA, Letter::MovedForCoach)]);
        letters[0].says("Ada Lindholm has agreed to the request, and the session is moved.");
        letters[1].says("You have agreed to the request, and the session is moved.");
        assert!(!letters[0].opened.text.contains("at no cost"), "it was the client's wish");
        assert_eq!(event(&letters[0], "REQUEST").starts_at, asked);

        letters_until(db, asked - hours(30)).await;
        moving(db, BEN, session, at("2026-03-10T13:00:00Z"), "").await;
        let letters = letters_until(db, asked - hours(1)).await;
        let (bens, adas) = (the(&letters, Letter::MoveExpired), the(&letters, Letter::MoveExpiredForCoach));
        bens.says("Ada Lindholm has not decided in time about Tuesday 10 March 2026, 13:00 (14:00 for Ada in Stockholm).");
        bens.says("until Monday 9 March 2026, 13:00 (time in London) your notice");
        adas.says("The time to decide about Tuesday 10 March 2026, 14:00 (13:00 for Ben in London) is over.");
    }

    // Rules R9, R10, S6, M3
    async fn an_ending_says_what_it_costs_and_what_can_be_done(world: World) {
        let db = &world.db;
        let session = booked(db, tuesday()).await;
        letters_until(db, tuesday() - hours(20)).await;
        let letters = calling_off(db, BEN, session, None, Cause::Client).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Cancelled), (ADA, Letter::CancelledForCoach)]);
        let (bens, adas) = (&letters[0], &letters[1]);
        bens.says("That was so close to its start that it counts as missed.");
        bens.says("Its price of €\u{a0}110 is still to be paid.");
        bens.says("you can contest it until Monday 9 March 2026, 13:00 (time in London)");
        adas.says("it counts as missed");
        for letter in [bens, adas] {
            let event = event(letter, "CANCEL");
            assert_eq!((event.sequence, event.status.as_str(), event.starts_at), (1, "CANCELLED", tuesday()));
        }
        let letters = letters_of(db, move |tx| session::forgive(tx, &by(ADA), session, BEN, &words("You were ill"))).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Forgiven)]);
        letters[0].says("Ada Lindholm has taken it back. It costs you nothing.");
        letters[0].says("Ada Lindholm wrote: “You were ill”");

        let session = booked(db, at("2026-03-05T13:00:00Z")).await;
        let letters = calling_off(db, ADA, session, None, Cause::Coach).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Cancelled), (ADA, Letter::CancelledForCoach)]);
        letters[0].says("Ada Lindholm has cancelled it. The coach could not make it.");
        letters[0].says("It does not count as missed. It costs you nothing.");
        letters[1].says("You have cancelled it.");

        let session = booked(db, at("2026-03-06T13:00:00Z")).await;
        let letters = calling_off(db, OTTO, session, Some(BEN), Cause::Client).await;
        letters[0].says("Otto Brandt has cancelled it. You had asked for it.");
        letters[1].says("Otto Brandt has cancelled it. Otto Brandt did so on behalf of Ben Orle.");
    }

    // Rules F3, R9
    async fn a_letter_says_what_is_owed_kept_or_paid_back_by_what_was_paid(world: World) {
        let db = &world.db;
        let cents = "€\u{a0}";
        let days = ["2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"];
        let paid = [None, Some(3_000), Some(5_500), Some(11_000)];
        let mut sessions = Vec::new();
        for (day, paid) in days.iter().zip(paid) {
            let session = booked(db, at(&format!("{day}T09:00:00Z"))).await;
            if paid.is_some() {
                letters_of(db, move |tx| ledger::mark_paid(tx, &by(ADA), session, BEN, paid)).await;
            }
            sessions.push(session);
        }
        // Each given up thirty hours before, for half of its price.
        let says = [
            format!("Of the price of {cents}110, {cents}55 is still to be paid."),
            format!("Of the price of {cents}110, it costs {cents}55: {cents}30 is paid, {cents}25 is still to be paid."),
            format!("Of the price of {cents}110, {cents}55 is kept."),
            format!("Of the price of {cents}110, {cents}55 is kept, and {cents}55 goes back."),
        ];
        for ((session, day), says) in sessions.into_iter().zip(days).zip(&says) {
            letters_until(db, at(&format!("{day}T09:00:00Z")) - hours(30)).await;
            let letters = calling_off(db, BEN, session, None, Cause::Client).await;
            assert_eq!(kinds(&letters), [(BEN, Letter::Cancelled), (ADA, Letter::CancelledForCoach)]);
            letters.iter().for_each(|letter| letter.says(says));
        }
        // What the coach calls off costs nothing, and what was paid goes back.
        let session = booked(db, at("2026-03-16T09:00:00Z")).await;
        letters_of(db, move |tx| ledger::mark_paid(tx, &by(ADA), session, BEN, None)).await;
        let letters = calling_off(db, ADA, session, None, Cause::Coach).await;
        letters[0].says(&format!("It costs you nothing, and the {cents}110 that you paid go back."));
        letters[1].says(&format!("Nothing is kept of the price, and {cents}110 goes back."));
    }

    // Rules M1, T4
    async fn a_reminder_says_the_time_really_left_and_what_has_moved_is_not_reminded_of(world: World) {
        let db = &world.db;
        db.write(|tx| tx.exec("UPDATE offering SET place = 'phone', place_detail = '+46 8 123 45 67' WHERE id = $1", args![ADA_HOUR]))
            .await
            .expect("by phone");
        let start = at("2026-03-04T09:00:00Z");
        let session = booked(db, start).await;
        // Nobody worked for an hour.
        let letters = letters_until(db, start - hours(23)).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Reminder), (ADA, Letter::ReminderForCoach)]);
        assert_eq!(letters[0].opened.subject, "Reminder: Long session with Ada, Wed 4 Mar, 09:00");
        letters[0].says("It begins in 23 hours.");
        letters[0].says("60 minutes by phone (+46 8 123 45 67)");
        let letters = letters_until(db, start - SignedDuration::from_mins(55)).await;
        assert_eq!(kinds(&letters).len(), 2);
        letters[1].says("It begins in 55 minutes.");
        assert_eq!(opens(db, letters[0].token("/manage/")).await, (session, BEN));

        // What is due but not written yet when it moves is dropped, and due anew at the new time.
        let second = booked(db, at("2026-03-06T09:00:00Z")).await;
        letters_until(db, at("2026-03-05T08:59:59Z")).await;
        wait_until(db, at("2026-03-05T09:00:00Z"));
        let moved = db.write(move |tx| {
            session::remind(tx, 9)?;
            let to = at("2026-03-09T09:00:00Z");
            session::move_session(tx, &by(ADA), second, &MoveWish { to, reason: Reason::default(), expect: None })
        });
        let before = deliver(db).await.len();
        moved.await.expect("it moves");
        let letters = deliver(db).await.split_off(before);
        assert!(letters.iter().all(|one| one.letter != Letter::Reminder), "{:?}", kinds(&letters));
        let letters = letters_until(db, at("2026-03-08T09:00:00Z")).await;
        the(&letters, Letter::Reminder).says("It begins in 24 hours.");

        // One that was not handed over in time says nothing.
        wait_until(db, at("2026-03-09T08:00:00Z"));
        db.write(|tx| session::remind(tx, 9)).await.expect("it is due");
        let letters = letters_until(db, at("2026-03-09T09:00:00Z")).await;
        assert!(letters.iter().all(|one| one.letter != Letter::Reminder), "{:?}", kinds(&letters));
    }

    // Rules S7, S10, F3
    async fn how_it_went_is_told_with_what_follows(world: World) {
        let db = &world.db;
        let session = booked(db, tuesday()).await;
        let letters = letters_until(db, tuesday() + hours(1)).await;
        let wanted = the(&letters, Letter::MarkWanted);
        assert_eq!(wanted.to, Some(ADA));
        wanted.says("Long session with Ben Orle is over, and not marked yet.");

        letters_of(db, move |tx| session::mark(tx, &by(ADA), session, BEN, Mark::NoShow)).await;
        let quarter = SignedDuration::from_mins(15);
        let letters = letters_until(db, tuesday() + hours(1) + quarter).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::MarkedMissed)]);
        assert_eq!(letters[0].opened.subject, "How it went: Long session with Ada, Tue 3 Mar, 09:00", "a list does not say how it went");
        letters[0].says("It was marked that you did not come.");
        letters[0].says("Its price of €\u{a0}110 is still to be paid.");
        letters[0].says("you can contest it until Tuesday 10 March 2026, 10:00 (time in London)");

        let letters = letters_of(db, move |tx| session::contest(tx, &by(BEN), session, BEN, &words("The link was broken"))).await;
        assert_eq!(kinds(&letters), [(ADA, Letter::Contested), (OTTO, Letter::Contested)]);
        assert!(letters.iter().all(|one| !one.message.contains("broken")), "a link, and not the words");
        letters[1].says("Ben Orle");
        letters[1].says(&format!("https://cairn.example/sessions/{session}"));
        let letters = letters_of(db, move |tx| session::uphold(tx, &by(OTTO), session, BEN, &words("Ada waited"))).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Upheld), (ADA, Letter::UpheldForCoach)]);
        letters[0].says("Otto Brandt has read what you wrote.");
        letters[1].says("Otto Brandt has read what Ben Orle wrote. The session still counts as missed.");
        letters[1].says("Otto Brandt wrote: “Ada waited”");

        letters_of(db, move |tx| session::mark(tx, &by(OTTO), session, BEN, Mark::Completed)).await;
        let letters = letters_until(db, tuesday() + hours(2)).await;
        the(&letters, Letter::MarkCorrected).says("It is marked as completed now: you were there.");
        let adas = the(&letters, Letter::MarkChangedForCoach);
        assert_eq!((letters.len(), adas.to), (2, Some(ADA)));
        adas.says("What you marked for Ben Orle was changed.");
        adas.says("Otto Brandt has marked that Ben Orle was there.");
        adas.says(&format!("https://cairn.example/sessions/{session}"));

        let letters = letters_of(db, move |tx| ledger::mark_paid(tx, &by(ADA), session, BEN, Some(4_000))).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Receipt)]);
        letters[0].says("€\u{a0}40");
        letters[0].says("Long session with Ada Lindholm");
        assert!(letters[0].opened.subject.starts_with("Receipt R1-0000"), "{}", letters[0].opened.subject);
        let letters = letters_of(db, move |tx| ledger::waive(tx, &by(ADA), session, BEN, &words("A favour"))).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Waived)]);
        letters[0].says("Ada Lindholm does not ask for the €\u{a0}70 that were open for this session.");

        // Taken back altogether, that is said in as many words.
        letters_of(db, move |tx| session::unmark(tx, &by(OTTO), session, BEN)).await;
        let letters = letters_until(db, tuesday() + hours(4)).await;
        the(&letters, Letter::MarkCorrected).says("It was taken back: nothing is marked now, and nothing follows from it");
    }

    // Rule P9
    async fn a_place_in_a_pod_that_waits_for_the_agreement_is_written_of(world: World) {
        let db = &world.db;
        let kim = kim(db).await;
        db.write(move |tx| {
            let text = agreement::Text::parse("We meet as equals.").expect("a text");
            let texts = [(Language::English, text)].into();
            let all = agreement::publish(tx, &by(OTTO), booking::AGREEMENT, &texts)?;
            agreement::accept(tx, &by(OTTO), kim, all[0].id)
        }).await.expect("an agreement");
        let session = pod(db, kim, at("2026-03-06T09:00:00Z")).await;
        let letters = deliver(db).await;
        assert_eq!(kinds(&letters), [(kim, Letter::Booked), (ADA, Letter::BookedForCoach), (BEN, Letter::PlaceOffered)]);
        letters[2].says("A place waits for you.");
        letters[2].says("You are in it once you have accepted the coaching agreement:");
        letters[2].says("Friday 6 March 2026, 09:00");
        letters[2].says(&format!("https://cairn.example/sessions/{session}"));
        assert!(!letters[2].message.contains("given up"));
    }

    // Rules S9, S13, M3, P4
    async fn a_pod_is_told_to_each_member_alone(world: World) {
        let db = &world.db;
        let kim = kim(db).await;
        let start = at("2026-03-06T09:00:00Z");
        let session = pod(db, kim, start).await;
        let letters = deliver(db).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Booked), (kim, Letter::Booked), (ADA, Letter::BookedForCoach)]);
        letters[1].says("Friday 6 March 2026, 18:00 to 19:30");
        letters[1].says("10:00 for Ada in Stockholm");
        letters[2].says("(Tuesday circle)");
        assert!(!letters[2].message.contains("Kim") && !letters[2].message.contains("Ben"));
        // Nobody's address stands in what another reads, also not in the file for their calendar.
        for (letter, other) in letters.iter().zip(["kim@northwind.example", "ben@northwind.example"]) {
            let files = letter.opened.attachments.iter().map(|part| String::from_utf8_lossy(&part.bytes).into_owned());
            let all: Vec<String> = files.chain([letter.opened.text.clone(), letter.opened.html.clone()]).collect();
            assert!(all.iter().all(|part| !part.contains(other)), "{all:?}");
        }
        let invited = event(&letters[0], "REQUEST");
        let uid = invited.uid;

        // One leaves: the others hear nothing, and the coach keeps the entry.
        let letters = calling_off(db, BEN, session, None, Cause::Client).await;
        assert_eq!(kinds(&letters), [(BEN, Letter::Cancelled), (ADA, Letter::CancelledForCoach)]);
        letters[0].says("You are no longer in this session.");
        letters[0].says("The session keeps its time for the others.");
        let off = event(&letters[0], "CANCEL");
        assert_eq!((off.uid.as_str(), off.sequence, off.status.as_str()), (uid.as_str(), invited.sequence + 1, "CANCELLED"));
        letters[1].says("Ben Orle does not come to this session.");
        letters[1].says("Ben Orle has given up their place.");
        // Whoever reads subjects and the bell alone must not stay away from those who come.
        let subject = &letters[1].opened.subject;
        assert!(subject.starts_with("Ben Orle does not come: ") && !letters[1].opened.text.contains("cancelled it"), "{subject}");
        assert!(letters[1].opened.attachments.is_empty());

        let to = at("2026-03-09T09:00:00Z");
        let letters = moving(db, ADA, session, to, "").await;
        let told = [(kim, Letter::Moved), (ADA, Letter::MovedForCoach), (BEN, Letter::PlaceOffered)];
        assert_eq!(kinds(&letters), told);
        letters[0].says("Monday 9 March 2026, 18:00 (10:00 for Ada in Stockholm)");
        letters[0].says("you can therefore give up your place at no cost.");
        assert!(!letters[0].opened.text.contains("choose another time"), "no member moves a pod");
        letters[2].says("There is a place for you again.");
        letters[2].says("answer this mail: it reaches Ada Lindholm");
        assert!(letters.iter().all(|one| one.to == Some(BEN) || !one.message.contains("Ben Orle")));
        let moved = event(&letters[0], "REQUEST");
        assert_eq!((moved.uid.as_str(), moved.starts_at), (uid.as_str(), to));

        // The whole goes back to the program: its time is gone, and the letter still tells of it.
        let letters = calling_off(db, ADA, session, None, Cause::Organisation).await;
        assert_eq!(kinds(&letters), [(kim, Letter::Cancelled), (ADA, Letter::CancelledForCoach)]);
        letters[0].says("It waits for another time now.");
        letters[0].says("Monday 9 March 2026, 18:00 to 19:30");
        for letter in &letters {
            let off = event(letter, "CANCEL");
            assert_eq!((off.uid.as_str(), off.starts_at, off.status.as_str()), (uid.as_str(), to, "CANCELLED"));
            assert!(off.sequence > moved.sequence);
        }
    }
}

/// A life in which every letter is written once or more.
async fn whole_life(db: &Db) -> Vec<Arrived> {
    let start = at("2026-03-04T09:00:00Z");
    let session = booked(db, start).await;
    deliver(db).await;
    moving(db, ADA, session, start + hours(4), "The trains do not run").await;
    let start = start + hours(4);
    letters_until(db, start - hours(30)).await;
    wait_until(db, at("2026-03-03T09:30:00Z"));
    let second = booked(db, at("2026-03-04T15:00:00Z")).await;
    moving(db, BEN, second, at("2026-03-06T13:00:00Z"), "A dentist").await;
    letters_until(db, at("2026-03-03T22:30:00Z")).await;
    letters_until(db, at("2026-03-04T12:00:00Z")).await;
    letters_until(db, at("2026-03-04T14:00:00Z")).await;
    calling_off(db, BEN, second, None, Cause::Client).await;
    letters_of(db, move |tx| session::mark(tx, &by(ADA), session, BEN, Mark::Completed)).await;
    letters_until(db, at("2026-03-04T14:30:00Z")).await;
    letters_of(db, move |tx| session::mark(tx, &by(ADA), session, BEN, Mark::NoShow)).await;
    letters_until(db, at("2026-03-04T15:00:00Z")).await;
    letters_of(db, move |tx| session::contest(tx, &by(BEN), session, BEN, &words("It was the network")))
        .await;
    letters_of(db, move |tx| session::uphold(tx, &by(OTTO), session, BEN, &words("It was late"))).await;
    letters_of(db, move |tx| session::forgive(tx, &by(ADA), session, BEN, &words("You were ill"))).await;
    let third = booked(db, at("2026-03-10T10:00:00Z")).await;
    letters_until(db, at("2026-03-08T20:00:00Z")).await;
    moving(db, BEN, third, at("2026-03-12T13:00:00Z"), "").await;
    letters_of(db, move |tx| session::reject_move(tx, &by(ADA), third, &words("Full that day"))).await;
    moving(db, BEN, third, at("2026-03-12T14:30:00Z"), "").await;
    letters_of(db, move |tx| session::withdraw_move(tx, &by(BEN), third)).await;
    letters_until(db, at("2026-03-10T12:00:00Z")).await;
    letters_of(db, move |tx| session::mark(tx, &by(ADA), third, BEN, Mark::NoShow)).await;
    letters_until(db, at("2026-03-10T13:00:00Z")).await;
    letters_of(db, move |tx| ledger::mark_paid(tx, &by(ADA), third, BEN, Some(4_000))).await;
    letters_of(db, move |tx| ledger::waive(tx, &by(ADA), third, BEN, &words("A favour"))).await;
    let kim = kim(db).await;
    let pod = pod(db, kim, at("2026-03-16T09:00:00Z")).await;
    calling_off(db, BEN, pod, None, Cause::Client).await;
    moving(db, ADA, pod, at("2026-03-17T09:00:00Z"), "").await;
    // An admin speaks for the coach, who hears of it.
    let fourth = booked(db, at("2026-03-18T10:00:00Z")).await;
    letters_until(db, at("2026-03-18T11:00:00Z")).await;
    letters_of(db, move |tx| session::mark(tx, &by(ADA), fourth, BEN, Mark::NoShow)).await;
    letters_until(db, at("2026-03-18T11:15:00Z")).await;
    letters_of(db, move |tx| ledger::mark_paid(tx, &by(OTTO), fourth, BEN, None)).await;
    letters_of(db, move |tx| session::contest(tx, &by(BEN), fourth, BEN, &words("I was early"))).await;
    letters_of(db, move |tx| session::uphold(tx, &by(OTTO), fourth, BEN, &words("It was the day"))).await;
    letters_of(db, move |tx| session::mark(tx, &by(OTTO), fourth, BEN, Mark::Completed)).await;
    letters_until(db, at("2026-03-18T11:45:00Z")).await;
    letters_of(db, move |tx| session::mark(tx, &by(OTTO), fourth, BEN, Mark::NoShow)).await;
    letters_until(db, at("2026-03-18T12:15:00Z")).await;
    letters_of(db, move |tx| session::forgive(tx, &by(OTTO), fourth, BEN, &words("A storm"))).await;
    letters_of(db, move |tx| ledger::refund(tx, &by(OTTO), fourth, BEN, Some(5_000))).await;
    let fifth = booked(db, at("2026-03-20T10:00:00Z")).await;
    letters_of(db, move |tx| ledger::waive(tx, &by(OTTO), fifth, BEN, &words("A gift"))).await;
    deliver(db).await
}

// Rules M8, T2
#[test]
fn letters_of_a_sessions_life_read_well_in_both_languages() {
    for language in Language::ALL {
        model::testing::run(Engine::Sqlite, async |world: World| {
            let db = &world.db;
            let code = language.code();
            db.write(move |tx| tx.exec("UPDATE person SET language = $1", args![code]))
                .await
                .expect("everybody speaks it");
            let mut seen: BTreeSet<&'static str> = BTreeSet::new();
            for one in whole_life(db).await {
                assert!(one.opened.subject.len() > 8, "{}", one.letter);
                if !seen.insert(one.letter.code()) || is_told_elsewhere(one.letter) {
                    continue;
                }
                let all =
                    format!("Subject: {}\n\n{}", one.opened.subject, one.opened.text.replace("\r\n", "\n"));
                if *language == Language::German {
                    for word in [" the ", " your ", " you ", " session", " has ", " is ", " to ", " of "] {
                        let own = plain(&all).replace("Long session", "");
                        assert!(!own.contains(word), "{word} in {own}");
                    }
                }
                insta::assert_snapshot!(format!("{}_{language}", one.letter), plain(&all));
            }
            let missing: Vec<&Letter> = Letter::ALL
                .iter()
                .filter(|letter| !is_told_elsewhere(**letter) && !seen.contains(letter.code()))
                .collect();
            assert!(missing.is_empty(), "{missing:?}");
        });
    }
}

/// Letters about accounts, bookings and messages, which have tests of their own.
fn is_told_elsewhere(letter: Letter) -> bool {
    matches!(
        letter,
        Letter::SignInLink
            | Letter::Invitation
            | Letter::PasswordChanged
            | Letter::NewDevice
            | Letter::RolesChanged
            | Letter::SignedOut
            | Letter::TokenMade
            | Letter::AccountClosed
            | Letter::BookingLink
            | Letter::Booked
            | Letter::BookedForCoach
            | Letter::SeriesBooked
            | Letter::SeriesBookedForCoach
            | Letter::MessageReceived
            | Letter::SessionMessage
            | Letter::BookingWanted
            | Letter::CoachChosen
            | Letter::CoachChosenForLead
            | Letter::Trigger
            | Letter::TriggerForCoach
            | Letter::TriggerTest
            | Letter::CoachChanged
            | Letter::ClientsGiven
            | Letter::ClientsTaken
            | Letter::Survey
            | Letter::SessionsCancelled
            | Letter::SessionsCancelledForCoach
            | Letter::InactiveListed
            | Letter::InactiveTold
            | Letter::Escalated
            | Letter::PodTooSmall
            | Letter::CoCoachNamed
            | Letter::CoCoachEnded
            | Letter::CoCoachJoins
            | Letter::CoCoachLeaves
            | Letter::Test
    )
}
