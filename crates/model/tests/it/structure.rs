//! What a program consists of, and what becomes of it: reach, leads and sponsors, participants, changes of a pathway.

use std::collections::BTreeSet;

use model::event::{Actor, Via};
use model::program::company::{self, CohortChange, Cohorts, Disclosure};
use model::program::lead::{self, Led, Named};
use model::program::participant::{self, NewParticipant, Notes};
use model::program::pathway::{self, NewStep, PathwayChange, Running};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, FINN, FIRST_STEP, GIL, LAST_STEP, LEA, NORTHWIND, NORTHWIND_COHORT,
    NORTHWIND_PROJECT, OTTO, PATHWAY, PEOPLE, POD_STEP, SOUTHWIND, SOUTHWIND_COHORT, SOUTHWIND_PROJECT,
    World,
};
use model::{Db, Error, args, person, program, session};
use rules::attendance::Status;
use rules::ids::{ParticipantId, PathwayId, PersonId, SessionId, StepId};
use rules::pathway::Order;
use rules::permission::Role;
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, Place, PlaceKind, SessionKind};
use rules::text::Line;

use crate::programs::{places, start};

fn acting(person: PersonId) -> Actor {
    let somebody = PEOPLE.iter().find(|somebody| somebody.id == person).expect("one of the small world");
    Actor::Person { who: somebody.who(), via: Via::Page, proof: None }
}

fn refusal<T: std::fmt::Debug>(outcome: model::Result<T>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn named(mail: &str, name: Option<&str>) -> Named {
    let name = name.map(|name| PersonName::parse(name).expect("a name"));
    Named { mail: MailAddress::parse(mail).expect("an address"), name }
}

fn newcomer(mail: &str, notes: Notes) -> NewParticipant {
    NewParticipant {
        cohort: NORTHWIND_COHORT,
        name: PersonName::parse("Kim Berg").expect("a name"),
        mail: MailAddress::parse(mail).expect("an address"),
        zone: None,
        starts_at: None,
        notes,
    }
}

fn line<const MOST: u32>(text: &str) -> Line<MOST> {
    Line::parse(text).expect("a line")
}

/// What the pathway of the small world is now, to be changed.
async fn as_it_is(db: &Db, id: PathwayId) -> PathwayChange {
    let (found, steps) =
        db.read(move |tx| pathway::pathway(tx, &acting(OTTO), id)).await.expect("the pathway");
    PathwayChange {
        name: found.name,
        order: found.order,
        steps: steps.into_iter().map(|step| (Some(step.id), step.step)).collect(),
    }
}

pub(crate) fn step(name: &str, minutes: i64) -> NewStep {
    NewStep {
        name: name.to_owned(),
        kind: SessionKind::OneToOne,
        minutes: Minutes::new(minutes).expect("a length"),
        weeks: None,
        window_days: 90,
        place: Place { kind: PlaceKind::Room, detail: String::new() },
    }
}

async fn names(db: &Db, who: PersonId) -> (Vec<String>, Vec<String>, Vec<String>) {
    db.read(move |tx| {
        let by = acting(who);
        let companies = company::companies(tx, &by, None, 10)?.into_iter().map(|one| one.name).collect();
        let projects = company::projects(tx, &by, None, None, 10)?;
        let projects = projects.into_iter().map(|one| format!("{} {}", one.company_name, one.name)).collect();
        let cohorts = company::cohorts(tx, &by, &Cohorts::default(), 10)?;
        let cohorts = cohorts.into_iter().map(|one| format!("{} {}", one.company_name, one.name)).collect();
        Ok((companies, projects, cohorts))
    })
    .await
    .expect("reading what there is")
}

model::on_both! {
    // Rules P3, P4
    async fn a_lead_sees_what_they_lead_and_its_frame_alone(world: World) {
        let db = &world.db;
        let own = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (companies, projects, cohorts) = names(db, LEA).await;
        assert_eq!(companies, own(&["Northwind"]));
        assert_eq!(projects, own(&["Northwind New leads"]));
        assert_eq!(cohorts, own(&["Northwind Spring"]));
        assert_eq!(names(db, OTTO).await.2, own(&["Northwind Spring", "Southwind Spring"]));
        for who in [ADA, BEN, CARA] {
            let seen = db.read(move |tx| company::companies(tx, &acting(who), None, 10)).await;
            assert_eq!(refusal(seen).code(), "may_not");
        }
        // What is foreign is as what is absent, and what is seen is not therefore changed.
        let absent = rules::ids::CohortId::from_raw(99);
        for id in [SOUTHWIND_COHORT, absent] {
            assert_eq!(refusal(db.read(move |tx| company::cohort(tx, &acting(LEA), id)).await), Refusal::NotFound);
        }
        let foreign = db.read(|tx| company::project(tx, &acting(LEA), SOUTHWIND_PROJECT)).await;
        assert_eq!(refusal(foreign), Refusal::NotFound);
        let change = db.write(|tx| company::rename_company(tx, &acting(LEA), NORTHWIND, "Mine")).await;
        assert_eq!(refusal(change).code(), "may_not");
        // A lead of the project or the company sees the same, and what is made there later.
        for (led, name) in [(Led::Project(SOUTHWIND_PROJECT), "Second"), (Led::Company(SOUTHWIND), "Third")] {
            let lead = db.write(move |tx| {
                let now = tx.now();
                company::add_cohort(tx, &acting(OTTO), SOUTHWIND_PROJECT, PATHWAY, name, now)?;
                lead::appoint(tx, &acting(OTTO), led, &named("lea@cairn.example", None))
            }).await.expect("a lead");
            let seen = names(db, LEA).await;
            assert_eq!(seen.0, own(&["Northwind", "Southwind"]));
            assert!(seen.2.contains(&format!("Southwind {name}")), "{seen:?}");
            db.write(move |tx| lead::dismiss(tx, &acting(OTTO), lead)).await.expect("taking it away");
            assert_eq!(names(db, LEA).await.0, own(&["Northwind"]));
        }
    }

    // Rules P3, P5
    async fn leads_and_sponsors_are_found_or_made_by_their_address(world: World) {
        let db = &world.db;
        db.write(|tx| {
            let otto = acting(OTTO);
            lead::appoint(tx, &otto, Led::Cohort(NORTHWIND_COHORT), &named("ADA@cairn.example", None))?;
            lead::add_sponsor(tx, &otto, NORTHWIND, &named("dora@northwind.example", Some("Dora Quist")))
        }).await.expect("a lead and a sponsor");
        let (leads, sponsors, roles) = db.read(|tx| {
            let leads: Vec<_> = lead::of(tx, Led::Cohort(NORTHWIND_COHORT))?.into_iter().map(|one| one.name).collect();
            let sponsors: Vec<_> = lead::sponsors(tx, NORTHWIND)?.into_iter().map(|one| one.name).collect();
            Ok((leads, sponsors, person::get(tx, ADA)?.roles))
        }).await.expect("reading");
        assert_eq!(leads, ["Ada Lindholm", "Lea Moreau"]);
        assert_eq!(sponsors, ["Cara Jensen", "Dora Quist"]);
        assert!(roles.contains(Role::Coach) && roles.contains(Role::ProgramLead));
        let twice = db.write(|tx| {
            lead::appoint(tx, &acting(OTTO), Led::Cohort(NORTHWIND_COHORT), &named("lea@cairn.example", None))
        }).await;
        assert_eq!(refusal(twice), Refusal::invalid("mail", Problem::Taken));
        let nameless = db.write(|tx| {
            lead::add_sponsor(tx, &acting(OTTO), NORTHWIND, &named("nobody@northwind.example", None))
        }).await;
        assert_eq!(refusal(nameless), Refusal::invalid("name", Problem::Missing));
        for who in [LEA, ADA, BEN, CARA] {
            let by_other = db.write(move |tx| {
                lead::appoint(tx, &acting(who), Led::Company(NORTHWIND), &named("lea@cairn.example", None))
            }).await;
            assert_eq!(refusal(by_other).code(), "may_not");
        }
    }

    // Rules G1, G8
    async fn only_an_admin_changes_and_puts_away_a_cohort(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let standing = |id| async move {
            db.read(move |tx| company::standings(tx, &[id])).await.expect("counting")[&id]
        };
        let counts = standing(NORTHWIND_COHORT).await;
        assert_eq!((counts.people, counts.unbooked, counts.sessions()), (1, 3, 3));
        assert_eq!(standing(SOUTHWIND_COHORT).await.sessions(), 0);
        let by_lead = db.write(|tx| company::archive_cohort(tx, &acting(LEA), NORTHWIND_COHORT)).await;
        assert_eq!(refusal(by_lead).code(), "may_not");
        db.write(|tx| company::archive_cohort(tx, &acting(OTTO), NORTHWIND_COHORT)).await.expect("putting it away");
        let away = db.read(|tx| company::cohort(tx, &acting(LEA), NORTHWIND_COHORT)).await.expect("the cohort");
        assert!(away.archived_at.is_some());
        db.write(|tx| company::restore_cohort(tx, &acting(OTTO), NORTHWIND_COHORT)).await.expect("bringing it back");
        let back = db.read(|tx| company::cohort(tx, &acting(LEA), NORTHWIND_COHORT)).await.expect("the cohort");
        assert_eq!(back.archived_at, None);
        // Journeys have begun: another pathway is no choice any more. Name and start are.
        let other = db.write(|tx| pathway::add_pathway(tx, &acting(OTTO), "Other", Order::Free, &[step("One", 60)]));
        let other = other.await.expect("a pathway");
        let starts_at = back.starts_at;
        let change = move |id, pathway| async move {
            db.write(move |tx| {
                let new = CohortChange { name: "Autumn".to_owned(), starts_at, pathway };
                company::change_cohort(tx, &acting(OTTO), id, &new)
            }).await
        };
        let begun = change(NORTHWIND_COHORT, other).await;
        assert_eq!(refusal(begun), Refusal::invalid("pathway", Problem::NotAChoice));
        change(NORTHWIND_COHORT, PATHWAY).await.expect("another name");
        change(SOUTHWIND_COHORT, other).await.expect("another pathway");
        db.write(|tx| {
            company::change_project(tx, &acting(OTTO), NORTHWIND_PROJECT, "New heads", Disclosure::Counts)
        }).await.expect("changing a project");
        let project = db.read(|tx| company::project(tx, &acting(LEA), NORTHWIND_PROJECT)).await.expect("the project");
        assert_eq!((project.name.as_str(), project.disclosure), ("New heads", Disclosure::Counts));
    }

    // Rules G2, G12, P4
    async fn a_participant_is_added_by_hand_and_their_journey_begins(world: World) {
        let db = &world.db;
        let notes = Notes {
            coach: Some(ADA),
            external_id: Some(line("NW-17")),
            tags: vec![line("sales"), line("north")],
            test: false,
            fields: vec![(line("Cost centre"), line("4711"))],
        };
        let again = notes.clone();
        let kim = db.write(move |tx| participant::enroll(tx, &acting(LEA), &newcomer("kim@northwind.example", notes.clone())));
        let kim = kim.await.expect("adding Kim");
        let seen = db.read(move |tx| participant::participant(tx, &acting(LEA), kim)).await.expect("Kim");
        assert_eq!(seen.external_id.as_deref(), Some("NW-17"));
        assert_eq!(seen.tags, ["north", "sales"]);
        assert_eq!(seen.fields, [("Cost centre".to_owned(), "4711".to_owned())]);
        let (roles, letters) = db.read(move |tx| {
            let roles = person::get(tx, seen.person)?.roles;
            let letters: i64 = tx.one("SELECT COUNT(*) FROM mail WHERE person_id = $1", args![seen.person], |row| row.get(0))?;
            Ok((roles, letters))
        }).await.expect("reading");
        assert!(roles.contains(Role::Client));
        assert_eq!(letters, 1);
        // Gil is known; his name stays his, he hears nothing, and the lead learns nothing of his other places.
        let twice = db.write(move |tx| participant::enroll(tx, &acting(LEA), &newcomer("gil@southwind.example", again.clone())));
        assert_eq!(refusal(twice.await), Refusal::invalid("external_id", Problem::Taken));
        let gil = db.write(|tx| participant::enroll(tx, &acting(LEA), &newcomer("Gil@southwind.example", Notes::default())));
        let gil = gil.await.expect("adding Gil");
        let seen = db.read(move |tx| participant::participant(tx, &acting(LEA), gil)).await.expect("Gil");
        assert_eq!((seen.person, seen.name.as_str()), (GIL, "Gil Navarro"));
        let once_more = db.write(|tx| participant::enroll(tx, &acting(LEA), &newcomer("gil@southwind.example", Notes::default())));
        assert_eq!(refusal(once_more.await), Refusal::invalid("person", Problem::Taken));
        // A test is told nothing.
        let test = Notes { test: true, ..Notes::default() };
        db.write(move |tx| participant::enroll(tx, &acting(LEA), &newcomer("probe@northwind.example", test.clone())))
            .await.expect("adding a test");
        let letters: i64 = db.read(|tx| tx.one("SELECT COUNT(*) FROM mail", args![], |row| row.get(0))).await.expect("counting");
        assert_eq!(letters, 1);
        let counts = db.read(|tx| company::standings(tx, &[NORTHWIND_COHORT])).await.expect("counting")[&NORTHWIND_COHORT];
        assert_eq!(counts.people, 3, "a test is in no count");
        let foreign = db.write(|tx| {
            let new = NewParticipant { cohort: SOUTHWIND_COHORT, ..newcomer("kim@northwind.example", Notes::default()) };
            participant::enroll(tx, &acting(LEA), &new)
        }).await;
        assert_eq!(refusal(foreign), Refusal::NotFound);
        let many = Notes { fields: (0..11).map(|n| (line(&format!("F{n}")), line("x"))).collect(), ..Notes::default() };
        let many = db.write(move |tx| participant::change_participant(tx, &acting(LEA), kim, &many)).await;
        assert_eq!(refusal(many), Refusal::invalid("fields", Problem::TooMany { most: 10 }));
    }

    // Rules G6, G12
    async fn another_coach_takes_over_what_has_no_time_yet(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        db.write(|tx| {
            let notes = Notes { coach: Some(FINN), ..Notes::default() };
            participant::change_participant(tx, &acting(LEA), BEN_AT_NORTHWIND, &notes)
        }).await.expect("another coach");
        for (session, place) in places(db, journey).await {
            assert_eq!((session.coaches, place.facts.outcome), (vec![FINN], None));
        }
        let foreign: ParticipantId = ParticipantId::from_raw(2);
        let other = db.write(move |tx| participant::change_participant(tx, &acting(LEA), foreign, &Notes::default())).await;
        assert_eq!(refusal(other), Refusal::NotFound);
    }

    // Rule G1
    async fn a_change_reaches_what_running_journeys_have_unbooked_and_nothing_else(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let before = places(db, journey).await;
        // The first step was held, the others are open.
        let held = before[0].0.id;
        db.write(move |tx| mark_completed(tx, held)).await.expect("marking");
        let mut new = as_it_is(db, PATHWAY).await;
        new.steps[0].1.minutes = Minutes::new(45).expect("a length");
        new.steps[2].1.minutes = Minutes::new(45).expect("a length");
        new.steps.swap(1, 2);
        new.steps.insert(1, (None, step("Between", 30)));
        let foreseen = new.clone();
        let outlook = db.read(move |tx| pathway::foresee(tx, &acting(OTTO), PATHWAY, &foreseen)).await.expect("the outlook");
        assert_eq!((outlook.running, outlook.touched, outlook.reordered), (1, 1, true));
        assert_eq!((outlook.added, outlook.changed), (vec!["Between".to_owned()], vec!["Where you stand".to_owned(), "Where you go".to_owned()]));
        let change = new.clone();
        let same = db.write(move |tx| pathway::change(tx, &acting(OTTO), PATHWAY, &change, Running::Follow)).await;
        assert_eq!(same.expect("changing"), PATHWAY);
        let after = places(db, journey).await;
        let minutes: Vec<_> = after.iter().map(|(session, _)| session.facts.minutes.get()).collect();
        assert_eq!(minutes, [60, 30, 45, 90], "what was held stays as long as it was");
        assert_eq!(after[0].1.status(&after[0].0), Status::Completed);
        // Taking steps out: what is held stays in the journey, what is open goes.
        let mut new = as_it_is(db, PATHWAY).await;
        new.steps.retain(|(id, _)| *id == Some(LAST_STEP));
        let change = new.clone();
        db.write(move |tx| pathway::change(tx, &acting(OTTO), PATHWAY, &change, Running::Follow)).await.expect("changing");
        let left: Vec<_> = places(db, journey).await.iter().map(|(_, place)| place.facts.part.and_then(|part| part.step)).collect();
        assert_eq!(left, [Some(LAST_STEP), Some(FIRST_STEP)]);
        // Who begins now gets the template alone.
        let gil = db.write(|tx| {
            let sql = "SELECT id FROM participant WHERE person_id = $1";
            let id = tx.one(sql, args![GIL], |row| row.get(0))?;
            program::start_journey(tx, &acting(OTTO), id)
        }).await.expect("a journey");
        assert_eq!(places(db, gil).await.len(), 1);
        let by_lead = db.write(move |tx| pathway::change(tx, &acting(LEA), PATHWAY, &new, Running::Follow)).await;
        assert_eq!(refusal(by_lead).code(), "may_not");
    }

    // Rule G1
    async fn running_journeys_may_stay_as_they_are(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let mut new = as_it_is(db, PATHWAY).await;
        new.steps.retain(|(id, _)| *id != Some(POD_STEP));
        new.steps[0].1.name = "Begin".to_owned();
        let change = new.clone();
        let successor = db.write(move |tx| pathway::change(tx, &acting(OTTO), PATHWAY, &change, Running::Stay)).await;
        let successor = successor.expect("changing");
        assert_ne!(successor, PATHWAY);
        assert_eq!(places(db, journey).await.len(), 3);
        let follows = |id| async move {
            db.read(move |tx| company::cohort(tx, &acting(OTTO), id)).await.expect("a cohort").pathway
        };
        assert_eq!(follows(NORTHWIND_COHORT).await, PATHWAY, "begun with it, goes on with it");
        assert_eq!(follows(SOUTHWIND_COHORT).await, successor, "had not begun");
        let (all, earlier) = db.read(move |tx| {
            let all: BTreeSet<_> = pathway::pathways(tx, &acting(OTTO))?.into_iter().map(|one| (one.id, one.steps)).collect();
            Ok((all, pathway::earlier(tx, &acting(OTTO), successor)?))
        }).await.expect("reading");
        assert_eq!(all, BTreeSet::from([(successor, 2)]));
        assert_eq!((earlier.len(), earlier[0].id, earlier[0].running), (1, PATHWAY, 1));
        let late = db.write(move |tx| pathway::change(tx, &acting(OTTO), PATHWAY, &new, Running::Follow)).await;
        assert_eq!(refusal(late).code(), "changed_meanwhile");
    }

    // Rule G1
    async fn a_step_in_use_stays_what_kind_it_is(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let mut new = as_it_is(db, PATHWAY).await;
        new.steps[1].1.kind = SessionKind::OneToOne;
        let change = new.clone();
        let other = db.write(move |tx| pathway::change(tx, &acting(OTTO), PATHWAY, &change, Running::Follow)).await;
        assert_eq!(refusal(other), Refusal::invalid("kind", Problem::NotAChoice));
        new.steps[1].0 = Some(StepId::from_raw(99));
        let gone = db.write(move |tx| pathway::change(tx, &acting(OTTO), PATHWAY, &new, Running::Follow)).await;
        assert_eq!(refusal(gone).code(), "changed_meanwhile");
        assert_eq!(BEN, session_client(db).await);
    }
}

/// Gives the session's one place an outcome, as a mark would.
fn mark_completed(tx: &mut model::Tx, id: SessionId) -> model::Result<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE attendance SET outcome = 'completed', outcome_by = $1, outcome_at = $2, first_marked_at = $2
         WHERE session_id = $3",
        args![ADA, now, id],
    )?;
    session::get(tx, id).map(drop)
}

async fn session_client(db: &Db) -> PersonId {
    db.read(|tx| {
        let sql = "SELECT client_id FROM attendance WHERE journey_id IS NOT NULL ORDER BY id LIMIT 1";
        tx.one(sql, args![], |row| row.get(0))
    })
    .await
    .expect("a place")
}
