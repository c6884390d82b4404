//! Somebody who coaches one session in its coach's place (rule G10): who could, who shall, and giving it back.

use axum::extract::{Path, State};
use model::idempotency;
use model::session;
use rules::ids::{PersonId, SessionId};
use rules::refusal::{Problem, Refusal};

use super::times::moment;
use super::visit::{Visit, is_told_on_the_page, told_on_the_page};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_to, lead_to_undoing, led};
use crate::pages::{Answer, page, page_refused};
use crate::shell::{Choice, FormErrors};
use crate::views::handover::StandInPage;
use crate::visitor::Visitor;

/// `GET /sessions/{session}/stand-in`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    page(&fill(&app, &visitor, &visit, None).await?)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    visit: &Visit,
    refused: Option<&Refusal>,
) -> Result<StandInPage, Failure> {
    let reader = visit.clone();
    let (seen, could) = app
        .read(move |tx| {
            let seen = reader.view(tx)?;
            let could = told_on_the_page(session::who_could_stand_in(tx, &reader.by, reader.session))?;
            Ok((seen, could))
        })
        .await?;
    let (t, now) = (visitor.texts(), app.now());
    let impossible = could.as_ref().err().map(|refusal| visit.say(t, refusal)).unwrap_or_default();
    let conflict = refused.filter(|refusal| !matches!(refusal, Refusal::Invalid { .. }));
    let errors = refused.map_or(FormErrors::NONE, |refusal| FormErrors::of_refusal(refusal, t));
    let start = seen.session.facts.time.map_or(now, |time| time.starts_at);
    let choices = could.unwrap_or_default();
    Ok(StandInPage {
        shell: visit.shell(app, visitor, t.handover.stand_in),
        base: visit.base.clone(),
        session: super::name(&seen, visit, t),
        at: moment(visit, start, now),
        impossible,
        conflict: conflict.map(|refusal| visit.say(t, refusal)).unwrap_or_default(),
        coaches: choices.iter().map(|(id, name)| Choice::new(id.to_string(), name, "")).collect(),
        errors,
    })
}

/// `POST /sessions/{session}/stand-in`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    let to = form.fields.get("coach").parse::<PersonId>();
    let (reader, key) = (visit.clone(), form.key.clone());
    let done = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                // Who does not see it is told nothing else (rule P4).
                reader.view(tx)?;
                let to = to.as_ref().map_err(|_| Refusal::invalid("coach", Problem::Missing))?;
                session::name_stand_in(tx, &reader.by, reader.session, *to)?;
                // Who gave their own session away sees it no more, and can have it back.
                Ok(match reader.view(tx) {
                    Ok(_) => lead_to(&reader.base, "stand_in_named"),
                    Err(_) => lead_to_undoing(
                        "/sessions",
                        "stand_in_named",
                        &format!("{}/stand-in/end", reader.base),
                    ),
                })
            })
        })
        .await;
    match done {
        Ok(kept) => Ok(led(&app, &kept)),
        Err(model::Error::Refused(refusal)) if is_told_on_the_page(&refusal) => {
            page_refused(&refusal, &fill(&app.reading(), &visitor, &visit, Some(&refusal)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /sessions/{session}/stand-in/end`
pub async fn end(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id: SessionId = id.parse().map_err(|_| Refusal::NotFound)?;
    let (by, key) = (visitor.actor(), form.key.clone());
    let kept = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                session::end_stand_in(tx, &by, id)?;
                Ok(match session::view(tx, &by, id) {
                    Ok(_) => lead_to(&format!("/sessions/{id}"), "stand_in_ended"),
                    Err(_) => lead_to("/sessions", "stand_in_ended"),
                })
            })
        })
        .await?;
    Ok(led(&app, &kept))
}
