//! What is owed and paid: `/money`, and where else it is said.

use jiff::SignedDuration;
use model::on_both;
use model::world::{ADA, ADA_HOUR, BEN, FINN, GIL, OTTO};
use serde_json::json;

use crate::app::TestApp;

impl TestApp {
    /// Ben books an hour with Ada for 110 euros, on Wednesday at ten of her clock.
    pub(crate) async fn paid_session(&self) -> String {
        let wish = json!({ "coach": "ada-lindholm", "offering": ADA_HOUR.to_string(), "starts_at": "2026-03-04T09:00:00Z" });
        let made = self.api(BEN).post_json("/api/v1/sessions", &wish).await.expect(201).json();
        made["id"].as_str().expect("an id").to_owned()
    }
}

on_both! {
    // Rules F3, P3, P4
    async fn what_is_owed_and_paid_is_told_to_its_two_ends_and_the_admin(app: TestApp) {
        for somebody in [app.ada(), app.ben(), app.otto()] {
            assert!(!somebody.get("/money").await.expect(200).text().contains("110"));
        }
        let id = app.paid_session().await;
        let owed = "€\u{a0}110";
        let page = app.ada().get("/money").await.expect(200).text();
        for words in [owed, "Charged", "Ben Orle", "Wed 4 Mar, 10:00", &format!("href=\"/sessions/{id}\""), "Earned"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let page = app.ben().get("/money").await.expect(200).text();
        assert!(page.contains(owed) && page.contains("Ada Lindholm") && page.contains("Wed 4 Mar, 09:00"), "{page}");
        assert!(!page.contains("Earned"), "a client earns nothing: {page}");
        assert!(app.ben().get("/").await.expect(200).text().contains(&format!("You owe {owed}.")));
        assert!(app.otto().get("/money").await.expect(200).text().contains("Ben Orle, Ada Lindholm"));
        for foreign in [app.person(GIL), app.person(FINN)] {
            assert!(!foreign.get("/money").await.expect(200).text().contains("Ben Orle"));
        }
        for without in [app.lea(), app.cara()] {
            without.get("/money").await.expect(403);
        }
        app.clock().advance(SignedDuration::from_hours(3 * 24));
        assert!(app.ada().get("/today").await.expect(200).text().contains(&format!("{owed} from Ben Orle is unpaid")));
        app.api(ADA).post_json(&format!("/api/v1/sessions/{id}/payment"), &json!({})).await.expect(201);
        let page = app.ada().get("/money").await.expect(200).text();
        for words in ["Paid", "-€\u{a0}110", "00001", "<dd class=\"value\">Nothing</dd>"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let sum = |page: &str, words: &str| page.matches(&format!("<dd class=\"value\">{words}</dd>")).count();
        assert_eq!(sum(&page, "Nothing"), 2, "over, but not marked: nothing is earned");
        let place = format!("/api/v1/sessions/{id}/attendance/{BEN}");
        app.api(ADA).put_json(&place, &json!({ "outcome": "completed" })).await.expect(200);
        assert_eq!(sum(&app.ada().get("/money").await.expect(200).text(), owed), 1, "earned");
        assert!(!app.ben().get("/").await.expect(200).text().contains("You owe"));
        assert!(!app.ada().get("/today").await.expect(200).text().contains("is unpaid"));
    }

    // Rule F3
    async fn what_is_to_be_paid_back_waits_for_the_coach_and_is_no_part_of_what_is_owed(app: TestApp) {
        let id = app.paid_session().await;
        app.api(ADA).post_json(&format!("/api/v1/sessions/{id}/payment"), &json!({})).await.expect(201);
        app.api(ADA).post_json(&format!("/api/v1/sessions/{id}/cancellation"), &json!({ "cause": "coach" })).await.expect(200);
        let words = "€\u{a0}110 to be paid back to Ben Orle";
        assert!(app.ada().get("/today").await.expect(200).text().contains(words));
        // Another session that he owes does not swallow it.
        app.paid_session().await;
        for reader in [app.ada(), app.ben()] {
            let page = reader.get("/money").await.expect(200).text();
            assert!(page.contains("To be paid back") && page.matches("<dd class=\"value\">€\u{a0}110</dd>").count() == 2, "{page}");
        }
        assert!(app.ben().get("/").await.expect(200).text().contains("You owe €\u{a0}110."));
        app.api(ADA).post_json(&format!("/api/v1/sessions/{id}/refund"), &json!({})).await.expect(201);
        assert!(!app.ada().get("/today").await.expect(200).text().contains(words));
        assert!(!app.ada().get("/money").await.expect(200).text().contains("To be paid back"));
    }

    // Rule S14
    async fn a_contested_charge_says_so_wherever_it_stands(app: TestApp) {
        let id = app.paid_session().await;
        app.clock().advance(SignedDuration::from_hours(3 * 24));
        let place = format!("/api/v1/sessions/{id}/attendance/{BEN}");
        app.api(ADA).put_json(&place, &json!({ "outcome": "missed", "cause": "no_show" })).await.expect(200);
        let session = format!("/sessions/{id}");
        let read = async |path: &str| {
            let (ada, ben) = (app.ada().get(path).await.expect(200).text(), app.ben().get(path).await.expect(200).text());
            [ada, ben].map(|page| page.to_lowercase().contains("contested"))
        };
        let pages = ["/money", "/sessions?view=past", &session];
        for path in pages {
            assert_eq!(read(path).await, [false, false], "{path}");
        }
        app.api(BEN).post_json(&format!("{place}/contest"), &json!({ "words": "I was there" })).await.expect(200);
        for path in pages {
            assert_eq!(read(path).await, [true, true], "{path}");
        }
        assert!(app.ada().get(&format!("/people/{BEN}")).await.expect(200).text().contains("Contested</span>"));
        // What is unpaid for it says so on the coach's day, beside the contest itself.
        let today = app.ada().get("/today").await.expect(200).text();
        assert!(today.contains("is unpaid") && today.matches("Contested</span>").count() == 2, "{today}");
        assert!(!app.lea().get("/").await.expect(200).text().contains("contests"));
        // Otto, who settles it, reads German.
        let waits = "bestreitet ein „Versäumt“";
        assert!(app.otto().get("/").await.expect(200).text().contains(waits));
        assert!(app.otto().get(&session).await.expect(200).text().contains("Bestritten"));
        app.api(OTTO).post_json(&format!("{place}/contest/settlement"), &json!({})).await.expect(200);
        for path in &pages[..2] {
            assert_eq!(read(path).await, [false, false], "{path}");
        }
        assert!(!app.otto().get("/").await.expect(200).text().contains(waits));
    }

    // Rules W9, P4, F3
    async fn a_client_is_shown_to_their_coach_with_sessions_money_and_terms(app: TestApp) {
        let id = app.paid_session().await;
        let path = format!("/people/{BEN}");
        let page = app.ada().get(&path).await.expect(200).text();
        for words in ["Ahead", &format!("href=\"/sessions/{id}\""), "Booked</span>", "€\u{a0}110", "Charged", "Coaching agreement", "/booking",
            "Terms of their bookings", "Booked: Wed 4 Mar, 10:00", "A new booking"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        // A lead sees neither a practice nor its money.
        let page = app.lea().get(&path).await.expect(200).text();
        assert!(!page.contains(&id) && !page.contains("110"), "{page}");
        app.person(FINN).get(&path).await.expect(404);
        app.clock().advance(SignedDuration::from_hours(4 * 24));
        let page = app.ada().get(&path).await.expect(200).text();
        let (ahead, past) = page.split_once("id=\"h-past\"").expect("what has been");
        assert!(!ahead.contains(&id) && past.contains(&id), "{page}");
    }
}
