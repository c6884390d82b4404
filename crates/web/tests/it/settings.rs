//! The organisation's settings, as a page and through the JSON interface: each number within its bounds.

use model::on_both;
use model::world::{ADA, LEA, OTTO};
use serde_json::json;

use crate::app::TestApp;

const ALL: [(&str, &str); 6] = [
    ("name", "Cairn"),
    ("language", "en"),
    ("zone", "Europe/Berlin"),
    ("support_mail", "help@cairn.example"),
    ("late_hours", "24"),
    ("free_hours", "48"),
];

on_both! {
    // Rules G5, G8, G9
    async fn an_admin_says_how_long_programs_wait(app: TestApp) {
        let read = async || app.otto().get("/settings").await.expect(200).text();
        let page = read().await;
        for field in ["name=\"pod_warning_hours\" type=\"number\"", "name=\"inactive_months\"", "name=\"unanswered_reminders\""] {
            assert!(page.contains(field.split(' ').next().expect("a name")), "{field}: {page}");
        }
        for (field, wrong) in [
            ("pod_warning_hours", ["0", "337", ""]),
            ("inactive_months", ["0", "25", ""]),
            ("unanswered_reminders", ["0", "11", ""]),
        ] {
            for value in wrong {
                let sent = [ALL.as_slice(), &[(field, value)]].concat();
                app.otto().post("/settings", &sent).await.expect(422);
            }
        }
        let sent = [ALL.as_slice(), &[("pod_warning_hours", "336"), ("inactive_months", "24"), ("unanswered_reminders", "10")]].concat();
        app.otto().post("/settings", &sent).await.expect(303);
        let found = app.api(OTTO).get("/api/v1/settings").await.expect(200).json();
        assert_eq!((&found["pod_warning_hours"], &found["inactive_months"], &found["unanswered_reminders"]), (&json!(336), &json!(24), &json!(10)));
        assert!(app.otto().get("/inactive").await.expect(200).text().contains("24"), "the list says what it goes by");
    }

    // Rules G5, G8, G9, D5
    async fn programs_read_and_change_settings_too(app: TestApp) {
        let path = "/api/v1/settings";
        for who in [LEA, ADA] {
            app.api(who).get(path).await.refused(403, "may_not");
            app.api(who).patch_json(path, &json!({ "inactive_months": 1 })).await.refused(403, "may_not");
        }
        let changed = app.api(OTTO).patch_json(path, &json!({ "inactive_months": 1 })).await.expect(200).json();
        assert_eq!((&changed["inactive_months"], &changed["name"], &changed["free_hours"]), (&json!(1), &json!("Cairn"), &json!(48)));
        for wrong in [
            json!({ "inactive_months": 0 }),
            json!({ "unanswered_reminders": 11 }),
            json!({ "pod_warning_hours": 337 }),
            json!({ "free_hours": 23 }),
            json!({ "late_hours": -1 }),
            json!({ "zone": "Mars" }),
        ] {
            app.api(OTTO).patch_json(path, &wrong).await.refused(422, "invalid");
        }
        app.token(OTTO, "settings:read").patch_json(path, &json!({})).await.refused(403, "scope_missing");
    }
}
