//! Pods on their pages and over the interface: their dates, where they are found, and who can be put into one.

use jiff::SignedDuration;
use model::event::{Actor as By, Via};
use model::program::{self, Joining, NewPod};
use model::session::{self, PlannedWish};
use model::world::{
    ADA, ADA_BEN, ADA_HOUR, ADA_INTRO, BEN, BEN_AT_NORTHWIND, FIRST_STEP, LEA, NORTHWIND_COHORT, OTTO,
    PEOPLE, POD_STEP,
};
use model::{agreement, args, on_both};
use rules::ids::{PersonId, PodId, SessionId};
use rules::person::Language;
use rules::terms::AgreementKind;
use rules::time::Instant;
use serde_json::json;

use crate::app::{Actor, TestApp};

/// An open pod of Ada's in which nobody is.
async fn empty_pod(app: &TestApp, name: &'static str) -> PodId {
    let made = app.db().write(move |tx| {
        let new = NewPod {
            cohort: NORTHWIND_COHORT,
            step: POD_STEP,
            name: name.to_owned(),
            facilitator: ADA,
            min_members: 2,
            max_members: 4,
            joining: Joining::Open,
        };
        program::add_pod(tx, &By::Operator, &new)
    });
    made.await.expect("a pod")
}

/// A circle of Ben's and Kim's, on Thursday week or without a date. Gives its session, and Kim.
async fn circle(app: &TestApp, has_date: bool) -> (SessionId, PersonId) {
    let made = app.db().write(move |tx| {
        let (kim, now, by): (PersonId, _, _) = (tx.new_id(), tx.now(), By::Operator);
        tx.exec(
            "INSERT INTO person (id, name, folded_name, mail, folded_mail, zone, zone_known, language, hour_style,
                 created_at)
             VALUES ($1, 'Kim Sato', 'kim sato', 'kim@northwind.example', 'kim@northwind.example', 'UTC', $2, 'en',
                 'h24', $3)",
            args![kim, true, now],
        )?;
        tx.exec("INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, 'client', $2)", args![kim, now])?;
        let theirs = program::add_participant(tx, &by, NORTHWIND_COHORT, kim, ADA)?;
        let new = NewPod {
            cohort: NORTHWIND_COHORT,
            step: POD_STEP,
            name: "Tuesday circle".to_owned(),
            facilitator: ADA,
            min_members: 2,
            max_members: 4,
            joining: Joining::Closed,
        };
        let pod = program::add_pod(tx, &by, &new)?;
        for member in [BEN_AT_NORTHWIND, theirs] {
            program::start_journey(tx, &by, member)?;
            program::join_pod(tx, &by, pod, member)?;
        }
        let session: SessionId =
            tx.one("SELECT id FROM session WHERE pod_id = $1", args![pod], |row| row.get(0))?;
        if has_date {
            let then = "2026-03-12T10:00:00Z".parse().expect("a time");
            session::book_planned(tx, &by, session, &PlannedWish::at(then))?;
        }
        Ok((session, kim))
    });
    made.await.expect("a circle")
}

/// Where an entry of a menu leads, or why it leads nowhere.
#[track_caller]
fn entry(menu: &str, label: &str) -> String {
    let link = menu.find(&format!("</svg>{label}</a>")).map(|at| {
        let (_, from) = menu[..at].rsplit_once("<a href=\"").expect("a link");
        from.split('"').next().unwrap_or_default().to_owned()
    });
    let reason = || {
        let (_, from) = menu.split_once(&format!("<span>{label}</span><small class=\"reason\">"))?;
        Some(from.split('<').next().unwrap_or_default().to_owned())
    };
    link.or_else(reason).unwrap_or_else(|| panic!("no {label}: {menu}"))
}

/// The menu of one member's place: in the cell of a board, and on the page of the session.
async fn menus(actor: &Actor<'_>, session: SessionId, client: PersonId) -> [String; 2] {
    let cell =
        actor.get(&format!("/sessions/{session}/attendance/{client}/actions")).await.expect(200).text();
    let page = actor.get(&format!("/sessions/{session}")).await.expect(200).text();
    let (_, menu) = page.split_once("id=\"actions-menu\"").expect("a menu");
    let name = if client == BEN { "Ben Orle" } else { "Kim Sato" };
    let (_, part) =
        menu.split_once(&format!("<header><strong>{name}</strong></header>")).expect("their part");
    [cell, part.split("<hr>").next().unwrap_or_default().to_owned()]
}

on_both! {
    // Rule G3
    async fn the_menu_of_a_members_place_is_about_that_member_alone(app: TestApp) {
        let (session, kim) = circle(&app, true).await;
        let all = format!("/sessions/{session}/cancellation");
        for who in [LEA, ADA] {
            let actor = app.person(who);
            for client in [BEN, kim] {
                for menu in menus(&actor, session, client).await {
                    assert_eq!(entry(&menu, "Delete booking"), format!("{all}?client={client}"));
                    assert_eq!(entry(&menu, "Book"), "It has its time already");
                }
                // Beside it stands what is for all of them, and says so.
                let [cell, _] = menus(&actor, session, client).await;
                assert_eq!(entry(&cell, "Cancel it for everybody"), all);
            }
        }
        let page = app.ada().get(&format!("{all}?client={kim}")).await.expect(200).text();
        for words in ["Kim leaves Tuesday circle", "Kim leaves; the others keep their date.", "Take Kim out"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        for words in ["Move it instead", "for everybody", "I cannot"] {
            assert!(!page.contains(words), "{words}: {page}");
        }
        let kims = kim.to_string();
        let back = format!("/cohorts/{NORTHWIND_COHORT}");
        let sent = [("client", &*kims), ("cause", "client"), ("back", &*back)];
        assert_eq!(app.ada().post(&all, &sent).await.expect(303).header("location"), back);
        assert_eq!(app.api(ADA).get(&format!("/api/v1/sessions/{session}")).await.expect(200).json()["status"], "booked");
        for who in [LEA, ADA] {
            let actor = app.person(who);
            for menu in menus(&actor, session, kim).await {
                for label in ["Delete booking", "Mark completed", "Mark no-show"] {
                    assert_eq!(entry(&menu, label), "They are not in at this date", "{label}");
                }
            }
            for menu in menus(&actor, session, BEN).await {
                assert_eq!(entry(&menu, "Delete booking"), format!("{all}?client={BEN}"));
            }
        }
    }

    // Rule G3
    async fn a_member_of_a_pod_without_a_date_leads_to_where_it_gets_one(app: TestApp) {
        let (session, kim) = circle(&app, false).await;
        app.db().write(|tx| tx.exec("UPDATE person SET language = 'en' WHERE id = $1", args![OTTO])).await.expect("English");
        for who in [LEA, ADA, OTTO] {
            for menu in menus(&app.person(who), session, BEN).await {
                assert_eq!(entry(&menu, "Book"), format!("/sessions/{session}/booking"));
                assert_eq!(entry(&menu, "Delete booking"), "It has no time yet");
            }
        }
        // What is disabled for one of them is no matter of the others' date.
        app.otto().post(&format!("/sessions/{session}/attendance/{kim}/greyed-out"), &[]).await.expect(303);
        for who in [LEA, ADA, OTTO] {
            for menu in menus(&app.person(who), session, kim).await {
                assert_eq!(entry(&menu, "Book"), "It is greyed out");
            }
            for menu in menus(&app.person(who), session, BEN).await {
                assert_eq!(entry(&menu, "Book"), format!("/sessions/{session}/booking"));
            }
        }
    }

    // Rules P9, G3
    async fn what_its_client_has_to_accept_is_said_in_every_menu_and_before_a_time_is_chosen(app: TestApp) {
        let session: SessionId = app.inside().write(|tx| {
            let journey = program::start_journey(tx, &By::Operator, BEN_AT_NORTHWIND)?;
            let text = agreement::Text::parse("We meet as equals.").expect("a text");
            let otto = PEOPLE.iter().find(|one| one.id == OTTO).expect("Otto").who();
            let by = By::Person { who: otto, via: Via::Page, proof: None };
            agreement::publish(tx, &by, AgreementKind::Coaching, &[(Language::English, text)].into())?;
            let first = "SELECT session_id FROM attendance WHERE journey_id = $1 AND step_id = $2";
            tx.one(first, args![journey, FIRST_STEP], |row| row.get(0))
        }).await.expect("a step and an agreement");
        let path = format!("/sessions/{session}/booking");
        let why = "The coaching agreement of now is not accepted yet";
        for who in [LEA, ADA] {
            let actor = app.person(who);
            let cell = actor.get(&format!("/sessions/{session}/attendance/{BEN}/actions")).await.expect(200).text();
            let page = actor.get(&format!("/sessions/{session}")).await.expect(200).text();
            let (_, menu) = page.split_once("id=\"actions-menu\"").expect("a menu");
            for menu in [cell.as_str(), menu] {
                assert!(entry(menu, "Book").starts_with(why), "{menu}");
            }
            let page = actor.get(&path).await.expect(200).text();
            for words in [why, &format!("href=\"/participants/{BEN_AT_NORTHWIND}/reminder\""), "Remind to book"] {
                assert!(page.contains(words), "{words}: {page}");
            }
            assert!(!page.contains("class=\"slot\"") && !page.contains("We meet as equals."), "{page}");
            app.api(who).post_json(&format!("/api/v1{path}"), &json!({ "starts_at": "2026-03-12T10:00:00Z" })).await.refused(409, "agreement_theirs");
            // What is sold is no other: it is said before a time is chosen.
            let sold = actor.get(&format!("/people/{BEN}/booking?offering={ADA_HOUR}")).await.expect(200).text();
            assert!(sold.contains(why) && !sold.contains("name=\"starts_at\""), "{sold}");
            let free = actor.get(&format!("/people/{BEN}/booking?offering={ADA_INTRO}")).await.expect(200).text();
            assert!(!free.contains(why), "an intro needs none: {free}");
        }
        let own = app.ben().get(&path).await.expect(200).text();
        assert!(own.contains("class=\"slot\"") && !own.contains(why), "{own}");
    }

    // Rules S10, S13
    async fn a_date_that_its_members_have_left_is_moved_and_called_off_on_its_pages(app: TestApp) {
        let (session, kim) = circle(&app, true).await;
        let (page, kims) = (format!("/sessions/{session}"), kim.to_string());
        let cancel = format!("{page}/cancellation");
        let seen = app.ben().get(&cancel).await.expect(200).text();
        assert!(seen.contains("You leave; the others keep their date.") && !seen.contains("Move it instead"), "{seen}");
        app.ben().post(&cancel, &[("cause", "client")]).await.expect(303);
        app.lea().post(&cancel, &[("client", &*kims), ("cause", "client")]).await.expect(303);
        for who in [ADA, LEA] {
            let actor = app.person(who);
            assert_eq!(app.api(who).get(&format!("/api/v1{page}")).await.expect(200).json()["status"], "booked");
            let seen = actor.get(&page).await.expect(200).text();
            assert!(seen.contains(&format!("\"{page}/move\"")) && seen.contains(&format!("\"{cancel}\"")), "{seen}");
            let seen = actor.get(&cancel).await.expect(200).text();
            assert!(seen.contains("value=\"coach\"") && !seen.contains("value=\"client\""), "{seen}");
            let seen = actor.get(&format!("{page}/move")).await.expect(200).text();
            let (_, later) = seen.split_once(&format!("{page}/move?at=")).expect("a time");
            let later = later.split('"').next().unwrap_or_default();
            // Whoever has left is offered a place, and that is said before.
            let seen = actor.get(&format!("{page}/move?at={later}")).await.expect(200).text();
            let names = if who == ADA { "you, Ben and Kim" } else { "Ada, Ben and Kim" };
            assert!(seen.contains(&format!("One mail each goes to {names}, and the calendars follow.")), "{seen}");
            actor.post(&format!("{page}/move"), &[("starts_at", later)]).await.expect(303);
        }
        app.ada().post(&cancel, &[("cause", "coach")]).await.expect(303);
        assert_eq!(app.api(ADA).get(&format!("/api/v1{page}")).await.expect(200).json()["status"], "unbooked");
    }

    // Rules S9, M6
    async fn a_coach_is_told_who_leaves_and_not_that_it_is_called_off(app: TestApp) {
        let (session, kim) = circle(&app, true).await;
        let (cancel, kims) = (format!("/sessions/{session}/cancellation"), kim.to_string());
        app.ben().post(&cancel, &[("cause", "client")]).await.expect(303);
        app.lea().post(&cancel, &[("client", &*kims), ("cause", "client")]).await.expect(303);
        let bell = app.ada().get("/notifications").await.expect(200).text();
        for name in ["Ben Orle", "Kim Sato"] {
            assert!(bell.contains(&format!("{name} does not come to your group session")), "{bell}");
        }
        assert!(!bell.contains("is called off"), "{bell}");
        let bell = app.person(kim).get("/notifications").await.expect(200).text();
        assert!(bell.contains("You are no longer in a session") && !bell.contains("is called off"), "{bell}");
    }

    // Rule P5
    async fn the_timeline_of_a_pod_says_whose_place_it_speaks_of(app: TestApp) {
        let (session, kim) = circle(&app, true).await;
        let page = format!("/sessions/{session}");
        let start: Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        app.clock().advance(start.since(app.clock().now()) + SignedDuration::from_hours(2));
        for (client, outcome) in [(BEN, "completed"), (kim, "no_show")] {
            app.ada().post(&format!("{page}/attendance/{client}"), &[("outcome", outcome)]).await.expect(303);
        }
        app.clock().advance(SignedDuration::from_mins(20));
        app.run_jobs().await;
        let by_otto = "UPDATE person SET language = 'en' WHERE id = $1";
        app.db().write(move |tx| tx.exec(by_otto, args![OTTO])).await.expect("English");
        for who in [ADA, LEA, OTTO] {
            let seen = app.person(who).get(&page).await.expect(200).text();
            for name in ["Ben Orle", "Kim Sato"] {
                for words in [": Marked by ", ": The mail about the mark went out"] {
                    assert!(seen.contains(&format!("{name}{words}")), "{name}{words}, to {who}: {seen}");
                }
            }
        }
        let own = app.ben().get(&page).await.expect(200).text();
        assert!(own.contains("Marked by Ada Lindholm") && !own.contains("Ben Orle: Marked"), "{own}");
        assert!(!own.contains("Kim"), "{own}");
    }

    // Rule S9
    async fn a_pod_that_is_partly_marked_says_how_many_wait(app: TestApp) {
        let (session, kim) = circle(&app, true).await;
        let page = format!("/sessions/{session}");
        let start: Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        app.clock().advance(start.since(app.clock().now()) + SignedDuration::from_hours(2));
        let seen = app.ada().get(&page).await.expect(200).text();
        for words in ["nobody has said yet how it went", "Mark all present"] {
            assert!(seen.contains(words), "{words}: {seen}");
        }
        app.ada().post(&format!("{page}/attendance/{kim}"), &[("outcome", "no_show")]).await.expect(303);
        let seen = app.ada().get(&page).await.expect(200).text();
        let said = "It is over, and 1 of 2 is still to be marked.";
        assert!(seen.contains(said) && !seen.contains("nobody has said yet") && !seen.contains("Mark all present"), "{seen}");
        // A member reads how it stands for themselves.
        assert!(!app.ben().get(&page).await.expect(200).text().contains("of 2"));
        app.ada().post(&format!("{page}/attendance"), &[]).await.expect(303);
        let again = app.ada().post(&format!("{page}/attendance"), &[]).await.expect(409).text();
        assert!(again.contains("Nobody in it is left to mark") && !again.contains("It has no time yet"), "{again}");
        // In the list no member's cause stands for the whole.
        let list = app.ada().get("/sessions?view=past").await.expect(200).text();
        assert!(list.contains("1 of 2 missed") && !list.contains("no-show"), "{list}");
        let list = app.person(kim).get("/sessions?view=past").await.expect(200).text();
        assert!(list.contains("no-show") && !list.contains("of 2 missed"), "{list}");
    }

    // Rule S13
    async fn who_leaves_a_pod_late_has_left_it_and_called_nothing_off(app: TestApp) {
        let (session, _) = circle(&app, true).await;
        let page = format!("/sessions/{session}");
        let start: Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        app.clock().advance(start.since(app.clock().now()) - SignedDuration::from_hours(9));
        app.ben().post(&format!("{page}/cancellation"), &[("cause", "client")]).await.expect(303);
        for (who, says) in [(BEN, "Left by you"), (ADA, "Left by Ben Orle")] {
            let seen = app.person(who).get(&page).await.expect(200).text();
            assert!(seen.contains(says) && seen.contains("It counts as missed, as a late cancellation."), "{seen}");
            assert!(!seen.contains("Called off"), "{seen}");
        }
    }

    // Rules S13, P5
    async fn a_late_leave_that_a_move_took_back_says_so_on_the_timeline(app: TestApp) {
        let (session, kim) = circle(&app, true).await;
        let (page, kims) = (format!("/sessions/{session}"), kim.to_string());
        let start: Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        app.clock().advance(start.since(app.clock().now()) - SignedDuration::from_hours(20));
        for who in [BEN, kim] {
            app.person(who).post(&format!("{page}/cancellation"), &[("cause", "client")]).await.expect(303);
        }
        let later = json!({ "starts_at": "2026-03-16T10:00:00Z" });
        app.api(ADA).post_json(&format!("/api/v1{page}/move"), &later).await.expect(200);
        let own = "That you had cancelled late does not count any more.";
        let all = "2 late cancellations do not count any more.";
        for (who, says, is_silent_of) in [(BEN, own, all), (kim, own, all), (ADA, all, own), (LEA, all, own)] {
            let seen = app.person(who).get(&page).await.expect(200).text();
            assert!(seen.contains(says) && !seen.contains(is_silent_of), "{who}: {seen}");
        }
        // A list over the interface, to a member of themselves alone.
        let bens = BEN.to_string();
        for (who, expect) in [(BEN, vec![&bens]), (kim, vec![&kims]), (ADA, vec![&bens, &kims])] {
            let told = app.api(who).get(&format!("/api/v1{page}/timeline")).await.expect(200).json();
            let events = told["items"].as_array().expect("a list");
            let moved = events.iter().find(|event| event["kind"] == "session_moved").expect("the move");
            assert_eq!(moved["facts"]["reversed"], json!(expect), "{who}");
        }
    }

    // Rules P4, S9
    async fn a_member_cannot_tell_a_fellow_member_from_somebody_else(app: TestApp) {
        let (session, kim) = circle(&app, true).await;
        let page = format!("/sessions/{session}");
        let start: Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        // Of all that names one: whoever is in it, whoever has left it, whoever never was, and nobody at all.
        let nobody = PersonId::from_raw(7_777_777);
        for has_left in [false, true] {
            if has_left {
                app.person(kim).post(&format!("{page}/cancellation"), &[("cause", "client")]).await.expect(303);
                app.clock().advance(start.since(app.clock().now()) + SignedDuration::from_hours(2));
            }
            let mut answers = Vec::new();
            for who in [kim, LEA, nobody] {
                let mut said = Vec::new();
                let whose = who.to_string();
                let fields = [("cause", "client"), ("client", &*whose)];
                said.push(app.ben().post(&format!("{page}/cancellation"), &fields).await.expect(404).text());
                for act in ["/contest", "/contest/settlement", "/undo", "", "/check-in", "/forgiveness", "/greyed-out", "/deletion",
                    "/reactivation", "/waiver", "/payment", "/refund"] {
                    let path = format!("{page}/attendance/{who}{act}");
                    let fields = [("words", "So it was"), ("reason", "So it was"), ("outcome", "completed")];
                    let answer = app.ben().post(&path, &fields).await;
                    said.push(format!("{act} {} {}", answer.status, answer.text()));
                }
                let ben = app.api(BEN);
                let off = json!({ "client": whose });
                ben.post_json(&format!("/api/v1{page}/cancellation"), &off).await.refused(404, "not_found");
                let words = json!({ "words": "So it was" });
                ben.post_json(&format!("/api/v1{page}/attendance/{who}/contest"), &words).await.refused(404, "not_found");
                let seen = app.ben().get(&format!("{page}/attendance/{who}/actions")).await;
                said.push(format!("{} {}", seen.status, seen.text()));
                answers.push(said.into_iter().map(|said| said.replace(&whose, "THEM")).collect::<Vec<_>>());
            }
            assert_eq!(answers[0], answers[1]);
            assert_eq!(answers[0], answers[2]);
        }
    }

    // Rule S11
    async fn a_member_reads_nothing_of_a_disabled_one_also_not_by_counting(app: TestApp) {
        let (session, kim) = circle(&app, false).await;
        app.otto().post(&format!("/sessions/{session}/attendance/{kim}/greyed-out"), &[]).await.expect(303);
        let pod: PodId = app.inside().read(move |tx| {
            tx.one("SELECT pod_id FROM session WHERE id = $1", args![session], |row| row.get(0))
        }).await.expect("a pod");
        for (who, count, names) in [(BEN, 1, 1), (LEA, 2, 2), (ADA, 2, 2)] {
            let seen = app.api(who).get(&format!("/api/v1/pods/{pod}")).await.expect(200).json();
            let named = seen["members"].as_array().map(Vec::len);
            assert_eq!((&seen["count"], named), (&json!(count), Some(names)), "{who}");
            let page = app.person(who).get(&format!("/pods/{pod}")).await.expect(200).text();
            assert!(page.contains(&format!("{count} of 4 places")), "{page}");
        }
        app.person(kim).get(&format!("/pods/{pod}")).await.expect(404);
    }

    // Rules S9, S13
    async fn a_member_reads_what_leaving_a_pod_is_and_moves_nothing(app: TestApp) {
        let (session, kim) = circle(&app, true).await;
        let page = format!("/sessions/{session}");
        let cancel = format!("{page}/cancellation");
        let start: Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        app.clock().advance(start.since(app.clock().now()) - SignedDuration::from_hours(20));
        let seen = app.ben().get(&cancel).await.expect(200).text();
        for words in ["You leave 20 hours before: it counts as missed.", "You leave; the others keep their date.", "Leave this session", "Optional, Ada reads it"] {
            assert!(seen.contains(words), "{words}: {seen}");
        }
        for words in ["Cancel the session<", "the others read it"] {
            assert!(!seen.contains(words), "{words}: {seen}");
        }
        let of_kim = app.ada().get(&format!("{cancel}?client={kim}")).await.expect(200).text();
        assert!(of_kim.contains("Optional, Kim reads it"), "{of_kim}");
        // Moved by its coach it may be left freely, and nothing else is promised: neither before nor after.
        let seen = app.ada().get(&format!("{page}/move?at=2026-03-13T10:00:00Z")).await.expect(200).text();
        for words in ["each member may then give up their place at no cost.", "Optional, the members read it"] {
            assert!(seen.contains(words), "{words}: {seen}");
        }
        assert!(!seen.contains("choose another time at once"), "{seen}");
        app.ada().post(&format!("{page}/move"), &[("starts_at", "2026-03-13T10:00:00Z")]).await.expect(303);
        let seen = app.ben().get(&page).await.expect(200).text();
        assert!(seen.contains("you can give up your place at no cost."), "{seen}");
        assert!(!seen.contains("choose another time at once"), "{seen}");
    }

    // Rule S13
    async fn another_date_is_promised_only_where_members_choose(app: TestApp) {
        let (session, _) = circle(&app, true).await;
        let sql = "SELECT pod_id FROM session WHERE id = $1";
        let closed: PodId = app.db().read(move |tx| tx.one(sql, args![session], |row| row.get(0))).await.expect("the pod");
        let open = empty_pod(&app, "Open").await;
        let leave = "UPDATE attendance SET left_at = 0, left_notice = 864000000 WHERE session_id = $1 AND client_id = $2";
        app.db().write(move |tx| tx.exec(leave, args![session, BEN])).await.expect("to leave in time");
        let seen = app.ben().get(&format!("/pods/{closed}")).await.expect(200).text();
        assert!(seen.contains("You get the date for your calendar by mail.") && !seen.contains("another date"), "{seen}");
        assert!(app.lea().get(&format!("/pods/{open}")).await.expect(200).text().contains("another date"));
    }

    // Rule S13
    async fn a_member_of_an_open_pod_is_led_to_another_date_and_never_to_a_refused_move(app: TestApp) {
        app.db().write(|tx| program::start_journey(tx, &By::Operator, BEN_AT_NORTHWIND)).await.expect("a journey");
        app.db().write(|tx| tx.exec("UPDATE pathway SET ordered = $1", args![false])).await.expect("free");
        let mut pods = Vec::new();
        for (name, place) in [("Early", 60), ("Later", 100)] {
            let pod = empty_pod(&app, name).await;
            let session = app.api(ADA).get(&format!("/api/v1/pods/{pod}")).await.expect(200).json()["session"].clone();
            let of_api = format!("/api/v1/sessions/{}/booking", session.as_str().expect("an id"));
            let slots = app.api(ADA).get(&format!("{of_api}/slots")).await.expect(200).json();
            let at = slots["items"][place]["starts_at"].clone();
            app.api(ADA).post_json(&of_api, &json!({ "starts_at": at })).await.expect(201);
            pods.push((pod, session.as_str().expect("an id").to_owned()));
        }
        let ((early, session), (later, _)) = (pods[0].clone(), pods[1].clone());
        let ben = app.ben();
        // What he has booked privately comes first.
        app.db().write(|tx| tx.exec("DELETE FROM coach_time WHERE session_id = $1", args![ADA_BEN])).await.expect("free");
        app.db().write(|tx| tx.exec("UPDATE session SET cancelled_at = 0, cancelled_cause = 'client' WHERE id = $1", args![ADA_BEN])).await.expect("gone");
        ben.post(&format!("/pods/{early}/choice"), &[("agree", "1"), ("overlap_known", "1")]).await.expect(303);
        let home = ben.get("/").await.expect(200).text();
        assert!(!home.contains(&format!("/sessions/{session}/move")), "{home}");
        assert!(home.contains(&format!("/pods/{early}#other-dates")), "{home}");
        let seen = ben.get(&format!("/sessions/{session}")).await.expect(200).text();
        assert!(seen.contains(&format!("/pods/{early}#other-dates")) && !seen.contains("/move\""), "{seen}");
        let seen = ben.get(&format!("/pods/{early}")).await.expect(200).text();
        assert!(seen.contains("Other dates") && seen.contains(&format!("/pods/{later}")), "{seen}");
        ben.post(&format!("/pods/{later}/choice"), &[("agree", "1"), ("overlap_known", "1")]).await.expect(303);
        assert!(ben.get("/").await.expect(200).text().contains(&format!("/pods/{later}#other-dates")));
    }

    // Rule G5
    async fn the_pods_of_a_cohort_are_found_from_wherever_one_is(app: TestApp) {
        let pods = format!("/cohorts/{NORTHWIND_COHORT}/pods");
        let of_api = format!("/api/v1{pods}");
        app.db().write(|tx| program::start_journey(tx, &By::Operator, BEN_AT_NORTHWIND)).await.expect("a journey");
        app.db().write(|tx| tx.exec("UPDATE pathway SET ordered = $1", args![false])).await.expect("free");
        // Nobody could book the step yet, and whoever leads it reads so.
        let (lea, board) = (app.lea(), format!("/cohorts/{NORTHWIND_COHORT}"));
        let seen = lea.get(&board).await.expect(200).text();
        assert!(seen.contains("no group yet") && seen.contains("1 step cannot be booked"), "{seen}");
        assert!(seen.contains(&format!("href=\"{pods}\"")) && seen.contains(&format!("{pods}#{POD_STEP}")), "{seen}");
        assert!(lea.get("/").await.expect(200).text().contains("1 step cannot be booked"));
        assert!(lea.get(&pods).await.expect(200).text().contains("Wait here: Ben Orle."));
        let api = app.api(LEA).get(&of_api).await.expect(200).json();
        assert_eq!((&api["items"][0]["number"], &api["items"][0]["without_date"]), (&json!(2), &json!("no_pod_yet")));
        let cells = app.api(LEA).get(&format!("/api/v1{board}/board")).await.expect(200).json();
        let cells = cells["participants"][0]["journeys"][0]["sessions"].clone();
        assert_eq!(cells[1]["without_date"], "no_pod_yet");

        let pod = empty_pod(&app, "Tuesday").await;
        let seen = lea.get(&pods).await.expect(200).text();
        assert!(seen.contains(&format!("/pods/{pod}")) && seen.contains("No date yet") && seen.contains("0 of 4"), "{seen}");
        assert!(seen.contains("Fewer than the 2"), "{seen}");
        assert!(!lea.get(&board).await.expect(200).text().contains("1 step cannot be booked"));
        let api = app.api(LEA).get(&of_api).await.expect(200).json();
        assert_eq!(api["items"][0]["pods"][0]["id"], json!(pod.to_string()));
        assert_eq!(api["items"][0]["without_date"], json!(null));
        // From its own page, and from its session.
        assert!(lea.get(&format!("/pods/{pod}")).await.expect(200).text().contains(&pods));
        let session = api["items"][0]["pods"][0]["session"].as_str().expect("an id").to_owned();
        let seen = lea.get(&format!("/sessions/{session}")).await.expect(200).text();
        assert!(seen.contains(&format!("href=\"/pods/{pod}\"")), "{seen}");
        lea.post(&format!("/pods/{pod}/members"), &[("participant", &BEN_AT_NORTHWIND.to_string())]).await.expect(303);
        let menu = lea.get(&format!("/sessions/{session}/attendance/{BEN}/actions?back=/")).await.expect(200).text();
        assert!(menu.contains(&format!("/pods/{pod}")), "{menu}");
        for (other, status) in [(app.ada(), 403), (app.ben(), 403), (app.cara(), 403)] {
            other.get(&pods).await.expect(status);
        }
        lea.get("/cohorts/coh_0000000000002/pods").await.expect(404);
        app.api(LEA).get("/api/v1/cohorts/coh_0000000000002/pods").await.refused(404, "not_found");
    }

    // Rule G8
    async fn a_cohort_is_not_put_away_before_one_reads_which_pods_still_meet(app: TestApp) {
        circle(&app, true).await;
        let seen = app.otto().get(&format!("/cohorts/{NORTHWIND_COHORT}/edit")).await.expect(200).text();
        assert!(seen.contains("<dd>Tuesday circle, 2 Personen</dd>"), "{seen}");
    }

    // Rule G5
    async fn a_pod_that_is_too_small_stands_where_whoever_was_warned_begins(app: TestApp) {
        let (session, _) = circle(&app, true).await;
        app.db().write(|tx| tx.exec("UPDATE pod SET min_members = 3", args![])).await.expect("more");
        let page = format!("href=\"/sessions/{session}\"");
        let reads = async |home: &str, otto: &str| {
            for (who, words) in [(app.lea(), home), (app.otto(), otto)] {
                let seen = who.get("/").await.expect(200).text();
                let reads = seen.contains("Too few members: Tuesday circle") || seen.contains("Zu wenige Mitglieder: Tuesday circle");
                assert_eq!((reads, seen.contains(&page)), (!words.is_empty(), !words.is_empty()), "{seen}");
                assert!(seen.contains(words), "{seen}");
            }
        };
        let start: Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        app.clock().advance(start.since(app.clock().now()) - SignedDuration::from_hours(24));
        reads("", "").await;
        app.db().write(|tx| session::remind(tx, 10)).await.expect("warning");
        reads("2 are in, and it should have 3 at least.", "").await;
        // Where nobody leads it, an admin does.
        app.db().write(|tx| tx.exec("UPDATE lead SET cohort_id = 2", args![])).await.expect("nobody leads it");
        reads("", "2 sind dabei, und es sollten mindestens 3 sein.").await;
    }

    // Rule S13
    async fn an_empty_pod_gets_its_date_on_its_page_and_over_the_interface(app: TestApp) {
        for (who, name) in [(ADA, "First"), (LEA, "Second"), (OTTO, "Third")] {
            let pod = empty_pod(&app, name).await;
            let (page, api) = (app.person(who), app.api(who));
            let session = api.get(&format!("/api/v1/pods/{pod}")).await.expect(200).json()["session"].clone();
            let session = format!("/sessions/{}", session.as_str().expect("an id"));
            let seen = page.get(&format!("/pods/{pod}")).await.expect(200).text();
            assert!(seen.contains(&format!("{session}/booking")) && seen.contains(&format!("href=\"{session}\"")), "{seen}");
            page.get(&session).await.expect(200);
            let seen = page.get(&format!("{session}/booking")).await.expect(200).text();
            assert!(seen.contains("2026-"), "there are times: {seen}");
            let of_api = format!("/api/v1{session}");
            let slots = api.get(&format!("{of_api}/booking/slots")).await.expect(200).json();
            let at = slots["items"][0]["starts_at"].as_str().expect("a time").to_owned();
            let later = slots["items"][30]["starts_at"].as_str().expect("another").to_owned();
            page.post(&format!("{session}/booking"), &[("starts_at", at.as_str())]).await.expect(303);
            assert_eq!(api.get(&of_api).await.expect(200).json()["status"], "booked");
            let seen = page.get(&session).await.expect(200).text();
            assert!(seen.contains(&format!("{session}/move")) && seen.contains(&format!("{session}/cancellation")), "{seen}");
            page.get(&format!("{session}/move")).await.expect(200);
            page.get(&format!("{session}/cancellation")).await.expect(200);
            api.post_json(&format!("{of_api}/cancellation"), &json!({ "cause": "organisation" })).await.expect(200);
            assert_eq!(api.get(&of_api).await.expect(200).json()["status"], "unbooked");
            api.post_json(&format!("{of_api}/booking"), &json!({ "starts_at": later })).await.expect(201);
            app.ben().get(&session).await.expect(404);
            if who == LEA {
                // Nobody is in it, so that it is its date that is in the way.
                api.delete(&format!("/api/v1/pods/{pod}")).await.refused(409, "pod_has_date");
                let told = page.post(&format!("/pods/{pod}/deletion"), &[]).await.expect(409).text();
                assert!(told.contains("This pod has a date, ") && told.contains("Call that off first."), "{told}");
            }
        }
        app.run_jobs().await;
        assert!(app.letters_to(ADA).await.iter().any(|letter| letter == "booked_for_coach"));
    }
}
