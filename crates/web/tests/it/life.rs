//! A session's life on its pages: moved, asked for, called off, marked, contested, paid, by the people whose it is, and by
//! whoever holds the link of a letter.

use jiff::SignedDuration;
use model::booking::{self, Wish};
use model::event::{Actor as By, Via};
use model::world::{
    ADA, ADA_BEN, ADA_HOUR, BEN, BEN_AT_NORTHWIND, BEN_WITH_ADA, FINN_GIL, FIRST_STEP, GIL, PATHWAY, PEOPLE,
};
use model::{args, manage, on_both, session};
use rules::attendance::Status;
use rules::ids::{PersonId, SessionId};
use rules::time::{Instant, Span};
use serde_json::json;

use crate::app::{Actor, Response, TestApp};

async fn read(actor: &Actor<'_>, path: &str) -> String {
    plain(actor.get(path).await.expect(200))
}

fn plain(response: Response) -> String {
    response.text().replace("&#38;", "&").replace("&#39;", "'").replace("&#34;", "\"").replace('\u{a0}', " ")
}

#[track_caller]
fn has(page: &str, words: &[&str]) {
    for one in words {
        assert!(page.contains(one), "{one} is not in {page}");
    }
}

#[track_caller]
fn lacks(page: &str, words: &[&str]) {
    for one in words {
        assert!(!page.contains(one), "{one} is in {page}");
    }
}

fn by(id: PersonId) -> By {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    By::Person { who, via: Via::Page, proof: None }
}

fn at(id: SessionId) -> String {
    format!("/sessions/{id}")
}

fn place(id: SessionId) -> String {
    format!("/sessions/{id}/attendance/{BEN}")
}

async fn start_of(app: &TestApp, id: SessionId) -> Instant {
    let found = app.inside().read(move |tx| session::get(tx, id)).await.expect("the session");
    found.facts.time.expect("a time").starts_at
}

async fn status_of(app: &TestApp, id: SessionId) -> Status {
    let seen = app.inside().read(move |tx| session::view_as(tx, ADA, id)).await.expect("the session");
    seen.status().expect("a place")
}

/// Lets time pass until so many minutes before the session; after it, if that is less than nothing.
async fn go_to(app: &TestApp, id: SessionId, minutes_before: i64) {
    let moment = start_of(app, id).await - SignedDuration::from_mins(minutes_before);
    app.clock().advance(moment.since(app.clock().now()));
}

const HOUR: i64 = 60;

/// Ben's session of 110 euros with Ada, in more than three days.
async fn paid(app: &TestApp) -> SessionId {
    let within = Span::of(app.clock().now(), SignedDuration::from_hours(24 * 20));
    let free = app.inside().read(move |tx| booking::slots(tx, ADA_HOUR, within)).await.expect("the slots");
    let far = app.clock().now() + SignedDuration::from_hours(24 * 7);
    let wish = Wish::plain(ADA_HOUR, *free.iter().find(|slot| **slot > far).expect("a slot"));
    app.inside().write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("booking")
}

/// The same, of which so much is paid.
async fn paid_session(app: &TestApp, minor: Option<i64>) -> SessionId {
    let id = paid(app).await;
    if minor.is_some() {
        let pays = move |tx: &mut model::Tx| model::ledger::mark_paid(tx, &by(ADA), id, BEN, minor).map(drop);
        app.inside().write(pays).await.expect("a payment");
    }
    id
}

/// The times that a page offers, as links or buttons.
fn offered(page: &str) -> Vec<String> {
    let links = page.split("at=").skip(1).filter_map(|rest| rest.split('"').next());
    let buttons = page.split("name=\"other\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.chain(buttons).filter(|time| time.ends_with('Z')).map(str::to_owned).collect()
}

/// The value of a hidden field.
#[track_caller]
fn hidden(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no field {name} in {page}"));
    rest.split('"').next().expect("a value").to_owned()
}

/// Chooses a time on the page, the one at this place of the list, and reads what would happen.
async fn choose(actor: &Actor<'_>, base: &str, which: usize) -> (String, String) {
    let times = offered(&read(actor, &format!("{base}/move")).await);
    let time = times.get(which).unwrap_or_else(|| panic!("only {times:?}")).clone();
    let page = read(actor, &format!("{base}/move?at={time}")).await;
    (time, page)
}

async fn send_move(actor: &Actor<'_>, base: &str, time: &str, page: &str, reason: &str) -> Response {
    let expect = hidden(page, "expect");
    let fields = [("starts_at", time), ("expect", expect.as_str()), ("reason", reason)];
    actor.post(&format!("{base}/move"), &fields).await
}

/// Ben asks to move his session in thirty hours.
async fn ask(app: &TestApp, why: &str) -> String {
    go_to(app, ADA_BEN, 30 * HOUR).await;
    let (time, page) = choose(&app.ben(), &at(ADA_BEN), 60).await;
    send_move(&app.ben(), &at(ADA_BEN), &time, &page, why).await.expect(303);
    time
}

async fn mark(actor: &Actor<'_>, id: SessionId, outcome: &str) -> Response {
    actor.post(&place(id), &[("outcome", outcome)]).await
}

/// Calls it off for this reason, as the page says what that comes to.
async fn call_off(actor: &Actor<'_>, id: SessionId, cause: &str) {
    let (address, field) = (format!("{}/cancellation", at(id)), format!("expect-{cause}"));
    let expect = hidden(&read(actor, &address).await, &field);
    let fields = [("cause", cause), (field.as_str(), expect.as_str())];
    actor.post(&address, &fields).await.expect(303);
}

async fn rows_of(app: &TestApp, table: &'static str) -> i64 {
    app.count(table).await
}

/// The words of the link in Ben's letters.
async fn link(app: &TestApp, id: SessionId, person: PersonId) -> String {
    let token = app.inside().write(move |tx| manage::make(tx, id, person)).await.expect("a link");
    format!("/manage/{}", token.reveal())
}

on_both! {
    // Rules R2, R8, S10
    async fn with_notice_enough_a_client_moves_at_once_and_reads_before_what_happens(app: TestApp) {
        go_to(&app, ADA_BEN, 50 * HOUR).await;
        let (time, page) = choose(&app.ben(), &at(ADA_BEN), 3).await;
        has(&page, &["50 hours before: it moves at once, and Ada will be told.", "Thu 5 Mar, 10:00", "If you move it",
            "One mail each goes to you and Ada", "change 1 of the 3", "value=\"moved\"", "in London"]);
        assert_ne!(start_of(&app, ADA_BEN).await.to_string(), time, "looking moved it");
        send_move(&app.ben(), &at(ADA_BEN), &time, &page, "A dentist.").await.expect(303);
        assert_eq!(start_of(&app, ADA_BEN).await.to_string(), time);
        let page = read(&app.ada(), &at(ADA_BEN)).await;
        has(&page, &["Moved by Ben Orle", "Thu 5 Mar, 11:00 to ", "Reason: A dentist."]);
        assert!(app.letters_to(BEN).await.contains(&"moved".to_owned()));
        assert!(app.letters_to(ADA).await.contains(&"moved_for_coach".to_owned()));
    }

    // Rules R2, R3, R4, R5, R6, S10
    async fn between_the_bounds_a_client_asks_and_the_coach_agrees(app: TestApp) {
        go_to(&app, ADA_BEN, 30 * HOUR).await;
        let (time, page) = choose(&app.ben(), &at(ADA_BEN), 60).await;
        has(&page, &["30 hours before: Ada must agree; your time stays yours until then.", "You ask for", "Ask Ada to move it",
            "Ada can answer until tomorrow at 09:00", "Thu 5 Mar, 10:00 stays booked", "Without an answer it stays on Thu 5 Mar, 10:00.", "value=\"asked\"",
            "One mail each goes to you and Ada. No calendar changes by asking."]);
        lacks(&page, &["the calendars follow"]);
        send_move(&app.ben(), &at(ADA_BEN), &time, &page, "School play.").await.expect(303);
        let was = start_of(&app, ADA_BEN).await;
        assert_ne!(was.to_string(), time, "it waits");
        let page = read(&app.ben(), &at(ADA_BEN)).await;
        has(&page, &["Ada has not answered your request yet", "29 hours left.", "Withdraw the request", "School play.",
            "cancelling counts its notice from when you asked"]);
        has(&page, &["“Withdraw the request”: a mail goes to Ada."]);
        lacks(&page, &["Approve"]);
        let list = read(&app.ada(), "/sessions").await;
        has(&list, &["Waiting for an answer", &at(ADA_BEN), "29 h left"]);
        let page = read(&app.ada(), &at(ADA_BEN)).await;
        has(&page, &["Ben asks to move it", "School play.", "You can answer until tomorrow at 10:00", "10:00 for Ben in London",
            "Approve", "Not possible", "“Approve”: one mail each goes to you and Ben.", "“Not possible”: a mail goes to Ben."]);
        app.ada().post(&format!("{}/move/approval", at(ADA_BEN)), &[]).await.expect(303);
        assert_eq!(start_of(&app, ADA_BEN).await.to_string(), time);
        has(&read(&app.ben(), &at(ADA_BEN)).await, &["The request was agreed to by Ada Lindholm", "Asked to move it to "]);
        lacks(&read(&app.ada(), "/sessions").await, &["Waiting for an answer"]);
    }

    // Rules R2, R10
    async fn too_late_to_move_the_page_says_so_and_what_is_left(app: TestApp) {
        go_to(&app, ADA_BEN, 20 * HOUR).await;
        let page = read(&app.ben(), &format!("{}/move", at(ADA_BEN))).await;
        has(&page, &["20 hours before, it can no longer be moved.", "Cancel it instead", &format!("{}/cancellation", at(ADA_BEN)),
            &format!("/people/{ADA}/messages?session={ADA_BEN}")]);
        lacks(&page, &["class=\"slot\""]);
        let page = read(&app.ben(), &format!("{}/cancellation", at(ADA_BEN))).await;
        has(&page, &["disabled>", "Move it instead</button><small class=\"reason\">It begins"]);
        let fields = [("starts_at", "2026-03-06T10:00:00Z"), ("reason", "Kept words")];
        has(&plain(app.ben().post(&format!("{}/move", at(ADA_BEN)), &fields).await.expect(409)), &["no longer be moved"]);
    }

    // Rule R8
    async fn after_three_changes_every_page_says_who_can_still_do_it(app: TestApp) {
        app.inside()
            .write(|tx| {
                let now = tx.now();
                let sql = "INSERT INTO journey (id, participant_id, pathway_id, starts_at) VALUES (1, $1, $2, $3)";
                tx.exec(sql, args![BEN_AT_NORTHWIND, PATHWAY, now])?;
                let sql = "UPDATE attendance SET journey_id = 1, step_id = $1, changes = 3 WHERE id = $2";
                tx.exec(sql, args![FIRST_STEP, BEN_WITH_ADA])
            })
            .await
            .expect("a step of a journey, changed three times");
        let (says, write) = ("can still move or cancel it.", format!("/people/{ADA}/messages?session={ADA_BEN}"));
        let page = read(&app.ben(), &format!("{}/move", at(ADA_BEN))).await;
        has(&page, &[says, "Write to Ada", &write]);
        lacks(&page, &["Cancel it instead"]);
        let page = read(&app.ben(), &format!("{}/cancellation", at(ADA_BEN))).await;
        has(&page, &[says, "Write to Ada", &write, "Back to the session"]);
        lacks(&page, &["Cancel the session</button>"]);
        // Neither button is gone: each stands there with its reason.
        let page = read(&app.ben(), &at(ADA_BEN)).await;
        has(&page, &["Move</button><small class=\"reason\">You have changed", "Cancel</button><small class=\"reason\">You have changed"]);
        // Too late at once is late for a practice session too, and that can be cancelled.
        app.inside()
            .write(|tx| tx.exec("UPDATE attendance SET journey_id = NULL, step_id = NULL WHERE id = $1", args![BEN_WITH_ADA]))
            .await
            .expect("a practice session");
        has(&read(&app.ben(), &format!("{}/move", at(ADA_BEN))).await, &["Cancel it instead"]);
    }

    // Rule M4
    async fn from_the_page_of_a_session_each_side_writes_to_the_other_at_any_time(app: TestApp) {
        let to_ada = format!("href=\"/people/{ADA}/messages?session={ADA_BEN}\"");
        let to_ben = format!("href=\"/people/{BEN}/messages?session={ADA_BEN}\"");
        let both = async |moment: &str| {
            let (hers, his) = (read(&app.ada(), &at(ADA_BEN)).await, read(&app.ben(), &at(ADA_BEN)).await);
            assert!(hers.contains(&to_ben) && hers.contains("Write to Ben"), "{moment}: {hers}");
            assert!(his.contains(&to_ada) && his.contains("Write to Ada"), "{moment}: {his}");
            (hers.matches(&to_ben).count(), his.matches(&to_ada).count())
        };
        assert_eq!(both("booked").await, (1, 1), "moving is what they are led to");
        go_to(&app, ADA_BEN, 20 * HOUR).await;
        assert_eq!(both("too late to move").await, (1, 2), "he is led to her");
        go_to(&app, ADA_BEN, -20).await;
        both("running").await;
        mark(&app.ada(), ADA_BEN, "no_show").await.expect(303);
        both("missed").await;
        app.ada().post(&format!("{}/forgiveness", place(ADA_BEN)), &[("reason", "A storm.")]).await.expect(303);
        both("called off").await;
        // Who only looks after it writes to neither from here, nor does whoever holds a link.
        lacks(&read(&app.otto(), &at(ADA_BEN)).await, &[&to_ada, &to_ben]);
        let link_of = link(&app, ADA_BEN, BEN).await;
        lacks(&read(&app.nobody(), &link_of).await, &[&to_ada]);
    }

    // Rule R11
    async fn what_was_shown_of_a_move_is_what_happens_or_nothing_does(app: TestApp) {
        go_to(&app, ADA_BEN, 49 * HOUR).await;
        let (time, page) = choose(&app.ben(), &at(ADA_BEN), 60).await;
        go_to(&app, ADA_BEN, 47 * HOUR).await;
        let was = start_of(&app, ADA_BEN).await;
        let page = plain(send_move(&app.ben(), &at(ADA_BEN), &time, &page, "Kept words").await.expect(409));
        has(&page, &["look again, then press again", "Kept words", "value=\"asked\"", "47 hours before: Ada must agree"]);
        assert_eq!((start_of(&app, ADA_BEN).await, rows_of(&app, "move_request").await), (was, 0));
        send_move(&app.ben(), &at(ADA_BEN), &time, &page, "Kept words").await.expect(303);
        assert_eq!(rows_of(&app, "move_request").await, 1);
    }

    // Rules A5, R2
    async fn a_time_that_is_gone_comes_back_with_others_and_what_was_typed(app: TestApp) {
        go_to(&app, ADA_BEN, 60 * HOUR).await;
        let (time, page) = choose(&app.ben(), &at(ADA_BEN), 8).await;
        let wish = Wish::plain(ADA_HOUR, time.parse().expect("a time"));
        app.inside().write(move |tx| booking::book(tx, &by(GIL), &wish)).await.expect("booking");
        let page = plain(send_move(&app.ben(), &at(ADA_BEN), &time, &page, "Kept words").await.expect(409));
        has(&page, &["is not free any more", "These are the nearest free times.", "Kept words"]);
        let times = offered(&page);
        assert!(!times.is_empty() && times.len() <= 6 && !times.contains(&time), "{times:?}");
        // Another of them is sent with what was typed, and nothing happens yet.
        let fields = [("other", times[0].as_str()), ("reason", "Kept words")];
        let page = plain(app.ben().post(&format!("{}/move", at(ADA_BEN)), &fields).await.expect(200));
        has(&page, &["Kept words", "value=\"moved\""]);
        send_move(&app.ben(), &at(ADA_BEN), &times[0], &page, "Kept words").await.expect(303);
        assert_eq!(start_of(&app, ADA_BEN).await.to_string(), times[0]);
    }

    // Rule R5
    async fn what_closes_a_request_says_so_before(app: TestApp) {
        go_to(&app, ADA_BEN, 30 * HOUR).await;
        let to = "2026-03-09T08:30:00Z";
        let page = read(&app.ben(), &format!("{}/move?at={to}", at(ADA_BEN))).await;
        send_move(&app.ben(), &at(ADA_BEN), to, &page, "").await.expect(303);
        let closes = "Ben's request for Mon 9 Mar, 09:30 closes with it; its time becomes free.";
        for path in ["move?at=2026-03-10T10:00:00Z", "cancellation"] {
            has(&read(&app.ada(), &format!("{}/{path}", at(ADA_BEN))).await, &[closes]);
        }
        // It is his own, on his own clock.
        let page = read(&app.ben(), &format!("{}/cancellation", at(ADA_BEN))).await;
        has(&page, &["Your request for Mon 9 Mar, 08:30 closes with it; its time becomes free."]);
        // Where nothing waits nothing is said.
        app.ben().post(&format!("{}/move/withdrawal", at(ADA_BEN)), &[]).await.expect(303);
        lacks(&read(&app.ada(), &format!("{}/cancellation", at(ADA_BEN))).await, &["closes with it"]);
    }

    // Rules R5, R7
    async fn a_coach_says_no_and_a_client_takes_back_and_nothing_moves(app: TestApp) {
        let was = start_of(&app, ADA_BEN).await;
        ask(&app, "School play.").await;
        let long = "x".repeat(1001);
        let page = plain(app.ada().post(&format!("{}/move/rejection", at(ADA_BEN)), &[("reason", &long)]).await.expect(422));
        has(&page, &["At most 1000 characters", &long]);
        app.ada().post(&format!("{}/move/rejection", at(ADA_BEN)), &[("reason", "I travel then.")]).await.expect(303);
        let page = read(&app.ben(), &at(ADA_BEN)).await;
        has(&page, &["The request was declined by Ada Lindholm", "Reason: I travel then.", &format!("{}/move", at(ADA_BEN))]);
        // For two hours a panel says who said no and why, and three times near it lead to moving it.
        has(&page, &["Ada could not: “I travel then.”", "Your session stays at its time."]);
        assert_eq!(page.split("declined-title").last().expect("a panel").matches("/move?at=").count(), 3, "{page}");
        lacks(&read(&app.ada(), &at(ADA_BEN)).await, &["Ada could not"]);
        assert!(app.letters_to(BEN).await.contains(&"move_rejected".to_owned()));
        // For two hours what he then cancels counts from when he asked; a second request is the last.
        ask(&app, "Again.").await;
        app.ben().post(&format!("{}/move/withdrawal", at(ADA_BEN)), &[]).await.expect(303);
        assert!(app.letters_to(ADA).await.contains(&"move_withdrawn".to_owned()));
        let page = read(&app.ben(), &format!("{}/move", at(ADA_BEN))).await;
        has(&page, &["You have asked twice to move it from this time"]);
        let page = plain(app.ada().post(&format!("{}/move/approval", at(ADA_BEN)), &[]).await.expect(409));
        has(&page, &["The request was decided already"]);
        assert_eq!(start_of(&app, ADA_BEN).await, was);
    }

    // Rules R5, R7
    async fn who_was_told_no_or_nothing_reads_it_for_two_hours(app: TestApp) {
        let link_of = link(&app, ADA_BEN, BEN).await;
        go_to(&app, ADA_BEN, 25 * HOUR).await;
        let to = "2026-03-09T08:30:00Z";
        let page = read(&app.ben(), &format!("{}/move?at={to}", at(ADA_BEN))).await;
        send_move(&app.ben(), &at(ADA_BEN), to, &page, "").await.expect(303);
        // Nobody answers; then its notice counts from when he asked, until an hour before noon of that day.
        go_to(&app, ADA_BEN, 30).await;
        let fair = "If you cancel before today at 10:00, your notice counts from when you asked to move it.";
        for page in [read(&app.ben(), &at(ADA_BEN)).await, read(&app.nobody(), &link_of).await] {
            has(&page, &["No answer from Ada came in time", "You had asked for Mon 9 Mar, 08:30.", fair]);
            // Half an hour before it nobody moves it.
            lacks(&page, &["/move?at="]);
        }
        go_to(&app, ADA_BEN, 0).await;
        lacks(&read(&app.ben(), &at(ADA_BEN)).await, &["No answer from Ada"]);
    }

    // Rule R5
    async fn a_coach_who_has_become_busy_then_agrees_knowingly(app: TestApp) {
        let time = ask(&app, "").await;
        let asked: Instant = time.parse().expect("a time");
        app.inside()
            .write(move |tx| {
                tx.exec(
                    "INSERT INTO busy (id, coach_id, source, starts_at, ends_at, name) VALUES (1, $1, 'time_off', $2, $3, '')",
                    args![ADA, asked, asked + SignedDuration::from_mins(30)],
                )
            })
            .await
            .expect("becoming busy");
        let approval = format!("{}/move/approval", at(ADA_BEN));
        has(&plain(app.ada().post(&approval, &[]).await.expect(409)), &["busy elsewhere at the time that is asked for"]);
        let page = read(&app.ada(), &at(ADA_BEN)).await;
        has(&page, &["Approve all the same", "name=\"knowing\" value=\"1\""]);
        app.ada().post(&approval, &[("knowing", "1")]).await.expect(303);
        assert_eq!(start_of(&app, ADA_BEN).await, asked);
    }

    // Rule R1
    async fn a_coach_moves_at_any_time_and_the_client_answers_for_free(app: TestApp) {
        go_to(&app, ADA_BEN, 3 * HOUR).await;
        let (time, page) = choose(&app.ada(), &at(ADA_BEN), 6).await;
        has(&page, &["It moves at once, and Ben will be told.", "Ben may then cancel it at no cost"]);
        send_move(&app.ada(), &at(ADA_BEN), &time, &page, "A train.").await.expect(303);
        let page = read(&app.ben(), &format!("{}/move", at(ADA_BEN))).await;
        has(&page, &["Ada moved it, so you may move it at once; it does not count as your change."]);
        let page = read(&app.ben(), &at(ADA_BEN)).await;
        has(&page, &["Moved by Ada Lindholm", "Reason: A train.", "Ada moved it. Until", "you can cancel at no cost"]);
        lacks(&read(&app.ada(), &at(ADA_BEN)).await, &["Ada moved it. Until"]);
    }

    // Rules R9, F3, S10, S11
    async fn a_late_cancellation_says_what_it_costs_and_costs_that(app: TestApp) {
        let id = paid(&app).await;
        go_to(&app, id, 20 * HOUR).await;
        let cancel = format!("{}/cancellation", at(id));
        let page = read(&app.ben(), &cancel).await;
        has(&page, &["You cancel 20 hours before: it costs € 110, still to pay.", "It counts as missed", "One mail each goes to you and Ada",
            "value=\"missed 11000\""]);
        assert_eq!(status_of(&app, id).await, Status::Booked, "looking changes nothing");
        let fields = [("cause", "client"), ("expect-client", "missed 11000"), ("reason", "Flu.")];
        app.ben().post(&cancel, &fields).await.expect(303);
        assert_eq!(status_of(&app, id).await, Status::Missed);
        let page = read(&app.ben(), &at(id)).await;
        // Nobody waits for it any more.
        lacks(&page, &["in 20 hours"]);
        has(&page, &["cancelled late", "<dt>Owed</dt><dd>€ 110</dd>", "Reason: Flu."]);
        assert!(app.letters_to(ADA).await.contains(&"cancelled_for_coach".to_owned()));
        has(&plain(app.ben().post(&cancel, &fields).await.expect(409)), &["It counts as missed already, so nothing is left to cancel."]);
    }

    // Rules R9, R11, F3
    async fn a_cost_that_has_changed_is_shown_anew_before_anything_happens(app: TestApp) {
        let id = paid(&app).await;
        go_to(&app, id, 49 * HOUR).await;
        let cancel = format!("{}/cancellation", at(id));
        let page = read(&app.ben(), &cancel).await;
        has(&page, &["You cancel 49 hours before: it costs nothing.", "Move it instead"]);
        let shown = hidden(&page, "expect-client");
        go_to(&app, id, 47 * HOUR).await;
        let fields = |expect| [("cause", "client"), ("expect-client", expect), ("reason", "Kept words")];
        let page = plain(app.ben().post(&cancel, &fields(&shown)).await.expect(409));
        has(&page, &["look again, then press again", "47 hours before: it costs € 55, still to pay.", "Kept words", "value=\"cancelled 5500\""]);
        assert_eq!(status_of(&app, id).await, Status::Booked);
        app.ben().post(&cancel, &fields(&hidden(&page, "expect-client"))).await.expect(303);
        assert_eq!(status_of(&app, id).await, Status::Cancelled);
        has(&read(&app.ben(), &at(id)).await, &["<dt>Owed</dt><dd>€ 55</dd>", "Credited"]);
    }

    // Rules R10, S6
    async fn who_deletes_a_booking_says_why_and_the_clients_part_costs_only_what_is_theirs(app: TestApp) {
        let id = paid(&app).await;
        go_to(&app, id, 20 * HOUR).await;
        let cancel = format!("{}/cancellation", at(id));
        let page = read(&app.ada(), &cancel).await;
        has(&page, &["Ben asked for it", "It costs € 110, still to pay.", "I cannot", "It costs nothing.", "Something technical", "Ben and you"]
            .map(|words| if words == "Ben and you" { "you and Ben" } else { words }));
        has(&plain(app.ada().post(&cancel, &[("reason", "Kept words")]).await.expect(422)), &["Kept words", "id=\"cause-error\""]);
        let expect = hidden(&page, "expect-coach");
        app.ada().post(&cancel, &[("cause", "coach"), ("expect-coach", &expect)]).await.expect(303);
        assert_eq!(status_of(&app, id).await, Status::Cancelled);
        has(&read(&app.ben(), &at(id)).await, &["Nothing is owed", "Called off"]);
    }

    // Rules R10, S6
    async fn after_the_start_only_what_the_coach_or_the_technology_failed_to_do_is_left(app: TestApp) {
        go_to(&app, ADA_BEN, -5).await;
        let page = read(&app.ada(), &format!("{}/cancellation", at(ADA_BEN))).await;
        has(&page, &["/ It did not happen</p>", "Why did it not happen?", "I was not there", "The technology failed",
            "Record that it did not happen", "Back to the session"]);
        lacks(&page, &["Ben asked for it", "The organisation", "I cannot", "Cancel the session"]);
        let page = read(&app.ben(), &format!("{}/cancellation", at(ADA_BEN))).await;
        has(&page, &["has begun"]);
        lacks(&page, &["did not happen"]);
    }

    // Rules R10, P5
    async fn the_timeline_says_for_when_it_was_booked_and_why_it_was_called_off(app: TestApp) {
        let id = paid(&app).await;
        assert_eq!(start_of(&app, id).await.to_string(), "2026-03-09T09:15:00Z");
        call_off(&app.ada(), id, "technical").await;
        let said = "Called off by Ada Lindholm (was Mon 9 Mar, 09:15): technical trouble. It cost nothing.";
        let page = read(&app.ben(), &at(id)).await;
        has(&page, &[said, "Booked by you for Mon 9 Mar, 09:15"]);
        lacks(&page, &["(Cancelled)"]);
        // What a client asked for says so, whoever pressed.
        let id = paid(&app).await;
        call_off(&app.ada(), id, "client").await;
        has(&read(&app.ben(), &at(id)).await, &["Called off by Ada Lindholm (was Mon 9 Mar, 09:15): Ben asked for it. It cost nothing."]);
        let id = paid(&app).await;
        call_off(&app.ben(), id, "client").await;
        has(&read(&app.ada(), &at(id)).await, &["Called off by Ben Orle (was Mon 9 Mar, 10:15). It cost nothing."]);
        // The log of an admin says the same; Otto reads German.
        has(&read(&app.otto(), "/audit").await, &["hat eine Sitzung mit Ben Orle (Mo, 9. März um 10:15) abgesagt: technische Störung."]);
    }

    // Rules F3, R9
    async fn what_it_costs_is_said_by_what_was_paid(app: TestApp) {
        let says = async |paid: Option<i64>, before: &str, after: &str| {
            let id = paid_session(&app, paid).await;
            go_to(&app, id, 30 * HOUR).await;
            let cancel = format!("{}/cancellation", at(id));
            has(&read(&app.ben(), &cancel).await, &[before]);
            app.ben().post(&cancel, &[("cause", "client")]).await.expect(303);
            has(&read(&app.ben(), &at(id)).await, &[after]);
        };
        says(None, "before: it costs € 55, still to pay.", "It cost € 55.").await;
        says(Some(3_000), "before: it costs € 55: € 30 is paid, € 25 is still to pay.", "It cost € 55.").await;
        says(Some(5_500), "before: € 55 is kept.", "€ 55 was kept.").await;
        says(Some(11_000), "before: € 55 is kept, and € 55 goes back.", "€ 55 was kept.").await;
        // What costs nothing goes back whole.
        let id = paid_session(&app, Some(11_000)).await;
        has(&read(&app.ada(), &format!("{}/cancellation", at(id))).await, &["Nothing is kept, and € 110 goes back."]);
    }

    // Rules S6, P5
    async fn the_timeline_and_the_log_say_why_it_was_missed(app: TestApp) {
        go_to(&app, ADA_BEN, -20).await;
        mark(&app.ada(), ADA_BEN, "no_show").await.expect(303);
        for reader in [app.ben(), app.ada()] {
            has(&read(&reader, &at(ADA_BEN)).await, &["(Missed: no-show)"]);
        }
        let forgiven = [("reason", "A storm")];
        app.ada().post(&format!("{}/forgiveness", place(ADA_BEN)), &forgiven).await.expect(303);
        has(&read(&app.ben(), &at(ADA_BEN)).await, &["(no-show, Cancelled)"]);
        // Otto reads German.
        has(&read(&app.otto(), "/audit").await, &["vermerkt: nicht erschienen", "entschuldigt: nicht erschienen"]);
        // Of what did not happen it is said who was not there.
        let id = paid(&app).await;
        go_to(&app, id, -20).await;
        call_off(&app.ada(), id, "coach").await;
        has(&read(&app.ben(), &at(id)).await, &["): the coach was absent."]);
        has(&read(&app.otto(), "/audit").await, &["abgesagt: der Coach war nicht da."]);
        // And of what was cancelled late.
        let id = paid(&app).await;
        go_to(&app, id, 10 * HOUR).await;
        call_off(&app.ben(), id, "client").await;
        has(&read(&app.ada(), &at(id)).await, &["It counts as missed, as a late cancellation."]);
    }

    // Rules S3, P5
    async fn that_a_client_was_asked_where_they_are_is_read_by_both(app: TestApp) {
        go_to(&app, ADA_BEN, -6).await;
        app.ada().post(&format!("{}/check-in", place(ADA_BEN)), &[]).await.expect(303);
        has(&read(&app.ada(), &at(ADA_BEN)).await, &["Check-in sent by you"]);
        has(&read(&app.ben(), &at(ADA_BEN)).await, &["Check-in sent by Ada Lindholm"]);
    }

    // Rules S10, S14
    async fn an_admin_reads_before_that_the_coach_hears_of_a_changed_mark(app: TestApp) {
        go_to(&app, ADA_BEN, -70).await;
        mark(&app.ada(), ADA_BEN, "no_show").await.expect(303);
        let hears = "Ada hat es vermerkt und erhält eine Viertelstunde nach einer Änderung eine Mail darüber.";
        has(&read(&app.otto(), &at(ADA_BEN)).await, &[hears, ", und Ada erfährt es auch"]);
        lacks(&read(&app.ada(), &at(ADA_BEN)).await, &["gets a mail about a change", "is told too"]);
        mark(&app.otto(), ADA_BEN, "completed").await.expect(303);
        app.clock().advance(SignedDuration::from_mins(15));
        app.run_jobs().await;
        assert!(app.letters_to(ADA).await.contains(&"mark_changed_for_coach".to_owned()));
        has(&read(&app.ada(), "/notifications").await, &["Otto Brandt changed what you marked for Ben Orle"]);
    }

    // Rule S3
    async fn what_its_coach_ended_early_has_one_end_everywhere(app: TestApp) {
        go_to(&app, ADA_BEN, -30).await;
        app.ada().post(&format!("{}/end", at(ADA_BEN)), &[]).await.expect(303);
        let end = app.clock().now();
        // Half past ten in London, where it was to end at eleven.
        has(&read(&app.ben(), &at(ADA_BEN)).await, &["10:00 to 10:30"]);
        let file = app.ben().get(&format!("{}/calendar.ics", at(ADA_BEN))).await.expect(200).text();
        has(&file, &["DTSTART;TZID=Europe/Stockholm:20260305T110000", "DTEND;TZID=Europe/Stockholm:20260305T113000", "SEQUENCE:1"]);
        let one = app.api(BEN).get(&format!("/api/v1{}", at(ADA_BEN))).await.expect(200).json();
        let ended = json!("2026-03-05T10:30:00+00:00");
        assert_eq!((&one["ends_at"], &one["ended_at"]), (&ended, &ended));
        let past = app.api(BEN).get("/api/v1/sessions?when=past").await.expect(200).json();
        assert_eq!((&past["items"][0]["ends_at"], &past["items"][0]["ended_at"]), (&ended, &ended));
        let link = link(&app, ADA_BEN, BEN).await;
        let page = read(&app.nobody(), &link).await;
        has(&page, &["10:00 to 10:30"]);
        lacks(&page, &["10:00 to 11:00"]);
        app.run_jobs().await;
        assert!(app.letters_to(ADA).await.contains(&"mark_wanted".to_owned()), "it is over at {end}");
    }

    // Rules S2, S3, S4, S10
    async fn a_mark_waits_for_its_time_and_can_be_undone_before_anybody_hears(app: TestApp) {
        go_to(&app, ADA_BEN, -9).await;
        has(&plain(mark(&app.ada(), ADA_BEN, "no_show").await.expect(409)), &["It can be marked from"]);
        let page = read(&app.ada(), &at(ADA_BEN)).await;
        has(&page, &["<span>Mark no-show</span><small class=\"reason\">It can be marked from"]);
        go_to(&app, ADA_BEN, -10).await;
        let page = read(&app.ada(), &at(ADA_BEN)).await;
        has(&page, &["Wait until 15 minutes past the start", "<span>Mark completed</span><small class=\"reason\">"]);
        let ada = app.ada();
        mark(&ada, ADA_BEN, "no_show").await.expect(303);
        let page = read(&ada, &at(ADA_BEN)).await;
        has(&page, &["Marked as a no-show.", &format!("action=\"{}/undo\"", place(ADA_BEN)), "Missed</span>", "no-show",
            "Ben gets a mail about it at 11:25. Undone before, none goes out."]);
        ada.post(&format!("{}/undo", place(ADA_BEN)), &[]).await.expect(303);
        assert_eq!(status_of(&app, ADA_BEN).await, Status::Booked);
        go_to(&app, ADA_BEN, -90).await;
        let page = read(&ada, &at(ADA_BEN)).await;
        has(&page, &["Mark completed", "A quarter of an hour after a mark the client gets a mail", "The mark was taken back by you"]);
        lacks(&read(&app.ben(), &at(ADA_BEN)).await, &["Marked", "The mark was taken back"]);
        mark(&ada, ADA_BEN, "completed").await.expect(303);
        assert_eq!(status_of(&app, ADA_BEN).await, Status::Completed);
        assert!(!app.letters_to(BEN).await.iter().any(|letter| letter.starts_with("marked")));
        app.clock().advance(SignedDuration::from_mins(16));
        app.run_jobs().await;
        assert!(app.letters_to(BEN).await.contains(&"marked_completed".to_owned()));
        has(&read(&ada, &at(ADA_BEN)).await, &["Ben knows of it. A change sends one correction"]);
    }

    // Rules S3, M4, M8
    async fn one_press_asks_where_a_client_is_in_their_language(app: TestApp) {
        let (ask, ada) = (format!("{}/check-in", place(ADA_BEN)), app.ada());
        go_to(&app, ADA_BEN, -4).await;
        has(&plain(ada.post(&ask, &[]).await.expect(409)), &["It can be marked from"]);
        app.inside()
            .write(|tx| tx.exec("UPDATE person SET language = 'de' WHERE id = $1", args![BEN]))
            .await
            .expect("another language");
        go_to(&app, ADA_BEN, -5).await;
        let words = "Guten Tag Ben, ich bin";
        has(&read(&ada, &at(ADA_BEN)).await, &["Ask where they are", &format!("action=\"{ask}\""), "sends Ben at once, by mail too", words]);
        for other in [app.ben(), app.lea(), app.person(GIL)] {
            assert_ne!(other.post(&ask, &[]).await.status.as_u16(), 303);
        }
        ada.post(&ask, &[]).await.expect(303);
        let page = read(&ada, &at(ADA_BEN)).await;
        has(&page, &["Sent. It goes out by mail, and stands in your messages.", "That was asked Thursday 5 March 2026, 11:05"]);
        // Once for this start: the menu says when, and no press is left.
        lacks(&page, &[&format!("action=\"{ask}\""), "sends Ben at once"]);
        ada.post(&ask, &[]).await.expect(409);
        has(&read(&app.ben(), "/messages").await, &[words]);
        assert!(app.letters_to(BEN).await.contains(&"session_message".to_owned()));
        // Nothing else is next for her until it can be marked: she writes, or waits.
        has(&page, &[&format!("href=\"/people/{BEN}/messages?session={ADA_BEN}\" data-kind=\"primary\""), "Write to Ben"]);
        lacks(&page, &[&format!("href=\"{}/move\" data-kind=\"primary\"", at(ADA_BEN))]);
    }

    // Rules R2, R9
    async fn who_moves_into_the_last_hours_is_warned_before(app: TestApp) {
        let id = paid(&app).await;
        // On the Sunday before, when the first times of Monday are a little less than a day away, and the next a day.
        go_to(&app, id, 25 * HOUR).await;
        let soon = app.clock().now() + SignedDuration::from_hours(24);
        let times = offered(&read(&app.ben(), &format!("{}/move", at(id))).await);
        let times = times.iter().map(|time| time.parse::<Instant>().expect("a time"));
        let (near, far) = times.partition::<Vec<_>, _>(|time| *time < soon);
        let (last, first) = (*near.iter().max().expect("one within a day"), *far.iter().min().expect("others"));
        assert!(first.since(last) <= SignedDuration::from_mins(15), "{last} and {first} lie at the bound");
        let warns = "you cannot move it any more, and cancelling costs € 110 and counts as missed";
        for (time, is_warned) in [(last, true), (first, false)] {
            let page = read(&app.ben(), &format!("{}/move?at={time}", at(id))).await;
            assert_eq!(page.contains(warns), is_warned, "{time}: {page}");
        }
    }

    // Rule R1
    async fn the_coach_reads_until_when_the_client_may_answer_as_the_client_will(app: TestApp) {
        // Three days ahead, the old start is later than a day from now; the new one may be sooner still.
        let ends = async |to: &str, says: &str| {
            let page = read(&app.ada(), &format!("{}/move?at={to}", at(ADA_BEN))).await;
            has(&page, &[&format!("Until {says} Ben may then cancel it at no cost")]);
        };
        ends("2026-03-06T10:00:00Z", "Thu 5 Mar at 11:00").await;
        ends("2026-03-04T10:00:00Z", "Wed 4 Mar at 11:00").await;
        // Three hours before it, it is a day from now.
        go_to(&app, ADA_BEN, 3 * HOUR).await;
        let told = "tomorrow at 08:00";
        ends("2026-03-06T10:00:00Z", told).await;
        let page = read(&app.ada(), &format!("{}/move?at=2026-03-06T10:00:00Z", at(ADA_BEN))).await;
        send_move(&app.ada(), &at(ADA_BEN), "2026-03-06T10:00:00Z", &page, "").await.expect(303);
        // He reads the same moment on his own clock.
        has(&read(&app.ben(), &at(ADA_BEN)).await, &["Until tomorrow at 07:00 you can cancel at no cost"]);
        let page = read(&app.ben(), &format!("{}/cancellation", at(ADA_BEN))).await;
        has(&page, &["Ada moved it without your asking: free until tomorrow at 07:00."]);
    }

    // Rule F3
    async fn the_terms_say_what_cancelling_would_cost_now(app: TestApp) {
        let id = paid(&app).await;
        let start = start_of(&app, id).await;
        let says = async |now: Instant, words: &str| {
            app.clock().advance(now.since(app.clock().now()));
            has(&read(&app.ben(), &at(id)).await, &[words, "Terms of this booking"]);
            // It is his price, and not hers.
            let page = read(&app.ada(), &at(id)).await;
            has(&page, &[&words.replace("Cancelled now", "If Ben cancels now"), "Terms of this booking"]);
            lacks(&page, &["Cancelled now"]);
        };
        let (hours, ms) = (SignedDuration::from_hours, SignedDuration::from_millis(1));
        says(start - hours(48), "Cancelled now, it costs nothing. Cancelling").await;
        says(start - hours(48) + ms, "Cancelled now, it costs € 55. Cancelling").await;
        // In the window after a move of the coach's it costs nothing, and from its end on what was agreed.
        let (time, page) = choose(&app.ada(), &at(id), 40).await;
        send_move(&app.ada(), &at(id), &time, &page, "A train.").await.expect(303);
        let (told, moved) = (app.clock().now(), start_of(&app, id).await);
        let ends = (told + hours(24)).max(start).min(moved);
        let free = "Cancelled now, it costs nothing. That holds for a while; after it what was agreed holds:";
        says(told, free).await;
        says(ends - ms, free).await;
        app.clock().advance(ms);
        let page = read(&app.ben(), &at(id)).await;
        lacks(&page, &["That holds for a while"]);
        // While a request waits, the notice counts from when it was asked; when it begins there is nothing left to cancel.
        let second = start_of(&app, id).await;
        if second - hours(30) > app.clock().now() {
            go_to(&app, id, 30 * HOUR).await;
            let (time, page) = choose(&app.ben(), &at(id), 60).await;
            send_move(&app.ben(), &at(id), &time, &page, "").await.expect(303);
            says(second - hours(24) + ms, "Cancelled now, it costs € 55. That holds for a while").await;
        }
        app.clock().advance(second.since(app.clock().now()));
        lacks(&read(&app.ben(), &at(id)).await, &["Cancelled now"]);
    }

    // Rule S3
    async fn a_coach_ends_a_session_early_and_can_mark_it(app: TestApp) {
        let end = format!("{}/end", at(ADA_BEN));
        has(&plain(app.ada().post(&end, &[]).await.expect(409)), &["The session has not begun"]);
        go_to(&app, ADA_BEN, -20).await;
        has(&read(&app.ada(), &at(ADA_BEN)).await, &["End it now"]);
        app.ada().post(&end, &[]).await.expect(303);
        mark(&app.ada(), ADA_BEN, "completed").await.expect(303);
        has(&read(&app.ben(), &at(ADA_BEN)).await, &["Ended before its time by Ada Lindholm"]);
    }

    // Rules S2, F3
    async fn a_missed_is_forgiven_with_a_reason_and_costs_nothing_then(app: TestApp) {
        let id = paid(&app).await;
        go_to(&app, id, -20).await;
        mark(&app.ada(), id, "no_show").await.expect(303);
        let forgive = format!("{}/forgiveness", place(id));
        let page = plain(app.ada().post(&forgive, &[("reason", "")]).await.expect(422));
        has(&page, &["This is needed", "Forgive it"]);
        app.ada().post(&forgive, &[("reason", "The bridge was closed.")]).await.expect(303);
        assert_eq!(status_of(&app, id).await, Status::Cancelled);
        has(&read(&app.ben(), &at(id)).await, &["Nothing is owed", "Forgiven by Ada Lindholm", "Reason: The bridge was closed."]);
        assert!(app.letters_to(BEN).await.contains(&"forgiven".to_owned()));
    }

    // Rule R10
    async fn a_page_says_nothing_of_what_is_not_there(app: TestApp) {
        // Nothing was written while booking.
        for reader in [app.ada(), app.ben()] {
            lacks(&read(&reader, &at(ADA_BEN)).await, &["note-title"]);
        }
        // What others failed to do is not the client's to say.
        go_to(&app, ADA_BEN, -20).await;
        has(&read(&app.ada(), &at(ADA_BEN)).await, &["It did not happen"]);
        lacks(&read(&app.ben(), &at(ADA_BEN)).await, &["It did not happen"]);
    }

    // Rule S2
    async fn what_cannot_be_done_from_a_status_says_what_would_come_first(app: TestApp) {
        go_to(&app, ADA_BEN, -90).await;
        mark(&app.ada(), ADA_BEN, "completed").await.expect(303);
        let path = format!("/api/v1{}/move", at(ADA_BEN));
        let refused = app.api(ADA).post_json(&path, &json!({ "starts_at": "2026-03-20T10:00:00Z" })).await.refused(409, "wrong_status").json();
        assert_eq!(refused["detail"], "It is marked Completed. Undo the mark first.");
        let id = paid(&app).await;
        go_to(&app, id, 20 * HOUR).await;
        call_off(&app.ben(), id, "client").await;
        let late = "If it was called off late, only forgiving takes that back.";
        has(&read(&app.ada(), &at(id)).await, &[&format!("<span>Mark completed</span><small class=\"reason\">It counts as missed already. {late}")]);
        // Over the interface it is told with the code.
        let refused = app.api(ADA).delete(&format!("/api/v1{}", place(id))).await.refused(409, "wrong_status").json();
        assert!(refused["detail"].as_str().expect("words").contains(late), "{refused}");
    }

    // Rule S2
    async fn what_was_forgiven_says_when_it_was_called_off_and_when_it_was_forgiven(app: TestApp) {
        let id = paid(&app).await;
        go_to(&app, id, 20 * HOUR).await;
        call_off(&app.ben(), id, "client").await;
        go_to(&app, id, -2 * HOUR).await;
        app.ada().post(&format!("{}/forgiveness", place(id)), &[("reason", "The bridge was closed.")]).await.expect(303);
        has(&read(&app.ben(), &at(id)).await, &["Called off yesterday at 13:15. Forgiven today at 11:15."]);
        // What was no cancellation was not called off.
        let id = paid(&app).await;
        go_to(&app, id, -20).await;
        mark(&app.ada(), id, "no_show").await.expect(303);
        app.ada().post(&format!("{}/forgiveness", place(id)), &[("reason", "The bridge was closed.")]).await.expect(303);
        let page = read(&app.ben(), &at(id)).await;
        has(&page, &["Forgiven today at"]);
        lacks(&page, &["Called off"]);
    }

    // Rule S14
    async fn a_client_contests_a_missed_once_and_somebody_else_settles_it(app: TestApp) {
        go_to(&app, ADA_BEN, -20).await;
        mark(&app.ada(), ADA_BEN, "no_show").await.expect(303);
        let contest = format!("{}/contest", place(ADA_BEN));
        has(&read(&app.ben(), &at(ADA_BEN)).await, &["Contest it", "If this is wrong, you can contest it until Thu 12 Mar at 10:20, once."]);
        has(&plain(app.ben().post(&contest, &[("words", "")]).await.expect(422)), &["This is needed"]);
        app.ben().post(&contest, &[("words", "The link did not work.")]).await.expect(303);
        has(&plain(app.ben().post(&contest, &[("words", "Again.")]).await.expect(409)), &["It was contested before"]);
        has(&read(&app.ben(), &at(ADA_BEN)).await, &["Contested</span>", "You contested this today"]);
        let page = read(&app.ada(), &at(ADA_BEN)).await;
        has(&page, &["Ben contests this since today", "The link did not work.", "You marked it yourself"]);
        let settle = format!("{contest}/settlement");
        has(&plain(app.ada().post(&settle, &[]).await.expect(409)), &["You marked it yourself"]);
        app.otto().post(&settle, &[("reason", "The log says otherwise.")]).await.expect(303);
        let page = read(&app.ben(), &at(ADA_BEN)).await;
        has(&page, &["Settled today at 10:20: it stands.", "Upheld by Otto Brandt", "The log says otherwise."]);
        lacks(&page, &["Contested</span>"]);
    }

    // Rule S14
    async fn a_settled_contest_says_so_and_stays_settled(app: TestApp) {
        go_to(&app, ADA_BEN, -20).await;
        let (contest, undo) = (format!("{}/contest", place(ADA_BEN)), format!("{}/undo", place(ADA_BEN)));
        mark(&app.ada(), ADA_BEN, "no_show").await.expect(303);
        app.ben().post(&contest, &[("words", "The link did not work.")]).await.expect(303);
        has(&read(&app.ben(), &at(ADA_BEN)).await, &["An admin looks at it."]);
        // Between her undo and her mark there is nothing to contest.
        app.ada().post(&undo, &[]).await.expect(303);
        for reader in [app.ada(), app.ben()] {
            lacks(&read(&reader, &at(ADA_BEN)).await, &["Contested</span>", "contests this", "You contested", "Settled"]);
        }
        mark(&app.ada(), ADA_BEN, "no_show").await.expect(303);
        has(&read(&app.ada(), &at(ADA_BEN)).await, &["Contested</span>", "Ben contests this since today"]);
        app.otto().post(&format!("{contest}/settlement"), &[]).await.expect(303);
        let page = read(&app.ada(), &at(ADA_BEN)).await;
        has(&page, &["Ben contested this today", "Settled today", "somebody else has settled that. Only they, or an admin, can change it now."]);
        has(&plain(app.ada().post(&undo, &[]).await.expect(409)), &["Only they, or an admin, can change it now."]);
        app.otto().post(&undo, &[]).await.expect(303);
        mark(&app.otto(), ADA_BEN, "no_show").await.expect(303);
        lacks(&read(&app.ada(), &at(ADA_BEN)).await, &["Contested</span>", "contests this"]);
    }

    // Rule R1
    async fn a_move_into_the_past_says_that_it_is_past(app: TestApp) {
        let path = format!("{}/move", at(ADA_BEN));
        for (who, words) in [(ADA, "is past. Choose a time that is ahead."), (BEN, "is past. Choose a time that is ahead.")] {
            let page = app.person(who).post(&path, &[("starts_at", "2026-02-27T10:00:00Z")]).await.expect(409).text();
            assert!(page.contains(words) && !page.contains("too soon"), "{who}: {page}");
        }
        let wish = json!({ "starts_at": "2026-02-27T10:00:00Z" });
        app.api(ADA).post_json(&format!("/api/v1{path}"), &wish).await.refused(409, "past");
    }

    // Rules F1, F3, M6
    async fn what_is_owed_is_paid_under_a_receipt_or_waived_with_a_reason(app: TestApp) {
        let id = paid(&app).await;
        let pay = format!("{}/payment", place(id));
        has(&read(&app.ada(), &at(id)).await, &["Mark as paid", "Waive what is owed", "<dt>Charged</dt>"]);
        lacks(&read(&app.ben(), &at(id)).await, &["Mark as paid", "Waive what is owed"]);
        has(&plain(app.ada().post(&pay, &[("amount", "much")]).await.expect(422)), &["An amount, like 95 or 95.50", "value=\"much\""]);
        for amount in ["500", "-5", "0"] {
            has(&plain(app.ada().post(&pay, &[("amount", amount)]).await.expect(422)), &["From € 0.01 to € 110"]);
        }
        app.ada().post(&pay, &[("amount", "60")]).await.expect(303);
        has(&read(&app.ben(), &at(id)).await, &["<dt>Paid</dt><dd>€ 60, ", "receipt R1-00001", "<dt>Owed</dt><dd>€ 50</dd>"]);
        has(&read(&app.ben(), "/notifications").await, &["€ 60 received (R1-00001), for the session of"]);
        let waive = format!("{}/waiver", place(id));
        has(&plain(app.ada().post(&waive, &[]).await.expect(422)), &["This is needed"]);
        app.ada().post(&waive, &[("reason", "A gift.")]).await.expect(303);
        has(&read(&app.ben(), &at(id)).await, &["<dt>Waived</dt><dd>€ 50", "Nothing is owed", "Reason: A gift."]);
        has(&plain(app.ada().post(&pay, &[]).await.expect(409)), &["Nothing is open for this session."]);
    }

    // Rule S5
    async fn only_an_admin_greys_out_and_what_is_booked_not_before_that_is_deleted(app: TestApp) {
        let grey = format!("{}/greyed-out", place(ADA_BEN));
        app.otto().post(&grey, &[]).await.expect(409);
        for actor in [app.ada(), app.ben(), app.lea()] {
            actor.post(&grey, &[]).await.expect(403);
        }
        lacks(&read(&app.ada(), &at(ADA_BEN)).await, &["Grey out"]);
    }

    // Rules B2, R2, R9, S14
    async fn the_link_of_a_letter_moves_and_cancels_its_session_and_nothing_else(app: TestApp) {
        let link_of = link(&app, ADA_BEN, BEN).await;
        let nobody = app.nobody();
        has(&read(&nobody, &link_of).await, &[&format!("{link_of}/move"), &format!("{link_of}/cancellation")]);
        go_to(&app, ADA_BEN, 50 * HOUR).await;
        let (time, page) = choose(&nobody, &link_of, 100).await;
        has(&page, &["50 hours before: it moves at once", "in London"]);
        assert_eq!(send_move(&nobody, &link_of, &time, &page, "").await.expect(303).header("location"), link_of);
        assert_eq!(start_of(&app, ADA_BEN).await.to_string(), time);
        // It asks and takes back.
        go_to(&app, ADA_BEN, 30 * HOUR).await;
        let (time, page) = choose(&nobody, &link_of, 9).await;
        send_move(&nobody, &link_of, &time, &page, "").await.expect(303);
        has(&read(&nobody, &link_of).await, &["Ada has not answered your request yet", &format!("{link_of}/move/withdrawal")]);
        nobody.post(&format!("{link_of}/move/withdrawal"), &[]).await.expect(303);
        has(&plain(nobody.post(&format!("{link_of}/move/withdrawal"), &[]).await.expect(409)), &["decided already"]);
        // It signs nobody in, and its words open no other address.
        for path in [at(ADA_BEN), format!("{}/move", at(ADA_BEN)), "/sessions".to_owned()] {
            assert!(nobody.get(&path).await.expect(303).header("location").starts_with("/sign-in"));
        }
        for act in ["attendance", "end", "move/approval", "move/rejection", "payment"] {
            nobody.post(&format!("{link_of}/{act}"), &[]).await.expect(404);
        }
        let page = read(&nobody, &format!("{link_of}/cancellation")).await;
        let expect = hidden(&page, "expect-client");
        nobody.post(&format!("{link_of}/cancellation"), &[("cause", "coach")]).await.expect(403);
        nobody.post(&format!("{link_of}/cancellation"), &[("cause", "client"), ("expect-client", &expect)]).await.expect(303);
        assert_ne!(status_of(&app, ADA_BEN).await, Status::Booked);
        nobody.get("/manage/nothing/move").await.expect(410);
        nobody.post("/manage/nothing/cancellation", &[]).await.expect(410);
    }

    // Rule B2
    async fn the_link_of_a_letter_says_what_a_late_cancellation_came_to(app: TestApp) {
        let id = paid(&app).await;
        let link_of = link(&app, id, BEN).await;
        go_to(&app, id, 10 * HOUR).await;
        let nobody = app.nobody();
        has(&read(&nobody, &link_of).await, &["in 10 hours"]);
        let cancel = format!("{link_of}/cancellation");
        let fields = [("cause", "client"), ("expect-client", "missed 11000")];
        nobody.post(&cancel, &fields).await.expect(303);
        let page = read(&nobody, &link_of).await;
        has(&page, &["cancelled late", "<dt>Charged</dt><dd>€ 110", "<dt>Owed</dt><dd>€ 110</dd>"]);
        lacks(&page, &["in 10 hours", "<dt>Contested</dt>"]);
        let page = read(&nobody, &cancel).await;
        has(&page, &["It counts as missed already, so nothing is left to cancel."]);
        lacks(&page, &["in 10 hours", "undone", "forgiven"]);
        nobody.post(&format!("{link_of}/contest"), &[("words", "I was in hospital.")]).await.expect(303);
        has(&read(&nobody, &link_of).await, &["<dt>Contested</dt>"]);
        // Whoever settles it is led there; there is no mark that could be undone, and it never began.
        app.clock().advance(SignedDuration::from_hours(30));
        let english = "UPDATE person SET language = 'en' WHERE id = $1";
        app.inside().write(move |tx| tx.exec(english, args![model::world::OTTO])).await.expect("English");
        for reader in [app.otto(), app.ada()] {
            let page = read(&reader, &at(id)).await;
            has(&page, &["Settle what is contested", "To take back that it counts as missed, forgive it instead", "How it stands"]);
            lacks(&page, &["undo, correct or forgive", "began ", "How it went"]);
        }
    }

    // Rules B2, S14
    async fn the_link_of_a_letter_contests_for_its_person(app: TestApp) {
        let link_of = link(&app, ADA_BEN, BEN).await;
        go_to(&app, ADA_BEN, -20).await;
        mark(&app.ada(), ADA_BEN, "no_show").await.expect(303);
        has(&read(&app.nobody(), &link_of).await, &["Contest it", &format!("action=\"{link_of}/contest\"")]);
        app.nobody().post(&format!("{link_of}/contest"), &[("words", "I was there.")]).await.expect(303);
        has(&read(&app.ada(), &at(ADA_BEN)).await, &["I was there."]);
    }

    // Rules P3, P4, P8
    async fn nobody_does_with_a_session_what_is_not_theirs_to_do(app: TestApp) {
        go_to(&app, ADA_BEN, 50 * HOUR).await;
        for act in ["move", "cancellation"] {
            for actor in [app.person(GIL), app.lea()] {
                actor.get(&format!("{}/{act}", at(ADA_BEN))).await.expect(404);
                actor.post(&format!("{}/{act}", at(ADA_BEN)), &[]).await.expect(404);
            }
            app.cara().get(&format!("{}/{act}", at(ADA_BEN))).await.expect(403);
        }
        app.ben().post(&format!("{}/cancellation", at(ADA_BEN)), &[("cause", "organisation")]).await.expect(403);
        app.ben().post(&format!("{}/move/approval", at(ADA_BEN)), &[]).await.expect(403);
        app.ada().post(&format!("{}/move/withdrawal", at(ADA_BEN)), &[]).await.expect(403);
        go_to(&app, ADA_BEN, -90).await;
        for actor in [app.ben(), app.lea(), app.cara()] {
            mark(&actor, ADA_BEN, "completed").await.expect(403);
        }
        app.ada().post(&format!("/sessions/{FINN_GIL}/attendance/{GIL}"), &[("outcome", "completed")]).await.expect(404);
        app.ada().post(&format!("{}/attendance/{GIL}", at(ADA_BEN)), &[("outcome", "completed")]).await.expect(404);
        app.ada().post(&format!("{}/contest", place(ADA_BEN)), &[("words", "x")]).await.expect(403);
        has(&plain(app.ada().post(&place(ADA_BEN), &[]).await.expect(422)), &["Something in the form does not fit yet."]);
        assert_eq!(status_of(&app, ADA_BEN).await, Status::Booked);
    }

    // Rule B5
    async fn a_form_that_is_sent_twice_works_once(app: TestApp) {
        go_to(&app, ADA_BEN, -90).await;
        let ada = app.ada();
        let fields = [("outcome", "completed"), ("idempotency_key", "one")];
        for _ in 0..2 {
            assert_eq!(ada.post(&place(ADA_BEN), &fields).await.expect(303).header("location"), at(ADA_BEN));
        }
        assert_eq!(status_of(&app, ADA_BEN).await, Status::Completed);
    }

    // Rule A1
    async fn what_stands_outside_the_hours_can_be_moved_or_called_off_from_there(app: TestApp) {
        app.ada().post("/practice/hours", &[]).await.expect(303);
        let page = read(&app.ada(), "/practice/hours").await;
        has(&page, &[&format!("{}/move", at(ADA_BEN)), &format!("{}/cancellation", at(ADA_BEN))]);
        // With no hours left there is no time to move to, and the page leads to where hours are opened.
        has(&read(&app.ada(), &format!("{}/move", at(ADA_BEN))).await, &["No other time is free", "/practice/hours"]);
    }

    async fn a_client_moves_the_next_session_from_home(app: TestApp) {
        has(&read(&app.ben(), "/").await, &[&format!("{}/move", at(ADA_BEN))]);
    }

    // Rule M8
    async fn the_pages_speak_german_too(app: TestApp) {
        has(&read(&app.otto(), &format!("{}/move", at(ADA_BEN))).await, &["Die Sitzung wird sofort verschoben"]);
        has(&read(&app.otto(), &format!("{}/cancellation", at(ADA_BEN))).await, &["Warum wird sie abgesagt?", "Ada kann nicht"]);
        has(&read(&app.otto(), &at(ADA_BEN)).await, &["Aktionen", "Absagen"]);
    }
}
