//! The survey at the end of a journey (rule G7): what a pathway asks, when it goes out, one answer each, and what may be
//! read of the answers (rule N5). Who completes a journey is [`super::completion`]'s matter.

use std::collections::BTreeMap;

use rules::completion::SURVEY_AFTER;
use rules::disclosure::{self, PEOPLE_MIN};
use rules::ids::{CohortId, JourneyId, ParticipantId, PathwayId, PersonId, QuestionId};
use rules::letters::Happening;
use rules::permission::{Action, Reach, What};
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::survey::{Kind, QUESTIONS_MAX, Question, Reply, Standard};
use rules::time::Instant;
use serde_json::json;

use super::{kind, may_in, must_exist, record};
use crate::event::{self, Actor, Subject};
use crate::secret::{self, Token};
use crate::{Result, Row, Tx, args, mail};

/// The most texts that are shown of one question, and the most rows that are read for a cohort's answers.
pub const TEXTS_MAX: usize = 500;
const ANSWERS_MAX: i64 = 60_000;

/// Something that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id; none for a standard one of a pathway that has no questions of its own yet.
    pub id: Option<QuestionId>,
    /// How it is answered.
    pub kind: Kind,
    /// Which of the standard questions it is: then each language has its words.
    pub standard: Option<Standard>,
    /// Its words; empty for a standard one.
    pub text: String,
    /// What can be chosen.
    pub choices: Vec<String>,
}

fn item(row: &Row<'_>) -> Result<Item> {
    let choices: String = row.get(4)?;
    Ok(Item {
        id: row.get(0)?,
        kind: row.parse(1)?,
        standard: row.parse_opt(2)?,
        text: row.get(3)?,
        choices: choices.lines().map(str::to_owned).collect(),
    })
}

const ITEM: &str = "q.id, q.kind, q.standard, q.text, q.choices";

/// What a pathway asks now, in order: its own questions, or the standard ones as long as nobody has written any.
///
/// # Errors
/// Only those of the store.
pub fn questions(tx: &mut Tx, pathway: PathwayId) -> Result<Vec<Item>> {
    let sql = format!(
        "SELECT {ITEM} FROM survey_question q WHERE q.pathway_id = $1 AND q.removed_at IS NULL ORDER BY q.no, q.id"
    );
    let own = tx.all(&sql, args![pathway], item)?;
    if !own.is_empty() || has_any(tx, pathway)? {
        return Ok(own);
    }
    let standard = |standard: &Standard| Item {
        id: None,
        kind: standard.kind(),
        standard: Some(*standard),
        text: String::new(),
        choices: Vec::new(),
    };
    Ok(Standard::ALL.iter().map(standard).collect())
}

fn has_any(tx: &mut Tx, pathway: PathwayId) -> Result<bool> {
    tx.exists("SELECT 1 FROM survey_question WHERE pathway_id = $1", args![pathway])
}

/// The same for whoever writes them, with the pathway's name.
///
/// # Errors
/// [`Refusal::NotFound`] for a pathway that is not there; only who writes pathways may.
pub fn written(tx: &mut Tx, by: &Actor, pathway: PathwayId) -> Result<(String, Vec<Item>)> {
    by.may(Action::ManageTemplates, &What::of_the_organisation())?;
    let name = tx.opt("SELECT name FROM pathway WHERE id = $1", args![pathway], |row| row.get(0))?;
    Ok((name.ok_or(Refusal::NotFound)?, questions(tx, pathway)?))
}

/// A question as it is to be asked from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum New {
    /// In words of one's own.
    Own(Question),
    /// One that every language has words for.
    Standard(Standard),
}

impl New {
    fn parts(&self) -> (Kind, Option<Standard>, &str, Vec<&str>) {
        match self {
            New::Own(own) => {
                let choices = own.choices.iter().map(|choice| choice.as_str()).collect();
                (own.kind, None, own.text.as_str(), choices)
            }
            New::Standard(standard) => (standard.kind(), Some(*standard), "", Vec::new()),
        }
    }
}

/// Writes what a pathway asks from now on, in this order. A question that is as it was keeps its answers; one that is
/// another now begins without any. None at all, and no survey goes out.
///
/// # Errors
/// Only who writes pathways may; at most [`QUESTIONS_MAX`].
pub fn write(tx: &mut Tx, by: &Actor, pathway: PathwayId, new: &[New]) -> Result<()> {
    by.may(Action::ManageTemplates, &What::of_the_organisation())?;
    by.still_stands(tx)?;
    must_exist(tx, "SELECT 1 FROM pathway WHERE id = $1", pathway)?;
    if new.len() > QUESTIONS_MAX {
        let problem = Problem::TooMany { most: QUESTIONS_MAX as u32 };
        return Err(Refusal::invalid("questions", problem).into());
    }
    materialise(tx, pathway)?;
    let now = tx.now();
    let mut old = questions(tx, pathway)?;
    let (mut added, mut kept) = (0, 0);
    for (question, no) in new.iter().zip(1_i64..) {
        let (how, standard, text, choices) = question.parts();
        let is_same = |item: &Item| {
            (item.kind, item.standard, item.text.as_str()) == (how, standard, text) && item.choices == choices
        };
        match old.iter().position(is_same) {
            Some(at) => {
                let same = old.remove(at);
                tx.exec("UPDATE survey_question SET no = $2 WHERE id = $1", args![same.id, no])?;
                kept += 1;
            }
            None => {
                let id: QuestionId = tx.new_id();
                tx.exec(
                    "INSERT INTO survey_question (id, pathway_id, no, kind, standard, text, choices)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    args![
                        id,
                        pathway,
                        no,
                        how.code(),
                        standard.map(Standard::code),
                        text,
                        choices.join("\n")
                    ],
                )?;
                added += 1;
            }
        }
    }
    for item in &old {
        tx.exec("UPDATE survey_question SET removed_at = $2 WHERE id = $1", args![item.id, now])?;
    }
    if added == 0 && old.is_empty() {
        return Ok(());
    }
    record(
        tx,
        by,
        kind::SURVEY_CHANGED,
        pathway,
        &json!({ "added": added, "kept": kept, "removed": old.len() }),
    )
}

/// Writes the standard questions down where nobody has written any, so that answers have something to belong to.
fn materialise(tx: &mut Tx, pathway: PathwayId) -> Result<()> {
    if has_any(tx, pathway)? {
        return Ok(());
    }
    for (standard, no) in Standard::ALL.iter().zip(1_i64..) {
        let id: QuestionId = tx.new_id();
        tx.exec(
            "INSERT INTO survey_question (id, pathway_id, no, kind, standard, text, choices)
             VALUES ($1, $2, $3, $4, $5, '', '')",
            args![id, pathway, no, standard.kind().code(), standard.code()],
        )?;
    }
    Ok(())
}

/// What took a pathway's place asks the same.
pub(super) fn copy(tx: &mut Tx, from: PathwayId, to: PathwayId) -> Result<()> {
    if !has_any(tx, from)? {
        return Ok(());
    }
    for (item, no) in questions(tx, from)?.into_iter().zip(1_i64..) {
        let id: QuestionId = tx.new_id();
        tx.exec(
            "INSERT INTO survey_question (id, pathway_id, no, kind, standard, text, choices)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![
                id,
                to,
                no,
                item.kind.code(),
                item.standard.map(Standard::code),
                item.text,
                item.choices.join("\n")
            ],
        )?;
    }
    Ok(())
}

/// What has become of a journey's survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// None has gone out, and none waits to.
    Never,
    /// It goes out then, unless the journey is reopened before.
    Waits(Instant),
    /// It went out then.
    Out(Instant),
    /// It was answered then.
    Answered(Instant),
}

/// How the survey of a journey stands.
///
/// # Errors
/// Only those of the store.
pub fn sent(tx: &mut Tx, journey: JourneyId) -> Result<Sent> {
    let found = tx.opt(
        "SELECT survey_due_at, surveyed_at, answered_at FROM journey_end WHERE journey_id = $1",
        args![journey],
        |row| sent_from_row(row, 0),
    )?;
    Ok(found.unwrap_or(Sent::Never))
}

fn sent_from_row(row: &Row<'_>, first: usize) -> Result<Sent> {
    let (due, out, answered): (Option<Instant>, Option<Instant>, Option<Instant>) =
        (row.get(first)?, row.get(first + 1)?, row.get(first + 2)?);
    Ok(match (due, out, answered) {
        (_, _, Some(at)) => Sent::Answered(at),
        (_, Some(at), None) => Sent::Out(at),
        (Some(at), None, None) => Sent::Waits(at),
        (None, None, None) => Sent::Never,
    })
}

/// The journey is complete: its survey waits, if it never went out. A test is asked nothing (rule G12).
pub(super) fn wait(tx: &mut Tx, journey: JourneyId, is_test: bool) -> Result<()> {
    let due = tx.now() + SURVEY_AFTER;
    let due = Some(due).filter(|_| !is_test);
    tx.exec(
        "INSERT INTO journey_end (journey_id, survey_due_at) VALUES ($1, $2)
         ON CONFLICT (journey_id) DO UPDATE SET proposed_at = NULL, proposed_by = NULL,
             survey_due_at = CASE WHEN journey_end.surveyed_at IS NULL THEN excluded.survey_due_at END",
        args![journey, due],
    )?;
    Ok(())
}

/// It is not complete after all: what waits does not go out.
pub(super) fn forgo(tx: &mut Tx, journey: JourneyId) -> Result<()> {
    tx.exec("UPDATE journey_end SET survey_due_at = NULL WHERE journey_id = $1", args![journey])?;
    Ok(())
}

/// The next moment at which a survey goes out.
///
/// # Errors
/// Only those of the store.
pub fn next_sending(tx: &mut Tx) -> Result<Option<Instant>> {
    let now = tx.now();
    tx.one("SELECT MIN(survey_due_at) FROM journey_end WHERE survey_due_at > $1", args![now], |row| {
        row.get(0)
    })
}

/// Sends the surveys whose wait is over, at most `limit`; each once ever. A pathway that asks nothing sends none.
///
/// # Errors
/// Only those of the store.
pub fn send_due(tx: &mut Tx, limit: u32) -> Result<u64> {
    let now = tx.now();
    let due: Vec<(JourneyId, PathwayId, PersonId, bool)> = tx.all(
        "SELECT j.id, j.pathway_id, t.person_id, j.completed_at IS NOT NULL FROM journey_end e
         JOIN journey j ON j.id = e.journey_id JOIN participant t ON t.id = j.participant_id
         WHERE e.survey_due_at <= $1 ORDER BY e.survey_due_at, j.id LIMIT $2",
        args![now, i64::from(limit)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    for (journey, pathway, client, is_complete) in &due {
        let asks = *is_complete && !questions(tx, *pathway)?.is_empty();
        let out = Some(now).filter(|_| asks);
        tx.exec(
            "UPDATE journey_end SET survey_due_at = NULL, surveyed_at = $2 WHERE journey_id = $1",
            args![*journey, out],
        )?;
        if !asks {
            continue;
        }
        materialise(tx, *pathway)?;
        let facts = json!({ "pathway": pathway.to_string() });
        let (by, subject) = (Actor::Program, Subject::of(*journey));
        let event = event::record_asked(tx, &by, Some(*client), kind::SURVEY_SENT, &subject, &facts)?;
        mail::queue_letters(tx, event, &Happening::SurveyDue { client: *client })?;
    }
    Ok(due.len() as u64)
}

/// Makes the link of a journey's survey, where it leaves the program; an earlier one works no more.
///
/// # Errors
/// Only those of the store.
pub fn mint(tx: &mut Tx, journey: JourneyId) -> Result<Token> {
    let token = Token::new(tx);
    tx.exec("UPDATE journey_end SET link_hash = $2 WHERE journey_id = $1", args![journey, token.hash()])?;
    Ok(token)
}

/// A survey in front of whoever is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Of which journey.
    pub journey: JourneyId,
    /// What the pathway is called.
    pub pathway: String,
    /// What the organisation's cohort is called.
    pub cohort: String,
    /// Who is asked.
    pub person: PersonId,
    /// The language they read.
    pub language: Language,
    /// How it stands.
    pub sent: Sent,
    /// What is asked.
    pub items: Vec<Item>,
}

impl Sheet {
    /// Whether it can be answered.
    ///
    /// # Errors
    /// [`Refusal::SurveyNotOpen`], [`Refusal::SurveyAnswered`].
    pub fn must_be_open(&self) -> Result<(), Refusal> {
        match self.sent {
            Sent::Never | Sent::Waits(_) => Err(Refusal::SurveyNotOpen),
            Sent::Answered(_) => Err(Refusal::SurveyAnswered),
            Sent::Out(_) => Ok(()),
        }
    }
}

/// The survey behind a letter's link, for whoever has it: it signs nobody in and leads to nothing else (rule P2).
///
/// # Errors
/// [`Refusal::LinkUnknown`]; [`Refusal::LinkExpired`] once the account is closed.
pub fn by_link(tx: &mut Tx, token: &str) -> Result<Sheet> {
    let found = tx.opt(
        "SELECT e.journey_id, p.closed_at FROM journey_end e JOIN journey j ON j.id = e.journey_id
         JOIN participant t ON t.id = j.participant_id JOIN person p ON p.id = t.person_id WHERE e.link_hash = $1",
        args![secret::hash(token)],
        |row| Ok((row.get::<JourneyId>(0)?, row.get::<Option<Instant>>(1)?)),
    )?;
    match found {
        None => Err(Refusal::LinkUnknown.into()),
        Some((_, Some(_))) => Err(Refusal::LinkExpired.into()),
        Some((journey, None)) => sheet(tx, journey),
    }
}

/// The survey of one's own journey.
///
/// # Errors
/// [`Refusal::NotFound`] for a journey that is not one's own, as for one that is not there (rule P4).
pub fn own(tx: &mut Tx, by: &Actor, journey: JourneyId) -> Result<Sheet> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    let sheet = sheet(tx, journey)?;
    let ties = if sheet.person == me { Reach::OWN } else { Reach::NONE };
    by.may(Action::AnswerSurvey, &What::private(Action::AnswerSurvey, ties))?;
    Ok(sheet)
}

fn sheet(tx: &mut Tx, journey: JourneyId) -> Result<Sheet> {
    let found = tx.opt(
        "SELECT w.id, w.name, c.name, t.person_id, e.survey_due_at, e.surveyed_at, e.answered_at, p.language
         FROM journey j JOIN participant t ON t.id = j.participant_id JOIN cohort c ON c.id = t.cohort_id
         JOIN person p ON p.id = t.person_id JOIN pathway w ON w.id = j.pathway_id
         LEFT JOIN journey_end e ON e.journey_id = j.id WHERE j.id = $1",
        args![journey],
        |row| {
            let sheet = Sheet {
                journey,
                pathway: row.get(1)?,
                cohort: row.get(2)?,
                person: row.get(3)?,
                language: row.parse(7)?,
                sent: sent_from_row(row, 4)?,
                items: Vec::new(),
            };
            Ok((row.get::<PathwayId>(0)?, sheet))
        },
    )?;
    let (pathway, mut sheet) = found.ok_or(Refusal::NotFound)?;
    sheet.items = questions(tx, pathway)?;
    Ok(sheet)
}

/// Takes somebody's one answer. Each question may be left out, but not all of them.
///
/// # Errors
/// What [`Sheet::must_be_open`] refuses; [`Refusal::Invalid`] where nothing was answered. What was asked meanwhile in
/// other words is left out.
pub fn answer(tx: &mut Tx, by: &Actor, sheet: &Sheet, replies: &[(QuestionId, Reply)]) -> Result<()> {
    sheet.must_be_open()?;
    let now = tx.now();
    let rows: Vec<[crate::Value; 4]> = sheet
        .items
        .iter()
        .filter_map(|item| {
            let id = item.id?;
            let (_, reply) = replies.iter().find(|(asked, reply)| *asked == id && fits(item, reply))?;
            let (number, text) = match reply {
                Reply::Scale(number) | Reply::Choice(number) => (Some(i64::from(*number)), None),
                Reply::Text(text) => (None, Some(text.as_str())),
            };
            Some([sheet.journey.into(), id.into(), number.into(), text.into()])
        })
        .collect();
    if rows.is_empty() {
        return Err(Refusal::invalid("answers", Problem::Missing).into());
    }
    let first = tx.exec(
        "UPDATE journey_end SET answered_at = $2 WHERE journey_id = $1 AND surveyed_at IS NOT NULL
             AND answered_at IS NULL",
        args![sheet.journey, now],
    )?;
    if first == 0 {
        return Err(Refusal::SurveyAnswered.into());
    }
    tx.insert_many("INSERT INTO survey_answer (journey_id, question_id, number, text)", rows, "")?;
    record(tx, by, kind::SURVEY_ANSWERED, sheet.journey, &json!({}))
}

fn fits(item: &Item, reply: &Reply) -> bool {
    match reply {
        Reply::Scale(_) => item.kind == Kind::Scale,
        Reply::Choice(number) => item.kind == Kind::Choice && usize::from(*number) < item.choices.len(),
        Reply::Text(_) => item.kind == Kind::Text,
    }
}

/// What a letter about a survey says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What the pathway is called.
    pub pathway: String,
    /// How many questions there are.
    pub questions: usize,
    /// Who coached them.
    pub coach: Option<String>,
}

/// What to ask of this person, unless they have answered or it is not their journey.
///
/// # Errors
/// Only those of the store.
pub fn wanted(tx: &mut Tx, journey: JourneyId, person: PersonId) -> Result<Option<Wanted>> {
    let sheet = match sheet(tx, journey) {
        Err(crate::Error::Refused(_)) => return Ok(None),
        sheet => sheet?,
    };
    if sheet.person != person || !matches!(sheet.sent, Sent::Out(_)) || sheet.items.is_empty() {
        return Ok(None);
    }
    let coach = tx.opt(
        "SELECT k.name FROM journey j JOIN participant t ON t.id = j.participant_id
         JOIN person k ON k.id = t.coach_id WHERE j.id = $1",
        args![journey],
        |row| row.get(0),
    )?;
    Ok(Some(Wanted { pathway: sheet.pathway, questions: sheet.items.len(), coach }))
}

/// What a cohort's people answered, as far as it may be read: nothing that speaks of fewer than [`PEOPLE_MIN`] of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feedback {
    /// How many were asked.
    pub asked: u32,
    /// How many of them answered.
    pub answered: u32,
    /// Question by question; those that are asked no more last.
    pub questions: Vec<Answered>,
}

/// What was answered to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// What was asked.
    pub item: Item,
    /// Whether it is asked no more.
    pub is_removed: bool,
    /// How many answered it; none where they are too few to be spoken of.
    pub people: Option<u32>,
    /// What came of it; none where they are too few.
    pub summary: Option<Summary>,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Summary {
    /// The average of a scale, in tenths.
    Average(u32),
    /// How many chose each; none where it would speak of too few.
    Choices(Vec<Option<u32>>),
    /// What was written, in the order of the alphabet: not of who wrote it, nor when.
    Texts(Vec<String>),
}

/// The feedback of a cohort. Tests are not in it.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to see; a coach reads none of it.
pub fn feedback(tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<Feedback> {
    may_in(tx, by, Action::SeeFeedback, cohort)?;
    let (asked, answered) = tx.one(
        "SELECT COUNT(e.surveyed_at), COUNT(e.answered_at) FROM participant t JOIN journey j ON j.participant_id = t.id
         JOIN journey_end e ON e.journey_id = j.id WHERE t.cohort_id = $1 AND NOT t.test",
        args![cohort],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let sql = format!(
        "SELECT {ITEM}, q.removed_at, q.no, r.number, r.text, t.id FROM participant t
         JOIN journey j ON j.participant_id = t.id JOIN survey_answer r ON r.journey_id = j.id
         JOIN survey_question q ON q.id = r.question_id WHERE t.cohort_id = $1 AND NOT t.test
         ORDER BY q.no, q.id LIMIT $2"
    );
    let mut found: BTreeMap<(bool, i64, QuestionId), (Item, Vec<Given>)> = BTreeMap::new();
    tx.each(&sql, args![cohort, ANSWERS_MAX], |row| {
        let item = item(row)?;
        let is_removed = row.get::<Option<Instant>>(5)?.is_some();
        let key = (is_removed, row.get(6)?, row.get(0)?);
        let given = Given { number: row.get(7)?, text: row.get(8)?, who: row.get(9)? };
        found.entry(key).or_insert_with(|| (item, Vec::new())).1.push(given);
        Ok(())
    })?;
    let questions =
        found.into_iter().map(|((is_removed, ..), (item, given))| summed(item, is_removed, &given));
    Ok(Feedback { asked, answered, questions: questions.collect() })
}

struct Given {
    number: Option<i64>,
    text: Option<String>,
    who: ParticipantId,
}

fn summed(item: Item, is_removed: bool, given: &[Given]) -> Answered {
    let mut people: Vec<ParticipantId> = given.iter().map(|given| given.who).collect();
    people.sort_unstable();
    people.dedup();
    let people = people.len() as u32;
    if people < PEOPLE_MIN {
        return Answered { item, is_removed, people: None, summary: None };
    }
    let numbers = || given.iter().filter_map(|given| given.number);
    let summary = match item.kind {
        Kind::Scale => {
            let (sum, count) = numbers().fold((0, 0), |(sum, count), number| (sum + number, count + 1));
            Summary::Average(u32::try_from((sum * 20 + count) / (count * 2).max(1)).unwrap_or_default())
        }
        Kind::Choice => {
            let mut counts = vec![0_u32; item.choices.len()];
            for number in numbers() {
                if let Some(count) = usize::try_from(number).ok().and_then(|at| counts.get_mut(at)) {
                    *count += 1;
                }
            }
            Summary::Choices(disclosure::shown(&counts))
        }
        Kind::Text => {
            let mut texts: Vec<String> = given.iter().filter_map(|given| given.text.clone()).collect();
            texts.sort_by_key(|text| rules::person::fold(text));
            texts.truncate(TEXTS_MAX);
            Summary::Texts(texts)
        }
    };
    Answered { item, is_removed, people: Some(people), summary: Some(summary) }
}
