//! When a coach works: weeks, dates, time off, and what a change leaves outside.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use model::availability::{self, Outside, TimeOffName, When};
use model::event::{self, Actor, Via};
use model::session;
use model::world::{ADA, ADA_BEN, ADA_HOUR, ADA_INTRO, BEN, FINN, FINN_GIL, FINN_HOUR, OTTO, PEOPLE, World};
use model::{Db, Error, Result, Tx, args, coach, person, zone_data};
use rules::availability::{Hours, Range, Ranges, Week};
use rules::ids::{MoveRequestId, OfferingId, PersonId};
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, Span, Zone};

fn acting(person: PersonId) -> Actor {
    let somebody = PEOPLE.iter().find(|somebody| somebody.id == person).expect("one of the small world");
    Actor::Person { who: somebody.who(), via: Via::Page, proof: None }
}

async fn write<T: Send + 'static>(db: &Db, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> T {
    db.write(f).await.expect("a write")
}

async fn read<T: Send + 'static>(db: &Db, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> T {
    db.read(f).await.expect("a read")
}

fn refused<T>(outcome: Result<T>) -> Option<Refusal> {
    match outcome {
        Err(Error::Refused(refusal)) => Some(refusal),
        _ => None,
    }
}

/// `09:00-12:00 13:00-17:00`
fn ranges(text: &str) -> Ranges {
    let range = |text: &str| {
        let (from, to) = text.split_once('-').expect("two bounds");
        Range::new(from.parse().expect(from), to.parse().expect(to)).expect(text)
    };
    Ranges::new(text.split_whitespace().map(range)).expect("few ranges")
}

fn working_days(text: &str) -> Week {
    Week::working_days(&ranges(text))
}

async fn set_week(db: &Db, offering: Option<OfferingId>, week: Week) -> Vec<Outside> {
    write(db, move |tx| availability::set_week(tx, &acting(ADA), ADA, offering, &week)).await
}

async fn set_override(db: &Db, offering: Option<OfferingId>, date: Date, text: &'static str) -> Vec<Outside> {
    write(db, move |tx| availability::set_override(tx, &acting(ADA), ADA, offering, date, &ranges(text)))
        .await
}

async fn hours(db: &Db, offering: Option<OfferingId>) -> Hours {
    read(db, move |tx| availability::hours(tx, ADA, offering)).await
}

async fn version(db: &Db) -> i64 {
    read(db, |tx| Ok(coach::profile_of(tx, ADA)?.availability_version)).await
}

fn at(text: &str) -> Instant {
    text.parse().expect(text)
}

fn name(text: &str) -> TimeOffName {
    TimeOffName::parse(text).expect(text)
}

fn sessions(outside: &[Outside]) -> Vec<rules::ids::SessionId> {
    outside.iter().map(|it| it.session).collect()
}

/// The Thursday of Ada's session with Ben, which is from 11:00 to 12:00 in Stockholm.
const THURSDAY: Date = date(2026, 3, 5);

model::on_both! {
    // Rule A1
    async fn weekly_hours_have_several_ranges_a_day_and_may_differ_for_an_offering(world: World) {
        let db = &world.db;
        let before = version(db).await;
        assert!(set_week(db, None, working_days("13:00-17:00 09:00-12:00")).await.is_empty());
        assert_eq!(hours(db, None).await.week, working_days("09:00-12:00 13:00-17:00"));
        assert_eq!(hours(db, Some(ADA_HOUR)).await.week, working_days("09:00-12:00 13:00-17:00"));
        set_week(db, Some(ADA_INTRO), working_days("16:00-17:00")).await;
        assert_eq!(hours(db, Some(ADA_INTRO)).await.week, working_days("16:00-17:00"));
        assert_eq!(hours(db, Some(ADA_HOUR)).await.week, working_days("09:00-12:00 13:00-17:00"));
        assert_eq!(version(db).await, before + 2);
        set_week(db, Some(ADA_INTRO), working_days("16:00-17:00")).await;
        assert_eq!(version(db).await, before + 2, "the same again is no change");
        set_week(db, Some(ADA_INTRO), Week::default()).await;
        assert_eq!(hours(db, Some(ADA_INTRO)).await.week, working_days("09:00-12:00 13:00-17:00"));
        let outcome = db.write(|tx| availability::set_week(tx, &acting(ADA), ADA, Some(FINN_HOUR), &Week::default())).await;
        assert_eq!(refused(outcome), Some(Refusal::NotFound), "an offering of somebody else");
        let (kind, facts) = read(db, |tx| {
            let events = event::audit(tx, &acting(OTTO), &event::Filter::default(), 3)?;
            let first = events.into_iter().next_back().expect("an event");
            Ok((first.kind, first.facts))
        }).await;
        assert_eq!(kind, "hours_changed");
        let day = |day: u32| format!("{day} 09:00-12:00 13:00-17:00");
        assert_eq!(facts["to"], (1..=5).map(day).collect::<Vec<_>>().join("; "), "{facts}");
    }

    // Rule A1
    async fn a_date_may_differ_or_be_off_and_an_offerings_own_comes_first(world: World) {
        let db = &world.db;
        let friday = date(2026, 3, 6);
        set_override(db, None, friday, "").await;
        assert_eq!(hours(db, Some(ADA_HOUR)).await.on(friday), &Ranges::off());
        set_override(db, Some(ADA_HOUR), friday, "08:00-10:00").await;
        assert_eq!(hours(db, Some(ADA_HOUR)).await.on(friday), &ranges("08:00-10:00"));
        assert_eq!(hours(db, Some(ADA_INTRO)).await.on(friday), &Ranges::off());
        assert_eq!(hours(db, None).await.overrides, BTreeMap::from([(friday, Ranges::off())]));
        set_override(db, None, friday, "10:00-11:00 12:00-13:00").await;
        assert_eq!(hours(db, None).await.on(friday), &ranges("10:00-11:00 12:00-13:00"));
        let known = read(db, |tx| availability::overrides(tx, ADA)).await;
        assert_eq!(known.iter().map(|it| it.offering).collect::<Vec<_>>(), [None, Some(ADA_HOUR)]);
        for offering in [None, Some(ADA_HOUR)] {
            write(db, move |tx| availability::drop_override(tx, &acting(ADA), ADA, offering, friday)).await;
        }
        assert_eq!(hours(db, Some(ADA_HOUR)).await.on(friday), &ranges("09:00-17:00"));
        for (unlikely, problem) in [
            (date(2026, 3, 1), Problem::Over),
            (date(2029, 3, 1), Problem::TooFarAhead { most_days: 800 }),
        ] {
            let outcome = db.write(move |tx| {
                availability::set_override(tx, &acting(ADA), ADA, None, unlikely, &Ranges::off())
            }).await;
            assert_eq!(refused(outcome), Some(Refusal::invalid("date", problem)), "{unlikely}");
        }
    }

    // Rules A1, T3
    async fn whole_days_off_stay_the_same_days_in_another_zone(world: World) {
        let db = &world.db;
        let (first, last) = (date(2026, 3, 27), date(2026, 3, 29));
        let (id, _) = write(db, move |tx| {
            availability::add_time_off(tx, &acting(ADA), ADA, &name("Long weekend"), When::Days { first, last })
        }).await;
        let off = read(db, |tx| availability::times_off(tx, ADA)).await;
        assert_eq!((off[0].id, off[0].when), (id, When::Days { first, last }));
        // The last of the three days is the one that loses an hour.
        assert_eq!(off[0].span, Span { from: at("2026-03-26T23:00:00Z"), until: at("2026-03-29T22:00:00Z") });
        let facts = read(db, |tx| Ok(event::audit(tx, &acting(OTTO), &event::Filter::default(), 1)?.remove(0).facts)).await;
        assert!(!facts.to_string().contains("weekend"), "its name is the coach's own: {facts}");
        let before = version(db).await;
        write(db, |tx| person::change_profile(tx, &acting(ADA), &person::Profile {
            zone: Some(Zone::parse("Asia/Tokyo").expect("a zone")),
            ..person::Profile::default()
        })).await;
        let off = read(db, |tx| availability::times_off(tx, ADA)).await;
        assert_eq!(off[0].span, Span { from: at("2026-03-26T15:00:00Z"), until: at("2026-03-29T15:00:00Z") });
        assert!(version(db).await > before);
        write(db, move |tx| availability::drop_time_off(tx, &acting(ADA), ADA, id)).await;
        assert!(read(db, |tx| availability::times_off(tx, ADA)).await.is_empty());
        // What is a span stays one; what is none is refused.
        let span = Span { from: at("2026-03-10T10:00:00Z"), until: at("2026-03-10T12:00:00Z") };
        write(db, move |tx| availability::add_time_off(tx, &acting(ADA), ADA, &name("Dentist"), When::Span(span))).await;
        assert_eq!(read(db, |tx| availability::times_off(tx, ADA)).await[0].span, span);
        for (when, field, problem) in [
            (When::Span(Span { from: span.until, until: span.from }), "until", Problem::EndsBeforeItBegins),
            (When::Days { first: last, last: first }, "until", Problem::EndsBeforeItBegins),
            (
                When::Days { first: date(2026, 2, 1), last: date(2026, 2, 3) },
                "until",
                Problem::Over,
            ),
        ] {
            let outcome = db.write(move |tx| availability::add_time_off(tx, &acting(ADA), ADA, &name("No"), when)).await;
            assert_eq!(refused(outcome), Some(Refusal::invalid(field, problem)), "{when:?}");
        }
    }

    // Rule A1
    async fn a_change_of_hours_touches_no_booking_and_names_those_outside(world: World) {
        let db = &world.db;
        let before = read(db, |tx| session::get(tx, ADA_BEN)).await;
        assert!(set_week(db, None, working_days("11:00-12:00")).await.is_empty(), "it just fits");
        let outside = set_week(db, None, working_days("11:05-17:00")).await;
        assert_eq!(sessions(&outside), [ADA_BEN]);
        assert_eq!(outside[0].clients, ["Ben Orle"]);
        assert_eq!(outside[0].span, Span { from: at("2026-03-05T10:00:00Z"), until: at("2026-03-05T11:00:00Z") });
        // The next change did not do it; but it lies there still.
        assert!(set_week(db, None, working_days("11:30-17:00")).await.is_empty());
        assert_eq!(sessions(&read(db, |tx| availability::outside(tx, ADA)).await), [ADA_BEN]);
        assert!(set_override(db, None, THURSDAY, "10:00-12:00").await.is_empty());
        assert!(read(db, |tx| availability::outside(tx, ADA)).await.is_empty());
        let dropped = write(db, |tx| availability::drop_override(tx, &acting(ADA), ADA, None, THURSDAY)).await;
        assert_eq!(sessions(&dropped), [ADA_BEN]);
        set_week(db, None, working_days("09:00-17:00")).await;
        let (_, away) = write(db, |tx| {
            let when = When::Days { first: THURSDAY, last: THURSDAY };
            availability::add_time_off(tx, &acting(ADA), ADA, &name("Away"), when)
        }).await;
        assert_eq!(sessions(&away), [ADA_BEN]);
        assert_eq!(read(db, |tx| session::get(tx, ADA_BEN)).await, before, "nothing was touched");
        let others = read(db, |tx| availability::outside(tx, FINN)).await;
        assert!(others.iter().all(|it| it.session != ADA_BEN));
    }

    // Rule A1
    async fn a_wish_to_move_into_closed_hours_is_named_too(world: World) {
        let db = &world.db;
        let request = MoveRequestId::from_raw(1);
        write(db, move |tx| {
            let (now, to) = (tx.now(), at("2026-03-06T15:00:00Z"));
            tx.exec(
                "INSERT INTO event (id, at, kind, subject_kind, subject_id, by_id, via, facts)
                 VALUES (1, $1, 'move_asked', 'ses', $2, $3, 'page', '{}')",
                args![now, ADA_BEN, BEN],
            )?;
            tx.exec(
                "INSERT INTO move_request (id, session_id, from_at, to_at, asked_by, asked_at, expires_at, event_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
                args![request, ADA_BEN, at("2026-03-05T10:00:00Z"), to, BEN, now, at("2026-03-05T10:00:00Z")],
            )?;
            coach::claim(tx, ADA, ADA_BEN, to, to + jiff::SignedDuration::from_hours(1))
        }).await;
        let outside = set_week(db, None, working_days("09:00-16:30")).await;
        assert_eq!(outside.iter().map(|it| (it.session, it.request)).collect::<Vec<_>>(), [(ADA_BEN, Some(request))]);
        assert_eq!(outside[0].span.from, at("2026-03-06T15:00:00Z"));
        let all = set_week(db, None, Week::default()).await;
        assert_eq!(all.iter().map(|it| it.request).collect::<Vec<_>>(), [None], "the time that it has");
    }

    // Rule T5
    async fn newer_zone_data_move_nothing_and_name_what_differs(world: World) {
        let db = &world.db;
        let differing = async |who| read(db, move |tx| zone_data::differing(tx, &acting(who))).await;
        assert!(differing(OTTO).await.is_empty(), "what was booked just now is where it was booked");
        // Booked with other data, by which Stockholm was an hour ahead of what it is by those in use.
        write(db, |tx| {
            tx.exec(
                "UPDATE session SET wall_time = '2026-03-05T12:00:00', zone_data = '2024a' WHERE id = $1",
                args![ADA_BEN],
            )?;
            // Older data that say the same are no matter.
            tx.exec("UPDATE session SET zone_data = '2024a' WHERE id = $1", args![FINN_GIL])
        }).await;
        let before = read(db, |tx| session::get(tx, ADA_BEN)).await;
        for who in [OTTO, ADA] {
            let found = differing(who).await;
            assert_eq!(found.iter().map(|it| it.session).collect::<Vec<_>>(), [ADA_BEN]);
            assert_eq!((found[0].starts_at, found[0].coach), (at("2026-03-05T10:00:00Z"), Some(ADA)));
            assert_eq!(found[0].booked_for.to_string(), "2026-03-05T12:00:00");
            assert_eq!(found[0].is_now.to_string(), "2026-03-05T11:00:00");
        }
        assert!(differing(FINN).await.is_empty(), "it is not his");
        let outcome = db.read(|tx| zone_data::differing(tx, &acting(BEN))).await;
        assert_eq!(refused(outcome), Some(Refusal::MayNot { action: Action::MoveSession }));
        assert_eq!(read(db, |tx| session::get(tx, ADA_BEN)).await, before);
        write(db, |tx| tx.exec("UPDATE session SET cancelled_at = 0, cancelled_cause = 'coach' WHERE id = $1", args![ADA_BEN])).await;
        assert!(differing(OTTO).await.is_empty(), "what was called off is no task");
    }
}
