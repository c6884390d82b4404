//! People with a place in a cohort, as whoever runs the cohort writes them down.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::program::participant::{
    self, ExternalId, NewParticipant as Newcomer, Notes, Participant as Member,
};
use model::program::{company, journey};
use rules::ids::{CohortId, ParticipantId, PathwayId, PersonId};
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::text::Line;
use rules::time::Zone;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::programs::{day_from, id_in};
use super::wire::{CohortRef, IdOf, JourneyRef, ParticipantRef, PathwayRef, PersonRef, Time};
use super::{Answer, id, once, zone_of};
use crate::app::App;
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// A person's place in a cohort.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    id: ParticipantRef,
    person: PersonRef,
    name: String,
    mail: String,
    cohort: CohortRef,
    /// Who coaches them; null as long as that is open.
    #[schema(required)]
    coach: Option<PersonRef>,
    /// The company's own name for them, unique in the company.
    #[schema(required)]
    external_id: Option<String>,
    tags: Vec<String>,
    /// A test is in no report, and its own invitation is not sent.
    test: bool,
    fields: Vec<CustomField>,
    joined_at: Time,
    /// Since when the place is put away; null if it is not.
    #[schema(required)]
    archived_at: Option<Time>,
}

/// A field of one's own.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomField {
    name: String,
    value: String,
}

impl Participant {
    fn of(member: &Member, zone: &Zone) -> Participant {
        Participant {
            id: IdOf(member.id),
            person: IdOf(member.person),
            name: member.name.clone(),
            mail: member.mail.clone(),
            cohort: IdOf(member.cohort),
            coach: member.coach.as_ref().map(|(coach, _)| IdOf(*coach)),
            external_id: member.external_id.clone(),
            tags: member.tags.clone(),
            test: member.test,
            fields: member
                .fields
                .iter()
                .map(|(name, value)| CustomField { name: name.clone(), value: value.clone() })
                .collect(),
            joined_at: Time::of(member.joined_at, zone),
            archived_at: member.archived_at.map(|at| Time::of(at, zone)),
        }
    }
}

/// Somebody who is to have a place. Who has no account at this address gets one, and an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParticipant {
    /// Who has an account keeps their own.
    #[serde(default)]
    #[schema(required)]
    name: String,
    #[serde(default)]
    #[schema(required)]
    mail: String,
    /// The IANA name of a time zone; else the organisation's, until they say better.
    #[schema(examples("Europe/Berlin"))]
    zone: Option<String>,
    /// The day from which the weeks of the pathway count, in the organisation's zone; else the cohort's first day, or
    /// today if that is over.
    #[schema(format = Date)]
    starts_on: Option<String>,
    #[schema(value_type = Option<PersonRef>)]
    coach: Option<String>,
    external_id: Option<String>,
    #[serde(default)]
    #[schema(max_items = 20)]
    tags: Vec<String>,
    #[serde(default)]
    test: bool,
    #[serde(default)]
    #[schema(max_items = 10)]
    fields: Vec<CustomField>,
}

/// What becomes of a place. What is missing stays as it is; null takes coach or external id away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParticipantChange {
    /// Takes over what has no time yet, and what is booked where they are free; what is booked elsewhere waits for another
    /// time. With null, what is booked stays with whom it is booked.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<PersonRef>)]
    coach: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    external_id: Option<Option<String>>,
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    test: Option<bool>,
    #[schema(max_items = 10)]
    fields: Option<Vec<CustomField>>,
}

/// Tells what is null from what is missing.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/cohorts/{cohort}/participants", "Give somebody a place in a cohort")
            .takes::<NewParticipant>()
            .made::<Participant>()
            .conflicts("The cohort is put away: `put_away`.")
            .about("Their journey begins with it: every step of the cohort's pathway, Unbooked."),
        Operation::patch("/participants/{participant}", "Change what is noted of a participant")
            .takes::<ParticipantChange>()
            .answers::<Participant>()
            .conflicts("They are put away, and get no other coach: `put_away`."),
        Operation::post("/participants/{participant}/journeys", "Give a participant a further journey")
            .takes::<NewJourney>()
            .made::<NewlyBegun>()
            .conflicts("They are put away: `put_away`.")
            .about("Beside those that they have: every step of the pathway, Unbooked. One for each pathway."),
    ]
}

/// A further journey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewJourney {
    /// A pathway in use, on which they have no journey yet.
    #[serde(default)]
    #[schema(required, value_type = PathwayRef)]
    pathway: String,
    /// The day from which its weeks count, in the organisation's zone; else today.
    #[schema(format = Date)]
    starts_on: Option<String>,
}

/// A journey that was just begun.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewlyBegun {
    id: JourneyRef,
    participant: ParticipantRef,
    pathway: PathwayRef,
}

fn external_id(text: &str) -> Result<Option<ExternalId>, Problem> {
    Ok(Some(ExternalId::parse(text)?).filter(|id| !id.as_str().is_empty()))
}

fn tags(tags: &[String]) -> Result<Vec<Line<40>>, Problem> {
    tags.iter().map(|tag| Line::parse_some(tag)).collect()
}

fn fields(fields: &[CustomField]) -> Result<Vec<(Line<60>, Line<200>)>, Problem> {
    fields.iter().map(|field| Ok((Line::parse_some(&field.name)?, Line::parse(&field.value)?))).collect()
}

/// `POST /api/v1/cohorts/{cohort}/participants`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    write: JsonWrite<NewParticipant>,
) -> Answer {
    let (by, zone, cohort) = (visitor.actor(), zone_of(&visitor), id::<CohortId>(&cohort)?);
    let organisation = visitor.organisation.zone.clone();
    let body = write.body;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        company::cohort(tx, &by, cohort)?;
        let mut checks = Checks::default();
        let name = checks.take("name", PersonName::parse(&body.name));
        let mail = checks.take("mail", MailAddress::parse(&body.mail));
        let their_zone = checks.some("zone", body.zone.as_deref(), |zone| {
            zone.parse::<Zone>().map_err(|_| Problem::UnknownZone)
        });
        let starts_at =
            checks.some("starts_on", body.starts_on.as_deref(), |day| day_from(day, &organisation));
        let notes = Notes {
            coach: checks.some("coach", body.coach.as_deref(), id_in::<PersonId>),
            external_id: checks.some("external_id", body.external_id.as_deref(), external_id).flatten(),
            tags: checks.take("tags", tags(&body.tags)).unwrap_or_default(),
            test: body.test,
            fields: checks.take("fields", fields(&body.fields)).unwrap_or_default(),
        };
        checks.done()?;
        let (Some(name), Some(mail)) = (name, mail) else { return Err(Refusal::NotFound.into()) };
        let new = Newcomer { cohort, name, mail, zone: their_zone, starts_at, notes };
        let id = participant::enroll(tx, &by, &new)?;
        Ok(Participant::of(&participant::participant(tx, &by, id)?, &zone))
    })
    .await
}

/// `PATCH /api/v1/participants/{participant}`
pub async fn update(
    State(app): State<App>,
    visitor: Visitor,
    Path(participant): Path<String>,
    write: JsonWrite<ParticipantChange>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id::<ParticipantId>(&participant)?);
    let body = write.body;
    once(&app, write.key, StatusCode::OK, move |tx| {
        let old = participant::participant(tx, &by, id)?;
        let mut checks = Checks::default();
        let mut notes = old.notes();
        if let Some(coach) = &body.coach {
            notes.coach = checks.some("coach", coach.as_deref(), id_in::<PersonId>);
        }
        if let Some(new) = &body.external_id {
            notes.external_id = checks.some("external_id", new.as_deref(), external_id).flatten();
        }
        if let Some(new) = &body.tags {
            notes.tags = checks.take("tags", tags(new)).unwrap_or_default();
        }
        notes.test = body.test.unwrap_or(notes.test);
        if let Some(new) = &body.fields {
            notes.fields = checks.take("fields", fields(new)).unwrap_or_default();
        }
        checks.done()?;
        participant::change_participant(tx, &by, id, &notes)?;
        Ok(Participant::of(&participant::participant(tx, &by, id)?, &zone))
    })
    .await
}

/// `POST /api/v1/participants/{participant}/journeys`
pub async fn add_journey(
    State(app): State<App>,
    visitor: Visitor,
    Path(participant): Path<String>,
    write: JsonWrite<NewJourney>,
) -> Answer {
    let (by, id) = (visitor.actor(), id::<ParticipantId>(&participant)?);
    let organisation = visitor.organisation.zone.clone();
    let body = write.body;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        participant::participant(tx, &by, id)?;
        let mut checks = Checks::default();
        let pathway = checks.take("pathway", id_in::<PathwayId>(&body.pathway));
        let starts_at =
            checks.some("starts_on", body.starts_on.as_deref(), |day| day_from(day, &organisation));
        checks.done()?;
        let Some(pathway) = pathway else { return Err(Refusal::NotFound.into()) };
        let journey = journey::add_journey(tx, &by, id, pathway, starts_at)?;
        Ok(NewlyBegun { id: IdOf(journey), participant: IdOf(id), pathway: IdOf(pathway) })
    })
    .await
}
