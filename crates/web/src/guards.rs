//! What stands before every handler: who is let in, how large a body may be, forgery from other sites, and the headers
//! that every answer carries. Handlers check the thing itself; the door of a route is checked here.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use model::clock::Stopwatch;
use model::organisation::Mode;
use rules::permission::reach;
use rules::refusal::Refusal;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::app::App;
use crate::error::{self, Failure};
use crate::routes::{Door, Framing, Instance, Route};
use crate::visitor::{self, Proof, Visitor};

/// A route's handler behind its door.
pub fn guarded(app: &App, route: Route, handler: MethodRouter<App>) -> MethodRouter<App> {
    let most = route.body_max_bytes;
    let guard = Arc::new(Guard { app: app.clone(), route });
    handler
        .layer::<_, Infallible>(from_fn_with_state(guard, check))
        .layer::<_, Infallible>(DefaultBodyLimit::max(most))
}

struct Guard {
    app: App,
    route: Route,
}

async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let route = &guard.route;
    if let Err(refusal) = admit(&guard.app, route, &request) {
        return Failure::from(refusal).into_response();
    }
    let too_large = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok())
        .is_some_and(|length| length > route.body_max_bytes);
    if too_large {
        return Failure::from(Refusal::TooLarge { most_bytes: route.body_max_bytes as u64 }).into_response();
    }
    let mut response = next.run(request).await;
    if route.framing == Framing::Ourselves {
        response.extensions_mut().insert(Framing::Ourselves);
    }
    response
}

fn admit(app: &App, route: &Route, request: &Request) -> Result<(), Refusal> {
    let exists = match route.instance {
        Instance::Any => true,
        Instance::Play => app.mode().is_play(),
        Instance::Demo => app.mode() == Mode::Demo,
    };
    if !exists {
        return Err(Refusal::NotFound);
    }
    if route.door == Door::Open {
        return Ok(());
    }
    let visitor = request.extensions().get::<Visitor>().ok_or(Refusal::NotSignedIn)?;
    if let Some(refusal) = &visitor.token_refusal {
        return Err(refusal.clone());
    }
    let signed = visitor.signed.as_ref().ok_or(Refusal::NotSignedIn)?;
    if let Door::May(action) = route.door
        && reach(signed.person.roles, action).is_none()
    {
        return Err(Refusal::MayNot { action });
    }
    match (&signed.by, route.scope) {
        (Proof::Token(scopes), Some(wanted)) => scopes.require(wanted),
        _ => Ok(()),
    }
}

/// What goes around all routes, outermost last.
pub fn around(app: &App, router: Router<App>) -> Router<App> {
    let mut csrf = CsrfLayer::new();
    match csrf.clone().add_trusted_origin(app.config().public_url.as_str()) {
        Ok(trusting) => csrf = trusting,
        Err(problem) => tracing::warn!(%problem, "public_url is no origin that a browser could name"),
    }
    router
        .fallback(|| async { Failure::from(Refusal::NotFound) })
        .method_not_allowed_fallback(|| async { StatusCode::METHOD_NOT_ALLOWED })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(csrf)
        .layer(from_fn_with_state(app.clone(), error::recover))
        .layer(from_fn_with_state(app.clone(), visitor::identify))
        .layer(from_fn_with_state(app.clone(), headers))
        .layer(from_fn(measure))
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Failure::wrong(format!("a handler panicked: {message}")).into_response()
}

/// Whether the layer against forgery turned this answer down.
pub fn is_cross_site(response: &Response) -> bool {
    response.extensions().get::<ProtectionError>().is_some()
}

/// Counts and times each answer, by route and status, never by path.
async fn measure(request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("none", |path| path.as_str()).to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let seconds = watch.elapsed().as_secs_f64();
    metrics::counter!("cairn_requests_total", "method" => method, "route" => route.clone(), "status" => status.clone())
        .increment(1);
    metrics::histogram!("cairn_request_seconds", "route" => route.clone()).record(seconds);
    tracing::debug!(method, route, status, milliseconds = seconds * 1000.0, "answered");
    response
}

/// A method by its name; all that the table does not know are one, because anybody can invent some.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

/// What every page may load: only what this program serves, and nothing inline.
const CONTENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'";
/// What a mail shown in a frame may load: nothing at all. Its own inline styles are how mails are written.
const MAIL_CONTENT: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; \
    base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";

async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_asset = request.uri().path().starts_with("/assets/");
    let head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    let is_kept = is_asset && !(response.status().is_client_error() || response.status().is_server_error());
    let framed = response.extensions().get::<Framing>() == Some(&Framing::Ourselves);
    let (content, ancestors) = if framed { (MAIL_CONTENT, "'self'") } else { (CONTENT, "'none'") };
    let policy = if framed {
        format!("{content}; frame-ancestors {ancestors}")
    } else {
        format!("{content}; frame-src 'self'; frame-ancestors {ancestors}")
    };
    let mut set = |name: HeaderName, value: &str| {
        let value = HeaderValue::from_str(value).expect("policies are plain ASCII");
        response.headers_mut().entry(name).or_insert(value);
    };
    set(header::CONTENT_SECURITY_POLICY, &policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, if framed { "SAMEORIGIN" } else { "DENY" });
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), geolocation=(), payment=(), usb=()",
    );
    if app.config().public_url.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if !is_kept {
        set(header::CACHE_CONTROL, "no-store");
    }
    if head {
        // The layers above made a body for an error; a HEAD has none.
        let (parts, _) = response.into_parts();
        return Response::from_parts(parts, Body::empty());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_method_makes_no_new_series() {
        let invented = Method::from_bytes(b"INVENTED").expect("a token");
        assert_eq!((known(&invented), known(&Method::PATCH)), ("other", "PATCH"));
    }
}
