//! What people have next, asked of the living example.

use jiff::SignedDuration;
use model::agenda;
use model::event::{Actor, Via};
use model::organisation::{self, Mode};
use model::{Db, Error, Result, Tx, demo, person};
use rules::attendance::Status;
use rules::refusal::Refusal;

async fn example(db: &Db) {
    db.write(|tx| organisation::open(tx, Mode::Demo)).await.expect("the organisation");
    db.write(demo::build).await.expect("building the example");
}

/// Reads as one of them.
async fn as_one<T: Send + 'static>(
    db: &Db,
    slug: &'static str,
    read: impl Fn(&mut Tx, &Actor) -> Result<T> + Send + 'static,
) -> Result<T> {
    db.read(move |tx| {
        let who = person::by_slug(tx, slug)?.expect(slug).who();
        read(tx, &Actor::Person { who, via: Via::Page, proof: None })
    })
    .await
}

fn is_refused<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::MayNot { .. })))
}

model::on_both! {
    // Rules P3, T2
    async fn a_client_sees_their_own_sessions_and_journey(db: Db) {
        example(&db).await;
        let now = db.clock().now();
        let coming = as_one(&db, "ben", agenda::coming_of_client).await.expect("Ben's agenda");
        let next = &coming[0];
        assert!(next.starts_at > now && next.starts_at <= now + SignedDuration::from_mins(20));
        assert_eq!((next.status, next.others.len()), (Status::Booked, 1));
        assert_eq!((next.others[0].name.as_str(), next.others[0].zone.as_str()), ("Ada Lindvall", "Europe/Stockholm"));
        let step = next.topic.step.as_ref().expect("a step");
        assert_eq!((step.number, step.name.as_str(), step.pathway.as_str()), (5, "Letting go of the work", "Leading through change"));
        let past = as_one(&db, "ben", agenda::past_of_client).await.expect("Ben's past");
        assert_eq!(past.len(), 4);
        assert!(past.iter().all(|one| one.status == Status::Completed && one.ends_at <= now));
        assert!(past.is_sorted_by(|a, b| a.starts_at >= b.starts_at));
        let journeys = as_one(&db, "ben", agenda::journeys).await.expect("Ben's journey");
        let statuses: Vec<Status> = journeys[0].steps.iter().map(|step| step.status).collect();
        let expect = "completed completed completed completed booked booked unbooked unbooked";
        assert_eq!(statuses.iter().map(|status| status.code()).collect::<Vec<_>>().join(" "), expect);
        assert!(as_one(&db, "clara", agenda::journeys).await.expect("Clara has none").is_empty());
    }

    // Rule S11
    async fn what_is_greyed_out_is_invisible_to_the_client(db: Db) {
        example(&db).await;
        let journeys = as_one(&db, "greta", agenda::journeys).await.expect("Greta's journey");
        let numbers: Vec<u32> = journeys[0].steps.iter().map(|step| step.number).collect();
        assert_eq!(numbers, [1, 2, 3, 7, 8]);
    }

    // Rules P3, S7
    async fn a_coach_sees_their_own_day(db: Db) {
        example(&db).await;
        let now = db.clock().now();
        let hours = |n| SignedDuration::from_hours(n);
        let day = as_one(&db, "ada", move |tx, by| agenda::of_coach(tx, by, now - hours(4), now + hours(4)))
            .await
            .expect("Ada's day");
        let names: Vec<&str> = day.iter().map(|one| one.others[0].name.as_str()).collect();
        assert_eq!(
            names,
            ["Pavel Hrubant", "Noor Haddarin", "Ben Oyelarin", "Clara Wetterholm", "Hugo Delvaire"]
        );
        let unmarked: Vec<bool> = day.iter().map(|one| one.is_unmarked(now)).collect();
        assert_eq!(unmarked, [false, true, false, false, false]);
        let listed = as_one(&db, "ada", move |tx, by| agenda::unmarked_of_coach(tx, by, now - hours(24 * 90)))
            .await
            .expect("what Ada has not marked");
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0], day[1]);
        let fortnight = as_one(&db, "ada", move |tx, by| agenda::of_coach(tx, by, now, now + hours(24 * 14)))
            .await
            .expect("Ada's next weeks");
        let pod = fortnight.iter().find(|one| one.topic.pod.is_some()).expect("she leads a pod");
        assert_eq!((pod.others.len(), pod.status), (6, Status::Booked));
    }

    // Rule P3
    async fn an_agenda_is_for_clients_and_coaches(db: Db) {
        example(&db).await;
        let now = db.clock().now();
        for slug in ["otto", "lea", "cara", "ada"] {
            assert!(is_refused(&as_one(&db, slug, agenda::coming_of_client).await), "{slug}");
            assert!(is_refused(&as_one(&db, slug, agenda::journeys).await), "{slug}");
        }
        for slug in ["otto", "lea", "cara", "ben"] {
            let led = as_one(&db, slug, move |tx, by| agenda::of_coach(tx, by, now, now)).await;
            assert!(is_refused(&led), "{slug}");
        }
    }
}
