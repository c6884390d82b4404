//! What can be done with one place of a session, as a part of another page: of a board, of a participant (rule G3). What is
//! done from there leads back there.

use axum::extract::{Path, Query, State};
use rules::ids::PersonId;
use rules::refusal::Refusal;
use serde::Deserialize;

use super::visit::{Visit, coaches_of};
use super::{Whole, marks};
use crate::app::Reading;
use crate::forms::{encode, local};
use crate::meeting;
use crate::pages::{Answer, page};
use crate::views::board::ActionsPart;
use crate::views::session::{Press, Target};
use crate::visitor::Visitor;

/// The query of the part.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// The page that it is shown on.
    #[serde(default)]
    back: String,
}

/// `GET /sessions/{session}/attendance/{person}/actions`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path((session, client)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer {
    let visit = Visit::signed_in(&visitor, &session)?;
    let client: PersonId = client.parse().map_err(|_| Refusal::NotFound)?;
    let whole = Whole::read(&app, &visit).await?;
    let place = whole.seen.place_of(client).ok_or(Refusal::NotFound)?;
    let (t, now, face) = (visitor.texts(), app.now(), &visit.clockface);
    let mut presses = whole.of_all(&visit, t);
    presses.extend(whole.of_place(&visit, place, t));
    let mut presses = whole.six_first(&visit, place, presses, t);
    presses.extend(whole.to_pod(&visit, t));
    let back = Some(local(&asked.back)).filter(|_| !asked.back.is_empty());
    let presses = presses.into_iter().map(|press| from_elsewhere(press, &visit, client, back.as_deref()));
    let seen = &whole.seen;
    let what = match &seen.topic.step {
        Some(step) => step.name.clone(),
        None => meeting::name(&seen.topic, t),
    };
    let when = match seen.session.facts.time {
        Some(time) => super::capital(&face.near(time.starts_at, now)),
        None => t.sessions.no_time.to_owned(),
    };
    page(&ActionsPart {
        t,
        title: format!("{}, {what}", place.name),
        line: if seen.coaches.is_empty() { when } else { (t.meeting.with)(&when, &coaches_of(seen, t)) },
        status: place.status,
        presses: presses.collect(),
        href: visit.base.clone(),
    })
}

/// The same press on another page: it knows where to lead back to, and a place of the session's page is on that page.
fn from_elsewhere(press: Press, visit: &Visit, client: PersonId, back: Option<&str>) -> Press {
    let greys_out = marks::anchor(rules::menu::Act::GreyOut, client).map(|anchor| format!("#{anchor}"));
    let with_back = |mut fields: Vec<(&'static str, String)>| {
        fields.extend(back.map(|back| ("back", back.to_owned())));
        fields
    };
    let target = match press.target {
        // Its reason is optional, and what it does is undone by a press.
        Target::Page(href) if Some(&href) == greys_out.as_ref() => {
            Target::Send(format!("{}/attendance/{client}/greyed-out", visit.base), with_back(Vec::new()))
        }
        Target::Page(href) if href.starts_with('#') => Target::Page(format!("{}{href}", visit.base)),
        Target::Page(href) => match back {
            Some(back) => {
                let joint = if href.contains('?') { '&' } else { '?' };
                Target::Page(format!("{href}{joint}back={}", encode(back)))
            }
            None => Target::Page(href),
        },
        Target::Send(action, fields) => Target::Send(action, with_back(fields)),
        not_now => not_now,
    };
    Press { target, ..press }
}
