//! Moving the clock of a demo or trial, so that anyone can watch reminders and expiries happen (rule T4).

use axum::extract::State;
use axum::http::StatusCode;
use jiff::fmt::temporal::SpanParser;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use model::Tx;
use model::event::{self, Actor, Subject, kind};
use rules::permission::{Action, What};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::json;

use super::{Answer, page_again, shell};
use crate::app::App;
use crate::forms::{Form, local, with_toast};
use crate::shell::Place;
use crate::views::error::ErrorPage;
use crate::visitor::Visitor;

/// The longest step, in days: what lies on the way is lived through, moment by moment.
pub const STEP_MAX_DAYS: u32 = 366;

/// `POST /clock`
pub async fn advance(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let by = visitor.actor();
    let back = local(form.fields.get("back"));
    match typed(&app, form.fields.get("advance")) {
        Ok(length) => {
            let target = app.write(move |tx| announce(tx, &by, length)).await?;
            app.jobs().advance_to(target).await?;
            Ok(with_toast(&app, &back, "clock_moved"))
        }
        Err(refusal) => again(&app, &visitor, &refusal, form.fields.get("advance"), back),
    }
}

/// The control stands at the foot of every page, so it comes again at the foot of one that says no more than that.
fn again(app: &App, visitor: &Visitor, refusal: &Refusal, typed: &str, back: String) -> Answer {
    let mut shell = shell::of(visitor, app.mode(), app.now(), "", Place::Elsewhere);
    shell.here = back;
    let words = match refusal {
        Refusal::Invalid { .. } => shell.t.shell.clock_length.to_owned(),
        refusal => visitor.say(refusal),
    };
    if let Some(clock) = &mut shell.clock {
        typed.clone_into(&mut clock.typed);
        clock.error.clone_from(&words);
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut page = ErrorPage::of_status(status.as_u16(), shell);
    page.more = format!("{}.", words.trim_end_matches('.'));
    page_again(status, &page)
}

/// A step of the clock in ISO 8601.
///
/// # Errors
/// A length that is none, is negative or too long.
pub fn length(app: &App, text: &str) -> Result<SignedDuration, Refusal> {
    within(app, SpanParser::new().parse_span(text).ok())
}

/// A step of the clock as people write one: `36 h`, `2 days`, `2 Tage`, or as ISO 8601 does.
fn typed(app: &App, text: &str) -> Result<SignedDuration, Refusal> {
    within(app, span(text))
}

fn span(text: &str) -> Option<Span> {
    let text = text.trim().to_lowercase();
    let (count, unit) = text.split_at(text.find(char::is_alphabetic)?);
    let unit = match unit {
        "tag" | "tage" | "tagen" => "days",
        "std" | "stunde" | "stunden" => "hours",
        "minute" | "minuten" => "minutes",
        "woche" | "wochen" => "weeks",
        _ => return text.parse().ok(),
    };
    format!("{}{unit}", count.trim()).parse().ok()
}

fn within(app: &App, span: Option<Span>) -> Result<SignedDuration, Refusal> {
    // A day is 24 hours here; months and years have no length of their own.
    let length = span
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .ok_or_else(|| Refusal::invalid("advance", Problem::NotADuration))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_typed_as_people_write_one() {
        fn check(typed: &str, hours: Option<f64>) {
            let length = span(typed).and_then(|s| s.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
            assert_eq!(length.map(|length| length.as_secs_f64() / 3600.0), hours, "{typed:?}");
        }
        check("36 h", Some(36.0));
        check(" 36h ", Some(36.0));
        check("2 days", Some(48.0));
        check("2 Tage", Some(48.0));
        check("1 Stunde", Some(1.0));
        check("90m", Some(1.5));
        check("90 min", Some(1.5));
        check("1 day 2 hours", Some(26.0));
        check("P3D", Some(72.0));
        check("PT36H", Some(36.0));
        check("tomorrow", None);
        check("36", None);
        check("", None);
    }
}
