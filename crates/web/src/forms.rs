//! What comes in with a write: fields of a form or a JSON body, each with the key that makes a repeat harmless.
//! Parsing stops at the door: handlers get values of the rules' own types, or a refusal that names each field.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use model::idempotency::{Answer, KEY_MAX_CHARS, Key};
use rules::refusal::{FieldProblem, Problem, Refusal};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::cookies;
use crate::error::{Failure, Place};
use crate::views::filters::Markup;
use crate::visitor::Visitor;

/// The hidden field that every form of ours carries.
pub const KEY_FIELD: &str = "idempotency_key";

/// Inputs that hold a password.
const SECRET_FIELDS: [&str; 2] = ["current", "password"];

fn fresh_key() -> String {
    model::clock::random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hidden field with a fresh key, for a template.
pub fn key_input() -> Markup {
    Markup::new(format!(r#"<input type="hidden" name="{KEY_FIELD}" value="{}">"#, fresh_key()))
}

/// The fields of a form, in the order they came, each kept as it was typed so that it can be shown again.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The value of a field; empty if it is missing. Spaces around it are nothing that anybody meant.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The value exactly as it was sent: for passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// All values of a field that may come several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// All of them but what nobody else may know: of a password not even a digest is kept.
    fn without_secrets(&self) -> Vec<u8> {
        let mut kept = form_urlencoded::Serializer::new(String::new());
        kept.extend_pairs(self.0.iter().filter(|(name, _)| !SECRET_FIELDS.contains(&name.as_str())));
        kept.finish().into_bytes()
    }

    /// Those of a form that came with a file.
    pub fn of(pairs: Vec<(String, String)>) -> Fields {
        Fields(pairs)
    }

    fn decode(body: &[u8]) -> Fields {
        Fields(form_urlencoded::parse(body).into_owned().collect())
    }
}

/// Fields that are checked one by one, so that all problems are told at once.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldProblem>);

impl Checks {
    /// The value, or a note of what is wrong with it.
    pub fn take<T>(&mut self, field: &'static str, value: Result<T, Problem>) -> Option<T> {
        value.map_err(|problem| self.0.push(FieldProblem::new(field, problem))).ok()
    }

    /// The value of what need not be there, or a note of what is wrong with it.
    pub fn some<I, T>(
        &mut self,
        field: &'static str,
        given: Option<I>,
        parse: impl FnOnce(I) -> Result<T, Problem>,
    ) -> Option<T> {
        self.take(field, parse(given?))
    }

    /// Whether nothing was noted so far.
    pub fn is_fine(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes a problem that no single parser found.
    pub fn note(&mut self, field: &'static str, problem: Problem) {
        self.0.push(FieldProblem::new(field, problem));
    }

    /// # Errors
    /// [`Refusal::Invalid`] with everything that was noted.
    pub fn done(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::Invalid { fields: self.0 }) }
    }
}

/// A text of so many characters, without hidden ones.
///
/// # Errors
/// What is wrong with it.
pub fn text(value: &str, least: u32, most: u32) -> Result<String, Problem> {
    let count = value.chars().count();
    if value.is_empty() && least > 0 {
        return Err(Problem::Missing);
    }
    if count > most as usize {
        return Err(Problem::TooLong { most });
    }
    if value.chars().any(char::is_control) {
        return Err(Problem::HiddenCharacters);
    }
    Ok(value.to_owned())
}

/// A whole number inside a range.
///
/// # Errors
/// What is wrong with it.
pub fn number(value: &str, least: i64, most: i64) -> Result<i64, Problem> {
    let number: i64 = value.parse().map_err(|_| Problem::NotANumber)?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(Problem::OutOfRange { least, most }) }
}

/// A form that was sent, with its key.
#[derive(Debug)]
pub struct Form {
    /// What was typed.
    pub fields: Fields,
    /// Present if the form carried one.
    pub key: Option<Key>,
}

impl Form {
    /// The same, with the fields of a query behind those of the body: an undo says in its address what it brings back.
    pub fn with_query(mut self, query: Option<&str>) -> Form {
        self.fields.0.extend(Fields::decode(query.unwrap_or_default().as_bytes()).0);
        self
    }
}

impl Form {
    /// The page of ours that it came from, if that is to be led back to.
    pub fn back(&self) -> Option<String> {
        let back = self.fields.get("back");
        (!back.is_empty()).then(|| local(back))
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Form, Failure> {
        let sent = Sent::read(request, state).await?;
        let fields = Fields::decode(&sent.body);
        let key = key_of(&sent.actor, &sent.line, fields.get(KEY_FIELD), &fields.without_secrets())?;
        Ok(Form { fields, key })
    }
}

/// A JSON body that was sent, with its key.
#[derive(Debug)]
pub struct JsonWrite<T> {
    /// The parsed body.
    pub body: T,
    /// Present if there was an `Idempotency-Key`.
    pub key: Option<Key>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonWrite<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<JsonWrite<T>, Failure> {
        let presented = request
            .headers()
            .get("idempotency-key")
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default();
        let is_json = is_json(request.headers());
        let sent = Sent::read(request, state).await?;
        let key = key_of(&sent.actor, &sent.line, &presented, &sent.body)?;
        // A write that says everything by its address needs no body.
        let text: &[u8] = if sent.body.is_empty() { b"{}" } else { &sent.body };
        if !sent.body.is_empty() && !is_json {
            return Err(Refusal::Unreadable.into());
        }
        Ok(JsonWrite { body: parse(text)?, key })
    }
}

/// The body, or where and why it cannot be read.
fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let body = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        Failure::Unreadable(Place::of(error.inner(), Some(path).filter(|path| path != ".")))
    })?;
    reader.end().map_err(|error| Failure::Unreadable(Place::of(&error, None)))?;
    Ok(body)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// A body and what it was sent to.
struct Sent {
    body: Bytes,
    actor: String,
    line: String,
}

impl Sent {
    async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Sent, Failure> {
        let actor = request.extensions().get::<Visitor>().map_or_else(|| NOBODY.to_owned(), actor_of);
        let address = request.uri().path_and_query().map_or("/", |whole| whole.as_str());
        let line = format!("{} {address}", request.method());
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::TooLarge { most_bytes: crate::routes::BODY_MAX_BYTES as u64 }
            } else {
                Refusal::Unreadable
            }
        })?;
        Ok(Sent { body, actor, line })
    }
}

/// Whose writes have no name.
const NOBODY: &str = "visitor";

fn actor_of(visitor: &Visitor) -> String {
    visitor.person().map_or_else(|_| NOBODY.to_owned(), |person| person.id.to_string())
}

fn key_of(actor: &str, line: &str, presented: &str, content: &[u8]) -> Result<Option<Key>, Failure> {
    if presented.is_empty() {
        return Ok(None);
    }
    if !presented.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::invalid(KEY_FIELD, Problem::StrayCharacters).into());
    }
    if presented.len() > KEY_MAX_CHARS {
        let problem = Problem::TooLong { most: KEY_MAX_CHARS as u32 };
        return Err(Refusal::invalid(KEY_FIELD, problem).into());
    }
    let mut hash = Sha256::new();
    hash.update(line.as_bytes());
    hash.update([0]);
    hash.update(content);
    let request_hash = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(Key { actor: actor.to_owned(), key: presented.to_owned(), request_hash }))
}

/// The key of a form with a file, which is read part by part: `line` is its method and address, `content` the file.
///
/// # Errors
/// A key that cannot be one.
pub fn key_of_parts(
    visitor: &Visitor,
    line: &str,
    presented: &str,
    content: &[u8],
) -> Result<Option<Key>, Failure> {
    key_of(&actor_of(visitor), line, presented.trim(), content)
}

/// What a form leads to: another page, and what that page says in passing.
pub fn lead_to(address: &str, toast: &'static str) -> Answer {
    Answer { status: StatusCode::SEE_OTHER.as_u16(), body: format!("{toast} {address}") }
}

/// The same, and what the page says in passing can be taken back by a form sent to `undo`.
pub fn lead_to_undoing(address: &str, toast: &'static str, undo: &str) -> Answer {
    Answer { status: StatusCode::SEE_OTHER.as_u16(), body: format!("{toast}!{undo} {address}") }
}

/// The same answer, leading back to where its form came from.
pub fn lead_back(answer: Answer, back: Option<&str>) -> Answer {
    match (answer.body.split_once(' '), back) {
        (Some((toast, _)), Some(back)) => Answer { body: format!("{toast} {back}"), ..answer },
        _ => answer,
    }
}

/// Turns the stored answer of a form into a response.
pub fn led(app: &App, answer: &Answer) -> Response {
    let (toast, address) = answer.body.split_once(' ').unwrap_or(("", "/"));
    with_toast(app, address, toast)
}

/// A redirect that lets the next page say something in passing.
pub fn with_toast(app: &App, address: &str, toast: &str) -> Response {
    let mut response = Redirect::to(address).into_response();
    if !toast.is_empty() {
        let config = app.config();
        let cookie = cookies::set(config, &cookies::toast_name(config), toast, 60);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// An address inside this program, or the first page: nobody is sent elsewhere by a link that somebody else made.
pub fn local(address: &str) -> String {
    let inside = address.starts_with('/')
        && !address.starts_with("//")
        && !address.starts_with("/\\")
        && address.len() <= 500
        && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if inside { address.to_owned() } else { "/".to_owned() }
}

/// A text as the value of a query.
pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let fields = Fields::decode(b"name=Ada+L%C3%B6we&role=coach&role=client&empty=&bare");
        assert_eq!(fields.get("name"), "Ada Löwe");
        assert_eq!(fields.all("role").collect::<Vec<_>>(), ["coach", "client"]);
        assert_eq!((fields.get("empty"), fields.get("bare"), fields.get("absent")), ("", "", ""));
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        fn check(address: &str, expect: &str) {
            assert_eq!(local(address), expect, "{address}");
        }
        check("/people?role=coach", "/people?role=coach");
        check("//elsewhere.example", "/");
        check("/\\elsewhere.example", "/");
        check("https://elsewhere.example/", "/");
        check("/\u{0}", "/");
        check("", "/");
    }
}
