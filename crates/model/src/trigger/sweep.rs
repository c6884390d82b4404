//! What time has made due of the rules, found and queued (M5, T4). Cohorts are looked at, each when something may be due in
//! it, in a reading beside all writes; what is found is judged once more where it is queued. It may be looked late, twice,
//! or by two programs at once: a mail and the line that it was sent are written together, and that line is there once.

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;
use rules::ids::{CohortId, ParticipantId, PersonId, SessionId, TriggerId};
use rules::letters::{Happening, Letter};
use rules::notices::notice;
use rules::time::Instant;
use rules::triggers::{Condition, LeftOut, Occasion, Recipient, Terms, Verdict, occasions};
use serde_json::json;

use super::stand::{self, Standing, Whom, ask_when_freed};
use super::{Trigger, in_force, kind};
use crate::event::{self, Actor, Subject};
use crate::{Db, Result, Tx, args, mail, mail_choice};

/// So many cohorts are looked at in one reading.
const COHORTS_A_LOOK: u32 = 20;
/// So many mails are queued in one transaction: the one writer is not held for longer.
pub const MAILS_A_WRITE: usize = 100;
/// After so many mails the cohorts that are left wait for the next sweep.
const MAILS_A_SWEEP: usize = 2_000;
/// A cohort in which a rule holds is looked at this often at least.
const LOOKED_AT_LEAST: SignedDuration = SignedDuration::from_hours(24);

/// A mail that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// By which rule.
    pub trigger: TriggerId,
    /// About whom.
    pub participant: ParticipantId,
    /// About what, to whom.
    pub occasion: Occasion,
    /// Which one, from 1.
    pub number: u32,
}

/// What was seen in one cohort.
#[derive(Clone, Debug)]
struct Look {
    cohort: CohortId,
    /// Since when it was to be looked at: who looks at the same time finds another answer.
    seen: Instant,
    due: Vec<Due>,
    next: Option<Instant>,
}

/// The next moment at which a cohort is looked at.
///
/// # Errors
/// Only those of the store.
pub fn next_look(tx: &mut Tx) -> Result<Option<Instant>> {
    let now = tx.now();
    tx.one("SELECT MIN(triggers_at) FROM cohort WHERE triggers_at > $1", args![now], |row| row.get(0))
}

/// Looks at some of the cohorts in which something may be due, and queues what is. Gives how many it looked at: unless that
/// is none, there may be more.
///
/// # Errors
/// Only those of the store.
pub async fn sweep(db: &Db) -> Result<usize> {
    let looks = db.read(look).await?;
    let (mut mails, mut seen) = (0, Vec::with_capacity(looks.len()));
    for look in &looks {
        for due in look.due.chunks(MAILS_A_WRITE) {
            let due = due.to_vec();
            db.write(move |tx| send(tx, &due)).await?;
        }
        seen.push((look.cohort, look.seen, look.next));
        mails += look.due.len();
        if mails >= MAILS_A_SWEEP {
            break;
        }
    }
    if !seen.is_empty() {
        db.write(move |tx| looked_at(tx, &seen)).await?;
    }
    Ok(looks.len())
}

fn look(tx: &mut Tx) -> Result<Vec<Look>> {
    let now = tx.now();
    let cohorts: Vec<(CohortId, Instant)> = tx.all(
        "SELECT id, triggers_at FROM cohort WHERE triggers_at <= $1 ORDER BY triggers_at, id LIMIT $2",
        args![now, COHORTS_A_LOOK],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    cohorts.into_iter().map(|(cohort, seen)| look_at(tx, cohort, seen)).collect()
}

fn look_at(tx: &mut Tx, cohort: CohortId, seen: Instant) -> Result<Look> {
    let now = tx.now();
    let mut look = Look { cohort, seen, due: Vec::new(), next: None };
    let rules = in_force(tx, cohort)?;
    if rules.is_empty() {
        return Ok(look);
    }
    // Whatever becomes so from now on is due no sooner than this.
    let soonest = rules.iter().map(|rule| rule.terms.timing.wait_hours).min().unwrap_or(1);
    look.next = Some(now + SignedDuration::from_hours(i64::from(soonest)).min(LOOKED_AT_LEAST));
    let is_put_away = "SELECT 1 FROM cohort WHERE id = $1 AND archived_at IS NOT NULL";
    if tx.exists(is_put_away, args![cohort])? {
        return Ok(look);
    }
    let rules: Vec<Trigger> = rules.into_iter().filter(Trigger::is_running).collect();
    let mut told: HashSet<(TriggerId, PersonId, i64, i64)> = HashSet::new();
    let mut led_to: HashMap<(PersonId, SessionId), Instant> = HashMap::new();
    stand::each(tx, cohort, Whom::Reachable, |tx, mut standing| {
        for rule in &rules {
            for (occasion, verdict) in judged(tx, rule, &mut standing)?.so {
                // Of two that are due at once one waits, as it will once the other is written down.
                let verdict = verdict.after(led_to.get(&(occasion.to, occasion.session)).copied(), now);
                match verdict {
                    Verdict::Later { at, .. } => look.next = look.next.map(|next| next.min(at)),
                    Verdict::Over(_) => {}
                    // What several people have in common is told once.
                    Verdict::Due { number, .. } => {
                        if told.insert((rule.id, occasion.to, occasion.about, occasion.turn)) {
                            led_to.insert((occasion.to, occasion.session), now);
                            let participant = standing.participant;
                            look.due.push(Due { trigger: rule.id, participant, occasion, number });
                        }
                        // The one after it.
                        if number < rule.terms.timing.times {
                            let at = rule.terms.moment(occasion.began, number + 1);
                            look.next = look.next.map(|next| next.min(at));
                        }
                    }
                }
            }
        }
        Ok(())
    })?;
    Ok(look)
}

/// What a rule makes of one participant.
pub(super) struct Judged {
    /// What is so, and what becomes of it.
    pub(super) so: Vec<(Occasion, Verdict)>,
    /// Why nothing is, although it is nearly so.
    pub(super) left_out: Option<LeftOut>,
}

/// Judges one participant by one rule, with what was sent before and who wants no such mails.
pub(super) fn judged(tx: &mut Tx, rule: &Trigger, standing: &mut Standing) -> Result<Judged> {
    let now = tx.now();
    judged_at(tx, rule, standing, now)
}

/// The same as if it were that moment, for looking ahead.
pub(super) fn judged_at(tx: &mut Tx, rule: &Trigger, standing: &mut Standing, at: Instant) -> Result<Judged> {
    let terms = &rule.terms;
    let mut found = occasions(terms.condition, terms.recipient, &standing.who, at);
    // Losing a time begins it anew, never sooner: for what is still to come nobody needs to know.
    let is_later = |occasion: &Occasion| matches!(terms.judge(occasion, 0, at), Verdict::Later { .. });
    let lasts = matches!(terms.condition, Condition::Unbooked | Condition::NextNotBooked);
    if lasts && !found.occasions.iter().all(is_later) {
        ask_when_freed(tx, standing)?;
        found = occasions(terms.condition, terms.recipient, &standing.who, at);
    }
    let mut so = Vec::with_capacity(found.occasions.len());
    for occasion in found.occasions {
        let mut verdict = terms.judge(&occasion, 0, at);
        if !matches!(verdict, Verdict::Later { .. }) {
            verdict = terms.judge(&occasion, sent(tx, rule.id, &occasion)?, at);
        }
        if matches!(verdict, Verdict::Due { .. }) {
            verdict = match is_deaf(tx, occasion.to, terms.recipient)? {
                Some(reason) => Verdict::Over(reason),
                None => verdict.after(last_led_to(tx, &occasion)?, at),
            };
        }
        so.push((occasion, verdict));
    }
    Ok(Judged { so, left_out: found.left_out })
}

/// The number of the last mail that was sent about this; 0 if none was.
pub(super) fn sent(tx: &mut Tx, rule: TriggerId, occasion: &Occasion) -> Result<u32> {
    tx.one(
        "SELECT COALESCE(MAX(no), 0) FROM trigger_sent
         WHERE rule_id = $1 AND person_id = $2 AND about_id = $3 AND turn = $4",
        args![rule, occasion.to, occasion.about, occasion.turn],
        |row| row.get(0),
    )
}

/// When a rule last wrote to somebody and led to this session.
fn last_led_to(tx: &mut Tx, occasion: &Occasion) -> Result<Option<Instant>> {
    tx.one(
        "SELECT MAX(sent_at) FROM trigger_sent WHERE session_id = $1 AND person_id = $2",
        args![occasion.session, occasion.to],
        |row| row.get(0),
    )
}

/// Why nothing reaches this person.
fn is_deaf(tx: &mut Tx, person: PersonId, recipient: Recipient) -> Result<Option<LeftOut>> {
    if tx.exists("SELECT 1 FROM person WHERE id = $1 AND closed_at IS NOT NULL", args![person])? {
        return Ok(Some(LeftOut::Closed));
    }
    let category = notice(letter(recipient)).category;
    Ok(mail_choice::is_refused(tx, person, category)?.then_some(LeftOut::Refuses))
}

/// What a rule's mails are.
pub(super) const fn letter(recipient: Recipient) -> Letter {
    match recipient {
        Recipient::Participant => Letter::Trigger,
        Recipient::Coach => Letter::TriggerForCoach,
    }
}

/// Queues what is still due of this.
fn send(tx: &mut Tx, due: &[Due]) -> Result<u64> {
    let now = tx.now();
    let mut queued = 0;
    for due in due {
        let cohort = tx.opt(
            "SELECT c.id FROM participant t JOIN cohort c ON c.id = t.cohort_id WHERE t.id = $1 AND c.archived_at IS NULL",
            args![due.participant],
            |row| row.get::<CohortId>(0),
        )?;
        let Some(cohort) = cohort else { continue };
        let Some((number, terms)) = still_due(tx, cohort, due)? else { continue };
        let facts = json!({ "trigger": due.trigger.to_string(), "about": due.occasion.about, "turn": due.occasion.turn,
            "number": number, "session": due.occasion.session.to_string() });
        let event = event::record(tx, &Actor::Program, kind::SENT, &Subject::of(due.participant), &facts)?;
        let (to, occasion) = (due.occasion.to, &due.occasion);
        // Nobody else has written this line: what was sent is a part of what was judged.
        tx.exec(
            "INSERT INTO trigger_sent (rule_id, person_id, about_id, turn, no, session_id, event_id, sent_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![due.trigger, to, occasion.about, occasion.turn, number, occasion.session, event, now],
        )?;
        if terms.reminds_to_book() {
            tx.exec("UPDATE participant SET reminded_at = $1 WHERE id = $2", args![now, due.participant])?;
        }
        let happening = match terms.recipient {
            Recipient::Participant => Happening::Triggered { participant: to },
            Recipient::Coach => Happening::TriggeredForCoach { coach: to },
        };
        mail::queue_letters(tx, event, &happening)?;
        queued += 1;
    }
    Ok(queued)
}

/// Which mail is due, judged where it is queued, and by which terms.
fn still_due(tx: &mut Tx, cohort: CohortId, due: &Due) -> Result<Option<(u32, Terms)>> {
    let stands = stands(tx, cohort, due.trigger, due.participant, &due.occasion)?;
    Ok(match stands {
        Some((Verdict::Due { number, .. }, terms)) => Some((number, terms)),
        _ => None,
    })
}

/// What becomes of an occasion now, by the terms that hold; none if it is none any more, or another rule or none holds.
pub(super) fn stands(
    tx: &mut Tx,
    cohort: CohortId,
    trigger: TriggerId,
    participant: ParticipantId,
    occasion: &Occasion,
) -> Result<Option<(Verdict, Terms)>> {
    let rules = in_force(tx, cohort)?;
    let Some(rule) = rules.into_iter().find(|rule| rule.id == trigger && rule.is_running()) else {
        return Ok(None);
    };
    let mut found = None;
    stand::each(tx, cohort, Whom::One(participant), |tx, mut standing| {
        let is_it =
            |so: &Occasion| (so.about, so.turn, so.to) == (occasion.about, occasion.turn, occasion.to);
        let judged = judged(tx, &rule, &mut standing)?;
        found = judged.so.into_iter().find(|(so, _)| is_it(so)).map(|(_, verdict)| (verdict, rule.terms));
        Ok(())
    })?;
    Ok(found)
}

/// Writes down as sent what a rule would have sent before now: for the history of an example.
///
/// # Errors
/// Only those of the store.
pub(crate) fn recall(tx: &mut Tx, id: TriggerId) -> Result<()> {
    let now = tx.now();
    let Some(rule) = super::load(tx, id)? else { return Ok(()) };
    for cohort in super::cohorts_of(tx, &rule, COHORTS_A_LOOK)? {
        stand::each(tx, cohort, Whom::Reachable, |tx, mut standing| {
            ask_when_freed(tx, &mut standing)?;
            for occasion in
                occasions(rule.terms.condition, rule.terms.recipient, &standing.who, now).occasions
            {
                let numbers = 1..=rule.terms.timing.times;
                for number in numbers.take_while(|number| rule.terms.moment(occasion.began, *number) <= now) {
                    let facts = json!({ "trigger": id.to_string(), "number": number });
                    let event = event::record(
                        tx,
                        &Actor::Program,
                        kind::SENT,
                        &Subject::of(standing.participant),
                        &facts,
                    )?;
                    let at = rule.terms.moment(occasion.began, number);
                    tx.exec("UPDATE event SET at = $2 WHERE id = $1", args![event, at])?;
                    tx.exec(
                        "INSERT INTO trigger_sent (rule_id, person_id, about_id, turn, no, session_id, event_id, sent_at)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                        args![
                            id,
                            occasion.to,
                            occasion.about,
                            occasion.turn,
                            number,
                            occasion.session,
                            event,
                            at
                        ],
                    )?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Writes down when cohorts are looked at next, unless a rule of theirs was changed meanwhile.
fn looked_at(tx: &mut Tx, seen: &[(CohortId, Instant, Option<Instant>)]) -> Result<()> {
    for (cohort, seen, next) in seen {
        tx.exec(
            "UPDATE cohort SET triggers_at = $3 WHERE id = $1 AND triggers_at = $2",
            args![*cohort, *seen, *next],
        )?;
    }
    Ok(())
}
