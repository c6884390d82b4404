//! Who coaches a session beside its coach (rule G11): who does, who could, adding and removing.

use axum::extract::{Path, State};
use model::idempotency;
use model::session;
use rules::ids::PersonId;
use rules::refusal::{Problem, Refusal};

use super::times::moment;
use super::visit::{Visit, is_told_on_the_page, told_on_the_page};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_to, led};
use crate::pages::{Answer, page, page_refused};
use crate::shell::{Choice, FormErrors};
use crate::views::co_coaches::{CoCoachesPage, CoachRow};
use crate::visitor::Visitor;

/// `GET /sessions/{session}/coaches`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    page(&fill(&app, &visitor, &visit, None).await?)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    visit: &Visit,
    refused: Option<&Refusal>,
) -> Result<CoCoachesPage, Failure> {
    let reader = visit.clone();
    let (seen, could) = app
        .read(move |tx| {
            let seen = reader.view(tx)?;
            let could = told_on_the_page(session::who_could_coach_beside(tx, &reader.by, reader.session))?;
            Ok((seen, could))
        })
        .await?;
    let (t, now) = (visitor.texts(), app.now());
    let words = &t.co_coaches;
    let impossible = could.as_ref().err().map(|refusal| visit.say(t, refusal)).unwrap_or_default();
    let conflict = refused.filter(|refusal| !matches!(refusal, Refusal::Invalid { .. }));
    let start = seen.session.facts.time.map(|time| time.starts_at);
    let can_change = could.is_ok();
    let choices = could.unwrap_or_default();
    Ok(CoCoachesPage {
        shell: visit.shell(app, visitor, words.title),
        base: visit.base.clone(),
        session: super::name(&seen, visit, t),
        at: start.map(|start| moment(visit, start, now)),
        impossible,
        conflict: conflict.map(|refusal| visit.say(t, refusal)).unwrap_or_default(),
        rows: seen
            .coaches
            .iter()
            .enumerate()
            .map(|(place, coach)| CoachRow {
                name: coach.name.clone(),
                marks: place == 0,
                removal: (can_change && place > 0)
                    .then(|| format!("{}/coaches/{}/removal", visit.base, coach.person)),
            })
            .collect(),
        is_full: seen.coaches.len() >= session::COACHES_MAX,
        coaches: choices.iter().map(|(id, name)| Choice::new(id.to_string(), name, "")).collect(),
        errors: refused.map_or(FormErrors::NONE, |refusal| FormErrors::of_refusal(refusal, t)),
    })
}

/// `POST /sessions/{session}/coaches`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    let coach = form.fields.get("coach").parse::<PersonId>();
    change(&app, &visitor, visit, form, "co_coach_named", move |tx, reader| {
        let coach = coach.as_ref().map_err(|_| Refusal::invalid("coach", Problem::Missing))?;
        session::add_co_coach(tx, &reader.by, reader.session, *coach)
    })
    .await
}

/// `POST /sessions/{session}/coaches/{person}/removal`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, coach)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    let coach: PersonId = coach.parse().map_err(|_| Refusal::NotFound)?;
    change(&app, &visitor, visit, form, "co_coach_ended", move |tx, reader| {
        session::remove_co_coach(tx, &reader.by, reader.session, coach)
    })
    .await
}

/// Runs it once, and leads back to the page; refused, the page says why.
async fn change(
    app: &App,
    visitor: &Visitor,
    visit: Visit,
    form: Form,
    toast: &'static str,
    verb: impl Fn(&mut model::Tx, &Visit) -> model::Result<()> + Send + 'static,
) -> Answer {
    let (reader, key) = (visit.clone(), form.key.clone());
    let done = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                // Who does not see it is told nothing else (rule P4).
                reader.view(tx)?;
                verb(tx, &reader)?;
                Ok(lead_to(&format!("{}/coaches", reader.base), toast))
            })
        })
        .await;
    match done {
        Ok(kept) => Ok(led(app, &kept)),
        Err(model::Error::Refused(refusal)) if is_told_on_the_page(&refusal) => {
            page_refused(&refusal, &fill(&app.reading(), visitor, &visit, Some(&refusal)).await?)
        }
        Err(error) => Err(error.into()),
    }
}
