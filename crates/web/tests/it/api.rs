//! The JSON interface: what each address gives and refuses, and that a write happens once.

use jiff::SignedDuration;
use model::on_both;
use model::world::{ADA, BEN, CARA, GIL, LEA, OTTO};
use rules::ids::{MailId, PersonId, TokenId};
use serde_json::{Value as Json, json};

use crate::app::{Demo, TOKEN_FOR, TestApp, Trial};

const ME: &str = "/api/v1/me";
const PEOPLE: &str = "/api/v1/people";

fn nina() -> Json {
    json!({ "name": "Nina Sander", "mail": "nina@cairn.example", "roles": ["coach", "client"] })
}

fn names(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

fn one(person: PersonId) -> String {
    format!("{PEOPLE}/{person}")
}

/// Every session is called off, so that no coach has anything to see to.
async fn nothing_left(app: &TestApp) {
    let sql = "UPDATE session SET cancelled_at = 0, cancelled_cause = 'coach'";
    app.db().write(move |tx| tx.exec(sql, model::args![])).await.expect("calling all off");
}

on_both! {
    // Rules T2, D5
    async fn one_reads_and_changes_ones_own_account(app: TestApp) {
        let ben = app.token(BEN, "me:read me:write");
        let me = ben.get(ME).await.expect(200).json();
        assert_eq!(me, json!({
            "id": BEN.to_string(), "name": "Ben Orle", "mail": "ben@northwind.example", "roles": ["client"],
            "zone": "Europe/London", "language": "en", "hour_style": "h24",
            "created_at": "2026-03-02T09:00:00+00:00", "scopes": ["me:read", "me:write"],
        }));
        let change = json!({ "name": " Benjamin  Orle ", "zone": "Europe/Berlin", "hour_style": "h12" });
        let changed = ben.patch_json(ME, &change).await.expect(200).json();
        assert_eq!(changed["name"], "Benjamin Orle");
        assert_eq!(changed["created_at"], "2026-03-02T10:00:00+01:00");
        assert_eq!(changed["language"], "en");
        assert_eq!(ben.get(ME).await.expect(200).json(), changed);
        // Problems are told in one's own language.
        ben.patch_json(ME, &json!({ "language": "de" })).await.expect(200);
        let problem = ben.patch_json(ME, &json!({ "name": "", "zone": "Moon", "language": "tlh" })).await;
        let problem = problem.invalid(&["name missing", "zone unknown_zone", "language not_a_choice"]);
        assert_ne!(problem.json()["detail"], "");
    }

    async fn two_who_change_one_account_at_once_lose_nothing(app: TestApp) {
        let ben = app.api(BEN);
        ben.get(ME).await.expect(200);
        let (name, zone) = (json!({ "name": "Benjamin" }), json!({ "zone": "Asia/Tokyo" }));
        let page = app.ben();
        page.get("/profile").await.expect(200);
        let (a, b, c) = tokio::join!(
            ben.patch_json(ME, &name),
            ben.patch_json(ME, &zone),
            page.post("/profile/language", &[("language", "de")])
        );
        let _ = (a.expect(200), b.expect(200), c.expect(303));
        let me = ben.get(ME).await.expect(200).json();
        assert_eq!((&me["name"], &me["zone"], &me["language"]), (&json!("Benjamin"), &json!("Asia/Tokyo"), &json!("de")));
        let log = app.api(OTTO).get("/api/v1/audit?kind=profile_changed").await.expect(200).json();
        assert_eq!(log["items"].as_array().unwrap().len(), 3, "each is in the log");
    }

    async fn answers_are_compressed_for_whoever_reads_that(app: TestApp) {
        let plain = app.nobody().get("/sign-in").await.expect(200);
        assert_eq!(plain.header("content-encoding"), "");
        let small = app.nobody().with("accept-encoding", "br, gzip").get("/sign-in").await.expect(200);
        assert!(["br", "gzip"].contains(&small.header("content-encoding")), "{}", small.header("content-encoding"));
        assert!(small.header("vary").to_ascii_lowercase().contains("accept-encoding"), "{}", small.header("vary"));
        assert!(small.body.len() * 2 < plain.body.len(), "{} of {}", small.body.len(), plain.body.len());
        let gzip = app.nobody().with("accept-encoding", "gzip").get("/sign-in").await.expect(200);
        assert!(gzip.body.starts_with(&[0x1f, 0x8b]));
    }

    async fn what_cannot_be_read_is_refused_whole(app: TestApp) {
        let ben = app.api(BEN);
        ben.patch_json(ME, &json!({ "name": "Ben", "mail": "other@example.org" })).await.refused(400, "unreadable");
        ben.patch_json(ME, &json!({ "name": 7 })).await.refused(400, "unreadable");
        ben.patch_json(ME, &json!("name")).await.refused(400, "unreadable");
        // It is said where, and in which field.
        let two_lines = "{\n  \"zone\": 7 }";
        let patch = axum::http::Method::PATCH;
        let wrong = ben.send(patch.clone(), ME, Some("application/json"), two_lines.into()).await;
        let wrong = wrong.refused(400, "unreadable").json();
        let detail = wrong["detail"].as_str().unwrap();
        assert!(detail.contains("Line 2, column 11") && detail.contains("integer `7`"), "{detail}");
        assert_eq!(wrong["fields"][0]["field"], "zone");
        let unknown = ben.patch_json(ME, &json!({ "mail": "other@example.org" })).await.json();
        assert!(unknown["detail"].as_str().unwrap().contains("unknown field `mail`"), "{unknown}");
        let send = async |kind, body: &str| ben.send(patch.clone(), ME, kind, body.into()).await;
        send(Some("application/json"), "{\"name\":").await.refused(400, "unreadable");
        send(Some("application/x-www-form-urlencoded"), "name=Ben").await.refused(400, "unreadable");
        send(Some("text/plain"), "{}").await.refused(400, "unreadable");
        send(None, "{\"name\":\"Ben\"}").await.refused(400, "unreadable");
        send(Some("application/json; charset=utf-8"), "{}").await.expect(200);
        let long = json!({ "name": "n".repeat(70_000) }).to_string();
        send(Some("application/json"), &long).await.refused(413, "too_large");
        app.api(OTTO).get("/api/v1/people?colour=red").await.refused(400, "unreadable");
        assert_eq!(ben.get(ME).await.json()["name"], "Ben Orle");
    }

    // Rule D5
    async fn a_token_is_good_until_it_expires_or_is_revoked(app: TestApp) {
        let (ben, other) = (app.token(BEN, "me:read me:write"), app.token(BEN, "me:read"));
        other.get(ME).await.expect(200);
        let tokens = ben.get("/api/v1/me/tokens").await.expect(200).json();
        assert_eq!(tokens["items"].as_array().unwrap().len(), 2);
        let others = tokens["items"][1].clone();
        assert_eq!(others["scopes"], json!(["me:read"]));
        let address = format!("/api/v1/me/tokens/{}", others["id"].as_str().unwrap());
        // A foreign token and one that never was are refused alike.
        let foreign = app.api(ADA).delete(&address).await.refused(404, "not_found");
        let absent = format!("/api/v1/me/tokens/{}", TokenId::from_raw(1));
        assert_eq!(foreign.body, app.api(ADA).delete(&absent).await.refused(404, "not_found").body);
        ben.delete(&address).await.expect(204);
        ben.delete(&address).await.refused(404, "not_found");
        other.get(ME).await.refused(401, "token_invalid");
        app.clock().advance(TOKEN_FOR - SignedDuration::from_secs(1));
        ben.get(ME).await.expect(200);
        app.clock().advance(SignedDuration::from_secs(1));
        let expired = ben.get(ME).await.refused(401, "token_expired");
        assert_eq!(expired.header("www-authenticate"), "Bearer");
        app.bearer("cairn_nonsense").get(ME).await.refused(401, "token_invalid");
        app.nobody().get(ME).await.refused(401, "not_signed_in");
        // A browser's cookie opens nothing here.
        app.ben().get(ME).await.refused(401, "not_signed_in");
    }

    // Rule D5
    async fn one_makes_and_revokes_ones_tokens_on_the_profile(app: TestApp) {
        let ben = app.ben();
        let new = [("label", "Hours"), ("scope", "me:read"), ("scope", "sessions:read"), ("days", "7"), ("idempotency_key", "k")];
        let page = ben.post("/profile/tokens", &new).await.expect(200).text();
        let at = page.find("value=\"cairn_").expect("the token is shown") + 7;
        let token = page[at..].split('"').next().unwrap();
        let me = app.bearer(token).get(ME).await.expect(200).json();
        assert_eq!(me["scopes"], json!(["me:read", "sessions:read"]));
        // The form that is sent twice makes one token, and nobody is shown it again.
        ben.post("/profile/tokens", &new).await.expect(303);
        let profile = ben.get("/profile").await.expect(200).text();
        assert!(profile.contains("Hours") && !profile.contains("cairn_"), "{profile}");
        let removals: Vec<&str> = profile.match_indices("/profile/tokens/tok_").map(|(at, _)| &profile[at..at + 42]).collect();
        let [removal] = removals.as_slice() else { panic!("{removals:?}") };
        let removal = removal.split('"').next().unwrap();
        app.ada().post(removal, &[]).await.expect(404);
        ben.post(removal, &[]).await.expect(303);
        app.bearer(token).get(ME).await.refused(401, "token_invalid");
        assert!(!ben.get("/profile").await.text().contains("Hours"));
        // What does not fit is said at its input, and what was typed is kept.
        let wrong = [("label", "Kept"), ("scope", "world:rule"), ("days", "400")];
        let wrong = ben.post("/profile/tokens", &wrong).await.expect(422).text();
        assert!(wrong.contains("scope-error") && wrong.contains("days-error") && wrong.contains("value=\"Kept\""), "{wrong}");
        let none = ben.post("/profile/tokens", &[("label", ""), ("days", "7")]).await.expect(422).text();
        assert!(none.contains("scope-error") && none.contains("label-error"), "{none}");
        assert_eq!(app.letters_to(BEN).await, ["token_made"]);
    }

    // Rule D5
    async fn a_token_is_good_for_its_scopes_and_its_persons_rights(app: TestApp) {
        app.token(OTTO, "me:read").get(PEOPLE).await.refused(403, "scope_missing");
        app.token(OTTO, "people:read").post_json(PEOPLE, &nina()).await.refused(403, "scope_missing");
        app.token(BEN, "people:read").get(PEOPLE).await.refused(403, "may_not");
        app.token(BEN, "me:read").patch_json(ME, &json!({})).await.refused(403, "scope_missing");
        // Whoever may not is told so before the scope is looked at.
        app.token(BEN, "me:read").get("/api/v1/audit").await.refused(403, "may_not");
    }

    // Rules P3, P4
    async fn people_are_seen_as_far_as_the_right_reaches(app: TestApp) {
        let people = app.api(OTTO).get(PEOPLE).await.expect(200).json();
        let everybody = ["Ada Lindholm", "Ben Orle", "Cara Jensen", "Finn Walsh", "Gil Navarro", "Lea Moreau", "Otto Brandt"];
        assert_eq!(names(&people), everybody);
        assert_eq!(people["next"], Json::Null);
        assert_eq!(names(&app.api(LEA).get(PEOPLE).await.expect(200).json()), ["Ben Orle"]);
        for (who, ben, gil) in [(OTTO, 200, 200), (LEA, 200, 404), (ADA, 200, 404), (BEN, 200, 404), (CARA, 404, 404)] {
            let api = app.api(who);
            api.get(&one(BEN)).await.expect(ben);
            let foreign = api.get(&one(GIL)).await.expect(gil);
            let absent = api.get(&one(PersonId::from_raw(999))).await.refused(404, "not_found");
            let nonsense = api.get("/api/v1/people/per_nonsense").await.refused(404, "not_found");
            assert_eq!(absent.body, nonsense.body);
            if gil == 404 {
                assert_eq!(foreign.body, absent.body);
            }
        }
    }

    async fn people_are_found_and_leafed_through(app: TestApp) {
        let otto = app.api(OTTO);
        let found = async |query: &str| {
            let list = otto.get(&format!("{PEOPLE}?{query}")).await.expect(200).json();
            names(&list).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(found("q=lindh").await, ["Ada Lindholm"]);
        assert_eq!(found("q=NORTHWIND").await, ["Ben Orle", "Cara Jensen"]);
        assert_eq!(found("role=coach").await, ["Ada Lindholm", "Finn Walsh"]);
        assert_eq!(found("q=ada&role=client").await, [""; 0]);
        // Page by page, everybody comes once.
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = otto.get(&format!("{PEOPLE}?limit=3&cursor={next}")).await.expect(200).json();
            seen.extend(names(&page).into_iter().map(str::to_owned));
            let Some(cursor) = page["next"].as_str() else { break };
            next = cursor.to_owned();
        }
        assert_eq!(seen, found("").await);
        otto.get(&format!("{PEOPLE}?cursor=x")).await.invalid(&["cursor not_a_cursor"]);
        otto.get(&format!("{PEOPLE}?limit=0&role=king")).await.invalid(&["role not_a_choice", "limit out_of_range"]);
        otto.get(&format!("{PEOPLE}?limit=101")).await.invalid(&["limit out_of_range"]);
        otto.get("/api/v1/audit?limit=many").await.invalid(&["limit not_a_number"]);
    }

    async fn an_admin_makes_an_account(app: TestApp) {
        let otto = app.api(OTTO);
        let made = otto.post_json(PEOPLE, &nina()).await.expect(201).json();
        assert_eq!(made["roles"], json!(["coach", "client"]));
        assert_eq!((&made["zone"], &made["language"]), (&json!("Europe/Berlin"), &json!("en")));
        assert_eq!(made["created_at"], "2026-03-02T10:00:00+01:00");
        let id: PersonId = made["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(otto.get(&one(id)).await.expect(200).json(), made);
        assert_eq!(app.letters_to(id).await, [""; 0]);
        // The address is taken now, in whatever case.
        let again = json!({ "name": "N.", "mail": "NINA@cairn.example", "roles": [] });
        otto.post_json(PEOPLE, &again).await.invalid(&["mail taken"]);
        let all_wrong = json!({ "mail": "nobody", "roles": ["king"], "zone": "Moon", "language": "tlh" });
        otto.post_json(PEOPLE, &all_wrong).await.invalid(&[
            "name missing", "mail not_a_mail_address", "roles not_a_choice", "zone unknown_zone", "language not_a_choice",
        ]);
        let invited = json!({
            "name": "Kim", "mail": "kim@cairn.example", "roles": [], "zone": "Asia/Tokyo", "language": "de", "invite": true,
        });
        let kim = otto.post_json(PEOPLE, &invited).await.expect(201).json();
        assert_eq!((&kim["zone"], &kim["language"]), (&json!("Asia/Tokyo"), &json!("de")));
        assert_eq!(app.letters_to(kim["id"].as_str().unwrap().parse().unwrap()).await, ["invitation"]);
        app.api(LEA).post_json(PEOPLE, &nina()).await.refused(403, "may_not");
    }

    // Rule P5
    async fn an_admin_gives_and_takes_roles(app: TestApp) {
        let otto = app.api(OTTO);
        let roles = |person| format!("{}/roles", one(person));
        let changed = otto.put_json(&roles(ADA), &json!({ "roles": ["client", "coach"] })).await.expect(200).json();
        assert_eq!(changed["roles"], json!(["coach", "client"]));
        assert_eq!(app.letters_to(ADA).await, ["roles_changed"]);
        otto.put_json(&roles(ADA), &json!({ "roles": ["king"] })).await.invalid(&["roles not_a_choice"]);
        otto.put_json(&roles(ADA), &json!({})).await.refused(400, "unreadable");
        otto.put_json(&roles(OTTO), &json!({ "roles": [] })).await.refused(409, "last_admin");
        otto.put_json(&roles(PersonId::from_raw(999)), &json!({ "roles": [] })).await.refused(404, "not_found");
        app.api(ADA).put_json(&roles(ADA), &json!({ "roles": ["admin"] })).await.refused(403, "may_not");
        let log = otto.get("/api/v1/audit?kind=roles_changed").await.expect(200).json();
        let line = &log["items"][0];
        assert_eq!(line["facts"], json!({ "from": "coach", "to": "coach,client" }));
        assert_eq!(line["by"], json!({ "id": OTTO.to_string(), "name": "Otto Brandt" }));
        assert_eq!(line["subject"], json!({ "id": ADA.to_string(), "name": "Ada Lindholm" }));
        assert_eq!((&line["via"], &line["at"]), (&json!("api"), &json!("2026-03-02T10:00:00+01:00")));
    }

    async fn an_admin_invites_closes_and_reopens(app: TestApp) {
        let (otto, ada) = (app.api(OTTO), app.api(ADA));
        let closure = format!("{}/closure", one(ADA));
        let invitation = format!("{}/invitation", one(ADA));
        ada.get(ME).await.expect(200);
        otto.send(axum::http::Method::POST, &invitation, None, Vec::new()).await.expect(200);
        otto.post_json(&invitation, &json!({})).await.expect(200);
        otto.post_json(&invitation, &json!({ "x": 1 })).await.refused(400, "unreadable");
        let refused = otto.post_json(&closure, &json!({})).await;
        assert_eq!(refused.json()["ahead"], 1, "{}", refused.text());
        refused.refused(409, "still_coaches");
        nothing_left(&app).await;
        let closed = otto.post_json(&closure, &json!({})).await.expect(200).json();
        assert_eq!(closed["closed_at"], "2026-03-02T10:00:00+01:00");
        // A closed account's tokens are good for nothing, and it is not invited.
        ada.get(ME).await.refused(401, "token_invalid");
        otto.post_json(&invitation, &json!({})).await.refused(403, "account_closed");
        otto.post_json(&closure, &json!({})).await.expect(200);
        let open = otto.delete(&closure).await.expect(200).json();
        assert_eq!(open["closed_at"], Json::Null);
        otto.delete(&closure).await.expect(200);
        ada.get(ME).await.refused(401, "token_invalid");
        otto.post_json(&format!("{}/closure", one(OTTO)), &json!({})).await.refused(409, "last_admin");
        for way in ["closure", "invitation"] {
            let absent = format!("{}/{way}", one(PersonId::from_raw(999)));
            otto.post_json(&absent, &json!({})).await.refused(404, "not_found");
            app.api(LEA).post_json(&absent, &json!({})).await.refused(403, "may_not");
        }
    }

    // Rule P5
    async fn an_admin_reads_the_audit_log(app: TestApp) {
        let otto = app.api(OTTO);
        app.ben().get("/profile").await;
        app.api(BEN).patch_json(ME, &json!({ "zone": "Europe/Paris", "name": "Benny" })).await.expect(200);
        let log = otto.get(&format!("/api/v1/audit?person={BEN}")).await.expect(200).json();
        let kinds: Vec<&str> = log["items"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["profile_changed", "token_made", "signed_in"]);
        let facts = &log["items"][0]["facts"];
        assert_eq!(facts, &json!({ "name": "changed", "zone": { "from": "Europe/London", "to": "Europe/Paris" } }));
        // Page by page, each line comes once.
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = otto.get(&format!("/api/v1/audit?limit=1&cursor={next}")).await.expect(200).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|line| line["id"].to_string()));
            let Some(cursor) = page["next"].as_str() else { break };
            next = cursor.to_owned();
        }
        let whole = otto.get("/api/v1/audit").await.expect(200).json();
        let ids: Vec<String> = whole["items"].as_array().unwrap().iter().map(|line| line["id"].to_string()).collect();
        assert_eq!(seen, ids);
        otto.get("/api/v1/audit?kind=gossip&person=ben&cursor=e30").await.invalid(&[
            "kind not_a_choice", "person not_an_id", "cursor not_a_cursor",
        ]);
        for other in [LEA, ADA, BEN, CARA] {
            app.api(other).get("/api/v1/audit").await.refused(403, "may_not");
        }
    }

    // Rule M7
    async fn an_admin_sees_envelopes_and_never_what_they_hold(app: TestApp) {
        let otto = app.api(OTTO);
        otto.post_json(&format!("{}/invitation", one(BEN)), &json!({})).await.expect(200);
        app.run_jobs().await;
        let list = otto.get(&format!("/api/v1/mail?person={BEN}")).await.expect(200).json();
        let mail = &list["items"][0];
        assert_eq!((&mail["letter"], &mail["recipient"]), (&json!("invitation"), &json!("ben@northwind.example")));
        assert!(!list.to_string().contains("/sign-in/link/"), "{list}");
        otto.get("/api/v1/mail?state=lost").await.invalid(&["state not_a_choice"]);
        assert_eq!(otto.get("/api/v1/mail?state=dead").await.json()["items"], json!([]));
        let retry = format!("/api/v1/mail/{}/retry", mail["id"].as_str().unwrap());
        app.inside().write(|tx| tx.exec("UPDATE mail SET state = 'dead', attempts = 16", model::args![])).await.unwrap();
        otto.post_json(&retry, &json!({})).await.expect(204);
        let again = otto.get("/api/v1/mail?state=queued").await.json();
        assert_eq!(again["items"][0]["attempts"], 0);
        let absent = format!("/api/v1/mail/{}/retry", MailId::from_raw(1));
        otto.post_json(&absent, &json!({})).await.refused(404, "not_found");
        for other in [LEA, ADA, BEN, CARA] {
            app.api(other).get("/api/v1/mail").await.refused(403, "may_not");
            app.api(other).post_json(&retry, &json!({})).await.refused(403, "may_not");
        }
    }

    // Rule B5
    async fn a_repeat_does_nothing_twice_and_is_answered_alike(app: TestApp) {
        let otto = app.api(OTTO);
        let first = otto.key("k1").post_json(PEOPLE, &nina()).await.expect(201);
        app.clock().advance(SignedDuration::from_mins(90));
        let repeat = otto.key("k1").post_json(PEOPLE, &nina()).await.expect(201);
        assert_eq!((&first.body, first.header("content-type")), (&repeat.body, repeat.header("content-type")));
        assert_eq!(app.count("person").await, 8);
        // The same key for anything else is refused: another body, another address, another method.
        let other = json!({ "name": "Other", "mail": "other@cairn.example", "roles": [] });
        otto.key("k1").post_json(PEOPLE, &other).await.refused(422, "idempotency_key_reused");
        otto.key("k1").patch_json(ME, &nina()).await.refused(400, "unreadable");
        otto.key("k1").patch_json(ME, &json!({ "name": "Otto" })).await.refused(422, "idempotency_key_reused");
        assert_eq!(app.count("person").await, 8);
        // Keys are each person's own.
        app.api(BEN).key("k1").patch_json(ME, &json!({ "name": "Ben" })).await.expect(200);
        // Writes without a body, and without an answer, are kept as well.
        let closure = format!("{}/closure", one(ADA));
        nothing_left(&app).await;
        let closed = otto.key("k2").post_json(&closure, &json!({})).await.expect(200);
        otto.delete(&closure).await.expect(200);
        assert_eq!(otto.key("k2").post_json(&closure, &json!({})).await.expect(200).body, closed.body);
        assert_eq!(otto.get(&one(ADA)).await.json()["closed_at"], Json::Null);
        let ben = app.api(BEN);
        let token = ben.get("/api/v1/me/tokens").await.json()["items"][1]["id"].as_str().unwrap().to_owned();
        for _ in 0..2 {
            ben.key("k3").delete(&format!("/api/v1/me/tokens/{token}")).await.expect(204);
        }
    }

    // Rule B5
    async fn an_answer_is_kept_for_a_day_of_the_machine_clock(app: TestApp) {
        let otto = app.api(OTTO);
        otto.key("k1").post_json(PEOPLE, &nina()).await.expect(201);
        app.clock().advance(SignedDuration::from_hours(24) - SignedDuration::from_millis(1));
        app.run_jobs().await;
        otto.key("k1").post_json(PEOPLE, &nina()).await.expect(201);
        app.clock().advance(SignedDuration::from_millis(1));
        otto.key("k1").post_json(PEOPLE, &nina()).await.invalid(&["mail taken"]);
        app.run_jobs().await;
        otto.key("k1").post_json(PEOPLE, &nina()).await.invalid(&["mail taken"]);
    }

    // Rule B5
    async fn a_refused_write_is_judged_anew(app: TestApp) {
        let otto = app.api(OTTO);
        let roles = format!("{}/roles", one(OTTO));
        let none = json!({ "roles": [] });
        otto.key("k1").put_json(&roles, &none).await.refused(409, "last_admin");
        otto.put_json(&format!("{}/roles", one(ADA)), &json!({ "roles": ["admin", "coach"] })).await.expect(200);
        otto.key("k1").put_json(&roles, &none).await.expect(200);
    }

    // Rule B5
    async fn two_at_once_have_one_effect(app: TestApp) {
        let otto = app.api(OTTO).key("k1");
        otto.get(ME).await.expect(200);
        let body = nina();
        let all = tokio::join!(
            otto.post_json(PEOPLE, &body),
            otto.post_json(PEOPLE, &body),
            otto.post_json(PEOPLE, &body),
            otto.post_json(PEOPLE, &body),
        );
        let first = all.0.expect(201).body;
        for other in [all.1, all.2, all.3] {
            assert_eq!(other.expect(201).body, first);
        }
        assert_eq!(app.count("person").await, 8);
    }

    async fn a_key_is_short_and_plain(app: TestApp) {
        let ben = app.api(BEN);
        ben.key(&"k".repeat(101)).patch_json(ME, &json!({})).await.invalid(&["idempotency_key too_long"]);
        for stray in ["two words", "schlüssel"] {
            let refused = ben.key(stray).patch_json(ME, &json!({})).await;
            refused.invalid(&["idempotency_key stray_characters"]);
        }
        ben.key(&"k".repeat(100)).patch_json(ME, &json!({})).await.expect(200);
    }

    // Rule T4
    async fn clock_and_demo_are_for_play_only(app: TestApp) {
        let absent = app.api(OTTO).get("/api/v1/nothing").await.refused(404, "not_found").body;
        let step = json!({ "advance": "PT18H" });
        for who in [app.api(OTTO), app.api(BEN), app.nobody()] {
            let at_clock = who.post_json("/api/v1/clock", &step).await.refused(404, "not_found");
            assert_eq!(at_clock.status, 404);
            who.get("/api/v1/demo").await.refused(404, "not_found");
            let wanted = json!({ "person": "otto@cairn.example" });
            who.post_json("/api/v1/demo/tokens", &wanted).await.refused(404, "not_found");
        }
        assert_eq!(app.api(OTTO).get("/api/v1/demo").await.body, absent);
        assert_eq!(app.api(OTTO).post_json("/api/v1/clock", &step).await.body, absent);
        assert_eq!(app.clock().offset(), SignedDuration::ZERO);
    }

    // Rule T4
    async fn in_a_trial_an_admin_moves_the_clock(app: Trial) {
        let otto = app.api(OTTO);
        let clock = "/api/v1/clock";
        let step = json!({ "advance": "PT18H" });
        let moved = otto.key("k1").post_json(clock, &step).await.expect(200);
        assert_eq!(moved.json(), json!({ "now": "2026-03-03T04:00:00+01:00" }));
        assert_eq!(app.clock().offset(), SignedDuration::from_hours(18));
        // A repeat moves nothing, and is answered alike.
        assert_eq!(otto.key("k1").post_json(clock, &step).await.expect(200).body, moved.body);
        assert_eq!(app.clock().offset(), SignedDuration::from_hours(18));
        otto.post_json(clock, &json!({ "advance": "PT0S" })).await.expect(200);
        otto.post_json(clock, &json!({ "advance": "-PT1H" })).await.refused(409, "clock_only_forward");
        otto.post_json(clock, &json!({ "advance": "P400D" })).await.expect(422);
        otto.post_json(clock, &json!({ "advance": "tomorrow" })).await.invalid(&["advance not_a_duration"]);
        otto.post_json(clock, &json!({})).await.invalid(&["advance not_a_duration"]);
        app.api(BEN).post_json(clock, &step).await.refused(403, "may_not");
        app.token(OTTO, "me:read").post_json(clock, &step).await.refused(403, "scope_missing");
        app.nobody().post_json(clock, &step).await.refused(401, "not_signed_in");
        let log = otto.get("/api/v1/audit?kind=clock_moved").await.expect(200).json();
        assert_eq!(log["items"][1]["subject"], Json::Null);
        // The living example is somewhere else.
        app.nobody().get("/api/v1/demo").await.refused(404, "not_found");
    }

    // Rule T4
    async fn a_length_that_is_none_is_said_at_the_clock_itself(app: Trial) {
        let fields = [("advance", "tomorrow"), ("back", "/people?q=li")];
        let page = app.otto().post("/clock", &fields).await.expect(422).text();
        for mark in [
            r#"id="advance-error""#, r#"name="advance" value="tomorrow""#, "autofocus", "Das ist keine Dauer",
            r#"name="back" value="/people?q=li""#,
        ] {
            assert!(page.contains(mark), "{mark} is missing: {page}");
        }
        let back = app.otto().post("/clock", &[("advance", "-1 h")]).await.expect(422).text();
        assert!(back.contains("Die Zeit geht nur vorwärts"), "{back}");
        let far = app.otto().post("/clock", &[("advance", "400 days")]).await.expect(422).text();
        assert!(far.contains("höchstens ein Jahr"), "{far}");
        assert_eq!(app.clock().offset(), SignedDuration::ZERO);
        app.otto().post("/clock", &[("advance", "18 h")]).await.expect(303);
        assert_eq!(app.clock().offset(), SignedDuration::from_hours(18));
    }

    // Rules P3, M7
    async fn the_way_to_the_mails_is_shown_to_whoever_may_read_them(app: Trial) {
        let way = "href=\"/mailbox\"";
        assert!(app.otto().get("/settings").await.expect(200).text().contains(way));
        for other in [app.ben(), app.ada(), app.cara(), app.lea()] {
            assert!(!other.get("/profile").await.expect(200).text().contains(way));
            other.get("/mailbox").await.expect(403);
        }
        assert!(!app.nobody().get("/sign-in").await.expect(200).text().contains(way));
    }

    // Rules B5, T4
    async fn two_who_move_the_clock_under_one_key_move_it_once(app: Trial) {
        let otto = app.api(OTTO).key("k1");
        otto.get(ME).await.expect(200);
        let step = json!({ "advance": "P1D" });
        let (a, b) = tokio::join!(otto.post_json("/api/v1/clock", &step), otto.post_json("/api/v1/clock", &step));
        assert_eq!(a.expect(200).body, b.expect(200).body);
        assert_eq!(app.clock().offset(), SignedDuration::from_hours(24));
    }

    // Rule D5
    async fn a_demo_lists_its_people_and_gives_tokens(app: Demo) {
        let nobody = app.nobody();
        let demo = nobody.get("/api/v1/demo").await.expect(200).json();
        assert_eq!(demo["clock"], "2026-03-02T10:00:00+01:00");
        let ada = json!({ "name": "Ada Lindholm", "email": "ada@cairn.example", "roles": ["coach"], "slug": "ada" });
        assert_eq!((&demo["people"][0], demo["people"].as_array().unwrap().len()), (&ada, 7));
        let made = nobody.post_json("/api/v1/demo/tokens", &json!({ "person": "Ben@Northwind.example" })).await;
        let made = made.expect(201).json();
        assert_eq!(made["expires_at"], "2026-04-01T11:00:00+02:00");
        let ben = app.bearer(made["token"].as_str().unwrap());
        assert_eq!(ben.get(ME).await.expect(200).json()["name"], "Ben Orle");
        ben.get("/api/v1/audit").await.refused(403, "may_not");
        let tokens = "/api/v1/demo/tokens";
        nobody.post_json(tokens, &json!({ "person": "nobody@cairn.example" })).await.invalid(&["person not_a_choice"]);
        nobody.post_json(tokens, &json!({ "person": "ben" })).await.invalid(&["person not_a_mail_address"]);
        nobody.post_json(tokens, &json!({})).await.invalid(&["person missing"]);
        app.api(OTTO).post_json(&format!("{}/closure", one(BEN)), &json!({})).await.expect(200);
        nobody.post_json(tokens, &json!({ "person": "ben@northwind.example" })).await.refused(403, "account_closed");
        assert_eq!(nobody.get("/api/v1/demo").await.json()["people"].as_array().unwrap().len(), 6);
    }

    async fn what_is_not_there_and_what_is_asked_wrongly(app: TestApp) {
        app.nobody().get("/api/v1/nothing").await.refused(404, "not_found");
        let wrong = app.api(OTTO).post_json(ME, &json!({})).await.refused(405, "wrong_method");
        assert!(wrong.header("allow").contains("GET"), "{}", wrong.header("allow"));
        let head = app.api(OTTO).head(ME).await.expect(200);
        assert_eq!(head.body, b"");
    }
}
