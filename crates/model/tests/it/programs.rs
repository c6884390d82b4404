//! Programs: a pathway becomes journeys, a pod brings three of them together.

use model::event::{Actor, Via};
use model::program::{self, Disclosure, Joining, NewPod, NewStep, Order};
use model::session::{self, Attendance, Session};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, FINN, GIL, LEA, NORTHWIND, NORTHWIND_COHORT, OTTO, PATHWAY, PEOPLE,
    POD_STEP, SOUTHWIND_COHORT, World,
};
use model::{Db, Error, Tx, args};
use rules::attendance::Status;
use rules::ids::{CohortId, JourneyId, ParticipantId, PersonId, PodId, SessionId, StepId};
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, Place, PlaceKind, SessionKind};

fn acting(person: PersonId) -> Actor {
    let somebody = PEOPLE.iter().find(|somebody| somebody.id == person).expect("one of the small world");
    Actor::Person { who: somebody.who(), via: Via::Page, proof: None }
}

fn new_pod(cohort: CohortId, name: &str, max_members: u32) -> NewPod {
    NewPod {
        cohort,
        step: POD_STEP,
        name: name.to_owned(),
        facilitator: ADA,
        min_members: 2,
        max_members,
        joining: Joining::Closed,
    }
}

pub(crate) async fn pod(db: &Db, name: &'static str, max_members: u32) -> PodId {
    db.write(move |tx| program::add_pod(tx, &acting(LEA), &new_pod(NORTHWIND_COHORT, name, max_members)))
        .await
        .expect("making a pod")
}

/// Somebody further in Northwind's cohort, coached by Ada.
pub(crate) async fn participant(db: &Db, name: &'static str) -> ParticipantId {
    db.write(move |tx| {
        let person: PersonId = tx.new_id();
        let now = tx.now();
        tx.exec(
            "INSERT INTO person (id, name, folded_name, mail, folded_mail, zone, zone_known, language, hour_style,
                 created_at)
             VALUES ($1, $2, $2, $2, $2, 'UTC', $3, 'en', 'h24', $4)",
            args![person, name, true, now],
        )?;
        program::add_participant(tx, &acting(LEA), NORTHWIND_COHORT, person, ADA)
    })
    .await
    .expect("adding a participant")
}

pub(crate) async fn join(db: &Db, pod: PodId, participant: ParticipantId) -> model::Result<()> {
    db.write(move |tx| program::join_pod(tx, &acting(LEA), pod, participant)).await
}

pub(crate) async fn start(db: &Db, participant: ParticipantId) -> JourneyId {
    db.write(move |tx| program::start_journey(tx, &acting(LEA), participant))
        .await
        .expect("starting a journey")
}

/// A journey's places with their sessions, step by step.
pub(crate) async fn places(db: &Db, journey: JourneyId) -> Vec<(Session, Attendance)> {
    let sql = "SELECT a.session_id, a.step_id FROM attendance a JOIN step t ON t.id = a.step_id
        WHERE a.journey_id = $1 ORDER BY t.no";
    db.read(move |tx| {
        let rows =
            tx.all(sql, args![journey], |row| Ok((row.get::<SessionId>(0)?, row.get::<StepId>(1)?)))?;
        rows.into_iter().map(|(session, step)| place(tx, session, journey, step)).collect()
    })
    .await
    .expect("reading a journey")
}

fn place(
    tx: &mut Tx,
    session: SessionId,
    journey: JourneyId,
    step: StepId,
) -> model::Result<(Session, Attendance)> {
    let session = session::get(tx, session)?;
    let places = session::attendances(tx, session.id)?;
    let is_it =
        |place: &Attendance| place.facts.part.is_some_and(|p| p.journey == journey && p.step == Some(step));
    let place = places.into_iter().find(is_it).expect("the place of the step");
    Ok((session, place))
}

fn refusal<T: std::fmt::Debug>(outcome: model::Result<T>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

model::on_both! {
    // Rules G1, S2, S9
    async fn a_pod_of_three_shares_one_session_and_each_keeps_their_own_steps(world: World) {
        let db = &world.db;
        let pod = pod(db, "Tuesday", 6).await;
        let (kim, noor) = (participant(db, "Kim").await, participant(db, "Noor").await);
        // Two are members before their journey starts, one joins while it runs.
        join(db, pod, BEN_AT_NORTHWIND).await.expect("Ben joins");
        join(db, pod, kim).await.expect("Kim joins");
        let mut journeys = Vec::new();
        for participant in [BEN_AT_NORTHWIND, kim, noor] {
            journeys.push(start(db, participant).await);
        }
        let sessions_before = places(db, journeys[2]).await;
        assert_ne!(sessions_before[1].0.id, places(db, journeys[0]).await[1].0.id);
        join(db, pod, noor).await.expect("Noor joins");

        let mut shared = Vec::new();
        for journey in &journeys {
            let places = places(db, *journey).await;
            let kinds: Vec<_> = places.iter().map(|(session, _)| session.facts.kind).collect();
            assert_eq!(kinds, [SessionKind::OneToOne, SessionKind::Pod, SessionKind::OneToOne]);
            for (session, place) in &places {
                assert_eq!(place.status(session), Status::Unbooked);
                assert_eq!(session.coaches, [ADA]);
                assert!(place.facts.part.is_some_and(|part| part.counts));
            }
            shared.push((places[1].0.id, places[1].0.pod));
        }
        assert_eq!(shared, [(shared[0].0, Some(pod)); 3]);
        let session = shared[0].0;
        let members = db.read(move |tx| session::attendances(tx, session)).await.expect("reading the pod's places");
        assert_eq!(members.len(), 3);
        // The session that had been kept for Noor alone is gone.
        let kept = sessions_before[1].0.id;
        assert_eq!(refusal(db.read(move |tx| session::get(tx, kept)).await), Refusal::NotFound);
    }

    // Rules G5, A7
    async fn the_last_place_of_a_pod_goes_once(world: World) {
        let db = &world.db;
        let pod = pod(db, "Small", 3).await;
        let mut waiting = Vec::new();
        for name in ["A", "B", "C", "D", "E", "F", "G", "H"] {
            waiting.push(participant(db, name).await);
        }
        let joins: Vec<_> = waiting.into_iter().map(|participant| {
            let db = db.clone();
            tokio::spawn(async move { join(&db, pod, participant).await })
        }).collect();
        let mut members = 0;
        for join in joins {
            match join.await.expect("no join panics") {
                Ok(()) => members += 1,
                outcome => assert_eq!(refusal(outcome), Refusal::PodFull { most: 3 }),
            }
        }
        assert_eq!(members, 3);
    }

    // Rule G5
    async fn one_step_is_one_pod(world: World) {
        let db = &world.db;
        let (first, second) = (pod(db, "First", 6).await, pod(db, "Second", 6).await);
        join(db, first, BEN_AT_NORTHWIND).await.expect("Ben joins");
        join(db, first, BEN_AT_NORTHWIND).await.expect("to join again changes nothing");
        assert_eq!(refusal(join(db, second, BEN_AT_NORTHWIND).await), Refusal::InAnotherPod);
        let sixteen = db.write(|tx| program::add_pod(tx, &acting(LEA), &new_pod(NORTHWIND_COHORT, "Huge", 16))).await;
        assert_eq!(refusal(sixteen), Refusal::invalid("max_members", Problem::OutOfRange { least: 2, most: 15 }));
        let twice = db.write(|tx| program::start_journey(tx, &acting(LEA), BEN_AT_NORTHWIND)).await;
        twice.expect("Ben's journey starts");
        let twice = db.write(|tx| program::start_journey(tx, &acting(LEA), BEN_AT_NORTHWIND)).await;
        assert_eq!(refusal(twice), Refusal::invalid("participant", Problem::Taken));
    }

    // Rules P3, P4
    async fn a_lead_acts_in_their_own_programs_only(world: World) {
        let try_pod = |who: PersonId, cohort: CohortId| {
            let db = world.db.clone();
            async move {
                db.write(move |tx| program::add_pod(tx, &acting(who), &new_pod(cohort, "Pod", 6))).await.map(|_| ())
            }
        };
        let absent = CohortId::from_raw(99);
        assert!(try_pod(LEA, NORTHWIND_COHORT).await.is_ok());
        assert!(try_pod(OTTO, SOUTHWIND_COHORT).await.is_ok());
        for (who, cohort) in [
            (LEA, SOUTHWIND_COHORT), (LEA, absent), (OTTO, absent), (ADA, NORTHWIND_COHORT), (ADA, absent),
            (BEN, NORTHWIND_COHORT), (CARA, NORTHWIND_COHORT),
        ] {
            assert_eq!(refusal(try_pod(who, cohort).await), Refusal::NotFound, "{who} {cohort}");
        }
        let visitor = world.db.write(|tx| program::add_company(tx, &Actor::Visitor, "Eastwind")).await;
        assert_eq!(refusal(visitor), Refusal::NotSignedIn);
        let lead = world.db.write(|tx| program::add_company(tx, &acting(LEA), "Eastwind")).await;
        assert_eq!(refusal(lead).code(), "may_not");
    }

    // Rule G1
    async fn an_admin_builds_a_program_and_each_act_is_in_the_log(world: World) {
        let made = world.db.write(|tx| {
            let otto = acting(OTTO);
            let step = NewStep {
                name: "Hello".to_owned(),
                kind: SessionKind::OneToOne,
                minutes: Minutes::new(45).expect("a length"),
                weeks: Some((1, 2)),
                window_days: 60,
                place: Place { kind: PlaceKind::Phone, detail: "+49 30 1234".to_owned() },
            };
            let steps = [NewStep { weeks: None, ..step.clone() }, step];
            let company = program::add_company(tx, &otto, "Eastwind")?;
            let project = program::add_project(tx, &otto, company, "Pilot", Disclosure::Counts)?;
            let pathway = program::add_pathway(tx, &otto, "Short", Order::Free, &steps)?;
            let now = tx.now();
            let cohort = program::add_cohort(tx, &otto, project, pathway, "One", now)?;
            let participant = program::add_participant(tx, &otto, cohort, GIL, ADA)?;
            program::start_journey(tx, &otto, participant)
        }).await.expect("building a program");
        let places = places(&world.db, made).await;
        let found: Vec<_> = places.iter().map(|(session, place)| {
            (place.client, session.coaches.as_slice(), session.facts.minutes.get(), session.place.kind)
        }).collect();
        assert_eq!(found, [(GIL, [ADA].as_slice(), 45, PlaceKind::Phone); 2]);
        // Gil is Ada's client from now on, beside being Finn's.
        let coaches = world.db.read(|tx| tx.all(
            "SELECT coach_id FROM coaching WHERE client_id = $1 AND to_at IS NULL ORDER BY coach_id", args![GIL],
            |row| row.get::<PersonId>(0),
        )).await.expect("reading Gil's coaches");
        assert_eq!(coaches, [ADA, FINN]);
        let kinds = world.db.read(|tx| tx.all(
            "SELECT kind FROM event WHERE by_id = $1 ORDER BY id", args![OTTO], |row| row.get::<String>(0),
        )).await.expect("reading the log");
        assert_eq!(kinds, [
            "company_added", "project_added", "pathway_added", "cohort_added", "participant_added", "journey_started",
        ]);
    }

    async fn what_is_taken_or_absent_is_said_as_such(world: World) {
        let db = &world.db;
        let again = db.write(|tx| program::add_company(tx, &acting(OTTO), "NORTHWIND")).await;
        assert_eq!(refusal(again), Refusal::invalid("name", Problem::Taken));
        let again = db.write(|tx| program::add_participant(tx, &acting(OTTO), NORTHWIND_COHORT, BEN, ADA)).await;
        assert_eq!(refusal(again), Refusal::invalid("person", Problem::Taken));
        let himself = db.write(|tx| program::add_participant(tx, &acting(OTTO), NORTHWIND_COHORT, ADA, ADA)).await;
        assert_eq!(refusal(himself), Refusal::invalid("coach", Problem::NotAChoice));
        let no_coach = db.write(|tx| program::add_participant(tx, &acting(OTTO), NORTHWIND_COHORT, GIL, BEN)).await;
        assert_eq!(refusal(no_coach), Refusal::invalid("coach", Problem::NotAChoice));
        let project = db.write(|tx| program::add_project(tx, &acting(OTTO), NORTHWIND, "New leads", Disclosure::Names));
        assert_eq!(refusal(project.await), Refusal::invalid("name", Problem::Taken));
        let nothing = db.write(|tx| program::add_pathway(tx, &acting(OTTO), "Empty", Order::Ordered, &[])).await;
        assert_eq!(refusal(nothing).code(), "invalid");
        let absent = db.write(|tx| {
            let now = tx.now();
            program::add_cohort(tx, &acting(OTTO), rules::ids::ProjectId::from_raw(99), PATHWAY, "X", now)
        }).await;
        assert_eq!(refusal(absent), Refusal::NotFound);
    }
}
