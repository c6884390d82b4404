//! Who takes part and how: pathways as they are kept, further journeys, files of people step by step, and coaches to choose.

use jiff::SignedDuration;
use model::event::{Actor, Via};
use model::program::intake::{self, Import, Stage, Then};
use model::program::lead::Led;
use model::program::participant::{self, NewParticipant, Notes};
use model::program::pathway::{self, NewStep, PathwayChange, Running, Shelf};
use model::program::{self, company, desk, journey, pool, profile, sheet};
use model::session::{self, PlannedWish};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, FINN, FIRST_STEP, GIL, LEA, NORTHWIND, NORTHWIND_COHORT,
    NORTHWIND_PROJECT, OTTO, PATHWAY, PEOPLE, SOUTHWIND_COHORT, SOUTHWIND_PROJECT, World,
};
use model::{Db, Error, agenda, args, notification, person};
use rules::ids::{CompanyId, ImportId, ParticipantId, PathwayId, PersonId};
use rules::letters::Letter;
use rules::notices::Category;
use rules::pathway::Order;
use rules::permission::Role;
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, Place, PlaceKind, SessionKind};
use rules::text::Line;

use crate::handover::finn_in_london;
use crate::programs::start;

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

fn step(name: &str) -> NewStep {
    NewStep {
        name: name.to_owned(),
        kind: SessionKind::OneToOne,
        minutes: Minutes::new(60).expect("an hour"),
        weeks: None,
        window_days: 90,
        place: Place { kind: PlaceKind::Room, detail: String::new() },
    }
}

async fn made(db: &Db, name: &'static str, steps: &'static [&str]) -> PathwayId {
    db.write(move |tx| {
        let steps: Vec<NewStep> = steps.iter().map(|name| step(name)).collect();
        pathway::add_pathway(tx, &acting(OTTO), name, Order::Free, &steps)
    })
    .await
    .expect("a pathway")
}

async fn as_it_is(db: &Db, id: PathwayId) -> PathwayChange {
    let (found, steps) =
        db.read(move |tx| pathway::pathway(tx, &acting(OTTO), id)).await.expect("the pathway");
    let steps = steps.into_iter().map(|step| (Some(step.id), step.step)).collect();
    PathwayChange { name: found.name, order: found.order, steps }
}

async fn names(db: &Db, id: PathwayId) -> Vec<String> {
    as_it_is(db, id).await.steps.into_iter().map(|(_, step)| step.name).collect()
}

async fn enrolled(db: &Db, mail: &'static str, coach: Option<PersonId>) -> (ParticipantId, PersonId) {
    db.write(move |tx| {
        let new = NewParticipant {
            cohort: NORTHWIND_COHORT,
            name: PersonName::parse("Kim Berg").expect("a name"),
            mail: MailAddress::parse(mail).expect("an address"),
            zone: None,
            starts_at: None,
            notes: Notes { coach, ..Notes::default() },
        };
        let id = participant::enroll(tx, &acting(LEA), &new)?;
        Ok((id, participant::participant(tx, &acting(LEA), id)?.person))
    })
    .await
    .expect("a participant")
}

/// Somebody new, who is a client.
fn as_client(person: PersonId) -> Actor {
    let who = rules::permission::Who { person, roles: Role::Client.into() };
    Actor::Person { who, via: Via::Page, proof: None }
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    db.read(move |tx| tx.one(sql, args![], |row| row.get(0))).await.expect("counting")
}

/// Does what the job does until nothing waits.
async fn work(db: &Db) {
    while let Some(work) = db.read(intake::next).await.expect("looking for work") {
        let sheet = sheet::read(work.file.as_bytes());
        let id = work.id;
        if work.is_commit {
            db.write(move |tx| intake::bring_in(tx, &work, &sheet, |_| {})).await.expect("bringing in");
            continue;
        }
        let mut found = intake::Found::before(&sheet);
        for from in (0..sheet.rows.len()).step_by(intake::GO_ROWS) {
            let (one, rows) = (work.clone(), sheet.clone());
            found = db.read(move |tx| intake::look(tx, &one, &rows, from, &found)).await.expect("looking");
            let checked = from + intake::GO_ROWS;
            assert!(db.write(move |tx| intake::looked(tx, id, checked)).await.expect("counting"));
        }
        let whole = found.whole();
        db.write(move |tx| intake::all_looked(tx, id, &whole)).await.expect("keeping");
    }
}

fn rows(count: usize) -> String {
    let row = |n| format!("P {n},p{n}@northwind.example,,Northwind,New leads,Spring,,,,X-{n}\n");
    let header = "name,e-mail,zone,company,project,cohort,coach,pathway,start,external id\n";
    format!("{header}{}", (0..count).map(row).collect::<String>())
}

async fn sent(db: &Db, who: PersonId, file: String, then: Then) -> model::Result<ImportId> {
    let lines = sheet::read(file.as_bytes()).rows.len();
    db.write(move |tx| intake::begin(tx, &acting(who), "people.csv", &file, lines, then)).await
}

async fn now_of(db: &Db, who: PersonId, id: ImportId) -> Import {
    db.read(move |tx| intake::import(tx, &acting(who), id)).await.expect("one's own file")
}

model::on_both! {
    // Rule G1
    async fn steps_change_places_as_often_as_one_likes(world: World) {
        let db = &world.db;
        let id = made(db, "Turns", &["a", "b", "c", "d"]).await;
        for turn in ["dcba", "cdab", "abcd", "badc"] {
            let mut new = as_it_is(db, id).await;
            new.steps.sort_by_key(|(_, step)| turn.find(&step.name));
            let outlook = db.read({
                let new = new.clone();
                move |tx| pathway::foresee(tx, &acting(OTTO), id, &new)
            }).await.expect("foreseeing");
            assert!(outlook.reordered && outlook.changed.is_empty());
            db.write(move |tx| pathway::change(tx, &acting(OTTO), id, &new, Running::Follow)).await.expect(turn);
            assert_eq!(names(db, id).await.concat(), turn);
        }
        // A step between them, one taken out, and all turned round at once, while a journey runs.
        db.write(move |tx| {
            journey::add_journey(tx, &acting(OTTO), BEN_AT_NORTHWIND, id, None)
        }).await.expect("a journey");
        let mut new = as_it_is(db, id).await;
        new.steps.reverse();
        new.steps.remove(1);
        new.steps.insert(2, (None, step("e")));
        db.write(move |tx| pathway::change(tx, &acting(OTTO), id, &new, Running::Follow)).await.expect("changing");
        assert_eq!(names(db, id).await.concat(), "caeb");
        let steps = db.read(move |tx| agenda::journeys(tx, &acting(BEN))).await.expect("journeys");
        let steps: String = steps.iter().find(|one| one.name == "Turns").expect("it").steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(steps, "caeb", "the journey has followed");
    }

    // Rules G1, P4
    async fn a_lead_sees_the_pathways_of_their_own_programs_and_writes_none(world: World) {
        let db = &world.db;
        let other = made(db, "Elsewhere", &["a"]).await;
        let seen = db.read(|tx| pathway::pathways(tx, &acting(LEA))).await.expect("a list");
        assert_eq!(seen.iter().map(|one| one.id).collect::<Vec<_>>(), [PATHWAY]);
        // Southwind follows it too, and Lea is not told.
        assert_eq!((seen[0].cohorts, seen[0].running), (1, 0));
        let all = db.read(|tx| pathway::pathways(tx, &acting(OTTO))).await.expect("a list");
        assert_eq!(all.iter().map(|one| one.cohorts).sum::<u32>(), 2);
        let foreign = db.read(move |tx| pathway::pathway(tx, &acting(LEA), other)).await;
        let absent = db.read(|tx| pathway::pathway(tx, &acting(LEA), PathwayId::from_raw(9))).await;
        assert_eq!((refusal(foreign), refusal(absent)), (Refusal::NotFound, Refusal::NotFound));
        let away = db.write(|tx| pathway::archive_pathway(tx, &acting(LEA), PATHWAY)).await;
        assert_eq!(refusal(away).code(), "may_not");
        for who in [ADA, BEN, CARA] {
            assert_eq!(refusal(db.read(move |tx| pathway::pathways(tx, &acting(who))).await).code(), "may_not");
        }
    }

    // Rule G1
    async fn a_pathway_that_is_put_away_is_given_to_nobody_and_goes_on(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        db.write(|tx| pathway::archive_pathway(tx, &acting(OTTO), PATHWAY)).await.expect("putting away");
        let shelves = db.read(|tx| {
            let count = |tx: &mut model::Tx, shelf| Ok::<_, Error>(pathway::on_shelf(tx, &acting(OTTO), shelf)?.len());
            Ok((count(tx, Shelf::InUse)?, count(tx, Shelf::PutAway)?))
        }).await.expect("shelves");
        assert_eq!(shelves, (0, 1));
        assert_eq!(count(db, "SELECT COUNT(*) FROM journey WHERE completed_at IS NULL").await, 1);
        let given = db.write(|tx| journey::add_journey(tx, &acting(LEA), BEN_AT_NORTHWIND, PATHWAY, None)).await;
        assert_eq!(refusal(given), Refusal::invalid("pathway", Problem::NotAChoice));
        db.write(|tx| pathway::restore_pathway(tx, &acting(OTTO), PATHWAY)).await.expect("bringing back");
        assert_eq!(db.read(|tx| pathway::pathways(tx, &acting(OTTO))).await.expect("a list").len(), 1);
    }

    // Rule G1
    async fn a_participant_has_several_journeys_each_once(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let second = made(db, "Second", &["a", "b"]).await;
        let hidden = db.write(move |tx| journey::add_journey(tx, &acting(LEA), BEN_AT_NORTHWIND, second, None)).await;
        assert_eq!(refusal(hidden), Refusal::invalid("pathway", Problem::NotAChoice), "Lea does not know it");
        db.write(move |tx| journey::add_journey(tx, &acting(OTTO), BEN_AT_NORTHWIND, second, None)).await.expect("a journey");
        let twice = db.write(move |tx| journey::add_journey(tx, &acting(OTTO), BEN_AT_NORTHWIND, second, None)).await;
        assert_eq!(refusal(twice), Refusal::invalid("pathway", Problem::Taken));
        let seen = db.read(|tx| profile::profile(tx, &acting(LEA), BEN_AT_NORTHWIND)).await.expect("a profile");
        assert_eq!(seen.member.journeys.len(), 2);
        assert_eq!(db.read(|tx| agenda::journeys(tx, &acting(BEN))).await.expect("journeys").len(), 2);
        // A place at which none has begun yet comes after them, whichever engine sorts.
        db.write(|tx| {
            let now = tx.now();
            let autumn = company::add_cohort(tx, &acting(OTTO), NORTHWIND_PROJECT, PATHWAY, "Autumn", now)?;
            program::add_participant(tx, &acting(OTTO), autumn, BEN, ADA)
        }).await.expect("another place");
        let ways = db.read(|tx| profile::ways(tx, &acting(OTTO), &[BEN])).await.expect("ways");
        assert_eq!(ways.iter().map(|way| way.pathway.is_some()).collect::<Vec<_>>(), [true, true, false]);
    }

    // Rule G12
    async fn fields_of_ones_own_stand_on_the_profile(world: World) {
        let db = &world.db;
        let line = |text: &str| Line::parse(text).expect("a line");
        let field = |n: usize| (Line::parse(&format!("Field {n}")).expect("a name"), line("3"));
        let notes = |count| Notes { coach: Some(ADA), fields: (0..count).map(field).collect(), ..Notes::default() };
        let ten = notes(10);
        db.write(move |tx| participant::change_participant(tx, &acting(LEA), BEN_AT_NORTHWIND, &ten)).await.expect("ten");
        let eleven = notes(11);
        let more = db.write(move |tx| participant::change_participant(tx, &acting(LEA), BEN_AT_NORTHWIND, &eleven)).await;
        assert_eq!(refusal(more), Refusal::invalid("fields", Problem::TooMany { most: 10 }));
        let seen = db.read(|tx| profile::profile(tx, &acting(LEA), BEN_AT_NORTHWIND)).await.expect("a profile");
        assert_eq!((seen.fields.len(), seen.fields[0].0.as_str()), (10, "Field 0"));
    }

    // Rule G2
    async fn a_file_is_looked_at_waits_and_is_brought_in_when_that_is_said(world: World) {
        let db = &world.db;
        let people = "SELECT COUNT(*) FROM person";
        let before = count(db, people).await;
        let id = sent(db, LEA, rows(1_200), Then::Ask).await.expect("sending");
        assert_eq!(now_of(db, LEA, id).await.stage, Stage::Checking);
        let early = db.write(move |tx| intake::commit(tx, &acting(LEA), id)).await;
        assert_eq!(refusal(early), Refusal::ChangedMeanwhile);
        work(db).await;
        let found = now_of(db, LEA, id).await;
        assert_eq!((found.stage, found.checked, found.preview.new), (Stage::Checked, 1_200, 1_200));
        assert_eq!(found.preview.rows.len(), intake::SHOWN_ROWS);
        assert_eq!(count(db, people).await, before, "looking changes nothing");
        db.write(move |tx| intake::commit(tx, &acting(LEA), id)).await.expect("bringing in");
        let late = db.write(move |tx| intake::cancel(tx, &acting(LEA), id)).await;
        assert_eq!(refusal(late), Refusal::ChangedMeanwhile);
        work(db).await;
        let done = now_of(db, LEA, id).await;
        assert_eq!((done.stage, done.preview.new), (Stage::Done, 1_200));
        assert_eq!(count(db, people).await, before + 1_200);
        assert_eq!(count(db, "SELECT COUNT(*) FROM import WHERE file <> ''").await, 0, "its names are forgotten");
        // The same again is all as it was.
        let again = sent(db, LEA, rows(1_200), Then::BringIn).await.expect("sending");
        work(db).await;
        let again = now_of(db, LEA, again).await;
        assert_eq!((again.stage, again.preview.unchanged), (Stage::Done, 1_200));
        // An admin sees it too, and a lead none of an admin's.
        assert_eq!(now_of(db, OTTO, id).await.stage, Stage::Done);
        let other = sent(db, OTTO, rows(1), Then::Ask).await.expect("sending");
        let foreign = db.read(move |tx| intake::import(tx, &acting(LEA), other)).await;
        assert_eq!(refusal(foreign), Refusal::NotFound);
        work(db).await;
        // And what is long over is forgotten.
        db.advance_clock(SignedDuration::from_hours(24 * 8)).await.expect("a week");
        db.write(|tx| intake::sweep(tx, 100)).await.expect("sweeping");
        assert_eq!(count(db, "SELECT COUNT(*) FROM import").await, 0);
    }

    // Rule G2
    async fn what_a_line_takes_is_taken_however_far_below_the_next_one_stands(world: World) {
        let db = &world.db;
        finn_in_london(db).await;
        // Otto coaches too, and is free when Ada and Finn have somebody each.
        let both = rules::permission::Roles::from(Role::Admin).with(Role::Coach);
        db.write(move |tx| person::set_roles(tx, &acting(OTTO), OTTO, both).map(drop)).await.expect("a coach");
        let (kim, _) = enrolled(db, "kim@northwind.example", Some(FINN)).await;
        start(db, BEN_AT_NORTHWIND).await;
        let when: rules::time::Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        for place in [BEN_AT_NORTHWIND, kim] {
            db.write(move |tx| {
                let sql = "SELECT a.session_id FROM journey n JOIN attendance a ON a.journey_id = n.id
                     WHERE n.participant_id = $1 AND a.step_id = $2";
                let first = tx.one(sql, args![place, FIRST_STEP], |row| row.get(0))?;
                session::book_planned(tx, &acting(LEA), first, &PlannedWish::at(when))
            }).await.expect("a time");
        }
        let row = |name: &str, mail: &str| format!("{name},{mail},,Northwind,New leads,Spring,otto@cairn.example,,,\n");
        let between = rows(intake::GO_ROWS);
        let (header, between) = between.split_once('\n').expect("a header");
        let file = format!("{header}\n{}{between}{}", row("Ben Orle", "ben@northwind.example"), row("Kim Berg", "kim@northwind.example"));
        let id = sent(db, OTTO, file, Then::BringIn).await.expect("sending");
        work(db).await;
        // Otto's hour is given once, by the look as by what is done: it is in at once, and not shown anew.
        let done = now_of(db, OTTO, id).await;
        assert_eq!((done.stage, done.preview.is_anew), (Stage::Done, false));
        assert_eq!((done.preview.changed, done.preview.falls), (2, 1));
        let kept = "SELECT COUNT(*) FROM session s JOIN session_coach c ON c.session_id = s.id AND c.coach_id = 1 WHERE s.starts_at IS NOT NULL";
        assert_eq!(count(db, kept).await, 1);
    }

    // Rule G2
    async fn a_file_is_called_off_and_one_with_a_problem_is_never_brought_in(world: World) {
        let db = &world.db;
        let people = "SELECT COUNT(*) FROM person";
        let before = count(db, people).await;
        let id = sent(db, LEA, rows(10), Then::BringIn).await.expect("sending");
        db.write(move |tx| intake::cancel(tx, &acting(LEA), id)).await.expect("calling off");
        work(db).await;
        assert_eq!(now_of(db, LEA, id).await.stage, Stage::Cancelled);
        let wrong = rows(10) + "Q,q@northwind.example,,Northwind,New leads,Spring,nobody@cairn.example,,,\n";
        let id = sent(db, LEA, wrong, Then::BringIn).await.expect("sending");
        work(db).await;
        let found = now_of(db, LEA, id).await;
        assert_eq!(found.stage, Stage::Checked);
        let problem = sheet::RowProblem::new(12, "coach", Problem::NotAChoice).of("Q", "nobody@cairn.example");
        assert_eq!((found.preview.problems, found.name.as_str()), (vec![problem], "people.csv"));
        let all_the_same = db.write(move |tx| intake::commit(tx, &acting(LEA), id)).await;
        assert_eq!(refusal(all_the_same), Refusal::ChangedMeanwhile);
        assert_eq!(count(db, people).await, before);
        // No more than a few wait at a time.
        for _ in 0..intake::WAITING_MAX {
            sent(db, LEA, rows(1), Then::Ask).await.expect("sending");
        }
        assert_eq!(refusal(sent(db, LEA, rows(1), Then::Ask).await).code(), "rate_limited");
        for who in [ADA, BEN, CARA] {
            assert_eq!(refusal(sent(db, who, rows(1), Then::Ask).await).code(), "may_not");
        }
    }

    // Rule G6
    async fn somebody_without_a_coach_chooses_one_of_the_pool(world: World) {
        let db = &world.db;
        let (place, kim) = enrolled(db, "kim@northwind.example", None).await;
        let asked = |who: PersonId| async move { db.read(move |tx| pool::coachless(tx, &as_client(who))).await.expect("asking").asked.len() };
        assert_eq!(asked(kim).await, 0, "nobody is proposed yet");
        db.write(|tx| {
            pool::put(tx, &acting(LEA), Led::Cohort(NORTHWIND_COHORT), ADA, Some(5))?;
            pool::put(tx, &acting(LEA), Led::Cohort(NORTHWIND_COHORT), FINN, None)
        }).await.expect("a pool");
        assert_eq!(asked(kim).await, 1);
        let found = db.read(|tx| pool::pool(tx, &acting(LEA), Led::Cohort(NORTHWIND_COHORT))).await.expect("a pool");
        assert_eq!((found.coaches.len(), found.undecided.len()), (2, 1));
        let choice = db.read(move |tx| pool::choice(tx, &as_client(kim), place)).await.expect("a choice");
        assert_eq!((choice.proposed.len(), choice.proposed[0].left), (2, Some(4)), "Ben is with Ada");
        // Somebody else's choice is as if it were not there.
        let foreign = db.read(move |tx| pool::choice(tx, &acting(BEN), place)).await;
        assert_eq!(refusal(foreign), Refusal::NotFound);
        let lead = db.write(move |tx| pool::choose(tx, &acting(LEA), place, ADA)).await;
        assert_eq!(refusal(lead), Refusal::NotFound);
        let nobody = db.write(move |tx| pool::choose(tx, &as_client(kim), place, GIL)).await;
        assert_eq!(refusal(nobody), Refusal::invalid("coach", Problem::NotAChoice));
        db.write(move |tx| pool::choose(tx, &as_client(kim), place, FINN)).await.expect("choosing");
        db.write(move |tx| pool::choose(tx, &as_client(kim), place, FINN)).await.expect("the same again");
        let other = db.write(move |tx| pool::choose(tx, &as_client(kim), place, ADA)).await;
        assert_eq!(refusal(other), Refusal::CoachSettled);
        assert_eq!(asked(kim).await, 0);
        assert_eq!(count(db, "SELECT COUNT(*) FROM mail WHERE letter = 'coach_chosen'").await, 1);
        let steps = db.read(move |tx| agenda::journeys(tx, &as_client(kim))).await.expect("journeys");
        let led = steps[0].steps.iter().filter(|step| step.coach == Some(FINN)).count();
        assert_eq!(led, 2, "each 1:1 can be booked with him");
        // Who is out of the pool is proposed no more, and keeps whom they have.
        db.write(|tx| pool::take_out(tx, &acting(LEA), Led::Cohort(NORTHWIND_COHORT), FINN)).await.expect("taking out");
        let choice = db.read(move |tx| pool::choice(tx, &as_client(kim), place)).await.expect("a choice");
        assert_eq!(choice.chosen.as_deref(), Some("Finn Walsh"));
    }

    // Rule G6
    async fn who_has_no_1_to_1_to_book_waits_for_no_coach(world: World) {
        let db = &world.db;
        let (place, kim) = enrolled(db, "kim@northwind.example", None).await;
        let seen = || async move {
            db.read(move |tx| {
                let own = pool::coachless(tx, &as_client(kim))?;
                let listed = pool::pool(tx, &acting(LEA), Led::Cohort(NORTHWIND_COHORT))?.undecided.len();
                let coachless = desk::lacks(tx, &acting(LEA))?.coachless;
                assert_eq!(coachless, desk::lacks(tx, &acting(OTTO))?.coachless, "an admin reads the same of all");
                Ok((own.asked.len(), own.waiting.len(), coachless.iter().map(|one| one.count).sum::<usize>(), listed))
            }).await.expect("looking")
        };
        assert_eq!(seen().await, (0, 1, 1, 1));
        // Who has stopped coaching is proposed to nobody, and a pool of such is none.
        let at = Led::Cohort(NORTHWIND_COHORT);
        db.write(move |tx| pool::put(tx, &acting(LEA), at, FINN, None)).await.expect("a pool");
        assert_eq!(seen().await, (1, 0, 1, 1));
        db.write(|tx| tx.exec("DELETE FROM person_role WHERE person_id = $1", args![FINN])).await.expect("no coach");
        assert_eq!(seen().await, (0, 1, 1, 1));
        let chosen = db.write(move |tx| pool::choose(tx, &as_client(kim), place, FINN)).await;
        assert_eq!(refusal(chosen), Refusal::invalid("coach", Problem::NotAChoice));
        let put = db.write(move |tx| pool::put(tx, &acting(LEA), at, FINN, Some(2))).await;
        assert_eq!(refusal(put), Refusal::invalid("coach", Problem::NotAChoice));
        // Only her pod is left to her.
        let sql = "UPDATE attendance SET greyed_out_by = $1, greyed_out_at = 0 WHERE client_id = $2
             AND session_id IN (SELECT id FROM session WHERE kind = 'one_to_one')";
        db.write(move |tx| tx.exec(sql, args![OTTO, kim])).await.expect("greyed out");
        assert_eq!(seen().await, (0, 0, 0, 0));
    }

    // Rules G6, M6
    async fn who_leads_a_program_is_told_whom_a_participant_chose(world: World) {
        let db = &world.db;
        let (place, kim) = enrolled(db, "kim@northwind.example", None).await;
        // Finn leads the project, and is in its pool; Lea leads the cohort, and the company besides: each is told once.
        db.write(|tx| {
            let now = tx.now();
            tx.exec("INSERT INTO lead (id, person_id, project_id, since_at) VALUES (900, $1, $2, $3)",
                args![FINN, NORTHWIND_PROJECT, now])?;
            tx.exec("INSERT INTO lead (id, person_id, company_id, since_at) VALUES (901, $1, $2, $3)",
                args![LEA, NORTHWIND, now])?;
            pool::put(tx, &acting(OTTO), Led::Project(NORTHWIND_PROJECT), FINN, None)?;
            pool::put(tx, &acting(OTTO), Led::Project(NORTHWIND_PROJECT), ADA, None)
        }).await.expect("a pool");
        let told = |db: Db| async move {
            let sql = "SELECT person_id, letter FROM mail WHERE letter LIKE 'coach_chosen%' ORDER BY person_id";
            let rows = db.read(|tx| tx.all(sql, args![], |row| Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?)))).await;
            rows.expect("mails")
        };
        db.write(move |tx| pool::choose(tx, &as_client(kim), place, FINN)).await.expect("choosing");
        assert_eq!(told(db.clone()).await, [(LEA, "coach_chosen_for_lead".to_owned()), (FINN, "coach_chosen".to_owned())]);
        let notices = db.read(|tx| notification::list(tx, &acting(LEA), None, 5)).await.expect("notices");
        assert_eq!((notices.len(), notices[0].letter), (1, Letter::CoachChosenForLead));
        assert_eq!((notices[0].participant, notices[0].other.as_deref()), (Some(place), Some("Kim Berg")));
        let letter = db.read(move |tx| pool::chosen(tx, place, LEA)).await.expect("a letter").expect("hers");
        assert_eq!((letter.name.as_str(), letter.coach.as_str(), letter.undecided), ("Kim Berg", "Finn Walsh", 0));
        assert!(db.read(move |tx| pool::chosen(tx, place, ADA)).await.expect("no letter").is_none());
        // Whoever wants no such mails is told inside the program alone; whoever gives a coach knows it.
        assert!(Category::Programs.may_be_refused());
        let (more, _) = enrolled(db, "noor@northwind.example", None).await;
        db.write(move |tx| pool::give(tx, &acting(LEA), more, ADA)).await.expect("giving");
        assert_eq!(told(db.clone()).await.len(), 3, "the coach alone is told of what a lead did");
    }

    // Rules G6, P4
    async fn a_cohort_without_a_pool_takes_over_its_projects_and_that_its_companys(world: World) {
        let db = &world.db;
        let (place, kim) = enrolled(db, "kim@northwind.example", None).await;
        let (company, project, cohort) =
            (Led::Company(NORTHWIND), Led::Project(NORTHWIND_PROJECT), Led::Cohort(NORTHWIND_COHORT));
        let put = |who: PersonId, at: Led, coach: PersonId, places: Option<u32>| async move {
            db.write(move |tx| pool::put(tx, &acting(who), at, coach, places)).await
        };
        let seen = |at: Led| async move {
            let pool = db.read(move |tx| pool::pool(tx, &acting(OTTO), at)).await.expect("a pool");
            (pool.of, pool.coaches.iter().map(|one| one.coach).collect::<Vec<_>>())
        };
        let proposed = || async move {
            let choice = db.read(move |tx| pool::choice(tx, &as_client(kim), place)).await.expect("a choice");
            let asked = db.read(move |tx| pool::coachless(tx, &as_client(kim))).await.expect("asking").asked;
            assert_eq!(asked.is_empty(), choice.proposed.is_empty());
            choice.proposed.iter().map(|one| one.card.profile.person).collect::<Vec<_>>()
        };
        assert_eq!((seen(cohort).await, proposed().await), ((None, vec![]), vec![]));
        put(OTTO, company, ADA, None).await.expect("the company's");
        assert_eq!((seen(cohort).await, proposed().await), ((Some(company), vec![ADA]), vec![ADA]));
        put(OTTO, project, FINN, Some(1)).await.expect("the project's");
        assert_eq!(seen(company).await, (Some(company), vec![ADA]));
        assert_eq!((seen(cohort).await, proposed().await), ((Some(project), vec![FINN]), vec![FINN]));
        // Lea leads the cohort alone: the pools above are no business of hers, and hers goes before them.
        for at in [company, project, Led::Project(SOUTHWIND_PROJECT), Led::Company(CompanyId::from_raw(999))] {
            assert_eq!(refusal(put(LEA, at, ADA, None).await), Refusal::NotFound);
            assert_eq!(refusal(db.write(move |tx| pool::take_out(tx, &acting(LEA), at, ADA)).await), Refusal::NotFound);
            assert_eq!(refusal(db.read(move |tx| pool::pool(tx, &acting(LEA), at)).await), Refusal::NotFound);
        }
        for who in [ADA, BEN, CARA] {
            assert!(matches!(refusal(put(who, project, ADA, None).await).code(), "may_not" | "not_found"));
        }
        put(LEA, cohort, ADA, None).await.expect("her own");
        assert_eq!((seen(cohort).await, proposed().await), ((Some(cohort), vec![ADA]), vec![ADA]));
        assert_eq!(seen(project).await, (Some(project), vec![FINN]));
        db.write(move |tx| pool::take_out(tx, &acting(LEA), cohort, ADA)).await.expect("hers is empty");
        assert_eq!(proposed().await, [FINN], "and the project's holds again");
        // Places are counted over all that the pool is for.
        db.write(move |tx| pool::choose(tx, &as_client(kim), place, FINN)).await.expect("choosing");
        let (_, noor) = enrolled(db, "noor@northwind.example", None).await;
        let other = db.write(|tx| {
            let now = tx.now();
            let autumn = company::add_cohort(tx, &acting(OTTO), NORTHWIND_PROJECT, PATHWAY, "Autumn", now)?;
            let mail = MailAddress::parse("pat@northwind.example").expect("an address");
            let name = PersonName::parse("Pat").expect("a name");
            let notes = Notes::default();
            let new = NewParticipant { cohort: autumn, name, mail, zone: None, starts_at: None, notes };
            participant::enroll(tx, &acting(OTTO), &new)
        }).await.expect("another cohort of the project");
        let full = db.write(move |tx| pool::give(tx, &acting(OTTO), other, FINN)).await;
        assert_eq!(refusal(full), Refusal::CoachFull);
        // Nobody has room: there is nothing to ask Noor, who waits.
        let coachless = db.read(move |tx| pool::coachless(tx, &as_client(noor))).await.expect("asking");
        assert_eq!((coachless.asked.len(), coachless.waiting), (0, vec!["Spring".to_owned()]));
    }

    // Rules G6, P4
    async fn a_lead_gives_a_coach_in_their_own_programs_alone(world: World) {
        let db = &world.db;
        let (place, _) = enrolled(db, "kim@northwind.example", None).await;
        let foreign = db.write(|tx| pool::put(tx, &acting(LEA), Led::Cohort(SOUTHWIND_COHORT), ADA, None)).await;
        assert_eq!(refusal(foreign), Refusal::NotFound);
        db.write(|tx| pool::put(tx, &acting(LEA), Led::Cohort(NORTHWIND_COHORT), ADA, Some(2))).await.expect("a pool");
        for who in [ADA, BEN, CARA] {
            let given = db.write(move |tx| pool::give(tx, &acting(who), place, ADA)).await;
            assert!(matches!(refusal(given).code(), "may_not" | "not_found"));
        }
        db.write(move |tx| pool::give(tx, &acting(LEA), place, ADA)).await.expect("giving");
        let (more, _) = enrolled(db, "noor@northwind.example", None).await;
        let full = db.write(move |tx| pool::give(tx, &acting(LEA), more, ADA)).await;
        assert_eq!(refusal(full), Refusal::CoachFull);
        let many = db.write(|tx| pool::put(tx, &acting(LEA), Led::Cohort(NORTHWIND_COHORT), ADA, Some(501))).await;
        assert_eq!(refusal(many).code(), "invalid");
    }

    // Rules A7, G6
    async fn the_last_place_of_a_coach_is_given_once(world: World) {
        let db = &world.db;
        db.write(|tx| pool::put(tx, &acting(LEA), Led::Cohort(NORTHWIND_COHORT), FINN, Some(2))).await.expect("a pool");
        let mut rivals = Vec::new();
        for mail in ["a@n.example", "b@n.example", "c@n.example", "d@n.example", "e@n.example", "f@n.example"] {
            rivals.push(enrolled(db, mail, None).await);
        }
        let mut asking = tokio::task::JoinSet::new();
        for (place, person) in rivals {
            let db = db.clone();
            asking.spawn(async move { db.write(move |tx| pool::choose(tx, &as_client(person), place, FINN)).await });
        }
        let (mut won, mut lost) = (0, 0);
        while let Some(outcome) = asking.join_next().await {
            match outcome.expect("no panic") {
                Ok(()) => won += 1,
                other => {
                    assert_eq!(refusal(other), Refusal::CoachFull);
                    lost += 1;
                }
            }
        }
        assert_eq!((won, lost), (2, 4));
        assert_eq!(count(db, "SELECT COUNT(*) FROM participant t JOIN person p ON p.id = t.coach_id WHERE p.folded_name LIKE 'finn%'").await, 3);
    }
}
