//! Messages between a client and a coach, on pages, by mail and over the interface: what each of them sees.

use jiff::SignedDuration;
use model::event::{Actor as By, Via};
use model::mail::{self, Filter};
use model::message::{self, Text};
use model::world::{ADA, ADA_BEN, BEN, FINN, FINN_GIL, GIL, PEOPLE};
use model::{args, on_both};
use rules::ids::{PersonId, ThreadId};
use rules::letters::Letter;
use rules::time::Instant;
use serde_json::json;

use crate::app::{Actor, Demo, TestApp};

async fn read(actor: &Actor<'_>, path: &str) -> String {
    actor.get(path).await.expect(200).text()
}

/// Somebody writes to somebody for the first time, and is led to their thread.
async fn begin(actor: &Actor<'_>, to: PersonId, words: &str) -> ThreadId {
    let sent = actor.post(&format!("/people/{to}/messages"), &[("text", words)]).await.expect(303);
    let place = sent.header("location").to_owned();
    let id = place.strip_prefix("/messages/").and_then(|rest| rest.strip_suffix("#write"));
    id.and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("led to {place}"))
}

/// What stands behind `name="…" value="`.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"");
    page.split(&field).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

on_both! {
    // Rule W6
    async fn two_people_write_to_each_other_and_see_what_is_read(app: TestApp) {
        let (ada, ben) = (app.ada(), app.ben());
        let page = read(&ben, "/messages").await;
        assert!(page.contains("Write to Ada Lindholm") && page.contains(&format!("/people/{ADA}/messages")), "{page}");
        let thread = begin(&ben, ADA, "Nobody has noticed so far.\nNot even me.").await;
        let list = read(&ada, "/messages").await;
        for words in ["Ben Orle", "Nobody has noticed so far. Not even me.", "1 unread", &format!("/messages/{thread}#write")] {
            assert!(list.contains(words), "{words}: {list}");
        }
        let path = format!("/messages/{thread}");
        let page = read(&ada, &path).await;
        for words in ["Nobody has noticed so far.\nNot even me.", "Mark as read", "Your client", "Ben, 10:00", "Times in Stockholm"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(read(&ada, &path).await.contains("data-count=\"1\""), "looking at it reads nothing");
        app.clock().advance(SignedDuration::from_mins(32));
        let shown = hidden(&page, "up_to").to_owned();
        ada.post(&format!("{path}/read"), &[("up_to", &shown)]).await.expect(303);
        let page = read(&ada, &path).await;
        assert!(!page.contains("Mark as read") && !page.contains("unread-count"), "{page}");
        let page = read(&ben, &path).await;
        assert!(page.contains("You, 09:00, read 09:32"), "on the clock of London: {page}");
        // Who answers has read what stands above the answer.
        app.ada().post(&path, &[("text", "That is the best kind of answer.")]).await.expect(303);
        let page = read(&ben, &path).await;
        let shown = hidden(&page, "read").to_owned();
        ben.post(&path, &[("text", "Thank you."), ("read", &shown)]).await.expect(303);
        assert!(!read(&ben, &path).await.contains("unread-count"));
        assert!(read(&ada, &path).await.contains("You, 10:32, read 10:32"));
    }

    // Rules W6, P4
    async fn a_thread_is_there_for_its_two_alone(app: TestApp) {
        let thread = begin(&app.ada(), BEN, "For your eyes.").await;
        let path = format!("/messages/{thread}");
        for actor in [app.otto(), app.lea(), app.cara(), app.person(FINN), app.person(GIL)] {
            let foreign = actor.get(&path).await.expect(404).text();
            assert_eq!(foreign, actor.get("/messages/thr_0000000000099").await.expect(404).text());
            actor.post(&path, &[("text", "Me too.")]).await.expect(404);
            actor.post(&format!("{path}/read"), &[("up_to", "msg_0000000000001")]).await.expect(404);
            actor.get(&format!("/people/{BEN}/messages")).await.expect(404);
            actor.post(&format!("/people/{BEN}/messages"), &[("text", "Hello.")]).await.expect(404);
        }
        for id in PEOPLE.iter().map(|somebody| somebody.id).filter(|id| ![ADA, BEN].contains(id)) {
            let api = app.api(id);
            api.get(&format!("/api/v1/threads/{thread}/messages")).await.refused(404, "not_found");
            api.post_json(&format!("/api/v1/threads/{thread}/messages"), &json!({"text": "Me too."})).await.refused(404, "not_found");
            api.put_json(&format!("/api/v1/threads/{thread}/read"), &json!({"up_to": "msg_0000000000001"})).await.refused(404, "not_found");
        }
        for actor in [app.otto(), app.lea(), app.cara()] {
            actor.get("/messages").await.expect(403);
            assert!(!read(&actor, "/").await.contains("href=\"/messages\""));
        }
        assert!(!read(&app.otto(), "/audit").await.contains("message sent"), "nor does the log tell of it");
    }

    // Rule W6
    async fn a_coach_writes_from_the_page_of_a_client(app: TestApp) {
        let way = format!("href=\"/people/{BEN}/messages\"");
        assert!(read(&app.ada(), &format!("/people/{BEN}")).await.contains(&way));
        assert!(!read(&app.otto(), &format!("/people/{BEN}")).await.contains(&way));
        let page = read(&app.ada(), &format!("/people/{BEN}/messages")).await;
        assert!(page.contains("A first word"), "{page}");
        let thread = begin(&app.ada(), BEN, "Good luck with the board.").await;
        // From then on the same address is the thread.
        let page = read(&app.ada(), &format!("/people/{BEN}/messages")).await;
        assert!(page.contains("Good luck with the board.") && page.contains(&format!("action=\"/messages/{thread}\"")), "{page}");
        assert_eq!(begin(&app.ada(), BEN, "And tell me.").await, thread);
    }

    // Rules M4, W6
    async fn what_is_written_from_a_session_says_of_which(app: TestApp) {
        let path = format!("/people/{BEN}/messages?session={ADA_BEN}");
        let page = read(&app.ada(), &path).await;
        assert!(page.contains("About the session Thu 5 Mar at 11:00"), "{page}");
        let session = hidden(&page, "session").to_owned();
        let fields = [("text", "Are you on your way?"), ("session", session.as_str())];
        app.ada().post(&format!("/people/{BEN}/messages"), &fields).await.expect(303);
        let list = read(&app.ben(), "/messages").await;
        let thread = list.split("href=\"/messages/").nth(1).and_then(|rest| rest.split('#').next()).expect("a thread");
        let page = read(&app.ben(), &format!("/messages/{thread}")).await;
        let link = format!("<a href=\"/sessions/{ADA_BEN}\">About the session Thu 5 Mar at 10:00</a>");
        assert!(page.contains(&link), "{page}");
        // When others meet is not told.
        let page = read(&app.ada(), &format!("/people/{BEN}/messages?session={FINN_GIL}")).await;
        assert!(!page.contains("About the session Thu 5 Mar at 11:00</a> <a"), "{page}");
    }

    // Rule W6
    async fn what_was_typed_stays_and_a_form_sends_once(app: TestApp) {
        let thread = begin(&app.ben(), ADA, "Hello.").await;
        let path = format!("/messages/{thread}");
        let long = "x".repeat(4_001);
        let page = app.ben().post(&path, &[("text", &long), ("session", &ADA_BEN.to_string())]).await.expect(422).text();
        for words in ["At most 4000 characters", &long, "About the session"] {
            assert!(page.contains(words), "{words}");
        }
        let page = app.ben().post(&path, &[("text", " \n ")]).await.expect(422).text();
        assert!(page.contains("This is needed"), "{page}");
        for _ in 0..2 {
            let fields = [("text", "Once."), ("idempotency_key", "the-same")];
            app.ben().post(&path, &fields).await.expect(303);
        }
        assert_eq!(app.count("message").await, 2);
        let sent = app.inside().write(move |tx| {
            let who = PEOPLE.iter().find(|somebody| somebody.id == BEN).expect("Ben").who();
            let by = By::Person { who, via: Via::Page, proof: None };
            for _ in 2..message::SENDS.tries {
                message::reply(tx, &by, thread, None, &Text::parse("Again.").expect("a text"))?;
            }
            Ok(())
        });
        sent.await.expect("writing");
        let page = app.ben().post(&path, &[("text", "One too many.")]).await.expect(429);
        assert_ne!(page.header("retry-after"), "");
        let page = page.text();
        assert!(page.contains("asked too often") && page.contains("One too many."), "{page}");
    }

    // Rules M7, M8
    async fn a_letter_says_who_wrote_and_never_what(app: Demo) {
        let thread = begin(&app.ada(), BEN, "The plum tree is in flower.").await;
        app.run_jobs().await;
        let mine = Filter { person: Some(BEN), ..Filter::default() };
        let letter = app.inside().read(move |tx| {
            let line = mail::mailbox(tx, &mine, 1)?.remove(0);
            mail::whole(tx, line.id)
        });
        let (line, whole) = letter.await.expect("the letter");
        assert_eq!((line.letter, line.subject.as_deref()), (Letter::MessageReceived, Some("Ada Lindholm wrote to you")));
        assert!(!whole.contains("plum"), "{whole}");
        for words in ["Reply-To: \"Ada Lindholm\" <ada@cairn.example>", &format!("/messages/{thread}#write")] {
            assert!(whole.replace("=\r\n", "").contains(words), "{words}: {whole}");
        }
        // A client's address is not a coach's business by this.
        begin(&app.ben(), ADA, "Which one?").await;
        app.run_jobs().await;
        let hers = Filter { person: Some(ADA), ..Filter::default() };
        let letter = app.inside().read(move |tx| {
            let line = mail::mailbox(tx, &hers, 1)?.remove(0);
            mail::whole(tx, line.id)
        });
        let (_, whole) = letter.await.expect("the letter");
        assert!(!whole.contains("ben@northwind.example"), "{whole}");
    }

    // Rules M4, M7, M8
    async fn what_is_written_about_a_session_is_mailed_although_it_was_read(app: Demo) {
        let thread = begin(&app.ada(), BEN, "Hello.").await;
        let path = format!("/messages/{thread}");
        let about = [("text", "The plum tree is in flower."), ("session", &*ADA_BEN.to_string())];
        app.ada().post(&path, &about).await.expect(303);
        let page = read(&app.ben(), &path).await;
        app.ben().post(&format!("{path}/read"), &[("up_to", hidden(&page, "up_to"))]).await.expect(303);
        app.run_jobs().await;
        let mine = Filter { person: Some(BEN), ..Filter::default() };
        let letter = app.inside().read(move |tx| {
            let line = mail::mailbox(tx, &mine, 1)?.remove(0);
            mail::whole(tx, line.id)
        });
        let (line, whole) = letter.await.expect("the letter");
        assert_eq!((line.letter, line.subject.as_deref()), (Letter::SessionMessage, Some("Ada Lindholm wrote about your session")));
        let whole = whole.replace("=\r\n", "");
        assert!(!whole.contains("plum") && whole.contains("Thursday 5 March 2026, 10:00"), "{whole}");
        assert!(!whole.to_lowercase().contains("list-unsubscribe"), "it concerns a booking: {whole}");
    }

    // Rule M7
    async fn a_letter_asks_where_somebody_is_in_the_programs_own_words(app: Demo) {
        let start: Instant = "2026-03-05T10:00:00Z".parse().expect("a time");
        app.clock().advance(start.since(app.clock().now()) + SignedDuration::from_mins(6));
        app.ada().post(&format!("/sessions/{ADA_BEN}/attendance/{BEN}/check-in"), &[]).await.expect(303);
        app.run_jobs().await;
        let mine = Filter { person: Some(BEN), ..Filter::default() };
        let letter = app.inside().read(move |tx| {
            let line = mail::mailbox(tx, &mine, 1)?.remove(0);
            mail::whole(tx, line.id)
        });
        let (line, whole) = letter.await.expect("the letter");
        assert_eq!((line.letter, line.subject.as_deref()), (Letter::SessionMessage, Some("Ada Lindholm waits for you")));
        let whole = whole.replace("=\r\n", "");
        for words in ["Are you on your way?", "/manage/", "Reply-To: \"Ada Lindholm\""] {
            assert!(whole.contains(words), "{words}: {whole}");
        }
        assert!(!whole.contains("behind your sign-in"), "{whole}");
    }

    // Rule W9
    async fn what_a_coach_has_not_read_stands_on_their_day(app: TestApp) {
        let thread = begin(&app.ben(), ADA, "A question.").await;
        let page = read(&app.ada(), "/today").await;
        for words in ["Ben Orle wrote to you", "1 unread", &format!("href=\"/messages/{thread}#write\"")] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let path = format!("/messages/{thread}");
        let shown = hidden(&read(&app.ada(), &path).await, "up_to").to_owned();
        app.ada().post(&format!("{path}/read"), &[("up_to", &shown)]).await.expect(303);
        assert!(!read(&app.ada(), "/today").await.contains("wrote to you"));
    }

    // Rule M4
    async fn what_is_read_before_the_letter_leaves_needs_none(app: Demo) {
        let thread = begin(&app.ada(), BEN, "Hello.").await;
        let path = format!("/messages/{thread}");
        let page = read(&app.ben(), &path).await;
        app.ben().post(&format!("{path}/read"), &[("up_to", hidden(&page, "up_to"))]).await.expect(303);
        app.run_jobs().await;
        let states = app.inside().read(|tx| {
            tx.all("SELECT state FROM mail WHERE letter = 'message_received'", args![], |row| row.get::<String>(0))
        });
        assert_eq!(states.await.expect("the queue"), ["dropped"]);
    }

    // Rules D5, W6
    async fn programs_write_and_read_for_their_person(app: TestApp) {
        let (ada, ben) = (app.api(ADA), app.api(BEN));
        let new = json!({"with": BEN.to_string(), "text": "Are you on your way?", "session": ADA_BEN.to_string()});
        let made = ada.key("a").post_json("/api/v1/threads", &new).await.expect(201).json();
        assert_eq!(ada.key("a").post_json("/api/v1/threads", &new).await.expect(201).json(), made, "once");
        assert_eq!((&made["by"], &made["session"]), (&json!(ADA.to_string()), &json!(ADA_BEN.to_string())));
        let threads = ben.get("/api/v1/threads").await.expect(200).json();
        let thread = &threads["items"][0];
        assert_eq!((&thread["unread"], &thread["with"]["name"], &thread["as_coach"]), (&json!(1), &json!("Ada Lindholm"), &json!(false)));
        let base = format!("/api/v1/threads/{}", made["thread"].as_str().expect("an id"));
        ben.post_json(&format!("{base}/messages"), &json!({"text": "Two minutes."})).await.expect(201);
        let page = ben.get(&format!("{base}/messages?limit=1")).await.expect(200).json();
        assert_eq!(page["items"][0]["text"], "Two minutes.");
        let next = page["next"].as_str().expect("a cursor");
        let page = ben.get(&format!("{base}/messages?limit=1&cursor={next}")).await.expect(200).json();
        assert_eq!((&page["items"][0]["text"], &page["next"]), (&json!("Are you on your way?"), &json!(null)));
        ben.put_json(&format!("{base}/read"), &json!({"up_to": made["id"]})).await.expect(204);
        assert_eq!(ben.get("/api/v1/threads").await.expect(200).json()["items"][0]["unread"], 0);
        ben.post_json(&format!("{base}/messages"), &json!({"text": ""})).await.invalid(&["text missing"]);
        ben.post_json("/api/v1/threads", &json!({"with": GIL.to_string(), "text": "Hello."})).await.invalid(&["with not_an_id"]);
        let scoped = app.token(BEN, "messages:read");
        scoped.get("/api/v1/threads").await.expect(200);
        scoped.post_json(&format!("{base}/messages"), &json!({"text": "No."})).await.refused(403, "scope_missing");
        app.token(BEN, "me:read").get("/api/v1/threads").await.refused(403, "scope_missing");
    }
}
