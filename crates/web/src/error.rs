//! From a failure to an answer, in one place: a page in the visitor's language, a part of a page, or problem+json.
//! Handlers return any failure with `?` and render none.

use std::collections::BTreeSet;

use crate::api::wire::{BookingTerms, Field, Problem, Time};
use crate::app::App;
use crate::guards;
use crate::pages::shell;
use crate::routes::Framing;
use crate::shell::Dress;
use crate::views::error::ErrorPage;
use crate::visitor::Visitor;
use askama::Template;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use rules::refusal::{Refusal, RefusalKind};

/// Why a handler gives no answer of its own.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Somebody may not, or not so.
    Refused(Refusal),
    /// A time cannot be had, and these can instead (rule A5).
    TimeLost {
        /// Why not.
        refusal: Refusal,
        /// The free starts nearest to it, soonest first.
        alternatives: Vec<Time>,
    },
    /// A JSON body cannot be read, and it is known where it goes wrong.
    Unreadable(Place),
    /// The world failed, or we are wrong: logged once, under a reference that the visitor is shown.
    Wrong(String),
}

/// Where a JSON body goes wrong.
#[derive(Clone, Debug)]
pub struct Place {
    line: usize,
    column: usize,
    field: Option<String>,
    said: String,
}

impl Place {
    /// Where the parser stopped, in which field if it was in one.
    pub fn of(error: &serde_json::Error, field: Option<String>) -> Place {
        let (line, column) = (error.line(), error.column());
        let whole = error.to_string();
        let said =
            whole.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&whole).to_owned();
        Place { line, column, field, said }
    }
}

impl Failure {
    /// Something that must not happen.
    pub fn wrong(context: impl Into<String>) -> Failure {
        Failure::Wrong(context.into())
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Failure::Refused(refusal) | Failure::TimeLost { refusal, .. } => status(refusal),
            Failure::Unreadable(_) => StatusCode::BAD_REQUEST,
            Failure::Wrong(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The HTTP status of a refusal.
pub fn status(refusal: &Refusal) -> StatusCode {
    match refusal.kind() {
        RefusalKind::Unauthorized => StatusCode::UNAUTHORIZED,
        RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Gone => StatusCode::GONE,
        RefusalKind::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        RefusalKind::Malformed => StatusCode::BAD_REQUEST,
        RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        RefusalKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

impl From<model::Error> for Failure {
    fn from(error: model::Error) -> Failure {
        match error {
            model::Error::Refused(refusal) => Failure::Refused(refusal),
            busy if busy.is_temporary() => {
                tracing::warn!(error = %busy, "the database is busy");
                Failure::Refused(Refusal::Busy { retry_after_seconds: 1 })
            }
            error => Failure::Wrong(error.to_string()),
        }
    }
}

impl From<object_store::Error> for Failure {
    fn from(error: object_store::Error) -> Failure {
        Failure::Wrong(error.to_string())
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Failure {
        Failure::Wrong(format!("a template failed: {error}"))
    }
}

/// An empty answer that carries the failure; [`recover`] makes the words.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// An answer that has its words already, although its status is one of an error.
#[derive(Clone, Copy, Debug)]
pub struct Worded;

/// Gives every failure its words: our own, and those that the libraries around us produce.
pub async fn recover(State(app): State<App>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error())
        || response.extensions().get::<Worded>().is_some()
    {
        return response;
    }
    let Some(visitor) = visitor else { return response };
    let failure = match response.extensions().get::<Failure>() {
        Some(failure) => failure.clone(),
        None if guards::is_cross_site(&response) => Failure::Refused(Refusal::CrossSite),
        None => match status {
            StatusCode::NOT_FOUND => Failure::Refused(Refusal::NotFound),
            StatusCode::PAYLOAD_TOO_LARGE => Failure::Refused(Refusal::TooLarge { most_bytes: 65_536 }),
            StatusCode::METHOD_NOT_ALLOWED => Failure::Refused(Refusal::WrongMethod),
            status if status.is_client_error() => Failure::Refused(Refusal::Unreadable),
            status => Failure::wrong(format!("an answer of {status} without a reason")),
        },
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut answer = match response.extensions().get::<Framing>() {
        Some(Framing::Anybody) => framed(&app, visitor, &failure),
        _ => render(&app, &visitor, &failure),
    };
    if let Some(allow) = allow {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}

/// The answer inside another site's page, where everybody is a stranger (rule C4).
fn framed(app: &App, mut visitor: Visitor, failure: &Failure) -> Response {
    visitor.signed = None;
    visitor.toast = None;
    let mut response = rendered(app, &visitor, failure, Some(Dress::Embedded));
    response.extensions_mut().insert(Framing::Anybody);
    response
}

/// The answer to a failure, in the visitor's form and language.
pub fn render(app: &App, visitor: &Visitor, failure: &Failure) -> Response {
    rendered(app, visitor, failure, None)
}

fn rendered(app: &App, visitor: &Visitor, failure: &Failure, dress: Option<Dress>) -> Response {
    let reference = reference_of(visitor, failure);
    let mut response = if visitor.wants_json() {
        problem(visitor, failure, reference.as_deref())
    } else if matches!(failure, Failure::Refused(Refusal::NotSignedIn)) {
        to_sign_in(visitor)
    } else {
        page(app, visitor, failure, reference, dress)
    };
    if let Failure::Refused(refusal) = failure {
        say_when_to_retry(refusal, &mut response);
    }
    response.extensions_mut().insert(Worded);
    response
}

/// `Retry-After` for whoever came too often or at a bad moment (RFC 9110, section 10.2.3).
pub fn say_when_to_retry(refusal: &Refusal, response: &mut Response) {
    if let Refusal::RateLimited { retry_after_seconds } | Refusal::Busy { retry_after_seconds } = refusal {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
    }
}

/// What the answer and the log have in common, so that somebody who asks can be helped. An answer that must be the same for
/// everybody, to the byte, has none (rule P4), nor has the way to the sign-in page. To a program a refusal says by its code
/// all that there is to say; what it says of an id in a body is the same for absent and foreign ones too.
fn reference_of(visitor: &Visitor, failure: &Failure) -> Option<String> {
    let status = failure.status();
    let is_same_for_all =
        matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
    if status.is_client_error() && (visitor.wants_json() || is_same_for_all) {
        return None;
    }
    let reference = reference();
    match failure {
        Failure::Wrong(context) => tracing::error!(reference, context, "a request failed"),
        Failure::Refused(refusal) | Failure::TimeLost { refusal, .. } => {
            tracing::info!(
                reference,
                status = status.as_u16(),
                code = refusal.code(),
                "a request was refused"
            );
        }
        Failure::Unreadable(_) => {
            tracing::info!(reference, status = status.as_u16(), code = "unreadable", "a request was refused");
        }
    }
    Some(reference)
}

/// Ten characters that stand in the log and on the page.
fn reference() -> String {
    model::clock::random_bytes::<5>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 9457, with the stable code of the refusal.
fn problem(visitor: &Visitor, failure: &Failure, reference: Option<&str>) -> Response {
    let texts = visitor.texts();
    let status = failure.status();
    let (code, fields) = match failure {
        Failure::Refused(Refusal::Invalid { fields }) => ("invalid", fields.as_slice()),
        Failure::Refused(refusal) | Failure::TimeLost { refusal, .. } => (refusal.code(), [].as_slice()),
        Failure::Unreadable(_) => (Refusal::Unreadable.code(), [].as_slice()),
        Failure::Wrong(_) => ("internal", [].as_slice()),
    };
    let detail = match failure {
        Failure::Refused(refusal) | Failure::TimeLost { refusal, .. } => visitor.say(refusal),
        Failure::Unreadable(place) => {
            (texts.errors.unreadable_at)(place.line, place.column, place.said.as_str())
        }
        Failure::Wrong(_) => texts.errors.broken.to_owned(),
    };
    let mut fields: Vec<Field> = fields
        .iter()
        .map(|field| Field {
            field: field.field.into(),
            code: field.problem.code(),
            detail: texts.problems.say(&field.problem),
        })
        .collect();
    if let Failure::Unreadable(Place { field: Some(field), said, .. }) = failure {
        fields.push(Field {
            field: field.clone().into(),
            code: Refusal::Unreadable.code(),
            detail: said.clone(),
        });
    }
    let changed = match failure {
        Failure::Refused(Refusal::OutcomeChanged { outcome, kept_minor }) => Some((*outcome, *kept_minor)),
        _ => None,
    };
    let left = match failure {
        Failure::Refused(Refusal::StillCoaches { ahead, waiting, unmarked }) => {
            Some((*ahead, *waiting, *unmarked))
        }
        _ => None,
    };
    let body = Problem {
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        code,
        detail,
        fields: Some(fields).filter(|fields| !fields.is_empty()),
        alternatives: match failure {
            Failure::TimeLost { alternatives, .. } => Some(alternatives.clone()),
            _ => None,
        },
        outcome: changed.map(|(outcome, _)| outcome),
        kept_minor: changed.and_then(|(_, kept)| kept),
        now: match failure {
            Failure::Refused(Refusal::TermsChanged { now }) => Some(BookingTerms::of(now)),
            _ => None,
        },
        ahead: left.map(|(ahead, ..)| ahead),
        waiting: left.map(|(_, waiting, _)| waiting),
        unmarked: left.map(|(.., unmarked)| unmarked),
        reference: reference.map(str::to_owned),
    };
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// A page that needs somebody signed in leads to the sign-in page and back; a part of a page tells the island to go.
fn to_sign_in(visitor: &Visitor) -> Response {
    let target = format!("/sign-in?next={}", crate::forms::encode(&visitor.path_and_query));
    if visitor.fragment {
        let location = HeaderValue::from_str(&target).unwrap_or(HeaderValue::from_static("/sign-in"));
        return (StatusCode::UNAUTHORIZED, [("hx-redirect", location)]).into_response();
    }
    Redirect::to(&target).into_response()
}

/// What happened, where a refusal knows it better than its status.
fn exactly(visitor: &Visitor, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid { fields } => {
            let problems = &visitor.texts().problems;
            let said: BTreeSet<String> = fields.iter().map(|wrong| problems.say(&wrong.problem)).collect();
            said.iter().map(|words| format!("{}.", words.trim_end_matches('.'))).collect::<Vec<_>>().join(" ")
        }
        Refusal::NotFound
        | Refusal::MayNot { .. }
        | Refusal::WrongMethod
        | Refusal::Unreadable
        | Refusal::TooLarge { .. }
        | Refusal::RateLimited { .. }
        | Refusal::Busy { .. } => String::new(),
        refusal => visitor.say(refusal),
    }
}

fn page(
    app: &App,
    visitor: &Visitor,
    failure: &Failure,
    reference: Option<String>,
    dress: Option<Dress>,
) -> Response {
    let status = failure.status();
    let mut shell = shell::of_error(app, visitor);
    shell.dress = dress.unwrap_or(shell.dress);
    let mut page = ErrorPage::of_status(status.as_u16(), shell);
    page.reference = reference;
    if let Failure::Refused(refusal) = failure {
        page.more = exactly(visitor, refusal);
        if let Refusal::RateLimited { retry_after_seconds } | Refusal::Busy { retry_after_seconds } = refusal
        {
            page.retry = (visitor.texts().errors.retry_after)(u64::from(*retry_after_seconds));
        }
    }
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page failed");
            (status, "Something failed.").into_response()
        }
    }
}
