//! What happened to a session, in words (rule P5). How much of it its reader is told, [`session::told_of`] says.
//!
//! [`session::told_of`]: model::session::told_of

use model::event::Recorded;
use rules::attendance::{Outcome, Status};
use rules::cancelling::Ending;
use rules::ids::{AttendanceId, PersonId};
use rules::ledger::Cost;
use rules::money::Money;
use rules::session::Cause;
use rules::time::Instant;
use serde_json::Value as Json;

use super::cause as cause_of;
use crate::texts::Texts;
use crate::views::sessions::HistoryLine;
use crate::words::{Clockface, cost_in_words, first_name};

/// What a reader is told, newest first; of the places of several people with the name of whose it is.
pub(in crate::pages) fn lines(
    me: PersonId,
    face: &Clockface,
    events: &[Recorded],
    now: Instant,
    t: &Texts,
    names_whose: bool,
) -> Vec<HistoryLine> {
    let said = |event| {
        let mut said = line(me, face, event, now, t)?;
        if let Some(name) = whose(event).filter(|_| names_whose) {
            said.what = format!("{name}: {}", said.what);
        }
        let reversed = reversed(event).len();
        if names_whose && reversed > 0 {
            said.change = and_then(said.change, &(t.doing.reversed)(reversed));
        }
        Some(said)
    };
    events.iter().filter_map(said).collect()
}

/// Of several members, whose place something happened to; none where whoever did it says that already.
fn whose(event: &Recorded) -> Option<&str> {
    let name = event.subject_name.as_deref().filter(|_| event.subject.kind == AttendanceId::PREFIX)?;
    let did_it = event.by.as_ref().is_some_and(|(_, by)| by == name);
    (!did_it).then_some(name)
}

/// Whose late cancellation was taken back by it, as far as the reader is told (rule S13).
fn reversed(event: &Recorded) -> &[Json] {
    event.facts["reversed"].as_array().map_or(&[], Vec::as_slice)
}

/// A sentence more.
fn and_then(said: String, more: &str) -> String {
    if said.is_empty() { more.to_owned() } else { format!("{}. {more}", said.trim_end_matches('.')) }
}

/// One thing that happened; of what a session's people have no word for, nothing is said.
pub(in crate::pages) fn line(
    me: PersonId,
    face: &Clockface,
    event: &Recorded,
    now: Instant,
    t: &Texts,
) -> Option<HistoryLine> {
    let d = &t.doing;
    let kind = event.kind.as_str();
    let word = |fact: &str| event.facts[fact].as_str();
    let at = |fact: &str| word(fact)?.parse::<Instant>().ok().map(|at| face.short(at, now));
    let is_leaving = kind == "session_cancelled" && event.facts["left"] == true;
    let left = (t.sessions.happened)("attendance_left").filter(|_| is_leaving);
    let what =
        left.or(word("how").and_then(d.moved_how))
            .or((t.sessions.happened)(kind))
            .or((t.board.happened)(kind))?;
    let who = match &event.by {
        Some((id, _)) if *id == me => t.sessions.by_you.to_owned(),
        Some((_, name)) => (t.sessions.by)(name),
        None => String::new(),
    };
    let status = match kind {
        "session_recorded" => Status::Completed,
        "attendance_greyed_out" => Status::GreyedOut,
        "session_cancelled" => word("to").and_then(Status::from_code).unwrap_or(Status::Cancelled),
        _ => word("to").and_then(Status::from_code).unwrap_or(Status::Booked),
    };
    let is_a_mark = matches!(kind, "attendance_marked" | "attendance_forgiven");
    let mut change = match (at("from").zip(at("to")), at("asked")) {
        (Some((from, to)), _) => (d.from_to)(&from, &to),
        (None, Some(asked)) if kind.starts_with("move_") && kind != "move_asked" => format!("({asked})"),
        _ if is_a_mark => how_it_went(kind, status, word("outcome").and_then(Outcome::from_code), t),
        _ => String::new(),
    };
    if let Some(number) = word("reference") {
        change = format!("({})", (d.receipt)(number));
    }
    let mut what = what.to_owned();
    // What was asked for belongs to the asking: it is said before who asked.
    if let Some(asked) = at("asked").filter(|_| kind == "move_asked") {
        what = format!("{what} {}", (d.to)(&asked));
    }
    if !who.is_empty() {
        what = format!("{what} {who}");
    }
    if at("from").is_some() {
        what.push(',');
    }
    if let Some(start) = at("start") {
        match kind {
            "session_booked" => what = format!("{what} {}", (d.for_time)(&start)),
            "session_cancelled" | "attendance_left" => what = format!("{what} {}", (d.was)(&start)),
            _ => {}
        }
    }
    if let Some(end) = ending(event, t) {
        what.push_str(&end);
    }
    if let Some(asked) = at("superseded") {
        let closed = (d.closed_request)(&asked);
        match change.is_empty() {
            true => what = and_then(what, &closed),
            false => change = and_then(change, &closed),
        }
    }
    if reversed(event).iter().any(|one| one.as_str() == Some(&me.to_string())) {
        change = and_then(change, d.reversed_own);
    }
    Some(HistoryLine {
        what,
        change,
        when: face.near(event.at, now),
        reason: crate::pages::audit::why(event, t),
        status,
    })
}

/// On whose side the reason lay that something was called off, and what came of it (rules R10, S6, P5): the rest of a
/// sentence, and what follows it. What it cost is said as far as the facts say it, which is not to everybody.
pub(in crate::pages) fn ending(event: &Recorded, t: &Texts) -> Option<String> {
    let fact = |name: &str| event.facts[name].as_str();
    let cause = Cause::from_code(fact("cause")?)?;
    let client = event.principal.as_ref().map(|(_, name)| first_name(name)).unwrap_or_default();
    let is_own = cause == Cause::Client && event.principal.is_none();
    // What did not happen was said of it after its start.
    let is_after = fact("start").and_then(|at| at.parse::<Instant>().ok()).is_some_and(|at| at <= event.at);
    let after = (t.ending.because_after)(cause).filter(|_| is_after).map(str::to_owned);
    let because = || after.unwrap_or_else(|| (t.ending.because)(cause, client));
    let mut said = if is_own { String::new() } else { format!(": {}", because()) };
    said.push('.');
    if fact("ending") == Some(Ending::Missed.code()) {
        said = format!("{said} {}", t.ending.missed);
    }
    let (billed, paid) = (event.facts["kept_minor"].as_i64(), event.facts["paid_minor"].as_i64());
    if let Some((minor, currency)) = billed.zip(fact("currency").and_then(|code| code.parse().ok())) {
        let cost = Cost::of(Money::new(minor, currency), paid.unwrap_or_default());
        said = format!("{said} {}", cost_in_words(cost, t.language, t.ending.cost_then));
    }
    Some(said)
}

/// "(Missed: no-show)", and of what is forgiven what it was: "(no-show, Cancelled)" (rules S6, P5).
fn how_it_went(kind: &str, status: Status, outcome: Option<Outcome>, t: &Texts) -> String {
    let is_forgiven = kind == "attendance_forgiven";
    match (outcome.and_then(|outcome| cause_of(outcome, t)), t.status.word(status)) {
        (Some(cause), status) if is_forgiven => format!("({cause}, {status})"),
        (Some(cause), status) => format!("({status}: {cause})"),
        (None, status) => format!("({status})"),
    }
}
