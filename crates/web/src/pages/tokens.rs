//! One's own API tokens: made and revoked on the profile. A token is shown once, in the answer that makes it.

use std::cell::RefCell;

use axum::extract::{Path, State};
use jiff::SignedDuration;
use model::{idempotency, token};
use rules::ids::TokenId;
use rules::refusal::{Problem, Refusal};
use rules::scope::{Scope, Scopes};

use super::profile::{again, fill};
use super::{Answer, page};
use crate::app::App;
use crate::error::Failure;
use crate::forms::{Checks, Form, lead_to, led, number, text};
use crate::visitor::Visitor;

/// The longest name of a token, in characters.
pub const LABEL_MAX_CHARS: u32 = 100;

/// `POST /profile/tokens`: the page once more, with the token in it.
pub async fn create(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    match make(&app, &visitor, &form).await {
        Ok((Some(token), _)) => {
            let mut filled = fill(&app.reading(), &visitor).await?;
            filled.tokens.made = Some(token);
            page(&filled)
        }
        // The form was sent twice, and the token is not known here any more.
        Ok((None, answer)) => Ok(led(&app, &answer)),
        Err(failure) => {
            again(&app, &visitor, failure, |page| {
                form.fields.get("label").clone_into(&mut page.tokens.label);
                page.tokens.days = form.fields.get("days").to_owned();
            })
            .await
        }
    }
}

async fn make(
    app: &App,
    visitor: &Visitor,
    form: &Form,
) -> Result<(Option<String>, idempotency::Answer), Failure> {
    let (label, scopes, life) = checked(form)?;
    let (by, me, key) = (visitor.actor(), visitor.person()?.id, form.key.clone());
    let made = app.write(move |tx| {
        let shown = RefCell::new(None);
        let answer = idempotency::once(tx, key.as_ref(), |tx| {
            let (_, token) = token::create(tx, &by, me, &label, scopes, life)?;
            shown.replace(Some(token));
            // Not the token: what is stored here lies readable for a day.
            Ok(lead_to("/profile", "token_made"))
        })?;
        Ok((shown.into_inner(), answer))
    });
    made.await.map_err(|error| match Failure::from(error) {
        Failure::Refused(Refusal::TooManyTokens { most }) => {
            Refusal::invalid("label", Problem::TooMany { most }).into()
        }
        failure => failure,
    })
}

fn checked(form: &Form) -> Result<(String, Scopes, SignedDuration), Refusal> {
    let most_days = token::LIFE_MAX.as_hours() / 24;
    let mut checks = Checks::default();
    let label = checks.take("label", text(form.fields.get("label"), 1, LABEL_MAX_CHARS));
    let scopes = form.fields.all("scope").map(|code| Scope::from_code(code).ok_or(Problem::NotAChoice));
    let scopes = checks.take("scope", scopes.collect::<Result<Scopes, Problem>>());
    if scopes.is_some_and(Scopes::is_empty) {
        checks.note("scope", Problem::Missing);
    }
    let days = checks.take("days", number(form.fields.get("days"), 1, most_days));
    checks.done()?;
    match (label, scopes, days) {
        (Some(label), Some(scopes), Some(days)) => Ok((label, scopes, SignedDuration::from_hours(24 * days))),
        _ => unreachable!("what is missing was noted"),
    }
}

/// `POST /profile/tokens/{token}/removal`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    let token: TokenId = token.parse().map_err(|_| Refusal::NotFound)?;
    let (by, key) = (visitor.actor(), form.key);
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                token::revoke(tx, &by, token)?;
                Ok(lead_to("/profile", "token_revoked"))
            })
        })
        .await?;
    Ok(led(&app, &answer))
}
