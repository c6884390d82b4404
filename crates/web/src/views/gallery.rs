//! Every component in every state, for whoever builds pages. English only: nobody but us reads it.

use askama::Template;

use super::booking::Booked;
use super::coaches::{NextFree, ZoneLine};
use super::filters;
use super::parts::{
    BarChart, BarPoint, Cell, DayPart, FileLink, FilterLink, Message, Month, SlotLink, Stat, Step, Week,
};
use crate::cairn::Stone;
use crate::shell::{Choice, Face, Flash, Paging, Shell, Theme};
use crate::status::{self, Status};
use crate::texts::Language;

/// `GET /gallery`, `GET /gallery?theme=dark`
#[derive(Template)]
#[template(path = "gallery.html")]
pub struct GalleryPage {
    /// The frame; its theme is that of the link.
    pub shell: Shell,
    /// One cairn per number of sessions.
    pub cairns: Vec<Vec<Stone>>,
    /// Names of the colours.
    pub colours: Vec<&'static str>,
    /// Names of the icons.
    pub icons: Vec<&'static str>,
    faces: Vec<Face>,
    choices: Vec<Choice>,
    steps: Vec<Step>,
    cells: Vec<Cell>,
    filters: Vec<FilterLink>,
    paging: Paging,
    file: FileLink,
    flash: Flash,
    stats: Vec<Stat>,
    chart: BarChart,
    month: Month,
    day: Vec<DayPart>,
    next: Vec<NextFree>,
    zone: ZoneLine,
    ticket: Booked,
    week: Week,
    messages: Vec<Message>,
}

const COLOURS: [&str; 16] = [
    "paper",
    "surface",
    "sunk",
    "line",
    "edge",
    "ink",
    "ink-soft",
    "pine",
    "pine-deep",
    "pine-wash",
    "booked",
    "completed",
    "missed",
    "unbooked",
    "greyed-wash",
    "waiting",
];

const ICONS: [&str; 24] = [
    "home", "sun", "people", "person", "calendar", "clock", "zone", "mail", "message", "send", "check",
    "cross", "warn", "info", "search", "filter", "download", "upload", "link", "lock", "key", "settings",
    "audit", "undo",
];

impl GalleryPage {
    /// The gallery in a theme.
    pub fn new(mut shell: Shell, theme: Theme) -> GalleryPage {
        shell.theme = theme;
        GalleryPage {
            shell,
            cairns: (1..=16).map(journey).collect(),
            colours: COLOURS.to_vec(),
            icons: ICONS.to_vec(),
            faces: vec![
                Face::new("Mara Lindqvist", None),
                Face::new("Tomás Pereira", None),
                Face::new("Ines Duarte", None),
            ],
            choices: vec![
                Choice::new("30", "30 minutes", "45"),
                Choice::new("45", "45 minutes", "45"),
                Choice::new("60", "60 minutes", "45"),
            ],
            steps: Step::samples(),
            cells: cells(),
            filters: FilterLink::samples(),
            paging: Paging { newer: Some("#".to_owned()), older: Some("#".to_owned()) },
            file: FileLink {
                name: "Values.pdf".to_owned(),
                href: "#".to_owned(),
                line: "PDF, 240 KB".to_owned(),
            },
            flash: Flash { text: "Marked as completed".to_owned(), undo: Some("#".to_owned()) },
            stats: stats(),
            chart: chart(),
            month: Month::sample(),
            day: day(),
            next: NextFree::samples(),
            zone: ZoneLine { guess: None, ..ZoneLine::sample() },
            ticket: Booked::sample(),
            week: week(),
            messages: messages(),
        }
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, GalleryPage)> {
        let page = |theme| GalleryPage::new(Shell::sample_public(Language::English, "Components"), theme);
        vec![("plain", page(Theme::System)), ("light", page(Theme::Light)), ("dark", page(Theme::Dark))]
    }
}

/// A journey on its way: most is done, something fell, something was greyed out, the rest is to come.
fn journey(length: u32) -> Vec<Stone> {
    (1..=length)
        .map(|number| {
            let status = match number {
                3 if length > 3 && length.is_multiple_of(2) => Status::Missed,
                n if length > 6 && n == length - 3 => Status::GreyedOut,
                n if n == length && length > 3 => Status::Unbooked,
                n if n + 1 >= length => Status::Booked,
                _ => Status::Completed,
            };
            Stone { number, status }
        })
        .collect()
}

fn cells() -> Vec<Cell> {
    let lines = ["", "1 Dec", "22 Oct", "8 Oct", "by A. Berg"];
    let mut cells: Vec<Cell> = status::ALL
        .into_iter()
        .zip(lines)
        .map(|(status, line)| Cell { status, line: line.to_owned(), overdue: false })
        .collect();
    cells.push(Cell { status: Status::Unbooked, line: "overdue".to_owned(), overdue: true });
    cells
}

fn stats() -> Vec<Stat> {
    [
        ("On track", "8", "of 14 people", "", "No overdue step, and the last outcome is not Missed"),
        ("Completed", "51", "of 110 sessions", "9 more than last month", "Greyed out steps are not counted"),
        ("Attendance", "89 %", "51 of 57", "2 points less", "Completed, of all that were marked"),
    ]
    .into_iter()
    .map(|(label, value, unit, change, definition)| Stat {
        label: label.to_owned(),
        value: value.to_owned(),
        unit: unit.to_owned(),
        change: change.to_owned(),
        definition: definition.to_owned(),
    })
    .collect()
}

fn chart() -> BarChart {
    let points = [
        ("Jun", 31, 24),
        ("Jul", 18, 20),
        ("Aug", 22, 15),
        ("Sep", 44, 38),
        ("Oct", 51, 40),
        ("Nov", 47, 43),
    ];
    BarChart {
        title: "Completed sessions a month".to_owned(),
        now: "2026".to_owned(),
        then: "2025".to_owned(),
        table: "As a table".to_owned(),
        points: points
            .into_iter()
            .map(|(label, now, then)| BarPoint { label: label.to_owned(), now, then })
            .collect(),
    }
}

fn day() -> Vec<DayPart> {
    let part = |label: &str, times: &[&str]| DayPart {
        label: label.to_owned(),
        slots: times
            .iter()
            .map(|time| SlotLink {
                label: (*time).to_owned(),
                href: "#".to_owned(),
                chosen: *time == "10:15",
            })
            .collect(),
    };
    vec![
        part("Morning", &["09:00", "09:30", "10:15", "11:00"]),
        part("Afternoon", &["13:00", "14:45", "16:00"]),
        part("Evening", &["18:15"]),
    ]
}

fn week() -> Week {
    super::calendar::sample_week()
}

fn messages() -> Vec<Message> {
    vec![
        Message {
            text: "The meeting is cancelled. Nobody has noticed so far.".to_owned(),
            line: "18:04, read 18:20".to_owned(),
            mine: true,
            about: None,
        },
        Message {
            text: "That is the best kind of answer. Bring the list of three, even if it is only two."
                .to_owned(),
            line: "Mara, 08:51".to_owned(),
            mine: false,
            about: None,
        },
    ]
}
