//! From the mail to what is booked: the page that sends one to one's mail, the page behind the link, what is booked, and
//! the page of one booking that needs no account.

use askama::Template;

use super::coaches::{Agreement, NextFree};
use super::filters;
use super::parts::Moment;
use super::session::{DeclinedCard, MoneyBox, Press, RequestCard, SeatBox};
use crate::shell::{Dress, Face, Shell};
use crate::texts::{Language, texts};

/// After a stranger has booked: it counts when the button behind the mail's link is pressed (rule B7).
#[derive(Template)]
#[template(path = "bookings/sent.html")]
pub struct SentPage {
    /// The frame.
    pub shell: Shell,
    /// The address as it was typed.
    pub mail: String,
    /// What is kept.
    pub what: Booked,
    /// "16:18"
    pub until: String,
    /// The coach's page.
    pub back: String,
}

/// `GET` and `POST /bookings/{token}` until it is booked.
#[derive(Template)]
#[template(path = "bookings/show.html")]
pub struct HoldPage {
    /// The frame.
    pub shell: Shell,
    /// What has become of it.
    pub state: HoldState,
}

/// What has become of a time that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldState {
    /// One press books it.
    Open {
        /// What would be booked.
        what: Booked,
        /// The form's address.
        action: String,
        /// "Book Thursday, 10:15"
        button: String,
        /// "16:18"
        until: String,
        /// Something else of theirs at that time: pressing again books anyway (rule A6). Empty is nothing.
        overlap: String,
        /// That was seen, and is sent with the button.
        anyway: bool,
        /// The agreement that is to be accepted, if there is another one since the time was kept.
        agreement: Option<Agreement>,
        /// Why that is asked.
        agree_error: String,
        /// The coach's page.
        back: String,
    },
    /// It was given back.
    Expired {
        /// What it was.
        what: Booked,
        /// Whether it is free still.
        still: bool,
        /// The form that books again.
        action: String,
        /// What was typed.
        typed: Vec<(String, String)>,
        /// Other times; what each sends stands in `href`.
        instead: Vec<NextFree>,
        /// The coach's page.
        back: String,
    },
    /// It cannot be booked, for a reason.
    Refused {
        /// What it was.
        what: Booked,
        /// Why.
        why: String,
        /// What can be booked instead.
        ways: Vec<Way>,
        /// The coach's page.
        back: String,
    },
    /// Nothing is known by it.
    Gone,
}

/// Something that can be booked with the same coach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// "Session, 45 minutes, € 95"
    pub label: String,
    /// The coach's page, with it chosen.
    pub href: String,
}

/// What is booked, in a client's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// With whom.
    pub coach: Face,
    /// "Intro call, 15 minutes"
    pub what: String,
    /// "Thursday 26 November, 10:15 to 10:30"
    pub when: String,
    /// For `<time>`.
    pub iso: String,
    /// "in Lisbon (11:15 for Mara in Stockholm)"
    pub zone: String,
    /// "by video"
    pub place: String,
    /// An address, a number or a link; empty is none.
    pub place_detail: String,
    /// "Free", "€ 95"
    pub price: String,
    /// What holds for cancelling, in a line; empty where it is said elsewhere.
    pub rule: String,
}

/// One session, or each of a series, after it was booked.
#[derive(Template)]
#[template(path = "bookings/done.html")]
pub struct DonePage {
    /// The frame.
    pub shell: Shell,
    /// "Tomorrow at 09:30"
    pub first: Moment,
    /// What it is.
    pub what: Booked,
    /// All dates of a series, each with its page; empty for one session.
    pub dates: Vec<DateLink>,
    /// Ways into a calendar.
    pub calendars: Vec<CalendarLink>,
    /// What happens next, each with its icon.
    pub next: Vec<(&'static str, String)>,
    /// Where it stands from now on: the words and the address.
    pub see: (String, String),
}

/// A date of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateLink {
    /// "Thu 26 Nov, 10:15"
    pub when: String,
    /// The page of that session.
    pub href: String,
}

/// A way into a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarLink {
    /// Whose.
    pub label: String,
    /// Its address.
    pub href: String,
    /// Whether it leads to another site.
    pub elsewhere: bool,
}

/// `GET /manage/{token}` (rule B2).
#[derive(Template)]
#[template(path = "manage/show.html")]
pub struct ManagePage {
    /// The frame.
    pub shell: Shell,
    /// The booking; none where the link has ended.
    pub booking: Option<Managed>,
}

/// One booking behind its link.
#[derive(Clone, Debug)]
pub struct Managed {
    /// "Tomorrow at 09:30"
    pub at: Moment,
    /// How it stands.
    pub status: crate::status::Status,
    /// What it is.
    pub what: Booked,
    /// Why the last act was not done; empty is nothing.
    pub conflict: String,
    /// That cancelling is free for a while, or counts from a request; empty if neither.
    pub word: String,
    /// Moving it and calling it off, or why not now.
    pub presses: Vec<Press>,
    /// The request that waits.
    pub request: Option<RequestCard>,
    /// The one that was lately declined.
    pub declined: Option<DeclinedCard>,
    /// How it went, once that is said.
    pub seats: Vec<SeatBox>,
    /// What it came to, once it is over or off.
    pub money: Vec<MoneyBox>,
    /// Ways into a calendar.
    pub calendars: Vec<CalendarLink>,
    /// Until when the link works.
    pub until: String,
}

impl Booked {
    pub(super) fn sample() -> Booked {
        Booked {
            coach: Face::new("Mara Lindqvist", None),
            what: "Session, 45 minutes".to_owned(),
            when: "Thursday 26 November 2026, 10:15 to 11:00".to_owned(),
            iso: "2026-11-26T10:15:00Z".to_owned(),
            zone: "in Lisbon (11:15 in Stockholm)".to_owned(),
            place: "by video".to_owned(),
            place_detail: String::new(),
            price: "€ 95".to_owned(),
            rule: "Cancel free of charge until 48 h before; after that 50 % is to be paid, in the last 24 h 100 %."
                .to_owned(),
        }
    }
}

impl Way {
    pub(super) fn samples() -> Vec<Way> {
        ["Check-in, 30 minutes, € 70", "Session, 45 minutes, € 95"]
            .into_iter()
            .map(|label| Way {
                label: label.to_owned(),
                href: "/coaches/mara-lindqvist?offering=off_0000000000002#times".to_owned(),
            })
            .collect()
    }
}

impl CalendarLink {
    fn samples() -> Vec<CalendarLink> {
        [("Google Calendar", true), ("Outlook", true), ("Calendar file", false)]
            .into_iter()
            .map(|(label, elsewhere)| CalendarLink {
                label: label.to_owned(),
                href: "#".to_owned(),
                elsewhere,
            })
            .collect()
    }
}

fn shell(language: Language, title: &str, dress: Dress) -> Shell {
    let mut shell = Shell::sample_public(language, title);
    shell.dress = dress;
    shell
}

impl SentPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, SentPage)> {
        let page = |language, dress| SentPage {
            shell: shell(language, texts(language).booking.sent_title, dress),
            mail: "tomas@pereira.example".to_owned(),
            what: Booked::sample(),
            until: "16:18".to_owned(),
            back: "/coaches/mara-lindqvist".to_owned(),
        };
        vec![
            ("plain", page(Language::English, Dress::Public)),
            ("german", page(Language::German, Dress::Public)),
            ("embedded", page(Language::English, Dress::Embedded)),
        ]
    }
}

impl HoldPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, HoldPage)> {
        let page = |state| HoldPage {
            shell: shell(Language::English, texts(Language::English).booking.hold_title, Dress::Public),
            state,
        };
        let (back, action) = ("/coaches/mara-lindqvist".to_owned(), "/bookings/abc".to_owned());
        let open = |overlap: &str| HoldState::Open {
            what: Booked::sample(),
            action: action.clone(),
            button: "Book Thursday, 10:15".to_owned(),
            until: "16:18".to_owned(),
            overlap: overlap.to_owned(),
            anyway: false,
            agreement: None,
            agree_error: String::new(),
            back: back.clone(),
        };
        let instead = vec![NextFree {
            day: "Thu 26 Nov".to_owned(),
            time: "10:30".to_owned(),
            href: "2026-11-26T10:30:00Z".to_owned(),
            chosen: false,
        }];
        let expired = |still| HoldState::Expired {
            what: Booked::sample(),
            still,
            action: "/coaches/mara-lindqvist/bookings".to_owned(),
            typed: vec![("name".to_owned(), "Tomás Pereira".to_owned())],
            instead: instead.clone(),
            back: back.clone(),
        };
        let refused = HoldState::Refused {
            what: Booked::sample(),
            why: "You had your intro call with this coach.".to_owned(),
            ways: Way::samples(),
            back: back.clone(),
        };
        vec![
            ("open", page(open(""))),
            ("overlap", page(open("You have a session today at 10:00."))),
            ("expired", page(expired(false))),
            ("expired-free", page(expired(true))),
            ("refused", page(refused)),
            ("gone", page(HoldState::Gone)),
        ]
    }
}

impl DonePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, DonePage)> {
        let page = |language, dates: &[&str]| {
            let t = &texts(language).booking;
            DonePage {
                shell: shell(language, t.done_title, Dress::Public),
                first: Moment::sample(),
                what: Booked::sample(),
                dates: dates
                    .iter()
                    .map(|date| DateLink { when: (*date).to_owned(), href: "/sessions".to_owned() })
                    .collect(),
                calendars: CalendarLink::samples(),
                next: vec![("mail", t.next_mail.to_owned()), ("key", t.next_manage.to_owned())],
                see: (t.see_session.to_owned(), "/".to_owned()),
            }
        };
        vec![
            ("plain", page(Language::English, &[])),
            ("german", page(Language::German, &[])),
            ("series", page(Language::English, &["Thu 26 Nov, 10:15", "Thu 3 Dec, 10:15"])),
        ]
    }
}

impl ManagePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, ManagePage)> {
        let page = |booking| ManagePage {
            shell: shell(Language::English, texts(Language::English).booking.manage_title, Dress::Public),
            booking,
        };
        let booking = Managed {
            at: Moment::sample(),
            status: crate::status::Status::Booked,
            what: Booked::sample(),
            conflict: String::new(),
            word: String::new(),
            presses: Vec::new(),
            request: None,
            declined: None,
            seats: Vec::new(),
            money: Vec::new(),
            calendars: CalendarLink::samples(),
            until: "Friday 27 November 2026, 11:00".to_owned(),
        };
        vec![("plain", page(Some(booking))), ("gone", page(None))]
    }
}
