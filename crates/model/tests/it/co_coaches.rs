//! A session with several coaches: all their time is owned, all of them see it, one marks it.

use jiff::SignedDuration;
use model::booking::{self, Wish};
use model::session::{self, COACHES_MAX, PlannedWish};
use model::world::{ADA, ADA_BEN, BEN, BEN_AT_NORTHWIND, FINN, FINN_HOUR, GIL, LEA, OTTO, World};
use model::{Db, Result, agenda};
use rules::attendance::Status;
use rules::ids::{PersonId, SessionId};
use rules::marking::Mark;
use rules::menu::Act;
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use rules::time::{Instant, Span};

use crate::booking::{at, by, refused};
use crate::handover::{booked, finn_in_london};
use crate::life_stage::{Stage, acting};
use crate::programs::{places, start};

fn thursday() -> Instant {
    at("2026-03-12T10:00:00Z")
}

fn monday() -> Instant {
    at("2026-03-16T10:00:00Z")
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

async fn adds(stage: &Stage, who: PersonId, coach: PersonId) -> Result<()> {
    stage.write(move |tx, id| session::add_co_coach(tx, &acting(who), id, coach)).await
}

async fn removes(stage: &Stage, who: PersonId, coach: PersonId) -> Result<()> {
    stage.write(move |tx, id| session::remove_co_coach(tx, &acting(who), id, coach)).await
}

async fn books(stage: &Stage, who: PersonId, when: Instant) -> Result<()> {
    stage.write(move |tx, id| session::book_planned(tx, &acting(who), id, &PlannedWish::at(when))).await
}

/// Gil has Finn's hour at this time.
async fn gil_has_finn(db: &Db, when: Instant) -> SessionId {
    let wish = Wish::plain(FINN_HOUR, when);
    db.write(move |tx| booking::book(tx, &by(GIL), &wish)).await.expect("Gil books Finn")
}

const OF_FINN: &str = "SELECT COUNT(*) FROM coach_time WHERE session_id = $1 AND coach_id = 6";
const OF_ALL: &str = "SELECT COUNT(*) FROM coach_time WHERE session_id = $1";

model::on_both! {
    // Rules G11, A4
    async fn a_session_takes_the_time_of_all_its_coaches(world: World) {
        let db = &world.db;
        finn_in_london(db).await;
        let stage = booked(db, BEN_AT_NORTHWIND, thursday()).await;
        // Who leads the program says so, about somebody who is free and has no part in it.
        for who in [GIL, FINN] {
            assert_eq!(refused(adds(&stage, who, FINN).await), Refusal::NotFound, "{who}");
        }
        for who in [ADA, BEN] {
            assert_eq!(refused(adds(&stage, who, FINN).await), Refusal::MayNot { action: Action::NameCoCoach }, "{who}");
        }
        for nobody in [ADA, BEN, GIL] {
            assert_eq!(refused(adds(&stage, LEA, nobody).await), Refusal::invalid("coach", Problem::NotAChoice));
        }
        let other = gil_has_finn(db, thursday()).await;
        assert!(refused(adds(&stage, LEA, FINN).await).is_about_the_time());
        let id = stage.session;
        let could = || db.read(move |tx| session::who_could_coach_beside(tx, &by(LEA), id));
        assert_eq!(could().await.expect("who could"), []);
        db.write(move |tx| session::call_off(tx, &by(GIL), other, &crate::life_stage::off(Cause::Client)).map(drop)).await.expect("free again");
        assert_eq!(could().await.expect("who could").iter().map(|one| one.0).collect::<Vec<_>>(), [FINN]);
        let before = stage.identity().await;
        stage.letters().await;
        adds(&stage, LEA, FINN).await.expect("two coaches");
        stage.told(&[(FINN, "co_coach_named"), (BEN, "co_coach_joins"), (ADA, "co_coach_joins")]).await;
        assert_eq!((stage.number(OF_FINN).await, stage.number(OF_ALL).await), (Some(12), Some(24)));
        assert_eq!(stage.identity().await, (before.0, before.1 + 1), "calendars are told once more");
        assert_eq!(stage.last().await.0, "co_coach_named");
        let taken = db.write(move |tx| booking::book(tx, &by(GIL), &Wish::plain(FINN_HOUR, thursday()))).await;
        assert!(refused(taken).is_about_the_time(), "it is Finn's time now");
        assert_eq!(refused(adds(&stage, LEA, FINN).await), Refusal::invalid("coach", Problem::NotAChoice));
        // A move moves it for both, and goes only where both are free.
        gil_has_finn(db, at("2026-03-17T10:00:00Z")).await;
        stage.letters().await;
        assert!(refused(stage.moves(ADA, at("2026-03-17T10:00:00Z")).await).is_about_the_time());
        let around = Span::of(at("2026-03-17T00:00:00Z"), hours(24));
        let free = db.read(move |tx| session::slots_to_move(tx, &by(ADA), id, around)).await.expect("slots");
        assert!(!free.is_empty() && !free.contains(&at("2026-03-17T10:00:00Z")));
        let near = db.read(move |tx| session::alternatives_to_move(tx, &by(ADA), id, at("2026-03-17T10:00:00Z"), 3)).await.expect("others");
        assert!(near.len() == 3 && near.iter().all(|start| free.contains(start) || !around.contains(*start)));
        stage.moves(FINN, monday()).await.expect("either of them moves it");
        stage.owns(&[monday()]).await;
        assert_eq!(stage.number(OF_FINN).await, Some(12));
        stage.told(&[(BEN, "moved"), (ADA, "moved_for_coach"), (FINN, "moved_for_coach")]).await;
        // A request holds both times of both, and both hear of it.
        stage.until(monday() - hours(40));
        let wednesday = at("2026-03-18T10:00:00Z");
        stage.letters().await;
        stage.moves(BEN, wednesday).await.expect("a request");
        assert_eq!(stage.number(OF_ALL).await, Some(48));
        stage.approves(FINN).await.expect("agreed");
        stage.owns(&[wednesday]).await;
        assert_eq!(stage.number(OF_ALL).await, Some(24));
        // Called off, it is nobody's time, and both stay its coaches: it is booked again when both are free.
        stage.letters().await;
        stage.calls_off(LEA, Cause::Organisation).await.expect("called off");
        stage.told(&[(BEN, "cancelled"), (ADA, "cancelled_for_coach"), (FINN, "cancelled_for_coach")]).await;
        assert_eq!((stage.status(BEN).await, stage.number(OF_ALL).await), (Status::Unbooked, Some(0)));
        let thursday = at("2026-03-19T10:00:00Z");
        gil_has_finn(db, thursday).await;
        assert!(refused(books(&stage, BEN, thursday).await).is_about_the_time());
        let near = db.read(move |tx| session::alternatives_to_book(tx, &by(BEN), id, thursday, 3)).await.expect("others");
        books(&stage, BEN, near[0]).await.expect("free for both");
        assert_eq!(stage.number(OF_ALL).await, Some(24));
        // One goes: their time is theirs again, and the session stays as it is.
        stage.letters().await;
        assert_eq!(refused(removes(&stage, LEA, ADA).await), Refusal::invalid("coach", Problem::NotAChoice), "its coach is no co-coach");
        assert_eq!(refused(removes(&stage, FINN, FINN).await), Refusal::MayNot { action: Action::NameCoCoach });
        removes(&stage, OTTO, FINN).await.expect("without him");
        stage.told(&[(FINN, "co_coach_ended"), (BEN, "co_coach_leaves"), (ADA, "co_coach_leaves")]).await;
        assert_eq!((stage.number(OF_FINN).await, stage.number(OF_ALL).await), (Some(0), Some(12)));
        assert_eq!(refused(stage.moves(FINN, monday()).await), Refusal::NotFound);
    }

    // Rules G11, S4
    async fn of_several_coaches_one_marks_and_all_see_it(world: World) {
        let db = &world.db;
        finn_in_london(db).await;
        let stage = booked(db, BEN_AT_NORTHWIND, thursday()).await;
        adds(&stage, LEA, FINN).await.expect("two coaches");
        let id = stage.session;
        let seen = db.read(move |tx| session::view(tx, &by(FINN), id)).await.expect("his to see");
        assert_eq!(seen.coaches.iter().map(|coach| coach.person).collect::<Vec<_>>(), [ADA, FINN]);
        assert_eq!(seen.places.len(), 1);
        let day = Span::of(at("2026-03-12T00:00:00Z"), hours(24));
        let his = db.read(move |tx| agenda::of_coach(tx, &by(FINN), day.from, day.until)).await.expect("his day");
        assert_eq!(his.iter().map(|meeting| meeting.session).collect::<Vec<_>>(), [id]);
        // Of its client he sees nothing else.
        assert!(db.read(|tx| model::person::visible(tx, &by(FINN), BEN).map(drop)).await.is_err());
        assert!(db.read(|tx| model::program::profile::profile(tx, &by(FINN), BEN_AT_NORTHWIND).map(drop)).await.is_err());
        stage.letters().await;
        stage.until(thursday() - hours(24));
        stage.sweep().await;
        stage.told(&[(BEN, "reminder"), (ADA, "reminder_for_coach"), (FINN, "reminder_for_coach")]).await;
        stage.until(thursday() + hours(1));
        stage.letters().await;
        stage.sweep().await;
        stage.told(&[(ADA, "mark_wanted")]).await;
        // What he sees of marking is why it is not his.
        for mark in [Mark::Completed, Mark::NoShow] {
            assert_eq!(refused(stage.marks(FINN, BEN, mark).await), Refusal::NotMarking);
        }
        let offered = db.read(move |tx| session::offers(tx, &by(FINN), id)).await.expect("offers");
        let offer = offered[0].1.iter().find(|offer| offer.act == Act::MarkCompleted).expect("said why not");
        assert_eq!(offer.possible, Err(Refusal::NotMarking));
        let waits = async |who: PersonId| {
            let filter = session::Filter { when: session::When::ToMark, ..session::Filter::default() };
            let list = db.read(move |tx| session::list(tx, &by(who), &filter, 10)).await.expect("a list");
            list.iter().any(|line| line.session == id)
        };
        assert_eq!((waits(ADA).await, waits(FINN).await), (true, false));
        let asked = db.read(move |tx| agenda::unmarked_of_coach(tx, &by(FINN), thursday() - hours(24))).await.expect("his list");
        assert_eq!(asked, []);
        stage.marks(ADA, BEN, Mark::Completed).await.expect("hers to mark");
        assert_eq!(refused(stage.unmarks(FINN, BEN).await), Refusal::NotMarking);
        // Nobody joins or leaves what has begun.
        assert!(matches!(refused(removes(&stage, LEA, FINN).await), Refusal::WrongStatus { .. }));
        // And an admin marks whatever they are.
        stage.unmarks(OTTO, BEN).await.expect("an admin's right");
        assert_eq!(refused(removes(&stage, LEA, FINN).await), Refusal::AlreadyStarted { start: thursday() });
    }

    // Rule G11
    async fn what_waits_for_a_time_gets_one_when_all_are_free(world: World) {
        let db = &world.db;
        finn_in_london(db).await;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let stage = Stage::of(db, places(db, journey).await[0].0.id).await;
        adds(&stage, LEA, FINN).await.expect("two coaches");
        // Nobody is told before there is something in their calendars.
        stage.told(&[]).await;
        gil_has_finn(db, thursday()).await;
        stage.letters().await;
        let id = stage.session;
        let day = Span::of(at("2026-03-12T00:00:00Z"), hours(24));
        let slots = db.read(move |tx| session::slots_to_book(tx, &by(BEN), id, day)).await.expect("slots");
        assert!(!slots.is_empty() && !slots.contains(&thursday()), "Ada is free then, and Finn is not");
        assert!(refused(books(&stage, BEN, thursday()).await).is_about_the_time());
        books(&stage, BEN, slots[0]).await.expect("both are free");
        stage.told(&[(BEN, "booked"), (ADA, "booked_for_coach"), (FINN, "booked_for_coach")]).await;
        assert_eq!(stage.number(OF_ALL).await, Some(24));
        // Another coach in the place of the first: the second stays, and if he is that one he marks from then on.
        let whose = model::program::handover::Whose::These(vec![BEN_AT_NORTHWIND]);
        db.write(move |tx| {
            model::program::handover::change_coach(tx, &by(LEA), model::world::NORTHWIND_COHORT, &whose, FINN, None).map(drop)
        })
        .await
        .expect("another coach");
        let coaches = db.read(move |tx| session::get(tx, id)).await.expect("it").coaches;
        assert_eq!((coaches, stage.number(OF_ALL).await, stage.status(BEN).await), (vec![FINN], Some(12), Status::Booked));
        // What a coach sells privately is theirs alone; and there is a limit.
        let sold = Stage::of(db, ADA_BEN).await;
        assert_eq!(refused(adds(&sold, LEA, FINN).await), Refusal::NotFound);
        assert!(matches!(refused(adds(&sold, OTTO, FINN).await), Refusal::WrongStatus { .. }));
        assert_eq!(COACHES_MAX, 4);
    }
}
