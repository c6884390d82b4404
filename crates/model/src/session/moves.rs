//! Moving a session: at once, by asking, and what becomes of a request (rules R1 to R8, R11, S13). Whether it may be is
//! the rules' to say, whether the time is free the calendar's; here both are asked in the transaction that changes it.

use rules::attendance::Status;
use rules::ids::{PersonId, SessionId};
use rules::letters::Turn;
use rules::meeting::{Decision, Meeting, MoveRequest, Side};
use rules::moving::{Freely, Way, Wished};
use rules::permission::Action;
use rules::refusal::Refusal;
use rules::text::Prose;
use rules::tidings;
use rules::time::{Instant, Span};
use rules::words::UnknownWord;
use serde_json::json;

use super::ends::note_reversed;
use super::kind;
use super::life::{self, Change, Loaded, Standing, lapse, load_for, look_at, save};
use crate::booking::moving as times;
use crate::event::{Actor, Kind};
use crate::{Result, Tx, args};

/// Why somebody does something, in their words.
pub type Reason = Prose<1000>;

/// What a move comes to, as it is shown before and said after (rule R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It moves at once.
    Moved,
    /// The coach is asked, and can decide until then.
    Asked {
        /// When the request ends (rule R4).
        expires_at: Instant,
    },
}

impl Outcome {
    /// Its name in forms and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Outcome::Moved => "moved",
            Outcome::Asked { .. } => "asked",
        }
    }
}

/// What somebody was shown that their move would come to (rule R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// That it moves at once.
    Moved,
    /// That the coach is asked.
    Asked,
}

impl std::str::FromStr for Expected {
    type Err = UnknownWord;
    fn from_str(code: &str) -> std::result::Result<Expected, UnknownWord> {
        match code {
            "moved" => Ok(Expected::Moved),
            "asked" => Ok(Expected::Asked),
            _ => Err(UnknownWord),
        }
    }
}

impl Expected {
    fn holds(self, outcome: Outcome) -> Result<(), Refusal> {
        match (self, outcome) {
            (Expected::Moved, Outcome::Moved) | (Expected::Asked, Outcome::Asked { .. }) => Ok(()),
            _ => Err(Refusal::OutcomeChanged { outcome: outcome.code(), kept_minor: None }),
        }
    }
}

/// Another start is wished for a session.
#[derive(Clone, Debug)]
pub struct MoveWish {
    /// Which start.
    pub to: Instant,
    /// Why; may be empty.
    pub reason: Reason,
    /// What was shown before; nothing is compared without.
    pub expect: Option<Expected>,
}

/// How a move would go at this moment, before a time is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveOutlook {
    /// In which part the reader would move it.
    pub side: Side,
    /// At once, by asking, or why not.
    pub way: Result<Way, Refusal>,
    /// The start now in force.
    pub starts_at: Option<Instant>,
    /// The request that waits to be decided.
    pub request: Option<MoveRequest>,
}

/// What a page that offers to move says.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see, [`Refusal::MayNot`] for whoever may not move it at all.
pub fn move_outlook(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<MoveOutlook> {
    let (loaded, standing) = look_at(tx, by, id)?;
    may_move(by, &loaded, &standing)?;
    let now = tx.now();
    let way = match standing.side {
        Side::Client => {
            let (client, pending) = (own(by)?, pending(tx, &loaded, own(by)?)?);
            loaded.meeting.way_to_move(client, pending, now)
        }
        Side::Coach | Side::Lead | Side::Admin => {
            loaded.meeting.must_be_unmarked(Action::MoveSession).map(|()| Way::AtOnce(Freely::Early))
        }
    };
    Ok(MoveOutlook {
        side: standing.side,
        way,
        starts_at: loaded.meeting.session().time.map(|time| time.starts_at),
        request: loaded.meeting.open_request(now).copied(),
    })
}

/// The starts to which somebody could move a session, soonest first: for a client what could be booked, for the house all
/// that is open and free (rules R1, R2).
///
/// # Errors
/// As [`move_outlook`].
pub fn slots_to_move(tx: &mut Tx, by: &Actor, id: SessionId, within: Span) -> Result<Vec<Instant>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    may_move(by, &loaded, &standing)?;
    times::slots(tx, &loaded, standing.side, within)
}

/// The free starts nearest to one that cannot be had (rules A5, R5).
///
/// # Errors
/// As [`move_outlook`].
pub fn alternatives_to_move(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
    wanted: Instant,
    most: usize,
) -> Result<Vec<Instant>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    may_move(by, &loaded, &standing)?;
    times::alternatives(tx, &loaded, standing.side, wanted, most)
}

/// The free starts near one that the coach did not agree to (rule R5); none once its client can no longer move it, nor if
/// it has no time.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not there.
pub fn alternatives_to_rejected(
    tx: &mut Tx,
    id: SessionId,
    client: PersonId,
    wanted: Instant,
    most: usize,
) -> Result<Vec<Instant>> {
    let loaded = life::load(tx, id)?;
    let (pending, now) = (pending(tx, &loaded, client)?, tx.now());
    if loaded.meeting.way_to_move(client, pending, now).is_err() {
        return Ok(Vec::new());
    }
    // What was just declined is free again, and no alternative to itself.
    let mut near = times::alternatives(tx, &loaded, Side::Client, wanted, most + 1)?;
    near.retain(|start| *start != wanted);
    near.truncate(most);
    Ok(near)
}

/// A request to which nobody lately agreed, as its client is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// The start that was asked for.
    pub to: Instant,
    /// Whether somebody said no; else nobody answered in time.
    pub was_rejected: bool,
    /// Until then a cancellation counts its notice from the request (rule R7).
    pub until: Instant,
    /// Free starts near the one that was asked for, as long as its client may still move it.
    pub free: Vec<Instant>,
}

/// The last request of a session, if its client is asking and was lately told no, or nothing (rules R5, R7).
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see.
pub fn declined(tx: &mut Tx, by: &Actor, id: SessionId, most: usize) -> Result<Option<Declined>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    let Some(me) = by.person().filter(|_| standing.side == Side::Client) else { return Ok(None) };
    let seat = loaded.meeting.seat(me)?;
    if loaded.meeting.status(seat) != Status::Booked {
        return Ok(None);
    }
    let Some((request, until)) = loaded.meeting.declined(tx.now()) else { return Ok(None) };
    let (to, was_rejected) = (request.to, matches!(request.decided, Some((Decision::Rejected, _))));
    let free = alternatives_to_rejected(tx, id, me, to, most)?;
    Ok(Some(Declined { to, was_rejected, until, free }))
}

/// What a move to this start would come to now, before anybody confirms it (rules R4, R11).
///
/// # Errors
/// As [`move_session`], which would refuse the same.
pub fn foresee_move(tx: &mut Tx, by: &Actor, id: SessionId, to: Instant) -> Result<Outcome> {
    let (loaded, standing) = look_at(tx, by, id)?;
    may_move(by, &loaded, &standing)?;
    let now = tx.now();
    let outcome = if standing.side == Side::Client {
        let (client, pending) = (own(by)?, pending(tx, &loaded, own(by)?)?);
        match loaded.meeting.clone().moved_by_client(client, to, pending, now)? {
            Wished::Moved(_) => Outcome::Moved,
            Wished::Asked(_, expires_at) => Outcome::Asked { expires_at },
        }
    } else {
        loaded.meeting.clone().moved_by_coach(to, now)?;
        Outcome::Moved
    };
    times::check(tx, &loaded, standing.side, to)?;
    Ok(outcome)
}

pub(super) fn may_move(by: &Actor, loaded: &Loaded, standing: &Standing) -> Result<(), Refusal> {
    let action = if loaded.meeting.is_pod() { Action::MovePod } else { Action::MoveSession };
    by.may(action, &standing.what())
}

fn own(by: &Actor) -> Result<PersonId, Refusal> {
    by.person().ok_or(Refusal::NotSignedIn)
}

/// How many other requests of this client wait for the same coach (rule R3).
pub(super) fn pending(tx: &mut Tx, loaded: &Loaded, client: PersonId) -> Result<u32> {
    let now = tx.now();
    tx.one(
        "SELECT COUNT(*) FROM move_request m JOIN session_coach c ON c.session_id = m.session_id AND c.marking
         WHERE m.asked_by = $1 AND m.decided IS NULL AND m.expires_at > $2 AND m.session_id <> $3 AND c.coach_id = $4",
        args![client, now, loaded.id, loaded.coaches.first().copied()],
        |row| row.get(0),
    )
}

/// Moves a session, or asks to: at once for its coach, a lead or an admin, and for a client as their notice allows (rules
/// R1, R2, R3).
///
/// # Errors
/// What [`Meeting::moved_by_coach`] and [`Meeting::moved_by_client`] refuse; the calendar's refusals for a start that
/// cannot be had; [`Refusal::OutcomeChanged`] if it would not come to what was expected.
pub fn move_session(tx: &mut Tx, by: &Actor, id: SessionId, wish: &MoveWish) -> Result<Outcome> {
    let (loaded, standing) = load_for(tx, by, id)?;
    may_move(by, &loaded, &standing)?;
    let loaded = lapse(tx, loaded)?;
    if standing.side == Side::Client {
        move_for_client(tx, by, own(by)?, &loaded, wish)
    } else {
        move_for_the_house(tx, by, &loaded, standing.side, wish)
    }
}

fn move_for_the_house(
    tx: &mut Tx,
    by: &Actor,
    loaded: &Loaded,
    side: Side,
    wish: &MoveWish,
) -> Result<Outcome> {
    let now = tx.now();
    let after = loaded.meeting.clone().moved_by_coach(wish.to, now)?;
    times::check(tx, loaded, side, wish.to)?;
    wish.expect.map_or(Ok(()), |expect| expect.holds(Outcome::Moved))?;
    let clients = after.clients_in();
    let for_one = clients.first().copied().filter(|_| clients.len() == 1);
    let mut change = moved(by, for_one, loaded, wish, "coach");
    note_reversed(&mut change, &loaded.meeting, &after);
    let event = save(tx, loaded, after.clone(), change)?;
    life::bill_reversed(tx, by, event, &loaded.meeting, &after)?;
    life::tell_all(tx, event, &tidings::of_move_by_house(&after, &loaded.coaches))?;
    Ok(Outcome::Moved)
}

fn move_for_client(
    tx: &mut Tx,
    by: &Actor,
    client: PersonId,
    loaded: &Loaded,
    wish: &MoveWish,
) -> Result<Outcome> {
    let now = tx.now();
    let pending = pending(tx, loaded, client)?;
    let is_answer = loaded.meeting.is_window_open(now);
    match loaded.meeting.clone().moved_by_client(client, wish.to, pending, now)? {
        Wished::Moved(after) => {
            wish.expect.map_or(Ok(()), |expect| expect.holds(Outcome::Moved))?;
            times::check(tx, loaded, Side::Client, wish.to)?;
            let how = if is_answer { "answer" } else { "client" };
            let event = save(tx, loaded, after, moved(by, None, loaded, wish, how))?;
            life::tell(tx, event, Turn::Moved, vec![client], &loaded.coaches)?;
            Ok(Outcome::Moved)
        }
        Wished::Asked(after, expires_at) => {
            let outcome = Outcome::Asked { expires_at };
            wish.expect.map_or(Ok(()), |expect| expect.holds(outcome))?;
            times::check(tx, loaded, Side::Client, wish.to)?;
            let start = start_of(&loaded.meeting);
            let change = Change {
                by,
                principal: None,
                kind: kind::MOVE_ASKED,
                seat: None,
                facts: json!({ "start": start, "asked": wish.to.to_string(), "expires_at": expires_at.to_string() }),
                reason: wish.reason.as_str(),
            };
            let event = save(tx, loaded, after, change)?;
            life::tell(tx, event, Turn::MoveAsked, vec![client], &loaded.coaches)?;
            Ok(outcome)
        }
    }
}

fn start_of(meeting: &Meeting) -> Option<String> {
    meeting.session().time.map(|time| time.starts_at.to_string())
}

fn moved<'a>(
    by: &'a Actor,
    principal: Option<PersonId>,
    loaded: &Loaded,
    wish: &'a MoveWish,
    how: &'static str,
) -> Change<'a> {
    let superseded = loaded.meeting.undecided().map(|request| request.to.to_string());
    Change {
        by,
        principal: principal.filter(|client| by.person() != Some(*client)),
        kind: kind::MOVED,
        seat: None,
        facts: json!({ "from": start_of(&loaded.meeting), "to": wish.to.to_string(), "how": how,
            "superseded": superseded }),
        reason: wish.reason.as_str(),
    }
}

/// Whether the coach knows that they are busy at the time that is asked for (rule R5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowing {
    /// They were not shown; being busy refuses.
    No,
    /// They were, and agree all the same.
    Yes,
}

/// Agrees to a request: the session moves at once (rule R5).
///
/// # Errors
/// [`Refusal::MayNot`], [`Refusal::OwnAttendance`] for the client themselves; [`Refusal::MoveExpired`],
/// [`Refusal::RequestClosed`], [`Refusal::NoRequest`]; [`Refusal::BusyThen`] unless that is known.
pub fn approve_move(tx: &mut Tx, by: &Actor, id: SessionId, knowing: Knowing) -> Result<Instant> {
    let (loaded, standing) = load_for(tx, by, id)?;
    by.may(Action::DecideRequest, &standing.what())?;
    let now = tx.now();
    let after = loaded.meeting.clone().approved(now)?;
    let Some(request) = loaded.meeting.undecided().copied() else { return Err(Refusal::NoRequest.into()) };
    if knowing == Knowing::No && times::is_busy(tx, &loaded, request.to)? {
        return Err(Refusal::BusyThen { start: request.to }.into());
    }
    let change = Change {
        by,
        principal: Some(request.by),
        kind: kind::MOVED,
        seat: None,
        facts: json!({ "from": request.from.to_string(), "to": request.to.to_string(), "how": "approved" }),
        reason: "",
    };
    let event = save(tx, &loaded, after, change)?;
    life::tell(tx, event, Turn::Moved, vec![request.by], &loaded.coaches)?;
    Ok(request.to)
}

/// Does not agree: the session stays where it is (rule R5).
///
/// # Errors
/// As [`approve_move`].
pub fn reject_move(tx: &mut Tx, by: &Actor, id: SessionId, reason: &Reason) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    by.may(Action::DecideRequest, &standing.what())?;
    let now = tx.now();
    let after = loaded.meeting.clone().rejected(now)?;
    close(tx, by, &loaded, after, Closing { kind: kind::MOVE_REJECTED, turn: Turn::MoveRejected, reason })
}

/// Takes one's own request back (rule R5).
///
/// # Errors
/// As [`approve_move`]; [`Refusal::MayNot`] for whoever is not its client.
pub fn withdraw_move(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    by.may(Action::WithdrawRequest, &standing.what())?;
    let now = tx.now();
    let after = loaded.meeting.clone().withdrawn(now)?;
    let closing =
        Closing { kind: kind::MOVE_WITHDRAWN, turn: Turn::MoveWithdrawn, reason: &Reason::default() };
    close(tx, by, &loaded, after, closing)
}

struct Closing<'a> {
    kind: Kind,
    turn: Turn,
    reason: &'a Reason,
}

fn close(tx: &mut Tx, by: &Actor, loaded: &Loaded, after: Meeting, closing: Closing<'_>) -> Result<()> {
    let Some(request) = loaded.meeting.undecided().copied() else { return Err(Refusal::NoRequest.into()) };
    let change = Change {
        by,
        principal: Some(request.by).filter(|client| by.person() != Some(*client)),
        kind: closing.kind,
        seat: None,
        facts: json!({ "start": request.from.to_string(), "asked": request.to.to_string() }),
        reason: closing.reason.as_str(),
    };
    let event = save(tx, loaded, after, change)?;
    life::tell(tx, event, closing.turn, vec![request.by], &loaded.coaches)
}
