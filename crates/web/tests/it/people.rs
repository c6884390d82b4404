//! The pages about people, as forms are sent to them.

use model::on_both;

use crate::app::TestApp;

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

    // Rule P3
    async fn only_an_admin_makes_accounts(app: TestApp) {
        for actor in [app.lea(), app.ada(), app.ben(), app.cara()] {
            actor.post("/people", &NINA).await.expect(403);
        }
        let away = app.nobody().post("/people", &NINA).await.expect(303);
        assert_eq!(away.header("location"), "/sign-in?next=%2Fpeople");
        assert_eq!(app.count("person").await, 7);
    }
}
