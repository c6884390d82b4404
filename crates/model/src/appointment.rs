//! A meeting that has a time, with all that letters and calendars tell of it: what, when, where, who, and what was
//! agreed. Whether somebody may be told is not asked here: a letter goes to whom `rules::letters` names, and a page has
//! asked before.

use rules::ids::{PersonId, SeriesId, SessionId};
use rules::money::{Money, Percent};
use rules::session::{Minutes, Place, PlaceKind};
use rules::terms::{Bands, Shares, Terms};
use rules::time::{Instant, Zone};

use crate::session::{TOPIC_COLUMNS, TOPIC_TABLES, Topic, topic};
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
    /// On whose wall clock it stands (rule T5).
    pub zone: Zone,
    /// Where.
    pub place: Place,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Until when the time is only held; none for what is booked.
    pub held_until: Option<Instant>,
    /// Who coaches.
    pub coach: Party,
    /// Whose place it is; nobody's while it is only held.
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
    /// When it ends, if it takes the time that it was meant to take.
    pub fn ends_at(&self) -> Instant {
        self.starts_at + self.minutes.duration()
    }
}

const COLUMNS: &str =
    "s.id, s.uid, s.sequence, s.starts_at, s.minutes, s.zone, s.place,
    s.place_detail, s.cancelled_at, s.held_until, c.id, c.name, c.mail, c.zone, p.id, p.name, p.mail, p.zone,
    COALESCE(a.price, h.price, o.price), COALESCE(a.currency, h.currency, o.currency), COALESCE(a.late_hours, h.late_hours, g.late_hours),
    COALESCE(a.free_hours, h.free_hours, g.free_hours), COALESCE(a.keep_early, h.keep_early, t.keep_early),
    COALESCE(a.keep_between, h.keep_between, t.keep_between), COALESCE(a.keep_late, h.keep_late, t.keep_late),
    a.note IS NOT NULL OR EXISTS (SELECT 1 FROM answer w WHERE w.attendance_id = a.id)";

const TABLES: &str = "session s
    JOIN session_coach m ON m.session_id = s.id AND m.marking
    JOIN person c ON c.id = m.coach_id
    LEFT JOIN attendance a ON a.session_id = s.id
    LEFT JOIN hold h ON h.session_id = s.id AND h.confirmed_at IS NULL
    LEFT JOIN person p ON p.id = a.client_id
    LEFT JOIN offering o ON o.id = s.offering_id
    LEFT JOIN terms t ON t.id = o.terms_id
    LEFT JOIN organisation g ON g.id = 1";

/// A meeting for two, booked or held; none if it is gone or has no time.
///
/// # Errors
/// Only those of the store.
pub fn find(tx: &mut Tx, session: SessionId) -> Result<Option<Appointment>> {
    let sql = format!(
        "SELECT {COLUMNS}, {TOPIC_COLUMNS} FROM {TABLES} {TOPIC_TABLES}
         WHERE s.id = $1 AND s.starts_at IS NOT NULL ORDER BY a.id LIMIT 1"
    );
    tx.opt(&sql, args![session], appointment)
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
    tx.all(&sql, args![series], appointment)
}

fn appointment(row: &Row<'_>) -> Result<Appointment> {
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
        topic: topic(row, 26)?,
        starts_at: row.get(3)?,
        minutes: Minutes::new(row.get(4)?).ok_or_else(|| Error::database("session.minutes is no length"))?,
        zone: row.parse(5)?,
        place: Place { kind: row.parse::<PlaceKind>(6)?, detail: row.get(7)? },
        is_cancelled: row.get::<Option<Instant>>(8)?.is_some(),
        held_until: row.get(9)?,
        coach: Party { id: row.get(10)?, name: row.get(11)?, mail: row.get(12)?, zone: row.parse(13)? },
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
