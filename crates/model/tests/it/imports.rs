//! People and pods brought in from a file: what is foreseen is what is done, all or nothing.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::event::{Actor, Via};
use model::program::handover;
use model::program::import::{self, Fate, Preview};
use model::program::participant::{self, Notes};
use model::program::pod::{self, Joining, PodLine};
use model::program::sheet::{self, Sheet, Why};
use model::session::{self, PlannedWish};
use model::world::{
    ADA, BEN_AT_NORTHWIND, FINN, LEA, NORTHWIND_COHORT, OTTO, PEOPLE, SOUTHWIND_COHORT, World,
};
use model::{Db, Error, agreement, args};
use rules::ids::PersonId;
use rules::person::Language;
use rules::refusal::{Problem, Refusal};

use crate::handover::{booked, finn_in_london};
use crate::life_stage::Stage;
use crate::programs::{participant as somebody, start};

fn acting(person: PersonId) -> Actor {
    let somebody = PEOPLE.iter().find(|somebody| somebody.id == person).expect("one of the small world");
    Actor::Person { who: somebody.who(), via: Via::Page, proof: None }
}

fn file(rows: &[&str]) -> Sheet {
    let header = "name,e-mail,zone,company,project,cohort,coach,pathway,start,external id";
    sheet::read(format!("{header}\n{}\n", rows.join("\n")).as_bytes())
}

const KIM: &str =
    "Kim Berg,kim@northwind.example,Europe/Oslo,Northwind,New leads,Spring,ada@cairn.example,,2026-04-06,N-1";
const NOOR: &str =
    "Noor Haddad,noor@northwind.example,,northwind,new leads,spring,Ada Lindholm,First steps as a lead,,";
const BEN: &str = "Benjamin,BEN@northwind.example,,Northwind,New leads,Spring,finn@cairn.example,,,N-3";

async fn foreseen(db: &Db, who: PersonId, sheet: &Sheet) -> Preview {
    let sheet = sheet.clone();
    db.read(move |tx| import::preview(tx, &acting(who), &sheet)).await.expect("looking at a file")
}

async fn done(db: &Db, who: PersonId, sheet: &Sheet) -> Preview {
    let sheet = sheet.clone();
    db.write(move |tx| import::bring_in(tx, &acting(who), &sheet, |_| {})).await.expect("bringing in a file")
}

fn counts(preview: &Preview) -> (u32, u32, u32) {
    (preview.new, preview.changed, preview.unchanged)
}

fn file_of_pods(rows: &[&str]) -> Sheet {
    let header = "pod,company,project,cohort,step,coach,start,zone,minimum,maximum,joining,members";
    sheet::read(format!("{header}\n{}\n", rows.join("\n")).as_bytes())
}

/// Two pods of Ada's, an hour and a half each, one after the other, by the clock of Berlin.
const BLUE: &str =
    "Blue,Northwind,New leads,Spring,2,ada@cairn.example,2026-03-12 10:00,,2,3,open,ben@northwind.example";
const GREEN: &str = "Green,northwind,new leads,spring,Among peers,Ada Lindholm,2026-03-12 12:00,,1,6,,";

async fn pods(db: &Db) -> Vec<PodLine> {
    let steps = db.read(|tx| pod::of_cohort(tx, &acting(LEA), NORTHWIND_COHORT)).await.expect("the pods");
    let mut all: Vec<PodLine> = steps.into_iter().flat_map(|step| step.pods).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

fn told(preview: &Preview) -> Vec<(u64, &str, &Why)> {
    preview.problems.iter().map(|one| (one.line, one.column.as_str(), &one.why)).collect()
}

fn at(text: &str) -> rules::time::Instant {
    text.parse().expect("a time")
}

/// The first step of somebody's journey, booked with Finn.
async fn booked_with(db: &Db, who: rules::ids::ParticipantId, when: rules::time::Instant) -> Stage {
    let journey = start(db, who).await;
    let first = crate::programs::places(db, journey).await[0].0.id;
    let wish = PlannedWish::at(when);
    db.write(move |tx| session::book_planned(tx, &acting(LEA), first, &wish)).await.expect("a time");
    Stage::of(db, first).await
}

async fn count(db: &Db, table: &'static str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    db.read(move |tx| tx.one(&sql, args![], |row| row.get(0))).await.expect("counting")
}

model::on_both! {
    // Rule G2
    async fn a_file_is_previewed_brought_in_once_and_then_unchanged(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let sheet = file(&[KIM, NOOR, BEN]);
        let preview = foreseen(db, LEA, &sheet).await;
        assert_eq!((counts(&preview), preview.problems), ((2, 1, 0), vec![]));
        assert_eq!(preview.rows[2].fate, Fate::Changed(vec!["coach", "external id"]));
        assert_eq!(count(db, "participant").await, 2);
        assert_eq!(counts(&done(db, LEA, &sheet).await), (2, 1, 0));
        assert_eq!((count(db, "participant").await, count(db, "person").await), (4, 9));
        let (name, coach, letters) = db.read(|tx| {
            let ben = participant::participant(tx, &acting(LEA), BEN_AT_NORTHWIND)?;
            let letters: i64 = tx.one("SELECT COUNT(*) FROM mail WHERE letter = 'invitation'", args![], |row| row.get(0))?;
            Ok((ben.name, ben.coach.map(|(coach, _)| coach), letters))
        }).await.expect("reading");
        assert_eq!((name.as_str(), coach, letters), ("Ben Orle", Some(FINN), 2));
        // The same again is all as it was, and nothing is written down of it.
        let events = count(db, "event").await;
        assert_eq!(counts(&done(db, LEA, &sheet).await), (0, 0, 3));
        assert_eq!(count(db, "event").await, events);
        let moved = file(&[&KIM.replace("2026-04-06", "2026-04-13")]);
        let preview = foreseen(db, OTTO, &moved).await;
        assert_eq!(preview.rows[0].fate, Fate::Changed(vec!["start"]));
        done(db, OTTO, &moved).await;
        assert_eq!(counts(&foreseen(db, OTTO, &moved).await), (0, 0, 1));
    }

    // Rule G2
    async fn a_file_says_what_another_coach_takes_away_before_it_does(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let first = crate::programs::places(db, journey).await[0].0.id;
        let when: rules::time::Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        db.write(move |tx| session::book_planned(tx, &acting(LEA), first, &PlannedWish::at(when))).await.expect("a time");
        // Finn works in Los Angeles, and is not open at that hour.
        let sheet = file(&[BEN]);
        let preview = foreseen(db, LEA, &sheet).await;
        let row = &preview.rows[0];
        let shifts: Vec<_> = row.changes.iter().map(|one| (one.column, one.from.as_str(), one.to.as_str())).collect();
        assert_eq!(shifts, [("coach", "Ada Lindholm", "Finn Walsh"), ("external id", "", "N-3")]);
        assert_eq!(row.booked, [import::Kept { starts_at: when, stays: false }]);
        assert_eq!((preview.falls, preview.mails, row.keeps_name.as_deref()), (1, 3, Some("Ben Orle")));
        assert_eq!(preview.cohorts.len(), 1);
        // Whoever was shown something else is shown this first.
        let shown_before = sheet.clone();
        let anew = db.write(move |tx| import::bring_in_as(tx, &acting(LEA), &shown_before, Some(0), |_| {})).await.expect("nothing");
        assert!(anew.is_anew && anew.falls == 1);
        let start_of = || db.read(move |tx| Ok(session::get(tx, first)?.facts.time.map(|time| time.starts_at)));
        assert_eq!(start_of().await.expect("a session"), Some(when));
        let done = db.write(move |tx| import::bring_in_as(tx, &acting(LEA), &sheet, Some(1), |_| {})).await.expect("brought in");
        assert!(!done.is_anew);
        assert_eq!(start_of().await.expect("a session"), None);
        let letters = |name: &'static str| db.read(move |tx| {
            tx.one("SELECT COUNT(*) FROM mail WHERE letter = $1", args![name], |row| row.get::<i64>(0))
        });
        for letter in ["coach_changed", "clients_given", "clients_taken"] {
            assert_eq!(letters(letter).await.expect("counting"), 1, "{letter}");
        }
        let own = foreseen(db, LEA, &file(&[&BEN.replace("Benjamin,BEN@northwind", "Finn Walsh,finn@cairn").replace("N-3", "N-4")])).await;
        assert_eq!(own.problems, [sheet::RowProblem::because(2, "coach", Why::OwnCoach).of("Finn Walsh", "finn@cairn.example")]);
    }

    // Rule G2
    async fn a_coach_who_cannot_take_a_row_over_is_refused_for_the_reason_that_holds(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        // More hours than one act gives over.
        db.write(move |tx| {
            let start = "2026-03-12T10:00:00Z".parse::<rules::time::Instant>().expect("a time");
            for n in 0..=handover::BOOKED_MAX as i64 {
                let (id, then) = (800 + n, start + SignedDuration::from_hours(n));
                tx.exec(
                    "INSERT INTO session (id, kind, minutes, place, place_detail, starts_at, wall_time, zone, zone_data,
                         uid, sequence, booked_at, set_at, recorded, made_at)
                     VALUES ($1, 'one_to_one', 60, 'room', '', $2, '2026-03-12T10:00', 'UTC', '2026a', $3, 0, 0, 0, $4, 0)",
                    args![id, then, id.to_string(), false],
                )?;
                tx.exec("INSERT INTO session_coach (session_id, coach_id, marking) VALUES ($1, $2, $3)", args![id, ADA, true])?;
                tx.exec(
                    "INSERT INTO attendance (id, session_id, client_id, journey_id, counts, made_at)
                     VALUES ($1, $1, $2, $3, $4, 0)",
                    args![id, model::world::BEN, journey, true],
                )?;
            }
            Ok(())
        }).await.expect("many hours");
        let preview = foreseen(db, LEA, &file(&[KIM, BEN])).await;
        let most = handover::BOOKED_MAX as u32;
        let problem = sheet::RowProblem::new(3, "coach", Problem::TooMany { most }).of("Benjamin", "finn@cairn.example");
        assert_eq!(preview.problems, [problem]);
        // Who coaches no more is as somebody who never did, for a new place too.
        db.write(|tx| tx.exec("DELETE FROM person_role WHERE person_id = $1", args![FINN])).await.expect("no coach");
        let preview = foreseen(db, LEA, &file(&[BEN, &NOOR.replace("Ada Lindholm", "Finn Walsh")])).await;
        let told: Vec<_> = preview.problems.iter().map(|one| (one.line, one.column.as_str(), &one.why)).collect();
        assert_eq!(told, [(2, "coach", &Why::Problem(Problem::NotAChoice)), (3, "coach", &Why::Problem(Problem::NotAChoice))]);
    }

    // Rule G2
    async fn all_that_is_wrong_with_a_file_is_told_at_once(world: World) {
        let db = &world.db;
        let rows = [
            "Kim,kim@northwind.example,Mars/Base,Northwind,New leads,Spring,ghost@cairn.example,,2.3.2026,",
            "Noor,noor@northwind.example,,Northwind,New leads,Summer,ghost@cairn.example,Nonsense,,",
            "Noor,noor,,Northwind,New leads,Spring,,Nonsense,,",
            "Kim,KIM@northwind.example,,Northwind,New leads,Spring,ada@cairn.example,Nonsense,,",
        ];
        let preview = foreseen(db, LEA, &file(&rows)).await;
        let unknown = Why::Problem(Problem::NotAChoice);
        assert_eq!(told(&preview), [
            (2, "zone", &Why::Problem(Problem::UnknownZone)), (2, "start", &Why::Problem(Problem::NotADate)), (2, "coach", &unknown),
            (3, "cohort", &unknown), (3, "coach", &unknown), (3, "pathway", &unknown),
            (4, "e-mail", &Why::Problem(Problem::NotAMailAddress)), (4, "pathway", &unknown),
            (5, "e-mail", &Why::Twice { line: 2 }), (5, "pathway", &unknown),
        ]);
        assert_eq!(done(db, LEA, &file(&rows)).await.problems, preview.problems);
        assert_eq!(count(db, "participant").await, 2, "and nothing of it is brought in");
    }

    // Rule G2
    async fn a_file_is_brought_in_whole_or_not_at_all(world: World) {
        let db = &world.db;
        let row = |n| format!("P {n},p{n}@northwind.example,,Northwind,New leads,Spring,,,,X-{n}");
        let rows: Vec<String> = (0..300).map(row).collect();
        let mut all: Vec<&str> = rows.iter().map(String::as_str).collect();
        let before = (count(db, "person").await, count(db, "session").await, count(db, "event").await, count(db, "mail").await);
        // One row that is wrong, at the end of all.
        let wrong = "Q,q@northwind.example,,Northwind,New leads,Spring,nobody@cairn.example,,,";
        all.push(wrong);
        let refused = done(db, LEA, &file(&all)).await;
        let problem = sheet::RowProblem::new(302, "coach", Problem::NotAChoice).of("Q", "nobody@cairn.example");
        assert_eq!((refused.problems, refused.rows.len()), (vec![problem], 0));
        // And a failure in the middle of the work.
        all.pop();
        let sheet = file(&all);
        let failed = db.write(move |tx| {
            let failed = std::cell::Cell::new(0);
            import::bring_in(tx, &acting(LEA), &sheet, |done| failed.set(done))?;
            assert_eq!(failed.get(), 300);
            Err::<(), Error>(Refusal::ChangedMeanwhile.into())
        }).await;
        assert!(failed.is_err());
        let after = (count(db, "person").await, count(db, "session").await, count(db, "event").await, count(db, "mail").await);
        assert_eq!(after, before);
    }

    // Rules G2, P4
    async fn an_import_reveals_nobody_outside_ones_programs(world: World) {
        let db = &world.db;
        let elsewhere = |company: &str| file(&[&KIM.replace("Northwind", company).replace("northwind.", "x.")]);
        let (foreign, absent) = (foreseen(db, LEA, &elsewhere("Southwind")).await, foreseen(db, LEA, &elsewhere("Nowhere")).await);
        let told = |preview: &Preview| preview.problems.iter().map(|one| one.why.clone()).collect::<Vec<_>>();
        assert_eq!(told(&foreign), told(&absent));
        assert_eq!((foreign.problems[0].column.as_str(), &foreign.problems[0].why), ("company", &Why::Problem(Problem::NotAChoice)));
        // Gil is known here, and to Lea he is as new as somebody whom nobody knows.
        let (gil, nobody) = (KIM.replace("kim@northwind", "gil@southwind"), KIM.replace("kim@northwind", "who@southwind"));
        for row in [gil, nobody] {
            let preview = foreseen(db, LEA, &file(&[&row])).await;
            assert_eq!((preview.rows[0].name.as_str(), &preview.rows[0].fate), ("Kim Berg", &Fate::New));
        }
        let taken = foreseen(db, LEA, &file(&[KIM, &NOOR.replace("lead,,", "lead,,N-9")])).await;
        assert_eq!(counts(&taken), (2, 0, 0));
        done(db, LEA, &file(&[KIM])).await;
        let again = foreseen(db, LEA, &file(&[&NOOR.replace("lead,,", "lead,,N-1")])).await;
        assert_eq!(again.problems, [sheet::RowProblem::new(2, "external id", Problem::Taken).of("Noor Haddad", "N-1")]);
        let notes = Notes::default();
        db.write(move |tx| participant::change_participant(tx, &acting(LEA), BEN_AT_NORTHWIND, &notes)).await.expect("a change");
    }

    // Rule G2
    async fn what_a_file_takes_from_a_coach_is_free_for_every_other_row(world: World) {
        let db = &world.db;
        finn_in_london(db).await;
        let (kim, noor) = (somebody(db, "kim@northwind.example").await, somebody(db, "noor@northwind.example").await);
        db.write(move |tx| {
            let whose = handover::Whose::These(vec![kim]);
            handover::change_coach(tx, &acting(LEA), NORTHWIND_COHORT, &whose, FINN, None)
        }).await.expect("Finn coaches Kim");
        let when = at("2026-03-12T10:00:00Z");
        let stages = [booked(db, BEN_AT_NORTHWIND, when).await, booked_with(db, kim, when).await];
        // Ada's and Finn's change places, in either order; and Noor's, who has the hour after, goes along.
        let later = booked(db, noor, at("2026-03-12T12:00:00Z")).await;
        let row = |mail: &str, coach: &str| format!("X,{mail}@northwind.example,,Northwind,New leads,Spring,{coach},,,");
        let mut rows = [row("ben", "Finn Walsh"), row("kim", "Ada Lindholm"), row("noor", "Finn Walsh")];
        for _ in 0..2 {
            rows.reverse();
            let sheet = file(&rows.iter().map(String::as_str).collect::<Vec<_>>());
            let preview = foreseen(db, LEA, &sheet).await;
            assert_eq!((counts(&preview), preview.falls, &preview.problems), ((0, 3, 0), 0, &vec![]));
        }
        let sheet = file(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        // A request of Ben's closes, and does not keep the hour with Ada.
        stages[0].until(when - SignedDuration::from_hours(40));
        let asked = stages[0].moves(model::world::BEN, at("2026-03-16T10:00:00Z")).await.expect("a request");
        assert!(matches!(asked, session::MoveOutcome::Asked { .. }));
        let done = db.write(move |tx| import::bring_in_as(tx, &acting(LEA), &sheet, Some(0), |_| {})).await.expect("brought in");
        assert!(!done.is_anew);
        for (stage, coach) in [(&stages[0], FINN), (&stages[1], ADA), (&later, FINN)] {
            let id = stage.session;
            let found = db.read(move |tx| session::get(tx, id)).await.expect("a session");
            assert_eq!(found.coaches, [coach]);
            assert!(found.facts.time.is_some());
        }
        stages[0].owns(&[when]).await;
        // What happened says that a file did it.
        let sql = "SELECT COUNT(*) FROM event WHERE kind = 'session_coach_changed' AND via = 'file'";
        assert_eq!(db.read(move |tx| tx.one(sql, args![], |row| row.get::<i64>(0))).await.expect("counting"), 3);
    }

    // Rule G5
    async fn a_file_of_pods_is_previewed_brought_in_once_and_then_unchanged(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        somebody(db, "kim@northwind.example").await;
        let kim = "Blue,Northwind,New leads,Spring,2,,,,,,,kim@northwind.example";
        let sheet = file_of_pods(&[BLUE, GREEN, kim]);
        let preview = foreseen(db, LEA, &sheet).await;
        assert_eq!((counts(&preview), &preview.problems), ((2, 0, 0), &vec![]));
        // Ben waits at its step and is told, with Ada; Kim has no journey yet.
        assert_eq!(preview.mails, 3);
        let shifts: Vec<_> = preview.rows[0].changes.iter().map(|one| (one.column, one.to.as_str())).collect();
        assert_eq!(shifts, [("coach", "Ada Lindholm"), ("start", "2026-03-12 10:00 Europe/Berlin"), ("minimum", "2"),
            ("maximum", "3"), ("joining", "open"), ("members", "ben@northwind.example, kim@northwind.example")]);
        assert_eq!(count(db, "pod").await, 0);
        assert_eq!(counts(&done(db, LEA, &sheet).await), (2, 0, 0));
        let found = pods(db).await;
        let lines: Vec<_> = found.iter().map(|pod| (pod.name.as_str(), pod.joining, pod.count, pod.starts_at)).collect();
        assert_eq!(lines, [
            ("Blue", Joining::Open, 2, Some(at("2026-03-12T09:00:00Z"))),
            ("Green", Joining::Closed, 0, Some(at("2026-03-12T11:00:00Z"))),
        ]);
        let letters = "SELECT COUNT(*) FROM mail WHERE letter IN ('booked', 'booked_for_coach')";
        assert_eq!(db.read(move |tx| tx.one(letters, args![], |row| row.get::<u32>(0))).await.expect("counting"), preview.mails);
        // The same again changes nothing and is written down nowhere; what is left empty stays as it is.
        let events = count(db, "event").await;
        assert_eq!(counts(&done(db, LEA, &sheet).await), (0, 0, 2));
        let bare = file_of_pods(&["Blue,Northwind,New leads,Spring,,,,,,,,"]);
        assert_eq!(counts(&done(db, LEA, &bare).await), (0, 0, 1));
        assert_eq!(count(db, "event").await, events);
        // They change their dates with each other, and one its size.
        let blue = BLUE.replace("10:00", "12:00").replace(",2,3,", ",2,4,");
        let swapped = file_of_pods(&[&blue, &GREEN.replace("12:00", "10:00")]);
        let preview = foreseen(db, LEA, &swapped).await;
        assert_eq!(preview.rows[0].fate, Fate::Changed(vec!["start", "maximum"]));
        assert_eq!((counts(&done(db, LEA, &swapped).await), pods(db).await[0].starts_at), ((0, 2, 0), Some(at("2026-03-12T11:00:00Z"))));
        let stage = Stage::of(db, pods(db).await[0].session).await;
        stage.owns_minutes(90, &[at("2026-03-12T11:00:00Z")]).await;
    }

    // Rules G2, G5, P9
    async fn what_hinders_a_pod_of_a_file_is_named_with_its_line_and_column(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        somebody(db, "kim@northwind.example").await;
        let check = async |rows: &[&str], expect: &[(u64, &str, Why)]| {
            let preview = foreseen(db, LEA, &file_of_pods(rows)).await;
            let expect: Vec<_> = expect.iter().map(|(line, column, why)| (*line, *column, why)).collect();
            assert_eq!(told(&preview), expect, "{rows:?}");
            assert_eq!(done(db, LEA, &file_of_pods(rows)).await.problems, preview.problems, "{rows:?}");
            assert_eq!(count(db, "pod").await, 0, "{rows:?}");
        };
        let problem = |problem| Why::Problem(problem);
        let refused = |refusal| Why::Refused(refusal);
        let nine = at("2026-03-12T09:00:00Z");
        // Two of one coach at one time; outside of her hours; too far ahead; in the past.
        check(&[BLUE, &GREEN.replace("12:00", "11:00")], &[(3, "start", refused(Refusal::Taken { start: at("2026-03-12T10:00:00Z") }))]).await;
        check(&[&BLUE.replace("10:00", "06:00")], &[(2, "start", refused(Refusal::OutsideHours { start: at("2026-03-12T05:00:00Z") }))]).await;
        check(&[&BLUE.replace("10:00", "10:05")], &[(2, "start", refused(Refusal::OffGrid { start: at("2026-03-12T09:05:00Z") }))]).await;
        let far = foreseen(db, LEA, &file_of_pods(&[&BLUE.replace("2026", "2027")])).await;
        assert!(matches!(told(&far)[..], [(2, "start", Why::Refused(Refusal::BeyondWindow { .. }))]), "{far:?}");
        check(&[&BLUE.replace("2026", "2025")], &[(2, "start", problem(Problem::InThePast))]).await;
        // Who leads it, which step, how many.
        check(&[&BLUE.replace("ada@", "nobody@")], &[(2, "coach", problem(Problem::NotAChoice))]).await;
        check(&[&BLUE.replace("ada@cairn.example", "")], &[(2, "coach", problem(Problem::Missing))]).await;
        check(&[&BLUE.replace(",2,ada", ",1,ada")], &[(2, "step", problem(Problem::NotAChoice))]).await;
        check(&[&BLUE.replace(",2,3,", ",4,3,")], &[(2, "maximum", problem(Problem::OutOfRange { least: 4, most: 15 }))]).await;
        check(&[&BLUE.replace(",2,3,", ",1,1,"), "Blue,Northwind,New leads,Spring,2,,,,,,,kim@northwind.example"],
            &[(2, "members", refused(Refusal::PodFull { most: 1 }))]).await;
        // Its members: of this cohort, in one pod of a step, and not behind it.
        check(&[&format!("{BLUE} gil@southwind.example who@nowhere.example")],
            &[(2, "members", problem(Problem::NotAChoice)), (2, "members", problem(Problem::NotAChoice))]).await;
        check(&[BLUE, &format!("{GREEN}ben@northwind.example")], &[(3, "members", Why::Twice { line: 2 })]).await;
        // A time that is booked by hand is taken for a file too.
        let first = booked(db, somebody(db, "noor@northwind.example").await, at("2026-03-12T09:30:00Z")).await;
        check(&[BLUE], &[(2, "start", refused(Refusal::Taken { start: nine }))]).await;
        drop(first);
        // All that is wrong with a line is told at once, whatever is wrong with the others in themselves.
        let bad = "Red,Northwind,New leads,Spring,2,ghost@cairn.example,2025-03-12 10:00,,5,4,,who@nowhere.example";
        let rows = ["Odd,Northwind,New leads,Spring,9,Ada Lindholm,soon,Mars/Base,1,2,,", bad, BLUE];
        let most = |least| problem(Problem::OutOfRange { least, most: 15 });
        check(&rows, &[
            (2, "zone", problem(Problem::UnknownZone)), (2, "start", problem(Problem::NotADateAndTime)), (2, "step", problem(Problem::NotAChoice)),
            (3, "coach", problem(Problem::NotAChoice)), (3, "maximum", most(5)), (3, "start", problem(Problem::InThePast)),
            (3, "members", problem(Problem::NotAChoice)), (4, "start", refused(Refusal::Taken { start: nine })),
        ]).await;
        // Nobody comes into a pod with a date before they have accepted the agreement; without one, they do.
        let texts = BTreeMap::from([(Language::English, agreement::Text::parse("We meet and talk.").expect("a text"))]);
        db.write(move |tx| agreement::publish(tx, &acting(OTTO), model::booking::AGREEMENT, &texts)).await.expect("to publish");
        check(&[&BLUE.replace("10:00", "14:00")], &[(2, "members", refused(Refusal::AgreementTheirs))]).await;
        assert_eq!(counts(&foreseen(db, LEA, &file_of_pods(&[&BLUE.replace("2026-03-12 10:00", "")])).await), (1, 0, 0));
    }

    // Rule G5
    async fn a_file_of_pods_reveals_nobody_outside_ones_programs(world: World) {
        let db = &world.db;
        let elsewhere = |company: &str| file_of_pods(&[&BLUE.replace("Northwind", company)]);
        let (foreign, absent) = (foreseen(db, LEA, &elsewhere("Southwind")).await, foreseen(db, LEA, &elsewhere("Nowhere")).await);
        let whys = |preview: &Preview| preview.problems.iter().map(|one| (one.column.clone(), one.why.clone())).collect::<Vec<_>>();
        assert_eq!(whys(&foreign), whys(&absent));
        assert_eq!(whys(&foreign), [("company".to_owned(), Why::Problem(Problem::NotAChoice))]);
        // Whoever is in another cohort is as nobody at all.
        let known = foreseen(db, LEA, &file_of_pods(&[&BLUE.replace("ben@northwind", "gil@southwind")])).await;
        let unknown = foreseen(db, LEA, &file_of_pods(&[&BLUE.replace("ben@northwind", "who@southwind")])).await;
        assert_eq!((whys(&known), whys(&known)), (whys(&unknown), vec![("members".to_owned(), Why::Problem(Problem::NotAChoice))]));
        for who in [ADA, FINN] {
            let sheet = file_of_pods(&[BLUE]);
            assert!(db.read(move |tx| import::preview(tx, &acting(who), &sheet)).await.is_err());
        }
        // An admin brings in a pod of any cohort.
        let gil = BLUE.replace("Northwind", "Southwind").replace("ben@northwind", "gil@southwind");
        assert_eq!(counts(&done(db, OTTO, &file_of_pods(&[&gil])).await), (1, 0, 0));
        let there = db.read(|tx| pod::of_cohort(tx, &acting(OTTO), SOUTHWIND_COHORT)).await.expect("the pods");
        assert_eq!(there[0].pods.len(), 1);
    }
}
