//! Sessions as their people see them: one of them whole, and lists. What somebody has nothing to do with is not there
//! (rule P4), and of what they see each sees their part: money and what the client wrote are not for every eye.

use jiff::SignedDuration;
use rules::attendance::{Outcome, Status};
use rules::ids::{OfferingId, PersonId, SeriesId, SessionId};
use rules::money::{Currency, Money, Percent};
use rules::permission::{Action, Reach, What};
use rules::person::Language;
use rules::refusal::Refusal;
use rules::reminding::LISTED_AFTER;
use rules::session::{Cause, Minutes, PlaceKind};
use rules::terms::{Bands, Shares, Terms};
use rules::time::{Instant, Zone};

use super::life::{self, LED_SQL, SEAT_SQL};
use super::{
    ATTENDANCE_COLUMN_COUNT, ATTENDANCE_COLUMNS, Attendance, STATUS_SQL, Session, TOPIC_COLUMNS,
    TOPIC_TABLES, Topic, attendance_from_row, get, kind, topic,
};
use crate::db::build::Query;
use crate::event::Actor;
use crate::{Error, Result, Row, Tx, args, reach};

/// The most sessions that one list holds.
pub const LIST_MAX: u32 = 100;
/// No session takes longer.
const LONGEST: SignedDuration = SignedDuration::from_mins(Minutes::MOST as i64);
/// The most members that a session of a list has.
const MEMBERS_MAX: usize = 15;

/// One session, as far as its reader sees it.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// The meeting.
    pub session: Session,
    /// What was booked; none for a step of a program.
    pub offering: Option<OfferingId>,
    /// What it is.
    pub topic: Topic,
    /// With which others it was booked.
    pub series: Option<SeriesId>,
    /// When it was booked.
    pub booked_at: Option<Instant>,
    /// Who booked it, by name: whose words the note is.
    pub booked_by: Option<(PersonId, String)>,
    /// Whether it was written down afterwards (rule B3).
    pub recorded: bool,
    /// What the clock on the coach's wall is to show, and in which zone, as was agreed when it was booked (rule T5).
    pub agreed: Option<(String, Zone)>,
    /// Whose time it takes; the one who marks comes first.
    pub coaches: Vec<CoachSeen>,
    /// The clients whom the reader sees; a client sees themselves alone.
    pub places: Vec<PlaceSeen>,
    /// What the reader has to do with it.
    pub ties: Reach,
}

impl SessionView {
    /// The place of this client, if the reader sees it.
    pub fn place_of(&self, client: PersonId) -> Option<&PlaceSeen> {
        self.places.iter().find(|place| place.attendance.client == client)
    }

    /// How it stands: for a pod as its members do, what is still to come or to be marked first; one in which nobody is, by
    /// its date.
    pub fn status(&self) -> Option<Status> {
        let has_time = self.session.facts.time.is_some();
        let is_out = |place: &PlaceSeen| {
            let facts = &place.attendance.facts;
            facts.left.is_some() || facts.greyed_out.is_some()
        };
        let of_places = self.places.iter().map(|place| place.status).max_by_key(|status| weight(*status));
        // A member reads how it stands for them.
        let is_member = self.ties.contains(Reach::OWN);
        let is_for_nobody = self.places.is_empty() || (has_time && self.places.iter().all(is_out));
        if self.session.pod.is_none() || is_member || !is_for_nobody {
            return of_places;
        }
        Some(if has_time { Status::Booked } else { Status::Unbooked })
    }
}

/// A coach of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoachSeen {
    /// Who.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// Whose clock they read.
    pub zone: Zone,
    /// Name of their picture in the file store.
    pub photo: Option<String>,
    /// The word in the address of their page.
    pub slug: String,
}

/// A client's place in a session.
#[derive(Clone, Debug)]
pub struct PlaceSeen {
    /// Its facts.
    pub attendance: Attendance,
    /// How it stands.
    pub status: Status,
    /// As the client wishes to be called.
    pub name: String,
    /// Whose clock they read.
    pub zone: Zone,
    /// In which language they are written to.
    pub language: Language,
    /// Name of their picture in the file store.
    pub photo: Option<String>,
    /// What it costs, for those who may see it.
    pub price: Option<Money>,
    /// What was agreed for moving and cancelling (rule F3).
    pub terms: Option<Terms>,
    /// What is still owed, for those who may see it.
    pub owed: Option<Money>,
    /// What is paid of it, less what was given back, for the same.
    pub paid: Option<Money>,
    /// What the client wrote when booking, for client and coach alone.
    pub note: Option<String>,
    /// Questions and answers, for client and coach alone.
    pub answers: Vec<(String, String)>,
    /// What the reader has to do with it.
    pub ties: Reach,
}

/// One session, as somebody sees it who is signed in.
///
/// # Errors
/// [`Refusal::NotFound`] for one that is not theirs to see, as for one that is not there (rule P4).
pub fn view(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<SessionView> {
    let me = by.person();
    let money = reach::of(by, Action::SeeMoney);
    let mut seen = seen(tx, me, id, |ties| money.covers(ties))?;
    by.may(Action::SeeSession, &What::private(Action::SeeSession, seen.ties))?;
    let reach = reach::of(by, Action::SeeSession);
    seen.places.retain(|place| reach.covers(place.ties));
    Ok(seen)
}

/// The same for one of a session's own people, whatever roles they have: for their letters, and for links in them.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever has nothing to do with it.
pub fn view_as(tx: &mut Tx, person: PersonId, id: SessionId) -> Result<SessionView> {
    let mut seen = seen(tx, Some(person), id, |ties| ties.covers(Reach::OWN | Reach::SESSIONS))?;
    if !seen.ties.covers(Reach::OWN | Reach::SESSIONS) {
        return Err(Refusal::NotFound.into());
    }
    seen.places.retain(|place| place.ties.covers(Reach::OWN | Reach::SESSIONS));
    Ok(seen)
}

/// All of a session, with the ties of one person to it; `money` says which ties show what it costs.
fn seen(
    tx: &mut Tx,
    me: Option<PersonId>,
    id: SessionId,
    money: impl Fn(Reach) -> bool,
) -> Result<SessionView> {
    let session = get(tx, id)?;
    let sql = format!(
        "SELECT s.offering_id, s.series_id, s.booked_at, s.recorded, s.wall_time, s.zone, {TOPIC_COLUMNS}
         FROM session s {TOPIC_TABLES} WHERE s.id = $1 AND s.held_until IS NULL"
    );
    let mut view = tx
        .opt(&sql, args![id], |row| {
            Ok(SessionView {
                session: session.clone(),
                offering: row.get(0)?,
                topic: topic(row, 6)?,
                series: row.get(1)?,
                booked_at: row.get(2)?,
                booked_by: None,
                recorded: row.get(3)?,
                agreed: row.get::<Option<String>>(4)?.zip(row.get(5)?),
                coaches: Vec::new(),
                places: Vec::new(),
                ties: Reach::NONE,
            })
        })?
        .ok_or(Refusal::NotFound)?;
    view.booked_by = booked_by(tx, id, view.series)?;
    view.coaches = tx.all(
        "SELECT p.id, p.name, p.zone, p.photo, c.slug FROM session_coach t
         JOIN person p ON p.id = t.coach_id JOIN coach c ON c.person_id = p.id
         WHERE t.session_id = $1 ORDER BY t.marking DESC, p.id",
        args![id],
        |row| {
            Ok(CoachSeen {
                person: row.get(0)?,
                name: row.get(1)?,
                zone: row.get(2)?,
                photo: row.get(3)?,
                slug: row.get(4)?,
            })
        },
    )?;
    let is_coach = view.coaches.iter().any(|coach| Some(coach.person) == me);
    if is_coach {
        view.ties = view.ties | Reach::SESSIONS;
    }
    // A pod is seen by whoever leads its program, whether or not anybody is in it (rule G5).
    if let Some(me) = me.filter(|_| session.pod.is_some())
        && life::leads(tx, me, id)?
    {
        view.ties = view.ties | Reach::PROGRAMS;
    }
    for (mut place, is_led) in places(tx, me, &session)? {
        let is_own = Some(place.attendance.client) == me;
        // What an admin disabled a client does not see (rule S11).
        let is_seen_as_own = is_own && place.attendance.facts.greyed_out.is_none();
        let mut ties = if is_coach { Reach::SESSIONS } else { Reach::NONE };
        if is_seen_as_own {
            ties = ties | Reach::OWN;
        }
        if is_led {
            ties = ties | Reach::PROGRAMS;
        }
        (place.ties, view.ties) = (ties, view.ties | ties);
        if is_coach || is_seen_as_own {
            place.answers = tx.all(
                "SELECT question, text FROM answer WHERE attendance_id = $1 ORDER BY no",
                args![place.attendance.id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
        } else {
            place.note = None;
        }
        if money(ties) {
            (place.owed, place.paid) = account(tx, &place)?.unzip();
        } else {
            (place.price, place.terms) = (None, None);
        }
        view.places.push(place);
    }
    Ok(view)
}

/// Who booked it, alone or as one of a series.
fn booked_by(tx: &mut Tx, id: SessionId, series: Option<SeriesId>) -> Result<Option<(PersonId, String)>> {
    let sql = "SELECT p.id, p.name FROM event e JOIN person p ON p.id = e.by_id
         WHERE (e.subject_kind = 'ses' AND e.subject_id = $1 AND e.kind = $2)
             OR (e.subject_kind = 'ser' AND e.subject_id = $3 AND e.kind = $4)
         ORDER BY e.id LIMIT 1";
    let (one, several) = (kind::BOOKED.0, kind::SERIES_BOOKED.0);
    tx.opt(sql, args![id, one, series, several], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Everybody's place, and whether the reader leads the program that it belongs to.
fn places(tx: &mut Tx, me: Option<PersonId>, session: &Session) -> Result<Vec<(PlaceSeen, bool)>> {
    let sql = format!(
        "SELECT {ATTENDANCE_COLUMNS}, p.name, p.zone, p.photo, a.price, a.currency, a.late_hours, a.free_hours,
             a.keep_early, a.keep_between, a.keep_late, a.note, {LED_SQL}, p.language
         FROM attendance a JOIN session s ON s.id = a.session_id JOIN person p ON p.id = a.client_id
         WHERE a.session_id = $2 AND {SEAT_SQL} ORDER BY p.folded_name, p.id"
    );
    const FIRST: usize = ATTENDANCE_COLUMN_COUNT;
    tx.all(&sql, args![me, session.id], |row| {
        let attendance = attendance_from_row(row)?;
        let price = row.get::<Option<i64>>(FIRST + 3)?.zip(row.parse_opt::<Currency>(FIRST + 4)?);
        let place = PlaceSeen {
            status: attendance.status(session),
            attendance,
            name: row.get(FIRST)?,
            zone: row.get(FIRST + 1)?,
            language: row.parse(FIRST + 12)?,
            photo: row.get(FIRST + 2)?,
            price: price.map(|(minor, currency)| Money::new(minor, currency)),
            terms: terms(row, FIRST + 5)?,
            owed: None,
            paid: None,
            note: row.get(FIRST + 10)?,
            answers: Vec::new(),
            ties: Reach::NONE,
        };
        Ok((place, row.get::<Option<bool>>(FIRST + 11)?.unwrap_or(false)))
    })
}

/// What was copied to the booking, from the column of its lower band on.
pub(super) fn terms(row: &Row<'_>, from: usize) -> Result<Option<Terms>> {
    let wrong = || Error::database("an attendance's terms are none that can be");
    let (late, free) = (row.get::<Option<i64>>(from)?, row.get::<Option<i64>>(from + 1)?);
    let Some((late, free)) = late.zip(free) else { return Ok(None) };
    // A program's session has bands and no price, so that nothing is kept of one.
    let Some(early) = row.get::<Option<u8>>(from + 2)? else { return Ok(None) };
    let share = |percent: Option<u8>| percent.and_then(Percent::new).ok_or_else(wrong);
    let kept = Shares {
        early: share(Some(early))?,
        between: share(row.get(from + 3)?)?,
        late: share(row.get(from + 4)?)?,
    };
    Ok(Some(Terms { bands: Bands::new(late, free).ok_or_else(wrong)?, kept }))
}

/// Terms that hold for sessions that are booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What was agreed.
    pub terms: Terms,
    /// When the first of these sessions is.
    pub first: Instant,
    /// How many they are.
    pub sessions: i64,
}

/// So many different terms are told of one client.
const HELD_MAX: i64 = 12;

/// The terms that were copied to what a client has booked and pays, as far as the reader sees money: a coach those of
/// their own sessions (rules F3, W9).
///
/// # Errors
/// [`Refusal::MayNot`] for whoever sees no money.
pub fn terms_held(tx: &mut Tx, by: &Actor, client: PersonId) -> Result<Vec<Held>> {
    let reach = reach::somewhere(by, Action::SeeMoney)?;
    let mut query = Query::new(
        "SELECT a.late_hours, a.free_hours, a.keep_early, a.keep_between, a.keep_late, MIN(s.starts_at), COUNT(*)
         FROM attendance a JOIN session s ON s.id = a.session_id",
        args![],
    );
    query
        .and(
            "a.client_id = $1 AND a.price > 0 AND s.starts_at > $2 AND s.held_until IS NULL",
            args![client, tx.now()],
        )
        .push("AND", args![])
        .push(STATUS_SQL, args![])
        .push("= 'booked'", args![]);
    crate::ledger::narrow(&mut query, by, reach);
    query.push(
        "GROUP BY a.late_hours, a.free_hours, a.keep_early, a.keep_between, a.keep_late
         ORDER BY MIN(s.starts_at) LIMIT $1",
        args![HELD_MAX],
    );
    let held = tx.all(query.sql(), query.args(), |row| {
        Ok((terms(row, 0)?, row.get::<Instant>(5)?, row.get::<i64>(6)?))
    })?;
    let held =
        held.into_iter().filter_map(|(terms, first, sessions)| Some(Held { terms: terms?, first, sessions }));
    Ok(held.collect())
}

/// What the ledger leaves open, and what was paid.
fn account(tx: &mut Tx, place: &PlaceSeen) -> Result<Option<(Money, Money)>> {
    let Some(price) = place.price else { return Ok(None) };
    let balance = crate::ledger::balance(tx, place.attendance.id, price.currency)?;
    let of = |minor| Money::new(minor, price.currency);
    Ok(Some((of(balance.owed()), of(balance.paid))))
}

/// Which sessions a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// What is not over, soonest first.
    #[default]
    Upcoming,
    /// What is over, the latest first.
    Past,
    /// What is over and has no outcome yet, the oldest first (rule S7): to whoever marks it at once, to the lead of its
    /// program from [`LISTED_AFTER`] on.
    ToMark,
    /// What was called off, the latest first.
    Cancelled,
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Which of them.
    pub when: When,
    /// Only those of this client.
    pub client: Option<PersonId>,
    /// Only those of this coach.
    pub coach: Option<PersonId>,
    /// Only what follows this one: the last of the page before.
    pub after: Option<(Instant, SessionId)>,
}

/// A session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub session: SessionId,
    /// What it is.
    pub topic: Topic,
    /// How long it is meant to be.
    pub minutes: u16,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends or ended.
    pub ends_at: Instant,
    /// When its coach ended it before its time.
    pub ended_early_at: Option<Instant>,
    /// On whose side the reason lay that it was called off, if it was.
    pub cancelled: Option<Cause>,
    /// Where.
    pub place: PlaceKind,
    /// With which others it was booked.
    pub series: Option<SeriesId>,
    /// Whose time it takes; the one who marks comes first.
    pub coaches: Vec<Named>,
    /// The clients whom the reader sees.
    pub clients: Vec<Client>,
    /// Whether the reader is one of them.
    pub is_own: bool,
}

impl Line {
    /// As [`SessionView::status`]; a list holds what has a time.
    pub fn status(&self) -> Option<Status> {
        // Who is out of what has its time: they left it, cancelled it late, or are disabled.
        let is_out = |client: &Client| {
            let is_late = client.outcome == Some(Outcome::LateCancellation);
            is_late || matches!(client.status, Status::Unbooked | Status::GreyedOut)
        };
        if self.topic.pod.is_some() && !self.is_own && self.clients.iter().all(is_out) {
            return Some(Status::Booked);
        }
        self.clients.iter().map(|client| client.status).max_by_key(|status| weight(*status))
    }
}

/// Somebody in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// Whose clock they read (rule T2).
    pub zone: Zone,
}

/// A client in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Who.
    pub who: Named,
    /// How it stands for them.
    pub status: Status,
    /// What was marked, if it was.
    pub outcome: Option<Outcome>,
    /// Whether they contest it, and nobody has settled that (rule S14).
    pub is_contested: bool,
}

/// The sessions that somebody reaches: their own as a client and as a coach, those of programs that they lead, or all;
/// at most `limit`, and never more than [`LIST_MAX`].
///
/// # Errors
/// [`Refusal::MayNot`] for whoever reaches none.
pub fn list(tx: &mut Tx, by: &Actor, filter: &Filter, limit: u32) -> Result<Vec<Line>> {
    let reach = reach::somewhere(by, Action::SeeSession)?;
    let head =
        "SELECT s.id, s.minutes, s.starts_at, s.ended_early_at, s.place, s.series_id, s.cancelled_cause, ";
    let mut query = Query::new(head, args![]);
    query.push(TOPIC_COLUMNS, args![]).push(" FROM session s ", args![]).push(TOPIC_TABLES, args![]);
    shown(tx, &mut query, by, reach, filter.when);
    query
        .and_some("s.id IN (SELECT a.session_id FROM attendance a WHERE a.client_id = $1)", filter.client)
        .and_some("s.id IN (SELECT c.session_id FROM session_coach c WHERE c.coach_id = $1)", filter.coach);
    let (after, order) = match filter.when {
        When::Upcoming | When::ToMark => {
            ("(s.starts_at > $1 OR (s.starts_at = $1 AND s.id > $2))", "ORDER BY s.starts_at, s.id LIMIT $1")
        }
        When::Past | When::Cancelled => (
            "(s.starts_at < $1 OR (s.starts_at = $1 AND s.id < $2))",
            "ORDER BY s.starts_at DESC, s.id DESC LIMIT $1",
        ),
    };
    if let Some((start, id)) = filter.after {
        query.and(after, args![start, id]);
    }
    query.push(order, args![limit.min(LIST_MAX)]);
    let mut lines = tx.all(query.sql(), query.args(), line)?;
    fill(tx, by, reach, &mut lines)?;
    Ok(lines)
}

/// How many sessions [`When::ToMark`] holds for somebody; counted up to [`LIST_MAX`].
///
/// # Errors
/// As [`list`].
pub fn count_to_mark(tx: &mut Tx, by: &Actor) -> Result<usize> {
    let reach = reach::somewhere(by, Action::SeeSession)?;
    let mut query = Query::new("SELECT s.id FROM session s", args![]);
    shown(tx, &mut query, by, reach, When::ToMark);
    query.push("LIMIT $1", args![LIST_MAX]);
    Ok(tx.all(query.sql(), query.args(), |row| row.get::<SessionId>(0))?.len())
}

/// Narrows a query of sessions `s` to those that one view shows to its reader.
fn shown(tx: &Tx, query: &mut Query, by: &Actor, reach: Reach, when: When) {
    let now = tx.now();
    // What a hold keeps back is no session yet.
    query.and("s.starts_at IS NOT NULL AND s.held_until IS NULL", args![]);
    reached(query, by, reach);
    match when {
        When::Upcoming => query.and(
            // Nothing that is not over began sooner than the longest session takes: that bounds the search.
            "s.cancelled_at IS NULL AND COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000) > $1
                 AND s.starts_at > $2",
            args![now, now - LONGEST],
        ),
        When::Past => query.and(
            "s.cancelled_at IS NULL AND COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000) <= $1
                 AND s.starts_at <= $1",
            args![now],
        ),
        When::ToMark => {
            let mark = reach::of(by, Action::MarkAttendance);
            query.and(
                "s.cancelled_at IS NULL AND COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000) <= $1
                     AND s.starts_at <= $1
                     AND EXISTS (SELECT 1 FROM attendance a WHERE a.session_id = s.id AND a.outcome IS NULL
                         AND a.left_at IS NULL AND a.greyed_out_at IS NULL AND (a.client_id <> $2 OR $2 IS NULL))
                     AND ($3 OR ($4 AND EXISTS (SELECT 1 FROM session_coach c
                             WHERE c.session_id = s.id AND c.coach_id = $2 AND c.marking))
                         OR ($5 AND COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000) <= $6))",
                args![
                    now,
                    by.person(),
                    mark.is_all(),
                    mark.contains(Reach::SESSIONS),
                    reach.contains(Reach::PROGRAMS),
                    now - LISTED_AFTER
                ],
            )
        }
        When::Cancelled => query.and("s.cancelled_at IS NOT NULL", args![]),
    };
}

/// Narrows a query of sessions `s` to what the reader has to do with. What an admin disabled a client does not see, nor
/// a pod that they left in time (rules S11, S9).
pub(super) fn reached(query: &mut Query, by: &Actor, reach: Reach) {
    if reach.is_all() {
        return;
    }
    let has = |tie: Reach| reach.contains(tie);
    query.and(
        "s.id IN (
             SELECT a.session_id FROM attendance a WHERE $2 AND a.client_id = $1 AND a.greyed_out_at IS NULL
                 AND (a.left_at IS NULL OR a.outcome IS NOT NULL)
             UNION SELECT c.session_id FROM session_coach c WHERE $3 AND c.coach_id = $1
             UNION SELECT a.session_id FROM lead l
                 JOIN cohort h ON h.id = l.cohort_id OR h.project_id = l.project_id
                     OR h.project_id IN (SELECT q.id FROM project q WHERE q.company_id = l.company_id)
                 JOIN participant t ON t.cohort_id = h.id JOIN journey j ON j.participant_id = t.id
                 JOIN attendance a ON a.journey_id = j.id
                 WHERE $4 AND l.person_id = $1
             UNION SELECT d.id FROM lead l
                 JOIN cohort h ON h.id = l.cohort_id OR h.project_id = l.project_id
                     OR h.project_id IN (SELECT q.id FROM project q WHERE q.company_id = l.company_id)
                 JOIN pod o ON o.cohort_id = h.id JOIN session d ON d.pod_id = o.id
                 WHERE $4 AND l.person_id = $1)",
        args![by.person(), has(Reach::OWN), has(Reach::SESSIONS), has(Reach::PROGRAMS)],
    );
}

fn line(row: &Row<'_>) -> Result<Line> {
    let minutes: u16 = row.get(1)?;
    let starts_at: Instant = row.get(2)?;
    let ended_early_at: Option<Instant> = row.get(3)?;
    Ok(Line {
        session: row.get(0)?,
        topic: topic(row, 7)?,
        minutes,
        starts_at,
        ends_at: ended_early_at.unwrap_or(starts_at + SignedDuration::from_mins(minutes.into())),
        ended_early_at,
        cancelled: row.parse_opt(6)?,
        place: row.parse(4)?,
        series: row.get(5)?,
        coaches: Vec::new(),
        clients: Vec::new(),
        is_own: false,
    })
}

/// Puts the people into the lines, with two questions for all of them.
fn fill(tx: &mut Tx, by: &Actor, reach: Reach, lines: &mut [Line]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let me = by.person();
    let ids: Vec<SessionId> = lines.iter().map(|line| line.session).collect();
    let mut query = Query::new(
        "SELECT c.session_id, p.id, p.name, p.zone FROM session_coach c JOIN person p ON p.id = c.coach_id
         WHERE c.session_id",
        args![],
    );
    among(&mut query, &ids).push("ORDER BY c.marking DESC, p.id", args![]);
    for (session, coach) in tx.all(query.sql(), query.args(), |row| Ok((row.get(0)?, named(row, 1)?)))? {
        at(lines, session).coaches.push(coach);
    }
    let head = "SELECT a.session_id, p.id, p.name, p.zone, ";
    let mut query = Query::new(head, args![]);
    query
        .push(STATUS_SQL, args![])
        .push(", a.outcome, a.greyed_out_at, a.contested_at IS NOT NULL AND a.settled_at IS NULL,", args![])
        .push(LED_SQL, args![me])
        .push(
            " FROM attendance a JOIN session s ON s.id = a.session_id JOIN person p ON p.id = a.client_id
             WHERE a.session_id",
            args![],
        );
    among(&mut query, &ids)
        .push("AND", args![])
        .push(SEAT_SQL, args![])
        .push("ORDER BY p.folded_name, p.id LIMIT $1", args![(lines.len() * MEMBERS_MAX) as i64]);
    let clients: Vec<(SessionId, Client, bool, bool)> = tx.all(query.sql(), query.args(), |row| {
        let client = Client {
            who: named(row, 1)?,
            status: row.parse(4)?,
            outcome: row.parse_opt(5)?,
            is_contested: row.get(7)?,
        };
        let is_greyed_out = row.get::<Option<Instant>>(6)?.is_some();
        Ok((row.get(0)?, client, is_greyed_out, row.get::<Option<bool>>(8)?.unwrap_or(false)))
    })?;
    for (session, client, is_greyed_out, is_led) in clients {
        let line = at(lines, session);
        let is_coach = line.coaches.iter().any(|coach| Some(coach.person) == me);
        let mut ties = if is_coach { Reach::SESSIONS } else { Reach::NONE };
        if Some(client.who.person) == me && !is_greyed_out {
            ties = ties | Reach::OWN;
            line.is_own = true;
        }
        if is_led {
            ties = ties | Reach::PROGRAMS;
        }
        if reach.covers(ties) {
            line.clients.push(client);
        }
    }
    Ok(())
}

pub(super) fn named(row: &Row<'_>, from: usize) -> Result<Named> {
    Ok(Named { person: row.get(from)?, name: row.get(from + 1)?, zone: row.get(from + 2)? })
}

/// `IN (…)` for these, of which there is at least one.
pub(super) fn among<'a>(query: &'a mut Query, ids: &[SessionId]) -> &'a mut Query {
    for (place, id) in ids.iter().enumerate() {
        query.push(if place == 0 { "IN ($1" } else { ", $1" }, args![*id]);
    }
    query.push(")", args![])
}

fn at(lines: &mut [Line], session: SessionId) -> &mut Line {
    lines.iter_mut().find(|line| line.session == session).expect("only people of these were asked for")
}

/// What still asks for something outweighs what is done.
const fn weight(status: Status) -> u8 {
    match status {
        Status::Booked => 4,
        Status::Completed => 3,
        Status::Missed => 2,
        Status::Cancelled => 1,
        Status::Unbooked | Status::GreyedOut => 0,
    }
}
