//! Signing in by a mailed link or a password, and signing out (rules P1, P2, P4).

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use model::attempt::{self, Verdict};
use model::event::Actor;
use model::idempotency;
use model::person;
use model::sign_in::{self, Begun};
use rules::ids::PersonId;
use rules::person::MailAddress;
use rules::refusal::{FieldProblem, Problem, Refusal};
use serde::Deserialize;

use super::{Answer, home, page, page_again, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_to, local};
use crate::shell::{FormErrors, Place};
use crate::views::sign_in::{LinkPage, LinkSentPage, LinkState, SignInPage};
use crate::visitor::Visitor;
use crate::{cookies, limits, passwords};

/// How long a browser keeps its cookie, in seconds: as long as browsers allow. When a sign-in ends is decided here, by
/// [`sign_in::SIGN_IN_FOR`] since its last use.
const COOKIE_FOR_S: i64 = 400 * 24 * 60 * 60;

/// The query of the sign-in page.
#[derive(Debug, Deserialize)]
pub struct Whither {
    #[serde(default)]
    next: String,
    /// The address to begin with, as an invitation knows it.
    #[serde(default)]
    mail: String,
}

/// No address is longer, in characters.
const MAIL_MAX_CHARS: usize = 254;

/// `GET /sign-in`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Query(whither): Query<Whither>) -> Answer {
    if visitor.signed.is_some() {
        return Ok(Redirect::to(&local(&whither.next)).into_response());
    }
    let mail = whither.mail.chars().filter(|c| !c.is_control()).take(MAIL_MAX_CHARS).collect();
    page(&SignInPage { mail, ..empty(&visitor, &app, whither.next) })
}

fn empty(visitor: &Visitor, app: &Reading, next: String) -> SignInPage {
    let t = visitor.texts();
    SignInPage {
        shell: shell::of(visitor, app.mode(), app.now(), t.sign_in.title, Place::Elsewhere),
        mail: String::new(),
        next,
        errors: FormErrors::NONE,
        wrong: String::new(),
        password_open: false,
    }
}

/// `POST /sign-in/link`: sends a link, and answers the same for a known and an unknown address (rule P4).
pub async fn ask_for_link(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let typed = form.fields.get("mail").to_owned();
    let address = match MailAddress::parse(&typed) {
        Ok(address) => address,
        Err(problem) => {
            let again = SignInPage {
                mail: typed,
                errors: problem_with_mail(&visitor, problem),
                ..empty(&visitor, &app.reading(), form.fields.get("next").to_owned())
            };
            return page_again(StatusCode::UNPROCESSABLE_ENTITY, &again);
        }
    };
    let buckets = limits::mail(&app, &visitor, &address);
    let key = form.key;
    let verdict = app
        .write(move |tx| {
            // A repeat of what was sent is no other try, and sends no other mail (rule B5).
            if idempotency::earlier(tx, key.as_ref())?.is_some() {
                return Ok(Verdict::Under);
            }
            let verdict = attempt::count_all(tx, &buckets)?;
            if verdict == Verdict::Under {
                sign_in::ask_for_link(tx, &address)?;
                idempotency::keep(tx, key.as_ref(), &lead_to("/sign-in", ""))?;
            }
            Ok(verdict)
        })
        .await?;
    limits::hold(verdict)?;
    let title = visitor.texts().sign_in.sent_title;
    page(&LinkSentPage {
        shell: shell::of(&visitor, app.mode(), app.now(), title, Place::Elsewhere),
        mail: typed,
    })
}

fn problem_with_mail(visitor: &Visitor, problem: Problem) -> FormErrors {
    let refusal = Refusal::Invalid { fields: vec![FieldProblem::new("mail", problem)] };
    FormErrors::of_refusal(&refusal, visitor.texts())
}

/// `POST /sign-in`: by mail address and password.
pub async fn by_password(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let typed = form.fields.get("mail").to_owned();
    let next = form.fields.get("next").to_owned();
    match verify(&app, &visitor, &typed, form.fields.raw("password")).await {
        Ok(begun) if next.is_empty() => {
            let door = home::landing(&app, &begun.person).await?;
            Ok(signed_in(&app, &begun, door))
        }
        Ok(begun) => Ok(signed_in(&app, &begun, &local(&next))),
        Err(Failure::Refused(refusal @ (Refusal::WrongPassword | Refusal::RateLimited { .. }))) => {
            let again = SignInPage {
                mail: typed,
                wrong: visitor.say(&refusal),
                password_open: true,
                ..empty(&visitor, &app.reading(), next)
            };
            page_refused(&refusal, &again)
        }
        Err(failure) => Err(failure),
    }
}

async fn verify(app: &App, visitor: &Visitor, typed: &str, given: &str) -> Result<Begun, Failure> {
    let address = MailAddress::parse(typed).map_err(|_| Refusal::WrongPassword)?;
    let buckets = limits::sign_in(app, visitor, &address);
    let (verdict, stored) = app
        .write(move |tx| Ok((attempt::count_all(tx, &buckets)?, sign_in::password_hash_at(tx, &address)?)))
        .await?;
    limits::hold(verdict)?;
    let fits = passwords::verify(given.to_owned(), stored.as_ref().map(|(_, hash)| hash.clone())).await?;
    let (id, hash) = stored.filter(|_| fits).ok_or(Refusal::WrongPassword)?;
    let device = visitor.device.clone();
    Ok(app.write(move |tx| sign_in::begin_by_password(tx, id, &hash, &device)).await?)
}

/// `GET /sign-in/link/{token}`: says what the button would do; mail scanners open links, and nothing happens.
pub async fn link(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let action = format!("/sign-in/link/{token}");
    let state = app.read(move |tx| sign_in::look_at_link(tx, &token)).await;
    let (status, state) = match state {
        Ok(sign_in::LinkState::SignsIn(person)) => {
            (StatusCode::OK, LinkState::Open { name: person.name, action })
        }
        Ok(sign_in::LinkState::Used) => (StatusCode::GONE, LinkState::Used),
        Ok(sign_in::LinkState::Expired | sign_in::LinkState::SetsUp) => (StatusCode::GONE, LinkState::Gone),
        Err(model::Error::Refused(Refusal::LinkUnknown)) => (StatusCode::GONE, LinkState::Gone),
        Err(error) => return Err(error.into()),
    };
    link_page(&app, &visitor, status, state)
}

fn link_page(app: &Reading, visitor: &Visitor, status: StatusCode, state: LinkState) -> Answer {
    let title = visitor.texts().sign_in.link_title;
    let shell = shell::of(visitor, app.mode(), app.now(), title, Place::Elsewhere);
    page_again(status, &LinkPage { shell, state })
}

/// `POST /sign-in/link/{token}`: presses the button.
pub async fn use_link(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let device = visitor.device.clone();
    match app.write(move |tx| sign_in::use_link(tx, &token, &device)).await {
        Ok(begun) => {
            let door = home::landing(&app, &begun.person).await?;
            Ok(signed_in(&app, &begun, door))
        }
        Err(model::Error::Refused(Refusal::LinkUsed)) => {
            link_page(&app.reading(), &visitor, StatusCode::GONE, LinkState::Used)
        }
        Err(model::Error::Refused(Refusal::LinkUnknown | Refusal::LinkExpired)) => {
            link_page(&app.reading(), &visitor, StatusCode::GONE, LinkState::Gone)
        }
        Err(error) => Err(error.into()),
    }
}

/// Hands the browser its cookie and leads it on.
pub fn signed_in(app: &App, begun: &Begun, to: &str) -> Response {
    let config = app.config();
    let cookie = cookies::set(config, &cookies::sign_in_name(config), begun.token.reveal(), COOKIE_FOR_S);
    let mut response = Redirect::to(to).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// `POST /sign-out`. A repeat is asked by nobody any more and is led to the same door: it needs no key.
pub async fn destroy(State(app): State<App>, visitor: Visitor) -> Answer {
    if let Some(device) = visitor.browser() {
        let by: Actor = visitor.actor();
        app.write(move |tx| sign_in::sign_out(tx, &by, device)).await?;
    }
    Ok(signed_out(&app))
}

/// Takes the cookie away and leads to the front door.
pub fn signed_out(app: &App) -> Response {
    let config = app.config();
    let mut response = Redirect::to("/").into_response();
    let gone = cookies::set(config, &cookies::sign_in_name(config), "", 0);
    response.headers_mut().append(header::SET_COOKIE, gone);
    response
}

/// Signs somebody in without proof: the one click of a demo.
pub async fn begin_freely(app: &App, visitor: &Visitor, id: PersonId) -> Result<Begun, Failure> {
    let device = visitor.device.clone();
    let begun = app
        .write(move |tx| {
            let person = person::get(tx, id)?;
            sign_in::begin(tx, &person, &device, "demo")
        })
        .await?;
    Ok(begun)
}
