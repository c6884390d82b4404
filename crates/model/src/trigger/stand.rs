//! How participants stand, as rules ask (M5). A page of people is one query, and the pods of their cohort another; when a
//! time was lost is asked only for those who need it.

use rules::attendance::Status;
use rules::engagement::SuggestedWeeks;
use rules::ids::{CohortId, EventId, JourneyId, ParticipantId, PersonId, SessionId, StepId};
use rules::pathway::Order;
use rules::session::SessionKind;
use rules::time::Instant;
use rules::triggers::{Dates, Journey, Place, Somebody};

use crate::db::build::Query;
use crate::program::pod::AllPods;
use crate::session::{STATUS_SQL, kind};
use crate::{Result, Row, Tx, args, organisation};

/// So many participants are read at a time.
const PEOPLE_A_PAGE: u32 = 500;

/// A participant with how they stand.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// Their place in the cohort.
    pub(super) participant: ParticipantId,
    /// As they wish to be called.
    pub(super) name: String,
    /// What the rules judge.
    pub(super) who: Somebody,
    /// Whether [`ask_when_freed`] was asked.
    is_asked: bool,
}

/// Whom one wants to read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whom {
    /// Those whom a rule could write to: neither put away, nor a test, nor closed, with a journey that runs.
    Reachable,
    /// All of the cohort, to say why not.
    All,
    /// This one.
    One(ParticipantId),
}

/// Hands the people of a cohort to `each`, page by page.
pub(super) fn each(
    tx: &mut Tx,
    cohort: CohortId,
    whom: Whom,
    mut each: impl FnMut(&mut Tx, Standing) -> Result<()>,
) -> Result<()> {
    let pods = AllPods::of(tx, cohort)?;
    let mut after = None;
    loop {
        let ids = ids(tx, cohort, whom, after)?;
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(()) };
        for standing in page(tx, cohort, whom, (*first, *last), &pods)? {
            each(tx, standing)?;
        }
        if ids.len() < PEOPLE_A_PAGE as usize {
            return Ok(());
        }
        after = Some(*last);
    }
}

/// The next participants of a cohort.
fn ids(
    tx: &mut Tx,
    cohort: CohortId,
    whom: Whom,
    after: Option<ParticipantId>,
) -> Result<Vec<ParticipantId>> {
    let mut query = Query::new("SELECT t.id FROM participant t", args![]);
    query.and("t.cohort_id = $1", args![cohort]).and_some("t.id > $1", after);
    match whom {
        Whom::All => &mut query,
        Whom::One(participant) => query.and("t.id = $1", args![participant]),
        Whom::Reachable => query.and("t.archived_at IS NULL AND NOT t.test", args![]),
    };
    query.push("ORDER BY t.id LIMIT $1", args![PEOPLE_A_PAGE]);
    tx.all(query.sql(), query.args(), |row| row.get(0))
}

fn page(
    tx: &mut Tx,
    cohort: CohortId,
    whom: Whom,
    (first, last): (ParticipantId, ParticipantId),
    pods: &AllPods,
) -> Result<Vec<Standing>> {
    let mut query = Query::new(
        "SELECT t.id, t.person_id, p.name, t.coach_id, t.joined_at, t.test, t.archived_at, p.closed_at,
             j.id, w.ordered, j.starts_at, j.completed_at,
             a.id, s.id, e.no, a.counts, s.booked_at, a.outcome_at, a.contested_at, a.settled_at,
             COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000), e.from_week, e.to_week, s.kind, e.id,
             CASE WHEN a.outcome IS NULL AND s.starts_at IS NOT NULL
                 THEN (SELECT m.coach_id FROM session_coach m WHERE m.session_id = s.id AND m.marking) END, ",
        args![],
    );
    query.push(STATUS_SQL, args![]).push(
        "FROM participant t JOIN person p ON p.id = t.person_id
         JOIN journey j ON j.participant_id = t.id JOIN pathway w ON w.id = j.pathway_id
         JOIN attendance a ON a.journey_id = j.id JOIN session s ON s.id = a.session_id
         LEFT JOIN step e ON e.id = a.step_id",
        args![],
    );
    query.and("t.cohort_id = $1 AND t.id BETWEEN $2 AND $3", args![cohort, first, last]);
    if let Whom::Reachable = whom {
        query.and(
            "t.archived_at IS NULL AND NOT t.test AND p.closed_at IS NULL AND j.completed_at IS NULL",
            args![],
        );
    }
    query.push("ORDER BY t.id", args![]);
    let now = tx.now();
    let mut calendar = SuggestedWeeks::new(organisation::get(tx)?.zone);
    let mut all: Vec<Standing> = Vec::new();
    tx.each(query.sql(), query.args(), |row| {
        let participant: ParticipantId = row.get(0)?;
        if all.last().is_none_or(|last| last.participant != participant) {
            all.push(standing(row, participant)?);
        }
        let at = all.len() - 1;
        let journeys = &mut all[at].who.journeys;
        let journey: JourneyId = row.get(8)?;
        let of = match journeys.iter().position(|known| known.id == journey) {
            Some(of) => of,
            None => {
                journeys.push(Journey {
                    id: journey,
                    order: if row.get(9)? { Order::Ordered } else { Order::Free },
                    starts_at: row.get(10)?,
                    is_complete: row.get::<Option<Instant>>(11)?.is_some(),
                    places: Vec::new(),
                });
                journeys.len() - 1
            }
        };
        let mut place = place(row, journeys[of].starts_at, &mut calendar)?;
        if place.dates == Dates::None
            && place.status == Status::Unbooked
            && row.get::<Option<StepId>>(24)?.is_some_and(|step| pods.has_choice(participant, step, now))
        {
            place.dates = Dates::Chosen;
        }
        journeys[of].places.push(place);
        Ok(())
    })?;
    for standing in &mut all {
        for journey in &mut standing.who.journeys {
            journey.places.sort_by_key(|place| (place.number.unwrap_or(u32::MAX), place.attendance));
        }
    }
    Ok(all)
}

fn standing(row: &Row<'_>, participant: ParticipantId) -> Result<Standing> {
    Ok(Standing {
        participant,
        name: row.get(2)?,
        who: Somebody {
            person: row.get(1)?,
            coach: row.get::<Option<PersonId>>(3)?,
            joined_at: row.get(4)?,
            is_test: row.get(5)?,
            is_archived: row.get::<Option<Instant>>(6)?.is_some(),
            is_closed: row.get::<Option<Instant>>(7)?.is_some(),
            journeys: Vec::new(),
        },
        is_asked: false,
    })
}

fn place(row: &Row<'_>, began: Instant, calendar: &mut SuggestedWeeks) -> Result<Place> {
    let weeks = row.get::<Option<u16>>(21)?.zip(row.get(22)?);
    let kind: SessionKind = row.parse(23)?;
    Ok(Place {
        attendance: row.get(12)?,
        session: row.get::<SessionId>(13)?,
        number: row.get(14)?,
        status: row.parse(26)?,
        counts: row.get(15)?,
        booked_at: row.get(16)?,
        outcome_at: row.get(17)?,
        ends_at: row.get(20)?,
        is_contested: row.get::<Option<Instant>>(18)?.is_some() && row.get::<Option<Instant>>(19)?.is_none(),
        suggested_from: weeks.map(|weeks| calendar.of(began, weeks).from),
        freed: None,
        // A pod's date is chosen where there is one to choose: that is found out for those that wait.
        dates: if kind == SessionKind::Pod { Dates::None } else { Dates::Free },
        marks: row.get(25)?,
    })
}

/// Acts by which a session loses its time, or a place in it is empty again.
const FREEING: [&str; 5] =
    [kind::CANCELLED.0, kind::LEFT.0, kind::FORGIVEN.0, kind::REACTIVATED.0, kind::COACH_CHANGED.0];

/// Asks for everything without a time when it last lost one. Only what waits has an answer.
pub(super) fn ask_when_freed(tx: &mut Tx, standing: &mut Standing) -> Result<()> {
    if std::mem::replace(&mut standing.is_asked, true) {
        return Ok(());
    }
    for journey in &mut standing.who.journeys {
        let waits = |place: &&mut Place| place.status == Status::Unbooked;
        for place in journey.places.iter_mut().filter(waits) {
            place.freed = tx.opt(
                "SELECT e.id, e.at FROM event e
                 WHERE ((e.subject_kind = 'att' AND e.subject_id = $1) OR (e.subject_kind = 'ses' AND e.subject_id = $2))
                     AND e.kind IN ($3, $4, $5, $6, $7) ORDER BY e.id DESC LIMIT 1",
                args![place.attendance, place.session, FREEING[0], FREEING[1], FREEING[2], FREEING[3], FREEING[4]],
                |row| Ok((row.get::<EventId>(0)?, row.get::<Instant>(1)?)),
            )?;
        }
    }
    Ok(())
}
