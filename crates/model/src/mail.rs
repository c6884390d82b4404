//! The outbox: which letter waits for whom, and what became of it (rule M2). Knows no words and no mail server.
//!
//! A row is queued in the transaction of the change it tells of. It is *written* once, which stores the finished
//! message, then sent until a server accepts it, always as the same text with the same Message-ID. Only a text whose
//! link has ended meanwhile is written anew.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use rules::ids::{EventId, MailId, PersonId, SessionId};
use rules::letters::{Addressee, Happening, Letter, letters};
use rules::notices::notice;
use rules::permission::{Action, What};
use rules::person::{HourStyle, Language};
use rules::refusal::Refusal;
use rules::time::{Instant, Zone};
use rules::words::UnknownWord;
use serde_json::{Value as Json, json};

use crate::attempt::{self, Limit, Verdict};
use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::{Result, Row, Tx, args, mail_choice, notification};

/// What `Tx::notify` says when a mail was queued.
pub const QUEUED: &str = "mail";
/// So many mails are looked for at a time.
pub const BATCH_MAILS: u32 = 500;
/// After so many failures a mail is dead until an admin retries it. With the backoff below that is two days.
pub const ATTEMPTS_MAX: u32 = 16;
/// The first wait after a failure; each further one is twice as long.
pub const BACKOFF_FIRST: SignedDuration = SignedDuration::from_mins(1);
/// No wait is longer than this, jitter aside.
pub const BACKOFF_LONGEST: SignedDuration = SignedDuration::from_hours(6);
/// Waits differ by up to this part of a hundred, so that a server that returns is not met by all at once.
const JITTER_PERCENT: i64 = 20;

/// Queues the letters that this happening asks for, due now (rules M2, S10). Those that a signed-in person causes are
/// counted, by who gets them and by who causes them: an account in the wrong hands must not flood a mailbox. Signing
/// in, asking for a link and holding a time are counted at the door, where the network is known. Bookings are counted
/// by who makes them alone: many clients may book one coach; and so are messages, where they are written.
///
/// # Errors
/// [`Refusal::RateLimited`] for one letter too many.
pub fn queue_letters(tx: &mut Tx, event: EventId, happening: &Happening) -> Result<()> {
    let now = tx.now();
    let limited_elsewhere = matches!(
        happening,
        Happening::LinkAsked { .. }
            | Happening::SignedInOnNewDevice { .. }
            | Happening::BookingHeld { .. }
            | Happening::MessageSent { .. }
            | Happening::SessionMessageSent { .. }
            // Nobody is asked twice a day.
            | Happening::BookingWanted { .. }
            // A participant has one coach, and as many can choose as there are places.
            | Happening::CoachChosen { .. }
            // One act gives so many over and no more.
            | Happening::CoachChanged { .. }
            // The program itself says these, once each.
            | Happening::SurveyDue { .. }
            | Happening::InactiveListed { .. }
            | Happening::GoneQuiet { .. }
    );
    let is_booking = matches!(happening, Happening::SessionBooked { .. } | Happening::SeriesBooked { .. });
    let by = if limited_elsewhere {
        None
    } else {
        tx.one("SELECT by_id FROM event WHERE id = $1", args![event], |row| row.get::<Option<PersonId>>(0))?
    };
    let limits = tx.letter_limits();
    // However many clients of one coach move or cancel, nobody is refused because of the coach's letters.
    let is_of_session = matches!(happening, Happening::Session { .. } | Happening::PutAway { .. });
    if let Some(by) = by.filter(|_| is_booking) {
        count(tx, &[(format!("bookings/by/{by}"), limits.bookings_by_one)])?;
    }
    let letters = letters(happening);
    for (to, _) in &letters {
        if let (Some(by), Some(person), false) = (by, to.person(), is_booking) {
            let to_one = (format!("letters/to/{person}"), limits.to_one);
            let by_one = (format!("letters/by/{by}"), limits.by_one);
            let counted = if is_of_session { vec![by_one] } else { vec![to_one, by_one] };
            count(tx, &counted)?;
        }
    }
    let letters: Vec<_> = letters.into_iter().map(|(to, letter)| (event, to, letter)).collect();
    queue_all(tx, &letters, now)
}

/// A refusal undoes the whole act, its count too: the bucket stays as full as it was.
fn count(tx: &mut Tx, buckets: &[(String, Limit)]) -> Result<()> {
    match attempt::count_all(tx, buckets)? {
        Verdict::Under => Ok(()),
        Verdict::Over { retry_after_s } => {
            Err(Refusal::RateLimited { retry_after_seconds: retry_after_s }.into())
        }
    }
}

/// Queues one letter about an event, unless its reader has been told of it already (rule M3) or refuses such mails (rule
/// M4); inside the program they are told in any case (rule M6). It leaves no sooner than `due_at`, and never if its reader
/// is nothing but a test (rule G12): then it stands in the list as what would have left.
pub fn queue(
    tx: &mut Tx,
    event: EventId,
    to: impl Into<Addressee>,
    letter: Letter,
    due_at: Instant,
) -> Result<()> {
    queue_all(tx, &[(event, to.into(), letter)], due_at)
}

/// [`queue`] for many letters at once, with few statements. Whoever calls it bounds how many.
pub(crate) fn queue_all(
    tx: &mut Tx,
    letters: &[(EventId, Addressee, Letter)],
    due_at: Instant,
) -> Result<()> {
    let people: Vec<_> = letters
        .iter()
        .filter_map(|(event, to, letter)| to.person().map(|person| (*event, person, *letter)))
        .collect();
    notification::tell(tx, &people, due_at)?;
    let refused = mail_choice::refused_by(
        tx,
        people.iter().map(|(_, person, letter)| (*person, notice(*letter).category)),
    )?;
    let tests = those_only_a_test(tx, people.iter().map(|(_, person, _)| *person))?;
    let mut rows = Vec::with_capacity(letters.len());
    let mut waits = None;
    for (event, to, letter) in letters {
        // Whose hold it is says the event.
        let person = to.person();
        if person.is_some_and(|person| refused.contains(&(person, notice(*letter).category))) {
            continue;
        }
        let is_kept_back = person.is_some_and(|person| tests.contains(&person));
        let state = if is_kept_back { State::Test } else { State::Queued };
        let id: MailId = tx.new_id();
        if !is_kept_back {
            waits = Some(id);
        }
        rows.push([
            id.into(),
            (*event).into(),
            person.into(),
            letter.code().into(),
            state.code().into(),
            due_at.into(),
            0_i64.into(),
            0_i64.into(),
        ]);
    }
    let queued = tx.insert_many(
        "INSERT INTO mail (id, event_id, person_id, letter, state, due_at, retry_machine, attempts)",
        rows,
        "ON CONFLICT DO NOTHING",
    )?;
    if let Some(id) = waits.filter(|_| queued > 0) {
        tx.notify(QUEUED, id.raw());
    }
    Ok(())
}

/// Who of these people is here as a test and as nothing else: a participant wherever they are one with that mark, with no
/// other role and no session of their own outside of programs (rule G12). Where no mail is real, nothing is kept back.
fn those_only_a_test(tx: &mut Tx, people: impl Iterator<Item = PersonId>) -> Result<BTreeSet<PersonId>> {
    let people: BTreeSet<PersonId> = people.collect();
    if people.is_empty() {
        return Ok(people);
    }
    let mut query = Query::new("SELECT t.person_id FROM participant t", args![]);
    query.among("t.person_id", people).and(
        "t.test
             AND NOT EXISTS (SELECT 1 FROM participant o WHERE o.person_id = t.person_id AND NOT o.test)
             AND NOT EXISTS (SELECT 1 FROM person_role r WHERE r.person_id = t.person_id AND r.role <> 'client')
             AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.client_id = t.person_id AND a.journey_id IS NULL)
             AND NOT EXISTS (SELECT 1 FROM organisation g WHERE g.id = 1 AND g.mode IN ('trial', 'demo'))",
        args![],
    );
    Ok(tx.all(query.sql(), query.args(), |row| row.get(0))?.into_iter().collect())
}

/// Drops what waits for a person of one kind of letter: it would tell of what no longer holds.
pub(crate) fn drop_queued(tx: &mut Tx, to: PersonId, letter: Letter) -> Result<()> {
    tx.exec(
        "UPDATE mail SET state = 'dropped', message = NULL WHERE person_id = $1 AND letter = $2 AND state = 'queued'",
        args![to, letter.code()],
    )?;
    Ok(())
}

/// Drops what waits for whoever holds the time of a session: the hold has ended, or is a booking now.
pub(crate) fn drop_for_holder(tx: &mut Tx, session: SessionId) -> Result<()> {
    tx.exec(
        // The state is hidden from SQLite's planner, which would else walk through everything that waits.
        "UPDATE mail SET state = 'dropped', message = NULL WHERE person_id IS NULL AND state || '' = 'queued'
             AND event_id IN (SELECT id FROM event WHERE subject_kind = 'ses' AND subject_id = $1)",
        args![session],
    )?;
    Ok(())
}

/// Drops the reminders of a session that wait: it is at another time now, or not at all, or not for this person any more
/// (rule M1).
pub(crate) fn drop_reminders(tx: &mut Tx, session: SessionId, only_to: Option<PersonId>) -> Result<()> {
    tx.exec(
        "UPDATE mail SET state = 'dropped', message = NULL WHERE state || '' = 'queued'
             AND event_id IN (SELECT event_id FROM reminder WHERE session_id = $1)
             AND (CAST($2 AS BIGINT) IS NULL OR person_id = $2)",
        args![session, only_to],
    )?;
    Ok(())
}

/// The mails that may leave now, the one due longest first; at most [`BATCH_MAILS`].
pub fn due(tx: &mut Tx) -> Result<Vec<MailId>> {
    let (now, machine) = (tx.now(), tx.machine_now());
    tx.all(
        "SELECT id FROM mail WHERE state = 'queued' AND due_at <= $1 AND retry_machine <= $2
         ORDER BY due_at, id LIMIT $3",
        args![now, machine, BATCH_MAILS],
        |row| row.get(0),
    )
}

/// The next moment of the product clock at which a mail becomes due.
pub fn next_due(tx: &mut Tx) -> Result<Option<Instant>> {
    let now = tx.now();
    tx.one("SELECT MIN(due_at) FROM mail WHERE state = 'queued' AND due_at > $1", args![now], |row| {
        row.get(0)
    })
}

/// What a mail needs next.
#[derive(Clone, Debug)]
pub enum Step {
    /// Its text, from this.
    Write(Box<Material>),
    /// A server to take it.
    Send(Written),
    /// Nothing: it is not due, or somebody else was faster.
    Nothing,
}

/// All that a letter may speak of.
#[derive(Clone, Debug)]
pub struct Material {
    /// The mail.
    pub id: MailId,
    /// What it is to say.
    pub letter: Letter,
    /// Its Message-ID, if it had a text before.
    pub message_id: Option<String>,
    /// What happened.
    pub event: Event,
    /// Who reads it.
    pub reader: Reader,
    /// Whose letterhead it has.
    pub organisation: Letterhead,
}

/// The event that a letter tells of.
#[derive(Clone, Debug)]
pub struct Event {
    /// When it happened.
    pub at: Instant,
    /// What it is about.
    pub subject: Subject,
    /// Who did it, by name; none for the program, the operator or a visitor.
    pub by: Option<String>,
    /// The same by id.
    pub by_id: Option<PersonId>,
    /// Its small values, old and new.
    pub facts: Json,
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
}

/// Who reads a letter.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Who they are to us.
    pub to: Addressee,
    /// As they wish to be called.
    pub name: String,
    /// Where mail goes now; a queued letter follows a change of address.
    pub mail: String,
    /// Whose wall clock they read (rule T2).
    pub zone: Zone,
    /// The language they read (rule M8).
    pub language: Language,
    /// How they read the hour.
    pub hour_style: HourStyle,
    /// Whether their account is closed.
    pub is_closed: bool,
}

/// What the organisation puts on its letters.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// Its name.
    pub name: String,
    /// Where answers to a machine's letter may go.
    pub support_mail: Option<String>,
}

/// A finished message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The address on the envelope.
    pub recipient: String,
    /// Its subject, for the list.
    pub subject: String,
    /// With the angle brackets.
    pub message_id: String,
    /// Headers and body.
    pub message: String,
    /// When a link in it ends, after which the text is worth nothing.
    pub void_at: Option<Instant>,
}

/// Opens a mail that was found due, and says what it needs.
pub fn open(tx: &mut Tx, id: MailId) -> Result<Step> {
    let (now, machine) = (tx.now(), tx.machine_now());
    let row = tx.opt(
        "SELECT recipient, subject, message_id, message, void_at FROM mail
         WHERE id = $1 AND state = 'queued' AND due_at <= $2 AND retry_machine <= $3",
        args![id, now, machine],
        |row| {
            let text = row
                .get::<Option<String>>(0)?
                .zip(row.get::<Option<String>>(1)?)
                .zip(row.get::<Option<String>>(3)?);
            Ok((row.get::<Option<String>>(2)?, text, row.get::<Option<Instant>>(4)?))
        },
    )?;
    match row {
        None => Ok(Step::Nothing),
        Some((Some(message_id), Some(((recipient, subject), message)), void_at))
            if void_at.is_none_or(|void_at| now < void_at) =>
        {
            Ok(Step::Send(Written { recipient, subject, message_id, message, void_at }))
        }
        Some((message_id, _, _)) => {
            material(tx, id, message_id).map(|material| Step::Write(Box::new(material)))
        }
    }
}

fn material(tx: &mut Tx, id: MailId, message_id: Option<String>) -> Result<Material> {
    tx.one(
        "SELECT m.letter, e.at, e.subject_kind, e.subject_id, b.name, b.id, e.facts, p.id, h.session_id,
             COALESCE(p.name, h.name), COALESCE(p.mail, h.mail), COALESCE(p.zone, h.zone),
             COALESCE(p.language, h.language), COALESCE(p.hour_style, 'h24'), p.closed_at,
             (SELECT name FROM organisation WHERE id = 1), (SELECT support_mail FROM organisation WHERE id = 1),
             (SELECT t.text FROM event_text t WHERE t.event_id = e.id AND t.field = 'reason')
         FROM mail m
         JOIN event e ON e.id = m.event_id
         LEFT JOIN person p ON p.id = m.person_id
         LEFT JOIN hold h ON m.person_id IS NULL AND e.subject_kind = 'ses' AND h.session_id = e.subject_id
         LEFT JOIN person b ON b.id = e.by_id
         WHERE m.id = $1",
        args![id],
        |row| {
            let facts = row.get::<String>(6)?;
            let to = match row.get::<Option<PersonId>>(7)? {
                Some(person) => Addressee::Person(person),
                None => Addressee::Holder(row.get(8)?),
            };
            Ok(Material {
                id,
                letter: row.parse(0)?,
                message_id: message_id.clone(),
                event: Event {
                    at: row.get(1)?,
                    subject: Subject { kind: row.get(2)?, id: row.get(3)? },
                    by: row.get(4)?,
                    by_id: row.get(5)?,
                    facts: serde_json::from_str(&facts).unwrap_or(Json::Null),
                    reason: row.get(17)?,
                },
                reader: Reader {
                    to,
                    name: row.get(9)?,
                    mail: row.get(10)?,
                    zone: row.parse(11)?,
                    language: row.parse(12)?,
                    hour_style: row.parse(13)?,
                    is_closed: row.get::<Option<Instant>>(14)?.is_some(),
                },
                organisation: Letterhead {
                    name: row.get::<Option<String>>(15)?.unwrap_or_default(),
                    support_mail: row.get(16)?,
                },
            })
        },
    )
}

/// Stores the finished message of a mail that still waits.
pub fn store(tx: &mut Tx, id: MailId, written: &Written) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE mail SET recipient = $1, subject = $2, message_id = $3, message = $4, rendered_at = $5, void_at = $6
         WHERE id = $7 AND state = 'queued'",
        args![
            &written.recipient,
            &written.subject,
            &written.message_id,
            &written.message,
            now,
            written.void_at,
            id
        ],
    )?;
    Ok(())
}

/// A server has accepted it. Its text goes, except where mails may be looked at (rule M7).
pub fn mark_sent(tx: &mut Tx, id: MailId) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE mail SET state = 'sent', sent_at = $1, last_error = NULL,
             message = CASE WHEN (SELECT mode FROM organisation WHERE id = 1) IN ('trial', 'demo') THEN message END
         WHERE id = $2 AND state = 'queued'",
        args![now, id],
    )?;
    Ok(())
}

/// There is nobody any more whom it concerns.
pub fn mark_dropped(tx: &mut Tx, id: MailId) -> Result<()> {
    tx.exec(
        "UPDATE mail SET state = 'dropped', message = NULL WHERE id = $1 AND state = 'queued'",
        args![id],
    )?;
    Ok(())
}

/// It did not leave, and may another time: it waits, twice as long each time, and is dead after [`ATTEMPTS_MAX`].
/// `class` names the failure without anything personal.
pub fn mark_failed(tx: &mut Tx, id: MailId, class: &str) -> Result<()> {
    let attempts = tx.opt(
        "UPDATE mail SET attempts = attempts + 1, last_error = $1 WHERE id = $2 AND state = 'queued'
         RETURNING attempts",
        args![class, id],
        |row| row.get::<u32>(0),
    )?;
    let Some(attempts) = attempts else { return Ok(()) };
    if attempts >= ATTEMPTS_MAX {
        return bury(tx, id);
    }
    let jitter = i64::from(u16::from_be_bytes(tx.random())) * JITTER_PERCENT / (i64::from(u16::MAX) + 1);
    let retry = tx.machine_now() + backoff(attempts) * (100 + i32::try_from(jitter).unwrap_or(0)) / 100;
    tx.exec("UPDATE mail SET retry_machine = $1 WHERE id = $2", args![retry, id])?;
    Ok(())
}

/// It will never be accepted as it is.
pub fn mark_rejected(tx: &mut Tx, id: MailId, class: &str) -> Result<()> {
    let rejected = tx.exec(
        "UPDATE mail SET attempts = attempts + 1, last_error = $1 WHERE id = $2 AND state = 'queued'",
        args![class, id],
    )?;
    if rejected == 1 { bury(tx, id) } else { Ok(()) }
}

/// Dead: an admin may look at why, and retry. A text that holds a link is not kept meanwhile.
fn bury(tx: &mut Tx, id: MailId) -> Result<()> {
    tx.exec(
        "UPDATE mail SET state = 'dead', message = CASE WHEN void_at IS NULL THEN message END WHERE id = $1",
        args![id],
    )?;
    Ok(())
}

/// How long a mail waits after so many failures, jitter aside.
fn backoff(attempts: u32) -> SignedDuration {
    let doublings = attempts.saturating_sub(1).min(30);
    BACKOFF_FIRST.saturating_mul(1 << doublings).min(BACKOFF_LONGEST)
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It waits for its time, for a server, or for another try.
    Queued,
    /// A server has it.
    Sent,
    /// It was tried often enough.
    Dead,
    /// It concerned nobody any more.
    Dropped,
    /// It was kept back: its reader is nothing but a test (rule G12).
    Test,
}

impl State {
    /// All of them.
    pub const ALL: &[State] = &[State::Queued, State::Sent, State::Dead, State::Dropped, State::Test];

    /// Its name in the database and the API.
    pub const fn code(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sent => "sent",
            State::Dead => "dead",
            State::Dropped => "dropped",
            State::Test => "test",
        }
    }

    /// The one with this name.
    pub fn from_code(code: &str) -> Option<State> {
        State::ALL.iter().copied().find(|state| state.code() == code)
    }
}

impl std::str::FromStr for State {
    type Err = UnknownWord;
    fn from_str(code: &str) -> Result<State, UnknownWord> {
        State::from_code(code).ok_or(UnknownWord)
    }
}

/// A mail as a list shows it: never its body, never a link (rule M7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The mail.
    pub id: MailId,
    /// What it is.
    pub letter: Letter,
    /// What became of it.
    pub state: State,
    /// Whom it is for, if they have an account.
    pub person: Option<PersonId>,
    /// By name; empty for somebody who held a time and is not known any more.
    pub name: String,
    /// The address on the envelope; the reader's own until it is written.
    pub recipient: String,
    /// Its subject, once written.
    pub subject: Option<String>,
    /// When it may leave at the earliest.
    pub due_at: Instant,
    /// When it is tried next, on the product clock; as early as this, if it waits.
    pub next_try_at: Instant,
    /// When a server accepted it.
    pub sent_at: Option<Instant>,
    /// How often it was refused.
    pub attempts: u32,
    /// Why, the last time.
    pub last_error: Option<String>,
}

/// Which mails a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these.
    pub state: Option<State>,
    /// Only this person's.
    pub person: Option<PersonId>,
    /// Only older ones: the last of the page before.
    pub before: Option<MailId>,
}

/// The queue as an admin sees it: mails, newest first, at most `limit`.
///
/// # Errors
/// Whoever may not is refused.
pub fn list(tx: &mut Tx, by: &Actor, filter: &Filter, limit: u32) -> Result<Vec<Line>> {
    by.may(Action::SeeMailQueue, &What::of_the_organisation())?;
    lines(tx, Query::new(LINE, args![]), filter, limit)
}

/// How many mails there are of each state.
///
/// # Errors
/// Whoever may not is refused.
pub fn counts(tx: &mut Tx, by: &Actor) -> Result<Vec<(State, i64)>> {
    by.may(Action::SeeMailQueue, &What::of_the_organisation())?;
    tx.all("SELECT state, COUNT(*) FROM mail GROUP BY state", args![], |row| Ok((row.parse(0)?, row.get(1)?)))
}

/// The mails that a mailbox page shows: those that were sent and have a text, newest first, at most `limit`. None
/// outside of a demo or trial (rule M7).
pub fn mailbox(tx: &mut Tx, filter: &Filter, limit: u32) -> Result<Vec<Line>> {
    let mut query = Query::new(LINE, args![]);
    query.and(SHOWN, args![]);
    lines(tx, query, filter, limit)
}

fn lines(tx: &mut Tx, mut query: Query, filter: &Filter, limit: u32) -> Result<Vec<Line>> {
    query
        .and_some("m.state = $1", filter.state.map(State::code))
        .and_some("m.person_id = $1", filter.person)
        .and_some("m.id < $1", filter.before)
        .push("ORDER BY m.id DESC LIMIT $1", args![limit]);
    let offset = tx.now().since(tx.machine_now());
    tx.all(query.sql(), query.args(), |row| line(row, offset))
}

const LINE: &str =
    "SELECT m.id, m.letter, m.state, p.id, COALESCE(p.name, h.name, ''),
         COALESCE(m.recipient, p.mail, h.mail, ''), m.subject, m.due_at, m.retry_machine, m.sent_at, m.attempts,
         m.last_error
     FROM mail m JOIN event e ON e.id = m.event_id
     LEFT JOIN person p ON p.id = m.person_id
     LEFT JOIN hold h ON m.person_id IS NULL AND e.subject_kind = 'ses' AND h.session_id = e.subject_id";

/// `offset` is how far the product clock is ahead of the machine's.
fn line(row: &Row<'_>, offset: SignedDuration) -> Result<Line> {
    let due_at = row.get::<Instant>(7)?;
    let retry = row.get::<Instant>(8)?;
    Ok(Line {
        id: row.get(0)?,
        letter: row.parse(1)?,
        state: row.parse(2)?,
        person: row.get(3)?,
        name: row.get(4)?,
        recipient: row.get(5)?,
        subject: row.get(6)?,
        due_at,
        next_try_at: due_at.max(retry + offset),
        sent_at: row.get(9)?,
        attempts: row.get(10)?,
        last_error: row.get(11)?,
    })
}

/// What may be looked at, whole.
const SHOWN: &str = "m.message IS NOT NULL AND m.state = 'sent'
     AND (SELECT mode FROM organisation WHERE id = 1) IN ('trial', 'demo')";

/// One mail of the mailbox, whole (rule M7).
///
/// # Errors
/// [`Refusal::NotFound`] for one that never was or has no text, and always where mails are nobody's business.
pub fn whole(tx: &mut Tx, id: MailId) -> Result<(Line, String)> {
    let mut query = Query::new(LINE, args![]);
    query.and(SHOWN, args![]).and("m.id = $1", args![id]);
    let offset = tx.now().since(tx.machine_now());
    let line = tx.opt(query.sql(), query.args(), |row| line(row, offset))?.ok_or(Refusal::NotFound)?;
    let message = tx.one("SELECT message FROM mail WHERE id = $1", args![id], |row| row.get(0))?;
    Ok((line, message))
}

/// Tries a dead mail once more, from the beginning.
///
/// # Errors
/// Whoever may not is refused; [`Refusal::NotFound`] for a mail that is not dead.
pub fn retry(tx: &mut Tx, by: &Actor, id: MailId) -> Result<()> {
    by.may(Action::RetryMail, &What::of_the_organisation())?;
    let retried = tx.exec(
        "UPDATE mail SET state = 'queued', attempts = 0, retry_machine = 0 WHERE id = $1 AND state = 'dead'",
        args![id],
    )?;
    if retried == 0 {
        return Err(Refusal::NotFound.into());
    }
    event::record(tx, by, event::kind::MAIL_RETRIED, &Subject::of(id), &json!({}))?;
    tx.notify(QUEUED, id.raw());
    Ok(())
}

/// How the outbox does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Mails that are due and wait.
    pub waiting: i64,
    /// Mails that somebody must look at.
    pub dead: i64,
    /// Since when the oldest waits.
    pub oldest_due: Option<Instant>,
}

/// Looks at the outbox as a whole.
pub fn health(tx: &mut Tx) -> Result<Health> {
    let now = tx.now();
    let (waiting, oldest_due) = tx.one(
        "SELECT COUNT(*), MIN(due_at) FROM mail WHERE state = 'queued' AND due_at <= $1",
        args![now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let dead = tx.one("SELECT COUNT(*) FROM mail WHERE state = 'dead'", args![], |row| row.get(0))?;
    Ok(Health { waiting, dead, oldest_due })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule M2
    #[test]
    fn waits_double_up_to_a_limit_and_give_up_after_two_days() {
        fn check(attempts: u32, minutes: i64) {
            assert_eq!(backoff(attempts), SignedDuration::from_mins(minutes), "{attempts}");
        }
        check(1, 1);
        check(2, 2);
        check(3, 4);
        check(9, 256);
        check(10, 360);
        check(11, 360);
        check(u32::MAX, 360);
        let all: SignedDuration =
            (1..ATTEMPTS_MAX).map(backoff).fold(SignedDuration::ZERO, |sum, wait| sum + wait);
        assert!((40..=60).contains(&all.as_hours()), "{all}");
    }
}
