//! A planned session gets its time: a step of a journey, or a pod's date (rules S2, S5, S9, S13, B3). What an offering
//! sells is booked in [`crate::booking`].

use rules::attendance::Status;
use rules::ids::SessionId;
use rules::letters::Turn;
use rules::meeting::Side;
use rules::permission::{Action, Reach};
use rules::time::Instant;
use serde_json::json;

use super::ends::seat_change;
use super::kind;
use super::life::{self, Change, Loaded, Standing, load, load_for, save};
use crate::booking::moving as times;
use crate::event::Actor;
use crate::{Result, Tx};

/// Gives a planned session its time, where it could be booked by its client (rule B3); all who wait for it are in, and are
/// told with their coaches. It keeps its identity in calendars, and its sequence rises. An admin's booking of what is
/// disabled brings it back in the same act (rule S5).
///
/// # Errors
/// [`rules::refusal::Refusal::NotFound`], [`rules::refusal::Refusal::MayNot`]: a 1:1 is booked by its client, a pod is not;
/// [`rules::refusal::Refusal::WrongStatus`] for what does not wait for a time; the calendar's refusals.
pub fn book_planned(tx: &mut Tx, by: &Actor, id: SessionId, start: Instant) -> Result<()> {
    let (loaded, mut standing) = load_for(tx, by, id)?;
    if standing.side == Side::Coach {
        // Whom a coach meets is theirs to book for.
        standing.ties = standing.ties | Reach::CLIENTS;
    }
    let action = if loaded.meeting.is_pod() { Action::BookPod } else { Action::Book };
    by.may(action, &standing.what())?;
    let loaded = bring_back(tx, by, loaded, &standing)?;
    let now = tx.now();
    let after = loaded.meeting.clone().booked(start, now)?;
    times::check(tx, &loaded, Side::Client, start)?;
    let clients = life::clients_in(&after);
    let for_one = clients.first().copied().filter(|one| clients.len() == 1 && by.person() != Some(*one));
    let change = Change {
        by,
        principal: for_one,
        kind: kind::BOOKED,
        seat: None,
        facts: json!({ "start": start.to_string() }),
        reason: "",
    };
    let event = save(tx, &loaded, after, change)?;
    life::tell(tx, event, Turn::Booked, clients, &loaded.coaches)
}

/// An admin books what is disabled: it is brought back first.
fn bring_back(tx: &mut Tx, by: &Actor, loaded: Loaded, standing: &Standing) -> Result<Loaded> {
    let [seat] = loaded.meeting.seats() else { return Ok(loaded) };
    let is_disabled = loaded.meeting.status(seat) == Status::GreyedOut;
    if !is_disabled || by.may(Action::Reactivate, &standing.what_of_seat(by, seat.client)).is_err() {
        return Ok(loaded);
    }
    let (client, now) = (seat.client, tx.now());
    let after = loaded.meeting.clone().reactivated(client, now)?;
    let facts =
        json!({ "session": loaded.id.to_string(), "from": "greyed_out", "to": "unbooked", "outcome": null });
    save(tx, &loaded, after, seat_change(by, client, kind::REACTIVATED, "", facts))?;
    load(tx, loaded.id)
}
