//! Adding a session to one journey beside its steps, extra or to make up for one (rule G11). Taking it away is the
//! session's own matter.

use axum::extract::{Path, State};
use model::idempotency;
use model::program::extra::{self, NewExtra, Outlook};
use rules::ids::{JourneyId, StepId};
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, PlaceKind};
use rules::text::Line;

use super::board::crumbs;
use super::{Answer, page, page_refused, shell};
use crate::api::pathways::{minutes_of, place_of};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led, number};
use crate::shell::{Choice, FormErrors, Place};
use crate::texts::Texts;
use crate::views::board::Crumb;
use crate::views::extras::NewExtraPage;
use crate::visitor::Visitor;

/// How long it is unless something else is typed.
const MINUTES_USUAL: &str = "60";

/// What was typed, and what came of it.
struct Typed {
    fields: Fields,
    conflict: String,
    errors: FormErrors,
}

/// `GET /journeys/{journey}/extras/new`
pub async fn new(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    page(&fill(&app, &visitor, id_of(&id)?, None).await?)
}

fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    journey: JourneyId,
    typed: Option<Typed>,
) -> Result<NewExtraPage, Failure> {
    let by = visitor.actor();
    let found = app.read(move |tx| extra::outlook(tx, &by, journey)).await?;
    let (t, face) = (visitor.texts(), visitor.clockface());
    let value = |name: &str, first: &str| match &typed {
        Some(typed) => typed.fields.raw(name).to_owned(),
        None => first.to_owned(),
    };
    let place = value("place", PlaceKind::Room.code());
    let impossible = found.possible.as_ref().err();
    let impossible = impossible.map(|refusal| t.refusals.say(refusal, |at| face.long(at)));
    Ok(NewExtraPage {
        shell: shell::of(visitor, app.mode(), app.now(), t.extras.add, Place::Programs),
        crumbs: way_back(&found),
        heading: (t.extras.heading)(&found.name),
        coach: found.coach.as_ref().map(|(_, name)| (t.extras.with)(name)).unwrap_or_default(),
        base: format!("/participants/{}", found.participant),
        action: format!("/journeys/{journey}/extras"),
        impossible: impossible.unwrap_or_default(),
        conflict: typed.as_ref().map(|typed| typed.conflict.clone()).unwrap_or_default(),
        name: value("name", ""),
        minutes: value("minutes", MINUTES_USUAL),
        purposes: purposes(&found, &value("makes_up_for", ""), t),
        places: places(&place, t),
        place_detail: value("place_detail", ""),
        counts: value("counts", "yes") == "yes",
        errors: typed.map_or(FormErrors::NONE, |typed| typed.errors),
    })
}

fn way_back(found: &Outlook) -> Vec<Crumb> {
    let mut back = crumbs(&found.cohort);
    let crumb = |label: &str, href| Crumb { label: label.to_owned(), href: Some(href) };
    back.push(crumb(&found.cohort.name, format!("/cohorts/{}", found.cohort.id)));
    back.push(crumb(&found.name, format!("/participants/{}", found.participant)));
    back
}

fn purposes(found: &Outlook, chosen: &str, t: &Texts) -> Vec<Choice> {
    let more = Choice::new("", t.extras.is_more, chosen);
    let steps = found.steps.iter().map(|wanting| {
        let step = (t.board.of_step)(wanting.number, &wanting.name);
        Choice::new(wanting.step.to_string(), (t.extras.makes_up)(&step), chosen)
    });
    std::iter::once(more).chain(steps).collect()
}

fn places(chosen: &str, t: &Texts) -> Vec<Choice> {
    [
        (PlaceKind::Room, t.practice.place_room),
        (PlaceKind::Phone, t.practice.place_phone),
        (PlaceKind::Address, t.practice.place_address),
        (PlaceKind::Link, t.practice.place_link),
    ]
    .map(|(place, label)| Choice::new(place.code(), label, chosen))
    .into()
}

fn checked(fields: &Fields) -> Result<NewExtra, Refusal> {
    let mut checks = Checks::default();
    let name = checks.take("name", Line::parse_some(fields.get("name")));
    let (least, most) = (i64::from(Minutes::LEAST), i64::from(Minutes::MOST));
    let minutes = checks.take("minutes", number(fields.get("minutes"), least, most).and_then(minutes_of));
    let kind = PlaceKind::from_code(fields.get("place")).ok_or(Problem::NotAChoice);
    let kind = checks.take("place", kind);
    let place = kind.and_then(|kind| checks.take("place_detail", place_of(kind, fields.get("place_detail"))));
    let step = Some(fields.get("makes_up_for")).filter(|step| !step.is_empty());
    let makes_up_for =
        checks.some("makes_up_for", step, |step| step.parse::<StepId>().map_err(|_| Problem::NotAChoice));
    checks.done()?;
    let (Some(name), Some(minutes), Some(place)) = (name, minutes, place) else {
        unreachable!("what is missing was noted")
    };
    Ok(NewExtra { name, minutes, place, counts: fields.get("counts") == "yes", makes_up_for })
}

/// `POST /journeys/{journey}/extras`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let (by, journey): (_, JourneyId) = (visitor.actor(), id_of(&id)?);
    let (fields, key) = (form.fields.clone(), form.key.clone());
    let done = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                // Who does not see it is told nothing else (rule P4).
                let found = extra::outlook(tx, &by, journey)?;
                extra::add(tx, &by, journey, &checked(&fields)?)?;
                Ok(lead_to(&format!("/participants/{}", found.participant), "extra_added"))
            })
        })
        .await;
    let refusal = match done {
        Ok(kept) => return Ok(led(&app, &kept)),
        Err(model::Error::Refused(refusal)) if super::sessions::is_told_on_the_page(&refusal) => refusal,
        Err(error) => return Err(error.into()),
    };
    let (t, face) = (visitor.texts(), visitor.clockface());
    let is_invalid = matches!(refusal, Refusal::Invalid { .. });
    let typed = Typed {
        conflict: if is_invalid { String::new() } else { t.refusals.say(&refusal, |at| face.long(at)) },
        errors: FormErrors::of_refusal(&refusal, t),
        fields: form.fields,
    };
    page_refused(&refusal, &fill(&app.reading(), &visitor, journey, Some(typed)).await?)
}
