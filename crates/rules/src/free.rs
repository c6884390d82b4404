//! Who is free when: the starts of many coaches over four weeks, one bit for each five minutes (rule C1). It is kept
//! in memory and asked by lists; it knows what it was told and is never the ground for a booking, which asks
//! [`crate::slots`] anew.
//!
//! Times of day are asked for as spans: the mornings of whoever asks are what [`crate::availability::Hours`] in their
//! zone are open for.

use std::collections::HashMap;

use crate::ids::PersonId;
use crate::time::{Instant, Quantum, Span};

const BITS: i64 = u64::BITS as i64;
/// Four weeks, and the word that now is in.
const WORDS: usize = (Free::DAYS * 24 * 12 / BITS + 1) as usize;

/// The free starts of coaches from some moment on.
#[derive(Clone, Debug)]
pub struct Free {
    /// The number of the first word, counted from the UTC epoch.
    origin: i64,
    coaches: Vec<PersonId>,
    places: HashMap<PersonId, usize>,
    /// [`WORDS`] for each coach, in the order of `coaches`.
    words: Vec<u64>,
}

impl Free {
    /// How far ahead it sees, at least.
    pub const DAYS: i64 = 28;

    /// Nobody yet, from this moment on.
    pub fn new(now: Instant) -> Free {
        Free { origin: word(Quantum::of(now).raw()), coaches: vec![], places: [].into(), words: vec![] }
    }

    /// How many coaches it knows.
    pub fn len(&self) -> usize {
        self.coaches.len()
    }

    /// Whether it knows nobody.
    pub fn is_empty(&self) -> bool {
        self.coaches.is_empty()
    }

    /// From when until when starts are kept.
    pub fn span(&self) -> Span {
        let start = |word: i64| Quantum::from_raw(word * BITS).start();
        Span { from: start(self.origin), until: start(self.origin + WORDS as i64) }
    }

    /// Tells all the starts of a coach, in any order, in place of what was told before; those out of sight are
    /// passed over.
    pub fn insert(&mut self, coach: PersonId, starts: &[Instant]) {
        let place = *self.places.entry(coach).or_insert_with(|| {
            self.coaches.push(coach);
            self.words.resize(self.coaches.len() * WORDS, 0);
            self.coaches.len() - 1
        });
        let row = &mut self.words[place * WORDS..(place + 1) * WORDS];
        row.fill(0);
        for quantum in starts.iter().map(|start| Quantum::of(*start).raw()) {
            let kept = usize::try_from(word(quantum) - self.origin).ok().and_then(|word| row.get_mut(word));
            if let Some(word) = kept {
                *word |= 1 << quantum.rem_euclid(BITS);
            }
        }
    }

    /// Forgets a coach.
    pub fn remove(&mut self, coach: PersonId) {
        let Some(place) = self.places.remove(&coach) else { return };
        self.coaches.swap_remove(place);
        let last = self.coaches.len() * WORDS;
        self.words.copy_within(last.., place * WORDS);
        self.words.truncate(last);
        if let Some(moved) = self.coaches.get(place) {
            self.places.insert(*moved, place);
        }
    }

    /// Lets time pass: what lies behind is dropped, and as much is seen ahead, where everybody is taken until told
    /// anew.
    pub fn move_on(&mut self, now: Instant) {
        let passed = word(Quantum::of(now).raw()) - self.origin;
        let Ok(passed @ 1..) = usize::try_from(passed) else { return };
        self.origin += passed as i64;
        for row in self.words.chunks_exact_mut(WORDS) {
            let left = WORDS.saturating_sub(passed);
            row.copy_within(WORDS - left.., 0);
            row[left..].fill(0);
        }
    }

    /// The coaches who have a start in at least one of these spans.
    pub fn who(&self, within: &[Span]) -> Vec<PersonId> {
        let mask = self.mask(within);
        let (Some(first), Some(last)) =
            (mask.iter().position(|word| *word != 0), mask.iter().rposition(|word| *word != 0))
        else {
            return Vec::new();
        };
        let mask = &mask[first..=last];
        let is_free = |row: &[u64]| row[first..=last].iter().zip(mask).any(|(free, asked)| free & asked != 0);
        let rows = self.words.chunks_exact(WORDS).zip(&self.coaches);
        rows.filter(|(row, _)| is_free(row)).map(|(_, coach)| *coach).collect()
    }

    /// The first starts of a coach from a moment on, ascending.
    pub fn next(&self, coach: PersonId, from: Instant, most: usize) -> Vec<Instant> {
        let Some(place) = self.places.get(&coach) else { return Vec::new() };
        let row = &self.words[place * WORDS..(place + 1) * WORDS];
        let mask = self.mask(&[Span { from, until: self.span().until }]);
        let mut starts = Vec::with_capacity(most);
        for ((free, asked), number) in row.iter().zip(&mask).zip(self.origin..) {
            let mut left = free & asked;
            while left != 0 && starts.len() < most {
                starts.push(Quantum::from_raw(number * BITS + i64::from(left.trailing_zeros())).start());
                left &= left - 1;
            }
        }
        starts
    }

    /// A bit for each quantum that begins in one of the spans.
    fn mask(&self, within: &[Span]) -> [u64; WORDS] {
        let mut mask = [0; WORDS];
        let begin = self.origin * BITS;
        for span in within {
            let [from, until] = [span.from, span.until].map(|at| first_from(at) - begin);
            let (mut from, until) = (from.max(0), until.min(WORDS as i64 * BITS));
            while from < until {
                let (word, bit) = (from / BITS, from % BITS);
                let count = (BITS - bit).min(until - from);
                mask[word as usize] |= (u64::MAX >> (BITS - count)) << bit;
                from += count;
            }
        }
        mask
    }
}

/// The number of the word that holds a quantum.
fn word(quantum: i64) -> i64 {
    quantum.div_euclid(BITS)
}

/// The first quantum that does not begin before an instant.
fn first_from(at: Instant) -> i64 {
    (at.millis() + Quantum::MILLIS - 1).div_euclid(Quantum::MILLIS)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::availability::{Hours, Range, Ranges, Week};
    use crate::testing::Chance;
    use crate::time::Zone;

    const ADA: PersonId = PersonId::from_raw(1);
    const ANN: PersonId = PersonId::from_raw(2);

    fn at(text: &str) -> Instant {
        text.parse().expect(text)
    }

    fn span(from: &str, until: &str) -> Span {
        Span { from: at(from), until: at(until) }
    }

    #[test]
    fn one_finds_who_is_free_at_ones_own_time_of_day() {
        let mut free = Free::new(at("2026-03-20T12:00:00Z"));
        free.insert(ADA, &[at("2026-03-28T08:00:00Z"), at("2026-03-30T07:00:00Z")]);
        free.insert(ANN, &[at("2026-03-28T13:55:00Z")]);
        let who = |from: &str, to: &str| {
            let bounds = Range::new(from.parse().expect(from), to.parse().expect(to)).expect("a range");
            let week = Week::every_day(&Ranges::from(bounds));
            let zone = Zone::parse("Europe/Berlin").expect("a zone");
            let asked = Hours { zone, week, overrides: [].into() };
            free.who(&asked.open(at("2026-03-28T00:00:00Z"), at("2026-04-01T00:00:00Z")))
        };
        // Ada's are both at nine o'clock in Berlin, one on each side of a change of the clocks.
        assert_eq!(who("09:00", "09:05"), [ADA]);
        assert_eq!(who("08:00", "09:00"), []);
        assert_eq!(who("14:55", "15:00"), [ANN]);
        assert_eq!(who("00:00", "24:00"), [ADA, ANN]);
    }

    #[test]
    fn the_end_of_a_span_is_left_out() {
        let mut free = Free::new(at("2026-03-20T12:00:00Z"));
        free.insert(ADA, &[at("2026-03-21T10:00:00Z")]);
        let check = |from: &str, until: &str, expect: &[PersonId]| {
            assert_eq!(free.who(&[span(from, until)]), expect, "{from} to {until}");
        };
        check("2026-03-21T10:00:00Z", "2026-03-21T10:00:00.001Z", &[ADA]);
        check("2026-03-21T09:55:00Z", "2026-03-21T10:00:00Z", &[]);
        check("2026-03-21T10:00:00.001Z", "2026-03-21T10:30:00Z", &[]);
        check("2026-03-21T10:00:00Z", "2026-03-21T10:00:00Z", &[]);
        check("2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z", &[ADA]);
    }

    #[test]
    fn what_is_told_anew_takes_the_place_of_the_old() {
        let mut free = Free::new(at("2026-03-20T12:00:00Z"));
        let always = [span("2026-03-20T00:00:00Z", "2026-05-01T00:00:00Z")];
        free.insert(ADA, &[at("2026-03-21T10:00:00Z")]);
        free.insert(ANN, &[at("2026-03-22T10:00:00Z")]);
        free.insert(
            ADA,
            &[at("2026-03-23T10:00:00Z"), at("2026-03-21T11:00:00Z"), at("2027-01-01T00:00:00Z")],
        );
        assert_eq!(
            free.next(ADA, at("2026-03-21T10:00:00Z"), 3),
            [at("2026-03-21T11:00:00Z"), at("2026-03-23T10:00:00Z")]
        );
        assert_eq!(free.next(ADA, at("2026-03-20T12:00:00Z"), 1), [at("2026-03-21T11:00:00Z")]);
        free.remove(ADA);
        assert_eq!((free.len(), free.who(&always)), (1, vec![ANN]));
        assert_eq!(free.next(ADA, at("2026-03-20T12:00:00Z"), 3), []);
        assert_eq!(free.next(ANN, at("2026-03-20T12:00:00Z"), 3), [at("2026-03-22T10:00:00Z")]);
    }

    #[test]
    fn it_tells_what_it_was_told_while_time_passes() {
        let mut chance = Chance::new(28);
        let mut now = at("2026-03-20T12:00:00Z");
        let mut free = Free::new(now);
        let mut told: HashMap<PersonId, Vec<Instant>> = HashMap::new();
        for _ in 0..2_000 {
            now = now + SignedDuration::from_mins(chance.below(600));
            free.move_on(now);
            let coach = PersonId::from_raw(chance.below(20));
            if chance.below(5) == 0 {
                free.remove(coach);
                told.remove(&coach);
            } else {
                let quantum = |chance: &mut Chance| Quantum::of(now).raw() + chance.below(Free::DAYS * 288);
                let mut starts: Vec<Instant> =
                    (0..chance.below(9)).map(|_| Quantum::from_raw(quantum(&mut chance)).start()).collect();
                free.insert(coach, &starts);
                starts.sort();
                starts.dedup();
                told.insert(coach, starts);
            }
            let from = now + SignedDuration::from_mins(chance.below(40_000));
            let asked = Span::of(from, SignedDuration::from_mins(chance.below(3_000)));
            let mut who = free.who(&[asked]);
            who.sort();
            let has = |starts: &[Instant]| starts.iter().any(|start| asked.contains(*start));
            let mut expect: Vec<PersonId> =
                told.iter().filter(|(_, starts)| has(starts)).map(|(coach, _)| *coach).collect();
            expect.sort();
            assert_eq!(who, expect, "{asked:?}");
            for (coach, starts) in &told {
                let expect: Vec<Instant> =
                    starts.iter().copied().filter(|start| *start >= from).take(3).collect();
                assert_eq!(free.next(*coach, from, 3), expect);
            }
        }
    }
}
