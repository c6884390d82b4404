//! The small shapes that components show, with their samples.

use crate::status::Status;

/// A moment as it is read: written out, and how far off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, for `<time>`; the islands count from it.
    pub iso: String,
    /// "Today at 16:00", in the reader's zone.
    pub text: String,
    /// "in 12 minutes"
    pub relative: String,
}

impl Moment {
    pub(super) fn sample() -> Moment {
        Moment {
            iso: "2026-11-23T16:00:00Z".to_owned(),
            text: "Today at 16:00".to_owned(),
            relative: "in 12 minutes".to_owned(),
        }
    }
}

/// One session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// Its page.
    pub href: String,
    /// When.
    pub title: String,
    /// With whom, which.
    pub line: String,
    /// How it stands.
    pub status: Status,
}

impl SessionLine {
    pub(super) fn sample(title: &str, line: &str, status: Status) -> SessionLine {
        let href = "/sessions/ses_0000000000000".to_owned();
        SessionLine { href, title: title.to_owned(), line: line.to_owned(), status }
    }
}

/// One step of a journey, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub number: u32,
    /// What it is called.
    pub title: String,
    /// When it was or could be; empty is nothing to say.
    pub line: String,
    /// How it stands.
    pub status: Status,
    /// Where it is seen or booked.
    pub href: Option<String>,
}

impl Step {
    pub(super) fn samples() -> Vec<Step> {
        [
            ("Start", "8 Sep", Status::Completed),
            ("Values", "2 Oct", Status::Completed),
            ("Pod: feedback", "8 Oct, no-show", Status::Missed),
            ("Conflict", "22 Oct", Status::Completed),
            ("Delegation", "today, 16:00", Status::Booked),
            ("Pod: practice", "", Status::GreyedOut),
            ("The hard talk", "best 7 to 18 Dec", Status::Unbooked),
            ("Close", "", Status::Unbooked),
        ]
        .into_iter()
        .zip(1..)
        .map(|((title, line, status), number)| Step {
            number,
            title: title.to_owned(),
            line: line.to_owned(),
            status,
            href: (status == Status::Booked).then(|| "/sessions/ses_0000000000001".to_owned()),
        })
        .collect()
    }
}

/// A file to download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLink {
    /// Its name.
    pub name: String,
    /// Its address.
    pub href: String,
    /// Kind and size.
    pub line: String,
}

/// A link that filters a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterLink {
    /// What is left.
    pub label: String,
    /// The list, filtered.
    pub href: String,
    /// How many there are, where that is known.
    pub count: Option<usize>,
    /// Whether this is how the list is filtered now.
    pub current: bool,
}

impl FilterLink {
    pub(super) fn samples() -> Vec<FilterLink> {
        [
            ("All", None, true),
            ("Waiting", Some(2), false),
            ("Given up", Some(1), false),
            ("Sent", Some(318), false),
        ]
        .into_iter()
        .map(|(label, count, current)| FilterLink {
            label: label.to_owned(),
            href: "#".to_owned(),
            count,
            current,
        })
        .collect()
    }
}

/// A number with what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it counts.
    pub label: String,
    /// The number.
    pub value: String,
    /// What stands behind it: "of 14 people"; empty is nothing.
    pub unit: String,
    /// How it changed; empty is nothing to say.
    pub change: String,
    /// What is counted, exactly.
    pub definition: String,
}

/// Bars of now and then, side by side; the numbers stand in a table behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarChart {
    /// What it shows.
    pub title: String,
    /// What the solid bars are.
    pub now: String,
    /// What the outlined bars are.
    pub then: String,
    /// The words that open the table.
    pub table: String,
    /// From left to right.
    pub points: Vec<BarPoint>,
}

/// One pair of bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarPoint {
    /// What stands under it.
    pub label: String,
    /// The solid one.
    pub now: u32,
    /// The outlined one.
    pub then: u32,
}

/// One bar, placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Its class.
    pub class: &'static str,
    /// Its left edge.
    pub x: u32,
    /// Its upper edge.
    pub y: u32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// One word in a drawing, placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartWord {
    /// Its class.
    pub class: &'static str,
    /// Its middle.
    pub x: u32,
    /// Its line.
    pub y: u32,
    /// The word.
    pub text: String,
}

impl BarChart {
    const STEP: u32 = 64;
    const BAR: u32 = 22;
    const TALLEST: u32 = 140;
    const TOP: u32 = 20;
    const UNDER: u32 = 24;

    /// Width of the drawing.
    pub fn width(&self) -> u32 {
        u32::try_from(self.points.len()).unwrap_or(u32::MAX / Self::STEP) * Self::STEP
    }

    /// Height of the drawing.
    pub fn height(&self) -> u32 {
        Self::TOP + Self::TALLEST + Self::UNDER
    }

    fn tall(&self, value: u32) -> u32 {
        let most = self.points.iter().flat_map(|point| [point.now, point.then]).max().unwrap_or(0).max(1);
        u32::try_from(u64::from(value) * u64::from(Self::TALLEST) / u64::from(most)).unwrap_or(Self::TALLEST)
    }

    /// All bars.
    pub fn bars(&self) -> Vec<Bar> {
        let bar = |class, x, value| {
            let height = self.tall(value);
            Bar { class, x, y: Self::TOP + Self::TALLEST - height, width: Self::BAR, height }
        };
        let lefts = (0..).step_by(Self::STEP as usize);
        self.points
            .iter()
            .zip(lefts)
            .flat_map(|(point, left)| {
                [bar("then-bar", left + 8, point.then), bar("now-bar", left + 34, point.now)]
            })
            .collect()
    }

    /// All words: a label under each pair, the number above each solid bar.
    pub fn words(&self) -> Vec<ChartWord> {
        let lefts = (0..).step_by(Self::STEP as usize);
        self.points
            .iter()
            .zip(lefts)
            .flat_map(|(point, left)| {
                let over = Self::TOP + Self::TALLEST - self.tall(point.now) - 6;
                [
                    ChartWord {
                        class: "middle",
                        x: left + 32,
                        y: self.height() - 6,
                        text: point.label.clone(),
                    },
                    ChartWord { class: "middle figure", x: left + 45, y: over, text: point.now.to_string() },
                ]
            })
            .collect()
    }
}

/// A month of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its name.
    pub caption: String,
    /// Where the weeks before are, if they can be chosen from.
    pub earlier: Option<String>,
    /// Where the weeks after are.
    pub later: Option<String>,
    /// The names of the seven days, in the reader's order.
    pub weekdays: Vec<Weekday>,
    /// Weeks of seven days.
    pub weeks: Vec<Vec<MonthDay>>,
}

/// The name of a day of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weekday {
    /// Written out.
    pub long: String,
    /// Two or three letters.
    pub short: String,
}

/// One day of a month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthDay {
    /// Its number; empty outside the month.
    pub label: String,
    /// Whether it begins a month, so that the label names that.
    pub first: bool,
    /// Read aloud: "Thursday 26 November, 4 times".
    pub spoken: String,
    /// Where its times are; none if it has none.
    pub href: Option<String>,
    /// Whether its times are shown now.
    pub chosen: bool,
}

/// Morning, afternoon or evening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayPart {
    /// Its name.
    pub label: String,
    /// Its times.
    pub slots: Vec<SlotLink>,
}

/// One time that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotLink {
    /// The time.
    pub label: String,
    /// What takes it.
    pub href: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A week of a coach: a column a day, from the first hour that matters to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// What it is, read aloud.
    pub label: String,
    /// The hour at the top; all stretches count from it.
    pub first: u8,
    /// From the top to the bottom.
    pub whole: Stretch,
    /// The hours along the side.
    pub hours: Vec<HourMark>,
    /// Five or seven days.
    pub days: Vec<WeekDay>,
}

/// An hour along the side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourMark {
    /// Where.
    pub at: Stretch,
    /// The time.
    pub label: String,
}

/// One day of a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekDay {
    /// "Mon 23"
    pub label: String,
    /// "3 sessions"
    pub line: String,
    /// Whether it is today.
    pub today: bool,
    /// When one works.
    pub open: Vec<Stretch>,
    /// When one is away, and why.
    pub away: Vec<(Stretch, String)>,
    /// What is booked or kept back, in order.
    pub entries: Vec<WeekEntry>,
    /// Where the day stands.
    pub now: Option<Stretch>,
}

/// From when, counted from the top of the week, and how long; both in whole five minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Hours from the top.
    pub hour: u8,
    /// Minutes beyond them.
    pub minute: u8,
    /// How many hours.
    pub hours: u8,
    /// Minutes beyond them.
    pub minutes: u8,
}

impl Stretch {
    /// From minutes counted from the top, in steps of five.
    pub fn new(from: u16, long: u16) -> Stretch {
        let small = |minutes: u16| u8::try_from(minutes).unwrap_or(u8::MAX);
        Stretch {
            hour: small(from / 60),
            minute: small(from % 60 / 5 * 5),
            hours: small(long / 60),
            minutes: small(long % 60 / 5 * 5),
        }
    }

    /// Whether there is room for one line only.
    pub fn is_short(&self) -> bool {
        self.hours == 0 && self.minutes < 40
    }
}

/// Something booked or kept back in a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekEntry {
    /// Where it stands.
    pub at: Stretch,
    /// Its page; none for what has none yet.
    pub href: Option<String>,
    /// Whom it is with.
    pub title: String,
    /// When.
    pub line: String,
    /// What follows that where there is room, as on a phone; may be empty.
    pub rest: String,
    /// How it stands.
    pub look: EntryLook,
    /// What is needed to move it; none if it cannot be.
    pub movable: Option<Movable>,
}

/// How an entry of a week is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryLook {
    /// A session.
    Session(Status),
    /// A time that somebody asks for.
    Asked,
    /// A time that is kept back for a booking.
    Held,
}

/// A session that can be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movable {
    /// `ses_…`
    pub session: String,
    /// "Move the session with Ben Fischer"
    pub heading: String,
    /// The start now in force, written out.
    pub start: String,
    /// Who is told, in a sentence.
    pub told: String,
    /// That a request to move it is closed by that; empty if none waits.
    pub closes: String,
}

/// A request to move, to be read and perhaps to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskRow {
    /// The session.
    pub href: String,
    /// "Ines Duarte asks to move"
    pub title: String,
    /// "18 h left"
    pub left: String,
    /// The start now in force: RFC 3339, and as read.
    pub old: (String, String),
    /// The start that is asked for.
    pub new: (String, String),
    /// The client's words; empty is none.
    pub reason: String,
    /// What becomes of it without an answer.
    pub line: String,
    /// Whether the reader is away or busy then.
    pub is_busy: bool,
    /// Where one press agrees; none for whoever only reads it.
    pub approve: Option<String>,
}

impl AskRow {
    pub(super) fn sample() -> AskRow {
        AskRow {
            href: "/sessions/ses_0000000000000".to_owned(),
            title: "Ines Duarte asks to move".to_owned(),
            left: "18 h left".to_owned(),
            old: ("2026-11-24T11:00:00Z".to_owned(), "Tue 24 Nov, 12:00".to_owned()),
            new: ("2026-11-26T14:30:00Z".to_owned(), "Thu 26 Nov, 15:30".to_owned()),
            reason: "“My daughter’s school play was moved to Tuesday noon.”".to_owned(),
            line: "Without an answer by Tue 24 Nov, 11:00 it stays: Tue 24 Nov, 12:00.".to_owned(),
            is_busy: false,
            approve: Some("/sessions/ses_0000000000000/move/approval".to_owned()),
        }
    }
}

/// One cell of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// How it stands.
    pub status: Status,
    /// The date, or by whom; empty is nothing.
    pub line: String,
    /// Whether its weeks are over and nothing is booked.
    pub overdue: bool,
}

/// One message of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it says.
    pub text: String,
    /// By whom, when, read when.
    pub line: String,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// The session that it was written about.
    pub about: Option<About>,
}

/// A link to what a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// In words.
    pub label: String,
    /// Its page.
    pub href: String,
}
