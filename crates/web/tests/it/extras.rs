//! Sessions that are added to one journey, sessions with several coaches, and pods that are greyed out whole: on their
//! pages and over the interface.

use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, FINN, GIL_AT_SOUTHWIND, LEA, NORTHWIND_COHORT, OTTO, POD_STEP,
};
use model::{args, on_both, program, session};
use rules::ids::{JourneyId, ParticipantId, SessionId};
use rules::time::Instant;
use serde_json::json;

use crate::app::{Actor, TestApp};

fn thursday() -> Instant {
    "2026-03-12T10:00:00Z".parse().expect("a time")
}

async fn started(app: &TestApp, who: ParticipantId) -> JourneyId {
    let by = model::event::Actor::Operator;
    app.db().write(move |tx| program::start_journey(tx, &by, who)).await.expect("a journey")
}

/// Ben's first step, booked with Ada when Finn, in London, is free.
async fn booked(app: &TestApp) -> SessionId {
    let journey = started(app, BEN_AT_NORTHWIND).await;
    let made = app.db().write(move |tx| {
        tx.exec("UPDATE person SET zone = 'Europe/London' WHERE id = $1", args![FINN])?;
        let sql = "SELECT a.session_id FROM attendance a JOIN step t ON t.id = a.step_id AND t.no = 1 WHERE a.journey_id = $1";
        let first = tx.one(sql, args![journey], |row| row.get::<SessionId>(0))?;
        let wish = session::PlannedWish::at(thursday());
        session::book_planned(tx, &model::event::Actor::Operator, first, &wish)?;
        Ok(first)
    });
    made.await.expect("a booked step")
}

async fn read(actor: &Actor<'_>, path: &str) -> String {
    actor.get(path).await.expect(200).text().replace("&#39;", "'").replace('\u{a0}', " ")
}

async fn added(app: &TestApp) -> SessionId {
    let sql = "SELECT MAX(session_id) FROM extra";
    app.db().read(move |tx| tx.one(sql, args![], |row| row.get(0))).await.expect("an added session")
}

on_both! {
    // Rule G11
    async fn a_session_is_added_on_a_page_and_taken_away(app: TestApp) {
        let journey = started(&app, BEN_AT_NORTHWIND).await;
        let (person, form) = (format!("/participants/{BEN_AT_NORTHWIND}"), format!("/journeys/{journey}/extras/new"));
        let action = format!("/journeys/{journey}/extras");
        let page = read(&app.lea(), &person).await;
        assert!(page.contains("Add a session") && page.contains(&form), "{page}");
        assert!(!read(&app.ada(), &person).await.contains("Add a session"));
        app.ada().get(&form).await.expect(403);
        app.ben().post(&action, &[("name", "Mine")]).await.expect(403);
        let page = read(&app.lea(), &form).await;
        for words in ["Add a session for Ben Orle", "Coached by Ada Lindholm.", "Extra: simply one more", "Makes up for 2 ", "It counts"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let wrong = [("name", ""), ("minutes", "7"), ("place", "room"), ("makes_up_for", ""), ("counts", "yes")];
        let page = app.lea().post(&action, &wrong).await.expect(422).text();
        assert!(page.contains("value=\"7\""), "{page}");
        let right = [("name", "Career talk"), ("minutes", "30"), ("place", "room"), ("makes_up_for", "")];
        app.lea().post(&action, &right).await.expect(303);
        let session = added(&app).await;
        let page = read(&app.lea(), &person).await;
        for words in ["Career talk", "extra, counts nowhere", "A session was added to the journey by you"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let board = read(&app.lea(), &format!("/cohorts/{NORTHWIND_COHORT}")).await;
        assert!(board.contains("<th scope=\"col\">Extra</th>") && board.contains("Career talk"), "{board}");
        assert!(read(&app.ben(), "/").await.contains("Career talk"));
        let own = format!("/sessions/{session}");
        assert!(read(&app.ben(), &own).await.contains("Career talk"));
        read(&app.ben(), &format!("{own}/booking")).await;
        // Whoever leads the program takes it out again, as long as it never had a time.
        assert!(!read(&app.ada(), &own).await.contains("Take it out of the journey"));
        let page = read(&app.lea(), &own).await;
        assert!(page.contains("Take it out of the journey") && page.contains(&format!("{own}/extra/removal")), "{page}");
        app.ada().post(&format!("{own}/extra/removal"), &[]).await.expect(403);
        app.lea().post(&format!("{own}/extra/removal"), &[]).await.expect(303);
        app.ben().get(&own).await.expect(404);
        assert!(read(&app.lea(), &person).await.contains("An added session was taken away by you"));
        // Another program's is nobody's business.
        let foreign = started(&app, GIL_AT_SOUTHWIND).await;
        app.lea().get(&format!("/journeys/{foreign}/extras/new")).await.expect(404);
        app.lea().post(&format!("/journeys/{foreign}/extras"), &right).await.expect(404);
    }

    // Rule S12
    async fn an_admin_greys_out_a_whole_pod_on_its_page(app: TestApp) {
        let by = model::event::Actor::Operator;
        let pod = app.db().write(move |tx| {
            let new = program::NewPod {
                cohort: NORTHWIND_COHORT,
                step: POD_STEP,
                name: "Tuesday".to_owned(),
                facilitator: ADA,
                min_members: 2,
                max_members: 6,
                joining: program::Joining::Closed,
            };
            let pod = program::add_pod(tx, &by, &new)?;
            program::join_pod(tx, &by, pod, BEN_AT_NORTHWIND)?;
            program::start_journey(tx, &by, BEN_AT_NORTHWIND)?;
            tx.one("SELECT id FROM session WHERE pod_id = $1", args![pod], |row| row.get::<SessionId>(0))
        });
        let own = format!("/sessions/{}", pod.await.expect("a pod"));
        let path = format!("{own}/deletion");
        assert!(!read(&app.lea(), &own).await.contains("Grey out all of it"));
        app.lea().get(&path).await.expect(403);
        app.lea().post(&path, &[]).await.expect(403);
        let page = read(&app.otto(), &own).await;
        // He reads German.
        assert!(page.contains("Ganz ausgrauen") && page.contains(&path), "{page}");
        let page = read(&app.otto(), &path).await;
        assert!(page.contains("Alle Plätze dieser Gruppe ausgrauen") && !page.contains("zuerst abgesagt"), "{page}");
        app.otto().post(&path, &[("reason", "No group this time")]).await.expect(303);
        app.ben().get(&own).await.expect(404);
        assert!(read(&app.otto(), &path).await.contains("Ein Admin hat das ausgegraut."));
        let api = format!("/api/v1{own}/greyed-out");
        app.api(OTTO).put_json(&api, &json!({})).await.refused(409, "wrong_status");
        app.api(LEA).put_json(&api, &json!({})).await.refused(403, "may_not");
    }

    // Rule G11
    async fn a_second_coach_is_added_on_a_page_and_removed(app: TestApp) {
        let first = booked(&app).await;
        let (own, path) = (format!("/sessions/{first}"), format!("/sessions/{first}/coaches"));
        let page = read(&app.lea(), &own).await;
        assert!(page.contains("Coaches of this session") && page.contains(&path), "{page}");
        assert!(!read(&app.ada(), &own).await.contains("Coaches of this session"));
        app.ada().get(&path).await.expect(403);
        app.person(FINN).get(&own).await.expect(404);
        let page = read(&app.lea(), &path).await;
        assert!(page.contains("Finn Walsh") && page.contains("Says how it went"), "{page}");
        app.lea().post(&path, &[]).await.expect(422);
        app.lea().post(&path, &[("coach", &FINN.to_string())]).await.expect(303);
        let page = read(&app.lea(), &path).await;
        assert!(page.contains(&format!("{path}/{FINN}/removal")) && page.contains("Nobody else is free then"), "{page}");
        assert!(read(&app.ben(), &own).await.contains("Ada Lindholm and Finn Walsh"));
        assert!(app.letters_to(FINN).await.contains(&"co_coach_named".to_owned()));
        let page = read(&app.person(FINN), &own).await;
        assert!(page.contains("Ben Orle") && page.contains("A coach was added by Lea Moreau"), "{page}");
        app.person(FINN).get(&format!("/people/{BEN}")).await.expect(404);
        app.lea().post(&format!("{path}/{FINN}/removal"), &[]).await.expect(303);
        app.person(FINN).get(&own).await.expect(404);
        app.lea().post(&format!("{path}/{ADA}/removal"), &[]).await.expect(422);
        app.lea().post(&path, &[("coach", &FINN.to_string())]).await.expect(303);
        // After it he reads why it is not his to mark.
        app.db().clock().advance(thursday().since(app.db().clock().now()) + jiff::SignedDuration::from_hours(1));
        let page = read(&app.person(FINN), &own).await;
        assert!(page.contains("Another coach of this session says how it went."), "{page}");
        app.person(FINN).post(&format!("{own}/attendance/{BEN}"), &[("outcome", "completed")]).await.expect(403);
    }

    // Rule G11
    async fn a_program_adds_sessions_and_coaches(app: TestApp) {
        let first = booked(&app).await;
        let journey = app.db().read(|tx| tx.one("SELECT MAX(id) FROM journey", args![], |row| row.get::<JourneyId>(0))).await.expect("it");
        let path = format!("/api/v1/journeys/{journey}/extras");
        let wish = json!({ "name": "Again", "minutes": 45, "counts": false, "makes_up_for": POD_STEP.to_string() });
        let made = app.api(LEA).post_json(&path, &wish).await.expect(201).json();
        assert_eq!((&made["name"], &made["counts"], &made["makes_up_for"]), (&json!("Again"), &json!(false), &json!(POD_STEP.to_string())));
        app.api(LEA).post_json(&path, &wish).await.invalid(&["makes_up_for not_a_choice"]);
        app.api(LEA).post_json(&path, &json!({})).await.invalid(&["name missing", "minutes out_of_range"]);
        let odd = json!({ "name": "More", "minutes": 37 });
        app.api(LEA).post_json(&path, &odd).await.invalid(&["minutes not_in_steps"]);
        app.api(ADA).post_json(&path, &wish).await.refused(403, "may_not");
        let profile = app.api(LEA).get(&format!("/api/v1/participants/{BEN_AT_NORTHWIND}")).await.expect(200).json();
        let sessions = profile["participant"]["journeys"][0]["sessions"].as_array().expect("sessions").clone();
        let extra = sessions.last().expect("the last");
        assert_eq!((&extra["extra"], &extra["step_id"], &extra["makes_up_for"]), (&json!("Again"), &json!(null), &made["makes_up_for"]));
        let removal = format!("/api/v1/sessions/{}/extra", made["session"].as_str().expect("an id"));
        app.api(ADA).delete(&removal).await.refused(403, "may_not");
        app.api(LEA).delete(&removal).await.expect(204);
        app.api(LEA).delete(&removal).await.refused(404, "not_found");
        app.api(LEA).delete(&format!("/api/v1/sessions/{first}/extra")).await.refused(409, "wrong_status");
        // And a second coach.
        let path = format!("/api/v1/sessions/{first}/coaches");
        let coach = json!({ "coach": FINN.to_string() });
        app.api(ADA).post_json(&path, &coach).await.refused(403, "may_not");
        app.api(LEA).post_json(&path, &json!({})).await.invalid(&["coach missing"]);
        let made = app.api(LEA).post_json(&path, &coach).await.expect(201).json();
        let marks: Vec<_> = made["coaches"].as_array().expect("coaches").iter().map(|one| (one["person"].clone(), one["marks"].clone())).collect();
        assert_eq!(marks, [(json!(ADA.to_string()), json!(true)), (json!(FINN.to_string()), json!(false))]);
        app.api(LEA).post_json(&path, &coach).await.invalid(&["coach not_a_choice"]);
        assert_eq!(app.api(LEA).get(&path).await.expect(200).json(), made);
        app.api(FINN).put_json(&format!("/api/v1/sessions/{first}/attendance/{BEN}"), &json!({ "outcome": "completed" })).await.refused(403, "not_marking");
        let left = app.api(LEA).delete(&format!("{path}/{FINN}")).await.expect(200).json();
        assert_eq!(left["coaches"].as_array().map(Vec::len), Some(1));
        app.api(FINN).get(&format!("/api/v1/sessions/{first}")).await.refused(404, "not_found");
    }
}
