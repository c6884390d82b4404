//! Giving participants to another coach, on its page and over the interface.

use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, FINN, GIL_AT_SOUTHWIND, LEA, NORTHWIND_COHORT, SOUTHWIND_COHORT,
};
use model::{args, on_both, program, session};
use rules::ids::SessionId;
use serde_json::json;

use crate::app::{Actor, TestApp};

/// Ben's first step, booked with Ada when Finn, in London, is free.
async fn booked(app: &TestApp) -> SessionId {
    let made = app.db().write(|tx| {
        tx.exec("UPDATE person SET zone = 'Europe/London' WHERE id = $1", args![FINN])?;
        let journey = program::start_journey(tx, &model::event::Actor::Operator, BEN_AT_NORTHWIND)?;
        let sql = "SELECT a.session_id FROM attendance a JOIN step t ON t.id = a.step_id AND t.no = 1 WHERE a.journey_id = $1";
        let first = tx.one(sql, args![journey], |row| row.get::<SessionId>(0))?;
        let wish = session::PlannedWish::at("2026-03-12T10:00:00Z".parse().expect("a time"));
        session::book_planned(tx, &model::event::Actor::Operator, first, &wish)?;
        Ok(first)
    });
    made.await.expect("a booked step")
}

async fn read(actor: &Actor<'_>, path: &str) -> String {
    actor.get(path).await.expect(200).text().replace("&#39;", "'").replace('\u{a0}', " ")
}

on_both! {
    // Rule G6
    async fn a_lead_reads_what_another_coach_changes_before_it_happens(app: TestApp) {
        let first = booked(&app).await;
        let path = format!("/cohorts/{NORTHWIND_COHORT}/coach");
        let person = read(&app.lea(), &format!("/participants/{BEN_AT_NORTHWIND}")).await;
        assert!(person.contains(&format!("{path}?who={BEN_AT_NORTHWIND}")), "{person}");
        let page = read(&app.lea(), &format!("{path}?who={BEN_AT_NORTHWIND}")).await;
        for words in ["Another coach", "now Ada Lindholm", "All of Ada Lindholm", "Finn Walsh", " checked"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("What changes"), "{page}");
        let page = read(&app.lea(), &format!("{path}?who={BEN_AT_NORTHWIND}&to={FINN}")).await;
        for words in ["What changes", "The booked session keeps its time.", "Ada Lindholm to Finn Walsh. 2 sessions without a time go along.",
            "Keeps its time", "One mail each goes to the participant and to Ada Lindholm and Finn Walsh.", "name=\"expect\" value=\"\""] {
            assert!(page.contains(words), "{words}: {page}");
        }
        // By the time it is sent Finn is away then: nothing happens, and it is shown anew.
        let id = app.db().write(move |tx| {
            tx.exec(
                "INSERT INTO busy (id, coach_id, source, starts_at, ends_at, name) VALUES (1, $1, 'time_off', $2, $3, '')",
                args![FINN, "2026-03-12T00:00:00Z".parse::<rules::time::Instant>().expect("a time"),
                    "2026-03-13T00:00:00Z".parse::<rules::time::Instant>().expect("a time")],
            )
        });
        id.await.expect("away");
        let (who, to) = (BEN_AT_NORTHWIND.to_string(), FINN.to_string());
        let page = app.lea().post(&path, &[("who", &who), ("to", &to), ("expect", "")]).await.expect(409).text();
        assert!(page.contains("has changed since you were shown it") && page.contains("Needs another time"), "{page}");
        assert!(page.contains(&format!("name=\"expect\" value=\"{first}\"")), "{page}");
        let falls = first.to_string();
        app.lea().post(&path, &[("who", &who), ("to", &to), ("expect", &falls)]).await.expect(303);
        assert!(app.letters_to(BEN).await.contains(&"coach_changed".to_owned()));
        assert!(read(&app.ben(), &format!("/sessions/{first}")).await.contains("Given to another coach by Lea Moreau"));
        assert!(read(&app.lea(), &format!("/participants/{BEN_AT_NORTHWIND}")).await.contains("Given another coach by you"));
        // Nobody is chosen, or nobody coaches.
        app.lea().post(&path, &[("to", &to)]).await.expect(422);
        app.lea().post(&path, &[("who", &who)]).await.expect(422);
        app.lea().post(&path, &[("who", &who), ("to", &BEN.to_string())]).await.expect(422);
        app.ada().get(&path).await.expect(403);
        app.lea().get(&format!("/cohorts/{SOUTHWIND_COHORT}/coach")).await.expect(404);
        assert!(read(&app.otto(), &format!("/cohorts/{SOUTHWIND_COHORT}/coach")).await.contains("Gil Navarro"));
    }

    // Rule G6
    async fn a_program_gives_participants_to_another_coach(app: TestApp) {
        let first = booked(&app).await;
        let path = format!("/api/v1/cohorts/{NORTHWIND_COHORT}/coach-changes");
        let wish = |preview| json!({ "coach": FINN.to_string(), "participants": [BEN_AT_NORTHWIND.to_string()], "preview": preview });
        let plan = app.api(LEA).post_json(&path, &wish(true)).await.expect(200).json();
        assert_eq!((&plan["done"], &plan["participants"][0]["waiting"]), (&json!(false), &json!(2)));
        let session = &plan["participants"][0]["sessions"][0];
        assert_eq!((&session["id"], &session["stays"]), (&json!(first.to_string()), &json!(true)));
        let none = json!({ "coach": FINN.to_string(), "all_of": ADA.to_string(), "expect": [first.to_string()] });
        app.api(LEA).post_json(&path, &none).await.refused(409, "outcome_changed");
        let done = app.api(LEA).post_json(&path, &wish(false)).await.expect(200).json();
        assert_eq!((&done["done"], &done["participants"][0]["from"]), (&json!(true), &json!(ADA.to_string())));
        app.api(LEA).post_json(&path, &wish(false)).await.invalid(&["participants missing"]);
        app.api(LEA).post_json(&path, &json!({})).await.invalid(&["coach missing"]);
        let foreign = json!({ "coach": FINN.to_string(), "participants": [GIL_AT_SOUTHWIND.to_string()] });
        app.api(LEA).post_json(&path, &foreign).await.refused(404, "not_found");
        app.api(ADA).post_json(&path, &wish(false)).await.refused(403, "may_not");
        app.api(LEA).post_json(&format!("/api/v1/cohorts/{SOUTHWIND_COHORT}/coach-changes"), &wish(true)).await.refused(404, "not_found");
    }

    // Rule G10
    async fn a_coach_names_a_stand_in_and_takes_the_session_back(app: TestApp) {
        let first = booked(&app).await;
        let path = format!("/sessions/{first}");
        let page = read(&app.ada(), &path).await;
        assert!(page.contains("Name a stand-in") && page.contains(&format!("{path}/stand-in")), "{page}");
        assert!(!read(&app.ben(), &path).await.contains("Name a stand-in"));
        let form = read(&app.ada(), &format!("{path}/stand-in")).await;
        assert!(form.contains("Finn Walsh") && form.contains("One mail each goes to its clients"), "{form}");
        app.ada().post(&format!("{path}/stand-in"), &[]).await.expect(422);
        let done = app.ada().post(&format!("{path}/stand-in"), &[("coach", &FINN.to_string())]).await;
        done.expect(303);
        app.ada().get(&path).await.expect(404);
        // Their own coach reads that it is somebody else's, and is led nowhere; whoever runs the program goes on to it.
        let place = format!("/participants/{BEN_AT_NORTHWIND}");
        let (own, led) = (read(&app.ada(), &place).await, read(&app.lea(), &place).await);
        for (page, is_led) in [(own, false), (led, true)] {
            assert!(page.contains("coached by Finn Walsh this once"), "{page}");
            assert_eq!(page.contains(&format!("href=\"{path}\"")), is_led, "{page}");
        }
        let page = read(&app.lea(), &path).await;
        for words in ["Finn Walsh stands in for Ada Lindholm.", "A stand-in was named by Ada Lindholm", "End the stand-in"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        read(&app.person(FINN), &path).await;
        app.person(FINN).get(&format!("/people/{BEN}")).await.expect(404);
        app.person(FINN).get(&format!("/participants/{BEN_AT_NORTHWIND}")).await.expect(404);
        app.ada().post(&format!("{path}/stand-in/end"), &[]).await.expect(303);
        assert!(read(&app.ada(), &path).await.contains("Given back to its coach by you"));
        // The same over the interface.
        let api = format!("/api/v1/sessions/{first}/stand-in");
        let state = app.api(LEA).put_json(&api, &json!({ "coach": FINN.to_string() })).await.expect(200).json();
        assert_eq!(state["stand_in"], json!(FINN.to_string()));
        app.api(LEA).put_json(&api, &json!({})).await.invalid(&["coach missing"]);
        assert_eq!(app.api(LEA).delete(&api).await.expect(200).json()["stand_in"], json!(null));
        app.api(LEA).delete(&api).await.refused(409, "no_stand_in");
        app.api(BEN).put_json(&api, &json!({ "coach": FINN.to_string() })).await.refused(403, "may_not");
    }
}
