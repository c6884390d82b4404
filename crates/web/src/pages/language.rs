//! The language switch in the footer: kept with the account, and in a cookie for whoever has none.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use model::idempotency;
use rules::person::Language;
use rules::refusal::{Problem, Refusal};

use super::Answer;
use crate::app::App;
use crate::cookies;
use crate::forms::{Form, lead_to, local};
use crate::visitor::Visitor;

/// How long a stranger's choice is kept, in seconds.
const KEPT_S: i64 = 365 * 24 * 60 * 60;

/// `POST /language`
pub async fn update(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let language: Language =
        form.fields.get("language").parse().map_err(|_| Refusal::invalid("language", Problem::NotAChoice))?;
    if visitor.signed.is_some() {
        let (by, key) = (visitor.actor(), form.key.clone());
        app.write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                model::person::set_language(tx, &by, language)?;
                Ok(lead_to("/", ""))
            })
        })
        .await?;
    }
    let config = app.config();
    let cookie = cookies::set(config, &cookies::language_name(config), language.code(), KEPT_S);
    let mut response = Redirect::to(&local(form.fields.get("back"))).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}
