//! What somebody is offered to do with one client's seat in a meeting: what is possible now, and why the rest is not
//! (rules G3, S2 to S7). It tries each transition on a copy, so that a page never offers what the act would refuse.

use crate::attendance::{Outcome, Status};
use crate::cancelling::Calling;
use crate::ids::PersonId;
use crate::marking::{Mark, Marker};
use crate::meeting::{Meeting, Seat, Side};
use crate::permission::Action;
use crate::refusal::Refusal;
use crate::session::Cause;
use crate::time::Instant;
use crate::words::words;

words! {
    /// Something that is done with a session or a seat in it.
    Act {
        /// Agree to a request to move.
        Approve "approve"
        /// Do not.
        Reject "reject"
        /// Take one's own request back.
        Withdraw "withdraw"
        /// Give it its time: a step of a journey, or a pod's date.
        Book "book"
        /// Take one's place in a pod again that one had left.
        Return "return"
        /// Give it another start.
        Move "move"
        /// Call it off; a client's request for that, or the coach's own.
        Cancel "cancel"
        /// Say that the client attended.
        MarkCompleted "mark_completed"
        /// Say that they did not come.
        MarkNoShow "mark_no_show"
        /// Take a mark back.
        Unmark "unmark"
        /// Ask the client where they are.
        CheckIn "check_in"
        /// End it before its time.
        EndEarly "end_early"
        /// It did not happen because of the coach or the technology.
        DidNotHappen "did_not_happen"
        /// Say that a Missed is wrong.
        Contest "contest"
        /// Say that it stands.
        Uphold "uphold"
        /// Take a Missed back, and what it cost.
        Forgive "forgive"
        /// Disable the seat.
        GreyOut "grey_out"
        /// Call it off for this client and disable the seat, in one.
        DeleteAndGreyOut "delete_and_grey_out"
        /// Bring it back.
        Reactivate "reactivate"
    }
}

impl Act {
    /// The right that it needs, for a 1:1 or a pod.
    pub const fn action(self, is_pod: bool) -> Action {
        match self {
            Act::Approve | Act::Reject => Action::DecideRequest,
            Act::Withdraw => Action::WithdrawRequest,
            Act::Book if is_pod => Action::BookPod,
            Act::Book | Act::Return => Action::Book,
            Act::Move if is_pod => Action::MovePod,
            Act::Move => Action::MoveSession,
            Act::Cancel | Act::DidNotHappen if is_pod => Action::DeletePodBooking,
            Act::Cancel | Act::DidNotHappen => Action::DeleteBooking,
            Act::MarkCompleted | Act::MarkNoShow | Act::Unmark | Act::CheckIn | Act::EndEarly => {
                Action::MarkAttendance
            }
            Act::Contest => Action::Contest,
            Act::Uphold => Action::SettleContest,
            Act::Forgive => Action::Forgive,
            Act::GreyOut | Act::DeleteAndGreyOut => Action::GreyOut,
            Act::Reactivate => Action::Reactivate,
        }
    }

    /// What has no sense at all from this status is not even shown as impossible.
    fn concerns(self, meeting: &Meeting, seat: &Seat, now: Instant) -> bool {
        let status = meeting.status(seat);
        let has_begun = meeting.session().time.is_some_and(|time| time.starts_at <= now);
        match self {
            Act::Book if meeting.session().time.is_some() => false,
            // What is disabled for one member of a pod is no matter of the others' date.
            Act::Book if status == Status::GreyedOut => !meeting.is_pod(),
            Act::Book => status == Status::Unbooked,
            Act::Return => {
                status == Status::Unbooked && seat.facts.left.is_some() && meeting.session().time.is_some()
            }
            Act::Approve | Act::Reject | Act::Withdraw => meeting.open_request(now).is_some(),
            Act::Move => status == Status::Booked,
            Act::Cancel => status == Status::Booked && !has_begun,
            Act::MarkCompleted | Act::MarkNoShow => {
                matches!(status, Status::Booked | Status::Completed | Status::Missed)
            }
            Act::Unmark => matches!(status, Status::Completed | Status::Missed),
            Act::CheckIn | Act::EndEarly => {
                status == Status::Booked && has_begun && !meeting.is_unmarked(now)
            }
            Act::DidNotHappen => status == Status::Booked && has_begun,
            Act::Contest | Act::Forgive => status == Status::Missed,
            Act::Uphold => seat.facts.contested.is_some_and(|contested| contested.is_open()),
            Act::GreyOut => status == Status::Unbooked,
            Act::DeleteAndGreyOut => status == Status::Booked && seat.is_of_program(),
            Act::Reactivate => status == Status::GreyedOut,
        }
    }
}

/// What stands in the menu of every session of a program, possible or not (rule G3): book, delete booking, mark Completed,
/// mark Missed, grey out, reactivate.
pub const IN_EVERY_MENU: [Act; 6] =
    [Act::Book, Act::Cancel, Act::MarkCompleted, Act::MarkNoShow, Act::GreyOut, Act::Reactivate];

words! {
    /// Why one of [`IN_EVERY_MENU`] is not possible for somebody.
    WhyNot {
        /// It has no time yet.
        NoTime "no_time"
        /// It has one, and they are not in: they have left that date, or were brought back after it was given.
        NotIn "not_in"
        /// It has its time.
        HasTime "has_time"
        /// It has begun.
        Begun "begun"
        /// How it went is known.
        Over "over"
        /// That is what it is marked as.
        SoAlready "so_already"
        /// It was called off late, which is no mark.
        CalledOffLate "called_off_late"
        /// It is greyed out.
        GreyedOut "greyed_out"
        /// It is not.
        NotGreyedOut "not_greyed_out"
        /// Only its client, its coach, a lead or an admin books it or deletes the booking.
        OthersBook "others_book"
        /// Only its coach, a lead or an admin gives a pod its date.
        OthersBookPods "others_book_pods"
        /// Only its coach or an admin says how it went.
        OthersMark "others_mark"
        /// Only an admin greys out.
        AdminsGreyOut "admins_grey_out"
        /// Only an admin reactivates.
        AdminsReactivate "admins_reactivate"
    }
}

/// How a seat stands, as far as it says what is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Its status.
    pub status: Status,
    /// Whether it is one of a pod's.
    pub is_of_pod: bool,
    /// Whether the session has a time.
    pub has_time: bool,
    /// Whether that has come.
    pub has_begun: bool,
    /// How it went, or that it was called off late.
    pub outcome: Option<Outcome>,
}

/// The reason why an act of [`IN_EVERY_MENU`] that is not offered is not: what the seat lacks first, then whose right it is.
pub const fn why_not(act: Act, seat: Stands) -> WhyNot {
    match (act, seat.status) {
        // Of a pod nobody books what is disabled for one member: it is brought back first.
        (Act::Book, Status::GreyedOut) if !seat.is_of_pod => WhyNot::AdminsReactivate,
        (Act::Reactivate, Status::GreyedOut) => WhyNot::AdminsReactivate,
        (Act::Reactivate, _) => WhyNot::NotGreyedOut,
        (_, Status::GreyedOut) => WhyNot::GreyedOut,
        (Act::MarkCompleted | Act::MarkNoShow, Status::Completed | Status::Missed) => {
            match (act, seat.outcome) {
                (_, Some(Outcome::LateCancellation)) => WhyNot::CalledOffLate,
                (Act::MarkCompleted, Some(Outcome::Completed)) => WhyNot::SoAlready,
                (Act::MarkNoShow, Some(Outcome::NoShow)) => WhyNot::SoAlready,
                _ => WhyNot::OthersMark,
            }
        }
        (_, Status::Completed | Status::Missed | Status::Cancelled) => WhyNot::Over,
        (Act::Book, _) => match (seat.has_time, seat.is_of_pod) {
            (true, _) => WhyNot::HasTime,
            (false, true) => WhyNot::OthersBookPods,
            (false, false) => WhyNot::OthersBook,
        },
        (Act::GreyOut, _) => WhyNot::AdminsGreyOut,
        (_, Status::Unbooked) => {
            if seat.has_time {
                WhyNot::NotIn
            } else {
                WhyNot::NoTime
            }
        }
        (Act::MarkCompleted | Act::MarkNoShow, Status::Booked) => WhyNot::OthersMark,
        (_, Status::Booked) => {
            if seat.has_begun {
                WhyNot::Begun
            } else {
                WhyNot::OthersBook
            }
        }
    }
}

/// Somebody who looks at a session.
#[derive(Clone, Debug)]
pub struct Onlooker {
    /// Who.
    pub person: PersonId,
    /// In which part they would act.
    pub side: Side,
    /// How many other requests of the client wait for the same coach (rule R3).
    pub pending: u32,
    /// Whether anybody else may settle a contest (rule S14).
    pub others: crate::marking::OthersWhoSettle,
    /// When the client was asked where they are, at this start (rule S3).
    pub asked_at: Option<Instant>,
    /// What beside the meeting itself stands in the way of giving it a time, or coming back to it: that it is put away, the
    /// step before, nobody to coach it.
    pub hindrance: Option<Refusal>,
}

/// One act, and whether it is possible now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What.
    pub act: Act,
    /// Or why not.
    pub possible: Result<(), Refusal>,
}

/// What is offered on this client's seat to an onlooker whose rights `may` knows. What their roles never allow is left
/// out; what is not possible now stands with its reason.
pub fn menu(
    meeting: &Meeting,
    client: PersonId,
    onlooker: &Onlooker,
    now: Instant,
    may: impl Fn(Action) -> Result<(), Refusal>,
) -> Vec<Offer> {
    let Ok(seat) = meeting.seat(client) else { return Vec::new() };
    let is_disabled = meeting.status(seat) == Status::GreyedOut;
    let acts = Act::ALL.iter().copied();
    let concerned = acts.filter(|act| act.concerns(meeting, seat, now));
    let allowed = concerned.filter_map(|act| {
        // What is disabled only those see as bookable who may bring it back (rule S5).
        if act == Act::Book && is_disabled && may(Action::Reactivate).is_err() {
            return None;
        }
        // Who is its client says nothing of what others failed to do.
        if act == Act::DidNotHappen && onlooker.side == Side::Client {
            return None;
        }
        // One comes back by oneself.
        if act == Act::Return && client != onlooker.person {
            return None;
        }
        let is_leaving = act == Act::Cancel && onlooker.side == Side::Client;
        // A member leaves a pod by the right to give up what is theirs (rule S13).
        let is_pod = meeting.is_pod() && !is_leaving;
        match may(act.action(is_pod)) {
            Ok(()) => Some(Offer { act, possible: try_it(meeting, client, act, onlooker, now) }),
            Err(refusal @ (Refusal::OwnAttendance { .. } | Refusal::NotMarking)) => {
                Some(Offer { act, possible: Err(refusal) })
            }
            Err(_) => None,
        }
    });
    allowed.collect()
}

/// What is offered on a pod in which nobody is, to an onlooker whose rights `may` knows: its date is given, changed and
/// called off all the same (rules G5, S13).
pub fn menu_for_nobody(
    meeting: &Meeting,
    onlooker: &Onlooker,
    now: Instant,
    may: impl Fn(Action) -> Result<(), Refusal>,
) -> Vec<Offer> {
    if !meeting.is_for_nobody() {
        return Vec::new();
    }
    let call_off = |cause| meeting.clone().called_off_for_nobody(onlooker.side, cause, now).map(drop);
    let acts: &[Act] = match meeting.session().time {
        None => &[Act::Book],
        Some(time) if time.starts_at > now => &[Act::Move, Act::Cancel],
        Some(_) => &[Act::Move, Act::DidNotHappen],
    };
    let allowed = acts.iter().filter(|act| may(act.action(true)).is_ok());
    let possible = |act| match act {
        Act::Book => match &onlooker.hindrance {
            Some(refusal) => Err(refusal.clone()),
            None => meeting.clone().booked(now, now).map(drop),
        },
        Act::Move => meeting.must_be_unmarked(Action::MovePod),
        Act::DidNotHappen => call_off(Cause::Technical),
        _ => call_off(Cause::Organisation),
    };
    allowed.map(|act| Offer { act: *act, possible: possible(*act) }).collect()
}

fn try_it(
    meeting: &Meeting,
    client: PersonId,
    act: Act,
    onlooker: &Onlooker,
    now: Instant,
) -> Result<(), Refusal> {
    let copy = || meeting.clone();
    let marker = Marker { by: onlooker.person, side: onlooker.side };
    let calling = |cause| Calling { by: onlooker.person, side: onlooker.side, cause };
    let by_client = onlooker.side == Side::Client;
    match act {
        Act::Approve => copy().approved(now).map(drop),
        Act::Reject => copy().rejected(now).map(drop),
        Act::Withdraw => copy().withdrawn(now).map(drop),
        Act::Book => match &onlooker.hindrance {
            Some(refusal) => Err(refusal.clone()),
            None => copy().reactivated(client, now).unwrap_or_else(|_| copy()).booked(now, now).map(drop),
        },
        // What is put away is no more come back to than it is booked.
        Act::Return => match &onlooker.hindrance {
            Some(refusal @ Refusal::PutAway { .. }) => Err(refusal.clone()),
            _ => copy().returned(client, now).map(drop),
        },
        Act::Move if by_client => meeting.way_to_move(client, onlooker.pending, now).map(drop),
        Act::Move => meeting.must_be_unmarked(Action::MoveSession),
        Act::Cancel if by_client => meeting.quote(client, &calling(Cause::Client), now).map(drop),
        Act::Cancel => meeting.quote(client, &calling(Cause::Organisation), now).map(drop),
        Act::DidNotHappen => meeting.quote(client, &calling(Cause::Technical), now).map(drop),
        Act::MarkCompleted => copy().marked(client, Mark::Completed, &marker, now).map(drop),
        Act::MarkNoShow => copy().marked(client, Mark::NoShow, &marker, now).map(drop),
        Act::Unmark => copy().unmarked(client, &marker, now).map(drop),
        Act::CheckIn => meeting.may_check_in(client, onlooker.asked_at, now),
        Act::EndEarly => copy().ended_early(now).map(drop),
        Act::Contest => copy().contested(client, now).map(drop),
        Act::Uphold => copy().upheld(client, onlooker.person, onlooker.others, now).map(drop),
        Act::Forgive => copy().forgiven(client, onlooker.person, now).map(drop),
        Act::GreyOut => copy().greyed_out(client, onlooker.person, now).map(drop),
        Act::DeleteAndGreyOut => copy().deleted_and_greyed_out(client, onlooker.person, now).map(drop),
        Act::Reactivate => copy().reactivated(client, now).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule G3
    #[test]
    fn what_a_menu_does_not_offer_has_its_own_reason() {
        fn check(act: Act, status: Status, expect: WhyNot) {
            let has_time = !matches!(status, Status::Unbooked | Status::GreyedOut);
            let seat = Stands { status, is_of_pod: false, has_time, has_begun: false, outcome: None };
            assert_eq!(why_not(act, seat), expect, "{act} {status:?}");
        }
        check(Act::Book, Status::Booked, WhyNot::HasTime);
        check(Act::Book, Status::Completed, WhyNot::Over);
        check(Act::Book, Status::GreyedOut, WhyNot::AdminsReactivate);
        check(Act::Cancel, Status::Unbooked, WhyNot::NoTime);
        check(Act::Cancel, Status::Missed, WhyNot::Over);
        check(Act::Cancel, Status::GreyedOut, WhyNot::GreyedOut);
        check(Act::MarkCompleted, Status::Unbooked, WhyNot::NoTime);
        check(Act::MarkNoShow, Status::Booked, WhyNot::OthersMark);
        check(Act::MarkNoShow, Status::Completed, WhyNot::OthersMark);
        check(Act::GreyOut, Status::Unbooked, WhyNot::AdminsGreyOut);
        check(Act::GreyOut, Status::Booked, WhyNot::AdminsGreyOut);
        check(Act::GreyOut, Status::Completed, WhyNot::Over);
        check(Act::GreyOut, Status::GreyedOut, WhyNot::GreyedOut);
        check(Act::Reactivate, Status::Unbooked, WhyNot::NotGreyedOut);
        check(Act::Reactivate, Status::GreyedOut, WhyNot::AdminsReactivate);
        let begun = Stands {
            status: Status::Booked,
            is_of_pod: false,
            has_time: true,
            has_begun: true,
            outcome: None,
        };
        assert_eq!(why_not(Act::Cancel, begun), WhyNot::Begun);
        let went = |status, outcome| Stands { status, outcome: Some(outcome), ..begun };
        let completed = went(Status::Completed, Outcome::Completed);
        assert_eq!(why_not(Act::MarkCompleted, completed), WhyNot::SoAlready);
        assert_eq!(why_not(Act::MarkNoShow, completed), WhyNot::OthersMark);
        assert_eq!(why_not(Act::MarkNoShow, went(Status::Missed, Outcome::NoShow)), WhyNot::SoAlready);
        // A late cancellation is no mark, and nobody's to correct as one.
        let late = went(Status::Missed, Outcome::LateCancellation);
        for act in [Act::MarkCompleted, Act::MarkNoShow] {
            assert_eq!(why_not(act, late), WhyNot::CalledOffLate, "{act}");
        }
        assert_eq!(why_not(Act::Cancel, late), WhyNot::Over);
        // Of a pod that has its date one cannot book a place for somebody who left it.
        let left = Stands { status: Status::Unbooked, is_of_pod: true, has_begun: false, ..begun };
        assert_eq!(why_not(Act::Book, left), WhyNot::HasTime);
        for act in [Act::Cancel, Act::MarkCompleted, Act::MarkNoShow] {
            assert_eq!(why_not(act, left), WhyNot::NotIn, "{act}");
        }
        // Its members do not give it one, and nobody gives it to who is disabled.
        let waits = Stands { has_time: false, ..left };
        assert_eq!(why_not(Act::Book, waits), WhyNot::OthersBookPods);
        assert_eq!(why_not(Act::Cancel, waits), WhyNot::NoTime);
        let disabled = Stands { status: Status::GreyedOut, ..waits };
        assert_eq!(why_not(Act::Book, disabled), WhyNot::GreyedOut);
        assert_eq!(why_not(Act::Reactivate, disabled), WhyNot::AdminsReactivate);
    }
}
