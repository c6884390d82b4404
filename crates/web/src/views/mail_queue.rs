//! Mails on their way, as an admin sees them: never a body or a link (rule M7).

use askama::Template;

use super::filters;
use super::parts::FilterLink;
use crate::shell::{Paging, Shell};
use crate::texts::{Language, Texts};

/// `GET /mail-queue`
#[derive(Template)]
#[template(path = "mail_queue/index.html")]
pub struct MailQueuePage {
    /// The frame.
    pub shell: Shell,
    /// Links that filter by state.
    pub states: Vec<FilterLink>,
    /// Whether any mail was given up.
    pub dead: bool,
    /// This page of the queue.
    pub rows: Vec<QueuedMail>,
    /// Where it goes on.
    pub paging: Paging,
}

/// One mail of the queue.
#[derive(Clone, Debug)]
pub struct QueuedMail {
    /// To whom.
    pub to: String,
    /// What kind of letter, in words.
    pub kind: String,
    /// How it fares.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was sent, or will be tried next.
    pub when: String,
    /// The last answer of the mail server, in one line; empty if it took the mail.
    pub error: String,
    /// The form action that tries it again, for one that was given up.
    pub retry: Option<String>,
}

/// How a mail fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// It is not yet its time, or the last try failed.
    Waiting,
    /// Somebody is at it.
    Sending,
    /// The mail server took it.
    Sent,
    /// It was refused too often.
    Dead,
    /// Kept back: its reader is a test.
    Test,
}

impl MailState {
    /// Its word.
    pub const fn word(self, t: &Texts) -> &'static str {
        match self {
            MailState::Waiting => t.mail_queue.waiting,
            MailState::Sending => t.mail_queue.sending,
            MailState::Sent => t.mail_queue.sent,
            MailState::Dead => t.mail_queue.dead,
            MailState::Test => t.mail_queue.test,
        }
    }

    /// Its icon.
    pub const fn icon(self) -> &'static str {
        match self {
            MailState::Waiting => "clock",
            MailState::Sending => "send",
            MailState::Sent => "check",
            MailState::Dead => "warn",
            MailState::Test => "eye",
        }
    }

    /// Its colours: what waits, what is under way, what arrived, what did not.
    pub const fn tone(self) -> &'static str {
        match self {
            MailState::Waiting => "waiting",
            MailState::Sending => "booked",
            MailState::Sent => "unbooked",
            MailState::Dead => "missed",
            MailState::Test => "greyed_out",
        }
    }
}

impl MailQueuePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, MailQueuePage)> {
        let mail = |to: &str, kind: &str, state, attempts, when: &str, error: &str| QueuedMail {
            to: to.to_owned(),
            kind: kind.to_owned(),
            state,
            attempts,
            when: when.to_owned(),
            error: error.to_owned(),
            retry: (state == MailState::Dead).then(|| "/mail-queue/mai_0000000000000/retry".to_owned()),
        };
        let rows = vec![
            mail(
                "tomas@pereira.example",
                "Sign-in link",
                MailState::Waiting,
                2,
                "next try in 4 minutes",
                "421 too busy",
            ),
            mail("ada@fernhill.example", "Invitation", MailState::Sending, 1, "now", ""),
            mail(
                "hana@mori.example",
                "Reminder",
                MailState::Dead,
                12,
                "Saturday, 18:00",
                "550 no such user here",
            ),
            mail("pavel@hruska.example", "Reminder", MailState::Sent, 1, "Today, 16:00", ""),
        ];
        let page = |rows: Vec<QueuedMail>| MailQueuePage {
            shell: Shell::sample(Language::English, "Mail queue", crate::shell::Place::MailQueue),
            states: FilterLink::samples(),
            dead: !rows.is_empty(),
            rows,
            paging: Paging::default(),
        };
        vec![("plain", page(rows)), ("empty", page(Vec::new()))]
    }
}
