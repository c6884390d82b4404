//! The interface's own description, OpenAPI 3.1. Each noun says in one line per address what it takes and gives;
//! who is let in, and with that most of what can be answered, is read off the route table.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::IntoResponse;
use rules::ids::{
    BusyId, CohortId, CompanyId, Id, ImportId, LeadId, MailId, NotificationId, OfferingId, ParticipantId,
    PathwayId, PersonId, PodId, ProjectId, SessionId, ThreadId, TokenId, TriggerId,
};
use rules::scope::Scope;
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::wire::{Problem, Word, id_pattern};
use super::{Answer, LIMIT_ITEMS, LIMIT_MAX_ITEMS, Nothing};
use crate::app::Reading;
use crate::routes::{self, Door, Instance, Route};

/// What the addresses of the interface begin with.
pub const BASE: &str = "/api/v1";

/// A form on the wire, with all that it consists of.
struct Form {
    name: String,
    collect: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Form {
    fn of<T: ToSchema>() -> Form {
        Form {
            name: T::name().into_owned(),
            collect: |schemas| {
                schemas.push((T::name().into_owned(), T::schema()));
                T::schemas(schemas);
            },
        }
    }

    fn reference(&self) -> Json {
        json!({ "$ref": format!("#/components/schemas/{}", self.name) })
    }
}

/// One address and method: what it takes and what it gives if all goes well.
pub(super) struct Operation {
    method: Method,
    path: &'static str,
    summary: &'static str,
    about: Option<&'static str>,
    query: Vec<Json>,
    body: Option<Body>,
    status: StatusCode,
    answer: Option<Form>,
    conflict: Option<&'static str>,
    /// Its body names something that may not be there.
    names_another: bool,
}

struct Body {
    form: Form,
    required: bool,
}

impl Operation {
    fn new(method: Method, path: &'static str, summary: &'static str) -> Operation {
        // Every write may have an empty object as its body.
        let body = (method != Method::GET).then(|| Body { form: Form::of::<Nothing>(), required: false });
        Operation {
            method,
            path,
            summary,
            about: None,
            query: Vec::new(),
            body,
            status: StatusCode::OK,
            answer: None,
            conflict: None,
            names_another: false,
        }
    }

    pub(super) fn get(path: &'static str, summary: &'static str) -> Operation {
        Operation::new(Method::GET, path, summary)
    }

    pub(super) fn post(path: &'static str, summary: &'static str) -> Operation {
        Operation::new(Method::POST, path, summary)
    }

    pub(super) fn put(path: &'static str, summary: &'static str) -> Operation {
        Operation::new(Method::PUT, path, summary)
    }

    pub(super) fn patch(path: &'static str, summary: &'static str) -> Operation {
        Operation::new(Method::PATCH, path, summary)
    }

    pub(super) fn delete(path: &'static str, summary: &'static str) -> Operation {
        Operation::new(Method::DELETE, path, summary)
    }

    /// Says more than the summary.
    pub(super) fn about(mut self, about: &'static str) -> Operation {
        self.about = Some(about);
        self
    }

    /// The body it needs.
    pub(super) fn takes<T: ToSchema>(mut self) -> Operation {
        self.body = Some(Body { form: Form::of::<T>(), required: true });
        self
    }

    /// 200 with this.
    pub(super) fn answers<T: ToSchema>(mut self) -> Operation {
        self.answer = Some(Form::of::<T>());
        self
    }

    /// 201 with this.
    pub(super) fn made<T: ToSchema>(mut self) -> Operation {
        self.status = StatusCode::CREATED;
        self.answers::<T>()
    }

    /// 204.
    pub(super) fn answers_nothing(mut self) -> Operation {
        self.status = StatusCode::NO_CONTENT;
        self
    }

    /// When it answers 409.
    pub(super) fn conflicts(mut self, when: &'static str) -> Operation {
        self.conflict = Some(when);
        self
    }

    /// Its body names something that may not be there, or that the person may not know of.
    pub(super) fn names_another(mut self) -> Operation {
        self.names_another = true;
        self
    }

    /// A text in the query.
    pub(super) fn query(self, name: &str, what: &str) -> Operation {
        self.query_of(name, what, &json!({ "type": "string" }))
    }

    /// A word of a closed set in the query.
    pub(super) fn query_word<T: Word>(self, name: &str, what: &str) -> Operation {
        self.query_of(name, what, &json!({ "type": "string", "enum": T::codes() }))
    }

    /// An id in the query.
    pub(super) fn query_id<I: Id>(self, name: &str, what: &str) -> Operation {
        self.query_of(name, what, &json!({ "type": "string", "pattern": id_pattern(I::PREFIX) }))
    }

    /// An id in the query, or a word in its place.
    pub(super) fn query_id_or<I: Id>(self, name: &str, word: &str, what: &str) -> Operation {
        let pattern = format!("^({word}|{})$", id_pattern(I::PREFIX).trim_matches(['^', '$']));
        self.query_of(name, what, &json!({ "type": "string", "pattern": pattern }))
    }

    /// A moment in the query.
    pub(super) fn query_time(self, name: &str, what: &str) -> Operation {
        self.query_of(name, what, &json!({ "type": "string", "format": "date-time" }))
    }

    /// A whole number in the query.
    pub(super) fn query_number(self, name: &str, what: &str) -> Operation {
        self.query_of(name, what, &json!({ "type": "integer", "minimum": 0 }))
    }

    /// The query of a list that comes in pages.
    pub(super) fn paged(self) -> Operation {
        let limit =
            json!({ "type": "integer", "minimum": 1, "maximum": LIMIT_MAX_ITEMS, "default": LIMIT_ITEMS });
        self.query("cursor", "The `next` of the page before.").query_of(
            "limit",
            "How many items at most.",
            &limit,
        )
    }

    fn query_of(mut self, name: &str, what: &str, schema: &Json) -> Operation {
        self.query.push(parameter("query", name, what, false, schema));
        self
    }

    fn is_of(&self, route: &Route) -> bool {
        route.method == self.method && route.path.strip_prefix(BASE) == Some(self.path)
    }

    /// `get_people_person` and the like.
    fn name(&self) -> String {
        let words = self.path.split(['/', '{', '}', '.']).filter(|word| !word.is_empty());
        words.fold(self.method.as_str().to_ascii_lowercase(), |name, word| format!("{name}_{word}"))
    }

    fn described(&self, route: &Route) -> Json {
        let tag = self.path.split('/').nth(1).unwrap_or_default();
        let mut operation = json!({
            "operationId": self.name(),
            "tags": [tag],
            "summary": self.summary,
            "parameters": self.parameters(route),
            "responses": self.responses(route),
            "security": match (route.door, route.scope) {
                (Door::Open, None) => json!([]),
                // A token may be shown, and then it must be good for this.
                (Door::Open, Some(scope)) => json!([{}, { "bearer": [scope.code()] }]),
                (_, scope) => json!([{ "bearer": scope.map(Scope::code).into_iter().collect::<Vec<_>>() }]),
            },
        });
        if let Some(about) = self.about {
            operation["description"] = json!(about);
        }
        if let Some(body) = &self.body {
            operation["requestBody"] = json!({
                "required": body.required,
                "content": { "application/json": { "schema": body.form.reference() } },
            });
        }
        operation
    }

    fn parameters(&self, route: &Route) -> Vec<Json> {
        let mut parameters: Vec<Json> = route
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| parameter("path", name, "Its id.", true, &schema_in_path(name)))
            .collect();
        parameters.extend(self.query.iter().cloned());
        if self.method != Method::GET {
            let what = "A repeat with the same key and body within 24 hours changes nothing and is answered as the \
                        first time.";
            let schema = json!({ "type": "string", "maxLength": model::idempotency::KEY_MAX_CHARS });
            parameters.push(parameter("header", "Idempotency-Key", what, false, &schema));
        }
        parameters
    }

    fn responses(&self, route: &Route) -> BTreeMap<String, Json> {
        let writes = self.method != Method::GET;
        let reads_input = writes || !self.query.is_empty();
        let mut problems: Vec<(u16, &str)> = vec![
            (500, "The program failed; its log tells more under the `reference`."),
            (503, "There is too much to do just now; nothing was changed."),
        ];
        let mut add = |applies: bool, status: u16, when: &'static str| {
            if applies {
                problems.push((status, when));
            }
        };
        add(reads_input, 400, "What was sent cannot be read, or has fields that there are not.");
        add(route.door != Door::Open || route.scope.is_some(), 401, "No token, or none that is in use.");
        add(
            route.door != Door::Open || writes,
            403,
            "The person may not, or the token is not good for it, or the request comes from a page of another site.",
        );
        add(
            route.path.contains('{') || route.instance != Instance::Any || self.names_another,
            404,
            match route.instance {
                Instance::Any => "There is no such thing, or none that the person may know of.",
                Instance::Play => "Only a demo or a trial has this.",
                Instance::Demo => "Only a demo has this.",
            },
        );
        add(self.conflict.is_some(), 409, self.conflict.unwrap_or_default());
        add(writes, 413, "The body is too large.");
        add(
            reads_input,
            422,
            "An input cannot be as it is, or the idempotency key came with another request.",
        );
        add(writes, 429, "More letters would go out than anybody is to cause or get.");

        let mut success = json!({ "description": self.status.canonical_reason().unwrap_or("OK") });
        if let Some(form) = &self.answer {
            success["content"] = json!({ "application/json": { "schema": form.reference() } });
        }
        let problems = problems.into_iter().map(|(status, when)| (status.to_string(), problem(status, when)));
        problems.chain([(self.status.as_u16().to_string(), success)]).collect()
    }
}

fn parameter(place: &str, name: &str, what: &str, required: bool, schema: &Json) -> Json {
    json!({ "in": place, "name": name, "description": what, "required": required, "schema": schema })
}

/// What stands between braces in an address.
fn schema_in_path(name: &str) -> Json {
    let prefix = match name {
        "slug" => return json!({ "type": "string", "pattern": "^[a-z0-9-]+$" }),
        "date" => return json!({ "type": "string", "format": "date" }),
        "offering" => OfferingId::PREFIX,
        "session" => SessionId::PREFIX,
        "time_off" => BusyId::PREFIX,
        "person" | "coach" => PersonId::PREFIX,
        "import" => ImportId::PREFIX,
        "token" => TokenId::PREFIX,
        "mail" => MailId::PREFIX,
        "thread" => ThreadId::PREFIX,
        "notification" => NotificationId::PREFIX,
        "cohort" => CohortId::PREFIX,
        "participant" => ParticipantId::PREFIX,
        "pod" => PodId::PREFIX,
        "company" => CompanyId::PREFIX,
        "project" => ProjectId::PREFIX,
        "pathway" => PathwayId::PREFIX,
        "lead" => LeadId::PREFIX,
        "trigger" => TriggerId::PREFIX,
        "journey" => rules::ids::JourneyId::PREFIX,
        other => panic!("the document does not know what {{{other}}} in an address is"),
    };
    json!({ "type": "string", "pattern": id_pattern(prefix) })
}

fn problem(status: u16, when: &str) -> Json {
    let schema = Form::of::<Problem>().reference();
    let mut problem =
        json!({ "description": when, "content": { "application/problem+json": { "schema": schema } } });
    let header = match status {
        401 => Some(("WWW-Authenticate", "string")),
        503 => Some(("Retry-After", "integer")),
        _ => None,
    };
    if let Some((name, kind)) = header {
        problem["headers"] = json!({ name: { "schema": { "type": kind } } });
    }
    problem
}

fn operations() -> Vec<Operation> {
    let nouns = [
        super::me::operations(),
        super::settings::operations(),
        super::tokens::operations(),
        super::people::operations(),
        super::coaches::operations(),
        super::sessions::operations(),
        super::steps::operations(),
        super::pods::operations(),
        super::pools::operations(),
        super::moves::operations(),
        super::attendance::operations(),
        super::ledger::operations(),
        super::practice::operations(),
        super::offerings::operations(),
        super::messages::operations(),
        super::notifications::operations(),
        super::programs::operations(),
        super::leads::operations(),
        super::triggers::operations(),
        super::participants::operations(),
        super::handovers::operations(),
        super::co_coaches::operations(),
        super::extras::operations(),
        super::pathways::operations(),
        super::imports::operations(),
        super::audit::operations(),
        super::mail::operations(),
        super::clock::operations(),
        super::demo::operations(),
        super::boards::operations(),
        super::endings::operations(),
    ];
    nouns.into_iter().flatten().collect()
}

/// The document over the addresses of this table.
///
/// # Panics
/// If an address of the interface has no line here, or a line no address.
pub fn document(table: &[Route]) -> Json {
    let operations = operations();
    let mut paths: BTreeMap<&str, Map<String, Json>> = BTreeMap::new();
    let routes = table.iter().filter(|route| route.is_api());
    for route in routes.clone() {
        let described = match operations.iter().find(|operation| operation.is_of(route)) {
            Some(operation) => operation.described(route),
            None if is_document(route) => describe_itself(),
            None => panic!("{} {} is not described", route.method, route.path),
        };
        let method = route.method.as_str().to_ascii_lowercase();
        paths.entry(route.path).or_default().insert(method, described);
    }
    for operation in &operations {
        assert!(
            routes.clone().any(|route| operation.is_of(route)),
            "{} {} has no route",
            operation.method,
            operation.path
        );
    }
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Cairn",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas(&operations),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": ABOUT_TOKENS },
            },
        },
    })
}

const ABOUT: &str = "Everything that the pages do, for programs. Ids are texts such as `per_0000000000003`. Times are \
    RFC 3339 with the offset of the zone of whoever asks. Lists come in pages: `next` is the `cursor` of the page \
    after. Every \"no\" is a problem (RFC 9457) with a stable `code`.";
const ABOUT_TOKENS: &str = "A token is made by `cairn token create --person MAIL --scopes …`. It is good for its \
    scopes, and for no more than its person may do. The scope that an address needs stands at its `security`.";

fn schemas(operations: &[Operation]) -> BTreeMap<String, Json> {
    let mut found = Vec::new();
    (Form::of::<Problem>().collect)(&mut found);
    for operation in operations {
        let body = operation.body.as_ref().map(|body| &body.form);
        for form in body.into_iter().chain(&operation.answer) {
            (form.collect)(&mut found);
        }
    }
    found
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).expect("a schema is plain JSON")))
        .collect()
}

fn is_document(route: &Route) -> bool {
    route.path.strip_prefix(BASE) == Some("/openapi.json")
}

fn describe_itself() -> Json {
    let open = json!({
        "description": "OK",
        "content": { "application/json": { "schema": { "type": "object" } } },
    });
    json!({
        "operationId": "get_openapi",
        "tags": ["openapi"],
        "summary": "This document",
        "parameters": [],
        "responses": { "200": open, "500": problem(500, "The program failed."), "503": problem(503, "Busy.") },
        "security": [],
    })
}

/// `GET /api/v1/openapi.json`
pub async fn show(State(app): State<Reading>) -> Answer {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let text = DOCUMENT.get_or_init(|| document(&routes::table(&app)).to_string());
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind)], text.as_str()).into_response())
}
