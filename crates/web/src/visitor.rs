//! Who is asking: found once for each request, before anything else, and handed to whatever needs it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use model::event::{self, Actor, Via};
use model::organisation::{self, Mode, Organisation};
use model::person::Person;
use model::{Tx, message, notification, sign_in, token};
use rules::ids::{SignInId, TokenId};
use rules::permission::Who;
use rules::person::{HourStyle, Language};
use rules::refusal::Refusal;
use rules::scope::Scopes;
use rules::time::Zone;

use crate::app::App;
use crate::cookies::{self, Cookies};
use crate::error::{self, Failure};
use crate::network::client_address;
use crate::shell::Unread;
use crate::texts::{Texts, texts};
use crate::words::Clockface;

/// When to come again if the database does not answer, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// The one who asks, known or not.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who is signed in, if anybody.
    pub signed: Option<Signed>,
    /// Why a bearer token that was presented is not taken.
    pub token_refusal: Option<Refusal>,
    /// What waits for them to be read.
    pub unread: Unread,
    /// The language to answer in.
    pub language: Language,
    /// The address the request comes from, a trusted proxy's word included.
    pub network: IpAddr,
    /// Whose program this is.
    pub organisation: Arc<Organisation>,
    /// What the browser calls itself, in few words.
    pub device: String,
    /// The word before `.localhost` in a demo.
    pub host_slug: Option<String>,
    /// What the last act wants to say, by its key.
    pub toast: Option<String>,
    /// Whether a part of a page was asked for.
    pub fragment: bool,
    /// Where the request goes.
    pub path: String,
    /// The same with its query.
    pub path_and_query: String,
}

/// Somebody who has proved who they are.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The person.
    pub person: Person,
    /// How they proved it.
    pub by: Proof,
}

/// What was presented.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The cookie of a signed-in browser.
    Browser(SignInId),
    /// A bearer token and what it is for.
    Token(TokenId, Scopes),
}

impl Visitor {
    /// With what was proved.
    fn found(mut self, found: Found) -> Visitor {
        match found {
            Found::Nobody => {}
            Found::Signed(signed, unread) => {
                self.unread = unread;
                self.language = signed.person.language;
                self.signed = Some(signed);
            }
            Found::Refused(refusal) => self.token_refusal = Some(refusal),
        }
        self
    }

    /// For the verbs of the model.
    pub fn actor(&self) -> Actor {
        match &self.signed {
            Some(Signed { person, by: Proof::Browser(id) }) => {
                Actor::Person { who: person.who(), via: Via::Page, proof: Some(event::Proof::Browser(*id)) }
            }
            Some(Signed { person, by: Proof::Token(id, _) }) => {
                Actor::Person { who: person.who(), via: Via::Api, proof: Some(event::Proof::Token(*id)) }
            }
            None => Actor::Visitor,
        }
    }

    /// For the permission table.
    pub fn who(&self) -> Option<Who> {
        self.signed.as_ref().map(|signed| signed.person.who())
    }

    /// The person who is signed in.
    ///
    /// # Errors
    /// [`Refusal::NotSignedIn`].
    pub fn person(&self) -> Result<&Person, Refusal> {
        self.signed.as_ref().map(|signed| &signed.person).ok_or(Refusal::NotSignedIn)
    }

    /// This browser's own sign-in.
    pub fn browser(&self) -> Option<SignInId> {
        match self.signed.as_ref()?.by {
            Proof::Browser(id) => Some(id),
            Proof::Token(..) => None,
        }
    }

    /// The words of the language to answer in.
    pub fn texts(&self) -> &'static Texts {
        texts(self.language)
    }

    /// Writes times for this visitor.
    pub fn clockface(&self) -> Clockface {
        match &self.signed {
            Some(signed) => Clockface::of(&signed.person),
            None => Clockface::new(self.organisation.zone.clone(), HourStyle::H24, self.language),
        }
    }

    /// Where a form in the frame of this page leads back to: the page itself, if it was merely looked at.
    pub fn here(&self) -> String {
        crate::forms::local(&self.path_and_query)
    }

    /// A refusal in words.
    pub fn say(&self, refusal: &Refusal) -> String {
        let clockface = self.clockface();
        self.texts().refusals.say(refusal, |at| clockface.long(at))
    }

    /// Whether the JSON interface is asked.
    pub fn wants_json(&self) -> bool {
        is_interface(&self.path)
    }
}

fn is_interface(path: &str) -> bool {
    path.starts_with("/api/")
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visitor, Failure> {
        parts
            .extensions
            .get::<Visitor>()
            .cloned()
            .ok_or_else(|| Failure::wrong("a route outside the route table"))
    }
}

/// Finds out who is asking and hands it on with the request. What was to be said in passing is said once.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let shown = Shown::by(&app, &request);
    let visitor = match app.read(move |tx| Ok((organisation::get(tx)?, shown.look_up(tx)?))).await {
        Ok((organisation, found)) => stranger(&app, &request, organisation).found(found),
        Err(error) => return unknown(&app, &stranger(&app, &request, nameless(app.mode())), &error),
    };
    let said = visitor.toast.is_some();
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if said && is_page {
        let gone = cookies::set(app.config(), &cookies::toast_name(app.config()), "", 0);
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response
}

/// The organisation as long as nothing can be read of it.
fn nameless(mode: Mode) -> Organisation {
    Organisation {
        name: "Cairn".to_owned(),
        language: Language::English,
        zone: Zone::utc(),
        support_mail: None,
        late_hours: 0,
        free_hours: 0,
        pod_warning_hours: 0,
        inactive_months: 0,
        unanswered_reminders: 0,
        mode,
    }
}

/// Who asks cannot be found out: the database does not answer.
fn unknown(app: &App, visitor: &Visitor, error: &model::Error) -> Response {
    tracing::error!(%error, "who is asking cannot be read");
    error::render(app, visitor, &Refusal::Busy { retry_after_seconds: RETRY_AFTER_S }.into())
}

/// What a request shows of who sends it.
enum Shown {
    Nothing,
    /// At a page.
    Cookie(String),
    /// To the JSON interface, which takes no cookies.
    Token(String),
}

/// What that proves.
enum Found {
    Nobody,
    Signed(Signed, Unread),
    Refused(Refusal),
}

impl Shown {
    fn by(app: &App, request: &Request) -> Shown {
        let headers = request.headers();
        if is_interface(request.uri().path()) {
            return bearer(headers).map_or(Shown::Nothing, Shown::Token);
        }
        let cookies = Cookies::of(headers);
        let token = cookies.get(&cookies::sign_in_name(app.config()));
        token.map_or(Shown::Nothing, |token| Shown::Cookie(token.to_owned()))
    }

    fn look_up(&self, tx: &mut Tx) -> model::Result<Found> {
        Ok(match self {
            Shown::Nothing => Found::Nobody,
            Shown::Cookie(token) => {
                let Some((id, person)) = sign_in::look_up(tx, token)? else { return Ok(Found::Nobody) };
                let unread = Unread {
                    messages: message::unread(tx, &person.who())?,
                    notifications: notification::unread(tx, person.id)?,
                };
                Found::Signed(Signed { person, by: Proof::Browser(id) }, unread)
            }
            Shown::Token(token) => match token::look_up(tx, token) {
                Ok((id, person, scopes)) => {
                    Found::Signed(Signed { person, by: Proof::Token(id, scopes) }, Unread::default())
                }
                Err(model::Error::Refused(refusal)) => Found::Refused(refusal),
                Err(error) => return Err(error),
            },
        })
    }
}

/// Somebody of whom nothing is known yet but what the browser says.
fn stranger(app: &App, request: &Request, organisation: Organisation) -> Visitor {
    let headers = request.headers();
    let cookies = Cookies::of(headers);
    let chosen = cookies.get(&cookies::language_name(app.config())).and_then(|code| code.parse().ok());
    Visitor {
        signed: None,
        token_refusal: None,
        unread: Unread::default(),
        language: chosen
            .or_else(|| {
                headers
                    .get(header::ACCEPT_LANGUAGE)
                    .and_then(|value| Language::accepted(value.to_str().ok()?))
            })
            .unwrap_or(organisation.language),
        organisation: Arc::new(organisation),
        network: network(app, request),
        device: device(headers),
        host_slug: host_slug(app, headers),
        toast: cookies.get(&cookies::toast_name(app.config())).map(str::to_owned),
        fragment: headers.contains_key("hx-request"),
        path: request.uri().path().to_owned(),
        path_and_query: request.uri().path_and_query().map_or("/", |whole| whole.as_str()).to_owned(),
    }
}

/// The token of an `Authorization: Bearer` header (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// The address of the browser: the nearest one that is not a trusted proxy.
fn network(app: &App, request: &Request) -> IpAddr {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip());
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    client_address(peer, forwarded.into_iter(), &app.config().trusted_proxies)
}

/// A browser and a system in few words, enough to tell one's devices apart.
fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = |words: &[(&str, &'static str)]| {
        words.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take_while(|c| !matches!(c, ' ' | '/')).take(40).collect(),
    }
}

/// In a demo each person has a host of their own.
fn host_slug(app: &App, headers: &HeaderMap) -> Option<String> {
    if app.mode() != Mode::Demo {
        return None;
    }
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    host.strip_suffix(".localhost").map(str::to_ascii_lowercase)
}
