//! Signing in and out: by link, by password, and not too often.

use jiff::SignedDuration;
use model::world::{ADA, BEN, OTTO};
use model::{args, on_both};
use sha2::{Digest, Sha256};

use crate::app::{Actor, Demo, Response, TestApp, Trial};

/// A password that is taken.
const PASSWORD: &str = "seven quiet herons at dusk";

/// The path behind the last link that was mailed in a trial.
async fn last_link(app: &TestApp) -> String {
    app.run_jobs().await;
    let list = app.otto().get("/mailbox").await.expect(200).text();
    let mail =
        list.split("href=\"/mailbox/").nth(1).and_then(|rest| rest.split(['"', '?']).next()).expect("a mail");
    let page = app.otto().get(&format!("/mailbox/{mail}")).await.expect(200).text();
    let token =
        page.split("/sign-in/link/").nth(1).expect("a link").chars().take_while(char::is_ascii_alphanumeric);
    format!("/sign-in/link/{}", token.collect::<String>())
}

async fn set_password(actor: &Actor<'_>, current: &str, new: &str) -> u16 {
    let answer = actor.post("/profile/password", &[("current", current), ("password", new)]).await;
    answer.status.as_u16()
}

on_both! {
    // Rules P1, P2
    async fn a_mailed_link_signs_in_once_and_only_by_its_button(app: Trial) {
        let nobody = app.nobody();
        nobody.post("/sign-in/link", &[("mail", "ben@northwind.example")]).await.expect(200);
        let link = last_link(&app).await;
        // A mail scanner may look as often as it likes.
        for _ in 0..3 {
            let page = nobody.get(&link).await.expect(200).text();
            assert!(page.contains("Ben Orle") && page.contains("<button"), "{page}");
            nobody.head(&link).await.expect(200);
        }
        nobody.get("/profile").await.expect(303);
        let browser = app.nobody();
        browser.post(&link, &[]).await.expect(303);
        browser.get("/profile").await.expect(200);
        nobody.get(&link).await.expect(410);
        nobody.post(&link, &[]).await.expect(410);
        browser.post("/sign-out", &[]).await.expect(303);
        browser.get("/profile").await.expect(303);
    }

    // Rule M7
    async fn in_a_trial_the_admin_reads_the_mails_and_nobody_else(app: Trial) {
        app.nobody().post("/sign-in/link", &[("mail", "otto@cairn.example")]).await.expect(200);
        app.run_jobs().await;
        let list = app.otto().get("/mailbox").await.expect(200).text();
        let mail = list.split("href=\"/mailbox/").nth(1).and_then(|rest| rest.split(['"', '?']).next());
        let mail = format!("/mailbox/{}", mail.expect("a mail"));
        for path in ["/mailbox", &mail, &format!("{mail}/html"), &format!("{mail}/attachments/0")] {
            app.nobody().get(path).await.expect(303);
            app.ben().get(path).await.expect(403);
        }
        app.otto().get(&format!("{mail}/html")).await.expect(200);
    }

    // Rule P1
    async fn a_link_ends_after_fifteen_minutes(app: Trial) {
        app.nobody().post("/sign-in/link", &[("mail", "ben@northwind.example")]).await.expect(200);
        let link = last_link(&app).await;
        app.clock().advance(SignedDuration::from_mins(15) - SignedDuration::from_millis(1));
        app.nobody().get(&link).await.expect(200);
        app.clock().advance(SignedDuration::from_millis(1));
        app.nobody().get(&link).await.expect(410);
        app.nobody().post(&link, &[]).await.expect(410);
    }

    // Rule P1
    async fn whoever_signs_in_comes_to_the_whole_address_that_they_asked_for(app: TestApp) {
        let led = app.nobody().get("/sessions?view=past").await.expect(303);
        assert_eq!(led.header("location"), "/sign-in?next=%2Fsessions%3Fview%3Dpast");
        let back = app.ben().get(led.header("location")).await.expect(303);
        assert_eq!(back.header("location"), "/sessions?view=past");
    }

    // Rule P4
    async fn a_known_and_an_unknown_address_get_the_same_answer(app: TestApp) {
        let known = app.nobody().post("/sign-in/link", &[("mail", "ben@northwind.example")]).await.expect(200);
        let unknown = app.nobody().post("/sign-in/link", &[("mail", "bex@northwind.example")]).await.expect(200);
        let plain = |text: String| text.replace("ben@", "be?@").replace("bex@", "be?@");
        assert_eq!(without_keys(&plain(known.text())), without_keys(&plain(unknown.text())));
        let known = wrong_password(&app, "ben@northwind.example").await.expect(401);
        let unknown = wrong_password(&app, "bex@northwind.example").await.expect(401);
        assert_eq!(without_keys(&plain(known.text())), without_keys(&plain(unknown.text())));
        app.nobody().post("/sign-in/link", &[("mail", "no address")]).await.expect(422);
        // Two, because only the known one is written to.
        assert_eq!(app.letters_to(BEN).await, ["sign_in_link"]);
    }

    // Rule P1
    async fn a_password_signs_in_and_its_change_signs_out_the_others(app: TestApp) {
        let ben = app.ben();
        assert_eq!(set_password(&ben, "", "too short").await, 422);
        assert_eq!(set_password(&ben, "", "aaaaaaaaaaaaaaa").await, 422);
        assert_eq!(set_password(&ben, "", PASSWORD).await, 303);
        let phone = app.nobody();
        phone.post("/sign-in", &[("mail", "BEN@northwind.example"), ("password", "not this one")]).await.expect(401);
        phone.post("/sign-in", &[("mail", "BEN@northwind.example"), ("password", PASSWORD)]).await.expect(303);
        phone.get("/profile").await.expect(200);
        assert_eq!(set_password(&ben, "not this one", "another long evening").await, 422);
        assert_eq!(set_password(&ben, PASSWORD, "another long evening").await, 303);
        ben.get("/profile").await.expect(200);
        phone.get("/profile").await.expect(303);
        phone.post("/sign-in", &[("mail", "ben@northwind.example"), ("password", PASSWORD)]).await.expect(401);
        ben.post("/profile/password/removal", &[("current", "another long evening")]).await.expect(303);
        phone.post("/sign-in", &[("mail", "ben@northwind.example"), ("password", "another long evening")]).await.expect(401);
    }

    // Rules P1, P4
    async fn tries_are_limited_as_the_defaults_say(app: TestApp) {
        let try_once = async |mail| wrong_password(&app, mail).await.status.as_u16();
        for _ in 0..10 {
            assert_eq!(try_once("ben@northwind.example").await, 401);
        }
        let over = wrong_password(&app, "ben@northwind.example").await.expect(429);
        assert!(over.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=900).contains(&seconds)));
        // Another address from the same network still may, and after the window this one may again.
        assert_eq!(try_once("ada@cairn.example").await, 401);
        app.clock().advance(SignedDuration::from_mins(15));
        assert_eq!(try_once("ben@northwind.example").await, 401);

        for _ in 0..5 {
            app.nobody().post("/sign-in/link", &[("mail", "ben@northwind.example")]).await.expect(200);
        }
        app.nobody().post("/sign-in/link", &[("mail", "ben@northwind.example")]).await.expect(429);
        app.nobody().post("/sign-in/link", &[("mail", "bex@northwind.example")]).await.expect(200);
        // One network sends no more than thirty, whatever the addresses.
        for n in 0..23 {
            app.nobody().post("/sign-in/link", &[("mail", &format!("n{n}@northwind.example"))]).await.expect(200);
        }
        app.nobody().post("/sign-in/link", &[("mail", "last@northwind.example")]).await.expect(429);
        let elsewhere = app.nobody();
        // What a stranger says of himself is not believed.
        elsewhere.with("x-forwarded-for", "203.0.113.9")
            .post("/sign-in/link", &[("mail", "last@northwind.example")]).await.expect(429);
        assert_eq!(app.letters_to(BEN).await.len(), 5);
    }

    // Rule P1
    async fn devices_are_listed_and_signed_out(app: TestApp) {
        let (laptop, phone) = (app.ben(), app.ben());
        laptop.get("/profile").await.expect(200);
        phone.get("/profile").await.expect(200);
        let page = laptop.get("/profile").await.expect(200).text();
        let removal = page.split("action=\"/profile/devices/").nth(1).and_then(|rest| rest.split('"').next());
        let removal = format!("/profile/devices/{}", removal.expect("another device"));
        // A foreign device is as absent as one that never was.
        app.ada().post(&removal, &[]).await.expect(404);
        laptop.post(&removal, &[]).await.expect(303);
        phone.get("/profile").await.expect(303);
        laptop.get("/profile").await.expect(200);
        let tablet = app.ben();
        tablet.get("/profile").await.expect(200);
        let program = app.token(BEN, "me:read");
        program.get("/api/v1/me").await.expect(200);
        let out = laptop.post("/profile/devices/removal", &[]).await.expect(303);
        program.get("/api/v1/me").await.expect(401);
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        tablet.get("/profile").await.expect(303);
    }

    async fn a_photo_that_is_replaced_or_removed_is_gone(app: TestApp) {
        let ben = app.ben();
        let shown = async || {
            let person = app.inside().read(|tx| model::person::get(tx, BEN)).await.expect("Ben");
            person.photo
        };
        let file = async |name: &str| app.inside().files().get(name).await.expect("the store answers");
        upload(&ben, 40).await;
        let first = shown().await.expect("a photo");
        assert!(file(&first).await.is_some());
        ben.get(&format!("/people/{BEN}/photo")).await.expect(200);
        app.cara().get(&format!("/people/{BEN}/photo")).await.expect(404);
        upload(&ben, 50).await;
        let second = shown().await.expect("a photo");
        assert!(file(&first).await.is_none() && file(&second).await.is_some());
        ben.post("/profile/photo/removal", &[]).await.expect(303);
        assert!(shown().await.is_none() && file(&second).await.is_none());
        ben.get(&format!("/people/{BEN}/photo")).await.expect(404);
    }

    // Rule P6
    async fn a_demo_signs_in_with_one_click_and_on_a_host_of_ones_own(app: Demo) {
        let nobody = app.nobody();
        let page = nobody.get("/demo").await.expect(200).text();
        assert!(page.contains("Ada Lindholm") && page.contains("http://ada.localhost"), "{page}");
        nobody.post("/demo/sign-in", &[("person", &ADA.to_string())]).await.expect(303);
        nobody.get("/profile").await.expect(200);
        let own = app.nobody();
        let page = own.with("host", "ben.localhost:8080").get("/demo").await.expect(200).text();
        assert!(page.contains("Ben Orle") && !page.contains("Ada Lindholm"));
        own.post("/demo/sign-in", &[("person", "per_0000000000000")]).await.expect(404);
    }

    // Rules P5, P8
    async fn an_admin_lets_people_in_and_out(app: TestApp) {
        let otto = app.otto();
        let new = [
            ("name", "Nina Sander"), ("mail", "nina@cairn.example"), ("role", "coach"), ("role", "client"),
            ("zone", "Europe/Vienna"), ("language", "de"), ("idempotency_key", "one-and-the-same"),
        ];
        let made = otto.post("/people", &new).await.expect(303);
        // The second press of the button does nothing twice (rule B5).
        let again = otto.post("/people", &new).await.expect(303);
        assert_eq!(made.header("location"), again.header("location"));
        let page = made.header("location").to_owned();
        assert!(otto.get(&page).await.expect(200).text().contains("Nina Sander"));
        let taken = otto.post("/people", &[&new[..6], &[("idempotency_key", "another")]].concat()).await.expect(422);
        assert!(taken.text().contains("Nina Sander"), "nothing typed is lost");
        otto.post(&format!("{page}/roles"), &[("role", "sponsor")]).await.expect(303);
        otto.post(&format!("{page}/closure"), &[]).await.expect(303);
        assert!(otto.get(&page).await.expect(200).text().contains("geschlossen"));
        otto.post(&format!("{page}/invitation"), &[]).await.expect(403);
        otto.post(&format!("{page}/reopening"), &[]).await.expect(303);
        // The last admin stays one.
        otto.post(&format!("/people/{OTTO}/roles"), &[("role", "coach")]).await.expect(409);
        otto.post(&format!("/people/{OTTO}/closure"), &[]).await.expect(409);
        let log = otto.get("/audit?person=Nina").await.expect(200).text();
        for said in ["hat ein Konto für Nina Sander angelegt", "hat die Rollen von Nina Sander geändert", "Auftraggeber:in"] {
            assert!(log.contains(said), "{said}");
        }
        app.ben().get("/people").await.expect(403);
        app.ada().post("/people", &new).await.expect(403);
    }

    // Rule P6
    async fn without_a_link_nothing_is_set_up_and_nothing_typed_is_looked_at(app: TestApp) {
        let tried = app.nobody().post("/set-up/nothing", &[("password", "short")]).await.expect(410);
        assert!(!tried.text().contains("name=\"password\""), "{}", tried.text());
    }

    async fn letters_that_people_cause_are_limited_as_the_defaults_say(app: TestApp) {
        let (otto, invite) = (app.otto(), format!("/people/{BEN}/invitation"));
        for _ in 0..30 {
            otto.post(&invite, &[]).await.expect(303);
        }
        let over = otto.post(&invite, &[]).await.expect(429);
        assert_eq!(over.header("retry-after"), "3600");
        app.api(OTTO).post_json(&format!("/api/v1/people/{BEN}/invitation"), &serde_json::json!({})).await.refused(429, "rate_limited");
        // Nothing of the refused act stays, and others are still written to.
        assert_eq!(app.letters_to(BEN).await.len(), 30);
        otto.post(&format!("/people/{ADA}/invitation"), &[]).await.expect(303);
        app.clock().advance(SignedDuration::from_hours(1));
        otto.post(&invite, &[]).await.expect(303);
    }

    // Rule P4
    async fn a_page_that_says_no_carries_a_reference_where_it_may_differ(app: TestApp) {
        let ben = app.ben();
        let reference = |page: &str| page.contains("<p class=\"reference\">");
        let refused = ben.post("/language", &[("language", "tlh")]).await.expect(422).text();
        assert!(reference(&refused), "{refused}");
        let wrong_method = ben.post("/today", &[]).await.expect(405).text();
        assert!(reference(&wrong_method), "{wrong_method}");
        for (path, status) in [("/nothing", 404), ("/sessions/ses_0000000000999", 404), ("/audit", 403)] {
            let page = ben.get(path).await.expect(status).text();
            assert!(!reference(&page), "{path}: {page}");
        }
        // A program knows a refusal by its code, and is told nothing that differs.
        let refused = app.api(BEN).get("/api/v1/sessions?when=never").await.expect(422).json();
        assert!(refused.get("reference").is_none_or(serde_json::Value::is_null), "{refused}");
    }

    // Rule B5
    async fn a_form_of_ones_own_that_is_sent_twice_is_answered_the_same(app: TestApp) {
        let key = |key: &'static str| ("idempotency_key", key);
        let nobody = app.nobody();
        for _ in 0..2 {
            nobody.post("/sign-in/link", &[("mail", "ben@northwind.example"), key("link")]).await.expect(200);
        }
        assert_eq!(app.letters_to(BEN).await, ["sign_in_link"]);
        // The same key for another address is a mistake, and sends nothing.
        nobody.post("/sign-in/link", &[("mail", "ada@cairn.example"), key("link")]).await.expect(422);
        assert!(app.letters_to(ADA).await.is_empty());
        let ben = app.ben();
        let twice = async |path: &str, fields: &[(&str, &str)]| {
            let first = ben.post(path, fields).await.expect(303);
            let again = ben.post(path, fields).await.expect(303);
            assert_eq!(first.header("location"), again.header("location"), "{path}");
        };
        twice("/profile/password", &[("current", ""), ("password", PASSWORD), key("set")]).await;
        // Nothing of a password is in what is kept for a repeat: the same key and another one is the same form.
        twice("/profile/password", &[("current", PASSWORD), ("password", "another long evening"), key("change")]).await;
        let hashes = app.inside().read(|tx| {
            tx.all("SELECT request_hash FROM idempotency WHERE key = 'change'", args![], |row| row.get::<String>(0))
        });
        let plain = "POST /profile/password\0idempotency_key=change";
        assert_eq!(hashes.await.expect("the hashes"), [sha256(plain)]);
        twice("/profile/password/removal", &[("current", "another long evening"), key("remove")]).await;
        twice("/language", &[("language", "de"), ("back", "/profile"), key("language")]).await;
        upload_with_key(&ben, 10, "photo").await;
        upload_with_key(&ben, 10, "photo").await;
        twice("/profile/photo/removal", &[key("no-photo")]).await;
        let phone = app.person(BEN);
        phone.get("/profile").await.expect(200);
        let devices = ben.get("/profile").await.expect(200).text();
        let device = devices.split("/profile/devices/sgn_").nth(1).and_then(|rest| rest.split('/').next()).expect("a device");
        let events = app.count("event").await;
        twice(&format!("/profile/devices/sgn_{device}/removal"), &[key("device")]).await;
        assert_eq!(app.count("event").await, events + 1);
        // Signing out needs no key: whoever is out is led to the same door.
        let first = ben.post("/sign-out", &[]).await.expect(303);
        assert_eq!(first.header("location"), "/");
    }

    // Rule M8
    async fn a_language_is_chosen_without_an_account_and_with_one(app: TestApp) {
        let nobody = app.nobody();
        assert!(nobody.with("accept-language", "de-AT, en").get("/sign-in").await.text().contains("lang=\"de\""));
        nobody.post("/language", &[("language", "de"), ("back", "//elsewhere.example")]).await.expect(303);
        assert!(nobody.get("/sign-in").await.text().contains("lang=\"de\""));
        nobody.post("/language", &[("language", "tlh")]).await.expect(422);
        let ben = app.ben();
        let moved = ben.post("/language", &[("language", "de"), ("back", "/profile")]).await.expect(303);
        assert_eq!(moved.header("location"), "/profile");
        assert!(ben.get("/profile").await.text().contains("lang=\"de\""));
    }
}

async fn wrong_password(app: &TestApp, mail: &str) -> Response {
    app.nobody().post("/sign-in", &[("mail", mail), ("password", "no such password")]).await
}

/// Sends a picture of so many pixels as a browser does (RFC 7578).
async fn upload(actor: &Actor<'_>, pixels: u32) {
    upload_with_key(actor, pixels, "").await;
}

async fn upload_with_key(actor: &Actor<'_>, pixels: u32, key: &str) {
    let mut picture = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(pixels, pixels)
        .write_to(&mut picture, image::ImageFormat::Png)
        .expect("a picture");
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"idempotency_key\"\r\n\r\n{key}\r\n\
         --edge\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"me.png\"\r\n\r\n"
    );
    let body = [head.as_bytes(), &picture.into_inner(), b"\r\n--edge--\r\n"].concat();
    let kind = Some("multipart/form-data; boundary=edge");
    actor.send(axum::http::Method::POST, "/profile/photo", kind, body).await.expect(303);
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A page without the fresh keys of its forms.
fn without_keys(page: &str) -> String {
    let mut parts = page.split("name=\"idempotency_key\" value=\"");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    plain
}
