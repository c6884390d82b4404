//! The small named world of the tests: few people, all old friends, with ids that are fixed and older than any
//! that a test makes. Ada coaches Ben, whose company Northwind pays; Cara is its sponsor, Lea leads its cohort,
//! Otto runs it all. Finn, Gil and Southwind are the others: whose things are foreign to them, and the other way.

use jiff::SignedDuration;
use rules::ids::{
    AttendanceId, CoachingId, CohortId, CompanyId, LeadId, OfferingId, ParticipantId, PathwayId, PersonId,
    ProjectId, SellerId, SessionId, StepId, TermsId,
};
use rules::permission::{Role, Who};
use rules::person::fold;
use rules::session::Minutes;
use rules::time::{Instant, Quantum, Zone, zone_data_version};

use crate::testing::{Fixture, Store};
use crate::{Db, Result, Tx, args, availability, coach};

/// Runs the organisation.
pub const OTTO: PersonId = PersonId::from_raw(1);
/// Leads Northwind's cohort.
pub const LEA: PersonId = PersonId::from_raw(2);
/// Coaches Ben.
pub const ADA: PersonId = PersonId::from_raw(3);
/// Ada's client, in her practice and in Northwind's cohort.
pub const BEN: PersonId = PersonId::from_raw(4);
/// Northwind's sponsor.
pub const CARA: PersonId = PersonId::from_raw(5);
/// Coaches Gil.
pub const FINN: PersonId = PersonId::from_raw(6);
/// Finn's client, in his practice and in Southwind's cohort.
pub const GIL: PersonId = PersonId::from_raw(7);

/// The company that Cara pays for.
pub const NORTHWIND: CompanyId = CompanyId::from_raw(1);
/// The other company.
pub const SOUTHWIND: CompanyId = CompanyId::from_raw(2);
/// Northwind's project, which shows names.
pub const NORTHWIND_PROJECT: ProjectId = ProjectId::from_raw(1);
/// Southwind's project, which shows counts.
pub const SOUTHWIND_PROJECT: ProjectId = ProjectId::from_raw(2);
/// The cohort that Lea leads.
pub const NORTHWIND_COHORT: CohortId = CohortId::from_raw(1);
/// The cohort that Lea does not lead.
pub const SOUTHWIND_COHORT: CohortId = CohortId::from_raw(2);
/// What both cohorts follow: a 1:1, a pod, a 1:1.
pub const PATHWAY: PathwayId = PathwayId::from_raw(1);
/// Its first step, a 1:1 of an hour.
pub const FIRST_STEP: StepId = StepId::from_raw(1);
/// Its second step, a pod of ninety minutes.
pub const POD_STEP: StepId = StepId::from_raw(2);
/// Its last step, a 1:1 of an hour.
pub const LAST_STEP: StepId = StepId::from_raw(3);
/// Ben's place in Northwind's cohort.
pub const BEN_AT_NORTHWIND: ParticipantId = ParticipantId::from_raw(1);
/// Gil's place in Southwind's cohort.
pub const GIL_AT_SOUTHWIND: ParticipantId = ParticipantId::from_raw(2);

/// Ada's practice session with Ben, booked.
pub const ADA_BEN: SessionId = SessionId::from_raw(1);
/// Ben's place in it.
pub const BEN_WITH_ADA: AttendanceId = AttendanceId::from_raw(1);
/// Finn's practice session with Gil, booked.
pub const FINN_GIL: SessionId = SessionId::from_raw(2);
/// Gil's place in it.
pub const GIL_WITH_FINN: AttendanceId = AttendanceId::from_raw(2);

/// Ada's free first call of a quarter of an hour.
pub const ADA_INTRO: OfferingId = OfferingId::from_raw(1);
/// Half an hour with Ada, for 60 euros.
pub const ADA_SHORT: OfferingId = OfferingId::from_raw(2);
/// Three quarters of an hour with Ada, for 85 euros.
pub const ADA_SESSION: OfferingId = OfferingId::from_raw(3);
/// An hour with Ada, for 110 euros.
pub const ADA_HOUR: OfferingId = OfferingId::from_raw(4);
/// Finn's free first call of a quarter of an hour.
pub const FINN_INTRO: OfferingId = OfferingId::from_raw(5);
/// An hour with Finn, for 110 euros.
pub const FINN_HOUR: OfferingId = OfferingId::from_raw(8);

/// One of them, as they were made.
#[derive(Clone, Copy, Debug)]
pub struct Somebody {
    /// Their id.
    pub id: PersonId,
    /// Their whole name.
    pub name: &'static str,
    /// Where mail goes.
    pub mail: &'static str,
    /// Their one role.
    pub role: Role,
    /// Their zone.
    pub zone: &'static str,
    /// Their language.
    pub language: &'static str,
}

impl Somebody {
    /// Them, to the table of rights.
    pub fn who(&self) -> Who {
        Who { person: self.id, roles: self.role.into() }
    }
}

/// Everybody, in the order of their ids.
#[rustfmt::skip]
pub const PEOPLE: [Somebody; 7] = [
    Somebody { id: OTTO, name: "Otto Brandt",  mail: "otto@cairn.example",     role: Role::Admin,       zone: "Europe/Berlin",       language: "de" },
    Somebody { id: LEA,  name: "Lea Moreau",   mail: "lea@cairn.example",      role: Role::ProgramLead, zone: "Europe/Paris",        language: "en" },
    Somebody { id: ADA,  name: "Ada Lindholm", mail: "ada@cairn.example",      role: Role::Coach,       zone: "Europe/Stockholm",    language: "en" },
    Somebody { id: BEN,  name: "Ben Orle",     mail: "ben@northwind.example",  role: Role::Client,      zone: "Europe/London",       language: "en" },
    Somebody { id: CARA, name: "Cara Jensen",  mail: "cara@northwind.example", role: Role::Sponsor,     zone: "America/New_York",    language: "en" },
    Somebody { id: FINN, name: "Finn Walsh",   mail: "finn@cairn.example",     role: Role::Coach,       zone: "America/Los_Angeles", language: "en" },
    Somebody { id: GIL,  name: "Gil Navarro",  mail: "gil@southwind.example",  role: Role::Client,      zone: "Asia/Kolkata",        language: "en" },
];

/// A store with the small world in it, as the argument of a test.
pub struct World {
    /// The store.
    pub db: Db,
}

impl Fixture for World {
    async fn make(store: &Store) -> World {
        let db = store.open().await;
        db.write(build).await.expect("building the small world");
        World { db }
    }
}

/// Puts the small world into an empty store, all of it as old as the transaction.
pub fn build(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO organisation (id, name, language, zone, support_mail, late_hours, free_hours, pod_warning_hours,
             inactive_months, unanswered_reminders, mode, created_at)
         VALUES (1, 'Cairn', 'en', 'Europe/Berlin', 'help@cairn.example', 24, 48, 24, 3, 2, 'serve', $1)
         ON CONFLICT (id) DO NOTHING",
        args![now],
    )?;
    for somebody in &PEOPLE {
        person(tx, somebody, now)?;
    }
    tx.exec(
        "INSERT INTO seller (id, name, next_invoice) VALUES ($1, 'Cairn', 1)",
        args![SellerId::from_raw(1)],
    )?;
    practice(tx, ADA, "ada-lindholm", BEN, CoachingId::from_raw(1), now)?;
    practice(tx, FINN, "finn-walsh", GIL, CoachingId::from_raw(2), now)?;
    offerings(tx, ADA, ADA_INTRO, TermsId::from_raw(1), now)?;
    offerings(tx, FINN, FINN_INTRO, TermsId::from_raw(2), now)?;
    pathway(tx, now)?;
    company(tx, NORTHWIND, "Northwind", NORTHWIND_PROJECT, "names", NORTHWIND_COHORT, now)?;
    company(tx, SOUTHWIND, "Southwind", SOUTHWIND_PROJECT, "counts", SOUTHWIND_COHORT, now)?;
    participant(tx, BEN_AT_NORTHWIND, BEN, NORTHWIND_COHORT, NORTHWIND, ADA, now)?;
    participant(tx, GIL_AT_SOUTHWIND, GIL, SOUTHWIND_COHORT, SOUTHWIND, FINN, now)?;
    tx.exec(
        "INSERT INTO lead (id, person_id, cohort_id, since_at) VALUES ($1, $2, $3, $4)",
        args![LeadId::from_raw(1), LEA, NORTHWIND_COHORT, now],
    )?;
    tx.exec(
        "INSERT INTO sponsor (person_id, company_id, since_at) VALUES ($1, $2, $3)",
        args![CARA, NORTHWIND, now],
    )?;
    let in_three_days = Quantum::of(now + SignedDuration::from_hours(3 * 24 + 1)).start();
    booked(tx, ADA_BEN, BEN_WITH_ADA, ADA, BEN, in_three_days)?;
    booked(tx, FINN_GIL, GIL_WITH_FINN, FINN, GIL, in_three_days)
}

fn person(tx: &mut Tx, somebody: &Somebody, now: Instant) -> Result<()> {
    let first_name = somebody.name.split(' ').next().map(fold);
    tx.exec(
        "INSERT INTO person (id, name, folded_name, mail, folded_mail, zone, zone_known, language, hour_style, slug,
             created_at)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7, 'h24', $8, $9)",
        args![
            somebody.id,
            somebody.name,
            fold(somebody.name),
            somebody.mail,
            somebody.zone,
            true,
            somebody.language,
            first_name,
            now
        ],
    )?;
    tx.exec(
        "INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, $2, $3)",
        args![somebody.id, somebody.role.code(), now],
    )?;
    Ok(())
}

fn practice(
    tx: &mut Tx,
    coach_id: PersonId,
    slug: &str,
    client: PersonId,
    coaching: CoachingId,
    now: Instant,
) -> Result<()> {
    tx.exec(
        "INSERT INTO coach (person_id, slug, headline, about, credentials, listed, folded_text, availability_version,
             joined_at)
         VALUES ($1, $2, 'Calm before clever', '', 'PCC', $3, $4, 0, $5)",
        args![coach_id, slug, true, coach::folded_text(&[slug, "Calm before clever", "leadership", "PCC"]), now],
    )?;
    tx.exec("INSERT INTO coach_language (coach_id, place, language) VALUES ($1, 1, 'en')", args![coach_id])?;
    tx.exec(
        "INSERT INTO coach_speciality (coach_id, place, name, folded_name) VALUES ($1, 1, 'leadership', 'leadership')",
        args![coach_id],
    )?;
    tx.exec(
        "INSERT INTO coaching (id, client_id, coach_id, from_at) VALUES ($1, $2, $3, $4)",
        args![coaching, client, coach_id, now],
    )?;
    Ok(())
}

/// The usual four, from this id on, on Monday to Friday from 9 to 17 of the coach's clock: half a day's notice, two
/// months ahead, a quarter of an hour after each, no cap.
fn offerings(tx: &mut Tx, coach_id: PersonId, first: OfferingId, terms: TermsId, now: Instant) -> Result<()> {
    tx.exec(
        "INSERT INTO terms (id, coach_id, keep_early, keep_between, keep_late, made_at) VALUES ($1, $2, 0, 50, 100, $3)",
        args![terms, coach_id, now],
    )?;
    let usual = [
        ("intro", "Intro call", 15, 0),
        ("one_to_one", "Short session", 30, 6_000),
        ("one_to_one", "Session", 45, 8_500),
        ("one_to_one", "Long session", 60, 11_000),
    ];
    for ((kind, name, minutes, price), id) in usual.into_iter().zip(first.raw()..) {
        tx.exec(
            "INSERT INTO offering (id, coach_id, kind, name, about, minutes, price, currency, buffer_before_minutes,
                 buffer_after_minutes, notice_minutes, window_days, grid_minutes, place, place_detail, terms_id,
                 seller_id, active, made_at)
             VALUES ($1, $2, $3, $4, '', $5, $6, 'EUR', 0, 15, 720, 60, 15, 'room', '', $7, 1, $8, $9)",
            args![OfferingId::from_raw(id), coach_id, kind, name, minutes, price, terms, true, now],
        )?;
    }
    availability::write_usual(tx, coach_id)
}

fn pathway(tx: &mut Tx, now: Instant) -> Result<()> {
    tx.exec(
        "INSERT INTO pathway (id, name, ordered, made_at) VALUES ($1, 'First steps as a lead', $2, $3)",
        args![PATHWAY, true, now],
    )?;
    let steps: [(StepId, i64, &str, &str, i64); 3] = [
        (FIRST_STEP, 1, "Where you stand", "one_to_one", 60),
        (POD_STEP, 2, "Among peers", "pod", 90),
        (LAST_STEP, 3, "Where you go", "one_to_one", 60),
    ];
    for (id, no, name, kind, minutes) in steps {
        tx.exec(
            "INSERT INTO step (id, pathway_id, no, name, kind, minutes, from_week, to_week, window_days, place,
                 place_detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 90, 'room', '')",
            args![id, PATHWAY, no, name, kind, minutes, 4 * no - 3, 4 * no],
        )?;
    }
    Ok(())
}

fn company(
    tx: &mut Tx,
    id: CompanyId,
    name: &str,
    project: ProjectId,
    disclosure: &str,
    cohort: CohortId,
    now: Instant,
) -> Result<()> {
    tx.exec(
        "INSERT INTO company (id, name, folded_name, made_at) VALUES ($1, $2, $3, $4)",
        args![id, name, fold(name), now],
    )?;
    tx.exec(
        "INSERT INTO project (id, company_id, name, disclosure, made_at) VALUES ($1, $2, 'New leads', $3, $4)",
        args![project, id, disclosure, now],
    )?;
    tx.exec(
        "INSERT INTO cohort (id, project_id, pathway_id, name, starts_at, made_at)
         VALUES ($1, $2, $3, 'Spring', $4, $4)",
        args![cohort, project, PATHWAY, now],
    )?;
    Ok(())
}

fn participant(
    tx: &mut Tx,
    id: ParticipantId,
    person: PersonId,
    cohort: CohortId,
    company: CompanyId,
    coach: PersonId,
    now: Instant,
) -> Result<()> {
    tx.exec(
        "INSERT INTO participant (id, person_id, cohort_id, company_id, coach_id, tags, test, joined_at)
         VALUES ($1, $2, $3, $4, $5, '', $6, $7)",
        args![id, person, cohort, company, coach, false, now],
    )?;
    Ok(())
}

fn booked(
    tx: &mut Tx,
    session: SessionId,
    attendance: AttendanceId,
    coach_id: PersonId,
    client: PersonId,
    start: Instant,
) -> Result<()> {
    let now = tx.now();
    let minutes = Minutes::new(60).expect("an hour is a length");
    let zone =
        PEOPLE.iter().find(|somebody| somebody.id == coach_id).map(|coach| coach.zone).expect("a coach");
    let wall = start.to_zoned(Zone::parse(zone).expect("a zone").tz()).datetime();
    tx.exec(
        "INSERT INTO session (id, kind, minutes, place, place_detail, starts_at, wall_time, zone, zone_data, uid,
             sequence, booked_at, set_at, recorded, made_at)
         VALUES ($1, 'one_to_one', $2, 'room', '', $3, $4, $5, $6, $7, 0, $8, $8, $9, $8)",
        args![
            session,
            minutes.get(),
            start,
            wall.to_string(),
            zone,
            zone_data_version(),
            session.to_string(),
            now,
            false
        ],
    )?;
    tx.exec(
        "INSERT INTO session_coach (session_id, coach_id, marking) VALUES ($1, $2, $3)",
        args![session, coach_id, true],
    )?;
    tx.exec(
        "INSERT INTO attendance (id, session_id, client_id, counts, made_at) VALUES ($1, $2, $3, $4, $5)",
        args![attendance, session, client, false, now],
    )?;
    coach::claim(tx, coach_id, session, start, start + minutes.duration())
}
