//! What letters about the end of journeys say: the survey, what one act called off, who has gone quiet, and what sponsors
//! are told. Written from how things stand when they leave.

use ::calendar::Method;
use model::program::escalation::Facts;
use model::program::{archive, escalation, inactive, survey};
use model::{Result, Tx, appointment, organisation};
use rules::ids::{CohortId, JourneyId, ParticipantId, PersonId, SessionId};
use rules::time::Instant;

use super::letters::{Desk, Draft};
use super::paper::Block;
use super::sheet::Sheet;
use crate::invites::Side;
use crate::texts::endings::{EndLetters, end_letters};

fn words(desk: &Desk<'_>) -> &'static EndLetters {
    end_letters(desk.material.reader.language)
}

/// The reader, if their account is open and the letter is about such a thing.
fn reader_of(desk: &Desk<'_>, prefix: &str) -> Option<PersonId> {
    let reader = &desk.material.reader;
    reader.to.person().filter(|_| !reader.is_closed && desk.material.event.subject.kind == prefix)
}

/// How was it? The link opens the questions and nothing else. None once they are answered.
pub(super) fn survey(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let Some(person) = reader_of(desk, JourneyId::PREFIX) else { return Ok(None) };
    let journey = JourneyId::from_raw(desk.material.event.subject.id);
    let Some(wanted) = survey::wanted(tx, journey, person)? else { return Ok(None) };
    let words = words(desk);
    let token = survey::mint(tx, journey)?;
    let blocks = vec![
        Block::says((words.survey_says)(&wanted.pathway, wanted.coach.as_deref())),
        Block::says((words.survey_count)(wanted.questions)),
        Block::button(words.survey_button, format!("{}/surveys/{}", desk.house.home, token.reveal())),
        Block::note(words.survey_once),
    ];
    let subject = (words.survey_subject)(&wanted.pathway);
    let why = words.why_program.to_owned();
    let paper = desk.paper_because(subject, words.survey_heading.to_owned(), String::new(), blocks, why);
    Ok(Some(Draft { paper, ..Draft::default() }))
}

/// All that one act called off for its reader, with one file that takes it out of their calendar.
pub(super) fn called_off(tx: &mut Tx, desk: &Desk<'_>, side: Side) -> Result<Option<Draft>> {
    let Some(reader) = reader_of(desk, CohortId::PREFIX) else { return Ok(None) };
    let (words, now) = (words(desk), tx.now());
    let sheet = Sheet::new(desk, side, now);
    let named = desk.material.event.facts["sessions"].as_array().cloned().unwrap_or_default();
    let (mut dates, mut events) = (Vec::new(), Vec::new());
    for one in &named {
        let text = |fact: &str| one[fact].as_str().unwrap_or_default().to_owned();
        let (Ok(session), Ok(client), Ok(start)) = (
            text("session").parse::<SessionId>(),
            text("client").parse::<PersonId>(),
            text("start").parse::<Instant>(),
        ) else {
            continue;
        };
        if side == Side::Client && client != reader {
            continue;
        }
        // Of a pod, the place of whoever left it.
        let place = archive::place_of(tx, session, client)?;
        let Some(told) = appointment::told(tx, session, reader, place, Some(start))? else { continue };
        if side == Side::Coach && !told.is_coach {
            continue;
        }
        let is_out = told.starts_at.is_none() || told.appointment.is_cancelled;
        if is_out || (side == Side::Client && !told.is_on) {
            let page = sheet.inviter.page(&told.appointment);
            events.push(sheet.inviter.event(&told.appointment, &page));
        }
        dates.push((sheet.inviter.what(&told.appointment), sheet.date_of(&told.appointment, start)));
    }
    if dates.is_empty() {
        return Ok(None);
    }
    let heading = if side == Side::Client { words.off_heading } else { words.off_heading_coach };
    let count = dates.len();
    let mut blocks = vec![Block::says((words.off_says)(desk.by(), count)), Block::Facts(dates)];
    blocks.extend(desk.material.event.reason.clone().map(Block::says));
    blocks.push(Block::button(words.off_button, format!("{}/sessions", desk.house.home)));
    if !events.is_empty() {
        blocks.push(Block::note(words.off_removed));
    }
    let calendar = (!events.is_empty()).then(|| sheet.file(Method::Cancel, &events));
    let why = sheet.t.why_booked.to_owned();
    let under = (sheet.t.times_in)(&desk.clock.place());
    let paper = desk.paper_because((words.off_subject)(count), heading.to_owned(), under, blocks, why);
    Ok(Some(Draft { paper, calendar, ..Draft::default() }))
}

/// Who leads some of those who have gone quiet: how many, and where they stand.
pub(super) fn listed(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let Some(lead) = reader_of(desk, PersonId::PREFIX) else { return Ok(None) };
    let words = words(desk);
    let week = desk.material.event.facts["week"].as_str().unwrap_or_default();
    let cohorts = inactive::told(tx, lead, week)?;
    let count = cohorts.iter().map(|(_, count)| count).sum();
    if count == 0 {
        return Ok(None);
    }
    let rows = cohorts.into_iter().map(|(name, count)| (name, (words.people)(count))).collect();
    let blocks = vec![
        Block::says((words.listed_says)(count, organisation::get(tx)?.inactive_months)),
        Block::Facts(rows),
        Block::button(words.listed_button, format!("{}/inactive", desk.house.home)),
        Block::note(words.listed_how),
    ];
    let why = words.why_lead.to_owned();
    let subject = (words.listed_subject)(count);
    let paper = desk.paper_because(subject, words.listed_heading.to_owned(), String::new(), blocks, why);
    Ok(Some(Draft { paper, ..Draft::default() }))
}

/// Whoever has gone quiet: whether they want to go on. None if they did meanwhile.
pub(super) fn quiet(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let Some(person) = reader_of(desk, ParticipantId::PREFIX) else { return Ok(None) };
    let participant = ParticipantId::from_raw(desk.material.event.subject.id);
    let Some(one) = inactive::still_quiet(tx, participant, person)? else { return Ok(None) };
    let words = words(desk);
    let blocks = vec![
        Block::says((words.quiet_says)(&one.cohort_name, organisation::get(tx)?.inactive_months)),
        Block::says(words.quiet_how),
        Block::button(words.quiet_button, format!("{}/", desk.house.home)),
    ];
    let (subject, why) = ((words.quiet_subject)(&one.cohort_name), words.why_program.to_owned());
    let paper = desk.paper_because(subject, words.quiet_heading.to_owned(), String::new(), blocks, why);
    Ok(Some(Draft { paper, ..Draft::default() }))
}

/// What a message to sponsors says, paragraph by paragraph.
pub(crate) fn escalated_lines(words: &EndLetters, cohort: &str, project: &str, facts: &Facts) -> Vec<String> {
    let mut lines = match facts {
        Facts::Count(people) => vec![(words.escalated_count)(project, cohort, *people)],
        Facts::Names(people) => {
            let name = |(name, (held, all)): &(String, (u32, u32))| (words.escalated_name)(name, *held, *all);
            std::iter::once((words.escalated_names)(project, cohort)).chain(people.iter().map(name)).collect()
        }
    };
    lines.push((words.escalated_help)(matches!(facts, Facts::Names(_))));
    lines
}

/// That people do not book, to those who pay, with a note of whoever sent it. It leads nowhere: they see nothing of the
/// program yet.
pub(super) fn escalated(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    if reader_of(desk, CohortId::PREFIX).is_none() {
        return Ok(None);
    }
    let cohort = CohortId::from_raw(desk.material.event.subject.id);
    let event = &desk.material.event;
    let head = escalation::letterhead(tx, cohort, event.by_id, &event.facts)?;
    let words = words(desk);
    let lines = escalated_lines(words, &head.cohort, &head.project, &head.facts);
    let mut blocks: Vec<Block> = lines.into_iter().map(Block::says).collect();
    if let Some(note) = &event.reason {
        blocks.push(Block::says((words.escalated_note)(desk.by())));
        blocks.extend(note.lines().map(str::trim).filter(|line| !line.is_empty()).map(Block::says));
    }
    blocks.push(Block::note((words.escalated_by)(desk.by())));
    let (subject, why) = ((words.escalated_subject)(&head.project), words.why_sponsor.to_owned());
    let paper = desk.paper_because(subject, words.escalated_heading.to_owned(), String::new(), blocks, why);
    Ok(Some(Draft { paper, reply_to: head.writer, ..Draft::default() }))
}
