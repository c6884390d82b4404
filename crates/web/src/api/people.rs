//! People and their roles, and whether their accounts are open.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::event::Actor;
use model::person::{self, Filter, New, Person as Account, SEARCH_MAX_CHARS};
use model::{Tx, sign_in};
use rules::ids::PersonId;
use rules::permission::{Role, Roles};
use rules::person::{MailAddress, PersonName, fold};
use rules::refusal::{Problem, Refusal};
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, HourStyleCode, IdOf, LanguageCode, List, PersonRef, RoleCode, Time};
use super::{Answer, Nothing, cursor, filter, id, keys, limit, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite, text};
use crate::visitor::Visitor;

/// Anyone with an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    id: PersonRef,
    /// As they wish to be called.
    name: String,
    /// Where mail goes.
    mail: String,
    /// What they are in the organisation.
    roles: Vec<RoleCode>,
    /// Whose wall clock they read: the IANA name of a time zone.
    #[schema(examples("Europe/Berlin"))]
    zone: String,
    language: LanguageCode,
    hour_style: HourStyleCode,
    /// Since when there is this account.
    created_at: Time,
    /// Since when it is closed; null if it is not.
    #[schema(required)]
    closed_at: Option<Time>,
}

impl Person {
    fn of(person: &Account, zone: &Zone) -> Person {
        Person {
            id: IdOf(person.id),
            name: person.name.clone(),
            mail: person.mail.clone(),
            roles: person.roles.iter().map(CodeOf).collect(),
            zone: person.zone.to_string(),
            language: CodeOf(person.language),
            hour_style: CodeOf(person.hour_style),
            created_at: Time::of(person.created_at, zone),
            closed_at: person.closed_at.map(|at| Time::of(at, zone)),
        }
    }
}

/// Somebody who gets an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// As they wish to be called.
    #[serde(default)]
    #[schema(required)]
    name: String,
    /// Where mail goes; no other account has it.
    #[serde(default)]
    #[schema(required)]
    mail: String,
    /// What they are in the organisation; may be none yet.
    #[serde(default)]
    #[schema(required, value_type = Vec<RoleCode>)]
    roles: Vec<String>,
    /// The IANA name of a time zone; else the organisation's.
    #[schema(examples("Europe/Berlin"))]
    zone: Option<String>,
    /// Else the organisation's.
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<String>,
    /// Whether they are invited: a mail leads them to the page where they sign in.
    #[serde(default)]
    invite: bool,
}

impl NewPerson {
    fn checked(&self) -> Result<New, Refusal> {
        let mut checks = Checks::default();
        let name = checks.take("name", PersonName::parse(&self.name));
        let mail = checks.take("mail", MailAddress::parse(&self.mail));
        let roles = checks.take("roles", roles(&self.roles));
        let zone = self
            .zone
            .as_deref()
            .and_then(|zone| checks.take("zone", zone.parse().map_err(|_| Problem::UnknownZone)));
        let language = self
            .language
            .as_deref()
            .and_then(|code| checks.take("language", code.parse().map_err(|_| Problem::NotAChoice)));
        checks.done()?;
        match (name, mail, roles) {
            (Some(name), Some(mail), Some(roles)) => {
                Ok(New { name, mail, roles, zone, zone_known: false, language, slug: None })
            }
            _ => unreachable!("what is missing was noted"),
        }
    }
}

fn roles(codes: &[String]) -> Result<Roles, Problem> {
    codes.iter().map(|code| code.parse::<Role>().map_err(|_| Problem::NotAChoice)).collect()
}

/// All that somebody is from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RolesOfPerson {
    /// May be none.
    #[schema(value_type = Vec<RoleCode>)]
    roles: Vec<String>,
}

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    q: String,
    role: String,
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/people", "People by name")
            .query("q", "Part of a name or address.")
            .query_word::<Role>("role", "Only people with this role.")
            .paged()
            .answers::<List<Person>>(),
        Operation::post("/people", "Make an account")
            .takes::<NewPerson>()
            .made::<Person>()
            .about("With `invite`, a mail leads the person to the page where they sign in."),
        Operation::get("/people/{person}", "One person").answers::<Person>(),
        Operation::put("/people/{person}/roles", "Give and take roles")
            .takes::<RolesOfPerson>()
            .answers::<Person>()
            .conflicts("It would take the last admin's role, or a coach's who has still to see to sessions."),
        Operation::post("/people/{person}/invitation", "Invite to sign in").answers::<Person>(),
        Operation::post("/people/{person}/closure", "Close an account")
            .answers::<Person>()
            .conflicts("It is the last admin's, or a coach's who has still to see to sessions: `still_coaches` says how many."),
        Operation::delete("/people/{person}/closure", "Open a closed account again").answers::<Person>(),
    ]
}

/// `GET /api/v1/people`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let role = filter(&mut checks, "role", &wanted.role, Problem::NotAChoice);
    let after = keys(&mut checks, &wanted.cursor).and_then(|[name, id]: [String; 2]| {
        checks.take("cursor", id.parse().map(|id| (name, id)).map_err(|_| Problem::NotACursor))
    });
    let limit = limit(&mut checks, &wanted.limit);
    let search = checks.take("q", text(&wanted.q, 0, SEARCH_MAX_CHARS as u32)).unwrap_or_default();
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let filter = Filter { search, role, after, ..Filter::default() };
    let people = app.read(move |tx| person::list(tx, &by, &filter, limit + 1)).await?;
    let cursor_of = |last: &Account| cursor([fold(&last.name), last.id.to_string()]);
    shown(List::of(people, limit, cursor_of, |person| Person::of(person, &zone)))
}

/// `POST /api/v1/people`
pub async fn create(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewPerson>) -> Answer {
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let (new, invite) = (write.body.checked()?, write.body.invite);
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let person = person::add(tx, &by, &new)?;
        if invite {
            sign_in::invite(tx, &by, person.id)?;
        }
        Ok(Person::of(&person, &zone))
    })
    .await
}

/// `GET /api/v1/people/{person}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(person): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&person)?);
    let person = app.read(move |tx| person::visible(tx, &by, id)).await?;
    shown(Person::of(&person, &zone))
}

/// `PUT /api/v1/people/{person}/roles`
pub async fn set_roles(
    State(app): State<App>,
    visitor: Visitor,
    Path(person): Path<String>,
    write: JsonWrite<RolesOfPerson>,
) -> Answer {
    let roles = roles(&write.body.roles).map_err(|problem| Refusal::invalid("roles", problem))?;
    change(&app, &visitor, &person, write, move |tx, by, id| person::set_roles(tx, by, id, roles)).await
}

/// `POST /api/v1/people/{person}/invitation`
pub async fn invite(
    State(app): State<App>,
    visitor: Visitor,
    Path(person): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    change(&app, &visitor, &person, write, |tx, by, id| {
        sign_in::invite(tx, by, id)?;
        person::get(tx, id)
    })
    .await
}

/// `POST /api/v1/people/{person}/closure`
pub async fn close(
    State(app): State<App>,
    visitor: Visitor,
    Path(person): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    change(&app, &visitor, &person, write, person::close).await
}

/// `DELETE /api/v1/people/{person}/closure`
pub async fn reopen(
    State(app): State<App>,
    visitor: Visitor,
    Path(person): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    change(&app, &visitor, &person, write, person::reopen).await
}

/// Changes a person once and shows them as they are now.
async fn change<T>(
    app: &App,
    visitor: &Visitor,
    person: &str,
    write: JsonWrite<T>,
    effect: impl Fn(&mut Tx, &Actor, PersonId) -> model::Result<Account> + Send + 'static,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(visitor), id(person)?);
    once(app, write.key, StatusCode::OK, move |tx| Ok(Person::of(&effect(tx, &by, id)?, &zone))).await
}
