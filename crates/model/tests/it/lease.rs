//! Of several programs exactly one does a kind of job.

use jiff::SignedDuration;
use model::{Db, lease};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

async fn take(db: &Db, holder: &'static str) -> bool {
    db.write(move |tx| lease::take(tx, "mail", holder, MINUTE)).await.expect("asking for a lease")
}

model::on_both! {
    // Rules M2, D6
    async fn exactly_one_of_many_programs_gets_it(db: Db) {
        let names = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
        let tries: Vec<_> = names.map(|name| { let db = db.clone(); tokio::spawn(async move { take(&db, name).await }) }).into();
        let mut holders = 0;
        for attempt in tries {
            holders += usize::from(attempt.await.expect("a try"));
        }
        assert_eq!(holders, 1);
    }

    // Rules M2, D6
    async fn it_is_prolonged_given_back_and_inherited(db: Db) {
        assert!(take(&db, "one").await);
        db.clock().advance(SignedDuration::from_secs(59));
        assert!(!take(&db, "two").await, "still the first one's");
        assert!(take(&db, "one").await, "prolonged");
        db.clock().advance(SignedDuration::from_secs(59));
        assert!(!take(&db, "two").await);
        db.clock().advance(SignedDuration::from_secs(1));
        assert!(take(&db, "two").await, "the first one is dead");
        db.write(|tx| lease::give_back(tx, "mail", "one")).await.expect("not its own");
        assert!(!take(&db, "one").await, "nobody gives back what is another's");
        db.write(|tx| lease::give_back(tx, "mail", "two")).await.expect("its own");
        assert!(take(&db, "one").await);
    }

    // Rule T4
    async fn a_move_of_the_product_clock_takes_it_from_nobody(db: Db) {
        assert!(take(&db, "one").await);
        db.advance_clock(SignedDuration::from_hours(72)).await.expect("moving the clock");
        assert!(!take(&db, "two").await);
    }
}
