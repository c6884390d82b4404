//! The life of a session through the JSON interface: moving, asking, cancelling, marking, contesting, and what is owed.

use jiff::SignedDuration;
use model::on_both;
use model::world::{ADA, ADA_BEN, ADA_HOUR, BEN, CARA, FINN, GIL, LEA, OTTO};
use rules::time::Instant;
use serde_json::{Value as Json, json};

use crate::app::TestApp;

const SESSION: &str = "/api/v1/sessions/ses_0000000000001";

impl TestApp {
    fn wait_until(&self, moment: &str) {
        let moment: Instant = moment.parse().expect(moment);
        self.clock().advance(moment.since(self.clock().now()));
    }

    /// Ben books an hour with Ada himself, and pays for it later.
    async fn booked(&self, start: &str) -> String {
        let wish = json!({ "coach": "ada-lindholm", "offering": ADA_HOUR.to_string(), "starts_at": start });
        let made = self.api(BEN).post_json("/api/v1/sessions", &wish).await.expect(201).json();
        format!("/api/v1/sessions/{}", made["id"].as_str().expect("an id"))
    }
}

fn to(start: &str) -> Json {
    json!({ "starts_at": start })
}

fn kinds(timeline: &Json) -> Vec<String> {
    let events = timeline["items"].as_array().expect("a list");
    events.iter().rev().map(|event| event["kind"].as_str().expect("a kind").to_owned()).collect()
}

on_both! {
    // Rules R2, R3, R4, R5, R11
    async fn a_client_moves_or_asks_by_their_notice(app: TestApp) {
        assert_eq!(SESSION, format!("/api/v1/sessions/{ADA_BEN}"));
        let (ben, ada) = (app.api(BEN), app.api(ADA));
        let mv = format!("{SESSION}/move");
        ben.post_json(&mv, &to("2026-03-05T10:00:00Z")).await.refused(409, "no_change");
        ben.post_json(&mv, &json!({})).await.invalid(&["starts_at missing"]);
        let moved = ben.post_json(&mv, &to("2026-03-06T10:00:00Z")).await.expect(200).json();
        assert_eq!((&moved["outcome"], &moved["expires_at"]), (&json!("moved"), &Json::Null));
        // Thirty hours before it has to be asked for.
        app.wait_until("2026-03-05T04:00:00Z");
        let hurried = json!({ "starts_at": "2026-03-06T13:00:00Z", "expect": "moved" });
        let changed = ben.post_json(&mv, &hurried).await.refused(409, "outcome_changed").json();
        assert_eq!(changed["outcome"], "asked");
        let wish = json!({ "starts_at": "2026-03-06T13:00:00Z", "expect": "asked", "reason": "A dentist" });
        let asked = ben.post_json(&mv, &wish).await.expect(200).json();
        assert_eq!((&asked["outcome"], &asked["expires_at"]), (&json!("asked"), &json!("2026-03-06T09:00:00+00:00")));
        assert_eq!(ben.get(SESSION).await.expect(200).json()["starts_at"], "2026-03-06T10:00:00+00:00");
        ben.post_json(&mv, &wish).await.refused(409, "request_pending");
        // The time that is asked for is nobody else's meanwhile.
        let other = json!({ "coach": "ada-lindholm", "offering": ADA_HOUR.to_string(), "starts_at": "2026-03-06T13:00:00Z" });
        app.api(GIL).post_json("/api/v1/sessions", &other).await.refused(409, "taken");
        ben.post_json(&format!("{mv}/approval"), &json!({})).await.refused(403, "may_not");
        ada.delete(&mv).await.refused(403, "may_not");
        ben.delete(&mv).await.expect(204);
        ben.delete(&mv).await.refused(409, "request_closed");
        ada.post_json(&format!("{mv}/approval"), &json!({})).await.refused(409, "request_closed");
        ben.post_json(&mv, &wish).await.expect(200);
        let agreed = ada.post_json(&format!("{mv}/approval"), &json!({})).await.expect(200).json();
        assert_eq!(agreed["starts_at"], "2026-03-06T14:00:00+01:00");
        // Less than a day before nothing is left but to cancel or to write.
        app.wait_until("2026-03-05T13:00:01Z");
        ben.post_json(&mv, &to("2026-03-09T10:00:00Z")).await.refused(409, "move_too_late");
        let timeline = ben.get(&format!("{SESSION}/timeline")).await.expect(200).json();
        assert_eq!(kinds(&timeline), ["session_moved", "move_asked", "move_withdrawn", "move_asked", "session_moved"]);
        assert_eq!(timeline["items"][1]["reason"], "A dentist");
    }

    // Rules D5, R3, S6
    async fn a_session_says_what_is_asked_and_why_it_was_missed_or_called_off(app: TestApp) {
        let (ben, ada) = (app.api(BEN), app.api(ADA));
        app.wait_until("2026-03-04T04:00:00Z");
        let wish = json!({ "starts_at": "2026-03-06T10:00:00Z", "reason": "A dentist" });
        ben.post_json(&format!("{SESSION}/move"), &wish).await.expect(200);
        for (who, zone, decides) in [(&ben, "+00:00", false), (&ada, "+01:00", true), (&app.api(OTTO), "+01:00", true)] {
            let one = who.get(SESSION).await.expect(200).json();
            let request = &one["request"];
            assert!(request["starts_at"].as_str().expect("a start").ends_with(zone), "{request}");
            assert_eq!(
                (&request["asked_by"], &request["reason"], &request["may_decide"]),
                (&json!(BEN.to_string()), &json!("A dentist"), &json!(decides))
            );
            assert_eq!((&one["cancelled"], &one["ended_at"], &one["clients"][0]["outcome"]), (&Json::Null, &Json::Null, &Json::Null));
        }
        let request = ben.get(SESSION).await.expect(200).json()["request"].clone();
        assert_eq!((&request["starts_at"], &request["asked_at"], &request["expires_at"]),
            (&json!("2026-03-06T10:00:00+00:00"), &json!("2026-03-04T04:00:00+00:00"), &json!("2026-03-05T09:00:00+00:00")));
        let list = ada.get("/api/v1/sessions").await.expect(200).json();
        let lines = list["items"].as_array().expect("a list");
        assert_eq!(lines.iter().filter(|line| line["request"]["reason"] == "A dentist").count(), 1);
        ben.delete(&format!("{SESSION}/move")).await.expect(204);
        assert_eq!(ben.get(SESSION).await.expect(200).json()["request"], Json::Null);
        // Why it was missed, and whether that is contested.
        app.wait_until("2026-03-05T10:10:00Z");
        let place = format!("{SESSION}/attendance/{BEN}");
        ada.put_json(&place, &json!({ "outcome": "missed" })).await.expect(200);
        ben.post_json(&format!("{place}/contest"), &json!({ "words": "I was there" })).await.expect(200);
        for who in [&ben, &ada] {
            let client = who.get(SESSION).await.expect(200).json()["clients"][0].clone();
            assert_eq!((&client["status"], &client["outcome"], &client["contested"]), (&json!("missed"), &json!("no_show"), &json!(true)));
        }
        // Why it was called off.
        let session = app.booked("2026-03-09T09:00:00Z").await;
        ada.post_json(&format!("{session}/cancellation"), &json!({ "cause": "coach" })).await.expect(200);
        for who in [&ben, &ada] {
            assert_eq!(who.get(&session).await.expect(200).json()["cancelled"]["cause"], "coach");
            let list = who.get("/api/v1/sessions?when=cancelled").await.expect(200).json();
            assert_eq!(list["items"][0]["cancelled_cause"], "coach");
        }
    }

    // Rules R4, R7
    async fn nobody_decides_a_request_from_its_last_moment_on(app: TestApp) {
        let (ben, ada) = (app.api(BEN), app.api(ADA));
        let mv = format!("{SESSION}/move");
        app.wait_until("2026-03-04T04:00:00Z");
        ben.post_json(&mv, &to("2026-03-06T10:00:00Z")).await.expect(200);
        app.wait_until("2026-03-05T09:00:00Z");
        for act in ["approval", "rejection"] {
            ada.post_json(&format!("{mv}/{act}"), &json!({})).await.refused(409, "move_expired");
        }
        ben.delete(&mv).await.refused(409, "move_expired");
        // It was asked in time, so that it can still be given up in time.
        let off = ben.post_json(&format!("{SESSION}/cancellation"), &json!({})).await.expect(200).json();
        assert_eq!((&off["outcome"], &off["grounds"], &off["kept"]), (&json!("cancelled"), &json!("asked"), &Json::Null));
        let timeline = ben.get(&format!("{SESSION}/timeline")).await.expect(200).json();
        assert_eq!(kinds(&timeline), ["move_asked", "move_expired", "session_cancelled"]);
        app.run_jobs().await;
        let letters = app.letters_to(BEN).await;
        assert_eq!(letters.iter().filter(|letter| *letter == "move_expired").count(), 1, "{letters:?}");
    }

    // Rules R9, R10, R11, S6, S14, F3
    async fn what_cancelling_costs_is_what_was_shown(app: TestApp) {
        let (ben, ada) = (app.api(BEN), app.api(ADA));
        let session = app.booked("2026-03-04T09:00:00Z").await;
        app.wait_until("2026-03-03T13:00:00Z");
        let off = format!("{session}/cancellation");
        // Whoever is the client asks for themselves; the house says why.
        ada.post_json(&off, &json!({ "reason": "I am ill" })).await.invalid(&["cause missing"]);
        let expected = json!({ "expect": { "outcome": "cancelled", "kept_minor": 5500 } });
        let changed = ben.post_json(&off, &expected).await.refused(409, "outcome_changed").json();
        assert_eq!((&changed["outcome"], &changed["kept_minor"]), (&json!("missed"), &json!(11_000)));
        let expected = json!({ "expect": { "outcome": "missed", "kept_minor": 11_000 }, "reason": "Ill" });
        let missed = ben.post_json(&off, &expected).await.expect(200).json();
        assert_eq!((&missed["outcome"], &missed["kept"]["minor"]), (&json!("missed"), &json!(11_000)));
        let place = format!("{session}/attendance/{BEN}");
        // A late cancellation is no mark: it is neither corrected nor undone, only forgiven.
        ada.put_json(&place, &json!({ "outcome": "completed" })).await.refused(409, "wrong_status");
        ada.delete(&place).await.refused(409, "wrong_status");
        ben.post_json(&format!("{place}/contest"), &json!({ "words": "" })).await.invalid(&["words missing"]);
        let contested = ben.post_json(&format!("{place}/contest"), &json!({ "words": "I had told you" })).await.expect(200).json();
        assert_eq!(contested["contested"], true);
        ben.post_json(&format!("{place}/contest"), &json!({ "words": "Again" })).await.refused(409, "already_contested");
        ben.post_json(&format!("{place}/contest/settlement"), &json!({})).await.refused(403, "may_not");
        ada.post_json(&format!("{place}/forgiveness"), &json!({})).await.invalid(&["reason missing"]);
        let forgiven = ada.post_json(&format!("{place}/forgiveness"), &json!({ "reason": "You had" })).await.expect(200).json();
        assert_eq!((&forgiven["status"], &forgiven["contested"]), (&json!("cancelled"), &json!(false)));
        let ledger = ben.get("/api/v1/ledger").await.expect(200).json();
        let lines: Vec<_> = ledger["items"].as_array().unwrap().iter()
            .map(|line| (line["kind"].as_str().unwrap().to_owned(), line["amount"]["minor"].as_i64().unwrap())).collect();
        assert_eq!(lines, [("waiver".to_owned(), 11_000), ("charge".to_owned(), 11_000)]);
    }

    // Rules S3, S4, S10, F1
    async fn a_coach_marks_and_what_is_open_is_paid_by_hand(app: TestApp) {
        let (ben, ada) = (app.api(BEN), app.api(ADA));
        let session = app.booked("2026-03-04T09:00:00Z").await;
        let place = format!("{session}/attendance/{BEN}");
        ada.put_json(&place, &json!({ "outcome": "completed" })).await.refused(409, "mark_too_early");
        app.wait_until("2026-03-04T09:09:59Z");
        let missed = json!({ "outcome": "missed", "cause": "no_show" });
        ada.put_json(&place, &missed).await.refused(409, "mark_too_early");
        app.wait_until("2026-03-04T09:10:00Z");
        ada.put_json(&place, &json!({ "outcome": "completed", "cause": "no_show" })).await.invalid(&["cause not_a_choice"]);
        ben.put_json(&place, &missed).await.refused(403, "may_not");
        let marked = ada.put_json(&place, &missed).await.expect(200).json();
        assert_eq!((&marked["status"], &marked["told_at"]), (&json!("missed"), &json!("2026-03-04T10:25:00+01:00")));
        assert_eq!(ada.delete(&place).await.expect(200).json()["told_at"], Json::Null);
        app.wait_until("2026-03-04T10:00:00Z");
        ada.put_json(&place, &json!({ "outcome": "completed" })).await.expect(200);
        app.clock().advance(SignedDuration::from_mins(15));
        app.run_jobs().await;
        let letters = app.letters_to(BEN).await;
        assert!(letters.contains(&"marked_completed".to_owned()) && !letters.contains(&"marked_missed".to_owned()), "{letters:?}");
        let paid = ada.post_json(&format!("{session}/payment"), &json!({ "minor": 5_000 })).await.expect(201).json();
        assert_eq!(paid["amount"]["minor"], 5_000);
        assert!(paid["reference"].as_str().is_some_and(|number| number.ends_with("00001")), "{paid}");
        ada.post_json(&format!("{session}/payment"), &json!({ "minor": -1 })).await.invalid(&["minor amount_out_of_range"]);
        ada.post_json(&format!("{session}/payment"), &json!({ "minor": 6_001 })).await.invalid(&["minor amount_out_of_range"]);
        let waived = ada.post_json(&format!("{session}/waiver"), &json!({ "reason": "A gift" })).await.expect(201).json();
        assert_eq!(waived["amount"]["minor"], 6_000);
        ada.post_json(&format!("{session}/waiver"), &json!({ "reason": "More" })).await.refused(409, "nothing_owed");
        assert_eq!(ben.get(&session).await.expect(200).json()["clients"][0]["owed"]["minor"], 0);
        ada.post_json(&format!("{session}/refund"), &json!({})).await.refused(409, "nothing_to_pay_back");
    }

    // Rule F3
    async fn what_was_paid_too_much_is_paid_back_by_hand(app: TestApp) {
        let ada = app.api(ADA);
        let session = app.booked("2026-03-04T09:00:00Z").await;
        ada.post_json(&format!("{session}/payment"), &json!({})).await.expect(201);
        app.wait_until("2026-03-03T08:00:00Z");
        app.api(BEN).post_json(&format!("{session}/cancellation"), &json!({})).await.expect(200);
        ada.post_json(&format!("{session}/refund"), &json!({ "minor": 5_501 })).await.invalid(&["minor amount_out_of_range"]);
        let back = ada.post_json(&format!("{session}/refund"), &json!({ "minor": 5_000 })).await.expect(201).json();
        assert_eq!((&back["amount"]["minor"], back["reference"].as_str().is_some()), (&json!(5_000), true));
        // The rest from the page, which then says so to both.
        let id = session.rsplit('/').next().expect("an id");
        let page = app.ada().get(&format!("/sessions/{id}")).await.expect(200).text();
        assert!(page.contains("Mark as paid back") && !page.contains("Mark as paid<"), "{page}");
        let refund = format!("/sessions/{id}/attendance/{BEN}/refund");
        app.ada().post(&refund, &[("amount", "6")]).await.expect(422);
        app.ada().post(&refund, &[("amount", "5")]).await.expect(303);
        app.ada().post(&refund, &[]).await.expect(409);
        for reader in [app.ada(), app.ben()] {
            let page = reader.get(&format!("/sessions/{id}")).await.expect(200).text();
            assert!(page.contains("<dt>Paid back</dt><dd>€\u{a0}50, ") && page.contains("<dt>Paid back</dt><dd>€\u{a0}5, "), "{page}");
        }
        app.ben().post(&refund, &[]).await.expect(403);
        let lines = app.api(BEN).get("/api/v1/ledger").await.expect(200).json();
        assert_eq!((&lines["items"][0]["kind"], &lines["items"][0]["amount"]["minor"]), (&json!("refund"), &json!(500)));
    }

    // Rules P4, P8
    async fn whose_session_it_is_not_finds_nothing(app: TestApp) {
        let acts: [(&str, Json); 10] = [
            ("move", to("2026-03-06T10:00:00Z")),
            ("move/approval", json!({})),
            ("move/rejection", json!({})),
            ("cancellation", json!({})),
            ("attendance/per_0000000000004/forgiveness", json!({ "reason": "So" })),
            ("attendance/per_0000000000004/contest", json!({ "words": "So" })),
            ("attendance/per_0000000000004/contest/settlement", json!({})),
            ("waiver", json!({ "reason": "So" })),
            ("payment", json!({})),
            ("refund", json!({})),
        ];
        for who in [FINN, GIL] {
            for (act, body) in &acts {
                let foreign = app.api(who).post_json(&format!("{SESSION}/{act}"), body).await;
                let absent = format!("/api/v1/sessions/ses_00000000000zz/{act}");
                let absent = app.api(who).post_json(&absent, body).await;
                // What their roles never allow is refused as such, whatever it is about.
                assert!([403, 404].contains(&foreign.status.as_u16()), "{act}: {}", foreign.text());
                assert_eq!((foreign.status, foreign.body), (absent.status, absent.body), "{act}");
            }
            app.api(who).get(&format!("{SESSION}/timeline")).await.refused(404, "not_found");
        }
        // A lead whose program it is not part of sees nothing of a practice.
        app.api(LEA).get(&format!("{SESSION}/timeline")).await.refused(404, "not_found");
        app.api(CARA).get("/api/v1/ledger").await.refused(403, "may_not");
        assert_eq!(app.api(GIL).get("/api/v1/ledger").await.expect(200).json()["items"], json!([]));
        app.api(OTTO).get(&format!("{SESSION}/timeline")).await.expect(200);
    }
}
