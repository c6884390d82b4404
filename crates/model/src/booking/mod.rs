//! Bookings: from a wish to a session with a time and a client, all of it in one transaction (rules A3 to A7, B1 to B7).
//!
//! The engine of [`rules::slots`] judges the start inside the write; the key of `coach_time` decides who owns it; what
//! counts (a day's cap, the one intro, two holds) is counted from rows that every such write reads and writes, so that
//! the store lets only one of two through that would break a limit together. Asks nobody for money.
//!
//! * [`calendar_of`], [`slots`], [`free_starts`], [`alternatives`]: what can be booked.
//! * [`book`], [`book_for`]: a signed-in person books, for themselves or for a client.
//! * [`hold`], [`confirm`]: somebody who is not signed in books.
//! * [`plan_series`], [`book_series`]: several dates at once.
//! * [`record_past`]: what had been anyway.

mod calendar;
mod held;
mod intro;
pub(crate) mod moving;
mod past;
mod series;

use jiff::SignedDuration;
use rules::ids::{AgreementId, AttendanceId, EventId, LedgerId, OfferingId, PersonId, SeriesId, SessionId};
use rules::letters::Happening;
use rules::money::Money;
use rules::permission::{Action, Reach};
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::series::Count;
use rules::session::{Minutes, SessionKind};
use rules::terms::{AgreementKind, Conditions, Expected, Terms};
use rules::text::Prose;
use rules::time::{Instant, Zone, zone_data_version};
use serde_json::{Value as Json, json};

use crate::event::{self, Actor, Subject};
use crate::offering::{self, Offering};
use crate::session::life::Ahead;
use crate::session::{self, kind};
use crate::{Result, Tx, agreement, args, coach, mail, person, reach};

pub(crate) use calendar::slots_of;
pub use calendar::{
    ALTERNATIVES_MAX, Calendar, alternatives, alternatives_beside, calendar_of, free_starts, slots,
};
pub use held::{
    Confirmed, HOLD_FOR, HOLDS_MAX, HOLDS_OF_COACH_AND_NETWORK_MAX, HOLDS_OF_COACH_MAX, Held, HoldState,
    HoldView, Press, Stranger, confirm, hold, mint_link, next_end, show_hold, sweep,
};
pub(crate) use intro::give_back as give_intro_back;
pub use intro::{grant_intro, may_have_intro};
pub use past::{Owed, Past, record_past};
pub use series::{Planned, book_series, plan_series};

/// What is accepted at the first paid booking (rule P9).
pub const AGREEMENT: AgreementKind = AgreementKind::Coaching;

/// So many sessions with one coach a client books ahead by themselves: a longest series and some more. What belongs to
/// a program does not count, nor does it stop who books for them.
pub const AHEAD_MAX: u32 = Count::MOST as u32 + 8;

/// What a client wants their coach to know.
pub type Note = Prose<2000>;
/// What a client answers to one question.
pub type Answer = Prose<1000>;

/// What somebody wants to book.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Of what.
    pub offering: OfferingId,
    /// From when on.
    pub starts_at: Instant,
    /// What the coach should know; may be empty.
    pub note: Note,
    /// Answers to the offering's questions, by their numbers. What was not asked is not kept.
    pub answers: Vec<(u32, Answer)>,
    /// The agreement that is accepted with it.
    pub accepts: Option<AgreementId>,
    /// Whether it is known that another session of the same client is at that time (rule A6).
    pub overlap_known: bool,
    /// What was shown to whoever wishes it.
    pub expects: Expected,
}

impl Wish {
    /// Just this offering at this time.
    pub fn plain(offering: OfferingId, starts_at: Instant) -> Wish {
        Wish {
            offering,
            starts_at,
            note: Note::default(),
            answers: Vec::new(),
            accepts: None,
            overlap_known: false,
            expects: Expected::default(),
        }
    }
}

/// An answer, beside the question as it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The number of the question.
    pub no: u32,
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub text: String,
}

/// What is agreed besides time and place. It is read from the offering once, when the time is taken or held, and copied
/// to the booking (rule F3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    /// What it costs.
    pub price: Money,
    /// What is kept of that when it is cancelled.
    pub terms: Terms,
    /// What was asked and answered.
    pub answers: Vec<Answered>,
}

impl Deal {
    /// As the offering is now.
    fn now(tx: &mut Tx, offering: &Offering, answers: &[(u32, Answer)]) -> Result<Deal> {
        // An intro is always free (rule C3).
        let is_intro = offering.kind == SessionKind::Intro;
        let price = if is_intro { Money::zero(offering.price.currency) } else { offering.price };
        let answered = offering.questions.iter().filter_map(|question| {
            let (no, text) = answers.iter().find(|(no, _)| *no == question.no)?;
            let (question, text) = (question.text.clone(), text.as_str().to_owned());
            (!text.is_empty()).then_some(Answered { no: *no, question, text })
        });
        Ok(Deal { price, terms: offering::terms(tx, offering)?, answers: answered.collect() })
    }

    /// Nobody books what they were not shown.
    fn is_as_shown(&self, offering: &Offering, expects: &Expected) -> Result<()> {
        let now = Conditions { minutes: offering.policy.minutes, price: self.price, terms: self.terms };
        if expects.is(&now) { Ok(()) } else { Err(Refusal::TermsChanged { now }.into()) }
    }

    fn is_paid(&self) -> bool {
        !self.price.is_zero()
    }
}

/// How long an offering takes, what it costs and what holds for it: what is shown before it is booked.
///
/// # Errors
/// Only those of the store.
pub fn conditions(tx: &mut Tx, offering: &Offering) -> Result<Conditions> {
    let Deal { price, terms, .. } = Deal::now(tx, offering, &[])?;
    Ok(Conditions { minutes: offering.policy.minutes, price, terms })
}

/// A signed-in person books for themselves, and is a client from then on.
///
/// # Errors
/// [`Refusal::TermsChanged`] if it is not what was shown, the engine's refusals for a start that cannot be had
/// ([`Refusal::Taken`] and its kin), [`Refusal::IntroUsed`], [`Refusal::Overlap`] unless that is known,
/// [`Refusal::AgreementNeeded`], [`Refusal::NotOffered`],
/// [`Refusal::OwnCoach`], [`Refusal::TooManyAhead`], and [`Refusal::Invalid`] for a question without an answer.
pub fn book(tx: &mut Tx, by: &Actor, wish: &Wish) -> Result<SessionId> {
    let client = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    let offering = offering::get(tx, wish.offering)?;
    bookable(tx, &offering)?;
    let deal = Deal::now(tx, &offering, &wish.answers)?;
    deal.is_as_shown(&offering, &wish.expects)?;
    check_answers(&offering, &wish.answers)?;
    if !wish.overlap_known {
        no_overlap(tx, client, wish.starts_at, offering.policy.minutes)?;
    }
    let booking = Booking { offering: &offering, client, note: wish.note.as_str(), deal: &deal };
    booking.may_be(tx)?;
    booking.not_too_many(tx, 1)?;
    booking.agreed(tx, by, wish.accepts)?;
    booking.make(tx, by, wish.starts_at)
}

/// Somebody else books for a client: their coach, a lead of theirs, or an admin; only what the client could book
/// themselves (rule B3).
///
/// # Errors
/// As [`book`]; [`Refusal::NotFound`] for a client that is not theirs to see, [`Refusal::MayNot`] for one that they may
/// not book for; [`Refusal::AgreementTheirs`]. Of a session with another coach at that time only an admin is told.
pub fn book_for(tx: &mut Tx, by: &Actor, client: PersonId, wish: &Wish) -> Result<SessionId> {
    if by.person() == Some(client) {
        return book(tx, by, wish);
    }
    let offering = offering::get(tx, wish.offering)?;
    may_book_for(tx, by, client, offering.coach)?;
    by.still_stands(tx)?;
    bookable(tx, &offering)?;
    if person::get(tx, client)?.closed_at.is_some() {
        return Err(Refusal::AccountClosed.into());
    }
    let deal = Deal::now(tx, &offering, &wish.answers)?;
    deal.is_as_shown(&offering, &wish.expects)?;
    if reach::of(by, Action::SeeSession).is_all() && !wish.overlap_known {
        no_overlap(tx, client, wish.starts_at, offering.policy.minutes)?;
    }
    let booking = Booking { offering: &offering, client, note: wish.note.as_str(), deal: &deal };
    booking.may_be(tx)?;
    booking.agreed(tx, by, None)?;
    booking.make(tx, by, wish.starts_at)
}

/// Whether somebody may book for this client with this coach (section 15 of the rules).
///
/// # Errors
/// [`Refusal::NotFound`] for a client that is not theirs to see, [`Refusal::MayNot`] otherwise.
pub fn may_book_for(tx: &mut Tx, by: &Actor, client: PersonId, coach: PersonId) -> Result<()> {
    person::visible(tx, by, client)?;
    let me = by.person();
    let mut ties = Reach::NONE;
    let is_coached = "SELECT 1 FROM coaching WHERE client_id = $1 AND coach_id = $2 AND to_at IS NULL";
    if me == Some(coach) && tx.exists(is_coached, args![client, coach])? {
        ties = ties | Reach::CLIENTS;
    }
    // A lead speaks for who is in their program, with the coach whom they have there.
    let is_led = "SELECT 1 FROM participant t JOIN cohort c ON c.id = t.cohort_id
         JOIN lead l ON l.cohort_id = c.id OR l.project_id = c.project_id OR l.company_id = t.company_id
         WHERE t.person_id = $1 AND t.coach_id = $2 AND t.archived_at IS NULL AND l.person_id = $3";
    if tx.exists(is_led, args![client, coach, me])? {
        ties = ties | Reach::PROGRAMS;
    }
    let may = reach::of(by, Action::Book).covers(ties);
    if may { Ok(()) } else { Err(Refusal::MayNot { action: Action::Book }.into()) }
}

/// Whether there is any coach with whom somebody may book for this client, as [`may_book_for`] says of one: theirs, and
/// for whoever books everywhere those of the directory too.
///
/// # Errors
/// Only those of the store.
pub fn may_book_with_any(tx: &mut Tx, by: &Actor, client: PersonId) -> Result<bool> {
    let reach = reach::of(by, Action::Book);
    let is_open = "SELECT 1 FROM coach c JOIN person p ON p.id = c.person_id AND p.closed_at IS NULL
         JOIN person_role r ON r.person_id = p.id AND r.role = 'coach'
         WHERE c.person_id <> $1 AND (c.listed
             OR EXISTS (SELECT 1 FROM coaching t WHERE t.client_id = $1 AND t.coach_id = p.id AND t.to_at IS NULL)
             OR EXISTS (SELECT 1 FROM participant t
                 WHERE t.person_id = $1 AND t.coach_id = p.id AND t.archived_at IS NULL)) LIMIT 1";
    if reach.is_all() {
        return tx.exists(is_open, args![client]);
    }
    let me = by.person();
    let is_coached = "SELECT 1 FROM coaching WHERE client_id = $1 AND coach_id = $2 AND to_at IS NULL";
    if reach.contains(Reach::CLIENTS) && tx.exists(is_coached, args![client, me])? {
        return Ok(true);
    }
    let is_led = "SELECT 1 FROM participant t JOIN cohort c ON c.id = t.cohort_id
         JOIN lead l ON l.cohort_id = c.id OR l.project_id = c.project_id OR l.company_id = t.company_id
         WHERE t.person_id = $1 AND t.coach_id <> $1 AND t.archived_at IS NULL AND l.person_id = $2";
    Ok(reach.contains(Reach::PROGRAMS) && tx.exists(is_led, args![client, me])?)
}

/// Refuses what nobody can book: an offering that is over or not open yet, a coach who has gone. Whether the coach is
/// in the directory makes no difference: whoever knows their page may book.
fn bookable(tx: &mut Tx, offering: &Offering) -> Result<()> {
    if offering.active { coaches(tx, offering.coach) } else { Err(Refusal::NotOffered.into()) }
}

/// Refuses a coach who has gone.
pub(crate) fn coaches(tx: &mut Tx, coach: PersonId) -> Result<()> {
    let sql = "SELECT 1 FROM person p JOIN person_role r ON r.person_id = p.id AND r.role = 'coach'
         WHERE p.id = $1 AND p.closed_at IS NULL";
    if tx.exists(sql, args![coach])? { Ok(()) } else { Err(Refusal::NotOffered.into()) }
}

/// A question that must be answered is.
fn check_answers(offering: &Offering, answers: &[(u32, Answer)]) -> Result<()> {
    let is_answered = |no: u32| answers.iter().any(|(asked, text)| *asked == no && !text.as_str().is_empty());
    let is_open = offering.questions.iter().any(|question| question.required && !is_answered(question.no));
    if is_open { Err(Refusal::invalid("answers", Problem::Missing).into()) } else { Ok(()) }
}

/// Warns of another session of the same client at that time (rule A6).
pub(crate) fn no_overlap(tx: &mut Tx, client: PersonId, start: Instant, minutes: Minutes) -> Result<()> {
    let longest = SignedDuration::from_mins(Minutes::MOST.into());
    let other = tx.one(
        "SELECT MIN(s.starts_at) FROM attendance a JOIN session s ON s.id = a.session_id
         WHERE a.client_id = $1 AND s.starts_at > $2 AND s.starts_at < $3 AND s.starts_at + s.minutes * 60000 > $4
             AND s.cancelled_at IS NULL AND a.left_at IS NULL AND a.outcome IS NULL AND a.greyed_out_at IS NULL",
        args![client, start - longest, start + minutes.duration(), start],
        |row| row.get::<Option<Instant>>(0),
    )?;
    match other {
        Some(start) => Err(Refusal::Overlap { start }.into()),
        None => Ok(()),
    }
}

/// Whether what is paid can be booked for this client: nobody but they accept the agreement (rule P9).
///
/// # Errors
/// [`Refusal::AgreementTheirs`] for whoever is somebody else, until they have accepted it.
pub fn agreed_by_client(tx: &mut Tx, by: &Actor, client: PersonId) -> Result<()> {
    let is_own = by.person() == Some(client);
    if !is_own && agreement::needs(tx, client, AGREEMENT, Language::English)?.is_some() {
        return Err(Refusal::AgreementTheirs.into());
    }
    Ok(())
}

/// This agreement, if it is the one that bookings need now, in whatever language.
pub(crate) fn current_agreement(tx: &mut Tx, accepts: Option<AgreementId>) -> Result<Option<AgreementId>> {
    let current = agreement::current_in_all(tx, AGREEMENT)?;
    Ok(accepts.filter(|accepted| current.iter().any(|agreement| agreement.id == *accepted)))
}

/// Takes a start for an offering: judged by the engine, then owned (rules A3, A4). The session has no client yet.
fn take(
    tx: &mut Tx,
    offering: &Offering,
    start: Instant,
    held_until: Option<Instant>,
    series: Option<SeriesId>,
) -> Result<SessionId> {
    let zone = calendar::check(tx, offering, start)?;
    let session = write_session(tx, offering, start, &zone, Row { held_until, series, recorded: false })?;
    coach::claim(tx, offering.coach, session, start, start + offering.policy.minutes.duration())?;
    Ok(session)
}

/// What tells one booked session's row from another's.
#[derive(Clone, Copy, Default)]
struct Row {
    held_until: Option<Instant>,
    series: Option<SeriesId>,
    recorded: bool,
}

/// The row of a session of this offering, with all that is copied from it (rules C5, T5).
fn write_session(
    tx: &mut Tx,
    offering: &Offering,
    start: Instant,
    zone: &Zone,
    row: Row,
) -> Result<SessionId> {
    let id: SessionId = tx.new_id();
    let now = tx.now();
    let wall = zone.local(start);
    // Nobody is reminded of what is only held, nor of what was.
    let ahead = if row.held_until.is_some() || row.recorded {
        Ahead::default()
    } else {
        Ahead::of(start, now, start + offering.policy.minutes.duration(), now)
    };
    tx.exec(
        "INSERT INTO session (id, kind, minutes, place, place_detail, starts_at, wall_time, zone, zone_data, uid,
             sequence, offering_id, series_id, booked_at, set_at, held_until, recorded, made_at,
             remind_at, prompt_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $13, $14, $15, $13, $16, $17)",
        args![
            id,
            offering.kind.code(),
            offering.policy.minutes.get(),
            offering.place.kind.code(),
            &offering.place.detail,
            start,
            wall.to_string(),
            zone,
            zone_data_version(),
            session::new_uid(tx),
            offering.id,
            row.series,
            now,
            row.held_until,
            row.recorded,
            ahead.remind_at,
            ahead.prompt_at
        ],
    )?;
    tx.exec(
        "INSERT INTO session_coach (session_id, coach_id, marking) VALUES ($1, $2, $3)",
        args![id, offering.coach, true],
    )?;
    Ok(id)
}

/// A booking that is being made.
#[derive(Clone, Copy)]
struct Booking<'a> {
    offering: &'a Offering,
    client: PersonId,
    note: &'a str,
    deal: &'a Deal,
}

impl Booking<'_> {
    /// Whether this client may have this at all, whatever the time.
    fn may_be(&self, tx: &mut Tx) -> Result<()> {
        if self.client == self.offering.coach {
            return Err(Refusal::OwnCoach.into());
        }
        if self.is_intro() && !intro::is_open(tx, self.offering.coach, self.client)? {
            return Err(Refusal::IntroUsed.into());
        }
        Ok(())
    }

    /// Refuses a client who would fill the coach's calendar with so many more sessions.
    fn not_too_many(&self, tx: &mut Tx, more: usize) -> Result<()> {
        let now = tx.now();
        let ahead = tx.one(
            "SELECT COUNT(*) FROM attendance a JOIN session s ON s.id = a.session_id
             JOIN session_coach c ON c.session_id = s.id AND c.coach_id = $2
             WHERE a.client_id = $1 AND s.starts_at > $3 AND a.journey_id IS NULL AND s.cancelled_at IS NULL
                 AND a.left_at IS NULL AND a.outcome IS NULL AND a.greyed_out_at IS NULL",
            args![self.client, self.offering.coach, now],
            |row| row.get::<usize>(0),
        )?;
        if ahead + more <= AHEAD_MAX as usize {
            Ok(())
        } else {
            Err(Refusal::TooManyAhead { most: AHEAD_MAX }.into())
        }
    }

    /// The first paid booking needs the agreement of now accepted, with this act or before (rule P9).
    fn agreed(&self, tx: &mut Tx, by: &Actor, accepts: Option<AgreementId>) -> Result<()> {
        if !self.deal.is_paid() {
            return Ok(());
        }
        agreed_by_client(tx, by, self.client)?;
        if agreement::needs(tx, self.client, AGREEMENT, Language::English)?.is_none() {
            return Ok(());
        }
        let accepted = current_agreement(tx, accepts)?.ok_or(Refusal::AgreementNeeded)?;
        agreement::accept(tx, by, self.client, accepted)
    }

    /// One session, from its time to its letters.
    fn make(&self, tx: &mut Tx, by: &Actor, start: Instant) -> Result<SessionId> {
        let session = take(tx, self.offering, start, None, None)?;
        let place = self.seat(tx, by, session)?;
        self.tell(tx, by, session, place, start)?;
        Ok(session)
    }

    /// Gives the client their place in a session that has its time, with all that was agreed (rules F3, C3, G10).
    fn seat(&self, tx: &mut Tx, by: &Actor, session: SessionId) -> Result<AttendanceId> {
        person::become_client(tx, by, self.client)?;
        coach::take_on(tx, self.offering.coach, self.client)?;
        let (price, terms) = (self.deal.price, self.deal.terms);
        let place: AttendanceId = tx.new_id();
        let now = tx.now();
        tx.exec(
            "INSERT INTO attendance (id, session_id, client_id, counts, price, currency, late_hours, free_hours,
                 keep_early, keep_between, keep_late, note, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                place,
                session,
                self.client,
                false,
                price.minor,
                price.currency.code(),
                terms.bands.late_hours(),
                terms.bands.free_hours(),
                terms.kept.early.get(),
                terms.kept.between.get(),
                terms.kept.late.get(),
                (!self.note.is_empty()).then_some(self.note),
                now
            ],
        )?;
        self.write_answers(tx, place)?;
        if self.is_intro() {
            intro::claim(tx, self.offering.coach, self.client, session)?;
        }
        Ok(place)
    }

    /// Each answer beside the question as it was asked.
    fn write_answers(&self, tx: &mut Tx, place: AttendanceId) -> Result<()> {
        let rows =
            self.deal.answers.iter().map(|answer| {
                [place.into(), answer.no.into(), (&answer.question).into(), (&answer.text).into()]
            });
        let rows: Vec<_> = rows.collect();
        tx.insert_many("INSERT INTO answer (attendance_id, no, question, text)", rows, "")?;
        Ok(())
    }

    /// Writes down that a session was booked, what is owed for it, and who is to hear of it (rules P5, F3, M2).
    fn tell(
        &self,
        tx: &mut Tx,
        by: &Actor,
        session: SessionId,
        place: AttendanceId,
        start: Instant,
    ) -> Result<()> {
        let facts = self.facts(json!({ "start": start.to_string() }));
        let event =
            event::record_asked(tx, by, self.principal(by), kind::BOOKED, &Subject::of(session), &facts)?;
        self.charge(tx, by, place, event, self.deal.price)?;
        let happening = Happening::SessionBooked { client: self.client, coach: self.offering.coach };
        mail::queue_letters(tx, event, &happening)
    }

    /// What is owed, as a line of the ledger (rule F3). What costs nothing owes nothing.
    fn charge(
        &self,
        tx: &mut Tx,
        by: &Actor,
        place: AttendanceId,
        event: EventId,
        price: Money,
    ) -> Result<()> {
        if price.is_zero() {
            return Ok(());
        }
        let id: LedgerId = tx.new_id();
        let now = tx.now();
        tx.exec(
            "INSERT INTO ledger (id, attendance_id, kind, amount, currency, at, by_id, event_id)
             VALUES ($1, $2, 'charge', $3, $4, $5, $6, $7)",
            args![id, place, price.minor, price.currency.code(), now, by.person(), event],
        )?;
        Ok(())
    }

    fn facts(&self, mut facts: Json) -> Json {
        facts["client"] = json!(self.client.to_string());
        facts["coach"] = json!(self.offering.coach.to_string());
        facts["offering"] = json!(self.offering.id.to_string());
        facts
    }

    /// For whom it is, if somebody else does it.
    fn principal(&self, by: &Actor) -> Option<PersonId> {
        (by.person() != Some(self.client)).then_some(self.client)
    }

    fn is_intro(&self) -> bool {
        self.offering.kind == SessionKind::Intro
    }
}
