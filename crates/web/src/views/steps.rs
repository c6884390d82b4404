//! Booking what a journey has planned.

use askama::Template;
use rules::permission::{Role, Roles};

use super::coaches::Agreement;
use super::filters;
use super::parts::Moment;
use super::session::Sentence;
use super::sessions::{PickDay, PickSlot};
use crate::shell::{Face, FormErrors, Place, SAMPLE_NOW, Shell};
use crate::status::Status;
use crate::texts::Language;

/// `GET /sessions/{session}/attendance/{person}/deletion`
#[derive(Template)]
#[template(path = "sessions/deletion.html")]
pub struct DeletionPage {
    /// The frame.
    pub shell: Shell,
    /// Whose booking.
    pub heading: String,
    /// The page of the session.
    pub base: String,
    /// Where the form goes.
    pub action: String,
    /// What the session is called.
    pub session: String,
    /// How it stands.
    pub status: Status,
    /// When it is; none without a time.
    pub at: Option<Moment>,
    /// What is done.
    pub act: &'static str,
    /// What its button says.
    pub submit: &'static str,
    /// Why it cannot be; empty if it can.
    pub refused: String,
    /// What stands in the way of what was sent; empty is nothing.
    pub conflict: String,
    /// What would happen, and who hears of it.
    pub lines: Vec<Sentence>,
    /// As typed.
    pub reason: String,
    /// Who reads that.
    pub reason_hint: String,
    /// What is wrong with `reason`.
    pub errors: FormErrors,
}

impl DeletionPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, DeletionPage)> {
        let t = &crate::texts::EN;
        let page = |refused: &str| DeletionPage {
            shell: Shell::public(Language::English, t.steps.deletion, "/", SAMPLE_NOW).signed_in(
                Face::new("Otto Brandt", None),
                Roles::only(Role::Admin),
                Place::Sessions,
            ),
            heading: (t.steps.deletion_heading)("Ines"),
            base: "/sessions/ses_0000000000000".to_owned(),
            action: "/sessions/ses_0000000000000/attendance/per_0000000000000/deletion".to_owned(),
            session: "Step 2: Where you stand with Mara".to_owned(),
            status: Status::Booked,
            at: Some(Moment {
                iso: "2026-11-26T14:30:00Z".to_owned(),
                text: "Thu 26 Nov, 14:30".to_owned(),
                relative: "in 4 days".to_owned(),
            }),
            act: t.steps.deletion,
            submit: t.steps.deletion_submit,
            refused: refused.to_owned(),
            conflict: String::new(),
            lines: vec![
                Sentence::new("greyed", t.steps.greyed_out),
                Sentence::new("mail", (t.moving.mails)("Ines and Mara", 2)),
            ],
            reason: String::new(),
            reason_hint: (t.moving.reason_hint)("Mara", 1),
            errors: FormErrors::NONE,
        };
        let pod = DeletionPage {
            heading: t.steps.all_heading.to_owned(),
            act: t.steps.all_deletion,
            submit: t.steps.all_deletion,
            at: None,
            status: Status::Unbooked,
            lines: vec![Sentence::new("greyed", t.steps.all_greyed_out)],
            ..page("")
        };
        vec![("first", page("")), ("refused", page("The session began Thursday.")), ("pod", pod)]
    }
}

/// `GET /sessions/{session}/booking`
#[derive(Template)]
#[template(path = "sessions/booking.html")]
pub struct BookStepPage {
    /// The frame.
    pub shell: Shell,
    /// What is booked.
    pub heading: String,
    /// How long, with whom, and in which weeks it is best.
    pub about: Vec<Sentence>,
    /// The page of the session.
    pub base: String,
    /// What that is called.
    pub session: String,
    /// Why it cannot be booked; empty if it can.
    pub refused: String,
    /// What helps, and where it leads.
    pub help: Option<(&'static str, String)>,
    /// What stands in the way of what was sent; empty is nothing.
    pub conflict: String,
    /// Whose clock the times are on.
    pub place: String,
    /// Days with their times.
    pub days: Vec<PickDay>,
    /// The first of the days, as a form carries it; empty is today.
    pub from: String,
    /// Whether the times are those nearest to one that cannot be had.
    pub instead: bool,
    /// Later days.
    pub later: Option<String>,
    /// Where the hours of the coach are, if they are the reader's.
    pub hours: Option<String>,
    /// The time that is chosen.
    pub chosen: Option<Moment>,
    /// What would happen, in sentences.
    pub lines: Vec<Sentence>,
    /// What is to be accepted with it (rule P9).
    pub agreement: Option<Agreement>,
    /// Whether it is to be said that another session at that time is known (rule A6).
    pub overlap: bool,
    /// What the button says.
    pub button: &'static str,
    /// What is wrong with `starts_at`, `agree`.
    pub errors: FormErrors,
}

impl BookStepPage {
    /// Whether another time is sent with what was ticked, so that nothing of it is lost.
    fn keeps_typed(&self) -> bool {
        self.agreement.as_ref().is_some_and(|agreement| agreement.accepted)
    }
}

impl BookStepPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, BookStepPage)> {
        let t = &crate::texts::EN.steps;
        let slot = |time: &str| PickSlot {
            value: format!("2026-11-26T{time}:00Z"),
            label: time.to_owned(),
            theirs: String::new(),
            chosen: false,
        };
        let page = |chosen: Option<Moment>| BookStepPage {
            shell: Shell::public(Language::English, t.title, "/", SAMPLE_NOW).signed_in(
                Face::new("Ines Duarte", None),
                Roles::only(Role::Client),
                Place::Sessions,
            ),
            heading: (t.heading)("Step 2: Where you stand"),
            about: vec![Sentence::new("calendar", (t.best)("Mon 23 Nov", "Sun 6 Dec"))],
            base: "/sessions/ses_0000000000000".to_owned(),
            session: "Step 2: Where you stand with Mara".to_owned(),
            refused: String::new(),
            help: None,
            conflict: String::new(),
            place: "Lisbon".to_owned(),
            days: vec![PickDay {
                label: "Thu 26 Nov".to_owned(),
                count: "2 times".to_owned(),
                open: true,
                slots: vec![slot("09:30"), slot("14:30")],
            }],
            from: String::new(),
            instead: false,
            later: None,
            hours: None,
            lines: vec![Sentence::new("mail", (t.mails)("you and Mara", 2))],
            chosen,
            agreement: None,
            overlap: false,
            button: t.submit,
            errors: FormErrors::NONE,
        };
        let at = || Moment {
            iso: "2026-11-26T14:30:00Z".to_owned(),
            text: "Thu 26 Nov, 14:30".to_owned(),
            relative: "in 4 days".to_owned(),
        };
        let refused = BookStepPage {
            refused: "A step before this one is to be booked first.".to_owned(),
            help: Some((
                crate::texts::EN.board.remind_one,
                "/participants/par_0000000000000/reminder".to_owned(),
            )),
            days: Vec::new(),
            ..page(None)
        };
        let none = BookStepPage { days: Vec::new(), hours: Some("/practice/hours".to_owned()), ..page(None) };
        vec![("first", page(None)), ("chosen", page(Some(at()))), ("refused", refused), ("none", none)]
    }
}
