//! The steps of a journey: when each can be booked and by whom, and what an admin disables.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::agreement;
use model::session::{self, PlannedWish, Reason};
use model::world::{ADA, BEN, BEN_AT_NORTHWIND, FINN, GIL, LEA, OTTO, World};
use model::{Db, args};
use rules::attendance::Status;
use rules::ids::{PersonId, SessionId};
use rules::marking::Mark;
use rules::permission::Action;
use rules::person::Language;
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::time::{Instant, Span};

use crate::booking::{at, by, refused};
use crate::life_stage::{Stage, acting, reason};
use crate::programs::{places, start};

fn thursday() -> Instant {
    at("2026-03-12T10:00:00Z")
}

/// The sessions of Ben's journey: a 1:1, a pod that he is in none of yet, a 1:1, in this order.
async fn journey(db: &Db) -> [Stage; 3] {
    let journey = start(db, BEN_AT_NORTHWIND).await;
    let ids: Vec<SessionId> = places(db, journey).await.iter().map(|(session, _)| session.id).collect();
    [Stage::of(db, ids[0]).await, Stage::of(db, ids[1]).await, Stage::of(db, ids[2]).await]
}

async fn books(stage: &Stage, who: PersonId, wish: PlannedWish) -> model::Result<()> {
    stage.write(move |tx, id| session::book_planned(tx, &acting(who), id, &wish)).await
}

async fn slots(stage: &Stage, who: PersonId) -> model::Result<Vec<Instant>> {
    let id = stage.session;
    let within = Span { from: at("2026-03-02T00:00:00Z"), until: at("2027-03-02T00:00:00Z") };
    stage.db.read(move |tx| session::slots_to_book(tx, &acting(who), id, within)).await
}

async fn possible(stage: &Stage, who: PersonId) -> Result<(), Refusal> {
    let id = stage.session;
    let outlook = stage.db.read(move |tx| session::book_outlook(tx, &acting(who), id, Language::English));
    outlook.await.expect("an outlook").possible
}

/// Whether the menu offers somebody to book it.
async fn offer_of(stage: &Stage, who: PersonId) -> Result<(), Refusal> {
    let id = stage.session;
    let all = stage.db.read(move |tx| session::offers(tx, &by(who), id)).await.expect("a menu");
    let offer = all[0].1.iter().find(|offer| offer.act == rules::menu::Act::Book).expect("to book");
    offer.possible.clone()
}

model::on_both! {
    // Rules G1, B3
    async fn a_step_opens_after_the_one_before_and_only_where_it_can_be_booked(world: World) {
        let [first, pod, last] = journey(&world.db).await;
        // The last one waits for the second, which is a group's and has no group.
        let not_open = Refusal::StepNotOpen { before: 2 };
        for who in [BEN, ADA, LEA, OTTO] {
            assert_eq!(refused(books(&last, who, PlannedWish::at(thursday())).await), not_open);
            assert_eq!(possible(&last, who).await, Err(not_open.clone()));
            assert_eq!(slots(&last, who).await.expect("none"), []);
        }
        assert_eq!(refused(books(&pod, LEA, PlannedWish::at(thursday())).await), Refusal::NoPod);
        assert_eq!(refused(books(&pod, BEN, PlannedWish::at(thursday())).await), Refusal::MayNot { action: Action::BookPod });
        // All who may book have the same times, and each of those can be had.
        let times = slots(&first, BEN).await.expect("times");
        for who in [ADA, LEA, OTTO] {
            assert_eq!(slots(&first, who).await.expect("times"), times);
        }
        assert!(times.contains(&thursday()));
        // The step's window is ninety days.
        assert!(times.last().is_some_and(|last| *last < at("2026-06-03T00:00:00Z")));
        assert!(times.last().is_some_and(|last| *last > at("2026-05-25T00:00:00Z")));
        for who in [GIL, FINN] {
            assert_eq!(refused(slots(&first, who).await), Refusal::NotFound);
            assert_eq!(refused(books(&first, who, PlannedWish::at(thursday())).await), Refusal::NotFound);
        }
        // The hour of another session of Ada's is taken; what is offered instead can be booked.
        let taken = at("2026-03-05T10:00:00Z");
        let lost = refused(books(&first, BEN, PlannedWish { overlap_known: true, ..PlannedWish::at(taken) }).await);
        assert!(lost.is_about_the_time(), "{lost:?}");
        let id = first.session;
        let near = world.db.read(move |tx| session::alternatives_to_book(tx, &by(BEN), id, taken, 6)).await.expect("others");
        assert_eq!(near.len(), 6);
        assert!(near.iter().all(|start| times.contains(start)));
        books(&first, BEN, PlannedWish::at(near[0])).await.expect("one of them");
        assert_eq!(slots(&first, BEN).await.expect("none"), []);
        pod.write(|tx, id| session::grey_out(tx, &by(OTTO), id, BEN, &reason("No group this time"))).await.expect("disabled");
        assert_eq!(possible(&last, BEN).await, Ok(()));
        books(&last, BEN, PlannedWish::at(at("2026-03-19T10:00:00Z"))).await.expect("after the first");
    }

    // Rules P9, A6
    async fn the_first_step_needs_the_agreement_and_knows_of_what_else_is_then(world: World) {
        let [first, ..] = journey(&world.db).await;
        let texts = BTreeMap::from([(Language::English, agreement::Text::parse("We meet and talk.").expect("a text"))]);
        let published = world.db.write(move |tx| agreement::publish(tx, &by(OTTO), model::booking::AGREEMENT, &texts)).await;
        let agreement = published.expect("to publish")[0].id;
        assert_eq!(refused(books(&first, BEN, PlannedWish::at(thursday())).await), Refusal::AgreementNeeded);
        // Nobody accepts it for him.
        let accepting = PlannedWish { accepts: Some(agreement), ..PlannedWish::at(thursday()) };
        assert_eq!(refused(books(&first, ADA, accepting).await), Refusal::AgreementTheirs);
        // It is said before a time is chosen; to himself the text is shown.
        for who in [ADA, LEA, OTTO] {
            assert_eq!(possible(&first, who).await, Err(Refusal::AgreementTheirs));
            assert_eq!(slots(&first, who).await.expect("no times"), []);
            assert_eq!(offer_of(&first, who).await, Err(Refusal::AgreementTheirs));
        }
        assert_eq!((possible(&first, BEN).await, offer_of(&first, BEN).await), (Ok(()), Ok(())));
        assert!(!slots(&first, BEN).await.expect("times").is_empty());
        let id = first.session;
        let asks = world.db.read(move |tx| {
            let of = |tx: &mut model::Tx, who| Ok::<_, model::Error>(session::book_outlook(tx, &by(who), id, Language::English)?.asks);
            Ok([of(tx, LEA)?, of(tx, ADA)?, of(tx, BEN)?])
        });
        let his = Some(BEN_AT_NORTHWIND);
        assert_eq!(asks.await.expect("whom one can ask"), [his, his, None]);
        books(&first, BEN, accepting).await.expect("with it");
        first.calls_off(BEN, Cause::Client).await.expect("to give it back");
        books(&first, ADA, PlannedWish::at(thursday())).await.expect("he has accepted");
        // The bands of now stay those of this booking.
        let hours = first.number("SELECT late_hours * 1000 + free_hours FROM attendance WHERE session_id = $1").await;
        assert_eq!(hours, Some(24_048));
        first.calls_off(BEN, Cause::Client).await.expect("to give it back");
        // Another session of his, with somebody else.
        world.db.write(|tx| {
            tx.exec("DELETE FROM coach_time WHERE session_id = $1", args![model::world::ADA_BEN])?;
            tx.exec("UPDATE session_coach SET coach_id = $2 WHERE session_id = $1", args![model::world::ADA_BEN, FINN])
        }).await.expect("to change it");
        let then = at("2026-03-05T10:00:00Z");
        assert!(matches!(refused(books(&first, BEN, PlannedWish::at(then)).await), Refusal::Overlap { .. }));
        assert!(matches!(refused(books(&first, OTTO, PlannedWish::at(then)).await), Refusal::Overlap { .. }));
        // What is free beside it is as near as it can be, and nowhere inside it.
        let length = SignedDuration::from_mins(60);
        for who in [BEN, OTTO] {
            let near = world.db.read(move |tx| session::alternatives_to_book_beside(tx, &by(who), id, then, 6)).await.expect("times");
            assert_eq!(near.len(), 6);
            assert!(near.iter().all(|start| *start <= then - length || *start >= then + length), "{near:?}");
            assert!(near.contains(&(then - length)) || near.contains(&(then + length)), "{near:?}");
        }
        books(&first, BEN, PlannedWish { overlap_known: true, ..PlannedWish::at(then) }).await.expect("knowingly");
    }

    // Rule S5
    async fn deleting_and_greying_out_is_one_act_with_one_mail_each(world: World) {
        let [first, ..] = journey(&world.db).await;
        let both = |who: PersonId| {
            first.write(move |tx, id| session::delete_and_grey_out(tx, &by(who), id, BEN, &reason("Left the firm")))
        };
        assert!(matches!(refused(both(OTTO).await), Refusal::WrongStatus { .. }));
        books(&first, BEN, PlannedWish::at(thursday())).await.expect("to book");
        for who in [LEA, ADA, BEN] {
            assert_eq!(refused(both(who).await), Refusal::MayNot { action: Action::GreyOut });
        }
        first.until(thursday() - SignedDuration::from_hours(30));
        first.moves(BEN, at("2026-03-16T10:00:00Z")).await.expect("to ask");
        first.letters().await;
        both(OTTO).await.expect("both at once");
        first.told(&[(BEN, "cancelled"), (ADA, "cancelled_for_coach")]).await;
        assert_eq!(first.status(BEN).await, Status::GreyedOut);
        first.owns(&[]).await;
        assert_eq!(first.ahead().await, (None, None));
        let (kind, facts, words) = first.last().await;
        assert_eq!((kind.as_str(), words.as_deref()), ("attendance_greyed_out", Some("Left the firm")));
        assert_eq!((&facts["from"], &facts["to"]), (&serde_json::json!("booked"), &serde_json::json!("greyed_out")));
        let open = "SELECT COUNT(*) FROM move_request WHERE session_id = $1 AND decided IS NULL";
        assert_eq!(first.number(open).await, Some(0));
        // The same once more is nothing to do; what is past is not taken out.
        assert!(matches!(refused(both(OTTO).await), Refusal::WrongStatus { .. }));
        first.write(|tx, id| session::reactivate(tx, &by(OTTO), id, BEN)).await.expect("back");
        books(&first, BEN, PlannedWish::at(at("2026-03-16T10:00:00Z"))).await.expect("again");
        first.until(at("2026-03-16T10:00:00Z"));
        assert!(matches!(refused(both(OTTO).await), Refusal::AlreadyStarted { .. }));
    }

    // Rules G1, B8
    async fn the_steps_with_a_coach_are_those_that_could_be_booked(world: World) {
        let [first, pod, last] = journey(&world.db).await;
        let steps = |who: PersonId, coach: PersonId| {
            let db = world.db.clone();
            async move {
                let steps = db.read(move |tx| session::own_steps_with(tx, &by(who), coach)).await.expect("steps");
                steps.into_iter().map(|step| step.session).collect::<Vec<_>>()
            }
        };
        assert_eq!(steps(BEN, ADA).await, [first.session]);
        assert!(steps(BEN, FINN).await.is_empty() && steps(GIL, ADA).await.is_empty());
        books(&first, BEN, PlannedWish::at(thursday())).await.expect("to book");
        assert!(steps(BEN, ADA).await.is_empty());
        pod.write(|tx, id| session::grey_out(tx, &by(OTTO), id, BEN, &reason("No group"))).await.expect("disabled");
        assert_eq!(steps(BEN, ADA).await, [last.session]);
    }

    // Rule S5
    async fn what_is_greyed_out_is_for_nobody_but_an_admin(world: World) {
        let [first, ..] = journey(&world.db).await;
        first.write(|tx, id| session::grey_out(tx, &by(OTTO), id, BEN, &reason("Left the firm"))).await.expect("disabled");
        for who in [BEN, ADA, LEA, FINN, GIL] {
            let no = [
                books(&first, who, PlannedWish::at(thursday())).await,
                first.moves(who, thursday()).await.map(drop),
                first.approves(who).await.map(drop),
                first.rejects(who).await,
                first.withdraws(who).await,
                first.calls_off(who, Cause::Client).await.map(drop),
                first.calls_off(who, Cause::Organisation).await.map(drop),
                first.calls_off(who, Cause::Technical).await.map(drop),
                first.marks(who, BEN, Mark::Completed).await,
                first.marks(who, BEN, Mark::NoShow).await,
                first.unmarks(who, BEN).await,
                first.write(move |tx, id| session::forgive(tx, &by(who), id, BEN, &reason("Please"))).await,
                first.write(move |tx, id| session::contest(tx, &by(who), id, BEN, &reason("Please"))).await,
                first.write(move |tx, id| session::uphold(tx, &by(who), id, BEN, &reason("Please"))).await,
                first.write(move |tx, id| session::end_early(tx, &by(who), id)).await,
                first.write(move |tx, id| session::grey_out(tx, &by(who), id, BEN, &Reason::default())).await,
                first.write(move |tx, id| session::delete_and_grey_out(tx, &by(who), id, BEN, &Reason::default())).await,
                first.write(move |tx, id| session::reactivate(tx, &by(who), id, BEN)).await,
            ];
            for (which, refusal) in no.into_iter().enumerate() {
                let refusal = refused(refusal);
                assert!(!refusal.is_about_the_time(), "{who} {which}: {refusal:?}");
            }
            let times = slots(&first, who).await;
            assert!(times.is_err() || times.is_ok_and(|times| times.is_empty()), "{who}");
            assert_eq!(first.status(BEN).await, Status::GreyedOut);
            let id = first.session;
            let acts = world.db.read(move |tx| session::offers(tx, &acting(who), id)).await.unwrap_or_default();
            assert!(acts.iter().flat_map(|(_, offers)| offers).all(|offer| offer.possible.is_err()), "{who}: {acts:?}");
            assert!(acts.iter().flat_map(|(_, offers)| offers).all(|offer| offer.act != rules::menu::Act::Book), "{who}");
        }
        // It is in no journey of its client's; an admin has its times, and books it back.
        let own = world.db.read(|tx| model::agenda::journeys(tx, &by(BEN))).await.expect("journeys");
        assert_eq!(own[0].steps.iter().map(|step| step.number).collect::<Vec<_>>(), [2, 3]);
        assert!(!slots(&first, OTTO).await.expect("times").is_empty());
        books(&first, OTTO, PlannedWish::at(thursday())).await.expect("to bring back and book");
        assert_eq!(first.status(BEN).await, Status::Booked);
    }
}
