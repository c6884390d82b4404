//! The large example: its shares, and that every figure of a board is what a recount of the rows gives.

use std::collections::HashMap;

use model::event::Actor;
use model::organisation::{self, Mode};
use model::program::board::{self, Numbers};
use model::program::company;
use model::{Db, Tx, args, demo};
use rules::ids::CohortId;
use rules::time::Instant;

const SESSIONS: u64 = 9_000;

async fn make_large(db: &Db) {
    db.write(|tx| organisation::open(tx, Mode::Demo)).await.expect("the organisation");
    db.write(demo::build).await.expect("building the example");
    let mut told = Vec::new();
    let made = demo::grow(db, SESSIONS, |made| told.push(made)).await.expect("growing it");
    assert!(made >= SESSIONS && told.last() == Some(&made) && told.is_sorted());
}

/// One place in a session, as its rows have it.
struct Row {
    cohort: CohortId,
    person: i64,
    journey_starts_at: Instant,
    to_week: Option<i64>,
    starts_at: Option<Instant>,
    outcome: Option<String>,
    is_greyed_out: bool,
    counts: bool,
}

/// What a board says, counted by somebody who knows the words of the rules and none of the program's queries.
fn recount(rows: &[Row], people: u32, now: Instant) -> Numbers {
    let mut all = Numbers { people, ..Numbers::default() };
    let mut overdue_people = std::collections::HashSet::new();
    for row in rows {
        if row.is_greyed_out {
            all.greyed_out += 1;
            continue;
        }
        if !row.counts {
            continue;
        }
        match row.outcome.as_deref() {
            Some("completed") => all.completed += 1,
            Some(_) => all.missed += 1,
            None if row.starts_at.is_some() => all.booked += 1,
            None => {
                all.unbooked += 1;
                let weeks = row.to_week.map(|week| jiff::SignedDuration::from_hours(week * 7 * 24));
                if weeks.is_some_and(|weeks| row.journey_starts_at + weeks <= now) {
                    all.overdue += 1;
                    overdue_people.insert(row.person);
                }
            }
        }
    }
    all.overdue_people = overdue_people.len() as u32;
    all
}

model::on_both! {
    // Rules G4, G11
    async fn every_figure_of_a_board_is_what_a_recount_gives(db: Db) {
        make_large(&db).await;
        let (rows, people) = db
            .read(|tx| {
                let mut rows = Vec::new();
                tx.each(
                    "SELECT t.cohort_id, t.person_id, j.starts_at, st.to_week, s.starts_at, a.outcome,
                         a.greyed_out_at, a.counts
                     FROM attendance a JOIN session s ON s.id = a.session_id
                     JOIN journey j ON j.id = a.journey_id JOIN participant t ON t.id = j.participant_id
                     LEFT JOIN step st ON st.id = a.step_id WHERE t.archived_at IS NULL AND NOT t.test",
                    args![],
                    |row| {
                        rows.push(Row {
                            cohort: row.get(0)?,
                            person: row.get(1)?,
                            journey_starts_at: row.get(2)?,
                            to_week: row.get(3)?,
                            starts_at: row.get(4)?,
                            outcome: row.get(5)?,
                            is_greyed_out: row.get::<Option<Instant>>(6)?.is_some(),
                            counts: row.get(7)?,
                        });
                        Ok(())
                    },
                )?;
                let people = tx.all(
                    "SELECT cohort_id, COUNT(*) FROM participant WHERE archived_at IS NULL AND NOT test GROUP BY cohort_id",
                    args![],
                    |row| Ok((row.get::<CohortId>(0)?, row.get::<u32>(1)?)),
                )?;
                Ok((rows, people.into_iter().collect::<HashMap<_, _>>()))
            })
            .await
            .expect("reading the rows");
        let mut by_cohort: HashMap<CohortId, Vec<Row>> = HashMap::new();
        for row in rows {
            by_cohort.entry(row.cohort).or_default().push(row);
        }
        assert!(by_cohort.len() >= 8, "cohorts of every size");
        for (cohort, rows) in by_cohort {
            let (board, standing) = db
                .read(move |tx| {
                    let board = board::board(tx, &Actor::Operator, cohort)?;
                    Ok((board, company::standings(tx, &[cohort])?[&cohort]))
                })
                .await
                .expect("reading a board");
            let shown = Numbers::of(&board.members);
            let counted = recount(&rows, people[&cohort], db.clock().now());
            let words = shown.on_track + shown.at_risk + shown.off_track;
            assert_eq!(words, shown.people, "everybody has one word");
            let counted = Numbers { on_track: shown.on_track, at_risk: shown.at_risk, off_track: shown.off_track, ..counted };
            assert_eq!(shown, counted, "{cohort}");
            let listed = (standing.people, standing.unbooked, standing.booked, standing.completed, standing.missed);
            assert_eq!(listed, (shown.people, shown.unbooked, shown.booked, shown.completed, shown.missed), "{cohort}");
        }
    }
}

/// How many there are of one for a thousand of the other.
async fn share(db: &Db, part: &'static str, whole: &'static str) -> i64 {
    let counts = move |tx: &mut Tx| {
        let mut count = |sql| tx.one(sql, args![], |row| row.get::<i64>(0));
        Ok((count(part)?, count(whole)?))
    };
    let (part, whole) = db.read(counts).await.expect("counting");
    1_000 * part / whole.max(1)
}

model::on_both! {
    async fn the_large_example_has_the_shares_that_it_promises(db: Db) {
        make_large(&db).await;
        const OF_MANY: &str = "SELECT COUNT(*) FROM attendance a JOIN person p ON p.id = a.client_id WHERE p.mail LIKE '%@many.example'";
        const PEOPLE: &str = "SELECT COUNT(*) FROM participant t JOIN person p ON p.id = t.person_id WHERE p.mail LIKE '%@many.example'";
        let missed = "SELECT COUNT(*) FROM attendance a JOIN person p ON p.id = a.client_id
             WHERE p.mail LIKE '%@many.example' AND a.outcome IN ('no_show', 'late_cancellation')";
        let marked = "SELECT COUNT(*) FROM attendance a JOIN person p ON p.id = a.client_id
             WHERE p.mail LIKE '%@many.example' AND a.outcome IS NOT NULL";
        let greyed_out = "SELECT COUNT(*) FROM attendance a JOIN person p ON p.id = a.client_id
             WHERE p.mail LIKE '%@many.example' AND a.greyed_out_at IS NOT NULL";
        let archived = "SELECT COUNT(*) FROM participant t JOIN person p ON p.id = t.person_id
             WHERE p.mail LIKE '%@many.example' AND t.archived_at IS NOT NULL";
        let pods = "SELECT COUNT(*) FROM session WHERE pod_id IS NOT NULL";
        let requests = "SELECT COUNT(*) FROM move_request WHERE decided IS NULL";
        assert!((70..=110).contains(&share(&db, missed, marked).await), "missed");
        assert!((20..=40).contains(&share(&db, greyed_out, OF_MANY).await), "greyed out");
        assert!((25..=75).contains(&share(&db, archived, PEOPLE).await), "archived");
        assert!(share(&db, pods, "SELECT COUNT(*) FROM session").await > 10, "pods");
        assert!(share(&db, requests, "SELECT 1000").await >= 1, "requests");
        let several = "SELECT COUNT(*) FROM (SELECT participant_id FROM journey GROUP BY participant_id HAVING COUNT(*) > 1) x";
        assert!((25..=75).contains(&share(&db, several, PEOPLE).await), "several journeys");
    }
}
