//! Giving participants to another coach, as whoever runs their cohort sees it before and does it (rule G6).

use askama::Template;

use super::board::Crumb;
use super::filters;
use super::parts::Moment;
use crate::shell::{Choice, FieldError, FormErrors, Place, Shell};
use crate::texts::Language;

/// `GET /cohorts/{cohort}/coach`
#[derive(Template)]
#[template(path = "cohorts/coach.html")]
pub struct HandoverPage {
    /// The frame.
    pub shell: Shell,
    /// Where it leads back to.
    pub crumbs: Vec<Crumb>,
    /// Where both forms are sent.
    pub action: String,
    /// The page before.
    pub base: String,
    /// The coaches.
    pub coaches: Vec<Choice>,
    /// Those chosen, or all of one coach.
    pub whose: Vec<Choice>,
    /// The participants.
    pub people: Vec<PersonChoice>,
    /// What would change, once that is asked.
    pub plan: Option<PlanView>,
    /// That it is put away, so that nothing begins there (rule G8); empty is in use.
    pub away: String,
    /// Why nothing was done; empty is none.
    pub conflict: String,
    /// What is wrong with what was chosen.
    pub errors: FormErrors,
}

/// A participant, to choose.
#[derive(Clone, Debug)]
pub struct PersonChoice {
    /// Their id, their name, and whether they are chosen.
    pub choice: Choice,
    /// Who coaches them now.
    pub line: String,
}

/// What would change.
#[derive(Clone, Debug)]
pub struct PlanView {
    /// "Of the booked sessions 3 keep their time and 1 do not."
    pub sum: String,
    /// Each participant.
    pub changes: Vec<ChangeView>,
    /// Who gets a mail.
    pub mails: String,
    /// What the form carries on.
    pub hidden: Vec<(&'static str, String)>,
}

/// One participant in it.
#[derive(Clone, Debug)]
pub struct ChangeView {
    /// As they wish to be called.
    pub name: String,
    /// "Ada Lindholm to Finn Walsh. 2 sessions without a time go along."
    pub line: String,
    /// What is booked.
    pub sessions: Vec<SessionChange>,
}

/// A booked session in it.
#[derive(Clone, Debug)]
pub struct SessionChange {
    /// When.
    pub title: String,
    /// What, and what else happens to it.
    pub line: String,
    /// Whether it keeps its time.
    pub stays: bool,
}

impl HandoverPage {
    /// What is wrong with an input.
    pub fn error(&self, field: &str) -> FieldError<'_> {
        self.errors.of(field)
    }

    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, HandoverPage)> {
        let page = |plan| HandoverPage {
            shell: Shell::sample(Language::English, "Another coach", Place::Programs),
            crumbs: vec![Crumb { label: "Autumn 2026".to_owned(), href: Some("/cohorts/coh_1".to_owned()) }],
            action: "/cohorts/coh_1/coach".to_owned(),
            base: "/cohorts/coh_1".to_owned(),
            coaches: vec![
                Choice::new("", "Choose a coach", ""),
                Choice::new("per_2", "Jonas Berg", ""),
                Choice::new("per_1", "Mara Lindqvist", ""),
            ],
            whose: vec![
                Choice::new("", "Those chosen below", ""),
                Choice::new("per_1", "All of Mara Lindqvist", ""),
            ],
            people: vec![
                PersonChoice {
                    choice: Choice::new("par_1", "Ines Duarte", "par_1"),
                    line: "now Mara Lindqvist".to_owned(),
                },
                PersonChoice {
                    choice: Choice::new("par_2", "Noor Haddad", "par_1"),
                    line: "no coach yet".to_owned(),
                },
            ],
            plan,
            away: String::new(),
            conflict: String::new(),
            errors: FormErrors::NONE,
        };
        let session = |title: &str, stays| SessionChange {
            title: title.to_owned(),
            line: "Session 3: Values".to_owned(),
            stays,
        };
        let plan = PlanView {
            sum: "Of the booked sessions 1 keep their time and 1 do not.".to_owned(),
            changes: vec![ChangeView {
                name: "Ines Duarte".to_owned(),
                line: "Mara Lindqvist to Jonas Berg. 2 sessions without a time go along.".to_owned(),
                sessions: vec![session("Tue 24 Nov, 11:00", true), session("Tue 8 Dec, 11:00", false)],
            }],
            mails: "One mail each goes to the participant and to Mara Lindqvist and Jonas Berg.".to_owned(),
            hidden: vec![("who", "par_1".to_owned()), ("to", "per_2".to_owned())],
        };
        let mut lost = page(Some(plan.clone()));
        "What this would come to has changed.".clone_into(&mut lost.conflict);
        let none = HandoverPage { people: Vec::new(), ..page(None) };
        let mut wrong = page(None);
        wrong.errors = FormErrors::from_iter([("to", "Choose one of those offered".to_owned())]);
        vec![
            ("choose", page(None)),
            ("plan", page(Some(plan))),
            ("lost", lost),
            ("nobody", none),
            ("wrong", wrong),
        ]
    }
}

/// `GET /sessions/{session}/stand-in`
#[derive(Template)]
#[template(path = "sessions/stand_in.html")]
pub struct StandInPage {
    /// The frame.
    pub shell: Shell,
    /// The page of the session.
    pub base: String,
    /// What it is called there.
    pub session: String,
    /// When it is.
    pub at: Moment,
    /// Why nobody can be named now; empty is none.
    pub impossible: String,
    /// Why nothing was done; empty is none.
    pub conflict: String,
    /// Who is free then.
    pub coaches: Vec<Choice>,
    /// What is wrong with what was chosen.
    pub errors: FormErrors,
}

impl StandInPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, StandInPage)> {
        let page = |coaches| StandInPage {
            shell: Shell::sample(Language::English, "Name a stand-in", Place::Elsewhere),
            base: "/sessions/ses_0000000000000".to_owned(),
            session: "Session 2 with Ines Duarte".to_owned(),
            at: Moment {
                iso: "2026-11-24T11:00:00Z".to_owned(),
                text: "Tue 24 Nov, 11:00".to_owned(),
                relative: "in 45 hours".to_owned(),
            },
            impossible: String::new(),
            conflict: String::new(),
            coaches,
            errors: FormErrors::NONE,
        };
        let jonas = || vec![Choice::new("per_2", "Jonas Berg", "")];
        let begun = StandInPage { impossible: "It has begun.".to_owned(), ..page(Vec::new()) };
        let lost = StandInPage { conflict: "That time is not free any more.".to_owned(), ..page(jonas()) };
        vec![("choose", page(jonas())), ("nobody", page(Vec::new())), ("begun", begun), ("lost", lost)]
    }
}
