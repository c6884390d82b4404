//! Coaches to choose from (rule G6): the pool of a cohort, a project or a company, how many participants each coach takes,
//! and how somebody without a coach comes to one, by their own choice or given by whoever runs the cohort. A cohort without
//! a pool of its own takes over its project's, and a project its company's. Changing a coach that there is, is no matter of
//! this file.

use rules::ids::{CohortId, CompanyId, ParticipantId, PersonId, PooledId, ProjectId, SessionId};
use rules::letters::Happening;
use rules::permission::{Action, Reach, What};
use rules::refusal::{Problem, Refusal};
use serde_json::json;

use super::lead::{self, Led};
use super::{kind, may_in, must_be_here, record};
use crate::coach::{self, Card, directory};
use crate::event::{self, Actor, Subject};
use crate::{Result, Tx, args, mail, reach};

/// The most coaches of a pool.
pub const POOL_MAX: u32 = 30;
/// The most places that a coach can have in a pool.
pub const PLACES_MAX: u32 = 500;
/// The most people without a coach that are named.
const UNDECIDED_MAX: u32 = 500;
/// The most cohorts for which one is asked at a time.
const ASKED_MAX: u32 = 5;

/// A coach in a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    /// Who.
    pub coach: PersonId,
    /// Their name.
    pub name: String,
    /// How many participants of the pool's place they take at most; none is no limit.
    pub places: Option<u32>,
    /// How many they have there.
    pub taken: u32,
}

impl Pooled {
    /// Whether somebody more can come to them.
    pub fn has_room(&self) -> bool {
        self.places.is_none_or(|places| self.taken < places)
    }
}

/// The pool that holds somewhere, as whoever runs that place sees it.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Whose pool it is: of that very place, or of what it belongs to; none if there is none at all.
    pub of: Option<Led>,
    /// The coaches, by name.
    pub coaches: Vec<Pooled>,
    /// Participants of a cohort who wait for a coach, by name.
    pub undecided: Vec<(ParticipantId, String)>,
}

/// A coach who is proposed to a participant.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// Who, as the directory shows them.
    pub card: Card,
    /// How many places they have left; none is no limit.
    pub left: Option<u32>,
}

/// What a participant can choose.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Their place.
    pub participant: ParticipantId,
    /// The cohort's name.
    pub cohort: String,
    /// The name of their coach, if they have one: then there is nothing to choose.
    pub chosen: Option<String>,
    /// Who is proposed: those with room, by name.
    pub proposed: Vec<Proposed>,
}

/// Makes sure that somebody may change the pool of a place, and that there is such a place.
///
/// # Errors
/// [`Refusal::NotFound`] for one that is not theirs to run, as for one that is not there.
pub fn may_at(tx: &mut Tx, by: &Actor, at: Led) -> Result<()> {
    at.must_exist(tx)?;
    let ties = reach::ties_to_led(tx, by, at)?;
    Ok(by.may(Action::AssignCoach, &What::private(Action::SeeCohort, ties))?)
}

/// The pool that holds at a place, and who of a cohort has no coach yet.
///
/// # Errors
/// [`Refusal::NotFound`] for a place that is not theirs to run.
pub fn pool(tx: &mut Tx, by: &Actor, at: Led) -> Result<Pool> {
    may_at(tx, by, at)?;
    let of = in_force(tx, at)?;
    let coaches = match of {
        Some(of) => pooled(tx, of)?,
        None => Vec::new(),
    };
    let Led::Cohort(cohort) = at else { return Ok(Pool { of, coaches, undecided: Vec::new() }) };
    let sql = format!(
        "SELECT t.id, p.name FROM participant t JOIN person p ON p.id = t.person_id AND p.closed_at IS NULL
         WHERE t.cohort_id = $1 AND {WAITS_FOR_COACH}
         ORDER BY p.folded_name, t.id LIMIT $2"
    );
    let undecided = tx.all(&sql, args![cohort, UNDECIDED_MAX], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Pool { of, coaches, undecided })
}

/// Whose pool holds at a place: its own, else its project's, else its company's.
fn in_force(tx: &mut Tx, at: Led) -> Result<Option<Led>> {
    let above: Vec<Led> = match at {
        Led::Company(_) => Vec::new(),
        Led::Project(project) => {
            let sql = "SELECT company_id FROM project WHERE id = $1";
            vec![Led::Company(tx.one(sql, args![project], |row| row.get(0))?)]
        }
        Led::Cohort(cohort) => {
            let (project, company): (ProjectId, CompanyId) = tx.one(
                "SELECT j.id, j.company_id FROM cohort c JOIN project j ON j.id = c.project_id WHERE c.id = $1",
                args![cohort],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            vec![Led::Project(project), Led::Company(company)]
        }
    };
    let has_one = format!(
        "SELECT 1 FROM pool_coach k
         WHERE (k.company_id = $1 OR k.project_id = $2 OR k.cohort_id = $3) AND {COACHES_NOW}"
    );
    for place in std::iter::once(at).chain(above) {
        let (company, project, cohort) = place.columns();
        if tx.exists(&has_one, args![company, project, cohort])? {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// Who is in the pool of this very place. Their places are taken by whoever has them anywhere in it.
fn pooled(tx: &mut Tx, of: Led) -> Result<Vec<Pooled>> {
    let (company, project, cohort) = of.columns();
    let sql = format!(
        "SELECT p.id, p.name, k.places, {TAKEN} FROM pool_coach k JOIN person p ON p.id = k.coach_id
         WHERE (k.company_id = $1 OR k.project_id = $2 OR k.cohort_id = $3) AND {COACHES_NOW}
         ORDER BY p.folded_name, p.id"
    );
    tx.all(&sql, args![company, project, cohort], |row| {
        Ok(Pooled { coach: row.get(0)?, name: row.get(1)?, places: row.get(2)?, taken: row.get(3)? })
    })
}

/// How many participants the coach of a row `k` of a pool has in its place.
const TAKEN: &str = "(SELECT COUNT(*) FROM participant o JOIN cohort h ON h.id = o.cohort_id
     JOIN project q ON q.id = h.project_id WHERE o.coach_id = k.coach_id AND o.archived_at IS NULL
         AND (h.id = k.cohort_id OR q.id = k.project_id OR q.company_id = k.company_id))";

/// Whether the coach of a row `k` of a pool still coaches: who has stopped is proposed to nobody (rule G10).
const COACHES_NOW: &str =
    "EXISTS (SELECT 1 FROM person l JOIN person_role r ON r.person_id = l.id AND r.role = 'coach'
     WHERE l.id = k.coach_id AND l.closed_at IS NULL)";

/// Whether a participant `t` waits for a coach: nobody coaches them, and a 1:1 of theirs waits for a time. It begins at
/// their journeys: of sessions without a time there are many.
pub(super) const WAITS_FOR_COACH: &str = "t.coach_id IS NULL AND t.archived_at IS NULL
     AND EXISTS (SELECT 1 FROM journey n CROSS JOIN attendance a CROSS JOIN session s
         WHERE n.participant_id = t.id AND n.completed_at IS NULL AND a.journey_id = n.id AND s.id = a.session_id
             AND s.kind = 'one_to_one' AND s.starts_at IS NULL AND s.cancelled_at IS NULL AND a.outcome IS NULL
             AND a.greyed_out_at IS NULL)";

/// The pool that a cohort's participants choose from.
fn pooled_for(tx: &mut Tx, cohort: CohortId) -> Result<Vec<Pooled>> {
    match in_force(tx, Led::Cohort(cohort))? {
        Some(of) => pooled(tx, of),
        None => Ok(Vec::new()),
    }
}

/// Puts a coach into the pool of a place, or changes how many they take there. With its first coach a place has a pool of
/// its own. Whoever has chosen them already keeps them, also where they are more than that.
///
/// # Errors
/// As [`may_at`]; [`Refusal::PutAway`]; somebody who is no coach is no choice; a pool has at most [`POOL_MAX`] coaches.
pub fn put(tx: &mut Tx, by: &Actor, at: Led, coach: PersonId, places: Option<u32>) -> Result<()> {
    may_at(tx, by, at)?;
    at.must_be_in_use(tx)?;
    if places.is_some_and(|places| !(1..=PLACES_MAX).contains(&places)) {
        let problem = Problem::OutOfRange { least: 1, most: i64::from(PLACES_MAX) };
        return Err(Refusal::invalid("places", problem).into());
    }
    if !coach::coaches_now(tx, coach)? {
        return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
    }
    let (company, project, cohort) = at.columns();
    let others: i64 = tx.one(
        "SELECT COUNT(*) FROM pool_coach
         WHERE (company_id = $1 OR project_id = $2 OR cohort_id = $3) AND coach_id <> $4",
        args![company, project, cohort, coach],
        |row| row.get(0),
    )?;
    if others >= i64::from(POOL_MAX) {
        return Err(Refusal::invalid("coach", Problem::TooMany { most: POOL_MAX }).into());
    }
    let changed = tx.exec(
        "UPDATE pool_coach SET places = $5
         WHERE (company_id = $1 OR project_id = $2 OR cohort_id = $3) AND coach_id = $4",
        args![company, project, cohort, coach, places],
    )?;
    if changed == 0 {
        let (id, now) = (tx.new_id::<PooledId>(), tx.now());
        tx.exec(
            "INSERT INTO pool_coach (id, company_id, project_id, cohort_id, coach_id, places, since_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![id, company, project, cohort, coach, places, now],
        )?;
    }
    record_at(tx, by, kind::POOL_CHANGED, at, &json!({ "coach": coach.to_string(), "places": places }))
}

/// Takes a coach out of the pool of this very place, if they are in it. Whoever has them keeps them. Without its last
/// coach a place takes over the pool above it again.
///
/// # Errors
/// As [`may_at`].
pub fn take_out(tx: &mut Tx, by: &Actor, at: Led, coach: PersonId) -> Result<()> {
    may_at(tx, by, at)?;
    let (company, project, cohort) = at.columns();
    let gone = tx.exec(
        "DELETE FROM pool_coach
         WHERE (company_id = $1 OR project_id = $2 OR cohort_id = $3) AND coach_id = $4",
        args![company, project, cohort, coach],
    )?;
    if gone == 0 {
        return by.still_stands(tx);
    }
    record_at(tx, by, kind::POOL_LEFT, at, &json!({ "coach": coach.to_string() }))
}

fn record_at(tx: &mut Tx, by: &Actor, kind: event::Kind, at: Led, facts: &serde_json::Value) -> Result<()> {
    match at {
        Led::Company(id) => record(tx, by, kind, id, facts),
        Led::Project(id) => record(tx, by, kind, id, facts),
        Led::Cohort(id) => record(tx, by, kind, id, facts),
    }
}

/// One's own places for which there is no coach yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coachless {
    /// Where one is asked to choose: a pool has somebody with room. Which place, and what its cohort is called.
    pub asked: Vec<(ParticipantId, String)>,
    /// Where there is nobody to choose from, and a 1:1 waits for a time: whoever leads that cohort gives one.
    pub waiting: Vec<String>,
}

/// Where one has no coach, whichever cohort one joined last first.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn coachless(tx: &mut Tx, by: &Actor) -> Result<Coachless> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    // One row for each place and each coach of the pools there and above it.
    let sql = format!(
        "SELECT u.id, u.name, u.waits, k.coach_id, k.places,
             CASE WHEN k.cohort_id IS NOT NULL THEN 0 WHEN k.project_id IS NOT NULL THEN 1 ELSE 2 END, {TAKEN}
         FROM (SELECT t.id AS id, c.name AS name, c.id AS cohort_id, j.id AS project_id, j.company_id AS company_id,
                 t.joined_at AS joined_at, CASE WHEN {WAITS_FOR_COACH} THEN 1 ELSE 0 END AS waits
             FROM participant t JOIN cohort c ON c.id = t.cohort_id JOIN project j ON j.id = c.project_id
             WHERE t.person_id = $1 AND t.coach_id IS NULL AND t.archived_at IS NULL AND c.archived_at IS NULL
             ORDER BY t.joined_at DESC, t.id LIMIT $2) u
         LEFT JOIN pool_coach k ON (k.cohort_id = u.cohort_id OR k.project_id = u.project_id
                 OR k.company_id = u.company_id) AND {COACHES_NOW}
         ORDER BY u.joined_at DESC, u.id"
    );
    let mut places: Vec<Undecided> = Vec::new();
    tx.each(&sql, args![me, ASKED_MAX], |row| {
        let id: ParticipantId = row.get(0)?;
        if places.last().is_none_or(|last| last.id != id) {
            let waits = row.get::<i64>(2)? == 1;
            places.push(Undecided { id, cohort: row.get(1)?, waits, pools: Vec::new() });
        }
        let (Some(place), Some(coach)) = (places.last_mut(), row.get::<Option<PersonId>>(3)?) else {
            return Ok(());
        };
        let pooled = Pooled { coach, name: String::new(), places: row.get(4)?, taken: row.get(6)? };
        place.pools.push((row.get(5)?, pooled));
        Ok(())
    })?;
    let mut all = Coachless::default();
    for place in places {
        // The nearest pool holds, as for whoever runs the cohort ([`in_force`]).
        let nearest = place.pools.iter().map(|(level, _)| *level).min();
        let mut held = place.pools.iter().filter(|(level, _)| Some(*level) == nearest);
        if held.any(|(_, pooled)| pooled.coach != me && pooled.has_room()) {
            all.asked.push((place.id, place.cohort));
        } else if place.waits {
            all.waiting.push(place.cohort);
        }
    }
    Ok(all)
}

/// A place without a coach, with the coaches of the pools there and above it: 0 is its own, the others follow.
struct Undecided {
    id: ParticipantId,
    cohort: String,
    waits: bool,
    pools: Vec<(i64, Pooled)>,
}

/// What a participant can choose: to themselves alone.
///
/// # Errors
/// [`Refusal::NotFound`] for a place that is not theirs (rule P4).
pub fn choice(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<Choice> {
    let seat = own_seat(tx, by, participant)?;
    let mut proposed = Vec::new();
    if seat.coach.is_none() && !seat.is_away {
        for pooled in pooled_for(tx, seat.cohort)? {
            if !pooled.has_room() || pooled.coach == seat.person {
                continue;
            }
            let left = pooled.places.map(|places| places.saturating_sub(pooled.taken));
            proposed.push(Proposed { card: directory::card_of_anyone(tx, pooled.coach)?, left });
        }
    }
    let chosen = match seat.coach {
        Some(coach) => tx.opt("SELECT name FROM person WHERE id = $1", args![coach], |row| row.get(0))?,
        None => None,
    };
    Ok(Choice { participant, cohort: seat.cohort_name, chosen, proposed })
}

/// A participant chooses their coach. The last place of a coach is given once (rule A7). The coach hears of it, and so does
/// whoever leads the cohort.
///
/// # Errors
/// [`Refusal::CoachSettled`] for whoever has one already, [`Refusal::CoachFull`] if there is no place left;
/// [`Refusal::PutAway`].
pub fn choose(tx: &mut Tx, by: &Actor, participant: ParticipantId, coach: PersonId) -> Result<()> {
    let seat = own_seat(tx, by, participant)?;
    let leads = lead::of_cohort(tx, seat.cohort)?;
    sit_down(tx, by, &seat, coach, kind::COACH_CHOSEN, leads)
}

/// Gives a participant who has no coach yet one of the pool.
///
/// # Errors
/// As [`choose`].
pub fn give(tx: &mut Tx, by: &Actor, participant: ParticipantId, coach: PersonId) -> Result<()> {
    let seat = seat(tx, participant)?;
    may_in(tx, by, Action::AssignCoach, seat.cohort)?;
    sit_down(tx, by, &seat, coach, kind::COACH_GIVEN, Vec::new())
}

/// A participant's place, as far as a coach for it is concerned.
struct Seat {
    participant: ParticipantId,
    person: PersonId,
    cohort: CohortId,
    cohort_name: String,
    coach: Option<PersonId>,
    is_away: bool,
}

fn seat(tx: &mut Tx, participant: ParticipantId) -> Result<Seat> {
    let found = tx.opt(
        "SELECT t.person_id, c.id, c.name, t.coach_id, t.archived_at, c.archived_at
         FROM participant t JOIN cohort c ON c.id = t.cohort_id WHERE t.id = $1",
        args![participant],
        |row| {
            let away = row.get::<Option<i64>>(4)?.or(row.get::<Option<i64>>(5)?);
            Ok(Seat {
                participant,
                person: row.get(0)?,
                cohort: row.get(1)?,
                cohort_name: row.get(2)?,
                coach: row.get(3)?,
                is_away: away.is_some(),
            })
        },
    )?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

fn own_seat(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<Seat> {
    let seat = seat(tx, participant)?;
    let ties = if by.person() == Some(seat.person) { Reach::OWN } else { Reach::NONE };
    by.may(Action::ChooseCoach, &What::private(Action::ChooseCoach, ties))?;
    Ok(seat)
}

/// From now on this coach is theirs, with every 1:1 of their journeys that nobody leads yet; the coach hears of it, and
/// these leads.
fn sit_down(
    tx: &mut Tx,
    by: &Actor,
    seat: &Seat,
    coach: PersonId,
    kind: event::Kind,
    leads: Vec<PersonId>,
) -> Result<()> {
    by.still_stands(tx)?;
    if seat.coach == Some(coach) {
        return Ok(());
    }
    must_be_here(tx, seat.participant)?;
    if seat.coach.is_some() {
        return Err(Refusal::CoachSettled.into());
    }
    let pool = pooled_for(tx, seat.cohort)?;
    let Some(pooled) = pool.iter().find(|pooled| pooled.coach == coach && coach != seat.person) else {
        return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
    };
    if !pooled.has_room() {
        return Err(Refusal::CoachFull.into());
    }
    coach::take_on(tx, coach, seat.person)?;
    let sat = tx.exec(
        "UPDATE participant SET coach_id = $1 WHERE id = $2 AND coach_id IS NULL",
        args![coach, seat.participant],
    )?;
    if sat == 0 {
        return Err(Refusal::CoachSettled.into());
    }
    let waiting = tx.all(
        "SELECT s.id FROM journey j JOIN attendance a ON a.journey_id = j.id JOIN session s ON s.id = a.session_id
         WHERE j.participant_id = $1 AND s.kind = 'one_to_one' AND s.starts_at IS NULL AND s.cancelled_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM session_coach c WHERE c.session_id = s.id)",
        args![seat.participant],
        |row| row.get::<SessionId>(0),
    )?;
    let rows = waiting.into_iter().map(|session| [session.into(), coach.into(), true.into()]);
    tx.insert_many("INSERT INTO session_coach (session_id, coach_id, marking)", rows, "")?;
    let facts = json!({ "coach": coach.to_string(), "person": seat.person.to_string() });
    let event = event::record(tx, by, kind, &Subject::of(seat.participant), &facts)?;
    let leads = leads.into_iter().filter(|lead| *lead != seat.person).collect();
    mail::queue_letters(tx, event, &Happening::CoachChosen { coach, leads })
}

/// A participant and their coach, as a letter to the coach says it.
#[derive(Clone, Debug)]
pub struct Seated {
    /// The participant.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The cohort's name.
    pub cohort: String,
}

/// A participant, as long as this is their coach.
///
/// # Errors
/// Only those of the store.
pub fn seated(tx: &mut Tx, participant: ParticipantId, coach: PersonId) -> Result<Option<Seated>> {
    tx.opt(
        "SELECT p.id, p.name, c.name FROM participant t JOIN person p ON p.id = t.person_id
         JOIN cohort c ON c.id = t.cohort_id
         WHERE t.id = $1 AND t.coach_id = $2 AND t.archived_at IS NULL",
        args![participant, coach],
        |row| Ok(Seated { person: row.get(0)?, name: row.get(1)?, cohort: row.get(2)? }),
    )
}

/// A participant and the coach they have chosen, as a letter to a lead says it.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The participant's name.
    pub name: String,
    /// Their coach's name.
    pub coach: String,
    /// The cohort's name.
    pub cohort: String,
    /// How many of the cohort wait for a coach still.
    pub undecided: u32,
}

/// A participant with their coach, as long as this person leads their cohort.
///
/// # Errors
/// Only those of the store.
pub fn chosen(tx: &mut Tx, participant: ParticipantId, lead: PersonId) -> Result<Option<Chosen>> {
    let sql = format!(
        "SELECT p.name, k.name, c.name, (SELECT COUNT(*) FROM participant t
             JOIN person o ON o.id = t.person_id AND o.closed_at IS NULL
             WHERE t.cohort_id = c.id AND NOT t.test AND {WAITS_FOR_COACH})
         FROM participant t JOIN person p ON p.id = t.person_id JOIN person k ON k.id = t.coach_id
         JOIN cohort c ON c.id = t.cohort_id JOIN project j ON j.id = c.project_id
         WHERE t.id = $1 AND t.archived_at IS NULL AND EXISTS (SELECT 1 FROM lead l WHERE l.person_id = $2
             AND (l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id))"
    );
    tx.opt(&sql, args![participant, lead], |row| {
        Ok(Chosen { name: row.get(0)?, coach: row.get(1)?, cohort: row.get(2)?, undecided: row.get(3)? })
    })
}
