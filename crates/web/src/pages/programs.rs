//! Companies, projects and cohorts: what one runs, how it stands, and who leads it (rules G1, P3).

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::event::Actor;
use model::idempotency::{self, Answer as Kept};
use model::program::company::{
    self, Cohort, CohortChange, Cohorts, Disclosure, Project, Standing, StillWith,
};
use model::program::lead::{self, Lead, Led};
use model::program::pathway::{self, Shelf};
use model::program::pool;
use model::{Tx, person};
use rules::attendance::Status;
use rules::ids::{CohortId, CompanyId, LeadId, PathwayId, PersonId, ProjectId};
use rules::permission::{Action, reach};
use rules::person::fold;
use rules::refusal::{Problem, Refusal};
use serde::Deserialize;

use super::{Answer, page, page_again, shell};
use crate::api::leads::named;
use crate::api::programs::{day_from, day_of, name_of};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, encode, lead_to, led};
use crate::shell::{Choice, FormErrors, Paging, Place};
use crate::texts::Texts;
use crate::views::parts::FilterLink;
use crate::views::people::Fact;
use crate::views::programs::{
    CohortPage, CohortRow, CompanyBlock, CompanyPage, PersonLine, ProgramsPage, ProjectBlock, ProjectPage,
    Typed,
};
use crate::visitor::Visitor;

/// How many companies one page of the list shows at most.
const PAGE_COMPANIES: u32 = 20;
/// No further company is shown below so many cohorts: each of them is counted through.
const PAGE_COHORTS: usize = 24;
/// The most projects of a company, and the most cohorts of a project or company, that a page shows.
const SHOWN_MAX: u32 = 200;
/// Inputs whose values come back with a form that was refused.
const FIELDS: [&str; 11] = [
    "name",
    "mail",
    "disclosure",
    "starts_on",
    "pathway",
    "coach",
    "zone",
    "external_id",
    "tags",
    "test",
    "fields",
];

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    after_name: String,
    #[serde(default)]
    after: String,
    /// `put_away`: the cohorts that were put away instead of those in use.
    #[serde(default)]
    shelf: String,
}

const PUT_AWAY: &str = "put_away";

impl Asked {
    fn shelf(&self) -> Shelf {
        if self.shelf == PUT_AWAY { Shelf::PutAway } else { Shelf::InUse }
    }
}

/// The switch between what is in use and what was put away.
fn shelves(base: &str, shelf: Shelf, t: &Texts) -> Vec<FilterLink> {
    let link = |label: &str, href: String, is: Shelf| FilterLink {
        label: label.to_owned(),
        count: None,
        href,
        current: shelf == is,
    };
    vec![
        link(t.pathways.in_use, base.to_owned(), Shelf::InUse),
        link(t.pathways.put_away, format!("{base}?shelf={PUT_AWAY}"), Shelf::PutAway),
    ]
}

/// What a form held, to be shown again.
pub(super) fn typed_of(form: &'static str, fields: &Fields, errors: FormErrors) -> Typed {
    let values = FIELDS.iter().map(|name| ((*name).to_owned(), fields.get(name).to_owned())).collect();
    Typed { form, values, errors }
}

fn manages(visitor: &Visitor) -> bool {
    visitor.who().is_some_and(|who| !reach(who.roles, Action::ManageCompanies).is_none())
}

fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// `GET /programs`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    page(&list(&app, &visitor, &asked, Typed::default()).await?)
}

async fn list(
    app: &Reading,
    visitor: &Visitor,
    asked: &Asked,
    typed: Typed,
) -> Result<ProgramsPage, Failure> {
    let is_name = !asked.after_name.chars().any(char::is_control) && asked.after_name.len() <= 2_000;
    let after = asked.after.parse::<CompanyId>().ok().filter(|_| is_name);
    let after = after.map(|id| (asked.after_name.clone(), id));
    let shelf = asked.shelf();
    let by = visitor.actor();
    let (mut companies, read) = app
        .read(move |tx| {
            let companies = company::companies(tx, &by, after.as_ref(), PAGE_COMPANIES + 1)?;
            let (mut read, mut cohorts) = (Vec::new(), 0);
            for one in companies.iter().take(PAGE_COMPANIES as usize) {
                if cohorts >= PAGE_COHORTS {
                    break;
                }
                let one = Read::of_company(tx, &by, one.id, shelf)?;
                cohorts += one.cohorts.len();
                read.push(one);
            }
            Ok((companies, read))
        })
        .await?;
    let is_more = companies.len() > read.len();
    companies.truncate(read.len());
    let older = companies.last().filter(|_| is_more).map(|last| {
        let kept = if shelf == Shelf::PutAway { "&shelf=put_away" } else { "" };
        format!("/programs?after_name={}&after={}{kept}", encode(&fold(&last.name)), last.id)
    });
    let t = visitor.texts();
    let blocks = companies.iter().zip(&read).map(|(one, read)| CompanyBlock {
        name: one.name.clone(),
        href: format!("/companies/{}", one.id),
        summary: (t.programs.summary)(read.cohorts.len(), read.people()),
        projects: read.blocks(visitor),
    });
    Ok(ProgramsPage {
        shell: shell::of(visitor, app.mode(), app.now(), t.programs.title, Place::Programs),
        companies: blocks.collect(),
        manages: manages(visitor),
        filters: shelves("/programs", shelf, t),
        paging: Paging { newer: (!asked.after.is_empty()).then(|| "/programs".to_owned()), older },
        typed,
    })
}

/// The projects and cohorts of a company, and how they stand.
struct Read {
    projects: Vec<Project>,
    cohorts: Vec<Cohort>,
    standings: HashMap<CohortId, Standing>,
}

impl Read {
    fn of_company(tx: &mut Tx, by: &Actor, id: CompanyId, shelf: Shelf) -> model::Result<Read> {
        let projects = company::projects(tx, by, Some(id), None, SHOWN_MAX)?;
        Read::with(tx, by, projects, &Cohorts { company: Some(id), shelf: Some(shelf), ..Cohorts::default() })
    }

    fn of_project(tx: &mut Tx, by: &Actor, project: Project, shelf: Shelf) -> model::Result<Read> {
        let wanted = Cohorts { project: Some(project.id), shelf: Some(shelf), ..Cohorts::default() };
        Read::with(tx, by, vec![project], &wanted)
    }

    fn with(tx: &mut Tx, by: &Actor, projects: Vec<Project>, wanted: &Cohorts) -> model::Result<Read> {
        let cohorts = company::cohorts(tx, by, wanted, SHOWN_MAX)?;
        let ids: Vec<CohortId> = cohorts.iter().map(|cohort| cohort.id).collect();
        Ok(Read { projects, cohorts, standings: company::standings(tx, &ids)? })
    }

    fn people(&self) -> u32 {
        self.cohorts
            .iter()
            .filter_map(|cohort| self.standings.get(&cohort.id))
            .map(|standing| standing.people)
            .sum()
    }

    fn blocks(&self, visitor: &Visitor) -> Vec<ProjectBlock> {
        let t = visitor.texts();
        let block = |project: &Project| ProjectBlock {
            name: project.name.clone(),
            href: format!("/projects/{}", project.id),
            disclosure: match project.disclosure {
                Disclosure::Names => t.programs.names,
                Disclosure::Counts => t.programs.counts,
            },
            cohorts: self.rows(visitor, project.id),
        };
        self.projects.iter().map(block).collect()
    }

    fn rows(&self, visitor: &Visitor, project: ProjectId) -> Vec<CohortRow> {
        let t = visitor.texts();
        let clockface = visitor.clockface().in_zone(&visitor.organisation.zone);
        let row = |cohort: &Cohort| {
            let standing = self.standings.get(&cohort.id).copied().unwrap_or_default();
            let counts = [
                (Status::Unbooked, standing.unbooked),
                (Status::Booked, standing.booked),
                (Status::Completed, standing.completed),
                (Status::Missed, standing.missed),
            ];
            CohortRow {
                name: cohort.name.clone(),
                href: format!("/cohorts/{}", cohort.id),
                edit: manages(visitor).then(|| format!("/cohorts/{}/edit", cohort.id)),
                pathway: cohort.pathway_name.clone(),
                starts: (t.programs.starts)(&clockface.date(cohort.starts_at)),
                people: (t.programs.people_count)(standing.people),
                counts: counts.into_iter().filter(|(_, count)| *count > 0).collect(),
                archived: cohort.archived_at.is_some(),
            }
        };
        let mut cohorts: Vec<&Cohort> =
            self.cohorts.iter().filter(|cohort| cohort.project == project).collect();
        cohorts.sort_by_key(|cohort| (cohort.archived_at.is_some(), cohort.starts_at));
        cohorts.into_iter().map(row).collect()
    }
}

/// What came of a form.
enum Done {
    /// It was taken, and leads on.
    Led(Response),
    /// It does not fit, and comes back with what was typed and what is wrong with it.
    Again(Typed),
}

/// Runs a verb once with what a form says.
async fn act(
    app: &App,
    visitor: &Visitor,
    (name, form): (&'static str, Form),
    verb: impl Fn(&mut Tx, &Fields) -> model::Result<Kept> + Send + 'static,
) -> Result<Done, Failure> {
    let (fields, key) = (form.fields.clone(), form.key);
    let outcome = app.write(move |tx| idempotency::once(tx, key.as_ref(), |tx| verb(tx, &fields))).await;
    match outcome {
        Ok(answer) => Ok(Done::Led(led(app, &answer))),
        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            Ok(Done::Again(typed_of(name, &form.fields, errors)))
        }
        Err(error) => Err(error.into()),
    }
}

/// A page once more, with a form that does not fit.
fn again(same: &impl Template) -> Answer {
    page_again(StatusCode::UNPROCESSABLE_ENTITY, same)
}

/// `POST /companies`
pub async fn add_company(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let by = visitor.actor();
    let verb = move |tx: &mut Tx, fields: &Fields| {
        let name = named_so(fields)?;
        let id = company::add_company(tx, &by, &name)?;
        Ok(lead_to(&format!("/companies/{id}"), "company_added"))
    };
    match act(&app, &visitor, ("company", form), verb).await? {
        Done::Led(response) => Ok(response),
        Done::Again(typed) => again(&list(&app.reading(), &visitor, &Asked::default(), typed).await?),
    }
}

fn named_so(fields: &Fields) -> Result<String, Refusal> {
    name_of(fields.get("name")).map_err(|problem| Refusal::invalid("name", problem))
}

fn disclosure_of(fields: &Fields) -> Result<Disclosure, Refusal> {
    Disclosure::from_code(fields.get("disclosure"))
        .ok_or_else(|| Refusal::invalid("disclosure", Problem::NotAChoice))
}

/// `GET /companies/{company}`
pub async fn company(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&company_page(&app, &visitor, id_of(&id)?, asked.shelf(), Typed::default()).await?)
}

async fn company_page(
    app: &Reading,
    visitor: &Visitor,
    id: CompanyId,
    shelf: Shelf,
    typed: Typed,
) -> Result<CompanyPage, Failure> {
    let by = visitor.actor();
    let (found, read, (leads, sponsors), has_pool) = app
        .read(move |tx| {
            let found = company::company(tx, &by, id)?;
            let read = Read::of_company(tx, &by, id, shelf)?;
            let has_pool = pool::may_at(tx, &by, Led::Company(id)).is_ok();
            Ok((found, read, (lead::of(tx, Led::Company(id))?, lead::sponsors(tx, id)?), has_pool))
        })
        .await?;
    let t = visitor.texts();
    let clockface = visitor.clockface();
    let sponsor = |one: &lead::Sponsor| PersonLine {
        name: one.name.clone(),
        line: format!("{} · {}", one.mail, (t.programs.since)(&clockface.date(one.since))),
        removal: format!("/companies/{id}/sponsors/{}/removal", one.person),
    };
    Ok(CompanyPage {
        shell: shell::of(visitor, app.mode(), app.now(), &found.name, Place::Programs),
        base: format!("/companies/{id}"),
        filters: shelves(&format!("/companies/{id}"), shelf, t),
        projects: read.blocks(visitor),
        name: found.name,
        manages: manages(visitor),
        has_pool,
        leads: lead_lines(visitor, &leads),
        sponsors: sponsors.iter().map(sponsor).collect(),
        typed,
    })
}

fn lead_lines(visitor: &Visitor, leads: &[Lead]) -> Vec<PersonLine> {
    let (t, clockface) = (visitor.texts(), visitor.clockface());
    let line = |one: &Lead| PersonLine {
        name: one.name.clone(),
        line: format!("{} · {}", one.mail, (t.programs.since)(&clockface.date(one.since))),
        removal: format!("/leads/{}/removal", one.id),
    };
    leads.iter().map(line).collect()
}

/// Runs a verb on a company; its page comes back with the form that does not fit.
async fn on_company(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: (&'static str, Form),
    verb: impl Fn(&mut Tx, &Actor, CompanyId, &Fields) -> model::Result<Kept> + Send + 'static,
) -> Answer {
    let (by, id) = (visitor.actor(), id_of::<CompanyId>(id)?);
    let verb = move |tx: &mut Tx, fields: &Fields| {
        company::company(tx, &by, id)?;
        verb(tx, &by, id, fields)
    };
    match act(app, visitor, form, verb).await? {
        Done::Led(response) => Ok(response),
        Done::Again(typed) => again(&company_page(&app.reading(), visitor, id, Shelf::InUse, typed).await?),
    }
}

/// `POST /companies/{company}`
pub async fn rename_company(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    on_company(&app, &visitor, &id, ("company", form), |tx, by, id, fields| {
        company::rename_company(tx, by, id, &named_so(fields)?)?;
        Ok(lead_to(&format!("/companies/{id}"), "company_saved"))
    })
    .await
}

/// `POST /companies/{company}/projects`
pub async fn add_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    on_company(&app, &visitor, &id, ("project", form), |tx, by, id, fields| {
        let name = named_so(fields)?;
        let project = company::add_project(tx, by, id, &name, disclosure_of(fields)?)?;
        Ok(lead_to(&format!("/projects/{project}"), "project_added"))
    })
    .await
}

/// Makes whoever a form names the lead of something.
fn give_lead(tx: &mut Tx, by: &Actor, to: Led, fields: &Fields) -> model::Result<()> {
    let mut checks = Checks::default();
    let who = named(&mut checks, fields.get("mail"), fields.get("name"));
    checks.done()?;
    let who = who.ok_or(Refusal::NotFound)?;
    lead::appoint(tx, by, to, &who).map(drop)
}

/// `POST /companies/{company}/leads`
pub async fn lead_company(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    on_company(&app, &visitor, &id, ("lead", form), |tx, by, id, fields| {
        give_lead(tx, by, Led::Company(id), fields)?;
        Ok(lead_to(&format!("/companies/{id}"), "lead_added"))
    })
    .await
}

/// `POST /companies/{company}/sponsors`
pub async fn add_sponsor(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    on_company(&app, &visitor, &id, ("sponsor", form), |tx, by, id, fields| {
        let mut checks = Checks::default();
        let who = named(&mut checks, fields.get("mail"), fields.get("name"));
        checks.done()?;
        lead::add_sponsor(tx, by, id, &who.ok_or(Refusal::NotFound)?)?;
        Ok(lead_to(&format!("/companies/{id}"), "sponsor_added"))
    })
    .await
}

/// `POST /companies/{company}/sponsors/{person}/removal`
pub async fn remove_sponsor(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, person)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (by, id, person) = (visitor.actor(), id_of::<CompanyId>(&id)?, id_of::<PersonId>(&person)?);
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                person::get(tx, person)?;
                lead::remove_sponsor(tx, &by, id, person)?;
                Ok(lead_to(&format!("/companies/{id}"), "sponsor_removed"))
            })
        })
        .await?;
    Ok(led(&app, &answer))
}

/// `POST /leads/{lead}/removal`
pub async fn dismiss(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let (by, id) = (visitor.actor(), id_of::<LeadId>(&id)?);
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                let page = match lead::dismiss(tx, &by, id)?.led {
                    Led::Company(id) => format!("/companies/{id}"),
                    Led::Project(id) => format!("/projects/{id}"),
                    Led::Cohort(id) => format!("/cohorts/{id}/edit"),
                };
                Ok(lead_to(&page, "lead_removed"))
            })
        })
        .await?;
    Ok(led(&app, &answer))
}

/// `GET /projects/{project}`
pub async fn project(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&project_page(&app, &visitor, id_of(&id)?, asked.shelf(), Typed::default()).await?)
}

async fn project_page(
    app: &Reading,
    visitor: &Visitor,
    id: ProjectId,
    shelf: Shelf,
    typed: Typed,
) -> Result<ProjectPage, Failure> {
    let (by, manages) = (visitor.actor(), manages(visitor));
    let (found, read, (leads, pathways), has_pool) = app
        .read(move |tx| {
            let found = company::project(tx, &by, id)?;
            let read = Read::of_project(tx, &by, found.clone(), shelf)?;
            let pathways = if manages { pathway::pathways(tx, &by)? } else { Vec::new() };
            let has_pool = pool::may_at(tx, &by, Led::Project(id)).is_ok();
            Ok((found, read, (lead::of(tx, Led::Project(id))?, pathways), has_pool))
        })
        .await?;
    let chosen = typed.value("cohort", "pathway").to_owned();
    Ok(ProjectPage {
        shell: shell::of(visitor, app.mode(), app.now(), &found.name, Place::Programs),
        base: format!("/projects/{id}"),
        filters: shelves(&format!("/projects/{id}"), shelf, visitor.texts()),
        cohorts: read.rows(visitor, id),
        company: (found.company_name, format!("/companies/{}", found.company)),
        name: found.name,
        disclosure: found.disclosure.code(),
        manages,
        has_pool,
        leads: lead_lines(visitor, &leads),
        pathways: pathways.iter().map(|one| Choice::new(one.id.to_string(), &one.name, &chosen)).collect(),
        typed,
    })
}

/// Runs a verb on a project; its page comes back with the form that does not fit.
async fn on_project(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: (&'static str, Form),
    verb: impl Fn(&mut Tx, &Actor, ProjectId, &Fields) -> model::Result<Kept> + Send + 'static,
) -> Answer {
    let (by, id) = (visitor.actor(), id_of::<ProjectId>(id)?);
    let verb = move |tx: &mut Tx, fields: &Fields| {
        company::project(tx, &by, id)?;
        verb(tx, &by, id, fields)
    };
    match act(app, visitor, form, verb).await? {
        Done::Led(response) => Ok(response),
        Done::Again(typed) => again(&project_page(&app.reading(), visitor, id, Shelf::InUse, typed).await?),
    }
}

/// `POST /projects/{project}`
pub async fn change_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    on_project(&app, &visitor, &id, ("project", form), |tx, by, id, fields| {
        company::change_project(tx, by, id, &named_so(fields)?, disclosure_of(fields)?)?;
        Ok(lead_to(&format!("/projects/{id}"), "company_saved"))
    })
    .await
}

/// `POST /projects/{project}/cohorts`
pub async fn add_cohort(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let zone = visitor.organisation.zone.clone();
    on_project(&app, &visitor, &id, ("cohort", form), move |tx, by, id, fields| {
        let new = cohort_of(fields, &zone)?;
        let cohort = company::add_cohort(tx, by, id, new.pathway, &new.name, new.starts_at)?;
        Ok(lead_to(&format!("/cohorts/{cohort}"), "cohort_added"))
    })
    .await
}

/// `POST /projects/{project}/leads`
pub async fn lead_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    on_project(&app, &visitor, &id, ("lead", form), |tx, by, id, fields| {
        give_lead(tx, by, Led::Project(id), fields)?;
        Ok(lead_to(&format!("/projects/{id}"), "lead_added"))
    })
    .await
}

/// What a form says of a cohort.
fn cohort_of(fields: &Fields, zone: &rules::time::Zone) -> Result<CohortChange, Refusal> {
    let mut checks = Checks::default();
    let name = checks.take("name", name_of(fields.get("name")));
    let starts_at = checks.take("starts_on", day_from(fields.get("starts_on"), zone));
    let pathway =
        checks.take("pathway", fields.get("pathway").parse::<PathwayId>().map_err(|_| Problem::NotAChoice));
    checks.done()?;
    match (name, starts_at, pathway) {
        (Some(name), Some(starts_at), Some(pathway)) => Ok(CohortChange { name, starts_at, pathway }),
        _ => unreachable!("what is missing was noted"),
    }
}

/// `GET /cohorts/{cohort}/edit`
pub async fn cohort(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    page(&cohort_page(&app, &visitor, id_of(&id)?, Typed::default()).await?)
}

async fn cohort_page(
    app: &Reading,
    visitor: &Visitor,
    id: CohortId,
    typed: Typed,
) -> Result<CohortPage, Failure> {
    let by = visitor.actor();
    let (found, begun, booked, leads, pathways) = app
        .read(move |tx| {
            let found = company::cohort(tx, &by, id)?;
            let begun = company::has_begun(tx, id)?;
            let booked = company::still_booked(tx, &by, id)?;
            Ok((found, begun, booked, lead::of(tx, Led::Cohort(id))?, pathway::pathways(tx, &by)?))
        })
        .await?;
    let t = visitor.texts();
    let (clockface, now) = (visitor.clockface(), app.now());
    let (count, first) = booked;
    let current = found.pathway.to_string();
    let pathways = if begun {
        vec![Choice::new(&current, &found.pathway_name, &current)]
    } else {
        pathways.iter().map(|one| Choice::new(one.id.to_string(), &one.name, &current)).collect()
    };
    Ok(CohortPage {
        shell: shell::of(visitor, app.mode(), now, t.programs.edit_heading, Place::Programs),
        base: format!("/cohorts/{id}"),
        starts_on: day_of(found.starts_at, &visitor.organisation.zone).to_string(),
        project: (found.project_name, format!("/projects/{}", found.project)),
        name: found.name,
        pathways,
        begun,
        archived: found.archived_at.is_some(),
        booked: if count > 0 { (t.programs.still_booked)(count) } else { String::new() },
        booked_first: first
            .iter()
            .map(|one| Fact::new(clockface.near(one.starts_at, now), still_with(&one.with, t)))
            .collect(),
        leads: lead_lines(visitor, &leads),
        typed,
    })
}

fn still_with(with: &StillWith, t: &Texts) -> String {
    match with {
        StillWith::Client(name) => name.clone(),
        StillWith::Pod { name, members } => (t.programs.still_pod)(name, *members),
    }
}

/// Runs a verb on a cohort; its page comes back with the form that does not fit.
async fn on_cohort(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: (&'static str, Form),
    verb: impl Fn(&mut Tx, &Actor, CohortId, &Fields) -> model::Result<Kept> + Send + 'static,
) -> Answer {
    let (by, id) = (visitor.actor(), id_of::<CohortId>(id)?);
    let verb = move |tx: &mut Tx, fields: &Fields| {
        company::cohort(tx, &by, id)?;
        verb(tx, &by, id, fields)
    };
    match act(app, visitor, form, verb).await? {
        Done::Led(response) => Ok(response),
        Done::Again(typed) => again(&cohort_page(&app.reading(), visitor, id, typed).await?),
    }
}

/// `POST /cohorts/{cohort}/edit`
pub async fn change_cohort(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let zone = visitor.organisation.zone.clone();
    on_cohort(&app, &visitor, &id, ("cohort", form), move |tx, by, id, fields| {
        company::change_cohort(tx, by, id, &cohort_of(fields, &zone)?)?;
        Ok(lead_to(&format!("/cohorts/{id}/edit"), "company_saved"))
    })
    .await
}

/// `POST /cohorts/{cohort}/leads`
pub async fn lead_cohort(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    on_cohort(&app, &visitor, &id, ("lead", form), |tx, by, id, fields| {
        give_lead(tx, by, Led::Cohort(id), fields)?;
        Ok(lead_to(&format!("/cohorts/{id}/edit"), "lead_added"))
    })
    .await
}

/// `POST /cohorts/{cohort}/archive`
pub async fn archive(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    on_cohort(&app, &visitor, &id, ("archive", form), |tx, by, id, _| {
        company::archive_cohort(tx, by, id)?;
        Ok(lead_to(&format!("/cohorts/{id}/edit"), "cohort_archived"))
    })
    .await
}

/// `POST /cohorts/{cohort}/archive/removal`
pub async fn restore(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    on_cohort(&app, &visitor, &id, ("archive", form), |tx, by, id, _| {
        company::restore_cohort(tx, by, id)?;
        Ok(lead_to(&format!("/cohorts/{id}/edit"), "cohort_restored"))
    })
    .await
}
