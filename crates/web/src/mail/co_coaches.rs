//! What letters about a session with several coaches say (rule G11): to whoever coaches it beside its coach, or not any
//! more; and to its other people, that somebody joins or leaves. With what it changes in the reader's calendar.

use ::calendar::Method;
use model::{Result, Tx, appointment, person};
use rules::ids::{PersonId, SessionId};
use rules::letters::Letter;
use rules::time::Instant;

use super::letters::{Desk, Draft};
use super::paper::Block;
use super::sheet::Sheet;
use crate::invites::Side;

/// Writes it. None once it has begun, has another time or none, or what it tells of is so no more.
///
/// # Errors
/// Only those of the store.
pub(super) fn write(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let (event, reader, letter) = (&desk.material.event, &desk.material.reader, desk.material.letter);
    if event.subject.kind != SessionId::PREFIX || reader.is_closed {
        return Ok(None);
    }
    let start = event.facts["start"].as_str().and_then(|start| start.parse::<Instant>().ok());
    let coach = event.facts["coach"].as_str().and_then(|coach| coach.parse::<PersonId>().ok());
    let (Some(me), Some(start), Some(coach)) = (reader.to.person(), start, coach) else { return Ok(None) };
    let Some(told) = appointment::told(tx, SessionId::from_raw(event.subject.id), me, None, Some(start))?
    else {
        return Ok(None);
    };
    let now = tx.now();
    let one = &told.appointment;
    let is_beside = one.is_coached_by(coach);
    let holds = match letter {
        Letter::CoCoachNamed | Letter::CoCoachJoins => is_beside,
        _ => !is_beside,
    };
    // Whoever is out needs the entry taken out, whatever became of it since.
    let is_so = told.starts_at == Some(start) && !one.is_cancelled || letter == Letter::CoCoachEnded;
    if !holds || !is_so || start <= now {
        return Ok(None);
    }
    let is_coach = told.is_coach || letter == Letter::CoCoachEnded;
    let sheet = Sheet::new(desk, if is_coach { Side::Coach } else { Side::Client }, now);
    let words = &desk.texts.co_coaches;
    let name = person::get(tx, coach)?.name;
    let (what, when) = (sheet.what(one), sheet.when(one));
    let (subject, says) = match letter {
        Letter::CoCoachNamed => {
            ((words.named_subject)(&what, &when), (words.named_says)(desk.by(), &one.coach.name))
        }
        Letter::CoCoachEnded => ((words.ended_subject)(&what, &when), (words.ended_says)(desk.by())),
        Letter::CoCoachJoins => ((words.joins_subject)(&name, &when), (words.joins_says)(&name)),
        _ => ((words.leaves_subject)(&name, &when), (words.leaves_says)(&name)),
    };
    let mut blocks = vec![Block::says(format!("{says} {}", sheet.about(one)))];
    if letter == Letter::CoCoachNamed {
        blocks.push(Block::says((words.named_marks)(&one.coach.name)));
    }
    if event.facts["superseded"].is_string() && letter != Letter::CoCoachNamed {
        blocks.push(Block::says(words.request_closes));
    }
    let (method, page, note) = if letter == Letter::CoCoachEnded {
        (Method::Cancel, sheet.inviter.page(one), words.file_ends)
    } else {
        let page = sheet.page(tx, one)?;
        blocks.push(Block::button(words.button, &*page));
        let is_new = letter == Letter::CoCoachNamed;
        (Method::Request, page, if is_new { words.file_adds } else { words.file_changes })
    };
    blocks.push(Block::note(note));
    let (heading, under) = match letter {
        Letter::CoCoachEnded => (words.ended_heading.to_owned(), sheet.date(one)),
        _ => (sheet.heading(one), sheet.under(one)),
    };
    let calendar = Some(sheet.file(method, &[sheet.inviter.event(one, &page)]));
    let paper = desk.paper_because(subject, heading, under, blocks, words.why.to_owned());
    Ok(Some(Draft { calendar, void_at: Some(start), ..sheet.draft(paper, one) }))
}
