//! Pathways: the list of templates, one of them, and writing it.

use askama::Template;

use super::filters;
use super::parts::FilterLink;
use crate::shell::{Choice, FieldError, FormErrors, Place, Shell};
use crate::texts::Language;

/// A pathway in the list.
#[derive(Clone, Debug)]
pub struct PathwayRow {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// How many steps, cohorts and running journeys.
    pub line: String,
    /// How its steps open.
    pub order: &'static str,
    /// Whether it is put away or replaced; empty if neither.
    pub tag: &'static str,
}

/// `GET /pathways`
#[derive(Template)]
#[template(path = "pathways/index.html")]
pub struct PathwaysPage {
    /// The frame.
    pub shell: Shell,
    /// The pathways.
    pub rows: Vec<PathwayRow>,
    /// In use, or put away.
    pub filters: Vec<FilterLink>,
    /// Whether these are the ones put away.
    pub is_put_away: bool,
    /// Whether the reader writes pathways.
    pub manages: bool,
}

/// A step to read.
#[derive(Clone, Debug)]
pub struct StepLine {
    /// What it is called.
    pub name: String,
    /// Kind, length and place.
    pub line: String,
    /// Suggested weeks and how far ahead it can be booked.
    pub weeks: String,
}

/// A cohort that follows a pathway.
#[derive(Clone, Debug)]
pub struct Following {
    /// Its name.
    pub name: String,
    /// Its board.
    pub href: String,
    /// Company and project.
    pub line: String,
}

/// A pathway as it was before a change.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// Until when.
    pub label: String,
    /// Steps, cohorts and journeys.
    pub line: String,
    /// Its page.
    pub href: String,
}

/// `GET /pathways/{pathway}`
#[derive(Template)]
#[template(path = "pathways/show.html")]
pub struct PathwayPage {
    /// The frame.
    pub shell: Shell,
    /// `/pathways/pat_…`
    pub base: String,
    /// Its name.
    pub name: String,
    /// Steps, cohorts and running journeys.
    pub line: String,
    /// How its steps open.
    pub order: &'static str,
    /// The same in a sentence.
    pub about_order: &'static str,
    /// Whether it is put away or replaced; empty if neither.
    pub tag: &'static str,
    /// What took its place: in words, and its page.
    pub successor: Option<(String, String)>,
    /// Its steps.
    pub steps: Vec<StepLine>,
    /// Cohorts that follow it.
    pub cohorts: Vec<Following>,
    /// What it was before.
    pub earlier: Vec<Earlier>,
    /// Whether it is put away.
    pub is_archived: bool,
    /// Whether the reader may change it.
    pub changes: bool,
}

/// A step to write.
#[derive(Clone, Debug)]
pub struct StepForm {
    /// Its place in the form, from 0.
    pub at: usize,
    /// "Step 3"
    pub number: String,
    /// The same with its name, for buttons.
    pub title: String,
    /// Its id if it is there already.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its kind, as a code.
    pub kind: String,
    /// The same in words.
    pub kind_word: &'static str,
    /// Which kinds there are.
    pub kinds: Vec<Choice>,
    /// How long it is.
    pub minutes: String,
    /// The first suggested week.
    pub from_week: String,
    /// The last.
    pub to_week: String,
    /// How many days ahead it can be booked.
    pub window_days: String,
    /// Where it can be.
    pub places: Vec<Choice>,
    /// The detail of the place.
    pub place_detail: String,
    /// Whether it stays what kind it is.
    pub is_used: bool,
    /// Whether nothing stands above it.
    pub is_first: bool,
    /// Whether nothing stands below it.
    pub is_last: bool,
    /// Whether the reader is brought here.
    pub takes_focus: bool,
    /// What is wrong, by input.
    pub errors: Vec<(&'static str, String)>,
}

impl StepForm {
    /// The id of an input of this step on the page.
    pub fn id_of(&self, field: &str) -> String {
        format!("{field}-{}", self.at)
    }

    /// What is wrong with an input.
    pub fn error(&self, field: &str) -> FieldError<'_> {
        let found = self.errors.iter().find(|(name, _)| *name == field);
        found.map_or(FieldError::NONE, |(_, words)| FieldError::said(words))
    }
}

/// What is asked before a pathway changes on which journeys run.
#[derive(Clone, Debug)]
pub struct Wondering {
    /// How many journeys run on it.
    pub running: String,
    /// How many of them would change.
    pub touches: String,
    /// What changes: a word and the names of steps.
    pub changes: Vec<(&'static str, String)>,
    /// Whether steps change places.
    pub is_reordered: bool,
}

/// `GET /pathways/new`, `GET /pathways/{pathway}/edit`
#[derive(Template)]
#[template(path = "pathways/edit.html")]
pub struct EditPathwayPage {
    /// The frame.
    pub shell: Shell,
    /// Where the form goes.
    pub action: String,
    /// Where one came from.
    pub back: String,
    /// Whether there is none yet.
    pub is_new: bool,
    /// Its name.
    pub name: String,
    /// How its steps open, as a code.
    pub order: String,
    /// Its steps.
    pub steps: Vec<StepForm>,
    /// Whether there is room for no more.
    pub is_full: bool,
    /// What is wrong with name, order and the number of steps.
    pub errors: FormErrors,
    /// The question that comes first, instead of the form.
    pub asks: Option<Wondering>,
}

impl EditPathwayPage {
    fn has_used(&self) -> bool {
        self.steps.iter().any(|step| step.is_used)
    }

    fn is_wrong(&self) -> bool {
        !self.errors.is_empty() || self.steps.iter().any(|step| !step.errors.is_empty())
    }
}

impl PathwaysPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, PathwaysPage)> {
        let page = |rows, manages| PathwaysPage {
            shell: Shell::sample(Language::English, "Pathways", Place::Programs),
            rows,
            filters: FilterLink::samples(),
            is_put_away: false,
            manages,
        };
        let row = |name: &str, tag| PathwayRow {
            name: name.to_owned(),
            href: "/pathways/pat_0000000000001".to_owned(),
            line: "8 steps, 2 cohorts, 12 running journeys".to_owned(),
            order: "One after the other",
            tag,
        };
        vec![
            ("some", page(vec![row("New leaders", ""), row("Leading others", "Put away")], true)),
            ("none", page(Vec::new(), true)),
            ("lead", page(Vec::new(), false)),
        ]
    }
}

impl PathwayPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, PathwayPage)> {
        let page = |tag, is_archived: bool, changes| PathwayPage {
            shell: Shell::sample(Language::English, "New leaders", Place::Programs),
            base: "/pathways/pat_0000000000001".to_owned(),
            name: "New leaders".to_owned(),
            line: "2 steps, 1 cohort, 12 running journeys".to_owned(),
            order: "One after the other",
            about_order: "A step opens when the one before is booked, completed or missed.",
            tag,
            successor: is_archived
                .then(|| ("Replaced by “New leaders”".to_owned(), "/pathways/pat_0000000000002".to_owned())),
            steps: vec![
                StepLine {
                    name: "Kickoff".to_owned(),
                    line: "1:1, 60 minutes by video".to_owned(),
                    weeks: "weeks 1 to 2, bookable 90 days ahead".to_owned(),
                },
                StepLine {
                    name: "Practice".to_owned(),
                    line: "Pod, 90 minutes by video".to_owned(),
                    weeks: "Any week, bookable 90 days ahead".to_owned(),
                },
            ],
            cohorts: vec![Following {
                name: "Spring 2027".to_owned(),
                href: "/cohorts/coh_0000000000001".to_owned(),
                line: "Northwind, New leads".to_owned(),
            }],
            earlier: vec![Earlier {
                label: "Until 3 November".to_owned(),
                line: "2 steps, 0 cohorts, 3 running journeys".to_owned(),
                href: "/pathways/pat_0000000000003".to_owned(),
            }],
            is_archived,
            changes,
        };
        vec![
            ("admin", page("", false, true)),
            ("lead", page("", false, false)),
            ("away", page("Put away", true, true)),
        ]
    }
}

impl EditPathwayPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, EditPathwayPage)> {
        let step = |at: usize, name: &str, errors| StepForm {
            at,
            number: format!("Step {}", at + 1),
            title: format!("Step {}: {name}", at + 1),
            id: "ste_0000000000001".to_owned(),
            name: name.to_owned(),
            kind: "one_to_one".to_owned(),
            kind_word: "1:1",
            kinds: vec![
                Choice::new("one_to_one", "1:1", "one_to_one"),
                Choice::new("pod", "Pod", "one_to_one"),
            ],
            minutes: "60".to_owned(),
            from_week: "1".to_owned(),
            to_week: String::new(),
            window_days: "90".to_owned(),
            places: vec![Choice::new("room", "Video call here", "room")],
            place_detail: String::new(),
            is_used: at == 1,
            is_first: at == 0,
            is_last: at == 1,
            takes_focus: false,
            errors,
        };
        let page = |is_new, errors, steps, asks| EditPathwayPage {
            shell: Shell::sample(Language::English, "Edit the pathway", Place::Programs),
            action: "/pathways/pat_0000000000001/edit".to_owned(),
            back: "/pathways/pat_0000000000001".to_owned(),
            is_new,
            name: "New leaders".to_owned(),
            order: "ordered".to_owned(),
            steps,
            is_full: false,
            errors,
            asks,
        };
        let fine = || vec![step(0, "Kickoff", Vec::new()), step(1, "Delegation", Vec::new())];
        let wrong = vec![
            step(0, "", vec![("name", "This is needed.".to_owned())]),
            step(1, "Delegation", Vec::new()),
        ];
        let asks = Wondering {
            running: "12 journeys run on it.".to_owned(),
            touches: "9 of them would change.".to_owned(),
            changes: vec![("New", "Looking back".to_owned()), ("Taken out", "Delegation".to_owned())],
            is_reordered: true,
        };
        vec![
            ("new", page(true, FormErrors::NONE, vec![step(0, "", Vec::new())], None)),
            ("edit", page(false, FormErrors::NONE, fine(), None)),
            (
                "wrong",
                page(false, FormErrors::from_iter([("name", "This is needed.".to_owned())]), wrong, None),
            ),
            ("asks", page(false, FormErrors::NONE, fine(), Some(asks))),
        ]
    }
}
