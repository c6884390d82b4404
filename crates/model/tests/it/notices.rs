//! What people are told inside the program, and which mails they refuse, through the verbs.

use jiff::SignedDuration;
use model::event::{self, Actor, Subject, Via};
use model::message::{self, Text};
use model::notification::{self, Notification};
use model::world::{ADA, ADA_BEN, BEN, OTTO, PEOPLE, World};
use model::{Db, Error, Result, Tx, args, mail, mail_choice, on_both, person};
use rules::ids::{EventId, MailId, NotificationId, PersonId};
use rules::letters::Letter;
use rules::notices::Category;
use rules::permission::{Role, Roles};
use rules::refusal::{Problem, Refusal};
use serde_json::json;

fn by(id: PersonId) -> Actor {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    Actor::Person { who, via: Via::Page, proof: None }
}

async fn do_it<T: Send + 'static>(db: &Db, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> T {
    db.write(f).await.expect("a write")
}

async fn refused<T: Send + 'static>(db: &Db, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> Refusal {
    match db.write(f).await {
        Err(Error::Refused(refusal)) => refusal,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was done"),
    }
}

async fn told(db: &Db, who: PersonId) -> Vec<Notification> {
    do_it(db, move |tx| notification::list(tx, &by(who), None, 50)).await
}

async fn unread(db: &Db, who: PersonId) -> u32 {
    do_it(db, move |tx| notification::unread(tx, who)).await
}

async fn write(db: &Db, from: PersonId, to: PersonId) {
    do_it(db, move |tx| message::send(tx, &by(from), to, None, &Text::parse("Hello.").expect("a text")))
        .await;
}

fn event(tx: &mut Tx, actor: &Actor) -> Result<EventId> {
    event::record(tx, actor, event::kind::ROLES_CHANGED, &Subject::of(BEN), &json!({}))
}

async fn mails(db: &Db, to: PersonId, letter: Letter) -> usize {
    do_it(db, move |tx| {
        let filter = mail::Filter { person: Some(to), ..mail::Filter::default() };
        let lines = mail::list(tx, &Actor::Program, &filter, 100)?;
        Ok(lines.iter().filter(|line| line.letter == letter).count())
    })
    .await
}

on_both! {
    // Rule M6
    async fn the_same_events_are_told_inside(world: World) {
        let db = &world.db;
        write(db, ADA, BEN).await;
        do_it(db, |tx| {
            let roles = Roles::only(Role::Client).with(Role::Sponsor);
            person::set_roles(tx, &by(OTTO), BEN, roles)
        })
        .await;
        let all = told(db, BEN).await;
        let what: Vec<(Letter, Option<&str>)> = all.iter().map(|one| (one.letter, one.by.as_deref())).collect();
        assert_eq!(what, [(Letter::RolesChanged, Some("Otto Brandt")), (Letter::MessageReceived, Some("Ada Lindholm"))]);
        assert_eq!((all[1].other.as_deref(), all[1].thread.is_some()), (Some("Ada Lindholm"), true));
        assert_eq!((unread(db, BEN).await, unread(db, ADA).await), (2, 0));
        assert!(told(db, ADA).await.is_empty(), "what one does oneself is no news");
    }

    // Rule M6
    async fn one_reads_ones_own_and_nobody_elses(world: World) {
        let db = &world.db;
        write(db, ADA, BEN).await;
        let id = told(db, BEN).await[0].id;
        for (who, id) in [(ADA, id), (BEN, NotificationId::from_raw(999))] {
            assert_eq!(refused(db, move |tx| notification::mark_read(tx, &by(who), id)).await, Refusal::NotFound);
        }
        assert_eq!(unread(db, BEN).await, 1, "looking reads nothing");
        do_it(db, move |tx| notification::mark_read(tx, &by(BEN), id)).await;
        do_it(db, move |tx| notification::mark_read(tx, &by(BEN), id)).await;
        assert_eq!((unread(db, BEN).await, told(db, BEN).await[0].is_read), (0, true));
        do_it(db, |tx| {
            for _ in 0..3 {
                let event = event(tx, &Actor::Operator)?;
                let now = tx.now();
                mail::queue(tx, event, BEN, Letter::RolesChanged, now)?;
            }
            Ok(())
        })
        .await;
        assert_eq!(unread(db, BEN).await, 3);
        do_it(db, |tx| notification::mark_all_read(tx, &by(BEN))).await;
        assert_eq!(unread(db, BEN).await, 0);
    }

    // Rule M6
    async fn what_waits_is_told_when_it_is_due_and_what_is_dropped_is_not(world: World) {
        let db = &world.db;
        do_it(db, |tx| {
            let due = tx.now() + SignedDuration::from_mins(15);
            let (kept, dropped) = (event(tx, &Actor::Operator)?, event(tx, &Actor::Operator)?);
            mail::queue(tx, kept, BEN, Letter::RolesChanged, due)?;
            mail::queue(tx, dropped, BEN, Letter::RolesChanged, due)?;
            let mail = tx.one("SELECT id FROM mail WHERE event_id = $1", args![dropped], |row| row.get::<MailId>(0))?;
            mail::mark_dropped(tx, mail)
        })
        .await;
        assert_eq!((unread(db, BEN).await, told(db, BEN).await.len()), (0, 0));
        db.clock().advance(SignedDuration::from_mins(15));
        assert_eq!((unread(db, BEN).await, told(db, BEN).await.len()), (1, 1));
    }

    // Rule M6
    async fn what_was_told_of_a_start_does_not_change_when_it_moves(world: World) {
        let db = &world.db;
        let told_of = "2026-03-05T10:00:00Z".parse().expect("an instant");
        do_it(db, move |tx| {
            let facts = json!({ "start": "2026-03-05T10:00:00Z", "asked": "2026-03-09T10:00:00Z" });
            let event = event::record(tx, &Actor::Program, event::kind::ROLES_CHANGED, &Subject::of(ADA_BEN), &facts)?;
            let now = tx.now();
            mail::queue(tx, event, BEN, Letter::Reminder, now)?;
            tx.exec("UPDATE session SET starts_at = starts_at + 86400000 WHERE id = $1", args![ADA_BEN])
        })
        .await;
        let one = told(db, BEN).await.remove(0);
        assert_eq!((one.session, one.starts_at), (Some(ADA_BEN), Some(told_of)));
    }

    // Rule M4
    async fn what_is_written_about_a_session_is_always_mailed(world: World) {
        let db = &world.db;
        do_it(db, |tx| mail_choice::choose(tx, &by(BEN), Category::Messages, false)).await;
        write(db, ADA, BEN).await;
        for _ in 0..2 {
            do_it(db, |tx| message::send(tx, &by(ADA), BEN, Some(ADA_BEN), &Text::parse("Today.").expect("a text"))).await;
        }
        assert_eq!((mails(db, BEN, Letter::MessageReceived).await, mails(db, BEN, Letter::SessionMessage).await), (0, 2));
    }

    // Rule M6
    async fn who_has_read_the_thread_has_read_of_it(world: World) {
        let db = &world.db;
        write(db, ADA, BEN).await;
        let thread = told(db, BEN).await[0].thread.expect("a thread");
        do_it(db, move |tx| {
            let last = message::view(tx, &by(BEN), thread, None, 1)?.messages[0].id;
            message::mark_read(tx, &by(BEN), thread, last)
        })
        .await;
        assert_eq!(unread(db, BEN).await, 0);
    }

    // Rule M4
    async fn a_refused_mail_is_not_sent_and_still_told(world: World) {
        let db = &world.db;
        write(db, ADA, BEN).await;
        assert_eq!(mails(db, BEN, Letter::MessageReceived).await, 1);
        do_it(db, |tx| mail_choice::choose(tx, &by(BEN), Category::Messages, false)).await;
        assert_eq!(mails(db, BEN, Letter::MessageReceived).await, 0, "what waited does not leave");
        db.clock().advance(SignedDuration::from_mins(20));
        write(db, ADA, BEN).await;
        assert_eq!((mails(db, BEN, Letter::MessageReceived).await, unread(db, BEN).await), (0, 2));
        do_it(db, |tx| mail_choice::choose(tx, &by(BEN), Category::Messages, true)).await;
        db.clock().advance(SignedDuration::from_mins(20));
        write(db, ADA, BEN).await;
        assert_eq!(mails(db, BEN, Letter::MessageReceived).await, 1);
    }

    // Rule M4
    async fn what_concerns_ones_own_booking_cannot_be_refused(world: World) {
        let db = &world.db;
        for category in [Category::Bookings, Category::Account] {
            let outcome = refused(db, move |tx| mail_choice::choose(tx, &by(BEN), category, false)).await;
            assert_eq!(outcome, Refusal::invalid("kind", Problem::NotAChoice));
        }
        // Nor by a row from elsewhere.
        do_it(db, |tx| {
            let now = tx.now();
            tx.exec("INSERT INTO mail_refusal (person_id, kind, refused_at) VALUES ($1, 'account', $2)", args![BEN, now])?;
            let event = event(tx, &Actor::Operator)?;
            mail::queue(tx, event, BEN, Letter::RolesChanged, now)
        })
        .await;
        assert_eq!(mails(db, BEN, Letter::RolesChanged).await, 1);
    }

    // Rule M4
    async fn a_token_refuses_one_sort_for_one_person(world: World) {
        let db = &world.db;
        write(db, ADA, BEN).await;
        let token = do_it(db, |tx| {
            let mail = tx.one("SELECT id FROM mail WHERE letter = 'message_received'", args![], |row| row.get::<MailId>(0))?;
            let none = mail_choice::mint(tx, mail, Letter::Booked)?;
            assert!(none.is_none(), "a letter about a booking brings none");
            tx.exec("UPDATE mail SET state = 'sent'", args![])?;
            mail_choice::mint(tx, mail, Letter::MessageReceived)
        })
        .await
        .expect("a token");
        let shown = token.reveal().to_owned();
        let stored = do_it(db, |tx| tx.all("SELECT refusal_hash FROM mail WHERE refusal_hash IS NOT NULL", args![], |row| row.get::<String>(0))).await;
        assert!(stored.len() == 1 && stored[0] != shown, "only its hash is kept");
        for _ in 0..2 {
            let shown = shown.clone();
            assert_eq!(do_it(db, move |tx| mail_choice::refuse(tx, &shown)).await, Category::Messages);
        }
        assert_eq!(do_it(db, |tx| mail_choice::refused(tx, &by(BEN))).await, [Category::Messages]);
        assert!(do_it(db, |tx| mail_choice::refused(tx, &by(ADA))).await.is_empty());
        assert_eq!(refused(db, |tx| mail_choice::refuse(tx, "nothing")).await, Refusal::LinkUnknown);
    }
}
