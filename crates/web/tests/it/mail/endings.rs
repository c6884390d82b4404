//! The letter to sponsors: what it says is the program's, whichever language its reader has, and a note follows.

use jiff::SignedDuration;
use model::program::escalation::{self, Note};
use model::program::{self, reminders};
use model::world::{BEN_AT_NORTHWIND, LEA, NORTHWIND_COHORT, World};
use model::{args, on_both};
use rules::letters::Letter;

use super::bookings::{by, deliver, the};

on_both! {
    // Rules G9, N5
    async fn a_letter_to_sponsors_says_what_the_program_knows_and_a_note(world: World) {
        let db = &world.db;
        db.write(|tx| program::start_journey(tx, &by(LEA), BEN_AT_NORTHWIND).map(drop)).await.expect("a journey");
        for days in [2, 7] {
            db.write(|tx| reminders::send(tx, &by(LEA), NORTHWIND_COHORT, &[]).map(drop)).await.expect("reminding");
            db.clock().advance(SignedDuration::from_hours(24 * days));
        }
        let note = Note::parse("Thank you for your help.").expect("a note");
        db.write(move |tx| escalation::send(tx, &by(LEA), NORTHWIND_COHORT, &[], &note).map(drop)).await.expect("telling");
        let letters = deliver(db).await;
        let letter = the(&letters, Letter::Escalated);
        letter.says("In New leads, Spring, some of your people have sessions that wait for a date:");
        letter.says("Ben Orle: 0 of 3 sessions held, nothing booked yet for the next");
        letter.says("Lea Moreau adds:");
        letter.says("Thank you for your help.");
        // It is written when it leaves: in the reader's language, of whom it was about.
        db.write(|tx| tx.exec("UPDATE person SET language = 'de'", args![])).await.expect("German");
        for days in [2, 7] {
            db.write(|tx| reminders::send(tx, &by(LEA), NORTHWIND_COHORT, &[]).map(drop)).await.expect("reminding");
            db.clock().advance(SignedDuration::from_hours(24 * days));
        }
        db.write(|tx| escalation::send(tx, &by(LEA), NORTHWIND_COHORT, &[], &Note::default()).map(drop)).await.expect("again");
        let letters = deliver(db).await;
        let letter = letters.iter().rfind(|one| one.letter == Letter::Escalated).expect("one more");
        letter.says("Ben Orle: 0 von 3 Sitzungen gehalten, die nächste noch ohne Termin");
        letter.says("Lea Moreau hat Ihnen das gesendet.");
    }
}
