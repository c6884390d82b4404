//! Mail rules as pages and through the JSON interface (M5): the editor, its preview and its test, and what is sent.

use jiff::SignedDuration;
use model::event::{Actor as By, Via};
use model::mail::{self, Filter};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, GIL_AT_SOUTHWIND, LEA, NORTHWIND, NORTHWIND_COHORT, OTTO, PEOPLE,
    SOUTHWIND_COHORT,
};
use model::{on_both, program};
use rules::ids::{PersonId, TriggerId};
use serde_json::json;

use crate::app::{Actor, TestApp};

fn by(id: PersonId) -> By {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    By::Person { who, via: Via::Page, proof: None }
}

async fn read(actor: &Actor<'_>, path: &str) -> String {
    actor.get(path).await.expect(200).text()
}

fn has(page: &str, words: &[&str]) {
    for words in words {
        assert!(page.contains(words), "{words}: {page}");
    }
}

async fn begin(app: &TestApp) {
    let begun = app.inside().write(|tx| program::start_journey(tx, &by(LEA), BEN_AT_NORTHWIND));
    begun.await.expect("a journey");
}

const FORM: [(&str, &str); 8] = [
    ("condition", "unbooked"),
    ("recipient", "participant"),
    ("wait", "2"),
    ("unit", "days"),
    ("times", "1"),
    ("again", "3"),
    ("subject_en", "Time for {{ step }}"),
    ("body_en", "Hello {{ first_name }},\n\nit waits for {{ days }} days.\n\n{{ link }}"),
];

fn form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = FORM.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes).copied().collect()
}

/// Makes a rule for Lea's cohort on the page; its address.
async fn make(app: &TestApp) -> String {
    let cohort = NORTHWIND_COHORT.to_string();
    let made = app.lea().post("/triggers", &form(&[("holds", &cohort)])).await.expect(303);
    made.header("location").to_owned()
}

on_both! {
    // Rule M5
    async fn a_lead_makes_a_rule_and_reads_what_it_would_send(app: TestApp) {
        begin(&app).await;
        has(&read(&app.lea(), "/triggers").await, &["No rule yet", "/triggers/new"]);
        let cohort = NORTHWIND_COHORT.to_string();
        let new = read(&app.lea(), &format!("/triggers/new?condition=unbooked&cohort={cohort}")).await;
        has(&new, &["Ben Orle", "{{ first_name }}", "Your session", "Choose a time"]);
        assert!(!new.contains(&SOUTHWIND_COHORT.to_string()), "{new}");
        // What does not fit comes back with what was typed, and why.
        let wrong = form(&[("holds", &cohort), ("body_en", "Hello,\n\n{{ frist_name }}"), ("times", "11")]);
        let again = app.lea().post("/triggers", &wrong).await.expect(422).text();
        has(&again, &["Line 3: there is no value called frist_name", "{{ frist_name }}", "A number from 1 to 10"]);
        let page = make(&app).await;
        has(&read(&app.lea(), &page).await, &[
            "When a step has been Unbooked for 2 days, write to the participant.",
            "Nobody.", "1 mail", "Hello Ben,", "Version 1", "Lea Moreau",
        ]);
        has(&read(&app.lea(), "/triggers").await, &["Unbooked for 2 days", "nothing sent in 30 days", "Running"]);
        let twice = app.lea().post("/triggers", &form(&[("holds", &cohort)])).await.expect(422).text();
        has(&twice, &["already"]);
        // A preview of what is typed keeps nothing.
        let reader = BEN_AT_NORTHWIND.to_string();
        let typed = form(&[("body_en", "Dear {{ first_name }}, in {{ cohort }}."), ("reader", &reader)]);
        has(&app.lea().post(&format!("{page}/preview"), &typed).await.expect(200).text(), &["Dear Ben, in "]);
        assert!(!read(&app.lea(), &page).await.contains("Dear Ben"));
        has(&read(&app.lea(), &format!("{page}/pause")).await, &["Pause this rule?", "Who would get it now: 0 people"]);
        app.lea().post(&format!("{page}/pause"), &[]).await.expect(303);
        has(&read(&app.lea(), &page).await, &["Paused by Lea Moreau", "Let it go on"]);
        app.lea().post(&format!("{page}/pause/removal"), &[]).await.expect(303);
        app.lea().post(&page, &form(&[("subject_en", "Other")])).await.expect(303);
        has(&read(&app.lea(), &page).await, &["Version 2", "Version 1"]);
        app.lea().post(&format!("{page}/removal"), &[]).await.expect(303);
        app.lea().get(&page).await.expect(404);
    }

    // Rule M5
    async fn a_rule_writes_in_the_coachs_name_and_can_be_left_by_one_press(app: TestApp) {
        begin(&app).await;
        let page = make(&app).await;
        app.run_jobs().await;
        app.db().advance_clock(SignedDuration::from_hours(49)).await.expect("time passes");
        let shown = read(&app.lea(), &page).await;
        has(&shown, &["1 person", "Ben Orle"]);
        app.run_jobs().await;
        assert_eq!(app.letters_to(BEN).await.iter().filter(|letter| *letter == "trigger").count(), 1);
        has(&read(&app.lea(), &page).await, &["Have got all mails about this"]);
        has(&read(&app.ben(), "/notifications").await, &["Your program wrote to you"]);
        app.run_jobs().await;
        assert_eq!(app.letters_to(BEN).await.iter().filter(|letter| *letter == "trigger").count(), 1);
        let lines = app.inside().read(|tx| mail::list(tx, &By::Operator, &Filter::default(), 50)).await.expect("mails");
        assert!(lines.iter().any(|line| line.letter.code() == "trigger"), "{lines:?}");
    }

    // Rule M5
    async fn a_test_goes_to_oneself_alone_and_says_what_is_typed(app: TestApp) {
        begin(&app).await;
        let page = make(&app).await;
        let reader = BEN_AT_NORTHWIND.to_string();
        let typed = form(&[("subject_en", "Only typed"), ("reader", &reader)]);
        app.lea().post(&format!("{page}/test"), &typed).await.expect(303);
        assert_eq!(app.letters_to(LEA).await.iter().filter(|letter| *letter == "trigger_test").count(), 1);
        assert!(app.letters_to(BEN).await.iter().all(|letter| !letter.starts_with("trigger")));
        assert!(!read(&app.lea(), &page).await.contains("Only typed"), "nothing is kept");
        // Not with somebody who is not hers to see.
        let foreign = GIL_AT_SOUTHWIND.to_string();
        app.lea().post(&format!("{page}/test"), &form(&[("reader", &foreign)])).await.expect(404);
    }

    // Rule M5
    async fn programs_make_and_read_rules_too(app: TestApp) {
        begin(&app).await;
        let text = json!({ "language": "en", "subject": "Time for {{ step }}", "body": "Hello {{ first_name }}" });
        let body = json!({ "cohort": NORTHWIND_COHORT.to_string(), "condition": "unbooked", "recipient": "participant",
            "wait_hours": 48, "times": 1, "again_hours": 72, "texts": [text.clone()] });
        let made = app.api(LEA).post_json("/api/v1/triggers", &body).await.expect(201).json();
        let path = format!("/api/v1/triggers/{}", made["id"].as_str().expect("an id"));
        assert_eq!((&made["wait_hours"], &made["version"], &made["sent"]), (&json!(48), &json!(1), &json!(0)));
        assert_eq!(app.api(LEA).get("/api/v1/triggers").await.expect(200).json()["items"].as_array().map(Vec::len), Some(1));
        let wrong = json!({ "wait_hours": 0, "times": 1, "again_hours": 72, "texts": [{ "language": "en", "subject": "a", "body": "{{ x }}" }] });
        app.api(LEA).put_json(&path, &wrong).await.invalid(&["wait_hours out_of_range", "body_en unknown_value"]);
        let other = json!({ "wait_hours": 24, "times": 2, "again_hours": 72, "texts": [text] });
        assert_eq!(app.api(LEA).put_json(&path, &other).await.expect(200).json()["version"], json!(2));
        let outlook = app.api(LEA).get(&format!("{path}/outlook")).await.expect(200).json();
        assert_eq!((outlook["now"].as_array().map(Vec::len), outlook["ahead"].as_array().map(Vec::len)), (Some(0), Some(2)));
        app.api(LEA).post_json(&format!("{path}/pause"), &json!({})).await.expect(200);
        app.api(LEA).delete(&format!("{path}/pause")).await.expect(200);
        let test = json!({ "participant": BEN_AT_NORTHWIND.to_string() });
        app.api(LEA).post_json(&format!("{path}/test"), &test).await.expect(204);
        let company = json!({ "company": NORTHWIND.to_string(), "condition": "missed", "recipient": "participant",
            "wait_hours": 24, "times": 1, "again_hours": 72, "texts": body["texts"] });
        app.api(LEA).post_json("/api/v1/triggers", &company).await.expect(404);
        app.api(OTTO).post_json("/api/v1/triggers", &company).await.expect(201);
        app.api(LEA).get(&format!("/api/v1/triggers/{}", TriggerId::from_raw(9))).await.expect(404);
        for who in [ADA, BEN, CARA] {
            app.api(who).get("/api/v1/triggers").await.expect(403);
        }
        app.api(LEA).delete(&path).await.expect(204);
        app.api(LEA).get(&path).await.expect(404);
    }
}
