//! Another coach for participants: what stays at its time and what falls, who hears of it, and what happens when somebody
//! books meanwhile.

use jiff::SignedDuration;
use model::booking::{self, Wish};
use model::program::handover::{self, Plan, Whose};
use model::session::{self, PlannedWish};
use model::world::{
    ADA, ADA_HOUR, BEN, BEN_AT_NORTHWIND, FINN, FINN_HOUR, GIL, GIL_AT_SOUTHWIND, LEA, NORTHWIND_COHORT,
    OTTO, SOUTHWIND_COHORT, World,
};
use model::{Db, args};
use rules::attendance::Status;
use rules::ids::{ParticipantId, PersonId, SessionId};
use rules::marking::Mark;
use rules::permission::{Action, Role, Roles};
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use rules::time::Instant;

use crate::booking::{at, by, refused};
use crate::life_stage::{Stage, acting};
use crate::programs::{participant, places, start};

fn thursday() -> Instant {
    at("2026-03-12T10:00:00Z")
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// Finn works in London, so that some of Ada's hours are his too.
pub(crate) async fn finn_in_london(db: &Db) {
    let moved =
        db.write(|tx| tx.exec("UPDATE person SET zone = 'Europe/London' WHERE id = $1", args![FINN])).await;
    moved.expect("he moves");
}

/// The first step of somebody's journey, booked.
pub(crate) async fn booked(db: &Db, who: ParticipantId, then: Instant) -> Stage {
    let journey = start(db, who).await;
    let first = places(db, journey).await[0].0.id;
    let stage = Stage::of(db, first).await;
    stage
        .write(move |tx, id| session::book_planned(tx, &by(ADA), id, &PlannedWish::at(then)))
        .await
        .expect("booking");
    stage.letters().await;
    stage
}

async fn person_of(db: &Db, who: ParticipantId) -> PersonId {
    let sql = "SELECT person_id FROM participant WHERE id = $1";
    db.read(move |tx| tx.one(sql, args![who], |row| row.get(0))).await.expect("a participant")
}

async fn changes(
    db: &Db,
    who: PersonId,
    whose: Whose,
    expect: Option<Vec<SessionId>>,
) -> model::Result<Plan> {
    db.write(move |tx| {
        handover::change_coach(tx, &acting(who), NORTHWIND_COHORT, &whose, FINN, expect.as_deref())
    })
    .await
}

async fn coaches(stage: &Stage) -> Vec<PersonId> {
    let id = stage.session;
    stage.db.read(move |tx| session::get(tx, id)).await.expect("the session").coaches
}

async fn links(db: &Db, client: PersonId) -> Vec<(PersonId, bool)> {
    let sql = "SELECT coach_id, to_at IS NULL FROM coaching WHERE client_id = $1 ORDER BY coach_id";
    db.read(move |tx| tx.all(sql, args![client], |row| Ok((row.get(0)?, row.get(1)?))))
        .await
        .expect("reading")
}

model::on_both! {
    // Rules G6, G10
    async fn another_coach_takes_over_what_they_are_free_for_and_the_rest_waits(world: World) {
        let db = &world.db;
        finn_in_london(db).await;
        let (kim, noor) = (participant(db, "kim").await, participant(db, "noor").await);
        let ben_first = booked(db, BEN_AT_NORTHWIND, thursday()).await;
        // Before Finn's day begins; and where he has somebody else.
        let kim_first = booked(db, kim, at("2026-03-12T08:00:00Z")).await;
        let noor_first = booked(db, noor, at("2026-03-13T10:00:00Z")).await;
        let wish = Wish::plain(FINN_HOUR, at("2026-03-13T10:00:00Z"));
        db.write(move |tx| booking::book(tx, &by(GIL), &wish)).await.expect("Gil books Finn");
        ben_first.until(thursday() - hours(40));
        let monday = at("2026-03-16T10:00:00Z");
        ben_first.moves(BEN, monday).await.expect("a request");
        ben_first.letters().await;
        let before = ben_first.identity().await;

        let plan = db.read(|tx| handover::plan(tx, &by(LEA), NORTHWIND_COHORT, &Whose::AllOf(ADA), FINN)).await.expect("a plan");
        let mut falls = vec![kim_first.session, noor_first.session];
        falls.sort_unstable();
        assert_eq!(plan.falls(), falls);
        assert_eq!(plan.changes.iter().map(|one| (one.booked.len(), one.waiting.len())).collect::<Vec<_>>(), [(1, 2); 3]);
        // Nothing happens that was not shown.
        let wrong = changes(db, LEA, Whose::AllOf(ADA), Some(vec![])).await.map(drop);
        assert_eq!(refused(wrong), Refusal::OutcomeChanged { outcome: "changed", kept_minor: None });
        ben_first.told(&[]).await;
        ben_first.owns(&[thursday(), monday]).await;

        changes(db, LEA, Whose::AllOf(ADA), Some(falls)).await.expect("another coach");
        let (kim_is, noor_is) = (person_of(db, kim).await, person_of(db, noor).await);
        ben_first.told(&[(BEN, "coach_changed"), (kim_is, "coach_changed"), (noor_is, "coach_changed"),
            (ADA, "clients_given"), (FINN, "clients_taken")]).await;
        // What stays is Finn's to the minute, and the same entry in calendars.
        assert_eq!((ben_first.status(BEN).await, coaches(&ben_first).await), (Status::Booked, vec![FINN]));
        ben_first.owns(&[thursday()]).await;
        let of_finn = "SELECT COUNT(*) FROM coach_time WHERE session_id = $1 AND coach_id = 6";
        assert_eq!(ben_first.number(of_finn).await, Some(12));
        assert_eq!(ben_first.identity().await, (before.0, before.1 + 1));
        assert_eq!(ben_first.number("SELECT COUNT(*) FROM move_request WHERE session_id = $1 AND decided = 'superseded'").await, Some(1));
        assert_eq!(ben_first.number("SELECT COUNT(*) FROM session WHERE id = $1 AND zone = 'Europe/London'").await, Some(1));
        // What falls waits for a time of Finn's, and is no change of its client's.
        for (stage, who) in [(&kim_first, kim_is), (&noor_first, noor_is)] {
            assert_eq!((stage.status(who).await, coaches(stage).await), (Status::Unbooked, vec![FINN]));
            stage.owns(&[]).await;
            assert_eq!(stage.number("SELECT changes FROM attendance WHERE session_id = $1").await, Some(0));
            assert_eq!(stage.ahead().await, (None, None));
        }
        // Ben has to do with Ada in her practice still; Kim has not any more.
        assert_eq!(links(db, BEN).await, [(ADA, true), (FINN, true)]);
        assert_eq!(links(db, kim_is).await, [(ADA, false), (FINN, true)]);
        let (kind, facts, _) = ben_first.last().await;
        assert_eq!((kind.as_str(), facts["superseded"].as_str()), ("session_coach_changed", Some(monday.to_string().as_str())));
        // It is not Ada's any more, and her time is anybody's.
        let (id, gone) = (ben_first.session, refused(ben_first.marks(ADA, BEN, Mark::Completed).await));
        assert_eq!(gone, Refusal::NotFound);
        db.write(move |tx| booking::book(tx, &by(GIL), &Wish::plain(ADA_HOUR, thursday()))).await.expect("her time is free");
        // Reminders and the question how it went go to Finn.
        ben_first.letters().await;
        ben_first.until(thursday() - hours(24));
        ben_first.sweep().await;
        let told = ben_first.letters().await;
        assert!(told.contains(&(FINN, "reminder_for_coach".to_owned())), "{told:?}");
        ben_first.until(thursday() + hours(1));
        ben_first.marks(FINN, BEN, Mark::Completed).await.expect("his to mark");
        assert!(db.read(move |tx| session::view(tx, &by(ADA), id)).await.is_err());
        // Nobody is left to give over.
        let again = changes(db, LEA, Whose::AllOf(ADA), None).await.map(drop);
        assert_eq!(refused(again), Refusal::invalid("participants", Problem::Missing));
    }

    // Rule G6
    async fn who_may_not_gives_nobody_another_coach(world: World) {
        let db = &world.db;
        let ben = || Whose::These(vec![BEN_AT_NORTHWIND]);
        for who in [ADA, FINN, BEN, GIL] {
            let refusal = refused(changes(db, who, ben(), None).await.map(drop));
            assert!(matches!(refusal, Refusal::NotFound | Refusal::MayNot { action: Action::AssignCoach }), "{who}: {refusal:?}");
        }
        let foreign = |whose: Whose, cohort| db.write(move |tx| handover::change_coach(tx, &by(LEA), cohort, &whose, FINN, None).map(drop));
        assert_eq!(refused(foreign(Whose::AllOf(FINN), SOUTHWIND_COHORT).await), Refusal::NotFound);
        assert_eq!(refused(foreign(Whose::These(vec![GIL_AT_SOUTHWIND]), NORTHWIND_COHORT).await), Refusal::NotFound);
        // Nobody is left out silently: who is not there, and more than can be named, are refused.
        let absent = Whose::These(vec![BEN_AT_NORTHWIND, ParticipantId::from_raw(999_999)]);
        assert_eq!(refused(changes(db, LEA, absent, None).await.map(drop)), Refusal::NotFound);
        let too_many = |count: usize| Whose::These((1..=count as i64).map(ParticipantId::from_raw).collect());
        let most = handover::NAMED_MAX;
        let refusal = refused(changes(db, LEA, too_many(most + 1), None).await.map(drop));
        assert_eq!(refusal, Refusal::invalid("participants", Problem::TooMany { most: most as u32 }));
        assert_eq!(refused(changes(db, LEA, too_many(most), None).await.map(drop)), Refusal::NotFound);
        let nobody = db.write(|tx| handover::change_coach(tx, &by(OTTO), NORTHWIND_COHORT, &Whose::AllOf(ADA), BEN, None).map(drop));
        assert_eq!(refused(nobody.await), Refusal::invalid("coach", Problem::NotAChoice));
    }

    // Rule G6
    async fn who_books_the_new_coach_meanwhile_and_the_change_never_share_a_minute(world: World) {
        let db = &world.db;
        finn_in_london(db).await;
        for round in 0..4 {
            let then = thursday() + hours(24 * 7 * round);
            let who = participant(db, ["ann", "bob", "cy", "dee"][round as usize]).await;
            let stage = booked(db, who, then).await;
            let change = changes(db, OTTO, Whose::These(vec![who]), None);
            let booking = db.write(move |tx| booking::book(tx, &by(GIL), &Wish::plain(FINN_HOUR, then)));
            let (change, booking) = tokio::join!(change, booking);
            change.expect("it is decided one way or the other");
            let client = person_of(db, who).await;
            assert_eq!(coaches(&stage).await, [FINN]);
            match booking {
                Ok(_) => {
                    assert_eq!(stage.status(client).await, Status::Unbooked);
                    stage.owns(&[]).await;
                }
                Err(_) => {
                    assert_eq!(stage.status(client).await, Status::Booked);
                    stage.owns(&[then]).await;
                }
            }
            let left = "SELECT COUNT(*) FROM coach_time t JOIN session_coach c ON c.session_id = t.session_id AND c.coach_id <> t.coach_id
                WHERE t.session_id = $1";
            assert_eq!(stage.number(left).await, Some(0), "nothing of Ada's is left");
        }
    }

    // Rule G6
    async fn what_has_begun_stays_with_whom_it_began(world: World) {
        let db = &world.db;
        finn_in_london(db).await;
        let first = booked(db, BEN_AT_NORTHWIND, thursday()).await;
        first.until(thursday());
        changes(db, LEA, Whose::These(vec![BEN_AT_NORTHWIND]), None).await.expect("another coach");
        assert_eq!((first.status(BEN).await, coaches(&first).await), (Status::Booked, vec![ADA]));
        first.until(thursday() + hours(1));
        first.marks(ADA, BEN, Mark::Completed).await.expect("hers to mark");
        assert!(first.calls_off(FINN, Cause::Coach).await.is_err());
    }

    // Rule G10
    async fn a_stand_in_has_one_session_and_nothing_else(world: World) {
        let db = &world.db;
        finn_in_london(db).await;
        let first = booked(db, BEN_AT_NORTHWIND, thursday()).await;
        let names = |who: PersonId, to: PersonId| first.write(move |tx, id| session::name_stand_in(tx, &acting(who), id, to));
        for who in [GIL, FINN] {
            assert_eq!(refused(names(who, FINN).await), Refusal::NotFound);
        }
        assert_eq!(refused(names(BEN, FINN).await), Refusal::MayNot { action: Action::NameStandIn });
        for nobody in [ADA, BEN, GIL] {
            assert_eq!(refused(names(LEA, nobody).await), Refusal::invalid("coach", Problem::NotAChoice));
        }
        let id = first.session;
        let could = || db.read(move |tx| session::who_could_stand_in(tx, &by(ADA), id));
        assert_eq!(could().await.expect("who could").iter().map(|one| one.0).collect::<Vec<_>>(), [FINN]);
        let before = first.identity().await;
        names(ADA, FINN).await.expect("her own session");
        first.told(&[(BEN, "coach_changed"), (ADA, "clients_given"), (FINN, "clients_taken")]).await;
        assert_eq!((coaches(&first).await, first.identity().await), (vec![FINN], (before.0, before.1 + 1)));
        first.owns(&[thursday()]).await;
        assert_eq!(first.number("SELECT COUNT(*) FROM coach_time WHERE session_id = $1 AND coach_id = 6").await, Some(12));
        // Finn sees this session, and neither its client, nor the other sessions, nor the participant.
        db.read(move |tx| session::view(tx, &by(FINN), id).map(drop)).await.expect("his this once");
        let listed = db.read(|tx| session::list(tx, &by(FINN), &session::Filter { client: Some(BEN), ..Default::default() }, 10)).await;
        assert_eq!(listed.expect("a list").iter().map(|line| line.session).collect::<Vec<_>>(), [id]);
        assert!(db.read(|tx| model::person::visible(tx, &by(FINN), BEN).map(drop)).await.is_err());
        assert!(db.read(|tx| model::program::profile::profile(tx, &by(FINN), BEN_AT_NORTHWIND).map(drop)).await.is_err());
        assert!(db.read(|tx| model::message::with(tx, &by(FINN), BEN).map(drop)).await.is_err());
        assert_eq!(links(db, BEN).await, [(ADA, true)]);
        assert!(refused(first.marks(ADA, BEN, Mark::Completed).await) == Refusal::NotFound);
        // Ada's hour is anybody's; while it is, she cannot have the session back.
        let other = db.write(move |tx| booking::book(tx, &by(GIL), &Wish::plain(ADA_HOUR, thursday()))).await.expect("free");
        let ends = |who: PersonId| first.write(move |tx, id| session::end_stand_in(tx, &acting(who), id));
        assert!(refused(ends(ADA).await).is_about_the_time());
        db.write(move |tx| session::call_off(tx, &by(GIL), other, &crate::life_stage::off(Cause::Client)).map(drop)).await.expect("free again");
        assert_eq!(refused(ends(GIL).await), Refusal::NotFound);
        first.letters().await;
        ends(ADA).await.expect("it is hers");
        assert_eq!(coaches(&first).await, [ADA]);
        first.told(&[(BEN, "coach_changed"), (FINN, "clients_given"), (ADA, "clients_taken")]).await;
        assert_eq!(refused(ends(LEA).await), Refusal::NoStandIn);
        // What loses its time is its coach's again.
        names(LEA, FINN).await.expect("once more");
        first.calls_off(OTTO, Cause::Organisation).await.expect("called off");
        assert_eq!((first.status(BEN).await, coaches(&first).await), (Status::Unbooked, vec![ADA]));
        // Nobody stands in for what has begun, and who stood in marks it.
        first.write(|tx, id| session::book_planned(tx, &by(ADA), id, &PlannedWish::at(thursday()))).await.expect("again");
        names(OTTO, FINN).await.expect("once more");
        first.until(thursday());
        assert_eq!(refused(ends(ADA).await), Refusal::AlreadyStarted { start: thursday() });
        first.until(thursday() + hours(1));
        first.marks(FINN, BEN, Mark::Completed).await.expect("his to mark");
    }

    // Rule G10
    async fn nobody_stops_coaching_before_all_is_seen_to(world: World) {
        let db = &world.db;
        let first = booked(db, BEN_AT_NORTHWIND, thursday()).await;
        let none = Roles::from(Role::Client);
        let stops = || db.write(move |tx| model::person::set_roles(tx, &by(OTTO), ADA, none).map(drop));
        let closes = || db.write(|tx| model::person::close(tx, &by(OTTO), ADA).map(drop));
        // Her own session with Ben, and this one.
        let two = Refusal::StillCoaches { ahead: 2, waiting: 0, unmarked: 0 };
        assert_eq!((refused(stops().await), refused(closes().await)), (two.clone(), two));
        first.until(thursday() - hours(30));
        first.moves(BEN, at("2026-03-16T10:00:00Z")).await.expect("a request");
        assert_eq!(refused(closes().await), Refusal::StillCoaches { ahead: 1, waiting: 1, unmarked: 1 });
        first.withdraws(BEN).await.expect("taken back");
        first.calls_off(OTTO, Cause::Organisation).await.expect("called off");
        assert_eq!(refused(closes().await), Refusal::StillCoaches { ahead: 0, waiting: 0, unmarked: 1 });
        db.write(|tx| session::mark(tx, &by(ADA), model::world::ADA_BEN, BEN, Mark::Completed)).await.expect("marked");
        // A pod that has its date takes her time although nobody is in it; once it is over there is nobody to mark.
        let pod = crate::programs::pod(db, "Empty", 4).await;
        let session = db.read(move |tx| Ok(model::program::pod::view(tx, &by(OTTO), pod)?.session)).await.expect("its session");
        let (empty, then) = (Stage::of(db, session).await, at("2026-03-17T10:00:00Z"));
        empty.write(move |tx, id| session::book_planned(tx, &by(LEA), id, &PlannedWish::at(then))).await.expect("a date");
        assert_eq!(refused(stops().await), Refusal::StillCoaches { ahead: 1, waiting: 0, unmarked: 0 });
        empty.until(then + hours(2));
        stops().await.expect("nothing is left");
        closes().await.expect("nor for the account");
    }
}
