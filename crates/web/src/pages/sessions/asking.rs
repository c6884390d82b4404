//! Requests to move in words, for whoever decides them and for whoever asked (rules R4, R6). Deciding them is elsewhere.

use model::session::Asking;
use rules::ids::PersonId;
use rules::time::Instant;

use crate::texts::Texts;
use crate::views::parts::AskRow;
use crate::words::{Clockface, first_name};

/// Lines of a list of requests, as they came.
pub(in crate::pages) fn rows(
    asks: &[Asking],
    me: PersonId,
    clockface: &Clockface,
    now: Instant,
    t: &Texts,
) -> Vec<AskRow> {
    asks.iter().map(|ask| row(ask, me, clockface, now, t)).collect()
}

fn row(ask: &Asking, me: PersonId, clockface: &Clockface, now: Instant, t: &Texts) -> AskRow {
    let w = &t.waiting;
    let request = &ask.request;
    let coach = ask.coach.as_ref().map(|coach| coach.name.as_str()).unwrap_or_default();
    let is_asked = ask.coach.as_ref().is_some_and(|coach| coach.person == me);
    let at = |at: Instant| (at.to_string(), clockface.short(at, now));
    let until = clockface.near(request.expires_at, now);
    let address = format!("/sessions/{}", ask.session);
    let (title, line) = if request.by == me {
        ((w.you_asked)(coach), (w.answers_by)(first_name(coach), &until))
    } else {
        let title = if is_asked { (w.asks)(&ask.client.name) } else { (w.asks_of)(&ask.client.name, coach) };
        (title, (w.stays)(&until, &clockface.near(request.from, now)))
    };
    AskRow {
        title,
        left: left(request.expires_at, now, t),
        old: at(request.from),
        new: at(request.to),
        reason: if ask.reason.is_empty() { String::new() } else { (w.quoted)(&ask.reason) },
        line,
        is_busy: ask.is_busy,
        approve: ask.decides.then(|| format!("{address}/move/approval")),
        href: address,
    }
}

/// "18 h left": whole hours, and of the last one its minutes.
fn left(expires_at: Instant, now: Instant, t: &Texts) -> String {
    let minutes = expires_at.since(now).as_mins().max(0);
    if minutes < 60 { (t.waiting.minutes_left)(minutes) } else { (t.waiting.hours_left)(minutes / 60) }
}
