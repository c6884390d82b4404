//! Who takes part and how, on the pages: writing a pathway, editing a participant, choosing a coach.

use axum::http::Method;
use model::event::Actor as By;
use model::on_both;
use model::program::pathway;
use model::world::{ADA, BEN, FINN, LEA, OTTO, PATHWAY};
use serde_json::json;

use crate::app::{Actor, TestApp};

/// A step as the form sends it.
fn step<'a>(id: &'a str, name: &'a str, minutes: &'a str) -> [(&'a str, &'a str); 9] {
    [
        ("step_id", id),
        ("step_name", name),
        ("kind", "one_to_one"),
        ("minutes", minutes),
        ("from_week", "1"),
        ("to_week", ""),
        ("window_days", "60"),
        ("place", "room"),
        ("place_detail", ""),
    ]
}

fn form<'a>(
    name: &'a str,
    steps: &[[(&'a str, &'a str); 9]],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("name", name), ("order", "ordered")];
    fields.extend(steps.iter().flatten());
    fields.extend(more);
    fields
}

/// The names of steps in the order in which a page shows their inputs.
fn typed(page: &str) -> Vec<String> {
    page.split("name=\"step_name\"")
        .skip(1)
        .map(|rest| {
            rest.split("value=\"").nth(1).unwrap_or_default().split('"').next().unwrap_or_default().to_owned()
        })
        .collect()
}

async fn new_client(app: &TestApp, mail: &str) -> rules::ids::PersonId {
    let mail = rules::person::MailAddress::parse(mail).expect("an address");
    let found = app.db().read(move |tx| model::person::by_mail(tx, &mail)).await.expect("reading");
    found.expect("somebody new").id
}

async fn adds(actor: &Actor<'_>, mail: &str, coach: &str) {
    let kim = [("name", "Kim Berg"), ("mail", mail), ("coach", coach)];
    actor.post("/cohorts/coh_0000000000001/participants", &kim).await.expect(303);
}

on_both! {
    // Rule G1
    async fn a_pathway_is_written_on_its_page_and_nothing_typed_is_lost(app: TestApp) {
        let otto = app.otto();
        otto.get("/pathways/new").await.expect(200);
        let (a, b) = (step("", "First", "60"), step("", "Second & last", "7"));
        // Buttons send the form, and it comes back with everything.
        for (act, names) in [
            ("add", vec!["First", "Second &#38; last", ""]),
            ("down-0", vec!["Second &#38; last", "First"]),
            ("up-1", vec!["Second &#38; last", "First"]),
            ("remove-0", vec!["Second &#38; last"]),
        ] {
            let page = otto.post("/pathways", &form("Ways", &[a, b], &[("act", act)])).await.expect(200).text();
            assert_eq!(typed(&page), names, "{act}");
            assert!(page.contains("value=\"Ways\"") && page.contains("value=\"7\""), "{act}: {page}");
        }
        assert_eq!(app.count("pathway").await, 1, "nothing was saved");
        // What is wrong stands beside its input, and all of it is still there.
        let wrong = otto.post("/pathways", &form("", &[a, b], &[("act", "save")])).await.expect(422).text();
        assert_eq!(typed(&wrong), ["First", "Second &#38; last"]);
        assert_eq!(wrong.matches("class=\"error\"").count(), 2, "{wrong}");
        otto.post("/pathways", &form("Ways", &[], &[("act", "save")])).await.expect(422);
        let b = step("", "Second & last", "45");
        let made = otto.post("/pathways", &form("Ways", &[a, b], &[("act", "save")])).await.expect(303);
        let page = otto.get(made.header("location")).await.expect(200).text();
        assert!(page.contains("Second &#38; last") && page.contains("45"), "{page}");
        let list = otto.get("/pathways").await.expect(200).text();
        assert!(list.contains("Ways") && list.contains("First steps as a lead"), "{list}");
        let away = format!("{}/archive", made.header("location"));
        otto.post(&away, &[]).await.expect(303);
        assert!(!otto.get("/pathways").await.expect(200).text().contains("Ways"));
        assert!(otto.get("/pathways?shelf=put_away").await.expect(200).text().contains("Ways"));
        otto.post(&format!("{away}/removal"), &[]).await.expect(303);
        // A lead reads what their cohorts follow, and writes none.
        let seen = app.lea().get("/pathways").await.expect(200).text();
        assert!(seen.contains("First steps as a lead") && !seen.contains("Ways") && !seen.contains("/pathways/new"), "{seen}");
        app.lea().get(made.header("location")).await.expect(404);
        app.lea().get("/pathways/pat_0000000000001").await.expect(200);
        app.lea().get("/pathways/pat_0000000000001/edit").await.expect(403);
        app.lea().post("/pathways", &form("Mine", &[a], &[("act", "save")])).await.expect(403);
    }

    // Rule G1
    async fn it_is_asked_whether_running_journeys_follow_before_anything_changes(app: TestApp) {
        let otto = app.otto();
        adds(&otto, "kim@northwind.example", "").await;
        let steps = app.db().read(|tx| Ok(pathway::pathway(tx, &By::Operator, PATHWAY)?.1)).await.expect("steps");
        let ids: Vec<String> = steps.iter().map(|step| step.id.to_string()).collect();
        let name = "First steps as a lead";
        let last = step(&ids[2], "Where you go", "60");
        let change = form(name, &[last, step("", "Looking back", "30")], &[("act", "save")]);
        let edit = "/pathways/pat_0000000000001/edit";
        let asked = otto.post(edit, &change).await.expect(200).text();
        assert!(asked.contains("Looking back") && asked.contains("name=\"running\""), "{asked}");
        assert!(asked.contains("1 Weg läuft auf ihm."), "{asked}");
        let still = app.db().read(|tx| Ok(pathway::pathway(tx, &By::Operator, PATHWAY)?.1.len())).await.expect("steps");
        assert_eq!(still, 3, "nothing is changed yet");
        // One can go back to the form.
        let back: Vec<_> = change.iter().copied().filter(|(field, _)| *field != "act").chain([("act", "edit")]).collect();
        assert_eq!(typed(&otto.post(edit, &back).await.expect(200).text()), ["Where you go", "Looking back"]);
        let follow: Vec<_> = change.iter().copied().chain([("running", "follow")]).collect();
        otto.post(edit, &follow).await.expect(303);
        let now = app.db().read(|tx| Ok(pathway::pathway(tx, &By::Operator, PATHWAY)?.1)).await.expect("steps");
        assert_eq!(now.iter().map(|step| step.step.name.as_str()).collect::<Vec<_>>(), ["Where you go", "Looking back"]);
        // The name alone is asked about by nobody.
        let ids: Vec<String> = now.iter().map(|step| step.id.to_string()).collect();
        let mut second = step(&ids[1], "Looking back", "30");
        second[4] = ("from_week", "1");
        let renamed = form("Steps as a lead", &[step(&ids[0], "Where you go", "60"), second], &[("act", "save")]);
        otto.post(edit, &renamed).await.expect(303);
    }

    // Rules G1, G12
    async fn a_participant_is_edited_on_their_page(app: TestApp) {
        let (otto, lea) = (app.otto(), app.lea());
        let page = "/participants/par_0000000000001";
        let edit = format!("{page}/edit");
        assert!(lea.get(page).await.expect(200).text().contains(&edit));
        let fields = [("external_id", "N-17"), ("tags", "north, sales"), ("field_name", "Floor"), ("field_value", "3"), ("test", "yes")];
        lea.post(&edit, &fields).await.expect(303);
        let seen = lea.get(page).await.expect(200).text();
        assert!(["N-17", "Floor", "north"].iter().all(|word| seen.contains(word)), "{seen}");
        let seen_form = lea.get(&edit).await.expect(200).text();
        assert!(seen_form.contains("value=\"N-17\"") && seen_form.contains("value=\"Floor\"") && seen_form.contains("checked"), "{seen_form}");
        // Who coaches them is as it was.
        assert!(seen.contains("Ada Lindholm"));
        let long = "x".repeat(101);
        let wrong = lea.post(&edit, &[("external_id", &long), ("field_name", "Floor"), ("field_value", "4")]).await.expect(422).text();
        assert!(wrong.contains(&long) && wrong.contains("value=\"4\""), "{wrong}");
        // A further journey stands beside the first, on the board, on the profile, and at home.
        let step = step("", "Alone", "30");
        let made = otto.post("/pathways", &form("Second way", &[step], &[("act", "save")])).await.expect(303);
        let id = made.header("location").rsplit('/').next().expect("an id").to_owned();
        lea.post(&format!("{page}/journeys"), &[("pathway", id.as_str())]).await.expect(422);
        otto.post(&format!("{page}/journeys"), &[("pathway", id.as_str())]).await.expect(303);
        otto.post(&format!("{page}/journeys"), &[("pathway", id.as_str())]).await.expect(422);
        assert!(lea.get(page).await.expect(200).text().contains("Second way"));
        assert!(lea.get("/cohorts/coh_0000000000001").await.expect(200).text().contains("Second way"));
        assert!(app.ben().get("/").await.expect(200).text().contains("Second way"));
        for (other, status) in [(app.ada(), 403), (app.ben(), 403), (app.cara(), 403)] {
            other.get(&edit).await.expect(status);
        }
        lea.get("/participants/par_0000000000002/edit").await.expect(404);
        let kim = serde_json::json!({ "pathway": "pat_0000000000001" });
        app.api(OTTO).send(Method::POST, "/api/v1/participants/par_0000000000002/journeys", Some("application/json"),
            kim.to_string().into_bytes()).await.expect(201);
    }

    // Rule G6
    async fn a_participant_chooses_a_coach_from_home(app: TestApp) {
        let lea = app.lea();
        adds(&lea, "kim@northwind.example", "").await;
        let kim = app.person(new_client(&app, "kim@northwind.example").await);
        let pool = "/cohorts/coh_0000000000001/coaches";
        assert!(lea.get("/cohorts/coh_0000000000001").await.expect(200).text().contains(pool));
        assert!(lea.get(pool).await.expect(200).text().contains("Kim Berg"));
        assert!(!kim.get("/").await.expect(200).text().contains("href=\"/participants/"));
        let (ada, finn) = (ADA.to_string(), FINN.to_string());
        lea.post(pool, &[("coach", finn.as_str()), ("places", "0")]).await.expect(422);
        lea.post(pool, &[("coach", finn.as_str()), ("places", "1")]).await.expect(303);
        lea.post(pool, &[("coach", ada.as_str())]).await.expect(303);
        let home = kim.get("/").await.expect(200).text();
        let choice = home.split("href=\"/participants/").nth(1).expect("a way to choose").split('"').next().expect("an address");
        let choice = format!("/participants/{choice}");
        let seen = kim.get(&choice).await.expect(200).text();
        assert!(["Finn Walsh", "Ada Lindholm", "1 place left", "/coaches/finn-walsh?offering="].iter().all(|word| seen.contains(word)), "{seen}");
        app.ben().get(&choice).await.expect(404);
        lea.get(&choice).await.expect(403);
        // Somebody is faster.
        adds(&lea, "noor@northwind.example", "").await;
        let place = lea.get(pool).await.expect(200).text();
        let noor = place.split("name=\"participant\" value=\"").skip(1).map(|rest| rest.split('"').next().expect("an id").to_owned());
        let noor = noor.last().expect("somebody");
        assert!(!choice.contains(&noor));
        lea.post(&format!("{pool}/given"), &[("participant", noor.as_str()), ("coach", finn.as_str())]).await.expect(303);
        let late = kim.post(&choice, &[("coach", finn.as_str())]).await.expect(409).text();
        assert!(late.contains("no place left") && late.contains("Ada Lindholm"), "{late}");
        kim.post(&choice, &[("coach", ada.as_str())]).await.expect(303);
        assert!(kim.get(&choice).await.expect(200).text().contains("Ada Lindholm"));
        app.run_jobs().await;
        assert_eq!(app.letters_to(ADA).await.iter().filter(|letter| *letter == "coach_chosen").count(), 1);
        assert!(lea.get(pool).await.expect(200).text().contains("Nobody waits for a coach"));
        // Lea reads of it where she reads the rest, and by mail unless she wants none.
        assert_eq!(app.letters_to(LEA).await.iter().filter(|letter| *letter == "coach_chosen_for_lead").count(), 1);
        let notices = lea.get("/notifications").await.expect(200).text();
        assert!(notices.contains("Kim Berg has chosen a coach"), "{notices}");
        let read = notices.split("action=\"/notifications/ntf_").nth(1).expect("a form").split('"').next().expect("an address");
        let way = lea.post(&format!("/notifications/ntf_{read}"), &[]).await.expect(303);
        let way = way.header("location").split('?').next().expect("a way").to_owned();
        assert!(way.starts_with("/participants/par_"), "{way}");
        assert!(lea.get(&way).await.expect(200).text().contains("Kim Berg"));
        // The same by the interface.
        let seen = app.api(OTTO).get("/api/v1/cohorts/coh_0000000000001/coaches").await.expect(200).json();
        assert_eq!(seen["of"], "cohort");
        assert_eq!(seen["coaches"].as_array().expect("a list").len(), 2);
        let choice = app.api(BEN).get("/api/v1/participants/par_0000000000001/coaches").await.expect(200).json();
        assert_eq!(choice["chosen"], "Ada Lindholm");
    }

    // Rules G6, P4
    async fn a_project_has_coaches_whom_its_cohorts_take_over(app: TestApp) {
        let (otto, lea) = (app.otto(), app.lea());
        let (project, cohort) = ("/projects/pro_0000000000001", "/cohorts/coh_0000000000001");
        let (pool, of_cohort) = (format!("{project}/coaches"), format!("{cohort}/coaches"));
        assert!(otto.get(project).await.expect(200).text().contains(&pool));
        assert!(!lea.get(project).await.expect(200).text().contains(&pool), "she leads one cohort of it");
        let (ada, finn) = (ADA.to_string(), FINN.to_string());
        otto.post(&pool, &[("coach", finn.as_str()), ("places", "x")]).await.expect(422);
        otto.post(&pool, &[("coach", finn.as_str()), ("places", "3")]).await.expect(303);
        assert!(otto.get(&pool).await.expect(200).text().contains("Finn Walsh"));
        let seen = lea.get(&of_cohort).await.expect(200).text();
        assert!(seen.contains("These are the coaches of the project") && seen.contains("Finn Walsh"), "{seen}");
        assert!(!seen.contains("/removal"), "they are changed where they are");
        adds(&lea, "kim@northwind.example", "").await;
        let kim = app.person(new_client(&app, "kim@northwind.example").await);
        assert!(kim.get("/").await.expect(200).text().contains("/coaches\""), "Kim is asked to choose");
        // Whoever leads a cohort gives it coaches of its own, and changes none above it.
        lea.get(&pool).await.expect(404);
        lea.post(&pool, &[("coach", ada.as_str())]).await.expect(404);
        lea.post(&format!("{pool}/{finn}/removal"), &[]).await.expect(404);
        for (other, status) in [(app.ada(), 403), (app.ben(), 403), (app.cara(), 403)] {
            other.get(&pool).await.expect(status);
        }
        lea.post(&of_cohort, &[("coach", ada.as_str())]).await.expect(303);
        let seen = lea.get(&of_cohort).await.expect(200).text();
        assert!(!seen.contains("These are the coaches of the project") && seen.contains("/removal"), "{seen}");
        // The same by the interface, and of a company.
        let api = app.api(OTTO);
        let company = "/api/v1/companies/com_0000000000001/coaches";
        let put = api.put_json(&format!("{company}/{ada}"), &json!({ "places": 2 })).await.expect(200).json();
        assert_eq!((&put["of"], &put["coaches"][0]["places"]), (&json!("company"), &json!(2)));
        api.put_json(&format!("{company}/{ada}"), &json!({ "places": 0 })).await.invalid(&["places out_of_range"]);
        let of_project = "/api/v1/projects/pro_0000000000001/coaches";
        assert_eq!(api.get(of_project).await.expect(200).json()["of"], "project");
        let left = api.delete(&format!("{of_project}/{finn}")).await.expect(200).json();
        assert_eq!((&left["of"], &left["coaches"][0]["coach"]), (&json!("company"), &json!(ada)));
        app.api(LEA).get(of_project).await.refused(404, "not_found");
        app.api(LEA).get(company).await.refused(404, "not_found");
        api.delete(&format!("{company}/{ada}")).await.expect(200);
        assert_eq!(api.get(company).await.expect(200).json()["of"], json!(null));
    }
}
