//! How journeys of the example have ended: most of a group are done and have said how it was, one end is proposed, somebody
//! has gone quiet, one was put away, and somebody answers no reminders. Whose it is says [`cast`].
//!
//! [`cast`]: super::cast

use std::collections::HashMap;

use jiff::SignedDuration;
use rules::ids::{EventId, Id, JourneyId, ParticipantId, PathwayId, PersonId, QuestionId};
use rules::survey::{Question, Standard};
use rules::time::Instant;
use serde_json::{Value as Json, json};

use super::{DAY, HOUR, cast};
use crate::event::{Actor, Kind};
use crate::program::kind;
use crate::program::survey::{self, New};
use crate::{Result, Tx, args};

/// What each of those who answered said: how much it helped, how the work with the coach was, what they took most from,
/// and in their own words.
const ANSWERS: [(i64, i64, i64, &str); 5] = [
    (5, 5, 0, "I say no earlier now, and nobody minded."),
    (4, 5, 0, ""),
    (4, 4, 1, "The group was the surprise of it."),
    (5, 4, 0, "More time between the sessions would have helped."),
    (3, 4, 0, ""),
];

/// Writes it all down.
pub(super) fn write(tx: &mut Tx, otto: &Actor, ids: &HashMap<&'static str, PersonId>) -> Result<()> {
    let now = tx.now();
    let lea = ids["lea"];
    let pathway: PathwayId =
        tx.one("SELECT MIN(id) FROM pathway WHERE replaced_by IS NULL", args![], |row| row.get(0))?;
    let choices = ["The sessions alone with my coach", "The group", "The tasks in between"];
    let choice =
        Question::parse("What did you take most from?", "choice", &choices).map_err(crate::Error::from)?;
    let asked = [
        New::Standard(Standard::Helped),
        New::Standard(Standard::Coach),
        New::Own(choice),
        New::Standard(Standard::Else),
    ];
    survey::write(tx, otto, pathway, &asked)?;
    let questions: Vec<QuestionId> =
        survey::questions(tx, pathway)?.into_iter().filter_map(|item| item.id).collect();
    for (slug, place) in cast::DONE.iter().zip(0_usize..) {
        let (journey, _) = of(tx, ids[slug])?;
        let at = now - DAY * 20 + HOUR * (place as i32);
        tx.exec(
            "UPDATE journey SET completed_at = $2, completed_by = $3 WHERE id = $1",
            args![journey, at, lea],
        )?;
        happened(
            tx,
            at,
            kind::JOURNEY_COMPLETED,
            journey,
            Some(lea),
            &json!({ "from": "running", "to": "complete" }),
        )?;
        let sent = at + SignedDuration::from_mins(15);
        happened(tx, sent, kind::SURVEY_SENT, journey, None, &json!({}))?;
        let answer = ANSWERS.get(place);
        let answered = answer.map(|_| sent + DAY);
        tx.exec(
            "INSERT INTO journey_end (journey_id, surveyed_at, answered_at) VALUES ($1, $2, $3)",
            args![journey, sent, answered],
        )?;
        let Some((helped, coach, most, words)) = answer else { continue };
        for (question, number) in questions.iter().zip([helped, coach, most]) {
            tx.exec(
                "INSERT INTO survey_answer (journey_id, question_id, number) VALUES ($1, $2, $3)",
                args![journey, *question, *number],
            )?;
        }
        if !words.is_empty() {
            tx.exec(
                "INSERT INTO survey_answer (journey_id, question_id, text) VALUES ($1, $2, $3)",
                args![journey, questions[3], *words],
            )?;
        }
        happened(tx, sent + DAY, kind::SURVEY_ANSWERED, journey, None, &json!({}))?;
    }
    let (journey, participant) = of(tx, ids[cast::PROPOSED])?;
    let coach: PersonId =
        tx.one("SELECT coach_id FROM participant WHERE id = $1", args![participant], |row| row.get(0))?;
    tx.exec(
        "INSERT INTO journey_end (journey_id, proposed_at, proposed_by) VALUES ($1, $2, $3)",
        args![journey, now - DAY * 2, coach],
    )?;
    happened(tx, now - DAY * 2, kind::COMPLETION_PROPOSED, journey, Some(coach), &json!({ "open": 0 }))?;
    let (_, away) = of(tx, ids[cast::AWAY])?;
    tx.exec(
        "UPDATE participant SET archived_at = $2, archived_as = 'not_finished' WHERE id = $1",
        args![away, now - DAY * 30],
    )?;
    let facts = json!({ "from": "present", "to": "archived", "as": "not_finished" });
    happened(tx, now - DAY * 30, kind::PARTICIPANT_ARCHIVED, away, Some(lea), &facts)?;
    let (_, silent) = of(tx, ids[cast::SILENT])?;
    for days in [20, 11] {
        let at = now - DAY * days;
        happened(tx, at, kind::PARTICIPANT_REMINDED, silent, Some(lea), &json!({}))?;
        tx.exec("UPDATE participant SET reminded_at = $2 WHERE id = $1", args![silent, at])?;
    }
    Ok(())
}

fn of(tx: &mut Tx, person: PersonId) -> Result<(JourneyId, ParticipantId)> {
    tx.one(
        "SELECT j.id, t.id FROM participant t JOIN journey j ON j.participant_id = t.id WHERE t.person_id = $1",
        args![person],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

fn happened<I: Id>(
    tx: &mut Tx,
    at: Instant,
    kind: Kind,
    subject: I,
    by: Option<PersonId>,
    facts: &Json,
) -> Result<()> {
    let id: EventId = tx.new_id();
    let via = if by.is_some() { "page" } else { "program" };
    tx.exec(
        "INSERT INTO event (id, at, kind, subject_kind, subject_id, by_id, via, facts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![id, at, kind.0, I::PREFIX, subject.raw(), by, via, facts.to_string()],
    )?;
    Ok(())
}
