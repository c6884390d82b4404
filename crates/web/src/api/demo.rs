//! The living example: who is in it, and tokens for the asking. Only in a demo.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::SignedDuration;
use model::event::Actor;
use model::person::{self, Filter};
use model::token;
use rules::person::MailAddress;
use rules::refusal::{Problem, Refusal};
use rules::scope::Scopes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, RoleCode, Time};
use super::{Answer, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::JsonWrite;
use crate::visitor::Visitor;

/// How many people are listed.
const PEOPLE_MAX: u32 = 200;
/// How long a token of a demo is good.
const TOKEN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The example.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// What its clock shows.
    clock: Time,
    /// Who is in it, by name.
    people: Vec<DemoPerson>,
}

/// Somebody in the example.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoPerson {
    name: String,
    email: String,
    roles: Vec<RoleCode>,
    /// The word before `.localhost` in the address where they are alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    slug: Option<String>,
}

/// Whose token is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenWanted {
    /// Their mail address.
    #[serde(default)]
    #[schema(required)]
    person: String,
}

/// A token, good for all that its person may do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenMade {
    /// For the header `Authorization: Bearer`.
    token: String,
    /// From when on it is refused.
    expires_at: Time,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/demo", "Who is in the living example").answers::<Demo>(),
        Operation::post("/demo/tokens", "A token for somebody in the living example")
            .takes::<TokenWanted>()
            .made::<TokenMade>()
            .conflicts("They have as many tokens as one can have."),
    ]
}

/// `GET /api/v1/demo`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let cast = Filter { of_the_cast: true, ..Filter::default() };
    let people = app.read(move |tx| person::list(tx, &Actor::Program, &cast, PEOPLE_MAX)).await?.into_iter();
    shown(Demo {
        clock: Time::of(app.now(), &zone_of(&visitor)),
        people: people
            .map(|person| DemoPerson {
                roles: person.roles.iter().map(CodeOf).collect(),
                name: person.name,
                email: person.mail,
                slug: person.slug,
            })
            .collect(),
    })
}

/// `POST /api/v1/demo/tokens`
pub async fn make_token(State(app): State<App>, visitor: Visitor, write: JsonWrite<TokenWanted>) -> Answer {
    let mail =
        MailAddress::parse(&write.body.person).map_err(|problem| Refusal::invalid("person", problem))?;
    let zone = zone_of(&visitor);
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let person = person::by_mail(tx, &mail)?.ok_or(Refusal::invalid("person", Problem::NotAChoice))?;
        if person.closed_at.is_some() {
            return Err(Refusal::AccountClosed.into());
        }
        let (_, token) = token::create(tx, &Actor::Program, person.id, "Demo", Scopes::all(), TOKEN_FOR)?;
        Ok(TokenMade { token, expires_at: Time::of(tx.now() + TOKEN_FOR, &zone) })
    })
    .await
}
