//! Bookings by somebody who is not signed in: the time is held until the button behind a mailed link is pressed
//! (rule B7). Only then is there a person, and only then the coach hears of it.
//!
//! A held session has a time and owns it, and has no attendance, so that no list of sessions shows it. From its end on,
//! which its own row says, it is void for every reader, whether or not it was swept.

use jiff::SignedDuration;
use rules::ids::{AgreementId, OfferingId, PersonId, SessionId};
use rules::letters::Happening;
use rules::money::{Money, Percent};
use rules::permission::{Role, Roles};
use rules::person::{Language, MailAddress, PersonName};
use rules::refusal::Refusal;
use rules::session::Minutes;
use rules::terms::{Bands, Shares, Terms};
use rules::time::{Instant, Zone};
use serde_json::json;

use super::{
    Answered, Booking, Deal, Wish, agreement, bookable, check_answers, coaches, current_agreement,
    no_overlap, take,
};
use crate::event::{self, Actor, Subject, Via};
use crate::offering;
use crate::secret::{self, Token};
use crate::session::kind;
use crate::session::life::Ahead;
use crate::{Error, Result, Row, Tx, args, coach, mail, person};

/// How long a time is held, unless the session begins sooner (rule B7).
pub const HOLD_FOR: SignedDuration = SignedDuration::from_mins(30);
/// So many times are held for one address (rule B7). One more takes the place of the oldest, so that nobody is kept out
/// by what was held with their address, be it by themselves or by somebody else.
pub const HOLDS_MAX: usize = 2;
/// So many times of one coach are held at once by one network: no single place fills what all strangers share.
pub const HOLDS_OF_COACH_AND_NETWORK_MAX: u32 = 4;
/// So many times of one coach are held at once, for all addresses: strangers do not fill a calendar.
pub const HOLDS_OF_COACH_MAX: u32 = 36;
/// So long after its end, or after it has become a booking, what was typed is kept: the link still says what became of
/// it.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Somebody who is not signed in. How many letters one network may cause is counted at the door.
#[derive(Clone, Debug)]
pub struct Stranger {
    /// As they wish to be called.
    pub name: PersonName,
    /// Where the link goes.
    pub mail: MailAddress,
    /// Whose wall clock they read.
    pub zone: Zone,
    /// Whether they or their browser said so; else it is a guess (rule T2).
    pub zone_known: bool,
    /// The language they read.
    pub language: Language,
    /// Whether they book on a page inside another site (rule C4).
    pub embedded: bool,
    /// The network they come from, in whatever words the door tells one from another.
    pub network: String,
}

/// A time that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The session that it becomes.
    pub session: SessionId,
    /// Until when the button works.
    pub until: Instant,
}

/// Holds a time for somebody who is not signed in, and sends them a link. A known address and an unknown one are told
/// the same (rule P4): whether they may have an intro is asked when the button is pressed.
///
/// # Errors
/// [`Refusal::TermsChanged`], the engine's refusals, [`Refusal::TooManyHolds`] for a network that holds enough with this
/// coach,
/// [`Refusal::HoldsFull`], [`Refusal::AgreementNeeded`], [`Refusal::NotOffered`], and [`Refusal::Invalid`] for a
/// question without an answer.
pub fn hold(tx: &mut Tx, stranger: &Stranger, wish: &Wish) -> Result<Held> {
    let offering = offering::get(tx, wish.offering)?;
    bookable(tx, &offering)?;
    let deal = Deal::now(tx, &offering, &wish.answers)?;
    deal.is_as_shown(&offering, &wish.expects)?;
    check_answers(&offering, &wish.answers)?;
    let accepted = current_agreement(tx, wish.accepts)?;
    // Whether they accepted it before would tell whether they are known.
    if deal.is_paid()
        && accepted.is_none()
        && agreement::current(tx, super::AGREEMENT, stranger.language)?.is_some()
    {
        return Err(Refusal::AgreementNeeded.into());
    }
    let now = tx.now();
    make_room(tx, &stranger.mail)?;
    let (of_coach, of_network) = tx.one(
        "SELECT COUNT(*), COUNT(CASE WHEN h.network = $3 THEN 1 END) FROM session s
         JOIN session_coach c ON c.session_id = s.id AND c.coach_id = $2
         JOIN hold h ON h.session_id = s.id AND h.confirmed_at IS NULL
         WHERE s.held_until > $1",
        args![now, offering.coach, &stranger.network],
        |row| Ok((row.get::<u32>(0)?, row.get::<u32>(1)?)),
    )?;
    if of_network >= HOLDS_OF_COACH_AND_NETWORK_MAX {
        return Err(Refusal::TooManyHolds { most: HOLDS_OF_COACH_AND_NETWORK_MAX }.into());
    }
    if of_coach >= HOLDS_OF_COACH_MAX {
        return Err(Refusal::HoldsFull { most: HOLDS_OF_COACH_MAX }.into());
    }
    let until = (now + HOLD_FOR).min(wish.starts_at);
    let session = take(tx, &offering, wish.starts_at, Some(until), None)?;
    let answers: Vec<_> = deal.answers.iter().map(|it| (it.no, &it.question, &it.text)).collect();
    let (bands, kept) = (deal.terms.bands, deal.terms.kept);
    tx.exec(
        "INSERT INTO hold (session_id, mail, folded_mail, name, language, zone, zone_known, note, answers, price,
             currency, late_hours, free_hours, keep_early, keep_between, keep_late, agreement_id, embedded, network,
             made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        args![
            session,
            stranger.mail.as_str(),
            stranger.mail.folded(),
            stranger.name.as_str(),
            stranger.language.code(),
            &stranger.zone,
            stranger.zone_known,
            wish.note.as_str(),
            json!(answers).to_string(),
            deal.price.minor,
            deal.price.currency.code(),
            bands.late_hours(),
            bands.free_hours(),
            kept.early.get(),
            kept.between.get(),
            kept.late.get(),
            accepted,
            stranger.embedded,
            &stranger.network,
            now
        ],
    )?;
    let facts = json!({
        "coach": offering.coach.to_string(),
        "offering": offering.id.to_string(),
        "start": wish.starts_at.to_string(),
        "until": until.to_string(),
    });
    let event = event::record(tx, &Actor::Visitor, kind::HELD, &Subject::of(session), &facts)?;
    mail::queue_letters(tx, event, &Happening::BookingHeld { session })?;
    Ok(Held { session, until })
}

/// Gives back the oldest times that wait for this address, so that with one more there are no more than may be.
fn make_room(tx: &mut Tx, address: &MailAddress) -> Result<()> {
    let now = tx.now();
    let open: Vec<(SessionId, PersonId)> = tx.all(
        "SELECT s.id, c.coach_id FROM hold h JOIN session s ON s.id = h.session_id
         JOIN session_coach c ON c.session_id = s.id AND c.marking
         WHERE h.folded_mail = $1 AND h.confirmed_at IS NULL AND s.held_until > $2 ORDER BY h.made_at DESC, s.id DESC",
        args![address.folded(), now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (session, coach) in open.into_iter().skip(HOLDS_MAX - 1) {
        tx.exec("UPDATE session SET held_until = $2 WHERE id = $1", args![session, now])?;
        coach::release(tx, session)?;
        mail::drop_for_holder(tx, session)?;
        let facts = json!({ "coach": coach.to_string() });
        event::record(tx, &Actor::Visitor, kind::GIVEN_BACK, &Subject::of(session), &facts)?;
    }
    Ok(())
}

/// Makes the link that books a held session. Called where it leaves the program, by the mail that carries it; one made
/// before stops working. None if the hold has ended or is a booking already.
///
/// # Errors
/// Only those of the store.
pub fn mint_link(tx: &mut Tx, session: SessionId) -> Result<Option<(Token, Instant)>> {
    let now = tx.now();
    let until = tx.opt(
        "SELECT s.held_until FROM hold h JOIN session s ON s.id = h.session_id
         WHERE h.session_id = $1 AND h.confirmed_at IS NULL AND s.held_until > $2",
        args![session, now],
        |row| row.get::<Instant>(0),
    )?;
    let Some(until) = until else { return Ok(None) };
    let token = Token::new(tx);
    tx.exec("UPDATE hold SET token_hash = $2 WHERE session_id = $1", args![session, token.hash()])?;
    Ok(Some((token, until)))
}

/// How a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldState {
    /// The button works until then.
    Open {
        /// Its end.
        until: Instant,
    },
    /// The button was pressed.
    Confirmed {
        /// By whom.
        person: PersonId,
    },
    /// Nobody pressed it in time, or a newer one took its place.
    Expired,
}

/// What the page behind the link shows.
#[derive(Clone, Debug)]
pub struct HoldView {
    /// The held session.
    pub session: SessionId,
    /// How it stands.
    pub state: HoldState,
    /// What would be booked. Its coach is there too.
    pub offering: OfferingId,
    /// With whom.
    pub coach: PersonId,
    /// When it begins.
    pub starts_at: Instant,
    /// How long it is.
    pub minutes: Minutes,
    /// As they wish to be called.
    pub name: String,
    /// Where the link went.
    pub mail: String,
    /// Whose wall clock they read.
    pub zone: Zone,
    /// Whether they or their browser said so.
    pub zone_known: bool,
    /// The language they read.
    pub language: Language,
    /// What they want their coach to know.
    pub note: String,
    /// What was shown to them, and what they answered.
    pub deal: Deal,
    /// The agreement that they accept with it.
    pub agreement: Option<AgreementId>,
    /// Whether it was made on a page inside another site.
    pub embedded: bool,
}

/// Looks at a hold; that changes nothing (rule P2).
///
/// # Errors
/// [`Refusal::LinkUnknown`] for a token that never was, or whose hold ended long ago.
pub fn show_hold(tx: &mut Tx, token: &str) -> Result<HoldView> {
    find(tx, token)
}

fn find(tx: &mut Tx, token: &str) -> Result<HoldView> {
    let now = tx.now();
    let found = tx.opt(
        "SELECT h.session_id, s.held_until, h.person_id, s.offering_id, c.coach_id, s.starts_at, s.minutes, h.name,
             h.mail, h.zone, h.language, h.note, h.embedded, h.answers, h.agreement_id, h.zone_known, h.price,
             h.currency, h.late_hours, h.free_hours, h.keep_early, h.keep_between, h.keep_late
         FROM hold h JOIN session s ON s.id = h.session_id
         JOIN session_coach c ON c.session_id = s.id AND c.marking
         WHERE h.token_hash = $1",
        args![secret::hash(token)],
        |row| {
            let person: Option<PersonId> = row.get(2)?;
            let until: Option<Instant> = row.get(1)?;
            let state = match (person, until) {
                (Some(person), _) => HoldState::Confirmed { person },
                (None, Some(until)) if until > now => HoldState::Open { until },
                (None, _) => HoldState::Expired,
            };
            let answers: Vec<(u32, String, String)> = serde_json::from_str(&row.get::<String>(13)?)
                .map_err(|error| Error::caused("hold.answers", error))?;
            let answers = answers.into_iter().map(|(no, question, text)| Answered { no, question, text });
            let price = Money::new(row.get(16)?, row.parse(17)?);
            Ok(HoldView {
                deal: Deal { price, terms: terms(row)?, answers: answers.collect() },
                agreement: row.get(14)?,
                zone_known: row.get(15)?,
                    session: row.get(0)?,
                    state,
                    offering: row.get(3)?,
                    coach: row.get(4)?,
                    starts_at: row.get(5)?,
                    minutes: Minutes::new(row.get(6)?)
                        .ok_or_else(|| Error::database("session.minutes is no length"))?,
                    name: row.get(7)?,
                    mail: row.get(8)?,
                    zone: row.get(9)?,
                    language: row.parse(10)?,
                    note: row.get(11)?,
                    embedded: row.get(12)?,
            })
        },
    )?;
    found.ok_or_else(|| Refusal::LinkUnknown.into())
}

/// The terms that were copied, from the column on where they begin.
fn terms(row: &Row<'_>) -> Result<Terms> {
    let wrong = || Error::database("a hold's terms are none that can be");
    let share = |index| Percent::new(row.get(index)?).ok_or_else(wrong);
    let kept = Shares { early: share(20)?, between: share(21)?, late: share(22)? };
    Ok(Terms { bands: Bands::new(row.get(18)?, row.get(19)?).ok_or_else(wrong)?, kept })
}

/// What somebody knows and accepts when they press the button.
#[derive(Clone, Copy, Debug, Default)]
pub struct Press {
    /// That another session of theirs is at that time (rule A6).
    pub overlap_known: bool,
    /// The agreement, where there is another one since the time was held.
    pub accepts: Option<AgreementId>,
}

/// What pressing the button came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The session, booked.
    pub session: SessionId,
    /// Whose it is, and who has shown that the mailbox is theirs.
    pub person: PersonId,
    /// Whether it was this press that booked it; any further one comes to the same and does nothing.
    pub is_first: bool,
}

/// Presses the button: the person is found by their address or made, the held session becomes theirs, and both sides
/// hear of it (rules B7, B2). It books what was shown when the time was held, whatever became of the offering since.
///
/// # Errors
/// [`Refusal::LinkUnknown`], [`Refusal::HoldExpired`], [`Refusal::IntroUsed`], [`Refusal::Overlap`] unless that is
/// known, [`Refusal::AgreementNeeded`] where there is another agreement since, [`Refusal::NotOffered`] for a coach who
/// has gone, [`Refusal::TooManyAhead`], [`Refusal::AccountClosed`], [`Refusal::OwnCoach`].
pub fn confirm(tx: &mut Tx, token: &str, press: Press) -> Result<Confirmed> {
    let view = find(tx, token)?;
    let session = view.session;
    match view.state {
        HoldState::Confirmed { person } => return Ok(Confirmed { session, person, is_first: false }),
        HoldState::Expired => return Err(Refusal::HoldExpired.into()),
        HoldState::Open { .. } => {}
    }
    let offering = offering::get(tx, view.offering)?;
    coaches(tx, offering.coach)?;
    let person = found_or_made(tx, &view)?;
    let by = Actor::Person { who: person.who(), via: Via::Page, proof: None };
    let booking = Booking { offering: &offering, client: person.id, note: &view.note, deal: &view.deal };
    booking.may_be(tx)?;
    booking.not_too_many(tx, 1)?;
    if !press.overlap_known {
        no_overlap(tx, person.id, view.starts_at, view.minutes)?;
    }
    if let Some(agreement) = view.agreement.filter(|_| view.deal.is_paid()) {
        agreement::accept(tx, &by, person.id, agreement)?;
    }
    booking.agreed(tx, &by, press.accepts)?;
    let now = tx.now();
    let ahead = Ahead::of(view.starts_at, now, view.starts_at + view.minutes.duration(), now);
    tx.exec(
        "UPDATE session SET held_until = NULL, booked_at = $2, set_at = $2, remind_at = $3, prompt_at = $4
         WHERE id = $1",
        args![session, now, ahead.remind_at, ahead.prompt_at],
    )?;
    tx.exec(
        "UPDATE hold SET confirmed_at = $2, person_id = $3 WHERE session_id = $1",
        args![session, now, person.id],
    )?;
    // It owns all of it; a program whose clock is ahead may think otherwise.
    match coach::claim(tx, offering.coach, session, view.starts_at, view.starts_at + view.minutes.duration())
    {
        Err(Error::Refused(Refusal::Taken { .. })) => return Err(Refusal::HoldExpired.into()),
        owned => owned?,
    }
    let place = booking.seat(tx, &by, session)?;
    booking.tell(tx, &by, session, place, view.starts_at)?;
    mail::drop_for_holder(tx, session)?;
    Ok(Confirmed { session, person: person.id, is_first: true })
}

fn found_or_made(tx: &mut Tx, view: &HoldView) -> Result<person::Person> {
    let wrong = |_| Error::database("a hold of somebody who cannot be");
    let address = MailAddress::parse(&view.mail).map_err(wrong)?;
    if let Some(known) = person::by_mail(tx, &address)? {
        return if known.closed_at.is_none() { Ok(known) } else { Err(Refusal::AccountClosed.into()) };
    }
    let new = person::New {
        name: PersonName::parse(&view.name).map_err(wrong)?,
        mail: address,
        roles: Roles::from(Role::Client),
        zone: Some(view.zone.clone()),
        zone_known: view.zone_known,
        language: Some(view.language),
        slug: None,
    };
    person::insert(tx, &Actor::Visitor, &new)
}

/// The next moment of the product clock at which a hold ends.
///
/// # Errors
/// Only those of the store.
pub fn next_end(tx: &mut Tx) -> Result<Option<Instant>> {
    let now = tx.now();
    tx.one("SELECT MIN(held_until) FROM session WHERE held_until > $1", args![now], |row| row.get(0))
}

/// Gives back the time of holds that have ended, and forgets what was typed for those that ended, or became bookings,
/// long ago; at most `limit` of each. Says how many there were.
///
/// # Errors
/// Only those of the store.
pub fn sweep(tx: &mut Tx, limit: u32) -> Result<u64> {
    let now = tx.now();
    let ended: Vec<SessionId> = tx.all(
        "SELECT s.id FROM session s WHERE s.held_until <= $1
             AND EXISTS (SELECT 1 FROM coach_time t WHERE t.session_id = s.id) ORDER BY s.held_until LIMIT $2",
        args![now, limit],
        |row| row.get(0),
    )?;
    for session in &ended {
        coach::release(tx, *session)?;
        mail::drop_for_holder(tx, *session)?;
    }
    let long_ago = now - KEPT_FOR;
    let forgotten: Vec<SessionId> = tx.all(
        "SELECT s.id FROM session s JOIN hold h ON h.session_id = s.id
         WHERE s.held_until <= $1 AND h.confirmed_at IS NULL ORDER BY s.held_until LIMIT $2",
        args![long_ago, limit],
        |row| row.get(0),
    )?;
    for session in &forgotten {
        for sql in [
            "DELETE FROM hold WHERE session_id = $1",
            "DELETE FROM coach_time WHERE session_id = $1",
            "DELETE FROM session_coach WHERE session_id = $1",
            "DELETE FROM session WHERE id = $1",
        ] {
            tx.exec(sql, args![*session])?;
        }
    }
    let confirmed = tx.exec(
        "DELETE FROM hold WHERE session_id IN
             (SELECT session_id FROM hold WHERE confirmed_at <= $1 ORDER BY confirmed_at LIMIT $2)",
        args![long_ago, limit],
    )?;
    Ok(ended.len() as u64 + forgotten.len() as u64 + confirmed)
}
