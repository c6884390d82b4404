//! Bookings while the program is killed, or its database, and started again: no minute is booked twice, nothing that was
//! acknowledged is lost, and each booking has its letters.

use std::collections::HashSet;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use model::booking::{self, Stranger, Wish};
use model::db::Settings;
use model::event::{Actor, Via};
use model::testing::{self, Care, Engine, Postgres, Store};
use model::world;
use model::{Clock, Db, Error, Place, Result, args};
use rules::ids::{OfferingId, PersonId, SessionId};
use rules::permission::{Role, Who};
use rules::person::{Language, MailAddress, PersonName};
use rules::time::{Instant, Span, Zone};

use crate::booking_races::{crowd_in, is_in_order};
use crate::child::{self, Said};

const ROUNDS: i64 = 10;
/// So many book at the same time.
const BOOKERS: usize = 16;
const CLIENTS: usize = 20;
/// More than a child ever gets to.
const WISHES_PER_ROUND: i64 = 1_000_000;
/// Half an hour with Ada and with Finn.
const OFFERINGS: [OfferingId; 2] = [OfferingId::from_raw(2), OfferingId::from_raw(6)];

fn settings() -> Settings {
    Settings { rehearse: false, ..testing::settings(model::db::migrate::MIGRATIONS) }
}

async fn open(place: &Place) -> Db {
    Db::open_with(place, Clock::machine(), settings()).await.expect("opening")
}

/// The small world with coaches who never sleep, and clients.
async fn prepare(place: &Place) {
    let db = open(place).await;
    db.write(|tx| {
        world::build(tx)?;
        tx.exec("UPDATE hours SET from_minute = 0, to_minute = 1440", args![])?;
        tx.exec("UPDATE offering SET buffer_after_minutes = 0, price = 0", args![])?;
        crowd_in(tx, CLIENTS)?;
        Ok(())
    })
    .await
    .expect("the small world");
    db.close().await;
}

/// A random moment soon after the first acknowledgement.
fn a_while() -> Duration {
    let [byte] = model::clock::random_bytes::<1>();
    Duration::from_micros(u64::from(byte) * 800)
}

fn child_of(place: &Place, round: i64) -> Child {
    let from = round * WISHES_PER_ROUND;
    let mut command = child::command_of("booking_crash::books", &[], place, from, from + WISHES_PER_ROUND);
    command.spawn().expect("starting a child")
}

async fn check(round: i64, said: &Said, place: &Place, before: &mut HashSet<i64>) {
    assert!(!said.acknowledged.is_empty(), "round {round}: {}", said.other);
    assert!(!said.other.contains("panicked"), "round {round}: {}", said.other);
    let db = open(place).await;
    is_in_order(&db).await;
    let booked: HashSet<i64> = db
        .read(|tx| {
            let sql = "SELECT s.id FROM session s WHERE s.held_until IS NULL AND s.starts_at IS NOT NULL";
            let mut booked = HashSet::new();
            tx.each(sql, args![], |row| {
                booked.insert(row.get(0)?);
                Ok(())
            })?;
            Ok(booked)
        })
        .await
        .expect("reading");
    before.extend(&said.acknowledged);
    let lost: Vec<_> = before.difference(&booked).collect();
    assert!(lost.is_empty(), "round {round}: acknowledged and lost: {lost:?}");
    db.close().await;
}

// Rules A4, M2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bookings_survive_the_program_being_killed_sqlite() {
    let store = Store::empty(Engine::Sqlite);
    prepare(store.place()).await;
    let mut acknowledged = HashSet::new();
    for round in 0..ROUNDS {
        let said = child::listen(child_of(store.place(), round), |child| {
            std::thread::park_timeout(a_while());
            child.kill().expect("killing");
        });
        check(round, &said, store.place(), &mut acknowledged).await;
    }
}

// Rules A4, M2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bookings_survive_two_programs_and_their_server_being_killed_postgres() {
    let server = Postgres::start(Care::Durable);
    let place = Place::Postgres(server.url(&server.create(None)));
    prepare(&place).await;
    let mut acknowledged = HashSet::new();
    for round in 0..ROUNDS {
        // Another program books all the while, and goes with it.
        let mut neighbour = child_of(&place, round);
        let said = child::listen(child_of(&place, round), |child| {
            std::thread::park_timeout(a_while());
            if round % 5 == 4 {
                server.kill_and_restart();
            }
            child.kill().expect("killing");
            neighbour.kill().expect("killing");
        });
        let also = child::listen(neighbour, |_| {});
        acknowledged.extend(also.acknowledged);
        check(round, &said, &place, &mut acknowledged).await;
    }
}

#[test]
#[ignore = "run by other tests, in a process of its own"]
fn books() {
    let Some((place, from, until)) = child::errand() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let db = open(&place).await;
        let (clients, slots) = db.read(look_around).await.unwrap();
        let (clients, slots) = (Arc::new(clients), Arc::new(slots));
        let out = Arc::new(Mutex::new(std::io::stdout()));
        let bookers: Vec<_> = (0..BOOKERS)
            .map(|_| {
                let (db, clients, slots, out) = (db.clone(), clients.clone(), slots.clone(), out.clone());
                tokio::spawn(async move {
                    for _ in from..until {
                        let said = match book_something(&db, &clients, &slots).await {
                            Ok(session) => format!("ack {}\n", session.raw()),
                            Err(Error::Refused(_) | Error::Busy(_)) => continue,
                            Err(other) => format!("failed: {other}\n"),
                        };
                        child::say(&out, &said);
                    }
                })
            })
            .collect();
        for booker in bookers {
            booker.await.unwrap();
        }
    });
}

type Slots = Vec<(OfferingId, Instant)>;

fn look_around(tx: &mut model::Tx) -> Result<(Vec<PersonId>, Slots)> {
    let clients =
        tx.all("SELECT id FROM person WHERE folded_mail LIKE 'client-%'", args![], |row| row.get(0))?;
    let mut slots = Vec::new();
    for offering in OFFERINGS {
        let all = Span::of(tx.now(), SignedDuration::from_hours(24 * 60));
        slots.extend(booking::slots(tx, offering, all)?.into_iter().map(|start| (offering, start)));
    }
    Ok((clients, slots))
}

fn chance(below: usize) -> usize {
    u32::from_be_bytes(model::clock::random_bytes()) as usize % below
}

/// Somebody who is signed in, or a stranger with a hold and its button.
async fn book_something(db: &Db, clients: &[PersonId], slots: &Slots) -> Result<SessionId> {
    let (offering, start) = slots[chance(slots.len())];
    let wish = Wish { overlap_known: true, ..Wish::plain(offering, start) };
    if chance(3) > 0 {
        let who = Who { person: clients[chance(clients.len())], roles: Role::Client.into() };
        let by = Actor::Person { who, via: Via::Page, proof: None };
        return db.write(move |tx| booking::book(tx, &by, &wish)).await;
    }
    let name = format!("stranger-{}", chance(1_000_000));
    let stranger = Stranger {
        name: PersonName::parse(&name).expect("a name"),
        mail: MailAddress::parse(&format!("{name}@crowd.example")).expect("an address"),
        zone: Zone::utc(),
        zone_known: true,
        language: Language::English,
        embedded: false,
        network: name.clone(),
    };
    let held = db.write(move |tx| booking::hold(tx, &stranger, &wish)).await?;
    let link = db.write(move |tx| booking::mint_link(tx, held.session)).await?;
    let Some((token, _)) = link else { return Err(Error::Busy("the hold ended at once")) };
    let confirmed = db
        .write(move |tx| {
            booking::confirm(
                tx,
                token.reveal(),
                booking::Press { overlap_known: true, ..booking::Press::default() },
            )
        })
        .await?;
    Ok(confirmed.session)
}
