//! Somebody gets a place in a cohort, by hand; what is noted of them; and further journeys (rules G1, G12).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::event::Actor;
use model::program::board::Journey;
use model::program::participant::{self, ExternalId, FIELDS_MAX, NewParticipant, Notes, Participant};
use model::program::profile::{self, Profile};
use model::program::{company, journey, pathway};
use model::{Tx, idempotency};
use rules::ids::{CohortId, ParticipantId, PathwayId, PersonId};
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::text::Line;
use rules::time::Zone;

use super::programs::typed_of;
use super::{Answer, page, page_again, page_refused, shell};
use crate::api::programs::day_from;
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led};
use crate::shell::{Choice, ChoiceGroup, FormErrors, Place, zone_choices};
use crate::texts::Texts;
use crate::views::people::Fact;
use crate::views::programs::{EditParticipantPage, NewParticipantPage, Typed};
use crate::visitor::Visitor;

/// `GET /cohorts/{cohort}/participants/new`
pub async fn new(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    page(&fill(&app, &visitor, id, &Fields::default(), Typed::default()).await?)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    id: CohortId,
    fields: &Fields,
    typed: Typed,
) -> Result<NewParticipantPage, Failure> {
    let by = visitor.actor();
    let (cohort, coaches) =
        app.read(move |tx| Ok((company::cohort(tx, &by, id)?, participant::coaches(tx, &by)?))).await?;
    let t = visitor.texts();
    let coach = typed.value("participant", "coach").to_owned();
    let zone = typed.value("participant", "zone").to_owned();
    let nobody = Choice::new("", t.programs.no_coach, &coach);
    let coaches = coaches.iter().map(|(id, name)| Choice::new(id.to_string(), name, &coach));
    let guess = ChoiceGroup {
        label: t.programs.zone.to_owned(),
        choices: vec![Choice::new("", t.programs.zone_guess, &zone)],
    };
    let zones = zone_choices(Zone::names().iter().map(String::as_str), &zone);
    let mut own = own_fields(fields);
    own.resize(FIELDS_MAX.max(own.len()), (String::new(), String::new()));
    Ok(NewParticipantPage {
        shell: shell::of(visitor, app.mode(), app.now(), t.programs.add_participant, Place::Programs),
        base: format!("/cohorts/{id}"),
        cohort: cohort.name,
        coaches: std::iter::once(nobody).chain(coaches).collect(),
        zones: std::iter::once(guess).chain(zones).collect(),
        fields: own,
        away: super::put_away(visitor, cohort.archived_at),
        typed,
    })
}

/// Fields of one's own that have a name or a value.
fn own_fields(fields: &Fields) -> Vec<(String, String)> {
    let pairs = fields.all("field_name").zip(fields.all("field_value"));
    let filled = pairs.filter(|(name, value)| !name.is_empty() || !value.is_empty());
    filled.map(|(name, value)| (name.to_owned(), value.to_owned())).take(FIELDS_MAX + 1).collect()
}

/// `POST /cohorts/{cohort}/participants`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id: CohortId = id.parse().map_err(|_| Refusal::NotFound)?;
    let (by, zone) = (visitor.actor(), visitor.organisation.zone.clone());
    let (fields, key) = (form.fields.clone(), form.key);
    let outcome = app
        .write(move |tx: &mut Tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                company::cohort(tx, &by, id)?;
                participant::enroll(tx, &by, &newcomer(id, &fields, &zone)?)?;
                Ok(lead_to(&format!("/cohorts/{id}"), "participant_added"))
            })
        })
        .await;
    match outcome {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let mut errors = FormErrors::of_refusal(&refusal, visitor.texts());
            // Who has a place in the cohort already is known here by their address.
            if !errors.of("person").is_empty() {
                errors = FormErrors::from_iter([("mail", errors.of("person").to_string())]);
            }
            let typed = typed_of("participant", &form.fields, errors);
            let again = fill(&app.reading(), &visitor, id, &form.fields, typed).await?;
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        // Put away while somebody was typing: that stays.
        Err(model::Error::Refused(refusal @ Refusal::PutAway { .. })) => {
            let typed = typed_of("participant", &form.fields, FormErrors::NONE);
            page_refused(&refusal, &fill(&app.reading(), &visitor, id, &form.fields, typed).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn newcomer(cohort: CohortId, fields: &Fields, zone: &Zone) -> Result<NewParticipant, Refusal> {
    let mut checks = Checks::default();
    let some = |name: &str| Some(fields.get(name).to_owned()).filter(|text| !text.is_empty());
    let name = checks.take("name", PersonName::parse(fields.get("name")));
    let mail = checks.take("mail", MailAddress::parse(fields.get("mail")));
    let their_zone = some("zone")
        .and_then(|zone| checks.take("zone", zone.parse::<Zone>().map_err(|_| Problem::UnknownZone)));
    let starts_at = some("starts_on").and_then(|day| checks.take("starts_on", day_from(&day, zone)));
    let coach = some("coach")
        .and_then(|id| checks.take("coach", id.parse::<PersonId>().map_err(|_| Problem::NotAChoice)));
    let notes = noted(&mut checks, fields, coach);
    checks.done()?;
    let (Some(name), Some(mail)) = (name, mail) else { unreachable!("what is missing was noted") };
    Ok(NewParticipant { cohort, name, mail, zone: their_zone, starts_at, notes })
}

/// What a form notes of a participant.
fn noted(checks: &mut Checks, fields: &Fields, coach: Option<PersonId>) -> Notes {
    let external_id = Some(fields.get("external_id")).filter(|id| !id.is_empty());
    let external_id = checks.some("external_id", external_id, ExternalId::parse);
    let tags: Result<Vec<_>, _> = fields
        .get("tags")
        .split(',')
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(Line::parse_some)
        .collect();
    let own: Result<Vec<_>, Problem> = own_fields(fields)
        .iter()
        .map(|(name, value)| Ok((Line::parse_some(name)?, Line::parse(value)?)))
        .collect();
    Notes {
        coach,
        external_id,
        tags: checks.take("tags", tags).unwrap_or_default(),
        test: fields.get("test") == "yes",
        fields: checks.take("fields", own).unwrap_or_default(),
    }
}

/// `GET /participants/{participant}/edit`
pub async fn edit(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    page(&fill_edit(&app, &visitor, id, None, Typed::default()).await?)
}

/// The page of what is noted; `own` are the fields as they were typed.
async fn fill_edit(
    app: &Reading,
    visitor: &Visitor,
    id: ParticipantId,
    own: Option<Vec<(String, String)>>,
    typed: Typed,
) -> Result<EditParticipantPage, Failure> {
    let by = visitor.actor();
    let (found, profile, pathways) = app
        .read(move |tx| {
            let found = participant::participant(tx, &by, id)?;
            Ok((found, profile::profile(tx, &by, id)?, pathway::pathways(tx, &by)?))
        })
        .await?;
    let t = visitor.texts();
    let mut fields = own.unwrap_or_else(|| found.fields.clone());
    fields.resize(FIELDS_MAX.max(fields.len()), (String::new(), String::new()));
    let chosen = typed.value("journey", "pathway").to_owned();
    let free =
        pathways.iter().filter(|one| profile.member.journeys.iter().all(|other| other.pathway != one.id));
    Ok(EditParticipantPage {
        shell: shell::of(visitor, app.mode(), app.now(), t.enrolment.edit_heading, Place::Programs),
        base: format!("/participants/{id}"),
        cohort: (found.cohort_name.clone(), format!("/cohorts/{}", found.cohort)),
        name: found.name.clone(),
        fields,
        journeys: journeys(&profile, t),
        pathways: free.map(|one| Choice::new(one.id.to_string(), &one.name, &chosen)).collect(),
        noted: if typed.form == "notes" { typed.clone() } else { as_noted(&found) },
        typed,
    })
}

fn journeys(profile: &Profile, t: &Texts) -> Vec<Fact> {
    let line = |one: &Journey| {
        Fact::new(super::participant::name_of(profile, one), super::participant::line_of(one, t))
    };
    profile.member.journeys.iter().map(line).collect()
}

/// What is noted now, as its form shows it.
fn as_noted(found: &Participant) -> Typed {
    let value = |name: &str, value: String| (name.to_owned(), value);
    Typed {
        form: "notes",
        values: vec![
            value("external_id", found.external_id.clone().unwrap_or_default()),
            value("tags", found.tags.join(", ")),
            value("test", if found.test { "yes".to_owned() } else { String::new() }),
        ],
        errors: FormErrors::NONE,
    }
}

/// `POST /participants/{participant}/edit`
pub async fn update(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    changing(&app, &visitor, &id, ("notes", form), |tx, by, id, fields, _| {
        let old = participant::participant(tx, by, id)?;
        let mut checks = Checks::default();
        // Who coaches them is changed elsewhere.
        let notes = noted(&mut checks, fields, old.notes().coach);
        checks.done()?;
        participant::change_participant(tx, by, id, &notes)?;
        Ok(lead_to(&format!("/participants/{id}"), "participant_saved"))
    })
    .await
}

/// `POST /participants/{participant}/journeys`
pub async fn add_journey(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    changing(&app, &visitor, &id, ("journey", form), |tx, by, id, fields, zone| {
        participant::participant(tx, by, id)?;
        let mut checks = Checks::default();
        let pathway = fields.get("pathway").parse::<PathwayId>().map_err(|_| Problem::NotAChoice);
        let pathway = checks.take("pathway", pathway);
        let day = Some(fields.get("starts_on")).filter(|day| !day.is_empty());
        let starts_at = checks.some("starts_on", day, |day| day_from(day, zone));
        checks.done()?;
        let Some(pathway) = pathway else { unreachable!("what is missing was noted") };
        journey::add_journey(tx, by, id, pathway, starts_at)?;
        Ok(lead_to(&format!("/participants/{id}"), "journey_added"))
    })
    .await
}

/// Runs a verb on a participant; their page of notes comes back with the form that does not fit.
async fn changing(
    app: &App,
    visitor: &Visitor,
    id: &str,
    (name, form): (&'static str, Form),
    verb: impl Fn(&mut Tx, &Actor, ParticipantId, &Fields, &Zone) -> model::Result<idempotency::Answer>
    + Send
    + 'static,
) -> Answer {
    let id: ParticipantId = id.parse().map_err(|_| Refusal::NotFound)?;
    let (by, zone) = (visitor.actor(), visitor.organisation.zone.clone());
    let (fields, key) = (form.fields.clone(), form.key);
    let outcome = app
        .write(move |tx: &mut Tx| idempotency::once(tx, key.as_ref(), |tx| verb(tx, &by, id, &fields, &zone)))
        .await;
    match outcome {
        Ok(answer) => Ok(led(app, &answer)),
        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let own = (name == "notes").then(|| own_fields(&form.fields));
            let typed = typed_of(name, &form.fields, errors);
            let again = fill_edit(&app.reading(), visitor, id, own, typed).await?;
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(error) => Err(error.into()),
    }
}
