//! Sessions: the lists of them, booking for somebody else, recording what has been.

use askama::Template;
use rules::permission::{Role, Roles};

use super::filters;
use super::parts::AskRow;
use super::people::Fact;
use crate::shell::{Choice, ChoiceGroup, Face, FormErrors, Paging, Place, SAMPLE_NOW, Shell};
use crate::status::Status;
use crate::texts::Language;

/// `GET /sessions`
#[derive(Template)]
#[template(path = "sessions/index.html")]
pub struct SessionsPage {
    /// The frame.
    pub shell: Shell,
    /// Which of them are shown.
    pub view: View,
    /// Open requests, soonest to expire first.
    pub asks: Vec<AskRow>,
    /// How many the reader could mark, or is to see marked; none for whoever has nothing to do with that.
    pub to_mark: Option<usize>,
    /// This page of the list, by day.
    pub days: Vec<SessionDay>,
    /// Where the list goes on.
    pub paging: Paging,
    /// What an empty list leads to.
    pub way: Way,
}

/// Which sessions a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// What is to come.
    Upcoming,
    /// What has been.
    Past,
    /// What has been and has no outcome yet.
    ToMark,
    /// What was called off.
    Cancelled,
}

/// What somebody without sessions does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A client looks for a coach.
    FindCoach,
    /// Whoever takes part in a program finds at home what comes next.
    Home,
    /// A coach shares their page.
    SharePage,
    /// Nothing that they could do.
    None,
}

/// The sessions of one day.
#[derive(Clone, Debug)]
pub struct SessionDay {
    /// "Today", "Tuesday 24 November 2026".
    pub label: String,
    /// In order.
    pub sessions: Vec<SessionRow>,
}

/// One session of a list.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Its page.
    pub href: String,
    /// From when until when.
    pub time: String,
    /// Whom one meets.
    pub who: String,
    /// The same as faces, each of one person or group.
    pub faces: Vec<Face>,
    /// What it is, how long, where.
    pub line: String,
    /// How it stands.
    pub status: Status,
    /// Where one press marks it; none if that is not the reader's, or not in one press.
    pub marks: Option<String>,
}

/// Ways into a calendar.
#[derive(Clone, Debug)]
pub struct CalendarLinks {
    /// The file.
    pub file: String,
    /// Google's form.
    pub google: String,
    /// Outlook's form.
    pub outlook: String,
    /// The form of Outlook at work.
    pub office: String,
}

/// What was written while booking.
#[derive(Clone, Debug)]
pub struct Written {
    /// Whose words these are and who reads them.
    pub about: String,
    /// The note; empty if there is none.
    pub note: String,
    /// Questions with their answers.
    pub answers: Vec<Fact>,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct HistoryLine {
    /// Who did what.
    pub what: String,
    /// From what to what; empty if nothing moved.
    pub change: String,
    /// When.
    pub when: String,
    /// Why, as far as the reader may know; empty is nothing.
    pub reason: String,
    /// What the session became by it.
    pub status: Status,
}

/// `GET /people/{person}/booking`
#[derive(Template)]
#[template(path = "sessions/book.html")]
pub struct BookPage {
    /// The frame.
    pub shell: Shell,
    /// "Book for Ben Amos"
    pub heading: String,
    /// Their name.
    pub name: String,
    /// Their page.
    pub person: String,
    /// Coaches to choose from; one is no choice.
    pub coaches: Vec<Pick>,
    /// What can be booked.
    pub offerings: Vec<Pick>,
    /// The chosen offering.
    pub offering: String,
    /// What is shown of it, as the form carries it along.
    pub shown: String,
    /// The first of the days, as a form carries it; empty is today.
    pub from: String,
    /// Whether the times are those nearest to one that cannot be had.
    pub instead: bool,
    /// Days with their times.
    pub days: Vec<PickDay>,
    /// Whose clock the times are on.
    pub place: String,
    /// Whose clock the small ones are on (rule T2); empty if there are none.
    pub theirs: String,
    /// Later days.
    pub later: Option<String>,
    /// Why nothing can be booked for them, whatever the time; empty if something can.
    pub refused: String,
    /// Where the hours of the coach are, and what the link says.
    pub availability: Option<(String, String)>,
    /// As typed.
    pub note: String,
    /// What stands in the way, to be said above the times; empty is nothing.
    pub conflict: String,
    /// Whether the client has another session at the chosen time.
    pub overlap: bool,
    /// What is wrong with `starts_at`, `note`.
    pub errors: FormErrors,
}

/// One thing to choose by a link.
#[derive(Clone, Debug)]
pub struct Pick {
    /// Its name.
    pub label: String,
    /// "60 minutes, € 120"; empty is nothing.
    pub line: String,
    /// Why it cannot be chosen; empty if it can.
    pub why: String,
    /// Chooses it.
    pub href: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A day with free times.
#[derive(Clone, Debug)]
pub struct PickDay {
    /// The day.
    pub label: String,
    /// How many times it has, in words.
    pub count: String,
    /// Whether its times are shown at once.
    pub open: bool,
    /// Its times.
    pub slots: Vec<PickSlot>,
}

/// A free time.
#[derive(Clone, Debug)]
pub struct PickSlot {
    /// RFC 3339.
    pub value: String,
    /// On the clock of who books.
    pub label: String,
    /// On the client's clock, where it shows something else; else empty.
    pub theirs: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// `GET /people/{person}/past-session`
#[derive(Template)]
#[template(path = "sessions/record.html")]
pub struct RecordPage {
    /// The frame.
    pub shell: Shell,
    /// "A past session of Ben Amos"
    pub heading: String,
    /// Their name.
    pub name: String,
    /// Their page.
    pub person: String,
    /// What it could have been, by coach.
    pub offerings: Vec<ChoiceGroup>,
    /// As typed.
    pub date: String,
    /// As typed.
    pub time: String,
    /// How it went.
    pub outcomes: Vec<Choice>,
    /// What is owed for it.
    pub owed: Vec<Choice>,
    /// Whose clock it is.
    pub place: String,
    /// What is wrong with `offering`, `date`, `outcome`.
    pub errors: FormErrors,
}

pub(super) fn shell_of(name: &str, role: Role, title: &str) -> Shell {
    let mut shell = Shell::public(Language::English, title, "/sessions", SAMPLE_NOW).signed_in(
        Face::new(name, None),
        Roles::only(role),
        Place::Sessions,
    );
    "Lisbon".clone_into(&mut shell.place);
    shell
}

impl SessionsPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, SessionsPage)> {
        let t = &crate::texts::EN.sessions;
        let row = |time: &str, name: &str, line: &str, status| SessionRow {
            href: "/sessions/ses_0000000000000".to_owned(),
            time: time.to_owned(),
            who: name.to_owned(),
            faces: vec![Face::new(name, None)],
            line: line.to_owned(),
            status,
            marks: None,
        };
        let page = |view, days, way| SessionsPage {
            shell: shell_of("Ines Duarte", Role::Client, t.title),
            view,
            asks: Vec::new(),
            to_mark: None,
            days,
            paging: Paging { newer: None, older: Some("/sessions?after=x".to_owned()) },
            way,
        };
        let day = |label: &str, sessions| SessionDay { label: label.to_owned(), sessions };
        let coming = vec![
            day(
                "Today",
                vec![row(
                    "16:00 to 17:00",
                    "Mara Lindqvist",
                    "Delegation (New leaders, session 5), 60 minutes by video",
                    Status::Booked,
                )],
            ),
            day(
                "Tuesday 1 December 2026",
                vec![
                    row(
                        "14:00 to 15:30",
                        "Mara Lindqvist",
                        "Pod: practice, 90 minutes by video",
                        Status::Booked,
                    ),
                    row(
                        "18:00 to 18:15",
                        "Jonas Lind",
                        "Intro call, 15 minutes on the phone",
                        Status::Cancelled,
                    ),
                ],
            ),
        ];
        let past = vec![day(
            "Thursday 8 October 2026",
            vec![row(
                "10:00 to 11:00",
                "Mara Lindqvist",
                "Values, 60 minutes by video, no-show",
                Status::Missed,
            )],
        )];
        let empty = |view, way| SessionsPage { paging: Paging::default(), ..page(view, Vec::new(), way) };
        let mut coach = page(View::Upcoming, coming.clone(), Way::SharePage);
        coach.asks = vec![AskRow::sample()];
        coach.to_mark = Some(1);
        let mut to_mark = page(View::ToMark, past.clone(), Way::SharePage);
        to_mark.to_mark = Some(1);
        for one in to_mark.days.iter_mut().flat_map(|day| day.sessions.iter_mut()) {
            one.status = Status::Booked;
            one.marks = Some("/sessions/ses_0000000000000/attendance/per_0000000000000".to_owned());
        }
        vec![
            ("coach", coach),
            ("to-mark", to_mark),
            ("upcoming", page(View::Upcoming, coming, Way::FindCoach)),
            ("past", page(View::Past, past, Way::FindCoach)),
            ("empty", empty(View::Upcoming, Way::FindCoach)),
            ("empty-coach", empty(View::Upcoming, Way::SharePage)),
            ("empty-past", empty(View::Past, Way::None)),
            ("empty-cancelled", empty(View::Cancelled, Way::None)),
        ]
    }
}

impl BookPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, BookPage)> {
        let t = &crate::texts::EN.booking_for;
        let pick = |label: &str, line: &str, chosen| Pick {
            label: label.to_owned(),
            line: line.to_owned(),
            why: String::new(),
            href: "/people/per_0000000000000/booking?offering=off_0000000000000".to_owned(),
            chosen,
        };
        let slot = |time: &str, theirs: &str, chosen| PickSlot {
            value: format!("2026-11-24T{time}:00Z"),
            label: time.to_owned(),
            theirs: theirs.to_owned(),
            chosen,
        };
        let page = |days, conflict: &str, overlap| BookPage {
            shell: shell_of("Mara Lindqvist", Role::Coach, t.heading),
            heading: (t.heading_for)("Ines Duarte"),
            name: "Ines Duarte".to_owned(),
            person: "/people/per_0000000000000".to_owned(),
            coaches: vec![pick("Mara Lindqvist", "", true), pick("Jonas Lind", "", false)],
            offerings: vec![
                pick("Session", "45 minutes, € 95", false),
                pick("Session", "60 minutes, € 120", true),
            ],
            offering: "off_0000000000000".to_owned(),
            shown: String::new(),
            from: String::new(),
            instead: false,
            days,
            place: "Stockholm".to_owned(),
            theirs: (t.theirs)("Ines", "Lisbon"),
            later: Some("/people/per_0000000000000/booking?from=2026-12-08".to_owned()),
            refused: String::new(),
            availability: Some(("/practice/hours".to_owned(), t.to_hours.to_owned())),
            note: "As we said on Friday.".to_owned(),
            conflict: conflict.to_owned(),
            overlap,
            errors: FormErrors::NONE,
        };
        let day = |label: &str, open, slots: Vec<PickSlot>| PickDay {
            label: label.to_owned(),
            count: (t.free_times)(slots.len()),
            open,
            slots,
        };
        let days = vec![
            day(
                "Tue 24 Nov",
                true,
                vec![
                    slot("09:00", "08:00", false),
                    slot("09:15", "08:15", false),
                    slot("14:30", "13:30", true),
                ],
            ),
            day("Wed 25 Nov", false, vec![slot("10:00", "09:00", false), slot("11:45", "10:45", false)]),
        ];
        vec![
            ("free", page(days.clone(), "", false)),
            ("taken", page(days, "Somebody else has just taken Tue 24 Nov, 11:00.", true)),
            ("none", BookPage { later: None, ..page(Vec::new(), "", false) }),
        ]
    }
}

impl RecordPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, RecordPage)> {
        let t = &crate::texts::EN.booking_for;
        let page = RecordPage {
            shell: shell_of("Otto Brandt", Role::Admin, t.record_heading),
            heading: (t.record_heading_for)("Ines Duarte"),
            name: "Ines Duarte".to_owned(),
            person: "/people/per_0000000000000".to_owned(),
            offerings: vec![ChoiceGroup {
                label: "Mara Lindqvist".to_owned(),
                choices: vec![Choice::new(
                    "off_0000000000001",
                    "Session, 60 minutes, € 120",
                    "off_0000000000001",
                )],
            }],
            date: "2026-11-30".to_owned(),
            time: "10:00".to_owned(),
            outcomes: vec![
                Choice::new("completed", t.record_came, "completed"),
                Choice::new("no_show", t.record_no_show, "completed"),
            ],
            owed: vec![
                Choice::new("price", t.record_owed_price, "price"),
                Choice::new("nothing", t.record_owed_nothing, "price"),
            ],
            place: "Berlin".to_owned(),
            errors: FormErrors::from_iter([("date", "This is not over yet".to_owned())]),
        };
        vec![("wrong", page)]
    }
}
