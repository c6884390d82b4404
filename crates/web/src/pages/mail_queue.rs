//! Mails on their way, for an admin: envelope, kind, state and retry, never what they say (rule M7).

use axum::extract::{Path, Query, State};
use model::idempotency;
use model::mail::{self, Filter, Line, State as MailStatus};
use rules::ids::MailId;
use rules::refusal::Refusal;
use serde::Deserialize;

use super::{Answer, page, shell};
use crate::app::{App, Reading};
use crate::forms::{Form, encode, lead_to, led};
use crate::shell::{Paging, Place};
use crate::texts::letters::letters;
use crate::views::mail_queue::{MailQueuePage, MailState, QueuedMail};
use crate::views::parts::FilterLink;
use crate::visitor::Visitor;

/// How many mails one page shows.
const PAGE_MAILS: u32 = 50;

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    before: String,
}

/// `GET /mail-queue`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let t = visitor.texts();
    let state = MailStatus::from_code(&asked.state);
    let filter = Filter { state, person: None, before: asked.before.parse().ok() };
    let by = visitor.actor();
    let (mut lines, counts) = app
        .read(move |tx| Ok((mail::list(tx, &by, &filter, PAGE_MAILS + 1)?, mail::counts(tx, &by)?)))
        .await?;
    let is_more = lines.len() > PAGE_MAILS as usize;
    lines.truncate(PAGE_MAILS as usize);
    let now = app.now();
    let clockface = visitor.clockface();
    let count = |state: MailStatus| counts.iter().find(|(of, _)| *of == state).map_or(0, |(_, count)| *count);
    let link = |label: &str, of: Option<MailStatus>, count: i64| FilterLink {
        label: label.to_owned(),
        href: of.map_or("/mail-queue".to_owned(), |of| format!("/mail-queue?state={}", of.code())),
        count: usize::try_from(count).ok(),
        current: state == of,
    };
    let mut states = vec![link(t.mail_queue.all_states, None, counts.iter().map(|(_, count)| count).sum())];
    states.extend(
        [MailStatus::Queued, MailStatus::Sent, MailStatus::Dead, MailStatus::Test]
            .map(|of| link(shown(of).word(t), Some(of), count(of))),
    );
    let when = |line: &Line| match (line.sent_at, line.state) {
        (Some(at), _) => clockface.near(at, now),
        (None, MailStatus::Queued) if line.attempts > 0 => {
            (t.mail_queue.next_try)(&clockface.near(line.next_try_at, now))
        }
        (None, _) => clockface.near(line.due_at, now),
    };
    let kept = format!("state={}", encode(&asked.state));
    page(&MailQueuePage {
        shell: shell::of(&visitor, app.mode(), now, t.mail_queue.title, Place::MailQueue),
        states,
        dead: count(MailStatus::Dead) > 0,
        rows: lines
            .iter()
            .map(|line| QueuedMail {
                to: format!("{} <{}>", line.name, line.recipient),
                kind: (letters(visitor.language).kind)(line.letter).to_owned(),
                state: shown(line.state),
                attempts: line.attempts,
                when: when(line),
                error: line.last_error.as_deref().map(crate::mail::explain).unwrap_or_default(),
                retry: (line.state == MailStatus::Dead).then(|| format!("/mail-queue/{}/retry", line.id)),
            })
            .collect(),
        paging: Paging {
            newer: (!asked.before.is_empty()).then(|| format!("/mail-queue?{kept}")),
            older: lines
                .last()
                .filter(|_| is_more)
                .map(|last| format!("/mail-queue?{kept}&before={}", last.id)),
        },
    })
}

fn shown(state: MailStatus) -> MailState {
    match state {
        MailStatus::Queued => MailState::Waiting,
        MailStatus::Sent | MailStatus::Dropped => MailState::Sent,
        MailStatus::Dead => MailState::Dead,
        MailStatus::Test => MailState::Test,
    }
}

/// `POST /mail-queue/{mail}/retry`
pub async fn retry(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id: MailId = id.parse().map_err(|_| Refusal::NotFound)?;
    let by = visitor.actor();
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                mail::retry(tx, &by, id)?;
                Ok(lead_to("/mail-queue?state=dead", "mail_retried"))
            })
        })
        .await?;
    Ok(led(&app, &answer))
}
