//! The letters of another coach: one for each who is concerned, with files that keep their calendars right.

use calendar::testing::read as read_calendars;
use model::booking::{self, Wish};
use model::program::{self, handover};
use model::session::{self, PlannedWish};
use model::testing::Engine;
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, FINN, FINN_HOUR, FIRST_STEP, GIL, LAST_STEP, LEA, NORTHWIND_COHORT, World,
};
use model::{Db, args, on_both};
use rules::ids::{SessionId, StepId};
use rules::letters::Letter;
use rules::person::Language;
use rules::time::Instant;

use super::bookings::{Arrived, by, deliver, plain, the};

fn at(text: &str) -> Instant {
    text.parse().expect(text)
}

/// Ben's first and last step, the first at a time when Finn, in London, is free, the other when he is not.
async fn two_steps(db: &Db) -> [SessionId; 2] {
    db.write(|tx| {
        tx.exec("UPDATE person SET zone = 'Europe/London' WHERE id = $1", args![FINN])?;
        tx.exec("UPDATE pathway SET ordered = $1", args![false])?;
        let journey = program::start_journey(tx, &by(LEA), BEN_AT_NORTHWIND)?;
        let session = |tx: &mut model::Tx, step: StepId| {
            let sql = "SELECT session_id FROM attendance WHERE journey_id = $1 AND step_id = $2";
            tx.one(sql, args![journey, step], |row| row.get::<SessionId>(0))
        };
        let both = [session(tx, FIRST_STEP)?, session(tx, LAST_STEP)?];
        for (session, then) in both.iter().zip(["2026-03-12T10:00:00Z", "2026-03-13T10:00:00Z"]) {
            session::book_planned(tx, &by(ADA), *session, &PlannedWish::at(at(then)))?;
        }
        booking::book(tx, &by(GIL), &Wish::plain(FINN_HOUR, at("2026-03-13T10:00:00Z")))?;
        Ok(both)
    })
    .await
    .expect("two booked steps")
}

/// What another coach brings.
async fn letters(db: &Db) -> Vec<Arrived> {
    let before = deliver(db).await.len();
    let whose = handover::Whose::These(vec![BEN_AT_NORTHWIND]);
    let change =
        db.write(move |tx| handover::change_coach(tx, &by(LEA), NORTHWIND_COHORT, &whose, FINN, None));
    change.await.expect("another coach");
    deliver(db).await.split_off(before)
}

on_both! {
    // Rule G6
    async fn another_coach_is_one_letter_for_each_with_what_changes_in_their_calendar(world: World) {
        let db = &world.db;
        let [stays, falls] = two_steps(db).await;
        let uids = db.read(move |tx| Ok([session::get(tx, stays)?, session::get(tx, falls)?].map(|one| (one.uid, one.sequence))));
        let [stays_uid, falls_uid] = uids.await.expect("the sessions");
        let letters = letters(db).await;
        let told: Vec<_> = letters.iter().map(|one| (one.to, one.letter)).collect();
        assert_eq!(told, [(Some(BEN), Letter::CoachChanged), (Some(ADA), Letter::ClientsGiven), (Some(FINN), Letter::ClientsTaken)]);
        let ben = the(&letters, Letter::CoachChanged);
        ben.says("Finn Walsh is your coach now.");
        ben.says("Thursday 12 March 2026, 10:00");
        ben.says(&format!("https://cairn.example/sessions/{falls}/booking"));
        // What stays is put there anew, with its own identity; what falls is taken out.
        let files: Vec<String> = ben.opened.attachments.iter().map(|part| String::from_utf8(part.bytes.clone()).expect("UTF-8")).collect();
        assert_eq!(files.len(), 3);
        let read = read_calendars(&files[1..]);
        let [put, out] = read.as_slice() else { panic!("two files") };
        assert_eq!((put.method.as_str(), out.method.as_str()), ("REQUEST", "CANCEL"));
        assert_eq!((put.events.len(), out.events.len()), (1, 1));
        assert_eq!((put.events[0].uid.as_str(), put.events[0].sequence), (stays_uid.0.as_str(), stays_uid.1 + 1));
        assert_eq!((out.events[0].uid.as_str(), out.events[0].sequence), (falls_uid.0.as_str(), falls_uid.1 + 1));
        // Ada's calendar loses both, Finn's gets the one.
        let gone = the(&letters, Letter::ClientsGiven).calendar("CANCEL");
        assert_eq!(gone.events.len(), 2);
        let new = the(&letters, Letter::ClientsTaken).calendar("REQUEST");
        assert_eq!((new.events.len(), new.events[0].uid.as_str()), (1, stays_uid.0.as_str()));
        assert!(!the(&letters, Letter::ClientsGiven).message.contains("ben@northwind.example"));
    }
}

// Rule G6
#[test]
fn the_letters_of_another_coach_read_well_in_both_languages() {
    for language in Language::ALL {
        model::testing::run(Engine::Sqlite, async |world: World| {
            let db = &world.db;
            let code = language.code();
            let speaks = db.write(move |tx| tx.exec("UPDATE person SET language = $1", args![code]));
            speaks.await.expect("everybody speaks it");
            two_steps(db).await;
            for one in letters(db).await {
                let text = one.opened.text.replace("\r\n", "\n");
                let all = format!("Subject: {}\n\n{text}", one.opened.subject);
                insta::assert_snapshot!(format!("{}_{language}", one.letter), plain(&all));
            }
        });
    }
}
