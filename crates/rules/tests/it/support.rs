//! Meetings to begin with, and moments around their start.

use jiff::SignedDuration;
use rules::attendance::{AttendanceFacts, JourneyPart};
use rules::cancelling::{Calling, Quote};
use rules::ids::{AttendanceId, JourneyId, PersonId, StepId};
use rules::marking::Marker;
use rules::meeting::{Meeting, Seat, Side};
use rules::money::{Currency, Money};
use rules::moving::Wished;
use rules::refusal::Refusal;
use rules::session::{Cause, Minutes, SessionFacts, SessionKind, SessionTime};
use rules::terms::{Bands, Terms};
use rules::time::Instant;

/// When the meetings of these tests are.
pub(crate) const START: Instant = Instant::from_millis(1_774_774_800_000);
pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) const ADA: PersonId = PersonId::from_raw(3);
pub(crate) const BEN: PersonId = PersonId::from_raw(4);
pub(crate) const KIM: PersonId = PersonId::from_raw(8);
pub(crate) const NOOR: PersonId = PersonId::from_raw(9);
pub(crate) const OTTO: PersonId = PersonId::from_raw(1);

/// What a session costs, in minor units.
pub(crate) const PRICE: i64 = 10_000;

/// So many milliseconds after the start, or before it.
pub(crate) fn at(millis: i64) -> Instant {
    START + ms(millis)
}

pub(crate) fn ms(millis: i64) -> SignedDuration {
    SignedDuration::from_millis(millis)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Intro,
    Practice,
    Program,
    Pod,
}

pub(crate) fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse::<Currency>().expect("a currency"))
}

pub(crate) fn seat(n: i64, client: PersonId, sort: Sort) -> Seat {
    let is_of_program = matches!(sort, Sort::Program | Sort::Pod);
    let journey =
        JourneyPart { journey: JourneyId::from_raw(n), step: Some(StepId::from_raw(1)), counts: true };
    let price = match sort {
        Sort::Intro => Some(euros(0)),
        Sort::Practice => Some(euros(PRICE)),
        Sort::Program | Sort::Pod => None,
    };
    Seat {
        id: AttendanceId::from_raw(n),
        client,
        facts: AttendanceFacts { part: is_of_program.then_some(journey), ..AttendanceFacts::default() },
        bands: Bands::DEFAULT,
        price: price.map(|price| (price, Terms::DEFAULT.kept)),
    }
}

/// An hour that has no time yet.
pub(crate) fn planned(sort: Sort) -> Meeting {
    let kind = match sort {
        Sort::Intro => SessionKind::Intro,
        Sort::Practice | Sort::Program => SessionKind::OneToOne,
        Sort::Pod => SessionKind::Pod,
    };
    let session =
        SessionFacts { kind, minutes: Minutes::new(60).expect("a length"), time: None, cancelled: None };
    let clients: &[PersonId] = if sort == Sort::Pod { &[BEN, KIM, NOOR] } else { &[BEN] };
    let seats = clients.iter().zip(1..).map(|(client, n)| seat(n, *client, sort));
    Meeting::new(session, seats.collect(), Vec::new())
}

/// The same, booked for [`START`] a month before.
pub(crate) fn booked(sort: Sort) -> Meeting {
    booked_at(sort, at(-30 * DAY))
}

pub(crate) fn booked_at(sort: Sort, when: Instant) -> Meeting {
    let planned = planned(sort);
    let session = SessionFacts { time: Some(SessionTime::booked(START, when)), ..planned.session().clone() };
    Meeting::new(session, planned.seats().to_vec(), Vec::new())
}

/// The same, after its first client has made so many changes.
pub(crate) fn changed(meeting: &Meeting, changes: u32) -> Meeting {
    let mut seats = meeting.seats().to_vec();
    seats[0].facts.changes = changes;
    Meeting::new(meeting.session().clone(), seats, meeting.requests().to_vec())
}

pub(crate) fn by_client() -> Calling {
    Calling { by: BEN, side: Side::Client, cause: Cause::Client }
}

pub(crate) fn by_coach(cause: Cause) -> Calling {
    Calling { by: ADA, side: Side::Coach, cause }
}

pub(crate) const COACH: Marker = Marker { by: ADA, side: Side::Coach };
pub(crate) const ADMIN: Marker = Marker { by: OTTO, side: Side::Admin };

/// What became of a client's wish for another start, which must have been allowed.
pub(crate) fn wish(meeting: &Meeting, to: Instant, now: Instant) -> Result<Meeting, Refusal> {
    Ok(match meeting.clone().moved_by_client(BEN, to, 0, now)? {
        Wished::Moved(meeting) | Wished::Asked(meeting, _) => meeting,
    })
}

/// With a request of Ben's.
pub(crate) fn asked(meeting: &Meeting, to: Instant, now: Instant) -> Meeting {
    match meeting.clone().moved_by_client(BEN, to, 0, now).expect("a wish") {
        Wished::Asked(meeting, _) => meeting,
        Wished::Moved(_) => panic!("it moved at once"),
    }
}

pub(crate) fn called_off(
    meeting: &Meeting,
    calling: &Calling,
    now: Instant,
) -> Result<(Meeting, Quote), Refusal> {
    meeting.clone().called_off(BEN, calling, now)
}
