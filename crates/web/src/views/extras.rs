//! The page on which a session is added to one journey.

use askama::Template;
use rules::person::Language;

use super::board::Crumb;
use super::filters;
use crate::shell::{Choice, FormErrors, Place, Shell};

/// `GET /journeys/{journey}/extras/new`
#[derive(Template)]
#[template(path = "participants/extra.html")]
pub struct NewExtraPage {
    /// The frame.
    pub shell: Shell,
    /// What it belongs to.
    pub crumbs: Vec<Crumb>,
    /// "Add a session for Kim Berg"
    pub heading: String,
    /// Who would coach it; empty is nobody yet.
    pub coach: String,
    /// The participant's page.
    pub base: String,
    /// Where the form is sent.
    pub action: String,
    /// Why nothing can be added now; empty is none.
    pub impossible: String,
    /// Why nothing was done; empty is none.
    pub conflict: String,
    /// What was typed.
    pub name: String,
    /// The same.
    pub minutes: String,
    /// Extra, or for which step.
    pub purposes: Vec<Choice>,
    /// Where it can be.
    pub places: Vec<Choice>,
    /// What was typed.
    pub place_detail: String,
    /// Whether it counts.
    pub counts: bool,
    /// What is wrong.
    pub errors: FormErrors,
}

impl NewExtraPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, NewExtraPage)> {
        let page = || NewExtraPage {
            shell: Shell::sample(Language::English, "Add a session", Place::Programs),
            crumbs: vec![Crumb { label: "Autumn 2026".to_owned(), href: Some("/cohorts/coh_1".to_owned()) }],
            heading: "Add a session for Kim Berg".to_owned(),
            coach: "Coached by Ada Lindholm.".to_owned(),
            base: "/participants/par_0000000000001".to_owned(),
            action: "/journeys/jou_0000000000001/extras".to_owned(),
            impossible: String::new(),
            conflict: String::new(),
            name: String::new(),
            minutes: "60".to_owned(),
            purposes: vec![
                Choice::new("", "Extra: simply one more", ""),
                Choice::new("stp_1", "Makes up for 3 Conflict", ""),
            ],
            places: vec![Choice::new("room", "The room here", "room")],
            place_detail: String::new(),
            counts: true,
            errors: FormErrors::NONE,
        };
        let complete = NewExtraPage { impossible: "The journey is complete.".to_owned(), ..page() };
        let mut wrong = page();
        wrong.errors = FormErrors::from_iter([("name", "Say what it is called".to_owned())]);
        vec![("form", page()), ("complete", complete), ("wrong", wrong)]
    }
}
