//! A meeting as the rules see it through its life, read from its rows and written back: whatever a transition changed,
//! and nothing else. Its coaches' time follows from what it is then, so that no change can forget to give any back.

use jiff::SignedDuration;
use rules::attendance::{ContestEnd, Outcome};
use rules::ids::{EventId, MoveRequestId, OfferingId, PersonId, SessionId};
use rules::letters::{Happening, Turn};
use rules::meeting::{Decision, Meeting, MoveRequest, Seat, Side};
use rules::money::{Currency, Money};
use rules::permission::{Action, Reach, Role, What};
use rules::refusal::Refusal;
use rules::session::{SessionFacts, SessionKind};
use rules::terms::{Bands, Shares};
use rules::time::{Instant, Zone, zone_data_version};
use rules::{ledger, reminding, tidings};
use serde_json::{Value as Json, json};

use super::{ATTENDANCE_COLUMNS, attendance_from_row, get, kind};
use crate::event::{self, Actor, Subject};
use crate::{Error, Result, Row, Tx, args, booking, coach, ledger as lines, mail, organisation, reach};

/// Whether `$1` leads the program of attendance `a`: asked from the place upwards, however much they lead.
pub(super) const LED_SQL: &str =
    "EXISTS (SELECT 1 FROM journey lj JOIN participant lt ON lt.id = lj.participant_id
    JOIN cohort lh ON lh.id = lt.cohort_id JOIN project lq ON lq.id = lh.project_id
    JOIN lead ll ON ll.cohort_id = lh.id OR ll.project_id = lq.id OR ll.company_id = lq.company_id
    WHERE lj.id = a.journey_id AND ll.person_id = $1)";

/// One meeting, loaded to be changed.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// Which.
    pub(crate) id: SessionId,
    /// As it stands.
    pub(crate) meeting: Meeting,
    /// Whose time it takes; the one who marks comes first.
    pub(crate) coaches: Vec<PersonId>,
    /// What was booked; none for a step of a program.
    pub(crate) offering: Option<OfferingId>,
    /// It was written down afterwards, and owns no coach time (rule B3).
    recorded: bool,
    /// How often calendars were told of it.
    sequence: i64,
}

impl Loaded {
    /// The same, as its meeting would be.
    pub(crate) fn with(&self, meeting: Meeting) -> Loaded {
        Loaded { meeting, ..self.clone() }
    }

    /// The same, as if these coached it.
    pub(crate) fn coached_by(&self, coaches: Vec<PersonId>) -> Loaded {
        Loaded { coaches, ..self.clone() }
    }
}

/// What somebody has to do with a meeting, and in which part they act on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) ties: Reach,
    pub(crate) side: Side,
    /// They are the client of one of its seats.
    is_client: bool,
    /// They coach it beside somebody else, who marks (rule G11).
    is_beside: bool,
}

impl Standing {
    /// To the table of rights, for what concerns the whole meeting.
    pub(crate) fn what(&self) -> What {
        let what = self.seen();
        if self.is_client { what.as_its_client() } else { what }
    }

    fn seen(&self) -> What {
        let what = What::private(Action::SeeSession, self.ties);
        if self.is_beside { what.as_co_coach() } else { what }
    }

    /// For giving the whole meeting its time: whom a coach meets is theirs to book for.
    pub(crate) fn to_book(mut self) -> What {
        if self.side == Side::Coach {
            self.ties = self.ties | Reach::CLIENTS;
        }
        self.what()
    }

    /// This client's seat. Of another client's a client knows nothing, not even whether there is one (rule P4).
    pub(crate) fn seat<'m>(
        &self,
        by: &Actor,
        meeting: &'m Meeting,
        client: PersonId,
    ) -> Result<&'m Seat, Refusal> {
        let beside = self.ties & (Reach::SESSIONS | Reach::PROGRAMS);
        let sees_all = reach::of(by, Action::SeeSession).covers(beside);
        if sees_all || by.person() == Some(client) { meeting.seat(client) } else { Err(Refusal::NotFound) }
    }

    /// For what concerns this client's seat.
    pub(crate) fn what_of_seat(&self, by: &Actor, client: PersonId) -> What {
        let is_own = by.person() == Some(client);
        let what = self.seen();
        if is_own { what.as_its_client() } else { what }
    }
}

/// Loads a meeting that somebody wants to act on.
///
/// # Errors
/// [`Refusal::NotFound`] for one that is not theirs to see, as for one that is not there (rule P4).
pub(crate) fn load_for(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<(Loaded, Standing)> {
    by.still_stands(tx)?;
    look_at(tx, by, id)
}

/// The same for whoever only looks.
pub(crate) fn look_at(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<(Loaded, Standing)> {
    let loaded = load(tx, id)?;
    let standing = standing(tx, by, &loaded)?;
    by.may(Action::SeeSession, &What::private(Action::SeeSession, standing.ties))?;
    Ok((loaded, standing))
}

/// Loads a meeting; what is only held is none yet.
pub(crate) fn load(tx: &mut Tx, id: SessionId) -> Result<Loaded> {
    let session = get(tx, id)?;
    let (offering, recorded, held) =
        tx.one("SELECT offering_id, recorded, held_until FROM session WHERE id = $1", args![id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<Option<Instant>>(2)?))
        })?;
    if held.is_some() {
        return Err(Refusal::NotFound.into());
    }
    let seats = seats(tx, id)?;
    let start = session.facts.time.map(|time| time.starts_at);
    let requests = requests(tx, id, start)?;
    Ok(Loaded {
        id,
        meeting: Meeting::new(session.facts, seats, requests),
        coaches: session.coaches,
        offering,
        recorded,
        sequence: session.sequence,
    })
}

/// Whether an attendance `a` of a session `s` is a seat in it: a place in a pod that its client gave up for another date
/// belongs to no journey any more.
pub(super) const SEAT_SQL: &str = "(a.journey_id IS NOT NULL OR s.kind <> 'pod')";

fn seats(tx: &mut Tx, id: SessionId) -> Result<Vec<Seat>> {
    let house = organisation::bands(tx)?;
    let sql = format!(
        "SELECT {ATTENDANCE_COLUMNS}, a.price, a.currency, a.late_hours, a.free_hours, a.keep_early, a.keep_between,
             a.keep_late
         FROM attendance a JOIN session s ON s.id = a.session_id
         WHERE a.session_id = $1 AND {SEAT_SQL} ORDER BY a.id"
    );
    tx.all(&sql, args![id], |row| {
        let attendance = attendance_from_row(row)?;
        let wrong = || Error::database("an attendance's terms are none that can be");
        let hours = row.get::<Option<i64>>(COPIED + 2)?.zip(row.get::<Option<i64>>(COPIED + 3)?);
        let bands = hours.map_or(Some(house), |(late, free)| Bands::new(late, free)).ok_or_else(wrong)?;
        Ok(Seat {
            id: attendance.id,
            client: attendance.client,
            facts: attendance.facts,
            bands,
            price: price(row)?,
        })
    })
}

/// Where the columns begin that were copied at booking.
const COPIED: usize = super::ATTENDANCE_COLUMN_COUNT;

fn price(row: &Row<'_>) -> Result<Option<(Money, Shares)>> {
    let Some((minor, currency)) = row.get::<Option<i64>>(COPIED)?.zip(row.parse_opt::<Currency>(COPIED + 1)?)
    else {
        return Ok(None);
    };
    let terms = super::seen::terms(row, COPIED + 2)?;
    let terms = terms.ok_or_else(|| Error::database("an attendance has a price and no terms"))?;
    Ok(Some((Money::new(minor, currency), terms.kept)))
}

/// Those that are undecided, those that asked for a move from this start, and the last one: whoever decides too late hears
/// what became of it.
fn requests(tx: &mut Tx, id: SessionId, start: Option<Instant>) -> Result<Vec<MoveRequest>> {
    tx.all(
        "SELECT id, asked_by, from_at, to_at, asked_at, expires_at, decided, decided_at FROM move_request
         WHERE session_id = $1 AND (decided IS NULL OR from_at = $2
             OR id = (SELECT MAX(l.id) FROM move_request l WHERE l.session_id = $1)) ORDER BY id",
        args![id, start],
        |row| {
            let decided: Option<Decision> = row.parse_opt(6)?;
            Ok(MoveRequest {
                id: Some(row.get::<MoveRequestId>(0)?),
                by: row.get(1)?,
                from: row.get(2)?,
                to: row.get(3)?,
                asked_at: row.get(4)?,
                expires_at: row.get(5)?,
                decided: decided.zip(row.get::<Option<Instant>>(7)?),
            })
        },
    )
}

fn standing(tx: &mut Tx, by: &Actor, loaded: &Loaded) -> Result<Standing> {
    let Actor::Person { who, .. } = by else {
        return Ok(Standing { ties: Reach::NONE, side: Side::Admin, is_client: false, is_beside: false });
    };
    let is_coach = loaded.coaches.contains(&who.person);
    // What an admin disabled a client does not see (rule S11).
    let is_own = |seat: &Seat| seat.client == who.person && seat.facts.greyed_out.is_none();
    let is_client = loaded.meeting.seats().iter().any(is_own);
    let leads = who.roles.contains(Role::ProgramLead) && leads(tx, who.person, loaded.id)?;
    let mut ties = Reach::NONE;
    for (has, tie) in [(is_coach, Reach::SESSIONS), (is_client, Reach::OWN), (leads, Reach::PROGRAMS)] {
        if has {
            ties = ties | tie;
        }
    }
    // Whoever is the client acts as the client, whatever else they are: the bands of notice bind them (rule P8).
    let side = if is_client {
        Side::Client
    } else if who.roles.contains(Role::Admin) {
        // Rights add up: an admin who coaches it corrects as an admin (rules P8, S4).
        Side::Admin
    } else if is_coach {
        Side::Coach
    } else {
        Side::Lead
    };
    let is_beside = is_coach && loaded.coaches.first() != Some(&who.person);
    Ok(Standing { ties, side, is_client, is_beside })
}

/// Whether somebody leads the program of a meeting: that of a client's journey, or of the pod's cohort, in which nobody
/// need be yet (rule G5).
pub(super) fn leads(tx: &mut Tx, person: PersonId, session: SessionId) -> Result<bool> {
    let sql = format!("SELECT 1 FROM attendance a WHERE a.session_id = $2 AND {LED_SQL}");
    Ok(tx.exists(&sql, args![person, session])?
        || tx.exists(
            "SELECT 1 FROM session s JOIN pod d ON d.id = s.pod_id JOIN cohort h ON h.id = d.cohort_id
             JOIN project q ON q.id = h.project_id
             JOIN lead l ON l.cohort_id = h.id OR l.project_id = q.id OR l.company_id = q.company_id
             WHERE s.id = $2 AND l.person_id = $1",
            args![person, session],
        )?)
}

/// A change that was made and is to be written down.
pub(crate) struct Change<'a> {
    /// Who did it.
    pub(crate) by: &'a Actor,
    /// For whom, if not for themselves.
    pub(crate) principal: Option<PersonId>,
    /// What is said to have happened.
    pub(crate) kind: event::Kind,
    /// To one seat, or to the whole.
    pub(crate) seat: Option<PersonId>,
    /// Its small values.
    pub(crate) facts: Json,
    /// Why, in somebody's words; may be empty.
    pub(crate) reason: &'a str,
}

/// Writes down that it happened and what changed by it, and makes the coaches' time follow. Gives the event, which the
/// letters and the ledger name.
///
/// # Errors
/// [`Refusal::Taken`] if the new time is another's; then the transaction must end.
pub(crate) fn save(tx: &mut Tx, before: &Loaded, after: Meeting, change: Change<'_>) -> Result<EventId> {
    let subject = match change.seat.and_then(|client| after.seat(client).ok()) {
        Some(seat) => Subject::of(seat.id),
        None => Subject::of(before.id),
    };
    let event = event::record_asked(tx, change.by, change.principal, change.kind, &subject, &change.facts)?;
    event::give_reason(tx, event, change.reason)?;
    let gone = gone(before, &after);
    save_session(tx, before, after.session(), !gone.is_empty())?;
    for client in &gone {
        mail::drop_reminders(tx, before.id, Some(*client))?;
    }
    if !gone.is_empty() && after.clients_in().is_empty() {
        mail::drop_reminders(tx, before.id, None)?;
    }
    let is_off = after.session().time.is_none() || after.session().cancelled.is_some();
    for (was, is) in before.meeting.seats().iter().zip(after.seats()) {
        if was != is {
            save_seat(tx, is)?;
        }
        // What waits to be told of the mark before is not true any more.
        if was.facts.first_marked_at.is_some() && (is_off || was.facts.outcome != is.facts.outcome) {
            mail::drop_mark_changes(tx, is.id)?;
        }
    }
    if before.meeting.session().time.is_some() && after.session().time.is_none() {
        super::coaches::end_with_the_time(tx, before.id)?;
    }
    let decided_by = change.by.person();
    for request in after.requests() {
        match before.meeting.requests().iter().find(|was| was.id == request.id) {
            Some(was) if was == request => {}
            Some(_) => decide(tx, request, decided_by)?,
            None => insert_request(tx, before.id, request, event)?,
        }
    }
    if before.meeting.owned() != after.owned() && !before.recorded {
        coach::own(tx, before.id, &before.coaches, &after.owned())?;
    }
    Ok(event)
}

/// The clients who were in, and have left or cancelled late.
fn gone(before: &Loaded, after: &Meeting) -> Vec<PersonId> {
    let is_gone = |seat: &Seat| {
        let outcome = seat.facts.outcome.map(|marked| marked.outcome);
        seat.facts.left.is_some() || outcome == Some(Outcome::LateCancellation)
    };
    let seats = before.meeting.seats().iter().zip(after.seats());
    seats.filter(|(was, is)| !is_gone(was) && is_gone(is)).map(|(_, is)| is.client).collect()
}

fn save_session(tx: &mut Tx, before: &Loaded, is: &SessionFacts, has_lost_somebody: bool) -> Result<()> {
    let was = before.meeting.session();
    if was == is {
        if has_lost_somebody {
            // It goes on, and ends in their calendars.
            tx.exec("UPDATE session SET sequence = sequence + 1 WHERE id = $1", args![before.id])?;
        }
        return Ok(());
    }
    let now = tx.now();
    let has_moved = was.time.map(|time| time.starts_at) != is.time.map(|time| time.starts_at);
    // Calendars are told of every other time, and of its end.
    let has_another_end = was.ends_at() != is.ends_at();
    let sequence = before.sequence + i64::from(has_moved || has_another_end || was.cancelled != is.cancelled);
    let zone = if has_moved { zone_of(tx, before)? } else { None };
    let wall = is.time.zip(zone.clone()).map(|(time, zone)| zone.local(time.starts_at).to_string());
    let ahead = match is.time.filter(|_| is.cancelled.is_none() && !before.recorded).zip(is.ends_at()) {
        Some((time, end)) => Ahead::of(time.starts_at, time.set_at, end, now),
        None => Ahead::default(),
    };
    tx.exec(
        "UPDATE session SET starts_at = $2, booked_at = $3, set_at = $4, imposed_at = $5, imposed_from = $6,
             ended_early_at = $7, cancelled_at = $8, cancelled_by = $9, cancelled_cause = $10, sequence = $11,
             wall_time = CASE WHEN $12 THEN $13 ELSE wall_time END, zone = CASE WHEN $12 THEN $14 ELSE zone END,
             zone_data = CASE WHEN $12 THEN $15 ELSE zone_data END, remind_at = $16, prompt_at = $17,
             pod_looked_at = CASE WHEN $12 THEN NULL ELSE pod_looked_at END
         WHERE id = $1",
        args![
            before.id,
            is.time.map(|time| time.starts_at),
            is.time.map(|time| time.booked_at),
            is.time.map(|time| time.set_at),
            is.time.and_then(|time| time.imposed).map(|imposed| imposed.at),
            is.time.and_then(|time| time.imposed).map(|imposed| imposed.from),
            is.time.and_then(|time| time.ended_early_at),
            is.cancelled.map(|cancelled| cancelled.at),
            is.cancelled.and_then(|cancelled| cancelled.by),
            is.cancelled.map(|cancelled| cancelled.cause.code()),
            sequence,
            has_moved,
            wall,
            zone.as_ref().filter(|_| is.time.is_some()),
            is.time.map(|_| zone_data_version()),
            ahead.remind_at,
            ahead.prompt_at,
        ],
    )?;
    if has_moved || is.cancelled.is_some() {
        mail::drop_reminders(tx, before.id, None)?;
    }
    if has_moved && let Some(time) = is.time {
        crate::manage::follow(tx, before.id, time.starts_at + is.minutes.duration())?;
    }
    if is.kind == SessionKind::Intro && is.cancelled.is_some() && was.cancelled.is_none() {
        booking::give_intro_back(tx, before.id)?;
    }
    Ok(())
}

/// When something is next to be done about a session that has its time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ahead {
    /// Its people are reminded (rule M1).
    pub(crate) remind_at: Option<Instant>,
    /// Its coach is asked how it went (rule S7).
    pub(crate) prompt_at: Option<Instant>,
}

impl Ahead {
    /// From now on, and never for what is past; what is due at this very moment still is.
    pub(crate) fn of(start: Instant, set_at: Instant, end: Instant, now: Instant) -> Ahead {
        const THIS_MOMENT: SignedDuration = SignedDuration::from_millis(1);
        Ahead {
            remind_at: reminding::next(start, set_at, now - THIS_MOMENT),
            prompt_at: reminding::of_mark(end).into_iter().find(|moment| now <= *moment),
        }
    }
}

/// On whose wall clock it is kept: the one of the coach who marks (rule T5).
pub(super) fn zone_of(tx: &mut Tx, loaded: &Loaded) -> Result<Option<Zone>> {
    let Some(coach) = loaded.coaches.first() else { return Ok(None) };
    Ok(Some(tx.one("SELECT zone FROM person WHERE id = $1", args![*coach], |row| row.get(0))?))
}

fn save_seat(tx: &mut Tx, seat: &Seat) -> Result<()> {
    let facts = &seat.facts;
    let end = facts.contested.and_then(|contested| contested.end);
    tx.exec(
        "UPDATE attendance SET outcome = $2, outcome_by = $3, outcome_at = $4, left_at = $5, left_notice = $6,
             greyed_out_at = $7, greyed_out_by = $8, contested_at = $9, settled_at = $10, first_marked_at = $11,
             told = $12, tell_at = $13, changes = $14, settled_by = $15
         WHERE id = $1",
        args![
            seat.id,
            facts.outcome.map(|marked| marked.outcome.code()),
            facts.outcome.map(|marked| marked.by),
            facts.outcome.map(|marked| marked.at),
            facts.left.map(|left| left.at),
            facts.left.map(|left| left.notice.as_millis() as i64),
            facts.greyed_out.map(|greyed| greyed.at),
            facts.greyed_out.map(|greyed| greyed.by),
            facts.contested.map(|contested| contested.at),
            end.map(ContestEnd::at),
            facts.first_marked_at,
            facts.told.map(Outcome::code),
            facts.tell_at,
            facts.changes,
            end.and_then(|end| match end {
                ContestEnd::Settled { by, .. } => Some(by),
                ContestEnd::TakenBack { .. } => None,
            }),
        ],
    )?;
    Ok(())
}

fn insert_request(tx: &mut Tx, session: SessionId, request: &MoveRequest, event: EventId) -> Result<()> {
    let id: MoveRequestId = tx.new_id();
    let remind_at = reminding::of_request(request.asked_at, request.expires_at).first().copied();
    let made = tx.exec(
        "INSERT INTO move_request (id, session_id, from_at, to_at, asked_by, asked_at, expires_at, event_id, remind_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        args![
            id,
            session,
            request.from,
            request.to,
            request.by,
            request.asked_at,
            request.expires_at,
            event,
            remind_at
        ],
    )?;
    // One undecided request a session, by the database's own key.
    if made == 1 { Ok(()) } else { Err(Refusal::ChangedMeanwhile.into()) }
}

/// Nobody but time decides that a request has expired.
fn decide(tx: &mut Tx, request: &MoveRequest, by: Option<PersonId>) -> Result<()> {
    let decision = request.decided.map(|(decision, _)| decision);
    let by = by.filter(|_| decision != Some(Decision::Expired));
    let decided = tx.exec(
        "UPDATE move_request SET decided = $2, decided_by = $3, decided_at = $4, remind_at = NULL
         WHERE id = $1 AND decided IS NULL",
        args![request.id, decision.map(Decision::code), by, request.decided.map(|(_, at)| at)],
    )?;
    if decided == 1 { Ok(()) } else { Err(Refusal::ChangedMeanwhile.into()) }
}

/// Makes the ledger say what follows for a seat, and only the difference (rule F3).
pub(crate) fn bill(
    tx: &mut Tx,
    by: &Actor,
    event: EventId,
    seat: &Seat,
    billed: Option<Money>,
) -> Result<()> {
    let Some(billed) = billed else { return Ok(()) };
    let balance = lines::balance(tx, seat.id, billed.currency)?;
    match balance.settle(billed.minor) {
        Some((kind, minor)) => lines::add(tx, by, event, seat.id, kind, Money { minor, ..billed }, None),
        None => Ok(()),
    }
}

/// What was cancelled late for a date that is not any more costs nothing (rule S13).
pub(crate) fn bill_reversed(
    tx: &mut Tx,
    by: &Actor,
    event: EventId,
    before: &Meeting,
    after: &Meeting,
) -> Result<()> {
    for (was, is) in before.seats().iter().zip(after.seats()) {
        if was.facts.outcome.is_some() && is.facts.outcome.is_none() {
            bill(tx, by, event, is, is.price.map(|(price, _)| Money::zero(price.currency)))?;
        }
    }
    Ok(())
}

/// What is billed as long as nothing else was said: what was agreed, or what was told.
pub(crate) fn billed_now(seat: &Seat) -> Option<Money> {
    ledger::billed(seat, seat.facts.told)
}

/// Queues the letters about a change, to the clients whom it concerns and to all coaches.
pub(crate) fn tell(
    tx: &mut Tx,
    event: EventId,
    what: Turn,
    clients: Vec<PersonId>,
    coaches: &[PersonId],
) -> Result<()> {
    mail::queue_letters(tx, event, &tidings::told(what, clients, coaches))
}

/// The same for all that [`tidings`] says is told.
pub(crate) fn tell_all(tx: &mut Tx, event: EventId, all: &[Happening]) -> Result<()> {
    all.iter().try_for_each(|one| mail::queue_letters(tx, event, one))
}

/// Writes down a request whose time is over, and tells both, before anything else is done with the session (rule R4).
/// Gives the meeting as it stands then.
pub(crate) fn lapse(tx: &mut Tx, loaded: Loaded) -> Result<Loaded> {
    let now = tx.now();
    let Some(request) = loaded.meeting.undecided().copied().filter(|request| !request.is_open(now)) else {
        return Ok(loaded);
    };
    let after = loaded.meeting.clone().expired(now);
    let change = Change {
        by: &Actor::Program,
        principal: None,
        kind: kind::MOVE_EXPIRED,
        seat: None,
        facts: json!({ "start": request.from.to_string(), "asked": request.to.to_string(),
            "at": request.expires_at.to_string() }),
        reason: "",
    };
    let event = save(tx, &loaded, after, change)?;
    // Nothing goes out for a start that is past already (rule T4).
    if now < request.from {
        tell(tx, event, Turn::MoveExpired, vec![request.by], &loaded.coaches)?;
    }
    load(tx, loaded.id)
}
