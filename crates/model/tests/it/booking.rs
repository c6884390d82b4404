//! Bookings: what is booked, by whom, and what everybody then has of it.

use jiff::SignedDuration;
use model::booking::{
    self, AHEAD_MAX, Answer, HOLD_FOR, HOLDS_OF_COACH_AND_NETWORK_MAX, HOLDS_OF_COACH_MAX, HoldState, Note,
    Owed, Past, Press, Stranger, Wish,
};
use model::event::{Actor, Via};
use model::idempotency::{Answer as Stored, Key, once};
use model::session::{self, When};
use model::testing::START;
use model::world::{
    ADA, ADA_BEN, ADA_HOUR, ADA_INTRO, ADA_SHORT, BEN, CARA, FINN, FINN_HOUR, FINN_INTRO, GIL, LEA, OTTO,
    PEOPLE, World,
};
use model::{Error, Result, Tx, agreement, args, manage, offering, person};
use rules::attendance::{Outcome, Status};
use rules::ids::{OfferingId, PersonId, SessionId};
use rules::permission::{Action, Role};
use rules::person::{Language, MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::series::{Count, Every};
use rules::terms::{AgreementKind, Expected};
use rules::time::{Instant, Span, Zone};

/// Somebody of the small world, signed in.
pub(crate) fn by(id: PersonId) -> Actor {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    Actor::Person { who, via: Via::Page, proof: None }
}

/// A moment of the first weeks of March 2026; Ada's clock shows an hour more.
pub(crate) fn at(text: &str) -> Instant {
    text.parse().expect("a moment")
}

/// Tuesday, 10:00 on Ada's clock.
pub(crate) fn tuesday() -> Instant {
    at("2026-03-03T09:00:00Z")
}

pub(crate) fn stranger(name: &str) -> Stranger {
    Stranger {
        name: PersonName::parse(name).expect("a name"),
        mail: MailAddress::parse(&format!("{name}@stranger.example")).expect("an address"),
        zone: Zone::parse("Europe/Berlin").expect("a zone"),
        zone_known: true,
        language: Language::German,
        embedded: false,
        network: format!("the network of {name}"),
    }
}

pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("no refusal: {other:?}"),
    }
}

/// All letters so far: to whom, and which.
pub(crate) fn letters(tx: &mut Tx) -> Result<Vec<(Option<PersonId>, String)>> {
    tx.all("SELECT person_id, letter FROM mail ORDER BY person_id NULLS FIRST, letter, id", args![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

pub(crate) fn count(tx: &mut Tx, sql: &str) -> Result<i64> {
    tx.one(sql, args![], |row| row.get(0))
}

pub(crate) fn events(tx: &mut Tx, kind: &str) -> Result<i64> {
    tx.one("SELECT COUNT(*) FROM event WHERE kind = $1", args![kind], |row| row.get(0))
}

async fn book(world: &World, who: PersonId, wish: Wish) -> Result<SessionId> {
    world.db.write(move |tx| booking::book(tx, &by(who), &wish)).await
}

async fn hold(
    world: &World,
    name: &'static str,
    offering: OfferingId,
    start: Instant,
) -> Result<booking::Held> {
    world.db.write(move |tx| booking::hold(tx, &stranger(name), &Wish::plain(offering, start))).await
}

/// Holds a time, and gives the token of its link.
async fn held(world: &World, name: &'static str, offering: OfferingId, start: Instant) -> String {
    let held = hold(world, name, offering, start).await.expect("free");
    link(world, held.session).await
}

/// What of an offering is free, in the order of time.
async fn free(world: &World, offering: OfferingId) -> Vec<Instant> {
    let ahead = Span::of(START, SignedDuration::from_hours(24 * 21));
    world.db.read(move |tx| booking::slots(tx, offering, ahead)).await.expect("reading")
}

/// The link as its letter would carry it.
async fn link(world: &World, session: SessionId) -> String {
    let minted = world.db.write(move |tx| booking::mint_link(tx, session)).await.expect("minting");
    minted.expect("the hold is open").0.reveal().to_owned()
}

async fn confirm(world: &World, token: &str) -> Result<booking::Confirmed> {
    let token = token.to_owned();
    world.db.write(move |tx| booking::confirm(tx, &token, Press::default())).await
}

async fn do_it(world: &World, sql: &'static str) {
    world.db.write(move |tx| tx.exec(sql, args![])).await.expect(sql);
}

async fn number(world: &World, sql: &'static str) -> i64 {
    world.db.read(move |tx| count(tx, sql)).await.expect(sql)
}

fn later(by: SignedDuration) -> impl Fn(&World) {
    move |world| world.db.clock().advance(by)
}

model::on_both! {
    // Rules A3, A4, C5, F3, T5, P5, M2, M3
    async fn a_booking_has_its_time_its_terms_and_its_letters(world: World) {
        let session = book(&world, BEN, Wish {
            note: Note::parse("About the new team").expect("a note"),
            ..Wish::plain(ADA_HOUR, tuesday())
        }).await.expect("the time is free");
        let (view, mails, booked) = world.db.read(move |tx| {
            Ok((session::view(tx, &by(BEN), session)?, letters(tx)?, events(tx, "session_booked")?))
        }).await.expect("reading");
        let place = view.place_of(BEN).expect("Ben's place");
        assert_eq!(view.session.facts.time.expect("a time").starts_at, tuesday());
        assert_eq!(view.session.facts.minutes.get(), 60);
        assert_eq!(view.session.coaches, [ADA]);
        assert_eq!(view.agreed, Some(("2026-03-03T10:00:00".to_owned(), Zone::parse("Europe/Stockholm").expect("a zone"))));
        assert_eq!(place.status, Status::Booked);
        assert_eq!(place.price.expect("a price").minor, 11_000);
        assert_eq!(place.owed, place.price, "a line of the ledger says so");
        let terms = place.terms.expect("terms");
        assert_eq!((terms.bands.late_hours(), terms.bands.free_hours()), (24, 48));
        assert_eq!((terms.kept.early.get(), terms.kept.between.get(), terms.kept.late.get()), (0, 50, 100));
        assert_eq!(place.note.as_deref(), Some("About the new team"));
        assert_eq!(mails, [(Some(ADA), "booked_for_coach".to_owned()), (Some(BEN), "booked".to_owned())]);
        assert_eq!(booked, 1);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM coach_time WHERE session_id NOT IN (1, 2)").await, 12);
        // What changes later does not touch it.
        do_it(&world, "UPDATE offering SET price = 1, place = 'phone' WHERE id = 4").await;
        do_it(&world, "UPDATE organisation SET late_hours = 1, free_hours = 2").await;
        let same = world.db.read(move |tx| session::view(tx, &by(BEN), session)).await.expect("reading");
        let then = same.place_of(BEN).expect("Ben's place");
        assert_eq!((then.price, then.terms), (place.price, place.terms));
        assert_eq!(same.session.place, view.session.place);
    }

    // Rules A3, A5
    async fn what_is_taken_is_refused_with_what_can_really_be_booked(world: World) {
        book(&world, GIL, Wish::plain(ADA_HOUR, tuesday())).await.expect("the time is free");
        for start in [tuesday(), tuesday() - SignedDuration::from_mins(15), tuesday() + SignedDuration::from_mins(60)] {
            let refusal = refused(book(&world, BEN, Wish::plain(ADA_HOUR, start)).await);
            assert_eq!(refusal, Refusal::Taken { start }, "a buffer of a quarter of an hour lies behind it");
        }
        let nearest = world.db.read(|tx| booking::alternatives(tx, ADA_HOUR, tuesday(), 4)).await.expect("reading");
        assert_eq!(nearest.len(), 4);
        for start in nearest {
            let undone = world.db.write(move |tx| {
                booking::book(tx, &by(BEN), &Wish::plain(ADA_HOUR, start))?;
                Err::<(), _>(Refusal::ChangedMeanwhile.into())
            }).await;
            assert_eq!(refused(undone), Refusal::ChangedMeanwhile, "{start} could be booked");
        }
        let today = at("2026-03-02T14:00:00Z");
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_HOUR, today)).await).code(), "too_soon");
        let at_night = at("2026-03-04T03:00:00Z");
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_HOUR, at_night)).await).code(), "outside_hours");
        let odd = tuesday() + SignedDuration::from_mins(125);
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_HOUR, odd)).await).code(), "off_grid");
        let far = at("2026-06-02T09:00:00Z");
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_HOUR, far)).await).code(), "beyond_window");
        // Time off blocks as a session does.
        let (from, until) = (at("2026-03-10T09:00:00Z"), at("2026-03-10T10:00:00Z"));
        world.db.write(move |tx| tx.exec(
            "INSERT INTO busy (id, coach_id, source, starts_at, ends_at) VALUES (9, $1, 'calendar', $2, $3)",
            args![ADA, from, until],
        )).await.expect("a dentist");
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_HOUR, from)).await), Refusal::Taken { start: from });
        book(&world, BEN, Wish::plain(ADA_HOUR, until)).await.expect("busy time has no buffer");
    }

    // Rules B7, P4, M3
    async fn a_stranger_holds_a_time_and_their_button_books_it(world: World) {
        let held = hold(&world, "nils", ADA_INTRO, tuesday()).await.expect("the time is free");
        assert_eq!(held.until, START + HOLD_FOR);
        let (people, mails) = world.db.read(|tx| Ok((count(tx, "SELECT COUNT(*) FROM person")?, letters(tx)?))).await.expect("reading");
        assert_eq!(people, 7, "nobody is made of an address that nobody has proved");
        assert_eq!(mails, [(None, "booking_link".to_owned())], "the coach hears nothing yet");
        let session = held.session;
        for who in [ADA, OTTO] {
            let looked = world.db.read(move |tx| session::view(tx, &by(who), session)).await;
            assert_eq!(refused(looked), Refusal::NotFound, "a hold is no session");
            let listed = world.db.read(move |tx| session::list(tx, &by(who), &session::Filter::default(), 50)).await;
            assert!(listed.expect("a list").iter().all(|line| line.session != session));
        }
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_INTRO, tuesday())).await), Refusal::Taken { start: tuesday() });

        let token = link(&world, session).await;
        let shown = token.clone();
        let seen = world.db.read(move |tx| booking::show_hold(tx, &shown)).await.expect("a hold");
        assert_eq!(seen.state, HoldState::Open { until: held.until });
        assert_eq!((seen.name.as_str(), seen.starts_at, seen.coach), ("nils", tuesday(), ADA));
        let first = confirm(&world, &token).await.expect("in time");
        assert!(first.is_first);
        assert_eq!(first.session, session);
        let again = confirm(&world, &token).await.expect("pressing twice is no harm");
        assert_eq!((again.session, again.person, again.is_first), (session, first.person, false));
        let nils = world.db.read(move |tx| person::get(tx, first.person)).await.expect("a person");
        assert_eq!((nils.name.as_str(), nils.zone.as_str(), nils.language), ("nils", "Europe/Berlin", Language::German));
        assert!(nils.roles.contains(Role::Client));
        let mails = world.db.read(letters).await.expect("reading");
        assert_eq!(mails, [
            (None, "booking_link".to_owned()),
            (Some(ADA), "booked_for_coach".to_owned()),
            (Some(nils.id), "booked".to_owned()),
        ]);
        let seen = world.db.read(move |tx| session::view(tx, &by(ADA), session)).await.expect("it is one now");
        assert_eq!(seen.places.iter().map(|place| place.name.as_str()).collect::<Vec<_>>(), ["nils"]);
        assert!(world.db.read(move |tx| person::visible(tx, &by(ADA), first.person)).await.is_ok(), "Ada has a client more");
    }

    // Rules B7, A4
    async fn a_hold_ends_to_the_millisecond(world: World) {
        let held = hold(&world, "nils", ADA_INTRO, tuesday()).await.expect("the time is free");
        let token = link(&world, held.session).await;
        later(HOLD_FOR - SignedDuration::from_millis(1))(&world);
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_INTRO, tuesday())).await), Refusal::Taken { start: tuesday() });
        later(SignedDuration::from_millis(1))(&world);
        let slots = Span::of(tuesday(), SignedDuration::from_mins(1));
        let free = world.db.read(move |tx| booking::slots(tx, ADA_INTRO, slots)).await.expect("reading");
        assert_eq!(free, [tuesday()], "it is free by the clock, though nobody has swept");
        assert_eq!(refused(confirm(&world, &token).await), Refusal::HoldExpired);
        book(&world, BEN, Wish::plain(ADA_INTRO, tuesday())).await.expect("the claim gives up what ended");
        assert_eq!(refused(confirm(&world, &token).await), Refusal::HoldExpired);
        let minted = world.db.write(move |tx| booking::mint_link(tx, held.session)).await.expect("minting");
        assert!(minted.is_none(), "what has ended gets no link");
    }

    // Rule B7
    async fn a_hold_does_not_outlast_the_start(world: World) {
        do_it(&world, "UPDATE offering SET notice_minutes = 0").await;
        let soon = START + SignedDuration::from_mins(15);
        let held = hold(&world, "nils", ADA_INTRO, soon).await.expect("the time is free");
        assert_eq!(held.until, soon);
    }

    // Rule B7
    async fn what_ended_is_swept_and_what_was_typed_is_forgotten(world: World) {
        let gone = hold(&world, "nils", ADA_INTRO, tuesday()).await.expect("the time is free");
        let kept = hold(&world, "olga", FINN_INTRO, at("2026-03-04T18:00:00Z")).await.expect("the time is free");
        let (ended, token) = (link(&world, gone.session).await, link(&world, kept.session).await);
        confirm(&world, &token).await.expect("in time");
        let next = world.db.read(booking::next_end).await.expect("reading");
        assert_eq!(next, Some(gone.until));
        later(HOLD_FOR)(&world);
        assert_eq!(world.db.write(|tx| booking::sweep(tx, 10)).await.expect("sweeping"), 1);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM coach_time WHERE session_id NOT IN (1, 2)").await, 3, "Olga's quarter of an hour");
        let mails = number(&world, "SELECT COUNT(*) FROM mail WHERE state = 'queued' AND person_id IS NULL").await;
        assert_eq!(mails, 0, "nobody needs these links any more");
        let looked = ended.clone();
        let seen = world.db.read(move |tx| booking::show_hold(tx, &looked)).await.expect("the link still says what became of it");
        assert_eq!(seen.state, HoldState::Expired);
        later(SignedDuration::from_hours(24))(&world);
        assert_eq!(world.db.write(|tx| booking::sweep(tx, 10)).await.expect("sweeping"), 2);
        assert_eq!(refused(confirm(&world, &ended).await), Refusal::LinkUnknown);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM hold").await, 0);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM session").await, 3, "Olga's is a session, Nils's is none");
        assert_eq!(world.db.write(|tx| booking::sweep(tx, 10)).await.expect("sweeping"), 0);
    }

    // Rules B7, P5
    async fn an_address_holds_two_times_and_a_third_takes_the_place_of_the_oldest(world: World) {
        let start = |n: i64| tuesday() + SignedDuration::from_hours(n);
        let open = "SELECT COUNT(DISTINCT t.session_id) FROM hold h JOIN coach_time t ON t.session_id = h.session_id
             WHERE h.folded_mail LIKE 'nils%' AND h.confirmed_at IS NULL";
        let first = held(&world, "nils", ADA_INTRO, start(0)).await;
        let second = held(&world, "nils", ADA_SHORT, start(1)).await;
        later(SignedDuration::from_mins(10))(&world);
        hold(&world, "olga", ADA_INTRO, start(0)).await.expect_err("it is Nils's still");
        let third = held(&world, "NILS", ADA_INTRO, start(2)).await;
        assert_eq!(number(&world, open).await, 2);
        assert_eq!(refused(confirm(&world, &first).await), Refusal::HoldExpired);
        hold(&world, "olga", ADA_INTRO, start(0)).await.expect("his first is free again");
        let given_back = "SELECT COUNT(*) FROM event WHERE kind = 'hold_given_back'";
        assert_eq!(number(&world, given_back).await, 1);
        // What became a booking is no hold any more, and is given back by nobody.
        confirm(&world, &second).await.expect("one press");
        let fourth = held(&world, "nils", ADA_SHORT, start(3)).await;
        confirm(&world, &third).await.expect("he holds two");
        confirm(&world, &fourth).await.expect("and both are good");
        // What cannot be had gives nothing back.
        let fifth = held(&world, "nils", ADA_SHORT, start(4)).await;
        held(&world, "nils", ADA_SHORT, start(5)).await;
        hold(&world, "nils", ADA_INTRO, start(0)).await.expect_err("it is Olga's");
        confirm(&world, &fifth).await.expect("it was not given back");
    }

    // Rule B7
    async fn one_network_holds_four_times_of_a_coach_and_no_more(world: World) {
        let starts = free(&world, ADA_INTRO).await;
        let most = HOLDS_OF_COACH_AND_NETWORK_MAX;
        let try_it = async |n: usize, network: &str| {
            let who = Stranger { network: network.to_owned(), ..stranger(&format!("nils-{n}")) };
            let wish = Wish::plain(ADA_INTRO, starts[2 * n]);
            world.db.write(move |tx| booking::hold(tx, &who, &wish)).await
        };
        let full = most as usize;
        for n in 0..full {
            try_it(n, "an office").await.expect("free");
        }
        assert_eq!(refused(try_it(full, "an office").await), Refusal::TooManyHolds { most });
        try_it(full, "another office").await.expect("another network");
        let finns = free(&world, FINN_INTRO).await;
        let who = Stranger { network: "an office".to_owned(), ..stranger("olga") };
        let wish = Wish::plain(FINN_INTRO, finns[0]);
        world.db.write(move |tx| booking::hold(tx, &who, &wish)).await.expect("another coach");
        later(HOLD_FOR)(&world);
        try_it(full + 1, "an office").await.expect("what ended does not count");
    }

    // Rule B7
    async fn strangers_do_not_fill_a_coachs_calendar(world: World) {
        let starts = free(&world, ADA_INTRO).await;
        let try_it = async |n: usize| {
            let (who, wish) = (stranger(&format!("nils-{n}")), Wish::plain(ADA_INTRO, starts[2 * n]));
            world.db.write(move |tx| booking::hold(tx, &who, &wish)).await
        };
        for n in 0..HOLDS_OF_COACH_MAX as usize {
            try_it(n).await.expect("free");
        }
        let full = HOLDS_OF_COACH_MAX as usize;
        assert_eq!(refused(try_it(full).await), Refusal::HoldsFull { most: HOLDS_OF_COACH_MAX });
        let finns = free(&world, FINN_INTRO).await;
        hold(&world, "olga", FINN_INTRO, finns[0]).await.expect("another coach");
        book(&world, GIL, Wish::plain(ADA_INTRO, starts[2 * full])).await.expect("whoever is signed in books");
        later(HOLD_FOR)(&world);
        try_it(full + 1).await.expect("what ended does not count");
    }

    // Rule B1
    async fn a_client_books_so_many_sessions_ahead_and_no_more(world: World) {
        let starts = free(&world, ADA_SHORT).await;
        let start = |n: usize| Wish::plain(ADA_SHORT, starts[4 * n]);
        let before = number(&world, "SELECT COUNT(*) FROM attendance WHERE client_id = 4").await as usize;
        let most = AHEAD_MAX as usize;
        for n in before..most {
            book(&world, BEN, start(n)).await.expect("free");
        }
        let too_many = Refusal::TooManyAhead { most: AHEAD_MAX };
        assert_eq!(refused(book(&world, BEN, start(most)).await), too_many);
        let first = start(most);
        let two = [starts[4 * most], starts[4 * most + 4]];
        let series = world.db.write(move |tx| booking::book_series(tx, &by(BEN), &first, Every::Week, &two)).await;
        assert_eq!(refused(series), too_many);
        book(&world, GIL, start(most)).await.expect("another client");
        let wish = start(most + 1);
        world.db.write(move |tx| booking::book_for(tx, &by(ADA), BEN, &wish)).await.expect("his coach may");
        do_it(&world, "UPDATE session SET cancelled_at = 0, cancelled_cause = 'client' WHERE id IN
            (SELECT session_id FROM attendance WHERE client_id = 4 ORDER BY id DESC LIMIT 2)").await;
        book(&world, BEN, start(most + 2)).await.expect("what was called off does not count");
    }

    // Rule P1
    async fn bookings_of_one_person_are_limited(world: World) {
        let start = |n: i64| tuesday() + SignedDuration::from_hours(2 * n);
        book(&world, BEN, Wish::plain(ADA_HOUR, start(0))).await.expect("free");
        // As if it were the last that may be.
        do_it(&world, "UPDATE attempt SET tries = 60 WHERE bucket LIKE 'bookings/by/%'").await;
        for _ in 0..2 {
            let over = refused(book(&world, BEN, Wish::plain(ADA_HOUR, start(1))).await);
            assert!(matches!(over, Refusal::RateLimited { .. }), "{over:?}");
        }
        book(&world, GIL, Wish::plain(ADA_HOUR, start(1))).await.expect("another person, and nothing was kept");
    }

    // Rule C3
    async fn there_is_one_intro_for_each_pair(world: World) {
        let start = |n: i64| tuesday() + SignedDuration::from_hours(n);
        let first = book(&world, GIL, Wish::plain(ADA_INTRO, start(0))).await.expect("the first is free");
        let price = world.db.read(move |tx| session::view(tx, &by(GIL), first)).await.expect("reading").places[0].price;
        assert_eq!(price.expect("a price").minor, 0);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM ledger").await, 0, "what is free owes nothing");
        assert_eq!(refused(book(&world, GIL, Wish::plain(ADA_INTRO, start(2))).await), Refusal::IntroUsed);
        // Strangers are told only when they have shown whose mailbox it is.
        let gil = Stranger { mail: MailAddress::parse("gil@southwind.example").expect("an address"), ..stranger("gil") };
        let held = world.db.write(move |tx| booking::hold(tx, &gil, &Wish::plain(ADA_INTRO, start(3)))).await.expect("a hold");
        let token = link(&world, held.session).await;
        assert_eq!(refused(confirm(&world, &token).await), Refusal::IntroUsed);
        book(&world, BEN, Wish::plain(ADA_INTRO, start(4))).await.expect("another client");
        // What was cancelled does not count.
        do_it(&world, "DELETE FROM intro WHERE client_id = 7").await;
        do_it(&world, "UPDATE session SET cancelled_at = 0, cancelled_cause = 'client' WHERE id IN
            (SELECT session_id FROM attendance WHERE client_id = 7 AND session_id > 2)").await;
        let second = book(&world, GIL, Wish::plain(ADA_INTRO, start(5))).await.expect("the first was cancelled");
        // One to come is one to come, whatever the coach grants; one that has been gives way.
        do_it(&world, "INSERT INTO intro_grant (client_id, coach_id, granted_at) VALUES (7, 3, 0)").await;
        assert_eq!(refused(book(&world, GIL, Wish::plain(ADA_INTRO, start(24))).await), Refusal::IntroUsed);
        later(SignedDuration::from_hours(36))(&world);
        book(&world, GIL, Wish::plain(ADA_INTRO, start(48))).await.expect("the coach granted another");
        assert_eq!(number(&world, "SELECT COUNT(*) FROM intro_grant").await, 0, "and it is used up");
        assert_ne!(first, second);
    }

    // Rule C3
    async fn whoever_completed_a_paid_session_needs_no_intro(world: World) {
        let past = Past { offering: ADA_HOUR, client: GIL, starts_at: START - SignedDuration::from_hours(48), outcome: Outcome::Completed, owed: Owed::Price };
        world.db.write(move |tx| booking::record_past(tx, &by(OTTO), &past)).await.expect("it had been");
        assert_eq!(refused(book(&world, GIL, Wish::plain(ADA_INTRO, tuesday())).await), Refusal::IntroUsed);
        do_it(&world, "INSERT INTO intro_grant (client_id, coach_id, granted_at) VALUES (7, 3, 0)").await;
        book(&world, GIL, Wish::plain(ADA_INTRO, tuesday())).await.expect("unless the coach grants one");
    }

    // Rule A6
    async fn a_client_is_warned_of_their_own_other_session(world: World) {
        // Ben is with Ada from ten to eleven on Thursday; Finn works then, on his own clock, only if he says so.
        do_it(&world, "UPDATE hours SET from_minute = 0, to_minute = 1440 WHERE coach_id = 6").await;
        let start = START + SignedDuration::from_hours(73);
        let half = start + SignedDuration::from_mins(30);
        assert_eq!(refused(book(&world, BEN, Wish::plain(FINN_HOUR, half)).await), Refusal::Overlap { start });
        let known = Wish { overlap_known: true, ..Wish::plain(FINN_HOUR, half) };
        assert!(matches!(refused(book(&world, BEN, known.clone()).await), Refusal::Taken { .. }), "Finn is with Gil then");
        do_it(&world, "DELETE FROM coach_time WHERE session_id = 2").await;
        book(&world, BEN, known).await.expect("it is known");
        let after = start + SignedDuration::from_hours(2);
        book(&world, BEN, Wish::plain(FINN_HOUR, after)).await.expect("one after the other is no overlap");
    }

    async fn what_cannot_be_booked_is_not(world: World) {
        assert_eq!(refused(book(&world, ADA, Wish::plain(ADA_HOUR, tuesday())).await), Refusal::OwnCoach);
        let absent = OfferingId::from_raw(99);
        assert_eq!(refused(book(&world, BEN, Wish::plain(absent, tuesday())).await), Refusal::NotFound);
        do_it(&world, "UPDATE coach SET listed = FALSE").await;
        book(&world, BEN, Wish::plain(ADA_HOUR, tuesday())).await.expect("whoever knows the page may book");
        let next = tuesday() + SignedDuration::from_hours(24);
        do_it(&world, "UPDATE offering SET active = FALSE WHERE id = 2").await;
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_SHORT, next)).await), Refusal::NotOffered);
        assert_eq!(refused(hold(&world, "nils", ADA_SHORT, next).await), Refusal::NotOffered);
        let slots = world.db.read(move |tx| booking::slots(tx, ADA_SHORT, Span::of(next, SignedDuration::from_hours(8)))).await;
        assert!(slots.expect("reading").is_empty());
        do_it(&world, "UPDATE person SET closed_at = 0 WHERE id = 3").await;
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_HOUR, next)).await), Refusal::NotOffered);
        let gone = world.db.write(move |tx| booking::book(tx, &Actor::Visitor, &Wish::plain(FINN_HOUR, next))).await;
        assert_eq!(refused(gone), Refusal::NotSignedIn);
    }

    // Rules B3, P3, P4
    async fn who_may_book_for_a_client(world: World) {
        let start = |n: i64| tuesday() + SignedDuration::from_hours(n);
        let book_for = async |who: PersonId, client: PersonId, offering: OfferingId, start: Instant| {
            world.db.write(move |tx| booking::book_for(tx, &by(who), client, &Wish::plain(offering, start))).await
        };
        let session = book_for(ADA, BEN, ADA_HOUR, start(0)).await.expect("her own client");
        let told = world.db.read(letters).await.expect("reading");
        assert_eq!(told, [(Some(ADA), "booked_for_coach".to_owned()), (Some(BEN), "booked".to_owned())]);
        let principal = world.db.read(move |tx| tx.one(
            "SELECT by_id, for_id FROM event WHERE kind = 'session_booked' AND subject_id = $1",
            args![session],
            |row| Ok((row.get::<PersonId>(0)?, row.get::<PersonId>(1)?)),
        )).await.expect("an event");
        assert_eq!(principal, (ADA, BEN), "by Ada for Ben");
        assert!(matches!(refused(book_for(ADA, BEN, ADA_HOUR, start(0)).await), Refusal::Taken { .. }), "only into bookable slots");
        assert_eq!(refused(book_for(ADA, GIL, ADA_HOUR, start(2)).await), Refusal::NotFound, "not her client");
        let may_not = Refusal::MayNot { action: Action::Book };
        assert_eq!(refused(book_for(ADA, BEN, FINN_HOUR, start(9)).await), may_not, "not her practice");
        book_for(LEA, BEN, ADA_HOUR, start(2)).await.expect("her participant, with his coach there");
        assert_eq!(refused(book_for(LEA, BEN, FINN_HOUR, start(33)).await), may_not, "not his coach there");
        assert_eq!(refused(book_for(LEA, GIL, FINN_HOUR, start(33)).await), Refusal::NotFound, "not her program");
        book_for(OTTO, GIL, ADA_HOUR, start(4)).await.expect("an admin");
        assert_eq!(refused(book_for(CARA, BEN, ADA_HOUR, start(6)).await), Refusal::NotFound);
        assert_eq!(refused(book_for(GIL, BEN, ADA_HOUR, start(6)).await), Refusal::NotFound);
        let nobody = world.db.write(move |tx| booking::book_for(tx, &Actor::Visitor, BEN, &Wish::plain(ADA_HOUR, start(6)))).await;
        assert_eq!(refused(nobody), Refusal::NotFound);
        do_it(&world, "UPDATE person SET closed_at = 0 WHERE id = 4").await;
        assert_eq!(refused(book_for(OTTO, BEN, ADA_HOUR, start(24)).await), Refusal::AccountClosed);
    }

    // Rule P9
    async fn the_first_paid_booking_needs_the_agreement_of_now(world: World) {
        let publish = async |words: &'static str| {
            world.db.write(move |tx| {
                let text = agreement::Text::parse(words).expect("a text");
                agreement::publish(tx, &by(OTTO), AgreementKind::Coaching, &[(Language::English, text)].into())
            }).await.expect("publishing")[0].id
        };
        let old = publish("Be kind.").await;
        let new = publish("Be kind and early.").await;
        let start = |n: i64| tuesday() + SignedDuration::from_hours(n);
        let wish = move |n: i64, accepts| Wish { accepts, ..Wish::plain(ADA_HOUR, start(n)) };
        assert_eq!(refused(book(&world, BEN, wish(0, None)).await), Refusal::AgreementNeeded);
        assert_eq!(refused(book(&world, BEN, wish(0, Some(old))).await), Refusal::AgreementNeeded, "it holds no longer");
        let by_coach = world.db.write(move |tx| booking::book_for(tx, &by(ADA), BEN, &wish(0, Some(new)))).await;
        assert_eq!(refused(by_coach), Refusal::AgreementTheirs, "nobody accepts for somebody else");
        book(&world, BEN, Wish::plain(ADA_INTRO, start(0))).await.expect("an intro needs none");
        book(&world, BEN, wish(2, Some(new))).await.expect("accepted with it");
        book(&world, BEN, wish(4, None)).await.expect("and once is enough");
        world.db.write(move |tx| booking::book_for(tx, &by(ADA), BEN, &wish(6, None))).await.expect("for his coach too");
        // A stranger always says so: whether they did before would tell whether they are known.
        assert_eq!(refused(hold(&world, "nils", ADA_HOUR, start(24)).await), Refusal::AgreementNeeded);
        let held = world.db.write(move |tx| booking::hold(tx, &stranger("nils"), &wish(24, Some(new)))).await.expect("a hold");
        assert_eq!(number(&world, "SELECT COUNT(*) FROM acceptance").await, 1, "Ben's");
        let token = link(&world, held.session).await;
        let nils = confirm(&world, &token).await.expect("in time").person;
        let accepted = world.db.read(move |tx| agreement::needs(tx, nils, AgreementKind::Coaching, Language::English)).await;
        assert!(accepted.expect("reading").is_none());
    }

    // Rule B1
    async fn nothing_is_booked_that_was_not_shown(world: World) {
        let start = |n: i64| tuesday() + SignedDuration::from_hours(24 * 7 * n);
        let shown = world.db.read(|tx| {
            let offering = offering::get(tx, ADA_HOUR)?;
            booking::conditions(tx, &offering)
        }).await.expect("the conditions");
        let wish = move |expects: Expected| Wish { expects, ..Wish::plain(ADA_HOUR, start(0)) };
        let all = async |expects: Expected| {
            let of_series = wish(expects);
            let one = wish(expects);
            [
                book(&world, BEN, wish(expects)).await.map(|_| ()),
                world.db.write(move |tx| booking::book_for(tx, &by(ADA), BEN, &one)).await.map(|_| ()),
                world.db.write(move |tx| booking::book_series(tx, &by(BEN), &of_series, Every::Week, &[start(1)])).await.map(|_| ()),
                world.db.write(move |tx| booking::hold(tx, &stranger("nils"), &wish(expects))).await.map(|_| ()),
            ]
        };
        for change in [
            "UPDATE offering SET price = price + 1 WHERE id = $1",
            "UPDATE offering SET minutes = 55 WHERE id = $1",
            "UPDATE terms SET keep_late = 99 WHERE id = (SELECT terms_id FROM offering WHERE id = $1)",
            "UPDATE organisation SET free_hours = 72 WHERE EXISTS (SELECT 1 FROM offering WHERE id = $1)",
        ] {
            let before = shown;
            world.db.write(move |tx| tx.exec(change, args![ADA_HOUR])).await.expect(change);
            for outcome in all(before.into()).await {
                let Refusal::TermsChanged { now } = refused(outcome) else { panic!("{change}") };
                assert_ne!(now, before, "{change}");
            }
            for undo in [
                "UPDATE offering SET price = 11000, minutes = 60 WHERE id = $1",
                "UPDATE terms SET keep_late = 100 WHERE id = (SELECT terms_id FROM offering WHERE id = $1)",
                "UPDATE organisation SET free_hours = 48 WHERE EXISTS (SELECT 1 FROM offering WHERE id = $1)",
            ] {
                world.db.write(move |tx| tx.exec(undo, args![ADA_HOUR])).await.expect(undo);
            }
        }
        assert_eq!(number(&world, "SELECT COUNT(*) FROM ledger").await, 0, "and nothing is owed");
        book(&world, BEN, wish(shown.into())).await.expect("as it was shown");
    }

    // Rules B7, F3
    async fn the_button_books_what_was_shown_when_the_time_was_held(world: World) {
        let token = async |name, hours: i64| {
            let held = hold(&world, name, ADA_HOUR, tuesday() + SignedDuration::from_hours(hours)).await.expect("a hold");
            (held.session, link(&world, held.session).await)
        };
        let ((first, nils), (_, olga)) = (token("nils", 0).await, token("olga", 2).await);
        do_it(&world, "UPDATE offering SET price = 99900, currency = 'SEK', active = FALSE WHERE id = 4").await;
        do_it(&world, "UPDATE terms SET keep_early = 100").await;
        do_it(&world, "UPDATE organisation SET late_hours = 1, free_hours = 2").await;
        let shown = world.db.read(move |tx| model::appointment::find(tx, first)).await.expect("reading").expect("it is held");
        let done = confirm(&world, &nils).await.expect("in time");
        let seen = world.db.read(move |tx| session::view(tx, &by(ADA), done.session)).await.expect("reading");
        let place = &seen.places[0];
        let price = place.price.expect("a price");
        assert_eq!((price.minor, price.currency.code()), (11_000, "EUR"));
        assert_eq!(place.owed, place.price);
        let terms = place.terms.expect("terms");
        assert_eq!((terms.bands.late_hours(), terms.bands.free_hours(), terms.kept.early.get()), (24, 48, 0));
        assert_eq!((shown.price, shown.terms), (place.price, place.terms), "the page says the same before");
        // Who has gone coaches nobody.
        do_it(&world, "UPDATE person SET closed_at = 0 WHERE id = 3").await;
        assert_eq!(refused(confirm(&world, &olga).await), Refusal::NotOffered);
    }

    // Rules P9, B7
    async fn an_agreement_that_is_new_since_the_hold_is_accepted_with_the_button(world: World) {
        let publish = async |words: &'static str| {
            world.db.write(move |tx| {
                let text = agreement::Text::parse(words).expect("a text");
                agreement::publish(tx, &by(OTTO), AgreementKind::Coaching, &[(Language::English, text)].into())
            }).await.expect("publishing")[0].id
        };
        let old = publish("Be kind.").await;
        let wish = Wish { accepts: Some(old), ..Wish::plain(ADA_HOUR, tuesday()) };
        let held = world.db.write(move |tx| booking::hold(tx, &stranger("nils"), &wish)).await.expect("a hold");
        let token = link(&world, held.session).await;
        let new = publish("Be kind and early.").await;
        assert_eq!(refused(confirm(&world, &token).await), Refusal::AgreementNeeded);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM person WHERE mail = 'nils@stranger.example'").await, 0);
        let press = async |accepts| {
            let token = token.clone();
            world.db.write(move |tx| booking::confirm(tx, &token, Press { accepts, ..Press::default() })).await
        };
        assert_eq!(refused(press(Some(old)).await), Refusal::AgreementNeeded);
        let nils = press(Some(new)).await.expect("accepted with it").person;
        let left = world.db.read(move |tx| agreement::needs(tx, nils, AgreementKind::Coaching, Language::English)).await;
        assert!(left.expect("reading").is_none());
    }

    // Rule T2
    async fn a_strangers_zone_that_nobody_said_stays_a_guess(world: World) {
        for (name, zone_known) in [("nils", false), ("olga", true)] {
            let start = tuesday() + SignedDuration::from_hours(if zone_known { 2 } else { 0 });
            let who = Stranger { zone_known, ..stranger(name) };
            let held = world.db.write(move |tx| booking::hold(tx, &who, &Wish::plain(ADA_INTRO, start))).await.expect("free");
            let token = link(&world, held.session).await;
            let person = confirm(&world, &token).await.expect("in time").person;
            let made = world.db.read(move |tx| person::get(tx, person)).await.expect("somebody");
            assert_eq!(made.zone_known, zone_known);
        }
    }

    // Rule B1
    async fn what_a_coach_asks_is_answered_and_kept_beside_the_question(world: World) {
        do_it(&world, "INSERT INTO question (offering_id, no, text, required) VALUES (4, 1, 'What for?', TRUE), (4, 2, 'Since when?', FALSE)").await;
        assert_eq!(refused(book(&world, BEN, Wish::plain(ADA_HOUR, tuesday())).await), Refusal::invalid("answers", Problem::Missing));
        let answer = |text: &str| Answer::parse(text).expect("an answer");
        let wish = Wish { answers: vec![(1, answer("For peace")), (2, answer(" ")), (7, answer("?"))], ..Wish::plain(ADA_HOUR, tuesday()) };
        let held = world.db.write(move |tx| booking::hold(tx, &stranger("nils"), &wish)).await.expect("a hold");
        // What was asked is kept as it was.
        do_it(&world, "UPDATE question SET text = 'Why?'").await;
        let token = link(&world, held.session).await;
        let done = confirm(&world, &token).await.expect("in time");
        let answers_for = async |who: PersonId| {
            let seen = world.db.read(move |tx| session::view(tx, &by(who), done.session)).await.expect("reading");
            seen.places[0].answers.clone()
        };
        assert_eq!(answers_for(ADA).await, [("What for?".to_owned(), "For peace".to_owned())]);
        assert_eq!(answers_for(OTTO).await, [], "it is for the two of them");
    }

    // Rules B6, M3, A7
    async fn a_series_keeps_the_wall_time_and_is_booked_whole_or_not_at_all(world: World) {
        // Over the last Sunday of March, when Ada's clock goes forward.
        let first = at("2026-03-17T09:00:00Z");
        let dates = [first, at("2026-03-24T09:00:00Z"), at("2026-03-31T08:00:00Z"), at("2026-04-07T08:00:00Z")];
        let four = Count::new(4).expect("a count");
        book(&world, GIL, Wish::plain(ADA_HOUR, dates[2])).await.expect("Gil is first");
        let plan = world.db.read(move |tx| booking::plan_series(tx, ADA_HOUR, first, Every::Week, four)).await.expect("a plan");
        assert_eq!(plan.iter().map(|date| date.starts_at).collect::<Vec<_>>(), dates);
        assert_eq!(plan.iter().map(|date| date.refused.is_none()).collect::<Vec<_>>(), [true, true, false, true]);
        assert_eq!(plan[2].refused, Some(Refusal::Taken { start: dates[2] }));
        let instead = plan[2].alternatives[0];
        let mails = number(&world, "SELECT COUNT(*) FROM mail").await;
        let series = async |starts: Vec<Instant>| {
            world.db.write(move |tx| {
                booking::book_series(tx, &by(BEN), &Wish::plain(ADA_HOUR, starts[0]), Every::Week, &starts)
            }).await
        };
        assert_eq!(refused(series(dates.to_vec()).await), Refusal::Taken { start: dates[2] });
        assert_eq!(number(&world, "SELECT COUNT(*) FROM attendance WHERE client_id = 4").await, 1, "none of it is booked");
        let booked = series(vec![dates[0], dates[1], instead, dates[3]]).await.expect("all are free");
        assert_eq!(booked.len(), 4);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM mail").await - mails, 2, "one letter each");
        let told = world.db.read(|tx| events(tx, "series_booked")).await.expect("reading");
        assert_eq!((told, number(&world, "SELECT COUNT(*) FROM ledger").await), (1, 5));
        let walls = world.db.read(|tx| tx.all(
            "SELECT DISTINCT substr(wall_time, 12, 5) FROM session WHERE series_id IS NOT NULL AND starts_at NOT IN
                 (SELECT starts_at FROM session WHERE series_id IS NULL AND starts_at IS NOT NULL) ORDER BY 1",
            args![], |row| row.get::<String>(0),
        )).await.expect("reading");
        assert!(walls.contains(&"10:00".to_owned()), "{walls:?}");
        assert_eq!(refused(series(vec![tuesday()]).await).code(), "invalid", "one date is no series");
        let intro = world.db.write(move |tx| booking::book_series(tx, &by(GIL), &Wish::plain(FINN_INTRO, first), Every::Week, &[first, instead])).await;
        assert_eq!(refused(intro).code(), "invalid", "there is one intro");
    }

    // Rule A7
    async fn a_series_counts_against_the_cap_of_each_day(world: World) {
        do_it(&world, "UPDATE offering SET daily_cap = 2, buffer_after_minutes = 0").await;
        let starts: Vec<Instant> = (0..3).map(|n| tuesday() + SignedDuration::from_hours(n)).collect();
        let all = starts.clone();
        let outcome = world.db.write(move |tx| {
            booking::book_series(tx, &by(BEN), &Wish::plain(ADA_HOUR, all[0]), Every::Week, &all)
        }).await;
        assert_eq!(refused(outcome), Refusal::DayFull { start: starts[2] });
    }

    // Rules B3, P8
    async fn a_past_session_is_recorded_and_takes_no_time(world: World) {
        let record = async |who: PersonId, past: Past| world.db.write(move |tx| booking::record_past(tx, &by(who), &past)).await;
        let past = Past { offering: ADA_HOUR, client: GIL, starts_at: START - SignedDuration::from_hours(3), outcome: Outcome::NoShow, owed: Owed::Price };
        let quanta = number(&world, "SELECT COUNT(*) FROM coach_time").await;
        let session = record(OTTO, past).await.expect("it is over");
        let view = world.db.read(move |tx| session::view(tx, &by(ADA), session)).await.expect("reading");
        assert!(view.recorded);
        assert_eq!(view.status(), Some(Status::Missed));
        assert_eq!(number(&world, "SELECT COUNT(*) FROM coach_time").await, quanta);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM mail").await, 0, "nothing goes out for what is past");
        assert_eq!(view.places[0].owed.expect("owed").minor, 11_000);
        // Of a no-show what the terms keep, and not the price.
        world.db.write(|tx| tx.exec("UPDATE terms SET keep_late = 50", args![])).await.expect("other terms");
        let earlier = Past { starts_at: past.starts_at - SignedDuration::from_hours(48), ..past };
        let session = record(OTTO, earlier).await.expect("it is over");
        let view = world.db.read(move |tx| session::view(tx, &by(ADA), session)).await.expect("reading");
        assert_eq!(view.places[0].owed.expect("owed").minor, 5_500);
        let soon = Past { starts_at: START - SignedDuration::from_mins(55), ..past };
        assert_eq!(refused(record(OTTO, soon).await).code(), "not_over_yet");
        let odd = Past { starts_at: past.starts_at + SignedDuration::from_secs(1), ..past };
        assert_eq!(refused(record(OTTO, odd).await).code(), "off_grid");
        assert_eq!(refused(record(ADA, past).await), Refusal::MayNot { action: Action::MarkAttendance });
        assert_eq!(refused(record(OTTO, Past { client: OTTO, ..past }).await), Refusal::OwnAttendance { action: Action::MarkAttendance });
    }

    // Rule B2
    async fn a_manage_link_opens_one_booking_for_a_day_after_its_end(world: World) {
        let make = async |person: PersonId| {
            world.db.write(move |tx| manage::make(tx, ADA_BEN, person)).await.expect("making").reveal().to_owned()
        };
        let open = async |token: &str| {
            let token = token.to_owned();
            world.db.read(move |tx| manage::open(tx, &token)).await.map(|(session, person)| (session.id, person))
        };
        let (ben, again, ada) = (make(BEN).await, make(BEN).await, make(ADA).await);
        assert_eq!(open(&ben).await.expect("open"), (ADA_BEN, BEN));
        assert_eq!(open(&again).await.expect("links in earlier letters work on"), (ADA_BEN, BEN));
        assert_eq!(open(&ada).await.expect("open"), (ADA_BEN, ADA));
        assert_eq!(refused(open("nonsense").await), Refusal::LinkUnknown);
        let gil = make(GIL).await;
        assert_eq!(refused(open(&gil).await), Refusal::LinkExpired, "he has nothing to do with it");
        let seen = world.db.read(|tx| session::view_as(tx, BEN, ADA_BEN)).await.expect("his own");
        assert_eq!(seen.places.len(), 1);
        assert_eq!(refused(world.db.read(|tx| session::view_as(tx, GIL, ADA_BEN)).await), Refusal::NotFound);
        later(SignedDuration::from_hours(73 + 1 + 24) - SignedDuration::from_millis(1))(&world);
        open(&ben).await.expect("the last millisecond");
        later(SignedDuration::from_millis(1))(&world);
        assert_eq!(refused(open(&ben).await), Refusal::LinkExpired);
        later(SignedDuration::from_hours(24) - SignedDuration::from_millis(1))(&world);
        assert_eq!(world.db.write(|tx| manage::sweep(tx, 10)).await.expect("sweeping"), 0);
        later(SignedDuration::from_millis(1))(&world);
        assert_eq!(world.db.write(|tx| manage::sweep(tx, 10)).await.expect("sweeping"), 4);
        assert_eq!(refused(open(&ben).await), Refusal::LinkUnknown);
    }

    // Rules P3, P4
    async fn a_session_is_there_for_its_people_alone(world: World) {
        let see = async |who: PersonId, id: SessionId| world.db.read(move |tx| session::view(tx, &by(who), id)).await;
        for who in [OTTO, ADA, BEN] {
            see(who, ADA_BEN).await.expect("theirs to see");
        }
        for who in [LEA, CARA, FINN, GIL] {
            assert_eq!(refused(see(who, ADA_BEN).await), Refusal::NotFound, "{who}");
            assert_eq!(refused(see(who, SessionId::from_raw(99)).await), Refusal::NotFound, "as one that never was");
        }
        do_it(&world, "UPDATE attendance SET greyed_out_at = 0, greyed_out_by = 1 WHERE id = 1").await;
        assert_eq!(refused(see(BEN, ADA_BEN).await), Refusal::NotFound, "what is disabled a client does not see");
        see(ADA, ADA_BEN).await.expect("his coach does");
    }

    // Rules P3, P4, W9
    async fn lists_hold_what_their_reader_reaches(world: World) {
        let list = async |who: PersonId, when: When| {
            let filter = session::Filter { when, ..session::Filter::default() };
            let lines = world.db.read(move |tx| session::list(tx, &by(who), &filter, 50)).await;
            lines.map(|lines| lines.iter().map(|line| line.session).collect::<Vec<_>>())
        };
        assert_eq!(list(OTTO, When::Upcoming).await.expect("all").len(), 2);
        assert_eq!(list(ADA, When::Upcoming).await.expect("hers"), [ADA_BEN]);
        assert_eq!(list(BEN, When::Upcoming).await.expect("his"), [ADA_BEN]);
        assert_eq!(list(LEA, When::Upcoming).await.expect("her programs'"), [], "practice is not hers");
        assert_eq!(refused(list(CARA, When::Upcoming).await), Refusal::MayNot { action: Action::SeeSession });
        assert_eq!(list(BEN, When::Past).await.expect("his"), []);
        for n in 0..3 {
            book(&world, BEN, Wish::plain(ADA_HOUR, tuesday() + SignedDuration::from_hours(2 * n))).await.expect("free");
        }
        let page = async |after: Option<(Instant, SessionId)>| {
            let filter = session::Filter { after, ..session::Filter::default() };
            world.db.read(move |tx| session::list(tx, &by(BEN), &filter, 2)).await.expect("a page")
        };
        let first = page(None).await;
        let second = page(first.last().map(|line| (line.starts_at, line.session))).await;
        let starts: Vec<_> = first.iter().chain(&second).map(|line| line.starts_at).collect();
        assert_eq!(starts.len(), 4);
        assert!(starts.is_sorted());
        assert_eq!(first[0].coaches[0].name, "Ada Lindholm");
        assert_eq!(first[0].clients.iter().map(|client| client.who.person).collect::<Vec<_>>(), [BEN]);
        later(SignedDuration::from_mins(24 * 60 + 30))(&world);
        assert_eq!(list(BEN, When::Upcoming).await.expect("his").len(), 4, "what goes on is not over");
        later(SignedDuration::from_mins(5 * 60 + 30))(&world);
        assert_eq!(list(BEN, When::Past).await.expect("his").len(), 3);
    }

    // Rule B5
    async fn a_booking_under_one_key_happens_once(world: World) {
        let write = || {
            world.db.write(|tx| {
                let key = Key { actor: BEN.to_string(), key: "k".to_owned(), request_hash: "h".to_owned() };
                once(tx, Some(&key), |tx| {
                    let session = booking::book(tx, &by(BEN), &Wish::plain(ADA_HOUR, tuesday()))?;
                    Ok(Stored { status: 201, body: session.to_string() })
                })
            })
        };
        let (one, two) = tokio::join!(write(), write());
        assert_eq!(one.expect("booked"), two.expect("the same answer"));
        assert_eq!(number(&world, "SELECT COUNT(*) FROM attendance WHERE client_id = 4").await, 2);
    }
}
