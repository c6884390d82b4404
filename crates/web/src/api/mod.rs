//! The JSON interface: one file per noun, each with the form that the noun has on the wire, its handlers, and the
//! lines that describe them in the OpenAPI document. Handlers call the same verbs of the model as the pages do.
//!
//! * [`wire`]: what all nouns share on the wire: ids, times, words, lists, problems.
//! * [`openapi`]: the document, made from the route table and the lines of each noun.

pub mod attendance;
pub mod audit;
pub mod boards;
pub mod clock;
pub mod co_coaches;
pub mod coaches;
pub mod demo;
pub mod endings;
pub mod extras;
pub mod handovers;
pub mod imports;
pub mod leads;
pub mod ledger;
pub mod mail;
pub mod me;
pub mod messages;
pub mod moves;
pub mod notifications;
pub mod offerings;
pub mod openapi;
pub mod participants;
pub mod pathways;
pub mod people;
pub mod pods;
pub mod pools;
pub mod practice;
pub mod programs;
pub mod sessions;
pub mod settings;
pub mod steps;
pub mod tokens;
pub mod triggers;
pub mod wire;

use std::str::FromStr;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Tx;
use model::idempotency::{self, Key};
use rules::refusal::{Problem, Refusal};
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::error::Failure;
use crate::forms::{Checks, number};
use crate::visitor::Visitor;

/// What a handler of the interface gives.
pub type Answer = Result<Response, Failure>;

/// How many items a list has unless fewer or more are asked for.
pub const LIMIT_ITEMS: u32 = 50;
/// How many items a list has at most.
pub const LIMIT_MAX_ITEMS: u32 = 100;
/// The longest cursor that is read, in characters.
const CURSOR_MAX_CHARS: usize = 1_000;

/// The body of a write that says everything by its address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Shows something.
fn shown(what: impl Serialize) -> Answer {
    Ok(Json(what).into_response())
}

/// Runs a write once per key and answers with what it gives (rule B5).
async fn once<T: Serialize>(
    app: &App,
    key: Option<Key>,
    status: StatusCode,
    effect: impl Fn(&mut Tx) -> model::Result<T> + Send + 'static,
) -> Answer {
    Ok(answered(stored(app, key, status, effect).await?))
}

/// Runs a write once per key and gives the answer that is stored with its effect.
async fn stored<T: Serialize>(
    app: &App,
    key: Option<Key>,
    status: StatusCode,
    effect: impl Fn(&mut Tx) -> model::Result<T> + Send + 'static,
) -> Result<idempotency::Answer, Failure> {
    let answer = app.write(move |tx| {
        idempotency::once(tx, key.as_ref(), |tx| {
            let body = serde_json::to_string(&effect(tx)?).expect("wire formats have string keys only");
            Ok(idempotency::Answer { status: status.as_u16(), body })
        })
    });
    Ok(answer.await?)
}

/// Turns a stored answer into a response.
fn answered(answer: idempotency::Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    if status == StatusCode::NO_CONTENT {
        return status.into_response();
    }
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], answer.body).into_response()
}

/// Whose wall clock the times of an answer are written on (rule T2).
fn zone_of(visitor: &Visitor) -> Zone {
    visitor.signed.as_ref().map_or(&visitor.organisation.zone, |signed| &signed.person.zone).clone()
}

/// The id in an address. What is no id is no thing either (rule P4).
fn id<T: FromStr>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// A filter of a list: none if it is missing or empty.
fn filter<T: FromStr>(checks: &mut Checks, field: &'static str, text: &str, otherwise: Problem) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    checks.take(field, text.parse().map_err(|_| otherwise))
}

/// How many items are wanted.
fn limit(checks: &mut Checks, text: &str) -> u32 {
    if text.is_empty() {
        return LIMIT_ITEMS;
    }
    let wanted = checks.take("limit", number(text, 1, i64::from(LIMIT_MAX_ITEMS)));
    wanted.and_then(|wanted| u32::try_from(wanted).ok()).unwrap_or(LIMIT_ITEMS)
}

/// Where the next page of a list begins: the keys of the last item, in a form that nobody takes apart by accident.
fn cursor<const N: usize>(keys: [String; N]) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::json!(keys.as_slice()).to_string())
}

/// The keys that [`cursor`] was made of, if it was made of so many.
fn keys<const N: usize>(checks: &mut Checks, cursor: &str) -> Option<[String; N]> {
    if cursor.is_empty() {
        return None;
    }
    let read = || -> Option<[String; N]> {
        let bytes = (cursor.len() <= CURSOR_MAX_CHARS).then(|| URL_SAFE_NO_PAD.decode(cursor).ok())??;
        let keys = serde_json::from_slice::<Vec<String>>(&bytes).ok()?;
        keys.iter().all(|key| !key.contains(char::is_control)).then(|| keys.try_into().ok())?
    };
    checks.take("cursor", read().ok_or(Problem::NotACursor))
}

/// The one id that a cursor was made of.
fn key<T: FromStr>(checks: &mut Checks, cursor: &str) -> Option<T> {
    let [text] = keys::<1>(checks, cursor)?;
    checks.take("cursor", text.parse().map_err(|_| Problem::NotACursor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is() {
        let made = cursor(["ada \"lovelace\"".to_owned(), "per_0000000000003".to_owned()]);
        let mut checks = Checks::default();
        let read = keys::<2>(&mut checks, &made);
        assert_eq!(read.map(|[_, id]| id).as_deref(), Some("per_0000000000003"));
        assert_eq!(keys::<2>(&mut checks, ""), None);
        assert_eq!(checks.done(), Ok(()));
        let nul = cursor(["ada\0".to_owned(), "per_0000000000003".to_owned()]);
        for broken in ["x", "%%%", "bnVsbA", &cursor(["one".to_owned()]), &nul, &made[..made.len() - 2]] {
            let mut checks = Checks::default();
            assert_eq!(keys::<2>(&mut checks, broken), None, "{broken}");
            assert_eq!(checks.done(), Err(Refusal::invalid("cursor", Problem::NotACursor)), "{broken}");
        }
    }
}
