//! Telling those who pay that people do not book (rule G9): who has left two reminders unanswered, whom the message goes
//! to, and what it may say of them (rule N5). The reminders themselves are [`super::reminders`]'s, and those that rules
//! send to participants whose step has no time are [`crate::trigger`]'s.

use std::collections::HashMap;

use jiff::SignedDuration;
use rules::attendance::Status;
use rules::disclosure::{Disclosure, PEOPLE_MIN, named_in};
use rules::ids::{CohortId, ParticipantId, PersonId};
use rules::inactivity::{ANSWERED_WITHIN, UNANSWERED_MAX, unanswered};
use rules::letters::{Happening, Letter};
use rules::notices::notice;
use rules::permission::{Action, What};
use rules::person::Language;
use rules::refusal::Refusal;
use rules::text::Prose;
use rules::time::Instant;
use serde_json::json;

use super::board::{self, Board, Cohort, Member};
use super::{inactive, kind, may_in};
use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::{Result, Tx, args, mail, mail_choice, reach, trigger};

/// A message to sponsors, of at most so many characters.
pub type Message = Prose<2_000>;

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
    /// Who has left two reminders unanswered, by name.
    pub silent: Vec<Silent>,
    /// Whom it would go to.
    pub sponsors: Vec<Sponsor>,
    /// Whom the message must not name: everybody of the cohort, but those it is about where the project shows names.
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
        if self.disclosure == Disclosure::Counts && (self.silent.len() as u32) < PEOPLE_MIN {
            return Err(Refusal::TooFewPeople { least: PEOPLE_MIN });
        }
        if self.sponsors.iter().all(|sponsor| sponsor.refuses) {
            return Err(Refusal::NoSponsor);
        }
        Ok(())
    }

    /// Whether a message says no more than it may.
    ///
    /// # Errors
    /// [`Refusal::NamesSomebody`].
    pub fn may_say(&self, message: &Message) -> Result<(), Refusal> {
        match named_in(message.as_str(), self.unnamed.iter().map(String::as_str)) {
            Some(name) => Err(Refusal::NamesSomebody { name: name.to_owned() }),
            None => Ok(()),
        }
    }
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
    let is_meant = |member: &Member| silent.iter().any(|one| one.member.id == member.id);
    let shows_names = disclosure == Disclosure::Names;
    let unnamed = members.iter().filter(|member| !(shows_names && is_meant(member)));
    let unnamed = unnamed.map(|member| member.name.clone()).collect();
    let sponsors = sponsors(tx, &cohort)?;
    Ok(Plan { cohort, disclosure, silent, sponsors, unnamed })
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

/// Who of a board has left two reminders unanswered and could book something: who has nothing to book answers by that.
fn silent_of(tx: &mut Tx, board: &Board, only: &[ParticipantId]) -> Result<Vec<Silent>> {
    let now = tx.now();
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
        if unanswered(reminders, None, *told, now) < UNANSWERED_MAX || member.open().next().is_none() {
            continue;
        }
        let booked = inactive::last_booked(tx, member.id)?;
        let reminders = unanswered(reminders, booked, *told, now);
        if reminders >= UNANSWERED_MAX {
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

/// Tells the sponsors, in these words. Each of those it speaks of has to leave two more reminders unanswered before it is
/// offered again. Gives what was done.
///
/// # Errors
/// As [`plan`], [`Plan::possible`] and [`Plan::may_say`].
pub fn send(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    only: &[ParticipantId],
    message: &Message,
) -> Result<Plan> {
    by.still_stands(tx)?;
    let plan = plan(tx, by, cohort, only)?;
    plan.possible()?;
    plan.may_say(message)?;
    let sponsors: Vec<PersonId> =
        plan.sponsors.iter().filter(|sponsor| !sponsor.refuses).map(|sponsor| sponsor.person).collect();
    let text = |id: &PersonId| id.to_string();
    let facts = json!({
        "disclosure": plan.disclosure.code(), "people": plan.silent.len(),
        "sponsors": sponsors.iter().map(text).collect::<Vec<_>>(),
    });
    let event = event::record(tx, by, kind::ESCALATED, &Subject::of(cohort), &facts)?;
    event::give_reason(tx, event, message.as_str())?;
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

/// The cohorts in which somebody has left two reminders unanswered, of those that the reader may speak of.
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

/// What a letter to sponsors is headed with: the project's name, and whom an answer reaches, by name and address.
///
/// # Errors
/// Only those of the store.
pub fn letterhead(
    tx: &mut Tx,
    cohort: CohortId,
    by: Option<PersonId>,
) -> Result<(String, Option<(String, String)>)> {
    let project = tx.one(
        "SELECT j.name FROM cohort c JOIN project j ON j.id = c.project_id WHERE c.id = $1",
        args![cohort],
        |row| row.get(0),
    )?;
    let writer = tx.opt("SELECT name, mail FROM person WHERE id = $1", args![by], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok((project, writer))
}
