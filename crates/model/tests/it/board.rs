//! A cohort's board: who sees it, what it says of each, and that its numbers are those of a recount.

use jiff::SignedDuration;
use model::event::{Actor, Via};
use model::program::board::{self, Board, Numbers};
use model::program::{profile, reminders};
use model::session::{self, Reason};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, FINN, FIRST_STEP, GIL, GIL_AT_SOUTHWIND, LAST_STEP, LEA,
    NORTHWIND_COHORT, OTTO, PEOPLE, POD_STEP, SOUTHWIND_COHORT, World,
};
use model::{Db, Error, args, mail_choice, notification};
use rules::attendance::Status;
use rules::engagement::{Engagement, LeftOut};
use rules::ids::{CohortId, JourneyId, ParticipantId, PersonId, SessionId, StepId};
use rules::letters::Letter;
use rules::marking::Mark;
use rules::notices::Category;
use rules::refusal::Refusal;

use crate::programs::{participant, places, start};

pub(crate) fn acting(person: PersonId) -> Actor {
    let somebody = PEOPLE.iter().find(|somebody| somebody.id == person).expect("one of the small world");
    Actor::Person { who: somebody.who(), via: Via::Page, proof: None }
}

pub(crate) async fn board_of(db: &Db, who: PersonId, cohort: CohortId) -> model::Result<Board> {
    db.read(move |tx| board::board(tx, &acting(who), cohort)).await
}

fn weeks(weeks: i64) -> SignedDuration {
    SignedDuration::from_hours(weeks * 7 * 24)
}

/// The session of a step of a journey.
pub(crate) async fn of_step(db: &Db, journey: JourneyId, step: StepId) -> SessionId {
    let places = places(db, journey).await;
    let is_it = |place: &session::Attendance| place.facts.part.is_some_and(|part| part.step == Some(step));
    places.iter().find(|(_, place)| is_it(place)).expect("the step").0.id
}

/// Gives a session a time, past or to come, without asking anybody.
pub(crate) async fn at(db: &Db, session: SessionId, days: i64) {
    db.write(move |tx| {
        let now = tx.now();
        let start = now.millis() + days * 86_400_000;
        let start = start - start % 300_000;
        tx.exec(
            "UPDATE session SET starts_at = $1, booked_at = $2, set_at = $2, wall_time = '2026-03-02T10:00',
                 zone = 'UTC', zone_data = '2026a' WHERE id = $3",
            args![start, now.millis().min(start - 86_400_000), session],
        )
    })
    .await
    .expect("giving it a time");
}

async fn suggest(db: &Db, step: StepId, from: i64, to: i64) {
    db.write(move |tx| {
        tx.exec("UPDATE step SET from_week = $1, to_week = $2 WHERE id = $3", args![from, to, step])
    })
    .await
    .expect("suggesting weeks");
}

async fn mark(db: &Db, session: SessionId, mark: Mark) {
    db.write(move |tx| session::mark(tx, &acting(OTTO), session, BEN, mark)).await.expect("marking");
}

fn refused<T: std::fmt::Debug>(outcome: model::Result<T>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

model::on_both! {
    // Rules P4, G4
    async fn a_board_is_for_admins_and_for_whoever_leads_the_cohort(world: World) {
        let db = &world.db;
        for who in [OTTO, LEA] {
            let board = board_of(db, who, NORTHWIND_COHORT).await.expect("the board");
            assert_eq!(board.members.iter().map(|member| member.person).collect::<Vec<_>>(), [BEN]);
        }
        let absent = CohortId::from_raw(99);
        for (who, cohort) in [(LEA, SOUTHWIND_COHORT), (LEA, absent), (OTTO, absent), (ADA, NORTHWIND_COHORT),
            (BEN, NORTHWIND_COHORT), (CARA, NORTHWIND_COHORT), (GIL, NORTHWIND_COHORT)]
        {
            assert_eq!(refused(board_of(db, who, cohort).await), Refusal::NotFound, "{who} {cohort}");
        }
        // A lead of the whole company or project sees it as well.
        db.write(|tx| tx.exec("UPDATE lead SET cohort_id = NULL, company_id = 1", args![])).await.expect("leading");
        assert!(board_of(db, LEA, NORTHWIND_COHORT).await.is_ok());
        assert_eq!(refused(board_of(db, LEA, SOUTHWIND_COHORT).await), Refusal::NotFound);
    }

    // Rule G4
    async fn a_cell_says_what_every_other_page_says(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let first = of_step(db, journey, FIRST_STEP).await;
        let last = of_step(db, journey, LAST_STEP).await;
        let pod = of_step(db, journey, POD_STEP).await;
        let stands = |db: Db| async move {
            let board = board_of(&db, LEA, NORTHWIND_COHORT).await.expect("the board");
            let member = board.members[0].clone();
            let of = |step| member.cell(step).map(|cell| cell.status).expect("a cell");
            let statuses = [of(FIRST_STEP), of(POD_STEP), of(LAST_STEP)];
            (statuses, member, Numbers::of(&board.members))
        };
        let (statuses, member, _) = stands(db.clone()).await;
        assert_eq!(statuses, [Status::Unbooked; 3]);
        assert_eq!(member.open().map(|cell| cell.session).collect::<Vec<_>>(), [first], "a pod is not for its members to book");
        assert_eq!(member.coach.as_ref().map(|(_, name)| name.as_str()), Some("Ada Lindholm"));

        at(db, first, -3).await;
        mark(db, first, Mark::NoShow).await;
        db.write(move |tx| session::grey_out(tx, &acting(OTTO), pod, BEN, &Reason::default())).await.expect("greying out");
        at(db, last, 4).await;
        let (statuses, member, numbers) = stands(db.clone()).await;
        assert_eq!(statuses, [Status::Missed, Status::GreyedOut, Status::Booked]);
        assert_eq!(member.standing.engagement, Engagement::AtRisk, "the last outcome is Missed");
        assert_eq!(member.next.map(|(session, _)| session), Some(last));
        assert_eq!(member.cell(POD_STEP).and_then(|cell| cell.greyed_out_by.clone()).as_deref(), Some("Otto Brandt"));
        // What is greyed out is shown and in no denominator.
        assert_eq!((numbers.sessions(), numbers.greyed_out, numbers.marked()), (2, 1, 1));
        assert_eq!((numbers.booked, numbers.missed, numbers.attendance_percent()), (1, 1, Some(0)));
        for session in [first, pod, last] {
            let seen = db.read(move |tx| session::view(tx, &acting(LEA), session)).await.expect("the session");
            let cell = member.cells().find(|cell| cell.session == session).expect("its cell");
            assert_eq!(seen.place_of(BEN).map(|place| place.status), Some(cell.status));
        }
    }

    // Rule G4
    async fn overdue_begins_when_the_suggested_weeks_end_and_tests_are_in_no_number(world: World) {
        let db = &world.db;
        suggest(db, FIRST_STEP, 1, 2).await;
        suggest(db, LAST_STEP, 2, 3).await;
        let kim = participant(db, "Kim").await;
        start(db, BEN_AT_NORTHWIND).await;
        start(db, kim).await;
        db.write(move |tx| tx.exec("UPDATE participant SET test = $1 WHERE id = $2", args![true, kim])).await.expect("a test");
        let found = |db: Db| async move {
            let board = board_of(&db, OTTO, NORTHWIND_COHORT).await.expect("the board");
            let ben = board.members.iter().find(|member| member.person == BEN).expect("Ben").standing.clone();
            (ben.engagement, ben.overdue, Numbers::of(&board.members))
        };
        let (word, overdue, numbers) = found(db.clone()).await;
        assert_eq!((word, overdue), (Engagement::OnTrack, 0));
        assert_eq!((numbers.people, numbers.sessions(), numbers.on_track), (1, 3, 1));
        db.clock().advance(weeks(2));
        let (word, overdue, numbers) = found(db.clone()).await;
        assert_eq!((word, overdue), (Engagement::AtRisk, 1));
        assert_eq!((numbers.overdue, numbers.overdue_people, numbers.at_risk), (1, 1, 1));
        db.clock().advance(weeks(1));
        let (word, overdue, _) = found(db.clone()).await;
        assert_eq!((word, overdue), (Engagement::OffTrack, 2));
    }

    // Rule G1
    async fn an_ordered_pathway_opens_one_step_after_the_other(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        db.write(|tx| tx.exec("UPDATE pathway SET ordered = $1", args![false])).await.expect("free order");
        let open = |db: Db| async move {
            let board = board_of(&db, OTTO, NORTHWIND_COHORT).await.expect("the board");
            board.members[0].open().filter_map(|cell| cell.step).collect::<Vec<_>>()
        };
        assert_eq!(open(db.clone()).await, [FIRST_STEP, LAST_STEP]);
        db.write(|tx| tx.exec("UPDATE pathway SET ordered = $1", args![true])).await.expect("one after the other");
        assert_eq!(open(db.clone()).await, [FIRST_STEP]);
        at(db, of_step(db, journey, FIRST_STEP).await, 2).await;
        assert_eq!(open(db.clone()).await, [], "the pod stands between");
        at(db, of_step(db, journey, POD_STEP).await, 3).await;
        assert_eq!(open(db.clone()).await, [LAST_STEP]);
    }

    // Rules G4, M3, M4
    async fn whoever_has_something_to_book_is_asked_once_a_day_by_one_mail(world: World) {
        let db = &world.db;
        let (kim, noor) = (participant(db, "Kim").await, participant(db, "Noor").await);
        start(db, BEN_AT_NORTHWIND).await;
        start(db, noor).await;
        db.write(move |tx| tx.exec("UPDATE participant SET test = $1 WHERE id = $2", args![true, noor])).await.expect("a test");
        let mails = |db: Db| async move {
            db.read(|tx| tx.one("SELECT COUNT(*) FROM mail WHERE letter = 'booking_wanted'", args![], |row| row.get::<i64>(0)))
                .await.expect("counting")
        };
        let sent = |who: PersonId| {
            let db = db.clone();
            async move { db.write(move |tx| reminders::send(tx, &acting(who), NORTHWIND_COHORT, &[])).await }
        };
        // Looking sends nothing.
        let plan = db.read(|tx| reminders::plan(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("a plan");
        assert_eq!(plan.asked.iter().map(|asked| asked.member.person).collect::<Vec<_>>(), [BEN]);
        let left: Vec<_> = plan.left_out.iter().map(|(member, reason)| (member.id, *reason)).collect();
        assert_eq!(left, [(noor, LeftOut::Test), (kim, LeftOut::NothingOpen)]);
        assert_eq!(mails(db.clone()).await, 0);
        for who in [ADA, BEN, CARA, GIL] {
            assert_eq!(refused(sent(who).await), Refusal::NotFound, "{who}");
        }
        assert_eq!(sent(LEA).await.expect("sending").asked.len(), 1);
        assert_eq!(mails(db.clone()).await, 1);
        let again = sent(OTTO).await.expect("once more");
        assert_eq!((again.asked.len(), mails(db.clone()).await), (0, 1));
        assert!(again.left_out.iter().any(|(member, reason)| member.person == BEN && *reason == LeftOut::Recently));
        db.clock().advance(SignedDuration::from_hours(24));
        // Whoever refuses such mails is told inside the program alone.
        let me = acting(BEN);
        db.write(move |tx| mail_choice::choose(tx, &me, Category::Steps, false)).await.expect("refusing");
        let third = sent(LEA).await.expect("a day later");
        assert!(third.asked[0].refuses_mail);
        let told = db.read(|tx| notification::list(tx, &acting(BEN), None, 10)).await.expect("the notifications");
        assert_eq!(told.iter().filter(|told| told.letter == Letter::BookingWanted).count(), 2);
        assert_eq!(mails(db.clone()).await, 0, "what waited does not leave");
    }

    // Rules P4, G4
    async fn a_coach_sees_and_asks_their_own_participants_alone(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let seen = |who: PersonId, id: ParticipantId| {
            let db = db.clone();
            async move { db.read(move |tx| profile::profile(tx, &acting(who), id)).await }
        };
        for who in [OTTO, LEA, ADA] {
            assert_eq!(seen(who, BEN_AT_NORTHWIND).await.expect("Ben").member.person, BEN);
        }
        let absent = ParticipantId::from_raw(99);
        for (who, id) in [(ADA, GIL_AT_SOUTHWIND), (LEA, GIL_AT_SOUTHWIND), (FINN, BEN_AT_NORTHWIND), (BEN, BEN_AT_NORTHWIND),
            (CARA, BEN_AT_NORTHWIND), (OTTO, absent), (ADA, absent)]
        {
            assert_eq!(refused(seen(who, id).await), Refusal::NotFound, "{who} {id}");
            let by = acting(who);
            let asked = db.write(move |tx| reminders::send_one(tx, &by, id)).await;
            assert_eq!(refused(asked), Refusal::NotFound, "{who} {id}");
        }
        let asked = db.write(move |tx| reminders::send_one(tx, &acting(ADA), BEN_AT_NORTHWIND)).await.expect("asking");
        assert_eq!(asked.asked.len(), 1);
        let happened = db.read(|tx| profile::history(tx, &acting(ADA), BEN_AT_NORTHWIND, 10)).await.expect("the history");
        let kinds: Vec<&str> = happened.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["participant_reminded", "journey_started"]);
        assert_eq!(refused(db.read(move |tx| profile::history(tx, &acting(FINN), BEN_AT_NORTHWIND, 10)).await), Refusal::NotFound);
    }
}
