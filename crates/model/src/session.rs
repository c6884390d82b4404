//! Meetings and each client's place in them, as rows. What their status is says [`rules::attendance`]; here the
//! same stands once more as SQL, and a test holds the two together.

pub(crate) mod coaches;
mod due;
mod ends;
mod foretold;
pub(crate) mod life;
mod marks;
mod moves;
mod plans;
mod seen;
mod timeline;
mod topic;
mod waiting;

use jiff::SignedDuration;
use rules::attendance::{
    AttendanceFacts, ContestEnd, Contested, GreyedOut, JourneyPart, Left, Marked, Outcome, Status, status,
};
use rules::ids::{AttendanceId, JourneyId, PersonId, PodId, SessionId, StepId};
use rules::refusal::Refusal;
use rules::session::{
    Cancelled, Cause, Imposed, Minutes, Place, PlaceKind, SessionFacts, SessionKind, SessionTime,
};
use rules::time::Instant;

use crate::{Error, Result, Row, Tx, args};

pub use due::{
    ask_for_marks, expire_requests, next_expiry, next_prompt, next_reminder, next_request_reminder,
    next_telling, remind, remind_of_requests, tell_marks,
};
pub use ends::{CallOff, ExpectedEnding, call_off, forgive, quote, unnamed_cause};
pub use foretold::{Thought, foretold};
pub(crate) use life::Loaded;
pub use marks::{
    check_in, contest, delete_and_grey_out, end_early, grey_out, grey_out_all, mark, mark_all_present,
    offers, offers_for_nobody, only_client, reactivate, unmark, uphold,
};
pub use moves::{
    Declined, Expected, Knowing, MoveOutlook, MoveWish, Outcome as MoveOutcome, Reason, alternatives_to_move,
    alternatives_to_rejected, approve_move, declined, foresee_move, move_outlook, move_session, reject_move,
    slots_to_move, withdraw_move,
};

pub use coaches::{
    COACHES_MAX, StandIn, add_co_coach, end_stand_in, may_name_co_coach, may_name_stand_in, name_stand_in,
    remove_co_coach, stand_in, who_could_coach_beside, who_could_stand_in,
};
pub use plans::{
    BookOutlook, OwnStep, PlannedWish, alternatives_to_book, alternatives_to_book_beside, book_outlook,
    book_planned, own_steps_with, slots_to_book,
};
pub(crate) use plans::{agree, copy_bands, foresee_date, has_agreed, open_steps, step_before};

pub use seen::{
    Client, CoachSeen, Filter, Held, LIST_MAX, Line, Named, PlaceSeen, SessionView, When, count_to_mark,
    list, terms_held, view, view_as,
};
pub use timeline::{timeline, told_of};
pub use topic::{Step, Topic};
pub(crate) use topic::{TOPIC_COLUMN_COUNT, TOPIC_COLUMNS, TOPIC_TABLES, topic};
pub use waiting::{Asking, Contest, asking, asking_in, contested_of, contests};

/// What can happen to a meeting and to a client's place in it.
pub mod kind {
    use crate::event::Kind;

    /// A meeting got its time.
    pub const BOOKED: Kind = Kind("session_booked");
    /// Somebody who is not signed in holds a time (rule B7).
    pub const HELD: Kind = Kind("booking_held");
    /// A time that was held made room for a newer one of the same address (rule B7).
    pub const GIVEN_BACK: Kind = Kind("hold_given_back");
    /// Several meetings got their times in one act (rule B6).
    pub const SERIES_BOOKED: Kind = Kind("series_booked");
    /// A meeting that had been was written down afterwards (rule B3).
    pub const RECORDED: Kind = Kind("session_recorded");
    /// It got another start, whoever wished it.
    pub const MOVED: Kind = Kind("session_moved");
    /// Its client asked for another start.
    pub const MOVE_ASKED: Kind = Kind("move_asked");
    /// The coach was reminded of a request.
    pub const MOVE_REMINDED: Kind = Kind("move_reminded");
    /// The coach did not agree.
    pub const MOVE_REJECTED: Kind = Kind("move_rejected");
    /// The client took a request back.
    pub const MOVE_WITHDRAWN: Kind = Kind("move_withdrawn");
    /// Nobody decided in time.
    pub const MOVE_EXPIRED: Kind = Kind("move_expired");
    /// Its people were reminded.
    pub const REMINDED: Kind = Kind("session_reminded");
    /// The coach ended it before its time.
    pub const ENDED_EARLY: Kind = Kind("session_ended_early");
    /// The coach was asked how it went.
    pub const MARK_WANTED: Kind = Kind("mark_wanted");
    /// A meeting was called off.
    pub const CANCELLED: Kind = Kind("session_cancelled");
    /// Somebody said how it went for one client, or a client cancelled late.
    pub const MARKED: Kind = Kind("attendance_marked");
    /// A mark was taken back.
    pub const UNMARKED: Kind = Kind("attendance_unmarked");
    /// The coach asked a client where they were (rule S3).
    pub const CHECKED_IN: Kind = Kind("check_in_sent");
    /// The client was told how it was marked, and money followed.
    pub const MARK_TOLD: Kind = Kind("mark_told");
    /// A Missed was taken back.
    pub const FORGIVEN: Kind = Kind("attendance_forgiven");
    /// A client said that a Missed is wrong.
    pub const CONTESTED: Kind = Kind("attendance_contested");
    /// What was contested stands.
    pub const UPHELD: Kind = Kind("contest_upheld");
    /// Somebody came into a pod that has its time, or came back.
    pub const JOINED: Kind = Kind("pod_date_taken");
    /// A member left a pod that keeps its time.
    pub const LEFT: Kind = Kind("attendance_left");
    /// An admin disabled a client's place.
    pub const GREYED_OUT: Kind = Kind("attendance_greyed_out");
    /// An admin brought a client's place back.
    pub const REACTIVATED: Kind = Kind("attendance_reactivated");

    /// Somebody else coaches it.
    pub const COACH_CHANGED: Kind = Kind("session_coach_changed");
    /// Somebody coaches it this once in its coach's place (rule G10).
    pub const STAND_IN_NAMED: Kind = Kind("stand_in_named");
    /// A day before it a pod had too few members (rule G5).
    pub const POD_TOO_SMALL: Kind = Kind("pod_too_small");
    /// It is its coach's again.
    pub const STAND_IN_ENDED: Kind = Kind("stand_in_ended");
    /// Somebody coaches it beside its coach (rule G11).
    pub const CO_COACH_NAMED: Kind = Kind("co_coach_named");
    /// They do so no longer.
    pub const CO_COACH_ENDED: Kind = Kind("co_coach_ended");

    /// All of these.
    pub const ALL: &[Kind] = &[
        BOOKED,
        HELD,
        GIVEN_BACK,
        SERIES_BOOKED,
        RECORDED,
        MOVED,
        MOVE_ASKED,
        MOVE_REMINDED,
        MOVE_REJECTED,
        MOVE_WITHDRAWN,
        MOVE_EXPIRED,
        REMINDED,
        ENDED_EARLY,
        MARK_WANTED,
        CANCELLED,
        MARKED,
        UNMARKED,
        MARK_TOLD,
        CHECKED_IN,
        FORGIVEN,
        CONTESTED,
        UPHELD,
        JOINED,
        LEFT,
        GREYED_OUT,
        REACTIVATED,
        COACH_CHANGED,
        STAND_IN_NAMED,
        STAND_IN_ENDED,
        POD_TOO_SMALL,
        CO_COACH_NAMED,
        CO_COACH_ENDED,
    ];
}

/// The status of an attendance `a` of a session `s`, for queries that count, filter and sort by it.
pub const STATUS_SQL: &str = "CASE
    WHEN a.greyed_out_at IS NOT NULL THEN 'greyed_out'
    WHEN a.outcome = 'completed' THEN 'completed'
    WHEN a.outcome IS NOT NULL THEN 'missed'
    WHEN s.cancelled_at IS NOT NULL THEN 'cancelled'
    WHEN s.starts_at IS NOT NULL AND a.left_at IS NULL THEN 'booked'
    ELSE 'unbooked' END";

/// One meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id, which no move changes.
    pub id: SessionId,
    /// What its status follows from.
    pub facts: SessionFacts,
    /// Where it happens.
    pub place: Place,
    /// The pod whose meeting it is.
    pub pod: Option<PodId>,
    /// Whose time it takes; the one who marks comes first (rule G11).
    pub coaches: Vec<PersonId>,
    /// Its identity in people's calendars, which no move changes.
    pub uid: String,
    /// How often calendars were told of it.
    pub sequence: i64,
}

/// One client's place in a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendance {
    /// Its id.
    pub id: AttendanceId,
    /// Of which meeting.
    pub session: SessionId,
    /// Whose place it is.
    pub client: PersonId,
    /// What its status follows from.
    pub facts: AttendanceFacts,
}

impl Attendance {
    /// Its status now.
    pub fn status(&self, session: &Session) -> Status {
        status(&session.facts, &self.facts)
    }
}

/// What a meeting is meant to be before it has a time.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What sort of meeting.
    pub kind: SessionKind,
    /// How long.
    pub minutes: Minutes,
    /// Where.
    pub place: Place,
    /// The pod whose meeting it is.
    pub pod: Option<PodId>,
    /// Who coaches; the first one marks. Nobody, as long as that is open.
    pub coaches: Vec<PersonId>,
}

/// Makes a meeting that has no time yet.
pub fn plan(tx: &mut Tx, plan: &Plan) -> Result<SessionId> {
    let id: SessionId = tx.new_id();
    let now = tx.now();
    let uid = new_uid(tx);
    tx.exec(
        "INSERT INTO session (id, kind, minutes, place, place_detail, uid, sequence, pod_id, recorded, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)",
        args![
            id,
            plan.kind.code(),
            plan.minutes.get(),
            plan.place.kind.code(),
            &plan.place.detail,
            uid,
            plan.pod,
            false,
            now
        ],
    )?;
    let coaches = plan.coaches.iter().enumerate();
    let rows = coaches.map(|(place, coach)| [id.into(), (*coach).into(), (place == 0).into()]);
    tx.insert_many("INSERT INTO session_coach (session_id, coach_id, marking)", rows, "")?;
    Ok(id)
}

/// The same for many with few statements, in their order: a journey has as many as its pathway has steps.
pub(crate) fn plan_all(tx: &mut Tx, plans: &[Plan]) -> Result<Vec<SessionId>> {
    let now = tx.now();
    let (mut ids, mut rows, mut coaches) = (Vec::with_capacity(plans.len()), Vec::new(), Vec::new());
    for plan in plans {
        let id: SessionId = tx.new_id();
        rows.push([
            id.into(),
            plan.kind.code().into(),
            plan.minutes.get().into(),
            plan.place.kind.code().into(),
            (&plan.place.detail).into(),
            new_uid(tx).into(),
            0.into(),
            plan.pod.into(),
            false.into(),
            now.into(),
        ]);
        let those = plan.coaches.iter().enumerate();
        coaches.extend(those.map(|(place, coach)| [id.into(), (*coach).into(), (place == 0).into()]));
        ids.push(id);
    }
    tx.insert_many(
        "INSERT INTO session (id, kind, minutes, place, place_detail, uid, sequence, pod_id, recorded, made_at)",
        rows,
        "",
    )?;
    tx.insert_many("INSERT INTO session_coach (session_id, coach_id, marking)", coaches, "")?;
    Ok(ids)
}

/// Gives a client a place in each of these meetings, as a step of their journey.
pub(crate) fn attend_all(
    tx: &mut Tx,
    client: PersonId,
    journey: JourneyId,
    places: &[(SessionId, StepId)],
) -> Result<()> {
    let now = tx.now();
    let mut rows = Vec::with_capacity(places.len());
    for (session, step) in places {
        let id: AttendanceId = tx.new_id();
        rows.push([
            id.into(),
            (*session).into(),
            client.into(),
            journey.into(),
            (*step).into(),
            true.into(),
            now.into(),
        ]);
    }
    let head = "INSERT INTO attendance (id, session_id, client_id, journey_id, step_id, counts, made_at)";
    tx.insert_many(head, rows, "")?;
    Ok(())
}

/// A new identity for people's calendars.
pub(crate) fn new_uid(tx: &Tx) -> String {
    format!("{:032x}", u128::from_be_bytes(tx.random()))
}

/// Gives a client a place in a meeting.
pub fn attend(
    tx: &mut Tx,
    session: SessionId,
    client: PersonId,
    part: Option<JourneyPart>,
) -> Result<AttendanceId> {
    let id: AttendanceId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO attendance (id, session_id, client_id, journey_id, step_id, counts, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            id,
            session,
            client,
            part.map(|part| part.journey),
            part.and_then(|part| part.step),
            part.is_some_and(|part| part.counts),
            now
        ],
    )?;
    Ok(id)
}

/// The meeting with this id. Whether somebody may see it is not asked here.
pub fn get(tx: &mut Tx, id: SessionId) -> Result<Session> {
    let session = tx.opt(
        "SELECT id, kind, minutes, place, place_detail, pod_id, uid, sequence, starts_at, ended_early_at,
             cancelled_at, cancelled_by, cancelled_cause, booked_at, set_at, imposed_at, imposed_from
         FROM session WHERE id = $1",
        args![id],
        session_from_row,
    )?;
    let mut session = session.ok_or(Refusal::NotFound)?;
    session.coaches = tx.all(
        "SELECT coach_id FROM session_coach WHERE session_id = $1 ORDER BY marking DESC, coach_id",
        args![id],
        |row| row.get(0),
    )?;
    Ok(session)
}

fn session_from_row(row: &Row<'_>) -> Result<Session> {
    let starts_at: Option<Instant> = row.get(8)?;
    let ended_early_at = row.get(9)?;
    let cancelled_at: Option<Instant> = row.get(10)?;
    let cause: Option<Cause> = row.parse_opt(12)?;
    let cancelled_by = row.get(11)?;
    Ok(Session {
        id: row.get(0)?,
        facts: SessionFacts {
            kind: row.parse::<SessionKind>(1)?,
            minutes: Minutes::new(row.get(2)?)
                .ok_or_else(|| Error::database("session.minutes is no length"))?,
            time: match (starts_at, row.get(13)?, row.get(14)?) {
                (Some(starts_at), Some(booked_at), Some(set_at)) => {
                    let imposed = row.get::<Option<Instant>>(15)?.zip(row.get(16)?);
                    let imposed = imposed.map(|(at, from)| Imposed { at, from });
                    Some(SessionTime { starts_at, booked_at, set_at, imposed, ended_early_at })
                }
                _ => None,
            },
            cancelled: cancelled_at.zip(cause).map(|(at, cause)| Cancelled { at, by: cancelled_by, cause }),
        },
        place: Place { kind: row.parse::<PlaceKind>(3)?, detail: row.get(4)? },
        pod: row.get(5)?,
        coaches: Vec::new(),
        uid: row.get(6)?,
        sequence: row.get(7)?,
    })
}

const ATTENDANCE_COLUMNS: &str =
    "a.id, a.session_id, a.client_id, a.journey_id, a.step_id, a.counts, a.outcome,
    a.outcome_by, a.outcome_at, a.left_at, a.left_notice, a.greyed_out_at, a.greyed_out_by, a.contested_at,
    a.settled_at, a.first_marked_at, a.told, a.tell_at, a.changes, a.settled_by";
/// How many those are: whatever a query adds follows them.
const ATTENDANCE_COLUMN_COUNT: usize = 20;

/// Everybody's place in a meeting, in the order in which they got it.
pub fn attendances(tx: &mut Tx, session: SessionId) -> Result<Vec<Attendance>> {
    let sql = format!("SELECT {ATTENDANCE_COLUMNS} FROM attendance a WHERE a.session_id = $1 ORDER BY a.id");
    tx.all(&sql, args![session], attendance_from_row)
}

fn attendance_from_row(row: &Row<'_>) -> Result<Attendance> {
    let journey: Option<_> = row.get(3)?;
    let step = row.get(4)?;
    let counts = row.get(5)?;
    let outcome: Option<Outcome> = row.parse_opt(6)?;
    let outcome_by: Option<PersonId> = row.get(7)?;
    let outcome_at: Option<Instant> = row.get(8)?;
    let left_at: Option<Instant> = row.get(9)?;
    let left_notice: Option<i64> = row.get(10)?;
    let greyed_out_at: Option<Instant> = row.get(11)?;
    let greyed_out_by: Option<PersonId> = row.get(12)?;
    let contested_at: Option<Instant> = row.get(13)?;
    let settled_at: Option<Instant> = row.get(14)?;
    let settled_by: Option<PersonId> = row.get(19)?;
    let end = settled_at.map(|at| match settled_by {
        Some(by) => ContestEnd::Settled { by, at },
        None => ContestEnd::TakenBack { at },
    });
    Ok(Attendance {
        id: row.get(0)?,
        session: row.get(1)?,
        client: row.get(2)?,
        facts: AttendanceFacts {
            part: journey.map(|journey| JourneyPart { journey, step, counts }),
            outcome: outcome.zip(outcome_by).zip(outcome_at).map(|((outcome, by), at)| Marked {
                outcome,
                by,
                at,
            }),
            left: left_at
                .zip(left_notice)
                .map(|(at, notice)| Left { at, notice: SignedDuration::from_millis(notice) }),
            greyed_out: greyed_out_at.zip(greyed_out_by).map(|(at, by)| GreyedOut { at, by }),
            contested: contested_at.map(|at| Contested { at, end }),
            first_marked_at: row.get(15)?,
            told: row.parse_opt(16)?,
            tell_at: row.get(17)?,
            changes: row.get(18)?,
        },
    })
}
