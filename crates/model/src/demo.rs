//! The living example: an invented organisation with a past and a future, made anew from one seed and told around the
//! moment in which it is made.
//!
//! What has happened is written as rows, because no verb can act in the past; what happens now goes through the verbs.
//! Its ids count from 1, so that they are the same in every example and older than any that the program makes.

/// Declares the rows that are gathered, and writes each table with few statements, in the order in which they refer to
/// one another.
macro_rules! rows {
    ($name:ident $($field:ident $columns:literal $head:literal)*) => {
        #[derive(Default)]
        struct $name {
            $($field: Vec<[Value; $columns]>,)*
        }

        impl $name {
            fn write(self, tx: &mut Tx) -> Result<()> {
                $(tx.insert_many(concat!("INSERT INTO ", $head), self.$field, "")?;)*
                Ok(())
            }
        }
    };
}

mod added;
mod cast;
mod chance;
mod diary;
mod ends;
mod enrolment;
mod mails;
mod many;
mod talks;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use rules::attendance::Outcome;
use rules::availability::day_span;
use rules::cancelling::Ending;
use rules::ids::{
    AgreementId, AttendanceId, BusyId, CoachingId, CohortId, CompanyId, DayOverrideId, EventId, HoursId, Id,
    JourneyId, LeadId, LedgerId, OfferingId, ParticipantId, PathwayId, PersonId, PodId, ProjectId, SellerId,
    SessionId, StepId, TermsId,
};
use rules::ledger::LineKind;
use rules::money::Money;
use rules::moving::Way;
use rules::permission::{Role, Roles};
use rules::person::{HourStyle, MailAddress, fold};
use rules::scope::{Scope, Scopes};
use rules::session::{Cause, SessionKind};
use rules::terms::{AgreementKind, Bands, Terms};
use rules::time::{Instant, Quantum, Span, Zone, zone_data_version};
use serde_json::{Value as Json, json};

use self::cast::{CompanySketch, Participant, PracticeClient, Someone};
use self::chance::Chance;
use self::diary::{Diary, Stray, Week, Wish};
pub use self::many::{SESSIONS_MAX, grow};
use crate::event::{Actor, Kind, Subject, Via, kind};
use crate::organisation::{self, Settings};
use crate::session::kind as session_kind;
use crate::session::life::Ahead;
use crate::{Result, Tx, Value, agreement, args, coach, person, program, session, sign_in, token};

/// All of it follows from this and the moment.
const SEED: u64 = 0xCA12_2026;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How long the organisation has existed, in days.
const AGE_DAYS: i32 = 400;

/// Makes the example, unless there are people already.
///
/// # Errors
/// Only those of the store.
pub fn build(tx: &mut Tx) -> Result<()> {
    if tx.exists("SELECT 1 FROM person", args![])? {
        return Ok(());
    }
    let mut example = Example::new(tx.now());
    example.staff();
    example.coaches();
    example.agreement();
    example.pathway();
    for company in &cast::COMPANIES {
        example.company(company);
    }
    for client in &cast::PRACTICE {
        example.practice(client);
    }
    example.second_journey();
    let ids = example.write(tx)?;
    begin(tx, &ids)
}

/// What happens now that there are people: this much goes through the verbs, and so into the mailbox.
fn begin(tx: &mut Tx, ids: &HashMap<&'static str, PersonId>) -> Result<()> {
    let acting = |tx: &mut Tx, slug: &str| {
        let who = person::get(tx, ids[slug])?.who();
        Ok::<_, crate::Error>(Actor::Person { who, via: Via::Page, proof: None })
    };
    let otto = acting(tx, cast::ADMIN.slug)?;
    let now = organisation::get(tx)?;
    let support = MailAddress::parse(&format!("help@{}", cast::HOUSE)).expect("an address");
    let settings = Settings {
        name: cast::ORGANISATION.to_owned(),
        zone: zone(cast::ADMIN.zone),
        support_mail: Some(support),
        ..Settings::of(&now)
    };
    organisation::change(tx, &otto, &settings)?;
    person::set_roles(tx, &otto, ids["tarek"], Roles::from(Role::ProgramLead))?;
    for slug in cast::INVITED {
        sign_in::invite(tx, &otto, ids[slug])?;
    }
    let ada = person::get(tx, ids["ada"])?;
    for device in ["Firefox on Linux", "Safari on iPhone"] {
        sign_in::begin(tx, &ada, device, "link")?;
    }
    let scopes: Scopes = [Scope::MeRead, Scope::SessionsRead].into_iter().collect();
    let anjali = acting(tx, "anjali")?;
    token::create(tx, &anjali, ids["anjali"], "Calendar on my desk", scopes, 90 * DAY)?;
    talks::write(tx, ids)?;
    enrolment::write(tx, &otto, ids)?;
    let ben = MailAddress::parse(&person::get(tx, ids["ben"])?.mail).expect("a stored address");
    sign_in::ask_for_link(tx, &ben)?;
    owe(tx)?;
    mails::make(tx, &otto)?;
    ends::write(tx, &otto, ids)?;
    let lea = acting(tx, cast::LEADS[0].slug)?;
    added::write(tx, &lea, ids)?;
    ask_to_move(tx, ids["ada"])
}

/// A paid session that was written as a row.
struct Paid {
    place: AttendanceId,
    seller: i64,
    price: Money,
    booked_at: Instant,
    starts_at: Instant,
    cancelled_at: Option<Instant>,
    event: EventId,
}

/// What is owed for sessions that were paid for: charged when they were booked, given back where they were called off in
/// time, and paid some days after they had been, all but the latest.
fn owe(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    let all: Vec<Paid> = tx.all(
        "SELECT a.id, a.price, a.currency, s.booked_at, s.starts_at, s.cancelled_at,
             (SELECT MIN(e.id) FROM event e WHERE e.subject_kind = 'ses' AND e.subject_id = s.id),
             COALESCE((SELECT o.seller_id FROM offering o WHERE o.id = s.offering_id), (SELECT MIN(id) FROM seller))
         FROM attendance a JOIN session s ON s.id = a.session_id
         WHERE a.price > 0 AND s.booked_at IS NOT NULL ORDER BY s.booked_at, a.id",
        args![],
        |row| {
            Ok(Paid {
                place: row.get(0)?,
                price: Money::new(row.get(1)?, row.parse(2)?),
                booked_at: row.get(3)?,
                starts_at: row.get(4)?,
                cancelled_at: row.get(5)?,
                event: row.get(6)?,
                seller: row.get(7)?,
            })
        },
    )?;
    let mut receipts: BTreeMap<i64, i64> = BTreeMap::new();
    for paid in all {
        let paid_at = paid.starts_at + 9 * DAY;
        let mut lines = vec![(LineKind::Charge, paid.booked_at, None)];
        if let Some(at) = paid.cancelled_at {
            lines.push((LineKind::Credit, at, None));
        } else if paid_at < now {
            let number = receipts.entry(paid.seller).or_default();
            *number += 1;
            lines.push((LineKind::Payment, paid_at, Some(format!("R{}-{number:05}", paid.seller))));
        }
        for (kind, at, reference) in lines {
            let id: LedgerId = tx.new_id();
            tx.exec(
                "INSERT INTO ledger (id, attendance_id, kind, amount, currency, at, event_id, reference)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                args![
                    id,
                    paid.place,
                    kind.code(),
                    paid.price.minor,
                    paid.price.currency.code(),
                    at,
                    paid.event,
                    reference
                ],
            )?;
        }
    }
    for (seller, number) in receipts {
        tx.exec("UPDATE seller SET next_receipt = $1 WHERE id = $2", args![number + 1, seller])?;
    }
    Ok(())
}

/// A client asks for another time, so that their coach has something to decide: one of Ada's if one of hers is a day or
/// two ahead, else somebody's.
fn ask_to_move(tx: &mut Tx, ada: PersonId) -> Result<()> {
    let now = tx.now();
    let soon: Vec<(SessionId, PersonId)> = tx.all(
        "SELECT s.id, a.client_id FROM session s JOIN attendance a ON a.session_id = s.id
         JOIN session_coach c ON c.session_id = s.id AND c.marking
         WHERE s.kind = 'one_to_one' AND s.starts_at > $1 AND s.starts_at < $2 AND s.cancelled_at IS NULL
         ORDER BY CASE WHEN c.coach_id = $3 THEN 0 ELSE 1 END, s.starts_at, s.id LIMIT 20",
        args![now + 25 * HOUR, now + 47 * HOUR, ada],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (id, client) in soon {
        let client = Actor::Person { who: person::get(tx, client)?.who(), via: Via::Page, proof: None };
        let outlook = session::move_outlook(tx, &client, id)?;
        let Some(start) = outlook.starts_at.filter(|_| outlook.way == Ok(Way::ByAsking)) else { continue };
        let free = session::slots_to_move(tx, &client, id, Span::of(start + DAY, 9 * DAY))?;
        if let Some(to) = free.get(free.len() / 3).copied() {
            let reason = "A workshop has been put on that morning. Would this suit you as well?";
            let reason = session::Reason::parse(reason).expect("a short reason");
            session::move_session(tx, &client, id, &session::MoveWish { to, reason, expect: None })?;
            return Ok(());
        }
    }
    Ok(())
}

/// How a meeting went, as the cast writes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// `c`
    Completed,
    /// `n`
    NoShow,
    /// `l`
    LateCancellation,
    /// `u`: no time yet.
    Unbooked,
    /// `x`
    GreyedOut,
    /// `b`: still to come.
    Booked,
    /// `p`: over, and nobody has said how it went.
    Unmarked,
    /// `k`: called off in time.
    Cancelled,
    /// `*`: today if the coach works, and as the clock has it.
    Today,
    /// `A`: where [`cast::ADAS_DAY`] puts it.
    AdasDay,
}

impl Mark {
    fn from_char(mark: char) -> Mark {
        match mark {
            'c' => Mark::Completed,
            'n' => Mark::NoShow,
            'l' => Mark::LateCancellation,
            'u' => Mark::Unbooked,
            'x' => Mark::GreyedOut,
            'b' => Mark::Booked,
            'p' => Mark::Unmarked,
            'k' => Mark::Cancelled,
            '*' => Mark::Today,
            'A' => Mark::AdasDay,
            other => panic!("the cast has no mark {other:?}"),
        }
    }
}

struct Offering {
    id: OfferingId,
    minutes: i64,
    price: i64,
}

struct Coach {
    id: PersonId,
    week: Week,
    offerings: Vec<Offering>,
    currency: &'static str,
    place: (&'static str, &'static str),
}

#[derive(Clone, Copy)]
struct Step {
    id: StepId,
    minutes: i64,
    is_pod: bool,
    weeks: (i64, i64),
}

/// A pod and the time it has.
struct Pod {
    session: SessionId,
    step: usize,
    coach: &'static str,
    start: Option<Instant>,
}

/// A meeting to be written.
struct Meeting<'a> {
    kind: SessionKind,
    minutes: i64,
    coach: &'a str,
    start: Option<Instant>,
    pod: Option<PodId>,
    offering: Option<OfferingId>,
    cancelled: Option<(Instant, PersonId)>,
    made_at: Instant,
    booked_at: Option<Instant>,
}

/// A client's place in one, to be written.
struct Place {
    session: SessionId,
    client: PersonId,
    coach: PersonId,
    part: Option<(JourneyId, StepId)>,
    mark: Mark,
    time: Option<(Instant, Instant)>,
    price: Option<(i64, &'static str)>,
    made_at: Instant,
    booked_at: Option<Instant>,
}

struct Happened {
    at: Instant,
    kind: Kind,
    subject: Subject,
    by: Option<PersonId>,
    facts: Json,
}

struct Example {
    now: Instant,
    /// When Ada's next session begins: a quarter of an hour that is just ahead.
    soon: Instant,
    chance: Chance,
    diary: Diary,
    last_id: i64,
    ids: HashMap<&'static str, PersonId>,
    coaches: HashMap<&'static str, Coach>,
    agreements: HashMap<&'static str, AgreementId>,
    pathway_id: PathwayId,
    steps: Vec<Step>,
    /// Participants by who they are, with who coaches them.
    seats: HashMap<&'static str, (ParticipantId, &'static str)>,
    happened: Vec<Happened>,
    rows: Rows,
}

impl Example {
    fn new(now: Instant) -> Example {
        Example {
            now,
            soon: quarter_from(now + 5 * MINUTE),
            chance: Chance::from_seed(SEED),
            diary: Diary::default(),
            last_id: 0,
            ids: HashMap::new(),
            coaches: HashMap::new(),
            agreements: HashMap::new(),
            pathway_id: PathwayId::from_raw(0),
            steps: Vec::new(),
            seats: HashMap::new(),
            happened: Vec::new(),
            rows: Rows::default(),
        }
    }

    fn id<T: Id>(&mut self) -> T {
        self.last_id += 1;
        T::from_raw(self.last_id)
    }

    fn days_ago(&self, days: i32) -> Instant {
        self.now - days * DAY
    }

    fn otto(&self) -> PersonId {
        self.ids[cast::ADMIN.slug]
    }

    fn event<I: Id>(&mut self, at: Instant, kind: Kind, subject: I, by: Option<PersonId>, facts: Json) {
        self.happened.push(Happened { at, kind, subject: Subject::of(subject), by, facts });
    }

    fn person(&mut self, someone: &Someone, roles: Roles, at: Instant) -> PersonId {
        let id: PersonId = self.id();
        let mail = format!("{}@{}", someone.slug, someone.host);
        let hour_style = match someone.zone.split('/').next() {
            Some("America") if someone.zone != "America/Sao_Paulo" => HourStyle::H12,
            _ => HourStyle::H24,
        };
        self.rows.people.push([
            id.into(),
            someone.name.into(),
            fold(someone.name).into(),
            (&mail).into(),
            (&mail).into(),
            someone.zone.into(),
            true.into(),
            someone.language.into(),
            hour_style.code().into(),
            someone.slug.into(),
            at.into(),
        ]);
        for role in roles.iter() {
            self.rows.roles.push([id.into(), role.code().into(), at.into()]);
        }
        self.ids.insert(someone.slug, id);
        let by = (someone.slug != cast::ADMIN.slug).then(|| self.otto());
        self.event(at, kind::PERSON_ADDED, id, by, json!({ "roles": roles.to_string() }));
        id
    }

    fn staff(&mut self) {
        let begin = self.days_ago(AGE_DAYS);
        let otto = self.person(&cast::ADMIN, Role::Admin.into(), begin);
        self.happened.push(Happened {
            at: begin,
            kind: kind::SET_UP,
            subject: Subject::organisation(),
            by: Some(otto),
            facts: json!({}),
        });
        let [lea, tarek] = &cast::LEADS;
        self.person(lea, Role::ProgramLead.into(), begin + 3 * DAY);
        // His role he gets only now: see `begin`.
        self.person(tarek, Roles::NONE, self.days_ago(50));
    }

    fn coaches(&mut self) {
        let house: SellerId = self.id();
        self.rows.sellers.push([house.into(), Value::Null, cast::ORGANISATION.into(), 1.into()]);
        for (sketch, n) in cast::COACHES.iter().zip(0..) {
            let joined = self.days_ago(AGE_DAYS - 20 - 30 * n);
            let slug = sketch.someone.slug;
            let id = self.person(&sketch.someone, Role::Coach.into(), joined);
            self.rows.coaches.push([
                id.into(),
                slug.into(),
                sketch.headline.into(),
                sketch.about.into(),
                sketch.credentials.into(),
                sketch.listed.into(),
                coach::folded_text(&[
                    sketch.someone.name,
                    sketch.headline,
                    sketch.specialities,
                    sketch.credentials,
                    sketch.about,
                ])
                .into(),
                0.into(),
                joined.into(),
            ]);
            for (language, place) in sketch.languages.split(' ').zip(1_i64..) {
                self.rows.languages.push([id.into(), place.into(), language.into()]);
            }
            for (speciality, place) in sketch.specialities.split(',').zip(1_i64..) {
                self.rows.specialities.push([
                    id.into(),
                    place.into(),
                    speciality.into(),
                    fold(speciality).into(),
                ]);
            }
            let seller = if sketch.sells_alone { self.seller(id, sketch.someone.name) } else { house };
            let offerings = self.offerings(id, sketch, seller, joined);
            let mut week = Week { zone: zone(sketch.someone.zone), usual: Vec::new(), different: Vec::new() };
            let minute = |hhmm: i64| hhmm / 100 * 60 + hhmm % 100;
            for (first, last, from, to) in sketch.hours {
                week.usual.extend((*first..=*last).map(|day| (day, (minute(*from), minute(*to)))));
            }
            if slug == "ada" {
                self.open_adas_day(id, &mut week);
            }
            for (ahead, weekday, ranges) in sketch.differing {
                let ranges = ranges.iter().map(|(from, to)| (minute(*from), minute(*to))).collect();
                week.different
                    .push((first_weekday(&week.zone, self.now + *ahead as i32 * DAY, *weekday), ranges));
            }
            self.hours(id, &week);
            if let Some((ahead, days, name)) = sketch.away {
                self.away(id, &week.zone, ahead, days, name);
            }
            let (currency, place) = (sketch.currency, sketch.place);
            self.coaches.insert(slug, Coach { id, week, offerings, currency, place });
        }
    }

    fn seller(&mut self, coach: PersonId, name: &str) -> SellerId {
        let id: SellerId = self.id();
        self.rows.sellers.push([id.into(), coach.into(), name.into(), 1.into()]);
        id
    }

    fn offerings(
        &mut self,
        coach: PersonId,
        sketch: &cast::CoachSketch,
        seller: SellerId,
        joined: Instant,
    ) -> Vec<Offering> {
        let terms: TermsId = self.id();
        let kept = Terms::DEFAULT.kept;
        self.rows.terms.push([
            terms.into(),
            coach.into(),
            kept.early.get().into(),
            kept.between.get().into(),
            kept.late.get().into(),
            joined.into(),
        ]);
        let prices = [0].into_iter().chain(sketch.prices);
        let mut offerings = Vec::with_capacity(cast::OFFERINGS.len());
        for ((minutes, name, about), price) in cast::OFFERINGS.into_iter().zip(prices) {
            let id: OfferingId = self.id();
            let kind = if price == 0 { SessionKind::Intro } else { SessionKind::OneToOne };
            self.rows.offerings.push([
                id.into(),
                coach.into(),
                kind.code().into(),
                name.into(),
                about.into(),
                minutes.into(),
                price.into(),
                sketch.currency.into(),
                0.into(),
                15.into(),
                (12 * 60).into(),
                60.into(),
                5.into(),
                15.into(),
                sketch.place.0.into(),
                sketch.place.1.into(),
                terms.into(),
                seller.into(),
                true.into(),
                joined.into(),
            ]);
            offerings.push(Offering { id, minutes, price });
        }
        for (offering, n) in offerings.iter().zip(0..) {
            let asked = sketch.questions.iter().filter(|(of, ..)| *of == n);
            for ((_, text, required), no) in asked.zip(1_i64..) {
                self.rows.questions.push([offering.id.into(), no.into(), (*text).into(), (*required).into()]);
            }
        }
        offerings
    }

    /// Whoever opens the example at night or on a Sunday still finds Ada at work: then that day has hours of its own.
    fn open_adas_day(&mut self, ada: PersonId, week: &mut Week) {
        week.open(self.soon - 4 * HOUR, self.soon + 4 * HOUR);
        for (_, after) in cast::ADAS_DAY {
            let start = self.soon + SignedDuration::from_mins(after);
            // As long as the longest of them; what comes after is at least so far away.
            self.diary.take([ada], start, start + HOUR);
        }
    }

    fn hours(&mut self, coach: PersonId, week: &Week) {
        for (weekday, (from, to)) in &week.usual {
            let id: HoursId = self.id();
            self.rows.hours.push([id.into(), coach.into(), (*weekday).into(), (*from).into(), (*to).into()]);
        }
        for (date, ranges) in &week.different {
            if ranges.is_empty() {
                let id: DayOverrideId = self.id();
                let date = date.to_string().into();
                self.rows.overrides.push([id.into(), coach.into(), date, Value::Null, Value::Null]);
            }
            for (from, to) in ranges {
                let id: DayOverrideId = self.id();
                let date = date.to_string().into();
                self.rows.overrides.push([id.into(), coach.into(), date, (*from).into(), (*to).into()]);
            }
        }
    }

    /// Whole days off, when nobody has booked anything yet.
    fn away(&mut self, coach: PersonId, zone: &Zone, ahead: i64, days: i64, name: &'static str) {
        let first = (self.now + SignedDuration::from_hours(24 * ahead)).to_zoned(zone.tz()).date();
        let last = first + (days - 1).days();
        let (from, until) = (day_span(zone, first).from, day_span(zone, last).until);
        self.diary.take([coach], from, until);
        let id: BusyId = self.id();
        self.rows.busy.push([
            id.into(),
            coach.into(),
            "time_off".into(),
            from.into(),
            until.into(),
            name.into(),
            first.to_string().into(),
            last.to_string().into(),
        ]);
    }

    /// What clients accept, in each of its languages, from the beginning on.
    fn agreement(&mut self) {
        let (at, otto) = (self.days_ago(AGE_DAYS - 1), Some(self.otto()));
        for (language, text) in cast::AGREEMENT {
            let id: AgreementId = self.id();
            let kind = AgreementKind::Coaching.code();
            self.rows.agreements.push([
                id.into(),
                kind.into(),
                1.into(),
                language.into(),
                text.into(),
                at.into(),
            ]);
            let facts = json!({ "kind": kind, "language": language, "from": 0, "to": 1 });
            self.event(at, agreement::kind::PUBLISHED, id, otto, facts);
            self.agreements.insert(language, id);
        }
    }

    /// A client has accepted it: of a practice with their first paid booking, of a program as it began.
    fn accept(&mut self, client: PersonId, language: &str, at: Instant) {
        let id = self.agreements[language];
        self.rows.acceptances.push([client.into(), id.into(), at.into()]);
        let facts = json!({
            "agreement": id.to_string(),
            "kind": AgreementKind::Coaching.code(),
            "version": 1,
            "language": language,
        });
        self.event(at, agreement::kind::ACCEPTED, client, Some(client), facts);
    }

    fn pathway(&mut self) {
        let made_at = self.days_ago(120);
        (self.pathway_id, self.steps) = self.template(cast::PATHWAY, &cast::STEPS, made_at);
    }

    /// A pathway with its steps.
    fn template(
        &mut self,
        name: &'static str,
        sketches: &[cast::StepSketch],
        made_at: Instant,
    ) -> (PathwayId, Vec<Step>) {
        let id = self.id::<PathwayId>();
        let mut steps = Vec::with_capacity(sketches.len());
        self.rows.pathways.push([id.into(), name.into(), true.into(), made_at.into()]);
        for (sketch, no) in sketches.iter().zip(1_i64..) {
            let step: StepId = self.id();
            let (from, to) = sketch.weeks;
            let kind = if sketch.is_pod { SessionKind::Pod } else { SessionKind::OneToOne };
            self.rows.steps.push([
                step.into(),
                id.into(),
                no.into(),
                sketch.name.into(),
                kind.code().into(),
                sketch.minutes.into(),
                from.into(),
                to.into(),
                90.into(),
                "room".into(),
                "".into(),
            ]);
            steps.push(Step {
                id: step,
                minutes: sketch.minutes,
                is_pod: sketch.is_pod,
                weeks: sketch.weeks,
            });
        }
        let otto = Some(self.otto());
        self.event(made_at, program::kind::PATHWAY_ADDED, id, otto, json!({ "steps": steps.len() }));
        (id, steps)
    }

    /// One participant follows a second pathway since last week, and has booked none of it yet.
    fn second_journey(&mut self) {
        let (made_at, starts_at) = (self.days_ago(30), self.days_ago(6));
        let (pathway, steps) = self.template(cast::SECOND_PATHWAY, &cast::SECOND_STEPS, made_at);
        let (participant, coach) = self.seats[cast::SECOND];
        let client = self.ids[cast::SECOND];
        let id: JourneyId = self.id();
        self.rows.journeys.push([id.into(), participant.into(), pathway.into(), starts_at.into()]);
        let otto = Some(self.otto());
        let facts = json!({ "participant": participant.to_string(), "pathway": pathway.to_string() });
        self.event(starts_at, program::kind::JOURNEY_STARTED, id, otto, facts);
        for step in steps {
            let session = self.meeting(Meeting {
                kind: SessionKind::OneToOne,
                minutes: step.minutes,
                coach,
                start: None,
                pod: None,
                offering: None,
                cancelled: None,
                made_at: starts_at,
                booked_at: None,
            });
            self.place(Place {
                session,
                client,
                coach: self.coaches[coach].id,
                part: Some((id, step.id)),
                mark: Mark::Unbooked,
                time: None,
                price: None,
                made_at: starts_at,
                booked_at: None,
            });
        }
    }

    fn company(&mut self, sketch: &CompanySketch) {
        let weeks = i32::try_from(sketch.weeks_in).expect("few weeks");
        let starts_at = self.days_ago(7 * weeks);
        let made_at = starts_at - 14 * DAY;
        let otto = Some(self.otto());
        let company: CompanyId = self.id();
        let project: ProjectId = self.id();
        let cohort: CohortId = self.id();
        self.rows.companies.push([
            company.into(),
            sketch.name.into(),
            fold(sketch.name).into(),
            made_at.into(),
        ]);
        self.rows.projects.push([
            project.into(),
            company.into(),
            sketch.project.into(),
            sketch.disclosure.into(),
            made_at.into(),
        ]);
        self.rows.cohorts.push([
            cohort.into(),
            project.into(),
            self.pathway_id.into(),
            sketch.cohort.into(),
            starts_at.into(),
            made_at.into(),
        ]);
        self.event(made_at, program::kind::COMPANY_ADDED, company, otto, json!({}));
        let facts = json!({ "company": company.to_string(), "disclosure": sketch.disclosure });
        self.event(made_at, program::kind::PROJECT_ADDED, project, otto, facts);
        let facts = json!({ "project": project.to_string(), "pathway": self.pathway_id.to_string() });
        self.event(made_at, program::kind::COHORT_ADDED, cohort, otto, facts);
        let sponsor = self.person(&sketch.sponsor, Role::Sponsor.into(), made_at);
        self.rows.sponsors.push([sponsor.into(), company.into(), made_at.into()]);
        let lead = self.lead(sketch, project, cohort, made_at);

        let people: Vec<(PersonId, ParticipantId)> = sketch
            .participants
            .iter()
            .zip(1..)
            .map(|(one, no)| self.participant(sketch, one, company, cohort, lead, starts_at, no))
            .collect();
        let pods = self.pods(sketch, cohort, lead, &people, starts_at);
        for (one, (person, participant)) in sketch.participants.iter().zip(&people) {
            self.journey(one, *person, *participant, &pods, starts_at);
        }
    }

    /// Lea leads a whole project, Tarek one cohort.
    fn lead(
        &mut self,
        sketch: &CompanySketch,
        project: ProjectId,
        cohort: CohortId,
        since: Instant,
    ) -> PersonId {
        let id: LeadId = self.id();
        let leads_project = sketch.disclosure == "names";
        let lead = self.ids[if leads_project { "lea" } else { "tarek" }];
        self.rows.leads.push([
            id.into(),
            lead.into(),
            leads_project.then_some(project).into(),
            (!leads_project).then_some(cohort).into(),
            since.into(),
        ]);
        lead
    }

    #[expect(clippy::too_many_arguments, reason = "each is one column of a row, and there is one caller")]
    fn participant(
        &mut self,
        sketch: &CompanySketch,
        one: &Participant,
        company: CompanyId,
        cohort: CohortId,
        lead: PersonId,
        starts_at: Instant,
        no: i64,
    ) -> (PersonId, ParticipantId) {
        let joined = starts_at - 3 * DAY + SignedDuration::from_mins(7 * no);
        let person = self.person(&one.someone, Role::Client.into(), joined);
        let coach = self.coaches[one.coach].id;
        let id: ParticipantId = self.id();
        let initials: String = sketch.name.chars().filter(char::is_ascii_uppercase).collect();
        self.rows.participants.push([
            id.into(),
            person.into(),
            cohort.into(),
            company.into(),
            coach.into(),
            format!("{initials}-{:04}", 1000 + 37 * no).into(),
            "".into(),
            false.into(),
            joined.into(),
        ]);
        self.seats.insert(one.someone.slug, (id, one.coach));
        self.coaching(person, coach, joined);
        let facts =
            json!({ "person": person.to_string(), "cohort": cohort.to_string(), "coach": coach.to_string() });
        self.event(joined, program::kind::PARTICIPANT_ADDED, id, Some(lead), facts);
        self.accept(person, one.someone.language, joined);
        (person, id)
    }

    fn coaching(&mut self, client: PersonId, coach: PersonId, from: Instant) {
        let id: CoachingId = self.id();
        self.rows.coachings.push([id.into(), client.into(), coach.into(), from.into()]);
    }

    fn pods(
        &mut self,
        sketch: &CompanySketch,
        cohort: CohortId,
        lead: PersonId,
        people: &[(PersonId, ParticipantId)],
        starts_at: Instant,
    ) -> Vec<Pod> {
        let mut pods = Vec::with_capacity(sketch.pods.len());
        for (n, pod) in sketch.pods.iter().enumerate() {
            let step = self.steps[pod.step - 1];
            let made_at = starts_at + HOUR;
            let id: PodId = self.id();
            self.rows.pods.push([
                id.into(),
                cohort.into(),
                step.id.into(),
                pod.name.into(),
                self.coaches[pod.facilitator].id.into(),
                "closed".into(),
                3.into(),
                8.into(),
                made_at.into(),
            ]);
            let facts = json!({ "cohort": cohort.to_string(), "step": step.id.to_string() });
            self.event(made_at, program::kind::POD_ADDED, id, Some(lead), facts);
            let mut members = Vec::new();
            for (one, (person, participant)) in sketch.participants.iter().zip(people) {
                if one.pods.contains(&n) {
                    self.rows.pod_members.push([id.into(), (*participant).into(), made_at.into()]);
                    let facts = json!({ "participant": participant.to_string() });
                    self.event(made_at, program::kind::POD_JOINED, id, Some(lead), facts);
                    members.push((*person, zone(one.someone.zone)));
                }
            }
            let start = pod.days.map(|(from, until)| {
                let day = |days: i64| self.now + SignedDuration::from_hours(24 * days);
                let stray = if until < 0 { Stray::Earlier } else { Stray::Later };
                self.find(pod.facilitator, &members, step.minutes, (day(from), day(until)), stray)
            });
            let booked_at = start.map(|start| self.booked_before(start, made_at));
            let session = self.meeting(Meeting {
                kind: SessionKind::Pod,
                minutes: step.minutes,
                coach: pod.facilitator,
                start,
                pod: Some(id),
                offering: None,
                cancelled: None,
                made_at,
                booked_at,
            });
            if let Some((start, at)) = start.zip(booked_at) {
                self.booked_event(session, start, at, Some(lead));
            }
            pods.push(Pod { session, step: pod.step - 1, coach: pod.facilitator, start });
        }
        pods
    }

    fn journey(
        &mut self,
        one: &Participant,
        person: PersonId,
        participant: ParticipantId,
        pods: &[Pod],
        starts_at: Instant,
    ) {
        let id: JourneyId = self.id();
        self.rows.journeys.push([id.into(), participant.into(), self.pathway_id.into(), starts_at.into()]);
        let otto = Some(self.otto());
        let facts = json!({ "participant": participant.to_string(), "pathway": self.pathway_id.to_string() });
        self.event(starts_at, program::kind::JOURNEY_STARTED, id, otto, facts);
        let mut latest = starts_at;
        for (n, mark) in one.marks.chars().map(Mark::from_char).enumerate() {
            let step = self.steps[n];
            let pod = one.pods.iter().map(|&pod| &pods[pod]).find(|pod| pod.step == n);
            let (session, coach, start, booked_at) = match pod {
                Some(pod) => {
                    let booked_at = pod.start.map(|start| self.booked_before(start, starts_at + HOUR));
                    (pod.session, pod.coach, pod.start, booked_at)
                }
                None => self.step_alone(one, person, step, mark, latest, starts_at),
            };
            let time = start.map(|start| (start, start + SignedDuration::from_mins(step.minutes)));
            if let Some((_, end)) = time {
                latest = latest.max(end);
            }
            let mark = self.as_the_clock_has_it(mark, one.someone.slug, time);
            let coach = self.coaches[coach].id;
            let part = Some((id, step.id));
            let (client, price, made_at) = (person, None, starts_at);
            self.place(Place { session, client, coach, part, mark, time, price, made_at, booked_at });
        }
    }

    /// A step's own session, with a time if its mark says so.
    fn step_alone(
        &mut self,
        one: &Participant,
        person: PersonId,
        step: Step,
        mark: Mark,
        latest: Instant,
        starts_at: Instant,
    ) -> (SessionId, &'static str, Option<Instant>, Option<Instant>) {
        let clients = [(person, zone(one.someone.zone))];
        let week = |n: i64| starts_at + SignedDuration::from_hours(7 * 24 * n);
        let (first, last) = step.weeks;
        let now = self.now;
        let window = match mark {
            Mark::Unbooked | Mark::GreyedOut => None,
            Mark::AdasDay => None,
            Mark::Today => Some((self.today(one.coach), Stray::Later)),
            Mark::Booked => {
                let from = (now + DAY).max(latest + DAY);
                Some(((from, from + 9 * DAY), Stray::Later))
            }
            Mark::Unmarked => Some(((now - 5 * DAY, now - 74 * HOUR), Stray::Earlier)),
            Mark::Completed | Mark::NoShow | Mark::LateCancellation | Mark::Cancelled => {
                let from = week(first - 1).max(latest + DAY);
                Some(((from, week(last).min(now - 6 * HOUR)), Stray::Earlier))
            }
        };
        let start = match window {
            Some((between, stray)) => Some(self.find(one.coach, &clients, step.minutes, between, stray)),
            None if mark == Mark::AdasDay => Some(self.on_adas_day(one.someone.slug)),
            None => None,
        };
        let booked_at = start.map(|start| self.booked_before(start, starts_at + 2 * HOUR));
        let session = self.meeting(Meeting {
            kind: if step.is_pod { SessionKind::Pod } else { SessionKind::OneToOne },
            minutes: step.minutes,
            coach: one.coach,
            start,
            pod: None,
            offering: None,
            cancelled: None,
            made_at: starts_at,
            booked_at,
        });
        if let Some((start, at)) = start.zip(booked_at) {
            self.booked_event(session, start, at, Some(person));
        }
        (session, one.coach, start, booked_at)
    }

    fn practice(&mut self, one: &PracticeClient) {
        let first_days = one.meetings.iter().map(|(days, ..)| *days).min().unwrap_or_default();
        let joined = self.now + SignedDuration::from_hours(24 * first_days) - 9 * DAY;
        let person = self.person(&one.someone, Role::Client.into(), joined);
        let coach = self.coaches[one.coach].id;
        self.coaching(person, coach, joined);
        let mut first_paid: Option<Instant> = None;
        for (days, offering, mark) in one.meetings {
            let mark = Mark::from_char(*mark);
            let booked_at = self.practice_meeting(one, person, joined, *days, *offering, mark);
            if *offering > 0 {
                first_paid = Some(first_paid.map_or(booked_at, |first| first.min(booked_at)));
            }
        }
        if let Some(at) = first_paid {
            self.accept(person, one.someone.language, at);
        }
    }

    fn practice_meeting(
        &mut self,
        one: &PracticeClient,
        person: PersonId,
        joined: Instant,
        days: i64,
        offering: usize,
        mark: Mark,
    ) -> Instant {
        let coach = &self.coaches[one.coach];
        let (coach_id, currency) = (coach.id, coach.currency);
        let Offering { id: offering_id, minutes, price } = coach.offerings[offering];
        let kind = if price == 0 { SessionKind::Intro } else { SessionKind::OneToOne };
        let day = self.now + SignedDuration::from_hours(24 * days);
        let clients = [(person, zone(one.someone.zone))];
        let start = match mark {
            Mark::AdasDay => self.on_adas_day(one.someone.slug),
            Mark::Today => self.find(one.coach, &clients, minutes, self.today(one.coach), Stray::Later),
            _ if days > 0 => self.find(one.coach, &clients, minutes, (day, day + 2 * DAY), Stray::Later),
            _ => {
                let until = (day + DAY).min(self.now - 6 * HOUR);
                self.find(one.coach, &clients, minutes, (day - DAY, until), Stray::Earlier)
            }
        };
        let time = (start, start + SignedDuration::from_mins(minutes));
        let booked_at = self.booked_before(start, joined + HOUR);
        let cancelled = (mark == Mark::Cancelled).then(|| {
            let in_time = (start - 70 * HOUR).min(self.now - 26 * HOUR);
            (in_time.max(booked_at + HOUR), person)
        });
        let session = self.meeting(Meeting {
            kind,
            minutes,
            coach: one.coach,
            start: Some(start),
            pod: None,
            offering: Some(offering_id),
            cancelled,
            made_at: booked_at,
            booked_at: Some(booked_at),
        });
        self.booked_event(session, start, booked_at, Some(person));
        if let Some((at, by)) = cancelled {
            let facts = json!({ "from": "booked", "to": "cancelled", "start": start.to_string(),
                "cause": Cause::Client.code(), "ending": Ending::Cancelled.code() });
            self.event(at, session_kind::CANCELLED, session, Some(by), facts);
        } else if kind == SessionKind::Intro {
            self.rows.intros.push([person.into(), coach_id.into(), session.into(), false.into()]);
        }
        let mark = self.as_the_clock_has_it(mark, one.someone.slug, Some(time));
        self.place(Place {
            session,
            client: person,
            coach: coach_id,
            part: None,
            mark,
            time: Some(time),
            price: Some((price, currency)),
            made_at: booked_at,
            booked_at: Some(booked_at),
        });
        booked_at
    }

    fn find(
        &mut self,
        coach: &str,
        clients: &[(PersonId, Zone)],
        minutes: i64,
        (from, until): (Instant, Instant),
        stray: Stray,
    ) -> Instant {
        let coach = &self.coaches[coach];
        let wish = Wish { coach: (coach.id, &coach.week), clients, minutes, from, until, stray };
        self.diary.find(&wish, &mut self.chance)
    }

    fn on_adas_day(&self, slug: &str) -> Instant {
        let (_, after) = cast::ADAS_DAY.iter().find(|(whose, _)| *whose == slug).expect("on Ada's day");
        self.soon + SignedDuration::from_mins(*after)
    }

    /// The coach's today, from its first moment to its last.
    fn today(&self, coach: &str) -> (Instant, Instant) {
        let now = self.now.to_zoned(self.coaches[coach].week.zone.tz());
        let start = now.start_of_day().expect("a day that begins");
        let end = start.tomorrow().expect("the example does not end with the calendar");
        (Instant::from_timestamp(start.timestamp()), Instant::from_timestamp(end.timestamp()))
    }

    /// When a meeting was booked: some days ahead, but not before `earliest`, and never in the future.
    fn booked_before(&mut self, start: Instant, earliest: Instant) -> Instant {
        let ahead = SignedDuration::from_mins(60 * 24 * 5 + 7 * self.chance.between(0, 1400));
        let lately = 30 * HOUR + SignedDuration::from_mins(11 * self.chance.between(0, 500));
        (start - ahead).min(self.now - lately).max(earliest)
    }

    /// What a mark comes to that depends on the time of day.
    fn as_the_clock_has_it(&self, mark: Mark, slug: &str, time: Option<(Instant, Instant)>) -> Mark {
        let (Mark::Today | Mark::AdasDay, Some((_, end))) = (mark, time) else { return mark };
        let is_marked = match mark {
            Mark::AdasDay => slug == cast::MARKED_BY_ADA,
            _ => end + HOUR <= self.now,
        };
        match end <= self.now {
            false => Mark::Booked,
            true if is_marked => Mark::Completed,
            true => Mark::Unmarked,
        }
    }

    fn booked_event(&mut self, session: SessionId, start: Instant, at: Instant, by: Option<PersonId>) {
        let facts = json!({ "from": "unbooked", "to": "booked", "start": start.to_string() });
        self.event(at, session_kind::BOOKED, session, by, facts);
    }

    fn meeting(&mut self, meeting: Meeting<'_>) -> SessionId {
        let id: SessionId = self.id();
        let coach = &self.coaches[meeting.coach];
        let wall = meeting.start.map(|start| start.to_zoned(coach.week.zone.tz()).datetime().to_string());
        let is_booked = meeting.start.is_some();
        let live = meeting.start.zip(meeting.booked_at).filter(|_| meeting.cancelled.is_none());
        let ahead = live.map_or(Ahead::default(), |(start, booked_at)| {
            Ahead::of(start, booked_at, start + SignedDuration::from_mins(meeting.minutes), self.now)
        });
        let place = if meeting.offering.is_some() { coach.place } else { ("room", "") };
        self.rows.sessions.push([
            id.into(),
            meeting.kind.code().into(),
            meeting.minutes.into(),
            place.0.into(),
            place.1.into(),
            meeting.start.into(),
            wall.into(),
            is_booked.then_some(&coach.week.zone).into(),
            is_booked.then(zone_data_version).into(),
            format!("{:032x}", self.chance.wide()).into(),
            0.into(),
            meeting.offering.into(),
            meeting.pod.into(),
            meeting.booked_at.into(),
            meeting.booked_at.into(),
            ahead.remind_at.into(),
            ahead.prompt_at.into(),
            meeting.cancelled.map(|(at, _)| at).into(),
            meeting.cancelled.map(|(_, by)| by).into(),
            meeting.cancelled.map(|_| Cause::Client.code()).into(),
            false.into(),
            meeting.made_at.into(),
        ]);
        self.rows.session_coaches.push([id.into(), coach.id.into(), true.into()]);
        let ahead = meeting.start.filter(|_| meeting.cancelled.is_none());
        if let Some(start) = ahead {
            let end = start + SignedDuration::from_mins(meeting.minutes);
            if end > self.now {
                let coach = coach.id;
                let quanta = Quantum::covering(start, end);
                self.rows.coach_time.extend(quanta.map(|q| [coach.into(), q.into(), id.into()]));
            }
        }
        id
    }

    fn place(&mut self, place: Place) {
        let id: AttendanceId = self.id();
        let outcome = self.outcome(&place);
        let left = outcome.filter(|(outcome, ..)| *outcome == Outcome::LateCancellation);
        let notice = left.zip(place.time).map(|((.., at), (start, _))| start.since(at).as_millis() as i64);
        let greyed_out = (place.mark == Mark::GreyedOut).then(|| (self.now - 9 * DAY, self.otto()));
        let bands = place.booked_at.map(|_| Bands::DEFAULT);
        let kept = place.price.map(|_| Terms::DEFAULT.kept);
        self.rows.attendances.push([
            id.into(),
            place.session.into(),
            place.client.into(),
            place.part.map(|(journey, _)| journey).into(),
            place.part.map(|(_, step)| step).into(),
            place.part.is_some().into(),
            outcome.map(|(outcome, ..)| outcome.code()).into(),
            outcome.map(|(_, by, _)| by).into(),
            outcome.map(|(.., at)| at).into(),
            outcome.filter(|(outcome, ..)| *outcome != Outcome::LateCancellation).map(|(.., at)| at).into(),
            outcome.map(|(outcome, ..)| outcome.code()).into(),
            left.map(|(.., at)| at).into(),
            notice.into(),
            greyed_out.map(|(at, _)| at).into(),
            greyed_out.map(|(_, by)| by).into(),
            place.price.map(|(price, _)| price).into(),
            place.price.map(|(_, currency)| currency).into(),
            bands.map(Bands::late_hours).into(),
            bands.map(Bands::free_hours).into(),
            kept.map(|kept| kept.early.get()).into(),
            kept.map(|kept| kept.between.get()).into(),
            kept.map(|kept| kept.late.get()).into(),
            place.made_at.into(),
        ]);
        if let Some((outcome, by, at)) = outcome {
            let to = if outcome == Outcome::Completed { "completed" } else { "missed" };
            let facts = json!({ "from": "booked", "to": to, "outcome": outcome.code() });
            self.event(at, session_kind::MARKED, id, Some(by), facts);
        }
        if let Some((at, by)) = greyed_out {
            let facts = json!({ "from": "unbooked", "to": "greyed_out" });
            self.event(at, session_kind::GREYED_OUT, id, Some(by), facts);
        }
    }

    /// What was said of it, by whom and when.
    fn outcome(&mut self, place: &Place) -> Option<(Outcome, PersonId, Instant)> {
        let (start, end) = place.time?;
        let minutes = SignedDuration::from_mins(self.chance.between(3, 50));
        match place.mark {
            Mark::Completed => Some((Outcome::Completed, place.coach, (end + minutes).min(self.now))),
            Mark::NoShow => {
                Some((Outcome::NoShow, place.coach, (start + 15 * MINUTE + minutes).min(self.now)))
            }
            Mark::LateCancellation => {
                let at = (start - 2 * HOUR - 10 * minutes).min(self.now);
                Some((Outcome::LateCancellation, place.client, at))
            }
            _ => None,
        }
    }

    fn write(mut self, tx: &mut Tx) -> Result<HashMap<&'static str, PersonId>> {
        self.happened.sort_by_key(|event| event.at);
        for event in std::mem::take(&mut self.happened) {
            let id: EventId = self.id();
            self.rows.events.push([
                id.into(),
                event.at.into(),
                event.kind.0.into(),
                event.subject.kind.into(),
                event.subject.id.into(),
                event.by.into(),
                if event.by.is_some() { "page" } else { "program" }.into(),
                event.facts.to_string().into(),
            ]);
        }
        self.rows.write(tx)?;
        Ok(self.ids)
    }
}

/// The first such weekday, Monday is 1, that is not before a moment.
fn first_weekday(zone: &Zone, from: Instant, weekday: i64) -> Date {
    let date = from.to_zoned(zone.tz()).date();
    let ahead = (weekday - i64::from(date.weekday().to_monday_one_offset())).rem_euclid(7);
    date + ahead.days()
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).expect("the cast lives in zones that exist")
}

/// The first quarter of an hour that is not before `moment`.
fn quarter_from(moment: Instant) -> Instant {
    const QUARTER_MILLIS: i64 = 15 * 60 * 1000;
    let quarters = moment.millis().div_euclid(QUARTER_MILLIS);
    let quarter = Instant::from_millis(quarters * QUARTER_MILLIS);
    if quarter < moment { quarter + 15 * MINUTE } else { quarter }
}

rows! {
    Rows
    people 11 "person (id, name, folded_name, mail, folded_mail, zone, zone_known, language, hour_style, slug, created_at)"
    roles 3 "person_role (person_id, role, granted_at)"
    coaches 9 "coach (person_id, slug, headline, about, credentials, listed, folded_text, availability_version, joined_at)"
    languages 3 "coach_language (coach_id, place, language)"
    specialities 4 "coach_speciality (coach_id, place, name, folded_name)"
    terms 6 "terms (id, coach_id, keep_early, keep_between, keep_late, made_at)"
    sellers 4 "seller (id, coach_id, name, next_invoice)"
    offerings 20 "offering (id, coach_id, kind, name, about, minutes, price, currency, buffer_before_minutes, buffer_after_minutes, notice_minutes, window_days, daily_cap, grid_minutes, place, place_detail, terms_id, seller_id, active, made_at)"
    questions 4 "question (offering_id, no, text, required)"
    hours 5 "hours (id, coach_id, weekday, from_minute, to_minute)"
    overrides 5 "day_override (id, coach_id, date, from_minute, to_minute)"
    busy 8 "busy (id, coach_id, source, starts_at, ends_at, name, first_date, last_date)"
    agreements 6 "agreement (id, kind, version, language, text, published_at)"
    acceptances 3 "acceptance (person_id, agreement_id, accepted_at)"
    coachings 4 "coaching (id, client_id, coach_id, from_at)"
    pathways 4 "pathway (id, name, ordered, made_at)"
    steps 11 "step (id, pathway_id, no, name, kind, minutes, from_week, to_week, window_days, place, place_detail)"
    companies 4 "company (id, name, folded_name, made_at)"
    projects 5 "project (id, company_id, name, disclosure, made_at)"
    cohorts 6 "cohort (id, project_id, pathway_id, name, starts_at, made_at)"
    leads 5 "lead (id, person_id, project_id, cohort_id, since_at)"
    sponsors 3 "sponsor (person_id, company_id, since_at)"
    participants 9 "participant (id, person_id, cohort_id, company_id, coach_id, external_id, tags, test, joined_at)"
    pods 9 "pod (id, cohort_id, step_id, name, facilitator_id, joining, min_members, max_members, made_at)"
    pod_members 3 "pod_member (pod_id, participant_id, joined_at)"
    journeys 4 "journey (id, participant_id, pathway_id, starts_at)"
    sessions 22 "session (id, kind, minutes, place, place_detail, starts_at, wall_time, zone, zone_data, uid, sequence, offering_id, pod_id, booked_at, set_at, remind_at, prompt_at, cancelled_at, cancelled_by, cancelled_cause, recorded, made_at)"
    session_coaches 3 "session_coach (session_id, coach_id, marking)"
    coach_time 3 "coach_time (coach_id, quantum, session_id)"
    intros 4 "intro (client_id, coach_id, session_id, granted)"
    attendances 23 "attendance (id, session_id, client_id, journey_id, step_id, counts, outcome, outcome_by, outcome_at, first_marked_at, told, left_at, left_notice, greyed_out_at, greyed_out_by, price, currency, late_hours, free_hours, keep_early, keep_between, keep_late, made_at)"
    events 8 "event (id, at, kind, subject_kind, subject_id, by_id, via, facts)"
}
