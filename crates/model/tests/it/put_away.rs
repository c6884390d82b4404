//! Nothing begins for a participant who is put away, nor in a cohort that is: every act that would begin something, one by
//! one, and again after it was brought back.

use std::collections::BTreeMap;

use model::program::archive::{self, Bookings};
use model::program::company::{self, CohortChange};
use model::program::escalation;
use model::program::handover::{self, Whose};
use model::program::import;
use model::program::lead::Led;
use model::program::participant::{self, NewParticipant, Notes};
use model::program::pod::{self, Choice, Joining, NewPod, PodChange};
use model::program::sheet::{self, Why};
use model::program::{self, Order, completion, extra, pathway, pool, reminders};
use model::session::{self, PlannedWish, Reason};
use model::trigger::{self, NewTrigger, Text};
use model::world::{
    ADA, BEN, BEN_AT_NORTHWIND, FINN, FIRST_STEP, LEA, NORTHWIND_COHORT, OTTO, PATHWAY, POD_STEP, World,
};
use model::{Db, Result, Tx, args};
use rules::ids::{JourneyId, ParticipantId, PathwayId, PodId, SessionId};
use rules::inactivity::{Away, Ending};
use rules::menu::Act;
use rules::person::{Language, MailAddress, PersonName};
use rules::refusal::Refusal;
use rules::text::{Line, Prose};
use rules::triggers::{Condition, Timing};

use crate::booking::{at, by, refused};
use crate::extras::new as new_extra;
use crate::programs::{participant, start};
use crate::structure::step;

/// What the acts are about: Ben, who has begun, and Kim, who has no coach and is in no pod.
#[derive(Clone, Copy)]
struct Stage {
    journey: JourneyId,
    first: SessionId,
    kim: ParticipantId,
    pod: PodId,
    other: PathwayId,
}

impl Stage {
    async fn of(db: &Db) -> Stage {
        let kim = participant(db, "Kim").await;
        start(db, kim).await;
        let journey = start(db, BEN_AT_NORTHWIND).await;
        let first = crate::board::of_step(db, journey, FIRST_STEP).await;
        db.write(move |tx| {
            let new = NewPod { max_members: 4, ..new_pod("Tuesday") };
            let pod = program::add_pod(tx, &by(LEA), &new)?;
            let id = pod::view(tx, &by(LEA), pod)?.session;
            session::book_planned(tx, &by(LEA), id, &PlannedWish::at(at("2026-03-19T10:00:00Z")))?;
            let other = pathway::add_pathway(tx, &by(OTTO), "Other", Order::Free, &[step("One", 60)])?;
            tx.exec("UPDATE participant SET coach_id = NULL WHERE id = $1", args![kim])?;
            // The steps may be taken in any order.
            tx.exec("UPDATE pathway SET ordered = $1", args![false])?;
            Ok(Stage { journey, first, kim, pod, other })
        })
        .await
        .expect("the stage")
    }
}

fn new_pod(name: &str) -> NewPod {
    NewPod {
        cohort: NORTHWIND_COHORT,
        step: POD_STEP,
        name: name.to_owned(),
        facilitator: ADA,
        min_members: 1,
        max_members: 6,
        joining: Joining::Open,
    }
}

type Begins = fn(&mut Tx, Stage) -> Result<()>;

/// What begins something for one participant: for Ben, or for Kim where it takes somebody without coach and pod.
const FOR_SOMEBODY: &[(&str, Begins)] = &[
    ("book", |tx, on| {
        session::book_planned(tx, &by(ADA), on.first, &PlannedWish::at(at("2026-03-12T10:00:00Z")))
    }),
    ("book as an admin", |tx, on| {
        session::book_planned(tx, &by(OTTO), on.first, &PlannedWish::at(at("2026-03-12T10:00:00Z")))
    }),
    ("book for oneself", |tx, on| {
        session::book_planned(tx, &by(BEN), on.first, &PlannedWish::at(at("2026-03-12T10:00:00Z")))
    }),
    ("add a session", |tx, on| extra::add(tx, &by(LEA), on.journey, &new_extra("More")).map(drop)),
    ("begin a journey", |tx, on| {
        program::add_journey(tx, &by(OTTO), BEN_AT_NORTHWIND, on.other, None).map(drop)
    }),
    ("put into a pod", |tx, on| program::join_pod(tx, &by(LEA), on.pod, on.kim)),
    ("give another coach", |tx, _| {
        let whose = Whose::These(vec![BEN_AT_NORTHWIND]);
        handover::change_coach(tx, &by(LEA), NORTHWIND_COHORT, &whose, FINN, None).map(drop)
    }),
    ("note another coach", |tx, _| {
        let notes = Notes { coach: Some(FINN), ..Notes::default() };
        participant::change_participant(tx, &by(LEA), BEN_AT_NORTHWIND, &notes)
    }),
    ("give one of the pool", |tx, on| pool::give(tx, &by(LEA), on.kim, ADA)),
    ("remind", |tx, _| reminders::send_one(tx, &by(LEA), BEN_AT_NORTHWIND).map(drop)),
    ("complete", |tx, on| completion::complete(tx, &by(LEA), on.journey, &why()).map(drop)),
    ("propose", |tx, on| completion::propose(tx, &by(ADA), on.journey)),
];

/// What begins something in a cohort beside that.
const IN_A_COHORT: &[(&str, Begins)] = &[
    ("choose a date", |tx, on| pod::choose_pod(tx, &by(BEN), on.pod, Choice::default()).map(drop)),
    ("add a participant", |tx, _| {
        let new = NewParticipant {
            cohort: NORTHWIND_COHORT,
            name: PersonName::parse("Noor Haddad").expect("a name"),
            mail: MailAddress::parse("noor@northwind.example").expect("an address"),
            zone: None,
            starts_at: None,
            notes: Notes::default(),
        };
        participant::enroll(tx, &by(LEA), &new).map(drop)
    }),
    ("make a pod", |tx, _| program::add_pod(tx, &by(LEA), &new_pod("Friday")).map(drop)),
    ("change a pod", |tx, on| {
        let change = PodChange {
            name: "Wednesday".to_owned(),
            facilitator: ADA,
            min_members: 1,
            max_members: 4,
            joining: Joining::Open,
        };
        pod::change_pod(tx, &by(LEA), on.pod, &change)
    }),
    ("put a coach into the pool", |tx, _| pool::put(tx, &by(LEA), Led::Cohort(NORTHWIND_COHORT), FINN, None)),
    ("make a mail rule", |tx, _| {
        let text = Text {
            subject: Line::parse_some("Book").expect("a subject"),
            body: Prose::parse_some("Hello.").expect("a body"),
        };
        let new = NewTrigger {
            holds: Led::Cohort(NORTHWIND_COHORT),
            condition: Condition::Unbooked,
            recipient: Condition::Unbooked.recipients()[0],
            timing: Timing { wait_hours: 24, times: 1, again_hours: 24 },
            texts: BTreeMap::from([(Language::English, text)]),
        };
        trigger::make(tx, &by(LEA), &new).map(drop)
    }),
    ("remind all", |tx, _| reminders::send(tx, &by(LEA), NORTHWIND_COHORT, &[]).map(drop)),
    ("change it", |tx, _| {
        let starts_at = at("2026-03-01T00:00:00Z");
        let new = CohortChange { name: "Autumn".to_owned(), starts_at, pathway: PATHWAY };
        company::change_cohort(tx, &by(OTTO), NORTHWIND_COHORT, &new)
    }),
];

fn why() -> Reason {
    Reason::parse("It is over.").expect("a reason")
}

/// Each of these acts says why it cannot be, if that is expected, and else is done; nothing of it stays.
async fn check(db: &Db, on: Stage, acts: &[(&'static str, Begins)], expect: Option<Away>) {
    for (name, act) in acts.iter().copied() {
        let tried = db.write(move |tx| {
            act(tx, on)?;
            Err::<(), _>(Refusal::ChangedMeanwhile.into())
        });
        let expect = expect.map_or(Refusal::ChangedMeanwhile, |what| Refusal::PutAway { what });
        assert_eq!(refused(tried.await), expect, "{name}");
    }
}

/// What the menu says to Lea of booking Ben's first step.
async fn offered(db: &Db, on: Stage) -> std::result::Result<(), Refusal> {
    let all = db.read(move |tx| session::offers(tx, &by(LEA), on.first)).await.expect("a menu");
    let offer = all[0].1.iter().find(|offer| offer.act == Act::Book).expect("to book");
    offer.possible.clone()
}

const PEOPLE_HEADER: &str = "name,e-mail,zone,company,project,cohort,coach,pathway,start,external id";
const FILE_OF_PODS: &str = "pod,company,project,cohort,step,coach,start,zone,minimum,maximum,joining,members
Blue,Northwind,New leads,Spring,2,ada@cairn.example,,,1,6,,ben@northwind.example
";

async fn foreseen(db: &Db, file: String) -> import::Preview {
    db.read(move |tx| import::preview(tx, &by(LEA), &sheet::read(file.as_bytes()))).await.expect("a preview")
}

fn whys(preview: &import::Preview) -> Vec<(&str, &Why)> {
    preview.problems.iter().map(|one| (one.column.as_str(), &one.why)).collect()
}

model::on_both! {
    // Rules G8, G3
    async fn nothing_begins_for_a_participant_who_is_put_away(world: World) {
        let db = &world.db;
        let on = Stage::of(db).await;
        db.write(|tx| pool::put(tx, &by(LEA), Led::Cohort(NORTHWIND_COHORT), ADA, None)).await.expect("a pool");
        check(db, on, FOR_SOMEBODY, None).await;
        let all = [(BEN_AT_NORTHWIND, Ending::NotFinished), (on.kim, Ending::NotStarted)];
        db.write(move |tx| archive::archive(tx, &by(LEA), NORTHWIND_COHORT, &all, &why(), Bookings::Refuse).map(drop)).await.expect("put away");
        check(db, on, FOR_SOMEBODY, Some(Away::Participant)).await;
        assert_eq!(offered(db, on).await, Err(Refusal::PutAway { what: Away::Participant }));
        // Their own journey stands as it was, with nothing in it to book.
        let home = async || {
            let own = db.read(|tx| model::agenda::journeys(tx, &by(BEN))).await.expect("his journeys");
            (own.len(), own[0].rests, own[0].steps.len(), own[0].steps.iter().any(|step| step.opening.is_some()))
        };
        assert_eq!(home().await, (1, Some(Away::Participant), 3, false));
        let away = db.read(|tx| program::profile::profile(tx, &by(ADA), BEN_AT_NORTHWIND)).await.expect("the profile");
        assert_eq!(away.archived_by.as_deref(), Some("Lea Moreau"));
        // A file says it of the line, and changes nothing.
        let line = "Ben,ben@northwind.example,,Northwind,New leads,Spring,finn@cairn.example,,,";
        let file = format!("name,e-mail,zone,company,project,cohort,coach,pathway,start,external id\n{line}\n");
        let read = sheet::read(file.as_bytes());
        let preview = db.read(move |tx| import::preview(tx, &by(LEA), &read)).await.expect("a preview");
        assert_eq!((preview.problems[0].column.as_str(), &preview.problems[0].why), ("coach", &Why::PutAway));
        let line = "Ben,ben@northwind.example,,Northwind,New leads,Spring,,,,";
        let same = foreseen(db, format!("{PEOPLE_HEADER}\n{line}\n")).await;
        assert_eq!((same.problems.len(), same.unchanged, same.rows[0].is_away), (0, 1, true));
        let told = foreseen(db, FILE_OF_PODS.to_owned()).await;
        assert_eq!(whys(&told), [("members", &Why::PutAway)]);
        for participant in [BEN_AT_NORTHWIND, on.kim] {
            db.write(move |tx| archive::restore(tx, &by(LEA), participant)).await.expect("brought back");
        }
        check(db, on, FOR_SOMEBODY, None).await;
        assert_eq!((offered(db, on).await, home().await), (Ok(()), (1, None, 3, true)));
    }

    // Rules G8, G3
    async fn nothing_begins_in_a_cohort_that_is_put_away(world: World) {
        let db = &world.db;
        let on = Stage::of(db).await;
        db.write(|tx| pool::put(tx, &by(LEA), Led::Cohort(NORTHWIND_COHORT), ADA, None)).await.expect("a pool");
        let home = async || {
            let found = db.read(|tx| model::agenda::journeys(tx, &by(BEN))).await.expect("his journeys");
            found[0].steps.iter().filter(|step| step.opening.is_some()).count()
        };
        check(db, on, IN_A_COHORT, None).await;
        assert_eq!(home().await, 3);
        db.write(|tx| company::archive_cohort(tx, &by(OTTO), NORTHWIND_COHORT)).await.expect("put away");
        for acts in [FOR_SOMEBODY, IN_A_COHORT] {
            check(db, on, acts, Some(Away::Cohort)).await;
        }
        // Whoever asks sponsors to help would begin something, too.
        let told = db.write(|tx| escalation::send(tx, &by(LEA), NORTHWIND_COHORT, &[], &Default::default()).map(drop)).await;
        assert_eq!(refused(told), Refusal::PutAway { what: Away::Cohort });
        assert_eq!((offered(db, on).await, home().await), (Err(Refusal::PutAway { what: Away::Cohort }), 0));
        // A file says it in the column of the cohort, whatever it is about.
        let line = "Kim,kim@northwind.example,,Northwind,New leads,Spring,,,,";
        for file in [format!("{PEOPLE_HEADER}\n{line}\n"), FILE_OF_PODS.to_owned()] {
            assert_eq!(whys(&foreseen(db, file).await), [("cohort", &Why::PutAway)]);
        }
        db.write(|tx| company::restore_cohort(tx, &by(OTTO), NORTHWIND_COHORT)).await.expect("brought back");
        for acts in [FOR_SOMEBODY, IN_A_COHORT] {
            check(db, on, acts, None).await;
        }
        assert_eq!((offered(db, on).await, home().await), (Ok(()), 3));
    }
}
