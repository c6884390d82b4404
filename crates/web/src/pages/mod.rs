//! One file per resource: parse what came in, one transaction, one answer. Rules and SQL are elsewhere.

pub mod agreements;
pub mod audit;
pub mod board;
pub mod booking_for;
pub mod bookings;
pub mod calendar;
pub mod clock;
pub mod coaches;
pub mod completion;
pub mod demo;
pub mod escalation;
pub mod extras;
pub mod gallery;
pub mod handover;
pub mod health;
pub mod home;
pub mod imports;
pub mod inactive;
pub mod language;
mod leading;
pub mod mail_choices;
pub mod mail_queue;
pub mod mailbox;
pub mod manage;
pub mod messages;
pub mod money;
pub mod notifications;
pub mod participant;
pub mod participants;
pub mod pathways;
pub mod people;
pub mod pods;
pub mod pools;
pub mod practice;
pub mod profile;
pub mod programs;
pub mod reminders;
pub mod sessions;
pub mod set_up;
pub mod settings;
pub mod shell;
pub mod sign_in;
pub mod surveys;
pub mod today;
pub mod tokens;
pub mod triggers;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use rules::inactivity::may_begin;
use rules::refusal::Refusal;
use rules::time::Instant;

use crate::error::{self, Failure, Worded};
use crate::visitor::Visitor;

/// What a handler of a page gives.
pub type Answer = Result<Response, Failure>;

/// A page.
///
/// # Errors
/// If the template fails, which a test of all templates rules out.
pub fn page(template: &impl Template) -> Answer {
    Ok(Html(template.render()?).into_response())
}

/// The same page again, because something in its form does not fit.
///
/// # Errors
/// As [`page`].
pub fn page_again(status: StatusCode, template: &impl Template) -> Answer {
    let mut response = (status, Html(template.render()?)).into_response();
    response.extensions_mut().insert(Worded);
    Ok(response)
}

/// What a page says where nothing begins because its cohort is put away (rule G8); empty is in use.
fn put_away(visitor: &Visitor, archived_at: Option<Instant>) -> String {
    may_begin(None, archived_at).err().map(|refusal| visitor.say(&refusal)).unwrap_or_default()
}

/// The same page again, because of a refusal that its form is told of.
///
/// # Errors
/// As [`page`].
pub fn page_refused(refusal: &Refusal, template: &impl Template) -> Answer {
    let mut response = page_again(error::status(refusal), template)?;
    error::say_when_to_retry(refusal, &mut response);
    Ok(response)
}
