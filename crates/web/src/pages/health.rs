//! For machines: is it alive, is it ready, what was measured, what may be crawled (rule D4).

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rules::refusal::Refusal;
use subtle::ConstantTimeEq;

use crate::app::Reading;
use crate::error::Failure;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers too.
pub async fn ready(State(app): State<Reading>) -> Response {
    match app.read(|tx| tx.one("SELECT 1", model::args![], |row| row.get::<i64>(0))).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            let mut response =
                (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response();
            response.extensions_mut().insert(crate::error::Worded);
            response
        }
    }
}

/// `GET /metrics`: for a bearer of the configured token; without one this address does not exist.
pub async fn metrics(State(app): State<Reading>, headers: HeaderMap) -> Result<Response, Failure> {
    let wanted = app.config().metrics_token.as_ref().ok_or(Refusal::NotFound)?;
    let presented = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer ").map(str::to_owned))
        .unwrap_or_default();
    if !bool::from(presented.as_bytes().ct_eq(wanted.expose().as_bytes())) {
        return Err(Refusal::NotFound.into());
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, app.measured().render()).into_response())
}

/// `GET /robots.txt`: only the front pages are for crawlers.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /sign-in\nDisallow: /set-up\nDisallow: /people\nDisallow: /mailbox\nDisallow: /api\n"
}
