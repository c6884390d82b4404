//! Pods and their members: who is put in and who chooses, dates that change, and what members see of each other.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::program::company::{self, StillWith};
use model::program::lead::Led;
use model::program::pod::{self, Choice, Joining, NewPod, PodChange};
use model::program::{profile, reminders};
use model::session::{self, CallOff, PlannedWish};
use model::trigger::outlook::outlook;
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, FINN, GIL, LEA, NORTHWIND_COHORT, OTTO, POD_STEP, World,
};
use model::{Db, agreement, args, program};
use rules::attendance::Status;
use rules::cancelling::Ending;
use rules::ids::{ParticipantId, PersonId, PodId};
use rules::marking::Mark;
use rules::permission::Action;
use rules::person::Language;
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::time::Instant;
use rules::triggers::{Condition, LeftOut};

use crate::booking::{at, by, refused};
use crate::life_pods::person_of;
use crate::life_stage::{Stage, acting, off, reason};
use crate::programs::{participant, places, start};
use crate::triggers::{make, timing};

use Status::{Booked, Completed, Missed, Unbooked};

fn thursday() -> Instant {
    at("2026-03-12T10:00:00Z")
}

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

async fn made(db: &Db, name: &'static str, joining: Joining, max_members: u32) -> PodId {
    let new = NewPod {
        cohort: NORTHWIND_COHORT,
        step: POD_STEP,
        name: name.to_owned(),
        facilitator: ADA,
        min_members: 1,
        max_members,
        joining,
    };
    db.write(move |tx| program::add_pod(tx, &by(LEA), &new)).await.expect("a pod")
}

/// The stage of a pod's session.
async fn stage(db: &Db, pod: PodId) -> Stage {
    let id = db.read(move |tx| Ok(pod::view(tx, &by(OTTO), pod)?.session)).await.expect("a session");
    Stage::of(db, id).await
}

async fn dated(db: &Db, name: &'static str, joining: Joining, most: u32, when: Instant) -> (PodId, Stage) {
    let pod = made(db, name, joining, most).await;
    // Somebody waits for it, so that it can have a date.
    let somebody = participant(db, name).await;
    start(db, somebody).await;
    db.write(move |tx| program::join_pod(tx, &by(LEA), pod, somebody)).await.expect("to join");
    let stage = stage(db, pod).await;
    stage
        .write(move |tx, id| session::book_planned(tx, &by(LEA), id, &PlannedWish::at(when)))
        .await
        .expect("a date");
    stage.letters().await;
    (pod, stage)
}

/// A participant with an account of a client, whose first step is behind them.
async fn client(db: &Db, name: &'static str) -> (ParticipantId, PersonId) {
    let participant = participant(db, name).await;
    let person = person_of(db, participant).await;
    let journey = start(db, participant).await;
    first_done(db, journey).await;
    (participant, person)
}

async fn first_done(db: &Db, journey: rules::ids::JourneyId) {
    let first = places(db, journey).await[0].1.id;
    let sql = "UPDATE attendance SET outcome = 'completed', outcome_by = $1, outcome_at = 0 WHERE id = $2";
    db.write(move |tx| tx.exec(sql, args![OTTO, first])).await.expect("the first step is done");
}

async fn chooses(db: &Db, who: PersonId, pod: PodId) -> model::Result<()> {
    db.write(move |tx| pod::choose_pod(tx, &acting(who), pod, Choice::default()).map(drop)).await
}

model::on_both! {
    // Rule G5
    async fn a_participant_chooses_the_date_of_an_open_pod(world: World) {
        let db = &world.db;
        let (open, on_stage) = dated(db, "Open", Joining::Open, 2, thursday()).await;
        let (closed, _) = dated(db, "Closed", Joining::Closed, 6, at("2026-03-13T10:00:00Z")).await;
        let undated = made(db, "Later", Joining::Open, 6).await;
        // The step before comes first.
        let journey = start(db, BEN_AT_NORTHWIND).await;
        assert_eq!(refused(chooses(db, BEN, open).await), Refusal::StepNotOpen { before: 1 });
        first_done(db, journey).await;
        for pod in [closed, undated] {
            assert_eq!(refused(chooses(db, BEN, pod).await), Refusal::PodClosed);
        }
        for who in [GIL, FINN, CARA] {
            assert_eq!(refused(chooses(db, who, open).await), Refusal::NotFound);
        }
        on_stage.letters().await;
        chooses(db, BEN, open).await.expect("to choose");
        on_stage.told(&[(BEN, "booked")]).await;
        assert_eq!(on_stage.status(BEN).await, Booked);
        assert_eq!(refused(chooses(db, BEN, open).await), Refusal::NoChange);
        // Two places, both taken.
        let (_, kim) = client(db, "Kim").await;
        assert_eq!(refused(chooses(db, kim, open).await), Refusal::PodFull { most: 2 });
        on_stage.until(thursday());
        assert_eq!(refused(chooses(db, kim, open).await), Refusal::PodClosed);
    }

    // Rule G8
    async fn what_is_still_booked_names_a_pod_and_how_many_are_in_it(world: World) {
        let db = &world.db;
        let (pod, _) = dated(db, "Northern group", Joining::Closed, 6, thursday()).await;
        let first = places(db, start(db, BEN_AT_NORTHWIND).await).await[0].0.id;
        let when = at("2026-03-10T10:00:00Z");
        db.write(move |tx| session::book_planned(tx, &by(LEA), first, &PlannedWish::at(when))).await.expect("a time");
        let booked = async || {
            let (count, first) = db.read(|tx| company::still_booked(tx, &by(OTTO), NORTHWIND_COHORT)).await.expect("a list");
            assert_eq!(usize::try_from(count), Ok(first.len()));
            first.into_iter().map(|one| (one.starts_at, one.with)).collect::<Vec<_>>()
        };
        let alone = (when, StillWith::Client("Ben Orle".to_owned()));
        let together = |members| (thursday(), StillWith::Pod { name: "Northern group".to_owned(), members });
        assert_eq!(booked().await, [alone.clone(), together(1)]);
        let ann = participant(db, "Ann").await;
        start(db, ann).await;
        for who in [BEN_AT_NORTHWIND, ann] {
            db.write(move |tx| program::join_pod(tx, &by(LEA), pod, who)).await.expect("to join");
        }
        assert_eq!(booked().await, [alone, together(3)]);
    }

    // Rule P9
    async fn nobody_is_in_the_date_of_a_pod_before_they_have_accepted(world: World) {
        let db = &world.db;
        let (one, first) = dated(db, "One", Joining::Closed, 6, thursday()).await;
        let two = made(db, "Two", Joining::Closed, 6).await;
        let second = stage(db, two).await;
        let texts = BTreeMap::from([(Language::English, agreement::Text::parse("We meet and talk.").expect("a text"))]);
        let published = db.write(move |tx| agreement::publish(tx, &by(OTTO), model::booking::AGREEMENT, &texts)).await;
        let text = published.expect("to publish")[0].id;
        let joins = |pod: PodId, who: ParticipantId| db.write(move |tx| program::join_pod(tx, &by(LEA), pod, who));
        let accepting = |who: PersonId, accepts| {
            let choice = Choice { accepts, ..Choice::default() };
            db.write(move |tx| pod::choose_pod(tx, &acting(who), two, choice).map(drop))
        };
        start(db, BEN_AT_NORTHWIND).await;
        let kim_there = participant(db, "Kim").await;
        let kim = person_of(db, kim_there).await;
        // Nobody accepts it for somebody else; what has no date yet can be filled.
        for who in [BEN_AT_NORTHWIND, kim_there] {
            assert_eq!(refused(joins(one, who).await), Refusal::AgreementTheirs);
            joins(two, who).await.expect("a pod without a date");
        }
        second.letters().await;
        let friday = at("2026-03-13T10:00:00Z");
        second.write(move |tx, id| session::book_planned(tx, &by(LEA), id, &PlannedWish::at(friday))).await.expect("a date");
        second.told(&[(BEN, "place_offered"), (ADA, "booked_for_coach")]).await;
        assert_eq!(second.status(BEN).await, Unbooked);
        assert_eq!(refused(accepting(BEN, None).await), Refusal::AgreementNeeded);
        accepting(BEN, Some(text)).await.expect("to accept and take the place");
        second.told(&[(BEN, "booked")]).await;
        assert_eq!(second.status(BEN).await, Booked);
        // Whose journey begins when the date is there already waits in the same way.
        start(db, kim_there).await;
        assert_eq!(second.status(kim).await, Unbooked);
        accepting(kim, Some(text)).await.expect("to accept and take the place");
        assert_eq!(second.status(kim).await, Booked);
        // Called off and given another time, it has nobody to ask.
        second.calls_off(ADA, Cause::Coach).await.expect("to call off");
        second.letters().await;
        second.write(move |tx, id| session::book_planned(tx, &by(LEA), id, &PlannedWish::at(friday))).await.expect("again");
        assert_eq!((second.status(BEN).await, second.status(kim).await), (Booked, Booked));
        let noor_there = participant(db, "Noor").await;
        let noor = person_of(db, noor_there).await;
        start(db, noor_there).await;
        db.write(move |tx| agreement::accept(tx, &acting(BEN), noor, text)).await.expect("to accept");
        joins(one, noor_there).await.expect("who has accepted");
        assert_eq!(first.status(noor).await, Booked);
    }

    // Rule S13
    async fn a_pod_gets_its_date_before_anybody_is_in_it(world: World) {
        let db = &world.db;
        for who in [ADA, LEA, OTTO] {
            let pod = made(db, if who == ADA { "A" } else if who == LEA { "L" } else { "O" }, Joining::Open, 4).await;
            let on_stage = stage(db, pod).await;
            let sees = |who: PersonId| on_stage.write(move |tx, id| session::view(tx, &by(who), id));
            for other in [FINN, BEN, CARA, GIL] {
                assert_eq!(refused(sees(other).await.map(drop)), Refusal::NotFound);
            }
            let seen = sees(who).await.expect("their pod");
            assert_eq!((seen.status(), seen.places.len()), (Some(Unbooked), 0));
            assert_eq!(seen.topic.step.map(|step| step.number), Some(2));
            let books = |when: Instant| on_stage.write(move |tx, id| session::book_planned(tx, &by(who), id, &PlannedWish::at(when)));
            let outlook = on_stage.write(move |tx, id| session::book_outlook(tx, &by(who), id, Language::English)).await;
            assert_eq!(outlook.expect("it can be booked").possible, Ok(()));
            books(thursday()).await.expect("a date");
            on_stage.told(&[(ADA, "booked_for_coach")]).await;
            assert_eq!(sees(who).await.expect("their pod").status(), Some(Booked));
            on_stage.owns_minutes(90, &[thursday()]).await;
            on_stage.moves(who, at("2026-03-13T10:00:00Z")).await.expect("another date");
            on_stage.letters().await;
            on_stage.calls_off(who, Cause::Organisation).await.expect("to call off");
            on_stage.told(&[(ADA, "cancelled_for_coach")]).await;
            on_stage.owns_minutes(90, &[]).await;
            books(thursday()).await.expect("a date again");
            let listed = db.read(move |tx| session::list(tx, &by(who), &session::Filter::default(), 50)).await.expect("a list");
            let line = listed.iter().find(|line| line.session == on_stage.session).expect("it is listed");
            assert_eq!(line.status(), Some(Booked));
            let own = db.read(|tx| model::agenda::of_coach(tx, &by(ADA), thursday(), thursday() + hours(1))).await.expect("a day");
            assert!(own.iter().any(|meeting| meeting.session == on_stage.session));
            on_stage.calls_off(who, Cause::Organisation).await.expect("to call off");
        }
    }

    // Rule G5
    async fn only_who_waits_at_its_step_is_put_into_a_pod(world: World) {
        let db = &world.db;
        let pod = made(db, "One", Joining::Closed, 6).await;
        let joins = |who: ParticipantId| db.write(move |tx| program::join_pod(tx, &by(LEA), pod, who));
        let offered = || async {
            let all = db.read(move |tx| pod::candidates(tx, &by(LEA), pod)).await.expect("candidates");
            all.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        };
        let (yet, kim) = (participant(db, "Yet").await, participant(db, "Kim").await);
        let (done, grey, far) = (participant(db, "Done").await, participant(db, "Grey").await, participant(db, "Far").await);
        let mut journeys = Vec::new();
        for who in [kim, done, grey] {
            journeys.push(start(db, who).await);
        }
        for (journey, sql) in [
            (journeys[1], "UPDATE attendance SET outcome = 'completed', outcome_by = $1, outcome_at = 0 WHERE id = $2"),
            (journeys[2], "UPDATE attendance SET greyed_out_by = $1, greyed_out_at = 0 WHERE id = $2"),
        ] {
            let place = places(db, journey).await[1].1.id;
            db.write(move |tx| tx.exec(sql, args![OTTO, place])).await.expect("a change");
        }
        // Far goes another way.
        db.write(move |tx| {
            let step = program::NewStep {
                name: "Only".to_owned(),
                kind: rules::session::SessionKind::OneToOne,
                minutes: rules::session::Minutes::new(60).expect("an hour"),
                weeks: None,
                window_days: 90,
                place: rules::session::Place { kind: rules::session::PlaceKind::Room, detail: String::new() },
            };
            let other = program::add_pathway(tx, &by(OTTO), "Other", program::Order::Free, &[step])?;
            let now = tx.now();
            program::start_journey_at(tx, &by(OTTO), far, other, now).map(drop)
        }).await.expect("another way");
        assert_eq!(offered().await, ["Kim", "Yet", "Ben Orle"]);
        assert_eq!(refused(joins(done).await), Refusal::StepDone);
        let disabled = Refusal::WrongStatus { action: Action::ManagePods, status: Status::GreyedOut };
        assert_eq!(refused(joins(grey).await), disabled);
        assert_eq!(refused(joins(far).await), Refusal::StepNotTheirs);
        db.write(move |tx| tx.exec("UPDATE journey SET completed_at = 0 WHERE participant_id = $1", args![kim])).await.expect("complete");
        assert_eq!(refused(joins(kim).await), Refusal::JourneyComplete);
        joins(yet).await.expect("whose journey begins yet");
    }

    // Rule G5
    async fn a_lead_is_warned_of_a_pod_in_which_nobody_is(world: World) {
        let db = &world.db;
        let pod = made(db, "Empty", Joining::Open, 4).await;
        let on_stage = stage(db, pod).await;
        on_stage.write(|tx, id| session::book_planned(tx, &by(LEA), id, &PlannedWish::at(thursday()))).await.expect("a date");
        on_stage.letters().await;
        on_stage.until(thursday() - hours(24));
        on_stage.sweep().await;
        let told = on_stage.letters().await;
        assert!(told.contains(&(LEA, "pod_too_small".to_owned())), "{told:?}");
        assert!(!told.iter().any(|(who, letter)| *who == ADA && letter == "reminder_for_coach"), "{told:?}");
        on_stage.sweep().await;
        assert!(on_stage.letters().await.iter().all(|(_, letter)| letter != "pod_too_small"));
    }

    // Rule S13
    async fn a_date_is_changed_with_notice_and_taken_again(world: World) {
        let db = &world.db;
        let (one, first) = dated(db, "One", Joining::Open, 4, thursday()).await;
        let (two, second) = dated(db, "Two", Joining::Open, 4, at("2026-03-19T10:00:00Z")).await;
        let (_, kim) = client(db, "Kim").await;
        chooses(db, kim, one).await.expect("one");
        first.letters().await;
        chooses(db, kim, two).await.expect("the other");
        first.told(&[(kim, "cancelled"), (ADA, "cancelled_for_coach"), (kim, "booked")]).await;
        assert_eq!(second.status(kim).await, Booked);
        first.owns_minutes(90, &[thursday()]).await;
        // The old one is not theirs any more: nothing moves, marks or cancels them there.
        assert_eq!(refused(first.calls_off(kim, Cause::Client).await), Refusal::NotFound);
        assert_eq!(refused(first.marks(ADA, kim, Mark::NoShow).await), Refusal::NotFound);
        // And back again, at the last moment that the notice allows; a millisecond later it is too late.
        first.until(thursday() - hours(24));
        chooses(db, kim, one).await.expect("back");
        assert_eq!(first.status(kim).await, Booked);
        first.until(thursday() - hours(24) + SignedDuration::from_millis(1));
        assert_eq!(refused(chooses(db, kim, two).await), Refusal::MoveTooLate { start: thursday() });
        // Who left late comes to nothing but the late cancellation; who left in time may come back.
        assert_eq!(first.calls_off(kim, Cause::Client).await.expect("late").ending, Ending::Missed);
        assert!(matches!(refused(chooses(db, kim, one).await), Refusal::WrongStatus { .. }));
        let (_, noor) = client(db, "Noor").await;
        chooses(db, noor, two).await.expect("to choose");
        second.calls_off(noor, Cause::Client).await.expect("in time");
        assert_eq!(second.status(noor).await, Unbooked);
        second.letters().await;
        chooses(db, noor, two).await.expect("to come back");
        second.told(&[(noor, "booked")]).await;
        assert_eq!(second.status(noor).await, Booked);
    }

    // Rule S13
    async fn a_late_cancellation_of_a_date_that_is_gone_is_taken_back_and_told(world: World) {
        let db = &world.db;
        let (pod, on_stage) = dated(db, "One", Joining::Open, 4, thursday()).await;
        let ((_, kim), (_, noor)) = (client(db, "Kim").await, client(db, "Noor").await);
        for who in [kim, noor] {
            chooses(db, who, pod).await.expect("to choose");
        }
        on_stage.until(thursday() - hours(5));
        on_stage.calls_off(kim, Cause::Client).await.expect("late");
        assert_eq!(on_stage.status(kim).await, Missed);
        on_stage.letters().await;
        on_stage.calls_off(ADA, Cause::Coach).await.expect("to call off");
        let told = on_stage.letters().await;
        assert!(told.contains(&(kim, "mark_corrected".to_owned())), "{told:?}");
        assert!(told.contains(&(noor, "cancelled".to_owned())), "{told:?}");
        // The timeline says so on its line, to each of themselves.
        for (who, expect) in [(kim, vec![kim.to_string()]), (noor, vec![]), (ADA, vec![kim.to_string()])] {
            let told = on_stage.write(move |tx, id| session::timeline(tx, &acting(who), id, 50)).await.expect("the timeline");
            let off = told.iter().find(|event| event.facts["cause"] == "coach").expect("its end");
            assert_eq!(off.facts["reversed"], serde_json::json!(expect), "{who}");
        }
        assert_eq!(on_stage.status(kim).await, Unbooked);
        // Booked again, all are in, and each may leave freely for a day.
        let again = at("2026-03-13T10:00:00Z");
        on_stage.write(move |tx, id| session::book_planned(tx, &by(ADA), id, &PlannedWish::at(again))).await.expect("again");
        assert_eq!(on_stage.status(kim).await, Booked);
        on_stage.until(again - hours(20));
        let quote = on_stage.calls_off(noor, Cause::Client).await.expect("freely");
        assert_eq!(quote.grounds, rules::cancelling::Grounds::MovedByCoach);
    }

    // Rule S13
    async fn a_date_that_all_have_left_is_moved_and_called_off_by_whoever_leads_it(world: World) {
        let db = &world.db;
        let friday = at("2026-03-13T10:00:00Z");
        let members = async |stage: &Stage| -> Vec<PersonId> {
            let (db, id) = (stage.db.clone(), stage.session);
            let sql = "SELECT client_id FROM attendance WHERE session_id = $1 ORDER BY id";
            db.read(move |tx| tx.all(sql, args![id], |row| row.get(0))).await.expect("its members")
        };
        let take_out = async |stage: &Stage, client: PersonId| {
            let off = CallOff { client: Some(client), ..off(Cause::Client) };
            stage.write(move |tx, id| session::call_off(tx, &by(LEA), id, &off)).await.expect("to leave")
        };
        for (who, name, other) in [(ADA, "A", "Kim A"), (LEA, "L", "Kim L"), (OTTO, "O", "Kim O")] {
            let (pod, on_stage) = dated(db, name, Joining::Open, 4, thursday()).await;
            let (_, kim) = client(db, other).await;
            chooses(db, kim, pod).await.expect("to choose");
            let all = members(&on_stage).await;
            for client in &all {
                take_out(&on_stage, *client).await;
            }
            on_stage.letters().await;
            // Its date stands, and is nobody's of those who have left.
            let seen = |who: PersonId| on_stage.write(move |tx, id| session::view(tx, &acting(who), id));
            assert_eq!(seen(who).await.expect("their pod").status(), Some(Booked));
            assert_eq!(seen(kim).await.expect("what she left").status(), Some(Unbooked));
            let listed = db.read(move |tx| session::list(tx, &by(who), &session::Filter::default(), 50)).await.expect("a list");
            let line = listed.iter().find(|line| line.session == on_stage.session).expect("it is listed");
            assert_eq!(line.status(), Some(Booked));
            on_stage.owns_minutes(90, &[thursday()]).await;
            let own = db.read(|tx| model::agenda::of_coach(tx, &by(ADA), thursday(), thursday() + hours(1))).await.expect("a day");
            let meeting = own.iter().find(|meeting| meeting.session == on_stage.session).expect("on her day");
            assert_eq!((meeting.status, meeting.others.len()), (Booked, 0));
            assert!(matches!(refused(on_stage.calls_off(kim, Cause::Organisation).await), Refusal::MayNot { .. }));
            assert!(matches!(refused(on_stage.calls_off(kim, Cause::Client).await), Refusal::WrongStatus { .. }));
            let offered = on_stage.write(move |tx, id| session::offers_for_nobody(tx, &by(who), id)).await.expect("offers");
            let offered: Vec<_> = offered.iter().map(|offer| (offer.act.code(), offer.possible.is_ok())).collect();
            assert_eq!(offered, [("move", true), ("cancel", true)]);
            // Moved, they are offered a place in it; called off, nobody is left to be told but who leads it.
            on_stage.moves(who, friday).await.expect("another date");
            let mut told = vec![(ADA, "moved_for_coach")];
            told.extend(all.iter().map(|client| (*client, "place_offered")));
            on_stage.told(&told).await;
            on_stage.owns_minutes(90, &[friday]).await;
            let quote = on_stage.calls_off(who, Cause::Organisation).await.expect("to call off");
            assert_eq!((quote.ending, quote.kept), (Ending::Unbooked, None));
            on_stage.told(&[(ADA, "cancelled_for_coach")]).await;
            on_stage.owns_minutes(90, &[]).await;
        }
        // One cancelled it late, the other is disabled: neither keeps the date.
        let (pod, on_stage) = dated(db, "Late", Joining::Open, 4, thursday()).await;
        let (_, noor) = client(db, "Noor").await;
        chooses(db, noor, pod).await.expect("to choose");
        let somebody = members(&on_stage).await[0];
        on_stage.until(thursday() - hours(5));
        on_stage.calls_off(noor, Cause::Client).await.expect("late");
        let grey = on_stage.write(move |tx, id| session::delete_and_grey_out(tx, &by(OTTO), id, somebody, &reason("Left"))).await;
        grey.expect("disabled");
        assert_eq!((on_stage.status(noor).await, on_stage.status(somebody).await), (Missed, Status::GreyedOut));
        on_stage.letters().await;
        on_stage.until(thursday() + hours(1));
        assert!(matches!(refused(on_stage.calls_off(LEA, Cause::Coach).await), Refusal::AlreadyStarted { .. }));
        on_stage.calls_off(ADA, Cause::Coach).await.expect("she was not there");
        on_stage.told(&[(noor, "mark_corrected"), (ADA, "cancelled_for_coach")]).await;
        assert_eq!((on_stage.status(noor).await, on_stage.status(somebody).await), (Unbooked, Status::GreyedOut));
        on_stage.owns_minutes(90, &[]).await;
    }

    // Rule S9
    async fn all_who_wait_are_marked_present_in_one_act(world: World) {
        let db = &world.db;
        let (pod, on_stage) = dated(db, "One", Joining::Open, 4, thursday()).await;
        let ((_, kim), (_, noor)) = (client(db, "Kim").await, client(db, "Noor").await);
        for who in [kim, noor] {
            chooses(db, who, pod).await.expect("to choose");
        }
        let all = |who: PersonId| on_stage.write(move |tx, id| session::mark_all_present(tx, &acting(who), id));
        assert!(matches!(refused(all(ADA).await), Refusal::MarkTooEarly { .. }));
        on_stage.until(thursday() + hours(2));
        assert_eq!(refused(all(LEA).await), Refusal::MayNot { action: Action::MarkAttendance });
        on_stage.marks(ADA, kim, Mark::NoShow).await.expect("a mark");
        assert_eq!(all(ADA).await.expect("the others"), 2);
        assert_eq!((on_stage.status(kim).await, on_stage.status(noor).await), (Missed, Completed));
        assert_eq!(refused(all(ADA).await), Refusal::NobodyToMark);
    }

    // Rules G5, P4
    async fn members_see_names_and_nothing_more_and_a_foreign_pod_is_not_there(world: World) {
        let db = &world.db;
        let (pod, on_stage) = dated(db, "One", Joining::Open, 4, thursday()).await;
        let (_, kim) = client(db, "Kim").await;
        let view = |who: PersonId| {
            let db = db.clone();
            async move { db.read(move |tx| pod::view(tx, &acting(who), pod)).await }
        };
        // Who could choose it reads how many are in, and not who.
        let seen = view(kim).await.expect("an open pod");
        assert_eq!((seen.count, seen.members.len(), seen.manages), (1, 0, false));
        chooses(db, kim, pod).await.expect("to choose");
        let seen = view(kim).await.expect("their pod");
        assert_eq!(seen.members.iter().map(|member| member.status).collect::<Vec<_>>(), [Some(Booked), None]);
        for who in [GIL, FINN, CARA] {
            assert_eq!(refused(view(who).await.map(drop)), Refusal::NotFound);
        }
        for (who, manages) in [(LEA, true), (OTTO, true), (ADA, false)] {
            let seen = view(who).await.expect("theirs");
            assert_eq!((seen.members.len(), seen.manages), (2, manages));
            assert!(seen.members.iter().all(|member| member.status == Some(Booked)));
        }
        // What happened to the date tells a member of nobody else, by name or by number.
        let told = |who: PersonId| {
            let on_stage = &on_stage;
            async move {
                on_stage.write(move |tx, id| session::timeline(tx, &acting(who), id, 100)).await.expect("theirs")
            }
        };
        let of_kim = told(kim).await;
        assert!(of_kim.iter().any(|event| event.subject_name.as_deref() == Some("Kim")));
        assert!(of_kim.iter().all(|event| event.others == 0), "{of_kim:?}");
        assert!(told(ADA).await.iter().any(|event| event.others == 1));
    }

    // Rule G5
    async fn a_pod_is_changed_filled_and_taken_away(world: World) {
        let db = &world.db;
        let (pod, on_stage) = dated(db, "One", Joining::Closed, 4, thursday()).await;
        let change = |name: &str, facilitator: PersonId, max_members: u32| PodChange {
            name: name.to_owned(),
            facilitator,
            min_members: 1,
            max_members,
            joining: Joining::Open,
        };
        let changes = |who: PersonId, change: PodChange| {
            let db = db.clone();
            async move { db.write(move |tx| pod::change_pod(tx, &acting(who), pod, &change)).await }
        };
        assert_eq!(refused(changes(FINN, change("Two", ADA, 4)).await), Refusal::NotFound);
        assert_eq!(refused(changes(LEA, change("Two", FINN, 4)).await), Refusal::BookedNow { start: thursday() });
        changes(LEA, change("Two", ADA, 5)).await.expect("to change");
        let (kim_there, kim) = client(db, "Kim").await;
        db.write(move |tx| program::join_pod(tx, &by(LEA), pod, kim_there)).await.expect("to put in");
        on_stage.told(&[(kim, "booked")]).await;
        assert!(matches!(refused(changes(LEA, change("Two", ADA, 1)).await), Refusal::Invalid { .. }));
        // Taken out, the step waits for another pod; and they may be put in again.
        db.write(move |tx| pod::remove_member(tx, &by(LEA), pod, kim_there)).await.expect("to take out");
        on_stage.told(&[(kim, "cancelled"), (ADA, "cancelled_for_coach")]).await;
        assert_eq!(refused(on_stage.marks(ADA, kim, Mark::NoShow).await), Refusal::NotFound);
        db.write(move |tx| program::join_pod(tx, &by(LEA), pod, kim_there)).await.expect("again");
        assert_eq!(on_stage.status(kim).await, Booked);
        let deletes = |pod: PodId| {
            let db = db.clone();
            async move { db.write(move |tx| pod::delete_pod(tx, &by(LEA), pod).map(drop)).await }
        };
        assert_eq!(refused(deletes(pod).await), Refusal::PodNotEmpty);
        let empty = made(db, "Empty", Joining::Closed, 4).await;
        let of_it = stage(db, empty).await;
        let friday = at("2026-03-13T10:00:00Z");
        of_it.write(move |tx, id| session::book_planned(tx, &by(LEA), id, &PlannedWish::at(friday))).await.expect("a date");
        of_it.until(friday - hours(24));
        of_it.sweep().await;
        assert_eq!(refused(deletes(empty).await), Refusal::PodHasDate { start: friday });
        of_it.calls_off(LEA, Cause::Organisation).await.expect("to call off");
        deletes(empty).await.expect("an empty one");
        assert_eq!(refused(deletes(empty).await), Refusal::NotFound);
    }

    // Rule G5
    async fn what_was_taken_out_of_a_pathway_has_no_pods_on_the_page_of_a_cohort(world: World) {
        let db = &world.db;
        made(db, "One", Joining::Open, 4).await;
        let (kim, grey) = (participant(db, "Kim").await, participant(db, "Grey").await);
        start(db, kim).await;
        let place = places(db, start(db, grey).await).await[1].1.id;
        let seen = || async {
            db.read(|tx| {
                let pods = pod::of_cohort(tx, &by(LEA), NORTHWIND_COHORT)?.len();
                let steps = pod::ingredients(tx, &by(LEA), NORTHWIND_COHORT)?.steps.len();
                let dateless = program::desk::lacks(tx, &by(LEA))?.dateless;
                assert_eq!(dateless, program::desk::lacks(tx, &by(OTTO))?.dateless, "an admin reads the same of all");
                let undated = dateless.iter().map(|one| one.count).sum::<usize>();
                let board = program::board::board(tx, &by(LEA), NORTHWIND_COHORT)?;
                let is_on_board = board.columns.iter().any(|column| column.step == POD_STEP);
                Ok((pods, steps, undated, is_on_board))
            }).await.expect("looking")
        };
        assert_eq!(seen().await, (1, 1, 1, true));
        let grey_out = "UPDATE attendance SET greyed_out_by = $1, greyed_out_at = 0 WHERE id = $2";
        db.write(move |tx| tx.exec(grey_out, args![OTTO, place])).await.expect("greyed out");
        db.write(|tx| {
            use model::program::pathway::{self, PathwayChange, Running};
            let (found, steps) = pathway::pathway(tx, &by(OTTO), model::world::PATHWAY)?;
            let kept = steps.into_iter().filter(|step| step.id != POD_STEP).map(|step| (Some(step.id), step.step));
            let change = PathwayChange { name: found.name, order: found.order, steps: kept.collect() };
            pathway::change(tx, &by(OTTO), model::world::PATHWAY, &change, Running::Follow).map(drop)
        }).await.expect("taken out");
        // Somebody keeps it, and so does the board.
        assert_eq!(seen().await, (0, 0, 0, true));
        db.write(move |tx| tx.exec("DELETE FROM attendance WHERE id = $1", args![place])).await.expect("gone");
        assert_eq!(seen().await, (0, 0, 0, false));
    }

    // Rules G5, G12
    async fn a_lead_reads_how_many_steps_nobody_can_book_and_tests_are_not_among_them(world: World) {
        let db = &world.db;
        let stuck = || async {
            let [lead, admin] = [LEA, OTTO].map(|who| db.read(move |tx| program::desk::lacks(tx, &by(who))));
            let (lead, admin) = (lead.await.expect("looking"), admin.await.expect("looking"));
            assert_eq!(lead.stuck, admin.stuck, "an admin reads the same of all");
            lead.stuck.iter().map(|one| (one.cohort, one.count)).collect::<Vec<_>>()
        };
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let kim = participant(db, "Kim").await;
        start(db, kim).await;
        // Their first step comes before it.
        assert_eq!(stuck().await, []);
        first_done(db, journey).await;
        assert_eq!(stuck().await, [(NORTHWIND_COHORT, 1)]);
        db.write(|tx| tx.exec("UPDATE pathway SET ordered = $1", args![false])).await.expect("free");
        assert_eq!(stuck().await, [(NORTHWIND_COHORT, 2)]);
        db.write(move |tx| tx.exec("UPDATE participant SET test = $1 WHERE id = $2", args![true, kim])).await.expect("a test");
        assert_eq!(stuck().await, [(NORTHWIND_COHORT, 1)]);
        made(db, "One", Joining::Open, 4).await;
        assert_eq!(stuck().await, []);
        // What is over, or full, is none to wait for.
        db.write(|tx| tx.exec("UPDATE pod SET max_members = 1, min_members = 1", args![])).await.expect("small");
        let full = db.read(|tx| tx.one("SELECT id FROM pod", args![], |row| row.get::<PodId>(0))).await.expect("one");
        let noor = participant(db, "Noor").await;
        db.write(move |tx| pod::join_pod(tx, &by(LEA), full, noor)).await.expect("full");
        assert_eq!(stuck().await, [(NORTHWIND_COHORT, 1)]);
        // Nobody waits in what is put away, and whoever leads nothing reads nothing.
        assert_eq!(db.read(|tx| program::desk::lacks(tx, &by(FINN))).await.expect("none"), Default::default());
        db.write(|tx| company::archive_cohort(tx, &by(OTTO), NORTHWIND_COHORT)).await.expect("put away");
        assert_eq!(stuck().await, []);
    }

    // Rule G5
    async fn a_place_in_a_pod_that_can_be_taken_again_is_something_to_book(world: World) {
        let db = &world.db;
        let sooner = "UPDATE step SET from_week = 1, to_week = 2 WHERE id = $1";
        db.write(move |tx| tx.exec(sooner, args![POD_STEP])).await.expect("its weeks are now");
        let rule = make(db, Led::Cohort(NORTHWIND_COHORT), Condition::Unbooked, timing(2, 1, 3)).await;
        let (pod, on_stage) = dated(db, "Closed", Joining::Closed, 4, thursday()).await;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        first_done(db, journey).await;
        // Whether it is open, when it is, whether they would be asked, and whether a rule leaves them out.
        let stands = async || {
            let read = db.read(move |tx| {
                let member = profile::profile(tx, &by(LEA), BEN_AT_NORTHWIND)?.member;
                let cell = member.cells().find(|cell| cell.step == Some(POD_STEP)).expect("the step").clone();
                let asked = reminders::plan_one(tx, &by(LEA), BEN_AT_NORTHWIND)?.asked;
                let left_out = outlook(tx, &by(LEA), rule)?.left_out;
                let has_no_date = left_out.contains(&("Ben Orle".to_owned(), BEN_AT_NORTHWIND, LeftOut::NoDate));
                Ok((cell.is_open, cell.starts_at, asked.len(), has_no_date))
            });
            read.await.expect("reading")
        };
        assert_eq!(stands().await, (false, None, 0, true), "nobody has put them in");
        db.write(move |tx| program::join_pod(tx, &by(LEA), pod, BEN_AT_NORTHWIND)).await.expect("to join");
        assert_eq!(stands().await, (false, Some(thursday()), 0, false));
        on_stage.calls_off(BEN, Cause::Client).await.expect("in time");
        // The date is the pod's, and theirs to take again.
        assert_eq!(stands().await, (true, None, 1, false));
        chooses(db, BEN, pod).await.expect("to come back");
        assert_eq!(stands().await, (false, Some(thursday()), 0, false));
    }

    // Rule G5
    async fn a_step_without_a_date_left_says_so(world: World) {
        use model::agenda::{Opening, journeys};
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        first_done(db, journey).await;
        let opening = || {
            let db = db.clone();
            async move {
                let own = db.read(|tx| journeys(tx, &by(BEN))).await.expect("journeys");
                own[0].steps[1].opening.clone().expect("it waits")
            }
        };
        assert_eq!(opening().await, Opening::WaitForDate);
        let (pod, on_stage) = dated(db, "One", Joining::Open, 4, thursday()).await;
        assert!(matches!(opening().await, Opening::Choose(dates) if dates[0].pod == pod && dates[0].starts_at == thursday()));
        on_stage.until(thursday());
        assert_eq!(opening().await, Opening::NoDateLeft);
        made(db, "Two", Joining::Open, 4).await;
        assert_eq!(opening().await, Opening::WaitForDate);
    }
}
