//! What happened to a session, for its own people: each as far as they may see it (rules P4, P5). What others did with
//! their own seats is not told, money only to whom it concerns, and reasons to the two ends and the admins.

use rules::ids::{AttendanceId, EventId, PersonId, SessionId};
use rules::permission::{Action, Reach};
use serde_json::Value as Json;

use super::{SessionView, kind, view};
use crate::event::{self, Actor, Recorded};
use crate::{Result, Tx, args, ledger, reach};

/// Nothing that a client has use for, or that they are told of: what is greyed out does not exist for them, nor did it.
const INSIDE: [event::Kind; 6] = [
    kind::MARK_WANTED,
    kind::MOVE_REMINDED,
    kind::MARK_TOLD,
    kind::GREYED_OUT,
    kind::REACTIVATED,
    kind::POD_TOO_SMALL,
];
/// What speaks of money alone.
const OF_MONEY: &[event::Kind] = ledger::kind::ALL;

/// What happened to it, newest first, at most `limit` events.
///
/// # Errors
/// [`rules::refusal::Refusal::NotFound`] for a session that is not theirs to see.
pub fn timeline(tx: &mut Tx, by: &Actor, id: SessionId, limit: u32) -> Result<Vec<Recorded>> {
    let seen = view(tx, by, id)?;
    told_of(tx, by, &seen, limit)
}

/// The same for a session that its reader was shown.
///
/// # Errors
/// Only those of the store.
pub fn told_of(tx: &mut Tx, by: &Actor, seen: &SessionView, limit: u32) -> Result<Vec<Recorded>> {
    let money = reach::of(by, Action::SeeMoney);
    let is_client = seen.ties.contains(Reach::OWN) && !seen.ties.contains(Reach::SESSIONS);
    let is_staff = reach::of(by, Action::SeeSession).is_all();
    let reads_reasons = is_staff || seen.ties.covers(Reach::OWN | Reach::SESSIONS);
    let mut events = event::of_session(tx, seen.session.id, limit)?;
    if is_client {
        forget_unsaid(&mut events);
        forget_others(tx, by, seen, &mut events)?;
    }
    events.retain_mut(|event| {
        let place = seen.places.iter().find(|place| place.attendance.id.raw() == event.subject.id);
        let is_of_seat = event.subject.kind == AttendanceId::PREFIX;
        if is_of_seat && place.is_none() {
            return false;
        }
        // The meeting is named after those whom the reader sees: a member of a pod reads of no other.
        if !is_of_seat {
            event.subject_name = seen.places.first().map(|place| place.name.clone());
            event.others = seen.places.len().saturating_sub(1) as i64;
        }
        let is_kind = |kinds: &[event::Kind]| kinds.iter().any(|kind| kind.0 == event.kind);
        let sees_money = money.covers(place.map_or(seen.ties, |place| place.ties));
        if (is_client && is_kind(&INSIDE)) || (is_kind(OF_MONEY) && !sees_money) {
            return false;
        }
        if !sees_money && let Some(facts) = event.facts.as_object_mut() {
            facts.retain(|name, _| {
                !matches!(name.as_str(), "kept_minor" | "paid_minor" | "minor" | "currency" | "reference")
            });
        }
        if !reads_reasons {
            event.reason = None;
        }
        true
    });
    Ok(events)
}

/// Whatever a member of a pod reads, they read of no other member: neither that one of them did it, or that it was done for
/// one, nor whose late cancellation was taken back by it (rules S9, P4).
fn forget_others(tx: &mut Tx, by: &Actor, seen: &SessionView, events: &mut [Recorded]) -> Result<()> {
    if seen.session.pod.is_none() {
        return Ok(());
    }
    let me = by.person();
    let members: Vec<PersonId> =
        tx.all("SELECT client_id FROM attendance WHERE session_id = $1", args![seen.session.id], |row| {
            row.get(0)
        })?;
    let is_other = |person: PersonId| Some(person) != me && members.contains(&person);
    for event in events {
        event.by.take_if(|(person, _)| is_other(*person));
        event.principal.take_if(|(person, _)| is_other(*person));
        if let Some(reversed) = event.facts.get_mut("reversed").and_then(Json::as_array_mut) {
            let own = me.map(|me| me.to_string());
            reversed.retain(|person| person.as_str() == own.as_deref());
        }
    }
    Ok(())
}

/// Takes out the marks of which the client was never told: those that were taken back, or corrected to what was told
/// before, within the time that a mark waits (rule S10). Newest first, as they came.
fn forget_unsaid(events: &mut Vec<Recorded>) {
    struct Seat {
        id: i64,
        told: Json,
        waiting: Vec<EventId>,
    }
    let (mut seats, mut unsaid): (Vec<Seat>, Vec<EventId>) = (Vec::new(), Vec::new());
    for event in events.iter().rev() {
        let place = seats.iter().position(|seat| seat.id == event.subject.id).unwrap_or(seats.len());
        if place == seats.len() {
            seats.push(Seat { id: event.subject.id, told: Json::Null, waiting: Vec::new() });
        }
        let seat = &mut seats[place];
        // Whoever contests a mark knows it, whether or not its letter had gone out (rule S14).
        let known = match &event.kind {
            told if *told == kind::MARK_TOLD.0 => Some("is"),
            contested if *contested == kind::CONTESTED.0 => Some("outcome"),
            _ => None,
        };
        if let Some(known) = known {
            seat.told = event.facts[known].clone();
            seat.waiting.clear();
        } else if event.kind == kind::MARKED.0 || event.kind == kind::UNMARKED.0 {
            seat.waiting.push(event.id);
            if event.facts["outcome"] == seat.told {
                unsaid.append(&mut seat.waiting);
            }
        }
    }
    events.retain(|event| !unsaid.contains(&event.id));
}
