//! A large organisation: how long the boards and lists of its programs take, over HTTP, among ten million sessions; and
//! how long it takes to look at everybody for mail that rules send.

use std::path::Path;
use std::time::Duration;

use model::clock::Stopwatch;
use model::event::Actor;
use model::organisation::{self, Mode};
use model::program::lead::Led;
use model::trigger::{self, NewTrigger, Text};
use model::{Clock, Db, Place, Result, Tx, args, demo, person, sign_in};
use rules::ids::{CohortId, CompanyId, PersonId};
use rules::person::Language;
use rules::text::{Line, Prose};
use rules::triggers::{AGAIN_LEAST_HOURS, Condition, Recipient, Timing};

use crate::Plan;
use crate::report::{Report, say};
use crate::serving::{Server, program};

const ON: &str = "HTTP, SQLite";
pub(crate) const BOARD: &str = "board of a cohort of 1,000 among ten million sessions";
const SMALL_BOARD: &str = "board of a cohort of 48 among ten million sessions";
pub(crate) const LIST: &str = "list of cohorts, an admin's, among ten million sessions";
pub(crate) const LEADS_LIST: &str = "list of cohorts, a lead's, among ten million sessions";
const PARTICIPANT: &str = "page of a participant among ten million sessions";
pub(crate) const DESK: &str = "first page of an admin among ten million sessions";
pub(crate) const LEADS_DESK: &str = "first page of a lead among ten million sessions";
pub(crate) const SWEEP: &str = "all participants looked at for mail by rule, among ten million sessions";
const ALL: [&str; 8] = [BOARD, SMALL_BOARD, LIST, LEADS_LIST, DESK, LEADS_DESK, PARTICIPANT, SWEEP];
/// Each page is asked for so often, one time after the other.
const TIMES: usize = 40;

/// Adds the rows to the report.
pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    if !ALL.iter().any(|what| plan.wants(what, ON)) {
        return;
    }
    let Some(program) = program() else { return };
    let passing = tempfile::TempDir::new().expect("a folder for the database");
    let folder = plan.grown.as_deref().unwrap_or(passing.path());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let world = runtime.block_on(async {
        if !folder.join(WHOLE).exists() {
            grow(folder, plan.sessions).await.expect("making the database");
        }
        look(folder).await.expect("looking at the database")
    });
    if plan.wants(SWEEP, ON) {
        let (seconds, people) = runtime.block_on(sweep(folder, plan.rounds.min(3))).expect("looking at all");
        report.row(
            SWEEP,
            "SQLite",
            "s",
            seconds,
            format!("{people} participants, one rule for each company"),
        );
    }
    drop(runtime);
    let server = Server::on(program, folder);
    let running = server.start();
    server.wait_until_it_answers("/healthz");
    for (what, path, cookie) in &world.pages {
        if !plan.wants(what, ON) {
            continue;
        }
        let headers = format!("Cookie: cairn-{}={cookie}\r\nAccept-Encoding: br, gzip\r\n", server.port());
        let mut length = 0;
        let mut ask = || {
            let watch = Stopwatch::start();
            let answer = server.ask(path, &headers).expect("an answer");
            assert_eq!(answer.status, 200, "{path}");
            length = answer.body.len();
            watch.elapsed()
        };
        let first = ask();
        let mut took: Vec<Duration> = (0..TIMES).map(|_| ask()).collect();
        took.sort();
        let rounds = took.iter().map(|took| took.as_secs_f64() * 1e3).collect();
        let remark = format!(
            "{} sessions in the database; the first time {:.0} ms; {:.0} KB compressed",
            world.made,
            first.as_secs_f64() * 1e3,
            length as f64 / 1e3
        );
        report.row(what, ON, "ms", rounds, remark);
    }
    drop(running);
}

struct World {
    made: u64,
    /// What is measured, its address, and who asks.
    pages: Vec<(&'static str, String, String)>,
}

/// Says in a folder that its database was made to the end.
const WHOLE: &str = "grown";

async fn grow(data: &Path, sessions: u64) -> Result<()> {
    say(&format!("making {sessions} sessions to look at, in {}", data.display()));
    let watch = Stopwatch::start();
    std::fs::create_dir_all(data).expect("a folder for the database");
    let file = data.join("cairn.db");
    let db = Db::open(&Place::Sqlite(file.clone()), Clock::machine()).await?;
    db.write(|tx| organisation::open(tx, Mode::Serve).map(drop)).await?;
    db.write(demo::build).await?;
    let made = demo::grow(&db, sessions, |_| {}).await?;
    // Letters to invented people are not what is measured.
    db.write(|tx| {
        tx.exec("UPDATE mail SET state = 'dropped' WHERE state = 'queued'", args![])?;
        tx.exec("UPDATE session SET remind_at = NULL WHERE remind_at IS NOT NULL", args![])?;
        tx.exec("UPDATE session SET prompt_at = NULL WHERE prompt_at IS NOT NULL", args![]).map(drop)
    })
    .await?;
    db.close().await;
    let bytes = file.metadata().map_or(0, |about| about.len());
    let (seconds, gigabytes) = (watch.elapsed().as_secs_f64(), bytes as f64 / 1e9);
    say(&format!("made {made} in {seconds:.0} s, {gigabytes:.1} GB"));
    std::fs::write(data.join(WHOLE), made.to_string()).expect("writing that it is whole");
    Ok(())
}

async fn look(data: &Path) -> Result<World> {
    let made = std::fs::read_to_string(data.join(WHOLE)).expect("how many there are");
    let made = made.parse().expect("a number of sessions");
    let db = Db::open(&Place::Sqlite(data.join("cairn.db")), Clock::machine()).await?;
    let world = db
        .write(move |tx| {
            let of_size = "SELECT cohort_id FROM participant WHERE archived_at IS NULL
                 GROUP BY cohort_id HAVING COUNT(*) BETWEEN $1 AND $2 ORDER BY cohort_id LIMIT 1";
            let large: CohortId = tx.one(of_size, args![900, 1_000], |row| row.get(0))?;
            let small: CohortId = tx.one(of_size, args![40, 48], |row| row.get(0))?;
            let somebody: rules::ids::ParticipantId =
                tx.one("SELECT MAX(id) FROM participant", args![], |row| row.get(0))?;
            let holder = "SELECT MIN(person_id) FROM person_role WHERE role = $1";
            let admin: PersonId = tx.one(holder, args!["admin"], |row| row.get(0))?;
            let lead: PersonId = tx.one("SELECT MAX(person_id) FROM lead", args![], |row| row.get(0))?;
            let mut cookie = |id: PersonId| {
                let who = person::get(tx, id)?;
                Ok::<_, model::Error>(sign_in::begin(tx, &who, "bench", "bench")?.token.reveal().to_owned())
            };
            let (admin, lead) = (cookie(admin)?, cookie(lead)?);
            Ok(World {
                made,
                pages: vec![
                    (BOARD, format!("/cohorts/{large}"), admin.clone()),
                    (SMALL_BOARD, format!("/cohorts/{small}"), admin.clone()),
                    (LIST, "/programs".to_owned(), admin.clone()),
                    (LEADS_LIST, "/programs".to_owned(), lead.clone()),
                    (DESK, "/".to_owned(), admin.clone()),
                    (LEADS_DESK, "/".to_owned(), lead),
                    (PARTICIPANT, format!("/participants/{somebody}"), admin),
                ],
            })
        })
        .await?;
    db.close().await;
    Ok(world)
}

/// A rule for each company that has none like it, and of which nothing is due yet: what takes time is to look.
fn make_rules(tx: &mut Tx) -> Result<()> {
    let bare =
        "SELECT c.id FROM company c WHERE NOT EXISTS (SELECT 1 FROM trigger_rule r WHERE r.company_id = c.id
         AND r.condition = $1 AND r.recipient = $2 AND r.removed_at IS NULL)";
    let bare: Vec<CompanyId> =
        tx.all(bare, args![Condition::Missed.code(), Recipient::Participant.code()], |row| row.get(0))?;
    for company in bare {
        let text = Text {
            subject: Line::parse("A session was missed").expect("a subject"),
            body: Prose::parse("Shall we find another time?").expect("a body"),
        };
        let new = NewTrigger {
            holds: Led::Company(company),
            condition: Condition::Missed,
            recipient: Recipient::Participant,
            timing: Timing { wait_hours: 24 * 14, times: 1, again_hours: AGAIN_LEAST_HOURS },
            texts: [(Language::English, text)].into(),
        };
        trigger::make(tx, &Actor::Operator, &new)?;
    }
    tx.exec("UPDATE trigger_rule SET paused_at = NULL", args![]).map(drop)
}

/// Looks at everybody for all rules. Seconds of each round, and of how many people.
async fn sweep(data: &Path, rounds: usize) -> Result<(Vec<f64>, i64)> {
    let db = Db::open(&Place::Sqlite(data.join("cairn.db")), Clock::machine()).await?;
    db.write(make_rules).await?;
    let mut seconds = Vec::new();
    for _ in 0..rounds {
        db.write(|tx| tx.exec("UPDATE cohort SET triggers_at = $1", args![tx.now()]).map(drop)).await?;
        let watch = Stopwatch::start();
        while trigger::sweep(&db).await? > 0 {}
        seconds.push(watch.elapsed().as_secs_f64());
    }
    let people = "SELECT COUNT(*) FROM participant";
    let people = db.read(move |tx| tx.one(people, args![], |row| row.get(0))).await?;
    db.write(|tx| tx.exec("UPDATE trigger_rule SET paused_at = made_at", args![]).map(drop)).await?;
    db.close().await;
    Ok((seconds, people))
}
