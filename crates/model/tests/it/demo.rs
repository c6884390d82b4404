//! The living example is what it promises to be, whenever it is made.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::{SignedDuration, ToSpan};
use model::clock::Stopwatch;
use model::organisation::{self, Mode};
use model::person;
use model::session::STATUS_SQL;
use model::testing::{self, Engine, START, Store};
use model::{Clock, Db, Tx, args, availability, booking, db, demo, offering};
use rules::attendance::Status;
use rules::availability::day_span;
use rules::ids::PersonId;
use rules::time::{Instant, Span};

/// An example that was made at this moment.
async fn example_at(store: &Store, now: Instant) -> Db {
    let settings = testing::settings(db::migrate::MIGRATIONS);
    let db = Db::open_with(store.place(), Clock::manual(now), settings).await.expect("opening the store");
    db.write(|tx| organisation::open(tx, Mode::Demo)).await.expect("the organisation");
    db.write(demo::build).await.expect("building the example");
    db
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    db.read(move |tx| tx.one(sql, args![], |row| row.get(0))).await.expect(sql)
}

/// All that follows from seed and moment, line by line. What the verbs made is left out: their ids are new each time.
async fn told(db: &Db) -> Vec<String> {
    const QUERIES: [&str; 6] = [
        "SELECT CAST(id AS TEXT) || ' ' || name || ' ' || mail || ' ' || zone || ' ' || CAST(created_at AS TEXT)
         FROM person ORDER BY id",
        "SELECT CAST(id AS TEXT) || ' ' || uid || ' ' || CAST(COALESCE(starts_at, 0) AS TEXT) || ' '
             || COALESCE(wall_time, '') || CAST(COALESCE(booked_at, 0) AS TEXT) FROM session
         WHERE id < 1000000 ORDER BY id",
        "SELECT CAST(id AS TEXT) || ' ' || CAST(session_id AS TEXT) || ' ' || CAST(client_id AS TEXT) || ' '
             || COALESCE(outcome, '') || CAST(COALESCE(outcome_at, 0) AS TEXT) FROM attendance
         WHERE id < 1000000 ORDER BY id",
        "SELECT CAST(coach_id AS TEXT) || ' ' || CAST(quantum AS TEXT) || ' ' || CAST(session_id AS TEXT)
         FROM coach_time ORDER BY coach_id, quantum",
        "SELECT CAST(pod_id AS TEXT) || ' ' || CAST(participant_id AS TEXT) FROM pod_member
         ORDER BY pod_id, participant_id",
        "SELECT CAST(id AS TEXT) || ' ' || kind || ' ' || CAST(at AS TEXT) || ' ' || facts FROM event
         WHERE id < 1000000 ORDER BY id",
    ];
    let lines = |tx: &mut Tx| {
        let mut lines = Vec::new();
        for sql in QUERIES {
            lines.extend(tx.all(sql, args![], |row| row.get::<String>(0))?);
        }
        Ok(lines)
    };
    db.read(lines).await.expect("reading all of it")
}

async fn statuses(db: &Db) -> BTreeSet<String> {
    let read = |tx: &mut Tx| {
        let sql =
            format!("SELECT DISTINCT {STATUS_SQL} FROM attendance a JOIN session s ON s.id = a.session_id");
        tx.all(&sql, args![], |row| row.get(0))
    };
    db.read(read).await.expect("reading statuses").into_iter().collect()
}

/// No coach and no client is in two places at once.
async fn check_that_nothing_overlaps(db: &Db) {
    let pairs = "SELECT COUNT(*) FROM session s JOIN session_coach c ON c.session_id = s.id
         JOIN session_coach d ON d.coach_id = c.coach_id AND d.session_id > c.session_id
         JOIN session t ON t.id = d.session_id
         WHERE s.starts_at < t.starts_at + t.minutes * 60000 AND t.starts_at < s.starts_at + s.minutes * 60000";
    assert_eq!(count(db, pairs).await, 0, "sessions of one coach overlap");
    let pairs = "SELECT COUNT(*) FROM session s JOIN attendance a ON a.session_id = s.id
         JOIN attendance b ON b.client_id = a.client_id AND b.session_id > a.session_id
         JOIN session t ON t.id = b.session_id
         WHERE s.starts_at < t.starts_at + t.minutes * 60000 AND t.starts_at < s.starts_at + s.minutes * 60000";
    assert_eq!(count(db, pairs).await, 0, "sessions of one client overlap");
}

/// All of it is inside the coaches' hours, on their wall clocks (rule T1).
async fn check_that_coaches_work_when_they_work(db: &Db) {
    let outside = "SELECT s.wall_time || ' ' || p.slug FROM session s
         JOIN session_coach c ON c.session_id = s.id AND c.marking JOIN person p ON p.id = c.coach_id
         WHERE s.starts_at IS NOT NULL ORDER BY s.id";
    let meetings = db.read(move |tx| tx.all(outside, args![], |row| row.get::<String>(0))).await;
    let ranges = "SELECT p.slug || ' ' || CAST(h.weekday AS TEXT) || ' ' || CAST(h.from_minute AS TEXT) || ' '
             || CAST(h.to_minute AS TEXT) FROM hours h JOIN person p ON p.id = h.coach_id
         UNION ALL
         SELECT p.slug || ' ' || h.date || ' ' || CAST(h.from_minute AS TEXT) || ' ' || CAST(h.to_minute AS TEXT)
         FROM day_override h JOIN person p ON p.id = h.coach_id WHERE h.from_minute IS NOT NULL";
    let ranges = db.read(move |tx| tx.all(ranges, args![], |row| row.get::<String>(0))).await;
    let ranges: Vec<Vec<String>> =
        ranges.expect("hours").iter().map(|line| line.split(' ').map(str::to_owned).collect()).collect();
    for meeting in meetings.expect("sessions") {
        let (wall, coach) = meeting.split_once(' ').expect("two words");
        let wall: DateTime = wall.parse().expect("a wall time");
        let weekday = wall.weekday().to_monday_one_offset().to_string();
        let minute = i64::from(wall.hour()) * 60 + i64::from(wall.minute());
        let works = ranges.iter().any(|range| {
            let bound = |n: usize| range[n].parse::<i64>().expect("minutes");
            range[0] == coach
                && (range[1] == weekday || range[1] == wall.date().to_string())
                && (bound(2)..bound(3)).contains(&minute)
        });
        assert!(works, "{meeting} is outside of all hours");
        assert_eq!((wall.minute() % 5, wall.second()), (0, 0), "{meeting} is not on the grid");
    }
}

/// On each of the coming days on which a coach works there is a time to book, and nothing lies outside their hours.
async fn check_that_everybody_can_be_booked(db: &Db, now: Instant) {
    let coaches = "SELECT person_id FROM coach";
    let coaches = db.read(move |tx| tx.all(coaches, args![], |row| row.get::<PersonId>(0))).await;
    for coach in coaches.expect("the coaches") {
        let (hours, away, intro, slots, outside) = db
            .read(move |tx| {
                let intro = offering::active(tx, coach)?.remove(0);
                let within = Span::of(now, SignedDuration::from_hours(24 * 60));
                let slots = booking::slots(tx, intro.id, within)?;
                let away = availability::times_off(tx, coach)?;
                let hours = availability::hours(tx, coach, Some(intro.id))?;
                Ok((hours, away, intro, slots, availability::outside(tx, coach)?))
            })
            .await
            .expect("what can be booked");
        assert_eq!(outside, [], "{coach}");
        assert!(intro.questions.iter().all(|asked| !asked.required), "an intro asks for little");
        let zone = hours.zone.clone();
        let today = now.to_zoned(zone.tz()).date();
        for date in (2..40).map(|ahead| today + ahead.days()) {
            let day = day_span(&zone, date);
            let works = !hours.on(date).is_empty() && !away.iter().any(|away| away.span.overlaps(&day));
            let open = slots.iter().any(|slot| day.contains(*slot));
            assert_eq!(open, works, "{coach} on {date}, at {now}");
        }
    }
}

/// Every time that is still to come belongs to its session, all of it and nothing else but what a request holds.
async fn check_that_time_is_claimed(db: &Db, now: Instant) {
    let wanted = db
        .read(move |tx| {
            tx.one(
                "SELECT COALESCE(CAST(SUM(minutes / 5) AS BIGINT), 0) FROM session
                 JOIN session_coach ON session_coach.session_id = session.id WHERE starts_at + minutes * 60000 > $1 AND cancelled_at IS NULL",
                args![now],
                |row| row.get::<i64>(0),
            )
        })
        .await
        .expect("counting minutes");
    // And the time that an open request asks for (rule R3).
    let held = "SELECT COALESCE(CAST(SUM(s.minutes / 5) AS BIGINT), 0) FROM move_request m
         JOIN session s ON s.id = m.session_id JOIN session_coach c ON c.session_id = s.id WHERE m.decided IS NULL";
    assert_eq!(count(db, "SELECT COUNT(*) FROM coach_time").await, wanted + count(db, held).await);
    assert!(wanted > 100, "the example has a future: {wanted} times five minutes");
}

/// Nothing in it happened later than now, and nobody marked what had not begun.
async fn check_that_the_past_is_past(db: &Db, now: Instant) {
    let future = "SELECT COUNT(*) FROM event WHERE at > $1";
    let future = db.read(move |tx| tx.one(future, args![now], |row| row.get::<i64>(0))).await;
    assert_eq!(future.expect("counting events"), 0);
    let early = "SELECT COUNT(*) FROM attendance a JOIN session s ON s.id = a.session_id
         WHERE a.outcome <> 'late_cancellation' AND a.outcome_at < s.starts_at + 600000";
    assert_eq!(count(db, early).await, 0, "marked too early");
    let early = "SELECT COUNT(*) FROM attendance a JOIN session s ON s.id = a.session_id
         WHERE a.outcome = 'late_cancellation' AND (a.left_at <> a.outcome_at OR a.left_at >= s.starts_at
             OR a.left_notice >= 86400000 OR a.left_notice <> s.starts_at - a.left_at)";
    assert_eq!(count(db, early).await, 0, "no late cancellation");
    let late = "SELECT COUNT(*) FROM session WHERE booked_at >= starts_at OR cancelled_at >= starts_at";
    assert_eq!(count(db, late).await, 0, "booked or cancelled after its start");
}

async fn check(engine: Engine, now: Instant) {
    let store = Store::new(engine);
    let db = example_at(&store, now).await;
    let all: BTreeSet<String> = Status::ALL.iter().map(|status| status.code().to_owned()).collect();
    assert_eq!(statuses(&db).await, all, "at {now}");
    check_that_nothing_overlaps(&db).await;
    check_that_coaches_work_when_they_work(&db).await;
    check_that_time_is_claimed(&db, now).await;
    check_that_the_past_is_past(&db, now).await;
    check_that_everybody_can_be_booked(&db, now).await;
    let soon = "SELECT COUNT(*) FROM session s JOIN session_coach c ON c.session_id = s.id
         JOIN person p ON p.id = c.coach_id
         WHERE p.slug = 'ada' AND s.starts_at > $1 AND s.starts_at <= $2";
    let soon = db
        .read(move |tx| {
            tx.one(soon, args![now, now + SignedDuration::from_mins(20)], |row| row.get::<i64>(0))
        })
        .await;
    assert_eq!(soon.expect("looking ahead"), 1, "Ada has a session in a moment, at {now}");
    db.close().await;
}

model::on_both! {
    // Rule P6
    async fn the_example_has_everybody_it_promises(db: Db) {
        db.write(|tx| organisation::open(tx, Mode::Demo)).await.expect("the organisation");
        db.write(demo::build).await.expect("building the example");
        for (role, expect) in [("admin", 1), ("program_lead", 2), ("coach", 7), ("client", 50), ("sponsor", 3)] {
            let of_role = move |tx: &mut Tx| {
                let sql = "SELECT COUNT(*) FROM person_role WHERE role = $1";
                tx.one(sql, args![role], |row| row.get::<i64>(0))
            };
            assert_eq!(db.read(of_role).await.expect("counting"), expect, "{role}");
        }
        for (slug, role) in
            [("otto", "admin"), ("lea", "program_lead"), ("ada", "coach"), ("ben", "client"), ("cara", "sponsor")]
        {
            let found = db.read(move |tx| person::by_slug(tx, slug)).await.expect("looking somebody up");
            assert_eq!(found.expect(slug).roles.to_string(), role, "{slug}");
        }
        assert_eq!(count(&db, "SELECT COUNT(*) FROM person WHERE slug IS NULL").await, 0);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM person WHERE mail NOT LIKE '%.example'").await, 0);
        assert!(count(&db, "SELECT COUNT(*) FROM person WHERE language = 'de'").await >= 2);
        let zones = "SELECT COUNT(DISTINCT p.zone) FROM person p JOIN coach c ON c.person_id = p.id";
        assert_eq!(count(&db, zones).await, 7);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM coach WHERE listed").await, 6);
        for table in ["question", "day_override", "busy", "agreement", "acceptance"] {
            let has = move |tx: &mut Tx| tx.exists(&format!("SELECT 1 FROM {table}"), args![]);
            assert!(db.read(has).await.expect(table), "{table}");
        }
        let accepted = "SELECT COUNT(*) FROM attendance a WHERE a.price > 0 AND NOT EXISTS (
             SELECT 1 FROM acceptance x WHERE x.person_id = a.client_id)";
        assert_eq!(count(&db, accepted).await, 0, "whoever paid has accepted the agreement");
        let booked = "SELECT COUNT(*) FROM attendance a JOIN session s ON s.id = a.session_id
             WHERE a.journey_id IS NOT NULL AND s.starts_at IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM acceptance x WHERE x.person_id = a.client_id)";
        assert_eq!(count(&db, booked).await, 0, "whoever is booked in a program has accepted it too");
        let fewest = "SELECT MIN(n) FROM (SELECT COUNT(*) AS n FROM offering GROUP BY coach_id) per_coach";
        assert_eq!(count(&db, fewest).await, 4);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM step").await, 11);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM journey").await, 35, "one has two");
        assert_eq!(count(&db, "SELECT COUNT(*) FROM participant WHERE coach_id IS NULL").await, 1, "one has not chosen");
        assert_eq!(count(&db, "SELECT COUNT(*) FROM pool_coach").await, 3);
        assert!(count(&db, "SELECT COUNT(*) FROM participant_field").await >= 4);
        let steps = "SELECT MIN(n) FROM (SELECT COUNT(*) AS n FROM attendance
             WHERE journey_id IS NOT NULL GROUP BY journey_id) per_journey";
        assert_eq!(count(&db, steps).await, 3);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM pod").await, 9);
        assert!(count(&db, "SELECT COUNT(DISTINCT letter) FROM mail").await >= 5);
        assert!(count(&db, "SELECT COUNT(DISTINCT outcome) FROM attendance").await == 3);
    }

    async fn building_it_again_changes_nothing(db: Db) {
        db.write(|tx| organisation::open(tx, Mode::Demo)).await.expect("the organisation");
        db.write(demo::build).await.expect("building the example");
        let (before, mails) = (told(&db).await, count(&db, "SELECT COUNT(*) FROM mail").await);
        db.write(demo::build).await.expect("building it again");
        assert_eq!(told(&db).await, before);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM mail").await, mails);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_moment_gives_the_same_example_on_both_engines() {
    let mut examples = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres, Engine::Sqlite] {
        let store = Store::new(engine);
        let db = example_at(&store, START).await;
        examples.push(told(&db).await);
        db.close().await;
    }
    assert!(examples[0].len() > 1000, "{}", examples[0].len());
    assert_eq!(examples[0], examples[1]);
    assert_eq!(examples[0], examples[2]);
}

// Rule A4
#[tokio::test(flavor = "multi_thread")]
async fn it_is_whole_on_both_engines() {
    check(Engine::Sqlite, START).await;
    check(Engine::Postgres, START).await;
}

// Rule A4
/// Nights, weekends, and the days on which clocks change.
#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_made_at_any_moment() {
    for (days, hours) in [(0, 3), (1, 14), (4, 19), (5, 6), (6, 22), (26, 14), (27, 1), (238, 2), (299, 12)] {
        check(Engine::Sqlite, START + SignedDuration::from_hours(24 * days + hours)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_made_in_a_moment() {
    const MOST_MILLISECONDS: u128 = 1_000;
    let store = Store::new(Engine::Sqlite);
    let settings = db::Settings { rehearse: false, ..testing::settings(db::migrate::MIGRATIONS) };
    let db = Db::open_with(store.place(), Clock::manual(START), settings).await.expect("opening the store");
    db.write(|tx| organisation::open(tx, Mode::Demo)).await.expect("the organisation");
    let watch = Stopwatch::start();
    db.write(demo::build).await.expect("building the example");
    let taken = watch.elapsed().as_millis();
    assert!(taken < MOST_MILLISECONDS, "{taken} ms");
    db.close().await;
}
