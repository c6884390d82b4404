//! People brought in from a file: what is foreseen is what is done, all or nothing.

use jiff::SignedDuration;
use model::event::{Actor, Via};
use model::program::handover;
use model::program::import::{self, Fate, Preview};
use model::program::participant::{self, Notes};
use model::program::sheet::{self, Sheet, Why};
use model::session::{self, PlannedWish};
use model::world::{ADA, BEN_AT_NORTHWIND, FINN, LEA, OTTO, PEOPLE, World};
use model::{Db, Error, args};
use rules::ids::PersonId;
use rules::refusal::{Problem, Refusal};

use crate::programs::start;

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
}
