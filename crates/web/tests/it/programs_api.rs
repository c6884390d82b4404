//! What programs consist of, through the JSON interface.

use axum::http::Method;
use model::on_both;
use model::world::{ADA, BEN, CARA, FINN, LEA, OTTO};
use serde_json::json;

use crate::app::TestApp;

/// What is said of whatever a file changed.
const BY_FILE: &str = "A file that was brought in changed this.";

const COHORT: &str = "/api/v1/cohorts/coh_0000000000001";

on_both! {
    // Rules G1, P3
    async fn an_admin_builds_a_program_by_the_interface(app: TestApp) {
        let otto = app.api(OTTO);
        let company = otto.post_json("/api/v1/companies", &json!({ "name": " Eastwind " })).await.expect(201).json();
        assert_eq!(company["name"], "Eastwind");
        otto.post_json("/api/v1/companies", &json!({ "name": "eastwind" })).await.refused(422, "invalid");
        let project = json!({ "company": company["id"], "name": "Pilot", "disclosure": "counts" });
        let project = otto.post_json("/api/v1/projects", &project).await.expect(201).json();
        let steps = json!([
            { "name": "Hello", "kind": "one_to_one", "minutes": 45, "from_week": 1, "to_week": 2 },
            { "name": "Circle", "kind": "pod", "minutes": 90, "window_days": 30 },
        ]);
        let pathway = json!({ "name": "Short", "order": "ordered", "steps": steps });
        let pathway = otto.post_json("/api/v1/pathways", &pathway).await.expect(201).json();
        assert_eq!((&pathway["steps"][0]["to_week"], &pathway["steps"][1]["window_days"]), (&json!(2), &json!(30)));
        let cohort = json!({ "project": project["id"], "pathway": pathway["id"], "name": "One", "starts_on": "2026-04-06" });
        let cohort = otto.post_json("/api/v1/cohorts", &cohort).await.expect(201).json();
        assert_eq!((&cohort["starts_on"], &cohort["standing"]["people"]), (&json!("2026-04-06"), &json!(0)));
        let address = format!("/api/v1/cohorts/{}", cohort["id"].as_str().expect("an id"));
        let lead = json!({ "mail": "lea@cairn.example", "cohort": cohort["id"] });
        let lead = otto.post_json("/api/v1/leads", &lead).await.expect(201).json();
        // Lea leads it now, and adds people; she does not change what it is.
        let lea = app.api(LEA);
        let kim = json!({ "name": "Kim Berg", "mail": "kim@eastwind.example", "coach": ADA.to_string(), "tags": ["sales"] });
        let kim = lea.post_json(&format!("{address}/participants"), &kim).await.expect(201).json();
        assert_eq!((&kim["tags"], &kim["test"]), (&json!(["sales"]), &json!(false)));
        assert_eq!(lea.get(&address).await.expect(200).json()["standing"]["unbooked"], 2);
        lea.patch_json(&address, &json!({ "name": "Two" })).await.refused(403, "may_not");
        otto.patch_json(&address, &json!({ "name": "Two" })).await.expect(200);
        let place = format!("/api/v1/participants/{}", kim["id"].as_str().expect("an id"));
        let change = json!({ "coach": FINN.to_string(), "external_id": "E-1", "fields": [{ "name": "Floor", "value": "3" }] });
        let kim = lea.patch_json(&place, &change).await.expect(200).json();
        assert_eq!((&kim["coach"], &kim["external_id"]), (&json!(FINN.to_string()), &json!("E-1")));
        let kim = lea.patch_json(&place, &json!({ "external_id": null })).await.expect(200).json();
        assert_eq!((&kim["external_id"], &kim["fields"][0]["value"]), (&json!(null), &json!("3")));
        otto.post_json(&format!("{address}/archive"), &json!({})).await.expect(200);
        otto.delete(&format!("{address}/archive")).await.expect(200);
        otto.delete(&format!("/api/v1/leads/{}", lead["id"].as_str().expect("an id"))).await.expect(204);
        lea.get(&address).await.refused(404, "not_found");
        lea.patch_json(&place, &json!({})).await.refused(404, "not_found");
    }

    // Rule P4
    async fn lists_of_programs_hold_what_their_reader_reaches(app: TestApp) {
        for path in ["/api/v1/companies", "/api/v1/projects", "/api/v1/cohorts"] {
            assert_eq!(app.api(OTTO).get(path).await.expect(200).json()["items"].as_array().expect("a list").len(), 2);
            let seen = app.api(LEA).get(path).await.expect(200);
            assert_eq!(seen.json()["items"].as_array().expect("a list").len(), 1);
            assert!(!seen.text().contains("Southwind"), "{}", seen.text());
            for other in [ADA, BEN, CARA] {
                app.api(other).get(path).await.refused(403, "may_not");
            }
        }
        let foreign = app.api(LEA).get("/api/v1/leads?cohort=coh_0000000000002").await.refused(422, "invalid").text();
        let absent = app.api(LEA).get("/api/v1/leads?cohort=coh_00000000000zz").await.refused(422, "invalid").text();
        assert_eq!(foreign, absent);
    }

    // Rule G1
    async fn the_interface_asks_whether_running_journeys_follow(app: TestApp) {
        let otto = app.api(OTTO);
        let kim = json!({ "name": "Kim Berg", "mail": "kim@northwind.example" });
        otto.post_json(&format!("{COHORT}/participants"), &kim).await.expect(201);
        let address = "/api/v1/pathways/pat_0000000000001";
        let pathway = otto.get(address).await.expect(200).json();
        let first = json!({ "id": pathway["steps"][0]["id"], "name": "Begin", "kind": "one_to_one", "minutes": 60 });
        let mut change = json!({ "name": pathway["name"], "order": "free", "steps": [first] });
        let outlook = otto.post_json(&format!("{address}/outlook"), &change).await.expect(200).json();
        assert_eq!((&outlook["running"], &outlook["touched"]), (&json!(1), &json!(1)));
        assert_eq!(outlook["removed"], json!(["Among peers", "Where you go"]));
        otto.put_json(address, &change).await.refused(422, "invalid");
        change["running"] = json!("stay");
        let new = otto.put_json(address, &change).await.expect(200).json();
        assert_eq!(otto.get(address).await.expect(200).json()["replaced_by"], new["id"]);
    }
}

on_both! {
    // Rule G2
    async fn people_are_brought_in_by_the_interface_and_the_page(app: TestApp) {
        let header = "name,e-mail,zone,company,project,cohort,coach,pathway,start,external id\n";
        let kim = "Kim Berg,kim@northwind.example,,Northwind,New leads,Spring,Ada Lindholm,,,K-1\n";
        let lea = app.api(LEA);
        let broken = json!({ "csv": format!("{header}{kim}Noor,noor@x.example,Mars,Northwind,New leads,Spring,,,,\n"), "commit": true });
        let sent = async |file: &serde_json::Value| {
            let id = lea.post_json("/api/v1/imports", file).await.expect(201).json();
            app.run_jobs().await;
            lea.get(&format!("/api/v1/imports/{}", id["id"].as_str().expect("an id"))).await.expect(200).json()
        };
        let told = sent(&broken).await;
        assert_eq!((&told["stage"], &told["problems"][0]["line"]), (&json!("checked"), &json!(3)));
        assert_eq!((&told["problems"][0]["column"], &told["problems"][0]["code"]), (&json!("zone"), &json!("unknown_zone")));
        let refused = format!("/api/v1/imports/{}/commit", told["id"].as_str().expect("an id"));
        lea.post_json(&refused, &json!({})).await.refused(409, "changed_meanwhile");
        let mut fine = json!({ "csv": format!("{header}{kim}") });
        let told = sent(&fine).await;
        assert_eq!((&told["stage"], &told["new"], &told["rows"][0]["fate"]), (&json!("checked"), &json!(1), &json!("new")));
        assert_eq!(app.count("participant").await, 2);
        fine["commit"] = json!(true);
        assert_eq!(sent(&fine).await["stage"], json!("done"));
        assert_eq!(app.count("participant").await, 3);
        let told = sent(&fine).await;
        assert_eq!((&told["unchanged"], &told["new"]), (&json!(1), &json!(0)));

        let noor = kim.replace("Kim Berg", "Noor Haddad").replace("kim@", "noor@").replace("K-1", "K-2");
        let form = || {
            let part = |name: &str, value: &str| {
                format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            };
            format!("{}--b--\r\n", part("rows", &format!("{header}{noor}"))).into_bytes()
        };
        let kind = Some("multipart/form-data; boundary=b");
        let lea = app.lea();
        let page = lea.send(Method::POST, "/imports", kind, form()).await.expect(303).header("location").to_owned();
        let waits = lea.get(&page).await.expect(200);
        assert!(waits.header("refresh") == "2" && waits.text().contains("<progress"), "it shows how far it is");
        app.run_jobs().await;
        let seen = lea.get(&page).await.expect(200);
        assert_eq!(seen.header("refresh"), "");
        let seen = seen.text();
        assert!(seen.contains("1 new, 0 changed, 0 unchanged") && seen.contains("Noor Haddad"), "{seen}");
        assert_eq!(app.count("participant").await, 3);
        assert_eq!(lea.post(&format!("{page}/commit"), &[]).await.expect(303).header("location"), page);
        assert!(lea.get(&page).await.expect(200).text().contains("<progress"));
        app.run_jobs().await;
        assert!(lea.get(&page).await.expect(200).text().contains("All of them are in"));
        assert_eq!(app.count("participant").await, 4);
        // Called off before it is brought in, nothing of it is.
        let page = lea.send(Method::POST, "/imports", kind, form()).await.expect(303).header("location").to_owned();
        lea.post(&format!("{page}/cancellation"), &[]).await.expect(303);
        app.run_jobs().await;
        assert!(lea.get(&page).await.expect(200).text().contains("Called off"));
        assert!(lea.get("/imports").await.expect(200).text().contains(&page));
        app.otto().get(&page).await.expect(200);
        for other in [app.ada(), app.ben(), app.cara()] {
            other.send(Method::POST, "/imports", kind, form()).await.expect(403);
        }
    }

    // Rules G2 and G5
    async fn a_file_in_which_nothing_stands_is_refused_where_it_was_chosen(app: TestApp) {
        let lea = app.lea();
        let kind = Some("multipart/form-data; boundary=b");
        let form = |file: Option<(&str, &str)>, rows: &str| {
            let file = file.map_or(String::new(), |(name, holds)| {
                format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{holds}\r\n")
            });
            format!("{file}--b\r\nContent-Disposition: form-data; name=\"rows\"\r\n\r\n{rows}\r\n--b--\r\n").into_bytes()
        };
        let blank = ["", "\r\n \t\r\n", "\u{feff}"];
        for name in ["people.csv", "pods.csv", ""] {
            for holds in blank {
                let seen = lea.send(Method::POST, "/imports", kind, form(Some((name, holds)), "")).await.expect(422).text();
                assert!(seen.contains("aria-invalid=\"true\" aria-describedby=\"file-hint file-error\""), "{seen}");
            }
        }
        lea.send(Method::POST, "/imports", kind, form(None, "")).await.expect(422);
        lea.send(Method::POST, "/imports", kind, b"--b--\r\n".to_vec()).await.expect(422);
        for holds in blank {
            app.api(LEA).post_json("/api/v1/imports", &json!({ "csv": holds })).await.invalid(&["csv missing"]);
        }
        app.api(LEA).post_json("/api/v1/imports", &json!({ "commit": true })).await.invalid(&["csv missing"]);
        assert_eq!(app.count("import").await, 0);
        // Of a file and rows that were typed the one in which something stands is taken, be it of people or of pods.
        for template in ["/imports/template.csv", "/imports/pods.csv"] {
            let holds = lea.get(template).await.expect(200).text();
            for body in [form(Some(("some.csv", &holds)), " \r\n"), form(Some(("none.csv", " ")), &holds)] {
                let page = lea.send(Method::POST, "/imports", kind, body).await.expect(303).header("location").to_owned();
                app.run_jobs().await;
                assert!(!lea.get(&page).await.expect(200).text().contains("no table in UTF-8"));
                lea.post(&format!("{page}/cancellation"), &[]).await.expect(303);
            }
        }
    }

    // Rule G2
    async fn a_changed_coach_in_a_file_is_shown_with_its_bookings(app: TestApp) {
        let session = app.db().write(|tx| {
            let by = model::event::Actor::Operator;
            let journey = model::program::start_journey(tx, &by, model::world::BEN_AT_NORTHWIND)?;
            let sql = "SELECT session_id FROM attendance a JOIN step t ON t.id = a.step_id WHERE a.journey_id = $1 AND t.no = 1";
            let session = tx.one(sql, model::args![journey], |row| row.get::<rules::ids::SessionId>(0))?;
            let when = "2026-03-12T10:00:00Z".parse().expect("a time");
            model::session::book_planned(tx, &by, session, &model::session::PlannedWish::at(when))?;
            Ok(session)
        }).await.expect("a booking");
        let header = "name,e-mail,zone,company,project,cohort,coach,pathway,start,external id\n";
        let file = format!("{header}Benjamin,ben@northwind.example,,Northwind,New leads,Spring,Finn Walsh,,,\n");
        let body = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"coaches.csv\"\r\n\r\n{file}\r\n--b--\r\n");
        let kind = Some("multipart/form-data; boundary=b");
        let lea = app.lea();
        let page = lea.send(Method::POST, "/imports", kind, body.into_bytes()).await.expect(303).header("location").to_owned();
        app.run_jobs().await;
        let seen = lea.get(&page).await.expect(200).text();
        for part in ["1 booking loses its time, 3 mails go out", "coach: Ada Lindholm → Finn Walsh", "Needs another time", "Ben Orle"] {
            assert!(seen.contains(part), "{part}: {seen}");
        }
        // Also where the table folds, on a phone, from what to what stands there.
        assert!(seen.contains("<small class=\"soft kept\">coach: Ada Lindholm → Finn Walsh<br>"), "{seen}");
        let told = app.api(LEA).get(&format!("/api/v1{page}")).await.expect(200).json();
        assert_eq!((&told["falls"], &told["mails"]), (&json!(1), &json!(3)));
        assert_eq!(told["rows"][0]["changes"][0], json!({ "column": "coach", "from": "Ada Lindholm", "to": "Finn Walsh" }));
        assert_eq!(told["rows"][0]["bookings"][0]["stays"], json!(false));
        let row = &told["rows"][0];
        assert_eq!((&row["name"], &row["cohort"], &row["keeps_name"]), (&json!("Benjamin"), &json!("Spring"), &json!("Ben Orle")));
        assert_eq!(row["put_away"], json!(false));
        assert_eq!(told["cohorts"], json!([{ "id": "coh_0000000000001", "name": "Spring" }]));
        assert_eq!((&told["anew"], &told["name"]), (&json!(false), &json!("coaches.csv")));
        assert!(lea.get("/imports").await.expect(200).text().contains("coaches.csv"));
        // What was shown is not what it would come to any more: both say so, and nothing has happened.
        app.api(LEA).post_json(&format!("/api/v1/sessions/{session}/cancellation"), &json!({ "cause": "organisation" })).await.expect(200);
        lea.post(&format!("{page}/commit"), &[]).await.expect(303);
        app.run_jobs().await;
        let told = app.api(LEA).get(&format!("/api/v1{page}")).await.expect(200).json();
        assert_eq!((&told["stage"], &told["anew"], &told["falls"]), (&json!("checked"), &json!(true), &json!(0)));
        assert!(lea.get(&page).await.expect(200).text().contains("nothing was brought in. This is what would happen now."));
        lea.post(&format!("{page}/commit"), &[]).await.expect(303);
        app.run_jobs().await;
        let told = app.api(LEA).get(&format!("/api/v1{page}")).await.expect(200).json();
        assert_eq!((&told["stage"], &told["anew"]), (&json!("done"), &json!(false)));
        assert!(lea.get(&page).await.expect(200).text().contains("href=\"/cohorts/coh_0000000000001\""));
        assert_eq!(app.api(LEA).get(&format!("/api/v1/sessions/{session}")).await.expect(200).json()["status"], "unbooked");
        let wrong = file.replace("Finn Walsh", "Finn Nobody");
        let id = app.api(LEA).post_json("/api/v1/imports", &json!({ "csv": wrong })).await.expect(201).json();
        app.run_jobs().await;
        let page = format!("/imports/{}", id["id"].as_str().expect("an id"));
        let seen = lea.get(&page).await.expect(200).text();
        assert!(seen.contains("Finn Nobody") && seen.contains("Benjamin"), "{seen}");
    }

    // Rules G5 and G2
    async fn pods_are_brought_in_by_the_page_and_the_interface(app: TestApp) {
        let lea = app.lea();
        let template = lea.get("/imports/pods.csv").await.expect(200).text();
        let header = template.lines().next().expect("a first line");
        // The way to it is where the pods of a cohort are.
        let way = "href=\"/imports#pods\"";
        assert!(lea.get("/cohorts/coh_0000000000001/pods").await.expect(200).text().contains(way));
        assert!(!app.ada().get("/cohorts/coh_0000000000001/pods").await.text().contains(way));
        let page = lea.get("/imports").await.expect(200).text();
        assert!(page.contains("id=\"pods\"") && page.contains("/imports/pods.csv"), "{page}");
        let row = "Blue,Northwind,New leads,Spring,2,Ada Lindholm,2026-03-12 10:00,,1,6,open,ben@northwind.example";
        let sent = async |file: String| {
            let body = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"pods.csv\"\r\n\r\n{header}\n{file}\n\r\n--b--\r\n");
            let kind = Some("multipart/form-data; boundary=b");
            let page = app.lea().send(Method::POST, "/imports", kind, body.into_bytes()).await.expect(303).header("location").to_owned();
            app.run_jobs().await;
            page
        };
        // What hinders it is said with line, column and reason.
        let page = sent(format!("{row}\n{}", row.replace("Blue", "Green").replace("ben@", "who@"))).await;
        let seen = lea.get(&page).await.expect(200).text();
        assert!(seen.contains("Nobody in this cohort has this address.") && seen.contains("who@northwind.example"), "{seen}");
        let page = sent(format!("{row}\n{}", row.replace("Blue", "Green").replace("ben@northwind.example", ""))).await;
        let seen = lea.get(&page).await.expect(200).text();
        assert!(seen.contains("<strong>start</strong>") && seen.contains("2026-03-12 10:00"), "{seen}");
        let page = sent(row.to_owned()).await;
        let seen = lea.get(&page).await.expect(200).text();
        for part in ["1 new, 0 changed, 0 unchanged", "1 mail goes out about the dates of pods.", "Among peers", "2026-03-12 10:00 Europe/Berlin"] {
            assert!(seen.contains(part), "{part}: {seen}");
        }
        assert_eq!(app.count("pod").await, 0);
        lea.post(&format!("{page}/commit"), &[]).await.expect(303);
        app.run_jobs().await;
        let seen = lea.get(&page).await.expect(200).text();
        assert!(seen.contains("All of them are in") && seen.contains("href=\"/cohorts/coh_0000000000001/pods\""), "{seen}");
        assert!(lea.get("/cohorts/coh_0000000000001/pods").await.expect(200).text().contains("Blue"));
        // The interface says the same, and the same file again changes nothing.
        let again = json!({ "csv": format!("{header}\n{row}\n"), "commit": true });
        let id = app.api(LEA).post_json("/api/v1/imports", &again).await.expect(201).json();
        assert_eq!(id["about"], "pods");
        app.run_jobs().await;
        let told = app.api(LEA).get(&format!("/api/v1/imports/{}", id["id"].as_str().expect("an id"))).await.expect(200).json();
        assert_eq!((&told["stage"], &told["about"], &told["unchanged"]), (&json!("done"), &json!("pods"), &json!(1)));
        let moved = json!({ "csv": format!("{header}\n{}\n", row.replace("10:00", "12:00")) });
        let id = app.api(LEA).post_json("/api/v1/imports", &moved).await.expect(201).json();
        app.run_jobs().await;
        let told = app.api(LEA).get(&format!("/api/v1/imports/{}", id["id"].as_str().expect("an id"))).await.expect(200).json();
        let row = &told["rows"][0];
        assert_eq!((&row["fate"], &row["columns"], &row["step"], &row["mail"]), (&json!("changed"), &json!(["start"]), &json!("Among peers"), &json!("")));
        let way = format!("/api/v1/imports/{}/commit", id["id"].as_str().expect("an id"));
        app.api(LEA).post_json(&way, &json!({})).await.expect(200);
        app.run_jobs().await;
        // What happened to its session says that a file did it.
        let sql = "SELECT id FROM session WHERE pod_id IS NOT NULL";
        let session = app.db().read(move |tx| tx.one(sql, model::args![], |row| row.get::<rules::ids::SessionId>(0))).await.expect("its session");
        let history = lea.get(&format!("/sessions/{session}")).await.expect(200).text();
        assert!(history.contains(BY_FILE), "{history}");
        let problem = json!({ "csv": format!("{header}\nBlue,Northwind,New leads,Spring,2,Finn Walsh,,,,,,\n") });
        let id = app.api(LEA).post_json("/api/v1/imports", &problem).await.expect(201).json();
        app.run_jobs().await;
        let told = app.api(LEA).get(&format!("/api/v1/imports/{}", id["id"].as_str().expect("an id"))).await.expect(200).json();
        assert_eq!((&told["problems"][0]["column"], &told["problems"][0]["code"]), (&json!("coach"), &json!("booked_now")));
    }

    // Rules G1, P4, G8
    async fn an_admin_builds_a_program_on_the_pages(app: TestApp) {
        let otto = app.otto();
        let made = otto.post("/companies", &[("name", "Eastwind")]).await.expect(303);
        let company = made.header("location").to_owned();
        otto.post("/companies", &[("name", "EASTWIND")]).await.expect(422);
        let made = otto.post(&format!("{company}/projects"), &[("name", "Pilot"), ("disclosure", "names")]).await.expect(303);
        let project = made.header("location").to_owned();
        let cohort = [("name", "One"), ("starts_on", "2026-04-06"), ("pathway", "pat_0000000000001")];
        let made = otto.post(&format!("{project}/cohorts"), &cohort).await.expect(303);
        let cohort = made.header("location").to_owned();
        otto.post(&format!("{cohort}/leads"), &[("mail", "lea@cairn.example")]).await.expect(303);
        let kim = [("name", "Kim Berg"), ("mail", "kim@eastwind.example"), ("coach", "per_0000000000003"),
            ("tags", "sales, north"), ("field_name", "Floor"), ("field_value", "3")];
        let lea = app.lea();
        lea.post(&format!("{cohort}/participants"), &kim).await.expect(303);
        let again = lea.post(&format!("{cohort}/participants"), &kim).await.expect(422).text();
        assert!(again.contains("Kim Berg") && again.contains("Floor"), "{again}");
        let seen = lea.get("/programs").await.expect(200).text();
        assert!(seen.contains("Eastwind") && seen.contains("3 Unbooked") && !seen.contains("Southwind"), "{seen}");
        for address in [&company, &project] {
            lea.get(address).await.expect(200);
        }
        lea.get(&format!("{cohort}/edit")).await.expect(403);
        otto.get(&format!("{cohort}/edit")).await.expect(200);
        otto.post(&format!("{cohort}/archive"), &[]).await.expect(303);
        // It leaves the lists; the switch shows it, and it is read and not changed.
        for list in ["/programs", &company, &project] {
            let way = format!("href=\"{cohort}\"");
            assert!(!otto.get(list).await.expect(200).text().contains(&way), "{list}");
            let away = otto.get(&format!("{list}?shelf=put_away")).await.expect(200).text();
            assert!(away.contains(&way) && away.contains("Abgelegt"), "{list}: {away}");
        }
        let form = otto.get(&format!("{cohort}/edit")).await.expect(200).text();
        assert!(!form.contains("name=\"starts_on\"") && form.contains(&format!("{cohort}/archive/removal")), "{form}");
        let change = [("name", "Two"), ("starts_on", "2026-04-06"), ("pathway", "pat_0000000000001")];
        otto.post(&format!("{cohort}/edit"), &change).await.expect(409);
    }
}
