//! What a letter of a rule is written from: its text in the reader's language, and what its variables stand for (M5). A
//! letter is written when it leaves: one that is not true any more is not written.

use jiff::SignedDuration;
use rules::attendance::Status;
use rules::ids::{CohortId, MailId, ParticipantId, PersonId, SessionId, TriggerId};
use rules::letters::Happening;
use rules::permission::{Action, What};
use rules::person::Language;
use rules::refusal::Refusal;
use rules::session::SessionKind;
use rules::time::Instant;
use rules::triggers::{Condition, LeftOut, Occasion, Recipient, Terms, Timing, Verdict, occasions};
use serde_json::{Value as Json, json};

use super::outlook::is_there;
use super::stand::{self, Whom, ask_when_freed};
use super::{Text, kind, load, may_at, texts_of};
use crate::event::{self, Actor, Subject};
use crate::program::lead::Led;
use crate::{Result, Tx, args, mail, organisation, reach};

/// What the variables of a text stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whom it is about.
    pub participant: String,
    /// Who coaches them, or marks: name and address.
    pub coach: Option<(String, String)>,
    /// The step; empty for what is none.
    pub step: String,
    /// Its suggested weeks.
    pub weeks: Option<(u16, u16)>,
    /// Their cohort.
    pub cohort: String,
    /// Their company.
    pub company: String,
    /// Since when it is so.
    pub since: Instant,
    /// The session that it is about.
    pub session: SessionId,
    /// What has to be so.
    pub condition: Condition,
    /// To whom it is written.
    pub recipient: Recipient,
    /// The language of whom it is written to.
    pub language: Language,
    /// Whether the session is a pod's, which is chosen and not booked.
    pub is_pod: bool,
}

/// A letter to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToWrite {
    /// The subject, with its variables.
    pub subject: String,
    /// The body, with its variables.
    pub body: String,
    /// What they stand for.
    pub facts: Facts,
}

/// The letter that an event asks for, in this language, else in the organisation's. None if what it tells of is not so any
/// more, or its rule says nothing now.
///
/// # Errors
/// Only those of the store.
pub fn of_event(
    tx: &mut Tx,
    participant: ParticipantId,
    reader: PersonId,
    facts: &Json,
    language: Language,
) -> Result<Option<ToWrite>> {
    let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
    let (Ok(trigger), Ok(session)) =
        (text("trigger").parse::<TriggerId>(), text("session").parse::<SessionId>())
    else {
        return Ok(None);
    };
    let Some(rule) = load(tx, trigger)? else { return Ok(None) };
    let Some(cohort) = is_there(tx, rule.holds, participant)? else { return Ok(None) };
    let (about, turn) = (facts["about"].as_i64().unwrap_or(0), facts["turn"].as_i64().unwrap_or(0));
    let wanted = Occasion { about, turn, began: rule.terms.since, session, to: reader };
    // It was sent by its line; whether it is still so is another question.
    let verdict =
        super::sweep::stands(tx, cohort, trigger, participant, &wanted)?.map(|(verdict, _)| verdict);
    if !matches!(verdict, Some(Verdict::Over(LeftOut::Sent) | Verdict::Later { .. } | Verdict::Due { .. })) {
        return Ok(None);
    }
    let texts = texts_of(tx, trigger, rule.version)?;
    let house = organisation::get(tx)?.language;
    let text = texts.get(&language).or_else(|| texts.get(&house)).or_else(|| texts.values().next());
    let Some((subject, body)) = text.cloned() else { return Ok(None) };
    let since = began(tx, cohort, participant, &rule.terms, &wanted)?;
    let facts = read(tx, participant, session, rule.terms.condition, rule.terms.recipient, since)?;
    Ok(Some(ToWrite { subject, body, facts }))
}

fn began(
    tx: &mut Tx,
    cohort: CohortId,
    participant: ParticipantId,
    terms: &Terms,
    wanted: &Occasion,
) -> Result<Instant> {
    let (now, mut since) = (tx.now(), tx.now());
    stand::each(tx, cohort, Whom::One(participant), |tx, mut standing| {
        ask_when_freed(tx, &mut standing)?;
        let found = occasions(terms.condition, terms.recipient, &standing.who, now);
        let is_it = |so: &&Occasion| (so.about, so.turn) == (wanted.about, wanted.turn);
        since = found.occasions.iter().find(is_it).map_or(now, |so| so.began);
        Ok(())
    })?;
    Ok(since)
}

/// What the variables would stand for with this participant: of what is so for them, else as if it were. None if they are
/// not there, or have nothing that it could be about.
///
/// # Errors
/// As [`may_at`].
pub fn sample(
    tx: &mut Tx,
    by: &Actor,
    holds: Led,
    participant: ParticipantId,
    (condition, recipient): (Condition, Recipient),
    timing: Timing,
) -> Result<Option<Facts>> {
    may_at(tx, by, holds)?;
    let Some(cohort) = is_there(tx, holds, participant)? else { return Ok(None) };
    let now = tx.now();
    let mut found: Option<(SessionId, Instant)> = None;
    stand::each(tx, cohort, Whom::One(participant), |tx, mut standing| {
        ask_when_freed(tx, &mut standing)?;
        let so = occasions(condition, recipient, &standing.who, now).occasions;
        let waited = now - SignedDuration::from_hours(i64::from(timing.wait_hours));
        let places = || standing.who.journeys.iter().flat_map(|journey| &journey.places);
        let waits = places().find(|place| place.status == Status::Unbooked);
        let instead = waits.or(places().next()).map(|place| (place.session, waited));
        found = so.first().map(|so| (so.session, so.began)).or(instead);
        Ok(())
    })?;
    let Some((session, since)) = found else { return Ok(None) };
    read(tx, participant, session, condition, recipient, since).map(Some)
}

fn read(
    tx: &mut Tx,
    participant: ParticipantId,
    session: SessionId,
    condition: Condition,
    recipient: Recipient,
    since: Instant,
) -> Result<Facts> {
    tx.one(
        "SELECT p.name, c.name, c.mail, COALESCE(e.name, x.name), e.from_week, e.to_week, h.name, m.name, s.kind, p.language, c.language
         FROM participant t JOIN person p ON p.id = t.person_id JOIN cohort h ON h.id = t.cohort_id
         JOIN company m ON m.id = t.company_id JOIN session s ON s.id = $2
         LEFT JOIN attendance a ON a.session_id = s.id AND a.client_id = t.person_id LEFT JOIN step e ON e.id = a.step_id
         LEFT JOIN extra x ON x.session_id = s.id
         LEFT JOIN session_coach g ON g.session_id = s.id AND g.marking
         LEFT JOIN person c ON c.id = COALESCE(t.coach_id, g.coach_id)
         WHERE t.id = $1",
        args![participant, session],
        |row| {
            Ok(Facts {
                participant: row.get(0)?,
                coach: row.get::<Option<String>>(1)?.zip(row.get(2)?),
                step: row.get::<Option<String>>(3)?.unwrap_or_default(),
                weeks: row.get::<Option<u16>>(4)?.zip(row.get(5)?),
                cohort: row.get(6)?,
                company: row.get(7)?,
                since,
                session,
                condition,
                recipient,
                language: match (recipient, row.parse_opt::<Language>(10)?) {
                    (Recipient::Coach, Some(language)) => language,
                    _ => row.parse(9)?,
                },
                is_pod: row.parse::<SessionKind>(8)? == SessionKind::Pod,
            })
        },
    )
}

/// Has a text sent to oneself, filled in as if it went to or about this participant.
///
/// # Errors
/// As [`may_at`]; [`Refusal::NotFound`] for a participant who is not there, [`Refusal::NotSignedIn`] for nobody.
pub fn test(
    tx: &mut Tx,
    by: &Actor,
    holds: Led,
    participant: ParticipantId,
    (condition, recipient): (Condition, Recipient),
    timing: Timing,
    text: &Text,
) -> Result<()> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    by.may(
        Action::ManageTriggers,
        &What::private(Action::ManageTriggers, reach::ties_to_led(tx, by, holds)?),
    )?;
    let facts =
        sample(tx, by, holds, participant, (condition, recipient), timing)?.ok_or(Refusal::NotFound)?;
    let facts = json!({ "condition": condition.code(), "recipient": recipient.code(),
        "session": facts.session.to_string(), "since": facts.since.to_string() });
    let event = event::record(tx, by, kind::TESTED, &Subject::of(participant), &facts)?;
    for (field, words) in [("subject", text.subject.as_str()), ("body", text.body.as_str())] {
        tx.exec(
            "INSERT INTO event_text (event_id, field, text) VALUES ($1, $2, $3)",
            args![event, field, words],
        )?;
    }
    mail::queue_letters(tx, event, &Happening::TriggerTested { person: me })
}

/// What a test is written from: the text as it was typed.
///
/// # Errors
/// Only those of the store.
pub fn of_test(
    tx: &mut Tx,
    mail: MailId,
    participant: ParticipantId,
    facts: &Json,
) -> Result<Option<ToWrite>> {
    let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
    let parsed = (
        text("session").parse::<SessionId>().ok(),
        text("since").parse::<Instant>().ok(),
        Condition::from_code(&text("condition")),
        Recipient::from_code(&text("recipient")),
    );
    let (Some(session), Some(since), Some(condition), Some(recipient)) = parsed else { return Ok(None) };
    let typed: Vec<(String, String)> = tx.all(
        "SELECT t.field, t.text FROM mail m JOIN event_text t ON t.event_id = m.event_id
         WHERE m.id = $1 AND t.field IN ('subject', 'body')",
        args![mail],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let field = |name: &str| typed.iter().find(|(field, _)| field == name).map(|(_, text)| text.clone());
    let (Some(subject), Some(body)) = (field("subject"), field("body")) else { return Ok(None) };
    let facts = read(tx, participant, session, condition, recipient, since)?;
    Ok(Some(ToWrite { subject, body, facts }))
}
