//! Rules that send mail by status (M5): once for each occasion, whoever looks and however often, and to nobody who is left
//! out; and mails to tests, which are kept back (G12).

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::mail::{self, State};
use model::program::lead::Led;
use model::program::reminders;
use model::session::{self, PlannedWish, Reason};
use model::trigger::outlook::outlook;
use model::trigger::{self, Filter, NewTrigger, Text, Texts};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, CARA, FIRST_STEP, LAST_STEP, LEA, NORTHWIND, NORTHWIND_COHORT,
    NORTHWIND_PROJECT, OTTO, SOUTHWIND, SOUTHWIND_COHORT, World,
};
use model::{Db, Error, args};
use rules::ids::{ParticipantId, PersonId, TriggerId};
use rules::marking::Mark;
use rules::notices::Category;
use rules::person::Language;
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::text::{Line, Prose};
use rules::triggers::{Condition, LeftOut, Level, Recipient, Timing};

use crate::board::{acting, at, of_step};
use crate::life_pods::person_of;
use crate::life_stage::Stage;
use crate::programs::{participant, start};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn texts(subject: &str) -> Texts {
    let text = Text {
        subject: Line::parse_some(subject).expect("a subject"),
        body: Prose::parse_some("Hello {{ first_name }}.").expect("a body"),
    };
    BTreeMap::from([(Language::English, text)])
}

/// Days until the first mail, how many, days between two.
pub(crate) fn timing(wait: u32, times: u32, again: u32) -> Timing {
    Timing { wait_hours: wait * 24, times, again_hours: again * 24 }
}

fn new(holds: Led, condition: Condition, timing: Timing) -> NewTrigger {
    NewTrigger { holds, condition, recipient: condition.recipients()[0], timing, texts: texts("Book") }
}

pub(crate) async fn make(db: &Db, holds: Led, condition: Condition, timing: Timing) -> TriggerId {
    let new = new(holds, condition, timing);
    db.write(move |tx| trigger::make(tx, &acting(OTTO), &new)).await.expect("a rule")
}

/// Does all that is due, as the program does.
async fn sweep(db: &Db) {
    while trigger::sweep(db).await.expect("a sweep") > 0 {}
}

async fn pass(db: &Db, by: SignedDuration) {
    db.advance_clock(by).await.expect("time passes");
    sweep(db).await;
}

/// Who was written to by a rule, in order.
async fn sent(db: &Db, rule: TriggerId) -> Vec<PersonId> {
    let sql = "SELECT person_id FROM trigger_sent WHERE rule_id = $1 ORDER BY sent_at, person_id";
    db.read(move |tx| tx.all(sql, args![rule], |row| row.get(0))).await.expect("what was sent")
}

async fn mails(db: &Db) -> i64 {
    let sql = "SELECT COUNT(*) FROM mail WHERE letter IN ('trigger', 'trigger_for_coach')";
    db.read(move |tx| tx.one(sql, args![], |row| row.get(0))).await.expect("the mails")
}

fn refused<T: std::fmt::Debug>(outcome: model::Result<T>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

model::on_both! {
    // Rule M5
    async fn a_rule_writes_once_for_each_moment_however_many_look(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let rule = make(db, Led::Company(NORTHWIND), Condition::Unbooked, timing(14, 2, 7)).await;
        sweep(db).await;
        pass(db, DAY * 14 - HOUR).await;
        assert!(sent(db, rule).await.is_empty(), "an hour too soon");
        db.advance_clock(HOUR * 2).await.expect("time passes");
        // Two programs at once, then one that was killed before it wrote down that it had looked.
        let (one, other) = tokio::join!(trigger::sweep(db), trigger::sweep(db));
        one.expect("one");
        other.expect("the other");
        db.write(|tx| tx.exec("UPDATE cohort SET triggers_at = 0", args![])).await.expect("killed");
        sweep(db).await;
        assert_eq!((sent(db, rule).await, mails(db).await), (vec![BEN], 1));
        pass(db, DAY * 7).await;
        assert_eq!((sent(db, rule).await, mails(db).await), (vec![BEN, BEN], 2));
        pass(db, DAY * 30).await;
        assert_eq!(mails(db).await, 2, "no more than it may");
    }

    // Rule M5
    async fn what_is_booked_and_given_back_is_another_occasion(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let first = of_step(db, journey, FIRST_STEP).await;
        let rule = make(db, Led::Cohort(NORTHWIND_COHORT), Condition::Unbooked, timing(2, 1, 3)).await;
        pass(db, DAY * 2 + HOUR).await;
        assert_eq!(sent(db, rule).await.len(), 1);
        let stage = Stage::of(db, first).await;
        let free = stage.db.read(move |tx| {
            let from = tx.now();
            session::slots_to_book(tx, &acting(BEN), first, rules::time::Span { from, until: from + DAY * 30 })
        });
        let start = *free.await.expect("times").last().expect("a time");
        stage.write(move |tx, id| session::book_planned(tx, &acting(BEN), id, &PlannedWish { overlap_known: true, ..PlannedWish::at(start) })).await.expect("to book");
        pass(db, DAY * 3).await;
        stage.calls_off(BEN, Cause::Client).await.expect("to give it back");
        sweep(db).await;
        assert_eq!(sent(db, rule).await.len(), 1, "it has just become so");
        pass(db, DAY * 2 + HOUR).await;
        assert_eq!(sent(db, rule).await.len(), 2);
    }

    // Rule M5
    async fn a_change_sends_nothing_again(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let rule = make(db, Led::Company(NORTHWIND), Condition::Unbooked, timing(5, 1, 3)).await;
        pass(db, DAY * 5 + HOUR).await;
        assert_eq!(mails(db).await, 1);
        let change = |timing: Timing, subject: &'static str| async move {
            db.write(move |tx| trigger::change(tx, &acting(LEA), rule, timing, &texts(subject))).await
        };
        assert_eq!(refused(change(timing(5, 1, 3), "Other").await), Refusal::NotFound, "a company is not Lea's");
        let change = |timing: Timing, subject: &'static str| async move {
            db.write(move |tx| trigger::change(tx, &acting(OTTO), rule, timing, &texts(subject))).await.expect("a change")
        };
        assert!(!change(timing(5, 1, 3), "Book").await, "the same is no version");
        assert!(change(timing(5, 1, 3), "Other words").await);
        pass(db, DAY * 4).await;
        assert!(change(timing(1, 1, 3), "Other words").await);
        let seen = || async { db.read(move |tx| outlook(tx, &acting(OTTO), rule)).await.expect("an outlook") };
        let said = seen().await;
        assert_eq!(said.ahead, []);
        assert_eq!(said.left_out.iter().map(|(.., why)| *why).collect::<Vec<_>>(), [LeftOut::Sent]);
        pass(db, DAY * 3).await;
        assert_eq!(mails(db).await, 1, "the one mail that it may send was sent");
        // A second one is new, and counts from the change.
        assert!(change(timing(1, 2, 3), "Other words").await);
        assert_eq!(seen().await.ahead.iter().map(|(_, line)| line.number).collect::<Vec<_>>(), [2]);
        pass(db, DAY * 4 - HOUR).await;
        assert_eq!(mails(db).await, 1);
        pass(db, HOUR * 2).await;
        assert_eq!(mails(db).await, 2);
        let versions = db.read(move |tx| trigger::versions(tx, &acting(OTTO), rule)).await.expect("versions");
        assert_eq!(versions.iter().map(|version| version.number).collect::<Vec<_>>(), [4, 3, 2, 1]);
        assert_eq!(versions[3].texts[&Language::English].0, "Book");
        assert_eq!(versions[0].by.as_deref(), Some("Otto Brandt"));
    }

    // Rule M5
    async fn the_nearest_rule_holds_and_a_paused_one_is_silent(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let company = make(db, Led::Company(NORTHWIND), Condition::Unbooked, timing(2, 3, 3)).await;
        let project = make(db, Led::Project(NORTHWIND_PROJECT), Condition::Unbooked, timing(2, 3, 3)).await;
        let cohort = make(db, Led::Cohort(NORTHWIND_COHORT), Condition::Unbooked, timing(2, 3, 3)).await;
        pass(db, DAY * 2 + HOUR).await;
        let counts = |db: Db| async move {
            [sent(&db, company).await.len(), sent(&db, project).await.len(), sent(&db, cohort).await.len()]
        };
        assert_eq!(counts(db.clone()).await, [0, 0, 1]);
        let seen = db.read(move |tx| trigger::get(tx, &acting(LEA), cohort)).await.expect("a lead's rule");
        assert_eq!((seen.overrides, seen.overridden_by), (vec![Level::Company, Level::Project], vec![]));
        let seen = db.read(move |tx| trigger::get(tx, &acting(OTTO), company)).await.expect("the company's");
        assert_eq!((seen.overrides, seen.overridden_by), (vec![], vec![Level::Project, Level::Cohort]));

        db.write(move |tx| trigger::pause(tx, &acting(LEA), cohort)).await.expect("a pause");
        pass(db, DAY * 3).await;
        assert_eq!(counts(db.clone()).await, [0, 0, 1], "it is silent, and so is what it overrides");
        db.write(move |tx| trigger::resume(tx, &acting(LEA), cohort)).await.expect("an end of it");
        sweep(db).await;
        assert_eq!(counts(db.clone()).await, [0, 0, 1], "what came meanwhile is not sent");
        pass(db, DAY * 3).await;
        assert_eq!(counts(db.clone()).await, [0, 0, 2]);
        db.write(move |tx| trigger::remove(tx, &acting(LEA), cohort)).await.expect("to remove it");
        sweep(db).await;
        assert_eq!(counts(db.clone()).await, [0, 0, 2], "the cohort's wrote today");
        pass(db, DAY).await;
        assert_eq!(counts(db.clone()).await, [0, 1, 2], "its project's holds again: its moment came this week");
    }

    // Rules M5, M4
    async fn who_is_left_out_gets_nothing_and_the_list_is_what_is_sent(world: World) {
        let db = &world.db;
        let rule = make(db, Led::Cohort(NORTHWIND_COHORT), Condition::Unbooked, timing(2, 1, 3)).await;
        let mut all: Vec<(ParticipantId, PersonId)> = vec![(BEN_AT_NORTHWIND, BEN)];
        for name in ["Kim", "Lou", "Max", "Noa", "Pat", "Quin"] {
            let one = participant(db, name).await;
            all.push((one, person_of(db, one).await));
        }
        for (one, _) in &all {
            start(db, *one).await;
        }
        let [_, kim, lou, max, noa, pat, _] = all[..] else { panic!("seven people") };
        db.write(move |tx| {
            let now = tx.now();
            tx.exec("UPDATE participant SET test = $1 WHERE id = $2", args![true, kim.0])?;
            tx.exec("UPDATE participant SET archived_at = $1, archived_as = 'not_started' WHERE id = $2", args![now, lou.0])?;
            tx.exec("UPDATE person SET closed_at = $1 WHERE id = $2", args![now, max.1])?;
            tx.exec("INSERT INTO mail_refusal (person_id, kind, refused_at) VALUES ($1, $2, $3)",
                args![noa.1, Category::Steps.code(), now])?;
            tx.exec("UPDATE journey SET completed_at = $1, completed_by = $2 WHERE participant_id = $3", args![now, OTTO, pat.0])
        }).await.expect("to leave them out");
        db.advance_clock(DAY * 2 + HOUR).await.expect("time passes");
        let seen = db.read(move |tx| outlook(tx, &acting(LEA), rule)).await.expect("an outlook");
        let mut expected: Vec<PersonId> = seen.now.iter().map(|line| line.to).collect();
        expected.sort_unstable();
        assert_eq!(expected.len(), 2, "{expected:?}");
        let reasons: Vec<LeftOut> = seen.left_out.iter().map(|(.., reason)| *reason).collect();
        assert_eq!(reasons, [LeftOut::Test, LeftOut::Archived, LeftOut::Closed, LeftOut::Complete, LeftOut::Refuses]);
        sweep(db).await;
        assert_eq!(sent(db, rule).await, expected);
        let after = db.read(move |tx| outlook(tx, &acting(LEA), rule)).await.expect("an outlook");
        assert!(after.now.is_empty());
    }

    // Rule M5
    async fn what_the_next_days_will_send_is_what_they_send(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        let rule = make(db, Led::Cohort(NORTHWIND_COHORT), Condition::Unbooked, timing(2, 3, 3)).await;
        let seen = db.read(move |tx| outlook(tx, &acting(LEA), rule)).await.expect("an outlook");
        assert_eq!((seen.now.len(), seen.ahead.len()), (0, 2));
        for _ in 0..7 {
            pass(db, DAY).await;
        }
        assert_eq!(sent(db, rule).await.len(), 2);
    }

    // Rules M5, T4
    async fn jumps_of_the_clock_end_as_ticking_does_and_nothing_is_sent_for_what_is_long_past(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        for jump in [HOUR * 6, DAY, DAY * 3] {
            let rule = make(db, Led::Cohort(NORTHWIND_COHORT), Condition::Unbooked, timing(5, 3, 4)).await;
            let mut passed = SignedDuration::ZERO;
            while passed < DAY * 18 {
                pass(db, jump).await;
                passed += jump;
            }
            assert_eq!(sent(db, rule).await.len(), 3, "{jump}");
            db.write(move |tx| trigger::remove(tx, &acting(OTTO), rule)).await.expect("to remove it");
        }
        let rule = make(db, Led::Cohort(NORTHWIND_COHORT), Condition::Unbooked, timing(5, 3, 4)).await;
        pass(db, DAY * 40).await;
        assert!(sent(db, rule).await.is_empty());
    }

    // Rule M5
    async fn marks_and_what_lacks_one_are_written_about(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let (first, last) = (of_step(db, journey, FIRST_STEP).await, of_step(db, journey, LAST_STEP).await);
        at(db, first, -3).await;
        let holds = Led::Company(NORTHWIND);
        let missed = make(db, holds, Condition::Missed, timing(1, 1, 3)).await;
        let next = make(db, holds, Condition::NextNotBooked, timing(1, 1, 3)).await;
        let nearly = make(db, holds, Condition::NearlyOver, timing(1, 1, 3)).await;
        let unmarked = make(db, holds, Condition::Unmarked, timing(1, 1, 3)).await;
        pass(db, DAY + HOUR).await;
        assert_eq!(sent(db, unmarked).await, [ADA], "it was over before there was the rule, and still is unmarked");
        db.write(move |tx| session::mark(tx, &acting(OTTO), first, BEN, Mark::NoShow)).await.expect("a mark");
        pass(db, DAY + HOUR).await;
        assert_eq!(sent(db, missed).await, [BEN]);
        // The pod is greyed out; what is left is the last one, which can be booked.
        let pod = of_step(db, journey, model::world::POD_STEP).await;
        db.write(move |tx| {
            session::mark(tx, &acting(OTTO), first, BEN, Mark::Completed)?;
            session::grey_out(tx, &acting(OTTO), pod, BEN, &Reason::default())
        }).await.expect("another mark");
        pass(db, DAY + HOUR).await;
        // Both lead to the one session that is left: one of them a day.
        assert_eq!((sent(db, next).await, sent(db, nearly).await), (vec![BEN], vec![]));
        pass(db, DAY).await;
        assert_eq!((sent(db, next).await, sent(db, nearly).await), (vec![BEN], vec![BEN]));
        at(db, last, 4).await;
        pass(db, DAY * 2).await;
        assert_eq!(mails(db).await, 4);
    }

    // Rule M5
    async fn rules_that_lead_to_one_session_write_a_day_apart(world: World) {
        let db = &world.db;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let (first, pod) = (of_step(db, journey, FIRST_STEP).await, of_step(db, journey, model::world::POD_STEP).await);
        at(db, first, -3).await;
        db.write(move |tx| {
            tx.exec("UPDATE step SET from_week = NULL, to_week = NULL", args![])?;
            session::mark(tx, &acting(OTTO), first, BEN, Mark::Completed)?;
            session::grey_out(tx, &acting(OTTO), pod, BEN, &Reason::default())
        }).await.expect("one step is left");
        let holds = Led::Cohort(NORTHWIND_COHORT);
        let mut rules = Vec::new();
        for condition in [Condition::Unbooked, Condition::NextNotBooked, Condition::NearlyOver] {
            let times = if condition.lasts() { 2 } else { 1 };
            rules.push(make(db, holds, condition, timing(2, times, 3)).await);
        }
        let counts = |db: Db, rules: Vec<TriggerId>| async move {
            let mut counts = Vec::new();
            for rule in rules {
                counts.push(sent(&db, rule).await.len());
            }
            counts
        };
        // All three are due at once, and again the first two.
        let mut days = Vec::new();
        pass(db, DAY * 2 - HOUR).await;
        for _ in 0..8 {
            // Whatever wants to leave within the day has its turn; by every hour, and by two programs.
            for _ in 0..12 {
                db.advance_clock(HOUR * 2).await.expect("time passes");
                let (one, other) = tokio::join!(trigger::sweep(db), trigger::sweep(db));
                one.expect("one");
                other.expect("the other");
            }
            days.push(counts(db.clone(), rules.clone()).await.iter().sum::<usize>());
        }
        assert!(days.windows(2).all(|pair| pair[1] - pair[0] <= 1), "at most one a day: {days:?}");
        assert_eq!(counts(db.clone(), rules.clone()).await, [2, 2, 1], "and none is lost: {days:?}");
        // The coach is somebody else.
        let to_coach = NewTrigger { recipient: Recipient::Coach, ..new(holds, Condition::Unbooked, timing(1, 1, 3)) };
        let to_coach = db.write(move |tx| trigger::make(tx, &acting(OTTO), &to_coach)).await.expect("a rule");
        pass(db, DAY + HOUR).await;
        assert_eq!(sent(db, to_coach).await, [ADA]);
    }

    // Rules M5, G4
    async fn who_was_asked_to_book_by_a_rule_is_not_asked_by_hand_on_the_same_day(world: World) {
        let db = &world.db;
        start(db, BEN_AT_NORTHWIND).await;
        make(db, Led::Cohort(NORTHWIND_COHORT), Condition::Unbooked, timing(2, 1, 3)).await;
        let asked = |db: Db| async move {
            let plan = db.read(|tx| reminders::plan(tx, &acting(LEA), NORTHWIND_COHORT, &[])).await.expect("a plan");
            plan.asked.len()
        };
        assert_eq!(asked(db.clone()).await, 1);
        pass(db, DAY * 2 + HOUR).await;
        assert_eq!((mails(db).await, asked(db.clone()).await), (1, 0));
        pass(db, DAY).await;
        assert_eq!(asked(db.clone()).await, 1);
    }

    // Rules M5, P3
    async fn an_admin_has_all_rules_and_a_lead_those_of_what_they_lead(world: World) {
        let db = &world.db;
        let own = make(db, Led::Cohort(NORTHWIND_COHORT), Condition::Missed, timing(1, 1, 3)).await;
        let company = make(db, Led::Company(NORTHWIND), Condition::Missed, timing(1, 1, 3)).await;
        let foreign = make(db, Led::Cohort(SOUTHWIND_COHORT), Condition::Missed, timing(1, 1, 3)).await;
        let listed = |who| async move {
            db.read(move |tx| trigger::list(tx, &acting(who), &Filter::default())).await
                .map(|all| all.iter().map(|one| one.id).collect::<Vec<_>>())
        };
        assert_eq!(listed(OTTO).await.expect("all"), [company, own, foreign]);
        assert_eq!(listed(LEA).await.expect("her own"), [own]);
        for who in [ADA, BEN, CARA] {
            assert!(matches!(refused(listed(who).await), Refusal::MayNot { .. }));
        }
        for rule in [company, foreign, TriggerId::from_raw(9)] {
            let got = db.read(move |tx| trigger::get(tx, &acting(LEA), rule).map(|one| one.id)).await;
            assert_eq!(refused(got), Refusal::NotFound);
            assert_eq!(refused(db.write(move |tx| trigger::pause(tx, &acting(LEA), rule)).await), Refusal::NotFound);
        }
        for holds in [Led::Company(SOUTHWIND), Led::Cohort(SOUTHWIND_COHORT), Led::Company(NORTHWIND)] {
            let new = new(holds, Condition::Unbooked, timing(1, 1, 3));
            assert_eq!(refused(db.write(move |tx| trigger::make(tx, &acting(LEA), &new)).await), Refusal::NotFound);
        }
        let twice = new(Led::Cohort(NORTHWIND_COHORT), Condition::Missed, timing(1, 1, 3));
        assert_eq!(refused(db.write(move |tx| trigger::make(tx, &acting(LEA), &twice)).await).code(), "invalid");
        let mut odd = new(Led::Cohort(NORTHWIND_COHORT), Condition::Unmarked, timing(1, 1, 3));
        odd.recipient = Recipient::Participant;
        assert_eq!(refused(db.write(move |tx| trigger::make(tx, &acting(LEA), &odd)).await).code(), "invalid");
    }

    // Rule G12
    async fn mail_to_whoever_is_only_a_test_is_kept_back(world: World) {
        let db = &world.db;
        let kim = participant(db, "Kim").await;
        let person = person_of(db, kim).await;
        let state = |db: Db| async move {
            db.write(move |tx| {
                let event = model::event::record(tx, &model::event::Actor::Operator, model::event::kind::INVITED,
                    &model::event::Subject::of(person), &serde_json::json!({}))?;
                let now = tx.now();
                mail::queue(tx, event, person, rules::letters::Letter::Invitation, now)?;
                tx.one("SELECT state FROM mail WHERE event_id = $1", args![event], |row| row.parse::<State>(0))
            }).await.expect("a mail")
        };
        assert_eq!(state(db.clone()).await, State::Queued);
        db.write(move |tx| tx.exec("UPDATE participant SET test = $1 WHERE id = $2", args![true, kim])).await.expect("a test");
        assert_eq!(state(db.clone()).await, State::Test);
        let due = db.read(mail::due).await.expect("what is due").len();
        assert_eq!(state(db.clone()).await, State::Test);
        assert_eq!(db.read(mail::due).await.expect("what is due").len(), due);
        // Where no mail is real the mailbox shows it; and who is somebody else besides gets theirs.
        db.write(|tx| tx.exec("UPDATE organisation SET mode = 'demo'", args![])).await.expect("a demo");
        assert_eq!(state(db.clone()).await, State::Queued);
        db.write(move |tx| {
            let now = tx.now();
            tx.exec("UPDATE organisation SET mode = 'serve'", args![])?;
            tx.exec("INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, 'coach', $2)", args![person, now])
        }).await.expect("a coach");
        assert_eq!(state(db.clone()).await, State::Queued);
    }
}
