//! Pods on their pages and over the interface: their dates, where they are found, and who can be put into one.

use model::args;
use model::event::Actor as By;
use model::on_both;
use model::program::{self, Joining, NewPod};
use model::world::{ADA, ADA_BEN, BEN, BEN_AT_NORTHWIND, LEA, NORTHWIND_COHORT, OTTO, POD_STEP};
use rules::ids::PodId;
use serde_json::json;

use crate::app::TestApp;

/// An open pod of Ada's in which nobody is.
async fn empty_pod(app: &TestApp, name: &'static str) -> PodId {
    let made = app.db().write(move |tx| {
        let new = NewPod {
            cohort: NORTHWIND_COHORT,
            step: POD_STEP,
            name: name.to_owned(),
            facilitator: ADA,
            min_members: 2,
            max_members: 4,
            joining: Joining::Open,
        };
        program::add_pod(tx, &By::Operator, &new)
    });
    made.await.expect("a pod")
}

on_both! {
    // Rule S13
    async fn a_member_of_an_open_pod_is_led_to_another_date_and_never_to_a_refused_move(app: TestApp) {
        app.db().write(|tx| program::start_journey(tx, &By::Operator, BEN_AT_NORTHWIND)).await.expect("a journey");
        app.db().write(|tx| tx.exec("UPDATE pathway SET ordered = $1", args![false])).await.expect("free");
        let mut pods = Vec::new();
        for (name, place) in [("Early", 60), ("Later", 100)] {
            let pod = empty_pod(&app, name).await;
            let session = app.api(ADA).get(&format!("/api/v1/pods/{pod}")).await.expect(200).json()["session"].clone();
            let of_api = format!("/api/v1/sessions/{}/booking", session.as_str().expect("an id"));
            let slots = app.api(ADA).get(&format!("{of_api}/slots")).await.expect(200).json();
            let at = slots["items"][place]["starts_at"].clone();
            app.api(ADA).post_json(&of_api, &json!({ "starts_at": at })).await.expect(201);
            pods.push((pod, session.as_str().expect("an id").to_owned()));
        }
        let ((early, session), (later, _)) = (pods[0].clone(), pods[1].clone());
        let ben = app.ben();
        // What he has booked privately comes first.
        app.db().write(|tx| tx.exec("DELETE FROM coach_time WHERE session_id = $1", args![ADA_BEN])).await.expect("free");
        app.db().write(|tx| tx.exec("UPDATE session SET cancelled_at = 0, cancelled_cause = 'client' WHERE id = $1", args![ADA_BEN])).await.expect("gone");
        ben.post(&format!("/pods/{early}/choice"), &[("agree", "1"), ("overlap_known", "1")]).await.expect(303);
        let home = ben.get("/").await.expect(200).text();
        assert!(!home.contains(&format!("/sessions/{session}/move")), "{home}");
        assert!(home.contains(&format!("/pods/{early}#other-dates")), "{home}");
        let seen = ben.get(&format!("/sessions/{session}")).await.expect(200).text();
        assert!(seen.contains(&format!("/pods/{early}#other-dates")) && !seen.contains("/move\""), "{seen}");
        let seen = ben.get(&format!("/pods/{early}")).await.expect(200).text();
        assert!(seen.contains("Other dates") && seen.contains(&format!("/pods/{later}")), "{seen}");
        ben.post(&format!("/pods/{later}/choice"), &[("agree", "1"), ("overlap_known", "1")]).await.expect(303);
        assert!(ben.get("/").await.expect(200).text().contains(&format!("/pods/{later}#other-dates")));
    }

    // Rule G5
    async fn the_pods_of_a_cohort_are_found_from_wherever_one_is(app: TestApp) {
        let pods = format!("/cohorts/{NORTHWIND_COHORT}/pods");
        let of_api = format!("/api/v1{pods}");
        app.db().write(|tx| program::start_journey(tx, &By::Operator, BEN_AT_NORTHWIND)).await.expect("a journey");
        app.db().write(|tx| tx.exec("UPDATE pathway SET ordered = $1", args![false])).await.expect("free");
        // Nobody could book the step yet, and whoever leads it reads so.
        let (lea, board) = (app.lea(), format!("/cohorts/{NORTHWIND_COHORT}"));
        let seen = lea.get(&board).await.expect(200).text();
        assert!(seen.contains("no group yet") && seen.contains("1 step cannot be booked"), "{seen}");
        assert!(seen.contains(&format!("href=\"{pods}\"")) && seen.contains(&format!("{pods}#{POD_STEP}")), "{seen}");
        assert!(lea.get("/").await.expect(200).text().contains("1 step cannot be booked"));
        assert!(lea.get(&pods).await.expect(200).text().contains("Wait here: Ben Orle."));
        let api = app.api(LEA).get(&of_api).await.expect(200).json();
        assert_eq!((&api["items"][0]["number"], &api["items"][0]["without_date"]), (&json!(2), &json!("no_pod_yet")));
        let cells = app.api(LEA).get(&format!("/api/v1{board}/board")).await.expect(200).json();
        let cells = cells["participants"][0]["journeys"][0]["sessions"].clone();
        assert_eq!(cells[1]["without_date"], "no_pod_yet");

        let pod = empty_pod(&app, "Tuesday").await;
        let seen = lea.get(&pods).await.expect(200).text();
        assert!(seen.contains(&format!("/pods/{pod}")) && seen.contains("No date yet") && seen.contains("0 of 4"), "{seen}");
        assert!(seen.contains("Fewer than the 2"), "{seen}");
        assert!(!lea.get(&board).await.expect(200).text().contains("1 step cannot be booked"));
        let api = app.api(LEA).get(&of_api).await.expect(200).json();
        assert_eq!(api["items"][0]["pods"][0]["id"], json!(pod.to_string()));
        assert_eq!(api["items"][0]["without_date"], json!(null));
        // From its own page, and from its session.
        assert!(lea.get(&format!("/pods/{pod}")).await.expect(200).text().contains(&pods));
        let session = api["items"][0]["pods"][0]["session"].as_str().expect("an id").to_owned();
        let seen = lea.get(&format!("/sessions/{session}")).await.expect(200).text();
        assert!(seen.contains(&format!("href=\"/pods/{pod}\"")), "{seen}");
        lea.post(&format!("/pods/{pod}/members"), &[("participant", &BEN_AT_NORTHWIND.to_string())]).await.expect(303);
        let menu = lea.get(&format!("/sessions/{session}/attendance/{BEN}/actions?back=/")).await.expect(200).text();
        assert!(menu.contains(&format!("/pods/{pod}")), "{menu}");
        for (other, status) in [(app.ada(), 403), (app.ben(), 403), (app.cara(), 403)] {
            other.get(&pods).await.expect(status);
        }
        lea.get("/cohorts/coh_0000000000002/pods").await.expect(404);
        app.api(LEA).get("/api/v1/cohorts/coh_0000000000002/pods").await.refused(404, "not_found");
    }

    // Rule S13
    async fn an_empty_pod_gets_its_date_on_its_page_and_over_the_interface(app: TestApp) {
        for (who, name) in [(ADA, "First"), (LEA, "Second"), (OTTO, "Third")] {
            let pod = empty_pod(&app, name).await;
            let (page, api) = (app.person(who), app.api(who));
            let session = api.get(&format!("/api/v1/pods/{pod}")).await.expect(200).json()["session"].clone();
            let session = format!("/sessions/{}", session.as_str().expect("an id"));
            let seen = page.get(&format!("/pods/{pod}")).await.expect(200).text();
            assert!(seen.contains(&format!("{session}/booking")) && seen.contains(&format!("href=\"{session}\"")), "{seen}");
            page.get(&session).await.expect(200);
            let seen = page.get(&format!("{session}/booking")).await.expect(200).text();
            assert!(seen.contains("2026-"), "there are times: {seen}");
            let of_api = format!("/api/v1{session}");
            let slots = api.get(&format!("{of_api}/booking/slots")).await.expect(200).json();
            let at = slots["items"][0]["starts_at"].as_str().expect("a time").to_owned();
            let later = slots["items"][30]["starts_at"].as_str().expect("another").to_owned();
            page.post(&format!("{session}/booking"), &[("starts_at", at.as_str())]).await.expect(303);
            assert_eq!(api.get(&of_api).await.expect(200).json()["status"], "booked");
            let seen = page.get(&session).await.expect(200).text();
            assert!(seen.contains(&format!("{session}/move")) && seen.contains(&format!("{session}/cancellation")), "{seen}");
            page.get(&format!("{session}/move")).await.expect(200);
            page.get(&format!("{session}/cancellation")).await.expect(200);
            api.post_json(&format!("{of_api}/cancellation"), &json!({ "cause": "organisation" })).await.expect(200);
            assert_eq!(api.get(&of_api).await.expect(200).json()["status"], "unbooked");
            api.post_json(&format!("{of_api}/booking"), &json!({ "starts_at": later })).await.expect(201);
            app.ben().get(&session).await.expect(404);
            if who == LEA {
                // Nobody is in it, so that it is its date that is in the way.
                api.delete(&format!("/api/v1/pods/{pod}")).await.refused(409, "pod_has_date");
                let told = page.post(&format!("/pods/{pod}/deletion"), &[]).await.expect(409).text();
                assert!(told.contains("This pod has a date, ") && told.contains("Call that off first."), "{told}");
            }
        }
        app.run_jobs().await;
        assert!(app.letters_to(ADA).await.iter().any(|letter| letter == "booked_for_coach"));
    }
}
