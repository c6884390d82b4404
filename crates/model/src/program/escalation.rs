//! Telling those who pay that people do not book (rule G9): who has left so many reminders unanswered as the organisation
//! says, whom the message goes to, and what it says of them (rule N5). Its facts are the program's; whoever sends it adds a
//! short note at most. The reminders themselves are [`super::reminders`]'s, and those that rules send to participants whose
//! step has no time are [`crate::trigger`]'s.

use std::collections::HashMap;

use jiff::SignedDuration;
use rules::attendance::Status;
use rules::disclosure::{Disclosure, PEOPLE_MIN, named_in, shown};
use rules::ids::{CohortId, ParticipantId, PersonId};
use rules::inactivity::{ANSWERED_WITHIN, unanswered};
use rules::letters::{Happening, Letter};
use rules::notices::notice;
use rules::permission::{Action, What};
use rules::person::Language;
use rules::refusal::Refusal;
use rules::text::Prose;
use rules::time::Instant;
use serde_json::{Value as Json, json};

use super::board::{self, Board, Cohort, Member};
use super::{inactive, kind, may_in, must_be_in_use};
use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::{Result, Tx, args, mail, mail_choice, organisation, reach, trigger};

/// What whoever sends it adds to a message to sponsors; may be empty. It names nobody: who is meant stands in the facts.
pub type Note = Prose<300>;

/// The most cohorts whose offers one list holds.
const COHORTS_MAX: i64 = 20;
/// The most reminders that are looked through for one cohort.
const EVENTS_MAX: i64 = 20_000;
/// What rules sent is looked at so far back to find cohorts: whoever is silent for longer is on the list of those who have
/// gone quiet (rule G8).
const RULES_LOOKED_BACK: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Somebody who has left reminders unanswered.
#[derive(Clone, Debug)]
pub struct Silent {
    /// Who.
    pub member: Member,
    /// How many reminders.
    pub reminders: usize,
    /// When they were reminded last.
    pub last: Instant,
    /// How many sessions that count they have had, and how many there are.
    pub held: (u32, u32),
}

/// A sponsor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sponsor {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The language they read.
    pub language: Language,
    /// Whether they want no such mails.
    pub refuses: bool,
}

/// What could be told, and to whom.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Of which cohort.
    pub cohort: Cohort,
    /// What its project lets sponsors see.
    pub disclosure: Disclosure,
    /// Who has left enough reminders unanswered, by name.
    pub silent: Vec<Silent>,
    /// How many others are on their way in the cohort: sponsors know the sum.
    pub others: u32,
    /// Whom it would go to.
    pub sponsors: Vec<Sponsor>,
    /// Whom a note must not name: everybody who ever was in the cohort.
    pub unnamed: Vec<String>,
}

impl Plan {
    /// Whether there is anything to send, or why not.
    ///
    /// # Errors
    /// [`Refusal::NothingToEscalate`], [`Refusal::TooFewPeople`], [`Refusal::NoSponsor`].
    pub fn possible(&self) -> Result<(), Refusal> {
        if self.silent.is_empty() {
            return Err(Refusal::NothingToEscalate);
        }
        let is_told = shown(&[self.silent.len() as u32, self.others])[0].is_some();
        if self.disclosure == Disclosure::Counts && !is_told {
            return Err(Refusal::TooFewPeople { least: PEOPLE_MIN });
        }
        if self.sponsors.iter().all(|sponsor| sponsor.refuses) {
            return Err(Refusal::NoSponsor);
        }
        Ok(())
    }

    /// What the message says of them.
    pub fn facts(&self) -> Facts {
        match self.disclosure {
            Disclosure::Counts => Facts::Count(self.silent.len()),
            Disclosure::Names => {
                Facts::Names(self.silent.iter().map(|one| (one.member.name.clone(), one.held)).collect())
            }
        }
    }

    /// Whether a note says no more than it may.
    ///
    /// # Errors
    /// [`Refusal::NamesSomebody`].
    pub fn may_add(&self, note: &Note) -> Result<(), Refusal> {
        match named_in(note.as_str(), self.unnamed.iter().map(String::as_str)) {
            Some(name) => Err(Refusal::NamesSomebody { name: name.to_owned() }),
            None => Ok(()),
        }
    }
}

/// What a message to sponsors says: never dates, causes or reasons (rules G9, N5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Facts {
    /// How many people.
    Count(usize),
    /// Who, and of how many sessions that count each has had how many.
    Names(Vec<(String, (u32, u32))>),
}

/// What could be told of a cohort now; of these participants, or of all who are silent if none is named.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to see; [`Refusal::MayNot`].
pub fn plan(tx: &mut Tx, by: &Actor, cohort: CohortId, only: &[ParticipantId]) -> Result<Plan> {
    may_in(tx, by, Action::Escalate, cohort)?;
    let board = board::everybody(tx, cohort)?;
    let silent = silent_of(tx, &board, only)?;
    let Board { cohort, members, .. } = board;
    let disclosure: Disclosure =
        tx.one("SELECT disclosure FROM project WHERE id = $1", args![cohort.project.0], |row| row.parse(0))?;
    let unnamed = members.iter().map(|member| member.name.clone()).collect();
    let is_there = |member: &&Member| !member.is_test && member.archived_at.is_none() && !member.is_closed;
    let others = (members.iter().filter(is_there).count() - silent.len()) as u32;
    let sponsors = sponsors(tx, &cohort)?;
    Ok(Plan { cohort, disclosure, silent, others, sponsors, unnamed })
}

fn sponsors(tx: &mut Tx, cohort: &Cohort) -> Result<Vec<Sponsor>> {
    let mut found: Vec<Sponsor> = tx.all(
        "SELECT p.id, p.name, p.language FROM sponsor s JOIN person p ON p.id = s.person_id
         WHERE s.company_id = $1 AND p.closed_at IS NULL ORDER BY p.folded_name, p.id",
        args![cohort.company.0],
        |row| Ok(Sponsor { person: row.get(0)?, name: row.get(1)?, language: row.parse(2)?, refuses: false }),
    )?;
    for sponsor in &mut found {
        sponsor.refuses = mail_choice::is_refused(tx, sponsor.person, notice(Letter::Escalated).category)?;
    }
    Ok(found)
}

/// Who of a board has left enough reminders unanswered and could book something: who has nothing to book answers by that.
fn silent_of(tx: &mut Tx, board: &Board, only: &[ParticipantId]) -> Result<Vec<Silent>> {
    let (now, enough) = (tx.now(), organisation::get(tx)?.unanswered_reminders as usize);
    let mut asked: HashMap<ParticipantId, (Vec<Instant>, Option<Instant>)> = HashMap::new();
    tx.each(
        "SELECT e.subject_id, e.kind, e.at FROM participant t JOIN event e ON e.subject_kind = 'par' AND e.subject_id = t.id
         WHERE t.cohort_id = $1 AND (e.kind IN ($2, $3) OR (e.kind = $4 AND EXISTS (
             SELECT 1 FROM trigger_sent x JOIN trigger_rule r ON r.id = x.rule_id
             WHERE x.event_id = e.id AND r.condition = 'unbooked' AND r.recipient = 'participant')))
         ORDER BY e.id LIMIT $5",
        args![
            board.cohort.id,
            kind::PARTICIPANT_REMINDED.0,
            kind::PARTICIPANT_ESCALATED.0,
            trigger::kind::SENT.0,
            EVENTS_MAX
        ],
        |row| {
            let (reminders, told) = asked.entry(row.get(0)?).or_default();
            let at: Instant = row.get(2)?;
            if row.get::<String>(1)? == kind::PARTICIPANT_ESCALATED.0 {
                *told = (*told).max(Some(at));
            } else {
                reminders.push(at);
            }
            Ok(())
        },
    )?;
    let mut found = Vec::new();
    for member in &board.members {
        let is_asked = only.is_empty() || only.contains(&member.id);
        let is_there = !member.is_test && member.archived_at.is_none() && !member.is_closed;
        let Some((reminders, told)) = asked.get(&member.id).filter(|_| is_asked && is_there) else {
            continue;
        };
        let Some(last) = reminders.last().copied() else { continue };
        // What was booked is asked only of those for whom it matters.
        if unanswered(reminders, None, *told, now) < enough || member.open().next().is_none() {
            continue;
        }
        let booked = inactive::last_booked(tx, member.id)?;
        let reminders = unanswered(reminders, booked, *told, now);
        if reminders >= enough {
            found.push(Silent { held: held(member), member: member.clone(), reminders, last });
        }
    }
    Ok(found)
}

/// How many sessions that count they have had, and how many there are.
fn held(member: &Member) -> (u32, u32) {
    let counted = member.cells().filter(|cell| cell.counts && cell.status != Status::GreyedOut);
    counted.fold((0, 0), |(held, all), cell| (held + u32::from(cell.status == Status::Completed), all + 1))
}

/// Tells the sponsors, with this note. Each of those it speaks of has to leave as many more reminders unanswered before it
/// is offered again. Gives what was done.
///
/// # Errors
/// As [`plan`], [`Plan::possible`] and [`Plan::may_add`]; [`Refusal::PutAway`] for a cohort that is.
pub fn send(tx: &mut Tx, by: &Actor, cohort: CohortId, only: &[ParticipantId], note: &Note) -> Result<Plan> {
    by.still_stands(tx)?;
    let plan = plan(tx, by, cohort, only)?;
    must_be_in_use(tx, cohort)?;
    plan.possible()?;
    plan.may_add(note)?;
    let sponsors: Vec<PersonId> =
        plan.sponsors.iter().filter(|sponsor| !sponsor.refuses).map(|sponsor| sponsor.person).collect();
    let text = |id: &PersonId| id.to_string();
    // Whom it names is found by their ids again: a log holds no names.
    let named =
        |one: &Silent| json!({ "id": text(&one.member.person), "held": one.held.0, "of": one.held.1 });
    let named: Vec<_> = match plan.disclosure {
        Disclosure::Counts => Vec::new(),
        Disclosure::Names => plan.silent.iter().map(named).collect(),
    };
    let facts = json!({
        "disclosure": plan.disclosure.code(), "people": plan.silent.len(), "named": named,
        "sponsors": sponsors.iter().map(text).collect::<Vec<_>>(),
    });
    let event = event::record(tx, by, kind::ESCALATED, &Subject::of(cohort), &facts)?;
    event::give_reason(tx, event, note.as_str())?;
    for one in &plan.silent {
        let facts = json!({ "cohort": cohort.to_string(), "reminders": one.reminders });
        let subject = Subject::of(one.member.id);
        event::record_for(tx, by, Some(one.member.person), kind::PARTICIPANT_ESCALATED, &subject, &facts)?;
    }
    mail::queue_letters(tx, event, &Happening::Escalated { sponsors })?;
    Ok(plan)
}

/// Whether it is offered for this participant: to whoever may escalate.
///
/// # Errors
/// Only those of the store.
pub fn is_offered(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<bool> {
    let ties = reach::ties_to_participant(tx, by, participant)?;
    if by.may(Action::Escalate, &What::private(Action::SeePeople, ties)).is_err() {
        return Ok(false);
    }
    let board = board::of_one(tx, participant)?;
    Ok(!silent_of(tx, &board, &[participant])?.is_empty())
}

/// How many of a cohort are silent, for its board: nothing for whoever may not escalate.
///
/// # Errors
/// Only those of the store.
pub fn count(tx: &mut Tx, by: &Actor, board: &Board) -> Result<usize> {
    let ties = reach::ties_to_cohort(tx, by, board.cohort.id)?;
    match by.may(Action::Escalate, &What::private(Action::SeeCohort, ties)) {
        Ok(()) => Ok(silent_of(tx, board, &[])?.len()),
        Err(_) => Ok(0),
    }
}

/// A cohort in which somebody is silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub cohort: CohortId,
    /// What it is called.
    pub name: String,
    /// How many people.
    pub people: usize,
}

/// The cohorts in which somebody has left enough reminders unanswered, of those that the reader may speak of.
///
/// # Errors
/// Only those of the store.
pub fn offers(tx: &mut Tx, by: &Actor) -> Result<Vec<Offer>> {
    let reach = reach::of(by, Action::Escalate);
    if reach.is_none() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let mut query = Query::new(
        "SELECT c.id FROM (
             SELECT e.subject_id, e.at FROM event e WHERE e.kind = $1 AND e.subject_kind = 'par' AND e.at <= $2
             UNION ALL
             SELECT e.subject_id, e.at FROM trigger_rule r
             JOIN trigger_sent x ON x.rule_id = r.id AND x.sent_at BETWEEN $3 AND $2
             JOIN event e ON e.id = x.event_id AND e.subject_kind = 'par'
             WHERE r.condition = 'unbooked' AND r.recipient = 'participant'
         ) asked JOIN participant t ON t.id = asked.subject_id
         JOIN cohort c ON c.id = t.cohort_id JOIN project j ON j.id = c.project_id",
        args![kind::PARTICIPANT_REMINDED.0, now - ANSWERED_WITHIN, now - RULES_LOOKED_BACK],
    );
    query.and("t.archived_at IS NULL AND c.archived_at IS NULL", args![]);
    reach::cohorts(&mut query, by, reach);
    query.push("GROUP BY c.id ORDER BY MAX(asked.at) DESC, c.id LIMIT $1", args![COHORTS_MAX]);
    let cohorts = tx.all(query.sql(), query.args(), |row| row.get::<CohortId>(0))?;
    let mut offers = Vec::new();
    for cohort in cohorts {
        let board = board::everybody(tx, cohort)?;
        let people = silent_of(tx, &board, &[])?.len();
        if people > 0 {
            offers.push(Offer { cohort, name: board.cohort.name, people });
        }
    }
    Ok(offers)
}

/// What a letter to sponsors is made of.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The project's name.
    pub project: String,
    /// The cohort's name.
    pub cohort: String,
    /// What it says.
    pub facts: Facts,
    /// Whom an answer reaches, by name and address.
    pub writer: Option<(String, String)>,
}

/// What sponsors were told by an event with these facts.
///
/// # Errors
/// Only those of the store.
pub fn letterhead(tx: &mut Tx, cohort: CohortId, by: Option<PersonId>, facts: &Json) -> Result<Letterhead> {
    let (project, cohort) = tx.one(
        "SELECT j.name, c.name FROM cohort c JOIN project j ON j.id = c.project_id WHERE c.id = $1",
        args![cohort],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let number = |of: &Json, name: &str| of[name].as_u64().unwrap_or_default();
    let mut named = Vec::new();
    for one in facts["named"].as_array().into_iter().flatten() {
        let Ok(id) = one["id"].as_str().unwrap_or_default().parse::<PersonId>() else { continue };
        let name: Option<String> =
            tx.opt("SELECT name FROM person WHERE id = $1", args![id], |row| row.get(0))?;
        named.extend(name.map(|name| (name, (number(one, "held") as u32, number(one, "of") as u32))));
    }
    let is_by_name = facts["disclosure"].as_str() == Some(Disclosure::Names.code());
    let facts = if is_by_name { Facts::Names(named) } else { Facts::Count(number(facts, "people") as usize) };
    let writer = tx.opt("SELECT name, mail FROM person WHERE id = $1", args![by], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(Letterhead { project, cohort, facts, writer })
}
