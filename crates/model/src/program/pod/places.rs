//! Places in a pod: who is put in and taken out, and what participants of an open one choose, change and take again (rules
//! G5, S9, S13).

use rules::attendance::{JourneyPart, Status};
use rules::cancelling::{Ending, Grounds};
use rules::ids::{AgreementId, AttendanceId, JourneyId, ParticipantId, PersonId, PodId, SessionId, StepId};
use rules::letters::Turn;
use rules::meeting::Meeting;
use rules::permission::{Action, Reach, What};
use rules::pods::Changing;
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::time::Instant;
use serde_json::json;

use super::seen::{PodDate, dates_of_step};
use super::{Joining, Pod, count_members, get};
use crate::event::{self, Actor, Subject};
use crate::program::participant::place_in_cohort;
use crate::program::pathway::pod_step;
use crate::program::{kind, may_in, must_be_here, record};
use crate::session::life::{self, Change};
use crate::session::{self, Loaded, STATUS_SQL};
use crate::{Error, Result, Tx, args, booking};

/// Makes a participant a member of a pod. If their journey runs already, its step shares the pod's session now; if that
/// has its date, they are told of it.
///
/// # Errors
/// [`Refusal::PodFull`], under parallel joins as well (rule A7); [`Refusal::InAnotherPod`]; [`Refusal::AlreadyStarted`] for
/// a pod that has met; [`Refusal::PutAway`] for whoever is; [`Refusal::StepNotTheirs`], [`Refusal::StepDone`], [`Refusal::JourneyComplete`] and
/// [`Refusal::WrongStatus`] for whoever does not wait at its step; [`Refusal::AgreementTheirs`] for a pod that has its date
/// and whoever has not accepted the agreement (rule P9).
pub fn join_pod(tx: &mut Tx, by: &Actor, pod: PodId, participant: ParticipantId) -> Result<()> {
    let pod = get(tx, pod)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    let place = place_in_cohort(tx, participant)?;
    if place.cohort != pod.cohort {
        return Err(Refusal::NotFound.into());
    }
    must_be_here(tx, participant)?;
    match pod_of(tx, participant, pod.step)? {
        Some(own) if own == pod.id => return Ok(()),
        Some(_) => return Err(Refusal::InAnotherPod.into()),
        None => {}
    }
    let now = tx.now();
    if let Some(start) = pod.starts_at.filter(|start| *start <= now) {
        return Err(Refusal::AlreadyStarted { start }.into());
    }
    waits_at(tx, participant, pod.step)?;
    if pod.starts_at.is_some() && !session::has_agreed(tx, place.person)? {
        return Err(Refusal::AgreementTheirs.into());
    }
    enter(tx, &pod, participant)?;
    let is_in = share_session(tx, &pod, participant)?;
    record(tx, by, kind::POD_JOINED, pod.id, &json!({ "participant": participant.to_string() }))?;
    if is_in && pod.starts_at.is_some() {
        welcome(tx, by, &pod, place.person)?;
    }
    Ok(())
}

/// Refuses unless a participant waits at a step, or has begun no journey yet. Gives whether they wait at it already.
pub(in crate::program) fn waits_at(tx: &mut Tx, participant: ParticipantId, step: StepId) -> Result<bool> {
    let sql = format!(
        "SELECT {STATUS_SQL}, j.completed_at IS NOT NULL FROM attendance a JOIN session s ON s.id = a.session_id
         JOIN journey j ON j.id = a.journey_id WHERE j.participant_id = $1 AND a.step_id = $2"
    );
    let at_it =
        tx.opt(&sql, args![participant, step], |row| Ok((row.parse::<Status>(0)?, row.get::<bool>(1)?)))?;
    let has_begun = "SELECT 1 FROM journey WHERE participant_id = $1";
    match at_it {
        Some((Status::Unbooked, false)) => Ok(true),
        Some((Status::Completed | Status::Missed, _)) => Err(Refusal::StepDone.into()),
        Some((_, true)) => Err(Refusal::JourneyComplete.into()),
        Some((status, false)) => Err(Refusal::WrongStatus { action: Action::ManagePods, status }.into()),
        None if tx.exists(has_begun, args![participant])? => Err(Refusal::StepNotTheirs.into()),
        None => Ok(false),
    }
}

/// The pod in which a participant is for a step.
pub(in crate::program) fn pod_of(
    tx: &mut Tx,
    participant: ParticipantId,
    step: StepId,
) -> Result<Option<PodId>> {
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
    let facts =
        json!({ "session": pod.session.to_string(), "start": pod.starts_at.map(|start| start.to_string()) });
    let principal = Some(client).filter(|client| by.person() != Some(*client));
    // It is about their place alone: no other member reads of it (rule S9).
    let place: AttendanceId = tx.one(
        "SELECT id FROM attendance WHERE session_id = $1 AND client_id = $2",
        args![pod.session, client],
        |row| row.get(0),
    )?;
    let subject = Subject::of(place);
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

/// A client whose journey begins is in the dates that their pods have already, unless they have not accepted the
/// agreement: then their places wait for them there (rule P9).
pub(in crate::program) fn keep_for_agreement(
    tx: &mut Tx,
    client: PersonId,
    sessions: &[SessionId],
) -> Result<()> {
    if sessions.is_empty() || session::has_agreed(tx, client)? {
        return Ok(());
    }
    let now = tx.now();
    for session in sessions {
        let sql = "SELECT starts_at FROM session WHERE id = $1";
        let start: Option<Instant> = tx.one(sql, args![*session], |row| row.get(0))?;
        if let Some(start) = start.filter(|start| *start > now) {
            let notice = start.since(now).as_millis() as i64;
            tx.exec(
                "UPDATE attendance SET left_at = $3, left_notice = $4 WHERE session_id = $1 AND client_id = $2",
                args![*session, client, now, notice],
            )?;
        }
    }
    Ok(())
}

/// The session that a participant shares at a step because they are in a pod for it.
pub(crate) fn pod_session(
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
/// [`Refusal::NotFound`] for a pod of which they know nothing, [`Refusal::PutAway`], [`Refusal::PodClosed`], [`Refusal::PodFull`],
/// [`Refusal::StepNotOpen`], [`Refusal::NoChange`], [`Refusal::AgreementNeeded`], [`Refusal::Overlap`]; what
/// [`rules::meeting::Meeting::may_change_date`] refuses.
pub fn choose_pod(tx: &mut Tx, by: &Actor, id: PodId, choice: Choice) -> Result<SessionId> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    let pod = get(tx, id)?;
    let own = own_place(tx, me, &pod)?;
    by.may(Action::Book, &What::private(Action::SeeSession, Reach::OWN).as_its_client())?;
    must_be_here(tx, own.participant)?;
    let now = tx.now();
    let Some(start) = pod.starts_at.filter(|start| *start > now) else {
        return Err(Refusal::PodClosed.into());
    };
    if own.session == pod.session {
        return come_back(tx, by, &pod, me, choice, start);
    }
    must_be_open_to(tx, &pod, &own)?;
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

/// Whether the pod is one that its participants choose, nobody has named another for this one, and their step is open.
fn must_be_open_to(tx: &mut Tx, pod: &Pod, own: &OwnPlace) -> Result<()> {
    let is_named = match own.pod {
        Some(from) => get(tx, from)?.joining == Joining::Closed,
        None => false,
    };
    if pod.joining == Joining::Closed || is_named {
        return Err(Refusal::PodClosed.into());
    }
    match session::step_before(tx, own.journey, pod.step)? {
        Some(before) => Err(Refusal::StepNotOpen { before }.into()),
        None => Ok(()),
    }
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
    let facts = json!({ "session": pod.session.to_string(), "start": start.to_string() });
    let change =
        Change { by, principal: None, kind: session::kind::JOINED, seat: Some(me), facts, reason: "" };
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

/// The other dates of its step to which the reader, who is in this open pod, could change now, soonest first (rule S13).
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn other_dates(tx: &mut Tx, by: &Actor, id: PodId) -> Result<Vec<PodDate>> {
    let pod = get(tx, id)?;
    let Some(me) = by.person().filter(|_| pod.joining == Joining::Open) else { return Ok(Vec::new()) };
    let own = match own_place(tx, me, &pod) {
        Err(Error::Refused(_)) => return Ok(Vec::new()),
        own => own?,
    };
    match must_be_here(tx, own.participant) {
        Err(Error::Refused(_)) => return Ok(Vec::new()),
        here => here?,
    }
    let now = tx.now();
    let may_leave = own.session == pod.session
        && match own.status {
            Status::Unbooked => true,
            Status::Booked => life::load(tx, own.session)?.meeting.given_up_for_another(me, now).is_ok(),
            _ => false,
        };
    if !may_leave || session::step_before(tx, own.journey, pod.step)?.is_some() {
        return Ok(Vec::new());
    }
    let mut dates = dates_of_step(tx, own.journey, pod.step)?.open;
    dates.retain(|date| date.pod != id);
    Ok(dates)
}

/// The pod whose session this is, if the reader could change to another date of its step now.
///
/// # Errors
/// As [`other_dates`].
pub fn changeable(tx: &mut Tx, by: &Actor, session: SessionId) -> Result<Option<PodId>> {
    let pod = tx
        .opt("SELECT pod_id FROM session WHERE id = $1", args![session], |row| row.get::<Option<PodId>>(0))?;
    let Some(pod) = pod.flatten() else { return Ok(None) };
    let dates = other_dates(tx, by, pod)?;
    Ok(Some(pod).filter(|_| !dates.is_empty()))
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
    match must_be_here(tx, own.participant) {
        Err(Error::Refused(_)) => return Ok(false),
        here => here?,
    }
    if own.session == pod.session {
        return Ok(own.status == Status::Unbooked);
    }
    match must_be_open_to(tx, &pod, &own) {
        Err(Error::Refused(_)) => return Ok(false),
        open => open?,
    }
    let may_leave = match own.status {
        Status::Unbooked => true,
        Status::Booked => life::load(tx, own.session)?.meeting.given_up_for_another(me, now).is_ok(),
        _ => false,
    };
    Ok(may_leave && count_members(tx, id)? < pod.most)
}
