//! Calling a session off, and what it costs: said before, done once, and billed as the booking's terms have it (rules R7,
//! R9, R10, R11, S6, S13, F3).

use rules::cancelling::{Calling, Ending, Quote};
use rules::ids::{PersonId, SessionId};
use rules::ledger::LineKind;
use rules::letters::Turn;
use rules::meeting::{Meeting, Seat, Side};
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use rules::tidings;
use serde_json::json;

use super::kind;
use super::life::{self, Change, Loaded, Standing, bill, bill_reversed, lapse, load_for, look_at, save};
use super::moves::Reason;
use crate::event::{Actor, Kind};
use crate::{Result, Tx, ledger};

/// What somebody was shown that calling off would come to (rule R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedEnding {
    /// What becomes of it.
    pub ending: Ending,
    /// What is kept of the price, in minor units; not compared without.
    pub kept_minor: Option<i64>,
}

impl ExpectedEnding {
    fn holds(&self, quote: &Quote) -> Result<(), Refusal> {
        let kept = quote.kept.map(|kept| kept.minor);
        if self.ending == quote.ending && (self.kept_minor.is_none() || self.kept_minor == kept) {
            Ok(())
        } else {
            Err(Refusal::OutcomeChanged { outcome: quote.ending.code(), kept_minor: kept })
        }
    }
}

/// A session is to be called off.
#[derive(Clone, Debug)]
pub struct CallOff {
    /// Whose part; none for a client's own, and for what concerns all.
    pub client: Option<PersonId>,
    /// On whose side the reason lies.
    pub cause: Cause,
    /// Why; may be empty.
    pub reason: Reason,
    /// What was shown before; nothing is compared without.
    pub expect: Option<ExpectedEnding>,
}

/// What calling off would mean for one client's part at this moment: what becomes of it and what it costs.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see, [`Refusal::MayNot`], and what the rules refuse.
pub fn quote(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
    client: Option<PersonId>,
    cause: Cause,
) -> Result<Quote> {
    let (loaded, standing) = look_at(tx, by, id)?;
    let now = tx.now();
    if is_for_nobody(&loaded, client, cause) {
        by.may(Action::DeletePodBooking, &standing.what())?;
        return Ok(loaded.meeting.called_off_for_nobody(standing.side, cause, now)?.1);
    }
    let (client, calling) = calling(by, &loaded, &standing, client, cause)?;
    Ok(loaded.meeting.quote(client, &calling, now)?)
}

/// The cause of a cancellation for which none was named: whoever is the client asks for themselves, and the house says why
/// (rule R10).
///
/// # Errors
/// As [`quote`]; [`Refusal::Invalid`] on `cause` for the house.
pub fn unnamed_cause(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<Cause> {
    let (_, standing) = look_at(tx, by, id)?;
    match standing.side {
        Side::Client => Ok(Cause::Client),
        Side::Coach | Side::Lead | Side::Admin => Err(Refusal::invalid("cause", Problem::Missing).into()),
    }
}

/// Calls it off: a client's part if the client asked for it, whoever clicks; else the whole (rule R10). All concerned are
/// told once, with the end of the invitation.
///
/// # Errors
/// As [`quote`]; [`Refusal::OutcomeChanged`] if it would not come to what was expected.
pub fn call_off(tx: &mut Tx, by: &Actor, id: SessionId, off: &CallOff) -> Result<Quote> {
    let (loaded, standing) = load_for(tx, by, id)?;
    if is_for_nobody(&loaded, off.client, off.cause) {
        by.may(Action::DeletePodBooking, &standing.what())?;
        return call_off_for_nobody(tx, by, &loaded, &standing, off);
    }
    let (client, calling) = calling(by, &loaded, &standing, off.client, off.cause)?;
    let loaded = lapse(tx, loaded)?;
    let now = tx.now();
    let start = loaded.meeting.session().time.map(|time| time.starts_at.to_string());
    let superseded = loaded.meeting.open_request(now).map(|request| request.to.to_string());
    let was_in = loaded.meeting.clients_in();
    let (after, quote) = loaded.meeting.clone().called_off(client, &calling, now)?;
    off.expect.map_or(Ok(()), |expect| expect.holds(&quote))?;
    let is_for_one = off.cause == Cause::Client;
    // What was paid by then is what can be kept.
    let paid_minor = match quote.kept {
        Some(kept) => Some(ledger::balance(tx, loaded.meeting.seat(client)?.id, kept.currency)?.paid),
        None => None,
    };
    let to = match quote.ending {
        Ending::Cancelled => "cancelled",
        Ending::Unbooked | Ending::Left => "unbooked",
        Ending::Missed => "missed",
    };
    let is_of_seat = matches!(quote.ending, Ending::Left | Ending::Missed);
    let mut change = Change {
        by,
        principal: Some(client).filter(|_| is_for_one && by.person() != Some(client)),
        kind: if quote.ending == Ending::Left { kind::LEFT } else { kind::CANCELLED },
        seat: Some(client).filter(|_| is_of_seat),
        facts: json!({ "session": id.to_string(), "start": start, "from": "booked", "to": to, "cause": off.cause.code(),
            "ending": quote.ending.code(), "grounds": quote.grounds.code(),
            "kept_minor": quote.kept.map(|kept| kept.minor), "paid_minor": paid_minor,
            "currency": quote.kept.map(|kept| kept.currency.code().to_owned()), "superseded": superseded }),
        reason: off.reason.as_str(),
    };
    // Whoever leaves a pod late calls it off for nobody else.
    if quote.ending == Ending::Missed && loaded.meeting.is_pod() {
        change.facts["left"] = json!(true);
    }
    note_absent(&mut change, &loaded, off.cause);
    note_reversed(&mut change, &loaded.meeting, &after);
    let event = save(tx, &loaded, after.clone(), change)?;
    for seat in after.seats() {
        let is_concerned = !is_for_one || seat.client == client;
        if is_concerned && was_in.contains(&seat.client) {
            bill(tx, by, event, seat, quote.kept)?;
        }
    }
    bill_reversed(tx, by, event, &loaded.meeting, &after)?;
    let for_one = Some(client).filter(|_| is_for_one);
    let told = tidings::of_ending(&loaded.meeting, &after, for_one, &loaded.coaches);
    life::tell_all(tx, event, &told)?;
    Ok(quote)
}

/// Whether it is the date of a pod in which nobody is, and not about one of those who were in it.
pub(super) fn is_for_nobody(loaded: &Loaded, client: Option<PersonId>, cause: Cause) -> bool {
    let is_of_one = client.is_some() || cause == Cause::Client;
    loaded.meeting.is_for_nobody() && (loaded.meeting.seats().is_empty() || !is_of_one)
}

/// Calls off the date of a pod in which nobody is: who leads it is told, and of its members only those who had cancelled
/// that date late, for whom it does not count any more.
fn call_off_for_nobody(
    tx: &mut Tx,
    by: &Actor,
    loaded: &Loaded,
    standing: &Standing,
    off: &CallOff,
) -> Result<Quote> {
    let now = tx.now();
    let start = loaded.meeting.session().time.map(|time| time.starts_at.to_string());
    let (after, quote) = loaded.meeting.clone().called_off_for_nobody(standing.side, off.cause, now)?;
    off.expect.map_or(Ok(()), |expect| expect.holds(&quote))?;
    let mut change = Change {
        by,
        principal: None,
        kind: kind::CANCELLED,
        seat: None,
        facts: json!({ "session": loaded.id.to_string(), "start": start, "from": "booked", "to": "unbooked",
            "cause": off.cause.code(), "ending": quote.ending.code(), "grounds": quote.grounds.code() }),
        reason: off.reason.as_str(),
    };
    note_absent(&mut change, loaded, off.cause);
    note_reversed(&mut change, &loaded.meeting, &after);
    let event = save(tx, loaded, after.clone(), change)?;
    // What was cancelled late for a date that is called off costs nothing, and what its clients were told holds no more.
    bill_reversed(tx, by, event, &loaded.meeting, &after)?;
    life::tell_all(tx, event, &tidings::of_ending(&loaded.meeting, &after, None, &loaded.coaches))?;
    Ok(quote)
}

/// Whose late cancellation of a date that is not any more does not count (rule S13).
pub(super) fn note_reversed(change: &mut Change<'_>, before: &Meeting, after: &Meeting) {
    let reversed = after.reversed_since(before);
    if !reversed.is_empty() {
        change.facts["reversed"] = reversed.iter().map(ToString::to_string).collect();
    }
}

/// Which coach could not: of several the one who says so, else the one who marks. Whoever stood in is none of its coaches
/// any more once the time is given back, so that it is written down (rules G10, G11).
fn note_absent(change: &mut Change<'_>, loaded: &Loaded, cause: Cause) {
    let says_so = change.by.person().filter(|person| loaded.coaches.contains(person));
    let absent = says_so.or(loaded.coaches.first().copied());
    if let Some(absent) = absent.filter(|_| cause == Cause::Coach) {
        change.facts["absent"] = json!(absent.to_string());
    }
}

/// Whose part it is about, and in which part somebody calls it off.
pub(super) fn calling(
    by: &Actor,
    loaded: &Loaded,
    standing: &Standing,
    client: Option<PersonId>,
    cause: Cause,
) -> Result<(PersonId, Calling), Refusal> {
    let me = by.person();
    let own = loaded.meeting.seats().iter().find(|seat| Some(seat.client) == me).map(|seat| seat.client);
    let is_in = |seat: &&Seat| {
        seat.facts.left.is_none() && seat.facts.outcome.is_none() && seat.facts.greyed_out.is_none()
    };
    let client = match client {
        Some(client) => standing.seat(by, &loaded.meeting, client)?.client,
        None => match (own.filter(|_| standing.side == Side::Client), loaded.meeting.seats()) {
            (Some(own), _) => own,
            (None, [one]) => one.client,
            // For all of a pod: anybody who is in stands for them.
            (None, seats) if cause != Cause::Client => {
                seats.iter().find(is_in).or(seats.first()).map(|seat| seat.client).ok_or(Refusal::NotFound)?
            }
            (None, _) => return Err(Refusal::invalid("client", Problem::Missing)),
        },
    };
    let is_own = Some(client) == me;
    let leaves = cause == Cause::Client && is_own;
    let action =
        if loaded.meeting.is_pod() && !leaves { Action::DeletePodBooking } else { Action::DeleteBooking };
    by.may(action, &standing.what())?;
    let side = if cause == Cause::Client && is_own { Side::Client } else { standing.side };
    let by = me.unwrap_or(client);
    Ok((client, Calling { by, side, cause }))
}

/// Takes a Missed back, with a reason; what it cost is waived (rules S2, F3).
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::OwnAttendance`], [`Refusal::WrongStatus`]; [`Refusal::Invalid`] without a reason.
pub fn forgive(tx: &mut Tx, by: &Actor, id: SessionId, client: PersonId, reason: &Reason) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    standing.seat(by, &loaded.meeting, client)?;
    by.may(Action::Forgive, &standing.what_of_seat(by, client))?;
    if reason.as_str().is_empty() {
        return Err(Refusal::invalid("reason", Problem::Missing).into());
    }
    let loaded = lapse(tx, loaded)?;
    let now = tx.now();
    let me = by.person().unwrap_or(client);
    let after = loaded.meeting.clone().forgiven(client, me, now)?;
    let to = after.status(after.seat(client)?).code();
    let was = loaded.meeting.seat(client)?.facts.outcome.map(|marked| marked.outcome.code());
    let start = loaded.meeting.session().time.map(|time| time.starts_at.to_string());
    let change = seat_change(
        by,
        client,
        kind::FORGIVEN,
        reason.as_str(),
        json!({ "session": id.to_string(),
        "start": start, "from": "missed", "to": to, "outcome": was }),
    );
    let event = save(tx, &loaded, after.clone(), change)?;
    let seat = after.seat(client)?;
    if let Some((price, _)) = seat.price {
        let net = ledger::balance(tx, seat.id, price.currency)?.net();
        if net > 0 {
            let waived = rules::money::Money::new(net, price.currency);
            ledger::add(tx, by, event, seat.id, LineKind::Waiver, waived, None)?;
        }
    }
    life::tell(tx, event, Turn::Forgiven, vec![client], &tidings::but(me, &loaded.coaches))
}

/// A change of one seat, by somebody for its client.
pub(super) fn seat_change<'a>(
    by: &'a Actor,
    client: PersonId,
    kind: Kind,
    reason: &'a str,
    facts: serde_json::Value,
) -> Change<'a> {
    let principal = Some(client).filter(|client| by.person() != Some(*client));
    Change { by, principal, kind, seat: Some(client), facts, reason }
}
