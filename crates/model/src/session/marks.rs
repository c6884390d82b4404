//! How it went, as rows: marks and their undoing, contests, seats that an admin disables, sessions that end early (rules
//! S2 to S7, S10, S12, S14). Nothing here tells anybody of a mark: that waits, and is [`super::due`]'s.

use rules::attendance::Status;
use rules::cancelling::Ending;
use rules::ids::{PersonId, SessionId};
use rules::letters::{Letter, Turn, letters};
use rules::marking::{Mark, Marker, OthersWhoSettle, TOLD_AFTER};
use rules::meeting::Seat;
use rules::menu::{Offer, Onlooker, menu, menu_for_nobody};
use rules::permission::{Action, Role};
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use rules::tidings;
use rules::time::Instant;
use serde_json::json;

use super::ends::{CallOff, call_off, seat_change};
use super::kind;
use super::life::{self, Change, Loaded, lapse, load_for, look_at, save};
use super::moves::{self, Reason};
use super::plans;
use crate::event::{self, Actor, Kind, Subject};
use crate::{Error, Result, Tx, args, mail, message};

/// Says how it went for one client, or corrects it (rules S2, S3, S4).
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::OwnAttendance`], and what [`rules::meeting::Meeting::marked`] refuses.
pub fn mark(tx: &mut Tx, by: &Actor, id: SessionId, client: PersonId, mark: Mark) -> Result<()> {
    change_seat(
        tx,
        by,
        id,
        client,
        Action::MarkAttendance,
        kind::MARKED,
        &Reason::default(),
        |meeting, marker, now| meeting.marked(client, mark, marker, now),
    )
}

/// Says of everybody in a pod who is not marked yet that they were there, in one act; each as if alone (rules S4, S9, P8).
/// Gives how many it was.
///
/// # Errors
/// As [`mark`], if it could be said of nobody.
pub fn mark_all_present(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<u32> {
    let (loaded, standing) = load_for(tx, by, id)?;
    by.may(Action::MarkAttendance, &standing.what())?;
    let waiting: Vec<PersonId> = loaded
        .meeting
        .seats()
        .iter()
        .filter(|seat| loaded.meeting.status(seat) == Status::Booked)
        .map(|seat| seat.client)
        .collect();
    let nobody = match loaded.meeting.session().time {
        Some(_) => Refusal::NobodyToMark,
        None => Refusal::WrongStatus { action: Action::MarkAttendance, status: Status::Unbooked },
    };
    let (mut marked, mut refused) = (0, nobody);
    for client in waiting {
        match mark(tx, by, id, client, Mark::Completed) {
            Ok(()) => marked += 1,
            Err(Error::Refused(refusal)) => refused = refusal,
            Err(error) => return Err(error),
        }
    }
    if marked == 0 { Err(refused.into()) } else { Ok(marked) }
}

/// Takes a mark back (rule S2).
///
/// # Errors
/// As [`mark`].
pub fn unmark(tx: &mut Tx, by: &Actor, id: SessionId, client: PersonId) -> Result<()> {
    change_seat(
        tx,
        by,
        id,
        client,
        Action::MarkAttendance,
        kind::UNMARKED,
        &Reason::default(),
        |meeting, marker, now| meeting.unmarked(client, marker, now),
    )
}

/// An admin disables a seat (rules S5, S12).
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::OwnAttendance`], [`Refusal::BookedNow`], [`Refusal::WrongStatus`].
pub fn grey_out(tx: &mut Tx, by: &Actor, id: SessionId, client: PersonId, reason: &Reason) -> Result<()> {
    change_seat(tx, by, id, client, Action::GreyOut, kind::GREYED_OUT, reason, |meeting, marker, now| {
        meeting.greyed_out(client, marker.by, now)
    })
}

/// An admin takes a booked seat out and disables it, in one act; its client and the coaches are told once (rules S5, S12).
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::OwnAttendance`], [`Refusal::AlreadyStarted`], [`Refusal::WrongStatus`].
pub fn delete_and_grey_out(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
    client: PersonId,
    reason: &Reason,
) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    standing.seat(by, &loaded.meeting, client)?;
    by.may(Action::GreyOut, &standing.what_of_seat(by, client))?;
    let loaded = lapse(tx, loaded)?;
    let now = tx.now();
    let me = by.person().unwrap_or(client);
    let after = loaded.meeting.clone().deleted_and_greyed_out(client, me, now)?;
    let start = loaded.meeting.session().time.map(|time| time.starts_at.to_string());
    let superseded = loaded.meeting.open_request(now).map(|request| request.to.to_string());
    let ending = if loaded.meeting.is_pod() { Ending::Left } else { Ending::Unbooked };
    let facts = json!({ "session": id.to_string(), "start": start, "from": "booked", "to": "greyed_out",
        "cause": Cause::Organisation.code(), "ending": ending.code(), "outcome": null, "superseded": superseded });
    let event =
        save(tx, &loaded, after.clone(), seat_change(by, client, kind::GREYED_OUT, reason.as_str(), facts))?;
    life::bill_reversed(tx, by, event, &loaded.meeting, &after)?;
    life::tell(tx, event, Turn::CalledOff, vec![client], &loaded.coaches)
}

/// An admin disables all seats of a pod that wait for a time, in one act (rule S12). A date that it has is called off
/// first, of which all who are in are told once. Gives how many it was.
///
/// # Errors
/// As [`grey_out`], if it could be done with none; what [`super::call_off`] refuses for a date that is not ahead.
pub fn grey_out_all(tx: &mut Tx, by: &Actor, id: SessionId, reason: &Reason) -> Result<u32> {
    let (loaded, standing) = load_for(tx, by, id)?;
    by.may(Action::GreyOut, &standing.what())?;
    let nothing = |status| Refusal::WrongStatus { action: Action::GreyOut, status };
    if let Some(seat) = loaded.meeting.seats().first().filter(|_| !loaded.meeting.is_pod()) {
        return Err(nothing(loaded.meeting.status(seat)).into());
    }
    if loaded.meeting.session().time.is_some() {
        let off = CallOff { client: None, cause: Cause::Organisation, reason: reason.clone(), expect: None };
        call_off(tx, by, id, &off)?;
    }
    let loaded = life::load(tx, id)?;
    let is_waiting = |seat: &&Seat| loaded.meeting.status(seat) == Status::Unbooked;
    let waiting: Vec<PersonId> =
        loaded.meeting.seats().iter().filter(is_waiting).map(|seat| seat.client).collect();
    for client in &waiting {
        grey_out(tx, by, id, *client, reason)?;
    }
    match waiting.len() {
        0 => Err(nothing(Status::GreyedOut).into()),
        count => Ok(count as u32),
    }
}

/// An admin brings it back (rule S5).
///
/// # Errors
/// As [`grey_out`].
pub fn reactivate(tx: &mut Tx, by: &Actor, id: SessionId, client: PersonId) -> Result<()> {
    change_seat(
        tx,
        by,
        id,
        client,
        Action::Reactivate,
        kind::REACTIVATED,
        &Reason::default(),
        |meeting, _, now| meeting.reactivated(client, now),
    )
}

type Meeting = rules::meeting::Meeting;

/// One change of one seat of which nobody is told at once.
#[expect(clippy::too_many_arguments, reason = "four acts of which each says all of it")]
fn change_seat(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
    client: PersonId,
    action: Action,
    kind: Kind,
    reason: &Reason,
    transition: impl Fn(Meeting, &Marker, Instant) -> Result<Meeting, Refusal>,
) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    standing.seat(by, &loaded.meeting, client)?;
    by.may(action, &standing.what_of_seat(by, client))?;
    let loaded = lapse(tx, loaded)?;
    let seat = loaded.meeting.seat(client)?;
    let from = loaded.meeting.status(seat);
    let marker = Marker { by: by.person().unwrap_or(client), side: standing.side };
    let now = tx.now();
    let after = transition(loaded.meeting.clone(), &marker, now)?;
    let seat = after.seat(client)?;
    let outcome = |seat: &Seat| seat.facts.outcome.map(|marked| marked.outcome.code());
    let start = loaded.meeting.session().time.map(|time| time.starts_at.to_string());
    let facts = json!({ "session": id.to_string(), "start": start, "from": from.code(), "to": after.status(seat).code(),
        "was": outcome(loaded.meeting.seat(client)?), "outcome": outcome(seat) });
    let event = save(tx, &loaded, after.clone(), seat_change(by, client, kind, reason.as_str(), facts))?;
    // Who marked it hears of it when the client does, and of nothing that is taken back before (rule S10).
    let markers = markers_to_tell(tx, &loaded, loaded.meeting.seat(client)?, seat, marker.by)?;
    for (to, letter) in letters(&tidings::told(Turn::MarkChanged, Vec::new(), &markers)) {
        mail::queue(tx, event, to, letter, now + TOLD_AFTER)?;
    }
    Ok(())
}

/// The coaches who marked this seat, and do not know yet what somebody else makes of it now.
pub(super) fn markers_to_tell(
    tx: &mut Tx,
    loaded: &Loaded,
    was: &Seat,
    is: &Seat,
    by: PersonId,
) -> Result<Vec<PersonId>> {
    let Some(since) = was.facts.first_marked_at.filter(|_| was.facts.outcome != is.facts.outcome) else {
        return Ok(Vec::new());
    };
    let outcome = is.facts.outcome.map(|marked| marked.outcome.code());
    let mut markers = Vec::new();
    for coach in tidings::but(by, &loaded.coaches) {
        let marked =
            "SELECT 1 FROM event WHERE subject_kind = 'att' AND subject_id = $1 AND kind = $2 AND by_id = $3
             AND at >= $4";
        if !tx.exists(marked, args![was.id, kind::MARKED.0, coach, since])? {
            continue;
        }
        // What they know last: what they did themselves, or what they were told of.
        let known = tx.opt(
            "SELECT e.facts FROM event e WHERE e.subject_kind = 'att' AND e.subject_id = $1 AND e.kind IN ($2, $3)
                 AND (e.by_id = $4 OR EXISTS (SELECT 1 FROM mail m WHERE m.event_id = e.id AND m.person_id = $4
                     AND m.letter = $5 AND m.state <> 'dropped' AND m.due_at <= $6))
             ORDER BY e.id DESC LIMIT 1",
            args![
                was.id,
                kind::MARKED.0,
                kind::UNMARKED.0,
                coach,
                Letter::MarkChangedForCoach.code(),
                tx.now()
            ],
            |row| row.get::<String>(0),
        )?;
        let known = known.and_then(|facts| serde_json::from_str::<serde_json::Value>(&facts).ok());
        if known.is_none_or(|facts| facts["outcome"].as_str() != outcome) {
            markers.push(coach);
        }
    }
    Ok(markers)
}

/// Asks the client where they are, in these words (rule S3): a message about the session, which goes by mail (rule M4).
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::OwnAttendance`], what [`rules::meeting::Meeting::may_check_in`] refuses, and as
/// [`message::send`].
pub fn check_in(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
    client: PersonId,
    text: &message::Text,
) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    standing.seat(by, &loaded.meeting, client)?;
    by.may(Action::MarkAttendance, &standing.what_of_seat(by, client))?;
    let now = tx.now();
    let asked_at = asked_at(tx, &loaded, client, now)?;
    loaded.meeting.may_check_in(client, asked_at, now)?;
    // The message is between the two; that it was sent stands on the timeline, for both.
    let start = loaded.meeting.session().time.map(|time| time.starts_at.to_string());
    let facts = json!({ "session": id.to_string(), "start": start });
    let place = loaded.meeting.seat(client)?.id;
    event::record_asked(tx, by, Some(client), kind::CHECKED_IN, &Subject::of(place), &facts)?;
    message::send(tx, by, client, Some(id), text)?;
    Ok(())
}

/// When a client was asked where they are, at the start of the session that runs now.
fn asked_at(tx: &mut Tx, loaded: &Loaded, client: PersonId, now: Instant) -> Result<Option<Instant>> {
    let session = loaded.meeting.session();
    let runs =
        session.time.filter(|time| time.starts_at <= now && session.ends_at().is_some_and(|end| now < end));
    let Some(time) = runs else { return Ok(None) };
    let last: Option<(Instant, String)> = tx.opt(
        "SELECT at, facts FROM event WHERE subject_kind = 'att' AND subject_id = $1 AND kind = $2
         ORDER BY id DESC LIMIT 1",
        args![loaded.meeting.seat(client)?.id, kind::CHECKED_IN.0],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let start = time.starts_at.to_string();
    let is_of_now = |facts: &str| {
        let facts = serde_json::from_str::<serde_json::Value>(facts);
        facts.is_ok_and(|facts| facts["start"].as_str() == Some(&start))
    };
    Ok(last.filter(|(_, facts)| is_of_now(facts)).map(|(at, _)| at))
}

/// The coach ends a session before its time (rules S3, V7).
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::NotStarted`], [`Refusal::WrongStatus`].
pub fn end_early(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    by.may(Action::MarkAttendance, &standing.what())?;
    let now = tx.now();
    let after = loaded.meeting.clone().ended_early(now)?;
    let facts = json!({ "at": now.to_string() });
    let change = Change { by, principal: None, kind: kind::ENDED_EARLY, seat: None, facts, reason: "" };
    save(tx, &loaded, after, change)?;
    Ok(())
}

/// The client says that a Missed is wrong, in words (rule S14). Its coach hears of it, or the admins if it was theirs.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever is not that client; [`Refusal::Invalid`] without words; what the rules refuse.
pub fn contest(tx: &mut Tx, by: &Actor, id: SessionId, client: PersonId, words: &Reason) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    standing.seat(by, &loaded.meeting, client)?;
    by.may(Action::Contest, &standing.what())?;
    if by.person() != Some(client) {
        return Err(Refusal::MayNot { action: Action::Contest }.into());
    }
    if words.as_str().is_empty() {
        return Err(Refusal::invalid("words", Problem::Missing).into());
    }
    let now = tx.now();
    let after = loaded.meeting.clone().contested(client, now)?;
    let facts = of_contest(&loaded, client)?;
    let event =
        save(tx, &loaded, after.clone(), seat_change(by, client, kind::CONTESTED, words.as_str(), facts))?;
    // What is answered is known, and is not told any more: its money follows now (rule S10).
    let (was, is) = (loaded.meeting.seat(client)?, after.seat(client)?);
    if was.facts.told != is.facts.told {
        life::bill(tx, &Actor::Program, event, is, life::billed_now(is))?;
    }
    let readers = readers_of_contest(tx, &loaded, client)?;
    life::tell(tx, event, Turn::Contested, Vec::new(), &readers)
}

/// Whoever marked it is not to settle it alone: the admins read it too.
pub(super) fn readers_of_contest(tx: &mut Tx, loaded: &Loaded, client: PersonId) -> Result<Vec<PersonId>> {
    let mut readers = marking(&loaded.coaches).to_vec();
    let others = admins(tx)?.into_iter().filter(|admin| !readers.contains(admin) && *admin != client);
    readers.extend(others.collect::<Vec<_>>());
    Ok(readers)
}

/// What is contested, for the log.
fn of_contest(loaded: &Loaded, client: PersonId) -> Result<serde_json::Value> {
    let outcome = loaded.meeting.seat(client)?.facts.outcome.map(|marked| marked.outcome.code());
    Ok(json!({ "session": loaded.id.to_string(), "outcome": outcome }))
}

/// Says that what is contested stands (rule S14). Undoing, correcting and forgiving settle it otherwise.
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::OwnAttendance`], [`Refusal::NotContested`], [`Refusal::OwnMark`].
pub fn uphold(tx: &mut Tx, by: &Actor, id: SessionId, client: PersonId, reason: &Reason) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    standing.seat(by, &loaded.meeting, client)?;
    by.may(Action::SettleContest, &standing.what_of_seat(by, client))?;
    let now = tx.now();
    let me = by.person().unwrap_or(client);
    let others = others_who_settle(tx, marking(&loaded.coaches), me, client)?;
    let after = loaded.meeting.clone().upheld(client, me, others, now)?;
    let facts = of_contest(&loaded, client)?;
    let event = save(tx, &loaded, after, seat_change(by, client, kind::UPHELD, reason.as_str(), facts))?;
    life::tell(tx, event, Turn::Upheld, vec![client], &tidings::but(me, marking(&loaded.coaches)))
}

/// The client who is meant: this one, or the only one that the session has.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see, [`Refusal::Invalid`] where there are several.
pub fn only_client(tx: &mut Tx, by: &Actor, id: SessionId, client: Option<PersonId>) -> Result<PersonId> {
    let (loaded, standing) = look_at(tx, by, id)?;
    match (client, loaded.meeting.seats()) {
        (Some(client), _) => Ok(standing.seat(by, &loaded.meeting, client)?.client),
        (None, [one]) => Ok(one.client),
        (None, _) => Err(Refusal::invalid("client", Problem::Missing).into()),
    }
}

/// The most admins who are told of a contest.
const ADMINS_MAX: i64 = 20;

pub(super) fn admins(tx: &mut Tx) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT p.id FROM person_role r JOIN person p ON p.id = r.person_id
         WHERE r.role = $1 AND p.closed_at IS NULL ORDER BY p.id LIMIT $2",
        args![Role::Admin.code(), ADMINS_MAX],
        |row| row.get(0),
    )
}

/// Of several coaches of a session the one who marks (rule G11).
pub(super) fn marking(coaches: &[PersonId]) -> &[PersonId] {
    coaches.get(..1).unwrap_or_default()
}

/// Whether anybody but this person, and but the client, may settle a contest (rules S14, P8).
pub(super) fn others_who_settle(
    tx: &mut Tx,
    coaches: &[PersonId],
    me: PersonId,
    client: PersonId,
) -> Result<OthersWhoSettle> {
    let mut others = admins(tx)?;
    others.extend(coaches);
    let is_other = others.iter().any(|person| *person != me && *person != client);
    Ok(if is_other { OthersWhoSettle::Some } else { OthersWhoSettle::None })
}

/// What the reader is offered on each seat that they see.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see.
pub fn offers(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<Vec<(PersonId, Vec<Offer>)>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    let now = tx.now();
    let Some(me) = by.person() else { return Ok(Vec::new()) };
    let mut all = Vec::with_capacity(loaded.meeting.seats().len());
    let waits = loaded.meeting.session().time.is_none();
    let hindrance = if waits { plans::hindrance(tx, by, &loaded)? } else { plans::put_away(tx, loaded.id)? };
    for seat in loaded.meeting.seats() {
        let onlooker = Onlooker {
            person: me,
            side: standing.side,
            pending: moves::pending(tx, &loaded, seat.client)?,
            others: others_who_settle(tx, marking(&loaded.coaches), me, seat.client)?,
            asked_at: asked_at(tx, &loaded, seat.client, now)?,
            hindrance: hindrance.clone(),
        };
        let is_own_or_led = standing.side != rules::meeting::Side::Client || seat.client == me;
        if is_own_or_led {
            let (what, to_book) = (standing.what_of_seat(by, seat.client), standing.to_book());
            let may = |action| match action {
                Action::Book | Action::BookPod => by.may(action, &to_book),
                action => by.may(action, &what),
            };
            all.push((seat.client, menu(&loaded.meeting, seat.client, &onlooker, now, may)));
        }
    }
    Ok(all)
}

/// What the reader is offered on a pod in which nobody is; nothing on any other session.
///
/// # Errors
/// As [`offers`].
pub fn offers_for_nobody(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<Vec<Offer>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    let Some(me) = by.person().filter(|_| loaded.meeting.is_for_nobody()) else {
        return Ok(Vec::new());
    };
    let onlooker = Onlooker {
        person: me,
        side: standing.side,
        pending: 0,
        others: OthersWhoSettle::None,
        asked_at: None,
        hindrance: plans::hindrance(tx, by, &loaded)?,
    };
    let (now, what) = (tx.now(), standing.what());
    Ok(menu_for_nobody(&loaded.meeting, &onlooker, now, |action| by.may(action, &what)))
}
