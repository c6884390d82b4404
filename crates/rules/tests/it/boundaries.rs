//! One policy, one table: a line on each side of each boundary, to the millisecond where the rules say so.

use rules::attendance::{ContestEnd, Contested, Outcome, Status};
use rules::cancelling::{Calling, Ending, Grounds};
use rules::ledger::{billed, consequences};
use rules::marking::{Mark, Marker, OthersWhoSettle, Telling};
use rules::meeting::{Decision, Meeting, Side};
use rules::moving::{Freely, Way};
use rules::permission::Action;
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::terms::Bands;
use rules::time::{Instant, Span};

use crate::support::{
    ADA, ADMIN, BEN, COACH, DAY, HOUR, KIM, MINUTE, NOOR, OTTO, PRICE, SECOND, START, Sort, asked, at,
    booked, booked_at, by_client, by_coach, called_off, changed, euros, ms, planned, wish,
};

const LATE: Refusal = Refusal::MoveTooLate { start: START };
const STARTED: Refusal = Refusal::AlreadyStarted { start: START };

// Rules R2, C3
#[test]
fn a_clients_move_goes_by_its_notice() {
    fn check(sort: Sort, notice: i64, expect: Result<Way, Refusal>) {
        let got = booked(sort).way_to_move(BEN, 0, at(-notice));
        assert_eq!(got, expect, "{sort:?} with a notice of {notice} ms");
    }
    let early = Ok(Way::AtOnce(Freely::Early));
    for sort in [Sort::Practice, Sort::Program] {
        check(sort, 49 * HOUR, early.clone());
        check(sort, 48 * HOUR + 1, early.clone());
        check(sort, 48 * HOUR, Ok(Way::ByAsking));
        check(sort, 48 * HOUR - 1, Ok(Way::ByAsking));
        check(sort, 24 * HOUR + 1, Ok(Way::ByAsking));
        check(sort, 24 * HOUR, Ok(Way::ByAsking));
        check(sort, 24 * HOUR - 1, Err(LATE));
        check(sort, 1, Err(LATE));
        check(sort, 0, Err(STARTED));
        check(sort, -1, Err(STARTED));
    }
    for notice in [48 * HOUR + 1, 48 * HOUR, 24 * HOUR - 1, 1] {
        check(Sort::Intro, notice, Ok(Way::AtOnce(Freely::Intro)));
    }
    check(Sort::Intro, 0, Err(STARTED));
    check(Sort::Pod, 100 * HOUR, Err(Refusal::MayNot { action: Action::MovePod }));
}

// Rule R2
#[test]
fn the_bounds_are_those_of_the_booking() {
    fn check(late: i64, free: i64, notice: i64, expect: Result<Way, Refusal>) {
        let usual = booked(Sort::Practice);
        let mut seats = usual.seats().to_vec();
        seats[0].bands = Bands::new(late, free).expect("bounds");
        let meeting = Meeting::new(usual.session().clone(), seats, Vec::new());
        let got = meeting.way_to_move(BEN, 0, at(-notice));
        assert_eq!(got, expect, "{late} h and {free} h, with a notice of {notice} ms");
    }
    check(6, 12, 12 * HOUR + 1, Ok(Way::AtOnce(Freely::Early)));
    check(6, 12, 12 * HOUR, Ok(Way::ByAsking));
    check(6, 12, 6 * HOUR, Ok(Way::ByAsking));
    check(6, 12, 6 * HOUR - 1, Err(LATE));
    check(24, 24, 24 * HOUR, Ok(Way::ByAsking));
    check(24, 24, 24 * HOUR + 1, Ok(Way::AtOnce(Freely::Early)));
}

// Rules R4, R2
#[test]
fn nobody_is_asked_who_could_not_answer_any_more() {
    let usual = booked(Sort::Practice);
    let mut seats = usual.seats().to_vec();
    seats[0].bands = Bands::new(0, 48).expect("bounds");
    let meeting = Meeting::new(usual.session().clone(), seats, Vec::new());
    let to = at(5 * DAY);
    assert_eq!(meeting.request_ends(to, at(-HOUR - 1)), Ok(at(-HOUR)));
    assert_eq!(meeting.request_ends(to, at(-HOUR)), Err(LATE));
    assert_eq!(meeting.clone().moved_by_client(BEN, to, 0, at(-1)), Err(LATE));
}

// Rules R9, F3, C3
#[test]
fn what_a_client_gives_up_ends_and_costs_by_its_notice() {
    fn check(sort: Sort, notice: i64, expect: Result<(Ending, Option<i64>, Grounds), Refusal>) {
        let got = booked(sort).quote(BEN, &by_client(), at(-notice));
        let got = got.map(|quote| (quote.ending, quote.kept.map(|kept| kept.minor), quote.grounds));
        assert_eq!(got, expect, "{sort:?} with a notice of {notice} ms");
    }
    use Grounds::{Between, Early, Late};
    for (sort, freed, kept) in [
        (Sort::Practice, Ending::Cancelled, [Some(0), Some(PRICE / 2), Some(PRICE)]),
        (Sort::Program, Ending::Unbooked, [None; 3]),
        (Sort::Pod, Ending::Left, [None; 3]),
    ] {
        check(sort, 48 * HOUR + 1, Ok((freed, kept[0], Early)));
        check(sort, 48 * HOUR, Ok((freed, kept[0], Early)));
        check(sort, 48 * HOUR - 1, Ok((freed, kept[1], Between)));
        check(sort, 24 * HOUR, Ok((freed, kept[1], Between)));
        check(sort, 24 * HOUR - 1, Ok((Ending::Missed, kept[2], Late)));
        check(sort, 1, Ok((Ending::Missed, kept[2], Late)));
        check(sort, 0, Err(STARTED));
        check(sort, -1, Err(STARTED));
    }
    for notice in [100 * HOUR, 24 * HOUR - 1, 1] {
        check(Sort::Intro, notice, Ok((Ending::Cancelled, Some(0), Grounds::Intro)));
    }
    check(Sort::Intro, 0, Err(STARTED));
}

// Rule R9
#[test]
fn what_was_booked_only_just_now_is_never_cancelled_late() {
    fn check(booked_before: i64, age: i64, expect: Result<(Ending, Grounds), Refusal>) {
        let when = at(-booked_before);
        let got = booked_at(Sort::Practice, when).quote(BEN, &by_client(), when + ms(age));
        let got = got.map(|quote| (quote.ending, quote.grounds));
        assert_eq!(got, expect, "booked {booked_before} ms before, {age} ms ago");
    }
    let just = Ok((Ending::Cancelled, Grounds::JustBooked));
    let late = Ok((Ending::Missed, Grounds::Late));
    check(20 * HOUR, 0, just.clone());
    check(20 * HOUR, 15 * MINUTE - 1, just.clone());
    check(20 * HOUR, 15 * MINUTE, just.clone());
    check(20 * HOUR, 15 * MINUTE + 1, late.clone());
    // Never after the start.
    check(10 * MINUTE, 10 * MINUTE - 1, just);
    check(10 * MINUTE, 10 * MINUTE, Err(STARTED));
    // What is early or in the middle is so anyway.
    check(60 * HOUR, 0, Ok((Ending::Cancelled, Grounds::Early)));
    check(30 * HOUR, 0, Ok((Ending::Cancelled, Grounds::Between)));
}

// Rule R4
#[test]
fn a_request_ends_at_the_earliest_of_three_moments() {
    /// All in milliseconds from now: the start, the start that is asked for, the end.
    fn check(start: i64, to: i64, expect: Option<i64>) {
        let now = at(-start);
        let got = booked(Sort::Practice).request_ends(now + ms(to), now);
        let too_soon = Refusal::ProposedTooSoon { earliest: now + ms(2 * HOUR) };
        assert_eq!(got, expect.map(|end| now + ms(end)).ok_or(too_soon), "start in {start}, asked in {to}");
    }
    // Two days.
    check(100 * HOUR, 100 * HOUR, Some(48 * HOUR));
    check(49 * HOUR + SECOND, 100 * HOUR, Some(48 * HOUR));
    check(49 * HOUR, 100 * HOUR, Some(48 * HOUR));
    // An hour before its start.
    check(49 * HOUR - SECOND, 100 * HOUR, Some(48 * HOUR - SECOND));
    check(30 * HOUR, 100 * HOUR, Some(29 * HOUR));
    check(30 * HOUR, 30 * HOUR + SECOND, Some(29 * HOUR));
    // An hour before the start that is asked for.
    check(30 * HOUR, 30 * HOUR - SECOND, Some(29 * HOUR - SECOND));
    check(100 * HOUR, 49 * HOUR + SECOND, Some(48 * HOUR));
    check(100 * HOUR, 49 * HOUR - SECOND, Some(48 * HOUR - SECOND));
    check(30 * HOUR, 2 * HOUR + 1, Some(HOUR + 1));
    check(30 * HOUR, 2 * HOUR, Some(HOUR));
    check(30 * HOUR, 2 * HOUR - 1, None);
    check(30 * HOUR, -HOUR, None);
}

// Rules R4, R5
#[test]
fn from_its_end_on_a_request_is_decided_by_nobody() {
    let meeting = asked(&booked(Sort::Practice), at(5 * DAY), at(-30 * HOUR));
    let end = at(-HOUR);
    let check = |after_end: i64, expect: Result<(), Refusal>| {
        let now = end + ms(after_end);
        // Whether or not somebody has written down that it expired.
        for meeting in [meeting.clone(), meeting.clone().expired(now)] {
            assert_eq!(
                meeting.clone().approved(now).map(drop),
                expect,
                "approve {after_end} ms after its end"
            );
            assert_eq!(
                meeting.clone().rejected(now).map(drop),
                expect,
                "reject {after_end} ms after its end"
            );
            assert_eq!(
                meeting.clone().withdrawn(now).map(drop),
                expect,
                "withdraw {after_end} ms after its end"
            );
            assert_eq!(meeting.open_request(now).is_some(), expect.is_ok());
            assert_eq!(meeting.session().time.map(|time| time.starts_at), Some(START));
        }
    };
    let over = Err(Refusal::MoveExpired { at: end });
    check(-SECOND, Ok(()));
    check(-1, Ok(()));
    check(0, over.clone());
    check(1, over.clone());
    check(SECOND, over);
}

// Rule R5
#[test]
fn a_request_is_decided_once() {
    fn check(decide: fn(Meeting, Instant) -> Result<Meeting, Refusal>, decision: Decision) {
        let open = asked(&booked(Sort::Practice), at(5 * DAY), at(-30 * HOUR));
        let (first, second) = (at(-29 * HOUR), at(-28 * HOUR));
        let decided = decide(open, first).expect("the first");
        let closed = Refusal::RequestClosed { decision, at: first };
        for again in [Meeting::approved, Meeting::rejected, Meeting::withdrawn] {
            assert_eq!(again(decided.clone(), second), Err(closed.clone()));
        }
        assert_eq!(decided.owned().len(), 1, "the time that is not needed is given back");
    }
    check(Meeting::approved, Decision::Approved);
    check(Meeting::rejected, Decision::Rejected);
    check(Meeting::withdrawn, Decision::Withdrawn);
    assert_eq!(booked(Sort::Practice).approved(at(-HOUR)), Err(Refusal::NoRequest));
}

// Rules R3, R5
#[test]
fn a_request_holds_both_times_until_it_is_closed() {
    fn check(what: &str, change: impl Fn(Meeting) -> Meeting, expect: &[i64], decision: Option<Decision>) {
        let open = asked(&booked(Sort::Practice), at(30 * MINUTE), at(-30 * HOUR));
        let after = change(open);
        let hour = |from: i64| Span { from: at(from), until: at(from + HOUR) };
        assert_eq!(after.owned(), expect.iter().map(|from| hour(*from)).collect::<Vec<_>>(), "{what}");
        let decided = after.requests().last().and_then(|request| request.decided).map(|(how, _)| how);
        assert_eq!(decided, decision, "{what}");
    }
    let now = at(-29 * HOUR);
    check("nothing", |meeting| meeting, &[0, 30 * MINUTE], None);
    check("approved", |open| open.approved(now).expect("it"), &[30 * MINUTE], Some(Decision::Approved));
    check("rejected", |open| open.rejected(now).expect("it"), &[0], Some(Decision::Rejected));
    check("withdrawn", |open| open.withdrawn(now).expect("it"), &[0], Some(Decision::Withdrawn));
    check("expired", |open| open.expired(at(-HOUR)), &[0], Some(Decision::Expired));
    check("moved", |open| open.moved_by_coach(at(DAY), now).expect("it"), &[DAY], Some(Decision::Superseded));
    let end = |calling: Calling| move |open: Meeting| called_off(&open, &calling, now).expect("it").0;
    check("cancelled", end(by_client()), &[], Some(Decision::Superseded));
    check("called off", end(by_coach(Cause::Coach)), &[], Some(Decision::Superseded));
}

// Rules R3, R8
#[test]
fn changes_requests_and_what_waits_are_counted() {
    fn check(changes: u32, asked_before: usize, pending: u32, expect: Result<Way, Refusal>) {
        let mut meeting = booked(Sort::Practice);
        for n in 0..asked_before as i64 {
            let now = at(-40 * HOUR + n * HOUR);
            meeting = asked(&meeting, at(5 * DAY), now).withdrawn(now + ms(1)).expect("to withdraw");
        }
        let got = changed(&meeting, changes).way_to_move(BEN, pending, at(-30 * HOUR));
        assert_eq!(got, expect, "{changes} changes, asked {asked_before} times, {pending} wait");
    }
    check(0, 0, 0, Ok(Way::ByAsking));
    check(2, 0, 0, Ok(Way::ByAsking));
    check(3, 0, 0, Err(Refusal::TooManyChanges { most: 3 }));
    check(0, 1, 0, Ok(Way::ByAsking));
    check(0, 2, 0, Err(Refusal::TooManyRequests { most: 2 }));
    check(0, 0, 1, Ok(Way::ByAsking));
    check(0, 0, 2, Err(Refusal::TooManyPending { most: 2 }));
    let open = asked(&booked(Sort::Practice), at(5 * DAY), at(-40 * HOUR));
    let again = open.way_to_move(BEN, 0, at(-30 * HOUR));
    assert_eq!(again, Err(Refusal::RequestPending { until: at(-HOUR) }));
    assert_eq!(wish(&booked(Sort::Practice), START, at(-30 * HOUR)), Err(Refusal::NoChange));
    assert_eq!(wish(&booked(Sort::Practice), START, at(-60 * HOUR)), Err(Refusal::NoChange));
}

// Rule R8
#[test]
fn a_client_changes_a_session_three_times_by_themselves() {
    fn changes(meeting: &Meeting) -> u32 {
        meeting.seats()[0].facts.changes
    }
    let mut meeting = booked(Sort::Program);
    let now = at(-10 * DAY);
    // Moved, approved, moved.
    meeting = wish(&meeting, at(DAY), now).expect("the first");
    let asking = at(DAY - 30 * HOUR);
    meeting = asked(&meeting, at(8 * DAY), asking).approved(asking + ms(1)).expect("the second");
    meeting = wish(&meeting, at(9 * DAY), at(DAY)).expect("the third");
    assert_eq!(changes(&meeting), 3);
    let most = Refusal::TooManyChanges { most: 3 };
    assert_eq!(wish(&meeting, at(10 * DAY), at(DAY)), Err(most.clone()));
    assert_eq!(
        called_off(&meeting, &by_client(), at(DAY)).map(drop),
        Err(most.clone()),
        "back to the program"
    );
    // The house may, and its moves do not count; nor does the client's answer to one.
    let moved = meeting.clone().moved_by_coach(at(11 * DAY), at(DAY)).expect("the coach");
    assert_eq!(changes(&moved), 3);
    let answered = wish(&moved, at(12 * DAY), at(DAY) + ms(1)).expect("an answer");
    assert_eq!(changes(&answered), 3);
    assert_eq!(wish(&answered, at(13 * DAY), at(DAY) + ms(2)), Err(most));
    assert!(called_off(&moved, &by_client(), at(DAY) + ms(1)).is_ok(), "nor does giving it up then");
    let lead = Calling { by: OTTO, side: Side::Lead, cause: Cause::Client };
    let (freed, _) = called_off(&meeting, &lead, at(DAY)).expect("the lead");
    assert_eq!(freed.status(&freed.seats()[0]), Status::Unbooked);
    // What is cancelled late, or in a practice, is no change of that kind.
    let late = called_off(&meeting, &by_client(), at(9 * DAY - HOUR)).expect("late");
    assert_eq!(late.1.ending, Ending::Missed);
    assert!(called_off(&changed(&booked(Sort::Practice), 3), &by_client(), at(-3 * DAY)).is_ok());
    // A member of a pod who left it three times has used theirs up.
    let pod = changed(&booked(Sort::Pod), 3);
    assert_eq!(
        called_off(&pod, &by_client(), at(-3 * DAY)).map(drop),
        Err(Refusal::TooManyChanges { most: 3 })
    );
    // What is rejected, expires or is withdrawn does not count.
    let open = asked(&booked(Sort::Program), at(5 * DAY), at(-30 * HOUR));
    assert_eq!(changes(&open.clone().rejected(at(-29 * HOUR)).expect("it")), 0);
    assert_eq!(changes(&open.clone().withdrawn(at(-29 * HOUR)).expect("it")), 0);
    assert_eq!(changes(&open.expired(at(-HOUR))), 0);
}

// Rule R1
#[test]
fn after_a_move_by_the_house_the_client_is_free_for_a_while() {
    /// From an old start to a new one, both from the moment of the move; then so long after it.
    fn check(old: i64, new: i64, after: i64, expect: bool) {
        let told = START - ms(old);
        let meeting = booked(Sort::Practice).moved_by_coach(told + ms(new), told).expect("the move");
        let now = told + ms(after);
        let free = meeting.way_to_move(BEN, 0, now) == Ok(Way::AtOnce(Freely::Answer));
        assert_eq!(free, expect, "from {old} to {new}, {after} ms after");
        let quote = meeting.quote(BEN, &by_client(), now).ok().map(|quote| (quote.grounds, quote.kept));
        let costs_nothing = quote == Some((Grounds::MovedByCoach, Some(euros(0))));
        assert_eq!(costs_nothing, expect, "from {old} to {new}, {after} ms after");
    }
    // A day after being told.
    check(5 * HOUR, 40 * HOUR, 0, true);
    check(5 * HOUR, 40 * HOUR, 24 * HOUR - 1, true);
    check(5 * HOUR, 40 * HOUR, 24 * HOUR, false);
    check(5 * HOUR, 40 * HOUR, 24 * HOUR + 1, false);
    // Until the old start, where that is later.
    check(30 * HOUR, 60 * HOUR, 30 * HOUR - 1, true);
    check(30 * HOUR, 60 * HOUR, 30 * HOUR, false);
    // Never from the new start on.
    check(30 * HOUR, 10 * HOUR, 10 * HOUR - 1, true);
    check(30 * HOUR, 10 * HOUR, 10 * HOUR, false);
    check(5 * HOUR, 6 * HOUR, 6 * HOUR, false);
    // From after the old start.
    check(-HOUR, 30 * HOUR, 24 * HOUR - 1, true);
    check(-HOUR, 30 * HOUR, 24 * HOUR, false);
}

// Rule R1
#[test]
fn the_house_moves_until_a_mark_and_never_into_the_past() {
    fn check(meeting: &Meeting, to: i64, now: i64, expect: Result<(), Refusal>) {
        let got = meeting.clone().moved_by_coach(at(to), at(now)).map(drop);
        assert_eq!(got, expect, "to {to} at {now}");
    }
    let meeting = booked(Sort::Practice);
    check(&meeting, DAY, -HOUR, Ok(()));
    check(&meeting, -1, -HOUR, Ok(()));
    check(&meeting, 0, -HOUR, Err(Refusal::NoChange));
    check(&meeting, -HOUR, -HOUR, Err(Refusal::Past { start: at(-HOUR) }));
    check(&meeting, -HOUR + 1, -HOUR, Ok(()));
    check(&meeting, DAY, 5 * HOUR, Ok(()));
    let marked = meeting.marked(BEN, Mark::NoShow, &COACH, at(HOUR)).expect("a mark");
    let wrong = Refusal::WrongStatus { action: Action::MoveSession, status: Status::Missed };
    check(&marked, DAY, 5 * HOUR, Err(wrong));
}

// Rules R5, R7
#[test]
fn what_was_declined_is_told_as_long_as_it_counts() {
    let open = asked(&booked(Sort::Practice), at(5 * DAY), at(-30 * HOUR));
    let until = |meeting: &Meeting, now: i64| meeting.declined(at(now)).map(|(_, until)| until);
    for now in [-29 * HOUR, -HOUR - 1] {
        assert_eq!(until(&open, now), None, "it waits, {now}");
    }
    let rejected = open.clone().rejected(at(-29 * HOUR)).expect("in time");
    let end = at(-27 * HOUR);
    for (now, expect) in [(-29 * HOUR, Some(end)), (-27 * HOUR - 1, Some(end)), (-27 * HOUR, None)] {
        assert_eq!(until(&rejected, now), expect, "{now}");
    }
    // Nobody answered, whether or not that is written down; and never after the start.
    for expired in [open.clone(), open.clone().expired(at(-HOUR))] {
        for (now, expect) in [(-HOUR, Some(START)), (-1, Some(START)), (0, None)] {
            assert_eq!(until(&expired, now), expect, "{now}");
        }
    }
    let withdrawn = open.withdrawn(at(-29 * HOUR)).expect("in time");
    assert_eq!(until(&withdrawn, -29 * HOUR), None, "what was withdrawn gives nothing");
    // Another one that waits goes before it; taken back, that one hides nothing.
    let again = asked(&rejected, at(6 * DAY), at(-28 * HOUR));
    assert_eq!(until(&again, -28 * HOUR), None, "another one waits");
    let back = again.clone().withdrawn(at(-28 * HOUR + 1)).expect("in time");
    let told = back.declined(at(-28 * HOUR + 1)).map(|(request, until)| (request.to, until));
    assert_eq!(told, Some((at(5 * DAY), end)));
    assert_eq!(until(&back, -27 * HOUR), None, "no longer than it counts");
    // Of two that were rejected it is the later one.
    let twice = again.rejected(at(-28 * HOUR + 1)).expect("in time");
    let told = twice.declined(at(-28 * HOUR + 1)).map(|(request, until)| (request.to, until));
    assert_eq!(told, Some((at(6 * DAY), at(-26 * HOUR + 1))));
    // Whatever moved it since has answered it, even if it came back to the same time.
    let away = rejected.moved_by_coach(at(DAY), at(-28 * HOUR)).expect("a move");
    assert_eq!(until(&away, -28 * HOUR), None, "it was for the old time");
    let returned = away.moved_by_coach(START, at(-28 * HOUR + 1)).expect("a move");
    assert_eq!(until(&returned, -28 * HOUR + 1), None, "it was for the old time");
}

// Rule R7
#[test]
fn a_cancellation_counts_its_notice_from_a_request() {
    enum Then {
        Open,
        Rejected,
        Expired,
        Withdrawn,
    }
    /// Asked so long before the start; what became of it an hour later; cancelled so long after that.
    fn check(notice: i64, then: Then, after: i64, expect: (Ending, Grounds)) {
        let asking = at(-notice);
        let open = asked(&booked(Sort::Practice), at(5 * DAY), asking);
        let decided = asking + ms(HOUR);
        let (meeting, from) = match then {
            Then::Open => (open, asking),
            Then::Rejected => (open.rejected(decided).expect("it"), decided),
            Then::Withdrawn => (open.withdrawn(decided).expect("it"), decided),
            Then::Expired => (open, at(-HOUR)),
        };
        let now = from + ms(after);
        // With and without the sweep.
        for meeting in [meeting.clone().expired(now), meeting] {
            let quote = meeting.quote(BEN, &by_client(), now).expect("a quote");
            assert_eq!((quote.ending, quote.grounds), expect, "asked {notice} before, {after} ms later");
        }
    }
    use Ending::{Cancelled, Missed};
    use Grounds::{Asked, Between, Late};
    // Open, as long as it is.
    check(25 * HOUR, Then::Open, HOUR, (Cancelled, Between));
    check(25 * HOUR, Then::Open, HOUR + 1, (Cancelled, Asked));
    check(25 * HOUR, Then::Open, 24 * HOUR - 1, (Cancelled, Asked));
    check(48 * HOUR, Then::Open, 1, (Cancelled, Asked));
    // Rejected, for two hours.
    check(24 * HOUR, Then::Rejected, 0, (Cancelled, Asked));
    check(24 * HOUR, Then::Rejected, 2 * HOUR - 1, (Cancelled, Asked));
    check(24 * HOUR, Then::Rejected, 2 * HOUR, (Missed, Late));
    // Expired an hour before the start: until that.
    check(30 * HOUR, Then::Expired, 0, (Cancelled, Asked));
    check(30 * HOUR, Then::Expired, HOUR - 1, (Cancelled, Asked));
    // What was withdrawn gives nothing.
    check(24 * HOUR, Then::Withdrawn, 0, (Missed, Late));
    let expired = asked(&booked(Sort::Practice), at(5 * DAY), at(-30 * HOUR)).expired(START);
    assert_eq!(expired.quote(BEN, &by_client(), START), Err(STARTED), "never after the start");
    // One that ended because of the proposed start: two hours, to the millisecond.
    let near = asked(&booked(Sort::Practice), at(-38 * HOUR), at(-40 * HOUR));
    let end = at(-39 * HOUR);
    assert_eq!(near.fair_notice_from(end + ms(2 * HOUR - 1)), Some(at(-40 * HOUR)));
    assert_eq!(near.fair_notice_from(end + ms(2 * HOUR)), None);
}

// Rules R10, S6
#[test]
fn what_the_house_did_not_do_costs_the_client_nothing() {
    fn check(sort: Sort, cause: Cause, side: Side, now: i64, expect: Result<Ending, Refusal>) {
        let calling = Calling { by: ADA, side, cause };
        let got = booked(sort).quote(BEN, &calling, at(now));
        if let Ok(quote) = got {
            assert_eq!(quote.grounds, Grounds::NotTheirs);
            assert_eq!(quote.kept, (sort == Sort::Practice).then_some(euros(0)));
        }
        assert_eq!(
            got.map(|quote| quote.ending),
            expect,
            "{sort:?} {cause} by {side} {now} ms after the start"
        );
    }
    use Ending::{Cancelled, Unbooked};
    for cause in [Cause::Coach, Cause::Organisation, Cause::Technical] {
        for side in [Side::Coach, Side::Lead, Side::Admin] {
            check(Sort::Practice, cause, side, -1, Ok(Cancelled));
            check(Sort::Program, cause, side, -1, Ok(Unbooked));
            check(Sort::Pod, cause, side, -1, Ok(Unbooked));
            let remains = cause != Cause::Organisation && side != Side::Lead;
            for now in [0, 1, 5 * DAY] {
                check(Sort::Practice, cause, side, now, if remains { Ok(Cancelled) } else { Err(STARTED) });
                check(Sort::Program, cause, side, now, if remains { Ok(Unbooked) } else { Err(STARTED) });
            }
        }
        let no = Refusal::MayNot { action: Action::DeleteBooking };
        check(Sort::Practice, cause, Side::Client, -100 * HOUR, Err(no));
    }
    // The client's own reason is the client's, whoever clicks.
    check_same_for_all_sides(-30 * HOUR, Ok(Cancelled));
    check_same_for_all_sides(-HOUR, Ok(Ending::Missed));
    check_same_for_all_sides(0, Err(STARTED));
}

fn check_same_for_all_sides(now: i64, expect: Result<Ending, Refusal>) {
    for side in [Side::Client, Side::Coach, Side::Lead, Side::Admin] {
        let calling = Calling { by: ADA, side, cause: Cause::Client };
        let got = booked(Sort::Practice).quote(BEN, &calling, at(now)).map(|quote| quote.ending);
        assert_eq!(got, expect, "by {side}");
    }
}

// Rule S3
#[test]
fn a_mark_is_only_for_the_past() {
    fn check(meeting: &Meeting, mark: Mark, now: i64, expect: Result<(), Refusal>) {
        let got = meeting.clone().marked(BEN, mark, &COACH, at(now)).map(drop);
        assert_eq!(got, expect, "{mark} {now} ms after the start");
    }
    let meeting = booked(Sort::Practice);
    let early = |opens| Err(Refusal::MarkTooEarly { opens: at(opens) });
    check(&meeting, Mark::NoShow, -1, early(10 * MINUTE));
    check(&meeting, Mark::NoShow, 10 * MINUTE - SECOND, early(10 * MINUTE));
    check(&meeting, Mark::NoShow, 10 * MINUTE - 1, early(10 * MINUTE));
    check(&meeting, Mark::NoShow, 10 * MINUTE, Ok(()));
    check(&meeting, Mark::NoShow, 10 * MINUTE + SECOND, Ok(()));
    check(&meeting, Mark::Completed, 10 * MINUTE, early(HOUR));
    check(&meeting, Mark::Completed, HOUR - SECOND, early(HOUR));
    check(&meeting, Mark::Completed, HOUR - 1, early(HOUR));
    check(&meeting, Mark::Completed, HOUR, Ok(()));
    check(&meeting, Mark::Completed, HOUR + SECOND, Ok(()));
    // When the coach ends it early, from then on.
    let early_end = meeting.clone().ended_early(at(20 * MINUTE)).expect("it runs");
    check(&early_end, Mark::Completed, 20 * MINUTE, Ok(()));
    assert_eq!(meeting.clone().ended_early(at(-1)), Err(Refusal::NotStarted { start: START }));
    assert!(meeting.clone().ended_early(at(0)).is_ok());
    assert!(meeting.clone().ended_early(at(HOUR - 1)).is_ok());
    assert_eq!(meeting.clone().ended_early(at(HOUR)), Err(Refusal::SessionOver { since: at(HOUR) }));
    // Ended twice, it has ended already.
    let since = at(20 * MINUTE);
    assert_eq!(early_end.clone().ended_early(since + ms(1)), Err(Refusal::SessionOver { since }));
    // A correction is a mark as well: nobody attended to the end of what still runs.
    let missed = meeting.clone().marked(BEN, Mark::NoShow, &COACH, at(10 * MINUTE)).expect("a mark");
    check(&missed, Mark::Completed, HOUR - 1, early(HOUR));
    check(&missed, Mark::Completed, HOUR, Ok(()));
    // Never on what has no time.
    let unbooked = planned(Sort::Program);
    let wrong = |status| Err(Refusal::WrongStatus { action: Action::MarkAttendance, status });
    check(&unbooked, Mark::Completed, DAY, wrong(Status::Unbooked));
    let greyed = unbooked.greyed_out(BEN, OTTO, at(0)).expect("it is Unbooked");
    check(&greyed, Mark::Completed, DAY, wrong(Status::GreyedOut));
    // From five minutes on one can ask where they are.
    let opens = at(5 * MINUTE);
    for (now, expect) in [
        (5 * MINUTE - 1, Err(Refusal::CheckInTooEarly { opens })),
        (5 * MINUTE, Ok(())),
        (HOUR - 1, Ok(())),
        (HOUR, Err(Refusal::SessionOver { since: at(HOUR) })),
        (6 * DAY, Err(Refusal::SessionOver { since: at(HOUR) })),
    ] {
        assert_eq!(meeting.may_check_in(BEN, None, at(now)), expect);
    }
    // Once for this start, and it is said when.
    let sent = at(7 * MINUTE);
    let again = meeting.may_check_in(BEN, Some(sent), at(8 * MINUTE));
    assert_eq!(again, Err(Refusal::CheckInSent { at: sent }));
}

// Rule S4
#[test]
fn a_coach_corrects_for_a_week_after_the_first_mark() {
    let first = at(3 * DAY);
    let marked = booked(Sort::Practice).marked(BEN, Mark::NoShow, &COACH, first).expect("whenever it is");
    let check = |meeting: &Meeting, after: i64, by_coach: bool| {
        let now = first + ms(after);
        let over = Refusal::CorrectionOver { since: first + ms(7 * DAY) };
        let expect = if by_coach { Ok(()) } else { Err(over) };
        assert_eq!(meeting.clone().marked(BEN, Mark::Completed, &COACH, now).map(drop), expect, "{after} ms");
        assert_eq!(meeting.clone().unmarked(BEN, &COACH, now).map(drop), expect, "{after} ms");
        assert!(meeting.clone().marked(BEN, Mark::Completed, &ADMIN, now).is_ok(), "an admin always");
        assert!(meeting.clone().unmarked(BEN, &ADMIN, now).is_ok(), "an admin always");
    };
    check(&marked, 7 * DAY - 1, true);
    check(&marked, 7 * DAY, true);
    check(&marked, 7 * DAY + 1, false);
    check(&marked, 100 * DAY, false);
    // To take it back and to say it again begins no other week.
    let again = marked.clone().unmarked(BEN, &COACH, first + ms(DAY)).expect("in time");
    let again = again.marked(BEN, Mark::NoShow, &COACH, first + ms(6 * DAY)).expect("it is booked");
    check(&again, 7 * DAY, true);
    check(&again, 7 * DAY + 1, false);
    // Another start does: nobody has marked that one.
    let undone = marked.unmarked(BEN, &COACH, first + ms(DAY)).expect("in time");
    let moved = undone.moved_by_coach(at(20 * DAY), first + ms(DAY)).expect("a move");
    let marked = moved.marked(BEN, Mark::NoShow, &COACH, at(20 * DAY + HOUR)).expect("a mark");
    assert!(marked.unmarked(BEN, &COACH, at(27 * DAY)).is_ok());
}

// Rules S10, S14
#[test]
fn a_mark_is_told_after_a_quarter_of_an_hour_and_corrected_once() {
    fn check(acts: &[(i64, &str)], asked_at: i64, expect: Option<Telling>) {
        let mut meeting = booked(Sort::Practice);
        for (now, act) in acts {
            let now = at(HOUR + now);
            meeting = match *act {
                "completed" => meeting.marked(BEN, Mark::Completed, &COACH, now).expect("a mark"),
                "no-show" => meeting.marked(BEN, Mark::NoShow, &COACH, now).expect("a mark"),
                "undo" => meeting.unmarked(BEN, &COACH, now).expect("an undoing"),
                "contest" => meeting.contested(BEN, now).expect("a contest"),
                _ => meeting.told(BEN, now).expect("a sweep").0,
            };
        }
        let now = at(HOUR + asked_at);
        let (meeting, telling) = meeting.told(BEN, now).expect("a sweep");
        assert_eq!(telling, expect, "{acts:?} at {asked_at}");
        assert_eq!(meeting.told(BEN, now + ms(DAY)).expect("a sweep").1, None, "it is told once");
    }
    let first = |is| Some(Telling { was: None, is: Some(is) });
    let quarter = 15 * MINUTE;
    let completed = first(Outcome::Completed);
    check(&[(0, "completed"), (quarter - 1, "tell")], quarter, completed);
    check(&[(0, "completed")], 3 * DAY, completed);
    // An undo inside says nothing.
    check(&[(0, "completed"), (quarter - 1, "undo")], 2 * quarter, None);
    // So does what comes back to what was told; a change inside is what is told, later.
    check(&[(0, "no-show"), (MINUTE, "completed")], MINUTE + quarter, completed);
    check(&[(0, "no-show"), (MINUTE, "undo"), (2 * MINUTE, "no-show")], 2 * quarter, first(Outcome::NoShow));
    let told = [(0, "no-show"), (quarter, "tell"), (HOUR, "undo")];
    let correction = |is| Some(Telling { was: Some(Outcome::NoShow), is });
    // After it one correction.
    check(&told, HOUR + quarter, correction(None));
    check(&[&told[..], &[(HOUR + 1, "no-show")]].concat(), 2 * HOUR, None);
    check(&[&told[..], &[(HOUR + 1, "completed")]].concat(), 2 * HOUR, correction(Some(Outcome::Completed)));
    check(&told[..2], DAY, None);
    // Whoever has answered a mark knows it: no letter says it again, and what becomes of it is one correction.
    let answered = [(0, "no-show"), (MINUTE, "contest"), (2 * MINUTE, "undo")];
    check(&answered[..2], DAY, None);
    check(&answered, 2 * MINUTE + quarter, correction(None));
    check(&[&answered[..], &[(3 * MINUTE, "no-show")]].concat(), DAY, None);
    check(
        &[&answered[..2], &[(3 * MINUTE, "completed")]].concat(),
        DAY,
        correction(Some(Outcome::Completed)),
    );
    let again = [&answered[..], &[(HOUR, "tell"), (HOUR + 1, "no-show")]].concat();
    check(&again, 2 * HOUR, first(Outcome::NoShow));
}

// Rules S10, F3
#[test]
fn the_money_of_a_mark_is_that_of_what_was_told() {
    fn check(told: Option<Outcome>, expect: i64) {
        assert_eq!(billed(&booked(Sort::Practice).seats()[0], told), Some(euros(expect)), "{told:?}");
    }
    check(None, PRICE);
    check(Some(Outcome::Completed), PRICE);
    check(Some(Outcome::NoShow), PRICE);
    check(Some(Outcome::LateCancellation), PRICE);
    assert_eq!(billed(&booked(Sort::Program).seats()[0], None), None);
    // Whatever was undone: what is called off is not corrected, nor billed, any more.
    let marked = booked(Sort::Practice).marked(BEN, Mark::NoShow, &COACH, at(HOUR)).expect("a mark");
    let told = marked.told(BEN, at(2 * HOUR)).expect("a sweep").0;
    let undone = told.unmarked(BEN, &COACH, at(3 * HOUR)).expect("an undoing");
    let off = called_off(&undone, &by_coach(Cause::Technical), at(3 * HOUR)).expect("it did not happen").0;
    assert_eq!(off.told(BEN, at(9 * HOUR)).expect("a sweep").1, None);
}

// Rule S14
#[test]
fn a_missed_is_contested_once_within_a_week() {
    let marked = booked(Sort::Practice).marked(BEN, Mark::NoShow, &COACH, at(HOUR)).expect("a mark");
    let check = |after: i64, is_in_time: bool| {
        let got = marked.clone().contested(BEN, at(HOUR + after)).map(drop);
        let over = Refusal::ContestOver { since: at(HOUR + 7 * DAY) };
        assert_eq!(got, if is_in_time { Ok(()) } else { Err(over) }, "{after} ms after the mark");
    };
    check(0, true);
    check(7 * DAY - 1, true);
    check(7 * DAY, true);
    check(7 * DAY + 1, false);
    let contested = marked.clone().contested(BEN, at(2 * HOUR)).expect("in time");
    let now = at(3 * HOUR);
    assert_eq!(contested.clone().contested(BEN, now), Err(Refusal::AlreadyContested));
    // Not the marker, if there is another.
    let uphold = |by, others| contested.clone().upheld(BEN, by, others, now);
    assert_eq!(uphold(ADA, OthersWhoSettle::Some), Err(Refusal::OwnMark));
    assert!(uphold(ADA, OthersWhoSettle::None).is_ok());
    let upheld = uphold(OTTO, OthersWhoSettle::Some).expect("an admin");
    assert_eq!(upheld.status(&upheld.seats()[0]), Status::Missed);
    assert_eq!(upheld.clone().upheld(BEN, OTTO, OthersWhoSettle::Some, now), Err(Refusal::NotContested));
    assert_eq!(upheld.contested(BEN, now), Err(Refusal::AlreadyContested));
    // A late cancellation too; what was attended never.
    let late = called_off(&booked(Sort::Practice), &by_client(), at(-HOUR)).expect("late").0;
    assert!(late.contested(BEN, at(-MINUTE)).is_ok());
    let completed = booked(Sort::Practice).marked(BEN, Mark::Completed, &COACH, at(HOUR)).expect("a mark");
    assert!(completed.contested(BEN, now).is_err());
    // What somebody else undoes, corrects or forgives is settled.
    for settled in [
        contested.clone().unmarked(BEN, &ADMIN, now),
        contested.clone().marked(BEN, Mark::Completed, &ADMIN, now),
        contested.clone().forgiven(BEN, OTTO, now),
    ] {
        assert_eq!(end_of(&settled.expect("in time")), Some(ContestEnd::Settled { by: OTTO, at: now }));
    }
    // But nobody gets rid of a contest by saying the same once more.
    let undone = contested.clone().unmarked(BEN, &COACH, now).expect("in time");
    let corrected = contested.marked(BEN, Mark::Completed, &COACH, now).expect("in time");
    for again in [undone, corrected] {
        assert_eq!(end_of(&again), Some(ContestEnd::TakenBack { at: now }));
        let again = again.marked(BEN, Mark::NoShow, &COACH, now).expect("in time");
        assert_eq!(again.seats()[0].facts.contested, Some(Contested { at: at(2 * HOUR), end: None }));
        assert_eq!(again.upheld(BEN, ADA, OthersWhoSettle::Some, now), Err(Refusal::OwnMark));
    }
}

fn end_of(meeting: &Meeting) -> Option<ContestEnd> {
    meeting.seats()[0].facts.contested.and_then(|contested| contested.end)
}

// Rule S14
#[test]
fn what_is_settled_only_whoever_settled_it_or_an_admin_changes() {
    let marked = booked(Sort::Practice).marked(BEN, Mark::NoShow, &COACH, at(HOUR)).expect("a mark");
    let contested = marked.contested(BEN, at(2 * HOUR)).expect("in time");
    let now = at(3 * HOUR);
    // It stands: whoever marked it neither undoes nor corrects it.
    let upheld = contested.clone().upheld(BEN, OTTO, OthersWhoSettle::Some, now).expect("an admin");
    assert_eq!(upheld.clone().unmarked(BEN, &COACH, now), Err(Refusal::ContestSettled));
    assert_eq!(upheld.clone().marked(BEN, Mark::Completed, &COACH, now), Err(Refusal::ContestSettled));
    // An admin does, and what was settled stays so, whatever is marked then.
    let undone = upheld.unmarked(BEN, &ADMIN, now).expect("an admin");
    let again = undone.marked(BEN, Mark::NoShow, &ADMIN, now).expect("an admin");
    assert_eq!(end_of(&again), Some(ContestEnd::Settled { by: OTTO, at: now }));
    // It does not stand: whoever marked it does not say it once more, and may say that the client came.
    let undone = contested.clone().unmarked(BEN, &ADMIN, now).expect("an admin");
    assert_eq!(undone.clone().marked(BEN, Mark::NoShow, &COACH, now), Err(Refusal::ContestSettled));
    let came = undone.marked(BEN, Mark::Completed, &COACH, now).expect("they came");
    assert_eq!(came.marked(BEN, Mark::NoShow, &COACH, now), Err(Refusal::ContestSettled));
    // A coach who settled what somebody else marked changes it; another one does not.
    let by_admin = booked(Sort::Practice).marked(BEN, Mark::NoShow, &ADMIN, at(HOUR)).expect("a mark");
    let contested_too = by_admin.contested(BEN, at(2 * HOUR)).expect("in time");
    let settled = contested_too.upheld(BEN, ADA, OthersWhoSettle::Some, now).expect("her coach");
    assert!(settled.clone().marked(BEN, Mark::Completed, &COACH, now).is_ok());
    let another = Marker { by: KIM, ..COACH };
    assert_eq!(settled.marked(BEN, Mark::Completed, &another, now), Err(Refusal::ContestSettled));
    // What they had to settle themselves, for want of others, is theirs to change.
    let own = contested.upheld(BEN, ADA, OthersWhoSettle::None, now).expect("nobody else may");
    let again =
        own.unmarked(BEN, &COACH, now).and_then(|undone| undone.marked(BEN, Mark::NoShow, &COACH, now));
    assert_eq!(end_of(&again.expect("in time")), Some(ContestEnd::Settled { by: ADA, at: now }));
}

// Rules S2, S13
#[test]
fn what_is_forgiven_ends_as_if_it_had_been_cancelled_in_time() {
    fn check(sort: Sort, missed: fn(Sort) -> Meeting, expect: Status, spans: usize) {
        let forgiven = missed(sort).forgiven(BEN, OTTO, at(DAY)).expect("it is missed");
        let seat = &forgiven.seats()[0];
        assert_eq!(forgiven.status(seat), expect, "{sort:?}");
        assert_eq!(forgiven.owned().len(), spans, "{sort:?}");
        assert_eq!((seat.facts.told, seat.facts.tell_at), (None, None));
        let again = forgiven.clone().forgiven(BEN, OTTO, at(DAY));
        assert_eq!(again, Err(Refusal::WrongStatus { action: Action::Forgive, status: expect }));
        for other in &forgiven.seats()[1..] {
            assert_eq!(forgiven.status(other), Status::Booked, "the others keep their pod");
        }
    }
    fn no_show(sort: Sort) -> Meeting {
        booked(sort).marked(BEN, Mark::NoShow, &COACH, at(HOUR)).expect("a mark")
    }
    fn late(sort: Sort) -> Meeting {
        called_off(&booked(sort), &by_client(), at(-HOUR)).expect("late").0
    }
    // It was called off when its client did so; of a no-show, when that was forgiven.
    for (missed, when, who) in
        [(late as fn(Sort) -> Meeting, at(-HOUR), BEN), (no_show as fn(Sort) -> Meeting, at(DAY), OTTO)]
    {
        let forgiven = missed(Sort::Practice).forgiven(BEN, OTTO, at(DAY)).expect("it is missed");
        let off = forgiven.session().cancelled.map(|cancelled| (cancelled.at, cancelled.by));
        assert_eq!(off, Some((when, Some(who))));
    }
    for missed in [no_show, late] {
        check(Sort::Practice, missed, Status::Cancelled, 0);
        check(Sort::Program, missed, Status::Unbooked, 0);
        check(Sort::Pod, missed, Status::Unbooked, 1);
    }
}

// Rules S5, S12, S2
#[test]
fn only_what_is_unbooked_is_greyed_out() {
    fn check(meeting: &Meeting, expect: Result<(), Refusal>) {
        assert_eq!(meeting.clone().greyed_out(BEN, OTTO, at(DAY)).map(drop), expect);
    }
    let wrong = |status| Err(Refusal::WrongStatus { action: Action::GreyOut, status });
    check(&planned(Sort::Program), Ok(()));
    check(&booked(Sort::Program), Err(Refusal::BookedNow { start: START }));
    let completed = booked(Sort::Program).marked(BEN, Mark::Completed, &COACH, at(HOUR)).expect("a mark");
    check(&completed, wrong(Status::Completed));
    check(
        &called_off(&booked(Sort::Program), &by_client(), at(-HOUR)).expect("late").0,
        wrong(Status::Missed),
    );
    check(&called_off(&booked(Sort::Program), &by_client(), at(-99 * HOUR)).expect("early").0, Ok(()));
    check(
        &called_off(&booked(Sort::Practice), &by_client(), at(-99 * HOUR)).expect("early").0,
        wrong(Status::Cancelled),
    );
    // Of a pod one alone; they stay out when it gets its time, and when they are brought back later.
    let greyed = planned(Sort::Pod).greyed_out(KIM, OTTO, at(-9 * DAY)).expect("Kim waits");
    let pod = greyed.booked(START, at(-8 * DAY)).expect("it waits for a time");
    let statuses =
        |meeting: &Meeting| meeting.seats().iter().map(|seat| meeting.status(seat)).collect::<Vec<_>>();
    assert_eq!(statuses(&pod), [Status::Booked, Status::GreyedOut, Status::Booked]);
    let back = pod.reactivated(KIM, at(-7 * DAY)).expect("she is disabled");
    assert_eq!(statuses(&back), [Status::Booked, Status::Unbooked, Status::Booked]);
    assert!(back.reactivated(KIM, at(-7 * DAY)).is_err());
    assert!(!consequences(Status::GreyedOut).is_shown_to_client);
}

// Rules S9, S13
#[test]
fn a_member_leaves_and_the_pod_keeps_its_time() {
    fn statuses(meeting: &Meeting) -> Vec<Status> {
        meeting.seats().iter().map(|seat| meeting.status(seat)).collect()
    }
    use Status::{Booked, Missed, Unbooked};
    let pod = booked(Sort::Pod);
    let (early, quote) = called_off(&pod, &by_client(), at(-24 * HOUR)).expect("in time");
    assert_eq!((quote.ending, statuses(&early)), (Ending::Left, vec![Unbooked, Booked, Booked]));
    assert_eq!(early.owned(), pod.owned());
    let by_kim = Calling { by: KIM, ..by_client() };
    let (late, quote) = early.called_off(KIM, &by_kim, at(-24 * HOUR + 1)).expect("late");
    assert_eq!((quote.ending, statuses(&late)), (Ending::Missed, vec![Unbooked, Missed, Booked]));
    assert_eq!(late.owned(), pod.owned());
    // The facilitator moves it: what was late for the old date is not; who left stays out; the rest is free to go.
    let moved = late.clone().moved_by_coach(at(2 * DAY), at(-HOUR)).expect("a move");
    assert_eq!(statuses(&moved), [Unbooked, Unbooked, Booked]);
    assert_eq!(moved.seats()[1].facts.told, None);
    let by_noor = Calling { by: NOOR, ..by_client() };
    let quote = moved.quote(NOOR, &by_noor, at(HOUR)).expect("a quote");
    assert_eq!((quote.ending, quote.grounds), (Ending::Left, Grounds::MovedByCoach));
    // The facilitator calls it off: everybody waits for another date, and is in it.
    let off = late.called_off(NOOR, &by_coach(Cause::Coach), at(-HOUR)).expect("it").0;
    assert_eq!((statuses(&off), off.owned()), (vec![Unbooked; 3], vec![]));
    let again = off.booked(at(9 * DAY), at(DAY)).expect("another date");
    assert_eq!(statuses(&again), [Booked; 3]);
    // Who is marked for themselves marks nobody else; and one who runs it ends it early all the same.
    let one = pod.marked(BEN, Mark::NoShow, &COACH, at(10 * MINUTE)).expect("a mark");
    assert_eq!(statuses(&one), [Missed, Booked, Booked]);
    assert!(one.clone().ended_early(at(30 * MINUTE)).is_ok());
    assert!(one.moved_by_coach(at(DAY), at(30 * MINUTE)).is_err(), "what is marked does not move");
}

// Rules S7, S8
#[test]
fn what_is_over_and_not_marked_stays_booked() {
    let meeting = booked(Sort::Practice);
    for (now, expect) in [(HOUR - 1, false), (HOUR, true), (100 * DAY, true)] {
        assert_eq!(meeting.is_unmarked(at(now)), expect, "{now}");
        assert_eq!(meeting.status(&meeting.seats()[0]), Status::Booked);
    }
    let marked = meeting.marked(BEN, Mark::Completed, &COACH, at(HOUR)).expect("a mark");
    assert!(!marked.is_unmarked(at(DAY)));
}
