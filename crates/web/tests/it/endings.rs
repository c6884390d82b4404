//! The end of journeys, as pages and through the JSON interface: completing, the survey, who has gone quiet, putting people
//! away, and telling sponsors.

use jiff::SignedDuration;
use model::event::Actor as By;
use model::program::survey;
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, FIRST_STEP, LAST_STEP, LEA, NORTHWIND_COHORT, OTTO, PATHWAY, POD_STEP,
    SOUTHWIND_COHORT,
};
use model::{args, on_both, program};
use rules::ids::{JourneyId, SessionId, StepId};
use serde_json::json;

use crate::app::{Actor, TestApp};

async fn read(actor: &Actor<'_>, path: &str) -> String {
    actor.get(path).await.expect(200).text()
}

fn has(page: &str, words: &[&str]) {
    for words in words {
        assert!(page.contains(words), "{words}: {page}");
    }
}

async fn begin(app: &TestApp) -> JourneyId {
    let begun = app.inside().write(|tx| program::start_journey(tx, &By::Operator, BEN_AT_NORTHWIND)).await;
    begun.expect("a journey")
}

async fn session_of(app: &TestApp, journey: JourneyId, step: StepId) -> SessionId {
    let sql = "SELECT session_id FROM attendance WHERE journey_id = $1 AND step_id = $2";
    app.inside().read(move |tx| tx.one(sql, args![journey, step], |row| row.get(0))).await.expect("a session")
}

/// Gives a session a time that is so many days away.
async fn at(app: &TestApp, session: SessionId, days: i64) {
    let moved = app.inside().write(move |tx| {
        let start = tx.now().millis() + days * 86_400_000;
        let start = start - start % 300_000;
        tx.exec(
            "UPDATE session SET starts_at = $1, booked_at = $1, set_at = $1, wall_time = '2026-03-02T10:00', zone = 'UTC',
                 zone_data = '2026a' WHERE id = $2",
            args![start, session],
        )
    });
    moved.await.expect("a time");
}

/// All of it was held, and the pod is disabled.
async fn hold_all(app: &TestApp, journey: JourneyId) {
    for step in [FIRST_STEP, LAST_STEP] {
        let session = session_of(app, journey, step).await;
        at(app, session, -3).await;
        app.otto()
            .post(&format!("/sessions/{session}/attendance/{BEN}"), &[("outcome", "completed")])
            .await
            .expect(303);
    }
    let pod = session_of(app, journey, POD_STEP).await;
    app.otto().post(&format!("/sessions/{pod}/attendance/{BEN}/greyed-out"), &[]).await.expect(303);
}

async fn went_out(app: &TestApp, letter: &'static str) -> i64 {
    let sql = "SELECT COUNT(*) FROM mail WHERE letter = $1";
    app.inside().read(move |tx| tx.one(sql, args![letter], |row| row.get(0))).await.expect("counting")
}

on_both! {
    // Rules G7, P2
    async fn a_journey_is_completed_on_its_page_and_its_survey_answered_by_a_link(app: TestApp) {
        let journey = begin(&app).await;
        let base = format!("/journeys/{journey}");
        let page = read(&app.lea(), &format!("{base}/completion")).await;
        has(&page, &["Complete the journey of Ben Orle", "Without a time", "Something that counts is open", "In a quarter of an hour"]);
        app.lea().post(&format!("{base}/completion"), &[]).await.expect(422);
        // A coach sees what is open, and proposes.
        has(&read(&app.ada(), &format!("{base}/completion")).await, &["Propose that it is complete"]);
        app.ada().post(&format!("{base}/completion"), &[("reason", "why")]).await.expect(403);
        app.ada().post(&format!("{base}/proposal"), &[]).await.expect(303);
        has(&read(&app.lea(), "/").await, &["Ada Lindholm has proposed", &format!("{base}/completion")]);
        has(&read(&app.lea(), &format!("/cohorts/{NORTHWIND_COHORT}")).await, &["1 journey is proposed as complete"]);
        hold_all(&app, journey).await;
        let bulk = format!("/cohorts/{NORTHWIND_COHORT}/completions");
        has(&read(&app.lea(), &bulk).await, &["Can be completed as they are", "Ben Orle", "Gets the survey.", "goes to each of the chosen"]);
        app.lea().post(&bulk, &[("journey", &journey.to_string())]).await.expect(303);
        app.lea().post(&bulk, &[]).await.expect(422);
        app.run_jobs().await;
        assert_eq!(went_out(&app, "survey").await, 0);
        has(&read(&app.ben(), "/").await, &["Your journey is complete."]);
        app.clock().advance(SignedDuration::from_mins(15));
        app.run_jobs().await;
        assert_eq!(went_out(&app, "survey").await, 1);
        has(&read(&app.lea(), &format!("{base}/completion")).await, &["The survey went out", "Reopen"]);
        // The link opens the questions without a sign-in; looking at them changes nothing.
        let token = app.inside().write(move |tx| Ok(survey::mint(tx, journey)?.reveal().to_owned())).await.expect("a link");
        let link = format!("/surveys/{token}");
        let asked = read(&app.nobody(), &link).await;
        has(&asked, &["How was it?", "How much did it help you", "type=\"radio\"", "your coach does not see them"]);
        let question = asked.split("name=\"que_").nth(1).and_then(|rest| rest.split('"').next()).expect("a question");
        let field = format!("que_{question}");
        app.nobody().post(&link, &[]).await.expect(422);
        app.nobody().post(&link, &[(&field, "6")]).await.expect(422);
        has(&app.nobody().post(&link, &[(&field, "4")]).await.expect(200).text(), &["Thank you"]);
        app.nobody().post(&link, &[(&field, "5")]).await.expect(409);
        has(&read(&app.nobody(), &link).await, &["Thank you"]);
        app.nobody().get("/surveys/nothing").await.expect(410);
        has(&read(&app.ben(), &format!("{base}/survey")).await, &["Thank you"]);
        let feedback = format!("/cohorts/{NORTHWIND_COHORT}/feedback");
        has(&read(&app.lea(), &feedback).await, &["1 of 1 have answered", "Fewer than five people have answered this"]);
        app.ada().get(&feedback).await.expect(403);
        // That it was answered is told, and not when.
        let api = app.api(LEA).get(&format!("/api/v1{base}/completion")).await.expect(200).json();
        assert_eq!((&api["survey"]["state"], &api["survey"]["at"]), (&json!("answered"), &json!(null)));
        has(&read(&app.lea(), &format!("{base}/completion")).await, &["The survey was answered."]);
        has(&read(&app.lea(), &format!("/participants/{BEN_AT_NORTHWIND}")).await, &["Complete · Reopen"]);
        // Reopened and completed again, it asks nobody twice.
        app.lea().post(&format!("{base}/completion/removal"), &[]).await.expect(303);
        app.lea().post(&format!("{base}/completion"), &[]).await.expect(303);
        app.clock().advance(SignedDuration::from_hours(1));
        app.run_jobs().await;
        assert_eq!(went_out(&app, "survey").await, 1);
    }

    // Rule G7
    async fn what_a_pathway_asks_is_written_on_its_page(app: TestApp) {
        let path = format!("/pathways/{PATHWAY}/survey");
        // Otto reads the usual questions in his language.
        has(&read(&app.otto(), &path).await, &["Das sind die üblichen Fragen", "Wie sehr hat es Ihnen"]);
        let bad = app.otto().post(&path, &[("text", "Was war gut?"), ("kind", "choice"), ("choices", "Alles")]).await.expect(422);
        has(&bad.text(), &["Was war gut?"]);
        let fields = [("text", "Wie war es?"), ("kind", "scale"), ("choices", ""), ("text", "Was war gut?"), ("kind", "choice"), ("choices", "Alles\nVieles")];
        app.otto().post(&path, &fields).await.expect(303);
        has(&read(&app.otto(), &path).await, &["Wie war es?", "Vieles"]);
        app.otto().post(&path, &[]).await.expect(303);
        has(&read(&app.otto(), &path).await, &["also geht keine Umfrage hinaus"]);
        app.lea().get(&path).await.expect(403);
    }

    // Rule G8
    async fn what_cannot_begin_in_a_cohort_that_is_put_away_is_said_before_it_is_typed(app: TestApp) {
        begin(&app).await;
        let (lea, otto) = (app.lea(), app.otto());
        let cohort = format!("/cohorts/{NORTHWIND_COHORT}");
        let why = "This cohort is put away. An admin brings it back before anything begins there.";
        let pages = ["/pods", "/pods/new", "/participants/new", "/coach", "/coaches"];
        let acts = |page: &str| page.contains("<form class=\"stacked\"") || page.contains("/pods/new?");
        for page in pages {
            let seen = read(&lea, &format!("{cohort}{page}")).await;
            assert!(acts(&seen) && !seen.contains(why), "{page}: {seen}");
        }
        assert!(!read(&app.ben(), "/").await.contains("This program rests"));
        otto.post(&format!("{cohort}/archive"), &[]).await.expect(303);
        for page in pages {
            let seen = read(&lea, &format!("{cohort}{page}")).await;
            has(&seen, &[why]);
            assert!(!acts(&seen), "{page}: {seen}");
            assert!(!acts(&read(&otto, &format!("{cohort}{page}")).await), "{page}");
        }
        // Put away while somebody was typing: the reason stands there, and what was typed.
        let kim = [("name", "Kim Berg"), ("mail", "kim@northwind.example")];
        has(&lea.post(&format!("{cohort}/participants"), &kim).await.expect(409).text(), &[why, "value=\"Kim Berg\"", "value=\"kim@northwind.example\""]);
        let (who, ada) = (BEN_AT_NORTHWIND.to_string(), ADA.to_string());
        has(&lea.post(&format!("{cohort}/coach"), &[("who", who.as_str()), ("to", ada.as_str())]).await.expect(409).text(), &[why]);
        has(&lea.post(&format!("{cohort}/coaches"), &[("coach", ada.as_str())]).await.expect(409).text(), &[why]);
        let completing = read(&lea, &format!("{cohort}/completions")).await;
        assert!(completing.contains(why) && !completing.contains("name=\"reason\""), "{completing}");
        let asking = read(&lea, &format!("{cohort}/reminders")).await;
        assert!(asking.contains(why) && !asking.contains("asked within the last day"), "{asking}");
        // Its participants read why nothing can be booked, and are offered nothing at a price in its place.
        let home = read(&app.ben(), "/").await;
        has(&home, &["This program rests: nothing new can be booked in it for now."]);
        assert!(!home.contains("Book with Ada"), "{home}");
    }

    // Rule G8
    async fn who_is_put_away_keeps_their_cairn_and_reads_whom_to_ask(app: TestApp) {
        let journey = begin(&app).await;
        let archive = format!("/cohorts/{NORTHWIND_COHORT}/participants/archive");
        let (who, restore) = (BEN_AT_NORTHWIND.to_string(), format!("/participants/{BEN_AT_NORTHWIND}/archive/removal"));
        let fields = [("who", who.as_str()), ("as", "not_finished"), ("reason", "He has left.")];
        app.lea().post(&archive, &fields).await.expect(303);
        let home = read(&app.ben(), "/").await;
        has(&home, &["Your place in this program is put away", "whoever leads the program", "Where you stand", "0 of 3 completed"]);
        assert!(!["Book with Ada", "Book step", "Book next", "It lies ahead"].iter().any(|words| home.contains(words)), "{home}");
        app.lea().post(&restore, &[]).await.expect(303);
        has(&read(&app.ben(), "/").await, &["Book step 1"]);
        // Whose journey is complete keeps it as it was.
        hold_all(&app, journey).await;
        app.lea().post(&format!("/journeys/{journey}/completion"), &[]).await.expect(303);
        app.lea().post(&archive, &[fields[0], ("as", "completed"), fields[2]]).await.expect(303);
        let home = read(&app.ben(), "/").await;
        has(&home, &["Your journey is complete. Every stone of it is yours to keep."]);
        assert!(!home.contains("put away"), "{home}");
    }

    // Rule G7
    async fn a_journey_in_which_nothing_was_completed_is_not_praised(app: TestApp) {
        let journey = begin(&app).await;
        app.lea().post(&format!("/journeys/{journey}/completion"), &[("reason", "He has left.")]).await.expect(303);
        let home = read(&app.ben(), "/").await;
        has(&home, &["It was closed without a completed session.", "0 of 3 completed, none booked."]);
        assert!(!["Every stone", "It lies ahead", "Your cairn stands"].iter().any(|words| home.contains(words)), "{home}");
    }

    // Rule B8
    async fn a_program_that_waits_has_none_of_its_coaches_offered_at_a_price(app: TestApp) {
        let journey = begin(&app).await;
        let first = session_of(&app, journey, FIRST_STEP).await;
        app.otto().post(&format!("/sessions/{first}/attendance/{BEN}/greyed-out"), &[]).await.expect(303);
        let home = read(&app.ben(), "/").await;
        assert!(!home.contains("Book with Ada"), "{home}");
        app.ben().get("/coaches/ada-lindholm").await.expect(200);
    }

    // Rules G8, M3
    async fn the_quiet_are_listed_put_away_and_brought_back(app: TestApp) {
        let journey = begin(&app).await;
        app.clock().advance(SignedDuration::from_hours(24 * 93));
        app.run_jobs().await;
        // Gil of Southwind is told too, and nobody leads Southwind.
        assert_eq!((went_out(&app, "inactive_listed").await, went_out(&app, "inactive_told").await), (1, 2));
        let page = read(&app.lea(), "/inactive").await;
        has(&page, &["Ben Orle", "three calendar months", "Did not start", "Nothing since joining"]);
        has(&read(&app.lea(), "/").await, &["1 person has gone quiet"]);
        has(&read(&app.otto(), &format!("/cohorts/{NORTHWIND_COHORT}/inactive")).await, &["Ben Orle"]);
        app.lea().get(&format!("/cohorts/{SOUTHWIND_COHORT}/inactive")).await.expect(404);
        // What is ahead is listed, and called off only if that is said.
        let session = session_of(&app, journey, FIRST_STEP).await;
        at(&app, session, 3).await;
        let archive = format!("/cohorts/{NORTHWIND_COHORT}/participants/archive");
        let who = BEN_AT_NORTHWIND.to_string();
        has(&read(&app.lea(), &format!("{archive}?who={who}")).await, &["Still booked: 1 booking ahead", "one mail with all of theirs"]);
        let fields = [("who", who.as_str()), ("as", "not_finished"), ("reason", "He has left.")];
        has(&app.lea().post(&archive, &fields).await.expect(409).text(), &["He has left.", "Call them off with it"]);
        let all = [fields[0], fields[1], fields[2], ("bookings", "call_off")];
        app.lea().post(&archive, &all).await.expect(303);
        app.run_jobs().await;
        assert_eq!((went_out(&app, "sessions_cancelled").await, went_out(&app, "sessions_cancelled_for_coach").await), (1, 1));
        let board = format!("/cohorts/{NORTHWIND_COHORT}");
        assert!(!read(&app.lea(), &board).await.contains("Ben Orle"));
        has(&read(&app.lea(), &format!("{board}?people=archived")).await, &["Ben Orle", "These people were put away"]);
        let away = read(&app.lea(), &format!("/participants/{who}")).await;
        has(&away, &["Lea Moreau put them away", "did not finish", "Bring back", "He has left."]);
        // Nothing else is offered there, and what can be done with a session says why not.
        assert!(!away.contains("Remind to book") && !away.contains("Add a session") && !away.contains(">Put away</a>"), "{away}");
        has(&read(&app.lea(), &format!("/sessions/{session}/attendance/{BEN}/actions")).await, &["<span>Book</span><small class=\"reason\">This place is put away."]);
        has(&read(&app.lea(), &format!("/sessions/{session}/booking")).await, &["This place is put away. It is brought back before anything begins there."]);
        let late = app.lea().post(&format!("/participants/{who}/reminder"), &[]).await.expect(409);
        has(&late.text(), &["This place is put away."]);
        let coached = read(&app.ada(), &format!("/participants/{who}")).await;
        assert!(coached.contains("Lea Moreau put them away") && !coached.contains("Bring back"), "{coached}");
        app.ada().post(&format!("/participants/{who}/archive/removal"), &[]).await.expect(403);
        app.lea().post(&format!("/participants/{who}/archive/removal"), &[]).await.expect(303);
        has(&read(&app.lea(), &board).await, &["Ben Orle"]);
    }

    // Rules G9, N5
    async fn sponsors_are_told_in_words_that_are_read_first(app: TestApp) {
        begin(&app).await;
        let remind = format!("/cohorts/{NORTHWIND_COHORT}/reminders");
        let who = BEN_AT_NORTHWIND.to_string();
        for days in [2, 7] {
            app.lea().post(&remind, &[("who", &who)]).await.expect(303);
            app.clock().advance(SignedDuration::from_hours(24 * days));
        }
        let path = format!("/cohorts/{NORTHWIND_COHORT}/escalation");
        has(&read(&app.lea(), &format!("/cohorts/{NORTHWIND_COHORT}")).await, &["1 person in Spring does not answer reminders"]);
        has(&read(&app.lea(), &format!("/participants/{who}")).await, &["Tell the sponsors"]);
        let page = read(&app.lea(), &path).await;
        has(&page, &["Ben Orle: 0 of 3 sessions held", "Cara Jensen", "2 reminders", "reminded at least twice"]);
        has(&page, &["The program writes it, with names and counts of sessions", "no names, no dates, no reasons"]);
        assert!(!page.contains("name=\"message\""), "its facts are not for typing");
        app.ada().get(&path).await.expect(403);
        let names = [("who", who.as_str()), ("note", "Ben has been ill since March.")];
        has(&app.lea().post(&path, &names).await.expect(422).text(), &["The note names somebody", "Ben has been ill since March."]);
        let sent = [("who", who.as_str()), ("note", "Thank you for your help.")];
        app.lea().post(&path, &sent).await.expect(303);
        app.lea().post(&path, &sent).await.expect(409);
        app.run_jobs().await;
        assert_eq!(went_out(&app, "escalated").await, 1);
        assert_eq!(app.letters_to(CARA).await.iter().filter(|letter| *letter == "escalated").count(), 1);
        has(&read(&app.lea(), &format!("/participants/{who}")).await, &["The sponsors were told"]);
    }

    // Rules G7, G8, G9
    async fn programs_end_journeys_too(app: TestApp) {
        let journey = begin(&app).await;
        let path = format!("/api/v1/journeys/{journey}/completion");
        let found = app.api(LEA).get(&path).await.expect(200).json();
        assert_eq!((&found["ready"], &found["survey"]["state"]), (&json!(false), &json!("none")));
        app.api(LEA).put_json(&path, &json!({})).await.refused(422, "invalid");
        app.api(ADA).put_json(&format!("/api/v1/journeys/{journey}/proposal"), &json!({})).await.expect(200);
        let done = app.api(LEA).put_json(&path, &json!({ "reason": "He has left." })).await.expect(200).json();
        assert_eq!(done["survey"]["state"], json!("waiting"));
        app.clock().advance(SignedDuration::from_mins(15));
        app.run_jobs().await;
        let own = format!("/api/v1/journeys/{journey}/survey");
        let survey = app.api(BEN).get(&own).await.expect(200).json();
        let question = survey["questions"][0]["id"].as_str().expect("an id");
        app.api(BEN).put_json(&own, &json!({ "answers": {} })).await.refused(422, "invalid");
        app.api(BEN).put_json(&own, &json!({ "answers": { question: "5" } })).await.expect(200);
        app.api(BEN).put_json(&own, &json!({ "answers": { question: "5" } })).await.refused(409, "survey_answered");
        let feedback = app.api(OTTO).get(&format!("/api/v1/cohorts/{NORTHWIND_COHORT}/feedback")).await.expect(200).json();
        assert_eq!((&feedback["answered"], &feedback["questions"][0]["people"]), (&json!(1), &json!(null)));
        app.api(LEA).delete(&path).await.expect(200);
        let survey = format!("/api/v1/pathways/{PATHWAY}/survey");
        let asks = json!({ "questions": [{ "standard": "helped" }, { "text": "Which?", "kind": "choice", "choices": ["One", "Two"] }] });
        let written = app.api(OTTO).put_json(&survey, &asks).await.expect(200).json();
        assert_eq!(written["questions"][0]["id"], json!(question), "it keeps its answers");
        let archive = format!("/api/v1/participants/{BEN_AT_NORTHWIND}/archive");
        app.api(ADA).put_json(&archive, &json!({})).await.refused(403, "may_not");
        let session = session_of(&app, journey, FIRST_STEP).await;
        at(&app, session, 3).await;
        app.api(LEA).put_json(&archive, &json!({})).await.refused(409, "still_ahead");
        app.api(LEA).put_json(&archive, &json!({ "call_off": true })).await.expect(200);
        app.api(LEA).delete(&archive).await.expect(204);
        assert_eq!(app.api(LEA).get("/api/v1/inactive").await.expect(200).json()["participants"], json!([]));
        let tell = format!("/api/v1/cohorts/{NORTHWIND_COHORT}/escalations");
        app.api(LEA).post_json(&tell, &json!({})).await.refused(409, "nothing_to_escalate");
        let look = app.api(LEA).post_json(&tell, &json!({ "preview": true })).await.expect(200).json();
        assert_eq!((&look["sent"], &look["participants"]), (&json!(false), &json!([])));
    }
}
