//! What waits for somebody, wherever it stands: the lists of sessions, a coach's day, a client's home, the client's page.

use jiff::SignedDuration;
use model::args;
use model::on_both;
use model::world::{ADA, ADA_BEN, ADA_SHORT, BEN, BEN_AT_NORTHWIND, BEN_WITH_ADA, FINN, GIL, OTTO, PATHWAY};
use rules::time::Instant;
use serde_json::json;

use crate::app::TestApp;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Thirty hours before the session Ben asks for Friday at two.
async fn asked(app: &TestApp) {
    app.clock().advance(HOUR * 43);
    let wish = json!({ "starts_at": "2026-03-06T13:00:00Z", "expect": "asked", "reason": "A dentist" });
    app.api(BEN).post_json(&format!("/api/v1/sessions/{ADA_BEN}/move"), &wish).await.expect(200);
}

on_both! {
    // Rules R6, W9
    async fn open_requests_stand_on_top_with_the_hours_left(app: TestApp) {
        asked(&app).await;
        let approval = format!("action=\"/sessions/{ADA_BEN}/move/approval\"");
        for path in ["/sessions", "/today", &format!("/people/{BEN}")] {
            let page = app.ada().get(path).await.expect(200).text();
            let words = ["29 h left", "Ben Orle asks to move", "Thu 5 Mar, 11:00", "Fri 6 Mar, 14:00", "“A dentist”", &approval];
            for words in words {
                assert!(page.contains(words), "{path}, {words}: {page}");
            }
        }
        let page = app.ada().get("/sessions").await.expect(200).text();
        assert!(page.find(&approval) < page.find("class=\"day"), "they stand on top: {page}");
        for path in ["/sessions", "/"] {
            let page = app.ben().get(path).await.expect(200).text();
            assert!(page.contains("You asked Ada Lindholm to move") && page.contains("Ada has until"), "{path}: {page}");
            assert!(!page.contains("/approval"), "{path}: {page}");
        }
        assert!(app.otto().get("/sessions").await.expect(200).text().contains(&approval));
        for foreign in [app.person(FINN), app.person(GIL), app.lea()] {
            assert!(!foreign.get("/sessions").await.expect(200).text().contains("A dentist"));
        }
        // From its last moment on there is nothing to decide, whether or not somebody swept it away.
        app.clock().advance(HOUR * 29);
        for page in [app.ada().get("/today").await, app.ada().get("/sessions").await, app.ben().get("/").await] {
            assert!(!page.expect(200).text().contains("A dentist"));
        }
    }

    // Rule W9
    async fn a_clients_next_session_can_be_moved_from_their_home(app: TestApp) {
        let way = format!("href=\"/sessions/{ADA_BEN}/move\"");
        assert!(app.ben().get("/").await.expect(200).text().contains(&way));
        asked(&app).await;
        assert!(!app.ben().get("/").await.expect(200).text().contains(&way), "one request at a time");
    }

    // Rules W9, S7, S4
    async fn what_nobody_marked_is_listed_for_its_coach_and_later_for_the_lead(app: TestApp) {
        let (list, link) = ("/sessions?view=to_mark", format!("href=\"/sessions/{ADA_BEN}\""));
        let marks = format!("action=\"/sessions/{ADA_BEN}/attendance/{BEN}\"");
        app.inside()
            .write(|tx| {
                let now = tx.now();
                let sql = "INSERT INTO journey (id, participant_id, pathway_id, starts_at) VALUES (1, $1, $2, $3)";
                tx.exec(sql, args![BEN_AT_NORTHWIND, PATHWAY, now])?;
                tx.exec("UPDATE attendance SET journey_id = 1 WHERE id = $1", args![BEN_WITH_ADA])
            })
            .await
            .expect("making it a session of the program");
        assert!(!app.ada().get(list).await.expect(200).text().contains(&link));
        app.clock().advance(HOUR * 75);
        let page = app.ada().get(list).await.expect(200).text();
        assert!(page.contains(&link) && page.contains(&marks) && page.contains("To mark <span class=\"count\">1</span>"), "{page}");
        assert!(app.ada().get("/today").await.expect(200).text().contains(&marks));
        assert!(app.otto().get(list).await.expect(200).text().contains(&marks));
        let page = app.ben().get(list).await.expect(200).text();
        assert!(!page.contains(&link) && !page.contains("href=\"/sessions?view=to_mark\""), "a client marks nothing: {page}");
        assert!(!app.lea().get(list).await.expect(200).text().contains(&link));
        assert!(!app.lea().get("/").await.expect(200).text().contains("has no outcome"));
        app.clock().advance(HOUR * 71);
        let home = app.lea().get("/").await.expect(200).text();
        assert!(home.contains("1 session has no outcome") && home.contains(&format!("href=\"{list}\"")), "{home}");
        let page = app.lea().get(list).await.expect(200).text();
        assert!(page.contains(&link) && !page.contains(&marks), "three days after its end she sees it: {page}");
        assert!(!app.person(FINN).get(list).await.expect(200).text().contains(&link));
        let done = json!({ "outcome": "completed" });
        app.api(ADA).put_json(&format!("/api/v1/sessions/{ADA_BEN}/attendance/{BEN}"), &done).await.expect(200);
        for somebody in [app.ada(), app.lea(), app.otto()] {
            assert!(!somebody.get(list).await.expect(200).text().contains(&link));
        }
        assert!(!app.lea().get("/").await.expect(200).text().contains("has no outcome"));
    }

    // Rules W9, S14
    async fn a_contested_missed_waits_for_the_coach(app: TestApp) {
        app.clock().advance(HOUR * 75);
        let place = format!("/api/v1/sessions/{ADA_BEN}/attendance/{BEN}");
        app.api(ADA).put_json(&place, &json!({ "outcome": "missed", "cause": "no_show" })).await.expect(200);
        let page = app.ada().get("/today").await.expect(200).text();
        assert!(!page.contains("contests a Missed"));
        app.api(BEN).post_json(&format!("{place}/contest"), &json!({ "words": "I was there" })).await.expect(200);
        let page = app.ada().get("/today").await.expect(200).text();
        // She marked it, and does not settle it.
        for words in ["Ben Orle contests a Missed", "An admin settles it; you can still undo, correct or forgive."] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(app.otto().get("/").await.expect(200).text().contains("bis Sie entscheiden."));
        assert!(!app.person(FINN).get("/today").await.expect(200).text().contains("Ben Orle"));
        app.api(OTTO).post_json(&format!("{place}/contest/settlement"), &json!({})).await.expect(200);
        assert!(!app.ada().get("/today").await.expect(200).text().contains("contests a Missed"));
    }

    // Rule W9
    async fn a_client_without_a_session_for_three_weeks_is_drifting(app: TestApp) {
        app.clock().advance(HOUR * 75);
        let place = format!("/api/v1/sessions/{ADA_BEN}/attendance/{BEN}");
        app.api(ADA).put_json(&place, &json!({ "outcome": "completed" })).await.expect(200);
        app.clock().advance(HOUR * (24 * 21 - 3));
        assert!(!app.ada().get("/today").await.expect(200).text().contains("Drifting"));
        app.clock().advance(HOUR);
        let page = app.ada().get("/today").await.expect(200).text();
        assert!(page.contains("Drifting") && page.contains("21 days since the last session"), "{page}");
        assert!(page.contains(&format!("href=\"/people/{BEN}/booking\"")), "{page}");
        let wish = json!({ "coach": "ada-lindholm", "offering": ADA_SHORT.to_string(), "starts_at": "2026-03-31T09:00:00Z" });
        app.api(BEN).post_json("/api/v1/sessions", &wish).await.expect(201);
        assert!(!app.ada().get("/today").await.expect(200).text().contains("Drifting"), "something is booked");
        // Once it is over it is asked whether he came, and he is not missed for that.
        let start: Instant = "2026-03-31T09:00:00Z".parse().expect("a time");
        app.clock().advance(start.since(app.clock().now()) + HOUR * 5);
        let page = app.ada().get("/today").await.expect(200).text();
        assert!(page.contains("Was Ben Orle there") && !page.contains("Drifting"), "{page}");
    }
}
