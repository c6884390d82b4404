//! The program under test: the whole of it behind its router, on a database of its own, with the small named world in
//! it and a clock that stands. Tests are people: `app.ben().get("/profile")`.
//!
//! Every answer of the JSON interface that any test sees is held against the OpenAPI document: its status, its kind,
//! and its body to the last property.

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use jsonschema::Validator;
use metrics_exporter_prometheus::PrometheusBuilder;
use model::event::Actor as By;
use model::organisation::Mode;
use model::testing::{Fixture, Store};
use model::{Clock, Db, args, person, sign_in, token, world};
use rules::ids::PersonId;
use rules::scope::Scopes;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tower::ServiceExt;
use web::app::App;
use web::config::{Config, Purpose};
use web::files::Files;
use web::jobs::Jobs;
use web::mail::Mailroom;
use web::{api, cookies, routes};

/// How long the tokens of these tests are good.
pub(crate) const TOKEN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The program, as a deployment for real people has it.
pub(crate) struct TestApp {
    app: App,
    router: Router,
    db: Db,
    _files: TempDir,
}

/// The same, as an empty instance to try.
pub(crate) struct Trial(pub(crate) TestApp);

/// The same, as the living example: everybody has a host of their own.
pub(crate) struct Demo(pub(crate) TestApp);

impl Fixture for TestApp {
    async fn make(store: &Store) -> TestApp {
        TestApp::start(store, Mode::Serve).await
    }
}

impl Fixture for Trial {
    async fn make(store: &Store) -> Trial {
        Trial(TestApp::start(store, Mode::Trial).await)
    }
}

impl Fixture for Demo {
    async fn make(store: &Store) -> Demo {
        Demo(TestApp::start(store, Mode::Demo).await)
    }
}

impl Deref for Trial {
    type Target = TestApp;
    fn deref(&self) -> &TestApp {
        &self.0
    }
}

impl Deref for Demo {
    type Target = TestApp;
    fn deref(&self) -> &TestApp {
        &self.0
    }
}

impl TestApp {
    /// Starts it on this store.
    pub(crate) async fn start(store: &Store, mode: Mode) -> TestApp {
        TestApp::start_with(store, mode, |_| {}).await
    }

    /// The same with settings of the test's own.
    pub(crate) async fn start_with(store: &Store, mode: Mode, set: impl FnOnce(&mut Config)) -> TestApp {
        let db = store.open().await;
        db.write(move |tx| {
            world::build(tx)?;
            tx.exec("UPDATE organisation SET mode = $1 WHERE id = 1", args![mode.code()])?;
            Ok(())
        })
        .await
        .expect("building the small world");
        let files = TempDir::new().expect("a folder for the files");
        let mut config = Config::defaults(Purpose::Live);
        set(&mut config);
        let store = Files::in_folder(files.path()).expect("opening the files");
        let measured = PrometheusBuilder::new().build_recorder().handle();
        let mailroom = Arc::new(Mailroom::new(&config, mode).expect("a mailroom"));
        let jobs = Jobs::new(db.clone(), mailroom);
        let app = App::new(db.clone(), config, mode, store, jobs, measured);
        let router = routes::router(&app);
        TestApp { app, router, db, _files: files }
    }

    /// What handlers see of it.
    pub(crate) fn inside(&self) -> &App {
        &self.app
    }

    /// Its database.
    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// Both clocks; they stand until they are advanced.
    pub(crate) fn clock(&self) -> &Clock {
        self.app.clock()
    }

    /// Somebody who is not signed in, in a browser of their own.
    pub(crate) fn nobody(&self) -> Actor<'_> {
        Actor { app: self, proof: Proof::None, headers: HeaderMap::new(), jar: Arc::default() }
    }

    /// Somebody who is signed in, in a browser of their own.
    pub(crate) fn person(&self, id: PersonId) -> Actor<'_> {
        Actor { proof: Proof::Browser(id), ..self.nobody() }
    }

    /// The admin.
    pub(crate) fn otto(&self) -> Actor<'_> {
        self.person(world::OTTO)
    }

    /// The lead of Ben's cohort.
    pub(crate) fn lea(&self) -> Actor<'_> {
        self.person(world::LEA)
    }

    /// Ben's coach.
    pub(crate) fn ada(&self) -> Actor<'_> {
        self.person(world::ADA)
    }

    /// A client.
    pub(crate) fn ben(&self) -> Actor<'_> {
        self.person(world::BEN)
    }

    /// The sponsor.
    pub(crate) fn cara(&self) -> Actor<'_> {
        self.person(world::CARA)
    }

    /// Somebody's program, with a token for these scopes, made at its first request.
    pub(crate) fn token(&self, person: PersonId, scopes: &str) -> Actor<'_> {
        let scopes = scopes.parse().expect("scopes");
        Actor { proof: Proof::Scopes(person, scopes), ..self.nobody() }
    }

    /// Somebody's program, with a token for everything they may do.
    pub(crate) fn api(&self, person: PersonId) -> Actor<'_> {
        Actor { proof: Proof::Scopes(person, Scopes::all()), ..self.nobody() }
    }

    /// A program that presents this token.
    pub(crate) fn bearer(&self, token: &str) -> Actor<'_> {
        self.nobody().with("authorization", &format!("Bearer {token}"))
    }

    /// The letters that were queued for a person, the oldest first.
    pub(crate) async fn letters_to(&self, person: PersonId) -> Vec<String> {
        let filter = model::mail::Filter { person: Some(person), ..Default::default() };
        let lines = self.app.read(move |tx| model::mail::list(tx, &By::Program, &filter, 100)).await;
        lines.expect("reading the queue").iter().rev().map(|line| line.letter.to_string()).collect()
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        self.app.read(move |tx| tx.one(&sql, args![], |row| row.get(0))).await.expect("counting rows")
    }

    /// Does everything that is due now.
    pub(crate) async fn run_jobs(&self) {
        self.app.jobs().run_until_idle().await.expect("running the jobs");
    }

    /// The OpenAPI document.
    pub(crate) fn document(&self) -> &'static Json {
        static DOCUMENT: OnceLock<Json> = OnceLock::new();
        DOCUMENT.get_or_init(|| api::openapi::document(&routes::table(&self.app.reading())))
    }
}

#[derive(Clone)]
enum Proof {
    None,
    Browser(PersonId),
    Scopes(PersonId, Scopes),
}

/// Somebody at a browser, or a program. Clones share what the browser keeps.
#[derive(Clone)]
pub(crate) struct Actor<'a> {
    app: &'a TestApp,
    proof: Proof,
    headers: HeaderMap,
    jar: Arc<Mutex<Jar>>,
}

#[derive(Default)]
struct Jar {
    cookies: BTreeMap<String, String>,
    bearer: Option<String>,
}

impl Actor<'_> {
    /// The same, with one more header.
    pub(crate) fn with(&self, name: &'static str, value: &str) -> Self {
        let mut with = self.clone();
        with.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header"));
        with
    }

    /// The same, with this idempotency key.
    pub(crate) fn key(&self, key: &str) -> Self {
        self.with("idempotency-key", key)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    pub(crate) async fn head(&self, path: &str) -> Response {
        self.send(Method::HEAD, path, None, Vec::new()).await
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body.into()).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Json) -> Response {
        self.send_json(Method::POST, path, body).await
    }

    pub(crate) async fn put_json(&self, path: &str, body: &Json) -> Response {
        self.send_json(Method::PUT, path, body).await
    }

    pub(crate) async fn patch_json(&self, path: &str, body: &Json) -> Response {
        self.send_json(Method::PATCH, path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.send(Method::DELETE, path, None, Vec::new()).await
    }

    async fn send_json(&self, method: Method, path: &str, body: &Json) -> Response {
        self.send(method, path, Some("application/json"), body.to_string().into()).await
    }

    /// Sends anything. Redirects are not followed.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        kind: Option<&str>,
        body: Vec<u8>,
    ) -> Response {
        self.prove().await;
        let mut request = Request::builder().method(&method).uri(path);
        let headers = request.headers_mut().expect("a new request");
        headers.insert(header::HOST, HeaderValue::from_static("localhost:8080"));
        {
            let jar = self.jar.lock().expect("the jar");
            if let Some(token) = &jar.bearer {
                headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().expect("a token"));
            } else {
                headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
            }
            if !jar.cookies.is_empty() {
                let pairs: Vec<String> =
                    jar.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
                headers.insert(header::COOKIE, pairs.join("; ").parse().expect("cookies"));
            }
        }
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, kind.parse().expect("a kind"));
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        let mut request = request.body(Body::from(body)).expect("a request");
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = self.app.router.clone().oneshot(request).await.expect("the router answers");
        self.keep_cookies(answer.headers());
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
        let response = Response {
            asked: format!("{method} {path}"),
            status: parts.status,
            headers: parts.headers,
            body,
        };
        if path.starts_with("/api/") && method != Method::HEAD {
            hold_against_document(self.app.document(), &method, path, &response);
        }
        response
    }

    /// Signs in or makes a token, if that was not done before.
    pub(crate) async fn prove(&self) {
        let done = {
            let jar = self.jar.lock().expect("the jar");
            jar.bearer.is_some() || !jar.cookies.is_empty()
        };
        if done {
            return;
        }
        match self.proof {
            Proof::None => {}
            Proof::Browser(id) => {
                let begun = self.app.app.write(move |tx| {
                    let person = person::get(tx, id)?;
                    sign_in::begin(tx, &person, "Firefox, Linux", "test")
                });
                let begun = begun.await.expect("signing in");
                let name = cookies::sign_in_name(self.app.app.config());
                let mut jar = self.jar.lock().expect("the jar");
                jar.cookies.insert(name, begun.token.reveal().to_owned());
            }
            Proof::Scopes(id, scopes) => {
                let made = self
                    .app
                    .app
                    .write(move |tx| token::create(tx, &By::Program, id, "test", scopes, TOKEN_FOR));
                let (_, text) = made.await.expect("making a token");
                self.jar.lock().expect("the jar").bearer = Some(text);
            }
        }
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut jar = self.jar.lock().expect("the jar");
        for value in headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().expect("a cookie in ASCII");
            let (pair, attributes) = text.split_once(';').expect("a cookie with attributes");
            let (name, value) = pair.split_once('=').expect("a cookie with a name");
            if attributes.contains("Max-Age=0") {
                jar.cookies.remove(name);
            } else {
                jar.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Response {
    asked: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The body as a text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("a text in UTF-8")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }

    /// A header's text; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header in ASCII"))
    }

    /// This very status, or the test fails and shows what came instead.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Response {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, String::from_utf8_lossy(&self.body));
        self
    }

    /// A problem of this status and code, or the test fails.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Response {
        let response = self.expect(status);
        assert_eq!(response.json()["code"], code, "{}: {}", response.asked, response.text());
        response
    }

    /// A problem with these inputs, as `field code`, or the test fails.
    #[track_caller]
    pub(crate) fn invalid(self, expected: &[&str]) -> Response {
        let response = self.refused(422, "invalid");
        let json = response.json();
        let fields = json["fields"].as_array().expect("fields");
        let word = |field: &Json, name: &str| field[name].as_str().expect("a word").to_owned();
        let found: Vec<String> =
            fields.iter().map(|field| format!("{} {}", word(field, "field"), word(field, "code"))).collect();
        assert_eq!(found, expected, "{}", response.asked);
        response
    }
}

/// Fails if the document does not foresee this answer.
fn hold_against_document(document: &Json, method: &Method, path: &str, response: &Response) {
    let asked = &response.asked;
    let path = path.split('?').next().unwrap_or_default();
    let operation = find(document, path).and_then(|item| item.get(method.as_str().to_ascii_lowercase()));
    let kind = response.header("content-type");
    let Some(operation) = operation else {
        let status = response.status.as_u16();
        assert!(matches!(status, 403..=405), "{asked}: nothing is said of this, and it answered {status}");
        assert_eq!(kind, "application/problem+json", "{asked}");
        return conforms(document, asked, &json!({ "$ref": "#/components/schemas/Problem" }), response);
    };
    let described = &operation["responses"][response.status.as_str()];
    assert!(described.is_object(), "{asked}: {} is not foreseen: {}", response.status, response.text());
    match described.get("content") {
        Some(content) => {
            let schema = content.get(kind).map(|content| &content["schema"]);
            let schema = schema.unwrap_or_else(|| panic!("{asked}: {kind} is not foreseen"));
            conforms(document, asked, schema, response);
        }
        None => assert!(response.body.is_empty(), "{asked}: a body where none is foreseen"),
    }
}

/// What the document says of an address: letter by letter if it can, else by its shape.
fn find<'a>(document: &'a Json, path: &str) -> Option<&'a Json> {
    let paths = document["paths"].as_object()?;
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len() && template.iter().zip(&path).all(|(t, p)| t.starts_with('{') || t == p)
    };
    paths.get(path).or_else(|| paths.iter().find(|(template, _)| fits(template)).map(|(_, item)| item))
}

fn conforms(document: &Json, asked: &str, schema: &Json, response: &Response) {
    static VALIDATORS: OnceLock<Mutex<HashMap<String, Arc<Validator>>>> = OnceLock::new();
    let validator = {
        let mut validators = VALIDATORS.get_or_init(Mutex::default).lock().expect("the validators");
        let made = validators.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = document["components"].clone();
            Arc::new(jsonschema::draft202012::new(&whole).expect("a schema"))
        });
        Arc::clone(made)
    };
    let body = response.json();
    let errors: Vec<String> =
        validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{asked}: {} does not conform: {}", response.text(), errors.join("; "));
}
