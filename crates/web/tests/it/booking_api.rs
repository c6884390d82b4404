//! Booking through the JSON interface: coaches and their free times, strangers and people with a token, races, and what
//! a coach changes of their own practice.

use model::event::Actor as By;
use model::person;
use model::world::{
    ADA, ADA_BEN, ADA_HOUR, ADA_INTRO, ADA_SESSION, BEN, CARA, FINN, FINN_GIL, FINN_HOUR, GIL, LEA, OTTO,
};
use model::{args, on_both};
use rules::ids::{BusyId, OfferingId, PersonId, SessionId};
use rules::permission::{Role, Roles};
use rules::person::{MailAddress, PersonName};
use serde_json::{Value as Json, json};

use crate::app::TestApp;

const SESSIONS: &str = "/api/v1/sessions";
const ADAS: &str = "/api/v1/coaches/ada-lindholm";
const OFFERINGS: &str = "/api/v1/practice/offerings";
/// So many want the same at the same time.
const CROWD: usize = 50;

fn starts(list: &Json) -> Vec<String> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| slot["starts_at"].as_str().unwrap().to_owned())
        .collect()
}

fn alternatives(problem: &Json) -> Vec<String> {
    let them = problem["alternatives"].as_array().expect("alternatives");
    them.iter().map(|start| start.as_str().unwrap().to_owned()).collect()
}

fn wish(offering: OfferingId, starts_at: &str) -> Json {
    json!({ "coach": "ada-lindholm", "offering": offering.to_string(), "starts_at": starts_at })
}

fn strangers(offering: OfferingId, starts_at: &str) -> Json {
    let mut wish = wish(offering, starts_at);
    wish["client"] = json!({ "name": "Nina Sander", "email": "nina@example.org", "zone": "Europe/Lisbon" });
    wish
}

/// Clients who were invited just now.
async fn crowd(app: &TestApp) -> Vec<PersonId> {
    let made = app.inside().write(|tx| {
        (0..CROWD)
            .map(|n| {
                let new = person::New {
                    name: PersonName::parse(&format!("Client {n}")).expect("a name"),
                    mail: MailAddress::parse(&format!("client-{n}@crowd.example")).expect("an address"),
                    roles: Roles::from(Role::Client),
                    zone: None,
                    zone_known: true,
                    language: None,
                    slug: None,
                };
                person::add(tx, &By::Operator, &new).map(|person| person.id)
            })
            .collect::<model::Result<Vec<_>>>()
    });
    made.await.expect("a crowd")
}

async fn end_holds(app: &TestApp) {
    let ended =
        app.db().write(|tx| tx.exec("UPDATE session SET held_until = 0 WHERE held_until > 0", args![]));
    ended.await.expect("ending holds");
}

on_both! {
    // Rule D5
    async fn anybody_finds_a_coach_and_what_can_be_booked(app: TestApp) {
        let nobody = app.nobody();
        let list = nobody.get("/api/v1/coaches").await.expect(200).json();
        let slugs: Vec<&str> = list["items"].as_array().unwrap().iter().map(|it| it["slug"].as_str().unwrap()).collect();
        assert_eq!((slugs, &list["next"]), (vec!["ada-lindholm", "finn-walsh"], &Json::Null));
        assert_eq!(list["items"][0]["price_from"], json!({ "minor": 6000, "currency": "EUR" }));
        let page = nobody.get("/api/v1/coaches?limit=1").await.expect(200).json();
        let next = page["next"].as_str().expect("another page");
        let page = nobody.get(&format!("/api/v1/coaches?limit=1&cursor={next}")).await.expect(200).json();
        assert_eq!((&page["items"][0]["slug"], &page["next"]), (&json!("finn-walsh"), &Json::Null));
        for (query, found) in [("speciality=Leadership", 2), ("language=de", 0), ("price_most=5999", 0), ("price_most=6000", 2), ("q=walsh", 1)] {
            let list = nobody.get(&format!("/api/v1/coaches?{query}")).await.expect(200).json();
            assert_eq!(list["items"].as_array().unwrap().len(), found, "{query}");
        }
        nobody.get("/api/v1/coaches?language=xx&price_most=-1&currency=QQQ&cursor=x").await.invalid(&[
            "language not_a_choice", "currency not_a_choice", "price_most out_of_range", "cursor not_a_cursor",
        ]);
        let ada = nobody.get(ADAS).await.expect(200).json();
        assert_eq!((&ada["name"], &ada["zone"]), (&json!("Ada Lindholm"), &json!("Europe/Stockholm")));
        let intro = &ada["offerings"][0];
        assert_eq!(intro["id"], ADA_INTRO.to_string());
        assert_eq!((&intro["kind"], &intro["minutes"], &intro["price"]["minor"]), (&json!("intro"), &json!(15), &json!(0)));
        assert_eq!(ada["offerings"].as_array().unwrap().len(), 4);
        let absent = nobody.get("/api/v1/coaches/nobody-here").await.refused(404, "not_found");
        // Somebody who is no coach is as absent as nobody.
        assert_eq!(nobody.get("/api/v1/coaches/ben-orle").await.refused(404, "not_found").body, absent.body);
    }

    // Rules T2, D5
    async fn free_times_are_told_in_the_zone_that_was_asked_for(app: TestApp) {
        let nobody = app.nobody();
        let slots = format!("{ADAS}/slots");
        let day = format!("{slots}?offering={ADA_HOUR}&from=2026-03-03&to=2026-03-03&zone=Europe/Stockholm");
        let list = nobody.get(&day).await.expect(200).json();
        let all = starts(&list);
        assert_eq!((all.first().unwrap().as_str(), all.last().unwrap().as_str()), ("2026-03-03T09:00:00+01:00", "2026-03-03T16:00:00+01:00"));
        assert_eq!(all.len(), 29);
        assert_eq!(list["items"][0]["ends_at"], "2026-03-03T10:00:00+01:00");
        let tokyo = nobody.get(&format!("{slots}?offering={ADA_HOUR}&from=2026-03-03T00:00:00Z&to=2026-03-04T00:00:00Z&zone=Asia/Tokyo")).await;
        assert_eq!(starts(&tokyo.expect(200).json())[0], "2026-03-03T17:00:00+09:00");
        // A plus sign that a program forgot to write as %2B is understood.
        let plus = nobody.get(&format!("{slots}?offering={ADA_HOUR}&from=2026-03-03T12:00:00+01:00&to=2026-03-03")).await;
        assert_eq!(starts(&plus.expect(200).json())[0], "2026-03-03T12:00:00+01:00");
        nobody.get(&slots).await.invalid(&["offering missing"]);
        nobody.get(&format!("{slots}?offering={FINN_HOUR}")).await.invalid(&["offering not_a_choice"]);
        nobody.get(&format!("{slots}?offering={ADA_HOUR}&from=soon&zone=Moon")).await.invalid(&["zone unknown_zone", "from not_an_instant"]);
        nobody.get(&format!("{slots}?offering={ADA_HOUR}&from=2026-03-03&to=2026-03-01")).await.invalid(&["to ends_before_it_begins"]);
        nobody.get(&format!("{slots}?offering={ADA_HOUR}&from=2026-03-03&to=2026-06-01")).await.invalid(&["to out_of_range"]);
        nobody.get(&format!("/api/v1/coaches/nobody/slots?offering={ADA_HOUR}")).await.refused(404, "not_found");
    }

    // Rules B7, P4, D5
    async fn a_stranger_holds_a_time_without_a_token(app: TestApp) {
        let nobody = app.nobody();
        let wanted = strangers(ADA_INTRO, "2026-03-03T10:00:00+01:00");
        let made = nobody.key("k1").post_json(SESSIONS, &wanted).await.expect(201);
        let held = made.json();
        assert_eq!((&held["status"], &held["coach"], &held["kind"]), (&json!("held"), &json!("ada-lindholm"), &json!("intro")));
        assert_eq!((&held["starts_at"], &held["held_until"]), (&json!("2026-03-03T09:00:00+00:00"), &json!("2026-03-02T09:30:00+00:00")));
        // A repeat holds nothing more; nobody is a person yet, and the session is nobody's.
        assert_eq!(nobody.key("k1").post_json(SESSIONS, &wanted).await.expect(201).body, made.body);
        assert_eq!((app.count("hold").await, app.count("person").await), (1, 7));
        let session = format!("{SESSIONS}/{}", held["id"].as_str().unwrap());
        for who in [OTTO, ADA, BEN] {
            app.api(who).get(&session).await.refused(404, "not_found");
        }
        // The time is not free any more, and those nearest to it are offered.
        let lost = nobody.post_json(SESSIONS, &strangers(ADA_INTRO, "2026-03-03T10:00:00+01:00")).await.refused(409, "taken").json();
        let instead = alternatives(&lost);
        assert!(instead.len() >= 3 && instead.contains(&"2026-03-03T09:30:00+00:00".to_owned()), "{instead:?}");
        // A known address and an unknown one get the same answer.
        let mut known = strangers(ADA_INTRO, "2026-03-03T14:00:00+01:00");
        known["client"] = json!({ "name": "Ben", "email": "ben@northwind.example", "zone": "Europe/Lisbon" });
        let known = nobody.post_json(SESSIONS, &known).await.expect(201).json();
        assert_eq!(known.as_object().unwrap().keys().collect::<Vec<_>>(), held.as_object().unwrap().keys().collect::<Vec<_>>());
        // Two at a time for an address: the oldest makes room. And four for a network.
        nobody.post_json(SESSIONS, &strangers(ADA_INTRO, "2026-03-03T15:00:00+01:00")).await.expect(201);
        nobody.post_json(SESSIONS, &strangers(ADA_INTRO, "2026-03-03T16:00:00+01:00")).await.expect(201);
        nobody.post_json(SESSIONS, &strangers(ADA_INTRO, "2026-03-03T10:00:00+01:00")).await.expect(201);
        for (name, expect) in [("uma", 201), ("vera", 409)] {
            let mut wish = strangers(ADA_INTRO, if name == "uma" { "2026-03-04T10:00:00+01:00" } else { "2026-03-04T11:00:00+01:00" });
            wish["client"] = json!({ "name": name, "email": format!("{name}@elsewhere.example") });
            let answer = nobody.post_json(SESSIONS, &wish).await;
            if expect == 201 { answer.expect(201); } else { answer.refused(409, "too_many_holds"); }
        }
    }

    // Rule D5
    async fn what_a_stranger_says_is_checked_field_by_field(app: TestApp) {
        let nobody = app.nobody();
        let at = "2026-03-03T10:00:00+01:00";
        nobody.post_json(SESSIONS, &wish(ADA_INTRO, at)).await.invalid(&["client.name missing", "client.email missing"]);
        let mut wrong = strangers(ADA_INTRO, "soon");
        wrong["client"] = json!({ "name": "", "email": "nobody", "zone": "Moon" });
        wrong["offering"] = json!("off");
        wrong["note"] = json!("n".repeat(2_001));
        nobody.post_json(SESSIONS, &wrong).await.invalid(&[
            "offering not_an_id", "starts_at not_an_instant", "note too_long",
            "client.name missing", "client.email not_a_mail_address", "client.zone unknown_zone",
        ]);
        let mut elsewhere = strangers(FINN_HOUR, at);
        nobody.post_json(SESSIONS, &elsewhere).await.invalid(&["offering not_a_choice"]);
        elsewhere["coach"] = json!("nobody-here");
        nobody.post_json(SESSIONS, &elsewhere).await.invalid(&["coach not_a_choice"]);
        // Whoever names a client of theirs has to show a token; one that is not good is no token.
        let mut for_ben = wish(ADA_INTRO, at);
        for_ben["client"] = json!(BEN.to_string());
        nobody.post_json(SESSIONS, &for_ben).await.refused(401, "not_signed_in");
        app.bearer("cairn_nonsense").post_json(SESSIONS, &strangers(ADA_INTRO, at)).await.refused(401, "token_invalid");
        app.token(BEN, "me:read").post_json(SESSIONS, &wish(ADA_INTRO, at)).await.refused(403, "scope_missing");
        assert_eq!(app.count("hold").await, 0);
    }

    // Rule B7
    async fn strangers_of_one_network_are_slowed_down(app: TestApp) {
        for n in 0..30 {
            let mut wanted = strangers(ADA_INTRO, &format!("2026-03-{:02}T{:02}:00:00+01:00", 3 + n / 8, 9 + n % 8));
            wanted["client"]["email"] = json!(format!("nina-{n}@example.org"));
            // Some of these times are taken; what sends no mail does not count. What is open at once is limited by itself.
            let status = app.nobody().post_json(SESSIONS, &wanted).await.status.as_u16();
            assert!(matches!(status, 201 | 409), "{status}");
            end_holds(&app).await;
        }
        let mut refused = None;
        for n in 0..40 {
            let mut wanted = strangers(ADA_INTRO, &format!("2026-03-{:02}T{:02}:30:00+01:00", 9 + n / 8, 9 + n % 8));
            wanted["client"]["email"] = json!(format!("nina-more-{n}@example.org"));
            let answer = app.nobody().post_json(SESSIONS, &wanted).await;
            if answer.status == 429 {
                refused = Some(answer.refused(429, "rate_limited"));
                break;
            }
            end_holds(&app).await;
        }
        let refused = refused.expect("somebody is refused");
        assert!(refused.header("retry-after").parse::<u32>().is_ok());
        assert_eq!(app.count("hold").await, 30);
        // Whoever has a token is not counted with them.
        app.api(GIL).post_json(SESSIONS, &wish(ADA_INTRO, "2026-03-20T09:00:00+01:00")).await.expect(201);
    }

    // Rules A5, D5
    async fn somebody_with_a_token_books_at_once(app: TestApp) {
        let gil = app.token(GIL, "sessions:read sessions:write");
        let wanted = wish(ADA_HOUR, "2026-03-03T10:00:00+01:00");
        let made = gil.key("k").post_json(SESSIONS, &wanted).await.expect(201);
        let booked = made.json();
        assert_eq!((&booked["status"], &booked["held_until"]), (&json!("booked"), &Json::Null));
        assert_eq!(booked["starts_at"], "2026-03-03T14:30:00+05:30");
        assert_eq!(gil.key("k").post_json(SESSIONS, &wanted).await.expect(201).body, made.body);
        let address = format!("{SESSIONS}/{}", booked["id"].as_str().unwrap());
        let mine = gil.get(&address).await.expect(200).json();
        assert_eq!((&mine["status"], &mine["minutes"]), (&json!("booked"), &json!(60)));
        assert_eq!(mine["clients"][0]["price"], json!({ "minor": 11_000, "currency": "EUR" }));
        assert_eq!(mine["clients"][0]["owed"], json!({ "minor": 11_000, "currency": "EUR" }));
        // The coach and an admin see it too; nobody else.
        for (who, status) in [(ADA, 200), (OTTO, 200), (BEN, 404), (FINN, 404), (LEA, 404)] {
            app.api(who).get(&address).await.expect(status);
        }
        app.api(CARA).get(&address).await.refused(403, "may_not");
        // Each loses what the rules say, and knows what else could be had.
        let ben = app.api(BEN);
        let lost = ben.post_json(SESSIONS, &wanted).await.refused(409, "taken").json();
        let instead = alternatives(&lost);
        ben.post_json(SESSIONS, &wish(ADA_HOUR, &instead[0])).await.expect(201);
        let early = ben.post_json(SESSIONS, &wish(ADA_HOUR, "2026-03-02T12:00:00+01:00")).await;
        assert!(!alternatives(&early.refused(409, "too_soon").json()).is_empty());
        ben.post_json(SESSIONS, &wish(ADA_HOUR, "2026-03-07T12:00:00+01:00")).await.refused(409, "outside_hours");
        ben.post_json(SESSIONS, &wish(ADA_HOUR, "2026-03-06T12:05:00+01:00")).await.refused(409, "off_grid");
        ben.post_json(SESSIONS, &wish(ADA_INTRO, "2026-03-06T12:00:00+01:00")).await.expect(201);
        let used = ben.post_json(SESSIONS, &wish(ADA_INTRO, "2026-03-06T14:00:00+01:00")).await.refused(409, "intro_used");
        assert_eq!(used.json().get("alternatives"), None);
        app.api(ADA).post_json(SESSIONS, &wish(ADA_HOUR, "2026-03-06T14:00:00+01:00")).await.refused(409, "own_coach");
        // A stranger's form is not for somebody who is known already.
        ben.post_json(SESSIONS, &strangers(ADA_HOUR, "2026-03-06T14:00:00+01:00")).await.invalid(&["client not_an_id"]);
    }

    // Rules A5, A6, D5
    async fn whoever_has_another_session_then_is_told_what_is_free_near_it(app: TestApp) {
        // On Thursday from ten to eleven in London Ben is with Ada.
        let all_day = json!({ "week": { "thursday": [{ "from": "00:00", "to": "24:00" }] } });
        app.api(FINN).put_json("/api/v1/practice/hours", &all_day).await.expect(200);
        let finns = |start: &str| json!({ "coach": "finn-walsh", "offering": FINN_HOUR.to_string(), "starts_at": start });
        let lost = app.api(BEN).post_json(SESSIONS, &finns("2026-03-05T10:00:00Z")).await.refused(409, "overlap").json();
        let instead = alternatives(&lost);
        assert!(!instead.is_empty(), "{lost}");
        let at = |text: &str| text.parse::<rules::time::Instant>().expect("a moment").millis();
        let hour = 3_600_000;
        let theirs = at("2026-03-05T10:00:00Z");
        for start in &instead {
            assert!((at(start) - theirs).abs() >= hour, "{start} is beside it");
        }
        assert!(instead.iter().any(|start| (at(start) - theirs).abs() == hour), "as near as it can be: {instead:?}");
        // Who a session is for is asked for in words.
        for wrong in [json!(7), json!({ "name": "Nina Sander", "colour": "red" }), json!([])] {
            let mut wish = finns("2026-03-12T10:00:00Z");
            wish["client"] = wrong;
            let said = app.api(BEN).post_json(SESSIONS, &wish).await.refused(400, "unreadable").json();
            let detail = said["detail"].as_str().unwrap_or_default();
            assert!(detail.contains("it is the id of a client,") && detail.contains("name, email and zone"), "{said}");
            assert!(!detail.contains("untagged"), "{said}");
            assert_eq!(said["fields"][0]["field"], "client", "{said}");
        }
    }

    // Rules C1, D5
    async fn the_directory_finds_by_time_of_day_over_the_interface(app: TestApp) {
        let found = async |query: &str| {
            let list = app.nobody().get(&format!("/api/v1/coaches?{query}")).await.expect(200).json();
            list["items"].as_array().expect("a list").iter().map(|one| one["slug"].as_str().expect("a slug").to_owned()).collect::<Vec<_>>()
        };
        let all = found("").await;
        for time in ["morning", "afternoon", "evening"] {
            for zone in ["Europe/Stockholm", "Asia/Tokyo"] {
                let page = app.nobody().get(&format!("/coaches?time={time}&zone={zone}")).await.expect(200).text();
                let told = found(&format!("time={time}&zone={zone}")).await;
                for slug in &all {
                    assert_eq!(told.contains(slug), page.contains(&format!("/coaches/{slug}")), "{time} in {zone}: {slug}");
                }
            }
        }
        assert!(found("time=morning&zone=Europe/Stockholm").await.contains(&"ada-lindholm".to_owned()));
        app.nobody().get("/api/v1/coaches?time=noon&zone=Mars/Base").await.invalid(&["time not_a_choice", "zone unknown_zone"]);
    }

    // Rules B1, D5
    async fn what_a_program_saw_is_what_it_books(app: TestApp) {
        let ben = app.api(BEN);
        let slots = ben.get(&format!("{ADAS}/slots?offering={ADA_HOUR}")).await.expect(200).json();
        let mut wish = wish(ADA_HOUR, &starts(&slots)[3]);
        for wrong in [
            json!({ "price": { "minor": 10_900, "currency": "EUR" } }),
            json!({ "minutes": 45 }),
            json!({ "kept": { "early": 0, "between": 0, "late": 0 } }),
        ] {
            wish["expect"] = wrong;
            let changed = ben.post_json(SESSIONS, &wish).await.refused(409, "terms_changed").json();
            assert_eq!(changed["now"], json!({
                "minutes": 60,
                "price": { "minor": 11_000, "currency": "EUR" },
                "kept": { "early": 0, "between": 50, "late": 100 },
            }));
        }
        wish["expect"] = json!({ "price": { "minor": 11_000, "currency": "XXX" }, "minutes": 7 });
        ben.post_json(SESSIONS, &wish).await.refused(422, "invalid");
        wish["expect"] = json!({ "price": { "minor": 11_000, "currency": "EUR" }, "minutes": 60 });
        ben.post_json(SESSIONS, &wish).await.expect(201);
    }

    // Rules B3, P4, D5
    async fn staff_book_for_those_whom_they_may(app: TestApp) {
        let for_client = |client: PersonId, at: &str| {
            let mut wish = wish(ADA_SESSION, at);
            wish["client"] = json!(client.to_string());
            wish
        };
        let booked = app.api(ADA).post_json(SESSIONS, &for_client(BEN, "2026-03-03T10:00:00+01:00")).await.expect(201).json();
        let address = format!("{SESSIONS}/{}", booked["id"].as_str().unwrap());
        assert_eq!(app.api(BEN).get(&address).await.expect(200).json()["clients"][0]["who"]["name"], "Ben Orle");
        app.api(OTTO).post_json(SESSIONS, &for_client(GIL, "2026-03-04T10:00:00+01:00")).await.expect(201);
        // Ada does not know Gil before he is hers, a client nobody else; a foreign client and an absent one are the same.
        let foreign = app.api(BEN).post_json(SESSIONS, &for_client(GIL, "2026-03-05T10:00:00+01:00")).await.invalid(&["client not_a_choice"]);
        let absent = for_client(PersonId::from_raw(999), "2026-03-05T10:00:00+01:00");
        assert_eq!(app.api(BEN).post_json(SESSIONS, &absent).await.invalid(&["client not_a_choice"]).body, foreign.body);
        app.api(CARA).post_json(SESSIONS, &for_client(BEN, "2026-03-05T10:00:00+01:00")).await.invalid(&["client not_a_choice"]);
        app.api(ADA).post_json(SESSIONS, &json!({
            "coach": "ada-lindholm", "offering": ADA_SESSION.to_string(), "starts_at": "2026-03-05T14:00:00+01:00", "client": "somebody",
        })).await.invalid(&["client not_an_id"]);
    }

    // Rules P4, D5
    async fn sessions_are_listed_as_far_as_one_sees(app: TestApp) {
        let ids = |list: &Json| {
            list["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (ada_ben, finn_gil) = (ADA_BEN.to_string(), FINN_GIL.to_string());
        for (who, sees) in [(OTTO, vec![&ada_ben, &finn_gil]), (ADA, vec![&ada_ben]), (BEN, vec![&ada_ben]), (GIL, vec![&finn_gil]), (LEA, vec![])] {
            let list = app.api(who).get(SESSIONS).await.expect(200).json();
            assert_eq!(ids(&list).iter().collect::<Vec<_>>(), sees, "{who}");
        }
        app.api(CARA).get(SESSIONS).await.refused(403, "may_not");
        app.nobody().get(SESSIONS).await.refused(401, "not_signed_in");
        app.token(BEN, "me:read").get(SESSIONS).await.refused(403, "scope_missing");
        let page = app.api(OTTO).get(&format!("{SESSIONS}?limit=1")).await.expect(200).json();
        assert_eq!(ids(&page), [ada_ben.as_str()]);
        let next = page["next"].as_str().expect("another page");
        let page = app.api(OTTO).get(&format!("{SESSIONS}?limit=1&cursor={next}")).await.expect(200).json();
        assert_eq!((ids(&page), &page["next"]), (vec![finn_gil.clone()], &Json::Null));
        let gils = app.api(OTTO).get(&format!("{SESSIONS}?client={GIL}")).await.expect(200).json();
        assert_eq!(ids(&gils), [finn_gil.as_str()]);
        assert_eq!(ids(&app.api(BEN).get(&format!("{SESSIONS}?when=past")).await.expect(200).json()), [""; 0]);
        app.api(OTTO).get(&format!("{SESSIONS}?when=now&client=x&coach=y&cursor=z")).await.invalid(&[
            "when not_a_choice", "client not_an_id", "coach not_an_id", "cursor not_a_cursor",
        ]);
        let foreign = app.api(BEN).get(&format!("{SESSIONS}/{FINN_GIL}")).await.refused(404, "not_found");
        let absent = app.api(BEN).get(&format!("{SESSIONS}/{}", SessionId::from_raw(999))).await.refused(404, "not_found");
        assert_eq!(foreign.body, absent.body);
    }

    // Rules A5, A7
    async fn of_fifty_who_post_the_same_time_one_has_it_and_the_rest_know_better(app: TestApp) {
        let people = crowd(&app).await;
        let callers: Vec<_> = people.iter().map(|id| app.api(*id)).collect();
        for caller in &callers {
            caller.prove().await;
        }
        let wanted = wish(ADA_SESSION, "2026-03-10T10:00:00+01:00");
        let answers = all(callers.iter().map(|caller| caller.post_json(SESSIONS, &wanted))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!((won.len(), lost.len()), (1, CROWD - 1));
        let mut offered: Vec<String> = Vec::new();
        for answer in lost {
            let instead = alternatives(&answer.refused(409, "taken").json());
            assert!(!instead.is_empty());
            offered.extend(instead);
        }
        // Whatever was offered can be booked.
        offered.sort();
        offered.dedup();
        let next = callers[0].post_json(SESSIONS, &wish(ADA_SESSION, &offered[0])).await.status.as_u16();
        let another = callers[1].post_json(SESSIONS, &wish(ADA_SESSION, offered.last().unwrap())).await;
        assert_eq!(next, 201);
        another.expect(201);
        assert_eq!(app.count("session").await, 2 + 3);
    }

    // Rule A7
    async fn of_fifty_strangers_who_post_the_same_time_one_holds_it(app: TestApp) {
        let nobody = app.nobody();
        let wanted: Vec<Json> = (0..CROWD)
            .map(|n| {
                let mut wanted = strangers(ADA_INTRO, "2026-03-10T10:00:00+01:00");
                wanted["client"]["email"] = json!(format!("nina-{n}@example.org"));
                wanted
            })
            .collect();
        let answers = all(wanted.iter().map(|wanted| nobody.post_json(SESSIONS, wanted))).await;
        let held = answers.iter().filter(|answer| answer.status == 201).count();
        let lost = answers.iter().filter(|answer| answer.status == 409 && !alternatives(&answer.json()).is_empty()).count();
        assert_eq!((held, lost, app.count("hold").await), (1, CROWD - 1, 1));
    }
}

/// All of them at the same time.
async fn all<F: Future>(asks: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = asks.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut is_over = true;
        for (ask, answer) in pinned.iter_mut().zip(&mut done) {
            if answer.is_none() {
                match ask.as_mut().poll(context) {
                    std::task::Poll::Ready(output) => *answer = Some(output),
                    std::task::Poll::Pending => is_over = false,
                }
            }
        }
        if is_over { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().map(|answer| answer.expect("it was asked until it answered")).collect()
}

on_both! {
    // Rule D5
    async fn a_coach_says_who_they_are(app: TestApp) {
        let ada = app.token(ADA, "practice:read practice:write");
        let practice = ada.get("/api/v1/practice").await.expect(200).json();
        assert_eq!((&practice["slug"], &practice["listed"]), (&json!("ada-lindholm"), &json!(true)));
        let change = json!({ "slug": "ada", "headline": "Calm", "about": "Before clever.", "languages": ["en", "sv"], "specialities": ["Change"] });
        let changed = ada.patch_json("/api/v1/practice", &change).await.expect(200).json();
        assert_eq!((&changed["slug"], &changed["languages"]), (&json!("ada"), &json!(["en", "sv"])));
        assert_eq!(ada.get("/api/v1/practice").await.expect(200).json(), changed);
        // The address before it still leads here.
        assert_eq!(app.nobody().get(ADAS).await.expect(200).json()["slug"], "ada");
        ada.patch_json("/api/v1/practice", &json!({ "slug": "finn-walsh" })).await.invalid(&["slug taken"]);
        let wrong = json!({ "slug": "A b", "languages": ["klingon"], "headline": "h".repeat(200) });
        ada.patch_json("/api/v1/practice", &wrong).await.invalid(&["slug not_a_slug", "headline too_long", "languages not_a_choice"]);
        assert_eq!(ada.delete("/api/v1/practice/listing").await.expect(200).json()["listed"], false);
        assert_eq!(app.nobody().get("/api/v1/coaches").await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(ada.post_json("/api/v1/practice/listing", &json!({})).await.expect(200).json()["listed"], true);
        // It is theirs alone.
        for other in [OTTO, LEA, BEN, CARA] {
            app.api(other).get("/api/v1/practice").await.refused(403, "may_not");
            app.api(other).patch_json("/api/v1/practice", &json!({})).await.refused(403, "may_not");
        }
        app.token(ADA, "practice:read").patch_json("/api/v1/practice", &json!({})).await.refused(403, "scope_missing");
    }

    // Rules P4, D5
    async fn a_coach_changes_what_they_sell(app: TestApp) {
        let ada = app.api(ADA);
        let new = json!({
            "kind": "one_to_one", "name": "Deep dive", "minutes": 90, "price": { "minor": 20_000, "currency": "EUR" },
            "place": "link", "place_detail": "https://meet.example/ada", "daily_cap": 2, "after_minutes": 30,
            "kept": { "early": 0, "between": 25, "late": 100 }, "questions": [{ "text": "What for?", "required": true }],
        });
        let made = ada.key("k").post_json(OFFERINGS, &new).await.expect(201);
        assert_eq!(ada.key("k").post_json(OFFERINGS, &new).await.expect(201).body, made.body);
        let made = made.json();
        assert_eq!((&made["active"], &made["daily_cap"], &made["notice_minutes"]), (&json!(true), &json!(2), &json!(720)));
        let one = format!("{OFFERINGS}/{}", made["id"].as_str().unwrap());
        assert_eq!(ada.get(&one).await.expect(200).json(), made);
        assert_eq!(ada.get(OFFERINGS).await.expect(200).json()["items"].as_array().unwrap().len(), 5);
        let open = app.nobody().get(ADAS).await.json()["offerings"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&open["name"], &open["questions"][0]["text"]), (&json!("Deep dive"), &json!("What for?")));
        assert_eq!(open.get("place_detail"), None);
        // What is missing stays; null takes the limit away.
        let changed = ada.patch_json(&one, &json!({ "daily_cap": null, "price": { "minor": 21_000, "currency": "USD" } })).await;
        let changed = changed.expect(200).json();
        assert_eq!((&changed["daily_cap"], &changed["name"]), (&Json::Null, &json!("Deep dive")));
        assert_eq!(changed["price"], json!({ "minor": 21_000, "currency": "USD" }));
        ada.patch_json(&one, &json!({ "kind": "pod" })).await.invalid(&["kind not_a_choice"]);
        let wrong = json!({
            "name": "", "minutes": 7, "price": { "minor": 1, "currency": "QQQ" }, "place": "moon", "after_minutes": 7, "grid_minutes": 90,
        });
        ada.patch_json(&one, &wrong).await.invalid(&[
            "name missing", "minutes not_in_steps", "price not_a_choice", "place not_a_choice", "after_minutes out_of_range",
            "grid_minutes out_of_range",
        ]);
        ada.post_json(OFFERINGS, &json!({})).await.invalid(&["kind missing", "name missing", "minutes missing"]);
        ada.post_json(OFFERINGS, &json!({ "kind": "intro", "name": "Hello", "minutes": 15, "price": { "minor": 1, "currency": "EUR" } }))
            .await
            .invalid(&["price out_of_range"]);
        // Somebody else's is as absent as none; only coaches sell.
        let (foreign, absent) = (format!("{OFFERINGS}/{FINN_HOUR}"), format!("{OFFERINGS}/{}", OfferingId::from_raw(999)));
        for address in [&foreign, &absent] {
            ada.get(address).await.refused(404, "not_found");
            ada.patch_json(address, &json!({ "name": "Mine" })).await.refused(404, "not_found");
            ada.delete(address).await.refused(404, "not_found");
        }
        app.api(OTTO).patch_json(&one, &json!({})).await.refused(403, "may_not");
        app.api(BEN).get(OFFERINGS).await.refused(403, "may_not");
        ada.delete(&one).await.expect(204);
        ada.get(&one).await.refused(404, "not_found");
        assert_eq!(app.nobody().get(ADAS).await.json()["offerings"].as_array().unwrap().len(), 4);
    }

    // Rules P4, D5
    async fn a_coach_says_when_they_work(app: TestApp) {
        let ada = app.api(ADA);
        let hours = "/api/v1/practice/hours";
        let usual = ada.get(hours).await.expect(200).json();
        assert_eq!((&usual["zone"], &usual["offering"]), (&json!("Europe/Stockholm"), &Json::Null));
        assert_eq!(usual["week"]["monday"], json!([{ "from": "09:00", "to": "17:00" }]));
        assert_eq!(usual["week"]["sunday"], json!([]));
        // Thursday goes, and with it the hours of what is booked with Ben; it stays booked.
        let week = json!({ "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "24:00" }] });
        let changed = ada.put_json(hours, &json!({ "week": week })).await.expect(200).json();
        assert_eq!(changed["hours"]["week"]["monday"], week["monday"]);
        assert_eq!(changed["outside"][0]["session"], ADA_BEN.to_string());
        assert_eq!(changed["outside"][0]["clients"], json!(["Ben Orle"]));
        app.api(BEN).get(&format!("{SESSIONS}/{ADA_BEN}")).await.expect(200);
        let wrong = json!({ "week": { "monday": [{ "from": "9", "to": "17:00" }], "tuesday": [{ "from": "12:00", "to": "09:00" }] } });
        ada.put_json(hours, &wrong).await.invalid(&["monday not_a_time_of_day", "tuesday ends_before_it_begins"]);
        // One offering may have a week of its own.
        let own = json!({ "offering": ADA_INTRO.to_string(), "week": { "friday": [{ "from": "09:00", "to": "10:00" }] } });
        ada.put_json(hours, &own).await.expect(200);
        let of_intro = ada.get(&format!("{hours}?offering={ADA_INTRO}")).await.expect(200).json();
        assert_eq!(of_intro["week"]["friday"], own["week"]["friday"]);
        assert_eq!(ada.get(&format!("{hours}?offering={ADA_HOUR}")).await.expect(200).json()["week"], Json::Null);
        ada.get(&format!("{hours}?offering={FINN_HOUR}")).await.invalid(&["offering not_a_choice"]);
        ada.put_json(hours, &json!({ "offering": FINN_HOUR.to_string(), "week": {} })).await.invalid(&["offering not_a_choice"]);

        let day = "/api/v1/practice/overrides/2026-03-10";
        ada.put_json(day, &json!({ "hours": [] })).await.expect(200);
        ada.put_json(day, &json!({ "hours": [{ "from": "10:00", "to": "11:00" }] })).await.expect(200);
        let overrides = ada.get("/api/v1/practice/overrides").await.expect(200).json();
        assert_eq!(overrides["items"], json!([{ "offering": null, "date": "2026-03-10", "hours": [{ "from": "10:00", "to": "11:00" }] }]));
        let slots = format!("{ADAS}/slots?offering={ADA_HOUR}&from=2026-03-10&to=2026-03-10&zone=Europe/Stockholm");
        assert_eq!(starts(&app.nobody().get(&slots).await.expect(200).json()), ["2026-03-10T10:00:00+01:00"]);
        ada.delete(day).await.expect(200);
        assert_eq!(ada.get("/api/v1/practice/overrides").await.json()["items"], json!([]));
        ada.put_json("/api/v1/practice/overrides/2026-02-30", &json!({ "hours": [] })).await.refused(404, "not_found");
        ada.put_json("/api/v1/practice/overrides/2020-01-01", &json!({ "hours": [] })).await.invalid(&["date over"]);

        let off = "/api/v1/practice/time-off";
        let away = ada.post_json(off, &json!({ "name": "Skiing", "first": "2026-03-09", "last": "2026-03-13" })).await.expect(201).json();
        assert_eq!((&away["time_off"]["from"], &away["time_off"]["until"]), (&json!("2026-03-09T00:00:00+01:00"), &json!("2026-03-14T00:00:00+01:00")));
        let span = json!({ "from": "2026-03-16T09:00:00+01:00", "until": "2026-03-16T10:00:00+01:00" });
        ada.post_json(off, &span).await.expect(201);
        assert_eq!(ada.get(off).await.expect(200).json()["items"].as_array().unwrap().len(), 2);
        ada.post_json(off, &json!({})).await.invalid(&["first missing"]);
        ada.post_json(off, &json!({ "first": "2026-03-13", "last": "soon" })).await.invalid(&["last not_a_date"]);
        ada.post_json(off, &json!({ "first": "2026-03-13", "last": "2026-03-12" })).await.invalid(&["until ends_before_it_begins"]);
        let one = format!("{off}/{}", away["time_off"]["id"].as_str().unwrap());
        app.api(FINN).delete(&one).await.refused(404, "not_found");
        ada.delete(&format!("{off}/{}", BusyId::from_raw(999))).await.refused(404, "not_found");
        ada.delete(&one).await.expect(204);
        assert_eq!(ada.get(off).await.json()["items"].as_array().unwrap().len(), 1);
        for other in [OTTO, LEA, BEN, CARA] {
            app.api(other).put_json(hours, &json!({ "week": {} })).await.refused(403, "may_not");
            app.api(other).post_json(off, &span).await.refused(403, "may_not");
        }
    }
}
