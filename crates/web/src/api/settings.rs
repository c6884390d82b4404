//! The organisation's settings.

use axum::extract::State;
use axum::http::StatusCode;
use model::organisation::{self, Organisation, Settings};
use rules::person::{Language, MailAddress};
use rules::refusal::{Problem, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, LanguageCode};
use super::{Answer, once, shown};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite, text};
use crate::pages::settings::NAME_MAX_CHARS;
use crate::visitor::Visitor;

/// What holds for the whole organisation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationSettings {
    name: String,
    /// The language of whoever has not chosen one.
    language: LanguageCode,
    /// The zone of whoever has not said one, and of reports: the IANA name of a time zone.
    #[schema(examples("Europe/Berlin"))]
    zone: String,
    /// Where concerns go.
    support_mail: Option<String>,
    /// Below so many hours of notice it is late.
    late_hours: i64,
    /// Above so many it is free.
    free_hours: i64,
    /// So many hours before its date a pod with too few members is warned of.
    pod_warning_hours: i64,
    /// After so many calendar months somebody has gone quiet.
    inactive_months: i64,
    /// After so many unanswered reminders sponsors may be told.
    unanswered_reminders: i64,
}

impl OrganisationSettings {
    fn of(found: &Organisation) -> OrganisationSettings {
        OrganisationSettings {
            name: found.name.clone(),
            language: CodeOf(found.language),
            zone: found.zone.to_string(),
            support_mail: found.support_mail.as_ref().map(ToString::to_string),
            late_hours: found.late_hours,
            free_hours: found.free_hours,
            pod_warning_hours: found.pod_warning_hours,
            inactive_months: found.inactive_months,
            unanswered_reminders: found.unanswered_reminders,
        }
    }
}

/// What changes; what is missing stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// At most 100 characters.
    name: Option<String>,
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<String>,
    /// The IANA name of a time zone.
    #[schema(examples("Europe/Berlin"))]
    zone: Option<String>,
    /// Empty is none.
    support_mail: Option<String>,
    #[schema(minimum = 0, maximum = 720)]
    late_hours: Option<i64>,
    /// At least as many as `late_hours`.
    #[schema(minimum = 0, maximum = 720)]
    free_hours: Option<i64>,
    #[schema(minimum = 1, maximum = 336)]
    pod_warning_hours: Option<i64>,
    #[schema(minimum = 1, maximum = 24)]
    inactive_months: Option<i64>,
    #[schema(minimum = 1, maximum = 10)]
    unanswered_reminders: Option<i64>,
}

impl SettingsChange {
    /// What holds then. Whether each number is within its bounds the model says.
    fn checked(&self, now: &Organisation) -> Result<Settings, Refusal> {
        let mut checks = Checks::default();
        let name = self.name.as_deref().and_then(|name| checks.take("name", text(name, 1, NAME_MAX_CHARS)));
        let language: Option<Language> = self
            .language
            .as_deref()
            .and_then(|code| checks.take("language", code.parse().map_err(|_| Problem::NotAChoice)));
        let zone = self
            .zone
            .as_deref()
            .and_then(|zone| checks.take("zone", zone.parse().map_err(|_| Problem::UnknownZone)));
        let support_mail = match self.support_mail.as_deref() {
            None => now.support_mail.clone(),
            Some("") => None,
            Some(typed) => checks.take("support_mail", MailAddress::parse(typed)),
        };
        checks.done()?;
        Ok(Settings {
            name: name.unwrap_or_else(|| now.name.clone()),
            language: language.unwrap_or(now.language),
            zone: zone.unwrap_or_else(|| now.zone.clone()),
            support_mail,
            late_hours: self.late_hours.unwrap_or(now.late_hours),
            free_hours: self.free_hours.unwrap_or(now.free_hours),
            pod_warning_hours: self.pod_warning_hours.unwrap_or(now.pod_warning_hours),
            inactive_months: self.inactive_months.unwrap_or(now.inactive_months),
            unanswered_reminders: self.unanswered_reminders.unwrap_or(now.unanswered_reminders),
        })
    }
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/settings", "The organisation's settings").answers::<OrganisationSettings>(),
        Operation::patch("/settings", "Change the organisation's settings")
            .takes::<SettingsChange>()
            .answers::<OrganisationSettings>(),
    ]
}

/// `GET /api/v1/settings`
pub async fn show(State(app): State<Reading>) -> Answer {
    shown(OrganisationSettings::of(&app.read(organisation::get).await?))
}

/// `PATCH /api/v1/settings`
pub async fn update(State(app): State<App>, visitor: Visitor, write: JsonWrite<SettingsChange>) -> Answer {
    let by = visitor.actor();
    once(&app, write.key, StatusCode::OK, move |tx| {
        let new = write.body.checked(&organisation::get(tx)?)?;
        organisation::change(tx, &by, &new)?;
        Ok(OrganisationSettings::of(&organisation::get(tx)?))
    })
    .await
}
