//! What each person sees first: `/` and `/today`.

use jiff::SignedDuration;
use model::world::{ADA, ADA_BEN, BEN, GIL};
use model::{args, demo, on_both, sign_in};

use crate::app::{Demo, TestApp, Trial};

/// That all of these stand in the page, in this order.
#[track_caller]
fn reads(page: &str, words: &[&str]) {
    let mut rest = page;
    for word in words {
        let at =
            rest.find(word).unwrap_or_else(|| panic!("{word:?} is missing, or not in its place: {page}"));
        rest = &rest[at + word.len()..];
    }
}

on_both! {
    // Rules T2, S1
    async fn a_client_reads_what_is_next_in_their_own_zone_and_the_coachs(app: TestApp) {
        let page = app.ben().get("/").await.expect(200).text();
        let until = "60 minutes by video, until 11:00 in London (12:00 for Ada in Stockholm)";
        let chip = r#"<span class="chip" data-status="booked"><svg"#;
        reads(&page, &["Thu 5 Mar at 10:00", "in 3 days", "Session, with Ada Lindholm", until, chip, "Booked</span>"]);
        assert!(!page.contains("Gil Navarro") && !page.contains("Finn Walsh"), "nobody else's sessions");
        app.clock().advance(SignedDuration::from_hours(4 * 24));
        let page = app.ben().get("/").await.expect(200).text();
        reads(&page, &["Nothing is booked.", "Until now", "Yesterday at 10:00", "Session, with Ada Lindholm"]);
    }

    // Rule R2
    async fn home_offers_a_move_by_the_rule_of_its_page_and_says_why_not(app: TestApp) {
        let (link, why) = (format!("href=\"/sessions/{ADA_BEN}/move\""), "too soon to move it by yourself");
        // On Thursday at ten, seen on Monday, a day and a half before, and 18 hours before.
        for (hours, can) in [(0, true), (37, true), (18, false)] {
            app.clock().advance(SignedDuration::from_hours(hours));
            let home = app.ben().get("/").await.expect(200).text();
            let page = app.ben().get(&format!("/sessions/{ADA_BEN}/move")).await.expect(200).text();
            assert_eq!((home.contains(&link), home.contains(why)), (can, !can), "{home}");
            assert_eq!(page.contains(why), !can, "{page}");
            assert_eq!(home.contains("disabled aria-describedby=\"no-move\""), !can);
        }
    }

    // Rule T2
    async fn a_page_says_in_whose_zone_its_days_are_counted(app: TestApp) {
        let zone = |page: &str| {
            let html = page.split_once("<html").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(html, _)| html);
            let (_, zone) = html.split_once("data-zone=\"").unwrap_or_default();
            zone.split('"').next().unwrap_or_default().to_owned()
        };
        assert_eq!(zone(&app.ben().get("/").await.expect(200).text()), "Europe/London");
        assert_eq!(zone(&app.ada().get("/today").await.expect(200).text()), "Europe/Stockholm");
        let strangers = app.nobody().get("/coaches/ada-lindholm?zone=Asia/Tokyo").await.expect(200).text();
        assert_eq!(zone(&strangers), "Asia/Tokyo");
        // A page that says no says nothing of times either.
        assert_eq!(zone(&app.ben().get("/sessions/ses_nothing").await.expect(404).text()), "");
    }

    // Rules T2, S7
    async fn a_coach_is_led_to_their_day(app: TestApp) {
        assert_eq!(app.ada().get("/").await.expect(303).header("location"), "/today");
        let page = app.ada().get("/today").await.expect(200).text();
        reads(&page, &["Monday 2 March 2026, 10:00 in Stockholm", "The day is yours.", "Thu 5 Mar at 11:00", "Ben Orle"]);
        app.clock().advance(SignedDuration::from_hours(3 * 24));
        let page = app.ada().get("/today").await.expect(200).text();
        reads(&page, &["Ben Orle, <time", "in 60 minutes", "11:00 to 12:00 (10:00 for Ben in London)"]);
        app.clock().advance(SignedDuration::from_hours(3));
        let page = app.ada().get("/today").await.expect(200).text();
        reads(&page, &["Ended 12:00, not marked", "Now", "Needs you", "Was Ben Orle there today at 11:00?", "Not marked"]);
        assert!(!page.contains("Gil Navarro"));
    }

    // Rules P3, P4
    async fn the_day_is_for_coaches(app: TestApp) {
        for somebody in [app.otto(), app.lea(), app.ben(), app.cara()] {
            somebody.get("/today").await.expect(403);
        }
        let door = app.nobody().get("/today").await.expect(303);
        assert!(door.header("location").starts_with("/sign-in"), "{}", door.header("location"));
    }

    // Rule G2
    async fn the_invitation_of_a_participant_says_what_they_are_invited_to(app: TestApp) {
        let kim = [("name", "Kim Berg"), ("mail", "kim@northwind.example"), ("coach", "per_0000000000003"), ("starts_on", "2026-04-06")];
        app.lea().post("/cohorts/coh_0000000000001/participants", &kim).await.expect(303);
        app.run_jobs().await;
        let mail = rules::person::MailAddress::parse("kim@northwind.example").expect("an address");
        let kim = app.db().read(move |tx| model::person::by_mail(tx, &mail)).await.expect("reading").expect("Kim").id;
        let program = app.db().read(move |tx| model::program::participant::taken_into(tx, kim)).await.expect("reading").expect("a program");
        assert_eq!((program.company.as_str(), program.cohort.as_str(), program.coach.as_deref()), ("Northwind", "Spring", Some("Ada Lindholm")));
        assert_eq!(program.first.map(|(number, _)| number), Some(1));
        assert!(app.letters_to(kim).await.iter().any(|letter| letter == "invitation"));
        let door = app.nobody().get("/sign-in?mail=kim%40northwind.example").await.expect(200).text();
        reads(&door, &["value=\"kim@northwind.example\""]);
    }

    // Rule G6
    async fn who_has_no_coach_is_told_to_wait_and_their_lead_is_told_of_it(app: TestApp) {
        let lea = app.lea();
        reads(&lea.get("/").await.expect(200).text(), &["Your cohorts", "Spring", "Northwind, 1 person"]);
        let kim = [("name", "Kim Berg"), ("mail", "kim@northwind.example"), ("coach", "")];
        lea.post("/cohorts/coh_0000000000001/participants", &kim).await.expect(303);
        let home = lea.get("/").await.expect(200).text();
        reads(&home, &["Needs you", "/cohorts/coh_0000000000001/coaches", "Spring: 1 person has no coach yet"]);
        let board = "/cohorts/coh_0000000000001";
        reads(&lea.get(board).await.expect(200).text(), &["value=\"none\"", "No coach yet"]);
        let narrowed = lea.get(&format!("{board}?coach=none")).await.expect(200).text();
        assert!(narrowed.contains("Kim Berg") && !narrowed.contains("Ben Orle"), "{narrowed}");
        reads(&lea.get(&format!("{board}/reminders")).await.expect(200).text(), &["Has no coach yet", "Kim Berg"]);
        let mail = rules::person::MailAddress::parse("kim@northwind.example").expect("an address");
        let found = app.db().read(move |tx| model::person::by_mail(tx, &mail)).await.expect("reading");
        let home = app.person(found.expect("Kim").id).get("/").await.expect(200).text();
        reads(&home, &["Your coach is being chosen", "You get a mail", "mailto:help@cairn.example"]);
        assert!(!home.contains("href=\"/coaches\" data-size") && !home.contains("data-size=\"large\" href=\"/coaches\""), "{home}");
        // Nor is who takes part in a program sent to look for somebody elsewhere.
        let id = app.db().read(|tx| tx.one("SELECT id FROM person WHERE mail = 'kim@northwind.example'", args![], |row| row.get(0))).await.expect("Kim");
        for page in ["/sessions", "/messages"] {
            let page = app.person(id).get(page).await.expect(200).text();
            reads(&page, &["To the first page"]);
            assert!(!page.contains("data-kind=\"primary\" href=\"/coaches\""), "{page}");
        }
    }

    // Rules G5, G6, W9
    async fn what_waits_in_a_program_is_read_by_its_lead_wherever_they_begin(app: TestApp) {
        let kim = [("name", "Kim Berg"), ("mail", "kim@northwind.example"), ("coach", "")];
        app.lea().post("/cohorts/coh_0000000000001/participants", &kim).await.expect(303);
        app.inside().write(|tx| tx.exec("UPDATE pathway SET ordered = $1", args![false])).await.expect("free");
        let (stuck, waits) = ("Spring: 1 step cannot be booked", "Spring: 1 person has no coach yet");
        for (who, page) in [(ADA, "/today"), (BEN, "/")] {
            let person = app.person(who);
            assert!(!person.get(page).await.expect(200).text().contains(waits), "they lead nothing yet");
            let leads = app.inside().write(move |tx| {
                let now = tx.now();
                let role = "INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, 'program_lead', $2)";
                tx.exec(role, args![who, now])?;
                let lead = "INSERT INTO lead (id, person_id, cohort_id, since_at) VALUES ($1, $2, 1, $3)";
                tx.exec(lead, args![900 + who.raw(), who, now])
            });
            leads.await.expect("a lead");
            reads(&person.get(page).await.expect(200).text(), &["Needs you", stuck, waits, "/cohorts/coh_0000000000001/coaches"]);
        }
        // An admin reads it of all programs, and is told of the way out that a lead does not have.
        let (desk, board) = (app.otto().get("/").await.expect(200).text(), "/cohorts/coh_0000000000001");
        reads(&desk, &["Spring: 1 Schritt lässt sich nicht buchen", "oder grauen Sie ihn aus", "Spring: 1 Person hat noch keinen Coach"]);
        for page in ["/", board, &format!("{board}/pods")] {
            assert!(!app.lea().get(page).await.expect(200).text().contains("or grey"), "{page}");
        }
        reads(&app.lea().get(board).await.expect(200).text(), &["1 step cannot be booked: another pod or a make-up"]);
        // Of several cohorts it is one row, with each of them.
        app.inside().write(|tx| {
            tx.exec("INSERT INTO cohort (id, project_id, pathway_id, name, starts_at, made_at) SELECT 7, project_id, pathway_id, 'Autumn', starts_at, made_at FROM cohort WHERE id = 1", args![])?;
            tx.exec("INSERT INTO participant (id, person_id, cohort_id, company_id, tags, test, joined_at) SELECT 907, $1, 7, company_id, '', test, joined_at FROM participant WHERE cohort_id = 1 AND person_id = $1", args![BEN])?;
            model::program::start_journey(tx, &model::event::Actor::Operator, rules::ids::ParticipantId::from_raw(907)).map(drop)
        }).await.expect("another cohort");
        reads(&app.otto().get("/").await.expect(200).text(), &["2 Personen haben noch keinen Coach", "Autumn (1)", "Spring (1)", "/cohorts/coh_0000000000007/coaches"]);
        let new = model::program::NewPod {
            cohort: model::world::NORTHWIND_COHORT,
            step: model::world::POD_STEP,
            name: "Tuesday".to_owned(),
            facilitator: ADA,
            min_members: 2,
            max_members: 4,
            joining: model::program::Joining::Closed,
        };
        app.inside().write(move |tx| model::program::add_pod(tx, &model::event::Actor::Operator, &new)).await.expect("a pod");
        reads(&app.otto().get("/").await.expect(200).text(), &["Spring: 1 Gruppe hat keinen Termin", "/cohorts/coh_0000000000001/pods"]);
        // Who has written and is not read yet stands there as it does on a coach's day.
        app.ada().post(&format!("/people/{BEN}/messages"), &[("text", "How was it?")]).await.expect(303);
        reads(&app.ben().get("/").await.expect(200).text(), &["Needs you", "Ada Lindholm wrote to you", waits]);
    }

    // Rule P8
    async fn whoever_is_coached_too_has_both_pages(app: TestApp) {
        app.inside()
            .write(|tx| {
                let now = tx.now();
                let sql = "INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, 'client', $2)";
                tx.exec(sql, args![ADA, now])
            })
            .await
            .expect("making Ada a client");
        let page = app.person(ADA).get("/").await.expect(200).text();
        reads(&page, &["href=\"/today\"", "href=\"/\"", "Your cairn begins with one stone"]);
        app.person(ADA).get("/today").await.expect(200);
    }

    // Rule P8
    async fn a_client_who_becomes_a_coach_begins_at_the_practice(app: TestApp) {
        let otto = app.otto();
        otto.post(&format!("/people/{BEN}/roles"), &[("role", "client"), ("role", "coach")]).await.expect(303);
        let begin = async || {
            let link = app.inside().write(|tx| sign_in::mint_link(tx, BEN)).await.expect("a link");
            let door = app.nobody().post(&format!("/sign-in/link/{}", link.reveal()), &[]).await.expect(303);
            door.header("location").to_owned()
        };
        assert_eq!(begin().await, "/today");
        // Their home is one click away, and where they begin once the practice is set up.
        reads(&app.ben().get("/").await.expect(200).text(), &["Thu 5 Mar at 10:00"]);
        app.inside()
            .write(|tx| tx.exec("UPDATE coach SET listed = $1 WHERE person_id = $2", args![true, BEN]))
            .await
            .expect("listing Ben");
        assert_eq!(begin().await, "/");
    }

    // Rules S7, T5, A1
    async fn what_needs_the_coach_has_its_way_beside_it(app: TestApp) {
        app.clock().advance(SignedDuration::from_hours(4 * 24));
        let page = app.ada().get("/today").await.expect(200).text();
        let marks = format!("<form class=\"buttons\" method=\"post\" action=\"/sessions/{ADA_BEN}/attendance/{BEN}\">");
        reads(&page, &["Needs you", "Was Ben Orle there yesterday at 11:00?", &marks, "Completed", "No-show"]);
    }

    // Rules P3, P4, G8
    async fn a_desk_counts_what_its_owner_reaches(app: TestApp) {
        let admin = app.otto().get("/").await.expect(200).text();
        let people = r#"<a href="/people">Personen</a></dt><dd class="value">7</dd>"#;
        reads(&admin, &["Hallo Otto", people, "/mail-queue?state=queued", "/mail-queue?state=dead", "/people/new", "/audit"]);
        let lead = app.lea().get("/").await.expect(200).text();
        let participants = |count: i64| format!(r#"<a href="/programs">Participants</a></dt><dd class="value">{count}</dd>"#);
        reads(&lead, &["Hello Lea", &participants(1)]);
        reads(&app.lea().get("/programs").await.expect(200).text(), &["1 person"]);
        assert!(!lead.contains("/mail-queue") && !lead.contains("/audit") && !lead.contains("/settings"));
        let sponsor = app.cara().get("/").await.expect(200).text();
        reads(&sponsor, &["Northwind", "Here you will read how far"]);
        assert!(!sponsor.contains("/people") && !sponsor.contains("Southwind") && !sponsor.contains("Ben Orle"));
        app.inside()
            .write(|tx| tx.exec("DELETE FROM person_role WHERE person_id = $1", args![GIL]))
            .await
            .expect("taking Gil's role");
        reads(&app.person(GIL).get("/").await.expect(200).text(), &["You are in, and have no role yet"]);
        // Whoever is put away is in neither number, and is found among the people all the same.
        app.inside().write(|tx| tx.exec("UPDATE participant SET archived_at = 0, archived_as = 'not_started' WHERE person_id = $1", args![BEN])).await.expect("put away");
        reads(&app.lea().get("/").await.expect(200).text(), &[&participants(0)]);
        reads(&app.lea().get("/programs").await.expect(200).text(), &["0 people"]);
        reads(&app.lea().get("/people").await.expect(200).text(), &["Ben Orle"]);
    }

    async fn nobody_is_welcomed(app: TestApp) {
        let page = app.nobody().get("/").await.expect(200).text();
        reads(&page, &["<main", "/sign-in"]);
        assert!(!page.contains("Ben Orle"));
    }

    async fn nobody_is_welcomed_in_a_trial(app: Trial) {
        assert!(!app.nobody().get("/").await.expect(200).text().contains("/demo"));
    }

    async fn nobody_can_become_anybody_in_an_example(app: Demo) {
        let page = app.nobody().get("/").await.expect(200).text();
        reads(&page, &["Otto Brandt", "Lea Moreau", "Ada Lindholm", "Ben Orle", "Cara Jensen"]);
        let page = app.nobody().with("host", "ben.localhost:8080").get("/").await.expect(200).text();
        assert!(page.contains("Ben Orle") && !page.contains("Otto Brandt"));
    }

    // Rule P6
    async fn everybody_of_the_example_has_a_first_page(app: Demo) {
        app.inside().write(clear_and_build).await.expect("building the example");
        let people = app.inside().read(|tx| tx.all("SELECT id FROM person ORDER BY id", args![], |row| row.get(0)));
        let people = people.await.expect("reading people");
        assert_eq!(people.len(), 63);
        for person in people {
            let home = app.person(person).get("/").await;
            if home.status == 303 {
                app.person(person).get("/today").await.expect(200);
            } else {
                home.expect(200);
            }
        }
    }

    // Rule S11
    async fn what_is_greyed_out_is_not_on_the_clients_page(app: Demo) {
        app.inside().write(clear_and_build).await.expect("building the example");
        let greta = app.inside().read(|tx| Ok(model::person::by_slug(tx, "greta")?.expect("Greta").id));
        let page = app.person(greta.await.expect("looking Greta up")).get("/").await.expect(200).text();
        assert!(!page.contains("data-status=\"greyed\"") && !page.contains("Letting go of the work"));
        // Neither is it counted, nor are all eight.
        assert!(!page.contains(" 8 ") && !page.contains("von 8"));
    }
}

/// The example instead of the small world.
fn clear_and_build(tx: &mut model::Tx) -> model::Result<()> {
    const TABLES: &[&str] = &[
        "mail",
        "event",
        "sign_in",
        "coach_time",
        "attendance",
        "extra",
        "session_coach",
        "session",
        "pod_member",
        "pod",
        "journey",
        "participant",
        "sponsor",
        "lead",
        "cohort",
        "step",
        "pathway",
        "project",
        "company",
        "coaching",
        "question",
        "offering",
        "seller",
        "terms",
        "hours",
        "day_override",
        "busy",
        "former_slug",
        "coach_language",
        "coach_speciality",
        "coach",
        "api_token",
        "person_role",
        "person",
    ];
    for table in TABLES {
        tx.exec(&format!("DELETE FROM {table}"), args![])?;
    }
    demo::build(tx)
}
