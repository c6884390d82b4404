//! Messages between a client and a coach, through their verbs.

use jiff::SignedDuration;
use model::event::{self, Actor, Via};
use model::message::{self, Sent, Text};
use model::world::{ADA, ADA_BEN, BEN, CARA, FINN, FINN_GIL, GIL, LEA, OTTO, PEOPLE, World};
use model::{Db, Error, Result, Tx, args, mail, on_both, person};
use rules::ids::{MessageId, PersonId, SessionId};
use rules::letters::Letter;
use rules::refusal::{Problem, Refusal};

fn by(id: PersonId) -> Actor {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    Actor::Person { who, via: Via::Page, proof: None }
}

fn text(words: &str) -> Text {
    Text::parse(words).expect("a text")
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

async fn send(db: &Db, from: PersonId, to: PersonId, words: &'static str) -> Sent {
    do_it(db, move |tx| message::send(tx, &by(from), to, None, &text(words))).await
}

async fn view(db: &Db, who: PersonId, sent: Sent) -> message::View {
    do_it(db, move |tx| message::view(tx, &by(who), sent.thread, None, 50)).await
}

async fn unread(db: &Db, who: PersonId) -> u32 {
    do_it(db, move |tx| {
        let who = person::get(tx, who)?.who();
        message::unread(tx, &who)
    })
    .await
}

/// The letters about messages that were queued for somebody, and what became of each.
async fn letters(db: &Db, to: PersonId) -> Vec<mail::State> {
    do_it(db, move |tx| {
        let filter = mail::Filter { person: Some(to), ..mail::Filter::default() };
        let lines = mail::list(tx, &Actor::Program, &filter, 100)?;
        Ok(lines
            .iter()
            .filter(|line| line.letter == Letter::MessageReceived)
            .map(|line| line.state)
            .collect())
    })
    .await
}

async fn pass(db: &Db, minutes: i64) {
    db.clock().advance(SignedDuration::from_mins(minutes));
}

on_both! {
    // Rule W6
    async fn a_client_and_a_coach_have_one_thread(world: World) {
        let db = &world.db;
        let first = send(db, BEN, ADA, "Nobody has noticed so far.").await;
        let second = send(db, ADA, BEN, "That is the best kind of answer.").await;
        assert_eq!(first.thread, second.thread);
        for who in [ADA, BEN] {
            let seen = view(db, who, first).await;
            let said: Vec<&str> = seen.messages.iter().map(|message| message.text.as_str()).collect();
            assert_eq!(said, ["Nobody has noticed so far.", "That is the best kind of answer."]);
            assert_eq!((seen.as_coach, seen.other.person), (who == ADA, if who == ADA { BEN } else { ADA }));
            let threads = do_it(db, move |tx| message::threads(tx, &by(who), None, 50)).await;
            assert_eq!(threads.len(), 1);
            assert_eq!(threads[0].last.id, second.message);
        }
    }

    // Rules W6, P4
    async fn nobody_else_has_a_thread_at_all(world: World) {
        let db = &world.db;
        let sent = send(db, ADA, BEN, "For your eyes.").await;
        for who in [OTTO, LEA, CARA, FINN, GIL] {
            let seen = refused(db, move |tx| message::view(tx, &by(who), sent.thread, None, 50)).await;
            assert_eq!(seen, Refusal::NotFound, "{who}");
            let told = refused(db, move |tx| message::reply(tx, &by(who), sent.thread, None, &text("Me too."))).await;
            assert_eq!(told, Refusal::NotFound, "{who}");
            let read = refused(db, move |tx| message::mark_read(tx, &by(who), sent.thread, sent.message)).await;
            assert_eq!(read, Refusal::NotFound, "{who}");
            // Nor does anybody begin one with somebody who is none of theirs.
            for to in [BEN, PersonId::from_raw(999)] {
                let sent = refused(db, move |tx| message::send(tx, &by(who), to, None, &text("Hello."))).await;
                assert_eq!(sent, Refusal::NotFound, "{who} to {to}");
            }
            assert_eq!(unread(db, who).await, 0);
        }
        // What is not there is answered as what is not theirs.
        let absent = refused(db, |tx| message::view(tx, &by(FINN), "thr_0000000000099".parse().unwrap(), None, 50)).await;
        assert_eq!(absent, Refusal::NotFound);
        for (from, to) in [(BEN, GIL), (BEN, FINN), (ADA, FINN), (ADA, ADA), (BEN, BEN)] {
            let sent = refused(db, move |tx| message::send(tx, &by(from), to, None, &text("Hello."))).await;
            assert_eq!(sent, Refusal::NotFound, "{from} to {to}");
        }
    }

    // Rule W6
    async fn who_has_parted_can_still_write(world: World) {
        let db = &world.db;
        let sent = send(db, ADA, BEN, "Good luck with the board.").await;
        do_it(db, |tx| {
            let now = tx.now();
            tx.exec("UPDATE coaching SET to_at = $1 WHERE client_id = $2", args![now, BEN])?;
            tx.exec("UPDATE participant SET coach_id = $1 WHERE person_id = $2", args![FINN, BEN])
        })
        .await;
        for (from, to) in [(BEN, ADA), (ADA, BEN), (FINN, BEN)] {
            let again = send(db, from, to, "It went well.").await;
            assert_eq!(again.thread == sent.thread, from != FINN, "the thread stays with the old coach");
        }
    }

    // Rule W6
    async fn who_coaches_no_more_reads_no_more(world: World) {
        let db = &world.db;
        let sent = send(db, BEN, ADA, "Are you there?").await;
        assert_eq!(unread(db, ADA).await, 1);
        do_it(db, |tx| tx.exec("DELETE FROM person_role WHERE person_id = $1", args![ADA])).await;
        let without = do_it(db, |tx| Ok(Actor::Person { who: person::get(tx, ADA)?.who(), via: Via::Page, proof: None })).await;
        let seen = refused(db, move |tx| message::view(tx, &without, sent.thread, None, 50)).await;
        assert_eq!((seen, unread(db, ADA).await), (Refusal::NotFound, 0));
    }

    // Rule W6
    async fn what_is_read_is_said_and_what_came_later_stays_unread(world: World) {
        let db = &world.db;
        let first = send(db, ADA, BEN, "One.").await;
        let second = send(db, ADA, BEN, "Two.").await;
        assert_eq!((unread(db, BEN).await, unread(db, ADA).await), (2, 0));
        assert_eq!(view(db, BEN, first).await.unread, 2, "looking at it reads nothing");
        assert_eq!(view(db, BEN, first).await.unread, 2);
        pass(db, 3).await;
        do_it(db, move |tx| message::mark_read(tx, &by(BEN), first.thread, first.message)).await;
        let read_at = db.clock().now();
        assert_eq!((unread(db, BEN).await, view(db, ADA, first).await.read), (1, Some((first.message, read_at))));
        pass(db, 3).await;
        // A number from nowhere reads no more than there is, and what is read stays read.
        let far = MessageId::from_raw(i64::MAX);
        do_it(db, move |tx| message::mark_read(tx, &by(BEN), first.thread, far)).await;
        let all = Some((second.message, db.clock().now()));
        assert_eq!((unread(db, BEN).await, view(db, ADA, first).await.read), (0, all));
        pass(db, 3).await;
        do_it(db, move |tx| message::mark_read(tx, &by(BEN), first.thread, first.message)).await;
        assert_eq!(view(db, ADA, first).await.read, all);
        send(db, ADA, BEN, "Three.").await;
        assert_eq!((unread(db, BEN).await, unread(db, ADA).await), (1, 0), "one's own messages are read");
    }

    // Rule W6
    async fn a_thread_is_read_page_by_page(world: World) {
        let db = &world.db;
        let mut sent = Vec::new();
        for _ in 0..5 {
            sent.push(send(db, ADA, BEN, "Another one.").await);
        }
        let thread = sent[0].thread;
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let view = do_it(db, move |tx| message::view(tx, &by(BEN), thread, before, 2)).await;
            let ids: Vec<MessageId> = view.messages.iter().map(|message| message.id).collect();
            before = ids.first().copied();
            seen.splice(0..0, ids);
            if !view.has_older {
                break;
            }
        }
        assert_eq!(seen, sent.iter().map(|sent| sent.message).collect::<Vec<_>>());
    }

    // Rule W6
    async fn a_message_names_a_session_of_them_both_or_none(world: World) {
        let db = &world.db;
        let about = |session: SessionId| move |tx: &mut Tx| message::send(tx, &by(ADA), BEN, Some(session), &text("Are you on your way?"));
        let sent = do_it(db, about(ADA_BEN)).await;
        let seen = view(db, BEN, sent).await;
        assert_eq!(seen.messages[0].session.map(|(id, start)| (id, start.is_some())), Some((ADA_BEN, true)));
        for session in [FINN_GIL, SessionId::from_raw(999)] {
            assert_eq!(refused(db, about(session)).await, Refusal::invalid("session", Problem::NotAChoice));
            let told = do_it(db, move |tx| message::about(tx, &by(ADA), BEN, session)).await;
            assert_eq!(told, None, "nor is it told when that is");
        }
    }

    // Rule M4
    async fn one_letter_tells_of_a_thread_until_it_is_read(world: World) {
        let db = &world.db;
        let first = send(db, ADA, BEN, "One.").await;
        send(db, ADA, BEN, "Two.").await;
        pass(db, 60).await;
        send(db, ADA, BEN, "Three.").await;
        assert_eq!(letters(db, BEN).await, [mail::State::Queued], "while it waits there is no second");
        do_it(db, |tx| tx.exec("UPDATE mail SET state = 'sent'", args![])).await;
        send(db, ADA, BEN, "Four.").await;
        assert_eq!(letters(db, BEN).await.len(), 2, "that was an hour ago");
        do_it(db, |tx| tx.exec("UPDATE mail SET state = 'sent'", args![])).await;
        pass(db, 14).await;
        send(db, ADA, BEN, "Five.").await;
        assert_eq!(letters(db, BEN).await.len(), 2);
        let last = view(db, BEN, first).await.messages.last().expect("a message").id;
        do_it(db, move |tx| message::mark_read(tx, &by(BEN), first.thread, last)).await;
        pass(db, 1).await;
        send(db, ADA, BEN, "Six.").await;
        assert_eq!(letters(db, BEN).await.len(), 3, "who has read is told anew");
        assert_eq!(letters(db, ADA).await.len(), 0);
    }

    // Rule W6
    async fn what_was_written_stands_in_no_event_and_not_in_the_log(world: World) {
        let db = &world.db;
        send(db, ADA, BEN, "The plum tree is in flower.").await;
        let events = do_it(db, |tx| tx.all("SELECT facts FROM event", args![], |row| row.get::<String>(0))).await;
        assert!(events.iter().all(|facts| !facts.contains("plum")));
        let log = do_it(db, |tx| event::audit(tx, &by(OTTO), &event::Filter::default(), 100)).await;
        assert!(log.iter().all(|line| line.kind != message::kind::SENT.0), "who writes to whom is theirs alone");
    }

    // Rule W6
    async fn nobody_writes_without_end_or_into_the_void(world: World) {
        let db = &world.db;
        assert_eq!(Text::parse(" \n "), Err(Problem::Missing));
        assert_eq!(Text::parse(&"x".repeat(4_001)), Err(Problem::TooLong { most: 4_000 }));
        assert!(Text::parse(&"x".repeat(4_000)).is_ok());
        do_it(db, |tx| {
            for _ in 0..message::SENDS.tries {
                message::send(tx, &by(ADA), BEN, None, &text("Again."))?;
            }
            Ok(())
        })
        .await;
        let over = refused(db, |tx| message::send(tx, &by(ADA), BEN, None, &text("And again."))).await;
        assert!(matches!(over, Refusal::RateLimited { .. }), "{over:?}");
        do_it(db, |tx| {
            let now = tx.now();
            tx.exec("UPDATE person SET closed_at = $1 WHERE id = $2", args![now, ADA])
        })
        .await;
        let gone = refused(db, |tx| message::send(tx, &by(BEN), ADA, None, &text("Are you there?"))).await;
        assert_eq!(gone, Refusal::ReaderGone);
    }
}
