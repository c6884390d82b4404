//! Every status beside every act, at every moment that could make a difference: what the rules name is reached, and
//! nothing else (rule S2).

use std::collections::BTreeSet;

use rules::attendance::Status;
use rules::cancelling::Calling;
use rules::marking::{Mark, OthersWhoSettle};
use rules::meeting::{Meeting, Side};
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::time::Instant;

use crate::support::{
    ADMIN, BEN, COACH, DAY, HOUR, MINUTE, OTTO, Sort, at, booked, by_client, by_coach, called_off, planned,
    wish,
};

/// Where somebody stands: a status, and for Missed its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stand {
    Unbooked,
    Booked,
    Completed,
    NoShow,
    LateCancelled,
    GreyedOut,
    Cancelled,
}

use Stand::{Booked, Cancelled, Completed, GreyedOut, LateCancelled, NoShow, Unbooked};

const ALL: [Stand; 7] = [Unbooked, Booked, Completed, NoShow, LateCancelled, GreyedOut, Cancelled];

fn stand(meeting: &Meeting) -> Stand {
    let seat = &meeting.seats()[0];
    match meeting.status(seat) {
        Status::Unbooked => Unbooked,
        Status::Booked => Booked,
        Status::Completed => Completed,
        Status::GreyedOut => GreyedOut,
        Status::Cancelled => Cancelled,
        Status::Missed => match seat.facts.outcome.map(|marked| marked.outcome.code()) {
            Some("no_show") => NoShow,
            _ => LateCancelled,
        },
    }
}

/// A meeting that stands like this; none where that kind of meeting never does.
fn standing(sort: Sort, stand: Stand) -> Option<Meeting> {
    let is_practice = matches!(sort, Sort::Practice | Sort::Intro);
    let waits = || planned(sort);
    let meeting = match stand {
        Booked => booked(sort),
        Completed => booked(sort).marked(BEN, Mark::Completed, &COACH, at(HOUR)).expect("a mark"),
        NoShow => booked(sort).marked(BEN, Mark::NoShow, &COACH, at(HOUR)).expect("a mark"),
        LateCancelled if sort != Sort::Intro => {
            called_off(&booked(sort), &by_client(), at(-1)).expect("late").0
        }
        Cancelled if is_practice => called_off(&booked(sort), &by_client(), at(-50 * HOUR)).expect("early").0,
        Unbooked if !is_practice => waits(),
        GreyedOut if !is_practice => waits().greyed_out(BEN, OTTO, at(-50 * HOUR)).expect("it waits"),
        _ => return None,
    };
    Some(meeting)
}

type Act = (&'static str, fn(&Meeting, Instant) -> Result<Meeting, Refusal>);

const ACTS: [Act; 17] = [
    ("book", |meeting, now| meeting.clone().booked(now + far(), now)),
    ("coach moves", |meeting, now| meeting.clone().moved_by_coach(now + far(), now)),
    ("client moves", |meeting, now| wish(meeting, now + far(), now)),
    ("client cancels", |meeting, now| called_off(meeting, &by_client(), now).map(|(after, _)| after)),
    ("lead cancels for the client", |meeting, now| {
        let calling = Calling { by: OTTO, side: Side::Lead, cause: Cause::Client };
        called_off(meeting, &calling, now).map(|(after, _)| after)
    }),
    ("coach cannot", |meeting, now| {
        called_off(meeting, &by_coach(Cause::Coach), now).map(|(after, _)| after)
    }),
    ("house does not want it", |meeting, now| {
        called_off(meeting, &by_coach(Cause::Organisation), now).map(|(after, _)| after)
    }),
    ("completed", |meeting, now| meeting.clone().marked(BEN, Mark::Completed, &COACH, now)),
    ("no-show", |meeting, now| meeting.clone().marked(BEN, Mark::NoShow, &COACH, now)),
    ("completed by an admin", |meeting, now| meeting.clone().marked(BEN, Mark::Completed, &ADMIN, now)),
    ("no-show by an admin", |meeting, now| meeting.clone().marked(BEN, Mark::NoShow, &ADMIN, now)),
    ("undo", |meeting, now| meeting.clone().unmarked(BEN, &ADMIN, now)),
    ("forgive", |meeting, now| meeting.clone().forgiven(BEN, OTTO, now)),
    ("grey out", |meeting, now| meeting.clone().greyed_out(BEN, OTTO, now)),
    ("reactivate", |meeting, now| meeting.clone().reactivated(BEN, now)),
    ("end early", |meeting, now| meeting.clone().ended_early(now)),
    ("contest and settle", |meeting, now| {
        meeting.clone().contested(BEN, now)?.upheld(BEN, OTTO, OthersWhoSettle::Some, now)
    }),
];

fn far() -> jiff::SignedDuration {
    jiff::SignedDuration::from_hours(100)
}

/// On both sides of each boundary.
fn moments() -> Vec<Instant> {
    let around = [-48 * HOUR, -24 * HOUR, 0, 10 * MINUTE, HOUR, 7 * DAY, 9 * DAY];
    around.into_iter().flat_map(|moment| [at(moment - 1), at(moment), at(moment + 1)]).collect()
}

/// Where an act leads from here, at whatever moment.
fn reached(meeting: &Meeting, act: Act) -> BTreeSet<Stand> {
    moments().into_iter().filter_map(|now| (act.1)(meeting, now).ok()).map(|after| stand(&after)).collect()
}

// Rule S2
#[test]
fn each_act_leads_from_each_status_where_the_rules_say() {
    /// Where it leads from each status from which it leads anywhere; from all others it is refused.
    fn check(sort: Sort, act: &str, expect: &[(Stand, &[Stand])]) {
        let act = ACTS.into_iter().find(|(name, _)| *name == act).expect("an act");
        for from in ALL {
            let Some(meeting) = standing(sort, from) else { continue };
            let expect = expect.iter().find(|(stand, _)| *stand == from).map_or(&[][..], |(_, to)| to);
            let expect: BTreeSet<Stand> = expect.iter().copied().collect();
            assert_eq!(reached(&meeting, act), expect, "{sort:?}: {} from {from:?}", act.0);
        }
    }
    for (sort, freed, forgiven) in [
        (Sort::Intro, Cancelled, Cancelled),
        (Sort::Practice, Cancelled, Cancelled),
        (Sort::Program, Unbooked, Unbooked),
        (Sort::Pod, Unbooked, Unbooked),
    ] {
        if sort == Sort::Pod {
            // It goes on for the others, whatever became of one; a new date undoes what was late for the old one.
            check(sort, "book", &[(Unbooked, &[Booked]), (GreyedOut, &[GreyedOut])]);
            check(sort, "coach moves", &[(Booked, &[Booked]), (LateCancelled, &[Unbooked])]);
            let others: Vec<(Stand, &[Stand])> = vec![
                (Booked, &[Booked]),
                (Completed, &[Completed]),
                (NoShow, &[NoShow]),
                (LateCancelled, &[LateCancelled]),
            ];
            check(sort, "end early", &others);
        } else {
            check(sort, "book", &[(Unbooked, &[Booked])]);
            check(sort, "coach moves", &[(Booked, &[Booked])]);
            check(sort, "end early", &[(Booked, &[Booked])]);
        }
        check(sort, "client moves", if sort == Sort::Pod { &[] } else { &[(Booked, &[Booked])] });
        for act in ["client cancels", "lead cancels for the client"] {
            let late: &[Stand] = if sort == Sort::Intro { &[Cancelled] } else { &[freed, LateCancelled] };
            check(sort, act, &[(Booked, late)]);
        }
        check(sort, "coach cannot", &[(Booked, &[freed])]);
        check(sort, "house does not want it", &[(Booked, &[freed])]);
        for who in ["", " by an admin"] {
            let (completed, no_show) = (format!("completed{who}"), format!("no-show{who}"));
            check(sort, &completed, &[(Booked, &[Completed]), (NoShow, &[Completed])]);
            check(sort, &no_show, &[(Booked, &[NoShow]), (Completed, &[NoShow])]);
        }
        check(sort, "undo", &[(Completed, &[Booked]), (NoShow, &[Booked])]);
        check(sort, "forgive", &[(NoShow, &[forgiven]), (LateCancelled, &[forgiven])]);
        check(sort, "grey out", &[(Unbooked, &[GreyedOut])]);
        check(sort, "reactivate", &[(GreyedOut, &[Unbooked])]);
        check(sort, "contest and settle", &[(NoShow, &[NoShow]), (LateCancelled, &[LateCancelled])]);
    }
}

// Rules S2, S5
#[test]
fn all_pairs_that_any_act_joins_are_those_of_the_rules() {
    let mut pairs = BTreeSet::new();
    for sort in [Sort::Intro, Sort::Practice, Sort::Program, Sort::Pod] {
        for from in ALL {
            let Some(meeting) = standing(sort, from) else { continue };
            for act in ACTS {
                pairs.extend(reached(&meeting, act).into_iter().map(|to| (from, to)));
            }
        }
    }
    pairs.retain(|(from, to)| from != to);
    let expect = [
        (Unbooked, Booked),
        (Unbooked, GreyedOut),
        (Booked, Unbooked),
        (Booked, Cancelled),
        (Booked, LateCancelled),
        (Booked, Completed),
        (Booked, NoShow),
        (Completed, NoShow),
        (NoShow, Completed),
        (Completed, Booked),
        (NoShow, Booked),
        (NoShow, Unbooked),
        (NoShow, Cancelled),
        (LateCancelled, Unbooked),
        (LateCancelled, Cancelled),
        (GreyedOut, Unbooked),
    ];
    assert_eq!(pairs, BTreeSet::from(expect));
}
