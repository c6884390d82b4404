//! A coach's week.

use askama::Template;
use rules::permission::{Role, Roles};

use super::filters;
use super::parts::{EntryLook, HourMark, Movable, Stretch, Week, WeekDay, WeekEntry};
use crate::shell::{Face, Place, SAMPLE_NOW, Shell};
use crate::status::Status;
use crate::texts::Language;

/// `GET /calendar`
#[derive(Template)]
#[template(path = "calendar/show.html")]
pub struct CalendarPage {
    /// The frame.
    pub shell: Shell,
    /// "Week 48, 23 to 29 November"
    pub heading: String,
    /// `2026-W48`
    pub week_name: String,
    /// The week.
    pub week: Week,
    /// The one before.
    pub earlier: String,
    /// The one after.
    pub later: String,
    /// Whether this is the week of now.
    pub is_this_week: bool,
}

/// A week as the gallery shows it.
pub fn sample_week() -> Week {
    let entry = |from: u16, long: u16, title: &str, line: &str, look| WeekEntry {
        at: Stretch::new(from, long),
        href: Some("#".to_owned()),
        title: title.to_owned(),
        line: line.to_owned(),
        rest: String::new(),
        look,
        movable: (look == EntryLook::Session(Status::Booked)).then(|| Movable {
            session: "ses_0000000000000".to_owned(),
            heading: format!("Move the session with {title}"),
            start: line.to_owned(),
            told: format!("{title} gets one mail."),
            closes: String::new(),
        }),
    };
    let day = |label: &str, line: &str, entries: Vec<WeekEntry>| WeekDay {
        label: label.to_owned(),
        line: line.to_owned(),
        today: label == "Mon 23",
        open: vec![Stretch::new(60, 180), Stretch::new(300, 240)],
        away: if label == "Fri 27" {
            vec![(Stretch::new(300, 240), "Dentist".to_owned())]
        } else {
            Vec::new()
        },
        entries,
        now: (label == "Mon 23").then(|| Stretch::new(530, 0)),
    };
    let booked = EntryLook::Session(Status::Booked);
    Week {
        label: "Week 48, 23 to 29 November".to_owned(),
        first: 8,
        whole: Stretch::new(0, 600),
        hours: (0..10)
            .map(|hour| HourMark { at: Stretch::new(hour * 60, 60), label: format!("{:02}:00", 8 + hour) })
            .collect(),
        days: vec![
            day(
                "Mon 23",
                "3 sessions",
                vec![
                    entry(60, 60, "Ben Fischer", "09:00 to 10:00", EntryLook::Session(Status::Completed)),
                    entry(360, 60, "Hana Mori", "14:00 to 15:00", EntryLook::Session(Status::Missed)),
                    entry(540, 60, "Tomás Pereira", "17:00 to 18:00", booked),
                ],
            ),
            day("Tue 24", "1 session", vec![entry(240, 60, "Ines Duarte", "12:00 to 13:00", booked)]),
            day("Wed 25", "free", Vec::new()),
            day(
                "Thu 26",
                "2 sessions",
                vec![
                    entry(120, 90, "Pod: practice", "10:00 to 11:30", booked),
                    entry(450, 60, "Ines Duarte asks", "15:30 to 16:30", EntryLook::Asked),
                    entry(540, 15, "Intro call", "17:00 to 17:15", EntryLook::Held),
                ],
            ),
            day("Fri 27", "free", Vec::new()),
        ],
    }
}

impl CalendarPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, CalendarPage)> {
        let page = |is_this_week| CalendarPage {
            shell: Shell::public(Language::English, "Calendar", "/calendar", SAMPLE_NOW).signed_in(
                Face::new("Mara Lindqvist", None),
                Roles::only(Role::Coach),
                Place::Calendar,
            ),
            heading: "Week 48, 23 to 29 November".to_owned(),
            week_name: "2026-W48".to_owned(),
            week: sample_week(),
            earlier: "/calendar?week=2026-W47".to_owned(),
            later: "/calendar?week=2026-W49".to_owned(),
            is_this_week,
        };
        vec![("now", page(true)), ("other", page(false))]
    }
}
