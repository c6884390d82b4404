//! Random bookings, holds, buttons and waits, beside a naive model of what must come of them.

use jiff::SignedDuration;
use model::booking::{self, HOLD_FOR, HOLDS_MAX, Wish};
use model::testing::START;
use model::world::{ADA_HOUR, ADA_INTRO, ADA_SHORT, BEN, GIL, OTTO, World};
use model::{Error, Result};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rules::ids::{OfferingId, PersonId, SessionId};
use rules::refusal::Refusal;
use rules::time::Instant;

use crate::booking::{by, stranger, tuesday};
use crate::booking_races::is_in_order;

/// So many stories each engine is told.
const STORIES: usize = 12;
/// So long is each.
const STEPS: usize = 40;
/// What may be booked, how long it is, and what is kept free behind it, in minutes.
const OFFERS: [(OfferingId, i64, i64); 3] = [(ADA_INTRO, 15, 15), (ADA_SHORT, 30, 15), (ADA_HOUR, 60, 15)];
const NAMES: [&str; 3] = ["nils", "olga", "pia"];

#[derive(Clone, Debug)]
enum Step {
    Book { who: usize, offer: usize, quarter: i64 },
    Hold { name: usize, offer: usize, quarter: i64 },
    Press { hold: usize },
    Wait { minutes: i64 },
    Sweep,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // One morning, in quarters of an hour: it soon is full.
    let place = (0usize..3, 0usize..3, 0i64..16);
    let step = prop_oneof![
        4 => place.clone().prop_map(|(who, offer, quarter)| Step::Book { who, offer, quarter }),
        4 => place.prop_map(|(name, offer, quarter)| Step::Hold { name, offer, quarter }),
        3 => (0usize..8).prop_map(|hold| Step::Press { hold }),
        2 => prop_oneof![Just(1i64), Just(10), Just(29), Just(30)].prop_map(|minutes| Step::Wait { minutes }),
        1 => Just(Step::Sweep),
    ];
    prop::collection::vec(step, STEPS)
}

/// What is taken, by whom and until when.
#[derive(Clone, Debug)]
struct Entry {
    offer: usize,
    from: Instant,
    until: Instant,
    /// For a hold: whose, and its end.
    held: Option<(usize, Instant)>,
    session: SessionId,
    token: Option<String>,
}

#[derive(Clone, Default)]
struct Naive {
    entries: Vec<Entry>,
    /// Who has had an intro: clients by number, strangers behind them.
    intros: Vec<usize>,
}

impl Naive {
    fn live(&self, now: Instant) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.held.is_none_or(|(_, end)| end > now))
    }

    fn is_free(&self, offer: usize, from: Instant, now: Instant) -> bool {
        let (_, minutes, behind) = OFFERS[offer];
        let until = from + SignedDuration::from_mins(minutes);
        self.live(now).all(|entry| {
            let gap = |minutes: i64| SignedDuration::from_mins(minutes);
            entry.until + gap(OFFERS[entry.offer].2) <= from || until + gap(behind) <= entry.from
        })
    }

    /// Entries stand in the order in which they were made.
    fn make_room(&mut self, name: usize, now: Instant) {
        let is_theirs =
            |entry: &&mut Entry| entry.held.is_some_and(|(holder, end)| holder == name && end > now);
        let mut open: Vec<&mut Entry> = self.entries.iter_mut().filter(is_theirs).collect();
        let too_many = (open.len() + 1).saturating_sub(HOLDS_MAX);
        for entry in &mut open[..too_many] {
            entry.held = Some((name, now));
        }
    }
}

fn start_of(quarter: i64) -> Instant {
    tuesday() + SignedDuration::from_mins(15 * quarter)
}

async fn story(world: &World, steps: &[Step]) {
    let clients: [PersonId; 3] = [BEN, GIL, OTTO];
    let mut naive = Naive::default();
    for (at, step) in steps.iter().enumerate() {
        let now = world.db.clock().now();
        let context = || format!("step {at}: {step:?} of {steps:?}");
        match *step {
            Step::Book { who, offer, quarter } => {
                let (from, client) = (start_of(quarter), clients[who]);
                let wish = Wish { overlap_known: true, ..Wish::plain(OFFERS[offer].0, from) };
                let outcome = world.db.write(move |tx| booking::book(tx, &by(client), &wish)).await;
                let expect = if offer == 0 && naive.intros.contains(&who) {
                    Err(Refusal::IntroUsed)
                } else if !naive.is_free(offer, from, now) {
                    Err(Refusal::Taken { start: from })
                } else {
                    Ok(())
                };
                assert_eq!(plain(&outcome), expect, "{}", context());
                if let Ok(session) = outcome {
                    let until = from + SignedDuration::from_mins(OFFERS[offer].1);
                    naive.entries.push(Entry { offer, from, until, held: None, session, token: None });
                    if offer == 0 {
                        naive.intros.push(who);
                    }
                }
            }
            Step::Hold { name, offer, quarter } => {
                let from = start_of(quarter);
                let wish = Wish::plain(OFFERS[offer].0, from);
                let outcome =
                    world.db.write(move |tx| booking::hold(tx, &stranger(NAMES[name]), &wish)).await;
                // The oldest of the same name makes room, unless there is nothing to make it for.
                let mut after = naive.clone();
                after.make_room(name, now);
                let expect = if after.is_free(offer, from, now) {
                    Ok(())
                } else {
                    Err(Refusal::Taken { start: from })
                };
                assert_eq!(plain(&outcome), expect, "{}", context());
                if let Ok(held) = outcome {
                    naive = after;
                    let link = world
                        .db
                        .write(move |tx| booking::mint_link(tx, held.session))
                        .await
                        .expect("minting");
                    let token = link.map(|(token, _)| token.reveal().to_owned());
                    let until = from + SignedDuration::from_mins(OFFERS[offer].1);
                    let end = now + HOLD_FOR;
                    naive.entries.push(Entry {
                        offer,
                        from,
                        until,
                        held: Some((name, end)),
                        session: held.session,
                        token,
                    });
                }
            }
            Step::Press { hold } => {
                let holds: Vec<usize> =
                    (0..naive.entries.len()).filter(|n| naive.entries[*n].token.is_some()).collect();
                let Some(pressed) = holds.get(hold).copied() else { continue };
                let entry = naive.entries[pressed].clone();
                let token = entry.token.clone().expect("a link");
                let outcome = world
                    .db
                    .write(move |tx| {
                        booking::confirm(
                            tx,
                            &token,
                            booking::Press { overlap_known: true, ..booking::Press::default() },
                        )
                    })
                    .await;
                let expect = match entry.held {
                    None => Ok(()),
                    Some((_, end)) if end <= now => Err(Refusal::HoldExpired),
                    Some((name, _)) if entry.offer == 0 && naive.intros.contains(&(10 + name)) => {
                        Err(Refusal::IntroUsed)
                    }
                    Some(_) => Ok(()),
                };
                assert_eq!(plain(&outcome), expect, "{}", context());
                if let Ok(confirmed) = outcome {
                    assert_eq!(confirmed.session, entry.session);
                    assert_eq!(confirmed.is_first, entry.held.is_some(), "{}", context());
                    if let Some((name, _)) = entry.held
                        && entry.offer == 0
                    {
                        naive.intros.push(10 + name);
                    }
                    naive.entries[pressed].held = None;
                }
            }
            Step::Wait { minutes } => world.db.clock().advance(SignedDuration::from_mins(minutes)),
            Step::Sweep => {
                world.db.write(|tx| booking::sweep(tx, 100)).await.expect("sweeping");
            }
        }
        let now = world.db.clock().now();
        let slots = world.db.read(move |tx| {
            booking::slots(tx, ADA_SHORT, rules::time::Span { from: start_of(0), until: start_of(16) })
        });
        let slots = slots.await.expect("reading");
        let expect: Vec<Instant> =
            (0..16).map(start_of).filter(|start| naive.is_free(1, *start, now)).collect();
        assert_eq!(slots, expect, "{}", context());
    }
    is_in_order(&world.db).await;
}

fn plain<T>(outcome: &Result<T>) -> Result<(), Refusal> {
    match outcome {
        Ok(_) => Ok(()),
        Err(Error::Refused(refusal)) => Err(refusal.clone()),
        Err(other) => panic!("{other:?}"),
    }
}

/// The stories are the same in every run; each is told to a store of its own.
fn told_on(engine: model::testing::Engine) {
    let mut runner = TestRunner::deterministic();
    for _ in 0..STORIES {
        let steps = steps().new_tree(&mut runner).expect("a story").current();
        model::testing::run(engine, async |world: World| {
            assert_eq!(world.db.clock().now(), START);
            story(&world, &steps).await;
        });
    }
}

// Rules A3, A4, B7, C3
#[test]
fn random_stories_end_as_a_naive_model_says_sqlite() {
    told_on(model::testing::Engine::Sqlite);
}

// Rules A3, A4, B7, C3
#[test]
fn random_stories_end_as_a_naive_model_says_postgres() {
    told_on(model::testing::Engine::Postgres);
}
