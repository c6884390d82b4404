//! Who leads what, and who pays for it.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::Tx;
use model::event::Actor;
use model::program::company;
use model::program::lead::{self, Lead as Leading, Led, Named, Sponsor as Payer};
use rules::ids::{CohortId, CompanyId, PersonId, ProjectId};
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::programs::{id_in, no_choice};
use super::wire::{CohortRef, CompanyRef, IdOf, LeadRef, List, PersonRef, ProjectRef, Time};
use super::{Answer, Nothing, filter, id, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// Somebody who leads a company, a project or a cohort: one of the three is named.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    id: LeadRef,
    person: PersonRef,
    name: String,
    mail: String,
    #[schema(required)]
    company: Option<CompanyRef>,
    #[schema(required)]
    project: Option<ProjectRef>,
    #[schema(required)]
    cohort: Option<CohortRef>,
    since: Time,
}

impl Lead {
    fn of(lead: &Leading, zone: &Zone) -> Lead {
        let (company, project, cohort) = match lead.led {
            Led::Company(id) => (Some(IdOf(id)), None, None),
            Led::Project(id) => (None, Some(IdOf(id)), None),
            Led::Cohort(id) => (None, None, Some(IdOf(id))),
        };
        Lead {
            id: IdOf(lead.id),
            person: IdOf(lead.person),
            name: lead.name.clone(),
            mail: lead.mail.clone(),
            company,
            project,
            cohort,
            since: Time::of(lead.since, zone),
        }
    }
}

/// Somebody who speaks for a paying company.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sponsor {
    person: PersonRef,
    name: String,
    mail: String,
    since: Time,
}

impl Sponsor {
    fn of(sponsor: &Payer, zone: &Zone) -> Sponsor {
        Sponsor {
            person: IdOf(sponsor.person),
            name: sponsor.name.clone(),
            mail: sponsor.mail.clone(),
            since: Time::of(sponsor.since, zone),
        }
    }
}

/// Somebody who is to lead: exactly one of company, project and cohort is named.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLead {
    /// Who has no account at this address gets one, and an invitation.
    #[serde(default)]
    #[schema(required)]
    mail: String,
    /// Needed for a new account.
    name: Option<String>,
    #[schema(value_type = Option<CompanyRef>)]
    company: Option<String>,
    #[schema(value_type = Option<ProjectRef>)]
    project: Option<String>,
    #[schema(value_type = Option<CohortRef>)]
    cohort: Option<String>,
}

/// Somebody who is to speak for a company.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSponsor {
    /// Who has no account at this address gets one, and an invitation.
    #[serde(default)]
    #[schema(required)]
    mail: String,
    /// Needed for a new account.
    name: Option<String>,
}

/// The query of the list: exactly one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    company: String,
    project: String,
    cohort: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/leads", "Who leads a company, a project or a cohort: name one of them")
            .query_id::<CompanyId>("company", "Who leads this company.")
            .query_id::<ProjectId>("project", "Who leads this project.")
            .query_id::<CohortId>("cohort", "Who leads this cohort.")
            .answers::<List<Lead>>(),
        Operation::post("/leads", "Give somebody a lead").takes::<NewLead>().made::<Lead>(),
        Operation::delete("/leads/{lead}", "Take a lead away").answers_nothing(),
        Operation::get("/companies/{company}/sponsors", "Who speaks for a company")
            .answers::<List<Sponsor>>(),
        Operation::post("/companies/{company}/sponsors", "Add a sponsor")
            .takes::<NewSponsor>()
            .made::<Sponsor>(),
        Operation::delete("/companies/{company}/sponsors/{person}", "Take a sponsor away").answers_nothing(),
    ]
}

/// Somebody by their address, and their name if they may be new.
pub(crate) fn named(checks: &mut Checks, mail: &str, name: &str) -> Option<Named> {
    let mail = checks.take("mail", MailAddress::parse(mail));
    let name = match name.trim() {
        "" => Some(None),
        name => checks.take("name", PersonName::parse(name)).map(Some),
    };
    Some(Named { mail: mail?, name: name? })
}

/// The one of three that is named.
fn led(checks: &mut Checks, company: &str, project: &str, cohort: &str) -> Option<Led> {
    let named = [company, project, cohort].iter().filter(|text| !text.is_empty()).count();
    if named != 1 {
        checks.note("company", if named == 0 { Problem::Missing } else { Problem::TooMany { most: 1 } });
        return None;
    }
    let company = filter(checks, "company", company, Problem::NotAnId).map(Led::Company);
    let project = filter(checks, "project", project, Problem::NotAnId).map(Led::Project);
    company.or(project).or_else(|| filter(checks, "cohort", cohort, Problem::NotAnId).map(Led::Cohort))
}

/// Refuses what the reader does not see.
fn must_see(tx: &mut Tx, by: &Actor, led: Led) -> model::Result<()> {
    match led {
        Led::Company(id) => company::company(tx, by, id).map(drop),
        Led::Project(id) => company::project(tx, by, id).map(drop),
        Led::Cohort(id) => company::cohort(tx, by, id).map(drop),
    }
}

fn field_of(led: Led) -> &'static str {
    match led {
        Led::Company(_) => "company",
        Led::Project(_) => "project",
        Led::Cohort(_) => "cohort",
    }
}

/// `GET /api/v1/leads`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let led = led(&mut checks, &wanted.company, &wanted.project, &wanted.cohort);
    checks.done()?;
    let led = led.ok_or(Refusal::NotFound)?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let found = app.read(move |tx| {
        must_see(tx, &by, led).map_err(|error| no_choice(error, field_of(led)))?;
        lead::of(tx, led)
    });
    shown(List::whole(found.await?.iter().map(|lead| Lead::of(lead, &zone)).collect()))
}

/// `POST /api/v1/leads`
pub async fn create(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewLead>) -> Answer {
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let body = &write.body;
    let mut checks = Checks::default();
    let who = named(&mut checks, &body.mail, body.name.as_deref().unwrap_or_default());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let led = led(&mut checks, &text(&body.company), &text(&body.project), &text(&body.cohort));
    checks.done()?;
    let (Some(who), Some(led)) = (who, led) else { unreachable!("what is missing was noted") };
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let id = lead::appoint(tx, &by, led, &who).map_err(|error| no_choice(error, field_of(led)))?;
        let lead = lead::of(tx, led)?.into_iter().find(|lead| lead.id == id).ok_or(Refusal::NotFound)?;
        Ok(Lead::of(&lead, &zone))
    })
    .await
}

/// `DELETE /api/v1/leads/{lead}`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path(lead): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, id) = (visitor.actor(), id(&lead)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| lead::dismiss(tx, &by, id).map(drop)).await
}

/// `GET /api/v1/companies/{company}/sponsors`
pub async fn sponsors(State(app): State<Reading>, visitor: Visitor, Path(company): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&company)?);
    let found = app.read(move |tx| {
        company::company(tx, &by, id)?;
        lead::sponsors(tx, id)
    });
    shown(List::whole(found.await?.iter().map(|sponsor| Sponsor::of(sponsor, &zone)).collect()))
}

/// `POST /api/v1/companies/{company}/sponsors`
pub async fn add_sponsor(
    State(app): State<App>,
    visitor: Visitor,
    Path(company): Path<String>,
    write: JsonWrite<NewSponsor>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&company)?);
    let body = write.body;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        company::company(tx, &by, id)?;
        let mut checks = Checks::default();
        let who = named(&mut checks, &body.mail, body.name.as_deref().unwrap_or_default());
        checks.done()?;
        let who = who.ok_or(Refusal::NotFound)?;
        let person = lead::add_sponsor(tx, &by, id, &who)?;
        let all = lead::sponsors(tx, id)?;
        let made = all.iter().find(|sponsor| sponsor.person == person).ok_or(Refusal::NotFound)?;
        Ok(Sponsor::of(made, &zone))
    })
    .await
}

/// `DELETE /api/v1/companies/{company}/sponsors/{person}`
pub async fn remove_sponsor(
    State(app): State<App>,
    visitor: Visitor,
    Path((company, person)): Path<(String, String)>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, company) = (visitor.actor(), id_in::<CompanyId>(&company).map_err(|_| Refusal::NotFound)?);
    let person: PersonId = id(&person)?;
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| lead::remove_sponsor(tx, &by, company, person))
        .await
}
