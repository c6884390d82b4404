//! What an admin has disabled (rules S5, S12), tried by everybody else at every address of the route table that does
//! something to a session or to somebody's place in one: nothing happens. And nobody sees it where something is to be
//! booked, or counted. New routes join by themselves; one that takes JSON needs a line in [`Stage::json`].

use axum::http::Method;
use jiff::SignedDuration;
use model::event::{Actor as By, Via};
use model::program::participant::{self, NewParticipant, Notes};
use model::program::{self, Joining, NewPod};
use model::session::{self, PlannedWish, Reason, kind};
use model::world::{
    ADA, ADA_HOUR, BEN, BEN_AT_NORTHWIND, CARA, FINN, GIL, LEA, NORTHWIND_COHORT, OTTO, PEOPLE, POD_STEP,
};
use model::{Tx, args, booking, manage, on_both};
use rules::ids::{ParticipantId, PersonId, PodId, SessionId};
use rules::permission::Action;
use rules::person::{MailAddress, PersonName};
use rules::time::{Instant, Span};
use serde_json::{Value as Json, json};
use web::routes::{Door, Instance, Route};

use crate::app::{Actor, Demo, Response, TestApp};
use crate::walk::{Walk, Whose};

/// Who tries: its client, their coach, their lead, their sponsor, a coach and a client from elsewhere, and nobody.
const TRYING: [Option<PersonId>; 7] =
    [Some(BEN), Some(ADA), Some(LEA), Some(CARA), Some(FINN), Some(GIL), None];

/// What is changed by whoever is let in anyhow, and is nobody's place in a session.
const ELSEWHERE: [&str; 15] = [
    "/sign-in",
    "/sign-in/link",
    "/sign-in/link/{token}",
    "/sign-out",
    "/set-up/{token}",
    "/language",
    "/demo/sign-in",
    "/messages/{thread}",
    "/messages/{thread}/read",
    "/people/{person}/messages",
    "/mail-choices/{token}",
    "/surveys/{token}",
    "/api/v1/demo/tokens",
    "/api/v1/threads/{thread}/messages",
    "/api/v1/threads/{thread}/read",
];

/// Acts on a session as a whole, and so on all of its members but one who is disabled: the end of an address.
const OF_ALL: [&str; 12] = [
    "{session}/booking",
    "{session}/move",
    "/move/approval",
    "/move/rejection",
    "/move/withdrawal",
    "{session}/end",
    "{session}/attendance",
    "/stand-in",
    "/stand-in/end",
    "{session}/coaches",
    "/coaches/{person}",
    "/coaches/{person}/removal",
];

/// Whether a route does something to a session or a place in one: all do but those that are named here.
fn is_tried(route: &Route) -> bool {
    use Action::*;
    if route.method == Method::GET || route.instance != Instance::Any {
        return false;
    }
    match route.door {
        Door::Open | Door::SignedIn => !ELSEWHERE.contains(&route.path),
        Door::May(action) => !matches!(
            action,
            EditProfile
                | SeePerson
                | SeePeople
                | ManagePeople
                | ManageSettings
                | ManageTriggers
                | SeeAudit
                | SeeMailQueue
                | RetryMail
                | MoveClock
                | SeePractice
                | EditPractice
                | PublishAgreements
                | ManageCompanies
                | ManageTemplates
                | SeeCohort
                | ImportPeople
                | ManageParticipants
                | AssignCoach
                | ChooseCoach
                | ArchiveCohort
                | ArchiveParticipant
                | CompleteJourney
                | ReopenJourney
                | ProposeCompletion
                | SendReminders
                | Escalate
                | Messages
                | AnswerSurvey
        ),
    }
}

/// Whether a route speaks of this place or of its session, so that it changes nothing at all.
fn is_about_it(route: &Route) -> bool {
    route.path.contains("{session}") || route.path.contains("/manage/") || route.path.ends_with("/choice")
}

/// Whether a route shows what somebody was told when it was so.
fn tells_of_before(route: &Route) -> bool {
    route.path.contains("/notifications") || route.path.starts_with("/mailbox")
}

/// Three places of Ben's, all disabled: two steps of his own, and one in a pod that meets without him.
struct Stage {
    first: SessionId,
    together: SessionId,
    last: SessionId,
    pod: PodId,
    /// An open pod for the same step, with a date and room.
    open: PodId,
    /// A start that Ada has free.
    start: Instant,
    /// What was behind the links of Ben's letters.
    links: [String; 2],
}

fn by(id: PersonId) -> By {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    By::Person { who, via: Via::Page, proof: None }
}

fn somebody(tx: &mut Tx, name: &str) -> model::Result<ParticipantId> {
    let mail = MailAddress::parse(&format!("{name}@northwind.example")).expect("an address");
    let name = PersonName::parse(name).expect("a name");
    let notes = Notes { coach: Some(ADA), ..Notes::default() };
    let new = NewParticipant { cohort: NORTHWIND_COHORT, name, mail, zone: None, starts_at: None, notes };
    participant::enroll(tx, &by(LEA), &new)
}

fn new_pod(name: &str, joining: Joining) -> NewPod {
    NewPod {
        cohort: NORTHWIND_COHORT,
        step: POD_STEP,
        name: name.to_owned(),
        facilitator: ADA,
        min_members: 1,
        max_members: 6,
        joining,
    }
}

/// A pod with a date so many days ahead.
fn dated(
    tx: &mut Tx,
    name: &str,
    joining: Joining,
    days: i64,
    members: &[ParticipantId],
) -> model::Result<(PodId, SessionId)> {
    let pod = program::add_pod(tx, &by(LEA), &new_pod(name, joining))?;
    for member in members {
        program::join_pod(tx, &by(LEA), pod, *member)?;
    }
    let sql = "SELECT id FROM session WHERE pod_id = $1";
    let session: SessionId = tx.one(sql, args![pod], |row| row.get(0))?;
    let from = tx.now() + SignedDuration::from_hours(24 * days);
    let within = Span::of(from, SignedDuration::from_hours(24 * 7));
    let free = session::slots_to_book(tx, &by(LEA), session, within)?;
    session::book_planned(tx, &by(LEA), session, &PlannedWish::at(free[0]))?;
    Ok((pod, session))
}

impl Stage {
    async fn set(app: &TestApp) -> Stage {
        let set = app.db().write(|tx| {
            program::start_journey(tx, &by(LEA), BEN_AT_NORTHWIND)?;
            let (kim, noor) = (somebody(tx, "kim")?, somebody(tx, "noor")?);
            let (pod, together) = dated(tx, "Tuesday", Joining::Closed, 6, &[BEN_AT_NORTHWIND, kim])?;
            let (open, _) = dated(tx, "Thursday", Joining::Open, 14, &[noor])?;
            let steps = "SELECT a.session_id FROM attendance a JOIN step t ON t.id = a.step_id
                 WHERE a.client_id = $1 ORDER BY t.no";
            let steps: Vec<SessionId> = tx.all(steps, args![BEN], |row| row.get(0))?;
            let now = tx.now();
            let free = booking::slots(tx, ADA_HOUR, Span::of(now, SignedDuration::from_hours(24 * 20)))?;
            let far = now + SignedDuration::from_hours(24 * 9);
            let start = *free.iter().find(|slot| **slot > far).expect("a free time");
            let links = [manage::make(tx, steps[0], BEN)?, manage::make(tx, together, BEN)?];
            Ok(Stage {
                first: steps[0],
                together,
                last: steps[2],
                pod,
                open,
                start,
                links: links.map(|token| token.reveal().to_owned()),
            })
        });
        set.await.expect("setting the stage")
    }

    /// An admin disables all three.
    async fn disable(&self, app: &TestApp) {
        let (first, together, last) = (self.first, self.together, self.last);
        let done = app.db().write(move |tx| {
            let (otto, reason) = (by(OTTO), Reason::parse("Left the firm").expect("a reason"));
            session::grey_out(tx, &otto, first, BEN, &reason)?;
            session::delete_and_grey_out(tx, &otto, together, BEN, &reason)?;
            session::grey_out(tx, &otto, last, BEN, &reason)
        });
        done.await.expect("disabling");
        app.run_jobs().await;
    }

    fn sessions(&self) -> [SessionId; 3] {
        [self.first, self.together, self.last]
    }

    /// How the three places stand. A lead may put him into another pod, and that he left a date is forgotten with it.
    async fn places(&self, app: &TestApp) -> Vec<String> {
        let sql = "SELECT a.id, a.greyed_out_at, a.greyed_out_by, a.outcome, a.outcome_at, a.contested_at,
                 a.settled_at, a.first_marked_at, a.told, a.tell_at, a.changes
             FROM attendance a WHERE a.client_id = $1 AND a.journey_id IS NOT NULL ORDER BY a.id";
        let rows = app.db().read(move |tx| {
            tx.all(sql, args![BEN], |row| {
                let cells = (0..3).chain([4, 5, 6, 7, 9, 10]).map(|at| row.get::<Option<i64>>(at));
                let cells = cells.collect::<model::Result<Vec<_>>>()?;
                Ok(format!(
                    "{cells:?} {:?} {:?}",
                    row.get::<Option<String>>(3)?,
                    row.get::<Option<String>>(8)?
                ))
            })
        });
        rows.await.expect("reading the places")
    }

    fn address(&self, route: &Route, session: SessionId) -> String {
        let link = if session == self.together { &self.links[1] } else { &self.links[0] };
        let pod = if route.path.ends_with("/choice") { self.open } else { self.pod };
        let names = [
            ("{session}", session.to_string()),
            ("{person}", BEN.to_string()),
            ("{pod}", pod.to_string()),
            ("{participant}", BEN_AT_NORTHWIND.to_string()),
            ("{cohort}", NORTHWIND_COHORT.to_string()),
            ("{slug}", "ada-lindholm".to_owned()),
            ("{token}", link.clone()),
        ];
        let address = names.iter().fold(route.path.to_owned(), |path, (name, id)| path.replace(name, id));
        assert!(!address.contains('{'), "{}: what does it speak of?", route.path);
        address
    }

    /// What a form sends, whichever it is.
    fn form(&self) -> Vec<(&'static str, String)> {
        let words = [
            ("reason", "Please"),
            ("words", "Please"),
            ("outcome", "completed"),
            ("cause", "client"),
            ("amount", "10"),
            ("agree", "1"),
            ("overlap_known", "1"),
            ("anyway", "1"),
            ("knowing", "1"),
            ("name", "Group"),
            ("joining", "open"),
            ("min_members", "1"),
            ("max_members", "6"),
        ];
        let mut form: Vec<_> = words.map(|(name, word)| (name, word.to_owned())).into();
        form.push(("starts_at", self.start.to_string()));
        form.push(("at", self.start.to_string()));
        form.push(("client", BEN.to_string()));
        form.push(("coach", FINN.to_string()));
        form.push(("facilitator", ADA.to_string()));
        form.push(("participant", BEN_AT_NORTHWIND.to_string()));
        form.push(("step", POD_STEP.to_string()));
        form.push(("offering", ADA_HOUR.to_string()));
        form
    }

    /// What a program sends there.
    fn json(&self, route: &Route) -> Json {
        let (ben, start) = (BEN.to_string(), self.start.to_string());
        let path = route.path.strip_prefix("/api/v1").expect("an address of the interface");
        match (&route.method, path) {
            (&Method::DELETE, _) => json!({}),
            (_, "/sessions/{session}/booking") => json!({ "starts_at": start, "overlap_known": true }),
            (_, "/sessions/{session}/move") => json!({ "starts_at": start, "reason": "Please" }),
            (_, "/sessions/{session}/move/approval") => json!({ "despite_busy": true }),
            (_, "/sessions/{session}/cancellation") => {
                json!({ "reason": "", "cause": "client", "client": ben })
            }
            (_, "/sessions/{session}/attendance/{person}") => json!({ "outcome": "completed" }),
            (_, "/sessions/{session}/attendance/{person}/contest") => json!({ "words": "I was there" }),
            (_, path) if path.ends_with("/forgiveness") || path.ends_with("/settlement") => {
                json!({ "reason": "So" })
            }
            (_, "/sessions/{session}/waiver") => json!({ "reason": "So", "client": ben }),
            (_, "/sessions/{session}/payment" | "/sessions/{session}/refund") => {
                json!({ "minor": 100, "client": ben })
            }
            (_, "/sessions/{session}/stand-in" | "/sessions/{session}/coaches") => {
                json!({ "coach": FINN.to_string() })
            }
            (_, "/sessions") => {
                json!({ "coach": "ada-lindholm", "offering": ADA_HOUR.to_string(), "starts_at": start })
            }
            (_, "/pods/{pod}/choice") => json!({ "overlap_known": true }),
            (_, "/pods/{pod}" | "/cohorts/{cohort}/pods") => {
                json!({ "step": POD_STEP.to_string(), "name": "Group",
                "facilitator": ADA.to_string(), "joining": "open", "min_members": 1, "max_members": 6 })
            }
            _ => json!({}),
        }
    }

    /// Sends there what a real one would.
    async fn tries(&self, actor: &Actor<'_>, route: &Route, session: SessionId) -> Response {
        let address = self.address(route, session);
        if route.is_api() {
            let body = self.json(route).to_string().into_bytes();
            return actor.send(route.method.clone(), &address, Some("application/json"), body).await;
        }
        let form = self.form();
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, word)| (*name, word.as_str())).collect();
        actor.post(&address, &fields).await
    }

    /// Everybody but an admin tries all of these routes, and nothing changes.
    async fn is_tried_in_vain(&self, walk: &Walk<'_>, session: SessionId, is_meant: impl Fn(&Route) -> bool) {
        for who in TRYING {
            let tried = |route: &&Route| is_tried(route) && is_about_it(route) && is_meant(route);
            let tried: Vec<&Route> = walk.routes.iter().filter(tried).collect();
            let actors = walk.actors(who).await;
            let (before, events) = (walk.digest().await, walk.app().count("event").await);
            for route in tried {
                let actor = &actors[usize::from(route.is_api())];
                let answer = self.tries(actor, route, session).await;
                let what = format!("{} {} as {who:?}", route.method, route.path);
                check_refused(route, who, &what, &answer);
                assert_eq!(walk.app().count("event").await, events, "{what}: something happened");
            }
            let after = walk.digest().await;
            let changed: Vec<_> =
                before.iter().filter(|(name, rows)| after.get(*name) != Some(*rows)).collect();
            assert!(changed.is_empty(), "{who:?} changed {changed:?}");
        }
    }
}

/// It is refused in words, or there is nothing there.
fn check_refused(route: &Route, who: Option<PersonId>, what: &str, answer: &Response) {
    let status = answer.status.as_u16();
    if who.is_none() && !route.is_api() && route.door != Door::Open {
        assert_eq!(status, 303, "{what}");
        return assert!(answer.header("location").starts_with("/sign-in"), "{what}");
    }
    let text = answer.text();
    assert!(matches!(status, 401 | 403 | 404 | 409 | 410), "{what}: {status}: {text}");
    let words = if route.is_api() { answer.json()["title"].as_str().map(str::to_owned) } else { Some(text) };
    assert!(words.is_some_and(|words| !words.trim().is_empty()), "{what}: no words");
}

on_both! {
    // Rules S5, S12
    async fn whatever_anybody_but_an_admin_tries_on_what_is_greyed_out_changes_nothing(app: Demo) {
        let walk = Walk::new(&app).await;
        let stage = Stage::set(&app).await;
        stage.disable(&app).await;
        let before = stage.places(&app).await;
        assert_eq!(before.len(), 3);
        stage.is_tried_in_vain(&walk, stage.first, |_| true).await;
        // A pod goes on for the others: its disabled member is tried, before it meets and after.
        let of_him = |route: &Route| !OF_ALL.iter().any(|end| route.path.ends_with(end));
        stage.is_tried_in_vain(&walk, stage.together, of_him).await;
        app.clock().advance(SignedDuration::from_hours(24 * 14));
        stage.is_tried_in_vain(&walk, stage.together, of_him).await;
        // What is allowed about other things leaves his places as they are.
        for route in walk.routes.iter().filter(|route| is_tried(route) && !is_about_it(route)) {
            for who in TRYING {
                let actor = walk.actor(who, route).await;
                let answer = stage.tries(&actor, route, stage.first).await;
                assert!(!answer.status.is_server_error(), "{} {}", route.method, route.path);
                assert_eq!(stage.places(&app).await, before, "{} {} as {who:?}", route.method, route.path);
            }
        }
    }

    // Rules S9, S12
    async fn what_becomes_of_a_pod_leaves_a_disabled_member_out(app: Demo) {
        let stage = Stage::set(&app).await;
        stage.disable(&app).await;
        let (before, letters) = (stage.places(&app).await, app.letters_to(BEN).await);
        let (pod, start) = (stage.together, stage.start);
        let wish = json!({ "starts_at": start.to_string(), "reason": "Another day" });
        app.api(LEA).post_json(&format!("/api/v1/sessions/{pod}/move"), &wish).await.expect(200);
        app.api(LEA).post_json(&format!("/api/v1/sessions/{pod}/cancellation"), &json!({ "cause": "organisation" }))
            .await.expect(200);
        let again = json!({ "starts_at": start.to_string() });
        app.api(LEA).post_json(&format!("/api/v1/sessions/{pod}/booking"), &again).await.expect(201);
        app.clock().advance(start.since(app.clock().now()) + SignedDuration::from_hours(2));
        app.run_jobs().await;
        app.api(ADA).put_json(&format!("/api/v1/sessions/{pod}/attendance"), &json!({})).await.expect(204);
        app.clock().advance(SignedDuration::from_hours(1));
        app.run_jobs().await;
        assert_eq!(stage.places(&app).await, before);
        assert_eq!(app.letters_to(BEN).await, letters);
        let events = app.db().read(move |tx| tx.one(
            "SELECT COUNT(*) FROM event WHERE kind = $1", args![kind::MARKED.0], |row| row.get::<i64>(0)));
        assert_eq!(events.await.expect("counting"), 1, "the other member alone is marked");
    }

    // Rules S5, S11
    async fn what_is_greyed_out_is_nowhere_to_be_booked_and_in_no_number(app: Demo) {
        let walk = Walk::new(&app).await;
        let stage = Stage::set(&app).await;
        let board = format!("/api/v1/cohorts/{NORTHWIND_COHORT}/board");
        let then = app.api(LEA).get(&board).await.expect(200).json()["numbers"].clone();
        stage.disable(&app).await;
        // Long after: what he has not booked makes him neither overdue nor silent.
        app.clock().advance(SignedDuration::from_hours(24 * 60));
        app.run_jobs().await;
        let now = app.api(LEA).get(&board).await.expect(200).json();
        let number = |of: &Json, name: &str| of[name].as_i64().expect("a number");
        let numbers = &now["numbers"];
        let all = |of: &Json| ["unbooked", "booked", "completed", "missed"].map(|name| number(of, name)).iter().sum::<i64>();
        assert_eq!((all(numbers), number(numbers, "greyed_out")), (all(&then) - 3, 3));
        let members = now["participants"].as_array().expect("participants");
        let ben = members.iter().find(|one| one["person_id"] == BEN.to_string()).expect("Ben");
        assert_eq!((&ben["engagement"], &ben["because"]), (&json!("on_track"), &json!([])));
        let places = ben["journeys"][0]["sessions"].as_array().expect("sessions");
        assert!(places.iter().all(|place| place["status"] == "greyed_out"), "{places:?}");
        assert!(places.iter().all(|place| place["open"] == false && place["overdue"] == false), "{places:?}");
        // Nobody asks him to book it, by hand or by rule.
        let asked = json!({ "preview": true });
        let asked = app.api(LEA).post_json(&format!("/api/v1/cohorts/{NORTHWIND_COHORT}/reminders"), &asked).await;
        let asked = asked.expect(200).json();
        let left_out = asked["left_out"].as_array().expect("a list");
        let is_ben = |one: &&Json| one["participant_id"] == BEN_AT_NORTHWIND.to_string();
        assert_eq!(left_out.iter().find(is_ben).expect("Ben")["reason"], "greyed_out");
        let text = json!({ "language": "en", "subject": "Book", "body": "Hello." });
        let rule = json!({ "cohort": NORTHWIND_COHORT.to_string(), "condition": "unbooked", "recipient": "participant",
            "wait_hours": 1, "times": 1, "texts": [text] });
        let rule = app.api(LEA).post_json("/api/v1/triggers", &rule).await.expect(201).json();
        app.clock().advance(SignedDuration::from_hours(3));
        let outlook = format!("/api/v1/triggers/{}/outlook", rule["id"].as_str().expect("an id"));
        let outlook = app.api(LEA).get(&outlook).await.expect(200).json();
        for list in ["now", "ahead"] {
            let lines = outlook[list].as_array().expect("a list");
            assert!(!lines.iter().any(|one| one["participant_id"] == BEN_AT_NORTHWIND.to_string()), "{list}: {lines:?}");
        }
        let steps = app.api(BEN).get("/api/v1/coaches/ada-lindholm").await.expect(200).json();
        assert_eq!(steps["own_steps"], json!([]));
        stage.is_shown_to_nobody_as_bookable(&walk).await;
    }
}

impl Stage {
    /// Every address that anybody can look at: none leads anybody but an admin to book it or to bring it back, and its
    /// client and sponsor do not even read of it.
    async fn is_shown_to_nobody_as_bookable(&self, walk: &Walk<'_>) {
        let looking = [Some(BEN), Some(ADA), Some(LEA), Some(CARA), Some(FINN), None];
        let mut wrong = Vec::new();
        for who in looking {
            let actors = walk.actors(who).await;
            for route in walk.routes.iter().filter(|route| route.method == Method::GET) {
                let actor = &actors[usize::from(route.is_api())];
                let speaks_of_it = route.path.contains("{session}");
                let mut addresses = Vec::new();
                if speaks_of_it {
                    addresses.extend(self.sessions().map(|session| self.address(route, session)));
                } else {
                    addresses.extend(walk.address(route, who, Whose::Own).await);
                }
                for address in addresses {
                    let answer = actor.get(&address).await;
                    let Ok(text) = String::from_utf8(answer.body.clone()) else { continue };
                    for session in self.sessions() {
                        for act in ["booking", &format!("attendance/{BEN}/reactivation")] {
                            for way in
                                ["href", "action"].map(|to| format!("{to}=\"/sessions/{session}/{act}"))
                            {
                                if text.contains(&way) {
                                    wrong.push(format!("{address} leads {who:?} to {way}"));
                                }
                            }
                        }
                        let is_hidden =
                            matches!(who, Some(BEN | CARA)) && !speaks_of_it && !tells_of_before(route);
                        if is_hidden && text.contains(&session.to_string()) {
                            wrong.push(format!("{address} shows {who:?} what is disabled"));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        // An admin is led to bring it back.
        let place = format!("/sessions/{}/attendance/{BEN}/actions", self.first);
        let way = format!("/sessions/{}/attendance/{BEN}/reactivation", self.first);
        let page = walk.actor(Some(OTTO), &walk.routes[0]).await.get(&place).await.expect(200).text();
        assert!(page.contains(&way), "{page}");
    }
}
