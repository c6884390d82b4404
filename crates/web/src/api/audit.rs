//! The audit log: who did what, when, and from what to what (rule P5).

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use model::event::{self, Filter, Recorded, kinds};
use rules::ids::PersonId;
use rules::refusal::Problem;
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{EventRef, IdOf, List, Time};
use super::{Answer, cursor, filter, key, limit, shown, zone_of};
use crate::app::Reading;
use crate::forms::Checks;
use crate::visitor::Visitor;

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditLine {
    id: EventRef,
    /// When.
    at: Time,
    /// What: `roles_changed` and the like. New kinds may come.
    kind: String,
    /// To what; null if to the organisation itself. A session is named after its first client.
    #[schema(required)]
    subject: Option<Named>,
    /// How many more clients the session has that it is about.
    others: i64,
    /// When the session starts that it is about; null if it is about none, or about one without a time.
    #[schema(required)]
    session_starts_at: Option<Time>,
    /// Who did it; null if a visitor, the operator or the program did.
    #[schema(required)]
    by: Option<Named>,
    /// For whom they did it, if for somebody else.
    #[serde(rename = "for")]
    #[schema(required)]
    principal: Option<Named>,
    /// `page`, `api`, `file` for what a file did that they brought in, `cli` or `program`.
    via: String,
    /// From what, to what, and other small values.
    facts: BTreeMap<String, Fact>,
    /// The reason that was given; null if none was.
    #[schema(required)]
    reason: Option<String>,
}

/// A thing, with its name if it has one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its id.
    id: String,
    /// Its name.
    #[schema(required)]
    name: Option<String>,
}

/// A small value.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Fact {
    /// A word.
    Word(String),
    /// A number.
    Number(i64),
    /// Several words: whom it concerns, and the like.
    Words(Vec<String>),
    /// What was before, and what is now.
    Change(Change),
}

/// What was before, and what is now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Before.
    from: String,
    /// Now.
    to: String,
}

impl Fact {
    fn of(value: &Json) -> Fact {
        let word = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let Some(all) = value.as_array() {
            return Fact::Words(all.iter().map(word).collect());
        }
        match (value.get("from"), value.get("to"), value.as_i64()) {
            (Some(from), Some(to), _) => Fact::Change(Change { from: word(from), to: word(to) }),
            (_, _, Some(number)) => Fact::Number(number),
            _ => Fact::Word(word(value)),
        }
    }
}

impl AuditLine {
    pub(super) fn of(line: &Recorded, zone: &Zone) -> AuditLine {
        let person = |person: &Option<(PersonId, String)>| {
            person.as_ref().map(|(id, name)| Named { id: id.to_string(), name: Some(name.clone()) })
        };
        // What is not known of an event is left out.
        let facts = line.facts.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        AuditLine {
            id: IdOf(line.id),
            at: Time::of(line.at, zone),
            kind: line.kind.clone(),
            subject: line.subject.id_text().map(|id| Named { id, name: line.subject_name.clone() }),
            others: line.others,
            session_starts_at: line.starts_at.map(|at| Time::of(at, zone)),
            by: person(&line.by),
            principal: person(&line.principal),
            via: line.via.clone(),
            facts: facts.map(|(name, value)| (name.clone(), Fact::of(value))).collect(),
            reason: line.reason.clone(),
        }
    }
}

/// The query of the log.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    kind: String,
    person: String,
    from: String,
    to: String,
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/audit", "What happened, the newest first")
            .query("kind", "Only what is of this kind.")
            .query_id::<PersonId>("person", "Only what this person did or what was done to them.")
            .query_time("from", "Only from this moment on.")
            .query_time("to", "Only before this moment.")
            .paged()
            .answers::<List<AuditLine>>(),
    ]
}

/// `GET /api/v1/audit`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    if !wanted.kind.is_empty() && !kinds().any(|known| known.0 == wanted.kind) {
        checks.note("kind", Problem::NotAChoice);
    }
    let person = filter(&mut checks, "person", &wanted.person, Problem::NotAnId);
    let from = filter(&mut checks, "from", &wanted.from, Problem::NotAnInstant);
    let until = filter(&mut checks, "to", &wanted.to, Problem::NotAnInstant);
    let before = key(&mut checks, &wanted.cursor);
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let kind = Some(wanted.kind).filter(|kind| !kind.is_empty());
    let filter = Filter { kind, person, from, until, before, ..Filter::default() };
    let lines = app.read(move |tx| event::audit(tx, &by, &filter, limit + 1)).await?;
    let cursor_of = |last: &Recorded| cursor([last.id.to_string()]);
    shown(List::of(lines, limit, cursor_of, |line| AuditLine::of(line, &zone)))
}
