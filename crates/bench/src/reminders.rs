//! A hundred thousand reminders that are due in the same minute: how long until all of them are queued, and that each is,
//! once (rule M1).

use jiff::SignedDuration;
use model::clock::Stopwatch;
use model::organisation::{self, Mode};
use model::testing::{Care, Postgres};
use model::{Clock, Db, Place, Result, Tx, args, session};
use rules::ids::{AttendanceId, PersonId, SessionId};
use rules::time::{Instant, Quantum};

use crate::Plan;
use crate::report::Report;

/// Each with a client and a coach, who are both reminded.
const SESSIONS: usize = 50_000;
/// So many sessions a transaction, as the program does it.
const BATCH: u32 = 500;
/// All of them have few coaches: who it is makes no difference.
const COACHES: usize = 500;
pub(crate) const REMINDERS: &str = "100,000 reminders due in the same minute, queued";

/// Adds the rows of both engines to the report.
pub(crate) async fn measure(plan: &Plan, report: &mut Report) {
    if plan.wants(REMINDERS, "SQLite") {
        let folder = tempfile::TempDir::new().expect("a folder for the database");
        measure_on(&Place::Sqlite(folder.path().join("bench.db")), plan, report).await;
    }
    if plan.wants(REMINDERS, "PostgreSQL") {
        let server = tokio::task::block_in_place(|| Postgres::start(Care::Durable));
        let name = tokio::task::block_in_place(|| server.create(None));
        measure_on(&Place::Postgres(server.url(&name)), plan, report).await;
        tokio::task::block_in_place(|| drop(server));
    }
}

async fn measure_on(place: &Place, plan: &Plan, report: &mut Report) {
    let clock = Clock::manual("2026-03-02T09:00:00Z".parse().expect("a moment"));
    let db = Db::open(place, clock.clone()).await.expect("opening the database");
    fill(&db).await.expect("filling the database");
    let (mut seconds, mut wrong) = (Vec::new(), 0);
    let mut queued_before = 0;
    for _ in 0..plan.rounds.min(3) {
        let queued = round(&db, &clock, &mut seconds).await.expect("reminding");
        wrong += i64::from(queued - queued_before != 2 * SESSIONS as i64);
        queued_before = queued;
    }
    let remark = format!("{wrong} rounds with one lost or one twice");
    report.row(REMINDERS, db.engine(), "s", seconds, remark);
    db.close().await;
}

/// All sessions are put a day and a minute ahead; then that minute comes. Gives how many mails there are.
async fn round(db: &Db, clock: &Clock, seconds: &mut Vec<f64>) -> Result<i64> {
    let start = Quantum::of(clock.now() + SignedDuration::from_hours(24 * 7)).start();
    db.write(move |tx| {
        let remind_at = start - SignedDuration::from_hours(24);
        let sql = "UPDATE session SET starts_at = $1, set_at = $2, remind_at = $3";
        tx.exec(sql, args![start, tx.now(), remind_at])
    })
    .await?;
    clock.advance((start - SignedDuration::from_hours(24)).since(clock.now()));
    let watch = Stopwatch::start();
    while db.write(|tx| session::remind(tx, BATCH)).await? > 0 {}
    seconds.push(watch.elapsed().as_secs_f64());
    let sql = "SELECT COUNT(*) FROM mail WHERE letter IN ('reminder', 'reminder_for_coach')";
    db.read(move |tx| tx.one(sql, args![], |row| row.get(0))).await
}

async fn fill(db: &Db) -> Result<()> {
    db.write(|tx| organisation::open(tx, Mode::Serve).map(drop)).await?;
    let coaches =
        db.write(|tx| (0..COACHES).map(|n| person(tx, "coach", n)).collect::<Result<Vec<_>>>()).await?;
    let made = coaches.clone();
    db.write(move |tx| {
        let now = tx.now();
        let rows = made.iter().map(|coach| {
            [
                (*coach).into(),
                coach.to_string().replace('_', "-").into(),
                "".into(),
                "".into(),
                "".into(),
                false.into(),
                "".into(),
                0_i64.into(),
                now.into(),
            ]
        });
        tx.insert_many(
            "INSERT INTO coach (person_id, slug, headline, about, credentials, listed, folded_text,
                 availability_version, joined_at)",
            rows,
            "",
        )
    })
    .await?;
    for portion in 0..SESSIONS / 1_000 {
        let coaches = coaches.clone();
        db.write(move |tx| {
            (portion * 1_000..(portion + 1) * 1_000).try_for_each(|n| booked(tx, n, coaches[n % COACHES]))
        })
        .await?;
    }
    Ok(())
}

fn person(tx: &mut Tx, what: &str, n: usize) -> Result<PersonId> {
    let id: PersonId = tx.new_id();
    let now = tx.now();
    let mail = format!("{what}-{n}@bench.example");
    tx.exec(
        "INSERT INTO person (id, name, folded_name, mail, folded_mail, zone, zone_known, language, hour_style, created_at)
         VALUES ($1, $2, $2, $3, $3, 'Europe/Berlin', $4, 'en', 'h24', $5)",
        args![id, format!("{what} {n}"), mail, true, now],
    )?;
    Ok(id)
}

fn booked(tx: &mut Tx, n: usize, coach: PersonId) -> Result<()> {
    let client = person(tx, "client", n)?;
    let (session, place): (SessionId, AttendanceId) = (tx.new_id(), tx.new_id());
    let (now, start): (Instant, Instant) = (tx.now(), Quantum::of(tx.now()).start());
    tx.exec(
        "INSERT INTO session (id, kind, minutes, place, place_detail, starts_at, wall_time, zone, zone_data, uid,
             sequence, booked_at, set_at, recorded, made_at)
         VALUES ($1, 'one_to_one', 60, 'room', '', $2, '', 'Europe/Berlin', '', $3, 0, $4, $4, $5, $4)",
        args![session, start, session.to_string(), now, false],
    )?;
    tx.exec(
        "INSERT INTO session_coach (session_id, coach_id, marking) VALUES ($1, $2, $3)",
        args![session, coach, true],
    )?;
    tx.exec(
        "INSERT INTO attendance (id, session_id, client_id, counts, made_at) VALUES ($1, $2, $3, $4, $5)",
        args![place, session, client, false, now],
    )?;
    Ok(())
}
