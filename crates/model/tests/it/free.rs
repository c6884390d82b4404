//! The index of free time: it is what booking would say, and it follows what changes.

use jiff::SignedDuration;
use model::booking::{self, Wish};
use model::coach::NewProfile;
use model::coach::directory;
use model::coach::profile::About;
use model::event::{Actor, Via};
use model::free::Index;
use model::world::{ADA, ADA_INTRO, BEN, FINN, OTTO, PEOPLE, World};
use model::{Db, Result, Tx, args, availability, coach, offering, person};
use rules::availability::Week;
use rules::ids::PersonId;
use rules::permission::{Role, Roles};
use rules::time::{Instant, Span};

fn acting(person: PersonId) -> Actor {
    let somebody = PEOPLE.iter().find(|somebody| somebody.id == person).expect("one of the small world");
    Actor::Person { who: somebody.who(), via: Via::Page, proof: None }
}

async fn write<T: Send + 'static>(db: &Db, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> T {
    db.write(f).await.expect("a write")
}

async fn index(db: &Db) -> Index {
    let index = Index::new(db.reader());
    index.refresh().await.expect("reading everybody");
    index
}

/// What booking says of Ada's intro, from now on.
async fn bookable(db: &Db) -> Vec<Instant> {
    db.read(|tx| {
        let within = Span::of(tx.now(), SignedDuration::from_hours(24 * 28));
        booking::slots(tx, ADA_INTRO, within)
    })
    .await
    .expect("the slots")
}

/// What the index says of Ada, so far ahead as [`bookable`] looks; it sees some hours more.
fn seen(db: &Db, index: &Index) -> Vec<Instant> {
    let until = db.clock().now() + SignedDuration::from_hours(24 * 28);
    index.next(ADA, 5_000).into_iter().filter(|start| *start < until).collect()
}

async fn look(index: &Index) {
    index.refresh_now().await.expect("looking");
}

model::on_both! {
    // Rule C1
    async fn the_next_free_times_are_what_booking_would_say(world: World) {
        let db = &world.db;
        let index = index(db).await;
        assert_eq!(index.len(), 2);
        let all = bookable(db).await;
        assert!(all.len() > 100);
        assert_eq!(seen(db, &index), all);
        assert_eq!(index.next(ADA, 3), all[..3]);
        assert!(index.next(BEN, 3).is_empty(), "no coach, no time");
        // While nothing else happens, notice passes.
        db.clock().advance(SignedDuration::from_hours(26));
        let later = bookable(db).await;
        assert!(later[0] > all[0]);
        assert_eq!(index.next(ADA, 3), later[..3]);
    }

    // Rule C1
    async fn whoever_is_free_at_a_time_of_day_is_found(world: World) {
        let index = index(&world.db).await;
        let at = |text: &str| text.parse::<Instant>().expect(text);
        let who = |from: &str, until: &str| {
            let mut who: Vec<_> = index.who(&[Span { from: at(from), until: at(until) }]).into_iter().collect();
            who.sort_unstable();
            who
        };
        // Stockholm begins its day nine hours before Los Angeles.
        assert_eq!(who("2026-03-04T08:00:00Z", "2026-03-04T16:00:00Z"), [ADA]);
        assert_eq!(who("2026-03-04T17:00:00Z", "2026-03-05T01:00:00Z"), [FINN]);
        assert_eq!(who("2026-03-04T08:00:00Z", "2026-03-05T01:00:00Z"), [ADA, FINN]);
        assert!(who("2026-03-07T08:00:00Z", "2026-03-07T20:00:00Z").is_empty(), "a Saturday");
        assert!(who("2026-03-02T12:00:00Z", "2026-03-02T15:00:00Z").is_empty(), "inside her notice");
    }

    // Rule C1
    async fn the_index_follows_bookings_hours_and_listing(world: World) {
        let db = &world.db;
        let index = index(db).await;
        let same = async |what: &str| {
            look(&index).await;
            let all = bookable(db).await;
            assert_eq!(seen(db, &index), all, "{what}");
            all
        };
        let before = same("at first").await;
        let wanted = before[7];
        write(db, move |tx| booking::book(tx, &acting(BEN), &Wish::plain(ADA_INTRO, wanted))).await;
        assert!(!same("after a booking").await.contains(&wanted));
        write(db, |tx| availability::set_week(tx, &acting(ADA), ADA, None, &Week::default())).await;
        assert!(same("without hours").await.is_empty());
        write(db, |tx| {
            let day = "10:00".parse().ok().zip("12:00".parse().ok());
            let range = day.and_then(|(from, to)| rules::availability::Range::new(from, to)).expect("a range");
            availability::set_week(tx, &acting(ADA), ADA, None, &Week::every_day(&range.into()))
        }).await;
        assert!(!same("with other hours").await.is_empty());
        write(db, |tx| person::change_profile(tx, &acting(ADA), &person::Profile {
            zone: Some("Asia/Tokyo".parse().expect("a zone")),
            ..person::Profile::default()
        })).await;
        same("in another zone").await;
        // Without an intro her shortest session counts.
        write(db, |tx| offering::retire(tx, &acting(ADA), ADA_INTRO)).await;
        look(&index).await;
        assert!(!index.next(ADA, 1).is_empty());
        write(db, |tx| {
            let about = Some(About::parse("Asks first.").expect("words"));
            coach::change_profile(tx, &acting(ADA), &NewProfile { about, ..NewProfile::default() })
        }).await;
        for (listed, expect) in [(false, 1), (true, 2)] {
            write(db, move |tx| {
                if listed { coach::list(tx, &acting(ADA)) } else { coach::unlist(tx, &acting(ADA)) }
            }).await;
            look(&index).await;
            assert_eq!(index.len(), expect);
            let choices = db.read(directory::choices).await.expect("the choices");
            assert_eq!(index.choices(), choices);
        }
        write(db, |tx| tx.exec("UPDATE session SET cancelled_at = 0, cancelled_cause = 'coach'", args![])).await;
        write(db, |tx| person::set_roles(tx, &acting(OTTO), ADA, Roles::from(Role::Client))).await;
        write(db, |tx| person::close(tx, &acting(OTTO), FINN)).await;
        look(&index).await;
        assert!(index.is_empty());
    }

    // Rules C1, B7
    async fn a_hold_that_ends_by_the_clock_is_free_again(world: World) {
        let db = &world.db;
        let index = index(db).await;
        let wanted = index.next(ADA, 1)[0];
        hold(db, wanted).await;
        look(&index).await;
        assert_ne!(index.next(ADA, 1)[0], wanted);
        db.clock().advance(SignedDuration::from_mins(31));
        look(&index).await;
        let free = index.next(ADA, 1);
        assert_eq!(free[..], bookable(db).await[..1]);
        db.clock().advance(SignedDuration::from_hours(24 * 3));
        look(&index).await;
        let all = bookable(db).await;
        assert_eq!(seen(db, &index), all, "after days everybody was read anew");
    }
}

async fn hold(db: &Db, start: Instant) {
    write(db, move |tx| {
        let stranger = booking::Stranger {
            name: rules::person::PersonName::parse("Nora Stranger").expect("a name"),
            mail: rules::person::MailAddress::parse("nora@letterbox.example").expect("an address"),
            zone: "Europe/Oslo".parse().expect("a zone"),
            zone_known: true,
            language: rules::person::Language::English,
            embedded: false,
            network: "a network".to_owned(),
        };
        booking::hold(tx, &stranger, &Wish::plain(ADA_INTRO, start))
    })
    .await;
}
