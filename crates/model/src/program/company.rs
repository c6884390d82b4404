//! Companies, their projects, and the cohorts of these. Who is in a cohort is [`super::participant`]'s matter, who leads
//! it [`super::lead`]'s.

use std::collections::HashMap;

use rules::attendance::Status;
pub use rules::disclosure::Disclosure;
use rules::ids::{CohortId, CompanyId, PathwayId, ProjectId, SessionId};
use rules::inactivity::may_begin;
use rules::permission::{Action, What};
use rules::person::fold;
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::json;

use super::pathway::Shelf;
use super::{kind, may_in, must_exist, record, unless_taken};
use crate::db::build::Query;
use crate::event::Actor;
use crate::session::STATUS_SQL;
use crate::{Result, Row, Tx, args, reach};

/// How many booked sessions are listed before a cohort is put away.
const BOOKED_LISTED_MAX: i64 = 20;

/// A paying company.
#[derive(Clone, Debug)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Since when it is a customer.
    pub made_at: Instant,
}

/// A company's project.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What its sponsors see.
    pub disclosure: Disclosure,
    /// Whose.
    pub company: CompanyId,
    /// The company's name.
    pub company_name: String,
    /// Since when there is this project.
    pub made_at: Instant,
}

/// A group that begins together.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// Its id.
    pub id: CohortId,
    /// Its name.
    pub name: String,
    /// When it begins.
    pub starts_at: Instant,
    /// Since when it is put away.
    pub archived_at: Option<Instant>,
    /// What it follows.
    pub pathway: PathwayId,
    /// The pathway's name.
    pub pathway_name: String,
    /// Of which project.
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// Of which company.
    pub company: CompanyId,
    /// The company's name.
    pub company_name: String,
}

/// Which of the cohorts are wanted.
#[derive(Clone, Debug, Default)]
pub struct Cohorts {
    /// Only those of this company.
    pub company: Option<CompanyId>,
    /// Only those of this project.
    pub project: Option<ProjectId>,
    /// Only those that follow this pathway.
    pub pathway: Option<PathwayId>,
    /// Only those in use, or only those that were put away.
    pub shelf: Option<Shelf>,
    /// The last one of the page before.
    pub after: Option<CohortId>,
}

/// How a cohort stands, in counts: people whose place is neither put away nor a test, and what counts of their journeys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many people.
    pub people: u32,
    /// Sessions without a time.
    pub unbooked: u32,
    /// Sessions with a time.
    pub booked: u32,
    /// Sessions that were attended.
    pub completed: u32,
    /// Sessions that were missed.
    pub missed: u32,
}

impl Standing {
    /// All sessions that count.
    pub fn sessions(&self) -> u32 {
        self.unbooked + self.booked + self.completed + self.missed
    }

    /// Both together.
    #[must_use]
    pub fn with(self, other: Standing) -> Standing {
        Standing {
            people: self.people + other.people,
            unbooked: self.unbooked + other.unbooked,
            booked: self.booked + other.booked,
            completed: self.completed + other.completed,
            missed: self.missed + other.missed,
        }
    }
}

/// A session that is still ahead when a cohort is put away.
#[derive(Clone, Debug)]
pub struct StillBooked {
    /// Which.
    pub session: SessionId,
    /// When.
    pub starts_at: Instant,
    /// Whom it is with.
    pub with: StillWith,
}

/// Whom a session that is still ahead is with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StillWith {
    /// One client, by name.
    Client(String),
    /// A pod.
    Pod {
        /// What it is called.
        name: String,
        /// How many are in it.
        members: u32,
    },
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

/// Gives a company another name.
pub fn rename_company(tx: &mut Tx, by: &Actor, id: CompanyId, name: &str) -> Result<()> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    let old = company(tx, by, id)?;
    if old.name == name {
        return Ok(());
    }
    let sql = "SELECT 1 FROM company WHERE folded_name = $1 AND id <> $2";
    unless_exists(tx, sql, args![fold(name), id])?;
    tx.exec("UPDATE company SET name = $1, folded_name = $2 WHERE id = $3", args![name, fold(name), id])?;
    record(tx, by, kind::COMPANY_CHANGED, id, &json!({ "name": { "from": old.name, "to": name } }))
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

/// Gives a project another name, or lets its sponsors see more or less (rule N5).
pub fn change_project(
    tx: &mut Tx,
    by: &Actor,
    id: ProjectId,
    name: &str,
    disclosure: Disclosure,
) -> Result<()> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    let old = project(tx, by, id)?;
    if old.name == name && old.disclosure == disclosure {
        return Ok(());
    }
    let sql = "SELECT 1 FROM project WHERE company_id = $1 AND name = $2 AND id <> $3";
    unless_exists(tx, sql, args![old.company, name, id])?;
    tx.exec(
        "UPDATE project SET name = $1, disclosure = $2 WHERE id = $3",
        args![name, disclosure.code(), id],
    )?;
    let facts = json!({
        "name": { "from": old.name, "to": name },
        "disclosure": { "from": old.disclosure.code(), "to": disclosure.code() },
    });
    record(tx, by, kind::PROJECT_CHANGED, id, &facts)
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
    must_exist(tx, CAN_BE_GIVEN, pathway)?;
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

/// A pathway that a cohort can be given.
const CAN_BE_GIVEN: &str =
    "SELECT 1 FROM pathway WHERE id = $1 AND replaced_by IS NULL AND archived_at IS NULL";

/// What becomes of a cohort.
#[derive(Clone, Debug)]
pub struct CohortChange {
    /// Its name.
    pub name: String,
    /// When it begins.
    pub starts_at: Instant,
    /// What it follows: another pathway only as long as nobody's journey has begun.
    pub pathway: PathwayId,
}

/// Changes a cohort.
///
/// # Errors
/// Another pathway is no choice once a journey runs: the template in use is never broken (rule G1). [`Refusal::PutAway`] for
/// a cohort that is.
pub fn change_cohort(tx: &mut Tx, by: &Actor, id: CohortId, new: &CohortChange) -> Result<()> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    let old = cohort(tx, by, id)?;
    // What is put away is read; brought back, it can be changed.
    may_begin(None, old.archived_at)?;
    let taken = "SELECT 1 FROM cohort WHERE project_id = $1 AND name = $2 AND id <> $3";
    unless_exists(tx, taken, args![old.project, &new.name, id])?;
    if new.pathway != old.pathway && (has_begun(tx, id)? || !tx.exists(CAN_BE_GIVEN, args![new.pathway])?) {
        return Err(Refusal::invalid("pathway", Problem::NotAChoice).into());
    }
    tx.exec(
        "UPDATE cohort SET name = $1, starts_at = $2, pathway_id = $3 WHERE id = $4",
        args![&new.name, new.starts_at, new.pathway, id],
    )?;
    let facts = json!({
        "name": { "from": old.name, "to": new.name },
        "starts_at": { "from": old.starts_at.to_string(), "to": new.starts_at.to_string() },
        "pathway": { "from": old.pathway.to_string(), "to": new.pathway.to_string() },
    });
    record(tx, by, kind::COHORT_CHANGED, id, &facts)
}

/// Whether anybody's journey runs in it, or a pod was made for it: then it keeps its pathway.
pub fn has_begun(tx: &mut Tx, id: CohortId) -> Result<bool> {
    tx.exists(
        "SELECT 1 FROM participant t JOIN journey j ON j.participant_id = t.id WHERE t.cohort_id = $1
         UNION ALL SELECT 1 FROM pod WHERE cohort_id = $1",
        args![id],
    )
}

/// Puts a cohort away (rule G8). What is booked stays booked; [`still_booked`] lists it first.
///
/// # Errors
/// Only an admin may.
pub fn archive_cohort(tx: &mut Tx, by: &Actor, id: CohortId) -> Result<()> {
    may_in(tx, by, Action::ArchiveCohort, id)?;
    let now = tx.now();
    let sql = "UPDATE cohort SET archived_at = $1 WHERE id = $2 AND archived_at IS NULL";
    match tx.exec(sql, args![now, id])? {
        0 => by.still_stands(tx),
        _ => record(tx, by, kind::COHORT_ARCHIVED, id, &json!({})),
    }
}

/// Brings it back.
///
/// # Errors
/// As [`archive_cohort`].
pub fn restore_cohort(tx: &mut Tx, by: &Actor, id: CohortId) -> Result<()> {
    may_in(tx, by, Action::ArchiveCohort, id)?;
    let sql = "UPDATE cohort SET archived_at = NULL WHERE id = $1 AND archived_at IS NOT NULL";
    match tx.exec(sql, args![id])? {
        0 => by.still_stands(tx),
        _ => record(tx, by, kind::COHORT_RESTORED, id, &json!({})),
    }
}

/// The sessions of a cohort that are ahead, soonest first, and how many there are.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to see.
pub fn still_booked(tx: &mut Tx, by: &Actor, id: CohortId) -> Result<(i64, Vec<StillBooked>)> {
    may_in(tx, by, Action::SeeCohort, id)?;
    const AHEAD: &str = "FROM participant t JOIN journey j ON j.participant_id = t.id
         JOIN attendance a ON a.journey_id = j.id JOIN session s ON s.id = a.session_id
         JOIN person p ON p.id = t.person_id LEFT JOIN pod o ON o.id = s.pod_id
         WHERE t.cohort_id = $1 AND s.starts_at > $2 AND s.cancelled_at IS NULL AND a.left_at IS NULL
             AND a.outcome IS NULL AND a.greyed_out_at IS NULL";
    let now = tx.now();
    let count = format!("SELECT COUNT(DISTINCT s.id) {AHEAD}");
    let count = tx.one(&count, args![id, now], |row| row.get(0))?;
    let list = format!(
        "SELECT s.id, s.starts_at, MIN(p.name), MIN(o.name), COUNT(*) {AHEAD}
         GROUP BY s.id, s.starts_at ORDER BY s.starts_at, s.id LIMIT $3"
    );
    let listed = tx.all(&list, args![id, now, BOOKED_LISTED_MAX], |row| {
        let with = match row.get(3)? {
            Some(name) => StillWith::Pod { name, members: row.get(4)? },
            None => StillWith::Client(row.get(2)?),
        };
        Ok(StillBooked { session: row.get(0)?, starts_at: row.get(1)?, with })
    })?;
    Ok((count, listed))
}

/// Companies by name, at most `limit`, of those that `by` reaches.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever reaches none.
pub fn companies(
    tx: &mut Tx,
    by: &Actor,
    after: Option<&(String, CompanyId)>,
    limit: u32,
) -> Result<Vec<Company>> {
    let mut query = narrowed_companies(by)?;
    if let Some((name, id)) = after {
        query.and("(m.folded_name > $1 OR (m.folded_name = $1 AND m.id > $2))", args![name, *id]);
    }
    query.push("ORDER BY m.folded_name, m.id LIMIT $1", args![i64::from(limit)]);
    tx.all(query.sql(), query.args(), company_from_row)
}

/// One company.
///
/// # Errors
/// [`Refusal::NotFound`] for one that is not theirs to see.
pub fn company(tx: &mut Tx, by: &Actor, id: CompanyId) -> Result<Company> {
    let mut query = narrowed_companies(by)?;
    query.and("m.id = $1", args![id]);
    tx.opt(query.sql(), query.args(), company_from_row)?.ok_or_else(|| Refusal::NotFound.into())
}

fn narrowed_companies(by: &Actor) -> Result<Query> {
    let reach = reach::somewhere(by, Action::SeeCohort)?;
    let mut query = Query::new("SELECT m.id, m.name, m.made_at FROM company m", args![]);
    query.and("m.archived_at IS NULL", args![]);
    reach::companies(&mut query, by, reach);
    Ok(query)
}

fn company_from_row(row: &Row<'_>) -> Result<Company> {
    Ok(Company { id: row.get(0)?, name: row.get(1)?, made_at: row.get(2)? })
}

/// Projects in the order in which they were made, at most `limit`; of one company if it is named.
///
/// # Errors
/// As [`companies`].
pub fn projects(
    tx: &mut Tx,
    by: &Actor,
    company: Option<CompanyId>,
    after: Option<ProjectId>,
    limit: u32,
) -> Result<Vec<Project>> {
    let mut query = narrowed_projects(by)?;
    query.and_some("j.company_id = $1", company).and_some("j.id > $1", after);
    query.push("ORDER BY j.id LIMIT $1", args![i64::from(limit)]);
    tx.all(query.sql(), query.args(), project_from_row)
}

/// One project.
///
/// # Errors
/// As [`company`].
pub fn project(tx: &mut Tx, by: &Actor, id: ProjectId) -> Result<Project> {
    let mut query = narrowed_projects(by)?;
    query.and("j.id = $1", args![id]);
    tx.opt(query.sql(), query.args(), project_from_row)?.ok_or_else(|| Refusal::NotFound.into())
}

fn narrowed_projects(by: &Actor) -> Result<Query> {
    let reach = reach::somewhere(by, Action::SeeCohort)?;
    let mut query = Query::new(
        "SELECT j.id, j.name, j.disclosure, j.company_id, m.name, j.made_at
         FROM project j JOIN company m ON m.id = j.company_id",
        args![],
    );
    query.and("j.archived_at IS NULL", args![]);
    reach::projects(&mut query, by, reach);
    Ok(query)
}

fn project_from_row(row: &Row<'_>) -> Result<Project> {
    Ok(Project {
        id: row.get(0)?,
        name: row.get(1)?,
        disclosure: row.parse(2)?,
        company: row.get(3)?,
        company_name: row.get(4)?,
        made_at: row.get(5)?,
    })
}

/// Cohorts in the order in which they were made, at most `limit`; those put away too.
///
/// # Errors
/// As [`companies`].
pub fn cohorts(tx: &mut Tx, by: &Actor, wanted: &Cohorts, limit: u32) -> Result<Vec<Cohort>> {
    let mut query = narrowed_cohorts(by)?;
    query
        .and_some("j.company_id = $1", wanted.company)
        .and_some("c.project_id = $1", wanted.project)
        .and_some("c.pathway_id = $1", wanted.pathway)
        .and_some("c.id > $1", wanted.after);
    match wanted.shelf {
        Some(Shelf::InUse) => query.and("c.archived_at IS NULL", args![]),
        Some(Shelf::PutAway) => query.and("c.archived_at IS NOT NULL", args![]),
        None => &mut query,
    };
    query.push("ORDER BY c.id LIMIT $1", args![i64::from(limit)]);
    tx.all(query.sql(), query.args(), cohort_from_row)
}

/// One cohort.
///
/// # Errors
/// As [`company`].
pub fn cohort(tx: &mut Tx, by: &Actor, id: CohortId) -> Result<Cohort> {
    let mut query = narrowed_cohorts(by)?;
    query.and("c.id = $1", args![id]);
    tx.opt(query.sql(), query.args(), cohort_from_row)?.ok_or_else(|| Refusal::NotFound.into())
}

fn narrowed_cohorts(by: &Actor) -> Result<Query> {
    let reach = reach::somewhere(by, Action::SeeCohort)?;
    let mut query = Query::new(
        "SELECT c.id, c.name, c.starts_at, c.archived_at, c.pathway_id, w.name, j.id, j.name, m.id, m.name
         FROM cohort c JOIN project j ON j.id = c.project_id JOIN company m ON m.id = j.company_id
         JOIN pathway w ON w.id = c.pathway_id",
        args![],
    );
    reach::cohorts(&mut query, by, reach);
    Ok(query)
}

fn cohort_from_row(row: &Row<'_>) -> Result<Cohort> {
    Ok(Cohort {
        id: row.get(0)?,
        name: row.get(1)?,
        starts_at: row.get(2)?,
        archived_at: row.get(3)?,
        pathway: row.get(4)?,
        pathway_name: row.get(5)?,
        project: row.get(6)?,
        project_name: row.get(7)?,
        company: row.get(8)?,
        company_name: row.get(9)?,
    })
}

/// How these cohorts stand. Whoever asks has made sure that the reader sees them.
///
/// # Errors
/// Only those of the store.
pub fn standings(tx: &mut Tx, cohorts: &[CohortId]) -> Result<HashMap<CohortId, Standing>> {
    let statuses = format!(
        "SELECT {STATUS_SQL} AS status, COUNT(*) FROM participant t JOIN person p ON p.id = t.person_id AND p.closed_at IS NULL
         JOIN journey j ON j.participant_id = t.id
         JOIN attendance a ON a.journey_id = j.id JOIN session s ON s.id = a.session_id
         WHERE t.cohort_id = $1 AND t.archived_at IS NULL AND NOT t.test AND a.counts
         GROUP BY 1"
    );
    let mut all = HashMap::with_capacity(cohorts.len());
    for cohort in cohorts {
        let people = tx.one(
            "SELECT COUNT(*) FROM participant t JOIN person p ON p.id = t.person_id AND p.closed_at IS NULL
             WHERE t.cohort_id = $1 AND t.archived_at IS NULL AND NOT t.test",
            args![*cohort],
            |row| row.get(0),
        )?;
        let mut standing = Standing { people, ..Standing::default() };
        let counts = tx.all(&statuses, args![*cohort], |row| Ok((row.parse::<Status>(0)?, row.get(1)?)))?;
        for (status, count) in counts {
            match status {
                Status::Unbooked => standing.unbooked = count,
                Status::Booked => standing.booked = count,
                Status::Completed => standing.completed = count,
                Status::Missed => standing.missed = count,
                Status::GreyedOut | Status::Cancelled => {}
            }
        }
        all.insert(*cohort, standing);
    }
    Ok(all)
}

fn unless_exists(tx: &mut Tx, sql: &str, args: &[crate::Value]) -> Result<()> {
    if tx.exists(sql, args)? { Err(Refusal::invalid("name", Problem::Taken).into()) } else { Ok(()) }
}
