//! Companies, projects and cohorts as those who run them see them; and people from a file.

use askama::Template;

use super::board::Crumb;
use super::filters;
use super::parts::FilterLink;
use super::people::Fact;
use crate::shell::{Choice, ChoiceGroup, FieldError, FormErrors, Place, Shell};
use crate::status::Status;
use crate::texts::Language;

/// What was typed into one of the forms of a page, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Which form; empty if none was sent.
    pub form: &'static str,
    /// What stood in it.
    pub values: Vec<(String, String)>,
    /// What is wrong.
    pub errors: FormErrors,
}

impl Typed {
    /// What is wrong with an input of a form.
    pub fn error(&self, form: &str, field: &str) -> FieldError<'_> {
        if self.form == form { self.errors.of(field) } else { FieldError::NONE }
    }

    /// What was typed into it.
    pub fn value(&self, form: &str, field: &str) -> &str {
        let found = self.values.iter().find(|(name, _)| self.form == form && name == field);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The same, or what it is now.
    pub fn or<'a>(&'a self, form: &str, field: &str, now: &'a str) -> &'a str {
        if self.form == form { self.value(form, field) } else { now }
    }
}

/// A project with its cohorts.
#[derive(Clone, Debug)]
pub struct ProjectBlock {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// What the company sees.
    pub disclosure: &'static str,
    /// Its cohorts.
    pub cohorts: Vec<CohortRow>,
}

/// A cohort in a list.
#[derive(Clone, Debug)]
pub struct CohortRow {
    /// Its name.
    pub name: String,
    /// Its board.
    pub href: String,
    /// Where it is edited, for those who may.
    pub edit: Option<String>,
    /// What it follows.
    pub pathway: String,
    /// When it begins.
    pub starts: String,
    /// How many people.
    pub people: String,
    /// How its sessions stand: statuses with a number.
    pub counts: Vec<(Status, u32)>,
    /// Whether it is put away.
    pub archived: bool,
}

/// A company with its projects.
#[derive(Clone, Debug)]
pub struct CompanyBlock {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Cohorts and people, in a line.
    pub summary: String,
    /// Its projects.
    pub projects: Vec<ProjectBlock>,
}

/// `GET /programs`
#[derive(Template)]
#[template(path = "programs/index.html")]
pub struct ProgramsPage {
    /// The frame.
    pub shell: Shell,
    /// What one runs.
    pub companies: Vec<CompanyBlock>,
    /// Whether the reader makes companies.
    pub manages: bool,
    /// The switch between cohorts in use and those put away.
    pub filters: Vec<FilterLink>,
    /// Where the list goes on.
    pub paging: crate::shell::Paging,
    /// The form that was sent.
    pub typed: Typed,
}

/// Somebody who leads or pays.
#[derive(Clone, Debug)]
pub struct PersonLine {
    /// Their name.
    pub name: String,
    /// Mail address and since when.
    pub line: String,
    /// The form action that takes them off.
    pub removal: String,
}

/// `GET /companies/{company}`
#[derive(Template)]
#[template(path = "programs/company.html")]
pub struct CompanyPage {
    /// The frame.
    pub shell: Shell,
    /// `/companies/com_…`
    pub base: String,
    /// Its name.
    pub name: String,
    /// Whether the reader changes it.
    pub manages: bool,
    /// Whether the reader says which coaches its cohorts choose from.
    pub has_pool: bool,
    /// The switch between cohorts in use and those put away.
    pub filters: Vec<FilterLink>,
    /// Its projects.
    pub projects: Vec<ProjectBlock>,
    /// Who leads all of it.
    pub leads: Vec<PersonLine>,
    /// Who pays.
    pub sponsors: Vec<PersonLine>,
    /// The form that was sent.
    pub typed: Typed,
}

/// `GET /projects/{project}`
#[derive(Template)]
#[template(path = "programs/project.html")]
pub struct ProjectPage {
    /// The frame.
    pub shell: Shell,
    /// `/projects/pro_…`
    pub base: String,
    /// Its name.
    pub name: String,
    /// The company's name and page.
    pub company: (String, String),
    /// What the company sees, as a code.
    pub disclosure: &'static str,
    /// Whether the reader changes it.
    pub manages: bool,
    /// Whether the reader says which coaches its cohorts choose from.
    pub has_pool: bool,
    /// The switch between cohorts in use and those put away.
    pub filters: Vec<FilterLink>,
    /// Its cohorts.
    pub cohorts: Vec<CohortRow>,
    /// Who leads all of it.
    pub leads: Vec<PersonLine>,
    /// What a new cohort can follow.
    pub pathways: Vec<Choice>,
    /// The form that was sent.
    pub typed: Typed,
}

/// `GET /cohorts/{cohort}/edit`
#[derive(Template)]
#[template(path = "programs/cohort.html")]
pub struct CohortPage {
    /// The frame.
    pub shell: Shell,
    /// `/cohorts/coh_…`
    pub base: String,
    /// Its name.
    pub name: String,
    /// Its first day, as a form writes it.
    pub starts_on: String,
    /// The project's name and page.
    pub project: (String, String),
    /// What it follows or may follow.
    pub pathways: Vec<Choice>,
    /// Whether journeys have begun.
    pub begun: bool,
    /// Whether it is put away.
    pub archived: bool,
    /// How much is still booked; empty if nothing is.
    pub booked: String,
    /// The first of it: when and who.
    pub booked_first: Vec<Fact>,
    /// Who leads it.
    pub leads: Vec<PersonLine>,
    /// The form that was sent.
    pub typed: Typed,
}

/// `GET /cohorts/{cohort}/participants/new`
#[derive(Template)]
#[template(path = "programs/participant.html")]
pub struct NewParticipantPage {
    /// The frame.
    pub shell: Shell,
    /// `/cohorts/coh_…`
    pub base: String,
    /// The cohort's name.
    pub cohort: String,
    /// Who can coach, nobody first.
    pub coaches: Vec<Choice>,
    /// All zones.
    pub zones: Vec<ChoiceGroup>,
    /// Names and values of own fields, as typed, and as many empty ones as there may be.
    pub fields: Vec<(String, String)>,
    /// That it is put away, so that nothing begins there (rule G8); empty is in use.
    pub away: String,
    /// What was typed.
    pub typed: Typed,
}

/// `GET /participants/{participant}/edit`
#[derive(Template)]
#[template(path = "programs/edit_participant.html")]
pub struct EditParticipantPage {
    /// The frame.
    pub shell: Shell,
    /// `/participants/par_…`
    pub base: String,
    /// Who.
    pub name: String,
    /// The cohort's name and board.
    pub cohort: (String, String),
    /// Names and values of own fields, and as many empty ones as there may be.
    pub fields: Vec<(String, String)>,
    /// Their journeys: what they are called, and how far they are.
    pub journeys: Vec<Fact>,
    /// Pathways on which they could have a further one.
    pub pathways: Vec<Choice>,
    /// What stands in the form of notes.
    pub noted: Typed,
    /// What was typed into that of a journey.
    pub typed: Typed,
}

impl EditParticipantPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, EditParticipantPage)> {
        let page = |journeys, noted| EditParticipantPage {
            shell: Shell::sample(Language::English, "Edit a participant", Place::Programs),
            base: "/participants/par_0000000000001".to_owned(),
            name: "Kim Berg".to_owned(),
            cohort: ("Spring 2027".to_owned(), "/cohorts/coh_0000000000001".to_owned()),
            fields: vec![("Floor".to_owned(), "3".to_owned()), (String::new(), String::new())],
            journeys,
            pathways: vec![Choice::new("pat_0000000000001", "Leading others", "")],
            noted,
            typed: Typed::default(),
        };
        let typed = Typed {
            form: "notes",
            values: vec![
                ("external_id".to_owned(), "N-17".to_owned()),
                ("test".to_owned(), "yes".to_owned()),
            ],
            errors: FormErrors::from_iter([("external_id", "Somebody else has this.".to_owned())]),
        };
        let journeys = vec![Fact::new("New leaders", "3 of 8 completed")];
        vec![("fine", page(journeys, Typed::default())), ("wrong", page(Vec::new(), typed))]
    }
}

/// `GET /imports`
#[derive(Template)]
#[template(path = "programs/imports.html")]
pub struct NewImportPage {
    /// The frame.
    pub shell: Shell,
    /// One's own files so far.
    pub recent: Vec<ImportLine>,
    /// What is wrong with what was sent.
    pub errors: FormErrors,
}

/// A file that was sent.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// What it is called, and when it was sent.
    pub label: String,
    /// How much is in it.
    pub line: String,
    /// Its page.
    pub href: String,
    /// How far it is.
    pub stage: &'static str,
}

/// `GET /imports/{import}`
#[derive(Template)]
#[template(path = "programs/import.html")]
pub struct ImportPage {
    /// The frame.
    pub shell: Shell,
    /// `/imports/imp_…`
    pub base: String,
    /// What the file brings in.
    pub about: &'static str,
    /// How far it is, as a heading.
    pub title: &'static str,
    /// The same with what belongs to it.
    pub stage: ImportStage,
}

/// How far a file is.
#[derive(Clone, Debug)]
pub enum ImportStage {
    /// It is looked at or brought in.
    Working {
        /// What is counted.
        label: &'static str,
        /// How many of how many, in words.
        words: String,
        /// How many.
        done: u64,
        /// Of how many.
        all: u64,
        /// Whether it can still be called off.
        can_cancel: bool,
    },
    /// It waits for whoever sent it.
    Waiting {
        /// How many are new, changed, unchanged.
        counts: String,
        /// Whether it does anything.
        does: bool,
        /// That it has changed since it was looked at; empty if not.
        anew: &'static str,
        /// How many bookings lose their time, and how many mails go out; empty if no coach changes.
        sum: String,
        /// What holds for all of it.
        note: &'static str,
        /// Its rows, what changes first.
        rows: Vec<ImportRow>,
        /// How many more there are, in words; empty if none.
        more: String,
    },
    /// There is something wrong with it.
    Wrong(Vec<ImportProblem>),
    /// It is in: how many were new, changed, unchanged.
    Done {
        /// In words.
        counts: String,
        /// What leads to where they are.
        way: &'static str,
        /// Where they are.
        cohorts: Vec<Crumb>,
    },
    /// It was called off.
    Cancelled,
}

/// A row of a file.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Its line.
    pub line: u64,
    /// Who.
    pub name: String,
    /// At which address; of a pod, for which step.
    pub mail: String,
    /// In which cohort.
    pub cohort: String,
    /// What changes, from what to what, and what becomes of each booking.
    pub details: Vec<String>,
    /// Its colour.
    pub key: &'static str,
    /// What becomes of it.
    pub fate: String,
}

/// What is wrong with a row.
#[derive(Clone, Debug)]
pub struct ImportProblem {
    /// Its line.
    pub line: u64,
    /// Whose row it is; empty is nobody's.
    pub who: String,
    /// What stands there; empty is nothing.
    pub value: String,
    /// In which column.
    pub column: String,
    /// The reason.
    pub why: String,
}

fn sample_cohort() -> CohortRow {
    CohortRow {
        name: "Spring 2027".to_owned(),
        href: "/cohorts/coh_0000000000001".to_owned(),
        edit: Some("/cohorts/coh_0000000000001/edit".to_owned()),
        pathway: "First steps as a lead".to_owned(),
        starts: "Begins 1 March 2027".to_owned(),
        people: "14 people".to_owned(),
        counts: vec![
            (Status::Unbooked, 41),
            (Status::Booked, 12),
            (Status::Completed, 30),
            (Status::Missed, 2),
        ],
        archived: false,
    }
}

fn sample_project() -> ProjectBlock {
    ProjectBlock {
        name: "New leads".to_owned(),
        href: "/projects/pro_0000000000001".to_owned(),
        disclosure: "People by name",
        cohorts: vec![sample_cohort(), CohortRow { archived: true, edit: None, ..sample_cohort() }],
    }
}

fn sample_person() -> PersonLine {
    PersonLine {
        name: "Lea Moreau".to_owned(),
        line: "lea@fernhill.example · Since 2 September 2026".to_owned(),
        removal: "/leads/lea_0000000000001/removal".to_owned(),
    }
}

impl NewImportPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, NewImportPage)> {
        let page = |recent| NewImportPage {
            shell: Shell::sample(Language::English, "Bring people in", Place::Programs),
            recent,
            errors: FormErrors::default(),
        };
        let line = ImportLine {
            label: "people.csv, yesterday at 16:30".to_owned(),
            line: "1 new, 1 changed, 0 unchanged".to_owned(),
            href: "/imports/imp_0000000000001".to_owned(),
            stage: "Done",
        };
        vec![("first", page(Vec::new())), ("again", page(vec![line]))]
    }
}

impl ImportPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, ImportPage)> {
        let page = |stage| ImportPage {
            shell: Shell::sample(Language::English, "What will happen", Place::Programs),
            base: "/imports/imp_0000000000001".to_owned(),
            about: "Bring people in",
            title: "What will happen",
            stage,
        };
        let row = |line, name: &str, key, fate: &str| ImportRow {
            line,
            name: name.to_owned(),
            mail: "kim@nordvik.example".to_owned(),
            cohort: "Spring".to_owned(),
            details: if key == "booked" {
                let shift = (crate::texts::EN.enrolment.shift)("coach", "Ada Lindholm", "Finn Walsh");
                vec![shift, "Thu 12 Mar, 10:00: Needs another time".to_owned()]
            } else {
                Vec::new()
            },
            key,
            fate: fate.to_owned(),
        };
        let waiting = |does| ImportStage::Waiting {
            counts: "1 new, 1 changed, 0 unchanged".to_owned(),
            does,
            anew: "",
            sum: if does { (crate::texts::EN.enrolment.sum)(1, 3) } else { String::new() },
            note: crate::texts::EN.programs.all_or_nothing,
            rows: vec![
                row(2, "Kim Berg", "completed", "New"),
                row(3, "Noor Haddad", "booked", "Changed: coach"),
            ],
            more: "and 98 more lines".to_owned(),
        };
        let wrong = vec![
            ImportProblem {
                who: "Kim Berg".to_owned(),
                value: "Mars/Base".to_owned(),
                line: 2,
                column: "coach".to_owned(),
                why: "No coach has this address.".to_owned(),
            },
            ImportProblem {
                who: "Kim Berg".to_owned(),
                value: "Mars/Base".to_owned(),
                line: 7_001,
                column: "zone".to_owned(),
                why: "No time zone has this name.".to_owned(),
            },
        ];
        let working = |label, can_cancel| ImportStage::Working {
            label,
            words: "7,000 of 10,000".to_owned(),
            done: 7_000,
            all: 10_000,
            can_cancel,
        };
        vec![
            ("checking", page(working("Lines looked at", true))),
            ("committing", page(working("Lines brought in", false))),
            ("fine", page(waiting(true))),
            ("nothing", page(waiting(false))),
            ("wrong", page(ImportStage::Wrong(wrong))),
            (
                "done",
                page(ImportStage::Done {
                    counts: "1 new, 1 changed, 0 unchanged.".to_owned(),
                    way: crate::texts::EN.enrolment.to_cohort,
                    cohorts: vec![Crumb {
                        label: "Spring 2027".to_owned(),
                        href: Some("/cohorts/coh_0000000000001".to_owned()),
                    }],
                }),
            ),
            ("cancelled", page(ImportStage::Cancelled)),
        ]
    }
}

impl ProgramsPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, ProgramsPage)> {
        let page = |companies, manages| ProgramsPage {
            filters: FilterLink::samples(),
            shell: Shell::sample(Language::English, "Programs", Place::Programs),
            companies,
            manages,
            paging: crate::shell::Paging::default(),
            typed: Typed::default(),
        };
        let company = CompanyBlock {
            name: "Nordvik Ferries".to_owned(),
            href: "/companies/com_0000000000001".to_owned(),
            summary: "1 cohort · 14 people".to_owned(),
            projects: vec![sample_project()],
        };
        let bare = CompanyBlock { projects: Vec::new(), ..company.clone() };
        vec![
            ("plain", page(vec![company, bare], true)),
            ("empty", page(Vec::new(), true)),
            ("lead", page(Vec::new(), false)),
        ]
    }
}

impl CompanyPage {
    fn leads_action(&self) -> String {
        format!("{}/leads", self.base)
    }

    fn sponsors_action(&self) -> String {
        format!("{}/sponsors", self.base)
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, CompanyPage)> {
        let page = |manages, projects, people: Vec<PersonLine>| CompanyPage {
            filters: FilterLink::samples(),
            shell: Shell::sample(Language::English, "Nordvik Ferries", Place::Programs),
            base: "/companies/com_0000000000001".to_owned(),
            name: "Nordvik Ferries".to_owned(),
            manages,
            has_pool: manages,
            projects,
            leads: people.clone(),
            sponsors: people,
            typed: Typed {
                form: "sponsor",
                values: vec![("mail".to_owned(), "cara".to_owned())],
                errors: FormErrors::from_iter([("mail", "This is no mail address.".to_owned())]),
            },
        };
        vec![
            ("plain", page(true, vec![sample_project()], vec![sample_person()])),
            ("bare", page(true, Vec::new(), Vec::new())),
            ("lead", page(false, vec![sample_project()], Vec::new())),
        ]
    }
}

impl ProjectPage {
    fn leads_action(&self) -> String {
        format!("{}/leads", self.base)
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, ProjectPage)> {
        let page = |manages, pathways, cohorts| ProjectPage {
            filters: FilterLink::samples(),
            shell: Shell::sample(Language::English, "New leads", Place::Programs),
            base: "/projects/pro_0000000000001".to_owned(),
            name: "New leads".to_owned(),
            company: ("Nordvik Ferries".to_owned(), "/companies/com_0000000000001".to_owned()),
            disclosure: "names",
            manages,
            has_pool: manages,
            cohorts,
            leads: vec![sample_person()],
            pathways,
            typed: Typed::default(),
        };
        let pathways = vec![Choice::new("pat_0000000000001", "First steps as a lead", "")];
        vec![
            ("plain", page(true, pathways, vec![sample_cohort()])),
            ("bare", page(true, Vec::new(), Vec::new())),
            ("lead", page(false, Vec::new(), vec![sample_cohort()])),
        ]
    }
}

impl CohortPage {
    fn leads_action(&self) -> String {
        format!("{}/leads", self.base)
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, CohortPage)> {
        let page = |begun, archived| CohortPage {
            shell: Shell::sample(Language::English, "Edit the cohort", Place::Programs),
            base: "/cohorts/coh_0000000000001".to_owned(),
            name: "Spring 2027".to_owned(),
            starts_on: "2027-03-01".to_owned(),
            project: ("New leads".to_owned(), "/projects/pro_0000000000001".to_owned()),
            pathways: vec![Choice::new("pat_0000000000001", "First steps as a lead", "pat_0000000000001")],
            begun,
            archived,
            booked: if begun {
                "2 sessions are still booked. They stay booked.".to_owned()
            } else {
                String::new()
            },
            booked_first: if begun { vec![Fact::new("Tomorrow at 11:00", "Kim Berg")] } else { Vec::new() },
            leads: vec![sample_person()],
            typed: Typed::default(),
        };
        vec![("new", page(false, false)), ("begun", page(true, false)), ("archived", page(true, true))]
    }
}

impl NewParticipantPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, NewParticipantPage)> {
        let page = NewParticipantPage {
            shell: Shell::sample(Language::English, "Add somebody", Place::Programs),
            base: "/cohorts/coh_0000000000001".to_owned(),
            cohort: "Spring 2027".to_owned(),
            coaches: vec![
                Choice::new("", "Nobody yet", ""),
                Choice::new("per_0000000000003", "Ada Lindholm", ""),
            ],
            zones: crate::shell::zone_choices(["Europe/Berlin"], ""),
            fields: vec![("Floor".to_owned(), "3".to_owned()), (String::new(), String::new())],
            away: String::new(),
            typed: Typed {
                form: "participant",
                values: vec![("name".to_owned(), "Kim Berg".to_owned())],
                errors: FormErrors::from_iter([("mail", "This is needed.".to_owned())]),
            },
        };
        vec![("wrong", page)]
    }
}
