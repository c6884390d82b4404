//! The organisation's settings.

use askama::Template;

use super::filters;
use super::people::Fact;
use crate::shell::{Choice, ChoiceGroup, FormErrors, Shell, zone_choices};
use crate::texts::Language;

/// `GET /settings`, and the same page again when something did not fit.
#[derive(Template)]
#[template(path = "settings/show.html")]
pub struct SettingsPage {
    /// The frame.
    pub shell: Shell,
    /// What can be changed here.
    pub groups: Vec<SettingGroup>,
    /// All languages, the organisation's chosen.
    pub languages: Vec<Choice>,
    /// All zones, the organisation's chosen.
    pub zones: Vec<ChoiceGroup>,
    /// What is wrong, by the names of the fields.
    pub errors: FormErrors,
    /// What the operator has set.
    pub fixed: Vec<Fact>,
}

/// Settings that belong together.
#[derive(Clone, Debug)]
pub struct SettingGroup {
    /// The heading.
    pub heading: String,
    /// What they do.
    pub note: String,
    /// The fields.
    pub fields: Vec<SettingField>,
}

/// One setting.
#[derive(Clone, Debug)]
pub struct SettingField {
    /// Its name in the form.
    pub name: &'static str,
    /// Its name for people.
    pub label: String,
    /// What it does, and its default.
    pub hint: String,
    /// As it is, or as typed.
    pub value: String,
    /// `text`, `number` or `email`.
    pub kind: &'static str,
}

impl SettingsPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, SettingsPage)> {
        let field = |name, label: &str, hint: &str, value: &str, kind| SettingField {
            name,
            label: label.to_owned(),
            hint: hint.to_owned(),
            value: value.to_owned(),
            kind,
        };
        let page = SettingsPage {
            shell: Shell::sample(Language::English, "Settings", crate::shell::Place::Settings),
            languages: vec![Choice::new("en", "English", "en"), Choice::new("de", "Deutsch", "en")],
            zones: zone_choices(["Europe/Berlin", "Europe/Lisbon"], "Europe/Berlin"),
            groups: vec![
                SettingGroup {
                    heading: "Organisation".to_owned(),
                    note: "As it stands in mails and on pages.".to_owned(),
                    fields: vec![field(
                        "organisation",
                        "Name",
                        "It stands on top of every mail",
                        "Fernhill Coaching",
                        "text",
                    )],
                },
                SettingGroup {
                    heading: "Moving and cancelling".to_owned(),
                    note: "The two bounds of notice. A booking keeps those it was made with.".to_owned(),
                    fields: vec![
                        field(
                            "late_hours",
                            "Late, in hours",
                            "Below it a session cannot be moved by the client. Default 24",
                            "24",
                            "number",
                        ),
                        field(
                            "free_hours",
                            "Free, in hours",
                            "Above it a move happens at once. Default 48",
                            "48",
                            "number",
                        ),
                    ],
                },
            ],
            errors: FormErrors::NONE,
            fixed: vec![
                Fact::new("Public address", "https://coaching.fernhill.example"),
                Fact::new("Mail server", "smtp.fernhill.example:465"),
            ],
        };
        vec![("plain", page)]
    }
}
