//! Putting participants away, and bringing them back (rule G8). Whoever has bookings ahead is put away only if the same
//! act calls them off. Who has gone quiet is [`super::inactive`]'s matter.

use rules::cancelling::{Calling, Ending as Called, Grounds};
use rules::ids::{AttendanceId, CohortId, ParticipantId, PersonId, SessionId};
use rules::inactivity::Ending;
use rules::letters::Happening;
use rules::meeting::Side;
use rules::permission::{Action, What};
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use rules::time::Instant;
use serde_json::{Value as Json, json};

use super::inactive::{self, Listed};
use super::{kind, may_in};
use crate::event::{self, Actor, Subject};
use crate::session::life::{self, Change};
use crate::session::{self, Reason};
use crate::{Result, Tx, args, mail, reach};

/// The most people that one act puts away.
pub const TOGETHER_MAX: usize = 200;
/// The most bookings that one act calls off.
pub const CALLED_OFF_MAX: usize = 200;

/// Somebody who would be put away.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// Who, and what follows from what they did.
    pub who: Listed,
    /// What is booked and still to come, soonest first.
    pub ahead: Vec<Ahead>,
}

/// A booking that is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// Which.
    pub session: SessionId,
    /// When.
    pub starts_at: Instant,
    /// With whom.
    pub coach: Option<String>,
    /// Whether others are in it, who keep it.
    pub is_pod: bool,
    /// Whether a request to move it is open.
    pub is_asked: bool,
}

/// What putting people away would come to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In which cohort.
    pub cohort: CohortId,
    /// What that is called.
    pub cohort_name: String,
    /// Who would be put away, by name.
    pub leaving: Vec<Leaving>,
    /// Who is put away already.
    pub away: Vec<String>,
}

impl Plan {
    /// Everything that would have to be called off: how many bookings, and how many open requests.
    pub fn ahead(&self) -> (u32, u32) {
        let all = self.leaving.iter().flat_map(|leaving| &leaving.ahead);
        all.fold((0, 0), |(sessions, requests), one| (sessions + 1, requests + u32::from(one.is_asked)))
    }
}

/// What becomes of what is still ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bookings {
    /// Nobody is put away who has any.
    Refuse,
    /// They are called off, and all concerned are told by one mail each.
    CallOff,
}

/// What putting these participants of a cohort away would come to.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to see, or for participants of another; [`Refusal::MayNot`].
pub fn plan(tx: &mut Tx, by: &Actor, cohort: CohortId, who: &[ParticipantId]) -> Result<Plan> {
    may_in(tx, by, Action::ArchiveParticipant, cohort)?;
    if who.len() > TOGETHER_MAX {
        return Err(Refusal::invalid("who", Problem::TooMany { most: TOGETHER_MAX as u32 }).into());
    }
    let cohort_name = tx.one("SELECT name FROM cohort WHERE id = $1", args![cohort], |row| row.get(0))?;
    let mut known = inactive::facts_of(tx, who)?;
    let mut plan = Plan { cohort, cohort_name, leaving: Vec::new(), away: Vec::new() };
    for participant in who {
        let Some(one) = known.remove(participant) else { continue };
        if one.cohort != cohort {
            return Err(Refusal::NotFound.into());
        }
        let away = "SELECT 1 FROM participant WHERE id = $1 AND archived_at IS NOT NULL";
        if tx.exists(away, args![*participant])? {
            plan.away.push(one.name);
        } else {
            let ahead = ahead(tx, *participant)?;
            plan.leaving.push(Leaving { who: one, ahead });
        }
    }
    plan.leaving.sort_by_key(|leaving| rules::person::fold(&leaving.who.name));
    Ok(plan)
}

/// The cohort of a participant, for whoever may put them away.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`].
pub fn cohort_of(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<CohortId> {
    let ties = reach::ties_to_participant(tx, by, participant)?;
    let found =
        tx.opt("SELECT cohort_id FROM participant WHERE id = $1", args![participant], |row| row.get(0))?;
    let found: CohortId = found.ok_or(Refusal::NotFound)?;
    by.may(Action::ArchiveParticipant, &What::private(Action::SeePeople, ties))?;
    Ok(found)
}

fn ahead(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Ahead>> {
    let now = tx.now();
    tx.all(
        "SELECT s.id, s.starts_at, k.name, s.pod_id IS NOT NULL,
             EXISTS (SELECT 1 FROM move_request r WHERE r.session_id = s.id AND r.decided IS NULL AND r.expires_at > $2)
         FROM journey w JOIN attendance a ON a.journey_id = w.id JOIN session s ON s.id = a.session_id
         LEFT JOIN session_coach c ON c.session_id = s.id AND c.marking LEFT JOIN person k ON k.id = c.coach_id
         WHERE w.participant_id = $1 AND s.starts_at > $2 AND s.cancelled_at IS NULL AND a.left_at IS NULL
             AND a.outcome IS NULL AND a.greyed_out_at IS NULL ORDER BY s.starts_at, s.id",
        args![participant, now],
        |row| {
            Ok(Ahead {
                session: row.get(0)?,
                starts_at: row.get(1)?,
                coach: row.get(2)?,
                is_pod: row.get(3)?,
                is_asked: row.get(4)?,
            })
        },
    )
}

/// Puts participants of one cohort away, each as what is said of them; all of them, or none. Gives how many it were.
///
/// # Errors
/// As [`plan`]; [`Refusal::StillAhead`] where something is booked and is not to be called off.
pub fn archive(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    who: &[(ParticipantId, Ending)],
    reason: &Reason,
    bookings: Bookings,
) -> Result<u32> {
    by.still_stands(tx)?;
    let ids: Vec<ParticipantId> = who.iter().map(|(id, _)| *id).collect();
    let plan = plan(tx, by, cohort, &ids)?;
    if ids.is_empty() {
        return Err(Refusal::invalid("who", Problem::Missing).into());
    }
    if plan.leaving.len() + plan.away.len() != ids.len() {
        return Err(Refusal::NotFound.into());
    }
    let (sessions, requests) = plan.ahead();
    if sessions > 0 && bookings == Bookings::Refuse {
        return Err(Refusal::StillAhead { sessions, requests }.into());
    }
    if sessions as usize > CALLED_OFF_MAX {
        return Err(Refusal::invalid("who", Problem::TooMany { most: CALLED_OFF_MAX as u32 }).into());
    }
    let now = tx.now();
    let mut off = Off::default();
    for Leaving { who: one, ahead } in &plan.leaving {
        let ending =
            who.iter().find(|(id, _)| *id == one.participant).map_or(one.proposed, |(_, ending)| *ending);
        for booking in ahead {
            off.take(tx, by, booking, one.person)?;
        }
        tx.exec(
            "UPDATE participant SET archived_at = $2, archived_as = $3 WHERE id = $1 AND archived_at IS NULL",
            args![one.participant, now, ending.code()],
        )?;
        let facts =
            json!({ "from": "present", "to": "archived", "as": ending.code(), "called_off": ahead.len() });
        let subject = Subject::of(one.participant);
        let event =
            event::record_for(tx, by, Some(one.person), kind::PARTICIPANT_ARCHIVED, &subject, &facts)?;
        event::give_reason(tx, event, reason.as_str())?;
    }
    off.tell(tx, by, cohort)?;
    Ok(plan.leaving.len() as u32)
}

/// What one act has called off: whoever is concerned reads of all of it in one letter (rule M3).
#[derive(Default)]
struct Off {
    sessions: Vec<Json>,
    clients: Vec<PersonId>,
    coaches: Vec<PersonId>,
}

impl Off {
    fn take(&mut self, tx: &mut Tx, by: &Actor, booking: &Ahead, client: PersonId) -> Result<()> {
        let now = tx.now();
        let loaded = life::load(tx, booking.session)?;
        let loaded = life::lapse(tx, loaded)?;
        let start = loaded.meeting.session().time.map(|time| time.starts_at.to_string());
        let superseded = loaded.meeting.open_request(now).map(|request| request.to.to_string());
        let cause = Cause::Organisation;
        let (after, ending) = if booking.is_pod {
            // The others keep their date.
            (loaded.meeting.clone().taken_out(client, now)?, Called::Left)
        } else {
            let calling = Calling { by: by.person().unwrap_or(client), side: Side::Lead, cause };
            let (after, quote) = loaded.meeting.clone().called_off(client, &calling, now)?;
            (after, quote.ending)
        };
        let facts = json!({ "session": booking.session.to_string(), "start": start, "from": "booked",
            "to": "unbooked", "cause": cause.code(), "ending": ending.code(),
            "grounds": Grounds::NotTheirs.code(), "superseded": superseded });
        let change = Change {
            by,
            principal: Some(client),
            kind: if booking.is_pod { session::kind::LEFT } else { session::kind::CANCELLED },
            seat: Some(client).filter(|_| booking.is_pod),
            facts,
            // Why somebody is put away stands where they are, for whoever runs their program; a meeting's history is read
            // by both ends.
            reason: "",
        };
        life::save(tx, &loaded, after, change)?;
        self.sessions.push(json!({ "session": booking.session.to_string(), "client": client.to_string(),
            "start": booking.starts_at.to_string() }));
        if !self.clients.contains(&client) {
            self.clients.push(client);
        }
        for coach in &loaded.coaches {
            if !self.coaches.contains(coach) {
                self.coaches.push(*coach);
            }
        }
        Ok(())
    }

    fn tell(self, tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<()> {
        if self.sessions.is_empty() {
            return Ok(());
        }
        let facts = json!({ "sessions": self.sessions });
        let event = event::record(tx, by, kind::BOOKINGS_CALLED_OFF, &Subject::of(cohort), &facts)?;
        mail::queue_letters(tx, event, &Happening::PutAway { clients: self.clients, coaches: self.coaches })
    }
}

/// Brings somebody back who was put away. Their inactivity counts from now.
///
/// # Errors
/// As [`cohort_of`].
pub fn restore(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<()> {
    by.still_stands(tx)?;
    cohort_of(tx, by, participant)?;
    let now = tx.now();
    let found = tx.opt(
        "SELECT person_id, archived_as FROM participant WHERE id = $1 AND archived_at IS NOT NULL",
        args![participant],
        |row| Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?)),
    )?;
    let Some((person, was)) = found else { return Ok(()) };
    tx.exec(
        "UPDATE participant SET archived_at = NULL, archived_as = NULL, restored_at = $2 WHERE id = $1",
        args![participant, now],
    )?;
    let facts = json!({ "from": "archived", "to": "present", "was": was });
    event::record_for(tx, by, Some(person), kind::PARTICIPANT_RESTORED, &Subject::of(participant), &facts)?;
    Ok(())
}

/// A client's place in a session that was called off, for the letter that tells of it.
///
/// # Errors
/// Only those of the store.
pub fn place_of(tx: &mut Tx, session: SessionId, client: PersonId) -> Result<Option<AttendanceId>> {
    tx.opt(
        "SELECT id FROM attendance WHERE session_id = $1 AND client_id = $2",
        args![session, client],
        |row| row.get(0),
    )
}

/// As what each of these is put away, where nothing was chosen as it follows from what they did.
///
/// # Errors
/// As [`plan`].
pub fn as_chosen(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    chosen: &[(ParticipantId, Option<Ending>)],
) -> Result<Vec<(ParticipantId, Ending)>> {
    let ids: Vec<ParticipantId> = chosen.iter().map(|(id, _)| *id).collect();
    let plan = plan(tx, by, cohort, &ids)?;
    let proposed = |id: ParticipantId| {
        let one = plan.leaving.iter().find(|leaving| leaving.who.participant == id);
        one.map_or(Ending::NotFinished, |leaving| leaving.who.proposed)
    };
    Ok(chosen.iter().map(|(id, ending)| (*id, ending.unwrap_or_else(|| proposed(*id)))).collect())
}
