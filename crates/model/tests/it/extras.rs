//! Sessions that are added to one journey: who adds them, that they are sessions like any other, and that every figure
//! honours whether they count.

use model::program::board::Numbers;
use model::program::completion;
use model::program::extra::{self, EXTRAS_MAX, NewExtra};
use model::program::{archive, handover, profile};
use model::session::{self, PlannedWish, Reason};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, FINN, FIRST_STEP, GIL, LAST_STEP, LEA, NORTHWIND_COHORT, OTTO,
    POD_STEP, World,
};
use model::{Db, Result, agenda, args};
use rules::attendance::Status;
use rules::engagement::Engagement;
use rules::ids::{JourneyId, PersonId, SessionId, StepId};
use rules::marking::Mark;
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, Place, PlaceKind};
use rules::text::Line;
use rules::time::Instant;

use crate::board::{at as at_day, board_of, of_step};
use crate::booking::{at, by, refused};
use crate::life_stage::{Stage, acting};
use crate::programs::start;

fn thursday() -> Instant {
    at("2026-03-12T10:00:00Z")
}

pub(crate) fn new(name: &str) -> NewExtra {
    NewExtra {
        name: Line::parse_some(name).expect("a name"),
        minutes: Minutes::new(30).expect("a length"),
        place: Place { kind: PlaceKind::Room, detail: String::new() },
        counts: true,
        makes_up_for: None,
    }
}

async fn adds(db: &Db, who: PersonId, journey: JourneyId, extra: NewExtra) -> Result<SessionId> {
    db.write(move |tx| extra::add(tx, &acting(who), journey, &extra)).await
}

async fn removes(db: &Db, who: PersonId, session: SessionId) -> Result<()> {
    db.write(move |tx| extra::remove(tx, &acting(who), session).map(drop)).await
}

async fn numbers(db: &Db) -> Numbers {
    Numbers::of(&board_of(db, LEA, NORTHWIND_COHORT).await.expect("the board").members)
}

async fn marked(db: &Db, session: SessionId, days: i64, mark: Mark) {
    at_day(db, session, days).await;
    db.write(move |tx| session::mark(tx, &by(OTTO), session, BEN, mark)).await.expect("marking");
}

async fn wanting(db: &Db, journey: JourneyId) -> Vec<StepId> {
    let found = db.read(move |tx| extra::outlook(tx, &by(LEA), journey)).await.expect("an outlook");
    found.steps.iter().map(|wanting| wanting.step).collect()
}

model::on_both! {
    // Rule G11
    async fn a_lead_adds_a_session_to_one_journey_and_it_is_one_like_any_other(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        for who in [ADA, BEN, CARA, FINN, GIL] {
            assert_eq!(refused(adds(db, who, journey, new("Career talk")).await), Refusal::NotFound, "{who}");
        }
        let absent = JourneyId::from_raw(99);
        assert_eq!(refused(adds(db, LEA, absent, new("Career talk")).await), Refusal::NotFound);
        let talk = adds(db, LEA, journey, new("Career talk")).await.expect("added");
        let silent = adds(db, OTTO, journey, NewExtra { counts: false, ..new("Chemistry") }).await.expect("added");
        // It waits for a time behind the steps, on the board and on its client's own page.
        let board = board_of(db, LEA, NORTHWIND_COHORT).await.expect("the board");
        let extras: Vec<_> = board.members[0].extras().map(|cell| (cell.session, cell.status, cell.counts, cell.is_open)).collect();
        assert_eq!(extras, [(talk, Status::Unbooked, true, true), (silent, Status::Unbooked, false, true)]);
        let own = db.read(|tx| agenda::journeys(tx, &by(BEN))).await.expect("Ben's journey");
        let own: Vec<_> = own[0].steps.iter().map(|step| (step.number, step.name.as_str(), step.minutes)).collect();
        assert_eq!(own[3..], [(4, "Career talk", 30), (5, "Chemistry", 30)]);
        let seen = db.read(move |tx| session::view(tx, &by(BEN), talk)).await.expect("his own");
        assert_eq!(seen.topic.extra.as_deref(), Some("Career talk"));
        // Its client books it with their coach, and gives it back.
        let stage = Stage::of(db, talk).await;
        stage.write(|tx, id| session::book_planned(tx, &by(BEN), id, &PlannedWish::at(thursday()))).await.expect("booked");
        stage.told(&[(BEN, "booked"), (ADA, "booked_for_coach")]).await;
        stage.owns_minutes(30, &[thursday()]).await;
        let action = Action::ManageParticipants;
        assert_eq!(refused(removes(db, LEA, talk).await), Refusal::WrongStatus { action, status: Status::Booked });
        stage.calls_off(BEN, rules::session::Cause::Client).await.expect("given back");
        assert_eq!(stage.status(BEN).await, Status::Unbooked);
        // What people were told of stays; what never had a time is taken away as if it had not been.
        assert_eq!(refused(removes(db, LEA, talk).await), Refusal::HadATime);
        for (who, refusal) in [(ADA, Refusal::MayNot { action }), (BEN, Refusal::MayNot { action }), (GIL, Refusal::NotFound)] {
            assert_eq!(refused(removes(db, who, silent).await), refusal, "{who}");
        }
        let first = of_step(db, journey, FIRST_STEP).await;
        assert!(matches!(refused(removes(db, LEA, first).await), Refusal::WrongStatus { .. }), "a step is the pathway's");
        removes(db, LEA, silent).await.expect("taken away");
        assert_eq!(refused(removes(db, LEA, silent).await), Refusal::NotFound);
        let history = db.read(|tx| profile::history(tx, &by(LEA), BEN_AT_NORTHWIND, 20)).await.expect("the history");
        let kinds: Vec<_> = history.iter().map(|event| event.kind.as_str()).filter(|kind| kind.starts_with("extra")).collect();
        assert_eq!(kinds, ["extra_removed", "extra_added", "extra_added"]);
        // Another coach takes it over as every step.
        let whose = handover::Whose::These(vec![BEN_AT_NORTHWIND]);
        db.write(move |tx| handover::change_coach(tx, &by(LEA), NORTHWIND_COHORT, &whose, FINN, None).map(drop)).await.expect("another coach");
        assert_eq!(db.read(move |tx| session::get(tx, talk)).await.expect("it").coaches, [FINN]);
    }

    // Rule G11
    async fn every_figure_honours_whether_an_added_session_counts(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let counted = adds(db, LEA, journey, new("Counted")).await.expect("added");
        let extra = adds(db, LEA, journey, NewExtra { counts: false, ..new("Not counted") }).await.expect("added");
        // Three steps and the one that counts.
        assert_eq!((numbers(db).await.sessions(), numbers(db).await.unbooked), (4, 4));
        marked(db, extra, -9, Mark::NoShow).await;
        let seen = numbers(db).await;
        assert_eq!((seen.sessions(), seen.missed, seen.on_track), (4, 0, 1), "it is no outcome of the journey");
        let word = |db: Db| async move { board_of(&db, LEA, NORTHWIND_COHORT).await.expect("the board").members[0].standing.engagement };
        assert_eq!(word(db.clone()).await, Engagement::OnTrack);
        marked(db, counted, -8, Mark::NoShow).await;
        let seen = numbers(db).await;
        assert_eq!((seen.sessions(), seen.missed, seen.attendance_percent()), (4, 1, Some(0)));
        assert_eq!(word(db.clone()).await, Engagement::AtRisk);
        // A recount of the rows says the same.
        let recount = "SELECT COUNT(*) FROM attendance a WHERE a.journey_id IS NOT NULL AND a.counts AND a.greyed_out_at IS NULL";
        assert_eq!(db.read(|tx| tx.one(recount, args![], |row| row.get::<u32>(0))).await.expect("counting"), 4);
        // Complete is a journey without what does not count, and not without what does.
        for (step, days) in [(FIRST_STEP, -7), (POD_STEP, -6), (LAST_STEP, -5)] {
            marked(db, of_step(db, journey, step).await, days, Mark::Completed).await;
        }
        let ready = |db: Db| async move {
            let standing = db.read(move |tx| completion::standing(tx, &by(LEA), journey)).await.expect("a standing");
            let waits: Vec<_> = standing.open.iter().filter_map(|open| open.extra.clone()).collect();
            (standing.readiness.is_ready(), waits)
        };
        assert_eq!(ready(db.clone()).await, (true, vec![]));
        adds(db, LEA, journey, NewExtra { counts: false, ..new("Later") }).await.expect("added");
        assert_eq!(ready(db.clone()).await, (true, vec![]));
        adds(db, LEA, journey, new("One more")).await.expect("added");
        assert_eq!(ready(db.clone()).await, (false, vec!["One more".to_owned()]));
        // What an admin disables is in no number, and nobody but an admin brings it back.
        db.write(move |tx| session::unmark(tx, &by(OTTO), counted, BEN)).await.expect("unmarked");
        let seen = numbers(db).await;
        assert_eq!((seen.sessions(), seen.completed, seen.missed, seen.unbooked), (5, 3, 0, 1));
    }

    // Rule G11
    async fn what_was_missed_is_made_up_for_by_one_session_at_a_time(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let for_step = |step| NewExtra { makes_up_for: Some(step), ..new("Again") };
        let no_choice = Refusal::invalid("makes_up_for", Problem::NotAChoice);
        // A pod's step its client cannot give a time; a single one is booked, not made up for.
        assert_eq!(wanting(db, journey).await, [POD_STEP]);
        assert_eq!(refused(adds(db, LEA, journey, for_step(FIRST_STEP)).await), no_choice);
        marked(db, of_step(db, journey, FIRST_STEP).await, -3, Mark::NoShow).await;
        assert_eq!(wanting(db, journey).await, [FIRST_STEP, POD_STEP]);
        let again = adds(db, LEA, journey, for_step(FIRST_STEP)).await.expect("added");
        assert_eq!(wanting(db, journey).await, [POD_STEP]);
        assert_eq!(refused(adds(db, LEA, journey, for_step(FIRST_STEP)).await), no_choice);
        assert_eq!(refused(adds(db, LEA, journey, for_step(StepId::from_raw(99))).await), no_choice);
        let board = board_of(db, LEA, NORTHWIND_COHORT).await.expect("the board");
        let extra = board.members[0].extras().next().and_then(|cell| cell.extra.clone()).expect("an extra");
        assert_eq!((extra.name.as_str(), extra.makes_up_for), ("Again", Some(FIRST_STEP)));
        // Missed as well, it is made up for once more.
        marked(db, again, -2, Mark::NoShow).await;
        assert_eq!(wanting(db, journey).await, [FIRST_STEP, POD_STEP]);
        adds(db, LEA, journey, for_step(FIRST_STEP)).await.expect("once more");
    }

    // Rule G11
    async fn a_journey_that_is_over_or_full_gets_no_session_more(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        for n in 0..EXTRAS_MAX {
            adds(db, LEA, journey, new(&format!("Extra {n}"))).await.expect("added");
        }
        let full = Refusal::invalid("name", Problem::TooMany { most: EXTRAS_MAX });
        assert_eq!(refused(adds(db, LEA, journey, new("Too many")).await), full);
        let why = Reason::parse("Enough").expect("a reason");
        db.write(move |tx| completion::complete(tx, &by(LEA), journey, &why).map(drop)).await.expect("complete");
        assert_eq!(refused(adds(db, LEA, journey, new("Later")).await), Refusal::JourneyComplete);
        db.write(move |tx| completion::reopen(tx, &by(LEA), journey)).await.expect("reopened");
        db.write(|tx| {
            let who = [(BEN_AT_NORTHWIND, rules::inactivity::Ending::NotFinished)];
            archive::archive(tx, &by(LEA), NORTHWIND_COHORT, &who, &Reason::default(), archive::Bookings::Refuse).map(drop)
        })
        .await
        .expect("put away");
        let away = Refusal::PutAway { what: rules::inactivity::Away::Participant };
        assert_eq!(refused(adds(db, LEA, journey, new("Later")).await), away);
    }
}
