//! The audit log: whose each line is, what it tells, and how it is searched.

use model::booking::{self, Wish};
use model::event::{self, Actor as By, Subject};
use model::session::kind;
use model::world::{ADA, ADA_BEN, ADA_HOUR, BEN, BEN_WITH_ADA, GIL, OTTO};
use model::{on_both, session};
use rules::permission::{Role, Who};
use rules::series::Every;
use serde_json::{Value as Json, json};

use crate::app::TestApp;

/// Ada cancels her session with Ben, says why, and marks his place; Gil has come in with him.
async fn something_happens(app: &TestApp) {
    app.inside()
        .write(|tx| {
            session::attend(tx, ADA_BEN, GIL, None)?;
            let ada = By::Person {
                who: Who { person: ADA, roles: Role::Coach.into() },
                via: event::Via::Page,
                proof: None,
            };
            let facts = json!({ "from": "booked", "to": "cancelled" });
            let event = event::record(tx, &ada, kind::CANCELLED, &Subject::of(ADA_BEN), &facts)?;
            event::give_reason(tx, event, "Down with a cold")?;
            let facts = json!({ "from": "booked", "to": "completed" });
            event::record(tx, &ada, kind::MARKED, &Subject::of(BEN_WITH_ADA), &facts)?;
            Ok(())
        })
        .await
        .expect("writing events");
}

fn kinds(log: &Json) -> Vec<&str> {
    log["items"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect()
}

on_both! {
    // Rule P5
    async fn the_log_says_whose_session_it_was_when_it_starts_and_why(app: TestApp) {
        something_happens(&app).await;
        let otto = app.api(OTTO);
        let log = otto.get("/api/v1/audit").await.expect(200).json();
        let (marked, cancelled) = (&log["items"][1], &log["items"][2]);
        assert_eq!(marked["subject"], json!({ "id": BEN_WITH_ADA.to_string(), "name": "Ben Orle" }));
        assert_eq!(marked["session_starts_at"], "2026-03-05T11:00:00+01:00");
        assert_eq!((&marked["others"], &marked["reason"]), (&json!(0), &Json::Null));
        assert_eq!(cancelled["subject"], json!({ "id": ADA_BEN.to_string(), "name": "Ben Orle" }));
        assert_eq!((&cancelled["others"], &cancelled["reason"]), (&json!(1), &json!("Down with a cold")));
        let page = app.otto().with("accept-language", "en").get("/audit").await.expect(200).text();
        for words in [
            "hat eine Sitzung mit Ben Orle und 1 weiteren (", "“Down with a cold”",
            "hat die Teilnahme von Ben Orle (", "Ada Lindholm",
        ] {
            assert!(page.contains(words), "{words} is missing: {page}");
        }
        app.api(OTTO).patch_json("/api/v1/me", &json!({ "language": "en" })).await.expect(200);
        let page = app.otto().get("/audit").await.expect(200).text();
        assert!(page.contains("cancelled a session with Ben Orle and 1 other ("), "{page}");
        // What happened to their sessions stands in the history of both clients.
        for client in [BEN, GIL] {
            let page = app.otto().get(&format!("/people/{client}")).await.expect(200).text();
            assert!(page.contains("cancelled a session with Ben Orle"), "{page}");
        }
    }

    // Rule P5
    async fn the_log_is_found_by_client_kind_and_day(app: TestApp) {
        something_happens(&app).await;
        let otto = app.api(OTTO);
        let found = async |query: &str| otto.get(&format!("/api/v1/audit?{query}")).await.expect(200).json();
        assert_eq!(kinds(&found(&format!("person={BEN}")).await), ["attendance_marked", "session_cancelled"]);
        assert_eq!(kinds(&found(&format!("person={GIL}")).await), ["session_cancelled"]);
        assert_eq!(kinds(&found("kind=session_cancelled").await), ["session_cancelled"]);
        // The world stands at 2 March, 10:00 in Berlin; the first bound is inside, the last is not.
        let at = "2026-03-02T10:00:00%2B01:00";
        assert_eq!(kinds(&found(&format!("kind=session_cancelled&from={at}")).await).len(), 1);
        assert_eq!(kinds(&found(&format!("kind=session_cancelled&to={at}")).await).len(), 0);
        assert_eq!(kinds(&found("from=2026-03-02T09:00:00.001Z").await).len(), 0);
        otto.get("/api/v1/audit?from=garbage&to=2026-03-02").await.invalid(&["from not_an_instant", "to not_an_instant"]);

        let page = async |query: &str| app.otto().get(&format!("/audit?{query}")).await;
        let shown = |text: &str| text.matches("session_cancelled").count() + text.matches("eine Sitzung mit").count();
        let ben = page("person=orle").await.expect(200).text();
        assert!(shown(&ben) > shown(&page("person=nobody").await.expect(200).text()));
        assert!(page("kind=attendance_marked&from=2026-03-02&to=2026-03-02").await.expect(200).text().contains("Teilnahme von"));
        assert!(!page("kind=attendance_marked&from=2026-03-03").await.expect(200).text().contains("Teilnahme von"));
    }

    // Rule P5
    async fn a_series_is_told_with_its_client_and_its_first_date(app: TestApp) {
        let booked = app.inside().write(|tx| {
            let who = Who { person: BEN, roles: Role::Client.into() };
            let ben = By::Person { who, via: event::Via::Page, proof: None };
            let first = "2026-03-10T09:00:00Z".parse().expect("an instant");
            let second = "2026-03-17T09:00:00Z".parse().expect("an instant");
            let wish = Wish::plain(ADA_HOUR, first);
            booking::book_series(tx, &ben, &wish, Every::Week, &[second])
        });
        booked.await.expect("two weeks");
        let log = app.api(OTTO).get(&format!("/api/v1/audit?kind=series_booked&person={BEN}")).await.expect(200).json();
        let line = &log["items"][0];
        assert_eq!((&line["subject"]["name"], &line["session_starts_at"]), (&json!("Ben Orle"), &json!("2026-03-10T10:00:00+01:00")));
        for page in ["/audit?person=orle".to_owned(), format!("/people/{BEN}")] {
            let text = app.otto().get(&page).await.expect(200).text();
            assert!(text.contains("hat eine Reihe von Sitzungen mit Ben Orle ("), "{page}: {text}");
        }
    }

    // Rule P5
    async fn a_day_that_is_none_is_said_at_its_field(app: TestApp) {
        let page = app.otto().get("/audit?from=garbage&to=2026-02-30").await.expect(422).text();
        for mark in [r#"value="garbage""#, r#"id="from-error""#, r#"id="until-error""#, "Das ist kein Datum"] {
            assert!(page.contains(mark), "{mark} is missing: {page}");
        }
        // Nothing is shown that could be taken for the filtered log.
        assert!(!page.contains("<tbody>"), "{page}");
    }
}
