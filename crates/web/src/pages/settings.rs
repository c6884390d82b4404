//! The organisation's settings, each with what it does.

use std::ops::RangeInclusive;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::organisation::{self, Organisation, Settings};
use model::{Error, idempotency};
use rules::inactivity::{INACTIVE_MONTHS_WITHIN, UNANSWERED_REMINDERS_WITHIN};
use rules::person::{Language, MailAddress};
use rules::pods::WARNING_HOURS_WITHIN;
use rules::refusal::{Problem, Refusal};

use super::{Answer, page, page_again, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led, number, text};
use crate::shell::{Choice, FormErrors, Place, zone_choices};
use crate::views::people::Fact;
use crate::views::settings::{SettingField, SettingGroup, SettingsPage};
use crate::visitor::Visitor;

/// The longest name of an organisation, in characters.
pub(crate) const NAME_MAX_CHARS: u32 = 100;
/// The highest band, in hours.
const BAND_MAX_HOURS: i64 = 720;

/// `GET /settings`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    page(&fill(&app, &visitor, None, FormErrors::NONE))
}

/// The form as the organisation is, or as it was typed.
fn fill(app: &Reading, visitor: &Visitor, typed: Option<&Fields>, errors: FormErrors) -> SettingsPage {
    let t = visitor.texts();
    let s = &t.settings;
    let now = &visitor.organisation;
    let value = |name: &str, stored: String| typed.map_or(stored, |typed| typed.get(name).to_owned());
    let field =
        |name: &'static str, label: &str, hint: &str, kind: &'static str, stored: String| SettingField {
            name,
            label: label.to_owned(),
            hint: hint.to_owned(),
            value: value(name, stored),
            kind,
        };
    let zone = value("zone", now.zone.to_string());
    let language = value("language", now.language.code().to_owned());
    let support = now.support_mail.as_ref().map(|mail| mail.as_str().to_owned()).unwrap_or_default();
    let group = |heading: &str, note: &str, fields: Vec<SettingField>| SettingGroup {
        heading: heading.to_owned(),
        note: note.to_owned(),
        fields,
    };
    SettingsPage {
        shell: shell::of(visitor, app.mode(), app.now(), s.title, Place::Settings),
        groups: vec![
            group(
                s.organisation,
                s.organisation_note,
                vec![
                    field("name", s.name, s.name_hint, "text", now.name.clone()),
                    field("support_mail", s.support_mail, s.support_mail_hint, "email", support),
                ],
            ),
            group(
                s.bands,
                s.bands_note,
                vec![
                    field("late_hours", s.late, s.late_hint, "number", now.late_hours.to_string()),
                    field("free_hours", s.free, s.free_hint, "number", now.free_hours.to_string()),
                ],
            ),
            group(
                s.programs,
                s.programs_note,
                vec![
                    field(
                        "pod_warning_hours",
                        s.pod_warning,
                        s.pod_warning_hint,
                        "number",
                        now.pod_warning_hours.to_string(),
                    ),
                    field(
                        "inactive_months",
                        s.inactive,
                        s.inactive_hint,
                        "number",
                        now.inactive_months.to_string(),
                    ),
                    field(
                        "unanswered_reminders",
                        s.unanswered,
                        s.unanswered_hint,
                        "number",
                        now.unanswered_reminders.to_string(),
                    ),
                ],
            ),
        ],
        languages: Language::ALL.iter().map(|l| Choice::new(l.code(), l.name(), &language)).collect(),
        zones: zone_choices(rules::time::Zone::names().iter().map(String::as_str), &zone),
        errors,
        fixed: fixed(app, visitor),
    }
}

/// What only the operator changes.
fn fixed(app: &Reading, visitor: &Visitor) -> Vec<Fact> {
    let s = &visitor.texts().settings;
    let config = app.config();
    let database = match config.database {
        crate::config::Database::Sqlite(_) => "SQLite",
        crate::config::Database::Postgres { .. } => "PostgreSQL",
    };
    let mail = config.smtp.as_ref().map_or_else(|| s.no_mail_server.to_owned(), |smtp| smtp.host.clone());
    vec![
        Fact::new(s.public_address, config.public_url.as_str()),
        Fact::new(s.database, database),
        Fact::new(s.mail_server, mail),
    ]
}

/// `POST /settings`
pub async fn update(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    match save(&app, &visitor, &form).await {
        Ok(response) => Ok(response),
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let again = fill(&app.reading(), &visitor, Some(&form.fields), errors);
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(failure) => Err(failure),
    }
}

async fn save(app: &App, visitor: &Visitor, form: &Form) -> Result<Response, Failure> {
    let new = parse(&form.fields, &visitor.organisation)?;
    let (by, key) = (visitor.actor(), form.key.clone());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                organisation::change(tx, &by, &new)?;
                Ok::<_, Error>(lead_to("/settings", "settings_saved"))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

fn parse(fields: &Fields, now: &Organisation) -> Result<Settings, Refusal> {
    let mut checks = Checks::default();
    let name = checks.take("name", text(fields.get("name"), 1, NAME_MAX_CHARS));
    let language = checks.take("language", fields.get("language").parse().map_err(|_| Problem::NotAChoice));
    let zone = checks.take("zone", fields.get("zone").parse().map_err(|_| Problem::UnknownZone));
    let support_mail = match fields.get("support_mail") {
        "" => None,
        typed => checks.take("support_mail", MailAddress::parse(typed)),
    };
    let late_hours = checks.take("late_hours", number(fields.get("late_hours"), 0, BAND_MAX_HOURS));
    let least = late_hours.unwrap_or(0);
    let free_hours = checks.take("free_hours", number(fields.get("free_hours"), least, BAND_MAX_HOURS));
    // A form that does not know of one leaves it as it is.
    let mut within =
        |name: &'static str, stored: i64, bounds: RangeInclusive<i64>| match fields.all(name).next() {
            None => stored,
            Some(typed) => checks.take(name, number(typed, *bounds.start(), *bounds.end())).unwrap_or(stored),
        };
    let pod_warning_hours = within("pod_warning_hours", now.pod_warning_hours, WARNING_HOURS_WITHIN);
    let inactive_months = within("inactive_months", now.inactive_months, INACTIVE_MONTHS_WITHIN);
    let unanswered_reminders =
        within("unanswered_reminders", now.unanswered_reminders, UNANSWERED_REMINDERS_WITHIN);
    checks.done()?;
    Ok(Settings {
        name: name.unwrap_or_else(|| now.name.clone()),
        language: language.unwrap_or(now.language),
        zone: zone.unwrap_or_else(|| now.zone.clone()),
        support_mail,
        late_hours: late_hours.unwrap_or(now.late_hours),
        free_hours: free_hours.unwrap_or(now.free_hours),
        pod_warning_hours,
        inactive_months,
        unanswered_reminders,
    })
}
