//! A coach's week: `/calendar`, and the free starts of one session.

use jiff::SignedDuration;
use model::availability::{self, TimeOffName, When};
use model::event::{Actor as By, Via};
use model::on_both;
use model::world::{ADA, ADA_BEN, ADA_INTRO, BEN, FINN, GIL, PEOPLE};
use rules::ids::PersonId;
use serde_json::{Value as Json, json};

use crate::app::TestApp;

fn by(id: PersonId) -> By {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    By::Person { who, via: Via::Page, proof: None }
}

#[track_caller]
fn holds(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word} is missing: {page}");
    }
}

on_both! {
    // Rules W9, T2, S1
    async fn a_coach_sees_their_week_on_their_own_clock(app: TestApp) {
        let page = app.ada().get("/calendar").await.expect(200).text();
        let entry = r#"<li class="entry" data-h="2" data-m="0" data-hours="1" data-minutes="0" data-status="booked""#;
        holds(&page, &[
            "Week 10, 2 to 8 March", "Times in Stockholm", r#"data-days="5""#, entry, "11:00 to 12:00", "Ben Orle",
            &format!("href=\"/sessions/{ADA_BEN}\""), &format!("href=\"/sessions/{ADA_BEN}/move\""), "Booked</span>",
            r#"href="/calendar?week=2026-W09""#, r#"href="/calendar?week=2026-W11""#, r#"aria-current="date""#,
        ]);
        // It works from nine to five; now is ten.
        holds(&page, &[r#"<div class="open" data-h="0" data-m="0" data-hours="8" data-minutes="0">"#, r#"<div class="now" data-h="1" data-m="0""#]);
        // What is past is not free any more; the other days of this week are.
        let past = app.ada().get("/calendar?week=2026-W09").await.expect(200).text();
        assert!(!past.contains("<small>free</small>") && page.matches("<small>free</small>").count() == 4, "{page}");
        let other = app.ada().get("/calendar?week=2026-W11").await.expect(200).text();
        holds(&other, &["Week 11, 9 to 15 March", r#"href="/calendar""#]);
        assert!(!other.contains("Ben Orle") && !other.contains("class=\"now\""), "{other}");
        // What is no week, or one that nobody plans, is the one of now.
        for week in ["2026-W99", "9999-W01", "x", "%00"] {
            holds(&app.ada().get(&format!("/calendar?week={week}")).await.expect(200).text(), &["Week 10"]);
        }
        assert!(!app.person(FINN).get("/calendar").await.expect(200).text().contains("Ben Orle"));
        for somebody in [app.otto(), app.lea(), app.ben(), app.cara()] {
            somebody.get("/calendar").await.expect(403);
        }
    }

    // Rules W9, A1, R5
    async fn a_week_shows_what_is_asked_for_kept_back_and_closed(app: TestApp) {
        app.clock().advance(SignedDuration::from_hours(30));
        let asked = json!({ "starts_at": "2026-03-06T13:00:00Z", "expect": "asked" });
        app.api(BEN).post_json(&format!("/api/v1/sessions/{ADA_BEN}/move"), &asked).await.expect(200);
        let held = json!({ "coach": "ada-lindholm", "offering": ADA_INTRO.to_string(), "starts_at": "2026-03-04T14:00:00Z",
            "client": { "name": "Tess Ting", "email": "tess@elsewhere.example", "zone": "Europe/London" } });
        app.nobody().post_json("/api/v1/sessions", &held).await.expect(201);
        app.inside()
            .write(|tx| {
                let day = jiff::civil::date(2026, 3, 7);
                let name = TimeOffName::parse("Skiing").expect("a name");
                availability::add_time_off(tx, &by(ADA), ADA, &name, When::Days { first: day, last: day })
            })
            .await
            .expect("taking time off");
        let page = app.ada().get("/calendar").await.expect(200).text();
        let kept = r#"<li class="entry" data-kept data-h="5" data-m="0" data-hours="1" data-minutes="0" data-status="waiting""#;
        holds(&page, &[kept, "Ben Orle asks", "14:00 to 15:00"]);
        // Whoever moves it is told what becomes of what was asked.
        holds(&page, &["data-closes=\"Ben&#39;s request for Fri 6 Mar, 14:00 closes with it; its time becomes free.\""]);
        assert_eq!(page.matches("data-kept").count(), 2, "a hold is shown too: {page}");
        assert!(!page.contains("Tess Ting"), "nobody is a client before they confirm");
        // A weekend in which nobody works takes no room; a day off among the days of work is shown.
        assert!(!page.contains("Skiing"));
        app.inside()
            .write(|tx| {
                let day = jiff::civil::date(2026, 3, 6);
                availability::add_time_off(tx, &by(ADA), ADA, &TimeOffName::default(), When::Days { first: day, last: day })
            })
            .await
            .expect("taking time off");
        holds(&app.ada().get("/calendar").await.expect(200).text(), &[r#"<div class="away""#, "Away</small>"]);
    }

    // Rules P3, P4
    async fn free_starts_are_told_to_whoever_may_move_the_session(app: TestApp) {
        let path = format!("/calendar/slots/{ADA_BEN}?week=2026-W10");
        let starts = app.ada().get(&path).await.expect(200).json();
        let starts = starts.as_array().expect("a list");
        let first = starts.first().expect("a free start");
        // No notice binds the coach; what is not in this week, or where it is already, is left out.
        assert_eq!(first, &json!({ "at": "2026-03-02T09:15:00Z", "day": 0, "hour": 10, "minute": 15, "date": "Mon 2 Mar",
            "time": "10:15", "label": "Mon 2 Mar, 10:15" }));
        assert!(starts.iter().all(|start| start["day"].as_i64().is_some_and(|day| day < 5)), "{starts:?}");
        assert!(!starts.iter().any(|start| start["at"] == "2026-03-05T10:00:00Z"));
        let client: Json = app.ben().get(&path).await.expect(200).json();
        assert_ne!(client.as_array().expect("a list").first(), Some(first), "a client keeps to the notice");
        for foreign in [app.person(FINN), app.person(GIL)] {
            foreign.get(&path).await.expect(404);
        }
        app.cara().get(&path).await.expect(403);
    }
}
