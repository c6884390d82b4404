//! The page of a session's coaches.

use askama::Template;
use rules::person::Language;

use super::filters;
use super::parts::Moment;
use crate::shell::{Choice, FormErrors, Place, Shell};

/// `GET /sessions/{session}/coaches`
#[derive(Template)]
#[template(path = "sessions/coaches.html")]
pub struct CoCoachesPage {
    /// The frame.
    pub shell: Shell,
    /// The page of the session.
    pub base: String,
    /// What it is called there.
    pub session: String,
    /// When it is; none without a time.
    pub at: Option<Moment>,
    /// Why nothing can be changed now; empty is none.
    pub impossible: String,
    /// Why nothing was done; empty is none.
    pub conflict: String,
    /// Who coaches it, the one who marks first.
    pub rows: Vec<CoachRow>,
    /// Whether it has as many as it can have.
    pub is_full: bool,
    /// Who could coach it too.
    pub coaches: Vec<Choice>,
    /// What is wrong with what was chosen.
    pub errors: FormErrors,
}

/// A coach of a session.
#[derive(Clone, Debug)]
pub struct CoachRow {
    /// Who.
    pub name: String,
    /// Whether they say how it went.
    pub marks: bool,
    /// Takes them out of it.
    pub removal: Option<String>,
}

impl CoCoachesPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, CoCoachesPage)> {
        let row = |name: &str, marks, removal: Option<&str>| CoachRow {
            name: name.to_owned(),
            marks,
            removal: removal.map(str::to_owned),
        };
        let page = || CoCoachesPage {
            shell: Shell::sample(Language::English, "Coaches of this session", Place::Elsewhere),
            base: "/sessions/ses_0000000000000".to_owned(),
            session: "Session 2 with Ines Duarte".to_owned(),
            at: Some(Moment {
                iso: "2026-11-24T11:00:00Z".to_owned(),
                text: "Tue 24 Nov, 11:00".to_owned(),
                relative: "in 45 hours".to_owned(),
            }),
            impossible: String::new(),
            conflict: String::new(),
            rows: vec![
                row("Ada Lindholm", true, None),
                row("Jonas Berg", false, Some("/sessions/ses_0000000000000/coaches/per_2/removal")),
            ],
            is_full: false,
            coaches: vec![Choice::new("per_3", "Mara Lindqvist", "")],
            errors: FormErrors::NONE,
        };
        let alone = CoCoachesPage { rows: vec![row("Ada Lindholm", true, None)], at: None, ..page() };
        let nobody = CoCoachesPage { coaches: Vec::new(), ..page() };
        let full = CoCoachesPage { is_full: true, coaches: Vec::new(), ..page() };
        let begun = CoCoachesPage {
            impossible: "It has begun.".to_owned(),
            coaches: Vec::new(),
            rows: vec![row("Ada Lindholm", true, None), row("Jonas Berg", false, None)],
            ..page()
        };
        let lost = CoCoachesPage { conflict: "That time is not free any more.".to_owned(), ..page() };
        vec![
            ("two", page()),
            ("alone", alone),
            ("nobody", nobody),
            ("full", full),
            ("begun", begun),
            ("lost", lost),
        ]
    }
}
