//! Booking on the public pages: a stranger and a client from the first look until it is done, and what happens when two
//! want the same.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::event::{Actor as By, Via};
use model::world::{
    ADA, ADA_HOUR, ADA_INTRO, ADA_SHORT, BEN, BEN_AT_NORTHWIND, FINN, FINN_GIL, FIRST_STEP, GIL,
    GIL_WITH_FINN, OTTO,
};
use model::{agreement, args, coach, on_both, person, program};
use rules::ids::{OfferingId, PersonId};
use rules::permission::{Role, Who};
use rules::person::{Language, MailAddress};
use rules::terms::AgreementKind;
use rules::time::Instant;

use crate::app::{Actor, Response, TestApp, Trial};

const ADAS: &str = "/coaches/ada-lindholm";

/// What a browser makes of a page: its links, and the fields of the form that books.
struct Page(String);

impl Page {
    fn of(response: &Response) -> Page {
        Page(response.text().replace("&#38;", "&").replace("&#39;", "'").replace("&#34;", "\""))
    }

    async fn get(actor: &Actor<'_>, path: &str) -> Page {
        Page::of(&actor.get(path).await.expect(200))
    }

    #[track_caller]
    fn has(&self, words: &str) {
        assert!(self.0.contains(words), "{words} is not in {}", self.0);
    }

    #[track_caller]
    fn lacks(&self, words: &str) {
        assert!(!self.0.contains(words), "{words} is in {}", self.0);
    }

    /// The values of an attribute of all tags that have some words in them.
    fn all(&self, tag: &str, attribute: &str) -> Vec<String> {
        let tags = self.0.split('<').filter(|rest| rest.starts_with(tag.split(' ').next().unwrap_or(tag)));
        let tags = tags.filter_map(|rest| rest.split('>').next());
        let rest = tag.split_once(' ').map_or("", |(_, rest)| rest);
        let found = tags.filter(|inside| inside.contains(rest));
        let quoted = format!(" {attribute}=\"");
        found
            .filter_map(|inside| inside.split(&quoted).nth(1)?.split('"').next().map(str::to_owned))
            .collect()
    }

    /// Where the free times lead.
    fn times(&self) -> Vec<String> {
        let mut times = self.all("a class=\"slot\"", "href");
        times.iter_mut().for_each(|time| *time = time.split('#').next().unwrap_or_default().to_owned());
        times
    }

    /// The hidden fields of the form that goes there.
    fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let form = self.0.split("<form").find(|form| form.contains(&format!("action=\"{action}\"")));
        let form =
            Page(format!("<form{}", form.unwrap_or_else(|| panic!("no form to {action} in {}", self.0))));
        let inside = Page(form.0.split("</form>").next().unwrap_or_default().to_owned());
        let names = inside.all("input type=\"hidden\"", "name");
        names.into_iter().zip(inside.all("input type=\"hidden\"", "value")).collect()
    }

    /// What the buttons of other times send.
    fn instead(&self) -> Vec<String> {
        self.all("button class=\"slot\"", "value")
    }
}

/// Sends a form as a browser does: what it carries unseen, then what was typed.
async fn send(actor: &Actor<'_>, page: &Page, action: &str, typed: &[(&str, &str)]) -> Response {
    let hidden = page.hidden(action);
    let pairs: Vec<(&str, &str)> = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain(typed.iter().copied())
        .collect();
    actor.post(action, &pairs).await
}

/// The address of the form on Ada's page.
const BOOK: &str = "/coaches/ada-lindholm/bookings";

const TESS: [(&str, &str); 3] =
    [("name", "Tess Marlow"), ("mail", "tess@elsewhere.example"), ("note", "A hard talk on Monday")];

/// The page of a time with Ada: the n-th that is offered.
async fn details(actor: &Actor<'_>, offering: OfferingId, n: usize) -> Page {
    let page = Page::get(actor, &format!("{ADAS}?offering={offering}")).await;
    Page::get(actor, &page.times()[n]).await
}

/// The path behind the newest letter that has such a link in it.
async fn mailed(app: &TestApp, kind: &str) -> String {
    app.run_jobs().await;
    let otto = app.otto();
    let list = Page::get(&otto, "/mailbox").await;
    for mail in list.all("a", "href").into_iter().filter(|href| href.starts_with("/mailbox/")) {
        let mail = mail.split('?').next().unwrap_or_default().to_owned();
        let letter = otto.get(&format!("{mail}/html")).await.expect(200).text();
        if let Some(rest) = letter.split(kind).nth(1) {
            let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            return format!("{kind}{token}");
        }
    }
    panic!("no letter with {kind}");
}

fn by(person: PersonId, role: Role) -> By {
    By::Person { who: Who { person, roles: role.into() }, via: Via::Page, proof: None }
}

async fn known(app: &TestApp, mail: &str) -> Option<PersonId> {
    let mail = MailAddress::parse(mail).expect("an address");
    let found = app.inside().read(move |tx| person::by_mail(tx, &mail)).await.expect("looking for somebody");
    found.map(|person| person.id)
}

on_both! {
    // Rule B8
    async fn a_participant_is_asked_whether_it_is_the_step_or_private_and_who_pays(app: TestApp) {
        let asks = "Which shall it be?";
        Page::get(&app.ben(), ADAS).await.lacks(asks);
        let steps = app.db().write(|tx| {
            let journey = program::start_journey(tx, &By::Operator, BEN_AT_NORTHWIND)?;
            tx.all(
                "SELECT a.session_id FROM attendance a JOIN step t ON t.id = a.step_id WHERE a.journey_id = $1 ORDER BY t.no",
                args![journey],
                |row| row.get::<rules::ids::SessionId>(0),
            )
        });
        let steps = steps.await.expect("a journey");
        let step = format!("href=\"/sessions/{}/booking\"", steps[0]);
        let page = Page::get(&app.ben(), ADAS).await;
        for words in [asks, &step, "Your program pays", "Or a private session, which you pay yourself", "€\u{a0}110"] {
            page.has(words);
        }
        // The last step is not open yet, and nothing is chosen for him.
        page.lacks(&steps[2].to_string());
        page.lacks("aria-current=\"true\" itemprop");
        assert_eq!(page.times(), Vec::<String>::new());
        // A time of the directory is kept through the question.
        let time = Page::get(&app.person(GIL), ADAS).await.times()[0].clone();
        let at = time.split("at=").nth(1).expect("a time");
        Page::get(&app.ben(), &format!("{ADAS}?at={at}")).await.has(&format!("&at={at}#details"));
        // What he chooses he gets; he may still change his mind.
        let private = Page::get(&app.ben(), &format!("{ADAS}?offering={ADA_HOUR}")).await;
        private.has(&step);
        assert!(!private.times().is_empty());
        let told = app.api(BEN).get("/api/v1/coaches/ada-lindholm").await.expect(200).json();
        assert_eq!(told["own_steps"][0]["session"], steps[0].to_string());
        assert_eq!(told["own_steps"][0]["name"], "Where you stand");
        assert_eq!(told["own_steps"].as_array().map(Vec::len), Some(1));
        app.ben().get(&format!("/sessions/{}/booking", steps[0])).await.expect(200);
        // It is asked of nobody else, nor inside another site, nor on another coach's page.
        for other in [app.nobody(), app.person(GIL), app.ada(), app.otto(), app.lea()] {
            let page = Page::get(&other, ADAS).await;
            page.lacks(asks);
            page.lacks(&steps[0].to_string());
        }
        Page::get(&app.ben(), &format!("{ADAS}?embed=1")).await.lacks(asks);
        Page::get(&app.ben(), "/coaches/finn-walsh").await.lacks(asks);
        assert_eq!(app.api(GIL).get("/api/v1/coaches/ada-lindholm").await.expect(200).json()["own_steps"], serde_json::json!([]));
        // What is disabled is none.
        let sql = "UPDATE attendance SET greyed_out_at = 0, greyed_out_by = $2 WHERE step_id = $1 AND client_id = $3";
        let disabled = app.db().write(move |tx| tx.exec(sql, args![FIRST_STEP, OTTO, BEN])).await;
        assert_eq!(disabled.expect("disabling it"), 1);
        Page::get(&app.ben(), ADAS).await.lacks(asks);
    }

    // Rules B1, B7, C1, T2
    async fn a_stranger_books_an_intro_in_few_pages_and_inputs(app: Trial) {
        let tess = app.nobody();
        let mut pages = vec![Page::get(&tess, &format!("{ADAS}?zone=Europe/Lisbon")).await];
        pages[0].has("Intro call");
        pages[0].has("Calm before clever");
        // Times are on the reader's clock, and where the coach's is.
        pages[0].has("Times in <strong>Lisbon</strong>");
        pages[0].has("Stockholm, 1 hour ahead of you");
        let time = pages[0].times()[0].clone();
        let form = Page::get(&tess, &time).await;
        form.has("You can move or cancel it until it starts.");
        form.has(" in Stockholm)");
        assert!(form.0.matches(" required").count() <= 4, "{}", form.0);
        let sent = send(&tess, &form, BOOK, &TESS).await.expect(200);
        pages.push(Page::of(&sent));
        pages[1].has("tess@elsewhere.example");
        // Nobody is known yet, and the coach hears of nothing.
        assert_eq!(known(&app, "tess@elsewhere.example").await, None);
        app.run_jobs().await;
        assert!(app.letters_to(ADA).await.is_empty());
        let link = mailed(&app, "/bookings/").await;
        for _ in 0..3 {
            pages.truncate(2);
            pages.push(Page::get(&tess, &link).await);
            tess.head(&link).await.expect(200);
        }
        pages[2].has("<button");
        assert_eq!(known(&app, "tess@elsewhere.example").await, None);
        // One press books and signs in; a second one comes to the same.
        let phone = app.nobody();
        for _ in 0..2 {
            let done = phone.post(&link, &[]).await.expect(303);
            assert_eq!(done.header("location"), link);
        }
        pages.push(Page::get(&phone, &link).await);
        pages[3].has("Booked.");
        pages[3].has("/calendar.ics");
        assert_eq!(pages.len(), 4);
        phone.get("/profile").await.expect(200);
        let person = known(&app, "tess@elsewhere.example").await.expect("somebody");
        app.run_jobs().await;
        assert_eq!(app.letters_to(person).await, ["booked"]);
        assert_eq!(app.letters_to(ADA).await, ["booked_for_coach"]);
        let file = phone.get(&format!("{link}/calendar.ics")).await.expect(200);
        assert!(file.header("content-type").starts_with("text/calendar"));
        // The link signs in once: elsewhere it only shows.
        let thief = app.nobody();
        thief.post(&link, &[]).await.expect(303);
        thief.get("/profile").await.expect(303);
    }

    // Rules C5, B7
    async fn a_link_of_the_coachs_is_for_whoever_has_pressed_the_button(app: Trial) {
        let link = "https://meet.example/ada";
        let sql = "UPDATE offering SET place = 'link', place_detail = $1 WHERE id = $2";
        app.inside().write(move |tx| tx.exec(sql, args![link, ADA_INTRO])).await.expect("a link of her own");
        let tess = app.nobody();
        let form = details(&tess, ADA_INTRO, 0).await;
        Page::of(&send(&tess, &form, BOOK, &TESS).await.expect(200)).lacks(link);
        app.run_jobs().await;
        let way = mailed(&app, "/bookings/").await;
        tess.post(&way, &[]).await.expect(303);
        Page::get(&tess, &way).await.has(link);
    }

    // Rules A5, B7
    async fn who_loses_a_race_loses_nothing_that_was_typed(app: Trial) {
        let (tess, tom) = (app.nobody(), app.nobody());
        let form = details(&tess, ADA_INTRO, 0).await;
        let other = details(&tom, ADA_INTRO, 0).await;
        send(&tom, &other, BOOK, &[("name", "Tom Reed"), ("mail", "tom@elsewhere.example")]).await.expect(200);
        let lost = send(&tess, &form, BOOK, &TESS).await.expect(409);
        let again = Page::of(&lost);
        for typed in ["Tess Marlow", "tess@elsewhere.example", "A hard talk on Monday", "Somebody was faster."] {
            again.has(typed);
        }
        let taken = form.hidden(BOOK).into_iter().find(|(name, _)| name == "at").expect("a time").1;
        let instead = again.instead();
        assert!(instead.len() >= 3 && !instead.contains(&taken), "{instead:?}");
        // Each can be had by one press.
        let one = instead.last().expect("another time");
        let typed: Vec<(&str, &str)> = TESS.iter().copied().chain([("at", one.as_str())]).collect();
        send(&tess, &again, BOOK, &typed).await.expect(200);
        assert_eq!(app.count("hold").await, 2);
    }

    // Rules P4, B7
    async fn a_known_and_an_unknown_address_hold_a_time_alike(app: Trial) {
        let stranger = app.nobody();
        let mut answers = BTreeMap::new();
        for (n, mail) in ["ben@northwind.example", "bex@northwind.example"].into_iter().enumerate() {
            let form = details(&stranger, ADA_INTRO, 0).await;
            let sent = send(&stranger, &form, BOOK, &[("name", "Somebody"), ("mail", mail)]).await.expect(200);
            let plain = sent.text().replace(mail, "");
            // The times differ, because the first one is taken.
            let plain: String = plain.chars().filter(|c| !c.is_ascii_digit()).collect();
            answers.insert(n, without_keys(&plain));
        }
        assert_eq!(answers[&0], answers[&1]);
        // Two holds an address, known or not, of which the newest count: nobody is told that there were others.
        for mail in ["ben@northwind.example", "bex@northwind.example"] {
            let typed = [("name", "Somebody"), ("mail", mail)];
            for _ in 0..2 {
                let form = details(&stranger, ADA_INTRO, 0).await;
                send(&stranger, &form, BOOK, &typed).await.expect(200);
            }
        }
        assert_eq!((app.count("hold").await, open_holds(&app).await), (6, 4));
    }

    // Rule B7
    async fn a_network_that_holds_enough_with_a_coach_is_told_so_and_nobody_else_is(app: TestApp) {
        let stranger = app.nobody();
        for n in 0..=4 {
            let form = details(&stranger, ADA_INTRO, 0).await;
            let mail = format!("n{n}@elsewhere.example");
            let sent = send(&stranger, &form, BOOK, &[("name", "Somebody"), ("mail", &mail)]).await;
            if n < 4 {
                sent.expect(200);
            } else {
                let full = Page::of(&sent.expect(409));
                full.has("Several times with this coach wait for their confirmation already");
                full.has(&mail);
                full.lacks("Somebody was faster");
            }
        }
        let form = details(&app.ben(), ADA_SHORT, 0).await;
        send(&app.ben(), &form, BOOK, &[]).await.expect(303);
    }

    // Rule B7
    async fn a_hold_that_has_ended_says_so_with_other_times_and_all_that_was_typed(app: Trial) {
        let tess = app.nobody();
        let form = details(&tess, ADA_INTRO, 0).await;
        send(&tess, &form, BOOK, &TESS).await.expect(200);
        let link = mailed(&app, "/bookings/").await;
        app.clock().advance(SignedDuration::from_mins(30) - SignedDuration::from_millis(1));
        tess.get(&link).await.expect(200);
        app.clock().advance(SignedDuration::from_millis(1));
        let pressed = Page::of(&tess.post(&link, &[]).await.expect(410));
        let looked = Page::of(&tess.get(&link).await.expect(410));
        for page in [&pressed, &looked] {
            page.has("Your time was given back.");
            let hidden: BTreeMap<String, String> = page.hidden(BOOK).into_iter().collect();
            for (name, typed) in TESS {
                assert_eq!(hidden[name], typed);
            }
        }
        let one = looked.instead()[0].clone();
        send(&tess, &looked, BOOK, &[("at", &one)]).await.expect(200);
        tess.get("/bookings/nothing").await.expect(410);
    }

    // Rule B5
    async fn a_form_that_is_sent_twice_holds_once(app: Trial) {
        let tess = app.nobody();
        let form = details(&tess, ADA_INTRO, 0).await;
        let first = send(&tess, &form, BOOK, &TESS).await.expect(200);
        let second = send(&tess, &form, BOOK, &TESS).await.expect(200);
        assert_eq!(without_keys(&first.text()), without_keys(&second.text()));
        assert_eq!(app.count("hold").await, 1);
        // A repeat is no further letter: the address may still be sent all that it may.
        for _ in 0..10 {
            send(&tess, &form, BOOK, &TESS).await.expect(200);
        }
        let tries: i64 = app.inside().read(|tx| tx.one("SELECT MAX(tries) FROM attempt", args![], |row| row.get(0))).await.expect("the count");
        assert_eq!(tries, 1);
    }

    // Rule B5
    async fn a_form_is_kept_nowhere_on_its_way(app: TestApp) {
        let anybody = app.nobody();
        let page = anybody.get(&format!("{ADAS}?offering={ADA_INTRO}")).await.expect(200);
        assert!(page.header("cache-control").starts_with("public, max-age="));
        let time = Page::of(&page).times()[0].clone();
        let keys = async || {
            let form = anybody.get(&time).await.expect(200);
            assert_eq!(form.header("cache-control"), "no-store");
            Page::of(&form).hidden(BOOK).into_iter().find(|(name, _)| name == "idempotency_key").expect("a key").1
        };
        assert_ne!(keys().await, keys().await);
    }

    // Rule B7
    async fn one_network_holds_no_more_times_than_the_defaults_say(app: TestApp) {
        let stranger = app.nobody();
        for n in 0..=30 {
            let form = details(&stranger, ADA_INTRO, 0).await;
            let mail = format!("n{n}@elsewhere.example");
            let sent = send(&stranger, &form, BOOK, &[("name", "Somebody"), ("mail", &mail)]).await;
            if n < 30 {
                sent.expect(200);
                // What is open at once is limited by itself.
                app.db().write(|tx| tx.exec("UPDATE session SET held_until = 0 WHERE held_until > 0", args![])).await.expect("ended");
            } else {
                let over = sent.expect(429);
                assert_ne!(over.header("retry-after"), "");
                // Nothing typed is lost here either.
                Page::of(&over).has(&mail);
            }
        }
    }

    // Rule B1
    async fn what_does_not_fit_is_said_beside_it(app: TestApp) {
        let tess = app.nobody();
        let form = details(&tess, ADA_INTRO, 0).await;
        let wrong = [("name", ""), ("mail", "tess@"), ("note", "Kept")];
        let again = Page::of(&send(&tess, &form, BOOK, &wrong).await.expect(422));
        again.has("id=\"name-error\"");
        again.has("id=\"mail-error\"");
        again.has("tess@");
        again.has("Kept");
        assert_eq!(app.count("hold").await, 0);
        tess.post(BOOK, &[]).await.expect(422);
        tess.post(BOOK, &TESS).await.expect(404);
        tess.post("/coaches/nobody/bookings", &[]).await.expect(404);
        // The offering of another coach is none of this page.
        let finns = model::world::FINN_INTRO.to_string();
        let at = form.hidden(BOOK).into_iter().find(|(name, _)| name == "at").expect("a time").1;
        let typed = [("offering", finns.as_str()), ("at", at.as_str()), ("name", "Tess"), ("mail", "t@e.example")];
        tess.post(BOOK, &typed).await.expect(404);
    }

    // Rule C4
    async fn in_a_frame_a_page_knows_nobody_and_leads_to_the_same_booking(app: Trial) {
        let ben = app.ben();
        let alone = ben.get(ADAS).await.expect(200);
        assert!(alone.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(alone.header("cache-control").contains("no-store"), "what is somebody's own is kept nowhere");
        let framed = ben.get(&format!("{ADAS}?embed=1")).await.expect(200);
        assert!(framed.header("content-security-policy").contains("frame-ancestors *"));
        assert_eq!((framed.header("x-frame-options"), framed.header("cross-origin-resource-policy")), ("", "cross-origin"));
        let page = Page::of(&framed);
        page.lacks("Ben Orle");
        page.lacks("<header class=\"top-bar\"");
        let times = page.times();
        assert!(times.iter().all(|time| time.contains("embed=1")), "{times:?}");
        let form = Page::get(&ben, &times[0]).await;
        form.has("name=\"mail\"");
        let sent = send(&ben, &form, BOOK, &TESS).await.expect(200);
        assert!(sent.header("content-security-policy").contains("frame-ancestors *"));
        Page::of(&sent).has("embed=1");
        // What the mail leads to stands in a window of its own.
        let link = mailed(&app, "/bookings/").await;
        let held = app.nobody().get(&link).await.expect(200);
        assert!(held.header("content-security-policy").contains("frame-ancestors 'none'"));
        let loader = app.nobody().get("/embed.js").await.expect(200);
        assert_eq!(loader.header("cross-origin-resource-policy"), "cross-origin");
        assert!(loader.text().contains("embed"));
        // What goes wrong in a frame is read in it, and knows nobody either.
        for wrong in [
            ben.get("/coaches/nobody?embed=1").await.expect(404),
            app.nobody().post(BOOK, &[("embed", "1"), ("at", "never")]).await.expect(422),
            app.nobody().post("/coaches/nobody/bookings", &[("embed", "1")]).await.expect(404),
        ] {
            assert!(wrong.header("content-security-policy").contains("frame-ancestors *"), "{}", wrong.header("content-security-policy"));
            assert_eq!(wrong.header("x-frame-options"), "");
            Page::of(&wrong).lacks("Ben Orle");
            Page::of(&wrong).lacks("href=\"/\"");
        }
        let alone = ben.get("/coaches/nobody").await.expect(404);
        assert!(alone.header("content-security-policy").contains("frame-ancestors 'none'"));
        // Saying so does not open anything else to frames.
        let other = app.nobody().get("/sign-in?embed=1").await.expect(200);
        assert!(other.header("content-security-policy").contains("frame-ancestors 'none'"));
    }

    // Rules A6, P9
    async fn a_client_is_asked_for_nothing_that_is_known_and_warned_of_what_overlaps(app: TestApp) {
        let published = app.db().write(|tx| {
            let text = agreement::Text::parse("We meet as equals.").expect("a text");
            agreement::publish(tx, &by(OTTO, Role::Admin), AgreementKind::Coaching, &[(Language::English, text)].into())
        });
        published.await.expect("publishing");
        let ben = app.ben();
        let form = details(&ben, ADA_SHORT, 4).await;
        form.lacks("name=\"mail\"");
        form.has("We meet as equals.");
        form.has("Ben Orle");
        let at = form.hidden(BOOK).into_iter().find(|(name, _)| name == "at").expect("a time").1;
        let start: Instant = at.parse().expect("a time");
        // Ben has something else then.
        let moved = app.db().write(move |tx| {
            tx.exec("UPDATE session SET starts_at = $1 WHERE id = $2", args![start, FINN_GIL])?;
            tx.exec("UPDATE attendance SET client_id = $1 WHERE id = $2", args![BEN, GIL_WITH_FINN])
        });
        moved.await.expect("moving");
        let note = ("note", "About Monday");
        let unread = Page::of(&send(&ben, &form, BOOK, &[note, ("anyway", "1")]).await.expect(422));
        unread.has("id=\"agree-error\"");
        unread.has("About Monday");
        let agreed = [note, ("agree", "1")];
        let warned = Page::of(&send(&ben, &form, BOOK, &agreed).await.expect(409));
        warned.has("You have something else at that time.");
        warned.has("A session of yours begins ");
        warned.lacks("another session at that time");
        warned.has("name=\"anyway\"");
        warned.has("About Monday");
        let done = send(&ben, &warned, BOOK, &[note, ("agree", "1"), ("anyway", "1")]).await.expect(303);
        let page = Page::get(&ben, done.header("location")).await;
        page.has("Booked.");
        page.has("60");
        // Accepted once, it is not asked for again.
        details(&ben, ADA_SHORT, 8).await.lacks("We meet as equals.");
    }

    // Rule C3
    async fn who_has_had_their_intro_is_offered_what_they_can_have(app: TestApp) {
        let ben = app.ben();
        let form = details(&ben, ADA_INTRO, 0).await;
        form.has("Book ");
        // Meanwhile he books it elsewhere.
        let other = details(&ben, ADA_INTRO, 4).await;
        send(&ben, &other, BOOK, &[]).await.expect(303);
        let refused = Page::of(&send(&ben, &form, BOOK, &[("note", "About Monday")]).await.expect(409));
        refused.has("There is one free call with each coach");
        refused.has("About Monday");
        assert!(refused.all("button class=\"button\" data-kind=\"primary\"", "class").is_empty(), "nothing else by one press");
        let ways = |page: &Page| -> Vec<String> {
            page.all("a class=\"button\" href=\"/coaches/ada-lindholm?", "href")
        };
        assert_eq!(ways(&refused).len(), 3, "each paid offering");
        Page::get(&ben, &ways(&refused)[0]).await.has("aria-current=\"true\"");
        // Although there is something else of his at that time: no press books another offering than he chose.
        let at = form.hidden(BOOK).into_iter().find(|(name, _)| name == "at").expect("a time").1;
        let start: Instant = at.parse().expect("a time");
        let moved = app.db().write(move |tx| {
            tx.exec("UPDATE session SET starts_at = $1 WHERE id = $2", args![start, FINN_GIL])?;
            tx.exec("UPDATE attendance SET client_id = $1 WHERE id = $2", args![BEN, GIL_WITH_FINN])
        });
        moved.await.expect("moving");
        let refused = Page::of(&send(&ben, &form, BOOK, &[("note", "")]).await.expect(409));
        refused.has("There is one free call with each coach");
        refused.lacks("name=\"anyway\"");
        assert_eq!(ways(&refused).len(), 3);
        // From then on it is shown as what it is, and something else is chosen.
        for address in [ADAS.to_owned(), format!("{ADAS}?offering={ADA_INTRO}&at=2026-03-03T09:00:00Z")] {
            let page = Page::get(&ben, &address).await;
            page.has("<div class=\"choice\" aria-disabled=\"true\"><strong>Intro call</strong><small>You have had yours, or it is booked.</small></div>");
            page.has("aria-current=\"true\"");
            page.lacks("id=\"book\"");
            assert!(!page.times().is_empty());
            assert_eq!(page.0.contains("There is one free call with each coach"), address != ADAS);
        }
        // Of a stranger nobody knows.
        Page::get(&app.nobody(), ADAS).await.lacks("aria-disabled");
        // Behind the link of a mail it is said as well, with the same ways out.
        let stranger = app.nobody();
        let form = details(&stranger, ADA_INTRO, 8).await;
        send(&stranger, &form, BOOK, &[("name", "Ben"), ("mail", "ben@northwind.example")]).await.expect(200);
        let token = app.inside().write(|tx| {
            let session = tx.one("SELECT session_id FROM hold", args![], |row| row.get(0))?;
            Ok(model::booking::mint_link(tx, session)?.expect("open").0.reveal().to_owned())
        });
        let link = format!("/bookings/{}", token.await.expect("a link"));
        let refused = Page::of(&stranger.post(&link, &[]).await.expect(409));
        refused.has("There is one free call with each coach");
        assert_eq!(ways(&refused).len(), 3);
    }

    // Rule B1
    async fn an_address_that_forms_are_sent_to_leads_back_to_the_coach(app: TestApp) {
        for actor in [app.nobody(), app.ben()] {
            for path in [BOOK, "/coaches/ada-lindholm/series/dates"] {
                assert_eq!(actor.get(path).await.expect(303).header("location"), ADAS);
            }
            actor.get("/coaches/nobody/bookings").await.expect(404);
        }
        assert_eq!(app.ben().get(&format!("{ADAS}/series")).await.expect(303).header("location"), ADAS);
    }

    // Rules B1, C1
    async fn no_word_is_said_twice(app: TestApp) {
        let stranger = app.nobody();
        let page = Page::get(&stranger, ADAS).await;
        page.has("<meta name=\"description\" content=\"Ada Lindholm: Calm before clever. See free times and book.\">");
        let form = details(&stranger, ADA_INTRO, 0).await;
        let sent = Page::of(&send(&stranger, &form, BOOK, &TESS).await.expect(200));
        sent.has("Free <span class=\"more\">You can move or cancel it until it starts.</span>");
    }

    // Rule B1
    async fn what_was_shown_is_what_is_booked(app: TestApp) {
        let costs = async |minor: i64| {
            let set = move |tx: &mut model::Tx| tx.exec("UPDATE offering SET price = $1 WHERE id = $2", args![minor, ADA_HOUR]);
            app.db().write(set).await.expect("a price")
        };
        let ben = app.ben();
        let form = details(&ben, ADA_HOUR, 3).await;
        let before = app.count("session").await;
        costs(99_900).await;
        let typed = [("note", "About Monday")];
        let again = Page::of(&send(&ben, &form, BOOK, &typed).await.expect(409));
        again.has("Price or terms have changed while you looked. Nothing is booked yet.");
        again.has("You saw: 60 minutes, €\u{a0}110. Now it is: 60 minutes, €\u{a0}999. Cancel free of charge until 48 h before");
        again.has("About Monday");
        assert_eq!(app.count("session").await, before);
        // What else is wrong hides no change: it is said once, and then the press means what is shown.
        costs(99_800).await;
        let long = "x".repeat(2_001);
        let wrong = Page::of(&send(&ben, &again, BOOK, &[("note", long.as_str())]).await.expect(422));
        let told = Page::of(&send(&ben, &wrong, BOOK, &typed).await.expect(409));
        told.has("You saw: 60 minutes, €\u{a0}999. Now it is: 60 minutes, €\u{a0}998.");
        send(&ben, &told, BOOK, &typed).await.expect(303);
        // A series in the same way,
        let form = details(&ben, ADA_HOUR, 3).await;
        let (dates, series) = (format!("{ADAS}/series/dates"), format!("{ADAS}/series"));
        let mut pairs: Vec<(String, String)> = form.hidden(BOOK);
        pairs.extend([("every", "1"), ("count", "2")].map(|(name, value)| (name.to_owned(), value.to_owned())));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let listed = Page::of(&ben.post(&dates, &pairs).await.expect(200));
        let chosen: Vec<String> = listed.all("option", "value").into_iter().filter(|value| value.starts_with("2026")).collect();
        let typed = [("date-1", chosen[0].as_str()), ("date-2", &chosen[1])];
        costs(50_000).await;
        let before = app.count("session").await;
        let again = Page::of(&send(&ben, &listed, &series, &typed).await.expect(409));
        again.has("You saw: 60 minutes, €\u{a0}998. Now it is: 60 minutes, €\u{a0}500.");
        assert_eq!(app.count("session").await, before);
        send(&ben, &again, &series, &typed).await.expect(303);
        // and who books for him.
        let (ada, action) = (app.ada(), format!("/people/{BEN}/booking"));
        let form = Page::get(&ada, &format!("{action}?offering={ADA_HOUR}")).await;
        let start = form.all("input type=\"radio\" name=\"starts_at\"", "value")[0].clone();
        costs(1_000).await;
        let typed = [("starts_at", start.as_str()), ("note", "As we said")];
        let again = Page::of(&send(&ada, &form, &action, &typed).await.expect(409));
        again.has("You saw: 60 minutes, €\u{a0}500. Now it is: 60 minutes, €\u{a0}10.");
        again.has("As we said");
        send(&ada, &again, &action, &typed).await.expect(303);
        // A stranger is told before the time is kept.
        let tess = app.nobody();
        let form = details(&tess, ADA_HOUR, 3).await;
        costs(2_000).await;
        let again = Page::of(&send(&tess, &form, BOOK, &TESS).await.expect(409));
        again.has("Now it is: 60 minutes, €\u{a0}20.");
        send(&tess, &again, BOOK, &TESS).await.expect(200);
    }

    // Rule B6
    async fn a_series_chooses_no_other_day_by_itself_and_says_why_a_date_is_not_free(app: TestApp) {
        let ben = app.ben();
        let form = details(&ben, ADA_HOUR, 3).await;
        let at = form.hidden(BOOK).into_iter().find(|(name, _)| name == "at").expect("a time").1;
        let second = (at.parse::<Instant>().expect("a time") + SignedDuration::from_hours(7 * 24)).to_string();
        let stranger = app.nobody();
        let taken = Page::get(&stranger, &format!("{ADAS}?offering={ADA_INTRO}&at={second}")).await;
        send(&stranger, &taken, BOOK, &TESS).await.expect(200);
        let listed = Page::get(&ben, &format!("{ADAS}/series?offering={ADA_HOUR}&at={at}&every=1&count=12")).await;
        listed.has("Taken");
        listed.has("That is too far ahead; times can be booked before ");
        listed.has(" cannot be had.");
        listed.has("Book these dates");
        listed.has("€\u{a0}110 each; for the ");
        let selects: Vec<&str> = listed.0.split("<select").skip(1).collect();
        let chosen = |select: &str| Page(select.split("</select>").next().unwrap_or_default().to_owned());
        assert!(chosen(selects[0]).0.contains(&format!("value=\"{at}\" selected")), "{}", selects[0]);
        chosen(selects[1]).has("value=\"\" selected");
        // What was left out by hand stays left out.
        let typed = [("date-1", ""), ("date-2", "")];
        let again = Page::of(&send(&ben, &listed, &format!("{ADAS}/series"), &typed).await.expect(422));
        let selects: Vec<&str> = again.0.split("<select").skip(1).collect();
        chosen(selects[0]).has("value=\"\" selected");
        chosen(selects[1]).has("value=\"\" selected");
    }

    // Rule B6
    async fn a_series_takes_along_what_was_typed_and_says_what_it_costs(app: TestApp) {
        let ben = app.ben();
        let form = details(&ben, ADA_HOUR, 3).await;
        let dates = format!("{ADAS}/series/dates");
        form.has(&format!("formaction=\"{dates}\" formnovalidate"));
        let typed = [("note", "About Monday"), ("every", "1"), ("count", "3")];
        let mut pairs: Vec<(String, String)> = form.hidden(BOOK);
        pairs.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let before = app.count("session").await;
        let listed = Page::of(&ben.post(&dates, &pairs).await.expect(200));
        assert_eq!(app.count("session").await, before, "nothing is booked by looking");
        listed.has("About Monday");
        listed.has("every week, from ");
        listed.has(" 2026, ");
        listed.has("For all 3: 3\u{a0}×\u{a0}€\u{a0}110 = €\u{a0}330");
        let chosen: Vec<String> = listed.all("option", "value").into_iter().filter(|value| value.starts_with("2026")).collect();
        let typed = [("date-1", chosen[0].as_str()), ("date-2", &chosen[1]), ("date-3", &chosen[2]), ("note", "About Monday")];
        let done = send(&ben, &listed, &format!("{ADAS}/series"), &typed).await.expect(303);
        let page = Page::get(&ben, done.header("location")).await;
        page.has("3 sessions, the first ");
        page.has("3 sessions: Long session, 60 minutes each");
        page.has(", and 2 more");
        page.has("3\u{a0}×\u{a0}€\u{a0}110 = €\u{a0}330 is owed for them.");
        page.has("They are by video.");
        assert_eq!(page.all("a href=\"/sessions/ses_", "href").len(), 4, "each date, and the file");
        // One file with all of them, for nobody but him.
        let file = format!("{}/calendar.ics", done.header("location"));
        page.has(&file);
        let text = ben.get(&file).await.expect(200).text();
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 3, "{text}");
        app.ada().get(&file).await.expect(404);
        app.person(GIL).get(&file).await.expect(404);
        // In a form that is none of ours there is nothing to list.
        assert_eq!(ben.post(&dates, &[]).await.expect(303).header("location"), ADAS);
    }

    // Rule B6
    async fn a_series_is_listed_before_it_is_booked_and_then_booked_whole(app: TestApp) {
        let ben = app.ben();
        let form = details(&ben, ADA_HOUR, 3).await;
        let action = format!("{ADAS}/series");
        let mut wanted = form.hidden(BOOK);
        wanted.retain(|(name, _)| name != "idempotency_key");
        wanted.extend([("every".to_owned(), "1".to_owned()), ("count".to_owned(), "3".to_owned())]);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&wanted).finish();
        // Somebody else takes the second of the three.
        let at = wanted.iter().find(|(name, _)| name == "at").expect("a time").1.parse::<Instant>().expect("a time");
        let second = (at + SignedDuration::from_hours(7 * 24)).to_string();
        let stranger = app.nobody();
        let taken = Page::get(&stranger, &format!("{ADAS}?offering={ADA_INTRO}&at={second}")).await;
        send(&stranger, &taken, BOOK, &TESS).await.expect(200);
        let listed = Page::get(&ben, &format!("{action}?{query}")).await;
        listed.has("2 of 3 dates are free");
        let chosen: Vec<String> = listed
            .0
            .split("<select")
            .skip(1)
            .filter_map(|select| Page(format!("<{}", select.split_once("<option")?.1)).0.split("value=\"").nth(1)?.split('"').next().map(str::to_owned))
            .collect();
        assert_eq!(chosen.len(), 3);
        assert_ne!(chosen[1], second);
        let typed = [("date-1", chosen[0].as_str()), ("date-2", &chosen[1]), ("date-3", &chosen[2])];
        // As long as one of them cannot be had, none is booked.
        let before = app.count("session").await;
        let wrong = [("date-1", chosen[0].as_str()), ("date-2", &second), ("date-3", &chosen[2])];
        send(&ben, &listed, &action, &wrong).await.expect(409);
        assert_eq!(app.count("session").await, before);
        let done = send(&ben, &listed, &action, &typed).await.expect(303);
        let page = Page::get(&ben, done.header("location")).await;
        page.has("3 sessions");
        assert_eq!(app.count("session").await, before + 3);
        // What was called off is not among what is booked.
        let booked = done.header("location").to_owned();
        let cancelled = async |starts_at: &str| {
            let starts_at: Instant = starts_at.parse().expect("a time");
            app.inside()
                .write(move |tx| {
                    let now = tx.now();
                    tx.exec(
                        "UPDATE session SET cancelled_at = $1, cancelled_by = $2, cancelled_cause = 'client'
                         WHERE starts_at = $3 AND series_id IS NOT NULL",
                        args![now, BEN, starts_at],
                    )
                })
                .await
                .expect("calling it off")
        };
        assert_eq!(cancelled(&chosen[1]).await, 1);
        Page::get(&ben, &booked).await.has("2 sessions");
        for date in [&chosen[0], &chosen[2]] {
            cancelled(date).await;
        }
        ben.get(&booked).await.expect(404);
        app.nobody().get(&format!("{action}?{query}")).await.expect(303);
    }

    // Rule B2
    async fn a_manage_link_shows_one_booking_and_signs_nobody_in(app: Trial) {
        let ben = app.ben();
        let form = details(&ben, ADA_SHORT, 0).await;
        send(&ben, &form, BOOK, &[]).await.expect(303);
        let link = mailed(&app, "/manage/").await;
        let anybody = app.nobody();
        Page::get(&anybody, &link).await.has("Booked");
        let file = anybody.get(&format!("{link}/calendar.ics")).await.expect(200);
        assert!(file.text().contains("METHOD:PUBLISH"), "{}", file.text());
        anybody.get("/profile").await.expect(303);
        anybody.post(&link, &[]).await.expect(405);
        let at = form.hidden(BOOK).into_iter().find(|(name, _)| name == "at").expect("a time").1;
        let end = at.parse::<Instant>().expect("a time") + SignedDuration::from_mins(30 + 24 * 60);
        app.clock().advance(end.since(app.clock().now()) - SignedDuration::from_millis(1));
        anybody.get(&link).await.expect(200);
        app.clock().advance(SignedDuration::from_millis(1));
        anybody.get(&link).await.expect(410);
        anybody.get("/manage/nothing").await.expect(410);
    }

    // Rule C1
    async fn the_directory_finds_by_word_speciality_language_price_and_time_of_day(app: TestApp) {
        let anybody = app.nobody();
        let finds = async |query: &str, expect: &[&str]| the_directory_finds(&anybody, query, expect).await;
        let both = BOTH_COACHES;
        finds("", &both).await;
        finds("?q=ada", &both[..1]).await;
        finds("?speciality=Leadership", &both).await;
        finds("?speciality=falconry", &[]).await;
        finds("?language=en&price=60&currency=EUR", &both).await;
        finds("?language=fr", &[]).await;
        finds("?price=59&currency=EUR", &[]).await;
        // Finn's day begins when Ada's is over.
        finds("?time=morning&zone=Europe/Stockholm", &both[..1]).await;
        finds("?time=evening&zone=Europe/Stockholm", &both[1..]).await;
        let page = Page::get(&anybody, "/coaches?q=ada").await;
        page.has("from €\u{a0}60");
        let first = page.times()[0].clone();
        Page::get(&anybody, &first).await.has("id=\"book\"");
        let nothing = Page::get(&anybody, "/coaches?q=falconry").await;
        nothing.has("Nobody fits all of this");
    }

    // Rule C1
    async fn a_price_is_sought_in_the_usual_currency_and_what_cannot_be_read_finds_nobody(app: TestApp) {
        let anybody = app.nobody();
        let finds = async |query: &str, expect: &[&str]| the_directory_finds(&anybody, query, expect).await;
        let both = BOTH_COACHES;
        // What is not said is in what most coaches are paid in, which stands first in the form; of as many, in euros.
        app.db().write(|tx| tx.exec("UPDATE offering SET currency = 'BRL', price = 5000 WHERE coach_id = $1 AND kind = 'one_to_one'", args![FINN])).await.expect("reais");
        let page = Page::get(&anybody, "/coaches").await;
        assert!(page.all("option", "value").iter().position(|it| it == "EUR") < page.all("option", "value").iter().position(|it| it == "BRL"));
        finds("?price=60", &both[..1]).await;
        finds("?price=60&currency=BRL", &both[1..]).await;
        // What cannot be read finds nobody, and says so at its field.
        for (query, field) in [
            ("?price=hundred", "price"),
            ("?price=-1", "price"),
            ("?price=5&currency=XXX", "price"),
            ("?time=noon", "time"),
            ("?language=xx", "language"),
        ] {
            let page = Page::of(&anybody.get(&format!("/coaches{query}")).await.expect(422));
            page.has(&format!("id=\"{field}-error\""));
            page.has("Something in the form does not fit yet.");
            page.lacks("Ada Lindholm");
        }
        Page::of(&anybody.get("/coaches?price=hundred").await.expect(422)).has("value=\"hundred\"");
    }

    // Rule C1
    async fn search_engines_are_told_of_listed_coaches_only(app: TestApp) {
        let anybody = app.nobody();
        let map = async || anybody.get("/sitemap.xml").await.expect(200).text();
        assert!(map().await.contains("http://localhost:8080/coaches/ada-lindholm</loc>"));
        assert!(anybody.get("/robots.txt").await.expect(200).text().contains("Sitemap: http://localhost:8080/sitemap.xml"));
        let page = anybody.get(ADAS).await.expect(200);
        assert!(page.header("cache-control").starts_with("public, max-age="));
        assert!(page.headers.get_all("vary").iter().any(|vary| vary == "cookie, accept-language"));
        Page::of(&page).has("<link rel=\"canonical\" href=\"http://localhost:8080/coaches/ada-lindholm\">");
        Page::of(&page).lacks("noindex");
        Page::of(&page).has("itemtype=\"https://schema.org/Person\"");
        app.db().write(|tx| tx.exec("UPDATE person SET photo = 'photos/none.webp' WHERE id = $1", args![ADA])).await.expect("a photo");
        Page::get(&anybody, "/coaches").await.has("/coaches/ada-lindholm/photo");
        app.db().write(|tx| coach::unlist(tx, &by(ADA, Role::Coach)).map(|_| ())).await.expect("unlisting");
        assert!(!map().await.contains("ada-lindholm"));
        Page::get(&anybody, "/coaches").await.lacks("Ada Lindholm");
        anybody.get(&format!("{ADAS}/photo")).await.expect(404);
        // Whoever knows the address may book, and search engines do not.
        Page::get(&anybody, ADAS).await.lacks("/photo");
        Page::get(&anybody, ADAS).await.has("<meta name=\"robots\" content=\"noindex\">");
        assert!(!Page::get(&app.ada(), ADAS).await.times().is_empty());
        Page::get(&app.ada(), ADAS).await.has("it is not listed");
    }

    async fn a_time_that_is_gone_leads_to_the_nearest(app: TestApp) {
        let anybody = app.nobody();
        let page = Page::get(&anybody, &format!("{ADAS}?offering={ADA_INTRO}&at=2020-01-01T09:00:00Z")).await;
        page.has("is not free any more");
        page.lacks("id=\"book\"");
        assert!(!page.times().is_empty());
        for wrong in ["?zone=Mars", "?day=x&from=y&at=z", "?offering=off_0000000000999", "?from=9999-12-31"] {
            Page::get(&anybody, &format!("{ADAS}{wrong}")).await;
        }
        anybody.get("/coaches/nobody").await.expect(404);
    }
}

/// How many times are held and not confirmed.
const BOTH_COACHES: [&str; 2] = ["Ada Lindholm", "Finn Walsh"];

/// Whether the directory shows those of the two that it should.
async fn the_directory_finds(anybody: &Actor<'_>, query: &str, expect: &[&str]) {
    let page = Page::get(anybody, &format!("/coaches{query}")).await;
    for name in BOTH_COACHES {
        assert_eq!(page.0.contains(name), expect.contains(&name), "{query}: {name}");
    }
}

async fn open_holds(app: &TestApp) -> i64 {
    let counted = app.inside().read(|tx| {
        let now = tx.now();
        tx.one("SELECT COUNT(*) FROM session WHERE held_until > $1", args![now], |row| row.get(0))
    });
    counted.await.expect("counting")
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
