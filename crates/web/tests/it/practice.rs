//! A coach's own pages, as forms are sent to them: set-up from nothing, every field of an offering, hours without
//! scripts, and who may not.

use model::world::{ADA, ADA_BEN, ADA_HOUR, ADA_INTRO, BEN, FINN_HOUR};
use model::{availability, offering, on_both, session};
use rules::ids::PersonId;
use serde_json::json;

use crate::app::{Actor, TestApp};

/// What stands in the form of Ada's hour.
const HOUR: [(&str, &str); 19] = [
    ("name", "An hour"),
    ("about", "The usual one"),
    ("minutes", "60"),
    ("active", "1"),
    ("price", "120.50"),
    ("currency", "USD"),
    ("place", "link"),
    ("place_detail", "https://meet.example/ada"),
    ("before", "5"),
    ("after", "20"),
    ("notice", "24"),
    ("window_days", "30"),
    ("daily_cap", "3"),
    ("grid", "30"),
    ("keep_early", "10"),
    ("keep_between", "40"),
    ("keep_late", "90"),
    ("question", "What should be different?"),
    ("question_required", "0"),
];

fn with<'a>(fields: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<_> = fields.iter().copied().filter(|(known, _)| *known != name).collect();
    fields.push((name, value));
    fields
}

async fn read(actor: &Actor<'_>, path: &str) -> String {
    actor.get(path).await.expect(200).text()
}

/// A coach whom Otto has just invited.
async fn new_coach(app: &TestApp) -> PersonId {
    let fields = [
        ("name", "Nina Sander"),
        ("mail", "nina@cairn.example"),
        ("role", "coach"),
        ("zone", "Europe/Berlin"),
        ("language", "en"),
    ];
    let made = app.otto().post("/people", &fields).await.expect(303);
    let id = made.header("location").rsplit('/').next().and_then(|id| id.parse().ok());
    id.expect("the page of a person")
}

on_both! {
    // Rules C1, C2
    async fn a_new_coach_is_led_through_the_set_up_and_then_found(app: TestApp) {
        let nina = app.person(new_coach(&app).await);
        let today = read(&nina, "/today").await;
        assert!(today.contains("Set up your practice") && today.contains("1 of 4 done"), "{today}");
        let profile = [
            ("headline", "For people who lead for the first time"),
            ("about", "Calm."),
            ("specialities", "new leaders, conflict"),
            ("language", "en"),
            ("language", "de"),
            ("slug", "nina"),
        ];
        let next = nina.post("/practice/profile", &profile).await.expect(303);
        assert_eq!(next.header("location"), "/practice/offerings");
        let offerings = read(&nina, "/practice/offerings").await;
        let hour = offerings.split("href=\"").find(|rest| rest.contains("60 minutes"));
        assert!(hour.is_some(), "the usual offerings are there: {offerings}");
        let address = offerings
            .split("href=\"/practice/offerings/off_")
            .nth(4)
            .and_then(|rest| rest.split('"').next())
            .map(|id| format!("/practice/offerings/off_{id}"))
            .expect("an offering");
        nina.post(&address, &HOUR).await.expect(303);
        nina.post("/practice/listing", &[]).await.expect(303);
        let page = read(&nina, "/practice").await;
        assert!(page.contains("Listed") && page.contains("/coaches/nina"), "{page}");
        assert!(!read(&nina, "/today").await.contains("Set up your practice"));
        // Strangers find them, with what can be booked.
        let public = read(&app.nobody(), "/coaches/nina").await;
        assert!(public.contains("For people who lead for the first time"), "{public}");
        nina.post("/practice/listing/removal", &[]).await.expect(303);
        assert!(read(&nina, "/practice").await.contains("Not listed"));
    }

    // Rules C2, C5
    async fn every_field_of_an_offering_is_kept_as_it_was_typed(app: TestApp) {
        let address = format!("/practice/offerings/{ADA_HOUR}");
        app.ada().post(&address, &HOUR).await.expect(303);
        let page = read(&app.ada(), &address).await;
        for (name, value) in HOUR {
            let is_there = match name {
                "active" | "question_required" => page.contains(&format!("name=\"{name}\" value=\"{value}\" checked")),
                "currency" | "grid" => page.contains(&format!("<option value=\"{value}\" selected")),
                "place" => page.contains(&format!("name=\"place\" value=\"{value}\" checked")),
                _ => page.contains(&format!("value=\"{value}\"")),
            };
            assert!(is_there, "{name} is not {value}: {page}");
        }
        for code in ["INR", "KES", "BRL", "KWD"] {
            assert!(page.contains(&format!("<option value=\"{code}\">")), "{code} is no choice");
        }
        let stored = app.inside().read(|tx| offering::get(tx, ADA_HOUR)).await.expect("the hour");
        assert_eq!((stored.price.to_string().as_str(), stored.place.detail.as_str()), ("120.50 USD", "https://meet.example/ada"));
        assert_eq!((stored.policy.before.get(), stored.policy.after.get(), stored.policy.grid.get()), (5, 20, 30));
        assert_eq!((stored.policy.window_days, stored.policy.daily_cap), (30, Some(3)));
        assert!(stored.questions.iter().any(|question| question.required));
        // Off and on again, by one press each.
        app.ada().post(&format!("{address}/activation/removal"), &[]).await.expect(303);
        assert!(!app.inside().read(|tx| offering::get(tx, ADA_HOUR)).await.expect("the hour").active);
        app.ada().post(&format!("{address}/activation"), &[]).await.expect(303);
        assert!(app.inside().read(|tx| offering::get(tx, ADA_HOUR)).await.expect("the hour").active);
    }

    // Rules C2, C5
    async fn what_does_not_fit_stands_at_its_field_and_nothing_typed_is_lost(app: TestApp) {
        let mut fields = with(&HOUR, "minutes", "47");
        for (name, value) in [("price", "dear"), ("place_detail", "meet.example/ada"), ("keep_late", "101"), ("name", "Kept name")] {
            fields = with(&fields, name, value);
        }
        let page = app.ada().post("/practice/offerings", &with(&fields, "kind", "one_to_one")).await.expect(422).text();
        for (id, words) in [("minutes", "A multiple of 5"), ("price", "An amount, like 95 or 95.50"), ("keep_late", "A number from 0 to 100")] {
            let error = page.split(&format!("id=\"{id}-error\"")).nth(1).unwrap_or_else(|| panic!("{id} has no error: {page}"));
            assert!(error.split("</span>").next().is_some_and(|error| error.contains(words)), "{id}: {error}");
        }
        for typed in ["value=\"47\"", "value=\"dear\"", "value=\"meet.example/ada\"", "value=\"Kept name\"", "What should be different?"] {
            assert!(page.contains(typed), "{typed} is lost: {page}");
        }
        // What only the rules know stands at its field too.
        let page = app.ada().post("/practice/offerings", &with(&with(&HOUR, "place_detail", "meet.example/ada"), "kind", "one_to_one")).await;
        assert!(page.expect(422).text().contains("id=\"place_detail-error\""));
        let page = app.ada().post("/practice/profile", &[("headline", ""), ("slug", "A b"), ("about", "Kept text")]).await.expect(422).text();
        assert!(page.contains("id=\"headline-error\"") && page.contains("id=\"slug-error\"") && page.contains("Kept text"), "{page}");
    }

    // Rule C1
    async fn a_picture_is_taken_beside_what_is_typed(app: TestApp) {
        let mut picture = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(20, 20).write_to(&mut picture, image::ImageFormat::Png).expect("a picture");
        let send = async |photo: &[u8]| {
            let head = "--edge\r\nContent-Disposition: form-data; name=\"idempotency_key\"\r\n\r\none-form\r\n\
                 --edge\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"me.png\"\r\n\r\n";
            let tail = "\r\n--edge\r\nContent-Disposition: form-data; name=\"headline\"\r\n\r\nKept headline\r\n\
                 --edge\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\nfr\r\n--edge--\r\n";
            let body = [head.as_bytes(), photo, tail.as_bytes()].concat();
            let kind = Some("multipart/form-data; boundary=edge");
            app.ada().send(axum::http::Method::POST, "/practice/profile/photo", kind, body).await
        };
        let too_large = vec![0_u8; 10 * 1024 * 1024 + 1];
        for (wrong, words) in [(&b""[..], "This is needed"), (&b"no picture"[..], ""), (&too_large[..], "The file has at most 10 MB")] {
            let page = send(wrong).await.expect(422).text();
            let error = page.split("id=\"photo-error\"").nth(1).unwrap_or_else(|| panic!("no error at the picture: {page}"));
            assert!(error.contains(words) && page.contains("value=\"Kept headline\""), "{page}");
        }
        let page = send(picture.get_ref()).await.expect(200).text();
        assert!(page.contains("value=\"Kept headline\"") && page.contains("value=\"fr\" checked"), "{page}");
        assert!(page.contains(&format!("/people/{ADA}/photo?v=")), "{page}");
        // The picture counts, what was typed not yet; and the form has its key still.
        let stored = read(&app.ada(), "/practice/profile").await;
        assert!(!stored.contains("Kept headline") && stored.contains(&format!("/people/{ADA}/photo?v=")), "{stored}");
        let profile = [("idempotency_key", "one-form"), ("headline", "Kept headline"), ("about", "Hello."), ("slug", "ada-lindholm")];
        app.ada().post("/practice/profile", &profile).await.expect(303);
    }

    // Rule A1
    async fn a_week_is_written_with_several_ranges_and_without_a_script(app: TestApp) {
        let ada = app.ada();
        let monday = [("d1_from", "09:00"), ("d1_to", "12:00")];
        // One press gives room for another range and saves nothing.
        let mut fields = monday.to_vec();
        fields.push(("act", "add-1"));
        let page = ada.post("/practice/hours", &fields).await.expect(200).text();
        assert_eq!(page.matches("name=\"d1_from\"").count(), 2, "{page}");
        assert!(page.contains("Not saved yet.") && page.contains("value=\"12:00\""));
        let before = app.inside().read(|tx| availability::week(tx, ADA, None)).await.expect("a week").expect("hers");
        assert_eq!(before.0[0].len(), 1);
        let mut fields = monday.to_vec();
        fields.extend([("d1_from", "13:00"), ("d1_to", "00:00"), ("act", "copy")]);
        let page = ada.post("/practice/hours", &fields).await.expect(200).text();
        assert_eq!(page.matches("name=\"d5_from\"").count(), 2, "{page}");
        fields.retain(|(name, _)| *name != "act");
        ada.post("/practice/hours", &fields).await.expect(303);
        let week = app.inside().read(|tx| availability::week(tx, ADA, None)).await.expect("a week").expect("hers");
        let ranges: Vec<String> = week.0[0].iter().map(|range| format!("{}-{}", range.from(), range.to())).collect();
        assert_eq!(ranges, ["09:00-12:00", "13:00-24:00"]);
        assert!(week.0[1..].iter().all(|day| day.is_empty()));
        // What does not fit stands at its day.
        let page = ada.post("/practice/hours", &[("d3_from", "17:00"), ("d3_to", "09:00")]).await.expect(422).text();
        assert!(page.contains("id=\"d3-error\"") && page.contains("value=\"17:00\""), "{page}");
        // An offering has a week of its own, until it follows the usual one again.
        let own = ADA_INTRO.to_string();
        ada.post("/practice/hours", &[("offering", &own), ("d2_from", "10:00"), ("d2_to", "11:00")]).await.expect(303);
        let of = async || app.inside().read(|tx| availability::week(tx, ADA, Some(ADA_INTRO))).await.expect("a week");
        assert!(of().await.is_some());
        ada.post("/practice/hours/removal", &[("offering", &own)]).await.expect(303);
        assert!(of().await.is_none());
    }

    // Rule A1
    async fn sessions_outside_the_hours_are_listed_and_stay(app: TestApp) {
        let ada = app.ada();
        let link = format!("href=\"/sessions/{ADA_BEN}\"");
        assert!(!read(&ada, "/practice/hours").await.contains("Booked outside your hours"));
        let before = app.inside().read(|tx| session::get(tx, ADA_BEN)).await.expect("the session");
        // Ada's session with Ben is on a Thursday.
        ada.post("/practice/hours", &[("d1_from", "09:00"), ("d1_to", "17:00")]).await.expect(303);
        for path in ["/practice/hours", "/today"] {
            let page = read(&ada, path).await;
            assert!(page.contains(&link) && page.to_lowercase().contains("outside your hours"), "{path}: {page}");
        }
        assert_eq!(app.inside().read(|tx| session::get(tx, ADA_BEN)).await.expect("the session"), before);
        let day = [("date", "2026-03-05"), ("range_from", "09:00"), ("range_to", "17:00")];
        ada.post("/practice/overrides", &day).await.expect(303);
        assert!(!read(&ada, "/practice/hours").await.contains("Booked outside your hours"));
    }

    // Rule A1
    async fn a_day_and_time_off_that_were_removed_come_back_by_undo(app: TestApp) {
        let ada = app.ada();
        let undo_of = |page: &str| {
            let rest = page.split("<div class=\"toast\">").nth(1).expect("a toast").to_owned();
            let action = rest.split("action=\"").nth(1).expect("an undo").split('"').next().expect("an address");
            action.replace("&amp;", "&").replace("&#38;", "&")
        };
        ada.post("/practice/overrides", &[("date", "2026-03-06")]).await.expect(303);
        assert!(read(&ada, "/practice/hours").await.contains("Closed all day"));
        ada.post("/practice/overrides/removal", &[("date", "2026-03-06")]).await.expect(303);
        let page = read(&ada, "/practice/hours").await;
        assert!(!page.contains("Closed all day"), "{page}");
        ada.post(&undo_of(&page), &[]).await.expect(303);
        assert!(read(&ada, "/practice/hours").await.contains("Closed all day"));
        let away = [("from_date", "2026-04-06"), ("until_date", "2026-04-10"), ("name", "Easter & rest")];
        ada.post("/practice/time-off", &away).await.expect(303);
        let page = read(&ada, "/practice/hours").await;
        assert!(page.contains("Mon 6 Apr to Fri 10 Apr"), "{page}");
        let id = page.split("name=\"time_off\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
        ada.post("/practice/time-off/removal", &[("time_off", id)]).await.expect(303);
        let page = read(&ada, "/practice/hours").await;
        assert!(page.contains("No time off ahead."), "{page}");
        ada.post(&undo_of(&page), &[]).await.expect(303);
        let page = read(&ada, "/practice/hours").await;
        assert!(page.contains("Mon 6 Apr to Fri 10 Apr") && page.contains("Easter &#38; rest"), "{page}");
        // An end before its beginning stands at its field, with what was typed.
        let wrong = [("from_date", "2026-05-06"), ("until_date", "2026-05-01"), ("name", "Kept")];
        let page = ada.post("/practice/time-off", &wrong).await.expect(422).text();
        assert!(page.contains("id=\"until_date-error\"") && page.contains("value=\"Kept\""), "{page}");
    }

    // Rule C1
    async fn an_empty_page_is_not_listed_and_says_what_it_lacks(app: TestApp) {
        let nina = app.person(new_coach(&app).await);
        let lacks = ["href=\"/practice/profile#headline\"", "href=\"/practice/profile#about\"", "href=\"/practice/hours\">hours</a>"];
        nina.post("/practice/hours", &[]).await.expect(303);
        let page = read(&nina, "/practice/share").await;
        for link in lacks {
            assert!(page.contains(link), "{link}: {page}");
        }
        // Whoever sends the form all the same gets the same page back.
        let page = nina.post("/practice/listing", &[]).await.expect(422).text();
        assert!(page.contains("Before that it needs:") && page.contains(lacks[0]), "{page}");
        nina.post("/practice/hours", &[("d1_from", "09:00"), ("d1_to", "12:00")]).await.expect(303);
        nina.post("/practice/profile", &[("headline", "Calm"), ("about", " "), ("slug", "nina")]).await.expect(303);
        let page = nina.post("/practice/listing", &[]).await.expect(422).text();
        assert!(page.contains(lacks[1]) && !page.contains(lacks[0]) && !page.contains(lacks[2]), "{page}");
        assert!(read(&app.otto(), "/coaches").await.contains("Ada Lindholm"));
        assert!(!read(&app.nobody(), "/coaches").await.contains("Nina Sander"));
        nina.post("/practice/profile", &[("headline", "Calm"), ("about", "Before clever."), ("slug", "nina")]).await.expect(303);
        nina.post("/practice/listing", &[]).await.expect(303);
        assert!(read(&app.nobody(), "/coaches").await.contains("Nina Sander"));
    }

    // Rule C2
    async fn what_has_no_price_is_not_turned_on_unless_it_is_said_to_be_free(app: TestApp) {
        let nina = new_coach(&app).await;
        let sold = app.inside().read(move |tx| offering::of_coach(tx, nina)).await.expect("her offerings");
        let hour = sold.iter().find(|one| one.policy.minutes.get() == 60).expect("the hour").id;
        let actor = app.person(nina);
        let address = format!("/practice/offerings/{hour}");
        let page = read(&actor, "/practice/offerings").await;
        assert!(page.contains("No price yet") && page.contains(&format!("href=\"{address}#price\"")), "{page}");
        let page = actor.post(&format!("{address}/activation"), &[]).await.expect(422).text();
        assert!(page.contains("0 means that it is free of charge") && page.contains("name=\"price\" inputmode=\"decimal\" value=\"\""), "{page}");
        actor.post(&address, &with(&HOUR, "price", "")).await.expect(422);
        let is_on = async || app.inside().read(move |tx| offering::get(tx, hour)).await.expect("the hour").active;
        assert!(!is_on().await);
        let api = app.api(nina);
        let path = format!("/api/v1{address}");
        api.patch_json(&path, &json!({ "active": true })).await.invalid(&["price missing"]);
        // Off it may wait for its price.
        let waiting = with(&HOUR, "price", "");
        let waiting: Vec<_> = waiting.into_iter().filter(|(name, _)| *name != "active").collect();
        actor.post(&address, &waiting).await.expect(303);
        // Free of charge is said by a price of nothing, and reads so.
        actor.post(&address, &with(&HOUR, "price", "0")).await.expect(303);
        assert!(is_on().await);
        let page = read(&actor, "/practice/offerings").await;
        assert!(page.contains("Free") && !page.contains("\u{a0}0<"), "{page}");
    }

    // Rule A1
    async fn time_off_in_the_past_or_far_ahead_is_refused_in_plain_words(app: TestApp) {
        for (from, until, words) in [
            ("2026-02-01", "2026-02-03", "This is over already"),
            ("2026-04-01", "2030-02-03", "At most 800 days ahead"),
        ] {
            let page = app.ada().post("/practice/time-off", &[("from_date", from), ("until_date", until)]).await;
            let page = page.expect(422).text();
            assert!(page.contains(words) && page.contains(&format!("value=\"{until}\"")), "{page}");
        }
    }

    // Rule A1
    async fn a_range_that_was_added_is_gone_on_with(app: TestApp) {
        let ada = app.ada();
        let week = [("d1_from", "09:00"), ("d1_to", "12:00")];
        let focus = |page: &str| {
            let focused = page.split("autofocus").count();
            assert_eq!(focused, 2, "{page}");
            page.split("autofocus").next().and_then(|before| before.rsplit('<').next()).unwrap_or_default().to_owned()
        };
        let page = ada.post("/practice/hours", &[week[0], week[1], ("act", "add-1")]).await.expect(200).text();
        assert!(focus(&page).contains("name=\"d1_from\" value=\"\""), "{}", focus(&page));
        let page = ada.post("/practice/hours", &[week[0], week[1], ("act", "drop-1-0")]).await.expect(200).text();
        assert!(focus(&page).contains("value=\"add-1\""), "{}", focus(&page));
        // With scripts only the form of the week is replaced, so that what was typed in the others stays.
        assert_eq!(page.matches("hx-select=\"form.hours\"").count(), 8, "{page}");
    }

    // Rules P3, P4, C2
    async fn a_practice_is_for_its_coach_alone(app: TestApp) {
        for path in ["/practice", "/practice/profile", "/practice/offerings", "/practice/hours", "/practice/share"] {
            for actor in [app.otto(), app.lea(), app.ben(), app.cara()] {
                actor.get(path).await.expect(403);
            }
            assert!(app.nobody().get(path).await.expect(303).header("location").starts_with("/sign-in"));
        }
        let foreign = format!("/practice/offerings/{FINN_HOUR}");
        app.ada().get(&foreign).await.expect(404);
        for path in [foreign.clone(), format!("{foreign}/activation"), format!("{foreign}/activation/removal"), format!("{foreign}/retirement")] {
            app.ada().post(&path, &HOUR).await.expect(404);
        }
        let own = FINN_HOUR.to_string();
        app.ada().get(&format!("/practice/hours?offering={own}")).await.expect(404);
        app.ada().post("/practice/hours", &[("offering", &own)]).await.expect(404);
        let stored = app.inside().read(|tx| offering::get(tx, FINN_HOUR)).await.expect("Finn's hour");
        assert!(stored.active && stored.retired_at.is_none() && stored.name == "Long session");
    }

    // Rule P9
    async fn an_admin_publishes_the_agreement_and_reads_its_versions(app: TestApp) {
        let otto = app.otto();
        let publish = async |text: &str| {
            otto.post("/settings/agreements", &[("language", "en"), ("text", text)]).await.expect(303)
        };
        otto.post("/settings/agreements", &[("language", "en"), ("text", " ")]).await.expect(422);
        publish("What is said stays here.").await;
        publish("What is said stays here.\n\nAlways.").await;
        let page = read(&otto, "/settings/agreements?language=en").await;
        assert!(page.contains("Fassung 2") && page.contains("Fassung 1") && page.contains("Always."), "{page}");
        // The other language goes on with its own text.
        otto.post("/settings/agreements", &[("language", "de"), ("text", "Es bleibt hier.")]).await.expect(303);
        let page = read(&otto, "/settings/agreements?language=en").await;
        assert!(page.contains("Fassung 3") && page.contains("Always."), "{page}");
        for actor in [app.lea(), app.ada(), app.ben(), app.cara()] {
            actor.get("/settings/agreements").await.expect(403);
            actor.post("/settings/agreements", &[("language", "en"), ("text", "Mine")]).await.expect(403);
        }
    }

    // Rules P3, C1
    async fn giving_the_role_opens_a_practice(app: TestApp) {
        let otto = app.otto();
        otto.post(&format!("/people/{BEN}/roles"), &[("role", "client"), ("role", "coach")]).await.expect(303);
        let page = read(&otto, &format!("/people/{BEN}")).await;
        assert!(page.contains("Der nächste Besuch beginnt mit der Einrichtung der Praxis") && page.contains("/coaches/ben-orle"), "{page}");
        assert!(read(&app.ben(), "/today").await.contains("Set up your practice"));
        read(&app.ben(), "/practice").await;
    }
}
