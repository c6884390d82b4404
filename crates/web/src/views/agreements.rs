//! The texts that people agree to, as an admin writes them (rule P9).

use askama::Template;

use super::filters;
use crate::shell::{Choice, FormErrors, Place, Shell};
use crate::texts::Language;

/// `GET /settings/agreements`
#[derive(Template)]
#[template(path = "agreements/index.html")]
pub struct AgreementsPage {
    /// The frame.
    pub shell: Shell,
    /// The languages, the shown one chosen.
    pub languages: Vec<Choice>,
    /// The text, as stored or as typed.
    pub text: String,
    /// What is current in this language, in a sentence; none if nothing is.
    pub current: Option<String>,
    /// Every version in this language, newest first.
    pub versions: Vec<VersionLine>,
    /// What is wrong with `text`.
    pub errors: FormErrors,
}

/// One version.
#[derive(Clone, Debug)]
pub struct VersionLine {
    /// "Version 2, since 3 November 2026"
    pub title: String,
    /// How many have accepted it.
    pub line: String,
    /// The text.
    pub text: Vec<String>,
    /// Whether it is the current one.
    pub current: bool,
}

impl AgreementsPage {
    /// The language that is shown.
    pub fn language(&self) -> &str {
        self.languages.iter().find(|one| one.chosen).map_or("", |one| one.value.as_str())
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, AgreementsPage)> {
        let t = &crate::texts::EN.agreements;
        let version = |number: &str, date: &str, count, current| VersionLine {
            title: (t.since)(number, date),
            line: (t.accepted_by)(count),
            text: vec![
                "Coaching is a conversation between two adults.".to_owned(),
                "What is said stays here.".to_owned(),
            ],
            current,
        };
        let page = |current: Option<&str>, versions, errors| AgreementsPage {
            shell: Shell::sample(Language::English, t.title, Place::Settings),
            languages: vec![Choice::new("en", "English", "en"), Choice::new("de", "Deutsch", "en")],
            text: "Coaching is a conversation between two adults.\n\nWhat is said stays here.".to_owned(),
            current: current.map(str::to_owned),
            versions,
            errors,
        };
        let versions =
            vec![version("2", "3 November 2026", 41, true), version("1", "2 September 2026", 112, false)];
        let missing = FormErrors::from_iter([("text", "This is needed".to_owned())]);
        vec![
            ("full", page(Some("Version 2, since 3 November 2026"), versions, FormErrors::NONE)),
            ("none", page(None, Vec::new(), missing)),
        ]
    }
}
