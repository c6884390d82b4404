//! Whoever the token speaks for.

use axum::extract::State;
use axum::http::StatusCode;
use model::person::{self, Person, Profile};
use rules::person::PersonName;
use rules::refusal::{Problem, Refusal};
use rules::scope::Scopes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, HourStyleCode, IdOf, LanguageCode, PersonRef, RoleCode, ScopeCode, Time};
use super::{Answer, once, shown};
use crate::app::App;
use crate::forms::{Checks, JsonWrite};
use crate::visitor::{Proof, Signed, Visitor};

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Me {
    id: PersonRef,
    /// As one wishes to be called.
    name: String,
    /// Where mail goes.
    mail: String,
    /// What one is in the organisation.
    roles: Vec<RoleCode>,
    /// Whose wall clock one reads: the IANA name of a time zone.
    #[schema(examples("Europe/Berlin"))]
    zone: String,
    language: LanguageCode,
    hour_style: HourStyleCode,
    /// Since when there is this account.
    created_at: Time,
    /// What this token is good for.
    scopes: Vec<ScopeCode>,
}

impl Me {
    fn of(person: &Person, scopes: Scopes) -> Me {
        Me {
            id: IdOf(person.id),
            name: person.name.clone(),
            mail: person.mail.clone(),
            roles: person.roles.iter().map(CodeOf).collect(),
            zone: person.zone.to_string(),
            language: CodeOf(person.language),
            hour_style: CodeOf(person.hour_style),
            created_at: Time::of(person.created_at, &person.zone),
            scopes: scopes.iter().map(CodeOf).collect(),
        }
    }
}

/// What one changes about oneself; what is missing stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    /// At most 100 characters.
    name: Option<String>,
    /// The IANA name of a time zone.
    #[schema(examples("Europe/Berlin"))]
    zone: Option<String>,
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<String>,
    #[schema(value_type = Option<HourStyleCode>)]
    hour_style: Option<String>,
}

impl MeChange {
    fn checked(&self) -> Result<Profile, Refusal> {
        let mut checks = Checks::default();
        let name = self.name.as_deref().and_then(|name| checks.take("name", PersonName::parse(name)));
        let zone = self
            .zone
            .as_deref()
            .and_then(|zone| checks.take("zone", zone.parse().map_err(|_| Problem::UnknownZone)));
        let language = self
            .language
            .as_deref()
            .and_then(|code| checks.take("language", code.parse().map_err(|_| Problem::NotAChoice)));
        let hour_style = self
            .hour_style
            .as_deref()
            .and_then(|code| checks.take("hour_style", code.parse().map_err(|_| Problem::NotAChoice)));
        checks.done()?;
        Ok(Profile { name, zone, language, hour_style })
    }
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/me", "Your own account").answers::<Me>(),
        Operation::patch("/me", "Change your own account").takes::<MeChange>().answers::<Me>(),
    ]
}

fn scopes(signed: &Signed) -> Scopes {
    match signed.by {
        Proof::Token(_, scopes) => scopes,
        Proof::Browser(_) => Scopes::NONE,
    }
}

/// `GET /api/v1/me`
pub async fn show(visitor: Visitor) -> Answer {
    let signed = visitor.signed.as_ref().ok_or(Refusal::NotSignedIn)?;
    shown(Me::of(&signed.person, scopes(signed)))
}

/// `PATCH /api/v1/me`
pub async fn update(State(app): State<App>, visitor: Visitor, write: JsonWrite<MeChange>) -> Answer {
    let signed = visitor.signed.as_ref().ok_or(Refusal::NotSignedIn)?;
    let (by, scopes, profile) = (visitor.actor(), scopes(signed), write.body.checked()?);
    once(&app, write.key, StatusCode::OK, move |tx| {
        Ok(Me::of(&person::change_profile(tx, &by, &profile)?, scopes))
    })
    .await
}
