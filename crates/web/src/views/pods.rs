//! Pods: one of them, and making one.

use askama::Template;
use rules::permission::{Role, Roles};

use super::coaches::Agreement;
use super::filters;
use super::parts::Moment;
use crate::shell::{Choice, Face, FormErrors, Place, SAMPLE_NOW, Shell};
use crate::status::Status;
use crate::texts::Language;

/// What is typed about a pod.
#[derive(Clone, Debug)]
pub struct PodFields {
    /// What it is called.
    pub name: String,
    /// Who could lead it.
    pub facilitators: Vec<Choice>,
    /// Who says who is in it.
    pub joinings: Vec<Choice>,
    /// The least members.
    pub min: String,
    /// The most.
    pub max: String,
}

/// A member of a pod.
#[derive(Clone, Debug)]
pub struct MemberLine {
    /// As they wish to be called.
    pub name: String,
    /// How it stands for them, for those who may know.
    pub status: Option<Status>,
    /// Whether it is the reader.
    pub is_me: bool,
    /// Their id as a participant.
    pub participant: String,
    /// Whether the reader could take them out.
    pub removable: bool,
}

/// Another date of the same step.
#[derive(Clone, Debug)]
pub struct OtherDate {
    /// The page of its pod.
    pub href: String,
    /// When.
    pub at: String,
    /// What it is called, and how much room there is.
    pub line: String,
}

/// `GET /pods/{pod}`
#[derive(Template)]
#[template(path = "pods/show.html")]
pub struct PodPage {
    /// The frame.
    pub shell: Shell,
    /// Its own address.
    pub base: String,
    /// What it is called.
    pub name: String,
    /// The cohort, for who runs it: where it is and what it is called.
    pub cohort: Option<(String, String)>,
    /// All its pods, for the same.
    pub pods: Option<String>,
    /// The step that it meets for.
    pub what: String,
    /// Who leads it, and how long.
    pub line: String,
    /// When it meets.
    pub at: Option<Moment>,
    /// The page of its session, for who may see that.
    pub session: Option<String>,
    /// Where it gets its date, for who may say.
    pub book: Option<String>,
    /// How it stands for the reader.
    pub own: Option<Status>,
    /// Whether the reader could take a place in it.
    pub choosable: bool,
    /// To which other dates they could change.
    pub others: Vec<OtherDate>,
    /// What is to be accepted with that (rule P9).
    pub agreement: Option<Agreement>,
    /// Whether it is to be said that another session at that time is known (rule A6).
    pub overlap: bool,
    /// "4 of 6 places are taken."
    pub size: String,
    /// That there are too few; empty is enough.
    pub below: String,
    /// Who says who is in it.
    pub joining: &'static str,
    /// Who is in it.
    pub members: Vec<MemberLine>,
    /// Whether the reader fills it.
    pub manages: bool,
    /// Who could be put in.
    pub candidates: Vec<Choice>,
    /// The form that changes it.
    pub fields: Option<PodFields>,
    /// Whether it could be taken away.
    pub empty: bool,
    /// What stands in the way of what was sent; empty is nothing.
    pub conflict: String,
    /// What is wrong with a field.
    pub errors: FormErrors,
}

/// A pod in the list of its cohort.
#[derive(Clone, Debug)]
pub struct PodRow {
    /// Its page.
    pub href: String,
    /// What it is called.
    pub name: String,
    /// When it meets; none has no date yet.
    pub at: Option<Moment>,
    /// Who leads it, how many are in it, and who says so.
    pub line: String,
    /// That there are too few; empty is enough.
    pub below: String,
}

/// A step with its pods.
#[derive(Clone, Debug)]
pub struct StepSection {
    /// The step's id, as its place on the page.
    pub id: String,
    /// "2 Among peers"
    pub name: String,
    /// "no date left"; empty where there is one.
    pub without: String,
    /// Who waits without one; empty is nobody.
    pub waiting: String,
    /// What has no date or is still to come first.
    pub pods: Vec<PodRow>,
    /// Where a further one is made, for who may.
    pub new: Option<String>,
}

/// `GET /cohorts/{cohort}/pods`
#[derive(Template)]
#[template(path = "pods/index.html")]
pub struct PodsPage {
    /// The frame.
    pub shell: Shell,
    /// The page of the cohort.
    pub base: String,
    /// What that is called.
    pub cohort: String,
    /// Its steps that are pods'.
    pub steps: Vec<StepSection>,
    /// Whether the reader can make some.
    pub makes: bool,
    /// That it is put away, so that nothing begins there (rule G8); empty is in use.
    pub away: String,
    /// What the reader can do about a step that nobody can book.
    pub stuck_about: &'static str,
}

/// `GET /cohorts/{cohort}/pods/new`
#[derive(Template)]
#[template(path = "pods/new.html")]
pub struct PodNewPage {
    /// The frame.
    pub shell: Shell,
    /// The page of the cohort.
    pub base: String,
    /// What that is called.
    pub cohort: String,
    /// The pod steps of its pathway.
    pub steps: Vec<Choice>,
    /// The rest.
    pub fields: PodFields,
    /// That it is put away, so that nothing begins there (rule G8); empty is in use.
    pub away: String,
    /// What stands in the way of what was sent; empty is nothing.
    pub conflict: String,
    /// What is wrong with a field.
    pub errors: FormErrors,
}

fn fields() -> PodFields {
    PodFields {
        name: "Tuesday".to_owned(),
        facilitators: vec![Choice::new("per_1", "Mara Lindqvist", "per_1")],
        joinings: vec![
            Choice::new("closed", crate::texts::EN.pods.closed, "open"),
            Choice::new("open", crate::texts::EN.pods.open, "open"),
        ],
        min: "3".to_owned(),
        max: "6".to_owned(),
    }
}

impl PodPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, PodPage)> {
        let p = &crate::texts::EN.pods;
        let member = |name: &str, status, is_me| MemberLine {
            name: name.to_owned(),
            status,
            is_me,
            participant: "ptc_0000000000000".to_owned(),
            removable: status.is_some(),
        };
        let shell = |name: &str, role| {
            Shell::public(Language::English, "Tuesday", "/", SAMPLE_NOW).signed_in(
                Face::new(name, None),
                Roles::only(role),
                Place::Elsewhere,
            )
        };
        let lead = PodPage {
            shell: shell("Lea Moreau", Role::ProgramLead),
            base: "/pods/pod_0000000000000".to_owned(),
            name: "Tuesday".to_owned(),
            cohort: Some(("/cohorts/coh_0000000000000".to_owned(), "Spring".to_owned())),
            pods: Some("/cohorts/coh_0000000000000/pods".to_owned()),
            what: "Among peers".to_owned(),
            line: (p.line)("Mara Lindqvist", 90),
            at: Some(Moment {
                iso: "2026-11-26T14:30:00Z".to_owned(),
                text: "Thu 26 Nov, 14:30".to_owned(),
                relative: "in 4 days".to_owned(),
            }),
            session: Some("/sessions/ses_0000000000000".to_owned()),
            book: None,
            own: None,
            choosable: false,
            others: Vec::new(),
            agreement: None,
            overlap: false,
            size: (p.size)(2, 6),
            below: (p.below)(3),
            joining: p.closed_about,
            members: vec![
                member("Ines Duarte", Some(Status::Booked), false),
                member("Tomás Pereira", Some(Status::Unbooked), false),
            ],
            manages: true,
            candidates: vec![Choice::new("ptc_1", "Rui Costa", "")],
            fields: Some(fields()),
            empty: false,
            conflict: String::new(),
            errors: FormErrors::NONE,
        };
        let to_choose = PodPage {
            shell: shell("Ines Duarte", Role::Client),
            cohort: None,
            session: None,
            choosable: true,
            below: String::new(),
            joining: p.open_about,
            members: Vec::new(),
            manages: false,
            candidates: Vec::new(),
            fields: None,
            ..PodPage { at: lead.at.clone(), ..dated(&lead) }
        };
        vec![("lead", lead), ("choose", to_choose)]
    }
}

fn dated(like: &PodPage) -> PodPage {
    PodPage {
        shell: Shell::sample_client("Tuesday"),
        base: like.base.clone(),
        name: like.name.clone(),
        cohort: None,
        pods: None,
        what: like.what.clone(),
        line: like.line.clone(),
        at: like.at.clone(),
        session: None,
        book: None,
        own: None,
        choosable: false,
        others: vec![OtherDate {
            href: like.base.clone(),
            at: "Thu 3 Dec, 14:30".to_owned(),
            line: "Thursday, 2 places left".to_owned(),
        }],
        agreement: None,
        overlap: false,
        size: like.size.clone(),
        below: String::new(),
        joining: like.joining,
        members: Vec::new(),
        manages: false,
        candidates: Vec::new(),
        fields: None,
        empty: false,
        conflict: String::new(),
        errors: FormErrors::NONE,
    }
}

impl PodsPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, PodsPage)> {
        let p = &crate::texts::EN.pods;
        let row = |name: &str, at: Option<Moment>, below| PodRow {
            href: "/pods/pod_0000000000000".to_owned(),
            name: name.to_owned(),
            at,
            line: format!("{}. {}", (p.line)("Mara Lindqvist", 90), (p.size)(2, 6)),
            below,
        };
        let page = PodsPage {
            shell: Shell::public(Language::English, p.title, "/", SAMPLE_NOW).signed_in(
                Face::new("Lea Moreau", None),
                Roles::only(Role::ProgramLead),
                Place::Programs,
            ),
            base: "/cohorts/coh_0000000000000".to_owned(),
            cohort: "Spring".to_owned(),
            makes: true,
            away: String::new(),
            stuck_about: (p.stuck_about)(false),
            steps: vec![
                StepSection {
                    id: "stp_1".to_owned(),
                    name: "2 Among peers".to_owned(),
                    without: String::new(),
                    waiting: String::new(),
                    pods: vec![
                        row("Thursdays", None, String::new()),
                        row("Tuesdays", Some(Moment::sample()), (p.below)(3)),
                    ],
                    new: Some("/cohorts/coh_0000000000000/pods/new?step=stp_1".to_owned()),
                },
                StepSection {
                    id: "stp_2".to_owned(),
                    name: "5 Practice".to_owned(),
                    without: (p.without)(rules::pods::WithoutDate::NoPodYet).to_owned(),
                    waiting: (p.waiting)("Ines Duarte"),
                    pods: Vec::new(),
                    new: Some("/cohorts/coh_0000000000000/pods/new?step=stp_2".to_owned()),
                },
            ],
        };
        vec![("first", page)]
    }
}

impl PodNewPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, PodNewPage)> {
        let page = PodNewPage {
            shell: Shell::public(Language::English, "A new pod", "/", SAMPLE_NOW).signed_in(
                Face::new("Lea Moreau", None),
                Roles::only(Role::ProgramLead),
                Place::Elsewhere,
            ),
            base: "/cohorts/coh_0000000000000".to_owned(),
            cohort: "Spring".to_owned(),
            steps: vec![Choice::new("stp_1", "2 Among peers", "stp_1")],
            fields: fields(),
            away: String::new(),
            conflict: String::new(),
            errors: FormErrors::NONE,
        };
        vec![("first", page)]
    }
}
