//! Companies, their projects, and the cohorts of these. Who is in a cohort is [`super::participant`]'s matter.

use rules::ids::{CohortId, CompanyId, PathwayId, ProjectId};
use rules::permission::{Action, What};
use rules::person::fold;
use rules::time::Instant;
use serde_json::json;

use super::{kind, must_exist, record, unless_taken};
use crate::event::Actor;
use crate::{Result, Tx, args};

/// What a paying company sees of its people (rule N5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// Each one by name.
    Names,
    /// Counts alone.
    Counts,
}

impl Disclosure {
    /// Its name in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Disclosure::Names => "names",
            Disclosure::Counts => "counts",
        }
    }
}

/// Makes a company.
pub fn add_company(tx: &mut Tx, by: &Actor, name: &str) -> Result<CompanyId> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    let id: CompanyId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO company (id, name, folded_name, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![id, name, fold(name), now],
    )?;
    unless_taken(made, "name")?;
    record(tx, by, kind::COMPANY_ADDED, id, &json!({}))?;
    Ok(id)
}

/// Makes a company's project.
pub fn add_project(
    tx: &mut Tx,
    by: &Actor,
    company: CompanyId,
    name: &str,
    disclosure: Disclosure,
) -> Result<ProjectId> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    must_exist(tx, "SELECT 1 FROM company WHERE id = $1", company)?;
    let id: ProjectId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO project (id, company_id, name, disclosure, made_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        args![id, company, name, disclosure.code(), now],
    )?;
    unless_taken(made, "name")?;
    let facts = json!({ "company": company.to_string(), "disclosure": disclosure.code() });
    record(tx, by, kind::PROJECT_ADDED, id, &facts)?;
    Ok(id)
}

/// Makes a cohort, which follows a pathway.
pub fn add_cohort(
    tx: &mut Tx,
    by: &Actor,
    project: ProjectId,
    pathway: PathwayId,
    name: &str,
    starts_at: Instant,
) -> Result<CohortId> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    must_exist(tx, "SELECT 1 FROM project WHERE id = $1", project)?;
    must_exist(tx, "SELECT 1 FROM pathway WHERE id = $1", pathway)?;
    let id: CohortId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO cohort (id, project_id, pathway_id, name, starts_at, made_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        args![id, project, pathway, name, starts_at, now],
    )?;
    unless_taken(made, "name")?;
    let facts = json!({ "project": project.to_string(), "pathway": pathway.to_string() });
    record(tx, by, kind::COHORT_ADDED, id, &facts)?;
    Ok(id)
}
