//! What a rule would send, said beforehand: who would get a mail now and who not and why, and what the next days bring if
//! nothing changes (M5). By the same judgement that sends, with the clock put forward; only reads.

use std::collections::HashSet;

use jiff::SignedDuration;
use rules::ids::{CohortId, ParticipantId, PersonId, SessionId, TriggerId};
use rules::time::Instant;
use rules::triggers::{LeftOut, Occasion, Verdict, occasions};

use super::stand::{self, Standing, Whom, ask_when_freed};
use super::sweep::{judged, sent};
use super::{Trigger, cohorts_of, get};
use crate::event::Actor;
use crate::program::lead::Led;
use crate::{Result, Tx, args};

/// One looks ahead so far.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The most cohorts that are looked at for one answer.
const COHORTS_MAX: u32 = 500;
/// The most people that are looked at for one answer.
const PEOPLE_MAX: usize = 10_000;
/// The most people that are offered to read a text with.
pub const READERS_MAX: u32 = 100;

/// Somebody for whom it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The participant.
    pub participant: ParticipantId,
    /// By name.
    pub name: String,
    /// Who reads the mail: themselves, or who coaches them.
    pub to: PersonId,
    /// Since when it is so.
    pub since: Instant,
    /// Which mail it is, from 1.
    pub number: u32,
    /// The session that it is about.
    pub session: SessionId,
}

/// What a rule would send.
#[derive(Clone, Debug, Default)]
pub struct Outlook {
    /// Who would get it now.
    pub now: Vec<Line>,
    /// Who would not, although it is so for them, and why.
    pub left_out: Vec<(String, ParticipantId, LeftOut)>,
    /// What leaves within [`AHEAD`] if nothing changes, soonest first.
    pub ahead: Vec<(Instant, Line)>,
    /// How many people were looked at.
    pub people: usize,
    /// Whether there are more than one answer holds.
    pub is_cut: bool,
}

/// What a rule would send now and next.
///
/// # Errors
/// As [`get`].
pub fn outlook(tx: &mut Tx, by: &Actor, id: TriggerId) -> Result<Outlook> {
    let mut trigger = get(tx, by, id)?;
    let now = tx.now();
    if trigger.paused.is_some() {
        // As it would be if it were let go now.
        trigger.terms.live = now;
    }
    let cohorts = cohorts_of(tx, &trigger, COHORTS_MAX + 1)?;
    let mut outlook = Outlook { is_cut: cohorts.len() > COHORTS_MAX as usize, ..Outlook::default() };
    let mut told: HashSet<(PersonId, i64, i64)> = HashSet::new();
    for cohort in cohorts.into_iter().take(COHORTS_MAX as usize) {
        if outlook.people >= PEOPLE_MAX {
            outlook.is_cut = true;
            break;
        }
        stand::each(tx, cohort, Whom::All, |tx, mut standing| {
            outlook.people += 1;
            add(tx, &trigger, &mut standing, &mut told, &mut outlook)
        })?;
    }
    outlook.ahead.sort_by_key(|(at, line)| (*at, line.participant));
    outlook.left_out.sort_by_key(|(_, participant, reason)| (*reason, *participant));
    Ok(outlook)
}

fn add(
    tx: &mut Tx,
    trigger: &Trigger,
    standing: &mut Standing,
    told: &mut HashSet<(PersonId, i64, i64)>,
    outlook: &mut Outlook,
) -> Result<()> {
    let now = tx.now();
    ask_when_freed(tx, standing)?;
    let judged = judged(tx, trigger, standing)?;
    let line = |occasion: &Occasion, number| Line {
        participant: standing.participant,
        name: standing.name.clone(),
        to: occasion.to,
        since: occasion.began,
        number,
        session: occasion.session,
    };
    let (terms, until) = (&trigger.terms, now + AHEAD);
    let mut is_over: HashSet<(PersonId, i64, i64)> = HashSet::new();
    for (occasion, verdict) in &judged.so {
        let key = (occasion.to, occasion.about, occasion.turn);
        match verdict {
            Verdict::Due { number, .. } if told.insert(key) => outlook.now.push(line(occasion, *number)),
            // It would be due, and waits for another mail about the same session.
            Verdict::Later { number, at }
                if terms.moment(occasion.began, *number) <= now
                    && *at <= until
                    && trigger.paused.is_none() =>
            {
                if told.insert((occasion.to, occasion.about, occasion.turn.wrapping_sub(at.millis()))) {
                    outlook.ahead.push((*at, line(occasion, *number)));
                }
            }
            Verdict::Due { .. } | Verdict::Later { .. } => {}
            Verdict::Over(reason) => {
                is_over.insert(key);
                outlook.left_out.push((standing.name.clone(), standing.participant, *reason));
            }
        }
    }
    if let Some(reason) = judged.left_out {
        outlook.left_out.push((standing.name.clone(), standing.participant, reason));
    }
    if trigger.paused.is_some() {
        return Ok(());
    }
    for occasion in occasions(terms.condition, terms.recipient, &standing.who, until).occasions {
        let key = (occasion.to, occasion.about, occasion.turn);
        if is_over.contains(&key) {
            continue;
        }
        let sent = sent(tx, trigger.id, &occasion)?;
        if sent >= terms.timing.times {
            outlook.left_out.push((standing.name.clone(), standing.participant, LeftOut::Sent));
            continue;
        }
        let moments = terms.ahead(&occasion, sent, now, until);
        for (number, at) in moments.into_iter().filter(|(_, at)| *at > now) {
            if told.insert((occasion.to, occasion.about, occasion.turn.wrapping_sub(at.millis()))) {
                outlook.ahead.push((at, line(&occasion, number)));
            }
        }
    }
    Ok(())
}

/// People with whom a text can be read: those for whom a rule there could be, by name, at most [`READERS_MAX`].
///
/// # Errors
/// Only those of the store: whoever asks has made sure that they may have rules there.
pub fn readers(tx: &mut Tx, holds: Led) -> Result<Vec<(ParticipantId, String, String)>> {
    let (company, project, cohort) = holds.columns();
    tx.all(
        "SELECT t.id, p.name, h.name FROM participant t JOIN person p ON p.id = t.person_id
         JOIN cohort h ON h.id = t.cohort_id JOIN project q ON q.id = h.project_id
         WHERE t.archived_at IS NULL AND h.archived_at IS NULL AND p.closed_at IS NULL
             AND (h.id = $3 OR q.id = $2 OR q.company_id = $1)
             AND EXISTS (SELECT 1 FROM journey j WHERE j.participant_id = t.id)
         ORDER BY p.folded_name, t.id LIMIT $4",
        args![company, project, cohort, READERS_MAX],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Whether this participant is in a cohort of that place.
///
/// # Errors
/// Only those of the store.
pub(super) fn is_there(tx: &mut Tx, holds: Led, participant: ParticipantId) -> Result<Option<CohortId>> {
    let (company, project, cohort) = holds.columns();
    tx.opt(
        "SELECT h.id FROM participant t JOIN cohort h ON h.id = t.cohort_id JOIN project q ON q.id = h.project_id
         WHERE t.id = $4 AND (h.id = $3 OR q.id = $2 OR q.company_id = $1)",
        args![company, project, cohort, participant],
        |row| row.get(0),
    )
}
