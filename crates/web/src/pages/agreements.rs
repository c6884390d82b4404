//! The coaching agreement: the text that holds now, in each language, and the versions before it (rule P9).

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use model::agreement::{self, Agreement, Text};
use model::booking::AGREEMENT;
use model::idempotency;
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use serde::Deserialize;

use super::{Answer, page, page_again, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Fields, Form, lead_to, led};
use crate::shell::{Choice, FormErrors, Place};
use crate::views::agreements::{AgreementsPage, VersionLine};
use crate::visitor::Visitor;

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    language: String,
}

/// `GET /settings/agreements`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let language = asked.language.parse().unwrap_or(visitor.organisation.language);
    page(&fill(&app, &visitor, language, None, FormErrors::NONE).await?)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    language: Language,
    typed: Option<&Fields>,
    errors: FormErrors,
) -> Result<AgreementsPage, Failure> {
    let by = visitor.actor();
    let versions = app.read(move |tx| agreement::versions(tx, &by, AGREEMENT)).await?;
    let t = visitor.texts();
    let clockface = visitor.clockface();
    let newest = versions.first().map_or(0, |(agreement, _)| agreement.version);
    let title = |agreement: &Agreement| {
        (t.agreements.since)(&agreement.version.to_string(), &clockface.date(agreement.published_at))
    };
    let mine = versions.iter().filter(|(agreement, _)| agreement.language == language);
    let current = mine.clone().map(|(agreement, _)| agreement).find(|agreement| agreement.version == newest);
    Ok(AgreementsPage {
        shell: shell::of(visitor, app.mode(), app.now(), t.agreements.title, Place::Settings),
        languages: Language::ALL.iter().map(|l| Choice::new(l.code(), l.name(), language.code())).collect(),
        text: match (typed, current) {
            (Some(typed), _) => typed.get("text").to_owned(),
            (None, current) => current.map(|agreement| agreement.text.clone()).unwrap_or_default(),
        },
        current: current.map(title),
        versions: mine
            .map(|(agreement, accepted)| VersionLine {
                title: title(agreement),
                line: (t.agreements.accepted_by)(*accepted),
                text: agreement.text.split("\n\n").map(str::to_owned).collect(),
                current: agreement.version == newest,
            })
            .collect(),
        errors,
    })
}

/// `POST /settings/agreements`: the text of one language is new; those of the others go on as they are.
pub async fn publish(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let language: Language =
        form.fields.get("language").parse().map_err(|_| Refusal::invalid("language", Problem::NotAChoice))?;
    let text = match Text::parse_some(form.fields.get("text")) {
        Ok(text) => text,
        Err(problem) => {
            let errors = FormErrors::of_refusal(&Refusal::invalid("text", problem), visitor.texts());
            let again = fill(&app.reading(), &visitor, language, Some(&form.fields), errors).await?;
            return page_again(StatusCode::UNPROCESSABLE_ENTITY, &again);
        }
    };
    let by = visitor.actor();
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                let mut texts = BTreeMap::new();
                for known in agreement::current_in_all(tx, AGREEMENT)? {
                    let stored =
                        Text::parse(&known.text).expect("a stored text was checked when it was stored");
                    texts.insert(known.language, stored);
                }
                texts.insert(language, text.clone());
                agreement::publish(tx, &by, AGREEMENT, &texts)?;
                Ok(lead_to(&format!("/settings/agreements?language={language}"), "agreement_published"))
            })
        })
        .await?;
    Ok(led(&app, &answer))
}
