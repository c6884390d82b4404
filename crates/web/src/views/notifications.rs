//! What a person is told inside the program, and the page behind the link that refuses mails.

use askama::Template;

use super::filters;
use crate::shell::{Paging, Place, Shell};
use crate::texts::Language;

/// `GET /notifications`
#[derive(Template)]
#[template(path = "notifications/index.html")]
pub struct NotificationsPage {
    /// The frame.
    pub shell: Shell,
    /// This page of the list, the newest first.
    pub notifications: Vec<NotificationRow>,
    /// Whether any is not read.
    pub has_unread: bool,
    /// Where the list goes on.
    pub paging: Paging,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct NotificationRow {
    /// Where it is said that it was read, and from where it leads on.
    pub action: String,
    /// What it says.
    pub text: String,
    /// When.
    pub when: String,
    /// Whether it was read.
    pub is_read: bool,
}

/// `GET /mail-choices/{token}`, and the same page after its button.
#[derive(Template)]
#[template(path = "mail_choices/show.html")]
pub struct MailChoicePage {
    /// The frame.
    pub shell: Shell,
    /// How it stands.
    pub state: MailChoiceState,
}

/// How it stands with the mails of a link.
#[derive(Clone, Debug)]
pub enum MailChoiceState {
    /// They come; the button ends that.
    Wanted {
        /// Where the button leads.
        action: String,
        /// What they are about.
        about: String,
    },
    /// They come no more.
    Refused,
    /// Nobody knows the link.
    Unknown,
}

impl NotificationsPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, NotificationsPage)> {
        let row = |text: &str, when: &str, is_read| NotificationRow {
            action: "/notifications/ntf_0000000000000/read".to_owned(),
            text: text.to_owned(),
            when: when.to_owned(),
            is_read,
        };
        let page = |notifications: Vec<NotificationRow>| NotificationsPage {
            shell: Shell::sample(Language::English, "Notifications", Place::Elsewhere),
            has_unread: notifications.iter().any(|row| !row.is_read),
            notifications,
            paging: Paging::default(),
        };
        let rows = vec![
            row("Pavel Hruška wrote to you", "today at 11:20", false),
            row("Your session with Tomás Pereira is booked: tomorrow at 10:00", "yesterday at 18:04", true),
        ];
        vec![("plain", page(rows)), ("empty", page(Vec::new()))]
    }
}

impl MailChoicePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, MailChoicePage)> {
        let page = |state| MailChoicePage {
            shell: Shell::sample_public(Language::English, "No more such mails"),
            state,
        };
        let about = "You would get no mails of this kind any more: “Somebody wrote to you”.".to_owned();
        vec![
            ("wanted", page(MailChoiceState::Wanted { action: "/mail-choices/x".to_owned(), about })),
            ("refused", page(MailChoiceState::Refused)),
            ("unknown", page(MailChoiceState::Unknown)),
        ]
    }
}
