//! Who hears of what becomes of a session: what is foretold is what is sent, the coach whose mark somebody else changes
//! hears of it, and a member of a pod reads of no other member.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use model::event::Recorded;
use model::message::{self, Text};
use model::session::{self, CallOff, Knowing, PlannedWish, Reason, Thought};
use model::world::{ADA, BEN, BEN_AT_NORTHWIND, FINN, LEA, OTTO, World};
use model::{Error, Result, Tx, args, ledger, notification};
use rules::ids::{PersonId, SessionId};
use rules::letters::Letter;
use rules::marking::Mark;
use rules::session::Cause;
use rules::time::Instant;

use crate::booking::{at, by};
use crate::handover::finn_in_london;
use crate::life_pods::{Pod, pod_of_three};
use crate::life_stage::{Stage, acting, off, reason, to};
use crate::programs::{places, start};

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

fn mins(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// Thursday of the second week, eleven on Ada's clock.
fn thursday() -> Instant {
    at("2026-03-12T10:00:00Z")
}

fn monday() -> Instant {
    at("2026-03-16T10:00:00Z")
}

async fn books(stage: &Stage, who: PersonId, when: Instant) {
    let wish = PlannedWish::at(when);
    stage.write(move |tx, id| session::book_planned(tx, &acting(who), id, &wish)).await.expect("to book");
}

/// Everything that could be thought of with these clients.
fn thoughts(clients: &[PersonId]) -> Vec<Thought> {
    let mut all = vec![
        Thought::Book,
        Thought::Move(None),
        Thought::Move(Some(at("2026-03-18T10:00:00Z"))),
        Thought::Approve,
        Thought::Reject,
        Thought::Withdraw,
    ];
    for client in clients.iter().copied().map(Some).chain([None]) {
        let causes = [Cause::Client, Cause::Coach, Cause::Organisation, Cause::Technical];
        all.extend(causes.map(|cause| Thought::CallOff(client, cause)));
    }
    for client in clients.iter().copied() {
        all.extend([
            Thought::DeleteAndGreyOut(client),
            Thought::Mark(client, Mark::Completed),
            Thought::Mark(client, Mark::NoShow),
            Thought::Unmark(client),
            Thought::Forgive(client),
            Thought::Contest(client),
            Thought::Uphold(client),
            Thought::Waive(client),
            Thought::Pay(client),
            Thought::Refund(client),
        ]);
    }
    all
}

/// Does what was thought of.
fn act(tx: &mut Tx, who: PersonId, id: SessionId, thought: Thought) -> Result<()> {
    let by = &acting(who);
    let why = &reason("So it is");
    let anywhere = at("2026-03-18T10:00:00Z");
    match thought {
        Thought::Book => session::book_planned(tx, by, id, &PlannedWish::at(anywhere)),
        Thought::Move(start) => session::move_session(tx, by, id, &to(start.unwrap_or(anywhere))).map(drop),
        Thought::Approve => session::approve_move(tx, by, id, Knowing::No).map(drop),
        Thought::Reject => session::reject_move(tx, by, id, why),
        Thought::Withdraw => session::withdraw_move(tx, by, id),
        Thought::CallOff(client, cause) => {
            session::call_off(tx, by, id, &CallOff { client, ..off(cause) }).map(drop)
        }
        Thought::DeleteAndGreyOut(client) => session::delete_and_grey_out(tx, by, id, client, why),
        Thought::Mark(client, mark) => {
            session::mark(tx, by, id, client, mark)?;
            a_quarter_of_an_hour_later(tx, id, client)
        }
        Thought::Unmark(client) => {
            session::unmark(tx, by, id, client)?;
            a_quarter_of_an_hour_later(tx, id, client)
        }
        Thought::Forgive(client) => session::forgive(tx, by, id, client, why),
        Thought::Contest(client) => session::contest(tx, by, id, client, why),
        Thought::Uphold(client) => session::uphold(tx, by, id, client, why),
        Thought::Waive(client) => ledger::waive(tx, by, id, client, why).map(drop),
        Thought::Pay(client) => ledger::mark_paid(tx, by, id, client, None).map(drop),
        Thought::Refund(client) => ledger::refund(tx, by, id, client, None).map(drop),
    }
}

/// What waits for this client is told.
fn a_quarter_of_an_hour_later(tx: &mut Tx, id: SessionId, client: PersonId) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE attendance SET tell_at = $3 WHERE session_id = $1 AND client_id = $2 AND tell_at IS NOT NULL",
        args![id, client, now],
    )?;
    session::tell_marks(tx, 100).map(drop)
}

fn mails(tx: &mut Tx) -> Result<Vec<(i64, PersonId, String)>> {
    tx.all(
        "SELECT id, person_id, letter FROM mail WHERE person_id IS NOT NULL AND state <> 'dropped'",
        args![],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// How many letters wait for the coach whose mark somebody else has changed.
const WAITS: &str = "SELECT COUNT(*) FROM mail WHERE letter = 'mark_changed_for_coach' AND state = 'queued'
    AND event_id IN (SELECT id FROM event WHERE subject_kind = 'att'
        AND subject_id IN (SELECT id FROM attendance WHERE session_id = $1))";

type Told = Vec<(PersonId, String)>;
type Tried = Vec<(PersonId, Thought, std::result::Result<Told, String>, std::result::Result<Told, String>)>;

/// Tries all that anybody could do now and takes each back: what was foretold is what was queued. Gives how many it was
/// that could be done.
async fn foretold_is_sent(stage: &Stage, people: &[PersonId], clients: &[PersonId], when: &str) -> usize {
    let mut possible = 0;
    let tried: Arc<Mutex<Tried>> = Arc::default();
    for who in people.iter().copied() {
        for thought in thoughts(clients) {
            let found = Arc::clone(&tried);
            let undone = stage.write(move |tx, id| {
                let foretold = match session::foretold(tx, &acting(who), id, thought) {
                    Ok(told) => {
                        Ok(told.into_iter().map(|(to, letter)| (to, letter.code().to_owned())).collect())
                    }
                    Err(Error::Refused(refusal)) => Err(refusal.code().to_owned()),
                    Err(error) => return Err(error),
                };
                let before: BTreeSet<i64> = mails(tx)?.into_iter().map(|(id, ..)| id).collect();
                let done = match act(tx, who, id, thought) {
                    Ok(()) => {
                        let new = mails(tx)?.into_iter().filter(|(id, ..)| !before.contains(id));
                        Ok(new.map(|(_, to, letter)| (to, letter)).collect())
                    }
                    Err(Error::Refused(refusal)) => Err(refusal.code().to_owned()),
                    Err(error) => return Err(error),
                };
                found.lock().expect("nobody panics").push((who, thought, foretold, done));
                Err::<(), _>(rules::refusal::Refusal::NotFound.into())
            });
            undone.await.expect_err("it is taken back");
        }
    }
    let tried = std::mem::take(&mut *tried.lock().expect("nobody panics"));
    for (who, thought, foretold, done) in tried {
        match (foretold, done) {
            (Ok(mut foretold), Ok(mut done)) => {
                foretold.sort();
                done.sort();
                assert_eq!(foretold, done, "{when}: {who} does {thought:?}");
                possible += 1;
            }
            (Err(_), Err(_)) => {}
            (Err(refusal), Ok(done)) => {
                panic!("{when}: {who} does {thought:?}, foretold {refusal}, sent {done:?}")
            }
            // Whether a time is free is another question.
            (Ok(_), Err(refusal)) => assert!(
                matches!(thought, Thought::Move(_) | Thought::Book) || !done_is_about_who(&refusal),
                "{when}: {who} cannot do {thought:?}: {refusal}"
            ),
        }
    }
    possible
}

/// Whether it was refused because of who did it, or of how it stood.
fn done_is_about_who(refusal: &str) -> bool {
    matches!(refusal, "may_not" | "own_attendance" | "wrong_status" | "not_marking")
}

async fn timeline(stage: &Stage, who: PersonId) -> Vec<Recorded> {
    stage.write(move |tx, id| session::timeline(tx, &acting(who), id, 100)).await.expect("the timeline")
}

model::on_both! {
    // Rule S10
    async fn what_is_foretold_is_what_is_sent(world: World) {
        let people = [ADA, FINN, LEA, OTTO, BEN];
        let stage = Stage::booked(&world.db, thursday()).await;
        let mut possible = 0;
        let mut check = async |when: &str| possible += foretold_is_sent(&stage, &people, &[BEN], when).await;
        check("days before").await;
        stage.until(thursday() - hours(30));
        stage.moves(BEN, monday()).await.expect("a request");
        check("a request waits").await;
        stage.withdraws(BEN).await.expect("taken back");
        stage.until(thursday() - hours(20));
        check("late").await;
        stage.until(thursday() + mins(20));
        check("begun").await;
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        check("marked by the coach").await;
        stage.until(thursday() + hours(2));
        stage.sweep().await;
        check("marked and told").await;
        stage.marks(OTTO, BEN, Mark::Completed).await.expect("a correction");
        check("corrected by an admin").await;
        stage.until(thursday() + hours(3));
        stage.sweep().await;
        stage.marks(OTTO, BEN, Mark::NoShow).await.expect("another correction");
        stage.until(thursday() + hours(4));
        stage.sweep().await;
        stage.write(|tx, id| session::contest(tx, &by(BEN), id, BEN, &reason("I was there"))).await.expect("in time");
        check("contested").await;
        stage.write(|tx, id| ledger::mark_paid(tx, &by(OTTO), id, BEN, None)).await.expect("paid");
        stage.write(|tx, id| session::forgive(tx, &by(OTTO), id, BEN, &reason("A storm"))).await.expect("forgiven");
        check("forgiven").await;
        assert!(possible > 60, "only {possible} could be done");
    }

    // Rule S10
    async fn what_is_foretold_of_a_step_is_what_is_sent(world: World) {
        finn_in_london(&world.db).await;
        let people = [ADA, FINN, LEA, OTTO, BEN];
        let journey = start(&world.db, BEN_AT_NORTHWIND).await;
        let step = places(&world.db, journey).await[0].0.id;
        let stage = Stage::of(&world.db, step).await;
        let mut possible = 0;
        let mut check = async |when: &str| possible += foretold_is_sent(&stage, &people, &[BEN], when).await;
        check("unbooked").await;
        books(&stage, BEN, thursday()).await;
        stage.write(|tx, id| session::add_co_coach(tx, &by(OTTO), id, FINN)).await.expect("a second coach");
        check("booked, with two coaches").await;
        stage.until(thursday() + hours(2));
        check("over").await;
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        check("marked").await;
        stage.write(|tx, id| session::forgive(tx, &by(OTTO), id, BEN, &reason("A storm"))).await.expect("forgiven");
        check("forgiven").await;
        stage.write(|tx, id| session::grey_out(tx, &by(OTTO), id, BEN, &Reason::default())).await.expect("disabled");
        check("greyed out").await;
        assert!(possible > 30, "only {possible} could be done");
    }

    // Rules S10, S13
    async fn what_is_foretold_of_a_pod_is_what_is_sent(world: World) {
        let Pod { stage, kim, noor } = pod_of_three(&world.db).await;
        let (people, clients) = ([ADA, LEA, OTTO, BEN, kim, noor], [BEN, kim, noor]);
        let mut possible = 0;
        let mut check = async |when: &str| possible += foretold_is_sent(&stage, &people, &clients, when).await;
        check("without a date").await;
        books(&stage, ADA, thursday()).await;
        check("all are in").await;
        stage.until(thursday() - hours(30));
        stage.calls_off(BEN, Cause::Client).await.expect("in time");
        stage.until(thursday() - hours(20));
        stage.calls_off(kim, Cause::Client).await.expect("late");
        check("one left, one late").await;
        stage.calls_off(noor, Cause::Client).await.expect("late");
        check("everybody has left").await;
        stage.moves(ADA, monday()).await.expect("another date");
        check("moved, and nobody is in").await;
        stage.calls_off(ADA, Cause::Organisation).await.expect("called off");
        books(&stage, LEA, at("2026-03-17T10:00:00Z")).await;
        stage.until(at("2026-03-17T12:00:00Z"));
        stage.marks(ADA, BEN, Mark::Completed).await.expect("a mark");
        stage.marks(ADA, kim, Mark::NoShow).await.expect("a mark");
        check("marked in part").await;
        assert!(possible > 60, "only {possible} could be done");
    }

    // Rules S4, S10, M3
    async fn the_coach_who_marked_hears_what_somebody_else_makes_of_it(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() + hours(1));
        stage.marks(ADA, BEN, Mark::Completed).await.expect("a mark");
        stage.until(thursday() + hours(2));
        stage.sweep().await;
        stage.told(&[(BEN, "marked_completed"), (ADA, "mark_wanted")][..1]).await;
        // An admin corrects it, and each reads one letter.
        stage.marks(OTTO, BEN, Mark::NoShow).await.expect("a correction");
        stage.told(&[(ADA, "mark_changed_for_coach")]).await;
        let waits = stage.number(WAITS).await;
        assert_eq!(waits, Some(1));
        let read = || {
            let stage = stage.clone();
            async move { stage.write(|tx, _| notification::list(tx, &by(ADA), None, 20)).await.expect("a list") }
        };
        let is_told = |all: Vec<notification::Notification>| all.iter().any(|one| one.letter.code() == "mark_changed_for_coach");
        assert!(!is_told(read().await), "it waits as the client's does");
        // Taken back within the quarter of an hour, it was never said.
        stage.marks(OTTO, BEN, Mark::Completed).await.expect("back again");
        let waits = stage.number(WAITS).await;
        assert_eq!(waits, Some(0));
        stage.told(&[]).await;
        stage.until(thursday() + hours(3));
        stage.sweep().await;
        stage.told(&[]).await;
        // What stays is told once, inside the program too; a later undo is another letter.
        stage.unmarks(OTTO, BEN).await.expect("to undo");
        stage.until(thursday() + hours(4));
        stage.sweep().await;
        stage.told(&[(BEN, "mark_corrected"), (ADA, "mark_changed_for_coach")]).await;
        assert!(is_told(read().await));
        // Her own correction she is not told, nor a mark that she has not made.
        stage.marks(OTTO, BEN, Mark::NoShow).await.expect("a mark");
        stage.until(thursday() + hours(5));
        stage.sweep().await;
        stage.told(&[(BEN, "marked_missed"), (ADA, "mark_changed_for_coach")]).await;
        stage.marks(ADA, BEN, Mark::Completed).await.expect("her correction");
        stage.until(thursday() + hours(6));
        stage.sweep().await;
        stage.told(&[(BEN, "mark_corrected")]).await;
    }

    // Rules S10, S14, M6
    async fn a_coach_hears_how_a_contest_of_their_mark_ended(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() + hours(1));
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        stage.until(thursday() + hours(2));
        stage.sweep().await;
        stage.write(|tx, id| session::contest(tx, &by(BEN), id, BEN, &reason("I was there"))).await.expect("in time");
        stage.letters().await;
        // Whoever contests it is named to an admin too, and not whose session it is.
        for who in [ADA, OTTO] {
            let told = stage.write(move |tx, _| notification::list(tx, &acting(who), None, 30)).await.expect("a list");
            let contested = told.iter().find(|one| one.letter == Letter::Contested).expect("they are told");
            assert_eq!(contested.other.as_deref(), Some("Ben Orle"), "{who}");
        }
        stage.write(|tx, id| session::uphold(tx, &by(OTTO), id, BEN, &Reason::default())).await.expect("an admin");
        stage.told(&[(BEN, "upheld"), (ADA, "upheld_for_coach")]).await;
        // Forgiven by him as well, she reads of that, and of nothing else.
        stage.marks(OTTO, BEN, Mark::Completed).await.expect("a correction");
        stage.marks(OTTO, BEN, Mark::NoShow).await.expect("and back");
        stage.letters().await;
        stage.write(|tx, id| session::forgive(tx, &by(OTTO), id, BEN, &reason("A storm"))).await.expect("forgiven");
        stage.told(&[(BEN, "forgiven"), (ADA, "forgiven_for_coach")]).await;
        stage.until(thursday() + hours(3));
        stage.sweep().await;
        stage.told(&[]).await;
    }

    // Rules S10, S14, M6, P5
    async fn whoever_answered_a_mark_is_told_once_that_it_was_taken_back(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() + mins(70));
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        // Nobody has seen it: nothing is said of it.
        stage.until(thursday() + mins(72));
        stage.unmarks(ADA, BEN).await.expect("taken back");
        stage.until(thursday() + mins(120));
        stage.sweep().await;
        stage.letters().await;
        assert!(timeline(&stage, BEN).await.iter().all(|event| !event.kind.starts_with("attendance_")));
        // He sees it within the quarter of an hour and answers it: no letter tells him what he knows, and it is billed.
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        stage.until(thursday() + mins(125));
        stage.write(|tx, id| session::contest(tx, &by(BEN), id, BEN, &reason("I was there"))).await.expect("in time");
        stage.told(&[(ADA, "contested"), (OTTO, "contested")]).await;
        stage.until(thursday() + mins(130));
        let people = [ADA, FINN, LEA, OTTO, BEN];
        assert!(foretold_is_sent(&stage, &people, &[BEN], "answered before it was told").await > 5);
        // Taken back and given again before he hears of it, nothing has changed for him.
        stage.unmarks(ADA, BEN).await.expect("taken back");
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("and given again");
        stage.until(thursday() + mins(160));
        stage.sweep().await;
        stage.told(&[]).await;
        stage.unmarks(ADA, BEN).await.expect("taken back");
        let kinds: Vec<String> = timeline(&stage, BEN).await.into_iter().map(|event| event.kind).take(3).collect();
        assert_eq!(kinds, ["attendance_unmarked", "attendance_contested", "attendance_marked"]);
        stage.until(thursday() + mins(180));
        stage.sweep().await;
        stage.told(&[(BEN, "mark_corrected")]).await;
        let told = stage.write(|tx, _| notification::list(tx, &by(BEN), None, 30)).await.expect("a list");
        assert_eq!(told.iter().filter(|one| one.letter == Letter::MarkCorrected).count(), 1, "{told:?}");
        stage.until(thursday() + mins(300));
        stage.sweep().await;
        stage.told(&[]).await;
    }

    // Rules S3, P5
    async fn asking_where_somebody_is_stands_on_the_timeline_of_both(world: World) {
        let stage = Stage::booked(&world.db, thursday()).await;
        stage.until(thursday() + mins(6));
        let words = Text::parse("Where are you?").expect("words");
        stage.write(move |tx, id| session::check_in(tx, &by(ADA), id, BEN, &words)).await.expect("to ask");
        // Pressed twice, it is sent once; and not when it is over.
        for (after, code) in [(7, "check_in_sent"), (90, "session_over")] {
            stage.until(thursday() + mins(after));
            let words = Text::parse("Where are you?").expect("words");
            let again = stage.write(move |tx, id| session::check_in(tx, &by(ADA), id, BEN, &words)).await;
            assert!(matches!(&again, Err(Error::Refused(refusal)) if refusal.code() == code), "{again:?}");
        }
        for who in [ADA, BEN, OTTO] {
            let told = timeline(&stage, who).await;
            let asked = told.iter().find(|event| event.kind == "check_in_sent").expect("a trace");
            assert_eq!((asked.by.as_ref().map(|by| by.0), asked.at), (Some(ADA), thursday() + mins(6)), "{who}");
        }
        stage.told(&[(BEN, "session_message")]).await;
        let thread = stage.write(|tx, _| message::threads(tx, &by(BEN), None, 10)).await.expect("threads");
        assert_eq!(thread.len(), 1, "the words are in the thread of the two alone");
    }

    // Rules S9, P4
    async fn a_member_of_a_pod_reads_of_no_other_member(world: World) {
        let Pod { stage, kim, noor } = pod_of_three(&world.db).await;
        books(&stage, ADA, thursday()).await;
        stage.until(thursday() - hours(30));
        stage.calls_off(BEN, Cause::Client).await.expect("in time");
        // Ben takes his place again, Kim cancels late, and so on: of all that Noor reads nothing.
        let pod = stage.number("SELECT pod_id FROM session WHERE id = $1").await.expect("a pod");
        let pod = rules::ids::PodId::from_raw(pod);
        stage.write(move |tx, _| model::program::pod::choose_pod(tx, &by(BEN), pod, model::program::pod::Choice::default())).await.expect("back");
        stage.until(thursday() - hours(20));
        stage.calls_off(kim, Cause::Client).await.expect("late");
        stage.moves(ADA, monday()).await.expect("another date");
        stage.until(monday() - hours(1));
        stage.sweep().await;
        stage.calls_off(BEN, Cause::Client).await.expect("late");
        stage.until(monday() + mins(10));
        let words = Text::parse("Where are you?").expect("words");
        stage.write(move |tx, id| session::check_in(tx, &acting(ADA), id, noor, &words)).await.expect("to ask");
        stage.until(monday() + hours(2));
        stage.marks(ADA, noor, Mark::NoShow).await.expect("a mark");
        let read = timeline(&stage, noor).await;
        let kinds: Vec<&str> = read.iter().rev().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["session_booked", "session_moved", "session_reminded", "check_in_sent", "attendance_marked"]);
        let others = [BEN, kim].map(|other| other.to_string());
        for event in &read {
            let said = format!("{event:?}");
            assert!(others.iter().all(|other| !said.contains(other.as_str())), "{said}");
            for other in ["Ben", "Kim"] {
                assert!(!said.contains(other), "{said}");
            }
            assert_eq!(event.others, 0, "{said}");
        }
        // Kim reads that her late cancellation does not count, and of nobody else's.
        let read = timeline(&stage, kim).await;
        let moved = read.iter().find(|event| event.kind == "session_moved").expect("the move");
        assert_eq!(moved.facts["reversed"], serde_json::json!([kim.to_string()]));
        // What they are told inside names nobody but the coach.
        for who in [BEN, kim, noor] {
            let told = stage.write(move |tx, _| notification::list(tx, &acting(who), None, 30)).await.expect("a list");
            assert!(!told.is_empty());
            for one in told {
                let names = [one.other.as_deref(), one.by.as_deref()];
                assert!(names.iter().flatten().all(|name| *name == "Ada Lindholm"), "{who}: {one:?}");
            }
        }
        // Its coach reads of all of them.
        let read = timeline(&stage, ADA).await;
        let count = |kind: &str| read.iter().filter(|event| event.kind == kind).count();
        assert_eq!((count("attendance_left"), count("pod_date_taken"), count("session_cancelled")), (1, 1, 2));
    }
}
