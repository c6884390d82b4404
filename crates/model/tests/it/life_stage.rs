//! What the tests of a session's life stand on: people who act at a moment, and what they then find in the rows.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use model::booking::{self, Wish};
use model::event::{Actor, Via};
use model::session::{self, CallOff, Knowing, MoveOutcome, MoveWish, Reason};
use model::world::{ADA_HOUR, BEN};
use model::{Db, Result, Tx, args};
use rules::attendance::Status;
use rules::cancelling::Quote;
use rules::ids::{PersonId, SessionId};
use rules::marking::Mark;
use rules::permission::{Role, Who};
use rules::session::Cause;
use rules::time::{Instant, Quantum};

use crate::booking::by;

/// Somebody who was made in a test, as a client.
pub(crate) fn as_client(person: PersonId) -> Actor {
    Actor::Person { who: Who { person, roles: Role::Client.into() }, via: Via::Page, proof: None }
}

/// One of the small world, or a client.
pub(crate) fn acting(person: PersonId) -> Actor {
    let is_known = model::world::PEOPLE.iter().any(|somebody| somebody.id == person);
    if is_known { by(person) } else { as_client(person) }
}

pub(crate) fn reason(text: &str) -> Reason {
    Reason::parse(text).expect("a reason")
}

pub(crate) fn to(start: Instant) -> MoveWish {
    MoveWish { to: start, reason: Reason::default(), expect: None }
}

pub(crate) fn off(cause: Cause) -> CallOff {
    CallOff { client: None, cause, reason: Reason::default(), expect: None }
}

/// A session and its store.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) db: Db,
    pub(crate) session: SessionId,
    seen: Arc<Mutex<BTreeSet<i64>>>,
}

impl Stage {
    /// An hour that Ben has booked with Ada, for 110 euros.
    pub(crate) async fn booked(db: &Db, start: Instant) -> Stage {
        let wish = Wish::plain(ADA_HOUR, start);
        let session = db.write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("booking");
        Stage::of(db, session).await
    }

    pub(crate) async fn of(db: &Db, session: SessionId) -> Stage {
        let stage = Stage { db: db.clone(), session, seen: Arc::default() };
        stage.letters().await;
        stage
    }

    /// The clock goes on to this moment.
    pub(crate) fn until(&self, moment: Instant) {
        let clock = self.db.clock();
        let ahead = moment.since(clock.now());
        assert!(!ahead.is_negative(), "the clock only goes forward");
        clock.advance(ahead);
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        act: impl Fn(&mut Tx, SessionId) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let session = self.session;
        self.db.write(move |tx| act(tx, session)).await
    }

    pub(crate) async fn moves(&self, who: PersonId, start: Instant) -> Result<MoveOutcome> {
        self.write(move |tx, id| session::move_session(tx, &acting(who), id, &to(start))).await
    }

    pub(crate) async fn approves(&self, who: PersonId) -> Result<Instant> {
        self.write(move |tx, id| session::approve_move(tx, &acting(who), id, Knowing::No)).await
    }

    pub(crate) async fn rejects(&self, who: PersonId) -> Result<()> {
        self.write(move |tx, id| session::reject_move(tx, &acting(who), id, &reason("Not then"))).await
    }

    pub(crate) async fn withdraws(&self, who: PersonId) -> Result<()> {
        self.write(move |tx, id| session::withdraw_move(tx, &acting(who), id)).await
    }

    pub(crate) async fn calls_off(&self, who: PersonId, cause: Cause) -> Result<Quote> {
        self.write(move |tx, id| session::call_off(tx, &acting(who), id, &off(cause))).await
    }

    pub(crate) async fn marks(&self, who: PersonId, client: PersonId, mark: Mark) -> Result<()> {
        self.write(move |tx, id| session::mark(tx, &acting(who), id, client, mark)).await
    }

    pub(crate) async fn unmarks(&self, who: PersonId, client: PersonId) -> Result<()> {
        self.write(move |tx, id| session::unmark(tx, &acting(who), id, client)).await
    }

    /// How many marks and undoings of marks somebody reads of on the session's own timeline.
    pub(crate) async fn marks_read_by(&self, who: PersonId) -> usize {
        let told = self.write(move |tx, id| session::timeline(tx, &acting(who), id, 100)).await;
        let is_mark = |kind: &str| matches!(kind, "attendance_marked" | "attendance_unmarked");
        told.expect("the timeline").iter().filter(|event| is_mark(&event.kind)).count()
    }

    /// All that time does, as the program does it.
    pub(crate) async fn sweep(&self) {
        sweep(&self.db).await;
    }

    /// The letters that were queued since the last call: to whom, and which.
    pub(crate) async fn letters(&self) -> Vec<(PersonId, String)> {
        let all = self.db.read(|tx| {
            tx.all("SELECT id, person_id, letter FROM mail WHERE person_id IS NOT NULL", args![], |row| {
                Ok((row.get::<i64>(0)?, row.get::<PersonId>(1)?, row.get::<String>(2)?))
            })
        });
        let all = all.await.expect("reading letters");
        let mut new = Vec::new();
        for (id, person, letter) in all {
            if self.seen.lock().expect("nobody panics").insert(id) {
                new.push((person, letter));
            }
        }
        new.sort();
        new
    }

    /// Exactly these letters were queued since.
    pub(crate) async fn told(&self, expect: &[(PersonId, &str)]) {
        let mut expect: Vec<_> =
            expect.iter().map(|(person, letter)| (*person, (*letter).to_owned())).collect();
        expect.sort();
        assert_eq!(self.letters().await, expect);
    }

    /// The kinds of all that happened to the session and its seats, in their order.
    pub(crate) async fn events(&self) -> Vec<String> {
        let id = self.session;
        let sql = "SELECT kind FROM event WHERE (subject_kind = 'ses' AND subject_id = $1)
             OR (subject_kind = 'att' AND subject_id IN (SELECT id FROM attendance WHERE session_id = $1)) ORDER BY id";
        self.db.read(move |tx| tx.all(sql, args![id], |row| row.get(0))).await.expect("reading events")
    }

    /// The facts of the last thing that happened, and the reason that was given.
    pub(crate) async fn last(&self) -> (String, serde_json::Value, Option<String>) {
        let id = self.session;
        let sql = "SELECT e.kind, e.facts, (SELECT t.text FROM event_text t WHERE t.event_id = e.id AND t.field = 'reason')
             FROM event e WHERE (subject_kind = 'ses' AND subject_id = $1)
             OR (subject_kind = 'att' AND subject_id IN (SELECT id FROM attendance WHERE session_id = $1))
             ORDER BY id DESC LIMIT 1";
        let last = self.db.read(move |tx| {
            tx.one(sql, args![id], |row| Ok((row.get(0)?, row.get::<String>(1)?, row.get(2)?)))
        });
        let (kind, facts, reason): (String, String, Option<String>) = last.await.expect("reading events");
        (kind, serde_json::from_str(&facts).expect("facts"), reason)
    }

    /// The lines of the ledger, in their order.
    pub(crate) async fn ledger(&self) -> Vec<(String, i64)> {
        let id = self.session;
        let sql = "SELECT l.kind, l.amount FROM ledger l JOIN attendance a ON a.id = l.attendance_id
             WHERE a.session_id = $1 ORDER BY l.id";
        let lines = self.db.read(move |tx| tx.all(sql, args![id], |row| Ok((row.get(0)?, row.get(1)?))));
        lines.await.expect("reading the ledger")
    }

    /// These lines and no others.
    pub(crate) async fn owes(&self, expect: &[(&str, i64)]) {
        let expect: Vec<_> = expect.iter().map(|(kind, amount)| ((*kind).to_owned(), *amount)).collect();
        assert_eq!(self.ledger().await, expect);
    }

    /// It owns an hour from each of these starts, of its coach's time, and not a minute more.
    pub(crate) async fn owns(&self, starts: &[Instant]) {
        self.owns_minutes(60, starts).await;
    }

    pub(crate) async fn owns_minutes(&self, minutes: i64, starts: &[Instant]) {
        let hour = jiff::SignedDuration::from_mins(minutes);
        let expect: BTreeSet<i64> = starts
            .iter()
            .flat_map(|start| Quantum::covering(*start, *start + hour))
            .map(Quantum::raw)
            .collect();
        let id = self.session;
        let owned = self.db.read(move |tx| {
            tx.all("SELECT quantum FROM coach_time WHERE session_id = $1", args![id], |row| row.get::<i64>(0))
        });
        let owned: BTreeSet<i64> = owned.await.expect("reading time").into_iter().collect();
        assert_eq!(owned, expect, "its coach's time is exactly what it owns");
    }

    pub(crate) async fn status(&self, client: PersonId) -> Status {
        let id = self.session;
        let status = self.db.read(move |tx| {
            let session = session::get(tx, id)?;
            let seats = session::attendances(tx, id)?;
            let seat = seats.iter().find(|seat| seat.client == client).expect("a seat");
            Ok(seat.status(&session))
        });
        status.await.expect("reading it")
    }

    pub(crate) async fn number(&self, sql: &'static str) -> Option<i64> {
        let id = self.session;
        self.db.read(move |tx| tx.one(sql, args![id], |row| row.get(0))).await.expect(sql)
    }

    /// When its people are reminded next, and when its coach is asked for a mark.
    pub(crate) async fn ahead(&self) -> (Option<Instant>, Option<Instant>) {
        let id = self.session;
        let sql = "SELECT remind_at, prompt_at FROM session WHERE id = $1";
        let ahead = self.db.read(move |tx| tx.one(sql, args![id], |row| Ok((row.get(0)?, row.get(1)?))));
        ahead.await.expect("reading it")
    }

    /// How often calendars were told of it, and as what.
    pub(crate) async fn identity(&self) -> (String, i64) {
        let id = self.session;
        let session = self.db.read(move |tx| session::get(tx, id)).await.expect("reading it");
        (session.uid, session.sequence)
    }
}

/// So many at once, as the program asks for them.
pub(crate) const MANY: u32 = 100;

/// All that time does, in the order in which the program does it.
pub(crate) async fn sweep(db: &Db) {
    let sweeps: [fn(&mut Tx, u32) -> Result<u64>; 5] = [
        session::expire_requests,
        session::remind_of_requests,
        session::remind,
        session::ask_for_marks,
        session::tell_marks,
    ];
    for sweep in sweeps {
        while db.write(move |tx| sweep(tx, MANY)).await.expect("a sweep") > 0 {}
    }
}

/// Nine in UTC, which Ada's hours hold in summer and in winter, on a working day not before this.
pub(crate) fn next_morning(from: Instant) -> Instant {
    let day = 24 * 3_600_000;
    let mut start = Instant::from_millis(from.millis().div_euclid(day) * day + 9 * 3_600_000);
    while start < from || start.to_zoned(rules::time::Zone::utc().tz()).weekday().to_monday_zero_offset() > 4
    {
        start = start + jiff::SignedDuration::from_hours(24);
    }
    start
}
