//! A planned session gets its time: a step of a journey, or a pod's date (rules S2, S5, S9, S13, B3, B8, G1). What an
//! offering sells is booked in [`crate::booking`].

use std::collections::{BTreeSet, HashSet};

use rules::attendance::Status;
use rules::engagement::{Suggested, SuggestedWeeks};
use rules::ids::{AgreementId, JourneyId, ParticipantId, PersonId, PodId, SessionId, StepId};
use rules::inactivity::may_begin;
use rules::letters::Turn;
use rules::meeting::{Seat, Side};
use rules::pathway::{Order, waits_for};
use rules::permission::{Action, What};
use rules::person::Language;
use rules::refusal::Refusal;
use rules::time::{Instant, Span};
use serde_json::json;

use super::ends::seat_change;
use super::life::{self, Change, Loaded, Standing, load, load_for, look_at, save};
use super::{STATUS_SQL, TOPIC_COLUMNS, TOPIC_TABLES, Topic, kind, topic};
use crate::agreement::{self, Agreement};
use crate::booking;
use crate::booking::moving::{self as times, Freed};
use crate::db::build::Query;
use crate::event::Actor;
use crate::{Result, Tx, appointment, args, organisation, reach};

/// A time is wished for a planned session.
#[derive(Clone, Copy, Debug)]
pub struct PlannedWish {
    /// From when on.
    pub starts_at: Instant,
    /// The agreement that its client accepts with it (rule P9).
    pub accepts: Option<AgreementId>,
    /// Whether it is known that another session of the same client is at that time (rule A6).
    pub overlap_known: bool,
}

impl PlannedWish {
    /// Just this start.
    pub const fn at(starts_at: Instant) -> PlannedWish {
        PlannedWish { starts_at, accepts: None, overlap_known: false }
    }
}

/// How booking a planned session stands, before a time is chosen.
#[derive(Clone, Debug)]
pub struct BookOutlook {
    /// In which part the reader would book it.
    pub side: Side,
    /// Whether it can be booked at all, or why not.
    pub possible: Result<(), Refusal>,
    /// It is disabled, and the booking would bring it back (rule S5).
    pub brings_back: bool,
    /// Who would be in, and is told.
    pub clients: Vec<PersonId>,
    /// The weeks that are suggested for it.
    pub suggested: Option<Suggested>,
    /// What its client still has to accept, if the reader is that client (rule P9).
    pub agreement: Option<Agreement>,
    /// The place of its client in a program, if the reader may ask them to book it themselves.
    pub asks: Option<ParticipantId>,
}

/// What a page that offers to book a planned session says; the agreement in `language`.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see, [`Refusal::MayNot`] for whoever may not book it at all.
pub fn book_outlook(tx: &mut Tx, by: &Actor, id: SessionId, language: Language) -> Result<BookOutlook> {
    let (loaded, standing) = look_to_book(tx, by, id)?;
    let (reactivated, brings_back) = brought_back(by, &loaded, &standing, tx.now());
    let possible = match hindrance(tx, by, &reactivated)? {
        Some(refusal) => Err(refusal),
        None => reactivated.meeting.clone().booked(tx.now(), tx.now()).map(drop),
    };
    let agreement = match own_seat(by, &reactivated) {
        Some(client) => agreement::needs(tx, client, booking::AGREEMENT, language)?,
        None => None,
    };
    let clients = would_be_in(by, &loaded, &standing, tx.now()).unwrap_or_default();
    let suggested = suggested(tx, id)?;
    let asks = asks(tx, by, &reactivated)?;
    Ok(BookOutlook { side: standing.side, possible, brings_back, clients, suggested, agreement, asks })
}

/// The place of the client of a 1:1 in a program, for whoever may ask them to book.
fn asks(tx: &mut Tx, by: &Actor, loaded: &Loaded) -> Result<Option<ParticipantId>> {
    let [seat] = loaded.meeting.seats() else { return Ok(None) };
    let Some(part) = seat.facts.part.filter(|_| by.person() != Some(seat.client)) else { return Ok(None) };
    let sql = "SELECT participant_id FROM journey WHERE id = $1";
    let participant: ParticipantId = tx.one(sql, args![part.journey], |row| row.get(0))?;
    let ties = reach::ties_to_participant(tx, by, participant)?;
    let may = by.may(Action::SendReminders, &What::private(Action::SeePeople, ties));
    Ok(may.is_ok().then_some(participant))
}

/// Who would be in if it got a time now, and is told.
pub(super) fn would_be_in(
    by: &Actor,
    loaded: &Loaded,
    standing: &Standing,
    now: Instant,
) -> Result<Vec<PersonId>, Refusal> {
    may_book(by, loaded, standing)?;
    let (reactivated, _) = brought_back(by, loaded, standing, now);
    Ok(reactivated.meeting.booked(now, now)?.clients_in())
}

/// The weeks that are suggested for it, if it is one client's step.
fn suggested(tx: &mut Tx, id: SessionId) -> Result<Option<Suggested>> {
    let mut calendar = SuggestedWeeks::new(organisation::get(tx)?.zone);
    let found = tx.all(
        "SELECT j.starts_at, t.from_week, t.to_week FROM attendance a JOIN journey j ON j.id = a.journey_id
         JOIN step t ON t.id = a.step_id WHERE a.session_id = $1 LIMIT 2",
        args![id],
        |row| {
            let weeks = row.get::<Option<u16>>(1)?.zip(row.get::<Option<u16>>(2)?);
            let began: Instant = row.get(0)?;
            Ok(weeks.map(|weeks| calendar.of(began, weeks)))
        },
    )?;
    Ok(if let [only] = found.as_slice() { *only } else { None })
}

/// The starts at which somebody could book a planned session, soonest first: what its client could book, whoever asks
/// (rule B3).
///
/// # Errors
/// As [`book_outlook`].
pub fn slots_to_book(tx: &mut Tx, by: &Actor, id: SessionId, within: Span) -> Result<Vec<Instant>> {
    let (loaded, standing) = look_to_book(tx, by, id)?;
    let (loaded, _) = brought_back(by, &loaded, &standing, tx.now());
    if !can_wait_for_a_time(tx, by, &loaded)? {
        return Ok(Vec::new());
    }
    times::slots(tx, &loaded, Side::Client, within)
}

/// The free starts nearest to one that cannot be had, each of which can be booked (rule A5).
///
/// # Errors
/// As [`book_outlook`].
pub fn alternatives_to_book(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
    wanted: Instant,
    most: usize,
) -> Result<Vec<Instant>> {
    alternatives_of(tx, by, id, |tx, loaded| times::alternatives(tx, loaded, Side::Client, wanted, most))
}

/// The same where its client has another session at the time that was wanted, to whoever is told of that: they have none
/// at any of these (rules A5, A6).
///
/// # Errors
/// As [`book_outlook`].
pub fn alternatives_to_book_beside(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
    wanted: Instant,
    most: usize,
) -> Result<Vec<Instant>> {
    alternatives_of(tx, by, id, |tx, loaded| {
        times::alternatives_beside(tx, loaded, Side::Client, wanted, most)
    })
}

fn alternatives_of(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
    find: impl FnOnce(&mut Tx, &Loaded) -> Result<Vec<Instant>>,
) -> Result<Vec<Instant>> {
    let (loaded, standing) = look_to_book(tx, by, id)?;
    let (loaded, _) = brought_back(by, &loaded, &standing, tx.now());
    if can_wait_for_a_time(tx, by, &loaded)? { find(tx, &loaded) } else { Ok(Vec::new()) }
}

/// Whether it could get a time at all: whatever cannot be booked has no times either.
fn can_wait_for_a_time(tx: &mut Tx, by: &Actor, loaded: &Loaded) -> Result<bool> {
    let now = tx.now();
    Ok(hindrance(tx, by, loaded)?.is_none() && loaded.meeting.clone().booked(now, now).is_ok())
}

/// Gives a planned session its time, where it could be booked by its client (rule B3); all who wait for it are in, and are
/// told with their coaches. In a pod the place of whoever has not accepted the agreement waits for them (rule P9). It keeps its identity in calendars, and its sequence rises. An admin's booking of what is
/// disabled brings it back in the same act (rule S5).
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`]: a 1:1 is booked by its client, a pod is not; [`Refusal::WrongStatus`] for
/// what does not wait for a time; [`Refusal::StepNotOpen`], [`Refusal::NoCoach`], [`Refusal::NoPod`],
/// [`Refusal::NotOffered`], [`Refusal::PutAway`]; [`Refusal::AgreementNeeded`] until its client has accepted it, and
/// [`Refusal::AgreementTheirs`] for everybody else; [`Refusal::Overlap`] unless that is known; the calendar's refusals.
pub fn book_planned(tx: &mut Tx, by: &Actor, id: SessionId, wish: &PlannedWish) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    may_book(by, &loaded, &standing)?;
    let loaded = bring_back(tx, by, loaded, &standing)?;
    if let Some(refusal) = hindrance(tx, by, &loaded)? {
        return Err(refusal.into());
    }
    let (now, start) = (tx.now(), wish.starts_at);
    // A pod's time goes only by being called off, and its members may then leave the new date freely (rule S13).
    let called_off = if loaded.meeting.is_pod() { appointment::last_start(tx, id, None)? } else { None };
    let after = match called_off {
        Some(from) => loaded.meeting.clone().booked_again(start, from, now)?,
        None => loaded.meeting.clone().booked(start, now)?,
    };
    let asked = if loaded.meeting.is_pod() { without_agreement(tx, &after)? } else { Vec::new() };
    let after = after.kept_for(&asked, now);
    let clients = after.clients_in();
    let minutes = after.session().minutes;
    // Of what else its client has at that time only they and an admin are told.
    if !loaded.meeting.is_pod() && !wish.overlap_known && matches!(standing.side, Side::Client | Side::Admin)
    {
        for client in &clients {
            booking::no_overlap(tx, *client, start, minutes)?;
        }
    }
    if !loaded.meeting.is_pod() {
        for client in &clients {
            let accepts = wish.accepts.filter(|_| by.person() == Some(*client));
            agree(tx, by, *client, accepts)?;
        }
    }
    times::check(tx, &loaded, Side::Client, start)?;
    let for_one = clients.first().copied().filter(|one| clients.len() == 1 && by.person() != Some(*one));
    let change = Change {
        by,
        principal: for_one,
        kind: kind::BOOKED,
        seat: None,
        facts: json!({ "start": start.to_string() }),
        reason: "",
    };
    let is_here = |client: &PersonId| after.seat(*client).is_ok_and(|seat| seat.facts.greyed_out.is_none());
    let asked: Vec<PersonId> = asked.into_iter().filter(is_here).collect();
    let event = save(tx, &loaded, after, change)?;
    copy_bands(tx, id, None)?;
    life::tell(tx, event, Turn::Booked, clients, &loaded.coaches)?;
    life::tell(tx, event, Turn::PlaceOffered, asked, &[])
}

/// Those of a pod who have not accepted the agreement of now.
fn without_agreement(tx: &mut Tx, meeting: &rules::meeting::Meeting) -> Result<Vec<PersonId>> {
    let mut asked = Vec::new();
    for seat in meeting.seats().iter().filter(|seat| seat.facts.outcome.is_none()) {
        if !has_agreed(tx, seat.client)? {
            asked.push(seat.client);
        }
    }
    Ok(asked)
}

/// Whether a client has accepted the agreement of now, or there is none (rule P9).
pub(crate) fn has_agreed(tx: &mut Tx, client: PersonId) -> Result<bool> {
    Ok(agreement::needs(tx, client, booking::AGREEMENT, Language::English)?.is_none())
}

/// What giving a pod's session this date would come to.
pub(crate) struct Foreseen {
    /// Who is in, and would be told.
    pub(crate) clients: Vec<PersonId>,
    /// Whose time it would take.
    pub(crate) coaches: Vec<PersonId>,
    /// Which time.
    pub(crate) span: Span,
}

/// Judges a date for a pod's session as [`book_planned`] does, or [`super::move_session`] if it has one: led by somebody
/// else if that is said, and after others gave their time back.
///
/// # Errors
/// What those would refuse.
pub(crate) fn foresee_date(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
    start: Instant,
    led_by: Option<PersonId>,
    freed: &Freed,
) -> Result<Foreseen> {
    let (mut loaded, standing) = look_at(tx, by, id)?;
    if let (Some(to), Some(first)) = (led_by, loaded.coaches.first_mut()) {
        *first = to;
    }
    let (now, meeting) = (tx.now(), loaded.meeting.clone());
    let (after, side) = if meeting.session().time.is_some() {
        by.may(Action::MovePod, &standing.what())?;
        (meeting.moved_by_coach(start, now)?, standing.side)
    } else {
        may_book(by, &loaded, &standing)?;
        if let Some(refusal) = hindrance(tx, by, &loaded)? {
            return Err(refusal.into());
        }
        (meeting.booked(start, now)?, Side::Client)
    };
    times::check_after(tx, &loaded, side, start, freed)?;
    let span = Span::of(start, after.session().minutes.duration());
    Ok(Foreseen { clients: after.clients_in(), coaches: loaded.coaches, span })
}

/// The first session of a program needs the agreement of now accepted, with this act or before (rule P9).
pub(crate) fn agree(tx: &mut Tx, by: &Actor, client: PersonId, accepts: Option<AgreementId>) -> Result<()> {
    if has_agreed(tx, client)? {
        return Ok(());
    }
    let accepted = booking::current_agreement(tx, accepts)?.ok_or(Refusal::AgreementNeeded)?;
    agreement::accept(tx, by, client, accepted)
}

/// The bounds of notice as they are now are what is agreed with this client, or with all who are in: no later change
/// touches them.
pub(crate) fn copy_bands(tx: &mut Tx, id: SessionId, client: Option<PersonId>) -> Result<()> {
    let bands = organisation::bands(tx)?;
    tx.exec(
        "UPDATE attendance SET late_hours = $2, free_hours = $3 WHERE session_id = $1 AND left_at IS NULL
             AND outcome IS NULL AND greyed_out_at IS NULL AND (client_id = $4 OR $4 IS NULL)",
        args![id, bands.late_hours(), bands.free_hours(), client],
    )?;
    Ok(())
}

fn look_to_book(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<(Loaded, Standing)> {
    let (loaded, standing) = look_at(tx, by, id)?;
    may_book(by, &loaded, &standing)?;
    Ok((loaded, standing))
}

fn may_book(by: &Actor, loaded: &Loaded, standing: &Standing) -> Result<(), Refusal> {
    let action = if loaded.meeting.is_pod() { Action::BookPod } else { Action::Book };
    by.may(action, &standing.to_book())
}

/// The reader, if it is their own 1:1.
fn own_seat(by: &Actor, loaded: &Loaded) -> Option<PersonId> {
    let me = by.person()?;
    match loaded.meeting.seats() {
        [seat] if seat.client == me && !loaded.meeting.is_pod() => Some(me),
        _ => None,
    }
}

/// What beside its own status stands in the way of giving a session its time: that it is put away, nobody to coach it, no
/// pod yet, a step that comes first, an agreement that its client alone accepts (rules G1, G5, G8, P9).
pub(super) fn hindrance(tx: &mut Tx, by: &Actor, loaded: &Loaded) -> Result<Option<Refusal>> {
    if let Some(refusal) = put_away(tx, loaded.id)? {
        return Ok(Some(refusal));
    }
    if loaded.coaches.is_empty() {
        return Ok(Some(Refusal::NoCoach));
    }
    for coach in &loaded.coaches {
        match booking::coaches(tx, *coach) {
            Err(crate::Error::Refused(refusal)) => return Ok(Some(refusal)),
            other => other?,
        }
    }
    if loaded.meeting.is_pod() {
        let pod = tx.one("SELECT pod_id FROM session WHERE id = $1", args![loaded.id], |row| {
            row.get::<Option<PodId>>(0)
        })?;
        return Ok(pod.is_none().then_some(Refusal::NoPod));
    }
    let part = loaded.meeting.seats().first().and_then(|seat: &Seat| seat.facts.part);
    if let Some(part) = part {
        let is_complete = "SELECT 1 FROM journey WHERE id = $1 AND completed_at IS NOT NULL";
        if tx.exists(is_complete, args![part.journey])? {
            return Ok(Some(Refusal::JourneyComplete));
        }
    }
    if let Some((journey, step)) = part.and_then(|part| Some((part.journey, part.step?)))
        && let Some(before) = step_before(tx, journey, step)?
    {
        return Ok(Some(Refusal::StepNotOpen { before }));
    }
    for seat in loaded.meeting.seats().iter().filter(|seat| by.person() != Some(seat.client)) {
        if !has_agreed(tx, seat.client)? {
            return Ok(Some(Refusal::AgreementTheirs));
        }
    }
    Ok(None)
}

/// Whether nothing begins in a session any more: a 1:1 is put away with its client's place, a pod with its cohort (rule G8).
pub(super) fn put_away(tx: &mut Tx, id: SessionId) -> Result<Option<Refusal>> {
    let away = tx.opt(
        "SELECT CASE WHEN s.pod_id IS NULL THEN t.archived_at END, COALESCE(h.archived_at, c.archived_at)
         FROM session s LEFT JOIN pod o ON o.id = s.pod_id LEFT JOIN cohort h ON h.id = o.cohort_id
         LEFT JOIN attendance a ON a.session_id = s.id AND a.journey_id IS NOT NULL
         LEFT JOIN journey j ON j.id = a.journey_id LEFT JOIN participant t ON t.id = j.participant_id
         LEFT JOIN cohort c ON c.id = t.cohort_id WHERE s.id = $1 LIMIT 1",
        args![id],
        |row| Ok((row.get::<Option<Instant>>(0)?, row.get::<Option<Instant>>(1)?)),
    )?;
    let (participant, cohort) = away.unwrap_or_default();
    Ok(may_begin(participant, cohort).err())
}

/// The number of the step that has to be booked before this one opens (rule G1).
pub(crate) fn step_before(tx: &mut Tx, journey: JourneyId, step: StepId) -> Result<Option<u32>> {
    let sql = format!(
        "SELECT t.no, {STATUS_SQL} FROM attendance a JOIN session s ON s.id = a.session_id
         JOIN step t ON t.id = a.step_id JOIN pathway w ON w.id = t.pathway_id AND w.ordered
         WHERE a.journey_id = $1 AND t.no < (SELECT e.no FROM step e WHERE e.id = $2) ORDER BY t.no"
    );
    let before: Vec<(u32, Status)> =
        tx.all(&sql, args![journey, step], |row| Ok((row.get(0)?, row.parse(1)?)))?;
    let statuses: Vec<Status> = before.iter().map(|(_, status)| *status).collect();
    Ok(waits_for(Order::Ordered, &statuses).map(|place| before[place].0))
}

/// Which steps of these journeys wait for no other step, in one reading (rule G1).
pub(crate) fn open_steps(
    tx: &mut Tx,
    journeys: &BTreeSet<JourneyId>,
) -> Result<HashSet<(JourneyId, StepId)>> {
    let mut query = Query::new("SELECT a.journey_id, a.step_id, w.ordered,", args![]);
    query.push(STATUS_SQL, args![]).push(
        "FROM attendance a JOIN session s ON s.id = a.session_id JOIN step t ON t.id = a.step_id
         JOIN pathway w ON w.id = t.pathway_id",
        args![],
    );
    let mut open = HashSet::new();
    if journeys.is_empty() {
        return Ok(open);
    }
    for (place, journey) in journeys.iter().enumerate() {
        if place == 0 {
            query.and("a.journey_id IN ($1", args![*journey]);
        } else {
            query.push(", $1", args![*journey]);
        }
    }
    query.push(") ORDER BY a.journey_id, t.no", args![]);
    let mut before: (Option<JourneyId>, Vec<Status>) = (None, Vec::new());
    tx.each(query.sql(), query.args(), |row| {
        let (journey, step): (JourneyId, StepId) = (row.get(0)?, row.get(1)?);
        let order = if row.get(2)? { Order::Ordered } else { Order::Free };
        if before.0 != Some(journey) {
            before = (Some(journey), Vec::new());
        }
        if waits_for(order, &before.1).is_none() {
            open.insert((journey, step));
        }
        before.1.push(row.parse(3)?);
        Ok(())
    })?;
    Ok(open)
}

/// As it would be if an admin booked it: what is disabled is back.
fn brought_back(by: &Actor, loaded: &Loaded, standing: &Standing, now: Instant) -> (Loaded, bool) {
    let back = to_bring_back(by, loaded, standing)
        .and_then(|client| loaded.meeting.clone().reactivated(client, now).ok());
    match back {
        Some(meeting) => (loaded.with(meeting), true),
        None => (loaded.clone(), false),
    }
}

/// Whose disabled seat an admin brings back by booking it.
fn to_bring_back(by: &Actor, loaded: &Loaded, standing: &Standing) -> Option<PersonId> {
    let [seat] = loaded.meeting.seats() else { return None };
    let is_disabled = loaded.meeting.status(seat) == Status::GreyedOut;
    let may = || by.may(Action::Reactivate, &standing.what_of_seat(by, seat.client)).is_ok();
    (is_disabled && may()).then_some(seat.client)
}

/// An admin books what is disabled: it is brought back first.
fn bring_back(tx: &mut Tx, by: &Actor, loaded: Loaded, standing: &Standing) -> Result<Loaded> {
    let Some(client) = to_bring_back(by, &loaded, standing) else { return Ok(loaded) };
    let now = tx.now();
    let after = loaded.meeting.clone().reactivated(client, now)?;
    let facts =
        json!({ "session": loaded.id.to_string(), "from": "greyed_out", "to": "unbooked", "outcome": null });
    save(tx, &loaded, after, seat_change(by, client, kind::REACTIVATED, "", facts))?;
    load(tx, loaded.id)
}

/// A step of one's own journey that could be booked now.
#[derive(Clone, Debug)]
pub struct OwnStep {
    /// Its session.
    pub session: SessionId,
    /// What it is.
    pub topic: Topic,
    /// How long it is.
    pub minutes: u16,
}

/// The most steps that are looked through.
const STEPS_MAX: i64 = 100;

/// The steps of one's own journeys that could be booked with this coach now, in their order (rule B8).
///
/// # Errors
/// Only those of the store.
pub fn own_steps_with(tx: &mut Tx, by: &Actor, coach: PersonId) -> Result<Vec<OwnStep>> {
    let Some(me) = by.person() else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT s.id, s.minutes, {TOPIC_COLUMNS} FROM attendance a JOIN session s ON s.id = a.session_id
         JOIN session_coach c ON c.session_id = s.id AND c.coach_id = $2
         JOIN journey j ON j.id = a.journey_id JOIN participant m ON m.id = j.participant_id
         {TOPIC_TABLES}
         WHERE a.client_id = $1 AND m.archived_at IS NULL AND s.kind = 'one_to_one' AND {STATUS_SQL} = 'unbooked'
         ORDER BY j.starts_at DESC, CASE WHEN topic_t.no IS NULL THEN 1 ELSE 0 END, topic_t.no, s.id LIMIT $3"
    );
    let mut steps = tx.all(&sql, args![me, coach, STEPS_MAX], |row| {
        Ok(OwnStep { session: row.get(0)?, minutes: row.get(1)?, topic: topic(row, 2)? })
    })?;
    let mut open = Vec::new();
    for step in steps.drain(..) {
        let loaded = load(tx, step.session)?;
        if can_wait_for_a_time(tx, by, &loaded)? {
            open.push(step);
        }
    }
    Ok(open)
}
