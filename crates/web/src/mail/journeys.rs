//! What letters about a participant's journey say: which steps wait for a time. Written from how things stand when it
//! leaves, so that nobody is asked for what they have booked meanwhile.

use model::appointment;
use model::program::board::Cell;
use model::program::pool;
use model::program::reminders::{self, Wanted};
use model::{Result, Tx};
use rules::ids::{ParticipantId, SessionId};
use rules::session::SessionKind;
use rules::time::Instant;

use super::letters::{Desk, Draft};
use super::paper::Block;

/// Somebody asks its reader to book. None once there is nothing to book.
pub(super) fn booking_wanted(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let (subject, reader) = (&desk.material.event.subject, &desk.material.reader);
    let Some(person) =
        reader.to.person().filter(|_| subject.kind == ParticipantId::PREFIX && !reader.is_closed)
    else {
        return Ok(None);
    };
    let Some(wanted) = reminders::wanted(tx, ParticipantId::from_raw(subject.id), person)? else {
        return Ok(None);
    };
    let now = tx.now();
    let words = &desk.t.booking_wanted;
    let title = |cell: &Cell| {
        let column = cell.step.and_then(|step| wanted.columns.iter().find(|column| column.step == step));
        match (column, &cell.extra) {
            (Some(column), _) => column.name.clone(),
            (None, Some(extra)) => extra.name.clone(),
            (None, None) => desk.texts.board.extra_one.to_owned(),
        }
    };
    let when = |cell: &Cell| {
        let day = |date| desk.clock.short_day(date, now);
        match cell.suggested {
            Some(weeks) if weeks.end <= now => (words.late)(&day(weeks.last)),
            Some(weeks) => (words.suggested)(&day(weeks.first), &day(weeks.last)),
            None => words.any_time.to_owned(),
        }
    };
    let Some(first) = wanted.cells.first() else { return Ok(None) };
    // The dates of a pod stand on the first page of whoever chooses one.
    let is_pod = wanted
        .columns
        .iter()
        .any(|column| Some(column.step) == first.step && column.kind == SessionKind::Pod);
    let link = match is_pod {
        true => format!("{}/", desk.house.home),
        false => format!("{}/sessions/{}/booking", desk.house.home, first.session),
    };
    let mut blocks = vec![
        Block::says((words.says)(wanted.cells.len(), &wanted.cohort.name)),
        Block::Facts(wanted.cells.iter().map(|cell| (title(cell), when(cell))).collect()),
        Block::button(words.button, link),
    ];
    let Wanted { member, coach_mail, .. } = &wanted;
    let coach = member.coach.as_ref().map(|(_, name)| name.clone());
    blocks.extend(coach.as_deref().map(|coach| Block::note((words.with)(coach))));
    let paper = desk.paper_because(
        (words.subject)(&title(first)),
        words.heading.to_owned(),
        String::new(),
        blocks,
        (words.why)(desk.by()),
    );
    Ok(Some(Draft { paper, reply_to: coach.clone().zip(coach_mail.clone()), coach, ..Draft::default() }))
}

/// Somebody has the reader as their coach from now on. None once that is over.
pub(super) fn coach_chosen(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let (subject, reader) = (&desk.material.event.subject, &desk.material.reader);
    let Some(coach) =
        reader.to.person().filter(|_| subject.kind == ParticipantId::PREFIX && !reader.is_closed)
    else {
        return Ok(None);
    };
    let participant = ParticipantId::from_raw(subject.id);
    let Some(seated) = pool::seated(tx, participant, coach)? else { return Ok(None) };
    let words = &desk.t.coach_chosen;
    let chose_themselves = desk.material.event.by.as_deref() == Some(seated.name.as_str());
    let says = if chose_themselves { words.chose } else { words.given };
    let blocks = vec![
        Block::says(says(&seated.name, &seated.cohort)),
        Block::says(words.next),
        Block::button(words.button, format!("{}/participants/{participant}", desk.house.home)),
    ];
    let paper = desk.paper_because(
        (words.subject)(&seated.name),
        words.heading.to_owned(),
        String::new(),
        blocks,
        words.why.to_owned(),
    );
    Ok(Some(Draft { paper, ..Draft::default() }))
}

/// A participant of a program that the reader leads has chosen a coach. None once that is over.
pub(super) fn coach_chosen_for_lead(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let (subject, reader) = (&desk.material.event.subject, &desk.material.reader);
    let Some(lead) =
        reader.to.person().filter(|_| subject.kind == ParticipantId::PREFIX && !reader.is_closed)
    else {
        return Ok(None);
    };
    let participant = ParticipantId::from_raw(subject.id);
    let Some(chosen) = pool::chosen(tx, participant, lead)? else { return Ok(None) };
    let words = &desk.t.coach_chosen;
    let blocks = vec![
        Block::says((words.lead_says)(&chosen.name, &chosen.coach, &chosen.cohort)),
        Block::says((words.lead_left)(chosen.undecided)),
        Block::button(words.button, format!("{}/participants/{participant}", desk.house.home)),
    ];
    let paper = desk.paper_because(
        (words.lead_subject)(&chosen.name, &chosen.coach),
        words.lead_heading.to_owned(),
        String::new(),
        blocks,
        words.lead_why.to_owned(),
    );
    Ok(Some(Draft { paper, ..Draft::default() }))
}

/// A pod that its reader looks after is too small, the day before its date (rule G5). None once it has another, or begins.
pub(super) fn pod_too_small(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let (event, words) = (&desk.material.event, &desk.texts.pods);
    if event.subject.kind != SessionId::PREFIX || desk.material.reader.is_closed {
        return Ok(None);
    }
    let found = appointment::find(tx, SessionId::from_raw(event.subject.id))?;
    let start = event.facts["start"].as_str().and_then(|start| start.parse::<Instant>().ok());
    let now = tx.now();
    let Some(one) =
        found.filter(|one| Some(one.starts_at) == start && !one.is_cancelled && now < one.starts_at)
    else {
        return Ok(None);
    };
    let count = |name: &str| event.facts[name].as_i64().unwrap_or_default();
    let pod = one.topic.pod.clone().unwrap_or_default();
    let blocks = vec![
        Block::says((words.small_says)(count("members"), count("least"))),
        Block::button(words.small_button, format!("{}/sessions/{}", desk.house.home, one.session)),
    ];
    let subject = (words.small_subject)(&pod, &desk.clock.short(one.starts_at, now));
    let under = desk.clock.long(one.starts_at);
    let why = words.small_why.to_owned();
    let paper = desk.paper_because(subject, words.small_heading.to_owned(), under, blocks, why);
    Ok(Some(Draft { paper, void_at: Some(one.starts_at), ..Draft::default() }))
}
