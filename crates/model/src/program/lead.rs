//! Who leads what, and who pays for it. A lead's rights follow from their rows here (section 15); a sponsor has none yet but
//! to sign in.

use rules::ids::{CohortId, CompanyId, LeadId, PersonId, ProjectId};
use rules::permission::{Action, Role, Roles, What};
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::json;

use super::{kind, must_exist, record, unless_taken};
use crate::event::Actor;
use crate::{Result, Row, Tx, args, person, sign_in};

/// The most leads that a company, a project or a cohort has, and the most sponsors of a company.
pub const PEOPLE_MAX: u32 = 50;

/// What somebody leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Led {
    /// All of a company.
    Company(CompanyId),
    /// A project, with its cohorts.
    Project(ProjectId),
    /// One cohort.
    Cohort(CohortId),
}

/// Somebody by their mail address. Who has an account keeps it as it is; else one is made with the name.
#[derive(Clone, Debug)]
pub struct Named {
    /// Where mail goes.
    pub mail: MailAddress,
    /// As they wish to be called; needed for a new account.
    pub name: Option<PersonName>,
}

/// Somebody who leads something.
#[derive(Clone, Debug)]
pub struct Lead {
    /// Their lead.
    pub id: LeadId,
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub mail: String,
    /// What.
    pub led: Led,
    /// Since when.
    pub since: Instant,
}

/// Somebody who speaks for the paying company.
#[derive(Clone, Debug)]
pub struct Sponsor {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub mail: String,
    /// Since when.
    pub since: Instant,
}

/// Makes somebody the lead of something, and a program lead if they are none yet.
///
/// # Errors
/// Only an admin may; nobody leads the same thing twice.
pub fn appoint(tx: &mut Tx, by: &Actor, led: Led, who: &Named) -> Result<LeadId> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    led.must_exist(tx)?;
    if of(tx, led)?.len() >= PEOPLE_MAX as usize {
        return Err(too_many());
    }
    let person = somebody(tx, by, who, Role::ProgramLead)?;
    let id: LeadId = tx.new_id();
    let now = tx.now();
    let (company, project, cohort) = led.columns();
    let made = tx.exec(
        "INSERT INTO lead (id, person_id, company_id, project_id, cohort_id, since_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        args![id, person, company, project, cohort, now],
    )?;
    unless_taken(made, "mail")?;
    record(tx, by, kind::LEAD_APPOINTED, person, &json!({ "of": led.text() }))?;
    Ok(id)
}

/// Takes a lead away. The person stays a program lead, of what else they lead.
///
/// # Errors
/// Only an admin may.
pub fn dismiss(tx: &mut Tx, by: &Actor, id: LeadId) -> Result<Lead> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    let lead = tx.opt(&format!("{LEADS} WHERE l.id = $1"), args![id], lead_from_row)?;
    let lead = lead.ok_or(Refusal::NotFound)?;
    tx.exec("DELETE FROM lead WHERE id = $1", args![id])?;
    record(tx, by, kind::LEAD_DISMISSED, lead.person, &json!({ "of": lead.led.text() }))?;
    Ok(lead)
}

/// Who leads this very thing, by name. Whoever asks has made sure that the reader sees it.
///
/// # Errors
/// Only those of the store.
pub fn of(tx: &mut Tx, led: Led) -> Result<Vec<Lead>> {
    let (company, project, cohort) = led.columns();
    let sql = format!(
        "{LEADS} WHERE l.company_id = CAST($1 AS BIGINT) OR l.project_id = CAST($2 AS BIGINT)
             OR l.cohort_id = CAST($3 AS BIGINT) ORDER BY p.folded_name, l.id"
    );
    tx.all(&sql, args![company, project, cohort], lead_from_row)
}

/// Whoever leads a cohort, its project or its company, each once, and can be told something: at most [`PEOPLE_MAX`] for
/// each of the three.
///
/// # Errors
/// Only those of the store.
pub fn of_cohort(tx: &mut Tx, cohort: CohortId) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT DISTINCT l.person_id FROM cohort c JOIN project j ON j.id = c.project_id
         JOIN lead l ON l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id
         JOIN person p ON p.id = l.person_id AND p.closed_at IS NULL
         WHERE c.id = $1 ORDER BY l.person_id LIMIT $2",
        args![cohort, 3 * PEOPLE_MAX],
        |row| row.get(0),
    )
}

/// Makes somebody a sponsor of a company.
///
/// # Errors
/// As [`appoint`].
pub fn add_sponsor(tx: &mut Tx, by: &Actor, company: CompanyId, who: &Named) -> Result<PersonId> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    must_exist(tx, "SELECT 1 FROM company WHERE id = $1", company)?;
    if sponsors(tx, company)?.len() >= PEOPLE_MAX as usize {
        return Err(too_many());
    }
    let person = somebody(tx, by, who, Role::Sponsor)?;
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO sponsor (person_id, company_id, since_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![person, company, now],
    )?;
    unless_taken(made, "mail")?;
    record(tx, by, kind::SPONSOR_ADDED, person, &json!({ "company": company.to_string() }))?;
    Ok(person)
}

/// Takes a sponsor away from a company.
///
/// # Errors
/// As [`dismiss`].
pub fn remove_sponsor(tx: &mut Tx, by: &Actor, company: CompanyId, person: PersonId) -> Result<()> {
    by.may(Action::ManageCompanies, &What::of_the_organisation())?;
    let gone =
        tx.exec("DELETE FROM sponsor WHERE person_id = $1 AND company_id = $2", args![person, company])?;
    if gone == 0 {
        return Err(Refusal::NotFound.into());
    }
    record(tx, by, kind::SPONSOR_REMOVED, person, &json!({ "company": company.to_string() }))
}

/// The sponsors of a company, by name. Whoever asks has made sure that the reader sees it.
///
/// # Errors
/// Only those of the store.
pub fn sponsors(tx: &mut Tx, company: CompanyId) -> Result<Vec<Sponsor>> {
    tx.all(
        "SELECT p.id, p.name, p.mail, s.since_at FROM sponsor s JOIN person p ON p.id = s.person_id
         WHERE s.company_id = $1 ORDER BY p.folded_name, p.id",
        args![company],
        |row| Ok(Sponsor { person: row.get(0)?, name: row.get(1)?, mail: row.get(2)?, since: row.get(3)? }),
    )
}

/// The person at this address in this role: found, or made and invited.
fn somebody(tx: &mut Tx, by: &Actor, who: &Named, role: Role) -> Result<PersonId> {
    if let Some(known) = person::by_mail(tx, &who.mail)? {
        person::set_roles(tx, by, known.id, known.roles.with(role))?;
        return Ok(known.id);
    }
    let name = who.name.clone().ok_or_else(|| Refusal::invalid("name", Problem::Missing))?;
    let new = person::New {
        name,
        mail: who.mail.clone(),
        roles: Roles::only(role),
        zone: None,
        zone_known: false,
        language: None,
        slug: None,
    };
    let made = person::add(tx, by, &new)?;
    sign_in::invite(tx, by, made.id)?;
    Ok(made.id)
}

fn too_many() -> crate::Error {
    Refusal::invalid("mail", Problem::TooMany { most: PEOPLE_MAX }).into()
}

const LEADS: &str = "SELECT l.id, p.id, p.name, p.mail, l.company_id, l.project_id, l.cohort_id, l.since_at
     FROM lead l JOIN person p ON p.id = l.person_id";

fn lead_from_row(row: &Row<'_>) -> Result<Lead> {
    let led = match (row.get::<Option<CompanyId>>(4)?, row.get::<Option<ProjectId>>(5)?) {
        (Some(company), _) => Led::Company(company),
        (None, Some(project)) => Led::Project(project),
        (None, None) => Led::Cohort(row.get(6)?),
    };
    Ok(Lead {
        id: row.get(0)?,
        person: row.get(1)?,
        name: row.get(2)?,
        mail: row.get(3)?,
        led,
        since: row.get(7)?,
    })
}

impl Led {
    pub(crate) fn columns(self) -> (Option<CompanyId>, Option<ProjectId>, Option<CohortId>) {
        match self {
            Led::Company(id) => (Some(id), None, None),
            Led::Project(id) => (None, Some(id), None),
            Led::Cohort(id) => (None, None, Some(id)),
        }
    }

    /// Refuses what would begin something in a cohort that is put away (rule G8).
    pub(crate) fn must_be_in_use(self, tx: &mut Tx) -> Result<()> {
        match self {
            Led::Cohort(cohort) => super::must_be_in_use(tx, cohort),
            Led::Company(_) | Led::Project(_) => Ok(()),
        }
    }

    pub(crate) fn must_exist(self, tx: &mut Tx) -> Result<()> {
        match self {
            Led::Company(id) => must_exist(tx, "SELECT 1 FROM company WHERE id = $1", id),
            Led::Project(id) => must_exist(tx, "SELECT 1 FROM project WHERE id = $1", id),
            Led::Cohort(id) => must_exist(tx, "SELECT 1 FROM cohort WHERE id = $1", id),
        }
    }

    pub(crate) fn text(self) -> String {
        match self {
            Led::Company(id) => id.to_string(),
            Led::Project(id) => id.to_string(),
            Led::Cohort(id) => id.to_string(),
        }
    }
}
