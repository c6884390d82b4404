//! A cohort's board, and the page of one participant.

use askama::Template;
use rules::engagement::Engagement;

use super::filters;
use super::parts::Cell;
use super::people::Fact;
use super::session::Press;
use super::sessions::HistoryLine;
use crate::shell::{Choice, Face, Paging, Place, Shell};
use crate::status::{self, Status};
use crate::texts::{Language, Texts};

/// `GET /cohorts/{cohort}`
#[derive(Template)]
#[template(path = "cohorts/show.html")]
pub struct BoardPage {
    /// The frame.
    pub shell: Shell,
    /// Its address, without what it is narrowed to.
    pub base: String,
    /// What it belongs to, outermost first.
    pub crumbs: Vec<Crumb>,
    /// What else the reader does with it.
    pub ways: Vec<Crumb>,
    /// What the cohort is called.
    pub name: String,
    /// What is to be said before anything else; empty is nothing.
    pub notice: String,
    /// What waits for the reader here.
    pub needs: Vec<Crumb>,
    /// Whether the reader may complete journeys and put people away.
    pub ends: bool,
    /// Whether those are shown who were put away.
    pub is_away: bool,
    /// Who is shown: those on their way, or those put away.
    pub people: Vec<Choice>,
    /// Four numbers.
    pub numbers: Vec<Number>,
    /// The statuses with their counts: each narrows the board to itself.
    pub legend: Vec<LegendLink>,
    /// What the form sends along.
    pub only: String,
    /// Part of a name.
    pub search: String,
    /// Coaches to narrow it by, the empty one first.
    pub coaches: Vec<Choice>,
    /// Words to narrow it by, the empty one first.
    pub states: Vec<Choice>,
    /// Orders.
    pub sorts: Vec<Choice>,
    /// Whether it is narrowed to anything.
    pub is_narrowed: bool,
    /// Whether anybody is in the cohort at all.
    pub is_empty: bool,
    /// "14, by need"
    pub count: String,
    /// The steps.
    pub columns: Vec<Head>,
    /// Whether somebody has an extra session.
    pub has_extras: bool,
    /// This page of its people.
    pub rows: Vec<BoardRow>,
    /// Where it goes on.
    pub paging: Paging,
    /// Whether the reader may remind people.
    pub reminds: bool,
    /// Why nobody is to be reminded now; empty if somebody is.
    pub no_reminder: &'static str,
    /// How many would be reminded now.
    pub unbooked: usize,
    /// "Times and dates in Berlin."
    pub place: String,
}

/// One step of a way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What it is called.
    pub label: String,
    /// Its page; none for what the reader has no page of.
    pub href: Option<String>,
}

/// A number with what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// What it counts.
    pub label: &'static str,
    /// The number.
    pub value: String,
    /// Of what.
    pub of: String,
    /// What it means.
    pub definition: &'static str,
    /// The board with just these; empty is nowhere.
    pub href: String,
}

/// A status of the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendLink {
    /// Which.
    pub status: Status,
    /// How many sessions have it.
    pub count: u32,
    /// The board narrowed to it, or no more.
    pub href: String,
    /// Whether it is narrowed to it now.
    pub current: bool,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// "3 Conflict"
    pub label: String,
    /// Its weeks; empty is nothing.
    pub line: String,
    /// Where the pods for it are, if it is a pod's.
    pub pods: Option<String>,
}

/// The word for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State(pub Engagement);

impl State {
    /// Its colour.
    pub const fn tone(&self) -> &'static str {
        match self.0 {
            Engagement::OffTrack => "missed",
            Engagement::AtRisk => "waiting",
            Engagement::OnTrack => "completed",
        }
    }

    /// Beside the word (rule S1).
    pub const fn icon(&self) -> &'static str {
        match self.0 {
            Engagement::OffTrack => "warn",
            Engagement::AtRisk => "clock",
            Engagement::OnTrack => "check",
        }
    }

    /// The word.
    pub fn word(&self, t: &Texts) -> &'static str {
        (t.board.engagement)(self.0)
    }
}

/// Somebody on the board.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// Their id, for the form.
    pub id: String,
    /// Their page.
    pub href: String,
    /// As they wish to be called.
    pub name: String,
    /// Who coaches them.
    pub line: String,
    /// Whether they are a test.
    pub is_test: bool,
    /// How they do.
    pub state: State,
    /// A cell for each column; none where they have no such step.
    pub cells: Vec<Option<BoardCell>>,
    /// What was added to their journeys.
    pub extras: Vec<BoardCell>,
}

/// One cell.
#[derive(Clone, Debug)]
pub struct BoardCell {
    /// How it looks.
    pub cell: Cell,
    /// The session's page.
    pub href: String,
    /// Where its menu is.
    pub actions: String,
    /// Whether it is one of those that the board is narrowed to.
    pub is_hit: bool,
}

/// What can be done with one place: a part of a page.
#[derive(Template)]
#[template(path = "cohorts/actions.html")]
pub struct ActionsPart {
    /// The words.
    pub t: &'static Texts,
    /// Whose, and which.
    pub title: String,
    /// When, with whom.
    pub line: String,
    /// How it stands.
    pub status: Status,
    /// What can be done, and why not now.
    pub presses: Vec<Press>,
    /// The session's page.
    pub href: String,
}

/// `GET /participants/{participant}`
#[derive(Template)]
#[template(path = "participants/show.html")]
pub struct ParticipantPage {
    /// The frame.
    pub shell: Shell,
    /// What they belong to.
    pub crumbs: Vec<Crumb>,
    /// Who.
    pub face: Face,
    /// Their coach.
    pub line: String,
    /// Whether they are a test.
    pub is_test: bool,
    /// Where what is noted of them is changed, for those who may.
    pub edit: Option<String>,
    /// What is to be said first; empty is nothing.
    pub notice: String,
    /// How they do.
    pub state: State,
    /// Why, a sentence each.
    pub because: Vec<String>,
    /// The page on which their coach works with them.
    pub client: Option<String>,
    /// Where they are reminded to book.
    pub reminder: Option<String>,
    /// Where they get another coach, for whoever may give them one.
    pub coach: Option<String>,
    /// What else the reader does with them.
    pub ways: Vec<Crumb>,
    /// Brings them back who were put away.
    pub restore: Option<String>,
    /// Their journeys.
    pub journeys: Vec<JourneyBox>,
    /// Coach, cohort, dates and the like.
    pub facts: Vec<Fact>,
    /// What happened, newest first.
    pub history: Vec<HistoryLine>,
}

/// A journey, as coloured steps.
#[derive(Clone, Debug)]
pub struct JourneyBox {
    /// The pathway.
    pub name: String,
    /// "3 of 8 completed"
    pub line: String,
    /// Where its end is said, and what that is called.
    pub ending: Option<Crumb>,
    /// Where a session is added to it, for whoever may.
    pub adding: Option<String>,
    /// Its sessions.
    pub steps: Vec<StepRow>,
}

/// A step of a journey.
#[derive(Clone, Debug)]
pub struct StepRow {
    /// "3 Conflict"
    pub title: String,
    /// When it is, or is suggested; empty is nothing.
    pub line: String,
    /// What else is to be said of it: overdue, contested; empty is nothing.
    pub word: String,
    /// How it stands.
    pub status: Status,
    /// The session's page.
    pub href: String,
    /// Where its menu is.
    pub actions: String,
    /// Whether the reader may see it: a stand-in's is the stand-in's alone, beside whoever runs the program (rule G10).
    pub is_theirs: bool,
}

/// `GET /cohorts/{cohort}/reminders`, `GET /participants/{participant}/reminder`
#[derive(Template)]
#[template(path = "cohorts/reminders.html")]
pub struct RemindersPage {
    /// The frame.
    pub shell: Shell,
    /// Where it leads back to.
    pub crumbs: Vec<Crumb>,
    /// Where the form is sent.
    pub action: String,
    /// The page before.
    pub base: String,
    /// "Send 13 reminders"
    pub button: String,
    /// Why nobody gets one; said where that is so.
    pub nobody: String,
    /// Who gets one.
    pub asked: Vec<AskedRow>,
    /// Who does not, by reason.
    pub left_out: Vec<LeftOutGroup>,
    /// What it says to one of them.
    pub letter: Option<LetterView>,
}

/// Somebody who gets a reminder.
#[derive(Clone, Debug)]
pub struct AskedRow {
    /// Their id, for the form.
    pub id: String,
    /// As they wish to be called.
    pub name: String,
    /// The steps that they are asked for.
    pub line: String,
    /// What is special; empty is nothing.
    pub note: String,
    /// The page with their letter.
    pub letter: String,
    /// Whether it is shown now.
    pub current: bool,
}

/// Those who are left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutGroup {
    /// Why.
    pub reason: &'static str,
    /// Who.
    pub names: Vec<String>,
}

/// A letter, as its reader gets it.
#[derive(Clone, Debug)]
pub struct LetterView {
    /// The language that it is in.
    pub language: &'static str,
    /// Who reads it.
    pub to: String,
    /// In whose name it comes.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// The large line.
    pub heading: String,
    /// What follows.
    pub blocks: Vec<LetterBlock>,
    /// Why they get it.
    pub why: String,
}

/// One thing that a letter says.
#[derive(Clone, Debug)]
pub enum LetterBlock {
    /// Some sentences.
    Paragraph(String),
    /// Some sentences in small type.
    Note(String),
    /// What its button says.
    Button(String),
    /// Names and values.
    Facts(Vec<(String, String)>),
}

impl RemindersPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, RemindersPage)> {
        let page = |asked: Vec<AskedRow>| RemindersPage {
            shell: Shell::sample(Language::English, "Remind to book", Place::Elsewhere),
            crumbs: vec![Crumb { label: "Autumn 2026".to_owned(), href: Some("/cohorts/coh_1".to_owned()) }],
            action: "/cohorts/coh_1/reminders".to_owned(),
            base: "/cohorts/coh_1".to_owned(),
            button: "Send 1 reminder".to_owned(),
            nobody: crate::texts::EN.reminders.nobody.to_owned(),
            letter: asked.first().map(|one| LetterView {
                language: "en",
                to: one.name.clone(),
                from: "Mara Lindqvist".to_owned(),
                subject: "Time to book: Values".to_owned(),
                heading: "Your next session is waiting for a time.".to_owned(),
                blocks: vec![
                    LetterBlock::Paragraph("Hello Noor Haddad,".to_owned()),
                    LetterBlock::Facts(vec![("Values".to_owned(), "was suggested until 2 Oct".to_owned())]),
                    LetterBlock::Button("Choose a time".to_owned()),
                    LetterBlock::Note("Your coach is Mara Lindqvist.".to_owned()),
                ],
                why: "You get this mail because Anna Berg asked.".to_owned(),
            }),
            asked,
            left_out: vec![LeftOutGroup { reason: "Tests get no mail", names: vec!["Tess Test".to_owned()] }],
        };
        let one = AskedRow {
            id: "par_0000000000001".to_owned(),
            name: "Noor Haddad".to_owned(),
            line: "Values, Conflict".to_owned(),
            note: String::new(),
            letter: "?letter=par_0000000000001#letter".to_owned(),
            current: true,
        };
        vec![("full", page(vec![one])), ("nobody", page(Vec::new()))]
    }
}

impl BoardPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, BoardPage)> {
        let t = crate::texts::texts(Language::English);
        let cell = |status, line: &str, overdue| {
            Some(BoardCell {
                cell: Cell { status, line: line.to_owned(), overdue },
                href: "/sessions/ses_0000000000001".to_owned(),
                actions: "/sessions/ses_0000000000001/attendance/per_0000000000004/actions".to_owned(),
                is_hit: false,
            })
        };
        let row = |name: &str, state, cells: Vec<Option<BoardCell>>| BoardRow {
            id: format!("par_{name}"),
            href: "/participants/par_0000000000001".to_owned(),
            name: name.to_owned(),
            line: "Mara Lindqvist".to_owned(),
            is_test: false,
            state: State(state),
            extras: Vec::new(),
            cells,
        };
        let number = |label, value: &str, of: &str, definition| Number {
            label,
            value: value.to_owned(),
            of: of.to_owned(),
            definition,
            href: String::new(),
        };
        let legend = |status, count| LegendLink { status, count, href: "?".to_owned(), current: false };
        let full = |rows: Vec<BoardRow>| BoardPage {
            shell: Shell::sample(Language::English, "Autumn 2026", Place::Elsewhere),
            base: "/cohorts/coh_0000000000001".to_owned(),
            crumbs: vec![
                Crumb { label: "Nordvik Ferries".to_owned(), href: None },
                Crumb { label: "Leading through change".to_owned(), href: None },
            ],
            ways: vec![Crumb {
                label: "Add somebody".to_owned(),
                href: Some("/cohorts/coh_1/edit".to_owned()),
            }],
            name: "Autumn 2026".to_owned(),
            notice: String::new(),
            needs: vec![Crumb {
                label: "1 person has gone quiet".to_owned(),
                href: Some("/inactive".to_owned()),
            }],
            ends: true,
            is_away: false,
            people: vec![Choice::new("", t.endings.show_present, "")],
            numbers: vec![
                number(t.board.on_track, "8", "of 14 people", t.board.on_track_is),
                number(t.board.completed, "51", "of 110 sessions", t.board.completed_is),
                number(t.board.attendance, "89 %", "51 of 57", t.board.attendance_is),
                number(t.board.overdue, "8", "steps, 5 people", t.board.overdue_is),
            ],
            legend: status::ALL[..5].iter().map(|status| legend(*status, 12)).collect(),
            only: String::new(),
            search: String::new(),
            coaches: vec![Choice::new("", t.board.any_coach, "")],
            states: vec![Choice::new("", t.board.any_state, "")],
            sorts: vec![Choice::new("need", "Need, highest first", "need")],
            is_narrowed: false,
            is_empty: rows.is_empty(),
            count: "14, by need".to_owned(),
            columns: ["1 Start", "2 Values", "3 Pod: feedback"]
                .map(|label| Head { label: label.to_owned(), line: "7 – 18 Sep".to_owned(), pods: None })
                .to_vec(),
            has_extras: false,
            rows,
            paging: Paging::default(),
            reminds: true,
            no_reminder: "",
            unbooked: 13,
            place: "Times and dates in Berlin.".to_owned(),
        };
        let rows = vec![
            row(
                "Noor Haddad",
                Engagement::OffTrack,
                vec![
                    cell(Status::Completed, "9 Sep", false),
                    cell(Status::Unbooked, "overdue", true),
                    cell(Status::Missed, "8 Oct", false),
                ],
            ),
            row(
                "Jonas Weber",
                Engagement::AtRisk,
                vec![
                    cell(Status::Completed, "8 Sep", false),
                    cell(Status::Booked, "1 Dec", false),
                    cell(Status::GreyedOut, "by A. Berg", false),
                ],
            ),
            row("Aiko Tanaka", Engagement::OnTrack, vec![cell(Status::Unbooked, "", false), None, None]),
        ];
        vec![("full", full(rows)), ("empty", full(Vec::new()))]
    }
}

impl ParticipantPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, ParticipantPage)> {
        let step = |title: &str, status, line: &str| StepRow {
            title: title.to_owned(),
            line: line.to_owned(),
            word: String::new(),
            status,
            href: "/sessions/ses_0000000000001".to_owned(),
            actions: "/sessions/ses_0000000000001/attendance/per_0000000000004/actions".to_owned(),
            is_theirs: true,
        };
        let page = ParticipantPage {
            shell: Shell::sample(Language::English, "Noor Haddad", Place::Elsewhere),
            crumbs: vec![Crumb { label: "Autumn 2026".to_owned(), href: Some("/cohorts/coh_1".to_owned()) }],
            face: Face::new("Noor Haddad", None),
            line: "Mara Lindqvist".to_owned(),
            is_test: false,
            edit: Some("/participants/par_0000000000001/edit".to_owned()),
            notice: String::new(),
            state: State(Engagement::OffTrack),
            because: vec!["2 steps are overdue.".to_owned()],
            client: None,
            reminder: Some("/participants/par_0000000000001/reminder".to_owned()),
            coach: Some("/cohorts/coh_1/coach?who=par_0000000000001".to_owned()),
            ways: vec![Crumb {
                label: "Put away".to_owned(),
                href: Some("/participants/par_1/archive".to_owned()),
            }],
            restore: None,
            journeys: vec![JourneyBox {
                name: "Leading through change".to_owned(),
                line: "1 of 3 completed".to_owned(),
                adding: Some("/journeys/jou_0000000000001/extras/new".to_owned()),
                ending: Some(Crumb {
                    label: "Complete".to_owned(),
                    href: Some("/journeys/jou_1/completion".to_owned()),
                }),
                steps: vec![
                    step("1 Start", Status::Completed, "9 September, 10:00"),
                    step("2 Values", Status::Unbooked, "Suggested 21 Sep – 2 Oct"),
                    step("3 Pod: feedback", Status::GreyedOut, "by A. Berg"),
                ],
            }],
            facts: vec![Fact::new("Coach", "Mara Lindqvist")],
            history: Vec::new(),
        };
        vec![("full", page)]
    }
}
