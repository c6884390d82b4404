//! Sessions that had been before anybody wrote them down (rule B3). They take no coach time, and nobody is sent anything:
//! it is over.

use rules::attendance::Outcome;
use rules::ids::{OfferingId, PersonId, SessionId};
use rules::permission::{Action, What};
use rules::refusal::{Problem, Refusal};
use rules::terms::Band;
use rules::time::{Instant, Quantum};
use serde_json::json;

use super::{Booking, Deal, Row, write_session};
use crate::event::{self, Actor, Subject};
use crate::session::kind;
use crate::{Result, Tx, args, availability, offering, person};

/// A session that had been.
#[derive(Clone, Copy, Debug)]
pub struct Past {
    /// Of what, with which coach; it may be retired.
    pub offering: OfferingId,
    /// Who was coached.
    pub client: PersonId,
    /// When it began.
    pub starts_at: Instant,
    /// How it went: attended, or not.
    pub outcome: Outcome,
    /// What is owed for it.
    pub owed: Owed,
}

/// What is owed for a session that had been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    /// The price of the offering, or what its terms keep of it if nobody came.
    Price,
    /// Nothing: it was paid elsewhere, or a gift.
    Nothing,
}

impl Owed {
    /// Its name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Owed::Price => "price",
            Owed::Nothing => "nothing",
        }
    }

    /// The one of this name.
    pub fn from_code(code: &str) -> Option<Owed> {
        [Owed::Price, Owed::Nothing].into_iter().find(|owed| owed.code() == code)
    }
}

/// An admin records a past session, with how it went.
///
/// # Errors
/// Whoever may not is refused; so are a session that is not over ([`Refusal::NotOverYet`]), one off the five minutes
/// ([`Refusal::OffGrid`]), a second intro, and what somebody would record about themselves (rule P8).
pub fn record_past(tx: &mut Tx, by: &Actor, past: &Past) -> Result<SessionId> {
    let mark = What::of_the_organisation();
    let is_own = by.person() == Some(past.client);
    by.may(Action::MarkAttendance, &if is_own { mark.as_its_client() } else { mark })?;
    person::visible(tx, by, past.client)?;
    by.still_stands(tx)?;
    let now = tx.now();
    let offering = offering::get(tx, past.offering)?;
    let end = past.starts_at + offering.policy.minutes.duration();
    if end > now {
        return Err(Refusal::NotOverYet { end }.into());
    }
    if past.starts_at.millis().rem_euclid(Quantum::MILLIS) != 0 {
        return Err(Refusal::OffGrid { start: past.starts_at }.into());
    }
    if past.outcome == Outcome::LateCancellation {
        return Err(Refusal::invalid("outcome", Problem::NotAChoice).into());
    }
    let deal = Deal::now(tx, &offering, &[])?;
    let booking = Booking { offering: &offering, client: past.client, note: "", deal: &deal };
    booking.may_be(tx)?;
    let zone = availability::hours(tx, offering.coach, None)?.zone;
    let row = Row { recorded: true, ..Row::default() };
    let session = write_session(tx, &offering, past.starts_at, &zone, row)?;
    let place = booking.seat(tx, by, session)?;
    let facts = json!({
        "start": past.starts_at.to_string(),
        "outcome": past.outcome.code(),
        "owed": past.owed.code(),
    });
    let facts = booking.facts(facts);
    let event =
        event::record_asked(tx, by, Some(past.client), kind::RECORDED, &Subject::of(session), &facts)?;
    tx.exec(
        "UPDATE attendance SET outcome = $2, outcome_by = $3, outcome_at = $4 WHERE id = $1",
        args![place, past.outcome.code(), by.person(), now],
    )?;
    let owed = match (past.owed, past.outcome) {
        (Owed::Nothing, _) => None,
        (Owed::Price, Outcome::NoShow) => Some(deal.terms.kept_in(deal.price, Band::Late)),
        (Owed::Price, _) => Some(deal.price),
    };
    if let Some(owed) = owed {
        booking.charge(tx, by, place, event, owed)?;
    }
    Ok(session)
}
