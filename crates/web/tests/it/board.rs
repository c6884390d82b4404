//! A cohort's board, a participant's page and reminders to book, as pages and through the JSON interface.

use model::event::{Actor as By, Via};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, FIRST_STEP, LEA, NORTHWIND_COHORT, OTTO, PEOPLE, SOUTHWIND_COHORT,
};
use model::{args, on_both, program};
use rules::ids::{PersonId, SessionId};
use serde_json::json;

use crate::app::{Actor, TestApp};

fn by(id: PersonId) -> By {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    By::Person { who, via: Via::Page, proof: None }
}

async fn read(actor: &Actor<'_>, path: &str) -> String {
    actor.get(path).await.expect(200).text()
}

fn has(page: &str, words: &[&str]) {
    for words in words {
        assert!(page.contains(words), "{words}: {page}");
    }
}

/// Ben's journey begins; gives the session of its first step.
async fn begin(app: &TestApp) -> SessionId {
    let begun = app.inside().write(|tx| {
        let journey = program::start_journey(tx, &by(LEA), BEN_AT_NORTHWIND)?;
        let sql = "SELECT session_id FROM attendance WHERE journey_id = $1 AND step_id = $2";
        tx.one(sql, args![journey, FIRST_STEP], |row| row.get(0))
    });
    begun.await.expect("a journey")
}

/// The step after this one, in the same journey.
async fn next_step(app: &TestApp, session: SessionId) -> SessionId {
    let next = app.inside().read(move |tx| {
        let sql = "SELECT n.session_id FROM attendance a JOIN attendance n ON n.journey_id = a.journey_id
             WHERE a.session_id = $1 AND n.session_id <> $1 ORDER BY n.id LIMIT 1";
        tx.one(sql, args![session], |row| row.get(0))
    });
    next.await.expect("a step")
}

/// It was three days ago.
async fn past(app: &TestApp, session: SessionId) {
    let moved = app.inside().write(move |tx| {
        let start = tx.now().millis() - 3 * 86_400_000;
        let start = start - start % 300_000;
        tx.exec(
            "UPDATE session SET starts_at = $1, booked_at = $1, set_at = $1, wall_time = '2026-03-02T10:00', zone = 'UTC',
                 zone_data = '2026a' WHERE id = $2",
            args![start, session],
        )
    });
    moved.await.expect("a time");
}

on_both! {
    // Rule G3
    async fn a_coach_and_an_admin_find_the_profile_of_a_participant(app: TestApp) {
        let session = begin(&app).await;
        let profile = format!("href=\"/participants/{BEN_AT_NORTHWIND}\"");
        let person = format!("/people/{BEN}");
        for who in [ADA, OTTO, LEA] {
            let actor = app.person(who);
            for page in [&person, "/people", &format!("/sessions/{session}")] {
                let seen = read(&actor, page).await;
                assert!(seen.contains(&profile), "{page}: {seen}");
            }
            has(&read(&actor, &person).await, &["First steps as a lead", "Spring"]);
        }
        // Of somebody else's participant a coach is shown no way, nor is the client.
        assert!(!read(&app.ben(), &format!("/sessions/{session}")).await.contains(&profile));
        let finn = app.person(model::world::FINN);
        assert!(!read(&finn, "/people").await.contains("/participants/par_0000000000001"));
        finn.get(&person).await.expect(404);
    }

    // Rule G3
    async fn the_menu_of_a_programs_session_always_has_its_six_entries_with_their_reasons(app: TestApp) {
        let session = begin(&app).await;
        let part = format!("/sessions/{session}/attendance/{BEN}/actions");
        let six = ["Book", "Delete booking", "Mark completed", "Mark no-show", "Grey out", "Reactivate"];
        for who in [LEA, ADA] {
            let actor = app.person(who);
            for page in [&part, &format!("/sessions/{session}")] {
                let seen = read(&actor, page).await;
                has(&seen, &six);
                has(&seen, &["It has no time yet", "Only an admin greys out", "It is not greyed out"]);
                let of_six = seen.split("Name a stand-in").next().unwrap_or_default();
                assert!(!of_six.contains("As it stands now"), "{seen}");
            }
        }
        past(&app, session).await;
        let seen = read(&app.lea(), &part).await;
        has(&seen, &six);
        has(&seen, &["It has its time already", "Only its coach or an admin marks", "It has begun"]);
        has(&read(&app.ada(), &part).await, &["outcome", "Only an admin greys out"]);
        app.api(OTTO).put_json(&format!("/api/v1/sessions/{session}/attendance/{BEN}"), &json!({ "outcome": "completed" })).await.expect(200);
        has(&read(&app.lea(), &part).await, &["It is over", "That is what it is marked as"]);
        // Its client has what is theirs.
        assert!(!read(&app.ben(), &format!("/sessions/{session}")).await.contains("Only an admin"));
    }

    // Rule G3
    async fn a_late_cancellation_says_that_it_is_no_mark(app: TestApp) {
        let session = begin(&app).await;
        past(&app, session).await;
        let late = app.inside().write(move |tx| {
            let sql = "UPDATE attendance SET outcome = 'late_cancellation', outcome_by = client_id, outcome_at = $1,
                 told = 'late_cancellation' WHERE session_id = $2";
            let at = tx.now();
            tx.exec(sql, args![at, session])
        });
        late.await.expect("a late cancellation");
        for page in [format!("/sessions/{session}/attendance/{BEN}/actions"), format!("/sessions/{session}")] {
            // Those who mark read what would take it back, all others why nobody marks it.
            let seen = read(&app.ada(), &page).await;
            has(&seen, &["It counts as missed already. If it was called off late, only forgiving takes that back."]);
            assert!(!seen.contains("Only its coach or an admin marks"), "{seen}");
            let seen = read(&app.lea(), &page).await;
            has(&seen, &["It was called off late, and counts as missed for that"]);
            assert!(!seen.contains("Only its coach or an admin marks"), "{seen}");
        }
    }

    // Rule G4
    async fn suggested_weeks_are_the_same_days_on_every_page_and_for_every_reader(app: TestApp) {
        // Midnight in Berlin, where the organisation is.
        let session: SessionId = app.inside().write(|tx| {
            tx.exec("UPDATE step SET from_week = 1, to_week = 1 WHERE id = $1", args![FIRST_STEP])?;
            let began = "2026-11-29T23:00:00Z".parse().expect("a moment");
            let journey = program::start_journey_at(tx, &by(LEA), BEN_AT_NORTHWIND, model::world::PATHWAY, began)?;
            let sql = "SELECT session_id FROM attendance WHERE journey_id = $1 AND step_id = $2";
            tx.one(sql, args![journey, FIRST_STEP], |row| row.get(0))
        }).await.expect("a journey");
        for zone in ["Europe/Berlin", "Africa/Casablanca", "Asia/Tokyo"] {
            let sql = "UPDATE person SET zone = $1 WHERE id IN ($2, $3)";
            app.inside().write(move |tx| tx.exec(sql, args![zone, LEA, BEN])).await.expect("a zone");
            for page in [format!("/cohorts/{NORTHWIND_COHORT}"), format!("/participants/{BEN_AT_NORTHWIND}")] {
                has(&read(&app.lea(), &page).await, &["30 Nov – 6 Dec"]);
            }
            for page in ["/".to_owned(), format!("/sessions/{session}/booking")] {
                has(&read(&app.ben(), &page).await, &["Mon 30 Nov", "Sun 6 Dec"]);
            }
        }
    }

    // Rule G4
    async fn a_board_is_narrowed_by_its_address(app: TestApp) {
        begin(&app).await;
        let base = format!("/cohorts/{NORTHWIND_COHORT}");
        let page = read(&app.lea(), &base).await;
        has(&page, &["Ben Orle", "On track", "Unbooked", "of 3 sessions", "Remind 1 person", "What the words mean", "A. Lindholm"]);
        for narrowed in ["status=completed", "engagement=off_track", "q=nobody", "coach=per_0000000000006"] {
            let page = read(&app.lea(), &format!("{base}?{narrowed}")).await;
            has(&page, &["Nobody fits", "of 3 sessions"]);
            assert!(!page.contains("Ben Orle"), "{narrowed}: {page}");
        }
        let kept = format!("{base}?status=unbooked&coach={ADA}&engagement=on_track&q=ORLE&sort=name");
        let page = read(&app.lea(), &kept).await;
        has(&page, &["Ben Orle", "data-hit", "aria-current=\"true\"", "value=\"ORLE\""]);
        // What makes no sense narrows nothing.
        has(&read(&app.lea(), &format!("{base}?status=blue&sort=colour&after=x")).await, &["Ben Orle"]);
        // An admin reads it in German.
        has(&read(&app.otto(), &base).await, &["Auf Kurs", "Was die Wörter bedeuten"]);
        app.lea().get(&format!("/cohorts/{SOUTHWIND_COHORT}")).await.expect(404);
        for actor in [app.ada(), app.ben(), app.cara()] {
            actor.get(&base).await.expect(403);
        }
    }

    // Rule G4
    async fn what_is_done_from_a_board_leads_back_to_it(app: TestApp) {
        let session = begin(&app).await;
        past(&app, session).await;
        let back = format!("/cohorts/{NORTHWIND_COHORT}?sort=name");
        let part = format!("/sessions/{session}/attendance/{BEN}/actions?back={}", back.replace('?', "%3F").replace('=', "%3D"));
        let menu = read(&app.otto(), &part).await;
        has(&menu, &["Ben Orle", &format!("action=\"/sessions/{session}/attendance/{BEN}\""), "name=\"back\""]);
        // A lead is not offered what only a coach or an admin may.
        let menu = read(&app.lea(), &part).await;
        assert!(!menu.contains("value=\"completed\""), "{menu}");
        let mark = format!("/sessions/{session}/attendance/{BEN}");
        let led = app.otto().post(&mark, &[("outcome", "completed"), ("back", &back)]).await.expect(303);
        assert_eq!(led.header("location"), back);
        has(&read(&app.lea(), &back).await, &["Completed"]);
        // So is what has a page of its own; one without a time says none.
        let (cancel, step) = (format!("/sessions/{session}/cancellation"), next_step(&app, session).await);
        let sent = [("cause", "technical"), ("back", &*back)];
        app.otto().post(&format!("{mark}/undo"), &[]).await.expect(303);
        assert_eq!(app.otto().post(&cancel, &sent).await.expect(303).header("location"), back);
        for waits in [session, step] {
            let page = read(&app.lea(), &format!("/sessions/{waits}/cancellation")).await;
            assert!(page.contains("It has no time yet.") && !page.contains("data-relative"), "{page}");
        }
        past(&app, session).await;
        app.otto().post(&mark, &[("outcome", "completed")]).await.expect(303);
        // Nobody is led elsewhere.
        let led = app.otto().post(&format!("{mark}/undo"), &[("back", "https://elsewhere.example/")]).await.expect(303);
        assert_eq!(led.header("location"), "/");
        let page = read(&app.ada(), &format!("/participants/{BEN_AT_NORTHWIND}")).await;
        has(&page, &["Ben Orle", "No step is overdue", &format!("/sessions/{session}"), "data-actions=", &format!("/people/{BEN}"), "Marked"]);
        assert!(!page.contains(&format!("href=\"/cohorts/{NORTHWIND_COHORT}\"")), "a coach has no board");
        has(&read(&app.lea(), &format!("/participants/{BEN_AT_NORTHWIND}")).await, &[&format!("href=\"/cohorts/{NORTHWIND_COHORT}\"")]);
    }

    // Rule G4
    async fn reminders_are_read_before_they_are_sent(app: TestApp) {
        begin(&app).await;
        let to = format!("/cohorts/{NORTHWIND_COHORT}/reminders");
        let page = read(&app.otto(), &to).await;
        // The page is in the language of its reader, the letter in that of who gets it.
        has(&page, &["1 Erinnerung senden", "Time to book: ", "lang=\"en\"", "Hello Ben Orle,", "Choose a time", "Otto Brandt asked those"]);
        assert!(app.letters_to(BEN).await.iter().all(|letter| letter != "booking_wanted"));
        let who = BEN_AT_NORTHWIND.to_string();
        let led = app.lea().post(&to, &[("who", &who)]).await.expect(303);
        assert_eq!(led.header("location"), format!("/cohorts/{NORTHWIND_COHORT}"));
        assert_eq!(app.letters_to(BEN).await.iter().filter(|letter| *letter == "booking_wanted").count(), 1);
        has(&read(&app.lea(), &to).await, &["Nobody is to be reminded now", "Reminded within the last 24 hours"]);
        // The board offers no reminder to nobody.
        let board = read(&app.lea(), &format!("/cohorts/{NORTHWIND_COHORT}")).await;
        assert!(board.contains("All asked today") && !board.contains("Remind 0"), "{board}");
        has(&read(&app.lea(), &format!("/participants/{who}")).await, &["not yet"]);
        app.lea().post(&to, &[("who", &who)]).await.expect(303);
        app.ada().post(&format!("/participants/{who}/reminder"), &[]).await.expect(303);
        assert_eq!(app.letters_to(BEN).await.iter().filter(|letter| *letter == "booking_wanted").count(), 1);
        has(&read(&app.ben(), "/notifications").await, &["Lea Moreau asks you to book your next session"]);
        app.ada().get(&to).await.expect(404);
        app.ben().get(&to).await.expect(403);
    }

    // Rule G4
    async fn programs_read_a_board_and_remind_too(app: TestApp) {
        let session = begin(&app).await;
        let path = format!("/api/v1/cohorts/{NORTHWIND_COHORT}/board");
        let board = app.api(LEA).get(&path).await.expect(200).json();
        let ben = &board["participants"][0];
        assert_eq!((&board["numbers"]["unbooked"], &ben["engagement"], &ben["name"]), (&json!(3), &json!("on_track"), &json!("Ben Orle")));
        let first = &ben["journeys"][0]["sessions"][0];
        assert_eq!((&first["session_id"], &first["status"], &first["open"]), (&json!(session.to_string()), &json!("unbooked"), &json!(true)));
        assert_eq!(app.api(LEA).get(&format!("{path}?status=missed")).await.expect(200).json()["participants"], json!([]));
        app.api(LEA).get(&format!("{path}?status=blue")).await.refused(422, "invalid");
        app.api(LEA).get(&format!("{path}?people=gone")).await.refused(422, "invalid");
        app.api(LEA).get(&format!("{path}?coach=nobody")).await.refused(422, "invalid");
        // Those without a coach, and what is searched for however it is typed, as on the page.
        let found = async |query: &str| {
            let board = app.api(LEA).get(&format!("{path}?{query}")).await.expect(200).json();
            board["participants"].as_array().map(Vec::len)
        };
        assert_eq!((found("coach=none").await, found("q=%20orle%20").await), (Some(0), Some(1)));
        let none = "UPDATE participant SET coach_id = NULL WHERE id = $1";
        app.inside().write(move |tx| tx.exec(none, args![BEN_AT_NORTHWIND])).await.expect("no coach");
        assert_eq!((found("coach=none").await, found(&format!("coach={ADA}")).await), (Some(1), Some(0)));
        let again = "UPDATE participant SET coach_id = $2 WHERE id = $1";
        app.inside().write(move |tx| tx.exec(again, args![BEN_AT_NORTHWIND, ADA])).await.expect("a coach");
        // Whoever was put away is on the board of those alone, as on the page.
        let away = format!("/api/v1/participants/{BEN_AT_NORTHWIND}/archive");
        app.api(LEA).put_json(&away, &json!({ "as": "not_started" })).await.expect(200);
        let gone = app.api(LEA).get(&format!("{path}?people=archived&q=ben&coach={ADA}&sort=name")).await.expect(200).json();
        assert_eq!(gone["participants"].as_array().map(Vec::len), Some(1));
        assert_eq!((&gone["numbers"]["people"], &gone["participants"][0]["archived_as"]), (&json!(1), &json!("not_started")));
        let there = app.api(LEA).get(&format!("{path}?people=present")).await.expect(200).json();
        assert_eq!((&there["participants"], &there["numbers"]["people"]), (&json!([]), &json!(0)));
        app.api(LEA).delete(&away).await.expect(204);
        app.api(ADA).get(&format!("{path}?people=archived")).await.refused(403, "may_not");
        app.api(ADA).get(&path).await.refused(403, "may_not");
        let one = app.api(ADA).get(&format!("/api/v1/participants/{BEN_AT_NORTHWIND}")).await.expect(200).json();
        assert_eq!(one["participant"]["person_id"], json!(BEN.to_string()));
        let remind = format!("/api/v1/cohorts/{NORTHWIND_COHORT}/reminders");
        let plan = app.api(LEA).post_json(&remind, &json!({ "preview": true })).await.expect(200).json();
        assert_eq!((&plan["sent"], &plan["reminded"][0]["name"]), (&json!(false), &json!("Ben Orle")));
        let sent = app.api(OTTO).post_json(&remind, &json!({})).await.expect(200).json();
        assert_eq!((&sent["sent"], sent["reminded"].as_array().map(Vec::len)), (&json!(true), Some(1)));
        let again = app.api(LEA).post_json(&remind, &json!({})).await.expect(200).json();
        assert!(again["left_out"].as_array().expect("a list").iter().any(|left| left["reason"] == "recently"), "{again}");
        app.token(LEA, "programs:read").post_json(&remind, &json!({})).await.refused(403, "scope_missing");
        app.api(LEA).post_json(&format!("/api/v1/cohorts/{SOUTHWIND_COHORT}/reminders"), &json!({})).await.refused(404, "not_found");
    }
}
