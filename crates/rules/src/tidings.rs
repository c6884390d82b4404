//! Who hears of what becomes of a meeting. The page that foretells an act and the act itself both ask here, so that they
//! cannot differ (rule S10). Which letters that brings is the table of [`crate::letters`].

use crate::attendance::Outcome;
use crate::ids::PersonId;
use crate::letters::{Happening, Turn};
use crate::marking::Telling;
use crate::meeting::{Meeting, Seat};

/// One thing that is told to clients and coaches.
pub fn told(what: Turn, clients: Vec<PersonId>, coaches: &[PersonId]) -> Happening {
    Happening::Session { what, clients, coaches: coaches.to_vec() }
}

/// The house moved it: who is in reads of the move, and who had left a pod is offered a place (rules R1, S13).
pub fn of_move_by_house(after: &Meeting, coaches: &[PersonId]) -> Vec<Happening> {
    let mut all = vec![told(Turn::Moved, after.clients_in(), coaches)];
    let has_left = |seat: &&Seat| seat.facts.left.is_some() && seat.facts.greyed_out.is_none();
    let left: Vec<PersonId> = after.seats().iter().filter(has_left).map(|seat| seat.client).collect();
    if after.is_pod() && !left.is_empty() {
        all.push(told(Turn::PlaceOffered, left, &[]));
    }
    all
}

/// It was called off: for this client alone, else for all who were in. Whoever had cancelled the date late reads that this
/// does not count any more (rules R10, S13).
pub fn of_ending(
    before: &Meeting,
    after: &Meeting,
    for_one: Option<PersonId>,
    coaches: &[PersonId],
) -> Vec<Happening> {
    let clients = for_one.map_or_else(|| before.clients_in(), |one| vec![one]);
    let mut all = vec![told(Turn::CalledOff, clients, coaches)];
    let reversed = after.reversed_since(before);
    if !reversed.is_empty() {
        all.push(told(Turn::MarkCorrected, reversed, &[]));
    }
    all
}

/// The coaches but the one who did it: they sit in front of it.
pub fn but(by: PersonId, coaches: &[PersonId]) -> Vec<PersonId> {
    coaches.iter().copied().filter(|coach| *coach != by).collect()
}

/// What a client is told of a mark, once its time has come (rule S10).
pub const fn of_mark(telling: Telling) -> Turn {
    match (telling.was, telling.is) {
        (None, Some(Outcome::Completed)) => Turn::MarkedCompleted,
        (None, Some(_)) => Turn::MarkedMissed,
        _ => Turn::MarkCorrected,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::attendance::{AttendanceFacts, JourneyPart};
    use crate::cancelling::Calling;
    use crate::ids::{AttendanceId, JourneyId};
    use crate::letters::{Letter, letters};
    use crate::meeting::Side;
    use crate::session::{Cause, Minutes, SessionFacts, SessionKind, SessionTime};
    use crate::terms::Bands;
    use crate::time::Instant;

    const ADA: PersonId = PersonId::from_raw(3);
    const BEN: PersonId = PersonId::from_raw(4);
    const KIM: PersonId = PersonId::from_raw(8);
    const NOOR: PersonId = PersonId::from_raw(9);
    const START: Instant = Instant::from_millis(1_774_774_800_000);

    fn before(minutes: i64) -> Instant {
        START - SignedDuration::from_mins(minutes)
    }

    fn pod() -> Meeting {
        let seat = |n: i64, client| Seat {
            id: AttendanceId::from_raw(n),
            client,
            facts: AttendanceFacts {
                part: Some(JourneyPart { journey: JourneyId::from_raw(n), step: None, counts: true }),
                ..AttendanceFacts::default()
            },
            bands: Bands::DEFAULT,
            price: None,
        };
        let session = SessionFacts {
            kind: SessionKind::Pod,
            minutes: Minutes::new(60).expect("a length"),
            time: Some(SessionTime::booked(START, before(10_000))),
            cancelled: None,
        };
        Meeting::new(session, vec![seat(1, BEN), seat(2, KIM), seat(3, NOOR)], Vec::new())
    }

    fn leaves(meeting: Meeting, client: PersonId, minutes: i64) -> Meeting {
        let calling = Calling { by: client, side: Side::Client, cause: Cause::Client };
        meeting.called_off(client, &calling, before(minutes)).expect("to leave").0
    }

    fn reads(happenings: &[Happening]) -> Vec<(PersonId, Letter)> {
        let all = happenings.iter().flat_map(letters);
        all.filter_map(|(to, letter)| Some((to.person()?, letter))).collect()
    }

    // Rules S10, S13
    #[test]
    fn what_becomes_of_a_pod_is_told_to_who_is_in_who_left_and_who_cancelled_late() {
        // Kim left in time, Noor late.
        let mixed = leaves(leaves(pod(), KIM, 3_000), NOOR, 60);
        let moved = mixed.clone().moved_by_coach(before(-3_000), before(30)).expect("another date");
        assert_eq!(
            reads(&of_move_by_house(&moved, &[ADA])),
            [
                (BEN, Letter::Moved),
                (ADA, Letter::MovedForCoach),
                (KIM, Letter::PlaceOffered),
                (NOOR, Letter::PlaceOffered)
            ]
        );
        let calling = Calling { by: ADA, side: Side::Coach, cause: Cause::Organisation };
        let off = mixed.clone().called_off(BEN, &calling, before(30)).expect("called off").0;
        assert_eq!(
            reads(&of_ending(&mixed, &off, None, &[ADA])),
            [(BEN, Letter::Cancelled), (ADA, Letter::CancelledForCoach), (NOOR, Letter::MarkCorrected)]
        );
        // Everybody has left it: who leads it, and those who are offered a place.
        let left = leaves(mixed, BEN, 50);
        let moved = left.clone().moved_by_coach(before(-3_000), before(30)).expect("another date");
        assert_eq!(
            reads(&of_move_by_house(&moved, &[ADA])),
            [
                (ADA, Letter::MovedForCoach),
                (BEN, Letter::PlaceOffered),
                (KIM, Letter::PlaceOffered),
                (NOOR, Letter::PlaceOffered)
            ]
        );
        let (off, _) = left
            .clone()
            .called_off_for_nobody(Side::Coach, Cause::Organisation, before(30))
            .expect("called off");
        assert_eq!(
            reads(&of_ending(&left, &off, None, &[ADA])),
            [(ADA, Letter::CancelledForCoach), (BEN, Letter::MarkCorrected), (NOOR, Letter::MarkCorrected)]
        );
        // One member's part is told to that member and to who leads it.
        let one = leaves(pod(), KIM, 3_000);
        assert_eq!(
            reads(&of_ending(&pod(), &one, Some(KIM), &[ADA])),
            [(KIM, Letter::Cancelled), (ADA, Letter::CancelledForCoach)]
        );
    }
}
