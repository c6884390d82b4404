//! What a person has next: their own meetings, as a client and as a coach, and how far their journeys are. Only reads,
//! and only what is one's own: whatever else a role reaches is not in here (rule P4).

use jiff::SignedDuration;
use rules::attendance::{Outcome, Status};
use rules::engagement::{Suggested, SuggestedWeeks};
use rules::ids::{JourneyId, PersonId, SessionId, StepId};
use rules::inactivity::{Away, may_begin};
use rules::permission::{Action, Reach};
use rules::refusal::Refusal;
use rules::session::{PlaceKind, SessionKind};
use rules::time::{Instant, Zone};

use crate::event::Actor;
use crate::program::pod::{self, PodDate};
use crate::program::survey;
use crate::session::{self, STATUS_SQL, TOPIC_COLUMNS, TOPIC_TABLES, Topic, topic};
use crate::{Result, Row, Tx, args, organisation, reach};

/// The most meetings that one list of an agenda holds.
pub const MEETINGS_MAX: usize = 100;
/// So many of a client's past meetings are shown, the latest.
pub const PAST_MAX: usize = 6;
/// The most rows that are read for one list: each client of a meeting is one.
const ROWS_MAX: i64 = 15 * MEETINGS_MAX as i64;
/// The most journeys that are shown.
const JOURNEYS_MAX: i64 = 5;

/// Whoever had no session for so long is drifting.
pub const DRIFTING_AFTER: SignedDuration = SignedDuration::from_hours(21 * 24);
/// Whoever had none for so long has gone.
const GONE_AFTER: SignedDuration = SignedDuration::from_hours(180 * 24);

/// One meeting that has a time, as one of its people sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
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
    /// Where.
    pub place: PlaceKind,
    /// The others: a client's coach, or the clients of a coach.
    pub others: Vec<Other>,
    /// How it stands. To a coach a pod stands as its members do, what is still to be marked first.
    pub status: Status,
    /// What was marked, if it was.
    pub outcome: Option<Outcome>,
}

impl Meeting {
    /// Whether it is over and nobody has said how it went (rule S7).
    pub fn is_unmarked(&self, now: Instant) -> bool {
        self.status == Status::Booked && self.ends_at <= now
    }
}

/// Somebody else in a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Who.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// Whose clock they read (rule T2).
    pub zone: Zone,
    /// How it stands for them; to a client that is their own.
    pub status: Status,
}

/// A participant's copy of a pathway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Its id.
    pub id: JourneyId,
    /// What the pathway is called.
    pub name: String,
    /// When it was said to be complete.
    pub completed_at: Option<Instant>,
    /// What is put away, so that nothing begins in it: its participant's place, or the cohort (rule G8).
    pub rests: Option<Away>,
    /// How the survey at its end stands.
    pub survey: survey::Sent,
    /// Its steps in order.
    pub steps: Vec<JourneyStep>,
}

/// How one step of a journey stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyStep {
    /// Its number, from 1; what was added to the journey is numbered on from its steps.
    pub number: u32,
    /// Whether it was added to the journey beside its steps (rule G11): it waits for none of them.
    pub is_extra: bool,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub status: Status,
    /// When it is or was.
    pub starts_at: Option<Instant>,
    /// The weeks that are suggested for it.
    pub suggested: Option<Suggested>,
    /// Its session.
    pub session: SessionId,
    /// With whom.
    pub coach: Option<PersonId>,
    /// How long it is.
    pub minutes: u16,
    /// What its client can do about a time; nothing unless it waits for one.
    pub opening: Option<Opening>,
}

/// What the client of a step that waits for a time can do about it (rules G1, G5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Book it.
    Book,
    /// Nothing before the step with this number is booked.
    After(u32),
    /// Nothing before somebody coaches it.
    NoCoach,
    /// Choose among the dates of these pods.
    Choose(Vec<PodDate>),
    /// Wait for a pod, or for its date.
    WaitForDate,
    /// Nothing: all dates are over or full.
    NoDateLeft,
}

const COLUMNS: &str =
    "s.id, s.minutes, s.starts_at, s.ended_early_at, s.place, a.outcome, o.id, o.name, o.zone";

/// When a meeting ends or ended, in SQL.
const ENDS_SQL: &str = "COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000)";

/// A client's meetings that are not over yet, soonest first.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever is no client.
pub fn coming_of_client(tx: &mut Tx, by: &Actor) -> Result<Vec<Meeting>> {
    let now = tx.now();
    of_client(tx, by, &format!("{ENDS_SQL} > $2 ORDER BY s.starts_at, s.id"), now, MEETINGS_MAX)
}

/// A client's meetings that are over, the latest first.
///
/// # Errors
/// As [`coming_of_client`].
pub fn past_of_client(tx: &mut Tx, by: &Actor) -> Result<Vec<Meeting>> {
    let now = tx.now();
    of_client(tx, by, &format!("{ENDS_SQL} <= $2 ORDER BY s.starts_at DESC, s.id DESC"), now, PAST_MAX)
}

/// What an admin disabled a client does not see (rule S11), nor a pod that they left in time.
fn of_client(tx: &mut Tx, by: &Actor, window: &str, now: Instant, limit: usize) -> Result<Vec<Meeting>> {
    let me = own(by, Reach::OWN)?;
    let sql = format!(
        "SELECT {COLUMNS}, {STATUS_SQL}, {TOPIC_COLUMNS}
         FROM attendance a JOIN session s ON s.id = a.session_id
         LEFT JOIN session_coach c ON c.session_id = s.id AND c.marking
         LEFT JOIN person o ON o.id = c.coach_id
         {TOPIC_TABLES}
         WHERE a.client_id = $1 AND s.starts_at IS NOT NULL AND a.greyed_out_at IS NULL
             AND (a.left_at IS NULL OR a.outcome IS NOT NULL) AND {window} LIMIT $3"
    );
    tx.all(&sql, args![me, now, limit as i64], meeting)
}

/// A coach's meetings that begin from `from` until before `until`, soonest first.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever is no coach.
pub fn of_coach(tx: &mut Tx, by: &Actor, from: Instant, until: Instant) -> Result<Vec<Meeting>> {
    led(tx, by, "s.starts_at >= $2 AND s.starts_at < $3", from, until)
}

/// Whether a coach has or had any meeting at all.
///
/// # Errors
/// As [`of_coach`].
pub fn has_led(tx: &mut Tx, by: &Actor) -> Result<bool> {
    let me = own(by, Reach::SESSIONS)?;
    let sql = "SELECT 1 FROM session_coach c JOIN session s ON s.id = c.session_id
         WHERE c.coach_id = $1 AND s.starts_at IS NOT NULL AND s.held_until IS NULL LIMIT 1";
    tx.exists(sql, args![me])
}

/// A coach's meetings that ended between `from` and now and that nobody has marked, the oldest first (rule S7).
///
/// # Errors
/// As [`of_coach`].
pub fn unmarked_of_coach(tx: &mut Tx, by: &Actor, from: Instant) -> Result<Vec<Meeting>> {
    let now = tx.now();
    let window = format!(
        "c.marking AND a.id IS NOT NULL AND s.starts_at >= $2 AND {ENDS_SQL} <= $3 AND {STATUS_SQL} = 'booked'"
    );
    led(tx, by, &window, from, now)
}

fn led(tx: &mut Tx, by: &Actor, window: &str, from: Instant, until: Instant) -> Result<Vec<Meeting>> {
    let me = own(by, Reach::SESSIONS)?;
    let sql = format!(
        "SELECT {COLUMNS}, {STATUS_SQL}, {TOPIC_COLUMNS}
         FROM session_coach c JOIN session s ON s.id = c.session_id
         LEFT JOIN attendance a ON a.session_id = s.id AND a.greyed_out_at IS NULL
             AND (a.left_at IS NULL OR a.outcome IS NOT NULL)
         LEFT JOIN person o ON o.id = a.client_id
         {TOPIC_TABLES}
         WHERE c.coach_id = $1 AND s.starts_at IS NOT NULL AND (a.id IS NOT NULL OR s.pod_id IS NOT NULL)
             AND {window}
         ORDER BY s.starts_at, s.id, o.folded_name, o.id LIMIT $4"
    );
    let places = tx.all(&sql, args![me, from, until, ROWS_MAX], meeting)?;
    let mut meetings: Vec<Meeting> = Vec::new();
    for place in places {
        match meetings.last_mut() {
            Some(last) if last.session == place.session => last.join(place),
            _ => meetings.push(place),
        }
    }
    meetings.truncate(MEETINGS_MAX);
    Ok(meetings)
}

impl Meeting {
    /// One more client of the same meeting. What still asks for something outweighs what is done.
    fn join(&mut self, place: Meeting) {
        let weight = |status| match status {
            Status::Booked => 4,
            Status::Completed => 3,
            Status::Missed => 2,
            Status::Cancelled => 1,
            Status::Unbooked | Status::GreyedOut => 0,
        };
        if weight(place.status) > weight(self.status) {
            (self.status, self.outcome) = (place.status, place.outcome);
        }
        self.others.extend(place.others);
    }
}

/// A client of whom a coach has not seen anything for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drifting {
    /// Who.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// When their last session with this coach began.
    pub last: Instant,
}

/// A coach's clients whose last session was [`DRIFTING_AFTER`] ago or longer and who have nothing booked, the longest
/// ago first; whoever was last seen before [`GONE_AFTER`] has gone. What has begun and is not marked counts as a session
/// that was: nobody is missed of whom it is still asked whether they came. At most `limit`.
///
/// # Errors
/// As [`of_coach`].
pub fn drifting(tx: &mut Tx, by: &Actor, limit: u32) -> Result<Vec<Drifting>> {
    let me = own(by, Reach::SESSIONS)?;
    let now = tx.now();
    tx.all(
        "SELECT p.id, p.name, MAX(s.starts_at) FROM session_coach c
         JOIN session s ON s.id = c.session_id JOIN attendance a ON a.session_id = s.id
         JOIN person p ON p.id = a.client_id
         WHERE c.coach_id = $1 AND a.greyed_out_at IS NULL AND p.closed_at IS NULL AND s.starts_at > $2
             AND (a.outcome = 'completed' OR (a.outcome IS NULL AND s.starts_at <= $4 AND s.cancelled_at IS NULL
                 AND s.held_until IS NULL AND a.left_at IS NULL))
             AND (EXISTS (SELECT 1 FROM coaching g WHERE g.coach_id = $1 AND g.client_id = p.id AND g.to_at IS NULL)
                 OR EXISTS (SELECT 1 FROM participant t WHERE t.coach_id = $1 AND t.person_id = p.id
                     AND t.archived_at IS NULL))
             AND NOT EXISTS (SELECT 1 FROM session_coach d JOIN session u ON u.id = d.session_id
                 JOIN attendance b ON b.session_id = u.id
                 WHERE d.coach_id = $1 AND b.client_id = p.id AND u.starts_at > $4 AND u.cancelled_at IS NULL
                     AND u.held_until IS NULL AND b.left_at IS NULL AND b.outcome IS NULL)
         GROUP BY p.id, p.name HAVING MAX(s.starts_at) <= $3 ORDER BY 3, 1 LIMIT $5",
        args![me, now - GONE_AFTER, now - DRIFTING_AFTER, now, limit],
        |row| Ok(Drifting { person: row.get(0)?, name: row.get(1)?, last: row.get(2)? }),
    )
}

/// Whose agenda it is, if their right to see sessions has such a tie.
fn own(by: &Actor, tie: Reach) -> Result<PersonId> {
    let action = Action::SeeSession;
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    if reach::of(by, action).contains(tie) { Ok(me) } else { Err(Refusal::MayNot { action }.into()) }
}

fn meeting(row: &Row<'_>) -> Result<Meeting> {
    let minutes: u16 = row.get(1)?;
    let starts_at: Instant = row.get(2)?;
    let ended_early_at: Option<Instant> = row.get(3)?;
    let status: Status = row.parse(9)?;
    let other = match row.get(6)? {
        Some(person) => Some(Other { person, name: row.get(7)?, zone: row.get(8)?, status }),
        None => None,
    };
    Ok(Meeting {
        session: row.get(0)?,
        topic: topic(row, 10)?,
        minutes,
        starts_at,
        ends_at: ended_early_at.unwrap_or(starts_at + SignedDuration::from_mins(minutes.into())),
        place: row.parse(4)?,
        others: other.into_iter().collect(),
        status,
        outcome: row.parse_opt(5)?,
    })
}

/// The names of the companies whose sponsor one is.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn sponsored(tx: &mut Tx, by: &Actor) -> Result<Vec<String>> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    tx.all(
        "SELECT c.name FROM sponsor s JOIN company c ON c.id = s.company_id
         WHERE s.person_id = $1 AND c.archived_at IS NULL ORDER BY c.folded_name LIMIT $2",
        args![me, MEETINGS_MAX as i64],
        |row| row.get(0),
    )
}

/// What can be done about a step that waits for a time.
fn opening(
    tx: &mut Tx,
    journey: JourneyId,
    step: &JourneyStep,
    kind: SessionKind,
    id: Option<StepId>,
) -> Result<Opening> {
    let before = match id {
        Some(id) => session::step_before(tx, journey, id)?,
        None => None,
    };
    if let Some(before) = before {
        return Ok(Opening::After(before));
    }
    if let (SessionKind::Pod, Some(id)) = (kind, id) {
        let dates = pod::dates_of_step(tx, journey, id)?;
        return Ok(match dates.open.is_empty() {
            false => Opening::Choose(dates.open),
            true if dates.more_may_come => Opening::WaitForDate,
            true => Opening::NoDateLeft,
        });
    }
    Ok(if step.coach.is_some() { Opening::Book } else { Opening::NoCoach })
}

/// What is put away of a place and its cohort; nothing if something may begin there.
fn away(participant: Option<Instant>, cohort: Option<Instant>) -> Option<Away> {
    match may_begin(participant, cohort) {
        Err(Refusal::PutAway { what }) => Some(what),
        _ => None,
    }
}

/// One's own journeys, the one that began last first, and after them those in which one's place was put away. What an
/// admin disabled is not in them (rule S11).
///
/// # Errors
/// As [`coming_of_client`].
pub fn journeys(tx: &mut Tx, by: &Actor) -> Result<Vec<Journey>> {
    let me = own(by, Reach::OWN)?;
    let found = tx.all(
        "SELECT j.id, p.name, j.starts_at, j.completed_at, m.archived_at, h.archived_at FROM journey j
         JOIN participant m ON m.id = j.participant_id JOIN pathway p ON p.id = j.pathway_id
         JOIN cohort h ON h.id = m.cohort_id
         WHERE m.person_id = $1
         ORDER BY CASE WHEN m.archived_at IS NULL THEN 0 ELSE 1 END, j.starts_at DESC, j.id DESC LIMIT $2",
        args![me, JOURNEYS_MAX],
        |row| {
            let (id, name, began): (JourneyId, String, Instant) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((id, name, began, row.get::<Option<Instant>>(3)?, away(row.get(4)?, row.get(5)?)))
        },
    )?;
    let sql = format!(
        "SELECT t.no, COALESCE(t.name, x.name, ''), {STATUS_SQL}, s.starts_at, t.from_week, t.to_week, s.id, c.coach_id,
             s.minutes, s.kind, t.id
         FROM attendance a JOIN session s ON s.id = a.session_id LEFT JOIN step t ON t.id = a.step_id
         LEFT JOIN extra x ON x.session_id = s.id
         LEFT JOIN session_coach c ON c.session_id = s.id AND c.marking
         WHERE a.journey_id = $1 AND a.greyed_out_at IS NULL
         ORDER BY CASE WHEN t.id IS NULL THEN 1 ELSE 0 END, t.no, s.id"
    );
    let mut calendar = SuggestedWeeks::new(organisation::get(tx)?.zone);
    let mut journeys = Vec::with_capacity(found.len());
    for (id, name, began, completed_at, rests) in found {
        let mut last = 0;
        let found: Vec<(JourneyStep, SessionKind, Option<StepId>)> = tx.all(&sql, args![id], |row| {
            let weeks = row.get::<Option<u16>>(4)?.zip(row.get::<Option<u16>>(5)?);
            // The date of a pod whose place they have lost is not theirs.
            let status: Status = row.parse(2)?;
            // What was added is numbered on from the steps.
            let number = row.get::<Option<u32>>(0)?;
            last = number.unwrap_or(last + 1);
            let step = JourneyStep {
                number: last,
                is_extra: number.is_none(),
                name: row.get(1)?,
                status,
                starts_at: row.get::<Option<Instant>>(3)?.filter(|_| status != Status::Unbooked),
                suggested: weeks.map(|weeks| calendar.of(began, weeks)),
                session: row.get(6)?,
                coach: row.get(7)?,
                minutes: row.get(8)?,
                opening: None,
            };
            Ok((step, row.parse(9)?, row.get(10)?))
        })?;
        let mut steps = Vec::with_capacity(found.len());
        for (step, kind, step_id) in found {
            // A complete journey has nothing left to book, nor has one that is put away (rule G8).
            let waits = step.status == Status::Unbooked && completed_at.is_none() && rests.is_none();
            let opening = if waits { Some(opening(tx, id, &step, kind, step_id)?) } else { None };
            steps.push(JourneyStep { opening, ..step });
        }
        let survey = survey::sent(tx, id)?;
        journeys.push(Journey { id, name, completed_at, rests, survey, steps });
    }
    Ok(journeys)
}
