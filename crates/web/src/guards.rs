//! What stands before every handler: who is let in, how large a body may be, forgery from other sites, and the headers
//! that every answer carries. Handlers check the thing itself; the door of a route is checked here.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use model::clock::Stopwatch;
use rules::permission::reach;
use rules::refusal::Refusal;
use tokio::time::Sleep;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::app::App;
use crate::error::{self, Failure, Worded};
use crate::routes::{Door, Framing, Route};
use crate::visitor::{self, Proof, Visitor};

/// How long the body of a request may take.
const BODY_WITHIN: Duration = Duration::from_secs(60);

/// A route's handler behind its door.
pub fn guarded(route: Route, handler: MethodRouter<App>) -> MethodRouter<App> {
    guarded_within(route, handler, BODY_WITHIN)
}

fn guarded_within<S>(route: Route, handler: MethodRouter<S>, body_within: Duration) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    let most = route.body_max_bytes;
    handler
        .layer::<_, Infallible>(from_fn_with_state((Arc::new(route), body_within), check))
        .layer::<_, Infallible>(DefaultBodyLimit::max(most))
}

async fn check(
    State((route, body_within)): State<(Arc<Route>, Duration)>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(refusal) = admit(&route, &request) {
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
    let is_late = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| Body::new(Timely::new(body, body_within, &is_late)));
    let mut response = next.run(request).await;
    if is_late.load(Ordering::Relaxed) {
        // Nobody reads this who is worth words: it is for the log of a proxy, and it ends the connection.
        let mut late = (StatusCode::REQUEST_TIMEOUT, [(header::CONNECTION, "close")]).into_response();
        late.extensions_mut().insert(Worded);
        return late;
    }
    match route.framing {
        Framing::Ourselves => {
            response.extensions_mut().insert(Framing::Ourselves);
        }
        // The handler has said whether it was asked for like that.
        Framing::Anybody => {}
        Framing::Never => {
            response.extensions_mut().remove::<Framing>();
        }
    }
    response
}

/// A body that fails if it has not come as a whole within some time.
struct Timely {
    body: Body,
    end: Pin<Box<Sleep>>,
    is_late: Arc<AtomicBool>,
}

impl Timely {
    fn new(body: Body, within: Duration, is_late: &Arc<AtomicBool>) -> Timely {
        Timely { body, end: Box::pin(tokio::time::sleep(within)), is_late: Arc::clone(is_late) }
    }
}

impl HttpBody for Timely {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.end.as_mut().poll(context).is_ready() {
            self.is_late.store(true, Ordering::Relaxed);
            return Poll::Ready(Some(Err(axum::Error::new("the body took too long"))));
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn admit(route: &Route, request: &Request) -> Result<(), Refusal> {
    if route.door == Door::Open && route.scope.is_none() {
        return Ok(());
    }
    let visitor = request.extensions().get::<Visitor>().ok_or(Refusal::NotSignedIn)?;
    if let Some(refusal) = &visitor.token_refusal {
        return Err(refusal.clone());
    }
    // Nobody need show a token at an open door, but one that is shown must be good.
    if route.door == Door::Open && visitor.signed.is_none() {
        return Ok(());
    }
    let signed = visitor.signed.as_ref().ok_or(Refusal::NotSignedIn)?;
    if let Door::May(action) = route.door
        && reach(signed.person.roles, action).is_none()
    {
        return Err(Refusal::MayNot { action });
    }
    match (&signed.by, route.scope) {
        (Proof::Token(_, scopes), Some(wanted)) => scopes.require(wanted),
        _ => Ok(()),
    }
}

/// What goes around all routes, outermost last. Between `people` and `machines` lies who asks: for machines that is not
/// asked, so that they are answered without the database.
/// `from_anywhere` are the routes that may be asked from other sites, each with one name at its end.
pub fn around(
    app: &App,
    people: Router<App>,
    machines: Router<App>,
    from_anywhere: Vec<&'static str>,
) -> Router<App> {
    let is_open = move |path: &str| {
        let before = |route: &str| route.rsplit_once('/').map(|(before, _)| before.to_owned());
        from_anywhere.iter().any(|route| before(route).is_some() && before(route) == before(path))
    };
    // The interface takes no cookies, so that no browser can be made to speak for somebody there.
    let mut csrf = CsrfLayer::new()
        .with_insecure_bypass(move |_, uri| uri.path().starts_with("/api/") || is_open(uri.path()));
    match csrf.clone().add_trusted_origin(app.config().public_url.as_str()) {
        Ok(trusting) => csrf = trusting,
        Err(problem) => tracing::warn!(%problem, "public_url is no origin that a browser could name"),
    }
    let people = people
        .fallback(|| async { Failure::from(Refusal::NotFound) })
        .method_not_allowed_fallback(|| async { StatusCode::METHOD_NOT_ALLOWED })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(csrf)
        .layer(from_fn_with_state(app.clone(), error::recover))
        .layer(from_fn_with_state(app.clone(), visitor::identify));
    people
        .merge(machines.layer(CatchPanicLayer::custom(panicked)))
        .layer(from_fn_with_state(app.clone(), headers))
        .layer(from_fn(measure))
        // Made for each answer anew, so the fastest level; what is built once comes with its own encoding.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
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
    let framing = response.extensions().get::<Framing>().copied().unwrap_or(Framing::Never);
    let policy = match framing {
        Framing::Never => format!("{CONTENT}; frame-src 'self'; frame-ancestors 'none'"),
        Framing::Ourselves => format!("{MAIL_CONTENT}; frame-ancestors 'self'"),
        Framing::Anybody => format!("{CONTENT}; frame-ancestors *"),
    };
    let mut set = |name: HeaderName, value: &str| {
        let value = HeaderValue::from_str(value).expect("policies are plain ASCII");
        response.headers_mut().entry(name).or_insert(value);
    };
    set(header::CONTENT_SECURITY_POLICY, &policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    match framing {
        Framing::Never => set(header::X_FRAME_OPTIONS, "DENY"),
        Framing::Ourselves => set(header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        // That header knows no word for it.
        Framing::Anybody => {}
    }
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    let resource = if framing == Framing::Anybody { "cross-origin" } else { "same-origin" };
    set(HeaderName::from_static("cross-origin-resource-policy"), resource);
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
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    struct Endless;

    impl HttpBody for Endless {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn a_body_that_does_not_end_is_given_up() {
        let is_late = Arc::default();
        let endless = Body::new(Endless);
        let read = Timely::new(endless, Duration::from_millis(20), &is_late).collect().await;
        assert!(read.is_err() && is_late.load(Ordering::Relaxed));
        let short = Timely::new(Body::from("all of it"), Duration::from_secs(60), &Arc::default());
        assert_eq!(short.collect().await.expect("a body").to_bytes(), "all of it");
    }

    #[tokio::test]
    async fn whoever_sends_a_body_too_slowly_is_told_so_and_let_go() {
        let route = || Route::new(Method::POST, "/", axum::routing::post(|_: Bytes| async {}));
        let taker = || axum::routing::post(|_: Bytes| async { "taken" });
        let within = Duration::from_millis(20);
        let router: Router = Router::new().route("/", guarded_within(route(), taker(), within));
        let send = |body: Body| {
            let request = Request::builder().method("POST").uri("/").body(body).expect("a request");
            router.clone().oneshot(request)
        };
        let late = send(Body::new(Endless)).await.expect("an answer");
        assert_eq!(late.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(late.headers().get(header::CONNECTION).expect("it ends the connection"), "close");
        assert_eq!(send(Body::from("all of it")).await.expect("an answer").status(), StatusCode::OK);
    }

    #[test]
    fn an_invented_method_makes_no_new_series() {
        let invented = Method::from_bytes(b"INVENTED").expect("a token");
        assert_eq!((known(&invented), known(&Method::PATCH)), ("other", "PATCH"));
    }
}
