//! Every mail as it would arrive, in an example or a trial (rule M7).

use askama::Template;

use super::filters;
use super::parts::FileLink;
use crate::shell::{Choice, Paging, Shell};
use crate::texts::Language;

/// `GET /mailbox`, and `GET /mailbox/{id}` with one open.
#[derive(Template)]
#[template(path = "mailbox/show.html")]
pub struct MailboxPage {
    /// The frame.
    pub shell: Shell,
    /// Whose mails to show, the empty choice first.
    pub people: Vec<Choice>,
    /// This page of the list, newest first.
    pub mails: Vec<MailItem>,
    /// The one that is open.
    pub open: Option<OpenMail>,
    /// Where the list goes on.
    pub paging: Paging,
}

/// One mail of the list.
#[derive(Clone, Debug)]
pub struct MailItem {
    /// Its page.
    pub href: String,
    /// Whom it is for.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it was sent.
    pub when: String,
    /// Whether it is the one that is open.
    pub current: bool,
}

/// A whole mail.
#[derive(Clone, Debug)]
pub struct OpenMail {
    /// Name and address.
    pub from: String,
    /// Name and address.
    pub to: String,
    /// Where an answer goes; empty if to the sender.
    pub reply_to: String,
    /// Its subject.
    pub subject: String,
    /// When it was sent.
    pub when: String,
    /// Its Message-ID.
    pub message_id: String,
    /// The address of its HTML part.
    pub html: String,
    /// Its text part.
    pub text: String,
    /// What hangs on it.
    pub attachments: Vec<FileLink>,
}

impl MailboxPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, MailboxPage)> {
        let item = |to: &str, subject: &str, when: &str, current| MailItem {
            href: "/mailbox/mai_0000000000000".to_owned(),
            to: to.to_owned(),
            subject: subject.to_owned(),
            when: when.to_owned(),
            current,
        };
        let open = OpenMail {
            from: "Fernhill Coaching <cairn@fernhill.example>".to_owned(),
            to: "Tomás Pereira <tomas@pereira.example>".to_owned(),
            reply_to: String::new(),
            subject: "Your link to sign in".to_owned(),
            when: "Today, 16:44".to_owned(),
            message_id: "<mai_0000000000000@fernhill.example>".to_owned(),
            html: "letter-link.html".to_owned(),
            text: "Hello Tomás,\n\nopen this to sign in:\nhttps://fernhill.example/sign-in/link/abc\n"
                .to_owned(),
            attachments: vec![FileLink {
                name: "intro-call.ics".to_owned(),
                href: "#".to_owned(),
                line: "Calendar entry, 2 KB".to_owned(),
            }],
        };
        let page = |open: Option<OpenMail>, filled: bool| MailboxPage {
            shell: Shell::sample(Language::English, "Mailbox", crate::shell::Place::Elsewhere),
            people: vec![Choice::new("", "Everybody", ""), Choice::new("per_1", "Tomás Pereira", "")],
            mails: if filled {
                vec![
                    item("Tomás Pereira", "Your link to sign in", "16:44", open.is_some()),
                    item(
                        "Ada Lindqvist",
                        "Ines Duarte asks to move Tuesday, 12:00 to Thursday, 15:30",
                        "16:02",
                        false,
                    ),
                    item("Hana Mori", "Tomorrow at 09:00 with Ada Lindqvist", "Sunday", false),
                ]
            } else {
                Vec::new()
            },
            open,
            paging: Paging::default(),
        };
        vec![("open", page(Some(open), true)), ("list", page(None, true)), ("empty", page(None, false))]
    }
}
