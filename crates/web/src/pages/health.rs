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

/// `GET /robots.txt`: the coaches and the front pages are for crawlers, and a time that is chosen is not.
pub async fn robots(State(app): State<Reading>) -> String {
    let closed = [
        "/sign-in",
        "/set-up",
        "/bookings",
        "/manage",
        "/people",
        "/mailbox",
        "/api",
        "/*?*at=",
        "/*?*embed=",
    ];
    let closed: String = closed.iter().map(|path| format!("Disallow: {path}\n")).collect();
    format!("User-agent: *\n{closed}Sitemap: {}/sitemap.xml\n", app.config().public_url.as_str())
}
