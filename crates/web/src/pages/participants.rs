//! Somebody gets a place in a cohort, by hand (rules G1, G12).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::program::company;
use model::program::participant::{self, ExternalId, FIELDS_MAX, NewParticipant, Notes};
use model::{Tx, idempotency};
use rules::ids::{CohortId, PersonId};
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::text::Line;
use rules::time::Zone;

use super::programs::typed_of;
use super::{Answer, page, page_again, shell};
use crate::api::programs::day_from;
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led};
use crate::shell::{Choice, ChoiceGroup, FormErrors, Place, zone_choices};
use crate::views::programs::{NewParticipantPage, Typed};
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
    let external_id = some("external_id").and_then(|id| checks.take("external_id", ExternalId::parse(&id)));
    let tags: Result<Vec<_>, _> = fields
        .get("tags")
        .split(',')
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(Line::parse_some)
        .collect();
    let tags = checks.take("tags", tags).unwrap_or_default();
    let own: Result<Vec<_>, Problem> = own_fields(fields)
        .iter()
        .map(|(name, value)| Ok((Line::parse_some(name)?, Line::parse(value)?)))
        .collect();
    let own = checks.take("fields", own).unwrap_or_default();
    checks.done()?;
    let (Some(name), Some(mail)) = (name, mail) else { unreachable!("what is missing was noted") };
    let notes = Notes { coach, external_id, tags, test: fields.get("test") == "yes", fields: own };
    Ok(NewParticipant { cohort, name, mail, zone: their_zone, starts_at, notes })
}
