//! Messages between a client and a coach: the list of threads, and one of them.

use askama::Template;

use super::filters;
use super::parts::{About, Message};
use crate::shell::{Face, FormErrors, Paging, Place, Shell};
use crate::texts::Language;

/// `GET /messages`
#[derive(Template)]
#[template(path = "messages/index.html")]
pub struct ThreadsPage {
    /// The frame.
    pub shell: Shell,
    /// This page of the list, the newest first.
    pub threads: Vec<ThreadRow>,
    /// Where the list goes on.
    pub paging: Paging,
    /// Whom one could write to who has no thread yet: coaches of a client, by name and address.
    pub ways: Vec<(String, String)>,
    /// Whether the reader is a client; a coach's list leads to their clients.
    pub is_client: bool,
    /// Whether they take part in a program, which is looked after by whoever leads it.
    pub takes_part: bool,
}

/// One thread of the list.
#[derive(Clone, Debug)]
pub struct ThreadRow {
    /// Its page.
    pub href: String,
    /// With whom.
    pub face: Face,
    /// What they are to the reader.
    pub role: &'static str,
    /// The beginning of its newest message.
    pub line: String,
    /// When that was written.
    pub when: String,
    /// How many messages are not read, in words; empty for none.
    pub unread: String,
}

/// `GET /messages/{thread}`, and the same page before there is a thread.
#[derive(Template)]
#[template(path = "messages/show.html")]
pub struct ThreadPage {
    /// The frame.
    pub shell: Shell,
    /// With whom.
    pub face: Face,
    /// What they are to the reader.
    pub role: &'static str,
    /// The page of the client, for their coach.
    pub person: Option<String>,
    /// What was written, by day.
    pub days: Vec<MessageDay>,
    /// Older and newer messages.
    pub paging: Paging,
    /// Where what is written goes.
    pub action: String,
    /// What of it is not read yet.
    pub unread: Option<Unread>,
    /// The newest message that is shown: what is answered has been read.
    pub shown: String,
    /// What was typed, or what is proposed.
    pub text: String,
    /// The session that this is about.
    pub about: Option<Subject>,
    /// Why nothing can be written; empty if it can.
    pub closed: &'static str,
    /// What is wrong with `text`.
    pub errors: FormErrors,
}

/// What is not read yet.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Where it is said that it was read.
    pub action: String,
    /// How many messages.
    pub count: u32,
}

/// The session that a message is about, while it is written.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its id, as the form sends it.
    pub id: String,
    /// Its page.
    pub href: String,
    /// "About the session on Thu 26 Nov, 10:15"
    pub label: String,
    /// The page without it.
    pub without: String,
}

/// The messages of one day.
#[derive(Clone, Debug)]
pub struct MessageDay {
    /// "Today", "Friday 20 November 2026".
    pub label: String,
    /// In order.
    pub messages: Vec<Message>,
}

impl ThreadsPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, ThreadsPage)> {
        let row = |name: &str, line: &str, when: &str, unread: &str| ThreadRow {
            href: "/messages/thr_0000000000000#write".to_owned(),
            face: Face::new(name, None),
            role: "Your client",
            line: line.to_owned(),
            when: when.to_owned(),
            unread: unread.to_owned(),
        };
        let page = |threads: Vec<ThreadRow>, is_client| ThreadsPage {
            shell: Shell::sample(Language::English, "Messages", Place::Messages),
            threads,
            paging: Paging::default(),
            ways: if is_client {
                vec![("Write to Mara Lindqvist".to_owned(), "/people/per_0000000000003/messages".to_owned())]
            } else {
                Vec::new()
            },
            is_client,
            takes_part: false,
        };
        let rows = vec![
            row(
                "Pavel Hruška",
                "I talked to her. It went better than the rehearsal.",
                "today at 11:20",
                "2 unread",
            ),
            row("Tomás Pereira", "You: That is the best kind of answer.", "Fri 20 Nov at 18:04", ""),
        ];
        vec![
            ("plain", page(rows, false)),
            ("empty-coach", page(Vec::new(), false)),
            ("empty-client", page(Vec::new(), true)),
        ]
    }
}

impl ThreadPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, ThreadPage)> {
        let message = |text: &str, line: &str, mine| Message {
            text: text.to_owned(),
            line: line.to_owned(),
            mine,
            about: None,
        };
        let page = |errors: FormErrors, text: &str| {
            let mut about = message("Sorry about Tuesday, the school moved the play.", "You, 14:01", true);
            about.about = Some(About {
                label: "About the session Tue 24 Nov, 16:00".to_owned(),
                href: "/sessions/ses_0000000000000".to_owned(),
            });
            ThreadPage {
                shell: Shell::sample_client("Messages with Mara Lindqvist"),
                face: Face::new("Mara Lindqvist", None),
                role: "Your coach",
                person: None,
                days: vec![
                    MessageDay {
                        label: "Friday 20 November 2026".to_owned(),
                        messages: vec![
                            about,
                            message(
                                "The meeting is cancelled. Nobody has noticed so far.",
                                "You, 18:04, read 18:20",
                                true,
                            ),
                        ],
                    },
                    MessageDay {
                        label: "today".to_owned(),
                        messages: vec![message(
                            "That is the best kind of answer.\nBring the list of three, even if it is only two.",
                            "Mara, 08:51",
                            false,
                        )],
                    },
                ],
                paging: Paging {
                    newer: None,
                    older: Some("/messages/thr_0000000000000?before=x".to_owned()),
                },
                action: "/messages/thr_0000000000000".to_owned(),
                unread: Some(Unread { action: "/messages/thr_0000000000000/read".to_owned(), count: 1 }),
                shown: "msg_0000000000003".to_owned(),
                text: text.to_owned(),
                about: None,
                closed: "",
                errors,
            }
        };
        let wrong = FormErrors::from_iter([("text", "At most 4000 characters".to_owned())]);
        let mut first = page(FormErrors::NONE, "Hello Tomás, I am in the room. Are you on your way?");
        first.days.clear();
        first.paging = Paging::default();
        first.unread = None;
        first.about = Some(Subject {
            id: "ses_0000000000000".to_owned(),
            href: "/sessions/ses_0000000000000".to_owned(),
            label: "About the session today at 16:48".to_owned(),
            without: "/people/per_0000000000004/messages".to_owned(),
        });
        let mut closed = page(FormErrors::NONE, "");
        closed.closed = closed.shell.t.messages.gone;
        vec![
            ("plain", page(FormErrors::NONE, "")),
            ("wrong", page(wrong, "What I typed")),
            ("first", first),
            ("closed", closed),
        ]
    }
}
