//! Moving the clock of a demo or trial, so that anyone can watch reminders and expiries happen (rule T4).

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use jiff::SignedDuration;
use model::event::{self, Subject, kind};
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
    let by = visitor.actor();
    by.may(Action::MoveClock, &What::of_the_organisation())?;
    let length: SignedDuration =
        text.trim().parse().map_err(|_| Refusal::invalid("advance", Problem::NotADuration))?;
    if length.is_negative() {
        return Err(Refusal::ClockOnlyForward { now: app.now() }.into());
    }
    if length > SignedDuration::from_hours(24 * i64::from(STEP_MAX_DAYS)) {
        return Err(Refusal::ClockStepTooLong { most_days: STEP_MAX_DAYS }.into());
    }
    let facts = json!({ "by": length.to_string() });
    app.write(move |tx| event::record(tx, &by, kind::CLOCK_MOVED, &Subject::organisation(), &facts)).await?;
    Ok(app.jobs().advance(length).await?)
}
