//! The audit log: who did what, for whom, when, from what to what (rule P5).

use axum::extract::{Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use model::event::{self, Filter, Recorded, kind, kinds};
use model::session;
use rules::permission::Roles;
use rules::refusal::Problem;
use rules::time::Instant;
use serde::Deserialize;
use serde_json::Value as Json;

use super::sessions::history::ending;
use super::{Answer, page, page_again, shell};
use crate::app::Reading;
use crate::forms::{Checks, encode};
use crate::shell::{Choice, FormErrors, Paging, Place};
use crate::status::Status;
use crate::texts::{About, Texts};
use crate::views::audit::{AuditLine, AuditPage};
use crate::visitor::Visitor;
use crate::words::Clockface;

/// How many lines one page shows.
const PAGE_LINES: u32 = 50;

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    person: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    before: String,
}

/// `GET /audit`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let t = visitor.texts();
    let clockface = visitor.clockface();
    let mut checks = Checks::default();
    let from = day(&mut checks, "from", &asked.from, |date| clockface.begin_of(date));
    let until = day(&mut checks, "to", &asked.to, |date| clockface.begin_of(date.tomorrow().ok()?));
    let errors = checks.done().map_or_else(|wrong| FormErrors::of_refusal(&wrong, t), |()| FormErrors::NONE);
    let filter = Filter {
        kind: kinds().find(|kind| kind.0 == asked.kind).map(|kind| kind.0.to_owned()),
        person: None,
        search: asked.person.clone(),
        from,
        until,
        before: asked.before.parse().ok(),
    };
    let by = visitor.actor();
    // A log that left out a filter without saying so would be taken for the filtered one: then it shows nothing.
    let most = if errors.is_empty() { PAGE_LINES + 1 } else { 0 };
    let mut events = app.read(move |tx| event::audit(tx, &by, &filter, most)).await?;
    let is_more = events.len() > PAGE_LINES as usize;
    events.truncate(PAGE_LINES as usize);
    let now = app.now();
    let kept = format!(
        "person={}&kind={}&from={}&to={}",
        encode(&asked.person),
        encode(&asked.kind),
        encode(&asked.from),
        encode(&asked.to)
    );
    let every = Choice::new("", t.common.all, &asked.kind);
    let kinds = t.events.kinds().map(|(code, name)| Choice::new(code, name, &asked.kind));
    let answer = if errors.is_empty() { page } else { refused };
    answer(&AuditPage {
        shell: shell::of(&visitor, app.mode(), now, t.audit.title, Place::Audit),
        kinds: std::iter::once(every).chain(kinds).collect(),
        filtered: [&asked.person, &asked.kind, &asked.from, &asked.to].iter().any(|typed| !typed.is_empty()),
        lines: events.iter().map(|event| line(&visitor, event, &clockface, now)).collect(),
        paging: Paging {
            newer: (!asked.before.is_empty()).then(|| format!("/audit?{kept}")),
            older: events.last().filter(|_| is_more).map(|last| format!("/audit?{kept}&before={}", last.id)),
        },
        person: asked.person,
        errors,
        from_day: asked.from,
        to_day: asked.to,
    })
}

fn refused(page: &AuditPage) -> Answer {
    page_again(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// The bound that a day sets; none if nothing was typed.
fn day(
    checks: &mut Checks,
    field: &'static str,
    typed: &str,
    bound: impl Fn(Date) -> Option<Instant>,
) -> Option<Instant> {
    if typed.is_empty() {
        return None;
    }
    checks.take(field, typed.parse().ok().and_then(bound).ok_or(Problem::NotADate))
}

/// One event in words.
pub fn line(visitor: &Visitor, event: &Recorded, clockface: &Clockface, now: Instant) -> AuditLine {
    let t = visitor.texts();
    let who = match (&event.by, event.via.as_str()) {
        (Some((_, name)), _) => name.clone(),
        (None, "cli") => t.audit.operator.to_owned(),
        (None, "program") => t.audit.system.to_owned(),
        (None, _) => t.audit.visitor.to_owned(),
    };
    let instant = |name: &str| event.facts[name].as_str()?.parse::<Instant>().ok();
    // The start that it had then is said, not the one that it has by now.
    let start = instant("start").or(event.starts_at).map(|at| clockface.near(at, now)).unwrap_or_default();
    let about = About {
        name: event.subject_name.as_deref().unwrap_or_default(),
        others: event.others,
        start: &start,
        themselves: event.by.as_ref().is_some_and(|(id, _)| event.subject.person() == Some(*id)),
    };
    let fact = |name: &str| match &event.facts[name] {
        Json::String(text) if event.kind == kind::ROLES_CHANGED.0 => Some(roles_in_words(visitor, text)),
        Json::String(text) => Some(match Status::from_code(text) {
            Some(status) if event.kind != kind::SETTING_CHANGED.0 => t.status.word(status).to_owned(),
            _ if event.kind == session::kind::MOVED.0 => {
                instant(name).map_or_else(|| text.clone(), |at| clockface.short(at, now))
            }
            _ => text.clone(),
        }),
        _ => None,
    };
    AuditLine {
        who,
        for_whom: event.principal.as_ref().map(|(_, name)| name.clone()),
        what: t.events.say(&event.kind, &about, &event.facts) + &ending(event, t).unwrap_or_default(),
        from: fact("from"),
        to: fact("to"),
        when: clockface.near(event.at, now),
        why: why(event, t),
    }
}

/// Why it was done: in somebody's words, or because a file says so.
pub(in crate::pages) fn why(event: &Recorded, t: &Texts) -> String {
    match &event.reason {
        Some(reason) => reason.clone(),
        None if event.is_by_file() => t.enrolment.by_file.to_owned(),
        None => String::new(),
    }
}

fn roles_in_words(visitor: &Visitor, codes: &str) -> String {
    let t = visitor.texts();
    let roles: Vec<&str> =
        codes.parse::<Roles>().unwrap_or_default().iter().map(|role| t.roles.name(role)).collect();
    if roles.is_empty() { t.audit.nothing.to_owned() } else { roles.join(", ") }
}
