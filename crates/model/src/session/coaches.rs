//! Whose time a session takes: another coach takes it over for good, or stands in this once, or coaches it beside its
//! coach (rules G6, G10, G11, A4).

use rules::ids::{EventId, PersonId, SessionId};
use rules::letters::Happening;
use rules::meeting::{Meeting, Side};
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, zone_data_version};
use serde_json::{Value as Json, json};

use super::kind;
use super::life::{self, Change, Loaded, lapse, load_for, look_at, save};
use crate::booking::moving::{self as times, Freed};
use crate::event::{Actor, Kind};
use crate::{Error, Result, Tx, args, coach, mail};

/// Whether somebody who is to coach it is open and free at the time that it has, as for a move by the house: notice,
/// window and cap do not bind (rules A3, R1). What it owns itself counts as free, and what is given back in the same act.
pub(crate) fn is_free_for(
    tx: &mut Tx,
    loaded: &Loaded,
    coach: PersonId,
    start: Instant,
    freed: &Freed,
) -> Result<bool> {
    match times::check_after(tx, &loaded.coached_by(vec![coach]), Side::Coach, start, freed) {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes down that somebody else coaches it from now on, as `after` stands: the time of the one is given back and the
/// other's is owned, calendars are told once more, and it stands on the wall clock of whoever marks it (rules A4, T5).
///
/// # Errors
/// [`Refusal::Taken`] if a minute of the other's time belongs to another session; then the transaction must end.
pub(crate) fn give_to(
    tx: &mut Tx,
    loaded: &Loaded,
    after: Meeting,
    from: Option<PersonId>,
    to: PersonId,
    change: Change<'_>,
) -> Result<EventId> {
    let start = after.session().time.map(|time| time.starts_at);
    let keeps_its_time = start.is_some() && start == loaded.meeting.session().time.map(|time| time.starts_at);
    // What the one gives back may be taken already by another session of the same act: it is not owned once more.
    let others = loaded.coaches.iter().copied().filter(|coach| Some(*coach) != from).collect();
    let event = save(tx, &loaded.coached_by(others), after.clone(), change)?;
    let coaches = put_in_place(tx, loaded, from, to)?;
    if let Some(start) = start.filter(|_| keeps_its_time) {
        coach::own(tx, loaded.id, &coaches, &after.owned())?;
        let after = loaded.coached_by(coaches);
        let zone = life::zone_of(tx, &after)?.ok_or(Refusal::NoCoach)?;
        tx.exec(
            "UPDATE session SET sequence = sequence + 1, wall_time = $2, zone = $3, zone_data = $4 WHERE id = $1",
            args![loaded.id, zone.local(start).to_string(), zone.as_str(), zone_data_version()],
        )?;
    }
    if let Some(from) = from {
        mail::drop_reminders(tx, loaded.id, Some(from))?;
    }
    Ok(event)
}

/// The rows of its coaches, with one of them in the place of another, whose time it gives back. Gives who they are then.
pub(crate) fn put_in_place(
    tx: &mut Tx,
    loaded: &Loaded,
    from: Option<PersonId>,
    to: PersonId,
) -> Result<Vec<PersonId>> {
    let marks = from.is_none_or(|from| loaded.coaches.first() == Some(&from));
    if let Some(from) = from {
        tx.exec("DELETE FROM session_coach WHERE session_id = $1 AND coach_id = $2", args![loaded.id, from])?;
        tx.exec("DELETE FROM coach_time WHERE session_id = $1 AND coach_id = $2", args![loaded.id, from])?;
    }
    tx.exec(
        "INSERT INTO session_coach (session_id, coach_id, marking) VALUES ($1, $2, $3)
         ON CONFLICT (session_id, coach_id) DO UPDATE SET marking = session_coach.marking OR excluded.marking",
        args![loaded.id, to, marks],
    )?;
    all_of(tx, loaded.id)
}

/// Who coaches it; the one who marks comes first.
fn all_of(tx: &mut Tx, id: SessionId) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT coach_id FROM session_coach WHERE session_id = $1 ORDER BY marking DESC, coach_id",
        args![id],
        |row| row.get(0),
    )
}

/// Who coaches a session this once, and in whose place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// Who does, by id and name.
    pub who: (PersonId, String),
    /// Whose session it is, by id and name.
    pub instead_of: (PersonId, String),
}

/// The stand-in of a session, if it has one.
///
/// # Errors
/// Only those of the store.
pub fn stand_in(tx: &mut Tx, id: SessionId) -> Result<Option<StandIn>> {
    tx.opt(
        "SELECT p.id, p.name, o.id, o.name FROM session_coach c JOIN person p ON p.id = c.coach_id
         JOIN person o ON o.id = c.stands_in_for WHERE c.session_id = $1",
        args![id],
        |row| Ok(StandIn { who: (row.get(0)?, row.get(1)?), instead_of: (row.get(2)?, row.get(3)?) }),
    )
}

/// Whether somebody may name a stand-in for a session, and whether that is possible now; none if they never may.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see.
pub fn may_name_stand_in(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<Option<Result<(), Refusal>>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    if by.may(Action::NameStandIn, &standing.what()).is_err() || !is_of_program(&loaded) {
        return Ok(None);
    }
    let now = tx.now();
    Ok(Some(loaded.meeting.taken_over(now).map(drop)))
}

/// The most coaches who are looked at for one session.
const LOOKED_AT_MAX: i64 = 200;

/// Those who could stand in: who coach, have no part in it yet, and are open and free then; by name.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`], and what makes it impossible for anybody.
pub fn who_could_stand_in(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<Vec<(PersonId, String)>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    by.may(Action::NameStandIn, &standing.what())?;
    must_be_of_program(&loaded)?;
    let now = tx.now();
    loaded.meeting.clone().taken_over(now)?;
    if loaded.meeting.session().time.is_none() {
        return Ok(Vec::new());
    }
    who_else_could(tx, &loaded)
}

/// Who coaches, has no part in it yet, and is open and free at the time that it has, if it has one; by name.
fn who_else_could(tx: &mut Tx, loaded: &Loaded) -> Result<Vec<(PersonId, String)>> {
    let all: Vec<(PersonId, String)> = tx.all(
        "SELECT p.id, p.name FROM coach k JOIN person p ON p.id = k.person_id
         JOIN person_role r ON r.person_id = p.id AND r.role = 'coach'
         WHERE p.closed_at IS NULL AND p.id NOT IN (SELECT c.coach_id FROM session_coach c WHERE c.session_id = $1)
             AND p.id NOT IN (SELECT a.client_id FROM attendance a WHERE a.session_id = $1)
         ORDER BY p.folded_name, p.id LIMIT $2",
        args![loaded.id, LOOKED_AT_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some(time) = loaded.meeting.session().time else { return Ok(all) };
    let mut free = Vec::new();
    for one in all {
        if is_free_for(tx, loaded, one.0, time.starts_at, &Freed::new())? {
            free.push(one);
        }
    }
    Ok(free)
}

/// Whoever coaches and has no part in it yet can be given one.
fn must_be_somebody_else(tx: &mut Tx, loaded: &Loaded, to: PersonId) -> Result<()> {
    let coaches = "SELECT 1 FROM coach k JOIN person p ON p.id = k.person_id AND p.closed_at IS NULL
         JOIN person_role r ON r.person_id = p.id AND r.role = 'coach' WHERE k.person_id = $1";
    let is_in = loaded.coaches.contains(&to) || loaded.meeting.seat(to).is_ok();
    if is_in || !tx.exists(coaches, args![to])? {
        return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
    }
    Ok(())
}

/// Names somebody who coaches this one session of a program in its coach's place (rule G10): from then on they own its
/// time, see it and mark it, and nothing else of its client. The coach's own time is free. All concerned are told.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`], [`Refusal::OwnAttendance`]; [`Refusal::Invalid`] for somebody who does not
/// coach, or is in it already; what [`rules::meeting::Meeting::taken_over`] and the calendar refuse.
pub fn name_stand_in(tx: &mut Tx, by: &Actor, id: SessionId, to: PersonId) -> Result<()> {
    let (loaded, standing) = load_for(tx, by, id)?;
    by.may(Action::NameStandIn, &standing.what())?;
    let loaded = lapse(tx, loaded)?;
    must_be_of_program(&loaded)?;
    must_be_somebody_else(tx, &loaded, to)?;
    let from = *loaded.coaches.first().ok_or(Refusal::NoCoach)?;
    let owner = stand_in(tx, id)?.map_or(from, |named| named.instead_of.0);
    hand_on(tx, by, &loaded, kind::STAND_IN_NAMED, from, to)?;
    if to != owner {
        tx.exec(
            "UPDATE session_coach SET stands_in_for = $3 WHERE session_id = $1 AND coach_id = $2",
            args![id, to, owner],
        )?;
    }
    Ok(())
}

/// Gives the session back to its coach, before it begins: by whoever may name a stand-in, and by the coach themselves.
///
/// # Errors
/// [`Refusal::NoStandIn`], and as [`name_stand_in`]; the calendar's refusals, if the coach is not free any more.
pub fn end_stand_in(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<()> {
    by.still_stands(tx)?;
    let named = stand_in(tx, id)?;
    let loaded = match &named {
        // They do not see it any more, and it is theirs all the same.
        Some(named) if by.person() == Some(named.instead_of.0) => life::load(tx, id)?,
        _ => {
            let (loaded, standing) = load_for(tx, by, id)?;
            by.may(Action::NameStandIn, &standing.what())?;
            loaded
        }
    };
    let named = named.ok_or(Refusal::NoStandIn)?;
    let loaded = lapse(tx, loaded)?;
    hand_on(tx, by, &loaded, kind::STAND_IN_ENDED, named.who.0, named.instead_of.0)
}

/// One session goes from one coach to another at the time that it has.
fn hand_on(tx: &mut Tx, by: &Actor, loaded: &Loaded, kind: Kind, from: PersonId, to: PersonId) -> Result<()> {
    let now = tx.now();
    let after = loaded.meeting.clone().taken_over(now)?;
    let start = loaded.meeting.session().time.ok_or(Refusal::NoCoach)?.starts_at;
    times::check(tx, &loaded.coached_by(vec![to]), Side::Coach, start)?;
    let superseded = loaded.meeting.open_request(now).map(|request| request.to.to_string());
    let clients = after.clients_in();
    let told: Vec<Json> = clients
        .iter()
        .map(|client| {
            json!({ "person": client.to_string(), "from": from.to_string(), "waiting": 0,
                "sessions": [{ "session": loaded.id.to_string(), "start": start.to_string(), "stays": true,
                    "asked": superseded }] })
        })
        .collect();
    let facts = json!({ "start": start.to_string(), "superseded": superseded, "once": true,
        "to": to.to_string(), "changes": told });
    let change = Change { by, principal: None, kind, seat: None, facts, reason: "" };
    let event = give_to(tx, loaded, after, Some(from), to, change)?;
    mail::queue_letters(tx, event, &Happening::CoachChanged { clients, old: vec![from], new: to })
}

/// A session that has lost its time is its coach's again: somebody stood in for that time alone (rule G10).
pub(super) fn end_with_the_time(tx: &mut Tx, id: SessionId) -> Result<()> {
    let Some(named) = stand_in(tx, id)? else { return Ok(()) };
    tx.exec("DELETE FROM session_coach WHERE session_id = $1 AND coach_id = $2", args![id, named.who.0])?;
    tx.exec(
        "INSERT INTO session_coach (session_id, coach_id, marking) VALUES ($1, $2, $3)
         ON CONFLICT (session_id, coach_id) DO UPDATE SET marking = excluded.marking",
        args![id, named.instead_of.0, true],
    )?;
    Ok(())
}

/// No session has more coaches.
pub const COACHES_MAX: usize = 4;

/// Whether somebody may say who coaches a session beside its coach, and whether that is possible now; none if they never
/// may.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see.
pub fn may_name_co_coach(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<Option<Result<(), Refusal>>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    if by.may(Action::NameCoCoach, &standing.what()).is_err() || !is_of_program(&loaded) {
        return Ok(None);
    }
    let now = tx.now();
    let possible = if loaded.coaches.is_empty() {
        Err(Refusal::NoCoach)
    } else {
        loaded.meeting.coached_beside(now).map(drop)
    };
    Ok(Some(possible))
}

/// Those who could coach it beside its coach: who coach, have no part in it yet, and are open and free at the time that it
/// has, if it has one; by name. Nobody once it has [`COACHES_MAX`].
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`], and what makes it impossible for anybody.
pub fn who_could_coach_beside(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<Vec<(PersonId, String)>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    by.may(Action::NameCoCoach, &standing.what())?;
    must_be_of_program(&loaded)?;
    let now = tx.now();
    loaded.meeting.clone().coached_beside(now)?;
    if loaded.coaches.is_empty() {
        return Err(Refusal::NoCoach.into());
    }
    if loaded.coaches.len() >= COACHES_MAX { Ok(Vec::new()) } else { who_else_could(tx, &loaded) }
}

/// Names somebody who coaches a session of a program beside its coach (rule G11): it takes the time of both, both see it
/// and are told of it, and its coach alone marks it. Where it has a time they must be free then; where it has none it gets
/// one when all of them are free. All concerned are told.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`]; [`Refusal::NoCoach`] as long as nobody coaches it; [`Refusal::Invalid`] for
/// somebody who does not coach, or is in it already, and above [`COACHES_MAX`]; what
/// [`rules::meeting::Meeting::coached_beside`] and the calendar refuse.
pub fn add_co_coach(tx: &mut Tx, by: &Actor, id: SessionId, coach: PersonId) -> Result<()> {
    let (loaded, after) = to_coach_beside(tx, by, id)?;
    if loaded.coaches.is_empty() {
        return Err(Refusal::NoCoach.into());
    }
    must_be_somebody_else(tx, &loaded, coach)?;
    if loaded.coaches.len() >= COACHES_MAX {
        let most = COACHES_MAX as u32;
        return Err(Refusal::invalid("coach", Problem::TooMany { most }).into());
    }
    let start = loaded.meeting.session().time.map(|time| time.starts_at);
    if let Some(start) = start {
        times::check(tx, &loaded.coached_by(vec![coach]), Side::Coach, start)?;
    }
    let event = beside(tx, by, &loaded, after.clone(), kind::CO_COACH_NAMED, coach)?;
    tx.exec(
        "INSERT INTO session_coach (session_id, coach_id, marking) VALUES ($1, $2, $3)",
        args![id, coach, false],
    )?;
    if start.is_none() {
        return Ok(());
    }
    let coaches = all_of(tx, id)?;
    coach::own(tx, id, &coaches, &after.owned())?;
    let clients = after.clients_in();
    mail::queue_letters(tx, event, &Happening::CoCoachNamed { coach, clients, others: loaded.coaches })
}

/// Somebody who coaches a session beside its coach does so no longer; their time is free again. All concerned are told.
///
/// # Errors
/// As [`add_co_coach`]; [`Refusal::Invalid`] for somebody who does not coach it, or is its coach.
pub fn remove_co_coach(tx: &mut Tx, by: &Actor, id: SessionId, coach: PersonId) -> Result<()> {
    let (loaded, after) = to_coach_beside(tx, by, id)?;
    if !loaded.coaches.iter().skip(1).any(|one| *one == coach) {
        return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
    }
    let event = beside(tx, by, &loaded, after.clone(), kind::CO_COACH_ENDED, coach)?;
    tx.exec("DELETE FROM session_coach WHERE session_id = $1 AND coach_id = $2", args![id, coach])?;
    tx.exec("DELETE FROM coach_time WHERE session_id = $1 AND coach_id = $2", args![id, coach])?;
    mail::drop_reminders(tx, id, Some(coach))?;
    if loaded.meeting.session().time.is_none() {
        return Ok(());
    }
    let clients = after.clients_in();
    let others = loaded.coaches.into_iter().filter(|one| *one != coach).collect();
    mail::queue_letters(tx, event, &Happening::CoCoachEnded { coach, clients, others })
}

/// A session whose coaches somebody is to change, and what it is afterwards.
fn to_coach_beside(tx: &mut Tx, by: &Actor, id: SessionId) -> Result<(Loaded, Meeting)> {
    let (loaded, standing) = load_for(tx, by, id)?;
    by.may(Action::NameCoCoach, &standing.what())?;
    let loaded = lapse(tx, loaded)?;
    must_be_of_program(&loaded)?;
    let now = tx.now();
    let after = loaded.meeting.clone().coached_beside(now)?;
    Ok((loaded, after))
}

/// Writes down that somebody coaches it beside its coach, or no longer; calendars are told once more.
fn beside(
    tx: &mut Tx,
    by: &Actor,
    loaded: &Loaded,
    after: Meeting,
    kind: Kind,
    coach: PersonId,
) -> Result<EventId> {
    let now = tx.now();
    let superseded = loaded.meeting.open_request(now).map(|request| request.to.to_string());
    let start = loaded.meeting.session().time.map(|time| time.starts_at.to_string());
    let facts = json!({ "start": start, "coach": coach.to_string(), "superseded": superseded });
    let is_told = start.is_some();
    let change = Change { by, principal: None, kind, seat: None, facts, reason: "" };
    let event = save(tx, loaded, after, change)?;
    if is_told {
        tx.exec("UPDATE session SET sequence = sequence + 1 WHERE id = $1", args![loaded.id])?;
    }
    Ok(event)
}

/// What a coach sells privately is theirs to hold.
fn must_be_of_program(loaded: &Loaded) -> Result<(), Refusal> {
    match loaded.meeting.seats().first().filter(|_| !is_of_program(loaded)) {
        Some(seat) => {
            let status = loaded.meeting.status(seat);
            Err(Refusal::WrongStatus { action: Action::NameStandIn, status })
        }
        None => Ok(()),
    }
}

fn is_of_program(loaded: &Loaded) -> bool {
    loaded.meeting.seats().iter().all(rules::meeting::Seat::is_of_program)
}
