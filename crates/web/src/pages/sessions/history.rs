//! What happened to a session, in words (rule P5). How much of it its reader is told, [`session::told_of`] says.
//!
//! [`session::told_of`]: model::session::told_of

use model::event::Recorded;
use rules::attendance::Status;
use rules::cancelling::Ending;
use rules::ids::PersonId;
use rules::money::Money;
use rules::session::Cause;
use rules::time::Instant;

use crate::texts::Texts;
use crate::views::sessions::HistoryLine;
use crate::words::{Clockface, first_name, money};

/// What a reader is told, newest first.
pub(in crate::pages) fn lines(
    me: PersonId,
    face: &Clockface,
    events: &[Recorded],
    now: Instant,
    t: &Texts,
) -> Vec<HistoryLine> {
    events.iter().filter_map(|event| line(me, face, event, now, t)).collect()
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
    let what =
        word("how").and_then(d.moved_how).or((t.sessions.happened)(kind)).or((t.board.happened)(kind))?;
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
        _ if is_a_mark => format!("({})", t.status.word(status)),
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
            true => what = format!("{}. {closed}", what.trim_end_matches('.')),
            false => change = format!("{change}. {closed}"),
        }
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
    let mut said = if is_own { String::new() } else { format!(": {}", (t.ending.because)(cause, client)) };
    said.push('.');
    if fact("ending") == Some(Ending::Missed.code()) {
        said = format!("{said} {}", t.ending.missed);
    }
    let minor = event.facts["kept_minor"].as_i64();
    if let Some((minor, currency)) = minor.zip(fact("currency").and_then(|code| code.parse().ok())) {
        let kept = match minor {
            0 => (t.ending.kept_nothing)().to_owned(),
            minor => (t.ending.kept)(&money(Money::new(minor, currency), t.language)),
        };
        said = format!("{said} {kept}");
    }
    Some(said)
}
