//! Another coach for participants (rules G6, G10): who they are shown first, with what stays at its time and what falls,
//! and then given over in one act, of which everybody hears once.

use std::collections::BTreeSet;

use rules::ids::{CohortId, ParticipantId, PersonId, SessionId};
use rules::inactivity::may_begin;
use rules::letters::{Happening, Turn};
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, Span};
use serde_json::{Value as Json, json};

use super::board::{self, Cohort};
use super::{kind, may_in, must_be_in_use};
use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::session::coaches::{give_to, is_free_for, put_in_place};
use crate::session::life::{self, Change};
use crate::session::{self, STATUS_SQL, TOPIC_COLUMNS, TOPIC_TABLES, Topic, topic};
use crate::{Result, Tx, args, coach, mail};

/// No act gives more participants over.
pub const PARTICIPANTS_MAX: usize = 200;
/// No more are named or offered at a time: as many as a board holds. Of these some may have that coach already.
pub const NAMED_MAX: usize = board::PEOPLE_MAX;
/// No act gives more booked sessions over: as many as one calendar file tells of.
pub const BOOKED_MAX: usize = 60;

/// Whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// These participants.
    These(Vec<ParticipantId>),
    /// All whom this coach has in the cohort.
    AllOf(PersonId),
}

/// A participant whose coach can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub participant: ParticipantId,
    /// As they wish to be called.
    pub name: String,
    /// Who coaches them now, by id and name.
    pub coach: Option<(PersonId, String)>,
}

/// What giving participants to another coach would come to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In which cohort.
    pub cohort: CohortId,
    /// Who coaches them from then on, by id and name.
    pub to: (PersonId, String),
    /// Each of them whose coach changes, by name.
    pub changes: Vec<Changing>,
}

/// One participant whose coach changes.
#[derive(Clone, Debug)]
pub struct Changing {
    /// Who.
    pub participant: ParticipantId,
    /// The person.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// Who coaches them now, by id and name.
    pub from: Option<(PersonId, String)>,
    /// What is booked with that coach and still ahead, soonest first.
    pub booked: Vec<Booked>,
    /// What waits for a time.
    pub waiting: Vec<SessionId>,
}

/// A session that is booked.
#[derive(Clone, Debug)]
pub struct Booked {
    /// Which.
    pub session: SessionId,
    /// What it is.
    pub topic: Topic,
    /// When.
    pub starts_at: Instant,
    /// When it would end.
    pub ends_at: Instant,
    /// Whether the other coach is free then, so that it keeps its time; else it waits for another.
    pub stays: bool,
    /// The start that a request asks for which closes by this.
    pub asked: Option<Instant>,
}

impl Plan {
    /// The sessions that lose their time, in order: what was shown before is compared by them (rule R11).
    pub fn falls(&self) -> Vec<SessionId> {
        let booked = self.changes.iter().flat_map(|one| &one.booked);
        let mut falls: Vec<SessionId> = booked.filter(|one| !one.stays).map(|one| one.session).collect();
        falls.sort_unstable();
        falls
    }
}

/// A cohort, with those of it whose coach can be changed, by name.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to see, [`Refusal::MayNot`].
pub fn candidates(tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<(Cohort, Vec<Candidate>)> {
    may_in(tx, by, Action::AssignCoach, cohort)?;
    let head = board::head(tx, cohort)?.ok_or(Refusal::NotFound)?;
    let all = chosen(tx, cohort, None)?.into_iter();
    let candidate =
        |one: Changing| Candidate { participant: one.participant, name: one.name, coach: one.from };
    Ok((head, all.map(candidate).collect()))
}

/// What giving these participants to another coach would come to now.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort or a participant that is not theirs to see, [`Refusal::MayNot`];
/// [`Refusal::Invalid`] for somebody who does not coach, for nobody's change, and for more than one act does;
/// [`Refusal::PutAway`] for a cohort or somebody named that is.
pub fn plan(tx: &mut Tx, by: &Actor, cohort: CohortId, whose: &Whose, to: PersonId) -> Result<Plan> {
    may_in(tx, by, Action::AssignCoach, cohort)?;
    must_be_in_use(tx, cohort)?;
    if !coach::coaches_now(tx, to)? {
        return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
    }
    let sql = "SELECT name FROM person WHERE id = $1";
    let to = (to, tx.one(sql, args![to], |row| row.get::<String>(0))?);
    let mut changes = chosen(tx, cohort, Some(whose))?;
    changes.retain(|one| one.from.as_ref().is_none_or(|(coach, _)| *coach != to.0));
    if changes.is_empty() {
        return Err(Refusal::invalid("participants", Problem::Missing).into());
    }
    if changes.iter().any(|one| one.person == to.0) {
        return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
    }
    at_most(changes.len(), PARTICIPANTS_MAX)?;
    for one in &mut changes {
        one.waiting = waiting(tx, one.participant)?;
        one.booked = booked(tx, one)?;
    }
    at_most(changes.iter().map(|one| one.booked.len()).sum(), BOOKED_MAX)?;
    judge(tx, &mut changes, to.0)?;
    Ok(Plan { cohort, to, changes })
}

/// Refuses more than are taken at once.
fn at_most(count: usize, most: usize) -> Result<(), Refusal> {
    if count <= most {
        return Ok(());
    }
    Err(Refusal::invalid("participants", Problem::TooMany { most: most as u32 }))
}

/// The participants of a cohort whom it is about, by name; all of them who are not put away, unless that is said.
///
/// # Errors
/// [`Refusal::NotFound`] if somebody who is named is not there, [`Refusal::PutAway`] if they are put away;
/// [`Refusal::Invalid`] for more than can be named.
fn chosen(tx: &mut Tx, cohort: CohortId, whose: Option<&Whose>) -> Result<Vec<Changing>> {
    let mut query = Query::new(
        "SELECT t.id, p.id, p.name, k.id, k.name, t.archived_at FROM participant t JOIN person p ON p.id = t.person_id
         LEFT JOIN person k ON k.id = t.coach_id",
        args![],
    );
    query.and("t.cohort_id = $1", args![cohort]);
    let named = match whose {
        None => {
            query.and("t.archived_at IS NULL", args![]);
            None
        }
        Some(Whose::AllOf(coach)) => {
            query.and("t.archived_at IS NULL", args![]).and("t.coach_id = $1", args![*coach]);
            None
        }
        Some(Whose::These(ids)) => {
            let wanted: BTreeSet<ParticipantId> = ids.iter().copied().collect();
            at_most(wanted.len(), NAMED_MAX)?;
            if wanted.is_empty() {
                return Ok(Vec::new());
            }
            for (place, id) in wanted.iter().enumerate() {
                if place == 0 {
                    query.and("t.id IN ($1", args![*id]);
                } else {
                    query.push(", $1", args![*id]);
                }
            }
            query.push(")", args![]);
            Some(wanted.len())
        }
    };
    query.push("ORDER BY p.folded_name, p.id LIMIT $1", args![NAMED_MAX as i64]);
    let found = tx.all(query.sql(), query.args(), |row| {
        may_begin(row.get(5)?, None)?;
        Ok(Changing {
            participant: row.get(0)?,
            person: row.get(1)?,
            name: row.get(2)?,
            from: row.get::<Option<PersonId>>(3)?.zip(row.get::<Option<String>>(4)?),
            booked: Vec::new(),
            waiting: Vec::new(),
        })
    })?;
    if named.is_some_and(|named| named != found.len()) {
        return Err(Refusal::NotFound.into());
    }
    Ok(found)
}

/// A participant's 1:1 sessions that have no time.
fn waiting(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<SessionId>> {
    tx.all(
        "SELECT s.id FROM journey j JOIN attendance a ON a.journey_id = j.id JOIN session s ON s.id = a.session_id
         WHERE j.participant_id = $1 AND s.pod_id IS NULL AND s.starts_at IS NULL AND s.cancelled_at IS NULL
             AND a.outcome IS NULL ORDER BY s.id",
        args![participant],
        |row| row.get(0),
    )
}

/// What is booked with the coach whom they have now. What somebody else does in their place is left alone (rule G10).
fn booked(tx: &mut Tx, one: &Changing) -> Result<Vec<Booked>> {
    let Some((from, _)) = &one.from else { return Ok(Vec::new()) };
    let now = tx.now();
    let sql = format!(
        "SELECT s.id, s.starts_at, s.starts_at + s.minutes * 60000, {TOPIC_COLUMNS} FROM journey j
         JOIN attendance a ON a.journey_id = j.id JOIN session s ON s.id = a.session_id
         JOIN session_coach c ON c.session_id = s.id AND c.coach_id = $2 AND c.marking
         {TOPIC_TABLES}
         WHERE j.participant_id = $1 AND s.pod_id IS NULL AND {STATUS_SQL} = 'booked' AND s.starts_at > $3
         ORDER BY s.starts_at, s.id"
    );
    tx.all(&sql, args![one.participant, *from, now], |row| {
        let (session, starts_at) = (row.get(0)?, row.get(1)?);
        let ends_at = row.get(2)?;
        Ok(Booked { session, topic: topic(row, 3)?, starts_at, ends_at, stays: false, asked: None })
    })
}

/// Which sessions keep their time: those at which the other coach is free, one after the other in the order of their
/// starts, so that what is given over does not meet itself.
fn judge(tx: &mut Tx, changes: &mut [Changing], to: PersonId) -> Result<()> {
    let now = tx.now();
    let mut all: Vec<&mut Booked> = changes.iter_mut().flat_map(|one| &mut one.booked).collect();
    all.sort_by_key(|one| (one.starts_at, one.session));
    let mut kept: Vec<Span> = Vec::new();
    for one in all {
        let loaded = life::load(tx, one.session)?;
        let span = Span::of(one.starts_at, loaded.meeting.session().minutes.duration());
        let meets = kept.iter().any(|other| span.from < other.until && other.from < span.until);
        one.asked = loaded.meeting.open_request(now).map(|request| request.to);
        one.stays = !meets && is_free_for(tx, &loaded, to, one.starts_at)?;
        if one.stays {
            kept.push(span);
        }
    }
    Ok(())
}

/// Gives participants to another coach, who from now on is theirs: what waits for a time, and what is booked where the
/// other is free, goes over; what is booked elsewhere waits for another time. Requests close. The old coach's hours are
/// free again, and all are told once. What has been, threads and notes stay with the old one.
///
/// # Errors
/// As [`plan`]; [`Refusal::OutcomeChanged`] if other sessions would lose their time than `expect` says.
pub fn change_coach(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    whose: &Whose,
    to: PersonId,
    expect: Option<&[SessionId]>,
) -> Result<Plan> {
    by.still_stands(tx)?;
    let plan = plan(tx, by, cohort, whose, to)?;
    if expect.is_some_and(|expect| expect != plan.falls()) {
        return Err(Refusal::OutcomeChanged { outcome: "changed", kept_minor: None }.into());
    }
    for one in &plan.changes {
        give_over(tx, by, one, to)?;
    }
    tell(tx, by, &plan)?;
    Ok(plan)
}

fn give_over(tx: &mut Tx, by: &Actor, one: &Changing, to: PersonId) -> Result<()> {
    let from = one.from.as_ref().map(|(from, _)| *from);
    coach::take_on(tx, to, one.person)?;
    tx.exec("UPDATE participant SET coach_id = $1 WHERE id = $2", args![to, one.participant])?;
    for session in &one.waiting {
        let loaded = life::load(tx, *session)?;
        put_in_place(tx, &loaded, from.filter(|from| loaded.coaches.contains(from)), to)?;
    }
    for booked in &one.booked {
        let loaded = life::load(tx, booked.session)?;
        let loaded = life::lapse(tx, loaded)?;
        let now = tx.now();
        let meeting = loaded.meeting.clone();
        let after =
            if booked.stays { meeting.taken_over(now)? } else { meeting.taken_over_without_time(now)? };
        let facts = json!({ "start": booked.starts_at.to_string(), "coach": to.to_string(),
            "from": "booked", "to": if booked.stays { "booked" } else { "unbooked" },
            "ending": if booked.stays { None } else { Some("unbooked") },
            "superseded": booked.asked.map(|asked| asked.to_string()) });
        let change = Change {
            by,
            principal: Some(one.person).filter(|person| by.person() != Some(*person)),
            kind: session::kind::COACH_CHANGED,
            seat: None,
            facts,
            reason: "",
        };
        let event = give_to(tx, &loaded, after, from, to, change)?;
        // Whoever coaches it beside them hears of it by nothing else that its time is free again (rule G11).
        let is_beside = |one: &&PersonId| Some(**one) != from && **one != to;
        let beside: Vec<PersonId> = loaded.coaches.iter().filter(is_beside).copied().collect();
        if !booked.stays && !beside.is_empty() {
            life::tell(tx, event, Turn::CalledOff, Vec::new(), &beside)?;
        }
    }
    if let Some(from) = from {
        // What somebody else does this once in the place of the one goes back to the other.
        tx.exec(
            "UPDATE session_coach SET stands_in_for = $1 WHERE stands_in_for = $2 AND session_id IN (
                 SELECT a.session_id FROM attendance a JOIN journey j ON j.id = a.journey_id
                 WHERE j.participant_id = $3)",
            args![to, from, one.participant],
        )?;
        part(tx, from, one.person)?;
    }
    let facts = json!({ "person": one.person.to_string(), "from": from.map(|from| from.to_string()),
        "to": to.to_string() });
    super::record(tx, by, kind::COACH_CHANGED, one.participant, &facts)
}

/// The coach and the client go separate ways, unless they have to do with each other elsewhere: in another program, or in
/// the coach's own practice (rule G10).
fn part(tx: &mut Tx, coach: PersonId, client: PersonId) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE coaching SET to_at = $3 WHERE coach_id = $1 AND client_id = $2 AND to_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM participant t
                 WHERE t.person_id = $2 AND t.coach_id = $1 AND t.archived_at IS NULL)
             AND NOT EXISTS (SELECT 1 FROM session_coach c JOIN attendance a ON a.session_id = c.session_id
                 WHERE c.coach_id = $1 AND a.client_id = $2 AND a.journey_id IS NULL)",
        args![coach, client, now],
    )?;
    Ok(())
}

/// One letter for each who is concerned, about the act as a whole (rule M3).
fn tell(tx: &mut Tx, by: &Actor, plan: &Plan) -> Result<()> {
    let sessions = |one: &Changing| -> Vec<Json> {
        one.booked
            .iter()
            .map(|booked| {
                json!({ "session": booked.session.to_string(), "start": booked.starts_at.to_string(),
                    "stays": booked.stays, "asked": booked.asked.map(|asked| asked.to_string()) })
            })
            .collect()
    };
    let changes: Vec<Json> = plan
        .changes
        .iter()
        .map(|one| {
            json!({ "person": one.person.to_string(), "waiting": one.waiting.len(),
                "from": one.from.as_ref().map(|(from, _)| from.to_string()), "sessions": sessions(one) })
        })
        .collect();
    let facts = json!({ "to": plan.to.0.to_string(), "changes": changes });
    let event = event::record(tx, by, kind::PARTICIPANTS_HANDED_OVER, &Subject::of(plan.cohort), &facts)?;
    let clients: BTreeSet<PersonId> = plan.changes.iter().map(|one| one.person).collect();
    let old: BTreeSet<PersonId> =
        plan.changes.iter().filter_map(|one| one.from.as_ref().map(|(from, _)| *from)).collect();
    // Whoever is a client in one of them and coaches in another reads of it as the client.
    let old = old.difference(&clients).copied().collect();
    let happening =
        Happening::CoachChanged { clients: clients.iter().copied().collect(), old, new: plan.to.0 };
    mail::queue_letters(tx, event, &happening)
}

/// What a letter about a change of coach tells one of its readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who coaches from now on, by name.
    pub to: String,
    /// Where mail to them goes.
    pub to_mail: String,
    /// Each client whom it is about, by name, with what was booked: when, and whether that stays.
    pub clients: Vec<(String, Vec<ToldSession>)>,
    /// It is about one session, and nothing else (rule G10).
    pub once: bool,
}

/// One of these sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldSession {
    /// Which.
    pub session: SessionId,
    /// When it was to be.
    pub starts_at: Instant,
    /// Whether it keeps that.
    pub stays: bool,
    /// The start that a request asked for which is closed by this.
    pub asked: Option<Instant>,
}

/// In which part somebody reads of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Their coach has changed.
    AsClient(PersonId),
    /// They coach them no longer.
    AsOld(PersonId),
    /// They coach them from now on.
    AsNew,
}

/// Reads the facts of a [`kind::PARTICIPANTS_HANDED_OVER`], or of one session that goes to somebody else, for one reader; none if it does not concern them.
///
/// # Errors
/// Only those of the store.
pub fn told(tx: &mut Tx, facts: &Json, reads: Reads) -> Result<Option<Told>> {
    let id = |value: &Json| value.as_str().and_then(|text| text.parse::<PersonId>().ok());
    let Some(to) = id(&facts["to"]) else { return Ok(None) };
    let named = |tx: &mut Tx, person: PersonId| {
        tx.opt("SELECT name, mail FROM person WHERE id = $1", args![person], |row| {
            Ok((row.get::<String>(0)?, row.get::<String>(1)?))
        })
    };
    let Some((name, to_mail)) = named(tx, to)? else { return Ok(None) };
    let mut clients = Vec::new();
    for change in facts["changes"].as_array().into_iter().flatten() {
        let (Some(person), from) = (id(&change["person"]), id(&change["from"])) else { continue };
        let is_about = match reads {
            Reads::AsClient(me) => person == me,
            Reads::AsOld(me) => from == Some(me),
            Reads::AsNew => true,
        };
        if !is_about {
            continue;
        }
        let at = |value: &Json| value.as_str().and_then(|text| text.parse::<Instant>().ok());
        let sessions = change["sessions"].as_array().into_iter().flatten().filter_map(|one| {
            Some(ToldSession {
                session: one["session"].as_str()?.parse().ok()?,
                starts_at: at(&one["start"])?,
                stays: one["stays"].as_bool()?,
                asked: at(&one["asked"]),
            })
        });
        let sessions = sessions.collect();
        if let Some((client, _)) = named(tx, person)? {
            clients.push((client, sessions));
        }
    }
    let once = facts["once"] == true;
    Ok((!clients.is_empty()).then_some(Told { to: name, to_mail, clients, once }))
}
