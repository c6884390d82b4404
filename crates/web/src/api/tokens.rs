//! One's own bearer tokens. They are made at the command line, and in a demo by [`super::demo`].

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::token::{self, Listed};
use rules::ids::TokenId;
use rules::time::Zone;
use serde::Serialize;
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, IdOf, List, ScopeCode, Time, TokenRef};
use super::{Answer, Nothing, id, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::JsonWrite;
use crate::visitor::Visitor;

/// A living token; its text was shown once, when it was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    id: TokenRef,
    /// What its owner calls it.
    label: String,
    /// What it is good for.
    scopes: Vec<ScopeCode>,
    /// Since when there is this token.
    made_at: Time,
    /// From when on it is refused.
    expires_at: Time,
}

impl Token {
    fn of(token: &Listed, zone: &Zone) -> Token {
        Token {
            id: IdOf(token.id),
            label: token.label.clone(),
            scopes: token.scopes.iter().map(CodeOf).collect(),
            made_at: Time::of(token.made_at, zone),
            expires_at: Time::of(token.expires_at, zone),
        }
    }
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/me/tokens", "Your living tokens, the newest first").answers::<List<Token>>(),
        Operation::delete("/me/tokens/{token}", "Revoke a token of yours").answers_nothing(),
    ]
}

/// `GET /api/v1/me/tokens`
pub async fn index(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let tokens = app.read(move |tx| token::list(tx, &by)).await?;
    shown(List::whole(tokens.iter().map(|token| Token::of(token, &zone)).collect()))
}

/// `DELETE /api/v1/me/tokens/{token}`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, token): (_, TokenId) = (visitor.actor(), id(&token)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| token::revoke(tx, &by, token)).await
}
