//! Telling sponsors that people do not book: about whom, to whom, and in which words, said first and sent once (rules G9,
//! N5, S10).

use axum::extract::{Path, RawQuery, State};
use model::idempotency;
use model::program::escalation::{self, Message, Plan};
use rules::disclosure::Disclosure;
use rules::ids::{CohortId, ParticipantId};
use rules::refusal::Refusal;

use super::board::crumbs;
use super::completion::named;
use super::{Answer, page, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_to, led};
use crate::shell::{FormErrors, Place};
use crate::texts::{Language, texts};
use crate::views::board::Crumb;
use crate::views::endings::EscalationPage;
use crate::visitor::Visitor;

fn cohort_of(text: &str) -> Result<CohortId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// `GET /cohorts/{cohort}/escalation`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let who = named(query.unwrap_or_default().as_bytes());
    page(&shown(&app, &visitor, cohort_of(&cohort)?, who, None).await?)
}

/// The message that stands there before anybody changes it, in the language of the first sponsor.
pub(crate) fn prepared(plan: &Plan) -> (Language, String) {
    let reads = plan.sponsors.iter().find(|sponsor| !sponsor.refuses);
    let language = reads.map_or(Language::English, |sponsor| sponsor.language);
    let e = &texts(language).endings;
    let (cohort, project) = (&plan.cohort.name, &plan.cohort.project.1);
    let message = match plan.disclosure {
        Disclosure::Counts => (e.counts_message)(cohort, project, plan.silent.len()),
        Disclosure::Names => {
            let people: Vec<(String, u32, u32)> =
                plan.silent.iter().map(|one| (one.member.name.clone(), one.held.0, one.held.1)).collect();
            (e.names_message)(cohort, project, &people)
        }
    };
    (language, message)
}

async fn shown(
    app: &Reading,
    visitor: &Visitor,
    cohort: CohortId,
    who: Vec<ParticipantId>,
    again: Option<(String, FormErrors)>,
) -> Result<EscalationPage, Failure> {
    let by = visitor.actor();
    let plan = app.read(move |tx| escalation::plan(tx, &by, cohort, &who)).await?;
    let (t, face, now) = (visitor.texts(), visitor.clockface(), app.now());
    let e = &t.endings;
    let base = format!("/cohorts/{cohort}");
    let mut way = crumbs(&plan.cohort);
    way.push(Crumb { label: plan.cohort.name.clone(), href: Some(base.clone()) });
    let (language, message) = prepared(&plan);
    let (message, errors) = again.unwrap_or((message, FormErrors::NONE));
    Ok(EscalationPage {
        shell: shell::of(visitor, app.mode(), now, e.escalate_title, Place::Programs),
        crumbs: way,
        action: format!("{base}/escalation"),
        base,
        people: plan
            .silent
            .iter()
            .map(|one| {
                let line = (e.silent)(one.reminders, &face.near(one.last, now));
                (one.member.id.to_string(), one.member.name.clone(), line)
            })
            .collect(),
        sponsors: plan
            .sponsors
            .iter()
            .map(|sponsor| {
                let note = if sponsor.refuses { e.escalate_refuses.to_owned() } else { String::new() };
                (sponsor.name.clone(), note)
            })
            .collect(),
        impossible: match plan.possible() {
            Err(Refusal::TooFewPeople { .. }) => e.escalate_few,
            Err(Refusal::NoSponsor) => e.escalate_no_sponsor,
            _ => "",
        },
        message,
        language: language.code(),
        hint: match plan.disclosure {
            Disclosure::Names => e.escalate_message_hint,
            Disclosure::Counts => e.escalate_hint_counts,
        },
        errors,
    })
}

/// `POST /cohorts/{cohort}/escalation`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    form: Form,
) -> Answer {
    let (by, cohort) = (visitor.actor(), cohort_of(&cohort)?);
    let who: Vec<ParticipantId> = form.fields.all("who").filter_map(|id| id.parse().ok()).collect();
    let typed = form.fields.get("message").to_owned();
    let message = Message::parse_some(&typed).map_err(|problem| Refusal::invalid("message", problem));
    let (key, meant) = (form.key.clone(), who.clone());
    let done = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                escalation::plan(tx, &by, cohort, &meant)?;
                escalation::send(tx, &by, cohort, &meant, &message.clone()?)?;
                Ok(lead_to(&format!("/cohorts/{cohort}"), "escalation_sent"))
            })
        })
        .await;
    let refusal = match done {
        Ok(answer) => return Ok(led(&app, &answer)),
        Err(model::Error::Refused(refusal)) if is_told_here(&refusal) => refusal,
        Err(error) => return Err(error.into()),
    };
    let t = visitor.texts();
    let errors = match &refusal {
        Refusal::Invalid { .. } => FormErrors::of_refusal(&refusal, t),
        Refusal::NamesSomebody { name } => {
            FormErrors::from_iter([("message", format!("{} ({name})", visitor.say(&refusal)))])
        }
        refusal => FormErrors::from_iter([("message", visitor.say(refusal))]),
    };
    let same = shown(&app.reading(), &visitor, cohort, who, Some((typed, errors))).await?;
    page_refused(&refusal, &same)
}

fn is_told_here(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Invalid { .. }
            | Refusal::NamesSomebody { .. }
            | Refusal::NothingToEscalate
            | Refusal::NoSponsor
            | Refusal::TooFewPeople { .. }
    )
}
