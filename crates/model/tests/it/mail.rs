//! The outbox: what waits, what is tried again, and what is kept.

use jiff::SignedDuration;
use model::event::{Actor, Via};
use model::mail::{self, Filter, State, Step, Written};
use model::world::{ADA, BEN, OTTO, PEOPLE, World};
use model::{Db, Tx, args};
use rules::ids::{EventId, MailId, PersonId};
use rules::letters::{Happening, Letter};
use rules::time::Instant;

/// Something happened, done by Otto.
fn event(tx: &mut Tx) -> model::Result<EventId> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.exec(
        "INSERT INTO event (id, at, kind, subject_kind, subject_id, by_id, via, facts)
         VALUES ($1, $2, 'roles_changed', 'per', 4, $3, 'page', '{\"from\":\"client\",\"to\":\"client coach\"}')",
        args![id, now, OTTO],
    )?;
    Ok(id)
}

async fn queue(db: &Db, to: PersonId, wait: SignedDuration) -> MailId {
    db.write(move |tx| {
        let event = event(tx)?;
        let due_at = tx.now() + wait;
        mail::queue(tx, event, to, Letter::RolesChanged, due_at)?;
        tx.one("SELECT id FROM mail WHERE event_id = $1", args![event], |row| row.get(0))
    })
    .await
    .expect("queueing")
}

async fn due_now(db: &Db) -> Vec<MailId> {
    db.read(mail::due).await.expect("what is due")
}

async fn open(db: &Db, id: MailId) -> Step {
    db.read(move |tx| mail::open(tx, id)).await.expect("opening")
}

async fn write(db: &Db, id: MailId, void_at: Option<Instant>) -> Written {
    let written = Written {
        recipient: "ben@northwind.example".to_owned(),
        subject: "Hello".to_owned(),
        message_id: format!("<{id}@cairn.example>"),
        message: "Subject: Hello\r\n\r\nSecret".to_owned(),
        void_at,
    };
    let stored = written.clone();
    db.write(move |tx| mail::store(tx, id, &stored)).await.expect("storing");
    written
}

async fn fail(db: &Db, id: MailId) {
    db.write(move |tx| mail::mark_failed(tx, id, "smtp_451")).await.expect("marking");
}

async fn sent(db: &Db, id: MailId) {
    db.write(move |tx| mail::mark_sent(tx, id)).await.expect("marking");
}

async fn line(db: &Db, id: MailId) -> mail::Line {
    let lines =
        db.read(|tx| mail::list(tx, &Actor::Operator, &Filter::default(), 100)).await.expect("the list");
    lines.into_iter().find(|line| line.id == id).expect("it is in the list")
}

async fn text(db: &Db, id: MailId) -> Option<String> {
    let sql = "SELECT message FROM mail WHERE id = $1";
    db.read(move |tx| tx.one(sql, args![id], |row| row.get(0))).await.expect("its text")
}

model::on_both! {
    // Rules M2, M3
    async fn one_event_tells_one_person_once(world: World) {
        let db = &world.db;
        let mut notices = db.notices();
        db.write(|tx| {
            let event = event(tx)?;
            let happening = Happening::RolesChanged { person: BEN, by: Some(OTTO) };
            mail::queue_letters(tx, event, &happening)?;
            mail::queue_letters(tx, event, &happening)
        })
        .await
        .expect("queueing");
        let due = due_now(db).await;
        assert_eq!(due.len(), 1);
        assert_eq!(notices.try_recv().map(|notice| (notice.topic, notice.id)), Ok((mail::QUEUED, due[0].raw())));
        assert!(notices.try_recv().is_err(), "woken once");
    }

    // Rule M2
    async fn a_change_that_does_not_happen_queues_nothing(world: World) {
        let db = &world.db;
        let refused = db.write(|tx| {
            let event = event(tx)?;
            let now = tx.now();
            mail::queue(tx, event, BEN, Letter::RolesChanged, now)?;
            Err::<(), _>(rules::refusal::Refusal::LastAdmin.into())
        });
        assert!(refused.await.is_err());
        assert_eq!(due_now(db).await, []);
    }

    // Rules T4, S10
    async fn a_mail_that_must_wait_waits_on_the_product_clock(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, SignedDuration::from_mins(15)).await;
        let moment = db.clock().now() + SignedDuration::from_mins(15);
        assert_eq!(due_now(db).await, []);
        assert!(matches!(open(db, id).await, Step::Nothing));
        assert_eq!(db.read(mail::next_due).await.expect("a moment"), Some(moment));
        db.advance_clock(SignedDuration::from_mins(15)).await.expect("moving the clock");
        assert_eq!(due_now(db).await, [id]);
        assert_eq!(db.read(mail::next_due).await.expect("no moment"), None, "what is due already is not ahead");
    }

    // Rules M2, T2, M8
    async fn a_letter_knows_its_event_and_its_reader(world: World) {
        let db = &world.db;
        let id = queue(db, ADA, SignedDuration::ZERO).await;
        let Step::Write(material) = open(db, id).await else { panic!("it has no text yet") };
        assert_eq!((material.letter, material.message_id), (Letter::RolesChanged, None));
        assert_eq!(material.event.by.as_deref(), Some("Otto Brandt"));
        assert_eq!(material.event.facts["to"], "client coach");
        assert_eq!((material.reader.name.as_str(), material.reader.mail.as_str()), ("Ada Lindholm", "ada@cairn.example"));
        assert_eq!(material.reader.zone.as_str(), "Europe/Stockholm");
        assert_eq!(material.organisation.support_mail.as_deref(), Some("help@cairn.example"));
        assert!(!material.reader.is_closed);
    }

    // Rule M2
    async fn a_text_is_written_once_and_sent_as_it_is(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, SignedDuration::ZERO).await;
        let written = write(db, id, None).await;
        fail(db, id).await;
        db.clock().advance(SignedDuration::from_hours(1));
        let Step::Send(again) = open(db, id).await else { panic!("it is written") };
        assert_eq!(again, written);
    }

    // Rules P1, M2
    async fn a_text_whose_link_has_ended_is_written_anew_under_the_same_id(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, SignedDuration::ZERO).await;
        let written = write(db, id, Some(db.clock().now() + SignedDuration::from_mins(15))).await;
        db.clock().advance(SignedDuration::from_millis(15 * 60_000 - 1));
        assert!(matches!(open(db, id).await, Step::Send(_)));
        db.clock().advance(SignedDuration::from_millis(1));
        let Step::Write(material) = open(db, id).await else { panic!("its link has ended") };
        assert_eq!(material.message_id, Some(written.message_id));
    }

    // Rules M2, T4
    async fn a_failure_waits_longer_each_time_on_the_machine_clock(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, SignedDuration::ZERO).await;
        let mut wait = mail::BACKOFF_FIRST;
        for attempt in 1..mail::ATTEMPTS_MAX {
            fail(db, id).await;
            let failed = line(db, id).await;
            assert_eq!(failed.attempts, attempt);
            let (earliest, latest) = (db.clock().now() + wait, db.clock().now() + wait * 120 / 100);
            assert!((earliest..=latest).contains(&failed.next_try_at), "attempt {attempt}");
            db.advance_clock(SignedDuration::from_hours(24)).await.expect("moving the clock");
            db.clock().advance(wait - SignedDuration::from_secs(1));
            assert_eq!(due_now(db).await, [], "attempt {attempt}: too early, whatever the product clock says");
            db.clock().advance(wait * 20 / 100 + SignedDuration::from_secs(1));
            assert_eq!(due_now(db).await, [id], "attempt {attempt}");
            wait = (wait * 2).min(mail::BACKOFF_LONGEST);
        }
        fail(db, id).await;
        let line = line(db, id).await;
        assert_eq!((line.state, line.last_error.as_deref()), (State::Dead, Some("smtp_451")));
        db.clock().advance(SignedDuration::from_hours(1000));
        assert_eq!(due_now(db).await, []);
    }

    // Rule M2
    async fn a_dead_mail_is_retried_from_the_beginning(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, SignedDuration::ZERO).await;
        let written = write(db, id, None).await;
        let refused = db.write(move |tx| mail::retry(tx, &Actor::Operator, id)).await;
        assert!(refused.is_err(), "it is not dead");
        db.write(move |tx| mail::mark_rejected(tx, id, "smtp_550")).await.expect("marking");
        assert_eq!((line(db, id).await.state, due_now(db).await), (State::Dead, vec![]));
        db.write(move |tx| mail::retry(tx, &Actor::Operator, id)).await.expect("retrying");
        let line = line(db, id).await;
        assert_eq!((line.state, line.attempts), (State::Queued, 0));
        let Step::Send(again) = open(db, id).await else { panic!("it is written") };
        assert_eq!(again, written);
    }

    // Rules P1, M7
    async fn a_dead_mail_keeps_no_link(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, SignedDuration::ZERO).await;
        write(db, id, Some(db.clock().now() + SignedDuration::from_mins(15))).await;
        db.write(move |tx| mail::mark_rejected(tx, id, "smtp_550")).await.expect("marking");
        assert_eq!(text(db, id).await, None);
    }

    // Rule M7
    async fn a_sent_text_is_kept_only_where_mails_are_shown(world: World) {
        let db = &world.db;
        for (mode, kept) in [("serve", false), ("trial", true), ("demo", true)] {
            let sql = "UPDATE organisation SET mode = $1 WHERE id = 1";
            db.write(move |tx| tx.exec(sql, args![mode])).await.expect("setting the mode");
            let id = queue(db, BEN, SignedDuration::ZERO).await;
            write(db, id, None).await;
            sent(db, id).await;
            assert_eq!(text(db, id).await.is_some(), kept, "{mode}");
            assert_eq!(db.read(move |tx| mail::whole(tx, id)).await.is_ok(), kept, "{mode}");
            let shown = db.read(|tx| mail::mailbox(tx, &Filter::default(), 9)).await.expect("the mailbox");
            assert_eq!(shown.iter().any(|line| line.id == id), kept, "{mode}");
            assert_eq!(line(db, id).await.sent_at, Some(db.clock().now()));
        }
    }

    // Rules P3, M7
    async fn only_an_admin_sees_the_queue_and_retries(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, SignedDuration::ZERO).await;
        db.write(move |tx| mail::mark_rejected(tx, id, "smtp_550")).await.expect("marking");
        for somebody in PEOPLE {
            let by = Actor::Person { who: somebody.who(), via: Via::Page, proof: None };
            let (looks, tries) = (by.clone(), by);
            let sees = db.read(move |tx| mail::list(tx, &looks, &Filter::default(), 9)).await.is_ok();
            let retries = db.write(move |tx| mail::retry(tx, &tries, id)).await.is_ok();
            assert_eq!((sees, retries), (somebody.id == OTTO, somebody.id == OTTO), "{}", somebody.name);
        }
        let sql = "SELECT COUNT(*) FROM event WHERE kind = 'mail_retried' AND by_id = $1 AND subject_id = $2";
        let written = db.read(move |tx| tx.one(sql, args![OTTO, id], |row| row.get::<i64>(0))).await;
        assert_eq!(written.expect("the audit log"), 1);
    }

    // Rule M7
    async fn where_mails_are_nobodys_business_a_waiting_one_is_not_shown_either(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, SignedDuration::ZERO).await;
        write(db, id, None).await;
        assert!(db.read(move |tx| mail::whole(tx, id)).await.is_err());
    }

    // Rule M2
    async fn what_is_sent_stays_sent(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, SignedDuration::ZERO).await;
        write(db, id, None).await;
        sent(db, id).await;
        fail(db, id).await;
        db.write(move |tx| mail::mark_rejected(tx, id, "smtp_550")).await.expect("marking");
        db.write(move |tx| mail::mark_dropped(tx, id)).await.expect("marking");
        write(db, id, None).await;
        let line = line(db, id).await;
        assert_eq!((line.state, line.attempts, line.last_error), (State::Sent, 0, None));
        assert_eq!(text(db, id).await, None);
        assert!(matches!(open(db, id).await, Step::Nothing));
    }

    async fn the_list_is_read_by_pages_and_filters(world: World) {
        let db = &world.db;
        let mut ids = Vec::new();
        for person in [BEN, ADA, BEN] {
            ids.push(queue(db, person, SignedDuration::ZERO).await);
        }
        sent(db, ids[0]).await;
        let list = async |filter: Filter, limit: u32| {
            let lines = db.read(move |tx| mail::list(tx, &Actor::Operator, &filter, limit)).await.expect("the list");
            lines.into_iter().map(|line| line.id).collect::<Vec<_>>()
        };
        let all = Filter::default();
        assert_eq!(list(all.clone(), 2).await, [ids[2], ids[1]]);
        assert_eq!(list(Filter { before: Some(ids[1]), ..all.clone() }, 2).await, [ids[0]]);
        assert_eq!(list(Filter { person: Some(BEN), ..all.clone() }, 9).await, [ids[2], ids[0]]);
        assert_eq!(list(Filter { person: Some(BEN), state: Some(State::Sent), ..all }, 9).await, [ids[0]]);
        let health = db.read(mail::health).await.expect("health");
        assert_eq!((health.waiting, health.dead, health.oldest_due), (2, 0, Some(db.clock().now())));
    }
}
