//! The letters of a second coach: one for each who is concerned, with the entry that it changes in their calendar.

use model::session::{self, CallOff, PlannedWish, Reason};
use model::testing::Engine;
use model::world::{ADA, BEN, BEN_AT_NORTHWIND, FINN, FIRST_STEP, LEA, World};
use model::{Db, args, on_both, program};
use rules::ids::{PersonId, SessionId};
use rules::letters::Letter;
use rules::person::Language;
use rules::session::Cause;
use rules::time::Instant;

use super::bookings::{Arrived, by, deliver, plain, the};

/// Ben's first step at a time when Finn, in London, is free.
async fn booked(db: &Db) -> SessionId {
    db.write(|tx| {
        tx.exec("UPDATE person SET zone = 'Europe/London' WHERE id = $1", args![FINN])?;
        let journey = program::start_journey(tx, &by(LEA), BEN_AT_NORTHWIND)?;
        let sql = "SELECT session_id FROM attendance WHERE journey_id = $1 AND step_id = $2";
        let first = tx.one(sql, args![journey, FIRST_STEP], |row| row.get::<SessionId>(0))?;
        let then: Instant = "2026-03-12T10:00:00Z".parse().expect("a time");
        session::book_planned(tx, &by(ADA), first, &PlannedWish::at(then))?;
        Ok(first)
    })
    .await
    .expect("a booked step")
}

/// What naming Finn brings, and what ending it does.
async fn letters(db: &Db, session: SessionId) -> (Vec<Arrived>, Vec<Arrived>) {
    let before = deliver(db).await.len();
    db.write(move |tx| session::add_co_coach(tx, &by(LEA), session, FINN)).await.expect("two coaches");
    let named = deliver(db).await.split_off(before);
    let before = before + named.len();
    db.write(move |tx| session::remove_co_coach(tx, &by(LEA), session, FINN)).await.expect("one coach");
    (named, deliver(db).await.split_off(before))
}

on_both! {
    // Rule G11
    async fn a_second_coach_is_one_letter_for_each_with_the_entry_in_their_calendar(world: World) {
        let db = &world.db;
        let first = booked(db).await;
        let (uid, sequence) = db.read(move |tx| session::get(tx, first).map(|one| (one.uid, one.sequence))).await.expect("it");
        let (named, ended) = letters(db, first).await;
        let told = |letters: &[Arrived]| {
            let mut told: Vec<_> = letters.iter().map(|one| (one.to.expect("a person"), one.letter)).collect();
            told.sort();
            told
        };
        assert_eq!(told(&named), [(ADA, Letter::CoCoachJoins), (BEN, Letter::CoCoachJoins), (FINN, Letter::CoCoachNamed)]);
        assert_eq!(told(&ended), [(ADA, Letter::CoCoachLeaves), (BEN, Letter::CoCoachLeaves), (FINN, Letter::CoCoachEnded)]);
        let finn = the(&named, Letter::CoCoachNamed);
        finn.says("together with Ada Lindholm");
        finn.says("Afterwards Ada Lindholm says how it went.");
        let put = finn.calendar("REQUEST");
        assert_eq!((put.events[0].uid.as_str(), put.events[0].sequence), (uid.as_str(), sequence + 1));
        let out = the(&ended, Letter::CoCoachEnded).calendar("CANCEL");
        assert_eq!((out.events[0].uid.as_str(), out.events[0].sequence), (uid.as_str(), sequence + 2));
        let ben = named.iter().find(|one| one.to == Some(BEN)).expect("Ben's");
        ben.says("Finn Walsh coaches this session too.");
        ben.calendar("REQUEST");
        assert!(!ben.message.contains("finn@"), "no address of another's");
        // Booked anew, all who coach it get the invitation.
        let then: Instant = "2026-03-16T10:00:00Z".parse().expect("a time");
        let before = deliver(db).await.len();
        db.write(move |tx| {
            session::add_co_coach(tx, &by(LEA), first, FINN)?;
            session::move_session(tx, &by(ADA), first, &session::MoveWish { to: then, reason: Reason::default(), expect: None })
        })
        .await
        .expect("moved");
        let moved = deliver(db).await.split_off(before);
        let finns = moved.iter().find(|one| one.to == Some(FINN) && one.letter == Letter::MovedForCoach).expect("Finn's");
        finns.calendar("REQUEST");
    }
}

/// Called off because the coach could not, and who reads what of that.
async fn without_coach(db: &Db, session: SessionId, who: PersonId) -> Vec<Arrived> {
    let before = deliver(db).await.len();
    let off = CallOff { client: None, cause: Cause::Coach, reason: Reason::default(), expect: None };
    db.write(move |tx| session::call_off(tx, &by(who), session, &off)).await.expect("called off");
    deliver(db).await.split_off(before)
}

async fn again(db: &Db, session: SessionId) {
    let then: Instant = "2026-03-16T10:00:00Z".parse().expect("a time");
    db.write(move |tx| session::book_planned(tx, &by(ADA), session, &PlannedWish::at(then)))
        .await
        .expect("again");
}

on_both! {
    // Rule R10
    async fn only_the_coach_who_could_not_make_it_reads_that_it_was_them(world: World) {
        const YOU: &str = "The reason given is that you could not make it.";
        let db = &world.db;
        let session = booked(db).await;
        db.write(move |tx| session::add_co_coach(tx, &by(LEA), session, FINN)).await.expect("two coaches");
        let to = |letters: &[Arrived], who: PersonId| {
            let theirs = letters.iter().find(|one| one.to == Some(who)).expect("a letter");
            theirs.opened.text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let check = |letters: &[Arrived], who: PersonId, says: &str, others: &[&str]| {
            let text = to(letters, who);
            assert!(text.contains(says), "{says}: {text}");
            others.iter().for_each(|other| assert!(!text.contains(other), "{other}: {text}"));
        };
        let letters = without_coach(db, session, LEA).await;
        check(&letters, ADA, YOU, &["Ada Lindholm could not"]);
        check(&letters, FINN, "Lea Moreau has cancelled it. Ada Lindholm could not make it.", &[YOU]);
        check(&letters, BEN, "The coach could not make it.", &[YOU]);
        again(db, session).await;
        let letters = without_coach(db, session, ADA).await;
        check(&letters, ADA, "You have cancelled it.", &["could not make it"]);
        check(&letters, FINN, "Ada Lindholm has cancelled it. Ada Lindholm could not make it.", &[YOU]);
        again(db, session).await;
        let letters = without_coach(db, session, FINN).await;
        check(&letters, FINN, "You have cancelled it.", &["could not make it"]);
        check(&letters, ADA, "Finn Walsh has cancelled it. Finn Walsh could not make it.", &[YOU]);
        // Whoever stands in is meant, and no more its coach once its time is given back.
        db.write(move |tx| session::remove_co_coach(tx, &by(LEA), session, FINN)).await.expect("one coach");
        again(db, session).await;
        db.write(move |tx| session::name_stand_in(tx, &by(LEA), session, FINN)).await.expect("a stand-in");
        check(&without_coach(db, session, LEA).await, FINN, YOU, &["Ada Lindholm could not"]);
    }
}

// Rule G11
#[test]
fn the_letters_of_a_second_coach_read_well_in_both_languages() {
    for language in Language::ALL {
        model::testing::run(Engine::Sqlite, async |world: World| {
            let db = &world.db;
            let code = language.code();
            let speaks = db.write(move |tx| tx.exec("UPDATE person SET language = $1", args![code]));
            speaks.await.expect("everybody speaks it");
            let first = booked(db).await;
            let (named, ended) = letters(db, first).await;
            for one in named.into_iter().chain(ended) {
                let text = one.opened.text.replace("\r\n", "\n");
                let all = format!("Subject: {}\n\n{text}", one.opened.subject);
                let who = if one.to == Some(BEN) { "client" } else { "coach" };
                insta::assert_snapshot!(format!("{}_{who}_{language}", one.letter), plain(&all));
            }
        });
    }
}
