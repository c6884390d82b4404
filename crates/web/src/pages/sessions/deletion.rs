//! Deleting a client's booking and disabling their seat, as one act that is shown first with the mails that it sends
//! (rules S5, S10, S12).

use axum::extract::{Path, State};
use model::idempotency;
use model::session::{self, Reason, Thought};
use rules::attendance::Status;
use rules::ids::PersonId;
use rules::menu::Act;
use rules::permission::Action;
use rules::refusal::Refusal;
use rules::session::Cause;

use super::Offered;
use super::endings::reason_hint;
use super::times::moment;
use super::visit::{Visit, is_told_on_the_page};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_back, lead_to, led};
use crate::pages::{Answer, page, page_refused};
use crate::shell::FormErrors;
use crate::texts::Texts;
use crate::views::session::Sentence;
use crate::views::steps::DeletionPage;
use crate::visitor::Visitor;
use crate::words::first_name;

/// What was typed, and what came of it.
#[derive(Default)]
struct Sent {
    reason: String,
    conflict: String,
    errors: FormErrors,
}

impl Sent {
    /// What was typed stays, with what is wrong at its field, or above if it is no field's.
    fn refused(reason: String, refusal: &Refusal, visit: &Visit, t: &Texts) -> Sent {
        let is_invalid = matches!(refusal, Refusal::Invalid { .. });
        let conflict = if is_invalid { String::new() } else { visit.say(t, refusal) };
        Sent { reason, conflict, errors: FormErrors::of_refusal(refusal, t) }
    }
}

fn place_of(visitor: &Visitor, (session, client): &(String, String)) -> Result<(Visit, PersonId), Refusal> {
    Ok((Visit::signed_in(visitor, session)?, client.parse().map_err(|_| Refusal::NotFound)?))
}

/// `GET /sessions/{session}/attendance/{person}/deletion`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(at): Path<(String, String)>) -> Answer {
    let (visit, client) = place_of(&visitor, &at)?;
    page(&fill(&app, &visitor, &visit, client, Sent::default()).await?)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    visit: &Visit,
    client: PersonId,
    sent: Sent,
) -> Result<DeletionPage, Failure> {
    let reader = visit.clone();
    let (seen, offered, told) = app
        .read(move |tx| {
            let seen = reader.view(tx)?;
            seen.place_of(client).ok_or(Refusal::NotFound)?;
            let told = reader.foretold(tx, Thought::DeleteAndGreyOut(client))?;
            Ok((seen, Offered::read(tx, &reader.by, reader.session)?, told))
        })
        .await?;
    let place = seen.place_of(client).ok_or(Refusal::NotFound)?;
    let (t, now) = (visitor.texts(), app.now());
    let b = &t.steps;
    let refused = match offered.find(client, Act::DeleteAndGreyOut) {
        Some(Ok(())) => String::new(),
        Some(Err(refusal)) => visit.say(t, refusal),
        None => visit.say(t, &Refusal::WrongStatus { action: Action::GreyOut, status: place.status }),
    };
    let start = seen.session.facts.time.map_or(now, |time| time.starts_at);
    let told = visit.told(t, &seen, &told);
    let mut lines = vec![Sentence::new("greyed", b.greyed_out)];
    if seen.places.len() > 1 {
        lines.push(Sentence::new("people", b.others_keep));
    }
    lines.extend(told.in_words(t.moving.mails));
    Ok(DeletionPage {
        shell: visit.shell(app, visitor, b.deletion),
        heading: (b.deletion_heading)(first_name(&place.name)),
        base: visit.base.clone(),
        action: format!("{}/attendance/{client}/deletion", visit.base),
        session: super::name(&seen, visit, t),
        status: place.status,
        at: Some(moment(visit, start, now)),
        act: b.deletion,
        submit: b.deletion_submit,
        refused,
        conflict: sent.conflict,
        lines,
        reason: sent.reason,
        reason_hint: reason_hint(&seen, visit.me.id, Some(client), t),
        errors: sent.errors,
    })
}

/// `POST /sessions/{session}/attendance/{person}/deletion`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (visit, client) = place_of(&visitor, &at)?;
    let typed = form.fields.get("reason").to_owned();
    let (key, back) = (form.key.clone(), form.back());
    let (reader, words) = (visit.clone(), typed.clone());
    let done = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                // Who does not see it is told nothing else (rule P4).
                reader.view(tx)?.place_of(client).ok_or(Refusal::NotFound)?;
                let reason = Reason::parse(&words).map_err(|problem| Refusal::invalid("reason", problem))?;
                session::delete_and_grey_out(tx, &reader.by, reader.session, client, &reason)?;
                Ok(lead_back(lead_to(&reader.base, "place_deleted"), back.as_deref()))
            })
        })
        .await;
    let refusal = match done {
        Ok(kept) => return Ok(led(&app, &kept)),
        Err(model::Error::Refused(refusal)) if is_told_on_the_page(&refusal) => refusal,
        Err(error) => return Err(error.into()),
    };
    let sent = Sent::refused(typed, &refusal, &visit, visitor.texts());
    page_refused(&refusal, &fill(&app.reading(), &visitor, &visit, client, sent).await?)
}

/// `GET /sessions/{session}/deletion`: all places of a pod (rule S12).
pub async fn show_all(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    page(&fill_all(&app, &visitor, &visit, Sent::default()).await?)
}

async fn fill_all(
    app: &Reading,
    visitor: &Visitor,
    visit: &Visit,
    sent: Sent,
) -> Result<DeletionPage, Failure> {
    let reader = visit.clone();
    let (seen, offered, told) = app
        .read(move |tx| {
            let seen = reader.view(tx)?;
            // A date that it has is called off first.
            let told = reader.foretold(tx, Thought::CallOff(None, Cause::Organisation))?;
            Ok((seen, Offered::read(tx, &reader.by, reader.session)?, told))
        })
        .await?;
    let (t, now) = (visitor.texts(), app.now());
    let b = &t.steps;
    let is_possible = offered.of_any(Act::GreyOut).or(offered.of_any(Act::DeleteAndGreyOut));
    let status = seen.status().unwrap_or(Status::Unbooked);
    let refused = match is_possible {
        Some(Ok(()) | Err(Refusal::BookedNow { .. })) => String::new(),
        Some(Err(refusal)) => visit.say(t, refusal),
        None => visit.say(t, &Refusal::WrongStatus { action: Action::GreyOut, status }),
    };
    let mut lines = vec![Sentence::new("greyed", b.all_greyed_out)];
    let start = seen.session.facts.time.map(|time| time.starts_at);
    if start.is_some() {
        let told = visit.told(t, &seen, &told);
        lines.push(Sentence::new("cancelled", b.all_called_off));
        lines.extend(told.in_words(t.moving.mails));
    }
    Ok(DeletionPage {
        shell: visit.shell(app, visitor, b.all_deletion),
        heading: b.all_heading.to_owned(),
        base: visit.base.clone(),
        action: format!("{}/deletion", visit.base),
        session: super::name(&seen, visit, t),
        status,
        at: start.map(|start| moment(visit, start, now)),
        act: b.all_deletion,
        submit: b.all_deletion,
        refused,
        conflict: sent.conflict,
        lines,
        reason: sent.reason,
        reason_hint: reason_hint(&seen, visit.me.id, None, t),
        errors: sent.errors,
    })
}

/// `POST /sessions/{session}/deletion`
pub async fn create_all(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    let typed = form.fields.get("reason").to_owned();
    let (key, back) = (form.key.clone(), form.back());
    let (reader, words) = (visit.clone(), typed.clone());
    let done = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                reader.view(tx)?;
                let reason = Reason::parse(&words).map_err(|problem| Refusal::invalid("reason", problem))?;
                session::grey_out_all(tx, &reader.by, reader.session, &reason)?;
                Ok(lead_back(lead_to(&reader.base, "pod_greyed_out"), back.as_deref()))
            })
        })
        .await;
    let refusal = match done {
        Ok(kept) => return Ok(led(&app, &kept)),
        Err(model::Error::Refused(refusal)) if is_told_on_the_page(&refusal) => refusal,
        Err(error) => return Err(error.into()),
    };
    let sent = Sent::refused(typed, &refusal, &visit, visitor.texts());
    page_refused(&refusal, &fill_all(&app.reading(), &visitor, &visit, sent).await?)
}
