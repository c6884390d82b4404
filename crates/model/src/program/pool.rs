//! Coaches to choose from (rule G6): a cohort's pool, how many participants each of them takes, and how somebody without a
//! coach comes to one, by their own choice or given by whoever runs the cohort. Changing a coach that there is, is no
//! matter of this file.

use rules::ids::{CohortId, ParticipantId, PersonId, SessionId};
use rules::letters::Happening;
use rules::permission::{Action, Reach, What};
use rules::refusal::{Problem, Refusal};
use serde_json::json;

use super::{kind, may_in, record};
use crate::coach::{self, Card, directory};
use crate::event::{self, Actor, Subject};
use crate::{Result, Tx, args, mail};

/// The most coaches of a pool.
pub const POOL_MAX: u32 = 30;
/// The most places that a coach can have in a cohort.
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
    /// How many participants of the cohort they take at most; none is no limit.
    pub places: Option<u32>,
    /// How many they have.
    pub taken: u32,
}

impl Pooled {
    /// Whether somebody more can come to them.
    pub fn has_room(&self) -> bool {
        self.places.is_none_or(|places| self.taken < places)
    }
}

/// A cohort's pool, as whoever runs the cohort sees it.
#[derive(Clone, Debug)]
pub struct Pool {
    /// The coaches, by name.
    pub coaches: Vec<Pooled>,
    /// Participants without a coach, by name.
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

/// The pool of a cohort, and who has no coach yet.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to run.
pub fn pool(tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<Pool> {
    may_in(tx, by, Action::AssignCoach, cohort)?;
    let coaches = pooled(tx, cohort)?;
    let undecided = tx.all(
        "SELECT t.id, p.name FROM participant t JOIN person p ON p.id = t.person_id
         WHERE t.cohort_id = $1 AND t.coach_id IS NULL AND t.archived_at IS NULL
         ORDER BY p.folded_name, t.id LIMIT $2",
        args![cohort, UNDECIDED_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(Pool { coaches, undecided })
}

fn pooled(tx: &mut Tx, cohort: CohortId) -> Result<Vec<Pooled>> {
    tx.all(
        "SELECT p.id, p.name, k.places, (SELECT COUNT(*) FROM participant t
             WHERE t.cohort_id = k.cohort_id AND t.coach_id = k.coach_id AND t.archived_at IS NULL)
         FROM cohort_coach k JOIN person p ON p.id = k.coach_id
         WHERE k.cohort_id = $1 AND p.closed_at IS NULL ORDER BY p.folded_name, p.id",
        args![cohort],
        |row| Ok(Pooled { coach: row.get(0)?, name: row.get(1)?, places: row.get(2)?, taken: row.get(3)? }),
    )
}

/// Puts a coach into a cohort's pool, or changes how many they take there. Whoever has chosen them already keeps them,
/// also where they are more than that.
///
/// # Errors
/// Somebody who is no coach is no choice; a pool has at most [`POOL_MAX`] coaches.
pub fn put(tx: &mut Tx, by: &Actor, cohort: CohortId, coach: PersonId, places: Option<u32>) -> Result<()> {
    may_in(tx, by, Action::AssignCoach, cohort)?;
    if places.is_some_and(|places| !(1..=PLACES_MAX).contains(&places)) {
        let problem = Problem::OutOfRange { least: 1, most: i64::from(PLACES_MAX) };
        return Err(Refusal::invalid("places", problem).into());
    }
    let is_coach = "SELECT 1 FROM coach k JOIN person p ON p.id = k.person_id
         WHERE k.person_id = $1 AND p.closed_at IS NULL";
    if !tx.exists(is_coach, args![coach])? {
        return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
    }
    let others: i64 = tx.one(
        "SELECT COUNT(*) FROM cohort_coach WHERE cohort_id = $1 AND coach_id <> $2",
        args![cohort, coach],
        |row| row.get(0),
    )?;
    if others >= i64::from(POOL_MAX) {
        return Err(Refusal::invalid("coach", Problem::TooMany { most: POOL_MAX }).into());
    }
    let now = tx.now();
    tx.exec(
        "INSERT INTO cohort_coach (cohort_id, coach_id, places, since_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (cohort_id, coach_id) DO UPDATE SET places = excluded.places",
        args![cohort, coach, places, now],
    )?;
    record(tx, by, kind::POOL_CHANGED, cohort, &json!({ "coach": coach.to_string(), "places": places }))
}

/// Takes a coach out of a cohort's pool, if they are in it. Whoever has them keeps them.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to run.
pub fn take_out(tx: &mut Tx, by: &Actor, cohort: CohortId, coach: PersonId) -> Result<()> {
    may_in(tx, by, Action::AssignCoach, cohort)?;
    let gone =
        tx.exec("DELETE FROM cohort_coach WHERE cohort_id = $1 AND coach_id = $2", args![cohort, coach])?;
    if gone == 0 {
        return by.still_stands(tx);
    }
    record(tx, by, kind::POOL_LEFT, cohort, &json!({ "coach": coach.to_string() }))
}

/// The places of one's own for which one is asked to choose: without a coach, where a pool has somebody.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn asked(tx: &mut Tx, by: &Actor) -> Result<Vec<(ParticipantId, String)>> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    tx.all(
        "SELECT t.id, c.name FROM participant t JOIN cohort c ON c.id = t.cohort_id
         WHERE t.person_id = $1 AND t.coach_id IS NULL AND t.archived_at IS NULL AND c.archived_at IS NULL
             AND EXISTS (SELECT 1 FROM cohort_coach k JOIN person p ON p.id = k.coach_id
                 WHERE k.cohort_id = c.id AND p.closed_at IS NULL AND k.coach_id <> t.person_id)
         ORDER BY t.joined_at DESC, t.id LIMIT $2",
        args![me, ASKED_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// What a participant can choose: to themselves alone.
///
/// # Errors
/// [`Refusal::NotFound`] for a place that is not theirs (rule P4).
pub fn choice(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<Choice> {
    let seat = own_seat(tx, by, participant)?;
    let mut proposed = Vec::new();
    if seat.coach.is_none() && !seat.is_away {
        for pooled in pooled(tx, seat.cohort)? {
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

/// A participant chooses their coach. The last place of a coach is given once (rule A7).
///
/// # Errors
/// [`Refusal::CoachSettled`] for whoever has one already, [`Refusal::CoachFull`] if there is no place left.
pub fn choose(tx: &mut Tx, by: &Actor, participant: ParticipantId, coach: PersonId) -> Result<()> {
    let seat = own_seat(tx, by, participant)?;
    sit_down(tx, by, &seat, coach, kind::COACH_CHOSEN)
}

/// Gives a participant who has no coach yet one of the pool.
///
/// # Errors
/// As [`choose`].
pub fn give(tx: &mut Tx, by: &Actor, participant: ParticipantId, coach: PersonId) -> Result<()> {
    let seat = seat(tx, participant)?;
    may_in(tx, by, Action::AssignCoach, seat.cohort)?;
    sit_down(tx, by, &seat, coach, kind::COACH_GIVEN)
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

/// From now on this coach is theirs, with every 1:1 of their journeys that nobody leads yet; the coach hears of it.
fn sit_down(tx: &mut Tx, by: &Actor, seat: &Seat, coach: PersonId, kind: event::Kind) -> Result<()> {
    by.still_stands(tx)?;
    if seat.coach == Some(coach) {
        return Ok(());
    }
    if seat.coach.is_some() || seat.is_away {
        return Err(Refusal::CoachSettled.into());
    }
    let pool = pooled(tx, seat.cohort)?;
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
    mail::queue_letters(tx, event, &Happening::CoachChosen { coach })
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
