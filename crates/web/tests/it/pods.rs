//! Pods on their pages and over the interface: their dates, where they are found, and who can be put into one.

use model::event::Actor as By;
use model::on_both;
use model::program::{self, Joining, NewPod};
use model::world::{ADA, LEA, NORTHWIND_COHORT, OTTO, POD_STEP};
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
    // Rules S13, G5
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
            assert!(seen.contains("?at=") || seen.contains("value=\"2026-"), "there are times: {seen}");
            let of_api = format!("/api/v1{session}");
            let slots = api.get(&format!("{of_api}/booking/slots")).await.expect(200).json();
            let at = slots["items"][0]["starts_at"]["at"].as_str().expect("a time").to_owned();
            let later = slots["items"][30]["starts_at"]["at"].as_str().expect("another").to_owned();
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
        }
        app.run_jobs().await;
        assert!(app.letters_to(ADA).await.iter().any(|letter| letter == "booked_for_coach"));
    }
}
