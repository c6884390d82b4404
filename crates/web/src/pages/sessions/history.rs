//! What happened to a session, in words (rule P5). How much of it its reader is told, [`session::told_of`] says.
//!
//! [`session::told_of`]: model::session::told_of

use model::event::Recorded;
use rules::attendance::Status;
use rules::ids::PersonId;
use rules::time::Instant;

use crate::texts::Texts;
use crate::views::sessions::HistoryLine;
use crate::words::Clockface;

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
    let is_a_mark = matches!(kind, "attendance_marked" | "attendance_forgiven" | "session_cancelled");
    let mut change = match (at("from").zip(at("to")), at("asked")) {
        (Some((from, to)), _) => (d.from_to)(&from, &to),
        (None, Some(asked)) if kind.starts_with("move_") && kind != "move_asked" => format!("({asked})"),
        _ if is_a_mark => format!("({})", t.status.word(status)),
        _ => String::new(),
    };
    if let Some(number) = word("reference") {
        change = format!("({})", (d.receipt)(number));
    }
    if let Some(asked) = at("superseded") {
        change = format!("{change}. {}", (d.closed_request)(&asked));
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
    Some(HistoryLine {
        what,
        change,
        when: face.near(event.at, now),
        reason: event.reason.clone().unwrap_or_default(),
        status,
    })
}
