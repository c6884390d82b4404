//! Moving the clock of a demo or trial, so that anyone can watch reminders and expiries happen (rule T4).

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use jiff::{SignedDuration, Span, SpanRelativeTo};
use model::Tx;
use model::event::{self, Actor, Subject, kind};
use rules::permission::{Action, What};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::json;

use super::Answer;
use crate::app::App;
use crate::error::Failure;
use crate::forms::{Form, local};
use crate::visitor::Visitor;

/// The longest step, in days: what lies on the way is lived through, moment by moment.
pub const STEP_MAX_DAYS: u32 = 366;

/// `POST /clock`
pub async fn advance(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    move_by(&app, &visitor, form.fields.get("advance")).await?;
    Ok(Redirect::to(&local(form.fields.get("back"))).into_response())
}

/// Moves the clock by an ISO 8601 length of time, stepping through every due moment on the way.
///
/// # Errors
/// A length that is none, is negative or too long; and whoever may not.
pub async fn move_by(app: &App, visitor: &Visitor, text: &str) -> Result<Instant, Failure> {
    let (by, length) = (visitor.actor(), length(app, text)?);
    let target = app.write(move |tx| announce(tx, &by, length)).await?;
    Ok(app.jobs().advance_to(target).await?)
}

/// A step of the clock, as it was typed.
///
/// # Errors
/// A length that is none, is negative or too long.
pub fn length(app: &App, text: &str) -> Result<SignedDuration, Refusal> {
    // A day is 24 hours here; months and years have no length of their own.
    let length = text
        .trim()
        .parse::<Span>()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
        .map_err(|_| Refusal::invalid("advance", Problem::NotADuration))?;
    if length.is_negative() {
        return Err(Refusal::ClockOnlyForward { now: app.now() });
    }
    if length > SignedDuration::from_hours(24 * i64::from(STEP_MAX_DAYS)) {
        return Err(Refusal::ClockStepTooLong { most_days: STEP_MAX_DAYS });
    }
    Ok(length)
}

/// Writes down that the clock is about to be moved, and gives the moment to which.
///
/// # Errors
/// Whoever may not is refused.
pub fn announce(tx: &mut Tx, by: &Actor, length: SignedDuration) -> model::Result<Instant> {
    by.may(Action::MoveClock, &What::of_the_organisation())?;
    let facts = json!({ "by": length.to_string() });
    event::record(tx, by, kind::CLOCK_MOVED, &Subject::organisation(), &facts)?;
    Ok(tx.now() + length)
}
