//! The bell, the page of notifications, which mails one gets, and the one press that ends some of them.

use model::event::Actor as By;
use model::mail::{self, Filter};
use model::testing::Store;
use model::world::{ADA, BEN, FINN, GIL, OTTO};
use model::{on_both, person};
use rules::ids::PersonId;
use rules::permission::{Role, Roles};
use serde_json::json;

use crate::app::{Actor, Demo, TestApp};

async fn read(actor: &Actor<'_>, path: &str) -> String {
    actor.get(path).await.expect(200).text()
}

async fn write(actor: &Actor<'_>, to: PersonId) {
    actor
        .post(&format!("/people/{to}/messages"), &[("text", "The plum tree is in flower.")])
        .await
        .expect(303);
}

/// The newest mail to somebody, whole, as one line.
async fn mail_to(app: &TestApp, to: PersonId) -> String {
    app.run_jobs().await;
    let filter = Filter { person: Some(to), ..Filter::default() };
    let whole = app.inside().read(move |tx| {
        let line = mail::mailbox(tx, &filter, 1)?.remove(0);
        Ok(mail::whole(tx, line.id)?.1)
    });
    whole.await.expect("a mail").replace("=\r\n", "").replace("\r\n ", " ")
}

/// The path of the address in `List-Unsubscribe`.
fn refusal_in(mail: &str) -> String {
    let line = mail.lines().find(|line| line.starts_with("List-Unsubscribe: ")).expect("the header");
    let path =
        line.split("/mail-choices/").nth(1).and_then(|rest| rest.split('>').next()).expect("an address");
    format!("/mail-choices/{path}")
}

on_both! {
    // Rule M6
    async fn the_bell_tells_and_opening_is_a_press(app: TestApp) {
        write(&app.ada(), BEN).await;
        let roles = Roles::only(Role::Client).with(Role::Sponsor);
        app.inside().write(move |tx| person::set_roles(tx, &By::Operator, BEN, roles)).await.expect("roles");
        let ben = app.ben();
        let page = read(&ben, "/notifications").await;
        for words in ["Ada Lindholm wrote to you", "The operator changed your roles", "Today at 09:00", "data-count=\"2\"", "Mark all as read"] {
            assert!(page.contains(words) || page.contains(&words.to_lowercase()), "{words}: {page}");
        }
        assert!(!page.contains("plum"), "{page}");
        let press = page.split("action=\"/notifications/ntf_").nth(2).and_then(|rest| rest.split('"').next()).expect("a press");
        let press = format!("/notifications/ntf_{press}");
        ben.get(&press).await.expect(405);
        let led = ben.post(&press, &[]).await.expect(303);
        assert!(led.header("location").starts_with("/messages/thr_"), "{}", led.header("location"));
        assert!(read(&ben, "/notifications").await.contains("data-count=\"1\""));
        for actor in [app.ada(), app.otto(), app.person(GIL)] {
            actor.post(&press, &[]).await.expect(404);
        }
        ben.post("/notifications/read", &[]).await.expect(303);
        let page = read(&ben, "/notifications").await;
        assert!(!page.contains("Mark all as read") && page.contains("Ada Lindholm wrote to you"), "{page}");
        // In the language of whoever reads.
        let roles = Roles::only(Role::Admin).with(Role::Coach);
        app.inside().write(move |tx| person::set_roles(tx, &By::Operator, OTTO, roles)).await.expect("roles");
        assert!(read(&app.otto(), "/notifications").await.contains("Der Betreiber hat Ihre Rollen geändert"));
    }

    // Rule M6
    async fn programs_are_told_too(app: TestApp) {
        write(&app.ada(), BEN).await;
        let ben = app.api(BEN);
        let list = ben.get("/api/v1/notifications").await.expect(200).json();
        let one = &list["items"][0];
        assert_eq!((&one["kind"], &one["text"], &one["is_read"]), (&json!("message_received"), &json!("Ada Lindholm wrote to you"), &json!(false)));
        let path = format!("/api/v1/notifications/{}/read", one["id"].as_str().expect("an id"));
        app.api(ADA).put_json(&path, &json!({})).await.refused(404, "not_found");
        app.token(BEN, "messages:read").put_json(&path, &json!({})).await.refused(403, "scope_missing");
        ben.put_json(&path, &json!({})).await.expect(204);
        assert_eq!(ben.get("/api/v1/notifications").await.expect(200).json()["items"][0]["is_read"], true);
        ben.post_json("/api/v1/notifications/read", &json!({})).await.expect(204);
    }

    // Rule M4
    async fn one_chooses_which_mails_come(app: TestApp) {
        let page = read(&app.ben(), "/profile").await;
        for words in ["Somebody wrote to you", "A session is done", "Always by mail", "It cannot be switched off: a session depends on it."] {
            assert!(page.contains(words), "{words}");
        }
        assert!(!page.contains("A session is not marked yet"), "that is for coaches");
        assert!(read(&app.ada(), "/profile").await.contains("A session is not marked yet"));
        app.ben().post("/profile/mails", &[("kind", "outcomes")]).await.expect(303);
        write(&app.ada(), BEN).await;
        assert!(!app.letters_to(BEN).await.contains(&"message_received".to_owned()));
        assert!(read(&app.ben(), "/notifications").await.contains("Ada Lindholm wrote to you"));
        for kind in ["bookings", "account", "nonsense"] {
            app.ben().post("/profile/mails", &[("kind", kind)]).await.expect(422);
        }
        app.ben().post("/profile/mails", &[("kind", "outcomes"), ("kind", "messages")]).await.expect(303);
        write(&app.person(FINN), GIL).await;
        assert!(app.letters_to(GIL).await.contains(&"message_received".to_owned()), "others are not asked by this");
    }

    // Rule M4
    async fn one_press_ends_mails_of_a_sort_without_signing_in(app: Demo) {
        write(&app.ada(), BEN).await;
        let path = refusal_in(&mail_to(&app, BEN).await);
        let nobody = app.nobody();
        let page = read(&nobody, &path).await;
        assert!(page.contains("No more of these mails?") && page.contains("Somebody wrote to you"), "{page}");
        assert!(read(&nobody, &path).await.contains("No more of these mails?"), "looking refuses nothing");
        // A mail program presses from elsewhere, and perhaps twice.
        let press = nobody.with("sec-fetch-site", "cross-site");
        for _ in 0..2 {
            let page = press.post(&path, &[("List-Unsubscribe", "One-Click")]).await.expect(200).text();
            assert!(page.contains("You get no more of these.") && page.contains("/profile#mails"), "{page}");
        }
        let mails = app.letters_to(BEN).await.len();
        app.clock().advance(jiff::SignedDuration::from_mins(20));
        write(&app.ada(), BEN).await;
        assert_eq!(app.letters_to(BEN).await.len(), mails);
        let page = read(&app.ben(), "/profile").await;
        assert!(page.contains("value=\"messages\">") && !page.contains("value=\"messages\" checked>"), "{page}");
        nobody.get("/mail-choices/nothing").await.expect(410);
        press.post("/mail-choices/nothing", &[]).await.expect(410);
        // Only that address is open to other sites.
        press.post("/profile/mails", &[]).await.expect(403);
    }

    // Rule M4
    async fn only_what_may_be_refused_says_how(app: Demo) {
        write(&app.ada(), BEN).await;
        assert!(mail_to(&app, BEN).await.contains("No more mails of this kind"));
        app.otto().post(&format!("/people/{BEN}/invitation"), &[]).await.expect(303);
        let invitation = mail_to(&app, BEN).await;
        assert!(!invitation.contains("List-Unsubscribe") && !invitation.contains("mail-choices"), "{invitation}");
    }
}

/// Where pages are read over TLS a mail program may press for its user (RFC 8058).
async fn pressed_by_a_program(store: &Store, address: &str) -> String {
    let address = address.parse().expect("an address");
    let app = TestApp::start_with(store, model::organisation::Mode::Demo, move |config| {
        config.public_url = address;
    })
    .await;
    write(&app.ada(), BEN).await;
    mail_to(&app, BEN).await
}

// Rule M4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_program_may_press_where_nobody_listens() {
    let store = Store::empty(model::testing::Engine::Sqlite);
    let mail = pressed_by_a_program(&store, "https://cairn.example").await;
    assert!(mail.contains("List-Unsubscribe: <https://cairn.example/mail-choices/"), "{mail}");
    assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{mail}");
    let store = Store::empty(model::testing::Engine::Sqlite);
    let mail = pressed_by_a_program(&store, "http://cairn.example").await;
    assert!(mail.contains("List-Unsubscribe: <http://") && !mail.contains("List-Unsubscribe-Post"), "{mail}");
}
