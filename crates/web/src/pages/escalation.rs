//! Telling sponsors that people do not book: about whom, to whom, and in which words, read first and sent once (rules G9,
//! N5, S10). What it says is fixed; a short note may be added.

use axum::extract::{Path, RawQuery, State};
use model::idempotency;
use model::program::escalation::{self, Note, Plan};
use rules::disclosure::Disclosure;
use rules::ids::{CohortId, ParticipantId};
use rules::refusal::Refusal;

use super::board::crumbs;
use super::completion::named;
use super::{Answer, page, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_to, led};
use crate::mail::escalated_lines;
use crate::shell::{FormErrors, Place};
use crate::texts::Language;
use crate::texts::endings::end_letters;
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

/// What the message says, paragraph by paragraph, as the first sponsor would read it.
pub(crate) fn prepared(plan: &Plan) -> (Language, Vec<String>) {
    let reads = plan.sponsors.iter().find(|sponsor| !sponsor.refuses);
    let language = reads.map_or(Language::English, |sponsor| sponsor.language);
    let words = end_letters(language);
    (language, escalated_lines(words, &plan.cohort.name, &plan.cohort.project.1, &plan.facts()))
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
    let (note, errors) = again.unwrap_or((String::new(), FormErrors::NONE));
    let enough = visitor.organisation.unanswered_reminders;
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
        lede: (e.escalate_lede)(enough),
        none: (e.escalate_none)(enough),
        about: match plan.disclosure {
            Disclosure::Names => e.escalate_says_names,
            Disclosure::Counts => e.escalate_says_counts,
        },
        note,
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
    let typed = form.fields.get("note").to_owned();
    let note = Note::parse(&typed).map_err(|problem| Refusal::invalid("note", problem));
    let (key, meant) = (form.key.clone(), who.clone());
    let done = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                escalation::plan(tx, &by, cohort, &meant)?;
                escalation::send(tx, &by, cohort, &meant, &note.clone()?)?;
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
            FormErrors::from_iter([("note", format!("{} ({name})", visitor.say(&refusal)))])
        }
        refusal => FormErrors::from_iter([("note", visitor.say(refusal))]),
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
