//! What a person is told inside the program (rule M6). Looking reads nothing: opening one is a press (rule P2).

use axum::extract::{Path, Query, State};
use model::notification::{self, Notification, PAGE_ITEMS};
use rules::ids::NotificationId;
use rules::letters::Letter;
use rules::money::Money;
use rules::refusal::Refusal;
use rules::time::Instant;
use serde::Deserialize;

use super::{Answer, page, shell};
use crate::app::{App, Reading};
use crate::forms::{Form, with_toast};
use crate::shell::{Paging, Place};
use crate::texts::{Texts, Told};
use crate::views::notifications::{NotificationRow, NotificationsPage};
use crate::visitor::Visitor;
use crate::words::{Clockface, money};

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// The last one of the page before.
    #[serde(default)]
    before: String,
}

/// `GET /notifications`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let before: Option<NotificationId> = asked.before.parse().ok();
    let by = visitor.actor();
    let mut all = app.read(move |tx| notification::list(tx, &by, before, PAGE_ITEMS + 1)).await?;
    let is_more = all.len() > PAGE_ITEMS as usize;
    all.truncate(PAGE_ITEMS as usize);
    let t = visitor.texts();
    let (clockface, now) = (visitor.clockface(), app.now());
    page(&NotificationsPage {
        shell: shell::of(&visitor, app.mode(), now, t.notices.title, Place::Elsewhere),
        has_unread: visitor.unread.notifications > 0,
        paging: Paging {
            newer: before.map(|_| "/notifications".to_owned()),
            older: all.last().filter(|_| is_more).map(|last| format!("/notifications?before={}", last.id)),
        },
        notifications: all
            .iter()
            .map(|one| NotificationRow {
                action: format!("/notifications/{}/read", one.id),
                text: say(one, &clockface, now, t),
                when: clockface.near(one.at, now),
                is_read: one.is_read,
            })
            .collect(),
    })
}

/// What a notification says to its reader, on their clock (rule T2).
pub fn say(one: &Notification, clockface: &Clockface, now: Instant, t: &Texts) -> String {
    let when = one.starts_at.map(|start| clockface.near(start, now)).unwrap_or_default();
    let minor = one.facts["minor"].as_i64();
    let currency = one.facts["currency"].as_str().and_then(|code| code.parse().ok());
    let amount = minor.zip(currency).map(|(minor, currency)| money(Money::new(minor, currency), t.language));
    let told = Told {
        who: one.other.as_deref().unwrap_or_default(),
        by: one.by.as_deref().unwrap_or_default(),
        when: &when,
        amount: amount.as_deref().unwrap_or_default(),
        is_of_leaving: one.is_of_leaving(),
        receipt: one.facts["reference"].as_str().unwrap_or_default(),
    };
    (t.notices.said)(one.letter, &told)
}

/// `POST /notifications/{notification}/read`: leads to what it tells of.
pub async fn read(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, _form: Form) -> Answer {
    let id: NotificationId = id.parse().map_err(|_| Refusal::NotFound)?;
    let by = visitor.actor();
    let read = app.write(move |tx| notification::mark_read(tx, &by, id)).await?;
    Ok(with_toast(&app, &place_of(&read), ""))
}

/// Where one sees what it tells of.
fn place_of(one: &Notification) -> String {
    if let (Some(participant), Letter::CoachChosen | Letter::CoachChosenForLead) =
        (one.participant, one.letter)
    {
        return format!("/participants/{participant}");
    }
    match (one.thread, one.session, one.letter) {
        (Some(thread), ..) => format!("/messages/{thread}#write"),
        (None, _, Letter::SeriesBooked | Letter::SeriesBookedForCoach) => "/sessions".to_owned(),
        (None, Some(session), _) => format!("/sessions/{session}"),
        (None, None, Letter::BookingWanted | Letter::Trigger | Letter::Survey | Letter::InactiveTold) => {
            "/".to_owned()
        }
        (None, None, Letter::InactiveListed) => "/inactive".to_owned(),
        (None, None, Letter::SessionsCancelled | Letter::SessionsCancelledForCoach) => "/sessions".to_owned(),
        (None, None, Letter::TriggerForCoach) => "/sessions".to_owned(),
        (None, None, _) => "/profile".to_owned(),
    }
}

/// `POST /notifications/read`: all of them.
pub async fn read_all(State(app): State<App>, visitor: Visitor, _form: Form) -> Answer {
    let by = visitor.actor();
    app.write(move |tx| notification::mark_all_read(tx, &by)).await?;
    Ok(with_toast(&app, "/notifications", ""))
}
