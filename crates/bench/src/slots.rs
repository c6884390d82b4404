//! The slot engine and the index of free time, in memory: how fast they are, and that the engine is right.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::SignedDuration;
use model::clock::Stopwatch;
use rules::availability::{Hours, Range, Ranges, Week};
use rules::free::Free;
use rules::ids::{OfferingId, PersonId};
use rules::offering::{Buffer, Grid, Policy};
use rules::session::Minutes;
use rules::slots::{Calendar, Taken, by_day};
use rules::testing::{Case, Chance, Zones};
use rules::time::{Instant, Span, Zone};

use crate::Plan;
use crate::report::{Report, say};

pub(crate) const SEARCH: &str = "slot search, one coach, 28 days, 300 busy spans, two zones";
pub(crate) const WHO: &str = "who of 10,000 coaches is free, 28 days";
const ORACLE: &str = "slots equal to a naive oracle";
const NO_ENGINE: &str = "in memory";

const COACHES: i64 = 10_000;
/// Of which so many differ.
const DIFFERENT: usize = 100;
const BUSY: i64 = 300;
/// One of so many busy spans is a session, with buffers.
const SESSION_EACH: i64 = 5;
/// Cards on one page of a list, and the starts on each.
const CARDS: usize = 24;
const STARTS: usize = 3;
/// Calls between two looks at the clock.
const CALLS: u32 = 100;

const OFFERING: OfferingId = OfferingId::from_raw(1);

/// Adds the rows to the report.
pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    if plan.wants(SEARCH, NO_ENGINE) {
        search(plan, report);
    }
    if plan.wants(WHO, NO_ENGINE) {
        who(plan, report);
    }
    if plan.wants(ORACLE, NO_ENGINE) {
        oracle(plan, report);
    }
}

/// A coach of Berlin over a change of the clocks, read by days in New York.
fn search(plan: &Plan, report: &mut Report) {
    let coach = Coach::random(&mut Chance::new(1), &zone("Europe/Berlin"));
    let reader = zone("America/New_York");
    let (mut starts, mut days) = (0, 0);
    let rounds = each_round(plan, CALLS, || {
        let slots = coach.slots();
        let by_day = by_day(&slots, &reader);
        (starts, days) = (slots.len(), by_day.len());
    });
    let micros = rounds.into_iter().map(|seconds| seconds * 1e6).collect();
    report.row(SEARCH, NO_ENGINE, "µs", micros, format!("{starts} slots on {days} days"));
}

/// A question to which few say yes, so that nearly every coach is looked at over all 28 days: who starts at five
/// past. One in a hundred does, the others by quarters of an hour.
fn who(plan: &Plan, report: &mut Report) {
    let (mut chance, zones) =
        (Chance::new(2), ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"].map(zone));
    let mut free = Free::new(now());
    let coaches: Vec<Coach> = (0..DIFFERENT)
        .map(|number| {
            let zone = chance.one_of(&zones);
            let mut coach = Coach::random(&mut chance, zone);
            let grid = if number == 0 { Grid::new(5) } else { Grid::new(15) };
            coach.policy.grid = grid.expect("a grid");
            coach
        })
        .collect();
    let watch = Stopwatch::start();
    for (number, coach) in (0..COACHES).zip(coaches.iter().cycle()) {
        free.insert(PersonId::from_raw(number), &coach.slots());
    }
    let filled = watch.elapsed().as_millis();
    let week = Week::every_day(&range("05:05", "05:10"));
    let asked = Hours { zone: zone("Australia/Sydney"), week, overrides: [].into() };
    let (within, mut found) = (within(), 0);
    let rounds = each_round(plan, 1, || {
        let who = free.who(&asked.open(within.from, within.until));
        let next: usize = who.iter().take(CARDS).map(|coach| free.next(*coach, now(), STARTS).len()).sum();
        found = who.len();
        assert!(next > 0, "somebody is free");
    });
    let millis = rounds.into_iter().map(|seconds| seconds * 1e3).collect();
    report.row(
        WHO,
        NO_ENGINE,
        "ms",
        millis,
        format!("{found} are, with the next {STARTS} starts of {CARDS}; all of it made anew in {filled} ms"),
    );
}

/// Every core compares cases of its own; one that differs ends the program.
fn oracle(plan: &Plan, report: &mut Report) {
    let zones = Zones::all();
    let [near, starts, judged] = [0; 3].map(AtomicU64::new);
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let watch = Stopwatch::start();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (zones, near, starts, judged) = (&zones, &near, &starts, &judged);
            scope.spawn(move || {
                let mut chance = Chance::new(thread + 3);
                for _ in (thread..plan.cases).step_by(threads as usize) {
                    let case = Case::random(&mut chance, zones);
                    let slots = case.slots();
                    assert_eq!(slots, case.naive(), "{case:?}");
                    let some = case.some_starts(&mut chance, &slots);
                    for start in &some {
                        assert_eq!(case.takes(*start), slots.contains(start), "{start}: {case:?}");
                    }
                    near.fetch_add(u64::from(case.is_near_a_change()), Ordering::Relaxed);
                    starts.fetch_add(slots.len() as u64, Ordering::Relaxed);
                    judged.fetch_add(some.len() as u64, Ordering::Relaxed);
                }
            });
        }
    });
    let [near, starts, judged] = [near, starts, judged].map(AtomicU64::into_inner);
    assert!(near * 10 >= plan.cases * 3, "only {near} cases are near a change of the clock");
    say(&format!("{} cases took {} s", plan.cases, watch.elapsed().as_secs()));
    let percent = near * 100 / plan.cases;
    let remark = format!(
        "{percent} % within 48 h of a change of the clock; {starts} slots, {judged} starts judged one by one"
    );
    report.row(ORACLE, NO_ENGINE, "cases", vec![plan.cases as f64], remark);
}

struct Coach {
    hours: Hours,
    taken: Vec<Taken>,
    busy: Vec<Span>,
    policy: Policy,
}

impl Coach {
    fn random(chance: &mut Chance, zone: &Zone) -> Coach {
        let week = Week::every_day(&range("08:00", "20:00"));
        let (mut taken, mut busy) = (Vec::new(), Vec::new());
        let five_minutes = within().length().as_mins() / 5;
        for number in 0..BUSY {
            let from = now() + SignedDuration::from_mins(5 * chance.below(five_minutes));
            let span = Span::of(from, SignedDuration::from_mins(5 * chance.between(3, 12)));
            if number % SESSION_EACH == 0 {
                let [before, after] = [0, 15].map(|minutes| Buffer::new(minutes).expect("a buffer"));
                taken.push(Taken { offering: Some(OFFERING), span, before, after });
            } else {
                busy.push(span);
            }
        }
        taken.sort_by_key(|taken| taken.span.from);
        busy.sort_by_key(|busy| busy.from);
        let usual = Policy::usual(Minutes::new(45).expect("a length"));
        let policy = Policy { daily_cap: Some(6), ..usual };
        Coach { hours: Hours { zone: zone.clone(), week, overrides: [].into() }, taken, busy, policy }
    }

    fn slots(&self) -> Vec<Instant> {
        let calendar = Calendar { hours: &self.hours, taken: &self.taken, busy: &self.busy };
        calendar.slots(OFFERING, &self.policy, now(), within())
    }
}

/// Two weeks before clocks change in Berlin, three before they do in New York.
fn now() -> Instant {
    "2026-10-12T06:00:00Z".parse().expect("an instant")
}

fn within() -> Span {
    Span::of(now(), SignedDuration::from_hours(28 * 24))
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).expect(name)
}

fn range(from: &str, to: &str) -> Ranges {
    Range::new(from.parse().expect(from), to.parse().expect(to)).expect("a range").into()
}

/// Seconds that one call takes, for each round.
fn each_round(plan: &Plan, calls: u32, mut call: impl FnMut()) -> Vec<f64> {
    let round = |_| {
        let (watch, mut done) = (Stopwatch::start(), 0);
        while watch.elapsed() < plan.round {
            (0..calls).for_each(|_| call());
            done += calls;
        }
        watch.elapsed().as_secs_f64() / f64::from(done)
    };
    (0..plan.rounds).map(round).collect()
}
