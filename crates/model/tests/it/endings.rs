//! The end of journeys: completing, the survey, who has gone quiet, putting people away, and telling sponsors.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::event::{Actor, Via};
use model::organisation::{self, Settings};
use model::program::archive::{self, Bookings};
use model::program::completion;
use model::program::escalation::{self, Facts, Note};
use model::program::lead::Led;
use model::program::survey::{self, New, Sent, Summary};
use model::program::{board, inactive, reminders};
use model::session::{self, Reason};
use model::trigger::{self, NewTrigger, Text};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, FINN, FIRST_STEP, GIL, GIL_AT_SOUTHWIND, LAST_STEP, LEA,
    NORTHWIND_COHORT, OTTO, PATHWAY, POD_STEP, SOUTHWIND_COHORT, World,
};
use model::{Db, Error, args};
use rules::completion::Hindrance;
use rules::ids::{JourneyId, PersonId};
use rules::inactivity::Ending;
use rules::marking::Mark;
use rules::permission::{Role, Roles, Who};
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::survey::{Question, Reply};
use rules::text::{Line, Prose};
use rules::triggers::{Condition, Timing};

use crate::board::{acting, at, of_step};
use crate::programs::{participant, places, start};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn refused<T: std::fmt::Debug>(outcome: model::Result<T>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn reason(text: &str) -> Reason {
    Reason::parse(text).expect("a reason")
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

async fn complete(db: &Db, who: PersonId, journey: JourneyId, why: &'static str) -> model::Result<bool> {
    db.write(move |tx| completion::complete(tx, &acting(who), journey, &reason(why))).await
}

async fn letters(db: &Db, letter: &'static str) -> i64 {
    let sql = "SELECT COUNT(*) FROM mail WHERE letter = $1";
    db.read(move |tx| tx.one(sql, args![letter], |row| row.get(0))).await.expect("counting")
}

async fn sweep(db: &Db) -> u64 {
    db.write(|tx| survey::send_due(tx, 100)).await.expect("sending")
}

/// Every session of a journey was held, the pod apart, which is disabled.
async fn hold_all(db: &Db, journey: JourneyId, client: PersonId) {
    for step in [FIRST_STEP, LAST_STEP] {
        let session = of_step(db, journey, step).await;
        at(db, session, -3).await;
        db.write(move |tx| session::mark(tx, &acting(OTTO), session, client, Mark::Completed))
            .await
            .expect("marking");
    }
    let pod = of_step(db, journey, POD_STEP).await;
    db.write(move |tx| session::grey_out(tx, &acting(OTTO), pod, client, &Reason::default()))
        .await
        .expect("greying out");
}

model::on_both! {
    // Rule G7
    async fn a_completed_journey_sends_its_survey_after_a_quarter_of_an_hour_and_once_ever(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        hold_all(db, journey, BEN).await;
        assert!(complete(db, LEA, journey, "").await.expect("complete"));
        assert!(!complete(db, LEA, journey, "").await.expect("twice is as once"));
        db.clock().advance(MINUTE * 15 - SignedDuration::from_millis(1));
        assert_eq!((sweep(db).await, letters(db, "survey").await), (0, 0));
        let next = db.read(survey::next_sending).await.expect("a moment").expect("one waits");
        db.clock().advance(SignedDuration::from_millis(1));
        assert_eq!(next, db.clock().now());
        // Two who look at once send it once.
        let (one, other) = tokio::join!(sweep(db), sweep(db));
        assert_eq!((one + other, letters(db, "survey").await), (1, 1));
        assert_eq!((sweep(db).await, letters(db, "survey").await), (0, 1));
        // Completing it again does not ask again.
        db.write(move |tx| completion::reopen(tx, &acting(OTTO), journey)).await.expect("reopening");
        assert!(complete(db, OTTO, journey, "").await.expect("complete again"));
        db.clock().advance(days(30));
        assert_eq!((sweep(db).await, letters(db, "survey").await), (0, 1));
        let state = db.read(move |tx| survey::sent(tx, journey)).await.expect("the state");
        assert!(matches!(state, Sent::Out(_)), "{state:?}");
    }

    // Rules G7, S10
    async fn a_journey_that_is_reopened_in_time_sends_nothing(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        hold_all(db, journey, BEN).await;
        complete(db, LEA, journey, "").await.expect("complete");
        db.clock().advance(MINUTE * 14);
        db.write(move |tx| completion::reopen(tx, &acting(LEA), journey)).await.expect("reopening");
        db.clock().advance(days(1));
        assert_eq!((sweep(db).await, letters(db, "survey").await), (0, 0));
        // The wait begins anew, and ends with one survey.
        complete(db, LEA, journey, "").await.expect("complete");
        db.clock().advance(MINUTE * 15);
        assert_eq!((sweep(db).await, letters(db, "survey").await), (1, 1));
        // Putting somebody away sends none.
        let other = participant(db, "Kim").await;
        start(db, other).await;
        let all = [(other, Ending::Completed)];
        db.write(move |tx| archive::archive(tx, &acting(LEA), NORTHWIND_COHORT, &all, &Reason::default(), Bookings::Refuse))
            .await.expect("putting away");
        db.clock().advance(days(1));
        assert_eq!((sweep(db).await, letters(db, "survey").await), (0, 1));
    }

    // Rules G7, P4
    async fn what_is_open_is_listed_first_and_needs_a_reason(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let (first, last) = (of_step(db, journey, FIRST_STEP).await, of_step(db, journey, LAST_STEP).await);
        at(db, first, -2).await;
        at(db, last, 2).await;
        let standing = db.read(move |tx| completion::standing(tx, &acting(ADA), journey)).await.expect("Ada sees it");
        let open: Vec<_> = standing.open.iter().map(|open| (open.hindrance, open.session)).collect();
        let pod = of_step(db, journey, POD_STEP).await;
        assert_eq!(open, [(Hindrance::Ahead, last), (Hindrance::Unmarked, first), (Hindrance::Unbooked, pod)]);
        assert_eq!(refused(complete(db, LEA, journey, "").await), Refusal::invalid("reason", Problem::Missing));
        for who in [ADA, BEN, CARA, FINN, GIL] {
            let expect = if who == ADA {
                Refusal::MayNot { action: rules::permission::Action::CompleteJourney }
            } else {
                Refusal::NotFound
            };
            assert_eq!(refused(complete(db, who, journey, "why").await), expect, "{who}");
        }
        assert!(complete(db, LEA, journey, "He has left the company.").await.expect("with a reason"));
        let why = "SELECT COUNT(*) FROM event_text t JOIN event e ON e.id = t.event_id WHERE e.kind = 'journey_completed'";
        assert_eq!(db.read(move |tx| tx.one(why, args![], |row| row.get::<i64>(0))).await.expect("the log"), 1);
        // Nothing of it is booked any more.
        let alone = of_step(db, journey, LAST_STEP).await;
        db.write(move |tx| tx.exec("UPDATE session SET starts_at = NULL, booked_at = NULL, set_at = NULL, wall_time = NULL, zone = NULL, zone_data = NULL WHERE id = $1", args![alone]))
            .await.expect("taking its time away");
        let outlook = db.read(move |tx| session::book_outlook(tx, &acting(LEA), alone, Language::English)).await;
        assert_eq!(outlook.expect("an outlook").possible, Err(Refusal::JourneyComplete));
    }

    // Rule P8
    async fn nobody_completes_their_own_journey(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        hold_all(db, journey, BEN).await;
        db.write(|tx| {
            let now = tx.now();
            tx.exec("INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, 'program_lead', $2)", args![BEN, now])?;
            tx.exec("UPDATE lead SET person_id = $1", args![BEN])
        }).await.expect("Ben leads his own cohort");
        let roles: Roles = [Role::Client, Role::ProgramLead].into_iter().collect();
        let ben = Actor::Person { who: Who { person: BEN, roles }, via: Via::Page, proof: None };
        let by = ben.clone();
        let own = db.write(move |tx| completion::complete(tx, &by, journey, &Reason::default())).await;
        assert!(matches!(refused(own), Refusal::OwnAttendance { .. }));
        let plan = db.read(move |tx| completion::plan(tx, &ben, NORTHWIND_COHORT, &[])).await.expect("a plan");
        assert_eq!((plan.ready.len(), plan.own.len()), (0, 1));
    }

    // Rule G7
    async fn a_coach_proposes_and_whoever_leads_decides(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        hold_all(db, journey, BEN).await;
        let proposals = |who: PersonId| {
            let db = db.clone();
            async move { db.read(move |tx| completion::proposals(tx, &acting(who), None)).await.expect("a list").len() }
        };
        for who in [LEA, OTTO, FINN, BEN] {
            assert!(db.write(move |tx| completion::propose(tx, &acting(who), journey)).await.is_err(), "{who}");
        }
        db.write(move |tx| completion::propose(tx, &acting(ADA), journey)).await.expect("proposing");
        assert_eq!((proposals(LEA).await, proposals(OTTO).await, proposals(ADA).await), (1, 1, 0));
        db.write(move |tx| completion::drop_proposal(tx, &acting(LEA), journey)).await.expect("putting aside");
        assert_eq!(proposals(LEA).await, 0);
        db.write(move |tx| completion::propose(tx, &acting(ADA), journey)).await.expect("again");
        let done = db.write(move |tx| completion::complete_all(tx, &acting(LEA), NORTHWIND_COHORT, &[journey], &Reason::default()));
        assert_eq!(done.await.expect("completing"), 1);
        assert_eq!(proposals(LEA).await, 0);
        let late = db.write(move |tx| completion::propose(tx, &acting(ADA), journey)).await;
        assert_eq!(refused(late), Refusal::JourneyComplete);
        // All of them or none: a journey of another cohort is not there.
        let foreign = db.write(move |tx| model::program::start_journey(tx, &Actor::Operator, GIL_AT_SOUTHWIND)).await.expect("a journey");
        let both = db.write(move |tx| completion::complete_all(tx, &acting(LEA), NORTHWIND_COHORT, &[journey, foreign], &reason("why")));
        assert_eq!(refused(both.await), Refusal::NotFound);
    }

    // Rules G7, P2
    async fn a_survey_is_answered_once_behind_its_link(world: World) {
        let db = &world.db;
        let ask = |text: &str, kind: &str, choices: &[&str]| New::Own(Question::parse(text, kind, choices).expect("a question"));
        let mut new = vec![ask("How was it?", "scale", &[]), ask("How often?", "choice", &["Often", "Seldom"]), ask("Why?", "text", &[])];
        let first = new.clone();
        db.write(move |tx| survey::write(tx, &acting(OTTO), PATHWAY, &first)).await.expect("writing");
        for who in [LEA, ADA, BEN] {
            let new = new.clone();
            assert!(db.write(move |tx| survey::write(tx, &acting(who), PATHWAY, &new)).await.is_err(), "{who}");
        }
        let journey = start(db, BEN_AT_NORTHWIND).await;
        hold_all(db, journey, BEN).await;
        let early = db.read(move |tx| survey::own(tx, &acting(BEN), journey)).await.expect("his own");
        assert_eq!(early.must_be_open(), Err(Refusal::SurveyNotOpen));
        complete(db, LEA, journey, "").await.expect("complete");
        db.clock().advance(MINUTE * 15);
        sweep(db).await;
        let token = db.write(move |tx| Ok(survey::mint(tx, journey)?.reveal().to_owned())).await.expect("a link");
        let opened = token.clone();
        let sheet = db.read(move |tx| survey::by_link(tx, &opened)).await.expect("the sheet");
        assert_eq!((sheet.person, sheet.items.len()), (BEN, 3));
        assert_eq!(refused(db.read(|tx| survey::by_link(tx, "nothing")).await), Refusal::LinkUnknown);
        for who in [LEA, ADA, GIL] {
            assert_eq!(refused(db.read(move |tx| survey::own(tx, &acting(who), journey)).await), Refusal::NotFound, "{who}");
        }
        let id = |at: usize| sheet.items[at].id.expect("an id");
        let replies = vec![(id(0), Reply::Scale(4)), (id(1), Reply::Choice(1))];
        let (one, mine, nothing) = (sheet.clone(), replies.clone(), sheet.clone());
        assert!(matches!(refused(db.write(move |tx| survey::answer(tx, &Actor::Visitor, &nothing, &[])).await), Refusal::Invalid { .. }));
        db.write(move |tx| survey::answer(tx, &Actor::Visitor, &one, &mine)).await.expect("answering");
        let again = db.write(move |tx| survey::answer(tx, &Actor::Visitor, &sheet, &replies)).await;
        assert_eq!(refused(again), Refusal::SurveyAnswered);
        let after = db.read(move |tx| survey::by_link(tx, &token)).await.expect("the sheet");
        assert!(matches!(after.sent, Sent::Answered(_)));
        // In other words it is another question; what is as it was keeps its answers.
        new[0] = ask("How was it for you?", "scale", &[]);
        db.write(move |tx| survey::write(tx, &acting(OTTO), PATHWAY, &new)).await.expect("writing");
        let feedback = db.read(|tx| survey::feedback(tx, &acting(LEA), NORTHWIND_COHORT)).await.expect("the feedback");
        assert_eq!((feedback.asked, feedback.answered), (1, 1));
        let removed: Vec<bool> = feedback.questions.iter().map(|one| one.is_removed).collect();
        assert_eq!(removed, [false, true]);
    }

    // Rules N5, G7
    async fn feedback_speaks_of_five_people_or_of_nobody(world: World) {
        let db = &world.db;
        let mut journeys = Vec::new();
        for (at, name) in ["Ann", "Bo", "Cy", "Di", "Ed", "Test"].into_iter().enumerate() {
            let one = participant(db, name).await;
            journeys.push(start(db, one).await);
            if name == "Test" {
                db.write(move |tx| tx.exec("UPDATE participant SET test = $2 WHERE id = $1", args![one, true])).await.expect("a test");
            }
            let journey = journeys[at];
            complete(db, LEA, journey, "It is over.").await.expect("complete");
        }
        db.clock().advance(MINUTE * 15);
        assert_eq!(sweep(db).await, 5, "a test is asked nothing");
        let answer = |journey: JourneyId, mark: u8, words: Option<&'static str>| {
            let db = db.clone();
            async move {
                db.write(move |tx| {
                    let person = tx.one("SELECT t.person_id FROM journey j JOIN participant t ON t.id = j.participant_id WHERE j.id = $1", args![journey], |row| row.get::<PersonId>(0))?;
                    let by = Actor::Person { who: Who { person, roles: Role::Client.into() }, via: Via::Page, proof: None };
                    let sheet = survey::own(tx, &by, journey)?;
                    let id = |at: usize| sheet.items[at].id.expect("an id");
                    let mut replies = vec![(id(0), Reply::Scale(mark))];
                    replies.extend(words.map(|words| (id(2), Reply::Text(Prose::parse(words).expect("words")))));
                    survey::answer(tx, &Actor::Visitor, &sheet, &replies)
                }).await.expect("answering");
            }
        };
        let read = |who: PersonId| {
            let db = db.clone();
            async move { db.read(move |tx| survey::feedback(tx, &acting(who), NORTHWIND_COHORT)).await }
        };
        for journey in &journeys[..4] {
            answer(*journey, 4, Some("It was good.")).await;
        }
        let four = read(LEA).await.expect("the feedback");
        assert_eq!((four.asked, four.answered), (5, 4));
        assert!(four.questions.iter().all(|one| one.people.is_none() && one.summary.is_none()), "{four:?}");
        answer(journeys[4], 5, None).await;
        let five = read(OTTO).await.expect("the feedback");
        assert_eq!(five.questions[0].summary, Some(Summary::Average(42)));
        assert_eq!(five.questions[1].summary, None, "four wrote something");
        // A coach reads none of it, nor does anybody else.
        for who in [ADA, BEN, CARA, FINN] {
            assert!(read(who).await.is_err(), "{who}");
        }
        assert_eq!(refused(db.read(|tx| survey::feedback(tx, &acting(LEA), SOUTHWIND_COHORT)).await), Refusal::NotFound);
    }

    // Rule G8
    async fn who_has_gone_quiet_is_listed_every_week_and_told_once(world: World) {
        let db = &world.db;
        let kim = participant(db, "Kim").await;
        start(db, kim).await;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let list = |who: PersonId| {
            let db = db.clone();
            async move {
                let found = db.read(move |tx| inactive::list(tx, &acting(who), Some(NORTHWIND_COHORT))).await.expect("a list");
                found.iter().map(|one| one.participant).collect::<Vec<_>>()
            }
        };
        let week = |db: Db| async move {
            while db.write(|tx| inactive::list_week(tx, 1)).await.expect("the list") > 0 {}
        };
        week(db.clone()).await;
        assert_eq!((letters(db, "inactive_told").await, letters(db, "inactive_listed").await), (0, 0));
        db.clock().advance(days(93));
        assert_eq!(list(LEA).await.len(), 2);
        // What is ahead keeps somebody off it, and so does what was booked since.
        let first = of_step(db, journey, FIRST_STEP).await;
        at(db, first, 30).await;
        assert_eq!(list(LEA).await, [kim]);
        week(db.clone()).await;
        week(db.clone()).await;
        // Gil of Southwind is told too, and nobody leads Southwind.
        assert_eq!((letters(db, "inactive_told").await, letters(db, "inactive_listed").await), (2, 1));
        let counted = |who: PersonId| db.read(move |tx| {
            Ok((inactive::count(tx, &acting(who))? as usize, inactive::list(tx, &acting(who), None)?.len()))
        });
        assert_eq!(counted(LEA).await.expect("a count"), (1, 1));
        assert_eq!(counted(OTTO).await.expect("a count"), (2, 2));
        // Whoever books after the list was made is in neither.
        let of_kim = "SELECT a.session_id FROM attendance a JOIN journey j ON j.id = a.journey_id WHERE j.participant_id = $1 ORDER BY a.id LIMIT 1";
        let hers = db.read(move |tx| tx.one(of_kim, args![kim], |row| row.get(0))).await.expect("a session");
        at(db, hers, 30).await;
        assert_eq!(counted(LEA).await.expect("a count"), (0, 0));
        let taken = "UPDATE session SET starts_at = NULL, booked_at = NULL, set_at = NULL, wall_time = NULL, zone = NULL, zone_data = NULL WHERE id = $1";
        db.write(move |tx| tx.exec(taken, args![hers])).await.expect("not booked after all");
        // The next week tells the lead again, and Kim no more.
        db.clock().advance(days(7));
        let (one, other) = tokio::join!(week(db.clone()), week(db.clone()));
        assert_eq!((one, other), ((), ()));
        assert_eq!((letters(db, "inactive_told").await, letters(db, "inactive_listed").await), (2, 2));
        // To others the list is not there.
        for who in [ADA, BEN, CARA, FINN] {
            assert!(db.read(move |tx| inactive::list(tx, &acting(who), None)).await.is_err(), "{who}");
        }
        assert_eq!(refused(db.read(|tx| inactive::list(tx, &acting(LEA), Some(SOUTHWIND_COHORT))).await), Refusal::NotFound);
        let all = db.read(|tx| inactive::list(tx, &acting(LEA), None)).await.expect("all of hers");
        assert!(all.iter().all(|one| one.cohort == NORTHWIND_COHORT));
    }

    // Rules G8, M3
    async fn nobody_is_put_away_who_has_bookings_ahead_unless_the_same_act_calls_them_off(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        for (step, on) in [(FIRST_STEP, 3), (LAST_STEP, 10)] {
            let session = of_step(db, journey, step).await;
            at(db, session, on).await;
        }
        let put = |who: PersonId, bookings: Bookings| {
            let db = db.clone();
            async move {
                let all = [(BEN_AT_NORTHWIND, Ending::NotFinished)];
                db.write(move |tx| archive::archive(tx, &acting(who), NORTHWIND_COHORT, &all, &reason("Left."), bookings)).await
            }
        };
        let plan = db.read(|tx| archive::plan(tx, &acting(LEA), NORTHWIND_COHORT, &[BEN_AT_NORTHWIND])).await.expect("a plan");
        assert_eq!((plan.leaving[0].ahead.len(), plan.leaving[0].who.proposed), (2, Ending::NotStarted));
        assert_eq!(refused(put(LEA, Bookings::Refuse).await), Refusal::StillAhead { sessions: 2, requests: 0 });
        for who in [ADA, BEN, CARA, FINN] {
            assert!(put(who, Bookings::CallOff).await.is_err(), "{who}");
        }
        assert_eq!(put(LEA, Bookings::CallOff).await.expect("putting away"), 1);
        // One mail each, for all of it.
        assert_eq!((letters(db, "sessions_cancelled").await, letters(db, "sessions_cancelled_for_coach").await), (1, 1));
        assert_eq!(letters(db, "cancelled").await + letters(db, "cancelled_for_coach").await, 0);
        let statuses: Vec<bool> = places(db, journey).await.iter().map(|(session, _)| session.facts.time.is_some()).collect();
        assert_eq!(statuses, [false, false, false]);
        // They are on no board but the one of those put away, and are asked nothing.
        let seen = db.read(|tx| board::board(tx, &acting(LEA), NORTHWIND_COHORT)).await.expect("the board");
        assert!(seen.members.is_empty());
        let away = db.read(|tx| board::put_away(tx, &acting(LEA), NORTHWIND_COHORT)).await.expect("the other board");
        assert_eq!(away.members[0].archived_as, Some(Ending::NotFinished));
        assert!(away.members[0].open().next().is_none());
        let asked = db.write(|tx| reminders::send(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("reminding");
        assert!(asked.asked.is_empty());
        // Brought back, it counts from then.
        db.clock().advance(days(200));
        db.write(|tx| archive::restore(tx, &acting(LEA), BEN_AT_NORTHWIND)).await.expect("bringing back");
        assert!(db.read(|tx| inactive::list(tx, &acting(LEA), None)).await.expect("a list").is_empty());
        let seen = db.read(|tx| board::board(tx, &acting(LEA), NORTHWIND_COHORT)).await.expect("the board");
        assert_eq!(seen.members.len(), 1);
        db.clock().advance(days(93));
        assert_eq!(db.read(|tx| inactive::list(tx, &acting(LEA), None)).await.expect("a list").len(), 1);
    }

    // Rule G9
    async fn what_a_rule_sends_about_a_step_without_a_time_is_a_reminder_too(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let rule = |condition: Condition, wait: u32, times: u32| {
            let text = Text {
                subject: Line::parse_some("Your next step").expect("a subject"),
                body: Prose::parse_some("Hello.").expect("a body"),
            };
            let recipient = condition.recipients()[0];
            let timing = Timing { wait_hours: wait * 24, times, again_hours: 72 };
            let texts = BTreeMap::from([(Language::English, text)]);
            let new = NewTrigger { holds: Led::Cohort(NORTHWIND_COHORT), condition, recipient, timing, texts };
            async move { db.write(move |tx| trigger::make(tx, &acting(LEA), &new)).await.expect("a rule") }
        };
        let pass = |by: SignedDuration| async move {
            db.advance_clock(by).await.expect("time passes");
            while trigger::sweep(db).await.expect("a sweep") > 0 {}
        };
        let silent = |db: Db| async move {
            let plan = db.read(|tx| escalation::plan(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("a plan");
            let offers = db.read(|tx| escalation::offers(tx, &acting(LEA))).await.expect("offers");
            assert_eq!(offers.len(), usize::from(!plan.silent.is_empty()), "home says what the cohort says");
            plan.silent.first().map_or(0, |one| one.reminders)
        };
        // What is missed is told, and is no reminder to book.
        let (first, pod) = (of_step(db, journey, FIRST_STEP).await, of_step(db, journey, POD_STEP).await);
        rule(Condition::Missed, 1, 1).await;
        rule(Condition::Unbooked, 2, 2).await;
        at(db, first, -1).await;
        db.write(move |tx| {
            tx.exec("UPDATE step SET from_week = NULL, to_week = NULL", args![])?;
            session::mark(tx, &acting(OTTO), first, BEN, Mark::NoShow)?;
            session::grey_out(tx, &acting(OTTO), pod, BEN, &Reason::default())
        }).await.expect("what is left is a step that he books himself");
        for _ in 0..10 {
            pass(days(1)).await;
        }
        let sent = db.read(|tx| tx.all("SELECT sent_at FROM trigger_sent ORDER BY sent_at", args![], |row| row.get::<i64>(0)));
        assert_eq!(sent.await.expect("what was sent").len(), 3, "one of what was missed, two of what waits");
        assert_eq!(silent(db.clone()).await, 0, "the second may still be answered");
        pass(days(3)).await;
        assert_eq!(silent(db.clone()).await, 2);
        db.write(move |tx| {
            model::event::record(tx, &Actor::Operator, session::kind::BOOKED, &model::event::Subject::of(first), &serde_json::json!({}))
        }).await.expect("a booking");
        assert_eq!(silent(db.clone()).await, 0, "a booking answers both");
    }

    // Rules G9, N5
    async fn sponsors_are_told_after_two_unanswered_reminders(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let plan = |who: PersonId| {
            let db = db.clone();
            async move { db.read(move |tx| escalation::plan(tx, &acting(who), NORTHWIND_COHORT, &[])).await }
        };
        let send = |who: PersonId, words: &'static str| {
            let db = db.clone();
            async move {
                let note = Note::parse(words).expect("a note");
                db.write(move |tx| escalation::send(tx, &acting(who), NORTHWIND_COHORT, &[], &note)).await
            }
        };
        let remind = |db: Db| async move {
            db.write(|tx| reminders::send(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("reminding");
        };
        remind(db.clone()).await;
        db.clock().advance(days(2));
        remind(db.clone()).await;
        db.clock().advance(days(7) - HOUR);
        assert!(plan(LEA).await.expect("a plan").silent.is_empty(), "the second may still be answered");
        db.clock().advance(HOUR);
        let found = plan(LEA).await.expect("a plan");
        assert_eq!((found.silent.len(), found.silent[0].reminders, found.sponsors[0].person), (1, 2, CARA));
        assert_eq!(db.read(|tx| escalation::offers(tx, &acting(LEA))).await.expect("offers").len(), 1);
        for who in [ADA, BEN, CARA, FINN] {
            assert!(plan(who).await.is_err() && send(who, "Words.").await.is_err(), "{who}");
        }
        // Where names are shown the facts name those it is about, with counts; a note names nobody.
        assert_eq!(found.facts(), Facts::Names(vec![("Ben Orle".to_owned(), (0, 3))]));
        participant(db, "Noor Haddad").await;
        for (words, name) in [("Please speak to Noor.", "Noor Haddad"), ("He is ill, says mr orle", "Ben Orle")] {
            assert_eq!(refused(send(LEA, words).await), Refusal::NamesSomebody { name: name.to_owned() });
        }
        assert!(Note::parse(&"x".repeat(301)).is_err(), "a note is short");
        send(LEA, "Room in the calendars helps.").await.expect("sending");
        assert_eq!(letters(db, "escalated").await, 1);
        let told = db.read(|tx| {
            let sql = "SELECT facts FROM event WHERE kind = 'cohort_escalated'";
            let facts: String = tx.one(sql, args![], |row| row.get(0))?;
            let head = escalation::letterhead(tx, NORTHWIND_COHORT, Some(LEA), &serde_json::from_str(&facts).expect("facts"))?;
            Ok((facts, head.facts))
        });
        let (facts, said) = told.await.expect("what was told");
        assert!(!facts.contains("Orle"), "a log holds no names: {facts}");
        assert_eq!(said, found.facts(), "the letter says what was read");
        assert_eq!(refused(send(LEA, "Once more.").await), Refusal::NothingToEscalate);
        assert_eq!(letters(db, "escalated").await, 1);
        // Where numbers alone are shown, it takes five people, and nobody is named.
        db.clock().advance(HOUR);
        remind(db.clone()).await;
        db.clock().advance(days(2));
        remind(db.clone()).await;
        db.clock().advance(days(7));
        db.write(|tx| tx.exec("UPDATE project SET disclosure = 'counts'", args![])).await.expect("numbers alone");
        assert_eq!(plan(LEA).await.expect("a plan").facts(), Facts::Count(1));
        assert_eq!(refused(send(LEA, "").await), Refusal::TooFewPeople { least: 5 });
        db.write(|tx| tx.exec("UPDATE project SET disclosure = 'names'", args![])).await.expect("names");
        // A booking answers them.
        let first = of_step(db, journey, FIRST_STEP).await;
        db.write(move |tx| {
            model::event::record(tx, &Actor::Operator, session::kind::BOOKED, &model::event::Subject::of(first), &serde_json::json!({}))
        }).await.expect("a booking");
        assert!(plan(LEA).await.expect("a plan").silent.is_empty());
    }

    // Rule N5
    async fn a_message_of_counts_leaves_nobody_over_to_be_worked_out(world: World) {
        let db = &world.db;
        let mut people = Vec::new();
        for name in ["Ann", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo", "Kim"] {
            let one = participant(db, name).await;
            start(db, one).await;
            people.push(one);
        }
        db.write(|tx| tx.exec("UPDATE project SET disclosure = 'counts'", args![])).await.expect("numbers alone");
        let remind_twice = async || {
            for wait in [2, 7] {
                db.write(|tx| reminders::send(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("reminding");
                db.clock().advance(days(wait));
            }
        };
        // Of the first so many.
        let possible = async |of: usize| {
            let only = people[..of].to_vec();
            let plan = db.read(move |tx| escalation::plan(tx, &acting(LEA), NORTHWIND_COHORT, &only)).await.expect("a plan");
            assert_eq!(plan.facts(), Facts::Count(plan.silent.len()));
            (plan.silent.len(), plan.others, plan.possible().is_ok())
        };
        // Of twelve eleven are silent: Ben has nothing to book yet, and sponsors know that they are twelve.
        remind_twice().await;
        for (of, fits) in [(4, false), (5, true), (7, true), (8, false), (11, false)] {
            assert_eq!(possible(of).await, (of, 12 - of as u32, fits));
        }
        let all = db.write(|tx| escalation::send(tx, &acting(LEA), NORTHWIND_COHORT, &[], &Note::default()).map(drop)).await;
        assert_eq!(refused(all), Refusal::TooFewPeople { least: 5 });
        assert_eq!(letters(db, "escalated").await, 0);
        // Of all twelve nobody is left over.
        start(db, BEN_AT_NORTHWIND).await;
        remind_twice().await;
        let all = db.write(|tx| escalation::send(tx, &acting(LEA), NORTHWIND_COHORT, &[], &Note::default())).await.expect("sending");
        assert_eq!((all.facts(), all.others), (Facts::Count(12), 0));
    }

    // Rules G8, G9
    async fn an_organisation_says_how_long_it_waits(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let set = |months: i64, reminders: i64| {
            let db = db.clone();
            async move {
                db.write(move |tx| {
                    let now = organisation::get(tx)?;
                    let new = Settings { inactive_months: months, unanswered_reminders: reminders, ..Settings::of(&now) };
                    organisation::change(tx, &acting(OTTO), &new)
                }).await
            }
        };
        let out_of = |field, most| Refusal::invalid(field, Problem::OutOfRange { least: 1, most });
        for months in [0, 25] {
            assert_eq!(refused(set(months, 2).await), out_of("inactive_months", 24));
        }
        for reminders in [0, 11] {
            assert_eq!(refused(set(3, reminders).await), out_of("unanswered_reminders", 10));
        }
        let quiet = async || db.read(|tx| inactive::list(tx, &acting(LEA), None)).await.expect("a list").len();
        let silent = async || {
            let plan = db.read(|tx| escalation::plan(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("a plan");
            plan.silent.len()
        };
        db.write(|tx| reminders::send(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("reminding");
        db.clock().advance(days(7) - SignedDuration::from_millis(1));
        set(1, 1).await.expect("one of each");
        assert_eq!((silent().await, quiet().await), (0, 0));
        db.clock().advance(SignedDuration::from_millis(1));
        assert_eq!(silent().await, 1, "one reminder is enough");
        set(1, 2).await.expect("two again");
        assert_eq!(silent().await, 0);
        // A month after Ben came in March, in which Berlin's clocks lose an hour.
        db.clock().advance(days(31 - 7) - HOUR - SignedDuration::from_millis(1));
        assert_eq!(quiet().await, 0);
        db.clock().advance(SignedDuration::from_millis(1));
        assert_eq!(quiet().await, 1);
        set(2, 2).await.expect("two months");
        assert_eq!(quiet().await, 0);
        let said = "SELECT COUNT(*) FROM event WHERE kind = 'setting_changed'";
        assert_eq!(db.read(move |tx| tx.one(said, args![], |row| row.get::<i64>(0))).await.expect("the log"), 4);
    }

    // Rules G4, G8, G9, G12
    async fn who_is_put_away_a_test_or_closed_is_on_no_list_that_nudges(world: World) {
        let db = &world.db;
        let [away, test, closed, here] = ["Away", "Tested", "Closed", "Here"];
        let mut all = Vec::new();
        for name in [away, test, closed, here] {
            let one = participant(db, name).await;
            start(db, one).await;
            all.push(one);
        }
        start(db, BEN_AT_NORTHWIND).await;
        let ids = all.clone();
        db.write(move |tx| {
            tx.exec("UPDATE step SET from_week = NULL, to_week = NULL", args![])?;
            let now = tx.now();
            tx.exec("UPDATE participant SET test = $2 WHERE id = $1", args![ids[1], true])?;
            tx.exec("UPDATE person SET closed_at = $2 WHERE id = (SELECT person_id FROM participant WHERE id = $1)", args![ids[2], now])?;
            let who = [(ids[0], Ending::NotStarted)];
            archive::archive(tx, &acting(LEA), NORTHWIND_COHORT, &who, &Reason::default(), Bookings::Refuse).map(drop)
        }).await.expect("three who are not nudged");
        let expect = ["Ben Orle", here];
        for _ in 0..2 {
            let asked = db.write(|tx| reminders::send(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("reminding");
            assert_eq!(sorted(asked.asked.iter().map(|one| one.member.name.clone()).collect()), expect);
            db.clock().advance(days(2));
        }
        db.clock().advance(days(100));
        let plan = db.read(|tx| escalation::plan(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("a plan");
        assert_eq!(sorted(plan.silent.iter().map(|one| one.member.name.clone()).collect()), expect);
        let quiet = db.read(|tx| inactive::list(tx, &acting(LEA), None)).await.expect("a list");
        assert_eq!(sorted(quiet.into_iter().map(|one| one.name).collect()), expect);
        let board = db.read(|tx| board::board(tx, &acting(LEA), NORTHWIND_COHORT)).await.expect("the board");
        assert_eq!(board::Numbers::of(&board.members).people, 2);
        let led = db.read(|tx| model::program::desk::led(tx, &acting(LEA))).await.expect("what she leads");
        assert_eq!(led[0].people, 2, "the desk counts whom the board counts");
        let people = async || db.read(|tx| model::program::desk::people(tx, &acting(LEA))).await.expect("a count");
        assert_eq!(people().await, 2);
        // Of a cohort that is put away nobody is.
        db.write(|tx| model::program::company::archive_cohort(tx, &acting(OTTO), NORTHWIND_COHORT)).await.expect("put away");
        let asked = db.read(|tx| reminders::plan(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("a plan");
        assert!(asked.asked.is_empty());
        assert!(db.read(|tx| inactive::list(tx, &acting(LEA), None)).await.expect("a list").is_empty());
        assert!(db.read(|tx| escalation::offers(tx, &acting(LEA))).await.expect("offers").is_empty());
        assert!(db.read(|tx| model::program::desk::led(tx, &acting(LEA))).await.expect("what she leads").is_empty());
        assert_eq!(people().await, 0);
    }
}
