//! Coaches to choose from: the pool of a cohort, a project or a company, and a participant's choice.

use askama::Template;

use super::coaches::NextFree;
use super::filters;
use crate::shell::{Choice, Face, FormErrors, Place, Shell};
use crate::texts::Language;

/// A coach in a pool.
#[derive(Clone, Debug)]
pub struct PoolRow {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// How many places are taken.
    pub line: String,
    /// How many they have, as its input shows it.
    pub places: String,
    /// Whether nobody more can come to them.
    pub is_full: bool,
    /// The form action that takes them out.
    pub removal: String,
}

/// Somebody without a coach.
#[derive(Clone, Debug)]
pub struct UndecidedRow {
    /// Their place.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their page.
    pub href: String,
}

/// `GET /cohorts/{cohort}/coaches`, and of a project or a company.
#[derive(Template)]
#[template(path = "pools/show.html")]
pub struct PoolPage {
    /// The frame.
    pub shell: Shell,
    /// `/cohorts/coh_…/coaches`
    pub base: String,
    /// The name and page of the place.
    pub place: (String, String),
    /// Whether it is a cohort, whose participants have a coach or none.
    pub is_cohort: bool,
    /// What the pool is for.
    pub lede: &'static str,
    /// What places are counted over.
    pub places_hint: &'static str,
    /// Whose pool is taken over, in a sentence; empty for a pool of its own, or none.
    pub taken_over: String,
    /// Who is in it.
    pub rows: Vec<PoolRow>,
    /// Who could be.
    pub others: Vec<Choice>,
    /// Who has no coach.
    pub undecided: Vec<UndecidedRow>,
    /// How many that are, in words.
    pub waiting: String,
    /// Coaches of the pool with room.
    pub room: Vec<Choice>,
    /// What was typed as places.
    pub typed_places: String,
    /// That it is put away, so that nothing begins there (rule G8); empty is in use.
    pub away: String,
    /// What is wrong with the form.
    pub errors: FormErrors,
}

/// A coach who is proposed.
#[derive(Clone, Debug)]
pub struct CoachOffer {
    /// Their id.
    pub id: String,
    /// How they are shown.
    pub face: Face,
    /// Their page.
    pub href: String,
    /// Their credentials; empty is none.
    pub credentials: String,
    /// Their promise.
    pub headline: String,
    /// What they work on.
    pub specialities: Vec<String>,
    /// What they speak, in one line.
    pub languages: String,
    /// How many places they have left; empty if that has no limit.
    pub left: String,
    /// Where a free intro is booked, if there is one.
    pub intro: Option<String>,
    /// Their next free times.
    pub next: Vec<NextFree>,
    /// "Choose Ada Lindholm"
    pub choose: String,
}

/// `GET /participants/{participant}/coaches`
#[derive(Template)]
#[template(path = "pools/choose.html")]
pub struct ChoicePage {
    /// The frame.
    pub shell: Shell,
    /// The form action that chooses.
    pub action: String,
    /// What there is to do.
    pub title: &'static str,
    /// For which cohort.
    pub cohort: String,
    /// Who coaches them, in a sentence; empty is nobody yet.
    pub chosen: String,
    /// What became of a choice that could not be; empty is nothing.
    pub problem: String,
    /// Whom they can choose.
    pub offers: Vec<CoachOffer>,
}

impl PoolPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, PoolPage)> {
        let t = crate::texts::texts(Language::English);
        let page = |rows, undecided: Vec<UndecidedRow>, room| PoolPage {
            shell: Shell::sample(Language::English, "Coaches to choose from", Place::Programs),
            base: "/cohorts/coh_0000000000001/coaches".to_owned(),
            place: ("Spring 2027".to_owned(), "/cohorts/coh_0000000000001".to_owned()),
            is_cohort: true,
            lede: t.enrolment.pool_lede,
            places_hint: t.enrolment.places_hint,
            taken_over: String::new(),
            rows,
            others: vec![Choice::new("per_0000000000003", "Finn Aalto", "")],
            waiting: "1 without a coach".to_owned(),
            undecided,
            room,
            typed_places: String::new(),
            away: String::new(),
            errors: FormErrors::NONE,
        };
        let row = |name: &str, is_full| PoolRow {
            id: "per_0000000000002".to_owned(),
            name: name.to_owned(),
            line: "4 of 6 places taken".to_owned(),
            places: "6".to_owned(),
            is_full,
            removal: "/cohorts/coh_0000000000001/coaches/per_0000000000002/removal".to_owned(),
        };
        let kim = UndecidedRow {
            id: "par_0000000000001".to_owned(),
            name: "Kim Berg".to_owned(),
            href: "/participants/par_0000000000001".to_owned(),
        };
        let room = vec![Choice::new("per_0000000000002", "Ada Lindholm", "")];
        vec![
            ("empty", page(Vec::new(), vec![kim.clone()], Vec::new())),
            ("some", page(vec![row("Ada Lindholm", false), row("Bo Holm", true)], vec![kim], room)),
            ("decided", page(vec![row("Ada Lindholm", false)], Vec::new(), Vec::new())),
            (
                "taken-over",
                PoolPage {
                    taken_over: (t.enrolment.pool_of_project)("New leads"),
                    ..page(vec![row("Ada Lindholm", false)], Vec::new(), Vec::new())
                },
            ),
            (
                "project",
                PoolPage {
                    place: ("New leads".to_owned(), "/projects/pro_0000000000001".to_owned()),
                    is_cohort: false,
                    lede: t.enrolment.pool_lede_of_project,
                    places_hint: t.enrolment.places_hint_above,
                    ..page(vec![row("Ada Lindholm", false)], Vec::new(), Vec::new())
                },
            ),
        ]
    }
}

impl ChoicePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, ChoicePage)> {
        let page = |title, chosen: &str, problem: &str, offers| ChoicePage {
            shell: Shell::sample_client(title),
            action: "/participants/par_0000000000001/coaches".to_owned(),
            title,
            cohort: "For Spring 2027".to_owned(),
            chosen: chosen.to_owned(),
            problem: problem.to_owned(),
            offers,
        };
        let offer = |name: &str, intro: bool| CoachOffer {
            id: "per_0000000000002".to_owned(),
            face: Face::new(name, None),
            href: "/coaches/ada".to_owned(),
            credentials: "PCC".to_owned(),
            headline: "Calm decisions in loud times.".to_owned(),
            specialities: vec!["Leading".to_owned(), "Conflict".to_owned()],
            languages: "English, Deutsch".to_owned(),
            left: "2 places left".to_owned(),
            intro: intro.then(|| "/coaches/ada?offering=off_0000000000001".to_owned()),
            next: if intro { NextFree::samples() } else { Vec::new() },
            choose: format!("Choose {name}"),
        };
        vec![
            (
                "some",
                page("Choose your coach", "", "", vec![offer("Ada Lindholm", true), offer("Bo Holm", false)]),
            ),
            (
                "late",
                page("Choose your coach", "", "This coach has no place left.", vec![offer("Bo Holm", true)]),
            ),
            ("none", page("Nobody to choose from yet", "", "", Vec::new())),
            ("chosen", page("You have a coach", "Ada Lindholm coaches you.", "", Vec::new())),
        ]
    }
}
