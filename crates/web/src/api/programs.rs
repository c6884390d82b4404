//! Companies, their projects, and the cohorts of these.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use model::Tx;
use model::event::Actor;
use model::program::NAME_MAX_CHARS;
use model::program::company::{
    self, Cohort as Group, CohortChange as GroupChange, Cohorts, Company as Customer, Disclosure,
    Project as Undertaking, Standing as Counts,
};
use rules::ids::{CohortId, CompanyId, PathwayId, ProjectId};
use rules::person::fold;
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, CohortRef, CompanyRef, DisclosureCode, IdOf, List, PathwayRef, ProjectRef, Time};
use super::{Answer, Nothing, cursor, filter, id, key, keys, limit, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite, text};
use crate::visitor::Visitor;

/// A paying company.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Company {
    id: CompanyRef,
    name: String,
    /// Since when it is a customer.
    made_at: Time,
}

impl Company {
    fn of(company: &Customer, zone: &Zone) -> Company {
        Company { id: IdOf(company.id), name: company.name.clone(), made_at: Time::of(company.made_at, zone) }
    }
}

/// A company's project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    id: ProjectRef,
    name: String,
    company: CompanyRef,
    company_name: String,
    /// What the company's sponsors see: people by name, or counts alone.
    disclosure: DisclosureCode,
    made_at: Time,
}

impl Project {
    fn of(project: &Undertaking, zone: &Zone) -> Project {
        Project {
            id: IdOf(project.id),
            name: project.name.clone(),
            company: IdOf(project.company),
            company_name: project.company_name.clone(),
            disclosure: CodeOf(project.disclosure),
            made_at: Time::of(project.made_at, zone),
        }
    }
}

/// A group that begins together.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    id: CohortRef,
    name: String,
    project: ProjectRef,
    project_name: String,
    company: CompanyRef,
    company_name: String,
    /// What its participants follow.
    pathway: PathwayRef,
    pathway_name: String,
    /// The first day, in the organisation's zone.
    #[schema(format = Date)]
    starts_on: String,
    /// Since when it is put away; null if it is not.
    #[schema(required)]
    archived_at: Option<Time>,
    standing: Standing,
}

/// How a cohort stands: people and the sessions of their journeys, by status. Tests, people put away and what is greyed
/// out are in no count.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    people: u32,
    unbooked: u32,
    booked: u32,
    completed: u32,
    missed: u32,
}

impl Cohort {
    fn of(cohort: &Group, counts: Counts, zone: &Zone, organisation: &Zone) -> Cohort {
        let Counts { people, unbooked, booked, completed, missed } = counts;
        Cohort {
            id: IdOf(cohort.id),
            name: cohort.name.clone(),
            project: IdOf(cohort.project),
            project_name: cohort.project_name.clone(),
            company: IdOf(cohort.company),
            company_name: cohort.company_name.clone(),
            pathway: IdOf(cohort.pathway),
            pathway_name: cohort.pathway_name.clone(),
            starts_on: day_of(cohort.starts_at, organisation).to_string(),
            archived_at: cohort.archived_at.map(|at| Time::of(at, zone)),
            standing: Standing { people, unbooked, booked, completed, missed },
        }
    }

    fn read(
        tx: &mut Tx,
        by: &Actor,
        id: CohortId,
        zone: &Zone,
        organisation: &Zone,
    ) -> model::Result<Cohort> {
        let cohort = company::cohort(tx, by, id)?;
        let counts = company::standings(tx, &[id])?.remove(&id).unwrap_or_default();
        Ok(Cohort::of(&cohort, counts, zone, organisation))
    }
}

/// The day of a moment, in a zone.
pub(crate) fn day_of(at: Instant, zone: &Zone) -> Date {
    at.to_zoned(zone.tz()).date()
}

/// The first moment of a day that somebody wrote, in a zone.
pub(crate) fn day_from(text: &str, zone: &Zone) -> Result<Instant, Problem> {
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    let day: Date = text.parse().map_err(|_| Problem::NotADate)?;
    let start = day.to_zoned(zone.tz().clone()).map_err(|_| Problem::NotADate)?;
    Ok(Instant::from_timestamp(start.timestamp()))
}

/// A name of something in a program.
pub(crate) fn name_of(typed: &str) -> Result<String, Problem> {
    text(typed.trim(), 1, NAME_MAX_CHARS)
}

/// A company to be, or its new name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyName {
    /// No other company has it.
    #[serde(default)]
    #[schema(required)]
    name: String,
}

/// A project to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    #[serde(default)]
    #[schema(required, value_type = CompanyRef)]
    company: String,
    #[serde(default)]
    #[schema(required)]
    name: String,
    /// What the company's sponsors see.
    #[serde(default)]
    #[schema(required, value_type = DisclosureCode)]
    disclosure: String,
}

/// What becomes of a project. What is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectChange {
    name: Option<String>,
    #[schema(value_type = Option<DisclosureCode>)]
    disclosure: Option<String>,
}

/// A cohort to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCohort {
    #[serde(default)]
    #[schema(required, value_type = ProjectRef)]
    project: String,
    #[serde(default)]
    #[schema(required, value_type = PathwayRef)]
    pathway: String,
    #[serde(default)]
    #[schema(required)]
    name: String,
    /// The first day, in the organisation's zone.
    #[serde(default)]
    #[schema(required, format = Date)]
    starts_on: String,
}

/// What becomes of a cohort. What is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CohortChange {
    name: Option<String>,
    #[schema(format = Date)]
    starts_on: Option<String>,
    /// Another one only as long as nobody's journey has begun.
    #[schema(value_type = Option<PathwayRef>)]
    pathway: Option<String>,
}

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    company: String,
    project: String,
    cursor: String,
    limit: String,
}

/// The query of the list of companies.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Page {
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/companies", "Companies by name").paged().answers::<List<Company>>(),
        Operation::post("/companies", "Add a company").takes::<CompanyName>().made::<Company>(),
        Operation::get("/companies/{company}", "One company").answers::<Company>(),
        Operation::patch("/companies/{company}", "Rename a company")
            .takes::<CompanyName>()
            .answers::<Company>(),
        Operation::get("/projects", "Projects, the oldest first")
            .query_id::<CompanyId>("company", "Only this company's.")
            .paged()
            .answers::<List<Project>>(),
        Operation::post("/projects", "Add a project to a company").takes::<NewProject>().made::<Project>(),
        Operation::get("/projects/{project}", "One project").answers::<Project>(),
        Operation::patch("/projects/{project}", "Change a project")
            .takes::<ProjectChange>()
            .answers::<Project>(),
        Operation::get("/cohorts", "Cohorts, the oldest first, and how they stand")
            .query_id::<CompanyId>("company", "Only this company's.")
            .query_id::<ProjectId>("project", "Only this project's.")
            .paged()
            .answers::<List<Cohort>>(),
        Operation::post("/cohorts", "Add a cohort to a project").takes::<NewCohort>().made::<Cohort>(),
        Operation::get("/cohorts/{cohort}", "One cohort").answers::<Cohort>(),
        Operation::patch("/cohorts/{cohort}", "Change a cohort")
            .takes::<CohortChange>()
            .answers::<Cohort>()
            .conflicts("It is put away."),
        Operation::post("/cohorts/{cohort}/archive", "Put a cohort away")
            .answers::<Cohort>()
            .about("What is booked stays booked."),
        Operation::delete("/cohorts/{cohort}/archive", "Bring a cohort back").answers::<Cohort>(),
    ]
}

/// `GET /api/v1/companies`
pub async fn companies(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Page>) -> Answer {
    let mut checks = Checks::default();
    let after = keys(&mut checks, &wanted.cursor).and_then(|[name, id]: [String; 2]| {
        checks.take("cursor", id.parse().map(|id| (name, id)).map_err(|_| Problem::NotACursor))
    });
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let found = app.read(move |tx| company::companies(tx, &by, after.as_ref(), limit + 1)).await?;
    let cursor_of = |last: &Customer| cursor([fold(&last.name), last.id.to_string()]);
    shown(List::of(found, limit, cursor_of, |company| Company::of(company, &zone)))
}

/// `GET /api/v1/companies/{company}`
pub async fn company(State(app): State<Reading>, visitor: Visitor, Path(company): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&company)?);
    let found = app.read(move |tx| company::company(tx, &by, id)).await?;
    shown(Company::of(&found, &zone))
}

/// `POST /api/v1/companies`
pub async fn add_company(State(app): State<App>, visitor: Visitor, write: JsonWrite<CompanyName>) -> Answer {
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let name = name_of(&write.body.name).map_err(|problem| Refusal::invalid("name", problem))?;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let id = company::add_company(tx, &by, &name)?;
        Ok(Company::of(&company::company(tx, &by, id)?, &zone))
    })
    .await
}

/// `PATCH /api/v1/companies/{company}`
pub async fn rename_company(
    State(app): State<App>,
    visitor: Visitor,
    Path(company): Path<String>,
    write: JsonWrite<CompanyName>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&company)?);
    let typed = write.body.name;
    once(&app, write.key, StatusCode::OK, move |tx| {
        company::company(tx, &by, id)?;
        let name = name_of(&typed).map_err(|problem| Refusal::invalid("name", problem))?;
        company::rename_company(tx, &by, id, &name)?;
        Ok(Company::of(&company::company(tx, &by, id)?, &zone))
    })
    .await
}

/// `GET /api/v1/projects`
pub async fn projects(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let company = filter(&mut checks, "company", &wanted.company, Problem::NotAnId);
    if !wanted.project.is_empty() {
        checks.note("project", Problem::Unknown);
    }
    let after = key(&mut checks, &wanted.cursor);
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let found = app.read(move |tx| company::projects(tx, &by, company, after, limit + 1)).await?;
    let cursor_of = |last: &Undertaking| cursor([last.id.to_string()]);
    shown(List::of(found, limit, cursor_of, |project| Project::of(project, &zone)))
}

/// `GET /api/v1/projects/{project}`
pub async fn project(State(app): State<Reading>, visitor: Visitor, Path(project): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&project)?);
    let found = app.read(move |tx| company::project(tx, &by, id)).await?;
    shown(Project::of(&found, &zone))
}

fn disclosure_of(code: &str) -> Result<Disclosure, Problem> {
    Disclosure::from_code(code).ok_or(if code.is_empty() { Problem::Missing } else { Problem::NotAChoice })
}

/// An id in a body.
pub(super) fn id_in<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| if text.is_empty() { Problem::Missing } else { Problem::NotAnId })
}

/// `POST /api/v1/projects`
pub async fn add_project(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewProject>) -> Answer {
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let mut checks = Checks::default();
    let customer = checks.take("company", id_in::<CompanyId>(&write.body.company));
    let name = checks.take("name", name_of(&write.body.name));
    let disclosure = checks.take("disclosure", disclosure_of(&write.body.disclosure));
    checks.done()?;
    let (Some(customer), Some(name), Some(disclosure)) = (customer, name, disclosure) else {
        unreachable!("what is missing was noted")
    };
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let id = company::add_project(tx, &by, customer, &name, disclosure)
            .map_err(|error| no_choice(error, "company"))?;
        Ok(Project::of(&company::project(tx, &by, id)?, &zone))
    })
    .await
}

/// What a body names and is not there is no choice; the address itself is.
pub(super) fn no_choice(error: model::Error, field: &'static str) -> model::Error {
    match error {
        model::Error::Refused(Refusal::NotFound) => Refusal::invalid(field, Problem::NotAChoice).into(),
        error => error,
    }
}

/// `PATCH /api/v1/projects/{project}`
pub async fn change_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(project): Path<String>,
    write: JsonWrite<ProjectChange>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&project)?);
    let mut checks = Checks::default();
    let name = checks.some("name", write.body.name.as_deref(), name_of);
    let disclosure = checks.some("disclosure", write.body.disclosure.as_deref(), disclosure_of);
    checks.done()?;
    once(&app, write.key, StatusCode::OK, move |tx| {
        let old = company::project(tx, &by, id)?;
        let name = name.as_deref().unwrap_or(&old.name);
        company::change_project(tx, &by, id, name, disclosure.unwrap_or(old.disclosure))?;
        Ok(Project::of(&company::project(tx, &by, id)?, &zone))
    })
    .await
}

/// `GET /api/v1/cohorts`
pub async fn cohorts(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let asked = Cohorts {
        company: filter(&mut checks, "company", &wanted.company, Problem::NotAnId),
        project: filter(&mut checks, "project", &wanted.project, Problem::NotAnId),
        pathway: None,
        shelf: None,
        after: key(&mut checks, &wanted.cursor),
    };
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let (by, zone, organisation) = (visitor.actor(), zone_of(&visitor), visitor.organisation.zone.clone());
    let (found, standings) = app
        .read(move |tx| {
            let found = company::cohorts(tx, &by, &asked, limit + 1)?;
            let ids: Vec<CohortId> = found.iter().map(|cohort| cohort.id).collect();
            let standings = company::standings(tx, &ids)?;
            Ok((found, standings))
        })
        .await?;
    let cursor_of = |last: &Group| cursor([last.id.to_string()]);
    shown(List::of(found, limit, cursor_of, |cohort| {
        let counts = standings.get(&cohort.id).copied().unwrap_or_default();
        Cohort::of(cohort, counts, &zone, &organisation)
    }))
}

/// `GET /api/v1/cohorts/{cohort}`
pub async fn cohort(State(app): State<Reading>, visitor: Visitor, Path(cohort): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&cohort)?);
    let organisation = visitor.organisation.zone.clone();
    shown(app.read(move |tx| Cohort::read(tx, &by, id, &zone, &organisation)).await?)
}

/// `POST /api/v1/cohorts`
pub async fn add_cohort(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewCohort>) -> Answer {
    let (by, zone, organisation) = (visitor.actor(), zone_of(&visitor), visitor.organisation.zone.clone());
    let mut checks = Checks::default();
    let project = checks.take("project", id_in::<ProjectId>(&write.body.project));
    let pathway = checks.take("pathway", id_in::<PathwayId>(&write.body.pathway));
    let name = checks.take("name", name_of(&write.body.name));
    let starts_at = checks.take("starts_on", day_from(&write.body.starts_on, &organisation));
    checks.done()?;
    let (Some(project), Some(pathway), Some(name), Some(starts_at)) = (project, pathway, name, starts_at)
    else {
        unreachable!("what is missing was noted")
    };
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        company::project(tx, &by, project).map_err(|error| no_choice(error, "project"))?;
        let id = company::add_cohort(tx, &by, project, pathway, &name, starts_at)
            .map_err(|error| no_choice(error, "pathway"))?;
        Cohort::read(tx, &by, id, &zone, &organisation)
    })
    .await
}

/// `PATCH /api/v1/cohorts/{cohort}`
pub async fn change_cohort(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    write: JsonWrite<CohortChange>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&cohort)?);
    let organisation = visitor.organisation.zone.clone();
    let mut checks = Checks::default();
    let name = checks.some("name", write.body.name.as_deref(), name_of);
    let starts_at =
        checks.some("starts_on", write.body.starts_on.as_deref(), |day| day_from(day, &organisation));
    let pathway = checks.some("pathway", write.body.pathway.as_deref(), id_in::<PathwayId>);
    checks.done()?;
    once(&app, write.key, StatusCode::OK, move |tx| {
        let old = company::cohort(tx, &by, id)?;
        let new = GroupChange {
            name: name.clone().unwrap_or(old.name),
            starts_at: starts_at.unwrap_or(old.starts_at),
            pathway: pathway.unwrap_or(old.pathway),
        };
        company::change_cohort(tx, &by, id, &new)?;
        Cohort::read(tx, &by, id, &zone, &organisation)
    })
    .await
}

/// `POST /api/v1/cohorts/{cohort}/archive`
pub async fn archive_cohort(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    put_away(&app, &visitor, &cohort, write, company::archive_cohort).await
}

/// `DELETE /api/v1/cohorts/{cohort}/archive`
pub async fn restore_cohort(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    put_away(&app, &visitor, &cohort, write, company::restore_cohort).await
}

async fn put_away(
    app: &App,
    visitor: &Visitor,
    cohort: &str,
    write: JsonWrite<Nothing>,
    verb: fn(&mut Tx, &Actor, CohortId) -> model::Result<()>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(visitor), id(cohort)?);
    let organisation = visitor.organisation.zone.clone();
    once(app, write.key, StatusCode::OK, move |tx| {
        verb(tx, &by, id)?;
        Cohort::read(tx, &by, id, &zone, &organisation)
    })
    .await
}
