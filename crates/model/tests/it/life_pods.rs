//! What is planned in a program: a step that gets its time and gives it back, and a pod of three.

use jiff::SignedDuration;
use model::organisation::{self, Settings};
use model::session::{self, CallOff, MoveWish, PlannedWish};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, FINN, GIL, GIL_AT_SOUTHWIND, LEA, NORTHWIND_COHORT, OTTO, SOUTHWIND_COHORT,
    World,
};
use model::{Db, Result, args, program};
use rules::attendance::Status;
use rules::cancelling::{Ending, Grounds};
use rules::ids::{CohortId, ParticipantId, PersonId, SessionId};
use rules::marking::Mark;
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use rules::time::Instant;

use crate::booking::{at, by, refused};
use crate::life_stage::{Stage, acting, off, reason, to};
use crate::programs::{join, participant, places, pod, start};

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

/// Thursday of the second week, eleven on Ada's clock.
fn thursday() -> Instant {
    at("2026-03-12T10:00:00Z")
}

fn monday() -> Instant {
    at("2026-03-16T08:00:00Z")
}

async fn books(stage: &Stage, who: PersonId, when: Instant) -> Result<()> {
    stage.write(move |tx, id| session::book_planned(tx, &acting(who), id, &PlannedWish::at(when))).await
}

/// The first step of Ben's journey, which waits for a time.
async fn step(db: &Db) -> Stage {
    let journey = start(db, BEN_AT_NORTHWIND).await;
    let step = places(db, journey).await[0].0.id;
    Stage::of(db, step).await
}

/// The client behind a participant, who can sign in.
pub(crate) async fn person_of(db: &Db, participant: ParticipantId) -> PersonId {
    let role = "INSERT INTO person_role (person_id, role, granted_at)
         SELECT person_id, 'client', joined_at FROM participant WHERE id = $1";
    db.write(move |tx| tx.exec(role, args![participant])).await.expect("a role");
    let sql = "SELECT person_id FROM participant WHERE id = $1";
    db.read(move |tx| tx.one(sql, args![participant], |row| row.get(0))).await.expect("a person")
}

/// Ben, Kim and Noor in a pod of Ada's.
pub(crate) struct Pod {
    pub(crate) stage: Stage,
    pub(crate) kim: PersonId,
    pub(crate) noor: PersonId,
}

pub(crate) async fn pod_of_three(db: &Db) -> Pod {
    let pod = pod(db, "Tuesday", 6).await;
    let mut people = Vec::new();
    let mut session: Option<SessionId> = None;
    let others = [participant(db, "Kim").await, participant(db, "Noor").await];
    for participant in others {
        people.push(person_of(db, participant).await);
    }
    for participant in [BEN_AT_NORTHWIND, others[0], others[1]] {
        join(db, pod, participant).await.expect("to join");
        let journey = start(db, participant).await;
        session = Some(places(db, journey).await[1].0.id);
    }
    let stage = Stage::of(db, session.expect("a pod")).await;
    Pod { stage, kim: people[0], noor: people[1] }
}

impl Pod {
    async fn statuses(&self) -> [Status; 3] {
        [self.stage.status(BEN).await, self.stage.status(self.kim).await, self.stage.status(self.noor).await]
    }
}

use Status::{Booked, Completed, GreyedOut, Missed, Unbooked};

model::on_both! {
    // Rule G5
    async fn a_lead_is_warned_once_of_a_pod_that_is_too_small(world: World) {
        let pod = pod_of_three(&world.db).await;
        let warned = async || pod.stage.letters().await.into_iter().filter(|(_, letter)| letter == "pod_too_small").map(|(who, _)| who).collect::<Vec<_>>();
        let small = async || {
            let found = world.db.read(|tx| program::desk::small(tx, &by(LEA))).await.expect("looking");
            found.into_iter().map(|one| (one.starts_at, one.members, one.least)).collect::<Vec<_>>()
        };
        books(&pod.stage, ADA, thursday()).await.expect("a date");
        pod.stage.until(thursday() - hours(24));
        pod.stage.sweep().await;
        assert_eq!(warned().await, [], "three are enough");
        pod.stage.moves(ADA, monday()).await.expect("another date");
        for who in [BEN, pod.kim] {
            pod.stage.calls_off(who, Cause::Client).await.expect("to leave");
        }
        assert_eq!(warned().await, []);
        pod.stage.until(monday() - hours(24));
        pod.stage.sweep().await;
        assert_eq!(small().await, [(1, 2)].map(|(members, least)| (monday(), members, least)), "and it stands at home");
        assert_eq!(warned().await, [LEA]);
        pod.stage.sweep().await;
        assert_eq!(warned().await, []);
        assert_eq!(pod.stage.status(pod.noor).await, Booked, "nothing cancels itself");
        // Another date is another warning.
        let later = monday() + hours(7 * 24);
        pod.stage.moves(ADA, later).await.expect("another date");
        assert_eq!(small().await, [], "of that date nobody was warned yet");
        pod.stage.until(later - hours(24));
        pod.stage.sweep().await;
        assert_eq!(warned().await, [LEA]);
    }

    // Rule G5
    async fn an_admin_is_warned_of_the_small_pods_that_nobody_leads(world: World) {
        let pod = pod_of_three(&world.db).await;
        let small = async || {
            let found = [OTTO, LEA].map(|who| world.db.read(move |tx| program::desk::small(tx, &by(who))));
            let [admin, lead] = found;
            [admin.await.expect("looking"), lead.await.expect("looking")].map(|found| found.iter().map(|one| one.starts_at).collect::<Vec<_>>())
        };
        let none = Vec::<Instant>::new;
        books(&pod.stage, ADA, thursday()).await.expect("a date");
        for who in [BEN, pod.kim] {
            pod.stage.calls_off(who, Cause::Client).await.expect("to leave");
        }
        let led = "UPDATE lead SET cohort_id = $1 WHERE person_id = $2 AND cohort_id = $3";
        let leads = |to: CohortId, from: CohortId| pod.stage.write(move |tx, _| tx.exec(led, args![to, LEA, from]));
        leads(SOUTHWIND_COHORT, NORTHWIND_COHORT).await.expect("she leads another");
        pod.stage.letters().await;
        pod.stage.until(thursday() - hours(24));
        assert_eq!(small().await, [none(), none()], "nobody was warned yet");
        pod.stage.sweep().await;
        let warned = pod.stage.letters().await.into_iter().filter(|(_, letter)| letter == "pod_too_small");
        assert_eq!(warned.map(|(who, _)| who).collect::<Vec<_>>(), [OTTO]);
        assert_eq!(small().await, [vec![thursday()], none()]);
        leads(NORTHWIND_COHORT, SOUTHWIND_COHORT).await.expect("she leads it again");
        assert_eq!(small().await, [none(), vec![thursday()]], "what somebody leads is theirs");
        leads(SOUTHWIND_COHORT, NORTHWIND_COHORT).await.expect("another");
        pod.stage.write(|tx, _| program::company::archive_cohort(tx, &by(OTTO), NORTHWIND_COHORT)).await.expect("put away");
        assert_eq!(small().await, [none(), none()]);
        pod.stage.write(|tx, _| program::company::restore_cohort(tx, &by(OTTO), NORTHWIND_COHORT)).await.expect("back");
        assert_eq!(small().await, [vec![thursday()], none()]);
        pod.stage.moves(OTTO, monday()).await.expect("another date");
        assert_eq!(small().await, [none(), none()], "of that date nobody was warned yet");
    }

    // Rule G5
    async fn an_organisation_says_how_long_before_it_is_warned_of_a_small_pod(world: World) {
        let pod = pod_of_three(&world.db).await;
        let set = |hours: i64| pod.stage.write(move |tx, _| {
            let new = Settings { pod_warning_hours: hours, ..Settings::of(&organisation::get(tx)?) };
            organisation::change(tx, &by(OTTO), &new)
        });
        for hours in [0, 337] {
            let problem = Problem::OutOfRange { least: 1, most: 336 };
            assert_eq!(refused(set(hours).await), Refusal::invalid("pod_warning_hours", problem));
        }
        set(48).await.expect("two days");
        let warned = async || {
            pod.stage.sweep().await;
            pod.stage.letters().await.iter().filter(|(_, letter)| letter == "pod_too_small").count()
        };
        books(&pod.stage, ADA, thursday()).await.expect("a date");
        for who in [BEN, pod.kim] {
            pod.stage.calls_off(who, Cause::Client).await.expect("to leave");
        }
        pod.stage.until(thursday() - hours(48) - SignedDuration::from_millis(1));
        let next = world.db.read(session::next_reminder).await.expect("a moment");
        assert_eq!(next, Some(thursday() - hours(48)), "it is known when");
        assert_eq!(warned().await, 0);
        pod.stage.until(thursday() - hours(48));
        assert_eq!(warned().await, 1);
        // A day before nobody is warned once more, whatever is said then.
        set(24).await.expect("a day");
        pod.stage.until(thursday() - hours(24));
        assert_eq!(warned().await, 0);
    }

    // Rule S12
    async fn an_admin_disables_all_of_a_pod_in_one_act(world: World) {
        let pod = pod_of_three(&world.db).await;
        books(&pod.stage, ADA, thursday()).await.expect("a date");
        pod.stage.letters().await;
        let all = |who: PersonId| {
            pod.stage.write(move |tx, id| session::grey_out_all(tx, &acting(who), id, &reason("No group this time")))
        };
        for who in [ADA, LEA, BEN] {
            assert_eq!(refused(all(who).await.map(drop)), Refusal::MayNot { action: Action::GreyOut });
        }
        assert_eq!(all(OTTO).await.expect("all of it"), 3);
        pod.stage.told(&[(BEN, "cancelled"), (pod.kim, "cancelled"), (pod.noor, "cancelled"), (ADA, "cancelled_for_coach")]).await;
        assert_eq!(pod.statuses().await, [GreyedOut; 3]);
        pod.stage.owns(&[]).await;
        assert!(matches!(refused(all(OTTO).await.map(drop)), Refusal::WrongStatus { .. }));
        pod.stage.write(|tx, id| session::reactivate(tx, &acting(OTTO), id, BEN)).await.expect("one is back");
        assert_eq!(pod.statuses().await, [Unbooked, GreyedOut, GreyedOut]);
    }

    // Rules S2, R8, R9, A4, M3
    async fn a_step_is_booked_given_back_and_booked_again(world: World) {
        let stage = step(&world.db).await;
        let (uid, sequence) = stage.identity().await;
        assert_eq!(refused(books(&stage, GIL, thursday()).await), Refusal::NotFound);
        assert_eq!(refused(books(&stage, FINN, thursday()).await), Refusal::NotFound);
        books(&stage, BEN, thursday()).await.expect("to book");
        stage.told(&[(BEN, "booked"), (ADA, "booked_for_coach")]).await;
        stage.owns(&[thursday()]).await;
        stage.owes(&[]).await;
        assert_eq!(stage.identity().await, (uid.clone(), sequence + 1));
        assert_eq!(stage.ahead().await, (Some(thursday() - hours(24)), Some(thursday() + hours(1))));
        assert!(matches!(refused(books(&stage, BEN, monday()).await), Refusal::WrongStatus { .. }));
        // Given back in time, it waits again; calendars hear the same name with a higher number.
        let quote = stage.calls_off(BEN, Cause::Client).await.expect("in time");
        assert_eq!((quote.ending, quote.kept), (Ending::Unbooked, None));
        stage.told(&[(BEN, "cancelled"), (ADA, "cancelled_for_coach")]).await;
        stage.owns(&[]).await;
        assert_eq!((stage.status(BEN).await, stage.ahead().await), (Unbooked, (None, None)));
        assert_eq!(stage.identity().await, (uid.clone(), sequence + 2));
        for who in [ADA, LEA, OTTO] {
            books(&stage, who, monday()).await.expect("for Ben");
            stage.owns(&[monday()]).await;
            stage.calls_off(who, Cause::Organisation).await.expect("to call off");
        }
        assert_eq!(stage.number("SELECT changes FROM attendance WHERE session_id = $1").await, Some(1));
        books(&stage, BEN, thursday()).await.expect("once more");
        assert_eq!(stage.identity().await, (uid, sequence + 9));
        // Cancelled late it is missed, and forgiven it waits.
        stage.until(thursday() - hours(10));
        assert_eq!(stage.calls_off(BEN, Cause::Client).await.expect("late").ending, Ending::Missed);
        stage.write(|tx, id| session::forgive(tx, &by(OTTO), id, BEN, &reason("A storm"))).await.expect("to forgive");
        assert_eq!(stage.status(BEN).await, Unbooked);
        stage.owns(&[]).await;
        stage.owes(&[]).await;
    }

    // Rules S2, S4
    async fn what_is_booked_again_is_marked_anew(world: World) {
        let stage = step(&world.db).await;
        books(&stage, BEN, thursday()).await.expect("to book");
        stage.until(thursday() + hours(1));
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        stage.write(|tx, id| session::forgive(tx, &by(ADA), id, BEN, &reason("The line was dead"))).await.expect("to forgive");
        let later = at("2026-03-26T10:00:00Z");
        books(&stage, BEN, later).await.expect("again");
        stage.until(later + hours(1));
        stage.marks(ADA, BEN, Mark::NoShow).await.expect("a mark");
        stage.marks(ADA, BEN, Mark::Completed).await.expect("within the week");
        stage.letters().await;
        stage.until(later + hours(2));
        stage.sweep().await;
        stage.told(&[(BEN, "marked_completed"), (ADA, "mark_wanted")][..1]).await;
    }

    // Rules S5, S11, S12, P8
    async fn only_what_waits_is_greyed_out_and_only_by_an_admin(world: World) {
        let stage = step(&world.db).await;
        let grey = |who: PersonId| stage.write(move |tx, id| session::grey_out(tx, &by(who), id, BEN, &reason("Left the firm")));
        assert_eq!(refused(grey(LEA).await), Refusal::MayNot { action: Action::GreyOut });
        books(&stage, BEN, thursday()).await.expect("to book");
        assert_eq!(refused(grey(OTTO).await), Refusal::BookedNow { start: thursday() });
        stage.calls_off(OTTO, Cause::Organisation).await.expect("first the booking");
        grey(OTTO).await.expect("then the seat");
        stage.letters().await;
        assert_eq!(stage.status(BEN).await, GreyedOut);
        // Nobody but an admin books it; its client does not even see it.
        assert_eq!(refused(books(&stage, BEN, thursday()).await), Refusal::NotFound);
        assert!(matches!(refused(books(&stage, ADA, thursday()).await), Refusal::WrongStatus { .. }));
        assert!(matches!(refused(books(&stage, LEA, thursday()).await), Refusal::WrongStatus { .. }));
        let back = stage.write(|tx, id| session::reactivate(tx, &by(ADA), id, BEN)).await;
        assert_eq!(refused(back), Refusal::MayNot { action: Action::Reactivate });
        stage.told(&[]).await;
        // An admin's booking brings it back in one act.
        books(&stage, OTTO, thursday()).await.expect("an admin");
        assert_eq!(stage.status(BEN).await, Booked);
        stage.told(&[(BEN, "booked"), (ADA, "booked_for_coach")]).await;
        let events = stage.events().await;
        assert_eq!(events[events.len() - 2..], ["attendance_reactivated", "session_booked"]);
        stage.calls_off(OTTO, Cause::Organisation).await.expect("to call off");
        grey(OTTO).await.expect("again");
        stage.write(|tx, id| session::reactivate(tx, &by(OTTO), id, BEN)).await.expect("to bring it back");
        assert_eq!(stage.status(BEN).await, Unbooked);
        // Its client never hears that it was, nor why.
        let stage = &stage;
        let read = |who: PersonId| async move {
            let told = stage.write(move |tx, id| session::timeline(tx, &acting(who), id, 100)).await.expect("a history");
            told.iter().filter(|event| event.kind.ends_with("greyed_out") || event.kind.ends_with("reactivated")).count()
        };
        assert_eq!((read(BEN).await, read(OTTO).await), (0, 4));
    }

    // Rules P4, S13
    async fn a_lead_has_their_own_programs_and_no_other(world: World) {
        let stage = step(&world.db).await;
        let southwind = world.db.write(|tx| program::start_journey(tx, &by(OTTO), GIL_AT_SOUTHWIND)).await.expect("a journey");
        let foreign = Stage::of(&world.db, places(&world.db, southwind).await[0].0.id).await;
        assert_eq!(refused(books(&foreign, LEA, thursday()).await), Refusal::NotFound);
        books(&foreign, GIL, at("2026-03-12T18:00:00Z")).await.expect("his own");
        assert_eq!(refused(foreign.calls_off(LEA, Cause::Organisation).await), Refusal::NotFound);
        assert_eq!(refused(foreign.moves(LEA, at("2026-03-13T18:00:00Z")).await), Refusal::NotFound);
        assert_eq!(refused(foreign.marks(LEA, GIL, Mark::NoShow).await), Refusal::NotFound);
        // Her own she books, moves and decides, and marks never.
        books(&stage, LEA, thursday()).await.expect("to book");
        stage.moves(LEA, monday()).await.expect("to move");
        stage.until(monday() - hours(24) - SignedDuration::from_mins(1));
        assert_eq!(refused(stage.marks(LEA, BEN, Mark::NoShow).await), Refusal::MayNot { action: Action::MarkAttendance });
        // Ben's window after her move is over; he asks, and she decides.
        stage.until(monday() - hours(24));
        let wish = MoveWish { reason: reason("Board meeting"), ..to(at("2026-03-17T09:00:00Z")) };
        stage.write(move |tx, id| session::move_session(tx, &by(BEN), id, &wish)).await.expect("a request");
        // His words are for the two ends and the admins.
        for (who, is_read) in [(LEA, false), (OTTO, true), (ADA, true), (BEN, true)] {
            let asked = stage.write(move |tx, _| session::asking(tx, &acting(who))).await.expect("a list");
            assert_eq!(asked.iter().map(|one| !one.reason.is_empty()).collect::<Vec<_>>(), [is_read], "{who}");
        }
        assert_eq!(stage.approves(LEA).await.expect("her answer"), at("2026-03-17T09:00:00Z"));
    }

    // Rules S9, S12, S13, R1, R9, M1, M3
    async fn a_pod_is_one_meeting_and_three_seats(world: World) {
        let Pod { stage, kim, noor } = pod_of_three(&world.db).await;
        let pod = |stage: &Stage| Pod { stage: stage.clone(), kim, noor };
        // Its members do not book, move or cancel it.
        assert_eq!(refused(books(&stage, BEN, thursday()).await), Refusal::MayNot { action: Action::BookPod });
        books(&stage, ADA, thursday()).await.expect("its facilitator");
        stage.told(&[(BEN, "booked"), (kim, "booked"), (noor, "booked"), (ADA, "booked_for_coach")]).await;
        stage.owns_minutes(90, &[thursday()]).await;
        assert_eq!(refused(stage.moves(BEN, monday()).await), Refusal::MayNot { action: Action::MovePod });
        let all = stage.write(|tx, id| session::call_off(tx, &by(BEN), id, &off(Cause::Coach))).await;
        assert!(matches!(refused(all), Refusal::MayNot { .. }));
        // Ben leaves in time, Kim late; the pod keeps its time for Noor.
        stage.until(thursday() - hours(30));
        assert_eq!(stage.calls_off(BEN, Cause::Client).await.expect("in time").ending, Ending::Left);
        stage.told(&[(BEN, "cancelled"), (ADA, "cancelled_for_coach")]).await;
        stage.until(thursday() - hours(20));
        assert_eq!(stage.calls_off(kim, Cause::Client).await.expect("late").ending, Ending::Missed);
        stage.told(&[(kim, "cancelled"), (ADA, "cancelled_for_coach")]).await;
        assert_eq!(pod(&stage).statuses().await, [Unbooked, Missed, Booked]);
        stage.owns_minutes(90, &[thursday()]).await;
        // Who is in is reminded, nobody else.
        stage.until(thursday() - hours(1));
        stage.sweep().await;
        // Nobody looked the day before, so that it is said now that she is alone.
        stage.told(&[(noor, "reminder"), (ADA, "reminder_for_coach"), (LEA, "pod_too_small")]).await;
        // The facilitator moves it: late was for the old date; who left is offered a place; who is in may go.
        stage.moves(ADA, monday()).await.expect("to move");
        stage.told(&[
            (noor, "moved"), (ADA, "moved_for_coach"), (BEN, "place_offered"), (kim, "place_offered"),
        ]).await;
        assert_eq!(pod(&stage).statuses().await, [Unbooked, Unbooked, Booked]);
        stage.owns_minutes(90, &[monday()]).await;
        let quote = world.db.read({
            let id = stage.session;
            move |tx| session::quote(tx, &acting(noor), id, None, Cause::Client)
        });
        assert_eq!(quote.await.expect("a quote").grounds, Grounds::MovedByCoach);
        // It is called off: all wait for another date, and are in it.
        stage.calls_off(ADA, Cause::Coach).await.expect("to call off");
        stage.told(&[(noor, "cancelled"), (ADA, "cancelled_for_coach")]).await;
        assert_eq!(pod(&stage).statuses().await, [Unbooked; 3]);
        stage.owns(&[]).await;
        let later = at("2026-03-19T09:00:00Z");
        let grey = stage.write(move |tx, id| session::grey_out(tx, &by(OTTO), id, kim, &reason("Left the firm"))).await;
        grey.expect("one of them");
        books(&stage, LEA, later).await.expect("its lead");
        stage.told(&[(BEN, "booked"), (noor, "booked"), (ADA, "booked_for_coach")]).await;
        assert_eq!(pod(&stage).statuses().await, [Booked, GreyedOut, Booked]);
        // Brought back she waits: she was not asked about this date.
        stage.write(move |tx, id| session::reactivate(tx, &by(OTTO), id, kim)).await.expect("to bring her back");
        assert_eq!(pod(&stage).statuses().await, [Booked, Unbooked, Booked]);
        // Each is marked for themselves.
        stage.until(later + hours(2));
        stage.marks(ADA, BEN, Mark::Completed).await.expect("a mark");
        assert_eq!(pod(&stage).statuses().await, [Completed, Unbooked, Booked]);
        stage.marks(ADA, noor, Mark::NoShow).await.expect("a mark");
        assert!(matches!(refused(stage.marks(ADA, kim, Mark::NoShow).await), Refusal::WrongStatus { .. }));
        stage.letters().await;
        stage.until(later + hours(3));
        stage.sweep().await;
        stage.told(&[(BEN, "marked_completed"), (noor, "marked_missed")]).await;
        stage.owes(&[]).await;
    }

    // Rules S9, R10
    async fn a_member_is_taken_out_by_who_leads_the_pod_alone(world: World) {
        let Pod { stage, kim, noor } = pod_of_three(&world.db).await;
        books(&stage, ADA, thursday()).await.expect("its facilitator");
        let take_out = |who: PersonId, client: PersonId| {
            let off = CallOff { client: Some(client), ..off(Cause::Client) };
            stage.write(move |tx, id| session::call_off(tx, &acting(who), id, &off))
        };
        assert_eq!(refused(take_out(BEN, kim).await), Refusal::NotFound, "to him she is not there");
        assert_eq!(take_out(ADA, kim).await.expect("her wish").ending, Ending::Left);
        assert_eq!(stage.status(noor).await, Booked);
        stage.owns_minutes(90, &[thursday()]).await;
    }
}
