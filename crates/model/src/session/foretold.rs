//! What an act would be told to whom, asked before anybody does it (rule S10). It tries the transition of the rules on a
//! copy and asks [`rules::tidings`], as the act itself does, so that what a page says is what is then queued.

use rules::attendance::Outcome;
use rules::ids::{PersonId, SessionId};
use rules::letters::{Happening, Letter, Turn, letters};
use rules::marking::{Mark, Marker, Telling};
use rules::meeting::{Meeting, Side};
use rules::moving::Wished;
use rules::permission::Action;
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::tidings::{self, told};
use rules::time::Instant;

use super::ends::{calling, is_for_nobody};
use super::life::{Loaded, Standing, look_at};
use super::marks::{markers_to_tell, marking, others_who_settle, readers_of_contest};
use super::{moves, plans};
use crate::event::Actor;
use crate::{Result, Tx, mail};

/// Something that somebody thinks of doing with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thought {
    /// Giving it a time.
    Book,
    /// Moving it: to this start, or to any.
    Move(Option<Instant>),
    /// Agreeing to a request.
    Approve,
    /// Not agreeing.
    Reject,
    /// Taking it back.
    Withdraw,
    /// Calling it off: this client's part, or all of it.
    CallOff(Option<PersonId>, Cause),
    /// Taking a client's booking out and disabling their place.
    DeleteAndGreyOut(PersonId),
    /// Saying how it went.
    Mark(PersonId, Mark),
    /// Taking that back.
    Unmark(PersonId),
    /// Forgiving a Missed.
    Forgive(PersonId),
    /// Contesting it.
    Contest(PersonId),
    /// Saying that what is contested stands.
    Uphold(PersonId),
    /// Not asking for what is open.
    Waive(PersonId),
    /// Writing down that it was paid.
    Pay(PersonId),
    /// Writing down that it was paid back.
    Refund(PersonId),
}

/// Who would get which mail, whether at once or, of a mark, after its quarter of an hour: nobody who refuses such mails.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see, [`Refusal::MayNot`], and what the rules would refuse.
pub fn foretold(tx: &mut Tx, by: &Actor, id: SessionId, thought: Thought) -> Result<Vec<(PersonId, Letter)>> {
    let (loaded, standing) = look_at(tx, by, id)?;
    let happenings = happenings(tx, by, &loaded, &standing, thought)?;
    let mut all = Vec::new();
    for (to, letter) in happenings.iter().flat_map(letters) {
        if let Some(person) = to.person()
            && mail::reaches(tx, person, letter)?
        {
            all.push((person, letter));
        }
    }
    Ok(all)
}

fn happenings(
    tx: &mut Tx,
    by: &Actor,
    loaded: &Loaded,
    standing: &Standing,
    thought: Thought,
) -> Result<Vec<Happening>> {
    let now = tx.now();
    let coaches = &loaded.coaches;
    // A request whose time is over is written down as that before anything else is done.
    let meeting = loaded.meeting.clone().expired(now);
    let asker = || meeting.undecided().map(|request| request.by).ok_or(Refusal::NoRequest);
    let me = |client| by.person().unwrap_or(client);
    Ok(match thought {
        Thought::Book => {
            let outlook = plans::would_be_in(by, loaded, standing, now)?;
            vec![told(Turn::Booked, outlook, coaches)]
        }
        Thought::Move(to) => return of_move(tx, by, loaded, standing, (meeting, to, now)),
        Thought::Approve => {
            by.may(Action::DecideRequest, &standing.what())?;
            meeting.clone().approved(now)?;
            vec![told(Turn::Moved, vec![asker()?], coaches)]
        }
        Thought::Reject => {
            by.may(Action::DecideRequest, &standing.what())?;
            meeting.clone().rejected(now)?;
            vec![told(Turn::MoveRejected, vec![asker()?], coaches)]
        }
        Thought::Withdraw => {
            by.may(Action::WithdrawRequest, &standing.what())?;
            meeting.clone().withdrawn(now)?;
            vec![told(Turn::MoveWithdrawn, vec![asker()?], coaches)]
        }
        Thought::CallOff(client, cause) => {
            if is_for_nobody(loaded, client, cause) {
                by.may(Action::DeletePodBooking, &standing.what())?;
                let after = meeting.clone().called_off_for_nobody(standing.side, cause, now)?.0;
                return Ok(tidings::of_ending(&meeting, &after, None, coaches));
            }
            let (client, calling) = calling(by, loaded, standing, client, cause)?;
            let after = meeting.clone().called_off(client, &calling, now)?.0;
            let for_one = Some(client).filter(|_| cause == Cause::Client);
            tidings::of_ending(&meeting, &after, for_one, coaches)
        }
        Thought::DeleteAndGreyOut(client) => {
            by.may(Action::GreyOut, &standing.what_of_seat(by, client))?;
            meeting.deleted_and_greyed_out(client, me(client), now)?;
            vec![told(Turn::CalledOff, vec![client], coaches)]
        }
        Thought::Mark(client, mark) => {
            by.may(Action::MarkAttendance, &standing.what_of_seat(by, client))?;
            let marker = Marker { by: me(client), side: standing.side };
            let after = meeting.marked(client, mark, &marker, now)?;
            of_mark(tx, loaded, &after, client, marker.by)?
        }
        Thought::Unmark(client) => {
            by.may(Action::MarkAttendance, &standing.what_of_seat(by, client))?;
            let marker = Marker { by: me(client), side: standing.side };
            let after = meeting.unmarked(client, &marker, now)?;
            of_mark(tx, loaded, &after, client, marker.by)?
        }
        Thought::Forgive(client) => {
            by.may(Action::Forgive, &standing.what_of_seat(by, client))?;
            meeting.forgiven(client, me(client), now)?;
            vec![told(Turn::Forgiven, vec![client], &tidings::but(me(client), coaches))]
        }
        Thought::Contest(client) => {
            by.may(Action::Contest, &standing.what())?;
            if by.person() != Some(client) {
                return Err(Refusal::MayNot { action: Action::Contest }.into());
            }
            meeting.contested(client, now)?;
            vec![told(Turn::Contested, Vec::new(), &readers_of_contest(tx, loaded, client)?)]
        }
        Thought::Uphold(client) => {
            by.may(Action::SettleContest, &standing.what_of_seat(by, client))?;
            let others = others_who_settle(tx, marking(coaches), me(client), client)?;
            meeting.upheld(client, me(client), others, now)?;
            vec![told(Turn::Upheld, vec![client], &tidings::but(me(client), marking(coaches)))]
        }
        Thought::Waive(client) => of_money(by, loaded, standing, (Action::Waive, Turn::Waived), client)?,
        Thought::Pay(client) => of_money(by, loaded, standing, (Action::MarkPaid, Turn::Paid), client)?,
        Thought::Refund(client) => {
            of_money(by, loaded, standing, (Action::MarkPaid, Turn::Refunded), client)?
        }
    })
}

fn of_move(
    tx: &mut Tx,
    by: &Actor,
    loaded: &Loaded,
    standing: &Standing,
    (meeting, to, now): (Meeting, Option<Instant>, Instant),
) -> Result<Vec<Happening>> {
    moves::may_move(by, loaded, standing)?;
    let start = meeting.session().time.map_or(now, |time| time.starts_at);
    // Whom it concerns is the same wherever it goes.
    let to = to.unwrap_or(start.max(now) + meeting.session().minutes.duration());
    if standing.side != Side::Client {
        let after = meeting.moved_by_coach(to, now)?;
        return Ok(tidings::of_move_by_house(&after, &loaded.coaches));
    }
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    let pending = moves::pending(tx, loaded, me)?;
    let turn = match meeting.moved_by_client(me, to, pending, now)? {
        Wished::Moved(_) => Turn::Moved,
        Wished::Asked(..) => Turn::MoveAsked,
    };
    Ok(vec![told(turn, vec![me], &loaded.coaches)])
}

/// What its client is told of a mark, and a coach whose mark is another one then, if nobody changes it again before.
fn of_mark(
    tx: &mut Tx,
    loaded: &Loaded,
    after: &Meeting,
    client: PersonId,
    by: PersonId,
) -> Result<Vec<Happening>> {
    let (was, seat) = (loaded.meeting.seat(client)?, after.seat(client)?);
    let is: Option<Outcome> = seat.facts.outcome.map(|marked| marked.outcome);
    let mut all = Vec::new();
    if seat.facts.tell_at.is_some() {
        let turn = tidings::of_mark(Telling { was: seat.facts.told, is });
        all.push(told(turn, vec![client], &[]));
    }
    all.push(told(Turn::MarkChanged, Vec::new(), &markers_to_tell(tx, loaded, was, seat, by)?));
    Ok(all)
}

fn of_money(
    by: &Actor,
    loaded: &Loaded,
    standing: &Standing,
    (action, turn): (Action, Turn),
    client: PersonId,
) -> Result<Vec<Happening>> {
    loaded.meeting.seat(client)?;
    by.may(action, &standing.what_of_seat(by, client))?;
    let coaches = match by.person() {
        Some(me) => tidings::but(me, &loaded.coaches),
        None => loaded.coaches.clone(),
    };
    Ok(vec![told(turn, vec![client], &coaches)])
}
