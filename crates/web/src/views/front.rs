//! Front pages before anybody is signed in: welcome, and the set-up of a new instance.

use askama::Template;

use super::filters;
use crate::shell::{ChoiceGroup, FormErrors, Shell, zone_choices};
use crate::texts::Language;

/// `GET /` for somebody not signed in, in a real instance.
#[derive(Template)]
#[template(path = "welcome.html")]
pub struct WelcomePage {
    /// The frame.
    pub shell: Shell,
    /// Whether the organisation exists.
    pub set_up: bool,
}

impl WelcomePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, WelcomePage)> {
        let page = |set_up| WelcomePage { shell: Shell::sample_public(Language::English, "Welcome"), set_up };
        vec![("plain", page(true)), ("new", page(false))]
    }
}

/// The page behind the set-up link.
#[derive(Template)]
#[template(path = "set_up/show.html")]
pub struct SetUpPage {
    /// The frame.
    pub shell: Shell,
    /// The form's own address, token inside.
    pub action: String,
    /// Name of the organisation, as typed.
    pub organisation: String,
    /// Name of the first admin, as typed.
    pub name: String,
    /// Their address, as typed.
    pub mail: String,
    /// All zones; an island chooses the reader's.
    pub zones: Vec<ChoiceGroup>,
    /// What is wrong with `organisation`, `name`, `mail`, `zone`, `password`.
    pub errors: FormErrors,
    /// Whether the link was used already.
    pub gone: bool,
}

impl SetUpPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, SetUpPage)> {
        let page = |gone, errors| SetUpPage {
            shell: Shell::sample_public(Language::English, "Set up"),
            action: "/set-up/abc".to_owned(),
            organisation: String::new(),
            name: String::new(),
            mail: String::new(),
            zones: zone_choices(["Europe/Berlin", "Europe/Lisbon", "UTC"], "UTC"),
            errors,
            gone,
        };
        let wrong = FormErrors::from_iter([("name", "This is needed".to_owned())]);
        vec![
            ("plain", page(false, FormErrors::NONE)),
            ("wrong", page(false, wrong)),
            ("gone", page(true, FormErrors::NONE)),
        ]
    }
}
