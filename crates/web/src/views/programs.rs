//! Companies, projects and cohorts as those who run them see them; and people from a file.

use askama::Template;

use super::filters;
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
    /// What was typed.
    pub typed: Typed,
}

/// `GET /imports`
#[derive(Template)]
#[template(path = "programs/import.html")]
pub struct ImportPage {
    /// The frame.
    pub shell: Shell,
    /// What a file would do, if one was looked at.
    pub seen: Option<ImportSeen>,
}

/// What a file would do.
#[derive(Clone, Debug)]
pub struct ImportSeen {
    /// How many are new, changed, unchanged.
    pub counts: String,
    /// Whether it does anything.
    pub does: bool,
    /// Its rows, what changes first.
    pub rows: Vec<ImportRow>,
    /// How many more there are, in words; empty if none.
    pub more: String,
    /// What is wrong with it.
    pub problems: Vec<ImportProblem>,
    /// The file itself, to be sent again.
    pub file: String,
}

/// A row of a file.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Its line.
    pub line: u64,
    /// Who.
    pub name: String,
    /// At which address.
    pub mail: String,
    /// In which cohort.
    pub cohort: String,
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
    /// In which column.
    pub column: String,
    /// The reason.
    pub why: String,
}

impl ImportPage {
    fn does(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| seen.does)
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, ImportPage)> {
        let page = |seen| ImportPage {
            shell: Shell::sample(Language::English, "Bring people in", Place::Programs),
            seen,
        };
        let row = |line, name: &str, key, fate: &str| ImportRow {
            line,
            name: name.to_owned(),
            mail: "kim@nordvik.example".to_owned(),
            cohort: "Spring".to_owned(),
            key,
            fate: fate.to_owned(),
        };
        let fine = ImportSeen {
            counts: "1 new, 1 changed, 0 unchanged".to_owned(),
            does: true,
            rows: vec![
                row(2, "Kim Berg", "completed", "New"),
                row(3, "Noor Haddad", "booked", "Changed: coach"),
            ],
            more: "and 12 more lines".to_owned(),
            problems: Vec::new(),
            file: "name,e-mail\n".to_owned(),
        };
        let problem = ImportProblem {
            line: 7,
            column: "zone".to_owned(),
            why: "There is no such time zone.".to_owned(),
        };
        let broken = ImportSeen { does: false, rows: Vec::new(), problems: vec![problem], ..fine.clone() };
        vec![("plain", page(None)), ("preview", page(Some(fine))), ("wrong", page(Some(broken)))]
    }
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

impl ProgramsPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, ProgramsPage)> {
        let page = |companies, manages| ProgramsPage {
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
            shell: Shell::sample(Language::English, "Nordvik Ferries", Place::Programs),
            base: "/companies/com_0000000000001".to_owned(),
            name: "Nordvik Ferries".to_owned(),
            manages,
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
            shell: Shell::sample(Language::English, "New leads", Place::Programs),
            base: "/projects/pro_0000000000001".to_owned(),
            name: "New leads".to_owned(),
            company: ("Nordvik Ferries".to_owned(), "/companies/com_0000000000001".to_owned()),
            disclosure: "names",
            manages,
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
            typed: Typed {
                form: "participant",
                values: vec![("name".to_owned(), "Kim Berg".to_owned())],
                errors: FormErrors::from_iter([("mail", "This is needed.".to_owned())]),
            },
        };
        vec![("wrong", page)]
    }
}
