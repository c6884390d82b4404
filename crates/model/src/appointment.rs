//! A meeting that has a time, or had one, with all that letters and calendars tell of it: what, when, where, who, and
//! what was agreed. Whether somebody may be told is not asked here: a letter goes to whom `rules::letters` names, and a
//! page has asked before.

use rules::ids::{AttendanceId, PersonId, SeriesId, SessionId};
use rules::money::{Money, Percent};
use rules::session::{Minutes, Place, PlaceKind};
use rules::terms::{Bands, Shares, Terms};
use rules::time::{Instant, Zone};

use crate::session::{TOPIC_COLUMN_COUNT, TOPIC_COLUMNS, TOPIC_TABLES, Topic, topic};
use crate::{Error, Result, Row, Tx, args};

/// A meeting that has a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Its id, which no move changes.
    pub session: SessionId,
    /// Its identity in people's calendars, which no move changes either.
    pub uid: String,
    /// How often calendars were told of a change.
    pub sequence: i64,
    /// What it is.
    pub topic: Topic,
    /// When it begins.
    pub starts_at: Instant,
    /// How long it is meant to be.
    pub minutes: Minutes,
    /// When its coach ended it before its time.
    pub ended_early_at: Option<Instant>,
    /// On whose wall clock it stands (rule T5).
    pub zone: Zone,
    /// Where.
    pub place: Place,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Until when the time is only held; none for what is booked.
    pub held_until: Option<Instant>,
    /// Who coaches; of several the one who marks.
    pub coach: Party,
    /// Who coaches it beside them (rule G11).
    pub beside: Vec<Party>,
    /// Whose place it is; nobody's while it is only held, nor where it is about a whole pod.
    pub client: Option<Party>,
    /// What it costs, if anything was said of that.
    pub price: Option<Money>,
    /// What is kept of that by whoever cancels, as agreed; as offered while it is only held.
    pub terms: Option<Terms>,
    /// Whether the client wrote something for the coach.
    pub has_words: bool,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub id: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// Where mail goes.
    pub mail: String,
    /// Whose wall clock they read.
    pub zone: Zone,
}

impl Appointment {
    /// Whether this one coaches it.
    pub fn is_coached_by(&self, person: PersonId) -> bool {
        std::iter::once(&self.coach).chain(&self.beside).any(|coach| coach.id == person)
    }

    /// When it ends or ended.
    pub fn ends_at(&self) -> Instant {
        self.ended_early_at.unwrap_or_else(|| self.was_to_end_at())
    }

    /// When it was to end, as was promised when it got its time.
    pub fn was_to_end_at(&self) -> Instant {
        self.starts_at + self.minutes.duration()
    }
}

/// What became of a meeting, for one of its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The meeting, at the start that it has, or had when it was given back. Its client is the reader, or whoever it is
    /// about; nobody where it is about a whole pod.
    pub appointment: Appointment,
    /// The start now in force; none if its time was given back.
    pub starts_at: Option<Instant>,
    /// The place it is about.
    pub place: Option<AttendanceId>,
    /// Whether the reader coaches it.
    pub is_coach: bool,
    /// Whether it is still to take place, or to be marked: for that place, else for anybody's, or because nobody is in it
    /// yet.
    pub is_on: bool,
    /// When that place got the outcome that it has.
    pub outcome_at: Option<Instant>,
    /// The start that an open request asks for.
    pub asked: Option<Instant>,
}

const COLUMNS: &str =
    "s.id, s.uid, s.sequence, s.starts_at, s.minutes, COALESCE(s.zone, c.zone), s.place,
    s.place_detail, s.cancelled_at, s.held_until, c.id, c.name, c.mail, c.zone, p.id, p.name, p.mail, p.zone,
    COALESCE(a.price, h.price, o.price), COALESCE(a.currency, h.currency, o.currency),
    COALESCE(a.late_hours, h.late_hours, g.late_hours), COALESCE(a.free_hours, h.free_hours, g.free_hours),
    COALESCE(a.keep_early, h.keep_early, t.keep_early), COALESCE(a.keep_between, h.keep_between, t.keep_between),
    COALESCE(a.keep_late, h.keep_late, t.keep_late),
    a.note IS NOT NULL OR EXISTS (SELECT 1 FROM answer w WHERE w.attendance_id = a.id), s.ended_early_at";

/// Where the columns of the topic begin.
const TOPIC: usize = 27;
/// The column after those.
const NEXT: usize = TOPIC + TOPIC_COLUMN_COUNT;
/// The start now in force.
const START: usize = 3;

const TABLES: &str = "session s
    JOIN session_coach m ON m.session_id = s.id AND m.marking
    JOIN person c ON c.id = m.coach_id
    LEFT JOIN attendance a ON a.session_id = s.id
    LEFT JOIN hold h ON h.session_id = s.id AND h.confirmed_at IS NULL
    LEFT JOIN person p ON p.id = a.client_id
    LEFT JOIN offering o ON o.id = s.offering_id
    LEFT JOIN terms t ON t.id = o.terms_id
    LEFT JOIN organisation g ON g.id = 1";

/// A meeting, booked or held; none if it is gone or has no time.
///
/// # Errors
/// Only those of the store.
pub fn find(tx: &mut Tx, session: SessionId) -> Result<Option<Appointment>> {
    let sql = format!(
        "SELECT {COLUMNS}, {TOPIC_COLUMNS} FROM {TABLES} {TOPIC_TABLES}
         WHERE s.id = $1 AND s.starts_at IS NOT NULL ORDER BY a.id LIMIT 1"
    );
    let found = tx.opt(&sql, args![session], |row| Ok(whole(appointment(row, row.get(START)?)?)))?;
    found.map(|found| Ok(Appointment { beside: beside(tx, session)?, ..found })).transpose()
}

/// Who coaches it beside its coach, by name.
fn beside(tx: &mut Tx, session: SessionId) -> Result<Vec<Party>> {
    tx.all(
        "SELECT p.id, p.name, p.mail, p.zone FROM session_coach c JOIN person p ON p.id = c.coach_id
         WHERE c.session_id = $1 AND NOT c.marking ORDER BY p.folded_name, p.id",
        args![session],
        |row| Ok(Party { id: row.get(0)?, name: row.get(1)?, mail: row.get(2)?, zone: row.parse(3)? }),
    )
}

/// A meeting as it concerns a reader, whatever became of it. What is said is about `place`, if that is given, else about
/// the reader's own. `at` is the start that is spoken of; else the one that it has, or had last. None if it never had one.
///
/// # Errors
/// Only those of the store.
pub fn told(
    tx: &mut Tx,
    session: SessionId,
    reader: PersonId,
    place: Option<AttendanceId>,
    at: Option<Instant>,
) -> Result<Option<Told>> {
    let at = match at {
        Some(at) => Some(at),
        None => last_start(tx, session, place)?,
    };
    let Some(at) = at else { return Ok(None) };
    let now = tx.now();
    let sql = format!(
        "SELECT {COLUMNS}, {TOPIC_COLUMNS}, a.id,
             EXISTS (SELECT 1 FROM session_coach k WHERE k.session_id = s.id AND k.coach_id = $2),
             s.cancelled_at IS NULL AND s.starts_at IS NOT NULL AND a.left_at IS NULL AND a.outcome IS NULL
                 AND a.greyed_out_at IS NULL,
             s.cancelled_at IS NULL AND s.starts_at IS NOT NULL AND (EXISTS (SELECT 1 FROM attendance i
                 WHERE i.session_id = s.id AND i.left_at IS NULL AND i.outcome IS NULL AND i.greyed_out_at IS NULL)
                 OR (s.pod_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attendance i
                     WHERE i.session_id = s.id AND i.journey_id IS NOT NULL))),
             a.outcome_at,
             (SELECT r.to_at FROM move_request r WHERE r.session_id = s.id AND r.decided IS NULL AND r.expires_at > $4)
         FROM {TABLES} {TOPIC_TABLES} WHERE s.id = $1
         ORDER BY CASE WHEN a.id = $3 THEN 0 WHEN a.client_id = $2 THEN 1 ELSE 2 END, a.id LIMIT 1"
    );
    let found = tx.opt(&sql, args![session, reader, place, now], |row| {
        let appointment = appointment(row, at)?;
        let is_about_one = place.is_some()
            || appointment.topic.pod.is_none()
            || appointment.client.as_ref().is_some_and(|client| client.id == reader);
        Ok(Told {
            starts_at: row.get(START)?,
            place: if is_about_one { row.get(NEXT)? } else { None },
            is_coach: row.get(NEXT + 1)?,
            is_on: if is_about_one { row.get(NEXT + 2)? } else { row.get(NEXT + 3)? },
            outcome_at: if is_about_one { row.get(NEXT + 4)? } else { None },
            asked: row.get(NEXT + 5)?,
            appointment: if is_about_one { appointment } else { whole(appointment) },
        })
    })?;
    let Some(mut found) = found else { return Ok(None) };
    found.appointment.beside = beside(tx, session)?;
    Ok(Some(found))
}

/// So many events are looked through for the start that a session had.
const EVENTS_MAX: i64 = 100;

/// The start that a session has, or had last, as its history tells.
pub(crate) fn last_start(
    tx: &mut Tx,
    session: SessionId,
    place: Option<AttendanceId>,
) -> Result<Option<Instant>> {
    let now: Option<Instant> =
        tx.opt("SELECT starts_at FROM session WHERE id = $1", args![session], |row| row.get(0))?.flatten();
    if now.is_some() {
        return Ok(now);
    }
    let facts: Vec<String> = tx.all(
        "SELECT facts FROM event WHERE (subject_kind = 'ses' AND subject_id = $1)
             OR (subject_kind = 'att' AND subject_id = $2) ORDER BY id DESC LIMIT $3",
        args![session, place, EVENTS_MAX],
        |row| row.get(0),
    )?;
    let starts = facts.iter().filter_map(|facts| {
        let facts: serde_json::Value = serde_json::from_str(facts).ok()?;
        facts["start"].as_str()?.parse::<Instant>().ok()
    });
    Ok(starts.into_iter().next())
}

/// A pod's meeting as such: no member's name and nothing that was agreed with one.
fn whole(mut appointment: Appointment) -> Appointment {
    if appointment.topic.pod.is_some() {
        appointment = Appointment { client: None, price: None, terms: None, has_words: false, ..appointment };
    }
    appointment
}

/// The meetings of a series that was booked together, soonest first (rule B6).
///
/// # Errors
/// Only those of the store.
pub fn of_series(tx: &mut Tx, series: SeriesId) -> Result<Vec<Appointment>> {
    let sql = format!(
        "SELECT {COLUMNS}, {TOPIC_COLUMNS} FROM {TABLES} {TOPIC_TABLES}
         WHERE s.series_id = $1 AND s.starts_at IS NOT NULL ORDER BY s.starts_at, s.id"
    );
    tx.all(&sql, args![series], |row| appointment(row, row.get(START)?))
}

fn appointment(row: &Row<'_>, starts_at: Instant) -> Result<Appointment> {
    let client = match row.get::<Option<PersonId>>(14)? {
        Some(id) => Some(Party { id, name: row.get(15)?, mail: row.get(16)?, zone: row.parse(17)? }),
        None => None,
    };
    let price = match row.get::<Option<i64>>(18)? {
        Some(minor) => Some(Money::new(minor, row.parse(19)?)),
        None => None,
    };
    Ok(Appointment {
        session: row.get(0)?,
        uid: row.get(1)?,
        sequence: row.get(2)?,
        topic: topic(row, TOPIC)?,
        starts_at,
        minutes: Minutes::new(row.get(4)?).ok_or_else(|| Error::database("session.minutes is no length"))?,
        // Another start than the one now in force had another end.
        ended_early_at: match row.get::<Option<Instant>>(START)? {
            Some(start) if start == starts_at => row.get(26)?,
            _ => None,
        },
        zone: row.parse(5)?,
        place: Place { kind: row.parse::<PlaceKind>(6)?, detail: row.get(7)? },
        is_cancelled: row.get::<Option<Instant>>(8)?.is_some(),
        held_until: row.get(9)?,
        coach: Party { id: row.get(10)?, name: row.get(11)?, mail: row.get(12)?, zone: row.parse(13)? },
        beside: Vec::new(),
        client,
        price,
        terms: terms(row)?,
        has_words: row.get(25)?,
    })
}

fn terms(row: &Row<'_>) -> Result<Option<Terms>> {
    let share = |index| -> Result<Option<Percent>> {
        let percent = row.get::<Option<i64>>(index)?;
        Ok(percent.and_then(|percent| u8::try_from(percent).ok()).and_then(Percent::new))
    };
    let (late, free) = (row.get::<Option<i64>>(20)?, row.get::<Option<i64>>(21)?);
    let bands = late.zip(free).and_then(|(late, free)| Bands::new(late, free));
    Ok(match (bands, share(22)?, share(23)?, share(24)?) {
        (Some(bands), Some(early), Some(between), Some(late)) => {
            Some(Terms { bands, kept: Shares { early, between, late } })
        }
        _ => None,
    })
}
