//! The pages of sessions, booking for somebody else, recording what has been: what each person sees and may do.

use jiff::SignedDuration;
use model::booking::{self, Note, Wish};
use model::event::{Actor as By, Via};
use model::world::{
    ADA, ADA_BEN, ADA_HOUR, ADA_INTRO, ADA_SHORT, BEN, BEN_AT_NORTHWIND, BEN_WITH_ADA, FINN, FINN_HOUR,
    FIRST_STEP, GIL, PATHWAY, PEOPLE,
};
use model::{args, coach, on_both, session};
use rules::ids::{OfferingId, PersonId, SessionId};
use rules::time::{Instant, Span};

use crate::app::{Actor, Response, TestApp};

async fn read(actor: &Actor<'_>, path: &str) -> String {
    actor.get(path).await.expect(200).text()
}

fn by(id: PersonId) -> By {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    By::Person { who, via: Via::Page, proof: None }
}

/// The free starts of an offering in the next month.
async fn slots(app: &TestApp, offering: OfferingId) -> Vec<Instant> {
    let within = Span::of(app.clock().now(), SignedDuration::from_hours(24 * 30));
    app.inside().read(move |tx| booking::slots(tx, offering, within)).await.expect("the slots")
}

/// Ben books an intro with Ada, and says why.
async fn intro(app: &TestApp) -> SessionId {
    let start = slots(app, ADA_INTRO).await[0];
    let note = Note::parse("I was made a lead on a Tuesday.").expect("a note");
    let wish = Wish { note, ..Wish::plain(ADA_INTRO, start) };
    app.inside().write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("booking")
}

fn session_of(response: &Response) -> SessionId {
    let place = response.header("location");
    place
        .strip_prefix("/sessions/")
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| panic!("led to {place}"))
}

on_both! {
    // Rule T2
    async fn each_side_reads_the_session_on_its_own_clock(app: TestApp) {
        let path = format!("/sessions/{ADA_BEN}");
        let page = read(&app.ben(), &path).await;
        for words in ["with Ada Lindholm", "Thursday 5 March 2026, 10:00 to 11:00 in London", "11:00 for Ada in Stockholm"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let page = read(&app.ada(), &path).await;
        for words in ["with Ben Orle", "Thursday 5 March 2026, 11:00 to 12:00 in Stockholm", "10:00 for Ben in London"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        // Who looks after it reads both names, on a clock of their own.
        let page = read(&app.otto(), &path).await;
        assert!(page.contains("Ben Orle und Ada Lindholm") && page.contains("in Berlin"), "{page}");
    }

    // Rules P4, S1
    async fn a_session_is_there_for_those_who_have_to_do_with_it(app: TestApp) {
        let own = intro(&app).await;
        for path in [format!("/sessions/{own}"), format!("/sessions/{own}/calendar.ics")] {
            for actor in [app.ben(), app.ada(), app.otto()] {
                actor.get(&path).await.expect(200);
            }
            for actor in [app.person(GIL), app.lea(), app.person(FINN)] {
                actor.get(&path).await.expect(404);
            }
            app.cara().get(&path).await.expect(403);
            assert!(app.nobody().get(&path).await.expect(303).header("location").starts_with("/sign-in"));
        }
        let page = read(&app.person(GIL), "/sessions").await;
        assert!(!page.contains("Ada Lindholm") && !page.contains(&own.to_string()), "{page}");
        let page = read(&app.ben(), "/sessions").await;
        assert!(page.contains(&format!("/sessions/{own}")) && page.contains("Booked</span>"), "{page}");
    }

    // Rules B1, P4
    async fn what_is_booked_is_told_to_whose_it_is(app: TestApp) {
        let path = format!("/sessions/{}/booked", intro(&app).await);
        app.ben().get(&path).await.expect(200);
        for actor in [app.ada(), app.otto(), app.lea(), app.person(GIL)] {
            actor.get(&path).await.expect(404);
        }
    }

    // Rules B1, P4
    async fn what_was_written_while_booking_is_read_by_its_two_ends_alone(app: TestApp) {
        let path = format!("/sessions/{}", intro(&app).await);
        for actor in [app.ben(), app.ada()] {
            assert!(read(&actor, &path).await.contains("I was made a lead on a Tuesday."));
        }
        assert!(!read(&app.otto(), &path).await.contains("Tuesday."));
    }

    // Rules B2, T2
    async fn a_session_goes_into_a_calendar(app: TestApp) {
        let own = intro(&app).await;
        let page = read(&app.ben(), &format!("/sessions/{own}")).await;
        for link in ["calendar.google.com", "outlook.live.com", &format!("/sessions/{own}/calendar.ics")] {
            assert!(page.contains(link), "{link}: {page}");
        }
        let file = app.ben().get(&format!("/sessions/{own}/calendar.ics")).await.expect(200);
        assert!(file.header("content-type").starts_with("text/calendar"));
        assert!(file.header("content-disposition").contains("session.ics"));
        let text = file.text();
        assert!(text.contains("BEGIN:VEVENT") && text.contains("Intro call with Ada Lindholm"), "{text}");
    }

    // Rules F3, B2
    async fn price_debt_and_terms_are_told_to_those_who_may_know(app: TestApp) {
        let start = slots(&app, ADA_HOUR).await[0];
        let wish = Wish::plain(ADA_HOUR, start);
        let own = app.inside().write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("booking");
        let page = read(&app.ben(), &format!("/sessions/{own}")).await;
        for words in ["€\u{a0}110", "Cancelling is free until 48 hours before, then costs €\u{a0}55", "Booked by you"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(read(&app.ada(), &format!("/sessions/{own}")).await.contains("€\u{a0}110"));
    }

    async fn lists_hold_what_comes_what_was_and_what_was_called_off(app: TestApp) {
        let link = format!("href=\"/sessions/{ADA_BEN}\"");
        let views = ["/sessions", "/sessions?view=past", "/sessions?view=cancelled"];
        let holds = async |actor: &Actor<'_>| {
            let mut found = Vec::new();
            for view in views {
                found.push(read(actor, view).await.contains(&link));
            }
            found
        };
        for actor in [app.ben(), app.ada(), app.otto()] {
            assert_eq!(holds(&actor).await, [true, false, false]);
        }
        app.clock().advance(SignedDuration::from_hours(4 * 24));
        for actor in [app.ben(), app.ada(), app.otto()] {
            assert_eq!(holds(&actor).await, [false, true, false]);
        }
        let page = read(&app.ada(), &format!("/sessions/{ADA_BEN}")).await;
        assert!(page.contains("nobody has said yet how it went"), "{page}");
        app.inside()
            .write(|tx| {
                let now = tx.now();
                tx.exec(
                    "UPDATE session SET cancelled_at = $1, cancelled_by = $2, cancelled_cause = 'coach' WHERE id = $3",
                    args![now, ADA, ADA_BEN],
                )
            })
            .await
            .expect("calling it off");
        assert_eq!(holds(&app.ben()).await, [false, false, true]);
        assert!(read(&app.ben(), &format!("/sessions/{ADA_BEN}")).await.contains("Called off today"));
        assert!(read(&app.person(GIL), "/sessions?view=past").await.contains("Finn Walsh"));
        app.cara().get("/sessions").await.expect(403);
    }

    // Rule B3
    async fn coach_lead_and_admin_book_for_a_client_what_can_be_booked(app: TestApp) {
        let path = format!("/people/{BEN}/booking");
        let offering = ADA_INTRO.to_string();
        let free = slots(&app, ADA_INTRO).await;
        // The page offers the free times and nothing else.
        let page = read(&app.ada(), &format!("{path}?offering={offering}")).await;
        assert!(page.contains("Book for Ben Orle") && page.contains(&format!("value=\"{}\"", free[0])), "{page}");
        let start = free[0].to_string();
        let booked = app.ada().post(&path, &[("offering", &offering), ("starts_at", &start), ("note", "As we said.")]).await.expect(303);
        let page = read(&app.ben(), &format!("/sessions/{}", session_of(&booked))).await;
        assert!(page.contains("As we said.") && page.contains("Booked by Ada Lindholm"), "{page}");
        // A time that is gone comes back as a conflict, with what was typed and times that are free.
        let short = ADA_SHORT.to_string();
        let page = app.lea().post(&path, &[("offering", &short), ("starts_at", &start), ("note", "Kept words")]).await.expect(409).text();
        assert!(page.contains("Kept words") && page.contains("class=\"banner\"") && page.contains("name=\"starts_at\""), "{page}");
        for (actor, offering) in [(app.lea(), ADA_SHORT), (app.otto(), ADA_HOUR)] {
            let start = slots(&app, offering).await[0].to_string();
            let booked = actor.post(&path, &[("offering", &offering.to_string()), ("starts_at", &start)]).await.expect(303);
            read(&app.ben(), &format!("/sessions/{}", session_of(&booked))).await;
        }
        let page = app.ada().post(&path, &[("offering", &short), ("note", "Kept words")]).await.expect(422).text();
        assert!(page.contains("id=\"starts_at-error\"") && page.contains("Kept words"), "{page}");
    }

    // Rules A5, B3
    async fn who_books_for_a_client_and_finds_the_time_gone_is_offered_the_nearest(app: TestApp) {
        let path = format!("/people/{BEN}/booking");
        let hour = ADA_HOUR.to_string();
        let free = slots(&app, ADA_HOUR).await;
        // A time in the third week, far from the first free days.
        let day = Instant::from_millis(free[0].millis()) + SignedDuration::from_hours(24 * 14);
        let late = *free.iter().find(|at| **at > day).expect("a later time");
        let wish = Wish::plain(ADA_HOUR, late);
        app.inside().write(move |tx| booking::book(tx, &by(GIL), &wish)).await.expect("booking");
        let start = late.to_string();
        let from = start.split('T').next().expect("a day");
        let fields = [("offering", hour.as_str()), ("starts_at", start.as_str()), ("from", from)];
        let page = app.ada().post(&path, &fields).await.expect(409).text();
        let mut nearest = slots(&app, ADA_HOUR).await;
        nearest.sort_by_key(|at| (at.millis() - late.millis()).abs());
        assert!(page.contains("These are the nearest free times.") && page.contains(&format!("value=\"{}\"", nearest[0])), "{page}");
        assert_eq!(page.matches("name=\"starts_at\"").count(), 6, "{page}");
        assert!(!page.contains(&format!("value=\"{start}\"")) && !page.contains(&format!("value=\"{}\"", free[0])), "{page}");
        // Nothing chosen: the page stays where it was.
        let page = app.ada().post(&path, &[fields[0], fields[2]]).await.expect(422).text();
        assert!(page.contains(&format!("name=\"from\" value=\"{from}\"")), "{page}");
        assert!(!page.contains(&format!("value=\"{}\"", free[0])), "{page}");
    }

    // Rules B3, P4
    async fn who_asks_to_book_with_a_coach_gets_this_one_or_nobody(app: TestApp) {
        let path = format!("/people/{BEN}/booking");
        let chosen = "booking?coach=finn-walsh\" aria-current=\"true\"";
        for asked in [format!("offering={FINN_HOUR}"), "coach=finn-walsh".to_owned()] {
            let asked = format!("{path}?{asked}");
            app.ada().get(&asked).await.expect(403);
            assert!(read(&app.otto(), &asked).await.contains(chosen), "{asked}");
        }
        // An admin knows of those too whom the directory does not list.
        app.inside().write(|tx| coach::unlist(tx, &by(FINN)).map(|_| ())).await.expect("unlisting");
        assert!(read(&app.otto(), &format!("{path}?coach=finn-walsh")).await.contains(chosen));
        for nothing in ["offering=off_0000000000999", "offering=x", "coach=nobody"] {
            app.otto().get(&format!("{path}?{nothing}")).await.expect(404);
        }
    }

    // Rules B3, P4
    async fn nobody_books_for_those_who_are_not_theirs(app: TestApp) {
        let start = slots(&app, ADA_HOUR).await[0].to_string();
        let hour = ADA_HOUR.to_string();
        let fields = [("offering", hour.as_str()), ("starts_at", start.as_str())];
        for actor in [app.ada(), app.lea()] {
            actor.get(&format!("/people/{GIL}/booking")).await.expect(404);
            actor.post(&format!("/people/{GIL}/booking"), &fields).await.expect(404);
        }
        app.cara().post(&format!("/people/{BEN}/booking"), &fields).await.expect(403);
        // Another coach's time is not Ada's to give.
        let foreign = slots(&app, FINN_HOUR).await[0].to_string();
        let finn = [("offering", FINN_HOUR.to_string()), ("starts_at", foreign)];
        let finn: Vec<(&str, &str)> = finn.iter().map(|(name, value)| (*name, value.as_str())).collect();
        app.ada().post(&format!("/people/{BEN}/booking"), &finn).await.expect(403);
        assert!(app.nobody().post(&format!("/people/{BEN}/booking"), &fields).await.expect(303).header("location").starts_with("/sign-in"));
        assert_eq!(app.count("session").await, 2);
    }

    // Rule B3
    async fn where_nothing_is_free_the_page_says_so_and_leads_to_the_hours(app: TestApp) {
        app.ada().post("/practice/hours", &[]).await.expect(303);
        let path = format!("/people/{BEN}/booking?offering={ADA_HOUR}");
        let page = read(&app.ada(), &path).await;
        assert!(page.contains("No time can be booked") && page.contains("href=\"/practice/hours\""), "{page}");
        let page = read(&app.lea(), &path).await;
        assert!(page.contains("No time can be booked") && page.contains("href=\"/coaches/ada-lindholm\""), "{page}");
    }

    // Rule A6
    async fn an_admin_who_books_is_warned_of_another_session_then(app: TestApp) {
        let finn = app.person(FINN);
        let open: Vec<(String, String)> = (1..=7)
            .flat_map(|day| [(format!("d{day}_from"), "00:00".to_owned()), (format!("d{day}_to"), "00:00".to_owned())])
            .collect();
        let open: Vec<(&str, &str)> = open.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        finn.post("/practice/hours", &open).await.expect(303);
        let start = slots(&app, ADA_INTRO).await[0];
        let wish = Wish::plain(FINN_HOUR, start);
        app.inside().write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("booking with Finn");
        let (offering, start) = (ADA_INTRO.to_string(), start.to_string());
        let path = format!("/people/{BEN}/booking");
        let fields = [("offering", offering.as_str()), ("starts_at", start.as_str())];
        let page = app.otto().post(&path, &fields).await.expect(409).text();
        assert!(page.contains("name=\"overlap_known\"") && page.contains("Ben hat zu dieser Zeit schon eine Sitzung: Sie beginnt "), "{page}");
        // The time can still be had, and stays chosen.
        assert!(page.contains(&format!("value=\"{start}\" checked")), "{page}");
        app.otto().post(&path, &[fields[0], fields[1], ("overlap_known", "1")]).await.expect(303);
    }

    // Rule C3
    async fn an_intro_that_was_had_is_not_offered_to_who_books_for_its_client(app: TestApp) {
        let path = format!("/people/{BEN}/booking");
        let way = format!("href=\"{path}?offering={ADA_INTRO}\"");
        assert!(read(&app.ada(), &path).await.contains(&way));
        intro(&app).await;
        let reasons = ["Ben has had theirs, or it is booked.", "Ben hatte das Kennenlernen schon, oder es ist gebucht."];
        for (actor, reason) in [app.ada(), app.otto()].into_iter().zip(reasons) {
            let page = read(&actor, &path).await;
            assert!(page.contains(reason) && !page.contains(&way), "{page}");
            let asked = read(&actor, &format!("{path}?offering={ADA_INTRO}")).await;
            assert!(!asked.contains("name=\"starts_at\""), "{asked}");
        }
    }

    // Rule B3
    async fn an_admin_writes_down_what_has_been(app: TestApp) {
        let path = format!("/people/{BEN}/past-session");
        let hour = ADA_HOUR.to_string();
        let page = read(&app.otto(), &path).await;
        assert!(page.contains("Ada Lindholm") && page.contains(&hour), "{page}");
        let fields = |date| [("offering", hour.as_str()), ("date", date), ("time", "10:00"), ("outcome", "completed"), ("owed", "price")];
        let page = app.otto().post(&path, &fields("2026-03-09")).await.expect(422).text();
        assert!(page.contains("id=\"date-error\"") && page.contains("value=\"2026-03-09\""), "{page}");
        let done = app.otto().post(&path, &fields("2026-02-23")).await.expect(303);
        let id = session_of(&done);
        let stored = app.inside().read(move |tx| session::get(tx, id)).await.expect("the session");
        let start = stored.facts.time.map(|time| time.starts_at.to_string());
        assert_eq!(start.as_deref(), Some("2026-02-23T09:00:00Z"), "on the admin's clock");
        let page = read(&app.ben(), "/sessions?view=past").await;
        assert!(page.contains(&id.to_string()) && page.contains("Completed</span>"), "{page}");
        for actor in [app.lea(), app.ada(), app.ben(), app.cara()] {
            actor.get(&path).await.expect(403);
            actor.post(&path, &fields("2026-02-23")).await.expect(403);
        }
    }

    // Rules W9, S11
    async fn a_session_is_called_the_same_wherever_it_is_named(app: TestApp) {
        // The step of a pathway, booked for Ben.
        app.inside()
            .write(|tx| {
                let now = tx.now();
                let sql = "INSERT INTO journey (id, participant_id, pathway_id, starts_at) VALUES (1, $1, $2, $3)";
                tx.exec(sql, args![BEN_AT_NORTHWIND, PATHWAY, now])?;
                let sql = "UPDATE attendance SET journey_id = 1, step_id = $1 WHERE id = $2";
                tx.exec(sql, args![FIRST_STEP, BEN_WITH_ADA])
            })
            .await
            .expect("making it a step");
        let step = "Where you stand (First steps as a lead, session 1)";
        let own = format!("/sessions/{ADA_BEN}");
        let crumb = |name: &str| format!("</a> / {name}</p>");
        for (actor, path, words) in [
            (app.ben(), "/", format!("{step}, with Ada Lindholm")),
            (app.ben(), "/sessions", format!("{step}, 60 minutes by video")),
            (app.ben(), &own, crumb(step)),
            (app.ada(), "/today", format!("Ben Orle, {step}, 60 minutes by video")),
            (app.ada(), "/sessions", format!("{step}, 60 minutes by video")),
            (app.ada(), &own, crumb(step)),
            (app.lea(), &own, crumb(step)),
        ] {
            let page = read(&actor, path).await;
            assert!(page.contains(&words), "{path}: {words}: {page}");
        }
        // An offering, by the name that its coach gives it.
        let start = slots(&app, ADA_HOUR).await[0];
        let wish = Wish::plain(ADA_HOUR, start);
        let hour = app.inside().write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("booking");
        let own = format!("/sessions/{hour}");
        for (actor, path, words) in [
            (app.ben(), "/", "Long session, with Ada Lindholm".to_owned()),
            (app.ben(), &own, crumb("Long session")),
            (app.ada(), "/today", "Ben Orle, Long session, 60 minutes by video".to_owned()),
            (app.ada(), &own, crumb("Long session")),
        ] {
            let page = read(&actor, path).await;
            assert!(page.contains(&words), "{path}: {words}: {page}");
        }
        let file = app.ben().get(&format!("{own}/calendar.ics")).await.expect(200).text();
        assert!(file.contains("Long session with Ada Lindholm"), "{file}");
    }

    // Rule W9
    async fn who_looks_after_a_session_sees_the_faces_of_its_two(app: TestApp) {
        let page = read(&app.otto(), "/sessions").await;
        for initials in [">BO<", ">AL<", ">GN<", ">FW<"] {
            assert!(page.contains(initials), "{initials}: {page}");
        }
        assert!(page.contains("Ben Orle und Ada Lindholm") && !page.contains(">BL<"), "{page}");
        let page = read(&app.ada(), "/sessions").await;
        assert!(page.contains(">BO<") && page.matches("class=\"faces\"").count() == 1 && !page.contains(">AL</span></span>"), "{page}");
    }

    // Rule B3
    async fn a_note_says_whose_words_it_holds(app: TestApp) {
        let path = format!("/people/{BEN}/booking");
        let (offering, start) = (ADA_HOUR.to_string(), slots(&app, ADA_HOUR).await[0].to_string());
        let fields = [("offering", offering.as_str()), ("starts_at", &start), ("note", "Bring the plan.")];
        let booked = session_of(&app.ada().post(&path, &fields).await.expect(303));
        let page = read(&app.ben(), &format!("/sessions/{booked}")).await;
        assert!(page.contains("Bring the plan.") && page.contains("Written by Ada Lindholm while booking."), "{page}");
        let page = read(&app.ada(), &format!("/sessions/{booked}")).await;
        assert!(page.contains("You wrote this while booking."), "{page}");
        let own = intro(&app).await;
        assert!(read(&app.ada(), &format!("/sessions/{own}")).await.contains("Written by Ben Orle while booking."));
        assert!(read(&app.ben(), &format!("/sessions/{own}")).await.contains("You wrote this while booking."));
    }

    // Rules B3, P3
    async fn the_button_to_book_stands_where_it_leads_somewhere(app: TestApp) {
        let button = |id: PersonId| format!("href=\"/people/{id}/booking\"");
        for (actor, client, is_there) in [
            (app.ada(), BEN, true),
            (app.lea(), BEN, true),
            (app.otto(), BEN, true),
            (app.otto(), GIL, true),
            (app.person(FINN), GIL, true),
            (app.otto(), ADA, false),
        ] {
            let page = read(&actor, &format!("/people/{client}")).await;
            assert_eq!(page.contains(&button(client)), is_there, "{client}: {page}");
            let status = if is_there { 200 } else { 403 };
            if client != ADA {
                actor.get(&format!("/people/{client}/booking")).await.expect(status);
            }
        }
        // With nobody left to book with there is no button, not even for an admin.
        app.inside()
            .write(|tx| tx.exec("DELETE FROM person_role WHERE role = 'coach'", args![]))
            .await
            .expect("taking the roles");
        assert!(!read(&app.otto(), &format!("/people/{BEN}")).await.contains(&button(BEN)));
    }

    // Rules B3, T2
    async fn who_books_for_a_client_opens_one_day_and_reads_both_clocks(app: TestApp) {
        let page = read(&app.ada(), &format!("/people/{BEN}/booking?offering={ADA_HOUR}")).await;
        assert_eq!(page.matches("<details open>").count(), 1, "{page}");
        assert!(page.matches("<details>").count() >= 5 && page.contains("free times</span>"), "{page}");
        // Nine in Stockholm is eight in London.
        assert!(page.contains("on the clock of Ben, in London") && page.contains(">09:00<small>08:00</small>"), "{page}");
        // The chosen day is open when the form comes back.
        let free = slots(&app, ADA_HOUR).await;
        let later = *free.iter().find(|at| **at > free[0] + SignedDuration::from_hours(24)).expect("another day");
        let start = later.to_string();
        let fields = [("offering", ADA_HOUR.to_string()), ("starts_at", start.clone()), ("note", "x".repeat(5_000))];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = app.ada().post(&format!("/people/{BEN}/booking"), &fields).await.expect(422).text();
        let day = page.split("<details").find(|day| day.contains(&format!("value=\"{start}\" checked")));
        assert!(day.is_some_and(|day| day.starts_with(" open")), "{page}");
    }

    // Rules B3, F1
    async fn what_is_recorded_says_what_it_costs_and_may_cost_nothing(app: TestApp) {
        let path = format!("/people/{BEN}/past-session");
        let page = read(&app.otto(), &path).await;
        assert!(page.contains("110") && page.contains("name=\"owed\" value=\"price\" checked"), "{page}");
        let hour = ADA_HOUR.to_string();
        let fields = |time, owed| {
            [("offering", hour.as_str()), ("date", "2026-02-23"), ("time", time), ("outcome", "completed"), ("owed", owed)]
        };
        app.otto().post(&path, &fields("10:00", "nothing")).await.expect(303);
        assert_eq!(app.count("ledger").await, 0);
        app.otto().post(&path, &fields("12:00", "price")).await.expect(303);
        assert_eq!(app.count("ledger").await, 1);
        app.otto().post(&path, &fields("14:00", "")).await.expect(422);
    }

    async fn a_clients_home_offers_the_next_times_of_their_coach(app: TestApp) {
        let page = read(&app.ben(), "/").await;
        for words in ["Book with Ada Lindholm", "/coaches/ada-lindholm?offering=", &format!("href=\"/sessions/{ADA_BEN}\"")] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
}
