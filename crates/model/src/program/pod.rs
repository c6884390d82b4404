//! Pods: small groups that share the session of one step. Here is who is in one, and who may come; what becomes of its
//! session is [`crate::session`]'s.

use rules::attendance::{JourneyPart, Status};
use rules::cancelling::{Ending, Grounds};
use rules::ids::{
    AgreementId, AttendanceId, CohortId, JourneyId, ParticipantId, PersonId, PodId, SessionId, StepId,
};
use rules::letters::Turn;
use rules::meeting::Meeting;
use rules::permission::{Action, Reach, What};
use rules::pods::Changing;
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use rules::time::Instant;
use serde_json::json;

use super::participant::place_in_cohort;
use super::pathway::pod_step;
use super::{kind, may_in, must_exist, record, unless_taken};
use crate::event::{self, Actor, Subject};
use crate::session::life::{self, Change};
use crate::session::{self, Loaded, Plan, STATUS_SQL, TOPIC_COLUMNS, TOPIC_TABLES, Topic, topic};
use crate::{Error, Result, Tx, args, booking, reach};

/// The most members that a pod has: as many as fit into one call (rule V3).
pub const POD_MEMBERS_MAX: u32 = 15;
/// The most pods of one step that are looked through.
const PODS_MAX: i64 = 200;

/// A pod to be made.
#[derive(Clone, Debug)]
pub struct NewPod {
    /// Of which cohort.
    pub cohort: CohortId,
    /// For which step.
    pub step: StepId,
    /// What it is called.
    pub name: String,
    /// Who leads it.
    pub facilitator: PersonId,
    /// Below so many members the lead is warned.
    pub min_members: u32,
    /// It holds no more than these, and never more than [`POD_MEMBERS_MAX`].
    pub max_members: u32,
    /// Whether participants choose it themselves (rule G5).
    pub joining: Joining,
}

/// What a pod is to be from now on.
#[derive(Clone, Debug)]
pub struct PodChange {
    /// What it is called.
    pub name: String,
    /// Who leads it.
    pub facilitator: PersonId,
    /// Below so many members the lead is warned.
    pub min_members: u32,
    /// It holds no more than these.
    pub max_members: u32,
    /// Whether participants choose it themselves.
    pub joining: Joining,
}

/// Who says who is in a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// Whoever makes it names its members.
    Closed,
    /// Participants choose it.
    Open,
}

impl Joining {
    /// Both.
    pub const ALL: [Joining; 2] = [Joining::Closed, Joining::Open];

    /// Its name in the database, in forms and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Joining::Closed => "closed",
            Joining::Open => "open",
        }
    }

    /// The one of this name.
    pub fn from_code(code: &str) -> Option<Joining> {
        Joining::ALL.into_iter().find(|joining| joining.code() == code)
    }
}

/// Makes a pod with its one session, which has no time yet.
pub fn add_pod(tx: &mut Tx, by: &Actor, new: &NewPod) -> Result<PodId> {
    may_in(tx, by, Action::ManagePods, new.cohort)?;
    check_size(new.min_members, new.max_members, 1)?;
    let step = pod_step(tx, new.cohort, new.step)?;
    must_coach(tx, new.facilitator)?;
    let id: PodId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO pod (id, cohort_id, step_id, name, facilitator_id, joining, min_members, max_members, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        args![
            id,
            new.cohort,
            new.step,
            &new.name,
            new.facilitator,
            new.joining.code(),
            new.min_members,
            new.max_members,
            now
        ],
    )?;
    unless_taken(made, "name")?;
    session::plan(tx, &Plan { pod: Some(id), ..step.plan(Some(new.facilitator)) })?;
    let facts = json!({ "cohort": new.cohort.to_string(), "step": new.step.to_string() });
    record(tx, by, kind::POD_ADDED, id, &facts)?;
    Ok(id)
}

fn must_coach(tx: &mut Tx, facilitator: PersonId) -> Result<()> {
    must_exist(tx, "SELECT 1 FROM coach WHERE person_id = $1", facilitator)
}

/// At least one, no more than fit, and at least as many as are in it.
fn check_size(min: u32, max: u32, members: u32) -> Result<()> {
    if !(1..=POD_MEMBERS_MAX).contains(&min) {
        let problem = Problem::OutOfRange { least: 1, most: POD_MEMBERS_MAX.into() };
        return Err(Refusal::invalid("min_members", problem).into());
    }
    let least = min.max(members);
    if max < least || max > POD_MEMBERS_MAX {
        let problem = Problem::OutOfRange { least: least.into(), most: POD_MEMBERS_MAX.into() };
        return Err(Refusal::invalid("max_members", problem).into());
    }
    Ok(())
}

/// The row of a pod.
struct Pod {
    id: PodId,
    cohort: CohortId,
    step: StepId,
    name: String,
    facilitator: PersonId,
    joining: Joining,
    min: u32,
    most: u32,
    session: SessionId,
    starts_at: Option<Instant>,
}

fn get(tx: &mut Tx, id: PodId) -> Result<Pod> {
    let found = tx.opt(
        "SELECT p.id, p.cohort_id, p.step_id, p.name, p.facilitator_id, p.joining, p.min_members, p.max_members, s.id,
             s.starts_at
         FROM pod p JOIN session s ON s.pod_id = p.id WHERE p.id = $1",
        args![id],
        |row| {
            let joining = Joining::from_code(&row.get::<String>(5)?);
            Ok(Pod {
                id: row.get(0)?,
                cohort: row.get(1)?,
                step: row.get(2)?,
                name: row.get(3)?,
                facilitator: row.get(4)?,
                joining: joining.ok_or_else(|| Error::database("pod.joining is no word"))?,
                min: row.get(6)?,
                most: row.get(7)?,
                session: row.get(8)?,
                starts_at: row.get(9)?,
            })
        },
    )?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

fn count_members(tx: &mut Tx, pod: PodId) -> Result<u32> {
    tx.one("SELECT COUNT(*) FROM pod_member WHERE pod_id = $1", args![pod], |row| row.get(0))
}

/// Changes what a pod is. Who leads it changes only as long as it has no date: nobody's calendar is rewritten silently.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Invalid`], [`Refusal::BookedNow`].
pub fn change_pod(tx: &mut Tx, by: &Actor, id: PodId, change: &PodChange) -> Result<()> {
    let pod = get(tx, id)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    let members = count_members(tx, id)?;
    check_size(change.min_members, change.max_members, members)?;
    let sql = "SELECT 1 FROM pod WHERE cohort_id = $1 AND step_id = $2 AND name = $3 AND id <> $4";
    if tx.exists(sql, args![pod.cohort, pod.step, &change.name, id])? {
        return Err(Refusal::invalid("name", Problem::Taken).into());
    }
    if change.facilitator != pod.facilitator {
        must_coach(tx, change.facilitator)?;
        if let Some(start) = pod.starts_at {
            return Err(Refusal::BookedNow { start }.into());
        }
        tx.exec(
            "UPDATE session_coach SET coach_id = $2 WHERE session_id = $1 AND marking",
            args![pod.session, change.facilitator],
        )?;
    }
    tx.exec(
        "UPDATE pod SET name = $2, facilitator_id = $3, joining = $4, min_members = $5, max_members = $6 WHERE id = $1",
        args![
            id,
            &change.name,
            change.facilitator,
            change.joining.code(),
            change.min_members,
            change.max_members
        ],
    )?;
    let facts = json!({
        "from": { "name": pod.name, "facilitator": pod.facilitator.to_string(), "joining": pod.joining.code(),
            "min_members": pod.min, "max_members": pod.most },
        "to": { "name": change.name, "facilitator": change.facilitator.to_string(), "joining": change.joining.code(),
            "min_members": change.min_members, "max_members": change.max_members },
    });
    record(tx, by, kind::POD_CHANGED, id, &facts)
}

/// Takes a pod away in which nobody is or ever was.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::PodNotEmpty`].
pub fn delete_pod(tx: &mut Tx, by: &Actor, id: PodId) -> Result<CohortId> {
    let pod = get(tx, id)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    let has_seats = tx.exists("SELECT 1 FROM attendance WHERE session_id = $1", args![pod.session])?;
    if has_seats || count_members(tx, id)? > 0 || pod.starts_at.is_some() {
        return Err(Refusal::PodNotEmpty.into());
    }
    tx.exec("DELETE FROM session_coach WHERE session_id = $1", args![pod.session])?;
    tx.exec("DELETE FROM session WHERE id = $1", args![pod.session])?;
    tx.exec("DELETE FROM pod WHERE id = $1", args![id])?;
    record(tx, by, kind::POD_DELETED, id, &json!({ "cohort": pod.cohort.to_string(), "name": pod.name }))?;
    Ok(pod.cohort)
}

/// Makes a participant a member of a pod. If their journey runs already, its step shares the pod's session now; if that
/// has its date, they are told of it.
///
/// # Errors
/// [`Refusal::PodFull`], under parallel joins as well (rule A7); [`Refusal::InAnotherPod`]; [`Refusal::AlreadyStarted`] for
/// a pod that has met.
pub fn join_pod(tx: &mut Tx, by: &Actor, pod: PodId, participant: ParticipantId) -> Result<()> {
    let pod = get(tx, pod)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    let place = place_in_cohort(tx, participant)?;
    if place.cohort != pod.cohort {
        return Err(Refusal::NotFound.into());
    }
    match pod_of(tx, participant, pod.step)? {
        Some(own) if own == pod.id => return Ok(()),
        Some(_) => return Err(Refusal::InAnotherPod.into()),
        None => {}
    }
    let now = tx.now();
    if let Some(start) = pod.starts_at.filter(|start| *start <= now) {
        return Err(Refusal::AlreadyStarted { start }.into());
    }
    enter(tx, &pod, participant)?;
    let is_in = share_session(tx, &pod, participant)?;
    record(tx, by, kind::POD_JOINED, pod.id, &json!({ "participant": participant.to_string() }))?;
    if is_in && pod.starts_at.is_some() {
        welcome(tx, by, &pod, place.person)?;
    }
    Ok(())
}

/// The pod in which a participant is for a step.
fn pod_of(tx: &mut Tx, participant: ParticipantId, step: StepId) -> Result<Option<PodId>> {
    tx.opt(
        "SELECT m.pod_id FROM pod_member m JOIN pod p ON p.id = m.pod_id
         WHERE m.participant_id = $1 AND p.step_id = $2",
        args![participant, step],
        |row| row.get(0),
    )
}

/// One more member, if there is room.
fn enter(tx: &mut Tx, pod: &Pod, participant: ParticipantId) -> Result<()> {
    if count_members(tx, pod.id)? >= pod.most {
        return Err(Refusal::PodFull { most: pod.most }.into());
    }
    let now = tx.now();
    tx.exec(
        "INSERT INTO pod_member (pod_id, participant_id, joined_at) VALUES ($1, $2, $3)",
        args![pod.id, participant, now],
    )?;
    Ok(())
}

/// Somebody new is in a pod that has its date: they are told of it.
fn welcome(tx: &mut Tx, by: &Actor, pod: &Pod, client: PersonId) -> Result<()> {
    session::copy_bands(tx, pod.session, Some(client))?;
    let facts = json!({ "start": pod.starts_at.map(|start| start.to_string()) });
    let principal = Some(client).filter(|client| by.person() != Some(*client));
    let subject = Subject::of(pod.session);
    let event = event::record_asked(tx, by, principal, session::kind::JOINED, &subject, &facts)?;
    life::tell(tx, event, Turn::Booked, vec![client], &[])
}

/// Moves the place that a running journey keeps for the step into the pod's session; whether there is one that is not
/// disabled.
fn share_session(tx: &mut Tx, pod: &Pod, participant: ParticipantId) -> Result<bool> {
    let kept = tx.opt(
        "SELECT a.id, a.session_id, a.client_id, a.greyed_out_at, a.journey_id, a.counts, a.changes FROM attendance a
         JOIN journey j ON j.id = a.journey_id WHERE j.participant_id = $1 AND a.step_id = $2",
        args![participant, pod.step],
        |row| {
            let part = JourneyPart { journey: row.get(4)?, step: Some(pod.step), counts: row.get(5)? };
            let place: (AttendanceId, SessionId, PersonId) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((place, row.get::<Option<Instant>>(3)?.is_some(), part, row.get::<u32>(6)?))
        },
    )?;
    let Some(((place, kept, client), is_disabled, part, changes)) = kept else { return Ok(false) };
    let was_there = "SELECT 1 FROM attendance WHERE session_id = $1 AND client_id = $2";
    if tx.exists(was_there, args![pod.session, client])? {
        if is_disabled {
            return Ok(false);
        }
        tx.exec("DELETE FROM attendance WHERE id = $1", args![place])?;
        sit_down(tx, pod.session, client, part, changes)?;
    } else {
        tx.exec("UPDATE attendance SET session_id = $2 WHERE id = $1", args![place, pod.session])?;
    }
    // It was made for this one place and never had a time.
    tx.exec("DELETE FROM session_coach WHERE session_id = $1", args![kept])?;
    tx.exec("DELETE FROM session WHERE id = $1", args![kept])?;
    Ok(!is_disabled)
}

/// The session that a participant shares at a step because they are in a pod for it.
pub(super) fn pod_session(
    tx: &mut Tx,
    participant: ParticipantId,
    step: StepId,
) -> Result<Option<SessionId>> {
    tx.opt(
        "SELECT s.id FROM pod_member m JOIN pod p ON p.id = m.pod_id JOIN session s ON s.pod_id = p.id
         WHERE m.participant_id = $1 AND p.step_id = $2",
        args![participant, step],
        |row| row.get(0),
    )
}

/// A participant's own place at the step of a pod.
struct OwnPlace {
    participant: ParticipantId,
    journey: JourneyId,
    attendance: AttendanceId,
    counts: bool,
    changes: u32,
    session: SessionId,
    pod: Option<PodId>,
    status: Status,
}

fn own_place(tx: &mut Tx, me: PersonId, pod: &Pod) -> Result<OwnPlace> {
    let sql = format!(
        "SELECT t.id, j.id, a.id, a.counts, a.changes, s.id, s.pod_id, {STATUS_SQL} FROM attendance a
         JOIN session s ON s.id = a.session_id JOIN journey j ON j.id = a.journey_id
         JOIN participant t ON t.id = j.participant_id
         WHERE a.client_id = $1 AND a.step_id = $2 AND t.cohort_id = $3 AND t.archived_at IS NULL
             AND a.greyed_out_at IS NULL"
    );
    let found = tx.opt(&sql, args![me, pod.step, pod.cohort], |row| {
        Ok(OwnPlace {
            participant: row.get(0)?,
            journey: row.get(1)?,
            attendance: row.get(2)?,
            counts: row.get(3)?,
            changes: row.get(4)?,
            session: row.get(5)?,
            pod: row.get(6)?,
            status: row.parse(7)?,
        })
    })?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// A participant chooses the date of a pod.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice {
    /// The agreement that they accept with it (rule P9).
    pub accepts: Option<AgreementId>,
    /// Whether it is known that another session of theirs is at that time (rule A6).
    pub overlap_known: bool,
}

/// A participant takes a place in an open pod that has a date ahead, changes to it from another one while their notice
/// allows, or takes their place again in one that they had left (rules G5, S13).
///
/// # Errors
/// [`Refusal::NotFound`] for a pod of which they know nothing, [`Refusal::PodClosed`], [`Refusal::PodFull`],
/// [`Refusal::StepNotOpen`], [`Refusal::NoChange`], [`Refusal::AgreementNeeded`], [`Refusal::Overlap`]; what
/// [`rules::meeting::Meeting::may_change_date`] refuses.
pub fn choose_pod(tx: &mut Tx, by: &Actor, id: PodId, choice: Choice) -> Result<SessionId> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    let pod = get(tx, id)?;
    let own = own_place(tx, me, &pod)?;
    by.may(Action::Book, &What::private(Action::SeeSession, Reach::OWN).as_its_client())?;
    let now = tx.now();
    let Some(start) = pod.starts_at.filter(|start| *start > now) else {
        return Err(Refusal::PodClosed.into());
    };
    if own.session == pod.session {
        return come_back(tx, by, &pod, me, choice, start);
    }
    let is_named = match own.pod {
        Some(from) => get(tx, from)?.joining == Joining::Closed,
        None => false,
    };
    if pod.joining == Joining::Closed || is_named {
        return Err(Refusal::PodClosed.into());
    }
    if let Some(before) = session::step_before(tx, own.journey, pod.step)? {
        return Err(Refusal::StepNotOpen { before }.into());
    }
    match own.pod {
        None => {
            must_wait(own.status)?;
            agreed(tx, by, me, &pod, choice, start)?;
            enter(tx, &pod, own.participant)?;
            share_session(tx, &pod, own.participant)?;
        }
        Some(from) => {
            let changes = give_up(tx, by, me, &own)?;
            leave_membership(tx, from, own.participant)?;
            agreed(tx, by, me, &pod, choice, start)?;
            enter(tx, &pod, own.participant)?;
            let part = JourneyPart { journey: own.journey, step: Some(pod.step), counts: own.counts };
            sit_down(tx, pod.session, me, part, changes)?;
        }
    }
    let from = own.pod.map(|from| from.to_string());
    let facts = json!({ "participant": own.participant.to_string(), "from": from });
    record(tx, by, kind::POD_JOINED, pod.id, &facts)?;
    welcome(tx, by, &pod, me)?;
    Ok(pod.session)
}

fn leave_membership(tx: &mut Tx, pod: PodId, participant: ParticipantId) -> Result<()> {
    tx.exec("DELETE FROM pod_member WHERE pod_id = $1 AND participant_id = $2", args![pod, participant])?;
    Ok(())
}

/// Gives a client the place of a step in a pod's session; one that they had given up there before is theirs again.
fn sit_down(
    tx: &mut Tx,
    session: SessionId,
    client: PersonId,
    part: JourneyPart,
    changes: u32,
) -> Result<()> {
    let again = tx.exec(
        "UPDATE attendance SET journey_id = $3, step_id = $4, counts = $5, changes = $6, left_at = NULL,
             left_notice = NULL WHERE session_id = $1 AND client_id = $2 AND journey_id IS NULL",
        args![session, client, part.journey, part.step, part.counts, changes],
    )?;
    if again == 0 {
        let place = session::attend(tx, session, client, Some(part))?;
        tx.exec("UPDATE attendance SET changes = $2 WHERE id = $1", args![place, changes])?;
    }
    Ok(())
}

fn must_wait(status: Status) -> Result<(), Refusal> {
    if status == Status::Unbooked {
        Ok(())
    } else {
        Err(Refusal::WrongStatus { action: Action::Book, status })
    }
}

/// What a client has to have said before they are in (rules P9, A6).
fn agreed(tx: &mut Tx, by: &Actor, me: PersonId, pod: &Pod, choice: Choice, start: Instant) -> Result<()> {
    if !choice.overlap_known {
        let minutes = session::get(tx, pod.session)?.facts.minutes;
        booking::no_overlap(tx, me, start, minutes)?;
    }
    session::agree(tx, by, me, choice.accepts)
}

/// Takes one's place again that one had left.
fn come_back(
    tx: &mut Tx,
    by: &Actor,
    pod: &Pod,
    me: PersonId,
    choice: Choice,
    start: Instant,
) -> Result<SessionId> {
    let loaded = life::load(tx, pod.session)?;
    if loaded.meeting.status(loaded.meeting.seat(me)?) == Status::Booked {
        return Err(Refusal::NoChange.into());
    }
    let now = tx.now();
    let after = loaded.meeting.clone().returned(me, now)?;
    agreed(tx, by, me, pod, choice, start)?;
    let facts = json!({ "start": start.to_string() });
    let change = Change { by, principal: None, kind: session::kind::JOINED, seat: None, facts, reason: "" };
    let event = life::save(tx, &loaded, after, change)?;
    session::copy_bands(tx, pod.session, Some(me))?;
    life::tell(tx, event, Turn::Booked, vec![me], &[])?;
    Ok(pod.session)
}

/// Gives up one's seat in a pod for another date, and tells who leads it. The seat stays as what letters and history tell
/// of, and belongs to no journey any more. Gives how often its client has changed this step.
fn give_up(tx: &mut Tx, by: &Actor, me: PersonId, own: &OwnPlace) -> Result<u32> {
    let mut changes = own.changes;
    if own.status == Status::Booked {
        let loaded = life::load(tx, own.session)?;
        let now = tx.now();
        let (after, changing) = loaded.meeting.clone().given_up_for_another(me, now)?;
        let grounds = match changing {
            Changing::Counted => Grounds::Early,
            Changing::Uncounted => Grounds::MovedByCoach,
        };
        tell_left(tx, by, &loaded, after, me, (Cause::Client, grounds))?;
        changes += u32::from(changing == Changing::Counted);
    } else {
        must_wait(own.status)?;
    }
    vacate(tx, own.attendance)?;
    Ok(changes)
}

/// Writes down that a member has left a date, and tells them and who leads it.
fn tell_left(
    tx: &mut Tx,
    by: &Actor,
    loaded: &Loaded,
    after: Meeting,
    client: PersonId,
    (cause, grounds): (Cause, Grounds),
) -> Result<()> {
    let start = loaded.meeting.session().time.map(|time| time.starts_at.to_string());
    let facts = json!({ "session": loaded.id.to_string(), "start": start, "from": "booked", "to": "unbooked",
        "cause": cause.code(), "ending": Ending::Left.code(), "grounds": grounds.code() });
    let principal = Some(client).filter(|client| by.person() != Some(*client));
    let change = Change { by, principal, kind: session::kind::LEFT, seat: Some(client), facts, reason: "" };
    let event = life::save(tx, loaded, after, change)?;
    life::tell(tx, event, Turn::CalledOff, vec![client], &loaded.coaches)
}

/// A seat that was given up for good stays as what letters and history tell of, and belongs to no journey any more.
fn vacate(tx: &mut Tx, place: AttendanceId) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE attendance SET journey_id = NULL, step_id = NULL, counts = $2, left_at = COALESCE(left_at, $3),
             left_notice = COALESCE(left_notice, 0) WHERE id = $1",
        args![place, false, now],
    )?;
    Ok(())
}

/// Takes a member out of a pod, by whoever fills it: their step waits for another pod. Who was in its date is told.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::AlreadyStarted`], [`Refusal::WrongStatus`] for whoever has met.
pub fn remove_member(tx: &mut Tx, by: &Actor, id: PodId, participant: ParticipantId) -> Result<()> {
    let pod = get(tx, id)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    if pod_of(tx, participant, pod.step)? != Some(id) {
        return Err(Refusal::NotFound.into());
    }
    let place = place_in_cohort(tx, participant)?;
    leave_membership(tx, id, participant)?;
    let loaded = life::load(tx, pod.session)?;
    if let Ok(seat) = loaded.meeting.seat(place.person)
        && let Some(part) = seat.facts.part
    {
        let (status, changes, attendance) = (loaded.meeting.status(seat), seat.facts.changes, seat.id);
        match status {
            Status::Booked => {
                let now = tx.now();
                let after = loaded.meeting.clone().taken_out(place.person, now)?;
                tell_left(tx, by, &loaded, after, place.person, (Cause::Organisation, Grounds::NotTheirs))?;
            }
            Status::Unbooked | Status::GreyedOut => {}
            Status::Completed | Status::Missed | Status::Cancelled => {
                return Err(Refusal::WrongStatus { action: Action::ManagePods, status }.into());
            }
        }
        let step = pod_step(tx, pod.cohort, pod.step)?;
        let alone = session::plan(tx, &step.plan(place.coach))?;
        if status == Status::GreyedOut {
            tx.exec("UPDATE attendance SET session_id = $2 WHERE id = $1", args![attendance, alone])?;
        } else {
            vacate(tx, attendance)?;
            sit_down(tx, alone, place.person, part, changes)?;
        }
    }
    record(tx, by, kind::POD_LEFT, id, &json!({ "participant": participant.to_string() }))
}

/// A date of a pod that a participant could choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodDate {
    /// Which pod.
    pub pod: PodId,
    /// What it is called.
    pub name: String,
    /// Who leads it.
    pub facilitator: String,
    /// When it meets.
    pub starts_at: Instant,
    /// How many are in it.
    pub members: u32,
    /// How many it holds.
    pub most: u32,
}

/// The dates of a step, for one journey.
#[derive(Clone, Debug)]
pub(crate) struct Dates {
    /// Those that could be chosen now, soonest first.
    pub(crate) open: Vec<PodDate>,
    /// Whether there may be another one: a pod without a date, or none at all yet.
    pub(crate) more_may_come: bool,
}

/// Which dates the participant of a journey could choose for a step at which they wait (rule G5).
///
/// # Errors
/// Only those of the store.
pub(crate) fn dates_of_step(tx: &mut Tx, journey: JourneyId, step: StepId) -> Result<Dates> {
    let now = tx.now();
    let pods = tx.all(
        "SELECT p.id, p.name, f.name, s.starts_at, p.max_members, p.joining,
             (SELECT COUNT(*) FROM pod_member m WHERE m.pod_id = p.id),
             EXISTS (SELECT 1 FROM pod_member m WHERE m.pod_id = p.id AND m.participant_id = t.id)
         FROM journey j JOIN participant t ON t.id = j.participant_id
         JOIN pod p ON p.cohort_id = t.cohort_id AND p.step_id = $2
         JOIN session s ON s.pod_id = p.id JOIN person f ON f.id = p.facilitator_id
         WHERE j.id = $1 ORDER BY p.id LIMIT $3",
        args![journey, step, PODS_MAX],
        |row| {
            let date = (row.get(0)?, row.get(1)?, row.get(2)?, row.get::<Option<Instant>>(3)?, row.get(4)?);
            let is_open = row.get::<String>(5)? == Joining::Open.code();
            Ok((date, is_open, row.get::<u32>(6)?, row.get::<bool>(7)?))
        },
    )?;
    let is_named = pods.iter().any(|(_, is_open, _, is_own)| *is_own && !is_open);
    let mut dates = Dates { open: Vec::new(), more_may_come: pods.is_empty() };
    for ((pod, name, facilitator, starts_at, most), is_open, members, is_own) in pods {
        let has_room = is_own || members < most;
        let is_reached = has_room && (is_own || !is_named);
        match starts_at {
            None => dates.more_may_come |= is_reached,
            Some(start) if start <= now => {}
            Some(start) if is_own || (is_open && is_reached) => {
                dates.open.push(PodDate { pod, name, facilitator, starts_at: start, members, most });
            }
            // Whoever leads it may still put them in.
            Some(_) => dates.more_may_come |= is_reached,
        }
    }
    dates.open.sort_by_key(|date| date.starts_at);
    Ok(dates)
}

/// A pod, as somebody sees it who has to do with it.
#[derive(Clone, Debug)]
pub struct PodView {
    /// Its id.
    pub id: PodId,
    /// Of which cohort, and what that is called.
    pub cohort: (CohortId, String),
    /// What it meets for.
    pub topic: Topic,
    /// What it is called.
    pub name: String,
    /// Who leads it.
    pub facilitator: (PersonId, String),
    /// Who says who is in it.
    pub joining: Joining,
    /// Below so many the lead is warned.
    pub min_members: u32,
    /// It holds no more.
    pub max_members: u32,
    /// Its session.
    pub session: SessionId,
    /// When it meets.
    pub starts_at: Option<Instant>,
    /// How long.
    pub minutes: u16,
    /// How many are in it.
    pub count: u32,
    /// Who is in it: by name alone, for members too; nobody to whoever only may choose it.
    pub members: Vec<Member>,
    /// What the reader has to do with it.
    pub ties: Reach,
    /// Whether the reader makes and fills pods here.
    pub manages: bool,
}

/// Somebody in a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// As a participant.
    pub participant: ParticipantId,
    /// As a person.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// How it stands for them: to another member nothing is said of that, nor before their journey begins.
    pub status: Option<Status>,
}

/// One pod, as its lead, its facilitator, an admin or a member sees it. Members see each other's names and nothing more.
///
/// # Errors
/// [`Refusal::NotFound`] for everybody else, as for one that is not there (rule P4).
pub fn view(tx: &mut Tx, by: &Actor, id: PodId) -> Result<PodView> {
    let pod = get(tx, id)?;
    let me = by.person();
    let sql = format!(
        "SELECT h.name, f.name, s.minutes, {TOPIC_COLUMNS} FROM pod p JOIN cohort h ON h.id = p.cohort_id
         JOIN person f ON f.id = p.facilitator_id JOIN session s ON s.pod_id = p.id {TOPIC_TABLES} WHERE p.id = $1"
    );
    let (cohort, facilitator, minutes, topic) =
        tx.one(&sql, args![id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, topic(row, 3)?)))?;
    let sql = format!(
        "SELECT t.id, p.id, p.name, CASE WHEN a.id IS NULL THEN NULL ELSE {STATUS_SQL} END FROM pod_member m
         JOIN participant t ON t.id = m.participant_id JOIN person p ON p.id = t.person_id
         JOIN session s ON s.pod_id = m.pod_id
         LEFT JOIN attendance a ON a.session_id = s.id AND a.client_id = t.person_id
         WHERE m.pod_id = $1 ORDER BY p.folded_name, p.id"
    );
    let mut members: Vec<Member> = tx.all(&sql, args![id], |row| {
        Ok(Member {
            participant: row.get(0)?,
            person: row.get(1)?,
            name: row.get(2)?,
            status: row.parse_opt(3)?,
        })
    })?;
    let is_disabled = |member: &Member| member.status == Some(Status::GreyedOut);
    let is_member = members.iter().any(|member| Some(member.person) == me && !is_disabled(member));
    let mut ties = reach::ties_to_cohort(tx, by, pod.cohort)?;
    if me == Some(pod.facilitator) {
        ties = ties | Reach::SESSIONS;
    }
    let chooses = !is_member && can_choose(tx, by, id)?;
    if is_member || chooses {
        ties = ties | Reach::OWN;
    }
    let what = What::private(Action::SeeSession, ties);
    by.may(Action::SeeSession, &what)?;
    let manages = by.may(Action::ManagePods, &What::private(Action::SeeCohort, ties)).is_ok();
    let looks_after = reach::of(by, Action::SeeSession).is_all()
        || reach::of(by, Action::SeeSession).covers(ties & (Reach::PROGRAMS | Reach::SESSIONS));
    let count = members.len() as u32;
    if !looks_after && chooses {
        // Who is not in yet reads how many are, and not who.
        members.clear();
    }
    if !looks_after {
        members.retain(|member| !is_disabled(member));
        for member in members.iter_mut().filter(|member| Some(member.person) != me) {
            member.status = None;
        }
    }
    Ok(PodView {
        id,
        cohort: (pod.cohort, cohort),
        topic,
        name: pod.name,
        facilitator: (pod.facilitator, facilitator),
        joining: pod.joining,
        min_members: pod.min,
        max_members: pod.most,
        session: pod.session,
        starts_at: pod.starts_at,
        minutes,
        count,
        members,
        ties,
        manages,
    })
}

/// Whether the reader could choose the date of a pod now, or come back to it.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn can_choose(tx: &mut Tx, by: &Actor, id: PodId) -> Result<bool> {
    let pod = get(tx, id)?;
    let now = tx.now();
    let (Some(me), Some(_)) = (by.person(), pod.starts_at.filter(|start| *start > now)) else {
        return Ok(false);
    };
    let own = match own_place(tx, me, &pod) {
        Err(Error::Refused(_)) => return Ok(false),
        own => own?,
    };
    if own.session == pod.session {
        return Ok(own.status == Status::Unbooked);
    }
    if pod.joining == Joining::Closed || session::step_before(tx, own.journey, pod.step)?.is_some() {
        return Ok(false);
    }
    let is_named = match own.pod {
        Some(from) => get(tx, from)?.joining == Joining::Closed,
        None => false,
    };
    let may_leave = match own.status {
        Status::Unbooked => true,
        Status::Booked => life::load(tx, own.session)?.meeting.given_up_for_another(me, now).is_ok(),
        _ => false,
    };
    Ok(!is_named && may_leave && count_members(tx, id)? < pod.most)
}

/// The participants of a pod's cohort who could be put into it, by name: those who are in no pod for its step.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`] for whoever does not fill it.
pub fn candidates(tx: &mut Tx, by: &Actor, id: PodId) -> Result<Vec<(ParticipantId, String)>> {
    let pod = get(tx, id)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    tx.all(
        "SELECT t.id, p.name FROM participant t JOIN person p ON p.id = t.person_id
         WHERE t.cohort_id = $1 AND t.archived_at IS NULL AND NOT EXISTS (SELECT 1 FROM pod_member m
             JOIN pod o ON o.id = m.pod_id WHERE m.participant_id = t.id AND o.step_id = $2)
         ORDER BY p.folded_name, t.id LIMIT $3",
        args![pod.cohort, pod.step, CANDIDATES_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The most participants that are offered for a pod.
const CANDIDATES_MAX: i64 = 500;

/// What a new pod of a cohort is made of: the cohort's name, its pod steps, and who could lead one.
#[derive(Clone, Debug)]
pub struct Ingredients {
    /// What the cohort is called.
    pub cohort: String,
    /// Its pod steps: which, its number, its name.
    pub steps: Vec<(StepId, u32, String)>,
    /// The coaches, by name.
    pub coaches: Vec<(PersonId, String)>,
}

/// What a new pod can be made of.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`] for whoever makes none there.
pub fn ingredients(tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<Ingredients> {
    may_in(tx, by, Action::ManagePods, cohort)?;
    Ok(Ingredients {
        cohort: tx.one("SELECT name FROM cohort WHERE id = $1", args![cohort], |row| row.get(0))?,
        steps: tx.all(
            "SELECT t.id, t.no, t.name FROM step t JOIN cohort c ON c.pathway_id = t.pathway_id
             WHERE c.id = $1 AND t.kind = 'pod' ORDER BY t.no",
            args![cohort],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?,
        coaches: facilitators(tx)?,
    })
}

/// Who could lead a pod, by name.
pub(crate) fn facilitators(tx: &mut Tx) -> Result<Vec<(PersonId, String)>> {
    tx.all(
        "SELECT p.id, p.name FROM coach c JOIN person p ON p.id = c.person_id
         JOIN person_role r ON r.person_id = p.id AND r.role = 'coach'
         WHERE p.closed_at IS NULL ORDER BY p.folded_name, p.id LIMIT $1",
        args![CANDIDATES_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
