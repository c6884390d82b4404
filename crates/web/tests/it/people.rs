//! The pages about people, as forms are sent to them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use model::on_both;
use model::world::{ADA, BEN, OTTO};
use rules::ids::PersonId;
use serde_json::json;

use crate::app::{Actor, TestApp};

const NINA: [(&str, &str); 6] = [
    ("name", "Nina Sander"),
    ("mail", "nina@cairn.example"),
    ("role", "coach"),
    ("zone", "Europe/Berlin"),
    ("language", "en"),
    ("idempotency_key", "k1"),
];

on_both! {
    // Rule B5
    async fn a_form_that_is_sent_twice_makes_one_account(app: TestApp) {
        let otto = app.otto();
        let first = otto.post("/people", &NINA).await.expect(303);
        let again = otto.post("/people", &NINA).await.expect(303);
        assert_eq!(first.header("location"), again.header("location"));
        assert_eq!(app.count("person").await, 8);
        // The same form with other contents is refused, and so is the same address without the key.
        let mut other = NINA;
        other[0].1 = "Somebody Else";
        otto.post("/people", &other).await.expect(422);
        otto.post("/people", &NINA[..5]).await.expect(422);
        assert_eq!(app.count("person").await, 8);
    }

    // Rule M8
    async fn the_pages_of_an_admin_speak_their_language(app: TestApp) {
        for (path, words) in [
            ("/people", "Jemanden einladen"),
            ("/people/new", "Einladung senden"),
            (&format!("/people/{BEN}"), "Überall abmelden"),
            ("/settings", "Einstellungen speichern"),
            ("/mail-queue", "Ausgehende Mails"),
            ("/settings/agreements", "Coaching-Vereinbarung"),
        ] {
            let page = app.otto().get(path).await.expect(200).text();
            assert!(page.contains(words) && !page.contains("lang=\"en\" class=\"page"), "{path}: {page}");
        }
    }

    // Rule P3
    async fn only_an_admin_makes_accounts(app: TestApp) {
        for actor in [app.lea(), app.ada(), app.ben(), app.cara()] {
            actor.post("/people", &NINA).await.expect(403);
        }
        let away = app.nobody().post("/people", &NINA).await.expect(303);
        assert_eq!(away.header("location"), "/sign-in?next=%2Fpeople");
        assert_eq!(app.count("person").await, 7);
    }

    // Rule P4
    async fn what_no_name_can_hold_finds_nothing_and_breaks_nothing(app: TestApp) {
        let (otto, api) = (app.otto(), app.api(OTTO));
        let long = "x".repeat(5_000);
        for address in [
            "/people?q=%00",
            "/people?after=per_0000000000001&after_name=%00",
            "/audit?person=%00&kind=%00",
            &format!("/people?q={long}"),
            &format!("/people?after=per_0000000000001&after_name={long}"),
            &format!("/audit?person={long}&kind={long}&before={long}"),
            "/mail-queue?state=%00&before=%00",
        ] {
            otto.get(address).await.expect(200);
        }
        otto.get(&format!("/audit?from={long}&to=%00")).await.expect(422);
        api.get("/api/v1/people?q=%00").await.invalid(&["q hidden_characters"]);
        api.get(&format!("/api/v1/people?q={long}")).await.invalid(&["q too_long"]);
        api.get("/api/v1/audit?kind=%00&person=%00").await.invalid(&["kind not_a_choice", "person not_an_id"]);
        let cursor = URL_SAFE_NO_PAD.encode(r#"["\u0000","per_0000000000001"]"#);
        api.get(&format!("/api/v1/people?cursor={cursor}")).await.invalid(&["cursor not_a_cursor"]);
    }

    // Rule P1
    async fn letters_that_people_cause_are_limited(app: TestApp) {
        let (otto, api) = (app.otto(), app.api(OTTO));
        let (page, address) = (format!("/people/{BEN}/invitation"), format!("/api/v1/people/{BEN}/invitation"));
        otto.post(&page, &[("idempotency_key", "first")]).await.expect(303);
        for _ in 1..30 {
            otto.post(&page, &[]).await.expect(303);
        }
        let over = otto.post(&page, &[]).await.expect(429);
        assert!(over.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=3600).contains(&seconds)));
        api.post_json(&address, &json!({})).await.refused(429, "rate_limited");
        let roles = json!({ "roles": ["coach"] });
        api.put_json(&format!("/api/v1/people/{BEN}/roles"), &roles).await.refused(429, "rate_limited");
        // A repeat is no further letter, others are written to, and Ben may still ask for his link.
        otto.post(&page, &[("idempotency_key", "first")]).await.expect(303);
        otto.post(&format!("/people/{ADA}/invitation"), &[]).await.expect(303);
        app.nobody().post("/sign-in/link", &[("mail", "ben@northwind.example")]).await.expect(200);
        assert_eq!(app.letters_to(BEN).await.len(), 31);
        app.clock().advance(SignedDuration::from_hours(1));
        api.post_json(&address, &json!({})).await.expect(200);
    }

    // Rule P3
    async fn only_who_reads_the_log_reads_it_on_a_persons_page(app: TestApp) {
        let page = format!("/people/{BEN}");
        assert!(app.otto().get(&page).await.expect(200).text().contains("h-history"));
        for actor in [app.lea(), app.ada()] {
            assert!(!actor.get(&page).await.expect(200).text().contains("h-history"));
        }
    }

    // Rule T2
    async fn a_guessed_zone_gives_way_to_what_the_browser_says_once(app: TestApp) {
        let zone = async |actor: &Actor<'_>| actor.get("/api/v1/me").await.json()["zone"].clone();
        app.otto().post("/people", &NINA).await.expect(303);
        let people = app.api(OTTO).get("/api/v1/people?q=nina").await.json();
        let nina: PersonId = people["items"][0]["id"].as_str().and_then(|id| id.parse().ok()).expect("Nina");
        let (browser, api) = (app.person(nina), app.api(nina));
        browser.post("/profile", &[("name", "Nina S.")]).await.expect(303);
        browser.post("/profile/zone", &[("zone", "Asia/Tokyo")]).await.expect(303);
        assert_eq!(zone(&api).await, "Asia/Tokyo");
        browser.post("/profile/zone", &[("zone", "Europe/Lisbon")]).await.expect(303);
        assert_eq!(zone(&api).await, "Asia/Tokyo");
    }
}
